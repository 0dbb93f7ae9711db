//! What would cover the open deficits of a contract next.

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
}

/// For each open deficit the next billing from period `next` on that covers something of it, with the present terms and
/// as things stand. What is not found, no billing covers: it waits for a balancing invoice or a free quota. (Section 1:
/// with `next_grant` a grant covers earlier deficits too, with `balance` only those dated within its validity.)
///
/// Errors when a sum does not fit.
pub fn next_covers(contract: &Contract, account: &AccountView, next: u32) -> Result<Vec<NextCover>, QuotaError> {
    let mut after = account.clone();
    let mut found = Vec::<NextCover>::new();
    for number in next..next.saturating_add(AHEAD) {
        if after.deficits.is_empty() {
            break;
        }
        let Some((period, due_on)) = contract.period(number).zip(contract.due_on(number)) else { break };
        let Ok(bill) = contract.bill(&period, crate::Seconds::HOUR) else { break };
        for planned in &bill.grants {
            // An id that no client makes.
            let id = u128::MAX.saturating_sub(u128::from(after.next_seq.0.unsigned_abs()));
            let lot = LotId::new(uuid::Uuid::from_u128(id));
            // An account that has ended gets nothing more.
            let Ok(decided) = grant(&after, &contract.grant_request(planned, lot)) else { return Ok(found) };
            for entry in decided.entries(&after)? {
                after.post(&entry)?;
            }
            for cover in decided.covers {
                if !found.iter().any(|earlier| earlier.draw == cover.draw) {
                    found.push(NextCover { draw: cover.draw, period: number, due_on, amount: cover.amount });
                }
            }
        }
    }
    Ok(found)
}
