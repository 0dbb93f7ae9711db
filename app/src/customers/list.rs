//! The list of customers: what is found, in which order and on which page stands in the address.

use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, say};
use wire::{
    Page,
    customers::{CustomerQuery, CustomerRow, CustomerSort},
};

use super::calls::list_customers;
use crate::{
    context::{lang, may},
    ui::{
        Balance, Filters, Icon, PageHead,
        list::{asked, by, exports, heads, listed, pages, plain, words_filter},
    },
};

/// The page.
#[component]
pub fn CustomersPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<CustomerQuery>();
    let page = Resource::new(move || ask.get(), list_customers);
    let may_edit = may(domain::Permission::EditCustomers);
    let label = (say::customers_filter(lang), Some(say::customers_filter_hint(lang)));
    view! {
        <PageHead title=say::customers_title(lang)>
            {exports(ask)}
            {may_edit.then(|| view! { <A href="/customers/new" attr:class="button"><Icon name="plus"/>{say::customer_new(lang)}</A> })}
        </PageHead>
        <Filters ask=ask>{words_filter(ask, ("q", "customers-q"), label, |ask| ask.q.clone())}</Filters>
        {listed(ask, page, say::customers_none(lang), found)}
    }
}

fn found(lang: Lang, ask: &CustomerQuery, found: Page<CustomerRow>) -> AnyView {
    let columns = vec![
        by(say::customer_number(lang), CustomerSort::Number),
        by(say::customer_name(lang), CustomerSort::Name),
        by(say::customer_city(lang), CustomerSort::City),
        plain(say::column_balance(lang)),
    ];
    view! {
        <table class="list customers">
            {heads(lang, ask, columns, false)}
            <tbody>{found.rows.into_iter().map(|row| view! { <Row row=row/> }).collect_view()}</tbody>
        </table>
        {pages(ask, found.more)}
    }
    .into_any()
}

#[component]
fn Row(row: CustomerRow) -> impl IntoView {
    let href = format!("/customers/{}", row.id);
    let accounts = row.accounts.into_iter().map(|account| {
        view! {
            <li>
                <A href=format!("/accounts/{}", account.id) attr:class="account-name">{account.name}</A>
                <Balance unit=account.unit standing=account.standing held=account.held/>
            </li>
        }
    });
    view! {
        <tr>
            <td class="figure quiet">{row.number}</td>
            <th scope="row"><A href=href>{row.name}</A></th>
            <td>{row.city}</td>
            <td><ul class="account-bars">{accounts.collect_view()}</ul></td>
        </tr>
    }
}
