//! Hands one mail over, once.

use lettre::{address::Envelope, transport::smtp::extension::ClientId};
use wire::mails::{Outgoing, Smtp, Undelivered};

use crate::{
    address::address,
    message::message,
    session::{Patience, Session},
};

/// Hands a mail over to all of its recipients, or to none: the server's answer.
///
/// Errors say whether the mail may have left: with [`Undelivered::Unclear`] it was handed over whole, and then nothing
/// was heard. With every other the server has not taken it.
pub async fn deliver(smtp: &Smtp, mail: &Outgoing) -> Result<String, Undelivered> {
    deliver_within(Patience::default(), smtp, mail).await
}

/// As [`deliver`], with another patience.
pub async fn deliver_within(patience: Patience, smtp: &Smtp, mail: &Outgoing) -> Result<String, Undelivered> {
    let (message, hello) = (message(mail)?, hello(&mail.from.1));
    let mut session = Session::open(patience, smtp, &hello).await?;
    let outcome = through(&mut session, smtp, &hello, (message.envelope(), &message.formatted())).await;
    session.close().await;
    outcome
}

/// Hands a mail over to a server that listens. One that is larger than the server takes is not even named.
async fn through(
    session: &mut Session,
    smtp: &Smtp,
    hello: &ClientId,
    (envelope, mail): (&Envelope, &[u8]),
) -> Result<String, Undelivered> {
    let most = session.most(hello).await?;
    if let Some(most) = most.filter(|most| (1..mail.len()).contains(most)) {
        let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        return Err(Undelivered::TooLarge { size: bytes(mail.len()), most: bytes(most) });
    }
    session.sign_in(smtp).await?;
    session.hand_over(envelope, mail, most.is_some()).await
}

/// Reaches the server, encrypts the way, signs in, names the sender, and sends nothing: the server's answer. Errors as with
/// a mail.
pub async fn greet(smtp: &Smtp, from: &str) -> Result<String, Undelivered> {
    greet_within(Patience::default(), smtp, from).await
}

/// As [`greet`], with another patience.
pub async fn greet_within(patience: Patience, smtp: &Smtp, from: &str) -> Result<String, Undelivered> {
    let sender = address(from)?;
    let mut session = Session::open(patience, smtp, &hello(from)).await?;
    let outcome = match session.sign_in(smtp).await {
        Ok(()) => session.ask(&sender).await,
        Err(undelivered) => Err(undelivered),
    };
    session.close().await;
    outcome
}

/// Who calls, as far as an address tells it. The name of this machine means nothing to others.
fn hello(sender: &str) -> ClientId {
    ClientId::Domain(address(sender).map_or_else(|_| "localhost".to_owned(), |sender| sender.domain().to_owned()))
}
