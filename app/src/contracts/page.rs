//! The page of a contract: where it stands, what comes next, what was billed.

use domain::{
    ContractId, Permission,
    contracts::outlook,
    groups::{Switch, eligible},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use texts::{Lang, date, say, validity};
use wire::{
    accounts::RangeForm,
    contracts::{ContractChanges, ContractPage as PageOf},
};

use super::{
    calls::load_contract,
    change_calls::load_contract_changes,
    claims::claims,
    ending::{EndPanel, plan_address},
    history::{label, value},
    outlook::{PERIODS, lot_strip, shown},
    timeline::TermsTimeline,
    types::facts,
};
use crate::{
    balancing::{BalancingPlan, DeficitsOf, deficits, free_quotas, lapses},
    call::CallError,
    context::{lang, may, visitor},
    documents::DocumentRows,
    ui::{Balance, Failure, History, Icon, PageHead},
};

/// The page.
#[component]
pub fn ContractPage() -> impl IntoView {
    let lang = lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ContractId>().ok())));
    let page =
        Resource::new(move || id.get(), |id| async move { load_contract(id.ok_or_else(CallError::not_found)?).await });
    let changes = Resource::new(
        move || id.get(),
        |id| async move { load_contract_changes(id.ok_or_else(CallError::not_found)?).await },
    );
    let renew = Callback::new(move |()| {
        page.refetch();
        changes.refetch();
    });
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page changes=changes renew=renew/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Shown(page: PageOf, changes: Resource<Result<ContractChanges, CallError>>, renew: Callback<()>) -> impl IntoView {
    let lang = lang();
    let today = visitor().today;
    let id = page.contract.id;
    let above = {
        let (href, name) = (format!("/customers/{}", page.customer.id), page.customer.name.clone());
        view! { <A href="/contracts">{say::nav_contracts(lang)}</A>" · "<A href=href>{name}</A> }.into_any()
    };
    let ahead = outlook(&page.contract, page.next, PERIODS, today, page.hours_per_day);
    let ahead = match ahead {
        Ok(ahead) => shown(lang, &page.contract, &ahead, page.next, today),
        Err(error) => {
            let unit = page.account_id.map_or(domain::quota::Unit::Time, |(_, unit)| unit);
            view! { <p class="warn">{wire::bill_text(lang, unit, &error)}</p> }.into_any()
        }
    };
    let account = page.account.clone();
    let passbook = page.account_id.map(|(account, _)| format!("/accounts/{account}"));
    let free = page.quota_period.zip(page.account_id).map(|(period, (account, _))| {
        let last = period.last_day().map_or_else(String::new, |last| last.to_string());
        format!("/accounts/{account}?grant=free&grant_from={}&grant_last={last}", period.from)
    });
    let lots = page.account_id.map(|(_, unit)| {
        let mut lots: Vec<_> = page
            .claims
            .iter()
            .flat_map(|claim| &claim.lots)
            .filter_map(|lot| lot.state.clone().map(|state| (validity(lang, lot.period), state)))
            .filter(|(_, state)| !state.revoked)
            .collect();
        lots.sort_by_key(|(_, state)| state.lot.valid.from);
        let from = lots.len().saturating_sub(12);
        lot_strip(lang, lots.get(from..).unwrap_or_default(), unit, today)
    });
    let billed = claims(lang, &page);
    let open = page.account_id.and_then(|(account, unit)| {
        let contract = &page.contract;
        let policy = page.book.as_ref().map(|book| book.account.policy.deficits)?;
        let (period, terms) = (page.quota_period, Some(contract));
        let (contract, days, open) = (Some(contract.id), RangeForm::default(), &page.deficits);
        let of = DeficitsOf { account, unit, policy, contract, terms, period, days, open };
        deficits(lang, &of)
    });
    let quota = page.contract.terms.quota.as_ref();
    let calendar = page.book.as_ref().filter(|_| quota.is_some());
    let calendar = calendar.map(|book| lapses(lang, book, quota.map(|quota| quota.carry)));
    let free_given = page.account_id.and_then(|(_, unit)| free_quotas(lang, unit, &page.free));
    let plan = may(Permission::Bill).then(|| view! { <BalancingPlan contract=id/> });
    let history = page.history.clone();
    let edits = may(Permission::EditContracts);
    let end = edits.then(|| view! { <EndPanel page=page.clone() renew=renew/> });
    view! {
        <PageHead title=say::contract_title(lang, &page.card.number) above=above>
            {may(Permission::Bill).then(|| view! { <A href=format!("/billing?contract={id}") attr:class="button-quiet">{say::contract_bill(lang)}</A> })}
            {free.filter(|_| may(Permission::Grant)).map(|href| view! { <A href=href attr:class="button-quiet">{say::contract_free_quota(lang)}</A> })}
            {edits.then(|| view! { <A href=plan_address(id) attr:class="button-quiet" scroll=false>{say::ending_contract(lang)}</A> })}
            {edits.then(|| view! {
                <A href=format!("/contracts/{id}/edit") attr:class="button"><Icon name="pencil"/>{say::edit(lang)}</A>
            })}
        </PageHead>
        {plan}
        {end}
        <div class="contract">
            <div class="contract-main">
                {account.map(|account| view! {
                    <section class="sheet" data-testid="contract-balance">
                        <h2>{say::contract_quota(lang)}</h2>
                        <Balance unit=account.unit standing=account.standing held=account.held large=true/>
                        {passbook.map(|href| view! { <p><A href=href>{say::contract_entries(lang)}</A></p> })}
                        {group_words(lang, &page)}
                    </section>
                })}
                {open}
                {lots.map(|lots| view! { <section data-testid="lot-strip"><h2>{say::contract_chart(lang)}</h2>{lots}</section> })}
                {calendar}
                {free_given}
                <section data-testid="timeline"><h2>{say::timeline(lang)}</h2><TermsTimeline changes=changes catalogue=page.catalogue.clone()/></section>
                <section data-testid="claims"><h2>{say::claims(lang)}</h2>{billed}</section>
                <section><h2>{say::contract_documents(lang)}</h2><DocumentRows rows=page.documents.iter().take(6).cloned().collect() with_customer=false/></section>
            </div>
            <aside class="contract-side">
                <section class="sheet" data-testid="terms"><h2>{say::contract_terms(lang)}</h2>{terms(lang, &page)}</section>
                <section class="sheet outlook" data-testid="outlook"><h2>{say::contract_next_periods(lang)}</h2>{ahead}</section>
            </aside>
        </div>
        <History changes=history label=label value=value(page.catalogue)/>
    }
}

/// The terms in words, with the items.
fn terms(lang: Lang, page: &PageOf) -> AnyView {
    let contract = &page.contract;
    let day = |day: chrono::NaiveDate| date(lang, day);
    let mut rows = vec![
        (say::contract_type(lang), page.type_name.clone()),
        (say::field_start(lang), day(contract.start)),
        (say::field_billing_start(lang), day(contract.billing_start)),
        (say::field_cancelled_on(lang), contract.cancelled_on.map(day).unwrap_or_default()),
        (say::contract_responsible(lang), page.card.responsible.clone()),
        (say::contract_reference(lang), page.card.reference.clone()),
    ];
    rows.retain(|(_, text)| !text.is_empty());
    let rows = rows.into_iter().map(|(name, text)| view! { <div><dt>{name}</dt><dd>{text}</dd></div> }).collect_view();
    let words = facts(lang, &contract.terms).into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let items = contract.terms.items.iter().map(|item| {
        let total = item.total(contract.terms.currency, page.hours_per_day).map(|total| texts::money(lang, total));
        view! { <li><span>{texts::decimal(lang, item.quantity.value())}" × "{item.text.clone()}</span><span class="figure">{total}</span></li> }
    });
    view! {
        <ul class="type-facts">{words}</ul>
        <dl class="facts facts-tight">{rows}</dl>
        <h3>{say::section_items(lang)}</h3>
        <ul class="sum-parts">{items.collect_view()}</ul>
    }
    .into_any()
}

/// For which groups the quota is.
fn group_words(lang: Lang, page: &PageOf) -> AnyView {
    let switches = &page.contract.terms.groups;
    let mut names = Vec::new();
    for group in &page.catalogue.groups {
        let own = switches.group(group.id);
        if group.sub_groups.is_empty() && eligible(Switch::Inherit, own, Switch::Inherit, group.quota) {
            names.push(group.name.clone());
        }
        let subs =
            group.sub_groups.iter().filter(|sub| eligible(switches.sub_group(sub.id), own, sub.quota, group.quota));
        names.extend(subs.map(|sub| sub.name.clone()));
    }
    let text = if names.is_empty() {
        say::contract_groups_none(lang).to_owned()
    } else {
        say::contract_groups_for(lang, names.join(", "))
    };
    view! { <p class="quiet">{text}</p> }.into_any()
}
