//! What is reconciled, and on which facts.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::LineClearing;
use crate::{
    ContractId, Currency, CustomerId, DateRange, LineId, LotId, Seconds, VatRate,
    contracts::Contract,
    documents::Line,
    groups::{self, GroupSwitches},
    quota::{AccountView, Amount, Part, PostedDraw, QuotaError, Unit, release},
};

/// A document as far as clearing goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearingDocument {
    /// Whose it is.
    pub customer: CustomerId,
    /// Its date: which lots its lines can draw.
    pub date: NaiveDate,
    /// The currency of its prices.
    pub currency: Currency,
    /// Its lines, from top to bottom.
    pub lines: Vec<ClearingLine>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearingLine {
    /// Its id, which it keeps when lines are moved.
    pub id: LineId,
    /// What is charged.
    pub line: Line,
    /// The contract whose quota it draws.
    pub contract: Option<ContractId>,
    /// `false` when its clearing item was switched off by hand.
    pub clears: bool,
    /// What the delivery note has cleared from which the line comes: it stays as it is, and nothing is drawn again.
    pub fixed: Option<LineClearing>,
}

/// What is known of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFacts {
    /// The contract.
    pub contract: Contract,
    /// Its account; none without a quota. Covers the date of the document, and all lots that [`Self::own`] holds.
    pub account: Option<AccountView>,
    /// What the document itself holds of that account.
    pub own: Vec<PostedDraw>,
    /// What other drafts hold of the lots of that account.
    #[serde(default)]
    pub held: Vec<Part>,
    /// The rate of VAT at which the quota period of the document's date was sold; none: not sold yet, the present terms
    /// count.
    pub sold_at: Option<VatRate>,
    /// The first period that was never billed.
    pub next: u32,
}

impl ContractFacts {
    /// The account that counts on that date: with a quota always; and after the quota was taken out of the terms, as long
    /// as a lot that was granted before can still be used.
    pub fn counting(&self, date: NaiveDate) -> Option<&AccountView> {
        let account = self.account.as_ref()?;
        let granted = || account.lots.iter().any(|state| state.usable(date));
        (self.contract.terms.quota.is_some() || granted()).then_some(account)
    }

    /// What other drafts hold of a lot.
    pub(super) fn held_of(&self, lot: LotId) -> Amount {
        self.held.iter().find(|part| part.lot == lot).map_or(Amount::ZERO, |part| part.amount)
    }

    /// The account as if the document had drawn nothing. None without a quota.
    pub(super) fn released(&self) -> Result<Option<AccountView>, QuotaError> {
        let Some(account) = &self.account else { return Ok(None) };
        let mut view = account.clone();
        for own in self.own.iter().filter(|own| !own.released) {
            let entry = release(own)?.entry(&view);
            view.post(&entry)?;
        }
        Ok(Some(view))
    }

    /// The rate of VAT at which the quota is sold on that date.
    pub fn rate(&self) -> Option<VatRate> {
        self.sold_at.or_else(|| self.contract.terms.items.first().map(|item| item.vat))
    }

    /// What the kernel says of its account, on a line or before the first.
    pub(super) fn refused(&self, line: Option<LineId>, error: QuotaError) -> ClearingError {
        let unit = self.account.as_ref().map_or(Unit::Time, |view| view.account.unit);
        ClearingError::Quota { line, unit, error }
    }

    /// Whether it lasts on that day.
    pub fn active(&self, date: NaiveDate) -> bool {
        self.contract.start <= date && self.contract.end().is_none_or(|end| date < end)
    }
}

/// The dates that matter of a contract's account for a document of that date: that date, the quota period before it, of
/// which something may have lapsed, and the dates of what the document itself holds of the account.
pub fn dates_that_matter(
    contract: &Contract,
    date: NaiveDate,
    own: impl Iterator<Item = NaiveDate> + Clone,
) -> DateRange {
    let before = contract.quota_periods().and_then(|periods| {
        let number = periods.number_of(date)?.checked_sub(1)?;
        periods.nth(number.max(0)).map(|period| period.from)
    });
    let from = own.clone().chain(before).chain([date]).min().unwrap_or(date);
    let last = own.chain([date]).max().unwrap_or(date);
    DateRange { from, until: last.succ_opt() }
}

/// Everything that is known when a document is reconciled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The company's working day.
    pub day: Seconds,
    /// The global switches of groups and sub-groups.
    pub groups: GroupSwitches,
    /// Every contract that a line names or whose account the document holds something of; to propose one, also the
    /// others of the customer.
    pub contracts: Vec<ContractFacts>,
}

impl Facts {
    /// What is known of a contract.
    pub fn contract(&self, id: ContractId) -> Option<&ContractFacts> {
        self.contracts.iter().find(|facts| facts.contract.id == id)
    }

    /// Whether the quota of a contract is for the group and sub-group of a line.
    pub(super) fn eligible(&self, contract: &Contract, line: &Line) -> bool {
        let own = &contract.terms.groups;
        let group = |switches: &GroupSwitches| line.group.map(|id| switches.group(id)).unwrap_or_default();
        let sub_group = |switches: &GroupSwitches| line.sub_group.map(|id| switches.sub_group(id)).unwrap_or_default();
        groups::eligible(sub_group(own), group(own), sub_group(&self.groups), group(&self.groups))
    }

    /// The same with all draws of the document released.
    pub(super) fn without_own(&self) -> Result<Cow<'_, Facts>, ClearingError> {
        if self.contracts.iter().all(|facts| facts.own.is_empty()) {
            return Ok(Cow::Borrowed(self));
        }
        let mut released = self.clone();
        for facts in &mut released.contracts {
            facts.account = facts.released().map_err(|error| facts.refused(None, error))?;
            facts.own.clear();
        }
        Ok(Cow::Owned(released))
    }
}

/// Why a document cannot be reconciled at all.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ClearingError {
    /// The total of a line does not fit.
    #[error("the total of a line is too large")]
    LineTooLarge {
        /// Which line.
        line: LineId,
    },
    /// The totals of all lines together do not fit.
    #[error("the totals are too large together")]
    SumTooLarge,
    /// Nothing is known of the contract that a line names.
    #[error("the contract of a line is unknown")]
    UnknownContract {
        /// Which line.
        line: LineId,
        /// The contract.
        contract: ContractId,
    },
    /// The kernel refuses, such as a date that the facts do not cover.
    #[error("{error}")]
    Quota {
        /// The line on which it did; none: before the first.
        line: Option<LineId>,
        /// What the account counts.
        unit: Unit,
        /// Why.
        error: QuotaError,
    },
}
