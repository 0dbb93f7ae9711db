//! What lists share: the address that says everything, filters, headings that sort, pages, what to say when nothing is
//! found, and files to take away. A list adds its filters, its columns and its rows.

use leptos::{prelude::*, wasm_bindgen::JsCast};
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, amount, say};
use wire::lists::{Export, ListQuery, UnitSum};

use super::{Failure, Field, FieldKind, Icon, Select};
use crate::{
    call::CallError,
    context::{lang, page_query},
};

/// The query that stands in the address.
pub fn asked<Q: ListQuery>() -> Memo<Q> {
    let map = page_query();
    Memo::new(move |_| map.with(|map| Q::from_address(|name| map.get(name))))
}

/// The filters of a list. Without JavaScript it is a plain form; with it, the address says no more than what is set.
#[component]
pub fn Filters<Q: ListQuery>(ask: Memo<Q>, children: Children) -> impl IntoView {
    let lang = lang();
    let navigate = use_navigate();
    let submit = move |event: leptos::ev::SubmitEvent| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok()) else {
            return;
        };
        let Ok(data) = web_sys::FormData::new_with_form(&form) else { return };
        event.prevent_default();
        let typed = Q::from_address(|name| data.get(name).as_string().filter(|value| !value.is_empty()));
        navigate(&typed.to_address(), leptos_router::NavigateOptions::default());
    };
    let order = move || {
        let (_, desc, _) = ask.with(ListQuery::order);
        let sort = ask.with(ListQuery::sort_name).map(|name| view! { <input type="hidden" name="sort" value=name/> });
        let desc = desc.then(|| view! { <input type="hidden" name="desc" value="1"/> });
        view! { {sort}{desc} }
    };
    let clear = move || {
        ask.with(ListQuery::filtered)
            .then(|| view! { <A href=Q::PATH attr:class="filters-clear">{say::list_clear(lang)}</A> })
    };
    view! {
        <form class="filters" method="get" action=Q::PATH role="search" on:submit=submit>
            {children()}
            {order}
            <div class="filters-do">
                <button class="button-quiet" type="submit"><Icon name="search"/>{say::list_filter(lang)}</button>
                {clear}
            </div>
        </form>
    }
}

/// A filter of words.
pub fn words_filter<Q: ListQuery>(
    ask: Memo<Q>,
    (name, id): (&'static str, &'static str),
    (label, hint): (&'static str, Option<&'static str>),
    typed: fn(&Q) -> String,
) -> AnyView {
    let value = Signal::derive(move || ask.with(typed));
    match hint {
        Some(hint) => {
            view! { <Field label=label name=name id=id kind=FieldKind::Search value=value hint=hint/> }.into_any()
        }
        None => view! { <Field label=label name=name id=id kind=FieldKind::Search value=value/> }.into_any(),
    }
}

/// A filter of a day.
pub fn day_filter<Q: ListQuery>(
    ask: Memo<Q>,
    (name, id): (&'static str, &'static str),
    label: &'static str,
    day: fn(&Q) -> Option<chrono::NaiveDate>,
) -> AnyView {
    let value = Signal::derive(move || ask.with(day).map(|day| day.to_string()).unwrap_or_default());
    view! { <Field label=label name=name id=id kind=FieldKind::Date value=value/> }.into_any()
}

/// A filter of a few choices; the first of the list is that nothing is chosen.
pub fn choice_filter<Q: ListQuery>(
    ask: Memo<Q>,
    (name, id): (&'static str, &'static str),
    label: &'static str,
    choices: Vec<(String, String)>,
    chosen: fn(&Q) -> String,
) -> AnyView {
    let lang = lang();
    let value = Signal::derive(move || ask.with(chosen));
    let all = std::iter::once((String::new(), say::list_any(lang).to_owned()));
    let options = all.chain(choices).map(|(key, text)| (key.into(), text.into())).collect();
    view! { <Select label=label name=name id=id options=options value=value set=Callback::new(|_: String| ())/> }
        .into_any()
}

/// Yes and no, for a filter.
pub fn yes_and_no(lang: Lang) -> Vec<(String, String)> {
    vec![("yes".to_owned(), say::list_yes(lang).to_owned()), ("no".to_owned(), say::list_no(lang).to_owned())]
}

/// The value of such a filter.
pub fn yes_or_no(is: Option<bool>) -> String {
    is.map(|yes| if yes { "yes" } else { "no" }).unwrap_or_default().to_owned()
}

/// Links to the files with all rows of a list.
pub fn exports<Q: ListQuery>(ask: Memo<Q>) -> AnyView {
    let lang = lang();
    let link = move |form: Export, text: &'static str, title: &'static str| {
        let href = move || ask.with(|ask| ask.export(form));
        view! { <a class="button-quiet export" href=href rel="external" download="" title=title><Icon name="download"/>{text}</a> }
    };
    view! {
        {link(Export::Csv, say::export_csv(lang), say::export_title_csv(lang))}
        {link(Export::Xlsx, say::export_xlsx(lang), say::export_title_xlsx(lang))}
    }
    .into_any()
}

/// What a list shows of an answer.
pub trait Answer: Clone + Send + Sync + 'static {
    /// Whether there is no row on this page.
    fn is_empty(&self) -> bool;
}

impl<R: Clone + Send + Sync + 'static> Answer for wire::Page<R> {
    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Answer for wire::lists::DeficitPage {
    fn is_empty(&self) -> bool {
        self.page.rows.is_empty()
    }
}

impl Answer for wire::lists::OpenItemPage {
    fn is_empty(&self) -> bool {
        self.page.rows.is_empty()
    }
}

impl Answer for wire::lists::LapsePage {
    fn is_empty(&self) -> bool {
        self.page.rows.is_empty()
    }
}

/// The rows of a list, or what to say when there are none: `empty` when nothing is filtered.
pub fn listed<Q: ListQuery, R: Answer>(
    ask: Memo<Q>,
    page: Resource<Result<R, CallError>>,
    empty: &'static str,
    shown: fn(Lang, &Q, R) -> AnyView,
) -> AnyView {
    let lang = lang();
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let found = page.await;
                let ask = ask.get_untracked();
                match found {
                    Ok(found) if found.is_empty() => nothing(lang, &ask, empty),
                    Ok(found) => shown(lang, &ask, found),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Why there is nothing, and what to do next.
fn nothing<Q: ListQuery>(lang: Lang, ask: &Q, empty: &'static str) -> AnyView {
    let (_, _, page) = ask.order();
    let content = if page > 1 {
        view! { <p>{say::list_beyond(lang)}</p><p><A href=ask.at_page(1)>{say::list_first_page(lang)}</A></p> }
            .into_any()
    } else if ask.filtered() {
        view! { <p>{say::list_none_found(lang)}</p><p><A href=Q::PATH>{say::list_clear(lang)}</A></p> }.into_any()
    } else {
        view! { <p>{empty}</p> }.into_any()
    };
    view! { <div class="empty">{content}</div> }.into_any()
}

/// The heading of a column.
pub struct Head<S> {
    text: &'static str,
    sort: Option<S>,
    right: bool,
}

/// A heading that sorts.
pub fn by<S>(text: &'static str, sort: S) -> Head<S> {
    Head { text, sort: Some(sort), right: false }
}

/// A heading that only names its column.
pub fn plain<S>(text: &'static str) -> Head<S> {
    Head { text, sort: None, right: false }
}

/// The heading of figures.
pub fn figures<S>(text: &'static str) -> Head<S> {
    Head { text, sort: None, right: true }
}

/// The row of headings. With `select` the first column selects rows, and its heading all of them.
pub fn heads<Q: ListQuery>(lang: Lang, ask: &Q, columns: Vec<Head<Q::Sort>>, select: bool) -> AnyView {
    let (now, desc, _) = ask.order();
    let select = select.then(|| view! { <td class="select">{select_all(lang)}</td> });
    let columns = columns.into_iter().map(|Head { text, sort, right }| match sort {
        Some(sort) => {
            let href = ask.sorted_by(sort);
            view! { <SortHead href=href text=text active=now == sort desc=desc/> }.into_any()
        }
        None => view! { <th scope="col" class:right=right>{text}</th> }.into_any(),
    });
    view! { <thead><tr>{select}{columns.collect_view()}</tr></thead> }.into_any()
}

/// The box that selects every row of the page. It needs JavaScript; the boxes of the rows do not.
fn select_all(lang: Lang) -> AnyView {
    let all = move |event: leptos::ev::Event| {
        let on = event_target_checked(&event);
        let Ok(boxes) = document().query_selector_all("tbody td.select input[type=checkbox]") else { return };
        for place in 0..boxes.length() {
            if let Some(input) = boxes.item(place).and_then(|node| node.dyn_into::<web_sys::HtmlInputElement>().ok()) {
                input.set_checked(on);
            }
        }
    };
    view! { <input class="needs-script" type="checkbox" aria-label=say::bulk_all(lang) on:change=all/> }.into_any()
}

/// The box that selects a row.
pub fn select_row(lang: Lang, name: &'static str, value: String, label: &str) -> AnyView {
    let label = say::bulk_select(lang, label);
    view! { <td class="select"><input type="checkbox" name=name value=value aria-label=label/></td> }.into_any()
}

/// The pages before and after this one.
pub fn pages<Q: ListQuery>(ask: &Q, more: bool) -> AnyView {
    let (_, _, page) = ask.order();
    let (previous, next) = ((page > 1).then(|| ask.at_page(page - 1)), more.then(|| ask.at_page(page + 1)));
    view! { <Pages page=page previous=previous next=next/> }.into_any()
}

/// The sums of all pages.
pub fn sums(lang: Lang, sums: &[UnitSum]) -> AnyView {
    let rows = sums.iter().map(|sum| {
        let text = say::list_sum_of(lang, amount(lang, sum.unit, sum.amount), sum.rows);
        view! { <dd class="figure">{text}</dd> }
    });
    view! { <dl class="list-sums" data-testid="sums"><dt>{say::list_sum(lang)}</dt>{rows.collect_view()}</dl> }
        .into_any()
}

/// The heading of a column by which the list can be sorted.
#[component]
pub fn SortHead(href: String, text: &'static str, active: bool, desc: bool) -> impl IntoView {
    let lang = lang();
    let aria = active.then_some(if desc { "descending" } else { "ascending" });
    let label = if active && !desc { say::sort_descending(lang, text) } else { say::sort_ascending(lang, text) };
    view! {
        <th scope="col" aria-sort=aria>
            <A href=href attr:title=label>{text}{active.then(|| view! { <Icon name=if desc { "arrow-down" } else { "arrow-up" }/> })}</A>
        </th>
    }
}

/// The pages before and after.
#[component]
pub fn Pages(page: u32, previous: Option<String>, next: Option<String>) -> impl IntoView {
    let lang = lang();
    let previous =
        previous.map(|href| view! { <A href=href><Icon name="chevron-left"/>{say::page_previous(lang)}</A> });
    let next = next.map(|href| view! { <A href=href>{say::page_next(lang)}<Icon name="chevron-right"/></A> });
    view! {
        <nav class="pages" aria-label=say::page_number(lang, page)>
            {previous}<span class="quiet">{say::page_number(lang, page)}</span>{next}
        </nav>
    }
}
