//! The audit of bookings: portions add up to what is billed, draws are what portions take, and every booking that is
//! decided anew, on the lines and accounts of that time, gets the portions that it has.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AccountId, BillingLineId, ProjectId,
    quota::{AccountView, Ledger, Seq},
    splitting::{self, BillingLine, Booking, Clocks, Decided, Facts, Held, LineKind, Portion, Posted, Stood, Target},
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    audit::{self, KeptBooking, KeptPortion},
    ledger::{self, StoredEntry},
    projects::{self, StoredProject},
};

use super::{Fault, Report, STEP};
use crate::{Env, Refused};

/// How many bookings are read at once.
const READ: i64 = 1_000;

/// Audits every booking, a project at a time, each on one consistent view.
pub(super) async fn verify(env: &Env, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        let projects = projects::after(&mut env.db.read().await?, &last, STEP).await?;
        let Some(end) = projects.last() else { return Ok(()) };
        last = end.row.id.to_string();
        for project in &projects {
            let mut tx = env.db.read().await?;
            // It may have changed since it was listed.
            if let Some(project) = projects::get(&mut tx, project.row.id).await? {
                of_project(env, &mut tx, &project, report).await?;
            }
        }
    }
}

async fn of_project(env: &Env, tx: &mut Tx, project: &StoredProject, report: &mut Report) -> Result<(), Refused> {
    let id = project.row.id;
    let mut fault = |what: String| report.faults.push(Fault { account: None, entry: None, what });
    let versions = projects::line_versions(tx, id).await?;
    let versions = versions.into_iter().map(|version| (version.version, version.lines));
    // Before the first one there was no line.
    let versions: BTreeMap<i64, Vec<BillingLine>> = [(0, Vec::new())].into_iter().chain(versions).collect();
    let lines = projects::lines(tx, id).await?;
    let lines: Vec<BillingLine> =
        lines.into_iter().filter(|stored| !stored.removed).map(|stored| stored.line).collect();
    let latest = versions.last_key_value().map_or(0, |(version, _)| *version);
    if latest != project.lines_version || lines != versions.get(&latest).map(Vec::as_slice).unwrap_or_default() {
        let name = &project.row.number;
        fault(format!("project {name}: its lines are not those of their version {latest}, {}", project.lines_version));
    }
    let bookings = all(tx, id).await?;
    for (kept, decided) in &bookings {
        let lines = decided.as_ref().and_then(|decided| versions.get(&decided.lines));
        for what in faults(kept, id, decided.as_ref(), lines.map(Vec::as_slice).unwrap_or_default()) {
            fault(format!("booking {}: {what}", kept.id));
        }
    }
    let count = bookings.len();
    // As they were decided one after the other, so that each account is gone through once.
    let known = bookings.into_iter().filter_map(|(kept, decided)| {
        let decided = decided?;
        let lines = versions.get(&decided.lines)?;
        Some((kept, decided, lines))
    });
    let mut decided: Vec<(KeptBooking, Decided, &Vec<BillingLine>)> = known.collect();
    decided.sort_by_cached_key(|(_, decided, lines)| {
        (decided.lines, accounts_of(lines).into_iter().map(|account| next(decided, account)).collect::<Vec<_>>())
    });
    let mut replays = replays(tx, versions.values().flat_map(|lines| accounts_of(lines)).collect()).await?;
    for (kept, decided, lines) in &decided {
        let had: Vec<Portion> = kept.portions.iter().map(|kept| kept.portion).collect();
        match anew(env, project, (kept, decided, lines.as_slice()), &mut replays) {
            Ok(anew) if anew == had => {}
            Ok(anew) => fault(format!("booking {}: decided anew it gets {anew:?}, kept {had:?}", kept.id)),
            Err(why) => fault(format!("booking {}: it cannot be decided anew: {why}", kept.id)),
        }
    }
    report.bookings += count;
    Ok(())
}

/// The bookings of a project, each with on what it was decided, if that can be read.
async fn all(tx: &mut Tx, project: ProjectId) -> Result<Vec<(KeptBooking, Option<Decided>)>, Refused> {
    let (mut all, mut last) = (Vec::new(), i64::MIN);
    loop {
        let found = audit::bookings_after(tx, project, last, READ).await?;
        let Some(end) = found.last() else { return Ok(all) };
        last = end.accepted;
        all.extend(found.into_iter().map(|kept| {
            let decided = kept.decided.as_deref().and_then(|text| serde_json::from_str(text).ok());
            (kept, decided)
        }));
    }
}

/// What is wrong with a booking as it stands; `lines` are those on which it was decided.
fn faults(kept: &KeptBooking, project: ProjectId, decided: Option<&Decided>, lines: &[BillingLine]) -> Vec<String> {
    let mut faults = Vec::new();
    if kept.task_project != Some(project) {
        faults.push(format!("its task {} is one of {:?}", kept.task, kept.task_project));
    }
    match decided {
        None => faults.push(format!("it does not say on what it was decided: {:?}", kept.decided)),
        Some(decided) if (decided.billed, decided.billable) != (kept.billed, kept.billable) => {
            let (billed, billable) = (decided.billed, decided.billable);
            faults.push(format!(
                "{billed:?} of it was billed (billable: {billable}) when it was decided, it says {:?} ({})",
                kept.billed, kept.billable
            ));
        }
        Some(_) if lines.is_empty() && kept.portions.iter().any(|kept| line_of(&kept.portion).is_some()) => {
            faults.push("the lines on which it was decided are not there".to_owned());
        }
        Some(_) => {}
    }
    let sum = kept.portions.iter().try_fold(0_i64, |sum, kept| sum.checked_add(kept.portion.seconds.0));
    if sum != Some(kept.billed.0) {
        faults.push(format!("its portions add up to {sum:?} seconds, {} are billed", kept.billed.0));
    }
    if kept.billed < kept.seconds {
        faults.push(format!("{} seconds are billed of {}", kept.billed.0, kept.seconds.0));
    }
    let targets: BTreeSet<Target> = kept.portions.iter().map(|kept| kept.portion.target).collect();
    if targets.len() != kept.portions.len() {
        faults.push("two of its portions go to the same place".to_owned());
    }
    let nowhere = if kept.billable { Target::NotBillable } else { Target::Unassigned };
    if targets.contains(&nowhere) {
        faults.push(format!("it is billable: {}, and has time that is {}", kept.billable, nowhere.name()));
    }
    faults.extend(kept.portions.iter().filter_map(|portion| wrong_draw(kept, portion, lines)));
    faults
}

fn line_of(portion: &Portion) -> Option<BillingLineId> {
    match portion.target {
        Target::Line { line } => Some(line),
        Target::NotBillable | Target::Unassigned => None,
    }
}

/// Whether a portion takes something otherwise than its draw does.
fn wrong_draw(booking: &KeptBooking, kept: &KeptPortion, lines: &[BillingLine]) -> Option<String> {
    let taken = kept.portion.taken;
    let Some((id, draw)) = &kept.draw else {
        return (!taken.is_zero()).then(|| format!("a portion takes {taken} by no draw"));
    };
    let Some(draw) = draw else { return Some(format!("its draw {id} is not there")) };
    let line = line_of(&kept.portion).and_then(|line| lines.iter().find(|of| of.id == line));
    let right = line.and_then(account_of) == Some(draw.account)
        && draw.date == booking.date
        && draw.wanted == Some(taken)
        && draw.taken == taken
        && taken.is_positive()
        && draw.own
        && !draw.released;
    (!right).then(|| format!("a portion takes {taken} of {line:?}, its draw {id} is {draw:?}"))
}

fn account_of(line: &BillingLine) -> Option<AccountId> {
    match &line.kind {
        LineKind::Collector(collector) => Some(collector.account),
        LineKind::Effort { .. } | LineKind::FlatRate => None,
    }
}

fn accounts_of(lines: &[BillingLine]) -> BTreeSet<AccountId> {
    lines.iter().filter_map(account_of).collect()
}

/// With which number the account would have gone on.
fn next(decided: &Decided, account: AccountId) -> Option<Seq> {
    decided.accounts.get(&account).map(|stood| stood.next)
}

/// An account that is gone through once more.
struct Replay {
    entries: Vec<StoredEntry>,
    /// How many of them are posted.
    posted: usize,
    ledger: Ledger,
}

async fn replays(tx: &mut Tx, accounts: BTreeSet<AccountId>) -> Result<BTreeMap<AccountId, Replay>, Refused> {
    let ids: Vec<AccountId> = accounts.into_iter().collect();
    let mut replays = BTreeMap::new();
    for StoredAccount { account, .. } in accounts::many(tx, &ids, false).await? {
        let entries = ledger::all(tx, account.id).await?;
        replays.insert(account.id, Replay { entries, posted: 0, ledger: Ledger::new(account) });
    }
    Ok(replays)
}

impl Replay {
    /// The account as it stood then, with the terms of that time.
    fn stood(&mut self, stood: Stood) -> Result<AccountView, String> {
        if stood.next < self.ledger.view.next_seq {
            (self.posted, self.ledger) = (0, Ledger::new(self.ledger.view.account.clone()));
        }
        let id = self.ledger.view.account.id;
        while self.ledger.view.next_seq < stood.next {
            let next = self.ledger.view.next_seq;
            let kept = self.entries.get(self.posted).ok_or_else(|| format!("account {id} has no entry {next}"))?;
            self.ledger.post(&kept.entry).map_err(|error| format!("account {id}: {error}"))?;
            self.posted += 1;
        }
        let mut view = self.ledger.view.clone();
        view.account.policy = stood.policy;
        Ok(view)
    }
}

/// The portions that a booking gets on what it was decided on.
fn anew(
    env: &Env,
    project: &StoredProject,
    (kept, decided, lines): (&KeptBooking, &Decided, &[BillingLine]),
    replays: &mut BTreeMap<AccountId, Replay>,
) -> Result<Vec<Portion>, String> {
    let mut accounts = Vec::new();
    for account in accounts_of(lines) {
        let stood = decided.accounts.get(&account);
        let stood = stood.ok_or_else(|| format!("it does not say how account {account} stood"))?;
        let replay = replays.get_mut(&account).ok_or_else(|| format!("there is no account {account}"))?;
        accounts.push(replay.stood(*stood)?);
    }
    let booking = Booking {
        id: kept.id,
        person: kept.person,
        task: decided.task,
        date: kept.date,
        start: None,
        seconds: kept.seconds,
        billable: decided.billable,
        note: String::new(),
    };
    let itself = decided.holds.then(|| Posted {
        accepted: kept.accepted,
        booking: booking.clone(),
        billed: decided.billed,
        portions: kept.portions.iter().map(|kept| kept.portion).collect(),
        held: held(kept, lines, replays),
        lock: None,
    });
    let facts = Facts {
        today: env.today(),
        clocks: Clocks::default(),
        closed_until: None,
        splits: true,
        rounding: None,
        agreed: Vec::new(),
        currency: project.currency,
        lines: lines.to_vec(),
        closed_tasks: BTreeSet::new(),
        accounts,
        bookings: itself.into_iter().collect(),
    };
    splitting::portions(&facts, &booking, decided.billed).map_err(|error| error.to_string())
}

/// What a booking held of the accounts as they stood when it was decided.
fn held(kept: &KeptBooking, lines: &[BillingLine], replays: &BTreeMap<AccountId, Replay>) -> Vec<Held> {
    let draws = kept.portions.iter().filter_map(|portion| {
        let line = line_of(&portion.portion)?;
        let account = lines.iter().find(|of| of.id == line).and_then(account_of)?;
        let (draw, _) = portion.draw.as_ref()?;
        let draw = replays.get(&account)?.ledger.draws.get(draw)?.clone();
        Some(Held { line, account, draw })
    });
    draws.collect()
}
