//! The facts with which bookings are previewed: fetched once per task and day, and again where they do not reach.

use chrono::NaiveDate;
use domain::{BookingId, ProjectId};
use leptos::prelude::*;
use wire::projects::BookingFacts;

use super::{desk, trouble::Trouble};

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
    /// with every `saved`.
    pub(super) fn fetched(wanted: impl Fn() -> Option<Wanted> + Send + Sync + 'static, saved: RwSignal<u32>) -> Known {
        let known = Known { facts: RwSignal::new(None), trouble: RwSignal::new(None) };
        let wanted = Memo::new(move |_| wanted());
        let asked = StoredValue::new(0_u64);
        Effect::new(move |before: Option<u32>| {
            let stale = saved.get();
            let Some((project, date, booking)) = wanted.get() else { return stale };
            if before == Some(stale) && known.reaches(project, date, booking) {
                return stale;
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
            stale
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
