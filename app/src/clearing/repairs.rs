//! Repairs: each a button that shows its effect before it acts.

use domain::{
    Currency, LineId,
    clearing::{ClearingDocument, ClearingError, Group, LineClearing, Reconciled, Repair, effect, repairs},
};
use leptos::prelude::*;
use texts::{Lang, amount, date, money, say};
use wire::{
    articles::Catalogue,
    documents::{ClearingFacts, RepairForm},
};

use super::words::cleared_words;
use crate::{
    context::{lang, new_id, person},
    documents::RepairDocument,
    office::roles_that_may,
    ui::{Failure, Field},
};

/// What repairs work on: the document as it is typed, and what it is reconciled with.
#[derive(Clone, Copy)]
pub(crate) struct Mending {
    /// The document.
    pub document: Memo<Option<ClearingDocument>>,
    /// The facts.
    pub facts: RwSignal<Option<ClearingFacts>>,
    /// What comes of it.
    pub outcome: Memo<Option<Result<Reconciled, ClearingError>>>,
    /// How groups are called.
    pub catalogue: StoredValue<Catalogue>,
    /// Does what only concerns a line of the draft.
    pub on_draft: Callback<Repair>,
    /// Reads the facts again after something was done to a contract.
    pub renew: Callback<()>,
}

impl Mending {
    fn number(&self, id: domain::ContractId) -> String {
        self.facts.with_untracked(|facts| {
            let known = facts.iter().flat_map(|facts| &facts.contracts).find(|known| known.id == id);
            known.map(|known| known.number.clone()).unwrap_or_default()
        })
    }

    fn name(&self, lang: Lang, repair: &Repair) -> String {
        match repair {
            Repair::SwitchOn { .. } => say::repair_switch_on(lang).to_owned(),
            Repair::AssignContract { contract, .. } => say::repair_assign(lang, self.number(*contract)),
            Repair::AllowOverbooking { contract } => say::repair_overbook(lang, self.number(*contract)),
            Repair::BillPeriod { contract, as_of } => {
                say::repair_bill(lang, self.number(*contract), date(lang, *as_of))
            }
            Repair::EnableGroup { contract, group } => {
                let name = self.catalogue.with_value(|all| match group {
                    Group::Group(id) => all.groups.iter().find(|group| group.id == *id).map(|group| group.name.clone()),
                    Group::SubGroup(id) => {
                        let mut subs = all.groups.iter().flat_map(|group| &group.sub_groups);
                        subs.find(|sub| sub.id == *id).map(|sub| sub.name.clone())
                    }
                });
                say::repair_enable_group(lang, name.unwrap_or_default(), self.number(*contract))
            }
            Repair::GrantFreeQuota { contract, amount: missing, .. } => {
                let unit = self.outcome.with_untracked(|outcome| {
                    let now = outcome.iter().flatten();
                    let left = now.flat_map(|now| &now.left).find(|left| left.contract == *contract);
                    left.map(|left| left.unit)
                });
                say::repair_grant(lang, unit.map_or_else(String::new, |unit| amount(lang, unit, *missing)))
            }
        }
    }

    /// What helps that line.
    fn possible(&self, line: LineId) -> Vec<Repair> {
        let found = self.with_all(|document, facts, now| repairs(document, &facts.facts, now, line).ok());
        found.flatten().unwrap_or_default()
    }

    /// The line and the document now and after that repair, in words.
    fn effect(&self, lang: Lang, line: LineId, repair: &Repair) -> Option<String> {
        self.with_all(|document, facts, now| {
            let then = effect(document, &facts.facts, repair).ok()?;
            effect_words(lang, line, document.currency, (now, &then))
        })
        .flatten()
    }

    /// With the document, the facts and what comes of it, if all of them are there.
    fn with_all<T>(&self, of: impl FnOnce(&ClearingDocument, &ClearingFacts, &Reconciled) -> T) -> Option<T> {
        self.document.with(|document| {
            self.facts.with(|facts| {
                self.outcome.with(|now| Some(of(document.as_ref()?, facts.as_ref()?, now.as_ref()?.as_ref().ok()?)))
            })
        })
    }
}

/// The line and the document now and then, in words.
fn effect_words(
    lang: Lang,
    line: LineId,
    currency: Currency,
    (now, then): (&Reconciled, &Reconciled),
) -> Option<String> {
    let of = |all: &Reconciled| all.lines.iter().find(|found| found.line == line).cloned();
    let words = |found: &LineClearing| {
        let words = cleared_words(lang, found);
        if words.is_empty() { "0".to_owned() } else { words.replace('−', "") }
    };
    let net = |all: &Reconciled| money(lang, domain::Money { minor: all.totals.net, currency });
    Some(say::repair_effect(lang, words(&of(now)?), words(&of(then)?), net(now), net(then)))
}

/// The repairs of a line.
#[component]
pub(crate) fn Repairs(mending: Mending, line: LineId) -> impl IntoView {
    let lang = lang();
    let role = person().map(|person| person.role);
    let chosen = RwSignal::new(None::<Repair>);
    let possible = Memo::new(move |_| mending.possible(line));
    let buttons = move || {
        let button = |repair: Repair| {
            let allowed = repair.needs().is_none_or(|needs| role.is_some_and(|role| role.may(needs)));
            let name = mending.name(lang, &repair);
            if let (false, Some(needs)) = (allowed, repair.needs()) {
                let theirs = say::repair_not_yours(lang, roles_that_may(lang, needs));
                return view! { <li class="quiet">{name}": "{theirs}</li> }.into_any();
            }
            let pressed = move || if chosen.get() == Some(repair) { "true" } else { "false" };
            let choose = move |_| chosen.update(|now| *now = if *now == Some(repair) { None } else { Some(repair) });
            view! { <li><button class="choice" type="button" aria-pressed=pressed on:click=choose>{name}</button></li> }
                .into_any()
        };
        let all = possible.get();
        (!all.is_empty()).then(|| {
            view! {
                <h4>{say::repair_title(lang)}</h4>
                <ul class="repairs">{all.into_iter().map(button).collect_view()}</ul>
            }
        })
    };
    let plan = move || {
        let repair = chosen.get().filter(|repair| possible.with(|all| all.contains(repair)))?;
        Some(view! { <Plan mending=mending line=line repair=repair/> })
    };
    view! { <div class="repair needs-script" data-testid="repairs">{buttons}{plan}</div> }
}

/// What the chosen repair would do, and the button that does it.
#[component]
fn Plan(mending: Mending, line: LineId, repair: Repair) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<RepairDocument>::new();
    let (key, reason) = (StoredValue::new(new_id()), RwSignal::new(String::new()));
    let local = repair.contract().is_none();
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            mending.renew.run(());
        }
    });
    let act = move |_| {
        if local {
            mending.on_draft.run(repair);
            return;
        }
        let Some(customer) = mending.document.with_untracked(|document| document.as_ref().map(|of| of.customer)) else {
            return;
        };
        let repair = serde_json::to_string(&repair).unwrap_or_default();
        let (customer, reason) = (customer.to_string(), reason.get_untracked());
        action.dispatch(RepairDocument { form: RepairForm { key: key.get_value(), customer, repair, reason } });
    };
    let more = match repair {
        Repair::BillPeriod { .. } => Some(say::repair_effect_bill(lang)),
        Repair::EnableGroup { .. } | Repair::AllowOverbooking { .. } => Some(say::repair_effect_contract(lang)),
        _ => None,
    };
    let wants_reason = matches!(repair, Repair::GrantFreeQuota { .. });
    let problem = Signal::derive(move || action.value().get().and_then(Result::err)?.at("reason"));
    let refused = move || {
        let error = action.value().get().and_then(Result::err)?;
        error.at("reason").is_none().then(|| view! { <Failure error=error/> })
    };
    view! {
        <div class="repair-plan" data-testid="repair-plan" aria-live="polite">
            <p>{move || mending.effect(lang, line, &repair)}" "<span class="quiet">{more}</span></p>
            {wants_reason.then(|| view! {
                <Field label=say::repair_reason(lang) name="reason" id=format!("repair-reason-{line}") value=reason set=move |value| reason.set(value) problem=problem required=true/>
            })}
            <button class="button" type="button" on:click=act disabled=action.pending()>{mending.name(lang, &repair)}</button>
            {refused}
        </div>
    }
}
