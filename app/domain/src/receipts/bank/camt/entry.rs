//! The lines of an entry: when it was booked, how much of it each transaction is, who paid, what for, and by what it is
//! known.

use chrono::NaiveDate;

use super::super::{
    BankLine, Batch, EntryFault,
    figures::{day, number},
    minor, short, tidy,
    xml::Element,
};
use crate::Currency;

/// What the lines of an entry have in common.
struct Booked<'e> {
    account: &'e str,
    entry: &'e Element,
    date: NaiveDate,
    currency: Currency,
    /// Whether the other end is the one who pays.
    from_debtor: bool,
}

/// By what references a transaction is known.
#[derive(Clone, Copy)]
struct Known<'e> {
    /// The bank's own of just this transaction.
    own: Option<&'e str>,
    /// The bank's own of all that was booked with it.
    shared: Option<&'e str>,
}

/// The lines of a booked entry: one for each of its transactions, or one for all of it.
pub(super) fn lines(account: &str, entry: &Element) -> Result<Vec<BankLine>, EntryFault> {
    let (minor, currency) = money(entry.at(&["Amt"]).ok_or_else(|| missing("Amt"))?)?;
    let came_in = came_in(entry)?.ok_or_else(|| missing("CdtDbtInd"))?;
    let amount = directed(minor, came_in);
    // The parties of what takes a booking back are those of that booking.
    let taken_back = matches!(entry.text_at(&["RvslInd"]), "true" | "1");
    let from_debtor = came_in != taken_back;
    let booked = Booked { account, entry, date: booked_on(entry)?, currency, from_debtor };
    let whole = reference(entry.text_at(&["AcctSvcrRef"]));
    let details: Vec<&Element> = entry.all("NtryDtls").flat_map(|details| details.all("TxDtls")).collect();
    if let [] | [_] = details[..] {
        let own = whole.or_else(|| details.first().and_then(|detail| own_reference(detail)));
        let told = entry.text_at(&["NtryDtls", "Btch", "NbOfTxs"]).parse::<usize>().ok().filter(|told| *told > 1);
        let batch = told.map(|parts| Batch { parts, sum: None });
        return Ok(vec![booked.line(amount, &details, Known { own, shared: None }, batch)]);
    }
    let mut amounts = Vec::<i64>::with_capacity(details.len());
    for detail in &details {
        amounts.extend(part(detail, currency, came_in)?);
    }
    let sum = amounts.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part));
    let sum = sum.filter(|_| amounts.len() == details.len());
    if sum != Some(amount) {
        let batch = Batch { parts: details.len(), sum };
        return Ok(vec![booked.line(amount, &details, Known { own: whole, shared: None }, Some(batch))]);
    }
    let parts = details.iter().zip(amounts).map(|(detail, amount)| {
        let own = own_reference(detail).filter(|own| Some(*own) != whole);
        booked.line(amount, &[*detail], Known { own, shared: whole }, None)
    });
    Ok(parts.collect())
}

impl Booked<'_> {
    fn line(&self, amount: i64, details: &[&Element], known: Known, batch: Option<Batch>) -> BankLine {
        let (name, text) = (tidy(&self.name(details)), tidy(&self.text(details)));
        let Booked { account, date, currency, .. } = *self;
        let key = format!("{account}|{date}|{amount}|{}", currency.code());
        let identity = match known {
            Known { own: Some(own), .. } => format!("{key}|#{own}"),
            Known { shared: Some(shared), .. } => format!("{key}|#{shared}|{name}|{text}"),
            // As other files say it.
            Known { .. } => format!("{key}|{name}|{text}"),
        };
        BankLine { line: 0, date, amount, currency, name, text, identity, batch }
    }

    /// Who is at the other end.
    fn name(&self, details: &[&Element]) -> String {
        let roles = if self.from_debtor { ["Dbtr", "UltmtDbtr"] } else { ["Cdtr", "UltmtCdtr"] };
        let party = |detail: &&Element| {
            let parties = roles.iter().filter_map(|role| detail.at(&["RltdPties", *role]));
            let mut names = parties.map(|party| party.first_text(&[&["Nm"], &["Pty", "Nm"]]).to_owned());
            names.find(|name| !name.is_empty())
        };
        let mut names: Vec<String> = details.iter().filter_map(party).collect();
        names.dedup();
        names.join(", ")
    }

    /// What it is for; where nobody has said so, what kind of booking it is.
    fn text(&self, details: &[&Element]) -> String {
        let mut words: Vec<&str> = details.iter().flat_map(|detail| purpose(detail)).collect();
        if words.is_empty() {
            words.extend(details.iter().map(|detail| detail.text_at(&["AddtlTxInf"])));
            words.push(self.entry.text_at(&["AddtlNtryInf"]));
        }
        words.join(" ")
    }
}

/// What a transaction is for: what was written, what it refers to, and what the payer knows it by.
fn purpose(detail: &Element) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for remittance in detail.all("RmtInf") {
        words.extend(remittance.all("Ustrd").map(|written| written.text.trim()));
        for structured in remittance.all("Strd") {
            words.extend(structured.all("RfrdDocInf").map(|document| document.text_at(&["Nb"])));
            words.push(structured.text_at(&["CdtrRefInf", "Ref"]));
            words.extend(structured.all("AddtlRmtInf").map(|written| written.text.trim()));
        }
    }
    let end_to_end = detail.text_at(&["Refs", "EndToEndId"]);
    if end_to_end != "NOTPROVIDED" && !words.iter().any(|word| word.contains(end_to_end)) {
        words.push(end_to_end);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn missing(element: &str) -> EntryFault {
    EntryFault::Missing { element: element.to_owned() }
}

/// A reference that tells anything: not the word for none, and not only zeros.
fn reference(written: &str) -> Option<&str> {
    let tells = written.chars().any(|c| c.is_alphanumeric() && c != '0');
    (tells && !matches!(written, "NONREF" | "NOTPROVIDED")).then_some(written)
}

fn own_reference(detail: &Element) -> Option<&str> {
    reference(detail.text_at(&["Refs", "AcctSvcrRef"]))
}

/// Whether money came in or went away; none where that is not said.
fn came_in(element: &Element) -> Result<Option<bool>, EntryFault> {
    match element.text_at(&["CdtDbtInd"]) {
        "CRDT" => Ok(Some(true)),
        "DBIT" => Ok(Some(false)),
        "" => Ok(None),
        found => Err(EntryFault::NotADirection { found: short(found) }),
    }
}

fn directed(minor: i64, came_in: bool) -> i64 {
    if came_in { minor } else { minor.saturating_neg() }
}

/// An amount exactly, with its currency. Its direction stands elsewhere, and there are no marks between thousands.
fn money(amount: &Element) -> Result<(i64, Currency), EntryFault> {
    let currency = Currency::from_code(&amount.currency);
    let currency = currency.ok_or_else(|| EntryFault::NotACurrency { found: short(&amount.currency) })?;
    let written = amount.text.trim();
    let plain = written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let exact = number(written, '.').filter(|_| plain).and_then(|number| minor(number, currency));
    Ok((exact.ok_or_else(|| EntryFault::NotAnAmount { found: short(written) })?, currency))
}

/// What a transaction comes to in the currency in which it was booked; none where that is not told.
fn part(detail: &Element, currency: Currency, came_in: bool) -> Result<Option<i64>, EntryFault> {
    const PLACES: [&[&str]; 3] = [&["Amt"], &["AmtDtls", "TxAmt", "Amt"], &["AmtDtls", "InstdAmt", "Amt"]];
    let mut told = PLACES.iter().filter_map(|path| detail.at(path));
    let Some(amount) = told.find(|amount| amount.currency == currency.code()) else { return Ok(None) };
    let came_in = self::came_in(detail)?.unwrap_or(came_in);
    Ok(Some(directed(money(amount)?.0, came_in)))
}

/// The day on which an entry was booked. A time or a zone may follow it: the day is that of the bank.
fn booked_on(entry: &Element) -> Result<NaiveDate, EntryFault> {
    let written = entry.first_text(&[&["BookgDt", "Dt"], &["BookgDt", "DtTm"], &["ValDt", "Dt"], &["ValDt", "DtTm"]]);
    if written.is_empty() {
        return Err(missing("BookgDt"));
    }
    let (date, rest) = written.split_at_checked(10).unwrap_or((written, ""));
    let plain = date.as_bytes().get(4) == Some(&b'-') && (rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-']));
    day(date).filter(|_| plain).ok_or_else(|| EntryFault::NotADay { found: short(written) })
}
