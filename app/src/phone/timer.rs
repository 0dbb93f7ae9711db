//! The timer: when it was started is kept, and what has passed follows from it. So it runs on while the phone sleeps.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::{
    BookingId, Seconds, UserId,
    splitting::{Booking, Piece, Plan, SplitError, by_date, piece_id},
};
use serde::{Deserialize, Serialize};
use wire::bookings::TimerForm;

use super::{
    chosen::Chosen,
    clock::{day, instants, offset},
};

/// The name under which it is kept.
pub(super) const KEPT: &str = "drawdown.timer";

/// A timer that runs for longer was forgotten: it is asked about before anything is booked.
pub(super) const FORGOTTEN: Seconds = Seconds(36_000);

/// A timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Timer {
    /// That of its first booking.
    pub(super) id: BookingId,
    /// On what.
    pub(super) on: Chosen,
    /// When it was started.
    pub(super) start: DateTime<Utc>,
    /// When it was stopped; none as long as it runs.
    pub(super) end: Option<DateTime<Utc>>,
    /// On what it goes on from there, once it is booked.
    pub(super) then: Option<Chosen>,
    /// Whether the customer pays for it.
    pub(super) billable: bool,
    /// What is done.
    pub(super) note: String,
}

impl Timer {
    /// How long it has run.
    pub(super) fn elapsed(&self, now: DateTime<Utc>) -> Seconds {
        let until = self.end.unwrap_or(now);
        Seconds(until.signed_duration_since(self.start).num_seconds().max(0))
    }

    /// Whether it runs for so long that it was forgotten.
    pub(super) fn forgotten(&self, now: DateTime<Utc>) -> bool {
        self.end.is_none() && self.elapsed(now) > FORGOTTEN
    }

    /// The same as if nobody had stopped it.
    pub(super) fn running(self) -> Timer {
        Timer { end: None, then: None, ..self }
    }

    /// What is left of it after so much at its beginning, under an id of its own. None where nothing is left.
    pub(super) fn after(&self, begun: Seconds, id: BookingId) -> Option<Timer> {
        let start = self.start.checked_add_signed(TimeDelta::try_seconds(begun.0)?)?;
        self.end.is_none_or(|end| start < end).then(|| Timer { id, start, ..self.clone() })
    }

    /// Where a forgotten timer is proposed to end.
    pub(super) fn cap(&self) -> DateTime<Utc> {
        self.start.checked_add_signed(TimeDelta::seconds(FORGOTTEN.0)).unwrap_or(self.start)
    }

    /// The first instant after its start and not after now at which the clocks show that time.
    pub(super) fn ends_at(
        &self,
        clock: &[(DateTime<Utc>, i32)],
        now: DateTime<Utc>,
        shown: NaiveTime,
    ) -> Option<DateTime<Utc>> {
        let first = day(clock, self.start);
        let days = (0..2).filter_map(|days| first.checked_add_days(Days::new(days)));
        let mut ends = days.flat_map(|day| instants(clock, day.and_time(shown)));
        ends.find(|at| self.start < *at).filter(|at| *at <= now)
    }

    /// Its days as the clocks of the company show them. Errors when it cannot be booked until then.
    pub(super) fn pieces(
        &self,
        clock: &[(DateTime<Utc>, i32)],
        until: DateTime<Utc>,
    ) -> Result<Vec<Piece>, SplitError> {
        by_date(self.start, until, |at| offset(clock, at))
    }

    /// The bookings that it becomes, one for each of its days.
    pub(super) fn bookings(
        &self,
        clock: &[(DateTime<Utc>, i32)],
        until: DateTime<Utc>,
        person: UserId,
    ) -> Result<Vec<Booking>, SplitError> {
        let pieces = self.pieces(clock, until)?;
        let booking = |(place, piece): (usize, Piece)| Booking {
            id: piece_id(self.id, place),
            person,
            task: self.on.task,
            date: piece.date,
            start: Some(piece.start),
            seconds: piece.seconds,
            billable: self.billable,
            note: self.note.trim().to_owned(),
        };
        Ok(pieces.into_iter().enumerate().map(booking).collect())
    }

    /// Any time on it: what lines ask before they take some.
    pub(super) fn any(&self, clock: &[(DateTime<Utc>, i32)], person: UserId) -> Booking {
        let shown = self.start.with_timezone(&offset(clock, self.start));
        Booking {
            id: self.id,
            person,
            task: self.on.task,
            date: shown.date_naive(),
            start: None,
            seconds: Seconds::HOUR,
            billable: self.billable,
            note: String::new(),
        }
    }

    /// What is sent to book it until then; `seen` is what was previewed of each day.
    pub(super) fn form(&self, until: DateTime<Utc>, seen: &[Plan]) -> TimerForm {
        TimerForm {
            id: self.id.to_string(),
            task: self.on.task.to_string(),
            person: String::new(),
            start: self.start.to_rfc3339(),
            end: until.to_rfc3339(),
            billable: if self.billable { "yes" } else { "no" }.to_owned(),
            note: self.note.clone(),
            seen: serde_json::to_string(seen).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{CustomerId, ProjectId, TaskId};
    use uuid::Uuid;
    use wire::{contracts::CustomerRef, projects::ProjectRef};

    use super::*;

    const SUMMER: i32 = 7_200;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn clock() -> Vec<(DateTime<Utc>, i32)> {
        vec![(at("2026-03-30T00:00:00Z"), SUMMER)]
    }

    fn started(start: &str) -> Timer {
        let (id, text) = (Uuid::from_u128(1), String::new);
        Timer {
            id: BookingId::new(id),
            on: Chosen {
                task: TaskId::new(id),
                name: text(),
                project: ProjectRef { id: ProjectId::new(id), number: text(), name: text() },
                customer: CustomerRef { id: CustomerId::new(id), number: text(), name: text() },
            },
            start: at(start),
            end: None,
            then: None,
            billable: true,
            note: text(),
        }
    }

    /// Red when: a timer of just ten hours is asked about, or a longer one is not.
    #[test]
    fn longer_than_ten_hours_is_forgotten() {
        let mut timer = started("2026-04-10T06:00:00Z");
        assert!(!timer.forgotten(at("2026-04-10T16:00:00Z")));
        assert!(timer.forgotten(at("2026-04-10T16:00:01Z")));
        assert_eq!(timer.cap(), at("2026-04-10T16:00:00Z"));
        timer.end = Some(timer.cap());
        assert!(!timer.forgotten(at("2026-04-12T00:00:00Z")), "it was answered");
        assert_eq!(timer.elapsed(at("2026-04-12T00:00:00Z")), FORGOTTEN);
    }

    /// Red when: what was booked of a timer is booked once more, or the rest has the id of the whole.
    #[test]
    fn what_is_left_of_a_timer_begins_later() {
        let mut timer = started("2026-04-10T06:00:00Z");
        timer.end = Some(at("2026-04-10T07:00:00Z"));
        let other = BookingId::new(Uuid::from_u128(2));
        let rest = timer.after(Seconds(2_700), other).expect("a quarter of an hour");
        assert_eq!((rest.id, rest.start, rest.end), (other, at("2026-04-10T06:45:00Z"), timer.end));
        assert_eq!(timer.after(Seconds::HOUR, other), None);
        assert!(timer.running().after(Seconds::HOUR, other).is_some(), "it runs");
    }

    /// Red when: a time of day is taken for one before the start, after now, or of another place.
    #[test]
    fn it_ends_when_the_clocks_showed_that_time() {
        let timer = started("2026-04-10T18:00:00Z");
        let now = at("2026-04-11T05:00:00Z");
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
        let ends = |hour, minute| timer.ends_at(&clock(), now, time(hour, minute));
        assert_eq!(ends(22, 15), Some(at("2026-04-10T20:15:00Z")));
        assert_eq!(ends(1, 0), Some(at("2026-04-10T23:00:00Z")), "after midnight");
        assert_eq!(ends(19, 0), None, "that was before it began, and is yet to come");
        assert_eq!(ends(7, 0), Some(now));
    }

    /// Red when: the second of two times that the clocks show alike is passed over for the one of the next day, or an end
    /// is taken that they never showed.
    #[test]
    fn it_ends_within_a_day_where_the_clocks_are_changed() {
        let clock = [
            (at("2026-03-01T00:00:00Z"), 3_600),
            (at("2026-03-29T01:00:00Z"), SUMMER),
            (at("2026-10-25T01:00:00Z"), 3_600),
        ];
        let ends = |start: &str, now: &str, hour, minute| {
            let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
            started(start).ends_at(&clock, at(now), time)
        };
        let (before, between) = ("2026-10-24T22:00:00Z", "2026-10-25T00:45:00Z");
        let later = "2026-10-27T09:00:00Z";
        assert_eq!(ends(before, later, 2, 30), Some(at("2026-10-25T00:30:00Z")), "the first one");
        assert_eq!(ends(between, later, 2, 30), Some(at("2026-10-25T01:30:00Z")), "the second one, 45 minutes later");
        assert_eq!(ends(between, "2026-10-25T01:15:00Z", 2, 30), None, "that is yet to come");
        assert_eq!(ends(before, later, 3, 0), Some(at("2026-10-25T02:00:00Z")));
        let spring = "2026-03-29T00:10:00Z";
        assert_eq!(ends(spring, "2026-03-29T09:00:00Z", 2, 30), None, "they left it out");
        assert_eq!(ends(spring, "2026-03-29T09:00:00Z", 3, 30), Some(at("2026-03-29T01:30:00Z")));
    }

    /// Red when: midnight is that of UTC, or the second day has the id of the first.
    #[test]
    fn past_midnight_each_day_gets_its_own() {
        let timer = started("2026-04-09T21:30:00Z");
        let days = timer.bookings(&clock(), at("2026-04-09T22:30:00Z"), UserId::new(Uuid::nil())).expect("an hour");
        let shown: Vec<_> = days.iter().map(|day| (day.date.to_string(), day.seconds.0)).collect();
        assert_eq!(shown, [("2026-04-09".to_owned(), 1_800), ("2026-04-10".to_owned(), 1_800)]);
        assert_eq!(days[0].id, timer.id);
        assert_ne!(days[1].id, timer.id);
    }
}
