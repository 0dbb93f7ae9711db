//! Contract types.

use domain::ContractTypeId;
use wire::contracts::{ContractTypeDraft, ContractTypeRow};

use crate::{
    StoreError, Tx, fold,
    sql::{Row, query, statements},
};

statements! {
    TYPES = "SELECT id, version, name, terms FROM contract_types ORDER BY name_folded LIMIT 200";
    TYPE = "SELECT id, version, name, terms FROM contract_types WHERE id = $1";
    TYPE_NAMED = "SELECT id FROM contract_types WHERE name_folded = $1";
    ADD_TYPE = "INSERT INTO contract_types (id, version, name, name_folded, terms) VALUES ($1, 1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id";
    CHANGE_TYPE = "UPDATE contract_types SET version = version + 1, name = $2, name_folded = $3, terms = $4 WHERE id = $1";
}

fn draft(row: &Row) -> Result<ContractTypeDraft, StoreError> {
    let (id, version) = (row.parsed("id")?, row.get("version")?);
    Ok(ContractTypeDraft { id, version, name: row.get("name")?, terms: row.json("terms")? })
}

/// All types, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<ContractTypeRow>, StoreError> {
    let rows = query(TYPES).all(tx).await?;
    let row =
        |row: &Row| draft(row).map(|found| ContractTypeRow { id: found.id, name: found.name, terms: found.terms });
    rows.iter().map(row).collect()
}

/// A type.
pub async fn get(tx: &mut Tx, id: ContractTypeId) -> Result<Option<ContractTypeDraft>, StoreError> {
    query(TYPE).bind(id).first(tx).await?.as_ref().map(draft).transpose()
}

/// A type, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ContractTypeId) -> Result<Option<ContractTypeDraft>, StoreError> {
    query(TYPE).bind(id).for_update(tx).first(tx).await?.as_ref().map(draft).transpose()
}

/// Which type has that name.
pub async fn named(tx: &mut Tx, name: &str) -> Result<Option<ContractTypeId>, StoreError> {
    query(TYPE_NAMED).bind(fold(name)).first(tx).await?.map(|row| row.parsed("id")).transpose()
}

/// Adds a type, or changes one that the caller has locked. `false` when the id or name of a new one is taken.
pub async fn put(tx: &mut Tx, draft: &ContractTypeDraft, new: bool) -> Result<bool, StoreError> {
    let terms = serde_json::to_string(&draft.terms).unwrap_or_default();
    let write = query(if new { ADD_TYPE } else { CHANGE_TYPE });
    let write = write.bind(draft.id).bind(&draft.name).bind(fold(&draft.name)).bind(terms);
    if new {
        return Ok(write.first(tx).await?.is_some());
    }
    write.run(tx).await?;
    Ok(true)
}
