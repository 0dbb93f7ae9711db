//! What a late entry changes, said before it is saved; and what still goes where the books are closed.

use chrono::NaiveDate;
use domain::{
    LotId,
    quota::{LateEffect, QuotaError, Unit},
};
use leptos::prelude::*;
use texts::{Lang, amount, date, say};
use wire::{FieldReason, Problem};

use crate::context::visitor;

/// What an entry for an earlier period changes of lapses and of what is there today. `name` names a lot.
pub(crate) fn late(
    lang: Lang,
    unit: Unit,
    day: NaiveDate,
    effect: &LateEffect,
    name: impl Fn(LotId) -> String,
) -> AnyView {
    let today = visitor().today;
    let figure = |value| amount(lang, unit, value);
    let lapses = effect.lapses.iter().map(|change| {
        let (day, lot) = (date(lang, change.date), name(change.lot));
        let (after, before) = (figure(change.after), figure(change.before));
        let text = if change.date <= today {
            say::late_lapse(lang, day, lot, after, before)
        } else {
            say::late_lapse_ahead(lang, day, lot, after, before)
        };
        view! { <li>{text}</li> }
    });
    let lapses = lapses.collect_view();
    let now = match effect.today.units() {
        0 => say::late_today_same(lang).to_owned(),
        less if less < 0 => say::late_today_less(lang, figure(effect.today.negated().unwrap_or(effect.today))),
        _ => say::late_today_more(lang, figure(effect.today)),
    };
    view! {
        <div class="late" data-testid="late">
            <h3>{say::late(lang)}</h3>
            <p>{say::late_lead(lang, date(lang, day))}</p>
            <ul>{lapses}<li>{now}</li></ul>
            <p class="quiet">{say::late_statement(lang)}</p>
        </div>
    }
    .into_any()
}

/// What still goes where the books are closed for a day; nothing for any other problem.
pub(crate) fn closed_hint(lang: Lang, problem: &Problem) -> Option<AnyView> {
    let closed = problem.fields().iter().find_map(|field| match &field.reason {
        FieldReason::Quota(QuotaError::BooksClosed { closed_until, .. }, _) => Some(*closed_until),
        _ => None,
    })?;
    let text = say::late_closed(lang, date(lang, closed));
    Some(view! { <p class="quiet" data-testid="books-closed">{text}</p> }.into_any())
}
