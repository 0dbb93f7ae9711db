//! Carries random histories out on the engine, the way a caller does: decide on the facts, then post the entries.

use chrono::{Days, NaiveDate};
use domain::{
    AccountId, CustomerId, DrawId, Interval, LotId, Periods,
    quota::{
        Account, Amount, BalancingRequest, CarryOver, CoverDecision, CoverPart, CoverRequest, DeficitPolicy,
        DrawDecision, DrawOrigin, DrawRequest, EndDecision, Entry, GrantDecision, GrantRequest, Ledger, LotState,
        Movement, Overbooking, Policy, QuotaError, ReleaseDecision, RevokeDecision, Unit, balancing_grant, cover, draw,
        end, grant, release, revoke,
    },
};
use uuid::Uuid;

use crate::plans::{Bill, Carry, GRID, Overdraft, Plan, Step};

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
    Revoked(RevokeDecision),
    Covered(CoverDecision),
    Ended(EndDecision),
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
        let mut ledger = Ledger::new(account(Unit::Time, overbooking, deficits));
        ledger.view.books_closed_until = plan.closed_until.map(date);
        Desk { ledger, entries: Vec::new() }
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
        let (done, entries) = self.decide(step)?;
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

    fn decide(&self, step: &Step) -> Result<(Done, Vec<Entry>), QuotaError> {
        let view = &self.ledger.view;
        Ok(match *step {
            Step::Grant { lot, amount, from, until, carry } => {
                let decided = grant(view, &asked(lot, amount, from, until, carry))?;
                let entries = decided.entries(view)?;
                (Done::Granted(decided), entries)
            }
            Step::Draw { draw: id, day, wanted } => {
                let (draw_id, wanted, origin) = (draw_id(id), Amount::new(wanted), DrawOrigin::default());
                let decided = draw(view, &DrawRequest { draw: draw_id, date: date(day), wanted, origin })?;
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
            Step::Revoke { lot: id } => {
                let lot = lot_id(id);
                let state = view.lot(lot).ok_or(QuotaError::UnknownLot { lot })?;
                let decided = revoke(state, &self.ledger.holders(lot))?;
                let entry = decided.entry(view);
                (Done::Revoked(decided), vec![entry])
            }
            Step::Cover { draw, lot, amount } => {
                let request = CoverRequest { draw: draw_id(draw), lot: lot_id(lot), amount: Amount::new(amount) };
                let decided = cover(view, &request)?;
                let entry = decided.entry(view);
                (Done::Covered(decided), vec![entry])
            }
            Step::BalancingGrant { lot, day, first, second } => {
                let deficits = [Some(first), second].into_iter().flatten().map(|bill| self.billed(bill)).collect();
                let request = BalancingRequest { lot: lot_id(lot), date: date(day), deficits };
                let decided = balancing_grant(view, &request)?;
                let entries = decided.entries(view)?;
                (Done::Granted(decided), entries)
            }
            Step::End { day } => {
                let decided = end(view, day.map(date))?;
                let entry = decided.entry(view);
                (Done::Ended(decided), entry.into_iter().collect())
            }
        })
    }

    fn billed(&self, bill: Bill) -> CoverPart {
        let draw = draw_id(bill.draw);
        let open = self.ledger.draws.get(&draw).map_or(Amount::ZERO, |posted| posted.deficit);
        CoverPart { draw, amount: bill.amount.map_or(open, Amount::new) }
    }

    /// What is left of a lot, calculated here and not by the engine.
    pub fn left(state: &LotState) -> i64 {
        if state.revoked { 0 } else { state.lot.amount.units() - state.drawn.units() }
    }

    /// The end that the history names last.
    pub fn end(&self) -> Option<NaiveDate> {
        let named = |entry: &Entry| match entry.movement {
            Movement::End { until } => Some(until),
            _ => None,
        };
        self.entries.iter().rev().find_map(named).flatten()
    }

    /// Whether a lot can be used on a day, compared here and not by the engine.
    pub fn usable(&self, state: &LotState, on: NaiveDate) -> bool {
        let ends = [state.lot.valid.until, self.end()];
        !state.revoked && state.lot.valid.from <= on && ends.into_iter().flatten().all(|end| on < end)
    }

    /// What draws dated after the lot's own period hold of it, added up from the draws.
    pub fn carried_use(&self, state: &LotState) -> i64 {
        let Some(carried) = state.lot.carried else { return 0 };
        let late = self.ledger.draws.values().filter(|draw| carried.from <= draw.date);
        late.map(|draw| draw.from_lot(state.lot.id).units()).sum()
    }

    /// What of a lot can be drawn on a day, calculated here and not by the engine.
    pub fn drawable(&self, state: &LotState, on: NaiveDate) -> i64 {
        if !self.usable(state, on) {
            return 0;
        }
        let cap = state.lot.carried.filter(|carried| carried.from <= on).and_then(|carried| carried.cap);
        cap.map_or(Desk::left(state), |cap| Desk::left(state).min(cap.units() - self.carried_use(state)))
    }
}

fn asked(lot: u8, amount: i64, from: i64, until: Option<i64>, carry: Carry) -> GrantRequest {
    let plain = GrantRequest::new(lot_id(lot), Amount::new(amount), date(from), until.map(date));
    match carry {
        Carry::Off => plain,
        Carry::On { periods, cap, grid } => {
            let every = Interval::Days(u32::try_from(GRID).expect("a few days"));
            let grid = grid.then(|| Periods { anchor: date(0), every });
            GrantRequest { carry: CarryOver::On { periods, cap: cap.map(Amount::new) }, periods: grid, ..plain }
        }
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
