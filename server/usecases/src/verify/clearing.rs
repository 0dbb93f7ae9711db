//! The audit of clearing: what is recorded of a line is what it costs and what it has drawn, and the lines of an invoice
//! have from their delivery note what that has recorded.

use domain::{
    Seconds,
    clearing::{LineClearing, LineOutcome, Reason},
    documents::{DocumentKind, DocumentState, LineUnit},
    quota::{Amount, Unit},
};
use store::audit::{KeptDocument, KeptDocumentLine, KeptDraw, NoteLine};

/// What is wrong with the clearing of a line.
pub(super) fn faults(document: &KeptDocument, kept: &KeptDocumentLine) -> Vec<String> {
    if document.kind == DocumentKind::Cancellation {
        return counter(kept);
    }
    if !document.kind.clears() {
        let nothing = kept.id.is_none() && kept.clearing.is_none() && kept.draw.is_none() && kept.note.is_none();
        let wrong = !nothing || kept.clears || kept.item != 0;
        return wrong.then(|| "it clears, on a document that does not".to_owned()).into_iter().collect();
    }
    let read = kept.clearing.as_deref().and_then(|text| serde_json::from_str::<LineClearing>(text).ok());
    let Some(clearing) = read.filter(|clearing| Some(clearing.line) == kept.id) else {
        return vec![format!("what is recorded of its clearing cannot be read: {:?}", kept.clearing)];
    };
    let mut faults = Vec::new();
    if (clearing.total, clearing.item) != (kept.total, kept.item) {
        faults.push(format!(
            "recorded are a total of {} and an item of {}, kept {} and {}",
            clearing.total, clearing.item, kept.total, kept.item
        ));
    }
    if kept.item > 0 || kept.item.unsigned_abs() > kept.total.max(0).unsigned_abs() {
        faults.push(format!("its item of {} takes off more than its {}", kept.item, kept.total));
    }
    if let Some(worth) = worth(document, kept, &clearing).filter(|worth| *worth != kept.item) {
        faults.push(format!("{} cleared come to an item of {worth}, kept {}", clearing.cleared, kept.item));
    }
    let off = clearing.outcome == LineOutcome::Nothing(Reason::SwitchedOff);
    let nowhere = clearing.outcome == LineOutcome::Nothing(Reason::NoContract);
    if off == kept.clears || nowhere != (kept.clears && kept.contract.is_none()) {
        let (outcome, on, contract) = (clearing.outcome.name(), kept.clears, kept.contract);
        faults.push(format!("it is {outcome}, switched on: {on}, contract: {contract:?}"));
    }
    match (&kept.note, &kept.draw) {
        (Some((_, note)), draw) => {
            if draw.is_some() {
                faults.push("it comes from a delivery note and draws again".to_owned());
            }
            faults.extend(from_note(document, kept, &clearing, note.as_ref()));
        }
        (None, Some((_, draw))) => faults.extend(drawn(document, &clearing, draw.as_ref())),
        (None, None) if clearing.cleared != Amount::ZERO => {
            faults.push(format!("{} are cleared and nothing is drawn", clearing.cleared));
        }
        (None, None) => {}
    }
    faults
}

/// What is wrong with the line of a cancellation: it charges again what was taken off, and draws nothing.
fn counter(kept: &KeptDocumentLine) -> Vec<String> {
    let mut faults = Vec::new();
    if kept.draw.is_some() || kept.note.is_some() {
        faults.push("it draws, on a cancellation".to_owned());
    }
    let read = kept.clearing.as_deref().map(serde_json::from_str::<LineClearing>);
    match read {
        None if kept.id.is_none() && kept.item == 0 => {}
        Some(Ok(clearing))
            if Some(clearing.line) == kept.id && (clearing.total, clearing.item) == (kept.total, kept.item) => {}
        _ => faults.push(format!("what is recorded of its clearing cannot be read: {:?}", kept.clearing)),
    }
    faults
}

/// What the item has to be. `None` where that is not known any more: how long a working day was then.
fn worth(document: &KeptDocument, kept: &KeptDocumentLine, clearing: &LineClearing) -> Option<i64> {
    let unit = clearing.figures.as_ref().map(|figures| figures.unit);
    match unit {
        _ if clearing.cleared == Amount::ZERO => Some(0),
        Some(Unit::Money(_)) => Some(-clearing.cleared.units()),
        Some(Unit::Time) if kept.line.unit == LineUnit::Day => None,
        Some(Unit::Time) => {
            let time = Seconds(clearing.cleared.units());
            kept.line.worth(time, document.currency, Seconds::HOUR).map(|money| -money.minor)
        }
        None => Some(0),
    }
}

fn drawn(document: &KeptDocument, clearing: &LineClearing, draw: Option<&KeptDraw>) -> Vec<String> {
    let Some(draw) = draw else { return vec!["its draw was never posted".to_owned()] };
    let mut faults = Vec::new();
    let recorded = clearing.figures.as_ref().map(|figures| (figures.wanted, figures.drawn, figures.deficit));
    let posted = draw.wanted.map(|wanted| (wanted, draw.drawn, draw.deficit));
    let cleared = draw.drawn.plus(draw.deficit);
    if recorded != posted || cleared.ok() != Some(clearing.cleared) {
        let cleared = clearing.cleared;
        faults.push(format!("recorded are {recorded:?} and {cleared} cleared, posted was {posted:?}"));
    }
    if draw.date != document.dates[0] {
        faults.push(format!("its draw is dated {}, the document {}", draw.date, document.dates[0]));
    }
    if !draw.own {
        faults.push("its draw is not one of a document on the account of its contract".to_owned());
    }
    if document.state == DocumentState::Cancelled {
        if !draw.released {
            faults.push("its draw stands, the document is cancelled".to_owned());
        }
    } else if draw.released {
        faults.push("its draw was released".to_owned());
    } else if draw.hold != (document.state == DocumentState::Draft) {
        let hold = if draw.hold { "on hold" } else { "not on hold" };
        faults.push(format!("its draw is {hold}, the document is {}", document.state.name()));
    }
    faults
}

fn from_note(
    document: &KeptDocument,
    kept: &KeptDocumentLine,
    clearing: &LineClearing,
    note: Option<&NoteLine>,
) -> Vec<String> {
    let Some(note) = note else { return vec!["the line of the delivery note is not there".to_owned()] };
    let mut faults = Vec::new();
    if !note.issued || note.customer != Some(document.customer) {
        faults.push("it comes from no issued delivery note of the customer".to_owned());
    }
    let there = note.clearing.as_deref().and_then(|text| serde_json::from_str::<LineClearing>(text).ok());
    let there = there.map(|there| LineClearing { line: clearing.line, ..there });
    if there.as_ref() != Some(clearing) || (note.total, note.seconds) != (kept.total, kept.seconds) {
        faults.push("it is not what stands on the delivery note".to_owned());
    }
    faults
}
