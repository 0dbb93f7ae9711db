//! The file of a bank: transactions as text with a heading, as German and English banks write it, or a statement in
//! XML.
//!
//! Of text, separator, quotes and decimal mark are found out; columns are found by their names, and what stands before
//! the heading is passed over. Of XML, the messages of the family camt are read: camt.053, a statement, and camt.052 and
//! camt.054, which hold the same entries. A file that is broken anywhere is refused as a whole, with the place and what
//! is wrong there.
//!
//! A transaction is known again in another file by what this one says of it ([`BankLine::identity`]). Where a statement
//! in XML gives the bank's own reference, that decides, together with account, day and amount, because some banks begin
//! anew each day. Not known again is what two files say differently: a transaction in CSV and in XML, the sum of a batch
//! and its parts, and whatever is booked on another day in the second one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::MOST_RECEIPT;
use crate::{Currency, money::decimals};

mod camt;
mod cells;
mod csv;
mod encoding;
mod fault;
mod figures;
mod xml;

pub use encoding::decode;
pub use fault::{BankFault, EntryFault};

/// The longest file of text, in bytes.
pub const MOST_BYTES: usize = 1_000_000;
/// The longest file of XML, in bytes: it says the same in more words.
pub const MOST_XML_BYTES: usize = 2_500_000;
/// The most transactions in a file.
pub const MOST_BANK_LINES: usize = 2_000;

/// A transaction of a bank file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankLine {
    /// Its line in the file, from 1; of XML, where several may stand in one line, its place among the transactions.
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
    /// What it is known by: account, date, amount, the bank's own reference or else payer and text, and how often the
    /// same was in the file before it.
    pub identity: String,
    /// That it is several transactions which the file does not tell apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
}

/// Several transactions that a bank booked as one, and that a file does not tell apart so that they add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// How many they are.
    pub parts: usize,
    /// What they come to, in minor units of the line; none where the amount of any is not told.
    pub sum: Option<i64>,
}

/// What a bank file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BankFile {
    /// Its transactions, in its order.
    pub lines: Vec<BankLine>,
    /// How many entries were left out because they are not booked yet.
    pub pending: usize,
}

/// Reads a file.
pub fn read(text: &str) -> Result<BankFile, BankFault> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(BankFault::Empty);
    }
    if encoding::is_zip(text) {
        return Err(BankFault::Zip);
    }
    let is_xml = text.trim_start().starts_with('<');
    let most = if is_xml { MOST_XML_BYTES } else { MOST_BYTES };
    if text.len() > most {
        return Err(BankFault::TooLong { most, found: text.len() });
    }
    let mut file = if is_xml { camt::read(text)? } else { BankFile { lines: csv::read(text)?, pending: 0 } };
    tell_apart(&mut file.lines);
    Ok(file)
}

/// Equal transactions are told apart by how often the same was in the file before.
fn tell_apart(lines: &mut [BankLine]) {
    let mut seen = BTreeMap::<String, usize>::new();
    for line in lines {
        let times = seen.entry(line.identity.clone()).or_default();
        *times = times.saturating_add(1);
        line.identity = format!("{}|{times}", line.identity);
    }
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
