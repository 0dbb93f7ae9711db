//! What a page gets from its surroundings, the same on the server and in the browser.

use chrono::{DateTime, Utc};
use domain::Permission;
use leptos::prelude::*;
use leptos_router::{
    hooks::{use_location, use_matched},
    location::Url,
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

/// The address of the page, for a front that has no router to ask.
#[derive(Debug, Clone)]
pub struct Address {
    /// What stands before the question mark.
    pub path: String,
    /// What stands behind it, with the mark or without.
    pub query: String,
}

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

/// Whether the role of who is signed in allows that. The use case decides; a page offers only what it would do.
pub fn may(what: Permission) -> bool {
    person().is_some_and(|person| person.role.may(what))
}

/// A new id for something that a person is about to create.
pub fn new_id() -> String {
    new_uuid().to_string()
}

/// The same before it is written.
pub(crate) fn new_uuid() -> Uuid {
    (expect_context::<NewId>().0)()
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

/// What stands behind the question mark under that name, decoded once. The router's map decodes it twice, so that what was
/// encoded by itself comes out altered.
pub(crate) fn in_query(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.trim_start_matches('?').split('&');
    let value = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(Url::unescape(value))
}

/// Whether the page that the server has sent is being made live: what is built now stands there already.
pub(crate) fn hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|shared| shared.during_hydration())
}

/// The name of the meta element in which the server tells the browser who looks at the page.
pub const VISITOR_META: &str = "visitor";

#[cfg(test)]
mod tests {
    use super::in_query;

    /// Red when: an address that was carried in another loses what was encoded in it.
    #[test]
    fn what_stands_in_the_address_is_decoded_once() {
        let query = "?next=/customers%3Fq%3DM%2526S%252B&login=anna%2Btest%40a.example&error=";
        assert_eq!(in_query(query, "next").as_deref(), Some("/customers?q=M%26S%2B"));
        assert_eq!(in_query(query, "login").as_deref(), Some("anna+test@a.example"));
        assert_eq!(in_query(query, "error").as_deref(), Some(""));
        assert_eq!(in_query(query, "ext"), None);
    }
}
