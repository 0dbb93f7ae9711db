//! `/api/v1/receipts` and `/api/v1/open-items`: what came in for invoices, and what is open.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{Currency, ReceiptId};
use serde::{Deserialize, Serialize};
use usecases::receipts;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun,
    documents::MOST_REASON,
    lists::{OpenItemKind, OpenItemQuery, OpenItemRow, OpenSum},
    receipts::{MOST_RECEIPT_TEXT, ReceiptDraft, ReceiptRow, ReceiptsView, TakeBackDraft},
};

use super::{
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    customers::id_from_key,
    document_body::DocumentRowBody,
    fields::Fields,
    values::MoneyBody,
};

/// A receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptBody {
    id: String,
    /// The day on which it came in.
    date: NaiveDate,
    /// A pay-back is negative.
    amount: MoneyBody,
    /// What was noted, or what the bank says.
    text: String,
    /// Whether it comes from a line of a bank file.
    from_bank: bool,
    recorded_at: DateTime<FixedOffset>,
    recorded_by: String,
    /// When it was taken back; then it counts no more.
    taken_back_at: Option<DateTime<FixedOffset>>,
    taken_back_by: Option<String>,
    taken_back_reason: Option<String>,
}

impl ReceiptBody {
    fn new(row: ReceiptRow) -> ReceiptBody {
        let (recorded_at, recorded_by) = row.recorded;
        let (taken_back_at, by_and_reason) = row.taken_back.map(|(at, by, reason)| (at, (by, reason))).unzip();
        let (taken_back_by, taken_back_reason) = by_and_reason.unzip();
        ReceiptBody {
            id: row.id.to_string(),
            date: row.date,
            amount: row.amount.into(),
            text: row.text,
            from_bank: row.from_bank,
            recorded_at,
            recorded_by,
            taken_back_at,
            taken_back_by,
            taken_back_reason,
        }
    }
}

/// What came in for an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptsBody {
    document: String,
    /// `open`, `part_paid`, `overdue`, `paid` or `credit`; none of what is not paid at all.
    state: Option<&'static str>,
    /// The sum of the standing receipts.
    received: MoneyBody,
    /// What is open; a credit is negative.
    open: MoneyBody,
    days_overdue: u32,
    /// Also those that were taken back, by day.
    receipts: Vec<ReceiptBody>,
}

fn body(caller: &Caller, view: ReceiptsView) -> ReceiptsBody {
    let (invoice, currency) = (view.invoice, view.invoice.gross.currency);
    let standing = invoice.standing(caller.house.env.today());
    ReceiptsBody {
        document: view.document.to_string(),
        state: standing.map(|standing| standing.state.name()),
        received: MoneyBody::new(invoice.received, currency),
        open: MoneyBody::new(invoice.open(), currency),
        days_overdue: standing.map_or(0, |standing| standing.days_overdue),
        receipts: view.receipts.into_iter().map(ReceiptBody::new).collect(),
    }
}

/// What came in for an invoice.
#[utoipa::path(get, path = "/documents/{id}/receipts", params(("id" = String, Path)), responses(
    (status = 200, body = ReceiptsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn of(caller: Caller, Path(document): Path<String>) -> Result<Json<ReceiptsBody>, Refusal> {
    let document = id(&caller, &document, Noun::Document)?;
    let view = receipts::of(&caller.house.env, &caller.call, document).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(body(&caller, view)))
}

/// A receipt to record.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReceiptInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    /// The invoice.
    document: String,
    /// The day on which it came in.
    date: NaiveDate,
    /// In the currency of the invoice; a pay-back is negative.
    amount: MoneyBody,
    /// What it is, in words.
    #[serde(default)]
    text: String,
    /// Whether it may be more than is open.
    #[serde(default)]
    over: bool,
    /// What the client saw to be open; when it is something else now, an over-payment is refused.
    seen: Option<MoneyBody>,
}

/// Records a receipt of an issued invoice, or a pay-back. What is more than open is refused unless `over` says that it is
/// meant; then it is a credit.
#[utoipa::path(post, path = "/receipts", request_body = ReceiptInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = ReceiptsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn record(command: Command<ReceiptInput>) -> Result<(StatusCode, Json<ReceiptsBody>), Refusal> {
    let Command { caller, body: input } = command;
    let mut fields = Fields::default();
    let own: Option<ReceiptId> = fields.id("id", &input.id.unwrap_or_else(|| id_from_key(&caller)));
    let document = fields.id("document", &input.document);
    fields.day("date", input.date);
    let text = fields.text("text", &input.text, MOST_RECEIPT_TEXT);
    let currency: Option<Currency> = input.amount.currency();
    let amount = match currency {
        Some(currency) => {
            fields.money("amount", &input.amount, currency).map(|minor| domain::Money { minor, currency })
        }
        None => {
            fields.wrong("amount", FieldReason::NotOneOf);
            None
        }
    };
    let seen = input.seen.as_ref().zip(currency).and_then(|(seen, currency)| fields.money("seen", seen, currency));
    let (date, over) = (input.date, input.over);
    let draft = own.zip(document).zip(amount);
    let draft = draft.map(|((id, document), amount)| ReceiptDraft { id, document, date, amount, text, over, seen });
    let draft = fields.done(&caller, draft)?;
    let view = receipts::record(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(body(&caller, view))))
}

/// Why a receipt is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TakeBackInput {
    reason: String,
}

/// Takes a receipt back: it stays with the reason, and counts no more.
#[utoipa::path(post, path = "/receipts/{id}/take-back", request_body = TakeBackInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = ReceiptsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn take_back(
    Path(receipt): Path<String>,
    command: Command<TakeBackInput>,
) -> Result<Json<ReceiptsBody>, Refusal> {
    let Command { caller, body: input } = command;
    let receipt = id(&caller, &receipt, Noun::Receipt)?;
    let reason = caller.words("reason", &input.reason, MOST_REASON)?;
    let draft = TakeBackDraft { receipt, reason };
    let view = receipts::take_back(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(body(&caller, view)))
}

/// What of the list of open items is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct OpenItemsQuery {
    /// The beginning of a number, or beginnings of words of the customer.
    #[serde(default)]
    q: String,
    /// The id of a customer: only theirs.
    customer: Option<String>,
    /// `overdue` or `credit`: only those.
    kind: Option<String>,
    /// `due` (if left out), `open` or `customer`.
    sort: Option<String>,
    /// The other way round.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// An open item.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenItemBody {
    document: DocumentRowBody,
    /// `open`, `part_paid`, `overdue` or `credit`.
    state: &'static str,
    /// What is open; a credit is negative.
    open: MoneyBody,
    days_overdue: u32,
}

impl OpenItemBody {
    fn new(row: OpenItemRow) -> OpenItemBody {
        let currency = row.document.gross.currency;
        OpenItemBody {
            document: DocumentRowBody::new(row.document),
            state: row.standing.state.name(),
            open: MoneyBody::new(row.standing.open, currency),
            days_overdue: row.standing.days_overdue,
        }
    }
}

/// What is open in one currency, on all pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenSumBody {
    /// Without credits.
    open: MoneyBody,
    overdue: MoneyBody,
    /// What is to be paid back.
    credit: MoneyBody,
    rows: u64,
    overdue_rows: u64,
}

impl OpenSumBody {
    fn new(sum: &OpenSum) -> OpenSumBody {
        let money = |minor| MoneyBody::new(minor, sum.currency);
        OpenSumBody {
            open: money(sum.open),
            overdue: money(sum.overdue),
            credit: money(sum.credit),
            rows: sum.rows,
            overdue_rows: sum.overdue_rows,
        }
    }
}

/// A page of the open items.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenItemList {
    items: Vec<OpenItemBody>,
    /// The sums of all pages, for each currency.
    sums: Vec<OpenSumBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// Invoices of which something is open, and credits that are to be paid back, by the day by which they are due.
#[utoipa::path(get, path = "/open-items", params(OpenItemsQuery), responses(
    (status = 200, body = OpenItemList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn open_items(caller: Caller, Query(query): Query<OpenItemsQuery>) -> Result<Json<OpenItemList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let customer = fields.maybe_id("customer", query.customer.as_deref());
    let kind = query.kind.as_deref().and_then(|name| fields.choice("kind", OpenItemKind::from_name(name)));
    let sort = fields.sort::<OpenItemQuery>(query.sort.as_deref());
    let sort = fields.done(&caller, sort)?;
    let ask = OpenItemQuery { q: query.q, customer, kind, sort, desc: query.desc, page };
    let found = receipts::open_items(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let items = found.page.rows.into_iter().map(OpenItemBody::new).collect();
    let sums = found.sums.iter().map(OpenSumBody::new).collect();
    Ok(Json(OpenItemList { items, sums, next: next(page, found.page.more) }))
}
