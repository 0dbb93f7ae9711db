//! The first page: the timer, one button, what is left for whoever was booked for last, and what was booked today.

use chrono::{Days, NaiveDate};
use leptos::prelude::*;
use texts::{date, say, seconds};

use super::{
    desk,
    draft::{self, Draft},
    held::Phone,
    left::LeftFor,
    loading::loaded,
    place::Place,
    rows::Rows,
    timing::Elapsed,
    trouble::InTrouble,
};
use crate::{context::lang, ui::Icon};

/// The page.
#[component]
pub(super) fn TodayPage() -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let found = loaded(
        move || Some((phone.today.get(), phone.saved.get())),
        |(today, _): (NaiveDate, u32)| desk::bookings(today, today.checked_add_days(Days::new(1)).unwrap_or(today)),
    );
    let begun = phone.kept::<Draft>(draft::NEW);
    let new = match &begun {
        Some(begun) => say::phone_go_on_with(lang, &begun.on.name),
        None => say::phone_new(lang).to_owned(),
    };
    // Without a timer it is the customer of the newest booking whose time is in sight.
    let recent = loaded(move || phone.timer.with(Option::is_none).then(|| phone.saved.get()), |_| desk::recent());
    let last = Memo::new(move |_| recent.with(|found| Some(found.as_ref()?.as_ref().ok()?.first()?.customer.clone())));
    let on = Memo::new(move |_| phone.timer.with(|timer| timer.as_ref().map(|timer| timer.on.clone())));
    view! {
        <header class="phone-head">
            <h1 tabindex="-1">{say::phone_today(lang)}</h1>
            <p class="quiet">{move || date(lang, phone.today.get())}</p>
            <p class="phone-sum figure" data-testid="sum">
                {move || found.get().and_then(Result::ok).map(|found| seconds(found.seconds))}
            </p>
        </header>
        {move || on.get().map(|on| view! {
            <section class="timer-face">
                <a class="booked-head" href=Place::Timer.address()>
                    <span class="task-name">{on.name}</span>
                    <span class="task-of">{on.project.name}" · "{on.customer.name.clone()}</span>
                </a>
                <Elapsed/>
                <LeftFor customer=on.customer date=phone.today/>
            </section>
        })}
        <p><a class="button phone-new" href=Place::New.address()><Icon name="plus"/>{new}</a></p>
        {move || last.get().map(|customer| view! { <LeftFor customer=customer date=phone.today/> })}
        {move || found.get().map(|found| match found {
            Ok(found) => view! { <Rows rows=found.rows/> }.into_any(),
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
        })}
    }
}
