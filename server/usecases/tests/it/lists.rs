//! Lists over the whole company: what they show, to whom, at which cost, and that an export is all pages.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{
    Role,
    contracts::InvoiceKind,
    quota::{CarryOver, GrantRequest, LapseCause, Unit},
};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use usecases::{
    Refused, accounts, billing, bookings, contracts, customers, documents,
    lists::{self, Listed, Reading},
    projects, receipts,
    testing::{HOUR, OVERDRAWN, PREPAID, World, as_customer, as_role, day, problem},
};
use wire::{
    Problem,
    accounts::{AccountQuery, GrantDraft},
    billing::{RunQuery, RunSort},
    bookings::BookingQuery,
    contracts::{ContractQuery, ContractSort},
    customers::CustomerQuery,
    documents::{DocumentQuery, DocumentSort},
    lists::{
        DeficitQuery, LapseQuery, LapseSort, ListQuery, OpenItemQuery, ToDoKind, ToDoQuery, ToDoRow, ToDoSort,
        ToDoTime, UnitKind, UnitSum,
    },
    projects::ProjectQuery,
};

use crate::{
    fees::{monthly, with_fee},
    office::{admin, bills_drafts, given, plain},
    workshop::{maintenance, shop},
};

/// Every row of an export.
async fn exported<L: Listed>(world: &World, ask: L) -> Vec<L::Row> {
    let mut reading = Reading::begin(world, &admin(), ask).await.expect("it may be read");
    let mut rows = Vec::new();
    loop {
        let next = reading.next().await.expect("a read");
        if next.is_empty() {
            return rows;
        }
        rows.extend(next);
    }
}

/// Red when: a cause is taken for another, the days at either end are left out, a filter or an order is not asked for,
/// or the sums are those of a page.
async fn what_lapses_says_when_how_much_and_why(world: World) {
    let beta = world.customer("Beta GmbH").await;
    let alpha = world.customer("Alpha GmbH").await;
    let (one, other) = (world.account(alpha, PREPAID).await, world.account(beta, PREPAID).await);
    world.lot(one, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.drawn(one, HOUR, "2026-04-10").await;
    let carried = world.grant_draft(other, 4 * HOUR, "2026-04-01", Some("2026-05-01"));
    let carry = CarryOver::On { periods: Some(1), cap: Some(domain::quota::Amount::new(HOUR)) };
    let request = GrantRequest { carry, ..carried.request.clone() };
    world.grants(GrantDraft { request, ..carried }).await.expect("it is granted");
    let shown = async |ask: LapseQuery| lists::lapses(&world, &admin(), &ask).await.expect("the lapses");
    let page =
        shown(LapseQuery { from: Some(day("2026-05-01")), until: Some(day("2026-06-01")), ..LapseQuery::default() })
            .await;
    let told: Vec<_> =
        page.page.rows.iter().map(|row| (row.date, row.customer.id, row.amount.units(), row.cause)).collect();
    let may = day("2026-05-01");
    let expected = [
        (may, alpha, 3 * HOUR, LapseCause::NotCarried),
        (may, beta, 3 * HOUR, LapseCause::OverCap),
        (day("2026-06-01"), beta, HOUR, LapseCause::CarriedOut),
    ];
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(expected.iter().all(|one| told.contains(one)), "{told:?}");
    assert_eq!(told[2].0, day("2026-06-01"), "by date");
    assert_eq!(page.sums, [UnitSum { unit: Unit::Time, amount: domain::quota::Amount::new(7 * HOUR), rows: 3 }]);
    let from = Some(may);
    let by_customer = shown(LapseQuery { from, sort: LapseSort::Customer, ..LapseQuery::default() }).await;
    let names: Vec<_> = by_customer.page.rows.iter().map(|row| row.customer.name.as_str()).collect();
    assert_eq!(names, ["Alpha GmbH", "Beta GmbH"], "thirty days are the last day of May");
    let capped = LapseQuery { from, cause: Some(LapseCause::OverCap), ..LapseQuery::default() };
    assert_eq!(shown(capped).await.page.rows.len(), 1);
    let found = shown(LapseQuery { from, q: "alpha".to_owned(), ..LapseQuery::default() }).await;
    assert_eq!(found.page.rows.len(), 1);
    let (until, sort) = (Some(day("2026-06-01")), LapseSort::Amount);
    let by_amount = LapseQuery { from, until, sort, ..LapseQuery::default() };
    for (desc, expected) in [(false, [1, 3, 3]), (true, [3, 3, 1])] {
        let rows = shown(LapseQuery { desc, ..by_amount.clone() }).await.page.rows;
        let hours: Vec<_> = rows.iter().map(|row| row.amount.units() / HOUR).collect();
        assert_eq!(hours, expected, "{desc}");
    }
    for (unit, rows) in [(UnitKind::Time, 3), (UnitKind::Money, 0)] {
        let found = shown(LapseQuery { unit: Some(unit), ..by_amount.clone() }).await;
        assert_eq!((found.page.rows.len(), found.sums.len()), (rows, usize::from(rows > 0)), "{unit:?}");
    }
    let none = shown(LapseQuery { contract: "nothing".to_owned(), ..by_amount }).await;
    assert_eq!(none.page.rows, [], "no contract grants to these accounts");
    let inverted = LapseQuery { from, until: Some(day("2026-04-01")), ..LapseQuery::default() };
    assert_eq!(shown(inverted).await.page.rows.len(), 0);
    let beyond = shown(LapseQuery { from, page: 10_000, ..LapseQuery::default() }).await;
    assert!(beyond.page.rows.is_empty() && !beyond.page.more);
    let granted = given(&world, alpha, "2026-04-01", |_| {}).await;
    world.bills(&world.env, "2026-04-15").await;
    let found = shown(LapseQuery { from, contract: granted.card.number.clone(), ..LapseQuery::default() }).await;
    let told: Vec<_> = found.page.rows.iter().map(|row| (row.date, row.amount.units(), row.contract.clone())).collect();
    assert_eq!(told, [(may, 4 * HOUR, Some((granted.contract.id, granted.card.number)))]);
}

/// Red when: any of the checks is taken out.
async fn every_list_as_every_role(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    for role in Role::ALL {
        let call = if role == Role::Customer { as_customer(customer) } else { as_role(role) };
        let may = |permission| role.may(permission);
        let mut told: Vec<(&str, bool, Result<(), Refused>)> = Vec::new();
        let sees = may(domain::Permission::SeeContracts);
        told.push(("to-dos", sees, lists::to_dos(&world, &call, &ToDoQuery::default()).await.map(drop)));
        told.push(("deficits", sees, lists::deficits(&world, &call, &DeficitQuery::default()).await.map(drop)));
        told.push(("lapses", sees, lists::lapses(&world, &call, &LapseQuery::default()).await.map(drop)));
        let exports = [
            ("export contracts", Reading::begin(&world, &call, ContractQuery::default()).await.map(drop)),
            ("export documents", Reading::begin(&world, &call, DocumentQuery::default()).await.map(drop)),
            ("export runs", Reading::begin(&world, &call, RunQuery::default()).await.map(drop)),
            ("export to-dos", Reading::begin(&world, &call, ToDoQuery::default()).await.map(drop)),
            ("export deficits", Reading::begin(&world, &call, DeficitQuery::default()).await.map(drop)),
            ("export lapses", Reading::begin(&world, &call, LapseQuery::default()).await.map(drop)),
        ];
        told.extend(exports.map(|(name, came)| (name, sees, came)));
        let customers = Reading::begin(&world, &call, CustomerQuery::default()).await.map(drop);
        told.push(("export customers", may(domain::Permission::SeeCustomers), customers));
        for (name, allowed, came) in told {
            let came = came.map_err(problem);
            assert_eq!(came.is_ok(), allowed, "{name} as {role:?}: {came:?}");
            assert!(allowed || matches!(came, Err(Problem::Forbidden { .. })), "{name} as {role:?}: {came:?}");
        }
    }
}

/// Red when: an export has other rows than the pages, another order, or ends after a piece.
async fn an_export_is_all_pages(world: World) {
    for name in ["Gamma AG", "Alpha GmbH", "Beta KG"] {
        let customer = world.customer(name).await;
        for _ in 0..20 {
            given(&world, customer, "2026-04-01", plain).await;
        }
    }
    bills_drafts(&world.env, "2026-04-15").await;
    for (sort, desc, q) in [(ContractSort::Customer, true, ""), (ContractSort::Number, false, "gamma")] {
        let ask = ContractQuery { sort, desc, q: q.to_owned(), ..ContractQuery::default() };
        let mut pages = Vec::new();
        for page in 1.. {
            let found =
                contracts::list(&world, &admin(), &ask.clone().ordered(sort, desc, page)).await.expect("a page");
            pages.extend(found.rows);
            if !found.more {
                break;
            }
        }
        assert_eq!(exported(&world, ask).await, pages, "{sort:?}");
    }
    let ask = DocumentQuery { sort: DocumentSort::Customer, ..DocumentQuery::default() };
    let rows = exported(&world, ask.clone()).await;
    assert_eq!(rows.len(), 60);
    assert_eq!(documents::list(&world, &admin(), &ask).await.expect("a page").rows, rows[..50]);
    assert_eq!(exported(&world, RunQuery::default()).await.len(), 1);
    let later = RunQuery { from: Some(day("2026-04-16")), sort: RunSort::AsOf, ..RunQuery::default() };
    assert_eq!(exported(&world, later).await.len(), 0);
    assert_eq!(exported(&world, CustomerQuery::default()).await.len(), 3);
    assert_eq!(exported(&world, ToDoQuery::default()).await.len(), 0);
}

/// Contracts and fees are read apart and put together. Red when: a slice has other rows than the whole list at that
/// place, one of the two is out of order, a filter lets the wrong ones through, or what is billed stays.
async fn fees_stand_among_the_to_dos(world: World) {
    let [alpha, beta] = [world.customer("Alpha GmbH").await, world.customer("Beta KG").await];
    let starts = [(alpha, "2026-04-01"), (beta, "2026-04-01"), (alpha, "2026-04-10"), (beta, "2026-03-01")];
    for (customer, start) in starts {
        given(&world, customer, start, plain).await;
    }
    let mut projects = Vec::new();
    for customer in [beta, alpha, beta] {
        projects.push(shop(&world, customer, vec![with_fee(&world, monthly())]).await.project);
    }
    let whole = async |ask: &ToDoQuery| exported(&world, ask.clone()).await;
    let ask = ToDoQuery::default();
    let sorts = [ToDoSort::Due, ToDoSort::Customer, ToDoSort::Number];
    for (sort, desc) in sorts.into_iter().flat_map(|sort| [(sort, false), (sort, true)]) {
        let ask = ToDoQuery { sort, desc, ..ask.clone() };
        let rows = whole(&ask).await;
        assert_eq!(rows.len(), 7, "{sort:?}");
        for pair in rows.windows(2) {
            let key = |row: &ToDoRow| match sort {
                ToDoSort::Due => (row.due().to_string(), String::new()),
                ToDoSort::Customer => (store::fold(&row.customer().name), row.due().to_string()),
                ToDoSort::Number => (store::fold(row.number()), String::new()),
            };
            let (one, other) = (key(&pair[0]), key(&pair[1]));
            assert!(if desc { one >= other } else { one <= other }, "{sort:?} {desc}: {one:?} {other:?}");
        }
        let mut tx = world.db.read().await.expect("a read begins");
        for offset in 0..9_usize {
            for most in 1..9_usize {
                let (from, count) = (i64::try_from(offset).expect("small"), i64::try_from(most).expect("small"));
                let slice = store::Slice { offset: from, most: count };
                let found = ask.rows(&world, &mut tx, slice).await.expect("a read");
                let expected: Vec<_> = rows.iter().skip(offset).take(most).cloned().collect();
                assert_eq!(found, expected, "{sort:?} {desc}: {most} from {offset}");
            }
        }
    }
    let fees = whole(&ToDoQuery { kind: Some(ToDoKind::Fee), ..ask.clone() }).await;
    let found: Vec<_> =
        fees.iter().map(|row| if let ToDoRow::Fee(fee) = row { fee.project.id } else { panic!("{row:?}") }).collect();
    assert!(found.len() == 3 && projects.iter().all(|project| found.contains(project)), "{found:?}");
    let count = async |ask: ToDoQuery| whole(&ask).await.len();
    assert_eq!(count(ToDoQuery { kind: Some(ToDoKind::Contract), ..ask.clone() }).await, 4);
    assert_eq!(count(ToDoQuery { q: "alpha".to_owned(), ..ask.clone() }).await, 3);
    assert_eq!(count(ToDoQuery { q: fees[0].number().to_owned(), ..ask.clone() }).await, 1);
    assert_eq!(count(ToDoQuery { automatic: Some(false), ..ask.clone() }).await, 0);
    assert_eq!(count(ToDoQuery { time: Some(ToDoTime::Soon), ..ask.clone() }).await, 0);
    assert_eq!(count(ToDoQuery { whose: admin().by.name, ..ask.clone() }).await, 4, "a fee is for nobody by name");
    let page = lists::to_dos(&world, &admin(), &ask).await.expect("a page");
    assert_eq!((page.rows, page.more), (whole(&ask).await, false));
    world.bills(&world.env, "2026-04-15").await;
    assert_eq!(count(ask).await, 0);
}

/// Counts statements.
struct Counting(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Whatever is found, however it is filtered and sorted, a page takes few statements. Red when: rows ask for something
/// one by one.
#[tokio::test]
async fn a_page_of_a_list_takes_at_most_eight_statements() {
    // PostgreSQL's driver tells of its statements on the thread that asks; SQLite's on one of its own.
    let world = World::new(store::Engine::Postgres).await;
    for name in ["Alpha GmbH", "Beta KG"] {
        let customer = world.customer(name).await;
        for number in 0..12 {
            given(&world, customer, "2026-04-01", |contract| {
                if number % 2 == 0 {
                    contract.terms.billing.invoice = InvoiceKind::Consolidated;
                }
            })
            .await;
        }
        let account = world.account(customer, OVERDRAWN).await;
        for date in ["2026-04-10", "2026-04-11", "2026-04-12"] {
            world.drawn(account, HOUR, date).await;
        }
        world.lot(world.account(customer, PREPAID).await, HOUR, "2026-04-01", Some("2026-04-20")).await;
    }
    let shop = maintenance(&world).await;
    for day in 1..=12 {
        shop.books(&world, &format!("2026-04-{day:02}"), 30).await;
    }
    // Issued, so that they are open items; one that is overdue is to be done.
    world.bills(&world.env, "2026-04-15").await;
    given(&world, shop.customer, "2026-04-01", plain).await;
    let count = Arc::new(AtomicUsize::new(0));
    let subscriber = tracing_subscriber::registry().with(Counting(count.clone()));
    let _counts = tracing::subscriber::set_default(subscriber);
    let call = admin();
    let searched = || "alpha".to_owned();
    macro_rules! counted {
        ($($name:literal $page:expr;)*) => {$(
            count.store(0, Ordering::Relaxed);
            let rows = $page.await.expect("a page");
            let statements = count.load(Ordering::Relaxed);
            assert!(!format!("{rows:?}").contains("rows: []"), "{}: nothing is found", $name);
            // The transaction itself counts too.
            assert!((1..=8).contains(&statements), "{} takes {statements} statements", $name);
        )*};
    }
    counted! {
        "customers" customers::list(&world, &call, &CustomerQuery::default());
        "customers found" customers::list(&world, &call, &CustomerQuery { q: searched(), ..CustomerQuery::default() });
        "accounts" accounts::list(&world, &call, &AccountQuery { page: 1, ..AccountQuery::default() });
        "contracts" contracts::list(&world, &call, &ContractQuery::default());
        "contracts found" contracts::list(&world, &call, &ContractQuery { q: searched(), ..ContractQuery::default() });
        "documents" documents::list(&world, &call, &DocumentQuery::default());
        "documents found" documents::list(&world, &call, &DocumentQuery { q: searched(), ..DocumentQuery::default() });
        "runs" billing::list(&world, &call, &RunQuery::default());
        "open items" receipts::open_items(&world, &call, &OpenItemQuery::default());
        "projects" projects::list(&world, &call, &ProjectQuery::default());
        "projects found" projects::list(&world, &call, &ProjectQuery { q: searched(), ..ProjectQuery::default() });
        "bookings" bookings::list(&world, &call, &BookingQuery { page: 1, ..BookingQuery::default() });
        "to-dos" lists::to_dos(&world, &call, &ToDoQuery::default());
        "deficits" lists::deficits(&world, &call, &DeficitQuery::default());
        "lapses" lists::lapses(&world, &call, &LapseQuery::default());
    }
}

on_both!(
    what_lapses_says_when_how_much_and_why,
    an_export_is_all_pages,
    every_list_as_every_role,
    fees_stand_among_the_to_dos,
);
