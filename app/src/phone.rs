//! The phone: a shell without user data that fetches over REST, so that the same code can run offline.

use domain::quota::{Amount, Standing, Unit};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use texts::say;

use crate::{
    context::lang,
    office::Brand,
    ui::{Balance, Field, FieldKind, Preferences},
};

/// A customer as the phone asks for it at `/api/v1/phone/customers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneCustomer {
    /// The name.
    pub name: String,
    /// The city.
    pub city: String,
    /// The accounts.
    pub accounts: Vec<PhoneAccount>,
}

/// An account of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneAccount {
    /// The name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Where it stands.
    pub standing: Standing,
    /// What of the used part drafts only hold.
    pub held: Amount,
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Missing {
    SignedOut,
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser can be offline"))]
    Offline(String),
}

#[cfg(feature = "hydrate")]
async fn find(words: String) -> Result<Vec<PhoneCustomer>, Missing> {
    use wasm_bindgen_futures::JsFuture;
    use web_sys::wasm_bindgen::JsCast;
    let offline = |error: web_sys::wasm_bindgen::JsValue| Missing::Offline(error.as_string().unwrap_or_default());
    let query: String = js_sys::encode_uri_component(&words).into();
    let answer = JsFuture::from(window().fetch_with_str(&format!("/api/v1/phone/customers?q={query}")))
        .await
        .map_err(offline)?;
    let answer: web_sys::Response = answer.unchecked_into();
    if answer.status() == 401 {
        return Err(Missing::SignedOut);
    }
    let text = JsFuture::from(answer.text().map_err(offline)?).await.map_err(offline)?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| Missing::Offline(error.to_string()))
}

#[cfg(not(feature = "hydrate"))]
#[allow(clippy::unused_async)]
async fn find(_words: String) -> Result<Vec<PhoneCustomer>, Missing> {
    Err(Missing::SignedOut)
}

/// The phone's one page: what is left for a customer.
#[component]
pub fn PhoneApp() -> impl IntoView {
    let lang = lang();
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(None);
    // An older answer never overwrites a newer one: each question has a number.
    let asked = StoredValue::new(0_u64);
    Effect::new(move |_| {
        let words = words.get();
        let number = asked.with_value(|number| number + 1);
        asked.set_value(number);
        leptos::task::spawn_local(async move {
            let answer = find(words).await;
            if asked.get_value() == number {
                found.set(Some(answer));
            }
        });
    });
    view! {
        <header class="frame">
            <a class="brand" href="/phone"><Brand/><span>{say::product(lang)}</span></a>
            <nav aria-label=say::nav_main(lang)></nav>
            <Preferences/>
        </header>
        <main id="content" class="phone">
            <h1>{say::phone_title(lang)}</h1>
            <Field label=say::phone_search(lang) name="q" id="phone-q" kind=FieldKind::Search value=words
                set=move |v| words.set(v) hint=say::phone_hint(lang)/>
            {move || found.get().map(|found| match found {
                    Ok(found) if found.is_empty() => view! { <p class="empty">{say::phone_nothing(lang)}</p> }.into_any(),
                    Ok(found) => view! { <Found customers=found/> }.into_any(),
                    Err(Missing::SignedOut) => view! {
                        <p class="empty">{say::phone_signed_out(lang)}</p>
                        <p><a class="button" href="/sign-in?next=/phone">{say::sign_in(lang)}</a></p>
                    }.into_any(),
                    Err(Missing::Offline(detail)) => view! { <p class="empty">{say::transport_failed(lang, detail)}</p> }.into_any(),
            })}
        </main>
    }
}

#[component]
fn Found(customers: Vec<PhoneCustomer>) -> impl IntoView {
    let sheets = customers.into_iter().map(|customer| {
        let accounts = customer.accounts.into_iter().map(|account| {
            view! {
                <li><h3>{account.name}</h3><Balance unit=account.unit standing=account.standing held=account.held large=true/></li>
            }
        });
        view! {
            <li class="sheet">
                <h2>{customer.name}</h2><p class="quiet">{customer.city}</p>
                <ul>{accounts.collect_view()}</ul>
            </li>
        }
    });
    view! { <ul class="phone-list">{sheets.collect_view()}</ul> }
}
