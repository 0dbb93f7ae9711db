//! The audit: folds every account from its first entry and compares with the state beside the ledger.

use std::collections::HashMap;

use domain::{AccountId, quota::Ledger};
use store::{accounts, ledger};

use crate::{Env, Refused};

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// How many accounts were folded.
    pub accounts: usize,
    /// How many entries they have.
    pub entries: usize,
    /// What is wrong; empty in good books.
    pub faults: Vec<Fault>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The account.
    pub account: AccountId,
    /// The first wrong entry, where the fault is in one.
    pub entry: Option<i64>,
    /// What is wrong, with figures.
    pub what: String,
}

/// Audits every account, a hundred at a time, each on one consistent view.
pub async fn verify(env: &Env) -> Result<Report, Refused> {
    let mut report = Report::default();
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let accounts = accounts::after(&mut tx, &last, 100).await?;
        let Some(end) = accounts.last() else { return Ok(report) };
        last = end.account.id.to_string();
        for stored in &accounts {
            let id = stored.account.id;
            let entries = ledger::all(&mut tx, id).await?;
            report.accounts += 1;
            report.entries += entries.len();
            let mut fault = |entry: Option<i64>, what: String| report.faults.push(Fault { account: id, entry, what });
            let mut folded = Ledger::new(stored.account.clone());
            let mut sound = true;
            for stored in &entries {
                let seq = Some(stored.entry.seq.0);
                if let Err(error) = folded.post(&stored.entry) {
                    fault(seq, error.to_string());
                    sound = false;
                    break;
                }
                let moves = stored.entry.movement.balance().unwrap_or_default();
                if moves != stored.moved {
                    fault(seq, format!("it moves {moves}, the sums count {}", stored.moved));
                }
            }
            if !sound {
                continue;
            }
            if folded.view.next_seq != stored.next_seq {
                fault(None, format!("next entry is {}, the account says {}", folded.view.next_seq, stored.next_seq));
            }
            if folded.balance != stored.balance {
                fault(None, format!("the entries add up to {}, the account says {}", folded.balance, stored.balance));
            }
            let lots: HashMap<_, _> =
                ledger::lots_of(&mut tx, id).await?.into_iter().map(|state| (state.lot.id, state)).collect();
            for ours in &folded.view.lots {
                let kept = lots.get(&ours.lot.id);
                if kept != Some(ours) {
                    fault(Some(ours.lot.seq.0), format!("lot {}: folded {ours:?}, kept {kept:?}", ours.lot.id));
                }
            }
            if folded.view.lots.len() != lots.len() {
                fault(None, format!("{} lots folded, {} kept", folded.view.lots.len(), lots.len()));
            }
            let kept: HashMap<_, _> = ledger::draws_of(&mut tx, id).await?.into_iter().map(|d| (d.draw, d)).collect();
            let mut ours: Vec<_> = folded.draws.values().collect();
            ours.sort_by_key(|draw| draw.seq);
            for ours in &ours {
                let kept = kept.get(&ours.draw);
                if kept != Some(ours) {
                    fault(Some(ours.seq.0), format!("draw {}: folded {ours:?}, kept {kept:?}", ours.draw));
                }
            }
            if ours.len() != kept.len() {
                fault(None, format!("{} draws folded, {} kept", ours.len(), kept.len()));
            }
        }
    }
}
