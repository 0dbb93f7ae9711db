//! Ending an account, with a preview of what lapses.

use domain::quota::{self, EndDecision};
use leptos::prelude::*;
use texts::{amount, date, say};
use wire::{FieldReason, Problem, accounts::EndForm};

use super::{calls::EndAccount, desk::Desk, lots::lot_name};
use crate::{
    call::{at_field, forget_when_typed},
    context::lang,
    ui::{Failure, Field, FieldKind, Notice, Tone},
};

/// What saving would do; none while there is nothing to say yet.
fn preview(desk: Desk) -> Option<Result<EndDecision, Problem>> {
    let typed = desk.end.with(|form| EndForm { reason: "-".to_owned(), ..form.clone() });
    if typed.last.trim().is_empty() {
        return None;
    }
    let unit = desk.book.view.with(|view| view.facts.account.unit);
    let draft = match typed.check() {
        Err(problem) => return Some(Err(problem)),
        Ok(draft) => draft,
    };
    let facts = desk.facts_for(draft.until?)?;
    Some(quota::end(&facts, draft.until).map_err(|error| Problem::field("last", FieldReason::Quota(error, unit))))
}

/// The panel.
#[component]
pub(super) fn EndPanel(desk: Desk) -> impl IntoView {
    let lang = lang();
    let form = desk.end;
    let unit = desk.book.view.with_untracked(|view| view.facts.account.unit);
    let action = ServerAction::<EndAccount>::new();
    let came_back = action.value().get_untracked().and_then(Result::err).and_then(|error| error.typed());
    let open = came_back.is_some();
    if let Some(typed) = came_back {
        form.set(typed);
    }
    forget_when_typed(*action, form);
    let shown = Memo::new(move |_| preview(desk));
    let refused = move || action.value().get().and_then(Result::err);
    let problem = move |field: &'static str| {
        Signal::derive(move || at_field(refused(), lang, shown.get().and_then(Result::err).as_ref(), field))
    };
    let last_problem = Signal::derive(move || problem("last").get().or_else(|| problem("date").get()));
    desk.hear(*action, move || {
        form.update(|form| {
            form.last.clear();
            form.reason.clear();
        });
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(EndAccount { form: form.get_untracked() });
    };
    let has_end = move || desk.book.view.with(|view| view.facts.end.is_some());
    let takes_back = move || has_end() && form.with(|form| form.last.trim().is_empty());
    let button = move || if takes_back() { say::end_take_back(lang) } else { say::end_save(lang) };
    let words = move || {
        let decision = shown.get()?.ok()?;
        let name = |id| desk.book.view.with(|view| view.lot(id).map(|state| lot_name(lang, state))).unwrap_or_default();
        let lapses = decision.lapses.iter().map(|part| {
            view! { <li><span>{name(part.lot)}</span><span class="figure">{amount(lang, unit, part.amount)}</span></li> }
        });
        let head = if decision.lapses.is_empty() { say::end_nothing_lapses(lang) } else { say::end_lapses(lang) };
        Some(view! { <h3>{head}</h3><ul class="sum-parts">{lapses.collect_view()}</ul> })
    };
    let done = move || {
        action.value().get().and_then(Result::ok).map(|answer| {
            let text = match answer.decision.until {
                Some(until) => say::account_ends(lang, date(lang, until.pred_opt().unwrap_or(until))),
                None => say::entry_end_taken_back(lang).to_owned(),
            };
            view! { <Notice tone=Tone::Good><p>{text}</p></Notice> }
        })
    };
    let nowhere = move || refused().filter(|error| error.at_none_of(&["last", "date", "reason"]));
    let action_url = <EndAccount as server_fn::ServerFn>::url();
    view! {
        <details class="sheet panel end-panel" open=open>
            <summary><h2>{say::end(lang)}</h2></summary>
            <form method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[account]" value=form.get_untracked().account/>
                <Field label=say::end_last(lang) name="form[last]" id="end-last" kind=FieldKind::Date
                    value=Signal::derive(move || form.with(|form| form.last.clone()))
                    set=move |value| form.update(|form| form.last = value) problem=last_problem hint=say::end_last_hint(lang)/>
                <Field label=say::grant_reason(lang) name="form[reason]" id="end-reason" required=true
                    value=Signal::derive(move || form.with(|form| form.reason.clone()))
                    set=move |value| form.update(|form| form.reason = value) problem=problem("reason")/>
                <div class="preview" aria-live="polite" data-testid="end-preview">{words}</div>
                <button class="button" type="submit" disabled=action.pending()>{button}</button>
            </form>
            {move || nowhere().map(|error| view! { <Failure error=error/> })}
            {done}
        </details>
    }
}
