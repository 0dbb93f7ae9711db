//! Lots, their order, and what of them can be drawn or is lost.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, GrantOrigin, QuotaError, Seq};
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
    /// When it can be drawn: its own period and the periods to which it is carried over.
    pub valid: DateRange,
    /// From when on it is carried over, if it outlives its own period.
    pub carried: Option<Carried>,
    /// Why it was granted.
    pub origin: GrantOrigin,
}

/// The later part of the validity of a lot that outlives its own period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Carried {
    /// The first day after its own period.
    pub from: NaiveDate,
    /// The most that can be drawn on dates after its own period, all draws together; none means all of it.
    pub cap: Option<Amount>,
}

impl Lot {
    /// The order of consumption, one total order for everything: the earliest `until` first (none is last),
    /// then the earliest `from`, then the smaller sequence number of the grant.
    pub fn order(&self) -> (bool, Option<NaiveDate>, NaiveDate, Seq) {
        (self.valid.until.is_none(), self.valid.until, self.valid.from, self.seq)
    }

    /// Whether it was granted before the draw of that number. One number is never that of a grant and of a draw.
    pub(super) fn granted_before(&self, draw: Seq) -> bool {
        self.seq < draw
    }

    /// Whether a draw of that date counts against the carry-over cap.
    fn is_carried_on(&self, date: NaiveDate) -> bool {
        self.carried.is_some_and(|carried| carried.from <= date)
    }
}

/// A lot and what became of it so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotState {
    /// The lot.
    pub lot: Lot,
    /// The end of its account, if it has one: the lot cannot be used on that day or later.
    pub account_end: Option<NaiveDate>,
    /// What draws and covers took from it, less what was given back. Never negative, never above the lot's amount.
    pub drawn: Amount,
    /// The part of `drawn` that counts for dates after its own period.
    pub drawn_carried: Amount,
    /// Whether the grant was taken back; then nothing of it is drawn or left.
    pub revoked: bool,
}

/// What of a lot is lost on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lapse {
    /// The first day on which it can no longer be used.
    pub date: NaiveDate,
    /// How much, more than nothing.
    pub amount: Amount,
    /// Whether it is what exceeds the carry-over cap at the end of the lot's own period, and not the end of the lot.
    pub over_cap: bool,
}

impl LotState {
    /// Nothing drawn yet.
    pub fn new(lot: Lot, account_end: Option<NaiveDate>) -> LotState {
        LotState { lot, account_end, drawn: Amount::ZERO, drawn_carried: Amount::ZERO, revoked: false }
    }

    /// What is left of it, whether it can still be used or not. Nothing of a revoked lot.
    pub fn left(&self) -> Result<Amount, QuotaError> {
        if self.revoked { Ok(Amount::ZERO) } else { self.lot.amount.minus(self.drawn) }
    }

    /// The first day on which it can no longer be used: the end of its validity or of the account, whichever is
    /// first, but never before its first day. None means never.
    pub fn ends(&self) -> Option<NaiveDate> {
        let end = match (self.lot.valid.until, self.account_end) {
            (Some(until), Some(end)) => Some(until.min(end)),
            (until, end) => until.or(end),
        };
        end.map(|end| end.max(self.lot.valid.from))
    }

    /// A lot is usable on `valid_from <= date < min(valid_until, end of the account)`, unless it was revoked.
    pub fn usable(&self, date: NaiveDate) -> bool {
        !self.revoked && self.lot.valid.from <= date && self.ends().is_none_or(|end| date < end)
    }

    /// What a draw of that date may take from it: what is left while the lot is usable; after its own period at most
    /// the cap less what was already drawn on dates after it.
    pub fn drawable(&self, date: NaiveDate) -> Result<Amount, QuotaError> {
        if self.usable(date) { self.coverable(date) } else { Ok(Amount::ZERO) }
    }

    /// What a cover of a draw of that date may take from it: as [`Self::drawable`], but for any date.
    pub fn coverable(&self, date: NaiveDate) -> Result<Amount, QuotaError> {
        let left = self.left()?;
        match self.lot.carried.and_then(|carried| carried.cap) {
            Some(cap) if self.lot.is_carried_on(date) => Ok(left.min(cap.minus(self.drawn_carried)?).max(Amount::ZERO)),
            _ => Ok(left),
        }
    }

    /// What of it is lost by the beginning of that day: from its first day on, whatever is left and no longer drawable.
    pub fn lapsed(&self, day: NaiveDate) -> Result<Amount, QuotaError> {
        if day < self.lot.valid.from { Ok(Amount::ZERO) } else { self.left()?.minus(self.drawable(day)?) }
    }

    /// When how much of it is lost, in the order of the days; nothing is listed that is nothing. As things stand:
    /// what is drawn until then is no longer lost.
    pub fn lapses(&self) -> Result<Vec<Lapse>, QuotaError> {
        let end = self.ends();
        let over_cap_on = self.lot.carried.map(|carried| carried.from).filter(|from| end.is_none_or(|end| *from < end));
        let days = over_cap_on.map(|day| (day, true)).into_iter().chain(end.map(|day| (day, false)));
        let mut before = Amount::ZERO;
        let mut found = Vec::new();
        for (date, over_cap) in days {
            let lost = self.lapsed(date)?;
            let amount = lost.minus(before)?;
            if amount.is_positive() {
                found.push(Lapse { date, amount, over_cap });
            }
            before = lost;
        }
        Ok(found)
    }

    /// Takes from the lot for a date, or gives back what is negative. Errors when the lot would leave `0..=amount`,
    /// when it would go beyond its carry-over cap, or when it was revoked.
    pub(super) fn take(&mut self, amount: Amount, date: NaiveDate) -> Result<(), QuotaError> {
        let out_of_bounds =
            |left| QuotaError::LotOutOfBounds { lot: self.lot.id, granted: self.lot.amount, left, moved: amount };
        let drawn = self.drawn.plus(amount)?;
        let coverable = self.coverable(date)?;
        let most = if amount.is_positive() { coverable } else { self.lot.amount };
        if self.revoked || amount > most || drawn < Amount::ZERO {
            return Err(out_of_bounds(coverable));
        }
        if self.lot.is_carried_on(date) {
            let carried = self.drawn_carried.plus(amount)?;
            if carried < Amount::ZERO {
                return Err(out_of_bounds(coverable));
            }
            self.drawn_carried = carried;
        }
        self.drawn = drawn;
        Ok(())
    }

    /// Takes the grant back: nothing of it is drawn or left any more. Errors when that was done before.
    pub(super) fn revoke(&mut self) -> Result<(), QuotaError> {
        if self.revoked {
            return Err(QuotaError::AlreadyRevoked { lot: self.lot.id });
        }
        self.revoked = true;
        self.drawn = Amount::ZERO;
        self.drawn_carried = Amount::ZERO;
        Ok(())
    }
}
