//! The waterfall: time comes in above, each line takes what it can, and the rest flows on.

use domain::{
    Currency, Money,
    splitting::{LineKind, Target},
};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, money, say, seconds};
use wire::{
    bookings::NamedPortion,
    customers::AccountRow,
    projects::{LineForm, LineRow, ProjectPage as PageOf, TaskRow},
};

use super::{
    falls::Falls,
    words::{allowance_words, collects_name, hour_words, kind_name, kind_of, typed_every},
};
use crate::{context::lang, ui::Balance};

/// How wide the stream is drawn when all of the time flows, of 100.
const WIDTH: i64 = 56;

/// The figure. `portions` is what is tried, if anything is.
#[component]
pub(super) fn Waterfall(page: PageOf, portions: Signal<Vec<NamedPortion>>) -> impl IntoView {
    let lang = lang();
    let ids: Vec<_> = page.lines.iter().map(|row| row.line.id).collect();
    let falls = Memo::new(move |_| portions.with(|portions| Falls::of(&ids, portions)));
    let PageOf { lines, accounts, tasks, currency, .. } = page;
    let none = lines.is_empty();
    let steps = lines.into_iter().enumerate().map(|(place, row)| {
        let account = row.account.as_ref().and_then(|of| accounts.iter().find(|known| known.id == of.id)).cloned();
        view! { <Step place=place row=row account=account tasks=tasks.clone() currency=currency falls=falls/> }
    });
    let total = move || falls.with(|falls| (falls.total.0 > 0).then(|| seconds(falls.total)));
    let rest = move || {
        falls.with(|falls| {
            let (time, target) = falls.rest?;
            let text = match target {
                Target::NotBillable => say::falls_rest_not_billable(lang, seconds(time)),
                _ => say::falls_rest_unassigned(lang, seconds(time)),
            };
            let class = if target == Target::NotBillable { "quiet" } else { "warn" };
            Some(view! { <p class=class data-testid="fall-rest">{text}</p> })
        })
    };
    view! {
        <ol class="falls" data-testid="waterfall">
            <li class="fall fall-source">
                <div class="fall-stream" aria-hidden="true"></div>
                <p class="fall-body">{say::falls_source(lang)}" "<strong class="figure">{total}</strong></p>
            </li>
            {steps.collect_view()}
            <li class="fall fall-end">
                <div class="fall-stream" aria-hidden="true"></div>
                <div class="fall-body">
                    {none.then(|| view! { <p>{say::falls_none(lang)}</p> })}
                    {rest}
                    <p class="quiet">{say::falls_rest(lang)}</p>
                </div>
            </li>
        </ol>
    }
}

/// A line: what it takes, as far as it goes, and what flows on.
#[component]
fn Step(
    place: usize,
    row: LineRow,
    account: Option<AccountRow>,
    tasks: Vec<TaskRow>,
    currency: Currency,
    falls: Memo<Falls>,
) -> impl IntoView {
    let lang = lang();
    let kind = kind_of(&row.line);
    let words = line_words(lang, &row, &tasks, currency);
    let fall = move || falls.with(|falls| falls.lines.get(place).copied());
    let takes = move || {
        let fall = fall().filter(|fall| fall.takes.0 > 0)?;
        let cost = (fall.amount != 0).then(|| {
            let cost = money(lang, Money { minor: fall.amount, currency });
            view! { <strong class="figure" data-testid="fall-cost">{cost}</strong> }
        });
        Some(view! {
            <p class="fall-takes"><span class="figure" data-testid="fall-takes">{say::falls_takes(lang, seconds(fall.takes))}</span>" "{cost}</p>
        })
    };
    let on = move || {
        let tried = falls.with(|falls| falls.total.0 > 0);
        let after = fall().filter(|fall| tried && fall.after().0 > 0)?.after();
        Some(view! { <p class="fall-on quiet" data-testid="fall-on">{say::falls_on(lang, seconds(after))}</p> })
    };
    let dry = move || falls.with(|falls| falls.total.0 > 0) && fall().is_some_and(|fall| fall.takes.0 == 0);
    let balance = account.map(|of| {
        let href = format!("/accounts/{}", of.id);
        view! {
            <div class="fall-balance">
                <Balance unit=of.unit standing=of.standing held=of.held/>
                <A href=href attr:class="fall-why">{say::falls_passbook(lang)}</A>
            </div>
        }
    });
    let words = words.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    view! {
        <li class="fall" class:fall-dry=dry data-testid="fall" data-kind=kind>
            {stream(place, falls)}
            <div class="fall-body">
                <h3><span class="fall-number">{place + 1}"."</span>" "{row.name}" "<span class="tag">{kind_name(lang, kind)}</span></h3>
                <ul class="fall-words">{words}</ul>
                {balance}
                {takes}
                {on}
            </div>
        </li>
    }
}

/// The stream beside a line: what flows past, and what turns off to it. Drawn, so that it needs no inline style; the
/// figures stand beside it in words.
fn stream(place: usize, falls: Memo<Falls>) -> AnyView {
    let widths = move || {
        falls.with(|falls| match falls.lines.get(place) {
            None => (WIDTH, WIDTH),
            Some(fall) => (falls.part(fall.before, WIDTH), falls.part(fall.after(), WIDTH)),
        })
    };
    let past = move || {
        let (_, after) = widths();
        format!("M0 0H{after}V100H0Z")
    };
    let taken = move || {
        let (before, after) = widths();
        let until = 40 + (before - after) / 2;
        if before == after {
            String::new()
        } else {
            format!("M{after} 0H{before}C{before} 26 74 40 100 40V{until}C66 {until} {after} 34 {after} 0Z")
        }
    };
    view! {
        <svg class="fall-stream" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <path class="fall-past" d=past></path>
            <path class="fall-taken" d=taken></path>
        </svg>
    }
    .into_any()
}

/// What a line does, in a few words each.
fn line_words(lang: Lang, row: &LineRow, tasks: &[TaskRow], currency: Currency) -> Vec<String> {
    let mut words = Vec::new();
    match &row.line.kind {
        LineKind::FlatRate => words.push(say::falls_flat(lang).to_owned()),
        LineKind::Effort { rate } => words.push(hour_words(lang, *rate, currency)),
        LineKind::Collector(collector) => {
            words.extend(collector.allowance.as_ref().map(|allowance| allowance_words(lang, allowance)));
            words.extend(collector.rate.map(|rate| hour_words(lang, rate, currency)));
            words.push(say::falls_collects(lang, collects_name(lang, collector.collects)));
        }
    }
    if let Some(only) = &row.line.tasks {
        let named = tasks.iter().filter(|task| only.contains(&task.id)).map(|task| task.name.as_str());
        words.push(say::falls_tasks(lang, named.collect::<Vec<_>>().join(", ")));
    }
    words.extend(fee_words(lang, &LineForm::of(row, lang), currency));
    if row.reported {
        words.push(say::falls_reported(lang).to_owned());
    }
    words
}

/// What a collector costs whether it is used or not.
fn fee_words(lang: Lang, form: &LineForm, currency: Currency) -> Option<String> {
    if form.fee_price.is_empty() {
        return None;
    }
    let price = format!("{}\u{a0}{}", form.fee_price, currency.symbol());
    Some(say::falls_fee(lang, price, typed_every(lang, &form.fee_every, &form.fee_unit)))
}
