//! Icons from the sprite.

use leptos::prelude::*;

/// An icon of the sprite `public/icons.svg`. Decoration only: the words beside it say what it means.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
}
