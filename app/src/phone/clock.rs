//! What the clocks of the company show, from what the server told of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, Offset, Utc};

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

/// The instants at which they show that time on a day, the earliest first: two where they are put back over it, none where
/// they are put forward over it.
pub(super) fn instants(clock: &[(DateTime<Utc>, i32)], shown: NaiveDateTime) -> Vec<DateTime<Utc>> {
    let known = clock.iter().filter_map(|(_, ahead)| FixedOffset::east_opt(*ahead));
    // Where nothing is known they show UTC.
    let possible = known.chain(clock.is_empty().then(|| Utc.fix()));
    let found = possible.filter_map(|ahead| {
        let at = shown.checked_sub_offset(ahead)?.and_utc();
        (offset(clock, at) == ahead).then_some(at)
    });
    found.collect::<BTreeSet<_>>().into_iter().collect()
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

    /// Red when: a time is lost that the clocks show twice, or there is one that they leave out.
    #[test]
    fn clocks_show_a_time_twice_or_never_where_they_are_changed() {
        let clock = [
            (at("2026-03-01T00:00:00Z"), 3_600),
            (at("2026-03-29T01:00:00Z"), 7_200),
            (at("2026-10-25T01:00:00Z"), 3_600),
        ];
        let shown_at = |text: &str| {
            let found = instants(&clock, text.parse().expect("a time"));
            found.iter().map(|at| at.format("%H:%M").to_string()).collect::<Vec<_>>()
        };
        assert_eq!(shown_at("2026-10-25T02:30:00"), ["00:30", "01:30"]);
        assert_eq!(shown_at("2026-10-25T01:59:00"), ["23:59"]);
        assert_eq!(shown_at("2026-10-25T03:00:00"), ["02:00"]);
        assert_eq!(shown_at("2026-03-29T02:30:00"), Vec::<String>::new());
        assert_eq!(shown_at("2026-03-29T03:00:00"), ["01:00"]);
        assert_eq!(shown_at("2026-02-01T12:00:00"), ["11:00"], "before what is known");
        assert_eq!(instants(&[], "2026-10-25T02:30:00".parse().expect("a time")), [at("2026-10-25T02:30:00Z")]);
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
