//! The fields of terms, shared by the editors of types and of contracts.

use domain::{
    Seconds,
    contracts::{BillingTime, Delivery, InvoiceKind, Proration},
};
use leptos::prelude::*;
use texts::say;
use wire::{FieldText, articles::Catalogue, contracts::TermsForm};

use super::{
    groups::Switches,
    items::Items,
    problems::problem_of,
    words::{amount_hint, delivery_name, invoice_name, named, options, proration_name, time_name},
};
use crate::{
    context::lang,
    ui::{Field, FieldKind, Select},
};

/// What the parts of an editor share.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// The terms as typed.
    pub form: RwSignal<TermsForm>,
    /// What is wrong, as told by the browser while typing or by the server after saving.
    pub problems: Signal<Vec<FieldText>>,
    /// Articles and groups to choose from.
    pub catalogue: StoredValue<Catalogue>,
    /// The company's working day.
    pub day: Seconds,
}

impl Terms {
    /// What is wrong with a field.
    pub fn problem(self, field: impl Into<String>) -> Signal<Option<String>> {
        problem_of(self.problems, field)
    }
}

/// A text field of the terms.
macro_rules! term_field {
    ($terms:expr, $field:ident, $label:expr, $($rest:tt)*) => {{
        let form = $terms.form;
        view! {
            <Field label=$label name=concat!("form[terms][", stringify!($field), "]") id=concat!("terms-", stringify!($field))
                value=Signal::derive(move || form.with(|form| form.$field.clone()))
                set=move |value| form.update(|form| form.$field = value)
                problem=$terms.problem(stringify!($field)) $($rest)* />
        }
    }};
}

/// A choice of the terms.
macro_rules! term_choice {
    ($terms:expr, $field:ident, $label:expr, $options:expr) => {{
        let form = $terms.form;
        view! {
            <Select label=$label name=concat!("form[terms][", stringify!($field), "]") id=concat!("terms-", stringify!($field))
                options=$options value=Signal::derive(move || form.with(|form| form.$field.clone()))
                set=move |value| form.update(|form| form.$field = value)
                problem=$terms.problem(stringify!($field))/>
        }
    }};
}

/// Term, renewal and notice.
#[component]
pub(super) fn TermFields(terms: Terms) -> impl IntoView {
    let lang = lang();
    view! {
        {term_field!(terms, term, say::field_term(lang), kind=FieldKind::Count required=true)}
        {term_field!(terms, renewal, say::field_renewal(lang), kind=FieldKind::Count hint=say::field_renewal_hint(lang))}
        {term_field!(terms, notice, say::field_notice(lang), kind=FieldKind::Count)}
    }
}

/// How it is billed.
#[component]
pub(super) fn BillingFields(terms: Terms) -> impl IntoView {
    let lang = lang();
    view! {
        {term_field!(terms, interval, say::field_interval(lang), kind=FieldKind::Count required=true)}
        {term_choice!(terms, time, say::field_time(lang), named(BillingTime::ALL, BillingTime::name, |time| time_name(lang, time)))}
        {term_choice!(terms, automatic, say::field_automatic(lang), options([("on", say::yes(lang)), ("off", say::no(lang))]))}
        {term_choice!(terms, invoice, say::field_invoice(lang), named(InvoiceKind::ALL, InvoiceKind::name, |kind| invoice_name(lang, kind)))}
        {term_choice!(terms, delivery, say::field_delivery(lang), named(Delivery::ALL, Delivery::name, |way| delivery_name(lang, way)))}
        {term_field!(terms, lead_days, say::field_lead_days(lang), kind=FieldKind::Count hint=say::field_lead_days_hint(lang))}
        {term_choice!(terms, proration, say::field_proration(lang), named(Proration::ALL, Proration::name, |kind| proration_name(lang, kind)))}
        {term_field!(terms, payment_days, say::field_payment_days(lang), kind=FieldKind::Count)}
        {term_choice!(terms, currency, say::field_currency(lang), options([("EUR", "EUR"), ("CHF", "CHF"), ("USD", "USD"), ("GBP", "GBP")]))}
    }
}

/// Items, quota and groups.
#[component]
pub(super) fn QuotaAndItems(terms: Terms) -> impl IntoView {
    let lang = lang();
    // Without JavaScript every field is always there.
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    let form = terms.form;
    let has_quota = move || !hydrated.get() || form.with(|form| form.unit().is_some());
    let overbooks = move || !hydrated.get() || form.with(|form| form.overbooking == "yes");
    let carries = move || !hydrated.get() || form.with(|form| form.carry == "on");
    let kinds =
        options([("none", say::quota_none(lang)), ("time", say::quota_time(lang)), ("money", say::quota_money(lang))]);
    let overbooking = options([("no", say::account_overbooking_no(lang)), ("yes", say::account_overbooking_yes(lang))]);
    let carry = options([("off", say::grant_carry_off(lang)), ("on", say::grant_carry_on(lang))]);
    let deficits = options([
        ("balance", say::account_deficits_balance(lang)),
        ("next_grant", say::account_deficits_next_grant(lang)),
    ]);
    let hint = move || amount_hint(lang, form.with(TermsForm::unit));
    // What the quota counts is chosen with its kind.
    let (kind, counted) = (terms.problem("quota"), terms.problem("unit"));
    let kind = Signal::derive(move || kind.get().or_else(|| counted.get()));
    view! {
        <fieldset>
            <legend>{say::section_items(lang)}</legend>
            <Items terms=terms/>
        </fieldset>
        <fieldset>
            <legend>{say::section_quota(lang)}</legend>
            <div class="form-grid">
                <Select label=say::quota_kind(lang) name="form[terms][quota]" id="terms-quota" options=kinds
                    value=Signal::derive(move || form.with(|form| form.quota.clone()))
                    set=move |value| form.update(|form| form.quota = value) problem=kind/>
                <div class="grid-part" hidden=move || !has_quota()>
                    {term_field!(terms, amount, say::field_amount(lang), kind=FieldKind::Amount required=true hint=untrack(hint))}
                    {term_field!(terms, quota_interval, say::field_quota_interval(lang), kind=FieldKind::Count hint=say::field_quota_interval_hint(lang))}
                    {term_choice!(terms, overbooking, say::account_overbooking(lang), overbooking)}
                    <div class="grid-part" hidden=move || !overbooks()>
                        {term_field!(terms, limit, say::account_limit(lang), kind=FieldKind::Amount hint=say::account_limit_hint(lang))}
                    </div>
                    {term_choice!(terms, carry, say::field_carry(lang), carry)}
                    <div class="grid-part" hidden=move || !carries()>
                        {term_field!(terms, periods, say::grant_periods(lang), kind=FieldKind::Count hint=say::grant_periods_hint(lang))}
                        {term_field!(terms, cap, say::grant_cap(lang), kind=FieldKind::Amount hint=say::grant_cap_hint(lang))}
                    </div>
                    {term_choice!(terms, deficits, say::account_deficits(lang), deficits)}
                    {term_field!(terms, overage_rate, say::field_overage_rate(lang), kind=FieldKind::Amount)}
                    {term_field!(terms, minimum, say::field_minimum(lang), kind=FieldKind::Amount hint=say::field_minimum_hint(lang))}
                    {term_field!(terms, step, say::field_step(lang), kind=FieldKind::Amount hint=say::project_step_hint(lang))}
                </div>
            </div>
            <div hidden=move || !has_quota()><Switches terms=terms/></div>
        </fieldset>
    }
}
