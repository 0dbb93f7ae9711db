//! Fees of projects in the billing run: billed once for each period, whatever runs, crashes, is cancelled or run again.

use domain::{
    BillingLineId, DocumentId, Interval, Periods, ProjectId, RunId,
    documents::{DocumentKind, DocumentState},
    splitting::Fee,
};
use store::testing::{begin, commit, execute};
use usecases::{
    billing, documents,
    testing::{World, day},
    today, verify,
};
use wire::{
    billing::{BilledOf, NotBilled, RunDraft, RunItem, Selection},
    projects::{LineDraft, LineForm},
};

use crate::{
    office::{
        admin, all_documents, all_items, bills_drafts, business, document, fields, given, numbers, planned, range,
    },
    support::assert_sound,
    undo::cancel,
    workshop::{Shop, effort, free, me, page, set_lines, shop},
};

/// 150.00 a month from April on.
pub fn monthly() -> Fee {
    Fee {
        price: "150".parse().expect("a price"),
        periods: Periods { anchor: day("2026-04-01"), every: Interval::Months(1) },
        vat: "19".parse().expect("a rate"),
        end: None,
    }
}

pub fn with_fee(world: &World, fee: Fee) -> LineDraft {
    LineDraft { fee: Some(fee), ..free(world, 45) }
}

/// A new customer's project with that fee, and effort.
pub async fn paid(world: &World, fee: Fee) -> (Shop, LineDraft) {
    me(world).await;
    let customer = world.customer("Alpha GmbH").await;
    let line = with_fee(world, fee);
    (shop(world, customer, vec![line.clone(), effort(world, "100")]).await, line)
}

/// Numbers of periods, with what they came to, in cents.
pub fn came(items: &[RunItem]) -> Vec<(u32, i64, bool)> {
    items.iter().map(|item| (item.period, item.net.minor, item.not_billed.is_none())).collect()
}

pub fn invoice(items: &[RunItem]) -> DocumentId {
    items.iter().find_map(|item| item.document.as_ref()).expect("an invoice").0
}

/// What of the line the books say: how many claims stand, and when it is due.
pub async fn standing(world: &World, line: BillingLineId) -> (usize, Option<String>) {
    let mut tx = world.db.read().await.expect("a read begins");
    let found = store::fees::named(&mut tx, &[line]).await.expect("a read").remove(&line).expect("the line");
    let claims = store::audit::fee_claims_of(&mut tx, &[found.project.id]).await.expect("a read");
    let stand = claims.iter().filter(|claim| claim.line == line && !claim.cancelled).count();
    (stand, found.next_due.map(|due| due.to_string()))
}

/// Red when: a period is billed late, twice or not at all, another one is caught up, the dry run says something else, or
/// the invoice does not say for what.
async fn a_fee_is_billed_once_for_each_period(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    assert!(planned(&world, "2026-03-31", Selection::All).await.expect("a plan").items.is_empty());
    let before = business(&world).await;
    let plan = planned(&world, "2026-05-20", Selection::All).await.expect("a plan");
    assert_eq!(business(&world).await, before, "a dry run stores nothing");
    assert_eq!((plan.totals.billed, plan.totals.invoices, plan.totals.sums[0].gross), (2, 1, 35_700));
    let project = page(&world, own.project).await.row.named();
    let named = BilledOf::Fee { line: line.id, name: "Free".to_owned(), project };
    assert!(plan.items.iter().all(|item| item.of == named && item.customer.id == own.customer), "{plan:?}");

    let run = world.bills(&world.env, "2026-05-20").await;
    assert_eq!(run.row.totals, plan.totals);
    assert_eq!((run.row.contracts, run.row.done), (1, 1));
    let items = all_items(&world.env, run.row.id).await;
    assert_eq!(came(&items), [(0, 15_000, true), (1, 15_000, true)]);
    let without: Vec<_> = items.iter().map(|item| RunItem { document: None, ..item.clone() }).collect();
    assert_eq!(without, plan.items, "the run does what its plan says");
    let made = document(&world, invoice(&items)).await;
    assert_eq!((made.row.kind, made.row.state), (DocumentKind::ContractInvoice, DocumentState::Issued));
    assert_eq!((made.totals.net, made.totals.vat, made.totals.gross), (30_000, 5_700, 35_700));
    assert_eq!(made.project.map(|project| project.id), Some(own.project));
    let lines: Vec<_> = made.lines.iter().map(|line| (line.line.text.as_str(), line.total, line.service)).collect();
    let (april, may) = (range("2026-04-01", "2026-05-01"), range("2026-05-01", "2026-06-01"));
    assert_eq!(lines, [("Free", 15_000, Some(april)), ("Free", 15_000, Some(may))]);
    assert_eq!(standing(&world, line.id).await, (2, Some("2026-06-01".to_owned())));
    assert_sound(&world).await;

    let before = business(&world).await;
    let again = world.bills(&world.env, "2026-05-20").await;
    assert_eq!((again.items.len(), again.row.contracts, business(&world).await), (0, 0, before));
    let later = world.bills_only(&world.env, "2026-06-01", Selection::Project(own.project)).await;
    assert_eq!((came(&later.items), later.row.selection), (vec![(2, 15_000, true)], Selection::Project(own.project)));
    let night = world.when("2026-07-01T02:00:00Z");
    let nightly = billing::nightly(&night).await.expect("a run").expect("a new one");
    assert_eq!(came(&all_items(&night, nightly).await), [(3, 15_000, true)]);
    assert_sound(&world).await;
}

/// Contracts and fees of one customer, and those of another. Red when: a run for a customer bills others, or what is
/// billed together is not counted together.
async fn fees_go_with_the_contracts_of_their_customer(world: World) {
    let (own, _) = paid(&world, monthly()).await;
    let beta = world.customer("Beta AG").await;
    given(&world, own.customer, "2026-04-01", |_| {}).await;
    shop(&world, beta, vec![with_fee(&world, monthly())]).await;
    let run = world.bills_only(&world.env, "2026-04-15", Selection::Customer(own.customer)).await;
    assert_eq!((run.row.totals.billed, run.row.totals.invoices, run.row.contracts, run.row.done), (2, 2, 2, 2));
    let rest = world.bills(&world.env, "2026-04-15").await;
    assert_eq!((rest.row.totals.billed, rest.items[0].customer.id), (1, beta));
    assert_sound(&world).await;
}

/// Red when: the last period is billed whole, something is billed after the end, or what changes reaches back.
async fn a_fee_ends_and_changes_from_the_next_billing_on(world: World) {
    let (own, mut line) = paid(&world, monthly()).await;
    world.bills(&world.env, "2026-04-15").await;
    // What was billed stays; what is billed next costs more, until the middle of June.
    line.fee = Some(Fee { price: "200".parse().expect("a price"), end: Some(day("2026-06-15")), ..monthly() });
    set_lines(&world, own.project, vec![line.clone()]).await.expect("they are saved");
    let run = world.bills(&world.env, "2026-12-31").await;
    assert_eq!(came(&all_items(&world.env, run.row.id).await), [(1, 20_000, true), (2, 10_000, true)]);
    let made = document(&world, invoice(&run.items)).await;
    assert_eq!(made.lines[1].line.text, "Free\n1 × 200 · 15/30");
    assert_eq!(standing(&world, line.id).await, (3, None));
    assert_sound(&world).await;
    // Its periods are numbered from its start: that is fixed now, and a fee that was billed is ended and not taken away.
    let since = |anchor: &str, every| {
        let periods = Periods { anchor: day(anchor), every };
        line.fee.map(|fee| Fee { periods, ..fee })
    };
    for (fee, field) in [
        (since("2026-03-01", Interval::Months(1)), "lines.0.fee_start"),
        (since("2026-04-01", Interval::Months(3)), "lines.0.fee_every"),
        (None, "lines.0.fee_price"),
    ] {
        let refused = set_lines(&world, own.project, vec![LineDraft { fee, ..line.clone() }]).await;
        assert_eq!(fields(&refused.expect_err("it is fixed")), [field]);
    }
    let wrong = Fee { end: Some(day("2026-03-31")), ..monthly() };
    let refused = set_lines(&world, own.project, vec![LineDraft { fee: Some(wrong), ..line.clone() }]).await;
    assert_eq!(fields(&refused.expect_err("it ends before it begins")), ["lines.0.fee_end"]);
    let refused = set_lines(&world, own.project, vec![LineDraft { fee: Some(monthly()), ..effort(&world, "1") }]).await;
    assert_eq!(fields(&refused.expect_err("effort has no fee")), ["lines.0.fee_price"]);
    // What the page shows is what is saved again.
    let shown = page(&world, own.project).await;
    let form = LineForm::of(&shown.lines[0], texts::Lang::De);
    assert_eq!(form.read(texts::Lang::De).expect("it can be read").fee, line.fee);
}

/// Red when: a cancelled invoice keeps its claims, a run bills what only a re-run may, or a re-run bills twice.
async fn what_is_cancelled_is_billed_by_a_re_run_only(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    let run = world.bills(&world.env, "2026-05-20").await;
    let id = invoice(&run.items);
    let seen = documents::undo_plan(&world, &admin(), id).await.expect("the plan");
    let freed: Vec<_> = seen.plan.fees.iter().map(|fee| (fee.project, fee.line, fee.period)).collect();
    assert_eq!(freed, [(own.project, line.id, 0), (own.project, line.id, 1)]);
    assert_eq!((seen.plan.periods(), seen.lines[0].1.as_str()), (2, "Free"));
    cancel(&world, id).await;
    assert_eq!(standing(&world, line.id).await, (0, Some("2026-06-01".to_owned())));
    assert_sound(&world).await;
    let before = business(&world).await;
    world.bills(&world.env, "2026-05-20").await;
    assert_eq!(business(&world).await, before, "a run does not bill it again");

    // With the present price.
    let fee = Some(Fee { price: "100".parse().expect("a price"), ..monthly() });
    set_lines(&world, own.project, vec![LineDraft { fee, ..line.clone() }]).await.expect("they are saved");
    let freed = Selection::FreedFees(own.project);
    let plan = planned(&world, "2026-05-20", freed.clone()).await.expect("a plan");
    assert_eq!(came(&plan.items), [(0, 10_000, true), (1, 10_000, true)]);
    let rerun = world.bills_only(&world.env, "2026-05-20", freed.clone()).await;
    assert_eq!((rerun.row.totals.billed, rerun.row.totals.invoices), (2, 1));
    assert_eq!(standing(&world, line.id).await, (2, Some("2026-06-01".to_owned())));
    let before = business(&world).await;
    let again = world.bills_only(&world.env, "2026-05-20", freed).await;
    assert_eq!((again.items.len(), business(&world).await), (0, before));
    assert_sound(&world).await;
}

/// Red when: undoing a run leaves out its fees, or the re-run of a run does.
async fn a_run_is_undone_and_run_again_with_its_fees(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    given(&world, own.customer, "2026-04-01", |_| {}).await;
    let run = world.bills(&world.env, "2026-04-15").await.row.id;
    let plan = billing::cancel_plan(&world, &admin(), run).await.expect("the plan");
    assert_eq!(plan.items.iter().map(|item| item.freed).collect::<Vec<_>>(), [1, 1]);
    let done = billing::cancel(&world, &admin(), run, "Wrong day".to_owned()).await.expect("it is cancelled");
    assert!(done.items.len() == 2 && done.items.iter().all(|item| item.refused.is_none()), "{done:?}");
    assert_eq!(standing(&world, line.id).await.0, 0);
    let shown = billing::page(&world, &admin(), run, 1).await.expect("the run");
    assert_eq!((shown.freed, shown.stands), (2, false));
    assert!(shown.items.iter().all(|item| item.service.is_some()), "what was billed is still told: {shown:?}");
    let rerun = world.bills_only(&world.env, "2026-04-15", Selection::FreedOf(run)).await;
    assert_eq!((rerun.row.totals.billed, rerun.row.totals.invoices, rerun.row.contracts), (2, 2, 2));
    assert_eq!(standing(&world, line.id).await.0, 1);
    assert_eq!(billing::page(&world, &admin(), run, 1).await.expect("the run").freed, 0);
    assert_sound(&world).await;
}

/// Red when: a draft of a run takes a number, or a deleted one keeps its claims.
async fn a_draft_of_fees_is_deleted_and_billed_again(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    let run = bills_drafts(&world.env, "2026-04-15").await;
    let (id, number) = run.items[0].document.clone().expect("a draft");
    assert_eq!((number, numbers(&world).await), (None, Vec::new()));
    documents::delete(&world, &admin(), id, None).await.expect("it is deleted");
    assert_eq!((all_documents(&world).await.len(), standing(&world, line.id).await.0), (0, 0));
    assert_sound(&world).await;
    world.bills_only(&world.env, "2026-04-15", Selection::FreedFees(own.project)).await;
    assert_eq!((numbers(&world).await, standing(&world, line.id).await.0), (vec!["RE-2026-00001".to_owned()], 1));
    assert_sound(&world).await;
}

/// Its process died between the last piece of work and the end. Red when: it is told as skipped, or billed again.
async fn a_run_of_fees_that_only_did_not_end_ends_as_it_is(world: World) {
    let (own, _) = paid(&world, monthly()).await;
    for (as_of, selection) in [("2026-04-15", Selection::Project(own.project)), ("2026-05-15", Selection::All)] {
        let run = world.bills_only(&world.env, as_of, selection).await.row.id;
        let (items, before) = (all_items(&world.env, run).await, business(&world).await);
        assert_eq!(items.len(), 1);
        let mut tx = begin(&world.db).await;
        let sql =
            format!("UPDATE billing_runs SET state = 'working', totals = NULL, ended_at = NULL WHERE id = '{run}'");
        execute(&mut tx, &sql).await.expect("it is taken back");
        commit(tx).await;
        assert_eq!(billing::resume(&world.when("2026-04-15T10:02:00Z")).await.expect("it works"), 1);
        assert_eq!((all_items(&world.env, run).await, business(&world).await), (items, before));
    }
    assert_sound(&world).await;
}

/// Its process died before the end, and somebody cancelled what it had billed. Red when: it is taken up again and bills
/// that once more.
async fn a_re_run_does_not_bill_again_what_was_cancelled_since(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    given(&world, own.customer, "2026-04-01", |_| {}).await;
    let undo = async |run| {
        let done = billing::cancel(&world, &admin(), run, "Wrong day".to_owned()).await.expect("it is cancelled");
        assert!(done.items.iter().all(|item| item.refused.is_none()), "{done:?}");
    };
    let first = world.bills(&world.env, "2026-04-15").await.row.id;
    undo(first).await;
    for (selection, billed) in [(Selection::FreedFees(own.project), 1), (Selection::FreedOf(first), 2)] {
        let rerun = world.bills_only(&world.env, "2026-04-15", selection.clone()).await.row;
        assert_eq!(rerun.totals.billed, billed, "{selection:?}");
        undo(rerun.id).await;
        let (items, before) = (all_items(&world.env, rerun.id).await, business(&world).await);
        let mut tx = begin(&world.db).await;
        let id = rerun.id;
        let sql =
            format!("UPDATE billing_runs SET state = 'working', totals = NULL, ended_at = NULL WHERE id = '{id}'");
        execute(&mut tx, &sql).await.expect("it is taken back");
        commit(tx).await;
        assert_eq!(billing::resume(&world.when("2026-04-15T10:02:00Z")).await.expect("it works"), 1);
        assert_eq!((all_items(&world.env, id).await, business(&world).await), (items, before), "{selection:?}");
        assert_eq!(standing(&world, line.id).await.0, 0);
    }
    assert_sound(&world).await;
}

/// Several runs at once. Red when: two bill the same period, a number is missing or given twice, or a run does not end.
async fn runs_beside_each_other_bill_a_fee_once(world: World) {
    let mut lines = Vec::new();
    for number in 0..8 {
        let customer = world.customer(&format!("Customer {number}")).await;
        let line = with_fee(&world, monthly());
        lines.push(line.id);
        shop(&world, customer, vec![line]).await;
    }
    let mut runs = Vec::new();
    for _ in 0..3 {
        let draft =
            RunDraft { id: RunId::new(world.id()), as_of: day("2026-05-15"), issue: true, selection: Selection::All };
        runs.push(billing::start(&world, &admin(), draft).await.expect("the run begins").id);
    }
    let (one, two, three) =
        tokio::join!(billing::work(&world, runs[0]), billing::work(&world, runs[1]), billing::work(&world, runs[2]));
    assert!([one, two, three].into_iter().all(|worked| worked.expect("it works")));
    for line in lines {
        assert_eq!(standing(&world, line).await.0, 2);
    }
    assert_eq!(numbers(&world).await, (1..=8).map(|number| format!("RE-2026-{number:05}")).collect::<Vec<_>>());
    let mut billed = 0;
    for run in runs {
        for item in all_items(&world.env, run).await {
            match item.not_billed {
                None => billed += 1,
                Some(reason) => assert_eq!(reason, NotBilled::AlreadyBilled),
            }
        }
    }
    assert_eq!(billed, 16);
    assert_sound(&world).await;
}

/// Red when: a failure leaves something behind, stops the others, or is not told.
async fn a_project_that_fails_stops_no_other(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    let before = business(&world).await;
    let alter = async |sql: &str| {
        let mut tx = begin(&world.db).await;
        execute(&mut tx, sql).await.expect("the database takes it");
        commit(tx).await;
    };
    alter("ALTER TABLE document_lines RENAME TO gone").await;
    let run = world.bills(&world.env, "2026-04-15").await;
    alter("ALTER TABLE gone RENAME TO document_lines").await;
    assert_eq!((run.row.totals.failed, run.row.totals.billed, run.row.ended.is_some()), (1, 0, true));
    assert!(matches!(&run.items[0].not_billed, Some(NotBilled::Internal { .. })), "{run:?}");
    assert_eq!(business(&world).await, before);
    assert_eq!(run.items[0].customer.id, own.customer);
    world.bills(&world.env, "2026-04-15").await;
    assert_eq!(standing(&world, line.id).await.0, 1);
}

/// Red when: Today does not say what is due, or says it of what is billed.
async fn today_says_which_fees_are_due(world: World) {
    let (own, _) = paid(&world, monthly()).await;
    let shown = today::page(&world, &admin()).await.expect("the page of the day");
    let due: Vec<_> = shown.due_fees.iter().map(|fee| (fee.project.id, fee.name.as_str(), fee.due)).collect();
    assert_eq!(due, [(own.project, "Free", day("2026-04-01"))]);
    world.bills(&world.env, "2026-04-15").await;
    assert!(today::page(&world, &admin()).await.expect("the page of the day").due_fees.is_empty());
}

/// What the books say wrongly, how that is mended, and what the audit says of it.
const WRONG: [[&str; 3]; 5] = [
    [
        "UPDATE billing_lines SET next_due = '2026-05-02' WHERE next_due IS NOT NULL",
        "UPDATE billing_lines SET next_due = '2026-05-01' WHERE next_due IS NOT NULL",
        "the fee is due on",
    ],
    [
        "UPDATE billing_lines SET next_period = 0 WHERE next_due IS NOT NULL",
        "UPDATE billing_lines SET next_period = 1 WHERE next_due IS NOT NULL",
        "next is period 0, the claims say 1",
    ],
    ["UPDATE fee_claims SET net = net + 1", "UPDATE fee_claims SET net = net - 1", "the claim says 15001"],
    [
        "UPDATE fee_claims SET service_until = '2026-04-20'",
        "UPDATE fee_claims SET service_until = '2026-05-01'",
        "it is [Some(2026-04-01)",
    ],
    [
        "UPDATE fee_claims SET place = 7",
        "UPDATE fee_claims SET place = 0",
        "a line bills a period that its document does not claim",
    ],
];

/// Red when: the audit passes one of them over.
async fn the_audit_compares_claims_of_fees(world: World) {
    paid(&world, monthly()).await;
    world.bills(&world.env, "2026-04-15").await;
    assert_sound(&world).await;
    let alter = async |sql: &str| {
        let mut tx = begin(&world.db).await;
        execute(&mut tx, sql).await.expect("the database takes it");
        commit(tx).await;
    };
    for [damage, mend, expected] in WRONG {
        alter(damage).await;
        let report = verify::verify(&world.env, None).await.expect("the audit runs");
        assert!(report.faults.iter().any(|fault| fault.what.contains(expected)), "{damage}: {:#?}", report.faults);
        alter(mend).await;
        assert_sound(&world).await;
    }
}

/// Red when: a run for a project that is not there begins.
async fn a_project_that_is_not_there_is_not_billed(world: World) {
    let nothing = ProjectId::new(world.id());
    for selection in [Selection::Project(nothing), Selection::FreedFees(nothing)] {
        assert!(planned(&world, "2026-04-15", selection).await.is_err());
    }
}

on_both!(
    a_fee_is_billed_once_for_each_period,
    fees_go_with_the_contracts_of_their_customer,
    a_fee_ends_and_changes_from_the_next_billing_on,
    what_is_cancelled_is_billed_by_a_re_run_only,
    a_run_is_undone_and_run_again_with_its_fees,
    a_draft_of_fees_is_deleted_and_billed_again,
    a_run_of_fees_that_only_did_not_end_ends_as_it_is,
    a_re_run_does_not_bill_again_what_was_cancelled_since,
    runs_beside_each_other_bill_a_fee_once,
    a_project_that_fails_stops_no_other,
    today_says_which_fees_are_due,
    the_audit_compares_claims_of_fees,
    a_project_that_is_not_there_is_not_billed,
);
