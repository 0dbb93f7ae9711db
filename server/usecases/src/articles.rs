//! Articles and product groups with the global quota switch.

use std::collections::HashSet;

use domain::{ArticleId, GroupId, Permission, SubGroupId, contracts::Terms, documents::Line};
use store::{StoreError, Tx, Work, articles};
use wire::{
    FieldProblem, FieldReason, Noun, Problem,
    articles::{ArticleDraft, ArticleRow, Catalogue, GroupDraft, GroupKey},
};

use crate::{
    Call, Env, Refused,
    changed::{changes, check_version, note},
    settings,
};

/// Groups, articles and the rates to choose from.
pub async fn page(env: &Env, call: &Call) -> Result<Catalogue, Refused> {
    call.needs(Permission::SeeContracts)?;
    catalogue(env, &mut env.db.read().await?).await
}

pub(crate) async fn catalogue(env: &Env, tx: &mut Tx) -> Result<Catalogue, Refused> {
    let (groups, articles) = (articles::groups(tx).await?, articles::articles(tx).await?);
    Ok(Catalogue { groups, articles, vat_rates: settings::read(env, tx).await?.vat_rates })
}

/// Every article and group that terms name and that there is not, at its field.
pub(crate) async fn unknown(tx: &mut Tx, terms: &Terms) -> Result<Vec<FieldProblem>, Refused> {
    let mut problems = unknown_in(tx, "items", &terms.items).await?;
    if terms.groups.groups.is_empty() && terms.groups.sub_groups.is_empty() {
        return Ok(problems);
    }
    let groups = articles::groups(tx).await?;
    let group = |id: &GroupId| groups.iter().any(|group| group.id == *id);
    let sub_group = |id: &SubGroupId| groups.iter().any(|group| group.sub_groups.iter().any(|sub| sub.id == *id));
    if !terms.groups.groups.keys().all(group) || !terms.groups.sub_groups.keys().all(sub_group) {
        problems.push(FieldProblem::at("switches", FieldReason::NotOneOf));
    }
    Ok(problems)
}

/// The articles that lines name, each once.
fn named(lines: &[Line]) -> Vec<ArticleId> {
    let mut named: Vec<ArticleId> = lines.iter().filter_map(|line| line.article).collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// A line of an article that names no group is of the article's group: whoever types it need not know that there are
/// groups.
pub(crate) async fn grouped(tx: &mut Tx, lines: &mut [Line]) -> Result<(), Refused> {
    let known = articles::known(tx, &named(lines)).await?;
    for line in lines.iter_mut().filter(|line| line.group.is_none() && line.sub_group.is_none()) {
        let found = line.article.and_then(|article| known.get(&article));
        (line.group, line.sub_group) = found.copied().unwrap_or_default();
    }
    Ok(())
}

/// Every article and group that the lines of a list name and that there is not, at its field.
pub(crate) async fn unknown_in(tx: &mut Tx, list: &str, lines: &[Line]) -> Result<Vec<FieldProblem>, Refused> {
    let wrong = |field: String| FieldProblem::at(&field, FieldReason::NotOneOf);
    let mut problems = Vec::new();
    let known = articles::known(tx, &named(lines)).await?;
    for (place, line) in lines.iter().enumerate() {
        if line.article.is_some_and(|article| !known.contains_key(&article)) {
            problems.push(wrong(format!("{list}.{place}.article")));
        }
    }
    if !lines.iter().any(|line| line.group.is_some() || line.sub_group.is_some()) {
        return Ok(problems);
    }
    let groups = articles::groups(tx).await?;
    let known: HashSet<GroupId> = groups.iter().map(|group| group.id).collect();
    let known_sub: HashSet<SubGroupId> = groups.iter().flat_map(|group| &group.sub_groups).map(|sub| sub.id).collect();
    for (place, line) in lines.iter().enumerate() {
        let sub_group = line.sub_group.is_some_and(|id| !known_sub.contains(&id));
        if sub_group || line.group.is_some_and(|id| !known.contains(&id)) {
            problems.push(wrong(format!("{list}.{place}.group")));
        }
    }
    Ok(problems)
}

/// Creates a group or sub-group (version 0) or changes one. The same content again changes nothing and is accepted.
pub async fn save_group(env: &Env, call: &Call, draft: GroupDraft) -> Result<Catalogue, Refused> {
    call.needs(Permission::EditContracts)?;
    let saver = env.saver(call);
    let done = env.answered(call, told, move |tx| {
        let (draft, saver) = (draft.clone(), saver.clone());
        Box::pin(async move {
            let before = articles::lock_group(tx, draft.key).await?;
            let same =
                |before: &GroupDraft| (before.key, &before.name, before.quota) == (draft.key, &draft.name, draft.quota);
            if before.as_ref().is_some_and(same) {
                return Ok(());
            }
            check_version(before.as_ref().map(|before| before.version), draft.version, Noun::Article)?;
            if before.as_ref().is_some_and(|before| before.key != draft.key) {
                return Err(Problem::field("parent", FieldReason::NotOneOf).into());
            }
            let own = match draft.key {
                GroupKey::Group(id) => id.uuid(),
                GroupKey::SubGroup(id, parent) => {
                    if articles::group_of(tx, parent.uuid()).await?.is_none_or(|(_, sub_group)| sub_group.is_some()) {
                        return Err(Problem::field("parent", FieldReason::NotOneOf).into());
                    }
                    id.uuid()
                }
            };
            if articles::group_named(tx, draft.key, &draft.name).await?.is_some_and(|other| other != own) {
                return Err(Problem::field("name", FieldReason::Taken).into());
            }
            if before.is_some() {
                articles::change_group(tx, &draft).await?;
            } else if !articles::add_group(tx, &draft).await? {
                return Err(StoreError::Overtaken.into());
            }
            let fields =
                |draft: &GroupDraft| vec![("name", draft.name.clone()), ("quota", draft.quota.name().to_owned())];
            let changed = changes(before.as_ref().map(fields), fields(&draft));
            note(tx, ("product_group", own.to_string()), &saver, changed).await
        })
    });
    done.await
}

/// The answer to whoever saved a group.
fn told<'t>(env: &'t Env, tx: &'t mut Tx, (): ()) -> Work<'t, Catalogue, Refused> {
    Box::pin(catalogue(env, tx))
}

/// Creates an article (version 0) or changes one. The same content again changes nothing and is accepted.
pub async fn save(env: &Env, call: &Call, draft: ArticleDraft) -> Result<ArticleRow, Refused> {
    call.needs(Permission::EditContracts)?;
    let fields = draft.card.faults();
    if !fields.is_empty() {
        return Err(Problem::Invalid { fields }.into());
    }
    let saver = env.saver(call);
    let done = env.write(call, move |tx| {
        let (draft, saver) = (draft.clone(), saver.clone());
        Box::pin(async move {
            let before = articles::lock_article(tx, draft.id).await?;
            let (group, sub_group) = match draft.group {
                None => (None, None),
                Some(id) => match articles::group_of(tx, id).await? {
                    Some((group, sub_group)) => (Some(group), sub_group),
                    None => return Err(Problem::field("group", FieldReason::NotOneOf).into()),
                },
            };
            let version = before.as_ref().map_or(1, |before| before.version + 1);
            let after = ArticleRow { id: draft.id, version, group, sub_group, card: draft.card };
            let same = |before: &ArticleRow| ArticleRow { version, ..before.clone() } == after;
            if let Some(before) = before.as_ref().filter(|before| same(before)) {
                return Ok(before.clone());
            }
            check_version(before.as_ref().map(|before| before.version), draft.version, Noun::Article)?;
            if articles::article_numbered(tx, &after.card.number).await?.is_some_and(|other| other != draft.id) {
                return Err(Problem::field("number", FieldReason::Taken).into());
            }
            if !articles::put_article(tx, &after, before.is_none()).await? {
                return Err(StoreError::Overtaken.into());
            }
            let fields = |row: &ArticleRow| {
                let mut fields = row.card.fields();
                let group = row.sub_group.map(|id| id.to_string()).or(row.group.map(|id| id.to_string()));
                fields.push(("group", group.unwrap_or_default()));
                fields
            };
            let changed = changes(before.as_ref().map(fields), fields(&after));
            note(tx, ("article", draft.id.to_string()), &saver, changed).await?;
            Ok(after)
        })
    });
    done.await
}
