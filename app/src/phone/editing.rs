//! The desk on which a booking is typed, new or changed. Where its time will go is drawn at every touch.

use chrono::NaiveDate;
use domain::{
    BookingId, Currency, Seconds,
    splitting::{Booking, SplitError},
};
use leptos::prelude::*;
use texts::{date, read_date, say, seconds};
use wire::{
    bookings::{BookingAnswer, BookingForm, ChangedBooking},
    projects::{BookingFacts, NamedLine},
};

use super::{
    ahead::ahead,
    desk,
    discard::Discard,
    draft::Draft,
    duration::Duration,
    facts::{Known, Wanted},
    held::Phone,
    left::LeftFor,
    others::{Others, others_of},
    trouble::{InTrouble, Trouble},
};
use crate::{
    bookings::{
        Previewed,
        preview::{Preview, preview, preview_all},
    },
    context::lang,
    ui::{Field, FieldKind},
};

/// What saving would do, ready to be shown.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    preview: Preview,
    currency: Currency,
    ahead: Option<String>,
    others: Vec<ChangedBooking>,
    lines: Vec<NamedLine>,
}

/// Where the time is typed: as long as it cannot be read, that is told there alone.
const FIELDS: [&str; 1] = ["time"];

/// Why saving would do nothing.
#[derive(Debug, Clone, PartialEq)]
struct Refusal {
    trouble: Trouble,
    /// How much of it fits, and how much is left then, where splitting is off and a new booking does not fit whole.
    part: Option<(Seconds, Seconds)>,
}

/// How much of a booking fits and how much is left then. It is tried: a later booking may not fit any more.
fn part(facts: &BookingFacts, booking: &Booking, error: &SplitError) -> Option<(Seconds, Seconds)> {
    let SplitError::DoesNotFit { book: Some([fits, rest]), .. } = error else { return None };
    let goes = preview(facts, &Booking { seconds: *fits, ..booking.clone() }).is_ok();
    goes.then_some((*fits, *rest))
}

fn decided(lang: texts::Lang, facts: &BookingFacts, booking: &Booking, adds: bool) -> Result<Shown, Refusal> {
    let preview = preview(facts, booking).map_err(|error| {
        let part = if adds { part(facts, booking, &error) } else { None };
        Refusal { trouble: Trouble::split(lang, error, booking.id), part }
    })?;
    // After a change the accounts are not what they would be after one more booking.
    let after = if adds { preview_all(facts, std::slice::from_ref(booking)).ok() } else { None };
    let currency = facts.facts.currency;
    let ahead = after.and_then(|(_, after)| ahead(&after.facts, booking, booking.date).text(lang, currency));
    let others = others_of(facts, &preview.plan);
    Ok(Shown { others, ahead, currency, lines: facts.lines.clone(), preview })
}

/// The desk. What is typed is kept under that name until it is saved or thrown away; what does not fit is the next one.
#[component]
pub(super) fn Editing(
    begun: Draft,
    kept: &'static str,
    done: Callback<(BookingAnswer, Option<Draft>)>,
    thrown: Callback<()>,
    #[prop(optional)] other: Option<Callback<Draft>>,
) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let adds = begun.version == 0;
    let opened = !adds;
    let (on, own) = (begun.on.clone(), (!adds).then_some(begun.id));
    let project = on.project.id;
    let draft = RwSignal::new(begun);
    let (saving, refused) = (RwSignal::new(false), RwSignal::new(None::<Trouble>));
    // What turned out to be saved stays in sight while it is decided what becomes of the rest.
    let earlier = RwSignal::new(None::<Trouble>);
    Effect::new(move |_| {
        draft.with(|draft| phone.keep(kept, Some(draft)));
        refused.set(None);
    });
    let day = Memo::new(move |last: Option<&NaiveDate>| {
        let typed = draft.with(|draft| read_date(&draft.date).ok());
        typed.or(last.copied()).unwrap_or_else(|| phone.today.get_untracked())
    });
    let wanted = move || -> Wanted { (project, day.get(), own) };
    let known = Known::fetched(phone, move || Some(wanted()));
    let shown = Memo::new(move |_| {
        let form = draft.with(|draft| draft.form(None));
        if form.time.trim().is_empty() {
            return None;
        }
        let read = match form.check(lang) {
            Ok(read) => read,
            Err(problem) => return Some(Err(Refusal { trouble: Trouble::of(lang, &problem), part: None })),
        };
        let facts = known.of(wanted())?;
        Some(decided(lang, &facts, &read.booking(phone.person()), adds))
    });
    let found = move || shown.with(|shown| Some(shown.as_ref()?.as_ref().err()?.trouble.clone()));
    let trouble = move || refused.get().or_else(found);
    let at = move |field: &'static str| Signal::derive(move || trouble().and_then(|trouble| trouble.at(field)));
    let send = move |part: Option<Seconds>| {
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        let plan = shown.with_untracked(|shown| Some(shown.as_ref()?.as_ref().ok()?.preview.plan.clone()));
        let typed = draft.get_untracked();
        let id = typed.id;
        let rest = part.map(|part| typed.after(lang, part, BookingId::new(phone.new_id())));
        let sent = match part {
            Some(part) => typed.lasting(part),
            None => typed,
        };
        let form = BookingForm { person: phone.sender(), ..sent.form(plan.as_ref()) };
        leptos::task::spawn_local(async move {
            let answer = desk::book(&form).await;
            let here = saving.try_set(false).is_none();
            match answer {
                Ok(answer) => {
                    // Meanwhile another one may have been begun.
                    if phone.kept::<Draft>(kept).is_some_and(|kept| kept.id == id) {
                        phone.keep(kept, rest.as_ref());
                    }
                    phone.renew();
                    if here {
                        done.run((answer, rest));
                    }
                }
                Err(Trouble::Saved(rows)) if here && adds => {
                    earlier.set(Some(Trouble::Saved(rows)));
                    draft.update(|draft| draft.id = BookingId::new(phone.new_id()));
                    phone.renew();
                }
                Err(trouble) if here => {
                    if matches!(trouble, Trouble::Refused { .. }) {
                        // It is otherwise than it was seen.
                        phone.renew();
                    }
                    refused.set(Some(trouble));
                }
                Err(_) => {}
            }
        });
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send(None);
    };
    let time = Memo::new(move |_| draft.with(|draft| draft.seconds(lang)).filter(|time| time.0 > 0));
    let button = move || match (time.get(), adds) {
        (Some(time), true) => say::phone_save(lang, seconds(time)),
        (Some(time), false) => say::phone_save_change(lang, seconds(time)),
        (None, _) => say::phone_choose_time(lang).to_owned(),
    };
    // Nothing is saved before it is seen, unless it cannot be seen.
    let waits = move || time.get().is_none() || known.awaited(wanted());
    let told = move || {
        let trouble = trouble().filter(|trouble| time.get().is_some() || !trouble.only_at(&FIELDS));
        trouble.map(|trouble| view! { <InTrouble trouble=trouble/> })
    };
    let another = other.map(|other| {
        let again = move |_| other.run(draft.get_untracked());
        view! { <button class="button-quiet" type="button" on:click=again>{say::phone_other_task(lang)}</button> }
    });
    let throw = Callback::new(move |()| {
        phone.keep::<Draft>(kept, None);
        thrown.run(());
    });
    let billable = move |event: leptos::ev::Event| draft.update(|draft| draft.billable = event_target_checked(&event));
    view! {
        <form class="booking" on:submit=save novalidate>
            <header class="booking-on">
                <p class="task-name">{on.name}</p>
                <p class="task-of">{on.project.name}" · "{on.customer.name.clone()}</p>
                {another}
            </header>
            <LeftFor customer=on.customer task=(project, on.task) date=day/>
            <Duration draft=draft problem=at("time")/>
            <details class="booking-more" open=opened>
                <summary>{say::phone_details(lang)}" "<span class="quiet">{move || date(lang, day.get())}</span></summary>
                <Field label=say::booking_date(lang) name="date" id="booking-date" kind=FieldKind::Date
                    value=Signal::derive(move || draft.with(|draft| draft.date.clone()))
                    set=move |typed| draft.update(|draft| draft.date = typed) problem=at("date")/>
                <Field label=say::booking_note(lang) name="note" id="booking-note"
                    value=Signal::derive(move || draft.with(|draft| draft.note.clone()))
                    set=move |typed| draft.update(|draft| draft.note = typed) problem=at("note")/>
                <label class="switch">
                    <input type="checkbox" id="booking-billable" prop:checked=move || draft.with(|draft| draft.billable)
                        on:change=billable/>
                    <span>{say::booking_billable(lang)}</span>
                </label>
            </details>
            // Where the time goes, or why not, stays in sight with the button that saves it.
            <div class="booking-save">
                <div class="booking-seen" tabindex="0" role="group" aria-label=say::times_portions(lang)>
                    {told}
                    <div class="booking-split" aria-live="polite" data-testid="split">
                        {move || match shown.get() {
                            Some(Ok(shown)) => view! { <Decided shown=shown/> }.into_any(),
                            Some(Err(Refusal { part: Some((part, rest)), .. })) => view! {
                                <button class="button" type="button" disabled=saving on:click=move |_| send(Some(part))>
                                    {say::phone_book_part(lang, seconds(part), seconds(rest))}
                                </button>
                            }
                            .into_any(),
                            Some(Err(_)) => ().into_any(),
                            None => view! { <p class="quiet">{say::phone_preview_hint(lang)}</p> }.into_any(),
                        }}
                    </div>
                    {move || known.trouble.get().map(|trouble| view! { <InTrouble trouble=trouble/> })}
                    {move || earlier.get().map(|trouble| view! { <InTrouble trouble=trouble/> })}
                </div>
                <button class="button" type="submit" disabled=move || saving.get() || waits()>{button}</button>
            </div>
            <Discard text=say::phone_throw(lang) sure=say::phone_throw_sure(lang) disabled=saving discard=throw/>
        </form>
    }
}

#[component]
fn Decided(shown: Shown) -> impl IntoView {
    let lang = lang();
    let Shown { preview, currency, ahead, others, lines } = shown;
    let others = (!others.is_empty()).then(|| {
        view! { <h3>{say::phone_others(lang)}</h3><Others changed=others lines=lines/> }
    });
    view! {
        <Previewed preview=preview currency=currency/>
        {ahead.map(|ahead| view! { <p class="quiet">{ahead}</p> })}
        {others}
    }
}
