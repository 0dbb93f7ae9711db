//! The list of open deficits of the whole company.

use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, date, say};
use wire::lists::{DeficitPage, DeficitQuery, DeficitRow, DeficitSort, UnitKind, unit_kind_text};

use super::calls::list_deficits;
use crate::{
    bookings::booking_link,
    context::lang,
    documents::title,
    ui::{
        Filters, PageHead,
        list::{asked, by, choice_filter, day_filter, exports, heads, listed, pages, plain, sums, words_filter},
    },
};

/// The page.
#[component]
pub fn DeficitsPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<DeficitQuery>();
    let page = Resource::new(move || ask.get(), list_deficits);
    let search = (say::list_search_customer(lang), Some(say::list_search_hint(lang)));
    let contract = (say::list_contract_number(lang), Some(say::list_contract_number_hint(lang)));
    let units = UnitKind::ALL.map(|kind| (kind.name().to_owned(), unit_kind_text(lang, kind).to_owned()));
    let unit = |ask: &DeficitQuery| ask.unit.map(UnitKind::name).unwrap_or_default().to_owned();
    view! {
        <PageHead title=say::deficits_title(lang)>{exports(ask)}</PageHead>
        <p class="quiet page-lead">{say::deficits_lead(lang)}</p>
        <Filters ask=ask>
            {words_filter(ask, ("q", "deficits-q"), search, |ask| ask.q.clone())}
            {words_filter(ask, ("contract", "deficits-contract"), contract, |ask| ask.contract.clone())}
            {choice_filter(ask, ("unit", "deficits-unit"), say::list_unit(lang), units.to_vec(), unit)}
            {day_filter(ask, ("from", "deficits-from"), say::list_from(lang), |ask| ask.from)}
            {day_filter(ask, ("until", "deficits-until"), say::list_until(lang), |ask| ask.until)}
        </Filters>
        {listed(ask, page, say::deficits_empty(lang), found)}
    }
}

fn found(lang: Lang, ask: &DeficitQuery, found: DeficitPage) -> AnyView {
    let columns = vec![
        by(say::document_date(lang), DeficitSort::Date),
        by(say::contract_customer(lang), DeficitSort::Customer),
        plain(say::list_account(lang)),
        plain(say::run_contract(lang)),
        plain(say::list_document(lang)),
        by(say::list_deficit(lang), DeficitSort::Amount),
    ];
    let rows = found.page.rows.into_iter().map(|row| self::row(lang, row)).collect_view();
    view! {
        {sums(lang, &found.sums)}
        <table class="list deficits">{heads(lang, ask, columns, false)}<tbody>{rows}</tbody></table>
        {pages(ask, found.page.more)}
    }
    .into_any()
}

fn row(lang: Lang, row: DeficitRow) -> AnyView {
    let contract = row.contract.map(|(id, number)| view! { <A href=format!("/contracts/{id}")>{number}</A> });
    let document = match (row.document, row.booking) {
        (Some(of), _) => {
            let name = title(lang, of.kind, of.number.as_deref());
            view! { <A href=format!("/documents/{}", of.id)>{name}</A> }.into_any()
        }
        (None, Some(booking)) => booking_link(lang, &booking),
        (None, None) => view! { <span class="quiet">{say::list_by_hand(lang)}</span> }.into_any(),
    };
    let (account, name) = row.account;
    view! {
        <tr>
            <td class="figure" data-label=say::document_date(lang)>{date(lang, row.date)}</td>
            <th scope="row"><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></th>
            <td><A href=format!("/accounts/{account}")>{name}</A></td>
            <td class="figure">{contract}</td>
            <td>{document}</td>
            <td class="figure right warn" data-label=say::list_deficit(lang)>{amount(lang, row.unit, row.amount)}</td>
        </tr>
    }
    .into_any()
}
