//! Customers: numbers, versions, histories, the list.

use domain::{CustomerId, Role};
use usecases::{
    customers,
    testing::{HOUR, OVERDRAWN, PREPAID, World, as_role, problem},
};
use wire::{
    FieldReason, Noun, Problem,
    customers::{CustomerDraft, CustomerQuery, CustomerView},
};

use crate::support::books;

async fn saved(world: &World, draft: CustomerDraft) -> CustomerView {
    customers::save(world, &as_role(Role::Sales), draft).await.expect("it is saved")
}

async fn refused(world: &World, draft: CustomerDraft) -> Problem {
    let before = books(world).await;
    let refused = customers::save(world, &as_role(Role::Sales), draft).await.expect_err("it is refused");
    assert_eq!(books(world).await, before, "a refused change changed something");
    problem(refused)
}

/// What somebody sends who has this customer's page open.
fn edited(view: &CustomerView, name: &str) -> CustomerDraft {
    let mut card = view.card.clone();
    name.clone_into(&mut card.name);
    CustomerDraft { id: view.id, version: view.version, card }
}

async fn creating_twice_creates_one(world: World) {
    let draft = world.customer_draft("", "Alpha");
    let first = saved(&world, draft.clone()).await;
    assert_eq!((first.version, first.card.number.as_str()), (1, "10001"));
    let before = books(&world).await;
    assert_eq!(saved(&world, draft).await, first);
    assert_eq!(books(&world).await, before);
    assert_eq!(saved(&world, world.customer_draft("", "Beta")).await.card.number, "10002", "no number is lost");
}

async fn a_new_customer_of_a_used_id_is_refused(world: World) {
    let draft = world.customer_draft("", "Alpha");
    saved(&world, draft.clone()).await;
    let mut other = draft;
    "Beta".clone_into(&mut other.card.name);
    assert_eq!(refused(&world, other).await, Problem::SameId);
}

/// Red when: the version is not compared.
async fn a_change_on_a_stale_version_is_refused(world: World) {
    let first = saved(&world, world.customer_draft("", "Alpha")).await;
    let second = saved(&world, edited(&first, "Beta")).await;
    assert_eq!((second.version, second.card.name.as_str()), (2, "Beta"));
    assert_eq!(refused(&world, edited(&first, "Gamma")).await, Problem::Changed);
    // The same change sent twice is no conflict.
    assert_eq!(saved(&world, edited(&first, "Beta")).await, second);
    assert_eq!(saved(&world, edited(&second, "Beta")).await, second, "nothing changed, nothing counted");
}

async fn a_change_of_nobody_is_refused(world: World) {
    let mut draft = world.customer_draft("1", "Alpha");
    draft.version = 1;
    assert_eq!(refused(&world, draft).await, Problem::NotFound { what: Noun::Customer });
    let nobody = CustomerId::new(world.id());
    let missing = customers::get(&world, &as_role(Role::Admin), nobody).await.expect_err("nobody is there");
    assert_eq!(problem(missing), Problem::NotFound { what: Noun::Customer });
}

async fn a_number_is_taken_once(world: World) {
    let first = saved(&world, world.customer_draft("K-1", "Alpha")).await;
    let second = saved(&world, world.customer_draft("K-2", "Beta")).await;
    let taken = Problem::field("number", FieldReason::Taken);
    assert_eq!(refused(&world, world.customer_draft("k 1", "Gamma")).await, taken);
    let mut moved = edited(&second, "Beta");
    moved.card.number = first.card.number;
    assert_eq!(refused(&world, moved).await, taken);
    let mut respelled = edited(&second, "Beta");
    "k-2".clone_into(&mut respelled.card.number);
    assert_eq!(saved(&world, respelled).await.card.number, "k-2", "the own number is not taken");
}

/// Red when: the next number is not looked up.
async fn the_next_number_passes_over_those_given_by_hand(world: World) {
    for (given, number) in [("10001", "10001"), ("10003", "10003"), ("", "10002"), ("", "10004")] {
        assert_eq!(saved(&world, world.customer_draft(given, "Alpha")).await.card.number, number);
    }
}

async fn a_refused_customer_takes_no_number(world: World) {
    // The number that comes next is taken in the same piece that refuses the draft's id.
    let draft = world.customer_draft("", "Alpha");
    saved(&world, draft.clone()).await;
    let mut other = draft;
    "Beta".clone_into(&mut other.card.name);
    refused(&world, other).await;
    assert_eq!(saved(&world, world.customer_draft("", "Gamma")).await.card.number, "10002");
}

async fn the_history_tells_before_and_after(world: World) {
    let first = saved(&world, world.customer_draft("", "Alpha")).await;
    let later = world.when("2026-04-16T08:00:00Z");
    let mut change = edited(&first, "Beta");
    "Köln".clone_into(&mut change.card.city);
    let second = customers::save(&later, &as_role(Role::Accounting), change).await.expect("it is saved");
    let mut change = edited(&second, "Beta");
    change.card.city = String::new();
    customers::save(&later, &as_role(Role::Accounting), change).await.expect("it is saved");

    let changes = customers::changes_of(&world, &as_role(Role::Staff), first.id).await.expect("a history");
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            let fields = change.fields.iter().map(|field| {
                format!(
                    "{}: {} -> {}",
                    field.field,
                    field.before.as_deref().unwrap_or("-"),
                    field.after.as_deref().unwrap_or("-")
                )
            });
            (change.by.as_str(), change.at.to_rfc3339(), fields.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let at = |text: &str| text.to_owned();
    let expected = [
        ("The accounting", at("2026-04-16T10:00:00+02:00"), at("city: Köln -> -")),
        ("The accounting", at("2026-04-16T10:00:00+02:00"), at("name: Alpha -> Beta, city: - -> Köln")),
        ("The sales", at("2026-04-15T12:00:00+02:00"), at("number: - -> 10001, name: - -> Alpha, country: - -> DE")),
    ];
    assert_eq!(told, expected);
}

/// Red when: a page repeats a change or leaves one out, or a customer that is not there has a history.
async fn the_history_is_read_in_pages(world: World) {
    let mut view = saved(&world, world.customer_draft("", "Alpha")).await;
    for number in 2..=101 {
        view = saved(&world, edited(&view, &format!("Alpha {number}"))).await;
    }
    let call = as_role(Role::Staff);
    let first = customers::changes_page(&world, &call, view.id, 1).await.expect("a page");
    let second = customers::changes_page(&world, &call, view.id, 2).await.expect("a page");
    assert_eq!((first.rows.len(), first.more, second.rows.len(), second.more), (100, true, 1, false));
    assert_eq!(first.rows[0].fields[0].after.as_deref(), Some("Alpha 101"));
    assert_eq!(second.rows[0].fields[0].after.as_deref(), Some("10001"), "how it began");
    let nobody = customers::changes_of(&world, &call, CustomerId::new(world.id())).await.expect_err("nobody is there");
    assert_eq!(problem(nobody), Problem::NotFound { what: Noun::Customer });
}

async fn the_list_shows_where_accounts_stand_today(world: World) {
    let (alpha, beta) = (world.customer("Alpha").await, world.customer("Beta").await);
    let (first, second) = (world.account(alpha, PREPAID).await, world.account(beta, OVERDRAWN).await);
    world.account(beta, PREPAID).await;
    world.lot(first, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.lot(first, 9 * HOUR, "2026-05-01", None).await;
    world.drawn(first, HOUR, "2026-04-10").await;
    world.drawn(second, HOUR, "2026-04-10").await;
    let page = customers::list(&world, &as_role(Role::Staff), &CustomerQuery::default()).await.expect("a list");
    let told: Vec<_> = page
        .rows
        .iter()
        .map(|row| {
            let accounts = row.accounts.iter().map(|a| (a.standing.left.units(), a.standing.deficit.units()));
            (row.name.as_str(), row.accounts.len(), accounts.max())
        })
        .collect();
    assert_eq!(told, [("Alpha", 1, Some((3 * HOUR, 0))), ("Beta", 2, Some((0, HOUR)))]);
    let alone = customers::get(&world, &as_role(Role::Staff), alpha).await.expect("a page");
    assert_eq!(alone.accounts, page.rows[0].accounts);
    assert_eq!(alone.accounts[0].standing.lapses.map(|(_, amount)| amount.units()), Some(3 * HOUR));
}

on_both!(
    creating_twice_creates_one,
    a_new_customer_of_a_used_id_is_refused,
    a_change_on_a_stale_version_is_refused,
    a_change_of_nobody_is_refused,
    a_number_is_taken_once,
    the_next_number_passes_over_those_given_by_hand,
    a_refused_customer_takes_no_number,
    the_history_tells_before_and_after,
    the_history_is_read_in_pages,
    the_list_shows_where_accounts_stand_today,
);
