//! `/api/v1/bookings/move`: moving many bookings to another task at once.

use axum::Json;
use domain::BookingId;
use serde::{Deserialize, Serialize};
use texts::Lang;
use usecases::bookings;
use utoipa::ToSchema;
use wire::{
    FieldReason, Problem,
    bookings::{MOST_MOVED, MoveDraft, MoveSum, MoveView, MovedBooking},
};

use super::{
    booking_body::{BookingBody, ChangedBookingBody, TaskRefBody},
    call::{Command, FieldError, ProblemDetails, Refusal},
    fields::Fields,
    projects::ProjectRefBody,
    values::MoneyBody,
};

/// A booking to move.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BookingToMove {
    id: String,
    /// The version that was read; the plan does not need it.
    #[serde(default)]
    version: i64,
}

/// What the bookings that a move touches cost in one currency.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MoveSumBody {
    before: MoneyBody,
    after: MoneyBody,
}

impl MoveSumBody {
    fn new(sum: MoveSum) -> MoveSumBody {
        let MoveSum { currency, before, after } = sum;
        MoveSumBody { before: MoneyBody::new(before, currency), after: MoneyBody::new(after, currency) }
    }

    fn read(&self, fields: &mut Fields) -> Option<MoveSum> {
        let currency = fields.choice("before.currency", self.before.currency())?;
        let before = fields.money("before", &self.before, currency);
        let after = fields.money("after", &self.after, currency);
        Some(MoveSum { currency, before: before?, after: after? })
    }
}

/// Bookings to move to a task.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MoveInput {
    /// At most 100; what is named twice counts once.
    bookings: Vec<BookingToMove>,
    /// The id of the task, of the same project or another one.
    task: String,
    /// The sums of the plan; when it comes to something else now, nothing is moved.
    seen: Option<Vec<MoveSumBody>>,
}

impl MoveInput {
    fn read(&self, fields: &mut Fields) -> Option<MoveDraft> {
        let found = self.bookings.len();
        if found > MOST_MOVED {
            fields.wrong("bookings", FieldReason::TooMany { most: MOST_MOVED, found });
            return None;
        }
        if found == 0 {
            fields.wrong("bookings", FieldReason::Missing);
        }
        let mut bookings: Vec<(BookingId, i64)> = Vec::with_capacity(found);
        for (place, sent) in self.bookings.iter().enumerate() {
            let id: Option<BookingId> = fields.within(&format!("bookings.{place}"), |own| own.id("id", &sent.id));
            if let Some(id) = id.filter(|id| bookings.iter().all(|(known, _)| known != id)) {
                bookings.push((id, sent.version));
            }
        }
        let task = fields.id("task", &self.task);
        let read = |(place, sum): (usize, &MoveSumBody)| fields.within(&format!("seen.{place}"), |own| sum.read(own));
        let seen = self.seen.as_ref().map(|sums| sums.iter().enumerate().filter_map(read).collect());
        Some(MoveDraft { bookings, task: task?, seen })
    }

    /// Moving, unlike planning, is done to the versions that were read.
    fn versions(&self, fields: &mut Fields) {
        for (place, sent) in self.bookings.iter().enumerate() {
            if sent.version < 1 {
                fields.wrong(&format!("bookings.{place}.version"), FieldReason::Missing);
            }
        }
    }
}

/// A booking that is moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedBookingBody {
    before: BookingBody,
    /// As it comes out; none when the move is refused.
    after: Option<BookingBody>,
}

/// The booking that stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveRefusedBody {
    booking: String,
    /// The stable name of the problem.
    problem: &'static str,
    /// The sentence for a person.
    detail: String,
    /// The fields at which it stands when the booking is changed alone.
    errors: Vec<FieldError>,
}

impl MoveRefusedBody {
    fn new(lang: Lang, (booking, problem): (BookingId, Problem)) -> MoveRefusedBody {
        let errors = problem.fields().iter().map(|field| FieldError {
            field: field.field.clone(),
            detail: field.reason.text(lang),
            reason: field.reason.clone(),
        });
        MoveRefusedBody {
            booking: booking.to_string(),
            problem: problem.code(),
            detail: problem.text(lang),
            errors: errors.collect(),
        }
    }
}

/// What moving bookings does.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveBody {
    /// The project to which they come.
    project: Option<ProjectRefBody>,
    task: Option<TaskRefBody>,
    /// In the order in which they were accepted.
    bookings: Vec<MovedBookingBody>,
    /// The other bookings that come out otherwise because of it.
    changed: Vec<ChangedBookingBody>,
    /// What all of them cost before and after, for each currency.
    sums: Vec<MoveSumBody>,
    /// The first booking that stands in the way: then none is moved.
    refused: Option<MoveRefusedBody>,
}

impl MoveBody {
    fn new(lang: Lang, view: MoveView) -> MoveBody {
        let MoveView { to, items, others, lines, sums, refused } = view;
        let to = to.map(|(project, task)| (ProjectRefBody::from(project), TaskRefBody::new(task.id, task.name)));
        let (project, task) = to.unzip();
        let item = |item: MovedBooking| MovedBookingBody {
            before: BookingBody::new(item.before),
            after: item.after.map(BookingBody::new),
        };
        MoveBody {
            project,
            task,
            bookings: items.into_iter().map(item).collect(),
            changed: others.into_iter().map(|other| ChangedBookingBody::new(other, &lines)).collect(),
            sums: sums.into_iter().map(MoveSumBody::new).collect(),
            refused: refused.map(|refused| MoveRefusedBody::new(lang, refused)),
        }
    }
}

/// Moves bookings to a task, each as when it is changed alone, one after the other in the order in which they were
/// accepted: all of them, or none.
#[utoipa::path(post, path = "/bookings/move", request_body = MoveInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = MoveBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn carry_out(command: Command<MoveInput>) -> Result<Json<MoveBody>, Refusal> {
    let Command { caller, body } = command;
    let mut fields = Fields::default();
    body.versions(&mut fields);
    let draft = body.read(&mut fields);
    let draft = fields.done(&caller, draft)?;
    let moved = bookings::move_many(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(MoveBody::new(caller.lang(), moved)))
}

/// What that would do, and which booking stands in the way. Nothing is stored.
#[utoipa::path(post, path = "/bookings/move/plan", request_body = MoveInput, responses(
    (status = 200, body = MoveBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn plan(command: Command<MoveInput>) -> Result<Json<MoveBody>, Refusal> {
    let Command { caller, body } = command;
    let mut fields = Fields::default();
    let draft = body.read(&mut fields);
    let draft = fields.done(&caller, draft)?;
    let ids: Vec<BookingId> = draft.bookings.iter().map(|(id, _)| *id).collect();
    let plan = bookings::move_plan(&caller.house.env, &caller.call, &ids, Some(draft.task)).await;
    Ok(Json(MoveBody::new(caller.lang(), plan.map_err(|r| caller.refuse(r))?)))
}
