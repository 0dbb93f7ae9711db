//! Taking text apart into lines and cells.

use super::BankFault;

/// A line with its cells. A quoted cell may hold line breaks: it counts from the first.
#[derive(Debug)]
pub(super) struct Row {
    pub line: usize,
    pub cells: Vec<String>,
}

/// The rows of a text; empty lines are left out. A cell in quotes holds separators, breaks and doubled quotes.
pub(super) fn rows(text: &str, separator: char) -> Result<Vec<Row>, BankFault> {
    let (mut all, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut first, mut opened) = (1_usize, 1_usize, None::<usize>);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if opened.is_some() => {
                if chars.next_if_eq(&'"').is_some() {
                    cell.push('"');
                } else {
                    opened = None;
                }
            }
            // A quote within a cell is only a character.
            '"' if cell.trim().is_empty() => {
                cell.clear();
                opened = Some(line);
            }
            '\r' => {}
            '\n' => {
                line = line.saturating_add(1);
                if opened.is_some() {
                    cell.push(' ');
                } else {
                    cells.push(std::mem::take(&mut cell));
                    push(&mut all, first, &mut cells);
                    first = line;
                }
            }
            c if c == separator && opened.is_none() => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if let Some(line) = opened {
        return Err(BankFault::OpenQuote { line });
    }
    cells.push(cell);
    push(&mut all, first, &mut cells);
    Ok(all)
}

fn push(all: &mut Vec<Row>, line: usize, cells: &mut Vec<String>) {
    let cells = std::mem::take(cells);
    if cells.iter().any(|cell| !cell.trim().is_empty()) {
        all.push(Row { line, cells });
    }
}
