//! Contract types: templates of terms.

use domain::{ContractTypeId, Permission, quota::Unit};
use store::{StoreError, Tx, Work, contract_types, history};
use wire::{
    FieldProblem, FieldReason, Noun, Problem,
    articles::Catalogue,
    contracts::{ContractTypeDraft, ContractTypePage, ContractTypeRow},
};

use crate::{
    Call, Env, Refused, articles,
    changed::{changes, check_version, note},
    settings,
};

const SUBJECT: &str = "contract_type";

/// All types, by name.
pub async fn list(env: &Env, call: &Call) -> Result<Vec<ContractTypeRow>, Refused> {
    call.needs(Permission::SeeContracts)?;
    Ok(contract_types::list(&mut env.db.read().await?).await?)
}

/// The editor of a type, or of a new one.
pub async fn page(env: &Env, call: &Call, id: Option<ContractTypeId>) -> Result<ContractTypePage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let page = loaded(env, &mut tx, id).await?;
    complete(env, &mut tx, page).await
}

/// The answer to whoever saved a type.
fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: ContractTypeId) -> Work<'t, ContractTypePage, Refused> {
    Box::pin(loaded(env, tx, Some(id)))
}

/// The page without the catalogue, which is as it is whatever becomes of the type.
async fn loaded(env: &Env, tx: &mut Tx, id: Option<ContractTypeId>) -> Result<ContractTypePage, Refused> {
    let found = match id {
        None => None,
        Some(id) => Some(contract_types::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::ContractType))?),
    };
    let history = match id {
        None => Vec::new(),
        Some(id) => history::list(tx, SUBJECT, &id.to_string(), 100).await?,
    };
    let hours_per_day = settings::read(env, tx).await?.hours_per_day;
    let (version, name, terms) = match found {
        None => (0, String::new(), None),
        Some(found) => (found.version, found.name, Some(found.terms)),
    };
    let history = history.into_iter().map(|change| env.localised(change)).collect();
    Ok(ContractTypePage { id, version, name, terms, catalogue: Catalogue::default(), hours_per_day, history })
}

async fn complete(env: &Env, tx: &mut Tx, page: ContractTypePage) -> Result<ContractTypePage, Refused> {
    Ok(ContractTypePage { catalogue: articles::catalogue(env, tx).await?, ..page })
}

/// Creates a type (version 0) or changes one; contracts that were made from it stay as they are. The same content again
/// changes nothing and is accepted.
pub async fn save(env: &Env, call: &Call, draft: ContractTypeDraft) -> Result<ContractTypePage, Refused> {
    call.needs(Permission::EditContracts)?;
    let unit = draft.terms.quota.as_ref().map_or(Unit::Time, |quota| quota.unit);
    let at_field = |(field, error)| FieldProblem::at(field, FieldReason::Terms(error, unit));
    let faults: Vec<FieldProblem> = draft.terms.faults().into_iter().map(at_field).collect();
    if !faults.is_empty() {
        return Err(Problem::Invalid { fields: faults }.into());
    }
    let saver = env.saver(call);
    let done = env.answered(call, told, move |tx| {
        let (draft, saver) = (draft.clone(), saver.clone());
        Box::pin(async move {
            let before = contract_types::lock(tx, draft.id).await?;
            if before.as_ref().is_some_and(|before| (&before.name, &before.terms) == (&draft.name, &draft.terms)) {
                return Ok(draft.id);
            }
            check_version(before.as_ref().map(|before| before.version), draft.version, Noun::ContractType)?;
            let unknown = articles::unknown(tx, &draft.terms).await?;
            if !unknown.is_empty() {
                return Err(Problem::Invalid { fields: unknown }.into());
            }
            if contract_types::named(tx, &draft.name).await?.is_some_and(|other| other != draft.id) {
                return Err(Problem::field("name", FieldReason::Taken).into());
            }
            if !contract_types::put(tx, &draft, before.is_none()).await? {
                return Err(StoreError::Overtaken.into());
            }
            let changed = changes(before.as_ref().map(ContractTypeDraft::fields), draft.fields());
            note(tx, (SUBJECT, draft.id.to_string()), &saver, changed).await?;
            Ok(draft.id)
        })
    });
    let page = done.await?;
    complete(env, &mut env.db.read().await?, page).await
}
