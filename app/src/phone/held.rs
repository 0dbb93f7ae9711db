//! What every page of the phone knows: whose it is, what time it is, and the timer.
//!
//! *Invariants.* What is kept on the phone belongs to whose time it is: it stands under their id, so that somebody else
//! who signs in on it neither sees nor books it, and it is there again for them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{BookingId, UserId};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{browser, desk, loading::loaded, shapes::Me, timer, timer::Timer, trouble::Trouble};
use crate::context::{NewId, Now, visitor};

/// Handles of what is known.
#[derive(Clone, Copy)]
pub(super) struct Phone {
    /// Whose phone it is; none until that is known.
    pub(super) me: RwSignal<Option<Result<Me, Trouble>>>,
    /// Whose time is booked; none of somebody who books no time, and until it is known.
    pub(super) whose: RwSignal<Option<UserId>>,
    /// What time it is, to the second.
    pub(super) now: RwSignal<DateTime<Utc>>,
    /// Today where the company is.
    pub(super) today: Memo<NaiveDate>,
    /// The timer that runs, or was stopped and is not booked yet.
    pub(super) timer: RwSignal<Option<Timer>>,
    /// Grows with everything that is saved, and when the phone is looked at again: what was loaded is loaded again.
    pub(super) saved: RwSignal<u32>,
    ids: NewId,
}

/// How often the time is looked at.
const BEAT: std::time::Duration = std::time::Duration::from_secs(1);

/// Under which name something of a person is kept.
fn name_of(name: &str, person: UserId) -> String {
    format!("{name}.{person}")
}

impl Phone {
    /// Begins to know it. The timer is that which was kept for whose phone it is, and whatever becomes of it is kept.
    pub(super) fn begin() -> Phone {
        let Now(clock) = expect_context::<Now>();
        let now = RwSignal::new(clock());
        let saved = RwSignal::new(0_u32);
        let looked_at = RwSignal::new(0_u32);
        let answer = loaded(move || Some(looked_at.get()), |_| desk::me());
        let me = RwSignal::new(None::<Result<Me, Trouble>>);
        let (whose, timer) = (RwSignal::new(None::<UserId>), RwSignal::new(None::<Timer>));
        Effect::new(move |_| {
            let Some(answer) = answer.get() else { return };
            // That the network is away says nothing about whose phone it is.
            if answer == Err(Trouble::Offline) && me.with_untracked(|me| matches!(me, Some(Ok(_)))) {
                return;
            }
            let person = answer.as_ref().ok().and_then(|me: &Me| me.person);
            if person != whose.get_untracked() {
                timer.set(person.and_then(|person| browser::kept(&name_of(timer::KEPT, person))));
                whose.set(person);
            }
            me.set(Some(answer));
        });
        Effect::new(move |_| {
            timer.track();
            if let Some(person) = whose.get_untracked() {
                timer.with(|timer| browser::keep(&name_of(timer::KEPT, person), timer.as_ref()));
            }
        });
        // Meanwhile somebody else may have signed in, or booked, or the day is over.
        let _ = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                now.set(clock());
                looked_at.update(|times| *times = times.wrapping_add(1));
                saved.update(|saved| *saved = saved.wrapping_add(1));
            }
        });
        let shell = visitor().today;
        let today = Memo::new(move |_| {
            let now = now.get();
            me.with(|me| match me {
                Some(Ok(me)) => super::clock::day(&me.clock, now),
                _ => shell,
            })
        });
        set_interval(move || now.set(clock()), BEAT);
        Phone { me, whose, now, today, timer, saved, ids: expect_context::<NewId>() }
    }

    /// That of the page around.
    pub(super) fn around() -> Phone {
        expect_context::<Phone>()
    }

    /// A new id.
    pub(super) fn new_id(self) -> Uuid {
        (self.ids.0)()
    }

    /// Whose time is booked. As long as that is not known, nobody's: the preview does not hang on it.
    pub(super) fn person(self) -> UserId {
        self.whose.get().unwrap_or(UserId::new(Uuid::nil()))
    }

    /// Whose time is sent: also when somebody else has signed in since, it is booked for nobody else.
    pub(super) fn sender(self) -> String {
        self.whose.get_untracked().map(|person| person.to_string()).unwrap_or_default()
    }

    /// What was kept under that name for whose phone it is.
    pub(super) fn kept<T: DeserializeOwned>(self, name: &str) -> Option<T> {
        browser::kept(&name_of(name, self.whose.get_untracked()?))
    }

    /// Keeps it for whose phone it is; none is forgotten.
    pub(super) fn keep<T: Serialize>(self, name: &str, what: Option<&T>) {
        if let Some(person) = self.whose.get_untracked() {
            browser::keep(&name_of(name, person), what);
        }
    }

    /// What the clocks of the company show, as far as it is known.
    pub(super) fn clock(self) -> Vec<(DateTime<Utc>, i32)> {
        self.me.with(|me| match me {
            Some(Ok(me)) => me.clock.clone(),
            _ => Vec::new(),
        })
    }

    /// Changes the timer, if there is one.
    pub(super) fn change_timer(self, change: impl FnOnce(&mut Timer)) {
        self.timer.update(|timer| {
            if let Some(timer) = timer {
                change(timer);
            }
        });
    }

    /// The timer of that id has become another one, or none. One that was started since stays.
    pub(super) fn replace_timer(self, id: BookingId, next: Option<Timer>) {
        if self.timer.with_untracked(|timer| timer.as_ref().is_some_and(|timer| timer.id == id)) {
            self.timer.set(next);
        }
    }

    /// Something was saved, or is known to be otherwise.
    pub(super) fn renew(self) {
        self.saved.update(|saved| *saved = saved.wrapping_add(1));
    }
}
