//! Handing mails over, beside everything else.

use chrono::{DateTime, Duration, Utc};
use store::{StoreError, documents, mails};
use wire::{
    history::FieldChange,
    mails::{MailProblem, MailRow, MailSettings, MailState, Smtp, Undelivered},
};

use super::{Carrier, compose, settings};
use crate::{
    Env, Refused,
    changed::{Saver, note},
    documents::SUBJECT,
    papers::{self, Setter},
};

/// How long a process that has taken mails has time to begin with them.
const TAKEN: Duration = Duration::minutes(15);
/// How long handing one over may take; what nobody came back from by then is unclear.
const HANDING_OVER: Duration = Duration::minutes(15);
/// How many mails are taken at once.
const AT_ONCE: i64 = 5;
/// After so many attempts somebody has to decide about a mail that the server will not take: that is five days.
const MOST_ATTEMPTS: u32 = 15;
/// Who stands in histories for what the program does by itself.
const BY: &str = "Drawdown";

/// Sends mails whose time has come, as many as are taken at once. Returns how many were tried; none as long as no mail
/// server is set. What the server does not take now is tried again, later each time; when it takes nothing at all, everything
/// else waits with it. May run in several processes at once.
pub async fn send_due(env: &Env, carrier: &dyn Carrier, setter: &Setter) -> Result<usize, Refused> {
    let mut tx = env.db.read().await?;
    let settings = settings::read(&mut tx).await?;
    let password = settings::password(&mut tx).await?;
    drop(tx);
    let Some(smtp) = settings.smtp(password) else { return Ok(0) };
    let (now, until) = (env.now(), env.now() + TAKEN);
    let taken = env.db.write(move |tx| Box::pin(async move { mails::take(tx, now, until, AT_ONCE).await })).await?;
    let mut closed: Option<(MailProblem, DateTime<Utc>)> = None;
    for mail in &taken {
        if let Some((problem, again)) = &closed {
            let after = (MailState::Waiting, Some(*again));
            not_sent(env, mail, until, after, problem).await?;
        } else if let Some(problem) = one(env, carrier, setter, (&settings, &smtp), mail, until).await? {
            let again = env.now() + papers::pause(mail.attempts);
            postpone(env, again, &problem).await?;
            closed = Some((problem, again));
        }
    }
    Ok(taken.len())
}

/// Sends a mail that was taken until `taken`, which is the token by which it is still this one's. Gives the problem when the
/// server takes nothing at all.
async fn one(
    env: &Env,
    carrier: &dyn Carrier,
    setter: &Setter,
    (settings, smtp): (&MailSettings, &Smtp),
    mail: &MailRow,
    taken: DateTime<Utc>,
) -> Result<Option<MailProblem>, Refused> {
    let outgoing = match compose::outgoing(env, setter, settings, mail).await {
        Ok(Some(outgoing)) => outgoing,
        Ok(None) => {
            settled(env, mail, taken).await?;
            return Ok(None);
        }
        Err(Refused::Store(StoreError::GivenUp(why))) => {
            tracing::error!(mail = %mail.id, why, "the paper of a mail cannot be set");
            let problem = MailProblem::Paper;
            not_sent(env, mail, taken, after(env, &problem, mail.attempts), &problem).await?;
            return Ok(None);
        }
        // The books do not answer: the mail is taken again when its time is up.
        Err(refused) => return Err(refused),
    };
    let (id, until) = (mail.id, env.now() + HANDING_OVER);
    let begun = env.db.write(move |tx| Box::pin(async move { mails::hand_over(tx, id, taken, until).await }));
    if !begun.await? {
        return Ok(None);
    }
    match carrier.deliver(smtp, &outgoing).await {
        Ok(answer) => {
            sent(env, mail, until, answer).await?;
            Ok(None)
        }
        Err(undelivered) => {
            tracing::warn!(mail = %mail.id, ?undelivered, "a mail has not left");
            let all = undelivered.concerns_all();
            let problem = MailProblem::Undelivered(undelivered);
            not_sent(env, mail, until, after(env, &problem, mail.attempts), &problem).await?;
            Ok(all.then_some(problem))
        }
    }
}

/// Notes that a mail has left: with it, and in the history of its document.
async fn sent(env: &Env, mail: &MailRow, until: DateTime<Utc>, answer: String) -> Result<(), Refused> {
    let (mail, saver) = (mail.clone(), Saver { by: BY.to_owned(), at: env.now() });
    let noted = env.db.write(move |tx| {
        let (mail, saver, answer) = (mail.clone(), saver.clone(), answer.clone());
        Box::pin(async move {
            documents::lock(tx, mail.document).await?;
            if !mails::sent(tx, mail.id, until, &answer, saver.at).await? {
                // It has left all the same.
                tracing::error!(mail = %mail.id, "somebody decided about a mail while it was handed over");
            }
            let change = FieldChange { field: "mail_sent".to_owned(), before: None, after: Some(mail.to.clone()) };
            note(tx, (SUBJECT, mail.document.to_string()), &saver, vec![change]).await
        })
    });
    noted.await
}

/// Drops a reminder of which nothing is open any more: it does not count.
async fn settled(env: &Env, mail: &MailRow, taken: DateTime<Utc>) -> Result<(), Refused> {
    let (mail, saver) = (mail.clone(), Saver { by: BY.to_owned(), at: env.now() });
    let noted = env.db.write(move |tx| {
        let (mail, saver) = (mail.clone(), saver.clone());
        Box::pin(async move {
            documents::lock(tx, mail.document).await?;
            if mails::not_sent(tx, mail.id, taken, (MailState::Dropped, None), &MailProblem::Settled).await? {
                mails::recount(tx, &[mail.document]).await?;
                let change =
                    FieldChange { field: "mail_settled".to_owned(), before: None, after: Some(mail.to.clone()) };
                note(tx, (SUBJECT, mail.document.to_string()), &saver, vec![change]).await?;
            }
            Ok::<(), Refused>(())
        })
    });
    noted.await
}

/// What becomes of a mail that has not left: it is tried again then, or somebody has to decide. What concerns all mails is
/// put right for all at once, and so never given up.
fn after(env: &Env, problem: &MailProblem, attempts: u32) -> (MailState, Option<DateTime<Utc>>) {
    let again = (MailState::Waiting, Some(env.now() + papers::pause(attempts)));
    match problem {
        MailProblem::Undelivered(Undelivered::Unclear(_)) | MailProblem::Lost => (MailState::Unclear, None),
        MailProblem::Undelivered(Undelivered::Never(_) | Undelivered::TooLarge { .. } | Undelivered::Address(_))
        | MailProblem::NoAddress => (MailState::Failed, None),
        MailProblem::Settled => (MailState::Dropped, None),
        MailProblem::Undelivered(Undelivered::Unreachable(_) | Undelivered::Sender(_) | Undelivered::SignIn(_)) => {
            again
        }
        MailProblem::Paper | MailProblem::Undelivered(Undelivered::Later(_)) => {
            if attempts < MOST_ATTEMPTS {
                again
            } else {
                (MailState::Failed, None)
            }
        }
    }
}

async fn not_sent(
    env: &Env,
    mail: &MailRow,
    until: DateTime<Utc>,
    after: (MailState, Option<DateTime<Utc>>),
    problem: &MailProblem,
) -> Result<(), Refused> {
    let (id, problem) = (mail.id, problem.clone());
    let noted = env.db.write(move |tx| {
        let problem = problem.clone();
        Box::pin(async move { mails::not_sent(tx, id, until, after, &problem).await })
    });
    if !noted.await? {
        tracing::warn!(mail = %id, "somebody else has decided about a mail");
    }
    Ok(())
}

/// The server takes nothing: what is due waits as well, and knows why.
async fn postpone(env: &Env, again: DateTime<Utc>, problem: &MailProblem) -> Result<(), Refused> {
    let (now, problem) = (env.now(), problem.clone());
    let noted = env.db.write(move |tx| {
        let problem = problem.clone();
        Box::pin(async move { mails::postpone(tx, now, again, &problem).await })
    });
    Ok(noted.await?)
}
