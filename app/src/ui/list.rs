//! What lists share: the address that says everything, headings that sort, pages.

use leptos::prelude::*;
use leptos_router::components::A;
use texts::say;

use super::Icon;
use crate::context::lang;

/// Writes an address without what is the default anyway.
pub struct Address {
    path: &'static str,
    parts: Vec<String>,
}

impl Address {
    /// An address without anything behind the question mark.
    pub fn new(path: &'static str) -> Address {
        Address { path, parts: Vec::new() }
    }

    /// A text that somebody typed; empty says nothing.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Address {
        if !value.is_empty() {
            self.parts.push(format!("{name}={}", encode(value)));
        }
        self
    }

    /// One of our own words.
    #[must_use]
    pub fn word(mut self, name: &str, value: Option<&str>) -> Address {
        self.parts.extend(value.map(|value| format!("{name}={value}")));
        self
    }

    /// Something that is so or is not.
    #[must_use]
    pub fn flag(self, name: &str, on: bool) -> Address {
        self.word(name, on.then_some("1"))
    }

    /// The page, and with it the whole address.
    pub fn page(self, page: u32) -> String {
        let whole = self.word("page", (page > 1).then_some(page.to_string()).as_deref());
        if whole.parts.is_empty() { whole.path.to_owned() } else { format!("{}?{}", whole.path, whole.parts.join("&")) }
    }
}

/// Percent-encodes everything but letters and digits.
fn encode(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}

/// The heading of a column by which the list can be sorted.
#[component]
pub fn SortHead(href: String, text: &'static str, active: bool, desc: bool) -> impl IntoView {
    let lang = lang();
    let aria = active.then_some(if desc { "descending" } else { "ascending" });
    let label = if active && !desc { say::sort_descending(lang, text) } else { say::sort_ascending(lang, text) };
    view! {
        <th scope="col" aria-sort=aria>
            <A href=href attr:title=label>{text}{active.then(|| view! { <Icon name=if desc { "arrow-down" } else { "arrow-up" }/> })}</A>
        </th>
    }
}

/// The pages before and after.
#[component]
pub fn Pages(page: u32, previous: Option<String>, next: Option<String>) -> impl IntoView {
    let lang = lang();
    let previous =
        previous.map(|href| view! { <A href=href><Icon name="chevron-left"/>{say::page_previous(lang)}</A> });
    let next = next.map(|href| view! { <A href=href>{say::page_next(lang)}<Icon name="chevron-right"/></A> });
    view! {
        <nav class="pages" aria-label=say::page_number(lang, page)>
            {previous}<span class="quiet">{say::page_number(lang, page)}</span>{next}
        </nav>
    }
}
