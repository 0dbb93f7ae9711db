//! The facts on which bookings of a project are decided: the same for the browser, which only reads, and for saving,
//! which holds the locks of the project and of the accounts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use domain::{
    AccountId, BookingId, DateRange, DrawId, LotId, Permission, ProjectId, UserId,
    quota::PostedDraw,
    splitting::{AgreedRounding, BillingLine, Clocks, Facts, Held, LineKind, Lock, Posted, Target, every_day, reach},
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    balancing,
    bookings::{self, StoredBooking},
    contracts, ledger,
    projects::{self, StoredLine, StoredProject},
};
use uuid::Uuid;
use wire::{
    Noun,
    projects::{BookingFacts, NamedLine, TaskRow},
};

use super::{booker, seen};
use crate::{
    Call, Env, Refused,
    accounts::{around, day},
    bookings::ahead,
    people, settings,
};

/// How often the reach of a change is followed before every day is loaded: periods that overlap each other go on for
/// ever.
const ROUNDS: u32 = 4;

/// A project with its tasks and lines.
pub(crate) struct Parts {
    pub project: StoredProject,
    pub tasks: Vec<TaskRow>,
    /// In their order, also those that were taken out.
    pub lines: Vec<StoredLine>,
}

/// Reads what belongs to a project.
pub(crate) async fn parts(tx: &mut Tx, project: StoredProject) -> Result<Parts, Refused> {
    let id = project.row.id;
    let tasks = projects::tasks(tx, id).await?;
    let lines = projects::lines(tx, id).await?;
    Ok(Parts { project, tasks, lines })
}

impl Parts {
    /// The accounts of its collectors; of those that were taken out too when `ever`: bookings may hold something of
    /// them.
    pub fn accounts(&self, ever: bool) -> BTreeSet<AccountId> {
        let lines = self.lines.iter().filter(|stored| ever || !stored.removed);
        let account = |stored: &StoredLine| match &stored.line.kind {
            LineKind::Collector(collector) => Some(collector.account),
            LineKind::Effort { .. } | LineKind::FlatRate => None,
        };
        lines.filter_map(account).collect()
    }

    /// The names of its lines.
    pub fn names(&self) -> Vec<NamedLine> {
        self.lines.iter().map(StoredLine::named).collect()
    }
}

/// Which bookings have to be known.
#[derive(Clone, Copy)]
pub(crate) enum Ask<'a> {
    /// A booking is added: no other one.
    Add,
    /// One of that place changes, leaves or comes: itself, if it is there, and those that were accepted later and can
    /// come out otherwise because of it.
    After { accepted: i64, own: Option<&'a StoredBooking> },
}

/// Facts with what they were made of.
pub(crate) struct Loaded {
    pub parts: Parts,
    pub facts: Facts,
    /// The accounts of the facts as they are stored.
    pub stored: Vec<StoredAccount>,
    /// The days for which the facts are complete.
    pub days: DateRange,
    /// The later bookings that were poured on other lines than those of now.
    pub outdated: BTreeSet<BookingId>,
}

/// Loads the facts for bookings of these days. The accounts are locked until the transaction ends, in the order of
/// their ids, when `lock`; the caller has locked the project then.
pub(crate) async fn load(
    env: &Env,
    tx: &mut Tx,
    parts: Parts,
    mut days: DateRange,
    ask: Ask<'_>,
    lock: bool,
) -> Result<Loaded, Refused> {
    let company = settings::read(env, tx).await?;
    let ids: Vec<AccountId> = parts.accounts(matches!(ask, Ask::After { .. })).into_iter().collect();
    let stored = accounts::many(tx, &ids, lock).await?;
    let agreed = agreed(env, tx, &parts).await?;
    let project = &parts.project;
    let closed = parts.tasks.iter().filter(|task| project.row.closed || task.closed);
    let active = parts.lines.iter().filter(|stored| !stored.removed);
    let mut facts = Facts {
        today: env.today(),
        // What is only previewed is kept for longer than a moment.
        clocks: Clocks { now: lock.then(|| env.now()), ahead: ahead(env, days) },
        closed_until: company.books_closed_until,
        splits: project.splitting.unwrap_or(company.splitting),
        rounding: project.rounding,
        agreed,
        currency: project.currency,
        lines: active.map(|stored| stored.line.clone()).collect::<Vec<BillingLine>>(),
        closed_tasks: closed.map(|task| task.id).collect(),
        accounts: Vec::new(),
        bookings: Vec::new(),
    };
    let mut outdated = BTreeSet::new();
    if let Ask::After { accepted, .. } = ask {
        let open = |date: NaiveDate| facts.closed_until.is_none_or(|closed_until| date >= closed_until);
        let found = poured_otherwise(tx, project, &facts.lines, accepted).await?;
        for (booking, date) in found.into_iter().filter(|(_, date)| open(*date)) {
            days = days.hull(day(date));
            outdated.insert(booking);
        }
    }
    let mut rounds = 0;
    loop {
        facts.accounts = accounts::facts_within(tx, &stored, days).await?;
        let Ask::After { accepted, own } = ask else { break };
        facts.bookings = concerned(tx, project.row.id, accepted, own, days).await?;
        complete(tx, &stored, &mut facts).await?;
        let wider = reach(&facts, days);
        if wider == days {
            break;
        }
        rounds += 1;
        days = if rounds < ROUNDS { wider } else { every_day() };
    }
    Ok(Loaded { parts, facts, stored, days, outdated })
}

/// What the contracts say of rounding from whose quotas the lines of a project collect.
async fn agreed(env: &Env, tx: &mut Tx, parts: &Parts) -> Result<Vec<AgreedRounding>, Refused> {
    let lines = parts.lines.iter().filter(|stored| !stored.removed);
    // The account of an allowance was opened with it, and no contract grants to it.
    let account = |stored: &StoredLine| match &stored.line.kind {
        LineKind::Collector(collector) => collector.allowance.is_none().then_some(collector.account),
        LineKind::Effort { .. } | LineKind::FlatRate => None,
    };
    let accounts: BTreeSet<AccountId> = lines.filter_map(account).collect();
    let found = contracts::terms_of_accounts(tx, &accounts.into_iter().collect::<Vec<_>>()).await?;
    let agreed = found.into_iter().flat_map(|of| {
        let versions = of.versions.into_iter().map(|(at, terms)| (env.local(at).date_naive(), terms));
        AgreedRounding::over(of.account, of.lasts, &versions.collect::<Vec<_>>())
    });
    Ok(agreed.collect())
}

/// The bookings that were accepted after that place and poured on other lines than those of now, with their days.
/// Whatever changes before them pours them on these, also where it shares nothing with them.
async fn poured_otherwise(
    tx: &mut Tx,
    project: &StoredProject,
    lines: &[BillingLine],
    accepted: i64,
) -> Result<Vec<(BookingId, NaiveDate)>, Refused> {
    if project.lines_version == 0 {
        return Ok(Vec::new());
    }
    let versions = projects::line_versions(tx, project.row.id).await?;
    // Names and fees are no matter: what was poured since the lines have done the same was poured on these.
    let pours = |lines: &[BillingLine]| lines.iter().map(BillingLine::without_fee).collect::<Vec<_>>();
    let now = pours(lines);
    let same = versions.iter().filter(|version| pours(&version.lines) == now).map(|version| version.version);
    let same: BTreeSet<i64> = same.collect();
    let Some(since) = versions.iter().rev().take_while(|version| same.contains(&version.version)).last() else {
        return Ok(Vec::new());
    };
    let before = since.at.timestamp_micros();
    let found = bookings::poured_on(tx, project.row.id, (accepted, before)).await?;
    let other = found.into_iter().filter(|(.., version)| !same.contains(version));
    Ok(other.map(|(booking, date, _)| (booking, date)).collect())
}

/// The booking itself and those of these days that were accepted after it, with what they hold.
async fn concerned(
    tx: &mut Tx,
    project: ProjectId,
    accepted: i64,
    own: Option<&StoredBooking>,
    days: DateRange,
) -> Result<Vec<Posted>, Refused> {
    let later = bookings::later(tx, project, accepted, days).await?;
    let found: Vec<StoredBooking> = own.into_iter().cloned().chain(later).collect();
    let draws: Vec<DrawId> =
        found.iter().flat_map(|stored| &stored.portions).filter_map(|stored| stored.draw).collect();
    let held = ledger::draws_among(tx, &draws).await?;
    // A deficit that a standing document bills is on that document, and with it the booking.
    let billed = balancing::billing_deficits_of(tx, &draws).await?;
    let billed: HashSet<DrawId> = billed.into_iter().map(|(draw, ..)| draw).collect();
    Ok(found.into_iter().map(|stored| posted(stored, &held, &billed)).collect())
}

fn posted(stored: StoredBooking, held: &HashMap<DrawId, (AccountId, PostedDraw)>, billed: &HashSet<DrawId>) -> Posted {
    let draws = stored.portions.iter().filter_map(|stored| Some((stored.portion.target, stored.draw?)));
    let own = draws.clone().filter_map(|(target, draw)| {
        let Target::Line { line } = target else { return None };
        let (account, draw) = held.get(&draw)?.clone();
        Some(Held { line, account, draw })
    });
    let own = own.collect();
    let balanced = draws.clone().any(|(_, draw)| billed.contains(&draw)).then_some(Lock::Balancing);
    let portions = stored.portions.iter().map(|stored| stored.portion).collect();
    Posted {
        accepted: stored.accepted,
        billed: stored.billed,
        portions,
        held: own,
        lock: stored.document.map(|_| Lock::Document).or(balanced),
        booking: stored.booking,
    }
}

/// Adds the lots that the bookings hold and that cannot be used on these days: they covered a deficit.
async fn complete(tx: &mut Tx, stored: &[StoredAccount], facts: &mut Facts) -> Result<(), Refused> {
    let mut held = BTreeMap::<AccountId, BTreeSet<LotId>>::new();
    for of in facts.bookings.iter().flat_map(|posted| &posted.held) {
        held.entry(of.account).or_default().extend(of.draw.parts.iter().map(|part| part.lot));
    }
    for view in &facts.accounts {
        if let Some(lots) = held.get_mut(&view.account.id) {
            lots.retain(|lot| view.lot(*lot).is_none());
        }
    }
    let missing: Vec<LotId> = held.into_values().flatten().collect();
    for (account, state) in ledger::lots_among(tx, stored, &missing).await? {
        if let Some(view) = facts.accounts.iter_mut().find(|view| view.account.id == account) {
            view.lots.push(state);
            view.lots.sort_by_key(|state| state.lot.order());
        }
    }
    Ok(())
}

/// What bookings of a project are previewed with: a new one for a day within a year of `date`, or a change of `booking`
/// to that day. A booking of another project moves here: then the facts are those that [`domain::splitting::move_over`]
/// takes beside the ones of the project that it leaves.
///
/// Whoever does not see all projects is not told whose other bookings are and when they began; nothing is decided by
/// that.
pub async fn facts(
    env: &Env,
    call: &Call,
    project: ProjectId,
    date: NaiveDate,
    booking: Option<BookingId>,
) -> Result<BookingFacts, Refused> {
    let mut tx = env.db.read().await?;
    let found = seen(&mut tx, call, project).await?;
    let own = match booking {
        None => None,
        Some(id) => Some(editable(&mut tx, call, id).await?),
    };
    let parts = parts(&mut tx, found).await?;
    let loaded = match &own {
        None => load(env, &mut tx, parts, around(date), Ask::Add, false).await?,
        Some(own) if own.project != project => {
            let accepted = bookings::same_place(&mut tx, project, own.accepted).await?;
            load(env, &mut tx, parts, day(date), Ask::After { accepted, own: None }, false).await?
        }
        Some(own) => {
            let days = day(own.booking.date).hull(day(date));
            let ask = Ask::After { accepted: own.accepted, own: Some(own) };
            load(env, &mut tx, parts, days, ask, false).await?
        }
    };
    let (project, lines) = (loaded.parts.project.row.named(), loaded.parts.names());
    let mut facts = loaded.facts;
    let all = call.by.role.may(Permission::SeeProjects);
    let me = if all { None } else { people::own(&mut tx, call).await? };
    for posted in facts.bookings.iter_mut().filter(|posted| Some(posted.booking.id) != booking) {
        posted.booking.note.clear();
        if !all && me != Some(posted.booking.person) {
            posted.booking.person = UserId::new(Uuid::nil());
            posted.booking.start = None;
        }
    }
    Ok(BookingFacts { project, days: loaded.days, facts, tasks: loaded.parts.tasks, lines })
}

/// A booking that the person may change.
async fn editable(tx: &mut Tx, call: &Call, id: BookingId) -> Result<StoredBooking, Refused> {
    let missing = || Refused::not_found(Noun::Booking);
    let found = bookings::get(tx, id).await?.ok_or_else(missing)?;
    if call.by.role.may(Permission::EditBookings) || booker(tx, call).await? == found.booking.person {
        Ok(found)
    } else {
        Err(missing())
    }
}
