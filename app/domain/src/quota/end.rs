//! End: the day from which on nothing can be drawn any more.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Entry, Lapse, Movement, Part, QuotaError, view::check_date};

/// What an end does, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndDecision {
    /// The first day on which nothing can be drawn any more; none takes the earlier end back.
    pub until: Option<NaiveDate>,
    /// The end until now.
    pub earlier: Option<NaiveDate>,
    /// What is lost of the lots because of this end, in the order of consumption.
    pub lapses: Vec<Part>,
}

/// Decides an end; the last one counts. Draws that are posted stay, also those dated later; what the lots still have
/// lapses on the day, unless they end earlier by themselves. `None` takes an end back.
///
/// The facts have to cover every day from the end on. Errors when the day is out of range.
pub fn end(view: &AccountView, until: Option<NaiveDate>) -> Result<EndDecision, QuotaError> {
    let mut lapses = Vec::new();
    if let Some(until) = until {
        check_date(until)?;
        view.check_covered(until)?;
        for state in &view.lots {
            let mut ended = state.clone();
            ended.account_end = Some(until);
            let by_itself = state.lot.valid.until.is_some_and(|end| end <= until);
            let last = ended.lapses()?.into_iter().rfind(|lapse| !lapse.over_cap && !by_itself);
            lapses.extend(last.map(|Lapse { amount, .. }| Part { lot: state.lot.id, amount }));
        }
    }
    Ok(EndDecision { until, earlier: view.end, lapses })
}

impl EndDecision {
    /// The entry that posts it, dated on the day that it names, or on the day that it takes back. None when it
    /// changes nothing.
    pub fn entry(&self, view: &AccountView) -> Option<Entry> {
        let date = self.until.or(self.earlier).filter(|_| self.until != self.earlier)?;
        Some(Entry { seq: view.next_seq, date, movement: Movement::End { until: self.until } })
    }
}
