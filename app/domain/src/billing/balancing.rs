//! The balancing invoice: open deficits of a contract, billed at its overage rate.
//!
//! *Invariants.* It bills exactly what it grants and covers. What was taken too much in one quota period stands on one
//! line, which is rounded once: as with the effort of bookings, many small draws must not come to more than their sum.
//!
//! *Boundaries.* The kernel decides the grant ([`crate::quota::balancing_grant`]); undoing the invoice takes it back
//! ([`crate::undo`]).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Currency, DateRange, Discount, DrawId, LotId, Money, Price, Quantity, Seconds, VatRate,
    contracts::{Contract, QuotaTerms},
    documents::{Line, LineUnit, Totals},
    quota::{AccountView, Amount, BalancingRequest, CoverPart, GrantDecision, QuotaError, Unit, balancing_grant},
};

/// The most deficits that one invoice bills.
pub const MOST_DEFICITS: usize = 200;

/// What is known of a contract whose deficits are billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancingFacts {
    /// The contract, with its present overage rate.
    pub contract: Contract,
    /// The quota of the last billing that sold one: it counts where the present terms have none any more.
    pub last_sold: Option<QuotaTerms>,
    /// Its account with every open deficit.
    pub account: AccountView,
    /// The rate of VAT at which billing periods were sold, by their number.
    pub sold_at: BTreeMap<u32, VatRate>,
    /// The draws of drafts: they can still change, and are billed once their document is issued.
    pub held: BTreeSet<DrawId>,
}

/// A line of a balancing invoice: what was taken too much in one quota period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancedLine {
    /// The quota period; none for draws dated before the first.
    pub period: Option<DateRange>,
    /// The deficits, in the order of the draws, or what of them is billed.
    pub deficits: Vec<CoverPart>,
    /// What they come to together.
    pub amount: Amount,
    /// What the line comes to, net, in minor units: seconds x rate per hour, rounded half away from zero, or the
    /// amount of a money account as it is.
    pub net: i64,
    /// The rate of VAT at which the quota of the period was sold.
    pub vat: VatRate,
}

/// What a balancing invoice bills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancingPlan {
    /// Its lines, the earliest quota period first.
    pub lines: Vec<BalancedLine>,
    /// What it bills and grants.
    pub amount: Amount,
    /// The net price of an hour; none on a money account.
    pub rate: Option<Price>,
    /// What it comes to.
    pub totals: Totals,
    /// What of the account's deficits stays open.
    pub left: Amount,
}

/// Why deficits cannot be billed.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BalancingError {
    /// The contract never had a quota.
    #[error("the contract has no quota")]
    NoQuota,
    /// Without a price nothing can be billed.
    #[error("the contract has no overage rate, {open} are open")]
    NoRate {
        /// What is open.
        open: Amount,
    },
    /// No deficit was chosen.
    #[error("nothing was chosen of {open} that are open")]
    NothingChosen {
        /// What is open.
        open: Amount,
    },
    /// More deficits than one invoice bills.
    #[error("{found} deficits, at most {most} go on one invoice")]
    TooMany {
        /// How many were chosen.
        found: usize,
        /// The most.
        most: usize,
    },
    /// It is the draw of a draft, which can still change.
    #[error("draw {draw} is that of a draft")]
    Held {
        /// The draw.
        draw: DrawId,
    },
    /// A line or the sum does not fit.
    #[error("the sum is too large")]
    #[serde(rename = "sum_too_large")]
    TooLarge,
    /// It would come to something else than the person saw.
    #[error("it comes to {} {} instead of {}", .decided.major(), .decided.currency.code(), .seen.major())]
    Differs {
        /// What the person saw, gross.
        seen: Money,
        /// What it comes to now, gross.
        decided: Money,
    },
    /// The kernel refuses it. It goes by the code of the kernel's error, whose figures stand beside it.
    #[error(transparent)]
    #[serde(untagged)]
    Quota(QuotaError),
}

/// Plans a balancing invoice over these deficits or parts of them. What is chosen twice of a draw counts together.
///
/// What was taken of a quota is billed also when the terms have none any more: then the quota that was sold last counts,
/// with its overage rate and its periods. A money account needs neither.
///
/// Errors when there is no overage rate (a time account needs one), when nothing or too much is chosen, when a draw
/// is that of a draft, or when more is billed of one than is open.
pub fn balance(facts: &BalancingFacts, chosen: &[CoverPart]) -> Result<BalancingPlan, BalancingError> {
    let (contract, view) = (&facts.selling(), &facts.account);
    let open = view.open_deficit().map_err(BalancingError::Quota)?;
    let rate = match view.account.unit {
        Unit::Money(_) => None,
        Unit::Time => {
            let positive = facts.rate().filter(|rate| rate.value() > Decimal::ZERO);
            Some(positive.ok_or(BalancingError::NoRate { open })?)
        }
    };
    let chosen = together(chosen)?;
    if chosen.is_empty() {
        return Err(BalancingError::NothingChosen { open });
    }
    if let Some(held) = chosen.iter().find(|part| facts.held.contains(&part.draw)) {
        return Err(BalancingError::Held { draw: held.draw });
    }
    if chosen.len() > MOST_DEFICITS {
        return Err(BalancingError::TooMany { found: chosen.len(), most: MOST_DEFICITS });
    }
    // What the kernel refuses is not planned; the id of the lot does not matter for that.
    let decided = grant(view, &chosen, LotId::new(uuid::Uuid::nil()), contract.billing_start)?;
    let mut lines = BTreeMap::<Option<NaiveDate>, BalancedLine>::new();
    for part in decided.covers {
        let date = view.deficit_of(part.draw).map_or(contract.billing_start, |open| open.date);
        let period = contract.quota_period_of(date);
        let vat = facts.vat_of(contract, date).ok_or(BalancingError::NoQuota)?;
        let empty = BalancedLine { period, deficits: Vec::new(), amount: Amount::ZERO, net: 0, vat };
        let line = lines.entry(period.map(|period| period.from)).or_insert(empty);
        line.amount = line.amount.plus(part.amount).map_err(BalancingError::Quota)?;
        line.deficits.push(part);
    }
    let mut lines: Vec<BalancedLine> = lines.into_values().collect();
    for line in &mut lines {
        line.net = overage(line.amount, rate, contract.terms.currency)?;
    }
    let totals = Totals::of(lines.iter().map(|line| (line.vat, line.net))).ok_or(BalancingError::TooLarge)?;
    let amount = decided.lot.amount;
    let left = open.minus(amount).map_err(BalancingError::Quota)?;
    Ok(BalancingPlan { lines, amount, rate, totals, left })
}

impl BalancingFacts {
    /// The contract as it sells its quota, or as it sold it last.
    pub fn selling(&self) -> Contract {
        let mut contract = self.contract.clone();
        contract.terms.quota = contract.terms.quota.or_else(|| self.last_sold.clone());
        contract
    }

    /// The overage rate of the present terms; where they have no quota any more, that of the quota that was sold last.
    pub fn rate(&self) -> Option<Price> {
        let quota = self.contract.terms.quota.as_ref().or(self.last_sold.as_ref());
        quota.and_then(|quota| quota.overage_rate)
    }

    /// The rate of VAT at which the quota of that day was sold; what was never sold goes by the present terms.
    fn vat_of(&self, contract: &Contract, date: NaiveDate) -> Option<VatRate> {
        let sold = contract.sold_with(date).and_then(|number| self.sold_at.get(&number).copied());
        sold.or_else(|| contract.terms.items.first().map(|item| item.vat))
    }

    /// The open deficits that can be billed, whole, in the order of the draws: those of drafts wait.
    pub fn all(&self) -> Vec<CoverPart> {
        let whole = |open: &crate::quota::OpenDeficit| CoverPart { draw: open.draw, amount: open.amount };
        self.account.deficits.iter().filter(|open| !self.held.contains(&open.draw)).map(whole).collect()
    }
}

impl BalancingPlan {
    /// Every deficit that it bills, or what of it.
    pub fn deficits(&self) -> Vec<CoverPart> {
        self.lines.iter().flat_map(|line| line.deficits.iter().cloned()).collect()
    }

    /// What it comes to, net and gross in minor units: what a person saw before it was stored.
    pub fn sums(&self) -> (i64, i64) {
        (self.totals.net, self.totals.gross)
    }

    /// Refuses a plan that a person saw with other sums: nobody sends an invoice over a sum that nobody read.
    pub fn as_seen(&self, seen: (i64, i64), currency: Currency) -> Result<(), BalancingError> {
        let gross = |(_, gross)| Money { minor: gross, currency };
        let (seen, decided) = (seen, self.sums());
        if seen == decided {
            Ok(())
        } else {
            Err(BalancingError::Differs { seen: gross(seen), decided: gross(decided) })
        }
    }

    /// The grant of the invoice, dated on its date: exactly what it bills, which it covers.
    pub fn grant(&self, view: &AccountView, lot: LotId, date: NaiveDate) -> Result<GrantDecision, BalancingError> {
        grant(view, &self.deficits(), lot, date)
    }
}

/// The line as it stands on the invoice: its price is what it comes to, so that it is rounded only once; the time and
/// the rate stand in `text`. `None` when the price does not fit.
pub fn balanced_line(line: &BalancedLine, currency: Currency, text: String) -> Option<Line> {
    let price = Price::new(Money { minor: line.net, currency }.major()).ok()?;
    let (quantity, unit, discount) = (Quantity::ONE, LineUnit::Flat, Discount::default());
    Some(Line { article: None, group: None, sub_group: None, text, quantity, unit, price, discount, vat: line.vat })
}

/// What is chosen, one part per draw.
fn together(chosen: &[CoverPart]) -> Result<Vec<CoverPart>, BalancingError> {
    let mut sums = BTreeMap::<DrawId, Amount>::new();
    for part in chosen {
        let asked = part.amount.asked().map_err(BalancingError::Quota)?;
        let sum = sums.entry(part.draw).or_default();
        *sum = sum.plus(asked).map_err(BalancingError::Quota)?;
    }
    Ok(sums.into_iter().map(|(draw, amount)| CoverPart { draw, amount }).collect())
}

fn grant(
    view: &AccountView,
    deficits: &[CoverPart],
    lot: LotId,
    date: NaiveDate,
) -> Result<GrantDecision, BalancingError> {
    let request = BalancingRequest { lot, date, deficits: deficits.to_vec() };
    balancing_grant(view, &request).map_err(BalancingError::Quota)
}

/// What so much of an account costs beyond its quota: seconds x rate per hour, rounded half away from zero to the minor
/// unit; without a rate the amount is money already. Errors when it does not fit.
pub fn overage(amount: Amount, rate: Option<Price>, currency: Currency) -> Result<i64, BalancingError> {
    let Some(rate) = rate else { return Ok(amount.units()) };
    // Multiplied before it is divided: a third of an hour stays exact.
    let worth = Decimal::from(amount.units()).checked_mul(rate.value());
    let worth = worth.and_then(|worth| worth.checked_div(Decimal::from(Seconds::HOUR.0)));
    let money = worth.and_then(|worth| Money::rounded(worth, currency)).ok_or(BalancingError::TooLarge)?;
    let fits = Price::new(money.major()).is_ok();
    if fits { Ok(money.minor) } else { Err(BalancingError::TooLarge) }
}
