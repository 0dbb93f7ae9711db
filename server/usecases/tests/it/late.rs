//! Late entries: what is said before is what comes of it, and what goes on in closed books.

use domain::{
    clearing::{late_effects, reconcile},
    quota::{Amount, DeficitPolicy, LateEffect, Overbooking},
};
use usecases::{
    accounts, documents, settings,
    testing::{World, day},
};
use wire::settings::Settings;

use crate::{
    desk::{Quota, available, h, held, lines, now, outcomes, posted, preview, unbilled},
    office::{admin, page},
    support::assert_sound,
};

/// The contract of section 3 billed for April and May.
async fn spring(world: &World, overbooked: bool) -> Quota {
    let quota = unbilled(world, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        if overbooked {
            quota.overbooking = Overbooking::Yes { limit: None };
            quota.deficits = DeficitPolicy::NextGrant;
        }
    })
    .await;
    if !overbooked {
        world.bills(&world.when("2026-05-10T10:00:00Z"), "2026-05-10").await;
    }
    quota
}

async fn close(world: &World, until: &str) {
    let settings = settings::page(world, &admin()).await.expect("the settings").settings;
    let closed = Settings { books_closed_until: Some(day(until)), ..settings };
    settings::save(world, &admin(), closed).await.expect("they are saved");
}

/// Red when: the late effect that the editor shows is not what saving does, or today's balance moves.
async fn what_a_late_note_changes_is_what_was_said(world: World) {
    let quota = spring(&world, false).await;
    let today = day("2026-05-10");
    let mut note = world.note_draft(quota.of(), "2026-04-20", &lines(&["1.5"]));
    let seen = preview(&world, &mut note).await;
    let facts = documents::facts(&world, &admin(), quota.customer, note.date, Some(note.id)).await.expect("the facts");
    let effects = late_effects(&seen, &facts.facts, note.date, today).expect("of these facts");
    let [(contract, LateEffect { taken, lapses, today: change })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((*contract, taken.len(), taken[0].amount.units(), change.units()), (quota.contract, 1, 5_400, 0));
    assert_eq!((lapses.len(), lapses[0].date), (1, day("2026-05-01")));
    assert_eq!((lapses[0].before.units(), lapses[0].after.units()), (h(4), 9_000));
    let before = available(&world, quota.account, "2026-05-10").await;
    let saved = world.saves(&note).await;
    assert_eq!(saved.differences, []);
    assert_eq!(available(&world, quota.account, "2026-05-10").await, before);
    let env = world.when("2026-05-10T10:00:00Z");
    let book = accounts::passbook(&env, &admin(), quota.account, None).await.expect("the passbook");
    let lapsed = book.lots.iter().find(|state| state.lot.id == taken[0].lot).expect("April").lapses().expect("small");
    assert_eq!(lapsed.iter().map(|lapse| lapse.amount.units()).collect::<Vec<_>>(), [9_000]);
    assert_sound(&world).await;
}

/// Closed books stop draws only. A draft that was saved before keeps its hold, and issuing it makes a draw of it with the
/// same parts. Saved again it releases its hold and draws nothing: the editor says so before.
///
/// Red when: issuing is refused or changes the parts; when saving again draws in closed books or keeps the hold.
async fn closed_books_stop_draws_only(world: World) {
    let quota = spring(&world, false).await;
    let draft = |hours: &str| world.note_draft(quota.of(), "2026-04-20", &lines(&[hours]));
    let (first, second) = (draft("1"), draft("2"));
    world.saves(&first).await;
    let saved = world.saves(&second).await;
    assert_eq!(held(&world, quota.account).await, h(3));
    close(&world, "2026-05-01").await;
    let issued = world.issues(first.id).await;
    assert_eq!((issued.row.date, held(&world, quota.account).await), (day("2026-04-20"), h(2)));
    assert_eq!(available(&world, quota.account, "2026-04-20").await, h(1));
    let mut again = now(&second, &saved.page);
    let seen = preview(&world, &mut again).await;
    assert_eq!((seen.lines[0].outcome.name(), seen.lines[0].cleared.units()), ("books_closed", 0));
    let saved = world.saves(&again).await;
    assert_eq!((outcomes(&saved), saved.differences.len()), (vec![("books_closed", 0, 0)], 0));
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-20").await), (0, h(3)));
    assert_sound(&world).await;
}

/// Red when: saving a draft again opens a deficit that a grant has covered since; when other content does not draw anew.
async fn a_covered_deficit_stays_covered_when_its_draft_is_saved_again(world: World) {
    let quota = spring(&world, true).await;
    // Nothing is billed yet: all of it is overbooked. The billing covers it.
    let note = world.note_draft(quota.of(), "2026-04-10", &lines(&["1"]));
    let saved = world.saves(&note).await;
    assert_eq!(outcomes(&saved), [("overbooked", h(1), -10_000)]);
    world.bills(&world.when("2026-06-01T10:00:00Z"), "2026-04-15").await;
    let lot = world.lot(quota.account, h(1), "2026-06-01", None).await;
    assert!(page(&world, quota.contract).await.deficits.is_empty());
    // Its own period is billed now: the line draws from it and is overbooked no more.
    let again = now(&note, &saved.page);
    let saved = world.saves(&again).await;
    assert_eq!(outcomes(&saved), [("full", h(1), -10_000)]);
    assert!(page(&world, quota.contract).await.deficits.is_empty());
    assert_eq!(available(&world, quota.account, "2026-04-10").await, h(3));
    assert_sound(&world).await;
    // The same of a deficit that a lot of another time has covered.
    let late = world.note_draft(quota.of(), "2026-04-12", &lines(&["4"]));
    let saved = world.saves(&late).await;
    let open = page(&world, quota.contract).await.deficits[0].clone();
    assert_eq!((open.amount.units(), outcomes(&saved)[0].0), (h(1), "overbooked"));
    let paid = world.lot(quota.account, h(2), "2026-07-01", None).await;
    assert_ne!(lot, paid);
    assert!(page(&world, quota.contract).await.deficits.is_empty(), "the next grant covers it");
    let before = posted(&world, quota.account).await;
    let saved = world.saves(&now(&late, &saved.page)).await;
    assert_eq!(posted(&world, quota.account).await, before, "what is paid stays paid");
    assert!(page(&world, quota.contract).await.deficits.is_empty());
    assert_sound(&world).await;
    // Other content draws anew.
    let mut other = now(&late, &saved.page);
    other.lines[0].line.quantity = "4.5".parse().expect("a quantity");
    world.saves(&other).await;
    let open: Vec<_> = page(&world, quota.contract).await.deficits.iter().map(|open| open.amount.units()).collect();
    assert_eq!(open, [5_400]);
    let facts = documents::facts(&world, &admin(), quota.customer, other.date, Some(other.id)).await.expect("facts");
    let planned = reconcile(&other.clearing(Vec::new()), &facts.facts).expect("it can be reconciled");
    assert_eq!(planned.lines[0].cleared, Amount::new(h(4) + 1_800));
    assert_sound(&world).await;
}

on_both!(
    what_a_late_note_changes_is_what_was_said,
    closed_books_stop_draws_only,
    a_covered_deficit_stays_covered_when_its_draft_is_saved_again,
);
