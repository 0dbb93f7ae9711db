//! What would cover the open deficits of a contract next.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    DrawId, LotId,
    contracts::Contract,
    quota::{AccountView, Amount, QuotaError, grant},
};

/// How many billings are looked ahead.
const AHEAD: u32 = 24;

/// The next billing that covers something of a deficit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextCover {
    /// The draw.
    pub draw: DrawId,
    /// The number of the period whose billing covers it.
    pub period: u32,
    /// The day on which that period becomes due.
    pub due_on: NaiveDate,
    /// What it covers of the deficit.
    pub amount: Amount,
    /// Whether its billing was cancelled, so that only a re-run bills it.
    pub again: bool,
}

/// For each open deficit the next billing that covers something of it, with the present terms and as things stand: a
/// re-run of the `freed` periods before any from period `next` on, because whoever bills the deficit and runs them again
/// bills the same twice. What is not found, no billing covers: it waits for a balancing invoice or a free quota.
/// With `next_grant` a grant covers earlier deficits too, with `balance` only those dated within its validity.
///
/// Errors when a sum does not fit.
pub fn next_covers(
    contract: &Contract,
    account: &AccountView,
    freed: &BTreeSet<u32>,
    next: u32,
) -> Result<Vec<NextCover>, QuotaError> {
    let mut after = account.clone();
    let mut found = Vec::<NextCover>::new();
    let ahead = (next..next.saturating_add(AHEAD)).map(|number| (number, false));
    for (number, again) in freed.iter().map(|number| (*number, true)).chain(ahead) {
        if after.deficits.is_empty() {
            break;
        }
        let due = contract.period(number).zip(contract.due_on(number));
        let bill = due.and_then(|(period, _)| contract.bill(&period, crate::Seconds::HOUR).ok());
        let Some(((_, due_on), bill)) = due.zip(bill) else {
            // One freed period that is billed no more says nothing of the others; of the later ones none is.
            if again {
                continue;
            }
            break;
        };
        for planned in &bill.grants {
            // An id that no client makes.
            let id = u128::MAX.saturating_sub(u128::from(after.next_seq.0.unsigned_abs()));
            let lot = LotId::new(uuid::Uuid::from_u128(id));
            // An account that has ended gets nothing for the time after its end.
            let Ok(decided) = grant(&after, &contract.grant_request(planned, lot)) else { break };
            for entry in decided.entries(&after)? {
                after.post(&entry)?;
            }
            for cover in decided.covers {
                if !found.iter().any(|earlier| earlier.draw == cover.draw) {
                    found.push(NextCover { draw: cover.draw, period: number, due_on, amount: cover.amount, again });
                }
            }
        }
    }
    Ok(found)
}
