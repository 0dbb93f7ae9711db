//! How a bank writes numbers of invoices and names of customers.

use std::collections::HashMap;

/// Letters and digits only, small, umlauts as banks write them.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            c if c.is_alphanumeric() => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// Banks cut names off, and add to them.
pub(super) fn same_name(payer: &str, customer: &str) -> bool {
    let long_enough = payer.chars().count() >= 4 && customer.chars().count() >= 4;
    long_enough && (payer.contains(customer) || customer.starts_with(payer))
}

/// The fewest digits of a number without letters that a text can name: shorter ones are parts of days and amounts.
const FEWEST_DIGITS: usize = 5;

/// Numbers of invoices, found in what a bank says in one reading of it.
pub(super) struct Numbers {
    /// Where each stands, under its letters and digits.
    places: HashMap<String, Vec<usize>>,
    /// Letters and digits of the longest.
    longest: usize,
}

impl Numbers {
    /// Those numbers, each at its place.
    pub(super) fn new<'n>(numbers: impl Iterator<Item = &'n str>) -> Numbers {
        let mut places = HashMap::<String, Vec<usize>>::new();
        for (place, number) in numbers.enumerate() {
            let number: String = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
            let too_short = digits(&number) && number.len() < FEWEST_DIGITS;
            if !too_short {
                places.entry(number).or_default().push(place);
            }
        }
        let longest = places.keys().map(|number| number.chars().count()).max().unwrap_or(0);
        Numbers { places, longest }
    }

    /// The places of the numbers that a text names: their letters and digits one after the other, however they are set
    /// apart, and no further letter or digit right before or after them. One of digits only is not set apart: days and
    /// amounts are.
    pub(super) fn named_in(&self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        // A comma or a bracket ends what is read as one number.
        for stretch in text.split(|c: char| !c.is_alphanumeric() && !is_between(c)) {
            let runs: Vec<String> = stretch
                .split(is_between)
                .filter(|run| !run.is_empty())
                .map(|run| run.chars().flat_map(char::to_uppercase).collect())
                .collect();
            for first in 0..runs.len() {
                let mut whole = String::new();
                for (joined, run) in runs.iter().skip(first).enumerate() {
                    whole.push_str(run);
                    if whole.chars().count() > self.longest {
                        break;
                    }
                    if joined == 0 || !digits(&whole) {
                        found.extend(self.places.get(&whole).into_iter().flatten().copied());
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_between(c: char) -> bool {
    matches!(c, ' ' | '-' | '/' | '.' | '_' | '\n' | '\r' | '\t')
}
