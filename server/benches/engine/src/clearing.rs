//! A document with many lines on one quota, reconciled as a whole.

use std::{collections::BTreeMap, hint::black_box};

use domain::{
    ContractId, Currency, CustomerId, DateRange, Discount, GroupId, LineId, LotId, Price, Quantity, Seconds, VatRate,
    clearing::{ClearingDocument, ClearingError, ClearingLine, ContractFacts, Facts, reconcile},
    contracts::{Billing, BillingTime, Contract, Delivery, InvoiceKind, Proration, QuotaTerms, Terms},
    documents::{Line, LineUnit},
    groups::{GroupSwitches, Switch},
    quota::{
        Account, AccountView, Amount, CarryOver, DeficitPolicy, GrantOrigin, Lot, LotState, Overbooking, Seq, Unit,
    },
};
use rust_decimal::Decimal;

use crate::{company, mix};

/// The lots of the quota: those of two years that are carried over.
const LOTS: u32 = 24;

/// Reconciles a document of so many lines, of which the quota pays the first half, and gives a checksum of all items.
pub(crate) fn reconciled(lines: u32) -> Option<u64> {
    let (document, facts) = given(lines)?;
    let found = reconcile(black_box(&document), black_box(&facts)).map_err(|_: ClearingError| ()).ok()?;
    let sum = found.lines.iter().fold(1, |sum, line| mix(sum, Amount::new(line.item)));
    Some(mix(sum, Amount::new(found.totals.gross)))
}

fn given(lines: u32) -> Option<(ClearingDocument, Facts)> {
    let group = GroupId::new(company::id(2, 1));
    let line = Line {
        article: None,
        group: Some(group),
        sub_group: None,
        text: "Einsatz vor Ort".to_owned(),
        quantity: Quantity::new(Decimal::new(125, 2)).ok()?,
        unit: LineUnit::Hour,
        price: Price::new(Decimal::new(9_550, 2)).ok()?,
        discount: Discount::default(),
        vat: VatRate::from_percent(Decimal::from(19)).ok()?,
    };
    let customer = CustomerId::new(company::id(3, 1));
    let contract = ContractId::new(company::id(4, 1));
    let account = Account { customer, unit: Unit::Time, ..company::account(0) };
    // What half of the lines take, spread over all lots.
    let each = i64::from(lines) * 4_500 / 2 / i64::from(LOTS);
    let lot = |number: u32| Lot {
        id: LotId::new(company::id(1, number.into())),
        seq: Seq(number.into()),
        amount: Amount::new(each.max(1)),
        valid: DateRange { from: company::TODAY, until: None },
        carried: None,
        origin: GrantOrigin::ContractBilling,
    };
    let mut view = AccountView::empty(account);
    view.lots = (1..=LOTS).map(|number| LotState::new(lot(number), None)).collect();
    view.next_seq = Seq(i64::from(LOTS) + 1);
    let terms = Terms {
        term: 12,
        renewal: Some(12),
        notice: 3,
        currency: Currency::EUR,
        billing: Billing {
            interval: 1,
            time: BillingTime::Advance,
            automatic: true,
            invoice: InvoiceKind::Own,
            delivery: Delivery::Mail,
            lead_days: None,
            proration: Proration::None,
            payment_days: 14,
        },
        items: vec![line.clone()],
        quota: Some(QuotaTerms {
            unit: Unit::Time,
            amount: Amount::new(each.max(1)),
            interval: None,
            overbooking: Overbooking::No,
            carry: CarryOver::Off,
            deficits: DeficitPolicy::Balance,
            overage_rate: None,
            rounding: None,
        }),
        groups: GroupSwitches { groups: BTreeMap::from([(group, Switch::On)]), ..GroupSwitches::default() },
    };
    let (start, billing_start) = (company::TODAY, company::TODAY);
    let own = Contract { id: contract, customer, start, billing_start, cancelled_on: None, agreed_end: None, terms };
    let held = Vec::new();
    let facts = ContractFacts { contract: own, account: Some(view), own: Vec::new(), held, sold_at: None, next: 1 };
    let facts = Facts { day: Seconds(8 * Seconds::HOUR.0), groups: GroupSwitches::default(), contracts: vec![facts] };
    let lines = (1..=lines).map(|number| ClearingLine {
        id: LineId::new(company::id(5, number.into())),
        line: line.clone(),
        contract: Some(contract),
        clears: true,
        fixed: None,
    });
    let lines = lines.collect();
    Some((ClearingDocument { customer, date: company::TODAY, currency: Currency::EUR, lines }, facts))
}
