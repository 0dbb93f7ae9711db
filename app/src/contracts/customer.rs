//! Choosing a customer by a few letters.

use leptos::prelude::*;
use texts::say;
use wire::{
    contracts::CustomerRef,
    customers::{CustomerQuery, CustomerRow},
};

use crate::{
    context::lang,
    customers::list_customers,
    ui::{Field, FieldKind},
};

/// The chosen customer, or the search for one.
#[component]
pub(crate) fn CustomerChoice(
    chosen: RwSignal<Option<CustomerRef>>,
    #[prop(into)] problem: Signal<Option<String>>,
    fixed: bool,
    #[prop(default = "form[customer]")] name: &'static str,
) -> impl IntoView {
    let lang = lang();
    let typed = RwSignal::new(String::new());
    let found = Resource::new(
        move || typed.get(),
        |q| async move {
            if q.trim().is_empty() {
                return Vec::new();
            }
            let ask = CustomerQuery { q, page: 1, ..CustomerQuery::default() };
            list_customers(ask).await.map(|page| page.rows).unwrap_or_default()
        },
    );
    let pick = move |row: CustomerRow| {
        let choose = {
            let row = row.clone();
            move |_| {
                chosen.set(Some(CustomerRef { id: row.id, number: row.number.clone(), name: row.name.clone() }));
                typed.set(String::new());
            }
        };
        view! { <li><button class="choice" type="button" on:click=choose><span>{row.name}</span><span class="quiet">{row.city}" · "{row.number}</span></button></li> }
    };
    view! {
        <input type="hidden" name=name value=chosen.get_untracked().map(|customer| customer.id.to_string())
            prop:value=move || chosen.get().map(|customer| customer.id.to_string()).unwrap_or_default()/>
        {move || match chosen.get() {
            Some(customer) => view! {
                <div class="field">
                    <span class="field-label">{say::contract_customer(lang)}</span>
                    <p class="chosen" data-testid="customer">{customer.name}" "<span class="quiet">{customer.number}</span></p>
                    {(!fixed).then(|| view! {
                        <button class="button-quiet needs-script" type="button" on:click=move |_| chosen.set(None)>{say::contract_customer_change(lang)}</button>
                    })}
                    <p class="field-problem" role="alert">{move || problem.get()}</p>
                </div>
            }.into_any(),
            None => view! {
                <div class="customer-search">
                    <Field label=say::contract_customer(lang) name="q" id="contract-customer" kind=FieldKind::Search required=true value=typed
                        set=move |value| typed.set(value) problem=problem hint=say::contract_customer_hint(lang)/>
                    <Transition>
                        {move || Suspend::new(async move {
                            let rows = found.await;
                            (!rows.is_empty()).then(|| view! { <ul class="choices" data-testid="customers-found">{rows.into_iter().take(8).map(pick).collect_view()}</ul> })
                        })}
                    </Transition>
                </div>
            }.into_any(),
        }}
    }
}
