//! Accounts, their policy, and the facts on which a command decides.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, Entry, LotState, Movement, QuotaError, Seq};
use crate::{AccountId, Currency, CustomerId, DateRange, DrawId, LotId};

/// What an account counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole seconds.
    Time,
    /// Minor units of a currency, net of VAT.
    Money(Currency),
}

/// Whether a draw may take more than is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "overbooking")]
pub enum Overbooking {
    /// What is not there is not drawn.
    No,
    /// What is not there becomes deficit, as long as the account's open deficits stay within the limit.
    Yes {
        /// The most that may be open together; none means without limit.
        limit: Option<Amount>,
    },
}

/// Which deficits a new grant covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeficitPolicy {
    /// Those dated within the new lot's validity; earlier ones wait for a balancing invoice.
    Balance,
    /// Also those dated before it.
    NextGrant,
}

/// The terms of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Policy {
    /// Whether it may be overdrawn.
    #[serde(flatten)]
    pub overbooking: Overbooking,
    /// What a new grant covers.
    pub deficits: DeficitPolicy,
}

/// What can be drawn down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose it is.
    pub customer: CustomerId,
    /// What it counts.
    pub unit: Unit,
    /// Its terms.
    pub policy: Policy,
}

/// A draw whose deficit is not (fully) covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDeficit {
    /// The draw.
    pub draw: DrawId,
    /// The sequence number of the draw.
    pub seq: Seq,
    /// The date of the draw.
    pub date: NaiveDate,
    /// What is still open, more than nothing.
    pub amount: Amount,
}

/// The facts on which a command decides: the lots that are usable on the dates it covers, and the open deficits.
///
/// The browser holds one to preview with, the server loads one under lock to decide with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// The dates for which `lots` is complete.
    pub covers: DateRange,
    /// Every lot that is usable on some day of `covers`, in the order of consumption.
    pub lots: Vec<LotState>,
    /// Every open deficit of the account, in the order of the draws' sequence.
    pub deficits: Vec<OpenDeficit>,
    /// The number that the next entry gets.
    pub next_seq: Seq,
}

impl AccountView {
    /// An account without any entry; covers everything.
    pub fn empty(account: Account) -> AccountView {
        AccountView {
            account,
            covers: DateRange { from: NaiveDate::MIN, until: None },
            lots: Vec::new(),
            deficits: Vec::new(),
            next_seq: Seq(1),
        }
    }

    /// What can be drawn for that date: the sum of what is left of the lots usable on it.
    ///
    /// Errors when the date is not covered by these facts.
    pub fn available(&self, date: NaiveDate) -> Result<Amount, QuotaError> {
        self.check_covered(date)?;
        self.lots.iter().try_fold(Amount::ZERO, |sum, lot| sum.plus(lot.drawable(date)?))
    }

    /// The sum of all open deficits.
    pub fn open_deficit(&self) -> Result<Amount, QuotaError> {
        Amount::sum(self.deficits.iter().map(|deficit| deficit.amount))
    }

    /// The lot of that id, if it is among these facts.
    pub fn lot(&self, id: LotId) -> Option<&LotState> {
        self.lots.iter().find(|state| state.lot.id == id)
    }

    pub(super) fn check_covered(&self, date: NaiveDate) -> Result<(), QuotaError> {
        check_date(date)?;
        if self.covers.contains(date) { Ok(()) } else { Err(QuotaError::OutsideView { date, covers: self.covers }) }
    }

    /// Applies an entry: the one fold for previews, the store and the audit.
    ///
    /// Errors, and may then be half applied, when the entry breaks a bound; callers keep the old value.
    pub fn post(&mut self, entry: &Entry) -> Result<(), QuotaError> {
        if entry.seq != self.next_seq {
            return Err(QuotaError::OutOfSequence { expected: self.next_seq, found: entry.seq });
        }
        match &entry.movement {
            Movement::Grant { lot } => {
                lot.amount.asked()?;
                if lot.seq != entry.seq {
                    return Err(QuotaError::OutOfSequence { expected: entry.seq, found: lot.seq });
                }
                if self.lot(lot.id).is_some() {
                    return Err(QuotaError::LotExists { lot: lot.id });
                }
                let at = self.lots.partition_point(|other| other.lot.order() < lot.order());
                self.lots.insert(at, LotState::new(lot.clone()));
            }
            Movement::Draw { draw, parts, deficit } => {
                for part in parts {
                    let state = self.lot_mut(part.lot)?;
                    if !state.lot.valid.contains(entry.date) {
                        return Err(QuotaError::OutsideValidity { lot: part.lot, date: entry.date });
                    }
                    state.take(part.amount.asked()?)?;
                }
                if *deficit < Amount::ZERO {
                    return Err(QuotaError::NotPositive { amount: *deficit });
                }
                if deficit.is_positive() {
                    self.deficits.push(OpenDeficit { draw: *draw, seq: entry.seq, date: entry.date, amount: *deficit });
                }
            }
            Movement::Release { draw, parts, deficit } => {
                for part in parts {
                    self.lot_mut(part.lot)?.take(part.amount.asked()?.negated()?)?;
                }
                self.reduce_deficit(*draw, *deficit)?;
            }
            Movement::Cover { draw, lot, amount } => {
                self.lot_mut(*lot)?.take(amount.asked()?)?;
                self.reduce_deficit(*draw, *amount)?;
            }
        }
        self.next_seq = self.next_seq.next()?;
        Ok(())
    }

    fn lot_mut(&mut self, id: LotId) -> Result<&mut LotState, QuotaError> {
        self.lots.iter_mut().find(|state| state.lot.id == id).ok_or(QuotaError::UnknownLot { lot: id })
    }

    fn reduce_deficit(&mut self, draw: DrawId, by: Amount) -> Result<(), QuotaError> {
        let open = self.deficits.iter_mut().find(|deficit| deficit.draw == draw);
        let amount = open.as_ref().map_or(Amount::ZERO, |deficit| deficit.amount);
        if by > amount || by < Amount::ZERO {
            return Err(QuotaError::DeficitOutOfBounds { draw, deficit: amount, covered: by });
        }
        if let Some(deficit) = open {
            deficit.amount = amount.minus(by)?;
            self.deficits.retain(|deficit| deficit.amount.is_positive());
        }
        Ok(())
    }
}

/// The days on which the program keeps books: 1900-01-01 to 2199-12-31.
///
/// Wide enough for every contract, narrow enough that no date arithmetic or database reaches its limits.
pub(super) fn check_date(date: NaiveDate) -> Result<(), QuotaError> {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
    let last = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or(NaiveDate::MAX);
    if (first..=last).contains(&date) { Ok(()) } else { Err(QuotaError::DateOutOfRange { date, first, last }) }
}
