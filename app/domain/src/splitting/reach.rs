//! How far a change of a booking reaches: the days whose bookings can come out otherwise because of it.

use super::{Facts, LineKind};
use crate::{
    DateRange,
    quota::{AccountView, DeficitPolicy, LotState, Overbooking, books},
};

/// The days that share something with these: a lot that can be used on a day of both, or one that holds what a booking
/// of these days had overdrawn. Asked again with its answer until that stays the same, it says for which days bookings
/// have to be known so that those of all others get just what they have. The facts are those of the days, with the
/// bookings on them that are poured again.
///
/// Where deficits of all days count together, because they have a limit or because a grant covers earlier ones too,
/// that is every day of the books.
pub fn reach(facts: &Facts, days: DateRange) -> DateRange {
    let collectors = facts.lines.iter().filter_map(|line| match &line.kind {
        LineKind::Collector(collector) => Some(collector.account),
        LineKind::Effort { .. } | LineKind::FlatRate => None,
    });
    let own: Vec<&AccountView> =
        collectors.filter_map(|account| facts.accounts.iter().find(|view| view.account.id == account)).collect();
    if own.iter().any(|view| counts_together(view)) {
        return every_day();
    }
    let usable = own.iter().flat_map(|view| &view.lots).filter(|state| state.lot.valid.overlaps(days));
    let held = facts.bookings.iter().flat_map(|posted| &posted.held);
    let held = held.flat_map(|held| held.draw.parts.iter().map(move |part| (held.account, part.lot)));
    let held = held.filter_map(|(account, lot)| {
        let view = facts.accounts.iter().find(|view| view.account.id == account)?;
        view.lot(lot)
    });
    usable.chain(held).fold(days, |days, state: &LotState| days.hull(state.lot.valid))
}

/// Every day of the books.
pub fn every_day() -> DateRange {
    let (from, _) = books();
    DateRange { from, until: None }
}

/// Whether what one day owes changes what another one gets.
fn counts_together(view: &AccountView) -> bool {
    let policy = view.account.policy;
    match policy.overbooking {
        Overbooking::No => false,
        Overbooking::Yes { limit } => limit.is_some() || policy.deficits == DeficitPolicy::NextGrant,
    }
}
