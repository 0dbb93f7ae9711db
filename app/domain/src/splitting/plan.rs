//! Adding, changing, moving and deleting bookings.

use super::{
    Booking, Facts, Held, Plan, PlannedDraw, Posted, Posting, Poured, SplitError, check,
    pour::{Books, Step, Stream, pour},
};
use crate::{
    BookingId, Seconds,
    quota::{Entry, Movement, ReleaseDecision, draw, grant, release},
};

/// Decides what adding a booking does: it is poured, and nothing else changes. The same content under the same id again
/// does nothing.
///
/// Errors when the booking cannot be, when there is another one of its id, or when it does not fit with splitting off.
pub fn add(facts: &Facts, booking: &Booking) -> Result<Plan, SplitError> {
    if let Some(known) = facts.booking(booking.id) {
        let same = known.booking == *booking;
        return if same { Ok(Plan::default()) } else { Err(SplitError::Exists { booking: booking.id }) };
    }
    check(booking, facts)?;
    let billed = facts.rounding_on(booking.date).billed(booking.seconds);
    Ok(decide(facts, None, vec![Item { booking, billed, before: None }], Some(booking.id))?.0)
}

/// Decides what changing a booking does: it keeps its place, and it and the later ones of the project are poured again in
/// the order in which they were accepted. Locked ones keep their portions.
///
/// Errors as [`add`], when the booking is locked or unknown, or when a later one does not fit any more with splitting off.
pub fn change(facts: &Facts, booking: &Booking) -> Result<Plan, SplitError> {
    let before = open(facts, booking.id)?;
    check(booking, facts)?;
    let billed = facts.rounding_on(booking.date).billed(booking.seconds);
    let mut items = later(facts, before.accepted);
    items.insert(0, Item { booking, billed, before: Some(before) });
    Ok(decide(facts, None, items, Some(booking.id))?.0)
}

/// Decides what deleting a booking does, or moving it to another project: the later ones are poured again.
///
/// Errors when it is locked or unknown, or when a later one does not fit any more with splitting off.
pub fn delete(facts: &Facts, booking: BookingId) -> Result<Plan, SplitError> {
    Ok(leave(facts, booking)?.0)
}

/// The same with the place of the booking, and how the accounts stand once it is posted.
pub(super) fn leave(facts: &Facts, booking: BookingId) -> Result<(Plan, i64, Books), SplitError> {
    let before = open(facts, booking)?;
    let (plan, books) = decide(facts, Some(before), later(facts, before.accepted), None)?;
    Ok((plan, before.accepted, books))
}

/// Decides what moving a booking in from another project does: it keeps its place in the order of acceptance, so that the
/// later ones of this project are poured again. The facts are those after it was deleted there.
///
/// Errors as [`change`].
pub fn move_in(facts: &Facts, booking: &Booking, accepted: i64) -> Result<Plan, SplitError> {
    if facts.booking(booking.id).is_some() {
        return Err(SplitError::Exists { booking: booking.id });
    }
    check(booking, facts)?;
    let billed = facts.rounding_on(booking.date).billed(booking.seconds);
    let mut items = later(facts, accepted);
    items.insert(0, Item { booking, billed, before: None });
    Ok(decide(facts, None, items, Some(booking.id))?.0)
}

/// A booking that is poured.
struct Item<'a> {
    booking: &'a Booking,
    billed: Seconds,
    before: Option<&'a Posted>,
}

/// A booking that may be changed.
fn open(facts: &Facts, booking: BookingId) -> Result<&Posted, SplitError> {
    let posted = facts.booking(booking).ok_or(SplitError::Unknown { booking })?;
    match facts.lock(posted) {
        Some(lock) => Err(SplitError::Locked { booking, lock }),
        None => Ok(posted),
    }
}

/// The bookings that are poured again: those accepted later that are not locked, with the time that was billed of them.
fn later(facts: &Facts, accepted: i64) -> Vec<Item<'_>> {
    let later = facts.bookings.iter().filter(|posted| posted.accepted > accepted && facts.lock(posted).is_none());
    let mut later: Vec<_> = later.collect();
    later.sort_by_key(|posted| posted.accepted);
    let items = later.into_iter();
    items.map(|posted| Item { booking: &posted.booking, billed: posted.billed, before: Some(posted) }).collect()
}

/// Pours bookings one after the other on accounts on which none of them holds anything, then posts what differs from what
/// they have. With the plan come the accounts afterwards.
fn decide(
    facts: &Facts,
    deleted: Option<&Posted>,
    items: Vec<Item<'_>>,
    named: Option<BookingId>,
) -> Result<(Plan, Books), SplitError> {
    let mut books: Books = facts.accounts.iter().map(|view| (view.account.id, view.clone())).collect();
    let poured_again = deleted.into_iter().chain(items.iter().filter_map(|item| item.before));
    for held in poured_again.flat_map(holding) {
        undo(held, &mut books)?;
    }
    let emptied = deleted.map(|posted| Poured {
        booking: posted.booking.id,
        billed: posted.billed,
        before: posted.portions.clone(),
        portions: Vec::new(),
    });
    let mut plan = Plan { booking: emptied, ..Plan::default() };
    let mut gone: Vec<&Posted> = deleted.into_iter().collect();
    let mut steps = Vec::new();
    for Item { booking, billed, before } in items {
        let mut stream = pour(booking, billed, facts, &mut books)?;
        let mut moved = true;
        if let Some(before) = before.filter(|before| keeps(before, booking, &stream)) {
            take_back(&stream, &mut books)?;
            // What was split before splitting was switched off stays split, too.
            moved = !put_back(before, &mut books)?;
            if moved {
                stream = pour(booking, billed, facts, &mut books)?;
            }
        }
        let poured = Poured {
            booking: booking.id,
            billed,
            before: before.map(|before| before.portions.clone()).unwrap_or_default(),
            portions: stream.portions,
        };
        if moved {
            stream.split.map_or(Ok(()), Err)?;
            gone.extend(before);
            steps.extend(stream.steps);
        }
        if named == Some(booking.id) {
            plan.booking = Some(poured);
        } else if moved {
            plan.others.push(poured);
        }
    }
    let (postings, after) = postings(facts, &gone, steps)?;
    plan.postings = postings;
    Ok((plan, after))
}

/// What is posted: everything that goes back first, then what is granted and drawn, decided on the accounts as they are.
fn postings(facts: &Facts, gone: &[&Posted], steps: Vec<Step>) -> Result<(Vec<Posting>, Books), SplitError> {
    let mut books: Books = facts.accounts.iter().map(|view| (view.account.id, view.clone())).collect();
    let mut postings = Vec::new();
    for posted in gone {
        for held in holding(posted) {
            let decision = undo(held, &mut books)?;
            postings.push(Posting::Release { booking: posted.booking.id, account: held.account, decision });
        }
    }
    for step in steps {
        let (line, account) = match &step {
            Step::Grant { line, account, .. } => (*line, *account),
            Step::Draw(planned) => (planned.line, planned.account),
        };
        let view = books.get_mut(&account).ok_or(SplitError::UnknownAccount { line, account })?;
        let unit = view.account.unit;
        let refused = |error| SplitError::Quota { line, unit, error };
        match step {
            Step::Grant { request, .. } => {
                let decision = grant(view, &request).map_err(refused)?;
                for entry in decision.entries(view).map_err(refused)? {
                    view.post(&entry).map_err(refused)?;
                }
                postings.push(Posting::Grant { account, decision });
            }
            Step::Draw(planned) => {
                let decision = draw(view, &planned.decision.request).map_err(refused)?;
                view.post(&decision.entry(view)).map_err(refused)?;
                postings.push(Posting::Draw(PlannedDraw { decision, ..planned }));
            }
        }
    }
    Ok((postings, books))
}

/// What a booking still holds.
pub(super) fn holding(posted: &Posted) -> impl Iterator<Item = &Held> {
    posted.held.iter().filter(|held| !held.draw.released)
}

/// Gives back what a booking holds of an account.
pub(super) fn undo(held: &Held, books: &mut Books) -> Result<ReleaseDecision, SplitError> {
    let (line, account) = (held.line, held.account);
    let view = books.get_mut(&account).ok_or(SplitError::UnknownAccount { line, account })?;
    let unit = view.account.unit;
    let refused = |error| SplitError::Quota { line, unit, error };
    let decision = release(&held.draw).map_err(refused)?;
    view.post(&decision.entry(view)).map_err(refused)?;
    Ok(decision)
}

/// Whether a booking gets just what it has: the same portions from the same lots. A deficit that was covered since counts
/// as what it has.
fn keeps(before: &Posted, booking: &Booking, stream: &Stream) -> bool {
    let drawn = |step: &Step| matches!(step, Step::Draw(_));
    let planned = stream.steps.iter().filter_map(|step| match step {
        Step::Draw(planned) => Some(planned),
        Step::Grant { .. } => None,
    });
    before.booking.date == booking.date
        && before.portions == stream.portions
        && stream.steps.iter().all(drawn)
        && holding(before).count() == planned.clone().count()
        && planned.into_iter().all(|planned| holding(before).any(|held| same(held, planned)))
}

/// Whether a draw holds just what a planned one would get, or what covered its deficit since.
fn same(held: &Held, planned: &PlannedDraw) -> bool {
    let decision = &planned.decision;
    let held_together = held.draw.parts.iter().try_fold(held.draw.deficit, |sum, part| sum.plus(part.amount));
    held.line == planned.line
        && held.account == planned.account
        && held.draw.date == decision.request.date
        && held_together == decision.drawn.plus(decision.deficit)
        && decision.parts.iter().all(|part| held.draw.from_lot(part.lot) >= part.amount)
}

/// Gives back what a booking has just drawn from these books.
fn take_back(stream: &Stream, books: &mut Books) -> Result<(), SplitError> {
    for step in &stream.steps {
        let Step::Draw(PlannedDraw { line, account, decision, .. }) = step else { continue };
        let (line, account) = (*line, *account);
        let view = books.get_mut(&account).ok_or(SplitError::UnknownAccount { line, account })?;
        let unit = view.account.unit;
        let (draw, parts, deficit) = (decision.request.draw, decision.parts.clone(), decision.deficit);
        let movement = Movement::Release { draw, parts, deficit };
        let entry = Entry { seq: view.next_seq, date: decision.request.date, movement };
        view.post(&entry).map_err(|error| SplitError::Quota { line, unit, error })?;
    }
    Ok(())
}

/// Puts what a booking holds back into its accounts as it stands. `false`, and nothing is changed, when something of it
/// is taken since.
fn put_back(before: &Posted, books: &mut Books) -> Result<bool, SplitError> {
    for (place, held) in holding(before).enumerate() {
        let back = books.get_mut(&held.account).is_some_and(|view| view.put_back(&held.draw).is_ok());
        if !back {
            for held in holding(before).take(place) {
                undo(held, books)?;
            }
            return Ok(false);
        }
    }
    Ok(true)
}
