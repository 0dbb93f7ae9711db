//! Drafts, issuing, and the numbers of invoices.

use domain::{DocumentId, documents::DocumentState};
use futures::future::join_all;
use usecases::{
    documents, settings,
    testing::{World, day, problem},
};
use wire::{Noun, Problem, customers::CustomerCard};

use crate::{
    office::{admin, all_documents, bills_drafts, claims, consolidated, document, given, numbers, plain},
    support::{assert_sound, books},
};

async fn set_pattern(world: &World, pattern: &str) {
    let now = settings::page(world, &admin()).await.expect("the settings").settings;
    let draft = wire::settings::Settings { invoice_numbers: pattern.parse().expect("a pattern"), ..now };
    settings::save(world, &admin(), draft).await.expect("it is saved");
}

/// Red when: a draft takes a number, or keeps the customer's address of the day on which it was made.
async fn drafts_have_no_number_and_grant_all_the_same(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let id = given(&world, customer, "2026-04-01", |_| {}).await.contract.id;
    let run = bills_drafts(&world.env, "2026-04-15").await;
    assert_eq!((run.row.totals.billed, run.row.issue), (1, false));
    let (draft, number) = run.items[0].document.clone().expect("an invoice");
    assert_eq!(number, None);
    let claims = claims(&world.env, id).await;
    assert_eq!(
        (claims[0].document, claims[0].document_number.as_deref(), claims[0].lots.len()),
        (Some(draft), None, 1)
    );
    let page = document(&world.env, draft).await;
    assert_eq!((page.row.state, &page.issued, page.row.gross.minor), (DocumentState::Draft, &None, 47_599));
    assert_eq!(page.recipient.name, "Alpha GmbH");

    // A later run claims nothing again, though it would issue.
    assert_eq!(world.bills(&world.env, "2026-04-15").await.items, []);
    let mut renamed = world.customer_draft(&page.recipient.number, "Alpha AG");
    (renamed.id, renamed.version) = (customer, 1);
    usecases::customers::save(&world, &admin(), renamed).await.expect("it is saved");
    assert_eq!(document(&world.env, draft).await.recipient.name, "Alpha AG");
    let later = world.when("2026-04-20T10:00:00Z");
    let issued = documents::issue(&later, &admin(), draft).await.expect("it is issued");
    assert_eq!((issued.row.number.as_deref(), issued.row.date), (Some("RE-2026-00001"), day("2026-04-20")));
    assert_eq!((issued.row.due_on, issued.recipient.name.as_str()), (day("2026-05-04"), "Alpha AG"));
    let mut renamed = world.customer_draft(&page.recipient.number, "Alpha SE");
    (renamed.id, renamed.version) = (customer, 2);
    usecases::customers::save(&world, &admin(), renamed).await.expect("it is saved");
    let later = document(&world.env, draft).await;
    let kept = |page: &wire::documents::DocumentPage| (page.recipient.clone(), page.row.number.clone(), page.row.date);
    assert_eq!(kept(&later), kept(&issued), "what is issued never changes");
    assert_sound(&world).await;
}

/// Red when: issuing takes a number before it looks whether the draft is issued.
async fn issuing_twice_or_by_two_at_once_gives_one_number(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    let customer = world.customer("Alpha GmbH").await;
    for _ in 0..6 {
        given(&world, customer, "2026-04-01", plain).await;
    }
    bills_drafts(&world.env, "2026-04-15").await;
    let drafts: Vec<DocumentId> = all_documents(&world.env).await.iter().map(|row| row.id).collect();
    for (round, id) in drafts.iter().enumerate() {
        let call = admin();
        let envs = [&world.env, &other.env, &world.env, &other.env];
        let issued = join_all(envs.map(|env| documents::issue(env, &call, *id))).await;
        let number = format!("RE-2026-{:05}", round + 1);
        for issued in issued {
            assert_eq!(issued.expect("it is issued").row.number.as_deref(), Some(number.as_str()));
        }
        let before = books(&world).await;
        documents::issue(&world, &admin(), *id).await.expect("once more");
        assert_eq!(books(&world).await, before);
    }
    // Different drafts at once: no number twice, none left out.
    for _ in 0..8 {
        given(&world, customer, "2026-04-01", plain).await;
    }
    bills_drafts(&world.env, "2026-04-15").await;
    let drafts: Vec<_> =
        all_documents(&world.env).await.iter().filter(|row| row.number.is_none()).map(|row| row.id).collect();
    let call = admin();
    let envs = [&world.env, &other.env];
    let issued = drafts.iter().zip(envs.iter().cycle()).map(|(id, env)| documents::issue(env, &call, *id));
    join_all(issued).await.into_iter().for_each(|issued| drop(issued.expect("it is issued")));
    let expected: Vec<String> = (1..=14).map(|number| format!("RE-2026-{number:05}")).collect();
    assert_eq!(numbers(&world.env).await, expected);
    assert_sound(&world).await;
}

async fn a_document_that_is_not_there_is_not_issued(world: World) {
    let refused = documents::issue(&world, &admin(), DocumentId::new(world.id())).await.expect_err("there is none");
    assert_eq!(problem(refused), Problem::NotFound { what: Noun::Document });
    let refused = documents::page(&world, &admin(), DocumentId::new(world.id())).await.expect_err("there is none");
    assert_eq!(problem(refused), Problem::NotFound { what: Noun::Document });
    assert_eq!(numbers(&world.env).await.len(), 0);
}

/// Red when: the counter does not begin anew with the year, or the year is that of the period.
async fn numbers_begin_anew_with_the_year_where_the_pattern_names_it(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    given(&world, customer, "2026-11-30", plain).await;
    // Three minutes before and after midnight in Berlin.
    for (at, as_of) in [("2026-12-31T22:57:00Z", "2026-12-31"), ("2026-12-31T23:03:00Z", "2027-01-31")] {
        world.bills(&world.when(at), as_of).await;
    }
    assert_eq!(numbers(&world.env).await, ["RE-2026-00001", "RE-2026-00002", "RE-2027-00001"]);
    set_pattern(&world, "R{n}").await;
    world.bills(&world.when("2027-03-01T10:00:00Z"), "2027-03-31").await;
    let there = ["R1", "R2", "RE-2026-00001", "RE-2026-00002", "RE-2027-00001"];
    assert_eq!(numbers(&world.env).await, there);
    // Back to a yearly one: the counter of that year goes on.
    set_pattern(&world, "{year}/{n:3}").await;
    world.bills(&world.when("2027-04-30T10:00:00Z"), "2027-04-30").await;
    assert_eq!(numbers(&world.env).await[0], "2027/002");
    assert_sound(&world).await;
}

/// A pattern that would give a number that is there already. Red when: the run fails at it for ever.
async fn a_changed_pattern_never_gives_a_number_that_is_there(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    given(&world, customer, "2026-03-01", consolidated).await;
    given(&world, customer, "2026-03-01", plain).await;
    world.bills(&world.env, "2026-04-15").await;
    assert_eq!(numbers(&world.env).await, ["RE-2026-00001", "RE-2026-00002", "RE-2026-00003"]);
    // The year as plain text: another counter, the same numbers.
    set_pattern(&world, "re-2026-{n:5}").await;
    let run = world.bills(&world.env, "2026-05-15").await;
    assert_eq!((run.row.totals.billed, run.row.totals.failed), (2, 0), "{:?}", run.items);
    let there = numbers(&world.env).await;
    assert_eq!(there.len(), 5);
    assert!(there.contains(&"re-2026-00004".to_owned()) && there.contains(&"re-2026-00005".to_owned()), "{there:?}");
    assert_sound(&world).await;
}

/// Red when: what is due depends on the clock and not on the claims, or numbers on the date.
async fn a_clock_that_was_set_back_bills_nothing_twice(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let id = given(&world, customer, "2026-04-01", |_| {}).await.contract.id;
    for (at, as_of, billed) in [
        ("2026-06-15T10:00:00Z", "2026-06-15", 3),
        ("2026-04-02T10:00:00Z", "2026-04-02", 0),
        ("2026-05-02T10:00:00Z", "2026-05-02", 0),
        ("2026-05-02T10:00:00Z", "2026-07-02", 1),
        ("2026-07-02T10:00:00Z", "2026-07-02", 0),
        ("2026-08-01T10:00:00Z", "2026-08-01", 1),
    ] {
        assert_eq!(world.bills(&world.when(at), as_of).await.row.totals.billed, billed, "{at} {as_of}");
    }
    let claims = claims(&world.env, id).await;
    assert_eq!(claims.iter().map(|claim| claim.number).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    let given: Vec<_> = claims.iter().map(|claim| claim.document_number.clone().unwrap_or_default()).collect();
    assert_eq!(given, (1..=5).map(|number| format!("RE-2026-{number:05}")).collect::<Vec<_>>());
    let nights = async |at: &str| usecases::billing::nightly(&world.when(at)).await.expect("an answer").is_some();
    assert!(nights("2026-09-02T02:00:00Z").await && !nights("2026-09-02T03:00:00Z").await);
    assert!(nights("2026-09-01T02:00:00Z").await, "an earlier night that had none; it finds nothing to do");
    assert_eq!(crate::office::claims(&world.env, id).await.len(), 6);
    assert_sound(&world).await;
}

/// What an issued invoice says of its recipient is what was known then.
async fn an_issued_invoice_keeps_its_recipient(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let id = given(&world, customer, "2026-04-01", plain).await.contract.id;
    world.bills(&world.env, "2026-04-15").await;
    let invoice = claims(&world.env, id).await[0].document.expect("an invoice");
    let before = document(&world.env, invoice).await;
    let mut draft = world.customer_draft(&before.recipient.number, "Other AG");
    (draft.id, draft.version) = (customer, 1);
    draft.card = CustomerCard { city: "Köln".to_owned(), ..draft.card };
    usecases::customers::save(&world, &admin(), draft).await.expect("it is saved");
    let after = document(&world.env, invoice).await;
    assert_eq!((&after.recipient, &after.lines, &after.totals), (&before.recipient, &before.lines, &before.totals));
    assert_eq!(after.row.customer.name, "Other AG", "lists name customers as they are called now");
}

on_both!(
    drafts_have_no_number_and_grant_all_the_same,
    issuing_twice_or_by_two_at_once_gives_one_number,
    a_document_that_is_not_there_is_not_issued,
    numbers_begin_anew_with_the_year_where_the_pattern_names_it,
    a_changed_pattern_never_gives_a_number_that_is_there,
    a_clock_that_was_set_back_bills_nothing_twice,
    an_issued_invoice_keeps_its_recipient,
);
