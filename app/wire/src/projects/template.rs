//! Templates of projects: how new projects of a company begin.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    AccountId, BillingLineId, Currency, ProjectId, ProjectTemplateId, TaskId,
    quota::{Amount, Overbooking, Unit},
    splitting::{BillingLine, BookingRounding, Collector, LineKind},
};
use serde::{Deserialize, Serialize};
use texts::Lang;
use uuid::Uuid;

use super::{
    DraftKind, LineAccount, LineDraft, LineForm, LineRow, LinesForm, PROJECT_NAME, ProjectDraft, ProjectPage, TaskForm,
    TaskRow, TasksForm, WholeProjectForm, rounding_name, splitting_name, whole,
};
use crate::{
    FieldProblem, FieldReason, Problem,
    history::Change,
    lists::UnitKind,
    read::{done, id},
    required, text,
};

/// The most characters of what a template says of itself.
pub const TEMPLATE_LEAD: usize = 200;

/// What a new project begins with. It belongs to no customer: it holds no account that is there, and no date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateParts {
    /// The currency of its rates.
    pub currency: Currency,
    /// Whether its bookings may be split; none: as the company says.
    pub splitting: Option<bool>,
    /// How its bookings are rounded; none: as is agreed.
    pub rounding: Option<BookingRounding>,
    /// Its tasks, in their order. Their ids say here which lines are limited to them, and nothing else.
    pub tasks: Vec<TaskRow>,
    /// Its billing lines, in the order in which time is poured.
    pub lines: Vec<LineDraft>,
}

/// A template of projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectTemplate {
    /// Made by the client.
    pub id: ProjectTemplateId,
    /// The version, to be sent back when saving.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub lead: String,
    /// What a project begins with.
    pub parts: TemplateParts,
}

/// A template with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectTemplatePage {
    /// The template.
    pub template: ProjectTemplate,
    /// The latest changes, newest first.
    pub history: Vec<Change>,
}

/// Where the parts of a template come from that is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartsOf {
    /// They stay as they are.
    Kept,
    /// From a project, as it stands.
    Project(ProjectId),
    /// They are given.
    Given(TemplateParts),
}

/// A template as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectTemplateDraft {
    /// Made by the client.
    pub id: ProjectTemplateId,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub lead: String,
    /// What a project begins with.
    pub parts: PartsOf,
}

/// A template as typed into its form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectTemplateForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub lead: String,
    /// The project whose set-up it takes; empty: what it has stays.
    pub project: String,
}

impl ProjectTemplateForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<ProjectTemplateDraft, Problem> {
        let mut problems = Vec::new();
        let own = id(&mut problems, "id", &self.id);
        let name = required(&mut problems, "name", &self.name, PROJECT_NAME);
        let lead = text(&mut problems, "lead", &self.lead, TEMPLATE_LEAD);
        let parts = if self.project.is_empty() {
            Some(PartsOf::Kept)
        } else {
            id(&mut problems, "project", &self.project).map(PartsOf::Project)
        };
        let version = self.version;
        let draft = own.zip(parts).map(|(id, parts)| ProjectTemplateDraft { id, version, name, lead, parts });
        done(draft, problems)
    }
}

/// A new project with the set-up of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromTemplate {
    /// The project.
    pub project: ProjectDraft,
    /// The template.
    pub template: ProjectTemplateId,
    /// Whether the template says how its bookings are split.
    pub splits_alike: bool,
    /// Whether the template says how they are rounded.
    pub rounds_alike: bool,
}

impl TemplateParts {
    /// What a template keeps of a project: what a copy takes over of it ([`WholeProjectForm::copy`]). Its ids are
    /// counted, so the same project makes the same template.
    pub fn of(page: &ProjectPage) -> Result<TemplateParts, Problem> {
        let lang = Lang::En;
        let mut count = 0_u128;
        let counted = || {
            count += 1;
            Uuid::from_u128(count).to_string()
        };
        let copy = WholeProjectForm::of(page, lang).copy(&undated().to_string(), counted);
        // A block names no account any more: until somebody chooses one, the place is held.
        let held = |line: LineForm| {
            let prepaid = line.kind == "prepaid";
            if prepaid { LineForm { account: line.id.clone(), ..line } } else { line }
        };
        let (project, version) = (page.row.id.to_string(), page.version);
        let tasks = TasksForm { project: project.clone(), version, tasks: copy.tasks }.check()?.tasks;
        let lines = copy.lines.into_iter().map(held).collect();
        let lines = LinesForm { project, version, lines }.check(lang)?.lines;
        let (currency, splitting, rounding) = (page.currency, page.splitting, page.rounding);
        Ok(TemplateParts { currency, splitting, rounding, tasks, lines })
    }

    /// Without what belongs to one project alone: days, and accounts that are there.
    #[must_use]
    pub fn of_nobody(self) -> TemplateParts {
        let lines = self.lines.iter().map(|line| line.begun(line.id, undated())).collect();
        let open = |task: TaskRow| TaskRow { closed: false, ..task };
        TemplateParts { lines, tasks: self.tasks.into_iter().map(open).collect(), ..self }
    }

    /// The tasks and lines of a project that begins with them: with new ids, and periods that are counted from that day.
    pub fn begun(&self, start: NaiveDate, mut new_id: impl FnMut() -> Uuid) -> (Vec<TaskRow>, Vec<LineDraft>) {
        let mut known = HashMap::new();
        let mut tasks = Vec::with_capacity(self.tasks.len());
        for task in &self.tasks {
            let id = TaskId::new(new_id());
            known.insert(task.id, id);
            tasks.push(TaskRow { id, ..task.clone() });
        }
        let line = |line: &LineDraft| {
            let limit = line.tasks.as_ref();
            let tasks = limit.map(|tasks| tasks.iter().filter_map(|task| known.get(task).copied()).collect());
            LineDraft { tasks, ..line.begun(BillingLineId::new(new_id()), start) }
        };
        let lines = self.lines.iter().map(line).collect();
        (tasks, lines)
    }

    /// The same as a form; of the project itself it says what the template says.
    pub fn form(&self, lang: Lang, start: NaiveDate, new_id: impl FnMut() -> Uuid) -> WholeProjectForm {
        let (tasks, lines) = self.begun(start, new_id);
        let task = |task: TaskRow| TaskForm { id: task.id.to_string(), name: task.name, closed: String::new() };
        WholeProjectForm {
            project: whole::set_up(lang, self.currency, self.splitting, self.rounding),
            tasks: tasks.into_iter().map(task).collect(),
            lines: lines.iter().map(|line| LineForm::of_draft(line, lang)).collect(),
        }
    }

    /// What is wrong with its lines besides what can be wrong with those of any project: nothing could be booked on them.
    pub fn faults(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            let mut wrong = |field: &str, reason| {
                problems.push(FieldProblem::at(&format!("lines.{place}.{field}"), reason));
            };
            if line.tasks.iter().flatten().any(|named| self.tasks.iter().all(|task| task.id != *named)) {
                wrong("tasks", FieldReason::NotOneOf);
            }
            if line.fee.is_some() && matches!(line.kind, DraftKind::Effort { .. } | DraftKind::FlatRate) {
                wrong("fee_price", FieldReason::NotOneOf);
            }
            if let Err(error) = line.as_row().line.check(Some(line.counts(self.currency)), self.currency) {
                wrong("rate", FieldReason::Split(error));
            }
        }
        problems
    }
}

/// The day that stands in a template wherever a project has one.
fn undated() -> NaiveDate {
    NaiveDate::default()
}

impl ProjectTemplate {
    /// What it says about itself in its history.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let TemplateParts { currency, splitting, rounding, tasks, lines } = &self.parts;
        let rows: Vec<LineRow> = lines.iter().map(LineDraft::as_row).collect();
        let kept: Vec<_> =
            lines.iter().zip(&rows).map(|(line, row)| (&row.name, &row.line, row.reported, &line.kind)).collect();
        let own = rounding.unwrap_or_default();
        vec![
            ("name", self.name.clone()),
            ("lead", self.lead.clone()),
            ("currency", currency.code().to_owned()),
            ("splitting", splitting_name(*splitting).to_owned()),
            ("rounding", rounding_name(*rounding).to_owned()),
            ("minimum", own.minimum().0.to_string()),
            ("step", own.step().0.to_string()),
            ("tasks", serde_json::to_string(tasks).unwrap_or_default()),
            ("lines", serde_json::to_string(&kept).unwrap_or_default()),
        ]
    }
}

impl LineDraft {
    /// The same line under that id, with its periods and its fee counted from that day, and with no account that is
    /// there.
    fn begun(&self, id: BillingLineId, start: NaiveDate) -> LineDraft {
        let mut line = LineDraft { id, ..self.clone() };
        match &mut line.kind {
            DraftKind::Allowance { allowance, .. } => allowance.periods.anchor = start,
            DraftKind::Prepaid { account, .. } => *account = AccountId::new(id.uuid()),
            DraftKind::Effort { .. } | DraftKind::FlatRate => {}
        }
        if let Some(fee) = &mut line.fee {
            fee.periods.anchor = start;
            fee.end = None;
        }
        line
    }

    /// What its account counts.
    fn counts(&self, currency: Currency) -> Unit {
        let DraftKind::Prepaid { opens, rate, .. } = &self.kind else { return Unit::Time };
        // Where nobody says which account it will be: only of money an hour has a price.
        let money = opens.map_or(rate.is_some(), |counts| counts == UnitKind::Money);
        if money { Unit::Money(currency) } else { Unit::Time }
    }

    /// The line as it would be shown. It has an account of its own, whatever it is given.
    pub fn as_row(&self) -> LineRow {
        let (id, fee) = (AccountId::new(self.id.uuid()), self.fee);
        let (kind, overbooking) = match &self.kind {
            DraftKind::Allowance { collects, allowance, overbooking } => {
                let (collects, allowance) = (*collects, Some(*allowance));
                (LineKind::Collector(Collector { account: id, collects, rate: None, allowance, fee }), *overbooking)
            }
            DraftKind::Prepaid { collects, account, rate, .. } => {
                let (account, collects, rate) = (*account, *collects, *rate);
                (LineKind::Collector(Collector { account, collects, rate, allowance: None, fee }), Overbooking::No)
            }
            DraftKind::Effort { rate } => (LineKind::Effort { rate: *rate }, Overbooking::No),
            DraftKind::FlatRate => (LineKind::FlatRate, Overbooking::No),
        };
        let collects = matches!(kind, LineKind::Collector(_));
        let (name, unit, left) = (self.name.clone(), Unit::Time, Amount::ZERO);
        LineRow {
            line: BillingLine { id: self.id, tasks: self.tasks.clone(), kind },
            name: name.clone(),
            reported: self.reported,
            account: collects.then_some(LineAccount { id, name, unit, overbooking, left }),
        }
    }
}

impl LineForm {
    /// What the form shows of a line of a template: a block draws no account yet.
    fn of_draft(line: &LineDraft, lang: Lang) -> LineForm {
        let form = LineForm::of(&line.as_row(), lang);
        match &line.kind {
            DraftKind::Prepaid { opens, .. } => {
                let opens = opens.map(|counts| counts.name().to_owned()).unwrap_or_default();
                LineForm { account: String::new(), opens, ..form }
            }
            DraftKind::Allowance { .. } | DraftKind::Effort { .. } | DraftKind::FlatRate => form,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    /// Free time for one task, with a fee that ends; then effort, then a flat rate.
    fn page() -> ProjectPage {
        serde_json::from_str(include_str!("../../tests/stored-answers/project.json")).expect("a project")
    }

    fn parts() -> TemplateParts {
        TemplateParts::of(&page()).expect("all is right")
    }

    fn ids() -> impl FnMut() -> Uuid {
        let mut count = 100_u128;
        move || {
            count += 1;
            Uuid::from_u128(count)
        }
    }

    fn block(account: &str, opens: Option<UnitKind>) -> LineDraft {
        let account = account.parse().expect("an id");
        let kind = DraftKind::Prepaid { collects: domain::splitting::Collects::All, account, rate: None, opens };
        let id = ID.parse().expect("an id");
        LineDraft { id, name: "Block".to_owned(), tasks: None, reported: false, fee: None, kind }
    }

    /// Red when: a template keeps a day of the project or comes out otherwise the second time, or a project that begins
    /// with it gives, costs or shows something else.
    #[test]
    fn what_begins_with_a_template_is_what_it_was_made_of() {
        let (own, again) = (parts(), parts());
        assert_eq!(own, again);
        assert_eq!(own.clone().of_nobody(), own, "nothing of the project is left");
        let start: NaiveDate = "2026-05-01".parse().expect("a day");
        for lang in [Lang::De, Lang::En] {
            let form = own.form(lang, start, ids());
            assert_eq!((form.project.splitting.as_str(), form.project.rounding.as_str()), ("on", "own"));
            let mut count = 100_u128;
            let copied = WholeProjectForm::of(&page(), lang).copy("2026-05-01", || {
                count += 1;
                Uuid::from_u128(count).to_string()
            });
            assert_eq!(form.tasks, copied.tasks);
            assert_eq!(form.lines, copied.lines, "it is the same as a copy");
            assert_eq!((&form.project.minimum, &form.project.step), (&copied.project.minimum, &copied.project.step));
        }
        let (tasks, lines) = own.begun(start, ids());
        assert_eq!(lines[0].tasks.as_ref().and_then(|limit| limit.first()), Some(&tasks[0].id));
        let fee = lines[0].fee.expect("a fee");
        assert_eq!((fee.periods.anchor, fee.end), (start, None));
    }

    /// Red when: a template hands the account of a customer on, or forgets that a block opens one of its own.
    #[test]
    fn a_block_of_a_template_names_no_account() {
        let with = |line| TemplateParts { lines: vec![line], ..parts() }.of_nobody();
        let start = NaiveDate::default();
        let other = "0198f2f0-0000-7000-8000-00000000000b";
        for (opens, told) in [(None, ""), (Some(UnitKind::Time), "time"), (Some(UnitKind::Money), "money")] {
            let own = with(block(other, opens));
            let form = own.form(Lang::De, start, ids());
            let line = &form.lines[0];
            assert_eq!((line.account.as_str(), line.opens.as_str()), ("", told));
            let DraftKind::Prepaid { account, .. } = own.lines[0].kind else { panic!("{:?}", own.lines) };
            assert_eq!(account.to_string(), ID);
        }
    }

    /// Red when: a fee ends in every project that begins with a template, because it ended in what was given.
    #[test]
    fn a_fee_of_a_template_has_no_end() {
        let mut given = parts();
        let end = "2026-06-01".parse().ok();
        let fees = given.lines.iter_mut().filter_map(|line| line.fee.as_mut());
        assert_eq!(fees.map(|fee| fee.end = end).count(), 1);
        assert_eq!(given.of_nobody(), parts());
    }

    /// Red when: a template is kept with which no project could begin.
    #[test]
    fn lines_on_which_nothing_could_be_booked_are_wrong() {
        let fields = |parts: &TemplateParts| parts.faults().into_iter().map(|fault| fault.field).collect::<Vec<_>>();
        assert_eq!(fields(&parts()), [""; 0]);
        let mut wrong = parts();
        wrong.tasks.clear();
        wrong.lines[1].kind = DraftKind::Effort { rate: "-5".parse().expect("a price") };
        wrong.lines[2].fee = wrong.lines[0].fee;
        wrong.lines.push(block(ID, Some(UnitKind::Money)));
        assert_eq!(fields(&wrong), ["lines.0.tasks", "lines.1.rate", "lines.2.fee_price", "lines.3.rate"]);
    }

    /// Red when: a wrong field is passed over, or told at another one.
    #[test]
    fn every_wrong_field_of_a_template_is_named() {
        let text = str::to_owned;
        let form = ProjectTemplateForm { id: text(ID), name: text(" Care "), ..ProjectTemplateForm::default() };
        let draft = form.check().expect("all is right");
        assert_eq!((draft.name.as_str(), draft.parts), ("Care", PartsOf::Kept));
        let of = |project: &str, name: String, lead: String| {
            let form = ProjectTemplateForm { project: text(project), name, lead, ..form.clone() };
            let checked = form.check();
            checked
                .map(|draft| draft.parts)
                .map_err(|problem| problem.fields().iter().map(|problem| problem.field.clone()).collect::<Vec<_>>())
        };
        assert_eq!(of(ID, text("Care"), text("x")), Ok(PartsOf::Project(ID.parse().expect("an id"))));
        assert_eq!(of("Care", text(" "), "x".repeat(201)), Err(vec![text("name"), text("lead"), text("project")]));
        assert_eq!(of("", "x".repeat(121), text("a\nb")), Err(vec![text("name"), text("lead")]));
    }
}
