//! Small words of bookings, and where their pages are.

use chrono::{Datelike, Days, NaiveDate};
use domain::{Permission, ProjectId, Seconds, UserId};
use leptos::{ev::SubmitEvent, prelude::*, wasm_bindgen::JsCast};
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, say, seconds};
use wire::{
    bookings::{BookingQuery, BookingRef, BookingRow, booking_title, lock_text},
    lists::{Address, ListQuery},
};

use crate::{
    context::{lang, may},
    ui::Icon,
};

/// The booking that made a draw, by project, task and person; its day stands beside it.
pub(crate) fn booking_link(lang: Lang, of: &BookingRef) -> AnyView {
    let (href, title) = (format!("/bookings/{}", of.id), booking_title(lang, of));
    view! { <A href=href>{title}</A> }.into_any()
}

/// How many bookings have time that no billing line takes, with a link to them; of one project if it is named. Nothing
/// where there are none.
pub(crate) fn unassigned_link(lang: Lang, count: u64, project: Option<ProjectId>) -> Option<AnyView> {
    let text = match count {
        0 => return None,
        1 => say::times_unassigned_one(lang).to_owned(),
        count => say::times_unassigned_some(lang, count),
    };
    let ask = BookingQuery { unassigned: true, project, page: 1, ..BookingQuery::default() };
    Some(view! { <A href=ask.to_address() attr:data-testid="unassigned">{text}</A> }.into_any())
}

/// The Monday of the week of that day.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}

/// Where the week of that day of a person is.
pub(super) fn week_path(person: UserId, day: NaiveDate) -> String {
    format!("/bookings/week?person={person}&week={}", monday(day))
}

/// The days of the week in short, from Monday on.
pub(super) fn weekday(lang: Lang, day: NaiveDate) -> &'static str {
    match day.weekday() {
        chrono::Weekday::Mon => say::times_mon(lang),
        chrono::Weekday::Tue => say::times_tue(lang),
        chrono::Weekday::Wed => say::times_wed(lang),
        chrono::Weekday::Thu => say::times_thu(lang),
        chrono::Weekday::Fri => say::times_fri(lang),
        chrono::Weekday::Sat => say::times_sat(lang),
        chrono::Weekday::Sun => say::times_sun(lang),
    }
}

/// What a form that only asks does with JavaScript: it leads to the week that it names, and the page stays.
pub(super) fn follow() -> impl Fn(SubmitEvent) + Clone + 'static {
    let navigate = use_navigate();
    move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let Ok(data) = web_sys::FormData::new_with_form(&form) else { return };
        event.prevent_default();
        let get = |name: &str| data.get(name).as_string().filter(|value| !value.is_empty());
        let address = Address::new("/bookings/week").word("person", get("person")).word("week", get("week"));
        let address = address.text("q", &get("q").unwrap_or_default()).whole();
        navigate(&address, leptos_router::NavigateOptions { scroll: false, ..Default::default() });
    }
}

/// Times of one column together.
pub(super) fn together<'a>(rows: impl Iterator<Item = &'a BookingRow>) -> Seconds {
    Seconds(rows.fold(0, |sum: i64, row| sum.saturating_add(row.seconds.0)))
}

/// The real time, and what is billed where that is another.
pub(super) fn times(lang: Lang, row: &BookingRow) -> AnyView {
    let billed = (row.billed != row.seconds)
        .then(|| view! { <span class="row-note quiet">{say::times_billed_as(lang, seconds(row.billed))}</span> });
    view! { <span>{seconds(row.seconds)}{billed}</span> }.into_any()
}

/// The lock of a booking that is not changed any more, with its reason.
pub(super) fn lock(row: &BookingRow) -> Option<AnyView> {
    let why = lock_text(lang(), row.lock?);
    Some(view! { <span class="booking-lock" role="img" aria-label=why title=why><Icon name="lock"/></span> }.into_any())
}

/// The project of a booking, a link for whoever may see it, and whose it is.
pub(super) fn project(row: &BookingRow) -> AnyView {
    let name = format!("{} {}", row.project.number, row.project.name);
    let project = if may(Permission::SeeProjects) {
        view! { <A href=format!("/projects/{}", row.project.id)>{name}</A> }.into_any()
    } else {
        view! { <span>{name}</span> }.into_any()
    };
    let customer = row.customer.name.clone();
    let customer = if may(Permission::SeeCustomers) {
        view! { <A href=format!("/customers/{}", row.customer.id) attr:class="row-note quiet">{customer}</A> }
            .into_any()
    } else {
        view! { <span class="row-note quiet">{customer}</span> }.into_any()
    };
    view! { <span>{project}{customer}</span> }.into_any()
}
