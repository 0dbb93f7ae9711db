//! REST under `/api/v1`, on the same use cases as the pages; OpenAPI 3.1 at `/api/openapi.json`, to read at `/api/docs`.

pub(crate) mod billing_body;
pub(crate) mod call;
pub(crate) mod refusals;

mod accounts;
mod applying;
mod archive;
mod articles;
mod balancing;
mod billing;
mod booking_body;
mod booking_moves;
mod bookings;
mod clearing_body;
mod commands;
mod contract_body;
mod contract_types;
mod contracts;
mod corrections;
mod customers;
mod docs;
mod document_body;
mod document_input;
mod documents;
mod endings;
mod fields;
mod items;
mod known_lots;
mod lists;
mod mails;
mod phone;
mod project_invoices;
mod project_lines;
mod project_templates;
mod projects;
mod receipt_files;
mod receipts;
mod repairs;
mod simulate;
mod simulate_clearing;
mod simulate_splitting;
mod simulated_bookings;
mod terms;
mod timeline;
mod undo;
mod unreadable;
mod values;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::header,
    response::{Html, IntoResponse},
    routing::{get, post},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::router::House;

const ABOUT: &str = "Services that are paid before they are used.

Every call carries a token: Authorization: Bearer TOKEN. Money is a decimal string with its currency, time an ISO 8601 \
duration (PT1H30M), a day YYYY-MM-DD; a field named until is the first day that no longer belongs to a range.

With an Idempotency-Key a POST counts once: the same key and body get the same answer, another body is refused with 409. \
The ids of new things may be made by the client, with the same effect.

Lists are paged: send next as cursor to get the page after. Refusals are problems (RFC 9457) with a stable type, and name \
every wrong field. Nothing has changed then; only after too_slow (503) that is not known: send it again under its key.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Drawdown", description = ABOUT, version = "1"),
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
        .routes(routes!(customers::history))
        .routes(routes!(accounts::list, accounts::open))
        .routes(routes!(accounts::show))
        .routes(routes!(accounts::entries))
        .routes(routes!(commands::grant))
        .routes(routes!(commands::draw))
        .routes(routes!(commands::draw_plan))
        .routes(routes!(commands::release))
        .routes(routes!(corrections::revoke))
        .routes(routes!(corrections::cover))
        .routes(routes!(corrections::balance))
        .routes(routes!(corrections::end))
        .routes(routes!(articles::list, articles::create))
        .routes(routes!(articles::change))
        .routes(routes!(articles::create_group))
        .routes(routes!(articles::change_group))
        .routes(routes!(articles::create_sub_group))
        .routes(routes!(articles::change_sub_group))
        .routes(routes!(contract_types::list, contract_types::create))
        .routes(routes!(contract_types::show, contract_types::change))
        .routes(routes!(applying::plan, applying::apply))
        .routes(routes!(contracts::list, contracts::create))
        .routes(routes!(contracts::show, contracts::change))
        .routes(routes!(balancing::deficits))
        .routes(routes!(balancing::plan))
        .routes(routes!(balancing::create))
        .routes(routes!(endings::plan, endings::end))
        .routes(routes!(timeline::show))
        .routes(routes!(billing::list, billing::create))
        .routes(routes!(billing::plan))
        .routes(routes!(billing::show))
        .routes(routes!(documents::list, documents::create))
        .routes(routes!(documents::show, documents::change, documents::delete))
        .routes(routes!(documents::issue))
        .routes(routes!(documents::invoice))
        .routes(routes!(documents::paper))
        .routes(routes!(archive::retry))
        .routes(routes!(undo::plan, undo::cancel))
        .routes(routes!(undo::run_plan, undo::run))
        .routes(routes!(repairs::why))
        .routes(routes!(repairs::repair))
        .routes(routes!(documents::to_dos))
        .routes(routes!(lists::deficits))
        .routes(routes!(lists::lapses))
        .routes(routes!(lists::export_customers))
        .routes(routes!(lists::export_contracts))
        .routes(routes!(lists::export_documents))
        .routes(routes!(lists::export_runs))
        .routes(routes!(lists::export_to_dos))
        .routes(routes!(lists::export_deficits))
        .routes(routes!(lists::export_lapses))
        .routes(routes!(lists::export_open_items))
        .routes(routes!(lists::export_bookings))
        .routes(routes!(lists::export_projects))
        .routes(routes!(receipts::open_items))
        .routes(routes!(mails::of, mails::send))
        .routes(routes!(mails::retry))
        .routes(routes!(mails::drop))
        .routes(routes!(receipts::of))
        .routes(routes!(receipts::record))
        .routes(routes!(receipts::take_back))
        .routes(routes!(receipt_files::read))
        .routes(routes!(receipt_files::show, receipt_files::import))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::show, projects::change))
        .routes(routes!(projects::save_tasks))
        .routes(routes!(project_lines::save))
        .routes(routes!(project_templates::list, project_templates::create))
        .routes(routes!(project_templates::show, project_templates::change, project_templates::delete))
        .routes(routes!(project_invoices::plan))
        .routes(routes!(project_invoices::create))
        .routes(routes!(projects::left))
        .routes(routes!(projects::people))
        .routes(routes!(bookings::list, bookings::create))
        .routes(routes!(bookings::show, bookings::change, bookings::delete))
        .routes(routes!(bookings::timer))
        .routes(routes!(booking_moves::carry_out))
        .routes(routes!(booking_moves::plan))
        .routes(routes!(lists::bulk))
        .routes(routes!(lists::bulk_plan))
        .routes(routes!(simulate::simulate))
        .routes(routes!(simulate_clearing::simulate))
        .routes(routes!(simulate_splitting::simulate))
        .split_for_parts();
    let doc = prefixed(doc);
    let (page, policy) = docs::page(&serde_json::to_value(&doc).unwrap_or_default());
    let page = move || async move { ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response() };
    Router::new()
        .route("/openapi.json", get(move || async move { Json(doc) }))
        .route("/docs", get(page))
        .nest("/v1", router.nest("/phone", on_the_phone()))
        .fallback(call::no_such_address)
        // As large as the server takes anything in: all lines that a document can have go into one body.
        .layer(DefaultBodyLimit::disable())
}

/// What the phone asks for.
fn on_the_phone() -> Router<House> {
    Router::new()
        .route("/me", get(phone::me))
        .route("/customers", get(phone::customers))
        .route("/recent", get(phone::recent))
        .route("/bookable", get(phone::bookable))
        .route("/facts", get(phone::facts))
        .route("/left", get(phone::left))
        .route("/left/projects", get(phone::left_on))
        .route("/bookings", get(phone::bookings).post(phone::book))
        .route("/bookings/delete", post(phone::delete))
        .route("/saved", get(phone::saved))
        .route("/timer", post(phone::timer))
}

/// The document names the paths as clients call them.
fn prefixed(mut doc: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let paths = std::mem::take(&mut doc.paths.paths);
    doc.paths.paths = paths.into_iter().map(|(path, item)| (format!("/api/v1{path}"), item)).collect();
    doc
}
