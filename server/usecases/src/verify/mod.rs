//! The audit: recomputes every account from its first entry and compares; then every contract, document and booking.
//!
//! Four things per account, in this order: the entries fold at all (bounds, numbering, sums); each draw and each grant
//! is what the kernel decides on the state before it with the terms of that time (order of consumption, overbooking,
//! covers); the state beside the ledger is what folding gives; and in the end no row belongs to nothing. What
//! contracts, documents and bookings have to be stands in their modules.

mod archive;
mod balancing;
mod bookings;
mod clearing;
mod contracts;
mod documents;
mod fees;
mod papers;
mod project_invoices;
mod receipts;

use std::collections::HashMap;

use domain::{
    AccountId, LotId,
    quota::{AccountView, CoverPart, DrawRequest, Entry, GrantOrigin, Ledger, Movement, Policy, Seq, covers_of, draw},
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    audit,
    ledger::{self, StoredEntry},
};

use crate::{Env, Refused, archive::Filer};

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// How many accounts were folded.
    pub accounts: usize,
    /// How many entries they have.
    pub entries: usize,
    /// How many contracts were compared with their terms and claims.
    pub contracts: usize,
    /// How many documents were added up.
    pub documents: usize,
    /// How many bookings were decided anew.
    pub bookings: usize,
    /// What is wrong; empty in good books.
    pub faults: Vec<Fault>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The account; none for rows that belong to nothing.
    pub account: Option<AccountId>,
    /// The first wrong entry, where the fault is in one.
    pub entry: Option<i64>,
    /// What is wrong, with figures.
    pub what: String,
}

/// How many things are audited on one consistent view.
const STEP: i64 = 100;

/// Audits every account, contract, document and booking, a hundred at a time, each on one consistent view; with an
/// archive also whether everything that was filed lies there.
pub async fn verify(env: &Env, archive: Option<&dyn Filer>) -> Result<Report, Refused> {
    let mut report = Report::default();
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let accounts = accounts::after(&mut tx, &last, STEP).await?;
        let Some(end) = accounts.last() else { break };
        last = end.account.id.to_string();
        for stored in &accounts {
            let entries = ledger::all(&mut tx, stored.account.id).await?;
            let policies = accounts::policies(&mut tx, stored.account.id).await?;
            report.accounts += 1;
            report.entries += entries.len();
            let mut audit = Audit { account: stored.account.id, faults: &mut report.faults };
            if let Some(folded) = audit.fold(stored, &entries, &policies) {
                audit.compare(&mut tx, stored, &folded).await?;
            }
        }
    }
    contracts::verify(env, &mut report).await?;
    documents::verify(env, &mut report).await?;
    fees::verify(env, &mut report).await?;
    balancing::verify(env, &mut report).await?;
    receipts::verify(env, &mut report).await?;
    papers::verify(env, &mut report).await?;
    bookings::verify(env, &mut report).await?;
    project_invoices::verify(env, &mut report).await?;
    if let Some(archive) = archive {
        archive::verify(env, archive, &mut report).await?;
    }
    for what in audit::orphans(&mut env.db.read().await?).await? {
        report.faults.push(Fault { account: None, entry: None, what });
    }
    Ok(report)
}

/// The audit of one account.
struct Audit<'a> {
    account: AccountId,
    faults: &'a mut Vec<Fault>,
}

impl Audit<'_> {
    fn fault(&mut self, entry: Option<i64>, what: String) {
        self.faults.push(Fault { account: Some(self.account), entry, what });
    }

    /// Folds the entries and decides each anew. `None` from the first entry on that cannot be folded.
    fn fold(&mut self, stored: &StoredAccount, entries: &[StoredEntry], policies: &[(Seq, Policy)]) -> Option<Ledger> {
        let mut folded = Ledger::new(stored.account.clone());
        let mut decided_right = true;
        for (place, kept) in entries.iter().enumerate() {
            let seq = Some(kept.entry.seq.0);
            // Decided with the terms of that time, which may have changed since.
            let then = policies.iter().rfind(|(from, _)| *from <= kept.entry.seq);
            folded.view.account.policy = then.map_or(stored.account.policy, |(_, policy)| *policy);
            // What follows a wrong decision is decided on a wrong state: only the first one is named.
            if decided_right && let Some((seq, what)) = wrong_decision(&folded.view, kept, entries.get(place + 1..)?) {
                self.fault(Some(seq), what);
                decided_right = false;
            }
            if let Err(error) = folded.post(&kept.entry) {
                self.fault(seq, error.to_string());
                return None;
            }
            let moves = kept.entry.movement.balance().unwrap_or_default();
            if moves != kept.moved {
                self.fault(seq, format!("it moves {moves}, the sums count {}", kept.moved));
            }
        }
        let last = policies.last().map_or(stored.account.policy, |(_, policy)| *policy);
        if last != stored.account.policy {
            self.fault(
                None,
                format!("its terms were last set to {last:?}, the account says {:?}", stored.account.policy),
            );
        }
        Some(folded)
    }

    /// Compares what folding gives with the state beside the ledger.
    async fn compare(&mut self, tx: &mut Tx, stored: &StoredAccount, folded: &Ledger) -> Result<(), Refused> {
        let (next, end) = (folded.view.next_seq, folded.view.end);
        if next != stored.next_seq {
            self.fault(None, format!("next entry is {next}, the account says {}", stored.next_seq));
        }
        if folded.balance != stored.balance {
            self.fault(None, format!("the entries add up to {}, the account says {}", folded.balance, stored.balance));
        }
        if end != stored.end {
            self.fault(None, format!("the entries end it on {end:?}, the account says {:?}", stored.end));
        }
        let kept: HashMap<_, _> =
            ledger::lots_of(tx, stored).await?.into_iter().map(|state| (state.lot.id, state)).collect();
        let mut lots: Vec<_> = folded.view.lots.iter().collect();
        lots.sort_by_key(|state| state.lot.seq);
        for ours in &lots {
            let kept = kept.get(&ours.lot.id);
            if kept != Some(ours) {
                self.fault(Some(ours.lot.seq.0), format!("lot {}: folded {ours:?}, kept {kept:?}", ours.lot.id));
            }
        }
        if lots.len() != kept.len() {
            self.fault(None, format!("{} lots folded, {} kept", lots.len(), kept.len()));
        }
        let kept: HashMap<_, _> =
            ledger::draws_of(tx, stored.account.id).await?.into_iter().map(|draw| (draw.draw, draw)).collect();
        let mut draws: Vec<_> = folded.draws.values().collect();
        draws.sort_by_key(|draw| draw.seq);
        for ours in &draws {
            let kept = kept.get(&ours.draw);
            if kept != Some(ours) {
                self.fault(Some(ours.seq.0), format!("draw {}: folded {ours:?}, kept {kept:?}", ours.draw));
            }
        }
        if draws.len() != kept.len() {
            self.fault(None, format!("{} draws folded, {} kept", draws.len(), kept.len()));
        }
        Ok(())
    }
}

/// Decides a draw or a grant anew on the state before it; says which entry is wrong and what the kernel would have
/// decided instead.
fn wrong_decision(before: &AccountView, kept: &StoredEntry, next: &[StoredEntry]) -> Option<(i64, String)> {
    let seq = kept.entry.seq.0;
    match &kept.entry.movement {
        Movement::Draw { draw: id, parts, deficit, origin } => {
            let (wanted, ..) = kept.note.wanted?;
            let request = DrawRequest { draw: *id, date: kept.entry.date, wanted, origin: *origin };
            match draw(before, &request) {
                Ok(decision) if decision.parts == *parts && decision.deficit == *deficit => None,
                Ok(decision) => Some((
                    seq,
                    format!(
                        "{wanted} wanted: the kernel takes {:?} and a deficit of {}, kept {parts:?} and {deficit}",
                        decision.parts, decision.deficit
                    ),
                )),
                Err(error) => Some((seq, format!("{wanted} wanted: the kernel refuses it: {error}"))),
            }
        }
        // A balancing invoice covers what it bills and not what comes first.
        Movement::Grant { lot } if lot.origin != GrantOrigin::BalancingInvoice => {
            let expected = match covers_of(before, lot) {
                Ok((covers, _)) => covers,
                Err(error) => return Some((seq, format!("the kernel refuses it: {error}"))),
            };
            let mut place = seq;
            for (expected, kept) in expected.iter().zip(next.iter().map(Some).chain(std::iter::repeat(None))) {
                let found = kept.and_then(|kept| cover_of(&kept.entry, lot.id));
                place = place.saturating_add(1);
                if found.as_ref() != Some(expected) {
                    return Some((place, format!("the kernel covers {expected:?}, kept {found:?}")));
                }
            }
            None
        }
        _ => None,
    }
}

fn cover_of(entry: &Entry, of: LotId) -> Option<CoverPart> {
    match &entry.movement {
        Movement::Cover { draw, lot, amount } if *lot == of => Some(CoverPart { draw: *draw, amount: *amount }),
        _ => None,
    }
}
