//! The bookings of a day.

use leptos::prelude::*;
use texts::{say, seconds};
use wire::bookings::{BookingRow, lock_text};

use super::place::Place;
use crate::{bookings::Split, context::lang};

/// Each with where its time went; a tap opens it.
#[component]
pub(super) fn Rows(rows: Vec<BookingRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="empty">{say::phone_day_empty(lang())}</p> }.into_any();
    }
    let rows = rows.into_iter().map(|row| view! { <li><Row row=row/></li> });
    view! { <ul class="booked">{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn Row(row: BookingRow) -> impl IntoView {
    let lang = lang();
    let href = Place::Booking(row.date, row.id).address();
    let BookingRow { task_name, project, customer, seconds: time, note, portions, currency, lock, start, .. } = row;
    let note = (!note.is_empty()).then(|| view! { <p class="booked-note">{note}</p> });
    let lock = lock.map(|lock| view! { <p class="quiet">{lock_text(lang, lock)}</p> });
    let start = start.map(|start| format!("{} · ", start.format("%H:%M")));
    view! {
        <a class="booked-head" href=href>
            <span class="task-name">{task_name}</span><span class="figure">{seconds(time)}</span>
            <span class="task-of">{start}{project.name}" · "{customer.name}</span>
        </a>
        {note}
        <Split portions=portions currency=currency/>
        {lock}
    }
}
