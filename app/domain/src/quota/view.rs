//! The facts on which a command decides, and the one fold that applies entries to them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Account, Amount, Entry, LotState, Movement, PostedDraw, QuotaError, RevokedPart, Seq};
use crate::{DateRange, DrawId, LotId};

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
    /// The first day on which nothing can be drawn any more, if the account was ended.
    pub end: Option<NaiveDate>,
    /// Nothing is drawn for dates before this day; none means that no books are closed. A setting of the company.
    pub books_closed_until: Option<NaiveDate>,
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
            end: None,
            books_closed_until: None,
            covers: DateRange { from: NaiveDate::MIN, until: None },
            lots: Vec::new(),
            deficits: Vec::new(),
            next_seq: Seq(1),
        }
    }

    /// What can be drawn for that date: the sum of what is drawable of the lots usable on it.
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

    /// The open deficit of that draw.
    pub fn deficit_of(&self, draw: DrawId) -> Option<&OpenDeficit> {
        self.deficits.iter().find(|deficit| deficit.draw == draw)
    }

    pub(super) fn check_covered(&self, date: NaiveDate) -> Result<(), QuotaError> {
        check_date(date)?;
        if self.covers.contains(date) { Ok(()) } else { Err(QuotaError::OutsideView { date, covers: self.covers }) }
    }

    /// Refuses dates on which the account has ended.
    pub(super) fn check_not_ended(&self, date: NaiveDate) -> Result<(), QuotaError> {
        match self.end {
            Some(end) if end <= date => Err(QuotaError::Ended { date, end }),
            _ => Ok(()),
        }
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
                let at = self.lots.binary_search_by_key(&lot.order(), |other| other.lot.order());
                self.lots.insert(at.unwrap_or_else(|at| at), LotState::new(lot.clone(), self.end));
            }
            Movement::Draw { draw, parts, deficit, .. } => {
                self.check_not_ended(entry.date)?;
                for part in parts {
                    let state = self.lot_mut(part.lot)?;
                    if !state.usable(entry.date) {
                        return Err(QuotaError::OutsideValidity { lot: part.lot, date: entry.date });
                    }
                    state.take(part.amount.asked()?, entry.date)?;
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
                    self.lot_mut(part.lot)?.take(part.amount.asked()?.negated()?, entry.date)?;
                }
                self.reduce_deficit(*draw, *deficit)?;
            }
            Movement::Revoke { lot, granted, parts } => self.revoke(*lot, *granted, parts)?,
            Movement::Cover { draw, lot, amount } => {
                let open = self.deficit_of(*draw).map(|deficit| (deficit.seq, deficit.date));
                let state = self.lot_mut(*lot)?;
                if open.is_some_and(|(seq, _)| state.lot.granted_before(seq)) {
                    return Err(QuotaError::CoverFromEarlierLot { lot: *lot, draw: *draw });
                }
                state.take(amount.asked()?, open.map_or(entry.date, |(_, date)| date))?;
                self.reduce_deficit(*draw, *amount)?;
            }
            Movement::End { until } => {
                self.end = *until;
                self.lots.iter_mut().for_each(|state| state.account_end = *until);
            }
        }
        self.next_seq = self.next_seq.next()?;
        Ok(())
    }

    /// Puts a draw that was released on this copy of the account back as it stands, with what has covered its deficit
    /// since: what a plan does where it finds that the draw stays. Nothing is posted for it.
    ///
    /// Errors, and changes nothing then, when somebody else has taken something of it.
    pub(crate) fn put_back(&mut self, posted: &PostedDraw) -> Result<(), QuotaError> {
        for (place, part) in posted.parts.iter().enumerate() {
            let taken = self.lot_mut(part.lot).and_then(|lot| lot.take(part.amount.asked()?, posted.date));
            if let Err(error) = taken {
                for part in posted.parts.iter().take(place) {
                    self.lot_mut(part.lot)?.take(part.amount.negated()?, posted.date)?;
                }
                return Err(error);
            }
        }
        if posted.deficit.is_positive() {
            let at = self.deficits.binary_search_by_key(&posted.seq, |deficit| deficit.seq).unwrap_or_else(|at| at);
            let PostedDraw { draw, seq, date, deficit: amount, .. } = *posted;
            self.deficits.insert(at, OpenDeficit { draw, seq, date, amount });
        }
        Ok(())
    }

    fn lot_mut(&mut self, id: LotId) -> Result<&mut LotState, QuotaError> {
        self.lots.iter_mut().find(|state| state.lot.id == id).ok_or(QuotaError::UnknownLot { lot: id })
    }

    pub(super) fn reduce_deficit(&mut self, draw: DrawId, by: Amount) -> Result<(), QuotaError> {
        let at = self.deficits.iter().position(|deficit| deficit.draw == draw);
        let open = at.and_then(|at| self.deficits.get_mut(at));
        let amount = open.as_ref().map_or(Amount::ZERO, |deficit| deficit.amount);
        if by > amount || by < Amount::ZERO {
            return Err(QuotaError::DeficitOutOfBounds { draw, deficit: amount, covered: by });
        }
        if let (Some(at), Some(deficit)) = (at, open) {
            deficit.amount = amount.minus(by)?;
            if deficit.amount.is_zero() {
                self.deficits.remove(at);
            }
        }
        Ok(())
    }

    /// What was drawn from the lot becomes deficit of the same draws. The entry names what was granted, because the
    /// balance is counted from the entries alone.
    fn revoke(&mut self, lot: LotId, named: Amount, parts: &[RevokedPart]) -> Result<(), QuotaError> {
        let state = self.lot_mut(lot)?;
        let (granted, left, drawn) = (state.lot.amount, state.left()?, state.drawn);
        state.revoke()?;
        if named != granted {
            return Err(QuotaError::LotOutOfBounds { lot, granted, left, moved: named.negated()? });
        }
        let moved = Amount::sum(parts.iter().map(|part| part.amount))?;
        if moved != drawn {
            return Err(QuotaError::LotOutOfBounds { lot, granted, left, moved: moved.negated()? });
        }
        for part in parts {
            part.amount.asked()?;
            if let Some(deficit) = self.deficits.iter_mut().find(|deficit| deficit.draw == part.draw) {
                deficit.amount = deficit.amount.plus(part.amount)?;
            } else {
                let at = self.deficits.binary_search_by_key(&part.seq, |deficit| deficit.seq).unwrap_or_else(|at| at);
                let RevokedPart { draw, seq, date, amount } = part.clone();
                self.deficits.insert(at, OpenDeficit { draw, seq, date, amount });
            }
        }
        Ok(())
    }
}

/// The days on which the program keeps books: 1900-01-01 to 2199-12-31.
///
/// Wide enough for every contract, narrow enough that no date arithmetic or database reaches its limits. Errors with
/// both limits.
pub fn check_date(date: NaiveDate) -> Result<(), QuotaError> {
    let (first, last) = books();
    if (first..=last).contains(&date) { Ok(()) } else { Err(QuotaError::DateOutOfRange { date, first, last }) }
}

/// The days from the first one to before `until`, without end where there is none.
///
/// A last day does not lie before the first. Errors when a day is out of range, and when no day is left.
pub fn check_days(from: NaiveDate, until: Option<NaiveDate>) -> Result<DateRange, QuotaError> {
    check_date(from)?;
    until.map_or(Ok(()), check_date)?;
    let empty = QuotaError::EmptyValidity { from, until: until.unwrap_or(from) };
    DateRange::new(from, until).ok_or(empty)
}

/// The first and the last day on which the program keeps books.
pub(crate) fn books() -> (NaiveDate, NaiveDate) {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
    let last = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or(NaiveDate::MAX);
    (first, last)
}
