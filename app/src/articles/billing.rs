//! How what an article sells is billed in projects: the fields of its form, and what the list says of it.

use domain::{
    quota::{Amount, Unit},
    splitting::{ArticleBilling, Collects},
};
use leptos::prelude::*;
use texts::{Lang, amount, say};
use wire::articles::ArticleForm;

use crate::{
    call::CallError,
    context::lang,
    projects::{collects_name, every_words},
    ui::{Field, FieldKind, Select},
};

/// What a list says of it.
pub(super) fn billing_words(lang: Lang, billing: &ArticleBilling) -> String {
    match billing {
        ArticleBilling::Effort => say::article_told_effort(lang).to_owned(),
        ArticleBilling::Duration(duration) => {
            let most = amount(lang, Unit::Time, Amount::new(duration.most.0));
            let gives = say::line_gives(lang, most, every_words(lang, duration.most_every));
            say::article_told_duration(lang, every_words(lang, duration.every), gives)
        }
    }
}

/// The fields; of an article that is not billed by duration nothing else is asked for.
#[component]
pub(super) fn BillingFields(form: RwSignal<ArticleForm>, refused: Signal<Option<CallError>>) -> impl IntoView {
    let lang = lang();
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    let problem = move |field: &'static str| Signal::derive(move || refused.get().and_then(|error| error.at(field)));
    let by_duration = move || !hydrated.get() || form.with(|form| form.billing == "duration");
    let ways = [
        ("", say::article_billing_none(lang)),
        ("duration", say::article_billing_duration(lang)),
        ("effort", say::article_billing_effort(lang)),
    ];
    let units = [
        ("months", say::line_unit_months(lang)),
        ("weeks", say::line_unit_weeks(lang)),
        ("days", say::line_unit_days(lang)),
    ];
    let collects = Collects::ALL.map(|collects| (collects.name(), collects_name(lang, collects)));
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[", stringify!($field), "]") id=concat!("article-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value)
                    problem=problem(stringify!($field)) $($rest)* />
            }
        };
    }
    macro_rules! choice {
        ($field:ident, $label:expr, $options:expr) => {
            view! {
                <Select label=$label name=concat!("form[", stringify!($field), "]") id=concat!("article-", stringify!($field))
                    options=options(&$options) value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value) problem=problem(stringify!($field))/>
            }
        };
    }
    view! {
        {choice!(billing, say::article_billing(lang), ways)}
        <p class="field-hint">{say::article_billing_hint(lang)}</p>
        <div class="grid-part" hidden=move || !by_duration()>
            {field!(every, say::article_every(lang), kind=FieldKind::Count)}
            {choice!(every_unit, say::article_every_unit(lang), units)}
            {field!(most, say::article_most(lang), kind=FieldKind::Amount required=true hint=say::draw_amount_hint_time(lang))}
            {field!(most_every, say::article_most_every(lang), kind=FieldKind::Count)}
            {choice!(most_unit, say::article_most_unit(lang), units)}
            {choice!(collects, say::line_collects(lang), collects)}
            <Reported form=form/>
        </div>
    }
}

/// Whether the time that its line collects is shown to the customer.
#[component]
fn Reported(form: RwSignal<ArticleForm>) -> impl IntoView {
    let lang = lang();
    let on = move || form.with(|form| form.reported == "yes");
    let tick = move |event: leptos::ev::Event| {
        let yes = if event_target_checked(&event) { "yes" } else { "" };
        form.update(|form| yes.clone_into(&mut form.reported));
    };
    view! {
        <label class="check">
            <input type="checkbox" id="article-reported" name="form[reported]" value="yes" checked=untrack(on) prop:checked=on on:change=tick/>
            {say::line_reported(lang)}
        </label>
    }
}

fn options(all: &[(&'static str, &'static str)]) -> Vec<(Oco<'static, str>, Oco<'static, str>)> {
    all.iter().map(|(key, text)| (Oco::from(*key), Oco::from(*text))).collect()
}
