//! Users, sessions and API tokens.

use chrono::{DateTime, Utc};
use domain::{CustomerId, Role, TokenId, UserId};
use wire::projects::PersonRef;

use crate::{
    StoreError, Tx,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

statements! {
    ADD_USER = "INSERT INTO users (id, login, name, role, customer_id, password_hash) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING id";
    NAMES = "SELECT name FROM users WHERE role <> 'customer' ORDER BY login LIMIT 200";
    WORKERS = "SELECT id, name FROM users WHERE role <> 'customer' ORDER BY login LIMIT 1000";
    SET_PASSWORD = "UPDATE users SET password_hash = $2 WHERE login = $1";
    END_SESSIONS_OF = "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE login = $1)";
    USER_BY_LOGIN = "SELECT id, login, name, role, customer_id, password_hash FROM users WHERE login = $1";
    ADD_SESSION = "INSERT INTO sessions (token_hash, user_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)";
    SESSION = "SELECT u.id, u.login, u.name, u.role, u.customer_id, u.password_hash, s.created_at, s.seen_at
        FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2";
    SEEN = "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE token_hash = $1";
    END_SESSION = "DELETE FROM sessions WHERE token_hash = $1";
    END_OLD_SESSIONS = "DELETE FROM sessions WHERE expires_at <= $1";
    ADD_TOKEN = "INSERT INTO api_tokens (token_hash, id, name, role, created_at) VALUES ($1, $2, $3, $4, $5)";
    TOKEN = "SELECT id, name, role FROM api_tokens WHERE token_hash = $1";
}

/// A person who can sign in.
#[derive(Debug, Clone)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name to sign in with, lower case.
    pub login: String,
    /// The name for the screen.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The own company, for the role customer.
    pub customer: Option<CustomerId>,
    /// Argon2id, in the PHC format.
    pub password_hash: String,
}

/// A session that has not ended.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose it is.
    pub user: User,
    /// When somebody signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last noted as used.
    pub seen_at: DateTime<Utc>,
}

/// An API token.
#[derive(Debug, Clone)]
pub struct Token {
    /// The id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

fn role(row: &Row) -> Result<Role, StoreError> {
    let value: String = row.get("role")?;
    Role::from_name(&value).ok_or(StoreError::Unreadable { what: "role", value })
}

pub(crate) fn user(row: &Row) -> Result<User, StoreError> {
    let customer: Option<String> = row.get("customer_id")?;
    Ok(User {
        id: row.parsed("id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        role: role(row)?,
        customer: customer.and_then(|id| id.parse().ok()),
        password_hash: row.get("password_hash")?,
    })
}

/// Adds a user. `false` when the login is taken.
pub async fn add_user(tx: &mut Tx, user: &User) -> Result<bool, StoreError> {
    let insert = query(ADD_USER).bind(user.id).bind(&user.login).bind(&user.name).bind(user.role.name());
    Ok(insert.bind(user.customer).bind(&user.password_hash).first(tx).await?.is_some())
}

/// Adds users. `false` when one of the logins is taken: then the caller must not keep the others.
pub async fn add_users(tx: &mut Tx, users: &[User]) -> Result<bool, StoreError> {
    let row = |user: &User| -> Vec<Value> {
        let (login, name, hash) = ((&user.login).into(), (&user.name).into(), (&user.password_hash).into());
        vec![user.id.into(), login, name, user.role.name().into(), user.customer.into(), hash]
    };
    let head = "INSERT INTO users (id, login, name, role, customer_id, password_hash) VALUES";
    let written = insert_rows_or(tx, head, users.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await?;
    Ok(u64::try_from(users.len()).is_ok_and(|wanted| wanted == written))
}

/// Sets a user's password and ends the sessions that began with the old one. `false` when there is no such login.
pub async fn set_password(tx: &mut Tx, login: &str, hash: &str) -> Result<bool, StoreError> {
    query(END_SESSIONS_OF).bind(login).run(tx).await?;
    Ok(query(SET_PASSWORD).bind(login).bind(hash).run(tx).await? > 0)
}

/// The user of that login.
pub async fn user_by_login(tx: &mut Tx, login: &str) -> Result<Option<User>, StoreError> {
    query(USER_BY_LOGIN).bind(login).first(tx).await?.as_ref().map(user).transpose()
}

/// Starts a session and clears away those that have ended.
pub async fn add_session(
    tx: &mut Tx,
    token_hash: &str,
    user: UserId,
    now: DateTime<Utc>,
    expires: DateTime<Utc>,
) -> Result<(), StoreError> {
    query(END_OLD_SESSIONS).bind(now).run(tx).await?;
    query(ADD_SESSION).bind(token_hash).bind(user).bind(now).bind(expires).run(tx).await?;
    Ok(())
}

/// The session of that token, if it has not ended.
pub async fn session(tx: &mut Tx, token_hash: &str, now: DateTime<Utc>) -> Result<Option<Session>, StoreError> {
    let row = query(SESSION).bind(token_hash).bind(now).first(tx).await?;
    let session =
        |row: Row| Ok(Session { user: user(&row)?, created_at: row.get("created_at")?, seen_at: row.get("seen_at")? });
    row.map(session).transpose()
}

/// Notes that a session is used and moves its end.
pub async fn seen(tx: &mut Tx, token_hash: &str, now: DateTime<Utc>, expires: DateTime<Utc>) -> Result<(), StoreError> {
    query(SEEN).bind(token_hash).bind(now).bind(expires).run(tx).await?;
    Ok(())
}

/// Ends a session.
pub async fn end_session(tx: &mut Tx, token_hash: &str) -> Result<(), StoreError> {
    query(END_SESSION).bind(token_hash).run(tx).await?;
    Ok(())
}

/// Adds an API token.
pub async fn add_token(tx: &mut Tx, token_hash: &str, token: &Token, now: DateTime<Utc>) -> Result<(), StoreError> {
    let insert = query(ADD_TOKEN).bind(token_hash).bind(token.id).bind(&token.name);
    insert.bind(token.role.name()).bind(now).run(tx).await?;
    Ok(())
}

/// The API token of that hash.
pub async fn token(tx: &mut Tx, token_hash: &str) -> Result<Option<Token>, StoreError> {
    let row = query(TOKEN).bind(token_hash).first(tx).await?;
    row.map(|row| Ok(Token { id: row.parsed("id")?, name: row.get("name")?, role: role(&row)? })).transpose()
}

/// Everybody who works here, by login.
pub async fn workers(tx: &mut Tx) -> Result<Vec<PersonRef>, StoreError> {
    let rows = query(WORKERS).all(tx).await?;
    rows.iter().map(|row| Ok(PersonRef { id: row.parsed("id")?, name: row.get("name")? })).collect()
}

pub(crate) fn workers_sql(people: usize) -> String {
    format!("SELECT id, name FROM users WHERE role <> 'customer' AND id IN ({})", in_list(1, people))
}

/// Those of these people who work here.
pub async fn workers_among(tx: &mut Tx, people: &[UserId]) -> Result<Vec<PersonRef>, StoreError> {
    let mut found = Vec::new();
    for chunk in people.chunks(500) {
        for row in query(workers_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.push(PersonRef { id: row.parsed("id")?, name: row.get("name")? });
        }
    }
    Ok(found)
}

/// The names of the people who work here.
pub async fn names(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    query(NAMES).all(tx).await?.iter().map(|row| row.get("name")).collect()
}
