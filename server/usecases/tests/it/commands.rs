//! The same command twice is one command; the same id with other content is refused.

use domain::{
    AccountId, CustomerId, DrawId,
    money::Currency,
    quota::{Amount, Overbooking, Policy, Unit},
};
use usecases::{
    accounts,
    testing::{HOUR, OVERDRAWN, PREPAID, World, as_customer, as_role, day, problem},
};
use wire::{
    Noun, Problem,
    accounts::{AccountDraft, DrawDraft, GrantDraft},
};

use crate::support::{assert_sound, books};

async fn opening_an_account_twice_opens_one(world: World) {
    let customer = world.customer("Alpha").await;
    let draft = world.account_draft(customer, PREPAID);
    let sales = as_role(domain::Role::Sales);
    let first = accounts::open(&world, &sales, draft.clone()).await.expect("it is opened");
    let before = books(&world).await;
    assert_eq!(accounts::open(&world, &sales, draft).await.expect("it is accepted"), first);
    assert_eq!(books(&world).await, before);
}

/// Red when: nobody notes who opened an account, or its customer is told.
async fn a_passbook_says_who_opened_the_account(world: World) {
    let customer = world.customer("Alpha").await;
    let draft = world.account_draft(customer, PREPAID);
    let sales = as_role(domain::Role::Sales);
    let account = accounts::open(&world, &sales, draft).await.expect("it is opened").id;
    let view = accounts::passbook(&world, &as_role(domain::Role::Accounting), account, None).await.expect("a read");
    assert_eq!(view.opened, Some((sales.by.name, world.env.local(world.env.now()))));
    let own = accounts::passbook(&world, &as_customer(customer), account, None).await.expect("a read");
    assert_eq!(own.opened, None);
}

async fn an_account_of_the_same_id_with_other_content_is_refused(world: World) {
    let (customer, other) = (world.customer("Alpha").await, world.customer("Beta").await);
    let draft = world.account_draft(customer, PREPAID);
    let admin = as_role(domain::Role::Admin);
    accounts::open(&world, &admin, draft.clone()).await.expect("it is opened");
    let before = books(&world).await;
    let others = [
        AccountDraft { customer: other, ..draft.clone() },
        AccountDraft { name: "Other".to_owned(), ..draft.clone() },
        AccountDraft { unit: Unit::Money(Currency::EUR), ..draft.clone() },
        AccountDraft { policy: OVERDRAWN, ..draft.clone() },
        AccountDraft { policy: Policy { overbooking: Overbooking::Yes { limit: None }, ..PREPAID }, ..draft },
    ];
    for other in others {
        let refused = accounts::open(&world, &admin, other.clone()).await.expect_err("it has other content");
        assert_eq!(problem(refused), Problem::SameId, "{other:?}");
    }
    assert_eq!(books(&world).await, before);
}

async fn an_account_of_nobody_is_refused(world: World) {
    let draft = world.account_draft(CustomerId::new(world.id()), PREPAID);
    let refused = accounts::open(&world, &as_role(domain::Role::Admin), draft).await.expect_err("nobody's");
    assert_eq!(problem(refused), Problem::NotFound { what: Noun::Customer });
}

/// Red when: a grant does not look for an earlier one.
async fn granting_twice_grants_once(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    world.drawn(account, HOUR, "2026-04-10").await;
    world.drawn(account, HOUR, "2026-04-11").await;
    let draft = world.grant_draft(account, 3 * HOUR, "2026-04-01", Some("2026-05-01"));
    let first = world.grants(draft.clone()).await.expect("it is granted");
    assert_eq!((first.decision.covers.len(), first.decision.left), (2, Amount::new(HOUR)));
    let before = books(&world).await;
    assert_eq!(world.grants(draft.clone()).await.expect("it is accepted"), first);
    assert_eq!(books(&world).await, before);

    // The answer is the first one, even after the lot was drawn from.
    world.drawn(account, HOUR, "2026-04-12").await;
    assert_eq!(world.grants(draft).await.expect("it is accepted"), first);
    assert_sound(&world).await;
}

async fn a_grant_of_the_same_id_with_other_content_is_refused(world: World) {
    let (customer, account) = world.customer_with_account(PREPAID).await;
    let other = world.account(customer, PREPAID).await;
    let draft = world.grant_draft(account, HOUR, "2026-04-01", Some("2026-05-01"));
    world.grants(draft.clone()).await.expect("it is granted");
    let before = books(&world).await;
    let request = draft.request.clone();
    let others = [
        GrantDraft { account: other, ..draft.clone() },
        GrantDraft { reason: "Other".to_owned(), ..draft.clone() },
        GrantDraft {
            request: domain::quota::GrantRequest { amount: Amount::new(1), ..request.clone() },
            ..draft.clone()
        },
        GrantDraft {
            request: domain::quota::GrantRequest { valid_from: day("2026-04-02"), ..request.clone() },
            ..draft.clone()
        },
        GrantDraft { request: domain::quota::GrantRequest { valid_until: None, ..request }, ..draft },
    ];
    for other in others {
        let refused = world.grants(other.clone()).await.expect_err("it has other content");
        assert_eq!(problem(refused), Problem::SameId, "{other:?}");
    }
    assert_eq!(books(&world).await, before);
}

/// Red when: a draw does not look for an earlier one.
async fn drawing_twice_draws_once(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let draft = world.draw_draft(account, 3 * HOUR, "2026-04-10");
    let first = world.draws(draft.clone()).await.expect("there is something");
    let before = books(&world).await;
    assert_eq!(world.draws(draft.clone()).await.expect("it is accepted"), first);
    assert_eq!(books(&world).await, before);

    // Also when nothing is there any more, and after it was released.
    world.releases(account, draft.request.draw).await.expect("it is released");
    assert_eq!(world.draws(draft).await.expect("it is accepted"), first);
    assert_sound(&world).await;
}

async fn a_draw_of_the_same_id_with_other_content_is_refused(world: World) {
    let (customer, account) = world.customer_with_account(PREPAID).await;
    let other = world.account(customer, PREPAID).await;
    for account in [account, other] {
        world.lot(account, 2 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    }
    let draft = world.draw_draft(account, HOUR, "2026-04-10");
    world.draws(draft.clone()).await.expect("there is something");
    let before = books(&world).await;
    let request = draft.request.clone();
    let others = [
        DrawDraft { account: other, ..draft.clone() },
        DrawDraft { text: "Other".to_owned(), ..draft.clone() },
        DrawDraft {
            request: domain::quota::DrawRequest { wanted: Amount::new(1), ..request.clone() },
            ..draft.clone()
        },
        DrawDraft { request: domain::quota::DrawRequest { date: day("2026-04-11"), ..request }, ..draft },
    ];
    for other in others {
        let refused = world.draws(other.clone()).await.expect_err("it has other content");
        assert_eq!(problem(refused), Problem::SameId, "{other:?}");
    }
    assert_eq!(books(&world).await, before);
}

/// Red when: a release does not look for an earlier one (then it is `AlreadyReleased`).
async fn releasing_twice_releases_once(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, HOUR, "2026-04-01", None).await;
    let draw = world.drawn(account, 3 * HOUR, "2026-04-10").await.request.draw;
    let first = world.releases(account, draw).await.expect("it is released");
    assert_eq!((first.decision.returned, first.decision.deficit), (Amount::new(HOUR), Amount::new(2 * HOUR)));
    let before = books(&world).await;
    assert_eq!(world.releases(account, draw).await.expect("it is accepted"), first);
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

async fn a_draw_is_released_on_its_own_account_only(world: World) {
    let (customer, account) = world.customer_with_account(PREPAID).await;
    let other = world.account(customer, PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", None).await;
    let draw = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let before = books(&world).await;
    for (account, draw) in [(other, draw), (account, DrawId::new(world.id()))] {
        let refused = world.releases(account, draw).await.expect_err("there is no such draw on that account");
        assert_eq!(problem(refused), Problem::NotFound { what: Noun::Draw });
    }
    let refused = world.releases(AccountId::new(world.id()), draw).await.expect_err("there is no such account");
    assert_eq!(problem(refused), Problem::NotFound { what: Noun::Account });
    assert_eq!(books(&world).await, before);
}

/// What the kernel refuses comes back at its field, and nothing is posted.
async fn what_the_kernel_refuses_changes_nothing(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let before = books(&world).await;
    for (units, date, field) in [(0, "2026-04-10", "amount"), (-1, "2026-04-10", "amount"), (1, "1899-12-31", "date")] {
        let refused = problem(world.draws(world.draw_draft(account, units, date)).await.expect_err("it cannot be"));
        assert_eq!(refused.fields().first().map(|problem| problem.field.as_str()), Some(field));
    }
    let empty = world.grant_draft(account, HOUR, "2026-04-10", Some("2026-04-10"));
    let refused = problem(world.grants(empty).await.expect_err("it cannot be"));
    assert_eq!(refused.fields().first().map(|problem| problem.field.as_str()), Some("valid_last"));
    assert_eq!(books(&world).await, before);
}

on_both!(
    opening_an_account_twice_opens_one,
    a_passbook_says_who_opened_the_account,
    an_account_of_the_same_id_with_other_content_is_refused,
    an_account_of_nobody_is_refused,
    granting_twice_grants_once,
    a_grant_of_the_same_id_with_other_content_is_refused,
    drawing_twice_draws_once,
    a_draw_of_the_same_id_with_other_content_is_refused,
    releasing_twice_releases_once,
    a_draw_is_released_on_its_own_account_only,
    what_the_kernel_refuses_changes_nothing,
);
