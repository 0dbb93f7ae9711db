//! For whom somebody worked on a day, and what is left for each of them.

use chrono::NaiveDate;
use leptos::prelude::*;
use texts::{Lang, say};
use wire::bookings::BookingRow;

use super::{chosen::Chosen, left::LeftFor};
use crate::context::lang;

/// For how many customers it stays in sight what is left.
const IN_SIGHT: usize = 3;

/// The first task of each customer.
fn once_each(tasks: impl Iterator<Item = Chosen>) -> Vec<Chosen> {
    let mut found = Vec::<Chosen>::new();
    for on in tasks {
        if found.iter().all(|known| known.customer.id != on.customer.id) {
            found.push(on);
        }
    }
    found
}

/// Each customer of these bookings with the task on which was worked for them last, the latest first. The bookings come in
/// the order of the day.
pub(super) fn served(rows: &[BookingRow]) -> Vec<Chosen> {
    once_each(rows.iter().rev().map(Chosen::of))
}

fn more_text(lang: Lang, more: usize) -> String {
    match more {
        1 => say::phone_left_customers_one(lang).to_owned(),
        more => say::phone_left_customers(lang, more),
    }
}

fn each(customers: Vec<Chosen>, date: Signal<NaiveDate>) -> AnyView {
    let each = customers.into_iter().map(|on| {
        view! { <LeftFor customer=on.customer task=(on.project.id, on.task) date=date/> }
    });
    each.collect_view().into_any()
}

/// What is left for each of them: the first ones are in sight, and the others are asked about once they are unfolded.
#[component]
pub(super) fn LeftForEach(customers: Vec<Chosen>, #[prop(into)] date: Signal<NaiveDate>) -> impl IntoView {
    let lang = lang();
    let mut in_sight = customers;
    let folded = in_sight.split_off(IN_SIGHT.min(in_sight.len()));
    let opened = RwSignal::new(false);
    let more = folded.len();
    let rest = (more > 0).then(|| {
        view! {
            <details class="left-more left-others" data-testid="left-others">
                <summary on:click=move |_| opened.set(true)>{more_text(lang, more)}</summary>
                {move || opened.get().then(|| each(folded.clone(), date))}
            </details>
        }
    });
    view! { {each(in_sight, date)}{rest} }
}

#[cfg(test)]
mod tests {
    use domain::{CustomerId, ProjectId, TaskId};
    use uuid::Uuid;
    use wire::{contracts::CustomerRef, projects::ProjectRef};

    use super::*;

    /// Red when: a customer is told twice, with another task than the first one, or in another order.
    #[test]
    fn each_customer_is_there_once_with_the_first_task() {
        let on = |(customer, task): (u128, u128)| {
            let (customer, task, text) = (Uuid::from_u128(customer), Uuid::from_u128(task), String::new);
            Chosen {
                task: TaskId::new(task),
                name: text(),
                project: ProjectRef { id: ProjectId::new(task), number: text(), name: text() },
                customer: CustomerRef { id: CustomerId::new(customer), number: text(), name: text() },
            }
        };
        let found = once_each([(2, 1), (1, 2), (2, 3), (3, 4), (1, 5)].map(on).into_iter());
        assert_eq!(found, [(2, 1), (1, 2), (3, 4)].map(on));
    }
}
