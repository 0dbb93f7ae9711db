//! What is left for customers: words, and what begins so.

use leptos::prelude::*;
use texts::say;

use super::{desk, loading::loaded, shapes::PhoneCustomer, trouble::InTrouble};
use crate::{
    context::lang,
    ui::{Balance, Field, FieldKind},
};

/// The page.
#[component]
pub(super) fn CustomersPage() -> impl IntoView {
    let lang = lang();
    let words = RwSignal::new(String::new());
    let found = loaded(move || Some(words.get()), desk::customers);
    view! {
        <h1 tabindex="-1">{say::phone_title(lang)}</h1>
        <Field label=say::phone_search(lang) name="q" id="phone-q" kind=FieldKind::Search value=words
            set=move |typed| words.set(typed) hint=say::phone_hint(lang)/>
        {move || found.get().map(|found| match found {
            Ok(found) if found.is_empty() => view! { <p class="empty">{say::phone_nothing(lang)}</p> }.into_any(),
            Ok(found) => view! { <Found customers=found/> }.into_any(),
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
        })}
    }
}

#[component]
fn Found(customers: Vec<PhoneCustomer>) -> impl IntoView {
    let sheets = customers.into_iter().map(|customer| {
        let accounts = customer.accounts.into_iter().map(|account| {
            view! {
                <li><h3>{account.name}</h3><Balance unit=account.unit standing=account.standing held=account.held large=true/></li>
            }
        });
        view! {
            <li class="sheet">
                <h2>{customer.name}</h2><p class="quiet">{customer.city}</p>
                <ul>{accounts.collect_view()}</ul>
            </li>
        }
    });
    view! { <ul class="phone-list">{sheets.collect_view()}</ul> }
}
