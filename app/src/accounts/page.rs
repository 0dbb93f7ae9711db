//! The passbook page: where the account stands, its lots, its entries, and the desk where it is changed.

use chrono::NaiveDate;
use domain::{AccountId, DateRange, Permission, quota::AccountView};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
};
use texts::{read_date, say};
use wire::{
    Noun,
    accounts::{DrawForm, GrantForm, PassbookView},
};

use super::{
    calls::{load_facts, load_passbook},
    draw::DrawPanel,
    grant::GrantPanel,
    lots::Lots,
    release::ReleasePlan,
    table::Entries,
};
use crate::{
    call::CallError,
    context::{lang, new_id, person, visitor},
    ui::{Balance, Failure, PageHead},
};

/// What the panels of the page share: what is shown, and what is typed. It outlives a change of the shown range, so
/// nothing typed is lost.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    /// What is shown; renewed after each command.
    pub view: RwSignal<PassbookView>,
    /// Facts for a day outside those of the view, fetched when such a day is typed.
    pub far: RwSignal<Option<AccountView>>,
    /// The draw that is typed.
    pub draw: RwSignal<DrawForm>,
    /// The grant that is typed.
    pub grant: RwSignal<GrantForm>,
    /// Renews the view.
    pub renew: Action<(), ()>,
}

impl Desk {
    /// The facts that cover the day, if they are loaded; if not they are fetched.
    pub fn facts_for(&self, day: NaiveDate) -> Option<AccountView> {
        let desk = *self;
        let near = desk.view.with(|view| view.facts.covers.contains(day).then(|| view.facts.clone()));
        near.or_else(|| desk.far.get().filter(|facts| facts.covers.contains(day)))
    }
}

/// The range in the address: `from` and `to`, both days included.
fn range_in_address(get: impl Fn(&str) -> Option<String>) -> Option<DateRange> {
    let from = read_date(&get("from")?).ok()?;
    let until = get("to").and_then(|to| read_date(&to).ok()).and_then(|to| to.succ_opt());
    DateRange::new(from, until)
}

/// The page.
#[component]
pub fn PassbookPage() -> impl IntoView {
    let may = |what| person().is_some_and(|p| p.role.may(what));
    view! { <Passbook may_draw=may(Permission::Draw) may_grant=may(Permission::Grant) customers=true/> }
}

/// The passbook of the account in the address. The portal shows it without desk and without links to the office.
#[component]
pub(crate) fn Passbook(may_draw: bool, may_grant: bool, customers: bool) -> impl IntoView {
    let lang = lang();
    let (params, query) = (use_params_map(), use_query_map());
    let account =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<AccountId>().ok())));
    let range = Memo::new(move |_| query.with(|query| range_in_address(|name| query.get(name))));
    let passbook = Resource::new(
        move || (account.get(), range.get()),
        |(account, range)| async move {
            load_passbook(account.ok_or_else(|| CallError::not_found(Noun::Account))?, range).await
        },
    );
    let today = visitor().today.to_string();
    let id = account.get_untracked().map(|id| id.to_string()).unwrap_or_default();
    let draw =
        RwSignal::new(DrawForm { account: id.clone(), draw: new_id(), date: today.clone(), ..DrawForm::default() });
    let grant = RwSignal::new(GrantForm { account: id, lot: new_id(), valid_from: today, ..GrantForm::default() });
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match passbook.await {
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                    Ok(view) => {
                        let desk = desk(view, draw, grant, account, range);
                        view! { <Book desk=desk may_draw=may_draw may_grant=may_grant customers=customers/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

fn desk(
    view: PassbookView,
    draw: RwSignal<DrawForm>,
    grant: RwSignal<GrantForm>,
    account: Memo<Option<AccountId>>,
    range: Memo<Option<DateRange>>,
) -> Desk {
    let (view, far) = (RwSignal::new(view), RwSignal::new(None));
    let renew = Action::new(move |(): &()| async move {
        if let Some(account) = account.get_untracked()
            && let Ok(fresh) = load_passbook(account, range.get_untracked()).await
        {
            far.set(None);
            view.set(fresh);
        }
    });
    // A day that no loaded facts cover is fetched while the person goes on typing.
    Effect::new(move |_| {
        let Ok(day) = draw.with(|form| read_date(&form.date)) else { return };
        let covered = view.with(|view| view.facts.covers.contains(day))
            || far.with(|far: &Option<AccountView>| far.as_ref().is_some_and(|facts| facts.covers.contains(day)));
        let Some(account) = account.get_untracked().filter(|_| !covered) else { return };
        leptos::task::spawn_local(async move {
            if let Ok(facts) = load_facts(account, day).await {
                far.set(Some(facts));
            }
        });
    });
    Desk { view, far, draw, grant, renew }
}

#[component]
fn Book(desk: Desk, may_draw: bool, may_grant: bool, customers: bool) -> impl IntoView {
    let (name, customer, number, unit, customer_id) = desk.view.with_untracked(|view| {
        let account = &view.facts.account;
        (view.name.clone(), view.customer_name.clone(), view.customer_number.clone(), account.unit, account.customer)
    });
    let above = if customers {
        view! { <A href=format!("/customers/{customer_id}")>{customer}</A>" · "<span class="figure">{number}</span> }
            .into_any()
    } else {
        view! { <A href="/portal">{customer}</A> }.into_any()
    };
    view! {
        <PageHead title=name above=above/>
        <div class="book" class:book-with-desk=may_draw>
            <div class="book-pages">
                <section class="sheet standing">
                    {move || desk.view.with(|view| view! { <Balance unit=unit standing=view.standing.clone() large=true/> })}
                </section>
                <Lots desk=desk/>
                <Entries desk=desk may_release=may_draw/>
            </div>
            {may_draw.then(|| view! {
                <div class="desk">
                    <DrawPanel desk=desk/>
                    {may_grant.then(|| view! { <GrantPanel desk=desk/> })}
                </div>
            })}
        </div>
        {may_draw.then(|| view! { <ReleasePlan desk=desk/> })}
    }
}
