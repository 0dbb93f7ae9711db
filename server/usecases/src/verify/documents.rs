//! The audit of documents: lines, sums and VAT are what the domain computes; what is issued has a number and says to whom;
//! and no number of the range is missing.

use std::str::FromStr;

use domain::{
    Seconds,
    documents::{DocumentKind, DocumentState, LineUnit, NumberPattern, Totals, due_on},
};
use store::{
    Tx,
    audit::{self, KeptDocument},
    documents, fold, history,
};

use super::{Fault, Report, STEP, clearing};
use crate::{
    Env, Refused,
    billing::INVOICES,
    documents::{CANCELLATIONS, DELIVERY_NOTES},
    settings,
};

/// Audits every document, and the numbers of the range.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let found = audit::documents_after(&mut tx, &last, STEP).await?;
        let Some(end) = found.last() else { break };
        last = end.id.to_string();
        for document in &found {
            report.documents += 1;
            let fault = |what: String| {
                let what =
                    format!("document {}: {what}", document.number.clone().unwrap_or_else(|| document.id.to_string()));
                Fault { account: None, entry: None, what }
            };
            report.faults.extend(faults(document).into_iter().map(fault));
        }
    }
    let missing = missing(env, &mut env.db.read().await?).await?;
    report.faults.extend(missing.into_iter().map(|what| Fault { account: None, entry: None, what }));
    Ok(())
}

fn faults(document: &KeptDocument) -> Vec<String> {
    let mut faults = Vec::new();
    // What was cancelled was issued before.
    let issued = document.state != DocumentState::Draft;
    if issued != document.number.is_some() {
        faults.push(format!("it is {} and its number is {:?}", document.state.name(), document.number));
    }
    faults.extend(cancellation(document));
    if !document.found {
        faults.push("it is not found under its number".to_owned());
    }
    if issued && !document.signed {
        faults.push("it is issued and does not say to whom and by whom".to_owned());
    }
    let [date, due] = document.dates;
    if due_on(date, document.payment_days) != due {
        faults.push(format!("dated {date} and to be paid within {} days, it is due on {due}", document.payment_days));
    }
    for (place, kept) in document.lines.iter().enumerate() {
        // How long a working day was then is not known any more.
        if kept.line.unit != LineUnit::Day {
            let total = kept.line.total(document.currency, Seconds::HOUR).map(|money| money.minor);
            if total != Some(kept.total) {
                faults.push(format!("line {place} comes to {total:?}, kept {}", kept.total));
            }
            let seconds = kept.line.seconds(Seconds::HOUR).map(|time| time.0);
            if seconds != kept.seconds {
                faults.push(format!("line {place} takes {seconds:?} seconds, kept {:?}", kept.seconds));
            }
        }
        faults.extend(clearing::faults(document, kept).into_iter().map(|what| format!("line {place}: {what}")));
    }
    let sums = document.lines.iter().flat_map(|kept| [(kept.line.vat, kept.total), (kept.line.vat, kept.item)]);
    let sums = Totals::of(sums).map(|totals| [totals.net, totals.vat, totals.gross]);
    if (issued && document.lines.is_empty()) || sums != Some(document.sums) {
        faults.push(format!("its lines come to {sums:?} (net, VAT, gross), kept {:?}", document.sums));
    }
    faults
}

/// What is wrong with a cancellation: it undoes one cancelled document, whose negative it is.
fn cancellation(document: &KeptDocument) -> Vec<String> {
    let mut faults = Vec::new();
    let is_one = document.kind == DocumentKind::Cancellation;
    if is_one != document.cancels.is_some() || (is_one && document.state != DocumentState::Issued) {
        let (kind, state) = (document.kind.name(), document.state.name());
        faults.push(format!("it is a {kind}, {state}, and undoes {:?}", document.cancels));
    }
    match &document.cancels {
        None => {}
        Some((id, None)) => faults.push(format!("it undoes {id}, which is not there")),
        Some((id, Some(original))) => {
            if original.state != DocumentState::Cancelled || !original.same {
                faults.push(format!("it undoes {id}, which is not a cancelled document of the same customer"));
            }
            let negative = original.sums.map(i64::checked_neg);
            if document.sums.map(Some) != negative {
                let (sums, own) = (original.sums, document.sums);
                faults.push(format!("it comes to {own:?} (net, VAT, gross), what it undoes to {sums:?}"));
            }
        }
    }
    faults
}

/// What is wrong with the numbers of documents: each that a counter gave has to be on a document, in one of the patterns
/// that were ever set, and no document has one that no counter gave.
async fn missing(env: &Env, tx: &mut Tx) -> Result<Vec<String>, Refused> {
    let changes = history::list(tx, settings::SUBJECT, settings::ID, i64::MAX).await?;
    let fields: Vec<_> = changes.into_iter().flat_map(|change| change.fields).collect();
    let present = settings::read(env, tx).await?;
    let ranges = [
        (CANCELLATIONS, "cancellation_numbers", NumberPattern::of_cancellations(), present.cancellation_numbers),
        (INVOICES, "invoice_numbers", NumberPattern::of_invoices(), present.invoice_numbers),
        (DELIVERY_NOTES, "delivery_note_numbers", NumberPattern::of_delivery_notes(), present.delivery_note_numbers),
    ];
    let mut faults = Vec::new();
    let mut given = 0_i64;
    for (range, setting, usual, now) in ranges {
        let set = fields.iter().filter(|field| field.field == setting);
        let ever = set.flat_map(|field| [&field.before, &field.after]).flatten();
        let ever = ever.filter_map(|pattern| NumberPattern::from_str(pattern).ok());
        let patterns: Vec<NumberPattern> = [usual, now].into_iter().chain(ever).collect();
        for (name, last) in audit::counters(tx, &format!("{range} ")).await? {
            given = given.saturating_add(last);
            faults.extend(gap(tx, &patterns, &name, last).await?);
        }
    }
    let numbered = audit::numbered(tx).await?;
    if given < numbered {
        faults.push(format!("{numbered} documents have a number, {given} were given"));
    }
    Ok(faults)
}

/// The first number that a counter gave and no document has.
async fn gap(tx: &mut Tx, patterns: &[NumberPattern], name: &str, last: i64) -> Result<Option<String>, Refused> {
    let year = name.rsplit(' ').next().and_then(|year| year.parse::<i32>().ok());
    let mut first = 1;
    while first <= last {
        let until = first.saturating_add(STEP).min(last.saturating_add(1));
        let numbers = |number: i64| {
            let of = patterns.iter().filter(|pattern| pattern.yearly() == year.is_some());
            of.map(move |pattern| pattern.number(year.unwrap_or_default(), number))
        };
        let all: Vec<String> = (first..until).flat_map(numbers).collect();
        let there = documents::taken(tx, &all).await?;
        let gap = (first..until).find(|number| !numbers(*number).any(|number| there.contains(&fold(&number))));
        if let Some(gap) = gap {
            let number = numbers(gap).next_back().unwrap_or_default();
            return Ok(Some(format!("number {number} is missing: the range {name} is at {last}")));
        }
        first = until;
    }
    Ok(None)
}
