//! What is done on an account: `/api/v1/accounts/{id}/grants`, `/draws`, and what undoes them.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{
    AccountId, DrawId, LotId,
    quota::{
        CarryOver, DrawOrigin, DrawRequest, GrantDecision, GrantOrigin, GrantRequest, LapseChange, LateEffect,
        QuotaError, Unit,
    },
};
use serde::{Deserialize, Serialize};
use usecases::{Refused, accounts};
use utoipa::ToSchema;
use wire::{
    FieldProblem, FieldReason, Noun, Problem,
    accounts::{DrawDraft, GrantDraft},
};

use super::{
    accounts::{CoverBody, PartBody, parts},
    call::{Caller, Command, ProblemDetails, Refusal, id},
    customers::id_from_key,
    fields::Fields,
    values::Volume,
};

/// The most characters of a reason or a text.
pub const TEXT: usize = 200;

/// A lot to grant.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GrantInput {
    /// A UUID that the client makes; may be left out.
    lot: Option<String>,
    amount: Volume,
    valid_from: NaiveDate,
    /// The end of its own period: the first day that no longer belongs to it; left out: without end.
    valid_until: Option<NaiveDate>,
    /// Whether it outlives its own period; left out: it does not.
    carry_over: Option<CarryBody>,
    /// `free_quota` (if left out), `top_up`, `order`, `contract_billing` or `advance`.
    origin: Option<String>,
    reason: String,
}

/// How a lot is carried over.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CarryBody {
    /// For how many further periods of the same length; left out: as long as the account.
    pub periods: Option<u32>,
    /// The most that can be drawn after its own period, all draws together; left out: all that is left.
    pub cap: Option<Volume>,
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

impl GrantBody {
    /// From the decision.
    pub fn new(unit: Unit, decision: &GrantDecision) -> GrantBody {
        let covers = decision.covers.iter().map(|cover| CoverBody::new(unit, cover.draw, cover.amount));
        GrantBody {
            lot: decision.lot.id.to_string(),
            amount: Volume::new(unit, decision.lot.amount),
            covers: covers.collect(),
            left: Volume::new(unit, decision.left),
        }
    }
}

/// The account that a command is about: its id and the unit of its amounts.
pub async fn target(caller: &Caller, account: &str) -> Result<(AccountId, Unit), Refusal> {
    let account = id(caller, account, Noun::Account)?;
    let unit = accounts::unit(&caller.house.env, &caller.call, account).await.map_err(|r| caller.refuse(r))?;
    Ok((account, unit))
}

/// Names the fields of a refusal as they are called in what was sent.
pub fn as_sent<S: Into<String>>(refused: Refused, name: impl Fn(&FieldProblem) -> Option<S>) -> Refused {
    let Refused::Problem(Problem::Invalid { mut fields }) = refused else { return refused };
    for problem in &mut fields {
        if let Some(name) = name(problem) {
            problem.field = name.into();
        }
    }
    Problem::Invalid { fields }.into()
}

/// How a lot of that unit is carried over; what is wrong with its cap is noted.
pub fn carry(fields: &mut Fields, sent: Option<&CarryBody>, unit: Unit) -> CarryOver {
    let Some(CarryBody { periods, cap }) = sent else { return CarryOver::Off };
    let cap = cap.as_ref().and_then(|cap| fields.asked("carry_over.cap", cap, unit));
    CarryOver::On { periods: *periods, cap }
}

/// The field of a grant that a refusal of the kernel is about.
pub fn grant_field(error: &QuotaError, from: NaiveDate, until: Option<NaiveDate>) -> Option<&'static str> {
    match error {
        QuotaError::EmptyValidity { .. } | QuotaError::CarryWithoutPeriod => Some("valid_until"),
        QuotaError::Ended { .. } => Some("valid_from"),
        QuotaError::DateOutOfRange { date, .. } if *date == from => Some("valid_from"),
        QuotaError::DateOutOfRange { date, .. } if Some(*date) == until => Some("valid_until"),
        QuotaError::CarryTooLong { .. } => Some("carry_over.periods"),
        _ => None,
    }
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
    let field = |error: &QuotaError| grant_field(error, body.valid_from, body.valid_until);
    let mut fields = Fields::default();
    let lot = fields.id("lot", &body.lot.unwrap_or_else(|| id_from_key(&caller)));
    let origin = match &body.origin {
        None => Some(GrantOrigin::FreeQuota),
        Some(name) => fields.choice("origin", GrantOrigin::from_name(name)),
    };
    let carry = carry(&mut fields, body.carry_over.as_ref(), unit);
    let amount = fields.asked("amount", &body.amount, unit);
    let request = GrantRequest {
        carry,
        origin: origin.unwrap_or_default(),
        ..GrantRequest::new(
            lot.unwrap_or_else(|| LotId::new(caller.house.env.id())),
            amount.unwrap_or_default(),
            body.valid_from,
            body.valid_until,
        )
    };
    let days = [("valid_from", Some(body.valid_from)), ("valid_until", body.valid_until)];
    let days = days.into_iter().filter_map(|(name, day)| Some((name, day?)));
    if days.fold(true, |all, (name, day)| fields.day(name, day) && all)
        && let Err(error) = request.validity()
    {
        fields.wrong(field(&error).unwrap_or("valid_until"), FieldReason::Quota(error, unit));
    }
    let reason = fields.words("reason", &body.reason, TEXT);
    let draft = fields.done(&caller, Some(GrantDraft { account, request, reason }))?;
    let answer = accounts::grant(&caller.house.env, &caller.call, draft).await;
    let answer = answer.map_err(|refused| {
        caller.refuse(as_sent(refused, |problem| match &problem.reason {
            FieldReason::Quota(error, _) => field(error),
            _ => None,
        }))
    })?;
    Ok((StatusCode::CREATED, Json(GrantBody::new(unit, &answer.decision))))
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
    let mut fields = Fields::default();
    let draw = fields.id("draw", &body.draw.unwrap_or_else(|| id_from_key(&caller)));
    fields.day("date", body.date);
    let wanted = fields.asked("amount", &body.amount, unit);
    let text = fields.words("text", &body.text, TEXT);
    let request = draw.zip(wanted);
    let request =
        request.map(|(draw, wanted)| DrawRequest { draw, date: body.date, wanted, origin: DrawOrigin::ByHand });
    let draft = request.map(|request| DrawDraft { account, request, text, seen: None });
    let draft = fields.done(&caller, draft)?;
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

/// An amount that somebody thinks of drawing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DrawPlanInput {
    date: NaiveDate,
    amount: Volume,
}

/// A lapse that becomes another amount.
#[derive(Debug, Serialize, ToSchema)]
pub struct LapseChangeBody {
    lot: String,
    /// The day of the lapse: the first one on which it can no longer be used.
    on: NaiveDate,
    /// Whether it is what exceeds the carry-over cap, and not the end of the lot.
    over_cap: bool,
    /// What lapses on the day as things stand.
    before: Volume,
    /// What lapses on it after the draw.
    after: Volume,
}

/// What a draw for an earlier period changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct LateBody {
    /// What is taken from which lot.
    taken: Vec<PartBody>,
    /// The lapses that change, by day.
    lapses: Vec<LapseChangeBody>,
    /// How what is available today changes: nothing where only lots are used that are over.
    available_today: Volume,
}

impl LateBody {
    fn new(unit: Unit, effect: &LateEffect) -> LateBody {
        let change = |change: &LapseChange| LapseChangeBody {
            lot: change.lot.to_string(),
            on: change.date,
            over_cap: change.over_cap,
            before: Volume::new(unit, change.before),
            after: Volume::new(unit, change.after),
        };
        LateBody {
            taken: parts(unit, &effect.taken),
            lapses: effect.lapses.iter().map(change).collect(),
            available_today: Volume::new(unit, effect.today),
        }
    }
}

/// What a draw would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawPlanBody {
    wanted: Volume,
    /// What the lots would give.
    drawn: Volume,
    /// What overbooking would add.
    deficit: Volume,
    /// What would not be drawn.
    not_drawn: Volume,
    available_before: Volume,
    available_after: Volume,
    parts: Vec<PartBody>,
    /// What it would change of what has lapsed; none when it is not for an earlier period.
    late: Option<LateBody>,
}

/// What drawing would come to, and which lapse a draw for an earlier period makes smaller. Nothing is stored.
#[utoipa::path(post, path = "/accounts/{id}/draws/plan", request_body = DrawPlanInput,
    params(("id" = String, Path)), responses(
    (status = 200, body = DrawPlanBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn draw_plan(
    Path(account): Path<String>,
    command: Command<DrawPlanInput>,
) -> Result<Json<DrawPlanBody>, Refusal> {
    let Command { caller, body } = command;
    let (account, unit) = target(&caller, &account).await?;
    let mut fields = Fields::default();
    fields.day("date", body.date);
    let wanted = fields.asked("amount", &body.amount, unit);
    let wanted = fields.done(&caller, wanted)?;
    // Nothing is drawn under this id.
    let draw = DrawId::new(caller.house.env.id());
    let request = DrawRequest { draw, date: body.date, wanted, origin: DrawOrigin::ByHand };
    let plan = accounts::draw_plan(&caller.house.env, &caller.call, account, &request).await;
    let (decision, late) = plan.map_err(|refused| caller.refuse(refused))?;
    Ok(Json(DrawPlanBody {
        wanted: Volume::new(unit, decision.request.wanted),
        drawn: Volume::new(unit, decision.drawn),
        deficit: Volume::new(unit, decision.deficit),
        not_drawn: Volume::new(unit, decision.not_drawn),
        available_before: Volume::new(unit, decision.available_before),
        available_after: Volume::new(unit, decision.available_after),
        parts: parts(unit, &decision.parts),
        late: late.map(|effect| LateBody::new(unit, &effect)),
    }))
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
