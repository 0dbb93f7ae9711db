//! What every module of the suite needs: both engines, fixed days, small fixtures.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccountId, CustomerId, DrawId, LotId, UserId,
    quota::{
        Account, Amount, BalancingRequest, CarryOver, CoverPart, CoverRequest, DeficitPolicy, DrawOrigin, DrawRequest,
        Entry, GrantOrigin, GrantRequest, Ledger, LotState, Overbooking, Policy, Unit, balancing_grant, cover, draw,
        end, grant, release, revoke,
    },
};
use store::{
    Db, Tx, accounts, customers,
    ledger::{self, Note},
    testing::{begin, commit},
};
use uuid::Uuid;
use wire::customers::CustomerCard;

/// Makes two tests of each behaviour, one per engine, each on a fresh database.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let test = store::testing::fresh(store::Engine::Sqlite).await;
                super::$name(&test).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let test = store::testing::fresh(store::Engine::Postgres).await;
                super::$name(&test).await;
            })*
        }
    };
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// The instant at which nothing in particular happens.
pub fn noon() -> DateTime<Utc> {
    instant("2026-04-15T12:00:00Z")
}

pub fn customer_id(number: u128) -> CustomerId {
    CustomerId::new(Uuid::from_u128(number))
}

pub fn account_id(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

pub fn lot_id(number: u128) -> LotId {
    LotId::new(Uuid::from_u128(number))
}

pub fn draw_id(number: u128) -> DrawId {
    DrawId::new(Uuid::from_u128(number))
}

pub fn user_id(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

pub fn amount(units: i64) -> Amount {
    Amount::new(units)
}

pub fn card(number: &str, name: &str, city: &str) -> CustomerCard {
    let text = str::to_owned;
    CustomerCard { number: text(number), name: text(name), city: text(city), country: text("DE"), ..Default::default() }
}

pub fn account(number: u128, customer: u128, overbooking: Overbooking) -> Account {
    let policy = Policy { overbooking, deficits: DeficitPolicy::NextGrant };
    Account { id: account_id(number), customer: customer_id(customer), unit: Unit::Time, policy }
}

/// A customer of that number, committed.
pub async fn given_customer(db: &Db, number: u128) {
    let mut tx = begin(db).await;
    let card = card(&format!("K-{number}"), &format!("Customer {number}"), "Ulm");
    assert!(customers::add(&mut tx, customer_id(number), &card).await.expect("the customer is stored"));
    commit(tx).await;
}

/// Account 1 of customer 1, committed.
pub async fn given_account(db: &Db, overbooking: Overbooking) -> Account {
    given_customer(db, 1).await;
    let account = account(1, 1, overbooking);
    let mut tx = begin(db).await;
    assert!(accounts::open(&mut tx, &account, "Support").await.expect("the account is stored"));
    commit(tx).await;
    account
}

pub fn note(text: &str) -> Note {
    Note { text: text.to_owned(), by: "Anna".to_owned(), at: noon(), wanted: None }
}

/// A command that the ledger gets in these tests.
#[derive(Clone, Copy)]
pub enum Command {
    Grant(u128, i64, &'static str, Option<&'static str>),
    Draw(u128, i64, &'static str),
    Release(u128),
    /// A grant that is carried over for one further period of its own length, with that cap.
    Carry(u128, i64, &'static str, &'static str, Option<i64>),
    Revoke(u128),
    /// So much of the deficit of a draw from a lot.
    Cover(u128, u128, i64),
    /// A balancing invoice over so much of the deficit of a draw.
    Balance(u128, &'static str, u128, i64),
    End(Option<&'static str>),
}

/// Every lot of account 1 as it is kept.
pub async fn lots_of(tx: &mut Tx) -> Vec<LotState> {
    let stored = accounts::get(tx, account_id(1)).await.expect("a read").expect("it is there");
    ledger::lots_of(tx, &stored).await.expect("a read")
}

/// Decides a command on the folded history, the way a use case does, and posts it both to that history and to the
/// store. Returns its entries.
pub async fn post(tx: &mut Tx, history: &mut Ledger, command: Command) -> Vec<Entry> {
    let before = history.view.clone();
    let entries = match command {
        Command::Grant(lot, units, from, until) => {
            let (valid_from, valid_until) = (day(from), until.map(day));
            let request = GrantRequest::new(lot_id(lot), amount(units), valid_from, valid_until);
            grant(&before, &request).expect("it can be granted").entries(&before).expect("few entries")
        }
        Command::Draw(id, units, date) => {
            let origin = DrawOrigin::FlatRate;
            let request = DrawRequest { draw: draw_id(id), date: day(date), wanted: amount(units), origin };
            vec![draw(&before, &request).expect("there is something to draw").entry(&before)]
        }
        Command::Carry(lot, units, from, until, cap) => {
            let carry = CarryOver::On { periods: Some(1), cap: cap.map(amount) };
            let origin = GrantOrigin::ContractBilling;
            let request = GrantRequest::new(lot_id(lot), amount(units), day(from), Some(day(until)));
            let request = GrantRequest { carry, origin, ..request };
            grant(&before, &request).expect("it can be granted").entries(&before).expect("few entries")
        }
        Command::Revoke(lot) => {
            let state = before.lot(lot_id(lot)).expect("it was granted");
            vec![revoke(state, &history.holders(lot_id(lot))).expect("it can be taken back").entry(&before)]
        }
        Command::Cover(draw, lot, units) => {
            let request = CoverRequest { draw: draw_id(draw), lot: lot_id(lot), amount: amount(units) };
            vec![cover(&before, &request).expect("it can be covered").entry(&before)]
        }
        Command::Balance(lot, date, draw, units) => {
            let deficits = vec![CoverPart { draw: draw_id(draw), amount: amount(units) }];
            let request = BalancingRequest { lot: lot_id(lot), date: day(date), deficits };
            balancing_grant(&before, &request).expect("it is open").entries(&before).expect("few entries")
        }
        Command::End(until) => end(&before, until.map(day)).expect("a day").entry(&before).into_iter().collect(),
        Command::Release(id) => {
            vec![release(&history.draws[&draw_id(id)]).expect("it can be released").entry(&before)]
        }
    };
    for entry in &entries {
        history.post(entry).expect("the decision can be posted");
    }
    ledger::post(tx, &before, &history.view, &entries, &note("posted")).await.expect("the store takes it");
    entries
}
