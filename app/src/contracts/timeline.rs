//! The terms of a contract over its periods, and from when on what is typed would hold.

use domain::{
    Permission,
    contracts::{
        BilledPeriod, Contract, Effect, Instead, Section, Step, Terms, TimelineFacts, by_effect, instead, timeline,
    },
    quota::{Amount, Unit},
};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, date, instant, say, validity};
use wire::{
    articles::Catalogue,
    contracts::{ContractChanges, terms_changes},
};

use super::{
    history::{label, value},
    types::facts,
    words::money,
};
use crate::{
    call::CallError,
    context::{lang, may},
    ui::{Failure, change_text},
};

/// How many periods of a step tell what a re-run would give.
const LATEST: usize = 12;

/// The timeline on the page of a contract.
#[component]
pub(super) fn TermsTimeline(
    changes: Resource<Result<ContractChanges, CallError>>,
    catalogue: Catalogue,
) -> impl IntoView {
    let lang = lang();
    let catalogue = StoredValue::new(catalogue);
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match changes.await {
                    Ok(changes) => shown(lang, &changes, &catalogue.get_value()),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Changed fields that work from a billing on, and those that work at once, by what they work on.
pub(super) type Changed<'a> = (&'a [&'static str], &'a [(Effect, Vec<&'static str>)]);

/// The changed fields between two terms in words: first those that work from a billing on, then those that work at
/// once, under what they work on, as `at_once` says it.
pub(super) fn change_list(
    lang: Lang,
    (before, after): (&Terms, &Terms),
    (later, now): Changed<'_>,
    catalogue: &Catalogue,
    at_once: impl Fn(&'static str) -> String,
) -> AnyView {
    let written = value(catalogue.clone());
    let all = terms_changes(before, after);
    let list = |fields: &[&'static str]| -> AnyView {
        let items = all.iter().filter(|change| fields.contains(&change.field.as_str())).map(|change| {
            let text = change_text(lang, label(lang, &change.field), |kept| written(lang, change, kept), change);
            view! { <li>{text}</li> }
        });
        view! { <ul class="change-list">{items.collect_view()}</ul> }.into_any()
    };
    let later = (!later.is_empty()).then(|| list(later));
    let now = now.iter().map(|(effect, fields)| {
        let head = at_once(effect_words(lang, *effect));
        view! { <p class="effect-at-once">{head}</p>{list(fields)} }
    });
    view! { {later}{now.collect_view()} }.into_any()
}

/// What a change that works at once works on.
fn effect_words(lang: Lang, effect: Effect) -> &'static str {
    match effect {
        Effect::NextBilling => say::effect(lang),
        Effect::Ending => say::effect_ending(lang),
        Effect::Documents => say::effect_documents(lang),
        Effect::Draws => say::effect_draws(lang),
        Effect::Bookings => say::effect_bookings(lang),
        Effect::Grants => say::effect_grants(lang),
        Effect::Invoices => say::effect_invoices(lang),
        Effect::Balancing => say::effect_balancing(lang),
        Effect::ToDos => say::effect_to_dos(lang),
    }
}

/// What a period costs and grants.
fn worth(lang: Lang, contract: &Contract, net: i64, granted: Amount, unit: Option<Unit>) -> String {
    let net = money(lang, net, contract.terms.currency);
    match unit {
        Some(unit) => say::timeline_for(lang, net, amount(lang, unit, granted)),
        None => net,
    }
}

/// What the quota of these terms counts, or else that of the present ones.
fn unit_of(terms: Option<&Terms>, contract: &Contract) -> Option<Unit> {
    let quota = terms.and_then(|terms| terms.quota.as_ref()).or(contract.terms.quota.as_ref());
    quota.map(|quota| quota.unit)
}

fn shown(lang: Lang, changes: &ContractChanges, catalogue: &Catalogue) -> AnyView {
    let facts = &changes.facts;
    let told = timeline(facts);
    let mut before: Option<&Terms> = None;
    let mut steps = Vec::with_capacity(told.steps.len());
    for step in &told.steps {
        let terms = facts.versions.get(&step.version);
        steps.push(step_row(lang, changes, step, (before, terms), catalogue));
        before = terms;
    }
    // What is ahead stands on top, as everywhere else: the newest first.
    steps.reverse();
    let contract = &facts.contract;
    let at_once = |what: &'static str| say::effect_at_once(lang, what);
    let listed = |before: &Terms, later: &[&'static str]| {
        change_list(lang, (before, &contract.terms), (later, told.at_once.as_slice()), catalogue, at_once)
    };
    let ahead = match &told.ahead {
        None => {
            let now = before.map(|before| listed(before, &[]));
            view! { <li class="step-next"><p>{say::timeline_over(lang)}</p>{now}</li> }.into_any()
        }
        Some(ahead) => {
            let from = say::timeline_from(lang, date(lang, ahead.period.service.from));
            let due = say::timeline_due(lang, date(lang, ahead.due));
            let what = match before {
                Some(before) if !told.settled() => listed(before, &ahead.changes),
                Some(_) => view! { <p class="quiet">{say::timeline_goes_on(lang)}</p> }.into_any(),
                None => terms_words(lang, &contract.terms),
            };
            let saved = saved(lang, changes, changes.version).filter(|_| !told.settled());
            view! {
                <li class="step-next" class:step-changed=!told.settled()>
                    <p class="step-head"><strong>{from}</strong>" "<span class="quiet">{due}</span></p>
                    {saved}{what}
                </li>
            }
            .into_any()
        }
    };
    let free = told.freed.iter().map(|period| {
        view! { <p class="step-free"><span class="tag tag-warn">{say::claim_free(lang)}</span>" "{say::timeline_free(lang, validity(lang, period.service))}</p> }
    });
    let more = changes.more.then(|| view! { <p class="quiet">{say::timeline_more(lang)}</p> });
    view! {
        <p class="quiet">{say::timeline_lead(lang)}</p>
        {free.collect_view()}
        <ol class="steps">{ahead}{steps}</ol>
        {more}
    }
    .into_any()
}

/// The terms in a few words, for a step that follows no other.
fn terms_words(lang: Lang, terms: &Terms) -> AnyView {
    let words = facts(lang, terms).into_iter().map(|text| view! { <li>{text}</li> });
    view! { <ul class="change-list">{words.collect_view()}</ul> }.into_any()
}

/// When and by whom terms were saved.
fn saved(lang: Lang, changes: &ContractChanges, version: i64) -> Option<AnyView> {
    let saved = changes.saved.iter().find(|saved| saved.version == version)?;
    let text = say::timeline_version(lang, instant(lang, saved.at), &saved.by);
    Some(view! { <p class="quiet step-saved">{text}</p> }.into_any())
}

fn step_row(
    lang: Lang,
    changes: &ContractChanges,
    step: &Step,
    (before, terms): (Option<&Terms>, Option<&Terms>),
    catalogue: &Catalogue,
) -> AnyView {
    let contract = &changes.facts.contract;
    let service = step.service().map_or_else(String::new, |service| validity(lang, service));
    let first = step.periods.iter().filter_map(|billed| {
        changes.invoices.iter().find(|invoice| invoice.period == billed.number).map(|invoice| invoice.at.date_naive())
    });
    let first = first.min().map_or_else(String::new, |day| date(lang, day));
    let billed = match step.periods.len() {
        1 => say::timeline_billed_one(lang, first),
        count => say::timeline_billed(lang, count, first),
    };
    let what = match (before, terms) {
        (Some(before), Some(terms)) => {
            let (later, now) = by_effect(&step.changes, terms);
            let at_once = |what: &'static str| say::effect_was_at_once(lang, what);
            change_list(lang, (before, terms), (later.as_slice(), now.as_slice()), catalogue, at_once)
        }
        (_, Some(terms)) => terms_words(lang, terms),
        _ => ().into_any(),
    };
    let unit = unit_of(terms, contract);
    let latest = step.periods.iter().rev().take(LATEST);
    let again: Vec<AnyView> = latest
        .filter_map(|billed| {
            let now = instead(contract, billed, changes.hours_per_day).ok()??;
            Some(again_row(lang, changes, &now, unit))
        })
        .collect();
    let again = (!again.is_empty()).then(|| {
        view! { <details class="step-again"><summary>{say::timeline_instead(lang)}</summary><ul class="sum-parts">{again}</ul></details> }
    });
    view! {
        <li>
            <p class="step-head"><strong>{service}</strong>" "<span class="quiet">{billed}</span></p>
            {saved(lang, changes, step.version)}{what}{again}
        </li>
    }
    .into_any()
}

/// What a re-run of a period would give, with the way to the plan of its cancellation.
fn again_row(lang: Lang, changes: &ContractChanges, now: &Instead, unit: Option<Unit>) -> AnyView {
    let contract = &changes.facts.contract;
    let before = worth(lang, contract, now.billed.net, now.billed.granted, unit);
    let unit = unit_of(Some(&contract.terms), contract).or(unit);
    let after = worth(lang, contract, now.net, now.granted, unit);
    let period = validity(lang, now.billed.service);
    let plan = cancel_link(lang, changes, &now.billed);
    let cut = (now.service != now.billed.service)
        .then(|| view! { <span class="quiet row-note">{validity(lang, now.service)}</span> });
    view! {
        <li><span>{period}{cut}{plan}</span><span class="figure">{say::timeline_becomes(lang, before, after)}</span></li>
    }
    .into_any()
}

/// The way to the plan of cancelling the invoice of a billed period, for whoever may.
fn cancel_link(lang: Lang, changes: &ContractChanges, billed: &BilledPeriod) -> Option<AnyView> {
    let may = may(Permission::Cancel);
    let invoice = changes.invoices.iter().find(|invoice| invoice.period == billed.number).filter(|_| may)?;
    let (document, _) = invoice.document.clone()?;
    let title = say::timeline_cancel_title(lang, validity(lang, billed.service));
    let href = format!("/documents/{document}?undo=plan");
    Some(
        view! { " "<A href=href attr:class="claim-again" attr:aria-label=title>{say::timeline_cancel(lang)}</A> }
            .into_any(),
    )
}

/// From when on what is typed would hold, beside the editor: what changes against what was billed last, from the next
/// billing on or at once, what stays as billed, and what a re-run of the last period would give.
pub(super) fn effect_of(lang: Lang, changes: &ContractChanges, typed: &Contract, catalogue: &Catalogue) -> AnyView {
    let facts = TimelineFacts { contract: typed.clone(), ..changes.facts.clone() };
    let told = timeline(&facts);
    let last = told.steps.last();
    let before = last.and_then(|step| facts.versions.get(&step.version));
    let from = match (&told.ahead, before) {
        (None, _) => say::effect_never(lang).to_owned(),
        (Some(ahead), None) => say::effect_first(lang, validity(lang, ahead.period.service)),
        (Some(_), Some(_)) if told.settled() => say::effect_nothing(lang).to_owned(),
        (Some(_), Some(_)) if !told.changes_ahead() => say::effect_at_once_only(lang).to_owned(),
        (Some(ahead), Some(_)) => say::effect_from(lang, date(lang, ahead.period.service.from), date(lang, ahead.due)),
    };
    let at_once = |what: &'static str| say::effect_at_once(lang, what);
    let later = told.ahead.as_ref().map_or_else(Vec::new, |ahead| ahead.changes.clone());
    let what = before.filter(|_| !told.settled()).map(|before| {
        change_list(lang, (before, &typed.terms), (later.as_slice(), told.at_once.as_slice()), catalogue, at_once)
    });
    let unit = unit_of(before, typed);
    let billed = last.and_then(|step| step.periods.last());
    let stays = billed.filter(|_| told.changes_ahead()).map(|billed| {
        let worth = worth(lang, typed, billed.net, billed.granted, unit);
        view! { <p>{say::effect_stays(lang, validity(lang, billed.service), worth)}</p> }
    });
    let again = billed.and_then(|billed| {
        let now = instead(typed, billed, changes.hours_per_day).ok()??;
        let after = worth(lang, typed, now.net, now.granted, unit_of(Some(&typed.terms), typed).or(unit));
        let text = if now.service == billed.service {
            say::effect_instead(lang, after)
        } else {
            say::effect_instead_end(lang, after, validity(lang, now.service))
        };
        let plan = cancel_link(lang, changes, billed);
        Some(view! { <p>{text}{plan}</p> })
    });
    view! { <p class="effect-from">{from}</p>{what}{stays}{again} }.into_any()
}

/// The name of a section of the terms.
pub(super) fn section_name(lang: Lang, section: Section) -> &'static str {
    match section {
        Section::Term => say::section_term(lang),
        Section::Billing => say::section_billing(lang),
        Section::Items => say::section_items(lang),
        Section::Quota => say::section_quota(lang),
        Section::Groups => say::section_groups(lang),
    }
}
