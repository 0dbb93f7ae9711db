//! Granting a lot by hand, with a reason and a preview.

use domain::quota::{self, Amount, GrantDecision, GrantOrigin};
use leptos::{either::Either, prelude::*};
use texts::{amount, say, validity};
use wire::{
    Problem,
    accounts::{GrantAnswer, GrantForm},
};

use super::{
    calls::{Grant, unit_word},
    desk::Desk,
    table::origin_name,
};
use crate::{
    call::{at_field, forget_when_typed},
    context::{lang, new_id, page_query},
    ui::{Failure, Field, FieldKind, Notice, Select, Tone},
};

/// The fields that show what is wrong with them.
const SHOWN: [&str; 9] = ["amount", "valid_from", "date", "valid_last", "carry", "periods", "cap", "origin", "reason"];

/// What saving would do; none while there is nothing to say yet.
fn preview(desk: Desk) -> Option<Result<GrantDecision, Problem>> {
    let typed = desk.grant.with(|form| GrantForm { reason: "-".to_owned(), ..form.clone() });
    if typed.amount.trim().is_empty() {
        return None;
    }
    desk.book.view.with(|view| {
        let unit = view.facts.account.unit;
        let checked = typed.check(lang(), unit);
        Some(
            checked.and_then(|draft| {
                quota::grant(&view.facts, &draft.request).map_err(|error| Problem::quota(error, unit))
            }),
        )
    })
}

/// What it covers at once of deficits.
fn covered(decision: &GrantDecision) -> Option<Amount> {
    Amount::sum(decision.covers.iter().map(|cover| cover.amount)).ok()
}

/// The panel.
#[component]
pub(super) fn GrantPanel(desk: Desk) -> impl IntoView {
    let lang = lang();
    let unit = desk.book.view.with_untracked(|view| view.facts.account.unit);
    let form = desk.grant;
    let action = ServerAction::<Grant>::new();
    let came_back = action.value().get_untracked().and_then(Result::err).and_then(|error| error.typed());
    let query = page_query();
    let asked = move || query.with(|query| query.get("grant").is_some());
    let open = RwSignal::new(untrack(asked) || came_back.is_some());
    // A link on the page of the account itself asks for it too.
    Effect::new(move |_| {
        if asked() {
            open.set(true);
        }
    });
    if let Some(typed) = came_back {
        form.set(typed);
    }
    forget_when_typed(*action, form);
    let shown = Memo::new(move |_| preview(desk));
    let refused = move || action.value().get().and_then(Result::err);
    let problem = move |field: &'static str| {
        Signal::derive(move || at_field(refused(), lang, shown.get().and_then(Result::err).as_ref(), field))
    };
    desk.hear(*action, move || {
        form.update(|form| {
            form.lot = new_id();
            form.amount.clear();
            form.reason.clear();
        });
    });
    // What stood there when it was sent.
    let seen = StoredValue::new(None::<GrantDecision>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        seen.set_value(shown.get_untracked().and_then(Result::ok));
        action.dispatch(Grant { form: form.get_untracked() });
    };
    let figure = move |value| amount(lang, unit, value);
    let button = move || match shown.get() {
        Some(Ok(decision)) => say::grant_save(lang, figure(decision.lot.amount)),
        _ => say::grant(lang).to_owned(),
    };
    let words = move || {
        let decision = shown.get()?.ok()?;
        let covered = covered(&decision)?;
        Some(view! {
            <dl class="sum">
                <div><dt>{say::entry_grant(lang, validity(lang, decision.lot.valid))}</dt><dd></dd></div>
                {covered.is_positive().then(|| view! { <div><dt>{say::grant_covers(lang, figure(covered))}</dt><dd></dd></div> })}
                <div class="sum-line"><dt>{say::grant_left(lang)}</dt><dd class="figure">{figure(decision.left)}</dd></div>
            </dl>
        })
    };
    let done = move || {
        let GrantAnswer { decision, .. } = action.value().get()?.ok()?;
        let said = say::grant_done(lang, figure(decision.lot.amount));
        let as_seen = seen.with_value(|seen| {
            seen.as_ref().is_none_or(|seen| (covered(seen), seen.left) == (covered(&decision), decision.left))
        });
        if as_seen {
            return Some(Either::Left(view! { <Notice tone=Tone::Good><p>{said}</p></Notice> }));
        }
        let differs = say::grant_differs(lang, figure(covered(&decision)?), figure(decision.left));
        Some(Either::Right(view! {
            <Notice tone=Tone::Warn>
                <p><strong>{say::draw_differs(lang)}</strong></p>
                <p>{said}" "{differs}</p>
            </Notice>
        }))
    };
    let nowhere = move || refused().filter(|error| error.at_none_of(&SHOWN));
    // Without JavaScript the fields of the carry-over are always there.
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    let carried = move || !hydrated.get() || form.with(|form| form.carry == "on");
    let carry =
        vec![("off".into(), say::grant_carry_off(lang).into()), ("on".into(), say::grant_carry_on(lang).into())];
    let by_hand = [GrantOrigin::FreeQuota, GrantOrigin::TopUp, GrantOrigin::Order];
    let origins = by_hand.map(|origin| (origin.name().into(), origin_name(lang, origin).into())).to_vec();
    let action_url = <Grant as server_fn::ServerFn>::url();
    view! {
        <details class="sheet panel grant-panel" open=open.get_untracked() prop:open=move || open.get()>
            <summary><h2>{say::grant(lang)}</h2></summary>
            <form method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[account]" value=form.get_untracked().account/>
                <input type="hidden" name="form[lot]" value=form.get_untracked().lot prop:value=move || form.with(|form| form.lot.clone())/>
                <Field label=unit_word(lang, unit, say::draw_amount_time, say::draw_amount_money) name="form[amount]" id="grant-amount"
                    kind=FieldKind::Amount value=Signal::derive(move || form.with(|form| form.amount.clone()))
                    set=move |value| form.update(|form| form.amount = value) problem=problem("amount")
                    hint=unit_word(lang, unit, say::draw_amount_hint_time, say::draw_amount_hint_money) required=true/>
                <Field label=say::grant_from(lang) name="form[valid_from]" id="grant-from" kind=FieldKind::Date
                    value=Signal::derive(move || form.with(|form| form.valid_from.clone()))
                    set=move |value| form.update(|form| form.valid_from = value)
                    problem=Signal::derive(move || problem("valid_from").get().or_else(|| problem("date").get())) required=true/>
                <Field label=say::grant_last(lang) name="form[valid_last]" id="grant-last" kind=FieldKind::Date
                    value=Signal::derive(move || form.with(|form| form.valid_last.clone()))
                    set=move |value| form.update(|form| form.valid_last = value) problem=problem("valid_last")
                    hint=say::grant_last_hint(lang)/>
                <Select label=say::grant_carry(lang) name="form[carry]" id="grant-carry" options=carry
                    value=Signal::derive(move || form.with(|form| form.carry.clone()))
                    set=move |value| form.update(|form| form.carry = value) problem=problem("carry")/>
                <div class="field-pair" hidden=move || !carried()>
                    <Field label=say::grant_periods(lang) name="form[periods]" id="grant-periods"
                        value=Signal::derive(move || form.with(|form| form.periods.clone()))
                        set=move |value| form.update(|form| form.periods = value) problem=problem("periods")
                        hint=say::grant_periods_hint(lang)/>
                    <Field label=say::grant_cap(lang) name="form[cap]" id="grant-cap" kind=FieldKind::Amount
                        value=Signal::derive(move || form.with(|form| form.cap.clone()))
                        set=move |value| form.update(|form| form.cap = value) problem=problem("cap")
                        hint=say::grant_cap_hint(lang)/>
                </div>
                <Select label=say::grant_origin(lang) name="form[origin]" id="grant-origin" options=origins
                    value=Signal::derive(move || form.with(|form| form.origin.clone()))
                    set=move |value| form.update(|form| form.origin = value) problem=problem("origin")/>
                <Field label=say::grant_reason(lang) name="form[reason]" id="grant-reason"
                    value=Signal::derive(move || form.with(|form| form.reason.clone()))
                    set=move |value| form.update(|form| form.reason = value) problem=problem("reason") required=true/>
                <div class="preview" aria-live="polite">{words}</div>
                <button class="button" type="submit" disabled=action.pending()>{button}</button>
            </form>
            {move || nowhere().map(|error| view! { <Failure error=error/> })}
            {done}
        </details>
    }
}
