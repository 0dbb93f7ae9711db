//! The code with which a banking app fills in a transfer: EPC069-12, version 002, in euros only.

use std::fmt::Write as _;

use domain::{Currency, Money};
use qrcode::{Color, EcLevel, QrCode, Version};
use wire::{
    paper::{Input, PaperKind},
    settings::is_iban,
};

/// The most that one transfer can carry, in cents.
const MOST: i64 = 99_999_999_999;
/// The largest version that the rule allows.
const LARGEST: i16 = 13;

/// The code as SVG; none when there is nothing to transfer in euros to a number that can be one.
pub(crate) fn code(input: &Input) -> Option<Vec<u8>> {
    let payload = payload(input)?;
    // The smallest version that holds it.
    let code = QrCode::with_error_correction_level(payload, EcLevel::M).ok()?;
    let fits = matches!(code.version(), Version::Normal(version) if version <= LARGEST);
    fits.then(|| svg(&code).into_bytes())
}

fn payload(input: &Input) -> Option<String> {
    let invoice = matches!(input.kind, PaperKind::ContractInvoice | PaperKind::Invoice | PaperKind::Balancing);
    let (payment, bank) = (input.payment.as_ref()?, input.letterhead.bank.as_ref()?);
    let iban = plain(&bank.iban);
    if !invoice || input.currency != Currency::EUR || !(1..=MOST).contains(&payment.due) || !is_iban(&iban) {
        return None;
    }
    let amount = Money { minor: payment.due, currency: input.currency }.major();
    let (bic, name, number) = (plain(&bank.bic), short(&input.letterhead.name, 70), short(&input.number, 140));
    // Nothing stands between amount and text: no purpose, no structured reference.
    Some(format!("BCD\n002\n1\nSCT\n{bic}\n{name}\n{iban}\nEUR{amount}\n\n\n{number}"))
}

/// Without spaces, in capitals.
pub(crate) fn plain(number: &str) -> String {
    number.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase()
}

/// In groups of four, as people read it.
pub(crate) fn grouped(iban: &str) -> String {
    let letters: Vec<char> = plain(iban).chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("\u{a0}")
}

/// On one line, cut to so many characters.
fn short(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

/// One path of all dark modules, those beside each other as one piece: no seams between them.
fn svg(code: &QrCode) -> String {
    /// What has to stay free around it.
    const QUIET: usize = 4;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                // A text takes everything that is written to it.
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_is_set_in_groups_of_four() {
        assert_eq!(grouped("de89 3704 0044 0532 013000"), "DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00");
    }

    // Red when a line of the standard is missing, out of its place or longer than it may be.
    #[test]
    fn the_code_says_what_the_standard_asks_for() {
        let logo = wire::paper::Logo { format: wire::paper::LogoFormat::Svg, bytes: Vec::new() };
        let mut input = crate::view::specimen(logo);
        input.kind = PaperKind::ContractInvoice;
        input.number = "RE-2026-00042".into();
        input.letterhead.name = "Nordlicht  Systemhaus\n GmbH".into();
        let (iban, bic) = ("de89 3704 0044 0532 0130 00".into(), String::new());
        input.letterhead.bank = Some(wire::paper::Bank { name: String::new(), iban, bic });
        let due_on = chrono::NaiveDate::default();
        input.payment = Some(wire::paper::Payment { due_on, due: 47_599, terms: String::new() });
        let wanted =
            "BCD\n002\n1\nSCT\n\nNordlicht Systemhaus GmbH\nDE89370400440532013000\nEUR475.99\n\n\nRE-2026-00042";
        assert_eq!(payload(&input).as_deref(), Some(wanted));
        input.letterhead.name = "ß".repeat(100);
        assert!(payload(&input).is_some_and(|text| text.contains(&format!("\n{}\nDE", "ß".repeat(70)))));
        assert!(code(&input).is_some());
        input.payment.as_mut().expect("just set").due = MOST + 1;
        assert_eq!(payload(&input), None);
    }
}
