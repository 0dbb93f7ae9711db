//! Other bookings that come out otherwise, and what the server decided otherwise.

use domain::{
    Currency,
    splitting::{Amounts, Pays, Plan, PortionChange, Target},
};
use leptos::prelude::*;
use texts::{Lang, date, say};
use wire::{
    bookings::{ChangedBooking, amounts_text, target_text},
    projects::{BookingFacts, NamedLine},
};

use crate::context::lang;

/// The other bookings of a plan, as far as the facts of the project name them.
pub(super) fn others_of(facts: &BookingFacts, plan: &Plan) -> Vec<ChangedBooking> {
    let told = plan.changed().filter_map(|poured| {
        let posted = facts.facts.booking(poured.booking)?;
        let task = facts.tasks.iter().find(|task| task.id == posted.booking.task);
        Some(ChangedBooking {
            booking: poured.booking,
            date: posted.booking.date,
            person: String::new(),
            task: task.map(|task| task.name.clone()).unwrap_or_default(),
            currency: facts.facts.currency,
            changes: poured.changes(),
        })
    });
    told.collect()
}

fn figures(lang: Lang, currency: Currency, pays: Option<Pays>, of: &Amounts) -> String {
    if of.seconds.0 == 0 { "–".to_owned() } else { amounts_text(lang, currency, pays, of) }
}

/// The bookings, each with what it was and what it is.
#[component]
pub(super) fn Others(changed: Vec<ChangedBooking>, lines: Vec<NamedLine>) -> impl IntoView {
    let lang = lang();
    let items = changed.into_iter().map(|other| {
        let ChangedBooking { date: day, person, task, currency, changes, .. } = other;
        let who = if person.is_empty() { task } else { format!("{task} · {person}") };
        let steps = changes.iter().map(|change: &PortionChange| {
            let line = lines.iter().find(|line| change.target == Target::Line { line: line.id });
            let figures = |of| figures(lang, currency, line.and_then(|line| line.pays), of);
            let name = target_text(lang, change.target, line.map(|line| line.name.as_str()));
            let text = say::phone_before_after(lang, name, figures(&change.before), figures(&change.after));
            view! { <li class="figure">{text}</li> }
        });
        let steps = steps.collect_view();
        view! { <li><p>{date(lang, day)}" · "{who}</p><ul>{steps}</ul></li> }
    });
    view! { <ul class="others">{items.collect_view()}</ul> }
}
