//! Where the time of a booking goes, drawn and in words: what is free, prepaid, charged or overdrawn.

use domain::{
    Currency, Money, Seconds,
    splitting::{Pays, Target},
};
use leptos::prelude::*;
use texts::{money, seconds};
use wire::bookings::{NamedPortion, pays_text, rounded_text, target_text};

use super::preview::Preview;
use crate::context::lang;

/// The places of times in thousandths of the bar, one after the other: where each begins and how wide it is.
fn places(times: &[Seconds]) -> Vec<(i64, i64)> {
    let whole = times.iter().map(|time| i128::from(time.0)).sum::<i128>().max(1);
    let mut sum = 0_i128;
    let mut from = 0_i64;
    let place = |time: &Seconds| {
        sum += i128::from(time.0);
        let until = i64::try_from(sum * 1000 / whole).unwrap_or(1000);
        let place = (from, until - from);
        from = until;
        place
    };
    times.iter().map(place).collect()
}

/// How a portion is drawn, apart from what of it is overdrawn.
fn class_of(portion: &NamedPortion) -> &'static str {
    match (portion.portion.target, portion.pays) {
        (Target::Unassigned, _) => "split-unassigned",
        (Target::NotBillable, _) => "split-none",
        (Target::Line { .. }, Some(Pays::Allowance)) => "split-free",
        (Target::Line { .. }, Some(Pays::PrepaidTime | Pays::PrepaidMoney)) => "split-prepaid",
        (Target::Line { .. }, Some(Pays::FlatRate)) => "split-flat",
        (Target::Line { .. }, Some(Pays::Effort) | None) => "split-paid",
    }
}

/// The parts of a portion in the bar: what is covered, then what is overdrawn.
fn parts(portion: &NamedPortion) -> [(&'static str, Seconds); 2] {
    let (time, taken) = (portion.portion.seconds.0, portion.portion.taken.units().max(1));
    let over = i128::from(time) * i128::from(portion.deficit.units()) / i128::from(taken);
    let over = i64::try_from(over).unwrap_or(time).clamp(0, time.max(0));
    [(class_of(portion), Seconds(time - over)), ("split-over", Seconds(over))]
}

/// Where the time of a booking goes: one bar in proportion, and each portion in words with how it is paid for and with
/// its amount ("0:45 h free time free · 0:15 h support charged 25.00 €").
#[component]
pub fn Split(portions: Vec<NamedPortion>, currency: Currency, #[prop(optional)] large: bool) -> impl IntoView {
    let lang = lang();
    let (classes, times): (Vec<_>, Vec<_>) = portions.iter().flat_map(parts).unzip();
    let segments = places(&times).into_iter().zip(classes).filter(|((_, width), _)| *width > 0);
    let segments = segments.map(|((x, width), class)| {
        view! { <rect class=class x=x.to_string() y="0" width=width.to_string() height="10"></rect> }
    });
    let segments = segments.collect_view();
    let words = portions.iter().map(|portion| {
        let warns = portion.portion.target == Target::Unassigned || portion.deficit.is_positive();
        let charged = portion.pays == Some(Pays::Effort) || portion.portion.amount != 0;
        let cost = charged.then(|| money(lang, Money { minor: portion.portion.amount, currency }));
        let name = target_text(lang, portion.portion.target, portion.line.as_deref());
        let pays = pays_text(lang, currency, portion);
        view! {
            <li class=class_of(portion) class:warn=warns class:split-over=portion.deficit.is_positive()>
                <span class="figure">{seconds(portion.portion.seconds)}</span>" "
                <span>{name}</span>
                {pays.map(|pays| view! { " "<span class="split-pays">{pays}</span> })}
                {cost.map(|cost| view! { " "<strong class="figure">{cost}</strong> })}
            </li>
        }
    });
    let words = words.collect_view();
    view! {
        <div class="split" class:split-large=large>
            <svg class="lot-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                {segments}
            </svg>
            <ul class="split-words">{words}</ul>
        </div>
    }
}

/// Where the time of a booking would go, and why more is billed of it than was worked where that is so.
#[component]
pub fn Previewed(preview: Preview, currency: Currency) -> impl IntoView {
    let lang = lang();
    let rounded = preview.rounded.and_then(|(real, billed, rounding)| rounded_text(lang, real, billed, rounding));
    view! {
        {rounded.map(|rounded| view! { <p class="quiet" data-testid="rounded">{rounded}</p> })}
        <Split portions=preview.portions currency=currency large=true/>
    }
}

#[cfg(test)]
mod tests {
    use domain::{quota::Amount, splitting::Portion};

    use super::*;

    /// Red when: the bar has gaps or ends early.
    #[test]
    fn portions_fill_the_bar_one_after_the_other() {
        let minutes = |all: &[i64]| places(&all.iter().map(|minutes| Seconds(minutes * 60)).collect::<Vec<_>>());
        assert_eq!(minutes(&[45, 15]), [(0, 750), (750, 250)]);
        assert_eq!(minutes(&[1, 1, 1]), [(0, 333), (333, 333), (666, 334)]);
        assert_eq!(minutes(&[]), []);
    }

    /// Red when: what is overdrawn is drawn as if it were free or prepaid.
    #[test]
    fn what_is_overdrawn_is_a_part_of_its_own() {
        let target = Target::Line { line: domain::BillingLineId::new(uuid::Uuid::nil()) };
        let drawn = |pays, minutes: i64, taken, deficit| {
            let seconds = Seconds(minutes * 60);
            let portion = Portion { target, seconds, amount: 0, taken: Amount::new(taken) };
            let named = NamedPortion { portion, line: None, pays: Some(pays), deficit: Amount::new(deficit) };
            parts(&named).map(|(class, time)| (class, time.0 / 60))
        };
        assert_eq!(drawn(Pays::Allowance, 60, 3_600, 900), [("split-free", 45), ("split-over", 15)]);
        assert_eq!(drawn(Pays::PrepaidMoney, 60, 10_000, 5_000), [("split-prepaid", 30), ("split-over", 30)]);
        assert_eq!(drawn(Pays::PrepaidTime, 60, 3_600, 3_600), [("split-prepaid", 0), ("split-over", 60)]);
        assert_eq!(drawn(Pays::FlatRate, 60, 0, 0), [("split-flat", 60), ("split-over", 0)]);
        assert_eq!(drawn(Pays::Effort, 60, 0, 0), [("split-paid", 60), ("split-over", 0)]);
    }
}
