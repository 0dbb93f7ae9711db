//! The facts with which bookings are previewed: fetched once per task and day, and again where they do not reach, or
//! once the day is over on which they were fetched.

use chrono::NaiveDate;
use domain::{BookingId, ProjectId};
use leptos::prelude::*;
use wire::projects::BookingFacts;

use super::{desk, held::Phone, trouble::Trouble};

/// For which booking facts are wanted.
pub(super) type Wanted = (ProjectId, NaiveDate, Option<BookingId>);

/// The facts that are there.
#[derive(Clone, Copy)]
pub(super) struct Known {
    facts: RwSignal<Option<(Option<BookingId>, BookingFacts)>>,
    /// Why there are none.
    pub(super) trouble: RwSignal<Option<Trouble>>,
}

impl Known {
    /// Fetches the facts that are wanted as soon as they are, and whenever those that are there do not reach; again
    /// whenever the phone renews what it knows, and once the day is over on which they were fetched.
    pub(super) fn fetched(phone: Phone, wanted: impl Fn() -> Option<Wanted> + Send + Sync + 'static) -> Known {
        let known = Known { facts: RwSignal::new(None), trouble: RwSignal::new(None) };
        let wanted = Memo::new(move |_| wanted());
        // Where the day turns here before it does on the server, it is asked once a minute until both have turned.
        let outdated = Memo::new(move |_| {
            let fetched = known.facts.with(|known| known.as_ref().map(|(_, facts)| facts.facts.today))?;
            (fetched < phone.today.get()).then(|| phone.now.get().timestamp().div_euclid(60))
        });
        let asked = StoredValue::new(0_u64);
        Effect::new(move |before: Option<(u32, Option<i64>)>| {
            let now = (phone.saved.get(), outdated.get());
            let Some((project, date, booking)) = wanted.get() else { return now };
            let fresh = before.is_some_and(|before| before.0 == now.0 && (now.1.is_none() || now.1 == before.1));
            if fresh && known.reaches(project, date, booking) {
                return now;
            }
            let number = asked.with_value(|number| number.wrapping_add(1));
            asked.set_value(number);
            leptos::task::spawn_local(async move {
                let answer = desk::facts(project, date, booking).await;
                if asked.try_get_value() != Some(number) {
                    return;
                }
                match answer {
                    Ok(facts) => {
                        known.trouble.set(None);
                        known.facts.set(Some((booking, facts)));
                    }
                    Err(trouble) => known.trouble.set(Some(trouble)),
                }
            });
            now
        });
        known
    }

    fn reaches(self, project: ProjectId, date: NaiveDate, booking: Option<BookingId>) -> bool {
        self.facts.with_untracked(|known| {
            known
                .as_ref()
                .is_some_and(|(own, facts)| *own == booking && facts.project.id == project && facts.days.contains(date))
        })
    }

    /// The facts for that booking, if they are there.
    pub(super) fn of(self, (project, date, booking): Wanted) -> Option<BookingFacts> {
        self.facts.with(|known| {
            let (own, facts) = known.as_ref()?;
            let fits = *own == booking && facts.project.id == project && facts.days.contains(date);
            fits.then(|| facts.clone())
        })
    }
}
