//! What the phone needs of its browser: the network, a place to keep things, and the address.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// The network was not there, or what came back was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost;

/// Asks our own server: the status and the text of the answer. With a body it is a `POST`.
#[cfg(feature = "hydrate")]
pub(super) async fn fetch(path: &str, body: Option<String>) -> Result<(u16, String), Lost> {
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        RequestInit, Response,
        wasm_bindgen::{JsCast, JsValue},
    };
    let lost = |_: JsValue| Lost;
    let init = RequestInit::new();
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(&JsValue::from_str(&body));
    }
    let answer = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.map_err(lost)?;
    let answer: Response = answer.unchecked_into();
    let status = answer.status();
    let text = JsFuture::from(answer.text().map_err(lost)?).await.map_err(lost)?;
    Ok((status, text.as_string().unwrap_or_default()))
}

/// On the server nobody asks.
#[cfg(not(feature = "hydrate"))]
#[allow(clippy::unused_async)]
pub(super) async fn fetch(_path: &str, _body: Option<String>) -> Result<(u16, String), Lost> {
    Err(Lost)
}

/// What was kept on this phone under that name.
pub(super) fn kept<T: DeserializeOwned>(name: &str) -> Option<T> {
    let text = window().local_storage().ok()??.get_item(name).ok()??;
    serde_json::from_str(&text).ok()
}

/// Keeps it on this phone; none is forgotten.
pub(super) fn keep<T: Serialize>(name: &str, what: Option<&T>) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    // A phone that is full keeps nothing; what is typed still stands in the page.
    let _ = match what.and_then(|what| serde_json::to_string(what).ok()) {
        Some(text) => storage.set_item(name, &text),
        None => storage.remove_item(name),
    };
}

/// A part of an address with everything encoded that has a meaning there.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn words_cannot_add_to_an_address() {
        assert_eq!(encoded("Müller & Söhne?#"), "M%C3%BCller%20%26%20S%C3%B6hne%3F%23");
    }
}
