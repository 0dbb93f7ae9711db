//! The ordinary delivery notes and invoices of the demo company: what an IT service house charges, from month to month.

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate};
use domain::{
    AccountId, Currency, CustomerId, Discount, DocumentId, LineId,
    contracts::{Contract, Delivery},
    documents::{DocumentKind, Line},
    quota::Unit,
};
use fastrand::Rng;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use rust_decimal::Decimal;
use wire::documents::{DocumentDraft, DraftLine};

use super::{
    at,
    catalogue::{Catalogue, id},
    names::{CONSULTED, GOODS_AND_LICENCES, ON_SITE, PEOPLE, REMOTE, TAUGHT},
};
use crate::{Env, Refused, documents, people::program};

/// How many documents are on their way at once: their writes share commits.
const AT_ONCE: usize = 48;
/// Whoever issues.
const ACCOUNTING: &str = PEOPLE[2];

/// A contract with a quota that work is charged to.
pub struct Quota {
    /// The contract.
    pub contract: Contract,
    /// Its account.
    pub account: AccountId,
    /// What it counts.
    pub unit: Unit,
    /// Who works for it.
    pub by: &'static str,
}

impl Quota {
    /// Whether work is charged to it on that day. People wait with it as long as a contract is billed by hand.
    fn lasts(&self, day: NaiveDate) -> bool {
        let contract = &self.contract;
        contract.terms.billing.automatic && contract.start <= day && contract.end().is_none_or(|end| day < end)
    }
}

/// A document that somebody writes on the day of its date.
pub struct Written {
    /// By whom.
    pub by: &'static str,
    /// What.
    pub draft: DocumentDraft,
    /// Whether it is issued the same day, or left as a draft.
    pub issued: bool,
    /// The invoice that is made of a delivery note, and when.
    pub invoice: Option<(NaiveDate, DocumentId)>,
}

impl Written {
    /// A document of that customer.
    pub fn new(id: DocumentId, customer: CustomerId, date: NaiveDate, by: &'static str, lines: Vec<DraftLine>) -> Self {
        let draft = DocumentDraft {
            id,
            version: 0,
            kind: DocumentKind::DeliveryNote,
            customer,
            currency: Currency::EUR,
            date,
            delivery: Delivery::Mail,
            payment_days: 14,
            lines,
            seen: Vec::new(),
        };
        Written { by, draft, issued: true, invoice: None }
    }
}

/// Chance, and what there is to choose from.
pub struct Writers<'a> {
    /// Chance.
    pub rng: &'a mut Rng,
    /// What is sold.
    pub catalogue: &'a Catalogue,
    /// To whom.
    pub customers: &'a [CustomerId],
    /// What the work is charged to.
    pub quotas: &'a [Quota],
    /// The last day.
    pub today: NaiveDate,
}

impl Writers<'_> {
    /// What is written from one day to before another, about `many` in half a month.
    pub fn write(mut self, from: NaiveDate, until: NaiveDate, many: i64) -> Vec<Written> {
        let workdays: Vec<NaiveDate> =
            from.iter_days().take_while(|day| *day < until).filter(|day| workday(*day)).collect();
        let mut written = Vec::new();
        for _ in 0..many.saturating_mul((until - from).num_days()) / 15 {
            let Some(day) = self.rng.choice(&workdays).copied() else { break };
            let mut one = self.one(day);
            // What was done in the last days waits for somebody to look at it.
            one.issued = day + Days::new(4) < self.today || self.rng.bool();
            written.push(one);
        }
        if until > self.today {
            written.extend((0..4).map(|_| Written { issued: false, ..self.one(self.today) }));
        }
        written.sort_by_key(|written| written.draft.date);
        written
    }

    fn one(&mut self, day: NaiveDate) -> Written {
        let (quotas, customers) = (self.quotas, self.customers);
        let lasting: Vec<&Quota> = quotas.iter().filter(|quota| quota.lasts(day)).collect();
        let quota = if self.rng.u8(..6) == 0 { None } else { self.rng.choice(&lasting).copied() };
        let any = customers[self.rng.usize(..customers.len())];
        let customer = quota.map_or(any, |quota| quota.contract.customer);
        let lines = self.work().into_iter().map(|(line, drawn)| {
            let contract = quota.filter(|quota| drawn == Drawn::Always || drawn.only_money(quota.unit));
            let (id, contract) = (LineId::new(id(self.rng)), contract.map(|quota| quota.contract.id));
            DraftLine { id, line, contract, clears: true }
        });
        let lines = lines.collect();
        let by = quota.map_or_else(|| PEOPLE[self.rng.usize(7..PEOPLE.len())], |quota| quota.by);
        let mut written = Written::new(DocumentId::new(id(self.rng)), customer, day, by, lines);
        if self.rng.u8(..10) < 3 {
            written.draft.kind = DocumentKind::Invoice;
        } else if self.rng.u8(..10) < 7 {
            let later = day + Days::new(self.rng.u64(3..13));
            let later = later.iter_days().find(|day| workday(*day)).unwrap_or(later);
            written.invoice = Some((later, DocumentId::new(id(self.rng))));
        }
        written
    }

    /// What was done and delivered, and whether a quota pays for it.
    fn work(&mut self) -> Vec<(Line, Drawn)> {
        let mut lines = Vec::new();
        match self.rng.u8(..22) {
            0..=9 => {
                for _ in 0..self.rng.u8(1..=3) {
                    lines.extend(self.time("D-100", REMOTE, 8).map(|line| (line, Drawn::Always)));
                }
            }
            10..=13 => {
                let travel = self.catalogue.line("D-115", Decimal::ONE, "");
                lines.extend(travel.map(|line| (line, Drawn::FromMoney)));
                lines.extend(self.time("D-110", ON_SITE, 14).map(|line| (line, Drawn::Always)));
                if self.rng.bool() {
                    lines.extend(self.goods().map(|line| (line, Drawn::Never)));
                }
            }
            14..=16 => lines.extend(self.time("D-120", CONSULTED, 16).map(|line| (line, Drawn::Always))),
            // Now and then more than a month's quota.
            17 | 18 => {
                for _ in 0..self.rng.u8(2..=4) {
                    lines.extend(self.time("D-100", REMOTE, 36).map(|line| (line, Drawn::Always)));
                }
            }
            19 | 20 => {
                lines.extend(self.goods().map(|line| (line, Drawn::Never)));
                let (article, most) = GOODS_AND_LICENCES[self.rng.usize(6..GOODS_AND_LICENCES.len())];
                let licences = self.catalogue.line(article, Decimal::from(self.rng.i64(1..=most)), "");
                lines.extend(licences.map(|line| (line, Drawn::FromMoney)));
            }
            _ => {
                let half_days = Decimal::new(self.rng.i64(1..=4) * 5, 1);
                let text = TAUGHT[self.rng.usize(..TAUGHT.len())];
                lines.extend(self.catalogue.line("D-130", half_days, text).map(|line| (line, Drawn::Never)));
            }
        }
        if let Some((line, _)) = lines.last_mut().filter(|_| self.rng.u8(..12) == 0) {
            line.discount = Discount::new(Decimal::from(if self.rng.bool() { 5 } else { 10 })).unwrap_or_default();
        }
        lines
    }

    /// Work by the hour, up to so many quarters of an hour, or now and then to the minute.
    fn time(&mut self, article: &str, texts: &[&str], quarters: i64) -> Option<Line> {
        let text = texts[self.rng.usize(..texts.len())];
        if self.rng.u8(..5) == 0 {
            return self.catalogue.minutes(article, self.rng.i64(5..=95), text);
        }
        self.catalogue.line(article, Decimal::new(self.rng.i64(1..=quarters) * 25, 2), text)
    }

    fn goods(&mut self) -> Option<Line> {
        let (article, most) = GOODS_AND_LICENCES[self.rng.usize(..6)];
        self.catalogue.line(article, Decimal::from(self.rng.i64(1..=most)), "")
    }
}

/// Whether a quota pays for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawn {
    Always,
    FromMoney,
    Never,
}

impl Drawn {
    fn only_money(self, unit: Unit) -> bool {
        self == Drawn::FromMoney && unit != Unit::Time
    }
}

fn workday(day: NaiveDate) -> bool {
    day.weekday().number_from_monday() <= 5
}

/// The desk on which documents lie until their time comes.
#[derive(Default)]
pub struct Desk {
    /// Delivery notes that become invoices: when, and as which.
    notes: Vec<(NaiveDate, DocumentId, DocumentId)>,
    /// How many documents were made.
    pub made: usize,
}

impl Desk {
    /// Saves documents, makes invoices of the delivery notes that are old enough before `until`, and issues, in the order
    /// of the days.
    pub async fn work(
        &mut self,
        env: &Env,
        written: Vec<Written>,
        until: NaiveDate,
        today: NaiveDate,
    ) -> Result<(), Refused> {
        let (mut notes, mut invoices) = (Vec::new(), Vec::new());
        for Written { draft, invoice, .. } in written.iter().filter(|one| one.issued) {
            let issued = if draft.kind == DocumentKind::DeliveryNote { &mut notes } else { &mut invoices };
            issued.push((draft.date, draft.id));
            self.notes.extend(invoice.map(|(when, invoice)| (when, draft.id, invoice)));
        }
        self.made += written.len();
        for wave in waves(written) {
            at_once(stream::iter(wave).map(|one| save(env, one))).await?;
        }
        issue(env, notes).await?;
        let (mut due, later) = self.notes.drain(..).partition::<Vec<_>, _>(|(day, ..)| *day < until);
        due.sort_unstable();
        self.notes = later;
        self.made += due.len();
        at_once(stream::iter(due.clone()).map(|(day, note, id)| invoice(env, day, note, id))).await?;
        // The invoices of the last days are still looked at.
        let old = due.iter().filter(|(day, ..)| *day + Days::new(2) < today);
        invoices.extend(old.map(|(day, _, id)| (*day, *id)));
        issue(env, invoices).await
    }
}

/// The first document of each customer, then the second of each, and so on: what a wave writes at once concerns
/// different accounts, so that no engine can change what each of them gets.
fn waves(written: Vec<Written>) -> Vec<Vec<Written>> {
    let mut seen = HashMap::<CustomerId, usize>::new();
    let mut waves: Vec<Vec<Written>> = Vec::new();
    for one in written {
        let place = seen.entry(one.draft.customer).or_default();
        match waves.get_mut(*place) {
            Some(wave) => wave.push(one),
            None => waves.push(vec![one]),
        }
        *place += 1;
    }
    waves
}

/// Does pieces of work that begin in their order, but may end in another.
async fn at_once(pieces: impl Stream<Item = impl Future<Output = Result<(), Refused>>>) -> Result<(), Refused> {
    pieces.buffer_unordered(AT_ONCE).try_collect().await
}

async fn save(env: &Env, one: Written) -> Result<(), Refused> {
    documents::save(&at(env, one.draft.date), &program(one.by), one.draft).await.map(drop)
}

async fn invoice(env: &Env, day: NaiveDate, note: DocumentId, id: DocumentId) -> Result<(), Refused> {
    documents::invoice(&at(env, day), &program(ACCOUNTING), note, id).await.map(drop)
}

/// Issues drafts, each on its day.
pub async fn issue(env: &Env, mut drafts: Vec<(NaiveDate, DocumentId)>) -> Result<(), Refused> {
    drafts.sort_by_key(|(day, _)| *day);
    let issued = stream::iter(drafts)
        .map(|(day, id)| async move { documents::issue(&at(env, day), &program(ACCOUNTING), id).await.map(drop) });
    at_once(issued).await
}
