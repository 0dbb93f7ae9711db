//! Release: undoing a draw.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, Entry, Movement, Part, PostedDraw, QuotaError, entry::total};
use crate::DrawId;

/// What a release does, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseDecision {
    /// The draw that is undone.
    pub draw: DrawId,
    /// The date of the draw, for which the release counts too.
    pub date: NaiveDate,
    /// What goes back into which lot.
    pub parts: Vec<Part>,
    /// What goes back together.
    pub returned: Amount,
    /// The open deficit that is dropped.
    pub deficit: Amount,
}

/// Decides a release: it gives exactly the draw's present parts back and drops its open deficit.
///
/// Errors when the draw was released before.
pub fn release(posted: &PostedDraw) -> Result<ReleaseDecision, QuotaError> {
    if posted.released {
        return Err(QuotaError::AlreadyReleased { draw: posted.draw });
    }
    Ok(ReleaseDecision {
        draw: posted.draw,
        date: posted.date,
        parts: posted.parts.clone(),
        returned: total(&posted.parts)?,
        deficit: posted.deficit,
    })
}

impl ReleaseDecision {
    /// The entry that posts it.
    pub fn entry(&self, view: &AccountView) -> Entry {
        let movement = Movement::Release { draw: self.draw, parts: self.parts.clone(), deficit: self.deficit };
        Entry { seq: view.next_seq, date: self.date, movement }
    }
}
