//! The billing lines of a project in its editor: the waterfall, from top to bottom.

use leptos::prelude::*;
use texts::say;
use wire::projects::LineForm;

use super::{
    from_article::FromArticle,
    line::{Given, Line},
    order::{Movable, OrderedList, Row},
    template::empty_line,
};
use crate::{context::lang, contracts::problem_of, ui::Icon};

impl Movable for LineForm {
    fn name(&self) -> &str {
        &self.name
    }
}

/// The list.
#[component]
pub(super) fn Lines(given: Given) -> impl IntoView {
    let lang = lang();
    let draw = Callback::new(move |row: Row<LineForm>| view! { <Line given=given row=row/> }.into_any());
    let problem = problem_of(given.problems, "lines");
    let add = move |_| given.order.add(empty_line());
    let none = move || given.order.rows.with(Vec::is_empty);
    let from_article = !given.articles.with_value(Vec::is_empty);
    view! {
        <p class="quiet fieldset-lead">{say::project_lines_lead(lang)}</p>
        {move || none().then(|| view! { <p class="empty">{say::project_lines_none(lang)}</p> })}
        <OrderedList order=given.order label=say::project_lines(lang) testid="lines" draw=draw/>
        <p class="field-problem" role="alert" id="lines-problem">{move || problem.get()}</p>
        <button class="button-quiet needs-script" type="button" on:click=add><Icon name="plus"/>{say::line_add(lang)}</button>
        {from_article.then(|| view! { <FromArticle given=given/> })}
    }
}
