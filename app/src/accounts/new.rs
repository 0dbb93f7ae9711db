//! Opening an account.

use domain::Permission;
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::{use_navigate, use_params_map};
use texts::say;
use wire::accounts::AccountForm;

use super::calls::OpenAccount;
use crate::{
    call::{CallError, at_field, forget_when_typed, once_refused},
    context::{lang, may, new_id},
    ui::{Failure, Field, FieldKind, PageHead, Select},
};

/// The page.
#[component]
pub fn AccountNewPage() -> impl IntoView {
    if may(Permission::OpenAccounts) {
        Either::Right(view! { <Form/> })
    } else {
        Either::Left(view! { <Failure error=CallError::forbidden(Permission::OpenAccounts)/> })
    }
}

#[component]
fn Form() -> impl IntoView {
    let lang = lang();
    let customer = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let action = ServerAction::<OpenAccount>::new();
    let back = format!("/customers/{customer}");
    let first = action.value().get_untracked().and_then(Result::err).and_then(|error| error.typed());
    let form = RwSignal::new(first.unwrap_or_else(|| AccountForm {
        id: new_id(),
        customer,
        unit: "time".to_owned(),
        overbooking: "no".to_owned(),
        deficits: "balance".to_owned(),
        ..AccountForm::default()
    }));
    forget_when_typed(*action, form);
    let refused = move || action.value().get().and_then(Result::err);
    let live = once_refused(*action, form, move |form: &AccountForm| form.check(lang).err());
    let problem = move |field: &'static str| {
        Signal::derive(move || live.with(|live| at_field(refused(), lang, live.as_ref(), field)))
    };
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(opened)) = action.value().get() {
            navigate(&format!("/accounts/{}", opened.id), leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(OpenAccount { form: form.get_untracked() });
    };
    let may_overbook = move || form.with(|form| form.overbooking == "yes");
    let options = |all: [(&'static str, &'static str); 2]| all.map(|(key, text)| (key.into(), text.into())).to_vec();
    let units = options([("time", say::account_unit_time(lang)), ("EUR", say::account_unit_money(lang))]);
    let overbooking = options([("no", say::account_overbooking_no(lang)), ("yes", say::account_overbooking_yes(lang))]);
    let deficits = options([
        ("balance", say::account_deficits_balance(lang)),
        ("next_grant", say::account_deficits_next_grant(lang)),
    ]);
    let action_url = <OpenAccount as server_fn::ServerFn>::url();
    view! {
        <PageHead title=say::account_new(lang)/>
        <form class="form sheet" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=form.get_untracked().id prop:value=move || form.with(|form| form.id.clone())/>
            <input type="hidden" name="form[customer]" value=form.get_untracked().customer/>
            <div class="form-grid">
                <Field label=say::account_name(lang) name="form[name]" id="account-name" required=true
                    value=Signal::derive(move || form.with(|form| form.name.clone()))
                    set=move |value| form.update(|form| form.name = value) problem=problem("name")/>
                <Select label=say::account_unit(lang) name="form[unit]" id="account-unit" options=units
                    value=Signal::derive(move || form.with(|form| form.unit.clone()))
                    set=move |value| form.update(|form| form.unit = value) problem=problem("unit")/>
                <Select label=say::account_overbooking(lang) name="form[overbooking]" id="account-overbooking" options=overbooking
                    value=Signal::derive(move || form.with(|form| form.overbooking.clone()))
                    set=move |value| form.update(|form| form.overbooking = value) problem=problem("overbooking")/>
                <div class:muted=move || !may_overbook()>
                    <Field label=say::account_limit(lang) name="form[limit]" id="account-limit" kind=FieldKind::Amount
                        value=Signal::derive(move || form.with(|form| form.limit.clone()))
                        set=move |value| form.update(|form| form.limit = value) problem=problem("limit")
                        hint=say::account_limit_hint(lang)/>
                </div>
                <Select label=say::account_deficits(lang) name="form[deficits]" id="account-deficits" options=deficits
                    value=Signal::derive(move || form.with(|form| form.deficits.clone()))
                    set=move |value| form.update(|form| form.deficits = value) problem=problem("deficits")/>
            </div>
            {move || refused().map(|error| view! { <Failure error=error/> })}
            <div class="form-actions">
                <button class="button" type="submit" disabled=action.pending()>{say::account_open(lang)}</button>
                <a class="button-quiet" href=back>{say::cancel(lang)}</a>
            </div>
        </form>
    }
}
