//! Statements in XML as German banks give them, broken and hostile ones, and whatever is written is read back.

use std::collections::BTreeSet;

use domain::{
    Currency, Money,
    receipts::bank::{BankFault, BankFile, BankLine, Batch, EntryFault, MOST_BANK_LINES, MOST_XML_BYTES, read},
};
use proptest::{
    collection, option,
    prelude::{Strategy, any},
    string::string_regex,
};

use super::day;
use crate::plans::for_every;

/// A statement of version 02: a transfer, rent, a batch, what came back of it, a fee, and what is not booked yet.
const OLD: &str = include_str!("statements/053-02.xml");
/// Statements of two accounts in version 08, with a prefix: from abroad, batches of every kind, other statuses.
const NEW: &str = include_str!("statements/053-08.xml");

fn file(text: &str) -> BankFile {
    read(text).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

/// Place, day, minor units, payer and text of each transaction.
fn told(file: &BankFile) -> Vec<(usize, String, i64, &str, &str)> {
    let told = |line: &BankLine| (line.line, line.date.to_string(), line.amount);
    let lines = file.lines.iter().map(|line| (told(line), line.name.as_str(), line.text.as_str()));
    lines.map(|((place, day, amount), name, text)| (place, day, amount, name, text)).collect()
}

fn batches(file: &BankFile) -> Vec<Option<Batch>> {
    file.lines.iter().map(|line| line.batch).collect()
}

fn identities(text: &str) -> Vec<String> {
    file(text).lines.into_iter().map(|line| line.identity).collect()
}

/// A message with entries of one account.
fn message(name: &str, holder: &str, entries: &str) -> String {
    let account = "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>";
    format!("<Document><{name}><{holder}>{account}{entries}</{holder}></{name}></Document>")
}

fn statement(entries: &str) -> String {
    message("BkToCstmrStmt", "Stmt", entries)
}

/// A booked entry of 2 April that came in.
fn entry(amount: &str, more: &str) -> String {
    let booked = "<Sts>BOOK</Sts><BookgDt><Dt>2026-04-02</Dt></BookgDt>";
    format!("<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>{booked}{more}</Ntry>")
}

/// A transaction of an entry.
fn detail(reference: &str, amount: &str, name: &str, text: &str) -> String {
    let of = format!("<Refs><AcctSvcrRef>{reference}</AcctSvcrRef></Refs><Amt Ccy=\"EUR\">{amount}</Amt>");
    let from = format!("<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>");
    format!("<TxDtls>{of}{from}<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>")
}

fn referred(reference: &str) -> String {
    format!("<AcctSvcrRef>{reference}</AcctSvcrRef>")
}

fn details(details: &str) -> String {
    format!("<NtryDtls>{details}</NtryDtls>")
}

/// Red when: an entry of an older statement is read otherwise, its batch is not taken apart, or one that is pending is read.
#[test]
fn a_statement_of_version_02_is_read() {
    let read = file(OLD);
    let (second, seventh) = ("2026-04-02".to_owned(), "2026-04-07".to_owned());
    let expected = [
        (1, second.clone(), 147_599, "Müller & Söhne GmbH", "Rechnung RE-2026-00001, Kunde K-10001"),
        (2, second, -90_000, "Hausverwaltung Groß", "Miete April, Bürofläche MIETE-04"),
        (3, seventh.clone(), 10_000, "Alpha GmbH", "RE-2026-00002 LS-1"),
        (4, seventh.clone(), 15_050, "Beta AG", "RE-2026-00003 LS-2"),
        (5, seventh.clone(), 4_950, "Gamma KG", "RE-2026-00004 LS-3"),
        (6, seventh.clone(), -10_000, "Alpha GmbH", "Rückgabe RE-2026-00002 LS-1"),
        (7, seventh, -390, "", "ENTGELTABSCHLUSS"),
    ];
    assert_eq!(told(&read), expected);
    assert_eq!(read.pending, 1);
    assert!(read.lines.iter().all(|line| line.batch.is_none() && line.currency == Currency::EUR));
    let all: BTreeSet<_> = read.lines.iter().map(|line| &line.identity).collect();
    assert_eq!(all.len(), read.lines.len());
}

/// Red when: prefixes, a second account, a currency or a reference to an invoice is lost, or a batch that does not add up
/// is taken apart.
#[test]
fn statements_of_version_08_are_read() {
    let read = file(NEW);
    let fourth = || "2026-05-04".to_owned();
    let expected = [
        (1, fourth(), 123_450, "Übersee Inc.", "RE-2026-00007 RF18539007547034 4711-A"),
        (2, fourth(), 10_000, "Delta SE", "RE-2026-00008 <Teil>"),
        (3, fourth(), -2_000, "", "Gebühr"),
        (4, fourth(), 50_000, "Epsilon eG, Zeta oHG", "RE-2026-00009 RE-2026-00010"),
        (5, fourth(), 6_000, "", "SAMMEL-LS-EINZUG"),
        (6, fourth(), 4_200, "Eta SA", ""),
    ];
    assert_eq!(told(&read), expected);
    assert_eq!(read.pending, 2);
    let differs = Some(Batch { parts: 2, sum: Some(49_999) });
    assert_eq!(batches(&read), [None, None, None, differs, Some(Batch { parts: 12, sum: None }), None]);
    let francs: Vec<_> = read.lines.iter().map(|line| line.currency == Currency::CHF).collect();
    assert_eq!(francs, [false, false, false, false, false, true]);
    let known = |place: usize| read.lines[place].identity.as_str();
    assert_eq!(known(0), "DE89370400440532013000|2026-05-04|123450|EUR|#85/0001|1");
    assert_eq!(known(1), "DE89370400440532013000|2026-05-04|10000|EUR|Delta SE|RE-2026-00008 <Teil>|1");
    assert_eq!(known(5), "0532013001|2026-05-04|4200|CHF|#CH-9|1");
}

/// Red when: a transaction is another one in the next file, or two are taken for one.
#[test]
fn a_transaction_is_known_again_by_the_reference_of_the_bank() {
    let of = |reference: &str, text: &str| {
        entry("1.00", &format!("{}{}", referred(reference), details(&detail("", "1.00", "X", text))))
    };
    let first = identities(&statement(&of("R1", "A")));
    // During the day, as the day's statement, and as a notice: with other words, and beside others.
    for (name, holder) in [("BkToCstmrAcctRpt", "Rpt"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn"), ("BkToCstmrStmt", "Stmt")]
    {
        let again = identities(&message(name, holder, &format!("{}{}", of("R0", "A"), of("R1", "B"))));
        assert_eq!(again[1..], first[..], "{name}");
        assert_ne!(again[0], first[0]);
    }
    // A bank that begins anew each day, or gives the same to what takes the booking back.
    let other_day = statement(&of("R1", "A").replace("2026-04-02", "2026-04-03"));
    let back = statement(&of("R1", "A").replace("CRDT", "DBIT"));
    let other_amount = statement(&of("R1", "A").replace("1.00", "2.00"));
    let other_account = statement(&of("R1", "A")).replace("202051", "202052");
    for other in [other_day, back, other_amount, other_account] {
        assert_ne!(identities(&other), first, "{other}");
    }
    // The same twice in a file is two.
    let twice = identities(&statement(&of("R1", "A").repeat(2)));
    assert_eq!((&twice[..1], twice[1] == twice[0]), (&first[..], false));
    // Without a reference, or with the word for none, it is known by what it says: as CSV says it.
    let csv = "IBAN Auftragskonto;Buchungstag;Betrag;Name Zahlungsbeteiligter;Verwendungszweck\n\
        DE02120300000000202051;02.04.2026;1,00;X;A\n";
    for none in ["NONREF", "NOTPROVIDED", "", "0000"] {
        assert_eq!(identities(&statement(&of(none, "A"))), identities(csv), "{none}");
        assert_ne!(identities(&statement(&of(none, "B"))), identities(csv), "{none}");
    }
    assert_ne!(first, identities(csv), "a reference is not in CSV");
}

/// Red when: two payers of a batch are taken for one, or a batch in another file is not known again.
#[test]
fn the_parts_of_a_batch_are_known_again() {
    let of = |own: [&str; 2]| {
        let parts = [detail(own[0], "1.00", "X", "A"), detail(own[1], "1.00", "Y", "B")].concat();
        identities(&statement(&entry("2.00", &format!("{}{}", referred("ALL"), details(&parts)))))
    };
    let own = of(["P1", "P2"]);
    assert_eq!(own, ["P1", "P2"].map(|part| format!("DE02120300000000202051|2026-04-02|100|EUR|#{part}|1")));
    let shared = ["X|A", "Y|B"].map(|said| format!("DE02120300000000202051|2026-04-02|100|EUR|#ALL|{said}|1"));
    assert_eq!(of(["", "NONREF"]), shared);
    assert_eq!(of(["ALL", "ALL"]), shared);
}

/// Red when: a broken entry is read, or the refusal names another place or another text.
#[test]
fn a_broken_entry_is_refused_with_its_place() {
    let good = entry("1.00", "");
    let found = |text: &str| text.to_owned();
    let day = |text: &str| EntryFault::NotADay { found: found(text) };
    let amount = |text: &str| EntryFault::NotAnAmount { found: found(text) };
    let missing = |element: &str| EntryFault::Missing { element: found(element) };
    let table = [
        ("2026-04-02", "2026-02-30", day("2026-02-30")),
        ("2026-04-02", "02.04.2026", day("02.04.2026")),
        ("2026-04-02", "20260402", day("20260402")),
        ("2026-04-02", "1899-12-31", day("1899-12-31")),
        ("2026-04-02", "2026-04-02x", day("2026-04-02x")),
        ("<BookgDt><Dt>2026-04-02</Dt></BookgDt>", "", missing("BookgDt")),
        ("1.00", "1.005", amount("1.005")),
        ("1.00", "1,00", amount("1,00")),
        ("1.00", "-1.00", amount("-1.00")),
        ("1.00", "1.00 EUR", amount("1.00 EUR")),
        ("1.00", "1e2", amount("1e2")),
        ("1.00", "1.0.0", amount("1.0.0")),
        ("1.00", "", amount("")),
        ("1.00", "10000000000.01", amount("10000000000.01")),
        ("1.00", "99999999999999999999.00", amount("99999999999999999999.00")),
        ("EUR\">1.00", "JPY\">1.50", amount("1.50")),
        ("EUR", "Taler", EntryFault::NotACurrency { found: found("Taler") }),
        (" Ccy=\"EUR\"", "", EntryFault::NotACurrency { found: found("") }),
        ("<Amt Ccy=\"EUR\">1.00</Amt>", "", missing("Amt")),
        ("CRDT", "HABEN", EntryFault::NotADirection { found: found("HABEN") }),
        ("<CdtDbtInd>CRDT</CdtDbtInd>", "", missing("CdtDbtInd")),
        ("BOOK", "MAYBE", EntryFault::NotAStatus { found: found("MAYBE") }),
        ("<Sts>BOOK</Sts>", "", missing("Sts")),
    ];
    for (from, to, fault) in table {
        let text = statement(&format!("{good}\n{}", good.replace(from, to)));
        assert_eq!(read(&text), Err(BankFault::Entry { entry: 2, line: 2, fault }), "{text}");
    }
    // Of a batch too.
    let parts = [detail("", "1.00", "X", "A"), detail("", "1.001", "Y", "B")].concat();
    let text = statement(&entry("2.00", &details(&parts)));
    assert_eq!(read(&text), Err(BankFault::Entry { entry: 1, line: 1, fault: amount("1.001") }));
    // Trailing zeros are no decimals.
    let yen = file(&statement(&good.replace("EUR\">1.00", "JPY\">100.00")));
    assert_eq!((yen.lines[0].amount, yen.lines[0].currency), (100, Currency::JPY));
}

/// Red when: what is no statement is read, or the refusal is another one.
#[test]
fn what_is_no_statement_is_refused() {
    let not = |name: &str| BankFault::NotAStatement { found: name.to_owned() };
    let broken = |line, column| BankFault::Broken { line, column };
    let pending = entry("1.00", "").replace("BOOK", "PDNG");
    let table = [
        ("<html><body>Umsätze</body></html>".to_owned(), not("html")),
        ("<Document><CstmrCdtTrfInitn/></Document>".to_owned(), not("CstmrCdtTrfInitn")),
        ("<Document/>".to_owned(), not("Document")),
        (statement(""), BankFault::NothingBooked { pending: 0 }),
        (statement(&pending.repeat(2)), BankFault::NothingBooked { pending: 2 }),
        ("<".to_owned(), broken(1, 1)),
        ("<Document>\n <Stmt".to_owned(), broken(2, 2)),
        ("<Document>\n".to_owned(), broken(2, 1)),
        ("<Document></Stmt>".to_owned(), broken(1, 11)),
        ("<Document></Document></Stmt>".to_owned(), broken(1, 22)),
        ("<Document>Müller & Co</Document>".to_owned(), broken(1, 18)),
        ("<Document>&#0;</Document>".to_owned(), broken(1, 11)),
        ("<a/><b/>".to_owned(), broken(1, 9)),
        ("<a/>Rest".to_owned(), broken(1, 9)),
        ("<Document><Amt Ccy=EUR>1</Amt></Document>".to_owned(), broken(1, 11)),
    ];
    for (text, fault) in table {
        assert_eq!(read(&text), Err(fault), "{text}");
    }
}

/// Red when: a file makes its reader work for more than it says, or a part of one is read.
#[test]
fn hostile_files_are_refused() {
    let definition = |line, found: &str| Err(BankFault::Definition { line, found: found.to_owned() });
    let mut bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY lol \"lol\">\n".to_owned();
    for (from, to) in [("lol", "lol1"), ("lol1", "lol2"), ("lol2", "lol3")] {
        let ten = format!("&{from};").repeat(10);
        bomb.extend(["<!ENTITY ", to, " \"", ten.as_str(), "\">\n"]);
    }
    bomb.push_str("]>\n");
    let laughs = entry("1.00", &details("<TxDtls><RmtInf><Ustrd>&lol3;</Ustrd></RmtInf></TxDtls>"));
    assert_eq!(read(&format!("{bomb}{}", statement(&laughs))), definition(2, "DOCTYPE"));
    assert_eq!(read(&statement(&laughs)), definition(1, "lol3"));
    let outside = "<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">";
    assert_eq!(read(&format!("{outside}{}", statement(&laughs))), definition(1, "DOCTYPE"));
    assert_eq!(read(&"<Ntry>".repeat(100_000)), Err(BankFault::TooDeep { line: 1, most: 40 }));
    let many = statement(&entry("1.00", "").repeat(5_000));
    assert_eq!(read(&many), Err(BankFault::TooManyLines { most: MOST_BANK_LINES, found: 5_000 }));
    let parts = detail("", "1.00", "X", "A").repeat(5_000);
    let batch = statement(&entry("5000.00", &details(&parts)));
    assert_eq!(read(&batch), Err(BankFault::TooManyLines { most: MOST_BANK_LINES, found: 5_000 }));
    let long = format!("{}{}", statement(&entry("1.00", "")), " ".repeat(MOST_XML_BYTES));
    assert_eq!(read(&long), Err(BankFault::TooLong { most: MOST_XML_BYTES, found: long.len() }));
    // What was cut off while it was fetched.
    let whole =
        statement(&entry("1.00", &details(&detail("R1", "1.00", "Müller &amp; <![CDATA[Co]]>", "<!-- x -->A"))));
    assert_eq!(told(&file(&whole)), [(1, "2026-04-02".to_owned(), 100, "Müller & Co", "A")]);
    for (cut, _) in whole.char_indices() {
        assert!(read(&whole[..cut]).is_err(), "{}", &whole[..cut]);
    }
    // In whatever it is wrapped, and however often.
    let wrapped = format!("<conxml><MsgCamt053>{whole}</MsgCamt053><MsgCamt053>{whole}</MsgCamt053></conxml>");
    assert_eq!(file(&wrapped).lines.len(), 2);
}

/// An entry as plain figures.
#[derive(Debug, Clone)]
struct Given {
    minor: i64,
    currency: Currency,
    came_in: bool,
    after: u64,
    name: String,
    purpose: Vec<String>,
    reference: Option<u32>,
    booked: bool,
    /// In which way its texts are written, and in which version it is.
    written: u8,
}

fn given() -> impl Strategy<Value = Given> {
    let words = || string_regex("[a-zA-ZäöüÄß€&<>\"'0-9 .,/-]{0,30}").expect("a pattern");
    let figures = (1_i64..=1_000_000_000_000, 0_usize..4, any::<bool>(), 0_u64..400);
    let texts = (words(), collection::vec(words(), 0..4), option::of(1_u32..50));
    (figures, texts, 0_u8..5, 0_u8..3).prop_map(|((minor, currency, came_in, after), texts, booked, written)| {
        let currency = [Currency::EUR, Currency::CHF, Currency::JPY, Currency::TND][currency];
        let (name, purpose, reference) = texts;
        Given { minor, currency, came_in, after, name, purpose, reference, booked: booked > 0, written }
    })
}

/// A text in XML: with the names of its special characters, as it is, or with the number of each character.
fn written(text: &str, way: u8) -> String {
    match way {
        0 => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
        1 => format!("<![CDATA[{text}]]>"),
        _ => text.chars().map(|c| format!("&#x{:X};", u32::from(c))).collect::<Vec<_>>().concat(),
    }
}

fn amount_of(minor: i64, currency: Currency) -> String {
    let figure = Money { minor, currency }.major();
    format!("<Amt Ccy=\"{}\">{figure}</Amt>", currency.code())
}

impl Given {
    fn date(&self) -> chrono::NaiveDate {
        day("2026-01-01") + chrono::Days::new(self.after)
    }

    fn xml(&self) -> String {
        let amount = amount_of(self.minor, self.currency);
        let (direction, role) = if self.came_in { ("CRDT", "Dbtr") } else { ("DBIT", "Cdtr") };
        let status = if self.booked { "BOOK" } else { "PDNG" };
        let name = format!("<Nm>{}</Nm>", written(&self.name, self.written));
        let (status, party) = match self.written {
            0 => (status.to_owned(), name),
            _ => (format!("<Cd>{status}</Cd>"), format!("<Pty>{name}</Pty>")),
        };
        let purpose = self.purpose.iter().map(|text| format!("<Ustrd>{}</Ustrd>", written(text, self.written)));
        let purpose = purpose.collect::<Vec<_>>().concat();
        let reference = self.reference.map(|number| referred(&number.to_string())).unwrap_or_default();
        let head = format!("{amount}<CdtDbtInd>{direction}</CdtDbtInd><Sts>{status}</Sts>");
        let date = format!("<BookgDt>\n<Dt>{}</Dt></BookgDt>", self.date());
        let of = format!("<RltdPties><{role}>{party}</{role}></RltdPties>\n<RmtInf>{purpose}</RmtInf>");
        format!("<Ntry>{head}{date}{reference}{}</Ntry>\n", details(&format!("<TxDtls>{of}</TxDtls>")))
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Red when: anything of an entry is read otherwise than it was written.
#[test]
fn whatever_a_statement_says_is_read_back() {
    for_every(collection::vec(given(), 0..12), |given| {
        let text = statement(&given.iter().map(Given::xml).collect::<Vec<_>>().concat());
        let booked: Vec<&Given> = given.iter().filter(|given| given.booked).collect();
        let pending = given.len() - booked.len();
        if booked.is_empty() {
            assert_eq!(read(&text), Err(BankFault::NothingBooked { pending }));
            return;
        }
        let found = file(&text);
        assert_eq!((found.lines.len(), found.pending), (booked.len(), pending));
        for (place, (line, given)) in (1..).zip(found.lines.iter().zip(&booked)) {
            let amount = if given.came_in { given.minor } else { -given.minor };
            assert_eq!((line.line, line.date, line.amount), (place, given.date(), amount), "{text}");
            assert_eq!((line.currency, line.batch), (given.currency, None));
            assert_eq!((&line.name, &line.text), (&plain(&given.name), &plain(&given.purpose.join(" "))), "{text}");
        }
        let known: BTreeSet<_> = found.lines.iter().map(|line| &line.identity).collect();
        assert_eq!(known.len(), found.lines.len());
    });
}

/// Red when: the lines of a batch do not come to what was booked.
#[test]
fn a_batch_is_its_parts_or_one_line() {
    for_every((collection::vec(1_i64..100_000, 2..9), -3_i64..=3), |(parts, off)| {
        let sum: i64 = parts.iter().sum();
        let booked = sum + off.max(-sum);
        let figure = |minor: i64| Money { minor, currency: Currency::EUR }.major().to_string();
        let told: Vec<String> = parts.iter().map(|part| detail("", &figure(*part), "X", "A")).collect();
        let found = file(&statement(&entry(&figure(booked), &details(&told.concat()))));
        assert_eq!(found.lines.iter().map(|line| line.amount).sum::<i64>(), booked);
        if booked == sum {
            assert_eq!(found.lines.iter().map(|line| line.amount).collect::<Vec<_>>(), parts);
        } else {
            assert_eq!(batches(&found), [Some(Batch { parts: parts.len(), sum: Some(sum) })]);
        }
    });
}

/// Red when: any text makes the reader fail instead of saying what is wrong.
#[test]
fn whatever_looks_like_xml_is_read_or_refused() {
    let tokens = [
        "<Document>",
        "<BkToCstmrStmt>",
        "<Stmt>",
        "<Ntry>",
        "</Ntry>",
        "</Stmt>",
        "<Amt Ccy=\"EUR\">",
        "</Amt>",
        "<Sts>BOOK</Sts>",
        "<CdtDbtInd>CRDT</CdtDbtInd>",
        "<BookgDt>",
        "<Dt>",
        "</Dt>",
        "<!--",
        "-->",
        "<!\\[CDATA\\[",
        "\\]\\]>",
        "<\\?xml",
        "<!DOCTYPE",
        "&amp;",
        "&#x41;",
        "[0-9.]{1,4}",
        "[a-zß</>&;'\" \n]",
    ];
    let text = string_regex(&format!("<Document>({}){{0,60}}", tokens.join("|")));
    for_every(text.expect("a pattern"), |text| {
        if let Ok(file) = read(&text) {
            assert!(!file.lines.is_empty());
        }
    });
}
