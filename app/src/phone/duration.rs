//! How long it was: a chip, a step, or typed.

use domain::Seconds;
use leptos::prelude::*;
use texts::{clock, say, seconds};

use super::draft::Draft;
use crate::{
    context::lang,
    ui::{Field, FieldKind},
};

/// The times that one tap takes, in minutes.
const CHIPS: [i64; 8] = [15, 30, 45, 60, 90, 120, 180, 240];
/// How much one tap makes it shorter or longer, in minutes.
const STEPS: [i64; 4] = [-15, -5, 5, 15];

/// The time of a draft.
#[component]
pub(super) fn Duration(draft: RwSignal<Draft>, problem: Signal<Option<String>>) -> impl IntoView {
    let lang = lang();
    let time = Memo::new(move |_| draft.with(|draft| draft.seconds(lang)));
    let chips = CHIPS.map(|minutes| {
        let chip = Seconds(minutes * 60);
        let take = move |_| draft.update(|draft| draft.time = clock(chip));
        let pressed = move || if time.get() == Some(chip) { "true" } else { "false" };
        view! { <button class="chip" type="button" aria-pressed=pressed on:click=take>{clock(chip)}</button> }
    });
    let steps = STEPS.map(|minutes| {
        let (by, size) = (Seconds(minutes * 60), seconds(Seconds(minutes.abs() * 60)));
        let step = move |_| draft.update(|draft| draft.step(lang, by));
        let (sign, label) =
            if minutes < 0 { ("\u{2212}", say::phone_less(lang, size)) } else { ("+", say::phone_more(lang, size)) };
        let shown = format!("{sign}{}", minutes.abs());
        // Its name has what is to be read on it: whoever speaks to the phone says that.
        let name = format!("{shown}: {label}");
        view! { <button class="step" type="button" aria-label=name on:click=step>{shown}</button> }
    });
    view! {
        <fieldset class="duration">
            <legend>{say::booking_time(lang)}</legend>
            <div class="chips">{chips.into_iter().collect_view()}</div>
            <div class="steps">{steps.into_iter().collect_view()}</div>
            <Field label=say::phone_time_typed(lang) name="time" id="booking-time" kind=FieldKind::Amount
                value=Signal::derive(move || draft.with(|draft| draft.time.clone()))
                set=move |typed| draft.update(|draft| draft.time = typed) problem=problem/>
        </fieldset>
    }
}
