//! The editor of a project: base data, tasks and billing lines in one form, saved as a whole or not at all.

use domain::{CustomerId, ProjectId};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map},
};
use texts::{Lang, say};
use wire::projects::{ProjectEditor, ProjectForm, ProjectPage as PageOf, WholeProjectForm};

use super::{
    base::{Base, BaseFields},
    calls::{SaveProject, load_project, load_project_editor},
    line::Given,
    lines::Lines,
    order::Ordered,
    tasks::{Tasks, empty_task},
    template::{Begin, Templates, usual_project, usual_start},
};
use crate::{
    call::CallError,
    context::{lang, new_id, page_query},
    contracts::{problem_of, problems_of},
    ui::{Failure, NotSaved, PageHead, Stored, came_back, overtaken},
};

/// What an editor is opened with: and the project that a new one is a copy of.
type Opened = (Resource<Result<ProjectEditor, CallError>>, Resource<Result<Option<PageOf>, CallError>>);

/// A new project, for the customer and with the set-up that the address names.
#[component]
pub fn ProjectNewPage() -> impl IntoView {
    let query = page_query();
    let named = |name: &str| query.with_untracked(|query| query.get(name));
    let customer = named("customer").and_then(|id| id.parse::<CustomerId>().ok());
    let model = named("copy").and_then(|id| id.parse::<ProjectId>().ok());
    let begin = named("template").and_then(|name| Begin::from_name(&name));
    let editor = Resource::new(|| (), move |()| load_project_editor(None, customer));
    let model = Resource::new(
        || (),
        move |()| async move {
            match model {
                Some(id) => load_project(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! { <Loaded opened=(editor, model) begin=begin/> }
}

/// A project that is changed.
#[component]
pub fn ProjectEditPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ProjectId>().ok())));
    let editor = Resource::new(
        move || id.get(),
        |id| async move {
            let id = id.ok_or_else(CallError::not_found)?;
            load_project_editor(Some(id), None).await
        },
    );
    let model = Resource::new(|| (), |()| async { Ok(None) });
    view! { <Loaded opened=(editor, model) begin=None/> }
}

#[component]
fn Loaded(opened: Opened, begin: Option<Begin>) -> impl IntoView {
    let lang = lang();
    let (editor, model) = opened;
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match (editor.await, model.await) {
                    (Ok(editor), Ok(model)) => view! { <Editor editor=editor model=model begin=begin/> }.into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// What the form begins with.
fn first_form(lang: Lang, editor: &ProjectEditor, model: Option<&PageOf>, begin: Option<Begin>) -> WholeProjectForm {
    if let Some(page) = &editor.project {
        return WholeProjectForm::of(page, lang);
    }
    let customer = editor.customer.as_ref().map(|customer| customer.id.to_string()).unwrap_or_default();
    if let Some(model) = model {
        let copy = WholeProjectForm::of(model, lang).copy(&usual_start(), new_id);
        let project = ProjectForm { customer, ..copy.project };
        return WholeProjectForm { project, tasks: copy.tasks, lines: copy.lines };
    }
    let nothing = || WholeProjectForm { project: usual_project(), tasks: vec![empty_task()], lines: Vec::new() };
    let first = begin.and_then(|begin| begin.form(lang, &editor.templates)).unwrap_or_else(nothing);
    let project = ProjectForm { id: new_id(), customer, ..first.project };
    WholeProjectForm { project, tasks: first.tasks, lines: first.lines }
}

/// What is stored of the project.
fn stored(editor: &ProjectEditor) -> Stored {
    match &editor.project {
        None => Stored { version: 0, last: None },
        Some(page) => Stored::of(page.version, &page.history),
    }
}

#[component]
fn Editor(editor: ProjectEditor, model: Option<PageOf>, begin: Option<Begin>) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveProject>::new();
    let kept = stored(&editor);
    let came_back = came_back(*action, kept.version);
    let first: WholeProjectForm = came_back.unwrap_or_else(|| first_form(lang, &editor, model.as_ref(), begin));
    let own = editor.project.as_ref().map(|page| page.row.id);
    let new = editor.project.is_none();
    let back = match &editor.project {
        Some(page) => format!("/projects/{}", page.row.id),
        None => "/projects".to_owned(),
    };
    let title = match &editor.project {
        Some(page) => say::project_edit(lang, &page.row.name),
        None => say::project_new(lang).to_owned(),
    };
    let saved: Vec<String> =
        editor.project.iter().flat_map(|page| &page.lines).map(|row| row.line.id.to_string()).collect();
    let accounts = RwSignal::new(editor.accounts);
    let customer = RwSignal::new(editor.customer);
    let at_first = customer.with_untracked(|customer| customer.as_ref().map(|customer| customer.id.to_string()));
    let (tasks, lines) = (Ordered::new(first.tasks), Ordered::new(first.lines));
    let form = RwSignal::new(first.project);
    let load = move || async move { load_project_editor(own, None).await.map(|now| stored(&now)) };
    let overtaken = overtaken(*action, form, kept, load);
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    let whole = move || {
        let customer = customer.with(|customer| customer.as_ref().map(|customer| customer.id.to_string()));
        let project = ProjectForm { customer: customer.unwrap_or_default(), ..form.get() };
        WholeProjectForm { project, tasks: tasks.forms(), lines: lines.forms() }
    };
    let checked = Memo::new(move |_| whole().check(lang));
    let problems = problems_of(*action, checked, Signal::derive(whole));
    let refused = move || action.value().get().and_then(Result::err);
    let nowhere = move || refused().filter(CallError::at_no_field);
    let somewhere = move || refused().is_some_and(|error| !error.at_no_field());
    let customer_problem = Signal::derive(move || {
        let missing = action.value().get().is_some() && customer.with(Option::is_none);
        problem_of(problems, "customer").get().or(missing.then(|| say::field_missing(lang).to_owned()))
    });
    load_accounts(customer, accounts);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(page)) = action.value().get() {
            navigate(&format!("/projects/{}", page.row.id), leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveProject { form: untrack(whole) });
    };
    let templates = StoredValue::new(editor.templates);
    let chosen = RwSignal::new(begin);
    let choose = Callback::new(move |next: Begin| {
        let Some(begun) = templates.with_value(|own| next.form(lang, own)) else { return };
        let before = chosen.get_untracked();
        chosen.set(Some(next));
        tasks.replace(begun.tasks);
        lines.replace(begun.lines);
        // One of the company says more than tasks and lines; whatever is chosen after it takes that back.
        if [Some(next), before].iter().any(|one| matches!(one, Some(Begin::Own(_)))) {
            let ProjectForm { currency, splitting, rounding, minimum, step, .. } = begun.project;
            form.update(|form| {
                *form = ProjectForm { currency, splitting, rounding, minimum, step, ..form.clone() };
            });
        }
    });
    let people = StoredValue::new(editor.people);
    let (splits, agreed) = (editor.splits, editor.project.and_then(|page| page.agreed));
    let base = Base { form, customer, people, splits, agreed, new, problems, customer_problem, hydrated };
    let (articles, saved) = (StoredValue::new(editor.articles), StoredValue::new(saved));
    let given = Given { order: lines, tasks, accounts, articles, saved, problems, hydrated };
    let action_url = <SaveProject as server_fn::ServerFn>::url();
    view! {
        <PageHead title=title>
            {new.then(|| view! { <A href="/projects/templates" attr:class="button-quiet">{say::templates_own(lang)}</A> })}
        </PageHead>
        // Beside the form and not in it: a session that has ended is renewed with a form of its own.
        <NotSaved refused=Signal::derive(nowhere) overtaken=overtaken
            look=own.map(|id| format!("/projects/{id}"))/>
        <div class="editor project-editor">
            <form class="form" method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[project][id]" value=form.get_untracked().id prop:value=move || form.with(|form| form.id.clone())/>
                <input type="hidden" name="form[project][version]" value=form.get_untracked().version.to_string()
                    prop:value=move || form.with(|form| form.version.to_string())/>
                {new.then(|| view! {
                    <fieldset>
                        <legend>{say::project_template(lang)}</legend>
                        <Templates chosen=chosen own=templates customer=at_first choose=choose/>
                    </fieldset>
                })}
                <fieldset>
                    <legend>{say::section_general(lang)}</legend>
                    <BaseFields base=base/>
                </fieldset>
                <fieldset>
                    <legend>{say::project_tasks(lang)}</legend>
                    <Tasks order=tasks problems=problems/>
                </fieldset>
                <fieldset>
                    <legend>{say::project_lines(lang)}</legend>
                    <Lines given=given/>
                </fieldset>
                <p class="field-problem" role="alert">{move || somewhere().then(|| say::project_look_above(lang))}</p>
                <div class="form-actions">
                    <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                    <a class="button-quiet" href=back>{say::cancel(lang)}</a>
                </div>
            </form>
        </div>
    }
}

/// Reads the accounts of another customer as soon as it is chosen. A late answer is for somebody else.
fn load_accounts(
    customer: RwSignal<Option<wire::contracts::CustomerRef>>,
    accounts: RwSignal<Vec<wire::projects::KnownAccount>>,
) {
    let load = Action::new(move |of: &CustomerId| {
        let of = *of;
        async move {
            let read = load_project_editor(None, Some(of)).await;
            let now = customer.try_with_untracked(|customer| customer.as_ref().map(|now| now.id)).flatten();
            if let (true, Ok(read)) = (now == Some(of), read) {
                accounts.try_set(read.accounts);
            }
        }
    });
    Effect::new(move |before: Option<Option<CustomerId>>| {
        let now = customer.with(|customer| customer.as_ref().map(|customer| customer.id));
        if before.is_some_and(|before| before != now) {
            accounts.set(Vec::new());
            if let Some(of) = now {
                load.dispatch(of);
            }
        }
        now
    });
}
