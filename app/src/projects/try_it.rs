//! Trying what a booking would do, without booking it.

use chrono::NaiveDate;
use domain::{
    BookingId, Currency, Seconds, TaskId, UserId,
    quota::Unit,
    splitting::{Booking, SplitError},
};
use leptos::prelude::*;
use texts::{NotReadable, read_amount, read_date, say};
use wire::{
    FieldReason,
    bookings::{NamedPortion, split_text},
    projects::{BookingFacts, ProjectPage as PageOf},
};

use super::words::Options;
use crate::{
    bookings::{Preview, Previewed, load_booking_facts, preview},
    context::{lang, visitor},
    ui::{Field, FieldKind, Select},
};

/// What is tried, and what comes of it.
#[derive(Clone, Copy)]
pub(super) struct Trial {
    time: RwSignal<String>,
    date: RwSignal<String>,
    task: RwSignal<String>,
    billable: RwSignal<bool>,
    outcome: Memo<Option<Result<Preview, SplitError>>>,
}

impl Trial {
    /// An hour of today on the first open task, decided on these facts; those of other days are read as they are
    /// needed.
    pub fn new(page: &PageOf, facts: Option<BookingFacts>) -> Trial {
        let (lang, project) = (lang(), page.row.id);
        let open = page.tasks.iter().find(|task| !task.closed && !page.row.closed);
        let time = RwSignal::new("1:00".to_owned());
        let date = RwSignal::new(visitor().today.to_string());
        let task = RwSignal::new(open.map(|task| task.id.to_string()).unwrap_or_default());
        let billable = RwSignal::new(true);
        let facts = RwSignal::new(facts);
        let outcome = Memo::new(move |_| {
            let seconds = time.with(|typed| read_amount(lang, Unit::Time, typed)).ok()?;
            let booking = Booking {
                id: BookingId::new(uuid::Uuid::nil()),
                person: UserId::new(uuid::Uuid::nil()),
                task: task.with(|id| id.parse::<TaskId>().ok())?,
                date: date.with(|day| read_date(day).ok())?,
                start: None,
                seconds: Seconds(seconds.units()),
                billable: billable.get(),
                note: String::new(),
            };
            facts.with(|facts| {
                let facts = facts.as_ref().filter(|facts| facts.days.contains(booking.date))?;
                Some(preview(facts, &booking))
            })
        });
        let renew = Action::new(move |day: &NaiveDate| {
            let day = *day;
            async move {
                let read = load_booking_facts(project, day, None).await;
                // Somebody may have typed on meanwhile, or left the page.
                let now = date.try_with_untracked(|date| read_date(date).ok()).flatten();
                if let (true, Ok(read)) = (now == Some(day), read) {
                    facts.try_set(Some(read));
                }
            }
        });
        Effect::new(move |_| {
            let Ok(day) = date.with(|date| read_date(date)) else { return };
            let known = facts.with_untracked(|facts| facts.as_ref().is_some_and(|facts| facts.days.contains(day)));
            if !known && !task.with_untracked(String::is_empty) {
                renew.dispatch(day);
            }
        });
        Trial { time, date, task, billable, outcome }
    }

    /// The portions of what is tried; none when it cannot be booked so.
    pub fn portions(self) -> Signal<Vec<NamedPortion>> {
        Signal::derive(move || {
            self.outcome.with(|outcome| match outcome {
                Some(Ok(preview)) => preview.portions.clone(),
                _ => Vec::new(),
            })
        })
    }
}

/// The fields, and what comes of them.
#[component]
pub(super) fn TryIt(trial: Trial, tasks: Options, currency: Currency) -> impl IntoView {
    let lang = lang();
    let Trial { time, date, task, billable, outcome } = trial;
    let time_problem = Signal::derive(move || match time.with(|typed| read_amount(lang, Unit::Time, typed)) {
        Ok(_) | Err(NotReadable::Empty) => None,
        Err(wrong) => Some(FieldReason::NotReadable(wrong).text(lang)),
    });
    let comes = move || {
        outcome.with(|outcome| match outcome {
            None => view! { <p class="quiet">{say::try_wait(lang)}</p> }.into_any(),
            Some(Err(error)) => view! { <p class="field-problem">{split_text(lang, error)}</p> }.into_any(),
            Some(Ok(preview)) => view! { <Previewed preview=preview.clone() currency=currency/> }.into_any(),
        })
    };
    view! {
        <section class="sheet try-it" data-testid="try-it">
            <h2>{say::try_title(lang)}</h2>
            <p class="quiet">{say::try_lead(lang)}</p>
            <div class="try-fields needs-script">
                <Field label=say::booking_time(lang) name="time" id="try-time" kind=FieldKind::Amount value=time
                    set=move |value| time.set(value) problem=time_problem/>
                <Field label=say::booking_date(lang) name="date" id="try-date" kind=FieldKind::Date value=date set=move |value| date.set(value)/>
                <Select label=say::task(lang) name="task" id="try-task" options=tasks value=task set=move |value| task.set(value)/>
                <label class="check">
                    <input type="checkbox" id="try-billable" checked=true prop:checked=move || billable.get()
                        on:change=move |event| billable.set(event_target_checked(&event))/>
                    {say::booking_billable(lang)}
                </label>
            </div>
            <div aria-live="polite" data-testid="try-outcome">{comes}</div>
        </section>
    }
}
