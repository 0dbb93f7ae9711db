//! `/api/v1/accounts`

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{
    AccountId, DateRange, DrawId, LotId,
    quota::{DeficitPolicy, DrawRequest, GrantRequest, Movement, Overbooking, Part, Policy, Posting, QuotaError, Unit},
};
use serde::{Deserialize, Serialize};
use usecases::{Refused, accounts};
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldProblem, FieldReason, Noun, Problem,
    accounts::{AccountDraft, DrawDraft, GrantDraft, unit_from_name},
};

use super::{
    call::{Caller, Command, ProblemDetails, Query, Refusal, id},
    customers::{AccountBody, id_from_key},
    values::Volume,
};

/// How much of which lot.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartBody {
    lot: String,
    amount: Volume,
}

fn parts(unit: Unit, parts: &[Part]) -> Vec<PartBody> {
    parts.iter().map(|part| PartBody { lot: part.lot.to_string(), amount: Volume::new(unit, part.amount) }).collect()
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
    let wrong = |field: &str| caller.refuse(Problem::field(field, FieldReason::NotOneOf));
    let unit = unit_from_name(&body.unit).ok_or_else(|| wrong("unit"))?;
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(caller.refuse(Problem::field("name", FieldReason::Missing)));
    }
    let limit = match &body.limit {
        None => None,
        Some(limit) => Some(limit.amount("limit", unit).map_err(|problem| caller.refuse(problem))?),
    };
    if let Some(Err(error)) = limit.filter(|limit| !limit.is_zero()).map(domain::quota::Amount::asked) {
        return Err(caller.refuse(Problem::field("limit", FieldReason::Quota(error, unit))));
    }
    let draft = AccountDraft {
        id: body.id.unwrap_or_else(|| id_from_key(&caller)).parse().map_err(|_| wrong("id"))?,
        customer: body.customer.parse().map_err(|_| wrong("customer"))?,
        name,
        unit,
        policy: Policy {
            overbooking: if body.overbooking { Overbooking::Yes { limit } } else { Overbooking::No },
            deficits: if body.next_grant_covers { DeficitPolicy::NextGrant } else { DeficitPolicy::Balance },
        },
    };
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
    /// The first day that is no longer wanted.
    until: Option<NaiveDate>,
}

/// An entry of the passbook.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryBody {
    /// Its place in the history; none for a lapse, which is derived.
    seq: Option<i64>,
    /// `grant`, `draw`, `release`, `cover` or `lapse`.
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
    let range = match query.from {
        None => None,
        Some(from) => Some(
            DateRange::new(from, query.until)
                .ok_or_else(|| caller.refuse(Problem::field("until", FieldReason::NotOneOf)))?,
        ),
    };
    let book =
        accounts::passbook(&caller.house.env, &caller.call, account, range).await.map_err(|r| caller.refuse(r))?;
    let unit = book.facts.account.unit;
    let entries = book.lines.into_iter().map(|line| {
        let (seq, kind, draw, lot, moved) = match &line.row.posting {
            Posting::Lapse { lot } => (None, "lapse", None, Some(*lot), Vec::new()),
            Posting::Entry(entry) => {
                let (kind, draw, lot, moved) = match &entry.movement {
                    Movement::Grant { lot } => ("grant", None, Some(lot.id), Vec::new()),
                    Movement::Draw { draw, parts: p, .. } => ("draw", Some(*draw), None, parts(unit, p)),
                    Movement::Release { draw, parts: p, .. } => ("release", Some(*draw), None, parts(unit, p)),
                    Movement::Cover { draw, lot, .. } => ("cover", Some(*draw), Some(*lot), Vec::new()),
                };
                (Some(entry.seq.0), kind, draw, lot, moved)
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

/// A lot to grant.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GrantInput {
    /// A UUID that the client makes; may be left out.
    lot: Option<String>,
    amount: Volume,
    valid_from: NaiveDate,
    /// The first day on which it can no longer be drawn; left out: without end.
    valid_until: Option<NaiveDate>,
    reason: String,
}

/// What a grant did.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantBody {
    lot: String,
    amount: Volume,
    /// Which draws' deficits it covered at once.
    covers: Vec<CoverBody>,
    left: Volume,
}

/// How much of a draw's deficit was covered.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverBody {
    draw: String,
    amount: Volume,
}

/// The account that a command is about: its id and the unit of its amounts.
async fn target(caller: &Caller, account: &str) -> Result<(AccountId, Unit), Refusal> {
    let account = id(caller, account, Noun::Account)?;
    let unit = accounts::unit(&caller.house.env, &caller.call, account).await.map_err(|r| caller.refuse(r))?;
    Ok((account, unit))
}

fn words(caller: &Caller, field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let found = text.chars().count();
    let problem = match found {
        0 => FieldReason::Missing,
        201.. => FieldReason::TooLong { most: 200, found },
        _ if text.chars().any(char::is_control) => FieldReason::NotText,
        _ => return Ok(text.to_owned()),
    };
    Err(caller.refuse(Problem::field(field, problem)))
}

/// Names the fields of a grant as they are called here.
fn as_sent(refused: Refused, valid_until: Option<NaiveDate>) -> Refused {
    let Refused::Problem(Problem::Invalid { mut fields }) = refused else { return refused };
    for FieldProblem { field, reason } in &mut fields {
        let until = match reason {
            FieldReason::Quota(QuotaError::EmptyValidity { .. }, _) => true,
            FieldReason::Quota(QuotaError::DateOutOfRange { date, .. }, _) => Some(*date) == valid_until,
            _ => continue,
        };
        if until { "valid_until" } else { "valid_from" }.clone_into(field);
    }
    Problem::Invalid { fields }.into()
}

/// Puts a lot on an account.
#[utoipa::path(post, path = "/accounts/{id}/grants", request_body = GrantInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = GrantBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn grant(
    Path(account): Path<String>,
    command: Command<GrantInput>,
) -> Result<(StatusCode, Json<GrantBody>), Refusal> {
    let Command { caller, body } = command;
    let (account, unit) = target(&caller, &account).await?;
    let lot: LotId = body
        .lot
        .unwrap_or_else(|| id_from_key(&caller))
        .parse()
        .map_err(|_| caller.refuse(Problem::field("lot", FieldReason::NotOneOf)))?;
    let request = GrantRequest {
        lot,
        amount: body.amount.amount("amount", unit).map_err(|problem| caller.refuse(problem))?,
        valid_from: body.valid_from,
        valid_until: body.valid_until,
    };
    let draft = GrantDraft { account, request, reason: words(&caller, "reason", &body.reason)? };
    let answer = accounts::grant(&caller.house.env, &caller.call, draft).await;
    let answer = answer.map_err(|refused| caller.refuse(as_sent(refused, body.valid_until)))?;
    let decision = answer.decision;
    let covers = decision
        .covers
        .iter()
        .map(|cover| CoverBody { draw: cover.draw.to_string(), amount: Volume::new(unit, cover.amount) });
    Ok((
        StatusCode::CREATED,
        Json(GrantBody {
            lot: decision.lot.id.to_string(),
            amount: Volume::new(unit, decision.lot.amount),
            covers: covers.collect(),
            left: Volume::new(unit, decision.left),
        }),
    ))
}

/// An amount to draw.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DrawInput {
    /// A UUID that the client makes; may be left out.
    draw: Option<String>,
    date: NaiveDate,
    amount: Volume,
    text: String,
}

/// What a draw did.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawBody {
    draw: String,
    wanted: Volume,
    /// What the lots gave.
    drawn: Volume,
    /// What overbooking added.
    deficit: Volume,
    /// What was not drawn.
    not_drawn: Volume,
    available_before: Volume,
    available_after: Volume,
    parts: Vec<PartBody>,
}

/// Draws from an account.
#[utoipa::path(post, path = "/accounts/{id}/draws", request_body = DrawInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = DrawBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn draw(
    Path(account): Path<String>,
    command: Command<DrawInput>,
) -> Result<(StatusCode, Json<DrawBody>), Refusal> {
    let Command { caller, body } = command;
    let (account, unit) = target(&caller, &account).await?;
    let draw: DrawId = body
        .draw
        .unwrap_or_else(|| id_from_key(&caller))
        .parse()
        .map_err(|_| caller.refuse(Problem::field("draw", FieldReason::NotOneOf)))?;
    let wanted = body.amount.amount("amount", unit).map_err(|problem| caller.refuse(problem))?;
    let draft = DrawDraft {
        account,
        request: DrawRequest { draw, date: body.date, wanted },
        text: words(&caller, "text", &body.text)?,
        seen: None,
    };
    let answer = accounts::draw(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    let decision = answer.decision;
    Ok((
        StatusCode::CREATED,
        Json(DrawBody {
            draw: decision.request.draw.to_string(),
            wanted: Volume::new(unit, decision.request.wanted),
            drawn: Volume::new(unit, decision.drawn),
            deficit: Volume::new(unit, decision.deficit),
            not_drawn: Volume::new(unit, decision.not_drawn),
            available_before: Volume::new(unit, decision.available_before),
            available_after: Volume::new(unit, decision.available_after),
            parts: parts(unit, &decision.parts),
        }),
    ))
}

/// What a release gave back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseBody {
    draw: String,
    returned: Volume,
    /// The open deficit that was dropped.
    deficit: Volume,
    parts: Vec<PartBody>,
}

/// Undoes a draw.
#[utoipa::path(post, path = "/accounts/{id}/draws/{draw}/release", request_body = Object,
    params(("id" = String, Path), ("draw" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = ReleaseBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn release(
    Path((account, draw)): Path<(String, String)>,
    command: Command<serde_json::Map<String, serde_json::Value>>,
) -> Result<Json<ReleaseBody>, Refusal> {
    let caller = command.caller;
    let (account, unit) = target(&caller, &account).await?;
    let draw = id(&caller, &draw, Noun::Draw)?;
    let answer =
        accounts::release(&caller.house.env, &caller.call, account, draw).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ReleaseBody {
        draw: answer.decision.draw.to_string(),
        returned: Volume::new(unit, answer.decision.returned),
        deficit: Volume::new(unit, answer.decision.deficit),
        parts: parts(unit, &answer.decision.parts),
    }))
}
