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
    // Where whoever asks has found this house.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let base = host.map(|host| format!("{}://{host}", if house.secure { "https" } else { "http" }));
    // Calendars ask without a language; German is what the pages begin with.
    let text = written(Lang::default(), &house.env.company(), base.as_deref(), &events);
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
fn written(lang: Lang, company: &str, base: Option<&str>, events: &[CalendarEvent]) -> String {
    let mut feed = Calendar::new();
    feed.name(&say::calendar_name(lang, company));
    for event in events {
        let mut day = Event::new();
        day.uid(&event.uid());
        day.summary(&event.title(lang));
        day.description(&event.customer.number);
        day.timestamp(event.date.and_time(NaiveTime::MIN).and_utc());
        day.starts(event.date);
        if let Some(base) = base {
            day.url(&format!("{base}{}", event.of.path()));
        }
        feed.push(day.done());
    }
    feed.done().to_string()
}

#[cfg(test)]
mod tests {
    use texts::Lang;
    use wire::{
        calendar::{CalendarEvent, EventOf, Occasion},
        contracts::CustomerRef,
    };

    use super::written;

    /// Red when: an event does not lead to what it is of, or a fee is not called so.
    #[test]
    fn an_event_leads_to_its_project() {
        let id = "0198f2f0-0000-7000-8000-00000000000a";
        let customer =
            CustomerRef { id: id.parse().expect("an id"), number: "10001".to_owned(), name: "Alpha GmbH".to_owned() };
        let (project, line) = (id.parse().expect("an id"), id.parse().expect("an id"));
        let day = "2026-04-01".parse().expect("a date");
        let event = CalendarEvent {
            occasion: Occasion::Due,
            date: day,
            about: day,
            of: EventOf::Fee { project, line, name: "Hosting".to_owned() },
            number: "P-00001".to_owned(),
            customer,
        };
        let text = written(Lang::En, "House", Some("https://h.example"), std::slice::from_ref(&event));
        // Long lines are folded.
        let whole = text.replace("\r\n ", "");
        assert!(whole.contains(&format!("URL:https://h.example/projects/{id}\r\n")), "{text}");
        assert!(whole.contains("SUMMARY:Fee: P-00001 Alpha GmbH"), "{text}");
        assert!(!written(Lang::En, "House", None, &[event]).contains("URL:"));
    }
}
