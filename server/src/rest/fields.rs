//! Reading the fields of a body: what is wrong is noted at its field, and reading goes on, so that a client hears of
//! everything at once.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    Currency, VatRate,
    decimals::OutOfRange,
    quota::{Amount, Unit, check_date},
};
use usecases::Refused;
use wire::{FieldProblem, FieldReason, Problem, lists::ListQuery};

use super::{
    call::{Caller, Refusal},
    values::{MoneyBody, Volume},
};

/// What is wrong with a body so far.
#[derive(Debug, Default)]
pub struct Fields {
    problems: Vec<FieldProblem>,
}

impl Fields {
    /// Notes what is wrong with a field.
    pub fn wrong(&mut self, field: &str, reason: FieldReason) {
        self.problems.push(FieldProblem::at(field, reason));
    }

    /// Reads a part of the body: what is wrong there is named after the part.
    pub fn within<T>(&mut self, part: &str, read: impl FnOnce(&mut Fields) -> T) -> T {
        let mut own = Fields::default();
        let found = read(&mut own);
        let named = |problem: FieldProblem| FieldProblem { field: format!("{part}.{}", problem.field), ..problem };
        self.problems.extend(own.problems.into_iter().map(named));
        found
    }

    /// What was read, or none with its problem noted; one that is about no field is noted at this one.
    pub fn note<T>(&mut self, field: &str, read: Result<T, Problem>) -> Option<T> {
        let problem = match read {
            Ok(value) => return Some(value),
            Err(problem) => problem,
        };
        match problem {
            Problem::Invalid { fields } => self.problems.extend(fields),
            _ => self.wrong(field, FieldReason::NotOneOf),
        }
        None
    }

    /// A text that has to be there.
    pub fn words(&mut self, field: &str, text: &str, most: usize) -> String {
        wire::required(&mut self.problems, field, text, most)
    }

    /// A text that may be empty.
    pub fn text(&mut self, field: &str, text: &str, most: usize) -> String {
        wire::text(&mut self.problems, field, text, most)
    }

    /// An id.
    pub fn id<T: FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        self.choice(field, text.parse().ok())
    }

    /// An id that may be left out.
    pub fn maybe_id<T: FromStr>(&mut self, field: &str, text: Option<&str>) -> Option<T> {
        text.and_then(|text| self.id(field, text))
    }

    /// One of the choices.
    pub fn choice<T>(&mut self, field: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.wrong(field, FieldReason::NotOneOf);
        }
        found
    }

    /// The column by which a list is sorted, by its name in addresses; left out, the usual one.
    pub fn sort<Q: ListQuery>(&mut self, name: Option<&str>) -> Option<Q::Sort> {
        let Some(name) = name else { return Q::SORTS.first().map(|(_, sort)| *sort) };
        let known = Q::SORTS.iter().find(|(known, _)| *known == name);
        self.choice("sort", known.map(|(_, sort)| *sort))
    }

    /// A decimal number.
    pub fn number<T: FromStr<Err = OutOfRange>>(&mut self, field: &str, text: &str) -> Option<T> {
        text.parse().map_err(|limits| self.wrong(field, FieldReason::OutOfRange(limits))).ok()
    }

    /// A rate of VAT in per cent.
    pub fn rate(&mut self, field: &str, text: &str) -> Option<VatRate> {
        text.parse().map_err(|_| self.wrong(field, FieldReason::NotARate)).ok()
    }

    /// An amount in that unit.
    pub fn volume(&mut self, field: &str, volume: &Volume, unit: Unit) -> Option<Amount> {
        let read = volume.amount(field, unit);
        self.note(field, read)
    }

    /// The same for an amount that somebody asks for: more than nothing, and not beyond all sense.
    pub fn asked(&mut self, field: &str, volume: &Volume, unit: Unit) -> Option<Amount> {
        let amount = self.volume(field, volume, unit)?;
        amount.asked().map_err(|error| self.wrong(field, FieldReason::Quota(error, unit))).ok()
    }

    /// Money of that currency, in minor units.
    pub fn money(&mut self, field: &str, money: &MoneyBody, currency: Currency) -> Option<i64> {
        let read = money.minor(field, currency);
        self.note(field, read)
    }

    /// A day on which books are kept; false where it is none.
    pub fn day(&mut self, field: &str, day: NaiveDate) -> bool {
        check_date(day).map_err(|error| self.wrong(field, FieldReason::Quota(error, Unit::Time))).is_ok()
    }

    /// What was read, or everything that is wrong with it.
    pub fn done<T>(self, caller: &Caller, found: Option<T>) -> Result<T, Refusal> {
        match found {
            Some(found) if self.problems.is_empty() => Ok(found),
            _ => Err(caller.refuse(Refused::Problem(Problem::Invalid { fields: self.problems }))),
        }
    }
}
