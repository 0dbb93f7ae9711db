//! Saving the billing lines of a project: the waterfall, and the accounts of its allowances.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate};
use domain::{
    AccountId, BillingLineId, DateRange, Permission, ProjectId, TaskId,
    quota::{Account, DeficitPolicy, Overbooking, Policy, Unit},
    splitting::{BillingLine, Collector, Fee, LineKind, SplitError},
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    bookings, fees,
    projects::{self, StoredLine, StoredProject},
};
use wire::{
    FieldProblem, FieldReason, Noun, Problem,
    accounts::{NAME_LENGTH, limit_problem},
    history::FieldChange,
    lists::UnitKind,
    projects::{DraftKind, LineDraft, LinesDraft, ProjectPage},
};

use super::{SUBJECT, told};
use crate::{
    Call, Env, Refused,
    changed::{Saver, changes, check_version, note},
};

/// Puts the billing lines of a project into this order, adds those that are new, and takes out those that are left out.
/// An allowance gets an account with it, and a prepaid block one if it says so: only for those who may open accounts,
/// because somebody has to fill it. What was booked is poured on the new lines when it, or a booking that was
/// accepted before it, is changed, moved or deleted, and not before. The same content again changes nothing and is
/// accepted.
///
/// The fee of a line that is taken out ends today: what lies before is still billed. An end that has cut a period that
/// was billed does not move on as long as that stands, because no run would bill the rest; and a line that comes back
/// has no fee for the days on which it was not there. As long as the project is closed, its fees have ended, whatever
/// the draft says.
///
/// Refused when a line names a task or an account that is not there, when a line that is there would draw another
/// account, do something else or count its periods otherwise, when a fee that was billed would have other periods or be
/// gone instead of ended, when it does not fit its account, or when somebody else saved in the meantime.
pub async fn save_lines(env: &Env, call: &Call, draft: LinesDraft) -> Result<ProjectPage, Refused> {
    call.needs(Permission::EditProjects)?;
    needs(call, &draft.lines)?;
    let faults = faults(&draft);
    if !faults.is_empty() {
        return Err(Problem::Invalid { fields: faults }.into());
    }
    let (saver, own, project) = (env.saver(call), env.clone(), draft.project);
    let done = env.answered(
        call,
        move |env, tx, ()| told(env, tx, project),
        move |tx| {
            let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
            Box::pin(async move { saved(&env, tx, &draft, &saver).await })
        },
    );
    done.await
}

/// Refuses to open the accounts of prepaid blocks to whoever may open none.
pub(super) fn needs(call: &Call, lines: &[LineDraft]) -> Result<(), Refused> {
    let opens = |line: &LineDraft| matches!(line.kind, DraftKind::Prepaid { opens: Some(_), .. });
    if lines.iter().any(opens) { call.needs(Permission::OpenAccounts) } else { Ok(()) }
}

/// What is wrong with lines whatever is there.
pub(super) fn faults(draft: &LinesDraft) -> Vec<FieldProblem> {
    let mut faults = draft.faults();
    for (place, line) in draft.lines.iter().enumerate() {
        faults.extend(limit_fault(line).map(|problem| within(place, problem)));
    }
    faults
}

fn limit_fault(line: &LineDraft) -> Option<FieldProblem> {
    match &line.kind {
        DraftKind::Allowance { overbooking: Overbooking::Yes { limit: Some(limit) }, .. } => {
            limit_problem(*limit, Unit::Time)
        }
        _ => None,
    }
}

fn within(place: usize, problem: FieldProblem) -> FieldProblem {
    FieldProblem { field: format!("lines.{place}.{}", problem.field), ..problem }
}

/// A line as it is wanted, with the terms of its account where it is an allowance or opens it.
struct Wanted {
    stored: StoredLine,
    policy: Option<Policy>,
    /// What its account counts that is opened with it.
    new: Option<Unit>,
}

/// What is there while lines are checked.
struct Known {
    project: StoredProject,
    tasks: BTreeSet<TaskId>,
    /// Also those that were taken out.
    lines: HashMap<BillingLineId, StoredLine>,
    /// The accounts that lines name, of the customer, by id.
    accounts: HashMap<AccountId, StoredAccount>,
    /// Those of them that allowances fill.
    filled: BTreeSet<AccountId>,
    /// The days for which the fee of a line cannot be charged any more.
    past: HashMap<BillingLineId, Vec<DateRange>>,
}

/// Saves lines whose fields are right.
pub(super) async fn saved(env: &Env, tx: &mut Tx, draft: &LinesDraft, saver: &Saver) -> Result<(), Refused> {
    let id = draft.project;
    let found = projects::lock(tx, &[id]).await?.remove(&id).ok_or_else(|| Refused::not_found(Noun::Project))?;
    let before = projects::lines(tx, id).await?;
    let (version, known) = (found.version, known(env, tx, found, &before, draft).await?);
    let ids: Vec<BillingLineId> = draft.lines.iter().map(|line| line.id).collect();
    let elsewhere = projects::lines_elsewhere(tx, id, &ids).await?;
    let (mut problems, mut wanted) = (Vec::new(), Vec::new());
    for (place, line) in draft.lines.iter().enumerate() {
        let mut own = Vec::new();
        if elsewhere.contains(&line.id) {
            own.push(FieldProblem::at("id", FieldReason::Taken));
        }
        wanted.push(known.wanted(env, line, &mut own));
        problems.extend(own.into_iter().map(|problem| within(place, problem)));
    }
    if !problems.is_empty() {
        return Err(Problem::Invalid { fields: problems }.into());
    }
    let after: Vec<StoredLine> = wanted.iter().map(|wanted| wanted.stored.clone()).collect();
    let active: Vec<StoredLine> = before.iter().filter(|stored| !stored.removed).cloned().collect();
    let terms = |wanted: &Wanted| {
        let of = account(&wanted.stored).and_then(|account| known.accounts.get(&account));
        wanted.policy.zip(of).filter(|(policy, of)| of.account.policy != *policy)
    };
    let changed_terms: Vec<(Policy, &StoredAccount)> = wanted.iter().filter_map(terms).collect();
    if active == after && changed_terms.is_empty() {
        return Ok(());
    }
    check_version(Some(version), draft.version.max(1), Noun::Project)?;
    for of in &wanted {
        open(tx, &known.project, of).await?;
    }
    for (policy, of) in changed_terms {
        accounts::set_policy(tx, of, policy).await?;
    }
    let removed = active.iter().filter(|stored| !ids.contains(&stored.line.id));
    let removed = removed.map(|stored| StoredLine { removed: true, ..ended(stored, env.today()) });
    let removed: Vec<StoredLine> = removed.collect();
    put(tx, id, (&after, &removed), saver).await?;
    let policies = |account: AccountId| known.accounts.get(&account).map(|of| of.account.policy);
    let was = active.iter().map(|stored| (stored, account(stored).and_then(policies))).collect();
    let is = wanted.iter().map(|wanted| (&wanted.stored, wanted.policy)).collect();
    let changed = changes(Some(fields(was)), fields(is));
    note(tx, (SUBJECT, id.to_string()), saver, changed).await
}

/// Keeps the lines of a project as their next version, and those that are taken out as they are then.
async fn put(
    tx: &mut Tx,
    id: ProjectId,
    (lines, removed): (&[StoredLine], &[StoredLine]),
    saver: &Saver,
) -> Result<(), Refused> {
    // Whatever was accepted before comes before it also when the clocks of two processes differ.
    let place = bookings::next_place(tx, id, saver.at).await?;
    let at = DateTime::from_timestamp_micros(place).unwrap_or(saver.at);
    Ok(projects::put_lines(tx, id, (lines, removed), (&saver.by, at)).await?)
}

/// Ends the fees of a closed project that the caller has locked, as those of lines that are taken out. Gives
/// what its history says of that.
pub(super) async fn end_fees(
    env: &Env,
    tx: &mut Tx,
    id: ProjectId,
    saver: &Saver,
) -> Result<Vec<FieldChange>, Refused> {
    let lines = projects::lines(tx, id).await?;
    let before: Vec<StoredLine> = lines.into_iter().filter(|stored| !stored.removed).collect();
    let after: Vec<StoredLine> = before.iter().map(|stored| ended(stored, env.today())).collect();
    if before == after {
        return Ok(Vec::new());
    }
    put(tx, id, (&after, &[]), saver).await?;
    // The terms of their accounts stay as they are.
    let told = |lines: &[StoredLine]| fields(lines.iter().map(|stored| (stored, None)).collect());
    Ok(changes(Some(told(&before)), told(&after)))
}

/// What the lines of a project say in its history: each with its name and, where it fills an account, the terms of
/// that.
fn fields(lines: Vec<(&StoredLine, Option<Policy>)>) -> Vec<(&'static str, String)> {
    let own = |stored: &StoredLine| match &stored.line.kind {
        LineKind::Collector(collector) => collector.allowance.is_some(),
        LineKind::Effort { .. } | LineKind::FlatRate => false,
    };
    let kept: Vec<_> = lines
        .into_iter()
        .map(|(stored, policy)| (&stored.name, &stored.line, stored.reported, policy.filter(|_| own(stored))))
        .collect();
    vec![("lines", serde_json::to_string(&kept).unwrap_or_default())]
}

fn account(stored: &StoredLine) -> Option<AccountId> {
    match &stored.line.kind {
        LineKind::Collector(collector) => Some(collector.account),
        LineKind::Effort { .. } | LineKind::FlatRate => None,
    }
}

/// Loads what the lines are checked with; the accounts are locked in the order of their ids.
async fn known(
    env: &Env,
    tx: &mut Tx,
    project: StoredProject,
    lines: &[StoredLine],
    draft: &LinesDraft,
) -> Result<Known, Refused> {
    let tasks = projects::tasks(tx, project.row.id).await?.into_iter().map(|task| task.id).collect();
    let mut named: BTreeSet<AccountId> = lines.iter().filter_map(account).collect();
    named.extend(draft.lines.iter().filter_map(|line| match &line.kind {
        DraftKind::Prepaid { account, .. } => Some(*account),
        _ => None,
    }));
    let named: Vec<AccountId> = named.into_iter().collect();
    let stored = accounts::many(tx, &named, true).await?;
    let own = stored.into_iter().filter(|of| of.account.customer == project.row.customer.id);
    let accounts = own.map(|of| (of.account.id, of)).collect();
    let filled = projects::filled(tx, &named).await?.into_iter().collect();
    let past = past(env, tx, project.row.id, lines).await?;
    let lines = lines.iter().map(|stored| (stored.line.id, stored.clone())).collect();
    Ok(Known { project, tasks, lines, accounts, filled, past })
}

/// The days for which the fees of lines cannot be charged any more: those behind a period that was billed in part, as
/// long as that stands; and of a line that was taken out those since, as far as they were not billed before.
async fn past(
    env: &Env,
    tx: &mut Tx,
    project: ProjectId,
    lines: &[StoredLine],
) -> Result<HashMap<BillingLineId, Vec<DateRange>>, Refused> {
    let mut past = HashMap::<BillingLineId, Vec<DateRange>>::new();
    for (line, from) in fees::short(tx, project).await? {
        past.entry(line).or_default().push(DateRange { from, until: None });
    }
    let (removed, today) = (projects::removed(tx, project).await?, env.today());
    for stored in lines {
        let Some(at) = removed.get(&stored.line.id) else { continue };
        let billed = stored.line.fee().filter(|_| stored.next > 0);
        let unbilled = billed.and_then(|fee| fee.periods.start(i64::from(stored.next)));
        let from = env.local(*at).date_naive().succ_opt().max(unbilled);
        let gone = from.and_then(|from| DateRange::new(from, Some(today)));
        past.entry(stored.line.id).or_default().extend(gone);
    }
    Ok(past)
}

impl Known {
    /// The line as it is kept; what is wrong with it is noted by its name within the line.
    fn wanted(&self, env: &Env, draft: &LineDraft, problems: &mut Vec<FieldProblem>) -> Wanted {
        let before = self.lines.get(&draft.id);
        let mut wrong = |field: &str, reason| problems.push(FieldProblem::at(field, reason));
        if draft.tasks.iter().flatten().any(|task| !self.tasks.contains(task)) {
            wrong("tasks", FieldReason::NotOneOf);
        }
        let (mut policy, mut new, fee) = (None, None, self.fee(env, draft, before));
        let kind = match &draft.kind {
            DraftKind::FlatRate => LineKind::FlatRate,
            DraftKind::Effort { rate } => LineKind::Effort { rate: *rate },
            DraftKind::Prepaid { collects, account, rate, opens } => {
                match (self.accounts.contains_key(account), opens) {
                    (true, _) if !self.filled.contains(account) => {}
                    (false, Some(counts)) => {
                        new = Some(match counts {
                            UnitKind::Time => Unit::Time,
                            UnitKind::Money => Unit::Money(self.project.currency),
                        });
                        policy = Some(Policy { overbooking: Overbooking::No, deficits: DeficitPolicy::Balance });
                    }
                    _ => wrong("account", FieldReason::NotOneOf),
                }
                let (account, collects, rate) = (*account, *collects, *rate);
                LineKind::Collector(Collector { account, collects, rate, allowance: None, fee })
            }
            DraftKind::Allowance { collects, allowance, overbooking } => {
                let own = before.and_then(account);
                new = own.is_none().then_some(Unit::Time);
                policy = Some(Policy { overbooking: *overbooking, deficits: DeficitPolicy::Balance });
                let account = own.unwrap_or_else(|| AccountId::new(env.id()));
                let (collects, allowance) = (*collects, Some(*allowance));
                LineKind::Collector(Collector { account, collects, rate: None, allowance, fee })
            }
        };
        if let Some(before) = before {
            for field in fixed(&before.line.kind, &kind) {
                wrong(field, FieldReason::Fixed);
            }
        }
        let line = BillingLine { id: draft.id, tasks: draft.tasks.clone(), kind };
        let next = before.map_or(0, |before| before.next);
        if let Some(before) = before.filter(|before| before.next > 0) {
            for field in fixed_fee(before.line.fee(), line.fee()) {
                wrong(field, FieldReason::Fixed);
            }
        }
        if draft.fee.is_some() && !matches!(line.kind, LineKind::Collector(_)) {
            wrong("fee_price", FieldReason::NotOneOf);
        }
        if line.fee().is_some_and(|fee| self.reaches_past(line.id, fee)) {
            wrong("fee_end", FieldReason::Fixed);
        }
        if let Some((field, error)) = self.misfit(&line, new) {
            wrong(field, FieldReason::Split(error));
        }
        let (name, reported) = (draft.name.clone(), draft.reported);
        Wanted { stored: StoredLine { line, name, reported, removed: false, next }, policy, new }
    }

    /// The fee as it is kept: that of a closed project has ended when it did, or today.
    fn fee(&self, env: &Env, draft: &LineDraft, before: Option<&StoredLine>) -> Option<Fee> {
        let fee = draft.fee?;
        if !self.project.row.closed {
            return Some(fee);
        }
        let last = before.and_then(|before| before.line.fee()).and_then(|fee| fee.end);
        fee.ended(last.unwrap_or_else(|| env.today()), before.is_some_and(|before| before.next > 0))
    }

    /// Whether a fee would be charged for days for which that of the line cannot be charged any more.
    fn reaches_past(&self, line: BillingLineId, fee: &Fee) -> bool {
        let past = self.past.get(&line).map(Vec::as_slice).unwrap_or_default();
        fee.days().is_some_and(|days| past.iter().any(|gone| days.overlaps(*gone)))
    }

    /// Why nothing can be booked on the line. An account that is not there is told at its own field.
    fn misfit(&self, line: &BillingLine, new: Option<Unit>) -> Option<(&'static str, SplitError)> {
        let unit = match (&line.kind, new) {
            (LineKind::Collector(_), Some(unit)) => Some(unit),
            (LineKind::Collector(collector), None) => Some(self.accounts.get(&collector.account)?.account.unit),
            (LineKind::Effort { .. } | LineKind::FlatRate, _) => None,
        };
        let error = line.check(unit, self.project.currency).err()?;
        Some(("rate", error))
    }
}

/// What of a line that is there would become something else, though bookings hold what it has given.
fn fixed(before: &LineKind, after: &LineKind) -> Vec<&'static str> {
    let (LineKind::Collector(before), LineKind::Collector(after)) = (before, after) else {
        return if before.name() == after.name() { Vec::new() } else { vec!["kind"] };
    };
    let mut fields = Vec::new();
    match (before.allowance, after.allowance) {
        (None, None) if before.account != after.account => fields.push("account"),
        (None, None) => {}
        (Some(before), Some(after)) => {
            if before.periods.anchor != after.periods.anchor {
                fields.push("start");
            }
            if before.periods.every != after.periods.every {
                fields.push("every");
            }
        }
        (Some(_), None) | (None, Some(_)) => fields.push("kind"),
    }
    fields
}

/// What the account of an allowance is called, and what the grants of its lots say: the number of the project and the
/// name of the line.
pub(crate) fn words(project: &str, line: &str) -> String {
    format!("{project} {line}")
}

/// What of a fee would become another one, though periods of it were billed: they are numbered from its start. It is
/// ended and not taken away.
fn fixed_fee(before: Option<&Fee>, after: Option<&Fee>) -> Vec<&'static str> {
    let (Some(before), Some(after)) = (before, after) else { return vec!["fee_price"] };
    let start = (before.periods.anchor != after.periods.anchor).then_some("fee_start");
    let every = (before.periods.every != after.periods.every).then_some("fee_every");
    start.into_iter().chain(every).collect()
}

/// A line whose fee ends on that day, because it is taken out or its project is closed.
fn ended(stored: &StoredLine, today: NaiveDate) -> StoredLine {
    let mut stored = stored.clone();
    if let LineKind::Collector(collector) = &mut stored.line.kind {
        collector.fee = collector.fee.and_then(|fee| fee.ended(today, stored.next > 0));
    }
    stored
}

/// Opens the account that comes with a line, if one does.
async fn open(tx: &mut Tx, project: &StoredProject, of: &Wanted) -> Result<(), Refused> {
    let (Some(id), Some(policy), Some(unit)) = (account(&of.stored), of.policy, of.new) else { return Ok(()) };
    let account = Account { id, customer: project.row.customer.id, unit, policy };
    let name = words(&project.row.number, &of.stored.name);
    let name: String = name.chars().take(NAME_LENGTH).collect();
    if accounts::open(tx, &account, &name).await? { Ok(()) } else { Err(Problem::SameId.into()) }
}
