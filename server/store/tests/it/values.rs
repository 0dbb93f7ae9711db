//! Values that engines like to bend: both give back exactly what was stored.

use domain::{
    DateRange,
    quota::{AccountView, Carried, Entry, GrantOrigin, Ledger, Lot, LotState, Movement, Overbooking, Seq},
};
use store::{
    Db, accounts, customers, ledger, once, people,
    testing::{begin, commit},
};
use wire::customers::CustomerCard;

use crate::support::{
    Command, account_id, amount, card, customer_id, day, given_account, instant, lot_id, lots_of, note, post,
};

/// Quotes, backslashes, percent, emoji with joiners, right-to-left, combining marks, four-byte letters, long text.
const TEXTS: [&str; 9] = [
    "",
    "O'Brien's \"best\" ; DROP TABLE customers; --",
    r"back\slash \n %s $1 ? :a @b",
    "👩‍👩‍👧‍👦 🇩🇪",
    "שלום עולם \u{200f}‏مرحبا",
    "e\u{301} = é",
    "𠜎 𝒳 \u{10ffff}",
    "tab\tand\nline",
    "  spaces  ",
];

async fn texts_come_back_as_they_went_in(db: &Db) {
    let mut tx = begin(db).await;
    for (id, text) in (1..).zip(TEXTS) {
        let card = CustomerCard { street: text.to_owned(), ..card(&id.to_string(), text, text) };
        assert!(customers::add(&mut tx, customer_id(id), &card).await.expect("it is stored"));
        let stored = customers::get(&mut tx, customer_id(id)).await.expect("a read").expect("it is there");
        assert_eq!(stored.card, card);
    }
    let long = "ä".repeat(100_000);
    once::claim(&mut tx, "s", "n", "h", instant("2026-01-01T00:00:00Z")).await.expect("a claim");
    once::answer(&mut tx, "s", "n", &long).await.expect("it is stored");
    let kept = once::claim(&mut tx, "s", "n", "h", instant("2026-01-01T00:00:00Z")).await.expect("a claim");
    assert_eq!(kept.map(|kept| kept.answer), Some(long));
}

/// PostgreSQL keeps microseconds: SQLite must not give back more. Red when: instants are not cut.
async fn instants_are_cut_to_microseconds(db: &Db) {
    let mut tx = begin(db).await;
    let anna = people::User {
        id: domain::UserId::new(uuid::Uuid::from_u128(1)),
        login: "anna".to_owned(),
        name: "Anna".to_owned(),
        role: domain::Role::Admin,
        customer: None,
        password_hash: String::new(),
    };
    people::add_user(&mut tx, &anna).await.expect("it is stored");
    let far = instant("2199-12-31T23:59:59Z");
    for (number, (stored, back)) in [
        ("2026-04-15T12:00:00.123456789Z", "2026-04-15T12:00:00.123456Z"),
        ("2026-04-15T12:00:00.999999999Z", "2026-04-15T12:00:00.999999Z"),
        ("2026-04-15T12:00:00Z", "2026-04-15T12:00:00Z"),
        ("1900-01-01T00:00:00.5Z", "1900-01-01T00:00:00.5Z"),
        ("1969-12-31T23:59:59.999999500Z", "1969-12-31T23:59:59.999999Z"),
        ("2100-02-28T23:59:59.000001Z", "2100-02-28T23:59:59.000001Z"),
    ]
    .into_iter()
    .enumerate()
    {
        let hash = number.to_string();
        people::add_session(&mut tx, &hash, anna.id, instant(stored), far).await.expect("it is stored");
        let read = people::session(&mut tx, &hash, instant(stored)).await.expect("a read").expect("it lives");
        assert_eq!(read.seen_at, instant(back), "{stored}");
    }
}

/// Instants are compared in time and not as text: with and without fractions, on both sides.
async fn instants_are_ordered_to_the_microsecond(db: &Db) {
    let moments = [
        "2026-04-15T12:00:00Z",
        "2026-04-15T12:00:00.000001Z",
        "2026-04-15T12:00:00.1Z",
        "2026-04-15T12:00:00.100001Z",
        "2026-04-15T12:00:00.120Z",
        "2026-04-15T12:00:00.123456Z",
        "2026-04-15T12:00:01Z",
    ];
    for (earlier, moment) in moments.into_iter().enumerate() {
        let mut tx = begin(db).await;
        for (number, at) in moments.into_iter().enumerate() {
            once::claim(&mut tx, "s", &number.to_string(), "h", instant(at)).await.expect("a claim");
        }
        let forgotten = once::forget(&mut tx, instant(moment)).await.expect("a sweep");
        assert_eq!(usize::try_from(forgotten).expect("few"), earlier, "before {moment}");
    }
}

async fn the_first_and_the_last_day_of_the_books_are_kept(db: &Db) {
    let mut history = Ledger::new(given_account(db, Overbooking::No).await);
    let mut tx = begin(db).await;
    post(&mut tx, &mut history, Command::Grant(1, 10, "1900-01-01", Some("2199-12-31"))).await;
    post(&mut tx, &mut history, Command::Grant(2, 10, "2199-12-31", None)).await;
    post(&mut tx, &mut history, Command::Draw(1, 1, "1900-01-01")).await;
    post(&mut tx, &mut history, Command::Draw(2, 1, "2199-12-30")).await;
    post(&mut tx, &mut history, Command::Draw(3, 1, "2199-12-31")).await;
    commit(tx).await;
    let tx = &mut db.read().await.expect("a read begins");
    assert_eq!(lots_of(tx).await, history.view.lots);
    for (date, expected) in [("1900-01-01", 2), ("2199-12-30", 1), ("2199-12-31", 2)] {
        let range = DateRange { from: day(date), until: day(date).succ_opt() };
        let found = ledger::in_range(tx, account_id(1), range).await.expect("a read");
        assert_eq!(found.len(), expected, "{date}");
        assert!(found.iter().all(|stored| stored.entry.date == day(date)));
    }
}

/// No command makes such amounts, but a column must hold whatever the type can.
async fn whole_numbers_are_kept_to_their_limits(db: &Db) {
    let account = given_account(db, Overbooking::Yes { limit: None }).await;
    let valid = DateRange { from: day("2026-01-01"), until: None };
    let carried = Some(Carried { from: valid.from, cap: Some(amount(i64::MAX)) });
    let lot =
        Lot { id: lot_id(1), seq: Seq(1), amount: amount(i64::MAX), valid, carried, origin: GrantOrigin::Advance };
    let before = AccountView::empty(account);
    let mut after = before.clone();
    after.next_seq = Seq(i64::MAX);
    let (drawn, drawn_carried) = (amount(i64::MIN), amount(i64::MAX));
    after.lots.push(LotState { drawn, drawn_carried, ..LotState::new(lot.clone(), None) });
    let entry = Entry { seq: Seq(1), date: valid.from, movement: Movement::Grant { lot } };
    let figures = Some((amount(i64::MIN), amount(i64::MAX), amount(0)));
    let note = ledger::Note { wanted: figures, ..note("limits") };
    let mut tx = begin(db).await;
    ledger::post(&mut tx, &before, &after, std::slice::from_ref(&entry), &note).await.expect("the store takes it");
    let stored = accounts::get(&mut tx, account_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((stored.next_seq, stored.balance), (Seq(i64::MAX), amount(i64::MAX)));
    assert_eq!(lots_of(&mut tx).await, after.lots);
    let back = ledger::all(&mut tx, account_id(1)).await.expect("a read");
    assert_eq!((&back[0].entry, &back[0].note), (&entry, &note));
    assert_eq!(ledger::moved_since(&mut tx, account_id(1), valid.from).await.expect("a sum"), amount(i64::MAX));
}

on_both!(
    texts_come_back_as_they_went_in,
    instants_are_cut_to_microseconds,
    instants_are_ordered_to_the_microsecond,
    the_first_and_the_last_day_of_the_books_are_kept,
    whole_numbers_are_kept_to_their_limits,
);
