//! What every page of the phone knows: whose it is, what time it is, and the timer.

use chrono::{DateTime, NaiveDate, Utc};
use domain::UserId;
use leptos::prelude::*;
use uuid::Uuid;

use super::{browser, desk, loading::loaded, shapes::Me, timer, timer::Timer, trouble::Trouble};
use crate::context::{NewId, Now, visitor};

/// Handles of what is known.
#[derive(Clone, Copy)]
pub(super) struct Phone {
    /// Whose phone it is; none until that is known.
    pub(super) me: RwSignal<Option<Result<Me, Trouble>>>,
    /// What time it is, to the second.
    pub(super) now: RwSignal<DateTime<Utc>>,
    /// Today where the company is.
    pub(super) today: Memo<NaiveDate>,
    /// The timer that runs, or was stopped and is not booked yet.
    pub(super) timer: RwSignal<Option<Timer>>,
    /// Grows with everything that is saved: what was loaded before is loaded again.
    pub(super) saved: RwSignal<u32>,
    ids: NewId,
}

/// How often the time is looked at.
const BEAT: std::time::Duration = std::time::Duration::from_secs(1);

impl Phone {
    /// Begins to know it. The timer is that which was kept, and whatever becomes of it is kept.
    pub(super) fn begin() -> Phone {
        let Now(clock) = expect_context::<Now>();
        let now = RwSignal::new(clock());
        let saved = RwSignal::new(0);
        let me = loaded(|| Some(()), |()| desk::me());
        let shell = visitor().today;
        let today = Memo::new(move |_| {
            let now = now.get();
            me.with(|me| match me {
                Some(Ok(me)) => super::clock::day(&me.clock, now),
                _ => shell,
            })
        });
        let timer = RwSignal::new(browser::kept::<Timer>(timer::KEPT));
        Effect::new(move |_| timer.with(|timer| browser::keep(timer::KEPT, timer.as_ref())));
        set_interval(move || now.set(clock()), BEAT);
        Phone { me, now, today, timer, saved, ids: expect_context::<NewId>() }
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
        let known = self.me.with(|me| me.as_ref().and_then(|me| me.as_ref().ok()?.person));
        known.unwrap_or(UserId::new(Uuid::nil()))
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

    /// Something was saved.
    pub(super) fn has_saved(self) {
        self.saved.update(|saved| *saved = saved.wrapping_add(1));
    }
}
