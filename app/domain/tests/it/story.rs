//! Runs one story: its commands on the engine, line by line, and compares what comes out with what is written.
//!
//! The result of a line is written out as text in full and compared as text: every part, in its order, the deficit
//! and what is not drawn. So nothing can come out that the story does not say.

use domain::{
    AccountId, CustomerId, DateRange,
    quota::{
        Account, Amount, DrawRequest, Entry, GrantRequest, Ledger, Movement, PassbookRow, Posting, QuotaError, draw,
        grant, passbook, release,
    },
};
use uuid::Uuid;

use crate::story_words::{self, Words, date, days, range, squeezed};

/// A story in the middle of being run.
struct Telling {
    words: Words,
    ledger: Ledger,
    entries: Vec<Entry>,
    /// How many lines said what they expect.
    expectations: usize,
    /// The rows of the passbook that the story has still to name.
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

/// Cuts `name rest`.
fn first_word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// Cuts `amount on date`.
fn on_date<'a>(text: &'a str, word: &str) -> Result<(&'a str, chrono::NaiveDate), String> {
    let (before, after) = text.split_once(word).ok_or(format!("{text:?} does not say{word}which date"))?;
    Ok((before, date(after)?))
}

impl Telling {
    fn start(terms: &str) -> Result<Telling, String> {
        let (words, policy) = story_words::account(terms)?;
        let (id, customer) = (AccountId::new(Uuid::from_u128(1)), CustomerId::new(Uuid::from_u128(2)));
        let ledger = Ledger::new(Account { id, customer, unit: words.unit, policy });
        Ok(Telling { words, ledger, entries: Vec::new(), expectations: 0, rows: Vec::new() })
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with(|first: char| first.is_ascii_digit()) {
            return self.row(line);
        }
        self.no_more_rows()?;
        let (said, expected) = line.split_once(" -> ").map_or((line, None), |(said, out)| (said, Some(out)));
        let (word, rest) = first_word(said);
        match (word, expected) {
            ("grant", _) => {
                let found = self.grant(rest)?;
                self.expectations += usize::from(expected.is_some());
                compare(expected.unwrap_or_default(), &found)
            }
            ("draw" | "release", None) => Err(format!("`{word}` does not say what comes out (`-> ...`)")),
            ("draw" | "release", Some(expected)) => {
                let found = if word == "draw" { self.draw(rest)? } else { self.release(rest) };
                self.expectations += 1;
                compare(expected, &found)
            }
            ("available" | "deficit" | "left" | "lapsed" | "balance" | "passbook", None) => {
                self.expectations += 1;
                self.state(word, rest)
            }
            (_, Some(expected)) => Err(format!("unknown word {word:?} with result {expected:?}")),
            (_, None) => Err(format!("unknown word {word:?}")),
        }
    }

    /// Posts what was decided; a refused command leaves everything as it was.
    fn post(&mut self, entries: Vec<Entry>) -> Result<(), QuotaError> {
        let mut next = self.ledger.clone();
        entries.iter().try_for_each(|entry| next.post(entry))?;
        self.ledger = next;
        self.entries.extend(entries);
        Ok(())
    }

    fn grant(&mut self, text: &str) -> Result<String, String> {
        let (name, rest) = first_word(text);
        let (amount, validity) = first_word(rest);
        let (valid_from, valid_until) = days(validity)?;
        let (lot, amount) = (self.words.lot_id(name), self.words.amount(amount)?);
        let decided = grant(&self.ledger.view, &GrantRequest { lot, amount, valid_from, valid_until }).and_then(|d| {
            self.post(d.entries(&self.ledger.view)?)?;
            Ok(self.words.covers(&d.covers, d.left))
        });
        Ok(decided.unwrap_or_else(|error| self.words.refusal(&error)))
    }

    fn draw(&mut self, text: &str) -> Result<String, String> {
        let (name, rest) = first_word(text);
        let (wanted, date) = on_date(rest, " on ")?;
        let request = DrawRequest { draw: self.words.draw_id(name), date, wanted: self.words.amount(wanted)? };
        let decided = draw(&self.ledger.view, &request).and_then(|d| {
            self.post(vec![d.entry(&self.ledger.view)])?;
            Ok(self.words.parts(&d.parts, d.deficit, d.not_drawn))
        });
        Ok(decided.unwrap_or_else(|error| self.words.refusal(&error)))
    }

    fn release(&mut self, name: &str) -> String {
        let draw = self.words.draw_id(name);
        let posted = self.ledger.draws.get(&draw).ok_or(QuotaError::UnknownDraw { draw });
        let decided = posted.and_then(release).and_then(|d| {
            self.post(vec![d.entry(&self.ledger.view)])?;
            Ok(self.words.parts(&d.parts, d.deficit, Amount::ZERO))
        });
        decided.unwrap_or_else(|error| self.words.refusal(&error))
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
            _ => {
                self.rows = self.passbook(range(text)?)?;
                return Ok(());
            }
        };
        self.words.amount(expected)?;
        compare(expected, &self.words.written(found))
    }

    /// The rows of the passbook as text; the opening balance is that of everything before.
    fn passbook(&self, shown: DateRange) -> Result<Vec<String>, String> {
        let rows = |opening, range: DateRange| -> Result<Vec<PassbookRow>, String> {
            let entries = self.entries.iter().filter(|entry| range.contains(entry.date)).cloned().collect();
            passbook(opening, entries, &self.ledger.view.lots, range).map_err(|error| error.to_string())
        };
        let nothing = Amount::ZERO;
        let before = rows(nothing, DateRange { from: chrono::NaiveDate::MIN, until: Some(shown.from) })?;
        let opening = before.last().map_or(nothing, |row| row.balance);
        Ok(rows(opening, shown)?.iter().map(|row| self.row_text(row)).collect())
    }

    fn row_text(&self, row: &PassbookRow) -> String {
        let text = match &row.posting {
            Posting::Lapse { lot } => format!("{} lapses", self.words.lot(*lot)),
            Posting::Entry(entry) => match &entry.movement {
                Movement::Grant { lot } => format!("grant {}", self.words.lot(lot.id)),
                Movement::Draw { draw, .. } => format!("draw {}", self.words.draw(*draw)),
                Movement::Release { draw, .. } => format!("release {}", self.words.draw(*draw)),
                Movement::Cover { draw, lot, amount } => {
                    let (lot, draw) = (self.words.lot(*lot), self.words.draw(*draw));
                    format!("{lot} covers {draw} {}", self.words.written(*amount))
                }
            },
        };
        format!("{} {text} {} {}", row.date, self.words.signed(row.amount), self.words.written(row.balance))
    }

    /// The next row of the passbook that was asked for.
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
