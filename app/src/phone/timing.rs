//! The page of the timer: started with a tap, stopped, switched to another task, asked about where it was forgotten.

use chrono::{DateTime, Utc};
use domain::{BookingId, Seconds, splitting::SplitError};
use leptos::prelude::*;
use texts::{Lang, date, say, seconds};
use wire::bookings::{BookingAnswer, TimerForm};

use super::{
    answer::Answer,
    chosen::Chosen,
    clock::{day, shown as local},
    desk,
    discard::Discard,
    facts::{Known, Wanted},
    forgotten::Forgotten,
    held::Phone,
    left::LeftFor,
    look::{Look, look},
    picking::Picker,
    timer::Timer,
    trouble::{InTrouble, Trouble},
};
use crate::{
    bookings::{Previewed, preview::preview_all},
    context::lang,
    ui::{Field, Icon},
};

/// How the timer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Off,
    Runs,
    Forgotten,
    Stopped,
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Timing {
    pub(super) phone: Phone,
    lang: Lang,
    known: Known,
    sending: RwSignal<bool>,
    trouble: RwSignal<Option<Trouble>>,
    booked: RwSignal<Vec<BookingAnswer>>,
}

fn wanted(phone: Phone) -> Option<Wanted> {
    let clock = phone.clock();
    phone.timer.with(|timer| timer.as_ref().map(|timer| (timer.on.project.id, day(&clock, timer.start), None)))
}

impl Timing {
    fn begin(phone: Phone) -> Timing {
        Timing {
            phone,
            lang: lang(),
            known: Known::fetched(phone, move || wanted(phone)),
            sending: RwSignal::new(false),
            trouble: RwSignal::new(None),
            booked: RwSignal::new(Vec::new()),
        }
    }

    /// Starts a timer at that instant.
    fn start(self, on: Chosen, start: DateTime<Utc>) -> Timer {
        let id = BookingId::new(self.phone.new_id());
        Timer { id, on, start, end: None, then: None, billable: true, note: String::new() }
    }

    /// Where the time goes that it has run until then.
    fn look(self, until: DateTime<Utc>) -> Option<Result<Look, Trouble>> {
        let facts = self.known.of(wanted(self.phone)?)?;
        let timer = self.phone.timer.get()?;
        Some(look(self.lang, self.phone, &facts, &timer, until))
    }

    /// How much of it fits and how much is left then, where splitting is off and it does not fit whole. It is tried: a
    /// later booking may not fit any more.
    fn part(self, until: DateTime<Utc>) -> Option<(Seconds, Seconds)> {
        let facts = self.known.of(wanted(self.phone)?)?;
        let timer = self.phone.timer.get()?;
        let days = timer.bookings(&self.phone.clock(), until, self.phone.person()).ok()?;
        let Err(SplitError::DoesNotFit { booking, book: Some([fits, _]), .. }) = preview_all(&facts, &days) else {
            return None;
        };
        let before: i64 = days.iter().take_while(|piece| piece.id != booking).map(|piece| piece.seconds.0).sum();
        let part = Seconds(before.saturating_add(fits.0));
        let rest = timer.after(part, timer.id)?;
        let goes = self.look(rest.start)?.is_ok();
        goes.then(|| (part, rest.elapsed(until)))
    }

    /// Nothing is booked before it is seen where its time goes, unless that cannot be seen.
    fn waits(self) -> bool {
        wanted(self.phone).is_some_and(|wanted| self.known.awaited(wanted))
    }

    /// Stops it at that instant. Nothing is booked yet.
    pub(super) fn stop(self, end: DateTime<Utc>) {
        self.trouble.set(None);
        self.phone.change_timer(|timer| timer.end = Some(end));
    }

    /// Lets it run on as if nobody had stopped it.
    fn go_on(self) {
        self.trouble.set(None);
        if let Some(timer) = self.phone.timer.get_untracked() {
            self.phone.timer.set(Some(timer.running()));
        }
    }

    /// Throws it away.
    pub(super) fn discard(self) {
        self.trouble.set(None);
        self.phone.timer.set(None);
    }

    /// Stops it, books it, and goes on with another task. What is refused runs on.
    fn switch(self, now: DateTime<Utc>, then: Chosen) {
        if self.sending.get_untracked() {
            return;
        }
        self.phone.change_timer(|timer| {
            timer.end = Some(now);
            timer.then = Some(then);
        });
        self.book(None, true);
    }

    /// Books what it has run until it was stopped, or only so much of it: the rest is the next one. It stands on the phone
    /// as it is sent: where the answer is lost, the same is sent again. What was saved before is taken off it.
    fn book(self, part: Option<Seconds>, switches: bool) {
        let phone = self.phone;
        let Some(timer) = phone.timer.get_untracked() else { return };
        let Some(end) = timer.end else { return };
        if self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        let rest = part.and_then(|part| timer.after(part, BookingId::new(phone.new_id())));
        let until = rest.as_ref().map_or(end, |rest| rest.start);
        let seen = untrack(|| self.look(until)).and_then(Result::ok).map(|look| look.plans()).unwrap_or_default();
        let form = TimerForm { person: phone.sender(), ..timer.form(until, &seen) };
        leptos::task::spawn_local(async move {
            let answer = desk::book_timer(&form).await;
            let here = self.sending.try_set(false).is_none();
            let then = timer.then.clone().map(|on| self.start(on, end));
            let (booked, trouble) = match answer {
                Ok(booked) => {
                    phone.replace_timer(timer.id, rest.or(then));
                    phone.renew();
                    (booked, None)
                }
                Err(Trouble::Saved(rows)) => {
                    let saved = Seconds(rows.iter().map(|row| row.seconds.0).sum());
                    let rest = timer.after(saved, BookingId::new(phone.new_id()));
                    phone.replace_timer(timer.id, rest.or(then));
                    phone.renew();
                    (Vec::new(), Some(Trouble::Saved(rows)))
                }
                Err(trouble) => {
                    if matches!(trouble, Trouble::Refused { .. }) {
                        // It is otherwise than it was seen.
                        phone.renew();
                    }
                    if switches && trouble != Trouble::Offline {
                        phone.replace_timer(timer.id, Some(timer.running()));
                    }
                    (Vec::new(), Some(trouble))
                }
            };
            if here {
                self.trouble.set(trouble);
                self.booked.set(booked);
            }
        });
    }
}

/// The page.
#[component]
pub(super) fn TimerPage() -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let timing = Timing::begin(phone);
    let stand = Memo::new(move |_| {
        let now = phone.now.get();
        phone.timer.with(|timer| match timer {
            None => Stand::Off,
            Some(timer) if timer.end.is_some() => Stand::Stopped,
            Some(timer) if timer.forgotten(now) => Stand::Forgotten,
            Some(_) => Stand::Runs,
        })
    });
    // Whether a task can be chosen, and what runs is booked with it.
    let picks = Memo::new(move |_| match stand.get() {
        Stand::Off => Some(false),
        Stand::Runs => (!timing.waits()).then_some(true),
        // These are answered first.
        Stand::Forgotten | Stand::Stopped => None,
    });
    let pick = Callback::new(move |on: Chosen| {
        timing.booked.set(Vec::new());
        timing.trouble.set(None);
        let now = phone.now.get_untracked();
        match stand.get_untracked() {
            Stand::Off => phone.timer.set(Some(timing.start(on, now))),
            Stand::Runs => timing.switch(now, on),
            Stand::Forgotten | Stand::Stopped => {}
        }
    });
    view! {
        <h1 tabindex="-1">{say::phone_timer(lang)}</h1>
        {move || {
            let booked = timing.booked.get();
            // All are of one customer: what is left is said once.
            let last = booked.last().map(|answer| answer.row.id);
            let answers = booked.into_iter().map(move |answer| {
                let left = last == Some(answer.row.id);
                view! { <Answer answer=answer left=left/> }
            });
            answers.collect_view()
        }}
        {move || (stand.get() != Stand::Off).then(|| view! { <Face timing=timing/> })}
        {move || timing.trouble.get().map(|trouble| view! { <InTrouble trouble=trouble/> })}
        {move || match stand.get() {
            Stand::Off => view! { <p class="quiet">{say::phone_start(lang)}</p> }.into_any(),
            Stand::Runs => view! { <Running timing=timing/> }.into_any(),
            Stand::Forgotten => view! { <Forgotten timing=timing/> }.into_any(),
            Stand::Stopped => view! { <Stopped timing=timing/> }.into_any(),
        }}
        {move || picks.get().map(|switches| {
            view! {
                {switches.then(|| view! { <h2>{say::phone_switch(lang)}</h2> })}
                <Picker picked=pick icon="play"/>
            }
        })}
    }
}

/// The task, how long it has run, and what is left for the customer.
#[component]
fn Face(timing: Timing) -> impl IntoView {
    let phone = timing.phone;
    let on = Memo::new(move |_| phone.timer.with(|timer| timer.as_ref().map(|timer| timer.on.clone())));
    view! {
        <section class="timer-face">
            {move || on.get().map(|on| view! {
                <p class="task-name">{on.name}</p>
                <p class="task-of">{on.project.name}" · "{on.customer.name.clone()}</p>
                <Elapsed/>
                <LeftFor customer=on.customer task=(on.project.id, on.task) date=phone.today/>
            })}
        </section>
    }
}

/// How long the timer has run, and since when.
#[component]
pub(super) fn Elapsed() -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let figure = move || {
        let now = phone.now.get();
        phone.timer.with(|timer| timer.as_ref().map(|timer| seconds(timer.elapsed(now))))
    };
    let since = move || {
        let clock = phone.clock();
        phone.timer.with(|timer| {
            let at = timer.as_ref().map(|timer| local(&clock, timer.start))?;
            Some(say::phone_since(lang, date(lang, at.date_naive()), at.format("%H:%M")))
        })
    };
    view! {
        <p class="timer-figure figure" role="timer" data-testid="elapsed">{figure}</p>
        <p class="quiet">{since}</p>
    }
}

#[component]
fn Running(timing: Timing) -> impl IntoView {
    let (lang, phone) = (timing.lang, timing.phone);
    // Drawn anew each minute: nobody reads along by the second.
    let until = Memo::new(move |_| {
        let now = phone.now.get();
        let start = phone.timer.with(|timer| timer.as_ref().map(|timer| timer.start)).unwrap_or(now);
        let minutes = now.signed_duration_since(start).num_minutes();
        start.checked_add_signed(chrono::TimeDelta::minutes(minutes)).unwrap_or(now)
    });
    view! {
        <Seen timing=timing until=until/>
        <More timing=timing/>
        <p class="form-actions">
            <button class="button timer-stop" type="button" disabled=timing.sending
                on:click=move |_| timing.stop(phone.now.get_untracked())>
                <Icon name="square"/>{say::phone_stop(lang)}
            </button>
        </p>
    }
}

#[component]
fn Stopped(timing: Timing) -> impl IntoView {
    let (lang, phone) = (timing.lang, timing.phone);
    let end = Memo::new(move |last: Option<&DateTime<Utc>>| {
        let end = phone.timer.with(|timer| timer.as_ref().and_then(|timer| timer.end));
        end.or(last.copied()).unwrap_or_else(|| phone.now.get_untracked())
    });
    let time = move || {
        phone.timer.with(|timer| timer.as_ref().map(|timer| seconds(timer.elapsed(end.get())))).unwrap_or_default()
    };
    let part = Memo::new(move |_| timing.part(end.get()));
    let take_part = move || {
        part.get().map(|(part, rest)| {
            view! {
                <button class="button" type="button" disabled=timing.sending
                    on:click=move |_| timing.book(Some(part), false)>
                    {say::phone_book_part(lang, seconds(part), seconds(rest))}
                </button>
            }
        })
    };
    let then = move || {
        phone.timer.with(|timer| {
            let on = timer.as_ref()?.then.as_ref()?;
            let text = say::phone_then_timer(lang, &on.name, &on.project.name);
            Some(view! { <p class="quiet">{text}</p> })
        })
    };
    view! {
        <Seen timing=timing until=end/>
        {take_part}
        <More timing=timing/>
        {then}
        <p class="form-actions">
            <button class="button" type="button" disabled=move || timing.sending.get() || timing.waits()
                on:click=move |_| timing.book(None, false)>
                {move || say::phone_save(lang, time())}
            </button>
            <button class="button-quiet" type="button" disabled=timing.sending on:click=move |_| timing.go_on()>
                {say::phone_go_on(lang)}
            </button>
        </p>
        <DiscardTimer timing=timing/>
    }
}

/// Throwing the time away.
#[component]
pub(super) fn DiscardTimer(timing: Timing) -> impl IntoView {
    let (lang, phone) = (timing.lang, timing.phone);
    let time = move || {
        let now = phone.now.get();
        phone.timer.with(|timer| timer.as_ref().map(|timer| seconds(timer.elapsed(now)))).unwrap_or_default()
    };
    view! {
        <Discard text=Signal::derive(move || say::phone_discard(lang, time()))
            sure=Signal::derive(move || say::phone_discard_sure(lang, time()))
            disabled=timing.sending discard=Callback::new(move |()| timing.discard())/>
    }
}

/// Where the time goes that it has run until then.
#[component]
fn Seen(timing: Timing, #[prop(into)] until: Signal<DateTime<Utc>>) -> impl IntoView {
    let lang = timing.lang;
    let seen = Memo::new(move |_| timing.look(until.get()));
    let shown = move || {
        seen.get().map(|seen| match seen {
            // The server has said the same.
            Err(trouble) if timing.trouble.with(|told| told.as_ref() == Some(&trouble)) => ().into_any(),
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
            Ok(look) => {
                let Look { days, currency, ahead } = look;
                let several = days.len() > 1;
                let days = days.into_iter().map(|(day, preview)| {
                    view! {
                        {several.then(|| view! { <h3>{date(lang, day)}</h3> })}
                        <Previewed preview=preview currency=currency/>
                    }
                });
                view! { {days.collect_view()}{ahead.map(|ahead| view! { <p class="quiet">{ahead}</p> })} }.into_any()
            }
        })
    };
    view! {
        <div class="booking-split" aria-live="polite" data-testid="split">{shown}</div>
        {move || timing.known.trouble.get().map(|trouble| view! { <InTrouble trouble=trouble/> })}
    }
}

/// What was done, and whether the customer pays for it: neither is asked for.
#[component]
fn More(timing: Timing) -> impl IntoView {
    let (lang, phone) = (timing.lang, timing.phone);
    let note = Memo::new(move |_| {
        phone.timer.with(|timer| timer.as_ref().map(|timer| timer.note.clone())).unwrap_or_default()
    });
    let billable = Memo::new(move |_| phone.timer.with(|timer| timer.as_ref().is_none_or(|timer| timer.billable)));
    let charge =
        move |event: leptos::ev::Event| phone.change_timer(|timer| timer.billable = event_target_checked(&event));
    view! {
        <Field label=say::booking_note(lang) name="note" id="timer-note" value=note
            set=move |typed| phone.change_timer(|timer| timer.note = typed)/>
        <label class="switch">
            <input type="checkbox" id="timer-billable" prop:checked=billable on:change=charge/>
            <span>{say::booking_billable(lang)}</span>
        </label>
    }
}
