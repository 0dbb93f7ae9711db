//! The archive: every paper that was set is filed once outside the database.
//!
//! Filing comes after everything else and stands in the way of nothing: a paper waits from the moment at which it is
//! set, and an archive that was gone for a while finds all of them waiting. What fails keeps what the archive said, for
//! people to read, and is tried again, later each time or when somebody asks for it.

use chrono::Duration;
use domain::{DocumentId, Permission};
use futures::future::{BoxFuture, join_all};
use store::{StoreError, documents, filings, papers};
use wire::{
    Noun,
    archive::{About, Filed},
};

use crate::{Call, Env, Refused, papers::pause};

/// An archive outside the database, whatever it is.
pub trait Filer: Send + Sync {
    /// Files a paper for good; one that lies there already is filed. Or says why that does not work now.
    fn file(&self, filed: Filed) -> BoxFuture<'_, Result<(), String>>;

    /// The hash of what lies where the paper with that hash belongs; none when nothing does. Or says why that cannot be
    /// told.
    fn hash_of<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Option<String>, String>>;
}

/// How long a process that has taken papers has time to file them.
const LEASE: Duration = Duration::minutes(5);
/// How many papers are filed at once.
const AT_ONCE: i64 = 10;
/// So much is kept of what an archive says.
const MOST_ANSWER: usize = 500;

/// Files papers that are due, as many as are filed at once. Returns how many were filed. What fails is noted with its
/// reason and tried again, later each time. May run in several processes at once.
pub async fn file_due(env: &Env, filer: &dyn Filer) -> Result<usize, Refused> {
    let now = env.now();
    let taken = env.db.write(move |tx| Box::pin(async move { filings::take(tx, now, now + LEASE, AT_ONCE).await }));
    let went = join_all(taken.await?.into_iter().map(|id| one(env, id, filer))).await;
    let mut done = 0;
    for filed in went {
        done += usize::from(filed?);
    }
    Ok(done)
}

/// Files one paper and notes how that went. `true` when it was filed now.
async fn one(env: &Env, id: DocumentId, filer: &dyn Filer) -> Result<bool, Refused> {
    let went = match filed(env, id).await {
        Ok(paper) => filer.file(paper).await,
        Err(refused) => Err(refused.to_string()),
    };
    let at = env.now();
    let Err(reason) = went else {
        let noted = env.db.write(move |tx| Box::pin(async move { filings::done(tx, id, at).await }));
        return Ok(noted.await?);
    };
    tracing::error!(%id, reason, "a paper cannot be filed");
    let reason = answer(&reason);
    let noted = env.db.write(move |tx| {
        let reason = reason.clone();
        Box::pin(async move {
            let attempts = filings::get(tx, id).await?.map_or(0, |filing| filing.attempts);
            filings::failed(tx, id, (at, at + pause(attempts)), &reason).await
        })
    });
    noted.await?;
    Ok(false)
}

/// What an archive said, or whoever sets a paper, on one line and not too long.
pub(crate) fn answer(said: &str) -> String {
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(MOST_ANSWER).collect()
}

/// The paper of a document as it is filed.
async fn filed(env: &Env, id: DocumentId) -> Result<Filed, Refused> {
    let mut tx = env.db.read().await?;
    let gone = || Refused::Store(StoreError::GivenUp("the paper is gone"));
    let document = documents::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let paper = papers::get(&mut tx, id).await?.ok_or_else(gone)?;
    let kept = papers::set(&mut tx, id).await?.ok_or_else(gone)?;
    let about = About {
        number: document.row.number.unwrap_or_default(),
        kind: document.row.kind,
        customer_number: document.recipient.number,
        customer: document.recipient.name,
        date: document.row.date,
        gross: document.row.gross.major(),
        currency: document.row.gross.currency,
        hash: paper.bytes_hash.ok_or_else(gone)?,
        template: paper.template,
        filed_at: env.now(),
    };
    Ok(Filed { about, bytes: kept.bytes })
}

/// Files what could not be filed now and not only when its time comes. Says how many papers that are.
pub async fn file_now(env: &Env, call: &Call) -> Result<u64, Refused> {
    call.needs(Permission::Bill)?;
    let now = env.now();
    env.write(call, move |tx| Box::pin(async move { filings::now(tx, now).await.map_err(Refused::from) })).await
}
