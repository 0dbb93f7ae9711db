//! What comes next: where further time would go, step by step.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    Booking, Facts, LineKind, Pays, SplitError,
    counting::Counting,
    pour::{Pool, pool},
};
use crate::{
    Price, Seconds,
    quota::{Account, Amount, Overbooking, Unit},
};

/// A step of the waterfall that further time meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// What a collector has left, more than nothing.
    Left {
        /// How its time is paid for.
        pays: Pays,
        /// What its account counts.
        unit: Unit,
        /// How much.
        left: Amount,
    },
    /// Every further hour is charged.
    Effort {
        /// The net price of an hour.
        rate: Price,
    },
    /// All further time is part of one price.
    FlatRate,
    /// Further time overdraws an account, because no line takes it otherwise.
    Overdrawn {
        /// What the account counts.
        unit: Unit,
        /// By how much at most; none: without limit.
        room: Option<Amount>,
    },
}

/// Where further time of such a booking would go on that date, in the order of the lines: what is left on each account,
/// once, and what an hour meets after that. A lot of an allowance that nothing has touched counts as full. Nothing where
/// no line takes such time.
///
/// Errors as [`super::left`].
pub fn ahead(facts: &Facts, booking: &Booking, date: NaiveDate) -> Result<Vec<Next>, SplitError> {
    let (mut steps, mut counted, mut overdrawn) = (Vec::new(), BTreeSet::new(), None);
    for line in facts.lines.iter().filter(|line| line.takes(booking)) {
        let collector = match &line.kind {
            LineKind::Collector(collector) => collector,
            LineKind::Effort { rate } => {
                steps.push(Next::Effort { rate: *rate });
                return Ok(steps);
            }
            LineKind::FlatRate => {
                steps.push(Next::FlatRate);
                return Ok(steps);
            }
        };
        let account = collector.account;
        let view = facts.accounts.iter().find(|view| view.account.id == account);
        let Account { unit, policy, .. } = &view.ok_or(SplitError::UnknownAccount { line: line.id, account })?.account;
        let Pool { available: left, room } = pool(facts, line.id, collector, date)?;
        // What pays for no whole second takes no time.
        let time = Counting::of(collector, facts.currency).affords(left, Seconds::HOUR);
        if counted.insert(account) && time.is_some_and(|time| time.0 > 0) {
            steps.push(Next::Left { pays: line.kind.pays(), unit: *unit, left });
        }
        if room.is_positive() {
            let limited = matches!(policy.overbooking, Overbooking::Yes { limit: Some(_) });
            overdrawn = Some(Next::Overdrawn { unit: *unit, room: limited.then_some(room) });
        }
    }
    // The last collector is overdrawn first.
    steps.extend(overdrawn);
    Ok(steps)
}
