//! Cancelling and running again in a story: what is planned is posted, and every part of it is a row.

use std::collections::BTreeSet;

use domain::{
    AccountId, ClaimId,
    billing::{Freed, rerun},
    documents::{DocumentKind, DocumentState},
    undo::{AccountFacts, ClaimFacts, UndoFacts, Way, covered, plan},
};
use uuid::Uuid;

use super::{
    billing::{Told, counting},
    looks::period_number,
    runner::{Party, Telling},
};
use crate::story_words::{date, written_range};

/// What a cancelled invoice is told by.
pub fn facts(party: &Party, id: AccountId) -> Option<AccountFacts> {
    let ledger = party.ledger.as_ref()?;
    let mut view = ledger.view.clone();
    // The stories give every account the same id.
    view.account.id = id;
    Some(AccountFacts { draws: ledger.draws.values().cloned().collect(), ..AccountFacts::new(view) })
}

impl Telling {
    /// `period 2`: the invoice that bills that period of the contract, with all that it bills.
    pub fn cancel(&mut self, text: &str) -> Told {
        let number = period_number(text.strip_prefix("period ").unwrap_or(text))?;
        let wanted = (self.current, number);
        let found = self.invoices.iter().rposition(|invoice| invoice.periods.contains(&wanted));
        let place = found.ok_or(format!("period {number} was not billed"))?;
        let invoice = &self.invoices[place];
        let standing = invoice.state == DocumentState::Issued;
        let parties: BTreeSet<usize> = invoice.periods.iter().map(|(party, _)| *party).collect();
        let account = |party: usize| AccountId::new(Uuid::from_u128(party.try_into().expect("few contracts")));
        let claims = invoice.periods.iter().filter(|_| standing).map(|(party, number)| ClaimFacts {
            claim: ClaimId::new(Uuid::nil()),
            contract: self.parties[*party].contract.id,
            period: *number,
            service: self.parties[*party].contract.period(*number).expect("a period that was billed").service,
            lots: self.parties[*party].lots[number].clone(),
        });
        let accounts = parties.iter().filter_map(|party| facts(&self.parties[*party], account(*party)));
        let facts = UndoFacts {
            kind: DocumentKind::ContractInvoice,
            state: invoice.state,
            resting: Vec::new(),
            claims: claims.collect(),
            fees: Vec::new(),
            lots: Vec::new(),
            accounts: accounts.collect(),
        };
        let planned = plan(&facts, Way::Cancel).map_err(|error| error.to_string())?;
        if let Some(obstacle) = planned.obstacles.first() {
            return Ok((format!("refused because {obstacle}"), Vec::new()));
        }
        self.invoices[place].state = DocumentState::Cancelled;
        let (several, mut rows) = (self.parties.len() > 1, Vec::new());
        for freed in &planned.freed {
            let party = self.parties.iter_mut().find(|party| party.contract.id == freed.contract);
            let party = party.ok_or("a contract that the story does not have")?;
            party.freed.insert(freed.period);
            party.lots.remove(&freed.period);
            party.billed.remove(&freed.period);
            rows.push(format!("freed {}{}", name(party, several), written_range(freed.service)));
        }
        for place in parties {
            let party = &mut self.parties[place];
            let Some(undo) = planned.accounts.iter().find(|undo| undo.account == account(place)) else { continue };
            let (name, counted) = (name(party, several), counting(&party.contract)?);
            let ledger = party.account()?;
            let (entries, _) = undo.entries(&ledger.view).map_err(|error| error.to_string())?;
            for revoked in &undo.revokes {
                let valid = ledger.view.lot(revoked.lot).ok_or("a lot of the account")?.lot.valid;
                rows.push(format!("revoked {name}{} {}", counted.written(revoked.granted), written_range(valid)));
            }
            for part in &undo.deficits {
                rows.push(format!("deficit {name}{} on {}", counted.written(part.amount), part.date));
            }
            entries.iter().try_for_each(|entry| party.post(entry))?;
        }
        let said = if planned.freed.len() == 1 { "period" } else { "periods" };
        Ok((format!("{} {said} freed", planned.freed.len()), rows))
    }

    /// `as of 2026-06-20`: all that is freed; `period 2`: that period of the contract.
    pub fn re_run(&mut self, text: &str) -> Told {
        let (freed, as_of) = if let Some(day) = text.strip_prefix("as of ") {
            let freed = |party: &Party| Freed { contract: party.contract.clone(), periods: party.freed.clone() };
            (self.parties.iter().map(freed).collect::<Vec<_>>(), date(day)?)
        } else {
            let number = period_number(text.strip_prefix("period ").unwrap_or(text))?;
            let party = self.party();
            let periods = party.freed.iter().copied().filter(|freed| *freed == number).collect();
            let as_of = party.contract.due_on(number).ok_or("the period is never due")?;
            (vec![Freed { contract: party.contract.clone(), periods }], as_of)
        };
        let before: Vec<_> =
            self.parties.iter().map(|party| party.ledger.as_ref().map(|ledger| ledger.view.clone())).collect();
        let (said, mut rows) = self.carry_out(&rerun(&freed, as_of, self.day))?;
        if said == "nothing" {
            return Ok((said, rows));
        }
        let several = self.parties.len() > 1;
        for (party, before) in self.parties.iter().zip(before) {
            let Some((ledger, before)) = party.ledger.as_ref().zip(before) else { continue };
            let (name, counted) = (name(party, several), counting(&party.contract)?);
            for left in covered(&before, &ledger.view).map_err(|error| error.to_string())? {
                for (word, amount) in [("covered", left.covered), ("uncovered", left.uncovered)] {
                    if amount.is_positive() {
                        rows.push(format!("{word} {name}{} on {}", counted.written(amount), left.date));
                    }
                }
            }
        }
        Ok((said, rows))
    }
}

fn name(party: &Party, several: bool) -> String {
    if several { format!("{} ", party.name) } else { String::new() }
}
