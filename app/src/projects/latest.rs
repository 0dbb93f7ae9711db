//! The latest bookings of a project.

use domain::ProjectId;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{date, say, seconds};
use wire::{
    bookings::{BookingQuery, BookingRow},
    lists::ListQuery,
};

use crate::{
    bookings::{Split, list_bookings},
    context::lang,
    ui::Failure,
};

/// How many of them are shown.
const MOST: usize = 12;

/// The bookings, and a link to all of them.
#[component]
pub(super) fn Latest(project: ProjectId) -> impl IntoView {
    let lang = lang();
    let ask = BookingQuery { project: Some(project), page: 1, ..BookingQuery::default() };
    let all = ask.to_address();
    let found = Resource::new(|| (), move |()| list_bookings(ask.clone()));
    view! {
        <section data-testid="latest">
            <h2>{say::project_bookings(lang)}</h2>
            <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) if found.page.rows.is_empty() => view! { <p class="empty">{say::project_bookings_none(lang)}</p> }.into_any(),
                        Ok(found) => view! { <Rows rows=found.page.rows/> }.into_any(),
                        Err(error) => view! { <Failure error=error/> }.into_any(),
                    }
                })}
            </Suspense>
            <p><A href=all>{say::project_bookings_all(lang)}</A></p>
        </section>
    }
}

#[component]
fn Rows(rows: Vec<BookingRow>) -> impl IntoView {
    let lang = lang();
    let rows = rows.into_iter().take(MOST).map(|row| {
        view! {
            <tr>
                <th scope="row" class="figure">{date(lang, row.date)}</th>
                <td>{row.person.name}</td>
                <td>{row.task_name}{(!row.note.is_empty()).then(|| view! { <span class="quiet row-note">{row.note}</span> })}</td>
                <td class="figure" data-label=say::booking_time(lang)>{seconds(row.seconds)}</td>
                <td><Split portions=row.portions currency=row.currency/></td>
            </tr>
        }
    });
    view! {
        <table class="list latest">
            <thead><tr>
                <th scope="col">{say::booking_date(lang)}</th>
                <th scope="col">{say::booking_person(lang)}</th>
                <th scope="col">{say::task(lang)}</th>
                <th scope="col">{say::booking_time(lang)}</th>
                <th scope="col">{say::project_where(lang)}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
