//! Why a command of the kernel is refused, with the figures that a person needs.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Amount, Seq};
use crate::{DateRange, DrawId, LotId};

/// A refused command. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum QuotaError {
    /// An amount must be more than nothing.
    #[error("the amount {amount} is not positive")]
    NotPositive {
        /// What was asked for.
        amount: Amount,
    },
    /// An amount is beyond what the program keeps exact.
    #[error("the amount {amount} is larger than {largest}")]
    TooLarge {
        /// What was asked for.
        amount: Amount,
        /// The most that can be asked for.
        largest: Amount,
    },
    /// A sum would not fit. Nothing wraps around.
    #[error("a sum does not fit")]
    Overflow,
    /// A lot must be valid for at least one day.
    #[error("the validity from {from} until {until} is empty")]
    EmptyValidity {
        /// First day.
        from: NaiveDate,
        /// First day that no longer belongs to it.
        until: NaiveDate,
    },
    /// The date lies outside the years 1900 to 2199, in which the program keeps books.
    #[error("the date {date} lies outside {first} to {last}")]
    DateOutOfRange {
        /// What was asked for.
        date: NaiveDate,
        /// The first possible day.
        first: NaiveDate,
        /// The last possible day.
        last: NaiveDate,
    },
    /// Nothing is available and overbooking gives nothing either: there is nothing to draw.
    #[error("{wanted} wanted on {date}, {available} available")]
    Exhausted {
        /// The date of the draw.
        date: NaiveDate,
        /// What was asked for.
        wanted: Amount,
        /// What is there.
        available: Amount,
    },
    /// The facts at hand do not cover the date; the caller has to load others.
    #[error("the date {date} lies outside the loaded facts")]
    OutsideView {
        /// The date of the draw.
        date: NaiveDate,
        /// What was loaded.
        covers: DateRange,
    },
    /// There is already a lot of this id.
    #[error("lot {lot} is already granted")]
    LotExists {
        /// The lot.
        lot: LotId,
    },
    /// There is no lot of this id.
    #[error("lot {lot} is unknown")]
    UnknownLot {
        /// The lot.
        lot: LotId,
    },
    /// There is already a draw of this id.
    #[error("draw {draw} is already posted")]
    DrawExists {
        /// The draw.
        draw: DrawId,
    },
    /// There is no draw of this id.
    #[error("draw {draw} is unknown")]
    UnknownDraw {
        /// The draw.
        draw: DrawId,
    },
    /// A draw is released once.
    #[error("draw {draw} was already released")]
    AlreadyReleased {
        /// The draw.
        draw: DrawId,
    },
    /// A lot can be carried over only if it has a period of its own.
    #[error("a lot without end cannot be carried over")]
    CarryWithoutPeriod,
    /// The carry-over would end after the last day on which the program keeps books.
    #[error("{periods} further periods end after {last}")]
    CarryTooLong {
        /// How many further periods were asked for.
        periods: u32,
        /// The last possible day.
        last: NaiveDate,
    },
    /// The books are closed for the date.
    #[error("the books are closed until {closed_until}, {date} lies before")]
    BooksClosed {
        /// The date of the draw.
        date: NaiveDate,
        /// The first day that is open.
        closed_until: NaiveDate,
    },
    /// The account has ended.
    #[error("the account ended on {end}, {date} lies after")]
    Ended {
        /// What was asked for.
        date: NaiveDate,
        /// The first day on which nothing can be drawn any more.
        end: NaiveDate,
    },
    /// A grant is taken back once.
    #[error("lot {lot} was already taken back")]
    AlreadyRevoked {
        /// The lot.
        lot: LotId,
    },
    /// A deficit is covered from a lot that was granted later than it was drawn.
    #[error("lot {lot} was granted before draw {draw}")]
    CoverFromEarlierLot {
        /// The lot.
        lot: LotId,
        /// The draw.
        draw: DrawId,
    },
    /// A lot has less than a cover is to take from it.
    #[error("lot {lot} has {left} left, {wanted} are to cover a deficit")]
    CoverTooLarge {
        /// The lot.
        lot: LotId,
        /// What of it can cover the deficit.
        left: Amount,
        /// What was asked for.
        wanted: Amount,
    },
    /// An entry would take more from a lot than is left of it, or give back more than was drawn.
    #[error("lot {lot} has {left} left of {granted}, the entry moves {moved}")]
    LotOutOfBounds {
        /// The lot.
        lot: LotId,
        /// What was granted.
        granted: Amount,
        /// What is left.
        left: Amount,
        /// What the entry takes (negative: gives back).
        moved: Amount,
    },
    /// A draw takes from a lot that is not valid on its date.
    #[error("lot {lot} is not valid on {date}")]
    OutsideValidity {
        /// The lot.
        lot: LotId,
        /// The date of the draw.
        date: NaiveDate,
    },
    /// An entry would cover more than the deficit of a draw.
    #[error("draw {draw} has a deficit of {deficit}, the entry covers {covered}")]
    DeficitOutOfBounds {
        /// The draw.
        draw: DrawId,
        /// Its open deficit.
        deficit: Amount,
        /// What the entry covers or drops.
        covered: Amount,
    },
    /// Entries are numbered without gaps.
    #[error("entry {found} follows, {expected} was expected")]
    OutOfSequence {
        /// The number that should come.
        expected: Seq,
        /// The number that came.
        found: Seq,
    },
}
