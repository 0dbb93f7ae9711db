//! `/api/v1/documents/{id}/mails` and `/api/v1/mails`: what left the house for whom, and what has not.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{MailId, receipts::NotReminded};
use serde::{Deserialize, Serialize};
use usecases::mails;
use utoipa::ToSchema;
use wire::{
    FieldReason, Noun,
    mails::{DecideDraft, MailKind, MailRow, MailWay, MailsView, SendDraft, addresses, problem_text},
};

use super::{
    call::{Caller, Command, ProblemDetails, Refusal, id},
    customers::id_from_key,
    fields::Fields,
};

/// A mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailBody {
    id: String,
    /// The document whose paper it brings.
    document: String,
    /// The how many-th reminder it is; none of one that brings its document.
    reminder: Option<u32>,
    /// The addresses; none while nobody knows one.
    to: Vec<String>,
    /// `waiting`, `sending`, `sent`, `failed`, `unclear` or `dropped`.
    state: &'static str,
    attempts: u32,
    /// When it is tried next.
    due_at: Option<DateTime<FixedOffset>>,
    /// Why it has not left, in words.
    problem: Option<String>,
    created_at: DateTime<FixedOffset>,
    created_by: String,
    sent_at: Option<DateTime<FixedOffset>>,
    /// What the mail server said when it took it.
    answer: Option<String>,
}

impl MailBody {
    fn new(row: MailRow) -> MailBody {
        let (created_at, created_by) = row.created;
        let (sent_at, answer) = row.sent.unzip();
        MailBody {
            id: row.id.to_string(),
            document: row.document.to_string(),
            reminder: match row.kind {
                MailKind::Document => None,
                MailKind::Reminder(times) => Some(times),
            },
            to: row.to.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            state: row.state.name(),
            attempts: row.attempts,
            due_at: row.due,
            problem: row.problem.map(|problem| problem_text(texts::Lang::En, &problem)),
            created_at,
            created_by,
            sent_at,
            answer,
        }
    }
}

/// Whether the customer may be reminded of an invoice now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReminderBody {
    /// The how many-th reminder it would be; none when nobody is reminded now.
    next: Option<u32>,
    /// The first day of the next one, when the last is too fresh.
    again_from: Option<NaiveDate>,
}

/// The mails of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailsBody {
    document: String,
    /// The latest first.
    mails: Vec<MailBody>,
    /// None of what is no invoice.
    reminder: Option<ReminderBody>,
}

fn body(view: MailsView) -> MailsBody {
    let reminder = view.reminder.map(|reminder| match reminder {
        Ok(times) => ReminderBody { next: Some(times), again_from: None },
        Err(NotReminded::TooSoon { again, .. }) => ReminderBody { next: None, again_from: Some(again) },
        Err(NotReminded::NotOverdue) => ReminderBody { next: None, again_from: None },
    });
    MailsBody {
        document: view.row.id.to_string(),
        mails: view.mails.into_iter().map(MailBody::new).collect(),
        reminder,
    }
}

/// The mails of a document.
#[utoipa::path(get, path = "/documents/{id}/mails", params(("id" = String, Path)), responses(
    (status = 200, body = MailsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn of(caller: Caller, Path(document): Path<String>) -> Result<Json<MailsBody>, Refusal> {
    let document = id(&caller, &document, Noun::Document)?;
    let view = mails::of(&caller.house.env, &caller.call, document).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(body(view)))
}

/// A mail to send.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MailInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    /// The addresses, at most five.
    to: Vec<String>,
    /// Whether it reminds of an overdue invoice.
    #[serde(default)]
    reminder: bool,
}

fn to_of(fields: &mut Fields, to: &[String]) -> Option<Vec<String>> {
    let mut problems = Vec::new();
    let found = addresses(&mut problems, "to", &to.join(","));
    let wrong: Option<FieldReason> = problems.into_iter().next().map(|problem| problem.reason);
    match wrong {
        Some(reason) => {
            fields.wrong("to", reason);
            None
        }
        None => Some(found),
    }
}

/// Sends the paper of an issued document, or a reminder: an overdue invoice at most once in seven days.
#[utoipa::path(post, path = "/documents/{id}/mails", request_body = MailInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = MailsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn send(
    Path(document): Path<String>,
    command: Command<MailInput>,
) -> Result<(StatusCode, Json<MailsBody>), Refusal> {
    let Command { caller, body: input } = command;
    let document = id(&caller, &document, Noun::Document)?;
    let mut fields = Fields::default();
    let own: Option<MailId> = fields.id("id", &input.id.clone().unwrap_or_else(|| id_from_key(&caller)));
    let to = to_of(&mut fields, &input.to);
    let draft = own.zip(to).map(|(id, to)| SendDraft { id, document, to, reminder: input.reminder });
    let draft = fields.done(&caller, draft)?;
    let view = mails::send(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(body(view))))
}

/// What becomes of a mail that has not left.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RetryInput {
    /// Other addresses; none keeps those that it has.
    #[serde(default)]
    to: Vec<String>,
}

/// Has a mail that has not left tried again at once.
#[utoipa::path(post, path = "/mails/{id}/retry", request_body = RetryInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = MailsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn retry(Path(mail): Path<String>, command: Command<RetryInput>) -> Result<Json<MailsBody>, Refusal> {
    let Command { caller, body: input } = command;
    let mail = id(&caller, &mail, Noun::Mail)?;
    let mut fields = Fields::default();
    let to = if input.to.is_empty() { Some(None) } else { to_of(&mut fields, &input.to).map(Some) };
    let draft = fields.done(&caller, to.map(|to| DecideDraft { mail, way: MailWay::Retry, to }))?;
    let view = mails::decide(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(body(view)))
}

/// Nothing is said beside the address.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DropInput {}

/// Says that a mail that has not left need not leave any more.
#[utoipa::path(post, path = "/mails/{id}/drop", request_body = DropInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = MailsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn drop(Path(mail): Path<String>, command: Command<DropInput>) -> Result<Json<MailsBody>, Refusal> {
    let Command { caller, body: DropInput {} } = command;
    let mail = id(&caller, &mail, Noun::Mail)?;
    let draft = DecideDraft { mail, way: MailWay::Drop, to: None };
    let view = mails::decide(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(body(view)))
}
