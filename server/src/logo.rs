//! The logo of the company: whether it can be printed, and the picture for the settings page.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use usecases::{
    Call, people,
    settings::{self, LogoChecker},
};
use wire::{
    paper::{Logo, LogoFormat},
    people::Visitor,
};

use crate::router::House;

/// Whether a picture can be printed is found out by printing it.
pub fn checker() -> LogoChecker {
    Arc::new(|logo: &Logo| paper::check_logo(logo).map_err(|error| error.to_string()))
}

/// What a picture that somebody uploaded may do where it is shown: nothing but look as it says. Opened by itself, an SVG
/// would be a page of ours.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// The address of the logo, beside the page of the settings.
pub fn router() -> Router<House> {
    Router::new().route("/settings/logo", get(picture))
}

/// The logo, for who may change it.
async fn picture(State(house): State<House>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(person) = &visitor.person else {
        return Redirect::to("/sign-in?next=/settings").into_response();
    };
    let shown = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    match settings::logo(&house.env, &Call::by(people::actor(person))).await {
        Ok(logo) => {
            let kind = match logo.format {
                LogoFormat::Png => "image/png",
                LogoFormat::Svg => "image/svg+xml",
            };
            (shown, [(header::CONTENT_TYPE, kind)], logo.bytes).into_response()
        }
        Err(refused) => {
            let problem = refused.into_problem(|| house.env.id().to_string());
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, shown, problem.text(visitor.lang)).into_response()
        }
    }
}
