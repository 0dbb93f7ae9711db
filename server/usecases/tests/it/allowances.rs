//! What an allowance gives counts as full until something touches it, wherever its account is shown or drawn.

use domain::{
    AccountId, Role,
    quota::{Amount, Movement, Posting},
};
use usecases::{
    Env, accounts, customers,
    testing::{HOUR, World, as_customer, as_role, day, problem},
    today,
};
use wire::accounts::{PassbookLine, PassbookView};

use crate::{
    office::{admin, range},
    support::{assert_sound, books},
    workshop::{Shop, change_project, effort, maintenance, page, set_lines, told},
};

/// The account of the free minutes.
async fn account(env: &Env, own: &Shop) -> AccountId {
    page(env, own.project).await.lines[0].account.as_ref().expect("it collects").id
}

/// Granted, used and left, where a page, the page of the customer and REST show it: all the same.
async fn standing(env: &Env, own: &Shop, account: AccountId) -> [i64; 3] {
    let one = accounts::get(env, &admin(), account).await.expect("the account").standing;
    let rows = customers::get(env, &as_customer(own.customer), own.customer).await.expect("the customer").accounts;
    assert_eq!(rows.iter().find(|row| row.id == account).map(|row| &row.standing), Some(&one));
    let book = passbook(env, account, None).await;
    assert_eq!(book.standing, one);
    [one.granted, one.used, one.left].map(Amount::units)
}

async fn passbook(env: &Env, account: AccountId, range_of: Option<(&str, &str)>) -> PassbookView {
    let days = range_of.map(|(from, until)| range(from, until));
    accounts::passbook(env, &admin(), account, days).await.expect("the passbook")
}

/// Opening, the amounts of the lines with whether somebody posted them, and closing.
fn lines(book: &PassbookView) -> (i64, Vec<(i64, bool)>, i64) {
    let line = |line: &PassbookLine| (line.row.amount.units(), line.at.is_some());
    (book.opening.units(), book.lines.iter().map(line).collect(), book.closing.units())
}

/// Red when: a balance is read from the stored lots alone, or looking writes one.
async fn a_lot_that_nothing_has_touched_counts_as_full(world: World) {
    let own = maintenance(&world).await;
    let free = account(&world, &own).await;
    let before = books(&world).await;
    assert_eq!(standing(&world, &own, free).await, [2_700, 0, 2_700]);
    let book = passbook(&world, free, None).await;
    assert_eq!(lines(&book), (0, vec![(2_700, false)], 2_700));
    assert_eq!((book.lines[0].text.as_str(), book.lines[0].row.date), ("P-00001 Free", day("2026-04-01")));
    let Posting::Entry(entry) = &book.lines[0].row.posting else { panic!("{book:?}") };
    let Movement::Grant { lot } = &entry.movement else { panic!("{entry:?}") };
    assert!(book.lot(lot.id).is_some() && book.facts.lot(lot.id).is_none(), "it is shown and not posted");
    assert_eq!(lines(&passbook(&world, free, Some(("2026-04-10", "2026-05-10"))).await), (2_700, vec![], 2_700));
    assert_eq!(lines(&passbook(&world, free, Some(("2026-01-01", "2026-04-01"))).await), (0, vec![], 0));
    let on = |date: &str| {
        let (line, allowance) = book.allowance.expect("an allowance");
        let mut facts = book.facts.clone();
        allowance.touch(line, day(date), &mut facts).expect("it fits");
        facts.available(day(date)).map(Amount::units)
    };
    assert_eq!((on("2026-03-31"), on("2026-05-01"), on("2025-12-31")), (Ok(2_700), Ok(2_700), Ok(0)));
    assert_eq!(books(&world).await, before, "whoever looks writes nothing");

    own.books(&world, "2026-04-10", 30).await;
    assert_eq!(standing(&world, &own, free).await, [2_700, 1_800, 900]);
    assert_eq!(lines(&passbook(&world, free, None).await), (0, vec![(2_700, true), (-1_800, true)], 900));
    let may = world.when("2026-05-20T10:00:00Z");
    assert_eq!(standing(&may, &own, free).await, [2_700, 0, 2_700]);
    change_project(&world, own.project, |draft| draft.closed = true).await;
    assert_eq!(standing(&may, &own, free).await, [0; 3], "nobody can book it any more");
    change_project(&world, own.project, |draft| draft.closed = false).await;
    set_lines(&world, own.project, vec![effort(&world, "100")]).await.expect("they are saved");
    assert_eq!(standing(&may, &own, free).await, [0; 3], "no line collects it any more");
    assert_sound(&world).await;
}

/// Red when: a draw by hand finds less than what is shown, or leaves out the grant.
async fn a_draw_by_hand_touches_the_lot_of_its_day(world: World) {
    let own = maintenance(&world).await;
    let free = account(&world, &own).await;
    let drawn = world.drawn(free, 1_800, "2026-03-10").await;
    let figures = [drawn.available_before, drawn.drawn, drawn.available_after].map(Amount::units);
    assert_eq!(figures, [2_700, 1_800, 900]);
    let march = passbook(&world, free, Some(("2026-03-01", "2026-04-02"))).await;
    let expected = vec![(2_700, true), (-1_800, true), (2_700, false), (-900, false)];
    let (opening, mut found, closing) = lines(&march);
    found.sort_by_key(|(amount, posted)| (!posted, -amount));
    assert_eq!((opening, found, closing), (0, expected, 2_700), "March lapses, April is full");
    assert_eq!(told(&own.books(&world, "2026-03-20", 60).await), "Free 15, Effort 45 = 7500");
    let before = books(&world).await;
    let refused = world.draws(world.draw_draft(free, 60, "2025-12-31")).await.map(drop).map_err(problem);
    assert!(refused.is_err(), "nothing is free before the line begins: {refused:?}");
    let refused = world.draws(world.draw_draft(free, 60, "2026-03-10")).await.map(drop).map_err(problem);
    assert!(refused.is_err(), "all of March is gone: {refused:?}");
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: the page of the day warns of an allowance whose lot nothing has touched.
async fn an_allowance_that_nothing_has_touched_does_not_run_out(world: World) {
    let own = maintenance(&world).await;
    let free = account(&world, &own).await;
    let running_out = async || {
        let page = today::page(&world, &as_role(Role::Sales)).await.expect("the page of the day");
        page.running_out.iter().map(|found| found.account.id).collect::<Vec<_>>()
    };
    // While nobody can book, a lot that was granted by hand is all there is.
    change_project(&world, own.project, |draft| draft.closed = true).await;
    world.lot(free, HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.drawn(free, HOUR, "2026-04-10").await;
    assert_eq!(running_out().await, [free]);
    change_project(&world, own.project, |draft| draft.closed = false).await;
    assert_eq!(running_out().await, [], "the free minutes are there");
    own.books(&world, "2026-04-10", 45).await;
    assert_eq!(running_out().await, [free]);
    assert_sound(&world).await;
}

on_both!(
    a_lot_that_nothing_has_touched_counts_as_full,
    a_draw_by_hand_touches_the_lot_of_its_day,
    an_allowance_that_nothing_has_touched_does_not_run_out,
);
