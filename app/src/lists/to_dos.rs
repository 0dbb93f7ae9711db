//! The list of to-dos: what is to be billed, contracts and fees of projects. Contracts that are selected are billed
//! together, by the page of billing.

use chrono::NaiveDate;
use domain::Permission;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, say};
use wire::{
    Page,
    lists::{ToDoKind, ToDoQuery, ToDoRow, ToDoSort, ToDoTime, to_do_kind_text},
    today::{DueFee, ToDo},
};

use super::calls::list_to_dos;
use crate::{
    context::{lang, may, visitor},
    ui::{
        Filters, Icon, PageHead,
        list::{
            asked, by, choice_filter, exports, heads, listed, pages, plain, select_row, words_filter, yes_and_no,
            yes_or_no,
        },
    },
};

/// The page.
#[component]
pub fn ToDosPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<ToDoQuery>();
    let page = Resource::new(move || ask.get(), list_to_dos);
    let search = (say::list_search(lang), None);
    let times = vec![
        (ToDoTime::Overdue.name().to_owned(), say::to_do_overdue(lang).to_owned()),
        (ToDoTime::Soon.name().to_owned(), say::to_do_soon(lang).to_owned()),
    ];
    let kinds = ToDoKind::ALL.map(|kind| (kind.name().to_owned(), to_do_kind_text(lang, kind).to_owned()));
    let kind = |ask: &ToDoQuery| ask.kind.map(ToDoKind::name).unwrap_or_default().to_owned();
    let time = |ask: &ToDoQuery| ask.time.map(ToDoTime::name).unwrap_or_default().to_owned();
    view! {
        <PageHead title=say::to_dos_title(lang)>
            <A href="/calendar" attr:class="button-quiet">{say::calendar_title(lang)}</A>
            {exports(ask)}
        </PageHead>
        <p class="quiet page-lead">{say::to_dos_lead(lang)}</p>
        <Filters ask=ask>
            {words_filter(ask, ("q", "to-dos-q"), search, |ask| ask.q.clone())}
            {choice_filter(ask, ("time", "to-dos-time"), say::to_do_when(lang), times, time)}
            {choice_filter(ask, ("kind", "to-dos-kind"), say::line_kind(lang), kinds.to_vec(), kind)}
            {choice_filter(ask, ("automatic", "to-dos-automatic"), say::list_automatic(lang), yes_and_no(lang), |ask| yes_or_no(ask.automatic))}
            {words_filter(ask, ("whose", "to-dos-whose"), (say::list_whose(lang), None), |ask| ask.whose.clone())}
        </Filters>
        {listed(ask, page, say::to_dos_empty(lang), found)}
    }
}

fn found(lang: Lang, ask: &ToDoQuery, found: Page<ToDoRow>) -> AnyView {
    let bills = may(Permission::Bill);
    let columns = vec![
        by(say::list_due(lang), ToDoSort::Due),
        by(say::contract_number(lang), ToDoSort::Number),
        by(say::contract_customer(lang), ToDoSort::Customer),
        plain(say::list_whose(lang)),
        plain(say::list_automatic(lang)),
    ];
    let rows = found.rows.into_iter().map(|row| match row {
        ToDoRow::Contract(to_do) => contract_row(lang, to_do, bills),
        ToDoRow::Fee(fee) => fee_row(lang, fee, bills),
    });
    let rows = rows.collect_view();
    let table = view! { <table class="list to-dos">{heads(lang, ask, columns, bills)}<tbody>{rows}</tbody></table> };
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

/// A day on which something becomes due, and whether that is over.
fn due(lang: Lang, day: NaiveDate) -> AnyView {
    let when = match day.cmp(&visitor().today) {
        std::cmp::Ordering::Less => Some(say::to_do_overdue(lang)),
        std::cmp::Ordering::Equal => Some(say::to_do_due_today(lang)),
        std::cmp::Ordering::Greater => None,
    };
    let when = when.map(|text| view! { <span class="tag tag-warn">{text}</span> });
    view! { <td class="figure" data-label=say::list_due(lang)><span>{date(lang, day)}" "{when}</span></td> }.into_any()
}

fn contract_row(lang: Lang, row: ToDo, bills: bool) -> AnyView {
    let how = if row.automatic { say::list_yes(lang) } else { say::contract_by_hand(lang) };
    let select = bills.then(|| select_row(lang, "c", row.contract.to_string(), &row.number));
    view! {
        <tr>
            {select}
            {due(lang, row.due)}
            <th scope="row" class="figure"><A href=format!("/contracts/{}", row.contract)>{row.number}</A></th>
            <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td>
            <td data-label=say::list_whose(lang)>{row.whose}</td>
            <td data-label=say::list_automatic(lang)>{how}</td>
        </tr>
    }
    .into_any()
}

/// A fee: all that are due of its project are billed together, so it is not selected but leads to that.
fn fee_row(lang: Lang, row: DueFee, bills: bool) -> AnyView {
    let project = row.project;
    let select = bills.then(|| {
        let href = format!("/billing?project={}", project.id);
        let title = say::to_do_bill_fee(lang, &project.number);
        let text = title.clone();
        view! { <td class="select"><A href=href attr:title=title attr:aria-label=text><Icon name="receipt"/></A></td> }
    });
    view! {
        <tr>
            {select}
            {due(lang, row.due)}
            <th scope="row" class="figure">
                <A href=format!("/projects/{}", project.id)>{project.number}</A>" "
                <span class="tag">{say::list_fee(lang)}</span>
                <span class="row-note">{row.name}</span>
            </th>
            <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td>
            <td data-label=say::list_whose(lang)></td>
            <td data-label=say::list_automatic(lang)>{say::list_yes(lang)}</td>
        </tr>
    }
    .into_any()
}
