//! Cancelling a run: the plan of its documents first, then how far it is, then what came of each.

use domain::RunId;
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, amount, date, instant, money, say};
use wire::billing::{RunCancelForm, RunRow, RunUndo, RunUndoItem, RunUndoState};

use super::calls::{CancelRun, load_run_undo};
use crate::{
    call::{forget_when_typed, forget_with_plan},
    context::{lang, page_query},
    documents::effects,
    ui::{Dialog, Failure, Field, Pages},
};

/// The plan of the run, while the address asks for it.
#[component]
pub(super) fn RunUndoPlan(row: RunRow, action: ServerAction<CancelRun>) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let id = row.id;
    let wanted = Memo::new(move |_| query.with(|query| query.get("undo").is_some()));
    let at =
        Memo::new(move |_| query.with(|query| query.get("at").and_then(|page| page.parse().ok())).unwrap_or(1_u32));
    let plan = Resource::new(
        move || (wanted.get(), at.get()),
        move |(wanted, at)| async move { if wanted { load_run_undo(id, at).await.map(Some) } else { Ok(None) } },
    );
    forget_with_plan(*action, wanted);
    let reason = RwSignal::new(String::new());
    forget_when_typed(*action, reason);
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
                view! {
                    <p>{say::run_cancel_lead(lang)}</p>
                    {sums(lang, &plan)}
                    {table(lang, &plan, false)}
                    {pages(&plan)}
                    {cancel_all(&plan, action, reason)}
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
    view! { <Suspense>{shown}</Suspense> }
}

/// How many documents it is about, and what they come to; nothing of a single one, which shows its sum itself.
fn sums(lang: Lang, plan: &RunUndo) -> Option<AnyView> {
    let gross = plan.sums.iter().map(|sum| domain::Money { minor: sum.gross, currency: sum.currency });
    let sums: Vec<String> = gross.map(|gross| money(lang, gross)).collect();
    (plan.count > 1).then(|| {
        view! { <p data-testid="run-undo-sum">{say::run_cancel_sum(lang, plan.count, sums.join(" + "))}</p> }.into_any()
    })
}

/// The pages of the plan, where it has several.
fn pages(plan: &RunUndo) -> Option<AnyView> {
    let (id, page) = (plan.run, plan.page);
    let to = |page: u32| format!("/billing/{id}?undo=plan&at={page}");
    let (previous, next) = ((page > 1).then(|| to(page - 1)), plan.more.then(|| to(page + 1)));
    let several = previous.is_some() || next.is_some();
    several.then(|| view! { <Pages page=page previous=previous next=next/> }.into_any())
}

/// The form that cancels, unless nothing can be.
fn cancel_all(plan: &RunUndo, action: ServerAction<CancelRun>, reason: RwSignal<String>) -> Option<AnyView> {
    // Of other pages is not known here what stands in the way: they count.
    let refused = plan.items.iter().filter(|item| item.refused.is_some()).count();
    let able = plan.count.saturating_sub(u64::try_from(refused).unwrap_or(u64::MAX));
    let (id, seen) = (plan.run, plan.seen.map(|seen| seen.to_rfc3339()).unwrap_or_default());
    (able > 0).then(|| view! { <CancelAll action=action id=id seen=seen able=able reason=reason/> }.into_any())
}

/// How far the cancellation of a run is, or how it ended.
pub(super) fn progress(lang: Lang, undo: &RunUndoState) -> AnyView {
    let by = say::run_undo_by(lang, &undo.by, instant(lang, undo.started), &undo.reason);
    if undo.ended.is_some() {
        let ended = undo.ended_text(lang);
        return view! { <p class="quiet" data-testid="run-undo-ended">{by}" "{ended}</p> }.into_any();
    }
    let (done, documents) = (undo.done.min(undo.documents), undo.documents);
    let words = say::run_undo_working(lang, done, documents);
    view! {
        <p class="quiet">{by}</p>
        <div class="progress" role="status" data-testid="run-undo-progress">
            <progress max=documents.max(1).to_string() value=done.to_string() aria-label=words.clone()></progress>
            <p>{words}</p>
            <p class="quiet">{say::run_working_lead(lang)}</p>
        </div>
    }
    .into_any()
}

/// What came of the cancellation of a run, what was refused or different first.
pub(super) fn undone(lang: Lang, undo: &RunUndo) -> Option<AnyView> {
    let shown = undo.items.len();
    let first = undo.more.then(|| view! { <p class="quiet">{say::run_undo_first(lang, shown, undo.count)}</p> });
    (shown > 0).then(|| {
        view! {
            <section class="run-undone" data-testid="run-undone">
                <h2>{say::run_cancel_done(lang)}</h2>
                {first}
                {table(lang, undo, true)}
            </section>
        }
        .into_any()
    })
}

#[component]
fn CancelAll(
    action: ServerAction<CancelRun>,
    id: RunId,
    seen: String,
    able: u64,
    reason: RwSignal<String>,
) -> impl IntoView {
    let lang = lang();
    let seen = StoredValue::new(seen);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (reason, seen) = (reason.get_untracked(), seen.get_value());
        action.dispatch(CancelRun { form: RunCancelForm { run: id.to_string(), reason, seen } });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let problem = Signal::derive(move || refused().and_then(|error| error.at("reason")));
    let elsewhere = move || refused().filter(|error| error.at("reason").is_none());
    let action_url = <CancelRun as server_fn::ServerFn>::url();
    let name = if able == 1 { say::run_cancel_save_one(lang).to_owned() } else { say::run_cancel_save(lang, able) };
    view! {
        <form method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[run]" value=id.to_string()/>
            <input type="hidden" name="form[seen]" value=seen.get_value()/>
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
    let changed = item.changed.iter().map(|what| what.text(lang)).collect::<Vec<_>>().join(" · ");
    let changed =
        (!changed.is_empty()).then(|| view! { <span class="row-note warn" data-testid="since-seen">{changed}</span> });
    let more = item.effects.as_ref().filter(|_| item.refused.is_none()).map(|view| {
        view! {
            <details class="undo-effects">
                <summary>{say::run_cancel_effects(lang)}</summary>
                {effects(lang, view, false)}
            </details>
        }
    });
    view! {
        <li>
            <div>{name}" · "{item.customer.name.clone()}{words}{refused}{changed}{cancellation}{more}</div>
            <span class="figure">{money(lang, item.gross)}</span>
        </li>
    }
    .into_any()
}
