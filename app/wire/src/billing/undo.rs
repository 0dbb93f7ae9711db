//! Cancelling a whole run: what is asked, what it would do, how far it is, and what came of each document.

use chrono::{DateTime, FixedOffset};
use domain::{
    DocumentId, Money, RunId,
    quota::{Amount, Unit},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, say};

use super::RunSum;
use crate::{
    Problem,
    contracts::CustomerRef,
    documents::{MOST_REASON, UndoView},
    field::required,
    read::{done, id, seen},
};

/// How many documents a page of the plan shows.
pub const RUN_UNDO_PER_PAGE: usize = 50;

/// What is different about a document since the plan was made that the person saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SinceSeen {
    /// The draft was issued.
    Issued,
    /// It was changed.
    Edited,
    /// Somebody else cancelled it.
    Cancelled,
    /// Something was drawn from what it granted.
    Drawn,
}

impl SinceSeen {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            SinceSeen::Issued => "issued",
            SinceSeen::Edited => "edited",
            SinceSeen::Cancelled => "cancelled",
            SinceSeen::Drawn => "drawn",
        }
    }

    /// The words for a person.
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            SinceSeen::Issued => say::since_seen_issued(lang),
            SinceSeen::Edited => say::since_seen_edited(lang),
            SinceSeen::Cancelled => say::since_seen_cancelled(lang),
            SinceSeen::Drawn => say::since_seen_drawn(lang),
        }
    }
}

/// A document of a run that is cancelled as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunUndoItem {
    /// The document.
    pub document: DocumentId,
    /// Its number; none as long as it is a draft.
    pub number: Option<String>,
    /// Whose it is.
    pub customer: CustomerRef,
    /// With VAT.
    pub gross: Money,
    /// How many periods are freed.
    pub freed: usize,
    /// What becomes deficit of draws, per account.
    pub deficits: Vec<(Unit, Amount)>,
    /// What stands in the way; in the answer, why it was left as it was.
    pub refused: Option<Problem>,
    /// Of an answer: the cancellation with its number; none of a draft that was deleted.
    pub cancellation: Option<(DocumentId, Option<String>)>,
    /// Of an answer: what was different from the plan that the person saw.
    #[serde(default)]
    pub changed: Vec<SinceSeen>,
    /// Of a plan: what is taken back and freed, and which draws become deficits.
    #[serde(default)]
    pub effects: Option<UndoView>,
}

impl RunUndoItem {
    /// Whether a person should see it before the others: it was refused, or it was different.
    pub fn notable(&self) -> bool {
        self.refused.is_some() || !self.changed.is_empty()
    }
}

/// The cancellation of a run as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunCancelForm {
    /// The run.
    pub run: String,
    /// Why.
    pub reason: String,
    /// When the plan was made that the person saw, as RFC 3339; empty without one.
    pub seen: String,
}

/// The cancellation of a run whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCancelDraft {
    /// The run.
    pub run: RunId,
    /// Why.
    pub reason: String,
    /// When the plan was made that was seen: what of the run changed later is told. None without a plan.
    pub seen: Option<DateTime<FixedOffset>>,
}

impl RunCancelForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<RunCancelDraft, Problem> {
        let mut problems = Vec::new();
        let run = id(&mut problems, "run", &self.run);
        let reason = required(&mut problems, "reason", &self.reason, MOST_REASON);
        let seen = seen(&mut problems, "seen", &self.seen, |at| DateTime::parse_from_rfc3339(at).ok());
        done(run.map(|run| RunCancelDraft { run, reason, seen }), problems)
    }
}

/// What cancelling a run would do, or did: each document on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunUndo {
    /// The run.
    pub run: RunId,
    /// Of a plan a page of the documents that still stand. Of an answer those that it is done with, the first of them: what
    /// was refused or different, then the others.
    pub items: Vec<RunUndoItem>,
    /// The page, from 1.
    #[serde(default)]
    pub page: u32,
    /// Whether there are more items than these.
    #[serde(default)]
    pub more: bool,
    /// How many documents it is about in all; of an answer, with how many it is done.
    #[serde(default)]
    pub count: u64,
    /// Of an answer: how many are to go. The cancelling goes on by itself.
    #[serde(default)]
    pub left: u64,
    /// Of a plan: what its documents come to, per currency.
    #[serde(default)]
    pub sums: Vec<RunSum>,
    /// Of a plan: when it was made.
    #[serde(default)]
    pub seen: Option<DateTime<FixedOffset>>,
}

impl RunUndo {
    /// No document stands.
    pub fn nothing(run: RunId) -> RunUndo {
        RunUndo { run, items: Vec::new(), page: 1, more: false, count: 0, left: 0, sums: Vec::new(), seen: None }
    }
}

/// How far the cancellation of a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunUndoState {
    /// Why.
    pub reason: String,
    /// Who began it.
    pub by: String,
    /// When it began.
    pub started: DateTime<FixedOffset>,
    /// When it ended; none while somebody works on it.
    pub ended: Option<DateTime<FixedOffset>>,
    /// How many documents it began with.
    pub documents: u64,
    /// With how many of them it is done.
    pub done: u64,
    /// How many of these were refused.
    pub refused: u64,
}

impl RunUndoState {
    /// How it ended, for a person.
    pub fn ended_text(&self, lang: Lang) -> String {
        match (self.done, self.refused) {
            (0, _) => say::run_cancel_nothing(lang).to_owned(),
            (1, 0) => say::run_undo_ended_one(lang).to_owned(),
            (1, _) => say::run_undo_ended_one_not(lang).to_owned(),
            (done, 0) => say::run_undo_ended_all(lang, done),
            (done, refused) if done == refused => say::run_undo_ended_none(lang, done),
            (done, refused) => say::run_undo_ended(lang, done, refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldReason;

    /// Red when: garbage passes for no plan, and what changed since it is not told.
    #[test]
    fn when_the_plan_was_seen_is_read_or_refused() {
        let check = |seen: &str| {
            let [run, reason, seen] = ["0198f2f0-0000-7000-8000-00000000000a", "Falsch", seen].map(str::to_owned);
            RunCancelForm { run, reason, seen }.check().map(|draft| draft.seen.map(|seen| seen.to_rfc3339()))
        };
        let at = "2026-04-10T09:30:00+02:00";
        assert_eq!((check(""), check(at)), (Ok(None), Ok(Some(at.to_owned()))));
        for garbage in ["x", "2026-04-10", "2026-04-10T09:30:00"] {
            assert_eq!(check(garbage), Err(Problem::field("seen", FieldReason::UnreadableSeen)), "{garbage}");
        }
    }

    /// Red when: all, none or one of them is told as a part of several.
    #[test]
    fn how_it_ended_is_said_as_people_say_it() {
        let told = |done: u64, refused: u64| {
            let started = DateTime::parse_from_rfc3339("2026-04-10T09:30:00+02:00").expect("an instant");
            let (reason, by, ended) = ("Falsch".to_owned(), "Anna".to_owned(), Some(started));
            let state = RunUndoState { reason, by, started, ended, documents: done, done, refused };
            [Lang::De, Lang::En].map(|lang| state.ended_text(lang))
        };
        assert_eq!(told(22, 0), ["22 Belege, alle storniert.", "22 documents, all cancelled."]);
        assert_eq!(told(22, 3), ["22 Belege, davon 3 nicht storniert.", "22 documents, 3 of them not cancelled."]);
        assert_eq!(told(22, 22), ["22 Belege, keiner storniert.", "22 documents, none cancelled."]);
        assert_eq!(told(1, 0), ["1 Beleg, storniert.", "1 document, cancelled."]);
        assert_eq!(told(1, 1), ["1 Beleg, nicht storniert.", "1 document, not cancelled."]);
    }
}
