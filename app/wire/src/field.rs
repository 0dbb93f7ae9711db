//! What is wrong with one field of a form.

use domain::quota::{QuotaError, Unit};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable, amount, date, say};

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The name of the field in the form and in REST.
    pub field: String,
    /// What is wrong.
    pub reason: FieldReason,
}

/// What is wrong with what a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldReason {
    /// It has to be filled in.
    Missing,
    /// It is longer than the program keeps.
    TooLong {
        /// The most characters.
        most: usize,
        /// The characters that came.
        found: usize,
    },
    /// It is shorter than it has to be.
    TooShort {
        /// The fewest characters.
        least: usize,
    },
    /// It holds control characters.
    NotText,
    /// It is not an id, or not one of the choices.
    NotOneOf,
    /// It is not an e-mail address.
    NotAnAddress,
    /// Somebody else has it already.
    Taken,
    /// It cannot be read.
    NotReadable(NotReadable),
    /// The kernel refuses it, with its figures in the unit of the account.
    Quota(QuotaError, Unit),
}

impl FieldProblem {
    /// A problem at a field.
    pub fn at(field: &str, reason: FieldReason) -> FieldProblem {
        FieldProblem { field: field.to_owned(), reason }
    }
}

impl FieldReason {
    /// The sentence for a person.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            FieldReason::Missing | FieldReason::NotReadable(NotReadable::Empty) => say::field_missing(lang).to_owned(),
            FieldReason::TooLong { most, found } => say::field_too_long(lang, found, most),
            FieldReason::TooShort { least } => say::field_too_short(lang, least),
            FieldReason::NotText => say::field_not_text(lang).to_owned(),
            FieldReason::NotOneOf => say::field_not_one_of(lang).to_owned(),
            FieldReason::NotAnAddress => say::field_not_an_address(lang).to_owned(),
            FieldReason::Taken => say::field_taken(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::NotATime) => say::field_not_a_time(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::NotMoney) => say::field_not_money(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::TooPrecise { decimals }) => say::field_too_precise(lang, decimals),
            FieldReason::NotReadable(NotReadable::NotADate) => say::field_not_a_date(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::TooLarge) => say::field_too_large(lang).to_owned(),
            FieldReason::Quota(error, unit) => quota_text(lang, *unit, error),
        }
    }
}

/// The field of a form at which an error of the kernel belongs; none when it is not about what was typed.
pub fn field_of(error: &QuotaError) -> Option<&'static str> {
    match error {
        QuotaError::NotPositive { .. } | QuotaError::TooLarge { .. } | QuotaError::Exhausted { .. } => Some("amount"),
        QuotaError::EmptyValidity { .. } => Some("valid_last"),
        QuotaError::DateOutOfRange { .. } | QuotaError::OutsideView { .. } => Some("date"),
        _ => None,
    }
}

/// An error of the kernel as a sentence with its figures.
pub fn quota_text(lang: Lang, unit: Unit, error: &QuotaError) -> String {
    let figure = |a| amount(lang, unit, a);
    match error {
        QuotaError::NotPositive { amount } => say::quota_not_positive(lang, figure(*amount)),
        QuotaError::TooLarge { amount, largest } => say::quota_too_large(lang, figure(*amount), figure(*largest)),
        QuotaError::Overflow => say::quota_overflow(lang).to_owned(),
        QuotaError::EmptyValidity { from, until } => {
            say::quota_empty_validity(lang, date(lang, *from), date(lang, *until))
        }
        QuotaError::DateOutOfRange { date: day, first, last } => {
            say::quota_date_out_of_range(lang, date(lang, *day), date(lang, *first), date(lang, *last))
        }
        QuotaError::Exhausted { date: day, wanted, available } => {
            say::quota_exhausted(lang, date(lang, *day), figure(*available), figure(*wanted))
        }
        QuotaError::OutsideView { date: day, .. } => say::quota_outside_view(lang, date(lang, *day)),
        QuotaError::LotExists { .. } | QuotaError::DrawExists { .. } => say::problem_same_id(lang).to_owned(),
        QuotaError::AlreadyReleased { .. } => say::quota_already_released(lang).to_owned(),
        QuotaError::UnknownLot { .. } | QuotaError::UnknownDraw { .. } => say::problem_not_found(lang).to_owned(),
        QuotaError::LotOutOfBounds { .. }
        | QuotaError::DeficitOutOfBounds { .. }
        | QuotaError::OutsideValidity { .. }
        | QuotaError::OutOfSequence { .. } => say::problem_internal(lang, error),
    }
}
