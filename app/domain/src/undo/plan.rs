//! What undoing a document does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AccountFacts, FeeClaim, Obstacle, UndoFacts, Way};
use crate::{
    AccountId, ClaimId, ContractId, DateRange, LotId,
    quota::{
        AccountView, Amount, Entry, Ledger, QuotaError, ReleaseDecision, RevokeDecision, RevokedPart, Seq, Unit,
        release, revoke,
    },
};

/// A period that can be billed again, by a re-run only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreedPeriod {
    /// The claim that is cancelled.
    pub claim: ClaimId,
    /// The contract.
    pub contract: ContractId,
    /// The number of the period.
    pub period: u32,
    /// The part of it that was billed.
    pub service: DateRange,
}

/// What undoing a document does to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUndo {
    /// The account.
    pub account: AccountId,
    /// What it counts, and so all amounts here.
    pub unit: Unit,
    /// The draws of the document that are undone first.
    pub releases: Vec<ReleaseDecision>,
    /// The grants of the document that are taken back then, in the order of consumption.
    pub revokes: Vec<RevokeDecision>,
    /// What becomes deficit of which draw, all lots together, in the order of the draws.
    pub deficits: Vec<RevokedPart>,
}

/// What undoing a document does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoPlan {
    /// How it is undone.
    pub way: Way,
    /// What stands in the way. Nothing is done as long as there is anything.
    pub obstacles: Vec<Obstacle>,
    /// What changes on which account, by id.
    pub accounts: Vec<AccountUndo>,
    /// The periods that are freed, by contract and number.
    pub freed: Vec<FreedPeriod>,
    /// The periods of fees that are freed, by project, line and number.
    #[serde(default)]
    pub fees: Vec<FeeClaim>,
}

/// Plans how a document is undone: its draws are released, its grants revoked, its claims freed, all or nothing. Closed
/// books do not stop it.
///
/// Errors when the facts are not complete, such as a lot that they do not have, or a draw that holds something of it.
pub fn plan(facts: &UndoFacts, way: Way) -> Result<UndoPlan, QuotaError> {
    let mut freed: Vec<FreedPeriod> = facts
        .claims
        .iter()
        .map(|claim| FreedPeriod {
            claim: claim.claim,
            contract: claim.contract,
            period: claim.period,
            service: claim.service,
        })
        .collect();
    freed.sort_by_key(|freed| (freed.contract, freed.period));
    let mut fees = facts.fees.clone();
    fees.sort_by_key(|fee| (fee.project, fee.line, fee.period));
    let of_claims = facts.claims.iter().flat_map(|claim| &claim.lots);
    let lots: Vec<LotId> = of_claims.chain(&facts.lots).copied().collect();
    let accounts = facts.accounts.iter().map(|of| account(of, &lots)).collect::<Result<Vec<_>, _>>()?;
    let changed = |undo: &AccountUndo| !undo.releases.is_empty() || !undo.revokes.is_empty();
    let accounts = accounts.into_iter().filter(changed).collect();
    Ok(UndoPlan { way, obstacles: obstacles(facts, way), accounts, freed, fees })
}

fn obstacles(facts: &UndoFacts, way: Way) -> Vec<Obstacle> {
    let state = Obstacle::of_state(facts.kind, facts.state, way);
    state.into_iter().chain(facts.rests()).collect()
}

/// Undoes on a copy of the account, one entry after the other: a draw that is released first loses nothing afterwards.
fn account(of: &AccountFacts, lots: &[LotId]) -> Result<AccountUndo, QuotaError> {
    let mut books = Ledger {
        view: of.view.clone(),
        draws: of.draws.iter().map(|draw| (draw.draw, draw.clone())).collect(),
        balance: Amount::ZERO,
    };
    let mut releases = Vec::new();
    for own in &of.own {
        let posted = books.draws.get(own).ok_or(QuotaError::UnknownDraw { draw: *own })?;
        if posted.released {
            continue;
        }
        let decided = release(posted)?;
        books.post(&decided.entry(&books.view))?;
        releases.push(decided);
    }
    let mut revokes = Vec::new();
    let mut deficits = BTreeMap::<Seq, RevokedPart>::new();
    // Somebody may have taken a lot back by hand.
    let granted = of.view.lots.iter().filter(|state| lots.contains(&state.lot.id) && !state.revoked);
    for lot in granted.map(|state| state.lot.id) {
        let state = books.view.lot(lot).ok_or(QuotaError::UnknownLot { lot })?;
        let decided = revoke(state, &books.holders(lot))?;
        books.post(&decided.entry(&books.view))?;
        for part in &decided.parts {
            let sum = deficits.entry(part.seq).or_insert_with(|| RevokedPart { amount: Amount::ZERO, ..part.clone() });
            sum.amount = sum.amount.plus(part.amount)?;
        }
        revokes.push(decided);
    }
    let deficits = deficits.into_values().collect();
    Ok(AccountUndo { account: of.id(), unit: of.view.account.unit, releases, revokes, deficits })
}

impl AccountUndo {
    /// The entries that post it, in their order, and the account after them. Errors when `view` is not the account on
    /// which it was planned.
    pub fn entries(&self, view: &AccountView) -> Result<(Vec<Entry>, AccountView), QuotaError> {
        let mut after = view.clone();
        let mut entries = Vec::with_capacity(self.releases.len().saturating_add(self.revokes.len()));
        for released in &self.releases {
            let entry = released.entry(&after);
            after.post(&entry)?;
            entries.push(entry);
        }
        for revoked in &self.revokes {
            let entry = revoked.entry(&after);
            after.post(&entry)?;
            entries.push(entry);
        }
        Ok((entries, after))
    }

    /// What becomes deficit together.
    pub fn deficit(&self) -> Result<Amount, QuotaError> {
        Amount::sum(self.deficits.iter().map(|part| part.amount))
    }
}

impl UndoPlan {
    /// How many periods are freed.
    pub fn periods(&self) -> usize {
        self.freed.len().saturating_add(self.fees.len())
    }

    /// Whether nothing stands in the way.
    pub fn possible(&self) -> bool {
        self.obstacles.is_empty()
    }
}
