//! Papers that could not be set: which, why, when each is tried next, and trying again at once.

use domain::Permission;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, instant, say};
use wire::today::FailedPaper;

use super::calls::SetPapersNow;
use crate::{
    context::{lang, may},
    documents::title,
    ui::Failure,
};

/// The papers that could not be set; `all` is how many there are.
#[component]
pub(super) fn Unset(papers: Vec<FailedPaper>, all: u64) -> impl IntoView {
    let lang = lang();
    let text = match all {
        1 => say::today_failed_job_one(lang).to_owned(),
        all => say::today_failed_jobs(lang, all),
    };
    let shown = u64::try_from(papers.len()).unwrap_or(u64::MAX);
    let more = (all > shown).then(|| view! { <li class="quiet">{say::today_papers_more(lang)}</li> });
    let rows = papers.iter().map(|paper| row(lang, paper)).collect_view();
    let again = may(Permission::Bill).then(|| view! { <Again/> });
    view! {
        <div data-testid="unset">
            <p class="bad">{text}</p>
            <ul class="today-list">{rows}{more}</ul>
            {again}
        </div>
    }
}

fn row(lang: Lang, paper: &FailedPaper) -> AnyView {
    let (href, name) = (format!("/documents/{}", paper.document), title(lang, paper.kind, Some(&paper.number)));
    let next = say::mail_next_try(lang, instant(lang, paper.due), paper.attempts);
    view! {
        <li class="mail-today" data-testid="unset-paper">
            <span>
                <A href=href>{name}</A>" "<span class="quiet">{paper.customer.name.clone()}</span>
                <span class="row-note bad">{paper.reason.clone()}</span>
                <span class="row-note quiet">{next}</span>
            </span>
        </li>
    }
    .into_any()
}

#[component]
fn Again() -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SetPapersNow>::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SetPapersNow {});
    };
    let action_url = <SetPapersNow as server_fn::ServerFn>::url();
    let done = move || action.value().with(|value| matches!(value, Some(Ok(_))));
    view! {
        <form method="post" action=action_url on:submit=submit>
            <button class="button-quiet" type="submit" disabled=move || action.pending().get() || done()>{say::mail_retry_all(lang)}</button>
            <span class="quiet" role="status">{move || done().then(|| say::today_papers_trying(lang))}</span>
        </form>
        {move || action.value().get().and_then(Result::err).map(|error| view! { <Failure error=error/> })}
    }
}
