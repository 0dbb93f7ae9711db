//! Documents of a story: written line by line, previewed, saved and repaired.

use chrono::NaiveDate;
use domain::{
    ContractId, Currency, CustomerId, DrawId, LineId,
    clearing::{
        ClearingDocument, ClearingLine, ContractFacts, Facts, LineClearing, Reconciled, Repair, Shown, differences,
        effect, propose, reconcile, repairs,
    },
    contracts::Contract,
    documents::Line,
    quota::AccountView,
};

use super::runner::{Party, Telling, Told};
use crate::{
    contract_story::terms,
    story_words::{date, first_word},
};

/// A document of the story.
pub struct Document {
    pub name: String,
    pub customer: CustomerId,
    pub date: NaiveDate,
    pub currency: Currency,
    /// Its lines by name, from top to bottom.
    pub lines: Vec<(String, ClearingLine)>,
    /// What it holds since it was saved.
    held: Vec<(ContractId, DrawId)>,
    /// What a preview showed since then.
    seen: Option<Vec<Shown>>,
    /// What saving it did.
    saved: Option<Reconciled>,
}

impl Document {
    pub fn clearing(&self) -> ClearingDocument {
        let lines = self.lines.iter().map(|(_, line)| line.clone()).collect();
        ClearingDocument { customer: self.customer, date: self.date, currency: self.currency, lines }
    }

    fn place(&self, name: &str) -> Result<usize, String> {
        self.lines.iter().position(|(known, _)| known == name).ok_or(format!("there is no line {name:?}"))
    }
}

impl Telling {
    pub fn document(&mut self) -> Result<&mut Document, String> {
        self.documents.last_mut().ok_or("the story has no document".to_owned())
    }

    /// Whatever changes a document, or begins one, or goes back to it.
    pub fn write(&mut self, word: &str, rest: &str) -> Result<(), String> {
        match word {
            "document" => return self.begin_document(rest),
            "lines" => return self.take_over(rest.strip_prefix("of ").unwrap_or(rest)),
            "line" | "change-line" => {
                let (name, said) = rest.split_once(": ").ok_or(format!("{rest:?} is not `name: what is charged`"))?;
                let line = self.read_line(name, said)?;
                let document = self.document()?;
                match (document.place(name), word) {
                    (Ok(place), "change-line") => document.lines[place].1 = line,
                    (Err(_), "line") => document.lines.push((name.to_owned(), line)),
                    (Ok(_), _) => return Err(format!("there is a line {name:?} already")),
                    (Err(error), _) => return Err(error),
                }
                return Ok(());
            }
            _ => {}
        }
        let document = self.document()?;
        match word {
            "date" => document.date = date(rest)?,
            "delete" => {
                let place = document.place(rest)?;
                document.lines.remove(place);
            }
            _ => {
                let (line, before) =
                    rest.split_once(" before ").ok_or(format!("{rest:?} is not `line before line`"))?;
                let line = document.place(line)?;
                let line = document.lines.remove(line);
                let before = document.place(before)?;
                document.lines.insert(before, line);
            }
        }
        Ok(())
    }

    /// `Note on 2026-04-10 for Smith in JPY`; the name alone goes back to a document.
    fn begin_document(&mut self, text: &str) -> Result<(), String> {
        let known = |name: &str, all: &[Document]| all.iter().position(|document| document.name == name);
        let Some((name, rest)) = text.split_once(" on ") else {
            let place = known(text, &self.documents).ok_or(format!("there is no document {text:?}"))?;
            let document = self.documents.remove(place);
            self.documents.push(document);
            return Ok(());
        };
        if known(name, &self.documents).is_some() {
            return Err(format!("there is a document {name:?} already"));
        }
        let (rest, currency) = rest.split_once(" in ").unwrap_or((rest, "EUR"));
        let (date_of, customer) = rest.split_once(" for ").map_or((rest, None), |(date, name)| (date, Some(name)));
        let own = self.parties[self.current].contract.customer;
        let customer = customer.map_or(own, |name| self.customer(name));
        let currency = Currency::from_code(currency).ok_or(format!("{currency:?} is not a currency"))?;
        let (name, date) = (name.to_owned(), date(date_of)?);
        let (lines, held) = (Vec::new(), Vec::new());
        self.documents.push(Document { name, customer, date, currency, lines, held, seen: None, saved: None });
        Ok(())
    }

    /// The lines of another document, fixed with their clearing.
    fn take_over(&mut self, name: &str) -> Result<(), String> {
        let from = self.documents.iter().find(|document| document.name == name);
        let from = from.ok_or(format!("there is no document {name:?}"))?;
        let saved = from.saved.as_ref().ok_or(format!("{name:?} was never saved"))?;
        let lines: Vec<(String, ClearingLine, LineClearing)> = from
            .lines
            .iter()
            .zip(&saved.lines)
            .map(|((name, line), c)| (name.clone(), line.clone(), c.clone()))
            .collect();
        for (line_name, line, clearing) in lines {
            let line_name = format!("{name}.{line_name}");
            let id = LineId::new(self.id(&format!("line {line_name}")));
            self.document()?.lines.push((line_name, ClearingLine { id, fixed: Some(clearing), ..line }));
        }
        Ok(())
    }

    /// `1.5 hours x 100.00 at 19 %, group IT / Repair, contract Other, switched off`.
    fn read_line(&mut self, name: &str, text: &str) -> Result<ClearingLine, String> {
        let document = self.document()?.name.clone();
        let id = LineId::new(self.id(&format!("line {document}.{name}")));
        let mut said = text.split(", ");
        let mut line = ClearingLine {
            id,
            line: self.read_charge(said.next().unwrap_or_default())?,
            contract: Some(self.parties[self.current].contract.id),
            clears: true,
            fixed: None,
        };
        for more in said {
            match (first_word(more), more) {
                (_, "no contract") => line.contract = None,
                (_, "switched off") => line.clears = false,
                (("contract", name), _) => line.contract = Some(self.parties[self.place(name)?].contract.id),
                _ => self.set_group(&mut line.line, more)?,
            }
        }
        Ok(line)
    }

    /// What is charged, in the group `Work`.
    fn read_charge(&mut self, text: &str) -> Result<Line, String> {
        Ok(Line { group: Some(self.group("Work")), ..terms::item(text)? })
    }

    fn set_group(&mut self, line: &mut Line, text: &str) -> Result<(), String> {
        if text == "no group" {
            line.group = None;
            return Ok(());
        }
        let unknown = || format!("{text:?} is not something that a line can say");
        let groups = text.strip_prefix("group ").ok_or_else(unknown)?;
        let (group, sub_group) = groups.split_once(" / ").map_or((groups, None), |(group, sub)| (group, Some(sub)));
        line.group = Some(self.group(group));
        line.sub_group = sub_group.map(|name| self.sub_group(name));
        Ok(())
    }

    /// Everything that is known, as a server would read it for the document.
    fn facts(&self, document: &Document) -> Facts {
        let facts = |party: &Party| {
            let held = document.held.iter().filter(|(contract, _)| *contract == party.contract.id);
            let draws = party.ledger.as_ref().map(|ledger| &ledger.draws);
            let own = held.filter_map(|(_, draw)| draws.and_then(|draws| draws.get(draw)).cloned()).collect();
            let period = party.contract.quota_period_of(document.date);
            ContractFacts {
                contract: party.contract.clone(),
                account: party.ledger.as_ref().map(|ledger| self.view(&ledger.view)),
                own,
                held: Vec::new(),
                sold_at: period.and_then(|period| party.sold.get(&period.from).copied()),
                next: party.next,
            }
        };
        Facts { day: self.day, groups: self.global.clone(), contracts: self.parties.iter().map(facts).collect() }
    }

    fn view(&self, view: &AccountView) -> AccountView {
        AccountView { books_closed_until: self.closed, ..view.clone() }
    }

    /// The document that the story is about, with what is known for it.
    fn at_hand(&mut self) -> Result<(ClearingDocument, Facts), String> {
        self.document()?;
        let document = self.documents.last().ok_or("a document")?;
        Ok((document.clearing(), self.facts(document)))
    }

    pub fn previewed(&mut self) -> Told {
        let (document, facts) = self.at_hand()?;
        let decided = match reconcile(&document, &facts) {
            Ok(decided) => decided,
            Err(error) => return Ok((format!("refused because {error}"), Vec::new())),
        };
        self.document()?.seen = Some(decided.lines.iter().map(LineClearing::shown).collect());
        self.told(&decided, &[])
    }

    /// Releases what the document holds, draws anew, and says what differs from what was seen.
    pub fn saved(&mut self) -> Told {
        let (document, facts) = self.at_hand()?;
        let decided = match reconcile(&document, &facts) {
            Ok(decided) => decided,
            Err(error) => return Ok((format!("refused because {error}"), Vec::new())),
        };
        for (contract, released) in &decided.releases {
            self.post(*contract, |view| released.entry(view))?;
        }
        let mut held = Vec::new();
        for (contract, draw) in &decided.draws {
            let mut drawn = draw.clone();
            drawn.request.draw = self.new_draw();
            self.post(*contract, |view| drawn.entry(view))?;
            held.push((*contract, drawn.request.draw));
        }
        let current = self.document()?;
        current.held = held;
        let seen = current.seen.take().unwrap_or_default();
        let before = current.saved.replace(decided.clone());
        let same = |before: Reconciled| {
            (before.lines, before.totals, before.left)
                == (decided.lines.clone(), decided.totals.clone(), decided.left.clone())
        };
        if before.is_some_and(same) {
            return Ok(("as before".to_owned(), Vec::new()));
        }
        self.told(&decided, &differences(&seen, &decided))
    }

    fn post(
        &mut self,
        contract: ContractId,
        entry: impl Fn(&AccountView) -> domain::quota::Entry,
    ) -> Result<(), String> {
        let party = self.parties.iter_mut().find(|party| party.contract.id == contract);
        let ledger = party.ok_or("a contract that the story does not have")?.account()?;
        let entry = entry(&ledger.view);
        ledger.post(&entry).map_err(|error| error.to_string())
    }

    /// What would clear more of a line.
    pub fn offered(&mut self, name: &str) -> Result<String, String> {
        let said: Vec<_> = self.possible(name)?.iter().map(|repair| self.written_repair(repair)).collect();
        Ok(if said.is_empty() { "none".to_owned() } else { said.join("; ") })
    }

    fn possible(&mut self, name: &str) -> Result<Vec<Repair>, String> {
        let (document, facts) = self.at_hand()?;
        let current = self.document()?;
        let line = current.lines[current.place(name)?].1.id;
        let decided = reconcile(&document, &facts).map_err(|error| error.to_string())?;
        repairs(&document, &facts, &decided, line).map_err(|error| error.to_string())
    }

    /// `2 by allow overbooking`.
    pub fn repaired(&mut self, text: &str) -> Told {
        let (name, by) = text.split_once(" by ").ok_or(format!("{text:?} is not `line by repair`"))?;
        let repairs = self.possible(name)?;
        let repair = repairs.into_iter().find(|repair| self.written_repair(repair) == by);
        let repair = repair.ok_or(format!("{by:?} is not offered"))?;
        let (document, facts) = self.at_hand()?;
        let decided = effect(&document, &facts, &repair).map_err(|error| error.to_string())?;
        self.told(&decided, &[])
    }

    fn written_repair(&self, repair: &Repair) -> String {
        let party = |id: ContractId| self.parties.iter().find(|party| party.contract.id == id);
        let several = |id| party(id).filter(|_| self.parties.len() > 1);
        let of = |id| several(id).map_or(String::new(), |party| format!(" of {}", party.name));
        match repair {
            Repair::SwitchOn { .. } => "switch on".to_owned(),
            Repair::AssignContract { contract, .. } => {
                format!("assign {}", party(*contract).map_or("?", |party| &party.name))
            }
            Repair::EnableGroup { contract, group } => {
                let id = match group {
                    domain::clearing::Group::Group(id) => id.uuid(),
                    domain::clearing::Group::SubGroup(id) => id.uuid(),
                };
                format!("enable {}{}", self.name_of_group(id), of(*contract))
            }
            Repair::BillPeriod { contract, as_of } => format!("bill as of {as_of}{}", of(*contract)),
            Repair::GrantFreeQuota { contract, amount, valid } => {
                let words = party(*contract).and_then(|party| party.words().ok());
                let amount = words.map_or("?".to_owned(), |words| words.written(*amount));
                format!("grant free quota {amount} {}{}", crate::story_words::written_range(*valid), of(*contract))
            }
            Repair::AllowOverbooking { contract } => format!("allow overbooking{}", of(*contract)),
        }
    }

    /// `1 hour x 100.00 at 19 %, group IT`: the contract for a new line.
    pub fn proposed(&mut self, text: &str) -> Result<String, String> {
        let (charge, group) = text.split_once(", ").map_or((text, None), |(charge, group)| (charge, Some(group)));
        let mut line = self.read_charge(charge)?;
        group.map_or(Ok(()), |group| self.set_group(&mut line, group))?;
        let (document, facts) = self.at_hand()?;
        let found = propose(&document, &line, &facts).map_err(|error| error.to_string())?;
        let name = |contract: &Contract| self.parties.iter().find(|party| party.contract.id == contract.id);
        let party = facts.contracts.iter().find(|facts| Some(facts.contract.id) == found);
        Ok(party.and_then(|facts| name(&facts.contract)).map_or("none".to_owned(), |party| party.name.clone()))
    }
}
