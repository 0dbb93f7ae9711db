//! The ledger: every movement is read back as it was posted, and the state beside it is what folding gives.

use domain::{
    DateRange,
    quota::{Amount, DrawOrigin, Entry, Ledger, LotState, Movement, Overbooking, Seq},
};
use store::{
    Db, StoreError, Tx, accounts, ledger,
    testing::{begin, commit},
};

use crate::support::{
    Command::{self, Balance, Carry, Cover, Draw, End, Grant, Release, Revoke},
    account_id, amount, day, draw_id, given_account, lot_id, lots_of, note, post,
};

/// Every movement: grants with and without end, a draw from several lots, one with deficit, covers of one draw from
/// two lots, releases of a covered draw and of a plain one; carry-over with a cap, a grant that is taken back from two
/// draws, covers by hand, a balancing invoice, an end that moves and is taken back.
const HISTORY: [Command; 25] = [
    Grant(1, 100, "2026-04-01", Some("2026-05-01")),
    Grant(2, 50, "2026-03-01", None),
    Draw(1, 120, "2026-04-20"),
    Draw(2, 90, "2026-04-30"),
    Draw(3, 10, "2026-02-01"),
    Grant(3, 20, "2026-04-01", Some("2026-06-01")),
    Grant(4, 100, "2026-05-01", Some("2026-06-01")),
    Release(2),
    Draw(4, 30, "2026-04-02"),
    Release(1),
    Draw(5, 1, "2026-05-31"),
    Grant(5, 1, "2199-12-30", Some("2199-12-31")),
    Carry(6, 60, "2027-01-01", "2027-02-01", Some(20)),
    Draw(6, 10, "2027-01-05"),
    Draw(7, 15, "2027-02-03"),
    Grant(7, 40, "2027-03-01", Some("2027-04-01")),
    Draw(8, 5, "2027-03-02"),
    Draw(9, 6, "2027-03-03"),
    Revoke(7),
    Grant(8, 4, "2027-05-01", None),
    Release(8),
    Cover(9, 8, 2),
    Balance(9, "2027-06-01", 9, 1),
    End(Some("2027-02-10")),
    End(Some("2027-12-01")),
];

async fn given_history(db: &Db) -> (Ledger, Vec<Entry>) {
    let mut history = Ledger::new(given_account(db, Overbooking::Yes { limit: None }).await);
    let mut entries = Vec::new();
    for command in HISTORY {
        let mut tx = begin(db).await;
        entries.extend(post(&mut tx, &mut history, command).await);
        commit(tx).await;
    }
    (history, entries)
}

async fn read(db: &Db) -> Tx {
    db.read().await.expect("a read begins")
}

async fn entries_are_read_back_as_they_were_posted(db: &Db) {
    let (_, entries) = given_history(db).await;
    let kinds = |wanted: fn(&Movement) -> bool| entries.iter().filter(|e| wanted(&e.movement)).count();
    assert_eq!(kinds(|m| matches!(m, Movement::Grant { .. })), 9);
    assert_eq!(kinds(|m| matches!(m, Movement::Draw { .. })), 9);
    assert_eq!(kinds(|m| matches!(m, Movement::Release { .. })), 3);
    assert_eq!(kinds(|m| matches!(m, Movement::Revoke { .. })), 1);
    assert_eq!(kinds(|m| matches!(m, Movement::End { .. })), 2);
    assert!(kinds(|m| matches!(m, Movement::Cover { .. })) > 3, "this history covers: {entries:#?}");
    let stored = ledger::all(&mut read(db).await, account_id(1)).await.expect("a read");
    assert_eq!(stored.iter().map(|stored| stored.entry.clone()).collect::<Vec<_>>(), entries);
    assert!(stored.iter().all(|stored| stored.account == account_id(1) && stored.note == note("posted")));
    assert_eq!(ledger::all(&mut read(db).await, account_id(2)).await.expect("a read"), []);
}

/// Red when: `LOT_DRAWN` is not run; when a cover does not add its part.
async fn the_state_beside_the_ledger_is_what_folding_gives(db: &Db) {
    let mut history = Ledger::new(given_account(db, Overbooking::Yes { limit: None }).await);
    for command in HISTORY {
        let mut tx = begin(db).await;
        post(&mut tx, &mut history, command).await;
        commit(tx).await;
        let tx = &mut read(db).await;
        let stored = accounts::get(tx, account_id(1)).await.expect("a read").expect("it is there");
        assert_eq!((stored.next_seq, stored.balance), (history.view.next_seq, history.balance));
        assert_eq!((stored.end, lots_of(tx).await), (history.view.end, history.view.lots.clone()));
        for lot in &history.view.lots {
            let holders = ledger::holders(tx, lot.lot.id).await.expect("a read");
            assert_eq!(holders, history.holders(lot.lot.id), "holders of {lot:?}");
        }
        let mut draws: Vec<_> = history.draws.values().cloned().collect();
        draws.sort_by_key(|draw| draw.seq);
        assert_eq!(ledger::draws_of(tx, account_id(1)).await.expect("a read"), draws);
        for draw in draws {
            let alone = ledger::draw(tx, draw.draw).await.expect("a read");
            assert_eq!(alone, Some((account_id(1), draw)));
        }
        let covers = DateRange { from: day("1900-01-01"), until: None };
        let facts = accounts::facts(tx, &stored, covers).await.expect("a read");
        assert_eq!((facts.lots, facts.deficits), (history.view.lots.clone(), history.view.deficits.clone()));
        let entries: Vec<_> =
            ledger::all(tx, account_id(1)).await.expect("a read").into_iter().map(|s| s.entry).collect();
        assert_eq!(Ledger::fold(history.view.account.clone(), &entries).as_ref(), Ok(&history));
    }
    assert_eq!(ledger::draw(&mut read(db).await, draw_id(99)).await.expect("a read"), None);
}

async fn entries_are_found_by_what_they_posted(db: &Db) {
    let (_, entries) = given_history(db).await;
    let tx = &mut read(db).await;
    for entry in &entries {
        let found = match &entry.movement {
            Movement::Grant { lot } => ledger::grant_entry(tx, lot.id).await,
            Movement::Draw { draw, .. } => ledger::draw_entry(tx, *draw).await,
            Movement::Release { draw, .. } => ledger::release_entry(tx, *draw).await,
            Movement::Revoke { lot, .. } => ledger::revoke_entry(tx, *lot).await,
            Movement::Cover { .. } | Movement::End { .. } => continue,
        };
        let found = found.expect("a read").expect("it is there");
        assert_eq!((found.account, &found.entry), (account_id(1), entry));
    }
    assert_eq!(ledger::draw_entry(tx, draw_id(99)).await.expect("a read"), None);
    assert_eq!(ledger::release_entry(tx, draw_id(3)).await.expect("a read"), None, "this one was never released");
    assert_eq!(ledger::grant_entry(tx, lot_id(99)).await.expect("a read"), None);
}

async fn covers_are_those_right_behind_their_grant(db: &Db) {
    let (_, entries) = given_history(db).await;
    let tx = &mut read(db).await;
    for number in 1..=9 {
        let grant = ledger::grant_entry(tx, lot_id(number)).await.expect("a read").expect("it is there");
        let behind = entries.iter().skip_while(|entry| entry.seq <= grant.entry.seq);
        let expected: Vec<_> = behind
            .map_while(|entry| match &entry.movement {
                Movement::Cover { draw, lot, amount } if *lot == lot_id(number) => Some((*draw, *amount)),
                _ => None,
            })
            .collect();
        assert_eq!(ledger::covers_of(tx, &grant, lot_id(number)).await.expect("a read"), expected, "lot {number}");
    }
}

async fn released_draws_are_told_apart(db: &Db) {
    given_history(db).await;
    let tx = &mut read(db).await;
    // More than fit into one statement.
    let asked: Vec<_> = (1..=2_500).map(draw_id).collect();
    let mut released = ledger::released_among(tx, &asked).await.expect("a read");
    released.sort();
    assert_eq!(released, [1, 2, 8].map(draw_id));
    assert_eq!(ledger::released_among(tx, &[]).await.expect("a read"), []);
}

async fn lots_are_found_by_id_and_by_range(db: &Db) {
    let (history, _) = given_history(db).await;
    let tx = &mut read(db).await;
    let asked: Vec<_> = (2..=1_500).map(lot_id).collect();
    let stored = accounts::get(tx, account_id(1)).await.expect("a read").expect("it is there");
    let mut found = ledger::lots(tx, &stored, &asked).await.expect("a read");
    found.sort_by_key(|state| state.lot.id);
    let expected: Vec<_> = (2..=9).map(|n| history.view.lot(lot_id(n)).expect("granted").clone()).collect();
    assert_eq!(found, expected);
    assert_eq!(ledger::lots(tx, &stored, &[]).await.expect("a read"), []);

    let expect: [(&str, Option<&str>, &[u128]); 7] = [
        ("2026-04-30", Some("2026-05-01"), &[1, 3, 2]),
        // A lot that ends on the first day lapses within the range.
        ("2026-05-01", Some("2026-05-02"), &[1, 3, 4, 2]),
        ("2026-05-02", Some("2026-05-03"), &[3, 4, 2]),
        ("2026-02-01", Some("2026-03-01"), &[]),
        ("2026-06-02", Some("2027-01-01"), &[2]),
        // A lot that is carried over is valid longer than its own period; one that was taken back is found too.
        ("2027-02-15", Some("2027-03-02"), &[6, 7, 2]),
        ("2028-01-01", None, &[5, 2, 8, 9]),
    ];
    for (from, until, lots) in expect {
        let range = DateRange { from: day(from), until: until.map(day) };
        let found = ledger::lots_within(tx, &stored, range).await.expect("a read");
        let ids: Vec<_> = found.iter().map(|state| state.lot.id).collect();
        assert_eq!(ids, lots.iter().copied().map(lot_id).collect::<Vec<_>>(), "{from} to {until:?}");
    }
}

/// Every day on which something begins, ends or is posted, the day before and the day after.
fn days() -> Vec<chrono::NaiveDate> {
    let named = [
        "2026-02-01",
        "2026-03-01",
        "2026-04-01",
        "2026-04-20",
        "2026-04-30",
        "2026-05-31",
        "2027-02-01",
        "2027-03-01",
        "2199-12-31",
    ];
    named.into_iter().map(day).flat_map(|day| [day.pred_opt(), Some(day), day.succ_opt()]).flatten().collect()
}

async fn entries_of_a_range_come_by_date_and_number(db: &Db) {
    let (_, entries) = given_history(db).await;
    let tx = &mut read(db).await;
    for from in days() {
        for until in days().into_iter().filter(|until| from < *until).map(Some).chain([None]) {
            let range = DateRange { from, until };
            let mut expected: Vec<_> = entries.iter().filter(|entry| range.contains(entry.date)).cloned().collect();
            expected.sort_by_key(|entry| (entry.date, entry.seq));
            let found = ledger::in_range(tx, account_id(1), range).await.expect("a read");
            assert_eq!(found.into_iter().map(|stored| stored.entry).collect::<Vec<_>>(), expected, "{range:?}");
        }
    }
}

/// Red when: the day itself is left out of the sum.
async fn sums_since_a_day_are_those_of_the_entries(db: &Db) {
    let (_, entries) = given_history(db).await;
    let tx = &mut read(db).await;
    for day in days() {
        let since = entries.iter().filter(|entry| entry.date >= day);
        let since: i64 = since.map(|entry| entry.movement.balance().expect("small").units()).sum();
        assert_eq!(ledger::moved_since(tx, account_id(1), day).await.expect("a sum"), amount(since), "{day}");
    }
    assert_eq!(ledger::moved_since(tx, account_id(9), day("1900-01-01")).await.expect("a sum"), Amount::ZERO);
}

/// Red when: lots that are used up or taken back count too; when the day itself does for neither or for both.
async fn only_lots_with_a_rest_can_have_lapsed(db: &Db) {
    let (history, _) = given_history(db).await;
    let tx = &mut read(db).await;
    let stored = accounts::get(tx, account_id(1)).await.expect("a read").expect("it is there");
    for day in days() {
        let left = |state: &LotState| state.left().expect("small");
        let rest = history.view.lots.iter().filter(|state| left(state).is_positive());
        let (ended, later): (Vec<_>, Vec<_>) =
            rest.cloned().partition(|state| state.lot.valid.until.is_some_and(|until| until <= day));
        let mut found = ledger::lots_with_rest_after(tx, &stored, day).await.expect("a read");
        found.sort_by_key(|state| state.lot.order());
        assert_eq!(found, later, "{day}");
        let lost = ledger::left_of_ended(tx, account_id(1), day).await.expect("a sum");
        assert_eq!(lost.units(), ended.iter().map(|state| left(state).units()).sum::<i64>(), "{day}");
        let lapsed = ended.iter().map(|state| state.lapsed(day).expect("small").units()).sum::<i64>();
        assert_eq!(lost.units(), lapsed, "what is left of a lot that has ended has lapsed: {day}");
    }
    assert_eq!(ledger::left_of_ended(tx, account_id(9), day("2199-12-31")).await.expect("a sum"), Amount::ZERO);
}

async fn a_draw_keeps_the_figures_that_were_shown(db: &Db) {
    let mut history = Ledger::new(given_account(db, Overbooking::No).await);
    let mut tx = begin(db).await;
    post(&mut tx, &mut history, Grant(1, 100, "2026-04-01", None)).await;
    let before = history.view.clone();
    let movement = Movement::Draw {
        draw: draw_id(1),
        parts: vec![domain::quota::Part { lot: lot_id(1), amount: amount(40) }],
        deficit: amount(0),
        origin: DrawOrigin::Refund,
    };
    let entry = Entry { seq: before.next_seq, date: day("2026-04-02"), movement };
    history.post(&entry).expect("it can be posted");
    let note = ledger::Note { wanted: Some((amount(40), amount(100), amount(60))), ..note("Wartung 🛠") };
    ledger::post(&mut tx, &before, &history.view, &[entry], &note).await.expect("the store takes it");
    commit(tx).await;
    let stored = ledger::draw_entry(&mut read(db).await, draw_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(stored.note, note);
}

/// The second defence behind the lock: a decision on facts that have moved since is not stored.
async fn facts_that_have_moved_are_refused_as_a_whole(db: &Db) {
    let mut history = Ledger::new(given_account(db, Overbooking::No).await);
    let mut tx = begin(db).await;
    post(&mut tx, &mut history, Grant(1, 100, "2026-04-01", None)).await;
    commit(tx).await;
    let mut old = history.clone();
    old.view.next_seq = Seq(3);
    let before = old.view.clone();
    let (account, expected) = (account_id(1), history.view.lots.clone());
    let stale = db.write(move |tx| {
        let before = before.clone();
        Box::pin(async move {
            let movement = Movement::Draw {
                draw: draw_id(1),
                parts: vec![domain::quota::Part { lot: lot_id(1), amount: amount(40) }],
                deficit: amount(0),
                origin: DrawOrigin::Refund,
            };
            let entry = Entry { seq: before.next_seq, date: day("2026-04-02"), movement };
            let mut after = before.clone();
            after.post(&entry).expect("it can be posted to those facts");
            ledger::post(tx, &before, &after, &[entry], &note("stale")).await
        })
    });
    let stale = stale.await;
    assert!(matches!(stale, Err(StoreError::GivenUp(_))), "{stale:?}");
    let tx = &mut read(db).await;
    assert_eq!(ledger::all(tx, account).await.expect("a read").len(), 1);
    assert_eq!(lots_of(tx).await, expected);
    assert_eq!(ledger::draw(tx, draw_id(1)).await.expect("a read"), None);
}

async fn more_entries_than_fit_into_one_statement_are_posted_at_once(db: &Db) {
    let mut history = Ledger::new(given_account(db, Overbooking::Yes { limit: None }).await);
    let mut tx = begin(db).await;
    for number in 1..=600 {
        post(&mut tx, &mut history, Draw(number, 1, "2026-04-01")).await;
    }
    let entries = post(&mut tx, &mut history, Grant(1, 1_000, "2026-04-01", None)).await;
    assert_eq!(entries.len(), 601);
    commit(tx).await;
    let tx = &mut read(db).await;
    let grant = ledger::grant_entry(tx, lot_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(ledger::covers_of(tx, &grant, lot_id(1)).await.expect("a read").len(), 600);
    assert_eq!(ledger::all(tx, account_id(1)).await.expect("a read").len(), 1_201);
    assert_eq!(lots_of(tx).await, history.view.lots);
}

on_both!(
    entries_are_read_back_as_they_were_posted,
    the_state_beside_the_ledger_is_what_folding_gives,
    entries_are_found_by_what_they_posted,
    covers_are_those_right_behind_their_grant,
    released_draws_are_told_apart,
    lots_are_found_by_id_and_by_range,
    entries_of_a_range_come_by_date_and_number,
    sums_since_a_day_are_those_of_the_entries,
    only_lots_with_a_rest_can_have_lapsed,
    a_draw_keeps_the_figures_that_were_shown,
    facts_that_have_moved_are_refused_as_a_whole,
    more_entries_than_fit_into_one_statement_are_posted_at_once,
);
