//! What is left for a customer: in sight wherever their time is booked.

use chrono::NaiveDate;
use leptos::prelude::*;
use texts::{amount, say, validity};
use wire::{
    contracts::CustomerRef,
    projects::{LineLeft, ProjectLeft},
};

use super::{desk, held::Phone, loading::loaded, trouble::InTrouble};
use crate::{
    context::lang,
    ui::{Bar, LotBar},
};

/// What is left for them on that day, again after everything that is saved.
#[component]
pub(super) fn LeftFor(customer: CustomerRef, #[prop(into)] date: Signal<NaiveDate>) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let id = customer.id;
    let found = loaded(move || Some((date.get(), phone.saved.get())), move |(date, _)| desk::left(id, date));
    let lines = move || {
        found.get().map(|found| match found {
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
            Ok(left) if left.projects.is_empty() => {
                view! { <p class="quiet">{say::phone_left_nothing(lang)}</p> }.into_any()
            }
            Ok(left) => {
                let lines = left.projects.into_iter().flat_map(|of| {
                    let ProjectLeft { project, lines } = of;
                    lines.into_iter().map(move |line| view! { <Line line=line project=project.name.clone()/> })
                });
                view! { <ul class="left-lines">{lines.collect_view()}</ul> }.into_any()
            }
        })
    };
    view! {
        <section class="left-for" data-testid="left">
            <h2>{say::phone_left_for(lang, customer.name)}</h2>
            {lines}
        </section>
    }
}

#[component]
fn Line(line: LineLeft, project: String) -> impl IntoView {
    let lang = lang();
    let LineLeft { name, unit, left, period, .. } = line;
    let words = match period {
        Some((granted, _)) => say::balance_left_of(lang, amount(lang, unit, left), amount(lang, unit, granted)),
        None => say::line_left(lang, amount(lang, unit, left)),
    };
    let bar = period.map(|(granted, _)| {
        let bar = Bar { granted, used: granted.minus(left).unwrap_or_default(), ..Bar::default() };
        view! { <LotBar bar=bar/> }
    });
    let when = period.map(|(_, range)| view! { " · "{validity(lang, range)} });
    view! {
        <li>
            <p class="left-name"><span>{name}</span><span class="figure">{words}</span></p>
            {bar}
            <p class="quiet">{project}{when}</p>
        </li>
    }
}
