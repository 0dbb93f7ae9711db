//! What saving did: where the time went, what the server decided otherwise, and which other bookings changed with it.

use leptos::prelude::*;
use texts::{date, say, seconds};
use wire::{
    bookings::{BookingAnswer, ChangedBooking},
    projects::NamedLine,
};

use super::others::Others;
use crate::{
    bookings::Split,
    context::lang,
    ui::{Notice, Tone},
};

/// What was saved.
#[component]
pub(super) fn Answer(answer: BookingAnswer) -> impl IntoView {
    let lang = lang();
    let BookingAnswer { row, changed, differences, lines, .. } = answer;
    view! {
        <section class="answer" data-testid="answer">
            <Notice tone=Tone::Good>
                <p>{say::phone_saved(lang, seconds(row.seconds), date(lang, row.date))}</p>
                <p class="quiet">{row.task_name}" · "{row.project.name}</p>
            </Notice>
            <Split portions=row.portions currency=row.currency/>
            <Told differences=differences changed=changed lines=lines/>
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
