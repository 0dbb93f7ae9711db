//! What people type, and what they upload.

use domain::{Seconds, quota::Amount};
use paper::PaperError;
use texts::Lang;
use wire::paper::{
    Cancelled, Input, Logo, LogoFormat, PaperKind, PaperReport, PaperReportLine, PaperReportPart, PaperReportRow,
};

use crate::{
    assert_hides, assert_shows, pages, pdf,
    samples::{day, month, sample},
    text,
};

/// Each text of an input, to be changed.
fn texts(input: &mut Input) -> Vec<&mut String> {
    let head = &mut input.letterhead;
    let bank = head.bank.as_mut().expect("a bank");
    let payment = input.payment.as_mut().expect("an invoice");
    let cancels = input.cancels.as_mut().expect("something");
    let mut all = vec![
        &mut head.name,
        &mut head.tax_id,
        &mut head.vat_id,
        &mut bank.name,
        &mut bank.bic,
        &mut input.customer.number,
        &mut input.customer.name,
        &mut input.customer.vat_id,
        &mut input.number,
        &mut input.reference,
        &mut payment.terms,
        &mut cancels.number,
        &mut cancels.reason,
        &mut input.zero_rate_reason,
        &mut input.intro,
        &mut input.closing,
    ];
    all.extend(head.address.iter_mut().chain(&mut head.contact).chain(&mut head.legal));
    all.extend(&mut input.customer.address);
    for line in &mut input.lines {
        all.push(&mut line.text);
        all.extend(line.contract.iter_mut().chain(&mut line.note));
        all.extend(line.clearing.as_mut().map(|clearing| &mut clearing.contract));
    }
    for balance in &mut input.balances {
        all.extend([&mut balance.contract, &mut balance.name]);
    }
    if let Some(report) = &mut input.report {
        all.extend([&mut report.number, &mut report.name]);
        all.extend(report.lines.iter_mut().map(|line| &mut line.name));
        for row in &mut report.rows {
            all.extend([&mut row.person, &mut row.task, &mut row.note]);
        }
    }
    all
}

/// An invoice with all that there can be.
fn full() -> Input {
    let mut input = sample(PaperKind::Invoice, Lang::De);
    input.cancels = Some(Cancelled {
        kind: PaperKind::Invoice,
        number: "RE-1".into(),
        date: day(2026, 4, 9),
        reason: "Grund".into(),
    });
    input.lines.truncate(1);
    input.lines[0].contract = Some("V-1".into());
    input.lines[0].note = Some("LS-1".into());
    input.totals = crate::samples::sums(&input.lines);
    input.balances[0].lots.truncate(1);
    let (time, amount) = (Seconds(5_400), Some(15_000));
    input.report = Some(PaperReport {
        number: "P-1".into(),
        name: "Betreuung".into(),
        period: month(4),
        lines: vec![PaperReportLine {
            name: "Aufwand".into(),
            charged: true,
            pays: None,
            taken: None,
            seconds: time,
            amount,
        }],
        rows: vec![PaperReportRow {
            date: day(2026, 4, 9),
            person: "Anna Ünal".into(),
            task: "Fernwartung".into(),
            note: "Drucker".into(),
            time,
            real: None,
            parts: vec![PaperReportPart { line: 0, seconds: time, amount, taken: None }],
        }],
    });
    input
}

// Red when any text is read as markup, in any place.
#[test]
fn markup_is_shown_and_not_read() {
    let hostile = [
        "#eval(\"1+1\")",
        "#include \"x\"",
        "$x^2$",
        "*fett*",
        "_k_",
        "`roh`",
        "<label>",
        "@ref",
        "\\u{41}",
        "\\",
        "//",
        "/*",
        "*/",
        "[c]",
        "{d}",
        "= H",
        "- P",
        "+ N",
        "~",
        "'q'",
        "\"q\"",
        "...",
        "--",
        "https://a.example",
        "{page}",
    ];
    for hostile in hostile {
        let mut input = full();
        let count = texts(&mut input).len();
        for (place, text) in texts(&mut input).into_iter().enumerate() {
            *text = format!("A{place} {hostile} Z");
        }
        let shown = text(&input);
        for place in 0..count {
            assert_shows(&shown, &[&format!("A{place} {hostile} Z")]);
        }
    }
}

// Red when a letter is lost, or a script is missing.
#[test]
fn names_are_written_in_their_letters() {
    let mut input = full();
    input.customer.name = "Łódź Çelik Ångström Đorđević Straße".into();
    input.customer.address = vec!["Ελλάδα 5".into(), "Москва 101".into()];
    assert_shows(&text(&input), &["Łódź Çelik Ångström Đorđević Straße", "Ελλάδα 5", "Москва 101"]);
}

// Red when Hebrew or Arabic letters are missing, or when they disturb the figures beside them.
#[test]
fn what_is_written_from_right_to_left_is_shown() {
    let mut input = full();
    input.customer.name = "שלום עולם".into();
    input.lines[0].text = "مرحبا بالعالم 123".into();
    let shown = text(&input);
    let has =
        |letters: &str| letters.chars().filter(|letter| !letter.is_whitespace()).all(|letter| shown.contains(letter));
    assert!(has("שלום עולם"), "{shown}");
    assert_hides(&shown, &["\u{fffd}"]);
    assert_shows(&shown, &["150,00", "−1:30 h", "123"]);
}

// Red when a letter that no font has stops the paper, or vanishes without a trace; or when a mark of direction gets through.
#[test]
fn what_cannot_be_printed_is_marked() {
    let mut input = full();
    input.customer.name = "株式会社 😀 GmbH\u{202e}".into();
    let shown = text(&input);
    assert_shows(&shown, &["\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}GmbH"]);
    assert_hides(&shown, &["\u{202e}"]);
}

// Red when a long name is cut off, or drives the sums from their page.
#[test]
fn long_names_are_broken() {
    let mut input = full();
    for text in texts(&mut input) {
        *text = format!("{}Ende", "Ä".repeat(116));
    }
    let pages = pages(&pdf(&input));
    let long = format!("{}Ende", "Ä".repeat(116));
    let count = pages.concat().matches(&long).count();
    assert!(count >= 25, "{count} times in {} pages", pages.len());
}

// Red when the largest figures do not fit, overflow or stop the paper.
#[test]
fn the_largest_figures_are_set() {
    let mut input = full();
    input.lines[0].quantity = "1000000".parse().expect("the most");
    input.lines[0].price = "1000000000".parse().expect("the most");
    input.lines[0].total = i64::MAX / 4;
    input.totals = crate::samples::sums(&input.lines);
    let payment = input.payment.as_mut().expect("an invoice");
    payment.due = i64::MAX;
    let lot = &mut input.balances[0].lots[0];
    (lot.granted, lot.used, lot.here) = (Amount::new(i64::MAX), Amount::new(i64::MAX), Amount::new(i64::MIN));
    assert_shows(&text(&input), &["1.000.000 Stunden", "1.000.000.000,00", "23.058.430.092.136.939,51"]);
}

fn with(format: LogoFormat, bytes: &[u8]) -> Input {
    let mut input = sample(PaperKind::ContractInvoice, Lang::De);
    input.letterhead.logo = Some(Logo { format, bytes: bytes.to_vec() });
    input
}

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><circle cx="10" cy="10" r="9" fill="#d08a1d" opacity="0.8"/><rect x="24" y="4" width="34" height="12" fill="#0f5c4d"/></svg>"##;

/// One dark green pixel.
#[rustfmt::skip]
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41,
    0x54, 0x78, 0x9c, 0x63, 0xe0, 0x8f, 0xf1, 0x05, 0x00, 0x01, 0x36, 0x00, 0xb9, 0x89, 0x29, 0x8e, 0xc9, 0x00, 0x00, 0x00,
    0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

// Red when a good logo is refused, is not drawn, or takes the name of the company away.
#[test]
fn a_logo_is_drawn_in_place_of_the_name() {
    for (format, bytes) in [(LogoFormat::Svg, SVG.as_bytes()), (LogoFormat::Png, PNG)] {
        let input = with(format, bytes);
        assert_eq!(paper::check_logo(input.letterhead.logo.as_ref().expect("a logo")), Ok(()));
        let shown = pdf(&input);
        let mut plain = input.clone();
        plain.letterhead.logo = None;
        assert_ne!(shown, pdf(&plain));
        assert_shows(&pages(&shown).concat(), &["Nordlicht Systemhaus GmbH"]);
        let document = pdf_extract::Document::load_mem(&shown).expect("a PDF");
        let alt = "Logo von Nordlicht Systemhaus GmbH";
        let named = document.objects.values().filter_map(|object| object.as_dict().ok());
        let named = named
            .filter_map(|dict| dict.get(b"Alt").ok())
            .filter_map(|text| pdf_extract::decode_text_string(text).ok());
        assert!(named.into_iter().any(|text| text == alt), "the picture has no words");
    }
}

// Red when a script stops a logo, or when one that refers to something outside does anything but be drawn without it or be
// refused by name.
#[test]
fn a_logo_reaches_for_nothing() {
    let svg = |inside: &str| {
        let spaces =
            r#"xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 60 20""#;
        format!(r#"<svg {spaces} onload="alert(1)"><rect width="9" height="9" onclick="alert(1)"/>{inside}</svg>"#)
    };
    let scripted = svg("<script>alert(1)</script>");
    let logo = Logo { format: LogoFormat::Svg, bytes: scripted.into_bytes() };
    assert_eq!(paper::check_logo(&logo), Ok(()));
    for outside in [
        r#"<image href="https://evil.example/a.png" width="9" height="9"/>"#,
        r#"<image xlink:href="file:///etc/passwd" width="9" height="9"/>"#,
        r#"<image href="data.json" width="9" height="9"/>"#,
        r#"<use href="https://evil.example/a.svg#a"/>"#,
        r#"<style>@import url("https://evil.example/a.css"); rect { fill: url("https://evil.example/a.svg#a"); }</style>"#,
        r#"<foreignObject><iframe src="https://evil.example/"/></foreignObject>"#,
    ] {
        match paper::render(&with(LogoFormat::Svg, svg(outside).as_bytes())) {
            Ok(pdf) => assert_hides(&pages(&pdf).concat(), &["evil", "root:"]),
            Err(error) => assert!(matches!(error, PaperError::Logo(_)), "{outside}: {error}"),
        }
    }
    let entities = r#"<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
        <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
        <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>"#;
    let bomb = format!("{entities}{}", svg("<text>&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;</text>"));
    let found = paper::render(&with(LogoFormat::Svg, bomb.as_bytes()));
    assert!(matches!(found, Ok(_) | Err(PaperError::Logo(_))), "{:?}", found.map(|pdf| pdf.len()));
}

// Red when a broken picture gives a paper without it, or an error that does not name it; or when one fetches something.
#[test]
fn a_broken_logo_is_named() {
    let mut huge = PNG.to_vec();
    huge[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    let mut broken = PNG.to_vec();
    broken[43] ^= 0xff;
    let large = vec![0; Logo::MOST_BYTES + 1];
    let pictures: [(LogoFormat, &[u8]); 8] = [
        (LogoFormat::Png, b""),
        (LogoFormat::Png, b"GIF89a"),
        (LogoFormat::Png, &PNG[..30]),
        (LogoFormat::Png, &broken),
        (LogoFormat::Png, &huge),
        (LogoFormat::Svg, b"<svg"),
        (LogoFormat::Svg, b"<html></html>"),
        (LogoFormat::Svg, &large),
    ];
    for (index, (format, bytes)) in pictures.into_iter().enumerate() {
        let input = with(format, bytes);
        let found = paper::render(&input);
        assert!(matches!(found, Err(PaperError::Logo(_))), "picture {index}: {:?}", found.map(|pdf| pdf.len()));
        let found = paper::check_logo(input.letterhead.logo.as_ref().expect("a logo"));
        assert!(matches!(found, Err(PaperError::Logo(_))), "picture {index} when it is uploaded: {found:?}");
    }
}
