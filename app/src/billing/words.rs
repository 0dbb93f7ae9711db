//! The figures and items of plans and runs in words.

use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, money, say, validity};
use wire::billing::{BilledOf, RunItem, RunTotals};

/// The figures of a run or plan.
pub(super) fn totals(lang: Lang, totals: &RunTotals) -> AnyView {
    let count = |name: &'static str, count: u64| {
        view! { <div><dt>{name}</dt><dd class="figure">{count.to_string()}</dd></div> }
    };
    let sums = totals.sums.iter().map(|sum| {
        let of = |minor| money(lang, domain::Money { minor, currency: sum.currency });
        view! {
            <div><dt>{say::run_net(lang)}</dt><dd class="figure">{of(sum.net)}</dd></div>
            <div><dt>{say::run_gross(lang)}</dt><dd class="figure">{of(sum.gross)}</dd></div>
        }
    });
    view! {
        <dl class="facts facts-tight run-totals" data-testid="run-totals">
            {count(say::run_billed(lang), totals.billed)}
            {count(say::run_invoices(lang), totals.invoices)}
            {sums.collect_view()}
            {(totals.skipped > 0).then(|| count(say::run_skipped(lang), totals.skipped))}
            {(totals.failed > 0).then(|| view! { <div class="bad"><dt>{say::run_failed(lang)}</dt><dd class="figure">{totals.failed.to_string()}</dd></div> })}
        </dl>
    }
    .into_any()
}

/// The items of a plan or run.
pub(super) fn items(lang: Lang, items: &[RunItem]) -> AnyView {
    let rows = items.iter().map(|item| row(lang, item)).collect_view();
    view! {
        <table class="list run-items" data-testid="run-items">
            <thead><tr>
                <th scope="col">{say::run_of(lang)}</th>
                <th scope="col">{say::contract_customer(lang)}</th>
                <th scope="col">{say::run_period(lang)}</th>
                <th scope="col" class="right">{say::run_net(lang)}</th>
                <th scope="col">{say::run_outcome(lang)}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(lang: Lang, item: &RunItem) -> AnyView {
    let failed = item.not_billed.as_ref().is_some_and(|reason| !reason.is_skipped());
    let billed = item.not_billed.is_none();
    let outcome = match (&item.not_billed, &item.document) {
        (Some(not_billed), _) => not_billed.text(lang).into_any(),
        (None, Some((id, number))) => {
            let number = number.clone().unwrap_or_else(|| say::document_draft(lang).to_owned());
            view! { <A href=format!("/documents/{id}")>{number}</A> }.into_any()
        }
        (None, None) => ().into_any(),
    };
    let grants = item.grants.iter().map(|(period, granted, unit)| {
        let text = say::run_grants(lang, amount(lang, *unit, *granted), validity(lang, *period));
        view! { <span class="quiet row-note">{text}</span> }
    });
    let (href, line) = match &item.of {
        BilledOf::Contract { id, .. } => (format!("/contracts/{id}"), None),
        BilledOf::Fee { name, project, .. } => (format!("/projects/{}", project.id), Some(name.clone())),
    };
    let number = item.of.number().to_owned();
    let line = line.map(|name| view! { <span class="quiet row-note">{name}</span> });
    view! {
        <tr class:row-failed=failed>
            <th scope="row" class="figure"><A href=href>{number}</A>{line}</th>
            <td>{item.customer.name.clone()}</td>
            <td>{item.service.map(|service| validity(lang, service))}</td>
            <td class="figure right">{billed.then(|| money(lang, item.net))}</td>
            <td>{outcome}{grants.collect_view()}</td>
        </tr>
    }
    .into_any()
}
