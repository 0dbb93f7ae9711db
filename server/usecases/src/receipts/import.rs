//! Bank files: kept as they were read, with proposals as things stand; recorded when a person confirms, all or nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    BankFileId, DocumentId, Money, Permission, ReceiptId,
    receipts::{
        OpenInvoice, Proposal, ReceiptError,
        bank::{BankFault, BankFile, BankLine, MOST_BANK_LINES},
        propose,
    },
};
use store::{
    Tx, fold,
    receipts::{self, StoredFile},
};
use wire::{
    FieldReason, Noun, Problem,
    documents::DocumentRow,
    receipts::{
        BankFileDraft, BankFileLine, BankFileRow, BankFileView, ChosenPart, ImportDraft, ImportLine, Imported,
        MOST_RECEIPT_TEXT, ReceiptDraft,
    },
};

use super::{Asked, recorded};
use crate::{Call, Env, Refused, changed::Saver, people::digest};

/// The most open invoices that lines are compared with: those that are due last.
const MOST_OPEN: i64 = 20_000;
/// How many files the page lists.
const MOST_FILES: i64 = 10;

/// What a transaction is known by: the same in every file that has it.
fn known_by(line: &BankLine) -> String {
    digest(&line.identity)
}

/// Keeps a bank file, so that its transactions can be assigned. Nothing is recorded yet. The same again is the same; the
/// same id with other transactions is refused.
pub async fn add_file(env: &Env, call: &Call, draft: BankFileDraft) -> Result<BankFileView, Refused> {
    call.needs(Permission::RecordReceipts)?;
    if draft.file.lines.len() > MOST_BANK_LINES {
        let fault = BankFault::TooManyLines { most: MOST_BANK_LINES, found: draft.file.lines.len() };
        return Err(Problem::field("text", FieldReason::Bank(fault)).into());
    }
    let (saver, id) = (env.saver(call), draft.id);
    let added = env.write(call, move |tx| {
        let (saver, draft) = (saver.clone(), draft.clone());
        Box::pin(async move {
            if receipts::add_file(tx, draft.id, &draft.file, (&saver.by, saver.at)).await? {
                return Ok(());
            }
            let there = receipts::file(tx, draft.id).await?;
            let same = there.is_some_and(|there| there.file == draft.file);
            if same { Ok(()) } else { Err(Refused::from(Problem::SameId)) }
        })
    });
    added.await?;
    file(env, call, id).await
}

/// The files that were read last.
pub async fn files(env: &Env, call: &Call) -> Result<Vec<BankFileRow>, Refused> {
    call.needs(Permission::RecordReceipts)?;
    let found = receipts::files(&mut env.db.read().await?, MOST_FILES).await?;
    Ok(found.into_iter().map(|row| local(env, row)).collect())
}

fn local(env: &Env, row: BankFileRow) -> BankFileRow {
    BankFileRow { read: (env.local(row.read.0.to_utc()), row.read.1), ..row }
}

/// A bank file with what was recorded of it and what is proposed for the rest, as things stand.
pub async fn file(env: &Env, call: &Call, id: BankFileId) -> Result<BankFileView, Refused> {
    call.needs(Permission::RecordReceipts)?;
    let mut tx = env.db.read().await?;
    let StoredFile { row, file: BankFile { lines, pending } } =
        receipts::file(&mut tx, id).await?.ok_or_else(missing)?;
    let keys: Vec<String> = lines.iter().map(known_by).collect();
    let mut before = receipts::lines_recorded(&mut tx, &keys).await?;
    let open = receipts::all_open(&mut tx, MOST_OPEN).await?;
    let paid_in_part: Vec<DocumentId> = open.iter().filter(|row| row.received != 0).map(|row| row.id).collect();
    let mut by_hand = receipts::by_hand(&mut tx, &paid_in_part).await?;
    let open = open.into_iter().map(|row| open_invoice(by_hand.remove(&row.id).unwrap_or_default(), row));
    let open: Vec<OpenInvoice> = open.collect();
    // What was recorded is proposed no more, and takes nothing from the others.
    let (places, rest): (Vec<usize>, Vec<BankLine>) = (0..)
        .zip(lines.iter().zip(&keys))
        .filter(|(_, (_, key))| !before.contains_key(*key))
        .map(|(place, (line, _))| (place, line.clone()))
        .unzip();
    let proposed = propose(&rest, &open);
    let mut proposals: HashMap<usize, Vec<Proposal>> = places.into_iter().zip(proposed).collect();
    let lines = (0..).zip(lines.into_iter().zip(&keys)).map(|(place, (line, key))| BankFileLine {
        recorded: before.remove(key).into_iter().flatten().map(|part| (part.document, part.number)).collect(),
        proposals: proposals.remove(&place).unwrap_or_default(),
        line,
    });
    let lines: Vec<BankFileLine> = lines.collect();
    let named: BTreeSet<DocumentId> = lines
        .iter()
        .flat_map(|line| &line.proposals)
        .flat_map(|proposal| proposal.parts.iter().map(|part| part.document))
        .collect();
    let invoices = open.into_iter().filter(|invoice| named.contains(&invoice.document)).collect();
    Ok(BankFileView { row: local(env, row), lines, pending, invoices })
}

fn missing() -> Refused {
    Refused::not_found(Noun::BankFile)
}

fn open_invoice(by_hand: Vec<i64>, row: DocumentRow) -> OpenInvoice {
    OpenInvoice {
        document: row.id,
        open: row.invoice().open(),
        number: row.number.unwrap_or_default(),
        customer: row.customer.name,
        currency: row.gross.currency,
        by_hand,
    }
}

/// Records what a person has assigned, all or nothing.
///
/// Refused at its line when a transaction was recorded meanwhile, when something else is open than the person saw, and when
/// more came in than is open of an invoice that was named by its number. The same again changes nothing.
pub async fn import(env: &Env, call: &Call, draft: ImportDraft) -> Result<Imported, Refused> {
    call.needs(Permission::RecordReceipts)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.write(call, move |tx| {
        let (saver, env, draft) = (saver.clone(), own.clone(), draft.clone());
        Box::pin(async move { imported(&env, tx, &draft, &saver).await })
    });
    done.await
}

async fn imported(env: &Env, tx: &mut Tx, draft: &ImportDraft, saver: &Saver) -> Result<Imported, Refused> {
    let StoredFile { file, .. } = receipts::file(tx, draft.file).await?.ok_or_else(missing)?;
    let by_line: BTreeMap<usize, &BankLine> = file.lines.iter().map(|line| (line.line, line)).collect();
    let numbers: Vec<String> =
        draft.lines.iter().filter(|asked| !asked.number.is_empty()).map(|asked| asked.number.clone()).collect();
    let numbered = receipts::of_numbers(tx, &numbers).await?;
    let mut asked = Vec::new();
    let mut keys = Vec::new();
    let mut sums = BTreeMap::<&str, Money>::new();
    for chosen in &draft.lines {
        let at = |field: &str| format!("lines.{}.{field}", chosen.place);
        let line = by_line.get(&chosen.line).ok_or_else(|| Problem::field(&at("choice"), FieldReason::NotOneOf))?;
        let key = known_by(line);
        if keys.contains(&key) {
            return Err(Problem::field(&at("choice"), FieldReason::NotOneOf).into());
        }
        let parts = parts(chosen, line, &numbered)?;
        // Parts of another currency, or negative ones, would add up to it though nothing like that came in.
        let fit = parts.iter().all(|part| part.amount.currency == line.currency && part.amount.minor > 0);
        let total = parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(part.amount.minor));
        if !fit || total != Some(line.amount) || line.amount <= 0 {
            return Err(Problem::field(&at("choice"), FieldReason::NotOneOf).into());
        }
        let sum = sums.entry(line.currency.code()).or_insert(Money { minor: 0, currency: line.currency });
        sum.minor = sum.minor.saturating_add(line.amount);
        let field = if chosen.number.is_empty() { at("choice") } else { at("number") };
        asked.extend(parts.into_iter().map(|part| Asked {
            draft: ReceiptDraft {
                id: ReceiptId::new(env.id()),
                document: part.document,
                date: line.date,
                amount: part.amount,
                text: said(line),
                // More than was open is meant only where that was shown, or said.
                over: chosen.over || part.seen.is_some_and(|seen| part.amount.minor > seen),
                seen: None,
            },
            bank_line: Some(key.clone()),
            at: field.clone(),
        }));
        keys.push(key);
    }
    let receipts = asked.iter().map(|asked| asked.draft.document).collect::<Vec<_>>();
    let found = receipts::lock(tx, &receipts).await?;
    if repeated(tx, &keys, &asked).await? {
        return Ok(answer(draft, sums));
    }
    as_seen(draft, &found)?;
    let taken = receipts::claim_lines(tx, draft.file, &keys).await?;
    if let Some((chosen, _)) = draft.lines.iter().zip(&keys).find(|(_, key)| taken.contains(*key)) {
        let field = format!("lines.{}.choice", chosen.place);
        return Err(Problem::field(&field, FieldReason::Recorded).into());
    }
    recorded(env, tx, &asked, saver).await?;
    Ok(answer(draft, sums))
}

/// What the bank says of a transaction, as the receipt keeps it.
fn said(line: &BankLine) -> String {
    let parts: Vec<&str> =
        [&line.name, &line.text].into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(" · ").chars().take(MOST_RECEIPT_TEXT).collect()
}

fn answer(draft: &ImportDraft, sums: BTreeMap<&str, Money>) -> Imported {
    Imported { file: draft.file, lines: draft.lines.len(), sums: sums.into_values().collect() }
}

/// Whether just this was recorded before: every transaction with just these amounts for just these invoices.
async fn repeated(tx: &mut Tx, keys: &[String], asked: &[Asked]) -> Result<bool, Refused> {
    let before = receipts::lines_recorded(tx, keys).await?;
    let all = keys.iter().all(|key| {
        let of = asked.iter().filter(|asked| asked.bank_line.as_ref() == Some(key));
        let mut wanted: Vec<_> = of.map(|asked| (asked.draft.document, asked.draft.amount.minor)).collect();
        let there = before.get(key).into_iter().flatten();
        let mut there: Vec<_> = there.map(|part| (part.document, part.amount)).collect();
        wanted.sort_unstable();
        there.sort_unstable();
        there == wanted
    });
    Ok(all)
}

/// What goes where of a line: what was chosen, or all of it to the invoice of that number.
fn parts(
    chosen: &ImportLine,
    line: &BankLine,
    numbered: &HashMap<String, DocumentRow>,
) -> Result<Vec<ChosenPart>, Problem> {
    if chosen.number.is_empty() {
        return Ok(chosen.parts.clone());
    }
    let field = format!("lines.{}.number", chosen.place);
    let row = numbered.get(&fold(&chosen.number)).ok_or_else(|| {
        let reason = FieldReason::NoSuchInvoice(chosen.number.clone());
        Problem::field(&field, reason)
    })?;
    let amount = Money { minor: line.amount, currency: line.currency };
    Ok(vec![ChosenPart { document: row.id, amount, seen: None }])
}

/// Refuses what was chosen while something else was open. Of several lines for the same invoice the later ones were shown
/// with what the sure ones before them leave, or with what was open at first.
fn as_seen(draft: &ImportDraft, found: &BTreeMap<DocumentId, DocumentRow>) -> Result<(), Problem> {
    let mut open: BTreeMap<DocumentId, i64> = found.iter().map(|(id, row)| (*id, row.invoice().open())).collect();
    for chosen in &draft.lines {
        for part in &chosen.parts {
            let Some((left, row)) = open.get_mut(&part.document).zip(found.get(&part.document)) else { continue };
            let first = row.invoice().open();
            if let Some(seen) = part.seen.filter(|seen| *seen != *left && *seen != first) {
                let error = ReceiptError::Differs { seen, open: *left };
                let reason = FieldReason::Receipt(error, row.gross.currency);
                return Err(Problem::field(&format!("lines.{}.choice", chosen.place), reason));
            }
            *left = left.saturating_sub(part.amount.minor);
        }
    }
    Ok(())
}
