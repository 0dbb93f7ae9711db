//! Runs as objects: what is skipped and what fails, nights, and runs that are taken up again.

use domain::{ContractId, Role, RunId, contracts::BillError, quota::QuotaError, quota::Unit};
use store::{
    billing::RunWork,
    testing::{begin, commit, execute},
};
use usecases::{
    Env, accounts, billing,
    testing::{World, as_role, day, instant, problem},
    today,
};
use wire::{
    Noun, Problem,
    accounts::EndDraft,
    billing::{NotBilled, RunDraft, Selection},
};

use crate::{
    office::{account, admin, all_items, business, change, claims, consolidated, given, numbers, page, plain, planned},
    support::{assert_sound, books},
};

fn run(env: &Env, as_of: &str, selection: Selection) -> RunDraft {
    RunDraft { id: RunId::new(env.id()), as_of: day(as_of), issue: true, selection }
}

/// Red when: starting does not look for an earlier run of that id.
async fn starting_twice_starts_one_and_other_content_is_refused(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-04-01", plain).await.contract.id;
    let draft = run(&world, "2026-04-15", Selection::All);
    let first = billing::start(&world, &admin(), draft.clone()).await.expect("it is made");
    assert_eq!((first.contracts, first.done, first.ended, first.by.as_str()), (1, 0, None, "The admin"));
    let before = books(&world).await;
    assert_eq!(billing::start(&world, &admin(), draft.clone()).await.expect("the same"), first);
    for other in [
        RunDraft { as_of: day("2026-04-14"), ..draft.clone() },
        RunDraft { issue: false, ..draft.clone() },
        RunDraft { selection: Selection::Customer(customer), ..draft.clone() },
        RunDraft { selection: Selection::Contract(contract), ..draft.clone() },
    ] {
        let refused = billing::start(&world, &admin(), other.clone()).await.expect_err("other content");
        assert_eq!(problem(refused), Problem::SameId, "{other:?}");
    }
    assert_eq!(books(&world).await, before);
    assert!(billing::work(&world, draft.id).await.expect("it works"));
    // Also when it has ended.
    let again = billing::start(&world, &admin(), draft.clone()).await.expect("the same");
    assert_eq!((again.done, again.totals.billed, again.ended.is_some()), (1, 1, true));
    assert!(!billing::work(&world, draft.id).await.expect("an answer"), "it has ended");
}

async fn what_is_not_there_or_not_possible_is_refused(world: World) {
    let before = books(&world).await;
    let nothing = ContractId::new(world.id());
    let refused = billing::start(&world, &admin(), run(&world, "2026-04-15", Selection::Contract(nothing))).await;
    assert_eq!(problem(refused.expect_err("no such contract")), Problem::NotFound { what: Noun::Contract });
    let refused = planned(&world, "2026-04-15", Selection::Contract(nothing)).await;
    assert_eq!(problem(refused.expect_err("no such contract")), Problem::NotFound { what: Noun::Contract });
    let refused = billing::start(&world, &admin(), run(&world, "1899-12-31", Selection::All)).await;
    let refused = problem(refused.expect_err("before the books"));
    assert_eq!(crate::office::fields(&refused), ["as_of"]);
    let nothing = RunId::new(world.id());
    for refused in [
        billing::progress(&world, &admin(), nothing).await.map(drop),
        billing::page(&world, &admin(), nothing, 1).await.map(drop),
    ] {
        assert_eq!(problem(refused.expect_err("no such run")), Problem::NotFound { what: Noun::Run });
    }
    assert!(!billing::work(&world, nothing).await.expect("an answer"));
    assert_eq!(books(&world).await, before);
}

/// Red when: a run bills what is billed by hand only, or billing by hand asks for automatic.
async fn a_contract_that_is_not_automatic_is_skipped_and_billed_by_hand(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let by_hand = given(&world, customer, "2026-04-01", |contract| contract.terms.billing.automatic = false).await;
    let id = by_hand.contract.id;
    let automatic = given(&world, customer, "2026-04-01", plain).await.contract.id;
    let run = world.bills(&world.env, "2026-04-15").await;
    let came: Vec<_> = run.items.iter().map(|item| (item.contract(), item.not_billed.clone())).collect();
    assert_eq!(came, [(Some(id), Some(NotBilled::NotAutomatic)), (Some(automatic), None)]);
    let totals = &run.row.totals;
    assert_eq!((totals.billed, totals.skipped, totals.failed, run.row.done, run.row.contracts), (1, 1, 0, 2, 2));
    // The night does not even name it.
    let night = world.when("2026-05-01T02:00:00Z");
    let nightly = billing::nightly(&night).await.expect("a run").expect("a new one");
    let came: Vec<_> = all_items(&night, nightly).await.iter().map(|item| (item.contract(), item.period)).collect();
    assert_eq!(came, [(Some(automatic), 1)]);
    assert_eq!(claims(&world.env, id).await.len(), 0);

    let one = world.bills_only(&night, "2026-05-01", Selection::Contract(id)).await;
    assert_eq!((one.row.totals.billed, one.row.totals.skipped), (2, 0));
    let again = world.bills_only(&night, "2026-05-01", Selection::Contract(id)).await;
    let came: Vec<_> = again.items.iter().map(|item| (item.period, item.not_billed.clone())).collect();
    assert_eq!(came, [(2, Some(NotBilled::AlreadyBilled))]);
    assert_eq!(claims(&world.env, id).await.len(), 2);
    assert_sound(&world).await;
}

/// Red when: a selection of a customer bills others.
async fn a_run_for_one_customer_leaves_the_others_alone(world: World) {
    let (alpha, beta) = (world.customer("Alpha GmbH").await, world.customer("Beta").await);
    let own = given(&world, alpha, "2026-04-01", consolidated).await.contract.id;
    given(&world, beta, "2026-04-01", consolidated).await;
    let run = world.bills_only(&world.env, "2026-04-15", Selection::Customer(alpha)).await;
    assert_eq!(run.items.iter().map(wire::billing::RunItem::contract).collect::<Vec<_>>(), [Some(own)]);
    assert_eq!((run.row.contracts, run.row.selection), (1, Selection::Customer(alpha)));
}

/// One ends its account by hand before the period that is to be billed.
///
/// Red when: one that fails takes the others with it, or is billed in part.
async fn one_that_cannot_be_billed_is_reported_and_the_others_go_on(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let mut ids = Vec::new();
    for twist in [plain as fn(&mut domain::contracts::Contract), |_| {}, consolidated, consolidated, consolidated] {
        ids.push(given(&world, customer, "2026-03-01", twist).await.contract.id);
    }
    // The second has an invoice of its own, the fourth shares one. Both could still bill March.
    for broken in [ids[1], ids[3]] {
        let account = account(&page(&world.env, broken).await);
        let end = EndDraft { account, until: Some(day("2026-03-20")), reason: "Mistake".to_owned() };
        accounts::end(&world, &admin(), end).await.expect("it ends");
    }
    let plan = planned(&world.env, "2026-04-15", Selection::All).await.expect("a plan");
    assert_eq!((plan.totals.billed, plan.totals.failed, plan.totals.invoices), (6, 2, 3));
    let run = world.bills(&world.env, "2026-04-15").await;
    let totals = &run.row.totals;
    assert_eq!((totals.billed, totals.failed, totals.skipped, totals.invoices), (6, 2, 0, 3));
    let (date, end) = (day("2026-04-01"), day("2026-03-20"));
    let why = NotBilled::Refused { error: BillError::Quota(QuotaError::Ended { date, end }), unit: Unit::Time };
    let mut failed: Vec<_> =
        run.items[..2].iter().map(|item| (item.contract(), item.period, item.not_billed.clone())).collect();
    failed.sort_by_key(|(contract, ..)| ids.iter().position(|id| Some(*id) == *contract));
    assert_eq!(failed, [(Some(ids[1]), 1, Some(why.clone())), (Some(ids[3]), 1, Some(why))]);
    for (place, billed) in [(0, 2), (1, 0), (2, 2), (3, 0), (4, 2)] {
        assert_eq!(claims(&world.env, ids[place]).await.len(), billed, "{place}");
    }
    let shown = today::page(&world, &admin()).await.expect("the page of the day");
    assert_eq!(shown.failed_runs.iter().map(|row| row.id).collect::<Vec<_>>(), [run.row.id]);
    assert_eq!(shown.due.len(), 2, "both are still due");

    // Mended, the next run bills what is missing and nothing else.
    for mended in [ids[1], ids[3]] {
        let account = account(&page(&world.env, mended).await);
        let end = EndDraft { account, until: None, reason: "Mended".to_owned() };
        accounts::end(&world, &admin(), end).await.expect("it is taken back");
    }
    let run = world.bills(&world.env, "2026-04-15").await;
    assert_eq!((run.row.totals.billed, run.row.totals.failed, run.row.totals.invoices), (4, 0, 3));
    assert_eq!(numbers(&world.env).await.len(), 6);
    let later = world.when("2026-04-23T10:00:00Z");
    assert_eq!(
        today::page(&later, &admin()).await.expect("the page").failed_runs,
        [],
        "after a week nobody is reminded"
    );
    assert_sound(&world).await;
}

/// Red when: the night is not unique, or a process that comes second works on the run of the first.
async fn two_processes_make_one_nightly_run_a_day(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    let customer = world.customer("Alpha GmbH").await;
    given(&world, customer, "2026-04-01", plain).await;
    for (at, number) in [("2026-04-15T02:00:00Z", "RE-2026-00001"), ("2026-05-01T02:00:00Z", "RE-2026-00002")] {
        let (here, there) = (world.when(at), other.when(at));
        let (one, two) = tokio::join!(billing::nightly(&here), billing::nightly(&there));
        let made: Vec<RunId> = [one.expect("an answer"), two.expect("an answer")].into_iter().flatten().collect();
        assert_eq!(made.len(), 1, "{at}");
        for env in [&here, &there] {
            assert_eq!(billing::nightly(env).await.expect("an answer"), None);
        }
        let row = billing::progress(&world, &admin(), made[0]).await.expect("the run");
        assert_eq!((row.nightly, row.issue, row.by.as_str(), row.totals.billed), (true, true, "Drawdown", 1));
        assert_eq!(numbers(&world.env).await.last().map(String::as_str), Some(number));
    }
    assert_eq!(
        billing::list(&world, &admin(), &wire::billing::RunQuery::default()).await.expect("the runs").rows.len(),
        2
    );
    assert_sound(&world).await;
}

/// Red when: a run that nobody began to work on is forgotten.
async fn a_run_that_nobody_works_on_is_taken_up(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    given(&world, customer, "2026-04-01", plain).await;
    let draft = run(&world, "2026-04-15", Selection::All);
    billing::start(&world, &admin(), draft.clone()).await.expect("it is made");
    let other = World::open(world.url.clone(), 2).await;
    assert_eq!(billing::resume(&other).await.expect("it works"), 1);
    let row = billing::progress(&world, &admin(), draft.id).await.expect("the run");
    // In the name of who made it.
    assert_eq!((row.totals.billed, row.ended.is_some(), row.by.as_str()), (1, true, "The admin"));
    let before = books(&world).await;
    assert_eq!(billing::resume(&other).await.expect("it works"), 0);
    assert_eq!(books(&world).await, before);
}

/// Red when: a hold never ends, or ends too soon.
async fn a_run_whose_holder_is_silent_is_taken_up_by_another(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    for _ in 0..3 {
        given(&world, customer, "2026-04-01", plain).await;
    }
    let draft = run(&world, "2026-04-15", Selection::All);
    billing::start(&world, &admin(), draft.clone()).await.expect("it is made");
    let now = instant("2026-04-15T10:00:00Z");
    let until = now + chrono::Duration::seconds(60);
    let id = draft.id;
    let held = world.db.write(move |tx| {
        Box::pin(async move { store::billing::hold(tx, RunWork::Bill, id, "gone", now, until).await })
    });
    assert!(held.await.expect("it is held"));
    // One contract was billed before the holder fell silent, as another run's work.
    let one = page_of_first(&world).await;
    world.bills_only(&world.env, "2026-04-15", Selection::Contract(one)).await;
    let before = business(&world).await;
    for at in ["2026-04-15T10:00:30Z", "2026-04-15T10:01:00Z"] {
        assert_eq!(billing::resume(&world.when(at)).await.expect("an answer"), 0, "{at}");
        assert!(!billing::work(&world.when(at), draft.id).await.expect("an answer"), "{at}");
    }
    assert_eq!(business(&world).await, before);
    assert_eq!(billing::resume(&world.when("2026-04-15T10:01:01Z")).await.expect("it works"), 1);
    let row = billing::progress(&world, &admin(), draft.id).await.expect("the run");
    assert_eq!((row.totals.billed, row.ended.is_some()), (2, true));
    assert_eq!(numbers(&world.env).await, ["RE-2026-00001", "RE-2026-00002", "RE-2026-00003"]);
    assert_sound(&world).await;
}

async fn page_of_first(world: &World) -> ContractId {
    let list = usecases::contracts::list(world, &admin(), &wire::contracts::ContractQuery::default()).await;
    list.expect("the contracts").rows[0].id
}

/// What the program fails at is noted under a number, and the next run bills it. Red when: the run stops, or keeps
/// numbers of what it could not store.
async fn what_the_program_fails_at_is_noted_and_can_be_repeated(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let id = given(&world, customer, "2026-04-01", |_| {}).await.contract.id;
    let before = business(&world).await;
    let alter = async |sql: &str| {
        let mut tx = begin(&world.db).await;
        execute(&mut tx, sql).await.expect("the table is renamed");
        commit(tx).await;
    };
    alter("ALTER TABLE document_lines RENAME TO gone").await;
    let run = world.bills(&world.env, "2026-04-15").await;
    alter("ALTER TABLE gone RENAME TO document_lines").await;
    assert_eq!((run.row.totals.failed, run.row.totals.billed, run.row.ended.is_some()), (1, 0, true));
    let item = &run.items[0];
    assert!(matches!(&item.not_billed, Some(NotBilled::Internal { ticket }) if !ticket.is_empty()), "{item:?}");
    assert_eq!((item.contract(), item.period), (Some(id), 0));
    assert_eq!(business(&world).await, before);
    let run = world.bills(&world.env, "2026-04-15").await;
    assert_eq!((run.row.totals.failed, run.row.totals.billed), (0, 1));
    assert_eq!(numbers(&world.env).await, ["RE-2026-00001"]);
    assert_sound(&world).await;
}

/// Red when: the to-do is not moved by billing, or shown before its day.
async fn a_to_do_appears_before_the_due_day_and_is_done_by_billing(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let id = given(&world, customer, "2026-04-01", |_| {}).await.contract.id;
    let quiet = given(&world, customer, "2026-04-01", |contract| contract.terms.billing.lead_days = None).await;
    world.bills(&world.env, "2026-06-15").await;
    let on = async |at: &str| today::page(&world.when(at), &as_role(Role::Sales)).await.expect("the page of the day");
    assert_eq!(on("2026-06-28T10:00:00Z").await.to_dos, []);
    let shown = on("2026-06-29T10:00:00Z").await;
    let told: Vec<_> = shown.to_dos.iter().map(|to_do| (to_do.contract, to_do.due, to_do.whose.as_str())).collect();
    assert_eq!((told, shown.due.len()), (vec![(id, day("2026-07-01"), "The admin")], 0));
    assert_eq!(on("2026-07-01T10:00:00Z").await.due.len(), 2, "with or without to-do");
    // It is now for who edited the contract last.
    let sales = world.when("2026-06-29T10:00:00Z");
    let draft = crate::office::edited(&page(&sales, id).await, |contract| contract.terms.notice = 1);
    usecases::contracts::save(&sales, &as_role(Role::Sales), draft).await.expect("it is saved");
    assert_eq!(on("2026-06-29T10:00:00Z").await.to_dos[0].whose, "The sales");
    let july = world.when("2026-07-01T10:00:00Z");
    world.bills_only(&july, "2026-07-01", Selection::Contract(id)).await;
    let shown = on("2026-07-01T10:00:00Z").await;
    assert_eq!(shown.to_dos, []);
    assert_eq!(shown.due.iter().map(|due| due.contract).collect::<Vec<_>>(), [quiet.contract.id]);
    // A longer lead brings the next one forward.
    change(&july, id, |contract| contract.terms.billing.lead_days = Some(31)).await;
    assert_eq!(on("2026-07-01T10:00:00Z").await.to_dos.len(), 1);
}

on_both!(
    starting_twice_starts_one_and_other_content_is_refused,
    what_is_not_there_or_not_possible_is_refused,
    a_contract_that_is_not_automatic_is_skipped_and_billed_by_hand,
    a_run_for_one_customer_leaves_the_others_alone,
    one_that_cannot_be_billed_is_reported_and_the_others_go_on,
    two_processes_make_one_nightly_run_a_day,
    a_run_that_nobody_works_on_is_taken_up,
    a_run_whose_holder_is_silent_is_taken_up_by_another,
    what_the_program_fails_at_is_noted_and_can_be_repeated,
    a_to_do_appears_before_the_due_day_and_is_done_by_billing,
);
