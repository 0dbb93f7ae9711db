//! Billing, undone and done again: what is planned is as the auditor adds it up, and then both carry it out.

use domain::{
    ClaimId,
    billing::{Billable, Freed, Plan, plan, rerun},
    contracts::PeriodBill,
    documents::{DocumentKind, DocumentState},
    undo::{self, ClaimFacts, Obstacle, UndoFacts, Way},
};
use uuid::Uuid;

use super::{
    auditor::{Deal, Last},
    calendar::Day,
    checks,
    commands::Company,
    engine::{date, number},
};
use crate::contract_plans::DAY;

/// An invoice with what it bills of which contract.
pub struct Invoice {
    bills: Vec<(usize, PeriodBill)>,
    state: DocumentState,
}

/// What an invoice bills, and its net and VAT.
type Sums = (Vec<(usize, u32)>, i64, i64);

/// The periods that go on one invoice, of whom if several may.
type Together = (Option<u8>, Vec<(usize, u32)>);

impl Company {
    /// All contracts.
    pub fn run(&mut self, as_of: Day) {
        self.bill(&(0..self.parties.len()).collect::<Vec<_>>(), as_of);
        self.count("run");
    }

    pub fn bill(&mut self, places: &[usize], as_of: Day) {
        let billable = |place: &usize| {
            let party = &self.parties[*place];
            Billable { contract: party.contract.clone(), next: party.next }
        };
        let planned = plan(&places.iter().map(billable).collect::<Vec<_>>(), date(as_of), DAY);
        let due: Vec<_> = places.iter().map(|place| (*place, self.books[*place].due(as_of))).collect();
        self.carry_out(planned, &due);
    }

    pub fn run_again(&mut self, place: usize, day: Day) {
        let places: Vec<usize> = if self.chance.one_in(2) { vec![place] } else { (0..self.parties.len()).collect() };
        let freed = |place: &usize| {
            let party = &self.parties[*place];
            Freed { contract: party.contract.clone(), periods: party.freed.clone() }
        };
        let planned = rerun(&places.iter().map(freed).collect::<Vec<_>>(), date(day), DAY);
        let due: Vec<_> = places.iter().map(|place| (*place, self.books[*place].due_again(day))).collect();
        if !planned.invoices.is_empty() {
            self.count("re-run");
        }
        self.carry_out(planned, &due);
    }

    /// The invoices are as the auditor adds them up; then both bill.
    fn carry_out(&mut self, planned: Plan, due: &[(usize, Vec<u32>)]) {
        assert_eq!(planned.unbillable, []);
        let place = |contract: domain::ContractId| number(contract.uuid());
        let found = planned.invoices.iter().map(|invoice| {
            let periods = invoice.periods.iter().map(|one| (place(one.contract), one.bill.period.number)).collect();
            assert_eq!(invoice.totals.gross, invoice.totals.net + invoice.totals.vat);
            (periods, invoice.totals.net, invoice.totals.vat)
        });
        assert_eq!(found.collect::<Vec<Sums>>(), self.added_up(due));
        for invoice in planned.invoices {
            let bills: Vec<_> = invoice.periods.into_iter().map(|one| (place(one.contract), one.bill)).collect();
            for (place, bill) in &bills {
                self.parties[*place].bill(bill);
                self.books[*place].bill(bill.period.number);
            }
            if bills.iter().any(|(place, _)| *place != bills[0].0) {
                self.count("consolidated");
            }
            let by_days = |(place, bill): &(usize, PeriodBill)| {
                let deal = self.books[*place].deal;
                deal.last == Last::ByDays && deal.cut(bill.period.number).is_some()
            };
            if bills.iter().any(by_days) {
                self.count("billed by days");
            }
            if bills.iter().any(|(place, _)| self.books[*place].deal.arrears) {
                self.count("billed in arrears");
            }
            // Most runs issue what they bill, some leave a draft; what it bills is billed all the same.
            let state = if self.chance.one_in(6) { DocumentState::Draft } else { DocumentState::Issued };
            self.invoices.push(Invoice { bills, state });
        }
        for (place, _) in due {
            checks::claims(&self.parties[*place], &self.books[*place]);
        }
    }

    fn added_up(&self, due: &[(usize, Vec<u32>)]) -> Vec<Sums> {
        let mut all: Vec<Together> = Vec::new();
        for (place, period) in due.iter().flat_map(|(place, periods)| periods.iter().map(move |one| (*place, *one))) {
            let customer = Some(self.customers[place]).filter(|customer| customer % 2 == 0);
            match all.iter_mut().find(|(of, _)| customer.is_some() && *of == customer) {
                Some((_, periods)) => periods.push((place, period)),
                None => all.push((customer, vec![(place, period)])),
            }
        }
        let sums = all.into_iter().map(|(_, periods)| {
            let price = |(place, period): &(usize, u32)| self.books[*place].deal.price(*period);
            let (net, vat) = Deal::costs(periods.iter().map(price));
            (periods, net, vat)
        });
        sums.collect()
    }

    /// One of the latest invoices in that state.
    fn latest(&mut self, state: DocumentState) -> Option<usize> {
        let after = self.invoices.len().saturating_sub(300);
        let found: Vec<usize> = (after..self.invoices.len()).filter(|at| self.invoices[*at].state == state).collect();
        (!found.is_empty()).then(|| self.chance.pick(&found))
    }

    /// A draft gets its number, which changes nothing of what it has granted.
    pub fn issue_invoice(&mut self) {
        let Some(at) = self.latest(DocumentState::Draft) else { return };
        self.invoices[at].state = DocumentState::Issued;
        self.count("invoice issued");
    }

    /// A draft is deleted, which undoes the same as cancelling what is issued.
    pub fn delete_invoice(&mut self) {
        let Some(at) = self.latest(DocumentState::Draft) else { return };
        self.undo_invoice(at, Way::Delete);
        self.count("draft invoice deleted");
    }

    /// An issued invoice is cancelled.
    pub fn cancel(&mut self) {
        let Some(at) = self.latest(DocumentState::Issued) else { return };
        self.undo_invoice(at, Way::Cancel);
        self.count("invoice cancelled");
    }

    /// An invoice is undone as a whole, by the way that is open to it and no other.
    fn undo_invoice(&mut self, at: usize, way: Way) {
        let invoice = &mut self.invoices[at];
        let claim = |(place, bill): &(usize, PeriodBill)| ClaimFacts {
            claim: ClaimId::new(Uuid::nil()),
            contract: self.parties[*place].contract.id,
            period: bill.period.number,
            service: bill.period.service,
            lots: self.parties[*place].lots[&bill.period.number].clone(),
        };
        let mut places: Vec<usize> = invoice.bills.iter().map(|(place, _)| *place).collect();
        places.dedup();
        let facts = UndoFacts {
            kind: DocumentKind::ContractInvoice,
            state: invoice.state,
            resting: Vec::new(),
            claims: invoice.bills.iter().map(claim).collect(),
            fees: Vec::new(),
            lots: Vec::new(),
            accounts: places.iter().map(|place| self.parties[*place].facts(&[])).collect(),
        };
        let (other, obstacle) = match way {
            Way::Delete => (Way::Cancel, Obstacle::NotIssued),
            Way::Cancel => (Way::Delete, Obstacle::NotADraft),
        };
        assert_eq!(undo::plan(&facts, other).expect("all that it needs").obstacles, [obstacle]);
        let planned = undo::plan(&facts, way).expect("all that it needs");
        assert!(planned.possible());
        invoice.state = DocumentState::Cancelled;
        for undo in &planned.accounts {
            self.parties[number(undo.account.uuid())].undo(undo);
        }
        for freed in &planned.freed {
            let party = &mut self.parties[number(freed.contract.uuid())];
            party.lots.remove(&freed.period);
            party.freed.insert(freed.period);
        }
        let periods: Vec<_> = invoice.bills.iter().map(|(place, bill)| (*place, bill.period.number)).collect();
        for (place, period) in &periods {
            self.books[*place].free(*period);
        }
        for place in places {
            checks::claims(&self.parties[place], &self.books[place]);
        }
    }
}
