//! Number ranges: how the number of a document or contract is made.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The pattern of a number range, such as `RE-{year}-{n:5}`: any text with one counter `{n}` or `{n:WIDTH}` and, if the
/// counter begins anew each year, `{year}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumberPattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Text(String),
    Year,
    Counter { width: usize },
}

/// What was given is not a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a pattern of at most 30 characters with one counter {{n}}, such as RE-{{year}}-{{n:5}}")]
pub struct NotAPattern;

/// The longest pattern, in characters.
const LONGEST: usize = 30;
/// The widest counter, in digits.
const WIDEST: usize = 12;

impl NumberPattern {
    /// What is usual for contracts: `V-00001`.
    pub fn of_contracts() -> NumberPattern {
        let parts = vec![Part::Text("V-".to_owned()), Part::Counter { width: 5 }];
        NumberPattern { text: "V-{n:5}".to_owned(), parts }
    }

    /// What is usual for projects: `P-00001`.
    pub fn of_projects() -> NumberPattern {
        let parts = vec![Part::Text("P-".to_owned()), Part::Counter { width: 5 }];
        NumberPattern { text: "P-{n:5}".to_owned(), parts }
    }

    /// What is usual for invoices: `RE-2026-00001`.
    pub fn of_invoices() -> NumberPattern {
        NumberPattern::yearly_after("RE-")
    }

    /// What is usual for delivery notes: `LS-2026-00001`.
    pub fn of_delivery_notes() -> NumberPattern {
        NumberPattern::yearly_after("LS-")
    }

    /// What is usual for cancellations: `ST-2026-00001`.
    pub fn of_cancellations() -> NumberPattern {
        NumberPattern::yearly_after("ST-")
    }

    fn yearly_after(first: &str) -> NumberPattern {
        let text = |text: &str| Part::Text(text.to_owned());
        let parts = vec![text(first), Part::Year, text("-"), Part::Counter { width: 5 }];
        NumberPattern { text: format!("{first}{{year}}-{{n:5}}"), parts }
    }

    /// The number with that counter in that year.
    pub fn number(&self, year: i32, counter: i64) -> String {
        let write = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Year => year.to_string(),
            Part::Counter { width } => format!("{counter:0width$}"),
        };
        self.parts.iter().map(write).collect()
    }

    /// Whether each year counts for itself.
    pub fn yearly(&self) -> bool {
        self.parts.contains(&Part::Year)
    }
}

impl FromStr for NumberPattern {
    type Err = NotAPattern;
    fn from_str(text: &str) -> Result<NumberPattern, NotAPattern> {
        let text = text.trim();
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            return Err(NotAPattern);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or(NotAPattern)?;
            parts.extend(text_part(before));
            parts.push(match (name, name.strip_prefix("n:")) {
                ("year", _) => Part::Year,
                ("n", _) => Part::Counter { width: 1 },
                (_, Some(width)) => {
                    // The reader takes more than digits: +5.
                    let digits = Some(width).filter(|width| width.bytes().all(|byte| byte.is_ascii_digit()));
                    let width = digits.and_then(|digits| digits.parse().ok());
                    let possible = width.filter(|width| (1..=WIDEST).contains(width));
                    Part::Counter { width: possible.ok_or(NotAPattern)? }
                }
                _ => return Err(NotAPattern),
            });
            rest = behind;
        }
        parts.extend(text_part(rest));
        let counters = parts.iter().filter(|part| matches!(part, Part::Counter { .. })).count();
        let stray = parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(['{', '}'])));
        let years = parts.iter().filter(|part| **part == Part::Year).count();
        if counters == 1 && years <= 1 && !stray {
            Ok(NumberPattern { text: text.to_owned(), parts })
        } else {
            Err(NotAPattern)
        }
    }
}

fn text_part(text: &str) -> Option<Part> {
    (!text.is_empty()).then(|| Part::Text(text.to_owned()))
}

impl TryFrom<String> for NumberPattern {
    type Error = NotAPattern;
    fn try_from(text: String) -> Result<NumberPattern, NotAPattern> {
        text.parse()
    }
}

impl From<NumberPattern> for String {
    fn from(pattern: NumberPattern) -> String {
        pattern.text
    }
}

impl fmt::Display for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}
