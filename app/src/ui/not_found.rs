//! The page of an address at which there is nothing.

use leptos::prelude::*;
use texts::say;

use super::PageHead;
use crate::context::lang;

/// There is no such page: it answers 404, and what stands in it leads back.
#[component]
pub fn NotFound(children: Children) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::call::server::answer_status(404);
    view! {
        <PageHead title=say::page_not_found(lang())/>
        {children()}
    }
}
