//! The logo on the letterhead: how it looks now, another file, none.
//!
//! A form cannot stand in another one. The fields of the logo stand among those of the letterhead and name their forms,
//! which come behind the form of the settings.

use leptos::{html, prelude::*};
use texts::say;
use wire::{
    paper::Logo,
    settings::{LogoFault, LogoForm, LogoInfo, SettingsView},
};

use super::calls::{RemoveLogo, SaveLogo};
use crate::{
    context::lang,
    ui::{Failure, Notice, Overtaken, Tone, read_file},
};

/// The names of the two forms.
const SAVE: &str = "logo-save";
const REMOVE: &str = "logo-remove";

/// What was chosen: the file as it is sent, or why it is not.
#[derive(Debug, Clone, Default)]
struct Chosen {
    file: String,
    fault: Option<LogoFault>,
}

/// What the fields and the forms of the logo share.
#[derive(Clone, Copy)]
pub(super) struct LogoDesk {
    save: ServerAction<SaveLogo>,
    remove: ServerAction<RemoveLogo>,
    chosen: RwSignal<Chosen>,
    /// What is known of the present logo.
    present: RwSignal<Option<LogoInfo>>,
    /// The version of the settings that has it.
    of: RwSignal<i64>,
    /// The version on which the form of the settings stands.
    version: Signal<i64>,
    input: NodeRef<html::Input>,
}

impl LogoDesk {
    /// On the page of the settings with that logo. `saved` hears of every new version of the settings, `overtaken` of
    /// every refusal.
    pub(super) fn new(
        first: Option<LogoInfo>,
        version: Signal<i64>,
        saved: Callback<SettingsView>,
        overtaken: Overtaken,
    ) -> LogoDesk {
        let (save, remove) = (ServerAction::<SaveLogo>::new(), ServerAction::<RemoveLogo>::new());
        let (chosen, present) = (RwSignal::new(Chosen::default()), RwSignal::new(first));
        let of = RwSignal::new(version.get_untracked());
        let input = NodeRef::<html::Input>::new();
        let heard = move |view: SettingsView| {
            of.set(view.settings.version);
            present.set(view.logo);
            chosen.set(Chosen::default());
            if let Some(input) = untrack(move || input.get()) {
                input.set_value("");
            }
            saved.run(view);
        };
        Effect::new(move |_| {
            if let Some(Ok(view)) = save.value().get() {
                heard(view);
            }
        });
        Effect::new(move |_| {
            if let Some(Ok(view)) = remove.value().get() {
                heard(view);
            }
        });
        overtaken.hear(*save);
        overtaken.hear(*remove);
        LogoDesk { save, remove, chosen, present, of, version, input }
    }
}

/// The fields, in the section of the letterhead.
#[component]
pub(super) fn LogoFields(desk: LogoDesk) -> impl IntoView {
    let lang = lang();
    let LogoDesk { save, remove, chosen, present, of, input, .. } = desk;
    let refused =
        move || save.value().get().and_then(Result::err).or_else(|| remove.value().get().and_then(Result::err));
    let problem = Signal::derive(move || {
        let here = chosen.with(|chosen| chosen.fault.map(|fault| fault.text(lang)));
        here.or_else(|| refused().and_then(|error| error.at("file")))
    });
    let nowhere = move || {
        let error = refused().filter(|error| error.at("file").is_none())?;
        // The settings have one version: how they differ from what is typed stands where they are saved.
        Some(if error.is_overtaken() {
            view! { <Notice tone=Tone::Warn><p>{say::overtaken_logo(lang)}</p></Notice> }.into_any()
        } else {
            view! { <Failure error=error/> }.into_any()
        })
    };
    let saved = move || matches!(save.value().get(), Some(Ok(_))) || matches!(remove.value().get(), Some(Ok(_)));
    let pending = move || save.pending().get() || remove.pending().get();
    // In the browser there is nothing to save before a file was chosen and read.
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| in_browser.set(true));
    let nothing = move || in_browser.get() && chosen.with(|chosen| chosen.file.is_empty());
    let idle = move || pending() || nothing();
    let choose = move |event: leptos::ev::Event| {
        save.clear();
        remove.clear();
        chosen.set(Chosen::default());
        // What the browser can tell by itself is told at once.
        let read = Callback::new(move |bytes: Vec<u8>| {
            let (file, fault) = match Logo::of_file(bytes) {
                Ok(logo) => (LogoForm::file_of(&logo.bytes), None),
                Err(fault) => (String::new(), Some(fault)),
            };
            chosen.set(Chosen { file, fault });
        });
        read_file(&event, read);
    };
    let picture = move || match present.get() {
        None => view! { <p class="quiet">{say::settings_logo_none(lang)}</p> }.into_any(),
        Some(info) => {
            // Another version is another picture.
            let address = format!("/settings/logo?v={}", of.get());
            view! {
                <img class="letter-logo-picture" src=address alt=say::settings_logo_alt(lang) data-testid="logo-picture"/>
                <p class="quiet">{info.text(lang)}</p>
            }
            .into_any()
        }
    };
    let take_away = move || {
        let button = move || {
            view! { <button class="button-quiet" type="submit" form=REMOVE disabled=pending>{say::settings_logo_remove(lang)}</button> }
        };
        present.get().map(|_| button())
    };
    view! {
        <div class="letter-logo" role="group" aria-labelledby="logo-title" data-testid="logo">
            <p class="field-label" id="logo-title">{say::settings_logo(lang)}</p>
            {picture}
            <div class="field needs-script">
                <label for="logo-file">{say::settings_logo_file(lang)}</label>
                <input id="logo-file" type="file" accept="image/png,image/svg+xml" node_ref=input on:change=choose
                    aria-describedby="logo-hint logo-problem" aria-invalid=move || problem.get().is_some().then_some("true")/>
            </div>
            <div class="field only-plain">
                <label for="logo-text">{say::settings_logo_text(lang)}</label>
                {area()}
                <p class="field-hint">{say::settings_logo_text_hint(lang)}</p>
            </div>
            <p class="field-hint" id="logo-hint">{say::settings_logo_hint(lang)}</p>
            <p class="field-problem" id="logo-problem" role="alert">{move || problem.get()}</p>
            {nowhere}
            <div class="form-actions">
                <button class="button-quiet" type="submit" form=SAVE disabled=idle>{say::settings_logo_save(lang)}</button>
                {take_away}
                {move || saved().then(|| view! { <Notice tone=Tone::Good><p>{say::saved(lang)}</p></Notice> })}
            </div>
        </div>
    }
}

/// The area for the logo as text, for those without JavaScript. It has no content, which the server would not escape.
fn area() -> AnyView {
    html::textarea()
        .id("logo-text")
        .form(SAVE)
        .name("form[file]")
        .rows(5)
        .spellcheck("false")
        .autocomplete("off")
        .class("bank-text")
        .aria_describedby("logo-hint logo-problem")
        .into_any()
}

/// The forms that the fields name, behind the form of the settings.
#[component]
pub(super) fn LogoForms(desk: LogoDesk) -> impl IntoView {
    let LogoDesk { save, remove, chosen, version, .. } = desk;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let form = LogoForm { version: version.get_untracked(), file: chosen.get_untracked().file };
        remove.clear();
        save.dispatch(SaveLogo { form });
    };
    let take_away = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save.clear();
        remove.dispatch(RemoveLogo { version: version.get_untracked() });
    };
    let first = version.get_untracked().to_string();
    let now = move || version.get().to_string();
    let (save_url, remove_url) = (<SaveLogo as server_fn::ServerFn>::url(), <RemoveLogo as server_fn::ServerFn>::url());
    view! {
        <form id=SAVE method="post" action=save_url on:submit=submit novalidate>
            <input type="hidden" name="form[version]" value=first.clone() prop:value=now/>
        </form>
        <form id=REMOVE method="post" action=remove_url on:submit=take_away>
            <input type="hidden" name="version" value=first prop:value=now/>
        </form>
    }
}
