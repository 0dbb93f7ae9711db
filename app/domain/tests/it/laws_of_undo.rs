//! Laws of undoing documents: what a document caused is taken back, all of it and nothing else.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::{
    AccountId, ClaimId, DocumentId, DrawId, LineId, LotId,
    billing::{Freed, PlannedPeriod, rerun},
    clearing::{LineClearing, LineOutcome},
    contracts::Contract,
    documents::{DocumentKind, DocumentState, Totals},
    quota::{
        Account, Amount, CarryOver, DeficitPolicy, DrawOrigin, DrawRequest, GrantRequest, Ledger, Overbooking, Policy,
        draw, grant, release,
    },
    undo::{
        AccountFacts, ClaimFacts, Obstacle, UndoFacts, UndoPlan, Way, counter_clearing, counter_line, counter_totals,
        plan,
    },
};
use proptest::{collection, option, prelude::Strategy, prop_oneof};
use uuid::Uuid;

use crate::{
    contract_plans::{DAY, day, small_lines, support},
    plans::for_every,
};

const HOUR: i64 = 3_600;

/// What happens to the account of a contract that is billed for three months.
#[derive(Debug, Clone)]
struct History {
    quota: i64,
    carry: CarryOver,
    overbooking: Overbooking,
    /// Hours that are drawn on a day of the quarter, and whether the draw is released again.
    draws: Vec<(i64, u64, bool)>,
    /// The period that is cancelled.
    cancelled: u32,
}

fn histories(overbooked: bool) -> impl Strategy<Value = History> {
    let carries = (option::of(0..=2_u32), option::of(1..=3_i64))
        .prop_map(|(periods, cap)| CarryOver::On { periods, cap: cap.map(|hours| Amount::new(hours * HOUR)) });
    let carry = prop_oneof![proptest::prelude::Just(CarryOver::Off), carries];
    let draws = collection::vec((1..=5_i64, 0..91_u64, proptest::bool::weighted(0.2)), 0..8);
    (2..=6_i64, carry, draws, 0..3_u32).prop_map(move |(quota, carry, draws, cancelled)| {
        let overbooking = if overbooked { Overbooking::Yes { limit: None } } else { Overbooking::No };
        History { quota, carry, overbooking, draws, cancelled }
    })
}

/// The contract with its account and the lots of its three periods.
struct Books {
    contract: Contract,
    ledger: Ledger,
    lots: Vec<LotId>,
}

fn books(history: &History) -> Books {
    let mut contract = support();
    if let Some(quota) = &mut contract.terms.quota {
        (quota.amount, quota.carry) = (Amount::new(history.quota * HOUR), history.carry);
    }
    let policy = Policy { overbooking: history.overbooking, deficits: DeficitPolicy::Balance };
    let unit = domain::quota::Unit::Time;
    let account = Account { id: AccountId::new(Uuid::from_u128(1)), customer: contract.customer, unit, policy };
    let mut books = Books { contract, ledger: Ledger::new(account), lots: Vec::new() };
    for number in 0..3 {
        let period = books.contract.period(number).expect("a period");
        let bill = books.contract.bill(&period, DAY).expect("small");
        let lot = LotId::new(Uuid::from_u128(10 + u128::from(number)));
        let request = books.contract.grant_request(&bill.grants[0], lot);
        books.grant(&request);
        books.lots.push(lot);
    }
    for (number, (hours, after, released)) in (100..).zip(&history.draws) {
        let id = DrawId::new(Uuid::from_u128(number));
        let date = day("2026-01-01") + Days::new(*after);
        let wanted = Amount::new(hours * HOUR);
        let request = DrawRequest { draw: id, date, wanted, origin: DrawOrigin::default() };
        let Ok(decided) = draw(&books.ledger.view, &request) else { continue };
        let entry = decided.entry(&books.ledger.view);
        books.ledger.post(&entry).expect("as decided");
        if *released {
            let entry = release(&books.ledger.draws[&id]).expect("a draw").entry(&books.ledger.view);
            books.ledger.post(&entry).expect("as decided");
        }
    }
    books
}

impl Books {
    fn grant(&mut self, request: &GrantRequest) {
        let decided = grant(&self.ledger.view, request).expect("a grant");
        for entry in decided.entries(&self.ledger.view).expect("entries") {
            self.ledger.post(&entry).expect("as decided");
        }
    }

    fn facts(&self, state: DocumentState, periods: &[u32]) -> UndoFacts {
        let claim = |number: &u32| ClaimFacts {
            claim: ClaimId::new(Uuid::from_u128(500 + u128::from(*number))),
            contract: self.contract.id,
            period: *number,
            service: self.contract.period(*number).expect("a period").service,
            lots: vec![self.lots[usize::try_from(*number).expect("small")]],
        };
        let draws = self.ledger.draws.values().cloned().collect();
        UndoFacts {
            kind: DocumentKind::ContractInvoice,
            state,
            resting: Vec::new(),
            claims: periods.iter().map(claim).collect(),
            fees: Vec::new(),
            lots: Vec::new(),
            accounts: vec![AccountFacts { draws, ..AccountFacts::new(self.ledger.view.clone()) }],
        }
    }

    fn carry_out(&mut self, planned: &UndoPlan) {
        for undo in &planned.accounts {
            let (entries, after) = undo.entries(&self.ledger.view).expect("as planned");
            for entry in &entries {
                self.ledger.post(entry).expect("as planned");
            }
            assert_eq!(self.ledger.view, after);
        }
    }

    fn rerun(&mut self, period: u32) -> Vec<PlannedPeriod> {
        let freed = Freed { contract: self.contract.clone(), periods: BTreeSet::from([period]) };
        let planned = rerun(&[freed], day("2026-12-31"), DAY);
        assert_eq!(planned.unbillable, []);
        let periods: Vec<_> = planned.invoices.into_iter().flat_map(|invoice| invoice.periods).collect();
        for granted in periods.iter().flat_map(|planned| planned.bill.grants.clone()) {
            let lot = LotId::new(Uuid::from_u128(20 + u128::from(period)));
            let request = self.contract.grant_request(&granted, lot);
            self.grant(&request);
        }
        periods
    }

    fn available(&self) -> Vec<Amount> {
        let days = (0..200).map(|after| day("2026-01-01") + Days::new(after));
        days.map(|date: NaiveDate| self.ledger.view.available(date).expect("covered")).collect()
    }

    /// What each draw has, from lots or as deficit.
    fn drawn(&self) -> Vec<(DrawId, Amount)> {
        let of = |parts: &[domain::quota::Part]| Amount::sum(parts.iter().map(|part| part.amount)).expect("small");
        let draws = self.ledger.draws.values();
        draws.map(|draw| (draw.draw, of(&draw.parts).plus(draw.deficit).expect("small"))).collect()
    }
}

/// Red when: a draw loses more or less than it had from the lot; when the re-run grants another amount or validity, or
/// covers in another order than that of the draws.
#[test]
fn cancelled_and_run_again_with_the_same_terms_nothing_has_changed() {
    for_every(histories(false), |history| {
        let mut books = books(&history);
        let (before, drawn) = (books.available(), books.drawn());
        let planned = plan(&books.facts(DocumentState::Issued, &[history.cancelled]), Way::Cancel).expect("a plan");
        assert_eq!(planned.obstacles, []);
        books.carry_out(&planned);
        let open = books.ledger.view.open_deficit().expect("small");
        assert_eq!(Ok(open), planned.accounts[0].deficit());
        assert_eq!(books.rerun(history.cancelled).len(), 1);
        assert_eq!(books.available(), before);
        assert_eq!(books.drawn(), drawn);
        assert_eq!(books.ledger.view.deficits, []);
    });
}

/// Red when: another lot is revoked too; when something of it is left; when a deficit is counted twice or not at all.
#[test]
fn nothing_else_is_touched_and_nothing_is_lost() {
    for_every(histories(true), |history| {
        let mut books = books(&history);
        let before = books.ledger.clone();
        let drawn = books.drawn();
        let lot = books.lots[usize::try_from(history.cancelled).expect("small")];
        let planned = plan(&books.facts(DocumentState::Issued, &[history.cancelled]), Way::Cancel).expect("a plan");
        let numbers: Vec<u32> = planned.freed.iter().map(|freed| freed.period).collect();
        assert_eq!(numbers, [history.cancelled]);
        books.carry_out(&planned);
        assert_eq!(books.drawn(), drawn, "each draw keeps what it has, as deficit");
        for state in &books.ledger.view.lots {
            let earlier = before.view.lot(state.lot.id).expect("a lot of before");
            if state.lot.id == lot {
                assert!(state.revoked && state.drawn.is_zero());
            } else {
                assert_eq!(state, earlier);
            }
        }
        let (deficit, was) = (books.ledger.view.open_deficit(), before.view.open_deficit().expect("small"));
        let taken = before.view.lot(lot).expect("a lot").drawn;
        assert_eq!(deficit, was.plus(taken));
        let in_order = planned.accounts[0].deficits.windows(2).all(|two| two[0].seq < two[1].seq);
        assert!(in_order, "in the order of the draws");
    });
}

/// Red when: what was revoked before is revoked again, whether or not the document knows that it is cancelled.
#[test]
fn undone_twice_is_undone_once() {
    for_every(histories(true), |history| {
        let mut books = books(&history);
        let first = plan(&books.facts(DocumentState::Issued, &[0, 1, 2]), Way::Cancel).expect("a plan");
        assert_eq!(first.accounts[0].revokes.len(), 3);
        books.carry_out(&first);
        for (state, claims) in [(DocumentState::Issued, &[0, 1, 2][..]), (DocumentState::Cancelled, &[])] {
            let again = plan(&books.facts(state, claims), Way::Cancel).expect("a plan");
            assert_eq!(again.accounts, []);
            let known = state == DocumentState::Cancelled;
            assert_eq!(again.obstacles, if known { vec![Obstacle::AlreadyCancelled] } else { Vec::new() });
        }
    });
}

/// Red when: a plan counts as seen though somebody has drawn since, or as another one though nothing has happened.
#[test]
fn a_draw_in_between_is_not_what_was_seen() {
    let (carry, overbooking, draws) = (CarryOver::Off, Overbooking::No, vec![(1, 3, false)]);
    let mut books = books(&History { quota: 4, carry, overbooking, draws, cancelled: 0 });
    let planned = |books: &Books| plan(&books.facts(DocumentState::Issued, &[0]), Way::Cancel).expect("a plan");
    let seen = planned(&books).sums().expect("small");
    assert_eq!(planned(&books).differs(&seen), Ok(None));
    let (id, wanted) = (DrawId::new(Uuid::from_u128(200)), Amount::new(HOUR));
    let request = DrawRequest { draw: id, date: day("2026-01-05"), wanted, origin: DrawOrigin::default() };
    let entry = draw(&books.ledger.view, &request).expect("there is something").entry(&books.ledger.view);
    books.ledger.post(&entry).expect("as decided");
    let differs = planned(&books).differs(&seen).expect("small").expect("one hour more loses its cover");
    let deficits = [&differs.seen, &differs.decided].map(|sums| sums[0].deficit.units());
    assert_eq!(deficits, [HOUR, 2 * HOUR]);
}

/// A document that both granted and drew, as an invoice for a quota and what was taken of it will. Red when: grants are
/// revoked before draws are released, which would make a deficit; when a draw is left; when one that was released
/// before is released again; when the draw of another document is released.
#[test]
fn draws_are_released_before_grants_are_revoked() {
    let draws = vec![(1, 3, false), (2, 5, false), (1, 7, true)];
    let (carry, overbooking) = (CarryOver::Off, Overbooking::No);
    let books = books(&History { quota: 4, carry, overbooking, draws, cancelled: 0 });
    let id = |number| DrawId::new(Uuid::from_u128(number));
    let mut facts = books.facts(DocumentState::Draft, &[0]);
    facts.accounts[0].own = vec![id(100), id(102)];
    let planned = plan(&facts, Way::Delete).expect("a plan");
    assert!(planned.possible());
    let undo = &planned.accounts[0];
    assert_eq!(undo.releases.iter().map(|released| released.draw).collect::<Vec<_>>(), [id(100)]);
    let deficits: Vec<_> = undo.deficits.iter().map(|part| (part.draw, part.amount)).collect();
    assert_eq!(deficits, [(id(101), Amount::new(2 * HOUR))]);
    facts.accounts[0].draws.retain(|draw| draw.draw != id(101));
    assert!(plan(&facts, Way::Delete).is_err(), "a holder of the lot is missing");
}

/// Red when: one of them is not in the way, or in the way of something else.
#[test]
fn what_stands_in_the_way_is_named() {
    use DocumentKind::{Cancellation, ContractInvoice, DeliveryNote, Invoice};
    use DocumentState::{Cancelled, Draft, Issued};
    let invoice = (DocumentId::new(Uuid::from_u128(9)), Invoice, Some("RE-9".to_owned()));
    let resting = Obstacle::Resting { document: invoice.0, kind: Invoice, number: invoice.2.clone() };
    let none: &[Obstacle] = &[];
    let table = [
        (DeliveryNote, Draft, Way::Delete, false, none),
        (DeliveryNote, Draft, Way::Cancel, false, &[Obstacle::NotIssued]),
        (DeliveryNote, Issued, Way::Cancel, false, none),
        (DeliveryNote, Issued, Way::Cancel, true, std::slice::from_ref(&resting)),
        (Invoice, Issued, Way::Delete, false, &[Obstacle::NotADraft]),
        (ContractInvoice, Cancelled, Way::Cancel, false, &[Obstacle::AlreadyCancelled]),
        (ContractInvoice, Cancelled, Way::Delete, false, &[Obstacle::AlreadyCancelled]),
        (Cancellation, Issued, Way::Cancel, false, &[Obstacle::Cancellation]),
        (Cancellation, Issued, Way::Delete, false, &[Obstacle::NotADraft]),
    ];
    for (kind, state, way, rests, expected) in table {
        let resting = if rests { vec![invoice.clone()] } else { Vec::new() };
        let facts = UndoFacts {
            kind,
            state,
            resting,
            claims: Vec::new(),
            fees: Vec::new(),
            lots: Vec::new(),
            accounts: Vec::new(),
        };
        let planned = plan(&facts, way).expect("a plan");
        assert_eq!(planned.obstacles, expected, "{kind:?} {state:?} {way:?}");
        assert_eq!(planned.possible(), expected.is_empty());
    }
    assert_eq!([Draft, Issued, Cancelled].map(Way::of), [Way::Delete, Way::Cancel, Way::Cancel]);
    let open = |kind| [Draft, Issued, Cancelled].map(|state| Way::open(kind, state));
    for kind in [DeliveryNote, Invoice, ContractInvoice] {
        assert_eq!(open(kind), [Some(Way::Delete), Some(Way::Cancel), None], "{kind:?}");
    }
    assert_eq!(open(Cancellation)[1], None);
    assert_eq!(resting.to_string(), "invoice RE-9 rests on it");
}

/// Red when: a name changes, or a plan does not come back from the wire as it was.
#[test]
fn plans_come_back_from_the_wire_and_obstacles_have_stable_names() {
    let resting = Obstacle::Resting {
        document: DocumentId::new(Uuid::from_u128(9)),
        kind: DocumentKind::Invoice,
        number: Some("RE-9".to_owned()),
    };
    let all =
        [Obstacle::NotADraft, Obstacle::NotIssued, Obstacle::AlreadyCancelled, Obstacle::Cancellation, resting.clone()];
    assert_eq!(all.each_ref().map(Obstacle::name), Obstacle::NAMES);
    for obstacle in all {
        let written = serde_json::to_value(&obstacle).expect("it can be written");
        assert_eq!(written["obstacle"], obstacle.name());
        assert_eq!(serde_json::from_value::<Obstacle>(written).expect("it can be read"), obstacle);
    }
    for_every(histories(true), |history| {
        let mut facts = books(&history).facts(DocumentState::Issued, &[history.cancelled]);
        facts.resting = vec![(DocumentId::new(Uuid::from_u128(9)), DocumentKind::Invoice, None)];
        let planned = plan(&facts, Way::Cancel).expect("a plan");
        let text = serde_json::to_string(&planned).expect("it can be written");
        assert_eq!(serde_json::from_str::<UndoPlan>(&text).expect("it can be read"), planned);
    });
}

/// Red when: a line of a cancellation is not the negative of its line, or VAT is rounded another way.
#[test]
fn a_cancellation_is_exactly_the_negative_of_its_document() {
    for_every(collection::vec((small_lines(), -300..=0_i64), 1..6), |lines| {
        let currency = domain::Currency::EUR;
        let total = |line: &domain::documents::Line| line.total(currency, DAY).expect("small").minor;
        let sums = lines.iter().flat_map(|(line, item)| [(line.vat, total(line)), (line.vat, *item)]);
        let of = Totals::of(sums).expect("small");
        let id = LineId::new(Uuid::from_u128(1));
        let counter: Vec<_> = lines
            .iter()
            .map(|(line, item)| {
                let (outcome, cleared) = (LineOutcome::Partial, Amount::new(7));
                let clearing =
                    LineClearing { line: id, total: total(line), outcome, figures: None, cleared, item: *item };
                (counter_line(line), counter_clearing(&clearing, id).expect("small"))
            })
            .collect();
        for ((line, _), (counter, clearing)) in lines.iter().zip(&counter) {
            assert_eq!((total(counter), clearing.total), (-total(line), -total(line)));
            assert_eq!(counter.seconds(DAY), line.seconds(DAY).map(|time| domain::Seconds(-time.0)));
            assert_eq!(clearing.cleared, Amount::new(-7));
        }
        let sums = counter.iter().flat_map(|(line, clearing)| [(line.vat, total(line)), (line.vat, clearing.item)]);
        assert_eq!(Totals::of(sums), counter_totals(&of));
    });
}
