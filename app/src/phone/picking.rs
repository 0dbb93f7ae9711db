//! Choosing a task: those on which was booked last, then whatever is searched for.

use leptos::prelude::*;
use texts::say;

use super::{
    chosen::Chosen,
    desk,
    held::Phone,
    left::{LeftFor, only},
    loading::loaded,
    trouble::InTrouble,
};
use crate::{
    context::lang,
    ui::{Field, FieldKind, Icon},
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
    let shown = move || if searches() { found.get() } else { recent.get() };
    let tasks = move || {
        shown().map(|shown| match shown {
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
            Ok(projects) if projects.iter().all(|of| of.tasks.is_empty()) => {
                view! { <p class="empty">{say::phone_no_task(lang)}</p> }.into_any()
            }
            Ok(projects) => {
                let tasks = Chosen::all(projects).into_iter();
                let tasks = tasks.map(|chosen| view! { <li><Task chosen=chosen picked=picked icon=icon/></li> });
                view! { <ul class="tasks">{tasks.collect_view()}</ul> }.into_any()
            }
        })
    };
    view! {
        <Field label=say::phone_task_search(lang) name="q" id="task-q" kind=FieldKind::Search value=words
            set=move |typed| words.set(typed)/>
        <h2>{move || if searches() { say::phone_found(lang) } else { say::phone_recent(lang) }}</h2>
        {tasks}
        {move || customer.get().map(|customer| view! { <LeftFor customer=customer date=phone.today/> })}
    }
}

#[component]
fn Task(chosen: Chosen, picked: Callback<Chosen>, icon: &'static str) -> impl IntoView {
    let (name, project, customer) = (chosen.name.clone(), chosen.project.name.clone(), chosen.customer.name.clone());
    let take = move |_| picked.run(chosen.clone());
    view! {
        <button class="task" type="button" on:click=take>
            <Icon name=icon/>
            <span class="task-name">{name}</span>
            <span class="task-of">{project}" · "{customer}</span>
        </button>
    }
}
