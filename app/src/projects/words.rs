//! How billing lines, their periods and the settings of projects are called.

use domain::{
    Interval, Price,
    quota::{Amount, Unit},
    splitting::{Allowance, BillingLine, BookingRounding, Collects, LineKind},
};
use leptos::prelude::*;
use texts::{Lang, amount, say, seconds};
use wire::contracts::typed_price;

/// What a field lets choose from: keys and what is read.
pub(super) type Options = Vec<(Oco<'static, str>, Oco<'static, str>)>;

/// Choices by their stable names.
pub(super) fn options<const N: usize>(all: [(&'static str, &'static str); N]) -> Options {
    all.map(|(key, text)| (key.into(), text.into())).to_vec()
}

/// The name of a kind of lines by its stable name in forms.
pub(super) fn kind_name(lang: Lang, kind: &str) -> &'static str {
    match kind {
        "allowance" => say::line_kind_allowance(lang),
        "prepaid" => say::line_kind_prepaid(lang),
        "effort" => say::line_kind_effort(lang),
        _ => say::line_kind_flat_rate(lang),
    }
}

/// The stable name in forms of what a line does.
pub(super) fn kind_of(line: &BillingLine) -> &'static str {
    match &line.kind {
        LineKind::Collector(collector) if collector.allowance.is_some() => "allowance",
        LineKind::Collector(_) => "prepaid",
        LineKind::Effort { .. } => "effort",
        LineKind::FlatRate => "flat_rate",
    }
}

/// Which time a collector takes.
pub(crate) fn collects_name(lang: Lang, collects: Collects) -> &'static str {
    match collects {
        Collects::All => say::line_collects_all(lang),
        Collects::Billable => say::line_collects_billable(lang),
    }
}

/// `every month`, `every 2 weeks`.
pub(crate) fn every(lang: Lang, every: Interval) -> String {
    match every {
        Interval::Months(1) => say::every_month(lang).to_owned(),
        Interval::Months(12) => say::every_year(lang).to_owned(),
        Interval::Months(count) => say::every_months(lang, count),
        Interval::Days(1) => say::every_day(lang).to_owned(),
        Interval::Days(7) => say::every_week(lang).to_owned(),
        Interval::Days(count) if count.is_multiple_of(7) => say::every_weeks(lang, count / 7),
        Interval::Days(count) => say::every_days(lang, count),
    }
}

/// The same of what is typed.
pub(super) fn typed_every(lang: Lang, count: &str, unit: &str) -> String {
    let count = count.trim().parse().unwrap_or(1);
    every(
        lang,
        match unit {
            "weeks" => Interval::weeks(count).unwrap_or(Interval::Days(7)),
            "days" => Interval::Days(count),
            _ => Interval::Months(count),
        },
    )
}

/// What an allowance gives, and when.
pub(super) fn allowance_words(lang: Lang, allowance: &Allowance) -> String {
    let most = amount(lang, Unit::Time, Amount::new(allowance.most.0));
    say::line_gives(lang, most, every(lang, allowance.periods.every))
}

/// The price of an hour.
pub(super) fn hour_words(lang: Lang, rate: Price, currency: domain::Currency) -> String {
    let (price, symbol) = (typed_price(lang, rate), currency.symbol());
    let price = match lang {
        Lang::De => format!("{price}\u{a0}{symbol}"),
        Lang::En => format!("{symbol}{price}"),
    };
    say::line_hour(lang, price)
}

/// How bookings are rounded.
pub(crate) fn rounding_words(lang: Lang, rounding: BookingRounding) -> String {
    match rounding.said() {
        (None, None) => say::project_rounds_not(lang).to_owned(),
        (None, Some(step)) => say::project_rounds_step(lang, seconds(step)),
        (Some(minimum), None) => say::project_rounds_minimum(lang, seconds(minimum)),
        (Some(minimum), Some(step)) => say::project_rounds_both(lang, seconds(minimum), seconds(step)),
    }
}

/// How those of a project are: as it says itself, or as is agreed.
pub(super) fn project_rounding_words(
    lang: Lang,
    own: Option<BookingRounding>,
    agreed: Option<BookingRounding>,
) -> String {
    match (own, agreed) {
        (None, Some(agreed)) => say::project_rounding_now(lang, rounding_words(lang, agreed)),
        (own, _) => rounding_words(lang, own.unwrap_or_default()),
    }
}

/// What becomes of bookings that fit only in part.
pub(super) fn splitting_words(lang: Lang, splitting: Option<bool>, splits: bool) -> String {
    let does = if splits { say::settings_splitting_on(lang) } else { say::settings_splitting_off(lang) };
    match splitting {
        Some(_) => does.to_owned(),
        None => say::project_splitting_now(lang, does),
    }
}
