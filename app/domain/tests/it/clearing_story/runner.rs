//! Reads a story of clearing line by line and compares what comes out with what is written.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, CustomerId, DrawId, GroupId, LotId, Seconds, SubGroupId, VatRate,
    contracts::{Billed, Contract, check_change},
    groups::{GroupSwitches, Switch},
    quota::{Account, Ledger},
};
use uuid::Uuid;

use super::document::Document;
use crate::{
    contract_plans::plain,
    contract_story::{terms, words},
    story_words::{date, first_word, squeezed},
};

/// A contract of the story, with what became of it.
pub struct Party {
    pub name: String,
    pub contract: Contract,
    /// The number of the first period that was never billed.
    pub next: u32,
    /// The account of its quota.
    pub ledger: Option<Ledger>,
    /// The rate at which each quota period was sold, by its first day.
    pub sold: BTreeMap<NaiveDate, VatRate>,
}

/// A story in the middle of being run.
pub struct Telling {
    pub parties: Vec<Party>,
    /// The contract that the lines are about.
    pub current: usize,
    pub documents: Vec<Document>,
    /// The company's working day.
    pub day: Seconds,
    pub global: GroupSwitches,
    pub closed: Option<NaiveDate>,
    /// Whether the terms are complete and things happen.
    began: bool,
    names: Vec<String>,
    rows: Vec<String>,
    expectations: usize,
}

/// What came out, and the rows behind it.
pub type Told = Result<(String, Vec<String>), String>;

/// Runs a story. Errors with `file:line: expected ..., found ...` at the first line that does not come out as written.
pub fn tell(file: &str, text: &str) -> Result<(), String> {
    let mut telling = Telling {
        parties: Vec::new(),
        current: 0,
        documents: Vec::new(),
        day: Seconds(8 * 3_600),
        global: GroupSwitches::default(),
        closed: None,
        began: false,
        names: Vec::new(),
        rows: Vec::new(),
        expectations: 0,
    };
    let work = telling.group("Work");
    telling.global.groups.insert(work, Switch::On);
    let mut lines = text.lines().zip(1..);
    if !lines.next().is_some_and(|(title, _)| title.starts_with("# ") && title.trim().len() > 2) {
        return Err(format!("{file}:1: a story starts with `# ` and its title"));
    }
    let mut last = 1;
    for (line, number) in lines {
        let line = squeezed(line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        last = number;
        telling.line(&line).map_err(|error| format!("{file}:{number}: {error}"))?;
    }
    telling.finish().map_err(|error| format!("{file}:{last}: {error}"))
}

fn compare(expected: &str, found: &str) -> Result<(), String> {
    let said = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
    if expected == found { Ok(()) } else { Err(format!("expected {}, found {}", said(expected), said(found))) }
}

impl Telling {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let (said, expected) = line.split_once(" -> ").map_or((line, None), |(said, out)| (said, Some(out)));
        let (word, rest) = first_word(said);
        let row = matches!(word, "clearing" | "differs") || (word == "quota" && rest.contains('='));
        if row {
            let found = if self.rows.is_empty() { String::new() } else { self.rows.remove(0) };
            return compare(line, &found);
        }
        self.no_more_rows()?;
        let is_term = terms::WORDS.contains(&word) || matches!(word, "contract" | "group" | "sub-group" | "global");
        if is_term {
            if self.began {
                return Err("a later term is a `change`".to_owned());
            }
            expected.map_or(Ok(()), |_| Err(format!("`{word}` has no result")))?;
            return self.term(word, rest);
        }
        self.begin()?;
        match word {
            "bill" | "save" | "preview" | "repairs" | "repair" | "propose" | "available" => {
                let expected = expected.ok_or(format!("`{word}` does not say what comes out (`-> ...`)"))?;
                self.expectations += 1;
                let (found, rows) = self.command(word, rest)?;
                // A document that did not change is not told again.
                self.rows = if found == "as before" { Vec::new() } else { rows };
                compare(expected, &found)
            }
            _ if expected.is_some() => Err(format!("`{word}` has no result")),
            _ => self.happens(word, rest),
        }
    }

    fn command(&mut self, word: &str, rest: &str) -> Told {
        let without_rows = |found| (found, Vec::new());
        match word {
            "bill" => self.bill(rest).map(without_rows),
            "available" => self.available(rest).map(without_rows),
            "propose" => self.proposed(rest).map(without_rows),
            "repairs" => self.offered(rest).map(without_rows),
            "repair" => self.repaired(rest),
            "preview" => self.previewed(),
            _ => self.saved(),
        }
    }

    /// What has no result: a world in which it is not possible is a mistake of the story.
    fn happens(&mut self, word: &str, rest: &str) -> Result<(), String> {
        match word {
            "with" => {
                self.current = self.place(rest)?;
                Ok(())
            }
            "books" => {
                self.closed = Some(date(rest.strip_prefix("closed until ").unwrap_or(rest))?);
                Ok(())
            }
            "rate" => {
                let rate = rest.strip_suffix(" %").unwrap_or(rest).parse::<VatRate>().map_err(|e| e.to_string())?;
                self.parties[self.current].contract.terms.items.iter_mut().for_each(|item| item.vat = rate);
                Ok(())
            }
            "change" => self.change(rest),
            "draw" => self.draw(rest),
            "free-quota" => self.free_quota(rest),
            "cancel-billing" => self.cancel_billing(rest),
            "close" => {
                let day = date(rest.strip_prefix("on ").unwrap_or(rest))?;
                self.parties[self.current].end_account(Some(day))
            }
            "document" | "date" | "line" | "change-line" | "move" | "delete" | "lines" => self.write(word, rest),
            other => Err(format!("unknown word {other:?}")),
        }
    }

    /// From here on things happen: the terms must be right, and every quota has an account.
    fn begin(&mut self) -> Result<(), String> {
        if self.parties.is_empty() {
            return Err("the story has no contract".to_owned());
        }
        if std::mem::replace(&mut self.began, true) {
            return Ok(());
        }
        for party in &mut self.parties {
            if let Some(wrong) = words::faults(&party.contract.faults()) {
                return Err(format!("the contract is wrong: {wrong}"));
            }
            let Some(quota) = &party.contract.terms.quota else { continue };
            let (id, customer) = (AccountId::new(party.contract.id.uuid()), party.contract.customer);
            party.ledger = Some(Ledger::new(Account { id, customer, unit: quota.unit, policy: quota.policy() }));
            party.end_account(party.contract.end())?;
        }
        Ok(())
    }

    /// A term of the contract that the story is about; the first one of an unnamed contract begins it.
    fn term(&mut self, word: &str, rest: &str) -> Result<(), String> {
        match word {
            "working-day" => {
                self.day = Seconds(words::seconds(rest)?);
                return Ok(());
            }
            "contract" => {
                let (name, customer) = rest.split_once(" of ").ok_or(format!("{rest:?} is not `name of customer`"))?;
                self.begin_contract(name, customer);
                return Ok(());
            }
            "global" => {
                let (kind, rest) = first_word(rest);
                return self.switch(true, kind, rest);
            }
            _ if self.parties.is_empty() => self.begin_contract("the contract", "Miller"),
            _ => {}
        }
        if matches!(word, "group" | "sub-group") {
            return self.switch(false, word, rest);
        }
        terms::set(&mut self.parties[self.current].contract, word, rest)
    }

    fn begin_contract(&mut self, name: &str, customer: &str) {
        let id = ContractId::new(self.id(&format!("contract {name}")));
        let contract = plain(id, self.customer(customer));
        self.current = self.parties.len();
        let (ledger, sold) = (None, BTreeMap::new());
        self.parties.push(Party { name: name.to_owned(), contract, next: 0, ledger, sold });
    }

    fn switch(&mut self, global: bool, kind: &str, text: &str) -> Result<(), String> {
        let (name, switch) = first_word(text);
        let switch = Switch::from_name(switch).ok_or(format!("{switch:?} is not a switch"))?;
        let (group, sub_group) = (self.group(name), self.sub_group(name));
        let own = self.parties.get_mut(self.current).filter(|_| !global);
        let switches = own.map_or(&mut self.global, |party| &mut party.contract.terms.groups);
        match kind {
            "group" => drop(switches.groups.insert(group, switch)),
            "sub-group" => drop(switches.sub_groups.insert(sub_group, switch)),
            other => return Err(format!("{other:?} is neither a `group` nor a `sub-group`")),
        }
        Ok(())
    }

    /// A later term, which must be allowed.
    fn change(&mut self, text: &str) -> Result<(), String> {
        let (word, rest) = first_word(text);
        if matches!(word, "group" | "sub-group") {
            return self.switch(false, word, rest);
        }
        let party = &mut self.parties[self.current];
        let mut after = party.contract.clone();
        terms::set(&mut after, word, rest)?;
        let mut faults = check_change(&party.contract, &after, Billed { any: party.next > 0, quota_interval: None });
        faults.extend(after.faults());
        if let Some(wrong) = words::faults(&faults) {
            return Err(format!("refused because {wrong}"));
        }
        party.contract = after;
        if let (Some(ledger), Some(quota)) = (&mut party.ledger, &party.contract.terms.quota) {
            ledger.view.account.policy = quota.policy();
        }
        party.end_account(party.contract.end())
    }

    /// The contract of that name.
    pub fn place(&self, name: &str) -> Result<usize, String> {
        let found = self.parties.iter().position(|party| party.name == name);
        found.ok_or(format!("there is no contract {name:?}"))
    }

    /// The same name is the same id. Ids begin beyond those that a preview makes up.
    pub fn id(&mut self, name: &str) -> Uuid {
        let known = self.names.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        Uuid::from_u128(1_000_000 + u128::try_from(number).expect("few names"))
    }

    pub fn customer(&mut self, name: &str) -> CustomerId {
        CustomerId::new(self.id(&format!("customer {name}")))
    }

    /// Who has that id.
    pub fn name_of(&self, customer: CustomerId) -> String {
        let place = customer.uuid().as_u128().checked_sub(1_000_000).and_then(|number| usize::try_from(number).ok());
        let name = place.and_then(|place| self.names.get(place)).and_then(|name| name.strip_prefix("customer "));
        name.unwrap_or("?").to_owned()
    }

    pub fn group(&mut self, name: &str) -> GroupId {
        GroupId::new(self.id(&format!("group {name}")))
    }

    pub fn sub_group(&mut self, name: &str) -> SubGroupId {
        SubGroupId::new(self.id(&format!("sub-group {name}")))
    }

    /// The name of a group or sub-group, for which `kind` is said before it.
    pub fn name_of_group(&self, id: Uuid) -> String {
        let place = id.as_u128().checked_sub(1_000_000).and_then(|number| usize::try_from(number).ok());
        place.and_then(|place| self.names.get(place)).cloned().unwrap_or_default()
    }

    pub fn new_lot(&mut self) -> LotId {
        let number = self.names.len();
        LotId::new(self.id(&format!("lot {number}")))
    }

    pub fn new_draw(&mut self) -> DrawId {
        let number = self.names.len();
        DrawId::new(self.id(&format!("draw {number}")))
    }

    fn no_more_rows(&mut self) -> Result<(), String> {
        self.rows.first().map_or(Ok(()), |row| compare("", row))
    }

    fn finish(&mut self) -> Result<(), String> {
        self.no_more_rows()?;
        if self.expectations == 0 { Err("the story expects nothing".to_owned()) } else { Ok(()) }
    }
}
