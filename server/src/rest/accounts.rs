//! `/api/v1/accounts`: opening an account, where it stands, its passbook.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{
    DrawId,
    quota::{Amount, DeficitPolicy, Movement, Overbooking, Part, Policy, Posting, RevokedPart, Unit, check_days},
};
use serde::{Deserialize, Serialize};
use usecases::accounts;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun,
    accounts::{AccountDraft, AccountQuery, AccountSort, ListedAccount, NAME_LENGTH, limit_problem, unit_from_name},
    documents::DocumentRef,
};

use super::{
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    contract_body::CustomerRefBody,
    customers::{AccountBody, id_from_key},
    fields::Fields,
    values::{StandingBody, Volume},
};

/// How much of which lot.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartBody {
    lot: String,
    amount: Volume,
}

/// The parts of a draw or release.
pub fn parts(unit: Unit, parts: &[Part]) -> Vec<PartBody> {
    parts.iter().map(|part| PartBody { lot: part.lot.to_string(), amount: Volume::new(unit, part.amount) }).collect()
}

/// How much of a draw's deficit.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverBody {
    draw: String,
    amount: Volume,
}

/// What draws lose when a lot is taken back.
pub fn losses(unit: Unit, parts: &[RevokedPart]) -> Vec<CoverBody> {
    parts.iter().map(|part| CoverBody::new(unit, part.draw, part.amount)).collect()
}

impl CoverBody {
    /// How much of which draw's deficit.
    pub fn new(unit: Unit, draw: DrawId, amount: Amount) -> CoverBody {
        CoverBody { draw: draw.to_string(), amount: Volume::new(unit, amount) }
    }
}

/// An account of the list, with where it stands today.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountLine {
    id: String,
    name: String,
    customer: CustomerRefBody,
    /// `time` or an ISO 4217 code.
    unit: String,
    standing: StandingBody,
    /// What of the used part drafts only hold.
    held: Volume,
}

impl AccountLine {
    fn new(listed: ListedAccount) -> AccountLine {
        let AccountBody { id, name, unit, standing, held } = AccountBody::new(&listed.row);
        AccountLine { id, name, customer: listed.customer.into(), unit, standing, held }
    }
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountList {
    accounts: Vec<AccountLine>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// What of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct AccountsQuery {
    /// Only the accounts of that customer.
    customer: Option<String>,
    /// Only accounts that count that: `time` or an ISO 4217 code.
    unit: Option<String>,
    /// `name` (if left out) or `customer`.
    sort: Option<String>,
    /// From the end.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// The accounts, by name or by the name of the customer, with where each stands today.
#[utoipa::path(get, path = "/accounts", params(AccountsQuery), responses(
    (status = 200, body = AccountList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller, Query(query): Query<AccountsQuery>) -> Result<Json<AccountList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let customer = fields.maybe_id("customer", query.customer.as_deref());
    let unit = query.unit.as_deref().and_then(|name| fields.choice("unit", unit_from_name(name)));
    let sort = match query.sort.as_deref() {
        None => Some(AccountSort::Name),
        Some(name) => fields.choice("sort", AccountSort::from_name(name)),
    };
    let sort = fields.done(&caller, sort)?;
    let ask = AccountQuery { customer, unit, sort, desc: query.desc, page };
    let found = accounts::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let accounts = found.rows.into_iter().map(AccountLine::new).collect();
    Ok(Json(AccountList { accounts, next: next(page, found.more) }))
}

/// An account to open.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AccountInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    customer: String,
    name: String,
    /// `time` or an ISO 4217 code.
    unit: String,
    /// Whether it may be overdrawn.
    #[serde(default)]
    overbooking: bool,
    /// The most that may be open as deficit; left out: without limit.
    limit: Option<Volume>,
    /// Whether the next grant covers earlier deficits too.
    #[serde(default)]
    next_grant_covers: bool,
}

/// Opens an account.
#[utoipa::path(post, path = "/accounts", request_body = AccountInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = AccountBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn open(command: Command<AccountInput>) -> Result<(StatusCode, Json<AccountBody>), Refusal> {
    let Command { caller, body } = command;
    let mut fields = Fields::default();
    let own = fields.id("id", &body.id.unwrap_or_else(|| id_from_key(&caller)));
    let customer = fields.id("customer", &body.customer);
    let unit = fields.choice("unit", unit_from_name(&body.unit));
    let name = fields.words("name", &body.name, NAME_LENGTH);
    // In which unit a limit is, only an account with a unit says.
    let limit = body.limit.as_ref().zip(unit).and_then(|(limit, unit)| fields.volume("limit", limit, unit));
    if let Some(problem) = limit.zip(unit).and_then(|(limit, unit)| limit_problem(limit, unit)) {
        fields.wrong(&problem.field, problem.reason);
    }
    let policy = Policy {
        overbooking: if body.overbooking { Overbooking::Yes { limit } } else { Overbooking::No },
        deficits: if body.next_grant_covers { DeficitPolicy::NextGrant } else { DeficitPolicy::Balance },
    };
    let draft = own.zip(customer).zip(unit);
    let draft = draft.map(|((id, customer), unit)| AccountDraft { id, customer, name, unit, policy });
    let draft = fields.done(&caller, draft)?;
    let row = accounts::open(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(AccountBody::new(&row))))
}

/// An account, with where it stands today.
#[utoipa::path(get, path = "/accounts/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = AccountBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(account): Path<String>) -> Result<Json<AccountBody>, Refusal> {
    let account = id(&caller, &account, Noun::Account)?;
    let row = accounts::get(&caller.house.env, &caller.call, account).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(AccountBody::new(&row)))
}

/// Which entries are wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct EntriesQuery {
    /// The first day.
    from: Option<NaiveDate>,
    /// The first day that is no longer wanted; only with a first one.
    until: Option<NaiveDate>,
}

/// The document that made a draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawnByBody {
    id: String,
    /// `delivery_note` or `invoice`.
    kind: &'static str,
    /// None as long as it is a draft: then the draw is a hold, which the document can still take back.
    number: Option<String>,
}

impl From<DocumentRef> for DrawnByBody {
    fn from(document: DocumentRef) -> DrawnByBody {
        DrawnByBody { id: document.id.to_string(), kind: document.kind.name(), number: document.number }
    }
}

/// An entry of the passbook.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryBody {
    /// Its place in the history; none of what is derived: a lapse, and a lot of an allowance that nothing has touched.
    seq: Option<i64>,
    /// `grant`, `draw`, `release`, `revoke`, `cover`, `end` or `lapse`.
    kind: &'static str,
    date: NaiveDate,
    text: String,
    by: String,
    /// How it moves the balance.
    amount: Volume,
    /// The balance afterwards.
    balance: Volume,
    /// The draw that it is about.
    draw: Option<String>,
    /// The lot that it is about.
    lot: Option<String>,
    /// What it takes from or gives back to which lot.
    parts: Vec<PartBody>,
    /// For a revoke: what each draw loses, which is its deficit from then on.
    loses: Vec<CoverBody>,
    /// For a draw of a document: which one.
    document: Option<DrawnByBody>,
    /// For a grant: the first day on which its lot can no longer be drawn. For an end: the first day on which nothing
    /// can be drawn any more; none takes an earlier end back.
    until: Option<NaiveDate>,
}

/// A passbook for a range of dates.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassbookBody {
    from: NaiveDate,
    until: Option<NaiveDate>,
    opening: Volume,
    entries: Vec<EntryBody>,
    closing: Volume,
}

/// The passbook of an account, by default of the last twelve months.
#[utoipa::path(get, path = "/accounts/{id}/entries", params(("id" = String, Path), EntriesQuery), responses(
    (status = 200, body = PassbookBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn entries(
    caller: Caller,
    Path(account): Path<String>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<PassbookBody>, Refusal> {
    let account = id(&caller, &account, Noun::Account)?;
    let mut fields = Fields::default();
    let days = [("from", query.from), ("until", query.until)];
    // Each of them is asked: both may lie beyond the books.
    let kept = days.map(|(name, day)| day.is_none_or(|day| fields.day(name, day)));
    let range = match (query.from, query.until) {
        (None, Some(_)) => {
            fields.wrong("from", FieldReason::Missing);
            None
        }
        (Some(from), until) if kept == [true; 2] => match check_days(from, until) {
            Ok(range) => Some(range),
            Err(error) => {
                fields.wrong("until", FieldReason::Quota(error, Unit::Time));
                None
            }
        },
        _ => None,
    };
    let range = fields.done(&caller, Some(range))?;
    let book =
        accounts::passbook(&caller.house.env, &caller.call, account, range).await.map_err(|r| caller.refuse(r))?;
    let unit = book.facts.account.unit;
    let entries = book.lines.into_iter().map(|line| {
        let (mut until, mut loses) = (None, Vec::new());
        let (seq, kind, draw, lot, moved) = match &line.row.posting {
            Posting::Lapse { lot, .. } => (None, "lapse", None, Some(*lot), Vec::new()),
            Posting::Entry(entry) => {
                let (kind, draw, lot, moved) = match &entry.movement {
                    Movement::Grant { lot } => {
                        until = lot.valid.until;
                        ("grant", None, Some(lot.id), Vec::new())
                    }
                    Movement::Draw { draw, parts: p, .. } => ("draw", Some(*draw), None, parts(unit, p)),
                    Movement::Release { draw, parts: p, .. } => ("release", Some(*draw), None, parts(unit, p)),
                    Movement::Revoke { lot, parts, .. } => {
                        loses = losses(unit, parts);
                        ("revoke", None, Some(*lot), Vec::new())
                    }
                    Movement::Cover { draw, lot, .. } => ("cover", Some(*draw), Some(*lot), Vec::new()),
                    Movement::End { until: end } => {
                        until = *end;
                        ("end", None, None, Vec::new())
                    }
                };
                (line.at.map(|_| entry.seq.0), kind, draw, lot, moved)
            }
        };
        EntryBody {
            seq,
            kind,
            date: line.row.date,
            text: line.text,
            by: line.by,
            amount: Volume::new(unit, line.row.amount),
            balance: Volume::new(unit, line.row.balance),
            draw: draw.map(|draw| draw.to_string()),
            lot: lot.map(|lot| lot.to_string()),
            parts: moved,
            loses,
            document: line.document.map(DrawnByBody::from),
            until,
        }
    });
    Ok(Json(PassbookBody {
        from: book.range.from,
        until: book.range.until,
        opening: Volume::new(unit, book.opening),
        entries: entries.collect(),
        closing: Volume::new(unit, book.closing),
    }))
}
