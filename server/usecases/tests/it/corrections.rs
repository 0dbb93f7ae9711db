//! Corrections over the use cases: taking grants back, covering and balancing deficits, ending accounts.

use domain::{
    AccountId, DrawId, LotId, Role,
    quota::{
        Amount, BalancingRequest, CoverPart, CoverRequest, DeficitPolicy, EndDecision, Overbooking, Policy, QuotaError,
        RevokeDecision, Standing, Unit,
    },
};
use usecases::{
    Call, Env, Refused, accounts,
    testing::{HOUR, PREPAID, World, as_role, day, problem, with_key},
};
use wire::{
    FieldReason, Noun, Problem,
    accounts::{BalancingDraft, CoverAnswer, CoverDraft, EndDraft, GrantAnswer, RevokeAnswer, RevokeDraft},
};

use crate::support::{assert_sound, books};

/// Overbooking without limit; earlier deficits wait for a balancing invoice.
pub const OWING: Policy = Policy { overbooking: Overbooking::Yes { limit: None }, deficits: DeficitPolicy::Balance };

pub fn admin() -> Call {
    as_role(Role::Admin)
}

pub async fn revoke(env: &Env, account: AccountId, lot: LotId, reason: &str) -> Result<RevokeAnswer, Refused> {
    accounts::revoke(env, &admin(), RevokeDraft { account, lot, reason: reason.to_owned() }).await
}

pub fn cover_draft(account: AccountId, draw: DrawId, lot: LotId, units: i64) -> CoverDraft {
    CoverDraft { account, request: CoverRequest { draw, lot, amount: Amount::new(units) } }
}

pub async fn cover(env: &Env, draft: CoverDraft) -> Result<CoverAnswer, Refused> {
    accounts::cover(env, &admin(), draft).await
}

pub async fn balance(env: &Env, draft: &BalancingDraft) -> Result<GrantAnswer, Refused> {
    accounts::balance(env, &admin(), draft.clone()).await
}

pub async fn end(env: &Env, account: AccountId, until: Option<&str>) -> Result<EndDecision, Refused> {
    let draft = EndDraft { account, until: until.map(day), reason: "Contract ends".to_owned() };
    Ok(accounts::end(env, &admin(), draft).await?.decision)
}

pub async fn standing(world: &World, account: AccountId) -> Standing {
    accounts::get(world, &admin(), account).await.expect("an account").standing
}

/// What the kernel refuses at a field.
fn at(field: &str, error: QuotaError) -> Problem {
    Problem::field(field, FieldReason::Quota(error, Unit::Time))
}

fn hours(hours: i64) -> Amount {
    Amount::new(hours * HOUR)
}

/// A lot of 4 h for April, of which two draws took an hour each; the later draw is dated earlier.
async fn given_a_half_used_lot(world: &World) -> (AccountId, LotId, [DrawId; 2]) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let lot = world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let first = world.drawn(account, HOUR, "2026-04-14").await.request.draw;
    let second = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    (account, lot, [first, second])
}

/// Red when: deficits are kept or covered in the order of their dates.
async fn what_was_drawn_from_a_revoked_lot_is_owed_until_a_later_grant(world: World) {
    let (account, lot, [first, second]) = given_a_half_used_lot(&world).await;
    let decision = revoke(&world, account, lot, "Cancelled").await.expect("it is taken back").decision;
    let losses: Vec<_> = decision.parts.iter().map(|part| (part.draw, part.date, part.amount)).collect();
    assert_eq!(losses, [(first, day("2026-04-14"), hours(1)), (second, day("2026-04-10"), hours(1))]);
    assert_eq!((decision.granted, decision.deficit, decision.date), (hours(4), hours(2), day("2026-04-01")));
    let now = standing(&world, account).await;
    assert_eq!((now.granted, now.left, now.deficit, now.lapses), (hours(0), hours(0), hours(2), None));

    let draft = world.grant_draft(account, 90 * 60, "2026-04-01", Some("2026-05-01"));
    let granted = world.grants(draft).await.expect("it is granted").decision;
    let half = Amount::new(HOUR / 2);
    let covers = [CoverPart { draw: first, amount: hours(1) }, CoverPart { draw: second, amount: half }];
    assert_eq!((granted.covers.as_slice(), granted.left), (&covers[..], Amount::ZERO));
    assert_eq!(standing(&world, account).await.deficit, half);
    let book = accounts::passbook(&world, &admin(), account, None).await.expect("a passbook");
    let marks: Vec<_> = book.lines.iter().map(|line| (line.row.amount.units(), line.undone, line.deficit)).collect();
    let none = Amount::ZERO;
    let expected = [
        (4 * HOUR, true, none),
        (-4 * HOUR, false, none),
        (90 * 60, false, none),
        (0, false, none),
        (0, false, none),
        (-HOUR, false, half),
        (-HOUR, false, none),
    ];
    assert_eq!((marks.as_slice(), book.closing), (&expected[..], Amount::new(-HOUR / 2)));
    assert_sound(&world).await;
}

/// Red when: an earlier revoke is not looked for, or its reason is not compared.
async fn the_same_revoke_twice_is_one(world: World) {
    let (account, lot, _) = given_a_half_used_lot(&world).await;
    let first = revoke(&world, account, lot, "Cancelled").await.expect("it is taken back");
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let before = books(&world).await;
    assert_eq!(revoke(&world, account, lot, "Cancelled").await.expect("the same again"), first);
    let refused = revoke(&world, account, lot, "Mistake").await.expect_err("for another reason");
    let error = QuotaError::AlreadyRevoked { lot };
    assert_eq!(problem(refused), Problem::Quota { error, unit: Unit::Time });
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

async fn a_revoke_does_what_its_plan_says_and_the_plan_changes_nothing(world: World) {
    let (account, lot, [first, _]) = given_a_half_used_lot(&world).await;
    let before = books(&world).await;
    let planned = accounts::revoke_plan(&world, &admin(), account, lot).await.expect("a plan");
    assert_eq!(books(&world).await, before);
    // What happens in between shows in the next plan.
    world.releases(account, first).await.expect("it is released");
    let plan = accounts::revoke_plan(&world, &admin(), account, lot).await.expect("a plan");
    assert_eq!((planned.deficit, plan.deficit, plan.parts.len()), (hours(2), hours(1), 1));
    let RevokeDecision { lot: of, date, granted, parts, deficit } =
        revoke(&world, account, lot, "Cancelled").await.expect("it is taken back").decision;
    assert_eq!((of, date, granted, deficit), (plan.lot, plan.date, plan.granted, plan.deficit));
    assert_eq!(parts, plan.parts);
    let refused = accounts::revoke_plan(&world, &admin(), account, lot).await.expect_err("it is gone");
    assert!(matches!(problem(refused), Problem::Quota { error: QuotaError::AlreadyRevoked { .. }, .. }));
    assert_sound(&world).await;
}

/// Red when: the key is not handed on.
async fn a_cover_under_a_key_counts_once(world: World) {
    let (_, account) = world.customer_with_account(OWING).await;
    let draw = world.drawn(account, 3 * HOUR, "2026-03-10").await.request.draw;
    let lot = world.lot(account, 2 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let call = with_key(admin(), "key", "hash");
    let first = accounts::cover(&world, &call, cover_draft(account, draw, lot, HOUR)).await.expect("it is covered");
    let decision = &first.decision;
    assert_eq!((decision.date, decision.left, decision.deficit), (day("2026-04-01"), hours(1), hours(2)));
    let before = books(&world).await;
    assert_eq!(accounts::cover(&world, &call, cover_draft(account, draw, lot, HOUR)).await.expect("again"), first);
    assert_eq!(books(&world).await, before);
    // Without a key it is another cover of the same draw by the same lot.
    let second = cover(&world, cover_draft(account, draw, lot, HOUR)).await.expect("it is covered").decision;
    assert_eq!((second.left, second.deficit), (hours(0), hours(1)));
    let released = world.releases(account, draw).await.expect("it is released").decision;
    assert_eq!((released.returned, released.deficit), (hours(2), hours(1)));
    assert_eq!(standing(&world, account).await.left, hours(2));
    assert_sound(&world).await;
}

async fn a_cover_that_cannot_be_is_refused_with_its_figures(world: World) {
    let (_, account) = world.customer_with_account(OWING).await;
    let earlier = world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let draw = world.drawn(account, 3 * HOUR, "2026-03-10").await.request.draw;
    let lot = world.lot(account, 2 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let before = books(&world).await;
    let refused = async |lot, units| {
        problem(cover(&world, cover_draft(account, draw, lot, units)).await.expect_err("it cannot be"))
    };
    let amount = hours(3).plus(Amount::new(1)).expect("small");
    let error = QuotaError::DeficitOutOfBounds { draw, deficit: hours(3), covered: amount };
    assert_eq!(refused(lot, amount.units()).await, at("amount", error));
    let error = QuotaError::CoverTooLarge { lot, left: hours(2), wanted: hours(3) };
    assert_eq!(refused(lot, 3 * HOUR).await, at("amount", error));
    let error = QuotaError::CoverFromEarlierLot { lot: earlier, draw };
    assert_eq!(refused(earlier, HOUR).await, at("lot", error));
    for units in [0, -1] {
        let error = QuotaError::NotPositive { amount: Amount::new(units) };
        assert_eq!(refused(lot, units).await, at("amount", error));
    }
    assert_eq!(books(&world).await, before);
}

/// Two deficits of 3 h and 1 h from before any lot, of which 2 h and 1 h are billed, in the other order.
async fn given_billed_deficits(world: &World) -> (BalancingDraft, [DrawId; 2]) {
    let (_, account) = world.customer_with_account(OWING).await;
    let first = world.drawn(account, 3 * HOUR, "2026-03-10").await.request.draw;
    let second = world.drawn(account, HOUR, "2026-03-11").await.request.draw;
    let deficits = vec![CoverPart { draw: second, amount: hours(1) }, CoverPart { draw: first, amount: hours(2) }];
    let request = BalancingRequest { lot: LotId::new(world.id()), date: day("2026-04-15"), deficits };
    (BalancingDraft { account, request, reason: "Invoice 7".to_owned() }, [first, second])
}

async fn a_balancing_grant_covers_exactly_what_it_bills(world: World) {
    let (draft, [first, second]) = given_billed_deficits(&world).await;
    let granted = balance(&world, &draft).await.expect("it is granted").decision;
    let covers = [CoverPart { draw: first, amount: hours(2) }, CoverPart { draw: second, amount: hours(1) }];
    assert_eq!((granted.lot.amount, granted.left, granted.covers.as_slice()), (hours(3), hours(0), &covers[..]));
    let now = standing(&world, draft.account).await;
    assert_eq!((now.left, now.deficit), (hours(0), hours(1)));
    // What was billed and is then released is credit.
    let released = world.releases(draft.account, first).await.expect("it is released").decision;
    assert_eq!((released.returned, released.deficit), (hours(2), hours(1)));
    let now = standing(&world, draft.account).await;
    assert_eq!((now.left, now.deficit), (hours(2), hours(0)));
    assert_eq!(world.drawn(draft.account, 2 * HOUR, "2026-04-15").await.drawn, hours(2));
    assert_sound(&world).await;
}

/// Red when: an earlier grant is not looked for, or one of its fields is not compared.
async fn a_balancing_grant_twice_is_one_and_with_other_content_a_conflict(world: World) {
    let (draft, [first, second]) = given_billed_deficits(&world).await;
    let other = world.account(world.customer("Beta").await, OWING).await;
    let answer = balance(&world, &draft).await.expect("it is granted");
    let before = books(&world).await;
    assert_eq!(balance(&world, &draft).await.expect("the same again"), answer);
    let mut turned = draft.clone();
    turned.request.deficits.reverse();
    assert_eq!(balance(&world, &turned).await.expect("in another order"), answer);
    let with = |deficits: &[(DrawId, i64)]| {
        let part = |(draw, h): &(DrawId, i64)| CoverPart { draw: *draw, amount: hours(*h) };
        BalancingRequest { deficits: deficits.iter().map(part).collect(), ..draft.request.clone() }
    };
    let others = [
        BalancingDraft { account: other, ..draft.clone() },
        BalancingDraft { reason: "Invoice 8".to_owned(), ..draft.clone() },
        BalancingDraft {
            request: BalancingRequest { date: day("2026-04-14"), ..draft.request.clone() },
            ..draft.clone()
        },
        BalancingDraft { request: with(&[(first, 2)]), ..draft.clone() },
        BalancingDraft { request: with(&[(first, 1), (second, 2)]), ..draft.clone() },
        BalancingDraft { request: with(&[(first, 3)]), ..draft.clone() },
    ];
    for other in others {
        let refused = balance(&world, &other).await.expect_err("it has other content");
        assert_eq!(problem(refused), Problem::SameId, "{other:?}");
    }
    let mut free = world.grant_draft(draft.account, 3 * HOUR, "2026-04-15", None);
    free.request.lot = draft.request.lot;
    free.reason = draft.reason.clone();
    assert_eq!(problem(world.grants(free).await.expect_err("it is another origin")), Problem::SameId);
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: each part is compared with the whole deficit.
async fn one_deficit_billed_in_two_parts_is_covered_in_sum(world: World) {
    let (draft, [first, _]) = given_billed_deficits(&world).await;
    let parts = |second: i64| {
        let parts = [1, second].map(|h| CoverPart { draw: first, amount: hours(h) }).to_vec();
        let request = BalancingRequest { deficits: parts, ..draft.request.clone() };
        BalancingDraft { request, ..draft.clone() }
    };
    let refused = balance(&world, &parts(3)).await.expect_err("it is more than the deficit");
    let error = QuotaError::DeficitOutOfBounds { draw: first, deficit: hours(2), covered: hours(3) };
    assert_eq!(problem(refused), at("amount", error));
    let answer = balance(&world, &parts(2)).await.expect("it is the deficit");
    assert_eq!((answer.decision.lot.amount, answer.decision.left), (hours(3), hours(0)));
    assert_eq!(balance(&world, &parts(2)).await.expect("the same again"), answer);
    assert_eq!(standing(&world, draft.account).await.deficit, hours(1));
    world.releases(draft.account, first).await.expect("it is released");
    assert_sound(&world).await;
}

/// Red when: a lot or draw is looked up by its id alone.
async fn ids_of_other_accounts_are_not_found(world: World) {
    let (mine, lot, _) = given_a_half_used_lot(&world).await;
    let (theirs, foreign_lot, [foreign_draw, _]) = given_a_half_used_lot(&world).await;
    let owed = world.account(world.customer("Gamma").await, OWING).await;
    let draw = world.drawn(owed, HOUR, "2026-03-10").await.request.draw;
    let before = books(&world).await;
    let not_found = |what| Problem::NotFound { what };
    for lot in [foreign_lot, LotId::new(world.id())] {
        let refused = revoke(&world, mine, lot, "Cancelled").await.expect_err("it is not there");
        assert_eq!(problem(refused), not_found(Noun::Lot));
        let refused = accounts::revoke_plan(&world, &admin(), mine, lot).await.expect_err("it is not there");
        assert_eq!(problem(refused), not_found(Noun::Lot));
        let refused = cover(&world, cover_draft(owed, draw, lot, HOUR)).await.expect_err("it is not there");
        assert_eq!(problem(refused), not_found(Noun::Lot));
    }
    for draw in [foreign_draw, DrawId::new(world.id())] {
        let refused = cover(&world, cover_draft(mine, draw, lot, HOUR)).await.expect_err("it is not there");
        assert_eq!(problem(refused), not_found(Noun::Draw));
        let deficits = vec![CoverPart { draw, amount: hours(1) }];
        let request = BalancingRequest { lot: LotId::new(world.id()), date: day("2026-04-15"), deficits };
        let draft = BalancingDraft { account: mine, request, reason: "Invoice 7".to_owned() };
        let refused = balance(&world, &draft).await.expect_err("nothing of it is open here");
        let error = QuotaError::DeficitOutOfBounds { draw, deficit: hours(0), covered: hours(1) };
        assert_eq!(problem(refused), at("amount", error));
    }
    assert_eq!(books(&world).await, before);
    // A customer's own account, by another customer's person.
    let stranger = usecases::testing::as_customer(world.customer("Delta").await);
    let refused = accounts::revoke_plan(&world, &stranger, theirs, foreign_lot).await.expect_err("it is not theirs");
    assert_eq!(problem(refused), not_found(Noun::Account));
}

/// Red when: commands decide without the lock of their account (seen on PostgreSQL).
async fn corrections_at_the_same_moment_leave_good_books(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    for round in 0..12 {
        let (account, lot, _) = given_a_half_used_lot(&world).await;
        let draft = other.draw_draft(account, 3 * HOUR, "2026-04-15");
        let (mine, theirs, drawn) = tokio::join!(
            revoke(&world, account, lot, "Cancelled"),
            revoke(&other, account, lot, if round % 2 == 0 { "Cancelled" } else { "Mistake" }),
            other.draws(draft),
        );
        let taken = drawn.as_ref().map_or(Amount::ZERO, |answer| answer.decision.drawn);
        if let Err(refused) = drawn {
            assert_eq!(problem(refused).fields().len(), 1, "exhausted, at its field");
        }
        let done = match (mine, theirs) {
            (Ok(one), Ok(two)) if round % 2 == 0 => {
                assert_eq!(one, two);
                one
            }
            (Ok(done), Err(refused)) | (Err(refused), Ok(done)) if round % 2 == 1 => {
                let error = QuotaError::AlreadyRevoked { lot };
                assert_eq!(problem(refused), Problem::Quota { error, unit: Unit::Time });
                done
            }
            both => panic!("the lot is taken back once: {both:?}"),
        };
        assert_eq!(done.decision.deficit, hours(2).plus(taken).expect("small"));
        assert_eq!(standing(&world, account).await.deficit, done.decision.deficit);
    }
    assert_sound(&world).await;
}

/// Removing the lock alone does not turn this red (seen); the corrections above do.
async fn one_deficit_is_covered_once_by_two_at_the_same_moment(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    for _ in 0..8 {
        let (_, account) = world.customer_with_account(OWING).await;
        let draw = world.drawn(account, HOUR, "2026-03-10").await.request.draw;
        let lots =
            [world.lot(account, HOUR, "2026-04-01", None).await, world.lot(account, HOUR, "2026-04-01", None).await];
        let (one, two) = tokio::join!(
            cover(&world, cover_draft(account, draw, lots[0], HOUR)),
            cover(&other, cover_draft(account, draw, lots[1], HOUR)),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let now = standing(&world, account).await;
        assert_eq!((now.left, now.deficit), (hours(1), hours(0)));
    }
    assert_sound(&world).await;
}

on_both!(
    what_was_drawn_from_a_revoked_lot_is_owed_until_a_later_grant,
    the_same_revoke_twice_is_one,
    a_revoke_does_what_its_plan_says_and_the_plan_changes_nothing,
    a_cover_under_a_key_counts_once,
    a_cover_that_cannot_be_is_refused_with_its_figures,
    a_balancing_grant_covers_exactly_what_it_bills,
    a_balancing_grant_twice_is_one_and_with_other_content_a_conflict,
    one_deficit_billed_in_two_parts_is_covered_in_sum,
    ids_of_other_accounts_are_not_found,
    corrections_at_the_same_moment_leave_good_books,
    one_deficit_is_covered_once_by_two_at_the_same_moment,
);
