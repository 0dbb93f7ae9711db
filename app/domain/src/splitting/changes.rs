//! How two lists of portions differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Plan, Portion, Poured, Target};
use crate::{BookingId, Seconds, quota::Amount};

/// The figures of a portion; nothing of one that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Amounts {
    /// Its time.
    pub seconds: Seconds,
    /// What it costs in minor units.
    pub amount: i64,
    /// What it takes of the account of its line.
    pub taken: Amount,
}

/// A portion that is another one, that is new or that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortionChange {
    /// Where it goes.
    #[serde(flatten)]
    pub target: Target,
    /// What it was.
    pub before: Amounts,
    /// What it is.
    pub after: Amounts,
}

/// How two lists of portions differ, in the order of the second one, then what is gone. What is the same is not said.
pub fn changes(before: &[Portion], after: &[Portion]) -> Vec<PortionChange> {
    let of = |portions: &[Portion], target: Target| {
        let found = portions.iter().find(|portion| portion.target == target);
        found.map_or(Amounts::default(), |found| Amounts {
            seconds: found.seconds,
            amount: found.amount,
            taken: found.taken,
        })
    };
    let targets = after.iter().map(|portion| portion.target);
    let gone = before.iter().map(|portion| portion.target).filter(|target| of(after, *target) == Amounts::default());
    let both = targets.chain(gone).map(|target| PortionChange {
        target,
        before: of(before, target),
        after: of(after, target),
    });
    both.filter(|change| change.before != change.after).collect()
}

impl Poured {
    /// How its portions changed.
    pub fn changes(&self) -> Vec<PortionChange> {
        changes(&self.before, &self.portions)
    }
}

impl Plan {
    /// The other bookings that come out otherwise than they were, in the order in which they were accepted: what the answer
    /// tells. One that only draws other lots is not told.
    pub fn changed(&self) -> impl Iterator<Item = &Poured> {
        self.others.iter().filter(|other| other.before != other.portions)
    }

    /// What a person saw against what was decided: each booking whose portions come out otherwise, with those seen as
    /// `before`. Empty when nothing differs.
    pub fn differences(seen: &Plan, decided: &Plan) -> Vec<(BookingId, Vec<PortionChange>)> {
        fn all(plan: &Plan) -> impl Iterator<Item = &Poured> {
            plan.booking.iter().chain(&plan.others)
        }
        fn named(plan: &Plan) -> BTreeMap<BookingId, &Poured> {
            all(plan).map(|poured| (poured.booking, poured)).collect()
        }
        fn of<'a>(plan: &BTreeMap<BookingId, &'a Poured>, like: &'a Poured) -> &'a [Portion] {
            // What a plan does not name stays as it was.
            plan.get(&like.booking).map_or(like.before.as_slice(), |found| found.portions.as_slice())
        }
        let (by_seen, by_decided) = (named(seen), named(decided));
        let unseen = all(decided).filter(|poured| !by_seen.contains_key(&poured.booking));
        let both = all(seen).chain(unseen);
        let differ = both.map(|poured| (poured.booking, changes(of(&by_seen, poured), of(&by_decided, poured))));
        differ.filter(|(_, changes)| !changes.is_empty()).collect()
    }
}
