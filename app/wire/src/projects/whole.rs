//! A project with its tasks and billing lines as one form: saved as a whole or not at all.

use domain::{
    Currency, Seconds,
    quota::{Amount, Unit},
    splitting::BookingRounding,
};
use serde::{Deserialize, Serialize};
use texts::Lang;

use super::{
    LineDraft, LineForm, LinesForm, ProjectDraft, ProjectForm, ProjectPage, TaskForm, TaskRow, TasksForm,
    rounding_name, splitting_name,
};
use crate::Problem;

/// A project as typed into its editor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WholeProjectForm {
    /// The project itself; its version is that of all of it.
    pub project: ProjectForm,
    /// All of its tasks, in their order.
    pub tasks: Vec<TaskForm>,
    /// All of its billing lines, in the order in which time is poured.
    pub lines: Vec<LineForm>,
}

/// A whole project whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeProject {
    /// The project itself; its version is that of all of it.
    pub project: ProjectDraft,
    /// All of its tasks, in their order.
    pub tasks: Vec<TaskRow>,
    /// All of its billing lines, in the order in which time is poured.
    pub lines: Vec<LineDraft>,
}

impl WholeProjectForm {
    /// Turns what was typed into a draft, or names every wrong field: those of tasks as `tasks.0.name`, those of lines
    /// as `lines.0.rate`.
    pub fn check(&self, lang: Lang) -> Result<WholeProject, Problem> {
        let (id, version) = (&self.project.id, self.project.version);
        let project = self.project.check(lang);
        let tasks = TasksForm { project: id.clone(), version, tasks: self.tasks.clone() }.check();
        let lines = LinesForm { project: id.clone(), version, lines: self.lines.clone() }.check(lang);
        match (project, tasks, lines) {
            (Ok(project), Ok(tasks), Ok(lines)) => Ok(WholeProject { project, tasks: tasks.tasks, lines: lines.lines }),
            (project, tasks, lines) => {
                let wrong = [project.err(), tasks.err(), lines.err()];
                let fields = wrong.iter().flatten().flat_map(|problem| problem.fields().iter().cloned()).collect();
                Err(Problem::Invalid { fields })
            }
        }
    }

    /// What the editor shows of a project that is there.
    pub fn of(page: &ProjectPage, lang: Lang) -> WholeProjectForm {
        let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
        let project = ProjectForm {
            id: page.row.id.to_string(),
            version: page.version,
            number: page.row.number.clone(),
            customer: page.row.customer.id.to_string(),
            name: page.row.name.clone(),
            closed: yes(page.row.closed),
            bookers: if page.limited { "only" } else { "all" }.to_owned(),
            people: page.people.iter().map(|person| person.id.to_string()).collect(),
            ..set_up(lang, page.currency, page.splitting, page.rounding)
        };
        let task =
            |task: &TaskRow| TaskForm { id: task.id.to_string(), name: task.name.clone(), closed: yes(task.closed) };
        WholeProjectForm {
            project,
            tasks: page.tasks.iter().map(task).collect(),
            lines: page.lines.iter().map(|row| LineForm::of(row, lang)).collect(),
        }
    }

    /// The same set-up for another project: with ids of its own, the periods of its lines counted from another day,
    /// and without number, people, accounts and whatever was booked. Closed tasks stay behind, and with them the lines
    /// that are limited to nothing else.
    #[must_use]
    pub fn copy(&self, start: &str, mut new_id: impl FnMut() -> String) -> WholeProjectForm {
        let mut ids = Vec::new();
        let mut tasks = Vec::new();
        for task in self.tasks.iter().filter(|task| task.closed != "yes") {
            let id = new_id();
            ids.push((task.id.as_str(), id.clone()));
            tasks.push(TaskForm { id, ..task.clone() });
        }
        let known = |old: &String| ids.iter().find(|(id, _)| id == old).map(|(_, new)| new.clone());
        let day = |day: &String| if day.is_empty() { String::new() } else { start.to_owned() };
        let lines = self.lines.iter().filter_map(|line| {
            let tasks: Vec<String> = line.tasks.iter().filter_map(known).collect();
            // Without a task it would not be limited at all.
            if tasks.is_empty() && !line.tasks.is_empty() {
                return None;
            }
            Some(LineForm {
                id: new_id(),
                start: day(&line.start),
                account: String::new(),
                tasks,
                fee_start: day(&line.fee_start),
                fee_end: String::new(),
                ..line.clone()
            })
        });
        let lines = lines.collect();
        let project = ProjectForm {
            id: new_id(),
            version: 0,
            number: String::new(),
            closed: String::new(),
            bookers: "all".to_owned(),
            people: Vec::new(),
            ..self.project.clone()
        };
        WholeProjectForm { project, tasks, lines }
    }
}

/// What the form of a project says of its currency, and of how its bookings are split and rounded.
pub(super) fn set_up(
    lang: Lang,
    currency: Currency,
    splitting: Option<bool>,
    rounding: Option<BookingRounding>,
) -> ProjectForm {
    // What rounds nothing is left empty.
    let (minimum, step) = rounding.unwrap_or_default().said();
    let time = |said: Option<Seconds>| {
        said.map_or_else(String::new, |time| texts::typed_amount(lang, Unit::Time, Amount::new(time.0)))
    };
    ProjectForm {
        currency: currency.code().to_owned(),
        splitting: splitting_name(splitting).to_owned(),
        rounding: rounding_name(rounding).to_owned(),
        minimum: time(minimum),
        step: time(step),
        bookers: "all".to_owned(),
        ..ProjectForm::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn filled() -> WholeProjectForm {
        let text = str::to_owned;
        let (id, customer, name, currency) = (text(ID), text(ID), text("Maintenance"), text("EUR"));
        let project = ProjectForm { id, customer, name, currency, ..ProjectForm::default() };
        let task = |id: &str, closed: &str| TaskForm { id: text(id), name: text("Repair"), closed: text(closed) };
        let free = LineForm {
            id: text(ID),
            name: text("Free"),
            kind: text("allowance"),
            most: text("0:45"),
            start: text("2026-01-01"),
            tasks: vec![text("a"), text("b")],
            ..LineForm::default()
        };
        WholeProjectForm { project, tasks: vec![task("a", ""), task("b", "yes")], lines: vec![free] }
    }

    /// Red when: what is wrong in one part hides what is wrong in another, or is told without its part.
    #[test]
    fn every_wrong_field_of_the_whole_is_named_with_its_part() {
        let mut form = filled();
        form.project.name.clear();
        form.tasks = vec![TaskForm { id: ID.to_owned(), ..TaskForm::default() }];
        form.lines = vec![LineForm { id: ID.to_owned(), kind: "effort".to_owned(), ..LineForm::default() }];
        let problem = form.check(Lang::De).expect_err("three parts are wrong");
        let fields: Vec<&str> = problem.fields().iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["name", "tasks.0.name", "lines.0.name", "lines.0.rate"]);
    }

    /// Red when: a copy shares an id with its model, keeps what was agreed with one customer, or loses a limit to a task.
    #[test]
    fn a_copy_has_ids_of_its_own_and_keeps_the_set_up() {
        let mut count = 0;
        let copy = filled().copy("2026-05-01", || {
            count += 1;
            format!("new {count}")
        });
        assert_eq!((copy.project.version, copy.project.name.as_str()), (0, "Maintenance"));
        assert_eq!(copy.tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["new 1"]);
        let line = &copy.lines[0];
        assert_eq!((line.id.as_str(), line.most.as_str(), line.start.as_str()), ("new 2", "0:45", "2026-05-01"));
        assert_eq!(line.tasks, ["new 1"], "a closed task stays behind");
        assert_eq!(copy.project.id, "new 3");
    }

    /// Red when: a line that was limited to closed tasks takes the time of all tasks in the copy.
    #[test]
    fn a_line_of_closed_tasks_alone_stays_behind_with_them() {
        let form = filled();
        let limited = |name: &str, tasks: &[&str]| LineForm {
            name: name.to_owned(),
            tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
            ..form.lines[0].clone()
        };
        let lines = vec![limited("Closed", &["b"]), limited("Both", &["a", "b"]), limited("All", &[])];
        let copy = WholeProjectForm { lines, ..filled() }.copy("2026-05-01", || "new".to_owned());
        let told: Vec<(&str, usize)> = copy.lines.iter().map(|line| (line.name.as_str(), line.tasks.len())).collect();
        assert_eq!(told, [("Both", 1), ("All", 0)]);
    }
}
