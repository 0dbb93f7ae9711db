//! Drawing, with the preview: which lots a draw takes and what is left, by the function that decides on the server.

use domain::{
    DrawId, LotId,
    quota::{self, DrawDecision, Figure, Unit},
};
use leptos::{either::Either, prelude::*};
use texts::{Lang, amount, date, say};
use wire::{
    Problem,
    accounts::{DrawAnswer, DrawForm},
};

use super::{
    calls::{Draw, load_draw, unit_word},
    desk::Desk,
    lots::lot_name,
};
use crate::{
    balancing::{closed_hint, late},
    call::{at_field, forget_when_typed},
    context::{lang, new_id, page_query, visitor},
    ui::{Failure, Field, FieldKind, Notice, Tone},
};

/// What saving would do; none while there is nothing to say yet (no amount, or the facts are on their way).
fn preview(desk: Desk) -> Option<Result<DrawDecision, Problem>> {
    // What is missing is not wrong yet: without a text, and without an amount there is nothing to preview. What was
    // shown before is not looked at: it is shown anew.
    let (text, seen) = ("-".to_owned(), String::new());
    let typed = desk.draw.with(|form| DrawForm { text, seen, ..form.clone() });
    if typed.amount.trim().is_empty() {
        return None;
    }
    let unit = desk.book.view.with(|view| view.facts.account.unit);
    match typed.check(lang(), unit) {
        Err(problem) => Some(Err(problem)),
        Ok(draft) => {
            let facts = desk.counted_on(draft.request.date)?;
            Some(quota::draw(&facts, &draft.request).map_err(|error| Problem::quota(error, unit)))
        }
    }
}

/// The panel.
#[component]
pub(super) fn DrawPanel(desk: Desk) -> impl IntoView {
    let lang = lang();
    let (unit, account) = desk.book.view.with_untracked(|view| (view.facts.account.unit, view.facts.account.id));
    let form = desk.draw;
    let action = ServerAction::<Draw>::new();
    // Without JavaScript a draw leads back here, and the address names it.
    let query = page_query();
    let made = Memo::new(move |_| query.with(|query| query.get("drawn").and_then(|id| id.parse::<DrawId>().ok())));
    let recorded = Resource::new(
        move || made.get(),
        move |draw| async move {
            match draw {
                Some(draw) => load_draw(account, draw).await,
                None => Ok(None),
            }
        },
    );
    if let Some(typed) = action.value().get_untracked().and_then(Result::err).and_then(|error| error.typed()) {
        form.set(typed);
    }
    forget_when_typed(*action, form);
    let shown = Memo::new(move |_| preview(desk));
    Effect::new(move |_| desk.book.planned.set(shown.get().and_then(Result::ok)));
    let refused = move || action.value().get().and_then(Result::err);
    let nowhere = move || refused().filter(|error| error.at_none_of(&["amount", "date", "text"]));
    let problem = move |field: &'static str| {
        Signal::derive(move || at_field(refused(), lang, shown.get().and_then(Result::err).as_ref(), field))
    };
    desk.hear(*action, move || {
        form.update(|form| {
            form.draw = new_id();
            form.amount.clear();
            form.text.clear();
        });
    });
    let seen = move || match shown.get() {
        Some(Ok(decision)) => serde_json::to_string(&decision).unwrap_or_default(),
        _ => String::new(),
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(Draw { form: DrawForm { seen: seen(), ..form.get_untracked() } });
    };
    let button = move || match shown.get() {
        Some(Ok(decision)) => {
            let all = decision.drawn.plus(decision.deficit).unwrap_or(decision.drawn);
            say::draw_save(lang, amount(lang, unit, all))
        }
        _ => say::draw(lang).to_owned(),
    };
    let answered = move || action.value().get().and_then(Result::ok);
    let recorded = move || {
        Suspend::new(async move {
            let decision = recorded.await.ok().flatten()?;
            let answer = DrawAnswer { account, decision, differences: Vec::new() };
            let shown = move || action.value().with(Option::is_none).then(|| answer.clone());
            Some(move || shown().map(|answer| view! { <Answer desk=desk answer=answer unit=unit lang=lang/> }))
        })
    };
    let action_url = <Draw as server_fn::ServerFn>::url();
    view! {
        <section class="sheet panel draw-panel">
            <h2>{say::draw(lang)}</h2>
            <form method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[account]" value=form.get_untracked().account/>
                <input type="hidden" name="form[draw]" value=form.get_untracked().draw prop:value=move || form.with(|form| form.draw.clone())/>
                <Field label=unit_word(lang, unit, say::draw_amount_time, say::draw_amount_money) name="form[amount]" id="draw-amount"
                    kind=FieldKind::Amount value=Signal::derive(move || form.with(|form| form.amount.clone()))
                    set=move |value| form.update(|form| form.amount = value) problem=problem("amount")
                    hint=unit_word(lang, unit, say::draw_amount_hint_time, say::draw_amount_hint_money) required=true/>
                <Field label=say::draw_date(lang) name="form[date]" id="draw-date" kind=FieldKind::Date
                    value=Signal::derive(move || form.with(|form| form.date.clone()))
                    set=move |value| form.update(|form| form.date = value) problem=problem("date") required=true/>
                <Field label=say::draw_text(lang) name="form[text]" id="draw-text"
                    value=Signal::derive(move || form.with(|form| form.text.clone()))
                    set=move |value| form.update(|form| form.text = value) problem=problem("text") required=true/>
                <div class="preview" aria-live="polite" data-testid="draw-preview" data-decision=seen>
                    {move || match shown.get() {
                        Some(Ok(decision)) => view! { <Preview desk=desk decision=decision unit=unit/> }.into_any(),
                        Some(Err(problem)) => closed_hint(lang, &problem).into_any(),
                        None => view! { <p class="quiet">{say::draw_preview_hint(lang)}</p> }.into_any(),
                    }}
                </div>
                <button class="button" type="submit" disabled=action.pending()>{button}</button>
            </form>
            {move || nowhere().map(|error| view! { <Failure error=error/> })}
            {move || answered().map(|answer| view! { <Answer desk=desk answer=answer unit=unit lang=lang/> })}
            <Suspense>{recorded}</Suspense>
        </section>
    }
}

#[component]
fn Preview(desk: Desk, decision: DrawDecision, unit: Unit) -> impl IntoView {
    let lang = lang();
    let figure = |value| amount(lang, unit, value);
    let on = decision.request.date;
    let name = move |id| {
        let near = desk.book.view.with_untracked(|view| view.lot(id).map(|state| lot_name(lang, state)));
        let other = || untrack(|| desk.counted_on(on))?.lot(id).map(|state| lot_name(lang, state));
        near.or_else(other).unwrap_or_default()
    };
    let parts = decision.parts.iter().map(|part| {
        view! { <li><span>{name(part.lot)}</span><span class="figure">{figure(part.amount)}</span></li> }
    });
    let day = date(lang, decision.request.date);
    view! {
        <h3>{say::draw_preview(lang)}</h3>
        <dl class="sum">
            <div><dt>{say::draw_available(lang, day)}</dt><dd class="figure">{figure(decision.available_before)}</dd></div>
        </dl>
        <ul class="sum-parts">{parts.collect_view()}</ul>
        <dl class="sum">
            <div class="sum-line"><dt>{say::draw_left(lang)}</dt><dd class="figure">{figure(decision.available_after)}</dd></div>
        </dl>
        {late_words(desk, &decision, unit, name)}
        {decision.deficit.is_positive().then(|| view! { <p class="warn">{say::draw_deficit(lang, figure(decision.deficit))}</p> })}
        {decision.not_drawn.is_positive().then(|| view! { <p class="warn">{say::draw_not_drawn(lang, figure(decision.not_drawn))}</p> })}
    }
}

/// What a draw for an earlier period changes beside the lots that it takes.
fn late_words(desk: Desk, decision: &DrawDecision, unit: Unit, name: impl Fn(LotId) -> String) -> Option<AnyView> {
    let (date, today) = (decision.request.date, visitor().today);
    // The decision was made of these facts, and comes anew with others.
    let facts = untrack(|| desk.counted_on(date))?;
    let effect = quota::late_draw(&facts, decision, today).ok()??;
    Some(late(lang(), unit, date, &effect, name))
}

/// What was decided; where it differs from what the person saw, figure by figure.
#[component]
fn Answer(desk: Desk, answer: DrawAnswer, unit: Unit, lang: Lang) -> impl IntoView {
    let figure = move |value| amount(lang, unit, value);
    let decision = &answer.decision;
    let all = decision.drawn.plus(decision.deficit).unwrap_or(decision.drawn);
    let done = view! {
        <p>
            {say::draw_done(lang, figure(all), figure(decision.available_after))}
            {decision.deficit.is_positive().then(|| format!(" {}", say::draw_done_deficit(lang, figure(decision.deficit))))}
            {decision.not_drawn.is_positive().then(|| format!(" {}", say::draw_done_not_drawn(lang, figure(decision.not_drawn))))}
        </p>
    };
    if answer.differences.is_empty() {
        return Either::Left(view! { <Notice tone=Tone::Good>{done}</Notice> });
    }
    let rows = answer.differences.clone().into_iter().map(move |difference| {
        let name = match difference.figure {
            Figure::AvailableBefore => say::figure_available_before(lang).to_owned(),
            Figure::Drawn => say::figure_drawn(lang).to_owned(),
            Figure::Deficit => say::figure_deficit(lang).to_owned(),
            Figure::NotDrawn => say::figure_not_drawn(lang).to_owned(),
            Figure::AvailableAfter => say::figure_available_after(lang).to_owned(),
            Figure::Lot(id) => {
                let lot = desk.book.view.with_untracked(|view| view.lot(id).map(|state| lot_name(lang, state)));
                say::figure_lot(lang, lot.unwrap_or_default())
            }
        };
        view! { <tr><th scope="row">{name}</th><td class="figure right">{figure(difference.seen)}</td><td class="figure right">{figure(difference.decided)}</td></tr> }
    });
    Either::Right(view! {
        <Notice tone=Tone::Warn>
            <p><strong>{say::draw_differs(lang)}</strong></p>
            {done}
            <table class="differences">
                <thead><tr>
                    <th scope="col">{say::differs_figure(lang)}</th>
                    <th scope="col" class="right">{say::differs_seen(lang)}</th>
                    <th scope="col" class="right">{say::differs_decided(lang)}</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </Notice>
    })
}
