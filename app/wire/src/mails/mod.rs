//! Mails: what leaves the house for whom, and how it went.
//!
//! *What it is.* A **mail** is an e-mail with the paper of a document: sent when the document is issued and its delivery is
//! by mail, when somebody sends it, or as a reminder. It waits in the books until it has left.
//!
//! *Invariants.* No value here that a page gets carries the password of the mail server. A mail that may have left is never
//! sent again without being asked.

use chrono::{DateTime, FixedOffset};
use domain::{DocumentId, MailId, documents::DocumentKind, receipts::NotReminded};
use serde::{Deserialize, Serialize};
use texts::{Lang, date, figure, say};

use crate::{
    FieldProblem, FieldReason, Problem,
    contracts::CustomerRef,
    documents::{DocumentRow, title},
    read::{done, id},
};

mod outgoing;
mod server;
mod texts_of;

pub use outgoing::{Attachment, Letter, Outgoing, Security, Smtp, Undelivered};
pub use server::{MailSettings, MailSettingsForm, MailSettingsView, PasswordChange, security_text};
pub use texts_of::{
    Filling, MailText, MailTexts, Occasion, PLACES, keys, occasion_text, sample_filling, unknown_place, usual,
};

/// Why a mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// It brings a document.
    Document,
    /// It reminds of an invoice, the how many-th time.
    Reminder(u32),
}

/// How far a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It is sent when its time comes.
    Waiting,
    /// Somebody hands it over at this moment.
    Sending,
    /// The server has taken it.
    Sent,
    /// It is not tried again unless somebody asks for it.
    Failed,
    /// It was handed over, and nobody knows whether the server took it.
    Unclear,
    /// Somebody decided that it need not leave.
    Dropped,
}

impl MailState {
    /// Every state.
    pub const ALL: [MailState; 6] = [
        MailState::Waiting,
        MailState::Sending,
        MailState::Sent,
        MailState::Failed,
        MailState::Unclear,
        MailState::Dropped,
    ];

    /// The name in the database and in REST.
    pub const fn name(self) -> &'static str {
        match self {
            MailState::Waiting => "waiting",
            MailState::Sending => "sending",
            MailState::Sent => "sent",
            MailState::Failed => "failed",
            MailState::Unclear => "unclear",
            MailState::Dropped => "dropped",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<MailState> {
        MailState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether somebody may have it tried again, or say that it need not leave.
    pub const fn can_be_decided(self) -> bool {
        matches!(self, MailState::Waiting | MailState::Failed | MailState::Unclear)
    }
}

/// What a state is called.
pub fn state_text(lang: Lang, state: MailState) -> &'static str {
    match state {
        MailState::Waiting => say::mail_waiting(lang),
        MailState::Sending => say::mail_sending(lang),
        MailState::Sent => say::mail_sent(lang),
        MailState::Failed => say::mail_failed(lang),
        MailState::Unclear => say::mail_unclear(lang),
        MailState::Dropped => say::mail_dropped(lang),
    }
}

/// Why a mail has not left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailProblem {
    /// The customer has no address.
    NoAddress,
    /// Its paper could not be set.
    Paper,
    /// It could not be handed over.
    Undelivered(Undelivered),
    /// The program ended while it was handed over.
    Lost,
    /// Nothing was open any more when it was to leave: nobody is reminded of that.
    Settled,
}

/// Why a mail has not left, as a sentence.
pub fn problem_text(lang: Lang, problem: &MailProblem) -> String {
    match problem {
        MailProblem::NoAddress => say::mail_why_no_address(lang).to_owned(),
        MailProblem::Paper => say::mail_why_paper(lang).to_owned(),
        MailProblem::Lost => say::mail_why_lost(lang).to_owned(),
        MailProblem::Settled => say::mail_why_settled(lang).to_owned(),
        MailProblem::Undelivered(undelivered) => undelivered_text(lang, undelivered),
    }
}

/// Why a mail was not handed over, as a sentence with the server's answer.
pub fn undelivered_text(lang: Lang, undelivered: &Undelivered) -> String {
    match undelivered {
        Undelivered::Unreachable(answer) => say::mail_why_unreachable(lang, answer),
        Undelivered::Sender(answer) => say::mail_why_sender(lang, answer),
        Undelivered::Address(address) => say::mail_why_address(lang, address),
        Undelivered::Later(answer) => say::mail_why_later(lang, answer),
        Undelivered::Never(answer) => say::mail_why_never(lang, answer),
        Undelivered::TooLarge { size, most } => {
            // Rounded apart, so that the one is never shown as the other.
            let figures = [size.div_ceil(1000), most / 1000].map(|thousands| figure(lang, thousands.into(), 0));
            let [size, most] = figures;
            say::mail_why_too_large(lang, size, most)
        }
        Undelivered::SignIn(answer) => say::mail_why_sign_in(lang, answer),
        Undelivered::Unclear(answer) => say::mail_why_unclear(lang, answer),
    }
}

/// A mail in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    /// The mail.
    pub id: MailId,
    /// Why it is sent.
    pub kind: MailKind,
    /// The document whose paper it brings.
    pub document: DocumentId,
    /// What the document is.
    pub document_kind: DocumentKind,
    /// The number of the document.
    pub number: String,
    /// To whom.
    pub customer: CustomerRef,
    /// The addresses, with commas between; empty while nobody knows one.
    pub to: String,
    /// How far it is.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub due: Option<DateTime<FixedOffset>>,
    /// Why it has not left.
    pub problem: Option<MailProblem>,
    /// When it was made, and by whom.
    pub created: (DateTime<FixedOffset>, String),
    /// When the server took it, and what it said.
    pub sent: Option<(DateTime<FixedOffset>, String)>,
}

impl MailRow {
    /// The title of its document.
    pub fn title(&self, lang: Lang) -> String {
        title(lang, self.document_kind, Some(&self.number))
    }

    /// What it is: that of its document, or the how many-th reminder.
    pub fn what(&self, lang: Lang) -> String {
        match self.kind {
            MailKind::Document => say::mail_document(lang).to_owned(),
            MailKind::Reminder(times) => say::mail_reminder_nth(lang, times),
        }
    }
}

/// The mails of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailsView {
    /// The document as it is now.
    pub row: DocumentRow,
    /// The latest first.
    pub mails: Vec<MailRow>,
    /// Whether a mail server is set.
    pub server: bool,
    /// The address that the customer has now.
    pub address: String,
    /// The reminder that could be sent now, or why none; none of what is no invoice.
    pub reminder: Option<Result<u32, NotReminded>>,
}

/// Why nobody is reminded, as a sentence.
pub fn not_reminded_text(lang: Lang, why: &NotReminded) -> String {
    match why {
        NotReminded::NotOverdue => say::reminder_not_overdue(lang).to_owned(),
        NotReminded::TooSoon { last, again } => say::reminder_too_soon(lang, date(lang, *last), date(lang, *again)),
    }
}

/// The most addresses of a mail.
pub const MOST_ADDRESSES: usize = 5;
/// The longest address that there is.
const LONGEST_ADDRESS: usize = 254;

/// Whether mail can be sent to it: something in plain letters, one `@`, and a domain. Names with other letters before the
/// `@` are taken by few servers, and mail to them gets lost.
pub fn is_address(text: &str) -> bool {
    let dots = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let clean =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
    let shaped = text
        .split_once('@')
        .is_some_and(|(local, domain)| dots(local) && dots(domain) && local.is_ascii() && !domain.contains('@'));
    shaped && text.len() <= LONGEST_ADDRESS && text.chars().all(clean)
}

/// The addresses in a text, with commas or semicolons between; each once.
pub fn addresses(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Vec<String> {
    let mut found = Vec::<String>::new();
    for one in typed.split([',', ';']).map(str::trim).filter(|one| !one.is_empty()) {
        if !is_address(one) {
            problems.push(FieldProblem::at(field, FieldReason::NotAnAddress));
            return Vec::new();
        }
        if !found.iter().any(|there| there.eq_ignore_ascii_case(one)) {
            found.push(one.to_owned());
        }
    }
    if found.is_empty() {
        problems.push(FieldProblem::at(field, FieldReason::Missing));
    }
    if found.len() > MOST_ADDRESSES {
        let reason = FieldReason::TooMany { most: MOST_ADDRESSES, found: found.len() };
        problems.push(FieldProblem::at(field, reason));
    }
    found
}

/// A mail that somebody sends, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SendForm {
    /// The mail, made by the client.
    pub id: String,
    /// The document.
    pub document: String,
    /// The addresses.
    pub to: String,
    /// Filled when it is a reminder.
    pub reminder: String,
}

/// A mail that somebody sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendDraft {
    /// The mail, made by the client.
    pub id: MailId,
    /// The document.
    pub document: DocumentId,
    /// The addresses.
    pub to: Vec<String>,
    /// Whether it is a reminder.
    pub reminder: bool,
}

impl SendForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<SendDraft, Problem> {
        let mut problems = Vec::new();
        let (own, document) = (id(&mut problems, "id", &self.id), id(&mut problems, "document", &self.document));
        let to = addresses(&mut problems, "to", &self.to);
        let reminder = !self.reminder.is_empty();
        done(own.zip(document).map(|(id, document)| SendDraft { id, document, to, reminder }), problems)
    }
}

/// What becomes of a mail that has not left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailWay {
    /// It is tried again now.
    #[default]
    Retry,
    /// It need not leave any more.
    Drop,
}

/// What becomes of a mail that has not left, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DecideForm {
    /// The mail.
    pub mail: String,
    /// `drop`, or else it is tried again.
    pub way: String,
    /// Other addresses; empty keeps those that it has.
    pub to: String,
    /// The page from which it was asked: `today`, or else that of the document.
    pub from: String,
}

/// What becomes of a mail that has not left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecideDraft {
    /// The mail.
    pub mail: MailId,
    /// What becomes of it.
    pub way: MailWay,
    /// Other addresses; none keeps those that it has.
    pub to: Option<Vec<String>>,
}

impl DecideForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<DecideDraft, Problem> {
        let mut problems = Vec::new();
        let mail = id(&mut problems, "mail", &self.mail);
        let way = if self.way == "drop" { MailWay::Drop } else { MailWay::Retry };
        let other = !self.to.trim().is_empty() && way == MailWay::Retry;
        let to = other.then(|| addresses(&mut problems, "to", &self.to));
        done(mail.map(|mail| DecideDraft { mail, way, to }), problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: something that is no address is taken, or one that is is refused.
    #[test]
    fn addresses_have_a_shape() {
        for good in ["a@b.de", "anna.brandt+x@mail.example.org", "mueller@straße.de", "root@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.de",
            "a@",
            "a@b@c",
            "a b@c.de",
            "a@b.de\nBcc: x@y.z",
            "<a@b.de>",
            "a@.de",
            "a@de.",
            "a..b@c.de",
            "müller@b.de",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    /// Red when: a mail that is a byte too large is said to be as large as what the server takes, or in another unit.
    #[test]
    fn a_mail_that_is_too_large_names_both_figures() {
        let said = |size, most| undelivered_text(Lang::De, &Undelivered::TooLarge { size, most });
        assert_eq!(said(35_000_001, 35_000_000), say::mail_why_too_large(Lang::De, "35.001", "35.000"));
        assert_eq!(said(1_500, 999), say::mail_why_too_large(Lang::De, "2", "0"));
    }

    #[test]
    fn several_addresses_stand_in_a_field() {
        let read = |typed: &str| {
            let mut problems = Vec::new();
            let found = addresses(&mut problems, "to", typed);
            (found, problems.into_iter().map(|problem| problem.reason).collect::<Vec<_>>())
        };
        assert_eq!(read("a@b.de; c@d.de ,A@B.de"), (vec!["a@b.de".to_owned(), "c@d.de".to_owned()], vec![]));
        assert_eq!(read(" ,; "), (vec![], vec![FieldReason::Missing]));
        assert_eq!(read("a@b.de, nobody"), (vec![], vec![FieldReason::NotAnAddress]));
        let many: Vec<String> = (0..6).map(|n| format!("a{n}@b.de")).collect();
        assert_eq!(read(&many.join(",")).1, [FieldReason::TooMany { most: 5, found: 6 }]);
    }
}
