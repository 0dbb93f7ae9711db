//! A contract or type as a list of fields with texts: how its history names what changed.

use domain::{
    contracts::{Contract, Terms},
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking},
};

use super::{ContractCard, ContractTypeDraft};

type Fields = Vec<(&'static str, String)>;

fn months(value: Option<u32>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn of_terms(terms: &Terms) -> Fields {
    let billing = &terms.billing;
    let item = |line: &domain::documents::Line| {
        let (quantity, price, vat) = (line.quantity, line.price, line.vat);
        let discount = line.discount.value();
        let discount = if discount.is_zero() { String::new() } else { format!(" -{discount} %") };
        format!("{quantity} {} {} {price}{discount} ({vat} %)", line.unit.name(), line.text)
    };
    let groups = terms.groups.groups.iter().map(|(id, quota)| format!("{id} {}", quota.name()));
    let sub_groups = terms.groups.sub_groups.iter().map(|(id, quota)| format!("{id} {}", quota.name()));
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
        ("items", terms.items.iter().map(item).collect::<Vec<_>>().join("; ")),
        ("switches", groups.chain(sub_groups).collect::<Vec<_>>().join("; ")),
    ];
    let quota = terms.quota.as_ref();
    let units = |amount: Option<Amount>| amount.map_or_else(String::new, |amount| amount.units().to_string());
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
    fields.extend([
        ("quota", quota.map_or_else(String::new, |quota| crate::accounts::unit_name(quota.unit).to_owned())),
        ("amount", units(quota.map(|quota| quota.amount))),
        ("quota_interval", months(quota.and_then(|quota| quota.interval))),
        ("overbooking", overbooking.to_owned()),
        ("limit", units(limit)),
        ("carry", carry.to_owned()),
        ("periods", months(periods)),
        ("cap", units(cap)),
        ("deficits", deficits.to_owned()),
        ("overage_rate", quota.and_then(|quota| quota.overage_rate).map_or_else(String::new, |rate| rate.to_string())),
    ]);
    fields
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
