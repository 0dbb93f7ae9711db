//! Other bookings that come out otherwise, and what the server decided otherwise.

use domain::{
    Currency, Money, Seconds,
    splitting::{Amounts, Plan, PortionChange, Target},
};
use leptos::prelude::*;
use texts::{Lang, date, money, say, seconds};
use wire::{
    bookings::ChangedBooking,
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

fn figures(lang: Lang, amounts: Amounts, currency: Currency) -> String {
    match amounts {
        Amounts { seconds: Seconds(0), .. } => "–".to_owned(),
        Amounts { amount: 0, .. } => seconds(amounts.seconds),
        Amounts { amount: minor, .. } => {
            format!("{} = {}", seconds(amounts.seconds), money(lang, Money { minor, currency }))
        }
    }
}

fn name_of(lang: Lang, target: Target, lines: &[NamedLine]) -> String {
    match target {
        Target::NotBillable => say::portion_not_billable(lang).to_owned(),
        Target::Unassigned => say::portion_unassigned(lang).to_owned(),
        Target::Line { line } => {
            let found = lines.iter().find(|named| named.id == line);
            found.map(|named| named.name.clone()).unwrap_or_default()
        }
    }
}

/// The bookings, each with what it was and what it is.
#[component]
pub(super) fn Others(changed: Vec<ChangedBooking>, lines: Vec<NamedLine>) -> impl IntoView {
    let lang = lang();
    let items = changed.into_iter().map(|other| {
        let ChangedBooking { date: day, person, task, currency, changes, .. } = other;
        let who = if person.is_empty() { task } else { format!("{task} · {person}") };
        let steps = changes.iter().map(|change: &PortionChange| {
            let (before, after) = (figures(lang, change.before, currency), figures(lang, change.after, currency));
            let text = say::phone_before_after(lang, name_of(lang, change.target, &lines), before, after);
            view! { <li class="figure">{text}</li> }
        });
        let steps = steps.collect_view();
        view! { <li><p>{date(lang, day)}" · "{who}</p><ul>{steps}</ul></li> }
    });
    view! { <ul class="others">{items.collect_view()}</ul> }
}
