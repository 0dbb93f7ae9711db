//! The first page: the timer, a new booking or one on a task of those booked last, what is left for whoever was booked for
//! last, what was booked today, and what is left for the others of today.

use chrono::{Days, NaiveDate};
use domain::BookingId;
use leptos::prelude::*;
use texts::{date, say, seconds};

use super::{
    chosen::Chosen,
    desk,
    draft::{self, Draft},
    held::Phone,
    left::LeftFor,
    loading::loaded,
    place::Place,
    rows::Rows,
    served::{LeftForEach, served},
    tasks::Tasks,
    timing::Elapsed,
    trouble::InTrouble,
};
use crate::{context::lang, ui::Icon};

/// How many of the tasks booked last are offered: what was booked today is to stay near.
const OFFERED: usize = 4;

/// The page.
#[component]
pub(super) fn TodayPage() -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let found = loaded(
        move || Some((phone.today.get(), phone.saved.get())),
        |(today, _): (NaiveDate, u32)| desk::bookings(today, today.checked_add_days(Days::new(1)).unwrap_or(today)),
    );
    let begun = phone.kept::<Draft>(draft::NEW).filter(Draft::is_typed);
    let fresh = begun.is_none();
    if fresh {
        // Whoever comes back without having typed anything begins anew.
        phone.keep::<Draft>(draft::NEW, None);
    }
    let new = match &begun {
        Some(begun) => say::phone_go_on_with(lang, &begun.on.name),
        None => say::phone_new(lang).to_owned(),
    };
    let recent = loaded(move || Some(phone.saved.get()), |_| desk::recent());
    // Without a timer it is the customer of the newest booking whose time is in sight.
    let last = Memo::new(move |_| {
        let newest = recent.with(|found| Some(found.as_ref()?.as_ref().ok()?.first()?.clone()))?;
        let last = Chosen::all(vec![newest]).into_iter().next();
        last.filter(|_| phone.timer.with(Option::is_none))
    });
    // The others of today come below what was booked for them.
    let others = Memo::new(move |_| {
        let timed = phone.timer.with(|timer| timer.as_ref().map(|timer| timer.on.customer.id));
        if timed.is_none() && recent.with(Option::is_none) {
            return Vec::new();
        }
        let above = timed.or_else(|| last.with(|last| last.as_ref().map(|on| on.customer.id)));
        let mut today = found.with(|found| match found {
            Some(Ok(found)) => served(&found.rows),
            _ => Vec::new(),
        });
        today.retain(|on| Some(on.customer.id) != above);
        today
    });
    // What was begun is gone on with first.
    let tasks = Memo::new(move |_| match recent.get() {
        Some(Ok(found)) if fresh => Chosen::all(found).into_iter().take(OFFERED).collect::<Vec<_>>(),
        _ => Vec::new(),
    });
    let offers = Memo::new(move |_| tasks.with(|tasks| !tasks.is_empty()));
    let take = Callback::new(move |on: Chosen| {
        let id = BookingId::new(phone.new_id());
        phone.keep(draft::NEW, Some(&Draft::new(id, on, phone.today.get_untracked())));
        // It only fails for what is no address.
        let _ = window().location().set_hash(&Place::New.address());
    });
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
                <LeftFor customer=on.customer task=(on.project.id, on.task) date=phone.today/>
            </section>
        })}
        <p><a class="button phone-new" href=Place::New.address()><Icon name="plus"/>{new}</a></p>
        {move || offers.get().then(|| view! {
            <section><h2>{say::phone_recent(lang)}</h2><Tasks tasks=tasks picked=take icon="plus"/></section>
        })}
        {move || last.get().map(|on| view! {
            <LeftFor customer=on.customer task=(on.project.id, on.task) date=phone.today/>
        })}
        {move || found.get().map(|found| match found {
            Ok(found) => view! { <Rows rows=found.rows/> }.into_any(),
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
        })}
        {move || view! { <LeftForEach customers=others.get() date=phone.today/> }}
    }
}
