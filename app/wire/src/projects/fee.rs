//! The fee of a collector as typed into its editor, and intervals as so many of a unit.

use domain::{Interval, Periods, Price, VatRate, decimals::OutOfRange, quota::Unit, splitting::Fee};
use rust_decimal::Decimal;
use texts::Lang;

use super::LineForm;
use crate::{
    FieldProblem, FieldReason,
    read::{day, needed_count, number, optional_day},
};

/// The longest period of an allowance or a fee, in its unit.
pub const MOST_PERIODS: u32 = 1_200;

/// So many of a unit, or what is wrong with them at the fields of both.
pub(crate) fn interval(
    problems: &mut Vec<FieldProblem>,
    [every, of]: [&str; 2],
    unit: &str,
    count: u32,
) -> Option<Interval> {
    if !(1..=MOST_PERIODS).contains(&count) {
        let limits = OutOfRange { least: Decimal::ONE, most: Decimal::from(MOST_PERIODS), decimals: 0 };
        problems.push(FieldProblem::at(every, FieldReason::OutOfRange(limits)));
        return None;
    }
    let found = match unit {
        "" | "months" => Some(Interval::Months(count)),
        "weeks" => Interval::weeks(count),
        "days" => Some(Interval::Days(count)),
        _ => None,
    };
    if found.is_none() {
        problems.push(FieldProblem::at(of, FieldReason::NotOneOf));
    }
    found
}

/// A period as so many of a unit.
pub fn interval_parts(interval: Interval) -> (u32, &'static str) {
    match interval {
        Interval::Months(count) => (count, "months"),
        Interval::Days(count) if count.is_multiple_of(7) => (count / 7, "weeks"),
        Interval::Days(count) => (count, "days"),
    }
}

impl LineForm {
    /// The fee of a collector; no other line has one.
    pub(super) fn fee(&self, problems: &mut Vec<FieldProblem>, lang: Lang) -> Option<Fee> {
        let collects = matches!(self.kind.as_str(), "allowance" | "prepaid");
        if !collects || self.fee_price.trim().is_empty() {
            return None;
        }
        let price: Option<Price> = number(problems, lang, "fee_price", &self.fee_price, FieldReason::OutOfRange);
        let vat: Option<VatRate> = number(problems, lang, "fee_vat", &self.fee_vat, |_| FieldReason::NotARate);
        let count = match self.fee_every.trim() {
            "" => 1,
            typed => needed_count(problems, "fee_every", typed),
        };
        let every = interval(problems, ["fee_every", "fee_unit"], &self.fee_unit, count);
        let anchor = day(problems, "fee_start", &self.fee_start);
        let end = optional_day(problems, "fee_end", &self.fee_end);
        let fee = Fee { price: price?, periods: Periods { anchor, every: every? }, vat: vat?, end };
        let readable = |field: &str| !problems.iter().any(|problem| problem.field == field);
        let wrong: Vec<_> = fee_faults(&fee).into_iter().filter(|problem| readable(&problem.field)).collect();
        problems.extend(wrong);
        Some(fee)
    }

    /// Shows a fee.
    pub(super) fn fill_fee(&mut self, fee: &Fee, lang: Lang) {
        let (count, unit) = interval_parts(fee.periods.every);
        self.fee_price = texts::decimal(lang, fee.price.value());
        self.fee_every = count.to_string();
        unit.clone_into(&mut self.fee_unit);
        self.fee_vat = texts::decimal(lang, fee.vat.percent());
        self.fee_start = fee.periods.anchor.to_string();
        self.fee_end = fee.end.map(|end| end.to_string()).unwrap_or_default();
    }
}

/// What is wrong with a fee, each at its field.
pub(super) fn fee_faults(fee: &Fee) -> Vec<FieldProblem> {
    let price = fee.check_price().err().map(|limits| FieldProblem::at("fee_price", FieldReason::OutOfRange(limits)));
    let end = fee.check_end().err().map(|error| FieldProblem::at("fee_end", FieldReason::Terms(error, Unit::Time)));
    price.into_iter().chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free() -> LineForm {
        let text = str::to_owned;
        LineForm {
            id: text("0198f2f0-0000-7000-8000-00000000000a"),
            name: text("Free"),
            kind: text("allowance"),
            most: text("0:45"),
            start: text("2026-01-01"),
            ..LineForm::default()
        }
    }

    fn wrong(line: &LineForm) -> Vec<String> {
        let wrong = line.read(Lang::De).expect_err("something is wrong");
        wrong.into_iter().map(|problem| problem.field).collect()
    }

    fn paid() -> LineForm {
        let text = str::to_owned;
        LineForm {
            fee_price: text("150"),
            fee_unit: text("months"),
            fee_vat: text("19"),
            fee_start: text("2026-04-01"),
            fee_end: text("2026-06-15"),
            ..free()
        }
    }

    /// Red when: a field of a fee is lost on the way, or a line that collects nothing has one.
    #[test]
    fn a_fee_is_read_as_it_was_typed_and_shown_the_same() {
        let read = paid().read(Lang::De).expect("all is right");
        let fee = read.fee.expect("a fee");
        assert_eq!((fee.price.to_string(), fee.vat.to_string()), ("150".to_owned(), "19".to_owned()));
        assert_eq!(fee.periods.every, Interval::Months(1));
        let mut shown = LineForm::default();
        shown.fill_fee(&fee, Lang::De);
        let (fee_price, fee_every, fee_end) = (shown.fee_price, shown.fee_every, shown.fee_end);
        let again = LineForm { fee_price, fee_every, fee_end, ..paid() };
        assert_eq!(again.read(Lang::De).expect("all is right").fee, Some(fee));
        assert_eq!(free().read(Lang::De).expect("all is right").fee, None);
        let (kind, rate) = ("effort".to_owned(), "100".to_owned());
        assert_eq!(LineForm { kind, rate, ..paid() }.read(Lang::De).expect("all is right").fee, None);
    }

    /// Red when: a wrong field of a fee is passed over, or told at another one.
    #[test]
    fn every_wrong_field_of_a_fee_is_named() {
        let set = |change: fn(&mut LineForm)| {
            let mut form = paid();
            change(&mut form);
            wrong(&form)
        };
        assert_eq!(set(|form| form.fee_price = "-1".to_owned()), ["fee_price"]);
        assert_eq!(set(|form| form.fee_price = "abc".to_owned()), ["fee_price"]);
        assert_eq!(set(|form| form.fee_vat = String::new()), ["fee_vat"]);
        assert_eq!(set(|form| form.fee_vat = "100".to_owned()), ["fee_vat"]);
        assert_eq!(set(|form| form.fee_every = "0".to_owned()), ["fee_every"]);
        assert_eq!(set(|form| form.fee_unit = "years".to_owned()), ["fee_unit"]);
        assert_eq!(set(|form| form.fee_start = "1899-12-31".to_owned()), ["fee_start"]);
        assert_eq!(set(|form| form.fee_end = "2026-03-31".to_owned()), ["fee_end"]);
        assert_eq!(set(|form| form.fee_end = "soon".to_owned()), ["fee_end"]);
    }
}
