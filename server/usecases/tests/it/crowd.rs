//! Many people at once: exact sums, one winner, no error that nobody caused.

use domain::{Role, quota::Amount};
use futures::future::join_all;
use store::{
    Engine,
    testing::{begin, commit, until_somebody_waits},
};
use usecases::{
    accounts, customers,
    testing::{HOUR, OVERDRAWN, PREPAID, World, as_role, problem},
};
use wire::{
    Problem,
    accounts::{DrawDraft, GrantDraft},
};

use crate::support::assert_sound;

/// Red when: SQLite's writer does not begin with BEGIN IMMEDIATE. (On PostgreSQL the number of the entry stands behind
/// the lock: who decided on old facts is run again. The lock itself is the race's subject.)
async fn many_draw_the_last_hour_at_once_and_one_gets_it(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", None).await;
    let draws = (0..20).map(|number| {
        let world = if number % 2 == 0 { &world } else { &other };
        world.draws(world.draw_draft(account, HOUR, "2026-04-10"))
    });
    let answers = join_all(draws).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "{lost:#?}");
    for answer in lost {
        assert_eq!(problem(answer.expect_err("it lost")).code(), "invalid");
    }
    assert_sound(&world).await;
}

/// Red when: the use case reads what it decides on without the lock of the account.
async fn who_draws_waits_for_who_holds_the_account(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", None).await;
    let mut holder = begin(&world.db).await;
    let stored = store::accounts::lock(&mut holder, account).await.expect("a read").expect("it is there");
    let (env, draft) = (world.env.clone(), world.draw_draft(account, 2 * HOUR, "2026-04-10"));
    let waits = tokio::spawn(async move { accounts::draw(&env, &as_role(Role::Admin), draft).await });
    // SQLite's writers wait for the whole database.
    if world.db.engine() == Engine::Postgres {
        until_somebody_waits(&world.db).await;
        assert!(!waits.is_finished());
    }
    store::accounts::set_policy(&mut holder, &stored, OVERDRAWN).await.expect("it is set");
    commit(holder).await;
    let decision = waits.await.expect("it ends").expect("the hour is there").decision;
    assert_eq!((decision.drawn, decision.deficit), (Amount::new(HOUR), Amount::new(HOUR)), "it knows the new terms");
    assert_sound(&world).await;
}

async fn draws_of_many_add_up_exactly(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, 100, "2026-04-01", None).await;
    let draws = (1..=40).map(|units| world.draws(world.draw_draft(account, units, "2026-04-10")));
    for answer in join_all(draws).await {
        assert_eq!(answer.expect("nobody is refused").decision.not_drawn, Amount::ZERO);
    }
    let standing = accounts::get(&world, &as_role(Role::Admin), account).await.expect("a read").standing;
    assert_eq!((standing.left.units(), standing.deficit.units()), (0, 40 * 41 / 2 - 100));
    assert_sound(&world).await;
}

/// A double click that reaches two processes. Red when: the second answer is "number taken".
async fn one_new_customer_sent_many_times_at_once_is_created_once(world: World) {
    let admin = as_role(Role::Admin);
    // The first round opens the connections, so that the later ones really meet.
    for round in 0..8 {
        let draft = world.customer_draft("", "Alpha");
        let saves = (0..12).map(|_| customers::save(&world, &admin, draft.clone()));
        let number = (10_001 + round).to_string();
        for answer in join_all(saves).await {
            let view = answer.expect("each is the same command");
            assert_eq!((view.id, view.version, &view.card.number), (draft.id, 1, &number));
        }
    }
}

async fn many_new_customers_at_once_get_numbers_without_gap(world: World) {
    let admin = as_role(Role::Admin);
    let saves = (0..30).map(|_| customers::save(&world, &admin, world.customer_draft("", "Alpha")));
    let mut numbers: Vec<_> =
        join_all(saves).await.into_iter().map(|answer| answer.expect("it is created").card.number).collect();
    numbers.sort();
    assert_eq!(numbers, (10_001..=10_030).map(|number| number.to_string()).collect::<Vec<_>>());
}

async fn one_number_by_hand_for_many_at_once_is_given_once(world: World) {
    let admin = as_role(Role::Admin);
    let saves = (0..12).map(|_| customers::save(&world, &admin, world.customer_draft("K-1", "Alpha")));
    let (won, lost): (Vec<_>, Vec<_>) = join_all(saves).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(problem(answer.expect_err("it lost")).code(), "invalid");
    }
}

/// One id on two accounts: their locks are two, so only the index can tell.
///
/// Red when: PostgreSQL's unique violation is shown instead of decided again.
async fn one_id_on_two_accounts_at_once_is_used_once(world: World) {
    let customer = world.customer("Alpha").await;
    let mut accounts = Vec::new();
    for _ in 0..8 {
        let account = world.account(customer, PREPAID).await;
        world.lot(account, HOUR, "2026-04-01", None).await;
        accounts.push(account);
    }
    let draw = world.draw_draft(accounts[0], HOUR, "2026-04-10");
    let draws = accounts.iter().map(|account| world.draws(DrawDraft { account: *account, ..draw.clone() }));
    let (won, lost): (Vec<_>, Vec<_>) = join_all(draws).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(problem(answer.expect_err("it lost")), Problem::SameId);
    }
    let grant = world.grant_draft(accounts[0], HOUR, "2026-04-01", None);
    let grants = accounts.iter().map(|account| world.grants(GrantDraft { account: *account, ..grant.clone() }));
    let (won, lost): (Vec<_>, Vec<_>) = join_all(grants).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(problem(answer.expect_err("it lost")), Problem::SameId);
    }
    assert_sound(&world).await;
}

on_both!(
    many_draw_the_last_hour_at_once_and_one_gets_it,
    draws_of_many_add_up_exactly,
    one_new_customer_sent_many_times_at_once_is_created_once,
    many_new_customers_at_once_get_numbers_without_gap,
    one_number_by_hand_for_many_at_once_is_given_once,
    one_id_on_two_accounts_at_once_is_used_once,
    who_draws_waits_for_who_holds_the_account,
);
