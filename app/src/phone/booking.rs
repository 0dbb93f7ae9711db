//! A new booking, and one that is there: changed or deleted, or shown with the reason why it is locked.

use chrono::{Days, NaiveDate};
use domain::BookingId;
use leptos::prelude::*;
use texts::{date, say, seconds};
use wire::bookings::{BookingAnswer, BookingRow, DeletedBooking, lock_text};

use super::{
    answer::{Answer, Told},
    chosen::Chosen,
    deleting::Deleting,
    desk,
    draft::{self, Draft},
    editing::Editing,
    held::Phone,
    left::LeftFor,
    loading::loaded,
    picking::Picker,
    place::Place,
    trouble::InTrouble,
};
use crate::{
    bookings::Split,
    context::lang,
    ui::{Notice, Tone},
};

/// A new booking: a task, a time, saved.
#[component]
pub(super) fn NewBooking() -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let begun = RwSignal::new(phone.kept::<Draft>(draft::NEW));
    // What was typed before another task is chosen.
    let typed = RwSignal::new(None::<Draft>);
    let saved = RwSignal::new(None::<BookingAnswer>);
    let picked = Callback::new(move |on: Chosen| {
        saved.set(None);
        let new = typed.get_untracked().map(|typed| Draft { on: on.clone(), ..typed });
        let id = BookingId::new(phone.new_id());
        begun.set(Some(new.unwrap_or_else(|| Draft::new(id, on, phone.today.get_untracked()))));
    });
    let other = Callback::new(move |draft: Draft| {
        typed.set(Some(draft));
        begun.set(None);
    });
    let done = Callback::new(move |(answer, rest)| {
        typed.set(None);
        saved.set(Some(answer));
        begun.set(rest);
    });
    let thrown = Callback::new(move |()| {
        typed.set(None);
        begun.set(None);
    });
    view! {
        <h1 tabindex="-1">{say::phone_new(lang)}</h1>
        {move || saved.get().map(|answer| view! {
            <Answer answer=answer left=true/>
            <p><a class="button" href=Place::Today.address()>{say::phone_done(lang)}</a></p>
            <h2>{say::phone_another(lang)}</h2>
        })}
        {move || match begun.get() {
            Some(begun) => view! { <Editing begun=begun kept=draft::NEW done=done thrown=thrown other=other/> }.into_any(),
            None => view! { <Picker picked=picked icon="plus"/> }.into_any(),
        }}
    }
}

/// A booking that is there.
#[component]
pub(super) fn KnownBooking(day: NaiveDate, booking: BookingId) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    let found = loaded(move || Some(()), move |()| desk::bookings(day, next));
    let saved = RwSignal::new(None::<BookingAnswer>);
    let gone = RwSignal::new(None::<DeletedBooking>);
    let done = Callback::new(move |(answer, _)| saved.set(Some(answer)));
    // It is shown again as it was saved.
    let thrown = Callback::new(move |()| found.update(|_| ()));
    let deleted = Callback::new(move |answer| gone.set(Some(answer)));
    let shown = move || {
        let found = found.get()?;
        let row = match found {
            Ok(found) => found.rows.into_iter().find(|row| row.id == booking),
            Err(trouble) => return Some(view! { <InTrouble trouble=trouble/> }.into_any()),
        };
        Some(match row {
            None => view! { <p class="empty">{say::phone_gone(lang)}</p> }.into_any(),
            Some(row) if row.lock.is_some() => view! { <Locked row=row/> }.into_any(),
            Some(row) => {
                let kept = phone.kept::<Draft>(draft::CHANGE);
                let kept = kept.filter(|kept| kept.id == row.id && kept.version == row.version);
                let begun = kept.unwrap_or_else(|| Draft::of(&row));
                view! {
                    <Editing begun=begun kept=draft::CHANGE done=done thrown=thrown/>
                    <Deleting row=row deleted=deleted/>
                }
                .into_any()
            }
        })
    };
    let was_on = move || {
        let row = |row: &BookingRow| (row.id == booking).then(|| Chosen::of(row));
        found.with_untracked(|found| found.as_ref()?.as_ref().ok()?.rows.iter().find_map(row))
    };
    let back = move || {
        let day = saved.with(|saved| saved.as_ref().map_or(day, |answer| answer.row.date));
        let place = if day == phone.today.get() { Place::Today } else { Place::Week(Some(day)) };
        view! { <p><a class="button" href=place.address()>{say::phone_done(lang)}</a></p> }
    };
    view! {
        <h1 tabindex="-1">{say::booking(lang)}</h1>
        {move || match (saved.get(), gone.get()) {
            (_, Some(gone)) => view! { <Gone gone=gone was_on=was_on() day=day/>{back} }.into_any(),
            (Some(answer), None) => view! { <Answer answer=answer left=true/>{back} }.into_any(),
            (None, None) => view! { {shown} }.into_any(),
        }}
    }
}

#[component]
fn Gone(gone: DeletedBooking, was_on: Option<Chosen>, day: NaiveDate) -> impl IntoView {
    let DeletedBooking { differences, changed, lines, .. } = gone;
    let left = was_on.map(|on| view! { <LeftFor customer=on.customer task=(on.project.id, on.task) date=day/> });
    view! {
        <section data-testid="answer">
            <Notice tone=Tone::Good><p>{say::phone_deleted(lang())}</p></Notice>
            <Told differences=differences changed=changed lines=lines/>
            {left}
        </section>
    }
}

#[component]
fn Locked(row: BookingRow) -> impl IntoView {
    let lang = lang();
    let reason = row.lock.map(|lock| lock_text(lang, lock));
    let (customer, task, day) = (row.customer.clone(), (row.project.id, row.task), row.date);
    view! {
        <section class="booking">
            <p class="task-name">{row.task_name}</p>
            <p class="task-of">{row.project.name}" · "{row.customer.name}</p>
            <LeftFor customer=customer task=task date=day/>
            <p><strong class="figure">{seconds(row.seconds)}</strong>" · "{date(lang, day)}</p>
            <p>{row.note}</p>
            <Split portions=row.portions currency=row.currency/>
            <Notice tone=Tone::Warn><p>{reason}</p></Notice>
        </section>
    }
}
