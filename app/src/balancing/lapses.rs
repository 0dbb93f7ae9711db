//! What lapses when: a small calendar of the months to come, and a warning before something is lost. And what was given
//! without an invoice, with its reason.

use chrono::Days;
use domain::{
    DateRange,
    quota::{AccountView, CarryOver, ComingLapse, LapseReason, Unit, coming_lapses},
};
use leptos::prelude::*;
use texts::{Lang, amount, date, instant, month, say};
use wire::contracts::FreeQuota;

use crate::{
    accounts::own_period,
    context::visitor,
    ui::{Notice, Tone},
};

/// How many days before it a lapse is warned of.
const SOON: u64 = 31;

fn reason(lang: Lang, reason: LapseReason) -> &'static str {
    match reason {
        LapseReason::NotCarried => say::lapse_not_carried(lang),
        LapseReason::OverCap => say::lapse_over_cap(lang),
        LapseReason::CarriedLongEnough => say::lapse_carried_long_enough(lang),
        LapseReason::AccountEnds => say::lapse_account_ends(lang),
    }
}

/// The calendar of the next twelve months. `carry` is how new quotas are carried over, where the page knows it.
pub(crate) fn lapses(lang: Lang, view: &AccountView, carry: Option<CarryOver>) -> AnyView {
    let today = visitor().today;
    let unit = view.account.unit;
    let from = today.succ_opt().unwrap_or(today);
    // With the same day of the next year, on which a block of twelve months that begins today lapses.
    let until = today.checked_add_months(chrono::Months::new(12)).and_then(|year| year.succ_opt());
    let range = DateRange { from, until };
    let coming = coming_lapses(view, range).unwrap_or_default();
    let soon = today.checked_add_days(Days::new(SOON)).unwrap_or(today);
    let warnings = coming.iter().filter(|lapse| lapse.date <= soon).map(|lapse| {
        let day = date(lang, lapse.date);
        let text = say::lapse_warning(lang, amount(lang, unit, lapse.amount), day, reason(lang, lapse.reason));
        view! { <Notice tone=Tone::Warn><p>{text}</p></Notice> }
    });
    let warnings = warnings.collect_view();
    let largest = coming.iter().map(|lapse| lapse.amount.units()).max().unwrap_or_default().max(1);
    let rows = coming.iter().map(|lapse| row(lang, unit, lapse, largest)).collect_view();
    let content = if coming.is_empty() {
        view! { <p class="empty">{say::lapses_none(lang)}</p> }.into_any()
    } else {
        view! { <p class="quiet">{say::lapses_lead(lang)}</p><ol class="lapse-months">{rows}</ol> }.into_any()
    };
    let cap = match carry {
        Some(CarryOver::On { cap: Some(cap), .. }) => Some(say::carry_cap_hint(lang, amount(lang, unit, cap))),
        _ => None,
    };
    view! {
        <section class="lapse-calendar" data-testid="lapses">
            <h2>{say::lapses(lang)}</h2>
            {warnings}
            {content}
            {cap.map(|cap| view! { <p class="quiet row-note">{cap}</p> })}
        </section>
    }
    .into_any()
}

/// A day on which something lapses, with a bar against the largest of them.
fn row(lang: Lang, unit: Unit, lapse: &ComingLapse, largest: i64) -> AnyView {
    // Drawn, so that it needs no inline style.
    let share = lapse.amount.units().saturating_mul(1000) / largest;
    view! {
        <li>
            <span class="lapse-month">{month(lang, lapse.date)}</span>
            <svg class="lapse-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <rect class="bar-lapsed" x="0" y="0" height="10" width=share.to_string()></rect>
            </svg>
            <span class="figure">{amount(lang, unit, lapse.amount)}</span>
            <span class="quiet lapse-why">{date(lang, lapse.date)}" · "{reason(lang, lapse.reason)}</span>
        </li>
    }
    .into_any()
}

/// The free quotas of a contract with their reasons; nothing where there are none.
pub(crate) fn free_quotas(lang: Lang, unit: Unit, free: &[FreeQuota]) -> Option<AnyView> {
    if free.is_empty() {
        return None;
    }
    let rows = free.iter().map(|free| {
        let lot = &free.lot;
        let left = lot.left().unwrap_or_default();
        let words = if lot.revoked {
            say::free_quota_revoked(lang).to_owned()
        } else {
            say::free_quota_left(lang, amount(lang, unit, left), amount(lang, unit, lot.lot.amount))
        };
        let by = say::passbook_by(lang, &free.by, instant(lang, free.at));
        view! {
            <li title=by>
                <span>{free.reason.clone()}<span class="row-note quiet">{own_period(lang, &lot.lot)}</span></span>
                <span class="figure">{words}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    Some(
        view! {
            <section data-testid="free-quotas"><h2>{say::free_quotas(lang)}</h2><ul class="sum-parts">{rows}</ul></section>
        }
        .into_any(),
    )
}
