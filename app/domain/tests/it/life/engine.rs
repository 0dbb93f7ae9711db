//! Contracts with their accounts on the engine, the way a caller does it: decide on the facts, then post the entries.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    AccountId, BillingLineId, BookingId, Currency, DrawId, GroupId, LineId, LotId, Seconds, TaskId, UserId,
    clearing::{ClearingDocument, ClearingLine, ContractFacts, Facts, reconcile},
    contracts::{Billed, BillingTime, Contract, PeriodBill, Proration, check_change},
    documents::LineUnit,
    groups::{GroupSwitches, Switch},
    quota::{
        Account, Amount, BalancingRequest, CarryOver, CoverPart, CoverRequest, DeficitPolicy, DrawOrigin, DrawRequest,
        Entry, GrantOrigin, GrantRequest, Ledger, Overbooking, PostedDraw, QuotaError, Unit, balancing_grant, cover,
        draw, end, grant, release, revoke,
    },
    splitting::{self, BillingLine, Booking, Clocks, Collector, Collects, LineKind, Target},
    undo::{AccountFacts, AccountUndo},
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    auditor::{Coin, Deal, Drawn, Last, Overdraft},
    calendar::Day,
};
use crate::contract_plans::{DAY, contract_id, customer_id, hours, line, plain};

/// A coin of the auditor: a quarter of an hour in seconds, or 9.00 in cents.
pub const UNIT: i64 = 900;

pub fn date((year, month, day): Day) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

pub fn amount(coins: usize) -> Amount {
    Amount::new(i64::try_from(coins).expect("few") * UNIT)
}

pub fn coins(amount: Amount) -> usize {
    assert_eq!(amount.units() % UNIT, 0, "only whole coins");
    usize::try_from(amount.units() / UNIT).expect("not negative")
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(u128::try_from(number).expect("small"))
}

/// No account has so many lots.
const LOTS: usize = 1_000_000;

pub fn number(id: Uuid) -> usize {
    usize::try_from(id.as_u128()).expect("small") % LOTS
}

/// A document knows lots by their id alone, so those of two contracts never share one.
pub fn lot_id(of: &Contract, lot: usize) -> LotId {
    LotId::new(id((number(of.id.uuid()) + 1) * LOTS + lot))
}

pub fn draw_id(number: usize) -> DrawId {
    DrawId::new(id(number))
}

/// A contract with its account. Lots and draws are numbered as the auditor numbers purses and slips.
pub struct Party {
    pub contract: Contract,
    pub ledger: Ledger,
    pub entries: Vec<Entry>,
    pub lots: BTreeMap<u32, Vec<LotId>>,
    pub next: u32,
    pub freed: BTreeSet<u32>,
    sold_interval: Option<u32>,
    lots_made: usize,
    draws_made: usize,
}

/// The contract of these terms.
pub fn contract(place: u8, customer: u8, deal: &Deal) -> Contract {
    let mut contract = plain(contract_id(place), customer_id(customer));
    (contract.start, contract.billing_start) = (date(deal.start), date(deal.start));
    (contract.cancelled_on, contract.agreed_end) = (deal.cancelled.map(date), deal.agreed.map(date));
    let terms = &mut contract.terms;
    (terms.term, terms.renewal, terms.notice, terms.billing.interval) =
        (deal.term, deal.renewal, deal.notice, deal.interval);
    let price = Decimal::new(deal.cents, 2).to_string();
    terms.items = vec![line("1", LineUnit::Piece, &price, "0", "19")];
    if deal.last == Last::ByDays {
        terms.billing.proration = Proration::Daily;
    }
    if deal.arrears {
        terms.billing.time = BillingTime::Arrears;
    }
    if !deal.sells {
        return contract;
    }
    let mut quota = hours(1);
    if deal.coin == Coin::Nine {
        quota.unit = Unit::Money(Currency::EUR);
    }
    quota.amount = amount(deal.quota);
    quota.interval = Some(deal.quota_interval);
    quota.carry = match deal.carry {
        None => CarryOver::Off,
        Some((periods, cap)) => CarryOver::On { periods, cap: cap.map(amount) },
    };
    quota.overbooking = match deal.overdraft {
        Overdraft::No => Overbooking::No,
        Overdraft::UpTo(limit) => Overbooking::Yes { limit: Some(amount(limit)) },
        Overdraft::WithoutLimit => Overbooking::Yes { limit: None },
    };
    quota.deficits = if deal.next_grant { DeficitPolicy::NextGrant } else { DeficitPolicy::Balance };
    terms.quota = Some(quota);
    contract
}

impl Party {
    pub fn new(contract: Contract) -> Party {
        let quota = contract.terms.quota.as_ref().expect("a quota");
        let account = AccountId::new(contract.id.uuid());
        let account = Account { id: account, customer: contract.customer, unit: quota.unit, policy: quota.policy() };
        let mut party = Party {
            ledger: Ledger::new(account),
            contract,
            entries: Vec::new(),
            lots: BTreeMap::new(),
            next: 0,
            freed: BTreeSet::new(),
            sold_interval: None,
            lots_made: 0,
            draws_made: 0,
        };
        party.end_account();
        party
    }

    pub fn post(&mut self, entry: &Entry) {
        self.ledger.post(entry).expect("what was decided can be posted");
        self.entries.push(entry.clone());
    }

    fn new_draw(&mut self) -> DrawId {
        self.draws_made += 1;
        draw_id(self.draws_made - 1)
    }

    fn end_account(&mut self) {
        let ended = end(&self.ledger.view, self.contract.end()).expect("within the books");
        if let Some(entry) = ended.entry(&self.ledger.view) {
            self.post(&entry);
        }
    }

    /// Other terms of the contract. `false` when they are refused.
    pub fn change(&mut self, after: Contract) -> bool {
        let billed = Billed { any: self.next > 0, quota_interval: self.sold_interval };
        let mut faults = check_change(&self.contract, &after, billed);
        faults.extend(after.faults());
        if !faults.is_empty() {
            return false;
        }
        self.contract = after;
        if let Some(quota) = &self.contract.terms.quota {
            self.ledger.view.account.policy = quota.policy();
        }
        self.end_account();
        true
    }

    /// Posts what a billed period grants.
    pub fn bill(&mut self, bill: &PeriodBill) {
        let mut lots = Vec::new();
        for granted in &bill.grants {
            let lot = lot_id(&self.contract, self.lots_made);
            let request = self.contract.grant_request(granted, lot);
            self.granted(&request).expect("what is planned is granted");
            lots.push(lot);
        }
        self.sold_interval = self.contract.terms.quota_interval().or(self.sold_interval);
        let number = bill.period.number;
        assert!(self.lots.insert(number, lots).is_none(), "period {number} is billed twice");
        self.freed.remove(&number);
        self.next = self.next.max(number + 1);
    }

    fn granted(&mut self, request: &GrantRequest) -> Result<Vec<(usize, usize)>, QuotaError> {
        let decided = grant(&self.ledger.view, request)?;
        let entries = decided.entries(&self.ledger.view).expect("few");
        for entry in &entries {
            self.post(entry);
        }
        self.lots_made += 1;
        Ok(decided.covers.iter().map(|part| (number(part.draw.uuid()), coins(part.amount))).collect())
    }

    /// A free quota or a top-up.
    pub fn given(&mut self, size: usize, from: Day, until: Option<Day>) -> Option<Vec<(usize, usize)>> {
        let origin = if until.is_some() { GrantOrigin::FreeQuota } else { GrantOrigin::TopUp };
        let request =
            GrantRequest::new(lot_id(&self.contract, self.lots_made), amount(size), date(from), until.map(date));
        self.granted(&GrantRequest { origin, ..request }).ok()
    }

    pub fn draw(&mut self, day: Day, wanted: usize) -> Option<Drawn> {
        let draw_id = self.new_draw();
        let (date, wanted, origin) = (date(day), amount(wanted), DrawOrigin::ByHand);
        let decided = draw(&self.ledger.view, &DrawRequest { draw: draw_id, date, wanted, origin }).ok()?;
        let entry = decided.entry(&self.ledger.view);
        self.post(&entry);
        let parts = decided.parts.iter().map(|part| (number(part.lot.uuid()), coins(part.amount))).collect();
        Some(Drawn { parts, deficit: coins(decided.deficit), rest: coins(decided.not_drawn) })
    }

    /// Books so many quarters of an hour on a project whose only line draws the account. What it does not take is left
    /// unassigned.
    pub fn book(&mut self, day: Day, wanted: usize) -> Option<Drawn> {
        let (drawn, account) = (self.new_draw(), self.ledger.view.account.clone());
        // At 36.00 an hour a quarter costs the 9.00 that a coin of money is.
        let rate = (account.unit != Unit::Time).then(|| "36".parse().expect("a price"));
        let collector = Collector { account: account.id, collects: Collects::All, rate, allowance: None, fee: None };
        let line = BillingLine { id: BillingLineId::new(id(1)), tasks: None, kind: LineKind::Collector(collector) };
        let facts = splitting::Facts {
            today: date(day),
            clocks: Clocks::default(),
            closed_until: self.ledger.view.books_closed_until,
            splits: true,
            rounding: None,
            agreed: Vec::new(),
            currency: Currency::EUR,
            lines: vec![line],
            closed_tasks: BTreeSet::new(),
            accounts: vec![self.ledger.view.clone()],
            bookings: Vec::new(),
        };
        let booking = Booking {
            id: BookingId::new(drawn.uuid()),
            person: UserId::new(id(2)),
            task: TaskId::new(id(3)),
            date: date(day),
            start: None,
            seconds: Seconds(amount(wanted).units()),
            billable: true,
            note: String::new(),
        };
        let plan = splitting::add(&facts, &booking).ok()?;
        let decision = plan.draws().next().map(|planned| planned.decision.clone())?;
        for (_, entry) in plan.entries(&facts.accounts, |_| drawn).expect("as planned").entries {
            self.post(&entry);
        }
        let portions = plan.booking.expect("it is new").portions;
        let nowhere = portions.iter().filter(|portion| portion.target == Target::Unassigned);
        let parts = decision.parts.iter().map(|part| (number(part.lot.uuid()), coins(part.amount))).collect();
        let rest = nowhere.map(|portion| coins(Amount::new(portion.seconds.0))).sum();
        Some(Drawn { parts, deficit: coins(decision.deficit), rest })
    }

    pub fn release(&mut self, draw: DrawId) {
        let decided = release(&self.ledger.draws[&draw]).expect("not released before");
        let entry = decided.entry(&self.ledger.view);
        self.post(&entry);
    }

    pub fn revoke(&mut self, lot: LotId) {
        let decided = revoke(self.ledger.view.lot(lot).expect("a lot"), &self.ledger.holders(lot)).expect("not before");
        let entry = decided.entry(&self.ledger.view);
        self.post(&entry);
    }

    pub fn cover(&mut self, draw: DrawId, lot: LotId, size: usize) -> Option<()> {
        let request = CoverRequest { draw, lot, amount: amount(size) };
        let entry = cover(&self.ledger.view, &request).ok()?.entry(&self.ledger.view);
        self.post(&entry);
        Some(())
    }

    /// A balancing invoice over the deficits of these draws.
    pub fn balance(&mut self, draws: &[usize], day: Day) {
        let view = &self.ledger.view;
        let billed = view.deficits.iter().filter(|open| draws.contains(&number(open.draw.uuid())));
        let deficits = billed.map(|open| CoverPart { draw: open.draw, amount: open.amount }).collect();
        let request = BalancingRequest { lot: lot_id(&self.contract, self.lots_made), date: date(day), deficits };
        let entries = balancing_grant(view, &request).expect("open deficits").entries(view).expect("few");
        for entry in &entries {
            self.post(entry);
        }
        self.lots_made += 1;
    }

    /// Saves a delivery note that has drawn `own`: what each line clears and takes off in cents, and what it draws now.
    pub fn save(&mut self, own: &[DrawId], day: Day, lines: &[usize]) -> (Vec<(usize, i64)>, Vec<DrawId>) {
        let group = GroupId::new(Uuid::from_u128(5));
        let groups = GroupSwitches { groups: BTreeMap::from([(group, Switch::On)]), ..GroupSwitches::default() };
        // At 36.00 an hour a quarter costs the 9.00 that a coin of money is.
        let price = if self.ledger.view.account.unit == Unit::Time { "100" } else { "36" };
        let line = |wanted: &usize| {
            let quantity = Decimal::new(i64::try_from(*wanted).expect("few") * 25, 2).to_string();
            let charged =
                domain::documents::Line { group: Some(group), ..line(&quantity, LineUnit::Hour, price, "0", "19") };
            let id = LineId::new(self.new_draw().uuid());
            ClearingLine { id, line: charged, contract: Some(self.contract.id), clears: true, fixed: None }
        };
        let lines = lines.iter().map(line).collect();
        let own: Vec<PostedDraw> = own.iter().map(|draw| self.ledger.draws[draw].clone()).collect();
        let (contract, account) = (self.contract.clone(), Some(self.ledger.view.clone()));
        let (customer, currency) = (contract.customer, contract.terms.currency);
        let document = ClearingDocument { customer, date: date(day), currency, lines };
        let (held, next) = (Vec::new(), self.next);
        let contracts = vec![ContractFacts { contract, account, own, held, sold_at: None, next }];
        let decided = reconcile(&document, &Facts { day: DAY, groups, contracts }).expect("small");
        for (_, released) in &decided.releases {
            let entry = released.entry(&self.ledger.view);
            self.post(&entry);
        }
        for (_, drawn) in &decided.draws {
            let entry = drawn.entry(&self.ledger.view);
            self.post(&entry);
        }
        let cleared = decided.lines.iter().map(|line| (coins(line.cleared), line.item)).collect();
        (cleared, decided.draws.iter().map(|(_, drawn)| drawn.request.draw).collect())
    }

    /// What a document is undone by that has drawn `own` or granted something.
    pub fn facts(&self, own: &[DrawId]) -> AccountFacts {
        let draws = self.ledger.draws.values().cloned().collect();
        AccountFacts { draws, own: own.to_vec(), ..AccountFacts::new(self.ledger.view.clone()) }
    }

    pub fn undo(&mut self, undo: &AccountUndo) {
        let (entries, after) = undo.entries(&self.ledger.view).expect("as planned");
        for entry in &entries {
            self.post(entry);
        }
        assert_eq!(self.ledger.view, after);
    }
}
