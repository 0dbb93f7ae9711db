//! Beside the editor: what the document comes to, and what is left of the quotas.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    Money,
    clearing::{ClearingError, Reconciled, late_effects},
    quota::Unit,
};
use leptos::prelude::*;
use texts::{Lang, decimal, money, say};
use wire::documents::not_reconcilable;

use super::desk::Desk;
use crate::{
    accounts::own_period,
    balancing::late,
    clearing::Left,
    context::{lang, visitor},
};

/// The preview, always in sight.
#[component]
pub(super) fn Aside(desk: Desk) -> impl IntoView {
    let lang = lang();
    let shown = move || {
        desk.outcome.with(|outcome| match outcome {
            Some(Ok(reconciled)) => sums(lang, desk, reconciled),
            Some(Err(error)) => view! { <p class="warn">{impossible(lang, desk, error)}</p> }.into_any(),
            None => nothing_yet(lang, desk),
        })
    };
    view! {
        <aside class="sheet document-aside" aria-label=say::document_preview(lang) data-testid="aside" aria-busy=move || desk.waits().to_string()>
            <h2>{say::document_preview(lang)}</h2>
            <div aria-live="polite">{shown}</div>
        </aside>
    }
}

/// Why there is no outcome yet.
fn nothing_yet(lang: Lang, desk: Desk) -> AnyView {
    if desk.customer.with(Option::is_none) {
        return view! { <p class="quiet">{say::document_choose_customer(lang)}</p> }.into_any();
    }
    if desk.unread.with(Option::is_some) && !desk.waits() {
        let again = move |_| desk.renew();
        return view! {
            <p class="warn">{say::document_facts_unread(lang)}</p>
            <button class="button-quiet" type="button" on:click=again>{say::document_facts_again(lang)}</button>
        }
        .into_any();
    }
    view! { <p class="quiet">{say::document_facts_loading(lang)}</p> }.into_any()
}

/// Why nothing can be said of the document, with the line.
fn impossible(lang: Lang, desk: Desk, error: &ClearingError) -> String {
    let line = match error {
        ClearingError::LineTooLarge { line } | ClearingError::UnknownContract { line, .. } => Some(*line),
        ClearingError::Quota { line, .. } => *line,
        ClearingError::SumTooLarge => None,
    };
    let text = not_reconcilable(error.clone(), |_, field| field.to_owned()).text(lang);
    let place = line.and_then(|line| desk.rows.with_untracked(|rows| rows.iter().position(|row| row.id == line)));
    match place {
        Some(place) => format!("{}: {text}", say::document_line(lang, place + 1)),
        None => text,
    }
}

/// What a document of an earlier period changes of lapses and of what is there today, contract by contract.
fn late_words(lang: Lang, desk: Desk, reconciled: &Reconciled, day: NaiveDate) -> Option<AnyView> {
    desk.facts.with_untracked(|known| {
        let known = known.as_ref()?;
        let effects = late_effects(reconciled, &known.facts, day, visitor().today).ok()?;
        let parts = effects.iter().map(|(contract, effect)| {
            let account = known.facts.contract(*contract).and_then(|facts| facts.account.as_ref());
            let unit = account.map_or(Unit::Time, |view| view.account.unit);
            let name = |lot| {
                let state = account.and_then(|view| view.lot(lot));
                state.map(|state| own_period(lang, &state.lot)).unwrap_or_default()
            };
            late(lang, unit, day, effect, name)
        });
        (!effects.is_empty()).then(|| parts.collect_view().into_any())
    })
}

fn sums(lang: Lang, desk: Desk, reconciled: &Reconciled) -> AnyView {
    let currency = desk.currency.get_untracked();
    let sum = |minor: i64| money(lang, Money { minor, currency });
    let delivered: i64 = reconciled.lines.iter().map(|line| line.total).fold(0, i64::saturating_add);
    let cleared: i64 = reconciled.lines.iter().map(|line| line.item).fold(0, i64::saturating_add);
    let rates = reconciled.totals.rates.iter().map(|rate| {
        let text = say::document_vat(lang, decimal(lang, rate.rate.percent()), sum(rate.net));
        view! { <div><dt>{text}</dt><dd class="figure">{sum(rate.vat)}</dd></div> }
    });
    let (day, named) = desk.document.with_untracked(|document| {
        let lines = document.iter().flat_map(|document| &document.lines);
        (
            document.as_ref().map(|document| document.date),
            lines.filter_map(|line| line.contract).collect::<BTreeSet<_>>(),
        )
    });
    let contracts = desk.facts.with_untracked(|facts| facts.as_ref().map(|facts| facts.contracts.clone()));
    let totals = &reconciled.totals;
    view! {
        <dl class="totals" data-testid="preview-totals">
            <div><dt>{say::document_before_clearing(lang)}</dt><dd class="figure" data-testid="preview-delivered">{sum(delivered)}</dd></div>
            <div><dt>{say::document_cleared(lang)}</dt><dd class="figure" data-testid="preview-cleared">{sum(cleared)}</dd></div>
            <div class="totals-sub"><dt>{say::document_net(lang)}</dt><dd class="figure" data-testid="preview-net">{sum(totals.net)}</dd></div>
            {rates.collect_view()}
            <div class="totals-line"><dt>{say::document_gross(lang)}</dt><dd class="figure" data-testid="preview-gross">{sum(totals.gross)}</dd></div>
        </dl>
        {day.and_then(|day| late_words(lang, desk, reconciled, day))}
        <h3>{say::document_left(lang)}</h3>
        {day.map(|day| view! { <Left left=reconciled.left.clone() contracts=contracts.unwrap_or_default() day=day named=named.into_iter().collect()/> })}
    }
    .into_any()
}
