//! Signing in and out, users, tokens.

use std::sync::{Arc, OnceLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use domain::{CustomerId, Permission, Role, TokenId, UserId};
use sha2::{Digest, Sha256};
use store::{
    Tx,
    people::{self, Token, User},
};
use tokio::sync::Semaphore;
use uuid::{Builder, Uuid};
use wire::{FieldReason, Problem, people::Person, projects::PersonRef};

use crate::{Actor, Call, Env, Refused};

/// How long a session lives without being used.
pub const SESSION_HOURS: i64 = 12;
/// How long a session lives at the most, however much it is used: then the person signs in again, and gets another token.
pub const SESSION_DAYS: i64 = 30;
/// The fewest characters of a password.
const SHORTEST_PASSWORD: usize = 8;
/// The most characters of a password. Whoever sends more to sign in is refused before they are hashed.
const LONGEST_PASSWORD: usize = 1024;
/// How many passwords are checked at once: each takes 19 MiB and a core.
static HASHING: Semaphore = Semaphore::const_new(2);

/// The hash under which a token or a request is kept: SHA-256, hexadecimal.
pub fn digest(text: impl AsRef<[u8]>) -> String {
    Sha256::digest(text.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id that is always made from that text.
pub fn id_from(text: &str) -> Option<Uuid> {
    let digest = digest(text);
    let id = Uuid::parse_str(digest.get(..32)?).ok()?;
    Some(Builder::from_random_bytes(id.into_bytes()).into_uuid())
}

fn token(env: &Env) -> String {
    URL_SAFE_NO_PAD.encode(env.secret())
}

async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    let _permit = HASHING.acquire().await;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Refused::Store(store::StoreError::GivenUp("hashing a password failed")))
}

async fn hash(env: &Env, password: &str) -> Result<String, Refused> {
    let (password, salt) = (password.to_owned(), env.secret());
    let hash = hashing(move || {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt[..16]);
        hash.map(|hash| hash.to_string())
    });
    hash.await?.map_err(|_| Problem::field("password", FieldReason::NotText).into())
}

async fn matches(hash: String, password: String) -> Result<bool, Refused> {
    hashing(move || {
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

/// A name to sign in with as it is kept: however it is typed, it is the same one.
fn kept_login(login: &str) -> String {
    login.trim().to_lowercase()
}

/// Says who may try to sign in: whoever guesses has to wait. It knows where the request comes from, as no use case does.
pub trait Doorkeeper: Send + Sync {
    /// Whether that login, as it is kept, may be tried now. Asked before every attempt, whether anybody has that login
    /// or not, and counts it.
    fn lets_try(&self, login: &str) -> bool;
    /// Somebody has signed in with that login.
    fn has_let_in(&self, login: &str);
}

/// A doorkeeper of whichever kind.
pub type SharedDoorkeeper = Arc<dyn Doorkeeper>;

/// [`sign_in`] for whoever comes from outside: refused, right as the password may be, when the doorkeeper says so.
pub async fn sign_in_at(env: &Env, door: &dyn Doorkeeper, login: &str, password: &str) -> Result<String, Refused> {
    let login = kept_login(login);
    if !door.lets_try(&login) {
        return Err(Problem::TooManyAttempts.into());
    }
    let token = sign_in(env, &login, password).await?;
    door.has_let_in(&login);
    Ok(token)
}

/// Checks name and password and starts a session. Returns its token, which nobody keeps but the browser.
///
/// Refused in the same way, and after the same work, whether the name or the password is wrong.
pub async fn sign_in(env: &Env, login: &str, password: &str) -> Result<String, Refused> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    if password.chars().count() > LONGEST_PASSWORD {
        return Err(Problem::WrongCredentials.into());
    }
    let user = people::user_by_login(&mut env.db.read().await?, &kept_login(login)).await?;
    if NOBODY.get().is_none() {
        let _ = NOBODY.set(hash(env, "nobody").await?);
    }
    let known = user.as_ref().map(|user| user.password_hash.clone()).or_else(|| NOBODY.get().cloned());
    let right = matches(known.unwrap_or_default(), password.to_owned()).await?;
    let Some(user) = user.filter(|_| right) else { return Err(Problem::WrongCredentials.into()) };
    let (token, now) = (token(env), env.now());
    let token_hash = digest(&token);
    let add = env.db.write(move |tx| {
        let token_hash = token_hash.clone();
        Box::pin(async move {
            people::add_session(tx, &token_hash, user.id, now, now + Duration::hours(SESSION_HOURS)).await
        })
    });
    add.await?;
    Ok(token)
}

/// Ends a session.
pub async fn sign_out(env: &Env, token: &str) -> Result<(), Refused> {
    let token_hash = digest(token);
    let end = env.db.write(move |tx| {
        let token_hash = token_hash.clone();
        Box::pin(async move { people::end_session(tx, &token_hash).await })
    });
    Ok(end.await?)
}

/// Whose session that is; none when it has ended: it was not used for [`SESSION_HOURS`], or began [`SESSION_DAYS`] ago.
/// Notes at most once a minute that it is used.
pub async fn session(env: &Env, token: &str) -> Result<Option<Person>, Refused> {
    let (token_hash, now) = (digest(token), env.now());
    let Some(session) = people::session(&mut env.db.read().await?, &token_hash, now).await? else { return Ok(None) };
    let end = session.created_at + Duration::days(SESSION_DAYS);
    if end <= now {
        return Ok(None);
    }
    if now - session.seen_at > Duration::minutes(1) {
        let expires = end.min(now + Duration::hours(SESSION_HOURS));
        let note = env.db.write(move |tx| {
            let token_hash = token_hash.clone();
            Box::pin(async move { people::seen(tx, &token_hash, now, expires).await })
        });
        note.await?;
    }
    let user = session.user;
    Ok(Some(Person { name: user.name, login: user.login, role: user.role, customer: user.customer }))
}

/// The actor that a signed-in person is.
pub fn actor(person: &Person) -> Actor {
    Actor {
        name: person.name.clone(),
        scope: format!("user:{}", person.login),
        role: person.role,
        customer: person.customer,
    }
}

/// Everybody who works here, by login: who can book time.
pub async fn workers(env: &Env, call: &Call) -> Result<Vec<PersonRef>, Refused> {
    call.needs(Permission::SeeProjects)?;
    Ok(people::workers(&mut env.db.read().await?).await?)
}

/// The person who calls; none of a token or the program.
pub(crate) async fn own(tx: &mut Tx, call: &Call) -> Result<Option<UserId>, Refused> {
    let Some(login) = call.by.scope.strip_prefix("user:") else { return Ok(None) };
    Ok(people::user_by_login(tx, login).await?.map(|user| user.id))
}

/// The actor that an API token stands for; none when there is no such token.
pub async fn bearer(env: &Env, token: &str) -> Result<Option<Actor>, Refused> {
    let found = people::token(&mut env.db.read().await?, &digest(token)).await?;
    Ok(found.map(|token| Actor {
        name: token.name,
        scope: format!("token:{}", token.id),
        role: token.role,
        customer: None,
    }))
}

/// A user to add.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name to sign in with.
    pub login: String,
    /// The name for the screen.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The own company: needed for the role customer, and only for it.
    pub customer: Option<CustomerId>,
    /// The password, at least eight characters.
    pub password: String,
}

/// Adds a user. For the command line and the demo: whoever runs them owns the database anyway.
pub async fn add_user(env: &Env, new: NewUser) -> Result<UserId, Refused> {
    let login = checked_login(&new.login)?;
    check_password(&new.password)?;
    if (new.role == Role::Customer) != new.customer.is_some() {
        return Err(Problem::field("customer", FieldReason::Missing).into());
    }
    let id = UserId::new(env.id());
    let password_hash = hash(env, &new.password).await?;
    let user = User { id, login, name: new.name, role: new.role, customer: new.customer, password_hash };
    let added = env.db.write(move |tx| {
        let user = user.clone();
        Box::pin(async move { people::add_user(tx, &user).await })
    });
    if added.await? { Ok(id) } else { Err(Problem::field("login", FieldReason::Taken).into()) }
}

/// Somebody to add who works here and has no password yet.
#[derive(Debug, Clone)]
pub struct NewWorker {
    /// The name to sign in with.
    pub login: String,
    /// The name for the screen.
    pub name: String,
    /// The role; any but customer.
    pub role: Role,
}

/// Adds people who cannot sign in before somebody gives them a password (`drawdown user passwd`): all or none. For the
/// demo.
pub async fn add_workers(env: &Env, new: Vec<NewWorker>) -> Result<Vec<UserId>, Refused> {
    // A password that nobody has ever seen: whoever tries one waits as long as with any other that is wrong. One for all
    // of them, because each takes its time.
    let password_hash = hash(env, &token(env)).await?;
    let mut users = Vec::with_capacity(new.len());
    for NewWorker { login, name, role } in new {
        let login = checked_login(&login)?;
        if role == Role::Customer {
            return Err(Problem::field("role", FieldReason::NotOneOf).into());
        }
        let (id, password_hash) = (UserId::new(env.id()), password_hash.clone());
        users.push(User { id, login, name, role, customer: None, password_hash });
    }
    let ids = users.iter().map(|user| user.id).collect();
    let users = Arc::new(users);
    let add = env.db.write(move |tx| {
        let users = users.clone();
        Box::pin(async move {
            if people::add_users(tx, &users).await? {
                Ok(())
            } else {
                Err(Refused::from(Problem::field("login", FieldReason::Taken)))
            }
        })
    });
    add.await?;
    Ok(ids)
}

/// Sets a user's password. For the command line.
pub async fn set_password(env: &Env, login: &str, password: &str) -> Result<(), Refused> {
    check_password(password)?;
    let (login, hash) = (kept_login(login), hash(env, password).await?);
    let set = env.db.write(move |tx| {
        let (login, hash) = (login.clone(), hash.clone());
        Box::pin(async move { people::set_password(tx, &login, &hash).await })
    });
    if set.await? { Ok(()) } else { Err(Problem::field("login", FieldReason::NotOneOf).into()) }
}

/// The name to sign in with as it is kept; refused where nobody can be called so.
fn checked_login(login: &str) -> Result<String, Problem> {
    let login = kept_login(login);
    if login.is_empty() || login.len() > 80 || login.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Problem::field("login", FieldReason::Missing));
    }
    Ok(login)
}

fn check_password(password: &str) -> Result<(), Refused> {
    let reason = match password.chars().count() {
        ..SHORTEST_PASSWORD => FieldReason::TooShort { least: SHORTEST_PASSWORD },
        found if found > LONGEST_PASSWORD => FieldReason::TooLong { most: LONGEST_PASSWORD, found },
        _ => return Ok(()),
    };
    Err(Problem::field("password", reason).into())
}

/// Makes an API token. It is shown once; only its hash is kept.
pub async fn add_token(env: &Env, name: &str, role: Role) -> Result<String, Refused> {
    if role == Role::Customer {
        return Err(Problem::field("role", FieldReason::NotOneOf).into());
    }
    let (token, now) = (token(env), env.now());
    let kept = Token { id: TokenId::new(env.id()), name: name.to_owned(), role };
    let token_hash = digest(&token);
    let add = env.db.write(move |tx| {
        let (token_hash, kept) = (token_hash.clone(), kept.clone());
        Box::pin(async move { people::add_token(tx, &token_hash, &kept, now).await })
    });
    add.await?;
    Ok(token)
}

/// A call by the program itself, with all rights: the command line and the demo.
pub fn program(name: &str) -> Call {
    let by = Actor { name: name.to_owned(), scope: "program".to_owned(), role: Role::Admin, customer: None };
    Call::by(by)
}
