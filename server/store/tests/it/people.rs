//! Users, sessions, tokens.

use chrono::Duration;
use domain::{Role, TokenId};
use store::{
    Db,
    people::{self, Token, User},
    testing::{begin, commit},
};
use uuid::Uuid;

use crate::support::{customer_id, given_customer, noon, user_id};

fn user(number: u128, login: &str, role: Role) -> User {
    User {
        id: user_id(number),
        login: login.to_owned(),
        name: "Anna \"A\" Ünal".to_owned(),
        role,
        customer: (role == Role::Customer).then(|| customer_id(1)),
        password_hash: "$argon2id$".to_owned(),
    }
}

async fn a_user_of_each_role_is_found_by_login(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for (number, role) in (1..).zip(Role::ALL) {
        assert!(people::add_user(&mut tx, &user(number, role.name(), role)).await.expect("it is stored"));
    }
    for (number, role) in (1..).zip(Role::ALL) {
        let found = people::user_by_login(&mut tx, role.name()).await.expect("a read").expect("the user is there");
        let expected = user(number, role.name(), role);
        assert_eq!((found.id, found.role, found.customer), (expected.id, role, expected.customer));
        assert_eq!((found.name, found.password_hash), (expected.name, expected.password_hash));
    }
    assert!(people::user_by_login(&mut tx, "nobody").await.expect("a read").is_none());
}

async fn a_login_is_taken_once(db: &Db) {
    let mut tx = begin(db).await;
    assert!(people::add_user(&mut tx, &user(1, "anna", Role::Staff)).await.expect("it is stored"));
    assert!(!people::add_user(&mut tx, &user(2, "anna", Role::Admin)).await.expect("an answer"));
    let kept = people::user_by_login(&mut tx, "anna").await.expect("a read").expect("the first");
    assert_eq!((kept.id, kept.role), (user_id(1), Role::Staff));
}

async fn a_password_is_set_where_the_login_exists(db: &Db) {
    let mut tx = begin(db).await;
    people::add_user(&mut tx, &user(1, "anna", Role::Staff)).await.expect("it is stored");
    assert!(people::set_password(&mut tx, "anna", "new").await.expect("an answer"));
    assert!(!people::set_password(&mut tx, "ben", "new").await.expect("an answer"));
    let kept = people::user_by_login(&mut tx, "anna").await.expect("a read").expect("the user");
    assert_eq!(kept.password_hash, "new");
}

async fn a_session_lives_until_its_end(db: &Db) {
    let end = noon() + Duration::hours(12);
    let mut tx = begin(db).await;
    people::add_user(&mut tx, &user(1, "anna", Role::Staff)).await.expect("it is stored");
    people::add_session(&mut tx, "hash", user_id(1), noon(), end).await.expect("it begins");
    let just_before = end - Duration::microseconds(1);
    let found = people::session(&mut tx, "hash", just_before).await.expect("a read").expect("it lives");
    assert_eq!((found.user.login.as_str(), found.created_at, found.seen_at), ("anna", noon(), noon()));
    assert!(people::session(&mut tx, "hash", end).await.expect("a read").is_none(), "it has ended");
    assert!(people::session(&mut tx, "other", noon()).await.expect("a read").is_none());

    people::seen(&mut tx, "hash", just_before, end + Duration::hours(12)).await.expect("it is noted");
    let found = people::session(&mut tx, "hash", end).await.expect("a read").expect("it lives longer");
    assert_eq!((found.created_at, found.seen_at), (noon(), just_before), "it began when it began");
    people::end_session(&mut tx, "hash").await.expect("it ends");
    assert!(people::session(&mut tx, "hash", end).await.expect("a read").is_none());
}

async fn a_new_session_clears_the_ended_ones_away(db: &Db) {
    let mut tx = begin(db).await;
    people::add_user(&mut tx, &user(1, "anna", Role::Staff)).await.expect("it is stored");
    let hour = Duration::hours(1);
    people::add_session(&mut tx, "ended", user_id(1), noon() - hour, noon()).await.expect("it begins");
    people::add_session(&mut tx, "living", user_id(1), noon() - hour, noon() + hour).await.expect("it begins");
    people::add_session(&mut tx, "new", user_id(1), noon(), noon() + hour).await.expect("it begins");
    commit(tx).await;
    let mut tx = db.read().await.expect("a read begins");
    // Asked for a moment at which the ended one still lived: it is gone and not only passed over.
    for (hash, there) in [("ended", false), ("living", true), ("new", true)] {
        let found = people::session(&mut tx, hash, noon() - hour).await.expect("a read");
        assert_eq!(found.is_some(), there, "{hash}");
    }
}

async fn a_token_is_found_by_its_hash(db: &Db) {
    let mut tx = begin(db).await;
    let id = TokenId::new(Uuid::from_u128(7));
    let token = Token { id, name: "bookings".to_owned(), role: Role::ProjectManager };
    people::add_token(&mut tx, "hash", &token, noon()).await.expect("it is stored");
    let found = people::token(&mut tx, "hash").await.expect("a read").expect("it is there");
    assert_eq!((found.id, found.name.as_str(), found.role), (id, "bookings", Role::ProjectManager));
    assert!(people::token(&mut tx, "HASH").await.expect("a read").is_none());
}

on_both!(
    a_user_of_each_role_is_found_by_login,
    a_login_is_taken_once,
    a_password_is_set_where_the_login_exists,
    a_session_lives_until_its_end,
    a_new_session_clears_the_ended_ones_away,
    a_token_is_found_by_its_hash,
);
