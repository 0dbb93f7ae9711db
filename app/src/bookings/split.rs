//! Where the time of a booking goes, drawn and in words.

use domain::{Currency, Money, Seconds, splitting::Target};
use leptos::prelude::*;
use texts::{money, seconds};
use wire::bookings::{NamedPortion, target_text};

use crate::context::lang;

/// The places of portions in thousandths of the bar, one after the other: where each begins and how wide it is.
fn places(portions: &[Seconds]) -> Vec<(i64, i64)> {
    let whole = portions.iter().map(|portion| i128::from(portion.0)).sum::<i128>().max(1);
    let mut sum = 0_i128;
    let mut from = 0_i64;
    let place = |portion: &Seconds| {
        sum += i128::from(portion.0);
        let until = i64::try_from(sum * 1000 / whole).unwrap_or(1000);
        let place = (from, until - from);
        from = until;
        place
    };
    portions.iter().map(place).collect()
}

/// How a portion is drawn. Neighbours that cost nothing are told apart by their shade.
fn class_of(portion: &NamedPortion, place: usize) -> &'static str {
    match portion.portion.target {
        Target::Unassigned => "split-unassigned",
        Target::NotBillable => "split-none",
        Target::Line { .. } if portion.portion.amount != 0 => "split-paid",
        Target::Line { .. } if place.is_multiple_of(2) => "split-free",
        Target::Line { .. } => "split-other",
    }
}

/// Where the time of a booking goes: one bar in proportion, and each portion in words with its amount
/// ("0:45 h free time · 0:15 h support 25.00 €").
#[component]
pub fn Split(portions: Vec<NamedPortion>, currency: Currency, #[prop(optional)] large: bool) -> impl IntoView {
    let lang = lang();
    let times: Vec<Seconds> = portions.iter().map(|named| named.portion.seconds).collect();
    let segments = places(&times).into_iter().zip(&portions).enumerate().map(|(place, ((x, width), portion))| {
        let class = class_of(portion, place);
        view! { <rect class=class x=x.to_string() y="0" width=width.to_string() height="10"></rect> }
    });
    let segments = segments.collect_view();
    let words = portions.iter().enumerate().map(|(place, portion)| {
        let class = class_of(portion, place);
        let unassigned = portion.portion.target == Target::Unassigned;
        let cost =
            (portion.portion.amount != 0).then(|| money(lang, Money { minor: portion.portion.amount, currency }));
        view! {
            <li class=class class:warn=unassigned>
                <span class="figure">{seconds(portion.portion.seconds)}</span>" "
                <span>{target_text(lang, portion.portion.target, portion.line.as_deref())}</span>
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: the bar has gaps or ends early.
    #[test]
    fn portions_fill_the_bar_one_after_the_other() {
        let minutes = |all: &[i64]| places(&all.iter().map(|minutes| Seconds(minutes * 60)).collect::<Vec<_>>());
        assert_eq!(minutes(&[45, 15]), [(0, 750), (750, 250)]);
        assert_eq!(minutes(&[1, 1, 1]), [(0, 333), (333, 333), (666, 334)]);
        assert_eq!(minutes(&[]), []);
    }
}
