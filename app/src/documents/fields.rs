//! The fields of a line: what is typed, what the quota pays of it right below, and why.

use leptos::prelude::*;
use texts::{money, say};
use wire::{FieldText, contracts::ItemForm, documents::LineForm};

use super::{
    desk::{Desk, Options, Row},
    lines::item_row,
};
use crate::{
    articles::unit_options,
    clearing::{Mending, Repairs, why},
    context::{hydrating, lang},
    contracts::told,
    ui::Icon,
};

/// The fields. `far` down in what the server sends, the article is the only one of its choices.
#[component]
pub(super) fn Fields(
    desk: Desk,
    row: Row,
    place: Memo<usize>,
    problems: Signal<Vec<FieldText>>,
    mending: Mending,
    #[prop(optional)] far: bool,
) -> impl IntoView {
    let lang = lang();
    let (id, form) = (row.id, row.form);
    let name = move |field: &'static str| Signal::derive(move || format!("form[lines][{}]{field}", place.get()));
    // What the server refused, and what can be seen to be wrong while it is typed.
    let faults = Memo::new(move |_| {
        let own = format!("lines.{}.", place.get());
        let mut faults = problems.with(|all| {
            let named = all.iter().filter_map(|found| Some((found.field.strip_prefix(&own)?, &found.text)));
            named.map(|(field, text)| (field.to_owned(), text.clone())).collect::<Vec<_>>()
        });
        row.read.with(|read| {
            let typed = read.iter().filter_map(|read| read.as_ref().err()).flatten().filter(|found| told(found));
            faults.extend(typed.map(|found| (found.field.clone(), found.reason.text(lang))));
        });
        faults
    });
    let wrong = move |field: &'static str| {
        Signal::derive(move || {
            faults.with(|all| all.iter().find(|(found, _)| found == field).map(|(_, text)| text.clone()))
        })
    };
    let read = move |pick: fn(&LineForm) -> &String| Signal::derive(move || form.with(|form| pick(form).clone()));
    let write = move |pick: fn(&mut LineForm) -> &mut String| {
        Callback::new(move |value: String| form.update(|form| *pick(form) = value))
    };
    let articles = desk.given.with_value(|given| {
        let chosen = form.with_untracked(|form| form.item.article.clone());
        let shown = given.articles.iter().filter(|(key, _)| !far || key.is_empty() || key.as_str() == chosen);
        shown.cloned().collect::<Options>()
    });
    let rates = desk.given.with_value(|given| given.rates.clone());
    let choose = Callback::new(move |chosen: String| {
        let article =
            desk.catalogue.with_value(|all| all.articles.iter().find(|found| found.id.to_string() == chosen).cloned());
        form.update(|form| match article {
            Some(article) => form.item = ItemForm::of_article(lang, &article, &form.item.quantity),
            None => (form.item.article, form.item.group, form.item.sub_group) = Default::default(),
        });
        desk.propose(row);
    });
    let chosen = Memo::new(move |_| form.with(|form| form.contract.clone()));
    let contracts = Memo::new(move |_| {
        let none = (String::new(), say::document_line_no_contract(lang).to_owned());
        let chosen = chosen.get();
        desk.facts.with(|facts| {
            let known = facts.iter().flat_map(|facts| &facts.contracts);
            let shown = known.filter(|known| known.unit.is_some() || known.id.to_string() == chosen);
            let all = shown.map(|known| (known.id.to_string(), format!("{} {}", known.number, known.type_name)));
            std::iter::once(none).chain(all).collect::<Vec<_>>()
        })
    });
    let currency = desk.currency;
    let clearing = Memo::new(move |_| desk.of_line.with(|all| all.get(&id).cloned()));
    let total =
        move || clearing.get().map(|found| money(lang, domain::Money { minor: found.total, currency: currency.get() }));
    let item = move || clearing.get().map(|found| item_row(lang, &found, currency.get()));
    let open = row.open;
    let explained = move || {
        let found = clearing.get().filter(|_| open.get())?;
        Some(view! { <div class="doc-why" data-testid="why">{why(lang, &found)}</div> })
    };
    let off = move || form.with(|form| form.clears == "off");
    let switch = move |event| {
        let word = if event_target_checked(&event) { "off" } else { "" };
        form.update(|form| word.clone_into(&mut form.clears));
    };
    let contract_problem = wrong("contract");
    let hidden = form.get_untracked();
    view! {
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
            <select data-col="contract" name=name("[contract]") prop:value=move || chosen.get() on:change=move |event| form.update(|form| form.contract = event_target_value(&event))>
                {move || {
                    let chosen = chosen.get();
                    contracts.get().into_iter().map(|(key, text)| {
                        let selected = key == chosen;
                        view! { <option value=key selected=selected>{text}</option> }
                    }).collect_view()
                }}
            </select>
            <span class="field-problem" role="alert">{contract_problem}</span>
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

/// A choice of a line. What the server has sent is left as it stands: there are many choices, and nothing in them is
/// live.
#[component]
fn Choice(
    col: &'static str,
    label: &'static str,
    #[prop(into)] name: Signal<String>,
    options: Options,
    value: Signal<String>,
    set: Callback<String>,
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let change = move |event| set.run(event_target_value(&event));
    let select = if hydrating() {
        view! { <select data-col=col name=name prop:value=value on:change=change></select> }.into_any()
    } else {
        let chosen = value.get_untracked();
        let options = options.into_iter().map(|(key, text)| {
            let selected = key.as_str() == chosen;
            view! { <option value=key selected=selected>{text}</option> }
        });
        let options = options.collect::<Vec<_>>();
        view! { <select data-col=col name=name prop:value=value on:change=change>{options}</select> }.into_any()
    };
    view! {
        <label class=format!("cell cell-{col}")><span class="cell-label">{label}</span>
            {select}
            <span class="field-problem" role="alert">{move || problem.get()}</span>
        </label>
    }
}
