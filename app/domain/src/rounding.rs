//! Rounding, the one place: half away from zero, residues by largest remainder.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// Rounds half away from zero (commercial) to a whole number. `None` when it does not fit.
pub fn to_whole(value: Decimal) -> Option<i64> {
    value.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64()
}

/// Splits `total` in proportion to `weights` so that the shares add up to exactly `total`.
///
/// Each share is first cut towards zero; what is missing goes, one unit each, to the largest remainders, the
/// earlier weight first when two are equal. All weights zero: everything goes to the first.
/// `None` for no weights, a negative weight, or numbers that do not fit.
pub fn largest_remainder(total: i64, weights: &[i64]) -> Option<Vec<i64>> {
    if weights.is_empty() || weights.iter().any(|w| *w < 0) {
        return None;
    }
    let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if sum == 0 {
        return Some(std::iter::once(total).chain(std::iter::repeat(0)).take(weights.len()).collect());
    }
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut given = 0_i128;
    for (index, weight) in weights.iter().enumerate() {
        let exact = i128::from(total).checked_mul(i128::from(*weight))?;
        let share = exact.checked_div(sum)?;
        given = given.checked_add(share)?;
        shares.push(share);
        remainders.push((exact.checked_rem(sum)?.abs(), index));
    }
    let missing = i128::from(total).checked_sub(given)?;
    remainders.sort_by_key(|(rest, index)| (std::cmp::Reverse(*rest), *index));
    for (_, index) in remainders.into_iter().take(usize::try_from(missing.abs()).ok()?) {
        let share = shares.get_mut(index)?;
        *share = share.checked_add(missing.signum())?;
    }
    shares.into_iter().map(|share| i64::try_from(share).ok()).collect()
}
