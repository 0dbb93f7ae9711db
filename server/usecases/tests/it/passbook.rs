//! The passbook: opening plus movements is closing, whatever part of the history is shown.

use chrono::NaiveDate;
use domain::{
    AccountId, DateRange, Role,
    quota::{Movement, Posting},
};
use usecases::{
    Env, accounts,
    testing::{HOUR, OVERDRAWN, PREPAID, World, as_customer, as_role, day},
};
use wire::accounts::PassbookView;

async fn shown(env: &Env, account: AccountId, from: NaiveDate, until: Option<NaiveDate>) -> PassbookView {
    let range = DateRange::new(from, until).expect("a range");
    accounts::passbook(env, &as_role(Role::Admin), account, Some(range)).await.expect("a passbook")
}

/// A draw with deficit that is covered later, a release, a late draw, lots that end before and after today.
async fn given_history(world: &World) -> AccountId {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, 4 * HOUR, "2026-02-01", Some("2026-03-01")).await;
    world.lot(account, 4 * HOUR, "2026-03-01", Some("2026-04-01")).await;
    world.drawn(account, HOUR, "2026-02-10").await;
    let undone = world.drawn(account, HOUR, "2026-03-10").await.request.draw;
    world.drawn(account, 5 * HOUR, "2026-03-20").await;
    world.lot(account, 3 * HOUR, "2026-04-01", Some("2026-04-15")).await;
    world.releases(account, undone).await.expect("it is released");
    world.lot(account, 3 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.drawn(account, HOUR, "2026-02-28").await;
    world.lot(account, HOUR, "2026-05-01", None).await;
    account
}

fn days() -> Vec<NaiveDate> {
    let named = ["2026-02-01", "2026-02-10", "2026-03-01", "2026-03-20", "2026-04-01", "2026-04-15", "2026-05-01"];
    let around = named.into_iter().map(day).flat_map(|day| [day.pred_opt(), Some(day), day.succ_opt()]);
    around.flatten().chain([day("1900-01-01"), day("2199-12-31")]).collect()
}

fn sum(view: &PassbookView) -> i64 {
    view.lines.iter().map(|line| line.row.amount.units()).sum()
}

async fn opening_plus_lines_is_closing_for_every_range(world: World) {
    let account = given_history(&world).await;
    for from in days() {
        for until in days().into_iter().filter(|until| from < *until).map(Some).chain([None]) {
            let view = shown(&world, account, from, until).await;
            assert_eq!(view.opening.units() + sum(&view), view.closing.units(), "{from} until {until:?}");
            let mut balance = view.opening.units();
            for line in &view.lines {
                balance += line.row.amount.units();
                assert_eq!(line.row.balance.units(), balance, "{from} until {until:?}: {line:?}");
                assert!(view.range.contains(line.row.date));
            }
        }
    }
}

/// Red when: the opening leaves out what had lapsed; when a range shows a lapse that lies ahead, and the next range
/// counts it again or not at all.
async fn one_range_opens_where_the_one_before_closed(world: World) {
    let account = given_history(&world).await;
    let whole = shown(&world, account, day("1900-01-01"), None).await;
    assert_eq!(whole.opening.units(), 0);
    for split in days().into_iter().skip_while(|day| day.to_string() == "1900-01-01") {
        if split <= day("1900-01-01") {
            continue;
        }
        let before = shown(&world, account, day("1900-01-01"), Some(split)).await;
        let after = shown(&world, account, split, None).await;
        assert_eq!(before.closing, after.opening, "split on {split}");
        let lines: Vec<_> = before.lines.iter().chain(&after.lines).cloned().collect();
        assert_eq!(lines, whole.lines, "split on {split}");
    }
}

/// Red when: the last day of a lot counts as lapsed.
async fn a_lot_lapses_on_the_day_it_ends_and_not_before(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let lot = world.lot(account, 3 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.drawn(account, HOUR, "2026-04-10").await;
    let lapses = |view: &PassbookView| {
        let lapse = |line: &wire::accounts::PassbookLine| match line.row.posting {
            Posting::Lapse { lot, .. } => Some((lot, line.row.date, line.row.amount.units())),
            Posting::Entry(_) => None,
        };
        view.lines.iter().filter_map(lapse).collect::<Vec<_>>()
    };
    let admin = as_role(Role::Admin);
    // 22:30 UTC is half past midnight in Berlin: the day begins there.
    for (now, lapsed) in
        [("2026-04-30T21:59:59Z", false), ("2026-04-30T22:30:00Z", true), ("2026-06-01T10:00:00Z", true)]
    {
        let env = world.when(now);
        let expected = if lapsed { vec![(lot, day("2026-05-01"), -2 * HOUR)] } else { vec![] };
        let view = accounts::passbook(&env, &admin, account, None).await.expect("a passbook");
        assert_eq!(lapses(&view), expected, "at {now}");
        // A range that reaches into the future does not know more.
        let view = shown(&env, account, day("2026-01-01"), Some(day("2027-01-01"))).await;
        assert_eq!(lapses(&view), expected, "at {now}, with the whole year");
        assert_eq!(view.closing.units(), if lapsed { 0 } else { 2 * HOUR });
    }
}

async fn the_closing_balance_is_what_is_left_less_what_is_owed(world: World) {
    let account = given_history(&world).await;
    for now in ["2026-04-14T10:00:00Z", "2026-04-15T10:00:00Z", "2026-05-01T10:00:00Z", "2026-07-01T10:00:00Z"] {
        let env = world.when(now);
        let view = shown(&env, account, day("1900-01-01"), None).await;
        let left = view.lots.iter().filter(|state| state.lot.valid.until.is_none_or(|until| env.today() < until));
        let left: i64 = left.map(|state| state.left().expect("small").units()).sum();
        let owed = view.facts.open_deficit().expect("small").units();
        assert_eq!(view.closing.units(), left - owed, "at {now}");
    }
}

/// Red when: what was released is not looked up.
async fn a_released_draw_is_marked(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 3 * HOUR, "2026-04-01", None).await;
    let undone = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let kept = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    world.releases(account, undone).await.expect("it is released");
    let view = shown(&world, account, day("2026-01-01"), None).await;
    let marks: Vec<_> = view
        .lines
        .iter()
        .filter_map(|line| match &line.row.posting {
            Posting::Entry(entry) => match entry.movement {
                Movement::Draw { draw, .. } => Some((draw, line.undone)),
                _ => line.undone.then(|| panic!("only a draw is released: {line:?}")),
            },
            Posting::Lapse { .. } => None,
        })
        .collect();
    assert_eq!(marks, [(undone, true), (kept, false)]);
}

async fn lines_tell_who_when_and_what_for(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", None).await;
    let later = world.when("2026-04-20T08:00:00.123456789Z");
    let draft = world.draw_draft(account, HOUR, "2026-04-10");
    let draw = draft.request.draw;
    accounts::draw(&later, &as_role(Role::ProjectManager), draft).await.expect("there is something");
    accounts::release(&later, &as_role(Role::Accounting), account, draw).await.expect("it is released");
    let view = shown(&later, account, day("2026-01-01"), None).await;
    let told: Vec<_> = view
        .lines
        .iter()
        .map(|line| (line.text.as_str(), line.by.as_str(), line.at.map(|at| at.to_rfc3339())))
        .collect();
    let at = |text: &str| Some(text.to_owned());
    let expected = [
        ("Goodwill", "The admin", at("2026-04-15T12:00:00+02:00")),
        ("Maintenance", "The project_manager", at("2026-04-20T10:00:00.123456+02:00")),
        ("Maintenance", "The accounting", at("2026-04-20T10:00:00.123456+02:00")),
    ];
    assert_eq!(told, expected);
}

/// Red when: lots that only an entry names are not loaded.
async fn every_lot_that_a_line_names_is_there(world: World) {
    let account = given_history(&world).await;
    for (from, until) in [("2026-02-01", "2026-02-11"), ("2026-03-01", "2026-04-01"), ("2026-04-01", "2026-05-02")] {
        let view = shown(&world, account, day(from), Some(day(until))).await;
        for line in &view.lines {
            let named: Vec<_> = match &line.row.posting {
                Posting::Lapse { lot, .. } => vec![*lot],
                Posting::Entry(entry) => match &entry.movement {
                    Movement::Grant { lot } => vec![lot.id],
                    Movement::Draw { parts, .. } | Movement::Release { parts, .. } => {
                        parts.iter().map(|part| part.lot).collect()
                    }
                    Movement::Cover { lot, .. } | Movement::Revoke { lot, .. } => vec![*lot],
                    Movement::End { .. } => Vec::new(),
                },
            };
            for lot in named {
                assert!(view.lot(lot).is_some(), "{line:?} names a lot that is missing");
            }
        }
        let mut once: Vec<_> = view.lots.iter().map(|state| state.lot.id).collect();
        assert!(view.lots.is_sorted_by_key(|state| state.lot.order()));
        once.sort();
        once.dedup();
        assert_eq!(once.len(), view.lots.len(), "each lot once");
    }
}

async fn a_new_account_has_an_empty_passbook(world: World) {
    let (customer, account) = world.customer_with_account(PREPAID).await;
    let view = accounts::passbook(&world, &as_customer(customer), account, None).await.expect("the own passbook");
    assert_eq!((view.lines.len(), view.opening.units(), view.closing.units()), (0, 0, 0));
    assert_eq!(
        (view.name.as_str(), view.customer_name.as_str(), view.customer_number.as_str()),
        ("Support", "Alpha GmbH", "10001")
    );
    assert_eq!(view.range, DateRange { from: day("2025-04-15"), until: None });
}

on_both!(
    opening_plus_lines_is_closing_for_every_range,
    one_range_opens_where_the_one_before_closed,
    a_lot_lapses_on_the_day_it_ends_and_not_before,
    the_closing_balance_is_what_is_left_less_what_is_owed,
    a_released_draw_is_marked,
    lines_tell_who_when_and_what_for,
    every_lot_that_a_line_names_is_there,
    a_new_account_has_an_empty_passbook,
);
