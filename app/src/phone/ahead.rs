//! What comes after a booking, step by step: what is free or prepaid, and what an hour meets then.

use chrono::NaiveDate;
use domain::{
    Currency, Seconds,
    splitting::{self, Booking, Facts, Next, Pays},
};
use texts::{Lang, amount, money, say};

/// What stands open for the next hour on the same task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ahead(Vec<Next>);

/// Read off the accounts as the booking leaves them.
pub(super) fn ahead(after: &Facts, booking: &Booking, date: NaiveDate) -> Ahead {
    Ahead(splitting::ahead(after, booking, date).unwrap_or_default())
}

fn step(lang: Lang, currency: Currency, next: Next) -> Option<String> {
    Some(match next {
        Next::Left { pays, unit, left } => {
            let pays = if pays == Pays::Allowance { say::pays_free(lang) } else { say::pays_prepaid(lang) };
            format!("{} {pays}", amount(lang, unit, left))
        }
        Next::Effort { rate } => {
            let hour = splitting::worth(Seconds::HOUR, rate, currency)?;
            format!("{}/h", money(lang, hour))
        }
        Next::FlatRate => say::phone_flat(lang).to_owned(),
        Next::Overdrawn { room: None, .. } => say::phone_overdrawn(lang).to_owned(),
        Next::Overdrawn { unit, room: Some(room) } => say::phone_overdrawn_by(lang, amount(lang, unit, room)),
    })
}

impl Ahead {
    /// In words: `still 0:15 h free, then 2:00 h prepaid, then €100.00/h`. None when there is nothing to say.
    pub(super) fn text(self, lang: Lang, currency: Currency) -> Option<String> {
        let left = matches!(self.0.first(), Some(Next::Left { .. }));
        let mut steps = self.0.into_iter().filter_map(|next| step(lang, currency, next));
        let first = steps.next()?;
        let first = if left { say::phone_still(lang, first) } else { say::phone_from_now(lang, first) };
        Some(steps.fold(first, |before, step| say::phone_then(lang, before, step)))
    }
}

#[cfg(test)]
mod tests {
    use domain::quota::{Amount, Unit};

    use super::*;

    const HOUR: i64 = 3_600;

    fn free(units: i64) -> Next {
        Next::Left { pays: Pays::Allowance, unit: Unit::Time, left: Amount::new(units) }
    }

    fn block(units: i64) -> Next {
        Next::Left { pays: Pays::PrepaidTime, unit: Unit::Time, left: Amount::new(units) }
    }

    fn purse(cents: i64) -> Next {
        let unit = Unit::Money(Currency::EUR);
        Next::Left { pays: Pays::PrepaidMoney, unit, left: Amount::new(cents) }
    }

    fn effort() -> Next {
        Next::Effort { rate: "100".parse().expect("a price") }
    }

    fn overdrawn(room: Option<i64>) -> Next {
        Next::Overdrawn { unit: Unit::Time, room: room.map(Amount::new) }
    }

    /// Red when: a step is left out, prepaid time is called free, or money is counted as time.
    #[test]
    fn every_step_is_told_with_its_kind() {
        for (steps, de, en) in [
            (
                vec![free(900), block(2 * HOUR), effort()],
                "noch 0:15 h frei, dann 2:00 h vorausbezahlt, dann 100,00 €/h",
                "still 0:15 h free, then 2:00 h prepaid, then €100.00/h",
            ),
            (
                vec![block(HOUR), purse(50_000), Next::FlatRate],
                "noch 1:00 h vorausbezahlt, dann 500,00 € vorausbezahlt, dann pauschal",
                "still 1:00 h prepaid, then €500.00 prepaid, then at a flat rate",
            ),
            (
                vec![free(900), overdrawn(Some(2 * HOUR))],
                "noch 0:15 h frei, dann bis 2:00 h überzogen",
                "still 0:15 h free, then overdrawn by up to 2:00 h",
            ),
            (vec![block(HOUR)], "noch 1:00 h vorausbezahlt", "still 1:00 h prepaid"),
            (vec![overdrawn(None)], "ab jetzt überzogen", "from now on overdrawn"),
            (vec![effort()], "ab jetzt 100,00 €/h", "from now on €100.00/h"),
            (vec![Next::FlatRate], "ab jetzt pauschal", "from now on at a flat rate"),
        ] {
            let text = |lang| Ahead(steps.clone()).text(lang, Currency::EUR).map(|text| text.replace('\u{a0}', " "));
            assert_eq!((text(Lang::De).as_deref(), text(Lang::En).as_deref()), (Some(de), Some(en)));
        }
        assert_eq!(Ahead::default().text(Lang::De, Currency::EUR), None);
    }
}
