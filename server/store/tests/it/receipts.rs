//! Receipts, what is open, and bank files.

use domain::{
    BankFileId, ReceiptId,
    documents::DocumentState,
    receipts::bank::{self, BankFile},
};
use store::{
    Db, Engine, Slice, StoreError, audit,
    documents::{self, NewDocument},
    fold,
    receipts::{self, NewReceipt, RecordedPart},
    testing::{begin, commit, dump, execute, fresh},
};
use uuid::Uuid;
use wire::lists::{OpenItemKind, OpenItemQuery, OpenItemSort};

use crate::{
    given::{add_invoices, document_id, invoice},
    support::{customer_id, day, given_customer, instant, noon},
};

fn receipt_id(number: u128) -> ReceiptId {
    ReceiptId::new(Uuid::from_u128(number))
}

fn receipt(number: u128, document: u128, amount: i64) -> NewReceipt {
    NewReceipt {
        id: receipt_id(number),
        document: document_id(document),
        date: day("2026-04-10"),
        amount,
        text: "Transfer".to_owned(),
        bank_line: None,
    }
}

/// Invoices 1 to 3 over 475.99, due in April, May and June, of customers 1, 2 and 1; a draft.
async fn given_invoices(db: &Db) {
    for customer in [1, 2] {
        given_customer(db, customer).await;
    }
    let mut tx = begin(db).await;
    let due = |number, customer, name, date| NewDocument { due_on: day(date), ..invoice(number, customer, name, date) };
    let invoices = [
        due(1, 1, Some("RE-1"), "2026-04-15"),
        due(2, 2, Some("RE-2"), "2026-05-15"),
        due(3, 1, Some("RE-3"), "2026-06-15"),
        due(4, 1, None, "2026-04-15"),
    ];
    add_invoices(&mut tx, &invoices).await;
    commit(tx).await;
}

async fn received(db: &Db, document: u128) -> i64 {
    let mut tx = begin(db).await;
    let found = documents::with_version(&mut tx, document_id(document)).await.expect("a read");
    found.expect("it is there").row.received
}

/// Red when: a sum counts what was taken back or belongs to another document, or a receipt is not read back as it was.
async fn receipts_are_read_back_and_summed(db: &Db) {
    given_invoices(db).await;
    let mut tx = begin(db).await;
    let locked = receipts::lock(&mut tx, &[2, 1, 1, 9].map(document_id)).await.expect("a read");
    assert_eq!(locked.keys().copied().collect::<Vec<_>>(), [document_id(1), document_id(2)]);
    let from_bank = NewReceipt { bank_line: Some("line".to_owned()), ..receipt(2, 1, 300) };
    let new = [receipt(1, 1, 1_000), from_bank, receipt(3, 2, 50), receipt(4, 1, -100)];
    receipts::add(&mut tx, &new, ("Anna", noon())).await.expect("they are new");
    commit(tx).await;
    assert_eq!((received(db, 1).await, received(db, 2).await, received(db, 3).await), (1_200, 50, 0));

    let mut tx = begin(db).await;
    let of = receipts::of(&mut tx, document_id(1)).await.expect("a read");
    let told: Vec<_> = of.iter().map(|of| (of.row.id, of.row.amount.minor, of.row.from_bank)).collect();
    assert_eq!(told, [(receipt_id(1), 1_000, false), (receipt_id(2), 300, true), (receipt_id(4), -100, false)]);
    let first = receipts::get(&mut tx, receipt_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((&first, first.document, first.row.date), (&of[0], document_id(1), day("2026-04-10")));
    assert_eq!(first.row.recorded, (noon().fixed_offset(), "Anna".to_owned()));
    let many = receipts::many(&mut tx, &[receipt_id(1), receipt_id(9)]).await.expect("a read");
    assert_eq!(many.into_iter().collect::<Vec<_>>(), [(receipt_id(1), first.clone())]);
    let at = instant("2026-05-01T08:00:00Z");
    assert!(receipts::take_back(&mut tx, &first, "Wrong", ("Bea", at)).await.expect("it is taken back"));
    assert!(!receipts::take_back(&mut tx, &first, "Again", ("Bea", at)).await.expect("an answer"));
    let gone = receipts::get(&mut tx, receipt_id(1)).await.expect("a read").expect("it is kept");
    assert_eq!(gone.row.taken_back, Some((at.fixed_offset(), "Bea".to_owned(), "Wrong".to_owned())));
    commit(tx).await;
    assert_eq!(received(db, 1).await, 200);
    let mut tx = begin(db).await;
    let again = receipts::add(&mut tx, &[receipt(5, 2, 1), receipt(1, 2, 1)], ("Anna", noon())).await;
    assert!(matches!(again, Err(StoreError::Overtaken)), "{again:?}");
    drop(tx);
    let mut tx = begin(db).await;
    let kept = audit::received_after(&mut tx, "", 10).await.expect("a read");
    let told: Vec<_> = kept.iter().map(|kept| (kept.document, kept.received, kept.counted)).collect();
    assert_eq!(told[..3], [(document_id(1), 200, 200), (document_id(2), 50, 50), (document_id(3), 0, 0)]);
}

/// Red when: a draft, a paid invoice or a cancellation is open, or a credit of a cancelled invoice is not.
async fn open_items_are_found_sorted_and_summed(db: &Db) {
    given_invoices(db).await;
    let today = day("2026-05-20");
    let open = async |ask: OpenItemQuery| {
        let mut tx = begin(db).await;
        let rows = receipts::open_slice(&mut tx, &ask, today, Slice { offset: 0, most: 9 }).await.expect("a read");
        rows.into_iter().map(|row| row.id.uuid().as_u128()).collect::<Vec<_>>()
    };
    let ask = OpenItemQuery::default();
    assert_eq!(open(ask.clone()).await, [1, 2, 3]);
    assert_eq!(open(OpenItemQuery { desc: true, ..ask.clone() }).await, [3, 2, 1]);
    assert_eq!(open(OpenItemQuery { customer: Some(customer_id(1)), ..ask.clone() }).await, [1, 3]);
    assert_eq!(open(OpenItemQuery { q: "re-2".to_owned(), ..ask.clone() }).await, [2]);
    assert_eq!(open(OpenItemQuery { kind: Some(OpenItemKind::Overdue), ..ask.clone() }).await, [1, 2]);
    let mut tx = begin(db).await;
    let new = [receipt(1, 1, 47_599), receipt(2, 2, 40_000), receipt(3, 3, 50_000)];
    receipts::add(&mut tx, &new, ("Anna", noon())).await.expect("they are new");
    assert!(documents::cancel(&mut tx, document_id(1)).await.expect("it is cancelled"));
    commit(tx).await;
    assert_eq!(open(OpenItemQuery { sort: OpenItemSort::Open, ..ask.clone() }).await, [1, 3, 2]);
    assert_eq!(open(OpenItemQuery { kind: Some(OpenItemKind::Credit), ..ask.clone() }).await, [1, 3]);
    let mut tx = begin(db).await;
    let sums = receipts::open_sums(&mut tx, &ask, today).await.expect("a read");
    let [sum] = sums[..] else { panic!("{sums:?}") };
    assert_eq!((sum.open, sum.overdue, sum.credit, sum.rows, sum.overdue_rows), (7_599, 7_599, 50_000, 3, 1));
    let all = receipts::all_open(&mut tx, 9).await.expect("a read");
    assert_eq!(all.iter().map(|row| row.id).collect::<Vec<_>>(), [document_id(2)], "what can still be paid");
    let found = receipts::of_numbers(&mut tx, &["re-3".to_owned(), "RE-9".to_owned()]).await.expect("a read");
    let found: Vec<_> = found.into_iter().map(|(number, row)| (number, row.id)).collect();
    assert_eq!(found, [(fold("RE-3"), document_id(3))]);
    let cancelled = documents::with_version(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((cancelled.row.state, cancelled.row.received), (DocumentState::Cancelled, 47_599));
}

fn file() -> BankFile {
    let text = "Datum;Betrag;Verwendungszweck\n02.04.2026;1,00;\"It's; \"\"A\"\"\"\n";
    BankFile { pending: 2, ..bank::read(text).expect("it is read") }
}

/// Red when: a file is not read back, or a transaction is taken twice or not set free again.
async fn bank_files_are_kept_and_their_lines_taken_once(db: &Db) {
    given_invoices(db).await;
    let id = |number| BankFileId::new(Uuid::from_u128(number));
    let mut tx = begin(db).await;
    let none = BankFile::default();
    assert!(receipts::add_file(&mut tx, id(1), &file(), ("Anna", noon())).await.expect("it is kept"));
    assert!(!receipts::add_file(&mut tx, id(1), &none, ("Bea", noon())).await.expect("an answer"));
    let later = instant("2026-05-01T08:00:00Z");
    assert!(receipts::add_file(&mut tx, id(2), &none, ("Bea", later)).await.expect("it is kept"));
    let kept = receipts::file(&mut tx, id(1)).await.expect("a read").expect("it is there");
    assert_eq!((&kept.file, kept.row.lines, kept.row.read.1.as_str()), (&file(), 1, "Anna"));
    // As files were kept before those that are pending were counted.
    let list = serde_json::to_string(&file().lines).expect("it is JSON").replace('\'', "''");
    let older = format!("UPDATE bank_files SET lines = '{list}' WHERE id = '{}'", id(2));
    execute(&mut tx, &older).await.expect("it is set");
    let older = receipts::file(&mut tx, id(2)).await.expect("a read").expect("it is there");
    assert_eq!(older.file, BankFile { pending: 0, ..file() });
    assert!(receipts::file(&mut tx, id(3)).await.expect("a read").is_none());
    let files = receipts::files(&mut tx, 9).await.expect("a read");
    assert_eq!(files.iter().map(|row| row.id).collect::<Vec<_>>(), [id(2), id(1)]);
    let keys = ["b", "a"].map(str::to_owned);
    assert!(receipts::claim_lines(&mut tx, id(1), &keys).await.expect("they are free").is_empty());
    let of =
        |number, document, line: &str| NewReceipt { bank_line: Some(line.to_owned()), ..receipt(number, document, 10) };
    receipts::add(&mut tx, &[of(1, 1, "a"), of(2, 2, "a"), of(3, 1, "b")], ("Anna", noon()))
        .await
        .expect("they are new");
    commit(tx).await;
    let mut tx = begin(db).await;
    let taken = receipts::claim_lines(&mut tx, id(2), &["a".to_owned(), "c".to_owned()]).await.expect("an answer");
    assert_eq!(taken.into_iter().collect::<Vec<_>>(), ["a"]);
    let recorded = receipts::lines_recorded(&mut tx, &keys).await.expect("a read");
    let part = |of, number: &str| RecordedPart { document: document_id(of), number: number.to_owned(), amount: 10 };
    assert_eq!((&recorded["a"], recorded["b"].len()), (&vec![part(1, "RE-1"), part(2, "RE-2")], 1));
    // As long as one of its receipts stands, the transaction counts as recorded.
    for (number, left) in [(1, true), (2, false)] {
        let found = receipts::get(&mut tx, receipt_id(number)).await.expect("a read").expect("it is there");
        receipts::take_back(&mut tx, &found, "Wrong", ("Anna", noon())).await.expect("it is taken back");
        let taken = receipts::claim_lines(&mut tx, id(2), &["a".to_owned()]).await.expect("an answer");
        assert_eq!(!taken.is_empty(), left, "{number}");
    }
    drop(tx);
    let kept = dump(db, &["bank_lines"]).await;
    assert_eq!(kept.len(), 2, "{kept:?}");
    let orphans = audit::orphans(&mut begin(db).await).await.expect("a read");
    assert!(!orphans.iter().any(|what| what.contains("receipt") || what.contains("transaction")), "{orphans:?}");
}

/// Red when: two who take back the two halves of a transaction at once do not see each other, so that it is left neither
/// recorded nor free to be recorded again.
#[tokio::test]
async fn the_halves_of_a_transaction_are_taken_back_one_after_the_other() {
    let test = fresh(Engine::Postgres).await;
    given_invoices(&test).await;
    let half = |number| NewReceipt { bank_line: Some("a".to_owned()), ..receipt(number, number, 10) };
    let mut tx = begin(&test).await;
    let file = BankFileId::new(Uuid::from_u128(1));
    receipts::add_file(&mut tx, file, &self::file(), ("Anna", noon())).await.expect("it is kept");
    receipts::claim_lines(&mut tx, file, &["a".to_owned()]).await.expect("it is free");
    receipts::add(&mut tx, &[half(1), half(2)], ("Anna", noon())).await.expect("they are new");
    let first = receipts::get(&mut tx, receipt_id(1)).await.expect("a read").expect("it is there");
    let second = receipts::get(&mut tx, receipt_id(2)).await.expect("a read").expect("it is there");
    commit(tx).await;
    let mut anna = begin(&test).await;
    assert!(receipts::take_back(&mut anna, &first, "Wrong", ("Anna", noon())).await.expect("it is taken back"));
    let mut bea = begin(&test).await;
    execute(&mut bea, "SET LOCAL lock_timeout = '200ms'").await.expect("it is set");
    assert!(receipts::take_back(&mut bea, &second, "Wrong", ("Bea", noon())).await.is_err(), "she has to wait");
    drop(bea);
    commit(anna).await;
    let mut bea = begin(&test).await;
    assert!(receipts::take_back(&mut bea, &second, "Wrong", ("Bea", noon())).await.expect("it is taken back"));
    commit(bea).await;
    assert_eq!(dump(&test, &["bank_lines"]).await.len(), 0);
}

on_both!(
    receipts_are_read_back_and_summed,
    open_items_are_found_sorted_and_summed,
    bank_files_are_kept_and_their_lines_taken_once,
);
