//! REST under `/api/v1`, on the same use cases as the pages; OpenAPI 3.1 at `/api/openapi.json`.

mod accounts;
mod call;
mod commands;
mod corrections;
mod customers;
mod phone;
mod values;

use axum::{Json, Router, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::router::House;

#[derive(OpenApi)]
#[openapi(
    info(title = "Drawdown", description = "Services that are paid before they are used.", version = "1"),
    modifiers(&Bearer),
    security(("bearer" = [])),
)]
struct Doc;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, doc: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        doc.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// The routes below `/api`.
pub fn router() -> Router<House> {
    let (router, doc) = OpenApiRouter::with_openapi(Doc::openapi())
        .routes(routes!(customers::list, customers::create))
        .routes(routes!(customers::show, customers::change))
        .routes(routes!(accounts::open))
        .routes(routes!(accounts::show))
        .routes(routes!(accounts::entries))
        .routes(routes!(commands::grant))
        .routes(routes!(commands::draw))
        .routes(routes!(commands::release))
        .routes(routes!(corrections::revoke))
        .routes(routes!(corrections::cover))
        .routes(routes!(corrections::balance))
        .routes(routes!(corrections::end))
        .split_for_parts();
    Router::new()
        .route("/openapi.json", get(move || async move { Json(prefixed(doc)) }))
        .nest("/v1", router.route("/phone/customers", get(phone::customers)))
        .fallback(call::no_such_address)
}

/// The document names the paths as clients call them.
fn prefixed(mut doc: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let paths = std::mem::take(&mut doc.paths.paths);
    doc.paths.paths = paths.into_iter().map(|(path, item)| (format!("/api/v1{path}"), item)).collect();
    doc
}
