//! Beside the grid: the cell with the cursor, what is booked in it, and what saving it would do.

use domain::BookingId;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{date, money, say, seconds};
use wire::{bookings::BookingForm, history::Versioned};

use super::{
    choice::yes_no,
    desk::Desk,
    others::{Planned, Saved},
    page::stored,
    split::Split,
    typed::{Cell, Place},
    words::{lock, weekday},
};
use crate::{
    call::CallError,
    context::lang,
    ui::{Failure, Field, NotSaved, Overtaken, Select},
};

/// The panel.
#[component]
pub(super) fn Panel(desk: Desk) -> impl IntoView {
    let lang = lang();
    // What is typed in the table is shown there.
    let active = Memo::new(move |_| desk.active.get().and_then(Place::cell));
    let typing = Memo::new(move |_| active.get().filter(|cell| desk.is_typed(Place::Cell(*cell))));
    let head = move || {
        let cell = desk.at.get()?;
        let row = desk.rows().into_iter().find(|row| row.task == cell.task)?;
        let project = format!("{} {} · {}", row.project.number, row.project.name, row.customer.name);
        Some(view! {
            <h2>{row.name}</h2>
            <p class="quiet">{project}</p>
            <p class="figure">{weekday(lang, cell.day)}" "{date(lang, cell.day)}</p>
        })
    };
    // A session that has ended is renewed here, and whoever was overtaken goes on from here; whatever else is wrong
    // stands at the cell.
    let refused = move || {
        let place = active.get().map(Place::Cell)?;
        let error = desk.typed.problems.with(|problems| problems.get(&place).cloned())?;
        if error.is_overtaken() {
            return Some(view! { <Behind desk=desk place=place look=None/> }.into_any());
        }
        error.is_signed_out().then(|| view! { <Failure error=error/> }.into_any())
    };
    let saved = move || desk.saved.get().and_then(|(place, answer)| place.cell().map(|_| answer));
    view! {
        <aside class="sheet panel week-panel" aria-label=say::times_panel(lang)>
            {head}
            {move || desk.at.get().map(|cell| booked(desk, cell))}
            {move || typing.get().map(|cell| view! { <More desk=desk cell=cell/> })}
            <div class="preview" aria-live="polite" data-testid="cell-preview">
                {move || match (typing.get(), desk.shown.get()) {
                    (Some(_), Some(Ok(preview))) => view! { <Planned preview=preview known=desk.known/> }.into_any(),
                    (Some(_), Some(Err(problem))) => view! { <p class="warn">{problem.text(lang)}</p> }.into_any(),
                    (Some(_), None) => view! { <p class="quiet">{say::times_preview_hint(lang)}</p> }.into_any(),
                    (None, _) => view! { <p class="quiet needs-script">{say::times_keys(lang)}</p> }.into_any(),
                }}
            </div>
            {move || active.get().and_then(|_| desk.known.unread.get()).map(|error| view! { <Failure error=error/> })}
            {refused}
            {move || typing.get().is_none().then(saved).flatten().map(|answer| view! { <Saved answer=answer/> })}
        </aside>
    }
}

/// How to go on with what is typed where somebody else has saved the booking; `look` leads to it.
#[component]
pub(super) fn Behind(desk: Desk, place: Place, look: Option<String>) -> impl IntoView {
    let id = desk.typed.drafts.with_untracked(|drafts| drafts.get(&place)?.id.parse::<BookingId>().ok());
    let version =
        Signal::derive(move || desk.typed.drafts.with(|drafts| drafts.get(&place).map_or(0, Versioned::version)));
    let take = Callback::new(move |version: i64| desk.edit(place, |form| form.take_over(version)));
    let overtaken = Overtaken::new(version, take, move || async move {
        let id = id.ok_or_else(CallError::not_found)?;
        stored(id).await
    });
    Effect::new(move |_| overtaken.look());
    let refused = Signal::derive(move || desk.typed.problems.with(|problems| problems.get(&place).cloned()));
    view! { <NotSaved refused=refused overtaken=overtaken look=look/> }
}

/// What is booked in the cell.
fn booked(desk: Desk, cell: Cell) -> AnyView {
    let lang = lang();
    let rows = desk.booked(cell);
    if rows.is_empty() {
        return ().into_any();
    }
    let several = (rows.len() > 1).then(|| view! { <p class="quiet">{say::times_several(lang)}</p> });
    let rows = rows.into_iter().map(|row| {
        let amount = row.amount();
        let cost = (amount.minor != 0).then(|| money(lang, amount));
        view! {
            <li>
                <p>
                    <A href=format!("/bookings/{}", row.id)>{seconds(row.seconds)}</A>" "{lock(&row)}" "
                    <span>{row.note.clone()}</span>" "<span class="figure">{cost}</span>
                </p>
                <Split portions=row.portions.clone() currency=row.currency/>
            </li>
        }
    });
    view! { {several}<ul class="week-booked">{rows.collect_view()}</ul> }.into_any()
}

/// What else can be said of the time that is typed.
#[component]
fn More(desk: Desk, cell: Cell) -> impl IntoView {
    let lang = lang();
    let place = Place::Cell(cell);
    let of = move |read: fn(&BookingForm) -> String| {
        Signal::derive(move || desk.typed.drafts.with(|drafts| drafts.get(&place).map(read).unwrap_or_default()))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        desk.save_cell(cell);
    };
    view! {
        <form on:submit=submit>
            <Field label=say::booking_note(lang) name="note" id="cell-note" value=of(|form| form.note.clone())
                set=move |value| desk.edit(place, |form| form.note = value)/>
            <Select label=say::booking_billable(lang) name="billable" id="cell-billable" options=yes_no(lang)
                value=of(|form| form.billable.clone()) set=move |value| desk.edit(place, |form| form.billable = value)/>
            <button class="button" type="submit" disabled=move || desk.typed.saving.with(|saving| saving.contains(&place))>
                {say::times_book(lang)}
            </button>
        </form>
    }
}
