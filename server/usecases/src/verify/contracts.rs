//! The audit of contracts: what is kept beside the terms is what the domain computes from them; the claims are one per
//! period without a gap, each with what its invoice says and with the lots that it granted.

use std::collections::HashMap;

use domain::{
    ClaimId, ContractId, DateRange, Seconds,
    contracts::{Contract, QuotaGrant, Terms},
};
use store::{
    audit::{self, ClaimedLot, KeptClaim},
    contracts::{self, Derived, StoredContract},
};

use super::{Fault, Report, STEP};
use crate::{Env, Refused};

/// Audits every contract.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let mut tx = env.db.read().await?;
        let found = contracts::after(&mut tx, &last, STEP).await?;
        let Some((end, _)) = found.last() else { return Ok(()) };
        last = end.contract.id.to_string();
        let ids: Vec<ContractId> = found.iter().map(|(stored, _)| stored.contract.id).collect();
        let mut claims = HashMap::<ContractId, Vec<KeptClaim>>::new();
        for claim in audit::claims_of(&mut tx, &ids).await? {
            claims.entry(claim.contract).or_default().push(claim);
        }
        let mut lots = HashMap::<ClaimId, Vec<ClaimedLot>>::new();
        for lot in audit::claimed_lots(&mut tx, &ids).await? {
            lots.entry(lot.claim).or_default().push(lot);
        }
        for (stored, kept) in &found {
            report.contracts += 1;
            let claims = claims.remove(&stored.contract.id).unwrap_or_default();
            let mut audit = Audit { stored, faults: &mut report.faults };
            audit.derived(kept);
            audit.periods(&claims);
            for claim in &claims {
                audit.claim(claim, lots.get(&claim.id).map_or(&[], Vec::as_slice));
            }
        }
    }
}

/// The audit of one contract.
struct Audit<'a> {
    stored: &'a StoredContract,
    faults: &'a mut Vec<Fault>,
}

impl Audit<'_> {
    fn fault(&mut self, what: &str) {
        let what = format!("contract {}{what}", self.stored.card.number);
        self.faults.push(Fault { account: self.stored.account, entry: None, what });
    }

    fn derived(&mut self, kept: &Derived) {
        let computed = self.stored.derived();
        if computed != *kept {
            self.fault(&format!(": the terms say {computed:?}, kept {kept:?}"));
        }
    }

    /// Each period before the next one was claimed, and none after it; cancelled claims count too.
    fn periods(&mut self, claims: &[KeptClaim]) {
        let next = claims.last().map_or(0, |claim| claim.number.saturating_add(1));
        if next != self.stored.next {
            self.fault(&format!(": next is period {}, the claims say {next}", self.stored.next));
        }
        let mut expected = 0;
        let mut standing = None;
        for claim in claims {
            if claim.number > expected {
                self.fault(&format!(", period {expected}: was never claimed"));
            }
            expected = claim.number.saturating_add(1);
            if !claim.cancelled && standing.replace(claim.number) == Some(claim.number) {
                self.fault(&format!(", period {}: was billed twice", claim.number));
            }
        }
    }

    fn claim(&mut self, claim: &KeptClaim, lots: &[ClaimedLot]) {
        let place = format!(", period {}", claim.number);
        let contract = &self.stored.contract;
        let [from, until, service_until] = claim.dates;
        let range = contract.billing_periods().nth(i64::from(claim.number));
        if range.is_none_or(|range| range.from != from || range.until != Some(until)) {
            self.fault(&format!("{place}: it is {range:?}, the claim says {from} to {until}"));
        }
        if service_until <= from || until < service_until {
            self.fault(&format!("{place}: billed until {service_until}, outside {from} to {until}"));
        }
        if claim.billed != claim.net {
            self.fault(&format!("{place}: its lines come to {}, the claim says {}", claim.billed, claim.net));
        }
        let Some(terms) = claim.terms.as_deref().and_then(|terms| serde_json::from_str::<Terms>(terms).ok()) else {
            return self.fault(&format!("{place}: the terms with which it was billed are not there"));
        };
        // An end cuts what is granted, and may have changed since: what would be granted without one.
        let endless = Terms { renewal: Some(1), ..terms };
        let then = Contract { terms: endless, cancelled_on: None, agreed_end: None, ..contract.clone() };
        let bill = then.period(claim.number).and_then(|period| then.bill(&period, Seconds::HOUR).ok());
        let grants = bill.map(|bill| bill.grants).unwrap_or_default();
        if lots.len() > grants.len() || (service_until == until && lots.len() != grants.len()) {
            self.fault(&format!("{place}: {} quota periods start in it, {} lots", grants.len(), lots.len()));
        }
        for lot in lots {
            self.lot(&place, claim, &grants, lot);
        }
    }

    fn lot(&mut self, place: &str, claim: &KeptClaim, grants: &[QuotaGrant], lot: &ClaimedLot) {
        let (amount, from, until) = lot.claimed;
        let place = format!("{place}, lot {}", lot.lot);
        let period = DateRange { from, until: Some(until) };
        if !grants.contains(&QuotaGrant { period, amount }) {
            self.fault(&format!("{place}: the claim grants {amount} from {from} to {until}, its terms say {grants:?}"));
        }
        match lot.granted {
            None => self.fault(&format!("{place}: was never granted")),
            Some(granted) if granted != lot.claimed => {
                self.fault(&format!(
                    "{place}: the claim grants {amount} from {from} to {until}, the account has {granted:?}"
                ));
            }
            Some(_) if !lot.own => self.fault(&format!("{place}: is not one of its account and of billing")),
            // Somebody may take a lot back by hand; what a cancellation took back has to be gone.
            Some(_) if claim.cancelled && !lot.revoked => {
                self.fault(&format!("{place}: stands though its claim was cancelled"));
            }
            Some(_) => {}
        }
    }
}
