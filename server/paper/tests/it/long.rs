//! Papers of many pages.

use texts::Lang;
use wire::paper::{Input, PaperKind};

use crate::{
    assert_shows, pages, pdf,
    samples::{line, sample, sums},
    squeezed,
};

/// An invoice of so many lines.
fn invoice(count: usize) -> Input {
    let mut input = sample(PaperKind::Invoice, Lang::De);
    let of = |number| line(&format!("Posten {number}."), "2", domain::documents::LineUnit::Piece, "1.5", 300);
    input.lines = (1..=count).map(of).collect();
    input.totals = sums(&input.lines);
    input.balances = Vec::new();
    input.payment.as_mut().expect("an invoice").due = input.totals.gross;
    input
}

// Red when a line is lost, a page has no heads of columns, or a page does not say which one it is.
#[test]
fn a_thousand_lines_go_on_page_by_page() {
    let pages = pages(&pdf(&invoice(1_000)));
    assert!(pages.len() > 20, "{} pages", pages.len());
    for (index, page) in pages.iter().enumerate() {
        assert_shows(page, &[&format!("Seite {} von {}", index + 1, pages.len())]);
        assert_shows(page, &["Einzelpreis"]);
        if index > 0 {
            assert_shows(page, &["Rechnung RE-2026-00042"]);
        }
    }
    let all = pages.concat();
    for number in 1..=1_000 {
        assert_shows(&all, &[&format!("Posten {number}.")]);
    }
    assert_shows(pages.last().expect("pages"), &["3.570,00 €"]);
}

// Red when the sums stand on a page without a line.
#[test]
fn sums_never_stand_alone() {
    let mut second = 0;
    for count in 15..=30 {
        let pages = pages(&pdf(&invoice(count)));
        let gross = squeezed("Rechnungsbetrag");
        let page = pages.iter().find(|page| page.contains(&gross)).expect("a sum");
        assert!(page.contains(&squeezed(&format!("Posten {count}."))), "{count} lines: {page}");
        second += usize::from(pages.iter().position(|page| page.contains(&gross)) == Some(1));
    }
    // Otherwise it was not tried.
    assert!((1..16).contains(&second), "the sums moved to the second page in {second} of 16 papers");
}

// Red when a text longer than a page cannot be set, or loses its end.
#[test]
fn a_text_longer_than_a_page_goes_on() {
    let mut input = invoice(2);
    input.lines[1].text = (1..=400).map(|number| format!("Zeile {number}; ")).collect();
    input.lines[0].text = (1..=120).map(|number| format!("Absatz {number};\n")).collect();
    let pages = pages(&pdf(&input));
    assert!(pages.len() > 2, "{} pages", pages.len());
    assert_shows(&pages.concat(), &["Absatz 1;", "Absatz 120;", "Zeile 400;", "Rechnungsbetrag"]);
}
