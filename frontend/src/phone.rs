//! The pages of the phone as files of code. Today is in the first one; the others are fetched while somebody reads it, so
//! that they are there without a network too.

// That code can fail to come is what the macro makes of it.
#![allow(clippy::unnecessary_wraps)]

use app::{
    pages::Fetched,
    phone::{self, Place},
};
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

#[wasm_split(desk, wasm_split_path = leptos::wasm_split, fallible, preload(desk_ahead))]
fn desk(place: Place) -> Result<AnyView, SplitLoaderError> {
    Ok(phone::desk(place))
}

#[wasm_split(overview, wasm_split_path = leptos::wasm_split, fallible, preload(overview_ahead))]
fn overview(place: Place) -> Result<AnyView, SplitLoaderError> {
    Ok(phone::overview(place))
}

/// Fetches the code of a page and makes the page. None when the code cannot be had: the browser says why.
pub fn fetch(place: Place) -> Fetched {
    Box::pin(async move {
        match place {
            Place::Today | Place::Timer | Place::New | Place::Booking(..) => desk(place).await.ok(),
            Place::Week(_) | Place::Customers => overview(place).await.ok(),
        }
    })
}

/// Fetches what most people want next. Whoever goes there asks again, so that nothing is lost when it fails.
pub async fn ahead() {
    let _ = desk_ahead().await;
    let _ = overview_ahead().await;
}
