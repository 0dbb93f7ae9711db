//! Applying a contract type to contracts: each with every field that would change, what stays, what stands in the way and
//! from which billing on it holds, or that it holds at once. Filter and sections stand in the address.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    ContractId, ContractTypeId,
    contracts::{Applied, Section, TermsError, apply, by_effect},
    quota::Unit,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use texts::{Lang, date, say, validity};
use wire::{
    FieldReason,
    articles::Catalogue,
    contracts::{Applications, ApplyContract, ApplyForm, ApplyOutcome, ApplyQuery, ApplyView, MOST_APPLIED},
    history::FieldChange,
};

use super::{
    change_calls::{ApplyContractType, load_type_application},
    history::{label, value},
    timeline::{change_list, section_name},
};
use crate::{
    call::CallError,
    context::{lang, page_query, visitor},
    ui::{Failure, Field, FieldKind, Icon, PageHead, change_text},
};

/// What somebody has chosen; it stays when the page is read again.
#[derive(Clone, Copy)]
struct Chosen {
    sections: RwSignal<BTreeSet<Section>>,
    /// The contracts that were taken out by hand.
    not: RwSignal<BTreeSet<ContractId>>,
}

/// The page.
#[component]
pub fn ContractTypeApplyPage() -> impl IntoView {
    let lang = lang();
    let (params, query) = (use_params_map(), page_query());
    let ask = Memo::new(move |_| {
        let id = params.with(|params| params.get("id").and_then(|id| id.parse::<ContractTypeId>().ok()));
        let q = query.with(|query| query.get("q")).unwrap_or_default().chars().take(80).collect();
        id.map(|contract_type| ApplyQuery { contract_type, q })
    });
    let sections = query.with_untracked(|query| query.get_all("s")).unwrap_or_default();
    let sections: BTreeSet<Section> = sections.iter().filter_map(|name| Section::from_name(name)).collect();
    let sections = if sections.is_empty() { Section::ALL.into_iter().collect() } else { sections };
    let chosen = Chosen { sections: RwSignal::new(sections), not: RwSignal::new(BTreeSet::new()) };
    let action = ServerAction::<ApplyContractType>::new();
    let page = Resource::new(
        move || (ask.get(), action.version().get()),
        |(ask, _)| async move { load_type_application(ask.ok_or_else(CallError::not_found)?).await },
    );
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let q = ask.get_untracked().map(|ask| ask.q).unwrap_or_default();
                match page.await {
                    Ok(view) => view! { <Shown view=view q=q chosen=chosen action=action/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(view: ApplyView, q: String, chosen: Chosen, action: ServerAction<ApplyContractType>) -> impl IntoView {
    let lang = lang();
    let id = view.id;
    let title = say::apply_title(lang, &view.name);
    let above = {
        let name = view.name.clone();
        view! { <A href="/contract-types">{say::nav_contract_types(lang)}</A>" · "<A href=format!("/contract-types/{id}")>{name}</A> }
            .into_any()
    };
    let more = view.more.then(|| view! { <p class="warn">{say::apply_more(lang, MOST_APPLIED)}</p> });
    let names = StoredValue::new(view.catalogue.clone());
    let done = move || {
        let done = action.value().get().and_then(Result::ok)?;
        Some(names.with_value(|names| results(lang, &done, names)))
    };
    let refused = move || action.value().get().and_then(Result::err);
    let empty = view.contracts.is_empty();
    let nothing = if q.is_empty() { say::apply_empty(lang).to_owned() } else { say::apply_none_found(lang, &q) };
    view! {
        <PageHead title=title above=above/>
        <p class="quiet page-lead">{say::apply_lead(lang)}</p>
        <Ask id=id q=q chosen=chosen/>
        {done}
        {move || refused().map(|error| view! { <Failure error=error/> })}
        {more}
        {if empty {
            view! { <p class="empty">{nothing}</p> }.into_any()
        } else {
            view! { <Contracts view=view chosen=chosen action=action/> }.into_any()
        }}
    }
}

/// The filter, and which sections are taken over. Without JavaScript a plain form.
#[component]
fn Ask(id: ContractTypeId, q: String, chosen: Chosen) -> impl IntoView {
    let lang = lang();
    let typed = RwSignal::new(q);
    let sections = Section::ALL.map(|section| {
        let on = move || chosen.sections.with(|sections| sections.contains(&section));
        let toggle = move |event: leptos::ev::Event| {
            let on = event_target_checked(&event);
            chosen.sections.update(|sections| {
                if on { sections.insert(section) } else { sections.remove(&section) };
            });
        };
        view! {
            <label>
                <input type="checkbox" name="s" value=section.name() checked=untrack(on) prop:checked=on on:change=toggle/>
                {section_name(lang, section)}
            </label>
        }
    });
    view! {
        <form class="apply-ask" method="get" action=format!("/contract-types/{id}/apply") role="search">
            <fieldset class="choice-row" data-testid="apply-sections">
                <legend class="field-label">{say::apply_sections(lang)}</legend>
                {sections.into_iter().collect_view()}
            </fieldset>
            <div class="search">
                <Field label=say::contract_search(lang) name="q" id="apply-q" kind=FieldKind::Search value=typed
                    set=move |value| typed.set(value) hint=say::contract_search_hint(lang)/>
                <button class="button-quiet" type="submit"><Icon name="search"/>{say::apply_show(lang)}</button>
            </div>
        </form>
    }
}

/// What applying comes to for each contract, by the rule that the server decides with.
fn decided(view: &ApplyView, sections: &BTreeSet<Section>) -> Vec<Applied> {
    let today = visitor().today;
    let one = |found: &ApplyContract| apply(&view.terms, &found.contract, sections, found.billed, found.counts, today);
    view.contracts.iter().map(one).collect()
}

#[component]
fn Contracts(view: ApplyView, chosen: Chosen, action: ServerAction<ApplyContractType>) -> impl IntoView {
    let lang = lang();
    let (id, version, all) = (view.id, view.version, view.contracts.len());
    let view = StoredValue::new(view);
    let plans = Memo::new(move |_| chosen.sections.with(|sections| view.with_value(|view| decided(view, sections))));
    let picked = move || {
        let not = chosen.not.get();
        plans.with(|plans| {
            view.with_value(|view| {
                let both = view.contracts.iter().zip(plans);
                let picked = both.filter(|(found, plan)| plan.works() && !not.contains(&found.contract.id));
                picked.map(|(found, _)| format!("{} {}", found.contract.id, found.version)).collect::<Vec<_>>()
            })
        })
    };
    let count = Memo::new(move |_| picked().len());
    let names = move || chosen.sections.with(joined);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (contract_type, sections) = (id.to_string(), untrack(names));
        let form = ApplyForm { contract_type, version, sections, chosen: untrack(picked) };
        action.dispatch(ApplyContractType { form });
    };
    let every = move |event: leptos::ev::Event| {
        let on = event_target_checked(&event);
        let ids = view.with_value(|view| view.contracts.iter().map(|found| found.contract.id).collect());
        chosen.not.set(if on { BTreeSet::new() } else { ids });
    };
    let rows = move || {
        plans.with(|plans| {
            view.with_value(|view| {
                let all = view.contracts.iter().zip(plans).enumerate();
                all.map(|(place, (found, plan))| row(lang, (place, found), plan, &view.catalogue, chosen))
                    .collect_view()
            })
        })
    };
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    let button = move || match count.get() {
        _ if !hydrated.get() => say::apply_save_none(lang).to_owned(),
        0 => say::apply_save_none(lang).to_owned(),
        1 => say::apply_save_one(lang).to_owned(),
        count => say::apply_save(lang, count),
    };
    let unable = move || hydrated.get() && (count.get() == 0 || action.pending().get());
    let action_url = <ApplyContractType as server_fn::ServerFn>::url();
    view! {
        <form class="apply" method="post" action=action_url on:submit=submit>
            <input type="hidden" name="form[contract_type]" value=id.to_string()/>
            <input type="hidden" name="form[version]" value=version.to_string()/>
            <input type="hidden" name="form[sections]" value=untrack(names) prop:value=names/>
            <div class="apply-act">
                <label class="needs-script apply-every">
                    <input type="checkbox" prop:checked=move || chosen.not.with(BTreeSet::is_empty) checked=true on:change=every/>
                    {say::apply_all(lang)}
                </label>
                <button class="button" type="submit" disabled=unable>{button}</button>
                <span class="quiet needs-script" aria-live="polite">{move || say::apply_chosen(lang, count.get(), all)}</span>
            </div>
            <table class="list apply-list" data-testid="apply-contracts">
                <thead><tr>
                    <th scope="col">{say::contract_number(lang)}</th>
                    <th scope="col">{say::apply_changes(lang)}</th>
                    <th scope="col">{say::apply_holds(lang)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </form>
    }
}

fn joined(sections: &BTreeSet<Section>) -> String {
    sections.iter().map(|section| section.name()).collect::<Vec<_>>().join(",")
}

/// A contract with what would become of it.
fn row(
    lang: Lang,
    (place, found): (usize, &ApplyContract),
    plan: &Applied,
    catalogue: &Catalogue,
    chosen: Chosen,
) -> AnyView {
    let (id, works) = (found.contract.id, plan.works());
    let box_ = works.then(|| {
        let on = move || chosen.not.with(|not| !not.contains(&id));
        let toggle = move |event: leptos::ev::Event| {
            let on = event_target_checked(&event);
            chosen.not.update(|not| {
                if on {
                    not.remove(&id)
                } else {
                    not.insert(id)
                };
            });
        };
        view! {
            <input type="checkbox" name=format!("form[chosen][{place}]") value=format!("{id} {}", found.version)
                aria-label=say::apply_choose(lang, &found.number) checked=untrack(on) prop:checked=on on:change=toggle/>
        }
    });
    let unit = found.counts.unwrap_or(Unit::Time);
    let says = |error: &TermsError| FieldReason::Terms(error.clone(), unit).text(lang);
    let (later, now) = by_effect(&plan.changes, &plan.contract.terms);
    let changes = if plan.changes.is_empty() {
        view! { <p class="quiet">{say::apply_nothing(lang)}</p> }.into_any()
    } else {
        let at_once = |what: &'static str| say::effect_at_once(lang, what);
        let both = (&found.contract.terms, &plan.contract.terms);
        change_list(lang, both, (later.as_slice(), now.as_slice()), catalogue, at_once)
    };
    let ends = (found.contract.end(), plan.contract.end());
    let ends = (ends.0 != ends.1).then(|| {
        let last = |end: Option<NaiveDate>| {
            end.and_then(|end| end.pred_opt()).map_or_else(|| say::ending_open(lang).to_owned(), |last| date(lang, last))
        };
        view! { <p class="row-note">{say::history_changed(lang, say::ending_last_day(lang), last(ends.0), last(ends.1))}</p> }
    });
    let kept = plan.kept.iter().map(|(field, error)| {
        view! { <p class="row-note quiet">{say::apply_kept(lang, label(lang, field), says(error))}</p> }
    });
    let faults = (!plan.changes.is_empty() && !plan.faults.is_empty()).then(|| {
        let all = plan.faults.iter().map(|(field, error)| {
            view! { <li>{say::apply_fault(lang, label(lang, field), says(error))}</li> }
        });
        view! { <div class="warn row-note">{say::apply_in_the_way(lang)}<ul>{all.collect_view()}</ul></div> }
    });
    let next = plan.contract.period(found.next).zip(plan.contract.due_on(found.next));
    let from = match next {
        _ if later.is_empty() => ().into_any(),
        Some((period, due)) => view! {
            {validity(lang, period.service)}
            <span class="quiet row-note">{say::timeline_due(lang, date(lang, due))}</span>
        }
        .into_any(),
        None => view! { <span class="quiet">{say::apply_never(lang)}</span> }.into_any(),
    };
    let at_once = (!now.is_empty()).then(|| view! { <span class="row-note">{say::apply_at_once(lang)}</span> });
    let holds = view! { {from}{at_once} };
    let (customer, name) = (format!("/customers/{}", found.customer.id), found.customer.name.clone());
    let customer = view! { <A href=customer>{name}</A> };
    let number = found.number.clone();
    view! {
        <tr>
            <th scope="row"><span class="apply-name">{box_}<span><A href=format!("/contracts/{id}")><span class="figure">{number}</span></A><span class="row-note">{customer}</span></span></span></th>
            <td>{changes}{ends}{kept.collect_view()}{faults}</td>
            <td>{holds}</td>
        </tr>
    }
    .into_any()
}

/// What came of each contract.
fn results(lang: Lang, done: &Applications, catalogue: &Catalogue) -> AnyView {
    let written = value(catalogue.clone());
    let changes = |all: &[FieldChange]| {
        let items = all.iter().map(|change| {
            let text = change_text(lang, label(lang, &change.field), |kept| written(lang, change, kept), change);
            view! { <li>{text}</li> }
        });
        view! { <ul class="change-list">{items.collect_view()}</ul> }.into_any()
    };
    let rows = done.contracts.iter().map(|(id, number, outcome)| {
        let (mark, said, more) = match outcome {
            ApplyOutcome::Applied { changes: all } => ("tag tag-good", say::apply_applied(lang), changes(all)),
            ApplyOutcome::Unchanged => ("tag", say::apply_unchanged(lang), ().into_any()),
            ApplyOutcome::Changed { changes: all } => ("tag tag-warn", say::apply_changed(lang), changes(all)),
            ApplyOutcome::Refused { faults, unit } => {
                let all = faults.iter().map(|(field, error)| {
                    let reason = FieldReason::Terms(error.clone(), *unit).text(lang);
                    view! { <li>{say::apply_fault(lang, label(lang, field), reason)}</li> }
                });
                (
                    "tag tag-bad",
                    say::apply_refused(lang),
                    view! { <ul class="change-list">{all.collect_view()}</ul> }.into_any(),
                )
            }
            ApplyOutcome::NotFound => ("tag tag-bad", say::apply_gone(lang), ().into_any()),
        };
        let name = if number.is_empty() { id.to_string() } else { number.clone() };
        view! { <li><p><A href=format!("/contracts/{id}")>{name}</A>" "<span class=mark>{said}</span></p>{more}</li> }
    });
    view! {
        <section class="sheet apply-done" data-testid="apply-done" role="status">
            <h2>{say::apply_done(lang)}</h2>
            <ul>{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}
