//! Drawing, covering, giving back.

use domain::{
    DrawId, LotId, Role,
    quota::{Amount, DeficitPolicy, DrawDecision, Figure, Outcome, Overbooking, Policy, QuotaError, Unit, draw},
};
use usecases::{
    accounts,
    testing::{HOUR, OVERDRAWN, PREPAID, World, as_customer, as_role, day, problem},
};
use wire::{FieldReason, Problem, accounts::DrawDraft};

use crate::support::{assert_sound, books};

/// What the person's browser decides on the facts that it was given.
async fn previewed(world: &World, draft: &DrawDraft) -> DrawDecision {
    let admin = as_role(Role::Admin);
    let facts = accounts::facts(world, &admin, draft.account, draft.request.date).await.expect("the facts are there");
    draw(&facts, &draft.request).expect("the preview")
}

async fn left(world: &World, account: domain::AccountId) -> i64 {
    accounts::get(world, &as_role(Role::Admin), account).await.expect("a read").standing.left.units()
}

async fn what_was_seen_is_what_is_decided(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.lot(account, HOUR, "2026-03-01", Some("2026-05-01")).await;
    let mut draft = world.draw_draft(account, 3 * HOUR, "2026-04-10");
    let seen = previewed(&world, &draft).await;
    draft.seen = Some(seen.clone());
    let answer = world.draws(draft).await.expect("there is something");
    assert_eq!((answer.decision, answer.differences), (seen, vec![]));
}

/// Red when: the differences are not computed.
async fn where_somebody_was_faster_the_differences_are_told(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let lot = world.lot(account, 2 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let mut draft = world.draw_draft(account, 2 * HOUR, "2026-04-10");
    draft.seen = Some(previewed(&world, &draft).await);
    world.drawn(account, HOUR, "2026-04-09").await;
    let answer = world.draws(draft.clone()).await.expect("an hour is left");
    assert_eq!(answer.decision.outcome(), Outcome::Partial);
    let figures: Vec<_> = answer.differences.iter().map(|d| (d.figure, d.seen.units(), d.decided.units())).collect();
    let expected = [
        (Figure::AvailableBefore, 2 * HOUR, HOUR),
        (Figure::Drawn, 2 * HOUR, HOUR),
        (Figure::NotDrawn, 0, HOUR),
        (Figure::Lot(lot), 2 * HOUR, HOUR),
    ];
    assert_eq!(figures, expected);
    // Sent again, the person is told the same.
    assert_eq!(world.draws(draft).await.expect("it is accepted"), answer);
}

/// Red when: a draw of nothing is posted.
async fn when_nothing_is_there_nothing_is_posted(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.drawn(account, HOUR, "2026-04-10").await;
    let before = books(&world).await;
    for date in ["2026-04-10", "2026-05-01", "2026-03-31"] {
        let refused = problem(world.draws(world.draw_draft(account, 60, date)).await.expect_err("nothing is there"));
        let exhausted = QuotaError::Exhausted { date: day(date), wanted: Amount::new(60), available: Amount::ZERO };
        assert_eq!(refused, Problem::field("amount", FieldReason::Quota(exhausted, Unit::Time)));
    }
    assert_eq!(books(&world).await, before);
}

async fn a_draw_takes_what_is_there(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let decision = world.drawn(account, 3 * HOUR, "2026-04-30").await;
    assert_eq!((decision.drawn.units(), decision.not_drawn.units()), (HOUR, 2 * HOUR));
    assert_eq!(left(&world, account).await, 0);
    assert_sound(&world).await;
}

/// Red when: what is told afterwards is not what was decided, or is told of another account.
async fn what_was_decided_is_told_again(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let decided = world.drawn(account, 3 * HOUR, "2026-04-30").await;
    let draw = decided.request.draw;
    world.lot(account, 4 * HOUR, "2026-04-02", Some("2026-05-01")).await;
    world.drawn(account, HOUR, "2026-04-30").await;
    world.releases(account, draw).await.expect("it is released");
    let told = async |account, draw| accounts::drawn(&world, &as_role(Role::Staff), account, draw).await;
    assert_eq!(told(account, draw).await.expect("a read"), Some(decided));
    let (stranger, other) = world.customer_with_account(PREPAID).await;
    assert_eq!(told(other, draw).await.expect("a read"), None);
    assert_eq!(told(account, DrawId::new(world.id())).await.expect("a read"), None);
    let refused = accounts::drawn(&world, &as_customer(stranger), account, draw).await.expect_err("it is not theirs");
    assert_eq!(problem(refused).code(), "not_found");
}

/// Example 2 of the kernel's rules without a cap, here with three months on one account.
async fn the_lot_that_ends_first_is_used_first(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let unlimited = world.lot(account, HOUR, "2026-01-01", None).await;
    let may = world.lot(account, HOUR, "2026-05-01", Some("2026-06-01")).await;
    let spring = world.lot(account, HOUR, "2026-04-01", Some("2026-06-01")).await;
    let april = world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let order = |decision: DrawDecision| decision.parts.iter().map(|part| part.lot).collect::<Vec<LotId>>();
    assert_eq!(order(world.drawn(account, 2 * HOUR, "2026-04-30").await), [april, spring]);
    assert_eq!(order(world.drawn(account, 2 * HOUR, "2026-05-01").await), [may, unlimited]);
    assert_sound(&world).await;
}

async fn overbooking_stays_within_its_limit(world: World) {
    let limit = Some(Amount::new(2 * HOUR));
    let policy = Policy { overbooking: Overbooking::Yes { limit }, deficits: DeficitPolicy::Balance };
    let (_, account) = world.customer_with_account(policy).await;
    world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let decision = world.drawn(account, 7 * HOUR, "2026-04-10").await;
    let figures = (decision.drawn.units(), decision.deficit.units(), decision.not_drawn.units());
    assert_eq!(figures, (4 * HOUR, 2 * HOUR, HOUR));
    let refused = world.draws(world.draw_draft(account, 1, "2026-04-11")).await.expect_err("the limit is reached");
    assert_eq!(problem(refused).code(), "invalid");
    assert_sound(&world).await;
}

/// Example 6: nothing granted yet, then the grant of May covers.
async fn a_grant_covers_open_deficits_at_once(world: World) {
    let policy = Policy { overbooking: Overbooking::Yes { limit: None }, deficits: DeficitPolicy::Balance };
    let (_, account) = world.customer_with_account(policy).await;
    let april = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let may = world.drawn(account, HOUR, "2026-05-03").await.request.draw;
    let grant = world.grant_draft(account, 4 * HOUR, "2026-05-01", Some("2026-06-01"));
    let decision = world.grants(grant).await.expect("it is granted").decision;
    assert_eq!(decision.covers.iter().map(|cover| cover.draw).collect::<Vec<_>>(), [may]);
    assert_eq!(decision.left.units(), 3 * HOUR);
    let late = world.when("2026-05-15T10:00:00Z");
    let standing = accounts::get(&late, &as_role(Role::Admin), account).await.expect("a read").standing;
    assert_eq!((standing.left.units(), standing.deficit.units()), (3 * HOUR, HOUR), "April waits for an invoice");
    let _ = april;
    assert_sound(&world).await;
}

async fn a_release_gives_back_exactly_what_was_taken(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.lot(account, HOUR, "2026-04-01", None).await;
    let decision = world.drawn(account, 3 * HOUR, "2026-04-10").await;
    assert_eq!(left(&world, account).await, 0);
    let released = world.releases(account, decision.request.draw).await.expect("it is released").decision;
    assert_eq!(released.parts, decision.parts);
    assert_eq!((released.returned.units(), released.deficit.units()), (2 * HOUR, HOUR));
    let standing = accounts::get(&world, &as_role(Role::Admin), account).await.expect("a read").standing;
    assert_eq!((standing.left.units(), standing.deficit.units()), (2 * HOUR, 0));
    assert_sound(&world).await;
}

/// A deficit of April that May's lot has covered: the lot is not usable on the draw's date and gets its part back.
///
/// Red when: a release loads only the lots of its day.
async fn a_release_gives_back_to_a_lot_that_covered_later(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let draw = world.drawn(account, 2 * HOUR, "2026-04-10").await.request.draw;
    let may = world.lot(account, 4 * HOUR, "2026-05-01", Some("2026-06-01")).await;
    let released = world.releases(account, draw).await.expect("it is released").decision;
    assert_eq!((released.returned.units(), released.deficit.units()), (2 * HOUR, 0));
    assert!(released.parts.iter().any(|part| part.lot == may && part.amount.units() == HOUR));
    let late = world.when("2026-05-15T10:00:00Z");
    let standing = accounts::get(&late, &as_role(Role::Admin), account).await.expect("a read").standing;
    assert_eq!(standing.left.units(), 4 * HOUR);
    assert_sound(&world).await;
}

async fn a_late_draw_uses_the_lots_of_its_own_date(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let march = world.lot(account, HOUR, "2026-03-01", Some("2026-04-01")).await;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let decision = world.drawn(account, 2 * HOUR, "2026-03-31").await;
    assert_eq!((decision.parts[0].lot, decision.drawn.units()), (march, HOUR));
    assert_eq!(left(&world, account).await, HOUR, "April is untouched");
    assert_sound(&world).await;
}

async fn the_facts_reach_a_year_to_both_sides(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let near = world.lot(account, HOUR, "2027-04-14", None).await;
    world.lot(account, HOUR, "2027-04-15", None).await;
    let facts = accounts::facts(&world, &as_role(Role::Admin), account, day("2026-04-15")).await.expect("a read");
    assert_eq!(facts.lots.iter().map(|state| state.lot.id).collect::<Vec<_>>(), [near]);
    assert!(facts.available(day("2027-04-14")).is_ok() && facts.available(day("2025-04-15")).is_ok());
    assert!(facts.available(day("2027-04-15")).is_err() && facts.available(day("2025-04-14")).is_err());
}

on_both!(
    what_was_seen_is_what_is_decided,
    where_somebody_was_faster_the_differences_are_told,
    when_nothing_is_there_nothing_is_posted,
    a_draw_takes_what_is_there,
    what_was_decided_is_told_again,
    the_lot_that_ends_first_is_used_first,
    overbooking_stays_within_its_limit,
    a_grant_covers_open_deficits_at_once,
    a_release_gives_back_exactly_what_was_taken,
    a_release_gives_back_to_a_lot_that_covered_later,
    a_late_draw_uses_the_lots_of_its_own_date,
    the_facts_reach_a_year_to_both_sides,
);
