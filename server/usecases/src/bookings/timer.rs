//! Timers: what ran past midnight is booked on each of its days, as the clocks of the company show them; and what was
//! saved of one whose answer was lost.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, offset::LocalResult};
use domain::{
    BookingId, DateRange, Permission,
    splitting::{Piece, SplitError, by_date, piece_id},
};
use store::bookings;
use wire::{
    FieldReason, Problem,
    bookings::{BookingAnswer, BookingDraft, BookingRow, Moment, TimerDraft, field_of},
};

use super::{save::saved, shown};
use crate::{Call, Env, Refused, projects::booker};

/// The most days of one timer: 24 hours reach into a third one where the clocks are put forward on the second.
const MOST_PIECES: usize = 3;

/// What a timer measured, day by day in the time zone of the company. When the clocks are put forward or back, it is
/// what really passed.
///
/// Refused at its field when it ended before it began, ran for less than a second or for more than 24 hours, and when
/// the clocks leave one of its times out.
pub fn pieces(env: &Env, start: Moment, end: Moment) -> Result<Vec<Piece>, Refused> {
    let start = instant(env, "start", start, |_| true)?;
    let end = instant(env, "end", end, |end| end >= start)?;
    let split = by_date(start, end, |at| *env.local(at).offset());
    Ok(split.map_err(|error| problem(env, error))?)
}

/// How many hours of the company's clocks are told: three days back, and on to the next change of any zone.
const CLOCK: Range<i64> = -72..24 * 250;

/// How many seconds the clocks of the company are ahead of UTC, from each instant on: from three days ago for about
/// eight months. With it somebody without a network splits a timer by days as [`pieces`] does.
pub fn clock(env: &Env) -> Vec<(DateTime<Utc>, i32)> {
    let hour = env.now().timestamp().div_euclid(3_600);
    told(env, hour.saturating_add(CLOCK.start)..hour.saturating_add(CLOCK.end))
}

/// The same from three days before these days until two after them: wherever the company is, that is enough to say what
/// its clocks show on all of them.
pub(crate) fn ahead(env: &Env, days: DateRange) -> Vec<(DateTime<Utc>, i32)> {
    let hour = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp().div_euclid(3_600);
    let (from, until) = (hour(days.from), hour(days.until.unwrap_or(days.from)));
    told(env, from.saturating_sub(72)..until.saturating_add(48))
}

/// How far ahead the clocks are in these hours, from each one on in which that changes.
fn told(env: &Env, hours: Range<i64>) -> Vec<(DateTime<Utc>, i32)> {
    let zone = env.zone();
    let shown = |hour: i64| {
        let at = DateTime::from_timestamp(hour.saturating_mul(3_600), 0)?;
        Some((at, at.with_timezone(&zone).fixed_offset().offset().local_minus_utc()))
    };
    let mut told: Vec<(DateTime<Utc>, i32)> = Vec::new();
    for day in hours.step_by(24) {
        // Clocks are changed at a full hour of UTC; only a day on which they are is looked at hour by hour.
        let next = day.saturating_add(24);
        let changed = shown(day).map(|(_, ahead)| ahead) != shown(next).map(|(_, ahead)| ahead);
        let until = if changed { next } else { day.saturating_add(1) };
        for (at, ahead) in (day..until).filter_map(shown) {
            if told.last().is_none_or(|(_, last)| *last != ahead) {
                told.push((at, ahead));
            }
        }
    }
    told
}

/// The instant at which the clocks of the company show that time. Where they show it twice, the first one that fits
/// counts.
fn instant(
    env: &Env,
    field: &str,
    moment: Moment,
    fits: impl Fn(DateTime<Utc>) -> bool,
) -> Result<DateTime<Utc>, Problem> {
    let time: NaiveDateTime = match moment {
        Moment::At(at) => return Ok(at.to_utc()),
        Moment::Clock(time) => time,
    };
    match env.zone().from_local_datetime(&time) {
        LocalResult::Single(at) => Ok(at.to_utc()),
        LocalResult::Ambiguous(first, second) => {
            let (first, second) = (first.to_utc(), second.to_utc());
            Ok(if fits(first) { first } else { second })
        }
        LocalResult::None => Err(Problem::field(field, FieldReason::NoSuchTime(time))),
    }
}

/// Why a timer cannot be booked, at its field and with its times as the clocks of the company show them.
fn problem(env: &Env, error: SplitError) -> Problem {
    match error {
        SplitError::EndBeforeStart { start, end } => {
            let (start, end) = (env.local(start), env.local(end));
            Problem::field("end", FieldReason::EndBeforeStart { start, end })
        }
        error => {
            let field = if field_of(&error) == "date" { "start" } else { "end" };
            Problem::field(field, FieldReason::Split(error))
        }
    }
}

/// Books what a timer measured: a booking for each of its days, all or nothing. The first one has the id of the timer,
/// the others ids that are made of it, so that the same timer sent twice counts once.
///
/// Refused as [`pieces`] and as booking each of them.
pub async fn book_timer(env: &Env, call: &Call, draft: TimerDraft) -> Result<Vec<BookingAnswer>, Refused> {
    call.needs(Permission::BookTime)?;
    let days = pieces(env, draft.start, draft.end)?.into_iter().enumerate();
    let days: Vec<BookingDraft> = days
        .map(|(place, piece)| BookingDraft {
            id: piece_id(draft.id, place),
            version: 0,
            task: draft.task,
            person: draft.person,
            date: piece.date,
            start: Some(piece.start),
            seconds: piece.seconds,
            billable: draft.billable,
            note: draft.note.clone(),
            seen: draft.seen.get(place).cloned(),
            seen_left: None,
        })
        .collect();
    let (saver, own, caller) = (env.saver(call), env.clone(), call.clone());
    let done = env.write(call, move |tx| {
        let (days, saver, env, caller) = (days.clone(), saver.clone(), own.clone(), caller.clone());
        Box::pin(async move {
            let mut answers = Vec::with_capacity(days.len());
            // Three at the most: each is decided on what the one before has left.
            for day in &days {
                answers.push(saved(&env, tx, &caller, day, &saver).await?);
            }
            Ok(answers)
        })
    });
    done.await
}

/// What stands under an id that whoever calls has made: their own booking, or of a timer those of all its days, in
/// their order. Nothing where it was never saved, is deleted since, or is somebody else's.
pub async fn saved_under(env: &Env, call: &Call, id: BookingId) -> Result<Vec<BookingRow>, Refused> {
    let mut tx = env.db.read().await?;
    let person = booker(&mut tx, call).await?;
    let ids: Vec<BookingId> = (0..MOST_PIECES).map(|place| piece_id(id, place)).collect();
    let mut found = bookings::rows(&mut tx, &ids).await?;
    let rows = ids.iter().filter_map(|id| found.remove(id));
    let mut rows: Vec<BookingRow> = rows.filter(|row| row.person.id == person).collect();
    shown(env, &mut tx, &mut rows).await?;
    Ok(rows)
}
