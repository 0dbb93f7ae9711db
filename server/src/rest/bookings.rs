//! `/api/v1/bookings`: booking time, changing, moving and deleting it, and what a timer measured.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::{NaiveDate, NaiveTime};
use domain::{BookingId, Seconds, TaskId, UserId, quota::Unit};
use serde::{Deserialize, Serialize};
use texts::NotReadable;
use usecases::bookings;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun,
    bookings::{BookingDraft, BookingQuery, BookingSort, DeleteBookingDraft, MOST_NOTE, Moment, TimerDraft},
    lists::ListQuery,
};

use super::{
    articles::needs_version,
    booking_body::{BookingBody, DeletedBookingBody, SavedBookingBody},
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    customers::id_from_key,
    fields::Fields,
    values::Volume,
};

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingList {
    bookings: Vec<BookingBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// What of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct BookingsQuery {
    /// The beginning of the number or name of a project, or beginnings of words of its customer that must all occur.
    #[serde(default)]
    q: String,
    /// The id of a project: only bookings of it.
    project: Option<String>,
    /// The id of a task: only bookings on it.
    task: Option<String>,
    /// The id of a customer: only bookings of their projects.
    customer: Option<String>,
    /// The id of a person: only what they have worked.
    person: Option<String>,
    /// Of that day or later.
    from: Option<NaiveDate>,
    /// Of that day or earlier.
    until: Option<NaiveDate>,
    /// Only billable ones, or only others.
    billable: Option<bool>,
    /// Only those with time that no billing line takes.
    #[serde(default)]
    unassigned: bool,
    /// `date`, `person`, `project` or `time`; left out: `date`.
    sort: Option<String>,
    /// From the end; by `date` the earliest day first.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// The bookings, the latest day first unless another order is asked for. Whoever only books the own time sees that only.
#[utoipa::path(get, path = "/bookings", params(BookingsQuery), responses(
    (status = 200, body = BookingList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller, Query(query): Query<BookingsQuery>) -> Result<Json<BookingList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let ask = BookingQuery {
        q: query.q,
        project: fields.maybe_id("project", query.project.as_deref()),
        task: fields.maybe_id("task", query.task.as_deref()),
        customer: fields.maybe_id("customer", query.customer.as_deref()),
        person: fields.maybe_id("person", query.person.as_deref()),
        from: query.from,
        until: query.until,
        billable: query.billable,
        unassigned: query.unassigned,
        sort: match query.sort.as_deref() {
            None => BookingSort::default(),
            Some(name) => {
                let known = BookingQuery::SORTS.iter().find(|(known, _)| *known == name).map(|(_, sort)| *sort);
                fields.choice("sort", known).unwrap_or_default()
            }
        },
        desc: query.desc,
        page,
    };
    for (field, day) in [("from", query.from), ("until", query.until)] {
        if let Some(day) = day {
            fields.day(field, day);
        }
    }
    let ask = fields.done(&caller, Some(ask))?;
    let found = bookings::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let rows = found.rows.into_iter().map(BookingBody::new).collect();
    Ok(Json(BookingList { bookings: rows, next: next(page, found.more) }))
}

/// A booking with its portions.
#[utoipa::path(get, path = "/bookings/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = BookingBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(booking): Path<String>) -> Result<Json<BookingBody>, Refusal> {
    let booking = id(&caller, &booking, Noun::Booking)?;
    let row = bookings::get(&caller.house.env, &caller.call, booking).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(BookingBody::new(row)))
}

fn yes() -> bool {
    true
}

/// What a client sends to book time or to change a booking.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BookingInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    /// The id of the task. One of another project moves the booking there.
    task: String,
    /// The id of whoever has worked. A token has to name somebody when it books; left out when changing, it stays who it was.
    person: Option<String>,
    date: NaiveDate,
    /// When it began, such as `08:30:00`; left out: it came from no timer. It ends on the same day and not after now, and the
    /// clocks of the company show that time on that day.
    #[schema(value_type = Option<String>)]
    start: Option<NaiveTime>,
    /// How long it was.
    time: Volume,
    /// Whether the customer pays for it.
    #[serde(default = "yes")]
    billable: bool,
    /// What was done.
    #[serde(default)]
    note: String,
}

impl BookingInput {
    fn read(&self, caller: &Caller, own: &str) -> Result<BookingDraft, Refusal> {
        let mut fields = Fields::default();
        let own: Option<BookingId> = fields.id("id", own);
        let task: Option<TaskId> = fields.id("task", &self.task);
        let person: Option<UserId> = fields.maybe_id("person", self.person.as_deref());
        let time = fields.volume("time", &self.time, Unit::Time);
        let note = fields.text("note", &self.note, MOST_NOTE);
        fields.day("date", self.date);
        let draft = own.zip(task).zip(time).map(|((id, task), time)| BookingDraft {
            id,
            version: self.version,
            task,
            person,
            date: self.date,
            start: self.start,
            seconds: Seconds(time.units()),
            billable: self.billable,
            note,
            seen: None,
            seen_left: None,
        });
        fields.done(caller, draft)
    }
}

/// Books time: it is poured down the billing lines of its project, and changes no other booking.
#[utoipa::path(post, path = "/bookings", request_body = BookingInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = SavedBookingBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<BookingInput>) -> Result<(StatusCode, Json<SavedBookingBody>), Refusal> {
    let Command { caller, body } = command;
    let own = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    let draft = body.read(&caller, &own)?;
    let saved = bookings::book(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(SavedBookingBody::new(saved))))
}

/// Changes a booking, or moves it to another project: it keeps its place, and those that were accepted later are poured
/// again where that concerns them.
#[utoipa::path(put, path = "/bookings/{id}", request_body = BookingInput, params(("id" = String, Path)), responses(
    (status = 200, body = SavedBookingBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(
    Path(own): Path<String>,
    command: Command<BookingInput>,
) -> Result<Json<SavedBookingBody>, Refusal> {
    let Command { caller, body } = command;
    id::<BookingId>(&caller, &own, Noun::Booking)?;
    needs_version(&caller, body.version)?;
    let draft = body.read(&caller, &own)?;
    let saved = bookings::change(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(SavedBookingBody::new(saved)))
}

/// Which version is deleted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DeleteQuery {
    /// The version that was read.
    #[serde(default)]
    version: i64,
}

/// Deletes a booking: what it holds is given back, and those that were accepted later are poured again where that
/// concerns them.
#[utoipa::path(delete, path = "/bookings/{id}", params(("id" = String, Path), DeleteQuery), responses(
    (status = 200, body = DeletedBookingBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn delete(
    caller: Caller,
    Path(booking): Path<String>,
    Query(query): Query<DeleteQuery>,
) -> Result<Json<DeletedBookingBody>, Refusal> {
    let id = id(&caller, &booking, Noun::Booking)?;
    needs_version(&caller, query.version)?;
    let draft = DeleteBookingDraft { id, version: query.version, seen: None };
    let deleted = bookings::delete(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(DeletedBookingBody::new(deleted)))
}

/// What a timer measured.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TimerInput {
    /// A UUID that the client makes; may be left out. The bookings of further days get ids that are made of it.
    id: Option<String>,
    /// The id of the task.
    task: String,
    /// The id of whoever has worked; left out: whoever is signed in. A token has to name somebody.
    person: Option<String>,
    /// When it began: an instant such as `2026-04-30T20:30:00Z`, or what the clocks of the company show, such as
    /// `2026-04-30T22:30`.
    start: String,
    /// When it ended.
    end: String,
    /// Whether the customer pays for it.
    #[serde(default = "yes")]
    billable: bool,
    /// What was done.
    #[serde(default)]
    note: String,
}

/// What a timer measured, as booked.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimerBody {
    /// One for each day.
    bookings: Vec<SavedBookingBody>,
}

/// Books what a timer measured: past midnight each day gets its own time. All of it or nothing.
#[utoipa::path(post, path = "/bookings/timer", request_body = TimerInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = TimerBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn timer(command: Command<TimerInput>) -> Result<(StatusCode, Json<TimerBody>), Refusal> {
    let Command { caller, body } = command;
    let mut fields = Fields::default();
    let own: Option<BookingId> = fields.id("id", &body.id.clone().unwrap_or_else(|| id_from_key(&caller)));
    let task: Option<TaskId> = fields.id("task", &body.task);
    let person: Option<UserId> = fields.maybe_id("person", body.person.as_deref());
    let note = fields.text("note", &body.note, MOST_NOTE);
    let start = moment(&mut fields, "start", &body.start);
    let end = moment(&mut fields, "end", &body.end);
    let billable = body.billable;
    let draft = own.zip(task).zip(start.zip(end));
    let draft = draft.map(|((id, task), (start, end))| {
        let seen = Vec::new();
        TimerDraft { id, task, person, start, end, billable, note, seen }
    });
    let draft = fields.done(&caller, draft)?;
    let booked = bookings::book_timer(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    let bookings = booked.into_iter().map(SavedBookingBody::new).collect();
    Ok((StatusCode::CREATED, Json(TimerBody { bookings })))
}

fn moment(fields: &mut Fields, field: &str, sent: &str) -> Option<Moment> {
    let found = Moment::read(sent);
    if found.is_none() {
        fields.wrong(field, FieldReason::NotReadable(NotReadable::NotATime));
    }
    found
}
