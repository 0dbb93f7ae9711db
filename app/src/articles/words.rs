//! How switches and units are called.

use domain::{Quantity, documents::LineUnit, groups::Switch};
use leptos::prelude::*;
use texts::{Lang, say};

type Options = Vec<(Oco<'static, str>, Oco<'static, str>)>;

/// How a switch is called.
pub(crate) fn switch_name(lang: Lang, switch: Switch) -> &'static str {
    match switch {
        Switch::Inherit => say::switch_inherit(lang),
        Switch::On => say::switch_on(lang),
        Switch::Off => say::switch_off(lang),
    }
}

/// The switches to choose from.
pub(crate) fn switch_options(lang: Lang) -> Options {
    Switch::ALL.map(|switch| (switch.name().into(), switch_name(lang, switch).into())).to_vec()
}

/// How a unit of a line is called.
pub(crate) fn unit_name(lang: Lang, unit: LineUnit) -> &'static str {
    match unit {
        LineUnit::Piece => say::unit_piece(lang),
        LineUnit::Flat => say::unit_flat(lang),
        LineUnit::Hour => say::unit_hour(lang),
        LineUnit::Minute => say::unit_minute(lang),
        LineUnit::Day => say::unit_day(lang),
    }
}

/// How that many of a unit are called: 1 hour, 1.5 hours.
pub(crate) fn units_name(lang: Lang, unit: LineUnit, quantity: Quantity) -> &'static str {
    let one = quantity.is_single();
    match unit {
        LineUnit::Hour if !one => say::unit_hours(lang),
        LineUnit::Minute if !one => say::unit_minutes(lang),
        LineUnit::Day if !one => say::unit_days(lang),
        LineUnit::Piece if !one => say::unit_pieces(lang),
        unit => unit_name(lang, unit),
    }
}

/// The units to choose from.
pub(crate) fn unit_options(lang: Lang) -> Options {
    LineUnit::ALL.map(|unit| (unit.name().into(), unit_name(lang, unit).into())).to_vec()
}
