//! Texts that people typed, made fit for a paper.
//!
//! *Invariants.* Every character of the result has a glyph, for PDF/A allows none without. Nothing reorders what stands
//! beside it. No word is so long that it leaves its column.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::world::has_letters;

/// Stands for a letter that no font has.
const UNKNOWN: &str = "\u{fffd}";
/// Allows a break and shows nothing.
const BREAK: &str = "\u{200b}";
/// A word of more characters may be broken ..
const LONGEST: usize = 32;
/// .. after so many.
const PIECE: usize = 10;

/// One line: breaks of lines become spaces.
pub(crate) fn line(text: &str) -> String {
    let printable: String = text.graphemes(true).map(printable).collect();
    // Other spaces keep together what belongs together.
    let words = printable.split(' ').filter(|word| !word.is_empty());
    words.map(breakable).collect::<Vec<_>>().join(" ")
}

/// Line by line as it was typed, without empty lines at both ends; empty when there is nothing.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = text.replace(['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let all: Vec<String> = text.trim().lines().map(line).collect();
    if all.iter().all(String::is_empty) { Vec::new() } else { all }
}

/// What can be printed of a letter with its marks.
fn printable(cluster: &str) -> String {
    let kept: String = cluster.chars().filter_map(kept).collect();
    if kept.is_empty() || kept == " " || has_letters(&kept) {
        return kept;
    }
    // Its marks are in no font that has it: it goes without them.
    let first = kept.get(..kept.chars().next().map_or(0, char::len_utf8)).unwrap_or_default();
    if has_letters(first) { first.to_owned() } else { UNKNOWN.to_owned() }
}

fn kept(letter: char) -> Option<char> {
    match letter {
        '\u{a0}' | '\u{202f}' => Some('\u{a0}'),
        // Joiners belong to how Persian and Arabic are written.
        '\u{200c}' | '\u{200d}' => Some(letter),
        _ if letter.is_whitespace() => Some(' '),
        _ => (!invisible(letter) && !letter.is_control()).then_some(letter),
    }
}

/// What shows nothing and acts on its surroundings: marks of direction above all, with which a name could turn the
/// figures beside it round.
fn invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A word, with places where it may break when it is long.
fn breakable(word: &str) -> String {
    if word.chars().count() <= LONGEST {
        return word.to_owned();
    }
    let place = |(index, letter): (usize, &str)| -> String {
        let may = index > 0 && index.is_multiple_of(PIECE);
        [if may { BREAK } else { "" }, letter].concat()
    };
    word.graphemes(true).enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Red when letters without a glyph are let through, or when marks of direction are.
    #[test]
    fn what_cannot_be_printed_is_shown_or_dropped() {
        assert_eq!(line("Käse\u{7}\t Straße\u{202e}"), "Käse Straße");
        assert_eq!(line("日本 Ω Ж א ع"), "\u{fffd}\u{fffd} Ω Ж א ع");
        // No font has both of the last: a Hebrew letter, an Arabic mark.
        assert_eq!(line("u\u{308} א\u{64b}"), "u\u{308} א");
        assert_eq!(line("5\u{a0}€"), "5\u{a0}€");
    }

    // Red when lines are put together, or when empty lines count at the ends.
    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("\n eins\r\n\nzwei \n\n"), ["eins", "", "zwei"]);
        assert!(lines(" \n ").is_empty());
        assert_eq!(line("eins\nzwei"), "eins zwei");
    }

    // Red when a long word gets no places to break, or loses a letter.
    #[test]
    fn a_long_word_may_break() {
        let long = "ä".repeat(120);
        let out = line(&long);
        assert_eq!(out.matches(BREAK).count(), 11);
        assert_eq!(out.replace(BREAK, ""), long);
        assert_eq!(line("Softwarewartungsvertrag"), "Softwarewartungsvertrag");
    }
}
