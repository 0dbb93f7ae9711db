//! The lines of a document as its history keeps them.

use domain::documents::Line;
use serde::{Deserialize, Serialize};

use super::DocumentLine;

/// So many lines of a document are kept with a change of it.
const MOST_NOTED: usize = 40;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedLine {
    /// The line, without the article and the groups that it came from.
    pub line: Line,
    /// The number of the contract that it names.
    pub contract: Option<String>,
    /// `false` when its clearing item was switched off by hand.
    pub clears: bool,
}

/// The lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedLines {
    /// The first of them.
    pub lines: Vec<NotedLine>,
    /// How many more there were.
    pub more: usize,
}

impl NotedLines {
    /// The first lines of a document, as they are kept.
    pub fn of(lines: &[DocumentLine]) -> NotedLines {
        let noted = |line: &DocumentLine| NotedLine {
            line: Line { article: None, group: None, sub_group: None, ..line.line.clone() },
            contract: line.contract.as_ref().map(|(_, number)| number.clone()),
            clears: line.cleared.as_ref().is_none_or(|cleared| cleared.clears),
        };
        NotedLines {
            lines: lines.iter().take(MOST_NOTED).map(noted).collect(),
            more: lines.len().saturating_sub(MOST_NOTED),
        }
    }
}
