//! The pages of the portal. Where the accounts stand is in the first file of code; that of a passbook is
//! fetched where one is shown.

// That code can fail to come is what the macro makes of it.
#![allow(clippy::unnecessary_wraps)]

use app::portal::{self, Place};
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

// A function and not the page: it is made later, where what it asks for is provided.
#[wasm_split(passbook, wasm_split_path = leptos::wasm_split, fallible)]
fn passbook() -> Result<fn() -> AnyView, SplitLoaderError> {
    Ok(portal::passbook)
}

/// Fetches the code of a page. None when it cannot be had: the browser says why.
pub async fn fetch(place: Place) -> Option<fn() -> AnyView> {
    match place {
        Place::Accounts => Some(portal::accounts),
        Place::Passbook => passbook().await.ok(),
        Place::Nothing => Some(portal::nothing),
    }
}
