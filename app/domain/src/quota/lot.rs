//! Lots and their order.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, QuotaError, Seq};
use crate::{DateRange, LotId};

/// What a grant created: a volume that is drawn down within its validity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Its id, which is the id of its grant.
    pub id: LotId,
    /// The sequence number of its grant.
    pub seq: Seq,
    /// What was granted, more than nothing.
    pub amount: Amount,
    /// When it can be drawn.
    pub valid: DateRange,
}

impl Lot {
    /// The order of consumption, one total order for everything: the earliest `until` first (none is last),
    /// then the earliest `from`, then the smaller sequence number of the grant.
    pub fn order(&self) -> (bool, Option<NaiveDate>, NaiveDate, Seq) {
        (self.valid.until.is_none(), self.valid.until, self.valid.from, self.seq)
    }

    /// The day on which what is left is lost, if the lot ends.
    pub fn lapses_on(&self) -> Option<NaiveDate> {
        self.valid.until
    }
}

/// A lot and what was drawn from it so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotState {
    /// The lot.
    pub lot: Lot,
    /// What draws and covers took from it, less what was released. Never negative, never above the lot's amount.
    pub drawn: Amount,
}

impl LotState {
    /// Nothing drawn yet.
    pub fn new(lot: Lot) -> LotState {
        LotState { lot, drawn: Amount::ZERO }
    }

    /// What is left of it, whether it can still be used or not.
    pub fn left(&self) -> Result<Amount, QuotaError> {
        self.lot.amount.minus(self.drawn)
    }

    /// What a draw of that date may take from it: what is left while the lot is valid, else nothing.
    pub fn drawable(&self, date: NaiveDate) -> Result<Amount, QuotaError> {
        if self.lot.valid.contains(date) { self.left() } else { Ok(Amount::ZERO) }
    }

    /// What was lost by that day: what is left once the lot has ended.
    pub fn lapsed(&self, today: NaiveDate) -> Result<Amount, QuotaError> {
        if self.lot.lapses_on().is_some_and(|until| until <= today) { self.left() } else { Ok(Amount::ZERO) }
    }

    /// Takes from the lot, or gives back what is negative. Errors when the lot would leave `0..=amount`.
    pub(super) fn take(&mut self, amount: Amount) -> Result<(), QuotaError> {
        let drawn = self.drawn.plus(amount)?;
        if drawn < Amount::ZERO || drawn > self.lot.amount {
            return Err(QuotaError::LotOutOfBounds {
                lot: self.lot.id,
                granted: self.lot.amount,
                left: self.left()?,
                moved: amount,
            });
        }
        self.drawn = drawn;
        Ok(())
    }
}
