//! The audit of contracts and documents: every kind of damage is found and named.

use domain::{
    ContractId,
    quota::{DeficitPolicy, Overbooking},
};
use store::testing::{begin, commit, execute};
use usecases::{
    testing::{HOUR, World},
    verify::{Fault, verify},
};

use crate::{
    office::{account, bills_drafts, change, consolidated, given, plain},
    support::assert_sound,
};

/// A has a quota and began in February; B and C share invoices and began in April. All billed up to April 15 and
/// issued, RE-2026-00001 to 00004; May is billed and left as drafts.
async fn given_books(world: &World) -> [ContractId; 3] {
    let customer = world.customer("Alpha GmbH").await;
    let a = given(world, customer, "2026-02-01", |_| {}).await.contract.id;
    let shared = |contract: &mut domain::contracts::Contract| {
        plain(contract);
        consolidated(contract);
    };
    let b = given(world, customer, "2026-04-01", shared).await.contract.id;
    let c = given(world, customer, "2026-04-01", shared).await.contract.id;
    world.bills(&world.env, "2026-04-15").await;
    bills_drafts(&world.when("2026-05-01T10:00:00Z"), "2026-05-01").await;
    [a, b, c]
}

async fn faults_after(world: &World, damages: &[String]) -> Vec<Fault> {
    let mut tx = begin(&world.db).await;
    for sql in damages {
        execute(&mut tx, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    commit(tx).await;
    verify(&world.env, None).await.expect("the audit runs").faults
}

async fn good_books_of_contracts_have_no_fault(world: World) {
    given_books(&world).await;
    let report = verify(&world.env, None).await.expect("the audit runs");
    assert_eq!((report.accounts, report.contracts, report.documents, report.faults), (1, 3, 6, vec![]));
}

/// More of everything than one step takes. Red when: a step is not followed by the next.
async fn more_contracts_and_documents_than_one_step_are_all_audited(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let mut ids = Vec::new();
    for _ in 0..101 {
        ids.push(given(&world, customer, "2026-03-01", plain).await.contract.id);
    }
    world.bills(&world.env, "2026-04-15").await;
    let last = ids.iter().max().expect("the last by id");
    let damages = [
        format!("UPDATE contracts SET next_due = '2026-07-07' WHERE id = '{last}'"),
        "UPDATE documents SET net = net + 1 WHERE id = (SELECT MAX(id) FROM documents)".to_owned(),
        "UPDATE counters SET value = value + 1 WHERE name = 'invoice 2026'".to_owned(),
    ];
    let faults = faults_after(&world, &damages).await;
    let report = verify(&world.env, None).await.expect("the audit runs");
    assert_eq!((report.contracts, report.documents), (101, 202));
    let told: Vec<&str> = faults.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].starts_with("contract V-"), "{told:#?}");
    assert!(told[1].starts_with("document RE-2026-"), "{told:#?}");
    assert_eq!(told[2], "number RE-2026-00203 is missing: the range invoice 2026 is at 203");
}

/// The damage, with `A` for contract A, `OF(n)` for its claim of that period and `NOBODY` for an id that is nowhere, and
/// what is told.
const DAMAGES: [(&str, &str); 34] = [
    ("UPDATE contracts SET next_period = 5 WHERE id = A", "next is period 5, the claims say 4"),
    ("UPDATE contracts SET next_due = '2026-07-01' WHERE id = A", "contract V-00001: the terms say"),
    ("UPDATE contracts SET to_do_on = NULL WHERE id = A", "contract V-00001: the terms say"),
    ("UPDATE contracts SET ends_on = '2027-01-01' WHERE id = A", "contract V-00001: the terms say"),
    ("UPDATE contracts SET automatic = FALSE WHERE id = A", "contract V-00001: the terms say"),
    ("UPDATE contracts SET consolidated = TRUE WHERE id = A", "contract V-00001: the terms say"),
    ("UPDATE contracts SET account_id = NULL WHERE id = A", "is not one of its account and of billing"),
    ("UPDATE claims SET period = 9 WHERE id = OF(3)", "contract V-00001, period 3: was never claimed"),
    ("UPDATE claims SET period = 9 WHERE id = OF(3)", "period 9: it is"),
    (
        "DELETE FROM claim_lots WHERE claim_id = OF(1); DELETE FROM claims WHERE id = OF(1)",
        "contract V-00001, period 1: was never claimed",
    ),
    (
        "DELETE FROM claim_lots WHERE claim_id = OF(1); DELETE FROM claims WHERE id = OF(1)",
        "billing granted a lot that no claim names: contract: V-00001, lot ",
    ),
    (
        "DELETE FROM claim_lots WHERE claim_id = OF(1); DELETE FROM claims WHERE id = OF(1)",
        "a line bills a period that its document does not claim",
    ),
    (
        "DROP INDEX claims_once; INSERT INTO claims SELECT NOBODY, contract_id, period, period_from, period_until,
            service_until, contract_version, document_id, net, cancelled, at, by_name FROM claims WHERE id = OF(1)",
        "contract V-00001, period 1: was billed twice",
    ),
    ("UPDATE claims SET net = net + 1 WHERE id = OF(0)", "period 0: its lines come to 39999, the claim says 40000"),
    ("UPDATE claims SET period_until = '2026-03-02' WHERE id = OF(0)", "the claim says 2026-02-01 to 2026-03-02"),
    ("UPDATE claims SET service_until = '2026-04-01' WHERE id = OF(0)", "period 0: billed until 2026-04-01, outside"),
    ("UPDATE claims SET contract_version = 7 WHERE id = OF(0)", "the terms with which it was billed are not there"),
    ("UPDATE claims SET cancelled = TRUE WHERE id = OF(0)", "stands though its claim was cancelled"),
    ("UPDATE claim_lots SET amount = 1 WHERE claim_id = OF(0)", "the claim grants 1 from 2026-02-01"),
    (
        "UPDATE claim_lots SET quota_from = '2026-02-02' WHERE claim_id = OF(0)",
        "from 2026-02-02 to 2026-03-01, its terms",
    ),
    ("UPDATE claim_lots SET lot_id = NOBODY WHERE claim_id = OF(0)", "was never granted"),
    ("DELETE FROM claim_lots WHERE claim_id = OF(0)", "period 0: 1 quota periods start in it, 0 lots"),
    ("UPDATE documents SET net = net + 1 WHERE number = 'RE-2026-00002'", "document RE-2026-00002: its lines come to"),
    ("UPDATE documents SET vat = vat + 1 WHERE number = 'RE-2026-00002'", "document RE-2026-00002: its lines come to"),
    (
        "UPDATE documents SET gross = gross - 1 WHERE number = 'RE-2026-00002'",
        "document RE-2026-00002: its lines come to",
    ),
    ("UPDATE documents SET due_on = '2026-04-30' WHERE number = 'RE-2026-00002'", "it is due on 2026-04-30"),
    ("UPDATE documents SET recipient = '' WHERE number = 'RE-2026-00002'", "does not say to whom"),
    ("UPDATE documents SET state = 'draft' WHERE number = 'RE-2026-00002'", "it is draft and its number is"),
    ("UPDATE documents SET number_folded = 'x' WHERE number = 'RE-2026-00002'", "it is not found under its number"),
    (
        "UPDATE documents SET number = NULL, number_folded = NULL WHERE number = 'RE-2026-00002'",
        "number RE-2026-00002 is missing: the range invoice 2026 is at 4",
    ),
    (
        "UPDATE document_lines SET total = total + 1 WHERE place = 0
            AND document_id = (SELECT id FROM documents WHERE number = 'RE-2026-00002')",
        "document RE-2026-00002: line 0 comes to Some(39999), kept 40000",
    ),
    (
        "DROP INDEX documents_number; UPDATE documents SET number = 'RE-2026-00003' WHERE number = 'RE-2026-00002'",
        "a number is given to two documents: RE-2026-00003",
    ),
    ("UPDATE counters SET value = 3 WHERE name = 'invoice 2026'", "4 documents have a number, 3 were given"),
    (
        "DELETE FROM document_lines WHERE document_id = (SELECT id FROM documents WHERE number = 'RE-2026-00002');
            DELETE FROM papers WHERE document_id = (SELECT id FROM documents WHERE number = 'RE-2026-00002');
            DELETE FROM mails WHERE document_id = (SELECT id FROM documents WHERE number = 'RE-2026-00002');
            DELETE FROM documents WHERE number = 'RE-2026-00002'",
        "a claim names a document that is not there",
    ),
];

/// Red when: the audit leaves out what the row damages.
async fn every_damage_to_contracts_is_named(engine: store::Engine) {
    let mut missed = Vec::new();
    for (damage, told) in DAMAGES {
        let world = World::new(engine).await;
        let [a, ..] = given_books(&world).await;
        let mut damage =
            damage.replace("= A", &format!("= '{a}'")).replace("NOBODY", "'0198f2f0-0000-7000-8000-00000000000a'");
        for period in [0, 1, 2, 3] {
            let of = format!("(SELECT id FROM claims WHERE contract_id = '{a}' AND period = {period})");
            damage = damage.replace(&format!("OF({period})"), &of);
        }
        let faults = faults_after(&world, &[damage.clone()]).await;
        if !faults.iter().any(|fault| fault.what.contains(told)) {
            missed.push(format!("{damage}\n  {told}\n  {faults:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[tokio::test]
async fn every_damage_to_contracts_is_named_on_sqlite() {
    every_damage_to_contracts_is_named(store::Engine::Sqlite).await;
}

/// What was right with the terms of its time stays right. Red when: draws and grants are decided anew with the present
/// terms of the account.
async fn changed_terms_of_an_account_make_old_entries_no_fault(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-04-01", |_| {}).await;
    let (id, of) = (contract.contract.id, account(&contract));
    let set = async |overbooking, deficits| {
        let set = change(&world, id, |contract| {
            let quota = contract.terms.quota.as_mut().expect("a quota");
            (quota.overbooking, quota.deficits) = (overbooking, deficits);
        });
        set.await;
    };
    let (free, no) = (Overbooking::Yes { limit: None }, Overbooking::No);
    let limited = Overbooking::Yes { limit: Some(domain::quota::Amount::new(2 * HOUR)) };
    world.bills(&world.env, "2026-04-15").await;
    assert_eq!(world.drawn(of, 5 * HOUR, "2026-04-10").await.deficit.units(), 0);
    set(limited, DeficitPolicy::Balance).await;
    assert_eq!(world.drawn(of, 3 * HOUR, "2026-04-11").await.deficit.units(), 2 * HOUR);
    set(free, DeficitPolicy::Balance).await;
    assert_eq!(world.drawn(of, 3 * HOUR, "2026-04-12").await.deficit.units(), 3 * HOUR);
    world.bills(&world.env, "2026-05-01").await;
    set(free, DeficitPolicy::NextGrant).await;
    set(no, DeficitPolicy::NextGrant).await;
    // June covers what May left.
    world.bills(&world.env, "2026-06-01").await;
    set(no, DeficitPolicy::Balance).await;
    assert_sound(&world).await;

    // And what was wrong with the terms of its time is a fault, though it would be right with the present ones.
    let sql = format!("UPDATE account_policies SET overbooking = FALSE WHERE account_id = '{of}' AND from_seq = 3");
    let faults = faults_after(&world, &[sql]).await;
    assert_eq!(
        faults.iter().map(|fault| (fault.account, fault.entry)).collect::<Vec<_>>(),
        [(Some(of), Some(3))],
        "{faults:#?}"
    );
    let sql = format!("UPDATE accounts SET overbooking = TRUE WHERE id = '{of}'");
    let faults = faults_after(&world, &[sql]).await;
    assert!(faults.iter().any(|fault| fault.what.contains("its terms were last set to")), "{faults:#?}");
}

on_both!(
    good_books_of_contracts_have_no_fault,
    more_contracts_and_documents_than_one_step_are_all_audited,
    changed_terms_of_an_account_make_old_entries_no_fault,
);
