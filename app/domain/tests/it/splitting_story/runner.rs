//! Reads a story of splitting line by line and compares what comes out with what is written.

use domain::{
    BillingLineId, BookingId, TaskId,
    quota::Account,
    splitting::{AgreedRounding, Booking, BookingRounding, Lock, Plan, SplitError, Target, by_date, effort_line, left},
};

use super::{read, say};
use crate::{
    contract_story::words,
    splitting_world::World,
    story_words::{date, days, first_word, on_date, range, squeezed, written_range},
};

/// A story in the middle of being run.
pub struct Telling {
    pub world: World,
    pub accounts: Vec<(String, Account)>,
    pub lines: Vec<(String, BillingLineId)>,
    pub tasks: Vec<(String, TaskId)>,
    pub bookings: Vec<(String, BookingId)>,
    rows: Vec<String>,
    expectations: usize,
}

/// Runs a story. Errors with `file:line: expected ..., found ...` at the first line that does not come out as written.
pub fn tell(file: &str, text: &str) -> Result<(), String> {
    let mut telling = Telling {
        world: World::new(Vec::new(), Vec::new()),
        accounts: Vec::new(),
        lines: Vec::new(),
        tasks: Vec::new(),
        bookings: Vec::new(),
        rows: Vec::new(),
        expectations: 0,
    };
    let mut lines = text.lines().zip(1..);
    if !lines.next().is_some_and(|(title, _)| title.starts_with("# ") && title.trim().len() > 2) {
        return Err(format!("{file}:1: a story starts with `# ` and its title"));
    }
    let mut last = 1;
    for (line, number) in lines {
        let line = squeezed(line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        last = number;
        telling.line(&line).map_err(|error| format!("{file}:{number}: {error}"))?;
    }
    telling.finish().map_err(|error| format!("{file}:{last}: {error}"))
}

fn compare(expected: &str, found: &str) -> Result<(), String> {
    let said = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
    if expected == found { Ok(()) } else { Err(format!("expected {}, found {}", said(expected), said(found))) }
}

const TOLD: [&str; 13] = [
    "book",
    "change",
    "delete",
    "move-in",
    "left",
    "lots",
    "deficit",
    "billed",
    "entries",
    "invoice",
    "invoice-period",
    "fees",
    "timer",
];

impl Telling {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let (said, expected) = line.split_once(" -> ").map_or((line, None), |(said, out)| (said, Some(out)));
        let (word, rest) = first_word(said);
        if word == "also" {
            let found = if self.rows.is_empty() { String::new() } else { self.rows.remove(0) };
            return compare(line, &found);
        }
        self.no_more_rows()?;
        if !TOLD.contains(&word) {
            return match expected {
                Some(_) => Err(format!("`{word}` has no result")),
                None => self.happens(word, rest),
            };
        }
        let expected = expected.ok_or(format!("`{word}` does not say what comes out (`-> ...`)"))?;
        self.expectations += 1;
        let found = self.told(word, rest)?;
        compare(expected, &found)
    }

    /// What has no result: a world in which it is not possible is a mistake of the story.
    fn happens(&mut self, word: &str, rest: &str) -> Result<(), String> {
        match word {
            "account" => {
                let (name, terms) = first_word(rest);
                self.begin_account(name, terms).map(drop)
            }
            "line" => self.begin_line(rest),
            "rate" => self.rate(rest),
            "grant" => {
                let (name, rest) = first_word(rest);
                let (amount, valid) = first_word(rest);
                let (account, (from, until)) = (self.account(name)?, days(valid)?);
                let amount = say::of(account.unit).amount(amount)?.units();
                self.world.grant(account.id, amount, from, until);
                Ok(())
            }
            "draw" => {
                let (name, rest) = first_word(rest);
                let (account, (amount, on)) = (self.account(name)?, on_date(rest, " on ")?);
                let amount = say::of(account.unit).amount(amount)?.units();
                self.world.draw(account.id, amount, on);
                Ok(())
            }
            "end" => {
                let (name, until) = first_word(rest);
                self.world.end(self.account(name)?.id, date(until)?);
                Ok(())
            }
            "splitting" => {
                self.world.facts.splits = rest == "on";
                Ok(())
            }
            "rounding" => {
                self.world.facts.rounding = match rest {
                    "as agreed" => None,
                    "none" => Some(BookingRounding::default()),
                    said => Some(read::rounding(said)?),
                };
                Ok(())
            }
            "agreed" => {
                let (name, said) = first_word(rest);
                let said = said.split_once(" on ").ok_or(format!("{rest:?} does not say on which days"))?;
                let (account, rounding, valid) = (self.account(name)?.id, read::rounding(said.0)?, range(said.1)?);
                self.world.facts.agreed.push(AgreedRounding { account, valid, rounding });
                Ok(())
            }
            "today" => {
                self.world.facts.today = date(rest)?;
                Ok(())
            }
            "books" => {
                self.world.close_books(date(rest.strip_prefix("closed until ").unwrap_or(rest))?);
                Ok(())
            }
            "close-task" => {
                let task = self.task(rest);
                self.world.facts.closed_tasks.insert(task);
                Ok(())
            }
            "lock" => {
                let (name, lock) = first_word(rest);
                let lock = Lock::from_name(lock).ok_or(format!("{lock:?} is not a lock"))?;
                self.world.lock(self.booking(name)?, lock);
                Ok(())
            }
            other => Err(format!("unknown word {other:?}")),
        }
    }

    fn told(&mut self, word: &str, rest: &str) -> Result<String, String> {
        match word {
            "book" | "change" | "move-in" => {
                let (name, said) = first_word(rest);
                let (said, before) =
                    said.split_once(" before ").map_or((said, None), |(said, other)| (said, Some(other)));
                let before = before.map(|other| self.booking(other)).transpose()?;
                let booking = self.read_booking(name, said)?;
                let done = match (word, before) {
                    ("book", _) => self.world.add(&booking),
                    ("change", _) => self.world.change(&booking),
                    (_, Some(other)) => {
                        let accepted = self.world.posted(other).accepted - 1;
                        self.world.move_in(&booking, accepted)
                    }
                    (_, None) => return Err("`move-in` does not say before which booking".to_owned()),
                };
                Ok(self.outcome(done, Some(&booking)))
            }
            "delete" => {
                let booking = self.booking(rest)?;
                let done = self.world.delete(booking);
                Ok(self.outcome(done, None))
            }
            "left" => {
                let (name, on) = on_date(rest, " on ")?;
                let line = self.line_id(name)?;
                match left(&self.world.facts, line, on) {
                    Ok(amount) => Ok(say::of(self.unit_of(line)).written(amount)),
                    Err(error) => Ok(self.refusal(&error)),
                }
            }
            "lots" => {
                let account = self.account(rest)?;
                let words = say::of(account.unit);
                let lots = &self.world.ledgers[&account.id].view.lots;
                let said = lots.iter().map(|state| {
                    let left = state.left().expect("small figures");
                    let valid = written_range(state.lot.valid);
                    format!("{} of {} {valid}", words.written(left), words.written(state.lot.amount))
                });
                let said: Vec<_> = said.collect();
                Ok(if said.is_empty() { "none".to_owned() } else { said.join(", ") })
            }
            "deficit" => {
                let account = self.account(rest)?;
                let open = self.world.ledgers[&account.id].view.open_deficit().map_err(|error| error.to_string())?;
                Ok(say::of(account.unit).written(open))
            }
            "entries" => {
                let account = self.account(rest)?;
                Ok((self.world.ledgers[&account.id].view.next_seq.0 - 1).to_string())
            }
            "billed" => {
                let posted = self.world.posted(self.booking(rest)?);
                let (billed, real) = (say::time(posted.billed), say::time(posted.booking.seconds));
                Ok(format!("{billed} of {real}"))
            }
            "invoice" => self.invoice(rest),
            "invoice-period" => self.invoice_period(rest),
            "fees" => self.fees(rest),
            _ => self.timer(rest),
        }
    }

    /// What came out of the booking itself; the rows say what became of others.
    fn outcome(&mut self, done: Result<Plan, SplitError>, booking: Option<&Booking>) -> String {
        match done {
            Err(error) => self.refusal(&error),
            Ok(plan) => {
                self.rows = plan
                    .changed()
                    .map(|other| {
                        let (before, after) = (self.written(&other.before), self.written(&other.portions));
                        format!("also {}: {before} becomes {after}", self.name_of(other.booking))
                    })
                    .collect();
                match (&plan.booking, booking) {
                    (None, _) => "as before".to_owned(),
                    (Some(_), None) => "gone".to_owned(),
                    (Some(poured), Some(_)) => self.written(&poured.portions),
                }
            }
        }
    }

    /// All portions of an effort line on one invoice, in the order in which the bookings were accepted.
    fn invoice(&self, name: &str) -> Result<String, String> {
        let line = self.line_id(name)?;
        let rate = self.rate_of(line)?;
        let portions = self.world.portions();
        let of_line = portions.iter().flat_map(|(booking, portions)| {
            let own = portions.iter().filter(|portion| portion.target == Target::Line { line });
            own.map(|portion| (*booking, portion.seconds))
        });
        let of_line: Vec<_> = of_line.collect();
        let currency = self.world.facts.currency;
        let billed = effort_line(&of_line, rate, currency).ok_or("it does not fit")?;
        let shares = billed
            .shares
            .iter()
            .map(|(booking, share)| format!("{} {}", self.name_of(*booking), words::money(*share, currency)));
        let shares: Vec<_> = shares.collect();
        let total = words::money(billed.total, currency);
        Ok(format!("{} = {total}: {}", say::time(billed.seconds), shares.join(", ")))
    }

    fn timer(&self, text: &str) -> Result<String, String> {
        let (start, end, offset) = read::timer(text)?;
        match by_date(start, end, |_| offset) {
            Err(error) => Ok(self.refusal(&error)),
            Ok(pieces) => {
                let said = pieces.iter().map(|piece| {
                    format!("{} from {} {}", piece.date, piece.start.format("%H:%M"), say::time(piece.seconds))
                });
                Ok(said.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn no_more_rows(&mut self) -> Result<(), String> {
        self.rows.first().map_or(Ok(()), |row| compare("", row))
    }

    fn finish(&mut self) -> Result<(), String> {
        self.no_more_rows()?;
        if self.expectations == 0 { Err("the story expects nothing".to_owned()) } else { Ok(()) }
    }
}
