//! Grant: putting a lot on an account.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, DeficitPolicy, Entry, Lot, Movement, QuotaError, account::check_date};
use crate::{DateRange, DrawId, LotId};

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRequest {
    /// Made by the client: the same id with the same content counts once.
    pub lot: LotId,
    /// How much.
    pub amount: Amount,
    /// The first day on which it can be drawn; the date of the grant.
    pub valid_from: NaiveDate,
    /// The first day on which it can no longer be drawn; none means without end.
    pub valid_until: Option<NaiveDate>,
}

/// How much of one draw's deficit the new lot pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverPart {
    /// The draw.
    pub draw: DrawId,
    /// How much, more than nothing.
    pub amount: Amount,
}

/// What a grant does, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantDecision {
    /// The new lot.
    pub lot: Lot,
    /// The open deficits that it covers at once, in the order of the draws' sequence.
    pub covers: Vec<CoverPart>,
    /// What is left of it then.
    pub left: Amount,
}

/// Decides a grant. The new lot covers at once, in the order of the draws' sequence, the open deficits dated
/// within its validity; with [`DeficitPolicy::NextGrant`] also earlier ones.
///
/// Errors when the amount or a date is out of range, when the validity is empty, or when the lot exists.
pub fn grant(view: &AccountView, request: &GrantRequest) -> Result<GrantDecision, QuotaError> {
    let amount = request.amount.asked()?;
    check_date(request.valid_from)?;
    if let Some(until) = request.valid_until {
        check_date(until)?;
    }
    let Some(valid) = DateRange::new(request.valid_from, request.valid_until) else {
        let until = request.valid_until.unwrap_or(request.valid_from);
        return Err(QuotaError::EmptyValidity { from: request.valid_from, until });
    };
    if view.lot(request.lot).is_some() {
        return Err(QuotaError::LotExists { lot: request.lot });
    }
    let earlier_too = view.account.policy.deficits == DeficitPolicy::NextGrant;
    let mut left = amount;
    let mut covers = Vec::new();
    for deficit in &view.deficits {
        let covered = valid.contains(deficit.date) || (earlier_too && deficit.date < valid.from);
        let amount = if covered { deficit.amount.min(left) } else { Amount::ZERO };
        if amount.is_positive() {
            covers.push(CoverPart { draw: deficit.draw, amount });
            left = left.minus(amount)?;
        }
    }
    let lot = Lot { id: request.lot, seq: view.next_seq, amount, valid };
    Ok(GrantDecision { lot, covers, left })
}

impl GrantDecision {
    /// The entries that post it: the grant, then a cover for each deficit. Errors when the sequence ends.
    pub fn entries(&self, view: &AccountView) -> Result<Vec<Entry>, QuotaError> {
        let date = self.lot.valid.from;
        let mut seq = view.next_seq;
        let mut entries = vec![Entry { seq, date, movement: Movement::Grant { lot: self.lot.clone() } }];
        for cover in &self.covers {
            seq = seq.next()?;
            let movement = Movement::Cover { draw: cover.draw, lot: self.lot.id, amount: cover.amount };
            entries.push(Entry { seq, date, movement });
        }
        Ok(entries)
    }
}
