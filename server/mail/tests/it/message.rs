//! The mail as programs read it.

use mail::message;
use mail_parser::{Addr, Address, DateTime, Message, MessageParser, MimeHeaders as _};
use wire::mails::{Attachment, Outgoing, Undelivered};

use crate::samples::outgoing;

fn written(mail: &Outgoing) -> Vec<u8> {
    message(mail).expect("it can be written").formatted()
}

fn read(mail: &[u8]) -> Message<'_> {
    MessageParser::default().parse(mail).expect("a mail")
}

/// The name of who writes.
fn sender<'mail>(mail: &'mail Message<'_>) -> Option<&'mail str> {
    mail.from()?.first()?.name()
}

/// The addresses of who gets it.
fn recipients<'mail>(mail: &'mail Message<'_>) -> Vec<&'mail str> {
    mail.to().expect("recipients").iter().filter_map(Addr::address).collect()
}

/// The names of the headers of the mail itself, sorted.
fn names(mail: &Message<'_>) -> Vec<String> {
    let mut names: Vec<String> = mail.headers().iter().map(|header| header.name().to_owned()).collect();
    names.sort();
    names
}

const NAMES: [&str; 8] = ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To"];

/// Whether every server takes each line: in ASCII, and no longer than any need take.
#[track_caller]
fn assert_plain(mail: &[u8]) {
    assert!(mail.is_ascii());
    for line in mail.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(line.len() <= 998, "{}", String::from_utf8_lossy(line));
        assert!(!line.contains(&b'\r'));
    }
}

/// Red when a header is wrong or missing.
#[test]
fn a_mail_says_who_writes_to_whom_and_when() {
    let mail = outgoing();
    let bytes = written(&mail);
    assert_plain(&bytes);
    let read = read(&bytes);
    assert_eq!(names(&read), NAMES);
    assert_eq!(sender(&read), Some("Nordlicht Systemhaus GmbH"));
    let address = |of: Option<&Address<'_>>| of.and_then(Address::first).and_then(Addr::address).map(str::to_owned);
    assert_eq!(address(read.from()), Some(mail.from.1));
    assert_eq!(address(read.reply_to()), Some(mail.reply_to));
    assert_eq!(recipients(&read), mail.to);
    assert_eq!(read.subject(), Some(mail.letter.subject.as_str()));
    assert_eq!(read.date().map(DateTime::to_timestamp), Some(mail.at.timestamp()));
    assert_eq!(read.message_id(), Some(format!("{}@nordlicht.example", mail.id).as_str()));
}

/// Red when a program that shows no pages shows nothing, or when breaks of lines or spaces change.
#[test]
fn a_mail_has_both_forms_of_the_letter() {
    let mail = outgoing();
    let bytes = written(&mail);
    let read = read(&bytes);
    let whole = |text: Option<std::borrow::Cow<'_, str>>| text.expect("a form").replace("\r\n", "\n");
    assert_eq!(whole(read.body_text(0)).trim_end(), mail::text(&mail.letter).trim_end());
    assert_eq!(whole(read.body_html(0)).trim_end(), mail::html(&mail.letter).expect("a page").trim_end());
    assert_eq!((read.text_body_count(), read.html_body_count(), read.attachment_count()), (1, 1, 1));
}

/// Red when the same mail gets another id or other boundaries.
#[test]
fn the_same_mail_is_the_same_bytes() {
    assert_eq!(written(&outgoing()), written(&outgoing()));
}

/// Red when a file arrives changed, or under another name.
#[test]
fn files_arrive_byte_for_byte() {
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let file = |name: &str, kind, bytes: &[u8]| Attachment { name: name.to_owned(), kind, bytes: bytes.to_vec() };
    let files = [
        file("Rechnung Müller & Söhne – März 🧾.pdf", "application/pdf", &bytes),
        file("חשבונית 12.pdf", "application/pdf", b"%PDF"),
        file("lines.csv", "text/csv", b"a;b\nc;d\r\r\n.\n"),
        file(&format!("{}.pdf", "lang".repeat(60)), "application/pdf", b"x"),
    ];
    let mail = Outgoing { attachments: files.to_vec(), ..outgoing() };
    let written = written(&mail);
    assert_plain(&written);
    let read = read(&written);
    assert_eq!(read.attachment_count(), files.len());
    for (part, file) in read.attachments().zip(&files) {
        assert_eq!(part.attachment_name(), Some(file.name.as_str()));
        assert_eq!(part.contents(), file.bytes, "{}", file.name);
    }
    let bare = self::written(&Outgoing { attachments: Vec::new(), ..outgoing() });
    assert_eq!(self::read(&bare).attachment_count(), 0);
}

/// Red when letters get lost on their way through a header.
#[test]
fn subjects_and_names_are_written_in_their_letters() {
    for text in
        ["Öl für Müller", "Rechnung 🛢️ 12 🧾", "חשבונית 12 של Nordlicht", "فاتورة", "\"K.\" (Kiel), Süd", "a, b"]
    {
        let mut mail = outgoing();
        text.clone_into(&mut mail.letter.subject);
        text.clone_into(&mut mail.from.0);
        let bytes = written(&mail);
        assert_plain(&bytes);
        let read = read(&bytes);
        assert_eq!(read.subject(), Some(text));
        assert_eq!(sender(&read), Some(text));
    }
}

/// Red when what is typed becomes a header, in the mail or in one of its parts.
#[test]
fn a_break_of_a_line_begins_no_header() {
    for broken in ["\r\n", "\n", "\r", "\r\n\r\n", "\u{0}\r\n ", "\u{b}", "\u{2028}"] {
        let evil = format!("a{broken}X-Evil: 1{broken}Bcc: <b@c.example>");
        let mut mail = outgoing();
        mail.letter.subject.clone_from(&evil);
        mail.from.0.clone_from(&evil);
        mail.attachments[0].name.clone_from(&evil);
        let bytes = written(&mail);
        assert_plain(&bytes);
        let read = read(&bytes);
        assert_eq!(names(&read), NAMES);
        let calm = "a X-Evil: 1 Bcc: <b@c.example>";
        assert_eq!(read.subject(), Some(calm));
        assert_eq!(sender(&read), Some(calm));
        assert_eq!(read.attachment(0).expect("a file").attachment_name(), Some(calm));
        let headers = read.parts.iter().flat_map(|part| &part.headers);
        assert!(headers.clone().count() > NAMES.len());
        for header in headers {
            assert!(!["X-Evil", "Bcc"].contains(&header.name()), "{header:?}");
        }
    }
}

/// Red when an address takes more with it than itself, or when nobody is told which one is wrong.
#[test]
fn what_is_no_address_is_refused_by_name() {
    let wrong = "a@b.example>\r\nBcc: <c@d.example";
    let named = "a@b.example> Bcc: <c@d.example";
    let changes: [fn(&mut Outgoing, String); 3] =
        [|mail, text| mail.from.1 = text, |mail, text| mail.reply_to = text, |mail, text| mail.to.push(text)];
    for change in changes {
        let mut mail = outgoing();
        change(&mut mail, wrong.to_owned());
        assert_eq!(message(&mail).map(|_| ()), Err(Undelivered::Address(named.to_owned())));
    }
    let nobody = Outgoing { to: Vec::new(), ..outgoing() };
    assert!(matches!(message(&nobody), Err(Undelivered::Never(_))));
}

/// Red when a text that looks encoded is decoded: others would read what nobody typed.
#[test]
fn what_looks_encoded_stays_as_it_is() {
    let mut mail = outgoing();
    "=?utf-8?q?=0D=0ABcc:_x?= ja".clone_into(&mut mail.letter.subject);
    let bytes = written(&mail);
    let subject = read(&bytes).subject().expect("a subject").replace('\u{200b}', "");
    assert_eq!(subject, mail.letter.subject);
}

/// Red when a long text or a long list is written into one line.
#[test]
fn long_headers_are_folded() {
    for long in ["Rechnung ".repeat(400), "x".repeat(3_000), "ä".repeat(3_000), format!("a {} b", "y".repeat(1_200))] {
        let mut mail = outgoing();
        mail.letter.subject.clone_from(&long);
        mail.from.0.clone_from(&long);
        let bytes = written(&mail);
        assert_plain(&bytes);
        let read = read(&bytes);
        assert_eq!(names(&read), NAMES);
        assert_eq!(read.subject().map(|subject| subject.replace('\u{200b}', "")), Some(long.trim().to_owned()));
    }
    let to: Vec<String> = (0..200).map(|number| format!("buchhaltung-{number}@kunde.example")).collect();
    let mail = Outgoing { to: to.clone(), ..outgoing() };
    let bytes = written(&mail);
    assert_plain(&bytes);
    assert_eq!(recipients(&read(&bytes)), to);
    let sent = message(&mail).expect("a mail");
    assert_eq!(sent.envelope().to().len(), 200);
}

/// Red when a host with an umlaut is written as servers do not know it.
#[test]
fn hosts_with_umlauts_are_written_as_servers_know_them() {
    let mail = Outgoing { to: vec!["info@müller.example".to_owned()], ..outgoing() };
    let bytes = written(&mail);
    assert_plain(&bytes);
    assert_eq!(recipients(&read(&bytes)), ["info@xn--mller-kva.example"]);
}
