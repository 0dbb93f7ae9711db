//! Everything that the phone reads and writes. Whatever it wants passes through here, so that what is written can wait
//! here for a network.

use chrono::NaiveDate;
use domain::{BookingId, CustomerId, ProjectId};
use serde::{Serialize, de::DeserializeOwned};
use wire::{
    bookings::{BookingAnswer, BookingForm, DeleteBookingForm, DeletedBooking, PersonBookings, TimerForm},
    projects::{BookableProject, BookingFacts, CustomerLeft, ProjectLeft},
};

use super::{
    browser::{Lost, encoded, fetch},
    shapes::{Me, PhoneCustomer},
    trouble::Trouble,
};

const HOME: &str = "/api/v1/phone";

async fn ask<T: DeserializeOwned>(path: String, body: Option<String>) -> Result<T, Trouble> {
    let (status, text) = fetch(&path, body).await.map_err(|Lost| Trouble::Offline)?;
    if !(200..300).contains(&status) {
        return Err(Trouble::told(status, &text));
    }
    // What is cut off, or comes from somebody else, is no answer.
    serde_json::from_str(&text).map_err(|_| Trouble::Offline)
}

async fn get<T: DeserializeOwned>(path: String) -> Result<T, Trouble> {
    ask(format!("{HOME}{path}"), None).await
}

async fn send<T: DeserializeOwned>(path: &str, what: &impl Serialize) -> Result<T, Trouble> {
    let body = serde_json::to_string(what).unwrap_or_default();
    ask(format!("{HOME}{path}"), Some(body)).await
}

/// Who holds the phone.
pub(super) async fn me() -> Result<Me, Trouble> {
    get("/me".to_owned()).await
}

/// The customers that begin like that.
pub(super) async fn customers(q: String) -> Result<Vec<PhoneCustomer>, Trouble> {
    get(format!("/customers?q={}", encoded(&q))).await
}

/// The tasks on which was booked last.
pub(super) async fn recent() -> Result<Vec<BookableProject>, Trouble> {
    get("/recent".to_owned()).await
}

/// The projects on which can be booked and that begin like that.
pub(super) async fn bookable(q: String) -> Result<Vec<BookableProject>, Trouble> {
    get(format!("/bookable?q={}", encoded(&q))).await
}

/// What bookings of a project are previewed with: a new one, or a change of the one that is named.
pub(super) async fn facts(
    project: ProjectId,
    date: NaiveDate,
    booking: Option<BookingId>,
) -> Result<BookingFacts, Trouble> {
    let booking = booking.map(|booking| format!("&booking={booking}")).unwrap_or_default();
    get(format!("/facts?project={project}&date={date}{booking}")).await
}

/// What is left for a customer on a day.
pub(super) async fn left(customer: CustomerId, date: NaiveDate) -> Result<CustomerLeft, Trouble> {
    get(format!("/left?customer={customer}&date={date}")).await
}

/// What is left on the collectors of some projects on a day.
pub(super) async fn left_on(projects: Vec<ProjectId>, date: NaiveDate) -> Result<Vec<ProjectLeft>, Trouble> {
    let ids = projects.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    get(format!("/left/projects?projects={ids}&date={date}")).await
}

/// The own bookings from a day to the one before `until`.
pub(super) async fn bookings(from: NaiveDate, until: NaiveDate) -> Result<PersonBookings, Trouble> {
    get(format!("/bookings?from={from}&until={until}")).await
}

/// Says what was saved, where it is something else than what was sent under that id now.
async fn or_saved<T>(answer: Result<T, Trouble>, id: &str) -> Result<T, Trouble> {
    match answer {
        Err(Trouble::Saved(_)) => Err(Trouble::Saved(get(format!("/saved?id={}", encoded(id))).await?)),
        answer => answer,
    }
}

/// Books time, or changes the booking of that version.
pub(super) async fn book(form: &BookingForm) -> Result<BookingAnswer, Trouble> {
    or_saved(send("/bookings", form).await, &form.id).await
}

/// Deletes a booking.
pub(super) async fn delete(form: &DeleteBookingForm) -> Result<DeletedBooking, Trouble> {
    send("/bookings/delete", form).await
}

/// Books what a timer measured.
pub(super) async fn book_timer(form: &TimerForm) -> Result<Vec<BookingAnswer>, Trouble> {
    or_saved(send("/timer", form).await, &form.id).await
}
