//! A day as JSON has it: `2026-04-01`.
//!
//! `chrono` reads it by a parser for every format there is: several kilobytes of what a browser loads first. What this
//! program writes is always the same, so a few lines read it, in the fields that a browser needs first.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error as _};

/// Reads a day. For `#[serde(deserialize_with)]`.
pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    day(&text).ok_or_else(|| D::Error::custom("not a day"))
}

/// Reads a day with what belongs to it, where there is one. For `#[serde(deserialize_with)]`.
pub fn read_with<'de, D, T>(from: D) -> Result<Option<(NaiveDate, T)>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    #[derive(Deserialize)]
    struct With<T>(#[serde(deserialize_with = "read")] NaiveDate, T);

    let found = Option::<With<T>>::deserialize(from)?;
    Ok(found.map(|With(day, what)| (day, what)))
}

/// Four digits, two and two, that name a day.
fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let mut digits = |count: usize| {
        let part = parts.next()?;
        (part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(part)
    };
    let (year, month, day) = (digits(4)?, digits(2)?, digits(2)?);
    let day = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    parts.next().is_none().then_some(day)
}
