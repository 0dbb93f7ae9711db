//! How a document looks in JSON: with its lines, what they cleared, and what it comes to.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{Currency, LineId, documents::Totals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::documents::{DocumentLine, DocumentPage, DocumentRow, SavedDocument};

use super::{
    clearing_body::{ClearingBody, QuotaLeftBody, ShownBody},
    contract_body::CustomerRefBody,
    items::ItemBody,
    project_invoices::InvoicedPeriodBody,
    values::{MoneyBody, RangeBody},
};

/// A document in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentRowBody {
    id: String,
    /// `contract_invoice`, `delivery_note`, `invoice`, `balancing` or `cancellation`.
    kind: &'static str,
    /// `draft`, `issued` or `cancelled`.
    state: &'static str,
    /// None as long as it is a draft.
    number: Option<String>,
    customer: CustomerRefBody,
    date: NaiveDate,
    /// The day by which it is to be paid.
    due_on: NaiveDate,
    /// Without VAT.
    net: MoneyBody,
    /// With VAT.
    gross: MoneyBody,
    /// What came in for it and was not paid back.
    received: MoneyBody,
    /// What is open of an issued invoice; of a credit negative; none of what is not paid.
    open: Option<MoneyBody>,
}

impl DocumentRowBody {
    /// From a row of a list.
    pub fn new(row: DocumentRow) -> DocumentRowBody {
        let (received, open) = paid(&row);
        DocumentRowBody {
            received,
            open,
            id: row.id.to_string(),
            kind: row.kind.name(),
            state: row.state.name(),
            number: row.number,
            customer: row.customer.into(),
            date: row.date,
            due_on: row.due_on,
            net: row.net.into(),
            gross: row.gross.into(),
        }
    }
}

/// What came in for a document, and what is open of it.
fn paid(row: &DocumentRow) -> (MoneyBody, Option<MoneyBody>) {
    let (invoice, currency) = (row.invoice(), row.gross.currency);
    // Whether it is late does not matter here, only whether it is to be paid at all.
    let open = invoice.standing(row.date).map(|standing| MoneyBody::new(standing.open, currency));
    (MoneyBody::new(row.received, currency), open)
}

/// To whom a document goes.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecipientBody {
    name: String,
    street: String,
    postcode: String,
    city: String,
    country: String,
    email: String,
    vat_id: String,
}

/// Another document as one names it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DocumentRefBody {
    id: String,
    /// None as long as it is a draft.
    number: Option<String>,
}

impl DocumentRefBody {
    /// By its id and number.
    pub fn new(id: String, number: Option<String>) -> DocumentRefBody {
        DocumentRefBody { id, number }
    }
}

/// A line of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentLineBody {
    /// By which it is known also after it moved; none on documents that do not clear.
    id: Option<String>,
    line: ItemBody,
    /// What it comes to, net.
    total: MoneyBody,
    /// The id of the contract that it bills, or whose quota it draws.
    contract: Option<String>,
    /// Its number.
    contract_number: Option<String>,
    /// For which time.
    service: Option<RangeBody>,
    /// Whether it may draw: `false` when its clearing item was switched off by hand. None on documents that do not
    /// clear.
    clears: Option<bool>,
    /// How its clearing came out when the document was saved last.
    clearing: Option<ClearingBody>,
    /// The delivery note from which it comes: then it is fixed, with its clearing.
    note: Option<DocumentRefBody>,
}

impl DocumentLineBody {
    fn new(currency: Currency, line: DocumentLine) -> DocumentLineBody {
        let (contract, contract_number) = line.contract.map(|(id, number)| (id.to_string(), number)).unzip();
        let cleared = line.cleared.as_ref();
        DocumentLineBody {
            id: cleared.map(|cleared| cleared.id.to_string()),
            line: ItemBody::new(&line.line),
            total: MoneyBody::new(line.total, currency),
            contract,
            contract_number,
            service: line.service.map(RangeBody::from),
            clears: cleared.map(|cleared| cleared.clears),
            clearing: cleared.map(|cleared| ClearingBody::new(&cleared.clearing, currency)),
            note: line
                .cleared
                .and_then(|cleared| cleared.note)
                .map(|(id, number)| DocumentRefBody { id: id.to_string(), number: Some(number) }),
        }
    }
}

/// The VAT of one rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct VatBody {
    /// In per cent.
    rate: String,
    net: MoneyBody,
    vat: MoneyBody,
}

impl VatBody {
    /// Of all rates.
    pub fn all(totals: &Totals, currency: Currency) -> Vec<VatBody> {
        let money = |minor| MoneyBody::new(minor, currency);
        let rates = totals.rates.iter();
        rates.map(|sum| VatBody { rate: sum.rate.to_string(), net: money(sum.net), vat: money(sum.vat) }).collect()
    }
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentBody {
    id: String,
    version: i64,
    /// `contract_invoice`, `delivery_note`, `invoice`, `balancing` or `cancellation`.
    kind: &'static str,
    /// `draft`, `issued` or `cancelled`.
    state: &'static str,
    /// None as long as it is a draft.
    number: Option<String>,
    customer: CustomerRefBody,
    date: NaiveDate,
    /// The day by which it is to be paid.
    due_on: NaiveDate,
    /// `mail`, `print` or `none`.
    delivery: &'static str,
    /// Within how many days it is to be paid.
    payment_days: u32,
    /// ISO 4217.
    currency: &'static str,
    /// Name and address, as they were when it was issued.
    recipient: RecipientBody,
    lines: Vec<DocumentLineBody>,
    /// What lines and clearing items come to together, without VAT.
    net: MoneyBody,
    /// VAT of all rates.
    vat: MoneyBody,
    /// With VAT.
    gross: MoneyBody,
    /// What came in for it and was not paid back.
    received: MoneyBody,
    /// What is open of an issued invoice; of a credit negative; none of what is not paid.
    open: Option<MoneyBody>,
    /// Per rate, the highest first.
    rates: Vec<VatBody>,
    /// The billing run that made it.
    run: Option<String>,
    /// The project whose fees it bills.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// The invoice into which a delivery note went.
    invoice: Option<DocumentRefBody>,
    /// What a cancellation undoes.
    cancels: Option<DocumentRefBody>,
    /// The cancellation of a cancelled document.
    cancelled_by: Option<DocumentRefBody>,
    /// Why: on a cancellation.
    reason: Option<String>,
    /// The period of a project that it invoices.
    invoiced: Option<InvoicedPeriodBody>,
    created_at: DateTime<FixedOffset>,
    created_by: String,
    issued_at: Option<DateTime<FixedOffset>>,
    issued_by: Option<String>,
}

impl DocumentBody {
    /// From the page.
    pub fn new(page: DocumentPage) -> DocumentBody {
        let currency = page.row.net.currency;
        let (issued_at, issued_by) = page.issued.unzip();
        let (row, card) = (DocumentRowBody::new(page.row), page.recipient);
        DocumentBody {
            id: row.id,
            version: page.version,
            received: row.received,
            open: row.open,
            kind: row.kind,
            state: row.state,
            number: row.number,
            customer: row.customer,
            date: row.date,
            due_on: row.due_on,
            delivery: page.delivery.name(),
            payment_days: page.payment_days,
            currency: currency.code(),
            recipient: RecipientBody {
                name: card.name,
                street: card.street,
                postcode: card.postcode,
                city: card.city,
                country: card.country,
                email: card.email,
                vat_id: card.vat_id,
            },
            lines: page.lines.into_iter().map(|line| DocumentLineBody::new(currency, line)).collect(),
            net: row.net,
            vat: MoneyBody::new(page.totals.vat, currency),
            gross: row.gross,
            rates: VatBody::all(&page.totals, currency),
            run: page.run.map(|id| id.to_string()),
            project: page.project.map(|project| project.id.to_string()),
            invoice: page.invoice.map(|(id, number)| DocumentRefBody { id: id.to_string(), number }),
            cancels: page.cancels.map(|(id, number)| DocumentRefBody::new(id.to_string(), number)),
            cancelled_by: page.cancelled_by.map(|(id, number)| DocumentRefBody::new(id.to_string(), number)),
            reason: Some(page.reason).filter(|reason| !reason.is_empty()),
            invoiced: page.invoiced.map(InvoicedPeriodBody::from),
            created_at: page.created.0,
            created_by: page.created.1,
            issued_at,
            issued_by,
        }
    }
}

/// A line that came out otherwise than the client saw.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferenceBody {
    /// The id of the line.
    line: String,
    seen: ShownBody,
    decided: ShownBody,
}

/// A draft that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedDocumentBody {
    /// The document as it stands now, each line with how it came out.
    document: DocumentBody,
    /// What is left of each quota that it names.
    quotas: Vec<QuotaLeftBody>,
    /// Where what was decided differs from what the client saw.
    differences: Vec<DifferenceBody>,
}

impl SavedDocumentBody {
    /// With what the client said that it saw.
    pub fn new(saved: SavedDocument, seen: &HashMap<LineId, ShownBody>) -> SavedDocumentBody {
        let currency = saved.page.row.net.currency;
        let lines: HashMap<LineId, _> = saved.reconciled.lines.iter().map(|line| (line.line, line)).collect();
        let differences = saved.differences.iter().filter_map(|difference| {
            let line = difference.seen.line;
            let (seen, decided) = seen.get(&line).zip(lines.get(&line))?;
            let decided = ShownBody::new(decided, currency);
            Some(DifferenceBody { line: line.to_string(), seen: seen.clone(), decided })
        });
        let differences = differences.collect();
        let quotas = saved.reconciled.left.iter().map(QuotaLeftBody::new).collect();
        SavedDocumentBody { document: DocumentBody::new(saved.page), quotas, differences }
    }
}
