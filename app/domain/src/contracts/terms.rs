//! The terms that a contract type pre-fills and a contract has.

use serde::{Deserialize, Serialize};

use super::TermsError;
use crate::{
    Currency, Price,
    documents::Line,
    groups::GroupSwitches,
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Policy, Unit},
    splitting::BookingRounding,
};

/// When a period is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingTime {
    /// When it begins.
    #[default]
    Advance,
    /// When it is over.
    Arrears,
}

/// Which invoice a period is billed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// One of its own.
    #[default]
    Own,
    /// One per customer and run, with whatever else has the same currency and delivery.
    Consolidated,
}

/// How an invoice reaches the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// By e-mail.
    #[default]
    Mail,
    /// On paper.
    Print,
    /// Not at all.
    None,
}

/// What a last period costs that the end of the contract cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// The whole price.
    #[default]
    None,
    /// The price by days. The quota is never prorated.
    Daily,
}

macro_rules! names {
    ($($kind:ident { $($variant:ident = $name:literal),* })*) => {$(
        impl $kind {
            /// All of them, in the order in which people choose.
            pub const ALL: &'static [$kind] = &[$($kind::$variant),*];

            /// The stable name, in forms, REST and the database.
            pub const fn name(self) -> &'static str {
                match self { $($kind::$variant => $name),* }
            }

            /// The one of that name.
            pub fn from_name(name: &str) -> Option<$kind> {
                match name { $($name => Some($kind::$variant),)* _ => None }
            }
        }
    )*};
}
names! {
    BillingTime { Advance = "advance", Arrears = "arrears" }
    InvoiceKind { Own = "own", Consolidated = "consolidated" }
    Delivery { Mail = "mail", Print = "print", None = "none" }
    Proration { None = "none", Daily = "daily" }
}

/// How a contract is billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    /// The length of a period in months.
    pub interval: u32,
    /// When a period is billed.
    pub time: BillingTime,
    /// Whether the billing run bills it without being asked.
    pub automatic: bool,
    /// On which invoice.
    pub invoice: InvoiceKind,
    /// How the invoice reaches the customer.
    pub delivery: Delivery,
    /// How many days before a period is due its to-do appears; none: there is no to-do.
    pub lead_days: Option<u32>,
    /// What a last period costs that the end cuts.
    pub proration: Proration,
    /// Within how many days an invoice is to be paid.
    pub payment_days: u32,
}

/// What a contract grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaTerms {
    /// Time, or money of the contract's currency.
    pub unit: Unit,
    /// What each quota period gets.
    pub amount: Amount,
    /// The length of a quota period in months; none: as long as a billing period.
    pub interval: Option<u32>,
    /// Whether the account may be overdrawn.
    pub overbooking: Overbooking,
    /// Whether a lot outlives its quota period.
    pub carry: CarryOver,
    /// Which deficits a new grant covers.
    pub deficits: DeficitPolicy,
    /// The net price of an hour beyond the quota, for balancing invoices.
    pub overage_rate: Option<Price>,
    /// How bookings are rounded in projects that collect from it and say nothing themselves; none: it says nothing either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<BookingRounding>,
}

impl QuotaTerms {
    /// The terms of the account.
    pub fn policy(&self) -> Policy {
        Policy { overbooking: self.overbooking, deficits: self.deficits }
    }
}

/// The terms of a contract type or of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The first term in months.
    pub term: u32,
    /// By how many months it renews itself; none: it ends with its term.
    pub renewal: Option<u32>,
    /// How many months before the end of a term notice has to be given.
    pub notice: u32,
    /// What is paid in.
    pub currency: Currency,
    /// How it is billed.
    pub billing: Billing,
    /// What the invoice shows. Has no influence on the quota.
    pub items: Vec<Line>,
    /// What it grants, if it is a quota contract.
    pub quota: Option<QuotaTerms>,
    /// Which groups its quota is for.
    pub groups: GroupSwitches,
}

/// A hundred years: the longest term or interval.
pub const MOST_MONTHS: u32 = 1_200;
/// The most items of a contract.
pub const MOST_ITEMS: usize = 200;
/// The most days before or after a date that a term can name.
const MOST_DAYS: u32 = 3_650;

impl Terms {
    /// The length of a quota period in months; none without a quota.
    pub fn quota_interval(&self) -> Option<u32> {
        self.quota.as_ref().map(|quota| quota.interval.unwrap_or(self.billing.interval))
    }

    /// Everything that is wrong with the terms, by the name of the field.
    pub fn faults(&self) -> Vec<(&'static str, TermsError)> {
        let mut faults = Vec::new();
        let mut check = |field, wrong: Option<TermsError>| faults.extend(wrong.map(|error| (field, error)));
        let months = |value: u32| {
            let possible = (1..=MOST_MONTHS).contains(&value);
            (!possible).then_some(TermsError::NotMonths { found: value, most: MOST_MONTHS })
        };
        let days =
            |value: u32| (value > MOST_DAYS).then_some(TermsError::TooManyDays { found: value, most: MOST_DAYS });
        check("term", months(self.term));
        check("renewal", self.renewal.and_then(months));
        // Unlike a term, notice can be none at all.
        check("notice", Some(self.notice).filter(|notice| *notice > 0).and_then(months));
        check("interval", months(self.billing.interval));
        check("lead_days", self.billing.lead_days.and_then(days));
        check("payment_days", days(self.billing.payment_days));
        let items = self.items.len();
        check("items", (items > MOST_ITEMS).then_some(TermsError::TooManyItems { found: items, most: MOST_ITEMS }));
        let Some(quota) = &self.quota else { return faults };
        let mut check = |field, wrong: Option<TermsError>| faults.extend(wrong.map(|error| (field, error)));
        let arrears = self.billing.time == BillingTime::Arrears;
        check("time", arrears.then_some(TermsError::QuotaInArrears));
        let mut rates: Vec<_> = self.items.iter().map(|item| item.vat).collect();
        rates.sort_unstable();
        rates.dedup();
        let two = if let [one, .., other] = rates.as_slice() {
            Some(TermsError::TwoVatRates { one: *one, other: *other })
        } else {
            None
        };
        check("items", two);
        check("quota_interval", quota.interval.and_then(months));
        check("amount", quota.amount.asked().err().map(TermsError::Quota));
        if let Unit::Money(currency) = quota.unit {
            let other = currency != self.currency;
            check("unit", other.then_some(TermsError::OtherCurrency { quota: currency, contract: self.currency }));
        }
        if let Overbooking::Yes { limit: Some(limit) } = quota.overbooking {
            let wrong = limit.asked().err().filter(|_| !limit.is_zero());
            check("limit", wrong.map(TermsError::Quota));
        }
        if let CarryOver::On { periods, cap } = quota.carry {
            check("cap", cap.and_then(|cap| cap.asked().err()).map(TermsError::Quota));
            let many = periods.filter(|periods| *periods > MOST_MONTHS);
            check("periods", many.map(|found| TermsError::NotMonths { found, most: MOST_MONTHS }));
        }
        faults
    }
}
