//! The lots of an account as a row of lot bars.

use chrono::NaiveDate;
use domain::{
    DateRange,
    quota::{Amount, DrawDecision, Lapse, Lot, LotState, Unit},
};
use leptos::prelude::*;
use texts::{Lang, amount, date, say, validity};

use super::Book;
use crate::{
    context::lang,
    ui::{Bar, LotBar},
};

/// How a lot is called: by the month or the days of its own period.
pub(super) fn lot_name(lang: Lang, state: &LotState) -> String {
    own_period(lang, &state.lot)
}

/// The own period of a lot: its validity up to where it is carried over.
pub(crate) fn own_period(lang: Lang, lot: &Lot) -> String {
    let until = lot.carried.map_or(lot.valid.until, |carried| Some(carried.from));
    validity(lang, DateRange { until, ..lot.valid })
}

/// How a lot is carried over, if it is.
pub(super) fn carried_words(lang: Lang, unit: Unit, lot: &Lot) -> Option<String> {
    let cap = lot.carried?.cap.map(|cap| amount(lang, unit, cap));
    let last = lot.valid.last_day().map(|last| date(lang, last));
    Some(match (last, cap) {
        (Some(last), Some(cap)) => say::lot_carried_until_capped(lang, last, cap),
        (Some(last), None) => say::lot_carried_until(lang, last),
        (None, Some(cap)) => say::lot_carried_capped(lang, cap),
        (None, None) => say::lot_carried(lang).to_owned(),
    })
}

/// The lots that can be used on the chosen day or later, in the order of consumption, with what a typed draw would take.
#[component]
pub(super) fn Lots(book: Book) -> impl IntoView {
    let lang = lang();
    let unit = book.view.with_untracked(|view| view.facts.account.unit);
    let lots = move || {
        let day = book.day.get();
        book.view.with(|view| {
            let later = |state: &&LotState| !state.revoked && state.ends().is_none_or(|end| day < end);
            view.lots.iter().filter(later).map(|state| row(book, state, unit, day)).collect::<Vec<_>>()
        })
    };
    let none = move || {
        let day = book.day.get();
        let any = book
            .view
            .with(|view| view.lots.iter().any(|state| !state.revoked && state.ends().is_none_or(|end| day < end)));
        (!any).then(|| view! { <p class="empty">{say::passbook_no_lots(lang, date(lang, day))}</p> })
    };
    view! {
        <section class="lots">
            <h2>{say::passbook_lots(lang)}</h2>
            <p class="quiet">{say::passbook_lots_hint(lang)}</p>
            <ol>{lots}</ol>
            {none}
        </section>
    }
}

fn row(book: Book, state: &LotState, unit: Unit, day: NaiveDate) -> AnyView {
    let lang = lang();
    let figure = |value| amount(lang, unit, value);
    let left = state.left().unwrap_or_default();
    let (id, granted, used) = (state.lot.id, state.lot.amount, state.drawn);
    let lapsed = state.lapsed(day).unwrap_or_default();
    let held = book.view.with_untracked(|view| view.held(id));
    let used = used.minus(held).unwrap_or(used);
    let bar = ArcSignal::derive(move || {
        let planned = |decision: &DrawDecision| decision.from_lot(id);
        let planned = book.planned.with(|decision| decision.as_ref().map_or(Amount::ZERO, planned));
        Bar { granted, used, held, planned, lapsed }
    });
    let still = left.minus(lapsed).unwrap_or_default();
    let ahead = state.lapses().unwrap_or_default().into_iter().filter(|lapse| day < lapse.date);
    let ahead = ahead.map(|lapse: Lapse| {
        let text = if lapse.over_cap { say::balance_lapses_over_cap } else { say::balance_lapses };
        view! { <span class="quiet">{text(lang, figure(lapse.amount), date(lang, lapse.date))}</span> }
    });
    let on_hold = held.is_positive().then(|| view! { <span class="warn">{say::lot_held(lang, figure(held))}</span> });
    let carried = carried_words(lang, unit, &state.lot).map(|text| view! { <span class="quiet">{text}</span> });
    view! {
        <li class="lot">
            <p class="lot-name">{lot_name(lang, state)}</p>
            <LotBar bar=bar/>
            <p class="lot-words">
                <span>{say::balance_left_of(lang, figure(still), figure(granted))}</span>
                {on_hold}
                {ahead.collect_view()}
                {carried}
            </p>
        </li>
    }
    .into_any()
}
