//! The templates with which projects of the company begin.

use domain::Permission;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, say};
use wire::projects::{ProjectTemplate, TemplateParts};

use super::calls::list_project_templates;
use crate::{
    context::{lang, may},
    ui::{Failure, PageHead},
};

/// The page.
#[component]
pub fn ProjectTemplatesPage() -> impl IntoView {
    let lang = lang();
    let templates = Resource::new(|| (), |()| list_project_templates());
    let may_edit = may(Permission::EditProjects);
    let above = view! { <A href="/projects">{say::nav_projects(lang)}</A> };
    view! {
        <PageHead title=say::templates_own(lang) above=above.into_any()/>
        <p class="quiet page-lead">{say::templates_lead(lang)}</p>
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match templates.await {
                    Ok(rows) if rows.is_empty() => view! { <p class="empty">{say::templates_empty(lang)}</p> }.into_any(),
                    Ok(rows) => view! {
                        <ul class="type-sheets">{rows.into_iter().map(|row| sheet(lang, row, may_edit)).collect_view()}</ul>
                    }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn sheet(lang: Lang, template: ProjectTemplate, may_edit: bool) -> AnyView {
    let ProjectTemplate { id, name, lead, parts, .. } = template;
    let lead = (!lead.is_empty()).then(|| view! { <p>{lead}</p> });
    let facts = facts(lang, &parts).into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let begin = may_edit.then(|| {
        let href = format!("/projects/new?template={id}");
        view! { <A href=href attr:class="button-quiet">{say::template_use(lang)}</A> }
    });
    view! {
        <li class="sheet" data-testid="template">
            <h2><A href=format!("/projects/templates/{id}")>{name}</A></h2>
            {lead}
            <ul class="type-facts">{facts}</ul>
            {begin}
        </li>
    }
    .into_any()
}

/// What a project begins with, in a few words.
pub(super) fn facts(lang: Lang, parts: &TemplateParts) -> Vec<String> {
    let names = |names: Vec<&str>| names.join(", ");
    let lines = names(parts.lines.iter().map(|line| line.name.as_str()).collect());
    let tasks = names(parts.tasks.iter().map(|task| task.name.as_str()).collect());
    let lines = (!lines.is_empty()).then(|| say::template_lines(lang, lines));
    let tasks = (!tasks.is_empty()).then(|| say::template_tasks(lang, tasks));
    lines.into_iter().chain(tasks).collect()
}
