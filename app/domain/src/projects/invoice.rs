//! Which bookings of a period go on the invoice, and which lines they make.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{InvoiceBooking, InvoiceError, InvoiceFacts, InvoicedPortion};
use crate::{
    BillingLineId, BookingId, Currency, Discount, DocumentId, Price, Quantity, Seconds, VatRate,
    documents::{Line, LineUnit, Totals, hours},
    quota::Amount,
    splitting::{Target, effort_line},
};

/// The most bookings that one invoice takes: its activity report names each.
pub const MOST_BOOKINGS: usize = 5_000;

/// A line of the invoice: all portions of one billing line, at one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// The billing line.
    pub line: BillingLineId,
    /// The net price of an hour; none of time that is shown and not charged.
    pub rate: Option<Price>,
    /// All time of it.
    pub seconds: Seconds,
    /// What that takes of the account of the line, in its unit; nothing where the line has none.
    pub taken: Amount,
    /// The same time as hours: what the document multiplies with the price, to the same cent.
    pub quantity: Quantity,
    /// What it comes to, rounded once, in minor units.
    pub total: i64,
    /// The bookings whose time it is, with what of it: in the order of their days, and of acceptance within a day.
    pub parts: Vec<(BookingId, Seconds)>,
}

/// Why a booking of the period is not on the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum LeftOut {
    /// It is on a document already.
    OnDocument {
        /// Which one.
        document: DocumentId,
    },
    /// Some of its time goes nowhere yet: somebody has to look at it first.
    Unassigned {
        /// How much.
        open: Seconds,
    },
    /// It is not billable, and no line has taken it.
    NotBillable,
    /// All of its time is neither charged by the hour nor shown on activity reports.
    NotShown,
}

/// A booking of the period that is not on the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutBooking {
    /// The booking.
    pub booking: BookingId,
    /// Its day.
    pub date: NaiveDate,
    /// What is billed of it, all of it.
    pub seconds: Seconds,
    /// Why.
    pub why: LeftOut,
}

/// What invoicing a period of a project makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePlan {
    /// The lines, in the order of the billing lines; one whose rate has changed has a line for each, the first used first.
    pub lines: Vec<InvoiceLine>,
    /// Every booking that is on it, in the order of their days, and of acceptance within a day.
    pub bookings: Vec<BookingId>,
    /// Every other booking of the period, in the same order.
    pub left_out: Vec<LeftOutBooking>,
    /// What the lines come to.
    pub totals: Totals,
}

impl InvoiceLine {
    /// The line as the document has it. Its total there is just what was decided here.
    pub fn document_line(&self, text: String, vat: VatRate) -> Line {
        Line {
            article: None,
            group: None,
            sub_group: None,
            text,
            quantity: self.quantity,
            unit: LineUnit::Hour,
            price: self.rate.unwrap_or_default(),
            discount: Discount::default(),
            vat,
        }
    }
}

impl InvoicePlan {
    /// Whether anything is on the invoice.
    pub fn is_empty(&self) -> bool {
        self.bookings.is_empty()
    }

    /// Refuses to make an invoice on which no booking is.
    pub fn check(&self) -> Result<(), InvoiceError> {
        if self.is_empty() { Err(InvoiceError::Nothing { left_out: self.left_out.len() }) } else { Ok(()) }
    }
}

/// Plans the invoice of a period: effort by the hour, and lines of 0.00 for time that is not charged and is to be shown.
/// Nothing to invoice is a plan too, see [`InvoicePlan::check`].
///
/// Errors when there are more bookings than one invoice takes, or when a figure does not fit.
pub fn invoice(facts: &InvoiceFacts) -> Result<InvoicePlan, InvoiceError> {
    let mut bookings: Vec<&InvoiceBooking> = facts.bookings.iter().collect();
    bookings.sort_by_key(|booking| (booking.date, booking.accepted, booking.booking));
    let reported: BTreeSet<BillingLineId> =
        facts.lines.iter().filter(|line| line.reported).map(|line| line.line).collect();
    let (mut on, mut left_out) = (Vec::new(), Vec::new());
    // By line, then by rate as each was used first.
    let mut groups = BTreeMap::<BillingLineId, Vec<Group>>::new();
    for booking in bookings {
        let seconds = all_time(booking)?;
        if let Some(why) = left_out_for(booking, &reported) {
            left_out.push(LeftOutBooking { booking: booking.booking, date: booking.date, seconds, why });
            continue;
        }
        on.push(booking.booking);
        for (line, portion) in booking.portions.iter().filter_map(|portion| shown(portion, &reported)) {
            let rates = groups.entry(line).or_default();
            let (rate, taken, part) = (portion.rate, portion.taken, (booking.booking, portion.seconds));
            match rates.iter_mut().find(|group| group.rate == rate) {
                Some(group) => {
                    group.taken = group.taken.plus(taken).map_err(|_| InvoiceError::TooLarge)?;
                    group.parts.push(part);
                }
                None => rates.push(Group { rate, taken, parts: vec![part] }),
            }
        }
    }
    if on.len() > MOST_BOOKINGS {
        return Err(InvoiceError::TooMany { found: on.len(), most: MOST_BOOKINGS });
    }
    let mut lines = Vec::new();
    // What the facts do not name comes last: no time is lost.
    let named = facts.lines.iter().map(|line| line.line).filter_map(|line| groups.remove(&line).map(|of| (line, of)));
    let named: Vec<_> = named.collect();
    for (line, rates) in named.into_iter().chain(groups) {
        for group in rates {
            lines.push(line_of(line, group, facts.currency).ok_or(InvoiceError::TooLarge)?);
        }
    }
    let totals = Totals::of(lines.iter().map(|line| (facts.vat, line.total))).ok_or(InvoiceError::TooLarge)?;
    Ok(InvoicePlan { lines, bookings: on, left_out, totals })
}

/// What goes on one line.
struct Group {
    rate: Option<Price>,
    taken: Amount,
    /// The bookings with what of their time it is.
    parts: Vec<(BookingId, Seconds)>,
}

fn all_time(booking: &InvoiceBooking) -> Result<Seconds, InvoiceError> {
    let sum = booking.portions.iter().try_fold(0_i64, |sum, portion| sum.checked_add(portion.seconds.0));
    sum.map(Seconds).ok_or(InvoiceError::TooLarge)
}

/// The line of a portion, if it stands on the invoice: what is charged, and what is to be shown.
fn shown<'a>(
    portion: &'a InvoicedPortion,
    reported: &BTreeSet<BillingLineId>,
) -> Option<(BillingLineId, &'a InvoicedPortion)> {
    match portion.target {
        Target::Line { line } => (portion.rate.is_some() || reported.contains(&line)).then_some((line, portion)),
        Target::NotBillable | Target::Unassigned => None,
    }
}

/// Why a booking is not on the invoice, if it is not.
fn left_out_for(booking: &InvoiceBooking, reported: &BTreeSet<BillingLineId>) -> Option<LeftOut> {
    if let Some(document) = booking.document {
        return Some(LeftOut::OnDocument { document });
    }
    let unassigned = booking.portions.iter().find(|portion| portion.target == Target::Unassigned);
    if let Some(portion) = unassigned {
        return Some(LeftOut::Unassigned { open: portion.seconds });
    }
    if booking.portions.iter().any(|portion| shown(portion, reported).is_some()) {
        return None;
    }
    let nowhere = booking.portions.iter().all(|portion| portion.target == Target::NotBillable);
    Some(if nowhere { LeftOut::NotBillable } else { LeftOut::NotShown })
}

fn line_of(line: BillingLineId, group: Group, currency: Currency) -> Option<InvoiceLine> {
    let Group { rate, taken, parts } = group;
    let together = effort_line(&parts, rate.unwrap_or_default(), currency)?;
    let (seconds, total) = (together.seconds, together.total);
    Some(InvoiceLine { line, rate, seconds, taken, quantity: hours(seconds)?, total, parts })
}
