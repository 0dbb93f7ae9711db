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
            let Some(wanted) = wanted.get() else { return now };
            let fresh = before.is_some_and(|before| before.0 == now.0 && (now.1.is_none() || now.1 == before.1));
            if fresh && untrack(|| known.has(wanted)) {
                return now;
            }
            known.trouble.set(None);
            let number = asked.with_value(|number| number.wrapping_add(1));
            asked.set_value(number);
            let (project, date, booking) = wanted;
            leptos::task::spawn_local(async move {
                let answer = desk::facts(project, date, booking).await;
                if asked.try_get_value() != Some(number) {
                    return;
                }
                match answer {
                    Ok(facts) => known.facts.set(Some((booking, facts))),
                    Err(trouble) => known.trouble.set(Some(trouble)),
                }
            });
            now
        });
        known
    }

    fn has(self, wanted: Wanted) -> bool {
        self.facts.with(|known| reaching(known.as_ref(), wanted).is_some())
    }

    /// Whether those for that booking are still on their way: nobody has seen where its time goes, and may yet.
    pub(super) fn awaited(self, wanted: Wanted) -> bool {
        self.trouble.with(Option::is_none) && !self.has(wanted)
    }

    /// The facts for that booking, if they are there.
    pub(super) fn of(self, wanted: Wanted) -> Option<BookingFacts> {
        self.facts.with(|known| reaching(known.as_ref(), wanted).cloned())
    }
}

/// The facts, if they are for that booking.
fn reaching(
    known: Option<&(Option<BookingId>, BookingFacts)>,
    (project, date, booking): Wanted,
) -> Option<&BookingFacts> {
    let (own, facts) = known?;
    (*own == booking && facts.project.id == project && facts.days.contains(date)).then_some(facts)
}
