//! What saving a booking would do, by the function that decides on the server.

use domain::{
    BookingId, Seconds,
    quota::Amount,
    splitting::{self, Booking, BookingRounding, Plan, Portion, Poured, SplitError, Target},
};
use wire::{bookings::NamedPortion, projects::BookingFacts};

/// What saving a booking would do, decided on the facts of its project.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// As decided; sent back as `seen`.
    pub plan: Plan,
    /// The portions of the booking itself, with the names of their lines and with what is overdrawn.
    pub portions: Vec<NamedPortion>,
    /// How many other bookings come out otherwise.
    pub others: usize,
    /// What was worked and what is billed of it, where that is not the same, and by which rounding.
    pub rounded: Option<(Seconds, Seconds, BookingRounding)>,
}

/// Adds the booking, or changes it when the facts hold one with its id.
///
/// Errors as saving it would.
pub fn preview(facts: &BookingFacts, booking: &Booking) -> Result<Preview, SplitError> {
    let plan = match facts.facts.booking(booking.id) {
        Some(_) => splitting::change(&facts.facts, booking)?,
        None => splitting::add(&facts.facts, booking)?,
    };
    let billed = plan.booking.as_ref().map(|poured| poured.billed).filter(|billed| *billed != booking.seconds);
    let rounded = billed.map(|billed| (booking.seconds, billed, facts.facts.rounding_on(booking.date)));
    Ok(Preview { rounded, ..shown(facts, plan) })
}

/// What deleting the booking would do; it has no portions then.
///
/// Errors as deleting it would.
pub fn preview_delete(facts: &BookingFacts, booking: BookingId) -> Result<Preview, SplitError> {
    Ok(shown(facts, splitting::delete(&facts.facts, booking)?))
}

fn shown(facts: &BookingFacts, plan: Plan) -> Preview {
    let portions = plan.booking.as_ref().map(|poured| named(facts, &plan, poured)).unwrap_or_default();
    Preview { portions, others: plan.changed().count(), plan, rounded: None }
}

/// The portions of a booking of the plan, with the names of their lines and with what is overdrawn.
fn named(facts: &BookingFacts, plan: &Plan, poured: &Poured) -> Vec<NamedPortion> {
    let deficit = |portion: &Portion| match portion.target {
        Target::Line { line } => plan.deficit(&facts.facts, poured.booking, line),
        Target::NotBillable | Target::Unassigned => Amount::ZERO,
    };
    poured.portions.iter().map(|portion| NamedPortion::of(*portion, &facts.lines, deficit(portion))).collect()
}

/// What adding several bookings would do, each on what those before it leave: the days of a timer.
///
/// Errors as saving the first one that is refused.
pub fn preview_all(facts: &BookingFacts, bookings: &[Booking]) -> Result<(Vec<Preview>, BookingFacts), SplitError> {
    let mut after = facts.clone();
    let mut previews = Vec::with_capacity(bookings.len());
    for booking in bookings {
        let preview = preview(&after, booking)?;
        // Accounts on which it was decided a moment ago take what was decided.
        if let Ok(posted) = preview.plan.entries(&after.facts.accounts, |planned| planned.decision.request.draw) {
            after.facts.accounts = posted.after;
        }
        previews.push(preview);
    }
    Ok((previews, after))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::{
        AccountId, BillingLineId, Currency, CustomerId, Interval, Periods, ProjectId, TaskId, UserId,
        quota::{Account, AccountView, DeficitPolicy, Overbooking, Policy, PostedDraw, Seq, Unit},
        splitting::{
            Allowance, BillingLine, BookingRounding, Clocks, Collector, Collects, Facts, Held, LineKind, Pays, Posted,
            every_day,
        },
    };
    use uuid::Uuid;
    use wire::projects::{NamedLine, ProjectRef};

    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// 45 minutes a month are free, then an hour costs 100.00.
    fn facts() -> BookingFacts {
        let (free, effort) = (BillingLineId::new(id(1)), BillingLineId::new(id(2)));
        let policy = Policy { overbooking: Overbooking::No, deficits: DeficitPolicy::Balance };
        let customer = CustomerId::new(id(4));
        let account = Account { id: AccountId::new(id(3)), customer, unit: Unit::Time, policy };
        let periods = Periods { anchor: day("2026-01-01"), every: Interval::Months(1) };
        let allowance = Some(Allowance { most: Seconds(2_700), periods });
        let collector = Collector { account: account.id, collects: Collects::All, rate: None, allowance, fee: None };
        let line = |id, kind| BillingLine { id, tasks: None, kind };
        let effort_kind = LineKind::Effort { rate: "100".parse().expect("a price") };
        let named = |id, name: &str, pays| NamedLine { id, name: name.to_owned(), pays: Some(pays) };
        BookingFacts {
            project: ProjectRef { id: ProjectId::new(id(5)), number: "P-1".to_owned(), name: "Care".to_owned() },
            days: every_day(),
            facts: Facts {
                today: day("2026-05-20"),
                clocks: Clocks::default(),
                closed_until: None,
                splits: true,
                rounding: None,
                agreed: Vec::new(),
                currency: Currency::EUR,
                lines: vec![line(free, LineKind::Collector(collector)), line(effort, effort_kind)],
                closed_tasks: std::collections::BTreeSet::new(),
                accounts: vec![AccountView { covers: every_day(), ..AccountView::empty(account) }],
                bookings: Vec::new(),
            },
            tasks: Vec::new(),
            lines: vec![named(free, "Free", Pays::Allowance), named(effort, "Effort", Pays::Effort)],
        }
    }

    fn booking(number: u128, date: &str, minutes: i64) -> Booking {
        Booking {
            id: BookingId::new(id(number)),
            person: UserId::new(id(6)),
            task: TaskId::new(id(7)),
            date: day(date),
            start: None,
            seconds: Seconds(minutes * 60),
            billable: true,
            note: String::new(),
        }
    }

    /// Minutes and cents of each portion, with the name of its line.
    fn shown(preview: &Preview) -> Vec<(&str, i64, i64)> {
        let all = preview.portions.iter();
        all.map(|named| {
            let (name, portion) = (named.line.as_deref().unwrap_or_default(), &named.portion);
            (name, portion.seconds.0 / 60, portion.amount)
        })
        .collect()
    }

    /// The facts after the booking was accepted.
    fn accepted(mut facts: BookingFacts, booking: &Booking) -> BookingFacts {
        let plan = preview(&facts, booking).expect("it fits").plan;
        let held = plan.draws().map(|planned| {
            let (decision, date) = (&planned.decision, booking.date);
            let (draw, parts) = (decision.request.draw, decision.parts.clone());
            let draw = PostedDraw { draw, seq: Seq(2), date, parts, deficit: decision.deficit, released: false };
            Held { line: planned.line, account: planned.account, draw }
        });
        let held = held.collect();
        let poured = plan.booking.clone().expect("it is new");
        let accepted = i64::try_from(facts.facts.bookings.len()).expect("few");
        let (billed, portions) = (poured.billed, poured.portions);
        let posted = Posted { accepted, booking: booking.clone(), billed, portions, held, lock: None };
        let after = plan.entries(&facts.facts.accounts, |planned| planned.decision.request.draw);
        facts.facts.accounts = after.expect("it was decided on them").after;
        facts.facts.bookings.push(posted);
        facts
    }

    /// Red when: the browser splits in another way than the rules say, or a line loses its name.
    #[test]
    fn the_free_time_of_the_month_comes_first() {
        for (minutes, expected) in [
            (60, vec![("Free", 45, 0), ("Effort", 15, 2_500)]),
            (30, vec![("Free", 30, 0)]),
            (120, vec![("Free", 45, 0), ("Effort", 75, 12_500)]),
        ] {
            let preview = preview(&facts(), &booking(10, "2026-04-10", minutes)).expect("it fits");
            assert_eq!((shown(&preview), preview.others), (expected, 0));
        }
    }

    /// Red when: time that no lot covers looks free before it is saved, or once it is kept as it is.
    #[test]
    fn what_is_overdrawn_is_told() {
        let mut known = facts();
        known.facts.lines.truncate(1);
        known.facts.accounts[0].account.policy.overbooking = Overbooking::Yes { limit: None };
        let hour = booking(10, "2026-04-10", 60);
        let told = |preview: Preview| {
            let named = &preview.portions[0];
            (named.pays, named.portion.taken.units(), named.deficit.units())
        };
        let expected = (Some(Pays::Allowance), 3_600, 900);
        assert_eq!(told(preview(&known, &hour).expect("it may be overdrawn")), expected);
        let known = accepted(known, &hour);
        let renamed = Booking { note: "Again".to_owned(), ..hour };
        assert_eq!(told(preview(&known, &renamed).expect("it is open")), expected);
    }

    /// Red when: more is billed than was worked and nobody is told, or what was not rounded is told.
    #[test]
    fn what_is_rounded_is_told() {
        let mut known = facts();
        let half = Seconds(1_800);
        let rounding = BookingRounding::new(half, Seconds(900)).expect("a rounding");
        known.facts.rounding = Some(rounding);
        let short = preview(&known, &booking(10, "2026-04-10", 10)).expect("it fits");
        let told = (short.rounded, shown(&short));
        assert_eq!(told, (Some((Seconds(600), half, rounding)), vec![("Free", 30, 0)]));
        assert_eq!(preview(&known, &booking(10, "2026-04-10", 45)).expect("it fits").rounded, None);
    }

    /// Red when: a booking that is there is added once more instead of changed.
    #[test]
    fn a_booking_that_is_there_is_changed() {
        let known = accepted(facts(), &booking(10, "2026-04-10", 60));
        let shorter = preview(&known, &booking(10, "2026-04-10", 30)).expect("it fits");
        assert_eq!(shown(&shorter), [("Free", 30, 0)]);
    }

    /// Red when: what a deletion gives back does not reach the booking after it.
    #[test]
    fn deleting_the_first_frees_the_second() {
        let (first, second) = (booking(10, "2026-04-10", 30), booking(11, "2026-04-11", 30));
        let known = accepted(accepted(facts(), &first), &second);
        let preview = preview_delete(&known, first.id).expect("it is open");
        assert_eq!((preview.portions.len(), preview.others), (0, 1));
        let other = named(&known, &preview.plan, &preview.plan.others[0]);
        assert_eq!(
            (other.len(), other[0].line.as_deref(), other[0].portion.seconds),
            (1, Some("Free"), Seconds(1_800))
        );
    }

    /// Red when: each day of a timer is decided as if the others were not there.
    #[test]
    fn the_days_of_a_timer_share_what_is_there() {
        let days = [booking(10, "2026-05-10", 30), booking(11, "2026-05-11", 30)];
        let (previews, after) = preview_all(&facts(), &days).expect("they fit");
        let all: Vec<_> = previews.iter().map(shown).collect();
        assert_eq!(all, [vec![("Free", 30, 0)], vec![("Free", 15, 0), ("Effort", 15, 2_500)]]);
        let left = splitting::left(&after.facts, after.facts.lines[0].id, day("2026-05-12"));
        assert_eq!(left.map(domain::quota::Amount::units), Ok(0));
    }

    /// Red when: the browser shows where time goes that is not of one day.
    #[test]
    fn what_goes_past_midnight_is_refused_before_it_is_saved() {
        let mut known = facts();
        known.facts.clocks.ahead = vec![("2026-01-01T00:00:00Z".parse().expect("an instant"), 7_200)];
        let start = chrono::NaiveTime::from_hms_opt(23, 0, 0).expect("a time");
        let late = |minutes| Booking { start: Some(start), ..booking(10, "2026-04-10", minutes) };
        assert!(preview(&known, &late(60)).is_ok());
        let (wanted, fits, rest) = (Seconds(5_400), Seconds(3_600), Seconds(1_800));
        assert_eq!(preview(&known, &late(90)), Err(SplitError::PastMidnight { start, wanted, fits, rest }));
    }

    /// Red when: splitting off refuses without its figures.
    #[test]
    fn with_splitting_off_it_fits_whole_or_not_at_all() {
        let mut known = facts();
        known.facts.splits = false;
        let refused = preview(&known, &booking(10, "2026-04-10", 60));
        let (wanted, left, rest) = (Seconds(3_600), Seconds(2_700), Seconds(900));
        let (own, line) = (BookingId::new(id(10)), BillingLineId::new(id(1)));
        assert_eq!(
            refused,
            Err(SplitError::DoesNotFit { booking: own, line, wanted, left, rest, book: Some([left, rest]) })
        );
    }
}
