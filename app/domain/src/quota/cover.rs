//! Cover: paying a part of a draw's deficit from a lot that was granted later.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, Entry, Movement, QuotaError};
use crate::{DrawId, LotId};

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverRequest {
    /// The draw whose deficit is covered.
    pub draw: DrawId,
    /// The lot that pays.
    pub lot: LotId,
    /// How much.
    pub amount: Amount,
}

/// What a cover does, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverDecision {
    /// The request.
    pub request: CoverRequest,
    /// The date of the lot's grant, for which the cover counts.
    pub date: NaiveDate,
    /// What is left of the lot afterwards.
    pub left: Amount,
    /// What is still open of the draw's deficit afterwards.
    pub deficit: Amount,
}

/// Decides a cover. The lot was granted later than the draw; it need not be valid on the date of the draw, but a draw
/// dated after the lot's own period counts against the carry-over cap.
///
/// Errors when the amount is out of range or larger than the open deficit or than what the lot has, or when the lot
/// was granted before the draw.
pub fn cover(view: &AccountView, request: &CoverRequest) -> Result<CoverDecision, QuotaError> {
    let CoverRequest { draw, lot, amount } = *request;
    amount.asked()?;
    let state = view.lot(lot).ok_or(QuotaError::UnknownLot { lot })?;
    let nothing_open = QuotaError::DeficitOutOfBounds { draw, deficit: Amount::ZERO, covered: amount };
    let open = view.deficit_of(draw).ok_or(nothing_open)?;
    if amount > open.amount {
        return Err(QuotaError::DeficitOutOfBounds { draw, deficit: open.amount, covered: amount });
    }
    if state.lot.granted_before(open.seq) {
        return Err(QuotaError::CoverFromEarlierLot { lot, draw });
    }
    let most = state.coverable(open.date)?;
    if amount > most {
        return Err(QuotaError::CoverTooLarge { lot, left: most, wanted: amount });
    }
    let (left, deficit) = (state.left()?.minus(amount)?, open.amount.minus(amount)?);
    Ok(CoverDecision { request: request.clone(), date: state.lot.valid.from, left, deficit })
}

impl CoverDecision {
    /// The entry that posts it.
    pub fn entry(&self, view: &AccountView) -> Entry {
        let CoverRequest { draw, lot, amount } = self.request;
        Entry { seq: view.next_seq, date: self.date, movement: Movement::Cover { draw, lot, amount } }
    }
}
