//! The form of a customer.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use texts::say;
use wire::customers::CustomerForm;

use super::{
    calls::{SaveCustomer, load_customer},
    page::id_in_address,
};
use crate::{
    call::CallError,
    context::{lang, new_id},
    ui::{Failure, Field, FieldKind, PageHead},
};

/// A new customer.
#[component]
pub fn CustomerNewPage() -> impl IntoView {
    let form = CustomerForm { id: new_id(), country: "DE".to_owned(), ..CustomerForm::default() };
    view! { <Form title=say::customer_new(lang()).to_owned() back="/customers".to_owned() form=form/> }
}

/// A customer that is changed.
#[component]
pub fn CustomerEditPage() -> impl IntoView {
    let lang = lang();
    let id = id_in_address();
    let customer = Resource::new(move || id.get(), |id| async move { load_customer(id?).await });
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match customer.await {
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                    Ok(customer) => {
                        let card = customer.card;
                        let title = say::customer_edit(lang, &card.name);
                        let form = CustomerForm {
                            id: customer.id.to_string(),
                            version: customer.version,
                            number: card.number,
                            name: card.name,
                            street: card.street,
                            postcode: card.postcode,
                            city: card.city,
                            country: card.country,
                            email: card.email,
                            vat_id: card.vat_id,
                        };
                        view! { <Form title=title back=format!("/customers/{}", form.id) form=form/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Form(title: String, back: String, form: CustomerForm) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveCustomer>::new();
    // Without JavaScript a refused form comes back through the address, with what was typed.
    let refused = move || action.value().get().and_then(Result::err);
    let first = action.value().get_untracked().and_then(Result::err);
    let form = RwSignal::new(first.and_then(|error| error.typed()).unwrap_or(form));
    let problem =
        move |field: &'static str| Signal::derive(move || refused().and_then(|error: CallError| error.at(field)));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            navigate(&format!("/customers/{}", saved.id), leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveCustomer { form: form.get_untracked() });
    };
    let new = form.get_untracked().version == 0;
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[", stringify!($field), "]") id=concat!("customer-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value)
                    problem=problem(stringify!($field)) $($rest)* />
            }
        };
    }
    let action_url = <SaveCustomer as server_fn::ServerFn>::url();
    view! {
        <PageHead title=title/>
        <form class="form sheet" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=form.get_untracked().id prop:value=move || form.with(|form| form.id.clone())/>
            <input type="hidden" name="form[version]" value=form.get_untracked().version.to_string()/>
            <div class="form-grid">
                {field!(name, say::customer_name(lang), required=true)}
                {new.then(|| field!(number, say::customer_number(lang), hint=say::customer_number_hint(lang)))}
                {(!new).then(|| field!(number, say::customer_number(lang), required=true))}
                {field!(street, say::customer_street(lang),)}
                {field!(postcode, say::customer_postcode(lang),)}
                {field!(city, say::customer_city(lang),)}
                {field!(country, say::customer_country(lang), required=true)}
                {field!(email, say::customer_email(lang), kind=FieldKind::Email)}
                {field!(vat_id, say::customer_vat_id(lang),)}
            </div>
            {move || refused().map(|error| view! { <Failure error=error/> })}
            <div class="form-actions">
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                <a class="button-quiet" href=back>{say::cancel(lang)}</a>
            </div>
        </form>
    }
}
