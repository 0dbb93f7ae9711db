//! The list of bookings, the latest day first unless somebody sorts it otherwise.

use domain::{Money, Permission};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, money, say, seconds};
use wire::{
    bookings::{BookingPage, BookingQuery, BookingRow, BookingSort, BookingSum},
    projects::PersonRef,
};

use super::{
    calls::{list_bookings, load_workers},
    filters::NamedFilters,
    split::Split,
    words::{lock, project, times},
};
use crate::{
    call::CallError,
    context::{lang, may},
    ui::{
        Filters, PageHead,
        list::{
            Answer, asked, by, choice_filter, day_filter, exports, figures, heads, listed, pages, plain, select_row,
            words_filter, yes_and_no, yes_or_no,
        },
    },
};

impl Answer for BookingPage {
    fn is_empty(&self) -> bool {
        self.page.rows.is_empty()
    }
}

/// The page.
#[component]
pub fn BookingsPage() -> impl IntoView {
    let lang = lang();
    let ask = asked::<BookingQuery>();
    let page = Resource::new(move || ask.get(), list_bookings);
    let all = may(Permission::SeeProjects);
    let workers = Resource::new(
        || (),
        move |()| async move { if all { load_workers().await } else { Ok::<_, CallError>(Vec::new()) } },
    );
    let export = all.then(|| exports(ask));
    view! {
        <PageHead title=say::nav_bookings(lang)>
            {export}
            <A href="/bookings/week" attr:class="button">{say::times_week(lang)}</A>
        </PageHead>
        <Filters ask=ask>
            {words_filter(ask, ("q", "bookings-q"), (say::times_search(lang), None), |ask| ask.q.clone())}
            <NamedFilters ask=ask/>
            {day_filter(ask, ("from", "bookings-from"), say::list_from(lang), |ask| ask.from)}
            {day_filter(ask, ("until", "bookings-until"), say::list_until(lang), |ask| ask.until)}
            {all.then(|| view! {
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move { people(lang, ask, workers.await.unwrap_or_default()) })}
                </Transition>
            })}
            {choice_filter(ask, ("billable", "bookings-billable"), say::booking_billable(lang), yes_and_no(lang), |ask| yes_or_no(ask.billable))}
            <label class="filter-flag" title=say::times_unassigned_hint(lang)>
                <input type="checkbox" name="unassigned" value="1" checked=ask.with_untracked(|ask| ask.unassigned)
                    prop:checked=move || ask.with(|ask| ask.unassigned)/>
                {say::times_unassigned(lang)}
            </label>
        </Filters>
        {listed(ask, page, say::times_empty(lang), found)}
    }
}

fn people(lang: Lang, ask: Memo<BookingQuery>, workers: Vec<PersonRef>) -> AnyView {
    let people = workers.into_iter().map(|person| (person.id.to_string(), person.name)).collect();
    let chosen = |ask: &BookingQuery| ask.person.map(|person| person.to_string()).unwrap_or_default();
    choice_filter(ask, ("person", "bookings-person"), say::booking_person(lang), people, chosen)
}

fn found(lang: Lang, ask: &BookingQuery, found: BookingPage) -> AnyView {
    let moves = may(Permission::BookTime);
    // Who has worked is said where there can be several.
    let who = may(Permission::SeeProjects);
    let mut columns = vec![by(say::booking_date(lang), BookingSort::Date)];
    columns.extend(who.then(|| by(say::booking_person(lang), BookingSort::Person)));
    columns.extend([
        by(say::project(lang), BookingSort::Project),
        plain(say::task(lang)),
        by(say::booking_time(lang), BookingSort::Time),
        plain(say::times_portions(lang)),
        figures(say::times_amount(lang)),
        plain(say::booking_note(lang)),
    ]);
    let named = named(lang, ask, &found.page.rows);
    let more = found.page.more;
    let rows = found.page.rows.into_iter().map(|row| table_row(lang, row, moves, who)).collect_view();
    let table = view! {
        <table class="list bookings">{heads(lang, ask, columns, moves)}<tbody>{rows}</tbody></table>
    };
    let table = if moves {
        view! {
            <form class="bulk" method="get" action="/bookings/move">
                {table}
                <p class="bulk-do"><span class="quiet">{say::bulk_actions(lang)}</span>
                    <button class="button-quiet" type="submit">{say::times_move_selected(lang)}</button>
                </p>
            </form>
        }
        .into_any()
    } else {
        table.into_any()
    };
    view! { {named}{sums(lang, &found.sums)}{table}{pages(ask, more)} }.into_any()
}

/// Of which project, task or customer the list is, when a link asked for one.
fn named(lang: Lang, ask: &BookingQuery, rows: &[BookingRow]) -> Option<AnyView> {
    let row = rows.first()?;
    let project = format!("{} {}", row.project.number, row.project.name);
    let text = match (ask.project, ask.task, ask.customer) {
        (_, Some(_), _) => format!("{project} · {}", row.task_name),
        (Some(_), None, _) => project,
        (None, None, Some(_)) => row.customer.name.clone(),
        (None, None, None) => return None,
    };
    Some(view! { <p class="quiet page-lead">{say::times_only(lang, text)}</p> }.into_any())
}

/// What all pages come to.
fn sums(lang: Lang, sums: &[BookingSum]) -> Option<AnyView> {
    let rows = sums.iter().map(|sum| {
        let amount = money(lang, Money { minor: sum.amount, currency: sum.currency });
        let time = if sum.billed == sum.seconds {
            seconds(sum.seconds)
        } else {
            format!("{} ({})", seconds(sum.seconds), say::times_billed_as(lang, seconds(sum.billed)))
        };
        view! { <dd class="figure">{say::times_sum(lang, time, amount, sum.rows)}</dd> }
    });
    let rows = rows.collect_view();
    (!sums.is_empty()).then(|| {
        view! { <dl class="list-sums" data-testid="sums"><dt>{say::list_sum(lang)}</dt>{rows}</dl> }.into_any()
    })
}

fn table_row(lang: Lang, row: BookingRow, moves: bool, who: bool) -> AnyView {
    let day = date(lang, row.date);
    let label = format!("{day} {} {}", row.task_name, seconds(row.seconds));
    // What is locked does not move.
    let select = moves.then(|| match row.lock {
        None => select_row(lang, "b", row.id.to_string(), &label),
        Some(_) => view! { <td class="select"></td> }.into_any(),
    });
    let person = who.then(|| view! { <td>{row.person.name.clone()}</td> });
    let free = (!row.billable).then(|| view! { <span class="tag">{say::portion_not_billable(lang)}</span> });
    view! {
        <tr>
            {select}
            <th scope="row" class="figure"><A href=format!("/bookings/{}", row.id)>{day}</A>" "{lock(&row)}</th>
            {person}
            <td>{project(&row)}</td>
            <td>{row.task_name.clone()}</td>
            <td class="figure right" data-label=say::booking_time(lang)>{times(lang, &row)}</td>
            <td><Split portions=row.portions.clone() currency=row.currency/></td>
            <td class="figure right" data-label=say::times_amount(lang)>{money(lang, row.amount())}</td>
            <td class="booking-note">{row.note.clone()}" "{free}</td>
        </tr>
    }
    .into_any()
}
