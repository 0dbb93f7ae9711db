//! What a page gets from its surroundings, the same on the server and in the browser.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::{
    hooks::{use_location, use_matched},
    params::ParamsMap,
};
use texts::Lang;
use uuid::Uuid;
use wire::people::{Person, Visitor};

/// Where new ids come from: the server's chance, or the browser's.
#[derive(Clone, Copy)]
pub struct NewId(pub fn() -> Uuid);

/// What time it is: the browser's clock. On the server nothing asks for it.
#[derive(Clone, Copy)]
pub struct Now(pub fn() -> DateTime<Utc>);

/// Who looks at the page.
pub fn visitor() -> Visitor {
    expect_context::<Visitor>()
}

/// The language of the page.
pub fn lang() -> Lang {
    visitor().lang
}

/// Who is signed in.
pub fn person() -> Option<Person> {
    visitor().person
}

/// A new id for something that a person is about to create.
pub fn new_id() -> String {
    (expect_context::<NewId>().0)().to_string()
}

/// The query of the address of the page that stands there. The router's own map of it keeps the old query when a link
/// leads from one document to another, because both are the same route.
pub(crate) fn page_query() -> Memo<ParamsMap> {
    let (location, matched) = (use_location(), use_matched());
    let here = move || location.pathname.with(|path| matched.with(|of| path.trim_matches('/') == of.trim_matches('/')));
    // While the next page is being loaded, this one stays as it is.
    Memo::new(move |last: Option<&ParamsMap>| match last {
        Some(last) if !here() => last.clone(),
        _ => location.query.get(),
    })
}

/// Whether the page that the server has sent is being made live: what is built now stands there already.
pub(crate) fn hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|shared| shared.during_hydration())
}

/// The name of the meta element in which the server tells the browser who looks at the page.
pub const VISITOR_META: &str = "visitor";
