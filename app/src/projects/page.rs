//! The page of a project: how its time is billed, what is left, and what was booked.

use domain::{Permission, ProjectId};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use texts::{Lang, say};
use wire::projects::{BookingFacts, ProjectPage as PageOf};

use super::{
    calls::load_project,
    history::{label, value},
    invoicing::InvoicingSection,
    latest::Latest,
    list::state_tag,
    try_it::{Trial, TryIt},
    waterfall::Waterfall,
    words::{Options, project_rounding_words, splitting_words},
};
use crate::{
    bookings::{load_booking_facts, unassigned_link},
    call::CallError,
    context::{lang, may, visitor},
    ui::{Failure, History, Icon, Notice, PageHead, Tone},
};

/// The page.
#[component]
pub fn ProjectPage() -> impl IntoView {
    let lang = lang();
    let today = visitor().today;
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ProjectId>().ok())));
    let missing = CallError::not_found;
    let page = Resource::new(move || id.get(), move |id| async move { load_project(id.ok_or_else(missing)?).await });
    let facts = Resource::new(
        move || id.get(),
        move |id| async move { load_booking_facts(id.ok_or_else(missing)?, today, None).await },
    );
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let (page, facts) = (page.await, facts.await);
                match page {
                    Ok(page) => view! { <Shown page=page facts=facts.ok()/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Shown(page: PageOf, facts: Option<BookingFacts>) -> impl IntoView {
    let lang = lang();
    let (id, customer, currency) = (page.row.id, page.row.customer.clone(), page.currency);
    let above = {
        let (href, name) = (format!("/customers/{}", customer.id), customer.name.clone());
        view! { <A href="/projects">{say::nav_projects(lang)}</A>" · "<A href=href>{name}</A> }.into_any()
    };
    let edits = may(Permission::EditProjects);
    let copy = format!("/projects/new?copy={id}&customer={}", customer.id);
    let title = format!("{} {}", page.row.number, page.row.name);
    let open: Options = page
        .tasks
        .iter()
        .filter(|task| !task.closed)
        .map(|task| (Oco::from(task.id.to_string()), Oco::from(task.name.clone())))
        .collect();
    let tried = !open.is_empty() && !page.row.closed;
    let trial = Trial::new(&page, facts.filter(|_| tried));
    let head = head(lang, &page);
    let tasks = tasks(lang, &page);
    let unassigned = unassigned_link(lang, page.unassigned, Some(id))
        .map(|link| view! { <Notice tone=Tone::Warn><p>{link}</p></Notice> });
    let history = page.history.clone();
    view! {
        <PageHead title=title above=above>
            {edits.then(|| view! {
                <A href=format!("/projects/templates/new?project={id}") attr:class="button-quiet">{say::template_keep(lang)}</A>
                <A href=copy attr:class="button-quiet"><Icon name="copy"/>{say::project_copy(lang)}</A>
                <A href=format!("/projects/{id}/edit") attr:class="button"><Icon name="pencil"/>{say::edit(lang)}</A>
            })}
        </PageHead>
        {head}
        {unassigned}
        <div class="project">
            <section class="project-main">
                <h2>{say::project_waterfall(lang)}</h2>
                <Waterfall page=page portions=trial.portions()/>
            </section>
            <aside class="project-side">
                {tried.then(|| view! { <TryIt trial=trial tasks=open currency=currency/> })}
                {tasks}
            </aside>
        </div>
        <InvoicingSection project=id/>
        <Latest project=id/>
        <History changes=history label=label value=value/>
    }
}

/// What a project is, in a line of facts.
fn head(lang: Lang, page: &PageOf) -> AnyView {
    let people = if page.limited {
        page.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")
    } else {
        say::project_people_all(lang).to_owned()
    };
    let rounding = project_rounding_words(lang, page.rounding, page.agreed);
    let facts = [
        (say::project_rounding(lang), rounding),
        (say::project_splitting(lang), splitting_words(lang, page.splitting, page.splits)),
        (say::project_people(lang), people),
        (say::project_currency(lang), page.currency.code().to_owned()),
    ];
    let facts = facts.into_iter().map(|(name, text)| view! { <div><dt>{name}</dt><dd>{text}</dd></div> });
    view! {
        <dl class="facts" data-testid="project-facts">
            <div><dt>{say::list_state(lang)}</dt><dd>{state_tag(lang, page.row.closed)}</dd></div>
            {facts.collect_view()}
        </dl>
    }
    .into_any()
}

/// The tasks, closed ones marked.
fn tasks(lang: Lang, page: &PageOf) -> AnyView {
    let rows = page.tasks.iter().map(|task| {
        let closed = task.closed.then(|| view! { " "<span class="tag">{say::task_closed(lang)}</span> });
        view! { <li>{task.name.clone()}{closed}</li> }
    });
    let content = if page.tasks.is_empty() {
        view! { <p class="empty">{say::project_tasks_none(lang)}</p> }.into_any()
    } else {
        view! { <ul class="today-list">{rows.collect_view()}</ul> }.into_any()
    };
    view! { <section class="sheet" data-testid="project-tasks"><h2>{say::project_tasks(lang)}</h2>{content}</section> }
        .into_any()
}
