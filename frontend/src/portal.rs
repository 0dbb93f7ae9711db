//! The passbook of the portal as a file of code. Where the accounts stand is in the first one.

// That code can fail to come is what the macro makes of it.
#![allow(clippy::unnecessary_wraps)]

use app::{pages::Fetched, portal::Passbooks};
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

#[wasm_split(passbook, wasm_split_path = leptos::wasm_split, fallible)]
fn passbook() -> Result<AnyView, SplitLoaderError> {
    Ok(app::portal::PassbookPage().into_any())
}

/// Fetches the code of the page and makes the page. None when the code cannot be had: the browser says why.
pub fn fetch(_: Passbooks) -> Fetched {
    Box::pin(async move {
        let made = passbook().await;
        // Until now somebody could type into what the server has sent.
        crate::start::keep_typed();
        made.ok()
    })
}
