//! What a booking was decided on, so that anybody can decide it anew and compare.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Booking, Facts, Plan, Portion, Posting, SplitError,
    plan::{holding, undo},
    pour::{Books, pour},
};
use crate::{
    AccountId, BookingId, Seconds, TaskId,
    quota::{AccountView, Policy, QuotaError, Seq},
};

/// What a booking was poured on last; it is kept beside its portions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The version of the project's billing lines.
    pub lines: i64,
    /// Its task.
    pub task: TaskId,
    /// Whether it was billable.
    pub billable: bool,
    /// What was billed of it.
    pub billed: Seconds,
    /// How each account stood.
    pub accounts: BTreeMap<AccountId, Stood>,
    /// Whether what it draws stood on them already: it got just what it held, so that nothing was posted.
    #[serde(default)]
    pub holds: bool,
}

/// How an account stood when something was decided on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// The number that its next entry would have got.
    pub next: Seq,
    /// Its terms.
    pub policy: Policy,
}

/// How these accounts stand.
pub fn stand(accounts: &[AccountView]) -> BTreeMap<AccountId, Stood> {
    let stands = |view: &AccountView| Stood { next: view.next_seq, policy: view.account.policy };
    accounts.iter().map(|view| (view.account.id, stands(view))).collect()
}

/// The portions that a booking gets on these facts when so much of it is billed. What it holds itself, if it is among
/// the facts, is given back first. No other booking of the facts matters, nor whether it may be split, and nothing is
/// checked that is a matter of entering it.
///
/// Errors when a line does not fit its account, or an amount does not fit at all.
pub fn portions(facts: &Facts, booking: &Booking, billed: Seconds) -> Result<Vec<Portion>, SplitError> {
    let mut books: Books = facts.accounts.iter().map(|view| (view.account.id, view.clone())).collect();
    for held in facts.booking(booking.id).into_iter().flat_map(holding) {
        undo(held, &mut books)?;
    }
    pour(booking, billed, facts, &mut books).map(|stream| stream.portions)
}

/// How the accounts stand when each booking is decided, in the order in which they are poured.
pub type StoodAt = Vec<(BookingId, BTreeMap<AccountId, Stood>)>;

impl Plan {
    /// The bookings of the plan that get other portions or other draws, so that both have to be kept anew.
    pub fn moving(&self) -> BTreeSet<BookingId> {
        let poured = self.booking.iter().chain(&self.others).filter(|poured| poured.before != poured.portions);
        let posted = self.postings.iter().filter_map(Posting::booking);
        poured.map(|poured| poured.booking).chain(posted).collect()
    }

    /// How the accounts stand when each booking of the plan is decided, in the order in which they are poured. Of a
    /// booking that does not move it says how they stand together with what that booking holds.
    ///
    /// Errors at the end of the numbers.
    pub fn decided_on(&self, accounts: &[AccountView]) -> Result<StoodAt, QuotaError> {
        let mut next = stand(accounts);
        let mut postings = self.postings.iter().peekable();
        // Everything that goes back is posted before anything is drawn.
        while let Some(posting) = postings.next_if(|posting| matches!(posting, Posting::Release { .. })) {
            count(posting, &mut next)?;
        }
        let mut counts = BTreeMap::<BookingId, usize>::new();
        for planned in self.draws() {
            let count = counts.entry(planned.booking).or_default();
            *count = count.saturating_add(1);
        }
        let mut found = Vec::new();
        for poured in self.booking.iter().chain(&self.others) {
            found.push((poured.booking, next.clone()));
            let mut draws = counts.get(&poured.booking).copied().unwrap_or_default();
            while draws > 0 {
                let Some(posting) = postings.next() else { break };
                count(posting, &mut next)?;
                if matches!(posting, Posting::Draw(_)) {
                    draws = draws.saturating_sub(1);
                }
            }
        }
        Ok(found)
    }
}

/// Moves the number of the next entry beyond those of a posting.
fn count(posting: &Posting, next: &mut BTreeMap<AccountId, Stood>) -> Result<(), QuotaError> {
    let covers = match posting {
        Posting::Grant { decision, .. } => decision.covers.len(),
        Posting::Release { .. } | Posting::Draw(_) => 0,
    };
    if let Some(stood) = next.get_mut(&posting.account()) {
        for _ in 0..=covers {
            stood.next = stood.next.next()?;
        }
    }
    Ok(())
}
