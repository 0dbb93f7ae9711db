//! Contract types and contracts as typed into their forms.

use std::collections::BTreeMap;

use domain::{
    ContractId, ContractTypeId, Currency, CustomerId, Discount, Price, Quantity, Seconds,
    contracts::{Billing, BillingTime, Contract, Delivery, InvoiceKind, Proration, QuotaTerms, Terms, TermsError},
    documents::{Line, LineUnit},
    groups::{GroupSwitches, Switch},
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Unit},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, decimal, typed_amount};

use crate::{
    FieldProblem, FieldReason, Problem,
    articles::ArticleRow,
    projects::rounding,
    read::{
        amount, carry_over, choice, count, day, deficits, done, id, last_day, needed_count, number, optional_day,
        overbooking,
    },
    required, text,
};

/// An item of a contract as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemForm {
    /// The id of the article; empty for a free line.
    pub article: String,
    /// The id of the article's group.
    pub group: String,
    /// The id of the article's sub-group.
    pub sub_group: String,
    /// What stands on the invoice.
    pub text: String,
    /// How much of it.
    pub quantity: String,
    /// What the quantity counts.
    pub unit: String,
    /// The net price of one.
    pub price: String,
    /// Taken off, in per cent; empty is nothing.
    pub discount: String,
    /// The rate of VAT in per cent.
    pub vat: String,
}

/// The switch of a group or sub-group as chosen in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SwitchForm {
    /// The id of the group; empty for a sub-group.
    pub group: String,
    /// The id of the sub-group; empty for a group.
    pub sub_group: String,
    /// `inherit`, `on` or `off`.
    pub quota: String,
}

/// Terms as typed into the form of a type or a contract.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TermsForm {
    /// Months of the first term.
    pub term: String,
    /// Months of a renewal; empty for none.
    pub renewal: String,
    /// Months of notice; empty for none.
    pub notice: String,
    /// ISO 4217.
    pub currency: String,
    /// Months of a billing period.
    pub interval: String,
    /// `advance` or `arrears`.
    pub time: String,
    /// `on` when the billing run bills it without being asked.
    pub automatic: String,
    /// `own` or `consolidated`.
    pub invoice: String,
    /// `mail`, `print` or `none`.
    pub delivery: String,
    /// Days before a period is due; empty for no to-do.
    pub lead_days: String,
    /// `none` or `daily`.
    pub proration: String,
    /// Days to pay.
    pub payment_days: String,
    /// The items.
    pub items: Vec<ItemForm>,
    /// `none`, `time` or `money`.
    pub quota: String,
    /// What each quota period gets.
    pub amount: String,
    /// Months of a quota period; empty: as the billing.
    pub quota_interval: String,
    /// `yes` when the quota may be overdrawn.
    pub overbooking: String,
    /// The limit of open deficits; empty for none.
    pub limit: String,
    /// `on` when what is left is carried over.
    pub carry: String,
    /// For how many further periods; empty: as long as the contract.
    pub periods: String,
    /// The most that is carried over; empty: all.
    pub cap: String,
    /// `balance` or `next_grant`.
    pub deficits: String,
    /// The net price of an hour beyond the quota; empty for none.
    pub overage_rate: String,
    /// What is billed at least of a booking that is rounded by it; empty: nothing.
    pub minimum: String,
    /// Of what its billed time is a multiple; empty: of a second.
    pub step: String,
    /// The switches that do not inherit.
    pub switches: Vec<SwitchForm>,
}

impl ItemForm {
    /// Whether nothing was typed: an empty row at the end is not an item.
    pub fn is_empty(&self) -> bool {
        [&self.article, &self.text, &self.price].into_iter().all(|typed| typed.trim().is_empty())
    }

    /// Reads row `place` of the list of that name.
    pub(crate) fn check(
        &self,
        problems: &mut Vec<FieldProblem>,
        lang: Lang,
        (list, place): (&str, usize),
    ) -> Option<Line> {
        let field = |name: &str| format!("{list}.{place}.{name}");
        let mut optional = |name: &str, typed: &str| {
            if typed.is_empty() { None } else { id::<uuid::Uuid>(problems, &field(name), typed) }
        };
        let article = optional("article", &self.article).map(domain::ArticleId::new);
        let group = optional("group", &self.group).map(domain::GroupId::new);
        let sub_group = optional("sub_group", &self.sub_group).map(domain::SubGroupId::new);
        let text = required(problems, &field("text"), &self.text, 500);
        let quantity: Option<Quantity> =
            number(problems, lang, &field("quantity"), &self.quantity, FieldReason::OutOfRange);
        let unit = choice(problems, &field("unit"), LineUnit::from_name(&self.unit));
        let price: Option<Price> = number(problems, lang, &field("price"), &self.price, FieldReason::OutOfRange);
        let discount: Option<Discount> = if self.discount.trim().is_empty() {
            Some(Discount::default())
        } else {
            number(problems, lang, &field("discount"), &self.discount, FieldReason::OutOfRange)
        };
        let vat = number(problems, lang, &field("vat"), self.vat.trim_end_matches('%'), |_| FieldReason::NotARate);
        if let Some(Err(limits)) = quantity.map(|quantity| unit.check(quantity)) {
            problems.push(FieldProblem::at(&field("quantity"), FieldReason::OutOfRange(limits)));
        }
        let ((quantity, price), (discount, vat)) = quantity.zip(price).zip(discount.zip(vat))?;
        Some(Line { article, group, sub_group, text, quantity, unit, price, discount, vat })
    }

    /// The line, if all of it can be read.
    pub fn line(&self, lang: Lang) -> Option<Line> {
        let mut problems = Vec::new();
        self.check(&mut problems, lang, ("items", 0)).filter(|_| problems.is_empty())
    }

    /// What an article fills in; a quantity that was typed before stays.
    pub fn of_article(lang: Lang, article: &ArticleRow, quantity: &str) -> ItemForm {
        let id = |id: Option<String>| id.unwrap_or_default();
        ItemForm {
            article: article.id.to_string(),
            group: id(article.group.map(|id| id.to_string())),
            sub_group: id(article.sub_group.map(|id| id.to_string())),
            text: article.card.name.clone(),
            quantity: if quantity.is_empty() { "1".to_owned() } else { quantity.to_owned() },
            unit: article.card.unit.name().to_owned(),
            price: typed_price(lang, article.card.price),
            discount: String::new(),
            vat: decimal(lang, article.card.vat.percent()),
        }
    }

    /// What the row shows for that line.
    pub fn new(lang: Lang, line: &Line) -> ItemForm {
        let id = |id: Option<uuid::Uuid>| id.map_or_else(String::new, |id| id.to_string());
        let discount = line.discount.value();
        ItemForm {
            article: id(line.article.map(domain::ArticleId::uuid)),
            group: id(line.group.map(domain::GroupId::uuid)),
            sub_group: id(line.sub_group.map(domain::SubGroupId::uuid)),
            text: line.text.clone(),
            quantity: decimal(lang, line.quantity.value()),
            unit: line.unit.name().to_owned(),
            price: typed_price(lang, line.price),
            discount: if discount.is_zero() { String::new() } else { decimal(lang, discount) },
            vat: decimal(lang, line.vat.percent()),
        }
    }
}

/// A price as people type it, with the cents at least.
pub fn typed_price(lang: Lang, price: Price) -> String {
    let mut value = price.value();
    if value.scale() < 2 {
        value.rescale(2);
    }
    let text = value.to_string();
    match lang {
        Lang::De => text.replace('.', ","),
        Lang::En => text,
    }
}

impl TermsForm {
    /// What a new type begins with: a year that renews itself, billed monthly in advance.
    pub fn usual() -> TermsForm {
        let text = str::to_owned;
        TermsForm {
            term: text("12"),
            renewal: text("12"),
            notice: text("3"),
            currency: text("EUR"),
            interval: text("1"),
            time: text("advance"),
            automatic: text("on"),
            invoice: text("own"),
            delivery: text("mail"),
            lead_days: text("2"),
            proration: text("none"),
            payment_days: text("14"),
            items: vec![ItemForm { quantity: text("1"), unit: text("piece"), vat: text("19"), ..ItemForm::default() }],
            quota: text("none"),
            overbooking: text("no"),
            carry: text("off"),
            deficits: text("balance"),
            ..TermsForm::default()
        }
    }

    /// The unit in which the amounts of the quota are typed.
    pub fn unit(&self) -> Option<Unit> {
        match self.quota.as_str() {
            "time" => Some(Unit::Time),
            "money" => Currency::from_code(&self.currency).map(Unit::Money),
            _ => None,
        }
    }

    /// Reads the terms; what is wrong is noted at its field. `None` when they cannot be read.
    fn read(&self, problems: &mut Vec<FieldProblem>, lang: Lang) -> Option<Terms> {
        let before = problems.len();
        let currency = Currency::from_code(&self.currency);
        let currency = choice(problems, "currency", currency.map(Some));
        let automatic = match self.automatic.as_str() {
            "on" => Some(true),
            "" | "off" => Some(false),
            _ => None,
        };
        let billing = Billing {
            interval: needed_count(problems, "interval", &self.interval),
            time: choice(problems, "time", BillingTime::from_name(&self.time)),
            automatic: choice(problems, "automatic", automatic),
            invoice: choice(problems, "invoice", InvoiceKind::from_name(&self.invoice)),
            delivery: choice(problems, "delivery", Delivery::from_name(&self.delivery)),
            lead_days: count(problems, "lead_days", &self.lead_days),
            proration: choice(problems, "proration", Proration::from_name(&self.proration)),
            payment_days: count(problems, "payment_days", &self.payment_days).unwrap_or(0),
        };
        let items = self.items.iter().enumerate().filter(|(_, item)| !item.is_empty());
        let items = items.filter_map(|(place, item)| item.check(problems, lang, ("items", place))).collect();
        let quota = match self.quota.as_str() {
            "" | "none" => None,
            "time" | "money" => self.unit().map(|unit| self.read_quota(problems, lang, unit)),
            _ => {
                problems.push(FieldProblem::at("quota", FieldReason::NotOneOf));
                None
            }
        };
        let terms = Terms {
            term: needed_count(problems, "term", &self.term),
            renewal: count(problems, "renewal", &self.renewal),
            notice: count(problems, "notice", &self.notice).unwrap_or(0),
            currency: currency?,
            billing,
            items,
            quota,
            groups: self.read_switches(problems),
        };
        (problems.len() == before).then_some(terms)
    }

    fn read_quota(&self, problems: &mut Vec<FieldProblem>, lang: Lang, unit: Unit) -> QuotaTerms {
        let overage = Some(self.overage_rate.trim()).filter(|typed| !typed.is_empty());
        QuotaTerms {
            unit,
            amount: amount(problems, lang, unit, "amount", &self.amount),
            interval: count(problems, "quota_interval", &self.quota_interval),
            overbooking: overbooking(problems, lang, unit, &self.overbooking, &self.limit),
            carry: carry_over(problems, lang, unit, [&self.carry, &self.periods, &self.cap]),
            deficits: deficits(problems, &self.deficits),
            overage_rate: overage
                .and_then(|typed| number(problems, lang, "overage_rate", typed, FieldReason::OutOfRange)),
            rounding: Some(rounding(problems, lang, &self.minimum, &self.step)).filter(|said| said.rounds()),
        }
    }

    fn read_switches(&self, problems: &mut Vec<FieldProblem>) -> GroupSwitches {
        let mut switches = GroupSwitches { groups: BTreeMap::new(), sub_groups: BTreeMap::new() };
        for typed in &self.switches {
            let quota = choice(problems, "switches", Switch::from_name(&typed.quota));
            if quota == Switch::Inherit {
                continue;
            }
            if typed.sub_group.is_empty() {
                id(problems, "switches", &typed.group).map(|id| switches.groups.insert(id, quota));
            } else {
                id(problems, "switches", &typed.sub_group).map(|id| switches.sub_groups.insert(id, quota));
            }
        }
        switches
    }

    /// What the form shows for these terms.
    pub fn new(lang: Lang, terms: &Terms) -> TermsForm {
        let number = |value: u32| value.to_string();
        let maybe = |value: Option<u32>| value.map_or_else(String::new, number);
        let word = |on: bool, [yes, no]: [&str; 2]| if on { yes.to_owned() } else { no.to_owned() };
        let billing = &terms.billing;
        let form = TermsForm {
            term: number(terms.term),
            renewal: maybe(terms.renewal),
            notice: number(terms.notice),
            currency: terms.currency.code().to_owned(),
            interval: number(billing.interval),
            time: billing.time.name().to_owned(),
            automatic: word(billing.automatic, ["on", ""]),
            invoice: billing.invoice.name().to_owned(),
            delivery: billing.delivery.name().to_owned(),
            lead_days: maybe(billing.lead_days),
            proration: billing.proration.name().to_owned(),
            payment_days: number(billing.payment_days),
            items: terms.items.iter().map(|item| ItemForm::new(lang, item)).collect(),
            switches: switch_forms(&terms.groups),
            ..TermsForm::usual()
        };
        let Some(quota) = &terms.quota else { return form };
        let typed =
            |amount: Option<Amount>| amount.map_or_else(String::new, |amount| typed_amount(lang, quota.unit, amount));
        let (minimum, step) = quota.rounding.unwrap_or_default().said();
        let time = |said: Option<Seconds>| {
            said.map_or_else(String::new, |time| typed_amount(lang, Unit::Time, Amount::new(time.0)))
        };
        let (overbooking, limit) = match quota.overbooking {
            Overbooking::No => ("no", None),
            Overbooking::Yes { limit } => ("yes", limit),
        };
        let (carry, periods, cap) = match quota.carry {
            CarryOver::Off => ("off", None, None),
            CarryOver::On { periods, cap } => ("on", periods, cap),
        };
        TermsForm {
            quota: word(quota.unit == Unit::Time, ["time", "money"]),
            amount: typed(Some(quota.amount)),
            quota_interval: maybe(quota.interval),
            overbooking: overbooking.to_owned(),
            limit: typed(limit),
            carry: carry.to_owned(),
            periods: maybe(periods),
            cap: typed(cap),
            deficits: word(quota.deficits == DeficitPolicy::Balance, ["balance", "next_grant"]),
            overage_rate: quota.overage_rate.map_or_else(String::new, |rate| typed_price(lang, rate)),
            minimum: time(minimum),
            step: time(step),
            ..form
        }
    }
}

fn switch_forms(switches: &GroupSwitches) -> Vec<SwitchForm> {
    let groups = switches.groups.iter().map(|(id, quota)| SwitchForm {
        group: id.to_string(),
        quota: quota.name().to_owned(),
        ..SwitchForm::default()
    });
    let sub_groups = switches.sub_groups.iter().map(|(id, quota)| SwitchForm {
        sub_group: id.to_string(),
        quota: quota.name().to_owned(),
        ..SwitchForm::default()
    });
    groups.chain(sub_groups).collect()
}

/// What the domain finds wrong, at the fields of the form.
fn faults(problems: &mut Vec<FieldProblem>, unit: Option<Unit>, found: Vec<(&'static str, TermsError)>) {
    let unit = unit.unwrap_or(Unit::Time);
    problems.extend(found.into_iter().map(|(field, error)| FieldProblem::at(field, FieldReason::Terms(error, unit))));
}

/// A contract type as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContractTypeForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The name.
    pub name: String,
    /// The terms that it pre-fills.
    pub terms: TermsForm,
}

/// A contract type whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTypeDraft {
    /// Made by the client.
    pub id: ContractTypeId,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The name, unique.
    pub name: String,
    /// The terms that it pre-fills.
    pub terms: Terms,
}

impl ContractTypeForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<ContractTypeDraft, Problem> {
        let mut problems = Vec::new();
        let id = id(&mut problems, "id", &self.id);
        let name = required(&mut problems, "name", &self.name, 80);
        let terms = self.terms.read(&mut problems, lang);
        faults(&mut problems, self.terms.unit(), terms.as_ref().map(Terms::faults).unwrap_or_default());
        done(id.zip(terms).map(|(id, terms)| ContractTypeDraft { id, version: self.version, name, terms }), problems)
    }
}

/// A contract as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContractForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The number; empty for a new contract means the next one.
    pub number: String,
    /// Whose it is.
    pub customer: String,
    /// The type from which its terms were copied; empty for none.
    pub contract_type: String,
    /// The name of the person responsible.
    pub responsible: String,
    /// The customer's reference.
    pub reference: String,
    /// Its first day.
    pub start: String,
    /// The first day that is billed.
    pub billing_start: String,
    /// The day on which it was cancelled; empty for none.
    pub cancelled_on: String,
    /// The last day that was agreed; empty for none.
    pub agreed_last: String,
    /// Its terms.
    pub terms: TermsForm,
}

/// A contract whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractDraft {
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The number; empty for a new contract means the next one.
    pub number: String,
    /// The type from which its terms were copied.
    pub contract_type: Option<ContractTypeId>,
    /// The name of the person responsible.
    pub responsible: String,
    /// The customer's reference.
    pub reference: String,
    /// The contract.
    pub contract: Contract,
}

impl ContractForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<ContractDraft, Problem> {
        let mut problems = Vec::new();
        let contract: Option<ContractId> = id(&mut problems, "id", &self.id);
        let customer: Option<CustomerId> = if self.customer.is_empty() {
            problems.push(FieldProblem::at("customer", FieldReason::Missing));
            None
        } else {
            id(&mut problems, "customer", &self.customer)
        };
        let contract_type =
            if self.contract_type.is_empty() { None } else { id(&mut problems, "contract_type", &self.contract_type) };
        let (number, responsible, reference) = (
            text(&mut problems, "number", &self.number, 30),
            text(&mut problems, "responsible", &self.responsible, 80),
            text(&mut problems, "reference", &self.reference, 80),
        );
        if self.version != 0 && number.is_empty() {
            problems.push(FieldProblem::at("number", FieldReason::Missing));
        }
        let start = day(&mut problems, "start", &self.start);
        let billing_start = day(&mut problems, "billing_start", &self.billing_start);
        let cancelled_on = optional_day(&mut problems, "cancelled_on", &self.cancelled_on);
        let agreed_end = last_day(&mut problems, "agreed_last", &self.agreed_last);
        let terms = self.terms.read(&mut problems, lang);
        let contract = contract.zip(customer).zip(terms).map(|((id, customer), terms)| Contract {
            id,
            customer,
            start,
            billing_start,
            cancelled_on,
            agreed_end,
            terms,
        });
        if problems.is_empty() {
            faults(&mut problems, self.terms.unit(), contract.as_ref().map(Contract::faults).unwrap_or_default());
        }
        let version = self.version;
        let draft =
            contract.map(|contract| ContractDraft { version, number, contract_type, responsible, reference, contract });
        done(draft, problems)
    }
}

#[cfg(test)]
mod tests {
    use domain::splitting::BookingRounding;

    use super::*;

    /// A type with four hours a month whose bookings are rounded so.
    fn read(minimum: &str, step: &str) -> Result<Terms, Vec<String>> {
        let text = str::to_owned;
        let (quota, amount, minimum, step) = (text("time"), text("4:00"), text(minimum), text(step));
        let terms = TermsForm { quota, amount, minimum, step, ..TermsForm::usual() };
        let (id, name) = (text("0198f2f0-0000-7000-8000-00000000000a"), text("Support"));
        let checked = ContractTypeForm { id, version: 0, name, terms }.check(Lang::De);
        let named = |problem: Problem| problem.fields().iter().map(|of| of.field.clone()).collect();
        checked.map(|draft| draft.terms).map_err(named)
    }

    /// Red when: what is typed is not kept, or is shown otherwise than it was typed; when a wrong field is passed over.
    #[test]
    fn a_rounding_is_read_and_shown_as_it_was_typed() {
        for (minimum, step, seconds) in
            [("0:30", "0:15", [1_800, 900]), ("0:30", "", [1_800, 1]), ("", "0:15", [0, 900])]
        {
            let terms = read(minimum, step).expect("all is right");
            let expected = BookingRounding::new(Seconds(seconds[0]), Seconds(seconds[1])).ok();
            assert_eq!(terms.quota.as_ref().and_then(|quota| quota.rounding), expected);
            let shown = TermsForm::new(Lang::De, &terms);
            assert_eq!((shown.minimum.as_str(), shown.step.as_str()), (minimum, step));
        }
        for (minimum, step) in [("", ""), ("0:00", "0:00:01")] {
            let terms = read(minimum, step).expect("all is right");
            assert_eq!(terms.quota.and_then(|quota| quota.rounding), None, "nothing is rounded by that");
        }
        for (minimum, step, told) in [("abc", "", "minimum"), ("24:01", "", "step"), ("", "0:00", "step")] {
            assert_eq!(read(minimum, step), Err(vec![told.to_owned()]));
        }
    }
}
