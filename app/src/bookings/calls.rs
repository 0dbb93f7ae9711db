//! The server functions of bookings.

use chrono::NaiveDate;
use domain::{BookingId, ProjectId, TaskId, UserId};
use leptos::prelude::*;
use wire::{
    bookings::{
        BookingAnswer, BookingChoices, BookingForm, BookingPage, BookingQuery, BookingView, DeleteBookingForm,
        DeletedBooking, MoveForm, MoveView, WeekView,
    },
    projects::{BookableProject, BookingFacts, PersonRef},
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    bookings::words::week_path,
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// A page of the list, with its sums.
#[server]
pub async fn list_bookings(ask: BookingQuery) -> Result<BookingPage, CallError> {
    let (env, call) = session()?;
    usecases::bookings::page(&env, &call, &ask).await.map_err(refused)
}

/// What the filters of the list offer.
#[server]
pub async fn load_booking_choices(ask: BookingQuery) -> Result<BookingChoices, CallError> {
    let (env, call) = session()?;
    usecases::bookings::choices(&env, &call, &ask).await.map_err(refused)
}

/// The page of a booking; with `facts`, also what changing and deleting it is previewed with.
#[server]
pub async fn load_booking(id: BookingId, facts: bool) -> Result<BookingView, CallError> {
    let (env, call) = session()?;
    usecases::bookings::view(&env, &call, id, facts).await.map_err(refused)
}

/// Seven days of a person, by default of whoever asks.
#[server]
pub async fn load_week(person: Option<UserId>, first: NaiveDate) -> Result<WeekView, CallError> {
    let (env, call) = session()?;
    usecases::bookings::week(&env, &call, person, first).await.map_err(refused)
}

/// Books time, or changes a booking when the form names its version.
#[server]
pub async fn save_booking(form: BookingForm) -> Result<BookingAnswer, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let saved = if draft.version == 0 {
        usecases::bookings::book(&env, &call, draft).await
    } else {
        usecases::bookings::change(&env, &call, draft).await
    };
    saved.map_err(refused_form(&form))
}

/// Deletes a booking. Leads to the week in which it was, unless it came out otherwise than it was shown.
#[server]
pub async fn delete_booking(form: DeleteBookingForm) -> Result<DeletedBooking, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    // Deleted before, it is in no week any more.
    let week = usecases::bookings::get(&env, &call, draft.id).await.map(|row| week_path(row.person.id, row.date));
    let deleted = usecases::bookings::delete(&env, &call, draft).await.map_err(refused_form(&form))?;
    if deleted.differences.is_empty() {
        see_other(&week.unwrap_or_else(|_| "/bookings".to_owned()));
    }
    Ok(deleted)
}

/// What a booking on that project is previewed with: a new one, or a change of the one that is named.
#[server]
pub async fn load_booking_facts(
    project: ProjectId,
    date: NaiveDate,
    booking: Option<BookingId>,
) -> Result<BookingFacts, CallError> {
    let (env, call) = session()?;
    usecases::projects::facts(&env, &call, project, date, booking).await.map_err(refused)
}

/// The projects to book on that are named so, with their open tasks.
#[server]
pub async fn load_bookable(q: String) -> Result<Vec<BookableProject>, CallError> {
    let (env, call) = session()?;
    usecases::projects::bookable(&env, &call, &q).await.map_err(refused)
}

/// Everybody who works here.
#[server]
pub async fn load_workers() -> Result<Vec<PersonRef>, CallError> {
    let (env, call) = session()?;
    usecases::people::workers(&env, &call).await.map_err(refused)
}

/// What moving bookings to a task would do, not carried out.
#[server]
pub async fn load_move_plan(bookings: Vec<BookingId>, task: Option<TaskId>) -> Result<MoveView, CallError> {
    let (env, call) = session()?;
    usecases::bookings::move_plan(&env, &call, &bookings, task).await.map_err(refused)
}

/// Moves bookings to a task, all of them or none.
#[server]
pub async fn move_bookings(form: MoveForm) -> Result<MoveView, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let (task, ids) = (draft.task, draft.bookings.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>());
    let moved = usecases::bookings::move_many(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/bookings/move?b={}&task={task}&done=1", ids.join(",")));
    Ok(moved)
}
