//! How switches are called, and the units to choose from.

use domain::{documents::LineUnit, groups::Switch};
use leptos::prelude::*;
use texts::{Lang, say, unit_name};

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

/// The units to choose from.
pub(crate) fn unit_options(lang: Lang) -> Options {
    LineUnit::ALL.map(|unit| (unit.name().into(), unit_name(lang, unit).into())).to_vec()
}
