//! How lines came out, with the figures.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    ContractId, CustomerId, DateRange, LineId, LotId, VatRate,
    documents::{LineUnit, Totals},
    quota::{Amount, DrawDecision, ReleaseDecision, Unit},
};

/// The first rule that fails, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The clearing item was switched off by hand.
    SwitchedOff,
    /// The line names no contract.
    NoContract,
    /// The contract has no quota, and no lot from an earlier one that could still be used.
    NotAQuotaContract,
    /// The contract is another customer's.
    OtherCustomer {
        /// Whose it is.
        customer: CustomerId,
    },
    /// The contract does not last on the date of the document.
    ContractNotActive {
        /// Its first day.
        start: NaiveDate,
        /// The first day that no longer belongs to it.
        end: Option<NaiveDate>,
    },
    /// The quota is not for the group and sub-group of the line.
    GroupNotEligible,
    /// Nothing, or less, was delivered.
    QuantityNotPositive,
    /// The line costs nothing, or less.
    PriceNotPositive,
    /// The quota does not count what the line counts: a quota of time and a line in another unit than time, or a quota
    /// of money and a document in another currency.
    UnitMismatch {
        /// What the quota counts.
        quota: Unit,
        /// What the line counts. The line itself is `line` where this is written.
        #[serde(rename = "unit")]
        line: LineUnit,
    },
    /// The quota was sold at another rate of VAT.
    VatRateMismatch {
        /// The rate of the line. The line itself is `line` where this is written.
        #[serde(rename = "vat")]
        line: VatRate,
        /// The rate at which the quota was sold.
        sold_at: VatRate,
    },
    /// Nothing is drawn any more for the date of the document.
    BooksClosed {
        /// The first day that is not closed.
        closed_until: NaiveDate,
    },
    /// Nothing is available, and the quota period of the date was not billed.
    PeriodNotBilled {
        /// The quota period; none before the first one.
        period: Option<DateRange>,
    },
    /// Nothing is available although it was granted.
    Exhausted {
        /// The quota period of the date; none when the quota was taken out of the terms since.
        period: Option<DateRange>,
        /// What lapsed before because it was not carried over, of the lots that are among the facts.
        lapsed: Vec<Lapsed>,
    },
}

impl Reason {
    /// The stable name, in REST and the database.
    pub const fn name(&self) -> &'static str {
        match self {
            Reason::SwitchedOff => "switched_off",
            Reason::NoContract => "no_contract",
            Reason::NotAQuotaContract => "not_a_quota_contract",
            Reason::OtherCustomer { .. } => "other_customer",
            Reason::ContractNotActive { .. } => "contract_not_active",
            Reason::GroupNotEligible => "group_not_eligible",
            Reason::QuantityNotPositive => "quantity_not_positive",
            Reason::PriceNotPositive => "price_not_positive",
            Reason::UnitMismatch { .. } => "unit_mismatch",
            Reason::VatRateMismatch { .. } => "vat_rate_mismatch",
            Reason::BooksClosed { .. } => "books_closed",
            Reason::PeriodNotBilled { .. } => "period_not_billed",
            Reason::Exhausted { .. } => "exhausted",
        }
    }
}

/// The rest of a lot that can no longer be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lapsed {
    /// The lot.
    pub lot: LotId,
    /// When it could be drawn.
    pub valid: DateRange,
    /// What lapsed of it by the date of the document, more than nothing.
    pub amount: Amount,
}

/// How a line came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum LineOutcome {
    /// The lots gave all of it.
    Full,
    /// Something was not drawn.
    Partial,
    /// Drawn in full, part of it as deficit.
    Overbooked,
    /// Nothing was drawn.
    Nothing(Reason),
}

impl LineOutcome {
    /// The stable name, in REST and the database: of the reason when nothing was drawn.
    pub const fn name(&self) -> &'static str {
        match self {
            LineOutcome::Full => "full",
            LineOutcome::Partial => "partial",
            LineOutcome::Overbooked => "overbooked",
            LineOutcome::Nothing(reason) => reason.name(),
        }
    }

    /// Why nothing was drawn.
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            LineOutcome::Nothing(reason) => Some(reason),
            _ => None,
        }
    }
}

/// A lot that could be used on the date of the document, in the order of consumption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromLot {
    /// The lot.
    pub lot: LotId,
    /// When it can be drawn.
    pub valid: DateRange,
    /// What could be drawn from it before.
    pub drawable: Amount,
    /// What was.
    pub drawn: Amount,
    /// What had become of it before; none where that was not recorded yet.
    #[serde(default)]
    pub before: Option<LotBefore>,
}

/// What had become of a lot before a line drew from it, on the date of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotBefore {
    /// What was drawn from it, by the lines above as well, without what other drafts hold.
    pub drawn: Amount,
    /// What other drafts hold of it.
    pub held: Amount,
    /// What had lapsed of it, such as what exceeds its carry-over cap.
    pub lapsed: Amount,
}

/// What the account said to a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The contract whose account it is.
    pub contract: ContractId,
    /// What it counts, and so all amounts here.
    pub unit: Unit,
    /// The quota period of the document's date.
    pub period: Option<DateRange>,
    /// What was available before.
    pub available_before: Amount,
    /// What the line wants.
    pub wanted: Amount,
    /// What the lots give.
    pub drawn: Amount,
    /// What overbooking adds.
    pub deficit: Amount,
    /// What nobody gives.
    pub not_drawn: Amount,
    /// What is available afterwards.
    pub available_after: Amount,
    /// The lots that could be used, in the order of consumption.
    pub lots: Vec<FromLot>,
}

/// What clearing makes of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineClearing {
    /// The line.
    pub line: LineId,
    /// Its net total in minor units.
    pub total: i64,
    /// How it came out.
    #[serde(flatten)]
    pub outcome: LineOutcome,
    /// What the account said, if it was asked.
    pub figures: Option<Figures>,
    /// What the clearing item takes off, in the unit of the quota: what was drawn, and the deficit.
    pub cleared: Amount,
    /// The net total of the clearing item in minor units, nothing or negative.
    pub item: i64,
}

/// What is left of a contract's quota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractLeft {
    /// The contract.
    pub contract: ContractId,
    /// What it counts.
    pub unit: Unit,
    /// The quota period of the document's date.
    pub period: Option<DateRange>,
    /// What is available without the document.
    pub before: Amount,
    /// What the lots give to the document.
    pub drawn: Amount,
    /// What overbooking gives to it.
    pub deficit: Amount,
    /// What is available with it.
    pub after: Amount,
}

/// What saving a document does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reconciled {
    /// Each line, from top to bottom.
    pub lines: Vec<LineClearing>,
    /// What lines and clearing items come to together.
    pub totals: Totals,
    /// Each quota contract of the facts, in their order, as far as its account covers the date.
    pub left: Vec<ContractLeft>,
    /// What is released first, with the contract.
    pub releases: Vec<(ContractId, ReleaseDecision)>,
    /// What is drawn then, with the contract. Each draw has the id of its line here.
    pub draws: Vec<(ContractId, DrawDecision)>,
}
