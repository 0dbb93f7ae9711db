//! A template of projects: kept of a project, called otherwise, deleted.

use domain::{Permission, ProjectId, ProjectTemplateId};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map},
};
use texts::{Lang, say};
use wire::projects::{ProjectTemplate, ProjectTemplateForm, ProjectTemplatePage as PageOf};

use super::{
    calls::{DeleteProjectTemplate, SaveProjectTemplate, load_project_editor, load_project_template},
    history::{label, value},
    templates::facts,
};
use crate::{
    call::CallError,
    context::{lang, may, new_id, page_query},
    contracts::{problem_of, problems_of},
    ui::{Dialog, Failure, Field, History, Icon, NotSaved, PageHead, Stored, came_back, overtaken},
};

const LIST: &str = "/projects/templates";

/// Keeps the set-up of the project that the address names.
#[component]
pub fn ProjectTemplateNewPage() -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let id = query.with_untracked(|query| query.get("project")).and_then(|id| id.parse::<ProjectId>().ok());
    // What its editor may, this may.
    let project = Resource::new(
        || (),
        move |()| async move {
            let id = id.ok_or_else(CallError::not_found)?;
            load_project_editor(Some(id), None).await
        },
    );
    let action = ServerAction::<SaveProjectTemplate>::new();
    let found = move |row: wire::projects::ProjectRow| {
        let first = ProjectTemplateForm {
            id: new_id(),
            name: row.name.clone(),
            project: row.id.to_string(),
            ..ProjectTemplateForm::default()
        };
        let (title, back) = (say::template_keep(lang), format!("/projects/{}", row.id));
        let named = format!("{} {}", row.number, row.name);
        let lead = say::template_keep_lead(lang, named.clone());
        let above = {
            let href = back.clone();
            view! { <A href="/projects">{say::nav_projects(lang)}</A>" · "<A href=href>{named}</A> }
        };
        let at_first = Stored { version: 0, last: None };
        view! {
            <PageHead title=title above=above.into_any()/>
            <p class="quiet page-lead">{lead}</p>
            <TemplateForm first=first at_first=at_first action=action back=back/>
        }
    };
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match project.await.map(|editor| editor.project) {
                    Ok(Some(page)) => found(page.row).into_any(),
                    Ok(None) => view! { <Failure error=CallError::not_found()/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// A template that is there.
#[component]
pub fn ProjectTemplatePage() -> impl IntoView {
    let lang = lang();
    let (params, query) = (use_params_map(), page_query());
    let id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ProjectTemplateId>().ok())));
    let delete = Memo::new(move |_| query.with(|query| query.get("do")).as_deref() == Some("delete"));
    let page = Resource::new(
        move || id.get(),
        |id| async move {
            let id = id.ok_or_else(CallError::not_found)?;
            load_project_template(id).await
        },
    );
    let (save, gone) = (ServerAction::<SaveProjectTemplate>::new(), ServerAction::<DeleteProjectTemplate>::new());
    // Whoever wanted to delete what somebody else has saved sees first what it says now.
    Effect::new(move |_| {
        if gone.value().with(|value| matches!(value, Some(Err(error)) if error.is_overtaken())) {
            page.refetch();
        }
    });
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page delete=delete save=save gone=gone/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(
    page: PageOf,
    delete: Memo<bool>,
    save: ServerAction<SaveProjectTemplate>,
    gone: ServerAction<DeleteProjectTemplate>,
) -> impl IntoView {
    let lang = lang();
    let PageOf { template, history } = page;
    let at_first = Stored::of(template.version, &history);
    let may_edit = may(Permission::EditProjects);
    let ProjectTemplate { id, version, name, lead, parts } = template;
    let above =
        view! { <A href="/projects">{say::nav_projects(lang)}</A>" · "<A href=LIST>{say::templates_own(lang)}</A> };
    let facts = facts(lang, &parts).into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let form = if may_edit {
        let (name, lead) = (name.clone(), lead.clone());
        let first = ProjectTemplateForm { id: id.to_string(), version, name, lead, project: String::new() };
        view! { <TemplateForm first=first at_first=at_first action=save back=LIST/> }.into_any()
    } else {
        view! { <p>{lead}</p> }.into_any()
    };
    view! {
        <PageHead title=name above=above.into_any()>
            {may_edit.then(|| view! {
                <A href=format!("{LIST}/{id}?do=delete") attr:class="button-quiet" scroll=false><Icon name="trash-2"/>{say::template_delete(lang)}</A>
                <A href=format!("/projects/new?template={id}") attr:class="button-quiet">{say::template_use(lang)}</A>
            })}
        </PageHead>
        <ul class="type-facts" data-testid="template-facts">{facts}</ul>
        {form}
        {move || (may_edit && delete.get()).then(|| view! { <Delete id=id version=version action=gone/> })}
        <History changes=history label=words value=value/>
    }
}

/// How the fields of a template are called.
fn words(lang: Lang, field: &str) -> &'static str {
    if field == "lead" { say::template_description(lang) } else { label(lang, field) }
}

/// What a template is called and what it says of itself.
#[component]
fn TemplateForm(
    first: ProjectTemplateForm,
    at_first: Stored,
    action: ServerAction<SaveProjectTemplate>,
    #[prop(into)] back: String,
) -> impl IntoView {
    let lang = lang();
    let first: ProjectTemplateForm = came_back(*action, at_first.version).unwrap_or(first);
    let (hidden, own) = (first.clone(), first.id.parse::<ProjectTemplateId>().ok());
    let form = RwSignal::new(first);
    let overtaken = overtaken(*action, form, at_first, move || async move {
        match own {
            Some(id) => load_project_template(id).await.map(|now| Stored::of(now.template.version, &now.history)),
            None => Ok(Stored { version: 0, last: None }),
        }
    });
    let checked = Memo::new(move |_| form.with(ProjectTemplateForm::check));
    let problems = problems_of(*action, checked, Signal::derive(move || form.get()));
    let refused = move || action.value().get().and_then(Result::err);
    let elsewhere = move || refused().filter(|error| error.at_none_of(&["name", "lead"]));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(_)) = action.value().get() {
            navigate(LIST, leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveProjectTemplate { form: form.get_untracked() });
    };
    let action_url = <SaveProjectTemplate as server_fn::ServerFn>::url();
    view! {
        // Beside the form and not in it: a session that has ended is renewed with a form of its own.
        <NotSaved refused=Signal::derive(elsewhere) overtaken=overtaken/>
        <form class="form" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=hidden.id/>
            <input type="hidden" name="form[project]" value=hidden.project/>
            <input type="hidden" name="form[version]" value=hidden.version.to_string()
                prop:value=move || form.with(|form| form.version.to_string())/>
            <div class="form-grid">
                <Field label=say::project_name(lang) name="form[name]" id="template-name" required=true
                    value=Signal::derive(move || form.with(|form| form.name.clone()))
                    set=move |value| form.update(|form| form.name = value) problem=problem_of(problems, "name")/>
                <Field label=say::template_description(lang) name="form[lead]" id="template-lead"
                    hint=say::template_description_hint(lang)
                    value=Signal::derive(move || form.with(|form| form.lead.clone()))
                    set=move |value| form.update(|form| form.lead = value) problem=problem_of(problems, "lead")/>
            </div>
            <div class="form-actions">
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                <a class="button-quiet" href=back>{say::cancel(lang)}</a>
            </div>
        </form>
    }
}

/// Asks before a template is deleted.
#[component]
fn Delete(id: ProjectTemplateId, version: i64, action: ServerAction<DeleteProjectTemplate>) -> impl IntoView {
    let lang = lang();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            navigate(LIST, leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(DeleteProjectTemplate { id, version });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let action_url = <DeleteProjectTemplate as server_fn::ServerFn>::url();
    view! {
        <Dialog title=say::template_delete_title(lang) closed=format!("{LIST}/{id}")>
            <p>{say::template_delete_lead(lang)}</p>
            <form method="post" action=action_url on:submit=submit>
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="version" value=version.to_string()/>
                <button class="button button-danger" type="submit" disabled=action.pending()>{say::template_delete(lang)}</button>
            </form>
            {move || refused().map(|error| view! { <Failure error=error/> })}
        </Dialog>
    }
}
