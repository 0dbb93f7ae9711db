//! The billing page: the plan as of a day, the button that makes it so, and the runs until now.

use chrono::NaiveDate;
use domain::Permission;
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, amount, date, instant, read_date, say};
use wire::billing::{BilledOf, PlannedDeficit, RunForm, RunPlan, RunQuery, RunRow, Scope};

use super::{
    calls::{StartBilling, list_runs, plan_billing},
    words::{items, totals},
};
use crate::{
    bookings::booking_link,
    context::{lang, may, new_id, page_query, visitor},
    documents::title,
    ui::{Failure, PageHead, Pages},
};

/// The page.
#[component]
pub fn BillingPage() -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let today = visitor().today;
    let (may_bill, may_cancel) = (may(Permission::Bill), may(Permission::Cancel));
    let as_of = Memo::new(move |_| {
        query.with(|query| query.get("as_of").and_then(|day| read_date(&day).ok())).unwrap_or(today)
    });
    let scope = Memo::new(move |_| query.with(scope_of));
    let page =
        Memo::new(move |_| query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1_u32));
    let nothing_chosen =
        Memo::new(move |_| query.with(|query| query.get("chosen").is_some() && query.get("c").is_none()));
    let plan = Resource::new(
        move || (as_of.get(), scope.get(), nothing_chosen.get()),
        move |(as_of, scope, nothing)| async move {
            let may = if scope.reruns() { may_cancel } else { may_bill };
            if may && !nothing { plan_billing(as_of, scope).await.map(Some) } else { Ok(None) }
        },
    );
    let runs = Resource::new(move || page.get(), |page| list_runs(RunQuery { page, ..RunQuery::default() }));
    view! {
        <PageHead title=say::nav_billing(lang)/>
        <p class="quiet page-lead">{say::billing_lead(lang)}</p>
        {may_bill.then(|| view! {
            <form class="search" method="get" action="/billing">
                <div class="field">
                    <label for="billing-as-of">{say::billing_as_of(lang)}</label>
                    <input type="date" id="billing-as-of" name="as_of" prop:value=move || as_of.get().to_string() value=as_of.get_untracked().to_string()/>
                </div>
                {move || scope.with(|scope| {
                    let said = fields(scope).into_iter().filter(|(_, typed)| !typed.is_empty());
                    said.map(|(name, typed)| view! { <input type="hidden" name=name value=typed.to_owned()/> }).collect_view()
                })}
                <button class="button-quiet" type="submit">{say::billing_plan(lang)}</button>
            </form>
        })}
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match plan.await {
                    Ok(None) if nothing_chosen.get_untracked() => {
                        view! { <p class="empty">{say::bulk_no_contracts(lang)}" "<A href="/contracts">{say::nav_contracts(lang)}</A></p> }.into_any()
                    }
                    Ok(None) => ().into_any(),
                    Ok(Some(plan)) => view! { <Plan plan=plan scope=scope.get_untracked()/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
        <section class="runs">
            <h2>{say::billing_runs(lang)}</h2>
            <p><A href="/billing/runs">{say::runs_all(lang)}</A></p>
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

/// What the address says is to be billed. What cannot be read there is everything that is due.
fn scope_of(query: &leptos_router::params::ParamsMap) -> Scope {
    let of = |name: &str| query.get(name).unwrap_or_default();
    // The list of contracts names each that was selected; the form of this page names all at once.
    let selected = query.get_all("c").unwrap_or_default().join(",");
    let scope = Scope {
        contract: of("contract"),
        contracts: if selected.is_empty() { of("contracts") } else { selected },
        freed_contract: of("freed_contract"),
        freed_period: of("freed_period"),
        freed_run: of("freed_run"),
        project: of("project"),
        freed_project: of("freed_project"),
    };
    if scope.check().is_ok() { scope } else { Scope::default() }
}

/// The fields of a scope by their names in addresses and forms.
fn fields(scope: &Scope) -> [(&'static str, &str); 7] {
    [
        ("contract", &scope.contract),
        ("contracts", &scope.contracts),
        ("freed_contract", &scope.freed_contract),
        ("freed_period", &scope.freed_period),
        ("freed_run", &scope.freed_run),
        ("project", &scope.project),
        ("freed_project", &scope.freed_project),
    ]
}

/// The open deficits of a re-run: what is covered, and what stays uncovered, with their documents or bookings.
fn deficits(lang: Lang, deficits: &[PlannedDeficit]) -> AnyView {
    if deficits.is_empty() {
        return view! { <p class="quiet" data-testid="deficits">{say::rerun_deficits_none(lang)}</p> }.into_any();
    }
    let rows = deficits.iter().map(|deficit| {
        let figure = |value| amount(lang, deficit.unit, value);
        let open = deficit.uncovered.is_positive();
        let (contract, number) = (format!("/contracts/{}", deficit.contract), deficit.contract_number.clone());
        let document = match (&deficit.document, &deficit.booking) {
            (Some(of), _) => {
                let (href, name) = (format!("/documents/{}", of.id), title(lang, of.kind, of.number.as_deref()));
                view! { <A href=href>{name}</A> }.into_any()
            }
            (None, Some(booking)) => booking_link(lang, booking),
            (None, None) => view! { <span class="quiet">{say::rerun_draw_by_hand(lang)}</span> }.into_any(),
        };
        view! {
            <tr>
                <th scope="row">{date(lang, deficit.date)}" · "{document}</th>
                <td><A href=contract>{number}</A></td>
                <td class="figure right">{figure(deficit.covered)}</td>
                <td class="figure right" class:warn=open>{figure(deficit.uncovered)}</td>
            </tr>
        }
    });
    view! {
        <section class="rerun-deficits" data-testid="deficits">
            <h3>{say::rerun_deficits(lang)}</h3>
            <table class="list">
                <thead><tr>
                    <th scope="col">{say::rerun_draw(lang)}</th>
                    <th scope="col">{say::run_contract(lang)}</th>
                    <th scope="col" class="right">{say::rerun_covered(lang)}</th>
                    <th scope="col" class="right">{say::rerun_uncovered(lang)}</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

#[component]
fn Plan(plan: RunPlan, scope: Scope) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<StartBilling>::new();
    let (as_of, invoices, more) = (plan.as_of, plan.totals.invoices, plan.more);
    let again = scope.reruns();
    let alone = !scope.contract.is_empty() || !scope.freed_contract.is_empty();
    let of_project = !scope.project.is_empty() || !scope.freed_project.is_empty();
    let number = plan.items.first().filter(|_| alone || of_project).map(|item| match &item.of {
        BilledOf::Contract { number, .. } => say::billing_plan_for(lang, number),
        BilledOf::Fee { project, .. } => say::billing_plan_for_project(lang, &project.number),
    });
    let number = number.map(|text| view! { <p class="quiet">{text}</p> });
    let chosen = (!scope.contracts.is_empty()).then(|| {
        view! { <p class="quiet">{say::billing_plan_chosen(lang, scope.contracts.split(',').count())}</p> }
    });
    if plan.items.is_empty() {
        let nothing =
            if again { say::rerun_nothing(lang).to_owned() } else { say::billing_nothing(lang, date(lang, as_of)) };
        return view! { <p class="empty" data-testid="nothing-due">{nothing}</p> }.into_any();
    }
    let day = date(lang, as_of);
    let heading = if again { say::rerun_plan_of(lang, day) } else { say::billing_plan_of(lang, day) };
    let deficits = (again && invoices > 0).then(|| deficits(lang, &plan.deficits));
    view! {
        <section class="sheet plan" data-testid="plan">
            <h2>{heading}</h2>
            {number}{chosen}
            {again.then(|| view! { <p class="quiet">{say::rerun_lead(lang)}</p> })}
            {totals(lang, &plan.totals)}
            {(invoices > 0).then(|| view! { <Start action=action as_of=as_of scope=scope invoices=invoices/> })}
            {items(lang, &plan.items)}
            {deficits}
            {more.then(|| view! { <p class="quiet">{say::run_more(lang)}</p> })}
        </section>
    }
    .into_any()
}

#[component]
fn Start(action: ServerAction<StartBilling>, as_of: NaiveDate, scope: Scope, invoices: u64) -> impl IntoView {
    let lang = lang();
    let id = new_id();
    let issue = RwSignal::new(true);
    let hidden = fields(&scope).map(|(name, typed)| {
        view! { <input type="hidden" name=format!("form[scope][{name}]") value=typed.to_owned()/> }
    });
    let button = match (scope.reruns(), invoices) {
        (false, count) => say::billing_run(lang, count),
        (true, 1) => say::rerun_run_one(lang).to_owned(),
        (true, count) => say::rerun_run(lang, count),
    };
    let form = {
        let id = id.clone();
        move || RunForm {
            id: id.clone(),
            as_of: as_of.to_string(),
            result: if issue.get_untracked() { "issue" } else { "draft" }.to_owned(),
            scope: scope.clone(),
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
            {hidden}
            <fieldset class="choice-row">
                <legend class="visually-hidden">{say::billing_result(lang)}</legend>
                <label><input type="radio" name="form[result]" value="issue" checked=true on:change=move |_| issue.set(true)/>{say::billing_issue(lang)}</label>
                <label><input type="radio" name="form[result]" value="draft" on:change=move |_| issue.set(false)/>{say::billing_draft(lang)}</label>
            </fieldset>
            <button class="button" type="submit" disabled=action.pending()>{button}</button>
            {move || refused().map(|error| view! { <Failure error=error/> })}
        </form>
    }
}

/// Runs as rows of a table.
pub(crate) fn run_rows(lang: Lang, rows: &[RunRow]) -> AnyView {
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
    rows.collect_view().into_any()
}

/// The runs as a table.
pub(crate) fn runs_table(lang: Lang, rows: &[RunRow]) -> AnyView {
    view! {
        <table class="list run-list">
            <thead><tr>
                <th scope="col">{say::billing_as_of(lang)}</th>
                <th scope="col">{say::contract_responsible(lang)}</th>
                <th scope="col" class="right">{say::run_invoices(lang)}</th>
                <th scope="col" class="right">{say::run_gross(lang)}</th>
                <th scope="col">{say::run_outcome(lang)}</th>
            </tr></thead>
            <tbody>{run_rows(lang, rows)}</tbody>
        </table>
    }
    .into_any()
}
