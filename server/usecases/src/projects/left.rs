//! What is left for a customer: free time and prepaid blocks of all projects, and quotas that no project draws.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::{
    AccountId, CustomerId, DateRange, Permission, ProjectId,
    quota::{AccountView, Amount},
    splitting::{self, Clocks, Facts, LineKind},
};
use store::{
    Slice, Tx, accounts, customers,
    projects::{self, StoredLine, StoredProject},
};
use wire::{
    FieldReason, Noun, Problem,
    customers::AccountRow,
    projects::{AccountLeft, CustomerLeft, LineLeft, MOST_LEFT, ProjectLeft, ProjectQuery, ProjectRef},
};

use crate::{Call, Env, Refused, accounts::account_rows_on, people::own};

/// As many projects of a customer as are looked at.
const MOST: i64 = 200;

/// What is left for a customer on a day: on the collectors of the open projects, and on every account that no allowance
/// fills. A customer sees the own ones.
pub async fn left(env: &Env, call: &Call, customer: CustomerId, date: NaiveDate) -> Result<CustomerLeft, Refused> {
    call.may_see(customer, Noun::Customer)?;
    let mut tx = env.db.read().await?;
    if customers::get(&mut tx, customer).await?.is_none() {
        return Err(Refused::not_found(Noun::Customer));
    }
    let mut found = projects::of_customer(&mut tx, customer).await?;
    if !sees_all(call, customer) {
        let ask = ProjectQuery { customer: Some(customer), ..ProjectQuery::default() };
        // A project that names people exists for them only.
        let known: BTreeSet<ProjectId> = match own(&mut tx, call).await? {
            Some(person) => {
                let rows = projects::slice(&mut tx, &ask, Some(person), Slice { offset: 0, most: MOST }).await?;
                rows.into_iter().map(|row| row.id).collect()
            }
            None => found.iter().filter(|found| !found.limited).map(|found| found.row.id).collect(),
        };
        found.retain(|found| known.contains(&found.row.id));
    }
    let (projects, drawn) = of_projects(env, &mut tx, &found, date).await?;
    let accounts = accounts_left(&mut tx, customer, date, drawn).await?;
    Ok(CustomerLeft { customer, date, projects, accounts })
}

/// What is left on a day on the collectors of these projects, in the order in which they are asked about, each once. A
/// project that is closed or not there, or of which the person may not know, is none of them.
///
/// Refused when more are asked about than are looked at at once.
pub async fn left_on(
    env: &Env,
    call: &Call,
    wanted: &[ProjectId],
    date: NaiveDate,
) -> Result<Vec<ProjectLeft>, Refused> {
    let all = call.by.role.may(Permission::SeeProjects);
    if !all {
        call.needs(Permission::BookTime)?;
    }
    if wanted.len() > MOST_LEFT {
        let reason = FieldReason::TooMany { most: MOST_LEFT, found: wanted.len() };
        return Err(Problem::field("projects", reason).into());
    }
    let mut tx = env.db.read().await?;
    let person = if all { None } else { own(&mut tx, call).await? };
    let mut stored = projects::many(&mut tx, wanted).await?;
    let mut found = Vec::with_capacity(stored.len());
    for id in wanted {
        let Some(project) = stored.remove(id).filter(|project| !project.row.closed) else { continue };
        let known = match person {
            _ if all || !project.limited => true,
            Some(person) => projects::assigned(&mut tx, *id, person).await?,
            None => false,
        };
        if known {
            found.push(project);
        }
    }
    let (projects, _) = of_projects(env, &mut tx, &found, date).await?;
    Ok(projects)
}

/// The collectors of these projects with what is left on each, and which accounts the lines draw.
async fn of_projects(
    env: &Env,
    tx: &mut Tx,
    found: &[StoredProject],
    date: NaiveDate,
) -> Result<(Vec<ProjectLeft>, Vec<Drawn>), Refused> {
    let ids: Vec<ProjectId> = found.iter().map(|found| found.row.id).collect();
    let mut lines = projects::lines_of(tx, &ids).await?;
    let named: BTreeSet<AccountId> = lines.values().flatten().filter_map(account).collect();
    let stored = accounts::many(tx, &named.into_iter().collect::<Vec<_>>(), false).await?;
    let views = accounts::facts_on(tx, &stored, date).await?;
    let views: HashMap<AccountId, AccountView> = views.into_iter().map(|view| (view.account.id, view)).collect();
    let (mut projects, mut drawn) = (Vec::new(), Vec::<Drawn>::new());
    for found in found {
        let own = lines.remove(&found.row.id).unwrap_or_default();
        note(&mut drawn, found, &own);
        let lines = of_project(env, found, &own, &views, date);
        if !lines.is_empty() {
            projects.push(ProjectLeft { project: found.row.named(), lines });
        }
    }
    Ok((projects, drawn))
}

/// The lines that draw an account.
struct Drawn {
    account: AccountId,
    /// Each once.
    projects: Vec<ProjectRef>,
    /// What they are called.
    names: BTreeSet<String>,
}

/// Notes which accounts the lines of a project draw.
fn note(drawn: &mut Vec<Drawn>, found: &StoredProject, lines: &[StoredLine]) {
    for stored in lines {
        let Some(account) = account(stored) else { continue };
        let (project, name) = (found.row.named(), stored.name.clone());
        match drawn.iter_mut().find(|of| of.account == account) {
            None => drawn.push(Drawn { account, projects: vec![project], names: BTreeSet::from([name]) }),
            Some(of) => {
                of.names.insert(name);
                if !of.projects.contains(&project) {
                    of.projects.push(project);
                }
            }
        }
    }
}

/// The accounts that are drawn, in their order, then the others by name. An allowance that no line draws any more, or
/// whose project the person does not know, is none of them.
async fn accounts_left(
    tx: &mut Tx,
    customer: CustomerId,
    date: NaiveDate,
    mut drawn: Vec<Drawn>,
) -> Result<Vec<AccountLeft>, Refused> {
    let place = |drawn: &[Drawn], id: AccountId| drawn.iter().position(|of| of.account == id);
    let mut stored = accounts::of_customers(tx, &[customer]).await?;
    let ids: Vec<AccountId> = stored.iter().map(|of| of.account.id).collect();
    let filled = projects::filled(tx, &ids).await?;
    stored.retain(|of| place(&drawn, of.account.id).is_some() || !filled.contains(&of.account.id));
    let mut rows: Vec<AccountRow> =
        account_rows_on(tx, stored, date).await?.into_iter().map(|(_, account)| account).collect();
    rows.sort_by_key(|account| place(&drawn, account.id).unwrap_or(usize::MAX));
    let told = rows.into_iter().filter_map(|account| {
        let Some(of) = place(&drawn, account.id).and_then(|place| drawn.get_mut(place)) else {
            let standing = &account.standing;
            let any = standing.granted.is_positive() || standing.deficit.is_positive();
            return any.then(|| AccountLeft { name: account.name.clone(), projects: Vec::new(), account });
        };
        let (mut names, projects) = (std::mem::take(&mut of.names), std::mem::take(&mut of.projects));
        let own = if names.len() == 1 { names.pop_first() } else { None };
        Some(AccountLeft { name: own.unwrap_or_else(|| account.name.clone()), projects, account })
    });
    Ok(told.collect())
}

/// Whether the person may know of every project of that customer.
fn sees_all(call: &Call, customer: CustomerId) -> bool {
    call.by.role.may(Permission::SeeProjects) || call.by.customer == Some(customer)
}

fn account(stored: &StoredLine) -> Option<AccountId> {
    match &stored.line.kind {
        LineKind::Collector(collector) => Some(collector.account),
        LineKind::Effort { .. } | LineKind::FlatRate => None,
    }
}

fn of_project(
    env: &Env,
    found: &StoredProject,
    lines: &[StoredLine],
    views: &HashMap<AccountId, AccountView>,
    date: NaiveDate,
) -> Vec<LineLeft> {
    let own: BTreeSet<AccountId> = lines.iter().filter_map(account).collect();
    let facts = Facts {
        today: env.today(),
        clocks: Clocks::default(),
        closed_until: None,
        splits: true,
        rounding: found.rounding,
        agreed: Vec::new(),
        currency: found.currency,
        lines: lines.iter().map(|stored| stored.line.clone()).collect(),
        closed_tasks: BTreeSet::new(),
        accounts: own.iter().filter_map(|account| views.get(account)).map(open).collect(),
        bookings: Vec::new(),
    };
    let line = |stored: &StoredLine| {
        let LineKind::Collector(collector) = &stored.line.kind else { return None };
        let unit = views.get(&collector.account)?.account.unit;
        let period = collector.allowance.and_then(|allowance| allowance.grant(stored.line.id, date));
        let period = period.map(|grant| {
            let range = DateRange { from: grant.valid_from, until: grant.valid_until };
            (grant.amount, range)
        });
        Some(LineLeft {
            line: stored.line.id,
            name: stored.name.clone(),
            tasks: stored.line.tasks.clone(),
            account: collector.account,
            unit,
            // A line that does not fit its account cannot be saved; on a day without books nothing is left.
            left: splitting::left(&facts, stored.line.id, date).unwrap_or(Amount::ZERO),
            period,
        })
    };
    lines.iter().filter_map(line).collect()
}

/// What is left can also be asked for a day whose books are closed.
fn open(view: &AccountView) -> AccountView {
    AccountView { books_closed_until: None, ..view.clone() }
}
