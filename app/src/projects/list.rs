//! The list of projects: what is found, in which order and on which page stands in the address.

use domain::Permission;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, say};
use wire::{
    Page,
    lists::project_state_text,
    projects::{ProjectQuery, ProjectRow, ProjectSort, ProjectState},
};

use super::calls::list_projects;
use crate::{
    context::{lang, may},
    ui::{
        Filters, Icon, PageHead,
        list::{asked, by, choice_filter, exports, heads, listed, pages, plain, words_filter},
    },
};

/// The page.
#[component]
pub fn ProjectsPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<ProjectQuery>();
    let page = Resource::new(move || ask.get(), list_projects);
    let may_edit = may(Permission::EditProjects);
    let label = (say::projects_search(lang), Some(say::projects_search_hint(lang)));
    let states = ProjectState::ALL.map(|state| (state.name().to_owned(), project_state_text(lang, state).to_owned()));
    let state = |ask: &ProjectQuery| ask.state.map(ProjectState::name).unwrap_or_default().to_owned();
    let customer = move || {
        ask.with(|ask| ask.customer).map(|id| view! { <input type="hidden" name="customer" value=id.to_string()/> })
    };
    view! {
        <PageHead title=say::nav_projects(lang)>
            {exports(ask)}
            <A href="/projects/templates" attr:class="button-quiet">{say::templates_own(lang)}</A>
            {may_edit.then(|| view! { <A href="/projects/new" attr:class="button"><Icon name="plus"/>{say::project_new(lang)}</A> })}
        </PageHead>
        <Filters ask=ask>
            {words_filter(ask, ("q", "projects-q"), label, |ask| ask.q.clone())}
            {choice_filter(ask, ("state", "projects-state"), say::list_state(lang), states.to_vec(), state)}
            {customer}
        </Filters>
        {listed(ask, page, say::projects_empty(lang), found)}
    }
}

fn found(lang: Lang, ask: &ProjectQuery, found: Page<ProjectRow>) -> AnyView {
    let columns = vec![
        by(say::project_number(lang), ProjectSort::Number),
        by(say::project_name(lang), ProjectSort::Name),
        plain(say::contract_customer(lang)),
        plain(say::list_state(lang)),
    ];
    let pages = pages(ask, found.more);
    let rows = found.rows.into_iter().map(|row| {
        let href = format!("/projects/{}", row.id);
        view! {
            <tr>
                <th scope="row" class="figure"><A href=href.clone()>{row.number}</A></th>
                <td><A href=href>{row.name}</A></td>
                <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td>
                <td>{state_tag(lang, row.closed)}</td>
            </tr>
        }
    });
    view! {
        <table class="list projects">
            {heads(lang, ask, columns, false)}
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {pages}
    }
    .into_any()
}

/// Whether a project is worked on, in a word.
pub(super) fn state_tag(lang: Lang, closed: bool) -> AnyView {
    let class = if closed { "tag" } else { "tag tag-good" };
    view! { <span class=class>{project_state_text(lang, ProjectState::of(closed))}</span> }.into_any()
}
