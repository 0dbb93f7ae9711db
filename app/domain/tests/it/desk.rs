//! Carries random histories out on the engine, the way a caller does: decide on the facts, then post the entries.

use chrono::{Days, NaiveDate};
use domain::{
    AccountId, CustomerId, DrawId, LotId,
    quota::{
        Account, Amount, DeficitPolicy, DrawDecision, DrawRequest, Entry, GrantDecision, GrantRequest, Ledger,
        LotState, Overbooking, Policy, QuotaError, ReleaseDecision, Unit, draw, grant, release,
    },
};
use uuid::Uuid;

use crate::plans::{Overdraft, Plan, Step};

/// The account's history so far and what it says.
#[derive(Debug, Clone)]
pub struct Desk {
    pub ledger: Ledger,
    pub entries: Vec<Entry>,
}

/// What a command did.
#[derive(Debug, Clone)]
pub enum Done {
    Granted(GrantDecision),
    Drawn(DrawDecision),
    Released(ReleaseDecision),
}

/// Day 0 is February 1 of a leap year.
pub fn date(day: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2028, 2, 1).expect("a date");
    let forward = u64::try_from(day.max(0)).expect("not negative");
    let back = u64::try_from((-day).max(0)).expect("not negative");
    first.checked_add_days(Days::new(forward)).and_then(|d| d.checked_sub_days(Days::new(back))).expect("a near date")
}

pub fn lot_id(number: u8) -> LotId {
    LotId::new(Uuid::from_u128(u128::from(number)))
}

pub fn draw_id(number: u8) -> DrawId {
    DrawId::new(Uuid::from_u128(1_000 + u128::from(number)))
}

/// An account of these terms.
pub fn account(unit: Unit, overbooking: Overbooking, deficits: DeficitPolicy) -> Account {
    Account {
        id: AccountId::new(Uuid::from_u128(1)),
        customer: CustomerId::new(Uuid::from_u128(2)),
        unit,
        policy: Policy { overbooking, deficits },
    }
}

impl Desk {
    pub fn new(plan: &Plan) -> Desk {
        let overbooking = match plan.overdraft {
            Overdraft::No => Overbooking::No,
            Overdraft::UpTo(limit) => Overbooking::Yes { limit: Some(Amount::new(limit)) },
            Overdraft::WithoutLimit => Overbooking::Yes { limit: None },
        };
        let deficits = if plan.next_grant { DeficitPolicy::NextGrant } else { DeficitPolicy::Balance };
        Desk { ledger: Ledger::new(account(Unit::Time, overbooking, deficits)), entries: Vec::new() }
    }

    /// The state after the whole plan.
    pub fn after(plan: &Plan) -> Desk {
        let mut desk = Desk::new(plan);
        for step in &plan.steps {
            // A refusal is part of the plan; what it must not do is said by the laws.
            let _ = desk.carry_out(step);
        }
        desk
    }

    /// Decides and posts. A refused command leaves everything as it was.
    pub fn carry_out(&mut self, step: &Step) -> Result<Done, QuotaError> {
        let view = &self.ledger.view;
        let (done, entries) = match *step {
            Step::Grant { lot, amount, from, until } => {
                let (amount, valid_from, valid_until) = (Amount::new(amount), date(from), until.map(date));
                let decided = grant(view, &GrantRequest { lot: lot_id(lot), amount, valid_from, valid_until })?;
                let entries = decided.entries(view)?;
                (Done::Granted(decided), entries)
            }
            Step::Draw { draw: id, day, wanted } => {
                let request = DrawRequest { draw: draw_id(id), date: date(day), wanted: Amount::new(wanted) };
                let decided = draw(view, &request)?;
                let entry = decided.entry(view);
                (Done::Drawn(decided), vec![entry])
            }
            Step::Release { draw: id } => {
                let draw = draw_id(id);
                let posted = self.ledger.draws.get(&draw).ok_or(QuotaError::UnknownDraw { draw })?;
                let decided = release(posted)?;
                let entry = decided.entry(view);
                (Done::Released(decided), vec![entry])
            }
        };
        let mut next = self.ledger.clone();
        for entry in &entries {
            match next.post(entry) {
                Ok(()) => {}
                Err(exists @ QuotaError::DrawExists { .. }) => return Err(exists),
                Err(error) => panic!("the engine decided {done:?} and then cannot post it: {error}"),
            }
        }
        self.ledger = next;
        self.entries.extend(entries);
        Ok(done)
    }

    /// What is left of a lot, calculated here and not by the engine.
    pub fn left(state: &LotState) -> i64 {
        state.lot.amount.units() - state.drawn.units()
    }

    /// Whether a lot can be used on a day, compared here and not by the engine.
    pub fn usable(state: &LotState, on: NaiveDate) -> bool {
        state.lot.valid.from <= on && state.lot.valid.until.is_none_or(|until| on < until)
    }
}

/// Carries a plan out and shows every step to a law: the state before, the command, its outcome, the state after.
pub fn each_step(plan: &Plan, mut law: impl FnMut(&Desk, &Step, &Result<Done, QuotaError>, &Desk)) {
    let mut desk = Desk::new(plan);
    for step in &plan.steps {
        let before = desk.clone();
        let outcome = desk.carry_out(step);
        law(&before, step, &outcome, &desk);
    }
}
