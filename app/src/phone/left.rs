//! What is left for a customer: in sight wherever their time is booked.

use chrono::NaiveDate;
use leptos::prelude::*;
use texts::say;
use wire::{contracts::CustomerRef, projects::AccountLeft};

use super::{desk, held::Phone, loading::loaded, trouble::InTrouble};
use crate::{context::lang, ui::Balance};

/// What is left for them on that day, again after everything that is saved.
#[component]
pub(super) fn LeftFor(customer: CustomerRef, #[prop(into)] date: Signal<NaiveDate>) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let id = customer.id;
    let found = loaded(move || Some((date.get(), phone.saved.get())), move |(date, _)| desk::left(id, date));
    let accounts = move || {
        found.get().map(|found| match found {
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
            Ok(left) if left.accounts.is_empty() => {
                view! { <p class="quiet">{say::phone_left_nothing(lang)}</p> }.into_any()
            }
            Ok(left) => {
                let accounts = left.accounts.into_iter().map(|left| view! { <Account left=left/> });
                view! { <ul class="left-lines">{accounts.collect_view()}</ul> }.into_any()
            }
        })
    };
    view! {
        <section class="left-for" data-testid="left">
            <h2>{say::phone_left_for(lang, customer.name)}</h2>
            {accounts}
        </section>
    }
}

#[component]
fn Account(left: AccountLeft) -> impl IntoView {
    let AccountLeft { name, projects, account } = left;
    let projects = projects.into_iter().map(|project| project.name).collect::<Vec<_>>().join(", ");
    view! {
        <li>
            <p class="left-name"><span>{name}</span><span class="quiet">{projects}</span></p>
            <Balance unit=account.unit standing=account.standing held=account.held/>
        </li>
    }
}

/// The customer, where there is only one of them.
pub(super) fn only(mut customers: impl Iterator<Item = CustomerRef>) -> Option<CustomerRef> {
    let first = customers.next()?;
    customers.all(|other| other.id == first.id).then_some(first)
}
