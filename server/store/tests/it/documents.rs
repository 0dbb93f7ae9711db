//! Documents, their lines, and their numbers.

use domain::{DateRange, contracts::Delivery, documents::DocumentState};
use store::{
    Db, audit,
    documents::{self, NewLine},
    settings,
    testing::{begin, commit, execute},
};
use wire::documents::{DOCUMENTS_PER_PAGE, DocumentQuery, DocumentRow, DocumentSort};

use crate::{
    given::{add_claims, add_invoices, claim, contract, contract_id, document_id, invoice, line, put, run_id},
    support::{card, customer_id, day, given_customer, instant, noon},
};

async fn a_document_is_read_back_with_its_lines(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    let mut issued = invoice(1, 1, Some("RE-1"), "2026-04-01");
    (issued.run, issued.delivery) = (Some(run_id(3)), Delivery::Print);
    let mut second = issued.lines[0].clone();
    (second.contract, second.service, second.seconds) = (Some(contract_id(1)), None, Some(-43_200));
    second.line.text = String::from("Second");
    (second.line.article, second.line.group, second.line.sub_group) = (None, None, None);
    second.total = 0;
    issued.lines.push(second.clone());
    let draft = invoice(2, 1, None, "2026-04-02");
    add_invoices(&mut tx, &[issued.clone(), draft.clone()]).await;

    let page = documents::get(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    let row = &page.row;
    assert_eq!((row.id, row.kind, row.state), (issued.id, issued.kind, DocumentState::Issued));
    assert_eq!((row.number.as_deref(), row.customer.number.as_str()), (Some("RE-1"), "K-1"));
    assert_eq!((row.date, row.due_on), (issued.date, issued.due_on));
    assert_eq!((row.net.minor, row.gross.minor, row.net.currency), (39_999, 47_599, issued.currency));
    assert_eq!((page.version, page.delivery, page.run), (1, Delivery::Print, Some(run_id(3))));
    assert_eq!((&page.recipient, &page.totals), (&card("K-1", "Alpha", "Ulm"), &issued.totals));
    assert_eq!(page.created, (noon().fixed_offset(), "Anna".to_owned()));
    assert_eq!(page.issued, Some(page.created.clone()));
    let lines: Vec<_> = page.lines.iter().map(|line| (&line.line, line.total, line.service)).collect();
    let service = DateRange { from: day("2026-04-01"), until: Some(day("2026-05-01")) };
    assert_eq!(lines, [(&line("Quota"), 39_999, Some(service)), (&second.line, 0, None)]);
    assert_eq!(page.lines[1].contract, Some((contract_id(1), "V-00001".to_owned())));

    let page = documents::get(&mut tx, document_id(2)).await.expect("a read").expect("it is there");
    assert_eq!((page.row.state, page.row.number, page.issued), (DocumentState::Draft, None, None));
    assert_eq!(page.recipient, wire::customers::CustomerCard::default());
    assert!(documents::get(&mut tx, document_id(3)).await.expect("a read").is_none());
    let numbers = documents::numbers(&mut tx, &[1, 2, 3].map(document_id)).await.expect("a read");
    let expected = [(document_id(1), Some("RE-1".to_owned())), (document_id(2), None)];
    assert_eq!(numbers, expected.into());
    assert_eq!(documents::numbers(&mut tx, &[]).await.expect("a read"), [].into());
}

/// Red when: one of the two ways to issue forgets the numbers of the contracts, a draft keeps them, or cancelling and
/// changing lose them.
async fn an_issued_line_keeps_the_number_of_its_contract(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    put(&mut tx, &contract(2, 1)).await;
    let of = |id: u128, number: Option<&str>| {
        let mut new = invoice(id, 1, number, "2026-04-01");
        let line = |contract: Option<u128>| NewLine { contract: contract.map(contract_id), ..new.lines[0].clone() };
        let lines = [Some(1), None, Some(2), Some(9)].map(line).to_vec();
        new.lines = lines;
        new
    };
    add_invoices(&mut tx, &[of(1, Some("RE-1")), of(2, None), of(3, None), of(4, Some("RE-4"))]).await;
    let dates = ("RE-2", day("2026-04-02"), day("2026-04-16"));
    let recipient = card("K-1", "Alpha", "Ulm");
    assert!(
        documents::issue(&mut tx, document_id(2), dates, &recipient, ("Anna", noon())).await.expect("it is issued")
    );
    assert!(documents::cancel(&mut tx, document_id(4)).await.expect("it is cancelled"));
    commit(tx).await;

    let mut tx = begin(db).await;
    let renamed = "UPDATE contracts SET number = 'New ' || number, number_folded = 'new ' || number_folded";
    execute(&mut tx, renamed).await.expect("they are called otherwise");
    documents::change(&mut tx, &of(3, None)).await.expect("the draft is changed");
    commit(tx).await;
    let mut tx = db.read().await.expect("a read begins");
    let (then, now) = (["V-00001", "V-00002"], ["New V-00001", "New V-00002"]);
    for (id, named) in [(1, then), (2, then), (3, now), (4, then)] {
        let page = documents::get(&mut tx, document_id(id)).await.expect("a read").expect("it is there");
        let found: Vec<_> = page.lines.iter().map(|line| line.contract.clone()).collect();
        let [one, two] = named.map(str::to_owned);
        // A line may name none, or one that is not there.
        assert_eq!(found, [Some((contract_id(1), one)), None, Some((contract_id(2), two)), None], "document {id}");
    }
    assert!(audit::orphans(&mut tx).await.expect("a read").iter().all(|what| !what.contains("keep the number")));
    drop(tx);
    let mut tx = begin(db).await;
    let damage = "UPDATE document_lines SET contract_number = NULL";
    execute(&mut tx, damage).await.expect("the damage is done");
    let named = format!("{}, line 0", document_id(1));
    let orphans = audit::orphans(&mut tx).await.expect("a read");
    assert!(orphans.iter().any(|what| what.contains("keep the number") && what.contains(&named)), "{orphans:?}");
}

/// Red when: a number is unique as typed only.
async fn a_number_is_given_once(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    add_invoices(&mut tx, &[invoice(1, 1, Some("RE-1"), "2026-04-01"), invoice(2, 1, None, "2026-04-01")]).await;
    commit(tx).await;
    let mut tx = begin(db).await;
    let again = documents::add(&mut tx, &[invoice(3, 1, Some("re-1"), "2026-04-01")], "Anna", noon()).await;
    assert!(again.is_err());
}

/// Red when: issuing does not look at the state.
async fn a_draft_is_issued_once(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    add_invoices(&mut tx, &[invoice(1, 1, None, "2026-04-01")]).await;
    let stored = documents::lock(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((stored.version, stored.payment_days, stored.row.state), (1, 14, DocumentState::Draft));
    let at = instant("2026-05-01T08:00:00Z");
    let (first, second) =
        (("RE-7", day("2026-05-01"), day("2026-05-15")), ("RE-8", day("2026-06-01"), day("2026-06-15")));
    let to = card("K-1", "Müller", "Köln");
    assert!(documents::issue(&mut tx, document_id(1), first, &to, ("Bea", at)).await.expect("it is issued"));
    let issued = documents::get(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((issued.row.number.as_deref(), issued.row.date, issued.row.due_on), (Some("RE-7"), first.1, first.2));
    assert_eq!((issued.version, &issued.recipient, issued.row.state), (2, &to, DocumentState::Issued));
    assert_eq!(issued.issued, Some((at.fixed_offset(), "Bea".to_owned())));
    assert_eq!(issued.created, (noon().fixed_offset(), "Anna".to_owned()));
    assert!(!documents::issue(&mut tx, document_id(1), second, &to, ("Bea", at)).await.expect("an answer"));
    assert_eq!(documents::get(&mut tx, document_id(1)).await.expect("a read"), Some(issued));
}

fn ids(rows: &[DocumentRow]) -> Vec<domain::DocumentId> {
    rows.iter().map(|row| row.id).collect()
}

async fn documents_are_listed_the_latest_first(db: &Db) {
    for customer in [1, 2] {
        given_customer(db, customer).await;
    }
    let mut tx = begin(db).await;
    let many = u128::from(DOCUMENTS_PER_PAGE) * 2 + 20;
    let invoices: Vec<_> = (1..=many)
        .map(|n| {
            let number = format!("RE-{n:04}");
            let date = if n % 2 == 0 { "2026-04-01" } else { "2026-04-02" };
            invoice(n, 1 + n % 2, (n % 10 != 0).then_some(number.as_str()), date)
        })
        .collect();
    add_invoices(&mut tx, &invoices).await;
    let mut expected: Vec<u128> = (1..=many).collect();
    expected.sort_by_key(|n| std::cmp::Reverse((n % 2, *n)));
    let of =
        |keep: fn(u128) -> bool| expected.iter().copied().filter(|n| keep(*n)).map(document_id).collect::<Vec<_>>();
    let ask = DocumentQuery::default();
    for (ask, expected) in [
        (ask.clone(), of(|_| true)),
        (DocumentQuery { customer: Some(customer_id(2)), ..ask.clone() }, of(|n| n % 2 == 1)),
        (DocumentQuery { state: Some(DocumentState::Draft), ..ask.clone() }, of(|n| n % 10 == 0)),
    ] {
        let mut found = Vec::new();
        for page in 1..=4 {
            let listed = documents::list(&mut tx, &DocumentQuery { page, ..ask.clone() }).await.expect("a read");
            found.extend(ids(&listed.rows));
            assert_eq!(listed.more, found.len() < expected.len(), "{ask:?} {page}");
        }
        assert_eq!(found, expected, "{ask:?}");
    }
    let q = DocumentQuery { q: "re-000".to_owned(), sort: DocumentSort::Number, ..ask.clone() };
    let found = documents::list(&mut tx, &q).await.expect("a read");
    assert_eq!(ids(&found.rows), (1..=9).rev().map(document_id).collect::<Vec<_>>());
    let drafts = documents::drafts(&mut tx, 3).await.expect("a read");
    assert_eq!(ids(&drafts), [many, many - 10, many - 20].map(document_id));
}

async fn the_documents_of_a_contract_are_those_that_bill_it(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for number in [1, 2] {
        put(&mut tx, &contract(number, 1)).await;
    }
    let invoices = [1, 2, 3].map(|n| invoice(n, 1, None, &format!("2026-04-0{n}")));
    add_invoices(&mut tx, &invoices).await;
    let claims = [claim(1, 1, 0, 1, &[]), claim(2, 1, 1, 3, &[]), claim(3, 2, 0, 3, &[]), claim(4, 2, 1, 2, &[])];
    add_claims(&mut tx, &claims).await;
    for (number, expected) in [(1, vec![3, 1]), (2, vec![3, 2]), (9, vec![])] {
        let found = documents::of_contract(&mut tx, contract_id(number), 10).await.expect("a read");
        assert_eq!(ids(&found), expected.into_iter().map(document_id).collect::<Vec<_>>(), "{number}");
    }
    let one = documents::of_contract(&mut tx, contract_id(1), 1).await.expect("a read");
    assert_eq!(ids(&one), [document_id(3)]);
}

/// Red when: a piece that is given up keeps the numbers it took.
async fn many_numbers_are_counted_without_gaps(db: &Db) {
    let take = |many: i64, fail: bool| {
        db.write(move |tx| {
            Box::pin(async move {
                let first = settings::count_many(tx, "invoice 2026", many).await?;
                if fail {
                    return Err(store::StoreError::GivenUp("on purpose"));
                }
                Ok(first)
            })
        })
    };
    assert_eq!(take(1, false).await.expect("a number"), 1);
    assert_eq!(take(3, false).await.expect("three numbers"), 2);
    take(5, true).await.expect_err("it is given up");
    assert_eq!(take(1, false).await.expect("a number"), 5);
    let mut taken: Vec<i64> = futures::future::join_all((0..20).map(|_| take(2, false)))
        .await
        .into_iter()
        .map(|first| first.expect("two numbers"))
        .collect();
    taken.sort_unstable();
    assert_eq!(taken, (0..20).map(|n| 6 + 2 * n).collect::<Vec<i64>>());
}

async fn what_no_version_wrote_is_named(db: &Db) {
    given_customer(db, 1).await;
    for (column, value) in [("kind", "letter"), ("state", "lost"), ("currency", "coins")] {
        let mut tx = begin(db).await;
        add_invoices(&mut tx, &[invoice(1, 1, None, "2026-04-01")]).await;
        execute(&mut tx, &format!("UPDATE documents SET {column} = '{value}'")).await.expect("the damage is done");
        let read = documents::get(&mut tx, document_id(1)).await;
        let named = matches!(&read, Err(store::StoreError::Unreadable { what, .. }) if *what == column);
        assert!(named, "{column}: {read:?}");
    }
}

on_both!(
    a_document_is_read_back_with_its_lines,
    an_issued_line_keeps_the_number_of_its_contract,
    a_number_is_given_once,
    a_draft_is_issued_once,
    documents_are_listed_the_latest_first,
    the_documents_of_a_contract_are_those_that_bill_it,
    many_numbers_are_counted_without_gaps,
    what_no_version_wrote_is_named,
);
