//! The editor of a contract type, with the first year of a contract made from it.

use chrono::Datelike;
use domain::{
    ContractId, ContractTypeId, CustomerId,
    contracts::{Contract, Terms as TermsOf, outlook},
};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map},
};
use texts::say;
use wire::contracts::{ContractTypeForm, ContractTypePage, TermsForm};

use super::{
    calls::{SaveContractType, load_contract_type},
    history::{label, value},
    outlook::{PERIODS, shown},
    problems::{problem_of, problems_of},
    terms::{BillingFields, QuotaAndItems, TermFields, Terms},
};
use crate::{
    call::CallError,
    context::{lang, may, new_id, visitor},
    ui::{Failure, Field, History, NotSaved, PageHead, Stored, came_back, overtaken},
};

/// A new type.
#[component]
pub fn ContractTypeNewPage() -> impl IntoView {
    view! { <Loaded id=Signal::stored(Ok(None))/> }
}

/// A type that is changed.
#[component]
pub fn ContractTypeEditPage() -> impl IntoView {
    let params = use_params_map();
    let id = Signal::derive(move || {
        let id = params.with(|params| params.get("id").and_then(|id| id.parse::<ContractTypeId>().ok()));
        id.map(Some).ok_or_else(CallError::not_found)
    });
    view! { <Loaded id=id/> }
}

#[component]
fn Loaded(id: Signal<Result<Option<ContractTypeId>, CallError>>) -> impl IntoView {
    let lang = lang();
    let page = Resource::new(move || id.get(), |id| async move { load_contract_type(id?).await });
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Editor page=page/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// A contract of these terms that begins with this month.
fn example(terms: TermsOf) -> Contract {
    let today = visitor().today;
    let start = today.with_day(1).unwrap_or(today);
    let (id, customer) = (ContractId::new(uuid::Uuid::nil()), CustomerId::new(uuid::Uuid::nil()));
    Contract { id, customer, start, billing_start: start, cancelled_on: None, agreed_end: None, terms }
}

#[component]
fn Editor(page: ContractTypePage) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveContractType>::new();
    let came_back = came_back(*action, page.version);
    let at_first = Stored::of(page.version, &page.history);
    let new = page.version == 0;
    let may_edit = may(domain::Permission::EditContracts);
    let title = if new { say::type_new(lang).to_owned() } else { say::type_edit(lang, &page.name) };
    let use_it = page.id.map(|id| format!("/contracts/new?type={id}"));
    let apply = page.id.map(|id| format!("/contract-types/{id}/apply"));
    let first: ContractTypeForm = came_back.unwrap_or_else(|| ContractTypeForm {
        id: page.id.map_or_else(new_id, |id| id.to_string()),
        version: page.version,
        name: page.name.clone(),
        terms: page.terms.as_ref().map_or_else(TermsForm::usual, |terms| TermsForm::new(lang, terms)),
    });
    let day = page.hours_per_day;
    let terms_form = RwSignal::new(first.terms.clone());
    let form = RwSignal::new(first);
    let own = page.id;
    let overtaken = overtaken(*action, form, at_first, move || async move {
        load_contract_type(own).await.map(|now| Stored::of(now.version, &now.history))
    });
    let whole = move || ContractTypeForm { terms: terms_form.get(), ..form.get() };
    let refused = move || action.value().get().and_then(Result::err);
    let checked = Memo::new(move |_| whole().check(lang));
    let problems = problems_of(*action, checked, Signal::derive(whole));
    let names = page.catalogue.clone();
    let terms = Terms { form: terms_form, problems, catalogue: StoredValue::new(page.catalogue), day };
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(_)) = action.value().get() {
            navigate("/contract-types", leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveContractType { form: untrack(whole) });
    };
    let preview = move || {
        // The name of a type has no influence on what its contracts do.
        let form = ContractTypeForm { name: "-".to_owned(), ..whole() };
        let contract = form.check(lang).ok().map(|draft| example(draft.terms));
        let ahead = contract.as_ref().and_then(|contract| outlook(contract, 0, PERIODS, visitor().today, day).ok());
        match (contract, ahead) {
            (Some(contract), Some(ahead)) => shown(lang, &contract, &ahead, 0, visitor().today),
            _ => view! { <p class="quiet">{say::outlook_wait(lang)}</p> }.into_any(),
        }
    };
    let nowhere = move || refused().filter(CallError::at_no_field);
    let action_url = <SaveContractType as server_fn::ServerFn>::url();
    let (history, hidden) = (page.history, form.get_untracked());
    view! {
        <PageHead title=title above=view! { <A href="/contract-types">{say::nav_contract_types(lang)}</A> }.into_any()>
            {apply.filter(|_| may_edit).map(|href| view! { <A href=href attr:class="button-quiet">{say::apply_type(lang)}</A> })}
            {use_it.filter(|_| may_edit).map(|href| view! { <A href=href attr:class="button-quiet">{say::type_use(lang)}</A> })}
        </PageHead>
        <div class="editor">
            <form class="form" method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[id]" value=hidden.id/>
                <input type="hidden" name="form[version]" value=hidden.version.to_string()
                    prop:value=move || form.with(|form| form.version.to_string())/>
                <fieldset>
                    <legend>{say::section_general(lang)}</legend>
                    <div class="form-grid">
                        <Field label=say::type_name(lang) name="form[name]" id="type-name" required=true
                            value=Signal::derive(move || form.with(|form| form.name.clone()))
                            set=move |value| form.update(|form| form.name = value) problem=problem_of(problems, "name")/>
                    </div>
                </fieldset>
                <fieldset>
                    <legend>{say::section_term(lang)}</legend>
                    <div class="form-grid"><TermFields terms=terms/></div>
                </fieldset>
                <fieldset>
                    <legend>{say::section_billing(lang)}</legend>
                    <div class="form-grid"><BillingFields terms=terms/></div>
                </fieldset>
                <QuotaAndItems terms=terms/>
                <NotSaved refused=Signal::derive(nowhere) overtaken=overtaken
                    look=own.map(|id| format!("/contract-types/{id}"))/>
                {may_edit.then(|| view! {
                    <div class="form-actions">
                        <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                        <a class="button-quiet" href="/contract-types">{say::cancel(lang)}</a>
                    </div>
                })}
            </form>
            <aside class="sheet outlook" tabindex="0" aria-label=say::outlook(lang) data-testid="outlook">
                <h2>{say::outlook(lang)}</h2>
                <div aria-live="polite">{preview}</div>
            </aside>
        </div>
        <History changes=history label=label value=value(names)/>
    }
}
