//! What saving did: where the time went, what the server decided otherwise, which other bookings changed with it, and
//! what is left now.

use leptos::prelude::*;
use texts::{date, say, seconds};
use wire::{
    bookings::{BookingAnswer, ChangedBooking},
    projects::NamedLine,
};

use super::{left::LeftFor, others::Others};
use crate::{
    bookings::Split,
    context::lang,
    ui::{Notice, Tone},
};

/// What was saved; with `left` also what is left for the customer now.
#[component]
pub(super) fn Answer(answer: BookingAnswer, left: bool) -> impl IntoView {
    let lang = lang();
    let BookingAnswer { row, changed, differences, lines, .. } = answer;
    let (customer, task, day) = (row.customer, (row.project.id, row.task), row.date);
    let left = left.then(|| view! { <LeftFor customer=customer task=task date=day/> });
    view! {
        <section class="answer" data-testid="answer">
            <Notice tone=Tone::Good>
                <p>{say::phone_saved(lang, seconds(row.seconds), date(lang, day))}</p>
                <p class="quiet">{row.task_name}" · "{row.project.name}</p>
            </Notice>
            <Split portions=row.portions currency=row.currency/>
            <Told differences=differences changed=changed lines=lines/>
            {left}
        </section>
    }
}

/// Where it is otherwise than a person saw, and what changed with it.
#[component]
pub(super) fn Told(
    differences: Vec<ChangedBooking>,
    changed: Vec<ChangedBooking>,
    lines: Vec<NamedLine>,
) -> impl IntoView {
    let lang = lang();
    let named = lines.clone();
    let differences = (!differences.is_empty()).then(|| {
        view! { <Notice tone=Tone::Warn><p>{say::phone_differs(lang)}</p><Others changed=differences lines=named/></Notice> }
    });
    let changed = (!changed.is_empty()).then(|| {
        view! { <section><h3>{say::phone_others(lang)}</h3><Others changed=changed lines=lines/></section> }
    });
    view! { {differences}{changed} }
}
