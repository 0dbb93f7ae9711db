//! The plan of a balancing invoice: which deficits, what they come to, then the invoice. The plan stands in the address of
//! the contract, and every tick is decided by the function that decides on the server.

use domain::{ContractId, Currency, Money, Permission, billing::BalancingPlan as Planned, quota::Unit};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, amount, date, decimal, money, say, typed_amount, validity};
use wire::balancing::{BalancingInvoiceForm, BalancingView, DeficitForm, NamedDeficit, rate_text};

use super::calls::{BalanceContract, load_balancing};
use crate::{
    call::{CallError, at_field, forget_when_typed, forget_with_plan},
    context::{lang, may, new_id, page_query, visitor},
    documents::title,
    office::roles_that_may,
    ui::{Dialog, Failure, Notice, Select, Tone},
};

/// The plan of the contract, while the address asks for it.
#[component]
pub(crate) fn BalancingPlan(contract: ContractId) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let wanted = Memo::new(move |_| query.with(|query| query.get("balance").is_some()));
    let action = ServerAction::<BalanceContract>::new();
    let view = Resource::new(
        move || (wanted.get(), action.version().get()),
        move |(wanted, _)| async move { if wanted { load_balancing(contract).await.map(Some) } else { Ok(None) } },
    );
    forget_with_plan(*action, wanted);
    let came_back = action.value().get_untracked().and_then(Result::err).and_then(|error| error.typed());
    // It outlives a reading of new facts: what was ticked stays ticked.
    let form = RwSignal::new(came_back.unwrap_or_else(|| BalancingInvoiceForm {
        id: new_id(),
        contract: contract.to_string(),
        result: "issue".to_owned(),
        ..BalancingInvoiceForm::default()
    }));
    forget_when_typed(*action, form);
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(page)) = action.value().get() {
            navigate(&format!("/documents/{}", page.row.id), leptos_router::NavigateOptions::default());
        }
    });
    let shown = move || {
        Suspend::new(async move {
            let view = match view.await {
                Ok(view) => view?,
                Err(error) => return Some(view! { <Failure error=error/> }.into_any()),
            };
            let closed = format!("/contracts/{contract}");
            let heading = say::balancing_title(lang, &view.number);
            let content = if view.deficits.is_empty() {
                view! { <p class="empty">{say::balancing_none(lang)}</p> }.into_any()
            } else {
                form.update_untracked(|form| complete(lang, form, &view));
                view! { <Form view=StoredValue::new(view) form=form action=action/> }.into_any()
            };
            Some(
                view! { <Dialog title=heading closed=closed><div class="balancing" data-testid="balancing-plan">{content}</div></Dialog> }
                    .into_any(),
            )
        })
    };
    view! { <Transition>{shown}</Transition> }
}

/// The form with a row for each deficit that is open now, ticked and in full unless somebody chose otherwise.
fn complete(lang: Lang, form: &mut BalancingInvoiceForm, view: &BalancingView) {
    let typed = std::mem::take(&mut form.deficits);
    let row = |open: &NamedDeficit| {
        let draw = open.draw.to_string();
        let before = typed.iter().find(|typed| typed.draw == draw).cloned();
        let all = typed_amount(lang, view.unit(), open.amount);
        let chosen = if view.facts.held.contains(&open.draw) { "" } else { "yes" };
        before.unwrap_or(DeficitForm { draw, chosen: chosen.to_owned(), amount: all })
    };
    form.deficits = view.deficits.iter().map(row).collect();
}

#[component]
fn Form(
    view: StoredValue<BalancingView>,
    form: RwSignal<BalancingInvoiceForm>,
    action: ServerAction<BalanceContract>,
) -> impl IntoView {
    let lang = lang();
    let (unit, currency, contract) =
        view.with_value(|view| (view.unit(), view.facts.contract.terms.currency, view.facts.contract.id));
    let planned = Memo::new(move |_| form.with(|form| view.with_value(|view| form.plan(lang, view))));
    let refused = move || action.value().get().and_then(Result::err);
    let problem =
        move |field: String| Signal::derive(move || at_field(refused(), lang, planned.get().err().as_ref(), &field));
    let seen = move || {
        planned.get().ok().map(|plan| serde_json::to_string(&plan.sums()).unwrap_or_default()).unwrap_or_default()
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(BalanceContract { form: BalancingInvoiceForm { seen: seen(), ..form.get_untracked() } });
    };
    let rows = view.with_value(|view| {
        let rows = view.deficits.iter().enumerate();
        rows.map(|(place, open)| {
            let problem = problem(format!("deficits.{place}.amount"));
            row(lang, unit, form, (place, open, view.facts.held.contains(&open.draw)), problem)
        })
        .collect_view()
    });
    let rate = (unit == Unit::Time).then(|| {
        let rate = view.with_value(|view| view.facts.rate());
        let rate = rate.map(|rate| rate_text(lang, rate, currency));
        let problem = problem("overage_rate".to_owned());
        let needs = Permission::EditContracts;
        let edits = may(needs);
        let enter = move || {
            if edits {
                view! { <A href=format!("/contracts/{contract}/edit")>{say::balancing_rate_edit(lang)}</A> }.into_any()
            } else {
                say::balancing_rate_not_yours(lang, roles_that_may(lang, needs)).into_any()
            }
        };
        view! {
            <p class="balancing-rate">
                <span>{say::balancing_rate(lang)}</span>" "<span class="figure" data-testid="overage-rate">{rate.unwrap_or_else(|| "–".to_owned())}</span>
                {move || problem.get().map(|text| view! {
                    <span class="field-problem" role="alert">{text}" "{enter()}</span>
                })}
            </p>
        }
    });
    let freed = view.with_value(|view| freed(lang, contract, view));
    let all = problem("deficits".to_owned());
    let differs = problem("seen".to_owned());
    let nowhere = move || refused().filter(CallError::at_no_field);
    let preview = move || match planned.get() {
        Ok(plan) => preview(lang, unit, currency, &plan),
        Err(_) => ().into_any(),
    };
    let button = move || match planned.get() {
        Ok(plan) => say::balancing_save(lang, money(lang, Money { minor: plan.totals.gross, currency })),
        Err(_) => say::balancing_save_plain(lang).to_owned(),
    };
    let results =
        vec![("issue".into(), say::balancing_issue(lang).into()), ("draft".into(), say::balancing_draft(lang).into())];
    let action_url = <BalanceContract as server_fn::ServerFn>::url();
    let hidden = form.get_untracked();
    view! {
        <p>{say::balancing_lead(lang)}</p>
        {freed}
        {move || nowhere().map(|error| view! { <Failure error=error/> })}
        <form class="form" method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=hidden.id/>
            <input type="hidden" name="form[contract]" value=hidden.contract/>
            <fieldset class="balancing-deficits">
                <legend>{say::balancing_choose(lang)}</legend>
                {rows}
                <p class="field-problem" role="alert">{move || all.get()}</p>
            </fieldset>
            {rate}
            <div aria-live="polite" data-testid="balancing-preview">{preview}</div>
            <p class="field-problem" role="alert">{move || differs.get()}</p>
            <Select label=say::balancing_result(lang) name="form[result]" id="balancing-result" options=results
                value=Signal::derive(move || form.with(|form| form.result.clone()))
                set=move |value| form.update(|form| form.result = value) problem=problem("result".to_owned())/>
            <button class="button" type="submit" disabled=action.pending()>{button}</button>
        </form>
    }
}

/// What would cover the same by being billed again.
fn freed(lang: Lang, contract: ContractId, view: &BalancingView) -> Option<AnyView> {
    let periods = view.freed();
    let named = periods.iter().filter_map(|number| view.facts.contract.period(*number));
    let named = named.map(|period| validity(lang, period.range)).collect::<Vec<_>>().join(", ");
    (!periods.is_empty()).then(|| {
        let href = format!("/billing?freed_contract={contract}&as_of={}", visitor().today);
        view! { <Notice tone=Tone::Warn><p data-testid="balancing-freed">{say::balancing_freed(lang, named)}" "<A href=href>{say::balancing_rerun(lang)}</A></p></Notice> }
            .into_any()
    })
}

/// A deficit that can be ticked, with how much of it.
fn row(
    lang: Lang,
    unit: Unit,
    form: RwSignal<BalancingInvoiceForm>,
    (place, open, held): (usize, &NamedDeficit, bool),
    problem: Signal<Option<String>>,
) -> AnyView {
    let number = open.document.as_ref().map(|of| title(lang, of.kind, of.number.as_deref()));
    let day = date(lang, open.date);
    let name = number.clone().map_or_else(|| day.clone(), |number| format!("{day}, {number}"));
    let chosen = move || form.with(|form| form.deficits.get(place).is_some_and(|typed| !typed.chosen.is_empty()));
    let typed =
        move || form.with(|form| form.deficits.get(place).map(|typed| typed.amount.clone()).unwrap_or_default());
    let change = move |change: &dyn Fn(&mut DeficitForm)| {
        form.update(|form| form.deficits.get_mut(place).into_iter().for_each(change));
    };
    let tick = move |event: leptos::ev::Event| {
        let chosen = if event_target_checked(&event) { "yes" } else { "" };
        change(&|typed: &mut DeficitForm| chosen.clone_into(&mut typed.chosen));
    };
    let write = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        change(&|typed: &mut DeficitForm| typed.amount.clone_from(&value));
    };
    let (id, wrong) = (format!("balancing-{place}"), format!("balancing-{place}-problem"));
    let (text, whole) = (open.text.clone(), amount(lang, unit, open.amount));
    let (described, labelled) = (wrong.clone(), id.clone());
    view! {
        <div class="balancing-deficit" data-testid="balancing-deficit">
            <input type="hidden" name=format!("form[deficits][{place}][draw]") value=open.draw.to_string()/>
            <label class="balancing-tick" for=labelled>
                <input type="checkbox" id=id name=format!("form[deficits][{place}][chosen]") value="yes"
                    disabled=held checked=untrack(chosen) prop:checked=chosen on:change=tick aria-label=say::balancing_choose_one(lang, &name)/>
                <span><span class="figure">{day}</span>{number.map(|number| format!(" · {number}"))}<span class="row-note quiet">{text}</span>
                    {held.then(|| view! { <span class="row-note warn">{say::balancing_held(lang)}</span> })}</span>
            </label>
            <span class="figure right">{whole}</span>
            <label class="balancing-part"><span class="quiet">{say::balancing_of(lang)}</span>
                <input type="text" inputmode="decimal" class="figure" autocomplete="off" disabled=held name=format!("form[deficits][{place}][amount]")
                    aria-label=say::balancing_amount_of(lang, &name) value=untrack(typed) prop:value=typed on:input=write
                    aria-invalid=move || problem.get().is_some().then_some("true")
                    aria-describedby=move || problem.get().is_some().then(|| described.clone())/>
            </label>
            <p class="field-problem" id=wrong role="alert">{move || problem.get()}</p>
        </div>
    }
    .into_any()
}

/// What the invoice will say.
fn preview(lang: Lang, unit: Unit, currency: Currency, plan: &Planned) -> AnyView {
    let sum = |minor| money(lang, Money { minor, currency });
    let rows = plan.lines.iter().map(|line| {
        let period = line.period.map(|period| validity(lang, period));
        view! {
            <li><span>{period}<span class="row-note quiet">{amount(lang, unit, line.amount)}</span></span><span class="figure">{sum(line.net)}</span></li>
        }
    });
    let rates = plan.totals.rates.iter().map(|rate| {
        let text = say::document_vat(lang, decimal(lang, rate.rate.percent()), sum(rate.net));
        view! { <div><dt>{text}</dt><dd class="figure">{sum(rate.vat)}</dd></div> }
    });
    view! {
        <h3>{say::balancing_preview(lang)}</h3>
        <ul class="sum-parts">{rows.collect_view()}</ul>
        <dl class="totals">
            <div><dt>{say::document_net(lang)}</dt><dd class="figure" data-testid="balancing-net">{sum(plan.totals.net)}</dd></div>
            {rates.collect_view()}
            <div class="totals-line"><dt>{say::document_gross(lang)}</dt><dd class="figure" data-testid="balancing-gross">{sum(plan.totals.gross)}</dd></div>
        </dl>
        <dl class="sum">
            <div><dt>{say::balancing_covered(lang)}</dt><dd class="figure" data-testid="balancing-covered">{amount(lang, unit, plan.amount)}</dd></div>
            <div><dt>{say::balancing_left(lang)}</dt><dd class="figure" data-testid="balancing-left">{amount(lang, unit, plan.left)}</dd></div>
        </dl>
    }
    .into_any()
}
