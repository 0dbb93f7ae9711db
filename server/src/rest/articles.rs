//! `/api/v1/articles` and `/api/v1/product-groups`

use axum::{Json, extract::Path, http::StatusCode};
use domain::{
    GroupId, SubGroupId,
    documents::LineUnit,
    groups::Switch,
    quota::{Amount, Unit},
    splitting::ArticleBilling,
};
use serde::{Deserialize, Serialize};
use texts::Lang;
use usecases::{Refused, articles};
use utoipa::ToSchema;
use wire::{
    FieldReason, Noun, Problem,
    articles::{
        ArticleCard, ArticleDraft, ArticleForm, ArticleRow, Catalogue, GroupDraft, GroupKey, GroupRow, SubGroupRow,
    },
    projects::interval_parts,
};

use super::{
    call::{Caller, Command, ProblemDetails, Refusal, id},
    customers::id_from_key,
    fields::Fields,
    project_lines::typed,
    values::Volume,
};

/// The most characters of the name of a group or article.
const NAME: usize = 120;
/// The most characters of the number of an article.
const NUMBER: usize = 30;

/// A sub-group.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubGroupBody {
    id: String,
    version: i64,
    name: String,
    /// `inherit`, `on` or `off`.
    quota: &'static str,
}

/// A product group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupBody {
    id: String,
    version: i64,
    name: String,
    /// `inherit`, `on` or `off`.
    quota: &'static str,
    sub_groups: Vec<SubGroupBody>,
}

impl SubGroupBody {
    fn new(row: &SubGroupRow) -> SubGroupBody {
        let (id, name) = (row.id.to_string(), row.name.clone());
        SubGroupBody { id, version: row.version, name, quota: row.quota.name() }
    }
}

impl GroupBody {
    fn new(row: &GroupRow) -> GroupBody {
        let (id, name) = (row.id.to_string(), row.name.clone());
        let sub_groups = row.sub_groups.iter().map(SubGroupBody::new).collect();
        GroupBody { id, version: row.version, name, quota: row.quota.name(), sub_groups }
    }
}

/// An article.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleBody {
    id: String,
    version: i64,
    number: String,
    name: String,
    group: Option<String>,
    sub_group: Option<String>,
    /// `piece`, `flat`, `hour`, `minute` or `day`.
    unit: &'static str,
    /// The net price of one.
    price: String,
    /// The rate of VAT in per cent.
    vat: String,
    /// How it is billed in projects; none: it makes no billing line.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing: Option<ArticleBillingBody>,
}

/// How what an article sells is billed in projects.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleBillingBody {
    /// `duration`: the price is that of a period, and time is free up to a limit; or `effort`: it is that of an hour.
    by: &'static str,
    /// By duration: how many of the unit a period has that costs the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<u32>,
    /// `months`, `weeks` or `days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    every_unit: Option<&'static str>,
    /// The most billable time that is free in an allowance period.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<Volume>,
    /// How many of the unit an allowance period has.
    #[serde(skip_serializing_if = "Option::is_none")]
    most_every: Option<u32>,
    /// `months`, `weeks` or `days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    most_unit: Option<&'static str>,
    /// Which time it collects: `all` or `billable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    collects: Option<&'static str>,
    /// Whether the time that it collects is shown on activity reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported: Option<bool>,
}

impl ArticleBillingBody {
    fn new(billing: &ArticleBilling) -> ArticleBillingBody {
        let duration = match billing {
            ArticleBilling::Duration(duration) => Some(duration),
            ArticleBilling::Effort => None,
        };
        let (every, every_unit) = duration.map(|duration| interval_parts(duration.every)).unzip();
        let (most_every, most_unit) = duration.map(|duration| interval_parts(duration.most_every)).unzip();
        ArticleBillingBody {
            by: billing.name(),
            every,
            every_unit,
            most: duration.map(|duration| Volume::new(Unit::Time, Amount::new(duration.most.0))),
            most_every,
            most_unit,
            collects: duration.map(|duration| duration.collects.name()),
            reported: duration.map(|duration| duration.reported),
        }
    }
}

impl ArticleBody {
    fn new(row: &ArticleRow) -> ArticleBody {
        ArticleBody {
            id: row.id.to_string(),
            version: row.version,
            number: row.card.number.clone(),
            name: row.card.name.clone(),
            group: row.group.map(|id| id.to_string()),
            sub_group: row.sub_group.map(|id| id.to_string()),
            unit: row.card.unit.name(),
            price: row.card.price.to_string(),
            vat: row.card.vat.to_string(),
            billing: row.card.billing.as_ref().map(ArticleBillingBody::new),
        }
    }
}

/// Everything that lines are made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueBody {
    groups: Vec<GroupBody>,
    articles: Vec<ArticleBody>,
    /// The company's rates of VAT in per cent.
    vat_rates: Vec<String>,
}

/// Groups, articles and rates of VAT.
#[utoipa::path(get, path = "/articles", responses(
    (status = 200, body = CatalogueBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller) -> Result<Json<CatalogueBody>, Refusal> {
    let found = articles::page(&caller.house.env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(CatalogueBody {
        groups: found.groups.iter().map(GroupBody::new).collect(),
        articles: found.articles.iter().map(ArticleBody::new).collect(),
        vat_rates: found.vat_rates.iter().map(ToString::to_string).collect(),
    }))
}

/// What a client sends to create or change an article.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ArticleInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    number: String,
    name: String,
    /// The id of its group or sub-group; left out: none.
    group: Option<String>,
    /// `piece`, `flat`, `hour`, `minute` or `day`.
    unit: String,
    /// The net price of one, a decimal number with at most four decimals.
    price: String,
    /// The rate of VAT in per cent.
    vat: String,
    /// How it is billed in projects; left out: it makes no billing line.
    billing: Option<ArticleBillingInput>,
}

/// How what an article sells is billed in projects, as a client sends it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ArticleBillingInput {
    /// `duration`: the price is that of a period, and time is free up to a limit; or `effort`: it is that of an hour.
    by: String,
    /// By duration: how many of the unit a period has that costs the price; left out: one.
    every: Option<u32>,
    /// `months` (if left out), `weeks` or `days`.
    #[serde(default)]
    every_unit: String,
    /// By duration: the most billable time that is free in an allowance period.
    most: Option<Volume>,
    /// How many of the unit an allowance period has; left out: one.
    most_every: Option<u32>,
    /// `months` (if left out), `weeks` or `days`.
    #[serde(default)]
    most_unit: String,
    /// Which time it collects: `all` (if left out) or `billable`.
    #[serde(default)]
    collects: String,
    /// Whether the time that it collects is shown on activity reports.
    #[serde(default)]
    reported: bool,
}

impl ArticleBillingInput {
    /// Reads it by the same checks as in the form.
    fn read(&self, fields: &mut Fields, lang: Lang) -> Option<ArticleBilling> {
        if !matches!(self.by.as_str(), "duration" | "effort") {
            fields.wrong("by", FieldReason::NotOneOf);
            return None;
        }
        // A form hides the fields of what such an article has not; a client hears of it.
        if self.by == "effort" && self.most.is_some() {
            fields.wrong("most", FieldReason::NotOneOf);
        }
        let count = |sent: Option<u32>| sent.map(|count| count.to_string()).unwrap_or_default();
        let form = ArticleForm {
            billing: self.by.clone(),
            every: count(self.every),
            every_unit: self.every_unit.clone(),
            most: typed(fields, "most", self.most.as_ref(), lang)?,
            most_every: count(self.most_every),
            most_unit: self.most_unit.clone(),
            collects: self.collects.clone(),
            reported: if self.reported { "yes" } else { "" }.to_owned(),
            ..ArticleForm::default()
        };
        fields.note("by", form.read_billing(lang)).flatten()
    }
}

async fn save(caller: &Caller, article: &str, body: ArticleInput) -> Result<Json<ArticleBody>, Refusal> {
    let mut fields = Fields::default();
    let article = fields.id("id", article);
    let (number, name) = (fields.words("number", &body.number, NUMBER), fields.words("name", &body.name, NAME));
    let group = fields.maybe_id("group", body.group.as_deref());
    let unit = fields.choice("unit", LineUnit::from_name(&body.unit));
    let price = fields.number("price", &body.price);
    let vat = fields.rate("vat", &body.vat);
    let lang = caller.lang();
    let billing = body.billing.as_ref().and_then(|billing| fields.within("billing", |own| billing.read(own, lang)));
    let card = unit.zip(price).zip(vat);
    let card = card.map(|((unit, price), vat)| ArticleCard { number, name, unit, price, vat, billing });
    for fault in card.iter().flat_map(ArticleCard::faults) {
        let field = if fault.field == "most" { "billing.most" } else { fault.field.as_str() };
        fields.wrong(field, fault.reason);
    }
    let draft = article.zip(card).map(|(id, card)| ArticleDraft { id, version: body.version, group, card });
    let draft = fields.done(caller, draft)?;
    let saved = articles::save(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ArticleBody::new(&saved)))
}

/// Creates an article.
#[utoipa::path(post, path = "/articles", request_body = ArticleInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = ArticleBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<ArticleInput>) -> Result<(StatusCode, Json<ArticleBody>), Refusal> {
    let Command { caller, body } = command;
    let id = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    Ok((StatusCode::CREATED, save(&caller, &id, ArticleInput { version: 0, ..body }).await?))
}

/// Changes an article.
#[utoipa::path(put, path = "/articles/{id}", request_body = ArticleInput, params(("id" = String, Path)), responses(
    (status = 200, body = ArticleBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(Path(article): Path<String>, command: Command<ArticleInput>) -> Result<Json<ArticleBody>, Refusal> {
    let Command { caller, body } = command;
    id::<domain::ArticleId>(&caller, &article, Noun::Article)?;
    needs_version(&caller, body.version)?;
    save(&caller, &article, body).await
}

/// Refuses a change that does not say what it changes.
pub fn needs_version(caller: &Caller, version: i64) -> Result<(), Refusal> {
    if version == 0 { Err(caller.refuse(Problem::field("version", FieldReason::Missing))) } else { Ok(()) }
}

/// What a client sends to create or change a group or sub-group.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GroupInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    name: String,
    /// Whether quotas are for it, unless a contract says otherwise: `inherit`, `on` or `off`.
    quota: String,
}

async fn save_group(caller: &Caller, key: GroupKey, body: GroupInput) -> Result<Catalogue, Refusal> {
    let mut fields = Fields::default();
    let name = fields.words("name", &body.name, NAME);
    let quota = fields.choice("quota", Switch::from_name(&body.quota));
    let draft = quota.map(|quota| GroupDraft { key, version: body.version, name, quota });
    let draft = fields.done(caller, draft)?;
    let saved = articles::save_group(&caller.house.env, &caller.call, draft).await;
    saved.map_err(|refused| {
        // The group of a sub-group stands in the address.
        let parent =
            matches!(&refused, Refused::Problem(problem) if problem.fields().iter().any(|f| f.field == "parent"));
        caller.refuse(if parent { Problem::NotFound { what: Noun::Article }.into() } else { refused })
    })
}

fn group(caller: &Caller, saved: &Catalogue, group: GroupId) -> Result<GroupBody, Refusal> {
    let found = saved.groups.iter().find(|row| row.id == group).map(GroupBody::new);
    found.ok_or_else(|| caller.refuse(Problem::NotFound { what: Noun::Article }))
}

fn sub_group(caller: &Caller, saved: &Catalogue, sub_group: SubGroupId) -> Result<SubGroupBody, Refusal> {
    let mut all = saved.groups.iter().flat_map(|row| &row.sub_groups);
    let found = all.find(|row| row.id == sub_group).map(SubGroupBody::new);
    found.ok_or_else(|| caller.refuse(Problem::NotFound { what: Noun::Article }))
}

/// The id of a new thing.
fn new_id<T: std::str::FromStr>(caller: &Caller, sent: Option<&String>) -> Result<T, Refusal> {
    let text = sent.cloned().unwrap_or_else(|| id_from_key(caller));
    text.parse().map_err(|_| caller.refuse(Problem::field("id", FieldReason::NotOneOf)))
}

/// Creates a product group.
#[utoipa::path(post, path = "/product-groups", request_body = GroupInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = GroupBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create_group(command: Command<GroupInput>) -> Result<(StatusCode, Json<GroupBody>), Refusal> {
    let Command { caller, body } = command;
    let own: GroupId = new_id(&caller, body.id.as_ref())?;
    let saved = save_group(&caller, GroupKey::Group(own), GroupInput { version: 0, ..body }).await?;
    Ok((StatusCode::CREATED, Json(group(&caller, &saved, own)?)))
}

/// Changes a product group.
#[utoipa::path(put, path = "/product-groups/{id}", request_body = GroupInput, params(("id" = String, Path)), responses(
    (status = 200, body = GroupBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change_group(Path(own): Path<String>, command: Command<GroupInput>) -> Result<Json<GroupBody>, Refusal> {
    let Command { caller, body } = command;
    let own: GroupId = id(&caller, &own, Noun::Article)?;
    needs_version(&caller, body.version)?;
    let saved = save_group(&caller, GroupKey::Group(own), body).await?;
    Ok(Json(group(&caller, &saved, own)?))
}

/// Creates a sub-group.
#[utoipa::path(post, path = "/product-groups/{id}/sub-groups", request_body = GroupInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = SubGroupBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create_sub_group(
    Path(parent): Path<String>,
    command: Command<GroupInput>,
) -> Result<(StatusCode, Json<SubGroupBody>), Refusal> {
    let Command { caller, body } = command;
    let parent: GroupId = id(&caller, &parent, Noun::Article)?;
    let own: SubGroupId = new_id(&caller, body.id.as_ref())?;
    let saved = save_group(&caller, GroupKey::SubGroup(own, parent), GroupInput { version: 0, ..body }).await?;
    Ok((StatusCode::CREATED, Json(sub_group(&caller, &saved, own)?)))
}

/// Changes a sub-group.
#[utoipa::path(put, path = "/product-groups/{id}/sub-groups/{sub_group}", request_body = GroupInput,
    params(("id" = String, Path), ("sub_group" = String, Path)), responses(
    (status = 200, body = SubGroupBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change_sub_group(
    Path((parent, own)): Path<(String, String)>,
    command: Command<GroupInput>,
) -> Result<Json<SubGroupBody>, Refusal> {
    let Command { caller, body } = command;
    let (parent, own): (GroupId, SubGroupId) =
        (id(&caller, &parent, Noun::Article)?, id(&caller, &own, Noun::Article)?);
    needs_version(&caller, body.version)?;
    let saved = save_group(&caller, GroupKey::SubGroup(own, parent), body).await?;
    Ok(Json(sub_group(&caller, &saved, own)?))
}
