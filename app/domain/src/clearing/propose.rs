//! Which contract a new line names.

use chrono::NaiveDate;

use super::{ClearingDocument, ClearingError, ContractFacts, Facts};
use crate::{ContractId, documents::Line, quota::QuotaError};

/// The contract that is proposed for a new line: the customer's active quota contract whose groups cover it; several:
/// the one whose next lot ends first (a lot without end, or no lot, is last), then the one that comes first among the
/// facts.
///
/// Errors when the facts do not cover the date of the document.
pub fn propose(document: &ClearingDocument, line: &Line, facts: &Facts) -> Result<Option<ContractId>, ClearingError> {
    Ok(eligible(document, line, facts)?.into_iter().next())
}

/// Every contract that can be proposed, the first one first.
pub(super) fn eligible(
    document: &ClearingDocument,
    line: &Line,
    facts: &Facts,
) -> Result<Vec<ContractId>, ClearingError> {
    let facts = facts.without_own()?;
    let possible = |found: &&ContractFacts| {
        found.contract.customer == document.customer
            && found.counting(document.date).is_some()
            && found.active(document.date)
            && facts.eligible(&found.contract, line)
    };
    let mut eligible = Vec::new();
    for found in facts.contracts.iter().filter(possible) {
        let end = next_end(found, document.date).map_err(|error| found.refused(None, error))?;
        // A quota that was taken out of the terms is never granted again.
        if found.contract.terms.quota.is_none() && end == NO_LOT {
            continue;
        }
        eligible.push((end, found.contract.id));
    }
    // Stable: of two that end on one day the one that comes first among the facts.
    eligible.sort_by_key(|(end, _)| *end);
    Ok(eligible.into_iter().map(|(_, contract)| contract).collect())
}

/// No lot from which something can be drawn.
const NO_LOT: (bool, bool, Option<NaiveDate>) = (true, true, None);

/// When the next lot ends from which something can be drawn, in an order in which a lot without end comes after all
/// others, and no lot after that.
fn next_end(found: &ContractFacts, date: NaiveDate) -> Result<(bool, bool, Option<NaiveDate>), QuotaError> {
    let Some(account) = &found.account else { return Ok(NO_LOT) };
    account.available(date)?;
    for state in &account.lots {
        if state.drawable(date)?.is_positive() {
            let end = state.ends();
            return Ok((false, end.is_none(), end));
        }
    }
    Ok(NO_LOT)
}
