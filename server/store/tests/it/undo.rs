//! Cancellations, what they free, and who holds what of several lots.

use std::collections::BTreeSet;

use domain::{
    LineId, RunId,
    clearing::{LineClearing, LineOutcome},
    documents::{DocumentKind, DocumentState},
    quota::{Ledger, Overbooking},
};
use store::{
    Db, StoreError, Tx, billing, claims,
    documents::{self, NewCleared, NewDocument, NewLine},
    ledger,
    testing::{begin, commit, dump},
};
use uuid::Uuid;

use crate::{
    given::{add_claims, add_invoices, billed, claim, claim_id, contract, contract_id, document_id, invoice, put, run},
    support::{Command, account_id, amount, day, given_account, given_customer, lot_id, noon, post},
};

/// A cancellation of that document.
fn cancellation(id: u128, of: u128) -> NewDocument {
    let number = format!("ST-{id}");
    let cancels = Some((document_id(of), "Wrong price".to_owned()));
    NewDocument { kind: DocumentKind::Cancellation, cancels, ..invoice(id, 1, Some(&number), "2026-06-20") }
}

async fn given_contracts(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for number in [1, 2] {
        put(&mut tx, &contract(number, 1)).await;
    }
    let from = |id, run: Option<u128>, number| NewDocument {
        run: run.map(|run| RunId::new(Uuid::from_u128(run))),
        ..invoice(id, 1, number, "2026-04-01")
    };
    let made = [from(3, Some(70), Some("RE-3")), from(1, Some(70), Some("RE-1")), from(2, Some(71), None)];
    add_invoices(&mut tx, &made).await;
    commit(tx).await;
}

async fn state(tx: &mut Tx, document: u128) -> DocumentState {
    documents::lock(tx, document_id(document)).await.expect("a read").expect("it is there").row.state
}

/// Red when: a draft is cancelled, the page of one does not name the other, or a document is cancelled twice.
async fn a_document_and_its_cancellation_name_each_other(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    assert!(!documents::cancel(&mut tx, document_id(2)).await.expect("an answer"), "a draft");
    drop(tx);
    let mut tx = begin(db).await;
    assert_eq!(documents::cancellation_of(&mut tx, document_id(1)).await.expect("a read"), None);
    assert!(documents::cancel(&mut tx, document_id(1)).await.expect("an answer"));
    assert!(!documents::cancel(&mut tx, document_id(1)).await.expect("an answer"), "once");
    add_invoices(&mut tx, &[cancellation(9, 1)]).await;
    assert_eq!((state(&mut tx, 1).await, state(&mut tx, 3).await), (DocumentState::Cancelled, DocumentState::Issued));
    let page = documents::get(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((page.version, page.cancelled_by), (2, Some((document_id(9), Some("ST-9".to_owned())))));
    assert_eq!((page.cancels, page.reason.as_str()), (None, ""));
    let page = documents::get(&mut tx, document_id(9)).await.expect("a read").expect("it is there");
    assert_eq!(page.cancels, Some((document_id(1), Some("RE-1".to_owned()))));
    assert_eq!((page.reason.as_str(), page.cancelled_by), ("Wrong price", None));
    let found = documents::cancellation_of(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(
        (found.id, found.number.as_deref(), found.reason.as_str()),
        (document_id(9), Some("ST-9"), "Wrong price")
    );
    commit(tx).await;
    let before = dump(db, &["documents", "document_lines"]).await;
    let overtaken =
        db.write(|tx| Box::pin(async move { documents::add(tx, &[cancellation(8, 1)], "Bea", noon()).await }));
    assert!(matches!(overtaken.await, Err(StoreError::Overtaken)));
    assert_eq!(dump(db, &["documents", "document_lines"]).await, before);
}

/// Red when: another document's claims are freed, a cancelled one counts as standing, or a period that was billed again
/// counts as freed.
async fn claims_are_freed_with_their_document(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    let made = [claim(1, 1, 0, 1, &[2, 1]), claim(2, 2, 0, 1, &[]), claim(3, 1, 1, 2, &[3])];
    add_claims(&mut tx, &made).await;
    let standing = async |tx: &mut Tx, id| {
        claims::standing(tx, &[document_id(id)]).await.expect("a read").remove(&document_id(id)).unwrap_or_default()
    };
    let found = standing(&mut tx, 1).await;
    let told: Vec<_> = found.iter().map(|claim| (claim.claim, claim.contract, claim.period)).collect();
    assert_eq!(told, [(claim_id(1), contract_id(1), 0), (claim_id(2), contract_id(2), 0)]);
    assert_eq!(found[0].service, made[0].period.service);
    assert_eq!(BTreeSet::from_iter(found[0].lots.clone()), BTreeSet::from([lot_id(1), lot_id(2)]));
    let ids = [contract_id(1), contract_id(2)];
    assert!(claims::freed(&mut tx, &ids).await.expect("a read").is_empty());

    claims::cancel(&mut tx, document_id(1)).await.expect("they are freed");
    assert_eq!(standing(&mut tx, 1).await, []);
    assert_eq!(standing(&mut tx, 2).await.len(), 1);
    let free = async |tx: &mut Tx, id| {
        let found = claims::of_contract(tx, contract_id(id), 9).await.expect("a read");
        found.into_iter().map(|claim| (claim.id, claim.free)).collect::<Vec<_>>()
    };
    assert_eq!(free(&mut tx, 1).await, [(claim_id(3), false), (claim_id(1), true)]);
    let freed = claims::freed(&mut tx, &ids).await.expect("a read");
    assert_eq!(freed, ids.map(|id| (id, BTreeSet::from([0]))).into());
    assert_eq!(claims::freed(&mut tx, &ids[1..]).await.expect("a read").len(), 1);

    // Of a run: what it billed, and nobody has billed since.
    assert!(billing::add(&mut tx, &run(70), None, 1, ("Anna", noon())).await.expect("an answer"));
    billing::note(&mut tx, run(70).id, &[billed(1, 0, 1), billed(2, 0, 1), billed(1, 1, 2)]).await.expect("noted");
    let of_run = claims::freed_of_run(&mut tx, run(70).id).await.expect("a read");
    assert_eq!(of_run, [(contract_id(1), 0), (contract_id(2), 0)]);
    add_claims(&mut tx, &[claim(4, 1, 0, 3, &[4])]).await;
    assert_eq!(claims::freed(&mut tx, &ids).await.expect("a read"), [(ids[1], BTreeSet::from([0]))].into());
    assert_eq!(claims::freed_of_run(&mut tx, run(70).id).await.expect("a read"), [(contract_id(2), 0)]);
    let of_period = [(claim_id(4), false), (claim_id(1), false)];
    assert_eq!(free(&mut tx, 1).await.into_iter().skip(1).collect::<BTreeSet<_>>(), BTreeSet::from(of_period));
    // Cancelled once more it is free once more, and one row says so.
    claims::cancel(&mut tx, document_id(3)).await.expect("it is freed");
    assert_eq!(free(&mut tx, 1).await.into_iter().filter(|(_, free)| *free).count(), 1);
}

/// Red when: a claim of a draft that was deleted is not found, or loses its currency.
async fn a_claim_outlives_its_deleted_draft(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    add_claims(&mut tx, &[claim(3, 1, 1, 2, &[3])]).await;
    claims::cancel(&mut tx, document_id(2)).await.expect("it is freed");
    documents::delete(&mut tx, document_id(2)).await.expect("it is deleted");
    let found = claims::of_contract(&mut tx, contract_id(1), 9).await.expect("a read");
    let told: Vec<_> = found.iter().map(|claim| (claim.number, claim.cancelled, claim.document)).collect();
    assert_eq!(told, [(1, true, None)]);
    // As the terms have it: the invoice is not there to say.
    assert_eq!((found[0].net.minor, found[0].net.currency), (39_999, found[0].terms.currency));
}

/// Red when: the documents of another run come along, or cancelled ones; or when they are not in the order of their
/// numbers.
async fn the_standing_documents_of_a_run_are_found(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    add_invoices(
        &mut tx,
        &[NewDocument { run: Some(RunId::new(Uuid::from_u128(70))), ..invoice(4, 1, Some("RE-10"), "2026-04-01") }],
    )
    .await;
    let standing = async |tx: &mut Tx, run| {
        let run = RunId::new(Uuid::from_u128(run));
        let any = documents::any_of_run(tx, run).await.expect("a read");
        let found = documents::standing_of_run(tx, run).await.expect("a read");
        assert_eq!(any, !found.is_empty());
        found.into_iter().map(|found| found.row.id).collect::<Vec<_>>()
    };
    assert_eq!(standing(&mut tx, 70).await, [1, 3, 4].map(document_id));
    assert_eq!(standing(&mut tx, 71).await, [document_id(2)]);
    assert_eq!(standing(&mut tx, 72).await, []);
    for (document, left) in [(1, vec![3, 4]), (3, vec![4]), (4, vec![])] {
        assert!(documents::cancel(&mut tx, document_id(document)).await.expect("an answer"));
        assert_eq!(standing(&mut tx, 70).await, left.into_iter().map(document_id).collect::<Vec<_>>());
    }
}

fn line(id: u128, note_line: Option<u128>) -> NewLine {
    let own = LineId::new(Uuid::from_u128(id));
    let (outcome, cleared) = (LineOutcome::Full, amount(0));
    let clearing = LineClearing { line: own, total: 10_000, outcome, figures: None, cleared, item: 0 };
    let note_line = note_line.map(|line| LineId::new(Uuid::from_u128(line)));
    NewLine {
        line: crate::given::line("Work"),
        seconds: Some(3_600),
        total: 10_000,
        contract: None,
        service: None,
        cleared: Some(NewCleared { id: own, clears: true, clearing, draw: None, note_line }),
    }
}

/// Red when: the lines of a cancelled invoice still count, or those of a standing one do not.
async fn a_delivery_note_is_invoiced_again_once_its_invoice_is_cancelled(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    let of = |id, kind, number, lines| NewDocument { kind, lines, ..invoice(id, 1, number, "2026-04-10") };
    let invoiced = |id: u128, number| of(id, DocumentKind::Invoice, number, vec![line(10 * id, Some(1))]);
    let note = of(1, DocumentKind::DeliveryNote, Some("LS-1"), vec![line(1, None)]);
    add_invoices(&mut tx, &[note, invoiced(2, Some("RE-2"))]).await;
    assert!(documents::cancel(&mut tx, document_id(2)).await.expect("an answer"));
    add_invoices(&mut tx, &[cancellation(9, 2)]).await;
    assert_eq!(documents::invoice_of(&mut tx, document_id(1)).await.expect("a read"), None);
    add_invoices(&mut tx, &[invoiced(3, None)]).await;
    assert_eq!(documents::invoice_of(&mut tx, document_id(1)).await.expect("a read"), Some((document_id(3), None)));
    let found = documents::invoices_of(&mut tx, &[document_id(1), document_id(2)]).await.expect("a read");
    assert_eq!(found, [(document_id(1), (document_id(3), None))].into());
    // The cancelled one still says from where it was.
    let page = documents::get(&mut tx, document_id(2)).await.expect("a read").expect("it is there");
    let from = page.lines[0].cleared.clone().expect("it clears").note;
    assert_eq!(from, Some((document_id(1), "LS-1".to_owned())));
    commit(tx).await;
    let again = invoiced(4, None);
    let overtaken = db.write(move |tx| {
        let again = again.clone();
        Box::pin(async move { documents::add(tx, &[again], "Bea", noon()).await })
    });
    assert!(matches!(overtaken.await, Err(StoreError::Overtaken)));
}

/// Red when: a draw that holds something of two lots is found twice, or without what it holds of another lot.
async fn the_holders_of_several_lots_are_found_once(db: &Db) {
    let mut history = Ledger::new(given_account(db, Overbooking::No).await);
    let mut tx = begin(db).await;
    for (lot, until) in [(1, "2026-05-01"), (2, "2026-06-01"), (3, "2026-07-01")] {
        post(&mut tx, &mut history, Command::Grant(lot, 100, "2026-04-01", Some(until))).await;
    }
    post(&mut tx, &mut history, Command::Draw(1, 150, "2026-04-10")).await;
    post(&mut tx, &mut history, Command::Draw(2, 100, "2026-04-11")).await;
    post(&mut tx, &mut history, Command::Draw(3, 10, "2026-04-12")).await;
    let draws = |numbers: &[u128]| -> Vec<_> {
        let draw = |number: &u128| (account_id(1), history.draws[&crate::support::draw_id(*number)].clone());
        numbers.iter().map(draw).collect()
    };
    for (lots, expected) in
        [(&[1_u128, 2][..], &[1_u128, 2][..]), (&[3], &[2, 3]), (&[1], &[1]), (&[9], &[]), (&[], &[])]
    {
        let lots: Vec<_> = lots.iter().map(|lot| lot_id(*lot)).collect();
        assert_eq!(ledger::holders_of(&mut tx, &lots).await.expect("a read"), draws(expected), "{lots:?}");
    }
    assert_eq!(day("2026-04-10"), history.draws[&crate::support::draw_id(1)].date);
}

on_both!(
    a_document_and_its_cancellation_name_each_other,
    claims_are_freed_with_their_document,
    a_claim_outlives_its_deleted_draft,
    the_standing_documents_of_a_run_are_found,
    a_delivery_note_is_invoiced_again_once_its_invoice_is_cancelled,
    the_holders_of_several_lots_are_found_once,
);
