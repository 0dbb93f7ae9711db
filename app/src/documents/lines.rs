//! The lines of a document: each with what its quota pays of it, and why.

use domain::{Currency, LineId, clearing::LineClearing};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use texts::{Lang, decimal, money, say};
use wire::{
    FieldProblem,
    contracts::{ItemForm, typed_price},
    documents::LineForm,
};

use super::desk::{Desk, Row};
use crate::{
    articles::unit_options,
    clearing::{Mending, Repairs, cleared_words, outcome_name, tone, why},
    context::lang,
    contracts::problem_of,
    ui::Icon,
};

/// The table.
#[component]
pub(super) fn Lines(desk: Desk, problems: Signal<Vec<FieldProblem>>, mending: Mending) -> impl IntoView {
    let lang = lang();
    let fixed = desk.fixed.get_value().into_iter().map(|line| fixed_line(lang, desk, &line)).collect_view();
    let add = move |_| desk.add();
    let problem = problem_of(problems, "lines");
    view! {
        <div class="doc-lines" on:keydown=move |event| keys(desk, &event) data-testid="lines">
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

/// Enter leads to the same field of the next line, and opens one at the end; Alt with an arrow moves the line.
fn keys(desk: Desk, event: &ev::KeyboardEvent) {
    let Some(cell) = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok()) else {
        return;
    };
    let Some(column) = cell.get_attribute("data-col") else { return };
    let Ok(Some(line)) = cell.closest("[data-line]") else { return };
    let Some(id) = line.get_attribute("data-line").and_then(|id| id.parse::<LineId>().ok()) else { return };
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
                if let Some(cell) = next.and_then(|cell| cell.dyn_into::<leptos::web_sys::HtmlElement>().ok()) {
                    drop(cell.focus());
                }
            });
        }
        key @ ("ArrowUp" | "ArrowDown") if event.alt_key() => {
            event.prevent_default();
            desk.shift(id, key == "ArrowDown");
            // A moved element has lost the focus.
            request_animation_frame(move || {
                if let Ok(cell) = cell.dyn_into::<leptos::web_sys::HtmlElement>() {
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
    let of = &line.line;
    let quantity = format!("{} {}", decimal(lang, of.quantity.value()), crate::articles::unit_name(lang, of.unit));
    let item = clearing.map(|clearing| item_row(lang, &clearing, currency));
    view! {
        <div class="doc-line doc-fixed">
            <p class="doc-fixed-text"><strong>{of.text.clone()}</strong>" "<span class="figure">{quantity}</span>" × "<span class="figure">{typed_price(lang, of.price)}</span></p>
            <p class="doc-total figure">{total}</p>
            {item}
        </div>
    }
    .into_any()
}

/// The clearing item below its line.
fn item_row(lang: Lang, clearing: &LineClearing, currency: Currency) -> AnyView {
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

#[component]
fn LineRow(desk: Desk, row: Row, problems: Signal<Vec<FieldProblem>>, mending: Mending) -> impl IntoView {
    let lang = lang();
    let (id, form) = (row.id, row.form);
    let place = Memo::new(move |_| desk.rows.with(|rows| rows.iter().position(|row| row.id == id)).unwrap_or_default());
    let name = move |field: &'static str| Signal::derive(move || format!("form[lines][{}]{field}", place.get()));
    let wrong = move |field: &'static str| {
        let lang = lang;
        Signal::derive(move || {
            let field = format!("lines.{}.{field}", place.get());
            problems.with(|all| all.iter().find(|found| found.field == field).map(|found| found.reason.text(lang)))
        })
    };
    let read = move |pick: fn(&LineForm) -> &String| Signal::derive(move || form.with(|form| pick(form).clone()));
    let write = move |pick: fn(&mut LineForm) -> &mut String| {
        Callback::new(move |value: String| form.update(|form| *pick(form) = value))
    };
    let articles = desk.catalogue.with_value(|all| {
        let none = (Oco::from(""), Oco::from(say::item_article_none(lang)));
        let all = all.articles.iter().map(|article| {
            (Oco::from(article.id.to_string()), Oco::from(format!("{} {}", article.card.number, article.card.name)))
        });
        std::iter::once(none).chain(all).collect::<Vec<_>>()
    });
    let rates = desk.catalogue.with_value(|all| {
        let rates = all.vat_rates.iter().map(|rate| decimal(lang, rate.percent()));
        rates.map(|rate| (Oco::from(rate.clone()), Oco::from(rate))).collect::<Vec<_>>()
    });
    let choose = Callback::new(move |chosen: String| {
        let article =
            desk.catalogue.with_value(|all| all.articles.iter().find(|found| found.id.to_string() == chosen).cloned());
        form.update(|form| match article {
            Some(article) => form.item = ItemForm::of_article(lang, &article, &form.item.quantity),
            None => (form.item.article, form.item.group, form.item.sub_group) = Default::default(),
        });
        desk.propose(row);
    });
    let contracts = Memo::new(move |_| {
        let none = (String::new(), say::document_line_no_contract(lang).to_owned());
        let chosen = form.with(|form| form.contract.clone());
        desk.facts.with(|facts| {
            let known = facts.iter().flat_map(|facts| &facts.contracts);
            let shown = known.filter(|known| known.unit.is_some() || known.id.to_string() == chosen);
            let all = shown.map(|known| (known.id.to_string(), format!("{} {}", known.number, known.type_name)));
            std::iter::once(none).chain(all).collect::<Vec<_>>()
        })
    });
    let currency = move || desk.head.with(|head| Currency::from_code(&head.currency)).unwrap_or(Currency::EUR);
    let clearing = Memo::new(move |_| desk.of_line.with(|all| all.get(&id).cloned()));
    let total =
        move || clearing.get().map(|found| money(lang, domain::Money { minor: found.total, currency: currency() }));
    let item = move || clearing.get().map(|found| item_row(lang, &found, currency()));
    let open = RwSignal::new(false);
    let explained = move || {
        let found = clearing.get().filter(|_| open.get())?;
        Some(view! { <div class="doc-why" data-testid="why">{why(lang, &found)}</div> })
    };
    let differs = move || desk.differs.with(|all| all.iter().any(|line| line.seen.line == id));
    let off = move || form.with(|form| form.clears == "off");
    let switch = move |event| {
        let word = if event_target_checked(&event) { "off" } else { "" };
        form.update(|form| word.clone_into(&mut form.clears));
    };
    let title = Signal::derive(move || say::document_line(lang, place.get() + 1));
    let hidden = form.get_untracked();
    view! {
        <div class="doc-line" class:doc-differs=differs role="group" aria-label=title data-line=id.to_string() data-testid="line">
            <input type="hidden" name=name("[id]") value=hidden.id/>
            <input type="hidden" name=name("[item][group]") value=hidden.item.group prop:value=read(|form| &form.item.group)/>
            <input type="hidden" name=name("[item][sub_group]") value=hidden.item.sub_group prop:value=read(|form| &form.item.sub_group)/>
            <Choice col="article" label=say::item_article(lang) name=name("[item][article]") options=articles value=read(|form| &form.item.article) set=choose problem=wrong("article")/>
            <Cell col="text" label=say::item_text(lang) name=name("[item][text]") value=read(|form| &form.item.text) set=write(|form| &mut form.item.text) problem=wrong("text")/>
            <Cell col="quantity" label=say::item_quantity(lang) name=name("[item][quantity]") number=true value=read(|form| &form.item.quantity) set=write(|form| &mut form.item.quantity) problem=wrong("quantity")/>
            <Choice col="unit" label=say::item_unit(lang) name=name("[item][unit]") options=unit_options(lang) value=read(|form| &form.item.unit) set=write(|form| &mut form.item.unit) problem=wrong("unit")/>
            <Cell col="price" label=say::item_price(lang) name=name("[item][price]") number=true value=read(|form| &form.item.price) set=write(|form| &mut form.item.price) problem=wrong("price")/>
            <Cell col="discount" label=say::item_discount(lang) name=name("[item][discount]") number=true value=read(|form| &form.item.discount) set=write(|form| &mut form.item.discount) problem=wrong("discount")/>
            <Choice col="vat" label=say::item_vat(lang) name=name("[item][vat]") options=rates value=read(|form| &form.item.vat) set=write(|form| &mut form.item.vat) problem=wrong("vat")/>
            <label class="cell cell-contract"><span class="cell-label">{say::document_line_contract(lang)}</span>
                <select data-col="contract" name=name("[contract]") prop:value=read(|form| &form.contract) on:change=move |event| form.update(|form| form.contract = event_target_value(&event))>
                    {move || {
                        let chosen = form.with(|form| form.contract.clone());
                        contracts.get().into_iter().map(|(key, text)| {
                            let selected = key == chosen;
                            view! { <option value=key selected=selected>{text}</option> }
                        }).collect_view()
                    }}
                </select>
                <span class="field-problem" role="alert">{move || wrong("contract").get()}</span>
            </label>
            <p class="doc-total figure" data-testid="line-total"><span class="cell-label">{say::item_total(lang)}</span>{total}</p>
            <p class="doc-buttons needs-script">
                <button class="button-quiet" type="button" on:click=move |_| desk.shift(id, false) aria-label=move || say::document_line_up(lang, place.get() + 1)><Icon name="arrow-up"/></button>
                <button class="button-quiet" type="button" on:click=move |_| desk.shift(id, true) aria-label=move || say::document_line_down(lang, place.get() + 1)><Icon name="arrow-down"/></button>
                <button class="button-quiet" type="button" on:click=move |_| desk.remove(id) aria-label=move || say::document_line_remove(lang, place.get() + 1)><Icon name="x"/></button>
            </p>
            <div class="doc-below">
            {item}
            <p class="doc-more">
                <label class="doc-off"><input type="checkbox" name=name("[clears]") value="off" checked=hidden.clears == "off" prop:checked=off on:change=switch/>{say::clearing_switch_off(lang)}</label>
                <button class="button-quiet needs-script" type="button" aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)>{say::clearing_why(lang)}</button>
            </p>
            </div>
            {explained}
            {move || open.get().then(|| view! { <Repairs mending=mending line=id/> })}
        </div>
    }
}

/// A field of a line.
#[component]
fn Cell(
    col: &'static str,
    label: &'static str,
    #[prop(into)] name: Signal<String>,
    value: Signal<String>,
    set: Callback<String>,
    problem: Signal<Option<String>>,
    #[prop(optional)] number: bool,
) -> impl IntoView {
    view! {
        <label class=format!("cell cell-{col}")><span class="cell-label">{label}</span>
            <input type="text" data-col=col name=name autocomplete="off" inputmode=number.then_some("decimal") class:figure=number
                value=value.get_untracked() prop:value=value aria-invalid=move || problem.get().is_some().then_some("true")
                on:input=move |event| set.run(event_target_value(&event))/>
            <span class="field-problem" role="alert">{move || problem.get()}</span>
        </label>
    }
}

/// A choice of a line.
#[component]
fn Choice(
    col: &'static str,
    label: &'static str,
    #[prop(into)] name: Signal<String>,
    options: Vec<(Oco<'static, str>, Oco<'static, str>)>,
    value: Signal<String>,
    set: Callback<String>,
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let chosen = value.get_untracked();
    let options: Vec<_> = options
        .into_iter()
        .map(|(key, text)| {
            let selected = key.as_str() == chosen;
            view! { <option value=key selected=selected>{text}</option> }
        })
        .collect();
    view! {
        <label class=format!("cell cell-{col}")><span class="cell-label">{label}</span>
            <select data-col=col name=name prop:value=value on:change=move |event| set.run(event_target_value(&event))>{options}</select>
            <span class="field-problem" role="alert">{move || problem.get()}</span>
        </label>
    }
}
