//! Reads a story of contracts line by line and compares what comes out with what is written.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ContractId, CustomerId, GroupId, LotId, Seconds, SubGroupId,
    contracts::{BilledPeriod, Contract, Terms},
    documents::DocumentState,
    groups::GroupSwitches,
    quota::{Entry, Ledger, end},
    undo::Way,
};
use uuid::Uuid;

use super::{life::Days, terms, words};
use crate::{
    contract_plans::plain,
    story_words::{date, first_word, squeezed},
};

/// A contract of the story, with what became of it.
pub struct Party {
    pub name: String,
    pub contract: Contract,
    /// The number of the first period that was never billed.
    pub next: u32,
    /// The account of its quota, from the first billing on.
    pub ledger: Option<Ledger>,
    /// The lots that each period granted, if a standing invoice bills it.
    pub lots: BTreeMap<u32, Vec<LotId>>,
    /// The periods that a cancellation freed.
    pub freed: BTreeSet<u32>,
    /// What standing invoices bill, by the number of the period.
    pub billed: BTreeMap<u32, BilledPeriod>,
    /// The terms with which something was billed, by their version.
    pub versions: BTreeMap<i64, Terms>,
    /// All that was posted.
    pub entries: Vec<Entry>,
}

/// An invoice of the story.
pub struct Invoiced {
    /// The places of the contracts that it bills, with the numbers of the periods.
    pub periods: Vec<(usize, u32)>,
    pub state: DocumentState,
}

/// A story in the middle of being run.
pub struct Telling {
    pub parties: Vec<Party>,
    /// The invoices, in the order in which they were made.
    pub invoices: Vec<Invoiced>,
    /// The contract that the lines are about.
    pub current: usize,
    /// The company's working day.
    pub day: Seconds,
    /// The switches of the groups themselves and those of a contract, for stories about groups.
    pub global: GroupSwitches,
    pub own: GroupSwitches,
    /// What happens from day to day.
    pub days: Days,
    /// Whether the terms are complete and things happen.
    began: bool,
    names: Vec<String>,
    rows: Vec<String>,
    expectations: usize,
}

/// Runs a story. Errors with `file:line: expected ..., found ...` at the first line that does not come out as written.
pub fn tell(file: &str, text: &str) -> Result<(), String> {
    let mut telling = Telling {
        parties: Vec::new(),
        invoices: Vec::new(),
        current: 0,
        day: Seconds(8 * 3_600),
        global: GroupSwitches::default(),
        own: GroupSwitches::default(),
        days: Days::default(),
        began: false,
        names: Vec::new(),
        rows: Vec::new(),
        expectations: 0,
    };
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
        let of_passbook = word.starts_with(|first: char| first.is_ascii_digit());
        if of_passbook || words::ROWS.contains(&word) || (word == "invoice" && (rest.contains('+'))) {
            let found = if self.rows.is_empty() { String::new() } else { self.rows.remove(0) };
            return compare(line, &found);
        }
        self.no_more_rows()?;
        if terms::WORDS.contains(&word) {
            if expected.is_some() {
                return Err(format!("`{word}` has no result"));
            }
            return if self.began { Err("a later term is a `change`".to_owned()) } else { self.term(word, rest) };
        }
        match word {
            "with" => self.choose(rest),
            "global" | "contract" => self.switch(word == "global", rest),
            // A change that is not refused has nothing to say.
            "change" => {
                self.begin()?;
                self.expectations += usize::from(expected.is_some());
                let found = self.change(rest)?;
                self.rows = self.turned()?;
                compare(expected.unwrap_or_default(), &found)
            }
            "today" | "issue" | "free-quota" | "books" => {
                self.begin()?;
                if expected.is_some() {
                    return Err(format!("`{word}` has no result"));
                }
                match word {
                    "today" => self.days.today = Some(date(rest)?),
                    "issue" => self.issue(rest)?,
                    "free-quota" => self.free_quota(rest)?,
                    _ => self.books(rest)?,
                }
                self.rows = self.turned()?;
                Ok(())
            }
            _ if !words::KNOWN.contains(&word) => Err(format!("unknown word {word:?}")),
            _ => {
                let expected = expected.ok_or(format!("`{word}` does not say what comes out (`-> ...`)"))?;
                if !words::WITHOUT_CONTRACT.contains(&word) {
                    self.begin()?;
                }
                self.expectations += 1;
                let (found, rows) = self.command(word, rest)?;
                self.rows = rows;
                let turned = self.turned()?;
                self.rows.extend(turned);
                compare(expected, &found)
            }
        }
    }

    fn command(&mut self, word: &str, rest: &str) -> Result<(String, Vec<String>), String> {
        match word {
            "bill" => self.bill(rest),
            "cancel" if rest.starts_with("note ") => self.undo_note(rest, Way::Cancel),
            "cancel" => self.cancel(rest),
            "delete" => self.undo_note(rest, Way::Delete),
            "note" => self.note(rest),
            "balancing-invoice" => self.balance(rest),
            "passbook" => {
                let rows = self.written(self.days.today.ok_or("the story has no day yet")?)?;
                Ok((format!("{} rows", rows.len()), rows))
            }
            "re-run" => self.re_run(rest),
            "outlook" => self.outlook(rest),
            "timeline" => self.timeline(),
            "ending" => self.ending(rest),
            "draw" => self.draw(rest).map(|found| (found, Vec::new())),
            _ => self.look(word, rest).map(|found| (found, Vec::new())),
        }
    }

    /// From here on things happen: the terms must be right.
    fn begin(&mut self) -> Result<(), String> {
        self.began = true;
        if self.parties.is_empty() {
            return Err("the story has no contract".to_owned());
        }
        for party in &self.parties {
            if let Some(wrong) = words::faults(&party.contract.faults()) {
                return Err(format!("the contract is wrong: {wrong}"));
            }
        }
        Ok(())
    }

    /// A term of the contract that the story is about; the first one of an unnamed contract begins it.
    fn term(&mut self, word: &str, rest: &str) -> Result<(), String> {
        if word == "working-day" {
            self.day = Seconds(words::seconds(rest)?);
            return Ok(());
        }
        if self.parties.is_empty() {
            self.begin_contract("", "");
        }
        let party = self.party();
        terms::set(&mut party.contract, word, rest)
    }

    fn begin_contract(&mut self, name: &str, customer: &str) {
        let id = ContractId::new(self.id(&format!("contract {name}")));
        let customer = CustomerId::new(self.id(&format!("customer {customer}")));
        let contract = plain(id, customer);
        self.current = self.parties.len();
        let (ledger, lots, freed) = (None, BTreeMap::new(), BTreeSet::new());
        let (name, billed, versions, entries) = (name.to_owned(), BTreeMap::new(), BTreeMap::new(), Vec::new());
        self.parties.push(Party { name, contract, next: 0, ledger, lots, freed, billed, versions, entries });
    }

    fn choose(&mut self, name: &str) -> Result<(), String> {
        let found = self.parties.iter().position(|party| party.name == name);
        self.current = found.ok_or(format!("there is no contract {name:?}"))?;
        Ok(())
    }

    /// `global group IT on`, `contract sub-group Repair off`; `contract Support of Miller` begins a contract.
    fn switch(&mut self, global: bool, text: &str) -> Result<(), String> {
        if let (false, Some((name, customer))) = (global, text.split_once(" of ")) {
            self.begin_contract(name, customer);
            return Ok(());
        }
        let (kind, rest) = first_word(text);
        let (name, switch) = first_word(rest);
        let switch = domain::groups::Switch::from_name(switch).ok_or(format!("{switch:?} is not a switch"))?;
        let (group, sub_group) = (self.group(name), self.sub_group(name));
        let switches = if global { &mut self.global } else { &mut self.own };
        match kind {
            "group" => drop(switches.groups.insert(group, switch)),
            "sub-group" => drop(switches.sub_groups.insert(sub_group, switch)),
            other => return Err(format!("{other:?} is neither a `group` nor a `sub-group`")),
        }
        Ok(())
    }

    /// What is refused leaves the contract as it was.
    fn change(&mut self, text: &str) -> Result<String, String> {
        let (word, rest) = first_word(text);
        let party = self.party();
        let mut after = party.contract.clone();
        terms::set(&mut after, word, rest)?;
        let mut faults = domain::contracts::check_change(
            &party.contract,
            &after,
            domain::contracts::Billed { any: party.next > 0, quota_interval: None },
        );
        faults.extend(after.faults());
        if let Some(wrong) = words::faults(&faults) {
            return Ok(format!("refused because {wrong}"));
        }
        party.contract = after;
        if let (Some(ledger), Some(quota)) = (&mut party.ledger, &party.contract.terms.quota) {
            ledger.view.account.policy = quota.policy();
        }
        party.end_account()?;
        Ok(String::new())
    }

    pub fn party(&mut self) -> &mut Party {
        &mut self.parties[self.current]
    }

    /// The same name is the same id.
    fn id(&mut self, name: &str) -> Uuid {
        let known = self.names.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        Uuid::from_u128(u128::try_from(number).expect("few names"))
    }

    pub fn group(&mut self, name: &str) -> GroupId {
        GroupId::new(self.id(&format!("group {name}")))
    }

    pub fn sub_group(&mut self, name: &str) -> SubGroupId {
        SubGroupId::new(self.id(&format!("sub-group {name}")))
    }

    pub fn new_lot(&mut self) -> LotId {
        let number = self.names.len();
        LotId::new(self.id(&format!("lot {number}")))
    }

    fn no_more_rows(&mut self) -> Result<(), String> {
        self.rows.first().map_or(Ok(()), |row| compare("", row))
    }

    fn finish(&mut self) -> Result<(), String> {
        self.no_more_rows()?;
        if self.expectations == 0 { Err("the story expects nothing".to_owned()) } else { Ok(()) }
    }
}

impl Party {
    /// Puts an entry on the account.
    pub fn post(&mut self, entry: &Entry) -> Result<(), String> {
        let ledger = self.ledger.as_mut().ok_or("the contract has no account yet")?;
        ledger.post(entry).map_err(|error| error.to_string())?;
        self.entries.push(entry.clone());
        Ok(())
    }

    /// The account ends with its contract.
    pub fn end_account(&mut self) -> Result<(), String> {
        let until = self.contract.end();
        let Some(ledger) = &self.ledger else { return Ok(()) };
        let ended = end(&ledger.view, until).map_err(|error| error.to_string())?;
        ended.entry(&ledger.view).map_or(Ok(()), |entry| self.post(&entry))
    }
}
