//! Articles and product groups.

use std::collections::HashMap;

use domain::{ArticleId, GroupId, SubGroupId, documents::LineUnit, groups::Switch};
use uuid::Uuid;
use wire::articles::{ArticleCard, ArticleRow, GroupDraft, GroupKey, GroupRow, SubGroupRow};

use crate::{
    StoreError, Tx, fold,
    sql::{Row, in_list, query, statements},
};

statements! {
    GROUPS = "SELECT id, version, name, quota FROM product_groups ORDER BY name_folded LIMIT 500";
    SUB_GROUPS = "SELECT id, version, group_id, name, quota FROM product_sub_groups ORDER BY group_id, name_folded LIMIT 2000";
    GROUP = "SELECT version, name, quota FROM product_groups WHERE id = $1";
    SUB_GROUP = "SELECT version, name, quota, group_id FROM product_sub_groups WHERE id = $1";
    GROUP_NAMED = "SELECT id FROM product_groups WHERE name_folded = $1";
    SUB_GROUP_NAMED = "SELECT id FROM product_sub_groups WHERE group_id = $1 AND name_folded = $2";
    ADD_GROUP = "INSERT INTO product_groups (id, version, name, name_folded, quota) VALUES ($1, 1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id";
    ADD_SUB_GROUP = "INSERT INTO product_sub_groups (id, version, group_id, name, name_folded, quota)
        VALUES ($1, 1, $5, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id";
    CHANGE_GROUP = "UPDATE product_groups SET version = version + 1, name = $2, name_folded = $3, quota = $4 WHERE id = $1";
    CHANGE_SUB_GROUP = "UPDATE product_sub_groups SET version = version + 1, name = $2, name_folded = $3, quota = $4
        WHERE id = $1";
    ARTICLES = "SELECT id, version, number, name, group_id, sub_group_id, unit, price, vat_rate, billing FROM articles
        ORDER BY number_folded LIMIT 1000";
    ARTICLE = "SELECT id, version, number, name, group_id, sub_group_id, unit, price, vat_rate, billing FROM articles
        WHERE id = $1";
    ARTICLE_NUMBERED = "SELECT id FROM articles WHERE number_folded = $1";
    ADD_ARTICLE = "INSERT INTO articles (id, version, number, number_folded, name, name_folded, group_id, sub_group_id, unit,
            price, vat_rate, billing) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT DO NOTHING RETURNING id";
    CHANGE_ARTICLE = "UPDATE articles SET version = version + 1, number = $2, number_folded = $3, name = $4,
            name_folded = $5, group_id = $6, sub_group_id = $7, unit = $8, price = $9, vat_rate = $10, billing = $11
        WHERE id = $1";
}

/// All groups with their sub-groups, by name.
pub async fn groups(tx: &mut Tx) -> Result<Vec<GroupRow>, StoreError> {
    let rows = query(GROUPS).all(tx).await?;
    let group = |row: &Row| {
        let (id, version, name) = (row.parsed("id")?, row.get("version")?, row.get("name")?);
        Ok(GroupRow { id, version, name, quota: row.named("quota", Switch::from_name)?, sub_groups: Vec::new() })
    };
    let mut groups = rows.iter().map(group).collect::<Result<Vec<GroupRow>, StoreError>>()?;
    for row in query(SUB_GROUPS).all(tx).await? {
        let parent: GroupId = row.parsed("group_id")?;
        if let Some(group) = groups.iter_mut().find(|group| group.id == parent) {
            group.sub_groups.push(SubGroupRow {
                id: row.parsed("id")?,
                version: row.get("version")?,
                name: row.get("name")?,
                quota: row.named("quota", Switch::from_name)?,
            });
        }
    }
    Ok(groups)
}

/// A group or sub-group, locked until the transaction ends.
pub async fn lock_group(tx: &mut Tx, key: GroupKey) -> Result<Option<GroupDraft>, StoreError> {
    let row = match key {
        GroupKey::Group(id) => query(GROUP).bind(id).for_update(tx).first(tx).await?,
        GroupKey::SubGroup(id, _) => query(SUB_GROUP).bind(id).for_update(tx).first(tx).await?,
    };
    let Some(row) = row else { return Ok(None) };
    let key = match key {
        GroupKey::Group(_) => key,
        GroupKey::SubGroup(id, _) => GroupKey::SubGroup(id, row.parsed("group_id")?),
    };
    let quota = row.named("quota", Switch::from_name)?;
    Ok(Some(GroupDraft { key, version: row.get("version")?, name: row.get("name")?, quota }))
}

/// Which group or sub-group beside it has that name.
pub async fn group_named(tx: &mut Tx, key: GroupKey, name: &str) -> Result<Option<Uuid>, StoreError> {
    let found = match key {
        GroupKey::Group(_) => query(GROUP_NAMED).bind(fold(name)),
        GroupKey::SubGroup(_, parent) => query(SUB_GROUP_NAMED).bind(parent).bind(fold(name)),
    };
    found.first(tx).await?.map(|row| row.parsed("id")).transpose()
}

/// Adds a group or sub-group. `false` when its id or name is taken.
pub async fn add_group(tx: &mut Tx, draft: &GroupDraft) -> Result<bool, StoreError> {
    let (name, folded, quota) = (&draft.name, fold(&draft.name), draft.quota.name());
    let insert = match draft.key {
        GroupKey::Group(id) => query(ADD_GROUP).bind(id).bind(name).bind(folded).bind(quota),
        GroupKey::SubGroup(id, parent) => {
            query(ADD_SUB_GROUP).bind(id).bind(name).bind(folded).bind(quota).bind(parent)
        }
    };
    Ok(insert.first(tx).await?.is_some())
}

/// Changes a group or sub-group that the caller has locked.
pub async fn change_group(tx: &mut Tx, draft: &GroupDraft) -> Result<(), StoreError> {
    let change = match draft.key {
        GroupKey::Group(id) => query(CHANGE_GROUP).bind(id),
        GroupKey::SubGroup(id, _) => query(CHANGE_SUB_GROUP).bind(id),
    };
    change.bind(&draft.name).bind(fold(&draft.name)).bind(draft.quota.name()).run(tx).await?;
    Ok(())
}

/// The group and sub-group that an id names; none when there is no such group.
pub async fn group_of(tx: &mut Tx, id: Uuid) -> Result<Option<(GroupId, Option<SubGroupId>)>, StoreError> {
    if query(GROUP).bind(GroupId::new(id)).first(tx).await?.is_some() {
        return Ok(Some((GroupId::new(id), None)));
    }
    let sub_group = SubGroupId::new(id);
    let found = query(SUB_GROUP).bind(sub_group).first(tx).await?;
    found.map(|row| Ok((row.parsed("group_id")?, Some(sub_group)))).transpose()
}

fn article(row: &Row) -> Result<ArticleRow, StoreError> {
    Ok(ArticleRow {
        id: row.parsed("id")?,
        version: row.get("version")?,
        group: row.maybe("group_id")?,
        sub_group: row.maybe("sub_group_id")?,
        card: ArticleCard {
            number: row.get("number")?,
            name: row.get("name")?,
            unit: row.named("unit", LineUnit::from_name)?,
            price: row.parsed("price")?,
            vat: row.parsed("vat_rate")?,
            billing: row.maybe_json("billing")?,
        },
    })
}

/// The articles, by number.
pub async fn articles(tx: &mut Tx) -> Result<Vec<ArticleRow>, StoreError> {
    query(ARTICLES).all(tx).await?.iter().map(article).collect()
}

pub(crate) fn known_sql(articles: usize) -> String {
    format!("SELECT id, group_id, sub_group_id FROM articles WHERE id IN ({})", in_list(1, articles))
}

/// Those of the articles that there are, with their groups and sub-groups.
pub async fn known(
    tx: &mut Tx,
    ids: &[ArticleId],
) -> Result<HashMap<ArticleId, (Option<GroupId>, Option<SubGroupId>)>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        for row in query(known_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("id")?, (row.maybe("group_id")?, row.maybe("sub_group_id")?));
        }
    }
    Ok(found)
}

/// An article, locked until the transaction ends.
pub async fn lock_article(tx: &mut Tx, id: ArticleId) -> Result<Option<ArticleRow>, StoreError> {
    query(ARTICLE).bind(id).for_update(tx).first(tx).await?.as_ref().map(article).transpose()
}

/// Which article has that number.
pub async fn article_numbered(tx: &mut Tx, number: &str) -> Result<Option<ArticleId>, StoreError> {
    query(ARTICLE_NUMBERED).bind(fold(number)).first(tx).await?.map(|row| row.parsed("id")).transpose()
}

/// Adds an article, or changes one that the caller has locked. `false` when the id or number of a new one is taken.
pub async fn put_article(tx: &mut Tx, article: &ArticleRow, new: bool) -> Result<bool, StoreError> {
    let card = &article.card;
    let write = query(if new { ADD_ARTICLE } else { CHANGE_ARTICLE }).bind(article.id);
    let write = write.bind(&card.number).bind(fold(&card.number)).bind(&card.name).bind(fold(&card.name));
    let write = write.bind(article.group).bind(article.sub_group).bind(card.unit.name());
    let billing = card.billing.map(|billing| serde_json::to_string(&billing).unwrap_or_default());
    let write = write.bind(card.price.to_string()).bind(card.vat.to_string()).bind(billing);
    if new {
        return Ok(write.first(tx).await?.is_some());
    }
    write.run(tx).await?;
    Ok(true)
}
