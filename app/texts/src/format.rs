//! Writing figures for people.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};
use domain::{
    DateRange, Money, Seconds,
    money::{Currency, decimals},
    quota::{Amount, Unit},
};

use rust_decimal::Decimal;

use crate::{Lang, say};

const MONTHS_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MINUS: char = '\u{2212}';
/// Keeps a figure and its unit on one line.
const NARROW: char = '\u{a0}';

/// `1:30 h`; seconds are shown only where there are some: `1:30:15 h`.
pub fn seconds(time: Seconds) -> String {
    let sign = if time.0 < 0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{}{NARROW}h", clock(time))
}

/// `1:30`, without sign and unit, as it is typed into a field.
pub fn clock(time: Seconds) -> String {
    match time.parts() {
        (hours, minutes, 0) => format!("{hours}:{minutes:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `1.234,56 €` in German, `€1,234.56` in English.
pub fn money(lang: Lang, money: Money) -> String {
    let sign = if money.minor < 0 { MINUS.to_string() } else { String::new() };
    let digits = plain_money(lang, money.minor, money.currency);
    let symbol = money.currency.symbol().to_string();
    match lang {
        Lang::De => format!("{sign}{digits}{NARROW}{symbol}"),
        Lang::En => format!("{sign}{symbol}{digits}"),
    }
}

fn plain_money(lang: Lang, minor: i64, currency: Currency) -> String {
    let (group, point) = separators(lang);
    let places = usize::try_from(decimals(currency)).unwrap_or(2);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if places > 0 {
        out.push(point);
        out.push_str(part);
    }
    out
}

pub(crate) fn separators(lang: Lang) -> (char, char) {
    match lang {
        Lang::De => ('.', ','),
        Lang::En => (',', '.'),
    }
}

/// An amount of an account: hours or money.
pub fn amount(lang: Lang, unit: Unit, amount: Amount) -> String {
    match unit {
        Unit::Time => seconds(Seconds(amount.units())),
        Unit::Money(currency) => money(lang, Money { minor: amount.units(), currency }),
    }
}

/// The same with a plus sign before what is added.
pub fn signed_amount(lang: Lang, unit: Unit, moved: Amount) -> String {
    let text = amount(lang, unit, moved);
    if moved.is_positive() { format!("+{text}") } else { text }
}

/// `01.04.2026` in German, `1 Apr 2026` in English.
pub fn date(lang: Lang, date: NaiveDate) -> String {
    match lang {
        Lang::De => format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()),
        Lang::En => format!("{} {} {}", date.day(), month_name(&MONTHS_EN, date), date.year()),
    }
}

fn month_name(names: &[&'static str; 12], date: NaiveDate) -> &'static str {
    names.get(date.month0() as usize).copied().unwrap_or_default()
}

/// `April 2026` in both languages, shortened in English.
pub fn month(lang: Lang, date: NaiveDate) -> String {
    match lang {
        Lang::De => format!("{} {}", month_name(&MONTHS_DE, date), date.year()),
        Lang::En => format!("{} {}", month_name(&MONTHS_EN, date), date.year()),
    }
}

/// From the first to the last day, as people say it: `01.04.2026 – 30.04.2026`, `ab 01.04.2026`.
pub fn range(lang: Lang, range: DateRange) -> String {
    match range.last_day() {
        Some(last) => format!("{}{NARROW}– {}", date(lang, range.from), date(lang, last)),
        None => say::from_date(lang, date(lang, range.from)),
    }
}

/// A validity, with the month's name where it is exactly one month.
pub fn validity(lang: Lang, valid: DateRange) -> String {
    let whole_month = valid.from.day() == 1 && valid.from.checked_add_months(chrono::Months::new(1)) == valid.until;
    if whole_month { month(lang, valid.from) } else { range(lang, valid) }
}

/// An amount as people type it into a field: `1:30`, `1:30:15`, `125,00`.
pub fn typed_amount(lang: Lang, unit: Unit, amount: Amount) -> String {
    match unit {
        Unit::Time => {
            let (hours, minutes, seconds) = Seconds(amount.units()).parts();
            let seconds = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
            format!("{hours}:{minutes:02}{seconds}")
        }
        Unit::Money(currency) => {
            let text = Money { minor: amount.units(), currency }.major().to_string();
            match lang {
                Lang::De => text.replace('.', ","),
                Lang::En => text,
            }
        }
    }
}

/// A decimal number with the language's sign, without needless zeros: `5,5`.
pub fn decimal(lang: Lang, number: Decimal) -> String {
    let text = number.normalize().to_string();
    match lang {
        Lang::De => text.replace('.', ","),
        Lang::En => text,
    }
}

/// A decimal number as it stands in a column of figures: grouped, with at least so many decimals: `1.234,50`.
pub fn figure(lang: Lang, number: Decimal, least: u32) -> String {
    let (group, point) = separators(lang);
    let mut number = number.normalize();
    if number.scale() < least {
        number.rescale(least);
    }
    let text = number.abs().to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if number.is_sign_negative() && !number.is_zero() {
        out.push(MINUS);
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push(point);
        out.push_str(part);
    }
    out
}

/// Date and time of day as a clock shows them that goes by that offset.
pub fn instant(lang: Lang, at: DateTime<FixedOffset>) -> String {
    format!("{} {:02}:{:02}", date(lang, at.date_naive()), at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: i64) -> Money {
        Money { minor, currency: Currency::EUR }
    }

    /// Red when: an instant is told by another clock than its own.
    #[test]
    fn an_instant_is_told_by_its_own_clock() {
        let at = DateTime::parse_from_rfc3339("2026-04-15T09:05:59+02:00").expect("an instant");
        assert_eq!(instant(Lang::De, at), "15.04.2026 09:05");
        assert_eq!(instant(Lang::En, at), "15 Apr 2026 09:05");
    }

    #[test]
    fn money_is_written_as_each_language_does() {
        assert_eq!(money(Lang::De, euros(123_456)), "1.234,56\u{a0}€");
        assert_eq!(money(Lang::En, euros(123_456)), "€1,234.56");
        assert_eq!(money(Lang::En, euros(-5)), "\u{2212}€0.05");
        assert_eq!(money(Lang::De, Money { minor: 1_000_000, currency: Currency::JPY }), "1.000.000\u{a0}¥");
        assert!(money(Lang::De, euros(i64::MIN)).starts_with("\u{2212}92.233.720.368.547.758,08"));
    }

    #[test]
    fn a_figure_has_groups_and_the_decimals_of_its_column() {
        let number = |text: &str| text.parse::<Decimal>().expect("a number");
        assert_eq!(figure(Lang::De, number("1234567.5"), 2), "1.234.567,50");
        assert_eq!(figure(Lang::En, number("-1234.5678"), 2), "\u{2212}1,234.5678");
        assert_eq!(figure(Lang::De, number("1.50"), 0), "1,5");
        assert_eq!(figure(Lang::De, number("-0.00"), 2), "0,00");
    }

    #[test]
    fn time_shows_seconds_only_where_there_are_some() {
        assert_eq!(seconds(Seconds(5400)), "1:30\u{a0}h");
        assert_eq!(seconds(Seconds(-5415)), "\u{2212}1:30:15\u{a0}h");
        assert_eq!(seconds(Seconds(0)), "0:00\u{a0}h");
    }

    #[test]
    fn a_whole_month_is_called_by_its_name() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        let april = DateRange { from: day(2026, 4, 1), until: Some(day(2026, 5, 1)) };
        assert_eq!(validity(Lang::De, april), "April 2026");
        let odd = DateRange { from: day(2026, 4, 1), until: Some(day(2026, 5, 2)) };
        assert_eq!(validity(Lang::En, odd), "1 Apr 2026\u{a0}– 1 May 2026");
        assert_eq!(validity(Lang::En, DateRange { until: None, ..april }), "from 1 Apr 2026");
    }
}
