//! Which periods are billed, with what on the invoice and which lots: intervals, arrears, last periods, deficits.

use domain::{
    Currency, Role,
    contracts::{BillingTime, Delivery, Proration},
    quota::{Amount, DeficitPolicy, Overbooking, Unit},
};
use usecases::{
    accounts,
    testing::{HOUR, World, as_role, day},
};
use wire::billing::Selection;

use crate::{
    office::{
        account, admin, all_documents, all_items, business, claims, consolidated, costs, document, given, page, plain,
        range,
    },
    support::assert_sound,
};

/// Red when: lots are granted per billing period and not per quota period.
async fn billed_yearly_with_a_monthly_quota_is_one_invoice_and_twelve_lots(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-04-01", |contract| {
        contract.terms.billing.interval = 12;
        contract.terms.quota.as_mut().expect("a quota").interval = Some(1);
    });
    let id = contract.await.contract.id;
    let run = world.bills(&world.env, "2026-04-15").await;
    assert_eq!((run.row.totals.billed, run.row.totals.invoices), (1, 1));
    let claims = claims(&world.env, id).await;
    let lots: Vec<_> = claims[0].lots.iter().map(|lot| (lot.period, lot.amount)).collect();
    let first_days = (0..=12).map(|months| day("2026-04-01") + chrono::Months::new(months)).collect::<Vec<_>>();
    let expected: Vec<_> = first_days
        .windows(2)
        .map(|days| (domain::DateRange { from: days[0], until: Some(days[1]) }, Amount::new(4 * HOUR)))
        .collect();
    assert_eq!((claims.len(), lots), (1, expected));
    for lot in &claims[0].lots {
        let state = lot.state.as_ref().expect("the lot");
        assert_eq!((state.lot.valid, state.lot.amount), (lot.period, lot.amount));
    }
    let invoice = document(&world.env, claims[0].document.expect("an invoice")).await;
    assert_eq!((invoice.lines.len(), invoice.totals.net), (1, 39_999));
    assert_eq!(invoice.lines[0].service, Some(range("2026-04-01", "2027-04-01")));
    // The next year comes a year later.
    assert_eq!(world.bills(&world.env, "2027-03-31").await.items, []);
    assert_eq!(world.bills(&world.env, "2027-04-01").await.row.totals.billed, 1);
    assert_sound(&world).await;
}

/// Red when: every billing grants.
async fn billed_monthly_with_a_quarterly_quota_every_third_billing_grants(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-01-31", |contract| {
        contract.terms.quota.as_mut().expect("a quota").interval = Some(3);
    });
    let id = contract.await.contract.id;
    let run = world.bills(&world.env, "2026-07-31").await;
    assert_eq!((run.row.totals.billed, run.row.totals.invoices), (7, 7));
    let claims = claims(&world.env, id).await;
    let lots: Vec<Vec<_>> = claims.iter().map(|claim| claim.lots.iter().map(|lot| lot.period).collect()).collect();
    let none = Vec::new;
    let (first, second) = (range("2026-01-31", "2026-04-30"), range("2026-04-30", "2026-07-31"));
    let third = range("2026-07-31", "2026-10-31");
    assert_eq!(lots, [vec![first], none(), none(), vec![second], none(), none(), vec![third]]);
    // Short months do not stay short.
    let months: Vec<_> = claims.iter().map(|claim| claim.period.from.to_string()).collect();
    let expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"];
    assert_eq!(months, expected);
    assert_sound(&world).await;
}

/// Red when: arrears are due when the period begins.
async fn in_arrears_a_period_is_billed_when_it_is_over_and_the_last_one_by_days(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-04-01", |contract| {
        plain(contract);
        contract.terms.billing.time = BillingTime::Arrears;
        contract.terms.billing.proration = Proration::Daily;
        contract.agreed_end = Some(day("2026-05-16"));
    });
    let id = contract.await.contract.id;
    assert_eq!(world.bills(&world.env, "2026-04-30").await.items, []);
    let april = world.bills(&world.env, "2026-05-01").await;
    assert_eq!(april.items.iter().map(|item| (item.period, item.net.minor)).collect::<Vec<_>>(), [(0, 39_999)]);
    assert_eq!(world.bills(&world.env, "2026-05-15").await.items, []);
    let may = world.bills(&world.env, "2026-05-16").await;
    // 15 of 31 days: 193.54(35), rounded once.
    assert_eq!(may.items.iter().map(|item| (item.period, item.net.minor)).collect::<Vec<_>>(), [(1, 19_354)]);
    assert_eq!(may.items[0].service, Some(range("2026-05-01", "2026-05-16")));
    let claims = claims(&world.env, id).await;
    assert_eq!(
        (claims[1].period, claims[1].service),
        (range("2026-05-01", "2026-06-01"), range("2026-05-01", "2026-05-16"))
    );
    assert_eq!(page(&world.env, id).await.account_id, None);
    assert_eq!(world.bills(&world.env, "2027-01-01").await.items, [], "it has ended");
    assert_sound(&world).await;
}

/// Red when: the quota is prorated, or a quota period that starts on the end is granted.
async fn in_advance_the_last_period_is_cut_by_days_and_its_quota_is_whole(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-04-01", |contract| {
        contract.terms.billing.interval = 3;
        contract.terms.billing.proration = Proration::Daily;
        contract.terms.quota.as_mut().expect("a quota").interval = Some(1);
        contract.agreed_end = Some(day("2026-06-01"));
    });
    let id = contract.await.contract.id;
    world.bills(&world.env, "2026-04-15").await;
    let claims = claims(&world.env, id).await;
    let lots: Vec<_> = claims[0].lots.iter().map(|lot| (lot.period.from, lot.amount.units())).collect();
    assert_eq!(lots, [(day("2026-04-01"), 4 * HOUR), (day("2026-05-01"), 4 * HOUR)]);
    // 61 of 91 days of 399.99 are 268.1251.
    assert_eq!(claims[0].net.minor, 26_813);
    assert_sound(&world).await;
}

/// Red when: VAT is rounded per line or per contract, or contracts of another currency or delivery share an invoice.
async fn consolidated_is_one_invoice_per_customer_currency_and_delivery(world: World) {
    let (alpha, beta) = (world.customer("Alpha GmbH").await, world.customer("Beta").await);
    let shared = |price: &'static str, days: u32| {
        move |contract: &mut domain::contracts::Contract| {
            consolidated(contract);
            plain(contract);
            costs(contract, price);
            contract.terms.billing.payment_days = days;
        }
    };
    let first = given(&world, alpha, "2026-04-01", shared("33.33", 30)).await.contract.id;
    let second = given(&world, alpha, "2026-03-15", shared("33.33", 10)).await.contract.id;
    given(&world, alpha, "2026-04-01", |contract| {
        shared("10", 14)(contract);
        contract.terms.currency = Currency::USD;
    })
    .await;
    given(&world, alpha, "2026-04-01", |contract| {
        shared("20", 14)(contract);
        contract.terms.billing.delivery = Delivery::Print;
    })
    .await;
    given(&world, alpha, "2026-04-01", plain).await;
    given(&world, beta, "2026-04-01", shared("5", 14)).await;

    let run = world.bills(&world.env, "2026-04-15").await;
    // Two periods of the one that began in March.
    assert_eq!((run.row.totals.billed, run.row.totals.invoices, run.row.contracts, run.row.done), (7, 5, 6, 6));
    let sums: Vec<_> = run.row.totals.sums.iter().map(|sum| (sum.currency.code(), sum.net, sum.gross)).collect();
    assert_eq!(sums, [("EUR", 9_999 + 2_000 + 39_999 + 500, 11_899 + 2_380 + 47_599 + 595), ("USD", 1_000, 1_190)]);
    let invoice = claims(&world.env, first).await[0].document.expect("an invoice");
    assert!(claims(&world.env, second).await.iter().all(|claim| claim.document == Some(invoice)));
    let invoice = document(&world.env, invoice).await;
    // 99.99 at 19 per cent are 18.9981; three times 6.33 would be 18.99.
    assert_eq!((invoice.totals.net, invoice.totals.vat), (9_999, 1_900));
    assert_eq!((invoice.row.date, invoice.row.due_on), (day("2026-04-15"), day("2026-04-25")));
    let lines: Vec<_> =
        invoice.lines.iter().map(|line| (line.contract.as_ref().map(|(id, _)| *id), line.service)).collect();
    let march = (Some(second), Some(range("2026-03-15", "2026-04-15")));
    let expected = [
        march,
        (Some(second), Some(range("2026-04-15", "2026-05-15"))),
        (Some(first), Some(range("2026-04-01", "2026-05-01"))),
    ];
    assert_eq!(lines, expected);
    let rows = all_documents(&world.env).await;
    let mut told: Vec<_> =
        rows.iter().map(|row| (row.customer.name.as_str(), row.net.currency.code(), row.net.minor)).collect();
    told.sort_unstable();
    let expected = [
        ("Alpha GmbH", "EUR", 2_000),
        ("Alpha GmbH", "EUR", 9_999),
        ("Alpha GmbH", "EUR", 39_999),
        ("Alpha GmbH", "USD", 1_000),
        ("Beta", "EUR", 500),
    ];
    assert_eq!(told, expected);
    // One invoice for all of May too, in another run.
    let may = world.bills(&world.env, "2026-05-15").await;
    assert_eq!((may.row.totals.billed, may.row.totals.invoices), (6, 5));
    assert_sound(&world).await;
}

/// Example 6 of the kernel. Red when: billing grants without looking at open deficits.
async fn what_was_overdrawn_before_the_billing_is_covered_by_its_grant(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-05-01", |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        quota.overbooking = Overbooking::Yes { limit: None };
    });
    let contract = contract.await;
    let of = account(&contract);
    let drawn = world.drawn(of, HOUR, "2026-05-03").await;
    assert_eq!((drawn.drawn.units(), drawn.deficit.units()), (0, HOUR));
    let plan = crate::office::planned(&world.env, "2026-05-01", Selection::All).await.expect("a plan");
    assert_eq!(plan.totals.billed, 1);
    world.bills(&world.env, "2026-05-01").await;
    let standing = accounts::get(&world, &as_role(Role::Admin), of).await.expect("the account").standing;
    assert_eq!(standing.deficit, Amount::ZERO);
    let claims = claims(&world.env, contract.contract.id).await;
    let state = claims[0].lots[0].state.as_ref().expect("the lot");
    assert_eq!((state.drawn.units(), state.left().expect("a rest").units()), (HOUR, 3 * HOUR));
    assert_sound(&world).await;
}

/// Red when: with `balance` earlier deficits are covered too, or with `next_grant` they are not.
async fn deficits_of_earlier_periods_follow_the_policy_of_the_contract(world: World) {
    for (deficits, covered) in [(DeficitPolicy::Balance, 0), (DeficitPolicy::NextGrant, HOUR)] {
        let customer = world.customer("Alpha GmbH").await;
        let contract = given(&world, customer, "2026-05-01", |contract| {
            let quota = contract.terms.quota.as_mut().expect("a quota");
            (quota.overbooking, quota.deficits) = (Overbooking::Yes { limit: None }, deficits);
        });
        let contract = contract.await;
        world.drawn(account(&contract), HOUR, "2026-04-20").await;
        world.bills(&world.env, "2026-05-01").await;
        let claims = claims(&world.env, contract.contract.id).await;
        assert_eq!(claims[0].lots[0].state.as_ref().expect("the lot").drawn.units(), covered, "{deficits:?}");
    }
    assert_sound(&world).await;
}

/// A quota of money is one of its contract's currency, net.
async fn a_money_quota_is_granted_in_its_currency(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-04-01", |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        (quota.unit, quota.amount) = (Unit::Money(Currency::EUR), Amount::new(40_000));
    });
    let contract = contract.await;
    let run = world.bills(&world.env, "2026-04-15").await;
    let items = all_items(&world.env, run.row.id).await;
    assert_eq!(items[0].grants, [(range("2026-04-01", "2026-05-01"), Amount::new(40_000), Unit::Money(Currency::EUR))]);
    let row = accounts::get(&world, &admin(), account(&contract)).await.expect("the account");
    assert_eq!((row.unit, row.standing.left.units()), (Unit::Money(Currency::EUR), 40_000));
    assert_sound(&world).await;
}

/// Red when: a run bills what was billed, or takes numbers for nothing.
async fn a_run_twice_on_the_same_day_changes_nothing(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    for twist in [plain as fn(&mut domain::contracts::Contract), consolidated, consolidated] {
        given(&world, customer, "2026-03-01", twist).await;
    }
    let first = world.bills(&world.env, "2026-04-15").await;
    assert_eq!((first.row.totals.billed, first.row.totals.invoices), (6, 3));
    let before = business(&world).await;
    for _ in 0..2 {
        let again = world.bills(&world.env, "2026-04-15").await;
        assert_eq!((again.items.len(), again.row.contracts, again.row.totals.billed), (0, 0, 0));
        assert_eq!(business(&world).await, before);
    }
}

on_both!(
    billed_yearly_with_a_monthly_quota_is_one_invoice_and_twelve_lots,
    billed_monthly_with_a_quarterly_quota_every_third_billing_grants,
    in_arrears_a_period_is_billed_when_it_is_over_and_the_last_one_by_days,
    in_advance_the_last_period_is_cut_by_days_and_its_quota_is_whole,
    consolidated_is_one_invoice_per_customer_currency_and_delivery,
    what_was_overdrawn_before_the_billing_is_covered_by_its_grant,
    deficits_of_earlier_periods_follow_the_policy_of_the_contract,
    a_money_quota_is_granted_in_its_currency,
    a_run_twice_on_the_same_day_changes_nothing,
);
