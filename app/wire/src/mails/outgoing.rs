//! A mail that is ready to leave, and how it went.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use texts::Lang;
use uuid::Uuid;

/// How the way to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Begins in the clear and is encrypted before anything else is said; a server that cannot is not used.
    #[default]
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    /// Not at all: for a server on the same machine.
    None,
}

impl Security {
    /// Every way.
    pub const ALL: [Security; 3] = [Security::StartTls, Security::Tls, Security::None];

    /// The name in forms, in the database and in REST.
    pub const fn name(self) -> &'static str {
        match self {
            Security::StartTls => "start_tls",
            Security::Tls => "tls",
            Security::None => "none",
        }
    }

    /// The way of that name.
    pub fn from_name(name: &str) -> Option<Security> {
        Security::ALL.into_iter().find(|way| way.name() == name)
    }
}

/// The mail server to which mails are handed.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
    /// The name to sign in with; empty where nobody signs in.
    pub user: String,
    /// The password for it.
    pub password: String,
}

/// Without the password: what is printed ends up in logs.
impl fmt::Debug for Smtp {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Smtp { host, port, security, user, .. } = self;
        write!(to, "Smtp {{ {user}@{host}:{port} {} }}", security.name())
    }
}

/// What a mail says, before it has a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// In which language.
    pub lang: Lang,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says. An empty line between them in plain text; line breaks inside are kept.
    pub paragraphs: Vec<String>,
    /// Figures beside their names, such as the sum and the day by which it is due.
    pub facts: Vec<(String, String)>,
    /// The name of the company.
    pub company: String,
    /// What stands below: address, how it is reached, register.
    pub imprint: Vec<String>,
    /// The one colour besides ink: red, green, blue.
    pub accent: [u8; 3],
}

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, with its ending.
    pub name: String,
    /// What it is, such as `application/pdf`.
    pub kind: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A mail that is ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id. The same mail tried again has the same one, so that programs that read mail know it.
    pub id: Uuid,
    /// When it is sent.
    pub at: DateTime<Utc>,
    /// Who sends it: name and address.
    pub from: (String, String),
    /// Where answers go; empty means to the sender.
    pub reply_to: String,
    /// Who gets it: addresses.
    pub to: Vec<String>,
    /// What it says.
    pub letter: Letter,
    /// What goes along.
    pub attachments: Vec<Attachment>,
}

/// Why a mail was not handed over, with what the server answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "undelivered", content = "answer", rename_all = "snake_case")]
pub enum Undelivered {
    /// The server cannot be reached, or does not talk to us. Nothing was handed over, and no other mail will be.
    Unreachable(String),
    /// The server does not take mails from this sender. Nothing was handed over, and no other mail will be.
    Sender(String),
    /// It is no address to which a mail can be sent, or from which: the address.
    Address(String),
    /// Not now: the server asks to come again with this mail. Nothing was handed over.
    Later(String),
    /// Not at all: the server refuses it for good, or it cannot be written as a mail.
    Never(String),
    /// It is larger than the server takes, as the server says itself. Nothing was handed over.
    TooLarge {
        /// The bytes of the mail.
        size: u64,
        /// The most that the server takes.
        most: u64,
    },
    /// The server does not know name and password. Nothing was handed over, and no other mail will be.
    SignIn(String),
    /// The mail was handed over, and then the server said nothing more: it may have left or not. Nobody tries it again
    /// without being asked.
    Unclear(String),
}

impl Undelivered {
    /// Whether no mail at all would be taken now: it is not about this one.
    pub const fn concerns_all(&self) -> bool {
        matches!(self, Undelivered::Unreachable(_) | Undelivered::Sender(_) | Undelivered::SignIn(_))
    }
}
