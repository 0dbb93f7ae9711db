//! Receipts: recording what came in for invoices, taking it back, what is open, and the files of banks.
//!
//! Every way in decides under the locks of the documents, in the order of their ids, with the one rule of the domain:
//! whoever comes second sees what the first has left open.

use std::collections::BTreeMap;

use domain::{
    DocumentId, Permission, ReceiptId,
    receipts::{self as rules, ReceiptError},
};
use store::{
    Slice, StoreError, Tx, Work, documents, history, paged,
    receipts::{self, NewReceipt, StoredReceipt},
};
use wire::{
    FieldReason, Noun, Problem,
    documents::DocumentRow,
    history::{Change, FieldChange},
    lists::{OpenItemPage, OpenItemQuery, OpenItemRow},
    receipts::{ReceiptDraft, ReceiptRow, ReceiptsView, TakeBackDraft, refused},
};

use crate::{
    Call, Env, Refused,
    changed::{Saver, note},
    documents::SUBJECT,
};

mod import;

pub use import::{add_file, file, files, import};

/// What came in for an invoice, and what may.
pub async fn of(env: &Env, call: &Call, document: DocumentId) -> Result<ReceiptsView, Refused> {
    call.needs(Permission::SeeContracts)?;
    loaded(env, &mut env.db.read().await?, document).await
}

/// The answer to whoever recorded something or took it back.
fn told<'t>(env: &'t Env, tx: &'t mut Tx, document: DocumentId) -> Work<'t, ReceiptsView, Refused> {
    Box::pin(loaded(env, tx, document))
}

async fn loaded(env: &Env, tx: &mut Tx, document: DocumentId) -> Result<ReceiptsView, Refused> {
    let found = documents::with_version(tx, document).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let local = |row: ReceiptRow| ReceiptRow {
        recorded: (env.local(row.recorded.0.to_utc()), row.recorded.1),
        taken_back: row.taken_back.map(|(at, by, reason)| (env.local(at.to_utc()), by, reason)),
        ..row
    };
    let receipts = receipts::of(tx, document).await?.into_iter().map(|found| local(found.row)).collect();
    Ok(ReceiptsView { document, invoice: found.row.invoice(), receipts })
}

/// Records a receipt. The same again gets the same answer; the same id with other content is refused.
///
/// Refused with figures when more comes in than is open and nobody has said that this is meant, when something else is open
/// than that person saw, and when more would go back than came in.
pub async fn record(env: &Env, call: &Call, draft: ReceiptDraft) -> Result<ReceiptsView, Refused> {
    call.needs(Permission::RecordReceipts)?;
    let (saver, own, document) = (env.saver(call), env.clone(), draft.document);
    let done = env.answered(
        call,
        move |env, tx, ()| told(env, tx, document),
        move |tx| {
            let (saver, env, new) = (saver.clone(), own.clone(), Asked::by_hand(&draft));
            Box::pin(async move { recorded(&env, tx, &[new], &saver).await })
        },
    );
    done.await
}

/// Records many receipts, all or nothing, with the same number of statements however many they are.
pub async fn record_many(env: &Env, call: &Call, drafts: Vec<ReceiptDraft>) -> Result<(), Refused> {
    call.needs(Permission::RecordReceipts)?;
    let (saver, own) = (env.saver(call), env.clone());
    let recorded = env.write(call, move |tx| {
        let (saver, env, drafts) = (saver.clone(), own.clone(), drafts.clone());
        Box::pin(async move {
            let new: Vec<Asked> = drafts.iter().map(Asked::by_hand).collect();
            recorded(&env, tx, &new, &saver).await
        })
    });
    recorded.await
}

/// A receipt that is asked for.
#[derive(Debug, Clone)]
struct Asked {
    draft: ReceiptDraft,
    /// What the transaction of the bank is known by.
    bank_line: Option<String>,
    /// Where in the request a refusal belongs; empty when the fields of the form are its own.
    at: String,
}

impl Asked {
    fn by_hand(draft: &ReceiptDraft) -> Asked {
        Asked { draft: draft.clone(), bank_line: None, at: String::new() }
    }

    fn at_its_field(&self, problem: Problem) -> Problem {
        match problem {
            Problem::Invalid { fields } if !self.at.is_empty() => {
                let reason = fields.into_iter().next().map_or(FieldReason::NotOneOf, |field| field.reason);
                Problem::field(&self.at, reason)
            }
            other => other,
        }
    }

    /// Whether a receipt that is there is just this one.
    fn same(&self, there: &StoredReceipt) -> bool {
        let (draft, row) = (&self.draft, &there.row);
        (there.document, row.date, row.amount, &row.text, &there.bank_line)
            == (draft.document, draft.date, draft.amount, &draft.text, &self.bank_line)
    }
}

/// Decides and stores receipts in their order, under the locks of their documents.
async fn recorded(env: &Env, tx: &mut Tx, asked: &[Asked], saver: &Saver) -> Result<(), Refused> {
    let ids: Vec<DocumentId> = asked.iter().map(|asked| asked.draft.document).collect();
    let mut found = receipts::lock(tx, &ids).await?;
    let ids: Vec<ReceiptId> = asked.iter().map(|asked| asked.draft.id).collect();
    let before = receipts::many(tx, &ids).await?;
    let mut new = Vec::new();
    let mut told = BTreeMap::<DocumentId, Vec<FieldChange>>::new();
    for asked in asked {
        let draft = &asked.draft;
        let row = found.get_mut(&draft.document).ok_or_else(|| Refused::not_found(Noun::Document))?;
        match before.get(&draft.id) {
            Some(there) if asked.same(there) => continue,
            Some(_) => return Err(Problem::SameId.into()),
            None => {}
        }
        let after = decided(env, row, draft).map_err(|problem| asked.at_its_field(problem))?;
        row.received = after.received;
        new.push(NewReceipt {
            id: draft.id,
            document: draft.document,
            date: draft.date,
            amount: draft.amount.minor,
            text: draft.text.clone(),
            bank_line: asked.bank_line.clone(),
        });
        told.entry(draft.document).or_default().push(FieldChange {
            field: "receipt".to_owned(),
            before: None,
            after: Some(words(draft.date, draft.amount)),
        });
    }
    if new.is_empty() {
        return Ok(());
    }
    receipts::add(tx, &new, (&saver.by, saver.at)).await?;
    let change = |(id, fields): (DocumentId, Vec<FieldChange>)| {
        (id.to_string(), Change { at: saver.at.fixed_offset(), by: saver.by.clone(), fields })
    };
    let told: Vec<_> = told.into_iter().map(change).collect();
    Ok(history::add_many(tx, SUBJECT, &told).await?)
}

fn decided(env: &Env, row: &DocumentRow, draft: &ReceiptDraft) -> Result<rules::Received, Problem> {
    let currency = row.gross.currency;
    if draft.amount.currency != currency {
        return Err(Problem::field("currency", FieldReason::NotOneOf));
    }
    let new = rules::NewReceipt { date: draft.date, amount: draft.amount.minor, over: draft.over, seen: draft.seen };
    rules::record(&row.invoice(), &new, env.today()).map_err(|error| refused(error, currency))
}

/// A receipt as histories name it.
fn words(date: chrono::NaiveDate, amount: domain::Money) -> String {
    format!("{date}: {} {}", amount.major(), amount.currency.code())
}

/// Takes a receipt back: it stays with the reason and counts no more. Taken back before by the same person for the same
/// reason, it is the same command.
///
/// Refused when something of it was paid back since.
pub async fn take_back(env: &Env, call: &Call, draft: TakeBackDraft) -> Result<ReceiptsView, Refused> {
    call.needs(Permission::RecordReceipts)?;
    let saver = env.saver(call);
    let taken = env.answered(call, told, move |tx| {
        let (saver, draft) = (saver.clone(), draft.clone());
        Box::pin(async move { taken_back(tx, &draft, &saver).await })
    });
    taken.await
}

async fn taken_back(tx: &mut Tx, draft: &TakeBackDraft, saver: &Saver) -> Result<DocumentId, Refused> {
    let missing = || Refused::not_found(Noun::Receipt);
    let document = receipts::get(tx, draft.receipt).await?.ok_or_else(missing)?.document;
    let row = receipts::lock(tx, &[document]).await?.remove(&document).ok_or_else(missing)?;
    // Read again under the lock: somebody may have taken it back.
    let found = receipts::get(tx, draft.receipt).await?.ok_or_else(missing)?;
    let (amount, currency) = (found.row.amount, row.gross.currency);
    if let Some((_, by, reason)) = &found.row.taken_back {
        let same = *by == saver.by && *reason == draft.reason;
        return if same { Ok(document) } else { Err(refused(ReceiptError::TakenBack, currency).into()) };
    }
    rules::take_back(&row.invoice(), amount.minor).map_err(|error| {
        let reason = FieldReason::Receipt(error, currency);
        Problem::field("receipt", reason)
    })?;
    if !receipts::take_back(tx, &found, &draft.reason, (&saver.by, saver.at)).await? {
        return Err(StoreError::GivenUp("the receipt changed under its lock").into());
    }
    let was = Some(words(found.row.date, amount));
    let fields = vec![
        FieldChange { field: "receipt".to_owned(), before: was, after: None },
        FieldChange { field: "reason".to_owned(), before: None, after: Some(draft.reason.clone()) },
    ];
    note(tx, (SUBJECT, document.to_string()), saver, fields).await?;
    Ok(document)
}

/// A page of the open items, with the sums of all pages.
pub async fn open_items(env: &Env, call: &Call, ask: &OpenItemQuery) -> Result<OpenItemPage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let rows = open_rows(env, &mut tx, ask, Slice::page(ask)).await?;
    let sums = receipts::open_sums(&mut tx, ask, env.today()).await?;
    Ok(OpenItemPage { page: paged(ask, rows), sums })
}

/// The open items of a slice of the list.
pub(crate) async fn open_rows(
    env: &Env,
    tx: &mut Tx,
    ask: &OpenItemQuery,
    slice: Slice,
) -> Result<Vec<OpenItemRow>, Refused> {
    let today = env.today();
    let rows = receipts::open_slice(tx, ask, today, slice).await?;
    let item = |document: DocumentRow| {
        let standing = document.invoice().standing(today)?;
        Some(OpenItemRow { document, standing })
    };
    Ok(rows.into_iter().filter_map(item).collect())
}
