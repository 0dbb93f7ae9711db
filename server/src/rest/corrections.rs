//! What corrects an account: taking grants back, covering and balancing deficits, ending it.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::quota::{BalancingRequest, CoverPart, CoverRequest};
use serde::{Deserialize, Serialize};
use usecases::accounts;
use utoipa::ToSchema;
use wire::{
    FieldProblem, Noun,
    accounts::{BalancingDraft, CoverDraft, EndDraft, RevokeDraft},
};

use super::{
    accounts::{CoverBody, PartBody, losses, parts},
    call::{Command, ProblemDetails, Refusal, id},
    commands::{GrantBody, TEXT, as_sent, target},
    customers::id_from_key,
    fields::Fields,
    values::Volume,
};

/// Why something is corrected.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReasonInput {
    /// Why.
    pub reason: String,
}

/// What taking a grant back did.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevokeBody {
    lot: String,
    /// What was granted and is gone.
    granted: Volume,
    /// What became deficit of the draws that had it.
    deficit: Volume,
    /// Which draws lost how much.
    loses: Vec<CoverBody>,
}

/// Takes a grant back: what was drawn from its lot becomes deficit of the same draws.
#[utoipa::path(post, path = "/accounts/{id}/grants/{lot}/revoke", request_body = ReasonInput,
    params(("id" = String, Path), ("lot" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = RevokeBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn revoke(
    Path((account, lot)): Path<(String, String)>,
    command: Command<ReasonInput>,
) -> Result<Json<RevokeBody>, Refusal> {
    let Command { caller, body } = command;
    let (account, unit) = target(&caller, &account).await?;
    let draft = RevokeDraft {
        account,
        lot: id(&caller, &lot, Noun::Lot)?,
        reason: caller.words("reason", &body.reason, TEXT)?,
    };
    let answer = accounts::revoke(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    let decision = answer.decision;
    Ok(Json(RevokeBody {
        lot: decision.lot.to_string(),
        granted: Volume::new(unit, decision.granted),
        deficit: Volume::new(unit, decision.deficit),
        loses: losses(unit, &decision.parts),
    }))
}

/// A deficit to cover.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CoverInput {
    /// The lot that pays; granted later than the draw.
    lot: String,
    amount: Volume,
}

/// What a cover did.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoveredBody {
    draw: String,
    lot: String,
    amount: Volume,
    /// What is left of the lot.
    left: Volume,
    /// What is still open of the draw's deficit.
    deficit: Volume,
}

/// Covers a part of a draw's deficit from a lot that was granted later.
#[utoipa::path(post, path = "/accounts/{id}/draws/{draw}/covers", request_body = CoverInput,
    params(("id" = String, Path), ("draw" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = CoveredBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn cover(
    Path((account, draw)): Path<(String, String)>,
    command: Command<CoverInput>,
) -> Result<(StatusCode, Json<CoveredBody>), Refusal> {
    let Command { caller, body } = command;
    let (account, unit) = target(&caller, &account).await?;
    let draw = id(&caller, &draw, Noun::Draw)?;
    let mut fields = Fields::default();
    let (lot, amount) = (fields.id("lot", &body.lot), fields.asked("amount", &body.amount, unit));
    let request = lot.zip(amount).map(|(lot, amount)| CoverRequest { draw, lot, amount });
    let draft = fields.done(&caller, request.map(|request| CoverDraft { account, request }))?;
    let answer = accounts::cover(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    let decision = answer.decision;
    Ok((
        StatusCode::CREATED,
        Json(CoveredBody {
            draw: decision.request.draw.to_string(),
            lot: decision.request.lot.to_string(),
            amount: Volume::new(unit, decision.request.amount),
            left: Volume::new(unit, decision.left),
            deficit: Volume::new(unit, decision.deficit),
        }),
    ))
}

/// A deficit that a balancing invoice bills.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BilledDeficit {
    draw: String,
    amount: Volume,
}

/// What a balancing invoice grants.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BalancingInput {
    /// A UUID that the client makes; may be left out.
    lot: Option<String>,
    /// The date of the invoice.
    date: NaiveDate,
    /// The deficits that it bills, or parts of them.
    deficits: Vec<BilledDeficit>,
    /// The invoice.
    reason: String,
}

/// Grants exactly the deficits that a balancing invoice bills, and covers them.
#[utoipa::path(post, path = "/accounts/{id}/balancing-grants", request_body = BalancingInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = GrantBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn balance(
    Path(account): Path<String>,
    command: Command<BalancingInput>,
) -> Result<(StatusCode, Json<GrantBody>), Refusal> {
    let Command { caller, body } = command;
    let (account, unit) = target(&caller, &account).await?;
    let mut fields = Fields::default();
    let lot = fields.id("lot", &body.lot.unwrap_or_else(|| id_from_key(&caller)));
    fields.day("date", body.date);
    let mut deficits = Vec::new();
    for billed in &body.deficits {
        let (draw, amount) = (fields.id("deficits", &billed.draw), fields.asked("deficits", &billed.amount, unit));
        deficits.extend(draw.zip(amount).map(|(draw, amount)| CoverPart { draw, amount }));
    }
    let reason = fields.words("reason", &body.reason, TEXT);
    let request = lot.map(|lot| BalancingRequest { lot, date: body.date, deficits });
    let draft = fields.done(&caller, request.map(|request| BalancingDraft { account, request, reason }))?;
    let answer = accounts::balance(&caller.house.env, &caller.call, draft).await;
    let field = |problem: &FieldProblem| (problem.field == "amount").then_some("deficits");
    let answer = answer.map_err(|refused| caller.refuse(as_sent(refused, field)))?;
    Ok((StatusCode::CREATED, Json(GrantBody::new(unit, &answer.decision))))
}

/// The end of an account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EndInput {
    /// The first day on which nothing can be drawn any more; left out: an earlier end is taken back.
    until: Option<NaiveDate>,
    reason: String,
}

/// What an end did.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndBody {
    until: Option<NaiveDate>,
    /// The end until then.
    earlier: Option<NaiveDate>,
    /// What is lost of which lot because of it.
    lapses: Vec<PartBody>,
}

/// Ends an account, or takes its end back; the last one counts.
#[utoipa::path(put, path = "/accounts/{id}/end", request_body = EndInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = EndBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn end(Path(account): Path<String>, command: Command<EndInput>) -> Result<Json<EndBody>, Refusal> {
    let Command { caller, body } = command;
    let (account, unit) = target(&caller, &account).await?;
    let mut fields = Fields::default();
    if let Some(until) = body.until {
        fields.day("until", until);
    }
    let reason = fields.words("reason", &body.reason, TEXT);
    let draft = fields.done(&caller, Some(EndDraft { account, until: body.until, reason }))?;
    let answer = accounts::end(&caller.house.env, &caller.call, draft).await;
    let field = |problem: &FieldProblem| (problem.field == "date").then_some("until");
    let answer = answer.map_err(|refused| caller.refuse(as_sent(refused, field)))?;
    let decision = answer.decision;
    Ok(Json(EndBody { until: decision.until, earlier: decision.earlier, lapses: parts(unit, &decision.lapses) }))
}
