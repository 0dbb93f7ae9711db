//! A modal dialog on the browser's own `<dialog>`: focus stays inside, Escape closes it.

use leptos::{html, prelude::*};
use texts::say;

use crate::context::lang;

/// A dialog that is open as long as it is in the page. Without JavaScript it stands open in the page; `closed` is
/// where its closing link leads.
#[component]
pub fn Dialog(#[prop(into)] title: String, #[prop(into)] closed: String, children: Children) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let (back, label) = (closed.clone(), title.clone());
    let navigate = leptos_router::hooks::use_navigate();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        // A page that a link leads to is built before it is shown. Not shown yet, the dialog stays open as it is.
        request_animation_frame(move || {
            if dialog.is_connected() {
                dialog.close();
                // It only fails for a dialog that is not in the page.
                let _ = dialog.show_modal();
            }
        });
    });
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        navigate(&back, leptos_router::NavigateOptions { scroll: false, replace: true, ..Default::default() });
    };
    view! {
        <dialog class="dialog" node_ref=node open aria-label=label on:cancel=cancel>
            <header>
                <h2>{title}</h2>
                <leptos_router::components::A href=closed attr:class="button-quiet" scroll=false>{say::close(lang())}</leptos_router::components::A>
            </header>
            {children()}
        </dialog>
    }
}
