//! Terms of contract types and contracts in JSON: one body for what is sent and what is answered.

use std::collections::BTreeMap;

use domain::{
    Currency, Seconds,
    contracts::{Billing, BillingTime, Delivery, InvoiceKind, Proration, QuotaTerms, Terms, TermsError},
    documents::Line,
    groups::{GroupSwitches, Switch},
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Unit},
    splitting::BookingRounding,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::FieldReason;

use super::{commands::CarryBody, fields::Fields, items::ItemBody, projects::time, values::Volume};

/// The terms of a contract type or contract.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TermsBody {
    /// The first term in months.
    term: u32,
    /// By how many months it renews itself; left out: it ends with its term.
    renewal: Option<u32>,
    /// How many months before the end of a term notice has to be given.
    #[serde(default)]
    notice: u32,
    /// ISO 4217.
    currency: String,
    billing: BillingBody,
    /// What the invoice shows. Has no influence on the quota.
    items: Vec<ItemBody>,
    /// What it grants; left out: nothing.
    quota: Option<QuotaBody>,
    /// Which groups its quota is for; those that are not named inherit.
    #[serde(default)]
    groups: Vec<SwitchBody>,
}

/// How a contract is billed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BillingBody {
    /// The length of a period in months.
    interval: u32,
    /// `advance` or `arrears`; with a quota always in advance.
    time: String,
    /// Whether the billing run bills it without being asked.
    automatic: bool,
    /// `own` (if left out) or `consolidated`.
    #[serde(default = "own")]
    invoice: String,
    /// `mail` (if left out), `print` or `none`.
    #[serde(default = "mail")]
    delivery: String,
    /// How many days before a period is due its to-do appears; left out: there is none.
    lead_days: Option<u32>,
    /// What a last period costs that the end cuts: `none` (if left out) for the whole price, or `daily`.
    #[serde(default = "none")]
    proration: String,
    /// Within how many days an invoice is to be paid.
    payment_days: u32,
}

fn own() -> String {
    InvoiceKind::Own.name().to_owned()
}

fn mail() -> String {
    Delivery::Mail.name().to_owned()
}

fn none() -> String {
    Proration::None.name().to_owned()
}

fn balance() -> String {
    BALANCE.to_owned()
}

const BALANCE: &str = "balance";
const NEXT_GRANT: &str = "next_grant";

/// What a contract grants.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QuotaBody {
    /// What each quota period gets: time, or money of the contract's currency.
    amount: Volume,
    /// The length of a quota period in months; left out: as long as a billing period.
    interval: Option<u32>,
    /// Whether it may be overdrawn.
    #[serde(default)]
    overbooking: bool,
    /// The most that may be open as deficit; left out: without limit.
    limit: Option<Volume>,
    /// How a lot outlives its quota period; left out: it does not.
    carry_over: Option<CarryBody>,
    /// Which deficits a new grant covers: `balance` (if left out) or `next_grant`.
    #[serde(default = "balance")]
    deficits: String,
    /// The net price of an hour beyond the quota, for balancing invoices.
    overage_rate: Option<String>,
    /// How bookings are rounded in projects that collect from it and say nothing themselves; left out: it says nothing
    /// either.
    #[serde(skip_serializing_if = "Option::is_none")]
    rounding: Option<RoundingBody>,
}

/// How bookings are rounded: up, once per booking.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RoundingBody {
    /// What is billed of a booking at least; left out: nothing.
    minimum: Option<Volume>,
    /// Of what the billed time is a multiple; left out: of a second.
    step: Option<Volume>,
}

impl RoundingBody {
    /// The rounding, or none when it cannot be.
    pub fn read(&self, fields: &mut Fields) -> Option<BookingRounding> {
        let usual = BookingRounding::default();
        let mut time = |field: &str, sent: &Option<Volume>, usual: Seconds| match sent {
            None => Some(usual),
            Some(sent) => fields.volume(field, sent, Unit::Time).map(|time| Seconds(time.units())),
        };
        let (minimum, step) = (time("minimum", &self.minimum, usual.minimum()), time("step", &self.step, usual.step()));
        let found = BookingRounding::new(minimum?, step?);
        found.map_err(|_| fields.wrong("step", FieldReason::NotARounding)).ok()
    }

    /// From the domain's rounding.
    pub fn new(rounding: BookingRounding) -> RoundingBody {
        RoundingBody { minimum: Some(time(rounding.minimum())), step: Some(time(rounding.step())) }
    }
}

/// Whether the quota is for a group or sub-group: one of the two is named.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SwitchBody {
    group: Option<String>,
    sub_group: Option<String>,
    /// `inherit`, `on` or `off`.
    quota: String,
}

/// The name in the body of a field that the domain finds wrong.
pub fn as_named(field: &str) -> Option<&'static str> {
    Some(match field {
        "term" => "terms.term",
        "renewal" => "terms.renewal",
        "notice" => "terms.notice",
        "currency" => "terms.currency",
        "interval" => "terms.billing.interval",
        "time" => "terms.billing.time",
        "lead_days" => "terms.billing.lead_days",
        "payment_days" => "terms.billing.payment_days",
        "items" => "terms.items",
        "quota_interval" => "terms.quota.interval",
        "amount" | "unit" => "terms.quota.amount",
        "limit" => "terms.quota.limit",
        "cap" => "terms.quota.carry_over.cap",
        "periods" => "terms.quota.carry_over.periods",
        "minimum" => "terms.quota.rounding.minimum",
        "step" => "terms.quota.rounding.step",
        "agreed_last" => "agreed_until",
        _ => return None,
    })
}

/// Notes what the domain finds wrong with terms or a contract.
pub fn faults(fields: &mut Fields, terms: &Terms, found: Vec<(&'static str, TermsError)>) {
    let unit = terms.quota.as_ref().map_or(Unit::Time, |quota| quota.unit);
    for (field, error) in found {
        fields.wrong(as_named(field).unwrap_or(field), FieldReason::Terms(error, unit));
    }
}

impl TermsBody {
    /// The terms, or none when something cannot be read.
    pub fn read(&self, fields: &mut Fields) -> Option<Terms> {
        let currency = fields.choice("terms.currency", Currency::from_code(&self.currency));
        let billing = self.billing.read(fields);
        let items = self.items.iter().enumerate();
        let read = items.map(|(place, item)| fields.within(&format!("terms.items.{place}"), |own| item.read(own)));
        // Read to the end before any is missed, so that every wrong item is named.
        let read: Vec<Option<Line>> = read.collect();
        let items: Option<Vec<Line>> = read.into_iter().collect();
        let quota = match &self.quota {
            None => Some(None),
            Some(quota) => quota.read(fields).map(Some),
        };
        let groups = switches(fields, "terms.groups", &self.groups);
        Some(Terms {
            term: self.term,
            renewal: self.renewal,
            notice: self.notice,
            currency: currency?,
            billing: billing?,
            items: items?,
            quota: quota?,
            groups,
        })
    }

    /// From the domain's terms.
    pub fn new(terms: &Terms) -> TermsBody {
        let groups = terms.groups.groups.iter().map(|(id, quota)| (Some(id.to_string()), None, quota));
        let sub_groups = terms.groups.sub_groups.iter().map(|(id, quota)| (None, Some(id.to_string()), quota));
        let switch = |(group, sub_group, quota): (_, _, &Switch)| SwitchBody {
            group,
            sub_group,
            quota: quota.name().to_owned(),
        };
        TermsBody {
            term: terms.term,
            renewal: terms.renewal,
            notice: terms.notice,
            currency: terms.currency.code().to_owned(),
            billing: BillingBody::new(&terms.billing),
            items: terms.items.iter().map(ItemBody::new).collect(),
            quota: terms.quota.as_ref().map(QuotaBody::new),
            groups: groups.chain(sub_groups).map(switch).collect(),
        }
    }
}

impl BillingBody {
    fn read(&self, fields: &mut Fields) -> Option<Billing> {
        let time = fields.choice("terms.billing.time", BillingTime::from_name(&self.time));
        let invoice = fields.choice("terms.billing.invoice", InvoiceKind::from_name(&self.invoice));
        let delivery = fields.choice("terms.billing.delivery", Delivery::from_name(&self.delivery));
        let proration = fields.choice("terms.billing.proration", Proration::from_name(&self.proration));
        Some(Billing {
            interval: self.interval,
            time: time?,
            automatic: self.automatic,
            invoice: invoice?,
            delivery: delivery?,
            lead_days: self.lead_days,
            proration: proration?,
            payment_days: self.payment_days,
        })
    }

    fn new(billing: &Billing) -> BillingBody {
        BillingBody {
            interval: billing.interval,
            time: billing.time.name().to_owned(),
            automatic: billing.automatic,
            invoice: billing.invoice.name().to_owned(),
            delivery: billing.delivery.name().to_owned(),
            lead_days: billing.lead_days,
            proration: billing.proration.name().to_owned(),
            payment_days: billing.payment_days,
        }
    }
}

impl QuotaBody {
    fn read(&self, fields: &mut Fields) -> Option<QuotaTerms> {
        let unit = fields.choice("terms.quota.amount", self.amount.unit())?;
        let amount = fields.volume("terms.quota.amount", &self.amount, unit);
        let mut maybe = |field: &str, volume: &Option<Volume>| match volume {
            None => Some(None),
            Some(volume) => fields.volume(field, volume, unit).map(Some),
        };
        let limit: Option<Option<Amount>> = maybe("terms.quota.limit", &self.limit);
        let carry = match &self.carry_over {
            None => Some(CarryOver::Off),
            Some(CarryBody { periods, cap }) => {
                maybe("terms.quota.carry_over.cap", cap).map(|cap| CarryOver::On { periods: *periods, cap })
            }
        };
        let deficits = match self.deficits.as_str() {
            BALANCE => Some(DeficitPolicy::Balance),
            NEXT_GRANT => Some(DeficitPolicy::NextGrant),
            _ => None,
        };
        let deficits = fields.choice("terms.quota.deficits", deficits);
        let overage_rate = match &self.overage_rate {
            None => Some(None),
            Some(rate) => fields.number("terms.quota.overage_rate", rate).map(Some),
        };
        let rounding = match &self.rounding {
            None => Some(None),
            Some(sent) => fields.within("terms.quota.rounding", |own| sent.read(own)).map(Some),
        };
        let limit = limit?;
        Some(QuotaTerms {
            unit,
            amount: amount?,
            interval: self.interval,
            overbooking: if self.overbooking { Overbooking::Yes { limit } } else { Overbooking::No },
            carry: carry?,
            deficits: deficits?,
            overage_rate: overage_rate?,
            rounding: rounding?.filter(|said| said.rounds()),
        })
    }

    fn new(quota: &QuotaTerms) -> QuotaBody {
        let volume = |amount| Volume::new(quota.unit, amount);
        let (overbooking, limit) = match quota.overbooking {
            Overbooking::No => (false, None),
            Overbooking::Yes { limit } => (true, limit),
        };
        let carry_over = match quota.carry {
            CarryOver::Off => None,
            CarryOver::On { periods, cap } => Some(CarryBody { periods, cap: cap.map(volume) }),
        };
        let deficits = match quota.deficits {
            DeficitPolicy::Balance => BALANCE,
            DeficitPolicy::NextGrant => NEXT_GRANT,
        };
        QuotaBody {
            amount: volume(quota.amount),
            interval: quota.interval,
            overbooking,
            limit: limit.map(volume),
            carry_over,
            deficits: deficits.to_owned(),
            overage_rate: quota.overage_rate.map(|rate| rate.to_string()),
            rounding: quota.rounding.map(RoundingBody::new),
        }
    }
}

/// Which groups a quota is for. `list` is the name of the list in what was sent.
pub fn switches(fields: &mut Fields, list: &str, sent: &[SwitchBody]) -> GroupSwitches {
    let mut switches = GroupSwitches { groups: BTreeMap::new(), sub_groups: BTreeMap::new() };
    for (place, switch) in sent.iter().enumerate() {
        let field = |name: &str| format!("{list}.{place}.{name}");
        let quota = fields.choice(&field("quota"), Switch::from_name(&switch.quota));
        // What inherits is not kept: that is what a group does that is not named.
        let kept = quota.filter(|quota| *quota != Switch::Inherit);
        match (&switch.group, &switch.sub_group) {
            (Some(group), None) => {
                let id = fields.id(&field("group"), group);
                switches.groups.extend(id.zip(kept));
            }
            (None, Some(sub_group)) => {
                let id = fields.id(&field("sub_group"), sub_group);
                switches.sub_groups.extend(id.zip(kept));
            }
            (Some(_), Some(_)) => fields.wrong(&field("sub_group"), FieldReason::NotOneOf),
            (None, None) => fields.wrong(&field("group"), FieldReason::Missing),
        }
    }
    switches
}
