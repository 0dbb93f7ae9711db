//! Revoke: taking a grant back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, Entry, LotState, Movement, PostedDraw, QuotaError, RevokedPart};
use crate::LotId;

/// What a revoke does, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeDecision {
    /// The lot whose grant is taken back.
    pub lot: LotId,
    /// The date of the grant, for which the revoke counts too.
    pub date: NaiveDate,
    /// What was granted.
    pub granted: Amount,
    /// What each draw loses, in the order of the draws' sequence.
    pub parts: Vec<RevokedPart>,
    /// What becomes deficit together.
    pub deficit: Amount,
}

/// Decides a revoke: what was drawn from the lot becomes deficit of the same draws, whatever the limit for deficits;
/// what is left of it is gone. `holders` are the draws that hold something of it, in the order of their sequence.
///
/// Errors when the grant was taken back before, or when the holders do not hold what was drawn.
pub fn revoke(state: &LotState, holders: &[PostedDraw]) -> Result<RevokeDecision, QuotaError> {
    let (lot, granted) = (state.lot.id, state.lot.amount);
    if state.revoked {
        return Err(QuotaError::AlreadyRevoked { lot });
    }
    let part =
        |held: &PostedDraw| RevokedPart { draw: held.draw, seq: held.seq, date: held.date, amount: held.from_lot(lot) };
    let parts: Vec<RevokedPart> = holders.iter().map(part).collect();
    let deficit = Amount::sum(parts.iter().map(|part| part.amount))?;
    if deficit != state.drawn {
        return Err(QuotaError::LotOutOfBounds { lot, granted, left: state.left()?, moved: deficit.negated()? });
    }
    Ok(RevokeDecision { lot, date: state.lot.valid.from, granted, parts, deficit })
}

impl RevokeDecision {
    /// The entry that posts it.
    pub fn entry(&self, view: &AccountView) -> Entry {
        let movement = Movement::Revoke { lot: self.lot, granted: self.granted, parts: self.parts.clone() };
        Entry { seq: view.next_seq, date: self.date, movement }
    }
}
