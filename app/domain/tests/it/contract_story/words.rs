//! What comes out of a story of contracts, in the words of an accountant.

use domain::{
    Currency, Price,
    contracts::{BilledLine, TermsError},
    documents::Totals,
    quota::Amount,
};

use crate::story_words;

/// The words that have a result.
pub const KNOWN: [&str; 21] = [
    "bill",
    "cancel",
    "delete",
    "re-run",
    "note",
    "balancing-invoice",
    "passbook",
    "outlook",
    "timeline",
    "ending",
    "draw",
    "end",
    "period",
    "due",
    "to-do",
    "quota-period",
    "available",
    "lapsed",
    "covers",
    "number",
    "yearly",
];

/// The words of the rows that follow a result.
pub const ROWS: [&str; 19] = [
    "line",
    "vat",
    "lot",
    "unbillable",
    "due-on",
    "lapses",
    "freed",
    "revoked",
    "deficit",
    "covered",
    "uncovered",
    "step",
    "instead",
    "free",
    "last",
    "lost",
    "beyond",
    "drawn",
    "owed",
];

/// The words for which a story needs no contract.
pub const WITHOUT_CONTRACT: [&str; 3] = ["covers", "number", "yearly"];

/// `field: what is wrong; field: what is wrong`.
pub fn faults(faults: &[(&'static str, TermsError)]) -> Option<String> {
    let said: Vec<_> = faults.iter().map(|(field, error)| format!("{field}: {error}")).collect();
    if said.is_empty() { None } else { Some(said.join("; ")) }
}

/// `399.99` of minor units.
pub fn money(minor: i64, currency: Currency) -> String {
    let account = format!("money {}, no overbooking", currency.code());
    let (words, _) = story_words::account(&account).expect("a currency");
    words.written(Amount::new(minor))
}

/// `8:00`.
pub fn seconds(text: &str) -> Result<i64, String> {
    let (words, _) = story_words::account("time, no overbooking")?;
    words.amount(text).map(Amount::units)
}

/// `399.99 + 76.00 = 475.99`.
pub fn totals(totals: &Totals, currency: Currency) -> String {
    let [net, vat, gross] = [totals.net, totals.vat, totals.gross].map(|minor| money(minor, currency));
    format!("{net} + {vat} = {gross}")
}

/// `2.5 hours x 100.00 less 33.33 % = 166.68`.
pub fn line(billed: &BilledLine, currency: Currency) -> String {
    let line = &billed.line;
    let quantity = line.quantity.to_string();
    let plural = if quantity == "1" { "" } else { "s" };
    let discount = line.discount.to_string();
    let less = if discount == "0" { String::new() } else { format!(" less {discount} %") };
    let total = money(billed.total, currency);
    format!("{quantity} {}{plural} x {}{less} = {total}", line.unit.name(), price(line.price))
}

/// With two decimals at least.
pub fn price(price: Price) -> String {
    let mut value = price.value();
    value.rescale(value.scale().max(2));
    value.to_string()
}
