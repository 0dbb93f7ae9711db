//! Beside the grid: the cell with the cursor, what is booked in it, and what saving it would do.

use domain::BookingId;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{date, money, say, seconds};
use wire::history::Versioned;

use super::{
    grid::{Cell, Desk},
    others::{Planned, Saved},
    page::stored,
    split::Split,
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
    let typing =
        Memo::new(move |_| desk.at.get().filter(|cell| desk.typed.drafts.with(|drafts| drafts.contains_key(cell))));
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
        let cell = desk.at.get()?;
        let error = desk.problems.with(|problems| problems.get(&cell).cloned())?;
        if error.is_overtaken() {
            return Some(view! { <Behind desk=desk cell=cell/> }.into_any());
        }
        error.is_signed_out().then(|| view! { <Failure error=error/> }.into_any())
    };
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
            {move || desk.known.unread.get().map(|error| view! { <Failure error=error/> })}
            {refused}
            {move || typing.get().is_none().then(|| desk.saved.get()).flatten().map(|answer| view! { <Saved answer=answer/> })}
        </aside>
    }
}

/// How to go on with a cell whose booking somebody else has saved.
#[component]
fn Behind(desk: Desk, cell: Cell) -> impl IntoView {
    let id = desk.typed.drafts.with_untracked(|drafts| drafts.get(&cell)?.id.parse::<BookingId>().ok());
    let version =
        Signal::derive(move || desk.typed.drafts.with(|drafts| drafts.get(&cell).map_or(0, Versioned::version)));
    let take = Callback::new(move |version: i64| desk.edit(cell, |form| form.take_over(version)));
    let overtaken = Overtaken::new(version, take, move || async move {
        let id = id.ok_or_else(CallError::not_found)?;
        stored(id).await
    });
    Effect::new(move |_| overtaken.look());
    let refused = Signal::derive(move || desk.problems.with(|problems| problems.get(&cell).cloned()));
    view! { <NotSaved refused=refused overtaken=overtaken/> }
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
    let of = move |read: fn(&wire::bookings::BookingForm) -> String| {
        Signal::derive(move || desk.typed.drafts.with(|drafts| drafts.get(&cell).map(read).unwrap_or_default()))
    };
    let yes_no = vec![("yes".into(), say::list_yes(lang).into()), ("no".into(), say::list_no(lang).into())];
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        desk.save(cell);
    };
    view! {
        <form on:submit=submit>
            <Field label=say::booking_note(lang) name="note" id="cell-note" value=of(|form| form.note.clone())
                set=move |value| desk.edit(cell, |form| form.note = value)/>
            <Select label=say::booking_billable(lang) name="billable" id="cell-billable" options=yes_no
                value=of(|form| form.billable.clone()) set=move |value| desk.edit(cell, |form| form.billable = value)/>
            <button class="button" type="submit" disabled=move || desk.saving.with(|saving| saving.contains(&cell))>
                {say::times_book(lang)}
            </button>
        </form>
    }
}
