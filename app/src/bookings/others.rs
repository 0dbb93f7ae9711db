//! The other bookings that come out otherwise because of one.

use domain::splitting::{Plan, Target};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, say};
use wire::{
    bookings::{BookingAnswer, ChangedBooking, amounts_text, target_text},
    projects::{BookingFacts, NamedLine},
};

use super::{
    known::{Known, Shown},
    preview::Preview,
    split::Previewed,
};
use crate::{
    context::lang,
    ui::{Notice, Tone},
};

/// How many other bookings come out otherwise, in words.
pub(super) fn count_text(lang: Lang, others: usize) -> String {
    match others {
        0 => say::times_others_none(lang).to_owned(),
        1 => say::times_others_one(lang).to_owned(),
        count => say::times_others(lang, count),
    }
}

/// The other bookings of a plan, as far as the facts of the project tell of them.
pub(super) fn planned(facts: &BookingFacts, plan: &Plan) -> Vec<ChangedBooking> {
    let changed = plan.changed().filter_map(|poured| {
        let booking = &facts.facts.booking(poured.booking)?.booking;
        let task = facts.tasks.iter().find(|task| task.id == booking.task);
        Some(ChangedBooking {
            booking: poured.booking,
            date: booking.date,
            // Whose it is the facts leave out.
            person: String::new(),
            task: task.map(|task| task.name.clone()).unwrap_or_default(),
            currency: facts.facts.currency,
            changes: poured.changes(),
        })
    });
    changed.collect()
}

/// What saving a booking would do: its portions, and the other bookings that come out otherwise.
#[component]
pub(super) fn Planned(preview: Preview, known: Known) -> impl IntoView {
    let lang = lang();
    let others = preview.others;
    let told = known.facts.with_untracked(|facts| {
        facts.as_ref().map(|facts| (planned(facts, &preview.plan), facts.lines.clone(), facts.facts.currency))
    });
    told.map(|(changed, lines, currency)| {
        let others = (others > 0)
            .then(|| view! { <p class="warn">{count_text(lang, others)}</p><Others changed=changed lines=lines/> });
        let split = (!preview.portions.is_empty()).then(|| view! { <Previewed preview=preview currency=currency/> });
        view! { {split}{others} }
    })
}

/// The same while somebody types. Why it cannot be saved is told at its field.
pub(super) fn would(lang: Lang, shown: Option<Shown>, known: Known) -> AnyView {
    match shown {
        Some(Ok(preview)) => view! { <Planned preview=preview known=known/> }.into_any(),
        Some(Err(_)) => ().into_any(),
        None => view! { <p class="quiet needs-script">{say::times_preview_hint(lang)}</p> }.into_any(),
    }
}

/// Bookings with how their portions change.
#[component]
pub(super) fn Others(changed: Vec<ChangedBooking>, lines: Vec<NamedLine>) -> impl IntoView {
    let lang = lang();
    let rows = changed.into_iter().map(|changed| {
        let words = [changed.task.as_str(), changed.person.as_str()];
        let what = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ");
        let steps = changed.changes.iter().map(|change| {
            let line = lines.iter().find(|line| change.target == Target::Line { line: line.id });
            let name = target_text(lang, change.target, line.map(|line| line.name.as_str()));
            let figure = |of| amounts_text(lang, changed.currency, line.and_then(|line| line.pays), of);
            view! { <li>{say::times_change(lang, name, figure(&change.before), figure(&change.after))}</li> }
        });
        let steps = steps.collect_view();
        view! {
            <li>
                <A href=format!("/bookings/{}", changed.booking)>{date(lang, changed.date)}</A>" "{what}
                <ul class="other-changes figure">{steps}</ul>
            </li>
        }
    });
    view! { <ul class="other-bookings" data-testid="others">{rows.collect_view()}</ul> }
}

/// What saving did besides, and where it differs from what the person saw.
#[component]
pub(super) fn Saved(answer: BookingAnswer) -> impl IntoView {
    let lang = lang();
    let differs = !answer.differences.is_empty();
    let told = (!answer.changed.is_empty() && !differs).then(|| {
        let count = count_text(lang, answer.changed.len());
        view! { <p>{count}</p><Others changed=answer.changed.clone() lines=answer.lines.clone()/> }
    });
    let differences = differs.then(|| {
        view! {
            <p><strong>{say::times_differs(lang)}</strong></p>
            <p class="quiet">{say::times_differs_lead(lang)}</p>
            <Others changed=answer.differences.clone() lines=answer.lines.clone()/>
        }
    });
    let tone = if differs { Tone::Warn } else { Tone::Good };
    view! { <Notice tone=tone><p>{say::saved(lang)}</p>{told}{differences}</Notice> }
}
