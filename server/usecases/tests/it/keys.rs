//! Idempotency keys: a request that is sent again gets the first answer.

use domain::{Role, documents::DocumentKind, quota::Amount};
use store::{
    once,
    testing::{begin, commit},
};
use usecases::{
    Call, accounts, contracts, customers, documents, housekeeping, projects,
    testing::{HOUR, PREPAID, World, as_role, hours, problem, with_key},
};
use wire::{
    Problem,
    customers::{CustomerCard, CustomerDraft},
    projects::{LinesDraft, TasksDraft, WholeProject},
    receipts::TakeBackDraft,
};

use crate::{
    office::{admin, all_documents},
    receipts,
    support::books,
    undo,
    workshop::{change_project, effort, free, me, project_draft, task},
};

/// The administrator, under a key.
fn keyed(key: &str) -> Call {
    with_key(admin(), key, "hash")
}

async fn the_same_key_gets_the_first_answer(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    let draft = world.draw_draft(account, HOUR, "2026-04-10");
    let first = accounts::draw(&world, &call, draft.clone()).await.expect("there is something");
    let before = books(&world).await;
    assert_eq!(accounts::draw(&world, &call, draft).await.expect("it is accepted"), first);
    // Even when the client made another id meanwhile: the key decides.
    let renamed = world.draw_draft(account, HOUR, "2026-04-10");
    assert_eq!(accounts::draw(&world, &call, renamed).await.expect("it is accepted"), first);
    assert_eq!(books(&world).await, before);
}

/// Red when: the hash of the request is not compared.
async fn the_same_key_for_another_request_is_refused(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let draw = |hash| (with_key(as_role(Role::Admin), "key", hash), world.draw_draft(account, HOUR, "2026-04-10"));
    let (call, draft) = draw("one");
    accounts::draw(&world, &call, draft).await.expect("there is something");
    let before = books(&world).await;
    let (call, draft) = draw("two");
    let refused = accounts::draw(&world, &call, draft).await.expect_err("the key is used");
    assert_eq!(problem(refused), Problem::SameId);
    assert_eq!(books(&world).await, before);
}

/// Red when: the key is taken in a transaction of its own.
async fn a_refused_command_does_not_use_the_key_up(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    let draft = world.draw_draft(account, HOUR, "2026-04-10");
    accounts::draw(&world, &call, draft.clone()).await.expect_err("nothing is there");
    world.lot(account, HOUR, "2026-04-01", None).await;
    let other_hash = with_key(as_role(Role::Admin), "key", "other hash");
    let drawn = accounts::draw(&world, &other_hash, draft).await.expect("now there is, and the key is free");
    assert_eq!(drawn.decision.drawn, Amount::new(HOUR));
}

async fn keys_of_two_people_are_apart(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    for role in [Role::Admin, Role::Accounting] {
        let call = with_key(as_role(role), "key", role.name());
        let draft = world.draw_draft(account, HOUR, "2026-04-10");
        let drawn = accounts::draw(&world, &call, draft).await.expect("each has an own key");
        assert_eq!(drawn.decision.drawn, Amount::new(HOUR));
    }
}

/// A command whose answer is read afterwards (opening, saving) takes a key as well.
async fn every_command_takes_a_key(world: World) {
    let draft = world.customer_draft("", "Alpha");
    let customer = draft.id;
    let first = customers::save(&world, &keyed("save"), draft.clone()).await.expect("it is saved");
    assert_eq!(customers::save(&world, &keyed("save"), draft).await.expect("it is accepted"), first);
    let draft = world.account_draft(customer, PREPAID);
    let account = draft.id;
    let first = accounts::open(&world, &keyed("open"), draft.clone()).await.expect("it is opened");
    assert_eq!(accounts::open(&world, &keyed("open"), draft).await.expect("it is accepted"), first);
    let draft = world.grant_draft(account, HOUR, "2026-04-01", None);
    let first = accounts::grant(&world, &keyed("grant"), draft.clone()).await.expect("it is granted");
    assert_eq!(accounts::grant(&world, &keyed("grant"), draft).await.expect("it is accepted"), first);
    let draw = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let first = accounts::release(&world, &keyed("release"), account, draw).await.expect("it is released");
    assert_eq!(accounts::release(&world, &keyed("release"), account, draw).await.expect("it is accepted"), first);
}

/// Red when: only what was made is kept under the key, and told as it stands now.
async fn the_first_answer_stays_whatever_has_changed_since(world: World) {
    let draft = world.customer_draft("", "Alpha GmbH");
    let first = customers::save(&world, &keyed("customer"), draft.clone()).await.expect("it is saved");
    let card = CustomerCard { name: "Beta GmbH".to_owned(), ..first.card.clone() };
    let changed = CustomerDraft { id: first.id, version: first.version, card };
    customers::save(&world, &admin(), changed).await.expect("it is changed");
    let opening = world.account_draft(first.id, PREPAID);
    let opened = accounts::open(&world, &keyed("account"), opening.clone()).await.expect("it is opened");
    world.lot(opened.id, HOUR, "2026-04-01", None).await;
    let before = books(&world).await;
    assert_eq!(customers::save(&world, &keyed("customer"), draft).await.expect("the same request"), first);
    assert_eq!(accounts::open(&world, &keyed("account"), opening).await.expect("the same request"), opened);
    assert_eq!(books(&world).await, before);
}

/// The same of projects. Red when: as above.
async fn projects_are_answered_as_they_were_saved(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let base = project_draft(&world, customer);
    let project = base.id;
    let saved = projects::save(&world, &keyed("base"), base.clone()).await.expect("it is saved");
    let tasks = TasksDraft { project, version: saved.version, tasks: vec![task(&world, "Repair")] };
    let tasked = projects::save_tasks(&world, &keyed("tasks"), tasks.clone()).await.expect("they are saved");
    let lines = LinesDraft { project, version: tasked.version, lines: vec![free(&world, 45)] };
    let with_lines = projects::save_lines(&world, &keyed("lines"), lines.clone()).await.expect("they are saved");
    let (other, setup, hourly) = (project_draft(&world, customer), task(&world, "Setup"), effort(&world, "100"));
    let whole = WholeProject { project: other, tasks: vec![setup], lines: vec![hourly] };
    let made = projects::save_whole(&world, &keyed("whole"), whole.clone()).await.expect("it is saved");
    for id in [project, made.row.id] {
        change_project(&world, id, |draft| "Other".clone_into(&mut draft.name)).await;
    }
    let before = books(&world).await;
    assert_eq!(projects::save(&world, &keyed("base"), base).await.expect("the same request"), saved);
    assert_eq!(projects::save_tasks(&world, &keyed("tasks"), tasks).await.expect("the same request"), tasked);
    assert_eq!(projects::save_lines(&world, &keyed("lines"), lines).await.expect("the same request"), with_lines);
    assert_eq!(projects::save_whole(&world, &keyed("whole"), whole).await.expect("the same request"), made);
    assert_eq!(books(&world).await, before);
}

/// The same of contracts, documents and receipts. Red when: as above.
async fn contracts_and_documents_are_answered_as_they_were(world: World) {
    world.support().await;
    let customer = world.customer("Alpha GmbH").await;
    let draft = world.contract_draft(customer, "2026-04-01");
    let contract = contracts::save(&world, &keyed("contract"), draft.clone()).await.expect("it is saved");
    world.bills(&world, "2026-04-01").await;
    let note = world.note_draft((customer, contract.contract.id), "2026-04-10", &[hours("1", "100")]);
    let saved = documents::save(&world, &keyed("note"), note.clone()).await.expect("it is saved");
    let issued = documents::issue(&world, &keyed("issue"), note.id).await.expect("it is issued");
    let cancelled = undo::draft(&world, note.id).await;
    documents::cancel(&world, &admin(), cancelled).await.expect("it is cancelled");
    let invoices = all_documents(&world).await;
    let invoice = invoices.iter().find(|row| row.kind == DocumentKind::ContractInvoice).expect("it was billed");
    let receipt = receipts::draft(&world, invoice, 47_599);
    let paid = usecases::receipts::record(&world, &keyed("paid"), receipt.clone()).await.expect("it is recorded");
    let back = TakeBackDraft { receipt: receipt.id, reason: "Other".to_owned() };
    usecases::receipts::take_back(&world, &admin(), back).await.expect("it is taken back");
    let before = books(&world).await;
    assert_eq!(contracts::save(&world, &keyed("contract"), draft).await.expect("the same request"), contract);
    assert_eq!(documents::issue(&world, &keyed("issue"), note.id).await.expect("the same request"), issued);
    assert_eq!(documents::save(&world, &keyed("note"), note).await.expect("the same request"), saved);
    assert_eq!(usecases::receipts::record(&world, &keyed("paid"), receipt).await.expect("the same request"), paid);
    assert_eq!(books(&world).await, before);
}

/// Red when: a request that is sent again after an update fails because less was kept before.
async fn what_an_earlier_version_kept_is_answered_as_it_stands(world: World) {
    let draft = world.customer_draft("", "Alpha GmbH");
    let first = customers::save(&world, &keyed("customer"), draft.clone()).await.expect("it is saved");
    let mut tx = begin(&world.db).await;
    let kept = format!("\"{}\"", first.id);
    once::answer(&mut tx, "user:admin", "customer", &kept).await.expect("it is kept");
    commit(tx).await;
    assert_eq!(customers::save(&world, &keyed("customer"), draft).await.expect("the same request"), first);
}

/// Red when: a key is looked up before it is claimed.
async fn one_request_sent_ten_times_at_once_happens_once(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 20 * HOUR, "2026-04-01", None).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    // Ten ids: only the key can tell that it is one request.
    let sent = (0..10).map(|_| accounts::draw(&world, &call, world.draw_draft(account, HOUR, "2026-04-10")));
    let answers: Vec<_> = futures::future::join_all(sent).await;
    let first = answers[0].as_ref().expect("it is drawn");
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer == first)), "{answers:#?}");
    let standing = accounts::get(&world, &as_role(Role::Admin), account).await.expect("a read").standing;
    assert_eq!(standing.left, Amount::new(19 * HOUR));
}

/// Red when: housekeeping forgets keys of the last days, or none at all.
async fn keys_are_kept_for_a_month(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let call = with_key(as_role(Role::Admin), "key", "hash");
    accounts::draw(&world, &call, world.draw_draft(account, HOUR, "2026-04-10")).await.expect("there is something");
    assert_eq!(housekeeping::tidy(&world.when("2026-05-15T09:00:00Z")).await.expect("it runs"), 0);
    assert_eq!(housekeeping::tidy(&world.when("2026-05-15T11:00:00Z")).await.expect("it runs"), 1);
}

on_both!(
    keys_are_kept_for_a_month,
    the_same_key_gets_the_first_answer,
    the_same_key_for_another_request_is_refused,
    a_refused_command_does_not_use_the_key_up,
    keys_of_two_people_are_apart,
    every_command_takes_a_key,
    the_first_answer_stays_whatever_has_changed_since,
    projects_are_answered_as_they_were_saved,
    contracts_and_documents_are_answered_as_they_were,
    what_an_earlier_version_kept_is_answered_as_it_stands,
    one_request_sent_ten_times_at_once_happens_once,
);
