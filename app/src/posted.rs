//! Pages for whoever posted a plain form when the session had ended: signing in, and sending what was typed once more.
//!
//! *Invariants.* They are not made live, so that they work without JavaScript and wherever they were answered. What was
//! posted stands in hidden fields and is sent again only when somebody says so. A secret is never repeated.

use leptos::prelude::*;
use leptos_router::location::Url;
use texts::say;

use crate::{
    context::lang,
    office::Brand,
    shell::Html,
    ui::{Field, FieldKind, Notice, Tone},
};

/// The hidden field with the address of the server function, while somebody signs in.
pub const PATH: &str = "posted";
/// The hidden field with the page on which the form was typed; afterwards it stands in the address.
pub const BACK: &str = "back";
/// What the name of a posted field begins with, while somebody signs in.
pub const FIELD: &str = "posted.";
/// The hidden field with the name of a field that held a secret.
pub const SECRET: &str = "secret";

/// A form that came without a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The address of the server function.
    pub path: String,
    /// The page on which it was typed.
    pub back: String,
    /// What was typed, field by field.
    pub fields: Vec<(String, String)>,
    /// The names of the fields in which secrets were typed: they are typed again.
    pub secrets: Vec<String>,
}

#[component]
fn Sheet(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <Html front="office" title=title still=true>
            // No link leads away from here: what was typed would be gone.
            <header class="frame"><span class="brand"><Brand/><span>{say::product(lang())}</span></span></header>
            <main id="content" class="office">
                <div class="sign-in">
                    <section class="sheet"><h1>{title}</h1>{children()}</section>
                </div>
            </main>
        </Html>
    }
}

fn hidden(name: String, value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// Signs in, with everything that was posted; says why it was refused before.
pub fn sign_in_page(posted: Posted, login: String, refused: Option<String>) -> impl IntoView {
    let lang = lang();
    let Posted { path, back, fields, secrets } = posted;
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| hidden(format!("{FIELD}{name}"), value)).collect();
    let secrets: Vec<_> = secrets.into_iter().map(|name| hidden(SECRET.to_owned(), name)).collect();
    view! {
        <Sheet title=say::session_ended(lang)>
            <p class="quiet">{say::posted_lead(lang)}</p>
            {refused.map(|refused| view! { <Notice tone=Tone::Bad><p>{refused}</p></Notice> })}
            <form method="post" action="/sign-in">
                <input type="hidden" name=PATH value=path/>
                <input type="hidden" name=BACK value=back/>
                {fields}
                {secrets}
                <Field label=say::login(lang) name="login" id="login" value=login autocomplete="username"/>
                <Field label=say::password(lang) name="password" id="password" kind=FieldKind::Password value=String::new() autocomplete="current-password"/>
                <button class="button" type="submit">{say::sign_in(lang)}</button>
            </form>
        </Sheet>
    }
}

/// Sends what was posted once more, now that somebody is there.
pub fn again_page(posted: Posted, name: String) -> impl IntoView {
    let lang = lang();
    let Posted { path, back, fields, secrets } = posted;
    let action = format!("{path}?{BACK}={}", Url::escape(&back));
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| hidden(name, value)).collect();
    let secrets = secrets.into_iter().enumerate().map(|(place, name)| {
        view! {
            <Field label=say::password(lang) name=name id=format!("secret-{place}") kind=FieldKind::Password value=String::new()
                hint=say::posted_secret(lang) required=true/>
        }
    });
    let secrets: Vec<_> = secrets.collect();
    view! {
        <Sheet title=say::posted_title(lang)>
            <p class="quiet">{say::posted_again(lang, name)}</p>
            <form method="post" action=action>
                {fields}
                {secrets}
                <button class="button" type="submit">{say::posted_send(lang)}</button>
                <a class="button-quiet" href=back>{say::posted_drop(lang)}</a>
            </form>
        </Sheet>
    }
}
