//! The list of contract types.

use domain::{Permission, contracts::Terms};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, say};
use wire::contracts::ContractTypeRow;

use super::{calls::list_contract_types, words::every};
use crate::{
    context::{lang, may},
    projects::rounding_words,
    ui::{Failure, Icon, PageHead},
};

/// The page.
#[component]
pub fn ContractTypesPage() -> impl IntoView {
    let lang = lang();
    let types = Resource::new(|| (), |()| list_contract_types());
    let may_edit = may(Permission::EditContracts);
    view! {
        <PageHead title=say::nav_contract_types(lang)>
            {may_edit.then(|| view! { <A href="/contract-types/new" attr:class="button"><Icon name="plus"/>{say::type_new(lang)}</A> })}
        </PageHead>
        <p class="quiet page-lead">{say::types_lead(lang)}</p>
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match types.await {
                    Ok(rows) if rows.is_empty() => view! { <p class="empty">{say::types_empty(lang)}</p> }.into_any(),
                    Ok(rows) => view! {
                        <ul class="type-sheets">{rows.into_iter().map(|row| sheet(lang, row, may_edit)).collect_view()}</ul>
                    }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn sheet(lang: Lang, row: ContractTypeRow, may_edit: bool) -> AnyView {
    let facts = facts(lang, &row.terms).into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    view! {
        <li class="sheet">
            <h2><A href=format!("/contract-types/{}", row.id)>{row.name}</A></h2>
            <ul class="type-facts">{facts}</ul>
            {may_edit.then(|| view! { <A href=format!("/contracts/new?type={}", row.id) attr:class="button-quiet">{say::type_use(lang)}</A> })}
        </li>
    }
    .into_any()
}

/// The terms in a few words.
pub(super) fn facts(lang: Lang, terms: &Terms) -> Vec<String> {
    let billing = &terms.billing;
    let term = match terms.renewal {
        Some(renewal) => say::contract_term_facts(lang, terms.term, renewal),
        None => say::contract_term_fixed(lang, terms.term),
    };
    let mut facts = vec![
        term,
        format!("{}, {}", every(lang, billing.interval), super::words::time_name(lang, billing.time)),
        format!(
            "{}, {}",
            super::words::invoice_name(lang, billing.invoice),
            super::words::delivery_name(lang, billing.delivery)
        ),
    ];
    if let Some(quota) = &terms.quota {
        let interval = terms.quota_interval().unwrap_or(billing.interval);
        facts.insert(0, format!("{} {}", amount(lang, quota.unit, quota.amount), every(lang, interval)));
        facts.extend(quota.rounding.map(|rounding| say::contract_rounding(lang, rounding_words(lang, rounding))));
    }
    facts
}
