//! The history of a thing: who changed what, when.

use leptos::prelude::*;
use texts::{Lang, instant, say};
use wire::history::{Change, FieldChange};

use crate::context::lang;

/// The changes, newest first. `label` names a field, `value` writes what it held.
#[component]
pub fn History(
    changes: Vec<Change>,
    label: fn(Lang, &str) -> &'static str,
    value: impl Fn(Lang, &FieldChange, &str) -> String,
) -> impl IntoView {
    let lang = lang();
    let text = move |change: &FieldChange| {
        let field = label(lang, &change.field);
        let written = |kept: &str| value(lang, change, kept);
        match (change.before.as_deref().filter(|before| !before.is_empty()), change.after.as_deref()) {
            (Some(before), Some(after)) => say::history_changed(lang, field, written(before), written(after)),
            (Some(before), None) => say::history_removed(lang, field, written(before)),
            (None, after) => say::history_set(lang, field, after.map_or_else(String::new, written)),
        }
    };
    if changes.is_empty() {
        return None;
    }
    let entries = changes.into_iter().map(|change| {
        let fields = change.fields.iter().map(|field| view! { <li>{text(field)}</li> }).collect_view();
        view! { <li><p class="quiet">{instant(lang, change.at)}" · "{change.by}</p><ul>{fields}</ul></li> }
    });
    Some(
        view! { <section class="history"><h2>{say::customer_history(lang)}</h2><ol>{entries.collect_view()}</ol></section> },
    )
}
