//! The fields of terms by their names, the sections in which people read them, from when on a change of them works, and
//! which of them differ.

use serde::{Deserialize, Serialize};

use super::{QuotaTerms, Terms};
use crate::{
    Seconds,
    quota::{CarryOver, Overbooking},
};

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
        FIELDS.iter().find(|(name, ..)| *name == field).map(|(_, section, _)| *section)
    }
}

/// From when on a change of terms works: from the next billing on, or at once, and then on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// From the next billing on: what a period costs and grants, and when and how it is billed.
    NextBilling,
    /// At once, when the contract ends and until when notice can be given.
    Ending,
    /// At once, which lines of documents to come its quota is for.
    Documents,
    /// At once, whatever is drawn from now on: how far the account may be overdrawn.
    Draws,
    /// At once, how bookings of that day and of later ones are rounded.
    Bookings,
    /// At once, which deficits the next grant covers.
    Grants,
    /// At once, every invoice of the contract to come, balancing invoices among them.
    Invoices,
    /// At once, what balancing invoices to come bill.
    Balancing,
    /// At once, when the to-do of the next billing appears.
    ToDos,
}

impl Effect {
    /// Those at once, in the order in which they are told.
    pub const AT_ONCE: [Effect; 8] = [
        Effect::Ending,
        Effect::Documents,
        Effect::Draws,
        Effect::Bookings,
        Effect::Grants,
        Effect::Invoices,
        Effect::Balancing,
        Effect::ToDos,
    ];

    /// The stable name, in REST.
    pub const fn name(self) -> &'static str {
        match self {
            Effect::NextBilling => "next_billing",
            Effect::Ending => "ending",
            Effect::Documents => "documents",
            Effect::Draws => "draws",
            Effect::Bookings => "bookings",
            Effect::Grants => "grants",
            Effect::Invoices => "invoices",
            Effect::Balancing => "balancing",
            Effect::ToDos => "to_dos",
        }
    }

    /// From when on a changed field of these terms works. What was billed stays as billed, whatever changes; a quota
    /// that was taken out of the terms leaves its account as it is, and ends with the last lot that was billed.
    pub fn of(field: &str, terms: &Terms) -> Effect {
        let found = FIELDS.iter().find(|(name, ..)| *name == field);
        let left_out = |section: Section| section == Section::Quota && terms.quota.is_none();
        match found {
            Some((_, section, effect)) if !left_out(*section) => *effect,
            _ => Effect::NextBilling,
        }
    }
}

/// Of changed fields those that work from the next billing on, and those that work at once, by what they work on.
pub fn by_effect(changes: &[&'static str], terms: &Terms) -> (Vec<&'static str>, Vec<(Effect, Vec<&'static str>)>) {
    let of = |effect: Effect| -> Vec<&'static str> {
        changes.iter().copied().filter(|field| Effect::of(field, terms) == effect).collect()
    };
    let at_once = Effect::AT_ONCE.into_iter().map(|effect| (effect, of(effect)));
    (of(Effect::NextBilling), at_once.filter(|(_, fields)| !fields.is_empty()).collect())
}

macro_rules! fields {
    ($($name:literal $section:ident $effect:ident |$terms:ident| $value:expr;)*) => {
        /// Every field with its section and its effect, in the order of the editor.
        const FIELDS: &[(&str, Section, Effect)] = &[$(($name, Section::$section, Effect::$effect)),*];

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
    "term" Term Ending |terms| terms.term;
    "renewal" Term Ending |terms| terms.renewal;
    "notice" Term Ending |terms| terms.notice;
    "currency" Billing NextBilling |terms| terms.currency;
    "interval" Billing NextBilling |terms| terms.billing.interval;
    "time" Billing NextBilling |terms| terms.billing.time;
    "automatic" Billing NextBilling |terms| terms.billing.automatic;
    "invoice" Billing NextBilling |terms| terms.billing.invoice;
    "delivery" Billing Invoices |terms| terms.billing.delivery;
    "lead_days" Billing ToDos |terms| terms.billing.lead_days;
    "proration" Billing NextBilling |terms| terms.billing.proration;
    "payment_days" Billing Invoices |terms| terms.billing.payment_days;
    "items" Items NextBilling |terms| terms.items.clone();
    "switches" Groups Documents |terms| terms.groups.clone();
    "quota" Quota NextBilling |terms| of(terms, |quota| Some(quota.unit));
    "amount" Quota NextBilling |terms| of(terms, |quota| Some((quota.unit, quota.amount)));
    "quota_interval" Quota NextBilling |terms| of(terms, |quota| quota.interval);
    "overbooking" Quota Draws |terms| of(terms, |quota| Some(matches!(quota.overbooking, Overbooking::Yes { .. })));
    "limit" Quota Draws |terms| of(terms, |quota| limit(quota).map(|limit| (quota.unit, limit)));
    "carry" Quota NextBilling |terms| of(terms, |quota| Some(matches!(quota.carry, CarryOver::On { .. })));
    "periods" Quota NextBilling |terms| of(terms, |quota| carried(quota).0);
    "cap" Quota NextBilling |terms| of(terms, |quota| carried(quota).1.map(|cap| (quota.unit, cap)));
    "deficits" Quota Grants |terms| of(terms, |quota| Some(quota.deficits));
    "overage_rate" Quota Balancing |terms| of(terms, |quota| quota.overage_rate);
    "minimum" Quota Bookings |terms| of(terms, |quota| rounding(quota).0);
    "step" Quota Bookings |terms| of(terms, |quota| rounding(quota).1);
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

fn rounding(quota: &QuotaTerms) -> (Option<Seconds>, Option<Seconds>) {
    quota.rounding.unwrap_or_default().said()
}
