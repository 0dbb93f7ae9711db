//! What the demo company sells.

use std::collections::HashMap;

use domain::{
    ArticleId, Discount, GroupId, Interval, Price, Quantity, Seconds, SubGroupId, VatRate,
    documents::{Line, LineUnit},
    groups::Switch,
    splitting::{ArticleBilling, ByDuration, Collects},
};
use fastrand::Rng;
use rust_decimal::Decimal;
use wire::articles::{ArticleCard, ArticleDraft, GroupDraft, GroupKey};

use super::names::PEOPLE;
use crate::{Env, Refused, articles, people::program};

/// A group with its global switch.
type Group = (&'static str, Switch);

/// Groups with their sub-groups.
const GROUPS: [(&str, Switch, &[Group]); 3] = [
    (
        "Dienstleistungen",
        Switch::On,
        &[
            ("Fernwartung", Switch::Inherit),
            ("Vor Ort", Switch::Inherit),
            ("Beratung", Switch::Inherit),
            ("Schulung", Switch::Off),
        ],
    ),
    ("Hardware", Switch::Off, &[("Arbeitsplätze", Switch::Inherit), ("Netzwerk", Switch::Inherit)]),
    ("Software", Switch::Inherit, &[]),
];

/// Number, name, group or sub-group, unit, price in cents.
const ARTICLES: [(&str, &str, &str, LineUnit, i64); 16] = [
    ("D-100", "Fernwartung", "Fernwartung", LineUnit::Hour, 10_500),
    ("D-110", "Technikereinsatz vor Ort", "Vor Ort", LineUnit::Hour, 12_500),
    ("D-115", "Anfahrt pauschal", "Vor Ort", LineUnit::Flat, 4_500),
    ("D-120", "Beratung", "Beratung", LineUnit::Hour, 14_000),
    ("D-130", "Schulungstag", "Schulung", LineUnit::Day, 98_000),
    ("D-200", "Kontingent 4 Stunden", "Dienstleistungen", LineUnit::Piece, 39_999),
    ("D-210", "Betreuung je Arbeitsplatz", "Dienstleistungen", LineUnit::Piece, 3_900),
    ("H-100", "Notebook 14 Zoll", "Arbeitsplätze", LineUnit::Piece, 119_900),
    ("H-110", "Monitor 27 Zoll", "Arbeitsplätze", LineUnit::Piece, 27_900),
    ("H-120", "Dockingstation USB-C", "Arbeitsplätze", LineUnit::Piece, 18_900),
    ("H-200", "Switch 24 Ports", "Netzwerk", LineUnit::Piece, 44_900),
    ("H-210", "Patchkabel 2 m", "Netzwerk", LineUnit::Piece, 690),
    ("H-220", "Funkzugangspunkt", "Netzwerk", LineUnit::Piece, 16_900),
    ("S-100", "Lizenz Bürosoftware", "Software", LineUnit::Piece, 1_170),
    ("S-110", "Virenschutz je Gerät", "Software", LineUnit::Piece, 490),
    ("S-200", "Datensicherung je 100 GB", "Software", LineUnit::Flat, 1_900),
];

/// What projects are billed by: number, name, unit, price in cents, and how. Maintenance is 150.00 a month with 45
/// minutes that are free; what goes beyond costs 100.00 an hour.
const BILLED: [(&str, &str, LineUnit, i64, ArticleBilling); 2] = [
    ("D-300", "Support + 45", LineUnit::Flat, 15_000, ArticleBilling::Duration(FREE)),
    ("D-310", "Zusätzlicher Support", LineUnit::Hour, 10_000, ArticleBilling::Effort),
];

/// 45 minutes a month, which are shown in the activity report.
const FREE: ByDuration = ByDuration {
    every: Interval::Months(1),
    most: Seconds(45 * 60),
    most_every: Interval::Months(1),
    collects: Collects::Billable,
    reported: true,
};

/// What there is, by the names of the tables above.
pub struct Catalogue {
    groups: HashMap<&'static str, (GroupId, Option<SubGroupId>)>,
    articles: HashMap<&'static str, Line>,
}

impl Catalogue {
    /// The group or sub-group of that name.
    pub fn group(&self, name: &str) -> Option<(GroupId, Option<SubGroupId>)> {
        self.groups.get(name).copied()
    }

    /// A line of the article with that number; none when there is no such article.
    pub fn line(&self, article: &str, quantity: Decimal, text: &str) -> Option<Line> {
        let line = self.articles.get(article)?.clone();
        let text = if text.is_empty() { line.text } else { text.to_owned() };
        Some(Line { quantity: Quantity::new(quantity).unwrap_or_default(), text, ..line })
    }

    /// A line of an article by the hour, in minutes.
    pub fn minutes(&self, article: &str, minutes: i64, text: &str) -> Option<Line> {
        let line = self.line(article, Decimal::from(minutes), text)?;
        let price = Price::new((line.price.value() / Decimal::from(60)).round_dp(4)).ok()?;
        Some(Line { unit: LineUnit::Minute, price, ..line })
    }
}

/// A random id of the fixed seed: the same in every demo company.
pub fn id(rng: &mut Rng) -> uuid::Uuid {
    uuid::Uuid::from_u128(rng.u128(..))
}

/// So many cents.
pub fn price(cents: i64) -> Price {
    Price::new(Decimal::new(cents, 2)).unwrap_or_default()
}

/// The rate of everything that the company sells.
pub fn vat() -> VatRate {
    VatRate::from_percent(Decimal::from(19)).unwrap_or_else(|_| unreachable!("19 per cent is a rate"))
}

/// Makes groups and articles.
pub async fn make(env: &Env, rng: &mut Rng) -> Result<Catalogue, Refused> {
    let call = program(PEOPLE[1]);
    let mut catalogue = Catalogue { groups: HashMap::new(), articles: HashMap::new() };
    for (name, quota, sub_groups) in GROUPS {
        let group = GroupId::new(id(rng));
        let draft = GroupDraft { key: GroupKey::Group(group), version: 0, name: name.to_owned(), quota };
        articles::save_group(env, &call, draft).await?;
        catalogue.groups.insert(name, (group, None));
        for (name, quota) in sub_groups {
            let sub_group = SubGroupId::new(id(rng));
            let key = GroupKey::SubGroup(sub_group, group);
            let draft = GroupDraft { key, version: 0, name: (*name).to_owned(), quota: *quota };
            articles::save_group(env, &call, draft).await?;
            catalogue.groups.insert(name, (group, Some(sub_group)));
        }
    }
    for (number, name, group, unit, cents) in ARTICLES {
        let (article, of) = (ArticleId::new(id(rng)), catalogue.group(group));
        let (price, vat, billing) = (price(cents), vat(), None);
        let card = ArticleCard { number: number.to_owned(), name: name.to_owned(), unit, price, vat, billing };
        let line = Line {
            article: Some(article),
            group: of.map(|(group, _)| group),
            sub_group: of.and_then(|(_, sub_group)| sub_group),
            text: name.to_owned(),
            quantity: Quantity::default(),
            unit,
            price: card.price,
            discount: Discount::default(),
            vat: card.vat,
        };
        let group = of.map(|(group, sub_group)| sub_group.map_or(group.uuid(), SubGroupId::uuid));
        articles::save(env, &call, ArticleDraft { id: article, version: 0, group, card }).await?;
        catalogue.articles.insert(number, line);
    }
    // With chance of their own: whatever is made after them stays as it is without them.
    let mut own = Rng::with_seed(300);
    let group = catalogue.group("Dienstleistungen").map(|(group, _)| group.uuid());
    for (number, name, unit, cents, billing) in BILLED {
        let (price, vat, billing) = (price(cents), vat(), Some(billing));
        let card = ArticleCard { number: number.to_owned(), name: name.to_owned(), unit, price, vat, billing };
        articles::save(env, &call, ArticleDraft { id: ArticleId::new(id(&mut own)), version: 0, group, card }).await?;
    }
    Ok(catalogue)
}
