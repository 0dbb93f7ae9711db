//! What is wrong with one field of a form.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use domain::{
    Currency,
    billing::BalancingError,
    contracts::{BillError, TermsError},
    decimals::OutOfRange,
    projects::InvoiceError,
    quota::{QuotaError, Unit},
    receipts::{NotReminded, ReceiptError, bank::BankFault},
    splitting::{SplitError, WrongUnit},
    undo::NotAsSeen,
};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable, amount, date, decimal, instant, say};

use crate::{
    FieldText,
    mails::{PLACES, Undelivered, not_reminded_text, undelivered_text},
    settings::LogoFault,
};

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
    /// There are more of them than the program keeps.
    TooMany {
        /// The most.
        most: usize,
        /// How many came.
        found: usize,
    },
    /// It lies behind the last page to which lists are turned.
    TooFar {
        /// That page.
        most: u32,
    },
    /// It is not a time between nothing and a whole day.
    NotADay,
    /// There is no such time zone.
    NotAZone,
    /// It is not a rate from 0 to less than 100 per cent with at most three decimals.
    NotARate,
    /// It is not the pattern of a number range.
    NotAPattern,
    /// It is not the number of a bank account.
    NotAnIban,
    /// It is not the code of a bank.
    NotABic,
    /// It is not a VAT identification number.
    NotAVatId,
    /// It is not a colour.
    NotAColour,
    /// It is a number beyond what is possible, or with too many decimals.
    OutOfRange(OutOfRange),
    /// Somebody else has it already.
    Taken,
    /// It is of another shape than is asked for; in the words of the reader.
    Unreadable(String),
    /// It cannot be read.
    NotReadable(NotReadable),
    /// The kernel refuses it, with its figures in the unit of the account.
    Quota(QuotaError, Unit),
    /// Deficits cannot be billed so; amounts are in the unit of the account.
    Balancing(BalancingError, Unit),
    /// The terms of a contract do not allow it; amounts are in the unit of its quota.
    Terms(TermsError, Unit),
    /// A period of the contract could not be billed; amounts are in the unit of its quota.
    NotBillable(BillError, Unit),
    /// A receipt cannot be; amounts are in the currency of the invoice.
    Receipt(ReceiptError, Currency),
    /// The file of a bank cannot be read.
    Bank(BankFault),
    /// There is no invoice of that number.
    NoSuchInvoice(String),
    /// The transaction of the bank was recorded meanwhile.
    Recorded,
    /// Not a minimum from 0 to 24 hours and a step from one second to 24 hours.
    NotARounding,
    /// Time cannot be booked so.
    Split(SplitError),
    /// A later booking would be split because of it, and splitting is off.
    SplitsAnother(SplitError),
    /// A timer ended before it began; as the clocks of the company show it.
    EndBeforeStart {
        /// When it began.
        start: DateTime<FixedOffset>,
        /// When it ended.
        end: DateTime<FixedOffset>,
    },
    /// The clocks of the company leave that time out on that day.
    NoSuchTime(NaiveDateTime),
    /// A period of a project is not invoiced so.
    ProjectInvoice(InvoiceError),
    /// Only others book on the project of that task.
    NotAssigned,
    /// Time is booked on it: it can be closed and not be deleted.
    Booked,
    /// It was settled when the thing was made, and does not change any more.
    Fixed,
    /// The file cannot be the logo.
    Logo(LogoFault),
    /// It is not a port.
    NotAPort,
    /// The text of a mail has something in braces that nobody fills in.
    NoSuchPlace(String),
    /// The customer is not reminded.
    NotReminded(NotReminded),
    /// The mail is sent or settled.
    MailNotNow,
    /// The document is a draft, and drafts are not sent.
    NotIssued,
    /// The customer has no address to which a mail could go.
    NoMailAddress,
    /// The mail server does not take it.
    Undelivered(Undelivered),
    /// Undoing a document comes to something else than was seen.
    Undo(NotAsSeen),
    /// What the person saw was sent along in a way that cannot be read, so nothing can be compared with it.
    UnreadableSeen,
    /// The unit of an article says something else than how it is billed.
    ArticleUnit(WrongUnit),
    /// That other field says the same already.
    NotWith(String),
}

/// A text of at most `most` characters without control characters, trimmed; what is wrong is noted at the field.
pub fn text(problems: &mut Vec<FieldProblem>, field: &str, typed: &str, most: usize) -> String {
    let text = typed.trim();
    let found = text.chars().count();
    if found > most {
        problems.push(FieldProblem::at(field, FieldReason::TooLong { most, found }));
    } else if text.chars().any(char::is_control) {
        problems.push(FieldProblem::at(field, FieldReason::NotText));
    }
    text.to_owned()
}

/// The same for a text that has to be filled in.
pub fn required(problems: &mut Vec<FieldProblem>, field: &str, typed: &str, most: usize) -> String {
    let text = text(problems, field, typed, most);
    if text.is_empty() {
        problems.push(FieldProblem::at(field, FieldReason::Missing));
    }
    text
}

impl FieldProblem {
    /// A problem at a field.
    pub fn at(field: &str, reason: FieldReason) -> FieldProblem {
        FieldProblem { field: field.to_owned(), reason }
    }

    /// The same as a sentence.
    pub fn in_words(&self, lang: Lang) -> FieldText {
        FieldText { field: self.field.clone(), text: self.reason.text(lang) }
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
            FieldReason::TooMany { most, found } => say::field_too_many(lang, found, most),
            FieldReason::TooFar { most } => say::field_too_far(lang, most),
            FieldReason::NotADay => say::field_not_a_day(lang).to_owned(),
            FieldReason::NotAZone => say::field_not_a_zone(lang).to_owned(),
            FieldReason::NotARate => say::field_not_a_rate(lang).to_owned(),
            FieldReason::NotAnIban => say::field_not_an_iban(lang).to_owned(),
            FieldReason::NotABic => say::field_not_a_bic(lang).to_owned(),
            FieldReason::NotAVatId => say::field_not_a_vat_id(lang).to_owned(),
            FieldReason::NotAColour => say::field_not_a_colour(lang).to_owned(),
            FieldReason::NotAPattern => say::field_not_a_pattern(lang, "RE-{year}-{n:5}"),
            FieldReason::OutOfRange(range) => {
                let (least, most) = (decimal(lang, range.least), decimal(lang, range.most));
                say::field_out_of_range(lang, least, most, range.decimals)
            }
            FieldReason::Taken => say::field_taken(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::NotADecimal) => say::field_not_a_decimal(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::NotATime) => say::field_not_a_time(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::NotMoney) => say::field_not_money(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::TooPrecise { decimals }) => say::field_too_precise(lang, decimals),
            FieldReason::NotReadable(NotReadable::NotADate) => say::field_not_a_date(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::NotANumber) => say::field_not_a_number(lang).to_owned(),
            FieldReason::NotReadable(NotReadable::TooLarge) => say::field_too_large(lang).to_owned(),
            FieldReason::Quota(error, unit) => quota_text(lang, *unit, error),
            FieldReason::Balancing(error, unit) => crate::balancing::balancing_text(lang, *unit, error),
            FieldReason::Terms(error, unit) => terms_text(lang, *unit, error),
            FieldReason::NotBillable(error, unit) => bill_text(lang, *unit, error),
            FieldReason::Receipt(error, currency) => crate::receipts::receipt_text(lang, *currency, error),
            FieldReason::Bank(fault) => crate::receipts::fault_text(lang, fault),
            FieldReason::NoSuchInvoice(number) => say::import_no_such_number(lang, number),
            FieldReason::Recorded => say::import_taken(lang).to_owned(),
            FieldReason::NotARounding => say::field_not_a_rounding(lang).to_owned(),
            FieldReason::Split(error) => crate::bookings::split_text(lang, error),
            FieldReason::SplitsAnother(error) => crate::bookings::splits_another_text(lang, error),
            FieldReason::EndBeforeStart { start, end } => {
                say::split_end_before_start(lang, instant(lang, *end), instant(lang, *start))
            }
            FieldReason::NoSuchTime(time) => {
                say::split_no_such_time(lang, time.format("%H:%M"), date(lang, time.date()))
            }
            FieldReason::ProjectInvoice(error) => crate::projects::invoice_error_text(lang, error),
            FieldReason::NotAssigned => say::split_not_assigned(lang).to_owned(),
            FieldReason::Booked => say::task_booked(lang).to_owned(),
            FieldReason::Fixed => say::field_fixed(lang).to_owned(),
            FieldReason::Logo(fault) => fault.text(lang),
            FieldReason::NotAPort => say::field_not_a_port(lang).to_owned(),
            FieldReason::NoSuchPlace(place) => {
                let known = PLACES.map(|place| format!("{{{place}}}")).join(", ");
                say::field_no_such_place(lang, format!("{{{place}}}"), known)
            }
            FieldReason::NotReminded(why) => not_reminded_text(lang, why),
            FieldReason::MailNotNow => say::mail_not_now(lang).to_owned(),
            FieldReason::NotIssued => say::mail_not_issued(lang).to_owned(),
            FieldReason::NoMailAddress => say::mail_why_no_address(lang).to_owned(),
            FieldReason::Undelivered(undelivered) => undelivered_text(lang, undelivered),
            FieldReason::Undo(error) => crate::documents::not_as_seen_text(lang, error),
            FieldReason::Unreadable(detail) => say::field_unreadable(lang, detail),
            FieldReason::UnreadableSeen => say::field_unreadable_seen(lang).to_owned(),
            FieldReason::ArticleUnit(WrongUnit::NotByTheHour) => say::field_unit_not_by_the_hour(lang).to_owned(),
            FieldReason::ArticleUnit(WrongUnit::CountsTime) => say::field_unit_counts_time(lang).to_owned(),
            FieldReason::NotWith(other) => say::field_not_with(lang, other),
        }
    }
}

/// The field of a form at which an error of the kernel belongs; none when it is not about what was typed.
pub fn field_of(error: &QuotaError) -> Option<&'static str> {
    match error {
        QuotaError::NotPositive { .. }
        | QuotaError::TooLarge { .. }
        | QuotaError::Exhausted { .. }
        | QuotaError::DeficitOutOfBounds { .. }
        | QuotaError::CoverTooLarge { .. } => Some("amount"),
        QuotaError::EmptyValidity { .. } | QuotaError::CarryWithoutPeriod => Some("valid_last"),
        QuotaError::DateOutOfRange { .. }
        | QuotaError::OutsideView { .. }
        | QuotaError::BooksClosed { .. }
        | QuotaError::Ended { .. } => Some("date"),
        QuotaError::CarryTooLong { .. } => Some("periods"),
        QuotaError::CoverFromEarlierLot { .. } => Some("lot"),
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
            let last = until.pred_opt().unwrap_or(*until);
            say::quota_empty_validity(lang, date(lang, last), date(lang, *from))
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
        QuotaError::AlreadyRevoked { .. } => say::quota_already_revoked(lang).to_owned(),
        QuotaError::CarryTooLong { periods, last } => say::quota_carry_too_long(lang, periods, date(lang, *last)),
        QuotaError::CarryWithoutPeriod => say::quota_carry_without_period(lang).to_owned(),
        QuotaError::BooksClosed { date: day, closed_until } => {
            let last = closed_until.pred_opt().unwrap_or(*closed_until);
            say::quota_books_closed(lang, date(lang, last), date(lang, *day))
        }
        QuotaError::Ended { date: day, end } => {
            let last = end.pred_opt().unwrap_or(*end);
            say::quota_ended(lang, date(lang, last), date(lang, *day))
        }
        QuotaError::CoverFromEarlierLot { .. } => say::quota_cover_from_earlier_lot(lang).to_owned(),
        QuotaError::CoverTooLarge { left, wanted, .. } => {
            say::quota_cover_too_large(lang, figure(*left), figure(*wanted))
        }
        QuotaError::DeficitOutOfBounds { deficit, covered, .. } => {
            say::quota_deficit_out_of_bounds(lang, figure(*deficit), figure(*covered))
        }
        QuotaError::UnknownLot { .. } | QuotaError::UnknownDraw { .. } => say::problem_not_found(lang).to_owned(),
        QuotaError::LotOutOfBounds { .. } | QuotaError::OutsideValidity { .. } | QuotaError::OutOfSequence { .. } => {
            say::problem_internal(lang, error)
        }
    }
}

/// What is wrong with the terms of a contract, as a sentence with its figures.
pub fn terms_text(lang: Lang, unit: Unit, error: &TermsError) -> String {
    match error {
        TermsError::NotMonths { most, .. } => say::terms_not_months(lang, most),
        TermsError::TooManyDays { most, .. } => say::terms_too_many_days(lang, most),
        TermsError::TooManyItems { found, most } => say::field_too_many(lang, found, most),
        TermsError::NoItems => say::terms_no_items(lang).to_owned(),
        TermsError::QuotaInArrears => say::terms_quota_in_arrears(lang).to_owned(),
        TermsError::TwoVatRates { one, other } => {
            say::terms_two_vat_rates(lang, decimal(lang, one.percent()), decimal(lang, other.percent()))
        }
        TermsError::OtherCurrency { quota, contract } => say::terms_other_currency(lang, quota.code(), contract.code()),
        TermsError::BilledBeforeStart { start, billing_start } => {
            say::terms_billed_before_start(lang, date(lang, *billing_start), date(lang, *start))
        }
        TermsError::EndsBeforeStart { start, end } => {
            let last = end.pred_opt().unwrap_or(*end);
            say::terms_ends_before_start(lang, date(lang, last), date(lang, *start))
        }
        TermsError::Ended { end } => say::terms_ended(lang, date(lang, end.pred_opt().unwrap_or(*end))),
        TermsError::EndsInThePast { end } => {
            say::terms_ends_in_the_past(lang, date(lang, end.pred_opt().unwrap_or(*end)))
        }
        TermsError::UnderNotice => say::terms_under_notice(lang).to_owned(),
        TermsError::Fixed => say::terms_fixed(lang).to_owned(),
        TermsError::OtherUnit => say::terms_other_unit(lang).to_owned(),
        TermsError::Quota(error) => quota_text(lang, unit, error),
    }
}

/// Why a period cannot be billed, as a sentence.
pub fn bill_text(lang: Lang, unit: Unit, error: &BillError) -> String {
    match error {
        BillError::TooLarge => say::field_too_large(lang).to_owned(),
        BillError::BeyondCalendar => say::bill_beyond_calendar(lang).to_owned(),
        BillError::Quota(error) => quota_text(lang, unit, error),
    }
}
