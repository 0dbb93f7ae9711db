//! The audit of balancing invoices: what is granted is what is billed and what was covered, and each line comes to what
//! the domain computes.

use std::collections::BTreeMap;

use domain::{
    DrawId,
    billing::overage,
    documents::DocumentState,
    quota::{Amount, Unit},
};
use store::audit::{self, KeptBalancing};

use super::{Fault, Report, STEP};
use crate::{Env, Refused};

/// Audits every balancing invoice.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let found = audit::balancings_after(&mut tx, &last, STEP).await?;
        let Some(end) = found.last() else { return Ok(()) };
        last = end.document.to_string();
        for kept in &found {
            let name = kept.number.clone().unwrap_or_else(|| kept.document.to_string());
            let fault = |what| Fault { account: None, entry: None, what: format!("balancing invoice {name}: {what}") };
            report.faults.extend(faults(kept).into_iter().map(fault));
        }
    }
}

fn faults(kept: &KeptBalancing) -> Vec<String> {
    let mut faults = Vec::new();
    let billed = Amount::sum(kept.billed.iter().map(|(_, _, amount)| *amount)).ok();
    if kept.granted != Some(kept.amount) || billed != Some(kept.amount) {
        faults.push(format!(
            "it says that it granted {}, the account has {:?} of it and it bills {billed:?}",
            kept.amount, kept.granted
        ));
    }
    if !kept.own {
        faults.push(format!("lot {} is not one of its contract's account and of balancing", kept.lot));
    }
    let cancelled = kept.state == DocumentState::Cancelled;
    // Somebody may take a lot back by hand; what a cancellation took back has to be gone.
    if cancelled && !kept.revoked {
        faults.push(format!("lot {} stands though it was cancelled", kept.lot));
    }
    let of: BTreeMap<DrawId, Amount> = kept.billed.iter().map(|(_, draw, amount)| (*draw, *amount)).collect();
    let covered: BTreeMap<DrawId, Amount> = kept.covered.iter().copied().collect();
    if of != covered {
        faults.push(format!("it bills {of:?} and covered {covered:?}"));
    }
    let money = matches!(kept.unit, Unit::Money(_));
    if money == kept.rate.is_some() {
        faults.push(format!("its rate is {:?}", kept.rate));
    }
    let places = kept.billed.iter().map(|(place, ..)| place.saturating_add(1)).max().unwrap_or_default();
    for place in 0..kept.lines.len().max(places) {
        let amounts = kept.billed.iter().filter(|(of, ..)| *of == place).map(|(_, _, amount)| *amount);
        let amount = Amount::sum(amounts).unwrap_or_default();
        let (total, kept) = (overage(amount, kept.rate, kept.currency).ok(), kept.lines.get(place).copied());
        if !amount.is_positive() || total != kept {
            faults.push(format!("line {place} over {amount} comes to {total:?}, kept {kept:?}"));
        }
    }
    faults
}
