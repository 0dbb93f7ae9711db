//! A contract whose whole life can be looked at: two years with everything that can happen to a quota, and the end near.
//!
//! The rules tell the same story with all figures (`200-two-years.contract`); here its first month lies 23 months before
//! that of today, so that its last month has begun. It is found by its customer and by its reference.

use chrono::{Datelike, Months, NaiveDate};
use domain::{
    AccountId, ContractId, CustomerId, DocumentId, LineId, LotId, RunId,
    contracts::QuotaTerms,
    quota::{Amount, CarryOver, GrantOrigin, GrantRequest, Overbooking},
};
use rust_decimal::Decimal;
use texts::Lang;
use wire::{
    accounts::GrantDraft,
    balancing::BalancingInvoiceDraft,
    billing::{RunDraft, Selection},
    contracts::{ContractDraft, ContractPage},
    customers::{CustomerCard, CustomerDraft},
    documents::{CancelDraft, DraftLine},
};

use super::{
    HOUR, at,
    catalogue::Catalogue,
    documents::Written,
    first_of_month,
    names::{PEOPLE, WORK},
    situations::fixed,
};
use crate::{Env, Refused, accounts, billing, contracts, customers, documents, people::program};

/// The customer's name.
pub const CUSTOMER: &str = "Uhrmacherei Zeitlauf";
/// The reference of the contract.
pub const REFERENCE: &str = "Zwei Jahre";
/// Whoever works there, and whoever bills.
const BY: &str = PEOPLE[8];
const ACCOUNTING: &str = PEOPLE[2];
/// The months of the story.
const MONTHS: u32 = 23;

/// The id of the contract, the same in each demo company.
pub fn contract() -> ContractId {
    ContractId::new(fixed(7, 0))
}

/// A day of the story: the month, counted from its first, and the day in it.
type When = (u32, u32);

/// Something that happens.
enum Step {
    Bill,
    /// The billing of that period is cancelled.
    Cancel(u32),
    RunAgain,
    /// A delivery note is saved, its date and its lines in hundredths of an hour; the same place again saves it again.
    Note(usize, When, &'static [i64]),
    Issue(usize),
    CancelNote(usize),
    Hours(i64),
    Carry(CarryOver),
    Overbook(Overbooking),
    /// A balancing invoice over all that is open.
    Balance,
    /// An hour for the month.
    Free,
    Notice(bool),
}

use Step::{Balance, Bill, Cancel, CancelNote, Carry, Free, Hours, Issue, Note, Notice, Overbook, RunAgain};

const CAPPED: CarryOver = CarryOver::On { periods: Some(1), cap: Some(Amount::new(3 * HOUR)) };
const FOR_EVER: CarryOver = CarryOver::On { periods: None, cap: None };
const LIMITED: Overbooking = Overbooking::Yes { limit: Some(Amount::new(2 * HOUR)) };

/// What happens, day by day.
const STEPS: [(When, &[Step]); 39] = [
    ((0, 1), &[Bill]),
    ((0, 10), &[Note(0, (0, 10), &[150, 200, 100, 50]), Issue(0)]),
    ((1, 1), &[Bill]),
    ((1, 12), &[Note(1, (1, 12), &[250]), Note(1, (1, 12), &[100]), Issue(1)]),
    ((2, 1), &[Bill]),
    ((2, 5), &[Note(2, (2, 5), &[100, 150]), Issue(2)]),
    ((2, 19), &[Note(3, (2, 19), &[200]), Issue(3)]),
    ((2, 20), &[Hours(6)]),
    ((3, 1), &[Bill]),
    ((3, 8), &[Cancel(2)]),
    ((3, 9), &[Note(4, (3, 9), &[100]), Issue(4)]),
    ((3, 10), &[RunAgain]),
    ((3, 20), &[Carry(CAPPED)]),
    ((4, 1), &[Bill]),
    ((4, 14), &[Note(5, (4, 14), &[100]), Issue(5)]),
    ((5, 1), &[Bill]),
    ((5, 10), &[Note(6, (5, 10), &[400]), Issue(6)]),
    ((6, 1), &[Bill]),
    ((6, 5), &[Note(7, (4, 20), &[150]), Issue(7)]),
    ((6, 20), &[Overbook(LIMITED)]),
    ((6, 22), &[Note(8, (6, 22), &[1_000]), Issue(8)]),
    ((6, 28), &[Note(9, (6, 28), &[200]), Issue(9)]),
    ((7, 1), &[Bill]),
    ((7, 3), &[Balance, Overbook(Overbooking::No)]),
    ((8, 1), &[Bill]),
    ((8, 10), &[Note(10, (8, 10), &[200]), Issue(10)]),
    ((9, 1), &[Bill]),
    ((9, 15), &[Carry(CarryOver::Off)]),
    ((10, 1), &[Bill]),
    ((10, 11), &[Note(11, (10, 11), &[200]), Issue(11)]),
    ((11, 1), &[Bill]),
    ((12, 1), &[Bill]),
    ((12, 15), &[Note(12, (12, 15), &[500]), Issue(12)]),
    ((14, 15), &[Bill, Note(13, (13, 18), &[250]), Issue(13), Free]),
    ((14, 21), &[Note(14, (14, 21), &[650]), Issue(14)]),
    ((17, 1), &[Bill, CancelNote(14)]),
    ((20, 1), &[Bill]),
    ((20, 20), &[Notice(true), Notice(false)]),
    ((20, 28), &[Notice(true)]),
];
/// The last months, when what is left is carried to the end.
const LAST: [(When, &[Step]); 5] = [
    ((21, 1), &[Bill]),
    ((21, 15), &[Carry(FOR_EVER)]),
    ((22, 1), &[Bill]),
    ((22, 24), &[Note(15, (22, 24), &[400]), Issue(15)]),
    ((23, 1), &[Bill]),
];

/// The contract with whom it is for.
struct Life<'a> {
    catalogue: &'a Catalogue,
    customer: CustomerId,
    account: AccountId,
    start: NaiveDate,
}

/// Makes the customer and lives the years. `draft` is a contract like all others of its type. Gives how many documents
/// there are that are not over contracts.
pub(super) async fn live(
    env: &Env,
    catalogue: &Catalogue,
    mut draft: ContractDraft,
    today: NaiveDate,
) -> Result<usize, Refused> {
    let start = first_of_month(today, MONTHS);
    let early = at(env, start);
    let customer = CustomerId::new(fixed(7, 1));
    let card = CustomerCard {
        name: CUSTOMER.to_owned(),
        street: "Pendelweg 12".to_owned(),
        postcode: "99423".to_owned(),
        city: "Weimar".to_owned(),
        country: "DE".to_owned(),
        email: "rechnung@uhrmacherei-zeitlauf.example".to_owned(),
        ..CustomerCard::default()
    };
    customers::save(&early, &program(BY), CustomerDraft { id: customer, version: 0, card }).await?;
    let of = &mut draft.contract;
    (of.id, of.customer, of.start, of.billing_start) = (contract(), customer, start, start);
    (draft.responsible, draft.reference) = (BY.to_owned(), REFERENCE.to_owned());
    let page = contracts::save(&early, &program(BY), draft).await?;
    let Some((account, _)) = page.account_id else { return Ok(0) };
    let life = Life { catalogue, customer, account, start };
    let mut notes = 0;
    for (when, steps) in STEPS.iter().chain(&LAST) {
        let now = at(env, life.day(*when));
        for step in *steps {
            life.step(&now, step).await?;
            notes += usize::from(matches!(step, Issue(_)));
        }
    }
    Ok(notes)
}

impl Life<'_> {
    fn day(&self, (month, day): When) -> NaiveDate {
        let month = self.start.checked_add_months(Months::new(month)).unwrap_or(self.start);
        month.with_day(day).unwrap_or(month)
    }

    async fn step(&self, now: &Env, step: &Step) -> Result<(), Refused> {
        match *step {
            Bill => self.bill(now, Selection::Contract(contract())).await,
            RunAgain => self.bill(now, Selection::Freed(contract(), None)).await,
            Cancel(period) => {
                let page = contracts::page(now, &program(ACCOUNTING), contract()).await?;
                let claim = page.claims.iter().find(|claim| claim.number == period && !claim.cancelled);
                match claim.and_then(|claim| claim.document) {
                    Some(invoice) => self.cancel(now, invoice, "Kontingent zu klein abgerechnet").await,
                    None => Ok(()),
                }
            }
            CancelNote(place) => self.cancel(now, note(place), "Falscher Kunde").await,
            Note(place, date, hours) => self.save(now, place, self.day(date), hours).await,
            Issue(place) => documents::issue(now, &program(ACCOUNTING), note(place)).await.map(drop),
            Hours(hours) => self.change(now, |_, quota| quota.amount = Amount::new(hours * HOUR)).await,
            Carry(carry) => self.change(now, |_, quota| quota.carry = carry).await,
            Overbook(overbooking) => self.change(now, |_, quota| quota.overbooking = overbooking).await,
            Notice(given) => self.change(now, |cancelled, _| *cancelled = given.then(|| now.today())).await,
            Balance => self.balance(now).await,
            Free => {
                let until = self.day((15, 1));
                let (lot, from) = (LotId::new(fixed(7, 2)), self.day((14, 1)));
                let request = GrantRequest::new(lot, Amount::new(HOUR), from, Some(until));
                let request = GrantRequest { origin: GrantOrigin::FreeQuota, ..request };
                let (account, reason) = (self.account, "Kulanz nach einem Ausfall".to_owned());
                accounts::grant(now, &program(ACCOUNTING), GrantDraft { account, request, reason }).await.map(drop)
            }
        }
    }

    async fn bill(&self, now: &Env, selection: Selection) -> Result<(), Refused> {
        let draft = RunDraft { id: RunId::new(now.id()), as_of: now.today(), issue: true, selection };
        let run = billing::start(now, &program(ACCOUNTING), draft).await?;
        billing::work(now, run.id).await.map(drop)
    }

    async fn cancel(&self, now: &Env, document: DocumentId, reason: &str) -> Result<(), Refused> {
        let call = program(ACCOUNTING);
        let version = documents::page(now, &call, document).await?.version;
        let (id, reason) = (DocumentId::new(now.id()), reason.to_owned());
        let draft = CancelDraft { id, document, reason, version, seen: None };
        documents::cancel(now, &call, draft).await.map(drop)
    }

    async fn save(&self, now: &Env, place: usize, date: NaiveDate, hours: &[i64]) -> Result<(), Refused> {
        let line = |(number, hundredths): (usize, &i64)| {
            let text = WORK[(place * 3 + number) % WORK.len()];
            let line = self.catalogue.line("D-100", Decimal::new(*hundredths, 2), text)?;
            let id = LineId::new(fixed(9, place * 16 + number));
            Some(DraftLine { id, line, contract: Some(contract()), clears: true })
        };
        let lines = hours.iter().enumerate().filter_map(line).collect();
        let mut draft = Written::new(note(place), self.customer, date, BY, lines).draft;
        let call = program(BY);
        // Saved before: then it is saved again.
        draft.version = match documents::page(now, &call, draft.id).await {
            Ok(page) => page.version,
            Err(Refused::Problem(_)) => 0,
            Err(other) => return Err(other),
        };
        documents::save(now, &call, draft).await.map(drop)
    }

    async fn change(
        &self,
        now: &Env,
        twist: impl FnOnce(&mut Option<NaiveDate>, &mut QuotaTerms),
    ) -> Result<(), Refused> {
        let call = program(BY);
        let ContractPage { version, card, mut contract, .. } = contracts::page(now, &call, contract()).await?;
        if let Some(quota) = contract.terms.quota.as_mut() {
            twist(&mut contract.cancelled_on, quota);
        }
        let draft = ContractDraft {
            version,
            number: card.number,
            contract_type: card.contract_type,
            responsible: card.responsible,
            reference: card.reference,
            contract,
        };
        contracts::save(now, &call, draft).await.map(drop)
    }

    async fn balance(&self, now: &Env) -> Result<(), Refused> {
        let (id, lang) = (DocumentId::new(fixed(7, 3)), Lang::De);
        let draft = BalancingInvoiceDraft { id, contract: contract(), deficits: None, issue: true, seen: None, lang };
        billing::balance_contract(now, &program(ACCOUNTING), draft).await.map(drop)
    }
}

/// The id of the delivery note at that place.
fn note(place: usize) -> DocumentId {
    DocumentId::new(fixed(8, place))
}
