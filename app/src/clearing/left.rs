//! What is left of each quota: always in sight while a document is typed.

use domain::{ContractId, clearing::ContractLeft};
use leptos::prelude::*;
use texts::{Lang, amount, date, say, validity};
use wire::documents::KnownContract;

use crate::{
    context::lang,
    ui::{Bar, LotBar},
};

/// The quotas of the customer on the date of the document.
#[component]
pub(crate) fn Left(
    left: Vec<ContractLeft>,
    contracts: Vec<KnownContract>,
    day: chrono::NaiveDate,
    named: Vec<ContractId>,
) -> impl IntoView {
    let lang = lang();
    // Those that lines name come first; of the others only those that could be named.
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for left in &left {
        if named.contains(&left.contract) {
            first.push(left);
        } else if left.before.is_positive() {
            others.push(left);
        }
    }
    if first.is_empty() && others.is_empty() {
        return view! { <p class="quiet">{say::document_left_none(lang)}</p> }.into_any();
    }
    let row = |left: &&ContractLeft| {
        let known = contracts.iter().find(|known| known.id == left.contract);
        row(lang, left, known, day)
    };
    view! { <ul class="left-list" data-testid="left">{first.iter().chain(&others).map(row).collect_view()}</ul> }
        .into_any()
}

/// What is left of a quota on a day.
pub(crate) fn left_words(lang: Lang, left: &ContractLeft, day: chrono::NaiveDate) -> String {
    let figure = |value| amount(lang, left.unit, value);
    if left.before.is_zero() {
        say::document_left_nothing(lang, date(lang, day))
    } else if left.drawn.is_zero() {
        say::document_left_untouched(lang, figure(left.before))
    } else {
        say::document_left_words(lang, figure(left.after), figure(left.before))
    }
}

fn row(lang: Lang, left: &ContractLeft, known: Option<&KnownContract>, day: chrono::NaiveDate) -> AnyView {
    let figure = |value| amount(lang, left.unit, value);
    let bar = Bar { granted: left.before, planned: left.drawn, ..Bar::default() };
    let words = left_words(lang, left, day);
    let deficit = left.deficit.is_positive().then(|| {
        view! { <span class="warn">{say::document_left_deficit(lang, figure(left.deficit))}</span> }
    });
    let (number, kind) = known.map(|known| (known.number.clone(), known.type_name.clone())).unwrap_or_default();
    let period = left.period.map(|period| validity(lang, period));
    view! {
        <li>
            <p class="left-name"><strong>{number}</strong>" "<span class="quiet">{kind}{period.map(|period| format!(" · {period}"))}</span></p>
            <LotBar bar=bar/>
            <p class="lot-words"><span class="figure">{words}</span>{deficit}</p>
        </li>
    }
    .into_any()
}
