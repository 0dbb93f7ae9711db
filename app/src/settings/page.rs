//! The settings page: what holds for the whole company, and who changed it.

use domain::Seconds;
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, clock, date, read_date, say};
use wire::{
    history::{FieldChange, changes},
    settings::{LOGO, LogoInfo, Settings, SettingsForm, SettingsView},
};

use super::{
    calls::{SaveSettings, load_settings},
    logo::{LogoDesk, LogoFields, LogoForms},
};
use crate::{
    call::{CallError, at_field, forget_when_typed},
    context::lang,
    ui::{
        Differences, Failure, Field, FieldKind, History, NotSaved, Notice, PageHead, Select, Stored, Tone, came_back,
        overtaken,
    },
};

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let lang = lang();
    let settings = Resource::new(|| (), |()| load_settings());
    view! {
        <PageHead title=say::settings(lang)/>
        <p class="quiet page-lead">{say::settings_lead(lang)}" "<A href="/settings/mail">{say::mail_settings_link(lang)}</A></p>
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match settings.await {
                    Ok(view) => view! { <Form first=view/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Form(first: SettingsView) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveSettings>::new();
    let came_back = came_back(*action, first.settings.version);
    let form = RwSignal::new(came_back.unwrap_or_else(|| first.settings.form(lang)));
    let at_first = Stored::of(first.settings.version, &first.history);
    let (history, theirs) = (RwSignal::new(first.history), RwSignal::new(first.settings));
    forget_when_typed(*action, form);
    let overtaken = overtaken(*action, form, at_first, move || async move {
        load_settings().await.map(|now| {
            let stored = Stored::of(now.settings.version, &now.history);
            theirs.try_set(now.settings);
            history.try_set(now.history);
            stored
        })
    });
    let differs = Signal::derive(move || theirs.with(|theirs| form.with(|form| differs(lang, theirs, form))));
    let refused = move || action.value().get().and_then(Result::err);
    // What the browser can tell by itself is told while typing.
    let live = move || form.with(|form: &SettingsForm| form.check(lang).err());
    let problem = move |field: &'static str| Signal::derive(move || at_field(refused(), lang, live().as_ref(), field));
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            form.set(saved.settings.form(lang));
            history.set(saved.history);
        }
    });
    let logo_saved = Callback::new(move |saved: SettingsView| {
        // What is typed into the other fields stays. Where somebody else has saved one of them it is older than what is
        // stored, and may not replace that unseen.
        form.update(|form| {
            if saved.only_logo_since(form.version) {
                form.version = saved.settings.version;
            }
        });
        history.set(saved.history);
    });
    let version = Signal::derive(move || form.with(|form: &SettingsForm| form.version));
    let logo = LogoDesk::new(first.logo, version, logo_saved, overtaken);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveSettings { form: form.get_untracked() });
    };
    let saved = move || matches!(action.value().get(), Some(Ok(_)));
    let nowhere = move || refused().filter(CallError::at_no_field);
    let closes = move || {
        let day = form.with(|form| read_date(&form.books_closed_last)).ok()?;
        Some(view! { <p class="warn" data-testid="closes">{say::settings_closes(lang, date(lang, day))}</p> })
    };
    let zones = first.zones.into_iter().map(|zone| (zone.clone().into(), zone.into())).collect();
    let splits = ["on", "off"].into_iter().map(|choice| (choice.into(), splitting(lang, choice).into())).collect();
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[", stringify!($field), "]") id=concat!("settings-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value)
                    problem=problem(stringify!($field)) $($rest)* />
            }
        };
    }
    macro_rules! letter {
        ($field:ident, $($rest:tt)*) => {
            view! {
                <Field label=letter_label(lang, stringify!($field)) name=concat!("form[letters][", stringify!($field), "]")
                    id=concat!("settings-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.letters.$field.clone()))
                    set=move |value| form.update(|form| form.letters.$field = value)
                    problem=problem(concat!("letters.", stringify!($field))) $($rest)* />
            }
        };
    }
    let action_url = <SaveSettings as server_fn::ServerFn>::url();
    view! {
        <form class="form sheet" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[version]" value=form.get_untracked().version.to_string()
                prop:value=move || form.with(|form| form.version.to_string())/>
            <h2>{say::settings_company(lang)}</h2>
            <div class="form-grid">
                {field!(company, say::settings_company_name(lang), required=true)}
                {field!(vat_id, say::customer_vat_id(lang),)}
                {field!(street, say::customer_street(lang),)}
                {field!(postcode, say::customer_postcode(lang),)}
                {field!(city, say::customer_city(lang),)}
            </div>
            <h2>{say::settings_letters(lang)}</h2>
            <div class="form-grid">
                {letter!(tax_id,)}
                {letter!(phone,)}
                {letter!(email, kind=FieldKind::Email)}
                {letter!(web,)}
                {letter!(bank,)}
                {letter!(iban, hint=say::settings_iban_hint(lang))}
                {letter!(bic,)}
                {letter!(accent, hint=say::settings_accent_hint(lang))}
                {letter!(legal, hint=say::settings_legal_hint(lang))}
                {letter!(zero_rate_reason, hint=say::settings_zero_rate_hint(lang))}
                {letter!(closing, hint=say::settings_closing_hint(lang))}
            </div>
            <LogoFields desk=logo/>
            <h2>{say::settings_rules(lang)}</h2>
            <div class="form-grid">
                {field!(vat_rates, say::settings_vat_rates(lang), required=true hint=say::settings_vat_rates_hint(lang))}
                {field!(hours_per_day, say::settings_hours_per_day(lang), kind=FieldKind::Amount required=true hint=say::settings_hours_per_day_hint(lang))}
                <Select label=say::settings_time_zone(lang) name="form[time_zone]" id="settings-time_zone" options=zones
                    value=Signal::derive(move || form.with(|form| form.time_zone.clone()))
                    set=move |value| form.update(|form| form.time_zone = value) problem=problem("time_zone")/>
                {field!(books_closed_last, say::settings_books_closed(lang), kind=FieldKind::Date hint=say::settings_books_closed_hint(lang))}
                <Select label=say::settings_splitting(lang) name="form[splitting]" id="settings-splitting" options=splits
                    value=Signal::derive(move || form.with(|form| form.splitting.clone()))
                    set=move |value| form.update(|form| form.splitting = value) problem=problem("splitting")/>
            </div>
            <h2>{say::settings_numbers(lang)}</h2>
            <div class="form-grid">
                {field!(contract_numbers, say::settings_contract_numbers(lang), hint=say::settings_numbers_hint(lang, "{n:5}", "{year}"))}
                {field!(invoice_numbers, say::settings_invoice_numbers(lang), hint=say::settings_numbers_hint(lang, "{n:5}", "{year}"))}
                {field!(delivery_note_numbers, say::settings_delivery_note_numbers(lang), hint=say::settings_numbers_hint(lang, "{n:5}", "{year}"))}
                {field!(cancellation_numbers, say::settings_cancellation_numbers(lang), hint=say::settings_numbers_hint(lang, "{n:5}", "{year}"))}
                {field!(project_numbers, say::settings_project_numbers(lang), hint=say::settings_numbers_hint(lang, "{n:5}", "{year}"))}
            </div>
            {closes}
            <NotSaved refused=Signal::derive(nowhere) overtaken=overtaken>
                <Differences changes=differs label=label value=value/>
            </NotSaved>
            <div class="form-actions">
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                {move || saved().then(|| view! { <Notice tone=Tone::Good><p>{say::saved(lang)}</p></Notice> })}
            </div>
        </form>
        <LogoForms desk=logo/>
        {move || view! { <History changes=history.get() label=label value=value/> }}
    }
}

/// What differs between what is stored and what is typed, as far as that can be read.
fn differs(lang: Lang, stored: &Settings, form: &SettingsForm) -> Vec<FieldChange> {
    form.check(lang).map_or_else(|_| Vec::new(), |typed| changes(Some(stored.fields()), typed.fields()))
}

/// The label of a setting.
fn label(lang: Lang, field: &str) -> &'static str {
    match field {
        "company" => say::settings_company_name(lang),
        "street" => say::customer_street(lang),
        "postcode" => say::customer_postcode(lang),
        "city" => say::customer_city(lang),
        "vat_id" => say::customer_vat_id(lang),
        "vat_rates" => say::settings_vat_rates(lang),
        "hours_per_day" => say::settings_hours_per_day(lang),
        "time_zone" => say::settings_time_zone(lang),
        "contract_numbers" => say::settings_contract_numbers(lang),
        "invoice_numbers" => say::settings_invoice_numbers(lang),
        "delivery_note_numbers" => say::settings_delivery_note_numbers(lang),
        "cancellation_numbers" => say::settings_cancellation_numbers(lang),
        "project_numbers" => say::settings_project_numbers(lang),
        "splitting" => say::settings_splitting(lang),
        "books_closed_until" => say::settings_books_closed(lang),
        LOGO => say::settings_logo(lang),
        letter => letter_label(lang, letter),
    }
}

/// How a field of what stands on letters is called.
fn letter_label(lang: Lang, field: &str) -> &'static str {
    match field {
        "tax_id" => say::settings_tax_id(lang),
        "phone" => say::settings_phone(lang),
        "email" => say::customer_email(lang),
        "web" => say::settings_web(lang),
        "legal" => say::settings_legal(lang),
        "bank" => say::settings_bank(lang),
        "iban" => "IBAN",
        "bic" => "BIC",
        "accent" => say::settings_accent(lang),
        "zero_rate_reason" => say::settings_zero_rate(lang),
        _ => say::settings_closing(lang),
    }
}

/// A setting as people read it.
fn value(lang: Lang, field: &FieldChange, kept: &str) -> String {
    match field.field.as_str() {
        "hours_per_day" => kept.parse().map_or_else(|_| kept.to_owned(), |seconds| clock(Seconds(seconds))),
        "books_closed_until" => {
            let last = read_date(kept).ok().and_then(|until| until.pred_opt());
            last.map_or_else(|| kept.to_owned(), |last| date(lang, last))
        }
        "splitting" => splitting(lang, kept).to_owned(),
        LOGO => kept.parse::<LogoInfo>().map_or_else(|()| kept.to_owned(), |info| info.text(lang)),
        _ => kept.to_owned(),
    }
}

/// Whether bookings are split, in words.
fn splitting(lang: Lang, kept: &str) -> &'static str {
    if kept == "off" { say::settings_splitting_off(lang) } else { say::settings_splitting_on(lang) }
}
