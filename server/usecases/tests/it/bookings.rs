//! Bookings: the examples of the rules, what else comes out otherwise, and the same booking sent twice.

use std::collections::BTreeSet;

use domain::{
    BookingId, Seconds,
    quota::DeficitPolicy,
    splitting::{Lock, Pays, Plan, SplitError, add},
};
use usecases::{
    Env, accounts, bookings, projects, settings,
    testing::{HOUR, OVERDRAWN, PREPAID, World, day, problem, with_key},
};
use wire::{
    FieldReason, Problem,
    bookings::{BookingDraft, BookingQuery, BookingRow, ChangedBooking, DeleteBookingDraft},
    settings::Settings,
};

use crate::{
    balancing::{balanced, draft, overbooked},
    office::{admin, document},
    project_invoices::invoices,
    support::{assert_sound, books},
    workshop::{
        block, book, change, change_project, delete, effort, free, lasting, maintenance, me, row, shop, stands, told,
        why,
    },
};

/// Red when: a line takes more or less than is there, time costs something else, or an allowance is another month's.
async fn the_examples_of_the_rules_come_out_as_they_say(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let new = async || shop(&world, customer, vec![free(&world, 45), effort(&world, "100")]).await;
    for (minutes, expected) in [(60, "Free 45, Effort 15 = 2500"), (30, "Free 30"), (120, "Free 45, Effort 75 = 12500")]
    {
        assert_eq!(told(&new().await.books(&world, "2026-04-10", minutes).await), expected);
    }
    let may = world.when("2026-05-20T10:00:00Z");
    let own = new().await;
    for date in ["2026-04-30", "2026-05-01"] {
        assert_eq!(told(&own.books(&may, date, 60).await), "Free 45, Effort 15 = 2500", "{date}");
    }
    let account = world.account(customer, PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-01-01", None).await;
    let lines = vec![free(&world, 45), block(&world, account), effort(&world, "100")];
    let own = shop(&world, customer, lines).await;
    assert_eq!(told(&own.books(&world, "2026-04-10", 240).await), "Free 45, Block 120, Effort 75 = 12500");
    assert_sound(&world).await;
}

/// The changes of other bookings: which, and by target the minutes and cents before and after.
fn moved(others: &[ChangedBooking]) -> Vec<(BookingId, Vec<[i64; 4]>)> {
    let figures = |changed: &ChangedBooking| {
        let changes = changed.changes.iter();
        changes
            .map(|change| {
                let (before, after) = (change.before, change.after);
                [before.seconds.0 / 60, before.amount, after.seconds.0 / 60, after.amount]
            })
            .collect()
    };
    others.iter().map(|changed| (changed.booking, figures(changed))).collect()
}

/// Red when: a later booking keeps what it had, is told wrongly, or does not merge again.
async fn bookings_merge_again_when_they_fit(world: World) {
    let own = maintenance(&world).await;
    let first = own.books(&world, "2026-04-10", 30).await;
    let second = own.books(&world, "2026-04-09", 30).await;
    assert_eq!((told(&first).as_str(), told(&second).as_str()), ("Free 30", "Free 15, Effort 15 = 2500"));
    let shorter = change(&world, &lasting(&first, 20)).await.expect("it is changed");
    assert_eq!((told(&shorter.row).as_str(), shorter.row.version), ("Free 20", 2));
    assert_eq!(stands(&world, second.id).await, "Free 25, Effort 5 = 833");
    assert_eq!(moved(&shorter.changed), [(second.id, vec![[15, 0, 25, 0], [15, 2500, 5, 833]])]);
    let gone = delete(&world, &shorter.row).await.expect("it is deleted");
    assert_eq!(stands(&world, second.id).await, "Free 30");
    assert_eq!(moved(&gone.changed), [(second.id, vec![[25, 0, 30, 0], [5, 833, 0, 0]])]);
    let [changed] = &gone.changed[..] else { panic!("{gone:?}") };
    assert_eq!((changed.person.as_str(), changed.task.as_str(), changed.date), ("Mx admin", "Repair", second.date));
    let named: BTreeSet<&str> = gone.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["Effort", "Free"]);
    let told = bookings::changes_of(&world, &admin(), second.id).await.expect("its history");
    let latest = &told[0].fields[0];
    assert_eq!(
        (latest.field.as_str(), latest.before.as_deref(), latest.after.as_deref()),
        ("portions", Some("Free 0:25; Effort 0:05 = 8.33"), Some("Free 0:30"))
    );
    assert_eq!(told.len(), 3, "booked, and twice because of another one");
    let refused = bookings::get(&world, &admin(), first.id).await.map(drop).map_err(problem);
    assert!(matches!(refused, Err(Problem::NotFound { .. })), "{refused:?}");
    assert_sound(&world).await;
}

/// Red when: splitting off splits or refuses what fits, a figure is another, or a later booking is split by a change.
async fn with_splitting_off_a_booking_goes_somewhere_whole_or_is_refused(world: World) {
    let own = maintenance(&world).await;
    let company = settings::page(&world, &admin()).await.expect("the settings").settings;
    settings::save(&world, &admin(), Settings { splitting: false, ..company }).await.expect("they are saved");
    let whole = own.draft(&world, "2026-04-10", 60);
    let refused = book(&world, &whole).await.expect_err("it does not fit");
    let free = projects::page(&world, &admin(), own.project).await.expect("the project").lines[0].line.id;
    let figures = |booking, wanted, left, rest| SplitError::DoesNotFit {
        booking,
        line: free,
        wanted: Seconds(wanted),
        left: Seconds(left),
        rest: Seconds(rest),
        book: Some([Seconds(left), Seconds(rest)]),
    };
    assert_eq!(why(&refused), ("time", &figures(whole.id, 3_600, 2_700, 900)));
    let before = books(&world).await;
    let first = own.draft(&world, "2026-04-10", 30);
    let first = book(&world, &first).await.expect("it fits").row;
    let second = own.books(&world, "2026-04-10", 15).await;
    assert_eq!(told(&own.books(&world, "2026-04-10", 60).await), "Effort 60 = 10000", "nothing is left");
    assert_ne!(books(&world).await, before);
    // The longer first one leaves only a part for the second.
    let before = books(&world).await;
    let refused = change(&world, &lasting(&first, 40)).await.expect_err("the second would be split");
    assert!(matches!(refused.fields()[0].reason, FieldReason::SplitsAnother(_)), "{refused:?}");
    assert_eq!(why(&refused), ("time", &figures(second.id, 900, 300, 600)));
    assert_eq!(books(&world).await, before);
    // A project may say otherwise.
    change_project(&world, own.project, |draft| draft.splitting = Some(true)).await;
    change(&world, &lasting(&first, 40)).await.expect("it is split");
    assert_eq!(stands(&world, second.id).await, "Free 5, Effort 10 = 1667");
    assert_sound(&world).await;
}

/// Red when: the same booking counts twice, another content overwrites it, or a deleted one comes back.
async fn a_booking_counts_once_by_its_id(world: World) {
    let own = maintenance(&world).await;
    let draft = own.draft(&world, "2026-04-10", 60);
    let first = book(&world, &draft).await.expect("it is booked");
    let before = books(&world).await;
    let again = book(&world, &draft).await.expect("the same again");
    assert_eq!((again.row.clone(), again.plan), (first.row.clone(), Plan::default()));
    assert_eq!(change(&world, &lasting(&first.row, 60)).await.expect("the same again").row, first.row);
    for other in [
        own.draft(&world, "2026-04-10", 61),
        own.draft(&world, "2026-04-11", 60),
        BookingDraft { billable: false, ..draft.clone() },
        BookingDraft { note: "Other".to_owned(), ..draft.clone() },
    ] {
        let other = BookingDraft { id: draft.id, ..other };
        assert_eq!(book(&world, &other).await, Err(Problem::SameId));
    }
    let stale = BookingDraft { version: 9, ..lasting(&first.row, 61) };
    assert_eq!(change(&world, &stale).await, Err(Problem::Changed));
    let nobody = BookingDraft { id: BookingId::new(world.id()), ..lasting(&first.row, 61) };
    assert!(matches!(change(&world, &nobody).await, Err(Problem::NotFound { .. })));
    assert_eq!(books(&world).await, before);

    delete(&world, &first.row).await.expect("it is deleted");
    let before = books(&world).await;
    let again = delete(&world, &first.row).await.expect("the same again");
    assert_eq!((again.plan, again.changed), (Plan::default(), vec![]));
    assert_eq!(book(&world, &draft).await, Err(Problem::SameId), "it does not come back");
    assert_eq!(books(&world).await, before);
    let nobody = DeleteBookingDraft { id: nobody.id, version: 1, seen: None };
    let refused = bookings::delete(&world, &admin(), nobody).await.map_err(problem);
    assert!(matches!(refused, Err(Problem::NotFound { .. })), "{refused:?}");
    // Under one key it is one command, too.
    let keyed = with_key(admin(), "key", "one");
    let one = bookings::book(&world, &keyed, own.draft(&world, "2026-04-10", 5)).await.expect("it is booked");
    let two = bookings::book(&world, &keyed, own.draft(&world, "2026-04-10", 5)).await.expect("the same key");
    assert_eq!(one, two);
    assert_sound(&world).await;
}

/// Red when: what the browser is given leads to another decision, or the answer does not say where it differs.
async fn the_answer_says_where_it_differs_from_what_was_seen(world: World) {
    let own = maintenance(&world).await;
    let me = row(&world, own.books(&world, "2026-04-09", 10).await.id).await.person.id;
    let mut draft = own.draft(&world, "2026-04-10", 60);
    let facts = projects::facts(&world, &admin(), own.project, draft.date, None).await.expect("the facts").facts;
    let seen = add(&facts, &draft.booking(me)).expect("it can be booked");
    draft.seen = Some(seen.clone());
    let as_seen = book(&world, &draft).await.expect("it is booked");
    assert_eq!((as_seen.differences, as_seen.plan), (vec![], seen));

    let facts = projects::facts(&world, &admin(), own.project, draft.date, Some(draft.id)).await.expect("the facts");
    let mut shorter = lasting(&as_seen.row, 20);
    let seen = domain::splitting::change(&facts.facts, &shorter.booking(me)).expect("it can be changed");
    let between = own.books(&world, "2026-04-11", 10).await;
    assert_eq!(told(&between), "Effort 10 = 1667");
    shorter.seen = Some(seen);
    let answer = change(&world, &shorter).await.expect("it is changed");
    assert_eq!(told(&answer.row), "Free 20");
    assert_eq!(moved(&answer.differences), [(between.id, vec![[0, 0, 10, 0], [10, 1667, 0, 0]])], "{answer:?}");
    assert_sound(&world).await;
}

/// Red when: what a document bills is changed, or poured again because of another one.
async fn what_is_billed_or_in_closed_books_stays(world: World) {
    let own = maintenance(&world).await;
    let first = own.books(&world, "2026-04-10", 30).await;
    let billed = own.books(&world, "2026-04-09", 30).await;
    let third = own.books(&world, "2026-04-10", 30).await;
    invoices(&world, own.project, ["2026-04-09", "2026-04-09"]).await;
    assert_eq!(row(&world, billed.id).await.lock, Some(Lock::Document));
    let before = books(&world).await;
    for refused in [change(&world, &lasting(&billed, 10)).await.map(drop), delete(&world, &billed).await.map(drop)] {
        let refused = refused.expect_err("it is billed");
        assert_eq!(why(&refused), ("id", &SplitError::Locked { booking: billed.id, lock: Lock::Document }));
    }
    assert_eq!(books(&world).await, before);
    let gone = delete(&world, &first).await.expect("it is not billed");
    assert_eq!(gone.changed.iter().map(|changed| changed.booking).collect::<Vec<_>>(), [third.id]);
    assert_eq!(stands(&world, billed.id).await, "Free 15, Effort 15 = 2500");
    assert_eq!(stands(&world, third.id).await, "Free 30");

    let company = settings::page(&world, &admin()).await.expect("the settings").settings;
    let closed = Settings { books_closed_until: Some(day("2026-04-11")), ..company };
    settings::save(&world, &admin(), closed).await.expect("they are saved");
    let third = row(&world, third.id).await;
    assert_eq!(third.lock, Some(Lock::ClosedBooks));
    let refused = delete(&world, &third).await.expect_err("the books are closed");
    assert_eq!(why(&refused), ("id", &SplitError::Locked { booking: third.id, lock: Lock::ClosedBooks }));
    let refused = book(&world, &own.draft(&world, "2026-04-10", 5)).await.expect_err("the books are closed");
    let closed_until = day("2026-04-11");
    assert_eq!(why(&refused), ("date", &SplitError::BooksClosed { date: day("2026-04-10"), closed_until }));
    assert_sound(&world).await;
}

/// Red when: what a balancing invoice bills is given back or poured again, or the page does not say that it stays.
async fn what_a_balancing_invoice_bills_stays(world: World) {
    me(&world).await;
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    let own = shop(&world, quota.customer, vec![block(&world, quota.account)]).await;
    let first = own.books(&world, "2026-04-10", 30).await;
    let second = own.books(&world, "2026-04-10", 20).await;
    assert_eq!((told(&first).as_str(), first.lock), ("Block 30", None));
    let invoice = balanced(&world, &draft(&world, &quota, true)).await.row.id;
    assert_eq!(row(&world, first.id).await.lock, Some(Lock::Balancing));
    let billed = document(&world, invoice).await.balanced;
    let named: BTreeSet<_> = billed.into_iter().filter_map(|of| Some(of.booking?.id)).collect();
    assert_eq!(named, BTreeSet::from([first.id, second.id]), "the invoice names what it bills");
    let listed = bookings::list(&world, &admin(), &BookingQuery { page: 1, ..BookingQuery::default() }).await;
    assert!(listed.expect("the list").rows.iter().all(|row| row.lock == Some(Lock::Balancing)));
    let free = own.books(&world, "2026-04-10", 10).await;
    let elsewhere = shop(&world, quota.customer, vec![effort(&world, "100")]).await;
    let before = books(&world).await;
    let moved = BookingDraft { task: elsewhere.task, ..lasting(&first, 30) };
    for refused in [
        change(&world, &lasting(&first, 10)).await.map(drop),
        change(&world, &moved).await.map(drop),
        delete(&world, &first).await.map(drop),
    ] {
        let refused = refused.expect_err("its deficit is billed");
        assert_eq!(why(&refused), ("id", &SplitError::Locked { booking: first.id, lock: Lock::Balancing }));
        for (lang, word) in [(texts::Lang::De, "Ausgleichsrechnung"), (texts::Lang::En, "balancing invoice")] {
            assert!(refused.text(lang).contains(word), "{}", refused.text(lang));
        }
    }
    assert_eq!(books(&world).await, before);
    change(&world, &lasting(&free, 5)).await.expect("nobody bills it");
    crate::undo::cancel(&world, invoice).await;
    assert_eq!(row(&world, first.id).await.lock, None);
    let gone = delete(&world, &first).await.expect("it is billed no more");
    assert_eq!((gone.changed.len(), stands(&world, second.id).await.as_str()), (0, "Block 20"));
    assert_sound(&world).await;
}

/// Red when: the passbook goes on telling what a booking said when it was booked, or a change of its note posts anything.
async fn a_draw_says_what_its_booking_says_now(world: World) {
    let own = maintenance(&world).await;
    let note = |note: &str| note.to_owned();
    let draft = BookingDraft { note: note("Printer"), ..own.draft(&world, "2026-04-10", 30) };
    let mut booked = book(&world, &draft).await.expect("it is booked").row;
    let page = projects::page(&world, &admin(), own.project).await.expect("the project");
    let account = page.lines[0].account.as_ref().expect("it collects").id;
    for (said, expected) in [("Printer", "Printer"), ("Scanner", "Scanner"), ("", "Repair")] {
        let draft = BookingDraft { note: note(said), ..lasting(&booked, 30) };
        booked = change(&world, &draft).await.expect("it is changed").row;
        let book = accounts::passbook(&world, &admin(), account, None).await.expect("the passbook");
        let texts: Vec<&str> = book.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["P-00001 Free", expected]);
    }
    assert_sound(&world).await;
}

/// The world so many seconds later: places in the order of acceptance are instants.
fn later(world: &World, seconds: u32) -> Env {
    world.when(&format!("2026-04-15T10:00:{seconds:02}Z"))
}

/// Red when: what a booking leaves behind is not poured again, or the other project gets it at another place.
async fn a_booking_moves_to_another_project(world: World) {
    let from = maintenance(&world).await;
    let to = shop(&world, from.customer, vec![free(&world, 20), effort(&world, "80")]).await;
    let there = to.books(&world, "2026-04-10", 5).await;
    let moving = from.books(&later(&world, 1), "2026-04-10", 60).await;
    let stays = from.books(&later(&world, 2), "2026-04-10", 30).await;
    let after = to.books(&later(&world, 3), "2026-04-10", 10).await;
    assert_eq!((told(&stays).as_str(), told(&after).as_str()), ("Effort 30 = 5000", "Free 10"));
    let draft = BookingDraft { task: to.task, ..lasting(&moving, 60) };
    let answer = change(&world, &draft).await.expect("it moves");
    assert_eq!((answer.row.project.id, told(&answer.row).as_str()), (to.project, "Free 15, Effort 45 = 6000"));
    let changed: BTreeSet<BookingId> = answer.changed.iter().map(|changed| changed.booking).collect();
    assert_eq!(changed, BTreeSet::from([stays.id, after.id]), "it comes before what was accepted later");
    assert!(answer.left.is_some_and(|left| left.changed().count() == 1));
    for (id, expected) in [(there.id, "Free 5"), (stays.id, "Free 30"), (after.id, "Effort 10 = 1333")] {
        assert_eq!(stands(&world, id).await, expected);
    }
    let before = books(&world).await;
    assert_eq!(change(&world, &draft).await.expect("the same again").row, answer.row);
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: a block that two projects share gives more than it has, or does not give what is given back.
async fn two_projects_share_a_prepaid_block(world: World) {
    me(&world).await;
    let (customer, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-01-01", None).await;
    let one = shop(&world, customer, vec![block(&world, account)]).await;
    let two = shop(&world, customer, vec![block(&world, account), effort(&world, "100")]).await;
    let whole = one.books(&world, "2026-04-10", 60).await;
    let other = two.books(&later(&world, 1), "2026-04-10", 10).await;
    let open = one.books(&later(&world, 2), "2026-04-10", 10).await;
    let gift = BookingDraft { billable: false, ..one.draft(&world, "2026-04-10", 10) };
    let gift = book(&later(&world, 3), &gift).await.expect("it is booked").row;
    assert_eq!(
        [&whole, &other, &open, &gift].map(told),
        ["Block 60", "Effort 10 = 1667", "unassigned 10", "not_billable 10"]
    );
    let moved = change(&world, &BookingDraft { task: two.task, ..lasting(&whole, 60) }).await.expect("it moves");
    assert_eq!(told(&moved.row), "Block 40, Effort 20 = 3333", "those that it leaves come first");
    for (id, expected) in [(other.id, "Effort 10 = 1667"), (open.id, "Block 10"), (gift.id, "Block 10")] {
        assert_eq!(stands(&world, id).await, expected);
    }
    assert_sound(&world).await;
}

/// Red when: what is overdrawn looks prepaid, or is still told once a lot covers it.
async fn a_booking_says_what_is_overdrawn_until_a_lot_covers_it(world: World) {
    me(&world).await;
    let (customer, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, HOUR, "2026-01-01", None).await;
    let own = shop(&world, customer, vec![block(&world, account)]).await;
    let figures = |row: &BookingRow| {
        let portions = row.portions.iter();
        portions.map(|of| (of.pays, of.portion.taken.units(), of.deficit.units())).collect::<Vec<_>>()
    };
    let booked = own.books(&world, "2026-04-10", 90).await;
    assert_eq!(figures(&booked), [(Some(Pays::PrepaidTime), 5_400, 1_800)]);
    world.lot(account, HOUR, "2026-04-01", None).await;
    assert_eq!(figures(&row(&world, booked.id).await), [(Some(Pays::PrepaidTime), 5_400, 0)]);
    assert_sound(&world).await;
}

on_both!(
    the_examples_of_the_rules_come_out_as_they_say,
    bookings_merge_again_when_they_fit,
    with_splitting_off_a_booking_goes_somewhere_whole_or_is_refused,
    a_booking_counts_once_by_its_id,
    the_answer_says_where_it_differs_from_what_was_seen,
    what_is_billed_or_in_closed_books_stays,
    what_a_balancing_invoice_bills_stays,
    a_draw_says_what_its_booking_says_now,
    a_booking_moves_to_another_project,
    two_projects_share_a_prepaid_block,
    a_booking_says_what_is_overdrawn_until_a_lot_covers_it,
);
