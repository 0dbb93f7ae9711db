//! Statements in XML: what is booked in messages of the family camt, of whichever version.
//!
//! An entry that several transactions make up is a line for each of them, as long as they come to what was booked; else
//! it is one line that says so. What is not booked yet is counted and left out.

use super::{
    BankFault, BankFile, EntryFault, MOST_BANK_LINES, short, small_account,
    xml::{self, Element},
};

mod entry;

/// The messages with entries, and what in them holds those of one account.
const MESSAGES: [(&str, &str); 3] =
    [("BkToCstmrStmt", "Stmt"), ("BkToCstmrAcctRpt", "Rpt"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn")];

/// Reads what is booked on all accounts of a file, in its order.
pub(super) fn read(text: &str) -> Result<BankFile, BankFault> {
    let root = xml::tree(text)?;
    let messages = messages(&root);
    if messages.is_empty() {
        let message = root.children.first().filter(|_| root.name == "Document").unwrap_or(&root);
        return Err(BankFault::NotAStatement { found: short(&message.name) });
    }
    let accounts = messages.into_iter().flat_map(|(message, holder)| message.all(holder));
    let entries = accounts.flat_map(|account| account.all("Ntry").map(move |entry| (account, entry)));
    let mut file = BankFile::default();
    for (place, (account, entry)) in (1_usize..).zip(entries) {
        let wrong = |fault| BankFault::Entry { entry: place, line: xml::place(text, entry.start).0, fault };
        if is_booked(entry).map_err(wrong)? {
            file.lines.extend(entry::lines(&number_of(account), entry).map_err(wrong)?);
        } else {
            file.pending = file.pending.saturating_add(1);
        }
    }
    if file.lines.is_empty() {
        return Err(BankFault::NothingBooked { pending: file.pending });
    }
    if file.lines.len() > MOST_BANK_LINES {
        return Err(BankFault::TooManyLines { most: MOST_BANK_LINES, found: file.lines.len() });
    }
    for (place, line) in (1_usize..).zip(&mut file.lines) {
        line.line = place;
    }
    Ok(file)
}

/// The messages with entries in an element, in whatever they are wrapped, each with the name of what holds the entries.
fn messages(element: &Element) -> Vec<(&Element, &'static str)> {
    match MESSAGES.iter().find(|(message, _)| element.name == *message) {
        Some((_, holder)) => vec![(element, *holder)],
        None => element.children.iter().flat_map(messages).collect(),
    }
}

/// The number of the account whose entries these are.
fn number_of(account: &Element) -> String {
    small_account(account.first_text(&[&["Acct", "Id", "IBAN"], &["Acct", "Id", "Othr", "Id"]]))
}

/// Whether an entry is booked; not when it is pending, lies in the future, or is only told of.
fn is_booked(entry: &Element) -> Result<bool, EntryFault> {
    match entry.first_text(&[&["Sts"], &["Sts", "Cd"], &["Sts", "Prtry"]]) {
        "BOOK" => Ok(true),
        "PDNG" | "FUTR" | "INFO" => Ok(false),
        "" => Err(EntryFault::Missing { element: "Sts".to_owned() }),
        found => Err(EntryFault::NotAStatus { found: short(found) }),
    }
}
