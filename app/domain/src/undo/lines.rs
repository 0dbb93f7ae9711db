//! What stands on a cancellation: each line of the document with the negative quantity.

use crate::{
    LineId, Quantity,
    clearing::LineClearing,
    documents::{Line, Totals, VatSum},
    quota::QuotaError,
};

/// The line of a cancellation for a line of the document: the negative quantity of the same.
pub fn counter_line(line: &Line) -> Line {
    // What is possible lies evenly around nothing, so the negative is always possible too.
    let quantity =
        Quantity::new(line.quantity.value().checked_mul(rust_decimal::Decimal::NEGATIVE_ONE).unwrap_or_default());
    Line { quantity: quantity.unwrap_or_default(), ..line.clone() }
}

/// The clearing that stands on a cancellation for that of a line: what was taken off is charged again. It draws nothing
/// itself: the draw of the line is released. Errors when an amount has no negative.
pub fn counter_clearing(clearing: &LineClearing, line: LineId) -> Result<LineClearing, QuotaError> {
    let negated = |minor: i64| minor.checked_neg().ok_or(QuotaError::Overflow);
    Ok(LineClearing {
        line,
        total: negated(clearing.total)?,
        outcome: clearing.outcome.clone(),
        figures: None,
        cleared: clearing.cleared.negated()?,
        item: negated(clearing.item)?,
    })
}

/// What a cancellation comes to: exactly the negative of the document, in sum and per rate. `None` when a sum has no
/// negative.
pub fn counter_totals(totals: &Totals) -> Option<Totals> {
    let rate = |sum: &VatSum| Some(VatSum { rate: sum.rate, net: sum.net.checked_neg()?, vat: sum.vat.checked_neg()? });
    Some(Totals {
        net: totals.net.checked_neg()?,
        vat: totals.vat.checked_neg()?,
        gross: totals.gross.checked_neg()?,
        rates: totals.rates.iter().map(rate).collect::<Option<_>>()?,
    })
}
