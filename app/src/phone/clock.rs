//! What the clocks of the company show, from what the server told of them.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, Offset, Utc};

/// How far they are from UTC at an instant. Before the first that is known they are as they are then.
pub(super) fn offset(clock: &[(DateTime<Utc>, i32)], at: DateTime<Utc>) -> FixedOffset {
    let known = clock.iter().rev().find(|(from, _)| *from <= at).or(clock.first());
    known.and_then(|(_, ahead)| FixedOffset::east_opt(*ahead)).unwrap_or_else(|| Utc.fix())
}

/// An instant as they show it.
pub(super) fn shown(clock: &[(DateTime<Utc>, i32)], at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&offset(clock, at))
}

/// The day that they show.
pub(super) fn day(clock: &[(DateTime<Utc>, i32)], at: DateTime<Utc>) -> NaiveDate {
    shown(clock, at).date_naive()
}

/// The Monday of the week of a day.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    /// Red when: the day turns at midnight of another place, or the clocks are not put forward.
    #[test]
    fn days_begin_where_the_company_is() {
        let clock = [(at("2026-03-20T00:00:00Z"), 3_600), (at("2026-03-29T01:00:00Z"), 7_200)];
        let day_at = |text: &str| day(&clock, at(text)).to_string();
        assert_eq!(day_at("2026-03-28T22:59:59Z"), "2026-03-28");
        assert_eq!(day_at("2026-03-28T23:00:00Z"), "2026-03-29");
        assert_eq!(day_at("2026-03-29T22:00:00Z"), "2026-03-30");
        assert_eq!(day_at("2026-01-01T23:30:00Z"), "2026-01-02", "before what is known");
        assert_eq!(day(&[], at("2026-03-28T23:30:00Z")).to_string(), "2026-03-28", "nothing is known");
    }

    #[test]
    fn weeks_begin_on_monday() {
        let monday_of = |text: &str| monday(text.parse().expect("a day")).to_string();
        assert_eq!(
            (monday_of("2026-04-05"), monday_of("2026-04-06")),
            ("2026-03-30".to_owned(), "2026-04-06".to_owned())
        );
    }
}
