//! What the phone asks for. Its shapes are the phone's own and change with it, so they are no part of the document.

use app::phone::{Me, PhoneAccount, PhoneCustomer};
use axum::Json;
use chrono::NaiveDate;
use domain::{BookingId, CustomerId, DateRange, ProjectId};
use serde::Deserialize;
use usecases::{bookings, customers, projects};
use wire::{
    FieldReason, Noun, Problem,
    bookings::{BookingAnswer, BookingForm, BookingRow, DeleteBookingForm, DeletedBooking, PersonBookings, TimerForm},
    customers::{AccountRow, CustomerQuery},
    projects::{BookableProject, BookingFacts, CustomerLeft, ProjectLeft},
};

use super::call::{Caller, Command, Query, Refusal, id};

/// Words to search for.
#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// The customers that begin like that, with what is left for each.
pub async fn customers(caller: Caller, Query(search): Query<Search>) -> Result<Json<Vec<PhoneCustomer>>, Refusal> {
    let ask = CustomerQuery { q: search.q, page: 1, ..CustomerQuery::default() };
    let found = customers::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let rows = found.rows.into_iter().map(|row| PhoneCustomer {
        name: row.name,
        city: row.city,
        accounts: row
            .accounts
            .into_iter()
            .map(|AccountRow { name, unit, standing, held, .. }| PhoneAccount { name, unit, standing, held })
            .collect(),
    });
    Ok(Json(rows.collect()))
}

/// Whose time is booked, and what the clocks of the company show.
pub async fn me(caller: Caller) -> Result<Json<Me>, Refusal> {
    let env = &caller.house.env;
    let person = bookings::worker(env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(Me { person, clock: bookings::clock(env) }))
}

/// The tasks on which was booked last.
pub async fn recent(caller: Caller) -> Result<Json<Vec<BookableProject>>, Refusal> {
    let found = bookings::recent(&caller.house.env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(found))
}

/// The projects on which can be booked and that begin like that.
pub async fn bookable(caller: Caller, Query(search): Query<Search>) -> Result<Json<Vec<BookableProject>>, Refusal> {
    let found = projects::bookable(&caller.house.env, &caller.call, &search.q).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(found))
}

/// For which booking facts are wanted.
#[derive(Debug, Deserialize)]
pub struct FactsQuery {
    project: String,
    date: NaiveDate,
    booking: Option<String>,
}

/// What bookings of a project are previewed with.
pub async fn facts(caller: Caller, Query(query): Query<FactsQuery>) -> Result<Json<BookingFacts>, Refusal> {
    let project: ProjectId = id(&caller, &query.project, Noun::Project)?;
    let booking: Option<BookingId> = match &query.booking {
        None => None,
        Some(booking) => Some(id(&caller, booking, Noun::Booking)?),
    };
    let found = projects::facts(&caller.house.env, &caller.call, project, query.date, booking).await;
    Ok(Json(found.map_err(|r| caller.refuse(r))?))
}

/// For whom it is asked what is left, and when.
#[derive(Debug, Deserialize)]
pub struct LeftQuery {
    customer: String,
    date: NaiveDate,
}

/// What is left for a customer on a day.
pub async fn left(caller: Caller, Query(query): Query<LeftQuery>) -> Result<Json<CustomerLeft>, Refusal> {
    let customer: CustomerId = id(&caller, &query.customer, Noun::Customer)?;
    let found = projects::left(&caller.house.env, &caller.call, customer, query.date).await;
    Ok(Json(found.map_err(|r| caller.refuse(r))?))
}

/// For which projects it is asked what is left, and when.
#[derive(Debug, Deserialize)]
pub struct LeftOnQuery {
    /// Their ids with commas between them.
    projects: String,
    date: NaiveDate,
}

/// What is left on the collectors of some projects on a day.
pub async fn left_on(caller: Caller, Query(query): Query<LeftOnQuery>) -> Result<Json<Vec<ProjectLeft>>, Refusal> {
    let named = query.projects.split(',').filter(|text| !text.is_empty());
    let wanted = named.map(|text| id(&caller, text, Noun::Project)).collect::<Result<Vec<ProjectId>, Refusal>>()?;
    let found = projects::left_on(&caller.house.env, &caller.call, &wanted, query.date).await;
    Ok(Json(found.map_err(|r| caller.refuse(r))?))
}

/// Some days.
#[derive(Debug, Deserialize)]
pub struct DaysQuery {
    from: NaiveDate,
    /// The day after the last one.
    until: NaiveDate,
}

/// The own bookings of some days.
pub async fn bookings(caller: Caller, Query(query): Query<DaysQuery>) -> Result<Json<PersonBookings>, Refusal> {
    let wrong = || caller.refuse(Problem::field("until", FieldReason::NotOneOf));
    let days = DateRange::new(query.from, Some(query.until)).ok_or_else(wrong)?;
    let found = bookings::of_person(&caller.house.env, &caller.call, None, days).await;
    Ok(Json(found.map_err(|r| caller.refuse(r))?))
}

/// The id of a booking or a timer.
#[derive(Debug, Deserialize)]
pub struct SavedQuery {
    id: String,
}

/// What was saved under an id, when the answer to it was lost and something else is sent by now.
pub async fn saved(caller: Caller, Query(query): Query<SavedQuery>) -> Result<Json<Vec<BookingRow>>, Refusal> {
    let own: BookingId = id(&caller, &query.id, Noun::Booking)?;
    let found = bookings::saved_under(&caller.house.env, &caller.call, own).await;
    Ok(Json(found.map_err(|r| caller.refuse(r))?))
}

/// Books time, or changes the booking of that version.
pub async fn book(command: Command<BookingForm>) -> Result<Json<BookingAnswer>, Refusal> {
    let Command { caller, body } = command;
    let (env, call) = (&caller.house.env, &caller.call);
    let draft = body.check(caller.lang()).map_err(|problem| caller.refuse(problem))?;
    let adds = draft.version == 0;
    let saved = if adds { bookings::book(env, call, draft).await } else { bookings::change(env, call, draft).await };
    Ok(Json(saved.map_err(|r| caller.refuse(r))?))
}

/// Deletes a booking.
pub async fn delete(command: Command<DeleteBookingForm>) -> Result<Json<DeletedBooking>, Refusal> {
    let Command { caller, body } = command;
    let draft = body.check().map_err(|problem| caller.refuse(problem))?;
    let deleted = bookings::delete(&caller.house.env, &caller.call, draft).await;
    Ok(Json(deleted.map_err(|r| caller.refuse(r))?))
}

/// Books what a timer measured, a booking for each of its days.
pub async fn timer(command: Command<TimerForm>) -> Result<Json<Vec<BookingAnswer>>, Refusal> {
    let Command { caller, body } = command;
    let draft = body.check().map_err(|problem| caller.refuse(problem))?;
    let booked = bookings::book_timer(&caller.house.env, &caller.call, draft).await;
    Ok(Json(booked.map_err(|r| caller.refuse(r))?))
}
