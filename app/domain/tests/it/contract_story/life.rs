//! What happens to a contract from day to day: delivery notes, free quotas, balancing invoices, closed books; and its
//! passbook after each step.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    AccountId, DateRange, Discount, DrawId, LineId, Price, Quantity,
    clearing::{ClearingDocument, ClearingLine, ContractFacts, Facts, LineClearing, LineOutcome, reconcile},
    contracts::Contract,
    documents::{DocumentKind, DocumentState, Line, LineUnit},
    quota::{
        Amount, BalancingRequest, CoverPart, GrantOrigin, GrantRequest, PostedDraw, balancing_grant, grant, passbook,
    },
    undo::{AccountFacts, UndoFacts, Way, plan},
};
use rust_decimal::Decimal;

use super::{
    billing::{Told, counting},
    book,
    runner::Telling,
    undo,
};
use crate::story_words::{date, on_date, range};

/// A delivery note of the story.
pub struct Note {
    party: usize,
    state: DocumentState,
    /// What its last saving drew.
    draws: Vec<DrawId>,
}

/// What is known from day to day.
#[derive(Default)]
pub struct Days {
    /// The day, from the first `today` on.
    pub today: Option<NaiveDate>,
    closed_until: Option<NaiveDate>,
    notes: BTreeMap<String, Note>,
    /// What each draw is called.
    names: BTreeMap<DrawId, String>,
    /// The passbook as it was shown last.
    shown: Vec<String>,
}

/// `1:30, 2:00`; nothing is `0:00`.
fn listed(contract: &Contract, amounts: impl Iterator<Item = Amount>) -> Result<String, String> {
    let words = counting(contract)?;
    Ok(amounts.map(|amount| words.written(amount)).collect::<Vec<_>>().join(", "))
}

/// `cleared 1:30, 0:00`, and why a line got nothing.
fn cleared(contract: &Contract, lines: &[LineClearing]) -> Result<String, String> {
    let said = listed(contract, lines.iter().map(|line| line.cleared))?;
    let why = lines.iter().find_map(|line| match &line.outcome {
        LineOutcome::Nothing(reason) => Some(format!(" ({})", reason.name())),
        _ => None,
    });
    Ok(format!("cleared {said}{}", why.unwrap_or_default()))
}

impl Telling {
    /// `A on 2026-04-10: 1:30, 2:00`: the draft of a delivery note over so many hours at 100.00 is saved, or saved again.
    pub fn note(&mut self, text: &str) -> Told {
        let (said, amounts) = text.split_once(": ").ok_or(format!("{text:?} is not `name on date: hours`"))?;
        let (name, day) = on_date(said, " on ")?;
        let group = self.group("Support");
        let (place, working_day, groups) = (self.current, self.day, self.global.clone());
        let ids: Vec<_> = amounts.split(", ").map(|_| LineId::new(self.new_lot().uuid())).collect();
        let own: Vec<DrawId> = match self.days.notes.get(name) {
            Some(note) if note.state != DocumentState::Draft => return Err(format!("note {name} is no draft")),
            Some(note) => note.draws.clone(),
            None => Vec::new(),
        };
        let party = &mut self.parties[place];
        let words = counting(&party.contract)?;
        let vat = party.contract.terms.items.first().map(|item| item.vat).ok_or("a contract has items")?;
        let line = |(id, amount): (&LineId, &str)| {
            let hours = Decimal::from(words.amount(amount)?.units()) / Decimal::from(3_600);
            let line = Line {
                article: None,
                group: Some(group),
                sub_group: None,
                text: String::new(),
                quantity: Quantity::new(hours).map_err(|error| error.to_string())?,
                unit: LineUnit::Hour,
                price: Price::new(Decimal::ONE_HUNDRED).map_err(|error| error.to_string())?,
                discount: Discount::default(),
                vat,
            };
            Ok(ClearingLine { id: *id, line, contract: Some(party.contract.id), clears: true, fixed: None })
        };
        let lines = ids.iter().zip(amounts.split(", ")).map(line).collect::<Result<Vec<_>, String>>()?;
        let contract = party.contract.clone();
        let (customer, currency) = (contract.customer, contract.terms.currency);
        let document = ClearingDocument { customer, date: day, currency, lines };
        let next = party.next;
        let ledger = party.account()?;
        let own: Vec<PostedDraw> = own.iter().filter_map(|id| ledger.draws.get(id)).cloned().collect();
        let account = Some(ledger.view.clone());
        let known = ContractFacts { contract, account, own, held: Vec::new(), sold_at: None, next };
        let facts = Facts { day: working_day, groups, contracts: vec![known] };
        let decided = reconcile(&document, &facts).map_err(|error| error.to_string())?;
        for (_, released) in &decided.releases {
            let entry = released.entry(&party.account()?.view);
            party.post(&entry)?;
        }
        for (_, drawn) in &decided.draws {
            let entry = drawn.entry(&party.account()?.view);
            party.post(&entry)?;
        }
        let said = cleared(&party.contract, &decided.lines)?;
        for (id, number) in ids.iter().zip(1..) {
            self.days.names.insert(DrawId::new(id.uuid()), format!("note {name}, line {number}"));
        }
        let draws = decided.draws.iter().map(|(_, drawn)| drawn.request.draw).collect();
        self.days.notes.insert(name.to_owned(), Note { party: place, state: DocumentState::Draft, draws });
        Ok((said, Vec::new()))
    }

    /// `A`: the draft is issued; what it holds it keeps.
    pub fn issue(&mut self, name: &str) -> Result<(), String> {
        let note = self.days.notes.get_mut(name).filter(|note| note.state == DocumentState::Draft);
        note.ok_or(format!("there is no draft {name:?}"))?.state = DocumentState::Issued;
        Ok(())
    }

    /// `note A`: the draft is deleted, or the issued note cancelled.
    pub fn undo_note(&mut self, name: &str, way: Way) -> Told {
        let name = name.strip_prefix("note ").unwrap_or(name);
        let note = self.days.notes.get_mut(name).ok_or(format!("there is no note {name:?}"))?;
        let party = &mut self.parties[note.party];
        let known = undo::facts(party, AccountId::new(uuid::Uuid::nil())).ok_or("the contract has no account yet")?;
        let facts = UndoFacts {
            kind: DocumentKind::DeliveryNote,
            state: note.state,
            resting: Vec::new(),
            claims: Vec::new(),
            fees: Vec::new(),
            lots: Vec::new(),
            accounts: vec![AccountFacts { own: note.draws.clone(), ..known }],
        };
        let planned = plan(&facts, way).map_err(|error| error.to_string())?;
        if let Some(obstacle) = planned.obstacles.first() {
            return Ok((format!("refused because {obstacle}"), Vec::new()));
        }
        let mut returned = Vec::new();
        for of in &planned.accounts {
            let (entries, _) = of.entries(&party.account()?.view).map_err(|error| error.to_string())?;
            entries.iter().try_for_each(|entry| party.post(entry))?;
            returned.extend(of.releases.iter().map(|released| released.returned));
        }
        note.state = DocumentState::Cancelled;
        if way == Way::Delete {
            self.days.notes.remove(name);
        }
        let party = self.party();
        let said =
            if returned.is_empty() { "nothing".to_owned() } else { listed(&party.contract, returned.into_iter())? };
        Ok((format!("{said} given back"), Vec::new()))
    }

    /// `on 2026-11-03`: all open deficits are billed.
    pub fn balance(&mut self, text: &str) -> Told {
        let day = date(text.strip_prefix("on ").unwrap_or(text))?;
        let lot = self.new_lot();
        let party = self.party();
        let view = party.account()?.view.clone();
        let deficits = view.deficits.iter().map(|open| CoverPart { draw: open.draw, amount: open.amount }).collect();
        let request = BalancingRequest { lot, date: day, deficits };
        let decided = balancing_grant(&view, &request).map_err(|error| error.to_string())?;
        for entry in decided.entries(&view).map_err(|error| error.to_string())? {
            party.post(&entry)?;
        }
        Ok((listed(&party.contract, std::iter::once(decided.lot.amount))?, Vec::new()))
    }

    /// `1:00 for 2027-06-01 .. 2027-07-01`.
    pub fn free_quota(&mut self, text: &str) -> Result<(), String> {
        let (amount, valid) = text.split_once(" for ").ok_or(format!("{text:?} is not `hours for range`"))?;
        let (lot, valid) = (self.new_lot(), range(valid)?);
        let party = self.party();
        let amount = counting(&party.contract)?.amount(amount)?;
        let origin = GrantOrigin::FreeQuota;
        let request = GrantRequest { origin, ..GrantRequest::new(lot, amount, valid.from, valid.until) };
        let view = party.account()?.view.clone();
        let decided = grant(&view, &request).map_err(|error| error.to_string())?;
        let entries = decided.entries(&view).map_err(|error| error.to_string())?;
        entries.iter().try_for_each(|entry| party.post(entry))
    }

    /// `closed until 2027-04-01`, for all of the company.
    pub fn books(&mut self, text: &str) -> Result<(), String> {
        self.days.closed_until = Some(date(text.strip_prefix("closed until ").unwrap_or(text))?);
        for party in &mut self.parties {
            party.account()?.view.books_closed_until = self.days.closed_until;
        }
        Ok(())
    }

    /// What the last step changed in the passbook of the contract: the rows from the first changed one on.
    pub fn turned(&mut self) -> Result<Vec<String>, String> {
        let Some(today) = self.days.today else { return Ok(Vec::new()) };
        let rows = self.written(today)?;
        let changed = book::changed(&self.days.shown, &rows)?;
        self.days.shown = rows;
        Ok(changed)
    }

    /// All of the passbook, with what has lapsed by today.
    pub fn written(&mut self, today: NaiveDate) -> Result<Vec<String>, String> {
        let party = self.party();
        let Some(ledger) = &party.ledger else { return Ok(Vec::new()) };
        let until = DateRange { from: NaiveDate::MIN, until: today.succ_opt() };
        let rows = passbook(Amount::ZERO, party.entries.clone(), &ledger.view.lots, until);
        Ok(book::rows(&rows.map_err(|error| error.to_string())?, &self.days.names))
    }
}
