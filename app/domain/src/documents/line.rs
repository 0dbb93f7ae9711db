//! A line: what is charged, and what it comes to.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::{
    ArticleId, Currency, Discount, GroupId, Money, Price, Quantity, Seconds, SubGroupId, VatRate, decimals::OutOfRange,
    rounding,
};

/// What the quantity of a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineUnit {
    /// Hours.
    Hour,
    /// Minutes.
    Minute,
    /// Working days of the company.
    Day,
    /// Pieces.
    #[default]
    Piece,
    /// One price for all of it.
    Flat,
}

impl LineUnit {
    /// Every unit, in the order in which people choose.
    pub const ALL: [LineUnit; 5] = [LineUnit::Piece, LineUnit::Flat, LineUnit::Hour, LineUnit::Minute, LineUnit::Day];

    /// The stable name, in forms, REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            LineUnit::Hour => "hour",
            LineUnit::Minute => "minute",
            LineUnit::Day => "day",
            LineUnit::Piece => "piece",
            LineUnit::Flat => "flat",
        }
    }

    /// The unit of that name.
    pub fn from_name(name: &str) -> Option<LineUnit> {
        LineUnit::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// How many seconds one of it is; none where it is no time. `day` is the company's working day.
    pub fn seconds(self, day: Seconds) -> Option<Seconds> {
        match self {
            LineUnit::Hour => Some(Seconds::HOUR),
            LineUnit::Minute => Some(Seconds::MINUTE),
            LineUnit::Day => Some(day),
            LineUnit::Piece | LineUnit::Flat => None,
        }
    }

    /// Whether a quantity can be counted in it: with two decimals, and with four where it is time, because no fewer tell
    /// one second from the next. Errors with the limits.
    pub fn check(self, quantity: Quantity) -> Result<(), OutOfRange> {
        let decimals = match self {
            LineUnit::Hour | LineUnit::Minute | LineUnit::Day => 4,
            LineUnit::Piece | LineUnit::Flat => 2,
        };
        let fits = quantity.value().scale() <= decimals;
        if fits { Ok(()) } else { Err(OutOfRange { decimals, ..Quantity::limits() }) }
    }
}

/// So much time as a quantity of hours, rounded half away from zero to four decimals: [`Line::seconds`] makes just these
/// seconds of it again. `None` when that is more than a quantity can be.
pub fn hours(time: Seconds) -> Option<Quantity> {
    let exact = Decimal::from(time.0).checked_div(Decimal::from(Seconds::HOUR.0))?;
    Quantity::new(exact.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)).ok()
}

/// A line of a document, or an item of a contract that becomes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The article, if it is one.
    pub article: Option<ArticleId>,
    /// The product group.
    pub group: Option<GroupId>,
    /// The product sub-group.
    pub sub_group: Option<SubGroupId>,
    /// What stands on the document.
    pub text: String,
    /// How much of it.
    pub quantity: Quantity,
    /// What the quantity counts.
    pub unit: LineUnit,
    /// The net price of one.
    pub price: Price,
    /// Taken off, in per cent.
    pub discount: Discount,
    /// The rate of VAT.
    pub vat: VatRate,
}

impl Line {
    /// The time of a line in a time unit: quantity x seconds per unit, rounded half away from zero to the second.
    /// `None` for other units, or when it does not fit.
    pub fn seconds(&self, day: Seconds) -> Option<Seconds> {
        let one = self.unit.seconds(day)?;
        rounding::to_whole(self.quantity.value().checked_mul(Decimal::from(one.0))?).map(Seconds)
    }

    /// What the line comes to, net: quantity x price x (1 - discount), for time seconds x price / seconds per unit,
    /// rounded half away from zero to the minor unit. `None` when it does not fit.
    pub fn total(&self, currency: Currency, day: Seconds) -> Option<Money> {
        if self.unit.seconds(day).is_some() {
            return self.worth(self.seconds(day)?, currency, day);
        }
        let price = self.quantity.value().checked_mul(self.price.value())?;
        Money::rounded(price.checked_mul(self.kept())?, currency)
    }

    /// What a share of the line comes to, such as 14 of 30 days: the exact total x days / of, rounded half away from zero
    /// to the minor unit. `None` when it does not fit, or when `of` is nothing.
    pub fn share(&self, (days, of): (i64, i64), currency: Currency, day: Seconds) -> Option<Money> {
        let (count, one) = match self.unit.seconds(day) {
            Some(one) => (Decimal::from(self.seconds(day)?.0), one.0),
            None => (self.quantity.value(), 1),
        };
        let worth =
            count.checked_mul(self.price.value())?.checked_mul(self.kept())?.checked_mul(Decimal::from(days))?;
        Money::rounded(worth.checked_div(Decimal::from(one.checked_mul(of)?))?, currency)
    }

    /// What so much time costs at the price of the line: seconds x price x (1 - discount) / seconds per unit, rounded
    /// half away from zero to the minor unit. `None` for other units, or when it does not fit.
    pub fn worth(&self, time: Seconds, currency: Currency, day: Seconds) -> Option<Money> {
        let one = self.unit.seconds(day)?;
        // Multiplied before it is divided: a third of an hour stays exact.
        let worth = Decimal::from(time.0).checked_mul(self.price.value())?.checked_mul(self.kept())?;
        Money::rounded(worth.checked_div(Decimal::from(one.0))?, currency)
    }

    /// What the discount leaves, as a factor.
    fn kept(&self) -> Decimal {
        // At most 100 per cent are taken off, so this can neither overflow nor be negative.
        let percent = Decimal::ONE_HUNDRED.checked_sub(self.discount.value()).unwrap_or_default();
        percent.checked_div(Decimal::ONE_HUNDRED).unwrap_or_default()
    }
}
