//! Cancelling a run: the plan of all its documents first, then what came of each.

use domain::RunId;
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, amount, date, money, say};
use wire::billing::{RunCancelForm, RunRow, RunUndo, RunUndoItem};

use super::calls::{CancelRun, load_run_undo};
use crate::{
    context::{lang, page_query},
    ui::{Dialog, Failure, Field},
};

/// The plan of the run, while the address asks for it, and what came of its cancellation.
#[component]
pub(super) fn RunUndoPlan(row: RunRow, action: ServerAction<CancelRun>) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let id = row.id;
    let wanted = Memo::new(move |_| query.with(|query| query.get("undo").is_some()));
    let plan = Resource::new(
        move || wanted.get(),
        move |wanted| async move { if wanted { load_run_undo(id).await.map(Some) } else { Ok(None) } },
    );
    let reason = RwSignal::new(String::new());
    let came_back = action.value().get_untracked().and_then(Result::err);
    if let Some(typed) = came_back.and_then(|error| error.typed::<RunCancelForm>()) {
        reason.set(typed.reason);
    }
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(_)) = action.value().get()
            && wanted.get_untracked()
        {
            let options = leptos_router::NavigateOptions { scroll: false, replace: true, ..Default::default() };
            navigate(&format!("/billing/{id}"), options);
        }
    });
    let as_of = row.as_of;
    let shown = move || {
        Suspend::new(async move {
            let plan = match plan.await {
                Ok(plan) => plan?,
                Err(error) => return Some(view! { <Failure error=error/> }.into_any()),
            };
            let content = if plan.items.is_empty() {
                view! { <p class="empty">{say::run_cancel_nothing(lang)}</p> }.into_any()
            } else {
                let able = plan.items.iter().filter(|item| item.refused.is_none()).count();
                view! {
                    <p>{say::run_cancel_lead(lang)}</p>
                    {table(lang, &plan, false)}
                    {(able > 0).then(|| view! { <CancelAll action=action id=id able=able reason=reason/> })}
                }
                .into_any()
            };
            let heading = say::run_cancel_title(lang, date(lang, as_of));
            Some(
                view! { <Dialog title=heading closed=format!("/billing/{id}")><div class="undo" data-testid="run-undo-plan">{content}</div></Dialog> }
                    .into_any(),
            )
        })
    };
    let done = move || {
        action.value().get().and_then(Result::ok).filter(|done| done.run == id).map(|done| {
            view! {
                <section class="run-undone" data-testid="run-undone">
                    <h2>{say::run_cancel_done(lang)}</h2>
                    {table(lang, &done, true)}
                </section>
            }
        })
    };
    view! { {done}<Suspense>{shown}</Suspense> }
}

#[component]
fn CancelAll(action: ServerAction<CancelRun>, id: RunId, able: usize, reason: RwSignal<String>) -> impl IntoView {
    let lang = lang();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(CancelRun { form: RunCancelForm { run: id.to_string(), reason: reason.get_untracked() } });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let problem = Signal::derive(move || refused().and_then(|error| error.at(lang, "reason")));
    let elsewhere = move || refused().filter(|error| error.at(lang, "reason").is_none());
    let action_url = <CancelRun as server_fn::ServerFn>::url();
    let name = if able == 1 { say::run_cancel_save_one(lang).to_owned() } else { say::run_cancel_save(lang, able) };
    view! {
        <form method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[run]" value=id.to_string()/>
            <Field label=say::document_cancel_reason(lang) name="form[reason]" id="run-cancel-reason" required=true
                value=reason set=move |value| reason.set(value) problem=problem/>
            <button class="button button-danger" type="submit" disabled=action.pending()>{name}</button>
        </form>
        {move || elsewhere().map(|error| view! { <Failure error=error/> })}
    }
}

/// What a cancellation does or did with each document.
fn table(lang: Lang, undo: &RunUndo, done: bool) -> AnyView {
    let rows = undo.items.iter().map(|item| row(lang, item, done)).collect_view();
    view! { <ul class="undo-documents">{rows}</ul> }.into_any()
}

fn row(lang: Lang, item: &RunUndoItem, done: bool) -> AnyView {
    let name = item.number.clone().unwrap_or_else(|| say::document_invoice_draft(lang).to_owned());
    let gone = done && item.refused.is_none() && item.cancellation.is_none();
    let name = if gone {
        view! { {name}" · "{say::run_cancel_deleted(lang)} }.into_any()
    } else {
        view! { <A href=format!("/documents/{}", item.document)>{name}</A> }.into_any()
    };
    let refused =
        item.refused.as_ref().map(|problem| view! { <span class="row-note warn">{problem.text(lang)}</span> });
    let frees = match item.freed {
        0 => None,
        1 => Some(say::run_cancel_frees_one(lang).to_owned()),
        count => Some(say::run_cancel_frees(lang, count)),
    };
    let deficits = item.deficits.iter().map(|(unit, lost)| say::run_cancel_deficit(lang, amount(lang, *unit, *lost)));
    let words: Vec<String> = frees.into_iter().chain(deficits).collect();
    let words = item.refused.is_none().then(|| view! { <span class="row-note quiet">{words.join(" · ")}</span> });
    let cancellation = item.cancellation.as_ref().map(|(id, number)| {
        let name = number.as_deref().map_or_else(String::new, |number| say::document_cancellation_title(lang, number));
        view! { <span class="row-note"><A href=format!("/documents/{id}")>{name}</A></span> }
    });
    view! {
        <li>
            <span>{name}" · "{item.customer.name.clone()}{words}{refused}{cancellation}</span>
            <span class="figure">{money(lang, item.gross)}</span>
        </li>
    }
    .into_any()
}
