//! The list of open items.

use domain::{Money, Permission};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, money, say};
use wire::{
    documents::BulkWay,
    lists::{OpenItemKind, OpenItemPage, OpenItemQuery, OpenItemRow, OpenItemSort, OpenSum, kind_text},
};

use super::{
    calls::list_open_items,
    words::{late, payment_tag, reminded},
};
use crate::{
    context::{lang, may},
    ui::{
        Filters, PageHead,
        list::{asked, by, choice_filter, exports, figures, heads, listed, pages, plain, select_row, words_filter},
    },
};

/// The page.
#[component]
pub fn OpenItemsPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<OpenItemQuery>();
    let page = Resource::new(move || ask.get(), list_open_items);
    let kinds = vec![
        (OpenItemKind::Overdue.name().to_owned(), say::open_items_overdue(lang).to_owned()),
        (OpenItemKind::Credit.name().to_owned(), say::open_items_credit(lang).to_owned()),
    ];
    let kind = |ask: &OpenItemQuery| ask.kind.map(OpenItemKind::name).unwrap_or_default().to_owned();
    let import = records()
        .then(|| view! { <A href="/receipts/import" attr:class="button-quiet">{say::open_items_import(lang)}</A> });
    // Links of a customer's page ask for that customer.
    let customer = move || {
        ask.with(|ask| ask.customer).map(|id| view! { <input type="hidden" name="customer" value=id.to_string()/> })
    };
    view! {
        <PageHead title=say::open_items_title(lang)>{import}{exports(ask)}</PageHead>
        <p class="quiet page-lead">{say::open_items_lead(lang)}</p>
        <Filters ask=ask>
            {words_filter(ask, ("q", "open-items-q"), (say::list_search(lang), None), |ask| ask.q.clone())}
            {choice_filter(ask, ("kind", "open-items-kind"), say::open_items_kind(lang), kinds, kind)}
            {customer}
        </Filters>
        {listed(ask, page, say::open_items_empty(lang), found)}
    }
}

/// Whether this person records what came in.
fn records() -> bool {
    may(Permission::RecordReceipts)
}

fn found(lang: Lang, ask: &OpenItemQuery, found: OpenItemPage) -> AnyView {
    let select = records();
    let columns = vec![
        by(say::document_due(lang), OpenItemSort::Due),
        plain(say::documents_number(lang)),
        by(say::contract_customer(lang), OpenItemSort::Customer),
        plain(say::list_state(lang)),
        figures(say::document_gross(lang)),
        figures(say::receipt_received(lang)),
        by(say::receipt_open(lang), OpenItemSort::Open),
    ];
    let rows = found.page.rows.into_iter().map(|row| self::row(lang, row, select)).collect_view();
    let table =
        view! { <table class="list open-items">{heads(lang, ask, columns, select)}<tbody>{rows}</tbody></table> };
    let table = if select {
        view! {
            <form class="bulk" method="get" action="/documents/bulk">
                {table}
                <p class="bulk-do"><span class="quiet">{say::bulk_actions(lang)}</span>
                    <button class="button-quiet" type="submit" name="do" value=BulkWay::Settle.name()>{say::bulk_settle(lang)}</button>
                    <button class="button-quiet" type="submit" name="do" value=BulkWay::Remind.name()>{say::bulk_remind(lang)}</button>
                </p>
            </form>
        }
        .into_any()
    } else {
        table.into_any()
    };
    view! { {sums(lang, &found.sums)}{table}{pages(ask, found.page.more)} }.into_any()
}

/// The sums of all pages.
fn sums(lang: Lang, sums: &[OpenSum]) -> AnyView {
    let rows = sums.iter().map(|sum| {
        let figure = |minor| money(lang, Money { minor, currency: sum.currency });
        let mut words = vec![say::open_items_sum(lang, figure(sum.open), sum.rows)];
        if sum.overdue_rows > 0 {
            words.push(say::open_items_sum_overdue(lang, figure(sum.overdue), sum.overdue_rows));
        }
        if sum.credit > 0 {
            words.push(say::open_items_sum_credit(lang, figure(sum.credit)));
        }
        view! { <dd class="figure">{words.join(" · ")}</dd> }
    });
    view! { <dl class="list-sums" data-testid="sums"><dt>{say::list_sum(lang)}</dt>{rows.collect_view()}</dl> }
        .into_any()
}

fn row(lang: Lang, row: OpenItemRow, select: bool) -> AnyView {
    let OpenItemRow { document, standing } = row;
    let figure = |minor| money(lang, Money { minor, currency: document.gross.currency });
    let label = document.number.clone().unwrap_or_default();
    let select = select.then(|| select_row(lang, "d", document.id.to_string(), &label));
    let (number, customer) = (document.number.clone(), document.customer.name.clone());
    view! {
        <tr>
            {select}
            <td class="figure" data-label=say::document_due(lang)>{date(lang, document.due_on)}</td>
            <th scope="row" class="figure"><A href=format!("/documents/{}", document.id)>{number}</A>" "<span class="quiet">{kind_text(lang, document.kind)}</span></th>
            <td><A href=format!("/customers/{}", document.customer.id)>{customer}</A></td>
            <td data-label=say::list_state(lang)><span>{payment_tag(lang, &standing)}{late(lang, &standing)}{reminded(lang, &document)}</span></td>
            <td class="figure right" data-label=say::document_gross(lang)>{figure(document.gross.minor)}</td>
            <td class="figure right" data-label=say::receipt_received(lang)>{figure(document.received)}</td>
            <td class="figure right" data-label=say::receipt_open(lang)>{figure(standing.open)}</td>
        </tr>
    }
    .into_any()
}
