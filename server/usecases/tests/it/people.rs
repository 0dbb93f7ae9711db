//! Signing in and out, sessions, tokens.

use std::sync::{Mutex, PoisonError};

use chrono::Duration;
use domain::{CustomerId, Role};
use usecases::{
    Env, SteppedClock,
    people::{self, Doorkeeper, NewUser, NewWorker, SESSION_DAYS, SESSION_HOURS},
    testing::{World, problem},
};
use wire::{FieldReason, Problem};

const PASSWORD: &str = "correct horse \"battery\" 🔋";

fn new_user(login: &str, role: Role, customer: Option<CustomerId>) -> NewUser {
    let (login, name, password) = (login.to_owned(), "Anna Ünal".to_owned(), PASSWORD.to_owned());
    NewUser { login, name, role, customer, password }
}

async fn given_anna(world: &World) {
    people::add_user(world, new_user("Anna@Example.com", Role::Sales, None)).await.expect("she is added");
}

fn after(world: &World, time: Duration) -> Env {
    world.env.at(SteppedClock(world.now() + time))
}

async fn the_right_password_opens_a_session(world: World) {
    given_anna(&world).await;
    for login in ["anna@example.com", " ANNA@example.com "] {
        let token = people::sign_in(&world, login, PASSWORD).await.expect("she signs in");
        assert!(token.len() >= 43, "256 bits");
        let person = people::session(&world, &token).await.expect("a read").expect("she is signed in");
        assert_eq!(
            (person.login.as_str(), person.name.as_str(), person.role),
            ("anna@example.com", "Anna Ünal", Role::Sales)
        );
        let actor = people::actor(&person);
        assert_eq!((actor.scope.as_str(), actor.role, actor.customer), ("user:anna@example.com", Role::Sales, None));
    }
}

/// Red when: the password is not checked.
async fn a_wrong_name_and_a_wrong_password_look_the_same(world: World) {
    given_anna(&world).await;
    let long = "x".repeat(1025);
    for (login, password) in [
        ("anna@example.com", "wrong"),
        ("anna@example.com", ""),
        ("anna@example.com", &PASSWORD.to_uppercase()),
        ("ben@example.com", PASSWORD),
        ("ben@example.com", "nobody"),
        ("", ""),
        ("anna@example.com", &long),
    ] {
        let refused = people::sign_in(&world, login, password).await.expect_err("it is wrong");
        assert_eq!(problem(refused), Problem::WrongCredentials, "{login} {password}");
    }
}

/// Writes down what it is asked and told, and lets everybody try but one.
#[derive(Default)]
struct Watchful(Mutex<Vec<String>>);

impl Watchful {
    fn notes(&self, what: &str, login: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{what} {login}"));
    }
}

impl Doorkeeper for Watchful {
    fn lets_try(&self, login: &str) -> bool {
        self.notes("may", login);
        login != "cem"
    }

    fn has_let_in(&self, login: &str) {
        self.notes("in", login);
    }
}

/// Red when: the doorkeeper is not asked, is asked for people only whom we know, or takes one login for two.
async fn who_is_not_let_try_is_refused_with_the_right_password(world: World) {
    given_anna(&world).await;
    people::add_user(&world, new_user("cem", Role::Staff, None)).await.expect("he is added");
    let door = Watchful::default();
    let attempt = async |login: &str, password: &str| people::sign_in_at(&world, &door, login, password).await;
    let refused = async |login: &str, password: &str| problem(attempt(login, password).await.expect_err("refused"));
    assert_eq!(refused("anna@example.com", "wrong").await, Problem::WrongCredentials);
    assert_eq!(refused("ben", PASSWORD).await, Problem::WrongCredentials);
    assert_eq!(refused(" Cem", PASSWORD).await, Problem::TooManyAttempts);
    let token = attempt(" ANNA@example.com ", PASSWORD).await.expect("she signs in");
    assert!(people::session(&world, &token).await.expect("a read").is_some());
    let notes = door.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    let anna = "may anna@example.com";
    assert_eq!(notes, [anna, "may ben", "may cem", anna, "in anna@example.com"]);
}

/// Red when: somebody without a password signs in, or is told so; when one of them is added though another is refused.
async fn who_has_no_password_signs_in_once_there_is_one(world: World) {
    let worker = |login: &str| NewWorker { login: login.to_owned(), name: login.to_owned(), role: Role::Staff };
    let ids = people::add_workers(&world, vec![worker("Ben"), worker("cem")]).await.expect("they are new");
    assert_eq!(ids.len(), 2);
    for password in ["", "!", "ben"] {
        let refused = people::sign_in(&world, "ben", password).await.expect_err("there is none");
        assert_eq!(problem(refused), Problem::WrongCredentials);
    }
    let refused = people::add_workers(&world, vec![worker("dora"), worker("BEN")]).await.expect_err("one is taken");
    assert_eq!(problem(refused), Problem::field("login", FieldReason::Taken));
    people::set_password(&world, "ben", PASSWORD).await.expect("it is set");
    people::sign_in(&world, "ben", PASSWORD).await.expect("he signs in");
    people::add_workers(&world, vec![worker("dora")]).await.expect("she was not added");
    let customer = NewWorker { role: Role::Customer, ..worker("eva") };
    let refused = people::add_workers(&world, vec![customer]).await.expect_err("customers do not work here");
    assert_eq!(problem(refused), Problem::field("role", FieldReason::NotOneOf));
}

async fn every_sign_in_gets_a_token_of_its_own_and_only_a_hash_is_kept(world: World) {
    given_anna(&world).await;
    let one = people::sign_in(&world, "anna@example.com", PASSWORD).await.expect("she signs in");
    let two = people::sign_in(&world, "anna@example.com", PASSWORD).await.expect("she signs in again");
    assert_ne!(one, two);
    let kept = store::testing::dump(&world.db, &["users", "sessions"]).await.join("\n");
    assert!(!kept.contains(&one) && !kept.contains(&two) && !kept.contains(PASSWORD));
    assert!(kept.contains(&people::digest(&one)) && kept.contains("$argon2id$"));
    people::sign_out(&world, &one).await.expect("she signs out");
    assert_eq!(people::session(&world, &one).await.expect("a read"), None);
    assert!(people::session(&world, &two).await.expect("a read").is_some(), "the other session lives");
}

async fn a_session_ends_when_it_is_not_used(world: World) {
    given_anna(&world).await;
    let token = people::sign_in(&world, "anna@example.com", PASSWORD).await.expect("she signs in");
    let end = Duration::hours(SESSION_HOURS);
    assert_eq!(people::session(&after(&world, end), &token).await.expect("a read"), None, "it has ended");
    // Used in time, it lives on from there.
    let used = end - Duration::seconds(1);
    assert!(people::session(&after(&world, used), &token).await.expect("a read").is_some());
    assert!(
        people::session(&after(&world, used + end - Duration::seconds(1)), &token).await.expect("a read").is_some()
    );
    for wrong in ["", "x", &token.to_lowercase()] {
        assert_eq!(people::session(&world, wrong).await.expect("a read"), None);
    }
}

/// Red when: a session that is used in time lives for ever.
async fn a_session_ends_after_a_month_however_much_it_is_used(world: World) {
    given_anna(&world).await;
    let token = people::sign_in(&world, "anna@example.com", PASSWORD).await.expect("she signs in");
    let (end, step) = (Duration::days(SESSION_DAYS), Duration::hours(SESSION_HOURS - 1));
    let mut used = step;
    while used < end {
        assert!(people::session(&after(&world, used), &token).await.expect("a read").is_some(), "after {used}");
        used += step;
    }
    let last = end - Duration::seconds(1);
    assert!(people::session(&after(&world, last), &token).await.expect("a read").is_some(), "until the last second");
    assert_eq!(people::session(&after(&world, end), &token).await.expect("a read"), None, "it has ended");
    people::sign_in(&after(&world, end), "anna@example.com", PASSWORD).await.expect("she signs in again");
    let kept = store::testing::dump(&world.db, &["sessions"]).await;
    assert_eq!(kept.len(), 1, "the old one is cleared away");
}

/// Red when: every request writes.
async fn a_session_is_noted_as_used_once_a_minute(world: World) {
    given_anna(&world).await;
    let token = people::sign_in(&world, "anna@example.com", PASSWORD).await.expect("she signs in");
    let mut noted = vec![store::testing::dump(&world.db, &["sessions"]).await];
    for seconds in [1, 60, 61, 62, 121, 122] {
        let env = after(&world, Duration::seconds(seconds));
        assert!(people::session(&env, &token).await.expect("a read").is_some());
        let now = store::testing::dump(&world.db, &["sessions"]).await;
        if noted.last() != Some(&now) {
            noted.push(now);
        }
    }
    assert_eq!(noted.len(), 3, "at the sign-in, after 61 seconds and after 122");
}

async fn a_new_password_replaces_the_old_one(world: World) {
    given_anna(&world).await;
    people::set_password(&world, " ANNA@example.com", "another one").await.expect("it is set");
    people::sign_in(&world, "anna@example.com", "another one").await.expect("she signs in");
    let refused = people::sign_in(&world, "anna@example.com", PASSWORD).await.expect_err("it is old");
    assert_eq!(problem(refused), Problem::WrongCredentials);
    let refused = people::set_password(&world, "ben", "another one").await.expect_err("there is no Ben");
    assert_eq!(problem(refused), Problem::field("login", FieldReason::NotOneOf));
}

/// Red when: a password can be set with which nobody signs in, or one is refused that is no longer than others.
async fn the_longest_password_signs_in_whatever_its_letters(world: World) {
    given_anna(&world).await;
    for letter in ["x", "ä", "🔋"] {
        let password = letter.repeat(1024);
        people::set_password(&world, "anna@example.com", &password).await.expect("it is set");
        people::sign_in(&world, "anna@example.com", &password).await.expect("she signs in");
        let longer = letter.repeat(1025);
        let refused = people::set_password(&world, "anna@example.com", &longer).await.expect_err("it is too long");
        assert_eq!(problem(refused), Problem::field("password", FieldReason::TooLong { most: 1024, found: 1025 }));
        let refused = people::sign_in(&world, "anna@example.com", &longer).await.expect_err("it is not hers");
        assert_eq!(problem(refused), Problem::WrongCredentials);
    }
    people::set_password(&world, "anna@example.com", &"ä".repeat(8)).await.expect("it is set");
    let refused = people::set_password(&world, "anna@example.com", &"🔋".repeat(7)).await.expect_err("it is too short");
    assert_eq!(problem(refused), Problem::field("password", FieldReason::TooShort { least: 8 }));
}

async fn a_user_that_cannot_be_is_refused(world: World) {
    given_anna(&world).await;
    let customer = world.customer("Alpha").await;
    let short = NewUser { password: "1234567".to_owned(), ..new_user("ben", Role::Staff, None) };
    let long = NewUser { password: "x".repeat(1025), ..new_user("ben", Role::Staff, None) };
    let many = "x".repeat(81);
    for (user, field) in [
        (new_user("", Role::Staff, None), "login"),
        (new_user("two words", Role::Staff, None), "login"),
        (new_user(&many, Role::Staff, None), "login"),
        (new_user("ANNA@example.com", Role::Staff, None), "login"),
        (new_user("ben", Role::Customer, None), "customer"),
        (new_user("ben", Role::Staff, Some(customer)), "customer"),
        (short, "password"),
        (long, "password"),
    ] {
        let refused = problem(people::add_user(&world, user.clone()).await.expect_err("it cannot be"));
        assert_eq!(refused.fields().first().map(|problem| problem.field.as_str()), Some(field), "{user:?}");
    }
    people::add_user(&world, new_user("carl", Role::Customer, Some(customer))).await.expect("a customer's person");
    let token = people::sign_in(&world, "carl", PASSWORD).await.expect("he signs in");
    let person = people::session(&world, &token).await.expect("a read").expect("he is signed in");
    assert_eq!(people::actor(&person).customer, Some(customer));
}

async fn a_token_stands_for_its_role(world: World) {
    let token = people::add_token(&world, "bookings", Role::ProjectManager).await.expect("it is made");
    let actor = people::bearer(&world, &token).await.expect("a read").expect("it is known");
    assert_eq!((actor.name.as_str(), actor.role, actor.customer), ("bookings", Role::ProjectManager, None));
    assert!(actor.scope.starts_with("token:") && !actor.scope.contains(&token));
    assert_eq!(people::bearer(&world, "other").await.expect("a read"), None);
    assert_eq!(people::session(&world, &token).await.expect("a read"), None, "a token is no session");
    let kept = store::testing::dump(&world.db, &["api_tokens"]).await.join("\n");
    assert!(!kept.contains(&token));
    let refused = people::add_token(&world, "portal", Role::Customer).await.expect_err("a customer has no token");
    assert_eq!(problem(refused), Problem::field("role", FieldReason::NotOneOf));
}

on_sqlite!(
    the_right_password_opens_a_session,
    a_wrong_name_and_a_wrong_password_look_the_same,
    who_is_not_let_try_is_refused_with_the_right_password,
    who_has_no_password_signs_in_once_there_is_one,
    every_sign_in_gets_a_token_of_its_own_and_only_a_hash_is_kept,
    a_session_ends_when_it_is_not_used,
    a_session_ends_after_a_month_however_much_it_is_used,
    a_session_is_noted_as_used_once_a_minute,
    a_new_password_replaces_the_old_one,
    the_longest_password_signs_in_whatever_its_letters,
    a_user_that_cannot_be_is_refused,
    a_token_stands_for_its_role,
);
