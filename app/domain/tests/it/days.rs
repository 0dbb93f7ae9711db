//! Days in JSON.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Days {
    #[serde(deserialize_with = "domain::day::read")]
    day: NaiveDate,
    #[serde(default, deserialize_with = "domain::day::read_with")]
    next: Option<(NaiveDate, i64)>,
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

/// Red when: a day is not read as it was written.
#[test]
fn every_day_on_which_books_are_kept_is_read_as_it_was_written() {
    let end = day(2200, 1, 1);
    for day in day(1900, 1, 1).iter_days().take_while(|day| *day < end) {
        let days = Days { day, next: Some((day, 7)) };
        let written = serde_json::to_string(&days).expect("JSON");
        assert_eq!(serde_json::from_str::<Days>(&written).expect("days"), days);
    }
    for none in [r#"{"day":"2026-04-01"}"#, r#"{"day":"2026-04-01","next":null}"#] {
        let days = Days { day: day(2026, 4, 1), next: None };
        assert_eq!(serde_json::from_str::<Days>(none).expect("days"), days);
    }
}

/// Red when: what is no day passes for one.
#[test]
fn what_is_no_day_is_refused() {
    for wrong in [
        "",
        "2026",
        "2026-04",
        "2026-4-01",
        "2026-04-1",
        "2026-04-01-",
        "2026-04-01-01",
        "-2026-04-01",
        "+026-04-01",
        "2026-04-+1",
        " 2026-04-01",
        "2026-04-01 ",
        "20260401",
        "01.04.2026",
        "2026-02-29",
        "2026-00-01",
        "2026-13-01",
        "2026-04-00",
        "2026-04-31",
        "\u{662}\u{660}-04-01",
    ] {
        for json in [format!(r#"{{"day":"{wrong}"}}"#), format!(r#"{{"day":"2026-04-01","next":["{wrong}",7]}}"#)] {
            assert!(serde_json::from_str::<Days>(&json).is_err(), "{json}");
        }
    }
    for json in [r#"{"day":20260401}"#, r#"{"day":null}"#, r#"{"day":"2026-04-01","next":["2026-04-01"]}"#, "{}"] {
        assert!(serde_json::from_str::<Days>(json).is_err(), "{json}");
    }
}
