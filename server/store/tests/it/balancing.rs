//! What a document granted by itself, which deficits it bills, and free quotas with their reasons.

use std::collections::BTreeSet;

use domain::{
    documents::DocumentKind,
    quota::{CoverPart, Ledger, Overbooking, Unit},
};
use store::{
    Db, accounts, audit,
    balancing::{self, DocumentLot},
    claims, documents, ledger,
    testing::{begin, commit, dump},
};

use crate::{
    given::{add_claims, add_invoices, claim, contract, contract_id, document_id, invoice, put},
    support::{Command, account_id, amount, day, draw_id, given_account, lot_id, post},
};

const OVERDRAWN: Overbooking = Overbooking::Yes { limit: None };

fn part(draw: u128, units: i64) -> CoverPart {
    CoverPart { draw: draw_id(draw), amount: amount(units) }
}

fn granted() -> DocumentLot {
    DocumentLot {
        lot: lot_id(50),
        account: account_id(1),
        unit: Unit::Time,
        contract: contract_id(1),
        amount: amount(700),
        rate: Some("99.5".parse().expect("a price")),
    }
}

/// Account 1 with three draws beyond it; document 7 bills two of them on one line and a part of the third on another.
async fn given_balancing(db: &Db) {
    let account = given_account(db, OVERDRAWN).await;
    let mut history = Ledger::new(account);
    let mut tx = begin(db).await;
    let mut own = contract(1, 1);
    own.account = Some(account_id(1));
    put(&mut tx, &own).await;
    for (draw, units, date) in [(10, 100, "2026-04-10"), (11, 200, "2026-04-11"), (12, 900, "2026-05-02")] {
        post(&mut tx, &mut history, Command::Draw(draw, units, date)).await;
    }
    post(&mut tx, &mut history, Command::Balance(50, "2026-05-10", 12, 700)).await;
    let mut made = invoice(7, 1, Some("RE-7"), "2026-05-10");
    made.kind = DocumentKind::Balancing;
    add_invoices(&mut tx, &[made]).await;
    let lines = [vec![part(11, 200), part(10, 100)], vec![part(12, 400)]];
    balancing::add(&mut tx, document_id(7), &granted(), lines.iter().map(Vec::as_slice)).await.expect("they are new");
    commit(tx).await;
}

/// Red when: a line has the deficits of another, they come in another order than that of the draws, or the page of a
/// document does not name them.
async fn what_a_document_bills_is_read_back(db: &Db) {
    given_balancing(db).await;
    let mut tx = begin(db).await;
    assert_eq!(balancing::lot_of(&mut tx, document_id(7)).await.expect("a read"), Some(granted()));
    assert_eq!(balancing::lot_of(&mut tx, document_id(8)).await.expect("a read"), None);
    let billed = balancing::deficits_of(&mut tx, document_id(7)).await.expect("a read");
    let told: Vec<_> = billed.into_iter().map(|billed| (billed.place, billed.part, billed.date)).collect();
    let expected = [
        (0, part(10, 100), day("2026-04-10")),
        (0, part(11, 200), day("2026-04-11")),
        (1, part(12, 400), day("2026-05-02")),
    ];
    assert_eq!(told, expected);
    let page = documents::get(&mut tx, document_id(7)).await.expect("a read").expect("it is there");
    let named: Vec<_> = page.balanced.iter().map(|of| (of.place, of.draw, of.amount, of.account)).collect();
    let own = account_id(1);
    assert_eq!(named, expected.map(|(place, part, _)| (place, part.draw, part.amount, own)));
    let listed = documents::of_contract(&mut tx, contract_id(1), 9).await.expect("a read");
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [document_id(7)]);
    drop(tx);
    let before = dump(db, &["document_lots", "document_deficits"]).await;
    // A lot is granted by one document, and a document grants one lot.
    for (document, lot) in [(8, 50), (7, 51)] {
        let again = DocumentLot { lot: lot_id(lot), ..granted() };
        let refused = db.write(move |tx| {
            Box::pin(async move { balancing::add(tx, document_id(document), &again, std::iter::empty()).await })
        });
        assert!(refused.await.is_err(), "{document} {lot}");
    }
    assert_eq!(dump(db, &["document_lots", "document_deficits"]).await, before);
    let mut tx = begin(db).await;
    balancing::forget(&mut tx, document_id(7)).await.expect("it is forgotten");
    commit(tx).await;
    assert_eq!(dump(db, &["document_lots", "document_deficits"]).await, [""; 0]);
}

/// Red when: the audit does not see what is kept, or covers that came later count as those of the invoice.
async fn the_audit_reads_what_is_kept(db: &Db) {
    given_balancing(db).await;
    let mut tx = begin(db).await;
    let found = audit::balancings_after(&mut tx, "", 10).await.expect("a read");
    let [kept] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (kept.document, kept.lot, kept.amount, kept.granted),
        (document_id(7), lot_id(50), amount(700), Some(amount(700)))
    );
    assert_eq!((kept.own, kept.revoked, kept.rate), (true, false, granted().rate));
    assert_eq!(kept.billed.len(), 3);
    assert_eq!(kept.covered, [(draw_id(12), amount(700))]);
    assert_eq!(kept.lines, [39_999]);
    assert!(audit::balancings_after(&mut tx, &document_id(7).to_string(), 10).await.expect("a read").is_empty());
    assert_eq!(audit::orphans(&mut tx).await.expect("a read"), [""; 0]);
}

/// Red when: a draw has the text of another, or periods of a contract get each other's rate.
async fn texts_and_rates_are_found(db: &Db) {
    given_balancing(db).await;
    let mut tx = begin(db).await;
    let texts = balancing::draw_texts(&mut tx, &[draw_id(10), draw_id(12), draw_id(99)]).await.expect("a read");
    assert_eq!((texts.len(), texts[&draw_id(12)].as_str()), (2, "posted"));
    add_invoices(&mut tx, &[invoice(3, 1, Some("RE-3"), "2026-04-01")]).await;
    add_claims(&mut tx, &[claim(1, 1, 0, 3, &[])]).await;
    let rates = claims::rates_of(&mut tx, contract_id(1), &BTreeSet::from([0, 1])).await.expect("a read");
    assert_eq!(rates.into_iter().collect::<Vec<_>>(), [(0, "19".parse().expect("a rate"))]);
}

/// Red when: what was not free is listed, or the latest does not come first.
async fn free_quotas_come_with_their_reasons(db: &Db) {
    let account = given_account(db, OVERDRAWN).await;
    let mut history = Ledger::new(account);
    let mut tx = begin(db).await;
    post(&mut tx, &mut history, Command::Grant(1, 60, "2026-04-01", Some("2026-05-01"))).await;
    post(&mut tx, &mut history, Command::Carry(2, 60, "2026-04-01", "2026-05-01", None)).await;
    post(&mut tx, &mut history, Command::Grant(3, 90, "2026-05-01", None)).await;
    let stored = accounts::get(&mut tx, account_id(1)).await.expect("a read").expect("it is there");
    let free = ledger::free_quotas(&mut tx, &stored, 9).await.expect("a read");
    let told: Vec<_> = free.iter().map(|free| (free.lot.lot.id, free.reason.as_str(), free.by.as_str())).collect();
    assert_eq!(told, [(lot_id(3), "posted", "Anna"), (lot_id(1), "posted", "Anna")]);
    assert_eq!(ledger::free_quotas(&mut tx, &stored, 1).await.expect("a read").len(), 1);
}

on_both!(
    what_a_document_bills_is_read_back,
    the_audit_reads_what_is_kept,
    texts_and_rates_are_found,
    free_quotas_come_with_their_reasons,
);
