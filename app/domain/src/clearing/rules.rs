//! Which line may draw, and how much it wants.

use rust_decimal::Decimal;

use super::{ClearingDocument, ClearingError, ClearingLine, ContractFacts, Facts, Reason};
use crate::quota::{AccountView, Amount, Unit};

/// What a line that may draw asks of which account.
pub(super) struct Wanted<'a> {
    pub facts: &'a ContractFacts,
    pub account: &'a AccountView,
    pub amount: Amount,
}

/// Tries the rules in their order; the first that fails is the reason. What is left to the account: closed books, and
/// whether something is available. `total` is the net total of the line.
pub(super) fn wanted<'a>(
    document: &ClearingDocument,
    line: &ClearingLine,
    total: i64,
    facts: &'a Facts,
) -> Result<Result<Wanted<'a>, Reason>, ClearingError> {
    if !line.clears {
        return Ok(Err(Reason::SwitchedOff));
    }
    let Some(id) = line.contract else { return Ok(Err(Reason::NoContract)) };
    let unknown = ClearingError::UnknownContract { line: line.id, contract: id };
    let found = facts.contract(id).ok_or(unknown)?;
    let contract = &found.contract;
    let Some(account) = found.counting(document.date) else { return Ok(Err(Reason::NotAQuotaContract)) };
    let counts = account.account.unit;
    let charged = &line.line;
    let time = charged.seconds(facts.day);
    let counted = match counts {
        Unit::Time => time.map(|time| time.0),
        Unit::Money(currency) => (currency == document.currency).then_some(total),
    };
    // A discount of all of it, or so little of a money quota that it rounds to nothing, costs nothing either.
    let free = charged.price.value() <= Decimal::ZERO
        || charged.discount.value() >= Decimal::ONE_HUNDRED
        || counted.is_some_and(|counted| counted <= 0);
    let reason = if contract.customer != document.customer {
        Reason::OtherCustomer { customer: contract.customer }
    } else if !found.active(document.date) {
        Reason::ContractNotActive { start: contract.start, end: contract.end() }
    } else if !facts.eligible(contract, charged) {
        Reason::GroupNotEligible
    } else if charged.quantity.value() <= Decimal::ZERO {
        Reason::QuantityNotPositive
    } else if free {
        Reason::PriceNotPositive
    } else {
        match (counted, found.rate()) {
            (None, _) => Reason::UnitMismatch { quota: counts, line: charged.unit },
            (Some(_), Some(sold_at)) if sold_at != charged.vat => {
                Reason::VatRateMismatch { line: charged.vat, sold_at }
            }
            (Some(amount), _) => return Ok(Ok(Wanted { facts: found, account, amount: Amount::new(amount) })),
        }
    };
    Ok(Err(reason))
}
