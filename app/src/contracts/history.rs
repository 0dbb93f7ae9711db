//! Terms as a history tells of them: how fields are called, and how a kept value reads.

use domain::{
    Seconds,
    contracts::{BillingTime, Delivery, InvoiceKind, Proration},
    documents::Line,
    groups::GroupSwitches,
};
use texts::{Lang, say, units_name};
use wire::{articles::Catalogue, contracts::kept_amount, history::FieldChange};

use super::words::{delivery_name, invoice_name, proration_name, time_name};
use crate::articles::switch_name;

/// How the fields of terms are called in a history.
pub(super) fn label(lang: Lang, field: &str) -> &'static str {
    match field {
        "name" => say::type_name(lang),
        "number" => say::contract_number(lang),
        "responsible" => say::contract_responsible(lang),
        "reference" => say::contract_reference(lang),
        "start" => say::field_start(lang),
        "billing_start" => say::field_billing_start(lang),
        "cancelled_on" => say::field_cancelled_on(lang),
        "agreed_end" => say::field_agreed_last(lang),
        "term" => say::field_term(lang),
        "renewal" => say::field_renewal(lang),
        "notice" => say::field_notice(lang),
        "currency" => say::field_currency(lang),
        "interval" => say::field_interval(lang),
        "time" => say::field_time(lang),
        "automatic" => say::field_automatic(lang),
        "invoice" => say::field_invoice(lang),
        "delivery" => say::field_delivery(lang),
        "lead_days" => say::field_lead_days(lang),
        "proration" => say::field_proration(lang),
        "payment_days" => say::field_payment_days(lang),
        "items" => say::section_items(lang),
        "switches" => say::section_groups(lang),
        "quota" => say::quota_kind(lang),
        "quota_interval" => say::field_quota_interval(lang),
        "overbooking" => say::account_overbooking(lang),
        "limit" => say::account_limit(lang),
        "carry" => say::field_carry(lang),
        "periods" => say::grant_periods(lang),
        "cap" => say::grant_cap(lang),
        "deficits" => say::account_deficits(lang),
        "overage_rate" => say::field_overage_rate(lang),
        "minimum" => say::field_minimum(lang),
        "step" => say::field_step(lang),
        _ => say::field_amount(lang),
    }
}

/// How a kept value reads in a history; groups go by their names of today.
pub(super) fn value(catalogue: Catalogue) -> impl Fn(Lang, &FieldChange, &str) -> String {
    move |lang, field, kept| words(lang, &catalogue, &field.field, kept).unwrap_or_else(|| kept.to_owned())
}

/// None for what reads as it is kept.
fn words(lang: Lang, catalogue: &Catalogue, field: &str, kept: &str) -> Option<String> {
    let day = |kept: &str| texts::read_date(kept).ok();
    Some(match field {
        "start" | "billing_start" | "cancelled_on" => texts::date(lang, day(kept)?),
        "agreed_end" => texts::date(lang, day(kept)?.pred_opt()?),
        "time" => time_name(lang, BillingTime::from_name(kept)?).to_owned(),
        "invoice" => invoice_name(lang, InvoiceKind::from_name(kept)?).to_owned(),
        "delivery" => delivery_name(lang, Delivery::from_name(kept)?).to_owned(),
        "proration" => proration_name(lang, Proration::from_name(kept)?).to_owned(),
        "automatic" | "overbooking" | "carry" => {
            if matches!(kept, "on" | "yes") { say::yes(lang) } else { say::no(lang) }.to_owned()
        }
        "quota" => if kept == "time" { say::quota_time(lang) } else { say::quota_money(lang) }.to_owned(),
        "deficits" => {
            let next = kept == "next_grant";
            if next { say::account_deficits_next_grant(lang) } else { say::account_deficits_balance(lang) }.to_owned()
        }
        "amount" | "limit" | "cap" => {
            let (unit, amount) = kept_amount(kept)?;
            texts::amount(lang, unit, amount)
        }
        "overage_rate" => texts::decimal(lang, kept.parse().ok()?),
        "minimum" | "step" => texts::seconds(Seconds(kept.parse().ok()?)),
        "items" => {
            let items: Vec<Line> = serde_json::from_str(kept).ok()?;
            items.iter().map(|item| item_words(lang, item)).collect::<Vec<_>>().join("; ")
        }
        "switches" => switch_words(lang, catalogue, &serde_json::from_str(kept).ok()?),
        _ => return None,
    })
}

/// A line, or an item that becomes one, in words.
pub(crate) fn item_words(lang: Lang, item: &Line) -> String {
    let [quantity, price, discount] =
        [item.quantity.value(), item.price.value(), item.discount.value()].map(|number| texts::decimal(lang, number));
    let vat = texts::decimal(lang, item.vat.percent());
    let unit = units_name(lang, item.unit, item.quantity);
    let all = say::history_item(lang, quantity, unit, &item.text, price, vat);
    if item.discount.value().is_zero() { all } else { say::history_item_discount(lang, all, discount) }
}

fn switch_words(lang: Lang, catalogue: &Catalogue, switches: &GroupSwitches) -> String {
    let mut words = Vec::new();
    for group in &catalogue.groups {
        let own = switches.groups.get(&group.id).map(|switch| (group.name.clone(), *switch));
        let subs = group.sub_groups.iter().filter_map(|sub| {
            let switch = switches.sub_groups.get(&sub.id)?;
            Some((format!("{} / {}", group.name, sub.name), *switch))
        });
        words
            .extend(own.into_iter().chain(subs).map(|(name, switch)| format!("{name}: {}", switch_name(lang, switch))));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        serde_json::from_value(serde_json::json!({
            "groups": [{
                "id": "01900000-0000-7000-8000-000000000001", "version": 1, "name": "Dienste", "quota": "on",
                "sub_groups": [{"id": "01900000-0000-7000-8000-000000000002", "version": 1, "name": "Schulung", "quota": "inherit"}],
            }],
            "articles": [], "vat_rates": [],
        }))
        .expect("a catalogue")
    }

    /// Red when: a person reads what the database keeps.
    #[test]
    fn kept_values_read_as_words() {
        let item = r#"[{"article":null,"group":null,"sub_group":null,"text":"Kontingent","quantity":"1","unit":"piece","price":"399.99","discount":"10","vat":"19"}]"#;
        let switches = r#"{"groups":{},"sub_groups":{"01900000-0000-7000-8000-000000000002":"on"}}"#;
        let said = [
            ("amount", "14400 time", "4:00\u{a0}h"),
            ("cap", "39999 EUR", "399,99\u{a0}€"),
            ("step", "900", "0:15\u{a0}h"),
            ("deficits", "next_grant", say::account_deficits_next_grant(Lang::De)),
            ("agreed_end", "2026-05-01", "30.04.2026"),
            ("items", item, "1 Stück Kontingent zu 399,99, 19 % USt, 10 % Rabatt"),
            ("switches", switches, "Dienste / Schulung: gilt"),
        ];
        for (field, kept, expected) in said {
            assert_eq!(words(Lang::De, &catalogue(), field, kept).as_deref(), Some(expected), "{field}");
        }
        // What an older program kept is shown as it is.
        for (field, kept) in [("amount", "14400"), ("items", "1 piece Kontingent"), ("number", "V-1")] {
            assert_eq!(words(Lang::De, &catalogue(), field, kept), None, "{field}");
        }
    }
}
