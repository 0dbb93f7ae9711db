//! The activity report behind an invoice.

use domain::{Seconds, documents::LineUnit, splitting::Pays};
use texts::Lang;
use wire::paper::{Input, PaperKind, PaperReport, PaperReportLine, PaperReportPart, PaperReportRow};

use crate::{
    assert_hides, assert_shows, pages, pdf,
    samples::{day, line, month, sample, sums},
    squeezed, text,
};

fn part(line: usize, minutes: i64, amount: Option<i64>) -> PaperReportPart {
    PaperReportPart { line, seconds: Seconds(minutes * 60), amount, taken: None }
}

fn row(of: u32, person: &str, note: &str, real: Option<i64>, parts: Vec<PaperReportPart>) -> PaperReportRow {
    PaperReportRow {
        date: day(2026, 4, of),
        person: person.into(),
        task: "Fernwartung".into(),
        note: note.into(),
        time: Seconds(parts.iter().map(|part| part.seconds.0).sum()),
        real: real.map(|minutes| Seconds(minutes * 60)),
        parts,
    }
}

fn total(name: &str, charged: bool, minutes: i64, amount: Option<i64>) -> PaperReportLine {
    PaperReportLine { name: name.into(), charged, pays: None, taken: None, seconds: Seconds(minutes * 60), amount }
}

/// An invoice over April: 45 minutes are free, 31 are charged at 100.00.
fn invoice(lang: Lang) -> Input {
    let mut input = sample(PaperKind::Invoice, lang);
    input.balances = Vec::new();
    input.lines = vec![
        line("Freie Zeit, nicht berechnet (P-00007 Betreuung, April 2026)", "0.75", LineUnit::Hour, "0", 0),
        line("Aufwand (P-00007 Betreuung, April 2026)", "0.5167", LineUnit::Hour, "100", 5_167),
    ];
    input.totals = sums(&input.lines);
    let split = vec![part(0, 45, Some(0)), part(1, 15, Some(2_500))];
    let rows = vec![
        row(9, "Anna Ünal", "Drucker *neu* eingerichtet", Some(55), split),
        row(9, "Béla Kovács", "", None, vec![part(1, 10, Some(1_667))]),
        row(28, "Anna Ünal", "Rückruf\nmit Frau Öztürk", None, vec![part(1, 6, Some(1_000))]),
    ];
    input.report = Some(PaperReport {
        number: "P-00007".into(),
        name: "Betreuung".into(),
        period: month(4),
        lines: vec![total("Freie Zeit", false, 45, Some(0)), total("Aufwand", true, 31, Some(5_167))],
        rows,
    });
    input
}

// Red when a figure, a name or a language is missing; when the report does not begin on a page of its own.
#[test]
fn a_report_stands_behind_its_invoice() {
    let pages = pages(&pdf(&invoice(Lang::De)));
    assert!(pages.len() >= 2, "{} pages", pages.len());
    assert!(!pages[0].contains(&squeezed("Tätigkeitsbericht")), "on the page of the invoice: {}", pages[0]);
    assert_shows(&pages[0], &["0,5167 Stunden", "51,67"]);
    let report = pages[1..].concat();
    let wanted = [
        "Tätigkeitsbericht",
        "Bäckerei Öztürk & Söhne KG",
        "P-00007 Betreuung",
        "April 2026",
        "09.04.2026",
        "28.04.2026",
        "Anna Ünal",
        "Béla Kovács",
        "Drucker *neu* eingerichtet",
        "mit Frau Öztürk",
        "tatsächlich 0:55 h",
        "0:45 h Freie Zeit",
        "nicht berechnet",
        "0:15 h Aufwand",
        "25,00",
        "16,67",
        "10,00",
        "0:31 h",
        "51,67",
        "1:16 h",
    ];
    assert_shows(&report, &wanted);
    assert_eq!(report.matches(&squeezed("09.04.2026")).count(), 1, "a day is named once: {report}");
    let english = text(&invoice(Lang::En));
    assert_shows(&english, &["Activity report", "Apr 2026", "9 Apr 2026", "really 0:55 h", "not charged", "51.67"]);
    assert_hides(&english, &["Tätigkeitsbericht", "tatsächlich"]);
}

// Red when a line that is not on the paper any more has an amount, or an empty report cannot be set.
#[test]
fn a_report_can_be_set_whatever_became_of_its_lines() {
    let mut input = invoice(Lang::De);
    let mut report = input.report.clone().expect("a report");
    report.lines[1].amount = None;
    for part in report.rows.iter_mut().flat_map(|row| &mut row.parts) {
        part.amount = None;
    }
    input.report = Some(report.clone());
    assert_hides(&pages(&pdf(&input))[1..].concat(), &["51,67", "25,00"]);
    report.rows = Vec::new();
    report.lines = Vec::new();
    input.report = Some(report);
    assert_shows(&text(&input), &["Tätigkeitsbericht"]);
}

// Red when prepaid time is said not to be charged, or what it takes of an account of money is left out.
#[test]
fn a_report_says_what_was_prepaid() {
    let mut input = invoice(Lang::De);
    let report = input.report.as_mut().expect("a report");
    let first = report.lines.first_mut().expect("a line");
    (first.pays, first.taken) = (Some(Pays::PrepaidMoney), Some(7_500));
    let part = report.rows.first_mut().and_then(|row| row.parts.first_mut()).expect("a part");
    part.taken = Some(7_450);
    let shown = pages(&pdf(&input))[1..].concat();
    assert_shows(&shown, &["74,50 aus Guthaben", "Freie Zeit, 75,00 aus Guthaben", "0:31 h"]);
    assert_hides(&shown, &["nicht berechnet"]);
    for (pays, de, en) in [
        (Pays::PrepaidTime, "aus Guthaben", "prepaid"),
        (Pays::FlatRate, "pauschal", "flat rate"),
        (Pays::Allowance, "nicht berechnet", "not charged"),
    ] {
        for (lang, word) in [(Lang::De, de), (Lang::En, en)] {
            let mut input = invoice(lang);
            let line = input.report.as_mut().and_then(|report| report.lines.first_mut()).expect("a line");
            line.pays = Some(pays);
            assert_shows(&pages(&pdf(&input))[1..].concat(), &[word, &format!("Freie Zeit, {word}")]);
        }
    }
}

// Red when a report of hundreds of rows loses one, or its head is not repeated.
#[test]
fn a_long_report_goes_on_over_pages() {
    let mut input = invoice(Lang::De);
    let report = input.report.as_mut().expect("a report");
    let rows = (0..300_u32).map(|number| {
        let note = format!("Ticket {number:04}");
        row(1 + number / 11, "Anna Ünal", &note, None, vec![part(1, 1, Some(167))])
    });
    report.rows = rows.collect();
    let pages = pages(&pdf(&input));
    let all = pages.concat();
    for number in 0..300 {
        assert!(all.contains(&squeezed(&format!("Ticket {number:04}"))), "ticket {number} is missing");
    }
    let with_head = pages.iter().filter(|page| page.contains(&squeezed("Aufteilung"))).count();
    assert!(with_head > 5, "{with_head} of {} pages have a head", pages.len());
}

// Red when an input without a report is written otherwise than before there were any, or one with it is lost.
#[test]
fn an_input_keeps_its_report() {
    let input = invoice(Lang::De);
    let text = serde_json::to_string(&input).expect("JSON");
    assert_eq!(serde_json::from_str::<Input>(&text).expect("its input"), input);
    assert!(!text.contains("\"pays\"") && !text.contains("\"taken\""), "as before these were said: {text}");
    let without = serde_json::to_string(&Input { report: None, ..input }).expect("JSON");
    assert!(!without.contains("report"), "{without}");
}
