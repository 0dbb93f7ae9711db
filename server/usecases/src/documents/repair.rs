//! Repairs: what makes a line clear, done by the use case of whatever has to change.

use domain::{
    ContractId, LotId, Permission, RunId,
    clearing::{Group, Repair},
    groups::Switch,
    quota::{GrantOrigin, GrantRequest, Overbooking},
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
    let (Repair::EnableGroup { contract, .. }
    | Repair::AllowOverbooking { contract }
    | Repair::BillPeriod { contract, .. }
    | Repair::GrantFreeQuota { contract, .. }) = draft.repair
    else {
        return Err(Problem::field("repair", FieldReason::NotOneOf).into());
    };
    let found = found(env, &draft, contract).await?;
    match draft.repair {
        Repair::EnableGroup { group, .. } => {
            change(env, call, found, |terms| {
                match group {
                    Group::Group(id) => terms.groups.groups.insert(id, Switch::On),
                    Group::SubGroup(id) => terms.groups.sub_groups.insert(id, Switch::On),
                };
            })
            .await
        }
        Repair::AllowOverbooking { .. } => {
            change(env, call, found, |terms| {
                terms.quota.iter_mut().for_each(|quota| quota.overbooking = Overbooking::Yes { limit: None });
            })
            .await
        }
        Repair::BillPeriod { as_of, .. } => {
            let id = RunId::new(draft.key);
            let run = RunDraft { id, as_of, issue: false, selection: Selection::Contract(contract) };
            let row = billing::start(env, call, run).await?;
            billing::work(env, row.id).await?;
            Ok(())
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
        Repair::SwitchOn { .. } | Repair::AssignContract { .. } => Ok(()),
    }
}

async fn found(env: &Env, draft: &RepairDraft, contract: ContractId) -> Result<StoredContract, Refused> {
    let found = contracts::get(&mut env.db.read().await?, contract).await?;
    found.filter(|found| found.contract.customer == draft.customer).ok_or_else(|| Refused::not_found(Noun::Contract))
}

/// Saves a contract with other terms.
async fn change(
    env: &Env,
    call: &Call,
    found: StoredContract,
    change: impl Fn(&mut domain::contracts::Terms),
) -> Result<(), Refused> {
    let mut contract = found.contract;
    change(&mut contract.terms);
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
