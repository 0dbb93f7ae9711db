//! The items of a contract: a small table that grows as it is filled.

use domain::{Currency, Seconds};
use leptos::prelude::*;
use texts::{Lang, decimal, say};
use wire::contracts::ItemForm;

use super::{terms::Terms, words::money};
use crate::{
    articles::unit_options,
    context::lang,
    ui::{Field, FieldKind, Icon, Select},
};

/// An empty row.
fn empty(terms: Terms) -> ItemForm {
    let lang = lang();
    let vat = terms.catalogue.with_value(|all| all.vat_rates.first().map(|rate| decimal(lang, rate.percent())));
    ItemForm { quantity: "1".to_owned(), unit: "piece".to_owned(), vat: vat.unwrap_or_default(), ..ItemForm::default() }
}

/// The table.
#[component]
pub(super) fn Items(terms: Terms) -> impl IntoView {
    let lang = lang();
    let form = terms.form;
    let rows = move || form.with(|form| form.items.len());
    let add = move |_| form.update(|form| form.items.push(untrack(|| empty(terms))));
    let problem = terms.problem("items");
    view! {
        <div class="items" data-testid="items">
            <For each=move || 0..rows() key=|place| *place children=move |place| view! { <Row terms=terms place=place/> }/>
        </div>
        <p class="field-problem" role="alert" id="terms-items-problem">{move || problem.get()}</p>
        <button class="button-quiet needs-script" type="button" on:click=add><Icon name="plus"/>{say::item_add(lang)}</button>
    }
}

#[component]
fn Row(terms: Terms, place: usize) -> impl IntoView {
    let lang = lang();
    let form = terms.form;
    let articles = terms.catalogue.with_value(|all| {
        let none = (Oco::from(""), Oco::from(say::item_article_none(lang)));
        let all = all.articles.iter().map(|article| {
            (Oco::from(article.id.to_string()), Oco::from(format!("{} {}", article.card.number, article.card.name)))
        });
        std::iter::once(none).chain(all).collect::<Vec<_>>()
    });
    let rates = terms.catalogue.with_value(|all| {
        let rates = all.vat_rates.iter().map(|rate| decimal(lang, rate.percent()));
        rates.map(|rate| (Oco::from(rate.clone()), Oco::from(rate))).collect::<Vec<_>>()
    });
    let read = move |pick: fn(&ItemForm) -> &String| {
        Signal::derive(move || {
            form.with(|form| form.items.get(place).map(|item| pick(item).clone()).unwrap_or_default())
        })
    };
    let write = move |pick: fn(&mut ItemForm) -> &mut String| {
        move |value: String| {
            form.update(|form| {
                if let Some(item) = form.items.get_mut(place) {
                    *pick(item) = value;
                }
            });
        }
    };
    let choose = move |id: String| {
        let article =
            terms.catalogue.with_value(|all| all.articles.iter().find(|found| found.id.to_string() == id).cloned());
        form.update(|form| {
            let Some(item) = form.items.get_mut(place) else { return };
            match article {
                Some(article) => *item = ItemForm::of_article(lang, &article, &item.quantity),
                None => (item.article, item.group, item.sub_group) = Default::default(),
            }
        });
    };
    let remove = move |_| {
        form.update(|form| {
            if place < form.items.len() {
                form.items.remove(place);
            }
        });
    };
    let total = move || {
        form.with(|form| form.items.get(place).and_then(|item| line_total(lang, item, &form.currency, terms.day)))
    };
    let name = |field: &str| format!("form[terms][items][{place}][{field}]");
    let id = |field: &str| format!("items-{place}-{field}");
    let wrong = |field: &str| terms.problem(format!("items.{place}.{field}"));
    view! {
        <div class="item">
            <Select label=say::item_article(lang) name=name("article") id=id("article") options=articles
                value=read(|item| &item.article) set=choose problem=wrong("article")/>
            <input type="hidden" name=name("group") prop:value=read(|item| &item.group) value=read(|item| &item.group).get_untracked()/>
            <input type="hidden" name=name("sub_group") prop:value=read(|item| &item.sub_group) value=read(|item| &item.sub_group).get_untracked()/>
            <Field label=say::item_text(lang) name=name("text") id=id("text") value=read(|item| &item.text)
                set=write(|item| &mut item.text) problem=wrong("text")/>
            <Field label=say::item_quantity(lang) name=name("quantity") id=id("quantity") kind=FieldKind::Amount
                value=read(|item| &item.quantity) set=write(|item| &mut item.quantity) problem=wrong("quantity")/>
            <Select label=say::item_unit(lang) name=name("unit") id=id("unit") options=unit_options(lang)
                value=read(|item| &item.unit) set=write(|item| &mut item.unit) problem=wrong("unit")/>
            <Field label=say::item_price(lang) name=name("price") id=id("price") kind=FieldKind::Amount
                value=read(|item| &item.price) set=write(|item| &mut item.price) problem=wrong("price")/>
            <Field label=say::item_discount(lang) name=name("discount") id=id("discount") kind=FieldKind::Amount
                value=read(|item| &item.discount) set=write(|item| &mut item.discount) problem=wrong("discount")/>
            <Select label=say::item_vat(lang) name=name("vat") id=id("vat") options=rates
                value=read(|item| &item.vat) set=write(|item| &mut item.vat) problem=wrong("vat")/>
            <p class="item-total"><span class="field-label">{say::item_total(lang)}</span><span class="figure" data-testid="item-total">{total}</span></p>
            <button class="button-quiet needs-script" type="button" on:click=remove title=say::item_remove(lang, place + 1) aria-label=say::item_remove(lang, place + 1)>
                <Icon name="x"/>
            </button>
        </div>
    }
}

/// What an item comes to, if it can be read.
fn line_total(lang: Lang, item: &ItemForm, currency: &str, day: Seconds) -> Option<String> {
    let currency = Currency::from_code(currency)?;
    let total = item.line(lang)?.total(currency, day)?;
    Some(money(lang, total.minor, currency))
}
