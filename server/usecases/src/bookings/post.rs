//! Carrying out what was decided for bookings: entries with the state beside them, portions, and the history of
//! bookings that come out otherwise.

use std::{
    collections::{BTreeMap, HashMap},
    iter::repeat_n,
};

use domain::{
    AccountId, BillingLineId, BookingId, DrawId, Seconds,
    quota::{AccountView, Entry, Unit},
    splitting::{self, Booking, Decided, LineKind, Plan, Posting, Poured, Stood, Target},
};
use store::{
    Tx,
    bookings::{self, NewPortions, StoredPortion},
    history,
    ledger::{self, Note},
};
use wire::history::{Change, FieldChange};

use super::{SUBJECT, told};
use crate::{
    Env, Refused,
    changed::Saver,
    projects::{Loaded, line_words},
};

/// Posts what a plan says on the accounts on which it was decided, and keeps the portions of every booking that moves;
/// of the one that is saved, and of those that were poured on other lines before, at least on what it was decided.
/// `named` is the booking as it is saved, whose row is there already; none when it is deleted.
pub(super) async fn carry_out(
    env: &Env,
    tx: &mut Tx,
    loaded: &Loaded,
    named: Option<&Booking>,
    plan: &Plan,
    saver: &Saver,
) -> Result<(), Refused> {
    let mut decisions = Decisions::default();
    let after = decisions.add(env, loaded, named, plan, saver)?;
    decisions.write(tx, &loaded.facts.accounts, &after).await
}

/// What was decided, one plan after the other, until it is written.
#[derive(Default)]
pub(super) struct Decisions {
    entries: Vec<(AccountId, Entry, Note)>,
    /// Of bookings that move.
    portions: Vec<NewPortions>,
    /// On what bookings stand now that keep their portions.
    kept: Vec<(BookingId, Decided)>,
    /// The history of bookings that come out otherwise.
    told: Vec<(String, Change)>,
}

impl Decisions {
    /// Adds a plan that was decided on these facts, and gives the accounts as they are with it. `named` is the booking as
    /// it is saved; none when it is deleted.
    pub(super) fn add(
        &mut self,
        env: &Env,
        loaded: &Loaded,
        named: Option<&Booking>,
        plan: &Plan,
        saver: &Saver,
    ) -> Result<Vec<AccountView>, Refused> {
        let facts = &loaded.facts;
        let mut draws = HashMap::<(BookingId, BillingLineId), DrawId>::new();
        // The figures of an account that does not fit its plan are nobody's.
        let refused = Refused::quota(Unit::Time);
        let postings = plan.entries(&facts.accounts, |planned| {
            let draw = DrawId::new(env.id());
            draws.insert((planned.booking, planned.line), draw);
            draw
        });
        let postings = postings.map_err(&refused)?;
        let known = known(loaded, named);
        let noted = postings.entries.into_iter().zip(notes(loaded, &known, plan, saver));
        self.entries.extend(noted.map(|((account, entry), note)| (account, entry, note)));
        let moving = plan.moving();
        let stood = plan.decided_on(&facts.accounts).map_err(&refused)?;
        // Both go through the bookings in the same order.
        for ((id, accounts), poured) in stood.into_iter().zip(plan.booking.iter().chain(&plan.others)) {
            let Some(booking) = known.get(&id).copied() else { continue };
            let moves = moving.contains(&id);
            let stays = !moves && named.is_none_or(|named| named.id != id);
            if stays || poured.portions.is_empty() {
                continue;
            }
            let decided = decided(loaded, (booking, poured.billed), accounts, !moves);
            if moves {
                self.portions.push(NewPortions { booking: id, portions: portions(poured, &draws), decided });
            } else {
                self.kept.push((id, decided));
            }
        }
        let stand = splitting::stand(&postings.after);
        let outdated = facts.bookings.iter().filter(|posted| loaded.outdated.contains(&posted.booking.id));
        for posted in outdated.filter(|posted| facts.lock(posted).is_none() && !moving.contains(&posted.booking.id)) {
            let now = decided(loaded, (&posted.booking, posted.billed), stand.clone(), true);
            self.kept.push((posted.booking.id, now));
        }
        self.told.extend(plan.changed().map(|other| change(loaded, other, saver)));
        Ok(postings.after)
    }

    /// Writes it: `before` are the accounts on which the first plan was decided, `after` those with all of them. The
    /// bookings are there already.
    pub(super) async fn write(self, tx: &mut Tx, before: &[AccountView], after: &[AccountView]) -> Result<(), Refused> {
        for (before, after) in before.iter().zip(after) {
            let own = self.entries.iter().filter(|(account, ..)| *account == before.account.id);
            let own: Vec<(&Entry, &Note)> = own.map(|(_, entry, note)| (entry, note)).collect();
            if !own.is_empty() {
                ledger::post_noted(tx, before, after, &own, false).await?;
            }
        }
        bookings::put_portions(tx, &self.portions).await?;
        bookings::put_decisions(tx, &self.kept).await?;
        Ok(history::add_many(tx, SUBJECT, &self.told).await?)
    }
}

/// On what a booking of which so much is billed was decided.
fn decided(
    loaded: &Loaded,
    (booking, billed): (&Booking, Seconds),
    accounts: BTreeMap<AccountId, Stood>,
    holds: bool,
) -> Decided {
    let (lines, task, billable) = (loaded.parts.project.lines_version, booking.task, booking.billable);
    Decided { lines, task, billable, billed, accounts, holds }
}

fn portions(poured: &Poured, draws: &HashMap<(BookingId, BillingLineId), DrawId>) -> Vec<StoredPortion> {
    let stored = poured.portions.iter().map(|portion| {
        let draw = match portion.target {
            Target::Line { line } => draws.get(&(poured.booking, line)).copied(),
            Target::NotBillable | Target::Unassigned => None,
        };
        StoredPortion { portion: *portion, draw }
    });
    stored.collect()
}

/// The bookings as they are once the plan is carried out.
fn known<'a>(loaded: &'a Loaded, named: Option<&'a Booking>) -> HashMap<BookingId, &'a Booking> {
    let there = loaded.facts.bookings.iter().map(|posted| &posted.booking);
    there.chain(named).map(|booking| (booking.id, booking)).collect()
}

/// A note for each entry of the plan, in their order.
fn notes(loaded: &Loaded, known: &HashMap<BookingId, &Booking>, plan: &Plan, saver: &Saver) -> Vec<Note> {
    let said = |id: BookingId| known.get(&id).map(|booking| words(loaded, booking)).unwrap_or_default();
    let mut notes = Vec::with_capacity(plan.postings.len());
    for posting in &plan.postings {
        let (text, wanted, entries) = match posting {
            Posting::Release { booking, .. } => (said(*booking), None, 1),
            Posting::Grant { account, decision } => {
                let collects =
                    |kind: &LineKind| matches!(kind, LineKind::Collector(collector) if collector.account == *account);
                let line = loaded.parts.lines.iter().find(|stored| collects(&stored.line.kind));
                let name = line.map_or("", |stored| stored.name.as_str());
                (line_words(&loaded.parts.project.row.number, name), None, 1 + decision.covers.len())
            }
            Posting::Draw(planned) => {
                let decision = &planned.decision;
                let figures = (decision.request.wanted, decision.available_before, decision.available_after);
                (said(planned.booking), Some(figures), 1)
            }
        };
        notes.extend(repeat_n(Note { text, by: saver.by.clone(), at: saver.at, wanted }, entries));
    }
    notes
}

/// What a draw of a booking says.
fn words(loaded: &Loaded, booking: &Booking) -> String {
    let task = loaded.parts.tasks.iter().find(|task| task.id == booking.task);
    told::words(&booking.note, task.map_or("", |task| task.name.as_str()))
}

/// The history of a booking that comes out otherwise because of another one.
fn change(loaded: &Loaded, other: &Poured, saver: &Saver) -> (String, Change) {
    let name = |portion: &domain::splitting::Portion| match portion.target {
        Target::Line { line } => {
            loaded.parts.lines.iter().find(|stored| stored.line.id == line).map(|stored| stored.name.clone())
        }
        Target::NotBillable | Target::Unassigned => None,
    };
    let said = |portions: &[domain::splitting::Portion]| {
        told::portions(portions.iter().map(|portion| (portion, name(portion))), loaded.facts.currency)
    };
    let fields = vec![FieldChange {
        field: "portions".to_owned(),
        before: Some(said(&other.before)),
        after: Some(said(&other.portions)),
    }];
    (other.booking.to_string(), Change { at: saver.at.fixed_offset(), by: saver.by.clone(), fields })
}
