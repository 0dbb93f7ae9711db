//! Lines that draw quotas: what they keep, what they draw, and which delivery note they come from.

use domain::{
    DrawId, LineId, VatRate,
    clearing::{LineClearing, LineOutcome},
    documents::DocumentKind,
    quota::{Amount, DrawOrigin, DrawRequest, Entry, Ledger, Overbooking, draw, release},
};
use store::{
    Db, Engine, StoreError, Tx, claims,
    documents::{self, KeptLine, NewCleared, NewDocument, NewLine},
    ledger,
    testing::{begin, commit, dump, execute, fresh},
};
use uuid::Uuid;

use crate::{
    given::{add_claims, add_invoices, claim, contract, contract_id, document_id, invoice, line, put},
    support::{
        Command, account_id, amount, card, day, draw_id, given_account, given_customer, lot_id, noon, note, post,
    },
};

fn line_id(number: u128) -> LineId {
    LineId::new(Uuid::from_u128(number))
}

/// A line of 100.00 of which 50.00 are cleared.
fn cleared(id: u128, draw: Option<DrawId>, note_line: Option<u128>) -> NewLine {
    let own = line_id(id);
    let outcome = LineOutcome::Partial;
    let clearing =
        LineClearing { line: own, total: 10_000, outcome, figures: None, cleared: amount(1_800), item: -5_000 };
    let note_line = note_line.map(line_id);
    NewLine {
        line: line("Work"),
        seconds: Some(3_600),
        total: 10_000,
        contract: Some(contract_id(1)),
        service: None,
        cleared: Some(NewCleared { id: own, clears: id % 2 == 1, clearing, draw, note_line }),
    }
}

fn of_kind(id: u128, kind: DocumentKind, lines: Vec<NewLine>) -> NewDocument {
    NewDocument { kind, lines, ..invoice(id, 1, None, "2026-04-10") }
}

fn delivery_note(id: u128, lines: Vec<NewLine>) -> NewDocument {
    of_kind(id, DocumentKind::DeliveryNote, lines)
}

/// Customer 1 with contract 1.
async fn given_contract(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    commit(tx).await;
}

async fn kept(tx: &mut Tx, document: u128) -> Vec<KeptLine> {
    documents::kept_lines(tx, document_id(document)).await.expect("a read")
}

/// What two lines keep alike.
fn told(kept: &[KeptLine]) -> Vec<(LineId, bool, Option<DrawId>, Option<LineId>)> {
    let one = |kept: &KeptLine| {
        let cleared = &kept.cleared;
        (cleared.id, cleared.clears, cleared.draw, cleared.note_line)
    };
    kept.iter().map(one).collect()
}

async fn lines_that_clear_are_read_back(db: &Db) {
    given_contract(db).await;
    let mut tx = begin(db).await;
    let mut lines = vec![cleared(2, Some(draw_id(7)), None), cleared(1, None, None)];
    lines[1].contract = None;
    add_invoices(&mut tx, &[delivery_note(1, lines.clone()), invoice(2, 1, None, "2026-04-10")]).await;
    let found = kept(&mut tx, 1).await;
    assert_eq!(told(&found), [(line_id(2), false, Some(draw_id(7)), None), (line_id(1), true, None, None)]);
    for (found, new) in found.iter().zip(&lines) {
        let clearing = new.cleared.as_ref().map(|cleared| &cleared.clearing);
        assert_eq!(
            (Some(&found.cleared.clearing), found.contract, found.seconds),
            (clearing, new.contract, Some(3_600))
        );
    }
    assert_eq!(kept(&mut tx, 2).await.len(), 0, "what bills a contract does not clear");

    let page = documents::get(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    // Lines and clearing items together: 2 x (100.00 - 50.00) at 19 %.
    assert_eq!((page.totals.net, page.totals.vat, page.totals.gross), (10_000, 1_900, 11_900));
    let shown: Vec<_> = page.lines.iter().map(|line| line.cleared.clone().expect("it clears")).collect();
    assert_eq!(
        shown.iter().map(|line| (line.id, line.clears)).collect::<Vec<_>>(),
        [(line_id(2), false), (line_id(1), true)]
    );
    assert_eq!((page.payment_days, page.invoice), (14, None));

    // What no version wrote is named.
    execute(&mut tx, "UPDATE document_lines SET clearing = 'full'").await.expect("the damage is done");
    let read = documents::kept_lines(&mut tx, document_id(1)).await;
    assert!(matches!(read, Err(StoreError::Unreadable { what: "clearing", .. })), "{read:?}");
}

/// Red when: a change leaves an old line, or changes what is issued.
async fn a_draft_is_changed_and_deleted_with_its_lines(db: &Db) {
    given_contract(db).await;
    let mut tx = begin(db).await;
    let first = delivery_note(1, vec![cleared(1, Some(draw_id(1)), None), cleared(2, Some(draw_id(2)), None)]);
    add_invoices(&mut tx, &[first.clone(), delivery_note(2, vec![cleared(9, None, None)])]).await;
    let mut changed = delivery_note(1, vec![cleared(3, None, None), cleared(1, Some(draw_id(1)), None)]);
    (changed.date, changed.due_on, changed.payment_days) = (day("2026-05-01"), day("2026-05-31"), 30);
    (changed.totals.net, changed.totals.vat, changed.totals.gross) = (10_000, 1_900, 11_900);
    documents::change(&mut tx, &changed).await.expect("it is changed");
    let page = documents::get(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(
        (page.version, page.row.date, page.row.due_on, page.payment_days),
        (2, changed.date, changed.due_on, 30)
    );
    assert_eq!((page.row.net.minor, page.row.gross.minor), (10_000, 11_900));
    assert_eq!(
        told(&kept(&mut tx, 1).await),
        [(line_id(3), true, None, None), (line_id(1), true, Some(draw_id(1)), None)]
    );
    documents::delete(&mut tx, document_id(1)).await.expect("it is deleted");
    assert!(documents::get(&mut tx, document_id(1)).await.expect("a read").is_none());
    assert_eq!((kept(&mut tx, 1).await.len(), kept(&mut tx, 2).await.len()), (0, 1));
    // Its lines are free again.
    add_invoices(&mut tx, &[first]).await;
}

/// Red when: an index of lines is left out, or a conflict is passed over in silence.
async fn a_line_a_draw_and_a_line_of_a_note_stand_once(db: &Db) {
    given_contract(db).await;
    let mut tx = begin(db).await;
    add_invoices(
        &mut tx,
        &[
            delivery_note(1, vec![cleared(1, Some(draw_id(1)), None), cleared(2, None, None)]),
            of_kind(2, DocumentKind::Invoice, vec![cleared(3, None, Some(1))]),
        ],
    )
    .await;
    let elsewhere = documents::elsewhere(&mut tx, document_id(2), &[1, 3, 4].map(line_id)).await.expect("a read");
    assert_eq!(elsewhere, [line_id(1)].into());
    commit(tx).await;
    let before = dump(db, &["documents", "document_lines"]).await;
    for taken in [
        delivery_note(9, vec![cleared(8, None, None), cleared(1, None, None)]),
        delivery_note(9, vec![cleared(8, Some(draw_id(1)), None)]),
        of_kind(9, DocumentKind::Invoice, vec![cleared(8, None, Some(1))]),
        delivery_note(1, vec![cleared(8, None, None)]),
    ] {
        let overtaken = db.write(move |tx| {
            let taken = taken.clone();
            Box::pin(async move { documents::add(tx, &[taken], "Bea", noon()).await })
        });
        assert!(matches!(overtaken.await, Err(StoreError::Overtaken)));
        assert_eq!(dump(db, &["documents", "document_lines"]).await, before);
    }
    // Changing runs into the same.
    let changed = delivery_note(1, vec![cleared(3, None, None)]);
    let overtaken = db.write(move |tx| {
        let changed = changed.clone();
        Box::pin(async move { documents::change(tx, &changed).await })
    });
    assert!(matches!(overtaken.await, Err(StoreError::Overtaken)));
    assert_eq!(dump(db, &["documents", "document_lines"]).await, before);
}

/// Red when: the delivery note is found by the document and not by its lines, or the number is another's.
async fn an_invoice_and_its_delivery_note_name_each_other(db: &Db) {
    given_contract(db).await;
    let mut tx = begin(db).await;
    let lines = vec![cleared(1, None, None), cleared(2, None, None)];
    add_invoices(&mut tx, &[delivery_note(1, lines), delivery_note(2, vec![cleared(5, None, None)])]).await;
    let dates = |number| (number, day("2026-04-10"), day("2026-04-24"));
    let to = card("K-1", "Alpha", "Ulm");
    assert!(documents::issue(&mut tx, document_id(1), dates("LS-1"), &to, ("Bea", noon())).await.expect("issued"));
    assert_eq!(documents::invoice_of(&mut tx, document_id(1)).await.expect("a read"), None);
    let lines = vec![cleared(3, None, Some(1)), cleared(4, None, Some(2)), cleared(6, None, None)];
    add_invoices(&mut tx, &[of_kind(3, DocumentKind::Invoice, lines)]).await;
    let page = documents::get(&mut tx, document_id(3)).await.expect("a read").expect("it is there");
    let notes: Vec<_> = page.lines.iter().map(|line| line.cleared.clone().expect("it clears").note).collect();
    let from = Some((document_id(1), "LS-1".to_owned()));
    assert_eq!(notes, [from.clone(), from, None]);
    assert_eq!(documents::invoice_of(&mut tx, document_id(1)).await.expect("a read"), Some((document_id(3), None)));
    assert_eq!(documents::invoice_of(&mut tx, document_id(2)).await.expect("a read"), None);
    assert!(documents::issue(&mut tx, document_id(3), dates("RE-1"), &to, ("Bea", noon())).await.expect("issued"));
    let page = documents::get(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(page.invoice, Some((document_id(3), Some("RE-1".to_owned()))));
}

/// Draws 1 to 3 of an account with two lots, the first two on hold, on lines of document 1; draw 4 by hand.
async fn given_holds(db: &Db) -> Ledger {
    let mut history = Ledger::new(given_account(db, Overbooking::Yes { limit: None }).await);
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    post(&mut tx, &mut history, Command::Grant(1, 100, "2026-04-01", Some("2026-05-01"))).await;
    post(&mut tx, &mut history, Command::Grant(2, 50, "2026-04-01", None)).await;
    let before = history.view.clone();
    let mut entries: Vec<Entry> = Vec::new();
    for (number, units) in [(1, 30), (2, 90)] {
        let origin = DrawOrigin::DocumentLine;
        let request = DrawRequest { draw: draw_id(number), date: day("2026-04-10"), wanted: amount(units), origin };
        let entry = draw(&history.view, &request).expect("there is something").entry(&history.view);
        history.post(&entry).expect("it can be posted");
        entries.push(entry);
    }
    let note = note("held");
    let noted: Vec<_> = entries.iter().map(|entry| (entry, &note)).collect();
    ledger::post_noted(&mut tx, &before, &history.view, &noted, true).await.expect("the store takes it");
    post(&mut tx, &mut history, Command::Draw(3, 5, "2026-04-11")).await;
    post(&mut tx, &mut history, Command::Draw(4, 5, "2026-04-12")).await;
    let lines = (1..=3).map(|number| cleared(number, Some(draw_id(number)), None)).collect();
    add_invoices(&mut tx, &[delivery_note(1, lines)]).await;
    commit(tx).await;
    history
}

async fn held(tx: &mut Tx) -> Vec<(domain::LotId, Amount)> {
    let mut held: Vec<_> =
        ledger::held(tx, &[account_id(1), account_id(9)]).await.expect("a read").into_iter().collect();
    held.sort_unstable();
    held
}

/// Red when: other draws are held too, or issuing leaves a hold.
async fn holds_are_counted_by_lot_until_the_document_is_issued(db: &Db) {
    let history = given_holds(db).await;
    let mut tx = begin(db).await;
    assert_eq!(held(&mut tx).await, [(lot_id(1), amount(100)), (lot_id(2), amount(20))]);
    let drawn = ledger::draws_of_document(&mut tx, document_id(1)).await.expect("a read");
    let expected: Vec<_> = (1..=3).map(|number| (account_id(1), history.draws[&draw_id(number)].clone())).collect();
    assert_eq!(drawn, expected);
    assert_eq!(ledger::draws_of_document(&mut tx, document_id(2)).await.expect("a read"), []);
    let of = documents::of_draws(&mut tx, &[1, 4, 9].map(draw_id)).await.expect("a read");
    let named: Vec<_> =
        of.iter().map(|(draw, document)| (*draw, document.id, document.kind, &document.number)).collect();
    assert_eq!(named, [(draw_id(1), document_id(1), DocumentKind::DeliveryNote, &None)]);

    let dates = ("LS-1", day("2026-04-10"), day("2026-04-24"));
    let to = card("K-1", "Alpha", "Ulm");
    assert!(documents::issue(&mut tx, document_id(1), dates, &to, ("Bea", noon())).await.expect("it is issued"));
    assert_eq!(held(&mut tx).await, []);
    assert_eq!(ledger::draws_of_document(&mut tx, document_id(1)).await.expect("a read"), expected);
    let of = documents::of_draws(&mut tx, &[draw_id(2)]).await.expect("a read");
    assert_eq!(of[&draw_id(2)].number.as_deref(), Some("LS-1"));
}

/// Releases and draws of one piece, more than one statement takes. Red when: a batch leaves parts, holds or deficits.
async fn releases_are_written_together(db: &Db) {
    let mut history = given_holds(db).await;
    let mut tx = begin(db).await;
    let before = history.view.clone();
    let mut entries: Vec<Entry> = Vec::new();
    let mut put = |history: &mut Ledger, entry: Entry| {
        history.post(&entry).expect("it can be posted");
        entries.push(entry);
    };
    for number in [1, 2] {
        let entry = release(&history.draws[&draw_id(number)]).expect("it can be released").entry(&history.view);
        put(&mut history, entry);
    }
    // 140 units are left; the last draws are deficit only.
    for number in 100..700 {
        let origin = DrawOrigin::DocumentLine;
        let request = DrawRequest { draw: draw_id(number), date: day("2026-04-10"), wanted: amount(1), origin };
        let entry = draw(&history.view, &request).expect("it can be drawn").entry(&history.view);
        put(&mut history, entry);
    }
    for number in 100..650 {
        let entry = release(&history.draws[&draw_id(number)]).expect("it can be released").entry(&history.view);
        put(&mut history, entry);
    }
    let note = note("held");
    let noted: Vec<_> = entries.iter().map(|entry| (entry, &note)).collect();
    ledger::post_noted(&mut tx, &before, &history.view, &noted, true).await.expect("the store takes it");
    let mut kept = ledger::draws_of(&mut tx, account_id(1)).await.expect("a read");
    kept.sort_by_key(|draw| draw.seq);
    let mut folded: Vec<_> = history.draws.values().cloned().collect();
    folded.sort_by_key(|draw| draw.seq);
    assert_eq!(kept, folded);
    assert_eq!(held(&mut tx).await, [], "what is left of the new draws is deficit");
    let stored = store::accounts::get(&mut tx, account_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((stored.next_seq, stored.balance), (history.view.next_seq, history.balance));
    let lots = ledger::lots_of(&mut tx, &stored).await.expect("a read");
    let mut folded = history.view.lots.clone();
    folded.sort_by_key(|state| state.lot.order());
    assert_eq!(lots, folded);
}

/// Red when: a cancelled claim counts, or another period.
async fn periods_are_sold_at_the_rate_of_their_time(db: &Db) {
    given_contract(db).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(2, 1)).await;
    add_invoices(&mut tx, &[invoice(1, 1, None, "2026-04-01")]).await;
    add_claims(&mut tx, &[claim(1, 1, 0, 1, &[]), claim(2, 2, 1, 1, &[])]).await;
    let rate = |text: &str| text.parse::<VatRate>().expect("a rate");
    // The terms have changed since the first period was billed.
    let mut later = contract(1, 1);
    later.version = 1;
    later.contract.terms.items[0].vat = rate("7");
    put(&mut tx, &later).await;
    let mut second = claim(3, 1, 1, 1, &[]);
    second.contract_version = 2;
    add_claims(&mut tx, &[second]).await;
    let all = [1, 2, 3].map(contract_id);
    for (periods, expected) in [
        ([0, 0, 0], vec![(all[0], rate("19"))]),
        ([1, 1, 1], vec![(all[0], rate("7")), (all[1], rate("19"))]),
        ([2, 2, 2], vec![]),
    ] {
        let asked: Vec<_> = all.into_iter().zip(periods).collect();
        let found = claims::sold_at(&mut tx, &asked).await.expect("a read");
        assert_eq!(found, expected.into_iter().collect(), "{periods:?}");
    }
    execute(&mut tx, "UPDATE claims SET cancelled = TRUE WHERE period = 0").await.expect("it is cancelled");
    assert_eq!(claims::sold_at(&mut tx, &[(all[0], 0)]).await.expect("a read"), [].into());
    assert_eq!(claims::sold_at(&mut tx, &[]).await.expect("a read"), [].into());
}

/// Red when: the customer is locked with the document. Billing holds accounts and then adds an invoice, saving holds its
/// document and then asks for accounts: each would wait for the other.
#[tokio::test]
async fn a_locked_document_leaves_its_customer_to_others() {
    let test = fresh(Engine::Postgres).await;
    given_contract(&test).await;
    let mut tx = begin(&test).await;
    add_invoices(&mut tx, &[delivery_note(1, vec![cleared(1, None, None)])]).await;
    commit(tx).await;
    let mut saving = begin(&test).await;
    let locked = documents::lock(&mut saving, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(locked.version, 1);
    let mut billing = begin(&test).await;
    execute(&mut billing, "SET LOCAL lock_timeout = '2s'").await.expect("it is set");
    add_invoices(&mut billing, &[invoice(2, 1, Some("RE-1"), "2026-04-01")]).await;
    commit(billing).await;
    commit(saving).await;
}

on_both!(
    lines_that_clear_are_read_back,
    a_draft_is_changed_and_deleted_with_its_lines,
    a_line_a_draw_and_a_line_of_a_note_stand_once,
    an_invoice_and_its_delivery_note_name_each_other,
    holds_are_counted_by_lot_until_the_document_is_issued,
    releases_are_written_together,
    periods_are_sold_at_the_rate_of_their_time,
);
