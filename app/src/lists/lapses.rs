//! The list of what lapses when, and of what has lapsed.

use chrono::Days;
use domain::quota::LapseCause;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, date, say, validity};
use wire::lists::{LapsePage, LapseQuery, LapseRow, LapseSort, ListQuery, UnitKind, cause_text, unit_kind_text};

use super::calls::list_lapses;
use crate::{
    context::{lang, visitor},
    ui::{
        Filters, PageHead,
        list::{asked, by, choice_filter, day_filter, exports, heads, listed, pages, plain, sums, words_filter},
    },
};

/// The page.
#[component]
pub fn LapsesPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<LapseQuery>();
    let page = Resource::new(move || ask.get(), list_lapses);
    let today = visitor().today;
    let lead = move || {
        let (from, until) = ask.with(|ask| ask.days(today));
        if until < from {
            say::lapses_order(lang).to_owned()
        } else {
            say::list_lapses_lead(lang, date(lang, from), date(lang, until))
        }
    };
    let search = (say::list_search_customer(lang), Some(say::list_search_hint(lang)));
    let contract = (say::list_contract_number(lang), Some(say::list_contract_number_hint(lang)));
    let units = UnitKind::ALL.map(|kind| (kind.name().to_owned(), unit_kind_text(lang, kind).to_owned()));
    let unit = |ask: &LapseQuery| ask.unit.map(UnitKind::name).unwrap_or_default().to_owned();
    let causes = LapseCause::ALL.map(|cause| (cause.name().to_owned(), cause_text(lang, cause).to_owned()));
    let cause = |ask: &LapseQuery| ask.cause.map(LapseCause::name).unwrap_or_default().to_owned();
    let quick = [(90, true), (365, true), (30, false), (90, false)].map(|(days, later)| {
        let away = Days::new(days);
        let query = if later {
            LapseQuery { from: Some(today), until: today.checked_add_days(away), ..LapseQuery::default() }
        } else {
            LapseQuery { from: today.checked_sub_days(away), until: Some(today), ..LapseQuery::default() }
        };
        let text = if later { say::lapses_next(lang, days) } else { say::lapses_last(lang, days) };
        view! { <A href=query.to_address() attr:class="button-quiet">{text}</A> }
    });
    view! {
        <PageHead title=say::lapses_title(lang)>{exports(ask)}</PageHead>
        <p class="quiet page-lead">{lead}</p>
        <p class="quick">{quick.into_iter().collect_view()}</p>
        <Filters ask=ask>
            {words_filter(ask, ("q", "lapses-q"), search, |ask| ask.q.clone())}
            {words_filter(ask, ("contract", "lapses-contract"), contract, |ask| ask.contract.clone())}
            {choice_filter(ask, ("unit", "lapses-unit"), say::list_unit(lang), units.to_vec(), unit)}
            {day_filter(ask, ("from", "lapses-from"), say::list_from(lang), |ask| ask.from)}
            {day_filter(ask, ("until", "lapses-until"), say::list_until(lang), |ask| ask.until)}
            {choice_filter(ask, ("cause", "lapses-cause"), say::list_why(lang), causes.to_vec(), cause)}
        </Filters>
        {listed(ask, page, say::lapses_empty(lang), found)}
    }
}

fn found(lang: Lang, ask: &LapseQuery, found: LapsePage) -> AnyView {
    let columns = vec![
        by(say::list_lapses_on(lang), LapseSort::Date),
        by(say::contract_customer(lang), LapseSort::Customer),
        plain(say::list_account(lang)),
        plain(say::run_contract(lang)),
        plain(say::list_lot(lang)),
        plain(say::list_why(lang)),
        by(say::list_lost(lang), LapseSort::Amount),
    ];
    let rows = found.page.rows.into_iter().map(|row| self::row(lang, row)).collect_view();
    view! {
        {sums(lang, &found.sums)}
        <table class="list lapses">{heads(lang, ask, columns, false)}<tbody>{rows}</tbody></table>
        {pages(ask, found.page.more)}
    }
    .into_any()
}

fn row(lang: Lang, row: LapseRow) -> AnyView {
    let contract = row.contract.map(|(id, number)| view! { <A href=format!("/contracts/{id}")>{number}</A> });
    let (account, name) = row.account;
    view! {
        <tr>
            <td class="figure" data-label=say::list_lapses_on(lang)>{date(lang, row.date)}</td>
            <th scope="row"><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></th>
            <td><A href=format!("/accounts/{account}")>{name}</A></td>
            <td class="figure">{contract}</td>
            <td data-label=say::list_lot(lang)>{validity(lang, row.valid)}</td>
            <td data-label=say::list_why(lang)>{cause_text(lang, row.cause)}</td>
            <td class="figure right" data-label=say::list_lost(lang)>{amount(lang, row.unit, row.amount)}</td>
        </tr>
    }
    .into_any()
}
