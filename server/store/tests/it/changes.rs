//! Changing contracts: many at once, what was billed with which terms, and what lies behind an end.

use domain::{
    documents::{DocumentKind, DocumentState},
    quota::{Ledger, Overbooking},
};
use store::{
    Db, claims, contract_types,
    contracts::{self, StoredContract},
    documents::{self, NewDocument, NewLine},
    history, ledger,
    testing::{begin, commit, dump, execute},
};
use wire::{
    contracts::ContractTypeDraft,
    history::{Change, FieldChange},
};

use crate::{
    given::{add_claims, add_invoices, claim, contract, contract_id, document_id, invoice, put, terms, type_id},
    support::{
        Command, account_id, amount, customer_id, day, draw_id, given_account, given_customer, instant, noon, post,
    },
};

/// Red when: something else is written than by one after the other, or a contract that was not named changes.
async fn many_contracts_change_as_one_after_the_other(db: &Db) {
    given_customer(db, 1).await;
    let later = instant("2026-07-01T12:00:00Z");
    let mut tx = begin(db).await;
    for number in 1..=4 {
        put(&mut tx, &contract(number, 1)).await;
    }
    commit(tx).await;
    let mut tx = begin(db).await;
    let changed = async |tx: &mut store::Tx| {
        let ids = [2, 3].map(contract_id);
        let found = contracts::many(tx, &ids, true).await.expect("a read");
        let raised = found.into_iter().map(|mut found| {
            found.contract.terms.billing.lead_days = Some(9);
            found.contract.terms.billing.automatic = false;
            (found.contract.terms.term, found.contract.terms.renewal) = (6, None);
            StoredContract { edited_by: "Ben".to_owned(), ..found }
        });
        raised.collect::<Vec<_>>()
    };
    let wanted = changed(&mut tx).await;
    for one in &wanted {
        assert!(contracts::put(&mut tx, one, later).await.expect("it is stored"));
    }
    let tables = ["contracts", "contract_versions"];
    commit(tx).await;
    let one_by_one = dump(db, &tables).await;
    // Back to what they were, and all at once.
    let mut tx = begin(db).await;
    execute(&mut tx, "DELETE FROM contract_versions WHERE version = 2").await.expect("it is deleted");
    for one in [2, 3].map(|number| contract(number, 1)) {
        let before = StoredContract { version: 1, ..one };
        assert!(contracts::put(&mut tx, &before, noon()).await.expect("it is stored"));
    }
    execute(&mut tx, "DELETE FROM contract_versions WHERE version = 2").await.expect("it is deleted");
    execute(&mut tx, "UPDATE contracts SET version = 1").await.expect("it is changed");
    let wanted = changed(&mut tx).await;
    contracts::put_terms(&mut tx, &wanted, later).await.expect("they are stored");
    contracts::put_terms(&mut tx, &[], later).await.expect("nothing is stored");
    commit(tx).await;
    assert_eq!(dump(db, &tables).await, one_by_one);
}

fn change(after: &str) -> Change {
    let field = FieldChange { field: "term".to_owned(), before: None, after: Some(after.to_owned()) };
    Change { at: noon().fixed_offset(), by: "Anna".to_owned(), fields: vec![field] }
}

/// Red when: the changes of several things are numbered together.
async fn changes_of_many_things_are_numbered_each_on_its_own(db: &Db) {
    let mut tx = begin(db).await;
    history::add(&mut tx, "contract", "1", &change("12")).await.expect("it is noted");
    history::add(&mut tx, "customer", "2", &change("12")).await.expect("it is noted");
    let many = [("1".to_owned(), change("24")), ("2".to_owned(), change("36"))];
    history::add_many(&mut tx, "contract", &many).await.expect("they are noted");
    history::add(&mut tx, "contract", "2", &change("48")).await.expect("it is noted");
    assert_eq!(history::list(&mut tx, "contract", "1", 9).await.expect("a read"), [change("24"), change("12")]);
    assert_eq!(history::list(&mut tx, "contract", "2", 9).await.expect("a read"), [change("48"), change("36")]);
}

/// Red when: a contract of another type or one that has ended is found, or one that begins with the words is not.
async fn contracts_of_a_type_are_found_until_they_end(db: &Db) {
    given_customer(db, 1).await;
    given_customer(db, 2).await;
    let mut tx = begin(db).await;
    for number in [1, 2] {
        let name = format!("Gold {number}");
        let draft = ContractTypeDraft { id: type_id(number), version: 0, name, terms: terms() };
        contract_types::put(&mut tx, &draft, true).await.expect("it is stored");
    }
    for (number, customer, kind, end) in [
        (1, 1, 1, None),
        (2, 2, 1, None),
        (3, 1, 2, None),
        (4, 1, 1, Some("2026-07-01")),
        (5, 1, 1, Some("2026-07-02")),
    ] {
        let mut new = contract(number, customer);
        new.card.contract_type = Some(type_id(kind));
        new.contract.agreed_end = end.map(day);
        put(&mut tx, &new).await;
    }
    let mut found = async |q: &str, most| {
        let found = contracts::of_type(&mut tx, type_id(1), day("2026-07-01"), q, most).await.expect("a read");
        found.into_iter().map(|found| found.card.number).collect::<Vec<_>>()
    };
    assert_eq!(found("", 9).await, ["V-00001", "V-00002", "V-00005"]);
    assert_eq!(found("", 2).await, ["V-00001", "V-00002"]);
    assert_eq!(found("v-00002", 9).await, ["V-00002"]);
    assert_eq!(found("cust 2", 9).await, ["V-00002"]);
    assert_eq!(found("nobody", 9).await, [""; 0]);
}

/// Red when: a cancelled claim is told, the lots are not summed, or terms are told that billed nothing.
async fn standing_periods_are_read_with_their_terms(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    add_invoices(&mut tx, &[invoice(1, 1, Some("RE-1"), "2026-04-01"), invoice(2, 1, None, "2026-05-01")]).await;
    add_claims(&mut tx, &[claim(1, 1, 0, 1, &[1, 2]), claim(2, 1, 1, 2, &[])]).await;
    for version in 1..=3 {
        let mut now = contract(1, 1);
        (now.version, now.contract.terms.term) = (version, 30);
        put(&mut tx, &now).await;
    }
    let found = claims::standing_of(&mut tx, contract_id(1), 9).await.expect("a read");
    let told: Vec<_> =
        found.iter().map(|found| (found.billed.number, found.billed.granted.units(), found.billed.version)).collect();
    assert_eq!(told, [(0, 28_800, 1), (1, 0, 1)]);
    assert_eq!(found[0].document, Some((document_id(1), Some("RE-1".to_owned()))));
    assert_eq!((found[1].document.clone(), found[1].by.as_str()), (Some((document_id(2), None)), "Anna"));
    assert_eq!(found[0].billed.service.until, Some(day("2026-04-21")));
    assert_eq!(
        claims::standing_of(&mut tx, contract_id(1), 1).await.expect("a read")[0].billed.number,
        1,
        "the latest"
    );
    let mut versions = async |from| {
        let found = claims::versions(&mut tx, contract_id(1), 4, from).await.expect("a read");
        found.into_iter().map(|found| (found.version, found.terms.term, found.by)).collect::<Vec<_>>()
    };
    let anna = || "Anna".to_owned();
    assert_eq!(versions(0).await, [(1, 24, anna()), (4, 30, anna())]);
    assert_eq!(versions(7).await, [(4, 30, anna())]);
    claims::cancel(&mut tx, document_id(1)).await.expect("it is freed");
    let left = claims::standing_of(&mut tx, contract_id(1), 9).await.expect("a read");
    assert_eq!(left.iter().map(|found| found.billed.number).collect::<Vec<_>>(), [1]);
}

/// Red when: a document of an earlier day, of another contract or kind, or a cancelled one is found.
async fn documents_that_name_a_contract_are_found_from_a_day_on(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for number in [1, 2] {
        put(&mut tx, &contract(number, 1)).await;
    }
    let dated = |id: u128, kind, number: Option<&str>, date, of: u128| {
        let invoice = invoice(id, 1, number, date);
        let line = |line: NewLine| NewLine { contract: Some(contract_id(of)), ..line };
        NewDocument { kind, lines: invoice.lines.clone().into_iter().map(line).collect(), ..invoice }
    };
    let (note, plain) = (DocumentKind::DeliveryNote, DocumentKind::Invoice);
    add_invoices(
        &mut tx,
        &[
            dated(1, note, Some("LS-1"), "2026-05-31", 1),
            dated(2, note, Some("LS-2"), "2026-06-01", 1),
            dated(3, plain, None, "2026-06-02", 1),
            dated(4, note, Some("LS-4"), "2026-06-03", 2),
            dated(5, DocumentKind::ContractInvoice, Some("RE-5"), "2026-06-03", 1),
            dated(6, plain, Some("RE-6"), "2026-06-04", 1),
        ],
    )
    .await;
    assert!(documents::cancel(&mut tx, document_id(6)).await.expect("an answer"));
    let naming = documents::naming(&mut tx, (customer_id(1), contract_id(1)), day("2026-06-01")).await;
    let told: Vec<_> =
        naming.expect("a read").into_iter().map(|found| (found.document, found.state, found.number)).collect();
    let expected = [
        (document_id(2), DocumentState::Issued, Some("LS-2".to_owned())),
        (document_id(3), DocumentState::Draft, None),
    ];
    assert_eq!(told, expected);
}

/// Red when: a draw of an earlier day or one that was released is told, or its deficit is left out.
async fn draws_are_read_from_a_day_on(db: &Db) {
    let account = given_account(db, Overbooking::Yes { limit: None }).await;
    let mut books = Ledger::new(account.clone());
    let mut tx = begin(db).await;
    for command in [
        Command::Grant(1, 3_600, "2026-06-01", Some("2026-07-01")),
        Command::Draw(1, 600, "2026-06-09"),
        Command::Draw(2, 600, "2026-06-10"),
        Command::Draw(3, 7_200, "2026-06-10"),
        Command::Draw(4, 60, "2026-06-12"),
        Command::Release(4),
    ] {
        post(&mut tx, &mut books, command).await;
    }
    let found = ledger::draws_from(&mut tx, account.id, day("2026-06-10")).await.expect("a read");
    let told: Vec<_> = found.into_iter().map(|found| (found.draw, found.date, found.amount)).collect();
    let on = day("2026-06-10");
    assert_eq!(told, [(draw_id(2), on, amount(600)), (draw_id(3), on, amount(7_200))]);
    assert_eq!(ledger::draws_from(&mut tx, account_id(77), on).await.expect("a read"), []);
}

on_both!(
    many_contracts_change_as_one_after_the_other,
    changes_of_many_things_are_numbered_each_on_its_own,
    contracts_of_a_type_are_found_until_they_end,
    standing_periods_are_read_with_their_terms,
    documents_that_name_a_contract_are_found_from_a_day_on,
    draws_are_read_from_a_day_on,
);
