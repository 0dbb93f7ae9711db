//! Lines in JSON: the items of a contract and what stands on documents.

use domain::documents::{Line, LineUnit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::FieldReason;

use super::fields::Fields;

/// The most characters of the text of an item.
const ITEM_TEXT: usize = 500;

/// A line: an item of a contract, or what stands on a document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ItemBody {
    article: Option<String>,
    group: Option<String>,
    sub_group: Option<String>,
    text: String,
    /// A decimal number with at most two decimals; of hours, minutes and days with at most four.
    quantity: String,
    /// `piece`, `flat`, `hour`, `minute` or `day`.
    unit: String,
    /// The net price of one, a decimal number with at most four decimals.
    price: String,
    /// Taken off, in per cent.
    #[serde(default)]
    discount: String,
    /// The rate of VAT in per cent.
    vat: String,
}

impl ItemBody {
    /// The line, or none when something cannot be read.
    pub fn read(&self, fields: &mut Fields) -> Option<Line> {
        let article = fields.maybe_id("article", self.article.as_deref());
        let group = fields.maybe_id("group", self.group.as_deref());
        let sub_group = fields.maybe_id("sub_group", self.sub_group.as_deref());
        let text = fields.words("text", &self.text, ITEM_TEXT);
        let quantity = fields.number("quantity", &self.quantity);
        let unit = fields.choice("unit", LineUnit::from_name(&self.unit));
        let price = fields.number("price", &self.price);
        let discount = if self.discount.is_empty() { "0" } else { &self.discount };
        let discount = fields.number("discount", discount);
        let vat = fields.rate("vat", &self.vat);
        let (quantity, unit, price, discount, vat) = (quantity?, unit?, price?, discount?, vat?);
        if let Err(limits) = unit.check(quantity) {
            fields.wrong("quantity", FieldReason::OutOfRange(limits));
        }
        Some(Line { article, group, sub_group, text, quantity, unit, price, discount, vat })
    }

    /// From a line of the domain.
    pub fn new(line: &Line) -> ItemBody {
        ItemBody {
            article: line.article.map(|id| id.to_string()),
            group: line.group.map(|id| id.to_string()),
            sub_group: line.sub_group.map(|id| id.to_string()),
            text: line.text.clone(),
            quantity: line.quantity.to_string(),
            unit: line.unit.name().to_owned(),
            price: line.price.to_string(),
            discount: line.discount.to_string(),
            vat: line.vat.to_string(),
        }
    }
}
