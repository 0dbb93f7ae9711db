//! The whole history of one account, folded from its first entry.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Account, AccountView, Amount, Entry, Movement, Part, QuotaError, RevokedPart, Seq};
use crate::{DrawId, LotId};

/// A draw as it stands now: its present parts change when a deficit is covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedDraw {
    /// The draw.
    pub draw: DrawId,
    /// The sequence number of its entry.
    pub seq: Seq,
    /// The date that it counts for.
    pub date: NaiveDate,
    /// What it holds of which lot now, in the order in which it got them.
    pub parts: Vec<Part>,
    /// Its open deficit.
    pub deficit: Amount,
    /// Whether it was undone; then it holds nothing.
    pub released: bool,
}

impl PostedDraw {
    /// What it holds of that lot.
    pub fn from_lot(&self, lot: LotId) -> Amount {
        self.parts.iter().find(|part| part.lot == lot).map_or(Amount::ZERO, |part| part.amount)
    }

    /// Turns what it holds of the lot into deficit. Errors when the entry says another amount, place or date.
    fn lose(&mut self, lot: LotId, revoked: &RevokedPart) -> Result<(), QuotaError> {
        let held = self.from_lot(lot);
        if held != revoked.amount {
            return Err(QuotaError::LotOutOfBounds {
                lot,
                granted: held,
                left: held,
                moved: revoked.amount.negated()?,
            });
        }
        if self.seq != revoked.seq || self.date != revoked.date {
            return Err(QuotaError::OutOfSequence { expected: self.seq, found: revoked.seq });
        }
        self.parts.retain(|part| part.lot != lot);
        self.deficit = self.deficit.plus(held)?;
        Ok(())
    }
}

/// Everything that the entries of one account say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The state of the lots and the open deficits.
    pub view: AccountView,
    /// Every draw.
    pub draws: BTreeMap<DrawId, PostedDraw>,
    /// The sum of all movements: granted less drawn less open deficits.
    pub balance: Amount,
}

impl Ledger {
    /// An account without any entry.
    pub fn new(account: Account) -> Ledger {
        Ledger { view: AccountView::empty(account), draws: BTreeMap::new(), balance: Amount::ZERO }
    }

    /// The draws that hold something of that lot, in the order of their sequence.
    pub fn holders(&self, lot: LotId) -> Vec<PostedDraw> {
        let mut holders: Vec<_> = self.draws.values().filter(|d| d.from_lot(lot).is_positive()).cloned().collect();
        holders.sort_by_key(|draw| draw.seq);
        holders
    }

    /// Folds entries from the first one. Errors at the first entry that breaks a bound.
    pub fn fold<'a>(account: Account, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Ledger, QuotaError> {
        let mut ledger = Ledger::new(account);
        for entry in entries {
            ledger.post(entry)?;
        }
        Ok(ledger)
    }

    /// Applies one more entry. Errors when it breaks a bound; the ledger is then not to be used further.
    pub fn post(&mut self, entry: &Entry) -> Result<(), QuotaError> {
        self.view.post(entry)?;
        self.balance = self.balance.plus(entry.movement.balance()?)?;
        match &entry.movement {
            Movement::Grant { .. } | Movement::End { .. } => {}
            Movement::Draw { draw, parts, deficit, .. } => {
                let posted = PostedDraw {
                    draw: *draw,
                    seq: entry.seq,
                    date: entry.date,
                    parts: parts.clone(),
                    deficit: *deficit,
                    released: false,
                };
                if self.draws.insert(*draw, posted).is_some() {
                    return Err(QuotaError::DrawExists { draw: *draw });
                }
            }
            Movement::Release { draw, parts, deficit } => {
                let posted = self.draws.get_mut(draw).ok_or(QuotaError::UnknownDraw { draw: *draw })?;
                // The date says which part of a carried lot gets it back.
                let same = posted.date == entry.date && posted.parts == *parts && posted.deficit == *deficit;
                if posted.released || !same {
                    return Err(QuotaError::AlreadyReleased { draw: *draw });
                }
                posted.parts.clear();
                posted.deficit = Amount::ZERO;
                posted.released = true;
            }
            Movement::Revoke { lot, parts, .. } => {
                for part in parts {
                    let unknown = QuotaError::UnknownDraw { draw: part.draw };
                    let posted = self.draws.get_mut(&part.draw).ok_or(unknown)?;
                    posted.lose(*lot, part)?;
                }
            }
            Movement::Cover { draw, lot, amount } => {
                let posted = self.draws.get_mut(draw).ok_or(QuotaError::UnknownDraw { draw: *draw })?;
                posted.deficit = posted.deficit.minus(*amount)?;
                match posted.parts.iter_mut().find(|part| part.lot == *lot) {
                    Some(part) => part.amount = part.amount.plus(*amount)?,
                    None => posted.parts.push(Part { lot: *lot, amount: *amount }),
                }
            }
        }
        Ok(())
    }
}
