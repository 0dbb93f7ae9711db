//! Splitting a second time, in the plainest way: minute by minute, each to the first line that has one left, from notes on
//! who holds how many minutes of what. It shares no code with the engine and keeps no balance.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use domain::{BookingId, splitting::Lock};

use crate::{
    contract_plans::rounded,
    plans::Overdraft,
    splitting_plans::{Does, Entry, Every, PlainLine, PlainProject, date},
    splitting_world::{World, booking_id},
};

/// From which minutes come: of an allowance line in the period that begins on that day, or of the lot of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Period(usize, NaiveDate),
    Lot(u8, usize),
    /// Nothing is there: it is deficit of a block, or of the account of an allowance line.
    BlockDeficit(u8),
    AllowanceDeficit(usize),
    /// There is always one more.
    Endless,
}

/// Where a minute goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Line(usize),
    Nowhere,
}

/// A place with its minutes and cents.
pub type Said = (Place, i64, i64);

/// A booking with its minutes.
#[derive(Debug, Clone)]
pub struct Noted {
    pub number: u8,
    pub entry: Entry,
    pub locked: bool,
    pub minutes: BTreeMap<(Place, Source), i64>,
}

/// The notes on all bookings, in the order in which they were accepted.
#[derive(Debug, Clone)]
pub struct Model<'a> {
    pub project: &'a PlainProject,
    pub notes: Vec<Noted>,
}

fn takes(line: &PlainLine, entry: Entry) -> bool {
    let any = match line.does {
        Does::Allowance { all, .. } | Does::Block { all, .. } => all,
        Does::Effort { .. } | Does::FlatRate => false,
    };
    (entry.billable || any) && line.tasks.as_ref().is_none_or(|tasks| tasks.contains(&entry.task))
}

/// The first day of the period to which a day belongs, tried one after the other from the first; none before it.
pub fn period(every: Every, from: i64, on: NaiveDate) -> Option<NaiveDate> {
    let anchor = date(from);
    let mut first = None;
    for number in 0..400_u32 {
        let next = match every {
            Every::Months(count) => anchor + Months::new(count * number),
            Every::Days(count) => anchor + chrono::Days::new(u64::from(count) * u64::from(number)),
        };
        if next > on {
            break;
        }
        first = Some(next);
    }
    first
}

impl Model<'_> {
    fn held(&self, source: Source) -> i64 {
        let all = self.notes.iter().flat_map(|noted| &noted.minutes);
        all.filter(|((_, from), _)| *from == source).map(|(_, minutes)| minutes).sum()
    }

    /// From where a line would take one more minute without overbooking.
    fn there(&self, number: usize, on: NaiveDate) -> Option<Source> {
        match self.project.lines[number].does {
            Does::Effort { .. } | Does::FlatRate => Some(Source::Endless),
            Does::Allowance { most, every, from, .. } => {
                let source = Source::Period(number, period(every, from, on)?);
                (self.held(source) < most).then_some(source)
            }
            Does::Block { block, .. } => {
                let lots = self.project.blocks[usize::from(block)].lots.iter().enumerate();
                let usable = lots
                    .filter(|(_, (from, until, _))| date(*from) <= on && until.is_none_or(|until| on < date(until)));
                let mut usable: Vec<_> = usable.collect();
                // The one that ends first; those without an end last; then the one that began first, then the elder.
                usable.sort_by_key(|(place, (from, until, _))| (until.unwrap_or(i64::MAX), *from, *place));
                let left =
                    usable.into_iter().find(|(place, (.., minutes))| self.held(Source::Lot(block, *place)) < *minutes);
                left.map(|(place, _)| Source::Lot(block, place))
            }
        }
    }

    /// From where a line would take one more minute that is not there.
    fn beyond(&self, number: usize) -> Option<Source> {
        let (overdraft, source) = match self.project.lines[number].does {
            Does::Effort { .. } | Does::FlatRate => return None,
            Does::Allowance { overdraft, .. } => (overdraft, Source::AllowanceDeficit(number)),
            Does::Block { block, .. } => {
                (self.project.blocks[usize::from(block)].overdraft, Source::BlockDeficit(block))
            }
        };
        let room = match overdraft {
            Overdraft::No => false,
            Overdraft::UpTo(limit) => self.held(source) < limit,
            Overdraft::WithoutLimit => true,
        };
        room.then_some(source)
    }

    /// Pours the minutes of a booking, which is noted already, one after the other.
    fn pour(&mut self, place: usize) {
        self.notes[place].minutes.clear();
        let entry = self.notes[place].entry;
        let lines: Vec<usize> =
            (0..self.project.lines.len()).filter(|n| takes(&self.project.lines[*n], entry)).collect();
        for _ in 0..self.project.billed(entry.minutes) {
            let on = date(entry.day);
            let there = lines.iter().find_map(|line| self.there(*line, on).map(|source| (Place::Line(*line), source)));
            let beyond = || {
                let last = lines.iter().rev().find_map(|line| self.beyond(*line).map(|source| (*line, source)));
                last.map(|(line, source)| (Place::Line(line), source))
            };
            let goes = there.or_else(beyond).unwrap_or((Place::Nowhere, Source::Endless));
            *self.notes[place].minutes.entry(goes).or_default() += 1;
        }
    }

    /// Pours the booking of that place and the later ones again, on notes in which none of them holds anything.
    fn pour_from(&mut self, first: usize) {
        let open: Vec<usize> = (first..self.notes.len()).filter(|place| !self.notes[*place].locked).collect();
        for place in &open {
            self.notes[*place].minutes.clear();
        }
        for place in open {
            self.pour(place);
        }
    }

    fn place(&self, number: u8) -> usize {
        self.notes.iter().position(|noted| noted.number == number).expect("a booking")
    }

    pub fn add(&mut self, number: u8, entry: Entry) {
        self.notes.push(Noted { number, entry, locked: false, minutes: BTreeMap::new() });
        self.pour(self.notes.len() - 1);
    }

    pub fn change(&mut self, number: u8, entry: Entry) {
        let place = self.place(number);
        self.notes[place].entry = entry;
        self.pour_from(place);
    }

    pub fn delete(&mut self, number: u8) {
        let place = self.place(number);
        self.notes.remove(place);
        self.pour_from(place);
    }

    /// Takes over what is locked.
    pub fn read_locks(&mut self, world: &World) {
        for noted in &mut self.notes {
            noted.locked = world.posted(booking_id(noted.number)).lock == Some(Lock::Document);
        }
    }

    /// The minutes of each booking: of each line its number, minutes and cents, then those of no line.
    pub fn said(&self) -> Vec<(BookingId, Vec<Said>)> {
        let said = self.notes.iter().map(|noted| {
            let mut sums = BTreeMap::<Place, i64>::new();
            for ((place, _), minutes) in &noted.minutes {
                *sums.entry(*place).or_default() += minutes;
            }
            let sums = sums.into_iter().map(|(place, minutes)| (place, minutes, self.cents(place, minutes)));
            (booking_id(noted.number), sums.collect())
        });
        said.collect()
    }

    fn cents(&self, place: Place, minutes: i64) -> i64 {
        match place {
            Place::Line(line) => match self.project.lines[line].does {
                Does::Effort { cents } => rounded(i128::from(minutes) * i128::from(cents), 60),
                _ => 0,
            },
            Place::Nowhere => 0,
        }
    }

    /// The minutes that are held of each source.
    pub fn sources(&self) -> BTreeMap<Source, i64> {
        let mut sums = BTreeMap::new();
        for ((_, source), minutes) in self.notes.iter().flat_map(|noted| &noted.minutes) {
            *sums.entry(*source).or_default() += minutes;
        }
        sums.remove(&Source::Endless);
        sums
    }
}
