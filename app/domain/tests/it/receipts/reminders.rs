//! Reminders: only of what is overdue, and not before a week has passed.

use chrono::Days;
use domain::receipts::{NotReminded, REMINDER_PAUSE, Reminded, remind};
use proptest::collection;

use super::{day, invoice};
use crate::plans::for_every;

/// Red when: a paid, part-paid or young invoice is treated otherwise, or the how many-th it is is wrong.
#[test]
fn a_customer_is_reminded_of_what_is_overdue() {
    let of = invoice(47_599, day("2026-04-29"));
    let never = Reminded::default();
    assert_eq!(remind(&of, &never, day("2026-04-29")), Err(NotReminded::NotOverdue));
    assert_eq!(remind(&of, &never, day("2026-04-30")), Ok(1));
    let part = domain::receipts::Invoice { received: 40_000, ..of };
    assert_eq!(remind(&part, &never, day("2026-04-30")), Ok(1));
    let paid = domain::receipts::Invoice { received: 47_599, ..of };
    assert_eq!(remind(&paid, &never, day("2026-04-30")), Err(NotReminded::NotOverdue));
    let credit = domain::receipts::Invoice { received: 50_000, ..of };
    assert_eq!(remind(&credit, &never, day("2026-04-30")), Err(NotReminded::NotOverdue));
    let once = Reminded { times: 1, last: Some(day("2026-05-01")) };
    let again = NotReminded::TooSoon { last: day("2026-05-01"), again: day("2026-05-08") };
    assert_eq!(remind(&of, &once, day("2026-05-07")), Err(again));
    assert_eq!(remind(&of, &once, day("2026-05-08")), Ok(2));
}

/// Red when: two reminders lie closer than the pause, or one is left out or counted twice.
#[test]
fn reminders_keep_their_distance() {
    let days = collection::vec(0_u64..20, 1..40);
    for_every(days, |steps| {
        let of = invoice(100, day("2026-01-01"));
        let (mut today, mut reminded, mut sent) = (day("2026-01-02"), Reminded::default(), Vec::new());
        for step in steps {
            today = today.checked_add_days(Days::new(step)).expect("a day");
            if let Ok(times) = remind(&of, &reminded, today) {
                reminded = Reminded { times, last: Some(today) };
                sent.push(today);
            }
        }
        let close =
            sent.windows(2).any(|two| (two[1] - two[0]).num_days() < i64::try_from(REMINDER_PAUSE).expect("small"));
        assert!(!close, "{sent:?}");
        assert_eq!(usize::try_from(reminded.times).expect("small"), sent.len());
    });
}
