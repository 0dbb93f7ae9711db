//! What the editor shows is what saving does, field by field: random documents over several contracts, new ones and
//! ones that are saved again.

use domain::{
    ContractId, Currency, CustomerId, LineId,
    clearing::{ClearingDocument, LineClearing, Reconciled, reconcile},
    contracts::Contract,
    documents::{DocumentKind, Line, LineUnit},
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Unit},
};
use usecases::{
    Env, documents,
    testing::{World, day, hours},
};
use wire::documents::{ClearingFacts, DocumentDraft, DraftLine};

use crate::{
    desk::{h, now, unbilled, with_quota},
    office::{admin, given, plain},
    support::assert_sound,
};

/// How many documents are saved.
const ROUNDS: usize = 120;

/// Time and money, carried over and not, overbooked and not, billed by the year, by the month and never; one without a
/// quota, one of another customer.
async fn given_contracts(world: &World) -> (CustomerId, Vec<ContractId>) {
    let monthly = unbilled(world, |_| {}).await;
    let terms = |contract: &mut Contract| contract.terms.quota.clone().expect("a quota");
    let carried = with_quota(world, monthly.customer, |contract| {
        let carry = CarryOver::On { periods: Some(2), cap: Some(Amount::new(h(3))) };
        contract.terms.quota = Some(domain::contracts::QuotaTerms { carry, ..terms(contract) });
    })
    .await;
    let money = with_quota(world, monthly.customer, |contract| {
        let (unit, amount) = (Unit::Money(Currency::EUR), Amount::new(50_000));
        contract.terms.quota = Some(domain::contracts::QuotaTerms { unit, amount, ..terms(contract) });
    })
    .await;
    let overbooked = with_quota(world, monthly.customer, |contract| {
        let overbooking = Overbooking::Yes { limit: Some(Amount::new(h(3))) };
        let deficits = DeficitPolicy::NextGrant;
        contract.terms.quota = Some(domain::contracts::QuotaTerms { overbooking, deficits, ..terms(contract) });
    })
    .await;
    let yearly = with_quota(world, monthly.customer, |contract| {
        contract.terms.billing.interval = 12;
        contract.terms.quota = Some(domain::contracts::QuotaTerms { interval: Some(1), ..terms(contract) });
    })
    .await;
    let plain = given(world, monthly.customer, "2026-04-01", plain).await.contract.id;
    let other = with_quota(world, world.customer("Beta AG").await, |_| {}).await;
    world.bills(&world.when("2026-06-02T10:00:00Z"), "2026-06-02").await;
    let unbilled = with_quota(world, monthly.customer, |_| {}).await;
    let quotas = [monthly, carried, money, overbooked, yearly, unbilled, other];
    let contracts = quotas.iter().map(|quota| quota.contract).chain([plain]).collect();
    (monthly.customer, contracts)
}

fn random_line(rng: &mut fastrand::Rng) -> Line {
    let quantity = ["0.25", "0.5", "0.01", "1", "2.5", "-1", "6"][rng.usize(..7)];
    let price = ["100", "99.99", "33.3333", "0"][rng.usize(..4)];
    let unit = [LineUnit::Hour, LineUnit::Hour, LineUnit::Hour, LineUnit::Minute, LineUnit::Piece][rng.usize(..5)];
    let mut line = Line { unit, ..hours(quantity, price) };
    if rng.usize(..10) == 0 {
        line.group = None;
    }
    if rng.usize(..10) == 0 {
        line.vat = "7".parse().expect("a rate");
    }
    line
}

fn random_draft_line(world: &World, rng: &mut fastrand::Rng, contracts: &[ContractId]) -> DraftLine {
    let contract = rng.choice(contracts.iter().copied()).filter(|_| rng.usize(..12) > 0);
    DraftLine { id: LineId::new(world.id()), line: random_line(rng), contract, clears: rng.usize(..12) > 0 }
}

/// Moved, taken out, added, changed; another date.
fn change(world: &World, rng: &mut fastrand::Rng, contracts: &[ContractId], draft: &mut DocumentDraft) {
    for _ in 0..rng.usize(..4) {
        let places = draft.lines.len();
        match rng.usize(..5) {
            0 => rng.shuffle(&mut draft.lines),
            1 if places > 0 => drop(draft.lines.remove(rng.usize(..places))),
            2 if places > 0 => draft.lines[rng.usize(..places)].line = random_line(rng),
            3 => draft.date = random_day(rng),
            _ => draft.lines.push(random_draft_line(world, rng, contracts)),
        }
    }
}

fn random_day(rng: &mut fastrand::Rng) -> chrono::NaiveDate {
    day("2026-03-28") + chrono::Days::new(rng.u64(..100))
}

/// Of a quota that no line names the person sees what is left; saving has nothing to say about it.
fn of_the_lines(shown: Reconciled, saved: &Reconciled) -> Reconciled {
    let named = |contract| saved.left.iter().any(|left| left.contract == contract);
    let left = shown.left.into_iter().filter(|left| named(left.contract)).collect();
    Reconciled { left, ..shown }
}

async fn preview(env: &Env, draft: &mut DocumentDraft, again: bool) -> Reconciled {
    let (facts, fixed): (ClearingFacts, _) = if again {
        let editor = documents::editor(env, &admin(), Some(draft.id), None).await.expect("the editor");
        let stored = editor.document.expect("a draft");
        let clearing = editor.clearing.expect("a customer");
        if stored.date == draft.date {
            (clearing, stored.fixed)
        } else {
            let facts = documents::facts(env, &admin(), draft.customer, draft.date, Some(draft.id)).await;
            (facts.expect("the facts"), stored.fixed)
        }
    } else {
        let facts = documents::facts(env, &admin(), draft.customer, draft.date, None).await;
        (facts.expect("the facts"), Vec::new())
    };
    // A contract of another customer comes with the document that names it, and not before.
    let known = |contract| facts.facts.contract(contract).is_some();
    draft.lines.retain(|line| line.contract.is_none_or(known));
    let document: ClearingDocument = draft.clearing(fixed);
    let shown = reconcile(&document, &facts.facts).expect("it can be reconciled");
    draft.seen = shown.lines.iter().map(LineClearing::shown).collect();
    shown
}

/// Red when: the editor's facts depend on which contracts are asked for, or leave out what the document holds.
async fn the_preview_is_what_saving_does(world: World) {
    let (customer, contracts) = given_contracts(&world).await;
    let mut rng = fastrand::Rng::with_seed(4_711);
    let mut drafts: Vec<DocumentDraft> = Vec::new();
    let mut outcomes = std::collections::BTreeMap::<&str, usize>::new();
    for round in 0..ROUNDS {
        let again = !drafts.is_empty() && rng.usize(..3) > 0;
        let place = if again { rng.usize(..drafts.len()) } else { drafts.len() };
        let mut draft = if again {
            let mut draft = drafts[place].clone();
            change(&world, &mut rng, &contracts, &mut draft);
            draft
        } else {
            let mut draft = world.note_draft((customer, contracts[0]), "2026-04-10", &[]);
            draft.kind = if rng.bool() { DocumentKind::DeliveryNote } else { DocumentKind::Invoice };
            draft.date = random_day(&mut rng);
            draft.lines = (0..rng.usize(1..9)).map(|_| random_draft_line(&world, &mut rng, &contracts)).collect();
            draft
        };
        let shown = preview(&world, &mut draft, again).await;
        let saved = world.saves(&draft).await;
        assert_eq!(saved.differences, [], "round {round}");
        assert_eq!(of_the_lines(shown, &saved.reconciled), saved.reconciled, "round {round}");
        for line in &saved.reconciled.lines {
            *outcomes.entry(line.outcome.name()).or_default() += 1;
        }
        let draft = now(&draft, &saved.page);
        if again {
            drafts[place] = draft;
        } else {
            drafts.push(draft);
        }
        // Some are issued and some deleted: others compete for the rest.
        if round % 10 == 9 {
            let gone = drafts.swap_remove(rng.usize(..drafts.len()));
            if gone.lines.is_empty() || rng.bool() {
                documents::delete(&world, &admin(), gone.id, None).await.expect("it is deleted");
            } else {
                world.issues(gone.id).await;
            }
        }
    }
    // Chance has tried what there is to try.
    for expected in ["full", "partial", "overbooked", "exhausted", "period_not_billed", "contract_not_active"] {
        assert!(outcomes.get(expected).is_some_and(|times| *times > 2), "{expected}: {outcomes:?}");
    }
    for draft in &drafts {
        let edited = documents::editor(&world, &admin(), Some(draft.id), None).await.expect("the editor");
        let edited = edited.document.expect("a draft");
        assert_eq!((&edited.lines, edited.version, edited.date), (&draft.lines, draft.version, draft.date));
    }
    assert_sound(&world).await;
}

/// With a contract of longer periods beside it, nothing more has lapsed. Red when: all accounts are read for the dates of
/// all.
async fn a_contract_of_longer_periods_changes_nothing(world: World) {
    let monthly = unbilled(&world, |_| {}).await;
    with_quota(&world, monthly.customer, |contract| {
        contract.terms.billing.interval = 12;
    })
    .await;
    world.bills(&world.when("2027-04-02T10:00:00Z"), "2027-04-02").await;
    let mut draft = world.note_draft(monthly.of(), "2027-04-10", &[hours("9", "100"), hours("1", "100")]);
    let shown = preview(&world, &mut draft, false).await;
    let saved = world.saves(&draft).await;
    assert_eq!(of_the_lines(shown, &saved.reconciled), saved.reconciled);
    let Some(domain::clearing::Reason::Exhausted { lapsed, .. }) = saved.reconciled.lines[1].outcome.reason() else {
        panic!("{:?}", saved.reconciled.lines[1])
    };
    assert_eq!(lapsed.len(), 1, "March, and nothing before it");
    assert_sound(&world).await;
}

on_both!(the_preview_is_what_saving_does, a_contract_of_longer_periods_changes_nothing);
