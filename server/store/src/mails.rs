//! Mails that are to leave, and what became of them.
//!
//! The mail of an issued document is added in the transaction that issues it. Whoever sends takes a mail first, says then
//! that it is being handed over, and last how it went: between the last two nobody knows whether it has left, and a mail
//! that was left there is unclear.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{CustomerId, DocumentId, MailId, contracts::Delivery, documents::DocumentKind};
use wire::{
    contracts::CustomerRef,
    mails::{MailKind, MailProblem, MailRow, MailState},
};

use crate::{
    StoreError, Tx, receipts,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

/// A mail with its document and customer.
macro_rules! mail_from {
    () => {
        "SELECT m.id, m.reminder, m.document_id, m.recipients, m.state, m.due_at, m.attempts, m.problem, m.created_at,
            m.created_by, m.sent_at, m.answer, d.kind, d.number, u.id AS customer_id, u.number AS customer_number,
            u.name AS customer_name FROM mails m JOIN documents d ON d.id = m.document_id
            JOIN customers u ON u.id = d.customer_id"
    };
}

statements! {
    MAIL = concat!(mail_from!(), " WHERE m.id = $1");
    LOCK_MAIL = "SELECT id FROM mails WHERE id = $1";
    MAILS_OF = concat!(mail_from!(), " WHERE m.document_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT 100");
    DUE_MAILS = "SELECT id FROM mails WHERE due_at IS NOT NULL AND due_at <= $1 AND state IN ('waiting', 'sending')
            ORDER BY due_at, id LIMIT $2";
    LOST = "UPDATE mails SET state = 'unclear', due_at = NULL, problem = $2 WHERE id = $1 AND state = 'sending'";
    HAND_OVER = "UPDATE mails SET state = 'sending', due_at = $3, attempts = attempts + 1
            WHERE id = $1 AND state = 'waiting' AND due_at = $2";
    MAIL_SENT = "UPDATE mails SET state = 'sent', due_at = NULL, problem = NULL, sent_at = $3, answer = $4
            WHERE id = $1 AND ((state = 'sending' AND due_at = $2) OR state = 'unclear')";
    MAIL_NOT_SENT = "UPDATE mails SET state = $3, due_at = $4, problem = $5,
            attempts = attempts + CASE WHEN state = 'waiting' THEN 1 ELSE 0 END
            WHERE id = $1 AND due_at = $2 AND state IN ('waiting', 'sending')";
    POSTPONE = "UPDATE mails SET due_at = $2, problem = $3 WHERE due_at IS NOT NULL AND due_at <= $1 AND state = 'waiting'";
    DECIDED = "UPDATE mails SET state = $2, due_at = $3, recipients = $4, attempts = 0, problem = NULL
            WHERE id = $1 AND state IN ('waiting', 'failed', 'unclear')";
    ALL_STUCK = "SELECT id, document_id FROM mails WHERE state = 'waiting' AND problem IS NOT NULL";
    ALL_WAITING = "SELECT id, document_id FROM mails WHERE state = 'waiting'";
    TO_DECIDE = concat!(mail_from!(), " WHERE m.state IN ('failed', 'unclear') ORDER BY m.created_at DESC, m.id DESC
            LIMIT $1");
    STUCK = concat!(mail_from!(), " WHERE m.state = 'waiting' AND m.problem IS NOT NULL
            ORDER BY m.created_at DESC, m.id DESC LIMIT 1");
    WAITING_MAILS = "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM mails WHERE state = 'waiting'";
    MAIL_OF_ISSUED = "INSERT INTO mails (id, reminder, document_id, recipients, state, due_at, attempts, problem, created_at,
            created_by) SELECT id, 0, id, $2, $3, $4, 0, $5, $6, $7 FROM documents WHERE id = $1 AND delivery = 'mail'";
    ALL_SENT = "UPDATE mails SET state = 'sent', due_at = NULL, sent_at = created_at, answer = $1 WHERE state = 'waiting'";
}

/// A mail to be added.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Its id.
    pub id: MailId,
    /// Why it is sent.
    pub kind: MailKind,
    /// The day of a reminder; none of any other.
    pub reminded_on: Option<NaiveDate>,
    /// The document whose paper it brings.
    pub document: DocumentId,
    /// The addresses, with commas between; without one it waits for somebody who knows one.
    pub to: String,
}

impl NewMail {
    /// The mail that goes with a document that is issued: it has the id of the document.
    pub(crate) fn of_issued(document: DocumentId, address: &str) -> NewMail {
        let id = MailId::new(document.uuid());
        NewMail { id, kind: MailKind::Document, reminded_on: None, document, to: address.to_owned() }
    }

    /// State, time and problem of it as long as nobody has tried.
    fn begins(&self, at: DateTime<Utc>) -> (MailState, Option<DateTime<Utc>>, Option<String>) {
        if self.to.is_empty() {
            (MailState::Failed, None, Some(problem_json(&MailProblem::NoAddress)))
        } else {
            (MailState::Waiting, Some(at), None)
        }
    }
}

fn problem_json(problem: &MailProblem) -> String {
    serde_json::to_string(problem).unwrap_or_default()
}

fn row_of(row: &Row) -> Result<MailRow, StoreError> {
    let reminder: u32 = row.count("reminder")?;
    let kind = if reminder == 0 { MailKind::Document } else { MailKind::Reminder(reminder) };
    let due: Option<DateTime<Utc>> = row.get("due_at")?;
    let sent: Option<DateTime<Utc>> = row.get("sent_at")?;
    let answer: Option<String> = row.get("answer")?;
    let problem: Option<String> = row.get("problem")?;
    let problem = problem
        .map(|value| serde_json::from_str(&value).map_err(|_| StoreError::Unreadable { what: "problem", value }));
    let customer: CustomerId = row.parsed("customer_id")?;
    Ok(MailRow {
        id: row.parsed("id")?,
        kind,
        document: row.parsed("document_id")?,
        document_kind: row.named("kind", DocumentKind::from_name)?,
        number: row.get::<Option<String>>("number")?.unwrap_or_default(),
        customer: CustomerRef { id: customer, number: row.get("customer_number")?, name: row.get("customer_name")? },
        to: row.get("recipients")?,
        state: row.named("state", MailState::from_name)?,
        attempts: row.count("attempts")?,
        due: due.map(|due| due.fixed_offset()),
        problem: problem.transpose()?,
        created: (row.get::<DateTime<Utc>>("created_at")?.fixed_offset(), row.get("created_by")?),
        sent: sent.map(|at| (at.fixed_offset(), answer.unwrap_or_default())),
    })
}

/// Adds mails. `false` when one of the ids is taken.
pub async fn add(tx: &mut Tx, mails: &[NewMail], (by, at): (&str, DateTime<Utc>)) -> Result<bool, StoreError> {
    if mails.is_empty() {
        return Ok(true);
    }
    let row = |mail: &NewMail| -> Vec<Value> {
        let (state, due, problem) = mail.begins(at);
        let reminder = match mail.kind {
            MailKind::Document => 0,
            MailKind::Reminder(times) => i64::from(times),
        };
        vec![
            mail.id.into(),
            reminder.into(),
            mail.document.into(),
            (&mail.to).into(),
            state.name().into(),
            due.into(),
            0.into(),
            problem.into(),
            at.into(),
            by.into(),
            mail.reminded_on.into(),
        ]
    };
    let head = "INSERT INTO mails (id, reminder, document_id, recipients, state, due_at, attempts, problem, created_at,
        created_by, reminded_on) VALUES";
    let wanted = u64::try_from(mails.len()).unwrap_or(u64::MAX);
    Ok(insert_rows_or(tx, head, mails.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await? == wanted)
}

/// Adds the mail of a draft that is being issued, when its delivery is by mail.
pub(crate) async fn of_issued(
    tx: &mut Tx,
    document: DocumentId,
    address: &str,
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), StoreError> {
    let (state, due, problem) = NewMail::of_issued(document, address).begins(at);
    let add = query(MAIL_OF_ISSUED).bind(document).bind(address).bind(state.name()).bind(due).bind(problem);
    add.bind(at).bind(by).run(tx).await.map(drop)
}

/// The mails of documents that are issued as they are added.
pub(crate) fn of_added<'a>(issued: impl Iterator<Item = (DocumentId, Delivery, &'a str)>) -> Vec<NewMail> {
    let by_mail = issued.filter(|(_, delivery, _)| *delivery == Delivery::Mail);
    by_mail.map(|(document, _, address)| NewMail::of_issued(document, address)).collect()
}

/// A mail.
pub async fn get(tx: &mut Tx, id: MailId) -> Result<Option<MailRow>, StoreError> {
    query(MAIL).bind(id).first(tx).await?.as_ref().map(row_of).transpose()
}

/// A mail, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: MailId) -> Result<Option<MailRow>, StoreError> {
    if query(LOCK_MAIL).bind(id).for_update(tx).first(tx).await?.is_none() {
        return Ok(None);
    }
    get(tx, id).await
}

/// The mails of a document, the latest first.
pub async fn of(tx: &mut Tx, document: DocumentId) -> Result<Vec<MailRow>, StoreError> {
    query(MAILS_OF).bind(document).all(tx).await?.iter().map(row_of).collect()
}

/// Takes mails whose time has come: until `until` nobody else does. One that somebody was handing over and never came
/// back from is unclear from now on. Those that somebody else is taking are passed over.
pub async fn take(
    tx: &mut Tx,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<MailRow>, StoreError> {
    let rows = query(DUE_MAILS).bind(now).bind(most).for_update_skip_locked(tx).all(tx).await?;
    let ids = rows.iter().map(|row| row.parsed("id")).collect::<Result<Vec<MailId>, _>>()?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lost = problem_json(&MailProblem::Lost);
    let mut mails = query(these_mails_sql(ids.len()))
        .bind_all(ids.iter().copied())
        .all(tx)
        .await?
        .iter()
        .map(row_of)
        .collect::<Result<Vec<MailRow>, _>>()?;
    for mail in mails.iter().filter(|mail| mail.state == MailState::Sending) {
        query(LOST).bind(mail.id).bind(&lost).run(tx).await?;
    }
    mails.retain(|mail| mail.state == MailState::Waiting);
    if !mails.is_empty() {
        query(taken_mails_sql(mails.len())).bind(until).bind_all(mails.iter().map(|mail| mail.id)).run(tx).await?;
    }
    Ok(mails)
}

pub(crate) fn these_mails_sql(mails: usize) -> String {
    format!(concat!(mail_from!(), " WHERE m.id IN ({}) ORDER BY m.created_at, m.id"), in_list(1, mails))
}

pub(crate) fn taken_mails_sql(mails: usize) -> String {
    format!("UPDATE mails SET due_at = $1 WHERE id IN ({})", in_list(2, mails))
}

/// Says that a mail that was taken until `taken` is being handed over, at most until `until`. `false` when it is not this
/// one's any more: somebody has decided otherwise, or it took too long.
pub async fn hand_over(
    tx: &mut Tx,
    id: MailId,
    taken: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(query(HAND_OVER).bind(id).bind(taken).bind(until).run(tx).await? == 1)
}

/// Notes that the server took a mail that was being handed over until `until`, and what it said. `false` when somebody has
/// decided about it meanwhile.
pub async fn sent(
    tx: &mut Tx,
    id: MailId,
    until: DateTime<Utc>,
    answer: &str,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(query(MAIL_SENT).bind(id).bind(until).bind(at).bind(answer).run(tx).await? == 1)
}

/// Notes why a mail that is one's own until `until` has not left: it is tried again then, or waits for somebody to decide.
/// `false` when it is not one's own any more: whoever has it notes how it went.
pub async fn not_sent(
    tx: &mut Tx,
    id: MailId,
    until: DateTime<Utc>,
    (state, again): (MailState, Option<DateTime<Utc>>),
    problem: &MailProblem,
) -> Result<bool, StoreError> {
    let note = query(MAIL_NOT_SENT).bind(id).bind(until).bind(state.name()).bind(again).bind(problem_json(problem));
    Ok(note.run(tx).await? == 1)
}

/// Has everything that is due by now, and that nobody has taken, wait until `again`: the mail server takes nothing from us.
pub async fn postpone(
    tx: &mut Tx,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
    problem: &MailProblem,
) -> Result<(), StoreError> {
    query(POSTPONE).bind(now).bind(again).bind(problem_json(problem)).run(tx).await.map(drop)
}

/// Has a mail tried again at that time, or never more. `false` when it has left, is just leaving, or was decided about.
pub async fn decide(tx: &mut Tx, id: MailId, again: Option<DateTime<Utc>>, to: &str) -> Result<bool, StoreError> {
    let state = if again.is_some() { MailState::Waiting } else { MailState::Dropped };
    Ok(query(DECIDED).bind(id).bind(state.name()).bind(again).bind(to).run(tx).await? == 1)
}

/// The mails that this statement finds, with their documents locked: everybody locks documents before mails. What comes
/// to it meanwhile is not among them.
async fn with_documents_locked(tx: &mut Tx, found: &'static str) -> Result<Vec<MailId>, StoreError> {
    let (mut mails, mut documents) = (Vec::new(), Vec::<DocumentId>::new());
    for row in query(found).all(tx).await? {
        mails.push(row.parsed("id")?);
        documents.push(row.parsed("document_id")?);
    }
    receipts::lock(tx, &documents).await?;
    Ok(mails)
}

pub(crate) fn again_sql(mails: usize) -> String {
    format!(
        "UPDATE mails SET due_at = $1, attempts = 0 WHERE id IN ({}) AND state = 'waiting' AND problem IS NOT NULL
            RETURNING document_id, recipients",
        in_list(2, mails)
    )
}

/// Has everything that waits for another attempt tried at that time. Returns the document and the addresses of each;
/// these documents are locked.
pub async fn all_again(tx: &mut Tx, at: DateTime<Utc>) -> Result<Vec<(DocumentId, String)>, StoreError> {
    let mut tried = Vec::new();
    let mails = with_documents_locked(tx, ALL_STUCK).await?;
    for chunk in mails.chunks(500) {
        for row in query(again_sql(chunk.len())).bind(at).bind_all(chunk.iter().copied()).all(tx).await? {
            tried.push(decided(&row)?);
        }
    }
    Ok(tried)
}

fn decided(row: &Row) -> Result<(DocumentId, String), StoreError> {
    Ok((row.parsed("document_id")?, row.get("recipients")?))
}

/// Mails about which somebody has to decide, the latest first.
pub async fn to_decide(tx: &mut Tx, most: i64) -> Result<Vec<MailRow>, StoreError> {
    query(TO_DECIDE).bind(most).all(tx).await?.iter().map(row_of).collect()
}

/// The latest mail that waits because something went wrong.
pub async fn stuck(tx: &mut Tx) -> Result<Option<MailRow>, StoreError> {
    query(STUCK).first(tx).await?.as_ref().map(row_of).transpose()
}

/// How many mails wait.
pub async fn waiting(tx: &mut Tx) -> Result<u64, StoreError> {
    query(WAITING_MAILS).first(tx).await?.map_or(Ok(0), |row| row.count("found"))
}

pub(crate) fn dropped_sql(mails: usize) -> String {
    format!(
        "UPDATE mails SET state = 'dropped', due_at = NULL WHERE id IN ({}) AND state = 'waiting'
            RETURNING document_id, recipients, reminder",
        in_list(1, mails)
    )
}

/// Says of everything that waits that it need not leave. Returns the document and the addresses of each; these documents
/// are locked.
pub async fn drop_all(tx: &mut Tx) -> Result<Vec<(DocumentId, String)>, StoreError> {
    let (mut dropped, mut reminded) = (Vec::new(), Vec::new());
    let mails = with_documents_locked(tx, ALL_WAITING).await?;
    for chunk in mails.chunks(500) {
        for row in query(dropped_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let (document, to) = decided(&row)?;
            if row.count::<u32>("reminder")? > 0 {
                reminded.push(document);
            }
            dropped.push((document, to));
        }
    }
    recount(tx, &reminded).await?;
    Ok(dropped)
}

pub(crate) fn recount_sql(documents: usize) -> String {
    format!(
        "UPDATE documents SET reminders = (SELECT COUNT(*) FROM mails m WHERE m.document_id = documents.id
            AND m.reminder > 0 AND m.state <> 'dropped'), reminded_on = (SELECT MAX(m.reminded_on) FROM mails m
            WHERE m.document_id = documents.id AND m.reminder > 0 AND m.state <> 'dropped') WHERE id IN ({})",
        in_list(1, documents)
    )
}

/// Counts the reminders of invoices anew: one that was dropped is none.
pub async fn recount(tx: &mut Tx, documents: &[DocumentId]) -> Result<(), StoreError> {
    for chunk in documents.chunks(500) {
        query(recount_sql(chunk.len())).bind_all(chunk.iter().copied()).run(tx).await?;
    }
    Ok(())
}

/// Lets all that waits have left when it was made: for a past that was made in one go.
pub async fn all_sent(tx: &mut Tx, answer: &str) -> Result<(), StoreError> {
    query(ALL_SENT).bind(answer).run(tx).await.map(drop)
}
