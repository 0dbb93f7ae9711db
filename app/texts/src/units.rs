//! How the units of lines are called.

use domain::{Quantity, documents::LineUnit};

use crate::{Lang, say};

/// How a unit of a line is called.
pub fn unit_name(lang: Lang, unit: LineUnit) -> &'static str {
    match unit {
        LineUnit::Piece => say::unit_piece(lang),
        LineUnit::Flat => say::unit_flat(lang),
        LineUnit::Hour => say::unit_hour(lang),
        LineUnit::Minute => say::unit_minute(lang),
        LineUnit::Day => say::unit_day(lang),
    }
}

/// How that many of a unit are called: 1 hour, 1.5 hours.
pub fn units_name(lang: Lang, unit: LineUnit, quantity: Quantity) -> &'static str {
    let one = quantity.is_single();
    match unit {
        LineUnit::Hour if !one => say::unit_hours(lang),
        LineUnit::Minute if !one => say::unit_minutes(lang),
        LineUnit::Day if !one => say::unit_days(lang),
        LineUnit::Piece if !one => say::unit_pieces(lang),
        unit => unit_name(lang, unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_called_otherwise_than_many() {
        let named = |quantity: &str, unit| units_name(Lang::En, unit, quantity.parse().expect("a quantity"));
        assert_eq!([named("1", LineUnit::Hour), named("-1", LineUnit::Hour)], ["hour", "hour"]);
        assert_eq!([named("1.5", LineUnit::Hour), named("0.5", LineUnit::Hour)], ["hours", "hours"]);
        assert_eq!(named("2", LineUnit::Flat), unit_name(Lang::En, LineUnit::Flat));
        assert!(LineUnit::ALL.iter().all(|unit| named("1", *unit) == unit_name(Lang::En, *unit)));
    }
}
