//! A project with its accounts and bookings, on which plans are carried out as a server would.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    AccountId, BillingLineId, BookingId, Currency, CustomerId, DrawId, LotId, Seconds, TaskId, UserId,
    quota::{
        Account, Amount, DeficitPolicy, DrawOrigin, DrawRequest, GrantRequest, Ledger, Overbooking, Policy, QuotaError,
        Unit, draw, end, grant,
    },
    splitting::{
        BillingLine, Booking, Clocks, Facts, Held, Lock, Plan, Portion, Posted, SplitError, add, change, delete,
        move_in,
    },
};
use uuid::Uuid;

use crate::contract_plans::day;

pub fn line_id(number: u8) -> BillingLineId {
    BillingLineId::new(Uuid::from_u128(300 + u128::from(number)))
}

pub fn account_id(number: u8) -> AccountId {
    AccountId::new(Uuid::from_u128(400 + u128::from(number)))
}

pub fn task_id(number: u8) -> TaskId {
    TaskId::new(Uuid::from_u128(500 + u128::from(number)))
}

pub fn booking_id(number: u8) -> BookingId {
    BookingId::new(Uuid::from_u128(600 + u128::from(number)))
}

/// So many seconds of billable time on the first task.
pub fn booking(number: u8, date: NaiveDate, seconds: i64) -> Booking {
    Booking {
        id: booking_id(number),
        person: UserId::new(Uuid::from_u128(1)),
        task: task_id(0),
        date,
        start: None,
        seconds: Seconds(seconds),
        billable: true,
        note: String::new(),
    }
}

pub fn account(number: u8, unit: Unit, overbooking: Overbooking) -> Account {
    let policy = Policy { overbooking, deficits: DeficitPolicy::Balance };
    Account { id: account_id(number), customer: CustomerId::new(Uuid::from_u128(2)), unit, policy }
}

/// The project, all of its bookings, and the whole history of each account.
#[derive(Debug, Clone)]
pub struct World {
    pub facts: Facts,
    pub ledgers: BTreeMap<AccountId, Ledger>,
    accepted: i64,
    ids: u128,
}

impl World {
    pub fn new(lines: Vec<BillingLine>, accounts: impl IntoIterator<Item = Account>) -> World {
        let ledgers = accounts.into_iter().map(|account| (account.id, Ledger::new(account))).collect();
        let facts = Facts {
            today: day("2026-12-31"),
            clocks: Clocks::default(),
            closed_until: None,
            splits: true,
            rounding: None,
            agreed: Vec::new(),
            currency: Currency::EUR,
            lines,
            closed_tasks: BTreeSet::new(),
            accounts: Vec::new(),
            bookings: Vec::new(),
        };
        let mut world = World { facts, ledgers, accepted: 0, ids: 10_000 };
        world.read();
        world
    }

    pub fn new_id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    /// Reads the accounts and what the bookings hold of them again.
    fn read(&mut self) {
        let closed = self.facts.closed_until;
        self.facts.accounts = self.ledgers.values().map(|ledger| ledger.view.clone()).collect();
        self.facts.accounts.iter_mut().for_each(|view| view.books_closed_until = closed);
        for held in self.facts.bookings.iter_mut().flat_map(|posted| &mut posted.held) {
            held.draw = self.ledgers[&held.account].draws[&held.draw.draw].clone();
        }
    }

    pub fn add_account(&mut self, ledger: Ledger) {
        self.ledgers.insert(ledger.view.account.id, ledger);
        self.read();
    }

    pub fn close_books(&mut self, until: NaiveDate) {
        self.facts.closed_until = Some(until);
        self.read();
    }

    pub fn grant(&mut self, account: AccountId, amount: i64, from: NaiveDate, until: Option<NaiveDate>) {
        let request = GrantRequest::new(LotId::new(self.new_id()), Amount::new(amount), from, until);
        let ledger = self.ledgers.get_mut(&account).expect("an account");
        let decided = grant(&ledger.view, &request).expect("it can be granted");
        for entry in decided.entries(&ledger.view).expect("few entries") {
            ledger.post(&entry).expect("what was decided can be posted");
        }
        self.read();
    }

    /// Somebody else draws.
    pub fn draw(&mut self, account: AccountId, amount: i64, date: NaiveDate) {
        let id = DrawId::new(self.new_id());
        let ledger = self.ledgers.get_mut(&account).expect("an account");
        let request = DrawRequest { draw: id, date, wanted: Amount::new(amount), origin: DrawOrigin::ByHand };
        let decided = draw(&ledger.view, &request).expect("it can be drawn");
        let entry = decided.entry(&ledger.view);
        ledger.post(&entry).expect("what was decided can be posted");
        self.read();
    }

    pub fn end(&mut self, account: AccountId, until: NaiveDate) {
        let ledger = self.ledgers.get_mut(&account).expect("an account");
        let decided = end(&ledger.view, Some(until)).expect("within the books");
        let entry = decided.entry(&ledger.view).expect("it changes something");
        ledger.post(&entry).expect("what was decided can be posted");
        self.read();
    }

    pub fn lock(&mut self, booking: BookingId, lock: Lock) {
        let posted = self.facts.bookings.iter_mut().find(|posted| posted.booking.id == booking);
        posted.expect("a booking").lock = Some(lock);
    }

    pub fn posted(&self, booking: BookingId) -> &Posted {
        self.facts.booking(booking).expect("a booking")
    }

    /// The facts as a server would load them to add a booking: no other one.
    fn alone(&self, booking: &Booking) -> Facts {
        let bookings = self.facts.bookings.iter().filter(|posted| posted.booking.id == booking.id).cloned().collect();
        Facts { bookings, ..self.facts.clone() }
    }

    pub fn add(&mut self, booking: &Booking) -> Result<Plan, SplitError> {
        let plan = add(&self.alone(booking), booking)?;
        if plan.booking.is_some() {
            self.accepted += 1;
            let accepted = self.accepted;
            self.accept(booking, accepted);
        }
        self.carry_out(&plan);
        Ok(plan)
    }

    pub fn move_in(&mut self, booking: &Booking, accepted: i64) -> Result<Plan, SplitError> {
        let plan = move_in(&self.facts, booking, accepted)?;
        self.accept(booking, accepted);
        self.carry_out(&plan);
        Ok(plan)
    }

    pub fn change(&mut self, booking: &Booking) -> Result<Plan, SplitError> {
        let plan = change(&self.facts, booking)?;
        let posted = self.facts.bookings.iter_mut().find(|posted| posted.booking.id == booking.id);
        posted.expect("it was changed").booking = booking.clone();
        self.carry_out(&plan);
        Ok(plan)
    }

    pub fn delete(&mut self, booking: BookingId) -> Result<Plan, SplitError> {
        let plan = delete(&self.facts, booking)?;
        self.carry_out(&plan);
        self.facts.bookings.retain(|posted| posted.booking.id != booking);
        Ok(plan)
    }

    fn accept(&mut self, booking: &Booking, accepted: i64) {
        let (booking, billed) = (booking.clone(), Seconds(0));
        self.facts.bookings.push(Posted {
            accepted,
            booking,
            billed,
            portions: Vec::new(),
            held: Vec::new(),
            lock: None,
        });
    }

    /// Posts what a plan says and keeps the portions, as a server would.
    fn carry_out(&mut self, plan: &Plan) {
        let mut drawn = Vec::new();
        let accounts = self.facts.accounts.clone();
        let postings = plan.entries(&accounts, |planned| {
            let id = DrawId::new(self.new_id());
            drawn.push((planned.booking, planned.line, planned.account, id));
            id
        });
        let postings = postings.expect("what was decided can be posted");
        for (account, entry) in &postings.entries {
            let ledger = self.ledgers.get_mut(account).expect("an account");
            ledger.post(entry).expect("the ledger takes it too");
        }
        for poured in plan.booking.iter().chain(&plan.others) {
            let posted = self.facts.bookings.iter_mut().find(|posted| posted.booking.id == poured.booking);
            let posted = posted.expect("a booking of the project");
            assert_eq!(poured.before, posted.portions, "what it was is what it had");
            posted.billed = poured.billed;
            posted.portions.clone_from(&poured.portions);
        }
        for posted in &mut self.facts.bookings {
            let ledgers = &self.ledgers;
            posted.held.retain(|held| !ledgers[&held.account].draws[&held.draw.draw].released);
            let own = drawn.iter().filter(|(booking, ..)| *booking == posted.booking.id);
            posted.held.extend(own.map(|(_, line, account, id)| {
                let draw = ledgers[account].draws[id].clone();
                Held { line: *line, account: *account, draw }
            }));
        }
        self.read();
        let mut after = postings.after;
        for view in &mut after {
            view.books_closed_until = self.facts.closed_until;
        }
        assert_eq!(after, self.facts.accounts, "the accounts afterwards are those that the plan says");
    }

    /// The portions of every booking, in the order in which they were accepted.
    pub fn portions(&self) -> Vec<(BookingId, Vec<Portion>)> {
        let mut all: Vec<_> = self.facts.bookings.iter().collect();
        all.sort_by_key(|posted| posted.accepted);
        all.into_iter().map(|posted| (posted.booking.id, posted.portions.clone())).collect()
    }

    /// What was drawn of each lot of which something was, and the open deficits of each account.
    pub fn drawn(&self) -> Result<BTreeMap<(AccountId, Option<LotId>), i64>, QuotaError> {
        let mut all = BTreeMap::new();
        for (account, ledger) in &self.ledgers {
            for state in ledger.view.lots.iter().filter(|state| !state.drawn.is_zero()) {
                all.insert((*account, Some(state.lot.id)), state.drawn.units());
            }
            let open = ledger.view.open_deficit()?.units();
            if open != 0 {
                all.insert((*account, None), open);
            }
        }
        Ok(all)
    }
}
