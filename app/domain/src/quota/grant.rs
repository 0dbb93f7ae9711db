//! Grant: putting a lot on an account.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    AccountView, Amount, Carried, DeficitPolicy, Entry, GrantOrigin, Lot, LotState, Movement, QuotaError, Seq,
    view::{books, check_days},
};
use crate::{DateRange, DrawId, LotId, Periods};

/// Whether a lot outlives its own period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "carry_over")]
pub enum CarryOver {
    /// The lot ends with its own period.
    #[default]
    Off,
    /// It stays valid for further periods.
    On {
        /// How many; none means as long as the account.
        periods: Option<u32>,
        /// The most that can be drawn on dates after its own period; none means all that is left.
        cap: Option<Amount>,
    },
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRequest {
    /// Made by the client: the same id with the same content counts once.
    pub lot: LotId,
    /// How much.
    pub amount: Amount,
    /// The first day on which it can be drawn; the date of the grant.
    pub valid_from: NaiveDate,
    /// The end of its own period: the first day that no longer belongs to it; none means without end.
    pub valid_until: Option<NaiveDate>,
    /// Whether it outlives its own period.
    pub carry: CarryOver,
    /// The periods in which it is carried over; none means periods of the length of its own one.
    pub periods: Option<Periods>,
    /// Why it is granted.
    pub origin: GrantOrigin,
}

impl GrantRequest {
    /// A request without carry-over.
    pub fn new(lot: LotId, amount: Amount, valid_from: NaiveDate, valid_until: Option<NaiveDate>) -> GrantRequest {
        let (carry, periods, origin) = (CarryOver::Off, None, GrantOrigin::default());
        GrantRequest { lot, amount, valid_from, valid_until, carry, periods, origin }
    }

    /// The lot that it asks for.
    ///
    /// Errors when the amount or the cap is out of range, and as [`GrantRequest::validity`].
    pub fn lot(&self, seq: Seq) -> Result<Lot, QuotaError> {
        let amount = self.amount.asked()?;
        let own = check_days(self.valid_from, self.valid_until)?;
        if let CarryOver::On { cap: Some(cap), .. } = self.carry {
            cap.asked()?;
        }
        let (valid, carried) = self.carried(own)?;
        Ok(Lot { id: self.lot, seq, amount, valid, carried, origin: self.origin })
    }

    /// When the lot that it asks for can be drawn, and what of that it is carried over: a lot is valid for at least one
    /// day, and only what has a period of its own outlives it.
    ///
    /// Errors when a date is out of range, when the validity is empty, or when a lot without a period is to be carried
    /// over.
    pub fn validity(&self) -> Result<(DateRange, Option<Carried>), QuotaError> {
        self.carried(check_days(self.valid_from, self.valid_until)?)
    }

    fn carried(&self, own: DateRange) -> Result<(DateRange, Option<Carried>), QuotaError> {
        Ok(match self.carry {
            CarryOver::Off | CarryOver::On { periods: Some(0), .. } => (own, None),
            CarryOver::On { periods, cap } => {
                let from = own.until.ok_or(QuotaError::CarryWithoutPeriod)?;
                let until = periods.map(|count| self.carried_until(from, count)).transpose()?;
                (DateRange { from: own.from, until }, Some(Carried { from, cap }))
            }
        })
    }

    /// The end of the `count`th period after the one that ends on `own_end`.
    fn carried_until(&self, own_end: NaiveDate, count: u32) -> Result<NaiveDate, QuotaError> {
        let periods = self.periods.or_else(|| Periods::spanning(self.valid_from, own_end));
        let next = periods.and_then(|periods| periods.number_of(own_end).map(|number| (periods, number)));
        let until = next.and_then(|(periods, number)| periods.start(number.checked_add(i64::from(count))?));
        let (_, last) = books();
        until.filter(|until| *until <= last).ok_or(QuotaError::CarryTooLong { periods: count, last })
    }
}

/// How much of one draw's deficit the new lot pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverPart {
    /// The draw.
    pub draw: DrawId,
    /// How much, more than nothing.
    pub amount: Amount,
}

/// What a grant does, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantDecision {
    /// The new lot.
    pub lot: Lot,
    /// The open deficits that it covers at once, in the order of the draws' sequence.
    pub covers: Vec<CoverPart>,
    /// What is left of it then.
    pub left: Amount,
}

/// Decides a grant. The new lot covers at once, in the order of the draws' sequence, the open deficits dated
/// within its validity; with [`DeficitPolicy::NextGrant`] also earlier ones. A cover of a draw dated after the lot's
/// own period counts against the carry-over cap.
///
/// Errors as [`GrantRequest::lot`], when the lot exists, or when the account ends before the lot begins.
pub fn grant(view: &AccountView, request: &GrantRequest) -> Result<GrantDecision, QuotaError> {
    let lot = request.lot(view.next_seq)?;
    if view.lot(request.lot).is_some() {
        return Err(QuotaError::LotExists { lot: request.lot });
    }
    view.check_not_ended(request.valid_from)?;
    let (covers, left) = covers_of(view, &lot)?;
    Ok(GrantDecision { lot, covers, left })
}

/// The open deficits that a new lot covers at once, in the order of the draws' sequence, and what is left of it then.
pub fn covers_of(view: &AccountView, lot: &Lot) -> Result<(Vec<CoverPart>, Amount), QuotaError> {
    let earlier_too = view.account.policy.deficits == DeficitPolicy::NextGrant;
    let mut state = LotState::new(lot.clone(), view.end);
    let mut covers = Vec::new();
    for deficit in &view.deficits {
        if state.usable(deficit.date) || (earlier_too && deficit.date < lot.valid.from) {
            let amount = deficit.amount.min(state.coverable(deficit.date)?);
            if amount.is_positive() {
                covers.push(CoverPart { draw: deficit.draw, amount });
                state.take(amount, deficit.date)?;
            }
        }
    }
    Ok((covers, state.left()?))
}

/// What a balancing invoice grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancingRequest {
    /// Made by the client: the same id with the same content counts once.
    pub lot: LotId,
    /// The date of the invoice.
    pub date: NaiveDate,
    /// The deficits that it bills, or parts of them.
    pub deficits: Vec<CoverPart>,
}

/// Decides the grant of a balancing invoice: exactly the deficits that it bills, which it covers. What is given back
/// later, because a draw is released, stays usable as long as the account.
///
/// Errors when nothing is billed, when more is billed of a draw than its open deficit, or when the lot exists.
pub fn balancing_grant(view: &AccountView, request: &BalancingRequest) -> Result<GrantDecision, QuotaError> {
    let mut after = view.clone();
    for part in &request.deficits {
        after.reduce_deficit(part.draw, part.amount.asked()?)?;
    }
    let amount = Amount::sum(request.deficits.iter().map(|part| part.amount))?;
    let origin = GrantOrigin::BalancingInvoice;
    let asked = GrantRequest { origin, ..GrantRequest::new(request.lot, amount, request.date, None) };
    let lot = asked.lot(view.next_seq)?;
    if view.lot(request.lot).is_some() {
        return Err(QuotaError::LotExists { lot: request.lot });
    }
    let mut covers = request.deficits.clone();
    covers.sort_by_key(|part| view.deficit_of(part.draw).map(|deficit| deficit.seq));
    Ok(GrantDecision { lot, covers, left: Amount::ZERO })
}

impl GrantDecision {
    /// The entries that post it: the grant, then a cover for each deficit. Errors when the sequence ends.
    pub fn entries(&self, view: &AccountView) -> Result<Vec<Entry>, QuotaError> {
        let date = self.lot.valid.from;
        let mut seq = view.next_seq;
        let mut entries = vec![Entry { seq, date, movement: Movement::Grant { lot: self.lot.clone() } }];
        for cover in &self.covers {
            seq = seq.next()?;
            let movement = Movement::Cover { draw: cover.draw, lot: self.lot.id, amount: cover.amount };
            entries.push(Entry { seq, date, movement });
        }
        Ok(entries)
    }
}
