//! `/api/v1/archive`: what could not be filed is tried again.

use axum::Json;
use serde::Serialize;
use usecases::archive;
use utoipa::ToSchema;

use super::call::{Command, ProblemDetails, Refusal};

/// What is tried again.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetriedBody {
    /// How many papers could not be filed before.
    papers: u64,
}

/// Files at once the papers that could not be filed in the archive, and not only when their time comes. Answers before
/// they are filed.
#[utoipa::path(post, path = "/archive/retry", request_body = Object,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = RetriedBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn retry(command: Command<serde_json::Map<String, serde_json::Value>>) -> Result<Json<RetriedBody>, Refusal> {
    let caller = command.caller;
    let papers = archive::file_now(&caller.house.env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(RetriedBody { papers }))
}
