//! The projects of the demo company, with the accounts of their blocks.

use chrono::{Months, NaiveDate};
use domain::{
    AccountId, Currency, CustomerId, LotId, ProjectId, TaskId, UserId,
    quota::{Amount, DeficitPolicy, GrantOrigin, GrantRequest, Overbooking, Policy, Unit},
};
use fastrand::Rng;
use texts::Lang;
use wire::{
    accounts::{AccountDraft, GrantDraft},
    projects::{LineForm, LinesForm, ProjectForm, TaskForm, TasksForm},
};

use super::{
    HOUR, at,
    catalogue::id,
    models::{Kind, Line, Model},
};
use crate::{Env, Refused, accounts, people::program, projects};

/// A project on which people of the demo company work.
pub(super) struct Project {
    pub id: ProjectId,
    pub customer: CustomerId,
    pub model: &'static Model,
    pub tasks: Vec<TaskId>,
    /// Who leads it.
    pub by: &'static str,
    /// Who works on it.
    pub team: Vec<UserId>,
    /// Its first day.
    pub start: NaiveDate,
    /// The account that it draws besides those of its free time, and what it counts.
    pub block: Option<(AccountId, Unit)>,
}

impl Project {
    /// A project that is still to be made.
    pub(super) fn new(
        rng: &mut Rng,
        (id, customer): (ProjectId, CustomerId),
        model: &'static Model,
        (by, team): (&'static str, Vec<UserId>),
        start: NaiveDate,
    ) -> Project {
        let tasks = model.tasks.iter().map(|_| TaskId::new(self::id(rng))).collect();
        let unit = model.lines.iter().find_map(|line| match line.kind {
            Kind::Block => Some(Unit::Time),
            Kind::Credit { .. } => Some(Unit::Money(Currency::EUR)),
            Kind::Free { .. } | Kind::Effort { .. } | Kind::Flat => None,
        });
        let block = unit.map(|unit| (AccountId::new(self::id(rng)), unit));
        Project { id, customer, model, tasks, by, team, start, block }
    }

    /// Makes it as people do: first itself, then its tasks, then its billing lines. What it costs each month is charged
    /// from the day `fees` on.
    pub(super) async fn make(&self, env: &Env, rng: &mut Rng, fees: NaiveDate) -> Result<(), Refused> {
        let (env, call) = (at(env, self.start), program(self.by));
        if let Some((id, unit)) = self.block {
            let policy = Policy { overbooking: Overbooking::No, deficits: DeficitPolicy::Balance };
            let (customer, name) = (self.customer, self.model.name.to_owned());
            accounts::open(&env, &call, AccountDraft { id, customer, name, unit, policy }).await?;
        }
        let page = projects::save(&env, &call, self.form().check(Lang::De)?).await?;
        let project = self.id.to_string();
        let task = |(id, name): (&TaskId, &&str)| TaskForm {
            id: id.to_string(),
            name: (*name).to_owned(),
            ..TaskForm::default()
        };
        let tasks = self.tasks.iter().zip(self.model.tasks).map(task).collect();
        let tasks = TasksForm { project: project.clone(), version: page.version, tasks };
        let page = projects::save_tasks(&env, &call, tasks.check()?).await?;
        let lines = self.model.lines.iter().map(|line| self.line(rng, line, fees)).collect();
        let lines = LinesForm { project, version: page.version, lines };
        projects::save_lines(&env, &call, lines.check(Lang::De)?).await.map(drop)
    }

    fn form(&self) -> ProjectForm {
        let [minimum, step] = self.model.rounding.map(str::to_owned);
        let people = if self.model.limited { &self.team[..] } else { &[] };
        ProjectForm {
            id: self.id.to_string(),
            customer: self.customer.to_string(),
            name: self.model.name.to_owned(),
            currency: Currency::EUR.code().to_owned(),
            splitting: self.model.splitting.to_owned(),
            minimum,
            step,
            people: people.iter().map(ToString::to_string).collect(),
            ..ProjectForm::default()
        }
    }

    fn line(&self, rng: &mut Rng, line: &Line, fees: NaiveDate) -> LineForm {
        let tasks = line.tasks.iter().filter_map(|place| self.tasks.get(*place));
        let form = LineForm {
            id: id(rng).to_string(),
            name: line.name.to_owned(),
            collects: line.collects.to_owned(),
            reported: if line.reported { "yes" } else { "" }.to_owned(),
            tasks: tasks.map(ToString::to_string).collect(),
            ..LineForm::default()
        };
        let form = if line.fee.is_empty() { form } else { with_fee(form, line.fee, fees) };
        let account = self.block.map(|(account, _)| account.to_string()).unwrap_or_default();
        let kind = |kind: &str| kind.to_owned();
        match line.kind {
            Kind::Free { most, every, unit } => LineForm {
                kind: kind("allowance"),
                most: most.to_owned(),
                every: every.to_owned(),
                unit: unit.to_owned(),
                start: self.start.to_string(),
                ..form
            },
            Kind::Block => LineForm { kind: kind("prepaid"), account, ..form },
            Kind::Credit { rate } => LineForm { kind: kind("prepaid"), account, rate: rate.to_owned(), ..form },
            Kind::Effort { rate } => LineForm { kind: kind("effort"), rate: rate.to_owned(), ..form },
            Kind::Flat => LineForm { kind: kind("flat_rate"), ..form },
        }
    }

    /// What the customer pays for in advance, from that day on for a year: it never lasts as long as there is work.
    pub(super) async fn prepaid(&self, env: &Env, rng: &mut Rng, day: NaiveDate) -> Result<(), Refused> {
        let Some((account, unit)) = self.block else { return Ok(()) };
        let (amount, origin) = match unit {
            Unit::Time => (20 * HOUR, GrantOrigin::Order),
            Unit::Money(_) => (300_000, GrantOrigin::TopUp),
        };
        let until = day.checked_add_months(Months::new(12));
        let request = GrantRequest::new(LotId::new(id(rng)), Amount::new(amount), day, until);
        let request = GrantRequest { origin, ..request };
        let reason = "Vorauszahlung".to_owned();
        accounts::grant(&at(env, day), &program(self.by), GrantDraft { account, request, reason }).await.map(drop)
    }

    /// Closes it on that day: nothing is booked on it any more.
    pub(super) async fn close(&self, env: &Env, day: NaiveDate) -> Result<(), Refused> {
        let (env, call) = (at(env, day), program(self.by));
        let page = projects::page(&env, &call, self.id).await?;
        let (version, number, closed) = (page.version, page.row.number, "yes".to_owned());
        let form = ProjectForm { version, number, closed, ..self.form() };
        projects::save(&env, &call, form.check(Lang::De)?).await.map(drop)
    }
}

/// A line with a price for each month from that day on.
fn with_fee(form: LineForm, price: &str, start: NaiveDate) -> LineForm {
    let (fee_price, fee_start) = (price.to_owned(), start.to_string());
    let (fee_every, fee_unit, fee_vat) = ("1".to_owned(), "months".to_owned(), "19".to_owned());
    LineForm { fee_price, fee_start, fee_every, fee_unit, fee_vat, ..form }
}
