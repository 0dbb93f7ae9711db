//! A contract or type as a list of fields with texts: how its history names what changed.

use domain::{
    Seconds,
    contracts::{Contract, Terms},
    groups::GroupSwitches,
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Unit},
};

use super::{ContractCard, ContractTypeDraft};
use crate::{
    accounts::{unit_from_name, unit_name},
    history::FieldChange,
};

type Fields = Vec<(&'static str, String)>;

fn months(value: Option<u32>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// What is read as a whole again, to be written in words.
fn kept(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An amount as a history keeps it, with its unit.
pub fn kept_amount(kept: &str) -> Option<(Unit, Amount)> {
    let (units, unit) = kept.split_once(' ')?;
    Some((unit_from_name(unit)?, Amount::new(units.parse().ok()?)))
}

fn of_terms(terms: &Terms) -> Fields {
    let billing = &terms.billing;
    let mut fields = vec![
        ("term", terms.term.to_string()),
        ("renewal", months(terms.renewal)),
        ("notice", terms.notice.to_string()),
        ("currency", terms.currency.code().to_owned()),
        ("interval", billing.interval.to_string()),
        ("time", billing.time.name().to_owned()),
        ("automatic", if billing.automatic { "on" } else { "off" }.to_owned()),
        ("invoice", billing.invoice.name().to_owned()),
        ("delivery", billing.delivery.name().to_owned()),
        ("lead_days", months(billing.lead_days)),
        ("proration", billing.proration.name().to_owned()),
        ("payment_days", billing.payment_days.to_string()),
        ("items", if terms.items.is_empty() { String::new() } else { kept(&terms.items) }),
        ("switches", if terms.groups == GroupSwitches::default() { String::new() } else { kept(&terms.groups) }),
    ];
    let quota = terms.quota.as_ref();
    let name = quota.map_or("", |quota| unit_name(quota.unit));
    let units = |amount: Option<Amount>| amount.map_or_else(String::new, |amount| format!("{} {name}", amount.units()));
    let (limit, overbooking) = match quota.map(|quota| quota.overbooking) {
        None => (None, ""),
        Some(Overbooking::No) => (None, "no"),
        Some(Overbooking::Yes { limit }) => (limit, "yes"),
    };
    let (carry, periods, cap) = match quota.map(|quota| quota.carry) {
        None => ("", None, None),
        Some(CarryOver::Off) => ("off", None, None),
        Some(CarryOver::On { periods, cap }) => ("on", periods, cap),
    };
    let deficits = match quota.map(|quota| quota.deficits) {
        None => "",
        Some(DeficitPolicy::Balance) => "balance",
        Some(DeficitPolicy::NextGrant) => "next_grant",
    };
    let (minimum, step) = quota.and_then(|quota| quota.rounding).unwrap_or_default().said();
    let time = |said: Option<Seconds>| said.map_or_else(String::new, |time| time.0.to_string());
    fields.extend([
        ("quota", name.to_owned()),
        ("amount", units(quota.map(|quota| quota.amount))),
        ("quota_interval", months(quota.and_then(|quota| quota.interval))),
        ("overbooking", overbooking.to_owned()),
        ("limit", units(limit)),
        ("carry", carry.to_owned()),
        ("periods", months(periods)),
        ("cap", units(cap)),
        ("deficits", deficits.to_owned()),
        ("overage_rate", quota.and_then(|quota| quota.overage_rate).map_or_else(String::new, |rate| rate.to_string())),
        ("minimum", time(minimum)),
        ("step", time(step)),
    ]);
    fields
}

/// What differs between two terms, as a history keeps it, in the order of the editor.
pub fn terms_changes(before: &Terms, after: &Terms) -> Vec<FieldChange> {
    let filled = |text: String| (!text.is_empty()).then_some(text);
    let both = of_terms(before).into_iter().zip(of_terms(after));
    let change = |((field, before), (_, after)): ((&str, String), (_, String))| {
        let differs = before != after;
        differs.then(|| FieldChange { field: field.to_owned(), before: filled(before), after: filled(after) })
    };
    both.filter_map(change).collect()
}

impl ContractTypeDraft {
    /// Every field with its name, always the same ones in the same order.
    pub fn fields(&self) -> Fields {
        let mut fields = vec![("name", self.name.clone())];
        fields.extend(of_terms(&self.terms));
        fields
    }
}

impl ContractCard {
    /// Every field with its name, always the same ones in the same order.
    pub fn fields(&self, contract: &Contract) -> Fields {
        let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let mut fields = vec![
            ("number", self.number.clone()),
            ("responsible", self.responsible.clone()),
            ("reference", self.reference.clone()),
            ("start", day(Some(contract.start))),
            ("billing_start", day(Some(contract.billing_start))),
            ("cancelled_on", day(contract.cancelled_on)),
            ("agreed_end", day(contract.agreed_end)),
        ];
        fields.extend(of_terms(&contract.terms));
        fields
    }
}
