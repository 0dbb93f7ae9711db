//! Open deficits: what was drawn beyond a quota, for what, and what would cover it next.

use domain::{
    AccountId, ContractId, DateRange, Permission,
    contracts::Contract,
    quota::{Amount, DeficitPolicy, Unit},
};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, date, say, validity};
use wire::{accounts::RangeForm, balancing::NamedDeficit};

use crate::{
    accounts::address,
    context::{may, visitor},
    documents::title,
};

/// Whose deficits are shown.
pub(crate) struct DeficitsOf<'a> {
    /// The account.
    pub account: AccountId,
    /// What it counts.
    pub unit: Unit,
    /// Which deficits a new grant covers.
    pub policy: DeficitPolicy,
    /// The contract whose account it is.
    pub contract: Option<ContractId>,
    /// The terms of the contract, where the page knows them.
    pub terms: Option<&'a Contract>,
    /// Today's quota period, for a free quota.
    pub period: Option<DateRange>,
    /// The days of the passbook on which it stands.
    pub days: RangeForm,
    /// The deficits, in the order of the draws.
    pub open: &'a [NamedDeficit],
}

/// The section; nothing where no deficit is open.
pub(crate) fn deficits(lang: Lang, of: &DeficitsOf<'_>) -> Option<AnyView> {
    if of.open.is_empty() {
        return None;
    }
    let sum = Amount::sum(of.open.iter().map(|open| open.amount)).unwrap_or_default();
    let rows = of.open.iter().map(|open| row(lang, of, open)).collect_view();
    let policy = match of.policy {
        DeficitPolicy::Balance => say::deficit_policy_balance(lang),
        DeficitPolicy::NextGrant => say::deficit_policy_next_grant(lang),
    };
    let bill = of.contract.filter(|_| may(Permission::Bill)).map(|contract| {
        let href = format!("/contracts/{contract}?balance=plan");
        view! { <A href=href attr:class="button" scroll=false>{say::balancing(lang)}</A> }
    });
    let free = may(Permission::Grant).then(|| {
        let today = visitor().today;
        let period = of.period.unwrap_or(DateRange { from: today, until: None });
        let last = period.last_day().map_or_else(String::new, |last| last.to_string());
        let asked = format!("grant=free&grant_from={}&grant_last={last}", period.from);
        let href = address(of.account, &of.days, Some(asked));
        view! { <A href=href attr:class="button-quiet">{say::deficit_free_quota(lang)}</A> }
    });
    Some(
        view! {
            <section class="deficits" data-testid="deficits">
                <h2>{say::deficits(lang)}</h2>
                <p class="deficits-sum warn">{say::deficits_open(lang, amount(lang, of.unit, sum))}</p>
                <table class="list">
                    <thead><tr>
                        <th scope="col">{say::passbook_date(lang)}</th>
                        <th scope="col">{say::deficit_what(lang)}</th>
                        <th scope="col" class="right">{say::passbook_amount(lang)}</th>
                        <th scope="col">{say::deficit_next(lang)}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <p class="quiet deficits-policy">{policy}</p>
                <p class="deficits-actions">{bill}{free}</p>
            </section>
        }
        .into_any(),
    )
}

fn row(lang: Lang, of: &DeficitsOf<'_>, open: &NamedDeficit) -> AnyView {
    let goes = may(Permission::SeeContracts);
    let document = open.document.as_ref().map(|named| {
        let (href, name) = (format!("/documents/{}", named.id), title(lang, named.kind, named.number.as_deref()));
        if goes { view! { <A href=href>{name}</A> }.into_any() } else { view! { <span>{name}</span> }.into_any() }
    });
    let next = match &open.next {
        None => view! { <span class="quiet">{say::deficit_next_nothing(lang)}</span> }.into_any(),
        Some(next) => {
            let due = date(lang, next.due_on);
            let period = of.terms.and_then(|contract| contract.period(next.period));
            let period = period.map_or_else(|| due.clone(), |period| validity(lang, period.range));
            let part = (next.amount < open.amount)
                .then(|| say::deficit_next_part(lang, amount(lang, of.unit, next.amount)))
                .map(|part| view! { <span class="row-note quiet">{part}</span> });
            let next = if next.again {
                say::deficit_next_again(lang, period)
            } else {
                say::deficit_next_billing(lang, period, due)
            };
            view! { <span>{next}</span>{part} }.into_any()
        }
    };
    view! {
        <tr>
            <th scope="row" class="figure">{date(lang, open.date)}</th>
            <td data-label=say::deficit_what(lang)>{open.text.clone()}<span class="row-note">{document}</span></td>
            <td class="figure right" data-label=say::passbook_amount(lang)>{amount(lang, of.unit, open.amount)}</td>
            <td data-label=say::deficit_next(lang)>{next}</td>
        </tr>
    }
    .into_any()
}
