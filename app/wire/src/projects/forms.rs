//! Projects and tasks as typed into their editor.

use domain::{
    Currency, CustomerId, ProjectId, Seconds, TaskId, UserId,
    quota::Unit,
    splitting::{BookingRounding, NotARounding},
};
use serde::{Deserialize, Serialize};
use texts::Lang;

use super::TaskRow;
use crate::{
    FieldProblem, FieldReason, Problem,
    read::{amount, done, id},
    required, text,
};

/// The most characters of the name of a project, a task or a line.
pub const PROJECT_NAME: usize = 120;
/// The most tasks of a project.
pub const MOST_TASKS: usize = 200;
/// The most people that a project names.
pub const MOST_PEOPLE: usize = 200;

/// A project as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The number; empty for a new project means the next one.
    pub number: String,
    /// Whose it is; never changes.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// The currency of its rates; never changes.
    pub currency: String,
    /// `yes` when nothing is booked on it any more.
    pub closed: String,
    /// `on`, `off`, or `company` (also when empty): as the company says.
    pub splitting: String,
    /// How its bookings are rounded: `contract`, as is agreed; `none`; or `own`, as follows. Empty: `own` if that rounds
    /// anything, else `contract`.
    pub rounding: String,
    /// What is billed of a booking at least; empty: nothing.
    pub minimum: String,
    /// Of what the billed time is a multiple; empty: of a second.
    pub step: String,
    /// `all`: everybody who books time may book on it; `only`: those who are named. Empty: those who are named, or everybody
    /// where nobody is.
    pub bookers: String,
    /// The ids of those who are named.
    pub people: Vec<String>,
}

/// Who may book on a project; whoever books the time of others may book on every one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bookers {
    /// Everybody who books time.
    Everybody,
    /// Only these, somebody at least.
    Only(Vec<UserId>),
}

impl Bookers {
    /// Those who are named.
    pub fn named(&self) -> &[UserId] {
        match self {
            Bookers::Everybody => &[],
            Bookers::Only(people) => people,
        }
    }
}

/// A project whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectDraft {
    /// Made by the client.
    pub id: ProjectId,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// The number; empty for a new project means the next one.
    pub number: String,
    /// Whose it is.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// The currency of its rates.
    pub currency: Currency,
    /// Whether nothing is booked on it any more.
    pub closed: bool,
    /// Whether its bookings may be split; none: as the company says.
    pub splitting: Option<bool>,
    /// How its bookings are rounded; none: as is agreed.
    pub rounding: Option<BookingRounding>,
    /// Who may book on it.
    pub bookers: Bookers,
}

impl ProjectForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<ProjectDraft, Problem> {
        let mut problems = Vec::new();
        let project = id(&mut problems, "id", &self.id);
        let number = text(&mut problems, "number", &self.number, 30);
        if self.version != 0 && number.is_empty() {
            problems.push(FieldProblem::at("number", FieldReason::Missing));
        }
        if !number.is_empty() && !number.chars().any(char::is_alphanumeric) {
            problems.push(FieldProblem::at("number", FieldReason::NotOneOf));
        }
        let customer = if self.customer.is_empty() {
            problems.push(FieldProblem::at("customer", FieldReason::Missing));
            None
        } else {
            id(&mut problems, "customer", &self.customer)
        };
        let name = required(&mut problems, "name", &self.name, PROJECT_NAME);
        let currency = Currency::from_code(&self.currency);
        if currency.is_none() {
            problems.push(FieldProblem::at("currency", FieldReason::NotOneOf));
        }
        let splitting = own_splitting(&mut problems, &self.splitting);
        let rounding = own_rounding(&mut problems, lang, [&self.rounding, &self.minimum, &self.step]);
        let bookers = bookers(&mut problems, &self.bookers, &self.people);
        let named = project.zip(customer).zip(currency);
        let draft = named.map(|((id, customer), currency)| ProjectDraft {
            id,
            version: self.version,
            number,
            customer,
            name,
            currency,
            closed: self.closed == "yes",
            splitting,
            rounding,
            bookers,
        });
        done(draft, problems)
    }
}

/// Whether a project says that its bookings may be split, as chosen; none: as the company says.
pub fn own_splitting(problems: &mut Vec<FieldProblem>, choice: &str) -> Option<bool> {
    match choice {
        "" | "company" => None,
        "on" => Some(true),
        "off" => Some(false),
        _ => {
            problems.push(FieldProblem::at("splitting", FieldReason::NotOneOf));
            None
        }
    }
}

/// How a project says that bookings are rounded, as chosen and typed; none: as is agreed.
pub fn own_rounding(
    problems: &mut Vec<FieldProblem>,
    lang: Lang,
    [choice, minimum, step]: [&str; 3],
) -> Option<BookingRounding> {
    match choice {
        "" => Some(rounding(problems, lang, minimum, step)).filter(|own| own.rounds()),
        "contract" => None,
        "none" => Some(BookingRounding::default()),
        "own" => Some(rounding(problems, lang, minimum, step)),
        _ => {
            problems.push(FieldProblem::at("rounding", FieldReason::NotOneOf));
            None
        }
    }
}

/// What is chosen in the form for what a project says of rounding.
pub fn rounding_name(own: Option<BookingRounding>) -> &'static str {
    match own {
        None => "contract",
        Some(own) if own.rounds() => "own",
        Some(_) => "none",
    }
}

/// What is chosen in the form for whether the bookings of a project may be split.
pub fn splitting_name(own: Option<bool>) -> &'static str {
    match own {
        None => "company",
        Some(true) => "on",
        Some(false) => "off",
    }
}

/// How bookings are rounded, as typed: empty fields round nothing.
pub fn rounding(problems: &mut Vec<FieldProblem>, lang: Lang, minimum: &str, step: &str) -> BookingRounding {
    let usual = BookingRounding::default();
    let mut time = |field: &str, typed: &str, usual: Seconds| {
        if typed.trim().is_empty() { usual } else { Seconds(amount(problems, lang, Unit::Time, field, typed).units()) }
    };
    let (minimum, step) = (time("minimum", minimum, usual.minimum()), time("step", step, usual.step()));
    BookingRounding::new(minimum, step).unwrap_or_else(|NotARounding| {
        // What cannot be read is said already.
        if !problems.iter().any(|problem| ["minimum", "step"].contains(&problem.field.as_str())) {
            problems.push(FieldProblem::at("step", FieldReason::NotARounding));
        }
        usual
    })
}

fn bookers(problems: &mut Vec<FieldProblem>, typed: &str, named: &[String]) -> Bookers {
    let people = people(problems, named);
    let only = match typed {
        "all" => false,
        "only" => true,
        _ => {
            if !typed.is_empty() {
                problems.push(FieldProblem::at("bookers", FieldReason::NotOneOf));
            }
            !people.is_empty()
        }
    };
    if only && named.is_empty() {
        problems.push(FieldProblem::at("people", FieldReason::Missing));
    }
    if only { Bookers::Only(people) } else { Bookers::Everybody }
}

fn people(problems: &mut Vec<FieldProblem>, typed: &[String]) -> Vec<UserId> {
    if typed.len() > MOST_PEOPLE {
        problems.push(FieldProblem::at("people", FieldReason::TooMany { most: MOST_PEOPLE, found: typed.len() }));
        return Vec::new();
    }
    let mut people: Vec<UserId> = typed.iter().filter_map(|typed| id(problems, "people", typed)).collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// A task as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskForm {
    /// Made by the client; the task keeps it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `yes` when nothing is booked on it any more.
    pub closed: String,
}

/// The tasks of a project as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TasksForm {
    /// The project.
    pub project: String,
    /// The version of the project that was loaded.
    pub version: i64,
    /// All of them, in their order. One that is left out is deleted, which is possible as long as nothing is booked on
    /// it.
    pub tasks: Vec<TaskForm>,
}

/// Tasks whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TasksDraft {
    /// The project.
    pub project: ProjectId,
    /// The version of the project that was loaded.
    pub version: i64,
    /// All of them, in their order.
    pub tasks: Vec<TaskRow>,
}

impl TasksForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<TasksDraft, Problem> {
        let mut problems = Vec::new();
        let project = id(&mut problems, "project", &self.project);
        let mut tasks = Vec::with_capacity(self.tasks.len());
        for (place, task) in self.tasks.iter().enumerate() {
            let field = |name: &str| format!("tasks.{place}.{name}");
            let name = required(&mut problems, &field("name"), &task.name, PROJECT_NAME);
            let own: Option<TaskId> = id(&mut problems, &field("id"), &task.id);
            tasks.extend(own.map(|id| TaskRow { id, name, closed: task.closed == "yes" }));
        }
        problems.extend(task_faults(&tasks));
        done(project.map(|project| TasksDraft { project, version: self.version, tasks }), problems)
    }
}

/// What is wrong with a list of tasks as a whole.
pub fn task_faults(tasks: &[TaskRow]) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if tasks.len() > MOST_TASKS {
        problems.push(FieldProblem::at("tasks", FieldReason::TooMany { most: MOST_TASKS, found: tasks.len() }));
    }
    let mut ids: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
        problems.push(FieldProblem::at("tasks", FieldReason::Taken));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn filled() -> ProjectForm {
        let text = str::to_owned;
        let (id, customer, name, currency) = (text(ID), text(ID), text("Maintenance"), text("EUR"));
        ProjectForm { id, customer, name, currency, ..ProjectForm::default() }
    }

    fn wrong<T: std::fmt::Debug>(checked: Result<T, Problem>) -> Vec<String> {
        let problem = checked.expect_err("something is wrong");
        problem.fields().iter().map(|problem| problem.field.clone()).collect()
    }

    #[test]
    fn a_project_is_read_as_it_was_typed() {
        let read = filled().check(Lang::De).expect("all is right");
        assert_eq!((read.closed, read.splitting, read.rounding), (false, None, None));
        let more = ProjectForm {
            closed: "yes".to_owned(),
            splitting: "off".to_owned(),
            minimum: "0:30".to_owned(),
            step: "15 min".to_owned(),
            people: vec![ID.to_owned(), ID.to_owned()],
            ..filled()
        };
        let read = more.check(Lang::De).expect("all is right");
        assert_eq!((read.closed, read.splitting, read.bookers.named().len()), (true, Some(false), 1));
        assert_eq!(read.rounding, BookingRounding::new(Seconds(1_800), Seconds(900)).ok());
    }

    /// Red when: that nothing is rounded is read as if nothing were said, or what is typed counts although it is not chosen.
    #[test]
    fn what_a_project_says_of_rounding_is_read_as_it_is_chosen() {
        let nothing = Some(BookingRounding::default());
        let quarters = BookingRounding::new(Seconds(0), Seconds(900)).ok();
        for (choice, step, expected, shown) in [
            ("", "", None, "contract"),
            ("", "0:00:01", None, "contract"),
            ("", "0:15", quarters, "own"),
            ("contract", "0:15", None, "contract"),
            ("none", "0:15", nothing, "none"),
            ("own", "0:15", quarters, "own"),
            ("own", "", nothing, "none"),
        ] {
            let (rounding, step) = (choice.to_owned(), step.to_owned());
            let read = ProjectForm { rounding, step, ..filled() }.check(Lang::De).expect("all is right").rounding;
            assert_eq!((read, rounding_name(read)), (expected, shown), "{choice}");
        }
    }

    /// Red when: a project that is for some becomes one for everybody, or the other way round.
    #[test]
    fn a_project_says_whether_everybody_books_on_it() {
        let of = |bookers: &str, people: &[&str]| {
            let people = people.iter().map(|id| (*id).to_owned()).collect();
            ProjectForm { bookers: bookers.to_owned(), people, ..filled() }.check(Lang::De)
        };
        let only = Bookers::Only(vec![ID.parse().expect("an id")]);
        for (bookers, people, expected) in [
            ("", vec![], &Bookers::Everybody),
            ("", vec![ID], &only),
            ("all", vec![], &Bookers::Everybody),
            ("all", vec![ID], &Bookers::Everybody),
            ("only", vec![ID], &only),
        ] {
            assert_eq!(&of(bookers, &people).expect("all is right").bookers, expected, "{bookers} {people:?}");
        }
        assert_eq!(wrong(of("only", &[])), ["people"]);
        assert_eq!(wrong(of("only", &["Anna"])), ["people"]);
        assert_eq!(wrong(of("some", &[ID])), ["bookers"]);
    }

    /// Red when: a wrong field is passed over, or told at another one.
    #[test]
    fn every_wrong_field_of_a_project_is_named() {
        let nothing = ProjectForm { version: 1, ..ProjectForm::default() };
        assert_eq!(wrong(nothing.check(Lang::De)), ["id", "number", "customer", "name", "currency"]);
        let of = |field: &str, value: &str| {
            let mut form = filled();
            let value = value.to_owned();
            match field {
                "splitting" => form.splitting = value,
                "rounding" => form.rounding = value,
                "minimum" => form.minimum = value,
                "people" => form.people = vec![value],
                "number" => form.number = value,
                _ => form.step = value,
            }
            wrong(form.check(Lang::De))
        };
        for (field, value, told) in [
            ("splitting", "maybe", "splitting"),
            ("rounding", "up", "rounding"),
            ("minimum", "abc", "minimum"),
            ("minimum", "24:01", "step"),
            ("step", "0:00", "step"),
            ("people", "Anna", "people"),
            ("number", "-/-", "number"),
        ] {
            assert_eq!(of(field, value), [told], "{field} {value}");
        }
    }

    /// Red when: two tasks of one id are taken, or one without a name.
    #[test]
    fn tasks_have_a_name_and_an_id_of_their_own() {
        let task = |name: &str| TaskForm { id: ID.to_owned(), name: name.to_owned(), ..TaskForm::default() };
        let of = |tasks| TasksForm { project: ID.to_owned(), version: 1, tasks };
        assert_eq!(of(vec![task("Repair")]).check().expect("all is right").tasks.len(), 1);
        assert_eq!(wrong(of(vec![task("Repair"), task("Setup")]).check()), ["tasks"]);
        assert_eq!(wrong(of(vec![task(" ")]).check()), ["tasks.0.name"]);
    }
}
