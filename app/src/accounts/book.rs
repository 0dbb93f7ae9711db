//! The passbook, as office and portal show it: where the account stands, its lots, its entries.
//!
//! What a front adds (a desk, links, what can be done with an entry) it hands in as [`Slots`], so that the portal's
//! bundle holds nothing of the office's desk.

use chrono::NaiveDate;
use domain::{
    AccountId,
    quota::{AccountView, DrawDecision},
};
use leptos::prelude::*;
use texts::{date, range as range_text, read_date, say};
use wire::accounts::{PassbookLine, PassbookView, RangeForm};

use super::{
    as_of::AsOf,
    calls::{load_facts, load_passbook},
    lots::Lots,
    table::Entries,
};
use crate::{
    call::CallError,
    context::{lang, visitor},
    ui::{Notice, PageHead, Tone},
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(crate) struct Book {
    /// What is shown; renewed after each command.
    pub view: RwSignal<PassbookView>,
    /// Facts for a day outside those of the view, fetched when such a day is wanted.
    pub far: RwSignal<Option<AccountView>>,
    /// What a typed draw would take, for the lot bars.
    pub planned: RwSignal<Option<DrawDecision>>,
    /// The day for which the page says where the account stands.
    pub day: RwSignal<NaiveDate>,
    /// The days that the address asks for, as typed.
    pub typed: Memo<RangeForm>,
    /// Renews the view.
    pub renew: Action<(), ()>,
}

/// What a front adds to the passbook.
#[derive(Clone, Copy)]
pub(crate) struct Slots {
    /// What stands above the heading.
    pub above: fn(&PassbookView) -> AnyView,
    /// What stands beside the pages: where the account is changed.
    pub desk: Option<fn(Book) -> AnyView>,
    /// What can be done with an entry.
    pub actions: fn(Book, &PassbookView, &PassbookLine) -> Option<AnyView>,
    /// What stands above the entries: what is open, and what lapses.
    pub open: Option<fn(Book, &PassbookView) -> AnyView>,
    /// What stands in place of the passbook when it was refused.
    pub refused: fn(CallError) -> AnyView,
}

/// What the address asks for.
#[derive(Clone, Copy)]
pub(crate) struct At {
    /// The account; none where the address names none.
    account: Memo<Option<AccountId>>,
    /// The days to be shown, as typed.
    typed: Memo<RangeForm>,
    /// The day for which the page says first where the account stands; today where none is named.
    on: Option<NaiveDate>,
}

impl At {
    /// Reads an address, from the account that it names and from what stands in its query under a name.
    pub fn new(
        account: impl Fn() -> Option<AccountId> + Send + Sync + 'static,
        query: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> At {
        let on = untrack(|| query("on")).and_then(|day| read_date(&day).ok());
        let typed = move |_: Option<&RangeForm>| {
            let [from, to] = ["from", "to"].map(|name| query(name).unwrap_or_default());
            RangeForm { from, to }
        };
        At { account: Memo::new(move |_| account()), typed: Memo::new(typed), on }
    }
}

impl Book {
    /// The facts that cover the day, if they are loaded.
    pub fn facts_for(&self, day: NaiveDate) -> Option<AccountView> {
        let near = self.view.with(|view| view.facts.covers.contains(day).then(|| view.facts.clone()));
        near.or_else(|| self.far.get().filter(|facts| facts.covers.contains(day)))
    }

    /// The same with the lot that an allowance gives for the day, which counts as full when nothing has touched it: what
    /// a draw of that day finds.
    pub fn counted_on(&self, day: NaiveDate) -> Option<AccountView> {
        let mut facts = self.facts_for(day)?;
        if let Some((line, allowance)) = self.view.with(|view| view.allowance) {
            allowance.touch(line, day, &mut facts).ok()?;
        }
        Some(facts)
    }

    /// The days that are shown, or those that were asked for where they cannot be.
    pub fn days(&self) -> RangeForm {
        let range = self.view.with(|view| view.wrong.is_empty().then_some(view.range));
        range.map_or_else(|| self.typed.get(), RangeForm::of)
    }

    /// Fetches facts for a day that no loaded ones cover, while the person goes on.
    pub fn fetch_facts(&self, day: impl Fn() -> Option<NaiveDate> + 'static) {
        let book = *self;
        Effect::new(move |_| {
            let Some(day) = day() else { return };
            let covered = book.view.with(|view| view.facts.covers.contains(day))
                || book.far.with(|far| far.as_ref().is_some_and(|facts| facts.covers.contains(day)));
            if covered {
                return;
            }
            let account = book.view.with_untracked(|view| view.facts.account.id);
            leptos::task::spawn_local(async move {
                if let Ok(facts) = load_facts(account, day).await {
                    book.far.set(Some(facts));
                }
            });
        });
    }
}

/// The passbook of the account in the address.
#[component]
pub(crate) fn Passbook(slots: Slots, at: At) -> impl IntoView {
    let lang = lang();
    let At { account, typed, on } = at;
    let passbook = Resource::new(
        move || (account.get(), typed.get()),
        |(account, days)| async move { load_passbook(account.ok_or_else(CallError::not_found)?, days).await },
    );
    // They outlive a change of the shown range.
    let day = RwSignal::new(on.unwrap_or(visitor().today));
    let planned = RwSignal::new(None);
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match passbook.await {
                    Err(error) => (slots.refused)(error),
                    Ok(view) => {
                        let (view, far) = (RwSignal::new(view), RwSignal::new(None));
                        // Of several under way only the last one counts: an earlier one may answer later.
                        let turns = StoredValue::new(0_u32);
                        let renew = Action::new(move |(): &()| {
                            turns.update_value(|turn| *turn += 1);
                            let turn = turns.get_value();
                            async move {
                                if let Some(account) = account.get_untracked()
                                    && let Ok(fresh) = load_passbook(account, typed.get_untracked()).await
                                    && turns.try_get_value() == Some(turn)
                                {
                                    far.set(None);
                                    view.set(fresh);
                                }
                            }
                        });
                        view! { <Pages book=Book { view, far, planned, day, typed, renew } slots=slots/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Pages(book: Book, slots: Slots) -> impl IntoView {
    let lang = lang();
    let today = visitor().today;
    let (name, above, customer) = book.view.with_untracked(|view| {
        (view.name.clone(), (slots.above)(view), format!("{} · {}", view.customer_name, view.customer_number))
    });
    let ended = move || {
        let end = book.view.with(|view| view.facts.end)?;
        let last = date(lang, end.pred_opt().unwrap_or(end));
        let text = if end <= today { say::account_ended(lang, last) } else { say::account_ends(lang, last) };
        Some(view! { <Notice tone=Tone::Warn><p>{text}</p></Notice> })
    };
    let printed = move || {
        let shown = book.view.with(|view| view.wrong.is_empty().then(|| range_text(lang, view.range)));
        shown.map(|shown| say::passbook_printed(lang, shown, date(lang, today)))
    };
    view! {
        // What a printed statement begins with; on the screen the frame says it.
        <div class="print-head" aria-hidden="true">
            <p><strong>{visitor().company}</strong></p>
            <p>{customer}</p>
            <p>{printed}</p>
        </div>
        <PageHead title=name above=above/>
        <div class="book" class:book-with-desk=slots.desk.is_some()>
            <div class="book-pages">
                {ended}
                <AsOf book=book/>
                <Lots book=book/>
                {slots.open.map(|open| move || book.view.with(|view| open(book, view)))}
                <Entries book=book actions=slots.actions/>
            </div>
            {slots.desk.map(|desk| desk(book))}
        </div>
    }
}
