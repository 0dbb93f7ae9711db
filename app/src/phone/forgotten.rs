//! A timer that ran for very long: it is asked until when, and nothing is booked by itself.

use chrono::NaiveTime;
use leptos::prelude::*;
use texts::{say, seconds};
use wire::bookings::split_text;

use super::{
    clock::shown as local,
    timer::{FORGOTTEN, Timer},
    timing::{DiscardTimer, Timing},
};
use crate::{context::lang, ui::Field};

/// The question.
#[component]
pub(super) fn Forgotten(timing: Timing) -> impl IntoView {
    let (lang, phone) = (lang(), timing.phone);
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let timer = phone.timer;
    let ran = move || {
        let now = phone.now.get();
        timer.with(|timer| timer.as_ref().map(|timer| seconds(timer.elapsed(now)))).unwrap_or_default()
    };
    let cap = Memo::new(move |_| timer.with(|timer| timer.as_ref().map(Timer::cap)));
    // Why it cannot be booked until now; none where it can.
    let too_late = Memo::new(move |_| {
        let (clock, now) = (phone.clock(), phone.now.get());
        let pieces = timer.with(|timer| timer.as_ref().map(|timer| timer.pieces(&clock, now)));
        let error = pieces.and_then(Result::err)?;
        Some(say::phone_end_not_now(lang, split_text(lang, &error)))
    });
    let proposed = move || {
        let clock = phone.clock();
        let at = cap.get().map(|cap| local(&clock, cap).format("%H:%M").to_string()).unwrap_or_default();
        say::phone_end_at(lang, at, seconds(FORGOTTEN))
    };
    let take = move |_| {
        if let Some(cap) = cap.get_untracked() {
            timing.stop(cap);
        }
    };
    let end_typed = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let time = NaiveTime::parse_from_str(typed.get_untracked().trim(), "%H:%M").ok();
        let (clock, now) = (untrack(|| phone.clock()), phone.now.get_untracked());
        let end = timer.with_untracked(|timer| timer.as_ref()?.ends_at(&clock, now, time?));
        match end {
            Some(end) => timing.stop(end),
            None => wrong.set(true),
        }
    };
    let problem = Signal::derive(move || wrong.get().then(|| say::phone_end_wrong(lang).to_owned()));
    view! {
        <section class="notice notice-warn forgotten" data-testid="forgotten">
            <h2>{say::phone_forgotten(lang)}</h2>
            <p>{move || say::phone_forgotten_lead(lang, ran())}</p>
            <button class="button" type="button" on:click=take>{proposed}</button>
            <form on:submit=end_typed novalidate>
                <Field label=say::phone_end_typed(lang) name="end" id="timer-end" value=typed problem=problem
                    hint=say::phone_end_hint(lang)
                    set=move |end| {
                        wrong.set(false);
                        typed.set(end);
                    }/>
                <button class="button-quiet" type="submit">{say::phone_end_take(lang)}</button>
            </form>
            {move || match too_late.get() {
                Some(why) => view! { <p>{why}</p> }.into_any(),
                None => view! {
                    <button class="button-quiet" type="button" on:click=move |_| timing.stop(phone.now.get_untracked())>
                        {move || say::phone_end_now(lang, ran())}
                    </button>
                }
                .into_any(),
            }}
            <DiscardTimer timing=timing/>
        </section>
    }
}
