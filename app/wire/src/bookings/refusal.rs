//! Why time is not booked, at its field and in words.

use domain::{
    BookingId,
    splitting::{Lock, SplitError},
};
use texts::{Lang, date, instant, say, seconds};

use crate::{FieldReason, Noun, Problem, field::quota_text};

/// The field of a form at which a refusal belongs.
pub fn field_of(error: &SplitError) -> &'static str {
    match error {
        SplitError::NoTime { .. }
        | SplitError::TooLong { .. }
        | SplitError::PastMidnight { .. }
        | SplitError::NotOver { .. }
        | SplitError::DoesNotFit { .. }
        | SplitError::TooLarge { .. } => "time",
        SplitError::NoSuchTime { .. } => "start",
        SplitError::EndBeforeStart { .. } => "end",
        SplitError::InFuture { .. }
        | SplitError::OutsideBooks { .. }
        | SplitError::BooksClosed { .. }
        | SplitError::Quota { .. } => "date",
        SplitError::Locked { .. } | SplitError::Unknown { .. } | SplitError::Exists { .. } => "id",
        // What is wrong with the lines of a project is wrong with all of its tasks.
        SplitError::TaskClosed { .. }
        | SplitError::UnknownAccount { .. }
        | SplitError::UnitMismatch { .. }
        | SplitError::RateOutOfRange { .. } => "task",
    }
}

/// A refusal of the booking that is named: at its field, or because of a later one that would be split.
pub fn refused(error: SplitError, named: BookingId) -> Problem {
    match error {
        SplitError::Exists { .. } => Problem::SameId,
        SplitError::Unknown { .. } => Problem::NotFound { what: Noun::Booking },
        SplitError::NoSuchTime { time } => Problem::field("start", FieldReason::NoSuchTime(time)),
        SplitError::DoesNotFit { booking, .. } if booking != named => {
            Problem::field("time", FieldReason::SplitsAnother(error))
        }
        error => Problem::field(field_of(&error), FieldReason::Split(error)),
    }
}

/// Why time is not booked, as a sentence with its figures.
pub fn split_text(lang: Lang, error: &SplitError) -> String {
    match error {
        SplitError::NoTime { seconds: time } => say::split_no_time(lang, seconds(*time)),
        SplitError::TooLong { seconds: time, most } => say::split_too_long(lang, seconds(*time), seconds(*most)),
        SplitError::EndBeforeStart { start, end } => {
            let shown = |at: &chrono::DateTime<chrono::Utc>| instant(lang, at.fixed_offset());
            say::split_end_before_start(lang, shown(end), shown(start))
        }
        SplitError::NoSuchTime { time } => FieldReason::NoSuchTime(*time).text(lang),
        SplitError::PastMidnight { start, wanted, fits, rest } => {
            let [fits, wanted, rest] = [*fits, *wanted, *rest].map(seconds);
            say::split_past_midnight(lang, start.format("%H:%M"), fits, wanted, rest)
        }
        SplitError::NotOver { end, now } => say::split_not_over(lang, end.format("%H:%M"), now.format("%H:%M")),
        SplitError::InFuture { date: day, today } => say::split_in_future(lang, date(lang, *day), date(lang, *today)),
        SplitError::OutsideBooks { date: day, first, last } => {
            say::quota_date_out_of_range(lang, date(lang, *day), date(lang, *first), date(lang, *last))
        }
        SplitError::TaskClosed { .. } => say::split_task_closed(lang).to_owned(),
        SplitError::BooksClosed { date: day, closed_until } => {
            let last = closed_until.pred_opt().unwrap_or(*closed_until);
            say::quota_books_closed(lang, date(lang, last), date(lang, *day))
        }
        SplitError::Locked { lock, .. } => lock_text(lang, *lock).to_owned(),
        SplitError::Unknown { .. } => say::problem_not_found(lang).to_owned(),
        SplitError::Exists { .. } => say::problem_same_id(lang).to_owned(),
        SplitError::DoesNotFit { wanted, left, rest, book, .. } => {
            let [wanted, left, rest] = [*wanted, *left, *rest].map(seconds);
            match book.map(|book| book.map(seconds)) {
                Some([first, then]) if (&first, &then) == (&left, &rest) => {
                    say::split_does_not_fit(lang, wanted, left, rest)
                }
                Some([first, then]) => say::split_does_not_fit_rounded(lang, wanted, left, first, then),
                None => say::split_never_fits(lang, wanted, left),
            }
        }
        SplitError::UnknownAccount { .. } | SplitError::UnitMismatch { .. } => {
            say::split_wrong_account(lang).to_owned()
        }
        SplitError::RateOutOfRange { rate, .. } => say::split_wrong_rate(lang, texts::decimal(lang, rate.value())),
        SplitError::TooLarge { .. } => say::field_too_large(lang).to_owned(),
        SplitError::Quota { unit, error, .. } => quota_text(lang, *unit, error),
    }
}

/// Why a later booking stands in the way.
pub(crate) fn splits_another_text(lang: Lang, error: &SplitError) -> String {
    match error {
        SplitError::DoesNotFit { wanted, left, rest, .. } => {
            say::split_another_does_not_fit(lang, seconds(*wanted), seconds(*left), seconds(*rest))
        }
        error => split_text(lang, error),
    }
}

/// Why a booking is not changed any more.
pub fn lock_text(lang: Lang, lock: Lock) -> &'static str {
    match lock {
        Lock::Document => say::split_locked_document(lang),
        Lock::Balancing => say::split_locked_balancing(lang),
        Lock::Statement => say::split_locked_statement(lang),
        Lock::ClosedBooks => say::split_locked_books(lang),
    }
}

#[cfg(test)]
mod tests {
    use domain::{BillingLineId, Seconds};

    use super::*;

    /// Red when: a figure is left out of the sentence, or another booking is taken for the own one.
    #[test]
    fn what_does_not_fit_is_said_with_its_figures() {
        let id = |number| uuid::Uuid::from_u128(number);
        let (booking, line) = (BookingId::new(id(1)), BillingLineId::new(id(2)));
        let (wanted, left, rest) = (Seconds(3_600), Seconds(2_700), Seconds(900));
        let error = SplitError::DoesNotFit { booking, line, wanted, left, rest, book: Some([left, rest]) };
        let own = refused(error.clone(), booking);
        let other = refused(error.clone(), BookingId::new(id(3)));
        assert_eq!(own, Problem::field("time", FieldReason::Split(error.clone())));
        assert_eq!(other, Problem::field("time", FieldReason::SplitsAnother(error)));
        for lang in [Lang::De, Lang::En] {
            for text in [own.text(lang), other.text(lang)] {
                for figure in ["1:00", "0:45", "0:15"] {
                    assert!(text.contains(figure), "{figure}: {text}");
                }
            }
            assert_ne!(own.text(lang), other.text(lang));
        }
    }
}
