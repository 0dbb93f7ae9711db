//! Repairs: what makes a line clear, done by the use case of whatever has to change.

use domain::{
    ContractId, LotId, Permission, RunId,
    clearing::Repair,
    quota::{GrantOrigin, GrantRequest},
};
use store::contracts::{self, StoredContract};
use wire::{
    FieldReason, Noun, Problem,
    accounts::GrantDraft,
    billing::{RunDraft, Selection},
    contracts::ContractDraft,
    documents::RepairDraft,
};

use crate::{Call, Env, Refused, accounts, billing};

/// Does a repair. The same one again changes nothing.
///
/// Refused when the contract is another customer's, when the role does not allow it, and when the change itself is
/// refused. What only concerns a line of the draft is done there, and refused here.
pub async fn repair(env: &Env, call: &Call, draft: RepairDraft) -> Result<(), Refused> {
    call.needs(Permission::EditDocuments)?;
    let refused = || Problem::field("repair", FieldReason::NotOneOf);
    let contract = draft.repair.contract().ok_or_else(refused)?;
    let found = found(env, &draft, contract).await?;
    match draft.repair {
        Repair::EnableGroup { .. } | Repair::AllowOverbooking { .. } => change(env, call, found, draft.repair).await,
        Repair::BillPeriod { as_of, .. } => {
            let id = RunId::new(draft.key);
            let run = RunDraft { id, as_of, issue: false, selection: Selection::Contract(contract) };
            let row = billing::start(env, call, run).await?;
            billing::work(env, row.id).await?;
            // Billed by somebody else meanwhile, the quota is there all the same.
            match billing::failed(env, row.id).await? {
                Some(reason) => Err(Problem::NotBilled { reason }.into()),
                None => Ok(()),
            }
        }
        Repair::GrantFreeQuota { amount, valid, .. } => {
            let account = found.account.ok_or_else(|| Refused::not_found(Noun::Account))?;
            let lot = LotId::new(draft.key);
            let origin = GrantOrigin::FreeQuota;
            let request = GrantRequest { origin, ..GrantRequest::new(lot, amount, valid.from, valid.until) };
            if draft.reason.is_empty() {
                return Err(Problem::field("reason", FieldReason::Missing).into());
            }
            accounts::grant(env, call, GrantDraft { account, request, reason: draft.reason }).await?;
            Ok(())
        }
        Repair::SwitchOn { .. } | Repair::AssignContract { .. } => Err(refused().into()),
    }
}

async fn found(env: &Env, draft: &RepairDraft, contract: ContractId) -> Result<StoredContract, Refused> {
    let found = contracts::get(&mut env.db.read().await?, contract).await?;
    found.filter(|found| found.contract.customer == draft.customer).ok_or_else(|| Refused::not_found(Noun::Contract))
}

/// Saves a contract with the terms that the repair gives it.
async fn change(env: &Env, call: &Call, found: StoredContract, repair: Repair) -> Result<(), Refused> {
    let mut contract = found.contract;
    repair.change(&mut contract.terms);
    let draft = ContractDraft {
        version: found.version,
        number: found.card.number,
        contract_type: found.card.contract_type,
        responsible: found.card.responsible,
        reference: found.card.reference,
        contract,
    };
    crate::contracts::save(env, call, draft).await?;
    Ok(())
}
