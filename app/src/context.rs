//! What a page gets from its surroundings, the same on the server and in the browser.

use leptos::prelude::*;
use texts::Lang;
use uuid::Uuid;
use wire::people::{Person, Visitor};

/// Where new ids come from: the server's chance, or the browser's.
#[derive(Clone, Copy)]
pub struct NewId(pub fn() -> Uuid);

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

/// Whether the page that the server has sent is being made live: what is built now stands there already.
pub(crate) fn hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|shared| shared.during_hydration())
}

/// The name of the meta element in which the server tells the browser who looks at the page.
pub const VISITOR_META: &str = "visitor";
