//! Starts a front in the browser. One bundle per front: the feature decides which `start` is compiled, and what that
//! front does not reach is not in its bundle.
//!
//! *Boundaries.* The only place in the browser that knows the clock and makes ids.

#![allow(clippy::disallowed_methods)]

#[cfg(any(feature = "office", feature = "phone"))]
mod making;
#[cfg(feature = "office")]
mod office;
#[cfg(feature = "phone")]
mod phone;
#[cfg(feature = "portal")]
mod portal;

#[cfg(any(feature = "office", feature = "portal", feature = "phone"))]
mod start {
    use std::cell::RefCell;

    use app::context::VISITOR_META;
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, prelude::*};
    use web_sys::{
        Element, Event, EventInit, EventTarget, HtmlInputElement, HtmlOptionElement, HtmlSelectElement,
        HtmlTextAreaElement,
    };
    use wire::people::Visitor;

    fn meta() -> Option<Visitor> {
        let element = document().query_selector(&format!("meta[name={VISITOR_META}]")).ok()??;
        serde_json::from_str(&element.get_attribute("content")?).ok()
    }

    /// Tells the pages who looks at them.
    fn provide_visitor() {
        if let Some(visitor) = meta() {
            provide_context(visitor);
        }
    }

    /// A field that somebody changed before the page was live, with what it was changed to.
    enum Changed {
        Text(HtmlInputElement, String),
        Ticked(HtmlInputElement, bool),
        /// The browser keeps the file, and nobody has heard of it.
        File(HtmlInputElement),
        Long(HtmlTextAreaElement, String),
        Chosen(HtmlSelectElement, String),
    }

    impl Changed {
        fn of(field: &Element) -> Option<Changed> {
            if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
                return Changed::of_input(input.clone());
            }
            if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
                let value = area.value();
                return (area.default_value().ok()? != value).then(|| Changed::Long(area.clone(), value));
            }
            let select = field.dyn_ref::<HtmlSelectElement>()?;
            is_changed(select).then(|| Changed::Chosen(select.clone(), select.value()))
        }

        fn of_input(input: HtmlInputElement) -> Option<Changed> {
            let (checked, value) = (input.checked(), input.value());
            match input.type_().as_str() {
                "checkbox" => (checked != input.default_checked()).then(|| Changed::Ticked(input, checked)),
                // What was chosen before says nothing: the other one of its group does.
                "radio" => (checked && !input.default_checked()).then(|| Changed::Ticked(input, checked)),
                "file" => (!value.is_empty()).then(|| Changed::File(input)),
                _ => (value != input.default_value()).then(|| Changed::Text(input, value)),
            }
        }

        /// Changes it again, with the events that the browser sends.
        fn again(&self) {
            let field: &EventTarget = match self {
                Changed::Text(input, value) => {
                    input.set_value(value);
                    input
                }
                Changed::Ticked(input, checked) => {
                    input.set_checked(*checked);
                    input
                }
                Changed::File(input) => input,
                Changed::Long(area, value) => {
                    area.set_value(value);
                    area
                }
                Changed::Chosen(select, value) => {
                    select.set_value(value);
                    select
                }
            };
            let init = EventInit::new();
            init.set_bubbles(true);
            for name in ["input", "change"] {
                if let Ok(event) = Event::new_with_event_init_dict(name, &init) {
                    // A listener that fails has said so in the console.
                    let _ = field.dispatch_event(&event);
                }
            }
        }
    }

    /// Whether another option is chosen than the one that the server has sent so: where it has marked none, the browser
    /// begins with the first that can be chosen.
    fn is_changed(select: &HtmlSelectElement) -> bool {
        let option = |at| select.item(at)?.dyn_into::<HtmlOptionElement>().ok();
        let chosen = u32::try_from(select.selected_index()).ok();
        if chosen.and_then(option).is_none_or(|option| option.default_selected()) {
            return false;
        }
        let all = move || (0..select.length()).filter_map(move |at| Some((at, option(at)?)));
        let marked = all().any(|(_, option)| option.default_selected());
        let first = all().find(|(_, option)| !option.disabled()).map(|(at, _)| at);
        marked || chosen != first
    }

    thread_local! {
        /// None once the page is live.
        static CHANGED: RefCell<Option<Vec<Changed>>> = const { RefCell::new(Some(Vec::new())) };
    }

    /// Keeps what was typed and chosen in the server's page before it was live. Hydration puts the server's values back.
    pub fn keep_typed() {
        let Ok(fields) = document().query_selector_all("input, select, textarea") else { return };
        let fields = (0..fields.length()).filter_map(|at| fields.get(at)?.dyn_into::<Element>().ok());
        let changed = fields.filter_map(|field| Changed::of(&field)).collect();
        CHANGED.with_borrow_mut(|kept| {
            if let Some(kept) = kept {
                *kept = changed;
            }
        });
    }

    /// Types and chooses it again, now that somebody listens.
    fn type_again() {
        queue_microtask(move || CHANGED.take().unwrap_or_default().iter().for_each(Changed::again));
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
        #[cfg(feature = "office")]
        when_fetched(|| {
            crate::making::provide();
            app::call::provide_returned_error(&window().location().search().unwrap_or_default());
            provide_context(app::pages::Fetch(crate::office::fetch));
            view! { <app::OfficeApp/> }.into_any()
        });
        #[cfg(feature = "portal")]
        wasm_bindgen_futures::spawn_local(portal());
        #[cfg(feature = "phone")]
        {
            leptos::mount::hydrate_body(|| {
                provide_visitor();
                crate::making::provide();
                provide_context(app::pages::Fetch(crate::phone::fetch));
                view! { <app::PhoneApp/> }
            });
            live();
            wasm_bindgen_futures::spawn_local(crate::phone::ahead());
        }
    }

    /// Makes the server's page live once the code of what stands there is fetched. Typing goes on meanwhile.
    #[cfg(feature = "office")]
    fn when_fetched(front: fn() -> AnyView) {
        wasm_bindgen_futures::spawn_local(async move {
            let Some(body) = document().body() else { return };
            let whole = leptos::mount::hydrate_from_async(body, move || {
                provide_visitor();
                front()
            });
            whole.await.forget();
            live();
        });
    }

    /// The same in the portal. A page whose code cannot be had stays as the server has sent it: links and plain forms.
    #[cfg(feature = "portal")]
    async fn portal() {
        let location = window().location();
        let path = location.pathname().unwrap_or_default();
        let Some(page) = crate::portal::fetch(app::portal::Place::of(&path)).await else { return };
        // Until now somebody could type into it.
        keep_typed();
        leptos::mount::hydrate_body(move || {
            provide_visitor();
            provide_context(app::context::Address { path, query: location.search().unwrap_or_default() });
            view! { <app::PortalApp page=page/> }
        });
        live();
    }
}
