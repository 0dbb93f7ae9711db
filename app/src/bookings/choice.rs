//! Choosing a task: those of the week and those that were searched for.

use domain::{ProjectId, TaskId};
use leptos::prelude::*;
use texts::{Lang, say};
use wire::{
    bookings::{BookingRow, WeekTask},
    contracts::CustomerRef,
    projects::{BookableProject, ProjectRef, TaskRow},
};

/// A task to choose, with everything by which a person knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// The task.
    pub task: TaskId,
    /// Its project, whose facts are needed.
    pub project: ProjectId,
    /// What is read.
    pub label: String,
}

fn label(project: &ProjectRef, customer: &CustomerRef, task: &str) -> String {
    format!("{} {} · {} · {task}", project.number, project.name, customer.name)
}

impl Choice {
    /// A task of the week.
    pub(super) fn of_week(task: &WeekTask) -> Choice {
        let label = label(&task.project, &task.customer, &task.name);
        Choice { task: task.task, project: task.project.id, label }
    }

    /// The task of a booking.
    pub(super) fn of_row(row: &BookingRow) -> Choice {
        let label = label(&row.project, &row.customer, &row.task_name);
        Choice { task: row.task, project: row.project.id, label }
    }

    /// Another task of the project of a booking.
    pub(super) fn beside(row: &BookingRow, task: &TaskRow) -> Choice {
        let label = label(&row.project, &row.customer, &task.name);
        Choice { task: task.id, project: row.project.id, label }
    }
}

/// The tasks of projects that were searched for.
pub(super) fn found(projects: &[BookableProject]) -> Vec<WeekTask> {
    let of = |bookable: &BookableProject| {
        let (project, customer) = (bookable.project.clone(), bookable.customer.clone());
        let tasks = bookable.tasks.iter().map(move |task| WeekTask {
            project: project.clone(),
            customer: customer.clone(),
            task: task.id,
            name: task.name.clone(),
            closed: task.closed,
        });
        tasks.collect::<Vec<_>>()
    };
    projects.iter().flat_map(of).collect()
}

/// What a field offers to choose: the keys, and what is read.
pub(super) type Options = Vec<(Oco<'static, str>, Oco<'static, str>)>;

/// Whether the customer pays for it.
pub(super) fn yes_no(lang: Lang) -> Options {
    vec![("yes".into(), say::list_yes(lang).into()), ("no".into(), say::list_no(lang).into())]
}

/// The options of a field that chooses a task; the first is none.
pub(super) fn options(none: &'static str, choices: &[Choice]) -> Options {
    let all = choices.iter().map(|choice| (choice.task.to_string().into(), choice.label.clone().into()));
    std::iter::once((Oco::from(""), Oco::from(none))).chain(all).collect()
}
