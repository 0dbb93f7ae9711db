//! Finding things by a few letters, with Ctrl+K from everywhere.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use texts::{Lang, say};
use wire::today::Found;

use super::calls::find;
use crate::{context::lang, ui::Icon};

fn place(lang: Lang, found: &Found) -> (&'static str, String, String) {
    match found {
        Found::Customer { id, text } => (say::find_customer(lang), format!("/customers/{id}"), text.clone()),
        Found::Contract { id, text } => (say::find_contract(lang), format!("/contracts/{id}"), text.clone()),
        Found::Document { id, text } => (say::find_document(lang), format!("/documents/{id}"), text.clone()),
        Found::Account { id, text } => (say::find_account(lang), format!("/accounts/{id}"), text.clone()),
    }
}

/// The field that opens with Ctrl+K. Without JavaScript the list of customers finds.
#[component]
pub(crate) fn Finder() -> impl IntoView {
    let lang = lang();
    let (open, typed, at) = (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(0_usize));
    let node = NodeRef::<leptos::html::Dialog>::new();
    let found = LocalResource::new(move || {
        let q = typed.get();
        async move { if q.trim().is_empty() { Vec::new() } else { find(q).await.unwrap_or_default() } }
    });
    let rows = move || found.get().unwrap_or_default();
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open.set(true);
            }
        });
        on_cleanup(move || handle.remove());
    });
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() {
            // It only fails for a dialog that is open already.
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    let close = move |_| {
        open.set(false);
        typed.set(String::new());
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let count = rows().len();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                // The router follows the link as if somebody had clicked it.
                if let Some(link) = document().query_selector(".found .found-now").ok().flatten() {
                    link.unchecked_into::<web_sys::HtmlElement>().click();
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let list = move || {
        let rows = rows();
        let nothing = (rows.is_empty() && !typed.get().trim().is_empty() && found.get().is_some())
            .then(|| view! { <p class="quiet">{say::find_none(lang)}</p> });
        let rows = rows.into_iter().enumerate().map(|(number, found)| {
            let (kind, href, text) = place(lang, &found);
            view! {
                <li><a href=href on:click=close class:found-now=move || at.get() == number><span class="kind">{kind}</span><span>{text}</span></a></li>
            }
        });
        view! { <ul class="found">{rows.collect_view()}</ul>{nothing} }
    };
    view! {
        <button class="button-quiet finder-open needs-script" type="button" on:click=move |_| open.set(true)>
            <Icon name="search"/><span>{say::find(lang)}</span><kbd>"Ctrl K"</kbd>
        </button>
        <dialog class="dialog finder" node_ref=node aria-label=say::find(lang) on:close=move |_| open.set(false)>
            <div class="field">
                <label for="finder-q">{say::find_hint(lang)}</label>
                <input id="finder-q" type="search" autocomplete="off" prop:value=typed
                    on:input=move |event| { typed.set(event_target_value(&event)); at.set(0); } on:keydown=keys/>
            </div>
            {list}
        </dialog>
    }
}
