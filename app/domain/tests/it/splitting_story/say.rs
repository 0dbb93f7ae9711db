//! Says what came out of a story, in the words of an accountant.

use domain::{
    Seconds,
    quota::{Amount, Unit},
    splitting::{Portion, SplitError, Target},
};

use super::runner::Telling;
use crate::{
    contract_story::words,
    story_words::{self, Words},
};

/// The words of an account that counts so.
pub fn of(unit: Unit) -> Words {
    let text = match unit {
        Unit::Time => "time, no overbooking".to_owned(),
        Unit::Money(currency) => format!("money {}, no overbooking", currency.code()),
    };
    story_words::account(&text).expect("a unit").0
}

/// `1:30`.
pub fn time(time: Seconds) -> String {
    of(Unit::Time).written(Amount::new(time.0))
}

impl Telling {
    /// `Free 0:45, Purse 0:30 for 40.00, Support 0:15 = 25.00, not billable 0:10`; `nothing` without portions.
    pub fn written(&self, portions: &[Portion]) -> String {
        let currency = self.world.facts.currency;
        let said = portions.iter().map(|portion| {
            let name = match portion.target {
                Target::Line { line } => self.name_of_line(line),
                Target::NotBillable => "not billable",
                Target::Unassigned => "unassigned",
            };
            let taken = match portion.target {
                Target::Line { line } if matches!(self.unit_of(line), Unit::Money(_)) => {
                    format!(" for {}", self.words_of(line).written(portion.taken))
                }
                // Of an account that counts time as much is taken as is booked there.
                _ if portion.taken.is_zero() || portion.taken.units() == portion.seconds.0 => String::new(),
                _ => format!(" taken {}", portion.taken),
            };
            let amount = match portion.amount {
                0 => String::new(),
                minor => format!(" = {}", words::money(minor, currency)),
            };
            format!("{name} {}{taken}{amount}", time(portion.seconds))
        });
        let said: Vec<_> = said.collect();
        if said.is_empty() { "nothing".to_owned() } else { said.join(", ") }
    }

    /// `refused because ...`.
    pub fn refusal(&self, error: &SplitError) -> String {
        let because = match error {
            SplitError::DoesNotFit { booking, line, wanted, left, book, .. } => {
                let (booking, line) = (self.name_of(*booking), self.name_of_line(*line));
                let [wanted, left] = [*wanted, *left].map(time);
                let instead = match book {
                    Some([first, then]) => format!("; book {} + {}", time(*first), time(*then)),
                    None => ", nor does any shorter one".to_owned(),
                };
                format!("{wanted} of {booking} do not fit into the {left} left of {line}{instead}")
            }
            SplitError::NoTime { seconds } => format!("{} is no time", time(*seconds)),
            SplitError::TooLong { seconds, most } => format!("{} is more than {}", time(*seconds), time(*most)),
            SplitError::EndBeforeStart { .. } => "it ends before it begins".to_owned(),
            SplitError::InFuture { today, .. } => format!("today is {today}"),
            SplitError::OutsideBooks { date, .. } => format!("the books do not have {date}"),
            SplitError::TaskClosed { .. } => "the task is closed".to_owned(),
            SplitError::BooksClosed { closed_until, .. } => format!("the books are closed until {closed_until}"),
            SplitError::Locked { booking, lock } => format!("{} is locked: {}", self.name_of(*booking), lock.name()),
            SplitError::Unknown { booking } => format!("there is no {}", self.name_of(*booking)),
            SplitError::Exists { booking } => format!("there is another {}", self.name_of(*booking)),
            SplitError::UnitMismatch { line, .. } => format!("{} does not fit its account", self.name_of_line(*line)),
            SplitError::RateOutOfRange { line, rate } => format!("{} has a rate of {rate}", self.name_of_line(*line)),
            other => format!("the rules are wrong: {other}"),
        };
        format!("refused because {because}")
    }
}
