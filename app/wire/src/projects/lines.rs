//! Billing lines as typed into their editor.

use std::collections::BTreeSet;

use domain::{
    AccountId, BillingLineId, Periods, Price, ProjectId, Seconds, TaskId,
    quota::{Overbooking, Unit},
    splitting::{Allowance, Collects, Fee, LineKind},
};
use serde::{Deserialize, Serialize};
use texts::Lang;

use super::{
    LineRow, PROJECT_NAME,
    fee::{fee_faults, interval, interval_parts},
};
use crate::{
    FieldProblem, FieldReason, Problem,
    lists::UnitKind,
    read::{asked, day, done, id, needed_count, number, overbooking},
    required,
};

/// The most billing lines of a project.
pub const MOST_LINES: usize = 50;

/// A billing line as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LineForm {
    /// Made by the client; the line keeps it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `allowance`, `prepaid`, `effort` or `flat_rate`.
    pub kind: String,
    /// Which time a collector takes: `all` or `billable`.
    pub collects: String,
    /// What is free in a period of an allowance.
    pub most: String,
    /// How many of the unit a period has; empty: one.
    pub every: String,
    /// The unit of the period: `months`, `weeks` or `days`.
    pub unit: String,
    /// The day from which on the periods are counted.
    pub start: String,
    /// `yes` when an allowance may be overdrawn.
    pub overbooking: String,
    /// Up to how much; empty: without limit.
    pub limit: String,
    /// The account of a prepaid block, if it is one that is there.
    pub account: String,
    /// What the account of a prepaid block counts that is opened with the line: `time` or `money`; empty: it is there.
    pub opens: String,
    /// The net price of an hour: of effort, and what an hour draws of an account that counts money.
    pub rate: String,
    /// `yes` when the time that it collects is shown on activity reports.
    pub reported: String,
    /// The ids of the tasks to which it is limited; none: all tasks of the project.
    pub tasks: Vec<String>,
    /// The net price of a period of the fee of a collector; empty: it has no fee.
    pub fee_price: String,
    /// How many of the unit a period of the fee has; empty: one.
    pub fee_every: String,
    /// The unit of that period: `months`, `weeks` or `days`.
    pub fee_unit: String,
    /// The rate of VAT of the fee, in per cent.
    pub fee_vat: String,
    /// The first day for which the fee is charged, from which on its periods are counted.
    pub fee_start: String,
    /// The last day for which it is charged; empty: as long as the line is there.
    pub fee_end: String,
}

/// The billing lines of a project as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LinesForm {
    /// The project.
    pub project: String,
    /// The version of the project that was loaded.
    pub version: i64,
    /// All of them, in the order in which time is poured. One that is left out is taken out of the project; what was
    /// booked on it stays.
    pub lines: Vec<LineForm>,
}

/// What a line does, as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DraftKind {
    /// It collects what is free; its account is opened with it.
    Allowance {
        /// Which time it takes.
        collects: Collects,
        /// What is free in which periods.
        allowance: Allowance,
        /// Whether it may be overdrawn.
        overbooking: Overbooking,
    },
    /// It draws an account that is filled otherwise.
    Prepaid {
        /// Which time it takes.
        collects: Collects,
        /// The account; one that is opened with the line has the id of the line.
        account: AccountId,
        /// What an hour draws of an account that counts money.
        rate: Option<Price>,
        /// What the account counts that is opened with the line; none of one that is there.
        #[serde(default)]
        opens: Option<UnitKind>,
    },
    /// It charges billable time by the hour.
    Effort {
        /// The net price of an hour.
        rate: Price,
    },
    /// It takes all billable time.
    FlatRate,
}

/// A billing line whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDraft {
    /// Made by the client.
    pub id: BillingLineId,
    /// Its name.
    pub name: String,
    /// The tasks to which it is limited; none: all tasks of the project.
    pub tasks: Option<BTreeSet<TaskId>>,
    /// Whether the time that it collects is shown on activity reports.
    pub reported: bool,
    /// The fee of a collector.
    #[serde(default)]
    pub fee: Option<Fee>,
    /// What it does.
    #[serde(flatten)]
    pub kind: DraftKind,
}

/// Billing lines whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesDraft {
    /// The project.
    pub project: ProjectId,
    /// The version of the project that was loaded.
    pub version: i64,
    /// All of them, in the order in which time is poured.
    pub lines: Vec<LineDraft>,
}

impl LineForm {
    /// Turns what was typed into a draft, or names every wrong field by its name within the line.
    pub fn read(&self, lang: Lang) -> Result<LineDraft, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let own = id(&mut problems, "id", &self.id);
        let name = required(&mut problems, "name", &self.name, PROJECT_NAME);
        let kind = self.kind(&mut problems, own, lang);
        let fee = self.fee(&mut problems, lang);
        let tasks: BTreeSet<TaskId> = self.tasks.iter().filter_map(|task| id(&mut problems, "tasks", task)).collect();
        let tasks = (!tasks.is_empty()).then_some(tasks);
        let reported = self.reported == "yes";
        match own.zip(kind) {
            Some((id, kind)) if problems.is_empty() => Ok(LineDraft { id, name, tasks, reported, fee, kind }),
            _ => Err(problems),
        }
    }

    fn kind(&self, problems: &mut Vec<FieldProblem>, own: Option<BillingLineId>, lang: Lang) -> Option<DraftKind> {
        match self.kind.as_str() {
            "allowance" => {
                let collects = self.collects(problems);
                let allowance = self.allowance(problems, lang);
                let overbooking = overbooking(problems, lang, Unit::Time, &self.overbooking, &self.limit);
                Some(DraftKind::Allowance { collects: collects?, allowance: allowance?, overbooking })
            }
            "prepaid" => {
                let collects = self.collects(problems);
                let opens = UnitKind::from_name(&self.opens);
                if opens.is_none() && !self.opens.is_empty() {
                    problems.push(FieldProblem::at("opens", FieldReason::NotOneOf));
                }
                let account = match opens {
                    None => id(problems, "account", &self.account),
                    Some(_) => own.map(|line| AccountId::new(line.uuid())),
                };
                let rate = if self.rate.trim().is_empty() { None } else { self.rate(problems, lang) };
                Some(DraftKind::Prepaid { collects: collects?, account: account?, rate, opens })
            }
            "effort" => self.rate(problems, lang).map(|rate| DraftKind::Effort { rate }),
            "flat_rate" => Some(DraftKind::FlatRate),
            _ => {
                problems.push(FieldProblem::at("kind", FieldReason::NotOneOf));
                None
            }
        }
    }

    fn collects(&self, problems: &mut Vec<FieldProblem>) -> Option<Collects> {
        let found = if self.collects.is_empty() { Some(Collects::All) } else { Collects::from_name(&self.collects) };
        if found.is_none() {
            problems.push(FieldProblem::at("collects", FieldReason::NotOneOf));
        }
        found
    }

    fn rate(&self, problems: &mut Vec<FieldProblem>, lang: Lang) -> Option<Price> {
        number(problems, lang, "rate", &self.rate, FieldReason::OutOfRange)
    }

    fn allowance(&self, problems: &mut Vec<FieldProblem>, lang: Lang) -> Option<Allowance> {
        let most = asked(problems, lang, Unit::Time, "most", &self.most);
        let count = if self.every.trim().is_empty() { 1 } else { needed_count(problems, "every", &self.every) };
        let every = interval(problems, ["every", "unit"], &self.unit, count);
        let anchor = day(problems, "start", &self.start);
        Some(Allowance { most: Seconds(most.units()), periods: Periods { anchor, every: every? } })
    }
}

impl LinesForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<LinesDraft, Problem> {
        let mut problems = Vec::new();
        let project = id(&mut problems, "project", &self.project);
        let mut lines = Vec::with_capacity(self.lines.len());
        for (place, line) in self.lines.iter().enumerate() {
            match line.read(lang) {
                Ok(line) => lines.push(line),
                Err(wrong) => problems.extend(wrong.into_iter().map(|problem| within(place, problem))),
            }
        }
        let draft = project.map(|project| LinesDraft { project, version: self.version, lines });
        problems.extend(draft.as_ref().map(LinesDraft::faults).unwrap_or_default());
        done(draft, problems)
    }
}

/// A problem of a line, named within all of them.
fn within(place: usize, problem: FieldProblem) -> FieldProblem {
    FieldProblem { field: format!("lines.{place}.{}", problem.field), ..problem }
}

impl LinesDraft {
    /// What is wrong with the lines as a whole.
    pub fn faults(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let found = self.lines.len();
        if found > MOST_LINES {
            problems.push(FieldProblem::at("lines", FieldReason::TooMany { most: MOST_LINES, found }));
        }
        let mut ids: Vec<BillingLineId> = self.lines.iter().map(|line| line.id).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            problems.push(FieldProblem::at("lines", FieldReason::Taken));
        }
        for (place, line) in self.lines.iter().enumerate() {
            let wrong = line.fee.iter().flat_map(fee_faults);
            problems.extend(wrong.map(|problem| within(place, problem)));
        }
        problems
    }
}

impl LineForm {
    /// What the form shows of a line that is there.
    pub fn of(row: &LineRow, lang: Lang) -> LineForm {
        let rate = |rate: Price| texts::decimal(lang, rate.value());
        let mut form = LineForm {
            id: row.line.id.to_string(),
            name: row.name.clone(),
            reported: if row.reported { "yes" } else { "" }.to_owned(),
            tasks: row.line.tasks.iter().flatten().map(ToString::to_string).collect(),
            ..LineForm::default()
        };
        match &row.line.kind {
            LineKind::FlatRate => "flat_rate".clone_into(&mut form.kind),
            LineKind::Effort { rate: hour } => {
                "effort".clone_into(&mut form.kind);
                form.rate = rate(*hour);
            }
            LineKind::Collector(collector) => {
                collector.collects.name().clone_into(&mut form.collects);
                if let Some(fee) = &collector.fee {
                    form.fill_fee(fee, lang);
                }
                form.rate = collector.rate.map(rate).unwrap_or_default();
                match &collector.allowance {
                    None => {
                        "prepaid".clone_into(&mut form.kind);
                        form.account = collector.account.to_string();
                    }
                    Some(allowance) => form.fill(allowance, row, lang),
                }
            }
        }
        form
    }

    fn fill(&mut self, allowance: &Allowance, row: &LineRow, lang: Lang) {
        let time = |amount| texts::typed_amount(lang, Unit::Time, amount);
        "allowance".clone_into(&mut self.kind);
        self.most = time(domain::quota::Amount::new(allowance.most.0));
        self.start = allowance.periods.anchor.to_string();
        let (count, unit) = interval_parts(allowance.periods.every);
        unit.clone_into(&mut self.unit);
        self.every = count.to_string();
        match row.account.as_ref().map(|account| account.overbooking) {
            None | Some(Overbooking::No) => "no".clone_into(&mut self.overbooking),
            Some(Overbooking::Yes { limit }) => {
                "yes".clone_into(&mut self.overbooking);
                self.limit = limit.map(time).unwrap_or_default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Interval,
        quota::Amount,
        splitting::{BillingLine, Collector},
    };

    use super::*;
    use crate::projects::LineAccount;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn free() -> LineForm {
        let text = str::to_owned;
        LineForm {
            id: text(ID),
            name: text("Free"),
            kind: text("allowance"),
            most: text("0:45"),
            unit: text("months"),
            start: text("2026-01-01"),
            ..LineForm::default()
        }
    }

    fn wrong(line: &LineForm) -> Vec<String> {
        let wrong = line.read(Lang::De).expect_err("something is wrong");
        wrong.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn an_allowance_is_read_as_it_was_typed_and_shown_the_same() {
        for (every, unit, expected) in [
            ("", "", Interval::Months(1)),
            ("3", "months", Interval::Months(3)),
            ("2", "weeks", Interval::Days(14)),
            ("10", "days", Interval::Days(10)),
        ] {
            let form = LineForm { every: every.to_owned(), unit: unit.to_owned(), ..free() };
            let read = form.read(Lang::De).expect("all is right");
            let DraftKind::Allowance { collects, allowance, overbooking } = read.kind.clone() else {
                panic!("{read:?}")
            };
            assert_eq!((allowance.most, allowance.periods.every), (Seconds(2_700), expected));
            // Shown again, it is read the same.
            let account: AccountId = ID.parse().expect("an id");
            let (rate, allowance, fee) = (None, Some(allowance), read.fee);
            let kind = LineKind::Collector(Collector { account, collects, rate, allowance, fee });
            let left = Amount::ZERO;
            let (name, unit) = ("Free".to_owned(), Unit::Time);
            let row = LineRow {
                line: BillingLine { id: read.id, tasks: read.tasks.clone(), kind },
                name: name.clone(),
                reported: read.reported,
                account: Some(LineAccount { id: account, name, unit, overbooking, left }),
            };
            assert_eq!(LineForm::of(&row, Lang::De).read(Lang::De), Ok(read));
        }
    }

    /// Red when: an account that is opened with its line needs another one, or has no id of its own.
    #[test]
    fn a_block_opens_its_account_or_draws_one_that_is_there() {
        let block = |opens: &str, account: &str| LineForm {
            kind: "prepaid".to_owned(),
            opens: opens.to_owned(),
            account: account.to_owned(),
            ..free()
        };
        let read = |form: LineForm| match form.read(Lang::De).map(|line| line.kind) {
            Ok(DraftKind::Prepaid { account, opens, .. }) => (account.to_string(), opens),
            other => panic!("{other:?}"),
        };
        let other = "0198f2f0-0000-7000-8000-00000000000b";
        assert_eq!(read(block("", other)), (other.to_owned(), None));
        assert_eq!(read(block("time", "")), (ID.to_owned(), Some(UnitKind::Time)));
        assert_eq!(read(block("money", other)), (ID.to_owned(), Some(UnitKind::Money)));
        assert_eq!(wrong(&block("hours", other)), ["opens"]);
    }

    /// Red when: a wrong field is passed over, or told at another one.
    #[test]
    fn every_wrong_field_of_a_line_is_named() {
        let set = |change: fn(&mut LineForm)| {
            let mut form = free();
            change(&mut form);
            wrong(&form)
        };
        assert_eq!(wrong(&LineForm::default()), ["id", "name", "kind"]);
        assert_eq!(set(|form| form.most = "0:00".to_owned()), ["most"]);
        assert_eq!(set(|form| form.most = "abc".to_owned()), ["most"]);
        assert_eq!(set(|form| form.every = "0".to_owned()), ["every"]);
        assert_eq!(set(|form| form.every = "1201".to_owned()), ["every"]);
        assert_eq!(set(|form| form.unit = "years".to_owned()), ["unit"]);
        assert_eq!(set(|form| form.start = "1899-12-31".to_owned()), ["start"]);
        assert_eq!(set(|form| form.collects = "some".to_owned()), ["collects"]);
        assert_eq!(set(|form| form.kind = "effort".to_owned()), ["rate"]);
        assert_eq!(set(|form| form.kind = "prepaid".to_owned()), ["account"]);
        assert_eq!(set(|form| form.tasks = vec!["Repair".to_owned()]), ["tasks"]);
        let twice = LinesForm { project: ID.to_owned(), version: 1, lines: vec![free(), free()] };
        let problem = twice.check(Lang::De).expect_err("they have one id");
        assert_eq!(problem.fields()[0].field, "lines");
        let broken = LineForm { name: String::new(), ..free() };
        let second = LinesForm { project: ID.to_owned(), version: 1, lines: vec![free(), broken] };
        let problem = second.check(Lang::De).expect_err("one has no name");
        assert_eq!(problem.fields()[0].field, "lines.1.name");
    }
}
