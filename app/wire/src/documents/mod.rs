//! Documents: list, page and editor.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{
    AccountId, ContractId, CustomerId, DateRange, DocumentId, DrawId, LineId, Money, RunId,
    clearing::LineClearing,
    contracts::Delivery,
    documents::{DocumentKind, DocumentState, Line, Totals},
    quota::{Amount, Unit},
    receipts::{Invoice, Reminded},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, say};

use crate::{bookings::BookingRef, contracts::CustomerRef, customers::CustomerCard, projects::ProjectRef};

mod bulk;
mod editor;
mod forms;
mod noted;
mod undo;

pub use bulk::{BulkDraft, BulkForm, BulkItem, BulkView, BulkWay, MOST_BULK};
pub use editor::{
    ClearingFacts, DocumentEditor, EditedDocument, KnownContract, RepairDraft, RepairForm, SavedDocument,
    not_reconcilable,
};
pub use forms::{DocumentDraft, DocumentForm, DraftLine, LineForm, MOST_LINES};
pub use noted::{NotedLine, NotedLines};
pub use undo::{CancelDraft, CancelForm, MOST_REASON, SeenDraft, UndoView, not_as_seen_text};

/// The columns by which the list of documents can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentSort {
    /// The latest first.
    #[default]
    Date,
    /// By number, the largest first; drafts have none and come last.
    Number,
    /// By the name of the customer.
    Customer,
}

/// What the list of documents shows; it stands in the address of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentQuery {
    /// The beginning of a number, or beginnings of words of the customer that must all occur.
    pub q: String,
    /// Of that customer only.
    pub customer: Option<CustomerId>,
    /// Of that kind only.
    pub kind: Option<DocumentKind>,
    /// Only those that are so far.
    pub state: Option<DocumentState>,
    /// Only those that reach the customer so.
    pub delivery: Option<Delivery>,
    /// Of that date or later.
    pub from: Option<NaiveDate>,
    /// Of that date or earlier.
    pub until: Option<NaiveDate>,
    /// Only delivery notes that are issued and stand on no invoice.
    pub open: bool,
    /// The column.
    pub sort: DocumentSort,
    /// The other way round.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

/// How many documents a page of the list shows.
pub const DOCUMENTS_PER_PAGE: u32 = 50;

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRow {
    /// The document.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// How far it is.
    pub state: DocumentState,
    /// Its number; none as long as it is a draft.
    pub number: Option<String>,
    /// To whom.
    pub customer: CustomerRef,
    /// Its date.
    pub date: NaiveDate,
    /// The day by which it is to be paid.
    pub due_on: NaiveDate,
    /// Without VAT.
    pub net: Money,
    /// With VAT.
    pub gross: Money,
    /// The sum of its standing receipts, in minor units; 0 of what is no invoice.
    pub received: i64,
    /// How often and when the customer was reminded of it.
    #[serde(default)]
    pub reminded: Reminded,
}

impl DocumentRow {
    /// What is decided on when something comes in for it.
    pub fn invoice(&self) -> Invoice {
        Invoice { kind: self.kind, state: self.state, gross: self.gross, received: self.received, due_on: self.due_on }
    }
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// The line.
    pub line: Line,
    /// Its net total in minor units.
    pub total: i64,
    /// The contract that it bills, or whose quota it draws.
    pub contract: Option<(ContractId, String)>,
    /// For which time.
    pub service: Option<DateRange>,
    /// How its clearing came out; none on documents that do not clear.
    pub cleared: Option<ClearedLine>,
}

/// A document as a line of a passbook names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRef {
    /// The document.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its number; none as long as it is a draft: then the draw is a hold.
    pub number: Option<String>,
}

/// What is recorded of the clearing of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearedLine {
    /// The line.
    pub id: LineId,
    /// `false` when its clearing item was switched off by hand.
    pub clears: bool,
    /// How it came out when the document was saved last.
    pub clearing: LineClearing,
    /// The delivery note from which it comes, with its number.
    pub note: Option<(DocumentId, String)>,
}

/// The page of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentPage {
    /// What the list shows of it.
    pub row: DocumentRow,
    /// The version, to be sent back when something is done with it.
    pub version: i64,
    /// How it reaches the customer.
    pub delivery: Delivery,
    /// Within how many days it is to be paid.
    pub payment_days: u32,
    /// Name and address, as they were when it was issued.
    pub recipient: CustomerCard,
    /// The lines.
    pub lines: Vec<DocumentLine>,
    /// What they come to.
    pub totals: Totals,
    /// The billing run that made it.
    pub run: Option<RunId>,
    /// The project whose fees it bills.
    #[serde(default)]
    pub project: Option<ProjectRef>,
    /// When it was made, and by whom.
    pub created: (DateTime<FixedOffset>, String),
    /// When it was issued, and by whom.
    pub issued: Option<(DateTime<FixedOffset>, String)>,
    /// The invoice into which a delivery note went, with its number; none as long as it is a draft. One that was
    /// cancelled does not count.
    pub invoice: Option<(DocumentId, Option<String>)>,
    /// What a cancellation undoes, with its number.
    pub cancels: Option<(DocumentId, Option<String>)>,
    /// The cancellation of a cancelled document, with its number.
    pub cancelled_by: Option<(DocumentId, Option<String>)>,
    /// Why it was cancelled: on the cancellation.
    pub reason: String,
    /// The deficits that a balancing invoice bills, line by line.
    pub balanced: Vec<BalancedDeficit>,
    /// The period of a project that it invoices.
    #[serde(default)]
    pub invoiced: Option<InvoicedPeriod>,
}

/// A period of a project that a document invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicedPeriod {
    /// The project.
    pub project: ProjectRef,
    /// The days.
    pub period: DateRange,
    /// How many bookings stand on the document: none any more once it is cancelled.
    pub bookings: usize,
}

/// A deficit that a line of a balancing invoice bills, or what of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancedDeficit {
    /// The place of the line, from 0.
    pub place: usize,
    /// The account on which it was drawn.
    pub account: AccountId,
    /// What the account counts.
    pub unit: Unit,
    /// The draw.
    pub draw: DrawId,
    /// Its date.
    pub date: NaiveDate,
    /// What is billed of it.
    pub amount: Amount,
    /// The document whose draw it is.
    pub document: Option<DocumentRef>,
    /// The booking whose draw it is.
    pub booking: Option<BookingRef>,
}

/// The title of a document; without a number it is a draft.
pub fn title(lang: Lang, kind: DocumentKind, number: Option<&str>) -> String {
    match (kind, number) {
        (DocumentKind::ContractInvoice | DocumentKind::Invoice, Some(number)) => {
            say::document_invoice_title(lang, number)
        }
        (DocumentKind::DeliveryNote, Some(number)) => say::document_note_title(lang, number),
        (DocumentKind::Balancing, Some(number)) => say::document_balancing_title(lang, number),
        (DocumentKind::Balancing, None) => say::document_balancing_draft(lang).to_owned(),
        (DocumentKind::Cancellation, Some(number)) => say::document_cancellation_title(lang, number),
        (DocumentKind::ContractInvoice | DocumentKind::Invoice, None) => say::document_invoice_draft(lang).to_owned(),
        (DocumentKind::DeliveryNote, None) => say::document_note_draft(lang).to_owned(),
        // A cancellation is never a draft.
        (DocumentKind::Cancellation, None) => say::document_kind_cancellation(lang).to_owned(),
    }
}
