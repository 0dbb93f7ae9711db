//! The form of a booking that is there, with what saving it would do beside it.

use std::collections::BTreeMap;

use domain::{UserId, quota::check_date};
use leptos::prelude::*;
use texts::{read_date, say};
use wire::bookings::BookingForm;

use super::{
    calls::SaveBooking,
    choice::{Choice, options, yes_no},
    known::{Known, Wanted, seen},
    others::would,
};
use crate::{
    call::{CallError, at_field, forget_when_typed},
    context::lang,
    ui::{Failure, Field, FieldKind, NotSaved, Overtaken, Select},
};

/// The fields at which a problem is told.
pub(super) const FIELDS: [&str; 5] = ["date", "task", "time", "billable", "note"];

/// The form. It belongs to the page, so that it outlives a reading of new facts and another choice of tasks.
#[component]
pub(super) fn Editor(
    form: RwSignal<BookingForm>,
    action: ServerAction<SaveBooking>,
    person: UserId,
    choices: Vec<Choice>,
    known: Known,
    overtaken: Overtaken,
    children: Children,
) -> impl IntoView {
    let lang = lang();
    let projects: BTreeMap<_, _> = choices.iter().map(|choice| (choice.task.to_string(), choice.project)).collect();
    let projects = StoredValue::new(projects);
    let wanted = Memo::new(move |_| {
        form.with(|form| {
            let project = projects.with_value(|all| all.get(&form.task).copied())?;
            let date = read_date(&form.date).ok().filter(|date| check_date(*date).is_ok())?;
            let booking = if form.version > 0 { form.id.parse().ok() } else { None };
            Some(Wanted { project, date, booking })
        })
    });
    known.fetch(wanted);
    forget_when_typed(*action, form);
    let shown = Memo::new(move |_| form.with(|form| known.shown(form, person, wanted.get())));
    let refused = move || action.value().get().and_then(Result::err);
    let live = move || {
        let problem = shown.get().and_then(Result::err)?;
        Some(CallError::of(lang, &problem))
    };
    let problem = move |field: &'static str| {
        Signal::derive(move || at_field(refused(), lang, shown.get().and_then(Result::err).as_ref(), field))
    };
    let elsewhere = move || refused().or_else(live).filter(|error| error.at_none_of(&FIELDS));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let seen = seen(shown.get_untracked().as_ref());
        action.dispatch(SaveBooking { form: BookingForm { seen, ..form.get_untracked() } });
    };
    let none = say::times_choose_task(lang);
    let action_url = <SaveBooking as server_fn::ServerFn>::url();
    let first = form.get_untracked();
    let look = Some(format!("/bookings/{}", first.id));
    view! {
        <form class="booking-form" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=first.id prop:value=move || form.with(|form| form.id.clone())/>
            <input type="hidden" name="form[version]" value=first.version.to_string() prop:value=move || form.with(|form| form.version.to_string())/>
            <input type="hidden" name="form[person]" value=person.to_string()/>
            <input type="hidden" name="form[start]" value=first.start/>
            <div class="booking-fields">
                <Field label=say::booking_date(lang) name="form[date]" id="booking-date" kind=FieldKind::Date required=true
                    value=Signal::derive(move || form.with(|form| form.date.clone()))
                    set=move |value| form.update(|form| form.date = value) problem=problem("date")/>
                <Select label=say::task(lang) name="form[task]" id="booking-task" options=options(none, &choices)
                    value=Signal::derive(move || form.with(|form| form.task.clone()))
                    set=move |value| form.update(|form| form.task = value) problem=problem("task")/>
                <Field label=say::booking_time(lang) name="form[time]" id="booking-time" kind=FieldKind::Amount required=true
                    value=Signal::derive(move || form.with(|form| form.time.clone()))
                    set=move |value| form.update(|form| form.time = value) problem=problem("time")
                    hint=say::times_time_hint(lang)/>
                <Select label=say::booking_billable(lang) name="form[billable]" id="booking-billable" options=yes_no(lang)
                    value=Signal::derive(move || form.with(|form| form.billable.clone()))
                    set=move |value| form.update(|form| form.billable = value) problem=problem("billable")/>
                <Field label=say::booking_note(lang) name="form[note]" id="booking-note"
                    value=Signal::derive(move || form.with(|form| form.note.clone()))
                    set=move |value| form.update(|form| form.note = value) problem=problem("note")/>
            </div>
            <div class="preview" aria-live="polite" data-testid="booking-preview">
                {move || would(lang, shown.get(), known)}
            </div>
            <NotSaved refused=Signal::derive(elsewhere) overtaken=overtaken look=look/>
            {move || known.unread.get().map(|error| view! { <Failure error=error/> })}
            <div class="form-actions">
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                {children()}
            </div>
        </form>
    }
}
