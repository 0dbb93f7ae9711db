//! The base data of a project in its editor: whose it is, its name, how its bookings are rounded and split, and who
//! books on it.

use domain::splitting::BookingRounding;
use leptos::prelude::*;
use texts::say;
use wire::{
    FieldText,
    contracts::CustomerRef,
    projects::{PersonRef, ProjectForm},
};

use super::words::{options, rounding_words};
use crate::{
    context::lang,
    contracts::{CustomerChoice, problem_of},
    ui::{Field, FieldKind, Select},
};

/// What the fields work on.
#[derive(Clone, Copy)]
pub(super) struct Base {
    /// What is typed; the customer is kept apart.
    pub form: RwSignal<ProjectForm>,
    /// Whose it is.
    pub customer: RwSignal<Option<CustomerRef>>,
    /// Everybody who works here.
    pub people: StoredValue<Vec<PersonRef>>,
    /// Whether the company splits bookings.
    pub splits: bool,
    /// How bookings are rounded today by the contract of the lines as they are saved.
    pub agreed: Option<BookingRounding>,
    /// Whether it is a new one.
    pub new: bool,
    /// What is wrong.
    pub problems: Signal<Vec<FieldText>>,
    /// What is wrong with the customer.
    pub customer_problem: Signal<Option<String>>,
    /// Whether what is chosen shows and hides fields; until then every field is always there.
    pub hydrated: RwSignal<bool>,
}

/// The fields.
#[component]
pub(super) fn BaseFields(base: Base) -> impl IntoView {
    let lang = lang();
    let (form, problems, new) = (base.form, base.problems, base.new);
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[project][", stringify!($field), "]") id=concat!("project-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value)
                    problem=problem_of(problems, stringify!($field)) $($rest)* />
            }
        };
    }
    let company = say::project_splitting_now(
        lang,
        if base.splits { say::settings_splitting_on(lang) } else { say::settings_splitting_off(lang) },
    );
    let splitting = vec![
        (Oco::from("company"), Oco::from(company)),
        (Oco::from("on"), Oco::from(say::settings_splitting_on(lang))),
        (Oco::from("off"), Oco::from(say::settings_splitting_off(lang))),
    ];
    let agreed = say::project_rounding_now(lang, rounding_words(lang, base.agreed.unwrap_or_default()));
    let rounding = vec![
        (Oco::from("contract"), Oco::from(agreed)),
        (Oco::from("none"), Oco::from(say::project_rounds_not(lang))),
        (Oco::from("own"), Oco::from(say::project_rounding_own(lang))),
    ];
    let own = move || !base.hydrated.get() || form.with(|form| form.rounding == "own");
    let currencies = options([("EUR", "EUR"), ("CHF", "CHF"), ("USD", "USD"), ("GBP", "GBP")]);
    let currency = form.with_untracked(|form| form.currency.clone());
    let currency = if new {
        view! {
            <Select label=say::project_currency(lang) name="form[project][currency]" id="project-currency" options=currencies
                value=Signal::derive(move || form.with(|form| form.currency.clone()))
                set=move |value| form.update(|form| form.currency = value) problem=problem_of(problems, "currency")/>
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="form[project][currency]" value=currency/> }.into_any()
    };
    let closed = move || form.with(|form| form.closed == "yes");
    let close = move |event: leptos::ev::Event| {
        let yes = if event_target_checked(&event) { "yes" } else { "" };
        form.update(|form| yes.clone_into(&mut form.closed));
    };
    view! {
        <div class="form-grid">
            <CustomerChoice chosen=base.customer problem=base.customer_problem fixed=!new name="form[project][customer]"/>
            {field!(name, say::project_name(lang), required=true)}
            {new.then(|| field!(number, say::project_number(lang), hint=say::project_number_hint(lang)))}
            {(!new).then(|| field!(number, say::project_number(lang), required=true))}
            {currency}
            <Select label=say::project_rounding(lang) name="form[project][rounding]" id="project-rounding" options=rounding
                value=Signal::derive(move || form.with(|form| form.rounding.clone()))
                set=move |value| form.update(|form| form.rounding = value) problem=problem_of(problems, "rounding")/>
            <div class="grid-part" hidden=move || !own()>
                {field!(minimum, say::project_minimum(lang), kind=FieldKind::Amount hint=say::project_minimum_hint(lang))}
                {field!(step, say::project_step(lang), kind=FieldKind::Amount hint=say::project_step_hint(lang))}
            </div>
            <Select label=say::project_splitting(lang) name="form[project][splitting]" id="project-splitting" options=splitting
                value=Signal::derive(move || form.with(|form| form.splitting.clone()))
                set=move |value| form.update(|form| form.splitting = value) problem=problem_of(problems, "splitting")/>
        </div>
        <People base=base/>
        {(!new).then(|| view! {
            <label class="check">
                <input type="checkbox" id="project-closed" name="form[project][closed]" value="yes"
                    checked=untrack(closed) prop:checked=closed on:change=close/>
                {say::project_close(lang)}
            </label>
        })}
    }
}

/// Who books on the project: everybody who books time, or only those who are chosen.
#[component]
fn People(base: Base) -> impl IntoView {
    let lang = lang();
    let form = base.form;
    let problem = problem_of(base.problems, "people");
    let boxes = base.people.get_value().into_iter().enumerate().map(|(place, person)| {
        let id = person.id.to_string();
        let (own, value) = (id.clone(), id.clone());
        let on = move || form.with(|form| form.people.contains(&id));
        let tick = move |event: leptos::ev::Event| {
            let on = event_target_checked(&event);
            form.update(|form| {
                form.people.retain(|person| *person != own);
                if on {
                    form.people.push(own.clone());
                    "only".clone_into(&mut form.bookers);
                }
            });
        };
        let first = untrack(&on);
        view! {
            <label class="check">
                <input type="checkbox" name=format!("form[project][people][{place}]") value=value checked=first prop:checked=on on:change=tick/>
                {person.name}
            </label>
        }
    });
    let only = move || form.with(|form| form.bookers == "only");
    let radio = move |value: &'static str, text: &'static str| {
        let on = move || form.with(|form| form.bookers == value);
        let choose = move |_| form.update(|form| value.clone_into(&mut form.bookers));
        view! {
            <label class="check">
                <input type="radio" name="form[project][bookers]" value=value checked=untrack(on) prop:checked=on on:change=choose/>
                {text}
            </label>
        }
    };
    let summary = move || say::project_people_some(lang, form.with(|form| form.people.len()));
    view! {
        <fieldset class="choice-row" data-testid="bookers">
            <legend class="visually-hidden">{say::project_people(lang)}</legend>
            <span class="field-label">{say::project_people(lang)}</span>
            {radio("all", say::project_people_everybody(lang))}
            {radio("only", say::project_people_only(lang))}
        </fieldset>
        <details class="line-tasks" open=untrack(only) prop:open=only>
            <summary>{summary}</summary>
            <fieldset class="choice-row">
                <legend class="visually-hidden">{say::project_people_only(lang)}</legend>
                {boxes.collect_view()}
            </fieldset>
        </details>
        <p class="field-problem" role="alert">{move || problem.get()}</p>
    }
}
