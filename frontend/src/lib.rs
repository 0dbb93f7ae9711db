//! Starts a front in the browser. One bundle per front: the feature decides which `start` is compiled, and what that
//! front does not reach is not in its bundle.
//!
//! *Boundaries.* The only place in the browser that knows the clock and makes ids.

#![allow(clippy::disallowed_methods)]

#[cfg(feature = "office")]
mod office;
#[cfg(feature = "phone")]
mod phone;

#[cfg(any(feature = "office", feature = "portal", feature = "phone"))]
mod start {
    use std::cell::RefCell;

    use app::context::{NewId, Now, VISITOR_META};
    use chrono::{DateTime, Utc};
    use leptos::prelude::*;
    use uuid::Uuid;
    use wasm_bindgen::{JsCast, prelude::*};
    use web_sys::{Event, EventInit, HtmlInputElement};
    use wire::people::Visitor;

    fn meta() -> Option<Visitor> {
        let element = document().query_selector(&format!("meta[name={VISITOR_META}]")).ok()??;
        serde_json::from_str(&element.get_attribute("content")?).ok()
    }

    /// To the second: what is less is never booked.
    #[allow(clippy::cast_possible_truncation)]
    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp((js_sys::Date::now() / 1000.0) as i64, 0).unwrap_or_default()
    }

    fn surroundings() {
        if let Some(visitor) = meta() {
            provide_context(visitor);
        }
        provide_context(NewId(Uuid::now_v7));
        provide_context(Now(now));
        app::call::provide_returned_error(&window().location().search().unwrap_or_default());
    }

    thread_local! {
        /// None once the page is live.
        static TYPED: RefCell<Option<Vec<(HtmlInputElement, String)>>> = const { RefCell::new(Some(Vec::new())) };
    }

    /// Keeps what was typed into the server's page before it was live. Hydration puts the server's values back.
    pub fn keep_typed() {
        let Ok(inputs) = document().query_selector_all("input") else { return };
        let inputs = (0..inputs.length()).filter_map(|at| inputs.get(at)?.dyn_into::<HtmlInputElement>().ok());
        let typed = inputs.filter(|input| input.value() != input.default_value());
        let typed = typed.map(|input| (input.clone(), input.value())).collect();
        TYPED.with_borrow_mut(|kept| {
            if let Some(kept) = kept {
                *kept = typed;
            }
        });
    }

    /// Types it again, now that somebody listens.
    fn type_again() {
        queue_microtask(move || {
            for (input, value) in TYPED.take().unwrap_or_default() {
                input.set_value(&value);
                let init = EventInit::new();
                init.set_bubbles(true);
                if let Ok(event) = Event::new_with_event_init_dict("input", &init) {
                    // A listener that fails has said so in the console.
                    let _ = input.dispatch_event(&event);
                }
            }
        });
    }

    /// Says in the page that it is live.
    fn live() {
        type_again();
        // Nothing but a test looks for it.
        let _ = document().body().map(|body| body.set_attribute("data-live", ""));
    }

    /// Called by the page's one script.
    #[wasm_bindgen]
    pub fn start() {
        console_error_panic_hook::set_once();
        keep_typed();
        // The code of the page is fetched while it is made live, and typing goes on meanwhile (`office::fetch`).
        #[cfg(feature = "office")]
        wasm_bindgen_futures::spawn_local(async {
            let Some(body) = document().body() else { return };
            let office = leptos::mount::hydrate_from_async(body, || {
                surroundings();
                provide_context(app::pages::Fetch(crate::office::fetch));
                view! { <app::OfficeApp/> }
            });
            office.await.forget();
            live();
        });
        #[cfg(feature = "portal")]
        leptos::mount::hydrate_body(|| {
            surroundings();
            view! { <app::PortalApp/> }
        });
        #[cfg(feature = "phone")]
        {
            leptos::mount::hydrate_body(|| {
                surroundings();
                provide_context(app::pages::Fetch(crate::phone::fetch));
                view! { <app::PhoneApp/> }
            });
            wasm_bindgen_futures::spawn_local(crate::phone::ahead());
        }
        #[cfg(not(feature = "office"))]
        live();
    }
}
