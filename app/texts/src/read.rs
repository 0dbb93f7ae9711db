//! Reading what people type.

use chrono::NaiveDate;
use domain::{
    Seconds,
    money::{Currency, decimals},
    quota::{Amount, Unit},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Lang, format::separators};

/// What was typed is not what the field takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum NotReadable {
    /// Nothing was typed.
    Empty,
    /// Not a time such as `1:30`, `1,5` or `90 min`.
    NotATime,
    /// Not an amount of money.
    NotMoney,
    /// More decimals than the currency has.
    TooPrecise {
        /// The decimals that it has.
        decimals: u32,
    },
    /// Not a date.
    NotADate,
    /// Not a whole number.
    NotANumber,
    /// Not a decimal number.
    NotADecimal,
    /// Beyond what the program keeps exact.
    TooLarge,
}

/// Reads an amount in the unit of an account, signs included: whether it may be negative is the domain's rule.
pub fn read_amount(lang: Lang, unit: Unit, typed: &str) -> Result<Amount, NotReadable> {
    let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    if text.is_empty() {
        return Err(NotReadable::Empty);
    }
    let units = match unit {
        Unit::Time => read_seconds(lang, text)?.0,
        Unit::Money(currency) => read_minor(lang, currency, text)?,
    };
    Ok(Amount::new(sign * units))
}

/// `1:30`, `1:30:15`, `1h30`, `90min`, `90m`, `1,5h` or just `1,5` (hours).
fn read_seconds(lang: Lang, text: &str) -> Result<Seconds, NotReadable> {
    let text = text.to_ascii_lowercase();
    let number = |digits: &str| -> Result<u64, NotReadable> {
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotReadable::NotATime);
        }
        digits.parse().map_err(|_| NotReadable::TooLarge)
    };
    if text.contains(':') {
        let parts: Vec<&str> = text.strip_suffix('h').unwrap_or(&text).split(':').collect();
        let (hours, minutes, seconds) = match parts.as_slice() {
            [hours, minutes] => (number(hours)?, number(minutes)?, 0),
            [hours, minutes, seconds] => (number(hours)?, number(minutes)?, number(seconds)?),
            _ => return Err(NotReadable::NotATime),
        };
        return Seconds::from_parts(hours, minutes, seconds).ok_or(NotReadable::NotATime);
    }
    if let Some(minutes) = text.strip_suffix("min").or_else(|| text.strip_suffix('m')).filter(|m| !m.contains('h')) {
        let minutes = decimal(lang, minutes).ok_or(NotReadable::NotATime)?;
        return whole(minutes, 60).map(Seconds);
    }
    if let Some((hours, minutes)) = text.split_once('h').filter(|(_, minutes)| !minutes.is_empty()) {
        let minutes = minutes.trim_end_matches("min").trim_end_matches('m');
        return Seconds::from_parts(number(hours)?, number(minutes)?, 0).ok_or(NotReadable::NotATime);
    }
    let hours = decimal(lang, text.strip_suffix('h').unwrap_or(&text)).ok_or(NotReadable::NotATime)?;
    whole(hours, 3600).map(Seconds)
}

/// `1.234,56` or `1,234.56`, with or without the currency's symbol or code.
fn read_minor(lang: Lang, currency: Currency, text: &str) -> Result<i64, NotReadable> {
    let symbol = currency.symbol().to_string();
    let text =
        text.trim_start_matches(symbol.as_str()).trim_end_matches(symbol.as_str()).trim_end_matches(currency.code());
    let major = decimal(lang, text).ok_or(NotReadable::NotMoney)?;
    let places = decimals(currency);
    if major.normalize().scale() > places {
        return Err(NotReadable::TooPrecise { decimals: places });
    }
    whole(major, 10_i64.pow(places))
}

/// The exact product as a whole number, rounded half away from zero for times such as a third of an hour.
fn whole(value: Decimal, unit: i64) -> Result<i64, NotReadable> {
    value.checked_mul(Decimal::from(unit)).and_then(domain::rounding::to_whole).ok_or(NotReadable::TooLarge)
}

/// Reads a decimal number. The language's group sign is taken as one only where it separates three digits;
/// elsewhere it is a decimal point, because people paste from everywhere: `12.50` is the same in German.
fn decimal(lang: Lang, text: &str) -> Option<Decimal> {
    let (group, point) = separators(lang);
    let mut plain = text.to_owned();
    if text.contains(group) {
        let whole = text.split(point).next().unwrap_or_default();
        let mut groups = whole.split(group);
        let first = groups.next().unwrap_or_default();
        let grouped = (1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3);
        if grouped {
            plain = plain.replace(group, "");
        } else if text.contains(point) || text.matches(group).count() > 1 {
            return None;
        }
    }
    let plain = plain.replace([group, point], ".");
    if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    Decimal::from_str_exact(&plain).ok()
}

/// A decimal number such as a price, a quantity or a rate, signs included: `1.234,5` in German.
pub fn read_decimal(lang: Lang, typed: &str) -> Result<Decimal, NotReadable> {
    let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    if text.is_empty() {
        return Err(NotReadable::Empty);
    }
    let number = decimal(lang, text).ok_or(NotReadable::NotADecimal)?;
    Ok(if negative { -number } else { number })
}

/// `2026-04-01`, what date fields send, or `01.04.2026`.
pub fn read_date(typed: &str) -> Result<NaiveDate, NotReadable> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(NotReadable::Empty);
    }
    NaiveDate::parse_from_str(typed, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(typed, "%d.%m.%Y"))
        .map_err(|_| NotReadable::NotADate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_all_the_ways_people_write_them() {
        for (typed, seconds) in [
            ("1:30", 5400),
            ("1:30:15", 5415),
            ("1,5", 5400),
            ("1.5", 5400),
            ("1,5 h", 5400),
            ("90 min", 5400),
            ("90m", 5400),
            ("1h30", 5400),
            ("1h30m", 5400),
            ("0:20", 1200),
            ("2h", 7200),
            ("-1:00", -3600),
        ] {
            assert_eq!(read_amount(Lang::De, Unit::Time, typed), Ok(Amount::new(seconds)), "{typed}");
        }
        for typed in ["1:60", "abc", "1:", ":30", "1:2:3:4", "h", "1,2,3", "١:٣٠"] {
            assert_eq!(read_amount(Lang::De, Unit::Time, typed), Err(NotReadable::NotATime), "{typed}");
        }
        assert_eq!(read_amount(Lang::De, Unit::Time, " "), Err(NotReadable::Empty));
        assert_eq!(read_amount(Lang::De, Unit::Time, "99999999999999999999:00"), Err(NotReadable::TooLarge));
    }

    #[test]
    fn money_is_read_in_both_languages_and_never_guessed_by_a_thousand() {
        let eur = Unit::Money(Currency::EUR);
        assert_eq!(read_amount(Lang::De, eur, "1.234,56 €"), Ok(Amount::new(123_456)));
        assert_eq!(read_amount(Lang::De, eur, "1.234"), Ok(Amount::new(123_400)));
        assert_eq!(read_amount(Lang::De, eur, "12.50"), Ok(Amount::new(1250)));
        assert_eq!(read_amount(Lang::En, eur, "€1,234.56"), Ok(Amount::new(123_456)));
        assert_eq!(read_amount(Lang::En, eur, "12,50"), Ok(Amount::new(1250)));
        assert_eq!(read_amount(Lang::En, eur, "1.234"), Err(NotReadable::TooPrecise { decimals: 2 }));
        assert_eq!(read_amount(Lang::De, eur, "1.23,4.5"), Err(NotReadable::NotMoney));
        assert_eq!(read_amount(Lang::De, eur, "1e9"), Err(NotReadable::NotMoney));
        assert_eq!(read_amount(Lang::De, eur, "999999999999999999999"), Err(NotReadable::TooLarge));
    }

    #[test]
    fn dates_are_read_as_fields_send_and_germans_write_them() {
        assert_eq!(read_date("2024-02-29"), read_date("29.02.2024"));
        assert_eq!(read_date("2026-02-29"), Err(NotReadable::NotADate));
    }
}
