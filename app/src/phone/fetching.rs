//! Pages whose code is fetched when somebody goes there. Today comes with the phone itself; whoever reads it has the others
//! in a moment, because they are fetched meanwhile.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use texts::say;

use super::{
    booking::{KnownBooking, NewBooking},
    customers::CustomersPage,
    focus_heading,
    place::Place,
    timing::TimerPage,
    trouble::{InTrouble, Trouble},
    week::WeekPage,
};
use crate::{context::lang, pages::Fetch};

/// Where time is booked: the timer, and a booking.
pub fn desk(place: Place) -> AnyView {
    match place {
        Place::Timer => view! { <TimerPage/> }.into_any(),
        Place::Booking(day, booking) => view! { <KnownBooking day=day booking=booking/> }.into_any(),
        _ => view! { <NewBooking/> }.into_any(),
    }
}

/// Where one looks things up: the week, and the customers.
pub fn overview(place: Place) -> AnyView {
    match place {
        Place::Week(day) => view! { <WeekPage day=day/> }.into_any(),
        _ => view! { <CustomersPage/> }.into_any(),
    }
}

/// The page, as soon as its code is there.
#[component]
pub(super) fn Fetching(place: Place) -> impl IntoView {
    let lang = lang();
    let fetch = expect_context::<Fetch<Place>>();
    let page = move || {
        // It is made and awaited in the browser alone.
        let page = SendWrapper::new((fetch.0)(place));
        Suspend::new(async move {
            let Some(page) = page.await else {
                return view! {
                    <h1 tabindex="-1">{say::phone_not_there(lang)}</h1>
                    <InTrouble trouble=Trouble::Offline/>
                    // A newer version has other files: the whole phone is loaded again.
                    <p><a class="button-quiet" href="/phone">{say::phone_load_again(lang)}</a></p>
                }
                .into_any();
            };
            request_animation_frame(focus_heading);
            page
        })
    };
    view! { <Suspense>{page}</Suspense> }
}
