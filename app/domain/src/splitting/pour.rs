//! The waterfall: pouring the time of one booking down the billing lines.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    BillingLine, Booking, Collector, Facts, LineKind, PlannedDraw, Portion, SplitError, Target, allowance::made_of,
    counting::Counting, line::check_effort, worth,
};
use crate::{
    AccountId, BillingLineId, DrawId, Price, Seconds,
    quota::{AccountView, Amount, DrawOrigin, DrawRequest, GrantRequest, QuotaError, Unit, draw},
};

/// The accounts as they stand while bookings are poured.
pub(super) type Books = BTreeMap<AccountId, AccountView>;

/// What pouring does to an account.
pub(super) enum Step {
    Grant { line: BillingLineId, account: AccountId, request: GrantRequest },
    Draw(PlannedDraw),
}

/// Where a booking goes.
pub(super) struct Stream {
    pub portions: Vec<Portion>,
    pub steps: Vec<Step>,
    /// Why it cannot be split so, if splitting is off and more than one place gets something.
    pub split: Option<SplitError>,
}

/// Time that a line takes.
struct Take<'a> {
    line: &'a BillingLine,
    /// All of it.
    seconds: Seconds,
    /// What of it is there, without overbooking.
    there: Seconds,
}

/// Pours a booking: each line in order takes what it can of the rest. What no line takes may be overbooked, by the last
/// collector first: an earlier one only takes what no later line does. The rest is `unassigned`, or `not_billable`. What
/// it draws is taken from the books; copies of them would make the many bookings of a project cost their square.
///
/// After an error the books are not to be used further.
pub(super) fn pour(booking: &Booking, billed: Seconds, facts: &Facts, books: &mut Books) -> Result<Stream, SplitError> {
    let mut basin = Basin { facts, books, date: booking.date, spent: BTreeMap::new() };
    let mut steps = Vec::new();
    let mut takes: Vec<Take> = Vec::new();
    let mut rest = billed;
    for line in facts.lines.iter().filter(|line| line.takes(booking)) {
        if rest.0 <= 0 {
            break;
        }
        let seconds = match &line.kind {
            LineKind::Effort { .. } | LineKind::FlatRate => rest,
            LineKind::Collector(collector) => {
                steps.extend(basin.open(line.id, collector)?);
                basin.take(booking, line.id, collector, rest)?
            }
        };
        rest = less(rest, seconds);
        takes.push(Take { line, seconds, there: seconds });
    }
    for take in takes.iter_mut().rev() {
        let LineKind::Collector(collector) = &take.line.kind else { continue };
        if rest.0 > 0 {
            let more = basin.overbook(booking, take.line.id, collector, take.seconds, rest)?;
            rest = less(rest, more);
            take.seconds = Seconds(take.seconds.0.saturating_add(more.0));
        }
    }
    takes.retain(|take| take.seconds.0 > 0);
    let split = if facts.splits { None } else { whole(booking, billed, facts, &takes, rest).err() };
    let mut portions = Vec::new();
    for Take { line, seconds, .. } in takes {
        let mut portion = Portion { target: Target::Line { line: line.id }, seconds, amount: 0, taken: Amount::ZERO };
        match &line.kind {
            LineKind::FlatRate => {}
            LineKind::Effort { rate } => portion.amount = charged(booking, line.id, seconds, *rate, facts)?,
            LineKind::Collector(collector) => {
                let planned = basin.draw(booking, line.id, collector, seconds)?;
                portion.taken = planned
                    .as_ref()
                    .map_or(Ok(Amount::ZERO), taken)
                    .map_err(|error| basin.refused(line.id, collector, error))?;
                steps.extend(planned.map(Step::Draw));
            }
        }
        portions.push(portion);
    }
    if rest.0 > 0 {
        let target = if booking.billable { Target::Unassigned } else { Target::NotBillable };
        portions.push(Portion { target, seconds: rest, amount: 0, taken: Amount::ZERO });
    }
    Ok(Stream { portions, steps, split })
}

/// What the account of a collector has on a date; a lot that nothing has touched counts as full.
pub(super) fn pool(
    facts: &Facts,
    line: BillingLineId,
    collector: &Collector,
    date: NaiveDate,
) -> Result<Pool, SplitError> {
    let account = facts.accounts.iter().find(|view| view.account.id == collector.account);
    let mut books: Books = account.map(|view| (view.account.id, view.clone())).into_iter().collect();
    let mut basin = Basin { facts, books: &mut books, date, spent: BTreeMap::new() };
    basin.open(line, collector)?;
    basin.pool(line, collector)
}

/// With splitting off a collector takes a booking whole or not at all. The one that is named would take what is left of it
/// whole: the first that has something; if all is overbooked, the one that overbooks first.
fn whole(
    booking: &Booking,
    wanted: Seconds,
    facts: &Facts,
    takes: &[Take<'_>],
    rest: Seconds,
) -> Result<(), SplitError> {
    let (line, left) = match takes {
        [] => return Ok(()),
        [_] if rest.0 <= 0 => return Ok(()),
        [only] => (only.line.id, only.seconds),
        [.., last] => {
            let first = takes.iter().find(|take| take.there.0 > 0);
            first.map_or((last.line.id, last.seconds), |first| (first.line.id, first.there))
        }
    };
    let fits = facts.rounding_on(booking.date).within(left).filter(|fits| *fits < booking.seconds);
    let book = fits.map(|fits| [fits, less(booking.seconds, fits)]);
    Err(SplitError::DoesNotFit { booking: booking.id, line, wanted, left, rest: less(wanted, left), book })
}

/// What a portion on an effort line costs.
fn charged(
    booking: &Booking,
    line: BillingLineId,
    time: Seconds,
    rate: Price,
    facts: &Facts,
) -> Result<i64, SplitError> {
    check_effort(line, rate)?;
    let too_large = SplitError::TooLarge { booking: booking.id, line };
    worth(time, rate, facts.currency).map(|worth| worth.minor).ok_or(too_large)
}

/// What a draw takes of its account, deficit included.
fn taken(planned: &PlannedDraw) -> Result<Amount, QuotaError> {
    planned.decision.drawn.plus(planned.decision.deficit)
}

fn less(from: Seconds, taken: Seconds) -> Seconds {
    Seconds(from.0.saturating_sub(taken.0))
}

/// What an account has on a date.
pub(super) struct Pool {
    /// What its lots give.
    pub available: Amount,
    /// What overbooking gives beyond them.
    pub room: Amount,
}

/// The accounts while one booking is poured.
struct Basin<'a> {
    facts: &'a Facts,
    books: &'a mut Books,
    date: NaiveDate,
    /// What the lines before take of each.
    spent: BTreeMap<AccountId, Amount>,
}

impl Basin<'_> {
    /// Gets the account of a collector ready: the lot of the day's allowance is there, also when nothing has touched it.
    fn open(&mut self, line: BillingLineId, collector: &Collector) -> Result<Option<Step>, SplitError> {
        let account = collector.account;
        let view = self.books.get_mut(&account).ok_or(SplitError::UnknownAccount { line, account })?;
        let unit = view.account.unit;
        collector.check(line, unit, self.facts.currency)?;
        let touched = collector.allowance.map(|allowance| allowance.touch(line, self.date, view)).transpose();
        let touched = touched.map_err(|error| SplitError::Quota { line, unit, error })?.flatten();
        Ok(touched.map(|(request, _)| Step::Grant { line, account, request }))
    }

    fn refused(&self, line: BillingLineId, collector: &Collector, error: QuotaError) -> SplitError {
        let unit = self.books.get(&collector.account).map_or(Unit::Time, |view| view.account.unit);
        SplitError::Quota { line, unit, error }
    }

    fn view(&self, line: BillingLineId, collector: &Collector) -> Result<&AccountView, SplitError> {
        let account = collector.account;
        self.books.get(&account).ok_or(SplitError::UnknownAccount { line, account })
    }

    fn counting(&self, collector: &Collector) -> Counting {
        Counting::of(collector, self.facts.currency)
    }

    fn spent(&self, collector: &Collector) -> Amount {
        self.spent.get(&collector.account).copied().unwrap_or_default()
    }

    /// What the account has on the date, without this booking: the kernel says what it would give at most.
    fn pool(&self, line: BillingLineId, collector: &Collector) -> Result<Pool, SplitError> {
        let request = self.request(DrawId::new(Uuid::nil()), Amount::LARGEST);
        match draw(self.view(line, collector)?, &request) {
            Ok(most) => Ok(Pool { available: most.drawn, room: most.deficit }),
            Err(QuotaError::Exhausted { .. } | QuotaError::Ended { .. }) => {
                Ok(Pool { available: Amount::ZERO, room: Amount::ZERO })
            }
            Err(error) => Err(self.refused(line, collector, error)),
        }
    }

    fn request(&self, draw: DrawId, wanted: Amount) -> DrawRequest {
        DrawRequest { draw, date: self.date, wanted, origin: DrawOrigin::BookingPortion }
    }

    /// How much of the rest the lots of the collector's account pay for.
    fn take(
        &mut self,
        booking: &Booking,
        line: BillingLineId,
        collector: &Collector,
        rest: Seconds,
    ) -> Result<Seconds, SplitError> {
        let counting = self.counting(collector);
        let too_large = || SplitError::TooLarge { booking: booking.id, line };
        let pool = self.pool(line, collector)?;
        let spent = self.spent(collector);
        let left = pool.available.minus(spent).map_err(|error| self.refused(line, collector, error))?;
        let seconds = counting.affords(left, rest).ok_or_else(too_large)?;
        self.spend(line, collector, counting.cost(seconds).ok_or_else(too_large)?)?;
        Ok(seconds)
    }

    /// How much more of the rest the collector takes as deficit.
    fn overbook(
        &mut self,
        booking: &Booking,
        line: BillingLineId,
        collector: &Collector,
        has: Seconds,
        rest: Seconds,
    ) -> Result<Seconds, SplitError> {
        let counting = self.counting(collector);
        let too_large = || SplitError::TooLarge { booking: booking.id, line };
        let pool = self.pool(line, collector)?;
        if pool.room.is_zero() {
            return Ok(Seconds(0));
        }
        let own = counting.cost(has).ok_or_else(too_large)?;
        let spent = self.spent(collector);
        let others = spent.minus(own).map_err(|error| self.refused(line, collector, error))?;
        let most = pool.available.plus(pool.room).and_then(|most| most.minus(others));
        let most = most.map_err(|error| self.refused(line, collector, error))?;
        let wanted = Seconds(has.0.saturating_add(rest.0));
        let seconds = counting.affords(most, wanted).ok_or_else(too_large)?;
        let more = less(seconds, has);
        let cost = counting.cost(Seconds(has.0.saturating_add(more.0))).ok_or_else(too_large)?;
        let extra = cost.minus(own).map_err(|error| self.refused(line, collector, error))?;
        self.spend(line, collector, extra)?;
        Ok(more)
    }

    fn spend(&mut self, line: BillingLineId, collector: &Collector, amount: Amount) -> Result<(), SplitError> {
        let spent = self.spent(collector).plus(amount).map_err(|error| self.refused(line, collector, error))?;
        self.spent.insert(collector.account, spent);
        Ok(())
    }

    /// Draws what the time costs; nothing when it costs nothing.
    fn draw(
        &mut self,
        booking: &Booking,
        line: BillingLineId,
        collector: &Collector,
        time: Seconds,
    ) -> Result<Option<PlannedDraw>, SplitError> {
        let wanted = self.counting(collector).cost(time);
        let wanted = wanted.ok_or(SplitError::TooLarge { booking: booking.id, line })?;
        if wanted.is_zero() {
            return Ok(None);
        }
        let id = DrawId::new(made_of(booking.id.uuid(), line.uuid().as_u128()));
        let request = self.request(id, wanted);
        let account = collector.account;
        let view = self.books.get_mut(&account).ok_or(SplitError::UnknownAccount { line, account })?;
        let unit = view.account.unit;
        let refused = |error| SplitError::Quota { line, unit, error };
        let decision = draw(view, &request).map_err(refused)?;
        view.post(&decision.entry(view)).map_err(refused)?;
        Ok(Some(PlannedDraw { booking: booking.id, line, account: collector.account, decision }))
    }
}
