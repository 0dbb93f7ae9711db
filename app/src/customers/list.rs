//! The list of customers: what is found, in which order and on which page stands in the address.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};
use texts::say;
use wire::{
    Page,
    customers::{CustomerQuery, CustomerRow, CustomerSort},
};

use super::calls::list_customers;
use crate::{
    context::{lang, person},
    ui::{Address, Balance, Failure, Field, FieldKind, Icon, PageHead, Pages, SortHead},
};

/// Reads the query from the address. Everything unknown is as if it were not there.
fn from_address(get: impl Fn(&str) -> Option<String>) -> CustomerQuery {
    let sort = match get("sort").as_deref() {
        Some("number") => CustomerSort::Number,
        Some("city") => CustomerSort::City,
        _ => CustomerSort::Name,
    };
    CustomerQuery {
        q: get("q").unwrap_or_default().chars().take(80).collect(),
        sort,
        desc: get("desc").is_some(),
        page: get("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 10_000),
    }
}

/// Writes the query into an address, without what is the default anyway.
fn to_address(ask: &CustomerQuery) -> String {
    let sort = match ask.sort {
        CustomerSort::Name => None,
        CustomerSort::Number => Some("number"),
        CustomerSort::City => Some("city"),
    };
    Address::new("/customers").text("q", &ask.q).word("sort", sort).flag("desc", ask.desc).page(ask.page)
}

/// The page.
#[component]
pub fn CustomersPage() -> impl IntoView {
    let lang = lang();
    let map = use_query_map();
    let ask = Memo::new(move |_| map.with(|map| from_address(|name| map.get(name))));
    let page = Resource::new(move || ask.get(), list_customers);
    let may_edit = person().is_some_and(|p| p.role.may(domain::Permission::EditCustomers));
    let typed = RwSignal::new(ask.get_untracked().q);
    view! {
        <PageHead title=say::customers_title(lang)>
            {may_edit.then(|| view! { <A href="/customers/new" attr:class="button"><Icon name="plus"/>{say::customer_new(lang)}</A> })}
        </PageHead>
        <form class="search" method="get" action="/customers" role="search">
            <Field label=say::customers_filter(lang) name="q" id="customers-q" kind=FieldKind::Search value=typed
                set=move |v| typed.set(v) hint=say::customers_filter_hint(lang)/>
            <button class="button-quiet" type="submit"><Icon name="search"/>{say::search(lang)}</button>
        </form>
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let ask = ask.get_untracked();
                match page.await {
                    Ok(found) if found.rows.is_empty() => view! { <Nothing ask=ask/> }.into_any(),
                    Ok(found) => view! { <Found ask=ask found=found/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Nothing(ask: CustomerQuery) -> impl IntoView {
    let lang = lang();
    let text =
        if ask.q.is_empty() { say::customers_none(lang).to_owned() } else { say::customers_none_found(lang, &ask.q) };
    view! {
        <div class="empty"><p>{text}</p><p><A href="/customers">{say::customers_all(lang)}</A></p></div>
    }
}

#[component]
fn Found(ask: CustomerQuery, found: Page<CustomerRow>) -> impl IntoView {
    let lang = lang();
    let head = |sort: CustomerSort, text: &'static str| {
        let active = ask.sort == sort;
        let href = to_address(&CustomerQuery { sort, desc: active && !ask.desc, page: 1, ..ask.clone() });
        view! { <SortHead href=href text=text active=active desc=ask.desc/> }
    };
    let at = |page: u32| to_address(&CustomerQuery { page, ..ask.clone() });
    let (previous, next) = ((ask.page > 1).then(|| at(ask.page - 1)), found.more.then(|| at(ask.page + 1)));
    view! {
        <table class="list customers">
            <thead>
                <tr>
                    {head(CustomerSort::Number, say::customer_number(lang))}
                    {head(CustomerSort::Name, say::customer_name(lang))}
                    {head(CustomerSort::City, say::customer_city(lang))}
                    <th scope="col">{say::column_balance(lang)}</th>
                </tr>
            </thead>
            <tbody>{found.rows.into_iter().map(|row| view! { <Row row=row/> }).collect_view()}</tbody>
        </table>
        <Pages page=ask.page previous=previous next=next/>
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_everything_and_is_read_back_the_same() {
        let ask = CustomerQuery { q: "Müller & Co".to_owned(), sort: CustomerSort::City, desc: true, page: 3 };
        let address = to_address(&ask);
        assert_eq!(address, "/customers?q=M%C3%BCller%20%26%20Co&sort=city&desc=1&page=3");
        let read = from_address(|name| match name {
            "q" => Some("Müller & Co".to_owned()),
            "sort" => Some("city".to_owned()),
            "desc" => Some("1".to_owned()),
            "page" => Some("3".to_owned()),
            _ => None,
        });
        assert_eq!(read, ask);
    }

    #[test]
    fn nonsense_in_the_address_is_the_first_page() {
        let read = from_address(|name| Some(if name == "page" { "-7" } else { "" }.to_owned()));
        assert_eq!((read.page, read.sort), (1, CustomerSort::Name));
    }
}
