//! `/api/v1/receipts/import`: bank files, what they pay as it seems, and recording what a person confirms.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{
    BankFileId, Money,
    receipts::{Proposal, bank},
};
use serde::{Deserialize, Serialize};
use usecases::receipts;
use utoipa::ToSchema;
use wire::{
    FieldReason, Noun, Problem,
    receipts::{BankFileDraft, BankFileView, ChosenPart, ImportDraft, ImportLine},
};

use super::{
    call::{Caller, Command, ProblemDetails, Refusal, id},
    customers::id_from_key,
    document_body::DocumentRefBody,
    fields::Fields,
    values::MoneyBody,
};

/// A bank file to read.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BankFileInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    /// What stands in the file: CSV with a heading, at most 1 MB, or a statement in XML (camt.053, camt.052 or camt.054),
    /// at most 2.5 MB; at most 2000 transactions.
    text: String,
}

/// What of a transaction goes to which invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedPartBody {
    document: String,
    number: String,
    amount: MoneyBody,
    /// What is open of it before this transaction: to be sent back as `seen`.
    open: MoneyBody,
}

/// What a transaction pays, as it seems.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalBody {
    /// `number`, `several`, `either`, `name`, `by_hand`, `number_less` or `number_more`.
    reason: &'static str,
    /// Whether it can be recorded without being looked at.
    sure: bool,
    parts: Vec<ProposedPartBody>,
}

/// Several transactions that the bank booked as one, and that the file does not tell apart so that they add up.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchBody {
    /// How many they are.
    parts: usize,
    /// What they come to; none where the amount of any is not told.
    sum: Option<MoneyBody>,
}

/// A transaction of a bank file.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankLineBody {
    /// Its line in the file, from 1; of XML, its place among the transactions.
    line: usize,
    date: NaiveDate,
    /// What went away is negative.
    amount: MoneyBody,
    name: String,
    text: String,
    /// That it is several transactions.
    batch: Option<BatchBody>,
    /// The invoices for which it was recorded before; then it is not recorded again.
    recorded: Vec<DocumentRefBody>,
    /// The surest first; none when no invoice is recognised.
    proposals: Vec<ProposalBody>,
}

/// A bank file with what is proposed as things stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankFileBody {
    id: String,
    lines: Vec<BankLineBody>,
    /// How many entries of it were left out because they are not booked yet.
    pending: usize,
}

fn body(view: &BankFileView) -> BankFileBody {
    let lines = view.lines.iter().map(|line| {
        let money = |minor| MoneyBody::new(minor, line.line.currency);
        let proposal = |proposal: &Proposal| ProposalBody {
            reason: proposal.confidence.name(),
            sure: proposal.confidence.sure(),
            parts: proposal
                .parts
                .iter()
                .map(|part| ProposedPartBody {
                    document: part.document.to_string(),
                    number: view.invoice(part.document).map(|invoice| invoice.number.clone()).unwrap_or_default(),
                    amount: money(part.amount),
                    open: money(part.open),
                })
                .collect(),
        };
        let recorded = line.recorded.iter();
        BankLineBody {
            line: line.line.line,
            date: line.line.date,
            amount: money(line.line.amount),
            name: line.line.name.clone(),
            text: line.line.text.clone(),
            batch: line.line.batch.map(|batch| BatchBody { parts: batch.parts, sum: batch.sum.map(money) }),
            recorded: recorded.map(|(id, number)| DocumentRefBody::new(id.to_string(), Some(number.clone()))).collect(),
            proposals: line.proposals.iter().map(proposal).collect(),
        }
    });
    BankFileBody { id: view.row.id.to_string(), lines: lines.collect(), pending: view.pending }
}

/// Reads a bank file and proposes which invoices its transactions pay. Nothing is recorded. A file that is broken anywhere
/// is refused with the place.
#[utoipa::path(post, path = "/receipts/import", request_body = BankFileInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = BankFileBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn read(command: Command<BankFileInput>) -> Result<(StatusCode, Json<BankFileBody>), Refusal> {
    let Command { caller, body: input } = command;
    let mut fields = Fields::default();
    let own: Option<BankFileId> = fields.id("id", &input.id.unwrap_or_else(|| id_from_key(&caller)));
    let file = bank::read(&input.text);
    let file = file.map_err(|fault| Problem::field("text", FieldReason::Bank(fault)));
    let file = fields.note("text", file);
    let draft = fields.done(&caller, own.zip(file).map(|(id, file)| BankFileDraft { id, file }))?;
    let view = receipts::add_file(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(body(&view))))
}

/// A bank file with what is proposed as things stand now.
#[utoipa::path(get, path = "/receipts/import/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = BankFileBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(file): Path<String>) -> Result<Json<BankFileBody>, Refusal> {
    let file = id(&caller, &file, Noun::BankFile)?;
    let view = receipts::file(&caller.house.env, &caller.call, file).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(body(&view)))
}

/// What of a transaction goes to an invoice.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AssignedPartInput {
    document: String,
    amount: MoneyBody,
    /// What was shown to be open; when it is something else now, nothing is recorded.
    seen: Option<MoneyBody>,
}

/// A transaction that is to be recorded: in parts, or whole for the invoice of a number.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AssignedLineInput {
    /// Its line in the file, as it was read.
    line: usize,
    /// Together the amount of the transaction.
    #[serde(default)]
    parts: Vec<AssignedPartInput>,
    /// The number of the invoice that takes all of it, in place of parts.
    number: Option<String>,
    /// Whether that may be more than is open: then it becomes a credit.
    #[serde(default)]
    over: bool,
}

/// What is to be recorded of a file.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ImportInput {
    lines: Vec<AssignedLineInput>,
}

/// What was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedBody {
    /// How many transactions.
    lines: usize,
    /// What came in, for each currency.
    sums: Vec<MoneyBody>,
}

/// Records what was assigned, all or nothing: where something else is open than was seen, or a transaction was recorded
/// meanwhile, nothing is.
#[utoipa::path(post, path = "/receipts/import/{id}", request_body = ImportInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = ImportedBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn import(Path(file): Path<String>, command: Command<ImportInput>) -> Result<Json<ImportedBody>, Refusal> {
    let Command { caller, body: input } = command;
    let file = id(&caller, &file, Noun::BankFile)?;
    let mut fields = Fields::default();
    let mut lines = Vec::new();
    for (place, asked) in input.lines.iter().enumerate() {
        let mut parts = Vec::new();
        for (of, part) in asked.parts.iter().enumerate() {
            let at = |field: &str| format!("lines.{place}.parts.{of}.{field}");
            let document = fields.id(&at("document"), &part.document);
            let currency = fields.choice(&at("amount"), part.amount.currency());
            let amount = currency.and_then(|currency| fields.money(&at("amount"), &part.amount, currency));
            let seen = part.seen.as_ref().zip(currency);
            let seen = seen.and_then(|(seen, currency)| fields.money(&at("seen"), seen, currency));
            let amount = amount.zip(currency).map(|(minor, currency)| Money { minor, currency });
            parts.extend(document.zip(amount).map(|(document, amount)| ChosenPart { document, amount, seen }));
        }
        let number = fields.text(&format!("lines.{place}.number"), asked.number.as_deref().unwrap_or_default(), 40);
        lines.push(ImportLine { place, line: asked.line, parts, number, over: asked.over });
    }
    if lines.is_empty() {
        fields.wrong("lines", FieldReason::Missing);
    }
    let draft = fields.done(&caller, Some(ImportDraft { file, lines }))?;
    let done = receipts::import(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ImportedBody { lines: done.lines, sums: done.sums.into_iter().map(MoneyBody::from).collect() }))
}
