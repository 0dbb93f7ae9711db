//! The file of a bank: transactions as text with a heading, as German and English banks write it.
//!
//! Separator, quotes and decimal mark are found out; columns are found by their names, and what stands before the heading
//! is passed over. A file that is broken anywhere is refused as a whole, with the line and what is wrong there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::MOST_RECEIPT;
use crate::{Currency, money::decimals};

mod cells;
mod figures;

use cells::{Row, rows};
use figures::{day, decimal_mark, number};

/// The longest file, in bytes.
pub const MOST_BYTES: usize = 1_000_000;
/// The most transactions in a file.
pub const MOST_BANK_LINES: usize = 2_000;
/// Within how many lines the heading has to come.
const MOST_BEFORE: usize = 30;

/// A transaction of a bank file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankLine {
    /// Its line in the file, from 1.
    pub line: usize,
    /// The day on which it was booked.
    pub date: NaiveDate,
    /// How much, in minor units; negative went away.
    pub amount: i64,
    /// In which currency; the euro where the file does not say.
    pub currency: Currency,
    /// Who paid.
    pub name: String,
    /// What for.
    pub text: String,
    /// What it is known by: account, date, amount, payer, text, and how often the same was in the file before it.
    pub identity: String,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "bank", rename_all = "snake_case")]
pub enum BankFault {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is longer than the program takes.
    #[error("{found} bytes are more than {most}")]
    TooLong {
        /// The most bytes.
        most: usize,
        /// How many came.
        found: usize,
    },
    /// It has more transactions than the program takes.
    #[error("{found} transactions are more than {most}")]
    TooManyLines {
        /// The most.
        most: usize,
        /// How many came.
        found: usize,
    },
    /// No line names a column for the day and one for the amount.
    #[error("no heading with a day and an amount")]
    NoHeading,
    /// There is nothing below the heading.
    #[error("no transactions")]
    NoLines,
    /// A quote is opened and never closed.
    #[error("line {line}: a quote is not closed")]
    OpenQuote {
        /// The line in which it is opened.
        line: usize,
    },
    /// A line has fewer or more cells than the heading.
    #[error("line {line}: {found} cells instead of {wanted}")]
    Cells {
        /// The line.
        line: usize,
        /// What the heading has.
        wanted: usize,
        /// What the line has.
        found: usize,
    },
    /// A day cannot be read, or no books are kept on it.
    #[error("line {line}: {found:?} is no day")]
    NotADay {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// An amount cannot be read.
    #[error("line {line}: {found:?} is no amount")]
    NotAnAmount {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// There is no such currency.
    #[error("line {line}: {found:?} is no currency")]
    NotACurrency {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
    },
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Day,
    Value,
    Amount,
    Sign,
    Currency,
    Name,
    Text,
    Account,
}

/// The names of columns, small and without anything but letters; what stands first is taken first.
const NAMES: [(Column, &[&str]); 8] = [
    (Column::Day, &["buchungstag", "buchungsdatum", "buchung", "datum", "bookingdate", "date", "transactiondate"]),
    (Column::Value, &["valuta", "valutadatum", "wertstellung", "wertstellungstag", "valuedate"]),
    (Column::Amount, &["betrag", "betrageur", "umsatz", "umsatzeur", "amount", "amounteur"]),
    (Column::Sign, &["sollhaben", "sh", "debitcredit", "creditdebitindicator"]),
    (Column::Currency, &["waehrung", "currency"]),
    (
        Column::Name,
        &[
            "namezahlungsbeteiligter",
            "beguenstigterzahlungspflichtiger",
            "zahlungspflichtiger",
            "zahlungspflichtigerr",
            "auftraggeberbeguenstigter",
            "auftraggeber",
            "name",
            "payer",
            "counterparty",
            "payee",
        ],
    ),
    (
        Column::Text,
        &[
            "verwendungszweck",
            "buchungsdetails",
            "vorgangverwendungszweck",
            "reference",
            "description",
            "purpose",
            "details",
        ],
    ),
    (
        Column::Account,
        &["ibanauftragskonto", "auftragskonto", "kontonummer", "konto", "account", "accountiban", "iban"],
    ),
];

/// Which column stands where.
#[derive(Debug)]
struct Heading(Vec<(Column, usize)>);

impl Heading {
    /// The heading that a row is, if it names a day and an amount.
    fn of(row: &Row) -> Option<Heading> {
        let names: Vec<String> = row.cells.iter().map(|cell| small(cell)).collect();
        let place = |(column, known): &(Column, &[&str])| {
            let place = known.iter().find_map(|known| names.iter().position(|name| name == known))?;
            Some((*column, place))
        };
        let found = Heading(NAMES.iter().filter_map(place).collect());
        let day = found.place(Column::Day).or(found.place(Column::Value));
        (day.is_some() && found.place(Column::Amount).is_some()).then_some(found)
    }

    fn place(&self, column: Column) -> Option<usize> {
        self.0.iter().find(|(known, _)| *known == column).map(|(_, place)| *place)
    }

    /// What stands in a column; empty where there is none.
    fn cell<'r>(&self, column: Column, row: &'r Row) -> &'r str {
        self.place(column).and_then(|place| row.cells.get(place)).map_or("", |cell| cell.trim())
    }
}

fn small(name: &str) -> String {
    let name = name.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
    name.chars().filter(char::is_ascii_alphabetic).collect()
}

/// Text from the bytes of a file: UTF-8, and whatever is not that is taken for Windows-1252, as older banks write.
pub fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => bytes.iter().map(|byte| windows(*byte)).collect(),
    }
}

/// What Windows-1252 has where Latin-1 has control characters, from 0x80 on.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows(byte: u8) -> char {
    let place = byte.checked_sub(0x80).map(usize::from);
    place.and_then(|place| WINDOWS.get(place)).copied().unwrap_or(char::from(byte))
}

/// Reads the transactions of a file, in its order.
pub fn read(text: &str) -> Result<Vec<BankLine>, BankFault> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(BankFault::Empty);
    }
    if text.len() > MOST_BYTES {
        return Err(BankFault::TooLong { most: MOST_BYTES, found: text.len() });
    }
    let mut fault = BankFault::NoHeading;
    for separator in [';', ',', '\t'] {
        match rows(text, separator) {
            Ok(rows) => {
                let mut heading = rows.iter().take(MOST_BEFORE).enumerate();
                let heading = heading.find_map(|(place, row)| Some((place, Heading::of(row)?)));
                if let Some((place, heading)) = heading {
                    let (head, below) = rows.split_at(place.saturating_add(1));
                    let wanted = head.last().map_or(0, |row| row.cells.len());
                    return lines(&heading, wanted, below, separator);
                }
            }
            Err(broken) => fault = broken,
        }
    }
    Err(fault)
}

fn lines(heading: &Heading, wanted: usize, rows: &[Row], separator: char) -> Result<Vec<BankLine>, BankFault> {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.cells.iter().any(|cell| !cell.trim().is_empty())).collect();
    if rows.is_empty() {
        return Err(BankFault::NoLines);
    }
    if rows.len() > MOST_BANK_LINES {
        return Err(BankFault::TooManyLines { most: MOST_BANK_LINES, found: rows.len() });
    }
    let mark = decimal_mark(rows.iter().map(|row| heading.cell(Column::Amount, row)), separator);
    let mut seen = BTreeMap::<String, usize>::new();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        // Some banks end every line with a separator.
        let cells = row.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last.saturating_add(1));
        let fewest = heading.place(Column::Amount).map_or(0, |place| place.saturating_add(1));
        if cells > wanted || row.cells.len() < fewest {
            return Err(BankFault::Cells { line: row.line, wanted, found: row.cells.len() });
        }
        let mut line = line(heading, row, mark)?;
        let times = seen.entry(line.identity.clone()).or_default();
        *times = times.saturating_add(1);
        line.identity = format!("{}|{times}", line.identity);
        lines.push(line);
    }
    Ok(lines)
}

fn line(heading: &Heading, row: &Row, mark: char) -> Result<BankLine, BankFault> {
    let cell = |column| heading.cell(column, row);
    let written = if cell(Column::Day).is_empty() { cell(Column::Value) } else { cell(Column::Day) };
    let date = day(written).ok_or(BankFault::NotADay { line: row.line, found: short(written) })?;
    let code = cell(Column::Currency);
    let currency = match code {
        "" => Some(Currency::EUR),
        code => Currency::from_code(&code.to_uppercase()),
    };
    let currency = currency.ok_or(BankFault::NotACurrency { line: row.line, found: short(code) })?;
    let written = cell(Column::Amount);
    let wrong = || BankFault::NotAnAmount { line: row.line, found: short(written) };
    let amount = number(written, mark).and_then(|number| minor(number, currency)).ok_or_else(wrong)?;
    let amount = match cell(Column::Sign).to_uppercase().as_str() {
        "S" | "SOLL" | "D" | "DBIT" | "DEBIT" if amount > 0 => amount.checked_neg().ok_or_else(wrong)?,
        _ => amount,
    };
    let (name, text) = (tidy(cell(Column::Name)), tidy(cell(Column::Text)));
    let account = small_account(cell(Column::Account));
    let identity = format!("{account}|{date}|{amount}|{}|{name}|{text}", currency.code());
    Ok(BankLine { line: row.line, date, amount, currency, name, text, identity })
}

/// Exactly the minor units.
fn minor(number: Decimal, currency: Currency) -> Option<i64> {
    let factor = 10_i64.checked_pow(decimals(currency))?;
    let minor = number.checked_mul(Decimal::from(factor))?;
    let whole = minor.trunc();
    let minor = i64::try_from(whole).ok().filter(|_| whole == minor)?;
    (minor.unsigned_abs() <= MOST_RECEIPT.unsigned_abs()).then_some(minor)
}

/// One line, one blank between words, no control characters.
fn tidy(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(500).collect()
}

fn small_account(account: &str) -> String {
    account.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// As much of a text as fits into a sentence.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
