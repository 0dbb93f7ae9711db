//! What booking does: the portions of bookings, and what is posted for them.

use serde::{Deserialize, Serialize};

use super::{Facts, Portion, plan::holding};
use crate::{
    AccountId, BillingLineId, BookingId, DrawId, Seconds,
    quota::{AccountView, Amount, DrawDecision, Entry, GrantDecision, QuotaError, ReleaseDecision},
};

/// A booking that was poured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poured {
    /// The booking.
    pub booking: BookingId,
    /// What is billed of it; the real time stays beside it.
    pub billed: Seconds,
    /// The portions that it had; none of one that is new.
    pub before: Vec<Portion>,
    /// The portions that it has, in the order of the lines; none of one that is deleted.
    pub portions: Vec<Portion>,
}

/// What a portion draws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedDraw {
    /// The booking.
    pub booking: BookingId,
    /// The line of the portion.
    pub line: BillingLineId,
    /// The account.
    pub account: AccountId,
    /// The draw. Its id is made up for the preview; whoever posts it gives it another one.
    pub decision: DrawDecision,
}

/// What is posted on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "posting", rename_all = "snake_case")]
pub enum Posting {
    /// A draw that a booking had made is undone.
    Release {
        /// The booking.
        booking: BookingId,
        /// The account.
        account: AccountId,
        /// What that does.
        decision: ReleaseDecision,
    },
    /// A lot of an allowance is touched for the first time.
    Grant {
        /// The account.
        account: AccountId,
        /// What that does.
        decision: GrantDecision,
    },
    /// A portion draws.
    Draw(PlannedDraw),
}

/// What adding, changing or deleting a booking does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The booking itself; none when the same was saved before.
    pub booking: Option<Poured>,
    /// The other bookings that come out otherwise, or draw other lots, in the order in which they were accepted.
    pub others: Vec<Poured>,
    /// What is posted, in this order. A booking that gets just what it has posts nothing.
    pub postings: Vec<Posting>,
}

/// The entries of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postings {
    /// Each entry with its account, in the order in which they are posted.
    pub entries: Vec<(AccountId, Entry)>,
    /// The accounts afterwards, in the order in which they were given.
    pub after: Vec<AccountView>,
}

impl Posting {
    /// The account on which it is posted.
    pub const fn account(&self) -> AccountId {
        match self {
            Posting::Release { account, .. } | Posting::Grant { account, .. } => *account,
            Posting::Draw(planned) => planned.account,
        }
    }

    /// The booking that it is for; none of a lot, which is there for all of them.
    pub const fn booking(&self) -> Option<BookingId> {
        match self {
            Posting::Release { booking, .. } => Some(*booking),
            Posting::Grant { .. } => None,
            Posting::Draw(planned) => Some(planned.booking),
        }
    }
}

impl Plan {
    /// The draws, in the order in which they are posted.
    pub fn draws(&self) -> impl Iterator<Item = &PlannedDraw> {
        self.postings.iter().filter_map(|posting| match posting {
            Posting::Draw(planned) => Some(planned),
            Posting::Release { .. } | Posting::Grant { .. } => None,
        })
    }

    /// What of the portion of a booking on a line is overdrawn once it is carried out: the deficit of its draw, or of the
    /// one that the booking keeps. `facts` are those on which the plan was decided.
    pub fn deficit(&self, facts: &Facts, booking: BookingId, line: BillingLineId) -> Amount {
        let drawn = self.draws().find(|planned| planned.booking == booking && planned.line == line);
        let moves = self.postings.iter().any(|posting| posting.booking() == Some(booking));
        let kept = || {
            let posted = facts.booking(booking).filter(|_| !moves)?;
            holding(posted).find(|held| held.line == line).map(|held| held.draw.deficit)
        };
        drawn.map(|planned| planned.decision.deficit).or_else(kept).unwrap_or_default()
    }

    /// The entries that post it; each draw gets the id that `id` gives it. Errors when the accounts are not those on which
    /// it was decided.
    pub fn entries(
        &self,
        accounts: &[AccountView],
        mut id: impl FnMut(&PlannedDraw) -> DrawId,
    ) -> Result<Postings, QuotaError> {
        let mut after = accounts.to_vec();
        let mut all = Vec::with_capacity(self.postings.len());
        for posting in &self.postings {
            let account = posting.account();
            let Some(view) = after.iter_mut().find(|view| view.account.id == account) else {
                return Err(QuotaError::Overflow);
            };
            let entries = match posting {
                Posting::Release { decision, .. } => vec![decision.entry(view)],
                Posting::Grant { decision, .. } => decision.entries(view)?,
                Posting::Draw(planned) => {
                    let mut decision = planned.decision.clone();
                    decision.request.draw = id(planned);
                    vec![decision.entry(view)]
                }
            };
            for entry in entries {
                view.post(&entry)?;
                all.push((account, entry));
            }
        }
        Ok(Postings { entries: all, after })
    }
}
