//! What limits an account: its end, how lots are carried over, and closed books.

use domain::{
    AccountId, DateRange, LotId,
    quota::{Amount, BalancingRequest, CarryOver, CoverPart, EndDecision, Movement, Part, Posting, QuotaError, Unit},
};
use usecases::{
    Env, accounts, settings,
    testing::{HOUR, PREPAID, World, day, problem},
};
use wire::{
    FieldReason, Problem,
    accounts::{BalancingDraft, PassbookView},
    settings::Settings,
};

use crate::{
    corrections::{OWING, admin, balance, cover, cover_draft, end, revoke, standing},
    support::{assert_sound, books},
};

fn at(field: &str, error: QuotaError) -> Problem {
    Problem::field(field, FieldReason::Quota(error, Unit::Time))
}

fn part(lot: LotId, hours: i64) -> Part {
    Part { lot, amount: Amount::new(hours * HOUR) }
}

async fn shown(env: &Env, account: AccountId, from: &str, until: Option<&str>) -> PassbookView {
    let range = DateRange::new(day(from), until.map(day)).expect("a range");
    accounts::passbook(env, &admin(), account, Some(range)).await.expect("a passbook")
}

/// What has lapsed: the day, the lot, the hours.
fn lapses(view: &PassbookView) -> Vec<(String, LotId, i64)> {
    let lapse = |line: &wire::accounts::PassbookLine| match line.row.posting {
        Posting::Lapse { lot, .. } => Some((line.row.date.to_string(), lot, -line.row.amount.units() / HOUR)),
        Posting::Entry(_) => None,
    };
    view.lines.iter().filter_map(lapse).collect()
}

async fn available(world: &World, account: AccountId, date: &str) -> i64 {
    let facts = accounts::facts(world, &admin(), account, day(date)).await.expect("facts");
    facts.available(day(date)).expect("covered").units()
}

/// Every range of a history joins the next: what opens one is what closed the one before.
async fn assert_ranges_join(world: &World, account: AccountId) {
    let whole = shown(world, account, "2025-01-01", None).await;
    assert_eq!(whole.opening, Amount::ZERO);
    let dates: Vec<_> = whole.lines.iter().map(|line| line.row.date).collect();
    for split in dates.into_iter().flat_map(|date| [date.pred_opt(), Some(date), date.succ_opt()]).flatten() {
        let split = split.to_string();
        let before = shown(world, account, "2025-01-01", Some(&split)).await;
        let after = shown(world, account, &split, None).await;
        assert_eq!(before.closing, after.opening, "split on {split}");
        assert_eq!(before.lines.len() + after.lines.len(), whole.lines.len(), "split on {split}");
        assert_eq!(after.closing, whole.closing, "split on {split}");
    }
}

/// 4 h for April, 2 h without end and 1 h from June on, of which 1 h is drawn in April.
async fn given_lots(world: &World) -> (AccountId, [LotId; 3]) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let april = world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let open = world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let june = world.lot(account, HOUR, "2026-06-01", None).await;
    world.drawn(account, HOUR, "2026-04-10").await;
    (account, [april, open, june])
}

/// Red when: the last day that still belongs to the account is refused, or the first that does not is taken.
async fn nothing_is_drawn_from_the_end_on(world: World) {
    let (account, [april, open, june]) = given_lots(&world).await;
    let decision = end(&world, account, Some("2026-04-20")).await.expect("it ends");
    let lapses = vec![part(april, 3), part(open, 2), part(june, 1)];
    let expected = EndDecision { until: Some(day("2026-04-20")), earlier: None, lapses };
    assert_eq!(decision, expected);
    let before = books(&world).await;
    for date in ["2026-04-20", "2026-06-01"] {
        let refused = world.draws(world.draw_draft(account, HOUR, date)).await.expect_err("it has ended");
        assert_eq!(problem(refused), at("date", QuotaError::Ended { date: day(date), end: day("2026-04-20") }));
        let refused = world.grants(world.grant_draft(account, HOUR, date, None)).await.expect_err("it has ended");
        assert_eq!(problem(refused), at("date", QuotaError::Ended { date: day(date), end: day("2026-04-20") }));
    }
    assert_eq!(books(&world).await, before);
    world.drawn(account, HOUR, "2026-04-19").await;
    world.lot(account, HOUR, "2026-04-19", None).await;
    assert_sound(&world).await;
}

/// Red when: the lots are looked up under the end until now.
async fn an_end_is_moved_and_taken_back(world: World) {
    let (account, [_, open, june]) = given_lots(&world).await;
    end(&world, account, Some("2026-04-20")).await.expect("it ends");
    let before = books(&world).await;
    let same = end(&world, account, Some("2026-04-20")).await.expect("the same again");
    assert_eq!(same.earlier, same.until);
    assert_eq!(books(&world).await, before);

    let moved = end(&world, account, Some("2026-07-01")).await.expect("it is moved");
    assert_eq!((moved.earlier, moved.lapses), (Some(day("2026-04-20")), vec![part(open, 2), part(june, 1)]));
    world.drawn(account, HOUR, "2026-06-10").await;
    let back = end(&world, account, None).await.expect("it is taken back");
    assert_eq!(back, EndDecision { until: None, earlier: Some(day("2026-07-01")), lapses: vec![] });
    let before = books(&world).await;
    let same = end(&world, account, None).await.expect("the same again");
    assert_eq!(same, EndDecision { until: None, earlier: None, lapses: vec![] });
    assert_eq!(books(&world).await, before);
    world.drawn(account, HOUR, "2026-08-01").await;
    let book = shown(&world, account, "2026-01-01", None).await;
    let ends: Vec<_> = book
        .lines
        .iter()
        .filter_map(|line| match &line.row.posting {
            Posting::Entry(entry) => match entry.movement {
                Movement::End { until } => Some((line.row.date, until, line.text.as_str(), line.row.amount)),
                _ => None,
            },
            Posting::Lapse { .. } => None,
        })
        .collect();
    let (first, second) = (day("2026-04-20"), day("2026-07-01"));
    let (text, zero) = ("Contract ends", Amount::ZERO);
    assert_eq!(
        ends,
        [(first, Some(first), text, zero), (second, Some(second), text, zero), (second, None, text, zero)]
    );
    assert_ranges_join(&world, account).await;
    assert_sound(&world).await;
}

/// Red when: what an end loses is shown before its day, or twice after a lot's own end.
async fn the_rest_lapses_on_the_day_of_the_end(world: World) {
    let (account, [april, open, june]) = given_lots(&world).await;
    end(&world, account, Some("2026-04-20")).await.expect("it ends");
    let shown_at = async |at: &str| {
        let view = shown(&world.when(at), account, "2026-01-01", None).await;
        (lapses(&view), view.closing.units() / HOUR)
    };
    assert_eq!(shown_at("2026-04-19T10:00:00Z").await, (vec![], 6));
    let ended = ("2026-04-20".to_owned(), april, 3);
    let lost = vec![ended, ("2026-04-20".to_owned(), open, 2)];
    assert_eq!(shown_at("2026-04-20T10:00:00Z").await, (lost.clone(), 1));
    let all: Vec<_> = lost.into_iter().chain([("2026-06-01".to_owned(), june, 1)]).collect();
    assert_eq!(shown_at("2026-07-01T10:00:00Z").await, (all, 0));
    let later = World { env: world.when("2026-07-01T10:00:00Z"), url: world.url.clone() };
    assert_ranges_join(&later, account).await;
    assert_sound(&world).await;
}

async fn carried(world: &World, account: AccountId, hours: i64, months: &[&str], carry: CarryOver) -> Vec<LotId> {
    let mut lots = Vec::new();
    for pair in months.windows(2) {
        let mut draft = world.grant_draft(account, hours * HOUR, pair[0], Some(pair[1]));
        draft.request.carry = carry;
        lots.push(draft.request.lot);
        world.grants(draft).await.expect("it is granted");
    }
    lots
}

/// Example 2 of the kernel. Red when: the carry-over of a lot is not stored or not read.
async fn lots_without_cap_are_carried_whole(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let carry = CarryOver::On { periods: None, cap: None };
    let lots = carried(&world, account, 4, &["2026-04-01", "2026-05-01", "2026-06-01"], carry).await;
    world.drawn(account, HOUR, "2026-04-10").await;
    assert_eq!(available(&world, account, "2026-05-01").await, 7 * HOUR);
    let drawn = world.drawn(account, 5 * HOUR, "2026-05-03").await;
    assert_eq!(drawn.parts, [part(lots[0], 3), part(lots[1], 2)]);
    assert_eq!(available(&world, account, "2030-01-01").await, 2 * HOUR);
    assert_ranges_join(&world, account).await;
    assert_sound(&world).await;
}

/// Example 3 of the kernel. Red when: draws after a lot's own period are not counted against its cap.
async fn a_cap_limits_what_is_carried_and_the_rest_lapses(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let carry = CarryOver::On { periods: Some(1), cap: Some(Amount::new(2 * HOUR)) };
    let months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"];
    let lots = carried(&world, account, 10, &months, carry).await;
    let [january, february, march] = lots[..] else { panic!("three lots") };
    world.drawn(account, 2 * HOUR, "2026-01-10").await;
    assert_eq!(available(&world, account, "2026-01-31").await, 8 * HOUR);
    assert_eq!(available(&world, account, "2026-02-01").await, 12 * HOUR);
    let drawn = world.drawn(account, 3 * HOUR, "2026-02-02").await;
    assert_eq!(drawn.parts, [part(january, 2), part(february, 1)]);
    assert_eq!(available(&world, account, "2026-02-28").await, 9 * HOUR);
    assert_eq!(available(&world, account, "2026-03-01").await, 12 * HOUR);
    let book = shown(&world, account, "2026-01-01", None).await;
    let expected = [
        ("2026-02-01".to_owned(), january, 6),
        ("2026-03-01".to_owned(), february, 7),
        ("2026-04-01".to_owned(), february, 2),
        ("2026-04-01".to_owned(), march, 8),
    ];
    assert_eq!(lapses(&book), expected);
    assert_eq!(book.closing, Amount::new(2 * HOUR));
    let now = standing(&world, account).await;
    let figures = [now.granted, now.used, now.left, now.lapsed].map(|amount| amount.units() / HOUR);
    assert_eq!(figures, [10, 0, 2, 8]);
    assert_eq!(now.lapses, Some((day("2026-05-01"), Amount::new(2 * HOUR))));
    assert_ranges_join(&world, account).await;
    assert_sound(&world).await;
}

/// Red when: closed books stop more than draws.
async fn closed_books_refuse_draws_and_nothing_else(world: World) {
    let (_, account) = world.customer_with_account(OWING).await;
    let doomed = world.lot(account, 4 * HOUR, "2026-03-01", Some("2026-04-01")).await;
    let held = world.drawn(account, HOUR, "2026-03-10").await.request.draw;
    let undone = world.drawn(account, HOUR, "2026-03-11").await.request.draw;
    let owing = world.drawn(account, 4 * HOUR, "2026-02-10").await.request.draw;
    let now = settings::page(&world, &admin()).await.expect("a page").settings;
    let closed = Settings { books_closed_until: Some(day("2026-04-01")), ..now };
    settings::save(&world, &admin(), closed).await.expect("the books are closed");

    let before = books(&world).await;
    let refused = world.draws(world.draw_draft(account, HOUR, "2026-03-31")).await.expect_err("closed");
    let error = QuotaError::BooksClosed { date: day("2026-03-31"), closed_until: day("2026-04-01") };
    assert_eq!(problem(refused), at("date", error));
    assert_eq!(books(&world).await, before);

    world.releases(account, undone).await.expect("a release goes on");
    let lot = world.lot(account, 2 * HOUR, "2026-03-01", Some("2026-04-01")).await;
    cover(&world, cover_draft(account, owing, lot, HOUR)).await.expect("a cover goes on");
    let taken = revoke(&world, account, doomed, "Cancelled").await.expect("a revoke goes on").decision;
    assert_eq!(taken.parts.iter().map(|part| part.draw).collect::<Vec<_>>(), [held]);
    let deficits = vec![CoverPart { draw: owing, amount: Amount::new(HOUR) }];
    let request = BalancingRequest { lot: LotId::new(world.id()), date: day("2026-03-31"), deficits };
    let draft = BalancingDraft { account, request, reason: "Invoice 7".to_owned() };
    balance(&world, &draft).await.expect("a balancing invoice goes on");
    end(&world, account, Some("2026-03-20")).await.expect("an end goes on");
    end(&world, account, None).await.expect("and back");
    world.drawn(account, HOUR, "2026-04-01").await;
    // The audit knows that what was drawn before was drawn while the books were open.
    assert_sound(&world).await;
}

on_both!(
    nothing_is_drawn_from_the_end_on,
    an_end_is_moved_and_taken_back,
    the_rest_lapses_on_the_day_of_the_end,
    lots_without_cap_are_carried_whole,
    a_cap_limits_what_is_carried_and_the_rest_lapses,
    closed_books_refuse_draws_and_nothing_else,
);
