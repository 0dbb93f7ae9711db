//! Mails: documents and reminders on their way to the customer.
//!
//! A mail is added with the change that wants it: with a document that is issued (`store::documents`), by somebody who
//! sends one, as a reminder. It leaves later, beside everything else ([`send_due`]). Whoever sends says in the books that a
//! mail is being handed over before it is, and how it went afterwards: a mail that may have left is never sent again by
//! itself, it waits for a person.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, FixedOffset};
use domain::{DocumentId, Permission, documents::DocumentState, receipts::remind};
use futures::future::BoxFuture;
use store::{
    Tx, Work, customers, documents, history,
    mails::{self, NewMail},
};
use wire::{
    FieldReason, Noun, Problem,
    history::{Change, FieldChange},
    mails::{DecideDraft, MailKind, MailRow, MailWay, MailsView, Outgoing, SendDraft, Smtp, Undelivered},
    today::MailsToday,
};

use crate::{
    Call, Env, Refused,
    changed::{Saver, note},
    documents::SUBJECT,
};

mod compose;
mod leave;
mod settings;

pub use compose::sample;
pub use leave::send_due;
pub(crate) use settings::read as read_settings;
pub use settings::{page, save, test};

/// Hands mails to a mail server.
pub trait Carrier: Send + Sync {
    /// Hands a mail over; gives the server's answer.
    fn deliver<'a>(&'a self, smtp: &'a Smtp, mail: &'a Outgoing) -> BoxFuture<'a, Result<String, Undelivered>>;
    /// Goes there, signs in and names the sender without handing anything over; gives the server's answer.
    fn greet<'a>(&'a self, smtp: &'a Smtp, from: &'a str) -> BoxFuture<'a, Result<String, Undelivered>>;
}

/// Whoever hands mails over in this process.
pub type SharedCarrier = Arc<dyn Carrier>;

/// The mails of a document, the latest first, and the reminder that could be sent now.
pub async fn of(env: &Env, call: &Call, document: DocumentId) -> Result<MailsView, Refused> {
    call.needs(Permission::SeeContracts)?;
    loaded(env, &mut env.db.read().await?, document).await
}

/// The answer to whoever sent a mail or decided about one.
fn told<'t>(env: &'t Env, tx: &'t mut Tx, document: DocumentId) -> Work<'t, MailsView, Refused> {
    Box::pin(loaded(env, tx, document))
}

async fn loaded(env: &Env, tx: &mut Tx, document: DocumentId) -> Result<MailsView, Refused> {
    let found = documents::with_version(tx, document).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let mails = mails::of(tx, document).await?.into_iter().map(|row| localised(env, row)).collect();
    let customer = customers::get(tx, found.row.customer.id).await?;
    let issued = found.row.kind.is_invoice() && found.row.state == DocumentState::Issued;
    Ok(MailsView {
        reminder: issued.then(|| remind(&found.row.invoice(), &found.row.reminded, env.today())),
        row: found.row,
        mails,
        server: !read_settings(tx).await?.host.is_empty(),
        address: customer.map(|customer| customer.card.email).unwrap_or_default(),
    })
}

/// A mail as the company's clocks show it.
fn localised(env: &Env, row: MailRow) -> MailRow {
    let local = |at: DateTime<FixedOffset>| env.local(at.to_utc());
    MailRow {
        due: row.due.map(local),
        created: (local(row.created.0), row.created.1),
        sent: row.sent.map(|(at, answer)| (local(at), answer)),
        ..row
    }
}

/// How many mails the first page of the day shows.
const SHOWN: usize = 10;

/// What of the mails somebody has to look at.
pub(crate) async fn today(env: &Env, tx: &mut Tx) -> Result<MailsToday, Refused> {
    let mut to_decide = mails::to_decide(tx, i64::try_from(SHOWN + 1).unwrap_or(i64::MAX)).await?;
    let more = to_decide.len() > SHOWN;
    to_decide.truncate(SHOWN);
    Ok(MailsToday {
        waiting: mails::waiting(tx).await?,
        stuck: mails::stuck(tx).await?.map(|row| localised(env, row)),
        to_decide: to_decide.into_iter().map(|row| localised(env, row)).collect(),
        more,
        server: !read_settings(tx).await?.host.is_empty(),
    })
}

/// Sends the paper of an issued document, or a reminder of an overdue invoice, to these addresses. The same mail again is
/// the same; its id with another content is refused.
pub async fn send(env: &Env, call: &Call, draft: SendDraft) -> Result<MailsView, Refused> {
    call.needs(Permission::Bill)?;
    let (saver, own, document, to) = (env.saver(call), env.clone(), draft.document, draft.to.join(", "));
    let done = env.answered(
        call,
        move |env, tx, ()| told(env, tx, document),
        move |tx| {
            let (saver, env, draft, to) = (saver.clone(), own.clone(), draft.clone(), to.clone());
            Box::pin(async move { added(&env, tx, &draft, to, &saver).await })
        },
    );
    done.await
}

/// Reminds of an overdue invoice at the address that the customer has now.
pub(crate) async fn remind_of(env: &Env, call: &Call, document: DocumentId) -> Result<(), Refused> {
    let mut tx = env.db.read().await?;
    let found = documents::with_version(&mut tx, document).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let customer = customers::get(&mut tx, found.row.customer.id).await?;
    let to = customer.map(|customer| customer.card.email).unwrap_or_default();
    drop(tx);
    if to.is_empty() {
        return Err(Problem::field("to", FieldReason::NoMailAddress).into());
    }
    let draft = SendDraft { id: domain::MailId::new(env.id()), document, to: Vec::new(), reminder: true };
    call.needs(Permission::Bill)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.write(call, move |tx| {
        let (saver, env, draft, to) = (saver.clone(), own.clone(), draft.clone(), to.clone());
        Box::pin(async move { added(&env, tx, &draft, to, &saver).await })
    });
    done.await
}

/// Adds a mail within a transaction.
async fn added(env: &Env, tx: &mut Tx, draft: &SendDraft, to: String, saver: &Saver) -> Result<(), Refused> {
    let missing = || Refused::not_found(Noun::Document);
    let found = documents::lock(tx, draft.document).await?.ok_or_else(missing)?;
    if let Some(there) = mails::get(tx, draft.id).await? {
        let same = there.document == draft.document && there.to == to && is_reminder(there.kind) == draft.reminder;
        return if same { Ok(()) } else { Err(Problem::SameId.into()) };
    }
    if found.row.state == DocumentState::Draft {
        return Err(Problem::field("document", FieldReason::NotIssued).into());
    }
    // A mail with the id of a document is the one that goes with it when it is issued.
    if documents::with_version(tx, DocumentId::new(draft.id.uuid())).await?.is_some() {
        return Err(Problem::SameId.into());
    }
    let mut kind = MailKind::Document;
    let mut reminded_on = None;
    if draft.reminder {
        let today = env.today();
        let times = remind(&found.row.invoice(), &found.row.reminded, today)
            .map_err(|why| Problem::field("document", FieldReason::NotReminded(why)))?;
        (kind, reminded_on) = (MailKind::Reminder(times), Some(today));
    }
    let new = NewMail { id: draft.id, kind, reminded_on, document: draft.document, to: to.clone() };
    if !mails::add(tx, &[new], (&saver.by, saver.at)).await? {
        return Err(Problem::SameId.into());
    }
    if draft.reminder {
        mails::recount(tx, &[draft.document]).await?;
    }
    let field = if draft.reminder { "reminder" } else { "mail" };
    let change = FieldChange { field: field.to_owned(), before: None, after: Some(to) };
    note(tx, (SUBJECT, draft.document.to_string()), saver, vec![change]).await
}

fn is_reminder(kind: MailKind) -> bool {
    matches!(kind, MailKind::Reminder(_))
}

/// Has a mail that has not left tried again at once, also at other addresses, or says that it need not leave.
///
/// Refused when it has left, is just leaving, or was decided about, and when nobody knows an address.
pub async fn decide(env: &Env, call: &Call, draft: DecideDraft) -> Result<MailsView, Refused> {
    call.needs(Permission::Bill)?;
    let saver = env.saver(call);
    let decided = env.answered(call, told, move |tx| {
        let (saver, draft) = (saver.clone(), draft.clone());
        Box::pin(async move {
            let missing = || Refused::not_found(Noun::Mail);
            // The document first, as everybody else does.
            let document = mails::get(tx, draft.mail).await?.ok_or_else(missing)?.document;
            documents::lock(tx, document).await?;
            let found = mails::lock(tx, draft.mail).await?.ok_or_else(missing)?;
            let to = draft.to.as_ref().map_or_else(|| found.to.clone(), |to| to.join(", "));
            let again = match draft.way {
                MailWay::Drop => None,
                MailWay::Retry if to.is_empty() => return Err(Problem::field("to", FieldReason::Missing).into()),
                MailWay::Retry => Some(saver.at),
            };
            if !mails::decide(tx, draft.mail, again, &to).await? {
                return Err(Problem::field("mail", FieldReason::MailNotNow).into());
            }
            if is_reminder(found.kind) {
                mails::recount(tx, &[document]).await?;
            }
            let change = match again {
                Some(_) => tried_again(Some(found.to).filter(|was| *was != to), to),
                None => dropped(found.to),
            };
            note(tx, (SUBJECT, document.to_string()), &saver, vec![change]).await?;
            Ok(document)
        })
    });
    decided.await
}

/// A mail that is tried again, as the history of its document names it; with the addresses that it had, if others.
fn tried_again(was: Option<String>, to: String) -> FieldChange {
    FieldChange { field: "mail_again".to_owned(), before: was.filter(|was| !was.is_empty()), after: Some(to) }
}

/// A mail that need not leave, as the history of its document names it.
fn dropped(to: String) -> FieldChange {
    FieldChange { field: "mail_dropped".to_owned(), before: Some(to).filter(|to| !to.is_empty()), after: None }
}

/// Notes in the histories of their documents, which are locked, what somebody decided about these mails. Returns how many
/// they are.
async fn note_each(
    tx: &mut Tx,
    decided: Vec<(DocumentId, String)>,
    saver: &Saver,
    words: fn(String) -> FieldChange,
) -> Result<u64, Refused> {
    let count = u64::try_from(decided.len()).unwrap_or(u64::MAX);
    let mut told = BTreeMap::<DocumentId, Vec<FieldChange>>::new();
    for (document, to) in decided {
        told.entry(document).or_default().push(words(to));
    }
    let change = |(document, fields): (DocumentId, Vec<FieldChange>)| {
        (document.to_string(), Change { at: saver.at.fixed_offset(), by: saver.by.clone(), fields })
    };
    let told: Vec<_> = told.into_iter().map(change).collect();
    history::add_many(tx, SUBJECT, &told).await?;
    Ok(count)
}

/// Has everything that waits for another attempt tried at once. Returns how many.
pub async fn retry_all(env: &Env, call: &Call) -> Result<u64, Refused> {
    call.needs(Permission::Bill)?;
    let saver = env.saver(call);
    let tried = env.write(call, move |tx| {
        let saver = saver.clone();
        Box::pin(async move {
            let tried = mails::all_again(tx, saver.at).await?;
            note_each(tx, tried, &saver, |to| tried_again(None, to)).await
        })
    });
    tried.await
}

/// Says of everything that waits that it need not leave: for a company that begins to send mails, and has sent what waits
/// otherwise. Returns how many.
pub async fn drop_all(env: &Env, call: &Call) -> Result<u64, Refused> {
    call.needs(Permission::Bill)?;
    let saver = env.saver(call);
    let gone = env.write(call, move |tx| {
        let saver = saver.clone();
        Box::pin(async move {
            let gone = mails::drop_all(tx).await?;
            note_each(tx, gone, &saver, dropped).await
        })
    });
    gone.await
}
