//! The page on which sending mail is set up.

use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, say};
use wire::{
    history::FieldChange,
    mails::{MailSettingsForm, MailSettingsView, Security, security_text, undelivered_text},
};

use super::{
    calls::{SaveMailSettings, TestMailServer, load_mail_settings},
    texts_of::Texts,
};
use crate::{
    call::{CallError, at_field, forget_when_typed},
    context::lang,
    ui::{Failure, Field, FieldKind, History, NotSaved, Notice, PageHead, Select, Stored, Tone, came_back, overtaken},
};

/// The page.
#[component]
pub fn MailSettingsPage() -> impl IntoView {
    let lang = lang();
    let settings = Resource::new(|| (), |()| load_mail_settings());
    let above = view! { <A href="/settings">{say::settings(lang)}</A> }.into_any();
    view! {
        <PageHead title=say::mail_settings(lang) above=above/>
        <p class="quiet page-lead">{say::mail_settings_lead(lang)}</p>
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
fn Form(first: MailSettingsView) -> impl IntoView {
    let lang = lang();
    let (action, test) = (ServerAction::<SaveMailSettings>::new(), ServerAction::<TestMailServer>::new());
    let at_first = Stored::of(first.settings.version, &first.history);
    let (history, kept) = (RwSignal::new(first.history), RwSignal::new(first.password));
    let came_back = came_back(*action, first.settings.version);
    let usual = first.settings.form();
    // Only the texts that somebody wrote come back through an address.
    let came_back = came_back.map(|typed: MailSettingsForm| {
        let mut texts = usual.texts.clone();
        texts.extend(typed.texts.clone());
        MailSettingsForm { texts, ..typed }
    });
    let form = RwSignal::new(came_back.unwrap_or(usual));
    forget_when_typed(*action, form);
    let overtaken = overtaken(*action, form, at_first, move || async move {
        load_mail_settings().await.map(|now| {
            let stored = Stored::of(now.settings.version, &now.history);
            history.try_set(now.history);
            stored
        })
    });
    let refused =
        move || action.value().get().and_then(Result::err).or_else(|| test.value().get().and_then(Result::err));
    let live = Memo::new(move |_| form.with(|form: &MailSettingsForm| form.check().err()));
    let problem =
        Callback::new(move |field: String| live.with(|live| at_field(refused(), lang, live.as_ref(), &field)));
    let at = move |field: &'static str| Signal::derive(move || problem.run(field.to_owned()));
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            form.set(saved.settings.form());
            history.set(saved.history);
            kept.set(saved.password);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveMailSettings { form: form.get_untracked() });
    };
    let saved = move || matches!(action.value().get(), Some(Ok(_)));
    let nowhere = move || refused().filter(CallError::at_no_field);
    let options = Security::ALL.map(|way| (way.name().into(), security_text(lang, way).into())).into();
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[", stringify!($field), "]") id=concat!("mail-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value)
                    problem=at(stringify!($field)) $($rest)* />
            }
        };
    }
    let kept_one = move || {
        kept.get().then(|| view! { <p class="quiet" data-testid="password-kept">{say::mail_password_kept(lang)}</p> })
    };
    let waiting = (first.waiting > 0 && first.settings.host.is_empty())
        .then(|| view! { <p class="warn" data-testid="mails-wait">{say::mail_waiting_here(lang, first.waiting)}</p> });
    // What the server said belongs to what was typed then.
    Effect::new(move |before: Option<()>| {
        form.track();
        if before.is_some() {
            test.clear();
        }
    });
    let action_url = <SaveMailSettings as server_fn::ServerFn>::url();
    view! {
        <form class="form sheet mail-form" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[version]" value=form.get_untracked().version.to_string()
                prop:value=move || form.with(|form| form.version.to_string())/>
            <h2>{say::mail_server(lang)}</h2>
            <div class="form-grid">
                {field!(host, say::mail_host(lang), hint=say::mail_host_hint(lang))}
                {field!(port, say::mail_port(lang), kind=FieldKind::Count)}
                <Select label=say::mail_security(lang) name="form[security]" id="mail-security" options=options
                    value=Signal::derive(move || form.with(|form| form.security.clone()))
                    set=move |value| form.update(|form| form.security = value) problem=at("security")/>
                {field!(user, say::mail_user(lang), hint=say::mail_user_hint(lang) autocomplete="off")}
                {field!(password, say::mail_password(lang), kind=FieldKind::Password autocomplete="new-password")}
                {field!(from, say::mail_from(lang), kind=FieldKind::Email)}
                {field!(from_name, say::mail_from_name(lang), hint=say::mail_from_name_hint(lang))}
                {field!(reply_to, say::mail_reply_to(lang), kind=FieldKind::Email)}
            </div>
            {kept_one}
            {waiting}
            <p class="mail-test needs-script">
                <button class="button-quiet" type="button" disabled=test.pending() data-testid="mail-test"
                    on:click=move |_| { test.dispatch(TestMailServer { form: form.get_untracked() }); }>{say::mail_test(lang)}</button>
                <span class="quiet">{say::mail_test_hint(lang)}</span>
            </p>
            {move || test.value().get().and_then(Result::ok).map(|answer| tested(lang, answer))}
            <h2>{say::mail_texts(lang)}</h2>
            <Texts form=form problem=problem/>
            <NotSaved refused=Signal::derive(nowhere) overtaken=overtaken/>
            <div class="form-actions">
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
                {move || saved().then(|| view! { <Notice tone=Tone::Good><p>{say::saved(lang)}</p></Notice> })}
            </div>
        </form>
        {move || view! { <History changes=history.get() label=label value=value/> }}
    }
}

/// What the server said when it was tried.
fn tested(lang: Lang, answer: Result<String, wire::mails::Undelivered>) -> AnyView {
    match answer {
        Ok(answer) => view! { <Notice tone=Tone::Good><p>{say::mail_test_good(lang, answer)}</p></Notice> }.into_any(),
        Err(why) => view! { <Notice tone=Tone::Bad><p>{undelivered_text(lang, &why)}</p></Notice> }.into_any(),
    }
}

/// The label of a setting.
fn label(lang: Lang, field: &str) -> &'static str {
    match field {
        "mail_host" => say::mail_host(lang),
        "mail_port" => say::mail_port(lang),
        "mail_security" => say::mail_security(lang),
        "mail_user" => say::mail_user(lang),
        "mail_password" => say::mail_password(lang),
        "mail_from" => say::mail_from(lang),
        "mail_from_name" => say::mail_from_name(lang),
        "mail_reply_to" => say::mail_reply_to(lang),
        _ => say::mail_texts(lang),
    }
}

/// A setting as people read it.
fn value(lang: Lang, field: &FieldChange, kept: &str) -> String {
    match field.field.as_str() {
        "mail_security" => {
            Security::from_name(kept).map_or_else(String::new, |way| security_text(lang, way).to_owned())
        }
        "mail_texts" => {
            let texts: wire::mails::MailTexts = serde_json::from_str(kept).unwrap_or_default();
            let short = |text: wire::mails::MailText| {
                let body: String = text.body.chars().take(80).collect();
                format!("{}: {body}", text.subject)
            };
            texts.0.into_values().map(short).collect::<Vec<_>>().join(" · ")
        }
        _ => kept.to_owned(),
    }
}
