//! What a person saw of a plan before it was carried out.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{AccountUndo, UndoPlan};
use crate::{
    AccountId,
    quota::{Amount, QuotaError, Unit},
};

/// What undoing a document comes to on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoSum {
    /// The account.
    pub account: AccountId,
    /// What it counts.
    pub unit: Unit,
    /// What its draws give back.
    pub returned: Amount,
    /// What is dropped of their open deficits.
    pub dropped: Amount,
    /// What was granted and is taken back.
    pub revoked: Amount,
    /// What becomes deficit of other draws.
    pub deficit: Amount,
}

/// A plan comes to something else than a person saw: somebody has drawn or covered meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("it comes to something else than was seen")]
pub struct NotAsSeen {
    /// What was seen.
    pub seen: Vec<UndoSum>,
    /// What it comes to.
    pub decided: Vec<UndoSum>,
}

impl AccountUndo {
    fn sum(&self) -> Result<UndoSum, QuotaError> {
        Ok(UndoSum {
            account: self.account,
            unit: self.unit,
            returned: Amount::sum(self.releases.iter().map(|released| released.returned))?,
            dropped: Amount::sum(self.releases.iter().map(|released| released.deficit))?,
            revoked: Amount::sum(self.revokes.iter().map(|revoked| revoked.granted))?,
            deficit: self.deficit()?,
        })
    }
}

impl UndoPlan {
    /// What it comes to on each account: what a person sees before it is carried out.
    pub fn sums(&self) -> Result<Vec<UndoSum>, QuotaError> {
        self.accounts.iter().map(AccountUndo::sum).collect()
    }

    /// Where it comes to something else than a person saw: nobody loses cover that nobody read of.
    pub fn differs(&self, seen: &[UndoSum]) -> Result<Option<NotAsSeen>, QuotaError> {
        let decided = self.sums()?;
        Ok((decided != seen).then(|| NotAsSeen { seen: seen.to_vec(), decided }))
    }
}
