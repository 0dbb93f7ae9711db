//! Customers: adding, changing, finding, sorting, paging.

use store::{
    Db, customers,
    testing::{begin, commit},
};
use wire::customers::{CUSTOMERS_PER_PAGE, CustomerCard, CustomerQuery, CustomerSort};

use crate::support::{card, customer_id};

async fn given(db: &Db, cards: &[(&str, &str, &str)]) {
    let mut tx = begin(db).await;
    for (id, (number, name, city)) in (1..).zip(cards) {
        assert!(customers::add(&mut tx, customer_id(id), &card(number, name, city)).await.expect("it is stored"));
    }
    commit(tx).await;
}

async fn listed(db: &Db, ask: &CustomerQuery) -> Vec<String> {
    let mut tx = db.read().await.expect("a read begins");
    let page = customers::list(&mut tx, ask).await.expect("a page");
    page.rows.into_iter().map(|line| line.number).collect()
}

async fn found(db: &Db, q: &str) -> Vec<String> {
    let ask = CustomerQuery { q: q.to_owned(), sort: CustomerSort::Number, ..Default::default() };
    listed(db, &ask).await
}

fn full_card() -> CustomerCard {
    let text = str::to_owned;
    CustomerCard {
        number: text("K-1"),
        name: text("O'Brien & \"Söhne\" 🦀 שלום"),
        street: text("Weg 1"),
        postcode: text("01067"),
        city: text("Überlingen"),
        country: text("DE"),
        email: text("a@b.example"),
        vat_id: text("DE123456789"),
    }
}

async fn a_customer_is_read_back_as_it_was_stored(db: &Db) {
    let mut tx = begin(db).await;
    assert!(customers::add(&mut tx, customer_id(1), &full_card()).await.expect("it is stored"));
    let stored = customers::get(&mut tx, customer_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((stored.id, stored.version, stored.card), (customer_id(1), 1, full_card()));
    assert_eq!(customers::get(&mut tx, customer_id(2)).await.expect("a read"), None);
    assert_eq!(customers::lock(&mut tx, customer_id(2)).await.expect("a read"), None);
}

async fn a_change_raises_the_version_and_moves_the_words(db: &Db) {
    given(db, &[("1", "Alpha Werke", "Ulm"), ("2", "Beta", "Ulm")]).await;
    let mut tx = begin(db).await;
    assert_eq!(customers::lock(&mut tx, customer_id(1)).await.expect("a read").map(|c| c.version), Some(1));
    customers::change(&mut tx, customer_id(1), &card("9", "Gamma Werke", "Bonn")).await.expect("it is stored");
    let stored = customers::lock(&mut tx, customer_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((stored.version, stored.card), (2, card("9", "Gamma Werke", "Bonn")));
    commit(tx).await;
    assert_eq!(found(db, "alpha").await, [""; 0], "the old words find nothing");
    assert_eq!(found(db, "gamma").await, ["9"]);
    assert_eq!(found(db, "bonn 9 werke").await, ["9"]);
    assert_eq!(found(db, "ulm").await, ["2"]);
}

async fn an_id_or_a_number_is_taken_once(db: &Db) {
    given(db, &[("K-1", "Alpha", "")]).await;
    let mut tx = begin(db).await;
    assert!(!customers::add(&mut tx, customer_id(1), &card("K-2", "Beta", "")).await.expect("an answer"), "the id");
    assert!(!customers::add(&mut tx, customer_id(2), &card("k 1", "Beta", "")).await.expect("an answer"), "the number");
    assert_eq!(customers::by_number(&mut tx, "k-1").await.expect("a read"), Some(customer_id(1)));
    assert_eq!(customers::by_number(&mut tx, "K-2").await.expect("a read"), None);
    // Nothing of the refused ones stays, and the transaction goes on.
    assert!(customers::add(&mut tx, customer_id(2), &card("K-2", "Beta", "")).await.expect("it is stored"));
    commit(tx).await;
    assert_eq!(found(db, "k").await, ["K-1", "K-2"]);
}

async fn customers_are_found_by_the_beginnings_of_words(db: &Db) {
    given(
        db,
        &[
            ("10001", "Müller & Söhne GmbH", "Köln"),
            ("10002", "Mueller Bau", "Aachen"),
            ("10003", "Straßenbau Łódź", "Görlitz"),
            ("10004", "Ça Va Café", "Saarbrücken"),
            ("10005", "東京 商事", "東京都"),
            ("10006", "Zz 100% _Rabatt_", "Ulm"),
        ],
    )
    .await;
    let expect = [
        ("müll", vec!["10001", "10002"]),
        ("MUELLER", vec!["10001", "10002"]),
        ("mueller köl", vec!["10001"]),
        ("soehne mül", vec!["10001"]),
        ("strasse", vec!["10003"]),
        ("lodz", vec!["10003"]),
        ("cafe", vec!["10004"]),
        ("saarbrue", vec!["10004"]),
        ("東", vec!["10005"]),
        ("東京都", vec!["10005"]),
        ("zz", vec!["10006"]),
        ("1000", vec!["10001", "10002", "10003", "10004", "10005", "10006"]),
        ("10001", vec!["10001"]),
        ("ller", vec![]),
        ("mueller aachen köln", vec![]),
        ("rabatt 100", vec!["10006"]),
        // Signs are not words, and no sign is a wildcard or the end of a text.
        ("%", vec!["10001", "10002", "10003", "10004", "10005", "10006"]),
        ("' OR 1=1 --", vec![]),
    ];
    for (q, numbers) in expect {
        assert_eq!(found(db, q).await, numbers, "{q}");
    }
}

/// Folded, the order is by bytes on every engine, whatever the server's collation says.
const ORDERED: [(&str, &str, &str); 10] = [
    ("Đ-1", "Đorđe", "Þórshöfn"),
    ("e-1", "Emil", "Turin"),
    ("K-4", "ab c", "Bonn"),
    ("10", "ABA", "Aachen"),
    ("K-10", "abb", "Ulm"),
    ("9", "Äb", "Zürich"),
    ("K4", "zulu", "aachen"),
    ("1", "東京", "bonn"),
    ("2", "łódź", "Essen"),
    ("K-1 b", "Омега", "Ülm"),
];

async fn every_column_sorts_both_ways(db: &Db) {
    given(db, &ORDERED).await;
    for sort in [CustomerSort::Name, CustomerSort::Number, CustomerSort::City] {
        let mut expected: Vec<_> = (1_u128..)
            .zip(ORDERED)
            .map(|(id, (number, name, city))| {
                let key = match sort {
                    CustomerSort::Name => name,
                    CustomerSort::Number => number,
                    CustomerSort::City => city,
                };
                (store::fold(key), id, number)
            })
            .collect();
        expected.sort();
        for desc in [false, true] {
            let numbers: Vec<_> = expected.iter().map(|(_, _, number)| *number).collect();
            let ask = CustomerQuery { sort, desc, ..Default::default() };
            assert_eq!(listed(db, &ask).await, numbers, "{sort:?} desc {desc}");
            expected.reverse();
        }
    }
}

async fn a_search_sorts_like_the_list(db: &Db) {
    given(db, &[("3", "Ulm Bau", "Ulm"), ("1", "Ulm Amt", "Bonn"), ("2", "Ulm Zoo", "Aachen")]).await;
    for (sort, numbers) in [
        (CustomerSort::Name, ["1", "3", "2"]),
        (CustomerSort::Number, ["1", "2", "3"]),
        (CustomerSort::City, ["2", "1", "3"]),
    ] {
        let ask = CustomerQuery { q: "ulm".to_owned(), sort, desc: false, page: 1 };
        assert_eq!(listed(db, &ask).await, numbers, "{sort:?}");
        let backwards: Vec<_> = numbers.into_iter().rev().collect();
        assert_eq!(listed(db, &CustomerQuery { desc: true, ..ask }).await, backwards, "{sort:?}");
    }
}

async fn pages_follow_each_other_without_gap_or_repeat(db: &Db) {
    let count = 2 * CUSTOMERS_PER_PAGE + 1;
    let mut tx = begin(db).await;
    for number in 0..count {
        // Three names for all, so that the order among equals matters.
        let card = card(&format!("{number:03}"), &format!("Name {}", number % 3), "Ulm");
        customers::add(&mut tx, customer_id(u128::from(number)), &card).await.expect("it is stored");
    }
    commit(tx).await;
    for q in ["", "ulm"] {
        let mut seen = Vec::new();
        for (page, rows, more) in [(1, 25, true), (2, 25, true), (3, 1, false), (4, 0, false)] {
            let ask = CustomerQuery { q: q.to_owned(), page, ..Default::default() };
            let mut tx = db.read().await.expect("a read begins");
            let page = customers::list(&mut tx, &ask).await.expect("a page");
            assert_eq!((page.rows.len(), page.more), (rows, more), "page {} of {q:?}", ask.page);
            seen.extend(page.rows.into_iter().map(|line| line.number));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), usize::try_from(count).expect("few"));
    }
    let first = listed(db, &CustomerQuery::default()).await;
    assert_eq!(listed(db, &CustomerQuery { page: 1, ..Default::default() }).await, first, "page 0 is the first");
    assert_eq!(listed(db, &CustomerQuery { page: u32::MAX, ..Default::default() }).await, [""; 0]);
}

on_both!(
    a_customer_is_read_back_as_it_was_stored,
    a_change_raises_the_version_and_moves_the_words,
    an_id_or_a_number_is_taken_once,
    customers_are_found_by_the_beginnings_of_words,
    every_column_sorts_both_ways,
    a_search_sorts_like_the_list,
    pages_follow_each_other_without_gap_or_repeat,
);
