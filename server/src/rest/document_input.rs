//! What a client sends to create or change a draft of a delivery note or invoice.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    Currency, DocumentId, LineId,
    clearing::Shown,
    contracts::Delivery,
    documents::{DocumentKind, Line},
};
use serde::Deserialize;
use utoipa::ToSchema;
use wire::{
    FieldReason,
    documents::{DocumentDraft, DraftLine},
};

use super::{
    clearing_body::ShownBody, customers::id_from, document_body::DocumentRefBody, fields::Fields, items::ItemBody,
};

/// A line of a draft.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DocumentLineInput {
    /// A UUID that the client makes, by which the line is known also after it moved; left out: a new one.
    id: Option<String>,
    line: ItemBody,
    /// The id of the contract whose quota it draws; left out: none.
    contract: Option<String>,
    /// `false` switches its clearing item off.
    #[serde(default = "on")]
    clears: bool,
    /// What the client saw of its clearing, from a simulation or an earlier answer.
    seen: Option<ShownBody>,
    /// As it was read. A line that comes from a delivery note may be sent back or left out: it stays as it is.
    note: Option<DocumentRefBody>,
}

fn on() -> bool {
    true
}

/// A draft of a delivery note or invoice.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DocumentInput {
    /// A UUID that the client makes; may be left out when creating.
    pub id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    pub version: i64,
    /// `delivery_note` or `invoice`; never changes.
    kind: String,
    /// The id of the customer; never changes.
    customer: String,
    /// ISO 4217, the currency of its prices; never changes.
    currency: String,
    /// Decides from which lots its lines can draw.
    date: NaiveDate,
    /// `mail` (if left out), `print` or `none`.
    delivery: Option<String>,
    /// Within how many days it is to be paid.
    payment_days: u32,
    /// From top to bottom, which is the order in which they draw.
    lines: Vec<DocumentLineInput>,
}

/// Lines that were read, and what the client said of them.
#[derive(Debug, Default)]
pub struct ReadLines {
    /// The lines, as far as they could be read.
    pub lines: Vec<DraftLine>,
    /// Where each of them stands in what was sent.
    pub places: Vec<usize>,
    /// What was seen, as the domain compares it.
    pub compared: Vec<Shown>,
    /// What was seen, as it was sent.
    pub seen: HashMap<LineId, ShownBody>,
}

impl ReadLines {
    /// Reads lines. The ids of those without one are made from `base` and their place, so that the same request always
    /// means the same lines. Lines of delivery notes are left out when there can be `fixed` ones.
    pub fn read(
        fields: &mut Fields,
        sent: &[DocumentLineInput],
        currency: Option<Currency>,
        (base, fixed): (&str, bool),
    ) -> ReadLines {
        let mut read = ReadLines::default();
        for (place, line) in sent.iter().enumerate() {
            fields.within(&format!("lines.{place}"), |fields| {
                if line.note.is_some() {
                    if !fixed {
                        fields.wrong("note", FieldReason::NotOneOf);
                    }
                    return;
                }
                let made = || id_from(&format!("{base}\n{place}")).map(LineId::new);
                let id = match &line.id {
                    Some(id) => fields.id("id", id),
                    None => fields.choice("id", made()),
                };
                let of: Option<Line> = fields.within("line", |own| line.line.read(own));
                let contract = fields.maybe_id("contract", line.contract.as_deref());
                let Some((id, of)) = id.zip(of) else { return };
                if let Some((seen, currency)) = line.seen.as_ref().zip(currency) {
                    read.compared.extend(fields.within("seen", |own| seen.read(own, id, currency)));
                    read.seen.insert(id, seen.clone());
                }
                read.lines.push(DraftLine { id, line: of, contract, clears: line.clears });
                read.places.push(place);
            });
        }
        read
    }

    /// The name in what was sent of a field that a use case finds wrong.
    pub fn as_named(&self, field: &str) -> Option<String> {
        let (place, name) = field.strip_prefix("lines.")?.split_once('.')?;
        let place = self.places.get(place.parse::<usize>().ok()?)?;
        let part = if matches!(name, "id" | "contract") { "" } else { "line." };
        Some(format!("lines.{place}.{part}{name}"))
    }
}

impl DocumentInput {
    /// The draft of that document and version, 0 for a new one; none when something cannot be read.
    pub fn read(&self, fields: &mut Fields, (id, version): (&str, i64)) -> (Option<DocumentDraft>, ReadLines) {
        let own: Option<DocumentId> = fields.id("id", id);
        let kind = fields.choice("kind", DocumentKind::from_name(&self.kind).filter(|kind| kind.clears()));
        let customer = fields.id("customer", &self.customer);
        let currency = fields.choice("currency", Currency::from_code(&self.currency));
        fields.day("date", self.date);
        let delivery = self.delivery.as_deref().map_or(Some(Delivery::Mail), Delivery::from_name);
        let delivery = fields.choice("delivery", delivery);
        let base = own.map_or_else(String::new, |own| format!("{own}\n{version}"));
        let read = ReadLines::read(fields, &self.lines, currency, (&base, version != 0));
        let named = own.zip(kind).zip(customer).zip(currency.zip(delivery));
        let draft = named.map(|(((id, kind), customer), (currency, delivery))| DocumentDraft {
            id,
            version,
            kind,
            customer,
            currency,
            date: self.date,
            delivery,
            payment_days: self.payment_days,
            lines: read.lines.clone(),
            seen: read.compared.clone(),
        });
        (draft, read)
    }
}
