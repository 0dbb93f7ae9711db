//! What bookings would come to on given facts. Nothing is stored.

use domain::{
    BillingLineId, Permission,
    quota::{Amount, Unit},
    splitting::{self, Booking, Facts, LineKind, Poured},
};
use wire::{FieldProblem, Problem, bookings::refused};

use crate::{Call, Refused};

/// What came of bookings on given facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Each booking, in the order in which it was given.
    pub bookings: Vec<Poured>,
    /// What is left on each collector afterwards, on the day of the last booking.
    pub left: Vec<(BillingLineId, Unit, Amount)>,
}

/// Adds bookings one after the other, each to what those before have left, by the function that booking decides with.
///
/// Refused at the place of the booking in the list.
pub fn simulate(call: &Call, mut facts: Facts, bookings: &[Booking]) -> Result<Simulation, Refused> {
    if !call.by.role.may(Permission::SeeProjects) {
        call.needs(Permission::BookTime)?;
    }
    let mut poured = Vec::with_capacity(bookings.len());
    for (place, booking) in bookings.iter().enumerate() {
        let at = |problem| within(place, problem);
        let plan = splitting::add(&facts, booking).map_err(|error| at(refused(error, booking.id)))?;
        let posted = plan.entries(&facts.accounts, |planned| planned.decision.request.draw);
        facts.accounts = posted.map_err(Refused::quota(Unit::Time))?.after;
        poured.extend(plan.booking);
    }
    let date = bookings.last().map_or(facts.today, |booking| booking.date);
    let left = facts.lines.iter().filter_map(|line| {
        let LineKind::Collector(collector) = &line.kind else { return None };
        let view = facts.accounts.iter().find(|view| view.account.id == collector.account)?;
        let left = splitting::left(&facts, line.id, date).ok()?;
        Some((line.id, view.account.unit, left))
    });
    let left = left.collect();
    Ok(Simulation { bookings: poured, left })
}

/// A problem of a booking, named within all of them.
pub(super) fn within(place: usize, problem: Problem) -> Refused {
    let Problem::Invalid { fields } = problem else { return problem.into() };
    let named =
        |problem: FieldProblem| FieldProblem { field: format!("bookings.{place}.{}", problem.field), ..problem };
    Problem::Invalid { fields: fields.into_iter().map(named).collect() }.into()
}
