//! The editor of a contract: what is typed on the left, what will come of it on the right.

use domain::{
    ContractId, ContractTypeId, CustomerId,
    contracts::{Billed, Contract, Outlook, check_change, outlook},
    quota::Unit,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use texts::say;
use wire::{
    FieldProblem, FieldReason, Problem,
    contracts::{ContractChanges, ContractDraft, ContractEditor, ContractForm, TermsForm},
};

use super::{
    calls::{SaveContract, load_contract_editor},
    change_calls::load_contract_changes,
    customer::CustomerChoice,
    outlook::{PERIODS, shown},
    problems::{problem_of, problems_of},
    terms::{BillingFields, QuotaAndItems, TermFields, Terms},
    timeline::effect_of,
};
use crate::{
    call::CallError,
    context::{lang, new_id, page_query, person, visitor},
    ui::{Failure, Field, FieldKind, NotSaved, PageHead, Select, Stored, came_back, overtaken},
};

/// A new contract, for the customer and from the type that the address names.
#[component]
pub fn ContractNewPage() -> impl IntoView {
    let query = page_query();
    let customer = query.with_untracked(|query| query.get("customer").and_then(|id| id.parse::<CustomerId>().ok()));
    let from = query.with_untracked(|query| query.get("type").and_then(|id| id.parse::<ContractTypeId>().ok()));
    let editor = Resource::new(|| (), move |()| load_contract_editor(None, customer));
    view! { <Loaded editor=editor from=from/> }
}

/// A contract that is changed.
#[component]
pub fn ContractEditPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<ContractId>().ok())));
    let editor = Resource::new(
        move || id.get(),
        |id| async move {
            let id = id.ok_or_else(CallError::not_found)?;
            load_contract_editor(Some(id), None).await
        },
    );
    view! { <Loaded editor=editor from=None/> }
}

#[component]
fn Loaded(editor: Resource<Result<ContractEditor, CallError>>, from: Option<ContractTypeId>) -> impl IntoView {
    let lang = lang();
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match editor.await {
                    Ok(editor) => view! { <Editor editor=editor from=from/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// What the form begins with.
fn first_form(editor: &ContractEditor, from: Option<ContractTypeId>) -> ContractForm {
    let lang = lang();
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let Some((card, contract)) = &editor.contract else {
        let template = from.and_then(|id| editor.types.iter().find(|found| found.id == id));
        let terms = template.map_or_else(TermsForm::usual, |found| TermsForm::new(lang, &found.terms));
        return ContractForm {
            id: new_id(),
            customer: editor.customer.as_ref().map(|customer| customer.id.to_string()).unwrap_or_default(),
            contract_type: template.map(|found| found.id.to_string()).unwrap_or_default(),
            responsible: person().map(|person| person.name).unwrap_or_default(),
            terms,
            ..ContractForm::default()
        };
    };
    ContractForm {
        id: contract.id.to_string(),
        version: editor.version,
        number: card.number.clone(),
        customer: contract.customer.to_string(),
        contract_type: card.contract_type.map_or_else(String::new, |id| id.to_string()),
        responsible: card.responsible.clone(),
        reference: card.reference.clone(),
        start: contract.start.to_string(),
        billing_start: contract.billing_start.to_string(),
        cancelled_on: day(contract.cancelled_on),
        agreed_last: day(contract.agreed_end.and_then(|end| end.pred_opt())),
        terms: TermsForm::new(lang, &contract.terms),
    }
}

#[component]
fn Editor(editor: ContractEditor, from: Option<ContractTypeId>) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveContract>::new();
    let came_back = came_back(*action, editor.version);
    let first: ContractForm = came_back.unwrap_or_else(|| first_form(&editor, from));
    let at_first = Stored { version: editor.version, last: editor.last.clone() };
    let (new, next, day) = (editor.version == 0, editor.next, editor.hours_per_day);
    let billed = editor.billed;
    let title = if new { say::contract_new(lang).to_owned() } else { say::contract_edit(lang, &first.number) };
    let back = if new { "/contracts".to_owned() } else { format!("/contracts/{}", first.id) };
    let customer = RwSignal::new(editor.customer.clone());
    let terms_form = RwSignal::new(first.terms.clone());
    let form = RwSignal::new(first);
    let own = editor.contract.as_ref().map(|(_, contract)| contract.id);
    let overtaken = overtaken(*action, form, at_first, move || async move {
        load_contract_editor(own, None).await.map(|now| Stored { version: now.version, last: now.last })
    });
    let whole = move || ContractForm {
        customer: customer.get().map(|customer| customer.id.to_string()).unwrap_or_default(),
        terms: terms_form.get(),
        ..form.get()
    };
    let refused = move || action.value().get().and_then(Result::err);
    let before = StoredValue::new(editor.contract.as_ref().map(|(_, contract)| contract.clone()));
    let checked = Memo::new(move |_| {
        let draft = whole().check(lang)?;
        before.with_value(|before| still_open(before.as_ref(), draft, billed))
    });
    let problems = problems_of(*action, checked, Signal::derive(whole));
    let terms = Terms { form: terms_form, problems, catalogue: StoredValue::new(editor.catalogue.clone()), day };
    let ahead = Memo::new(move |_| checked.get().ok().and_then(|draft| look(&draft, next, day)));
    let changes = Resource::new(
        || (),
        move |()| async move {
            match own {
                Some(id) => load_contract_changes(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(page)) = action.value().get() {
            navigate(&format!("/contracts/{}", page.contract.id), leptos_router::NavigateOptions::default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveContract { form: untrack(whole) });
    };
    let types = StoredValue::new(editor.types.clone());
    let choose_type = move |id: String| {
        let template = types.with_value(|all| all.iter().find(|found| found.id.to_string() == id).cloned());
        if let Some(template) = template {
            terms_form.set(TermsForm::new(lang, &template.terms));
        }
        form.update(|form| form.contract_type = id);
    };
    let none = (Oco::from(""), Oco::from(say::contract_type_none(lang)));
    let type_options: Vec<_> = std::iter::once(none)
        .chain(editor.types.iter().map(|found| (found.id.to_string().into(), found.name.clone().into())))
        .collect();
    let nobody = (Oco::from(""), Oco::from(say::contract_nobody(lang)));
    let people: Vec<_> = std::iter::once(nobody)
        .chain(editor.people.iter().map(|name| (name.clone().into(), name.clone().into())))
        .collect();
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[", stringify!($field), "]") id=concat!("contract-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value)
                    problem=problem_of(problems, stringify!($field)) $($rest)* />
            }
        };
    }
    let start = move |value: String| {
        form.update(|form| {
            // Billing begins with the contract unless somebody says otherwise.
            if form.billing_start.is_empty() || form.billing_start == form.start {
                form.billing_start.clone_from(&value);
            }
            form.start = value;
        });
    };
    let nowhere = move || refused().filter(CallError::at_no_field);
    let customer_problem = Signal::derive(move || {
        let missing = action.value().get().is_some() && customer.get().is_none();
        problem_of(problems, "customer").get().or(missing.then(|| say::field_missing(lang).to_owned()))
    });
    let preview = move || match (ahead.get(), checked.get().ok()) {
        (Some(ahead), Some(draft)) => shown(lang, &draft.contract, &ahead, next, visitor().today),
        _ => view! { <p class="quiet">{say::outlook_wait(lang)}</p> }.into_any(),
    };
    let names = StoredValue::new(editor.catalogue);
    let effect = move || {
        Suspend::new(async move {
            let changes = StoredValue::new(changes.await.ok()??);
            let shown = move || {
                let draft = checked.get().ok()?;
                let of = |changes: &ContractChanges| {
                    names.with_value(|names| effect_of(lang, changes, &draft.contract, names))
                };
                let effect = changes.with_value(of);
                Some(
                    view! { <section class="effect" data-testid="effect"><h2>{say::effect(lang)}</h2><div aria-live="polite">{effect}</div></section> },
                )
            };
            Some(shown)
        })
    };
    let action_url = <SaveContract as server_fn::ServerFn>::url();
    view! {
        <PageHead title=title/>
        <div class="editor">
            <form class="form" method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[id]" value=form.get_untracked().id prop:value=move || form.with(|form| form.id.clone())/>
                <input type="hidden" name="form[version]" value=form.get_untracked().version.to_string()
                    prop:value=move || form.with(|form| form.version.to_string())/>
                <fieldset>
                    <legend>{say::section_general(lang)}</legend>
                    <div class="form-grid">
                        <CustomerChoice chosen=customer problem=customer_problem fixed=!new/>
                        <Select label=say::contract_type(lang) name="form[contract_type]" id="contract-contract_type" options=type_options
                            value=Signal::derive(move || form.with(|form| form.contract_type.clone())) set=choose_type
                            problem=problem_of(problems, "contract_type")/>
                        {new.then(|| field!(number, say::contract_number(lang), hint=say::contract_number_hint(lang)))}
                        {(!new).then(|| field!(number, say::contract_number(lang), required=true))}
                        <Select label=say::contract_responsible(lang) name="form[responsible]" id="contract-responsible" options=people
                            value=Signal::derive(move || form.with(|form| form.responsible.clone()))
                            set=move |value| form.update(|form| form.responsible = value) problem=problem_of(problems, "responsible")/>
                        {field!(reference, say::contract_reference(lang),)}
                    </div>
                </fieldset>
                <fieldset>
                    <legend>{say::section_term(lang)}</legend>
                    <div class="form-grid">
                        <Field label=say::field_start(lang) name="form[start]" id="contract-start" kind=FieldKind::Date required=true
                            value=Signal::derive(move || form.with(|form| form.start.clone())) set=start problem=problem_of(problems, "start")/>
                        <TermFields terms=terms/>
                        {field!(cancelled_on, say::field_cancelled_on(lang), kind=FieldKind::Date)}
                        {field!(agreed_last, say::field_agreed_last(lang), kind=FieldKind::Date)}
                    </div>
                </fieldset>
                <fieldset>
                    <legend>{say::section_billing(lang)}</legend>
                    <div class="form-grid">
                        {field!(billing_start, say::field_billing_start(lang), kind=FieldKind::Date required=true)}
                        <BillingFields terms=terms/>
                    </div>
                </fieldset>
                <QuotaAndItems terms=terms/>
                <NotSaved refused=Signal::derive(nowhere) overtaken=overtaken
                    look=own.map(|id| format!("/contracts/{id}"))/>
                <div class="form-actions">
                    <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                    <a class="button-quiet" href=back.clone()>{say::cancel(lang)}</a>
                </div>
            </form>
            <aside class="sheet outlook" tabindex="0" aria-label=say::outlook(lang) data-testid="outlook">
                <Suspense>{effect}</Suspense>
                <h2>{say::outlook(lang)}</h2>
                <div aria-live="polite">{preview}</div>
            </aside>
        </div>
    }
}

/// What is typed, unless it changes something that is fixed since a period was billed.
fn still_open(before: Option<&Contract>, draft: ContractDraft, billed: Billed) -> Result<ContractDraft, Problem> {
    let faults = before.map_or_else(Vec::new, |before| check_change(before, &draft.contract, billed));
    if faults.is_empty() {
        return Ok(draft);
    }
    let unit = draft.contract.terms.quota.as_ref().map_or(Unit::Time, |quota| quota.unit);
    let at = |(field, error)| FieldProblem::at(field, FieldReason::Terms(error, unit));
    Err(Problem::Invalid { fields: faults.into_iter().map(at).collect() })
}

/// What the contract would do; nothing while it cannot be billed.
fn look(draft: &ContractDraft, next: u32, day: domain::Seconds) -> Option<Outlook> {
    outlook(&draft.contract, next, PERIODS, visitor().today, day).ok()
}
