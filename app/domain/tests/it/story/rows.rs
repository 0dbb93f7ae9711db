//! What a story reads row by row: the passbook of some days, and the statement between two points.

use std::collections::BTreeSet;

use domain::{
    DateRange,
    quota::{
        Amount, Entry, Movement, PassbookRow, Posting, QuotaError, StatementPosting, StatementRow, balance_at, between,
        passbook,
    },
};

use super::Telling;
use crate::story_words::point;

impl Telling {
    /// The rows of the passbook as text; the opening balance is that of everything before.
    pub(super) fn passbook(&self, shown: DateRange) -> Result<Vec<String>, String> {
        let rows = |opening, range: DateRange| -> Result<Vec<PassbookRow>, String> {
            let entries = self.entries.iter().filter(|entry| range.contains(entry.date)).cloned().collect();
            passbook(opening, entries, &self.ledger.view.lots, range).map_err(|error| error.to_string())
        };
        let nothing = Amount::ZERO;
        let before = rows(nothing, DateRange { from: chrono::NaiveDate::MIN, until: Some(shown.from) })?;
        let opening = before.last().map_or(nothing, |row| row.balance);
        Ok(rows(opening, shown)?.iter().map(|row| self.passbook_row(row)).collect())
    }

    fn passbook_row(&self, row: &PassbookRow) -> String {
        let text = match &row.posting {
            Posting::Lapse { lot, over_cap: false } => format!("{} lapses", self.words.lot(*lot)),
            Posting::Lapse { lot, over_cap: true } => format!("{} lapses over the cap", self.words.lot(*lot)),
            Posting::Entry(entry) => self.entry(entry),
        };
        format!("{} {text} {} {}", row.date, self.words.signed(row.amount), self.words.written(row.balance))
    }

    fn entry(&self, entry: &Entry) -> String {
        match &entry.movement {
            Movement::Grant { lot } => format!("grant {}", self.words.lot(lot.id)),
            Movement::Draw { draw, .. } => format!("draw {}", self.words.draw(*draw)),
            Movement::Release { draw, .. } => format!("release {}", self.words.draw(*draw)),
            Movement::Revoke { lot, .. } => format!("revoke {}", self.words.lot(*lot)),
            Movement::Cover { draw, lot, amount } => {
                let (lot, draw) = (self.words.lot(*lot), self.words.draw(*draw));
                format!("{lot} covers {draw} {}", self.words.written(*amount))
            }
            Movement::End { until: Some(until) } => format!("end {until}"),
            Movement::End { until: None } => "end none".to_owned(),
        }
    }

    /// `(2, 2026-01-31) .. (5, 2026-02-28)`, perhaps with `holds x, y`: the opening and the closing balance, and the
    /// rows between.
    pub(super) fn statement(&mut self, text: &str) -> Result<(String, Vec<String>), String> {
        let (points, held) = text.split_once(" holds ").map_or((text, None), |(points, held)| (points, Some(held)));
        let (from, to) = points.split_once(" .. ").ok_or(format!("{points:?} is not `point .. point`"))?;
        let (from, to) = (point(from)?, point(to)?);
        let holds: BTreeSet<_> =
            held.into_iter().flat_map(|names| names.split(", ")).map(|name| self.words.draw_id(name)).collect();
        let account = &self.ledger.view.account;
        let span = match between(account, &self.entries, &holds, from, to) {
            Ok(span) => span,
            Err(QuotaError::OutOfSequence { .. } | QuotaError::EmptyValidity { .. }) => {
                return Ok(("refused because the points are in the wrong order".to_owned(), Vec::new()));
            }
            Err(error) => return Err(error.to_string()),
        };
        // What the rows add up to is what the account says at both points.
        for (point, balance) in [(from, span.opening), (to, span.closing)] {
            if balance_at(account, &self.entries, &holds, point) != Ok(balance) {
                return Err(format!("the balance at {} is not {balance}", point.date));
            }
        }
        let said =
            format!("opening {}, closing {}", self.words.written(span.opening), self.words.written(span.closing));
        Ok((said, span.rows.iter().map(|row| self.statement_row(row)).collect()))
    }

    fn statement_row(&self, row: &StatementRow) -> String {
        let text = match &row.what {
            StatementPosting::Lapse { lot } => format!("lapse of {}", self.words.lot(*lot)),
            StatementPosting::Entry(entry) => self.entry(entry),
        };
        let late = if row.late { " late" } else { "" };
        format!("{} {text} {} {}{late}", row.date, self.words.signed(row.amount), self.words.written(row.balance))
    }
}
