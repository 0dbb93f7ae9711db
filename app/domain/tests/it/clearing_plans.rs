//! Random documents with random contracts, built the way they come about: billed, drawn by others, saved once before.

use chrono::{Datelike, Days, NaiveDate};
use domain::{
    AccountId, ContractId, Currency, DrawId, GroupId, LineId, LotId, SubGroupId,
    billing::{Billable, plan},
    clearing::{ClearingDocument, ClearingLine, ContractFacts, Facts, Reconciled, reconcile},
    contracts::{Contract, QuotaTerms},
    documents::LineUnit,
    groups::{GroupSwitches, Switch},
    quota::{
        Account, Amount, CarryOver, DeficitPolicy, DrawOrigin, DrawRequest, GrantRequest, Ledger, Overbooking, Unit,
        draw, end, grant,
    },
};
use proptest::{
    bool, collection, option,
    prelude::{Just, Strategy},
    prop_oneof,
    sample::select,
};
use uuid::Uuid;

use crate::contract_plans::{DAY, contract_id, customer_id, day, line, plain};

/// A document and everything that is known, with the whole history of each account.
#[derive(Debug, Clone)]
pub struct World {
    pub document: ClearingDocument,
    pub facts: Facts,
    /// The accounts in the order of the contracts among the facts.
    pub ledgers: Vec<Option<Ledger>>,
    /// How many draws were posted: each has an id of its own.
    draws: u128,
}

impl World {
    pub fn saved(&self) -> Reconciled {
        reconcile(&self.document, &self.facts).expect("small figures")
    }

    pub fn place(&self, contract: ContractId) -> usize {
        self.facts.contracts.iter().position(|facts| facts.contract.id == contract).expect("a contract of the world")
    }

    /// Posts what saving does, as a server would, and reads the facts again.
    pub fn save(&mut self) -> Reconciled {
        let decided = self.saved();
        for (contract, released) in &decided.releases {
            let place = self.place(*contract);
            let ledger = self.ledgers[place].as_mut().expect("an account");
            let entry = released.entry(&ledger.view);
            ledger.post(&entry).expect("what was decided can be posted");
        }
        let mut own = vec![Vec::new(); self.ledgers.len()];
        for (contract, decision) in &decided.draws {
            let place = self.place(*contract);
            self.draws += 1;
            let mut decision = decision.clone();
            decision.request.draw = DrawId::new(Uuid::from_u128(1_000_000 + self.draws));
            let ledger = self.ledgers[place].as_mut().expect("an account");
            let entry = decision.entry(&ledger.view);
            ledger.post(&entry).expect("what was decided can be posted");
            own[place].push(decision.request.draw);
        }
        for (place, own) in own.iter().enumerate() {
            self.read(place, own);
        }
        decided
    }

    /// Reads the facts of a contract again, of which the document holds these draws.
    pub fn read(&mut self, place: usize, own: &[DrawId]) {
        let facts = &mut self.facts.contracts[place];
        let closed = facts.account.as_ref().and_then(|account| account.books_closed_until);
        let ledger = self.ledgers[place].as_ref();
        facts.own = own.iter().filter_map(|draw| ledger.and_then(|ledger| ledger.draws.get(draw)).cloned()).collect();
        facts.account = ledger.map(|ledger| ledger.view.clone());
        facts.account.iter_mut().for_each(|account| account.books_closed_until = closed);
    }

    pub fn own(&self, place: usize) -> Vec<DrawId> {
        self.facts.contracts[place].own.iter().map(|own| own.draw).collect()
    }

    pub fn grant(&mut self, place: usize, request: &GrantRequest) {
        let Some(ledger) = self.ledgers[place].as_mut() else { return };
        let Ok(decided) = grant(&ledger.view, request) else { return };
        let entries = decided.entries(&ledger.view).expect("few entries");
        for entry in &entries {
            ledger.post(entry).expect("what was decided can be posted");
        }
        let own = self.own(place);
        self.read(place, &own);
    }

    pub fn bill(&mut self, place: usize, as_of: NaiveDate) {
        let facts = &mut self.facts.contracts[place];
        let billable = Billable { contract: facts.contract.clone(), next: facts.next };
        for invoice in plan(&[billable], as_of, DAY).invoices {
            for planned in invoice.periods {
                self.facts.contracts[place].next = planned.bill.period.number + 1;
                for granted in &planned.bill.grants {
                    let number =
                        50_000 + 1_000 * u128::try_from(place).expect("few") + u128::from(planned.bill.period.number);
                    let lot = LotId::new(Uuid::from_u128(number));
                    let request = self.facts.contracts[place].contract.grant_request(granted, lot);
                    self.grant(place, &request);
                }
            }
        }
    }
}

/// Half hours on a time account, fifty of the currency on a money account.
pub fn unit_of(unit: Unit) -> i64 {
    match unit {
        Unit::Time => 1_800,
        Unit::Money(_) => 5_000,
    }
}

/// Some days of the first half of 2026.
pub fn dates() -> impl Strategy<Value = NaiveDate> {
    (0..170_u64).prop_map(|after| day("2026-01-01") + Days::new(after))
}

/// Lines of which most can clear, on one of the first three contracts.
pub fn clearing_lines(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<ClearingLine>> {
    let quantities = select(vec!["0.33", "0.5", "1", "1.25", "2", "3", "45", "-1", "0", "0.01"]);
    let units =
        prop_oneof![6 => Just(LineUnit::Hour), 2 => Just(LineUnit::Minute), 2 => select(LineUnit::ALL.to_vec())];
    let prices = select(vec!["100", "33.3333", "49.99", "100", "0.0049", "0", "-10", "1.6667"]);
    let discounts = prop_oneof![4 => Just("0"), 1 => select(vec!["12.5", "33.33", "100"])];
    let rates = prop_oneof![5 => Just("19"), 1 => Just("7")];
    let groups = prop_oneof![5 => Just(Some(1_u8)), 1 => option::of(2..4_u8)];
    let rest = (option::weighted(0.9, 1..4_u8), bool::weighted(0.95), groups, option::weighted(0.2, 1..3_u8));
    let one = (quantities, units, prices, discounts, rates, rest).prop_map(
        |(quantity, unit, price, discount, vat, (contract, clears, group, sub_group))| {
            let mut line = line(quantity, unit, price, discount, vat);
            line.group = group.map(|number| GroupId::new(Uuid::from_u128(u128::from(number))));
            line.sub_group = sub_group.map(|number| SubGroupId::new(Uuid::from_u128(u128::from(number))));
            let id = LineId::new(Uuid::nil());
            ClearingLine { id, line, contract: contract.map(contract_id), clears, fixed: None }
        },
    );
    collection::vec(one, count).prop_map(|lines| {
        let numbered = lines.into_iter().zip(1..);
        numbered.map(|(line, number)| ClearingLine { id: LineId::new(Uuid::from_u128(number)), ..line }).collect()
    })
}

fn switches() -> impl Strategy<Value = GroupSwitches> {
    let switch = || select(vec![Switch::Inherit, Switch::Inherit, Switch::Inherit, Switch::On, Switch::Off]);
    (switch(), switch(), switch()).prop_map(|(one, two, sub)| GroupSwitches {
        groups: [one, two].into_iter().zip(1..).map(|(on, n)| (GroupId::new(Uuid::from_u128(n)), on)).collect(),
        sub_groups: [(SubGroupId::new(Uuid::from_u128(1)), sub)].into(),
    })
}

fn carries() -> impl Strategy<Value = CarryOver> {
    let on = (option::of(1..=2_u32), option::of(1..=5_i64));
    prop_oneof![
        Just(CarryOver::Off),
        on.prop_map(|(periods, cap)| CarryOver::On { periods, cap: cap.map(|cap| Amount::new(cap * 1_800)) }),
    ]
}

/// What becomes of one contract.
#[derive(Debug, Clone)]
struct Fate {
    contract: Contract,
    billed: Option<NaiveDate>,
    /// Draws of others by day and half hours, before the document is first saved.
    draws: Vec<(NaiveDate, i64)>,
    /// Free quota granted after that, and so after its deficits: days and half hours.
    free: Vec<(NaiveDate, i64)>,
    closed_on: Option<NaiveDate>,
    /// Billed once more after the document is first saved.
    later: Option<NaiveDate>,
    sold_at: Option<&'static str>,
    /// Whether the quota is taken out of the terms at last; the account stays.
    taken_out: bool,
}

fn fates() -> impl Strategy<Value = Fate> {
    let units = prop_oneof![3 => Just(Unit::Time), 1 => Just(Unit::Money(Currency::EUR))];
    let overbooking = prop_oneof![
        3 => Just(Overbooking::No),
        2 => (0..4_i64).prop_map(|limit| Overbooking::Yes { limit: Some(Amount::new(limit * 1_800)) }),
        1 => Just(Overbooking::Yes { limit: None }),
    ];
    let quota = (units, 1..9_i64, overbooking, carries(), bool::ANY).prop_map(
        |(unit, amount, overbooking, carry, next_grant)| QuotaTerms {
            unit,
            amount: Amount::new(amount * unit_of(unit)),
            interval: None,
            overbooking,
            carry,
            deficits: if next_grant { DeficitPolicy::NextGrant } else { DeficitPolicy::Balance },
            overage_rate: None,
            rounding: None,
        },
    );
    let contract = (option::weighted(0.9, quota), bool::weighted(0.9), option::weighted(0.2, dates()), switches());
    let history = (
        option::weighted(0.8, dates()),
        collection::vec((dates(), 1..6_i64), 0..4),
        collection::vec((dates(), 1..6_i64), 0..3),
        option::weighted(0.1, dates()),
        option::weighted(0.3, dates()),
        prop_oneof![4 => Just(None), 4 => Just(Some("19")), 1 => Just(Some("7"))],
        bool::weighted(0.1),
    );
    (contract, history).prop_map(|((quota, ours, agreed_end, groups), history)| {
        let mut contract = plain(contract_id(0), customer_id(if ours { 1 } else { 2 }));
        contract.terms.items = vec![line("1", LineUnit::Piece, "399.99", "0", "19")];
        (contract.terms.quota, contract.terms.groups) = (quota, groups);
        contract.agreed_end = agreed_end.filter(|end| *end > contract.start);
        let (billed, draws, free, closed_on, later, sold_at, taken_out) = history;
        Fate { contract, billed, draws, free, closed_on, later, sold_at, taken_out }
    })
}

impl Fate {
    /// The facts of the contract before the document is saved for the first time, and its account.
    fn begin(&self, number: u8, closed: Option<NaiveDate>) -> (ContractFacts, Option<Ledger>) {
        let contract = Contract { id: contract_id(number), ..self.contract.clone() };
        let ledger = contract.terms.quota.as_ref().map(|quota| {
            let id = AccountId::new(Uuid::from_u128(u128::from(number)));
            Ledger::new(Account { id, customer: contract.customer, unit: quota.unit, policy: quota.policy() })
        });
        let sold_at = self.sold_at.map(|rate| rate.parse().expect("a rate"));
        let account = ledger.as_ref().map(|ledger| ledger.view.clone());
        let account = account.map(|mut view| {
            view.books_closed_until = closed;
            view
        });
        (ContractFacts { contract, account, own: Vec::new(), held: Vec::new(), sold_at, next: 0 }, ledger)
    }

    fn draw(&self, world: &mut World, place: usize) {
        for (date, count) in &self.draws {
            world.draws += 1;
            let id = DrawId::new(Uuid::from_u128(1_000_000 + world.draws));
            let Some(ledger) = world.ledgers[place].as_mut() else { continue };
            let wanted = Amount::new(count * unit_of(ledger.view.account.unit));
            let request = DrawRequest { draw: id, date: *date, wanted, origin: DrawOrigin::default() };
            // A refusal is part of the plan.
            let Ok(decided) = draw(&ledger.view, &request) else { continue };
            let entry = decided.entry(&ledger.view);
            ledger.post(&entry).expect("what was decided can be posted");
        }
        world.read(place, &[]);
    }

    /// What happens after the document was saved for the first time.
    fn go_on(&self, world: &mut World, place: usize) {
        for ((from, count), number) in self.free.iter().zip(0_u128..) {
            let Some(unit) = world.ledgers[place].as_ref().map(|ledger| ledger.view.account.unit) else { return };
            let lot = LotId::new(Uuid::from_u128(90_000 + 100 * u128::try_from(place).expect("few") + number));
            let amount = Amount::new(count * unit_of(unit));
            // The first one begins like a quota period and ends, the others begin anywhere and do not.
            let until = (number == 0).then(|| *from + Days::new(45));
            let from = from.with_day(1).filter(|_| number == 0).unwrap_or(*from);
            world.grant(place, &GrantRequest::new(lot, amount, from, until));
        }
        self.later.iter().for_each(|as_of| world.bill(place, *as_of));
        let until = self.closed_on.or(self.contract.end());
        let Some(ledger) = world.ledgers[place].as_mut() else { return };
        if let Some(entry) = end(&ledger.view, until).expect("within the books").entry(&ledger.view) {
            ledger.post(&entry).expect("what was decided can be posted");
        }
        let own = world.own(place);
        world.read(place, &own);
    }
}

/// Worlds of three contracts, in which the document was saved once before with other lines and another date.
pub fn worlds() -> impl Strategy<Value = World> {
    let fates = (fates(), fates(), fates());
    let documents = (clearing_lines(0..4), dates(), clearing_lines(0..9), dates());
    let company = (option::weighted(0.1, dates()), switches(), bool::weighted(0.1));
    (fates, documents, company).prop_map(
        |((one, two, three), (lines_before, before, lines, date), (closed, mut groups, yen))| {
            groups.groups.insert(GroupId::new(Uuid::from_u128(1)), Switch::On);
            let fates = [one, two, three];
            let (contracts, ledgers) = fates.iter().zip(1..).map(|(fate, number)| fate.begin(number, None)).unzip();
            let facts = Facts { day: DAY, groups, contracts };
            let (customer, currency) = (customer_id(1), Currency::EUR);
            let document = ClearingDocument { customer, date: before, currency, lines: lines_before };
            let mut world = World { document, facts, ledgers, draws: 0 };
            for (place, fate) in fates.iter().enumerate() {
                fate.billed.iter().for_each(|as_of| world.bill(place, *as_of));
                fate.draw(&mut world, place);
            }
            world.save();
            fates.iter().enumerate().for_each(|(place, fate)| fate.go_on(&mut world, place));
            for (facts, _) in world.facts.contracts.iter_mut().zip(&fates).filter(|(_, fate)| fate.taken_out) {
                facts.contract.terms.quota = None;
            }
            let currency = if yen { Currency::JPY } else { currency };
            world.document = ClearingDocument { customer, date, currency, lines };
            let accounts = world.facts.contracts.iter_mut().filter_map(|facts| facts.account.as_mut());
            accounts.for_each(|account| account.books_closed_until = closed);
            world
        },
    )
}
