//! The pages of the office as files of code that are fetched when somebody goes there.

use app::pages::{Fetched, Page};
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};

macro_rules! split {
    ($($file:ident { $($slice:ident::$page:ident,)+ })+) => {
        $($(
            #[allow(non_snake_case)]
            #[wasm_split($file, wasm_split_path = leptos::wasm_split, fallible)]
            fn $page() -> Result<AnyView, SplitLoaderError> {
                Ok(app::$slice::$page().into_any())
            }
        )+)+

        /// Fetches the code of a page and makes the page. None when the code cannot be had: the browser says why.
        pub fn fetch(page: Page) -> Fetched {
            Box::pin(async move {
                let made = match page { $($(Page::$page => $page().await,)+)+ };
                // Until now somebody could type into what the server has sent.
                crate::start::keep_typed();
                made.ok()
            })
        }
    };
}
app::office_pages!(split);
