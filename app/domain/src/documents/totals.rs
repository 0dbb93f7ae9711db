//! What a document comes to.

use std::{cmp::Reverse, collections::BTreeMap};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{VatRate, rounding};

/// The lines of one rate of VAT together, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatSum {
    /// The rate.
    pub rate: VatRate,
    /// The sum of the line totals.
    pub net: i64,
    /// The VAT on that sum.
    pub vat: i64,
}

/// What a document comes to, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Without VAT.
    pub net: i64,
    /// VAT of all rates.
    pub vat: i64,
    /// With VAT.
    pub gross: i64,
    /// Per rate, the highest first.
    pub rates: Vec<VatSum>,
}

impl Totals {
    /// Adds up line totals. VAT per rate = round(sum of its line totals x rate), half away from zero. `None` when a
    /// sum does not fit.
    pub fn of(lines: impl IntoIterator<Item = (VatRate, i64)>) -> Option<Totals> {
        let mut sums = BTreeMap::<Reverse<VatRate>, i64>::new();
        for (rate, net) in lines {
            let sum = sums.entry(Reverse(rate)).or_default();
            *sum = sum.checked_add(net)?;
        }
        let mut totals = Totals::default();
        for (Reverse(rate), net) in sums {
            let vat = Decimal::from(net).checked_mul(rate.percent())?.checked_div(Decimal::ONE_HUNDRED)?;
            let vat = rounding::to_whole(vat)?;
            totals.net = totals.net.checked_add(net)?;
            totals.vat = totals.vat.checked_add(vat)?;
            totals.rates.push(VatSum { rate, net, vat });
        }
        totals.gross = totals.net.checked_add(totals.vat)?;
        Some(totals)
    }
}
