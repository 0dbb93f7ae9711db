//! Repairs: each makes the line clear that it was offered for, and done twice it is done once.

use domain::{
    ContractId, LineId, Permission, Role,
    clearing::{Group, Repair, repairs},
    contracts::BillError,
    groups::Switch,
    quota::{Amount, QuotaError, Unit},
};
use usecases::{
    Refused, accounts, documents,
    testing::{World, as_role, day, problem, support},
};
use wire::{
    Noun, Problem,
    accounts::EndDraft,
    billing::NotBilled,
    documents::{DocumentDraft, RepairDraft},
};

use crate::{
    desk::{Quota, april, h, lines, now, outcomes, switch_support, unbilled, with_quota},
    office::{admin, claims, fields, page, range},
    support::{assert_sound, books},
};

/// What is offered for a line of a document.
async fn offered(world: &World, draft: &DocumentDraft, line: LineId) -> Vec<Repair> {
    let facts =
        documents::facts(world, &admin(), draft.customer, draft.date, Some(draft.id)).await.expect("facts").facts;
    let document = draft.clearing(Vec::new());
    let now = domain::clearing::reconcile(&document, &facts).expect("it can be reconciled");
    repairs(&document, &facts, &now, line).expect("repairs")
}

fn wanted(world: &World, quota: &Quota, repair: Repair) -> RepairDraft {
    let reason = "Goodwill".to_owned();
    RepairDraft { key: world.id(), customer: quota.customer, repair, reason }
}

async fn done(world: &World, draft: &RepairDraft) -> Result<(), Refused> {
    documents::repair(world, &admin(), draft.clone()).await
}

/// Offered, done twice, and the line clears. Red when: a repair does something else than its effect was shown.
async fn clears_after(world: &World, quota: &Quota, date: &str, pick: fn(&Repair) -> bool, expected: (&str, i64)) {
    let draft = world.note_draft(quota.of(), date, &lines(&["5"]));
    let saved = world.saves(&draft).await;
    let line = draft.lines[0].id;
    let all = offered(world, &draft, line).await;
    let repair = *all.iter().find(|repair| pick(repair)).unwrap_or_else(|| panic!("it is offered: {all:?}"));
    let facts =
        documents::facts(world, &admin(), draft.customer, draft.date, Some(draft.id)).await.expect("facts").facts;
    let effect = domain::clearing::effect(&draft.clearing(Vec::new()), &facts, &repair).expect("an effect");
    let wanted = wanted(world, quota, repair);
    done(world, &wanted).await.expect("it is repaired");
    let before = books(world).await;
    done(world, &wanted).await.expect("it was repaired");
    assert_eq!(books(world).await, before, "{repair:?} twice");
    let saved = world.saves(&now(&draft, &saved.page)).await;
    assert_eq!(outcomes(&saved)[0].0, expected.0, "{repair:?}");
    assert_eq!(outcomes(&saved)[0].1, expected.1, "{repair:?}");
    let shown = |of: &domain::clearing::Reconciled| (of.lines[0].outcome.name(), of.lines[0].cleared, of.lines[0].item);
    assert_eq!(shown(&saved.reconciled), shown(&effect), "{repair:?}");
    assert_sound(world).await;
}

async fn a_group_is_enabled(world: World) {
    let quota = april(&world).await;
    switch_support(&world, Switch::Off).await;
    let pick = |repair: &Repair| matches!(repair, Repair::EnableGroup { .. });
    clears_after(&world, &quota, "2026-04-10", pick, ("partial", h(4))).await;
    assert_eq!(page(&world, quota.contract).await.contract.terms.groups.groups.get(&support()), Some(&Switch::On));
}

async fn overbooking_is_allowed(world: World) {
    let quota = april(&world).await;
    let pick = |repair: &Repair| matches!(repair, Repair::AllowOverbooking { .. });
    clears_after(&world, &quota, "2026-04-10", pick, ("overbooked", h(5))).await;
}

async fn a_free_quota_is_granted(world: World) {
    let quota = april(&world).await;
    let pick = |repair: &Repair| matches!(repair, Repair::GrantFreeQuota { .. });
    clears_after(&world, &quota, "2026-04-10", pick, ("full", h(5))).await;
}

async fn the_period_is_billed(world: World) {
    let quota = unbilled(&world, |_| {}).await;
    let pick = |repair: &Repair| matches!(repair, Repair::BillPeriod { .. });
    clears_after(&world, &quota, "2026-05-10", pick, ("partial", h(4))).await;
    // All that was due until then.
    assert_eq!(claims(&world, quota.contract).await.len(), 2);
}

/// Red when: a repair does not look whose contract it is, or what the role may do.
async fn what_a_repair_may_not_do_is_refused(world: World) {
    let quota = april(&world).await;
    let other = with_quota(&world, world.customer("Beta AG").await, |_| {}).await;
    let unknown = ContractId::new(world.id());
    let all = |contract| {
        let (amount, valid) = (Amount::new(h(1)), range("2026-04-01", "2026-05-01"));
        [
            Repair::EnableGroup { contract, group: Group::Group(support()) },
            Repair::AllowOverbooking { contract },
            Repair::BillPeriod { contract, as_of: day("2026-05-01") },
            Repair::GrantFreeQuota { contract, amount, valid },
        ]
    };
    let before = books(&world).await;
    for repair in all(other.contract).into_iter().chain(all(unknown)) {
        let told = done(&world, &wanted(&world, &quota, repair)).await.expect_err("another customer's");
        assert_eq!(problem(told), Problem::NotFound { what: Noun::Contract }, "{repair:?}");
    }
    // What the page asks of a role is what the use cases ask of it.
    for role in Role::ALL {
        let may =
            |repair: &Repair| role.may(Permission::EditDocuments) && repair.needs().is_none_or(|needs| role.may(needs));
        for repair in all(quota.contract).into_iter().filter(|repair| !may(repair)) {
            let told = documents::repair(&world, &as_role(role), wanted(&world, &quota, repair)).await;
            assert!(matches!(problem(told.expect_err("not theirs")), Problem::Forbidden { .. }), "{repair:?} {role:?}");
        }
    }
    // What concerns a line only is done in the draft.
    let line = LineId::new(world.id());
    for repair in [Repair::SwitchOn { line }, Repair::AssignContract { line, contract: quota.contract }] {
        let told = problem(done(&world, &wanted(&world, &quota, repair)).await.expect_err("nothing to do here"));
        assert_eq!(fields(&told), ["repair"]);
    }
    let [group, .., grant] = all(quota.contract);
    let silent = RepairDraft { reason: String::new(), ..wanted(&world, &quota, grant) };
    assert_eq!(fields(&problem(done(&world, &silent).await.expect_err("without a reason"))), ["reason"]);
    let Repair::EnableGroup { contract, .. } = group else { panic!("{group:?}") };
    let nowhere = Repair::EnableGroup { contract, group: Group::Group(domain::GroupId::new(world.id())) };
    let told = problem(done(&world, &wanted(&world, &quota, nowhere)).await.expect_err("there is no such group"));
    assert_eq!(fields(&told), ["switches"]);
    assert_eq!(books(&world).await, before);
    let mut done = 0;
    for role in [Role::Sales, Role::Accounting, Role::Admin] {
        for repair in all(contract).into_iter().filter(|repair| repair.needs().is_none_or(|needs| role.may(needs))) {
            documents::repair(&world, &as_role(role), wanted(&world, &quota, repair)).await.expect("the role may");
            done += 1;
        }
    }
    assert_eq!(done, 2 + 2 + 4);
    assert_sound(&world).await;
}

/// Red when: a person is told that a period was billed, and it was not.
async fn a_period_that_cannot_be_billed_says_why(world: World) {
    let quota = april(&world).await;
    let end = EndDraft { account: quota.account, until: Some(day("2026-04-20")), reason: "Mistake".to_owned() };
    accounts::end(&world, &admin(), end).await.expect("it ends");
    let bill = wanted(&world, &quota, Repair::BillPeriod { contract: quota.contract, as_of: day("2026-05-01") });
    let told = problem(done(&world, &bill).await.expect_err("nothing is granted after the end"));
    let (date, end) = (day("2026-05-01"), day("2026-04-20"));
    let reason = NotBilled::Refused { error: BillError::Quota(QuotaError::Ended { date, end }), unit: Unit::Time };
    assert_eq!(told, Problem::NotBilled { reason });
    assert_eq!(claims(&world, quota.contract).await.len(), 1);

    // What somebody else billed in the meantime is billed.
    let other = with_quota(&world, quota.customer, |_| {}).await;
    world.bills(&world.env, "2026-04-15").await;
    let bill = wanted(&world, &other, Repair::BillPeriod { contract: other.contract, as_of: day("2026-04-01") });
    done(&world, &bill).await.expect("the quota is there");
}

on_both!(
    a_group_is_enabled,
    overbooking_is_allowed,
    a_free_quota_is_granted,
    the_period_is_billed,
    what_a_repair_may_not_do_is_refused,
    a_period_that_cannot_be_billed_says_why,
);
