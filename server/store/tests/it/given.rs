//! Contracts, documents and runs for the modules of the suite.

use domain::{
    ArticleId, ClaimId, ContractId, ContractTypeId, Currency, DateRange, DocumentId, GroupId, RunId, Seconds,
    SubGroupId,
    contracts::{Billing, BillingTime, Contract, Delivery, InvoiceKind, Period, Proration, QuotaTerms, Terms},
    documents::{DocumentKind, Line, LineUnit, Totals, VatSum},
    groups::{GroupSwitches, Switch},
    quota::{CarryOver, DeficitPolicy, Overbooking, Unit},
    splitting::BookingRounding,
};
use store::{
    Tx,
    billing::{Owner, StoredItem},
    claims::{self, NewClaim},
    contracts::{self, StoredContract},
    documents::{self, NewDocument, NewLine},
};
use uuid::Uuid;
use wire::{
    billing::{RunDraft, Selection},
    contracts::ContractCard,
};

use crate::support::{amount, customer_id, day, lot_id, noon};

macro_rules! ids {
    ($($name:ident: $id:ident;)*) => {$(
        pub fn $name(number: u128) -> $id {
            $id::new(Uuid::from_u128(number))
        }
    )*};
}
ids! {
    article_id: ArticleId;
    claim_id: ClaimId;
    contract_id: ContractId;
    document_id: DocumentId;
    group_id: GroupId;
    run_id: RunId;
    sub_group_id: SubGroupId;
    type_id: ContractTypeId;
}

/// A line of which no field is what is usual.
pub fn line(text: &str) -> Line {
    Line {
        article: Some(article_id(1)),
        group: Some(group_id(2)),
        sub_group: Some(sub_group_id(3)),
        text: text.to_owned(),
        quantity: "-1.5".parse().expect("a quantity"),
        unit: LineUnit::Day,
        price: "399.9901".parse().expect("a price"),
        discount: "12.5".parse().expect("a discount"),
        vat: "19".parse().expect("a rate"),
    }
}

/// Terms of which no field is what is usual.
pub fn terms() -> Terms {
    let billing = Billing {
        interval: 3,
        time: BillingTime::Arrears,
        automatic: true,
        invoice: InvoiceKind::Consolidated,
        delivery: Delivery::Print,
        lead_days: Some(5),
        proration: Proration::Daily,
        payment_days: 30,
    };
    let quota = QuotaTerms {
        unit: Unit::Money(Currency::CHF),
        amount: amount(40_000),
        interval: Some(6),
        overbooking: Overbooking::Yes { limit: Some(amount(7)) },
        carry: CarryOver::On { periods: Some(2), cap: Some(amount(9)) },
        deficits: DeficitPolicy::NextGrant,
        overage_rate: Some("99.99".parse().expect("a price")),
        rounding: Some(BookingRounding::new(Seconds(1_800), Seconds(900)).expect("a rounding")),
    };
    let groups = GroupSwitches {
        groups: [(group_id(1), Switch::On), (group_id(2), Switch::Off)].into(),
        sub_groups: [(sub_group_id(3), Switch::Inherit)].into(),
    };
    Terms {
        term: 24,
        renewal: Some(6),
        notice: 2,
        currency: Currency::CHF,
        billing,
        items: vec![line("Maintenance"), line("It's \"more\"")],
        quota: Some(quota),
        groups,
    }
}

/// Contract `number` of that customer, billed monthly in advance from 2026-04-01 on, with a to-do two days before.
pub fn contract(number: u128, customer: u128) -> StoredContract {
    let mut terms = terms();
    terms.billing.interval = 1;
    terms.billing.time = BillingTime::Advance;
    terms.billing.lead_days = Some(2);
    let card = ContractCard {
        number: format!("V-{number:05}"),
        contract_type: None,
        responsible: String::new(),
        reference: String::new(),
    };
    let contract = Contract {
        id: contract_id(number),
        customer: customer_id(customer),
        start: day("2026-04-01"),
        billing_start: day("2026-04-01"),
        cancelled_on: None,
        agreed_end: None,
        terms,
    };
    StoredContract { version: 0, card, contract, account: None, next: 0, edited_by: "Anna".to_owned() }
}

/// Stores a contract.
pub async fn put(tx: &mut Tx, contract: &StoredContract) {
    assert!(contracts::put(tx, contract, noon()).await.expect("it is stored"), "{}", contract.card.number);
}

/// An invoice to that customer over one line; a draft without a number.
pub fn invoice(id: u128, customer: u128, number: Option<&str>, date: &str) -> NewDocument {
    let vat = "19".parse().expect("a rate");
    let totals =
        Totals { net: 39_999, vat: 7_600, gross: 47_599, rates: vec![VatSum { rate: vat, net: 39_999, vat: 7_600 }] };
    let service = DateRange { from: day("2026-04-01"), until: Some(day("2026-05-01")) };
    let line = NewLine {
        line: line("Quota"),
        seconds: None,
        total: 39_999,
        contract: None,
        service: Some(service),
        cleared: None,
    };
    NewDocument {
        id: document_id(id),
        kind: DocumentKind::ContractInvoice,
        number: number.map(str::to_owned),
        customer: customer_id(customer),
        recipient: number.map(|_| crate::support::card("K-1", "Alpha", "Ulm")),
        currency: Currency::EUR,
        date: day(date),
        due_on: day("2026-12-31"),
        payment_days: 14,
        delivery: Delivery::Mail,
        totals,
        run: None,
        cancels: None,
        lines: vec![line],
    }
}

/// Stores invoices.
pub async fn add_invoices(tx: &mut Tx, invoices: &[NewDocument]) {
    documents::add(tx, invoices, "Anna", noon()).await.expect("they are stored");
}

/// A claim of a period of a contract on a document, with the lots of those numbers.
pub fn claim(id: u128, contract: u128, period: u32, document: u128, lots: &[u128]) -> NewClaim {
    let range = DateRange { from: day("2026-04-01"), until: Some(day("2026-05-01")) };
    let service = DateRange { until: Some(day("2026-04-21")), ..range };
    NewClaim {
        id: claim_id(id),
        contract: contract_id(contract),
        contract_version: 1,
        period: Period { number: period, range, service },
        net: 39_999,
        document: document_id(document),
        lots: lots.iter().map(|lot| (lot_id(*lot), amount(14_400), range)).collect(),
    }
}

/// Claims periods.
pub async fn add_claims(tx: &mut Tx, claims: &[NewClaim]) {
    claims::add(tx, claims, "Anna", noon()).await.expect("they are free");
}

/// A run over everything.
pub fn run(id: u128) -> RunDraft {
    RunDraft { id: run_id(id), as_of: day("2026-04-01"), issue: true, selection: Selection::All }
}

/// What came of a period: billed on that document.
pub fn billed(contract: u128, period: u32, document: u128) -> StoredItem {
    StoredItem {
        of: Owner::Contract(contract_id(contract)),
        period,
        document: Some(document_id(document)),
        currency: Currency::EUR,
        net: 100,
        gross: 119,
        not_billed: None,
    }
}
