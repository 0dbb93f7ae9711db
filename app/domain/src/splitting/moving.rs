//! Moving a booking to another project in one step, for whoever holds the facts of both.

use serde::{Deserialize, Serialize};

use super::{
    Booking, Facts, Plan, SplitError,
    plan::{leave, move_in},
};
use crate::quota::{AccountView, LotState};

/// What moving a booking to another project does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// What becomes of the project that it leaves.
    pub left: Plan,
    /// What becomes of it, and of the project to which it comes.
    pub plan: Plan,
}

/// Decides what moving a booking from one project to another does: as deleting it there and then moving it in here, so
/// that what it gives back is there where both draw the same account. It keeps its place in the order of acceptance.
///
/// Errors as [`super::delete`] and [`move_in`].
pub fn move_over(from: &Facts, to: &Facts, booking: &Booking) -> Result<Moved, SplitError> {
    let (left, accepted, books) = leave(from, booking.id)?;
    let accounts = to.accounts.iter().map(|view| match books.get(&view.account.id) {
        Some(left) => joined(view, left),
        None => view.clone(),
    });
    let accounts = accounts.collect();
    let plan = move_in(&Facts { accounts, ..to.clone() }, booking, accepted)?;
    Ok(Moved { left, plan })
}

/// An account as the project that the booking leaves has left it, with the lots that only the other one knows.
fn joined(view: &AccountView, left: &AccountView) -> AccountView {
    let other = view.lots.iter().filter(|state| left.lot(state.lot.id).is_none());
    let mut lots: Vec<LotState> = other.chain(&left.lots).cloned().collect();
    lots.sort_by_key(|state| state.lot.order());
    AccountView { lots, deficits: left.deficits.clone(), next_seq: left.next_seq, ..view.clone() }
}
