//! The office's passbook page: the passbook with the desk where the account is changed.

use chrono::NaiveDate;
use domain::{
    Permission,
    quota::{AccountView, GrantOrigin, Movement, Posting},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use texts::{instant, read_date, say};
use wire::accounts::{DrawForm, EndForm, GrantForm, PassbookLine, PassbookView};

use super::{
    At, Book, Passbook, Slots, address, cover::CoverPlan, draw::DrawPanel, end::EndPanel, grant::GrantPanel,
    release::ReleasePlan, revoke::RevokePlan,
};
use crate::{
    balancing::{DeficitsOf, deficits, lapses},
    call::{CallError, forget_when_posted},
    context::{lang, may, new_id, page_query, visitor},
    ui::{Failure, Icon},
};

/// What the panels share: the passbook, and what is typed.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub book: Book,
    pub draw: RwSignal<DrawForm>,
    pub grant: RwSignal<GrantForm>,
    pub end: RwSignal<EndForm>,
    /// Says that a command was posted.
    pub posted: RwSignal<()>,
}

impl Desk {
    /// Hears what becomes of a command. Once it is posted: `done`, no panel goes on saying what the books refused before,
    /// and the passbook is shown anew.
    pub fn hear<I, O>(self, action: Action<I, Result<O, CallError>>, done: impl Fn() + 'static)
    where
        I: Send + Sync + 'static,
        O: Send + Sync + 'static,
    {
        forget_when_posted(action, self.posted);
        Effect::new(move |before: Option<()>| {
            let (posted, refused) = action.value().with(|value| match value {
                Some(Ok(_)) => (true, false),
                Some(Err(CallError::Refused { .. })) => (false, true),
                Some(Err(CallError::Transport(_))) | None => (false, false),
            });
            if posted {
                done();
                self.posted.set(());
            }
            // Also what was refused: somebody else may have been faster, and the page has to say what the refusal says; one that
            // came with the page knows that already. Where no answer came it may be posted, and is sent once more as it was seen.
            if before.is_some() && (posted || refused) {
                self.book.renew.dispatch(());
            }
        });
    }

    /// Where a plan leads when it is closed: to the passbook with the days that were asked for.
    pub fn closed(&self) -> String {
        let account = self.book.view.with_untracked(|view| view.facts.account.id);
        address(account, &self.book.typed.get_untracked(), None)
    }

    /// The facts that cover the day, if they are loaded.
    pub fn facts_for(&self, day: NaiveDate) -> Option<AccountView> {
        self.book.facts_for(day)
    }

    /// The same with what an allowance gives for the day: what a draw of that day finds.
    pub fn counted_on(&self, day: NaiveDate) -> Option<AccountView> {
        self.book.counted_on(day)
    }
}

/// What is typed at the desk. It outlives a change of the shown range, so nothing typed is lost.
#[derive(Clone, Copy)]
struct Typed {
    draw: RwSignal<DrawForm>,
    grant: RwSignal<GrantForm>,
    end: RwSignal<EndForm>,
}

/// The page.
#[component]
pub fn PassbookPage() -> impl IntoView {
    let (params, query) = (use_params_map(), page_query());
    let at = At::new(
        move || params.with(|params| params.get("id")?.parse().ok()),
        move |name| query.with(|query| query.get(name)),
    );
    let account = params.with_untracked(|params| params.get("id")).unwrap_or_default();
    let today = visitor().today.to_string();
    let (draw, lot) = (new_id(), new_id());
    // A contract leads here with the days of its quota period.
    let asked = |name: &str| query.with_untracked(|query| query.get(name)).filter(|day| read_date(day).is_ok());
    let (grant_from, grant_last) = (asked("grant_from"), asked("grant_last"));
    provide_context(Typed {
        draw: RwSignal::new(DrawForm { account: account.clone(), draw, date: today.clone(), ..DrawForm::default() }),
        grant: RwSignal::new(GrantForm {
            account: account.clone(),
            lot,
            valid_from: grant_from.unwrap_or(today),
            valid_last: grant_last.unwrap_or_default(),
            carry: "off".to_owned(),
            origin: GrantOrigin::FreeQuota.name().to_owned(),
            ..GrantForm::default()
        }),
        end: RwSignal::new(EndForm { account, ..EndForm::default() }),
    });
    let desk = [Permission::Draw, Permission::Grant, Permission::EndAccounts].into_iter().any(may);
    let desk = desk.then_some(desk_of as fn(Book) -> AnyView);
    let slots = Slots { above, desk, actions, open: Some(open), refused };
    view! { <Passbook slots=slots at=at/> }
}

fn above(view: &PassbookView) -> AnyView {
    let (customer, number) = (view.customer_name.clone(), view.customer_number.clone());
    let href = format!("/customers/{}", view.facts.account.customer);
    view! { <A href=href>{customer}</A>" · "<span class="figure">{number}</span> }.into_any()
}

fn refused(error: CallError) -> AnyView {
    view! { <Failure error=error/> }.into_any()
}

/// The open deficits of the account, what lapses of it when, and who opened it.
fn open(book: Book, view: &PassbookView) -> AnyView {
    let (lang, facts) = (lang(), &view.facts);
    let (contract, period) = view.contract.as_ref().map_or((None, None), |(id, _, period)| (Some(*id), *period));
    let (account, unit, policy) = (facts.account.id, facts.account.unit, facts.account.policy.deficits);
    let of = DeficitsOf {
        account,
        unit,
        policy,
        contract,
        terms: None,
        period,
        open: &view.deficits,
        days: book.typed.get_untracked(),
    };
    let open = deficits(lang, &of);
    let opened = view.opened.as_ref().map(|(by, at)| say::account_opened(lang, by, instant(lang, *at)));
    let opened = opened.map(|text| view! { <p class="quiet opened">{text}</p> });
    view! { {open}{lapses(lang, facts, None)}{opened} }.into_any()
}

/// A free quota is for the quota period of today, unless somebody says otherwise.
fn free_for_the_period(book: Book, grant: RwSignal<GrantForm>) {
    let period = book.view.with_untracked(|view| view.contract.as_ref().and_then(|(_, _, period)| *period));
    let Some(period) = period else { return };
    let last = period.last_day().map_or_else(String::new, |last| last.to_string());
    grant.update_untracked(|form| {
        let untouched = form.amount.is_empty() && form.reason.is_empty() && form.valid_last.is_empty();
        if untouched && form.valid_from == visitor().today.to_string() {
            (form.valid_from, form.valid_last) = (period.from.to_string(), last);
        }
    });
}

fn desk_of(book: Book) -> AnyView {
    let Typed { draw, grant, end } = expect_context::<Typed>();
    let desk = Desk { book, draw, grant, end, posted: RwSignal::new(()) };
    free_for_the_period(book, grant);
    book.fetch_facts(move || draw.with(|form| read_date(&form.date)).ok());
    book.fetch_facts(move || end.with(|form| read_date(&form.last)).ok());
    view! {
        <div class="desk">
            {may(Permission::Draw).then(|| view! { <DrawPanel desk=desk/> })}
            {may(Permission::Grant).then(|| view! { <GrantPanel desk=desk/> })}
            {may(Permission::EndAccounts).then(|| view! { <EndPanel desk=desk/> })}
        </div>
        {may(Permission::Draw).then(|| view! { <ReleasePlan desk=desk/> })}
        {may(Permission::Revoke).then(|| view! { <RevokePlan desk=desk/><CoverPlan desk=desk/> })}
    }
    .into_any()
}

/// What can be done with an entry: its plan stands in the address.
fn actions(book: Book, view: &PassbookView, line: &PassbookLine) -> Option<AnyView> {
    let lang = lang();
    let Posting::Entry(entry) = &line.row.posting else { return None };
    let (account, days) = (view.facts.account.id, book.typed.get_untracked());
    let to_plan = |plan: String, icon: &'static str, text: &'static str| {
        view! {
            <A href=address(account, &days, Some(plan)) attr:class="row-action" scroll=false>
                <Icon name=icon/><span>{text}</span>
            </A>
        }
    };
    match &entry.movement {
        Movement::Draw { draw, .. } if !line.undone && may(Permission::Draw) => {
            let coverable = line.deficit.is_positive() && may(Permission::Revoke);
            let release = to_plan(format!("release={draw}"), "undo-2", say::release(lang));
            let cover = coverable.then(|| to_plan(format!("cover={draw}"), "life-buoy", say::cover(lang)));
            Some(view! { {release}{cover} }.into_any())
        }
        // What nobody has posted, nobody takes back.
        Movement::Grant { lot } if line.at.is_some() && !line.undone && may(Permission::Revoke) => {
            Some(to_plan(format!("revoke={}", lot.id), "undo-2", say::revoke(lang)).into_any())
        }
        _ => None,
    }
}
