//! The list of documents, the latest first.

use domain::{
    Permission,
    contracts::Delivery,
    documents::{DocumentKind, DocumentState},
    receipts::PaymentState,
};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, money, say};
use wire::{
    Page,
    documents::{BulkWay, DocumentQuery, DocumentRow, DocumentSort},
    lists::{kind_text, state_text},
};

use super::{
    calls::list_documents,
    words::{kind_name, title},
};
use crate::{
    context::{lang, may, visitor},
    contracts::delivery_name,
    receipts::payment_tag,
    ui::{
        Filters, PageHead,
        list::{
            Head, asked, by, choice_filter, day_filter, exports, figures, heads, listed, pages, plain, select_row,
            words_filter,
        },
    },
};

/// The page.
#[component]
pub fn DocumentsPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<DocumentQuery>();
    let page = Resource::new(move || ask.get(), list_documents);
    let other = move || {
        let drafts = ask.with(|ask| ask.state == Some(DocumentState::Draft));
        let (text, href) = if drafts {
            (say::documents_all(lang), "/documents")
        } else {
            (say::documents_drafts(lang), "/documents?state=draft")
        };
        view! { <A href=href attr:class="button-quiet">{text}</A> }
    };
    let to_print = move || {
        let shown = ask.with(|ask| (ask.state, ask.delivery) == (Some(DocumentState::Issued), Some(Delivery::Print)));
        (!shown).then(|| {
            view! { <A href="/documents?state=issued&delivery=print" attr:class="button-quiet">{say::documents_to_print(lang)}</A> }
        })
    };
    let may_edit = may(Permission::EditDocuments);
    let new = may_edit.then(|| {
        view! {
            <A href="/documents/new?kind=invoice" attr:class="button-quiet">{say::document_new_invoice(lang)}</A>
            <A href="/documents/new" attr:class="button">{say::document_new_note(lang)}</A>
        }
    });
    view! {
        <PageHead title=say::nav_documents(lang)>{exports(ask)}{other}{to_print}{new}</PageHead>
        <Filters ask=ask>{filters(lang, ask)}</Filters>
        {listed(ask, page, say::documents_empty(lang), found)}
    }
}

fn filters(lang: Lang, ask: Memo<DocumentQuery>) -> AnyView {
    let label = (say::list_search(lang), Some(say::list_search_hint(lang)));
    let kinds = DocumentKind::ALL.map(|kind| (kind.name().to_owned(), kind_text(lang, kind).to_owned()));
    let states = DocumentState::ALL.map(|state| (state.name().to_owned(), state_text(lang, state).to_owned()));
    let deliveries = Delivery::ALL.iter();
    let deliveries = deliveries.map(|delivery| (delivery.name().to_owned(), delivery_name(lang, *delivery).to_owned()));
    let kind = |ask: &DocumentQuery| ask.kind.map(DocumentKind::name).unwrap_or_default().to_owned();
    let state = |ask: &DocumentQuery| ask.state.map(DocumentState::name).unwrap_or_default().to_owned();
    let delivery = |ask: &DocumentQuery| ask.delivery.map(Delivery::name).unwrap_or_default().to_owned();
    let customer = move || {
        ask.with(|ask| ask.customer).map(|id| view! { <input type="hidden" name="customer" value=id.to_string()/> })
    };
    view! {
        {words_filter(ask, ("q", "documents-q"), label, |ask| ask.q.clone())}
        {choice_filter(ask, ("kind", "documents-kind"), say::document_kind(lang), kinds.to_vec(), kind)}
        {choice_filter(ask, ("state", "documents-state"), say::list_state(lang), states.to_vec(), state)}
        {choice_filter(ask, ("delivery", "documents-delivery"), say::field_delivery(lang), deliveries.collect(), delivery)}
        {day_filter(ask, ("from", "documents-from"), say::list_from(lang), |ask| ask.from)}
        {day_filter(ask, ("until", "documents-until"), say::list_until(lang), |ask| ask.until)}
        <label class="filter-flag" title=say::list_open_hint(lang)>
            <input type="checkbox" name="open" value="1" checked=ask.with_untracked(|ask| ask.open) prop:checked=move || ask.with(|ask| ask.open)/>
            {say::list_open(lang)}
        </label>
        {customer}
    }
    .into_any()
}

/// What a role can do with the documents that it selects.
fn ways(lang: Lang) -> Vec<(BulkWay, &'static str)> {
    let ways = [
        (BulkWay::Issue, Permission::Bill, say::bulk_issue(lang)),
        (BulkWay::Delete, Permission::EditDocuments, say::bulk_delete(lang)),
        (BulkWay::Cancel, Permission::Cancel, say::bulk_cancel(lang)),
    ];
    ways.into_iter().filter(|(_, needs, _)| may(*needs)).map(|(way, _, text)| (way, text)).collect()
}

fn found(lang: Lang, ask: &DocumentQuery, found: Page<DocumentRow>) -> AnyView {
    let ways = ways(lang);
    let select = !ways.is_empty();
    let columns = vec![
        by(say::documents_number(lang), DocumentSort::Number),
        plain(say::document_kind(lang)),
        by(say::document_date(lang), DocumentSort::Date),
        by(say::contract_customer(lang), DocumentSort::Customer),
        plain(say::document_due(lang)),
        figures(say::document_gross(lang)),
    ];
    let table = view! {
        <table class="list documents">
            {heads(lang, ask, columns, select)}
            <tbody>{table_rows(lang, found.rows, true, select)}</tbody>
        </table>
    };
    let pages = pages(ask, found.more);
    if !select {
        return view! { {table}{pages} }.into_any();
    }
    let buttons = ways.into_iter().map(|(way, text)| {
        view! { <button class="button-quiet" type="submit" name="do" value=way.name()>{text}</button> }
    });
    view! {
        <form class="bulk" method="get" action="/documents/bulk">
            {table}
            <p class="bulk-do"><span class="quiet">{say::bulk_actions(lang)}</span>{buttons.collect_view()}</p>
        </form>
        {pages}
    }
    .into_any()
}

/// Documents as a table.
#[component]
pub(crate) fn DocumentRows(rows: Vec<DocumentRow>, with_customer: bool) -> impl IntoView {
    let lang = lang();
    if rows.is_empty() {
        return view! { <p class="empty">{say::documents_empty(lang)}</p> }.into_any();
    }
    let mut columns: Vec<Head<DocumentSort>> =
        vec![plain(say::documents_number(lang)), plain(say::document_kind(lang)), plain(say::document_date(lang))];
    columns.extend(with_customer.then(|| plain(say::contract_customer(lang))));
    columns.extend([plain(say::document_due(lang)), figures(say::document_gross(lang))]);
    view! {
        <table class="list documents">
            {heads(lang, &DocumentQuery::default(), columns, false)}
            <tbody>{table_rows(lang, rows, with_customer, false)}</tbody>
        </table>
    }
    .into_any()
}

fn table_rows(lang: Lang, rows: Vec<DocumentRow>, with_customer: bool, select: bool) -> AnyView {
    let rows = rows.into_iter().map(|row| {
        let state = match row.state {
            DocumentState::Draft => Some(say::document_draft(lang)),
            DocumentState::Issued => None,
            DocumentState::Cancelled => Some(say::document_cancelled(lang)),
        };
        let draft = state.map(|state| view! { <span class="tag">{state}</span> });
        let paid = row.invoice().standing(visitor().today);
        let paid = paid.filter(|standing| standing.state != PaymentState::Open);
        let paid = paid.map(|standing| payment_tag(lang, &standing));
        let kind = kind_name(lang, row.kind);
        let number = row.number.unwrap_or_else(|| title(lang, row.kind, None));
        let label = format!("{number} {} {}", row.customer.name, date(lang, row.date));
        let select = select.then(|| select_row(lang, "d", row.id.to_string(), &label));
        let customer = with_customer
            .then(|| view! { <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td> });
        view! {
            <tr>
                {select}
                <th scope="row" class="figure"><A href=format!("/documents/{}", row.id)>{number}</A>" "{draft}</th>
                <td>{kind}</td>
                <td class="figure" data-label=say::document_date(lang)>{date(lang, row.date)}</td>
                {customer}
                {if row.kind.is_invoice() {
                    view! { <td class="figure" data-label=say::document_due(lang)><span>{date(lang, row.due_on)}" "{paid}</span></td> }.into_any()
                } else {
                    view! { <td></td> }.into_any()
                }}
                <td class="figure right" data-label=say::document_gross(lang)>{money(lang, row.gross)}</td>
            </tr>
        }
    });
    rows.collect_view().into_any()
}
