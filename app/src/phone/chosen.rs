//! The task on which somebody works.

use domain::TaskId;
use serde::{Deserialize, Serialize};
use wire::{
    bookings::BookingRow,
    contracts::CustomerRef,
    projects::{BookableProject, ProjectRef},
};

/// A task with its project and whose that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chosen {
    pub(super) task: TaskId,
    pub(super) name: String,
    pub(super) project: ProjectRef,
    pub(super) customer: CustomerRef,
}

impl Chosen {
    /// Every task of these projects.
    pub(super) fn all(projects: Vec<BookableProject>) -> Vec<Chosen> {
        let tasks = projects.into_iter().flat_map(|of| {
            let BookableProject { project, customer, tasks } = of;
            tasks.into_iter().map(move |task| Chosen {
                task: task.id,
                name: task.name,
                project: project.clone(),
                customer: customer.clone(),
            })
        });
        tasks.collect()
    }

    /// That of a booking.
    pub(super) fn of(row: &BookingRow) -> Chosen {
        Chosen {
            task: row.task,
            name: row.task_name.clone(),
            project: row.project.clone(),
            customer: row.customer.clone(),
        }
    }
}
