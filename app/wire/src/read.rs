//! Reading the fields of forms: what is wrong is noted at the field, and reading goes on.

use chrono::NaiveDate;
use domain::quota::{Amount, CarryOver, DeficitPolicy, Overbooking, QuotaError, Unit, check_date};
use serde::de::DeserializeOwned;
use texts::{Lang, NotReadable, read_amount, read_date, read_decimal};

use crate::{FieldProblem, FieldReason, Problem, accounts::limit_problem, text};

/// Reads an amount, or notes the problem at its field.
pub(crate) fn amount(problems: &mut Vec<FieldProblem>, lang: Lang, unit: Unit, field: &str, typed: &str) -> Amount {
    read_amount(lang, unit, typed).unwrap_or_else(|problem| {
        problems.push(FieldProblem::at(field, FieldReason::NotReadable(problem)));
        Amount::ZERO
    })
}

/// The same for an amount that somebody asks for: more than nothing, and not beyond all sense.
pub(crate) fn asked(problems: &mut Vec<FieldProblem>, lang: Lang, unit: Unit, field: &str, typed: &str) -> Amount {
    let noted = problems.len();
    let amount = amount(problems, lang, unit, field, typed);
    if problems.len() == noted
        && let Err(error) = amount.asked()
    {
        problems.push(FieldProblem::at(field, FieldReason::Quota(error, unit)));
    }
    amount
}

pub(crate) fn day(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> NaiveDate {
    let day = read_date(typed).unwrap_or_else(|problem| {
        problems.push(FieldProblem::at(field, FieldReason::NotReadable(problem)));
        NaiveDate::default()
    });
    within_the_books(problems, field, day);
    day
}

/// Notes a day on which no books are kept at its own field: the kernel does not know what the form calls it.
pub(crate) fn within_the_books(problems: &mut Vec<FieldProblem>, field: &str, day: NaiveDate) {
    if let Err(error) = check_date(day) {
        problems.push(FieldProblem::at(field, FieldReason::Quota(error, Unit::Time)));
    }
}

/// The day after a last day, as people say it; empty is none. What is wrong is said of the day that was typed.
pub(crate) fn last_day(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<NaiveDate> {
    match read_date(typed) {
        Err(NotReadable::Empty) => None,
        Ok(last) => {
            let until = last.succ_opt().unwrap_or(last);
            if let Err(QuotaError::DateOutOfRange { first, last: end, .. }) = check_date(until) {
                let error = QuotaError::DateOutOfRange { date: last, first, last: end.pred_opt().unwrap_or(end) };
                problems.push(FieldProblem::at(field, FieldReason::Quota(error, Unit::Time)));
            }
            Some(until)
        }
        Err(problem) => {
            problems.push(FieldProblem::at(field, FieldReason::NotReadable(problem)));
            None
        }
    }
}

/// A VAT identification number as it is typed, empty is none: the country, then letters and digits, in Germany nine
/// digits. Some put blanks, dots or dashes between them. Whether it was ever given to anybody only an office can say.
pub(crate) fn vat_id(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> String {
    let typed = text(problems, field, typed, 20);
    let close: String =
        typed.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '.' | '-')).collect();
    let (country, number) = close.split_at_checked(2).unwrap_or_default();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let shaped = country.bytes().all(|byte| byte.is_ascii_alphabetic())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'*'))
        && if country.eq_ignore_ascii_case("DE") { (digits, number.len()) == (9, 9) } else { digits >= 1 };
    if !typed.is_empty() && !shaped && problems.last().is_none_or(|last| last.field != field) {
        problems.push(FieldProblem::at(field, FieldReason::NotAVatId));
    }
    typed
}

pub(crate) fn id<T: std::str::FromStr>(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<T> {
    let id = typed.parse().ok();
    if id.is_none() {
        problems.push(FieldProblem::at(field, FieldReason::NotOneOf));
    }
    id
}

/// What the person saw, as the reader finds it in what was sent along; empty is nothing. What cannot be read is not taken
/// for nothing: it would not be compared.
pub(crate) fn seen<T>(
    problems: &mut Vec<FieldProblem>,
    field: &str,
    typed: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    if typed.is_empty() {
        return None;
    }
    let found = read(typed);
    if found.is_none() {
        problems.push(FieldProblem::at(field, FieldReason::UnreadableSeen));
    }
    found
}

/// A reader of JSON.
pub(crate) fn json<T: DeserializeOwned>(typed: &str) -> Option<T> {
    serde_json::from_str(typed).ok()
}

pub(crate) fn done<T>(draft: Option<T>, problems: Vec<FieldProblem>) -> Result<T, Problem> {
    match draft {
        Some(draft) if problems.is_empty() => Ok(draft),
        _ => Err(Problem::Invalid { fields: problems }),
    }
}

/// A decimal number that the domain takes, or the problem at its field. Empty is `empty`, where there is one.
pub(crate) fn number<T: TryFrom<rust_decimal::Decimal, Error = E>, E>(
    problems: &mut Vec<FieldProblem>,
    lang: Lang,
    field: &str,
    typed: &str,
    wrong: impl FnOnce(E) -> FieldReason,
) -> Option<T> {
    let read = read_decimal(lang, typed).map_err(FieldReason::NotReadable);
    match read.and_then(|value| T::try_from(value).map_err(wrong)) {
        Ok(value) => Some(value),
        Err(reason) => {
            problems.push(FieldProblem::at(field, reason));
            None
        }
    }
}

/// A whole number from 0 on; empty is none.
pub(crate) fn count(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<u32> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let read = typed.parse().ok();
    if read.is_none() {
        problems.push(FieldProblem::at(field, FieldReason::NotReadable(NotReadable::NotANumber)));
    }
    read
}

/// The same for a number that has to be there.
pub(crate) fn needed_count(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> u32 {
    if typed.trim().is_empty() {
        problems.push(FieldProblem::at(field, FieldReason::Missing));
        return 1;
    }
    count(problems, field, typed).unwrap_or(1)
}

/// A day; empty is none.
pub(crate) fn optional_day(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<NaiveDate> {
    (!typed.trim().is_empty()).then(|| day(problems, field, typed))
}

/// One of the choices, or the problem at its field.
pub(crate) fn choice<T: Default>(problems: &mut Vec<FieldProblem>, field: &str, found: Option<T>) -> T {
    found.unwrap_or_else(|| {
        problems.push(FieldProblem::at(field, FieldReason::NotOneOf));
        T::default()
    })
}

/// Whether a lot outlives its own period: `on` or `off`, for how many further periods, and with which cap.
pub(crate) fn carry_over(
    problems: &mut Vec<FieldProblem>,
    lang: Lang,
    unit: Unit,
    [carry, periods, cap]: [&str; 3],
) -> CarryOver {
    match carry {
        "" | "off" => return CarryOver::Off,
        "on" => {}
        _ => problems.push(FieldProblem::at("carry", FieldReason::NotOneOf)),
    }
    let periods = count(problems, "periods", periods);
    let cap = Some(cap.trim()).filter(|typed| !typed.is_empty());
    let cap = cap.map(|typed| asked(problems, lang, unit, "cap", typed));
    CarryOver::On { periods, cap }
}

/// Whether an account may be overdrawn: `yes` or `no`, and up to which limit.
pub(crate) fn overbooking(
    problems: &mut Vec<FieldProblem>,
    lang: Lang,
    unit: Unit,
    typed: &str,
    limit: &str,
) -> Overbooking {
    match typed {
        "" | "no" => Overbooking::No,
        "yes" if limit.trim().is_empty() => Overbooking::Yes { limit: None },
        "yes" => {
            let limit = amount(problems, lang, unit, "limit", limit);
            problems.extend(limit_problem(limit, unit));
            Overbooking::Yes { limit: Some(limit) }
        }
        _ => {
            problems.push(FieldProblem::at("overbooking", FieldReason::NotOneOf));
            Overbooking::No
        }
    }
}

/// Which deficits a new grant covers.
pub(crate) fn deficits(problems: &mut Vec<FieldProblem>, typed: &str) -> DeficitPolicy {
    match typed {
        "" | "balance" => DeficitPolicy::Balance,
        "next_grant" => DeficitPolicy::NextGrant,
        _ => {
            problems.push(FieldProblem::at("deficits", FieldReason::NotOneOf));
            DeficitPolicy::Balance
        }
    }
}

/// What the tests of forms share.
#[cfg(test)]
pub(crate) mod testing {
    use std::fmt::Debug;

    use serde::Serialize;

    use crate::{FieldReason, Problem};

    /// A form carries in that field what the person saw: it is read as it was sent, an empty one is nothing, and what
    /// cannot be read is refused there.
    pub(crate) fn reads_or_refuses_seen<T: Clone + Debug + PartialEq + Serialize>(
        field: &str,
        seen: &T,
        read: impl Fn(&str) -> Result<Option<T>, Problem>,
    ) {
        let sent = serde_json::to_string(seen).expect("it is written");
        assert_eq!(read(""), Ok(None));
        assert_eq!(read(&sent), Ok(Some(seen.clone())));
        for garbage in ["x", " ", "null", "{}", &sent[1..], &format!("{sent}x")] {
            assert_eq!(read(garbage), Err(Problem::field(field, FieldReason::UnreadableSeen)), "{garbage}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vat_id_begins_with_its_country_and_is_told_once() {
        let reasons = |typed: &str| {
            let mut problems = Vec::new();
            let kept = vat_id(&mut problems, "vat_id", typed);
            assert_eq!(kept, typed.trim());
            problems.into_iter().map(|problem| problem.reason).collect::<Vec<_>>()
        };
        for right in [
            "",
            " DE123456789 ",
            "DE 123\u{a0}456 789",
            "ATU12345678",
            "CHE-123.456.789 MWST",
            "ESX1234567X",
            "EL123456789",
        ] {
            assert_eq!(reasons(right), [], "{right}");
        }
        for wrong in ["XX???", "DE12345678", "DE12345678A", "123456789", "D", "äöü", "DE", "keine"] {
            assert_eq!(reasons(wrong), [FieldReason::NotAVatId], "{wrong}");
        }
        let long = "DE".repeat(11);
        assert_eq!(reasons(&long), [FieldReason::TooLong { most: 20, found: 22 }]);
    }
}
