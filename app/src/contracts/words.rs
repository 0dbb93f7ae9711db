//! How terms are called.

use domain::{
    Money,
    contracts::{BillingTime, Delivery, InvoiceKind, Proration},
    quota::Unit,
};
use leptos::prelude::*;
use texts::{Lang, say};

pub(super) type Options = Vec<(Oco<'static, str>, Oco<'static, str>)>;

/// Choices by their stable names.
pub(super) fn options<const N: usize>(all: [(&'static str, &'static str); N]) -> Options {
    all.map(|(key, text)| (key.into(), text.into())).to_vec()
}

pub(super) fn time_name(lang: Lang, time: BillingTime) -> &'static str {
    match time {
        BillingTime::Advance => say::time_advance(lang),
        BillingTime::Arrears => say::time_arrears(lang),
    }
}

pub(super) fn invoice_name(lang: Lang, kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Own => say::invoice_own(lang),
        InvoiceKind::Consolidated => say::invoice_consolidated(lang),
    }
}

pub(crate) fn delivery_name(lang: Lang, delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Mail => say::delivery_mail(lang),
        Delivery::Print => say::delivery_print(lang),
        Delivery::None => say::delivery_none(lang),
    }
}

pub(super) fn proration_name(lang: Lang, proration: Proration) -> &'static str {
    match proration {
        Proration::None => say::proration_none(lang),
        Proration::Daily => say::proration_daily(lang),
    }
}

/// All values of a kind with their names.
pub(super) fn named<T: Copy>(all: &[T], key: fn(T) -> &'static str, text: impl Fn(T) -> &'static str) -> Options {
    all.iter().map(|value| (key(*value).into(), text(*value).into())).collect()
}

/// How often something comes.
pub(super) fn every(lang: Lang, months: u32) -> String {
    match months {
        1 => say::contract_monthly(lang).to_owned(),
        12 => say::contract_yearly(lang).to_owned(),
        months => say::contract_every(lang, months),
    }
}

/// A number of months.
pub(super) fn months_words(lang: Lang, months: u32) -> String {
    if months == 1 { say::months_one(lang).to_owned() } else { say::months_many(lang, months) }
}

/// An amount of money.
pub(crate) fn money(lang: Lang, minor: i64, currency: domain::Currency) -> String {
    texts::money(lang, Money { minor, currency })
}

/// The hint of a field for amounts of that unit.
pub(super) fn amount_hint(lang: Lang, unit: Option<Unit>) -> &'static str {
    match unit {
        Some(Unit::Money(_)) => say::draw_amount_hint_money(lang),
        _ => say::draw_amount_hint_time(lang),
    }
}
