//! What comes after a booking: how much of what is free it leaves, and what an hour costs then.

use chrono::NaiveDate;
use domain::{
    Money, Price, Seconds,
    quota::{Amount, Unit},
    splitting::{self, Booking, Facts, LineKind},
};
use texts::{Lang, amount, money, say};

/// What stands open for the next hour on the same task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ahead {
    /// What the first collector that takes such time has left, in its unit.
    pub(super) left: Option<(Unit, Amount)>,
    /// What an hour costs after that.
    pub(super) rate: Option<Price>,
}

/// Read off the accounts as the booking leaves them.
pub(super) fn ahead(after: &Facts, booking: &Booking, date: NaiveDate) -> Ahead {
    let mut found = Ahead::default();
    for line in after.lines.iter().filter(|line| line.takes(booking)) {
        match &line.kind {
            LineKind::Collector(collector) => {
                let account = after.accounts.iter().find(|view| view.account.id == collector.account);
                let left = splitting::left(after, line.id, date).ok().filter(|left| left.is_positive());
                if let (None, Some(account), Some(left)) = (found.left, account, left) {
                    found.left = Some((account.account.unit, left));
                }
            }
            LineKind::Effort { rate } => {
                found.rate = Some(*rate);
                break;
            }
            LineKind::FlatRate => break,
        }
    }
    found
}

impl Ahead {
    /// In words: `0:21 h still free, then €100.00/h`. None when there is nothing to say.
    pub(super) fn text(self, lang: Lang, currency: domain::Currency) -> Option<String> {
        let left = self.left.map(|(unit, left)| amount(lang, unit, left));
        let rate = self.rate.and_then(|rate| splitting::worth(Seconds::HOUR, rate, currency));
        let rate = rate.map(|worth: Money| money(lang, worth));
        match (left, rate) {
            (Some(left), Some(rate)) => Some(say::phone_left_then(lang, left, rate)),
            (Some(left), None) => Some(say::phone_still_left(lang, left)),
            (None, Some(rate)) => Some(say::phone_from_now(lang, rate)),
            (None, None) => None,
        }
    }
}
