//! The lines of a document: those near the window are fields, the others text.

use domain::{Currency, LineId, clearing::LineClearing, documents::Line};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys};
use texts::{Lang, decimal, money, say, units_name};
use wire::{FieldText, contracts::typed_price};

use super::{desk::Desk, line::LineRow};
use crate::{
    clearing::{Mending, cleared_words, outcome_name, tone},
    context::lang,
    contracts::problem_of,
    ui::Icon,
};

/// The table.
#[component]
pub(super) fn Lines(desk: Desk, problems: Signal<Vec<FieldText>>, mending: Mending) -> impl IntoView {
    let lang = lang();
    let fixed =
        desk.given.with_value(|given| given.fixed.iter().map(|line| fixed_line(lang, desk, line)).collect_view());
    let add = move |_| desk.add();
    let problem = problem_of(problems, "lines");
    let table = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let again = move || {
            if let Some(table) = table.try_get_untracked().flatten() {
                look(desk, &table);
            }
        };
        let moved = window_event_listener(ev::scroll, move |_| again());
        let resized = window_event_listener(ev::resize, move |_| again());
        on_cleanup(move || {
            moved.remove();
            resized.remove();
        });
        again();
    });
    view! {
        <div class="doc-lines" node_ref=table on:keydown=move |event| keys(desk, &event) on:focusin=move |event| enter(desk, &event) data-testid="lines">
            {fixed}
            <For each=move || desk.rows.get() key=|row| row.id children=move |row| view! { <LineRow desk=desk row=row problems=problems mending=mending/> }/>
        </div>
        <p class="field-problem" role="alert">{move || problem.get()}</p>
        <p class="doc-keys">
            <button class="button-quiet needs-script" type="button" on:click=add><Icon name="plus"/>{say::document_line_add(lang)}</button>
            <span class="quiet needs-script">{say::document_line_keys(lang)}</span>
        </p>
    }
}

/// Finds the lines that the window shows. They stand below each other, so a few of them tell.
fn look(desk: Desk, table: &web_sys::Element) {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let rows = table.children();
    let fixed = desk.given.with_value(|given| u32::try_from(given.fixed.len()).unwrap_or(u32::MAX));
    let count = rows.length().saturating_sub(fixed);
    let side = |place: u32, of: fn(&web_sys::DomRect) -> f64| {
        rows.item(place.saturating_add(fixed)).map_or(0.0, |row| of(&row.get_bounding_client_rect()))
    };
    let from = first(count, |place| side(place, |row| row.bottom()) < 0.0);
    let until = first(count, |place| side(place, |row| row.top()) < height);
    let place = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
    desk.show(place(from), place(until));
}

/// The first of `count` places that is not before what is sought.
fn first(count: u32, is_before: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The line in which an element stands.
fn line_of(element: &web_sys::Element) -> Option<(web_sys::Element, LineId)> {
    let line = element.closest("[data-line]").ok().flatten()?;
    let id = line.get_attribute("data-line")?.parse().ok()?;
    Some((line, id))
}

/// Remembers in which line something is typed: it stays a field, however far somebody scrolls.
fn enter(desk: Desk, event: &ev::FocusEvent) {
    let entered = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let line = entered.and_then(|element| line_of(&element)).map(|(_, id)| id);
    if desk.at.get_untracked() != line {
        desk.at.set(line);
    }
}

/// Enter leads to the same field of the next line, and opens one at the end; Alt with an arrow moves the line.
fn keys(desk: Desk, event: &ev::KeyboardEvent) {
    let Some(cell) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return;
    };
    let Some(column) = cell.get_attribute("data-col") else { return };
    let Some((line, id)) = line_of(&cell) else { return };
    match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            let last = desk.rows.with_untracked(|rows| rows.last().is_some_and(|row| row.id == id));
            if last {
                desk.add();
            }
            // Once the new line is on the page.
            request_animation_frame(move || {
                let next = line
                    .next_element_sibling()
                    .and_then(|next| next.query_selector(&format!("[data-col=\"{column}\"]")).ok().flatten());
                if let Some(cell) = next.and_then(|cell| cell.dyn_into::<web_sys::HtmlElement>().ok()) {
                    drop(cell.focus());
                }
            });
        }
        key @ ("ArrowUp" | "ArrowDown") if event.alt_key() => {
            event.prevent_default();
            desk.shift(id, key == "ArrowDown");
            // A moved element has lost the focus.
            request_animation_frame(move || {
                if let Ok(cell) = cell.dyn_into::<web_sys::HtmlElement>() {
                    drop(cell.focus());
                }
            });
        }
        _ => {}
    }
}

/// A line that comes from a delivery note.
fn fixed_line(lang: Lang, desk: Desk, line: &domain::clearing::ClearingLine) -> AnyView {
    let currency = desk.head.with_untracked(|head| Currency::from_code(&head.currency)).unwrap_or(Currency::EUR);
    let clearing = line.fixed.clone();
    let total = clearing.as_ref().map(|clearing| money(lang, domain::Money { minor: clearing.total, currency }));
    let item = clearing.map(|clearing| item_row(lang, &clearing, currency));
    view! {
        <div class="doc-line doc-fixed">
            <p class="doc-fixed-text"><strong>{line.line.text.clone()}</strong>" "<span class="figure">{line_words(lang, &line.line)}</span></p>
            <p class="doc-total figure">{total}</p>
            {item}
        </div>
    }
    .into_any()
}

/// Quantity, unit and price of a line.
pub(super) fn line_words(lang: Lang, of: &Line) -> String {
    let quantity = decimal(lang, of.quantity.value());
    format!("{quantity} {} × {}", units_name(lang, of.unit, of.quantity), typed_price(lang, of.price))
}

/// The clearing item below its line.
pub(super) fn item_row(lang: Lang, clearing: &LineClearing, currency: Currency) -> AnyView {
    let mark = view! { <span class=tone(&clearing.outcome)>{outcome_name(lang, clearing.outcome.name())}</span> };
    let total = money(lang, domain::Money { minor: clearing.item, currency });
    view! {
        <div class="doc-item">
            <span class="doc-item-name">{say::clearing_item(lang)}</span>
            <span data-testid="outcome">{mark}</span>
            <span class="figure doc-item-cleared" data-testid="cleared">{cleared_words(lang, clearing)}</span>
            <span class="figure doc-total" data-testid="item-total">{total}</span>
        </div>
    }
    .into_any()
}
