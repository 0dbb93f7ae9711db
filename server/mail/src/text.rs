//! The letter as plain text.

use wire::mails::Letter;

use crate::clean::{line, lines};

/// A value of more characters does not push the others aside.
const WIDEST: usize = 40;

/// Paragraphs with empty lines between them, the facts in two columns, and who writes, below the line that mail
/// programs know as the beginning of a signature.
pub fn text(letter: &Letter) -> String {
    let paragraphs = letter.paragraphs.iter().map(|paragraph| lines(paragraph).join("\n"));
    let facts = std::iter::once(columns(&letter.facts));
    let blocks: Vec<String> = paragraphs.chain(facts).filter(|block| !block.is_empty()).collect();
    let sender: Vec<String> = std::iter::once(&letter.company)
        .chain(&letter.imprint)
        .map(|text| line(text))
        .filter(|text| !text.is_empty())
        .collect();
    let signature = if sender.is_empty() { String::new() } else { format!("\n\n-- \n{}", sender.join("\n")) };
    format!("{}{signature}\n", blocks.join("\n\n"))
}

/// Names at the left, values at the right, one under the other.
fn columns(facts: &[(String, String)]) -> String {
    let facts: Vec<(String, String)> = facts.iter().map(|(name, value)| (line(name), line(value))).collect();
    let width = |text: &str| text.chars().count();
    let names = facts.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let values = facts.iter().map(|(_, value)| width(value)).filter(|width| *width <= WIDEST).max().unwrap_or_default();
    let row = |(name, value): &(String, String)| format!("{name:<names$}  {value:>values$}").trim_end().to_owned();
    facts.iter().map(row).collect::<Vec<_>>().join("\n")
}
