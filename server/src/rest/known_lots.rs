//! What a simulation is told of an account: what it was granted, what was drawn from that, what is open, and its end.

use chrono::NaiveDate;
use domain::{
    DrawId, LotId, Periods,
    quota::{
        AccountView, Amount, DrawOrigin, Entry, GrantOrigin, GrantRequest, Movement, Part, QuotaError, Unit, grant,
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use wire::FieldReason;

use super::{
    commands::{CarryBody, carry, grant_field},
    fields::Fields,
    values::Volume,
};

/// The most lots of an account: ten years of months.
const MOST_LOTS: usize = 120;

/// What is known of a lot.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KnownLot {
    /// Its id; may be left out.
    lot: Option<String>,
    amount: Volume,
    valid_from: NaiveDate,
    /// The end of its own period: the first day that no longer belongs to it; left out: without end.
    valid_until: Option<NaiveDate>,
    /// Whether it outlives its own period; left out: it does not.
    carry_over: Option<CarryBody>,
    /// `contract_billing` (if left out), `free_quota`, `top_up`, `order` or `advance`.
    origin: Option<String>,
    /// What was drawn from it; left out: nothing.
    drawn: Option<Volume>,
    /// What of that was drawn on dates after its own period; left out: nothing.
    drawn_carried: Option<Volume>,
}

/// What is known of an account.
pub struct Known<'a> {
    /// What it was granted; noted at `lots`.
    pub lots: &'a [KnownLot],
    /// What is open as deficit; noted at `deficit`.
    pub deficit: Option<&'a Volume>,
    /// The first day on which nothing can be drawn any more; noted at `account_until`.
    pub until: Option<NaiveDate>,
    /// The quota periods by which a carry-over counts.
    pub periods: Option<Periods>,
    /// The id of the lot of that first day, where nobody named another one.
    pub lot: &'a (dyn Fn(NaiveDate) -> Option<LotId> + Sync),
}

impl Known<'_> {
    /// Posts all of it; a deficit is one of that day. None when something cannot be read or posted.
    pub fn post(&self, fields: &mut Fields, view: &mut AccountView, date: NaiveDate) -> Option<()> {
        if self.lots.len() > MOST_LOTS {
            fields.wrong("lots", FieldReason::TooMany { most: MOST_LOTS, found: self.lots.len() });
            return None;
        }
        let unit = view.account.unit;
        for (place, lot) in self.lots.iter().enumerate() {
            fields.within(&format!("lots.{place}"), |own| lot.post(own, self, view));
        }
        let deficit = volume(fields, "deficit", self.deficit, unit)?;
        let posted = if deficit.is_zero() { Ok(()) } else { drawn(view, Vec::new(), (date, deficit)) };
        note(fields, "deficit", unit, posted);
        if let Some(until) = self.until {
            fields.day("account_until", until);
            let end = Entry { seq: view.next_seq, date: until, movement: Movement::End { until: Some(until) } };
            note(fields, "account_until", unit, view.post(&end));
        }
        Some(())
    }
}

impl KnownLot {
    /// Grants the lot, and draws from it what was drawn.
    fn post(&self, fields: &mut Fields, known: &Known<'_>, view: &mut AccountView) -> Option<()> {
        let unit = view.account.unit;
        let lot = match &self.lot {
            Some(lot) => fields.id("lot", lot),
            None => (known.lot)(self.valid_from).or_else(|| {
                // No other lot of this account has the number of its grant.
                u128::try_from(view.next_seq.0).ok().map(uuid::Uuid::from_u128).map(LotId::new)
            }),
        };
        let amount = fields.volume("amount", &self.amount, unit);
        let carry = carry(fields, self.carry_over.as_ref(), unit);
        let origin = match &self.origin {
            None => Some(GrantOrigin::ContractBilling),
            Some(name) => fields.choice("origin", GrantOrigin::from_name(name)),
        };
        let taken = volume(fields, "drawn", self.drawn.as_ref(), unit);
        let carried = volume(fields, "drawn_carried", self.drawn_carried.as_ref(), unit);
        let (lot, taken, carried) = (lot?, taken?, carried?);
        let request = GrantRequest {
            carry,
            origin: origin?,
            periods: known.periods,
            ..GrantRequest::new(lot, amount?, self.valid_from, self.valid_until)
        };
        let granted = granted(view, &request);
        let field = granted.as_ref().err().map(|error| match error {
            QuotaError::LotExists { .. } => "lot",
            _ => grant_field(error, self.valid_from, self.valid_until).unwrap_or("amount"),
        });
        note(fields, field.unwrap_or_default(), unit, granted)?;
        let own = taken.minus(carried);
        let own = own.and_then(|own| draw_from(view, lot, (self.valid_from, own)));
        note(fields, "drawn", unit, own)?;
        let from = view.lot(lot).and_then(|state| state.lot.carried).map_or(self.valid_from, |carried| carried.from);
        let later = draw_from(view, lot, (from, carried));
        note(fields, "drawn_carried", unit, later)
    }
}

fn volume(fields: &mut Fields, field: &str, sent: Option<&Volume>, unit: Unit) -> Option<Amount> {
    match sent {
        None => Some(Amount::ZERO),
        Some(volume) => fields.volume(field, volume, unit),
    }
}

/// What the kernel refuses is wrong at that field.
fn note(fields: &mut Fields, field: &str, unit: Unit, posted: Result<(), QuotaError>) -> Option<()> {
    posted.map_err(|error| fields.wrong(field, FieldReason::Quota(error, unit))).ok()
}

fn granted(view: &mut AccountView, request: &GrantRequest) -> Result<(), QuotaError> {
    let entries = grant(view, request)?.entries(view)?;
    entries.iter().try_for_each(|entry| view.post(entry))
}

fn draw_from(view: &mut AccountView, lot: LotId, (date, amount): (NaiveDate, Amount)) -> Result<(), QuotaError> {
    if amount.is_zero() {
        return Ok(());
    }
    drawn(view, vec![Part { lot, amount }], (date, Amount::ZERO))
}

fn drawn(view: &mut AccountView, parts: Vec<Part>, (date, deficit): (NaiveDate, Amount)) -> Result<(), QuotaError> {
    let (draw, origin) = (DrawId::new(uuid::Uuid::nil()), DrawOrigin::ByHand);
    let entry = Entry { seq: view.next_seq, date, movement: Movement::Draw { draw, parts, deficit, origin } };
    view.post(&entry)
}
