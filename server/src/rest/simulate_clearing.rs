//! `/api/v1/simulate/clearing`: what the lines of a document clear, on given facts, by the function that saving decides
//! with. Nothing is stored.

use std::collections::BTreeSet;

use axum::Json;
use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, Currency, CustomerId, DocumentId, LineId, Seconds,
    clearing::{ContractFacts, Facts, reconcile},
    contracts::{Contract, Delivery, QuotaTerms},
    documents::DocumentKind,
    quota::{Account, AccountView},
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
    document_body::VatBody,
    document_input::{DocumentLineInput, ReadLines},
    fields::Fields,
    known_lots::{Known, KnownLot},
    terms::{SwitchBody, TermsBody, faults, switches},
    values::{MoneyBody, Volume},
};

/// The most contracts that are given.
const MOST_CONTRACTS: usize = 100;

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
        Some(ContractFacts { contract, account, own: Vec::new(), held: Vec::new(), sold_at, next: 0 })
    }

    /// The account, from what it was granted and what was drawn from that.
    fn account(
        &self,
        fields: &mut Fields,
        (contract, quota): (&Contract, &QuotaTerms),
        (date, closed): (NaiveDate, Option<NaiveDate>),
    ) -> Option<AccountView> {
        let (id, unit) = (AccountId::new(contract.id.uuid()), quota.unit);
        let account = Account { id, customer: contract.customer, unit, policy: quota.policy() };
        let mut view = AccountView { books_closed_until: closed, ..AccountView::empty(account) };
        let known = Known {
            lots: &self.lots,
            deficit: self.deficit.as_ref(),
            until: self.account_until,
            periods: contract.quota_periods(),
            lot: &|_| None,
        };
        known.post(fields, &mut view, date)?;
        Some(view)
    }
}
