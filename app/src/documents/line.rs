//! A line of a document: fields near the window, text elsewhere, so that a long document is as quick as a short one.

use domain::{
    LineId,
    clearing::LineClearing,
    quota::{Amount, Unit},
};
use leptos::prelude::*;
use texts::{money, say};
use wire::FieldText;

use super::{
    desk::{Desk, Row},
    fields::Fields,
    lines::{item_row, line_words},
};
use crate::{
    clearing::Mending,
    context::{hydrating, lang},
    contracts::told,
};

/// As what a line stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// It can be typed in.
    Fields,
    /// As the server has sent it: the whole form, for whoever has no program. Nothing of it is live.
    Served,
    /// It says what it is and what comes of it.
    Text,
}

/// What is shown of what comes of a line; the figures behind it change more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Glimpse {
    total: i64,
    outcome: &'static str,
    unit: Option<Unit>,
    cleared: Amount,
    item: i64,
}

impl Glimpse {
    fn of(clearing: &LineClearing) -> Glimpse {
        let unit = clearing.figures.as_ref().map(|figures| figures.unit);
        let LineClearing { total, cleared, item, .. } = *clearing;
        Glimpse { total, outcome: clearing.outcome.name(), unit, cleared, item }
    }
}

/// The line.
#[component]
pub(super) fn LineRow(desk: Desk, row: Row, problems: Signal<Vec<FieldText>>, mending: Mending) -> impl IntoView {
    let lang = lang();
    let id = row.id;
    let place = Memo::new(move |_| desk.places.with(|places| places.get(&id).copied()).unwrap_or_default());
    let near = Memo::new(move |_| {
        let (from, until) = desk.near.get();
        (from..until).contains(&place.get()) || desk.at.with(|at| *at == Some(id))
    });
    let glimpse = Memo::new(move |_| desk.of_line.with(|all| all.get(&id).map(Glimpse::of)));
    let wrong = Memo::new(move |_| {
        let own = format!("lines.{}.", place.get());
        let refused =
            problems.with(|all| all.iter().find(|found| found.field.starts_with(&own)).map(|found| found.text.clone()));
        let typed = || {
            row.read
                .with(|read| Some(read.as_ref()?.as_ref().err()?.iter().find(|found| told(found))?.reason.text(lang)))
        };
        refused.or_else(typed)
    });
    let first = glimpse.get_untracked();
    let served_first = cfg!(feature = "ssr") || hydrating();
    let shape = Memo::new(move |before: Option<&Shape>| {
        let as_served = glimpse.get() == first && wrong.with(Option::is_none);
        match before {
            _ if near.get() => Shape::Fields,
            None if served_first => Shape::Served,
            Some(Shape::Served) if as_served => Shape::Served,
            _ => Shape::Text,
        }
    });
    let content = move || match shape.get() {
        Shape::Fields => view! { <Fields desk=desk row=row place=place problems=problems mending=mending/> }.into_any(),
        Shape::Served => served(desk, row, place, problems, mending),
        Shape::Text => view! { <Text desk=desk row=row glimpse=glimpse wrong=wrong/> }.into_any(),
    };
    let class = move || {
        let differs = desk.differs.with(|all| all.iter().any(|line| line.seen.line == id));
        match (near.get(), differs) {
            (true, false) => "doc-line",
            (true, true) => "doc-line doc-differs",
            (false, false) => "doc-line doc-far",
            (false, true) => "doc-line doc-far doc-differs",
        }
    };
    let title = Signal::derive(move || say::document_line(lang, place.get() + 1));
    view! { <div class=class role="group" aria-label=title data-line=id.to_string() data-testid="line">{content}</div> }
}

/// On the server the fields of a line far down, which a plain form sends along. Its article is the only one of its
/// choices: every line with every article would make the page many times as long.
#[cfg(feature = "ssr")]
fn served(desk: Desk, row: Row, place: Memo<usize>, problems: Signal<Vec<FieldText>>, mending: Mending) -> AnyView {
    view! { <div class="doc-served"><Fields desk=desk row=row place=place problems=problems mending=mending far=true/></div> }
        .into_any()
}

/// In the browser they stand there already, and are not looked at.
#[cfg(not(feature = "ssr"))]
fn served(_: Desk, _: Row, _: Memo<usize>, _: Signal<Vec<FieldText>>, _: Mending) -> AnyView {
    view! { <div class="doc-served"></div> }.into_any()
}

/// The line as text.
#[component]
fn Text(desk: Desk, row: Row, glimpse: Memo<Option<Glimpse>>, wrong: Memo<Option<String>>) -> impl IntoView {
    let lang = lang();
    let text = move || row.form.with(|form| form.item.text.clone());
    let of = move || {
        let typed = || row.form.with(|form| format!("{} × {}", form.item.quantity, form.item.price));
        row.line(|read| line_words(lang, &read.line)).unwrap_or_else(typed)
    };
    let total = move || {
        let currency = desk.currency.get();
        glimpse.get().map(|found| money(lang, domain::Money { minor: found.total, currency }))
    };
    let item = move || {
        let (found, currency) = (glimpse.get(), desk.currency.get());
        found.and_then(|_| of_line(desk, row.id)).map(|clearing| item_row(lang, &clearing, currency))
    };
    view! {
        <p class="doc-fixed-text"><strong>{text}</strong>" "<span class="figure">{of}</span>" "<span class="field-problem">{move || wrong.get()}</span></p>
        <p class="doc-total figure" data-testid="line-total">{total}</p>
        {item}
    }
}

fn of_line(desk: Desk, id: LineId) -> Option<LineClearing> {
    desk.of_line.with_untracked(|all| all.get(&id).cloned())
}
