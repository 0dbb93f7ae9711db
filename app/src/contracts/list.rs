//! The list of contracts: what is found, in which order and on which page stands in the address.

use domain::Permission;
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};
use texts::{Lang, date, say};
use wire::{
    Page,
    contracts::{ContractQuery, ContractRow, ContractSort},
};

use super::calls::list_contracts;
use crate::{
    context::{lang, person},
    ui::{Address, Balance, Failure, Field, FieldKind, Icon, PageHead, Pages, SortHead},
};

/// Reads the query from the address. Everything unknown is as if it were not there.
fn from_address(get: impl Fn(&str) -> Option<String>) -> ContractQuery {
    let sort = if get("sort").as_deref() == Some("due") { ContractSort::Due } else { ContractSort::Number };
    ContractQuery {
        q: get("q").unwrap_or_default().chars().take(80).collect(),
        sort,
        desc: get("desc").is_some(),
        page: get("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 10_000),
    }
}

fn to_address(ask: &ContractQuery) -> String {
    let sort = (ask.sort == ContractSort::Due).then_some("due");
    Address::new("/contracts").text("q", &ask.q).word("sort", sort).flag("desc", ask.desc).page(ask.page)
}

/// The page.
#[component]
pub fn ContractsPage() -> impl IntoView {
    let lang = lang();
    let map = use_query_map();
    let ask = Memo::new(move |_| map.with(|map| from_address(|name| map.get(name))));
    let page = Resource::new(move || ask.get(), list_contracts);
    let may_edit = person().is_some_and(|person| person.role.may(Permission::EditContracts));
    let typed = RwSignal::new(ask.get_untracked().q);
    view! {
        <PageHead title=say::nav_contracts(lang)>
            <A href="/contract-types" attr:class="button-quiet">{say::nav_contract_types(lang)}</A>
            {may_edit.then(|| view! { <A href="/contracts/new" attr:class="button"><Icon name="plus"/>{say::contract_new(lang)}</A> })}
        </PageHead>
        <form class="search" method="get" action="/contracts" role="search">
            <Field label=say::contract_search(lang) name="q" id="contracts-q" kind=FieldKind::Search value=typed
                set=move |v| typed.set(v) hint=say::contract_search_hint(lang)/>
            <button class="button-quiet" type="submit"><Icon name="search"/>{say::search(lang)}</button>
        </form>
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let ask = ask.get_untracked();
                match page.await {
                    Ok(found) if found.rows.is_empty() => view! { <p class="empty">{nothing(lang, &ask)}</p> }.into_any(),
                    Ok(found) => view! { <Found ask=ask found=found/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn nothing(lang: Lang, ask: &ContractQuery) -> String {
    if ask.q.is_empty() { say::contracts_empty(lang).to_owned() } else { say::contracts_none_found(lang, &ask.q) }
}

#[component]
fn Found(ask: ContractQuery, found: Page<ContractRow>) -> impl IntoView {
    let lang = lang();
    let head = |sort: ContractSort, text: &'static str| {
        let active = ask.sort == sort;
        let href = to_address(&ContractQuery { sort, desc: active && !ask.desc, page: 1, ..ask.clone() });
        view! { <SortHead href=href text=text active=active desc=ask.desc/> }
    };
    let at = |page: u32| to_address(&ContractQuery { page, ..ask.clone() });
    let (previous, next) = ((ask.page > 1).then(|| at(ask.page - 1)), found.more.then(|| at(ask.page + 1)));
    view! {
        <table class="list contracts">
            <thead><tr>
                {head(ContractSort::Number, say::contract_number(lang))}
                <th scope="col">{say::contract_customer(lang)}</th>
                <th scope="col">{say::contract_type(lang)}</th>
                {head(ContractSort::Due, say::contract_next_due(lang))}
                <th scope="col">{say::column_balance(lang)}</th>
            </tr></thead>
            <tbody><Rows rows=found.rows with_customer=true/></tbody>
        </table>
        <Pages page=ask.page previous=previous next=next/>
    }
}

/// Contracts as rows of a table.
#[component]
pub(crate) fn Rows(rows: Vec<ContractRow>, with_customer: bool) -> impl IntoView {
    let lang = lang();
    rows.into_iter()
        .map(|row| {
            let due = match row.next_due {
                Some(day) => date(lang, day),
                None => say::contract_nothing_due(lang).to_owned(),
            };
            let by_hand = (!row.automatic && row.next_due.is_some())
                .then(|| view! { <span class="tag">{say::contract_by_hand(lang)}</span> });
            let ends = row.end.map(|end| {
                let last = date(lang, end.pred_opt().unwrap_or(end));
                view! { <span class="quiet row-note">{say::outlook_ends(lang, last)}</span> }
            });
            let customer = with_customer.then(|| {
                view! { <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td> }
            });
            view! {
                <tr>
                    <th scope="row" class="figure"><A href=format!("/contracts/{}", row.id)>{row.number}</A></th>
                    {customer}
                    <td>{row.type_name}{ends}</td>
                    <td class="figure">{due}" "{by_hand}</td>
                    <td>{row.account.map(|account| view! { <Balance unit=account.unit standing=account.standing held=account.held/> })}</td>
                </tr>
            }
        })
        .collect_view()
}
