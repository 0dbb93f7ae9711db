//! The page of a run: what it comes to while it works, and what came of each contract.

use domain::{Permission, RunId};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use texts::{Lang, date, instant, say};
use wire::billing::{RunPage as PageOf, RunRow};

use super::{
    calls::{CancelRun, load_run},
    undo::{RunUndoPlan, progress, undone},
    words::{items, totals},
};
use crate::{
    call::CallError,
    context::{lang, may, page_query, visitor},
    ui::{Failure, Icon, PageHead, Pages},
};

/// The page.
#[component]
pub fn RunPage() -> impl IntoView {
    let lang = lang();
    let (params, query) = (use_params_map(), page_query());
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<RunId>().ok())));
    let page =
        Memo::new(move |_| query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1_u32));
    let run = Resource::new(
        move || (id.get(), page.get()),
        |(id, page)| async move { load_run(id.ok_or_else(CallError::not_found)?, page).await },
    );
    let cancel = ServerAction::<CancelRun>::new();
    Effect::new(move |_| {
        if let Some(Ok(_)) = cancel.value().get() {
            run.refetch();
        }
    });
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match run.await {
                    Ok(found) => view! { <Shown found=found cancel=cancel renew=Callback::new(move |()| run.refetch())/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(found: PageOf, cancel: ServerAction<CancelRun>, renew: Callback<()>) -> impl IntoView {
    let lang = lang();
    let id = found.row.id;
    let working = found.row.busy();
    let row = RwSignal::new(found.row.clone());
    if working {
        follow(id, row, renew);
    }
    let at = move |page: u32| if page > 1 { format!("/billing/{id}?page={page}") } else { format!("/billing/{id}") };
    let (previous, next) = ((found.page > 1).then(|| at(found.page - 1)), found.more.then(|| at(found.page + 1)));
    let many = previous.is_some() || next.is_some();
    let above = view! { <A href="/billing">{say::nav_billing(lang)}</A> }.into_any();
    let rows = (!found.items.is_empty()).then(|| items(lang, &found.items));
    let nothing = (found.items.is_empty() && !working)
        .then(|| view! { <p class="empty" data-testid="nothing-due">{say::billing_nothing(lang, date(lang, found.row.as_of))}</p> });
    let undoes = !working && may(Permission::Cancel);
    let again = (undoes && found.freed > 0).then(|| {
        let href = format!("/billing?freed_run={id}&as_of={}", visitor().today);
        view! { <A href=href attr:class="button-quiet">{say::run_bill_again(lang)}</A> }
    });
    let undo = (undoes && found.stands).then(|| {
        let href = format!("/billing/{id}?undo=plan");
        view! { <A href=href attr:class="button-quiet" scroll=false><Icon name="undo-2"/>{say::run_cancel(lang)}</A> }
    });
    let plan = undoes.then(|| view! { <RunUndoPlan row=found.row.clone() action=cancel/> });
    view! {
        <PageHead title=say::run_title(lang, date(lang, found.row.as_of)) above=above>{again}{undo}</PageHead>
        {plan}
        <section class="sheet run" data-testid="run">
            {move || row.with(|row| head(lang, row))}
        </section>
        {found.undo.as_ref().and_then(|undo| undone(lang, undo))}
        {nothing}
        {rows}
        {many.then(|| view! { <Pages page=found.page previous=previous next=next/> })}
    }
}

fn head(lang: Lang, row: &RunRow) -> AnyView {
    let started = say::run_by(lang, &row.by, instant(lang, row.started));
    let ended = row.ended.map(|at| view! { " · "{say::run_ended(lang, at.format("%H:%M"))} });
    let working = row.ended.is_none().then(|| {
        let (done, contracts) = (row.done.min(row.contracts), row.contracts.max(1));
        view! {
            <div class="progress" role="status">
                <progress max=contracts.to_string() value=done.to_string() aria-label=say::run_working(lang, done, row.contracts)></progress>
                <p>{say::run_working(lang, done, row.contracts)}</p>
                <p class="quiet">{say::run_working_lead(lang)}</p>
            </div>
        }
    });
    view! {
        <p class="quiet">{started}{ended}</p>
        {working}
        {row.undo.as_ref().map(|undo| progress(lang, undo))}
        {totals(lang, &row.totals)}
    }
    .into_any()
}

/// Follows a run that still works, in the browser: the server says how far it is, whichever process works on it.
fn follow(id: RunId, row: RwSignal<RunRow>, renew: Callback<()>) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        use wasm_bindgen::{JsCast, prelude::Closure};
        let Ok(source) = web_sys::EventSource::new(&format!("/billing/{id}/progress")) else { return };
        let ending = source.clone();
        let heard = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            let Some(text) = event.data().as_string() else { return };
            let Ok(now) = serde_json::from_str::<RunRow>(&text) else { return };
            let ended = !now.busy();
            row.try_set(now);
            if ended {
                ending.close();
                renew.run(());
            }
        });
        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        let source = send_wrapper::SendWrapper::new((source, heard));
        on_cleanup(move || source.0.close());
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (id, row, renew);
}
