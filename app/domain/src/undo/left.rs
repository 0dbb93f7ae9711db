//! What of the deficits a re-run covers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    DrawId,
    quota::{AccountView, Amount, QuotaError},
};

/// A deficit that was open before a re-run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeficitLeft {
    /// The draw.
    pub draw: DrawId,
    /// The date of the draw.
    pub date: NaiveDate,
    /// What is covered of it.
    pub covered: Amount,
    /// What stays uncovered.
    pub uncovered: Amount,
}

/// What of the deficits that were open `before` is covered `after`, in the order of the draws. Errors when a figure
/// does not fit.
pub fn covered(before: &AccountView, after: &AccountView) -> Result<Vec<DeficitLeft>, QuotaError> {
    let left = before.deficits.iter().map(|open| {
        let uncovered = after.deficit_of(open.draw).map_or(Amount::ZERO, |left| left.amount);
        let covered = open.amount.minus(uncovered)?;
        Ok(DeficitLeft { draw: open.draw, date: open.date, covered, uncovered })
    });
    left.collect()
}
