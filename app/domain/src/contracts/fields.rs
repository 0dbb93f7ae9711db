//! The fields of terms by their names, the sections in which people read them, and which of them differ.

use serde::{Deserialize, Serialize};

use super::{QuotaTerms, Terms};
use crate::quota::{CarryOver, Overbooking};

/// A section of terms that is filled in and taken over as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Term, renewal and notice.
    Term,
    /// How it is billed.
    Billing,
    /// What the invoice shows.
    Items,
    /// What it grants.
    Quota,
    /// Which groups its quota is for.
    Groups,
}

impl Section {
    /// All of them, in the order of the editor.
    pub const ALL: [Section; 5] = [Section::Term, Section::Billing, Section::Items, Section::Quota, Section::Groups];

    /// The stable name, in addresses and REST.
    pub const fn name(self) -> &'static str {
        match self {
            Section::Term => "term",
            Section::Billing => "billing",
            Section::Items => "items",
            Section::Quota => "quota",
            Section::Groups => "groups",
        }
    }

    /// The section of that name.
    pub fn from_name(name: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.name() == name)
    }

    /// The section to which a field belongs.
    pub fn of(field: &str) -> Option<Section> {
        FIELDS.iter().find(|(name, _)| *name == field).map(|(_, section)| *section)
    }
}

macro_rules! fields {
    ($($name:literal $section:ident |$terms:ident| $value:expr;)*) => {
        /// Every field with its section, in the order of the editor.
        const FIELDS: &[(&str, Section)] = &[$(($name, Section::$section)),*];

        /// The names of the fields in which two terms differ, in the order of the editor.
        pub fn differing(before: &Terms, after: &Terms) -> Vec<&'static str> {
            let mut found = Vec::new();
            $({
                let value = |$terms: &Terms| $value;
                if value(before) != value(after) {
                    found.push($name);
                }
            })*
            found
        }
    };
}

fields! {
    "term" Term |terms| terms.term;
    "renewal" Term |terms| terms.renewal;
    "notice" Term |terms| terms.notice;
    "currency" Billing |terms| terms.currency;
    "interval" Billing |terms| terms.billing.interval;
    "time" Billing |terms| terms.billing.time;
    "automatic" Billing |terms| terms.billing.automatic;
    "invoice" Billing |terms| terms.billing.invoice;
    "delivery" Billing |terms| terms.billing.delivery;
    "lead_days" Billing |terms| terms.billing.lead_days;
    "proration" Billing |terms| terms.billing.proration;
    "payment_days" Billing |terms| terms.billing.payment_days;
    "items" Items |terms| terms.items.clone();
    "switches" Groups |terms| terms.groups.clone();
    "quota" Quota |terms| of(terms, |quota| Some(quota.unit));
    "amount" Quota |terms| of(terms, |quota| Some((quota.unit, quota.amount)));
    "quota_interval" Quota |terms| of(terms, |quota| quota.interval);
    "overbooking" Quota |terms| of(terms, |quota| Some(matches!(quota.overbooking, Overbooking::Yes { .. })));
    "limit" Quota |terms| of(terms, |quota| limit(quota).map(|limit| (quota.unit, limit)));
    "carry" Quota |terms| of(terms, |quota| Some(matches!(quota.carry, CarryOver::On { .. })));
    "periods" Quota |terms| of(terms, |quota| carried(quota).0);
    "cap" Quota |terms| of(terms, |quota| carried(quota).1.map(|cap| (quota.unit, cap)));
    "deficits" Quota |terms| of(terms, |quota| Some(quota.deficits));
    "overage_rate" Quota |terms| of(terms, |quota| quota.overage_rate);
}

fn of<T>(terms: &Terms, value: impl Fn(&QuotaTerms) -> Option<T>) -> Option<T> {
    terms.quota.as_ref().and_then(value)
}

fn limit(quota: &QuotaTerms) -> Option<crate::quota::Amount> {
    match quota.overbooking {
        Overbooking::No => None,
        Overbooking::Yes { limit } => limit,
    }
}

fn carried(quota: &QuotaTerms) -> (Option<u32>, Option<crate::quota::Amount>) {
    match quota.carry {
        CarryOver::Off => (None, None),
        CarryOver::On { periods, cap } => (periods, cap),
    }
}
