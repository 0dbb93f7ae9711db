//! The audit of fees: what is due is what fee and claims say, and each claim bills what its fee comes to.

use std::collections::BTreeMap;

use domain::{BillingLineId, ProjectId, money::Currency, splitting::Fee};
use store::{
    audit::{self, KeptFeeClaim},
    fees,
    projects::{self, StoredLine},
};

use super::{Fault, Report, STEP};
use crate::{Env, Refused};

/// Audits the fees of every project.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let found = projects::after(&mut tx, &last, STEP).await?;
        let Some(end) = found.last() else { return Ok(()) };
        last = end.row.id.to_string();
        let ids: Vec<ProjectId> = found.iter().map(|project| project.row.id).collect();
        let mut claims = BTreeMap::<BillingLineId, Vec<KeptFeeClaim>>::new();
        for claim in audit::fee_claims_of(&mut tx, &ids).await? {
            claims.entry(claim.line).or_default().push(claim);
        }
        let mut lines = projects::every_line_of(&mut tx, &ids).await?;
        let kept: Vec<BillingLineId> = lines.values().flatten().map(|stored| stored.line.id).collect();
        let kept = fees::named(&mut tx, &kept).await?;
        for project in &found {
            for stored in lines.remove(&project.row.id).unwrap_or_default() {
                let own = claims.remove(&stored.line.id).unwrap_or_default();
                let mut faults = Vec::new();
                let due = kept.get(&stored.line.id).and_then(|line| line.next_due);
                if due != stored.next_due() {
                    faults.push(format!(": the fee is due on {:?}, kept {due:?}", stored.next_due()));
                }
                faults.extend(periods(&stored, &own));
                for claim in &own {
                    let what = wrong(claim, project.currency);
                    faults.extend(what.map(|what| format!(", period {}: {what}", claim.number)));
                }
                report.faults.extend(faults.into_iter().map(|what| Fault {
                    account: None,
                    entry: None,
                    what: format!("project {}, line {}{what}", project.row.number, stored.name),
                }));
            }
        }
    }
}

/// Each period before the next one was claimed, and none after it; cancelled claims count too.
fn periods(stored: &StoredLine, claims: &[KeptFeeClaim]) -> Vec<String> {
    let mut faults = Vec::new();
    let next = claims.last().map_or(0, |claim| claim.number.saturating_add(1));
    if next != stored.next {
        faults.push(format!(": next is period {}, the claims say {next}", stored.next));
    }
    let (mut expected, mut standing) = (0, None);
    for claim in claims {
        if claim.number > expected {
            faults.push(format!(", period {expected}: was never claimed"));
        }
        expected = claim.number.saturating_add(1);
        if !claim.cancelled && standing.replace(claim.number) == Some(claim.number) {
            faults.push(format!(", period {}: was billed twice", claim.number));
        }
    }
    faults
}

/// What is wrong with a claim: it names its period, and its line on the document comes to what its fee says.
fn wrong(claim: &KeptFeeClaim, currency: Currency) -> Option<String> {
    if claim.billed != Some(claim.net) {
        return Some(format!("its line comes to {:?}, the claim says {}", claim.billed, claim.net));
    }
    let Ok(fee) = serde_json::from_str::<Fee>(&claim.fee) else {
        return Some(format!("the fee with which it was billed cannot be read: {}", claim.fee));
    };
    let Some(period) = fee.period(claim.number) else {
        return Some("its fee has no such period".to_owned());
    };
    let dates = [Some(period.range.from), period.range.until, period.service.until];
    if dates != claim.dates.map(Some) {
        return Some(format!("it is {dates:?}, the claim says {:?}", claim.dates));
    }
    let net = fee.bill("", &period, currency).ok().map(|bill| bill.totals.net);
    (net != Some(claim.net)).then(|| format!("its fee comes to {net:?}, the claim says {}", claim.net))
}
