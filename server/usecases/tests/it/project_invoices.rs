//! Invoicing a period of a project: the draft with its lines, the bookings that stand on it, and how they become free.

use std::sync::Arc;

use chrono::Days;
use domain::{
    Currency, CustomerId, DateRange, DocumentId, ProjectId, Role, Seconds,
    documents::DocumentState,
    projects::{InvoiceError, LeftOut},
    quota::Unit,
    splitting::{Collects, Lock, Pays, SplitError},
};
use usecases::{
    Env, accounts, documents,
    papers::{self, Setter},
    projects::invoicing,
    settings,
    testing::{HOUR, PREPAID, World, as_customer, as_role, day, problem},
};
use wire::{
    FieldReason, Problem,
    accounts::AccountDraft,
    documents::{CancelDraft, DocumentDraft, DocumentPage, DraftLine},
    paper::{Input, PaperReport},
    projects::{DraftKind, InvoiceAsk, InvoicePlanView, InvoiceProjectDraft, LineDraft},
    settings::Settings,
};

use crate::{
    fees::{monthly, paid},
    office::admin,
    support::{assert_sound, books},
    workshop::{
        Shop, block, book, change, delete, effort, flat_rate, free, lasting, me, page, row, set_lines, shop, stands,
        why,
    },
};

/// The days from the first to the last one.
fn ask(project: ProjectId, [from, last]: [&str; 2]) -> InvoiceAsk {
    let period = DateRange { from: day(from), until: day(last).checked_add_days(Days::new(1)) };
    InvoiceAsk { project, period, vat: None }
}

fn draft(env: &Env, project: ProjectId, days: [&str; 2]) -> InvoiceProjectDraft {
    InvoiceProjectDraft { id: DocumentId::new(env.id()), ask: ask(project, days), seen: None }
}

async fn create(env: &Env, draft: &InvoiceProjectDraft) -> Result<DocumentPage, Problem> {
    invoicing::create(env, &admin(), draft.clone()).await.map_err(problem)
}

async fn plan(env: &Env, project: ProjectId, days: [&str; 2]) -> InvoicePlanView {
    invoicing::plan(env, &admin(), ask(project, days)).await.expect("a plan")
}

/// The administrator invoices these days of a project.
pub async fn invoices(env: &Env, project: ProjectId, days: [&str; 2]) -> DocumentPage {
    create(env, &draft(env, project, days)).await.expect("it is made")
}

const APRIL: [&str; 2] = ["2026-04-01", "2026-04-30"];

/// 45 minutes a month are free and shown on activity reports, then an hour costs 100.00.
async fn maintenance(world: &World) -> Shop {
    me(world).await;
    let customer = world.customer("Alpha GmbH").await;
    maintenance_of(world, customer).await
}

/// The same of that customer.
async fn maintenance_of(world: &World, customer: CustomerId) -> Shop {
    let shown = LineDraft { reported: true, ..free(world, 45) };
    shop(world, customer, vec![shown, effort(world, "100")]).await
}

/// The lines: text, quantity, price, and what they come to.
fn lines(page: &DocumentPage) -> Vec<(String, String, String, i64)> {
    let line = |line: &wire::documents::DocumentLine| {
        let of = &line.line;
        (of.text.clone(), of.quantity.to_string(), of.price.to_string(), line.total)
    };
    page.lines.iter().map(line).collect()
}

fn line(text: &str, quantity: &str, price: &str, total: i64) -> (String, String, String, i64) {
    (text.to_owned(), quantity.to_owned(), price.to_owned(), total)
}

fn error(problem: &Problem) -> (&str, &InvoiceError) {
    let field = problem.fields().first().unwrap_or_else(|| panic!("{problem:?}"));
    match &field.reason {
        FieldReason::ProjectInvoice(error) => (field.field.as_str(), error),
        other => panic!("{}: {other:?}", field.field),
    }
}

/// Cancels an issued document.
async fn cancel(env: &Env, page: &DocumentPage) -> DocumentPage {
    let (id, reason) = (DocumentId::new(env.id()), "Wrong".to_owned());
    let draft = CancelDraft { id, document: page.row.id, reason, version: page.version, seen: None };
    documents::cancel(env, &admin(), draft).await.expect("it is cancelled")
}

/// The activity report of a document's paper.
async fn report(env: &Env, id: DocumentId) -> Option<PaperReport> {
    let setter: Setter = Arc::new(|input: &Input| serde_json::to_vec(input).map_err(|error| error.to_string()));
    let found = papers::pdf(env, &admin(), id, &setter).await.expect("a paper");
    let input: Input = serde_json::from_slice(&found.bytes).expect("its input");
    input.report
}

/// Red when: the plan and the draft are not the same; when a line, a share or a booking is missing; when an invoice that
/// is cancelled keeps its bookings, or they are not invoiced again.
async fn a_month_is_invoiced_cancelled_and_invoiced_again(world: World) {
    let own = maintenance(&world).await;
    let booked = own.books(&world, "2026-04-10", 60).await;
    let seen = plan(&world, own.project, APRIL).await;
    assert_eq!((seen.plan.totals.net, seen.plan.totals.vat, seen.plan.bookings.len()), (2_500, 475, 1));
    assert_eq!((seen.vat.to_string().as_str(), seen.left_out.len()), ("19", 0));
    let number = page(&world, own.project).await.row.number;
    let wanted = InvoiceProjectDraft { seen: Some(seen.plan.shown()), ..draft(&world, own.project, APRIL) };
    let made = create(&world, &wanted).await.expect("it is made");
    let text = |name: &str| format!("{name} ({number} Maintenance, April 2026)");
    let expected = [line(&text("Free, nicht berechnet"), "0.75", "0", 0), line(&text("Effort"), "0.25", "100", 2_500)];
    assert_eq!((lines(&made), made.totals.gross), (expected.to_vec(), 2_975));
    assert_eq!((made.row.state, made.row.customer.id), (DocumentState::Draft, own.customer));
    let invoiced = made.invoiced.as_ref().expect("a period of a project");
    assert_eq!((invoiced.project.id, invoiced.bookings), (own.project, 1));
    assert_eq!(row(&world, booked.id).await.lock, Some(Lock::Document));
    // The draft has its report already, and the issued invoice the same.
    let drafted = report(&world, made.row.id).await.expect("a report");
    let part = |of: &PaperReport, place: usize| (of.rows[0].parts[place].seconds, of.rows[0].parts[place].amount);
    assert_eq!((part(&drafted, 0), part(&drafted, 1)), ((Seconds(2_700), Some(0)), (Seconds(900), Some(2_500))));
    assert_eq!((drafted.rows[0].person.as_str(), drafted.rows[0].task.as_str()), ("Mx admin", "Repair"));
    assert_sound(&world).await;
    let left = plan(&world, own.project, APRIL).await;
    assert_eq!(left.left_out[0].why, LeftOut::OnDocument { document: made.row.id });
    assert_eq!(left.documents, [(made.row.id, None)]);
    let refused = create(&world, &draft(&world, own.project, APRIL)).await.expect_err("it is invoiced");
    assert_eq!(error(&refused), ("last", &InvoiceError::Nothing { left_out: 1 }));

    let issued = world.issues(made.row.id).await;
    assert_eq!(report(&world, made.row.id).await.as_ref(), Some(&drafted));
    cancel(&world, &issued).await;
    assert_eq!(row(&world, booked.id).await.lock, None);
    let after = documents::page(&world, &admin(), made.row.id).await.expect("the document");
    assert_eq!((after.row.state, after.invoiced.map(|of| of.bookings)), (DocumentState::Cancelled, Some(0)));
    // Its report stays what it was, also when the booking changes.
    change(&world, &lasting(&row(&world, booked.id).await, 120)).await.expect("it is free");
    assert_eq!(report(&world, made.row.id).await, Some(drafted));
    let again = invoices(&world, own.project, APRIL).await;
    assert_eq!(again.totals.net, 12_500);
    assert_sound(&world).await;
}

/// Red when: a draft that is deleted keeps its bookings, or what it invoiced is remembered.
async fn a_deleted_draft_gives_its_bookings_back(world: World) {
    let own = maintenance(&world).await;
    let booked = own.books(&world, "2026-04-10", 60).await;
    let before = books(&world).await;
    let made = invoices(&world, own.project, APRIL).await;
    let refused = delete(&world, &booked).await.expect_err("it is on a document");
    assert_eq!(why(&refused), ("id", &SplitError::Locked { booking: booked.id, lock: Lock::Document }));
    documents::delete(&world, &admin(), made.row.id, None).await.expect("it is a draft");
    let history = |rows: Vec<String>| rows.into_iter().filter(|row| !row.starts_with("history")).collect::<Vec<_>>();
    assert_eq!(history(books(&world).await), history(before), "all is as it was");
    delete(&world, &row(&world, booked.id).await).await.expect("it is free");
    assert_sound(&world).await;
}

/// Red when: the same invoice sent twice is two, or another content under its id is accepted; when anything is stored
/// that comes to something else than the person saw.
async fn the_same_invoice_of_a_project_counts_once(world: World) {
    let own = maintenance(&world).await;
    own.books(&world, "2026-04-10", 60).await;
    let seen = plan(&world, own.project, APRIL).await.plan.shown();
    let late = own.books(&world, "2026-04-11", 30).await;
    let before = books(&world).await;
    let outdated = InvoiceProjectDraft { seen: Some(seen.clone()), ..draft(&world, own.project, APRIL) };
    let refused = create(&world, &outdated).await.expect_err("half an hour more");
    let (field, InvoiceError::Differs { decided, .. }) = error(&refused) else { panic!("{refused:?}") };
    assert_eq!((field, decided.sums(), decided.bookings), ("seen", (Seconds(5_400), 7_500), 2));
    assert_eq!(books(&world).await, before, "nothing is stored");

    delete(&world, &late).await.expect("it is deleted");
    let made = create(&world, &outdated).await.expect("it is as it was seen");
    let before = books(&world).await;
    assert_eq!(create(&world, &outdated).await, Ok(made.clone()), "the same again");
    let other = InvoiceProjectDraft { ask: ask(own.project, ["2026-04-01", "2026-04-29"]), ..outdated.clone() };
    assert_eq!(create(&world, &other).await, Err(Problem::SameId));
    let rate = InvoiceAsk { vat: "7".parse().ok(), ..outdated.ask };
    assert_eq!(create(&world, &InvoiceProjectDraft { ask: rate, ..outdated }).await, Err(Problem::SameId));
    assert_eq!(books(&world).await, before);
}

/// Red when: a booking with time that no line takes is invoiced in part; when what nobody pays for or is not shown stands
/// on the invoice; when days of another period do.
async fn what_stays_behind_is_named_with_its_reason(world: World) {
    me(&world).await;
    let (customer, account) = world.customer_with_account(usecases::testing::PREPAID).await;
    world.lot(account, 1_800, "2026-01-01", None).await;
    let own = shop(&world, customer, vec![block(&world, account)]).await;
    let hidden = own.books(&world, "2026-04-10", 20).await;
    let open = own.books(&world, "2026-04-11", 20).await;
    let mut nobody = own.draft(&world, "2026-04-12", 20);
    nobody.billable = false;
    let nobody = book(&world, &nobody).await.expect("it is booked").row;
    own.books(&world, "2026-03-31", 5).await;
    let found = plan(&world, own.project, APRIL).await;
    let reasons: Vec<_> = found.left_out.iter().map(|left| (left.booking, left.why)).collect();
    let unassigned = LeftOut::Unassigned { open: Seconds(600) };
    let expected = [(hidden.id, LeftOut::NotShown), (open.id, unassigned), (nobody.id, LeftOut::NotBillable)];
    assert_eq!((reasons, found.plan.is_empty()), (expected.to_vec(), true));
    let before = books(&world).await;
    let refused = create(&world, &draft(&world, own.project, APRIL)).await.expect_err("nothing is on it");
    assert_eq!(error(&refused), ("last", &InvoiceError::Nothing { left_out: 3 }));
    assert_eq!(books(&world).await, before);
}

/// Red when: the time of a flat rate is charged, or the plan does not say that its price is not on the invoice.
async fn a_flat_rate_makes_no_line_and_is_named(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let own = shop(&world, customer, vec![flat_rate(&world)]).await;
    let booked = own.books(&world, "2026-04-10", 60).await;
    assert_eq!(stands(&world, booked.id).await, "Flat 60");
    let found = plan(&world, own.project, APRIL).await;
    let flat = page(&world, own.project).await.lines[0].line.id;
    assert_eq!((found.plan.is_empty(), &found.flat), (true, &vec![flat]));
    assert_eq!(found.left_out.iter().map(|left| left.why).collect::<Vec<_>>(), [LeftOut::NotShown]);
    let other = maintenance_of(&world, customer).await;
    assert!(plan(&world, other.project, APRIL).await.flat.is_empty());
}

/// Red when: the plan does not say that fees are billed elsewhere, or since when they are due.
async fn fees_are_said_to_be_billed_by_the_run(world: World) {
    let (own, _) = paid(&world, monthly()).await;
    let found = plan(&world, own.project, APRIL).await;
    assert_eq!((found.fees, found.fees_due), (true, Some(day("2026-04-01"))));
    world.bills(&world, "2026-04-15").await;
    let found = plan(&world, own.project, APRIL).await;
    assert_eq!((found.fees, found.fees_due), (true, None));
    let other = maintenance_of(&world, own.customer).await;
    let found = plan(&world, other.project, APRIL).await;
    assert_eq!((found.fees, found.fees_due), (false, None));
}

/// Red when: time is invoiced at another rate than it was booked at.
async fn time_is_invoiced_at_the_rate_at_which_it_was_booked(world: World) {
    let own = maintenance(&world).await;
    own.books(&world, "2026-04-10", 105).await;
    let lines_of = page(&world, own.project).await.lines;
    let dearer = |place: usize, line: LineDraft| LineDraft { id: lines_of[place].line.id, ..line };
    let free = LineDraft { reported: true, ..dearer(0, free(&world, 45)) };
    set_lines(&world, own.project, vec![free, dearer(1, effort(&world, "120"))]).await.expect("they are saved");
    own.books(&world, "2026-04-11", 30).await;
    let made = invoices(&world, own.project, APRIL).await;
    let charged = lines(&made).into_iter().skip(1);
    let figures: Vec<_> = charged.map(|(_, hours, price, total)| (hours, price, total)).collect();
    let figure = |hours: &str, price: &str, total| (hours.to_owned(), price.to_owned(), total);
    assert_eq!(figures, [figure("1", "100", 10_000), figure("0.5", "120", 6_000)]);
    assert_sound(&world).await;
}

/// The draft as its editor would send it, with a twist.
fn edited(page: &DocumentPage, twist: impl FnOnce(&mut Vec<DraftLine>)) -> DocumentDraft {
    let line = |line: &wire::documents::DocumentLine| {
        let cleared = line.cleared.as_ref().expect("an ordinary invoice");
        DraftLine { id: cleared.id, line: line.line.clone(), contract: None, clears: cleared.clears }
    };
    let mut lines = page.lines.iter().map(line).collect();
    twist(&mut lines);
    DocumentDraft {
        id: page.row.id,
        version: page.version,
        kind: page.row.kind,
        customer: page.row.customer.id,
        currency: page.row.net.currency,
        date: page.row.date,
        delivery: page.delivery,
        payment_days: page.payment_days,
        lines,
        seen: Vec::new(),
    }
}

/// Red when: a draft over bookings cannot be changed, or loses them; when the shares of its report do not add up to what
/// its line comes to now; when a line that is gone still has an amount; when such a line draws a quota.
async fn a_draft_over_bookings_can_be_edited(world: World) {
    let own = maintenance(&world).await;
    own.books(&world, "2026-04-10", 55).await;
    own.books(&world, "2026-04-11", 10).await;
    let made = invoices(&world, own.project, APRIL).await;
    assert_eq!((made.lines[1].line.quantity.to_string().as_str(), made.lines[1].total), ("0.3333", 3_333));
    let dearer = edited(&made, |lines| {
        lines[1].line.price = "110".parse().expect("a price");
        lines.remove(0);
    });
    let saved = documents::save(&world, &admin(), dearer).await.expect("it is a draft").page;
    assert_eq!((saved.totals.net, saved.invoiced.as_ref().map(|of| of.bookings)), (3_667, Some(2)));
    let found = report(&world, made.row.id).await.expect("a report");
    assert_eq!((found.lines[0].amount, found.lines[1].amount), (None, Some(3_667)));
    let shares = found.rows.iter().flat_map(|row| &row.parts).filter(|part| part.line == 1);
    assert_eq!(shares.filter_map(|part| part.amount).collect::<Vec<_>>(), [1_834, 1_833]);
    assert_sound(&world).await;

    let contract = world.contract(world.contract_draft(own.customer, "2026-04-01")).await.contract.id;
    let drawing = edited(&saved, |lines| lines[0].contract = Some(contract));
    let refused = documents::save(&world, &admin(), drawing).await.map_err(problem).expect_err("it is of bookings");
    assert_eq!(refused, Problem::field("lines.0.contract", FieldReason::Fixed));
    // Empty, it still has its bookings: only deleting it gives them back.
    let emptied = documents::save(&world, &admin(), edited(&saved, Vec::clear)).await.expect("it is a draft").page;
    assert_eq!(emptied.invoiced.map(|of| of.bookings), Some(2));
    assert_sound(&world).await;
}

/// Red when: prepaid time is said not to be charged on the invoice or in its report, or what an account of money gives is
/// left out there.
async fn prepaid_time_is_told_as_what_it_is(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let hours = world.account_draft(customer, PREPAID);
    let purse = AccountDraft { unit: Unit::Money(Currency::EUR), ..world.account_draft(customer, PREPAID) };
    let (time, money) = (hours.id, purse.id);
    for account in [hours, purse] {
        accounts::open(&world, &admin(), account).await.expect("it is opened");
    }
    world.lot(time, HOUR, "2026-01-01", None).await;
    world.lot(money, 10_000, "2026-01-01", None).await;
    let rate = Some("100".parse().expect("a rate"));
    let kind = DraftKind::Prepaid { collects: Collects::All, account: money, rate, opens: None };
    let purse = LineDraft { name: "Purse".to_owned(), kind, ..block(&world, money) };
    let shown = |line| LineDraft { reported: true, ..line };
    let mut all = [free(&world, 45), block(&world, time), purse].map(shown).to_vec();
    all.push(effort(&world, "100"));
    let own = shop(&world, customer, all).await;
    own.books(&world, "2026-04-10", 150).await;
    own.books(&world, "2026-04-11", 30).await;
    let made = invoices(&world, own.project, APRIL).await;
    let said: Vec<&str> = made.lines.iter().filter_map(|line| line.line.text.split(" (").next()).collect();
    assert_eq!(said, ["Free, nicht berechnet", "Block, aus Guthaben", "Purse, 100,00\u{a0}€ aus Guthaben", "Effort"]);
    let found = report(&world, made.row.id).await.expect("a report");
    let lines: Vec<_> = found.lines.iter().map(|line| (line.pays, line.taken)).collect();
    let (free, block) = ((Some(Pays::Allowance), None), (Some(Pays::PrepaidTime), None));
    let (purse, effort) = ((Some(Pays::PrepaidMoney), Some(10_000)), (Some(Pays::Effort), None));
    assert_eq!(lines, [free, block, purse, effort]);
    let taken = found.rows.iter().map(|row| row.parts.iter().map(|part| part.taken).collect::<Vec<_>>());
    assert_eq!(taken.collect::<Vec<_>>(), [vec![None, None, Some(7_500)], vec![Some(2_500), None]]);
    assert_sound(&world).await;
}

/// Red when: closed books stop an invoice, which draws nothing.
async fn closed_books_do_not_stop_an_invoice_of_a_project(world: World) {
    let own = maintenance(&world).await;
    let booked = own.books(&world, "2026-04-10", 60).await;
    let company = settings::page(&world, &admin()).await.expect("the settings").settings;
    let closed = Settings { books_closed_until: Some(day("2026-05-01")), ..company };
    settings::save(&world, &admin(), closed).await.expect("they are saved");
    let made = invoices(&world, own.project, APRIL).await;
    assert_eq!(made.totals.net, 2_500);
    cancel(&world, &world.issues(made.row.id).await).await;
    assert_eq!(row(&world, booked.id).await.lock, Some(Lock::ClosedBooks));
    assert_eq!(stands(&world, booked.id).await, "Free 45, Effort 15 = 2500");
    assert_sound(&world).await;
}

/// Red when: a role makes or sees what it must not.
async fn who_makes_documents_and_sees_projects_invoices_them(world: World) {
    let own = maintenance(&world).await;
    own.books(&world, "2026-04-10", 60).await;
    let before = books(&world).await;
    for role in Role::ALL {
        let call = if role == Role::Customer { as_customer(own.customer) } else { as_role(role) };
        let seen = invoicing::plan(&world, &call, ask(own.project, APRIL)).await;
        let may = matches!(role, Role::Admin | Role::Sales | Role::Accounting);
        assert_eq!(seen.is_ok(), may, "{role:?}");
        if !may {
            let made = invoicing::create(&world, &call, draft(&world, own.project, APRIL)).await;
            assert!(matches!(made.map_err(problem), Err(Problem::Forbidden { .. })), "{role:?}");
        }
    }
    assert_eq!(books(&world).await, before);
    let made = invoicing::create(&world, &as_role(Role::Sales), draft(&world, own.project, APRIL)).await;
    assert_eq!(made.expect("sales make drafts").totals.net, 2_500);
}

on_both!(
    a_month_is_invoiced_cancelled_and_invoiced_again,
    a_deleted_draft_gives_its_bookings_back,
    the_same_invoice_of_a_project_counts_once,
    what_stays_behind_is_named_with_its_reason,
    a_flat_rate_makes_no_line_and_is_named,
    fees_are_said_to_be_billed_by_the_run,
    time_is_invoiced_at_the_rate_at_which_it_was_booked,
    a_draft_over_bookings_can_be_edited,
    prepaid_time_is_told_as_what_it_is,
    closed_books_do_not_stop_an_invoice_of_a_project,
    who_makes_documents_and_sees_projects_invoices_them,
);
