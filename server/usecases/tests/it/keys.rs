//! Idempotency keys: a request that is sent again gets the first answer.

use domain::{Role, quota::Amount};
use usecases::{
    accounts, customers, housekeeping,
    testing::{HOUR, PREPAID, World, as_role, problem, with_key},
};
use wire::Problem;

use crate::support::books;

async fn the_same_key_gets_the_first_answer(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    let draft = world.draw_draft(account, HOUR, "2026-04-10");
    let first = accounts::draw(&world, &call, draft.clone()).await.expect("there is something");
    let before = books(&world).await;
    assert_eq!(accounts::draw(&world, &call, draft).await.expect("it is accepted"), first);
    // Even when the client made another id meanwhile: the key decides.
    let renamed = world.draw_draft(account, HOUR, "2026-04-10");
    assert_eq!(accounts::draw(&world, &call, renamed).await.expect("it is accepted"), first);
    assert_eq!(books(&world).await, before);
}

/// Red when: the hash of the request is not compared.
async fn the_same_key_for_another_request_is_refused(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let draw = |hash| (with_key(as_role(Role::Admin), "key", hash), world.draw_draft(account, HOUR, "2026-04-10"));
    let (call, draft) = draw("one");
    accounts::draw(&world, &call, draft).await.expect("there is something");
    let before = books(&world).await;
    let (call, draft) = draw("two");
    let refused = accounts::draw(&world, &call, draft).await.expect_err("the key is used");
    assert_eq!(problem(refused), Problem::SameId);
    assert_eq!(books(&world).await, before);
}

/// Red when: the key is taken in a transaction of its own.
async fn a_refused_command_does_not_use_the_key_up(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    let draft = world.draw_draft(account, HOUR, "2026-04-10");
    accounts::draw(&world, &call, draft.clone()).await.expect_err("nothing is there");
    world.lot(account, HOUR, "2026-04-01", None).await;
    let other_hash = with_key(as_role(Role::Admin), "key", "other hash");
    let drawn = accounts::draw(&world, &other_hash, draft).await.expect("now there is, and the key is free");
    assert_eq!(drawn.decision.drawn, Amount::new(HOUR));
}

async fn keys_of_two_people_are_apart(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    for role in [Role::Admin, Role::Accounting] {
        let call = with_key(as_role(role), "key", role.name());
        let draft = world.draw_draft(account, HOUR, "2026-04-10");
        let drawn = accounts::draw(&world, &call, draft).await.expect("each has an own key");
        assert_eq!(drawn.decision.drawn, Amount::new(HOUR));
    }
}

/// A command whose answer is read afterwards (opening, saving) takes a key as well.
async fn every_command_takes_a_key(world: World) {
    let admin = |key: &str| with_key(as_role(Role::Admin), key, "hash");
    let draft = world.customer_draft("", "Alpha");
    let customer = draft.id;
    let first = customers::save(&world, &admin("save"), draft.clone()).await.expect("it is saved");
    assert_eq!(customers::save(&world, &admin("save"), draft).await.expect("it is accepted"), first);
    let draft = world.account_draft(customer, PREPAID);
    let account = draft.id;
    let first = accounts::open(&world, &admin("open"), draft.clone()).await.expect("it is opened");
    assert_eq!(accounts::open(&world, &admin("open"), draft).await.expect("it is accepted"), first);
    let draft = world.grant_draft(account, HOUR, "2026-04-01", None);
    let first = accounts::grant(&world, &admin("grant"), draft.clone()).await.expect("it is granted");
    assert_eq!(accounts::grant(&world, &admin("grant"), draft).await.expect("it is accepted"), first);
    let draw = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let first = accounts::release(&world, &admin("release"), account, draw).await.expect("it is released");
    assert_eq!(accounts::release(&world, &admin("release"), account, draw).await.expect("it is accepted"), first);
}

/// Red when: a key is looked up before it is claimed.
async fn one_request_sent_ten_times_at_once_happens_once(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 20 * HOUR, "2026-04-01", None).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    // Ten ids: only the key can tell that it is one request.
    let sent = (0..10).map(|_| accounts::draw(&world, &call, world.draw_draft(account, HOUR, "2026-04-10")));
    let answers: Vec<_> = futures::future::join_all(sent).await;
    let first = answers[0].as_ref().expect("it is drawn");
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer == first)), "{answers:#?}");
    let standing = accounts::get(&world, &as_role(Role::Admin), account).await.expect("a read").standing;
    assert_eq!(standing.left, Amount::new(19 * HOUR));
}

/// Red when: housekeeping forgets keys of the last days, or none at all.
async fn keys_are_kept_for_a_month(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    accounts::draw(&world, &call, world.draw_draft(account, HOUR, "2026-04-10")).await.expect("there is something");
    assert_eq!(housekeeping::tidy(&world.when("2026-05-15T09:00:00Z")).await.expect("it runs"), 0);
    assert_eq!(housekeeping::tidy(&world.when("2026-05-15T11:00:00Z")).await.expect("it runs"), 1);
}

on_both!(
    keys_are_kept_for_a_month,
    the_same_key_gets_the_first_answer,
    the_same_key_for_another_request_is_refused,
    a_refused_command_does_not_use_the_key_up,
    keys_of_two_people_are_apart,
    every_command_takes_a_key,
    one_request_sent_ten_times_at_once_happens_once,
);
