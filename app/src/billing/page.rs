//! The billing page: the plan as of a day, the button that makes it so, and the runs until now.

use chrono::NaiveDate;
use domain::{ContractId, Permission};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_query_map},
};
use texts::{Lang, date, instant, read_date, say};
use wire::billing::{RunForm, RunPlan, RunRow};

use super::{
    calls::{StartBilling, list_runs, plan_billing},
    words::{items, totals},
};
use crate::{
    context::{lang, new_id, person, visitor},
    ui::{Failure, PageHead, Pages},
};

/// The page.
#[component]
pub fn BillingPage() -> impl IntoView {
    let lang = lang();
    let query = use_query_map();
    let today = visitor().today;
    let may_bill = person().is_some_and(|person| person.role.may(Permission::Bill));
    let as_of = Memo::new(move |_| {
        query.with(|query| query.get("as_of").and_then(|day| read_date(&day).ok())).unwrap_or(today)
    });
    let contract =
        Memo::new(move |_| query.with(|query| query.get("contract").and_then(|id| id.parse::<ContractId>().ok())));
    let page =
        Memo::new(move |_| query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1_u32));
    let plan = Resource::new(
        move || (as_of.get(), contract.get()),
        move |(as_of, contract)| async move {
            if may_bill { plan_billing(as_of, contract).await.map(Some) } else { Ok(None) }
        },
    );
    let runs = Resource::new(move || page.get(), list_runs);
    view! {
        <PageHead title=say::nav_billing(lang)/>
        <p class="quiet page-lead">{say::billing_lead(lang)}</p>
        {may_bill.then(|| view! {
            <form class="search" method="get" action="/billing">
                <div class="field">
                    <label for="billing-as-of">{say::billing_as_of(lang)}</label>
                    <input type="date" id="billing-as-of" name="as_of" prop:value=move || as_of.get().to_string() value=as_of.get_untracked().to_string()/>
                </div>
                {move || contract.get().map(|id| view! { <input type="hidden" name="contract" value=id.to_string()/> })}
                <button class="button-quiet" type="submit">{say::billing_plan(lang)}</button>
            </form>
        })}
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match plan.await {
                    Ok(None) => ().into_any(),
                    Ok(Some(plan)) => view! { <Plan plan=plan contract=contract.get_untracked()/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
        <section class="runs">
            <h2>{say::billing_runs(lang)}</h2>
            <Transition>
                {move || Suspend::new(async move {
                    match runs.await {
                        Ok(found) if found.rows.is_empty() => view! { <p class="empty">{say::billing_runs_empty(lang)}</p> }.into_any(),
                        Ok(found) => {
                            let page = page.get_untracked();
                            let at = |page: u32| if page > 1 { format!("/billing?page={page}") } else { "/billing".to_owned() };
                            let (previous, next) = ((page > 1).then(|| at(page - 1)), found.more.then(|| at(page + 1)));
                            view! { {runs_table(lang, &found.rows)}<Pages page=page previous=previous next=next/> }.into_any()
                        }
                        Err(error) => view! { <Failure error=error/> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Plan(plan: RunPlan, contract: Option<ContractId>) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<StartBilling>::new();
    let (as_of, invoices, more) = (plan.as_of, plan.totals.invoices, plan.more);
    let number = contract.and_then(|_| plan.items.first()).map(|item| item.contract_number.clone());
    let number = number.map(|number| view! { <p class="quiet">{say::billing_plan_for(lang, number)}</p> });
    if plan.items.is_empty() {
        return view! { <p class="empty" data-testid="nothing-due">{say::billing_nothing(lang, date(lang, as_of))}</p> }.into_any();
    }
    view! {
        <section class="sheet plan" data-testid="plan">
            <h2>{say::billing_plan_of(lang, date(lang, as_of))}</h2>
            {number}
            {totals(lang, &plan.totals)}
            {(invoices > 0).then(|| view! { <Start action=action as_of=as_of contract=contract invoices=invoices/> })}
            {items(lang, &plan.items)}
            {more.then(|| view! { <p class="quiet">{say::run_more(lang)}</p> })}
        </section>
    }
    .into_any()
}

#[component]
fn Start(
    action: ServerAction<StartBilling>,
    as_of: NaiveDate,
    contract: Option<ContractId>,
    invoices: u64,
) -> impl IntoView {
    let lang = lang();
    let id = new_id();
    let issue = RwSignal::new(true);
    let contract = contract.map_or_else(String::new, |id| id.to_string());
    let form = {
        let (id, contract) = (id.clone(), contract.clone());
        move || RunForm {
            id: id.clone(),
            as_of: as_of.to_string(),
            result: if issue.get_untracked() { "issue" } else { "draft" }.to_owned(),
            contract: contract.clone(),
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(StartBilling { form: form() });
    };
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(row)) = action.value().get() {
            navigate(&format!("/billing/{}", row.id), leptos_router::NavigateOptions::default());
        }
    });
    let refused = move || action.value().get().and_then(Result::err);
    let action_url = <StartBilling as server_fn::ServerFn>::url();
    view! {
        <form class="plan-start" method="post" action=action_url on:submit=submit>
            <input type="hidden" name="form[id]" value=id/>
            <input type="hidden" name="form[as_of]" value=as_of.to_string()/>
            <input type="hidden" name="form[contract]" value=contract/>
            <fieldset class="choice-row">
                <legend class="visually-hidden">{say::billing_result(lang)}</legend>
                <label><input type="radio" name="form[result]" value="issue" checked=true on:change=move |_| issue.set(true)/>{say::billing_issue(lang)}</label>
                <label><input type="radio" name="form[result]" value="draft" on:change=move |_| issue.set(false)/>{say::billing_draft(lang)}</label>
            </fieldset>
            <button class="button" type="submit" disabled=action.pending()>{say::billing_run(lang, invoices)}</button>
            {move || refused().map(|error| view! { <Failure error=error/> })}
        </form>
    }
}

/// The runs as a table.
pub(crate) fn runs_table(lang: Lang, rows: &[RunRow]) -> AnyView {
    let rows = rows.iter().map(|row| {
        let sums = row
            .totals
            .sums
            .iter()
            .map(|sum| texts::money(lang, domain::Money { minor: sum.gross, currency: sum.currency }));
        let sums = sums.collect::<Vec<_>>().join(" + ");
        let failed = (row.totals.failed > 0)
            .then(|| view! { <span class="bad">{format!("{} {}", row.totals.failed, say::run_failed(lang))}</span> });
        let working = row.ended.is_none().then(|| {
            view! { <span class="tag">{say::run_working(lang, row.done, row.contracts)}</span> }
        });
        let as_of = date(lang, row.as_of);
        let tags = [row.nightly.then(|| say::run_nightly(lang)), (!row.issue).then(|| say::run_drafts(lang))];
        let tags = tags.into_iter().flatten().map(|text| view! { <span class="tag">{text}</span> }).collect_view();
        view! {
            <tr>
                <th scope="row"><A href=format!("/billing/{}", row.id)>{as_of}</A>" "{tags}</th>
                <td class="quiet">{row.by.clone()}" · "{instant(lang, row.started)}</td>
                <td class="figure right">{row.totals.invoices.to_string()}</td>
                <td class="figure right">{sums}</td>
                <td>{failed}{working}</td>
            </tr>
        }
    });
    view! {
        <table class="list run-list">
            <thead><tr>
                <th scope="col">{say::billing_as_of(lang)}</th>
                <th scope="col">{say::contract_responsible(lang)}</th>
                <th scope="col" class="right">{say::run_invoices(lang)}</th>
                <th scope="col" class="right">{say::run_gross(lang)}</th>
                <th scope="col">{say::run_outcome(lang)}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
