//! A conversation with a mail server, step by step, so that it is known at each how far the mail is.
//!
//! *Invariants.* Name and password are said only after the way is encrypted, where it is to be. A refused recipient
//! ends it before the mail is handed over.

use std::{
    fmt::Display,
    iter,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Ehlo, Mail, Rcpt, Rset},
        extension::{ClientId, MailParameter},
        response::{Response, Severity},
    },
};
use tokio::time::timeout;
use wire::mails::{Security, Smtp, Undelivered};

use crate::failure::{Failure, words};

/// How long a server may take before it counts as lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To be reached.
    pub connect: Duration,
    /// To answer one step.
    pub step: Duration,
    /// To take the mail itself.
    pub message: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { connect: Duration::from_secs(15), step: Duration::from_secs(30), message: Duration::from_mins(5) }
    }
}

/// A server that listens.
pub(crate) struct Session {
    connection: AsyncSmtpConnection,
    patience: Patience,
    /// It does not answer any more, so that nothing more is said to it.
    lost: bool,
}

impl Session {
    /// Reaches the server and encrypts the way.
    pub(crate) async fn open(patience: Patience, smtp: &Smtp, hello: &ClientId) -> Result<Session, Undelivered> {
        match smtp.security {
            Security::None => Session::connect(patience, smtp, hello, None).await,
            Security::Tls => Session::connect(patience, smtp, hello, Some(encryption(smtp)?)).await,
            Security::StartTls => {
                let mut session = Session::connect(patience, smtp, hello, None).await?;
                session.encrypt(smtp, hello).await?;
                Ok(session)
            }
        }
    }

    async fn connect(
        patience: Patience,
        smtp: &Smtp,
        hello: &ClientId,
        tls: Option<TlsParameters>,
    ) -> Result<Session, Undelivered> {
        let place = (smtp.host.as_str(), smtp.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(place, Some(patience.connect), hello, tls, None);
        // Reaching it, which is limited for itself, and the greetings.
        let connection = within(patience.connect + patience.step, connecting).await;
        let connection = connection.map_err(|failure| failure.on_the_way(smtp))?;
        Ok(Session { connection, patience, lost: false })
    }

    async fn encrypt(&mut self, smtp: &Smtp, hello: &ClientId) -> Result<(), Undelivered> {
        if !self.connection.can_starttls() {
            self.close().await;
            return Err(Failure::Unable("the server offers no encryption (STARTTLS)".to_owned()).on_the_way(smtp));
        }
        let encrypting = self.connection.starttls(encryption(smtp)?, hello);
        within(self.patience.step, encrypting).await.map_err(|failure| failure.on_the_way(smtp))
    }

    /// The most that the server takes of a mail, as it says itself: 0 when there is no limit, none when it does not know of
    /// sizes. It is greeted once more, before anybody signs in, because of its first answer the library keeps only what it
    /// needs.
    pub(crate) async fn most(&mut self, hello: &ClientId) -> Result<Option<usize>, Undelivered> {
        match self.say(Ehlo::new(hello.clone()), Severity::PositiveCompletion).await {
            Ok(answer) => Ok(announced(&answer)),
            // It does not like to be greeted twice; whether a mail is too large, it says when it gets it.
            Err(Failure::Refused(code, _)) if code != 421 => Ok(None),
            Err(failure) => Err(failure.of_sender()),
        }
    }

    /// Says name and password, where there are any.
    pub(crate) async fn sign_in(&mut self, smtp: &Smtp) -> Result<(), Undelivered> {
        if smtp.user.is_empty() {
            return Ok(());
        }
        let credentials = Credentials::new(smtp.user.clone(), smtp.password.clone());
        let answer = within(self.patience.step, self.connection.auth(DEFAULT_MECHANISMS, &credentials)).await;
        self.noted(answer).map(|_| ()).map_err(|failure| failure.at_sign_in(smtp))
    }

    /// Names the sender, and takes it back: the answer to that.
    pub(crate) async fn ask(&mut self, from: &Address) -> Result<String, Undelivered> {
        self.name(Some(from), Vec::new()).await?;
        let answer = self.say(Rset, Severity::PositiveCompletion).await.map_err(Failure::before)?;
        Ok(words(&answer))
    }

    async fn name(&mut self, from: Option<&Address>, with: Vec<MailParameter>) -> Result<(), Undelivered> {
        let from = Mail::new(from.cloned(), with);
        self.say(from, Severity::PositiveCompletion).await.map(drop).map_err(Failure::of_sender)
    }

    /// Hands a mail over to all of its recipients, or to none; says how large it is, where the server asks for that. The
    /// answer to the mail itself, or why there is none.
    pub(crate) async fn hand_over(
        &mut self,
        envelope: &Envelope,
        mail: &[u8],
        sized: bool,
    ) -> Result<String, Undelivered> {
        let size = sized.then_some(MailParameter::Size(mail.len()));
        self.name(envelope.from(), size.into_iter().collect()).await?;
        for to in envelope.to() {
            let answer = self.say(Rcpt::new(to.clone(), Vec::new()), Severity::PositiveCompletion).await;
            answer.map_err(|failure| failure.about(to).before())?;
        }
        self.say(Data, Severity::PositiveIntermediate).await.map_err(Failure::before)?;
        self.write(mail).await
    }

    async fn write(&mut self, mail: &[u8]) -> Result<String, Undelivered> {
        // The end is asked for when all before it is written, and without the end no server takes a mail.
        let whole = AtomicBool::new(false);
        let end = iter::from_fn(|| {
            whole.store(true, Ordering::Relaxed);
            None
        });
        let writing = self.connection.message_iter(iter::once(mail).chain(end));
        let answer = within(self.patience.message, writing).await;
        match self.noted(answer) {
            Ok(answer) => taken(&answer).map_err(Failure::after),
            Err(Failure::Lost(text)) if !whole.load(Ordering::Relaxed) => Err(self.broken_off(text).await),
            Err(failure) => Err(failure.after()),
        }
    }

    /// A server that will not read a mail to its end, because it is too large, says so before it breaks off.
    async fn broken_off(&mut self, text: String) -> Undelivered {
        match within(self.patience.step, self.connection.read_response()).await {
            Err(refused @ Failure::Refused(..)) => refused.before(),
            _ => Undelivered::Later(text),
        }
    }

    /// Takes leave. What the server thinks of it does not matter any more.
    pub(crate) async fn close(&mut self) {
        if !self.lost {
            let _ = within(self.patience.step, self.connection.quit()).await;
        }
    }

    async fn say(&mut self, command: impl Display, wanted: Severity) -> Result<Response, Failure> {
        let answer = within(self.patience.step, self.connection.command(command)).await;
        let answer = self.noted(answer)?;
        if answer.code().severity == wanted { Ok(answer) } else { Err(unexpected(&answer)) }
    }

    fn noted<T>(&mut self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        self.lost |= matches!(outcome, Err(Failure::Lost(_)));
        outcome
    }
}

/// What a server says in its greeting of the size of mails (RFC 1870); the first line is its name.
fn announced(greeting: &Response) -> Option<usize> {
    greeting.message().skip(1).find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let asked = words.next()?.eq_ignore_ascii_case("SIZE");
        asked.then(|| words.next().and_then(|most| most.parse().ok()).unwrap_or(0))
    })
}

/// The answer of a server that has taken a mail.
fn taken(answer: &Response) -> Result<String, Failure> {
    let positive = answer.code().severity == Severity::PositiveCompletion;
    if positive { Ok(words(answer)) } else { Err(unexpected(answer)) }
}

fn unexpected(answer: &Response) -> Failure {
    Failure::Lost(format!("unexpected answer: {}", words(answer)))
}

/// Certificates are checked against those that the system trusts.
fn encryption(smtp: &Smtp) -> Result<TlsParameters, Undelivered> {
    TlsParameters::new(smtp.host.clone()).map_err(|error| Failure::of(&error).on_the_way(smtp))
}

async fn within<T>(time: Duration, step: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match timeout(time, step).await {
        Ok(outcome) => outcome.map_err(|error| Failure::of(&error)),
        Err(_) => Err(Failure::Lost(format!("no answer within {time:?}"))),
    }
}
