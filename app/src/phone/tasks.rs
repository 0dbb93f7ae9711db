//! Tasks to choose from, each with what is left of the accounts of which its time is taken.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{ProjectId, TaskId};
use leptos::prelude::*;
use texts::{Lang, amount, say};
use wire::projects::{MOST_LEFT, ProjectLeft};

use super::{chosen::Chosen, desk, held::Phone, left::collecting, loading::loaded};
use crate::{context::lang, ui::Icon};

/// The projects of these tasks, each once: as many as are asked about at once.
fn projects_of(tasks: &[Chosen]) -> Vec<ProjectId> {
    let mut known = BTreeSet::new();
    tasks.iter().map(|on| on.project.id).filter(|project| known.insert(*project)).take(MOST_LEFT).collect()
}

/// In words: `0:15 h free time · 2:00 h block left`. None where the task draws no account.
fn still(lang: Lang, left: &[ProjectLeft], task: (ProjectId, TaskId)) -> Option<String> {
    let mut known = BTreeSet::new();
    // What two lines draw is there once.
    let lines = collecting(left, task).filter(|line| known.insert(line.account));
    let each: Vec<_> = lines.map(|line| format!("{} {}", amount(lang, line.unit, line.left), line.name)).collect();
    (!each.is_empty()).then(|| say::phone_left_short(lang, each.join(" · ")))
}

/// The list; a tap takes one. `icon` says what that does. What is left is asked for all of them at once; where that cannot
/// be had, they are there without it.
#[component]
pub(super) fn Tasks(
    #[prop(into)] tasks: Signal<Vec<Chosen>>,
    icon: &'static str,
    picked: Callback<Chosen>,
) -> impl IntoView {
    let (lang, phone) = (lang(), Phone::around());
    let projects = Memo::new(move |_| tasks.with(|tasks| projects_of(tasks)));
    let left = loaded(
        move || {
            let asked = projects.get();
            (!asked.is_empty()).then(|| (asked, phone.today.get(), phone.saved.get()))
        },
        |(asked, today, _): (Vec<ProjectId>, NaiveDate, u32)| desk::left_on(asked, today),
    );
    let rows = move || {
        let asked = projects.get();
        let rows = tasks.get().into_iter().map(|on| {
            let task = (on.project.id, on.task);
            let words = move || left.with(|left| still(lang, left.as_ref()?.as_ref().ok()?, task));
            // It has its place before it comes, so that nothing moves below a thumb.
            let place = asked.contains(&on.project.id).then(|| view! { <span class="task-left">{words}</span> });
            let (name, of) = (on.name.clone(), format!("{} · {}", on.project.name, on.customer.name));
            view! {
                <li>
                    <button class="task" type="button" on:click=move |_| picked.run(on.clone())>
                        <Icon name=icon/><span class="task-name">{name}</span><span class="task-of">{of}</span>{place}
                    </button>
                </li>
            }
        });
        rows.collect_view()
    };
    view! { <ul class="tasks">{rows}</ul> }
}

#[cfg(test)]
mod tests {
    use domain::{
        AccountId, BillingLineId, Currency, CustomerId,
        quota::{Amount, Unit},
    };
    use uuid::Uuid;
    use wire::{
        contracts::CustomerRef,
        projects::{LineLeft, ProjectRef},
    };

    use super::*;

    fn project(place: u128) -> ProjectRef {
        ProjectRef { id: ProjectId::new(Uuid::from_u128(place)), number: String::new(), name: String::new() }
    }

    fn task(place: u128) -> TaskId {
        TaskId::new(Uuid::from_u128(place))
    }

    fn line(name: &str, account: u128, unit: Unit, left: i64, only: Option<u128>) -> LineLeft {
        LineLeft {
            line: BillingLineId::new(Uuid::from_u128(account)),
            name: name.to_owned(),
            tasks: only.map(|only| [task(only)].into()),
            account: AccountId::new(Uuid::from_u128(account)),
            unit,
            left: Amount::new(left),
            period: None,
        }
    }

    /// Red when: an account that the task does not draw is told, one that two lines draw is told twice, or money is counted as
    /// time.
    #[test]
    fn what_a_task_draws_is_told_in_the_order_of_the_lines() {
        let lines = vec![
            line("Free", 1, Unit::Time, 900, None),
            line("Other", 2, Unit::Time, 60, Some(9)),
            line("Purse", 3, Unit::Money(Currency::EUR), 50_000, Some(7)),
            line("Again", 1, Unit::Time, 900, None),
        ];
        let left = [ProjectLeft { project: project(1), lines }, ProjectLeft { project: project(2), lines: Vec::new() }];
        let told =
            |lang, of, own| still(lang, &left, (project(of).id, task(own))).map(|text| text.replace('\u{a0}', " "));
        assert_eq!(told(Lang::De, 1, 7).as_deref(), Some("Noch 0:15 h Free · 500,00 € Purse"));
        assert_eq!(told(Lang::En, 1, 8).as_deref(), Some("0:15 h Free left"));
        assert_eq!(told(Lang::De, 2, 7), None, "it draws nothing");
        assert_eq!(told(Lang::De, 3, 7), None, "nothing is known of it");
    }

    /// Red when: a project is asked about twice, or more of them than the server answers.
    #[test]
    fn as_many_projects_are_asked_about_as_are_answered() {
        let on = |place: u128| Chosen {
            task: task(place),
            name: String::new(),
            project: project(place / 2),
            customer: CustomerRef { id: CustomerId::new(Uuid::nil()), number: String::new(), name: String::new() },
        };
        let asked = projects_of(&(0..100).map(on).collect::<Vec<_>>());
        assert_eq!(asked, (0..12).map(|place| project(place).id).collect::<Vec<_>>());
        assert_eq!(projects_of(&[]), []);
    }
}
