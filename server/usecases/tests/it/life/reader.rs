//! Reads the steps of a story of a contract that lives from day to day; how it is written is said where the rules are
//! tested.

use std::{fs, path::Path};

/// A step with what must come of it.
pub struct Step {
    /// The line of the file.
    pub line: usize,
    /// What is done.
    pub said: String,
    /// What comes out, where something does.
    pub result: Option<String>,
    /// Invoices, lots and deficits.
    pub rows: Vec<String>,
    /// The passbook from the first changed row on.
    pub passbook: Vec<String>,
}

const ROWS: [&str; 8] = ["invoice", "line", "lot", "freed", "revoked", "deficit", "covered", "uncovered"];

/// The steps of that file of the stories, from the first day on.
pub fn steps(file: &str) -> Vec<Step> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../app/domain/tests/stories");
    let text = fs::read_to_string(folder.join(file)).expect("the story");
    let mut steps: Vec<Step> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let word = line.split(' ').next().unwrap_or_default();
        if line.is_empty() || line.starts_with('#') || (steps.is_empty() && word != "today") {
            continue;
        }
        if line.starts_with(|first: char| first.is_ascii_digit()) {
            steps.last_mut().expect("a step").passbook.push(line);
        } else if ROWS.contains(&word) {
            steps.last_mut().expect("a step").rows.push(line);
        } else {
            let (said, result) = line.split_once(" -> ").map_or((line.as_str(), None), |(s, out)| (s, Some(out)));
            let (said, result) = (said.to_owned(), result.map(str::to_owned));
            steps.push(Step { line: number + 1, said, result, rows: Vec::new(), passbook: Vec::new() });
        }
    }
    steps
}

/// `4:00` as seconds.
pub fn seconds(text: &str) -> i64 {
    let (hours, minutes) = text.split_once(':').expect("hours and minutes");
    hours.parse::<i64>().expect("hours") * 3_600 + minutes.parse::<i64>().expect("minutes") * 60
}

/// Seconds as `4:00`.
pub fn written(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 3_600, seconds / 60 % 60)
}
