//! The audit of receipts: what a document says to have received is what its standing receipts add up to.

use store::audit::{self, KeptReceived};

use super::{Fault, Report, STEP};
use crate::{Env, Refused};

/// Audits what came in for every document.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let found = audit::received_after(&mut tx, &last, STEP).await?;
        let Some(end) = found.last() else { return Ok(()) };
        last = end.document.to_string();
        for kept in &found {
            let name = kept.number.clone().unwrap_or_else(|| kept.document.to_string());
            let fault = |what| Fault { account: None, entry: None, what: format!("document {name}: {what}") };
            report.faults.extend(faults(kept).into_iter().map(fault));
        }
    }
}

fn faults(kept: &KeptReceived) -> Vec<String> {
    let mut faults = Vec::new();
    let KeptReceived { received, counted, gross, .. } = *kept;
    if received != counted {
        faults.push(format!("it says to have received {received}, its receipts add up to {counted}"));
    }
    let paid = kept.kind.is_invoice() && kept.number.is_some();
    if received != 0 && !paid {
        faults.push(format!("{received} came in for a {}, {}", kept.kind.name(), kept.state.name()));
    }
    if received < gross.min(0) {
        faults.push(format!("{received} came in: more went back than came in"));
    }
    faults
}
