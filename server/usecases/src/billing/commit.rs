//! Storing what was decided: claims, lots, invoices, and what came of each period, in one transaction.

use chrono::{Datelike, NaiveDate};
use domain::{
    ClaimId, ContractId, CustomerId, DocumentId, RunId, Seconds,
    billing::{PlannedInvoice, PlannedPeriod},
    documents::{DocumentKind, NumberPattern, due_on},
};
use store::{
    Tx,
    billing::{self, Owner, StoredItem},
    claims::{self, NewClaim},
    contracts, customers,
    documents::{self, NewDocument, NewLine},
    ledger::{self, Note},
    settings,
};
use wire::customers::CustomerCard;

use super::decide::Decided;
use crate::{Env, Refused, changed::Saver, contracts::counter};

/// The name of the number range of invoices.
pub(crate) const INVOICES: &str = "invoice";

/// What all pieces of a run share.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub run: RunId,
    /// Whether the invoices are issued.
    pub issue: bool,
    pub saver: Saver,
    pub today: NaiveDate,
    pub day: Seconds,
    pub numbers: NumberPattern,
}

/// Takes the next numbers of a range of documents that no document has.
pub(crate) async fn next_numbers(
    tx: &mut Tx,
    (range, pattern): (&str, &NumberPattern),
    today: NaiveDate,
    many: usize,
) -> Result<Vec<String>, Refused> {
    let (year, counter) = (today.year(), counter(range, pattern, today.year()));
    let mut numbers = Vec::with_capacity(many);
    while numbers.len() < many {
        let missing = i64::try_from(many - numbers.len()).unwrap_or(i64::MAX);
        let first = settings::count_many(tx, &counter, missing).await?;
        let next: Vec<String> = (first..first + missing).map(|number| pattern.number(year, number)).collect();
        // After a change of the pattern another counter may give what is there already.
        let taken = documents::taken(tx, &next).await?;
        numbers.extend(next.into_iter().filter(|number| !taken.contains(&store::fold(number))));
    }
    Ok(numbers)
}

/// Stores it. The caller holds the locks with which it was decided.
pub(super) async fn commit(env: &Env, tx: &mut Tx, decided: Decided, terms: &Terms) -> Result<(), Refused> {
    let saver = &terms.saver;
    let ids: Vec<DocumentId> = decided.invoices.iter().map(|_| DocumentId::new(env.id())).collect();
    let invoices = || ids.iter().copied().zip(&decided.invoices);
    let periods = || invoices().flat_map(|(id, invoice)| invoice.periods.iter().map(move |period| (id, period)));

    let claimed: Vec<NewClaim> = periods().map(|(document, period)| claim(env, &decided, document, period)).collect();
    claims::add(tx, &claimed, &saver.by, saver.at).await?;
    for granted in decided.granted.values() {
        let number = decided.contracts.values().find(|found| found.account == Some(granted.stored.account.id));
        let text = number.map(|found| found.card.number.clone()).unwrap_or_default();
        let note = Note { text, by: saver.by.clone(), at: saver.at, wanted: None };
        ledger::post(tx, &granted.before, &granted.after, &granted.entries, &note).await?;
    }
    for found in decided.contracts.values() {
        let billed = claimed.iter().filter(|claim| claim.contract == found.contract.id);
        if let Some(last) = billed.map(|claim| claim.period.number).max() {
            let mut billed = found.clone();
            // A re-run bills what lies before.
            billed.next = billed.next.max(last.saturating_add(1));
            contracts::advance(tx, &billed).await?;
        }
    }
    let mut items: Vec<StoredItem> = invoices().flat_map(|(id, invoice)| billed_items(id, invoice)).collect();
    items.extend(decided.refused.iter().map(|(contract, (period, reason))| StoredItem {
        of: Owner::Contract(*contract),
        period: *period,
        document: None,
        currency: decided.contracts.get(contract).map_or(domain::Currency::EUR, |found| found.contract.terms.currency),
        net: 0,
        gross: 0,
        not_billed: Some(reason.clone()),
    }));
    billing::note(tx, terms.run, &items).await?;

    // Numbers come last: their counter is shared by everybody who issues.
    let recipients = if terms.issue { recipients(tx, &decided.invoices).await? } else { Vec::new() };
    let mut numbers = Vec::new();
    if terms.issue && !ids.is_empty() {
        numbers = next_numbers(tx, (INVOICES, &terms.numbers), terms.today, ids.len()).await?;
    }
    let mut numbers = numbers.into_iter();
    let documents: Vec<NewDocument> = invoices()
        .map(|(id, invoice)| {
            let card = recipients.iter().find(|(customer, _)| *customer == invoice.customer);
            document(id, invoice, numbers.next(), card.map(|(_, card)| card.clone()), terms)
        })
        .collect();
    Ok(documents::add(tx, &documents, &saver.by, saver.at).await?)
}

fn claim(env: &Env, decided: &Decided, document: DocumentId, period: &PlannedPeriod) -> NewClaim {
    let number = period.bill.period.number;
    NewClaim {
        id: ClaimId::new(env.id()),
        contract: period.contract,
        contract_version: decided.contracts.get(&period.contract).map_or(0, |found| found.version),
        period: period.bill.period,
        net: period.bill.totals.net,
        document,
        lots: decided.lots.get(&(period.contract, number)).cloned().unwrap_or_default(),
    }
}

fn billed_items(document: DocumentId, invoice: &PlannedInvoice) -> Vec<StoredItem> {
    let item = |(place, period): (usize, &PlannedPeriod)| StoredItem {
        of: Owner::Contract(period.contract),
        period: period.bill.period.number,
        document: Some(document),
        currency: invoice.currency,
        net: period.bill.totals.net,
        gross: if place == 0 { invoice.totals.gross } else { 0 },
        not_billed: None,
    };
    invoice.periods.iter().enumerate().map(item).collect()
}

async fn recipients(tx: &mut Tx, invoices: &[PlannedInvoice]) -> Result<Vec<(CustomerId, CustomerCard)>, Refused> {
    let mut ids: Vec<CustomerId> = invoices.iter().map(|invoice| invoice.customer).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = customers::many(tx, &ids).await?;
    Ok(found.into_iter().map(|customer| (customer.id, customer.card)).collect())
}

fn document(
    id: DocumentId,
    invoice: &PlannedInvoice,
    number: Option<String>,
    recipient: Option<CustomerCard>,
    terms: &Terms,
) -> NewDocument {
    let lines = invoice.periods.iter().flat_map(|period| {
        let (contract, service): (ContractId, _) = (period.contract, period.bill.period.service);
        period.bill.lines.iter().map(move |billed| NewLine {
            line: billed.line.clone(),
            seconds: billed.line.seconds(terms.day).map(|time| time.0),
            total: billed.total,
            contract: Some(contract),
            service: Some(service),
            cleared: None,
        })
    });
    NewDocument {
        id,
        kind: DocumentKind::ContractInvoice,
        number,
        customer: invoice.customer,
        recipient,
        currency: invoice.currency,
        date: terms.today,
        due_on: due_on(terms.today, invoice.payment_days),
        payment_days: invoice.payment_days,
        delivery: invoice.delivery,
        totals: invoice.totals.clone(),
        run: Some(terms.run),
        cancels: None,
        lines: lines.collect(),
    }
}
