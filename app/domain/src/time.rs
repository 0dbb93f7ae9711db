//! Time as whole seconds.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// A length of time in whole seconds. May be negative (a movement); an amount that a person enters never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub i64);

impl Seconds {
    /// One minute.
    pub const MINUTE: Seconds = Seconds(60);
    /// One hour.
    pub const HOUR: Seconds = Seconds(3600);

    /// Hours, minutes and seconds without the sign: `-5400` is `(1, 30, 0)`.
    pub fn parts(self) -> (u64, u64, u64) {
        let all = self.0.unsigned_abs();
        (all.div_euclid(3600), all.div_euclid(60).rem_euclid(60), all.rem_euclid(60))
    }

    /// From hours, minutes and seconds as a person reads them off a clock face.
    ///
    /// `None` when minutes or seconds are not 0 to 59 or the whole does not fit.
    pub fn from_parts(hours: u64, minutes: u64, seconds: u64) -> Option<Seconds> {
        const SIXTY: RangeInclusive<u64> = 0..=59;
        if !SIXTY.contains(&minutes) || !SIXTY.contains(&seconds) {
            return None;
        }
        let all = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?;
        i64::try_from(all).ok().map(Seconds)
    }
}
