//! How a contract looks in JSON: with its next period, its claims and the lots that they granted.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::quota::Unit;
use serde::Serialize;
use utoipa::ToSchema;
use wire::contracts::{ClaimRow, ContractPage, CustomerRef, GrantedLot};

use super::{
    customers::AccountBody,
    document_body::DocumentRowBody,
    terms::TermsBody,
    values::{MoneyBody, RangeBody, Volume},
};

/// A customer as other things name one.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerRefBody {
    id: String,
    number: String,
    name: String,
}

impl From<CustomerRef> for CustomerRefBody {
    fn from(customer: CustomerRef) -> CustomerRefBody {
        CustomerRefBody { id: customer.id.to_string(), number: customer.number, name: customer.name }
    }
}

/// A contract.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractBody {
    id: String,
    version: i64,
    number: String,
    customer: CustomerRefBody,
    /// The id of the type from which its terms were copied.
    contract_type: Option<String>,
    responsible: String,
    reference: String,
    start: NaiveDate,
    billing_start: NaiveDate,
    cancelled_on: Option<NaiveDate>,
    /// An end that was agreed: the first day that no longer belongs to it.
    agreed_until: Option<NaiveDate>,
    /// The end that follows from all of it: the first day that no longer belongs to it.
    until: Option<NaiveDate>,
    terms: TermsBody,
    /// The first period that was never billed; none when the contract ends before it.
    next_period: Option<PeriodBody>,
    /// Where its account stands today.
    account: Option<AccountBody>,
    /// The latest claims, newest first.
    claims: Vec<ClaimBody>,
    /// The latest invoices, newest first.
    documents: Vec<DocumentRowBody>,
}

/// A billing period.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodBody {
    /// From 0.
    number: u32,
    from: NaiveDate,
    until: Option<NaiveDate>,
    /// The end of the part for which the contract lasts.
    service_until: Option<NaiveDate>,
    /// The day on which it becomes due.
    due: Option<NaiveDate>,
}

/// A billed period.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimBody {
    id: String,
    /// The number of the period, from 0.
    period: u32,
    from: NaiveDate,
    until: Option<NaiveDate>,
    /// The part that was billed.
    service: RangeBody,
    /// Without VAT.
    net: MoneyBody,
    billed_at: DateTime<FixedOffset>,
    billed_by: String,
    /// Whether it was cancelled since.
    cancelled: bool,
    /// The id of the invoice; none when it was a draft that was deleted.
    document: Option<String>,
    /// Its number; none as long as it is a draft.
    document_number: Option<String>,
    /// The terms with which it was billed.
    terms: TermsBody,
    /// The version of the contract that had them.
    contract_version: i64,
    terms_saved_at: DateTime<FixedOffset>,
    terms_saved_by: String,
    lots: Vec<LotBody>,
}

/// A lot that a claim granted.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotBody {
    lot: String,
    amount: Volume,
    /// The quota period.
    period: RangeBody,
    /// When it can be drawn, with the periods to which it is carried over.
    valid: Option<RangeBody>,
    /// What was drawn from it.
    drawn: Option<Volume>,
    /// Whether the grant was taken back.
    revoked: Option<bool>,
}

impl LotBody {
    fn new(unit: Unit, lot: GrantedLot) -> LotBody {
        let state = lot.state.as_ref();
        LotBody {
            lot: lot.lot.to_string(),
            amount: Volume::new(unit, lot.amount),
            period: lot.period.into(),
            valid: state.map(|state| state.lot.valid.into()),
            drawn: state.map(|state| Volume::new(unit, state.drawn)),
            revoked: state.map(|state| state.revoked),
        }
    }
}

impl ClaimBody {
    fn new(unit: Unit, claim: ClaimRow) -> ClaimBody {
        ClaimBody {
            id: claim.id.to_string(),
            period: claim.number,
            from: claim.period.from,
            until: claim.period.until,
            service: claim.service.into(),
            net: claim.net.into(),
            billed_at: claim.at,
            billed_by: claim.by,
            cancelled: claim.cancelled,
            document: claim.document.map(|id| id.to_string()),
            document_number: claim.document_number,
            terms: TermsBody::new(&claim.terms),
            contract_version: claim.version,
            terms_saved_at: claim.terms_at,
            terms_saved_by: claim.terms_by,
            lots: claim.lots.into_iter().map(|lot| LotBody::new(unit, lot)).collect(),
        }
    }
}

impl ContractBody {
    /// From the page.
    pub fn new(page: ContractPage) -> ContractBody {
        let contract = &page.contract;
        let next_period = contract.period(page.next).map(|period| PeriodBody {
            number: period.number,
            from: period.range.from,
            until: period.range.until,
            service_until: period.service.until,
            due: contract.due_on(period.number),
        });
        let unit = page.account_id.map_or(Unit::Time, |(_, unit)| unit);
        ContractBody {
            id: contract.id.to_string(),
            version: page.version,
            number: page.card.number,
            customer: page.customer.into(),
            contract_type: page.card.contract_type.map(|id| id.to_string()),
            responsible: page.card.responsible,
            reference: page.card.reference,
            start: contract.start,
            billing_start: contract.billing_start,
            cancelled_on: contract.cancelled_on,
            agreed_until: contract.agreed_end,
            until: contract.end(),
            terms: TermsBody::new(&contract.terms),
            next_period,
            account: page.account.as_ref().map(AccountBody::new),
            claims: page.claims.into_iter().map(|claim| ClaimBody::new(unit, claim)).collect(),
            documents: page.documents.into_iter().map(DocumentRowBody::new).collect(),
        }
    }
}
