//! A customer's page: card, accounts, history.

use domain::CustomerId;
use leptos::{either::Either, prelude::*};
use leptos_router::{components::A, hooks::use_params_map};
use texts::{Lang, say};
use wire::{customers::CustomerView, history::FieldChange};

use super::calls::{customer_history, load_customer};
use crate::{
    call::CallError,
    context::{lang, may},
    contracts::{Rows, contracts_of_customer},
    projects::ProjectsOfCustomer,
    ui::{Balance, Failure, History, Icon, PageHead},
};

/// The id in the address; anything else is a customer that does not exist.
pub(crate) fn id_in_address() -> Memo<Result<CustomerId, CallError>> {
    let params = use_params_map();
    Memo::new(move |_| {
        let id = params.with(|params| params.get("id").and_then(|id| id.parse().ok()));
        id.ok_or_else(CallError::not_found)
    })
}

/// The page.
#[component]
pub fn CustomerPage() -> impl IntoView {
    let lang = lang();
    let id = id_in_address();
    let customer = Resource::new(move || id.get(), |id| async move { load_customer(id?).await });
    let history = Resource::new(move || id.get(), |id| async move { customer_history(id?).await });
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match customer.await {
                    Ok(customer) => view! { <Customer customer=customer/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move { history.await.ok().map(|changes| view! { <History changes=changes label=label value=value/> }) })}
        </Suspense>
    }
}

#[component]
fn Customer(customer: CustomerView) -> impl IntoView {
    let lang = lang();
    let (card, id) = (customer.card, customer.id);
    let place = format!("{} {}", card.postcode, card.city);
    let facts = [
        (say::customer_number(lang), card.number),
        (say::customer_street(lang), card.street),
        (say::customer_city(lang), place),
        (say::customer_country(lang), card.country),
        (say::customer_email(lang), card.email),
        (say::customer_vat_id(lang), card.vat_id),
    ];
    let facts = facts.into_iter().filter(|(_, value)| !value.trim().is_empty());
    let accounts = if customer.accounts.is_empty() {
        Either::Left(view! { <p class="empty">{say::customer_no_accounts(lang)}</p> })
    } else {
        let cards = customer.accounts.into_iter().map(|account| {
            view! {
                <li class="sheet">
                    <h3><A href=format!("/accounts/{}", account.id)>{account.name}</A></h3>
                    <Balance unit=account.unit standing=account.standing held=account.held large=true/>
                </li>
            }
        });
        Either::Right(view! { <ul class="account-sheets">{cards.collect_view()}</ul> })
    };
    view! {
        <PageHead title=card.name above=view! { <A href="/customers">{say::customers_title(lang)}</A> }.into_any()>
            {may(domain::Permission::EditCustomers).then(|| view! {
                <A href=format!("/customers/{id}/edit") attr:class="button-quiet"><Icon name="pencil"/>{say::edit(lang)}</A>
            })}
            {may(domain::Permission::OpenAccounts).then(|| view! {
                <A href=format!("/customers/{id}/accounts/new") attr:class="button-quiet"><Icon name="plus"/>{say::account_new(lang)}</A>
            })}
            {may(domain::Permission::EditDocuments).then(|| view! {
                <A href=format!("/documents/new?customer={id}") attr:class="button-quiet"><Icon name="plus"/>{say::document_new_note(lang)}</A>
            })}
            {may(domain::Permission::EditProjects).then(|| view! {
                <A href=format!("/projects/new?customer={id}") attr:class="button-quiet"><Icon name="plus"/>{say::project_new(lang)}</A>
            })}
            {may(domain::Permission::EditContracts).then(|| view! {
                <A href=format!("/contracts/new?customer={id}") attr:class="button"><Icon name="plus"/>{say::contract_new(lang)}</A>
            })}
        </PageHead>
        <dl class="facts">
            {facts.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view()}
        </dl>
        <h2>{say::customer_accounts(lang)}</h2>
        {accounts}
        {may(domain::Permission::SeeContracts).then(|| view! { <Contracts customer=id/> })}
        {may(domain::Permission::SeeProjects).then(|| view! { <ProjectsOfCustomer customer=id/> })}
    }
}

#[component]
fn Contracts(customer: CustomerId) -> impl IntoView {
    let lang = lang();
    let contracts = Resource::new(|| (), move |()| contracts_of_customer(customer));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                contracts.await.ok().filter(|rows| !rows.is_empty()).map(|rows| view! {
                    <section class="customer-contracts">
                        <h2>{say::contracts_of_customer(lang)}</h2>
                        <table class="list contracts">
                            <thead><tr>
                                <th scope="col">{say::contract_number(lang)}</th>
                                <th scope="col">{say::contract_type(lang)}</th>
                                <th scope="col">{say::contract_next_due(lang)}</th>
                                <th scope="col">{say::column_balance(lang)}</th>
                            </tr></thead>
                            <tbody><Rows rows=rows with_customer=false/></tbody>
                        </table>
                    </section>
                })
            })}
        </Suspense>
    }
}

/// What a field of the card held: as it was typed.
pub(super) fn value(_: Lang, _: &FieldChange, kept: &str) -> String {
    kept.to_owned()
}

/// The label of a field of the card.
pub(super) fn label(lang: Lang, field: &str) -> &'static str {
    match field {
        "number" => say::customer_number(lang),
        "name" => say::customer_name(lang),
        "street" => say::customer_street(lang),
        "postcode" => say::customer_postcode(lang),
        "city" => say::customer_city(lang),
        "country" => say::customer_country(lang),
        "email" => say::customer_email(lang),
        _ => say::customer_vat_id(lang),
    }
}
