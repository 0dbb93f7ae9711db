//! The form of a customer.

use domain::{CustomerId, Permission};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_navigate;
use texts::say;
use wire::{
    customers::{CustomerCard, CustomerEditor, CustomerForm},
    history::{FieldChange, changes},
};

use super::{
    calls::{SaveCustomer, load_customer_editor},
    page::{id_in_address, label, value},
};
use crate::{
    call::{CallError, at_field, forget_when_typed, once_refused},
    context::{lang, may, new_id},
    ui::{Differences, Failure, Field, FieldKind, NotSaved, PageHead, Stored, came_back, overtaken},
};

/// A new customer.
#[component]
pub fn CustomerNewPage() -> impl IntoView {
    if !may(Permission::EditCustomers) {
        return Either::Left(view! { <Failure error=CallError::forbidden(Permission::EditCustomers)/> });
    }
    let form = CustomerForm { id: new_id(), country: "DE".to_owned(), ..CustomerForm::default() };
    let title = say::customer_new(lang()).to_owned();
    Either::Right(view! { <Form title=title back="/customers".to_owned() form=form stored=None/> })
}

/// A customer that is changed.
#[component]
pub fn CustomerEditPage() -> impl IntoView {
    let lang = lang();
    let id = id_in_address();
    let customer = Resource::new(move || id.get(), |id| async move { load_customer_editor(id?).await });
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match customer.await {
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                    Ok(stored) => {
                        let title = say::customer_edit(lang, &stored.card.name);
                        let form = CustomerForm::of(&stored);
                        view! { <Form title=title back=format!("/customers/{}", form.id) form=form stored=Some(stored)/> }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

/// What differs between what is stored and what is typed, as far as that can be read.
fn differs(stored: &CustomerCard, form: &CustomerForm) -> Vec<FieldChange> {
    let Ok(draft) = form.check() else { return Vec::new() };
    changes(Some(stored.fields().to_vec()), draft.card.fields().to_vec())
}

#[component]
fn Form(title: String, back: String, form: CustomerForm, stored: Option<CustomerEditor>) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveCustomer>::new();
    let refused = move || action.value().get().and_then(Result::err);
    let id = form.id.parse::<CustomerId>().map_err(|_| CallError::not_found());
    let at_first = Stored { version: form.version, last: stored.as_ref().and_then(|stored| stored.last.clone()) };
    let theirs = RwSignal::new(stored.map(|stored| stored.card).unwrap_or_default());
    // Without JavaScript a refused form comes back through the address, with what was typed.
    let form = RwSignal::new(came_back(*action, form.version).unwrap_or(form));
    let overtaken = overtaken(*action, form, at_first, move || {
        let id = id.clone();
        async move {
            load_customer_editor(id?).await.map(|now| {
                theirs.try_set(now.card);
                Stored { version: now.version, last: now.last }
            })
        }
    });
    forget_when_typed(*action, form);
    let differs = Signal::derive(move || theirs.with(|theirs| form.with(|form| differs(theirs, form))));
    let live = once_refused(*action, form, |form: &CustomerForm| form.check().err());
    let problem = move |field: &'static str| {
        Signal::derive(move || live.with(|live| at_field(refused(), lang, live.as_ref(), field)))
    };
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
            <input type="hidden" name="form[version]" value=form.get_untracked().version.to_string()
                prop:value=move || form.with(|form| form.version.to_string())/>
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
            <NotSaved refused=Signal::derive(refused) overtaken=overtaken>
                <Differences changes=differs label=label value=value/>
            </NotSaved>
            <div class="form-actions">
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                <a class="button-quiet" href=back>{say::cancel(lang)}</a>
            </div>
        </form>
    }
}
