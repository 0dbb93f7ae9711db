//! How time falls down the lines: what comes to each, and what it takes. Shows what was decided and decides nothing.

use domain::{BillingLineId, Seconds, splitting::Target};
use wire::bookings::NamedPortion;

/// The time that comes to a line, and what of it the line takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fall {
    /// What comes from above.
    pub before: Seconds,
    /// What the line takes.
    pub takes: Seconds,
    /// What that costs, in minor units.
    pub amount: i64,
}

impl Fall {
    /// What flows on.
    pub fn after(self) -> Seconds {
        Seconds(self.before.0.saturating_sub(self.takes.0))
    }
}

/// Time that falls down all lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Falls {
    /// All of it; nothing when nothing is tried.
    pub total: Seconds,
    /// What comes to each line, in their order.
    pub lines: Vec<Fall>,
    /// What no line takes, and whether somebody has to look at it.
    pub rest: Option<(Seconds, Target)>,
}

impl Falls {
    /// Portions of one booking, on lines in this order.
    pub fn of(lines: &[BillingLineId], portions: &[NamedPortion]) -> Falls {
        let sum = |sum: i64, named: &NamedPortion| sum.saturating_add(named.portion.seconds.0);
        let total = Seconds(portions.iter().fold(0, sum));
        let mut before = total;
        let mut falls = Vec::with_capacity(lines.len());
        for line in lines {
            let own = portions.iter().find(|named| named.portion.target == Target::Line { line: *line });
            let (takes, amount) = own.map_or((Seconds(0), 0), |own| (own.portion.seconds, own.portion.amount));
            let fall = Fall { before, takes, amount };
            before = fall.after();
            falls.push(fall);
        }
        let nowhere = portions.iter().find(|named| !matches!(named.portion.target, Target::Line { .. }));
        let rest = nowhere.map(|named| (named.portion.seconds, named.portion.target));
        Falls { total, lines: falls, rest }
    }

    /// So much of all of it, as a part of `whole`. All of it when nothing is tried.
    pub fn part(&self, time: Seconds, whole: i64) -> i64 {
        if self.total.0 <= 0 {
            return whole;
        }
        let part = i128::from(time.0) * i128::from(whole) / i128::from(self.total.0);
        i64::try_from(part).unwrap_or(whole).clamp(0, whole)
    }
}

#[cfg(test)]
mod tests {
    use domain::{quota::Amount, splitting::Portion};

    use super::*;

    fn line(number: u128) -> BillingLineId {
        BillingLineId::new(uuid::Uuid::from_u128(number))
    }

    fn portion(target: Target, minutes: i64, amount: i64) -> NamedPortion {
        let portion = Portion { target, seconds: Seconds(minutes * 60), amount, taken: Amount::ZERO };
        NamedPortion { portion, line: None, pays: None, deficit: Amount::ZERO }
    }

    /// Red when: what a line takes still comes to the next one, or the rest is lost.
    #[test]
    fn what_a_line_takes_does_not_flow_on() {
        let lines = [line(1), line(2), line(3)];
        let portions = [
            portion(Target::Line { line: line(1) }, 45, 0),
            portion(Target::Line { line: line(3) }, 5, 833),
            portion(Target::Unassigned, 10, 0),
        ];
        let falls = Falls::of(&lines, &portions);
        let minutes = |fall: &Fall| (fall.before.0 / 60, fall.takes.0 / 60, fall.amount);
        let seen: Vec<_> = falls.lines.iter().map(minutes).collect();
        assert_eq!(seen, [(60, 45, 0), (15, 0, 0), (15, 5, 833)]);
        assert_eq!((falls.total, falls.rest), (Seconds(3_600), Some((Seconds(600), Target::Unassigned))));
        assert_eq!(falls.part(Seconds(900), 60), 15);
    }

    #[test]
    fn with_nothing_tried_every_line_is_open() {
        let falls = Falls::of(&[line(1)], &[]);
        assert_eq!((falls.part(falls.lines[0].before, 60), falls.rest), (60, None));
    }
}
