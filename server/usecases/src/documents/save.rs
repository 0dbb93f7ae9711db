//! Saving drafts of delivery notes and invoices, and what they draw.

use std::collections::HashSet;

use domain::{
    ContractId, LineId, Permission, Seconds,
    clearing::{ClearingError, LineDifference, Reconciled, differences, reconcile},
    documents::{DocumentKind, due_on},
};
use store::{
    Tx, Work, customers,
    documents::{self, NewCleared, NewDocument, NewLine},
    project_invoices,
};
use wire::{
    FieldProblem, FieldReason, Noun, Problem,
    documents::{ClearedLine, DocumentDraft, DocumentLine, DocumentPage, DraftLine, SavedDocument, not_reconcilable},
};

use super::{
    SUBJECT,
    draws::post,
    facts::{Loaded, load},
    kept::{Kept, fields, kept},
};
use crate::{
    Call, Env, Refused, articles,
    changed::{Saver, changes, check_version, note},
    settings,
};

/// Creates a draft of a delivery note or invoice (version 0) or changes one, and reconciles its lines with the quotas
/// that they draw: its own draws are released, and each line draws anew, from top to bottom. The answer says where that
/// came out otherwise than the person saw. The same content again is reconciled again, and
/// where that gives the same nothing is stored.
///
/// Refused when it is no draft of that kind, when the customer, a contract, an article or a group is not there, when a
/// total does not fit, or when somebody else saved in the meantime.
pub async fn save(env: &Env, call: &Call, draft: DocumentDraft) -> Result<SavedDocument, Refused> {
    call.needs(Permission::EditDocuments)?;
    let mut faults = draft.faults();
    if !draft.kind.clears() {
        faults.push(FieldProblem::at("kind", FieldReason::NotOneOf));
    }
    if !faults.is_empty() {
        return Err(Problem::Invalid { fields: faults }.into());
    }
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { save_locked(&env, tx, &draft, &saver).await })
    });
    done.await
}

/// The draft as it was saved, what its lines came to, and where that differs from what the person saw.
type Saved = (DocumentPage, Reconciled, Vec<LineDifference>);

fn told<'t>(env: &'t Env, tx: &'t mut Tx, saved: Saved) -> Work<'t, SavedDocument, Refused> {
    let (page, reconciled, differences) = saved;
    Box::pin(async move { Ok(SavedDocument { page: super::shown(env, tx, page).await?, reconciled, differences }) })
}

/// The same within a transaction: a draft that other things make is saved like one that was typed.
pub(crate) async fn save_locked(
    env: &Env,
    tx: &mut Tx,
    draft: &DocumentDraft,
    saver: &Saver,
) -> Result<Saved, Refused> {
    let id = draft.id;
    let draft = &grouped(tx, draft).await?;
    let kept = kept(tx, id).await?;
    let same = kept.page.as_ref().is_some_and(|page| same_content(page, draft));
    if !same {
        check_version(kept.page.as_ref().map(|page| page.version), draft.version, Noun::Document)?;
    }
    let day = check(env, tx, draft, &kept).await?;
    let fixed = kept.fixed();
    let document = draft.clearing(fixed.iter().map(|(line, _)| line.clone()).collect());

    let contracts = kept.contracts(draft.lines.iter().filter_map(|line| line.contract));
    let loaded = load(tx, &contracts, draft.date, Some(id), day, true).await?;
    unknown_contracts(draft, &loaded)?;
    let reconciled = reconcile(&document, &loaded.facts).map_err(|error| refused(draft, error))?;

    let (drawn_by, posted) = post(env, tx, (&loaded, &reconciled), &kept.held(), (draft, saver)).await?;
    let differences = differences(&draft.seen, &reconciled);
    let unchanged = same && !posted && kept.lines.iter().map(|kept| &kept.cleared.clearing).eq(&reconciled.lines);
    if let Some(page) = kept.page.clone().filter(|_| unchanged) {
        return Ok((page, reconciled, differences));
    }
    let lines = draft.lines.iter().zip(reconciled.lines.iter().skip(fixed.len())).map(|(line, clearing)| NewLine {
        line: line.line.clone(),
        seconds: line.line.seconds(day).map(|time| time.0),
        total: clearing.total,
        contract: line.contract,
        service: None,
        cleared: Some(NewCleared {
            id: line.id,
            clears: line.clears,
            clearing: clearing.clone(),
            draw: drawn_by.get(&line.id).copied(),
            note_line: None,
        }),
    });
    let lines = fixed.iter().map(|(_, stored)| stored.clone()).chain(lines).collect();
    let new = NewDocument {
        id,
        kind: draft.kind,
        number: None,
        customer: draft.customer,
        recipient: None,
        currency: draft.currency,
        date: draft.date,
        due_on: due_on(draft.date, draft.payment_days),
        payment_days: draft.payment_days,
        delivery: draft.delivery,
        totals: reconciled.totals.clone(),
        run: None,
        cancels: None,
        lines,
    };
    match &kept.page {
        None => documents::add(tx, &[new], &saver.by, saver.at).await?,
        Some(_) => documents::change(tx, &new).await?,
    }
    let after = documents::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let changed = changes(kept.page.as_ref().map(fields), fields(&after));
    note(tx, (SUBJECT, id.to_string()), saver, changed).await?;
    Ok((after, reconciled, differences))
}

/// Whether the document holds just what the draft says.
fn same_content(page: &DocumentPage, draft: &DocumentDraft) -> bool {
    let own = page.lines.iter().filter_map(|line| line.cleared.as_ref().map(|cleared| (line, cleared)));
    let own: Vec<_> = own.filter(|(_, cleared)| cleared.note.is_none()).collect();
    let same_line = |(line, cleared): &(&DocumentLine, &ClearedLine), typed: &DraftLine| {
        cleared.id == typed.id
            && line.line == typed.line
            && line.contract.as_ref().map(|(id, _)| *id) == typed.contract
            && cleared.clears == typed.clears
    };
    page.row.kind == draft.kind
        && page.row.customer.id == draft.customer
        && page.row.net.currency == draft.currency
        && page.row.date == draft.date
        && page.delivery == draft.delivery
        && page.payment_days == draft.payment_days
        && own.len() == draft.lines.len()
        && own.iter().zip(&draft.lines).all(|(line, typed)| same_line(line, typed))
}

/// Refuses a draft that names what is not there. Gives the company's working day.
async fn check(env: &Env, tx: &mut Tx, draft: &DocumentDraft, kept: &Kept) -> Result<Seconds, Refused> {
    if let Some(before) = &kept.page {
        let same = [
            ("customer", before.row.customer.id == draft.customer),
            ("kind", before.row.kind == draft.kind),
            ("currency", before.row.net.currency == draft.currency),
        ];
        let fixed = same.into_iter().filter(|(_, same)| !same);
        let fields: Vec<_> = fixed.map(|(field, _)| FieldProblem::at(field, FieldReason::NotOneOf)).collect();
        if !fields.is_empty() {
            return Err(Problem::Invalid { fields }.into());
        }
    }
    if customers::get(tx, draft.customer).await?.is_none() {
        return Err(Problem::field("customer", FieldReason::NotOneOf).into());
    }
    let day = settings::read(env, tx).await?.hours_per_day;
    let lines: Vec<_> = draft.lines.iter().map(|line| line.line.clone()).collect();
    let mut problems = articles::unknown_in(tx, "lines", &lines).await?;
    problems.extend(draft.too_large(day));
    problems.extend(taken(tx, draft, kept).await?);
    problems.extend(of_bookings(tx, draft, kept).await?);
    if problems.is_empty() { Ok(day) } else { Err(Problem::Invalid { fields: problems }.into()) }
}

/// The draft with the groups of its articles.
async fn grouped(tx: &mut Tx, draft: &DocumentDraft) -> Result<DocumentDraft, Refused> {
    let mut draft = draft.clone();
    let mut lines: Vec<_> = draft.lines.iter().map(|line| line.line.clone()).collect();
    articles::grouped(tx, &mut lines).await?;
    for (of, line) in draft.lines.iter_mut().zip(lines) {
        of.line = line;
    }
    Ok(draft)
}

/// Every line whose id is another's: of a line that comes from a delivery note, or of another document.
async fn taken(tx: &mut Tx, draft: &DocumentDraft, kept: &Kept) -> Result<Vec<FieldProblem>, Refused> {
    let ids: Vec<LineId> = draft.lines.iter().map(|line| line.id).collect();
    let (elsewhere, fixed) = (documents::elsewhere(tx, draft.id, &ids).await?, kept.fixed_ids());
    let places = ids.iter().enumerate().filter(|(_, id)| elsewhere.contains(id) || fixed.contains(id));
    Ok(places.map(|(place, _)| FieldProblem::at(&format!("lines.{place}.id"), FieldReason::Taken)).collect())
}

/// Every line that comes from bookings of a project and names a contract: it clears nothing, because the waterfall of
/// the project has decided where its time goes.
async fn of_bookings(tx: &mut Tx, draft: &DocumentDraft, kept: &Kept) -> Result<Vec<FieldProblem>, Refused> {
    let named = draft.lines.iter().any(|line| line.contract.is_some());
    if kept.page.is_none() || draft.kind != DocumentKind::Invoice || !named {
        return Ok(Vec::new());
    }
    let Some(invoice) = project_invoices::get(tx, draft.id).await? else { return Ok(Vec::new()) };
    let own: HashSet<LineId> = invoice.report.lines.iter().map(|line| line.document_line).collect();
    let places = draft.lines.iter().enumerate().filter(|(_, line)| line.contract.is_some() && own.contains(&line.id));
    Ok(places.map(|(place, _)| FieldProblem::at(&format!("lines.{place}.contract"), FieldReason::Fixed)).collect())
}

/// Refuses a draft with a line that names a contract that is not there, also where the line clears nothing.
fn unknown_contracts(draft: &DocumentDraft, loaded: &Loaded) -> Result<(), Refused> {
    let known: HashSet<ContractId> = loaded.contracts.iter().map(|found| found.contract.id).collect();
    let unknown = |line: &DraftLine| line.contract.is_some_and(|contract| !known.contains(&contract));
    let places = draft.lines.iter().enumerate().filter(|(_, line)| unknown(line));
    let field = |place| FieldProblem::at(&format!("lines.{place}.contract"), FieldReason::NotOneOf);
    let fields: Vec<_> = places.map(|(place, _)| field(place)).collect();
    if fields.is_empty() { Ok(()) } else { Err(Problem::Invalid { fields }.into()) }
}

/// Why a document cannot be reconciled, at its line.
fn refused(draft: &DocumentDraft, error: ClearingError) -> Refused {
    let place = |line: LineId| draft.lines.iter().position(|of| of.id == line).unwrap_or_default();
    not_reconcilable(error, |line, field| format!("lines.{}.{field}", place(line))).into()
}
