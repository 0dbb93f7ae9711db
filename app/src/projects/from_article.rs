//! A billing line that begins as an article says: chosen, added below all others, and then changed like any other.

use leptos::prelude::*;
use texts::say;
use wire::{articles::ArticleRow, projects::LineForm};

use super::{line::Given, template::usual_day};
use crate::{
    context::{lang, new_id},
    ui::Icon,
};

/// Which article, and the button that makes a line of it.
#[component]
pub(super) fn FromArticle(given: Given) -> impl IntoView {
    let lang = lang();
    let start = usual_day();
    let first = given.articles.with_value(|all| all.first().map(|row| row.id.to_string()).unwrap_or_default());
    let chosen = RwSignal::new(first);
    let option = |row: &ArticleRow| {
        let (id, text) = (row.id.to_string(), format!("{} {}", row.card.number, row.card.name));
        view! { <option value=id>{text}</option> }
    };
    let options = given.articles.with_value(|all| all.iter().map(option).collect_view());
    let add = move |_| {
        let id = chosen.get_untracked();
        let line = given.articles.with_value(|all| {
            let article = all.iter().find(|row| row.id.to_string() == id)?;
            LineForm::of_article(&article.card, new_id(), start, lang)
        });
        if let Some(line) = line {
            given.order.add(line);
        }
    };
    // Without a name: it is no part of what is saved.
    view! {
        <div class="needs-script">
            <div class="line-from">
                <div class="field">
                    <label for="line-article">{say::line_article(lang)}</label>
                    <select id="line-article" prop:value=move || chosen.get() on:change=move |event| chosen.set(event_target_value(&event))>
                        {options}
                    </select>
                </div>
                <button class="button-quiet" type="button" on:click=add><Icon name="plus"/>{say::line_from_article(lang)}</button>
            </div>
        </div>
    }
}
