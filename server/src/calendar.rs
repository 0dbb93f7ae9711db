//! `/calendar/TOKEN.ics`: the calendar feed of whoever has the address.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveTime;
use icalendar::{Calendar, Component, Event, EventLike};
use texts::{Lang, say};
use usecases::{calendar, people};
use wire::calendar::CalendarEvent;

use crate::router::House;

/// The feed. Whoever has it already as it is gets nothing but that it is so.
pub async fn feed(State(house): State<House>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let token = file.strip_suffix(".ics").unwrap_or_default();
    let events = match calendar::feed(&house.env, token).await {
        Ok(events) => events,
        Err(refused) => {
            let problem = refused.into_problem(|| house.env.id().to_string());
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return (status, problem.text(Lang::En)).into_response();
        }
    };
    // Calendars ask without a language; German is what the pages begin with.
    let text = written(Lang::default(), &house.env.company(), &events);
    let tag = format!("\"{}\"", people::digest(&text));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let same = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    let kept = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if same {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
}

/// The same events make the same text: nothing in it tells when it was written.
fn written(lang: Lang, company: &str, events: &[CalendarEvent]) -> String {
    let mut feed = Calendar::new();
    feed.name(&say::calendar_name(lang, company));
    for event in events {
        let mut day = Event::new();
        day.uid(&event.uid());
        day.summary(&event.title(lang));
        day.description(&event.customer.number);
        day.timestamp(event.date.and_time(NaiveTime::MIN).and_utc());
        day.starts(event.date);
        feed.push(day.done());
    }
    feed.done().to_string()
}
