//! The texts of mails, each with what it will say beside it.

use leptos::prelude::*;
use texts::{Lang, say};
use wire::{
    lists::Address,
    mails::{Filling, MailSettingsForm, MailText, MailTexts, Occasion, PLACES, occasion_text},
};

use crate::{
    context::{lang, visitor},
    ui::{Field, LongField},
};

/// The texts of every occasion in both languages.
#[component]
pub(super) fn Texts(form: RwSignal<MailSettingsForm>, problem: Callback<String, Option<String>>) -> impl IntoView {
    let lang = lang();
    let places = PLACES.map(|place| format!("{{{place}}}")).join(" ");
    let occasions = Occasion::ALL.map(|occasion| {
        let texts = [Lang::De, Lang::En].map(|of| view! { <Text form=form problem=problem occasion=occasion of=of/> });
        // What is wrong is in sight.
        let wrong = untrack(|| {
            [Lang::De, Lang::En]
                .iter()
                .flat_map(|of| ["subject", "body"].map(|part| (of, part)))
                .any(|(of, part)| problem.run(format!("texts.{}.{part}", MailTexts::key(occasion, *of))).is_some())
        });
        view! {
            <details class="mail-text" open=wrong data-testid=format!("text-{}", occasion.name())>
                <summary>{occasion_text(lang, occasion)}</summary>
                {texts.into_iter().collect_view()}
            </details>
        }
    });
    view! {
        <p class="quiet">{say::mail_texts_hint(lang, places)}</p>
        {occasions.into_iter().collect_view()}
    }
}

/// An invented document of today, for what a text will say.
fn sample(lang: Lang) -> Filling {
    let visitor = visitor();
    wire::mails::sample_filling(lang, &visitor.company, visitor.today)
}

#[component]
fn Text(
    form: RwSignal<MailSettingsForm>,
    problem: Callback<String, Option<String>>,
    occasion: Occasion,
    of: Lang,
) -> impl IntoView {
    let lang = lang();
    let key = StoredValue::new(MailTexts::key(occasion, of));
    let text = Signal::derive(move || form.with(|form| form.texts.get(&key.get_value()).cloned().unwrap_or_default()));
    let set = move |change: &dyn Fn(&mut MailText)| {
        form.update(|form| change(form.texts.entry(key.get_value()).or_default()));
    };
    let at = move |part: &'static str| Signal::derive(move || problem.run(format!("texts.{}.{part}", key.get_value())));
    let filling = StoredValue::new(sample(of));
    let filled = move |pick: fn(&MailText) -> &String| filling.with_value(|filling| filling.fill(pick(&text.get())));
    // The mail as it arrives is made by the server: again when a field is left, not at each letter.
    let arrives = RwSignal::new(None::<String>);
    let look = move || {
        let MailText { subject, body } = text.get_untracked();
        let address = Address::new("/settings/mail/preview").word("occasion", Some(occasion.name()));
        let address = address.word("lang", Some(of.tag())).text("subject", &subject).text("body", &body);
        arrives.set(Some(address.whole()));
    };
    let name = key.get_value();
    let heading = if of == Lang::De { say::mail_lang_de(lang) } else { say::mail_lang_en(lang) };
    let frame_title = format!("{} – {heading}", say::mail_preview_html(lang));
    view! {
        <div class="mail-text-of" on:change=move |_| if arrives.with_untracked(Option::is_some) { look() }>
            <h3>{heading}</h3>
            <div class="mail-text-fields">
                <Field label=say::mail_subject(lang) name=format!("form[texts][{name}][subject]") id=format!("text-{name}-subject")
                    value=Signal::derive(move || text.get().subject)
                    set=move |value: String| set(&|text: &mut MailText| text.subject.clone_from(&value)) problem=at("subject") required=true/>
                <LongField label=say::mail_body(lang) name=format!("form[texts][{name}][body]") id=format!("text-{name}-body")
                    value=Signal::derive(move || text.get().body)
                    set=move |value: String| set(&|text: &mut MailText| text.body.clone_from(&value)) problem=at("body")/>
            </div>
            <div class="mail-preview" data-testid=format!("preview-{name}")>
                <p class="quiet">{say::mail_preview(lang)}</p>
                <p><strong>{move || filled(|text| &text.subject)}</strong></p>
                <p class="mail-preview-body">{move || filled(|text| &text.body)}</p>
                <button class="button-quiet needs-script" type="button" on:click=move |_| look()>{say::mail_preview_html(lang)}</button>
            </div>
            {move || arrives.get().map(|address| view! { <iframe class="mail-frame" src=address title=frame_title.clone()></iframe> })}
        </div>
    }
}
