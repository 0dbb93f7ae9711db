//! What is left for a customer: in sight wherever their time is booked, and no more of it than leaves room for booking.

use chrono::NaiveDate;
use domain::{AccountId, ProjectId, TaskId};
use leptos::prelude::*;
use texts::{Lang, say};
use wire::{
    contracts::CustomerRef,
    projects::{AccountLeft, CustomerLeft, LineLeft, ProjectLeft},
};

use super::{desk, held::Phone, loading::loaded, trouble::InTrouble};
use crate::{context::lang, ui::Balance};

/// How many accounts stay in sight where no task says which.
const IN_SIGHT: usize = 1;

/// The collectors that take the time of a task, in the order of the billing lines.
pub(super) fn collecting(
    projects: &[ProjectLeft],
    (project, task): (ProjectId, TaskId),
) -> impl Iterator<Item = &LineLeft> {
    let lines = projects.iter().filter(move |of| of.project.id == project).flat_map(|of| &of.lines);
    lines.filter(move |line| line.tasks.as_ref().is_none_or(|tasks| tasks.contains(&task)))
}

/// The accounts that stay in sight, and the others. Those of which the time of the task is taken come first and stay;
/// where there is none, or no task is chosen, the first one stays.
fn parted(left: CustomerLeft, task: Option<(ProjectId, TaskId)>) -> (Vec<AccountLeft>, Vec<AccountLeft>) {
    let CustomerLeft { projects, mut accounts, .. } = left;
    let drawn: Vec<AccountId> =
        task.map(|task| collecting(&projects, task).map(|line| line.account).collect()).unwrap_or_default();
    let place = |of: &AccountLeft| drawn.iter().position(|account| *account == of.account.id);
    // What has no place keeps the order in which it came.
    accounts.sort_by_key(|of| place(of).unwrap_or(usize::MAX));
    let stay = match accounts.iter().filter(|of| place(of).is_some()).count() {
        0 => IN_SIGHT.min(accounts.len()),
        some => some,
    };
    let folded = accounts.split_off(stay);
    (accounts, folded)
}

fn more_text(lang: Lang, more: usize) -> String {
    match more {
        1 => say::phone_left_more_one(lang).to_owned(),
        more => say::phone_left_more(lang, more),
    }
}

/// What is left for them on that day, again after everything that is saved: first that of which the time of the task is
/// taken.
#[component]
pub(super) fn LeftFor(
    customer: CustomerRef,
    #[prop(into)] date: Signal<NaiveDate>,
    #[prop(optional)] task: Option<(ProjectId, TaskId)>,
) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let id = customer.id;
    let found = loaded(move || Some((date.get(), phone.saved.get())), move |(date, _)| desk::left(id, date));
    let parts = Memo::new(move |_| found.get().map(|found| found.map(|left| parted(left, task))));
    let accounts = move || {
        parts.get().map(|parts| match parts {
            Err(trouble) => view! { <InTrouble trouble=trouble/> }.into_any(),
            Ok((in_sight, _)) if in_sight.is_empty() => {
                view! { <p class="quiet">{say::phone_left_nothing(lang)}</p> }.into_any()
            }
            Ok((in_sight, _)) => {
                // Of several each takes a line, so that there is room for the times.
                let brief = in_sight.len() > 1;
                view! { <Accounts accounts=in_sight brief=brief/> }.into_any()
            }
        })
    };
    let folded = move || match parts.get() {
        Some(Ok((_, folded))) => folded,
        Some(Err(_)) | None => Vec::new(),
    };
    // What somebody has opened stays open while what is in it is loaded again.
    let more = Memo::new(move |_| folded().len());
    let rest = move || {
        let more = more.get();
        (more > 0).then(|| {
            view! {
                <details class="left-more">
                    <summary>{more_text(lang, more)}</summary>
                    {move || view! { <Accounts accounts=folded()/> }}
                </details>
            }
        })
    };
    view! {
        <section class="left-for" data-testid="left">
            <h2>{say::phone_left_for(lang, customer.name)}</h2>
            {accounts}
            {rest}
        </section>
    }
}

#[component]
fn Accounts(accounts: Vec<AccountLeft>, #[prop(optional)] brief: bool) -> impl IntoView {
    let accounts = accounts.into_iter().map(|left| view! { <Account left=left brief=brief/> });
    view! { <ul class="left-lines">{accounts.collect_view()}</ul> }
}

#[component]
fn Account(left: AccountLeft, brief: bool) -> impl IntoView {
    let AccountLeft { name, projects, account } = left;
    let projects = projects.into_iter().map(|project| project.name).collect::<Vec<_>>().join(", ");
    let projects = (!brief).then(|| view! { <span class="quiet">{projects}</span> });
    view! {
        <li class:left-brief=brief>
            <p class="left-name"><span>{name}</span>{projects}</p>
            <Balance unit=account.unit standing=account.standing held=account.held brief=brief/>
        </li>
    }
}

/// The customer, where there is only one of them.
pub(super) fn only(mut customers: impl Iterator<Item = CustomerRef>) -> Option<CustomerRef> {
    let first = customers.next()?;
    customers.all(|other| other.id == first.id).then_some(first)
}

#[cfg(test)]
mod tests {
    use domain::{
        BillingLineId, CustomerId,
        quota::{Amount, Standing, Unit},
    };
    use uuid::Uuid;
    use wire::{customers::AccountRow, projects::ProjectRef};

    use super::*;

    fn account(place: u128) -> AccountLeft {
        let none = Amount::ZERO;
        let standing = Standing { granted: none, used: none, left: none, lapsed: none, deficit: none, lapses: None };
        let (id, name) = (AccountId::new(Uuid::from_u128(place)), place.to_string());
        let account = AccountRow { id, name: name.clone(), unit: Unit::Time, standing, held: none };
        AccountLeft { name, projects: Vec::new(), account }
    }

    fn task(place: u128) -> TaskId {
        TaskId::new(Uuid::from_u128(place))
    }

    /// A collector that draws the account of that place, for all tasks or for one of them.
    fn line(place: u128, only: Option<u128>) -> LineLeft {
        LineLeft {
            line: BillingLineId::new(Uuid::from_u128(place)),
            name: String::new(),
            tasks: only.map(|only| [task(only)].into()),
            account: AccountId::new(Uuid::from_u128(place)),
            unit: Unit::Time,
            left: Amount::ZERO,
            period: None,
        }
    }

    fn project(place: u128) -> ProjectId {
        ProjectId::new(Uuid::from_u128(place))
    }

    /// The names of those in sight and of the others: of as many accounts, and two projects with these collectors.
    fn told(accounts: u128, lines: [Vec<LineLeft>; 2], on: Option<(u128, u128)>) -> [String; 2] {
        let named = |place| ProjectRef { id: project(place), number: String::new(), name: String::new() };
        let projects = lines.into_iter().zip(1..).map(|(lines, place)| ProjectLeft { project: named(place), lines });
        let left = CustomerLeft {
            customer: CustomerId::new(Uuid::nil()),
            date: NaiveDate::default(),
            projects: projects.collect(),
            accounts: (1..=accounts).map(account).collect(),
        };
        let (in_sight, folded) = parted(left, on.map(|(of, own)| (project(of), task(own))));
        [in_sight, folded].map(|part| part.into_iter().map(|of| of.name).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_the_task_draws_stays_in_sight_in_the_order_of_the_lines() {
        let lines = || [vec![line(1, None)], vec![line(4, None), line(2, Some(8)), line(1, Some(7)), line(4, Some(7))]];
        assert_eq!(told(5, lines(), Some((2, 7))), ["4 1", "2 3 5"]);
        assert_eq!(told(5, lines(), Some((2, 8))), ["4 2", "1 3 5"]);
        assert_eq!(told(5, lines(), Some((2, 9))), ["4", "1 2 3 5"], "its other lines are for other tasks");
        assert_eq!(told(5, lines(), Some((1, 9))), ["1", "2 3 4 5"], "lines of another project draw others");
    }

    #[test]
    fn without_a_task_that_draws_anything_one_stays_in_sight() {
        let lines = || [vec![line(3, Some(7))], Vec::new()];
        for on in [None, Some((1, 8)), Some((2, 7))] {
            assert_eq!(told(4, lines(), on), ["1", "2 3 4"], "{on:?}");
        }
        assert_eq!(told(2, lines(), None), ["1", "2"]);
        assert_eq!(told(1, lines(), None), ["1", ""]);
        assert_eq!(told(0, lines(), None), ["", ""]);
    }
}
