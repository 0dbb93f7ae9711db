//! Saving delivery notes and invoices: what their lines draw, and what changes when they are saved again.

use domain::{
    Currency, DocumentId, LineId, Money,
    clearing::{Reason, Shown},
    documents::{DocumentState, LineUnit},
    groups::Switch,
    quota::{Amount, CarryOver, Overbooking, Unit},
};
use usecases::testing::{HOUR, World, day, hours, support};
use wire::documents::DocumentDraft;

use crate::{
    desk::{
        april, available, drawn_by, h, held, ids, lines, note, now, outcomes, pieces, posted, preview, switch_support,
        unbilled, with_quota,
    },
    office::{change, document, given, plain},
    support::{assert_sound, books},
};

/// Example 1 of section 4. Red when: a line draws before the ones above it, or an item takes what was wanted.
async fn lines_draw_from_top_to_bottom_as_holds(world: World) {
    let quota = april(&world).await;
    let (draft, saved) = note(&world, &quota, &["1.50", "2.00", "1.00", "0.50"]).await;
    let half = HOUR / 2;
    let expected =
        [("full", h(1) + half, -15_000), ("full", h(2), -20_000), ("partial", half, -5_000), ("exhausted", 0, 0)];
    assert_eq!(outcomes(&saved), expected);
    assert_eq!(
        posted(&world, quota.account).await,
        [("grant", h(4)), ("draw", -h(1) - half), ("draw", -h(2)), ("draw", -half)]
    );
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (h(4), 0));

    // 5 h of 100.00, less 4 h: 100.00 net and 19.00 VAT are left.
    let page = document(&world, draft.id).await;
    assert_eq!((page.row.state, page.version, page.row.number.as_deref()), (DocumentState::Draft, 1, None));
    let totals = (page.totals.net, page.totals.vat, page.totals.gross);
    assert_eq!((totals, page.row.gross.minor), ((10_000, 1_900, 11_900), 11_900));
    let kept: Vec<_> = page.lines.iter().map(|line| line.cleared.clone().expect("it clears").clearing).collect();
    assert_eq!(kept, saved.reconciled.lines);
    assert_eq!(saved.page, page);
    assert_sound(&world).await;
}

/// Examples 4 and 2 of section 4. Red when: a document competes with itself; when nothing changed and something is
/// stored all the same.
async fn saving_twice_saves_once(world: World) {
    let quota = april(&world).await;
    let (draft, first) = note(&world, &quota, &["1.50", "2.00", "1.00", "0.50"]).await;
    let before = books(&world).await;
    // The same request again, and the same content from an editor that was loaded after it.
    for version in [0, 1, 7] {
        let again = DocumentDraft { version, ..draft.clone() };
        let saved = world.saves(&again).await;
        assert_eq!((&saved.page, &saved.reconciled.lines), (&first.page, &first.reconciled.lines), "{version}");
        assert_eq!(books(&world).await, before, "{version}");
    }
    let mut free = draft.clone();
    free.lines[1].line.price = "0".parse().expect("a price");
    let saved = world.saves(&free).await;
    let half = HOUR / 2;
    let expected =
        [("full", h(1) + half, -15_000), ("price_not_positive", 0, 0), ("full", h(1), -10_000), ("full", half, -5_000)];
    assert_eq!((outcomes(&saved), saved.page.version), (expected.to_vec(), 2));
    assert_eq!(available(&world, quota.account, "2026-04-10").await, h(1));
    assert_sound(&world).await;
}

/// Each change releases and draws again what the document has of the account, and nothing else. Red when: a moved line
/// keeps its draw, or a line that is gone.
async fn changed_lines_are_released_and_drawn_again(world: World) {
    let quota = april(&world).await;
    let (mut draft, first) = note(&world, &quota, &["3", "2"]).await;
    assert_eq!(outcomes(&first), [("full", h(3), -30_000), ("partial", h(1), -10_000)]);
    let mut entries = vec![("grant", h(4)), ("draw", -h(3)), ("draw", -h(1))];
    assert_eq!(posted(&world, quota.account).await, entries);

    // Moved: the other one gets what it wants.
    draft.lines.swap(0, 1);
    let saved = world.saves(&draft).await;
    assert_eq!(outcomes(&saved), [("full", h(2), -20_000), ("partial", h(2), -20_000)]);
    entries.extend([("release", h(3)), ("release", h(1)), ("draw", -h(2)), ("draw", -h(2))]);
    assert_eq!(posted(&world, quota.account).await, entries);
    assert_eq!(
        saved.page.lines.iter().filter_map(|line| Some(line.cleared.as_ref()?.id)).collect::<Vec<_>>(),
        draft.lines.iter().map(|line| line.id).collect::<Vec<_>>()
    );

    // Switched off: the line below gets it.
    draft = now(&draft, &saved.page);
    draft.lines[0].clears = false;
    let saved = world.saves(&draft).await;
    assert_eq!(outcomes(&saved), [("switched_off", 0, 0), ("full", h(3), -30_000)]);
    entries.extend([("release", h(2)), ("release", h(2)), ("draw", -h(3))]);
    assert_eq!(posted(&world, quota.account).await, entries);

    // Taken out, and a new one below.
    draft = now(&draft, &saved.page);
    draft.lines.remove(1);
    draft.lines[0].clears = true;
    draft.lines.extend(world.note_draft(quota.of(), "2026-04-10", &lines(&["0.25"])).lines);
    let saved = world.saves(&draft).await;
    assert_eq!(outcomes(&saved), [("full", h(2), -20_000), ("full", HOUR / 4, -2_500)]);
    entries.extend([("release", h(3)), ("draw", -h(2)), ("draw", -HOUR / 4)]);
    assert_eq!(posted(&world, quota.account).await, entries);

    // No line at all.
    draft = now(&draft, &saved.page);
    draft.lines.clear();
    let saved = world.saves(&draft).await;
    assert_eq!((outcomes(&saved), saved.page.version, saved.page.totals.gross), (vec![], 5, 0));
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (0, h(4)));
    assert_sound(&world).await;
}

/// What the passbook says of a draw is what the line says. Red when: a draw is kept because it takes the same from the
/// lots.
async fn a_draw_says_what_its_line_says(world: World) {
    let quota = april(&world).await;
    let (mut draft, first) = note(&world, &quota, &["6"]).await;
    assert_eq!(outcomes(&first), [("partial", h(4), -40_000)]);
    let mut drawn = ids(&drawn_by(&world, draft.id).await);
    for change in ["7", "7 again"] {
        let line = &mut draft.lines[0].line;
        line.text = format!("Work, {change}");
        line.quantity = "7".parse().expect("a quantity");
        let saved = world.saves(&draft).await;
        draft = now(&draft, &saved.page);
        assert_eq!(outcomes(&saved), [("partial", h(4), -40_000)], "{change}");
        let other = ids(&drawn_by(&world, draft.id).await);
        assert!(other != drawn, "{change}: another draw");
        drawn = other;
        let mut tx = world.db.read().await.expect("a read begins");
        let entry = store::ledger::draw_entry(&mut tx, drawn[0]).await.expect("a read").expect("the draw");
        let wanted = entry.note.wanted.map(|(wanted, ..)| wanted.units());
        assert_eq!((entry.note.text, wanted), (format!("Work, {change}"), Some(h(7))));
    }
    // Another price draws the same time: nothing is posted.
    let before = posted(&world, quota.account).await;
    draft.lines[0].line.price = "50".parse().expect("a price");
    let saved = world.saves(&draft).await;
    assert_eq!((outcomes(&saved), saved.page.version), (vec![("partial", h(4), -20_000)], 4));
    assert_eq!((posted(&world, quota.account).await, ids(&drawn_by(&world, draft.id).await)), (before, drawn));
    assert_sound(&world).await;
}

/// Example 3 of section 4, and what is held of one period goes back when the date moves to another. Red when: the lots
/// of the old date are not loaded.
async fn another_date_draws_from_another_period(world: World) {
    let quota = april(&world).await;
    let (mut draft, _) = note(&world, &quota, &["3", "2"]).await;
    draft.date = day("2026-05-10");
    let saved = world.saves(&draft).await;
    assert_eq!(outcomes(&saved), [("period_not_billed", 0, 0), ("period_not_billed", 0, 0)]);
    assert_eq!(available(&world, quota.account, "2026-04-10").await, h(4));

    world.bills(&world.when("2026-05-02T10:00:00Z"), "2026-05-02").await;
    let draft = now(&draft, &saved.page);
    let saved = world.saves(&draft).await;
    assert_eq!(outcomes(&saved), [("full", h(3), -30_000), ("partial", h(1), -10_000)]);
    assert_eq!(available(&world, quota.account, "2026-05-10").await, 0);
    let back = DocumentDraft { date: day("2026-04-30"), ..now(&draft, &saved.page) };
    let saved = world.saves(&back).await;
    assert_eq!(outcomes(&saved), [("full", h(3), -30_000), ("partial", h(1), -10_000)]);
    let days = [("2026-04-30", 0), ("2026-05-10", h(4))];
    for (date, left) in days {
        assert_eq!(available(&world, quota.account, date).await, left, "{date}");
    }
    assert!(drawn_by(&world, draft.id).await.iter().all(|draw| draw.date == day("2026-04-30")));
    assert_sound(&world).await;
}

/// Negative and free lines, the smallest quantity, minutes, and a line in pieces.
async fn what_is_no_time_or_worth_nothing_draws_nothing(world: World) {
    let quota = april(&world).await;
    let mut minutes = hours("40", "60");
    minutes.unit = LineUnit::Minute;
    let mut free = hours("1", "100");
    free.discount = "100".parse().expect("a discount");
    let mut reduced = hours("1", "100");
    reduced.vat = "7".parse().expect("a rate");
    let all = [hours("-1", "100"), hours("1", "-5"), free, hours("0.01", "100"), minutes, pieces("1", "100"), reduced];
    let draft = world.note_draft(quota.of(), "2026-04-10", &all);
    let saved = world.saves(&draft).await;
    let expected = [
        ("quantity_not_positive", 0, 0),
        ("price_not_positive", 0, 0),
        ("price_not_positive", 0, 0),
        ("full", 36, -100),
        ("full", 2_400, -240_000),
        ("unit_mismatch", 0, 0),
        ("vat_rate_mismatch", 0, 0),
    ];
    assert_eq!(outcomes(&saved), expected);
    assert_eq!(available(&world, quota.account, "2026-04-10").await, h(4) - 2_436);
    assert_sound(&world).await;
}

/// Example 6 of section 4: 40 min left. Red when: the item is rounded apart from its line.
async fn forty_minutes_of_an_hour_are_cleared(world: World) {
    let quota = april(&world).await;
    world.drawn(quota.account, h(3) + 1_200, "2026-04-05").await;
    let (_, saved) = note(&world, &quota, &["1.00"]).await;
    assert_eq!(outcomes(&saved), [("partial", 2_400, -6_667)]);
    assert_eq!((saved.page.totals.net, saved.page.totals.vat, saved.page.totals.gross), (3_333, 633, 3_966));
    assert_sound(&world).await;
}

/// A quota of money takes what the line comes to, in its own currency. Overbooking draws in full.
async fn quotas_of_money_and_overbooked_ones(world: World) {
    let money = unbilled(&world, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        (quota.unit, quota.amount) = (Unit::Money(Currency::EUR), Amount::new(25_000));
    })
    .await;
    let over = with_quota(&world, money.customer, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        quota.overbooking = Overbooking::Yes { limit: Some(Amount::new(h(1))) };
    })
    .await;
    world.bills(&world.env, "2026-04-15").await;
    let mut draft = world.note_draft(money.of(), "2026-04-10", &[pieces("1", "200"), hours("1.5", "100")]);
    draft.lines.extend(world.note_draft(over.of(), "2026-04-10", &lines(&["3.5", "1", "2"])).lines);
    let saved = world.saves(&draft).await;
    let half = HOUR / 2;
    let expected = [
        ("full", 20_000, -20_000),
        ("partial", 5_000, -5_000),
        ("full", h(3) + half, -35_000),
        ("overbooked", h(1), -10_000),
        ("partial", half, -5_000),
    ];
    assert_eq!(outcomes(&saved), expected);
    let left: Vec<_> = saved.reconciled.left.iter().map(|left| (left.contract, left.deficit.units())).collect();
    assert!(left.contains(&(over.contract, h(1))), "{left:?}");

    // In another currency the money does not fit; time does.
    let francs = DocumentDraft {
        id: DocumentId::new(world.id()),
        currency: Currency::CHF,
        lines: world.note_draft(money.of(), "2026-04-10", &[pieces("1", "200")]).lines,
        ..draft.clone()
    };
    let saved = world.saves(&francs).await;
    assert_eq!(outcomes(&saved), [("unit_mismatch", 0, 0)]);
    assert_eq!(saved.page.row.net, Money { minor: 20_000, currency: Currency::CHF });
    assert_sound(&world).await;
}

/// Two contracts of one document, each with its account; a line without and one with a contract that has no quota.
async fn each_line_draws_its_own_contract(world: World) {
    let one = unbilled(&world, |_| {}).await;
    let other = with_quota(&world, one.customer, |_| {}).await;
    let plain = given(&world, one.customer, "2026-04-01", plain).await.contract.id;
    world.bills(&world.env, "2026-04-15").await;
    let mut draft = world.note_draft(one.of(), "2026-04-10", &lines(&["3", "3", "3", "3", "1"]));
    for (place, contract) in [(1, Some(other.contract)), (2, None), (3, Some(plain)), (4, Some(other.contract))] {
        draft.lines[place].contract = contract;
    }
    let saved = world.saves(&draft).await;
    let expected = [
        ("full", h(3), -30_000),
        ("full", h(3), -30_000),
        ("no_contract", 0, 0),
        ("not_a_quota_contract", 0, 0),
        ("full", h(1), -10_000),
    ];
    assert_eq!(outcomes(&saved), expected);
    assert_eq!(posted(&world, one.account).await.len(), 2);
    let before = posted(&world, other.account).await;
    // Only the first account is touched when only its line changes.
    let mut draft = now(&draft, &saved.page);
    draft.lines[0].line.quantity = "2".parse().expect("a quantity");
    world.saves(&draft).await;
    assert_eq!(
        posted(&world, one.account).await,
        [("grant", h(4)), ("draw", -h(3)), ("release", h(3)), ("draw", -h(2))]
    );
    assert_eq!(posted(&world, other.account).await, before);
    assert_sound(&world).await;
}

fn seen(line: LineId, outcome: &str, cleared: i64, item: i64) -> Shown {
    Shown { line, outcome: outcome.to_owned(), cleared: Amount::new(cleared), item }
}

/// What changes between preview and save is told, line by line. Red when: the facts of the preview are believed.
async fn what_changed_since_the_preview_is_told_by_line(world: World) {
    let quota = april(&world).await;
    let mut draft = world.note_draft(quota.of(), "2026-04-10", &lines(&["1", "2", "0.5"]));
    draft.lines[1].contract = None;
    let shown = preview(&world, &mut draft).await;
    assert_eq!(shown.lines.iter().map(|line| line.outcome.name()).collect::<Vec<_>>(), ["full", "no_contract", "full"]);

    // Somebody else draws most of it meanwhile.
    world.drawn(quota.account, h(3), "2026-04-09").await;
    let saved = world.saves(&draft).await;
    let told: Vec<_> = saved.differences.iter().map(|difference| (&difference.seen, &difference.decided)).collect();
    let (last, half) = (draft.lines[2].id, HOUR / 2);
    assert_eq!(told, [(&seen(last, "full", half, -5_000), &seen(last, "exhausted", 0, 0))]);

    // Nothing has changed since: nothing differs. Then the contract ends before the date.
    let mut draft = now(&draft, &saved.page);
    preview(&world, &mut draft).await;
    assert_eq!(world.saves(&draft).await.differences, []);
    change(&world, quota.contract, |contract| contract.agreed_end = Some(day("2026-04-08"))).await;
    let saved = world.saves(&draft).await;
    let (first, told) = (draft.lines[0].id, &saved.differences);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0].decided, seen(first, "contract_not_active", 0, 0));
    assert_eq!(told[1].decided, seen(last, "contract_not_active", 0, 0));
    let reason = saved.reconciled.lines[0].outcome.reason();
    assert_eq!(reason, Some(&Reason::ContractNotActive { start: day("2026-04-01"), end: Some(day("2026-04-08")) }));
    assert_eq!(held(&world, quota.account).await, 0);
    assert_sound(&world).await;
}

/// The group of a line may be switched off between preview and save, for the contract or for everybody.
async fn a_group_switched_off_meanwhile_is_told(world: World) {
    let quota = april(&world).await;
    let mut draft = world.note_draft(quota.of(), "2026-04-10", &lines(&["1", "1"]));
    draft.lines[1].line.group = None;
    draft.seen = draft.lines.iter().map(|line| seen(line.id, "full", h(1), -10_000)).collect();
    let saved = world.saves(&draft).await;
    let told: Vec<_> = saved.differences.iter().map(|one| (one.decided.line, one.decided.outcome.as_str())).collect();
    // Without a group nothing decides: off.
    assert_eq!(told, [(draft.lines[1].id, "group_not_eligible")]);
    switch_support(&world, Switch::Off).await;
    let saved = world.saves(&now(&draft, &saved.page)).await;
    let told: Vec<_> = saved.differences.iter().map(|one| one.decided.outcome.as_str()).collect();
    assert_eq!(told, ["group_not_eligible", "group_not_eligible"]);
    assert_eq!(held(&world, quota.account).await, 0);
    let on = change(&world, quota.contract, |contract| {
        contract.terms.groups.groups.insert(support(), Switch::On);
    });
    on.await;
    let saved = world.saves(&now(&draft, &saved.page)).await;
    assert_eq!(outcomes(&saved), [("full", h(1), -10_000), ("group_not_eligible", 0, 0)]);
    assert_sound(&world).await;
}

/// What is carried over is drawn before it ends. Red when: only lots of the document's own period are loaded.
async fn lots_that_are_carried_over_are_drawn_first(world: World) {
    let quota = unbilled(&world, |contract| {
        let terms = contract.terms.quota.as_mut().expect("a quota");
        terms.carry = CarryOver::On { periods: Some(1), cap: None };
    })
    .await;
    world.bills(&world.when("2026-05-02T10:00:00Z"), "2026-05-02").await;
    let draft = world.note_draft(quota.of(), "2026-05-10", &lines(&["5", "4"]));
    let saved = world.saves(&draft).await;
    assert_eq!(outcomes(&saved), [("full", h(5), -50_000), ("partial", h(3), -30_000)]);
    let parts: Vec<Vec<i64>> = drawn_by(&world, draft.id)
        .await
        .iter()
        .map(|draw| draw.parts.iter().map(|part| part.amount.units()).collect())
        .collect();
    assert_eq!(parts, [vec![h(4), h(1)], vec![h(3)]]);
    assert_sound(&world).await;
}

on_both!(
    lines_draw_from_top_to_bottom_as_holds,
    saving_twice_saves_once,
    changed_lines_are_released_and_drawn_again,
    a_draw_says_what_its_line_says,
    another_date_draws_from_another_period,
    what_is_no_time_or_worth_nothing_draws_nothing,
    forty_minutes_of_an_hour_are_cleared,
    quotas_of_money_and_overbooked_ones,
    each_line_draws_its_own_contract,
    what_changed_since_the_preview_is_told_by_line,
    a_group_switched_off_meanwhile_is_told,
    lots_that_are_carried_over_are_drawn_first,
);
