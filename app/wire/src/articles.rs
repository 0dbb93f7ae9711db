//! Articles and product groups with the global quota switch.

use domain::{
    ArticleId, GroupId, Price, SubGroupId, VatRate, documents::LineUnit, groups::Switch, splitting::ArticleBilling,
};
use serde::{Deserialize, Serialize};
use texts::Lang;

use crate::{
    FieldProblem, FieldReason, Problem,
    read::{choice, done, id, number},
    required,
};

mod billing;

/// The most characters of the name of a group or article.
const NAME_LENGTH: usize = 120;

/// A product group or sub-group as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The group to which a sub-group belongs; empty for a group.
    pub parent: String,
    /// The name.
    pub name: String,
    /// `inherit`, `on` or `off`.
    pub quota: String,
}

/// A product group, or a sub-group of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKey {
    /// A group.
    Group(GroupId),
    /// A sub-group of that group.
    SubGroup(SubGroupId, GroupId),
}

/// A group whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDraft {
    /// Which one.
    pub key: GroupKey,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The name.
    pub name: String,
    /// Whether quotas are for it, unless a contract says otherwise.
    pub quota: Switch,
}

impl GroupForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<GroupDraft, Problem> {
        let mut problems = Vec::new();
        let key = if self.parent.is_empty() {
            id(&mut problems, "id", &self.id).map(GroupKey::Group)
        } else {
            let parent = id(&mut problems, "parent", &self.parent);
            id(&mut problems, "id", &self.id).zip(parent).map(|(id, parent)| GroupKey::SubGroup(id, parent))
        };
        let name = required(&mut problems, "name", &self.name, NAME_LENGTH);
        let quota = choice(&mut problems, "quota", Switch::from_name(&self.quota));
        done(key.map(|key| GroupDraft { key, version: self.version, name, quota }), problems)
    }
}

/// An article as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ArticleForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The number.
    pub number: String,
    /// The name, which becomes the text of a line.
    pub name: String,
    /// The id of its group or sub-group; empty for none.
    pub group: String,
    /// What its quantity counts.
    pub unit: String,
    /// The net price of one.
    pub price: String,
    /// The rate of VAT in per cent.
    pub vat: String,
    /// How it is billed in projects: `duration` or `effort`; empty: not at all.
    pub billing: String,
    /// How many of the unit a period has that costs the price; empty: one.
    pub every: String,
    /// The unit of that period: `months`, `weeks` or `days`.
    pub every_unit: String,
    /// The most billable time that is free in an allowance period.
    pub most: String,
    /// How many of the unit an allowance period has; empty: one.
    pub most_every: String,
    /// The unit of that period: `months`, `weeks` or `days`.
    pub most_unit: String,
    /// Which time it collects: `all` or `billable`.
    pub collects: String,
    /// `yes` when the time that it collects is shown on activity reports.
    pub reported: String,
}

/// What is known about an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleCard {
    /// The number, unique.
    pub number: String,
    /// The name.
    pub name: String,
    /// What its quantity counts.
    pub unit: LineUnit,
    /// The net price of one.
    pub price: Price,
    /// The rate of VAT.
    pub vat: VatRate,
    /// How it is billed in projects; none: it makes no billing line.
    #[serde(default)]
    pub billing: Option<ArticleBilling>,
}

/// An article whose fields are right. Whether there is such a group the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleDraft {
    /// Made by the client.
    pub id: ArticleId,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The id of its group or sub-group.
    pub group: Option<uuid::Uuid>,
    /// The other fields.
    pub card: ArticleCard,
}

impl ArticleForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<ArticleDraft, Problem> {
        let mut problems = Vec::new();
        let article = id(&mut problems, "id", &self.id);
        let group = if self.group.is_empty() { None } else { id(&mut problems, "group", &self.group) };
        let price = number(&mut problems, lang, "price", &self.price, FieldReason::OutOfRange);
        let vat = number(&mut problems, lang, "vat", self.vat.trim_end_matches('%'), |_| FieldReason::NotARate);
        let (number, name) = (
            required(&mut problems, "number", &self.number, 30),
            required(&mut problems, "name", &self.name, NAME_LENGTH),
        );
        let unit = choice(&mut problems, "unit", LineUnit::from_name(&self.unit));
        let billing = self.billing(&mut problems, lang);
        let card = price.zip(vat).map(|(price, vat)| ArticleCard { number, name, unit, price, vat, billing });
        // What cannot be read is told already.
        let readable = |fault: &FieldProblem| !problems.iter().any(|problem| problem.field == fault.field);
        let faults: Vec<FieldProblem> = card.iter().flat_map(ArticleCard::faults).filter(readable).collect();
        problems.extend(faults);
        let version = self.version;
        done(article.zip(card).map(|(id, card)| ArticleDraft { id, version, group, card }), problems)
    }
}

/// A sub-group on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubGroupRow {
    /// The sub-group.
    pub id: SubGroupId,
    /// Grows with each change.
    pub version: i64,
    /// The name.
    pub name: String,
    /// The global switch.
    pub quota: Switch,
}

/// A group on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// The group.
    pub id: GroupId,
    /// Grows with each change.
    pub version: i64,
    /// The name.
    pub name: String,
    /// The global switch.
    pub quota: Switch,
    /// Its sub-groups, by name.
    pub sub_groups: Vec<SubGroupRow>,
}

/// An article on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleRow {
    /// The article.
    pub id: ArticleId,
    /// Grows with each change.
    pub version: i64,
    /// Its group.
    pub group: Option<GroupId>,
    /// Its sub-group.
    pub sub_group: Option<SubGroupId>,
    /// The other fields.
    pub card: ArticleCard,
}

/// The articles page: groups with their switch, articles, and the rates that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// All groups, by name.
    pub groups: Vec<GroupRow>,
    /// The articles, by number.
    pub articles: Vec<ArticleRow>,
    /// The company's VAT rates.
    pub vat_rates: Vec<VatRate>,
}

impl ArticleCard {
    /// Every field with its name, as its history keeps it.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("number", self.number.clone()),
            ("name", self.name.clone()),
            ("unit", self.unit.name().to_owned()),
            ("price", self.price.to_string()),
            ("vat", self.vat.to_string()),
        ];
        fields.extend(self.billing_fields());
        fields
    }
}
