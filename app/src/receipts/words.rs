//! How an invoice stands, in words.

use domain::receipts::{PaymentState, Standing};
use leptos::prelude::*;
use texts::{Lang, date, say};
use wire::{documents::DocumentRow, receipts::payment_text};

/// How far an invoice is paid, as a tag.
pub(crate) fn payment_tag(lang: Lang, standing: &Standing) -> AnyView {
    let class = match standing.state {
        PaymentState::Overdue => "tag tag-bad",
        PaymentState::Credit | PaymentState::PartPaid => "tag tag-warn",
        PaymentState::Paid => "tag tag-good",
        PaymentState::Open => "tag",
    };
    view! { <span class=class data-testid="payment-state">{payment_text(lang, standing.state)}</span> }.into_any()
}

/// For how many days it is late; nothing of one that is not.
pub(super) fn late(lang: Lang, standing: &Standing) -> Option<AnyView> {
    let text = match standing.days_overdue {
        0 => return None,
        1 => say::receipt_overdue_since_one(lang).to_owned(),
        days => say::receipt_overdue_since(lang, days),
    };
    Some(view! { " "<span class="quiet">{text}</span> }.into_any())
}

/// How often and when the customer was reminded of an invoice; nothing when nobody did.
pub(crate) fn reminded(lang: Lang, row: &DocumentRow) -> Option<AnyView> {
    let last = row.reminded.last?;
    let text = match row.reminded.times {
        1 => say::reminder_last_one(lang, date(lang, last)),
        times => say::reminder_last(lang, date(lang, last), times),
    };
    Some(view! { " "<span class="quiet" data-testid="reminded">{text}</span> }.into_any())
}
