//! Bank files of several banks, and broken ones.

use domain::{
    Currency,
    receipts::bank::{BankFault, MOST_BANK_LINES, MOST_BYTES, MOST_XML_BYTES, decode, read},
};
use proptest::string::string_regex;

use super::day;
use crate::plans::for_every;

/// Day, minor units, payer and text of each transaction.
fn told(text: &str) -> Vec<(String, i64, String, String)> {
    let file = read(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    file.lines.into_iter().map(|line| (line.date.to_string(), line.amount, line.name, line.text)).collect()
}

fn one(date: &str, amount: i64, name: &str, text: &str) -> (String, i64, String, String) {
    (date.to_owned(), amount, name.to_owned(), text.to_owned())
}

/// Red when: a heading of these banks is not known, or a day, an amount or a quote is read otherwise.
#[test]
fn files_of_german_and_english_banks_are_read() {
    let savings = "\u{feff}\"Auftragskonto\";\"Buchungstag\";\"Valutadatum\";\"Buchungstext\";\"Verwendungszweck\";\"Beguenstigter/Zahlungspflichtiger\";\"Kontonummer/IBAN\";\"BIC\";\"Betrag\";\"Waehrung\";\"Info\"\r\n\
        \"DE12\";\"02.04.26\";\"02.04.26\";\"GUTSCHRIFT\";\"RE-2026-00001  K-10001\";\"MUELLER GMBH\";\"DE99\";\"X\";\"1.475,99\";\"EUR\";\"Umsatz gebucht\"\r\n\
        \"DE12\";\"03.04.26\";\"03.04.26\";\"LASTSCHRIFT\";\"Miete\";\"Vermieter\";\"DE98\";\"X\";\"-900,00\";\"EUR\";\"Umsatz gebucht\"\r\n";
    let expected = [
        one("2026-04-02", 147_599, "MUELLER GMBH", "RE-2026-00001 K-10001"),
        one("2026-04-03", -90_000, "Vermieter", "Miete"),
    ];
    assert_eq!(told(savings), expected);
    let cooperative = "Bezeichnung Auftragskonto;IBAN Auftragskonto;Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung\n\
        Konto;DE12;02.04.2026;02.04.2026;Müller GmbH;DE99;\"Rechnung;\nRE-2026-00002\";100;EUR;200,00\n";
    assert_eq!(told(cooperative), [one("2026-04-02", 10_000, "Müller GmbH", "Rechnung; RE-2026-00002")]);
    let direct = "\"Girokonto\";\"DE12\"\n\"Zeitraum:\";\"01.04.2026 - 30.04.2026\"\n\"Kontostand vom 30.04.2026:\";\"1.000,00 €\"\n\n\
        \"Buchungsdatum\";\"Wertstellung\";\"Status\";\"Zahlungspflichtige*r\";\"Verwendungszweck\";\"Betrag (€)\"\n\
        \"02.04.26\";\"02.04.26\";\"Gebucht\";\"Anna \"\"Nan\"\" Alt\";\"Danke\";\"12,5\"\n";
    assert_eq!(told(direct), [one("2026-04-02", 1_250, "Anna \"Nan\" Alt", "Danke")]);
    let english = "Date,Description,Amount,Currency,Payer\n2026-04-02,Invoice RE-1,\"1,234.50\",EUR,Alpha Ltd\n2026-04-03,Fee,-3.00,EUR,Bank\n";
    assert_eq!(
        told(english),
        [one("2026-04-02", 123_450, "Alpha Ltd", "Invoice RE-1"), one("2026-04-03", -300, "Bank", "Fee")]
    );
    let tabs = "Datum\tBetrag\tVerwendungszweck\tSoll/Haben\n20260402\t12,00\tA\tH\n2026-04-03\t13,00\tB\tS\n04/05/2026\t14,00-\tC\tH\n";
    assert_eq!(
        told(tabs),
        [one("2026-04-02", 1_200, "", "A"), one("2026-04-03", -1_300, "", "B"), one("2026-05-04", -1_400, "", "C")]
    );
    let francs = "Buchungstag;Betrag;Währung\n02.04.2026;1'000.50;chf\n";
    assert_eq!(read(francs).expect("it is read").lines[0].currency, Currency::CHF);
}

/// Red when: the mark of the decimals is taken for one of thousands.
#[test]
fn the_decimal_mark_is_found_out() {
    let amounts = |separator: char, amounts: &[&str]| -> Vec<i64> {
        let rows: String =
            amounts.iter().map(|amount| format!("2026-04-02{separator}\"{amount}\"\n")).collect::<Vec<_>>().concat();
        told(&format!("Date{separator}Amount\n{rows}")).into_iter().map(|(_, amount, ..)| amount).collect()
    };
    assert_eq!(amounts(';', &["1.234", "1.234,5"]), [123_400, 123_450]);
    assert_eq!(amounts(';', &["1,234", "1,234.5"]), [123_400, 123_450]);
    assert_eq!(amounts(';', &["1.234"]), [123_400], "where nothing tells, as the separator says");
    assert_eq!(amounts(',', &["1,234"]), [123_400]);
    assert_eq!(amounts(';', &["1.234.567", "12"]), [123_456_700, 1_200]);
    assert_eq!(amounts(';', &["+12,00", "-12,00 EUR", "12,00 €"]), [1_200, -1_200, 1_200]);
}

/// Red when: a broken file is read in part, or the line of the fault is another.
#[test]
fn a_broken_file_is_refused_with_its_line() {
    let head = "Buchungstag;Betrag;Verwendungszweck;Waehrung\n02.04.2026;1,00;A;EUR\n";
    let found = |text: &str| text.to_owned();
    let table = [
        (String::new(), BankFault::Empty),
        ("\n \n".to_owned(), BankFault::Empty),
        ("Sehr geehrte Damen und Herren".to_owned(), BankFault::NoHeading),
        ("Buchungstag;Text\n02.04.2026;A\n".to_owned(), BankFault::NoHeading),
        ("Buchungstag;Betrag\n".to_owned(), BankFault::NoLines),
        (format!("{head}32.04.2026;1,00;A;EUR\n"), BankFault::NotADay { line: 3, found: found("32.04.2026") }),
        (format!("{head}\n\n;1,00;A;EUR\n"), BankFault::NotADay { line: 5, found: found("") }),
        (format!("{head}01.01.1899;1,00;A;EUR\n"), BankFault::NotADay { line: 3, found: found("01.01.1899") }),
        (format!("{head}03.04.2026;viel;A;EUR\n"), BankFault::NotAnAmount { line: 3, found: found("viel") }),
        (format!("{head}03.04.2026;1,005;A;EUR\n"), BankFault::NotAnAmount { line: 3, found: found("1,005") }),
        (format!("{head}03.04.2026;1.00;A;EUR\n"), BankFault::NotAnAmount { line: 3, found: found("1.00") }),
        (
            format!("{head}03.04.2026;99999999999999999999,00;A;EUR\n"),
            BankFault::NotAnAmount { line: 3, found: found("99999999999999999999,00") },
        ),
        (format!("{head}03.04.2026;1,00;A;Taler\n"), BankFault::NotACurrency { line: 3, found: found("Taler") }),
        (format!("{head}03.04.2026\n"), BankFault::Cells { line: 3, wanted: 4, found: 1 }),
        (format!("{head}03.04.2026;1,00;A;EUR;mehr\n"), BankFault::Cells { line: 3, wanted: 4, found: 5 }),
        (format!("{head}03.04.2026;1,00;\"A;EUR\n04.04.2026;1,00;B;EUR\n"), BankFault::OpenQuote { line: 3 }),
    ];
    for (text, fault) in table {
        assert_eq!(read(&text), Err(fault), "{text}");
    }
    let long = "x".repeat(MOST_BYTES + 1);
    assert_eq!(read(&long), Err(BankFault::TooLong { most: MOST_BYTES, found: MOST_BYTES + 1 }));
    let row = "02.04.2026;1,00;A;EUR\n";
    let many = format!("Buchungstag;Betrag;Verwendungszweck;Waehrung\n{}", row.repeat(MOST_BANK_LINES + 1));
    let fault = BankFault::TooManyLines { most: MOST_BANK_LINES, found: MOST_BANK_LINES + 1 };
    assert_eq!(read(&many), Err(fault));
}

/// Red when: the same transaction is known by another name in another file, or two equal ones by the same.
#[test]
fn a_transaction_is_known_again_and_equal_ones_are_told_apart() {
    let head = "Buchungstag;Betrag;Verwendungszweck\n";
    let of = |rows: &str| -> Vec<String> {
        read(&format!("{head}{rows}")).expect("it is read").lines.into_iter().map(|line| line.identity).collect()
    };
    let (a, b) = ("02.04.2026;1,00;A\n", "03.04.2026;1,00;A\n");
    let first = of(&format!("{a}{a}{b}"));
    assert_eq!(first.len(), first.iter().collect::<std::collections::BTreeSet<_>>().len());
    let other = of(&format!("01.04.2026;7,00;Z\n{a}{b}{a}"));
    assert_eq!(&other[1..], [first[0].clone(), first[2].clone(), first[1].clone()]);
    // Written otherwise, it is the same.
    let english = read("Date,Amount,Description\n2026-04-02,1.00,  A \n").expect("it is read").lines;
    assert_eq!(english[0].identity, first[0]);
    assert_eq!(english[0].date, day("2026-04-02"));
}

/// Red when: umlauts or the euro of an older file are lost, or what is no text, or in another encoding, is taken for text.
#[test]
fn both_encodings_are_recognised() {
    let text = |bytes: &[u8]| decode(bytes).expect("it is text");
    assert_eq!(text("Müller 5 €".as_bytes()), "Müller 5 €");
    assert_eq!(text(b"\xef\xbb\xbfM\xc3\xbcller"), "Müller");
    assert_eq!(text(b"M\xfcller 5 \x80 \x96 \xdf"), "Müller 5 € – ß");
    for name in ["ISO-8859-1", "Windows-1252", "latin1"] {
        let bytes = [format!("<?xml version='1.0' encoding='{name}'?>").as_bytes(), b"<Nm>M\xfcller</Nm>"].concat();
        assert!(text(&bytes).ends_with("<Nm>Müller</Nm>"), "{name}");
    }
    let mislabelled = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Nm>Müller</Nm>";
    assert_eq!(text(mislabelled.as_bytes()), mislabelled);
    let encoding = |found: &str| Err(BankFault::Encoding { found: found.to_owned() });
    for name in ["UTF-8", "ISO-8859-15", "IBM850"] {
        let bytes =
            [format!("<?xml version=\"1.0\" encoding = \"{name}\" ?>").as_bytes(), b"<Nm>M\xfcller</Nm>"].concat();
        assert_eq!(decode(&bytes), encoding(name));
    }
    assert_eq!(decode(b"\xff\xfe<\x00"), encoding("UTF-16"));
    assert_eq!(decode(b"\xfe\xff\x00<"), encoding("UTF-16"));
    let zip = b"PK\x03\x04\x14\x00\x08\x08umsatz.xml";
    assert_eq!(decode(zip), Err(BankFault::Zip));
    assert_eq!(read(&String::from_utf8_lossy(zip)), Err(BankFault::Zip));
    let long = vec![b'x'; MOST_XML_BYTES + 1];
    assert_eq!(decode(&long), Err(BankFault::TooLong { most: MOST_XML_BYTES, found: MOST_XML_BYTES + 1 }));
}

/// Red when: any text makes the reader fail instead of saying what is wrong.
#[test]
fn whatever_is_pasted_is_read_or_refused() {
    let text = string_regex("(Buchungstag|Date|Betrag|Amount|[;,\t\n\"]|[0-9]{1,4}|[.,-]|02.04.2026|[a-zäß€ ]){0,60}");
    for_every(text.expect("a pattern"), |text| {
        if let Ok(file) = read(&text) {
            assert!(!file.lines.is_empty());
        }
        let bytes: Vec<u8> = text.bytes().map(|byte| byte.wrapping_mul(7)).collect();
        if let Ok(text) = decode(&bytes) {
            let _ = read(&text);
        }
    });
}
