//! How clearing looks in JSON: what it makes of a line and why, and what is left.

use chrono::NaiveDate;
use domain::{
    Currency, LineId,
    clearing::{ContractLeft, Figures, FromLot, Lapsed, LineClearing, Reason, Shown},
    quota::{Amount, Unit},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::accounts::unit_name;

use super::{
    fields::Fields,
    values::{MoneyBody, RangeBody, Volume},
};

/// The most characters of the name of an outcome.
const OUTCOME: usize = 40;

/// The first rule that fails, with its figures.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum ReasonBody {
    /// The clearing item was switched off by hand.
    SwitchedOff,
    /// The line names no contract.
    NoContract,
    /// The contract has no quota.
    NotAQuotaContract,
    /// The contract is another customer's.
    OtherCustomer {
        /// Whose it is.
        customer: String,
    },
    /// The contract does not last on the date of the document.
    ContractNotActive {
        /// Its first day.
        start: NaiveDate,
        /// The first day that no longer belongs to it.
        until: Option<NaiveDate>,
    },
    /// The quota is not for the group and sub-group of the line.
    GroupNotEligible,
    /// Nothing, or less, was delivered.
    QuantityNotPositive,
    /// The line costs nothing, or less.
    PriceNotPositive,
    /// The quota does not count what the line counts.
    UnitMismatch {
        /// What the quota counts: `time` or an ISO 4217 code.
        quota: String,
        /// The unit of the line.
        line: &'static str,
    },
    /// The quota was sold at another rate of VAT.
    VatRateMismatch {
        /// The rate of the line in per cent.
        line: String,
        /// The rate at which the quota was sold.
        sold_at: String,
    },
    /// Nothing is drawn any more for the date of the document.
    BooksClosed {
        /// The first day that is not closed.
        closed_until: NaiveDate,
    },
    /// Nothing is available, and the quota period of the date was not billed.
    PeriodNotBilled {
        /// The quota period; none before the first one.
        period: Option<RangeBody>,
    },
    /// Nothing is available although it was granted.
    Exhausted {
        /// The quota period of the date.
        period: Option<RangeBody>,
        /// What lapsed before and would still be there with carry-over.
        lapsed: Vec<LapsedBody>,
    },
}

/// The rest of a lot that can no longer be used.
#[derive(Debug, Serialize, ToSchema)]
pub struct LapsedBody {
    lot: String,
    /// When it could be drawn.
    valid: RangeBody,
    /// What lapsed of it by the date of the document.
    amount: Volume,
}

impl ReasonBody {
    fn new(reason: &Reason, unit: Unit) -> ReasonBody {
        let lapsed = |lapsed: &Lapsed| LapsedBody {
            lot: lapsed.lot.to_string(),
            valid: lapsed.valid.into(),
            amount: Volume::new(unit, lapsed.amount),
        };
        match reason {
            Reason::SwitchedOff => ReasonBody::SwitchedOff,
            Reason::NoContract => ReasonBody::NoContract,
            Reason::NotAQuotaContract => ReasonBody::NotAQuotaContract,
            Reason::OtherCustomer { customer } => ReasonBody::OtherCustomer { customer: customer.to_string() },
            Reason::ContractNotActive { start, end } => ReasonBody::ContractNotActive { start: *start, until: *end },
            Reason::GroupNotEligible => ReasonBody::GroupNotEligible,
            Reason::QuantityNotPositive => ReasonBody::QuantityNotPositive,
            Reason::PriceNotPositive => ReasonBody::PriceNotPositive,
            Reason::UnitMismatch { quota, line } => {
                ReasonBody::UnitMismatch { quota: unit_name(*quota).to_owned(), line: line.name() }
            }
            Reason::VatRateMismatch { line, sold_at } => {
                ReasonBody::VatRateMismatch { line: line.to_string(), sold_at: sold_at.to_string() }
            }
            Reason::BooksClosed { closed_until } => ReasonBody::BooksClosed { closed_until: *closed_until },
            Reason::PeriodNotBilled { period } => ReasonBody::PeriodNotBilled { period: period.map(RangeBody::from) },
            Reason::Exhausted { period, lapsed: found } => ReasonBody::Exhausted {
                period: period.map(RangeBody::from),
                lapsed: found.iter().map(lapsed).collect(),
            },
        }
    }
}

/// A lot that could be used on the date of the document.
#[derive(Debug, Serialize, ToSchema)]
pub struct FromLotBody {
    lot: String,
    /// When it can be drawn.
    valid: RangeBody,
    /// What could be drawn from it before.
    drawable: Volume,
    /// What was.
    drawn: Volume,
}

/// What the account said to a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresBody {
    /// The id of the contract whose account it is.
    contract: String,
    /// The quota period of the document's date.
    period: Option<RangeBody>,
    available_before: Volume,
    /// What the line wants.
    wanted: Volume,
    /// What the lots give.
    drawn: Volume,
    /// What overbooking adds.
    deficit: Volume,
    /// What nobody gives.
    not_drawn: Volume,
    available_after: Volume,
    /// The lots that could be used, in the order of consumption.
    lots: Vec<FromLotBody>,
}

impl FiguresBody {
    fn new(figures: &Figures) -> FiguresBody {
        let volume = |amount| Volume::new(figures.unit, amount);
        let lot = |from: &FromLot| FromLotBody {
            lot: from.lot.to_string(),
            valid: from.valid.into(),
            drawable: volume(from.drawable),
            drawn: volume(from.drawn),
        };
        FiguresBody {
            contract: figures.contract.to_string(),
            period: figures.period.map(RangeBody::from),
            available_before: volume(figures.available_before),
            wanted: volume(figures.wanted),
            drawn: volume(figures.drawn),
            deficit: volume(figures.deficit),
            not_drawn: volume(figures.not_drawn),
            available_after: volume(figures.available_after),
            lots: figures.lots.iter().map(lot).collect(),
        }
    }
}

/// What clearing makes of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearingBody {
    /// The id of the line.
    line: String,
    /// What the line comes to, net.
    total: MoneyBody,
    /// `full`, `partial` (something was not drawn), `overbooked` (drawn in full, part of it as deficit), or the first
    /// rule that fails: `switched_off`, `no_contract`, `not_a_quota_contract`, `other_customer`,
    /// `contract_not_active`, `group_not_eligible`, `quantity_not_positive`, `price_not_positive`, `unit_mismatch`,
    /// `vat_rate_mismatch`, `books_closed`, `period_not_billed` or `exhausted`.
    outcome: &'static str,
    /// Why nothing was drawn.
    reason: Option<ReasonBody>,
    /// What the account said; none when it was not asked.
    figures: Option<FiguresBody>,
    /// What the clearing item takes off, in the unit of the quota; none when the account was not asked.
    cleared: Option<Volume>,
    /// The net total of the clearing item: nothing or negative.
    item: MoneyBody,
}

impl ClearingBody {
    /// Of a line whose document is in that currency.
    pub fn new(clearing: &LineClearing, currency: Currency) -> ClearingBody {
        let unit = clearing.figures.as_ref().map(|figures| figures.unit);
        // A reason that names amounts comes with figures.
        let reason = clearing.outcome.reason().map(|reason| ReasonBody::new(reason, unit.unwrap_or(Unit::Time)));
        ClearingBody {
            line: clearing.line.to_string(),
            total: MoneyBody::new(clearing.total, currency),
            outcome: clearing.outcome.name(),
            reason,
            figures: clearing.figures.as_ref().map(FiguresBody::new),
            cleared: unit.map(|unit| Volume::new(unit, clearing.cleared)),
            item: MoneyBody::new(clearing.item, currency),
        }
    }
}

/// What somebody saw of a line, or was decided instead.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ShownBody {
    /// As in the clearing of a line.
    outcome: String,
    /// What its clearing item takes off; none when the account was not asked.
    cleared: Option<Volume>,
    /// The net total of its clearing item.
    item: MoneyBody,
}

impl ShownBody {
    /// What somebody sees of the clearing of a line.
    pub fn new(clearing: &LineClearing, currency: Currency) -> ShownBody {
        let ClearingBody { outcome, cleared, item, .. } = ClearingBody::new(clearing, currency);
        ShownBody { outcome: outcome.to_owned(), cleared, item }
    }

    /// What was seen of that line, or none when something cannot be read.
    pub fn read(&self, fields: &mut Fields, line: LineId, currency: Currency) -> Option<Shown> {
        let outcome = fields.words("outcome", &self.outcome, OUTCOME);
        let cleared = match &self.cleared {
            None => Some(Amount::ZERO),
            Some(volume) => match fields.choice("cleared", volume.unit()) {
                None => None,
                Some(unit) => fields.volume("cleared", volume, unit),
            },
        };
        let item = fields.money("item", &self.item, currency);
        Some(Shown { line, outcome, cleared: cleared?, item: item? })
    }
}

/// What is left of a quota that the document draws.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotaLeftBody {
    /// The id of the contract.
    contract: String,
    /// The quota period of the document's date.
    period: Option<RangeBody>,
    /// What is available without the document.
    before: Volume,
    /// What the lots give to it.
    drawn: Volume,
    /// What overbooking gives to it.
    deficit: Volume,
    /// What is available with it.
    after: Volume,
}

impl QuotaLeftBody {
    /// Of a contract.
    pub fn new(left: &ContractLeft) -> QuotaLeftBody {
        let volume = |amount| Volume::new(left.unit, amount);
        QuotaLeftBody {
            contract: left.contract.to_string(),
            period: left.period.map(RangeBody::from),
            before: volume(left.before),
            drawn: volume(left.drawn),
            deficit: volume(left.deficit),
            after: volume(left.after),
        }
    }
}
