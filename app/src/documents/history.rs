//! Documents as their history tells of them: how fields are called, and how a kept value reads.

use domain::{
    Currency, Money,
    contracts::Delivery,
    documents::{DocumentKind, DocumentState},
};
use texts::{Lang, date, money, read_date, say};
use wire::{
    documents::{NotedLine, NotedLines},
    history::{Change, FieldChange},
    lists::state_text,
};

use super::words::kind_name;
use crate::contracts::{delivery_name, item_words};

/// How the fields of a document are called, and what is done with its receipts and its mails.
pub(super) fn label(lang: Lang, field: &str) -> &'static str {
    match field {
        "kind" => say::document_kind(lang),
        "date" => say::document_date(lang),
        "delivery" => say::field_delivery(lang),
        "due_on" => say::document_due(lang),
        "net" => say::document_net(lang),
        "state" => say::list_state(lang),
        "cancels" => say::document_cancels(lang),
        "cancelled_by" => say::document_cancelled_by(lang),
        "reason" => say::document_cancel_reason(lang),
        "delivery_note" => say::document_kind_note(lang),
        "contract" => say::document_line_contract(lang),
        "project" => say::document_project(lang),
        "receipt" => say::history_receipt(lang),
        "receipt_taken_back" => say::history_receipt_taken_back(lang),
        "mail" => say::history_mail(lang),
        "reminder" => say::history_reminder(lang),
        "mail_again" => say::history_mail_again(lang),
        "mail_dropped" => say::history_mail_dropped(lang),
        "mail_settled" => say::history_mail_settled(lang),
        "mail_sent" => say::history_mail_sent(lang),
        _ => say::document_lines(lang),
    }
}

/// What was taken back or dropped is told as something that was done: it was not a value that is gone.
pub(super) fn told(changes: Vec<Change>) -> Vec<Change> {
    let fields = |change: Change| Change { fields: change.fields.into_iter().map(done).collect(), ..change };
    changes.into_iter().map(fields).collect()
}

fn done(change: FieldChange) -> FieldChange {
    let field = match change.field.as_str() {
        "receipt" => "receipt_taken_back",
        "mail_dropped" => "mail_dropped",
        _ => return change,
    };
    if change.after.is_some() {
        return change;
    }
    FieldChange { field: field.to_owned(), before: None, after: Some(change.before.unwrap_or_default()) }
}

/// How a kept value reads.
pub(super) fn value(currency: Currency) -> impl Fn(Lang, &FieldChange, &str) -> String {
    move |lang, field, kept| words(lang, currency, &field.field, kept).unwrap_or_else(|| kept.to_owned())
}

/// None for what reads as it is kept.
fn words(lang: Lang, currency: Currency, field: &str, kept: &str) -> Option<String> {
    Some(match field {
        "kind" => kind_name(lang, DocumentKind::from_name(kept)?).to_owned(),
        "state" => state_text(lang, DocumentState::from_name(kept)?).to_owned(),
        "delivery" => delivery_name(lang, Delivery::from_name(kept)?).to_owned(),
        "date" | "due_on" => date(lang, read_date(kept).ok()?),
        "net" => money(lang, Money { minor: kept.parse().ok()?, currency }),
        "receipt" | "receipt_taken_back" => receipt_words(lang, kept)?,
        "mail_dropped" if kept.is_empty() => say::history_mail_nobody(lang).to_owned(),
        "lines" => lines_words(lang, &serde_json::from_str(kept).ok()?),
        _ => return None,
    })
}

/// A receipt is kept as its day, its amount and its currency.
fn receipt_words(lang: Lang, kept: &str) -> Option<String> {
    let (day, amount) = kept.split_once(": ")?;
    let (amount, currency) = amount.split_once(' ')?;
    let amount = Money::rounded(amount.parse().ok()?, Currency::from_code(currency)?)?;
    Some(say::history_receipt_words(lang, money(lang, amount), date(lang, read_date(day).ok()?)))
}

fn lines_words(lang: Lang, noted: &NotedLines) -> String {
    let mut words: Vec<String> = noted.lines.iter().map(|line| line_words(lang, line)).collect();
    if noted.more > 0 {
        words.push(say::history_lines_more(lang, noted.more));
    }
    words.join("; ")
}

fn line_words(lang: Lang, noted: &NotedLine) -> String {
    let off = (!noted.clears).then(|| say::clearing_switch_off(lang));
    let beside: Vec<&str> = noted.contract.as_deref().into_iter().chain(off).collect();
    let words = item_words(lang, &noted.line);
    if beside.is_empty() { words } else { format!("{words} ({})", beside.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: &str, before: Option<&str>, after: Option<&str>) -> FieldChange {
        FieldChange { field: field.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned) }
    }

    /// Red when: a person reads what the database keeps.
    #[test]
    fn kept_values_of_documents_read_as_words() {
        let line = r#"{"article":null,"group":null,"sub_group":null,"text":"Kabel","quantity":"2","unit":"piece","price":"9.5","discount":"0","vat":"19"}"#;
        let lines = format!(r#"{{"lines":[{{"line":{line},"contract":"V-1","clears":false}}],"more":3}}"#);
        let (off, more) = (say::clearing_switch_off(Lang::De), say::history_lines_more(Lang::De, 3));
        let lines_said = format!("2 Stück Kabel zu 9,5, 19 % USt (V-1, {off}); {more}");
        let said = [
            ("state", "issued", say::list_issued(Lang::De)),
            ("due_on", "2026-05-01", "01.05.2026"),
            ("net", "39999", "399,99\u{a0}€"),
            ("receipt", "2026-04-10: 119.00 EUR", "119,00\u{a0}€ vom 10.04.2026"),
            ("receipt_taken_back", "2026-04-10: -0.50 EUR", "−0,50\u{a0}€ vom 10.04.2026"),
            ("mail_dropped", "", say::history_mail_nobody(Lang::De)),
            ("lines", lines.as_str(), lines_said.as_str()),
        ];
        for (field, kept, expected) in said {
            assert_eq!(words(Lang::De, Currency::EUR, field, kept).as_deref(), Some(expected), "{field}");
        }
        // What an older program kept is shown as it is.
        for (field, kept) in [("lines", "1 piece Kabel 9.5 -0% 19%"), ("mail_sent", "a@b.example"), ("net", "viel")] {
            assert_eq!(words(Lang::De, Currency::EUR, field, kept), None, "{field}");
        }
    }

    /// Red when: a mail that is not sent, or a receipt that was taken back, reads like one that is there.
    #[test]
    fn what_was_taken_back_is_told_as_that() {
        let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
        let fields = vec![
            change("receipt", Some("2026-04-10: 1.00 EUR"), None),
            change("receipt", None, Some("2026-04-10: 1.00 EUR")),
            change("mail_dropped", Some("a@b.example"), None),
            change("mail_dropped", None, None),
            change("state", Some("draft"), None),
        ];
        let told = told(vec![Change { at, by: "Anna".to_owned(), fields }]);
        let expected = [
            change("receipt_taken_back", None, Some("2026-04-10: 1.00 EUR")),
            change("receipt", None, Some("2026-04-10: 1.00 EUR")),
            change("mail_dropped", None, Some("a@b.example")),
            change("mail_dropped", None, Some("")),
            change("state", Some("draft"), None),
        ];
        assert_eq!(told[0].fields, expected);
    }
}
