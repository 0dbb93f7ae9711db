//! The audit of papers: what left the house is what is kept, byte by byte.

use store::audit::{self, KeptPaper};

use super::{Fault, Report};
use crate::{Env, Refused, people::digest};

/// How many papers are read at once.
const STEP: i64 = 50;

/// Audits every paper that was set.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let found = audit::papers_after(&mut tx, &last, STEP).await?;
        let Some(end) = found.last() else { return Ok(()) };
        last = end.document.to_string();
        for kept in &found {
            let name = kept.document;
            let fault =
                |what| Fault { account: None, entry: None, what: format!("the paper of document {name}: {what}") };
            report.faults.extend(faults(kept).into_iter().map(fault));
        }
    }
}

fn faults(kept: &KeptPaper) -> Vec<&'static str> {
    let mut faults = Vec::new();
    if digest(&kept.bytes) != kept.bytes_hash {
        faults.push("its bytes are not those that were set");
    }
    if digest(&kept.input) != kept.input_hash {
        faults.push("what it was made of has changed");
    }
    faults
}
