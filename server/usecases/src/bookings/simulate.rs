//! What bookings would come to on given facts. Nothing is stored.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    AccountId, BillingLineId, BookingId, DrawId, Permission, Seconds,
    quota::{Amount, Ledger, PostedDraw, QuotaError, Unit},
    splitting::{self, Booking, Facts, Held, LineKind, Lock, Plan, Posted, Poured, SplitError},
};
use uuid::Uuid;
use wire::{FieldProblem, FieldReason, Problem, bookings::refused};

use crate::{Call, Refused};

/// How far apart the places of bookings are: between two of them others can come in.
const APART: i64 = 1_000;

/// A booking that was accepted before a simulation begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// The booking.
    pub booking: Booking,
    /// Why it keeps its portions, if it does.
    pub lock: Option<Lock>,
}

/// What a simulation does with a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is added.
    Add(Booking),
    /// The one of its id becomes this.
    Change(Booking),
    /// It is deleted, or moved to another project.
    Delete(BookingId),
    /// It comes from another project.
    MoveIn {
        /// The booking.
        booking: Booking,
        /// How many of the existing ones were accepted before it.
        after: usize,
    },
}

impl Step {
    fn id(&self) -> BookingId {
        match self {
            Step::Add(booking) | Step::Change(booking) | Step::MoveIn { booking, .. } => booking.id,
            Step::Delete(id) => *id,
        }
    }
}

/// What of the portions of bookings is overdrawn, by booking and line.
pub type Overdrawn = BTreeMap<(BookingId, BillingLineId), Amount>;

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The booking itself.
    pub booking: Poured,
    /// The other bookings that come out otherwise, in the order in which they were accepted.
    pub changed: Vec<Poured>,
    /// What was overdrawn before it.
    pub before: Overdrawn,
    /// What is overdrawn after it.
    pub after: Overdrawn,
}

/// What came of bookings on given facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Each existing booking as it was poured, in the order in which it was given.
    pub existing: Vec<Simulated>,
    /// What each step does, in the order in which it was given.
    pub steps: Vec<Simulated>,
    /// What is left on each collector afterwards, on the day of the last booking.
    pub left: Vec<(BillingLineId, Unit, Amount)>,
}

/// Carries out steps one after the other, each on what those before have left, by the functions that booking decides
/// with. The existing bookings are there already: they are poured one after the other on lines and accounts as they are
/// given, whether or not they could be entered now.
///
/// Refused at the place of the booking in its list.
pub fn simulate(call: &Call, facts: Facts, existing: &[Existing], steps: &[Step]) -> Result<Simulation, Refused> {
    if !call.by.role.may(Permission::SeeProjects) {
        call.needs(Permission::BookTime)?;
    }
    let mut trial = Trial::new(facts);
    let existing = trial.poured(existing)?;
    let mut done = Vec::with_capacity(steps.len());
    for (place, step) in steps.iter().enumerate() {
        done.push(trial.take(step).map_err(|fault| fault.told("bookings", place, step.id()))?);
    }
    Ok(Simulation { existing, steps: done, left: trial.left() })
}

/// Why a step cannot be.
enum Fault {
    Split(SplitError),
    Quota(QuotaError),
}

impl From<SplitError> for Fault {
    fn from(error: SplitError) -> Fault {
        Fault::Split(error)
    }
}

impl From<QuotaError> for Fault {
    fn from(error: QuotaError) -> Fault {
        Fault::Quota(error)
    }
}

impl Fault {
    /// As it is told of a booking at that place of a list.
    fn told(self, list: &str, place: usize, named: BookingId) -> Refused {
        let problem = match self {
            // The list is all there is: an id is wrong in it.
            Fault::Split(SplitError::Unknown { .. }) => Problem::field("id", FieldReason::NotOneOf),
            Fault::Split(SplitError::Exists { .. }) => Problem::field("id", FieldReason::Taken),
            Fault::Split(error) => refused(error, named),
            Fault::Quota(error) => return Refused::quota(Unit::Time)(error),
        };
        within_list(list, place, problem)
    }
}

/// A project on which plans are carried out as the server would, and kept nowhere.
struct Trial {
    facts: Facts,
    ledgers: BTreeMap<AccountId, Ledger>,
    /// How many draws were made.
    draws: u128,
    /// The place of the booking that was accepted last.
    last: i64,
    /// How many were moved in.
    moved: i64,
    /// The day of the booking that was looked at last.
    date: NaiveDate,
}

impl Trial {
    fn new(facts: Facts) -> Trial {
        let ledgers = facts.accounts.iter().map(|view| {
            // What is open already is nobody's here, and can be covered all the same.
            let open = view.deficits.iter().map(|open| {
                let (parts, released) = (Vec::new(), false);
                let (draw, seq, date, deficit) = (open.draw, open.seq, open.date, open.amount);
                (draw, PostedDraw { draw, seq, date, parts, deficit, released })
            });
            let ledger = Ledger { view: view.clone(), draws: open.collect(), balance: Amount::ZERO };
            (view.account.id, ledger)
        });
        let (ledgers, date) = (ledgers.collect(), facts.today);
        Trial { facts, ledgers, draws: 0, last: 0, moved: 0, date }
    }

    /// Pours what is there already. What can be entered now does not matter to it.
    fn poured(&mut self, existing: &[Existing]) -> Result<Vec<Simulated>, Refused> {
        let (closed_until, splits) = (self.facts.closed_until, self.facts.splits);
        let closed_tasks = std::mem::take(&mut self.facts.closed_tasks);
        self.close(None);
        self.facts.splits = true;
        let mut all = Vec::with_capacity(existing.len());
        for (place, Existing { booking, lock }) in existing.iter().enumerate() {
            let step = Step::Add(booking.clone());
            let done = self.take(&step).map_err(|fault| fault.told("existing", place, booking.id))?;
            let posted = self.facts.bookings.iter_mut().find(|posted| posted.booking.id == booking.id);
            if let Some(posted) = posted {
                posted.lock = *lock;
            }
            all.push(done);
        }
        self.close(closed_until);
        self.facts.splits = splits;
        self.facts.closed_tasks = closed_tasks;
        Ok(all)
    }

    /// Closes the books of the project and of its accounts for the days before that one.
    fn close(&mut self, until: Option<NaiveDate>) {
        self.facts.closed_until = until;
        for view in &mut self.facts.accounts {
            view.books_closed_until = until;
        }
    }

    fn take(&mut self, step: &Step) -> Result<Simulated, Fault> {
        let before = self.overdrawn();
        let plan = match step {
            Step::Add(booking) => {
                let plan = splitting::add(&self.facts, booking)?;
                if plan.booking.is_some() {
                    self.last = self.last.saturating_add(APART);
                    self.accept(booking, self.last);
                }
                plan
            }
            Step::Change(booking) => {
                let plan = splitting::change(&self.facts, booking)?;
                if let Some(posted) = self.posted(booking.id) {
                    posted.booking = booking.clone();
                }
                plan
            }
            Step::Delete(id) => splitting::delete(&self.facts, *id)?,
            Step::MoveIn { booking, after } => {
                self.moved = self.moved.saturating_add(1);
                let before = i64::try_from(*after).unwrap_or(i64::MAX).saturating_mul(APART);
                let accepted = before.saturating_add(self.moved);
                let plan = splitting::move_in(&self.facts, booking, accepted)?;
                self.accept(booking, accepted);
                plan
            }
        };
        self.carry_out(&plan)?;
        let id = step.id();
        let known = self.facts.booking(id).ok_or(SplitError::Unknown { booking: id })?;
        self.date = known.booking.date;
        let as_before = || {
            let (billed, portions) = (known.billed, known.portions.clone());
            Poured { booking: id, billed, before: portions.clone(), portions }
        };
        let changed = plan.changed().cloned().collect();
        let booking = plan.booking.unwrap_or_else(as_before);
        if matches!(step, Step::Delete(_)) {
            self.facts.bookings.retain(|posted| posted.booking.id != id);
        }
        Ok(Simulated { booking, changed, before, after: self.overdrawn() })
    }

    /// What the bookings hold as deficit.
    fn overdrawn(&self) -> Overdrawn {
        let held = self.facts.bookings.iter().flat_map(|posted| {
            let booking = posted.booking.id;
            posted.held.iter().map(move |held| ((booking, held.line), held.draw.deficit))
        });
        held.filter(|(_, deficit)| deficit.is_positive()).collect()
    }

    fn posted(&mut self, id: BookingId) -> Option<&mut Posted> {
        self.facts.bookings.iter_mut().find(|posted| posted.booking.id == id)
    }

    fn accept(&mut self, booking: &Booking, accepted: i64) {
        let (booking, billed, lock) = (booking.clone(), Seconds(0), None);
        let (portions, held) = (Vec::new(), Vec::new());
        self.facts.bookings.push(Posted { accepted, booking, billed, portions, held, lock });
    }

    /// Posts what a plan says, and keeps what each booking has and holds then.
    fn carry_out(&mut self, plan: &Plan) -> Result<(), QuotaError> {
        let mut made = Vec::new();
        let mut draws = self.draws;
        let postings = plan.entries(&self.facts.accounts, |planned| {
            draws = draws.saturating_add(1);
            let draw = DrawId::new(Uuid::from_u128(draws));
            made.push((planned.booking, planned.line, planned.account, draw));
            draw
        })?;
        self.draws = draws;
        for (account, entry) in &postings.entries {
            if let Some(ledger) = self.ledgers.get_mut(account) {
                ledger.post(entry)?;
            }
        }
        self.facts.accounts = postings.after;
        for poured in plan.booking.iter().chain(&plan.others) {
            if let Some(posted) = self.posted(poured.booking) {
                posted.billed = poured.billed;
                posted.portions.clone_from(&poured.portions);
            }
        }
        let ledgers = &self.ledgers;
        let known = |account: AccountId, draw: DrawId| ledgers.get(&account).and_then(|of| of.draws.get(&draw));
        for posted in &mut self.facts.bookings {
            for held in &mut posted.held {
                if let Some(draw) = known(held.account, held.draw.draw) {
                    held.draw.clone_from(draw);
                }
            }
            posted.held.retain(|held| !held.draw.released);
            let own = made.iter().filter(|(booking, ..)| *booking == posted.booking.id);
            let new = own.filter_map(|(_, line, account, draw)| {
                let draw = known(*account, *draw)?.clone();
                Some(Held { line: *line, account: *account, draw })
            });
            posted.held.extend(new);
        }
        Ok(())
    }

    /// What is left on each collector.
    fn left(&self) -> Vec<(BillingLineId, Unit, Amount)> {
        let left = self.facts.lines.iter().filter_map(|line| {
            let LineKind::Collector(collector) = &line.kind else { return None };
            let view = self.facts.accounts.iter().find(|view| view.account.id == collector.account)?;
            let left = splitting::left(&self.facts, line.id, self.date).ok()?;
            Some((line.id, view.account.unit, left))
        });
        left.collect()
    }
}

/// A problem of a booking, named within all of them.
pub(super) fn within(place: usize, problem: Problem) -> Refused {
    within_list("bookings", place, problem)
}

fn within_list(list: &str, place: usize, problem: Problem) -> Refused {
    let Problem::Invalid { fields } = problem else { return problem.into() };
    let named = |problem: FieldProblem| FieldProblem { field: format!("{list}.{place}.{}", problem.field), ..problem };
    Problem::Invalid { fields: fields.into_iter().map(named).collect() }.into()
}
