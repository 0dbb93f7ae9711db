//! The history of a thing: who changed what, when.

use leptos::prelude::*;
use texts::{Lang, instant, say};
use wire::history::{Change, FieldChange};

use crate::context::lang;

/// A changed field in words. `label` is its name, `value` writes what it held.
pub fn change_text(lang: Lang, label: &str, value: impl Fn(&str) -> String, change: &FieldChange) -> String {
    match (change.before.as_deref().filter(|before| !before.is_empty()), change.after.as_deref()) {
        (Some(before), Some(after)) => say::history_changed(lang, label, value(before), value(after)),
        (Some(before), None) => say::history_removed(lang, label, value(before)),
        (None, after) => say::history_set(lang, label, after.map_or_else(String::new, value)),
    }
}

/// The changes, newest first. `label` names a field, `value` writes what it held.
#[component]
pub fn History(
    changes: Vec<Change>,
    label: fn(Lang, &str) -> &'static str,
    value: impl Fn(Lang, &FieldChange, &str) -> String,
) -> impl IntoView {
    let lang = lang();
    let text = move |change: &FieldChange| {
        change_text(lang, label(lang, &change.field), |kept| value(lang, change, kept), change)
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
