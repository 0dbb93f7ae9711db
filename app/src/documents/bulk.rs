//! Doing the same with the selected documents: the plan for each of them first, then what came of each.

use domain::{DocumentId, Money, documents::DocumentState};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, date, money, say};
use wire::documents::{BulkForm, BulkItem, BulkView, BulkWay, MOST_BULK};

use super::{
    calls::{BulkDocuments, load_bulk_plan},
    words::title,
};
use crate::{
    context::{lang, page_query, visitor},
    ui::{Failure, Field, FieldKind, PageHead},
};

/// What the address asks for: the way, the documents, and whether it was just done.
type Asked = (BulkWay, Vec<DocumentId>, bool);

fn asked() -> Memo<Asked> {
    let query = page_query();
    Memo::new(move |_| {
        query.with(|query| {
            let way = query.get("do").and_then(|name| BulkWay::from_name(&name)).unwrap_or_default();
            let named = query.get_all("d").unwrap_or_default();
            let mut ids = Vec::new();
            for id in named.iter().flat_map(|named| named.split(',')).filter_map(|id| id.parse().ok()).take(MOST_BULK) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            (way, ids, query.get("done").is_some())
        })
    })
}

/// The page.
#[component]
pub fn DocumentsBulkPage() -> impl IntoView {
    let lang = lang();
    let ask = asked();
    let action = ServerAction::<BulkDocuments>::new();
    let plan = Resource::new(
        move || ask.get(),
        |(way, ids, _)| async move {
            if ids.is_empty() { Ok(BulkView { way, items: Vec::new() }) } else { load_bulk_plan(way, ids).await }
        },
    );
    let (way, _, done) = ask.get_untracked();
    let (heading, lead) = match way {
        BulkWay::Issue => (say::bulk_issue_title(lang), say::bulk_issue_lead(lang)),
        BulkWay::Delete => (say::bulk_delete_title(lang), say::bulk_delete_lead(lang)),
        BulkWay::Cancel => (say::bulk_cancel_title(lang), say::bulk_cancel_lead(lang)),
        BulkWay::Settle => (say::bulk_settle_title(lang), say::bulk_settle_lead(lang)),
        BulkWay::Remind => (say::bulk_remind_title(lang), say::bulk_remind_lead(lang)),
    };
    let list = if matches!(way, BulkWay::Settle | BulkWay::Remind) { "/open-items" } else { "/documents" };
    let above = view! { <A href=list>{say::bulk_back(lang)}</A> }.into_any();
    let came = move || action.value().get().and_then(Result::ok);
    // Belongs to the page and not to the form: the answer takes the form away while its fields still look at it.
    let field = if way == BulkWay::Settle { "date" } else { "reason" };
    let problem = Signal::derive(move || action.value().get()?.err()?.at(field));
    view! {
        <PageHead title=heading above=above/>
        {move || match came() {
            Some(came) => result(lang, &came),
            None => view! {
                {(!done).then(|| view! { <p class="page-lead">{lead}</p> })}
                <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
                    {move || Suspend::new(async move {
                        match plan.await {
                            Ok(plan) if done => result(lang, &plan),
                            Ok(plan) => view! { <Plan plan=plan action=action problem=problem/> }.into_any(),
                            Err(error) => view! { <Failure error=error/> }.into_any(),
                        }
                    })}
                </Suspense>
            }.into_any(),
        }}
    }
}

#[component]
fn Plan(plan: BulkView, action: ServerAction<BulkDocuments>, problem: Signal<Option<String>>) -> impl IntoView {
    let lang = lang();
    if plan.items.is_empty() {
        return view! { <p class="empty">{say::bulk_nothing(lang)}</p> }.into_any();
    }
    let able = plan.items.iter().filter(|item| item.refused.is_none() && !item.done).count();
    let documents: Vec<String> = plan.items.iter().map(|item| item.row.id.to_string()).collect();
    let start = if able > 0 {
        view! { <Start action=action way=plan.way able=able documents=documents.join(",") problem=problem/> }.into_any()
    } else {
        view! { <p class="warn">{say::bulk_nothing_possible(lang)}</p> }.into_any()
    };
    view! { <section class="sheet plan" data-testid="bulk-plan">{table(lang, &plan)}{start}</section> }.into_any()
}

#[component]
fn Start(
    action: ServerAction<BulkDocuments>,
    way: BulkWay,
    able: usize,
    documents: String,
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let lang = lang();
    let came_back = action.value().get_untracked().and_then(Result::err);
    let typed = came_back.and_then(|error| error.typed::<BulkForm>());
    let typed = typed.unwrap_or_else(|| BulkForm { date: visitor().today.to_string(), ..BulkForm::default() });
    let (reason, date) = (RwSignal::new(typed.reason), RwSignal::new(typed.date));
    let name = match way {
        BulkWay::Issue => say::bulk_issue_save(lang, able),
        BulkWay::Delete => say::bulk_delete_save(lang, able),
        BulkWay::Cancel => say::bulk_cancel_save(lang, able),
        BulkWay::Settle => say::bulk_settle_save(lang, able),
        BulkWay::Remind => say::bulk_remind_save(lang, able),
    };
    let hidden = documents.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (reason, date) = (reason.get_untracked(), date.get_untracked());
        let form = BulkForm { way: way.name().to_owned(), documents: documents.clone(), reason, date };
        action.dispatch(BulkDocuments { form });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let elsewhere = move || refused().filter(|_| problem.get().is_none());
    let why = (way == BulkWay::Cancel).then(|| {
        view! {
            <Field label=say::document_cancel_reason(lang) name="form[reason]" id="bulk-reason" required=true
                value=reason set=move |value| reason.set(value) problem=problem/>
        }
    });
    let when = (way == BulkWay::Settle).then(|| {
        view! {
            <Field label=say::receipt_date(lang) name="form[date]" id="bulk-date" kind=FieldKind::Date required=true
                value=date set=move |value| date.set(value) problem=problem/>
        }
    });
    let class = if matches!(way, BulkWay::Issue | BulkWay::Settle | BulkWay::Remind) {
        "button"
    } else {
        "button button-danger"
    };
    let action_url = <BulkDocuments as server_fn::ServerFn>::url();
    view! {
        <form method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[way]" value=way.name()/>
            <input type="hidden" name="form[documents]" value=hidden/>
            {why}{when}
            <button class=class type="submit" disabled=action.pending()>{name}</button>
        </form>
        {move || elsewhere().map(|error| view! { <Failure error=error/> })}
    }
}

/// What came of each document, those that failed with their reason.
fn result(lang: Lang, came: &BulkView) -> AnyView {
    let failed = came.items.iter().filter(|item| !item.done).count();
    let done = came.items.len() - failed;
    view! {
        <section class="sheet plan" data-testid="bulk-result">
            <h2>{say::bulk_result(lang)}</h2>
            <p role="status">{say::bulk_result_some(lang, done, failed)}</p>
            {table(lang, came)}
        </section>
    }
    .into_any()
}

fn table(lang: Lang, view: &BulkView) -> AnyView {
    let rows = view.items.iter().map(|item| row(lang, view.way, item)).collect_view();
    view! {
        <table class="list bulk-items">
            <thead><tr>
                <th scope="col">{say::list_document(lang)}</th>
                <th scope="col">{say::contract_customer(lang)}</th>
                <th scope="col">{say::document_date(lang)}</th>
                <th scope="col" class="right">{say::document_gross(lang)}</th>
                <th scope="col">{say::bulk_will(lang)}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(lang: Lang, way: BulkWay, item: &BulkItem) -> AnyView {
    let name = title(lang, item.row.kind, item.row.number.as_deref());
    let gone = way == BulkWay::Delete && item.done;
    let name = if gone {
        view! { {name} }.into_any()
    } else {
        view! { <A href=format!("/documents/{}", item.row.id)>{name}</A> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{item.row.customer.name.clone()}</td>
            <td class="figure" data-label=say::document_date(lang)>{date(lang, item.row.date)}</td>
            <td class="figure right" data-label=say::document_gross(lang)>{money(lang, item.row.gross)}</td>
            <td>{outcome(lang, way, item)}</td>
        </tr>
    }
    .into_any()
}

/// What happens or happened with a document, or what stands in the way.
fn outcome(lang: Lang, way: BulkWay, item: &BulkItem) -> AnyView {
    if let Some(problem) = &item.refused {
        let missing = way == BulkWay::Issue && item.row.state == DocumentState::Draft && !problem.fields().is_empty();
        let text = if missing { say::bulk_no_lines(lang).to_owned() } else { problem.text(lang) };
        return view! { <span class="warn">{text}</span> }.into_any();
    }
    let text = match (way, item.done) {
        (BulkWay::Issue, false) => say::bulk_will_issue(lang).to_owned(),
        (BulkWay::Delete, false) => say::bulk_will_delete(lang).to_owned(),
        (BulkWay::Cancel, false) => say::bulk_will_cancel(lang).to_owned(),
        (BulkWay::Settle, false) => {
            let open = item.row.invoice().open();
            let figure = money(lang, Money { minor: open.saturating_abs(), currency: item.row.gross.currency });
            if open < 0 { say::bulk_will_pay_back(lang, figure) } else { say::bulk_will_settle(lang, figure) }
        }
        (BulkWay::Settle, true) => say::bulk_done_settle(lang).to_owned(),
        (BulkWay::Remind, false) => say::bulk_will_remind(lang, item.row.reminded.times + 1),
        (BulkWay::Remind, true) => say::bulk_done_remind(lang, item.row.reminded.times),
        (BulkWay::Issue, true) => say::bulk_done_issue(lang, item.row.number.clone().unwrap_or_default()),
        (BulkWay::Delete, true) => say::bulk_done_delete(lang).to_owned(),
        (BulkWay::Cancel, true) => {
            let number = item.cancellation.as_ref().and_then(|(_, number)| number.clone());
            say::bulk_done_cancel(lang, number.unwrap_or_default())
        }
    };
    let frees = match item.freed {
        0 => None,
        1 => Some(say::run_cancel_frees_one(lang).to_owned()),
        count => Some(say::run_cancel_frees(lang, count)),
    };
    let deficits = item.deficits.iter().map(|(unit, lost)| say::run_cancel_deficit(lang, amount(lang, *unit, *lost)));
    let more: Vec<String> = frees.into_iter().chain(deficits).collect();
    let more = (!more.is_empty()).then(|| view! { <span class="row-note quiet">{more.join(" · ")}</span> });
    view! { {text}{more} }.into_any()
}
