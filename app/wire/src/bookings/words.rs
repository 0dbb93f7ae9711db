//! Where time goes, in words.

use domain::{Currency, Money, splitting::Target};
use texts::{Lang, money, say, seconds};

use super::{BookingRef, NamedPortion};

/// The name of where time goes: that of the billing line, or why there is none.
pub fn target_text(lang: Lang, target: Target, line: Option<&str>) -> String {
    match (target, line) {
        (Target::Line { .. }, Some(name)) => name.to_owned(),
        (Target::NotBillable, _) => say::portion_not_billable(lang).to_owned(),
        (Target::Unassigned, _) | (Target::Line { .. }, None) => say::portion_unassigned(lang).to_owned(),
    }
}

/// A portion as a text: `0:15 h Support 25,00 €`.
pub fn portion_text(lang: Lang, currency: Currency, named: &NamedPortion) -> String {
    let portion = &named.portion;
    let name = target_text(lang, portion.target, named.line.as_deref());
    let time = seconds(portion.seconds);
    match portion.amount {
        0 => format!("{time} {name}"),
        minor => format!("{time} {name} {}", money(lang, Money { minor, currency })),
    }
}

/// How a booking is called where its day stands beside it: by its project, its task and whoever has worked.
pub fn booking_title(lang: Lang, of: &BookingRef) -> String {
    say::booking_title(lang, &of.project.number, &of.task, &of.person)
}
