//! Billing in a story: what is planned is posted, and every part of it is a row.

use domain::{
    AccountId, LotId,
    billing::{Billable, Plan, PlannedInvoice, plan},
    contracts::{Contract, PeriodBill, outlook},
    documents::DocumentState,
    quota::{Account, Ledger, grant},
};
use uuid::Uuid;

use super::{
    runner::{Invoiced, Party, Telling},
    terms, words,
};
use crate::story_words::{self, Words, date, written_range};

/// What came out, and the rows behind it.
pub type Told = Result<(String, Vec<String>), String>;

impl Telling {
    /// `as of 2026-06-15`: all contracts of the story.
    pub fn bill(&mut self, text: &str) -> Told {
        let as_of = date(text.strip_prefix("as of ").ok_or(format!("{text:?} is not `as of date`"))?)?;
        let billable = |party: &Party| Billable { contract: party.contract.clone(), next: party.next };
        let billables: Vec<_> = self.parties.iter().map(billable).collect();
        self.carry_out(&plan(&billables, as_of, self.day))
    }

    /// `3 periods on 2026-06-01`.
    pub fn outlook(&mut self, text: &str) -> Told {
        let wrong = || format!("{text:?} is not `n periods on date`");
        let (count, today) = text.split_once(" on ").ok_or_else(wrong)?;
        let count = count.strip_suffix(" periods").or_else(|| count.strip_suffix(" period")).ok_or_else(wrong)?;
        let (count, today, day) = (count.parse().map_err(|_| wrong())?, date(today)?, self.day);
        let party = self.party();
        let found = match outlook(&party.contract, party.next, count, today, day) {
            Ok(found) => found,
            Err(error) => return Ok((error.to_string(), Vec::new())),
        };
        let mut rows = Vec::new();
        for period in &found.periods {
            let to_do = period.to_do.map_or(String::new(), |day| format!(", to-do {day}"));
            let totals = words::totals(&period.bill.totals, party.contract.terms.currency);
            rows.push(format!("due-on {}{to_do}, {totals}", period.due));
            for lot in &period.lots {
                let counted = counting(&party.contract)?;
                rows.push(format!("lot {} {}", counted.written(lot.lot.amount), written_range(lot.lot.valid)));
                for lapse in &lot.lapses {
                    let over = if lapse.over_cap { " over the cap" } else { "" };
                    rows.push(format!("lapses {}{over} on {}", counted.written(lapse.amount), lapse.date));
                }
            }
        }
        let or_none = |day: Option<chrono::NaiveDate>| day.map_or("none".to_owned(), |day| day.to_string());
        let mut said = format!("end {}", or_none(found.end));
        if let Some(renews) = found.renews_on {
            said = format!("{said}, renews {renews}, notice by {}", or_none(found.notice_by));
        }
        Ok((said, rows))
    }

    pub fn carry_out(&mut self, plan: &Plan) -> Told {
        let mut rows = Vec::new();
        for invoice in &plan.invoices {
            rows.extend(self.invoiced(invoice)?);
        }
        for unbillable in &plan.unbillable {
            let party = self.parties.iter().find(|party| party.contract.id == unbillable.contract);
            let name = party.filter(|_| self.parties.len() > 1).map_or(String::new(), |p| format!("{}, ", p.name));
            rows.push(format!("unbillable {name}period {}: {}", unbillable.period, unbillable.error));
        }
        let said = match plan.invoices.len() {
            0 => "nothing".to_owned(),
            1 => "1 invoice".to_owned(),
            many => format!("{many} invoices"),
        };
        Ok((said, rows))
    }

    fn invoiced(&mut self, invoice: &PlannedInvoice) -> Result<Vec<String>, String> {
        let several = self.parties.len() > 1;
        let mut rows = Vec::new();
        let to = if several {
            format!(", {}, {} days", invoice.delivery.name(), invoice.payment_days)
        } else {
            String::new()
        };
        rows.push(format!("invoice {}{to}", words::totals(&invoice.totals, invoice.currency)));
        if invoice.totals.rates.len() > 1 {
            let money = |minor| words::money(minor, invoice.currency);
            let row = |sum: &domain::documents::VatSum| {
                format!("vat {} % of {} is {}", sum.rate, money(sum.net), money(sum.vat))
            };
            rows.extend(invoice.totals.rates.iter().map(row));
        }
        let mut billed_periods = Vec::new();
        for planned in &invoice.periods {
            let place = self.parties.iter().position(|party| party.contract.id == planned.contract);
            let place = place.ok_or("a contract that the story does not have")?;
            let name = if several { format!("{} ", self.parties[place].name) } else { String::new() };
            let service = written_range(planned.bill.period.service);
            for billed in &planned.bill.lines {
                rows.push(format!("line {name}{service} {}", words::line(billed, invoice.currency)));
            }
            for lot in self.granted(place, &planned.bill)? {
                rows.push(format!("lot {name}{lot}"));
            }
            billed_periods.push((place, planned.bill.period.number));
        }
        self.invoices.push(Invoiced { periods: billed_periods, state: DocumentState::Issued });
        Ok(rows)
    }

    /// Posts what a period grants and counts it as billed. The lots as the account has them.
    fn granted(&mut self, place: usize, bill: &PeriodBill) -> Result<Vec<String>, String> {
        let ids: Vec<LotId> = bill.grants.iter().map(|_| self.new_lot()).collect();
        let party = &mut self.parties[place];
        party.note(bill)?;
        let mut said = Vec::new();
        for (granted, id) in bill.grants.iter().zip(&ids) {
            let request = party.contract.grant_request(granted, *id);
            let counted = counting(&party.contract)?;
            let ledger = party.account()?;
            let decided = grant(&ledger.view, &request).map_err(|error| error.to_string())?;
            let entries = decided.entries(&ledger.view).map_err(|error| error.to_string())?;
            entries.iter().try_for_each(|entry| party.post(entry))?;
            said.push(format!("{} {}", counted.written(decided.lot.amount), written_range(decided.lot.valid)));
        }
        party.lots.insert(bill.period.number, ids);
        party.freed.remove(&bill.period.number);
        party.next = party.next.max(bill.period.number + 1);
        Ok(said)
    }
}

/// How the stories write what the quota counts.
pub fn counting(contract: &Contract) -> Result<Words, String> {
    let quota = contract.terms.quota.as_ref().ok_or("the contract has no quota")?;
    story_words::account(&terms::counted(quota)).map(|(words, _)| words)
}

impl Party {
    /// The account of the quota; there is one from the first grant on.
    pub fn account(&mut self) -> Result<&mut Ledger, String> {
        if self.ledger.is_none() {
            let quota = self.contract.terms.quota.as_ref().ok_or("the contract has no quota")?;
            let (id, customer) = (AccountId::new(Uuid::from_u128(1)), self.contract.customer);
            self.ledger = Some(Ledger::new(Account { id, customer, unit: quota.unit, policy: quota.policy() }));
            self.end_account()?;
        }
        self.ledger.as_mut().ok_or("an account".to_owned())
    }
}
