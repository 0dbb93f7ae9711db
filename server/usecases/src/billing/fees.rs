//! Billing the fees of projects: deciding, which the dry run does too, and storing it, in one transaction for each project.
//!
//! A project gets one invoice. Whoever bills locks the project first, as whoever changes its lines does.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use domain::{
    BillingLineId, ClaimId, DocumentId, ProjectId,
    billing::{DueFee, FeeInvoice, bill_fees},
    contracts::Delivery,
    documents::{DocumentKind, PAYMENT_DAYS, due_on},
    quota::Unit,
};
use store::{
    StoreError, Tx,
    billing::{self, Owner, StoredItem},
    customers,
    documents::{self, NewDocument, NewLine},
    fees::{self, FeePeriods, NewFeeClaim},
    projects::{self, StoredLine, StoredProject},
};
use wire::billing::NotBilled;

use super::commit::{INVOICES, Terms, next_numbers};
use crate::{Env, Refused};

/// The fees of a project that are billed together.
#[derive(Debug, Clone)]
pub(super) struct FeePiece {
    /// The project.
    pub project: ProjectId,
    /// Its lines; of a re-run with the freed periods that it is for.
    pub lines: FeePeriods,
    /// Whether it is a re-run.
    pub again: bool,
}

impl FeePiece {
    /// Fees that are due.
    pub fn due((project, lines): (ProjectId, Vec<BillingLineId>)) -> FeePiece {
        let lines = lines.into_iter().map(|line| (line, BTreeSet::new())).collect();
        FeePiece { project, lines, again: false }
    }

    /// Freed periods of fees.
    pub fn freed((project, lines): (ProjectId, FeePeriods)) -> FeePiece {
        FeePiece { project, lines, again: true }
    }

    /// Leaves out freed periods that are done. Gives whether anything is left.
    pub fn leave_out(&mut self, done: &HashSet<(Owner, u32)>) -> bool {
        let project = self.project;
        self.lines.retain(|line, periods| {
            periods.retain(|period| !done.contains(&(Owner::Fee(project, *line), *period)));
            !periods.is_empty()
        });
        !self.lines.is_empty()
    }
}

/// What is billed of the fees of a project.
pub(super) struct DecidedFees {
    /// The project.
    pub project: StoredProject,
    /// Its lines that were asked for, in their order.
    pub lines: Vec<StoredLine>,
    /// The invoice; without anything on it there is none.
    pub invoice: FeeInvoice,
    /// What is not billed, with the number of the period.
    pub refused: BTreeMap<BillingLineId, (u32, NotBilled)>,
}

/// Decides what these projects bill, in their order. The projects are locked until the transaction ends when `lock`.
pub(super) async fn decide_fees(
    tx: &mut Tx,
    pieces: &[FeePiece],
    as_of: NaiveDate,
    lock: bool,
) -> Result<Vec<DecidedFees>, Refused> {
    let ids: Vec<ProjectId> = pieces.iter().map(|piece| piece.project).collect();
    let mut stored = if lock { projects::lock(tx, &ids).await? } else { projects::many(tx, &ids).await? };
    let mut lines = projects::every_line_of(tx, &ids).await?;
    let again: Vec<ProjectId> = pieces.iter().filter(|piece| piece.again).map(|piece| piece.project).collect();
    let mut freed = fees::freed(tx, &again).await?;
    let found = pieces.iter().filter_map(|piece| {
        let project = stored.remove(&piece.project)?;
        let mut lines = lines.remove(&piece.project).unwrap_or_default();
        lines.retain(|stored| piece.lines.contains_key(&stored.line.id));
        Some(decided(piece, project, lines, &freed.remove(&piece.project).unwrap_or_default(), as_of))
    });
    Ok(found.collect())
}

/// `freed` is what of the project is freed now: somebody may have billed it again meanwhile.
fn decided(
    piece: &FeePiece,
    project: StoredProject,
    lines: Vec<StoredLine>,
    freed: &FeePeriods,
    as_of: NaiveDate,
) -> DecidedFees {
    let (mut due, mut refused) = (Vec::new(), BTreeMap::new());
    for stored in &lines {
        let id = stored.line.id;
        let asked = piece.lines.get(&id).cloned().unwrap_or_default();
        let still = freed.get(&id).cloned().unwrap_or_default();
        let fee = stored.line.fee().copied();
        let periods = match fee {
            None => Vec::new(),
            Some(fee) if piece.again => fee.due_among(asked.intersection(&still).copied(), as_of),
            Some(fee) => fee.due(stored.next, as_of),
        };
        match fee {
            Some(fee) if !periods.is_empty() => {
                due.push(DueFee { line: id, name: stored.name.clone(), fee, periods });
            }
            _ if piece.again => {
                refused.insert(id, (asked.first().copied().unwrap_or(stored.next), NotBilled::NotFreed));
            }
            _ => {
                refused.insert(id, (stored.next, NotBilled::AlreadyBilled));
            }
        }
    }
    let invoice = bill_fees(&due, project.currency).unwrap_or_else(|unbillable| {
        let reason = NotBilled::Refused { error: unbillable.error, unit: Unit::Time };
        // Nothing of the project is billed, and each line says why.
        for fee in &due {
            let first = fee.periods.first().map_or(unbillable.period, |period| period.number);
            let number = if fee.line == unbillable.line { unbillable.period } else { first };
            refused.insert(fee.line, (number, reason.clone()));
        }
        FeeInvoice::default()
    });
    DecidedFees { project, lines, invoice, refused }
}

/// Stores it. The caller holds the lock of the project with which it was decided.
pub(super) async fn commit_fees(env: &Env, tx: &mut Tx, decided: DecidedFees, terms: &Terms) -> Result<(), Refused> {
    let DecidedFees { project, lines, invoice, refused } = decided;
    let (id, saver, document) = (project.row.id, &terms.saver, DocumentId::new(env.id()));
    let mut claimed = Vec::with_capacity(invoice.fees.len());
    // A fee bills one line in each period, so that its place among them is that of the line on the document.
    for (place, planned) in invoice.fees.iter().enumerate() {
        let fee = lines.iter().find(|stored| stored.line.id == planned.line).and_then(|stored| stored.line.fee());
        claimed.extend(fee.map(|fee| NewFeeClaim {
            id: ClaimId::new(env.id()),
            project: id,
            line: planned.line,
            period: planned.bill.period,
            fee: *fee,
            document,
            place,
            net: planned.bill.totals.net,
        }));
    }
    fees::add(tx, &claimed, &saver.by, saver.at).await?;
    for stored in lines {
        let billed = claimed.iter().filter(|claim| claim.line == stored.line.id);
        if let Some(last) = billed.map(|claim| claim.period.number).max() {
            // A re-run bills what lies before.
            let next = stored.next.max(last.saturating_add(1));
            fees::advance(tx, &StoredLine { next, ..stored }).await?;
        }
    }
    let billed = invoice.fees.iter().enumerate().map(|(place, planned)| StoredItem {
        of: Owner::Fee(id, planned.line),
        period: planned.bill.period.number,
        document: Some(document),
        currency: project.currency,
        net: planned.bill.totals.net,
        gross: if place == 0 { invoice.totals.gross } else { 0 },
        not_billed: None,
    });
    let left_out = refused.into_iter().map(|(line, (period, reason))| not_billed(&project, line, period, reason));
    let items: Vec<StoredItem> = billed.chain(left_out).collect();
    billing::note(tx, terms.run, &items).await?;
    if invoice.fees.is_empty() {
        return Ok(());
    }

    // Numbers come last: their counter is shared by everybody who issues.
    let customer = project.row.customer.id;
    let (mut number, mut recipient) = (None, None);
    if terms.issue {
        recipient = customers::get(tx, customer).await?.map(|found| found.card);
        number = next_numbers(tx, (INVOICES, &terms.numbers), terms.today, 1).await?.pop();
    }
    let lines = invoice.fees.iter().flat_map(|planned| {
        let service = planned.bill.period.service;
        planned.bill.lines.iter().map(move |billed| NewLine {
            line: billed.line.clone(),
            seconds: billed.line.seconds(terms.day).map(|time| time.0),
            total: billed.total,
            contract: None,
            service: Some(service),
            cleared: None,
        })
    });
    let new = NewDocument {
        id: document,
        kind: DocumentKind::ContractInvoice,
        number,
        customer,
        recipient,
        currency: project.currency,
        date: terms.today,
        due_on: due_on(terms.today, PAYMENT_DAYS),
        payment_days: PAYMENT_DAYS,
        delivery: Delivery::default(),
        totals: invoice.totals.clone(),
        run: Some(terms.run),
        cancels: None,
        lines: lines.collect(),
    };
    Ok(documents::add(tx, &[new], &saver.by, saver.at).await?)
}

fn not_billed(project: &StoredProject, line: BillingLineId, period: u32, reason: NotBilled) -> StoredItem {
    StoredItem {
        of: Owner::Fee(project.row.id, line),
        period,
        document: None,
        currency: project.currency,
        net: 0,
        gross: 0,
        not_billed: Some(reason),
    }
}

/// What the program failed at, of each line of a piece.
pub(super) async fn failures(tx: &mut Tx, piece: &FeePiece, reason: &NotBilled) -> Result<Vec<StoredItem>, StoreError> {
    let ids = [piece.project];
    let Some(project) = projects::many(tx, &ids).await?.remove(&piece.project) else { return Ok(Vec::new()) };
    let mut lines = projects::every_line_of(tx, &ids).await?.remove(&piece.project).unwrap_or_default();
    lines.retain(|stored| piece.lines.contains_key(&stored.line.id));
    let failed = lines.iter().map(|stored| {
        let asked = piece.lines.get(&stored.line.id).and_then(|periods| periods.first().copied());
        not_billed(&project, stored.line.id, asked.unwrap_or(stored.next), reason.clone())
    });
    Ok(failed.collect())
}
