//! What saving a document of an earlier day changes of lapses and of what is there today.

use chrono::NaiveDate;

use super::{Facts, Reconciled};
use crate::{
    ContractId,
    quota::{LateEffect, QuotaError, is_late, late_effect},
};

/// For each contract whose account the document changes, and for which its date is late, what that changes: the account
/// as it stands, with what the document holds now, against the account after saving.
///
/// Errors when the kernel does not take what was reconciled: it is not of these facts.
pub fn late_effects(
    reconciled: &Reconciled,
    facts: &Facts,
    date: NaiveDate,
    today: NaiveDate,
) -> Result<Vec<(ContractId, LateEffect)>, QuotaError> {
    let mut effects = Vec::new();
    for found in &facts.contracts {
        let contract = found.contract.id;
        let Some(before) = found.account.as_ref().filter(|view| date < today && is_late(view, date, today)) else {
            continue;
        };
        let mut after = before.clone();
        for (_, released) in reconciled.releases.iter().filter(|(of, _)| *of == contract) {
            after.post(&released.entry(&after))?;
        }
        for (_, drawn) in reconciled.draws.iter().filter(|(of, _)| *of == contract) {
            after.post(&drawn.entry(&after))?;
        }
        let effect = late_effect(before, &after, today)?;
        if !effect.is_nothing() {
            effects.push((contract, effect));
        }
    }
    Ok(effects)
}
