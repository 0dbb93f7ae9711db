//! `/api/v1/simulate/clearing`: what the lines of a document clear, on given facts, by the function that saving decides
//! with. Nothing is stored.

use std::collections::BTreeSet;

use axum::Json;
use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, Currency, CustomerId, DocumentId, DrawId, LineId, LotId, Seconds,
    clearing::{ContractFacts, Facts, reconcile},
    contracts::{Contract, Delivery, QuotaTerms},
    documents::DocumentKind,
    quota::{
        Account, AccountView, Amount, DrawOrigin, Entry, GrantOrigin, GrantRequest, Movement, Part, QuotaError, Unit,
        grant,
    },
};
use serde::{Deserialize, Serialize};
use usecases::contract_types;
use utoipa::ToSchema;
use wire::{
    FieldProblem, FieldReason,
    documents::{DocumentDraft, not_reconcilable},
};

use super::{
    call::{Command, ProblemDetails, Refusal},
    clearing_body::{ClearingBody, QuotaLeftBody},
    commands::{CarryBody, carry, grant_field},
    document_body::VatBody,
    document_input::{DocumentLineInput, ReadLines},
    fields::Fields,
    terms::{SwitchBody, TermsBody, faults, switches},
    values::{MoneyBody, Volume},
};

/// The most contracts that are given.
const MOST_CONTRACTS: usize = 100;
/// The most lots of one of them: ten years of months.
const MOST_LOTS: usize = 120;

/// A document that nobody has made, and what is known of the contracts that it names.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ClearingInput {
    /// Whose document it is; left out: that of the contracts that name no customer.
    customer: Option<String>,
    date: NaiveDate,
    /// ISO 4217, the currency of its prices.
    currency: String,
    /// From top to bottom, which is the order in which they draw.
    lines: Vec<DocumentLineInput>,
    /// Every contract that a line names.
    #[serde(default)]
    contracts: Vec<KnownContract>,
    /// The global switches of groups and sub-groups; those that are not named inherit.
    #[serde(default)]
    groups: Vec<SwitchBody>,
    /// The first day that is not closed; left out: no books are closed.
    books_closed_until: Option<NaiveDate>,
}

/// What is known of a contract.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KnownContract {
    /// By which lines name it.
    id: String,
    /// The id of its customer; left out: that of the document.
    customer: Option<String>,
    start: NaiveDate,
    /// The first day that is billed; left out: the start.
    billing_start: Option<NaiveDate>,
    /// The day on which it was cancelled.
    cancelled_on: Option<NaiveDate>,
    /// An end that was agreed: the first day that no longer belongs to it.
    agreed_until: Option<NaiveDate>,
    terms: TermsBody,
    /// The rate of VAT in per cent at which the quota period of the document's date was sold; left out: that of its
    /// items.
    sold_at: Option<String>,
    /// What its account was granted.
    #[serde(default)]
    lots: Vec<KnownLot>,
    /// What is open as deficit on its account.
    deficit: Option<Volume>,
    /// The first day on which nothing can be drawn any more from its account; left out: it has no end.
    account_until: Option<NaiveDate>,
}

/// What is known of a lot.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KnownLot {
    /// Its id; may be left out.
    lot: Option<String>,
    amount: Volume,
    valid_from: NaiveDate,
    /// The end of its own period: the first day that no longer belongs to it; left out: without end.
    valid_until: Option<NaiveDate>,
    /// Whether it outlives its own period; left out: it does not.
    carry_over: Option<CarryBody>,
    /// `contract_billing` (if left out), `free_quota`, `top_up`, `order` or `advance`.
    origin: Option<String>,
    /// What was drawn from it; left out: nothing.
    drawn: Option<Volume>,
    /// What of that was drawn on dates after its own period; left out: nothing.
    drawn_carried: Option<Volume>,
}

/// What saving the document would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedClearing {
    /// Each line, from top to bottom.
    lines: Vec<ClearingBody>,
    /// What lines and clearing items come to together, without VAT.
    net: MoneyBody,
    vat: MoneyBody,
    /// With VAT.
    gross: MoneyBody,
    /// Per rate, the highest first.
    rates: Vec<VatBody>,
    /// What is left of each quota.
    quotas: Vec<QuotaLeftBody>,
}

/// What the lines of a document clear on these facts: each with its outcome, the first rule that fails, and the figures.
#[utoipa::path(post, path = "/simulate/clearing", request_body = ClearingInput, responses(
    (status = 200, body = SimulatedClearing),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn simulate(command: Command<ClearingInput>) -> Result<Json<SimulatedClearing>, Refusal> {
    let Command { caller, body } = command;
    // Who may see contracts may simulate one; the company's working day comes from the same place as an editor's.
    let company = contract_types::page(&caller.house.env, &caller.call, None).await.map_err(|r| caller.refuse(r))?;
    let mut fields = Fields::default();
    let read = body.read(&mut fields, company.hours_per_day);
    let (draft, places, facts) = fields.done(&caller, read)?;
    let document = draft.clearing(Vec::new());
    let reconciled = reconcile(&document, &facts).map_err(|error| {
        let at = |line: LineId, field: &str| {
            let found = document.lines.iter().position(|of| of.id == line);
            let place = found.and_then(|at| places.get(at).copied()).unwrap_or_default();
            let inside = if field == "contract" { "" } else { "line." };
            format!("lines.{place}.{inside}{field}")
        };
        caller.refuse(not_reconcilable(error, at))
    })?;
    let (currency, totals) = (document.currency, &reconciled.totals);
    let money = |minor| MoneyBody::new(minor, currency);
    Ok(Json(SimulatedClearing {
        lines: reconciled.lines.iter().map(|line| ClearingBody::new(line, currency)).collect(),
        net: money(totals.net),
        vat: money(totals.vat),
        gross: money(totals.gross),
        rates: VatBody::all(totals, currency),
        quotas: reconciled.left.iter().map(QuotaLeftBody::new).collect(),
    }))
}

impl ClearingInput {
    /// The document, where its lines stand in what was sent, and the facts.
    fn read(&self, fields: &mut Fields, day: Seconds) -> Option<(DocumentDraft, Vec<usize>, Facts)> {
        let nobody = CustomerId::new(uuid::Uuid::nil());
        let customer = fields.maybe_id("customer", self.customer.as_deref()).unwrap_or(nobody);
        let currency = fields.choice("currency", Currency::from_code(&self.currency));
        fields.day("date", self.date);
        if let Some(until) = self.books_closed_until {
            fields.day("books_closed_until", until);
        }
        let lines = ReadLines::read(fields, &self.lines, currency, ("simulation", false));
        let groups = switches(fields, "groups", &self.groups);
        if self.contracts.len() > MOST_CONTRACTS {
            let (most, found) = (MOST_CONTRACTS, self.contracts.len());
            fields.wrong("contracts", FieldReason::TooMany { most, found });
            return None;
        }
        let mut contracts: Vec<ContractFacts> = Vec::with_capacity(self.contracts.len());
        let mut known = BTreeSet::new();
        for (place, sent) in self.contracts.iter().enumerate() {
            let found = fields.within(&format!("contracts.{place}"), |own| {
                let found = sent.read(own, customer, (self.date, self.books_closed_until))?;
                if known.insert(found.contract.id) {
                    Some(found)
                } else {
                    own.wrong("id", FieldReason::Taken);
                    None
                }
            });
            contracts.extend(found);
        }
        let draft = DocumentDraft {
            // It is nobody's, and no other document is looked at.
            id: DocumentId::new(uuid::Uuid::nil()),
            version: 0,
            kind: DocumentKind::Invoice,
            customer,
            currency: currency?,
            date: self.date,
            delivery: Delivery::None,
            payment_days: 0,
            lines: lines.lines,
            seen: Vec::new(),
        };
        for FieldProblem { field, reason } in draft.faults() {
            fields.wrong(&field, reason);
        }
        Some((draft, lines.places, Facts { day, groups, contracts }))
    }
}

impl KnownContract {
    fn read(
        &self,
        fields: &mut Fields,
        customer: CustomerId,
        (date, closed): (NaiveDate, Option<NaiveDate>),
    ) -> Option<ContractFacts> {
        let id: Option<ContractId> = fields.id("id", &self.id);
        let customer = fields.maybe_id("customer", self.customer.as_deref()).unwrap_or(customer);
        let sold_at = match &self.sold_at {
            None => None,
            Some(rate) => fields.rate("sold_at", rate),
        };
        let terms = self.terms.read(fields)?;
        let contract = Contract {
            id: id?,
            customer,
            start: self.start,
            billing_start: self.billing_start.unwrap_or(self.start),
            cancelled_on: self.cancelled_on,
            agreed_end: self.agreed_until,
            terms,
        };
        let wrong = contract.faults();
        if !wrong.is_empty() {
            faults(fields, &contract.terms, wrong);
            return None;
        }
        let account = match &contract.terms.quota {
            None => None,
            Some(quota) => Some(self.account(fields, (&contract, quota), (date, closed))?),
        };
        Some(ContractFacts { contract, account, own: Vec::new(), sold_at, next: 0 })
    }

    /// The account, from what it was granted and what was drawn from that.
    fn account(
        &self,
        fields: &mut Fields,
        (contract, quota): (&Contract, &QuotaTerms),
        (date, closed): (NaiveDate, Option<NaiveDate>),
    ) -> Option<AccountView> {
        if self.lots.len() > MOST_LOTS {
            fields.wrong("lots", FieldReason::TooMany { most: MOST_LOTS, found: self.lots.len() });
            return None;
        }
        let (id, unit) = (AccountId::new(contract.id.uuid()), quota.unit);
        let account = Account { id, customer: contract.customer, unit, policy: quota.policy() };
        let mut view = AccountView { books_closed_until: closed, ..AccountView::empty(account) };
        for (place, lot) in self.lots.iter().enumerate() {
            fields.within(&format!("lots.{place}"), |own| lot.post(own, contract, &mut view));
        }
        let deficit = volume(fields, "deficit", self.deficit.as_ref(), unit)?;
        let posted = if deficit.is_zero() { Ok(()) } else { drawn(&mut view, Vec::new(), (date, deficit)) };
        note(fields, "deficit", unit, posted);
        if let Some(until) = self.account_until {
            fields.day("account_until", until);
            let end = Entry { seq: view.next_seq, date: until, movement: Movement::End { until: Some(until) } };
            note(fields, "account_until", unit, view.post(&end));
        }
        Some(view)
    }
}

impl KnownLot {
    /// Grants the lot, and draws from it what was drawn.
    fn post(&self, fields: &mut Fields, contract: &Contract, view: &mut AccountView) -> Option<()> {
        let unit = view.account.unit;
        let lot = match &self.lot {
            Some(lot) => fields.id("lot", lot),
            // No other lot of this account has the number of its grant.
            None => u128::try_from(view.next_seq.0).ok().map(uuid::Uuid::from_u128).map(LotId::new),
        };
        let amount = fields.volume("amount", &self.amount, unit);
        let carry = fields.note("carry_over", carry(self.carry_over.as_ref(), unit));
        let origin = match &self.origin {
            None => Some(GrantOrigin::ContractBilling),
            Some(name) => fields.choice("origin", GrantOrigin::from_name(name)),
        };
        let taken = volume(fields, "drawn", self.drawn.as_ref(), unit);
        let carried = volume(fields, "drawn_carried", self.drawn_carried.as_ref(), unit);
        let (lot, taken, carried) = (lot?, taken?, carried?);
        let request = GrantRequest {
            carry: carry?,
            origin: origin?,
            periods: contract.quota_periods(),
            ..GrantRequest::new(lot, amount?, self.valid_from, self.valid_until)
        };
        let granted = granted(view, &request);
        let field = granted.as_ref().err().map(|error| match error {
            QuotaError::LotExists { .. } => "lot",
            _ => grant_field(error, self.valid_from, self.valid_until).unwrap_or("amount"),
        });
        note(fields, field.unwrap_or_default(), unit, granted)?;
        let own = taken.minus(carried);
        let own = own.and_then(|own| draw_from(view, lot, (self.valid_from, own)));
        note(fields, "drawn", unit, own)?;
        let from = view.lot(lot).and_then(|state| state.lot.carried).map_or(self.valid_from, |carried| carried.from);
        let later = draw_from(view, lot, (from, carried));
        note(fields, "drawn_carried", unit, later)
    }
}

fn volume(fields: &mut Fields, field: &str, sent: Option<&Volume>, unit: Unit) -> Option<Amount> {
    match sent {
        None => Some(Amount::ZERO),
        Some(volume) => fields.volume(field, volume, unit),
    }
}

/// What the kernel refuses is wrong at that field.
fn note(fields: &mut Fields, field: &str, unit: Unit, posted: Result<(), QuotaError>) -> Option<()> {
    posted.map_err(|error| fields.wrong(field, FieldReason::Quota(error, unit))).ok()
}

fn granted(view: &mut AccountView, request: &GrantRequest) -> Result<(), QuotaError> {
    let entries = grant(view, request)?.entries(view)?;
    entries.iter().try_for_each(|entry| view.post(entry))
}

fn draw_from(view: &mut AccountView, lot: LotId, (date, amount): (NaiveDate, Amount)) -> Result<(), QuotaError> {
    if amount.is_zero() {
        return Ok(());
    }
    drawn(view, vec![Part { lot, amount }], (date, Amount::ZERO))
}

fn drawn(view: &mut AccountView, parts: Vec<Part>, (date, deficit): (NaiveDate, Amount)) -> Result<(), QuotaError> {
    let (draw, origin) = (DrawId::new(uuid::Uuid::nil()), DrawOrigin::ByHand);
    let entry = Entry { seq: view.next_seq, date, movement: Movement::Draw { draw, parts, deficit, origin } };
    view.post(&entry)
}
