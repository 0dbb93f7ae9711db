//! A week: a strip with the sum of each day, and the bookings of one of them.

use chrono::{Days, NaiveDate};
use domain::Seconds;
use leptos::prelude::*;
use texts::{Lang, clock, date, range, say, seconds};
use wire::bookings::{BookingRow, PersonBookings};

use super::{
    clock::monday,
    desk,
    held::Phone,
    loading::loaded,
    place::Place,
    rows::Rows,
    served::{LeftForEach, served},
    trouble::InTrouble,
};
use crate::{context::lang, ui::Icon};

/// The seven days from a Monday on.
fn week(monday: NaiveDate) -> Vec<NaiveDate> {
    (0..7).filter_map(|days| monday.checked_add_days(Days::new(days))).collect()
}

/// What is called what it is: Mo, Tu, …
fn weekday(lang: Lang, place: usize) -> &'static str {
    let names = [
        say::weekday_mon,
        say::weekday_tue,
        say::weekday_wed,
        say::weekday_thu,
        say::weekday_fri,
        say::weekday_sat,
        say::weekday_sun,
    ];
    names.get(place).map_or("", |name| name(lang))
}

/// What was worked on a day.
fn sum(rows: &[BookingRow], day: NaiveDate) -> Seconds {
    Seconds(rows.iter().filter(|row| row.date == day).map(|row| row.seconds.0).sum())
}

/// The week of the day, or of today.
#[component]
pub(super) fn WeekPage(day: Option<NaiveDate>) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let chosen = day.unwrap_or_else(|| phone.today.get_untracked());
    let first = monday(chosen);
    let next = first.checked_add_days(Days::new(7)).unwrap_or(first);
    let before = first.checked_sub_days(Days::new(7)).unwrap_or(first);
    let found = loaded(move || Some(phone.saved.get()), move |_| desk::bookings(first, next));
    let whole = domain::DateRange { from: first, until: Some(next) };
    view! {
        <header class="phone-head">
            <h1 tabindex="-1">{say::phone_week(lang)}</h1>
            <p class="quiet">{range(lang, whole)}</p>
            <p class="phone-sum figure" data-testid="sum">
                {move || found.get().and_then(Result::ok).map(|found| seconds(found.seconds))}
            </p>
        </header>
        <nav class="weeks" aria-label=say::phone_week(lang)>
            <a class="button-quiet" href=Place::Week(Some(before)).address()><Icon name="chevron-left"/>{say::phone_week_before(lang)}</a>
            <a class="button-quiet" href=Place::Week(Some(next)).address()>{say::phone_week_after(lang)}<Icon name="chevron-right"/></a>
        </nav>
        {move || found.get().map(|found| match found {
            Ok(found) => view! { <Strip found=found first=first chosen=chosen/> }.into_any(),
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
        })}
    }
}

#[component]
fn Strip(found: PersonBookings, first: NaiveDate, chosen: NaiveDate) -> impl IntoView {
    let lang = lang();
    let days = week(first).into_iter().enumerate().map(|(place, day)| {
        let worked = sum(&found.rows, day);
        let current = (day == chosen).then_some("date");
        let time = if worked.0 == 0 { "–".to_owned() } else { clock(worked) };
        let label = format!("{}, {}", date(lang, day), seconds(worked));
        view! {
            <li>
                <a class="day" href=Place::Week(Some(day)).address() aria-current=current title=label>
                    <span class="quiet">{weekday(lang, place)}</span><span>{chrono::Datelike::day(&day).to_string()}</span>
                    <span class="figure">{time}</span>
                </a>
            </li>
        }
    });
    let days = days.collect_view();
    let rows: Vec<BookingRow> = found.rows.into_iter().filter(|row| row.date == chosen).collect();
    let customers = served(&rows);
    view! {
        <ol class="week">{days}</ol>
        <h2>{date(lang, chosen)}</h2>
        <Rows rows=rows/>
        <LeftForEach customers=customers date=chosen/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_seven_days_also_over_the_end_of_a_year() {
        let days = week(monday("2026-01-01".parse().expect("a day")));
        let shown: Vec<_> = [days[0], days[6]].iter().map(ToString::to_string).collect();
        assert_eq!((days.len(), shown), (7, vec!["2025-12-29".to_owned(), "2026-01-04".to_owned()]));
    }
}
