//! The list of contracts: what is found, in which order and on which page stands in the address.

use domain::{Permission, contracts::ContractState};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, say};
use wire::{
    Page,
    contracts::{ContractQuery, ContractRow, ContractSort},
    lists::contract_state_text,
};

use super::calls::{list_contract_types, list_contracts};
use crate::{
    context::{lang, may},
    ui::{
        Balance, Filters, Icon, PageHead,
        list::{
            asked, by, choice_filter, day_filter, exports, heads, listed, pages, plain, select_row, words_filter,
            yes_and_no, yes_or_no,
        },
    },
};

/// The page.
#[component]
pub fn ContractsPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<ContractQuery>();
    let page = Resource::new(move || ask.get(), list_contracts);
    let may_edit = may(Permission::EditContracts);
    view! {
        <PageHead title=say::nav_contracts(lang)>
            {exports(ask)}
            <A href="/contract-types" attr:class="button-quiet">{say::nav_contract_types(lang)}</A>
            {may_edit.then(|| view! { <A href="/contracts/new" attr:class="button"><Icon name="plus"/>{say::contract_new(lang)}</A> })}
        </PageHead>
        <Filters ask=ask>{filters(lang, ask)}</Filters>
        {listed(ask, page, say::contracts_empty(lang), found)}
    }
}

fn filters(lang: Lang, ask: Memo<ContractQuery>) -> AnyView {
    let types = Resource::new(|| (), |()| list_contract_types());
    let label = (say::contract_search(lang), Some(say::contract_search_hint(lang)));
    let states = ContractState::ALL.map(|state| (state.name().to_owned(), contract_state_text(lang, state).to_owned()));
    let state = |ask: &ContractQuery| ask.state.map(ContractState::name).unwrap_or_default().to_owned();
    let customer = move || {
        ask.with(|ask| ask.customer).map(|id| view! { <input type="hidden" name="customer" value=id.to_string()/> })
    };
    view! {
        {words_filter(ask, ("q", "contracts-q"), label, |ask| ask.q.clone())}
        <Transition>
            {move || Suspend::new(async move {
                let found = types.await.unwrap_or_default();
                let choices = found.into_iter().map(|found| (found.id.to_string(), found.name)).collect();
                let chosen = |ask: &ContractQuery| ask.contract_type.map(|id| id.to_string()).unwrap_or_default();
                choice_filter(ask, ("type", "contracts-type"), say::contract_type(lang), choices, chosen)
            })}
        </Transition>
        {choice_filter(ask, ("state", "contracts-state"), say::list_state(lang), states.to_vec(), state)}
        {choice_filter(ask, ("quota", "contracts-quota"), say::list_quota(lang), yes_and_no(lang), |ask| yes_or_no(ask.quota))}
        {day_filter(ask, ("due", "contracts-due"), say::list_due_until(lang), |ask| ask.due_until)}
        {day_filter(ask, ("ends", "contracts-ends"), say::list_ends_until(lang), |ask| ask.ends_until)}
        {customer}
    }
    .into_any()
}

fn found(lang: Lang, ask: &ContractQuery, found: Page<ContractRow>) -> AnyView {
    let bills = may(Permission::Bill);
    let columns = vec![
        by(say::contract_number(lang), ContractSort::Number),
        by(say::contract_customer(lang), ContractSort::Customer),
        plain(say::contract_type(lang)),
        by(say::list_start(lang), ContractSort::Start),
        by(say::list_end(lang), ContractSort::End),
        by(say::contract_next_due(lang), ContractSort::Due),
        plain(say::column_balance(lang)),
    ];
    let table = view! {
        <table class="list contracts">
            {heads(lang, ask, columns, bills)}
            <tbody><Rows rows=found.rows with_customer=true select=bills/></tbody>
        </table>
    };
    let pages = pages(ask, found.more);
    if !bills {
        return view! { {table}{pages} }.into_any();
    }
    view! {
        <form class="bulk" method="get" action="/billing">
            {table}
            <input type="hidden" name="chosen" value="1"/>
            <p class="bulk-do">
                <span class="quiet">{say::bulk_actions(lang)}</span>
                <button class="button-quiet" type="submit"><Icon name="receipt"/>{say::bulk_bill(lang)}</button>
            </p>
        </form>
        {pages}
    }
    .into_any()
}

/// Contracts as rows of a table.
#[component]
pub(crate) fn Rows(rows: Vec<ContractRow>, with_customer: bool, #[prop(optional)] select: bool) -> impl IntoView {
    let lang = lang();
    rows.into_iter()
        .map(|row| {
            let due = match row.next_due {
                Some(day) => date(lang, day),
                None => say::contract_nothing_due(lang).to_owned(),
            };
            let by_hand = (!row.automatic && row.next_due.is_some())
                .then(|| view! { <span class="tag">{say::contract_by_hand(lang)}</span> });
            let last = row.end.map(|end| date(lang, end.pred_opt().unwrap_or(end)));
            let ends = last.clone().filter(|_| !with_customer).map(|last| {
                view! { <span class="quiet row-note">{say::outlook_ends(lang, last)}</span> }
            });
            let dates = with_customer.then(|| {
                view! {
                    <td class="figure" data-label=say::list_start(lang)>{date(lang, row.start)}</td>
                    <td class="figure" data-label=say::list_end(lang)>{last.unwrap_or_else(|| "–".to_owned())}</td>
                }
            });
            let customer = with_customer.then(|| {
                view! { <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td> }
            });
            let select = select.then(|| select_row(lang, "c", row.id.to_string(), &row.number));
            view! {
                <tr>
                    {select}
                    <th scope="row" class="figure"><A href=format!("/contracts/{}", row.id)>{row.number}</A></th>
                    {customer}
                    <td>{row.type_name}{ends}</td>
                    {dates}
                    <td class="figure">{due}" "{by_hand}</td>
                    <td>{row.account.map(|account| view! { <Balance unit=account.unit standing=account.standing held=account.held/> })}</td>
                </tr>
            }
        })
        .collect_view()
}
