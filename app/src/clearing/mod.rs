//! Clearing on the pages: what the quota pays of each line, and why.
//!
//! *Boundaries.* Nothing is decided here; the words and figures are those of `domain::clearing`.

mod left;
mod repairs;
mod why;
mod words;

pub(crate) use left::{Left, left_words};
pub(crate) use repairs::{Mending, Repairs};
pub(crate) use why::why;
pub(crate) use words::{cleared_words, outcome_name, tone};
