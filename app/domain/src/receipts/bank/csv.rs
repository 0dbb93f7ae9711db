//! Transactions as text with a heading: the separator is the one that gives a heading, columns are found by their names.

use super::{
    BankFault, BankLine, MOST_BANK_LINES,
    cells::{Row, rows},
    figures::{day, decimal_mark, number},
    minor, short, small_account, tidy,
};
use crate::Currency;

/// Within how many lines the heading has to come.
const MOST_BEFORE: usize = 30;

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

/// The transactions below the heading.
pub(super) fn read(text: &str) -> Result<Vec<BankLine>, BankFault> {
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
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        // Some banks end every line with a separator.
        let cells = row.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last.saturating_add(1));
        let fewest = heading.place(Column::Amount).map_or(0, |place| place.saturating_add(1));
        if cells > wanted || row.cells.len() < fewest {
            return Err(BankFault::Cells { line: row.line, wanted, found: row.cells.len() });
        }
        lines.push(line(heading, row, mark)?);
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
    Ok(BankLine { line: row.line, date, amount, currency, name, text, identity, batch: None })
}
