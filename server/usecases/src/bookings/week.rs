//! The week of a person: what was booked in it, and on which tasks lately.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};
use domain::{DateRange, ProjectId, TaskId, UserId};
use store::projects;
use wire::bookings::{BookingRow, PersonBookings, WeekTask, WeekView};

use super::{of_person, save::may_edit, together};
use crate::{Call, Env, Refused, people::own};

/// How many days before the week count as lately.
const LATELY: u64 = 28;
/// How many tasks of before the week are offered: those on which the person booked last.
const OFFERED: usize = 12;

/// The seven days from `first` on of whoever calls, or of anybody for those who see all projects.
///
/// Refused as [`of_person`].
pub async fn week(env: &Env, call: &Call, person: Option<UserId>, first: NaiveDate) -> Result<WeekView, Refused> {
    let from = first.checked_sub_days(Days::new(LATELY)).unwrap_or(first);
    let days = DateRange { from, until: first.checked_add_days(Days::new(7)) };
    let PersonBookings { person, rows, .. } = of_person(env, call, person, days).await?;
    let (rows, before): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.date >= first);

    let mut known = HashSet::new();
    let mut named: Vec<&BookingRow> = rows.iter().filter(|row| known.insert(row.task)).collect();
    let worked: HashSet<TaskId> = named.iter().map(|row| row.task).collect();
    named.extend(before.iter().rev().filter(|row| known.insert(row.task)).take(OFFERED));

    let mut tx = env.db.read().await?;
    let ids: Vec<ProjectId> = named.iter().map(|row| row.project.id).collect::<HashSet<_>>().into_iter().collect();
    let tasks = projects::tasks_of(&mut tx, &ids).await?;
    let in_order = tasks.values().flat_map(|own| own.iter().enumerate());
    let places: HashMap<TaskId, (usize, bool)> =
        in_order.map(|(place, task)| (task.id, (place, task.closed))).collect();
    let mut tasks: Vec<(String, usize, WeekTask)> = Vec::new();
    for row in &named {
        let (place, closed) = places.get(&row.task).copied().unwrap_or((usize::MAX, true));
        // Nobody books on a task that was closed since; what was booked in the week stays in sight.
        if closed && !worked.contains(&row.task) {
            continue;
        }
        let (project, customer, name) = (row.project.clone(), row.customer.clone(), row.task_name.clone());
        tasks.push((row.project.number.clone(), place, WeekTask { project, customer, task: row.task, name, closed }));
    }
    tasks.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let tasks = tasks.into_iter().map(|(_, _, task)| task).collect();

    let own = own(&mut tx, call).await?;
    let writable = may_edit(call, own, person.id).is_ok();
    let days = DateRange { from: first, until: days.until };
    Ok(WeekView { bookings: together(person, days, rows), tasks, writable })
}
