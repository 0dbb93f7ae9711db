//! A mail as it is handed over: headers, both forms of the letter, and what goes along.

use std::{fmt::Display, time::SystemTime};

use chrono::{DateTime, Datelike as _, Utc};
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Attachment, Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use wire::mails::{self, Outgoing, Undelivered};

use crate::{address::address, clean::line, html::html, text::text};

/// The mail with its headers, in ASCII throughout, so that every server takes it.
///
/// Errors for good: when an address is none, which is named, and when the mail cannot be written for another reason.
pub fn message(mail: &Outgoing) -> Result<Message, Undelivered> {
    let (name, sender) = (headline(&mail.from.0), address(&mail.from.1)?);
    let recipients = mail.to.iter().map(|to| address(to)).collect::<Result<Vec<_>, _>>()?;
    let mut message = Message::builder()
        .from(Mailbox::new(Some(name).filter(|name| !name.is_empty()), sender.clone()))
        .raw_header(to(&recipients))
        .subject(headline(&mail.letter.subject))
        .date(date(mail.at)?)
        .message_id(Some(format!("<{}@{}>", mail.id, sender.domain())))
        .envelope(Envelope::new(Some(sender), recipients).map_err(unwritable)?);
    if !mail.reply_to.trim().is_empty() {
        message = message.reply_to(address(&mail.reply_to)?.into());
    }
    message.multipart(body(mail)?).map_err(unwritable)
}

fn unwritable(reason: impl Display) -> Undelivered {
    Undelivered::Never(format!("the mail cannot be written: {reason}"))
}

/// The library would write all recipients into one line, however many they are.
fn to(recipients: &[Address]) -> HeaderValue {
    let list = recipients.iter().map(Address::to_string).collect::<Vec<_>>().join(", ");
    HeaderValue::new(HeaderName::new_from_ascii_str("To"), list)
}

/// The library panics over other years.
fn date(at: DateTime<Utc>) -> Result<SystemTime, Undelivered> {
    if (1970..9999).contains(&at.year()) { Ok(at.into()) } else { Err(unwritable("there is no such date")) }
}

/// Shows nothing. A word with it is not ASCII, and is therefore written in pieces that fit a line.
const NOTHING: &str = "\u{200b}";
/// A longer word would make a line too long.
const LONGEST: usize = 70;

/// A text for a header: can be folded anywhere, and is not taken for something that is still to be decoded.
fn headline(text: &str) -> String {
    line(text).split(' ').map(foldable).collect::<Vec<_>>().join(" ")
}

fn foldable(word: &str) -> String {
    let word = word.replace("=?", &format!("={NOTHING}?"));
    match word.split_at_checked(LONGEST) {
        Some((start, rest)) if word.is_ascii() && !rest.is_empty() => [start, NOTHING, rest].concat(),
        _ => word,
    }
}

/// The letter as text and as a page, and behind it the files. Boundaries are made of the id: they stay the same.
fn body(mail: &Outgoing) -> Result<MultiPart, Undelivered> {
    let letter = MultiPart::alternative()
        .boundary(format!("letter-{}", mail.id))
        .singlepart(SinglePart::plain(text(&mail.letter)))
        .singlepart(SinglePart::html(html(&mail.letter).map_err(unwritable)?));
    if mail.attachments.is_empty() {
        return Ok(letter);
    }
    let whole = MultiPart::mixed().boundary(format!("mail-{}", mail.id)).multipart(letter);
    mail.attachments.iter().try_fold(whole, |whole, file| Ok(whole.singlepart(attached(file)?)))
}

/// Never written as text, where breaks of lines might change: a file arrives byte for byte.
fn attached(file: &mails::Attachment) -> Result<SinglePart, Undelivered> {
    let kind = ContentType::parse(file.kind).map_err(unwritable)?;
    let body = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| unwritable("a file cannot be encoded"))?;
    // Programs cut a name at what looks like a folder.
    let name = line(&file.name).replace(['/', '\\'], "-");
    Ok(Attachment::new(name).body(body, kind))
}
