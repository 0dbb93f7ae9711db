//! Days and amounts as banks write them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::quota::check_date;

/// `01.04.2026`, `01.04.26`, `2026-04-01`, `01/04/2026` (day first) or `20260401`, a day on which books are kept.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split(['.', '-', '/']).collect();
    let [year, month, day] = match parts[..] {
        [whole] if whole.len() == 8 && digits(whole) => [whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?],
        [year, month, day] if year.len() == 4 => [year, month, day],
        [day, month, year] => [year, month, day],
        _ => return None,
    };
    if ![year, month, day].into_iter().all(digits) {
        return None;
    }
    let century = match year.len() {
        2 => 2000,
        4 => 0,
        _ => return None,
    };
    let year = year.parse::<i32>().ok()?.checked_add(century)?;
    let day = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
    check_date(day).ok().map(|()| day)
}

/// Which mark stands before the decimals. The first amount that tells decides: one with both marks, or with other than three
/// digits behind a single mark. Where none tells, it goes by the separator: commas between cells stand in no figure.
pub(super) fn decimal_mark<'a>(amounts: impl Iterator<Item = &'a str>, separator: char) -> char {
    let told = |amount: &str| {
        let last = amount.rfind(['.', ','])?;
        let mark = amount.get(last..)?.chars().next()?;
        let behind = amount.get(last..)?.chars().filter(char::is_ascii_digit).count();
        let other = if mark == '.' { ',' } else { '.' };
        let single = amount.matches(mark).count() == 1;
        match (amount.contains(other), single) {
            (true, _) => Some(mark),
            (false, true) if behind != 3 => Some(mark),
            (false, true) => None,
            (false, false) => Some(other),
        }
    };
    let usual = if separator == ',' { '.' } else { ',' };
    amounts.into_iter().find_map(told).unwrap_or(usual)
}

/// An amount with that decimal mark: a sign before or behind, marks between thousands, a currency behind.
pub(super) fn number(text: &str, mark: char) -> Option<Decimal> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '\u{2019}')).collect();
    let text = text.trim_end_matches("EUR").trim_matches('€');
    let (negative, text) = match (text.strip_prefix(['-', '\u{2212}']), text.strip_suffix('-')) {
        (Some(rest), None) | (None, Some(rest)) => (true, rest),
        (None, None) => (false, text.strip_prefix('+').unwrap_or(text)),
        (Some(_), Some(_)) => return None,
    };
    let (whole, part) = text.split_once(mark).unwrap_or((text, ""));
    let between = if mark == ',' { '.' } else { ',' };
    let groups: Vec<&str> = whole.split(between).collect();
    let grouped = match groups[..] {
        [first, ref rest @ ..] if !rest.is_empty() => {
            (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
        }
        _ => true,
    };
    let digits: String = groups.concat();
    let all_digits = !digits.is_empty() && digits.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    // More than that no currency and no amount has, and the number would not stay exact.
    if !grouped || !all_digits || digits.len() > 15 || part.len() > 8 {
        return None;
    }
    let number: Decimal = format!("{digits}.{}", if part.is_empty() { "0" } else { part }).parse().ok()?;
    if negative { Decimal::ZERO.checked_sub(number) } else { Some(number) }
}
