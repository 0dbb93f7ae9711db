//! What a person saw before saving against what was decided.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LineClearing, Reconciled};
use crate::{LineId, quota::Amount};

/// What a line showed before it was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The line.
    pub line: LineId,
    /// The name of its outcome or reason.
    pub outcome: String,
    /// What its clearing item took off, in the unit of the quota.
    pub cleared: Amount,
    /// The net total of its clearing item in minor units.
    pub item: i64,
}

impl LineClearing {
    /// What a person sees of it.
    pub fn shown(&self) -> Shown {
        let outcome = self.outcome.name().to_owned();
        Shown { line: self.line, outcome, cleared: self.cleared, item: self.item }
    }
}

/// A line that came out otherwise than a person saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDifference {
    /// What the person saw.
    pub seen: Shown,
    /// What was decided.
    pub decided: Shown,
}

/// Compares line by line what a person saw with what was decided, in the order of the lines; empty when nothing differs.
/// Lines that the person did not see are not compared.
pub fn differences(seen: &[Shown], decided: &Reconciled) -> Vec<LineDifference> {
    let seen: BTreeMap<LineId, &Shown> = seen.iter().map(|shown| (shown.line, shown)).collect();
    let both = decided.lines.iter().filter_map(|line| seen.get(&line.line).map(|shown| (*shown, line.shown())));
    let differ = both.filter(|(seen, decided)| *seen != decided);
    differ.map(|(seen, decided)| LineDifference { seen: seen.clone(), decided }).collect()
}
