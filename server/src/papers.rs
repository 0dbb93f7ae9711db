//! The PDFs of documents: to look at beside their pages, over REST, and set beside everything else.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::DocumentId;
use tokio::time::{MissedTickBehavior, interval};
use usecases::{
    Call, Env, Refused,
    papers::{self, Pdf, Setter},
    people,
};
use wire::{Noun, Problem, people::Visitor};

use crate::{pages::to_sign_in, router::House};

/// How papers are set.
pub fn setter() -> Setter {
    Arc::new(|input| paper::render(input).map_err(|error| error.to_string()))
}

/// The addresses of papers, beside the pages of their documents.
pub fn router() -> Router<House> {
    Router::new().route("/documents/{id}/paper.pdf", get(page))
}

/// The paper of a document, for the person whose session it is.
async fn page(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    Path(document): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(person) = &visitor.person else {
        return to_sign_in(&format!("/documents/{document}")).into_response();
    };
    let call = Call::by(people::actor(person));
    match read(&house.env, &call, &document).await {
        Ok(pdf) => file(pdf, &headers),
        Err(refused) => {
            let problem = refused.into_problem(|| house.env.id().to_string());
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, problem.text(visitor.lang)).into_response()
        }
    }
}

/// The paper of the document with that id.
pub async fn read(env: &Env, call: &Call, document: &str) -> Result<Pdf, Refused> {
    let id = document.parse::<DocumentId>().map_err(|_| Problem::NotFound { what: Noun::Document })?;
    papers::pdf(env, call, id, &setter()).await
}

/// A paper as an answer, shown rather than saved. Whoever has it already as it is gets nothing but that it is so.
pub fn file(pdf: Pdf, asked: &HeaderMap) -> Response {
    let tag = pdf.hash.map(|hash| format!("\"{hash}\""));
    let known = asked.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let same = known.zip(tag.as_deref()).is_some_and(|(known, tag)| known.split(',').any(|one| one.trim() == tag));
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("inline"));
    let mut headers = HeaderMap::new();
    let kept = if tag.is_some() { "private, no-cache" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Some(tag) = tag {
        headers.insert(header::ETAG, value(&tag));
    }
    if same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    // In the header letters of ASCII only; the other ones as their bytes.
    let plain: String = pdf.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let full = url::form_urlencoded::byte_serialize(pdf.name.as_bytes()).collect::<String>().replace('+', "%20");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let name = format!("inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{full}.pdf");
    headers.insert(header::CONTENT_DISPOSITION, value(&name));
    (headers, pdf.bytes).into_response()
}

/// Sets the papers of what was issued, beside everything else.
pub fn spawn(env: &Env) {
    let env = env.clone();
    tokio::spawn(async move {
        let setter = setter();
        let mut often = interval(Duration::from_secs(5));
        often.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            often.tick().await;
            loop {
                match papers::set_due(&env, &setter).await {
                    Ok(0) => break,
                    Ok(papers) => tracing::debug!(papers, "set papers"),
                    Err(error) => {
                        tracing::error!(%error, "papers cannot be set");
                        break;
                    }
                }
            }
        }
    });
}
