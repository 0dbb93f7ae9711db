//! The list of to-dos: what is to be billed.

use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, say};
use wire::{
    Page,
    lists::{ToDoQuery, ToDoSort, ToDoTime},
    today::ToDo,
};

use super::calls::list_to_dos;
use crate::{
    context::{lang, visitor},
    ui::{
        Filters, PageHead,
        list::{asked, by, choice_filter, exports, heads, listed, pages, plain, words_filter, yes_and_no, yes_or_no},
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
            {choice_filter(ask, ("automatic", "to-dos-automatic"), say::list_automatic(lang), yes_and_no(lang), |ask| yes_or_no(ask.automatic))}
            {words_filter(ask, ("whose", "to-dos-whose"), (say::list_whose(lang), None), |ask| ask.whose.clone())}
        </Filters>
        {listed(ask, page, say::to_dos_empty(lang), found)}
    }
}

fn found(lang: Lang, ask: &ToDoQuery, found: Page<ToDo>) -> AnyView {
    let today = visitor().today;
    let columns = vec![
        by(say::list_due(lang), ToDoSort::Due),
        by(say::contract_number(lang), ToDoSort::Number),
        by(say::contract_customer(lang), ToDoSort::Customer),
        plain(say::list_whose(lang)),
        plain(say::list_automatic(lang)),
    ];
    let rows = found.rows.into_iter().map(|row| {
        let when = match row.due.cmp(&today) {
            std::cmp::Ordering::Less => Some(("tag tag-warn", say::to_do_overdue(lang))),
            std::cmp::Ordering::Equal => Some(("tag tag-warn", say::to_do_due_today(lang))),
            std::cmp::Ordering::Greater => None,
        };
        let when = when.map(|(class, text)| view! { <span class=class>{text}</span> });
        let how = if row.automatic { say::list_yes(lang) } else { say::contract_by_hand(lang) };
        view! {
            <tr>
                <td class="figure" data-label=say::list_due(lang)><span>{date(lang, row.due)}" "{when}</span></td>
                <th scope="row" class="figure"><A href=format!("/contracts/{}", row.contract)>{row.number}</A></th>
                <td><A href=format!("/customers/{}", row.customer.id)>{row.customer.name}</A></td>
                <td data-label=say::list_whose(lang)>{row.whose}</td>
                <td data-label=say::list_automatic(lang)>{how}</td>
            </tr>
        }
    });
    view! {
        <table class="list to-dos">{heads(lang, ask, columns, false)}<tbody>{rows.collect_view()}</tbody></table>
        {pages(ask, found.more)}
    }
    .into_any()
}
