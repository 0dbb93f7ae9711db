//! Doing the same with many documents, each on its own: one that is refused does not hold up the others.

use chrono::NaiveDate;
use domain::{
    DocumentId, Money, Permission, ReceiptId,
    documents::DocumentState,
    quota::{QuotaError, Unit},
    receipts::{self as rules, NewReceipt, NotReminded, ReceiptError, remind},
    undo::Way,
};
use store::{
    Tx,
    documents::{self, StoredDocument},
};
use wire::{
    FieldReason, Problem,
    documents::{BulkDraft, BulkItem, BulkView, BulkWay, CancelDraft, DocumentRow, SeenDraft},
    receipts::{ReceiptDraft, refused},
};

use super::undo::undoing;
use crate::{Call, Env, Refused, mails, receipts};

fn needed(way: BulkWay) -> Permission {
    match way {
        BulkWay::Issue | BulkWay::Remind => Permission::Bill,
        BulkWay::Delete => Permission::EditDocuments,
        BulkWay::Cancel => Permission::Cancel,
        BulkWay::Settle => Permission::RecordReceipts,
    }
}

/// What would happen with each of these documents, and what stands in the way; nothing changes.
pub async fn bulk_plan(env: &Env, call: &Call, way: BulkWay, ids: &[DocumentId]) -> Result<BulkView, Refused> {
    call.needs(needed(way))?;
    let mut tx = env.db.read().await?;
    let mut items = Vec::new();
    for id in ids {
        if let Some(found) = documents::with_version(&mut tx, *id).await? {
            items.push(planned(env, &mut tx, call, way, &found).await?);
        }
    }
    Ok(BulkView { way, items })
}

/// Does it, each document in a transaction of its own by the same use case as alone. What is refused is listed with its
/// reason, and the others go on. Once more, it takes up what was left.
pub async fn bulk(env: &Env, call: &Call, draft: BulkDraft) -> Result<BulkView, Refused> {
    call.needs(needed(draft.way))?;
    // The key of the request stands for all of it; what was done before is not done again.
    env.write(call, |_| Box::pin(async { Ok::<_, Refused>(()) })).await?;
    let alone = Call { once: None, ..call.clone() };
    let mut items = Vec::new();
    for id in &draft.documents {
        items.extend(one(env, &alone, &draft, *id).await?);
    }
    Ok(BulkView { way: draft.way, items })
}

async fn one(env: &Env, call: &Call, draft: &BulkDraft, id: DocumentId) -> Result<Option<BulkItem>, Refused> {
    let way = draft.way;
    let (mut told, found) = {
        let mut tx = env.db.read().await?;
        let Some(found) = documents::with_version(&mut tx, id).await? else { return Ok(None) };
        (planned(env, &mut tx, call, way, &found).await?, found)
    };
    // What was planned to be refused is asked for all the same: the answer is that of the command.
    if told.done {
        return Ok(Some(told));
    }
    let done = match way {
        BulkWay::Issue => super::issue(env, call, id).await.map(|page| Some(page.row)),
        BulkWay::Delete => {
            let seen = SeenDraft { version: found.version, sums: None };
            super::delete(env, call, id, Some(seen)).await.map(|()| None)
        }
        BulkWay::Cancel => {
            let (own, reason) = (DocumentId::new(env.id()), draft.reason.clone());
            let draft = CancelDraft { id: own, document: id, reason, version: found.version, seen: None };
            super::cancel(env, call, draft).await.map(|made| {
                told.cancellation = Some((made.row.id, made.row.number));
                None
            })
        }
        BulkWay::Settle => {
            let receipt = settling(env, &found.row, draft.date.unwrap_or(env.today()));
            let received = found.row.received.saturating_add(receipt.amount.minor);
            let recorded = receipts::record_many(env, call, vec![receipt]).await;
            recorded.map(|()| Some(DocumentRow { received, ..found.row.clone() }))
        }
        BulkWay::Remind => match mails::remind_of(env, call, id).await {
            Ok(()) => {
                let mut tx = env.db.read().await?;
                Ok(documents::with_version(&mut tx, id).await?.map(|found| found.row))
            }
            Err(refused) => Err(refused),
        },
    };
    match done {
        Ok(after) => {
            (told.refused, told.done) = (None, true);
            if let Some(row) = after {
                told.row = row;
            }
        }
        Err(refused) => told.refused = Some(refused.into_problem(|| env.id().to_string())),
    }
    Ok(Some(told))
}

/// The receipt that leaves nothing open: what is open came in, or went back when it is a credit.
fn settling(env: &Env, row: &DocumentRow, date: NaiveDate) -> ReceiptDraft {
    let open = row.invoice().open();
    let amount = Money { minor: open, currency: row.gross.currency };
    let id = ReceiptId::new(env.id());
    ReceiptDraft { id, document: row.id, date, amount, text: String::new(), over: false, seen: Some(open) }
}

/// What would happen with a document.
async fn planned(
    env: &Env,
    tx: &mut Tx,
    call: &Call,
    way: BulkWay,
    found: &StoredDocument,
) -> Result<BulkItem, Refused> {
    let (id, kind, state) = (found.row.id, found.row.kind, found.row.state);
    let mut item = BulkItem {
        row: found.row.clone(),
        freed: 0,
        deficits: Vec::new(),
        refused: None,
        done: false,
        cancellation: None,
    };
    match (way, state) {
        (BulkWay::Settle, _) => {
            let (invoice, today) = (found.row.invoice(), env.today());
            match invoice.standing(today).map(|standing| standing.open) {
                Some(0) => item.done = true,
                Some(_) => {}
                None => {
                    let new = settling(env, &found.row, today);
                    let asked = NewReceipt { date: today, amount: new.amount.minor, over: false, seen: None };
                    let error = rules::record(&invoice, &asked, today).err().unwrap_or(ReceiptError::NotAnInvoice);
                    item.refused = Some(refused(error, found.row.gross.currency));
                }
            }
        }
        (BulkWay::Remind, _) => match remind(&found.row.invoice(), &found.row.reminded, env.today()) {
            Ok(_) => {}
            Err(NotReminded::TooSoon { last, .. }) if last == env.today() => item.done = true,
            Err(why) => item.refused = Some(Problem::field("document", FieldReason::NotReminded(why))),
        },
        (BulkWay::Issue, DocumentState::Issued) => item.done = true,
        (BulkWay::Cancel, DocumentState::Cancelled) => {
            item.done = true;
            item.cancellation = documents::cancellation_of(tx, id).await?.map(|made| (made.id, made.number));
        }
        (BulkWay::Issue, DocumentState::Draft) => {
            if kind.clears() && documents::kept_lines(tx, id).await?.is_empty() {
                item.refused = Some(Problem::field("lines", FieldReason::Missing));
            }
        }
        (BulkWay::Issue, DocumentState::Cancelled)
        | (BulkWay::Delete, DocumentState::Issued | DocumentState::Cancelled) => {
            item.refused = Some(Problem::NotADraft);
        }
        (BulkWay::Delete, DocumentState::Draft) | (BulkWay::Cancel, DocumentState::Draft | DocumentState::Issued) => {
            let as_way = if way == BulkWay::Delete { Way::Delete } else { Way::Cancel };
            if let Err(Refused::Problem(problem)) = call.needs(as_way.needs(kind)) {
                item.refused = Some(problem);
                return Ok(item);
            }
            let plan = undoing(env, tx, found, as_way, false).await?.plan;
            item.freed = plan.periods();
            let deficits = plan.accounts.iter().filter(|undo| !undo.deficits.is_empty());
            let deficits = deficits.map(|undo| undo.deficit().map(|deficit| (undo.unit, deficit)));
            item.deficits = deficits.collect::<Result<_, QuotaError>>().map_err(Refused::quota(Unit::Time))?;
            item.refused = (!plan.possible()).then(|| Problem::InTheWay { obstacles: plan.obstacles.clone() });
        }
    }
    Ok(item)
}
