//! Throwing away what is kept on the phone.

use leptos::prelude::*;

/// The button: it takes a second tap, for which it says something else.
#[component]
pub(super) fn Discard(
    #[prop(into)] text: Signal<String>,
    #[prop(into)] sure: Signal<String>,
    disabled: RwSignal<bool>,
    discard: Callback<()>,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    let shown = move || if asked.get() { sure.get() } else { text.get() };
    let tap = move |_| {
        if asked.get_untracked() {
            discard.run(());
        } else {
            asked.set(true);
        }
    };
    view! {
        <button class="button-quiet" class:button-danger=asked type="button" disabled=disabled on:click=tap>
            {shown}
        </button>
    }
}
