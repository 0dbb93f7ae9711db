//! The list of documents, the latest first.

use domain::documents::DocumentState;
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};
use texts::{date, money, say};
use wire::documents::{DocumentQuery, DocumentRow};

use super::{
    calls::list_documents,
    words::{kind_name, title},
};
use crate::{
    context::{lang, person},
    ui::{Address, Failure, Field, FieldKind, Icon, PageHead, Pages},
};

fn from_address(get: impl Fn(&str) -> Option<String>) -> DocumentQuery {
    DocumentQuery {
        q: get("q").unwrap_or_default().chars().take(80).collect(),
        customer: get("customer").and_then(|id| id.parse().ok()),
        drafts: get("drafts").is_some(),
        page: get("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 10_000),
    }
}

fn to_address(ask: &DocumentQuery) -> String {
    let customer = ask.customer.map(|id| id.to_string());
    let address = Address::new("/documents").text("q", &ask.q).word("customer", customer.as_deref());
    address.flag("drafts", ask.drafts).page(ask.page)
}

/// The page.
#[component]
pub fn DocumentsPage() -> impl IntoView {
    let lang = lang();
    let map = use_query_map();
    let ask = Memo::new(move |_| map.with(|map| from_address(|name| map.get(name))));
    let page = Resource::new(move || ask.get(), list_documents);
    let typed = RwSignal::new(ask.get_untracked().q);
    let other = move || {
        let ask = ask.get();
        let text = if ask.drafts { say::documents_all(lang) } else { say::documents_drafts(lang) };
        let href = to_address(&DocumentQuery { drafts: !ask.drafts, ..DocumentQuery::default() });
        view! { <A href=href attr:class="button-quiet">{text}</A> }
    };
    let may_edit = person().is_some_and(|person| person.role.may(domain::Permission::EditDocuments));
    let new = may_edit.then(|| {
        view! {
            <A href="/documents/new?kind=invoice" attr:class="button-quiet">{say::document_new_invoice(lang)}</A>
            <A href="/documents/new" attr:class="button">{say::document_new_note(lang)}</A>
        }
    });
    view! {
        <PageHead title=say::nav_documents(lang)>{other}{new}</PageHead>
        <form class="search" method="get" action="/documents" role="search">
            <Field label=say::documents_number(lang) name="q" id="documents-q" kind=FieldKind::Search value=typed
                set=move |v| typed.set(v) hint=say::documents_number_hint(lang)/>
            <button class="button-quiet" type="submit"><Icon name="search"/>{say::search(lang)}</button>
        </form>
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let ask = ask.get_untracked();
                match page.await {
                    Ok(found) if found.rows.is_empty() && !ask.q.is_empty() => {
                        view! { <p class="empty">{say::documents_none_found(lang, &ask.q)}</p> }.into_any()
                    }
                    Ok(found) => {
                        let at = |page: u32| to_address(&DocumentQuery { page, ..ask.clone() });
                        let (previous, next) = ((ask.page > 1).then(|| at(ask.page - 1)), found.more.then(|| at(ask.page + 1)));
                        view! { <DocumentRows rows=found.rows with_customer=true/><Pages page=ask.page previous=previous next=next/> }.into_any()
                    }
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Documents as a table.
#[component]
pub(crate) fn DocumentRows(rows: Vec<DocumentRow>, with_customer: bool) -> impl IntoView {
    let lang = lang();
    if rows.is_empty() {
        return view! { <p class="empty">{say::documents_empty(lang)}</p> }.into_any();
    }
    let rows = rows.into_iter().map(|row| {
        let state = match row.state {
            DocumentState::Draft => Some(say::document_draft(lang)),
            DocumentState::Issued => None,
            DocumentState::Cancelled => Some(say::document_cancelled(lang)),
        };
        let draft = state.map(|state| view! { <span class="tag">{state}</span> });
        let kind = kind_name(lang, row.kind);
        let number = row.number.unwrap_or_else(|| title(lang, row.kind, None));
        let customer = with_customer
            .then(|| view! { <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td> });
        view! {
            <tr>
                <th scope="row" class="figure"><A href=format!("/documents/{}", row.id)>{number}</A>" "{draft}</th>
                <td>{kind}</td>
                <td class="figure" data-label=say::document_date(lang)>{date(lang, row.date)}</td>
                {customer}
                {if row.kind.is_invoice() {
                    view! { <td class="figure" data-label=say::document_due(lang)>{date(lang, row.due_on)}</td> }.into_any()
                } else {
                    view! { <td></td> }.into_any()
                }}
                <td class="figure right" data-label=say::document_gross(lang)>{money(lang, row.gross)}</td>
            </tr>
        }
    });
    view! {
        <table class="list documents">
            <thead><tr>
                <th scope="col">{say::documents_number(lang)}</th>
                <th scope="col">{say::document_kind(lang)}</th>
                <th scope="col">{say::document_date(lang)}</th>
                {with_customer.then(|| view! { <th scope="col">{say::contract_customer(lang)}</th> })}
                <th scope="col">{say::document_due(lang)}</th>
                <th scope="col" class="right">{say::document_gross(lang)}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
