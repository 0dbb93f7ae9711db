//! Why a step with a mail server did not succeed, and what that means for the mail.

use std::error::Error as StdError;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::{
    Address,
    transport::smtp::{Error, response::Response},
};
use wire::mails::{Smtp, Undelivered};

use crate::clean::line;

/// Why a step did not succeed.
pub(crate) enum Failure {
    /// The server refuses: its code, and what it said with it.
    Refused(u16, String),
    /// The connection broke off, or nothing was heard in time: nobody knows what the server knows.
    Lost(String),
    /// The server was not even asked.
    Unable(String),
}

impl Failure {
    pub(crate) fn of(error: &Error) -> Failure {
        let reason = reason(error);
        match error.status() {
            Some(code) => Failure::Refused(code.into(), format!("{code} {reason}").trim_end().to_owned()),
            None if error.is_client() => Failure::Unable(reason),
            None if error.is_response() => Failure::Lost(format!("no proper answer from the server: {reason}")),
            None => Failure::Lost(reason),
        }
    }

    /// With the address of which the server speaks.
    pub(crate) fn about(self, address: &Address) -> Failure {
        match self {
            Failure::Refused(code, text) => Failure::Refused(code, format!("{address}: {text}")),
            other => other,
        }
    }

    /// While the way to the server is made: whatever is wrong may be put right, there or in the settings.
    pub(crate) fn on_the_way(self, smtp: &Smtp) -> Undelivered {
        Undelivered::Unreachable(match self {
            Failure::Refused(_, text) => text,
            Failure::Lost(text) | Failure::Unable(text) => format!("{}:{}: {text}", smtp.host, smtp.port),
        })
    }

    /// While signing in. Servers repeat what they do not understand, and that may be the password.
    pub(crate) fn at_sign_in(self, smtp: &Smtp) -> Undelivered {
        match self {
            // The server closes down.
            Failure::Refused(421, text) | Failure::Lost(text) => Undelivered::Unreachable(hidden(text, smtp)),
            Failure::Refused(_, text) | Failure::Unable(text) => Undelivered::SignIn(hidden(text, smtp)),
        }
    }

    /// When the sender is named: whoever is refused here sends nothing at all.
    pub(crate) fn of_sender(self) -> Undelivered {
        match self {
            Failure::Refused(530 | 534 | 535 | 538, text) => Undelivered::SignIn(text),
            Failure::Refused(552, text) => Undelivered::Never(text),
            Failure::Refused(500.., text) => Undelivered::Sender(text),
            Failure::Refused(421, text) | Failure::Lost(text) => Undelivered::Unreachable(text),
            Failure::Refused(_, text) | Failure::Unable(text) => Undelivered::Later(text),
        }
    }

    /// Before the mail was handed over.
    pub(crate) fn before(self) -> Undelivered {
        match self {
            // It wants somebody to sign in, in another way, or at all.
            Failure::Refused(530 | 534 | 535 | 538, text) => Undelivered::SignIn(text),
            Failure::Refused(500.., text) => Undelivered::Never(text),
            Failure::Refused(_, text) | Failure::Lost(text) | Failure::Unable(text) => Undelivered::Later(text),
        }
    }

    /// After the mail was handed over: a refusal says that the server has not taken it, and silence says nothing.
    pub(crate) fn after(self) -> Undelivered {
        match self {
            Failure::Refused(500.., text) => Undelivered::Never(text),
            Failure::Refused(_, text) => Undelivered::Later(text),
            Failure::Lost(text) | Failure::Unable(text) => Undelivered::Unclear(text),
        }
    }
}

/// The server's answer: code and text.
pub(crate) fn words(answer: &Response) -> String {
    let text = answer.message().collect::<Vec<_>>().join(" ");
    line(&format!("{} {text}", answer.code()))
}

/// What lies below the library's own words, which only say where in the library it was noticed.
fn reason(error: &Error) -> String {
    let mut inner: &(dyn StdError + 'static) = error;
    while let (true, Some(below)) = (inner.is::<Error>(), inner.source()) {
        inner = below;
    }
    line(&inner.to_string())
}

/// Without the password, in each of the forms in which it is sent.
fn hidden(text: String, smtp: &Smtp) -> String {
    let plain = STANDARD.encode(format!("\0{}\0{}", smtp.user, smtp.password));
    let secrets = [plain, STANDARD.encode(&smtp.password), line(&smtp.password)];
    secrets.iter().filter(|secret| !secret.is_empty()).fold(text, |text, secret| text.replace(secret.as_str(), "***"))
}
