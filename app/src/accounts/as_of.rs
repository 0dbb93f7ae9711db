//! Where the account stands on any day: by a date field, and by a slider that the figures follow.

use chrono::{Days, NaiveDate};
use domain::quota::{Amount, LotState, balance_on};
use leptos::prelude::*;
use texts::{amount, date, read_date, say};
use wire::accounts::RangeForm;

use super::Book;
use crate::{
    context::{lang, visitor},
    ui::Balance,
};

/// The sheet with the balance of a day.
#[component]
pub(super) fn AsOf(book: Book) -> impl IntoView {
    let lang = lang();
    let today = visitor().today;
    let day = book.day;
    book.fetch_facts(move || Some(day.get()));
    let (unit, range) = book.view.with_untracked(|view| (view.facts.account.unit, view.range));
    // From the first day that is shown to as far ahead as the facts go.
    let first = range.from;
    let ahead = book.view.with_untracked(|view| view.facts.covers.until).and_then(|until| until.pred_opt());
    let last = ahead.unwrap_or(today).max(first);
    let days = last.signed_duration_since(first).num_days();
    let place = move || day.get().signed_duration_since(first).num_days().clamp(0, days).to_string();
    let slide = move |event: leptos::ev::Event| {
        let place = event_target_value(&event).parse::<u64>().unwrap_or(0);
        if let Some(chosen) = first.checked_add_days(Days::new(place)) {
            day.set(chosen);
        }
    };
    let typed = move |event: leptos::ev::Event| {
        if let Ok(chosen) = read_date(&event_target_value(&event)) {
            day.set(chosen);
        }
    };
    let balance = move || on(book, today, day.get()).map(|balance| amount(lang, unit, balance));
    let standing = move || {
        let day = day.get();
        let facts = book.counted_on(day)?;
        let held = book.view.with(|view| facts.on_hold(day, |lot| view.held(lot)));
        Some(match facts.standing(day).and_then(|standing| Ok((standing, held?))) {
            Ok((standing, held)) => view! { <Balance unit=unit standing=standing held=held large=true/> }.into_any(),
            Err(error) => {
                let text = wire::quota_text(lang, unit, &error);
                view! { <p class="quiet">{text}</p> }.into_any()
            }
        })
    };
    let RangeForm { from, to } = untrack(|| book.days());
    view! {
        <section class="sheet standing" data-testid="as-of">
            <form method="get" class="as-of">
                <label for="as-of-day">{say::as_of(lang)}</label>
                <input type="hidden" name="from" value=from/>
                {(!to.is_empty()).then(|| view! { <input type="hidden" name="to" value=to/> })}
                <input type="date" id="as-of-day" name="on" value=day.get_untracked().to_string()
                    prop:value=move || day.get().to_string() on:change=typed/>
                <input type="range" class="as-of-slider" min="0" max=days.to_string() value=untrack(place) prop:value=place
                    on:input=slide aria-label=say::as_of_slider(lang) aria-valuetext=move || date(lang, day.get())/>
                <button class="button-quiet as-of-show" type="submit">{say::as_of_show(lang)}</button>
                {move || (day.get() != today).then(|| view! {
                    <button class="button-quiet" type="button" on:click=move |_| day.set(today)>{say::as_of_today(lang)}</button>
                })}
            </form>
            <p class="print-only">{move || say::as_of_day(lang, date(lang, day.get()))}</p>
            <div aria-live="polite">
                {standing}
                {move || balance().map(|balance| view! {
                    <p class="as-of-balance" data-testid="as-of-balance">{say::as_of_balance(lang, date(lang, day.get()), balance)}</p>
                })}
            </div>
        </section>
    }
}

/// The balance at the end of a day, if the passbook on the screen knows it. What an allowance gives for another period
/// than today's stands in no line as long as nothing has touched it, and counts on its days all the same.
fn on(book: Book, today: NaiveDate, day: NaiveDate) -> Option<Amount> {
    let (posted, counted) = (book.facts_for(day), book.counted_on(day));
    let untouched = |state: &&LotState| posted.as_ref().is_some_and(|facts| facts.lot(state.lot.id).is_none());
    book.view.with(|view| {
        let balance = view
            .range
            .contains(day)
            .then(|| balance_on(view.opening, view.lines.iter().map(|line| &line.row), &view.lots, today, day))?
            .ok()?;
        let lots = counted.iter().flat_map(|facts| &facts.lots).filter(untouched);
        let mut unlisted = lots.filter(|state| view.lot(state.lot.id).is_none());
        unlisted.try_fold(balance, |sum, state| sum.plus(state.left()?)).ok()
    })
}
