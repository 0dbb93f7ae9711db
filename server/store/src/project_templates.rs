//! Templates of projects.

use domain::ProjectTemplateId;
use wire::projects::ProjectTemplate;

use crate::{
    StoreError, Tx, fold,
    sql::{Row, query, statements},
};

statements! {
    TEMPLATES = "SELECT id, version, name, lead, parts FROM project_templates ORDER BY name_folded LIMIT 200";
    TEMPLATE = "SELECT id, version, name, lead, parts FROM project_templates WHERE id = $1";
    TEMPLATE_NAMED = "SELECT id FROM project_templates WHERE name_folded = $1";
    ADD_TEMPLATE = "INSERT INTO project_templates (id, version, name, name_folded, lead, parts)
        VALUES ($1, 1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id";
    CHANGE_TEMPLATE = "UPDATE project_templates SET version = version + 1, name = $2, name_folded = $3, lead = $4,
        parts = $5 WHERE id = $1";
    DELETE_TEMPLATE = "DELETE FROM project_templates WHERE id = $1";
}

fn template(row: &Row) -> Result<ProjectTemplate, StoreError> {
    let (id, version) = (row.parsed("id")?, row.get("version")?);
    Ok(ProjectTemplate { id, version, name: row.get("name")?, lead: row.get("lead")?, parts: row.json("parts")? })
}

/// All templates, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<ProjectTemplate>, StoreError> {
    query(TEMPLATES).all(tx).await?.iter().map(template).collect()
}

/// A template.
pub async fn get(tx: &mut Tx, id: ProjectTemplateId) -> Result<Option<ProjectTemplate>, StoreError> {
    query(TEMPLATE).bind(id).first(tx).await?.as_ref().map(template).transpose()
}

/// A template, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ProjectTemplateId) -> Result<Option<ProjectTemplate>, StoreError> {
    query(TEMPLATE).bind(id).for_update(tx).first(tx).await?.as_ref().map(template).transpose()
}

/// Which template has that name.
pub async fn named(tx: &mut Tx, name: &str) -> Result<Option<ProjectTemplateId>, StoreError> {
    query(TEMPLATE_NAMED).bind(fold(name)).first(tx).await?.map(|row| row.parsed("id")).transpose()
}

/// Adds a template, or changes one that the caller has locked. `false` when the id or name of a new one is taken.
pub async fn put(tx: &mut Tx, template: &ProjectTemplate, new: bool) -> Result<bool, StoreError> {
    let parts = serde_json::to_string(&template.parts).unwrap_or_default();
    let write = query(if new { ADD_TEMPLATE } else { CHANGE_TEMPLATE });
    let write = write.bind(template.id).bind(&template.name).bind(fold(&template.name));
    let write = write.bind(&template.lead).bind(parts);
    if new {
        return Ok(write.first(tx).await?.is_some());
    }
    write.run(tx).await?;
    Ok(true)
}

/// Deletes a template that the caller has locked.
pub async fn delete(tx: &mut Tx, id: ProjectTemplateId) -> Result<(), StoreError> {
    query(DELETE_TEMPLATE).bind(id).run(tx).await?;
    Ok(())
}
