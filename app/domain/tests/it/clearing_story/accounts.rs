//! What happens to the accounts of a story: billings, free quota, and other people's draws.

use chrono::NaiveDate;
use domain::{
    billing::{Billable, plan},
    quota::{DrawOrigin, DrawRequest, GrantOrigin, GrantRequest, Ledger, draw, end, grant, revoke},
};

use super::runner::{Party, Telling};
use crate::{
    contract_story::terms,
    story_words::{self, Words, date, first_word, on_date, written_range},
};

impl Telling {
    /// `as of 2026-05-01`: the contract that the story is about. The lots as the account has them.
    pub fn bill(&mut self, text: &str) -> Result<String, String> {
        let as_of = date(text.strip_prefix("as of ").ok_or(format!("{text:?} is not `as of date`"))?)?;
        let party = &self.parties[self.current];
        let billable = Billable { contract: party.contract.clone(), next: party.next };
        let mut said = Vec::new();
        for invoice in plan(&[billable], as_of, self.day).invoices {
            for planned in invoice.periods {
                for granted in &planned.bill.grants {
                    let lot = self.new_lot();
                    let request = self.parties[self.current].contract.grant_request(granted, lot);
                    let (lot, written) = self.post_grant(&request)?;
                    said.push(format!("{written} {}", written_range(lot.valid)));
                    let party = &mut self.parties[self.current];
                    let rate = party.contract.terms.items[0].vat;
                    party.sold.insert(granted.period.from, rate);
                }
                self.parties[self.current].next = planned.bill.period.number + 1;
            }
        }
        Ok(if said.is_empty() { "nothing".to_owned() } else { said.join(", ") })
    }

    fn post_grant(&mut self, request: &GrantRequest) -> Result<(domain::quota::Lot, String), String> {
        let party = &mut self.parties[self.current];
        let (words, ledger) = (party.words()?, party.account()?);
        let decided = grant(&ledger.view, request).map_err(|error| error.to_string())?;
        let entries = decided.entries(&ledger.view).map_err(|error| error.to_string())?;
        entries.iter().try_for_each(|entry| ledger.post(entry)).map_err(|error| error.to_string())?;
        let written = words.written(decided.lot.amount);
        Ok((decided.lot, written))
    }

    /// `1:00 2026-04-01 .. 2026-05-01`.
    pub fn free_quota(&mut self, text: &str) -> Result<(), String> {
        let (amount, valid) = first_word(text);
        let amount = self.parties[self.current].words()?.amount(amount)?;
        let valid = story_words::range(valid)?;
        let request = GrantRequest::new(self.new_lot(), amount, valid.from, valid.until);
        self.post_grant(&request).map(|_| ())
    }

    /// `of 2026-04-01`: takes back what the billing granted for the quota period that begins on that day.
    pub fn cancel_billing(&mut self, text: &str) -> Result<(), String> {
        let from = date(text.strip_prefix("of ").unwrap_or(text))?;
        let party = &mut self.parties[self.current];
        party.sold.remove(&from);
        let ledger = party.account()?;
        let mut lots = ledger.view.lots.iter();
        let billed = lots.find(|s| s.lot.origin == GrantOrigin::ContractBilling && s.lot.valid.from == from);
        let state = billed.ok_or(format!("no billing grants a period from {from}"))?;
        let decided = revoke(state, &ledger.holders(state.lot.id)).map_err(|error| error.to_string())?;
        let entry = decided.entry(&ledger.view);
        ledger.post(&entry).map_err(|error| error.to_string())
    }

    /// `1:00 on 2026-04-05`: other people's draws.
    pub fn draw(&mut self, text: &str) -> Result<(), String> {
        let (wanted, date) = on_date(text, " on ")?;
        let id = self.new_draw();
        let party = &mut self.parties[self.current];
        let (wanted, ledger) = (party.words()?.amount(wanted)?, party.account()?);
        let request = DrawRequest { draw: id, date, wanted, origin: DrawOrigin::default() };
        let entry = draw(&ledger.view, &request).map_err(|error| error.to_string())?.entry(&ledger.view);
        ledger.post(&entry).map_err(|error| error.to_string())
    }

    /// `on 2026-05-01`, with all lots of the account together.
    pub fn available(&mut self, text: &str) -> Result<String, String> {
        let party = &mut self.parties[self.current];
        let words = party.words()?;
        let found = party.account()?.view.available(date(text.strip_prefix("on ").unwrap_or(text))?);
        found.map(|amount| words.written(amount)).map_err(|error| error.to_string())
    }
}

impl Party {
    /// How the stories write what the quota counts.
    pub fn words(&self) -> Result<Words, String> {
        let quota = self.contract.terms.quota.as_ref().ok_or("the contract has no quota")?;
        story_words::account(&terms::counted(quota)).map(|(words, _)| words)
    }

    pub fn account(&mut self) -> Result<&mut Ledger, String> {
        self.ledger.as_mut().ok_or("the contract has no quota".to_owned())
    }

    /// The account ends with its contract, or when it is closed.
    pub fn end_account(&mut self, until: Option<NaiveDate>) -> Result<(), String> {
        let Some(ledger) = &mut self.ledger else { return Ok(()) };
        let ended = end(&ledger.view, until).map_err(|error| error.to_string())?;
        ended.entry(&ledger.view).map_or(Ok(()), |entry| ledger.post(&entry)).map_err(|error| error.to_string())
    }
}
