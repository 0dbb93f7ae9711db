//! The list of billing runs.

use leptos::prelude::*;
use texts::{Lang, say};
use wire::{
    Page,
    billing::{RunQuery, RunRow, RunSort, RunState},
};

use crate::{
    billing::{list_runs, run_rows},
    context::lang,
    ui::{
        Filters, PageHead,
        list::{asked, by, choice_filter, day_filter, exports, figures, heads, listed, pages, plain},
    },
};

/// The page.
#[component]
pub fn RunsPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<RunQuery>();
    let page = Resource::new(move || ask.get(), list_runs);
    let states = RunState::ALL.map(|state| {
        let text = match state {
            RunState::Working => say::list_working(lang),
            RunState::Done => say::list_done(lang),
            RunState::Failed => say::list_with_failures(lang),
        };
        (state.name().to_owned(), text.to_owned())
    });
    let state = |ask: &RunQuery| ask.state.map(RunState::name).unwrap_or_default().to_owned();
    view! {
        <PageHead title=say::runs_title(lang)>{exports(ask)}</PageHead>
        <Filters ask=ask>
            {choice_filter(ask, ("state", "runs-state"), say::list_state(lang), states.to_vec(), state)}
            {day_filter(ask, ("from", "runs-from"), say::list_from(lang), |ask| ask.from)}
            {day_filter(ask, ("until", "runs-until"), say::list_until(lang), |ask| ask.until)}
        </Filters>
        {listed(ask, page, say::runs_empty(lang), found)}
    }
}

fn found(lang: Lang, ask: &RunQuery, found: Page<RunRow>) -> AnyView {
    let columns = vec![
        by(say::billing_as_of(lang), RunSort::AsOf),
        by(say::list_started(lang), RunSort::Started),
        figures(say::run_invoices(lang)),
        figures(say::run_gross(lang)),
        plain(say::run_outcome(lang)),
    ];
    view! {
        <table class="list run-list">{heads(lang, ask, columns, false)}<tbody>{run_rows(lang, &found.rows)}</tbody></table>
        {pages(ask, found.more)}
    }
    .into_any()
}
