//! Receipts: recorded once, taken back, over-paid only when that is meant, cancelled invoices, open items, roles.

use domain::{
    DocumentId, Money, ReceiptId, Role,
    receipts::{PaymentState, ReceiptError},
};
use usecases::{
    Env, Refused, documents, receipts,
    testing::{World, as_customer, as_role, day, problem, with_key},
    today,
};
use wire::{
    FieldReason, Problem,
    documents::{CancelDraft, DocumentRow},
    history::FieldChange,
    lists::{OpenItemKind, OpenItemQuery, OpenItemSort},
    receipts::{ReceiptDraft, ReceiptsView, TakeBackDraft},
};

use crate::{
    office::{admin, all_documents, fields},
    support::{assert_sound, books},
};

/// The invoice of April of a new customer's contract: 475.99, due on the 29th of April.
pub async fn invoice(world: &World, name: &str) -> DocumentRow {
    let customer = world.customer(name).await;
    world.contract(world.contract_draft(customer, "2026-04-01")).await;
    world.bills(world, "2026-04-01").await;
    let found = all_documents(world).await.into_iter().rfind(|row| row.customer.id == customer);
    found.expect("it was billed")
}

pub fn draft(env: &Env, of: &DocumentRow, minor: i64) -> ReceiptDraft {
    let amount = Money { minor, currency: of.gross.currency };
    let (id, date) = (ReceiptId::new(env.id()), day("2026-04-15"));
    ReceiptDraft { id, document: of.id, date, amount, text: "Transfer".to_owned(), over: false, seen: None }
}

async fn record(env: &Env, draft: &ReceiptDraft) -> Result<ReceiptsView, Problem> {
    receipts::record(env, &admin(), draft.clone()).await.map_err(problem)
}

fn why(refused: &Problem) -> &ReceiptError {
    match &refused.fields().first().expect("a field").reason {
        FieldReason::Receipt(error, _) => error,
        other => panic!("{other:?}"),
    }
}

fn state(view: &ReceiptsView, on: &str) -> (PaymentState, i64) {
    let standing = view.invoice.standing(day(on)).expect("it is issued");
    (standing.state, standing.open)
}

async fn an_invoice_is_paid_in_parts_and_a_receipt_is_taken_back(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    assert_eq!((of.gross.minor, of.due_on), (47_599, day("2026-04-29")));
    let first = draft(&world, &of, 20_000);
    let view = record(&world, &first).await.expect("a part");
    assert_eq!(state(&view, "2026-04-15"), (PaymentState::PartPaid, 27_599));
    let before = books(&world).await;
    assert_eq!(record(&world, &first).await, Ok(view), "the same again is the same");
    let other = ReceiptDraft { amount: Money { minor: 1, ..first.amount }, ..first.clone() };
    assert_eq!(record(&world, &other).await, Err(Problem::SameId));
    // More than is open has to be meant, and with the figure that the person saw.
    let more = draft(&world, &of, 27_600);
    assert_eq!(
        why(&record(&world, &more).await.expect_err("it is more")),
        &ReceiptError::Overpaid { amount: 27_600, open: 27_599 }
    );
    let meant = ReceiptDraft { over: true, seen: Some(47_599), ..more.clone() };
    assert_eq!(
        why(&record(&world, &meant).await.expect_err("it was another figure")),
        &ReceiptError::Differs { seen: 47_599, open: 27_599 }
    );
    for (wrong, field) in [
        (ReceiptDraft { date: day("2026-04-16"), ..more.clone() }, "date"),
        (ReceiptDraft { date: day("1899-12-31"), ..more.clone() }, "date"),
        (ReceiptDraft { amount: Money { minor: 0, ..more.amount }, ..more.clone() }, "amount"),
        (ReceiptDraft { amount: Money { minor: -20_001, ..more.amount }, ..more.clone() }, "amount"),
        (ReceiptDraft { amount: Money { minor: 1, currency: domain::Currency::CHF }, ..more.clone() }, "currency"),
    ] {
        assert_eq!(fields(&record(&world, &wrong).await.expect_err(field)), [field]);
    }
    let nothing = ReceiptDraft { document: DocumentId::new(world.id()), ..more.clone() };
    assert!(matches!(record(&world, &nothing).await, Err(Problem::NotFound { .. })));
    assert_eq!(books(&world).await, before, "what is refused changes nothing");

    let view = record(&world, &ReceiptDraft { seen: Some(27_599), ..meant }).await.expect("it is meant");
    assert_eq!(state(&view, "2026-05-30"), (PaymentState::Credit, -1));
    let view = record(&world, &draft(&world, &of, -1)).await.expect("it is paid back");
    assert_eq!(state(&view, "2026-05-30"), (PaymentState::Paid, 0));
    let back = TakeBackDraft { receipt: first.id, reason: "Wrong invoice".to_owned() };
    let view = receipts::take_back(&world, &admin(), back.clone()).await.expect("it is taken back");
    assert_eq!(state(&view, "2026-05-30"), (PaymentState::Overdue, 20_000));
    let gone = view.receipts.iter().find(|row| row.id == first.id).expect("it is kept");
    let (_, by, reason) = gone.taken_back.clone().expect("it says so");
    assert_eq!((by.as_str(), reason.as_str(), view.receipts.len()), ("The admin", "Wrong invoice", 3));
    let before = books(&world).await;
    assert!(receipts::take_back(&world, &admin(), back.clone()).await.is_ok(), "the same again");
    let again = receipts::take_back(&world, &admin(), TakeBackDraft { reason: "Other".to_owned(), ..back }).await;
    assert_eq!(why(&problem(again.expect_err("it is gone"))), &ReceiptError::TakenBack);
    assert_eq!(books(&world).await, before);
    let told =
        store::history::list(&mut world.db.read().await.expect("a read"), "document", &of.id.to_string(), 9).await;
    let told: Vec<FieldChange> = told.expect("its history").into_iter().flat_map(|change| change.fields).collect();
    let named: Vec<_> = told
        .iter()
        .filter(|field| field.field == "receipt")
        .map(|field| (field.before.as_deref(), field.after.as_deref()))
        .collect();
    assert_eq!(named[0], (Some("2026-04-15: 200.00 EUR"), None));
    assert_eq!(named.last(), Some(&(None, Some("2026-04-15: 200.00 EUR"))));
    assert_eq!(named.len(), 4);
    assert_sound(&world).await;
}

/// Red when: something of a receipt that was paid back is taken back once more.
async fn what_was_paid_back_cannot_be_taken_back_too(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    let first = draft(&world, &of, 47_599);
    record(&world, &first).await.expect("paid");
    let back = draft(&world, &of, -47_599);
    record(&world, &back).await.expect("paid back");
    let refused =
        receipts::take_back(&world, &admin(), TakeBackDraft { receipt: first.id, reason: "x".to_owned() }).await;
    assert_eq!(
        why(&problem(refused.expect_err("it went back"))),
        &ReceiptError::BelowZero { amount: 47_599, received: 0 }
    );
    receipts::take_back(&world, &admin(), TakeBackDraft { receipt: back.id, reason: "x".to_owned() })
        .await
        .expect("it did not");
    assert_sound(&world).await;
}

/// Red when: cancelling a paid invoice is refused, or what came in for it is not named as a credit.
async fn a_paid_invoice_that_is_cancelled_is_a_credit(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    record(&world, &draft(&world, &of, 47_599)).await.expect("paid");
    let open = async |kind| {
        let page = receipts::open_items(&world, &admin(), &OpenItemQuery { kind, ..OpenItemQuery::default() }).await;
        page.expect("the open items")
    };
    assert!(open(None).await.page.rows.is_empty());
    let plan = documents::undo_plan(&world, &admin(), of.id).await.expect("the plan");
    assert_eq!((plan.received.minor, plan.plan.possible()), (47_599, true));
    let cancel = CancelDraft {
        id: DocumentId::new(world.id()),
        document: of.id,
        reason: "Twice".to_owned(),
        version: plan.version,
        seen: None,
    };
    documents::cancel(&world, &admin(), cancel).await.expect("it is cancelled");
    let page = open(Some(OpenItemKind::Credit)).await;
    let [item] = &page.page.rows[..] else { panic!("{page:?}") };
    assert_eq!((item.document.id, item.standing.state, item.standing.open), (of.id, PaymentState::Credit, -47_599));
    assert_eq!((page.sums[0].open, page.sums[0].credit, page.sums[0].rows), (0, 47_599, 1));
    let more = record(&world, &draft(&world, &of, 1)).await.expect_err("nothing is owed");
    assert_eq!(why(&more), &ReceiptError::Overpaid { amount: 1, open: -47_599 });
    record(&world, &draft(&world, &of, -47_599)).await.expect("paid back");
    assert!(open(None).await.page.rows.is_empty());
    assert_sound(&world).await;
}

/// Red when: a receipt that came after the plan of a cancellation was seen is passed over.
async fn a_plan_that_did_not_show_a_receipt_is_refused(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    let plan = documents::undo_plan(&world, &admin(), of.id).await.expect("the plan");
    record(&world, &draft(&world, &of, 47_599)).await.expect("paid");
    let cancel = CancelDraft {
        id: DocumentId::new(world.id()),
        document: of.id,
        reason: "Twice".to_owned(),
        version: plan.version,
        seen: None,
    };
    let refused = documents::cancel(&world, &admin(), cancel).await.map(drop).map_err(problem);
    assert_eq!(refused, Err(Problem::Changed));
}

/// Red when: a filter, an order or a sum of the list is another, or drafts and paid invoices are in it.
async fn open_items_are_listed_with_their_sums(world: World) {
    let alpha = invoice(&world, "Alpha GmbH").await;
    let beta = invoice(&world, "Beta GmbH").await;
    let gamma = invoice(&world, "Gamma GmbH").await;
    record(&world, &draft(&world, &beta, 40_000)).await.expect("a part");
    record(&world, &ReceiptDraft { over: true, ..draft(&world, &gamma, 50_000) }).await.expect("too much");
    let later = world.when("2026-05-10T10:00:00Z");
    let listed = async |ask: OpenItemQuery| {
        let page = receipts::open_items(&later, &admin(), &ask).await.expect("the open items");
        page.page
            .rows
            .iter()
            .map(|row| (row.document.id, row.standing.open, row.standing.days_overdue))
            .collect::<Vec<_>>()
    };
    let (a, b, c) = ((alpha.id, 47_599, 11), (beta.id, 7_599, 11), (gamma.id, -2_401, 0));
    let mut by_due = listed(OpenItemQuery::default()).await;
    by_due.sort_unstable();
    let mut all = vec![a, b, c];
    all.sort_unstable();
    assert_eq!(by_due, all);
    let by_open = OpenItemQuery { sort: OpenItemSort::Open, ..OpenItemQuery::default() };
    assert_eq!(listed(by_open.clone()).await, [c, b, a]);
    assert_eq!(listed(OpenItemQuery { desc: true, ..by_open }).await, [a, b, c]);
    let by_name = OpenItemQuery { sort: OpenItemSort::Customer, ..OpenItemQuery::default() };
    assert_eq!(listed(by_name.clone()).await, [a, b, c]);
    assert_eq!(listed(OpenItemQuery { kind: Some(OpenItemKind::Overdue), ..by_name.clone() }).await, [a, b]);
    assert_eq!(listed(OpenItemQuery { kind: Some(OpenItemKind::Credit), ..by_name.clone() }).await, [c]);
    assert_eq!(listed(OpenItemQuery { q: "beta".to_owned(), ..by_name.clone() }).await, [b]);
    assert_eq!(listed(OpenItemQuery { q: alpha.number.clone().expect("a number"), ..by_name.clone() }).await, [a]);
    assert_eq!(listed(OpenItemQuery { customer: Some(gamma.customer.id), ..by_name }).await, [c]);
    let page = receipts::open_items(&later, &admin(), &OpenItemQuery::default()).await.expect("the open items");
    let [sum] = page.sums[..] else { panic!("{:?}", page.sums) };
    assert_eq!((sum.open, sum.overdue, sum.credit, sum.rows, sum.overdue_rows), (55_198, 55_198, 2_401, 3, 2));
    assert_eq!(today::page(&later, &admin()).await.expect("today").open_items, page.sums);
    let now = receipts::open_items(&world, &admin(), &OpenItemQuery::default()).await.expect("the open items");
    assert_eq!((now.sums[0].overdue, now.sums[0].overdue_rows), (0, 0), "not due yet");
}

/// Red when: a role does more or less than section 9 says, or an idempotency key does not count.
async fn roles_and_keys(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    let kept = draft(&world, &of, 1_000);
    record(&world, &kept).await.expect("a part");
    for role in Role::ALL {
        let call = if role == Role::Customer { as_customer(of.customer.id) } else { as_role(role) };
        let records = matches!(role, Role::Admin | Role::Accounting);
        let sees = records || matches!(role, Role::Sales | Role::ProjectManager);
        let before = books(&world).await;
        let own = draft(&world, &of, 100);
        let told: [(bool, Result<(), Refused>); 5] = [
            (sees, receipts::of(&world, &call, of.id).await.map(drop)),
            (sees, receipts::open_items(&world, &call, &OpenItemQuery::default()).await.map(drop)),
            (records, receipts::files(&world, &call).await.map(drop)),
            (records, receipts::record(&world, &call, own.clone()).await.map(drop)),
            (
                records,
                receipts::take_back(&world, &call, TakeBackDraft { receipt: own.id, reason: "x".to_owned() })
                    .await
                    .map(drop),
            ),
        ];
        for (may, answer) in told {
            match answer {
                Ok(()) => assert!(may, "{role:?}"),
                Err(refused) => assert!(!may && matches!(problem(refused), Problem::Forbidden { .. }), "{role:?}"),
            }
        }
        assert_eq!(books(&world).await == before, !records, "{role:?}");
    }
    let call = with_key(admin(), "key", "one");
    let own = draft(&world, &of, 200);
    receipts::record(&world, &call, own.clone()).await.expect("it is recorded");
    let before = books(&world).await;
    receipts::record(&world, &call, own).await.expect("the same key");
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: two who record the same payment at once both get it in, or the second is not told what is open.
async fn two_at_once_record_a_payment_once(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    let other = World::open(world.url.clone(), 7).await;
    let (one, two) = (draft(&world, &of, 47_599), draft(&other, &of, 47_599));
    let (first, second) = tokio::join!(record(&world, &one), record(&other, &two));
    let refused = match (&first, &second) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
        both => panic!("{both:?}"),
    };
    assert_eq!(why(refused), &ReceiptError::Overpaid { amount: 47_599, open: 0 });
    // Many at once, each a part: as many as fit.
    let beta = invoice(&world, "Beta GmbH").await;
    let parts: Vec<ReceiptDraft> = (0..12).map(|_| draft(&world, &beta, 10_000)).collect();
    let answers = futures::future::join_all(parts.iter().enumerate().map(|(n, part)| {
        let env = if n % 2 == 0 { &world.env } else { &other.env };
        record(env, part)
    }));
    let taken = answers.await.into_iter().flatten().count();
    assert_eq!(taken, 4, "four times 100.00 fit into 475.99");
    assert_sound(&world).await;
}

/// Red when: the audit does not see a sum that is not that of the receipts.
async fn the_audit_counts_receipts(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    record(&world, &draft(&world, &of, 1_000)).await.expect("a part");
    assert_sound(&world).await;
    let mut tx = store::testing::begin(&world.db).await;
    store::testing::execute(&mut tx, "UPDATE documents SET received = 999 WHERE received = 1000")
        .await
        .expect("the damage");
    store::testing::commit(tx).await;
    let report = usecases::verify::verify(&world.env, None).await.expect("the audit runs");
    let [fault] = &report.faults[..] else { panic!("{:?}", report.faults) };
    assert!(fault.what.contains("says to have received 999, its receipts add up to 1000"), "{}", fault.what);
}

on_both!(
    an_invoice_is_paid_in_parts_and_a_receipt_is_taken_back,
    what_was_paid_back_cannot_be_taken_back_too,
    a_paid_invoice_that_is_cancelled_is_a_credit,
    a_plan_that_did_not_show_a_receipt_is_refused,
    open_items_are_listed_with_their_sums,
    roles_and_keys,
    two_at_once_record_a_payment_once,
    the_audit_counts_receipts,
);
