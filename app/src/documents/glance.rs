//! On a narrow window the preview stands below all lines; what matters of it stays in sight.

use domain::{
    ContractId, Money,
    clearing::{LineClearing, Reconciled},
};
use leptos::prelude::*;
use texts::{Lang, money, say};

use super::desk::Desk;
use crate::{
    clearing::{cleared_words, left_words, outcome_name, tone},
    context::lang,
};

/// What comes of the line in which something is typed, what is left of its quota, and the net sum. It repeats for the
/// eye what the preview tells.
#[component]
pub(super) fn Glance(desk: Desk) -> impl IntoView {
    let lang = lang();
    let shown = move || {
        desk.outcome.with(|outcome| {
            let reconciled = outcome.as_ref()?.as_ref().ok()?;
            Some(glance(lang, desk, reconciled))
        })
    };
    view! { <div class="doc-glance needs-script" aria-hidden="true" data-testid="glance">{shown}</div> }
}

fn glance(lang: Lang, desk: Desk, reconciled: &Reconciled) -> AnyView {
    let at = desk.at.get();
    let line = reconciled.lines.iter().find(|line| Some(line.line) == at);
    let place = at.and_then(|at| desk.places.with(|places| places.get(&at).copied()));
    let said = line.zip(place).map(|(line, place)| {
        view! {
            <p class="doc-glance-line">
                <span>{say::document_line(lang, place + 1)}</span>" "
                <span class=tone(&line.outcome)>{outcome_name(lang, line.outcome.name())}</span>" "
                <span class="figure">{cleared_words(lang, line)}</span>
            </p>
        }
    });
    let left = left(lang, desk, reconciled, line);
    let net = money(lang, Money { minor: reconciled.totals.net, currency: desk.currency.get() });
    view! {
        {said}
        <p class="doc-glance-line"><span class="figure">{left}</span><span class="doc-glance-net">{say::document_net(lang)}" "<strong class="figure">{net}</strong></span></p>
    }
    .into_any()
}

/// What is left of the quota of that line, or of the first that a line names.
fn left(lang: Lang, desk: Desk, reconciled: &Reconciled, line: Option<&LineClearing>) -> Option<String> {
    let contract = |line: &LineClearing| line.figures.as_ref().map(|figures| figures.contract);
    let named: Option<ContractId> = line.and_then(contract).or_else(|| reconciled.lines.iter().find_map(contract));
    let left = reconciled.left.iter().find(|left| Some(left.contract) == named)?;
    let day = desk.document.with(|document| document.as_ref().map(|document| document.date))?;
    Some(left_words(lang, left, day))
}
