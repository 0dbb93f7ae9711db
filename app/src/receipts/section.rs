//! What came in for an invoice, below the invoice: what came when, what is open, recording and taking back in place.

use domain::{
    DocumentId, Money, Permission,
    quota::{Amount, Unit},
    receipts::{Invoice, NewReceipt, Received, record},
};
use leptos::prelude::*;
use texts::{Lang, date, instant, money, say, typed_amount};
use wire::{
    Problem,
    receipts::{ReceiptForm, ReceiptRow, ReceiptsView, TakeBackForm, refused},
};

use super::{
    calls::{RecordReceipt, TakeBackReceipt, load_receipts},
    words::{late, payment_tag},
};
use crate::{
    call::{CallError, forget_when_typed},
    context::{lang, may, new_id, visitor},
    ui::{Failure, Field, FieldKind},
};

/// The section of an invoice. `done` counts what was done with its receipts.
#[component]
pub(crate) fn Receipts(document: DocumentId, done: RwSignal<u32>) -> impl IntoView {
    let lang = lang();
    let (record, back) = (ServerAction::<RecordReceipt>::new(), ServerAction::<TakeBackReceipt>::new());
    let fresh = RwSignal::new(0_u32);
    let view = Resource::new(move || fresh.get(), move |_| load_receipts(document));
    let came_back = record.value().get_untracked().and_then(Result::err).and_then(|error| error.typed::<ReceiptForm>());
    let came_back = came_back.filter(|typed| typed.document == document.to_string());
    // It outlives a reading of new facts: what was typed stays.
    let form = RwSignal::new(came_back.unwrap_or_default());
    forget_when_typed(*record, form);
    Effect::new(move |_| match record.value().get() {
        Some(Ok(_)) => {
            form.set(ReceiptForm::default());
            fresh.update(|times| *times += 1);
            done.update(|times| *times += 1);
        }
        // Somebody else may have recorded something: the facts are read again, and what was typed stays.
        Some(Err(error)) if !error.at_no_field() => {
            fresh.update(|times| *times += 1);
        }
        _ => (),
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = back.value().get() {
            form.set(ReceiptForm::default());
            fresh.update(|times| *times += 1);
            done.update(|times| *times += 1);
        }
    });
    let shown = move || {
        Suspend::new(async move {
            match view.await {
                Ok(view) => {
                    form.update_untracked(|form| complete(lang, form, &view));
                    view! { <Shown view=view form=form record=record back=back/> }.into_any()
                }
                Err(error) => view! { <Failure error=error/> }.into_any(),
            }
        })
    };
    view! { <Transition>{shown}</Transition> }
}

/// The form with what is open now: the rest of it as the amount, unless something was typed.
fn complete(lang: Lang, form: &mut ReceiptForm, view: &ReceiptsView) {
    let (open, currency) = (view.invoice.open(), view.invoice.gross.currency);
    form.seen = open.to_string();
    if form.document.is_empty() {
        let rest = if open > 0 { typed_amount(lang, Unit::Money(currency), Amount::new(open)) } else { String::new() };
        form.id = new_id();
        form.document = view.document.to_string();
        currency.code().clone_into(&mut form.currency);
        form.date = visitor().today.to_string();
        form.amount = rest;
    }
}

#[component]
fn Shown(
    view: ReceiptsView,
    form: RwSignal<ReceiptForm>,
    record: ServerAction<RecordReceipt>,
    back: ServerAction<TakeBackReceipt>,
) -> impl IntoView {
    let lang = lang();
    let may = may(Permission::RecordReceipts);
    let invoice = view.invoice;
    let figure = move |minor| money(lang, Money { minor, currency: invoice.gross.currency });
    let standing = invoice.standing(visitor().today);
    let state = standing.map(|standing| {
        view! { {payment_tag(lang, &standing)}{late(lang, &standing)} }
    });
    let open = invoice.open();
    let (label, rest) =
        if open < 0 { (say::receipt_credit(lang), open.saturating_neg()) } else { (say::receipt_open(lang), open) };
    let reason = RwSignal::new(String::new());
    let typed = back.value().get_untracked().and_then(Result::err).and_then(|error| error.typed::<TakeBackForm>());
    let asked = typed.as_ref().map(|typed| typed.receipt.clone()).unwrap_or_default();
    if let Some(typed) = typed {
        reason.set(typed.reason);
    }
    let rows = view.receipts.iter().map(|row| {
        let asked = asked == row.id.to_string();
        let take = (may && row.taken_back.is_none())
            .then(|| view! { <TakeBack row=row.clone() back=back asked=asked reason=reason/> });
        receipt(lang, row, take.into_any())
    });
    let rows = rows.collect_view();
    let none = view.receipts.is_empty().then(|| view! { <p class="empty">{say::receipts_none(lang)}</p> });
    let list = (!view.receipts.is_empty()).then(|| view! { <ul class="receipts-list">{rows}</ul> });
    let form = may.then(|| view! { <Record invoice=invoice form=form action=record/> });
    view! {
        <section class="sheet receipts" data-testid="receipts">
            <h2>{say::receipts(lang)}" "{state}</h2>
            <dl class="facts facts-tight">
                <div><dt>{say::receipt_received(lang)}</dt><dd class="figure" data-testid="received">{figure(invoice.received)}</dd></div>
                <div><dt>{label}</dt><dd class="figure" data-testid="open">{figure(rest)}</dd></div>
            </dl>
            {none}
            {list}
            {form}
        </section>
    }
}

/// A receipt: when, how much, what for, by whom, and whether it still counts.
fn receipt(lang: Lang, row: &ReceiptRow, take: AnyView) -> AnyView {
    let source = if row.from_bank { say::receipt_from_bank(lang) } else { say::receipt_by_hand(lang) };
    let (at, by) = &row.recorded;
    let recorded = say::receipt_recorded_by(lang, by, instant(lang, *at));
    let gone = row.taken_back.is_some();
    let taken = row.taken_back.as_ref().map(|(at, by, reason)| {
        view! { <span class="row-note warn">{say::receipt_taken_back(lang, by, instant(lang, *at), reason)}</span> }
    });
    let text = (!row.text.is_empty()).then(|| view! { <span>{row.text.clone()}</span> });
    view! {
        <li class="receipt" class:receipt-gone=gone data-testid="receipt">
            <span class="receipt-what">
                <span class="figure">{date(lang, row.date)}</span>" "{text}
                <span class="row-note quiet">{source}", "{recorded}</span>
                {taken}
            </span>
            <span class="figure right">{money(lang, row.amount)}</span>
            {take}
        </li>
    }
    .into_any()
}

/// Takes a receipt back, with a reason.
#[component]
fn TakeBack(
    row: ReceiptRow,
    back: ServerAction<TakeBackReceipt>,
    asked: bool,
    reason: RwSignal<String>,
) -> impl IntoView {
    let lang = lang();
    let receipt = row.id.to_string();
    let own = receipt.clone();
    // A refusal belongs to the receipt that was asked for.
    let refused = move || {
        let error = back.value().get().and_then(Result::err)?;
        let of = error.typed::<TakeBackForm>();
        of.is_none_or(|of| of.receipt == own).then_some(error)
    };
    let (at_reason, at_all) = (refused.clone(), refused);
    let problem = Signal::derive(move || at_reason().and_then(|error| error.at("reason")));
    let other = move || at_all().filter(|error| error.at("reason").is_none());
    let sent = receipt.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        back.dispatch(TakeBackReceipt { form: TakeBackForm { receipt: sent.clone(), reason: reason.get_untracked() } });
    };
    let action_url = <TakeBackReceipt as server_fn::ServerFn>::url();
    let label = say::receipt_take_back_of(lang, date(lang, row.date), money(lang, row.amount));
    let field = format!("take-back-{receipt}");
    view! {
        <details class="receipt-take-back" open=asked>
            <summary aria-label=label>{say::receipt_take_back(lang)}" …"</summary>
            <form method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[receipt]" value=receipt/>
                <p class="quiet">{say::receipt_take_back_lead(lang)}</p>
                <Field label=say::receipt_reason(lang) name="form[reason]" id=field value=reason
                    set=move |value| reason.set(value) problem=problem required=true/>
                {move || other().map(|error| view! { <Failure error=error/> })}
                <button class="button button-danger" type="submit" disabled=back.pending()>{say::receipt_take_back(lang)}</button>
            </form>
        </details>
    }
}

/// What saving would do; none while there is nothing to say yet.
fn preview(lang: Lang, invoice: &Invoice, form: &ReceiptForm) -> Option<Result<Received, Problem>> {
    if form.amount.trim().is_empty() {
        return None;
    }
    let decided = form.check(lang).and_then(|draft| {
        let new = NewReceipt { date: draft.date, amount: draft.amount.minor, over: draft.over, seen: None };
        record(invoice, &new, visitor().today).map_err(|error| refused(error, invoice.gross.currency))
    });
    Some(decided)
}

/// The form that records.
#[component]
fn Record(invoice: Invoice, form: RwSignal<ReceiptForm>, action: ServerAction<RecordReceipt>) -> impl IntoView {
    let lang = lang();
    let shown = Memo::new(move |_| form.with(|form| preview(lang, &invoice, form)));
    let refused = move || action.value().get().and_then(Result::err);
    let problem = move |field: &'static str| {
        Signal::derive(move || {
            let live = shown.get().and_then(Result::err).map(|problem| CallError::of(lang, &problem));
            live.or_else(refused).and_then(|error| error.at(field))
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(RecordReceipt { form: form.get_untracked() });
    };
    let figure = move |minor| money(lang, Money { minor, currency: invoice.gross.currency });
    let after = move || {
        let after = shown.get()?.ok()?;
        Some(match after.open {
            0 => say::receipt_after_paid(lang).to_owned(),
            open @ ..0 => say::receipt_after_credit(lang, figure(open.saturating_neg())),
            open => say::receipt_after(lang, figure(open)),
        })
    };
    let nowhere = move || refused().filter(CallError::at_no_field);
    let over = move || form.with(|form| !form.over.is_empty());
    let tick = move |event: leptos::ev::Event| {
        let ticked = if event_target_checked(&event) { "yes" } else { "" };
        form.update(|form| ticked.clone_into(&mut form.over));
    };
    let (at_over, at_document, at_seen) = (problem("over"), problem("document"), problem("seen"));
    let at_whole = move || at_over.get().or_else(|| at_document.get()).or_else(|| at_seen.get());
    let action_url = <RecordReceipt as server_fn::ServerFn>::url();
    let hidden = form.get_untracked();
    view! {
        <form class="receipt-form" method="post" action=action_url on:submit=submit novalidate aria-label=say::receipt_record(lang)>
            <h3>{say::receipt_record(lang)}</h3>
            <input type="hidden" name="form[id]" value=hidden.id/>
            <input type="hidden" name="form[document]" value=hidden.document/>
            <input type="hidden" name="form[currency]" value=hidden.currency/>
            <input type="hidden" name="form[seen]" value=hidden.seen/>
            <div class="receipt-fields">
                <Field label=say::receipt_date(lang) name="form[date]" id="receipt-date" kind=FieldKind::Date
                    value=Signal::derive(move || form.with(|form| form.date.clone()))
                    set=move |value| form.update(|form| form.date = value) problem=problem("date") required=true/>
                <Field label=say::receipt_amount(lang) name="form[amount]" id="receipt-amount" kind=FieldKind::Amount
                    value=Signal::derive(move || form.with(|form| form.amount.clone()))
                    set=move |value| form.update(|form| form.amount = value) problem=problem("amount")
                    hint=say::receipt_amount_hint(lang) required=true/>
                <Field label=say::receipt_text(lang) name="form[text]" id="receipt-text"
                    value=Signal::derive(move || form.with(|form| form.text.clone()))
                    set=move |value| form.update(|form| form.text = value) problem=problem("text")/>
            </div>
            <label class="receipt-over"><input type="checkbox" id="receipt-over" name="form[over]" value="yes"
                checked=untrack(over) prop:checked=over on:change=tick/>{say::receipt_over(lang)}</label>
            <p class="field-problem" role="alert">{at_whole}</p>
            <p class="preview" aria-live="polite" data-testid="receipt-after">{after}</p>
            {move || nowhere().map(|error| view! { <Failure error=error/> })}
            <button class="button" type="submit" disabled=action.pending()>{say::receipt_save(lang)}</button>
        </form>
    }
}
