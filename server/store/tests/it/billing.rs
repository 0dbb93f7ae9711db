//! Billing runs: who works on them, what came of them.

use domain::{Currency, ProjectId, contracts::BillError, quota::Unit};
use store::{
    Db, Slice,
    billing::{self, RunWork, StoredItem, StoredRun},
    testing::{begin, commit},
};
use uuid::Uuid;
use wire::billing::{NotBilled, RunDraft, RunQuery, RunSort, RunState, RunSum, RunTotals, Selection};

use crate::{
    given::{billed, contract_id, run, run_id},
    support::{customer_id, day, instant},
};

const AT: &str = "2026-04-01T06:00:00Z";

async fn add(db: &Db, draft: RunDraft, nightly: Option<&str>, at: &str) -> bool {
    let mut tx = begin(db).await;
    let added = billing::add(&mut tx, &draft, nightly.map(day), 3, ("Anna", instant(at))).await.expect("an answer");
    commit(tx).await;
    added
}

async fn a_run_is_read_back_with_every_field(db: &Db) {
    let selections = [
        Selection::All,
        Selection::Customer(customer_id(4)),
        Selection::Contract(contract_id(5)),
        Selection::Freed(contract_id(5), None),
        Selection::Freed(contract_id(5), Some(3)),
        Selection::FreedOf(run_id(1)),
        Selection::Chosen(vec![contract_id(5), contract_id(6)]),
        Selection::Project(ProjectId::new(Uuid::from_u128(7))),
        Selection::FreedFees(ProjectId::new(Uuid::from_u128(7))),
    ];
    for (number, selection) in (1..).zip(selections) {
        let draft = RunDraft { issue: number == 1, selection, as_of: day("2026-03-31"), ..run(number) };
        let nightly = (number == 1).then_some("2026-04-01");
        assert!(add(db, draft.clone(), nightly, AT).await);
        let mut tx = db.read().await.expect("a read begins");
        let kept = billing::get(&mut tx, draft.id).await.expect("a read").expect("it is there");
        let expected = StoredRun {
            draft,
            nightly: number == 1,
            working: true,
            contracts: 3,
            started_at: instant(AT),
            started_by: "Anna".to_owned(),
            ended_at: None,
            totals: None,
        };
        assert_eq!(kept, expected);
    }
    let mut tx = db.read().await.expect("a read begins");
    assert_eq!(billing::get(&mut tx, run_id(99)).await.expect("a read"), None);
}

/// Red when: the night is not unique.
async fn ids_and_nights_are_taken_once(db: &Db) {
    assert!(add(db, run(1), Some("2026-04-01"), AT).await);
    assert!(!add(db, run(1), None, AT).await, "the id");
    assert!(!add(db, run(2), Some("2026-04-01"), AT).await, "the night");
    assert!(add(db, run(2), Some("2026-04-02"), AT).await);
    assert!(add(db, run(3), None, AT).await && add(db, run(4), None, AT).await, "by hand as often as somebody wants");
    let mut tx = db.read().await.expect("a read begins");
    for (night, there) in [("2026-03-31", false), ("2026-04-01", true), ("2026-04-02", true), ("2026-04-03", false)] {
        assert_eq!(billing::nightly(&mut tx, day(night)).await.expect("a read"), there, "{night}");
    }
}

/// Red when: a hold is taken from somebody whose time is not over, or cannot be renewed, or a run that has ended is held.
async fn one_at_a_time_holds_a_run_until_its_time_is_over(db: &Db) {
    add(db, run(1), None, AT).await;
    let mut tx = begin(db).await;
    let now = |second: u32| instant(&format!("2026-04-01T06:00:{second:02}Z"));
    let mut hold = async |holder: &'static str, second: u32| {
        let (now, until) = (now(second), now(second + 10));
        billing::hold(&mut tx, RunWork::Bill, run_id(1), holder, now, until).await.expect("an answer")
    };
    assert!(hold("A", 0).await, "nobody holds it");
    assert!(!hold("B", 1).await, "A does");
    assert!(hold("A", 5).await, "A goes on");
    assert!(!hold("B", 11).await, "A has until 15");
    assert!(!hold("B", 15).await, "and the last moment too");
    assert!(hold("B", 16).await, "nobody heard of A");
    assert!(!hold("A", 17).await, "B has it now");
    billing::end(&mut tx, run_id(1), now(20)).await.expect("it ends");
    for (number, why) in [(1, "it has ended"), (2, "there is none")] {
        let taken = billing::hold(&mut tx, RunWork::Bill, run_id(number), "C", now(50), now(59)).await;
        assert!(!taken.expect("an answer"), "{why}");
    }
}

async fn runs_that_nobody_holds_are_found(db: &Db) {
    for number in 1..=4 {
        add(db, run(number), None, AT).await;
    }
    let mut tx = begin(db).await;
    let (noon, later) = (instant("2026-04-01T12:00:00Z"), instant("2026-04-01T12:01:00Z"));
    billing::hold(&mut tx, RunWork::Bill, run_id(1), "A", noon, later).await.expect("it is held");
    billing::end(&mut tx, run_id(2), noon).await.expect("it ends");
    let mut unheld = async |at| {
        let mut found = billing::unheld(&mut tx, RunWork::Bill, instant(at)).await.expect("a read");
        found.sort_unstable();
        found
    };
    assert_eq!(unheld("2026-04-01T12:00:30Z").await, [3, 4].map(run_id));
    assert_eq!(unheld("2026-04-01T12:01:00Z").await, [3, 4].map(run_id));
    assert_eq!(unheld("2026-04-01T12:01:01Z").await, [1, 3, 4].map(run_id));
}

fn failed(contract: u128, period: u32) -> StoredItem {
    let not_billed = Some(NotBilled::Refused { error: BillError::TooLarge, unit: Unit::Time });
    StoredItem { document: None, net: 0, gross: 0, not_billed, ..billed(contract, period, 0) }
}

fn skipped(contract: u128) -> StoredItem {
    StoredItem { not_billed: Some(NotBilled::NotAutomatic), ..failed(contract, 0) }
}

async fn note(db: &Db, run: u128, items: &[StoredItem]) {
    let mut tx = begin(db).await;
    billing::note(&mut tx, run_id(run), items).await.expect("it is noted");
    commit(tx).await;
}

async fn items(db: &Db, run: u128) -> Vec<StoredItem> {
    let mut tx = db.read().await.expect("a read begins");
    billing::items(&mut tx, run_id(run), 100, 0).await.expect("a read")
}

/// Red when: a note overwrites whatever stands there.
async fn what_is_noted_as_billed_never_becomes_anything_else(db: &Db) {
    add(db, run(1), None, AT).await;
    note(db, 1, &[failed(1, 0), skipped(2)]).await;
    let better = [billed(1, 0, 7), billed(2, 0, 8)];
    note(db, 1, &better).await;
    assert_eq!(items(db, 1).await, better, "who failed or was skipped can be billed later");
    note(db, 1, &[failed(1, 0), skipped(2), billed(1, 1, 9)]).await;
    let other = StoredItem { net: 5, gross: 6, ..billed(2, 0, 99) };
    note(db, 1, &[other]).await;
    assert_eq!(items(db, 1).await, [billed(1, 0, 7), billed(1, 1, 9), billed(2, 0, 8)]);
    note(db, 1, &[]).await;
}

async fn items_come_failed_first_then_skipped_then_billed_in_pages(db: &Db) {
    add(db, run(1), None, AT).await;
    add(db, run(2), None, AT).await;
    let reasons = [
        NotBilled::AlreadyBilled,
        NotBilled::Internal { ticket: "T 1".to_owned() },
        NotBilled::Refused { error: BillError::BeyondCalendar, unit: Unit::Money(Currency::USD) },
    ];
    let [already, internal, refused] = reasons.map(Some);
    let kept = [
        StoredItem { not_billed: internal, currency: Currency::USD, ..failed(4, 2) },
        StoredItem { not_billed: refused, ..failed(9, 0) },
        skipped(3),
        StoredItem { not_billed: already, ..failed(8, 7) },
        billed(1, 0, 1),
        billed(1, 1, 2),
        billed(5, 0, 1),
    ];
    let mut shuffled = kept.to_vec();
    shuffled.reverse();
    note(db, 1, &shuffled).await;
    note(db, 2, &[billed(77, 0, 1)]).await;
    assert_eq!(items(db, 1).await, kept);
    let mut tx = db.read().await.expect("a read begins");
    let page = billing::items(&mut tx, run_id(1), 3, 2).await.expect("a read");
    assert_eq!(page, kept[2..5]);
}

/// Red when: invoices are counted per period, or currencies are added up.
async fn totals_count_periods_invoices_and_contracts(db: &Db) {
    for number in [1, 2] {
        add(db, run(number), None, AT).await;
    }
    let dollars = StoredItem { currency: Currency::USD, net: 7, gross: 8, ..billed(3, 0, 5) };
    // One invoice over two periods: its gross stands at the first.
    let consolidated = StoredItem { gross: 0, ..billed(2, 0, 1) };
    note(db, 1, &[billed(1, 0, 1), consolidated, billed(1, 1, 2), dollars, skipped(8), failed(9, 0), failed(9, 1)])
        .await;
    note(db, 2, &[failed(1, 0)]).await;
    let mut tx = begin(db).await;
    let mut found = billing::totals(&mut tx, &[1, 2, 3].map(run_id)).await.expect("a read");
    let sums = vec![
        RunSum { currency: Currency::EUR, net: 300, gross: 238 },
        RunSum { currency: Currency::USD, net: 7, gross: 8 },
    ];
    let first = (RunTotals { billed: 4, invoices: 3, skipped: 1, failed: 1, sums }, 5);
    assert_eq!(found.remove(&run_id(1)), Some(first.clone()));
    assert_eq!(found.remove(&run_id(2)), Some((RunTotals { failed: 1, ..RunTotals::default() }, 1)));
    assert!(found.is_empty());
    assert!(billing::totals(&mut tx, &[]).await.expect("a read").is_empty());

    // The figures of a run that has ended are kept with it, once.
    billing::end(&mut tx, run_id(1), instant("2026-04-01T07:00:00Z")).await.expect("it ends");
    billing::end(&mut tx, run_id(1), instant("2026-04-01T08:00:00Z")).await.expect("again");
    let ended = billing::get(&mut tx, run_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((ended.working, ended.ended_at), (false, Some(instant("2026-04-01T07:00:00Z"))));
    assert_eq!(ended.totals, Some(first));
}

async fn runs_are_listed_the_latest_first_and_those_with_failures_found(db: &Db) {
    for number in 1..=30 {
        add(db, run(number), None, &format!("2026-04-{number:02}T06:00:00Z")).await;
    }
    for number in [3, 10, 20, 28] {
        note(db, number, &[failed(1, 0), failed(2, 0)]).await;
    }
    note(db, 29, &[skipped(2), billed(1, 0, 1)]).await;
    let mut tx = db.read().await.expect("a read begins");
    let numbers = |runs: Vec<StoredRun>| runs.iter().map(|run| run.draft.id).collect::<Vec<_>>();
    let first = billing::slice(&mut tx, &RunQuery::default(), Slice { offset: 0, most: 2 }).await.expect("a read");
    assert_eq!(numbers(first), [30, 29].map(run_id));
    let last = billing::slice(&mut tx, &RunQuery::default(), Slice { offset: 28, most: 20 }).await.expect("a read");
    assert_eq!(numbers(last), [2, 1].map(run_id));
    let since = instant("2026-04-03T06:00:00Z");
    assert_eq!(numbers(billing::failed(&mut tx, since).await.expect("a read")), [28, 20, 10].map(run_id));
}

/// Red when: a filter of the list of runs is not asked for, a day is left out at either end, or runs as of the same day
/// come in no order.
async fn runs_are_filtered_by_state_and_day_and_sorted_by_day(db: &Db) {
    for (number, as_of) in [(1, "2026-03-03"), (2, "2026-03-01"), (3, "2026-03-02"), (4, "2026-03-02")] {
        let draft = RunDraft { as_of: day(as_of), ..run(number) };
        assert!(add(db, draft, None, &format!("2026-04-0{number}T06:00:00Z")).await);
    }
    note(db, 2, &[failed(1, 0), billed(2, 0, 1)]).await;
    note(db, 3, &[skipped(1)]).await;
    let mut tx = begin(db).await;
    for number in [1, 2] {
        billing::end(&mut tx, run_id(number), instant("2026-04-05T06:00:00Z")).await.expect("it ends");
    }
    commit(tx).await;
    let mut tx = db.read().await.expect("a read begins");
    let ask = RunQuery::default();
    let days = |from: Option<&str>, until: Option<&str>| RunQuery {
        from: from.map(day),
        until: until.map(day),
        ..RunQuery::default()
    };
    for (ask, expected) in [
        (RunQuery { sort: RunSort::AsOf, ..ask.clone() }, vec![1, 4, 3, 2]),
        (RunQuery { sort: RunSort::AsOf, desc: true, ..ask.clone() }, vec![2, 3, 4, 1]),
        (RunQuery { desc: true, ..ask.clone() }, vec![1, 2, 3, 4]),
        (RunQuery { state: Some(RunState::Working), ..ask.clone() }, vec![4, 3]),
        (RunQuery { state: Some(RunState::Done), ..ask.clone() }, vec![2, 1]),
        (RunQuery { state: Some(RunState::Failed), ..ask.clone() }, vec![2]),
        (days(Some("2026-03-02"), None), vec![4, 3, 1]),
        (days(None, Some("2026-03-02")), vec![4, 3, 2]),
        (days(Some("2026-03-02"), Some("2026-03-02")), vec![4, 3]),
        (RunQuery { state: Some(RunState::Done), sort: RunSort::AsOf, ..days(Some("2026-03-02"), None) }, vec![1]),
    ] {
        let found = billing::slice(&mut tx, &ask, Slice { offset: 0, most: 20 }).await.expect("a read");
        let found: Vec<_> = found.iter().map(|run| run.draft.id).collect();
        assert_eq!(found, expected.into_iter().map(run_id).collect::<Vec<_>>(), "{ask:?}");
    }
}

on_both!(
    a_run_is_read_back_with_every_field,
    ids_and_nights_are_taken_once,
    one_at_a_time_holds_a_run_until_its_time_is_over,
    runs_that_nobody_holds_are_found,
    what_is_noted_as_billed_never_becomes_anything_else,
    items_come_failed_first_then_skipped_then_billed_in_pages,
    totals_count_periods_invoices_and_contracts,
    runs_are_listed_the_latest_first_and_those_with_failures_found,
    runs_are_filtered_by_state_and_day_and_sorted_by_day,
);
