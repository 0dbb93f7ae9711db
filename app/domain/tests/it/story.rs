//! Runs one story: its commands on the engine, line by line, and compares what comes out with what is written.
//!
//! The result of a line is written out as text in full and compared as text: every part, in its order, the deficit
//! and what is not drawn. So nothing can come out that the story does not say.
//!
//! The lines of a story, after its title and its `account`:
//! ```text
//! grant A 4:00 2026-04-01 .. 2026-05-01                      -> covers x 1:00, left 3:00   (if it covers anything)
//! grant A 4:00 2026-04-01 .. 2026-05-01 carried 1 period, at most 2:00
//! grant A 4:00 2026-04-01 .. 2026-05-01 carried as long as the account
//! draw x 5:00 on 2026-04-10                                  -> A 4:00, deficit 0:30, not drawn 0:30
//! release x                                                  -> A 4:00, deficit 0:30
//! revoke A                                                   -> becomes deficit x 4:00     (or: no deficit)
//! cover x 1:00 from B                                        -> left 3:00, deficit 0:00
//! balance-invoice I on 2026-05-02 for x 1:00, y 2:00         -> covers x 1:00, covers y 2:00, left 0:00
//! end 2026-05-01                                             -> lapses A 2:00              (if anything lapses)
//! end none
//! books closed until 2026-05-01
//! from-anchor 2026-01-31 every 1 month                       (the periods of the grants after it)
//! available, left, lapsed, deficit, balance, valid, period   what must be so at this point
//! passbook 2026-04-01 .. 2026-05-01                          its rows follow
//! late 1:00 on 2026-04-30 seen 2026-05-10                    -> A 1:00, A lapses 0:00 instead of 1:00 on 2026-05-01, today 0:00
//! statement (2, 2026-04-30) .. (5, 2026-05-31) holds x       -> opening 4:00, closing 2:00, its rows follow
//! ```

mod commands;
mod rows;

use domain::{
    AccountId, CustomerId, DateRange, Periods,
    quota::{Account, Entry, Ledger, QuotaError},
};
use uuid::Uuid;

use crate::story_words::{self, Words, date, first_word, on_date, range, squeezed};

/// A story in the middle of being run.
struct Telling {
    words: Words,
    ledger: Ledger,
    entries: Vec<Entry>,
    /// The periods in which lots are carried over, if the story names them; else those of each lot's own length.
    periods: Option<Periods>,
    /// How many lines said what they expect.
    expectations: usize,
    /// The rows of the passbook or the statement that the story has still to name.
    rows: Vec<String>,
}

/// Runs a story. Errors with `file:line: expected ..., found ...` at the first line that does not come out as written.
pub fn tell(file: &str, text: &str) -> Result<(), String> {
    let mut telling: Option<Telling> = None;
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
        let told = match (&mut telling, line.strip_prefix("account ")) {
            (None, Some(terms)) => Telling::start(terms).map(|started| telling = Some(started)),
            (None, None) => Err("the first line names the `account`".to_owned()),
            (Some(_), Some(_)) => Err("a story has one `account`".to_owned()),
            (Some(telling), None) => telling.line(&line),
        };
        told.map_err(|error| format!("{file}:{number}: {error}"))?;
    }
    let told = telling.map_or(Err("the story has no `account`".to_owned()), |mut telling| telling.finish());
    told.map_err(|error| format!("{file}:{last}: {error}"))
}

fn compare(expected: &str, found: &str) -> Result<(), String> {
    let said = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
    if expected == found { Ok(()) } else { Err(format!("expected {}, found {}", said(expected), said(found))) }
}

impl Telling {
    fn start(terms: &str) -> Result<Telling, String> {
        let (words, policy) = story_words::account(terms)?;
        let (id, customer) = (AccountId::new(Uuid::from_u128(1)), CustomerId::new(Uuid::from_u128(2)));
        let ledger = Ledger::new(Account { id, customer, unit: words.unit, policy });
        Ok(Telling { words, ledger, entries: Vec::new(), periods: None, expectations: 0, rows: Vec::new() })
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with(|first: char| first.is_ascii_digit()) {
            return self.row(line);
        }
        self.no_more_rows()?;
        let (said, expected) = line.split_once(" -> ").map_or((line, None), |(said, out)| (said, Some(out)));
        let (word, rest) = first_word(said);
        match (word, expected) {
            // A grant that covers nothing and an end by which nothing is lost have nothing to say.
            ("grant" | "end", _) => self.commanded(word, rest, expected.unwrap_or_default(), expected.is_some()),
            ("draw" | "release" | "revoke" | "cover" | "balance-invoice" | "late" | "statement", None) => {
                Err(format!("`{word}` does not say what comes out (`-> ...`)"))
            }
            ("draw" | "release" | "revoke" | "cover" | "balance-invoice" | "late", Some(out)) => {
                self.commanded(word, rest, out, true)
            }
            ("statement", Some(out)) => {
                self.expectations += 1;
                let (found, rows) = self.statement(rest)?;
                self.rows = rows;
                compare(out, &found)
            }
            ("books" | "from-anchor", None) => self.setting(word, rest),
            ("available" | "deficit" | "left" | "lapsed" | "balance" | "valid" | "period" | "passbook", None) => {
                self.expectations += 1;
                self.state(word, rest)
            }
            (_, Some(expected)) => Err(format!("unknown word {word:?} with result {expected:?}")),
            (_, None) => Err(format!("unknown word {word:?}")),
        }
    }

    fn commanded(&mut self, word: &str, rest: &str, expected: &str, says: bool) -> Result<(), String> {
        let found = self.command(word, rest)?;
        self.expectations += usize::from(says);
        compare(expected, &found)
    }

    /// A line that changes what the commands after it find.
    fn setting(&mut self, word: &str, text: &str) -> Result<(), String> {
        if word == "from-anchor" {
            self.periods = Some(story_words::periods(text)?);
            return Ok(());
        }
        let closed = text.strip_prefix("closed until ").ok_or("the books are `closed until` a date")?;
        self.ledger.view.books_closed_until = Some(date(closed)?);
        Ok(())
    }

    /// Posts what was decided; a refused command leaves everything as it was.
    fn post(&mut self, entries: Vec<Entry>) -> Result<(), QuotaError> {
        let mut next = self.ledger.clone();
        entries.iter().try_for_each(|entry| next.post(entry))?;
        self.ledger = next;
        self.entries.extend(entries);
        Ok(())
    }

    /// A line that only looks: what it says must be so.
    fn state(&mut self, word: &str, text: &str) -> Result<(), String> {
        let view = &self.ledger.view;
        let (expected, found) = match word {
            "available" => {
                let (expected, date) = on_date(text, " on ")?;
                match view.available(date) {
                    Ok(amount) => (expected, amount),
                    Err(error) => return Err(self.words.refusal(&error)),
                }
            }
            "deficit" => (text, view.open_deficit().map_err(|error| error.to_string())?),
            "balance" => (text, self.ledger.balance),
            "left" | "lapsed" => {
                let (name, rest) = first_word(text);
                let id = self.words.lot_id(name);
                let state = view.lot(id).ok_or(format!("there is no lot {name}"))?;
                let (expected, found) = if word == "left" {
                    (rest, state.left())
                } else {
                    let (expected, date) = on_date(rest, " by ")?;
                    (expected, state.lapsed(date))
                };
                (expected, found.map_err(|error| error.to_string())?)
            }
            "valid" | "period" => {
                let (name, rest) = first_word(text);
                let found = if word == "valid" { self.valid(name)? } else { self.period(name)? };
                return compare(&story_words::written_range(range(rest)?), &story_words::written_range(found));
            }
            _ => {
                self.rows = self.passbook(range(text)?)?;
                return Ok(());
            }
        };
        self.words.amount(expected)?;
        compare(expected, &self.words.written(found))
    }

    fn valid(&mut self, name: &str) -> Result<DateRange, String> {
        let id = self.words.lot_id(name);
        self.ledger.view.lot(id).map(|state| state.lot.valid).ok_or(format!("there is no lot {name}"))
    }

    fn period(&self, number: &str) -> Result<DateRange, String> {
        let number = number.parse::<i64>().map_err(|_| format!("{number:?} is not the number of a period"))?;
        let periods = self.periods.ok_or("the story names no periods (`from-anchor`)")?;
        periods.nth(number).ok_or(format!("there is no period {number}"))
    }

    /// The next row of the passbook or the statement that was asked for.
    fn row(&mut self, expected: &str) -> Result<(), String> {
        let found = if self.rows.is_empty() { String::new() } else { self.rows.remove(0) };
        compare(expected, &found)
    }

    fn no_more_rows(&mut self) -> Result<(), String> {
        self.rows.first().map_or(Ok(()), |row| compare("", row))
    }

    fn finish(&mut self) -> Result<(), String> {
        self.no_more_rows()?;
        if self.expectations == 0 { Err("the story expects nothing".to_owned()) } else { Ok(()) }
    }
}
