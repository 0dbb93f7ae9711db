//! Changing contracts: the timeline, a type applied to many, and ends, on both engines.

use std::collections::BTreeSet;

use domain::{
    ContractId, ContractTypeId, CustomerId, Role,
    contracts::{Effect, Ending, Loss, Section, Terms, TermsError, ending, timeline},
    quota::{Amount, Overbooking},
};
use usecases::{
    Env, accounts, contract_types, contracts, documents,
    testing::{HOUR, World, as_role, day, problem, with_key},
};
use wire::{
    FieldReason, Noun, Problem,
    contracts::{
        Applications, ApplyDraft, ApplyOutcome, ApplyQuery, ApplyView, ContractPage, ContractTypeDraft, EndDraft,
        terms_changes,
    },
};

use crate::{
    desk::{lines, unbilled},
    office::{account, admin, change, claims, given, page},
    support::{assert_sound, books},
    undo::cancel,
};

const JUNE: &str = "2026-06-15T10:00:00Z";

fn raise(terms: &mut Terms, hours: i64) {
    terms.quota.iter_mut().for_each(|quota| quota.amount = Amount::new(hours * HOUR));
}

/// Red when: a claim names other terms than those that billed it, a freed period is lost, or the present terms are not
/// those of the next period.
async fn the_timeline_tells_which_terms_billed_what(world: World) {
    let quota = unbilled(&world, |_| {}).await;
    let told = contracts::timeline(&world, &admin(), quota.contract).await.expect("the timeline");
    assert_eq!((told.facts.billed.len(), told.facts.versions.len(), told.version), (0, 1, 1));
    world.bills(&world.when(JUNE), "2026-06-15").await;
    change(&world, quota.contract, |contract| raise(&mut contract.terms, 6)).await;
    let told = contracts::timeline(&world, &admin(), quota.contract).await.expect("the timeline");
    let steps = timeline(&told.facts);
    assert_eq!((steps.steps.len(), steps.steps[0].periods.len(), steps.steps[0].version), (1, 3, 1));
    let ahead = steps.ahead.expect("July");
    assert_eq!(
        (ahead.period.service.from, ahead.due, ahead.changes),
        (day("2026-07-01"), day("2026-07-01"), vec!["amount"])
    );
    assert!(told.invoices.iter().all(|invoice| invoice.document.as_ref().is_some_and(|(_, number)| number.is_some())));
    assert_eq!(told.facts.billed.iter().map(|billed| billed.granted.units()).collect::<Vec<_>>(), [4 * HOUR; 3]);
    assert_eq!(told.saved.iter().map(|saved| saved.version).collect::<Vec<_>>(), [1, 2]);

    cancel(&world, claims(&world, quota.contract).await[1].document.expect("an invoice")).await;
    let told = contracts::timeline(&world, &admin(), quota.contract).await.expect("the timeline");
    assert_eq!(told.facts.freed, BTreeSet::from([1]));
    assert_eq!(told.facts.billed.iter().map(|billed| billed.number).collect::<Vec<_>>(), [0, 2]);
    let unknown = contracts::timeline(&world, &admin(), ContractId::new(world.id())).await;
    assert_eq!(problem(unknown.expect_err("nothing")), Problem::NotFound { what: Noun::Contract });
}

async fn ended(env: &Env, page: &ContractPage, how: Ending) -> Result<ContractPage, Problem> {
    let draft = EndDraft { contract: page.contract.id, version: page.version, how };
    contracts::end(env, &admin(), draft).await.map_err(problem)
}

/// Red when: the preview is made of other facts than the act, the account does not end with the contract, or an end
/// takes away what was billed and drawn.
async fn an_end_does_what_its_plan_says(world: World) {
    let quota = unbilled(&world, |contract| {
        contract.terms.billing.proration = domain::contracts::Proration::Daily;
    })
    .await;
    let june = world.when(JUNE);
    world.bills(&june, "2026-06-15").await;
    let note = world.note_draft(quota.of(), "2026-06-10", &lines(&["1"]));
    world.saves(&note).await;
    world.issues(note.id).await;
    let draft = world.note_draft(quota.of(), "2026-06-12", &lines(&["0.5"]));
    world.saves(&draft).await;

    let how = Ending::Agreed { until: day("2026-06-11") };
    let (view, plan) = contracts::end_plan(&june, &admin(), quota.contract, how).await.expect("the plan");
    assert_eq!((plan.end, plan.earlier), (Some(day("2026-06-11")), None));
    let last = plan.last.clone().expect("June");
    assert_eq!((last.bill.totals.net, last.whole.net, last.days), (13_333, 39_999, Some((10, 30))));
    assert_eq!(last.billed.expect("billed").net, 39_999);
    let lots: Vec<_> = plan.lots.iter().map(|lost| (lost.amount.units(), lost.loss)).collect();
    assert_eq!(lots, [(5 * HOUR / 2, Loss::Cut)]);
    assert_eq!(plan.beyond.iter().map(|beyond| beyond.billed.number).collect::<Vec<_>>(), [2]);
    assert_eq!(plan.drawn.iter().map(|drawn| drawn.amount.units()).collect::<Vec<_>>(), [HOUR / 2]);
    assert_eq!(plan.documents.iter().map(|document| document.document).collect::<Vec<_>>(), [draft.id]);
    assert_eq!(view.draws.len(), 2, "what was drawn is named by its document");
    // The facts of the page give the same plan as those that were asked for.
    let usual = contracts::end_view(&june, &admin(), quota.contract, None).await.expect("the facts");
    assert_eq!(ending(&usual.facts, how, usual.hours_per_day).expect("a plan"), plan);

    let before = page(&june, quota.contract).await;
    let after = ended(&june, &before, how).await.expect("it is ended");
    assert_eq!((after.version, &after.contract), (2, &plan.contract));
    let facts = accounts::facts(&june, &admin(), quota.account, day("2026-06-11")).await.expect("the account");
    assert_eq!((facts.end, facts.available(day("2026-06-11"))), (Some(day("2026-06-11")), Ok(Amount::ZERO)));
    let left: i64 = facts
        .lots
        .iter()
        .filter(|state| state.lot.valid.from == day("2026-06-01"))
        .map(|state| state.lapsed(day("2026-06-11")).expect("figures").units())
        .sum();
    assert_eq!(left, 5 * HOUR / 2, "what the plan said lapses");
    assert_eq!(claims(&june, quota.contract).await.iter().filter(|claim| !claim.cancelled).count(), 3);
    assert_eq!(after.history[0].fields.len(), 1, "{:?}", after.history[0]);
    assert_sound(&world).await;
    // The draft of a later day no longer draws; the issued one keeps what it has.
    let saved = world.saves(&documents_now(&world, &draft).await).await;
    assert_eq!(saved.reconciled.lines[0].outcome.name(), "contract_not_active");
    assert_sound(&world).await;

    // The same again changes nothing, whatever version was seen; taken back, all is as before.
    let stored = books(&world).await;
    assert_eq!(ended(&june, &before, how).await.expect("the same").version, 2);
    assert_eq!(books(&world).await, stored);
    let (_, plan) = contracts::end_plan(&june, &admin(), quota.contract, Ending::TakenBack).await.expect("the plan");
    assert_eq!((plan.end, plan.last, plan.lots.len()), (None, None, 0));
    let back = ended(&june, &after, Ending::TakenBack).await.expect("it is taken back");
    assert_eq!(back.contract, before.contract);
    let facts = accounts::facts(&june, &admin(), quota.account, day("2026-06-11")).await.expect("the account");
    assert_eq!((facts.end, facts.available(day("2026-06-11"))), (None, Ok(Amount::new(3 * HOUR))));
    assert_sound(&world).await;
}

async fn documents_now(world: &World, draft: &wire::documents::DocumentDraft) -> wire::documents::DocumentDraft {
    let found = documents::page(world, &admin(), draft.id).await.expect("the document");
    // Another text, so that there is something to save.
    let mut draft = wire::documents::DocumentDraft { version: found.version, ..draft.clone() };
    draft.lines[0].line.text.push('!');
    draft
}

/// Red when: a notice is not what the term says, an impossible day is taken, an old version wins, or sales may not.
async fn an_end_is_refused_at_its_field(world: World) {
    let quota = unbilled(&world, |_| {}).await;
    let first = page(&world, quota.contract).await;
    let before = books(&world).await;
    let early = ended(&world, &first, Ending::Agreed { until: day("2026-04-01") }).await.expect_err("too early");
    let start = day("2026-04-01");
    let expected = TermsError::EndsBeforeStart { start, end: start };
    assert_eq!(early, Problem::field("last", FieldReason::Terms(expected, domain::quota::Unit::Time)));
    let stale = EndDraft { contract: quota.contract, version: 7, how: Ending::Notice { on: day("2026-10-01") } };
    assert_eq!(problem(contracts::end(&world, &admin(), stale).await.expect_err("stale")), Problem::Changed);
    let nowhere = EndDraft { contract: ContractId::new(world.id()), ..stale };
    let nowhere = problem(contracts::end(&world, &admin(), nowhere).await.expect_err("nothing there"));
    assert_eq!(nowhere, Problem::NotFound { what: Noun::Contract });
    assert_eq!(books(&world).await, before);
    let sales = as_role(Role::Sales);
    let notice = EndDraft { version: 1, ..stale };
    let after = contracts::end(&world, &sales, notice).await.expect("sales may");
    assert_eq!((after.contract.end(), after.contract.cancelled_on), (Some(day("2027-04-01")), Some(day("2026-10-01"))));
    let again = contracts::end(&world, &with_key(sales, "end", "hash"), notice).await.expect("the same");
    assert_eq!(again.version, 2);
    assert_sound(&world).await;
}

/// Red when: a change that works at once is told to work from the next billing on, or what is told to work at once does
/// not.
async fn what_works_at_once_is_told_and_does(world: World) {
    let quota = unbilled(&world, |_| {}).await;
    let june = world.when(JUNE);
    world.bills(&june, "2026-06-15").await;
    change(&june, quota.contract, |contract| {
        raise(&mut contract.terms, 6);
        contract.terms.quota.iter_mut().for_each(|quota| quota.overbooking = Overbooking::Yes { limit: None });
    })
    .await;
    let told = contracts::timeline(&june, &admin(), quota.contract).await.expect("the timeline");
    let told = timeline(&told.facts);
    assert_eq!(told.ahead.expect("July").changes, ["amount"]);
    assert_eq!(told.at_once, [(Effect::Draws, vec!["overbooking"])]);
    // June was billed with 4 h and without overbooking: the amount stays, and five hours are drawn all the same.
    let note = world.note_draft(quota.of(), "2026-06-20", &lines(&["5"]));
    let saved = world.saves(&note).await;
    assert_eq!(saved.reconciled.lines[0].outcome.name(), "overbooked");
    assert_sound(&world).await;
}

/// Customers with contracts of one type.
struct Sold {
    contract_type: ContractTypeId,
    contracts: Vec<ContractId>,
}

async fn template(
    world: &World,
    id: ContractTypeId,
    version: i64,
    twist: impl FnOnce(&mut Terms),
) -> ContractTypeDraft {
    let mut terms = world.contract_draft(CustomerId::new(world.id()), "2026-04-01").contract.terms;
    twist(&mut terms);
    let draft = ContractTypeDraft { id, version, name: "Gold".to_owned(), terms };
    contract_types::save(world, &admin(), draft.clone()).await.expect("the type is saved");
    draft
}

/// Five contracts of a type, the first three billed, then the type is raised to 6 h at 499.99.
async fn sold(world: &World) -> Sold {
    let contract_type = ContractTypeId::new(world.id());
    template(world, contract_type, 0, |_| {}).await;
    let mut contracts = Vec::new();
    for name in ["Alpha GmbH", "Beta AG", "Gamma KG", "Delta eG", "Epsilon SE"] {
        let customer = world.customer(name).await;
        let start = if contracts.len() < 3 { "2026-04-01" } else { "2026-09-01" };
        let mut draft = world.contract_draft(customer, start);
        draft.contract_type = Some(contract_type);
        contracts.push(world.contract(draft).await.contract.id);
    }
    world.bills(&world.env, "2026-04-15").await;
    template(world, contract_type, 1, |terms| {
        raise(terms, 6);
        terms.items[0].price = "499.99".parse().expect("a price");
        terms.billing.interval = 3;
        terms.quota.iter_mut().for_each(|quota| quota.overbooking = Overbooking::Yes { limit: None });
    })
    .await;
    Sold { contract_type, contracts }
}

async fn seen(world: &World, contract_type: ContractTypeId, q: &str) -> ApplyView {
    let ask = ApplyQuery { contract_type, q: q.to_owned() };
    contracts::apply_view(world, &admin(), &ask).await.expect("the contracts")
}

fn draft(view: &ApplyView, sections: &[Section]) -> ApplyDraft {
    ApplyDraft {
        contract_type: view.id,
        version: view.version,
        sections: sections.iter().copied().collect(),
        contracts: view.contracts.iter().map(|found| (found.contract.id, found.version)).collect(),
    }
}

async fn apply(world: &World, draft: ApplyDraft) -> Applications {
    contracts::apply_type(world, &admin(), draft).await.expect("it is applied")
}

/// Red when: the act decides otherwise than the preview, a field or a contract that was not chosen changes, what is
/// fixed changes, or the account does not follow.
async fn a_type_is_applied_as_previewed(world: World) {
    let sold = sold(&world).await;
    let view = seen(&world, sold.contract_type, "").await;
    assert_eq!(view.contracts.iter().map(|found| found.contract.id).collect::<Vec<_>>(), sold.contracts);
    let mut chosen = draft(&view, &[Section::Billing, Section::Items, Section::Quota]);
    let left_out = chosen.contracts.remove(1).0;
    let untouched = page(&world, left_out).await;
    let done = apply(&world, chosen.clone()).await;
    assert_eq!(done.contracts.len(), 4);
    for (id, number, outcome) in &done.contracts {
        let found = view.contracts.iter().find(|found| found.contract.id == *id).expect("a contract");
        let plan = domain::contracts::apply(
            &view.terms,
            &found.contract,
            &chosen.sections,
            found.billed,
            found.counts,
            world.today(),
        );
        let after = page(&world, *id).await;
        assert_eq!((&after.contract, &after.card.number, after.version), (&plan.contract, number, found.version + 1));
        let changes = terms_changes(&found.contract.terms, &plan.contract.terms);
        assert_eq!(changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), plan.changes);
        assert_eq!(after.history[0].fields, changes, "the history says what changed");
        assert_eq!(outcome, &ApplyOutcome::Applied { changes });
        let interval = if found.next > 0 { 1 } else { 3 };
        assert_eq!((after.contract.terms.billing.interval, plan.kept.len()), (interval, usize::from(found.next > 0)));
        let facts = accounts::facts(&world, &admin(), account(&after), day("2026-04-15")).await.expect("the account");
        assert_eq!(facts.account.policy.overbooking, Overbooking::Yes { limit: None });
    }
    let mut now = page(&world, left_out).await;
    now.history.clone_from(&untouched.history);
    assert_eq!(now, untouched);
    assert_sound(&world).await;
    // A second time changes nothing; what is due is what the new terms say.
    let before = books(&world).await;
    let view = seen(&world, sold.contract_type, "").await;
    let again =
        apply(&world, ApplyDraft { contracts: chosen.contracts.clone(), ..draft(&view, &[Section::Quota]) }).await;
    assert!(again.contracts.iter().all(|(_, _, outcome)| *outcome == ApplyOutcome::Unchanged), "{again:?}");
    assert_eq!(books(&world).await, before);
    world.bills(&world.when("2026-05-15T10:00:00Z"), "2026-05-01").await;
    let granted: Vec<_> =
        claims(&world, sold.contracts[0]).await.iter().map(|claim| claim.lots[0].amount.units() / HOUR).collect();
    assert_eq!(granted, [4, 6], "April stays, May has the new quota");
    assert_sound(&world).await;
}

/// Red when: what somebody changed after the preview is overwritten, a changed type is applied, a contract of another
/// type is touched, or a faulty one stops the others.
async fn what_changed_after_the_preview_is_left_alone(world: World) {
    let sold = sold(&world).await;
    let view = seen(&world, sold.contract_type, "").await;
    change(&world, sold.contracts[0], |contract| raise(&mut contract.terms, 5)).await;
    change(&world, sold.contracts[1], |contract| contract.terms.quota = None).await;
    let view_then = view;
    let other = page(&world, sold.contracts[2]).await;
    let mut moved = crate::office::edited(&other, |_| {});
    moved.contract_type = None;
    world.contract(moved).await;
    let mut chosen = draft(&view_then, &[Section::Quota]);
    chosen.contracts.push((ContractId::new(world.id()), 1));
    let twice = chosen.contracts[3];
    chosen.contracts.push(twice);
    let done = apply(&world, chosen).await;
    let outcomes: Vec<_> = done
        .contracts
        .iter()
        .map(|(_, _, outcome)| match outcome {
            ApplyOutcome::Applied { .. } => "applied",
            ApplyOutcome::Unchanged => "unchanged",
            ApplyOutcome::Changed { .. } => "changed",
            ApplyOutcome::Refused { .. } => "refused",
            ApplyOutcome::NotFound => "not_found",
        })
        .collect();
    assert_eq!(outcomes, ["changed", "changed", "not_found", "applied", "applied", "not_found"]);
    assert_eq!(page(&world, sold.contracts[0]).await.contract.terms.quota.expect("a quota").amount.units(), 5 * HOUR);
    assert_eq!(page(&world, sold.contracts[1]).await.contract.terms.quota, None);
    assert_sound(&world).await;

    // In arrears without the quota: what would be wrong is left alone, and told.
    template(&world, sold.contract_type, 2, |terms| {
        (terms.billing.time, terms.quota) = (domain::contracts::BillingTime::Arrears, None);
    })
    .await;
    let before = books(&world).await;
    let stale = contracts::apply_type(&world, &admin(), draft(&view_then, &[Section::Term])).await;
    assert_eq!(problem(stale.expect_err("the type changed")), Problem::Changed);
    let view = seen(&world, sold.contract_type, "alp").await;
    assert_eq!(view.contracts.len(), 1, "the filter finds the customer");
    let done = apply(&world, draft(&view, &[Section::Billing])).await;
    let refused =
        |outcome: &ApplyOutcome| matches!(outcome, ApplyOutcome::Refused { faults, .. } if faults[0].0 == "time");
    assert!(refused(&done.contracts[0].2), "{done:?}");
    assert_eq!(books(&world).await, before);
    assert_eq!(seen(&world, sold.contract_type, "v-00002").await.contracts.len(), 1);
    assert_eq!(seen(&world, sold.contract_type, "zzz").await.contracts.len(), 0);
}

/// Three hundred at once, by few statements. Red when: a contract costs statements of its own.
async fn hundreds_at_once(world: World) {
    let contract_type = ContractTypeId::new(world.id());
    template(&world, contract_type, 0, |_| {}).await;
    let customer = world.customer("Alpha GmbH").await;
    for _ in 0..300 {
        let mut draft = world.contract_draft(customer, "2026-04-01");
        draft.contract_type = Some(contract_type);
        contracts::save(&world, &admin(), draft).await.expect("it is saved");
    }
    template(&world, contract_type, 1, |terms| raise(terms, 6)).await;
    let view = seen(&world, contract_type, "").await;
    assert_eq!((view.contracts.len(), view.more), (300, false));
    let done = apply(&world, draft(&view, &Section::ALL)).await;
    assert_eq!(done.contracts.len(), 300);
    assert!(done.contracts.iter().all(|(_, _, outcome)| matches!(outcome, ApplyOutcome::Applied { .. })));
    let after = seen(&world, contract_type, "").await;
    assert!(after.contracts.iter().all(|found| found.contract.terms == after.terms && found.version == 2));
    assert_sound(&world).await;
}

/// A quota that is taken out in the middle of a month leaves the lot that was paid for. Red when: a document of that
/// month is charged in full.
async fn a_quota_that_is_taken_out_still_clears_what_was_paid_for(world: World) {
    let quota = unbilled(&world, |_| {}).await;
    world.bills(&world.env, "2026-04-15").await;
    change(&world, quota.contract, |contract| contract.terms.quota = None).await;
    let april = world.note_draft(quota.of(), "2026-04-20", &lines(&["3", "2"]));
    let saved = world.saves(&april).await;
    let cleared: Vec<_> =
        saved.reconciled.lines.iter().map(|line| (line.outcome.name(), line.cleared.units() / HOUR)).collect();
    assert_eq!(cleared, [("full", 3), ("partial", 1)]);
    world.issues(april.id).await;
    let may = world.saves(&world.note_draft(quota.of(), "2026-05-04", &lines(&["1"]))).await;
    assert_eq!(may.reconciled.lines[0].outcome.name(), "not_a_quota_contract");
    assert_sound(&world).await;
}

/// A year without renewal, prolonged by an agreement: without the agreement it was over half a year ago.
///
/// Red when: the preview looks only at what is recent, so that it is refused or tells less than the act does.
async fn an_end_that_lies_long_ago_is_planned_from_there(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let before = given(&world, customer, "2025-01-01", |contract| {
        (contract.terms.term, contract.terms.renewal) = (12, None);
        contract.agreed_end = Some(day("2027-01-01"));
    })
    .await;
    let (id, june) = (before.contract.id, world.when("2026-06-10T10:00:00Z"));
    world.bills(&june, "2026-06-10").await;
    let mut plans = Vec::new();
    for how in [Ending::Notice { on: day("2026-06-10") }, Ending::TakenBack] {
        let (_, plan) = contracts::end_plan(&june, &admin(), id, how).await.expect("the plan");
        assert_eq!((plan.end, plan.earlier), (Some(day("2026-01-01")), Some(day("2027-01-01"))));
        let losses: Vec<_> = plan.lots.iter().map(|lost| lost.loss).collect();
        let [now, later] = [Loss::ByItself, Loss::Beyond];
        assert_eq!(losses, [now, later, later, later, later, later, later], "December ends then, six months are lost");
        assert_eq!(plan.beyond.len(), 6);
        plans.push(plan);
    }
    // The page asks for the same once it knows where the end comes to.
    let asked = contracts::end_view(&june, &admin(), id, Some(day("2026-01-01"))).await.expect("the facts");
    assert_eq!(ending(&asked.facts, Ending::TakenBack, asked.hours_per_day).as_ref(), Ok(&plans[1]));
    let after = ended(&june, &before, Ending::TakenBack).await.expect("it is done as planned");
    assert_eq!(after.contract, plans[1].contract);
    let facts = accounts::facts(&june, &admin(), account(&after), day("2026-06-10")).await.expect("the account");
    assert_eq!((facts.end, facts.available(day("2026-06-10"))), (plans[1].end, Ok(Amount::ZERO)));
    assert_sound(&world).await;
}

/// Red when: a quota comes back with other periods than those that were billed, by hand or with a type.
async fn a_quota_that_comes_back_keeps_its_interval(world: World) {
    let sold = sold(&world).await;
    let id = sold.contracts[0];
    change(&world, id, |contract| contract.terms.quota = None).await;
    let quota = world.contract_draft(CustomerId::new(world.id()), "2026-04-01").contract.terms.quota;
    let other = |interval| {
        let quota = quota.clone().map(|quota| domain::contracts::QuotaTerms { interval, ..quota });
        move |contract: &mut domain::contracts::Contract| contract.terms.quota = quota
    };
    let now = page(&world, id).await;
    let refused = crate::office::refused(&world, crate::office::edited(&now, other(Some(3)))).await;
    assert_eq!(
        refused,
        Problem::field("quota_interval", FieldReason::Terms(TermsError::Fixed, domain::quota::Unit::Time))
    );
    // The billing interval of the type is 3 months, and its quota has none of its own.
    let view = seen(&world, sold.contract_type, "alpha").await;
    apply(&world, draft(&view, &[Section::Quota])).await;
    let terms = page(&world, id).await.contract.terms;
    assert_eq!((terms.billing.interval, terms.quota_interval()), (1, Some(1)));
    template(&world, sold.contract_type, 2, |terms| {
        terms.quota.iter_mut().for_each(|quota| quota.interval = Some(3));
    })
    .await;
    change(&world, id, |contract| contract.terms.quota = None).await;
    let view = seen(&world, sold.contract_type, "alpha").await;
    apply(&world, draft(&view, &[Section::Quota])).await;
    assert_eq!(page(&world, id).await.contract.terms.quota_interval(), Some(1));
    assert_sound(&world).await;
}

/// Red when: a type moves the end of a contract that is under notice, or revives one that has ended.
async fn a_type_moves_no_end_that_is_settled(world: World) {
    let contract_type = ContractTypeId::new(world.id());
    template(&world, contract_type, 0, |_| {}).await;
    let customer = world.customer("Alpha GmbH").await;
    let mut new = world.contract_draft(customer, "2024-01-01");
    new.contract_type = Some(contract_type);
    let terms = &mut new.contract.terms;
    (terms.term, terms.renewal, terms.notice) = (12, Some(12), 3);
    new.contract.cancelled_on = Some(day("2026-05-01"));
    let id = world.contract(new).await.contract.id;
    template(&world, contract_type, 1, |terms| {
        (terms.term, terms.renewal, terms.notice) = (12, Some(1), 1);
        raise(terms, 6);
    })
    .await;
    let autumn = world.when("2026-09-10T10:00:00Z");
    let view = seen(&world, contract_type, "").await;
    let applied = |env: Env, sections: Vec<Section>| {
        let draft = draft(&view, &sections);
        async move { contracts::apply_type(&env, &admin(), draft).await.expect("it is tried").contracts.remove(0).2 }
    };
    let before = books(&world).await;
    assert_eq!(applied(autumn, vec![Section::Term]).await, ApplyOutcome::Unchanged);
    let late = applied(world.when("2027-02-01T10:00:00Z"), vec![Section::Term, Section::Quota]).await;
    let ended = ("term".to_owned(), TermsError::Ended { end: day("2027-01-01") });
    assert_eq!(late, ApplyOutcome::Refused { faults: vec![ended], unit: domain::quota::Unit::Time });
    assert_eq!(books(&world).await, before);
    assert_eq!(page(&world, id).await.contract.end(), Some(day("2027-01-01")));
}

on_both!(
    an_end_that_lies_long_ago_is_planned_from_there,
    a_quota_that_comes_back_keeps_its_interval,
    a_type_moves_no_end_that_is_settled,
    the_timeline_tells_which_terms_billed_what,
    what_works_at_once_is_told_and_does,
    an_end_does_what_its_plan_says,
    an_end_is_refused_at_its_field,
    a_type_is_applied_as_previewed,
    what_changed_after_the_preview_is_left_alone,
    hundreds_at_once,
    a_quota_that_is_taken_out_still_clears_what_was_paid_for,
);
