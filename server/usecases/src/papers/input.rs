//! What the paper of a document is made of: the document with what is recorded of its clearing, and who sends it.
//!
//! *Invariants.* Of an issued document nothing is read here that can still change: neither what its contracts are called
//! now nor what their terms say now. So it is the same whenever it is set.

use std::collections::HashMap;

use domain::{
    ContractId, LotId,
    clearing::{Figures, LineClearing, LineOutcome, LotBefore, Reason},
    documents::DocumentKind,
    quota::{Amount, Unit},
};
use store::{Tx, claims, documents, papers::granted};
use texts::{Lang, country};
use wire::{
    customers::CustomerCard,
    documents::{DocumentLine, DocumentPage},
    paper::{Cancelled, Input, PaperBalance, PaperClearing, PaperLine, PaperLot, PaperPart, Payment, Recipient},
    settings::Sender,
};

use super::report;
use crate::{Refused, billing};

/// The company's own country where nothing says which it is.
const HOME: &str = "DE";

/// The contracts that a document names, by the numbers that stand on it.
type Numbers = HashMap<ContractId, String>;

/// In which language a customer is written to: German where it is spoken.
pub(crate) fn lang_of(card: &CustomerCard) -> Lang {
    match card.country.as_str() {
        "" | "DE" | "AT" | "CH" | "LI" | "LU" => Lang::De,
        _ => Lang::En,
    }
}

/// The input of a document's paper. `reference` is what the customer calls the contracts that it bills.
pub(super) async fn of(tx: &mut Tx, page: &DocumentPage, sender: Sender, reference: String) -> Result<Input, Refused> {
    let row = &page.row;
    let undone = match page.cancels {
        Some((original, _)) => documents::get(tx, original).await?,
        None => None,
    };
    // The clearing of a cancellation names no account: what it gives back is what the document took.
    let figures: Vec<Option<&Figures>> = page
        .lines
        .iter()
        .enumerate()
        .map(|(place, line)| {
            let own = figures_of(line);
            own.or_else(|| undone.as_ref().and_then(|undone| undone.lines.get(place)).and_then(figures_of))
        })
        .collect();
    // What draws, bills or gives back stands on a line, which names the contract.
    let numbers: Numbers = page.lines.iter().filter_map(|line| line.contract.clone()).collect();
    let lines = page.lines.iter().zip(&figures).map(|(line, figures)| line_of(page, line, *figures, &numbers));
    let lines = lines.collect();
    let balances = match row.kind {
        DocumentKind::ContractInvoice => grants(tx, page, &numbers).await?,
        DocumentKind::Invoice | DocumentKind::DeliveryNote => drawn(tx, &figures, &numbers).await?,
        DocumentKind::Balancing | DocumentKind::Cancellation => Vec::new(),
    };
    let report = match row.kind {
        DocumentKind::Invoice => report::of(tx, page).await?,
        _ => None,
    };
    // Also where nothing is to be paid: then it says that.
    let owed = row.kind.is_invoice();
    let zero = page.totals.rates.iter().any(|sum| sum.rate.percent().is_zero() && sum.net != 0);
    Ok(Input {
        lang: lang_of(&page.recipient),
        kind: row.kind.into(),
        customer: recipient(&page.recipient, &home(&sender.letterhead.vat_id)),
        letterhead: sender.letterhead,
        number: row.number.clone().unwrap_or_default(),
        date: row.date,
        // What is invoiced of a project was done in its period.
        service: report.as_ref().map(|report| report.period),
        reference,
        payment: owed.then(|| Payment { due_on: row.due_on, due: row.gross.minor, terms: String::new() }),
        cancels: undone.map(|undone| Cancelled {
            kind: undone.row.kind.into(),
            number: undone.row.number.unwrap_or_default(),
            date: undone.row.date,
            reason: page.reason.clone(),
        }),
        currency: row.gross.currency,
        lines,
        totals: page.totals.clone(),
        zero_rate_reason: if zero { sender.zero_rate_reason } else { String::new() },
        balances,
        intro: String::new(),
        closing: if row.kind.is_invoice() { sender.closing } else { String::new() },
        report,
    })
}

/// The company's own country, with which its VAT id begins.
fn home(vat_id: &str) -> String {
    let code = vat_id.trim().get(..2).unwrap_or_default().to_uppercase();
    // Two are called otherwise there than anywhere else.
    let code = match code.as_str() {
        "EL" => "GR",
        "XI" => "GB",
        code => code,
    };
    if country(Lang::En, code).is_some() { code.to_owned() } else { HOME.to_owned() }
}

/// To whom it goes: with the country, by its name, where that is not the company's own.
fn recipient(card: &CustomerCard, home: &str) -> Recipient {
    let place = format!("{} {}", card.postcode, card.city);
    let country = match country(lang_of(card), &card.country) {
        _ if card.country == home => "",
        Some(name) => name,
        None => card.country.as_str(),
    };
    let address = [card.street.trim(), place.trim(), country].into_iter().filter(|line| !line.is_empty());
    Recipient {
        number: card.number.clone(),
        name: card.name.clone(),
        address: address.map(str::to_owned).collect(),
        vat_id: card.vat_id.clone(),
    }
}

/// What an account said to a line that takes something off, or gives it back.
fn figures_of(line: &DocumentLine) -> Option<&Figures> {
    line.cleared.as_ref().and_then(|cleared| cleared.clearing.figures.as_ref())
}

fn line_of(page: &DocumentPage, line: &DocumentLine, figures: Option<&Figures>, numbers: &Numbers) -> PaperLine {
    let own = line.line.clone();
    let cleared = line.cleared.as_ref().filter(|cleared| told(&cleared.clearing));
    let clearing = cleared.zip(figures).map(|(cleared, figures)| {
        let given = figures.lots.iter().filter(|lot| lot.drawn != Amount::ZERO);
        PaperClearing {
            contract: numbers.get(&figures.contract).cloned().unwrap_or_default(),
            unit: figures.unit,
            outcome: cleared.clearing.outcome.clone(),
            wanted: figures.wanted,
            cleared: cleared.clearing.cleared,
            deficit: figures.deficit,
            item: cleared.clearing.item,
            lots: given.map(|lot| PaperPart { valid: lot.valid, amount: lot.drawn }).collect(),
        }
    });
    let bills = !page.row.kind.clears() && line.cleared.is_none();
    PaperLine {
        text: own.text,
        quantity: own.quantity,
        unit: own.unit,
        price: own.price,
        discount: own.discount,
        vat: own.vat,
        total: line.total,
        service: line.service,
        contract: line.contract.as_ref().filter(|_| bills).map(|(_, number)| number.clone()),
        note: line.cleared.as_ref().and_then(|cleared| cleared.note.as_ref()).map(|(_, number)| number.clone()),
        clearing,
    }
}

/// Whether the customer is told what a quota made of a line: what it took, or that nothing was left of it.
fn told(clearing: &LineClearing) -> bool {
    clearing.cleared != Amount::ZERO || matches!(clearing.outcome, LineOutcome::Nothing(Reason::Exhausted { .. }))
}

/// What an invoice over periods grants: the new lots of each contract.
async fn grants(tx: &mut Tx, page: &DocumentPage, numbers: &Numbers) -> Result<Vec<PaperBalance>, Refused> {
    let mut billed = claims::on_documents(tx, &[page.row.id]).await?;
    billed.retain(|period| !period.grants.is_empty());
    billed.sort_by_key(|period| (period.contract, period.service.from));
    let mut contracts: Vec<ContractId> = billed.iter().map(|period| period.contract).collect();
    contracts.dedup();
    let units = billing::units(tx, &contracts).await?;
    let mut balances = Vec::<(ContractId, PaperBalance)>::new();
    for period in billed {
        let Some(number) = numbers.get(&period.contract) else { continue };
        let Some(unit) = units.get(&period.contract).copied() else { continue };
        let lots = period.grants.into_iter().map(|(valid, granted)| PaperLot {
            valid,
            granted,
            used: Amount::ZERO,
            here: Amount::ZERO,
            held: Amount::ZERO,
            lapsed: Amount::ZERO,
            new: true,
        });
        match balances.last_mut().filter(|(last, _)| *last == period.contract) {
            Some((_, balance)) => balance.lots.extend(lots),
            None => balances.push((period.contract, empty(number, unit, lots.collect()))),
        }
    }
    for (_, balance) in &mut balances {
        let sum = Amount::sum(balance.lots.iter().map(|lot| lot.granted)).map_err(Refused::quota(balance.unit))?;
        balance.after = sum;
    }
    Ok(balances.into_iter().map(|(_, balance)| balance).collect())
}

fn empty(number: &str, unit: Unit, lots: Vec<PaperLot>) -> PaperBalance {
    PaperBalance {
        contract: number.to_owned(),
        // What the contract is called may change after the document was issued.
        name: String::new(),
        unit,
        before: Amount::ZERO,
        after: Amount::ZERO,
        deficit: Amount::ZERO,
        lots,
    }
}

/// What a document draws: each contract before its first and after its last line, with the lots as they were then.
async fn drawn(tx: &mut Tx, figures: &[Option<&Figures>], numbers: &Numbers) -> Result<Vec<PaperBalance>, Refused> {
    let lots: Vec<LotId> =
        figures.iter().flatten().flat_map(|figures| figures.lots.iter().map(|lot| lot.lot)).collect();
    let granted = granted(tx, &lots).await?;
    let mut balances = Vec::<(ContractId, PaperBalance, Vec<LotId>)>::new();
    for figures in figures.iter().copied().flatten() {
        let quota = Refused::quota(figures.unit);
        let place = balances.iter().position(|(contract, ..)| *contract == figures.contract);
        let place = match (place, numbers.get(&figures.contract)) {
            (Some(place), _) => place,
            (None, Some(number)) => {
                let before = PaperBalance {
                    before: figures.available_before,
                    after: figures.available_before,
                    ..empty(number, figures.unit, Vec::new())
                };
                balances.push((figures.contract, before, Vec::new()));
                balances.len() - 1
            }
            (None, None) => continue,
        };
        let Some((_, balance, known)) = balances.get_mut(place) else { continue };
        balance.after = figures.available_after;
        balance.deficit = balance.deficit.plus(figures.deficit).map_err(&quota)?;
        for lot in &figures.lots {
            let place = known.iter().position(|known| *known == lot.lot).unwrap_or(known.len());
            if place == known.len() {
                let granted = granted.get(&lot.lot).copied().unwrap_or(lot.drawable);
                known.push(lot.lot);
                balance.lots.push(PaperLot {
                    valid: lot.valid,
                    granted,
                    // Where it was not recorded what had become of the rest, all of it counts as used.
                    used: granted.minus(lot.drawable).map_err(&quota)?,
                    here: Amount::ZERO,
                    held: Amount::ZERO,
                    lapsed: Amount::ZERO,
                    new: false,
                });
            }
            let Some(there) = balance.lots.get_mut(place) else { continue };
            if let Some(LotBefore { drawn, held, lapsed }) = lot.before {
                // What the lines above took from it is this document's own.
                there.used = drawn.minus(there.here).map_err(&quota)?.max(Amount::ZERO);
                (there.held, there.lapsed) = (held, lapsed);
            }
            there.here = there.here.plus(lot.drawn).map_err(&quota)?;
        }
    }
    let touched =
        balances.into_iter().filter(|(_, balance, _)| balance.lots.iter().any(|lot| lot.here != Amount::ZERO));
    Ok(touched.map(|(_, balance, _)| balance).collect())
}
