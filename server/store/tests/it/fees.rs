//! Fees of billing lines: what is due stands beside the line, and a period is claimed once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    BillingLineId, Currency, DateRange, Interval, Periods, ProjectId,
    contracts::Period,
    quota::Overbooking,
    splitting::{BillingLine, Collector, Collects, Fee, LineKind},
};
use store::{
    Db, StoreError, Tx, accounts,
    billing::{self, Owner, StoredItem},
    fees::{self, DueOf, NewFeeClaim},
    projects::{self, StoredLine, StoredProject},
    testing::{begin, commit},
};
use uuid::Uuid;
use wire::{contracts::CustomerRef, projects::ProjectRow};

use crate::{
    given::{add_invoices, billed, claim_id, document_id, invoice, run, run_id},
    support::{account, account_id, customer_id, day, given_customer, instant, noon},
};

fn project_id(number: u128) -> ProjectId {
    ProjectId::new(Uuid::from_u128(number))
}

fn line_id(number: u128) -> BillingLineId {
    BillingLineId::new(Uuid::from_u128(number))
}

fn fee(start: &str) -> Fee {
    let periods = Periods { anchor: day(start), every: Interval::Months(1) };
    Fee { price: "150".parse().expect("a price"), periods, vat: "19".parse().expect("a rate"), end: None }
}

fn line(number: u128, fee: Option<Fee>) -> StoredLine {
    let (account, collects) = (account_id(1), Collects::All);
    let kind = LineKind::Collector(Collector { account, collects, rate: None, allowance: None, fee });
    let line = BillingLine { id: line_id(number), tasks: None, kind };
    StoredLine { line, name: format!("Line {number}"), reported: false, removed: false, next: 0 }
}

/// Projects 1 and 2 of customers 1 and 2. Lines 1 and 2 of the first have fees from April and May on, line 3 has none;
/// line 4 of the second has one from April on.
async fn given_fees(db: &Db) {
    for number in [1, 2] {
        given_customer(db, number).await;
    }
    let mut tx = begin(db).await;
    assert!(accounts::open(&mut tx, &account(1, 1, Overbooking::No), "Block").await.expect("it is stored"));
    for number in [1, 2] {
        let customer =
            CustomerRef { id: customer_id(number), number: format!("K-{number}"), name: format!("Customer {number}") };
        let (id, name) = (project_id(number), "Maintenance".to_owned());
        let project = StoredProject {
            row: ProjectRow { id, number: format!("P-{number}"), name, customer, closed: false },
            version: 1,
            currency: Currency::EUR,
            splitting: None,
            rounding: None,
            limited: false,
            lines_version: 0,
        };
        assert!(projects::add(&mut tx, &project).await.expect("it is stored"));
    }
    let first = [line(1, Some(fee("2026-04-01"))), line(2, Some(fee("2026-05-01"))), line(3, None)];
    projects::put_lines(&mut tx, project_id(1), (&first, &[]), ("Anna", noon())).await.expect("they are stored");
    let second = [line(4, Some(fee("2026-04-01")))];
    projects::put_lines(&mut tx, project_id(2), (&second, &[]), ("Anna", noon())).await.expect("they are stored");
    add_invoices(&mut tx, &[invoice(1, 1, Some("RE-1"), "2026-04-01"), invoice(2, 1, None, "2026-05-01")]).await;
    commit(tx).await;
}

fn claim(id: u128, of: u128, number: u32, document: u128) -> NewFeeClaim {
    let range = DateRange { from: day("2026-04-01"), until: Some(day("2026-05-01")) };
    let service = DateRange { until: Some(day("2026-04-21")), ..range };
    NewFeeClaim {
        id: claim_id(id),
        project: project_id(1),
        line: line_id(of),
        period: Period { number, range, service },
        fee: fee("2026-04-01"),
        document: document_id(document),
        place: usize::try_from(id).expect("few"),
        net: 15_000,
    }
}

async fn due(tx: &mut Tx, as_of: &str, of: Option<DueOf>) -> Vec<(ProjectId, Vec<BillingLineId>)> {
    fees::due(tx, day(as_of), of).await.expect("a read")
}

/// Red when: what is due is read of the wrong lines, or is not kept with the line, what was billed and what was removed.
async fn what_is_due_stands_beside_the_line(db: &Db) {
    given_fees(db).await;
    let mut tx = begin(db).await;
    assert!(due(&mut tx, "2026-03-31", None).await.is_empty());
    let [one, two] = [1, 2].map(project_id);
    let april = vec![(one, vec![line_id(1)]), (two, vec![line_id(4)])];
    assert_eq!(due(&mut tx, "2026-04-01", None).await, april);
    let may = vec![(one, vec![line_id(1), line_id(2)]), (two, vec![line_id(4)])];
    assert_eq!(due(&mut tx, "2026-05-01", None).await, may);
    assert_eq!(due(&mut tx, "2026-05-01", Some(DueOf::Customer(customer_id(2)))).await, may[1..]);
    assert_eq!(due(&mut tx, "2026-05-01", Some(DueOf::Project(one))).await, may[..1]);
    let shown = fees::due_lines(&mut tx, day("2026-05-01"), 2).await.expect("a read");
    let shown: Vec<_> = shown.iter().map(|line| (line.id, line.project.id, line.customer.name.as_str())).collect();
    assert_eq!(shown, [(line_id(1), one, "Customer 1"), (line_id(4), two, "Customer 2")]);

    fees::advance(&mut tx, &StoredLine { next: 2, ..line(1, Some(fee("2026-04-01"))) }).await.expect("it is noted");
    let kept = projects::lines(&mut tx, one).await.expect("a read");
    assert_eq!((kept[0].next, kept[0].next_due()), (2, Some(day("2026-06-01"))));
    assert_eq!(due(&mut tx, "2026-05-31", Some(DueOf::Project(one))).await, [(one, vec![line_id(2)])]);
    // Saved again, a line keeps what was billed of it; taken out, it is due as far as its fee lasts.
    let again = [StoredLine { name: "Other".to_owned(), ..kept[0].clone() }];
    let ended = StoredLine { removed: true, ..line(2, fee("2026-05-01").ended(day("2026-05-10"), false)) };
    let at = instant("2026-05-10T08:00:00Z");
    projects::put_lines(&mut tx, one, (&again, &[ended.clone(), kept[2].clone()]), ("Ben", at)).await.expect("stored");
    let removed = HashMap::from([2, 3].map(|number| (line_id(number), at)));
    assert_eq!(projects::removed(&mut tx, one).await.expect("a read"), removed);
    let every = projects::every_line_of(&mut tx, &[one, two]).await.expect("a read").remove(&one).expect("its lines");
    assert_eq!((every.len(), every.iter().find(|kept| kept.line.id == line_id(2))), (3, Some(&ended)));
    assert_eq!(every.iter().find(|kept| kept.line.id == line_id(1)).map(|kept| kept.next), Some(2));
    assert_eq!(due(&mut tx, "2026-12-31", Some(DueOf::Project(one))).await, [(one, vec![line_id(2), line_id(1)])]);
    fees::advance(&mut tx, &StoredLine { next: 1, ..ended }).await.expect("it is noted");
    assert_eq!(due(&mut tx, "2026-12-31", Some(DueOf::Project(one))).await, [(one, vec![line_id(1)])]);
}

/// Red when: a taken period is passed over in silence, or one that was cancelled is not free.
async fn a_period_of_a_fee_is_claimed_once(db: &Db) {
    given_fees(db).await;
    let mut tx = begin(db).await;
    fees::add(&mut tx, &[claim(1, 1, 0, 1), claim(2, 1, 1, 1), claim(3, 2, 0, 1)], "Anna", noon()).await.expect("free");
    let items = [(1, 0), (1, 1)]
        .map(|(of, period)| StoredItem { of: Owner::Fee(project_id(1), line_id(of)), ..billed(9, period, 1) });
    assert!(billing::add(&mut tx, &run(1), None, 2, ("Anna", instant("2026-04-01T06:00:00Z"))).await.expect("new"));
    billing::note(&mut tx, run_id(1), &items).await.expect("it is noted");
    assert_eq!(billing::items(&mut tx, run_id(1), 9, 0).await.expect("a read"), items);
    let noted = BTreeSet::from([0, 1]);
    let found = billing::billed_of(&mut tx, run_id(1)).await.expect("a read");
    assert!(found.iter().all(|(of, _)| *of == Owner::Fee(project_id(1), line_id(1))), "{found:?}");
    assert_eq!(found.into_iter().map(|(_, period)| period).collect::<BTreeSet<_>>(), noted);
    commit(tx).await;
    let mut tx = begin(db).await;
    let taken = fees::add(&mut tx, &[claim(9, 1, 0, 2)], "Ben", noon()).await;
    assert!(matches!(taken, Err(StoreError::Overtaken)), "{taken:?}");
    drop(tx);

    let mut tx = begin(db).await;
    let of = [document_id(1), document_id(2)];
    let standing = fees::standing(&mut tx, &of).await.expect("a read");
    let told: Vec<_> = standing[&of[0]].iter().map(|claim| (claim.line, claim.period)).collect();
    assert_eq!((standing.len(), told), (1, vec![(line_id(1), 0), (line_id(1), 1), (line_id(2), 0)]));
    assert_eq!(standing[&of[0]][0].service.until, Some(day("2026-04-21")));
    let project = fees::project_of(&mut tx, of[0]).await.expect("a read").expect("the project");
    assert_eq!((project.id, project.number.as_str()), (project_id(1), "P-1"));
    assert!(fees::project_of(&mut tx, of[1]).await.expect("a read").is_none());
    assert!(fees::freed(&mut tx, &[project_id(1)]).await.expect("a read").is_empty());
    assert_eq!(fees::short(&mut tx, project_id(1)).await.expect("a read").len(), 3);
    assert!(fees::short(&mut tx, project_id(2)).await.expect("a read").is_empty());
    fees::cancel(&mut tx, of[0]).await.expect("they are freed");
    assert!(fees::standing(&mut tx, &of).await.expect("a read").is_empty());
    assert_eq!(fees::on_documents(&mut tx, &of).await.expect("a read").len(), 3, "what was cancelled is still told");
    fees::add(&mut tx, &[claim(4, 1, 0, 2)], "Ben", noon()).await.expect("it is free again");
    let short = fees::short(&mut tx, project_id(1)).await.expect("a read");
    assert_eq!(short, [(line_id(1), day("2026-04-21"))], "of what stands");
    let whole = claim(5, 1, 1, 2);
    let whole = NewFeeClaim { period: Period { service: whole.period.range, ..whole.period }, ..whole };
    fees::add(&mut tx, &[whole], "Ben", noon()).await.expect("it is free");
    assert_eq!(fees::short(&mut tx, project_id(1)).await.expect("a read"), short);
    fees::cancel(&mut tx, of[1]).await.expect("they are freed");
    fees::add(&mut tx, &[claim(6, 1, 0, 2)], "Ben", noon()).await.expect("it is free again");
    let freed = |lines: &[(u128, u32)]| {
        let lines = lines.iter().map(|(of, period)| (line_id(*of), BTreeSet::from([*period])));
        BTreeMap::from([(project_id(1), lines.collect::<BTreeMap<_, _>>())])
    };
    assert_eq!(fees::freed(&mut tx, &[1, 2].map(project_id)).await.expect("a read"), freed(&[(1, 1), (2, 0)]));
    assert_eq!(fees::freed_of_run(&mut tx, run_id(1)).await.expect("a read"), freed(&[(1, 1)]));
}

on_both!(what_is_due_stands_beside_the_line, a_period_of_a_fee_is_claimed_once);
