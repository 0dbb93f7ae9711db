//! Choosing a task: those on which was booked last, then whatever is searched for.

use leptos::prelude::*;
use texts::say;

use super::{
    chosen::Chosen,
    desk,
    held::Phone,
    left::{LeftFor, only},
    loading::loaded,
    tasks::Tasks,
    trouble::InTrouble,
};
use crate::{
    context::lang,
    ui::{Field, FieldKind},
};

/// The tasks; a tap takes one. `icon` says what that does.
#[component]
pub(super) fn Picker(picked: Callback<Chosen>, icon: &'static str) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let words = RwSignal::new(String::new());
    let picked = Callback::new(move |on: Chosen| {
        words.set(String::new());
        picked.run(on);
    });
    let recent = loaded(move || Some(phone.saved.get()), |_| desk::recent());
    // Whoever has booked nothing yet chooses among everything.
    let none = move || recent.with(|found| matches!(found, Some(Ok(found)) if found.is_empty()));
    let searches = move || none() || words.with(|words| !words.trim().is_empty());
    let found = loaded(move || searches().then(|| words.get()), desk::bookable);
    // Whoever has searched for a customer sees what is left there before a task is chosen.
    let customer = Memo::new(move |_| {
        if !searches() {
            return None;
        }
        found.with(|found| {
            let found = found.as_ref()?.as_ref().ok()?.iter().filter(|of| !of.tasks.is_empty());
            only(found.map(|of| of.customer.clone()))
        })
    });
    let shown = Memo::new(move |_| {
        let shown = if searches() { found.get() } else { recent.get() };
        shown.map(|shown| shown.map(Chosen::all))
    });
    let tasks = Memo::new(move |_| shown.get().and_then(Result::ok).unwrap_or_default());
    let instead = move || match shown.get()? {
        Err(trouble) => Some(view! { <InTrouble trouble=trouble/> }.into_any()),
        Ok(tasks) if tasks.is_empty() => Some(view! { <p class="empty">{say::phone_no_task(lang)}</p> }.into_any()),
        Ok(_) => None,
    };
    view! {
        <Field label=say::phone_task_search(lang) name="q" id="task-q" kind=FieldKind::Search value=words
            set=move |typed| words.set(typed)/>
        <h2>{move || if searches() { say::phone_found(lang) } else { say::phone_recent(lang) }}</h2>
        {instead}
        <Tasks tasks=tasks picked=picked icon=icon/>
        {move || customer.get().map(|customer| view! { <LeftFor customer=customer date=phone.today/> })}
    }
}
