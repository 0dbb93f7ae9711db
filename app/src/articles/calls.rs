//! The server functions of articles and product groups.

use leptos::prelude::*;
use wire::articles::{ArticleForm, ArticleRow, Catalogue, GroupForm};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// Groups and articles.
#[server]
pub async fn load_catalogue() -> Result<Catalogue, CallError> {
    let (env, call) = session()?;
    usecases::articles::page(&env, &call).await.map_err(refused)
}

/// Creates or changes a group or sub-group.
#[server]
pub async fn save_group(form: GroupForm) -> Result<Catalogue, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let catalogue = usecases::articles::save_group(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other("/articles");
    Ok(catalogue)
}

/// Creates or changes an article.
#[server]
pub async fn save_article(form: ArticleForm) -> Result<ArticleRow, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let row = usecases::articles::save(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other("/articles");
    Ok(row)
}
