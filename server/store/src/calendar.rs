//! Calendar feeds: the hash of each person's secret address, and the contracts that stand in it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::UserId;

use crate::{
    StoreError, Tx,
    contracts::{StoredContract, contract_from, stored},
    people::{User, user},
    sql::{query, statements},
};

statements! {
    FEED = "SELECT created_at FROM calendar_feeds WHERE user_id = $1";
    FEED_OWNER = "SELECT u.id, u.login, u.name, u.role, u.customer_id, u.password_hash
        FROM calendar_feeds f JOIN users u ON u.id = f.user_id WHERE f.token_hash = $1";
    SET_FEED = "INSERT INTO calendar_feeds (user_id, token_hash, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at";
    END_FEED = "DELETE FROM calendar_feeds WHERE user_id = $1";
    CONTRACTS_OF_PERSON = concat!(contract_from!(), " WHERE c.id IN (SELECT id FROM contracts WHERE edited_by = $1
            UNION SELECT id FROM contracts WHERE responsible = $1)
        AND (COALESCE(c.ends_on, '9999-12-31') > $2 OR c.next_due IS NOT NULL)
        ORDER BY CASE WHEN c.next_due IS NULL THEN 1 ELSE 0 END, c.next_due, c.id LIMIT $3");
}

/// Since when a person has a feed.
pub async fn since(tx: &mut Tx, user: UserId) -> Result<Option<DateTime<Utc>>, StoreError> {
    query(FEED).bind(user).first(tx).await?.map(|row| row.get("created_at")).transpose()
}

/// Whose feed has an address with that hash.
pub async fn owner(tx: &mut Tx, token_hash: &str) -> Result<Option<User>, StoreError> {
    query(FEED_OWNER).bind(token_hash).first(tx).await?.as_ref().map(user).transpose()
}

/// Gives a person's feed a new address; the one before leads nowhere from now on.
pub async fn set(tx: &mut Tx, user: UserId, token_hash: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    query(SET_FEED).bind(user).bind(token_hash).bind(at).run(tx).await.map(drop)
}

/// Ends a person's feed.
pub async fn end(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    query(END_FEED).bind(user).run(tx).await.map(drop)
}

/// Contracts that have not ended, or of which a period is still to be billed, and for which a person is responsible or
/// which that person edited last; what is due first comes first.
pub async fn contracts_of(
    tx: &mut Tx,
    name: &str,
    today: NaiveDate,
    most: i64,
) -> Result<Vec<StoredContract>, StoreError> {
    query(CONTRACTS_OF_PERSON).bind(name).bind(today).bind(most).all(tx).await?.iter().map(stored).collect()
}
