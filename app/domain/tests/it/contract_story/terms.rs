//! The terms of a contract, read the way an accountant writes them.

use domain::{
    Currency, Discount, Price, Quantity, VatRate,
    contracts::{BillingTime, Contract, Delivery, InvoiceKind, Proration, QuotaTerms, Terms},
    documents::{Line, LineUnit},
    quota::CarryOver,
};

use crate::story_words::{self, date};

/// The words that are terms.
pub const WORDS: [&str; 20] = [
    "start",
    "billing-start",
    "term",
    "renewal",
    "notice",
    "cancelled-on",
    "agreed-end",
    "billed",
    "invoice",
    "delivery",
    "payment-days",
    "lead-days",
    "proration",
    "currency",
    "item",
    "quota",
    "quota-interval",
    "overbooking",
    "carried",
    "working-day",
];

/// Sets one term.
pub fn set(contract: &mut Contract, word: &str, text: &str) -> Result<(), String> {
    let none_or_date = || if text == "none" { Ok(None) } else { date(text).map(Some) };
    let (terms, unknown) = (&mut contract.terms, || format!("{text:?} is not a {word}"));
    match word {
        "start" => {
            // Billing begins with the contract unless the story says something else.
            if contract.billing_start == contract.start && terms.items.is_empty() {
                contract.billing_start = date(text)?;
            }
            contract.start = date(text)?;
        }
        "billing-start" => contract.billing_start = date(text)?,
        "term" => terms.term = months(text)?,
        "renewal" => terms.renewal = if text == "none" { None } else { Some(months(text)?) },
        "notice" => terms.notice = months(text)?,
        "cancelled-on" => contract.cancelled_on = none_or_date()?,
        "agreed-end" => contract.agreed_end = none_or_date()?,
        "billed" => {
            let wrong = || format!("{text:?} is not `every n months in advance` or `in arrears`");
            let (interval, time) = text.strip_prefix("every ").and_then(|t| t.split_once(" in ")).ok_or_else(wrong)?;
            terms.billing.time = BillingTime::from_name(time).ok_or_else(wrong)?;
            terms.billing.interval = months(interval)?;
        }
        "invoice" => terms.billing.invoice = InvoiceKind::from_name(text).ok_or_else(unknown)?,
        "delivery" => terms.billing.delivery = Delivery::from_name(text).ok_or_else(unknown)?,
        "payment-days" => terms.billing.payment_days = text.parse().map_err(|_| unknown())?,
        "lead-days" => {
            terms.billing.lead_days = if text == "none" { None } else { Some(text.parse().map_err(|_| unknown())?) }
        }
        "proration" => terms.billing.proration = Proration::from_name(text).ok_or_else(unknown)?,
        "currency" => terms.currency = Currency::from_code(text).ok_or_else(unknown)?,
        "item" => terms.items.push(item(text)?),
        "quota" => quota(terms, text)?,
        "overbooking" | "quota-interval" | "carried" => {
            let quota = terms.quota.as_mut().ok_or("there is no `quota` yet")?;
            if word == "quota-interval" {
                quota.interval = Some(months(text)?);
            } else if word == "overbooking" {
                let said = if text == "none" { "no overbooking".to_owned() } else { format!("overbooking {text}") };
                let unit = counted(quota).replace(", no overbooking", "");
                quota.overbooking = story_words::account(&format!("{unit}, {said}"))?.1.overbooking;
            } else if text == "none" {
                quota.carry = CarryOver::Off;
            } else {
                let (words, _) = story_words::account(&counted(quota))?;
                quota.carry = words.carry(text)?;
            }
        }
        other => return Err(format!("unknown term {other:?}")),
    }
    Ok(())
}

/// `4:00 of time, no overbooking`; later just the amount.
fn quota(terms: &mut Terms, text: &str) -> Result<(), String> {
    if text == "none" {
        terms.quota = None;
        return Ok(());
    }
    let Some((amount, account)) = text.split_once(" of ") else {
        let quota = terms.quota.as_mut().ok_or("a quota is `amount of unit, overbooking`")?;
        let (words, _) = story_words::account(&counted(quota))?;
        quota.amount = words.amount(text)?;
        return Ok(());
    };
    let (words, policy) = story_words::account(account)?;
    let (overbooking, deficits) = (policy.overbooking, policy.deficits);
    let amount = words.amount(amount)?;
    terms.quota = Some(QuotaTerms {
        unit: words.unit,
        amount,
        interval: None,
        overbooking,
        carry: CarryOver::Off,
        deficits,
        overage_rate: None,
        rounding: None,
    });
    Ok(())
}

/// What the quota counts, as the stories say it.
pub fn counted(quota: &QuotaTerms) -> String {
    let unit = match quota.unit {
        domain::quota::Unit::Time => "time".to_owned(),
        domain::quota::Unit::Money(currency) => format!("money {}", currency.code()),
    };
    format!("{unit}, no overbooking")
}

/// `12 months`, `1 month`.
pub fn months(text: &str) -> Result<u32, String> {
    let count = text.strip_suffix(" months").or_else(|| text.strip_suffix(" month"));
    count.and_then(|count| count.parse().ok()).ok_or(format!("{text:?} is not a number of months"))
}

/// `2.50 hours x 100.00 less 33.33 % at 19 %`.
pub fn item(text: &str) -> Result<Line, String> {
    let wrong = || format!("{text:?} is not `quantity unit x price [less discount %] at rate %`");
    let (said, rate) = text.strip_suffix(" %").and_then(|text| text.split_once(" at ")).ok_or_else(wrong)?;
    let (said, discount) = match said.strip_suffix(" %").and_then(|said| said.split_once(" less ")) {
        Some((said, discount)) => (said, discount),
        None => (said, "0"),
    };
    let (counted, price) = said.split_once(" x ").ok_or_else(wrong)?;
    let (quantity, unit) = counted.split_once(' ').ok_or_else(wrong)?;
    let name = unit.strip_suffix('s').unwrap_or(unit);
    let number = |error: domain::decimals::OutOfRange| error.to_string();
    Ok(Line {
        article: None,
        group: None,
        sub_group: None,
        text: String::new(),
        quantity: quantity.parse::<Quantity>().map_err(number)?,
        unit: LineUnit::from_name(name).ok_or(format!("{unit:?} is not a unit"))?,
        price: price.parse::<Price>().map_err(number)?,
        discount: discount.parse::<Discount>().map_err(number)?,
        vat: rate.parse::<VatRate>().map_err(|error| error.to_string())?,
    })
}
