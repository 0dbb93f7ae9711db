//! Texts that people typed, made fit for a line of a mail.
//!
//! *Invariants.* Nothing in the result breaks a line, and nothing turns round what stands beside it.

/// One line: breaks of lines and other controls become spaces, and spaces are put together.
pub(crate) fn line(text: &str) -> String {
    let calm: String = text.chars().filter(|letter| !turns(*letter)).map(spaced).collect();
    calm.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Line by line as it was typed, without empty lines at both ends; empty when there is nothing.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let all: Vec<String> = text.trim().lines().map(line).collect();
    if all.iter().all(String::is_empty) { Vec::new() } else { all }
}

fn spaced(letter: char) -> char {
    if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') { ' ' } else { letter }
}

/// What forces a direction on its surroundings: with it, a name could turn round the figures beside it.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when a control gets through, or when what belongs together falls apart.
    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line(" a\r\nb\u{0}\tc\u{2028}d\u{85} "), "a b c d");
        assert_eq!(line("5\u{a0}€ עברית\u{200f}\u{202e}"), "5\u{a0}€ עברית\u{200f}");
    }

    /// Red when lines are put together, or when empty ones count at the ends.
    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("\n eins\r\n\rzwei \n\n"), ["eins", "", "zwei"]);
        assert!(lines(" \n ").is_empty());
    }
}
