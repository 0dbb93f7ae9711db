//! The phone: booking time with one hand. A shell without user data, and everything else over REST, so that the same
//! code can run offline.
//!
//! *Invariants.* What the server sends is the shell alone; every page is made in the browser, once it is live. Whatever
//! is read or written goes through `desk`, and no other file asks the server (`.ci/rules`). What is typed, and the timer,
//! are kept on the phone, for each person apart.

mod ahead;
mod answer;
mod booking;
mod browser;
mod chosen;
mod clock;
mod customers;
mod deleting;
mod desk;
mod discard;
mod draft;
mod duration;
mod editing;
mod facts;
mod fetching;
mod forgotten;
mod held;
mod left;
mod loading;
mod look;
mod others;
mod picking;
mod place;
mod rows;
mod served;
mod shapes;
mod tasks;
mod timer;
mod timing;
mod today;
mod trouble;
mod week;

use leptos::prelude::*;
use texts::say;

pub use fetching::{desk, overview};
pub use place::Place;
pub use shapes::{Me, PhoneAccount, PhoneCustomer};

use self::{fetching::Fetching, held::Phone, place::here, today::TodayPage, trouble::InTrouble};
use crate::{
    context::lang,
    office::Brand,
    ui::{Icon, Preferences},
};

/// The front: its head, and in the browser the page that the address names.
#[component]
pub fn PhoneApp() -> impl IntoView {
    let lang = lang();
    let live = RwSignal::new(false);
    // The server's page is the same for everybody; what is kept on the phone is known once this runs.
    Effect::new(move |_| live.set(true));
    view! {
        <header class="frame">
            <a class="brand" href="/phone"><Brand/><span>{say::product(lang)}</span></a>
            <Preferences/>
        </header>
        {move || live.get().then(|| view! { <Live/> })}
    }
}

/// Whoever reads with their ears begins at the heading of the new page.
fn focus_heading() {
    use web_sys::wasm_bindgen::JsCast;
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
        // It only fails for what cannot be focused.
        let _ = heading.focus();
    }
}

/// Everything that hangs on this phone.
#[component]
fn Live() -> impl IntoView {
    let lang = lang();
    let phone = Phone::begin();
    provide_context(phone);
    let place = RwSignal::new(here());
    // It lives as long as the page.
    let _ = window_event_listener(leptos::ev::hashchange, move |_| place.set(here()));
    Effect::new(move |before: Option<()>| {
        place.track();
        if before.is_some() {
            request_animation_frame(focus_heading);
        }
    });
    let trouble = Memo::new(move |_| phone.me.with(|me| me.as_ref()?.as_ref().err().cloned()));
    let whose = Memo::new(move |_| phone.whose.get());
    let known = Memo::new(move |_| phone.me.with(Option::is_some));
    // Made anew for somebody else: nothing on it is theirs.
    let page = move || {
        let whose = whose.get();
        // As long as it is not known whose phone it is, nothing that was kept on it is shown.
        if let Some(trouble) = trouble.get() {
            return view! { <h1 tabindex="-1">{say::phone_today(lang)}</h1><InTrouble trouble=trouble/> }.into_any();
        }
        match place.get() {
            Place::Customers => view! { <Fetching place=Place::Customers/> }.into_any(),
            _ if whose.is_none() => view! {
                <h1 tabindex="-1">{say::phone_today(lang)}</h1><p class="empty">{say::phone_no_role(lang)}</p>
            }
            .into_any(),
            Place::Today => view! { <TodayPage/> }.into_any(),
            place => view! { <Fetching place=place/> }.into_any(),
        }
    };
    view! {
        <main id="content" class="phone" data-ready=move || known.get().then_some("yes")>
            {move || known.get().then(page)}
        </main>
        <nav class="phone-tabs" aria-label=say::nav_main(lang)>
            <ul>
                <Tab here=place to=Place::Today icon="calendar-check" text=say::phone_today(lang)/>
                <Tab here=place to=Place::Timer icon="timer" text=say::phone_timer(lang)/>
                <Tab here=place to=Place::Week(None) icon="calendar-days" text=say::phone_week(lang)/>
                <Tab here=place to=Place::Customers icon="users" text=say::nav_customers(lang)/>
            </ul>
        </nav>
    }
}

#[component]
fn Tab(here: RwSignal<Place>, to: Place, icon: &'static str, text: &'static str) -> impl IntoView {
    let current = move || {
        let here = here.get();
        let same = here == to || matches!((here, to), (Place::Week(_), Place::Week(_)));
        same.then_some("page")
    };
    view! { <li><a class="nav-item" href=to.address() aria-current=current><Icon name=icon/><span>{text}</span></a></li> }
}
