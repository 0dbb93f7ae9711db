//! The router: pages, server functions, REST, files, and the layers that stand before all of them.

use std::{sync::Arc, time::Duration};

use app::{
    OfficeApp,
    context::NewId,
    shell::{SessionCookie, shell},
};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRef, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts, uri::PathAndQuery},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use axum_extra::extract::cookie::CookieJar;
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list_with_exclusions_and_ssg_and_context};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};
use usecases::{Env, mails::SharedCarrier, people::SharedDoorkeeper};
use uuid::Uuid;
use wire::people::{DemoLogin, Visitor};

use crate::{
    assets::{Built, files},
    attempts::Attempts,
    calendar,
    config::Config,
    export, logo, mails,
    pages::{self, content_security_policy},
    papers, posted,
    progress::progress,
    rest,
    session::{self, session_cookie, token},
};

/// What every handler can reach.
#[derive(Clone)]
pub struct House {
    /// The surroundings of the use cases.
    pub env: Env,
    /// Whether it stands behind https.
    pub secure: bool,
    /// The logins of a demo company.
    pub demo_logins: Arc<[DemoLogin]>,
    /// The built files.
    pub built: Built,
    /// Whoever hands mails over.
    pub carrier: SharedCarrier,
    attempts: Attempts,
    options: LeptosOptions,
}

impl FromRef<House> for LeptosOptions {
    fn from_ref(house: &House) -> LeptosOptions {
        house.options.clone()
    }
}

impl House {
    /// Puts together what the handlers need.
    pub fn new(env: Env, config: &Config, demo_logins: Vec<DemoLogin>) -> House {
        // cargo-leptos says so to the program that it starts and rebuilds.
        let changing = std::env::var_os("LEPTOS_WATCH").is_some();
        let options = LeptosOptions::builder().output_name("office").site_root(config.site.to_string_lossy()).build();
        House {
            env,
            secure: config.secure,
            demo_logins: demo_logins.into(),
            built: Built::read(&config.site, changing),
            carrier: mails::carrier(),
            attempts: Attempts::new(config),
            options,
        }
    }

    /// Who says whether somebody may try to sign in with that request.
    pub fn door(&self, request: &Parts) -> SharedDoorkeeper {
        self.attempts.door(request)
    }

    /// What a page or server function gets from its surroundings.
    fn provide(&self) {
        let parts = use_context::<Parts>();
        if let Some(visitor) = parts.as_ref().and_then(|parts| parts.extensions.get::<Visitor>()) {
            provide_context(visitor.clone());
        }
        if let Some(parts) = &parts {
            provide_context(self.door(parts));
        }
        provide_context(self.env.clone());
        provide_context(logo::checker());
        provide_context(self.built.addresses());
        provide_context(self.carrier.clone());
        let secure = self.secure;
        let write = Arc::new(move |token: &str| session_cookie(secure, token.to_owned()).to_string());
        let current = parts.as_ref().and_then(|parts| token(&CookieJar::from_headers(&parts.headers), secure));
        provide_context(SessionCookie { current, write });
        provide_new_id();
        if let Some(query) = parts.as_ref().and_then(|parts| parts.uri.query()) {
            app::call::provide_returned_error(query);
        }
        if let (Some(nonce), Some(response)) =
            (leptos::nonce::use_nonce(), use_context::<leptos_axum::ResponseOptions>())
            && let Ok(value) = HeaderValue::from_str(&content_security_policy(&nonce))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, value);
        }
    }
}

#[allow(clippy::disallowed_methods)]
fn provide_new_id() {
    provide_context(NewId(Uuid::now_v7));
}

/// The routes of the office. Nobody is there when they are listed.
fn routes() -> Vec<AxumRouteListing> {
    let nobody = || {
        provide_new_id();
        provide_context(Visitor {
            lang: texts::Lang::De,
            theme: wire::people::Theme::Auto,
            today: chrono::NaiveDate::default(),
            company: String::new(),
            person: None,
            demo_logins: Vec::new(),
        });
    };
    generate_route_list_with_exclusions_and_ssg_and_context(OfficeApp, None, nobody).0
}

/// Where only people are who signed in.
const PAGES: [&str; 18] = [
    "/customers",
    "/accounts",
    "/portal",
    "/settings",
    "/today",
    "/articles",
    "/contract-types",
    "/contracts",
    "/billing",
    "/documents",
    "/to-dos",
    "/deficits",
    "/lapses",
    "/calendar",
    "/open-items",
    "/receipts",
    "/bookings",
    "/projects",
];

/// Sends people who are not signed in to the sign-in page, and back afterwards.
async fn signed_in_pages(request: Request, next: Next) -> Response {
    let page = PAGES.iter().any(|page| request.uri().path().starts_with(page));
    let signed_in = request.extensions().get::<Visitor>().is_some_and(|visitor| visitor.person.is_some());
    if page && !signed_in {
        let address = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        return pages::to_sign_in(address).into_response();
    }
    next.run(request).await
}

async fn healthy() -> &'static str {
    "ok"
}

/// Ready when the database answers.
async fn ready(State(house): State<House>) -> Response {
    match house.env.db.read().await {
        Ok(_) => "ready".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

/// More than any form or request holds; what is larger is not taken in.
const LARGEST_BODY: usize = 8 << 20;

/// Everything.
pub fn router(house: House, config: &Config) -> Router {
    let provide = {
        let house = house.clone();
        move || house.provide()
    };
    // The portal has no router that lists its pages. What else lies below it is not there (`lost`).
    let portal = leptos_axum::render_app_async_with_context(provide.clone(), shell);
    let rendered = Router::new()
        .route("/", get(pages::first_page))
        // What was typed elsewhere may come along (`posted`), under names that are a little longer.
        .route("/sign-in", post(pages::sign_in).layer(DefaultBodyLimit::max(LARGEST_BODY)))
        .route("/sign-out", post(pages::sign_out))
        .route("/preferences", post(pages::preferences))
        .route("/phone", get(pages::phone))
        .route("/portal", get(portal.clone()))
        .route("/portal/accounts/{id}", get(portal))
        .leptos_routes_with_context(&house, routes(), provide, shell)
        .layer(middleware::from_fn(signed_in_pages))
        .layer(middleware::from_fn_with_state(house.clone(), posted::keep))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")));

    Router::new()
        .merge(rendered)
        .merge(export::router())
        .merge(papers::router())
        .merge(logo::router())
        .merge(mails::router())
        .nest("/api", rest::router())
        // The one address below that the nested router does not see.
        .route("/api/", any(rest::call::no_such_address))
        .route("/billing/{id}/progress", get(progress))
        .route("/calendar/{file}", get(calendar::feed))
        .layer(middleware::from_fn_with_state(house.clone(), session::visitor))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_mins(1)))
        // Files are compressed when they are built. Megabytes of a development build would be at every page.
        .layer(CompressionLayer::new())
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .merge(house.built.router(&config.site))
        .fallback_service(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(house.clone(), lost))
                .service(files(&config.site)),
        )
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(house.env.clone(), rest::refusals::as_problems))
        .layer(
            ServiceBuilder::new()
                .layer(security_header("x-content-type-options", "nosniff"))
                .layer(security_header("referrer-policy", "same-origin"))
                .layer(security_header("cross-origin-opener-policy", "same-origin"))
                .layer(security_header("permissions-policy", "camera=(), microphone=(), geolocation=()")),
        )
        .with_state(house)
}

fn security_header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// A person who asks for an address that is neither page nor file gets a page that says so; a program gets nothing.
async fn lost(State(house): State<House>, jar: CookieJar, request: Request, next: Next) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    let person = request.method() == Method::GET && accepts.is_some_and(|accepts| accepts.contains("text/html"));
    let (parts, body) = request.into_parts();
    let mut again = Request::from_parts(parts.clone(), Body::empty());
    let response = next.run(Request::from_parts(parts, body)).await;
    if !person || response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    session::recognise(&house, &jar, &mut again).await;
    let mut page = leptos_axum::render_app_async_with_context(move || house.provide(), shell)(again).await;
    page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}
