//! Papers: the PDFs of documents.
//!
//! What a paper is made of is fixed when its document is issued: the document never changes, and the version of the
//! settings is noted with it in the same transaction; that of the template when it is set. It is set once, by whoever
//! is first (the server beside its other work, or somebody who asks for it), and its bytes are kept with their hash.
//! Drafts are set anew each time and nothing of them is kept.

use std::sync::Arc;

use chrono::Duration;
use domain::{DocumentId, Permission, documents::DocumentState};
use store::{
    StoreError, Tx, documents,
    papers::{self, Setting, StoredPaper},
};
use texts::say;
use tokio::{sync::Semaphore, task::spawn_blocking};
use wire::{
    Noun,
    documents::{DocumentPage, title},
    paper::{Gap, Input},
    settings::Sender,
};

use crate::{Call, Env, Refused, archive, documents::shown, people::digest, settings};

mod input;
mod report;

pub(crate) use input::lang_of;

/// Sets a paper: gives the bytes of its PDF, the same for the same input. Takes a while and keeps a core busy.
pub type Setter = Arc<dyn Fn(&Input) -> Result<Vec<u8>, String> + Send + Sync>;

/// How many papers are set at once.
static PRESS: Semaphore = Semaphore::const_new(2);
/// How long a process that has taken papers has time to set them.
const LEASE: Duration = Duration::minutes(5);
/// How many papers are taken at once.
const AT_ONCE: i64 = 20;

/// A paper to be handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The name of the file, without its ending.
    pub name: String,
    /// The PDF.
    pub bytes: Vec<u8>,
    /// The hash of its bytes; none of a draft, which is not kept.
    pub hash: Option<String>,
}

/// The paper of a document: the kept one, or set now and kept. That of a draft says that it is one.
pub async fn pdf(env: &Env, call: &Call, id: DocumentId, setter: &Setter) -> Result<Pdf, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let page = read(env, &mut tx, id).await?;
    let lang = input::lang_of(&page.recipient);
    let name = title(lang, page.row.kind, page.row.number.as_deref());
    if page.row.state == DocumentState::Draft {
        let input = draft(env, &mut tx, &page).await?;
        drop(tx);
        return Ok(Pdf { name, bytes: pressed(setter, input).await?, hash: None });
    }
    drop(tx);
    kept_or_set(env, id, setter).await
}

/// The paper of an issued document: the kept one, or set now and kept. Asks nobody whether they may have it.
pub(crate) async fn kept_or_set(env: &Env, id: DocumentId, setter: &Setter) -> Result<Pdf, Refused> {
    let mut tx = env.db.read().await?;
    let page = read(env, &mut tx, id).await?;
    let name = title(input::lang_of(&page.recipient), page.row.kind, page.row.number.as_deref());
    if let Some(kept) = papers::set(&mut tx, id).await? {
        return Ok(Pdf { name, hash: Some(digest(&kept.bytes)), bytes: kept.bytes });
    }
    let paper = papers::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let input = issued(env, &mut tx, &page, &paper).await?;
    drop(tx);
    let bytes = pressed(setter, input.clone()).await?;
    let bytes = keep(env, id, &input, bytes).await?;
    Ok(Pdf { name, hash: Some(digest(&bytes)), bytes })
}

/// What the law asks for on the paper of a document and its input does not have, to be said before it is issued.
pub async fn gaps(env: &Env, call: &Call, id: DocumentId) -> Result<Vec<Gap>, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let page = read(env, &mut tx, id).await?;
    if page.row.state != DocumentState::Draft {
        return Ok(Vec::new());
    }
    Ok(draft(env, &mut tx, &page).await?.gaps())
}

/// Sets papers that are due, as many as are taken at once. Returns how many were set. What fails is noted with its
/// reason and tried again, later each time. May run in several processes at once.
pub async fn set_due(env: &Env, setter: &Setter) -> Result<usize, Refused> {
    let now = env.now();
    let taken = env.db.write(move |tx| Box::pin(async move { papers::take(tx, now, now + LEASE, AT_ONCE).await }));
    let mut done = 0;
    for id in taken.await? {
        let why = match one(env, id, setter).await {
            Ok(Ok(())) => {
                done += 1;
                continue;
            }
            Ok(Err(why)) => why,
            Err(refused) => refused.to_string(),
        };
        tracing::error!(%id, why, "a paper cannot be set");
        let (reason, at) = (archive::answer(&why), env.now());
        let noted = env.db.write(move |tx| {
            let reason = reason.clone();
            Box::pin(async move {
                let attempts = papers::get(tx, id).await?.map_or(0, |paper| paper.attempts);
                papers::failed(tx, id, at + pause(attempts), &reason).await
            })
        });
        noted.await?;
    }
    Ok(done)
}

/// How long to wait after so many attempts: a minute, then twice as long each time, at most a day.
pub(crate) fn pause(attempts: u32) -> Duration {
    let minutes = 1_i64.checked_shl(attempts.min(11)).unwrap_or(i64::MAX);
    Duration::minutes(minutes.min(24 * 60))
}

/// Sets what could not be set now and not only when its time comes. Says how many papers that are.
pub async fn set_now(env: &Env, call: &Call) -> Result<u64, Refused> {
    call.needs(Permission::Bill)?;
    let now = env.now();
    env.write(call, move |tx| Box::pin(async move { papers::now(tx, now).await.map_err(Refused::from) })).await
}

/// Sets one paper and keeps it, or gives the words of whoever sets it.
async fn one(env: &Env, id: DocumentId, setter: &Setter) -> Result<Result<(), String>, Refused> {
    let mut tx = env.db.read().await?;
    let page = read(env, &mut tx, id).await?;
    let Some(paper) = papers::get(&mut tx, id).await?.filter(|paper| paper.set_at.is_none()) else {
        return Ok(Ok(()));
    };
    let input = issued(env, &mut tx, &page, &paper).await?;
    drop(tx);
    match press(setter, input.clone()).await? {
        Ok(bytes) => keep(env, id, &input, bytes).await.map(|_| Ok(())),
        Err(why) => Ok(Err(why)),
    }
}

async fn read(env: &Env, tx: &mut Tx, id: DocumentId) -> Result<DocumentPage, Refused> {
    let page = documents::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    shown(env, tx, page).await
}

/// What the paper of a draft would be made of if it were issued now; in place of its number it says that it is one.
async fn draft(env: &Env, tx: &mut Tx, page: &DocumentPage) -> Result<Input, Refused> {
    let sender = settings::sender(env, tx).await?;
    let reference = papers::references(tx, &[page.row.id]).await?.remove(&page.row.id).unwrap_or_default();
    let mut input = input::of(tx, page, sender, reference).await?;
    say::document_draft(input.lang).clone_into(&mut input.number);
    // Nobody is to pay one, by its code least of all.
    input.letterhead.bank = None;
    Ok(input)
}

/// What the paper of an issued document is made of.
async fn issued(env: &Env, tx: &mut Tx, page: &DocumentPage, paper: &StoredPaper) -> Result<Input, Refused> {
    // What no earlier version says is what the settings say now: they have not changed since.
    let sender: Sender = match papers::sender(tx, paper.letterhead).await? {
        Some(sender) => sender,
        None => settings::sender(env, tx).await?,
    };
    input::of(tx, page, sender, paper.reference.clone()).await
}

async fn press(setter: &Setter, input: Input) -> Result<Result<Vec<u8>, String>, Refused> {
    let setter = setter.clone();
    at_the_press(move || setter(&input)).await
}

async fn pressed(setter: &Setter, input: Input) -> Result<Vec<u8>, Refused> {
    press(setter, input).await?.map_err(|why| {
        tracing::error!(why, "a paper cannot be set");
        cannot_be_set()
    })
}

/// Does what keeps a core busy beside everything else, not too much of it at once.
pub(crate) async fn at_the_press<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    let _place = PRESS.acquire().await.map_err(|_| cannot_be_set())?;
    spawn_blocking(work).await.map_err(|_| cannot_be_set())
}

fn cannot_be_set() -> Refused {
    Refused::Store(StoreError::GivenUp("the paper cannot be set"))
}

/// Keeps a paper that was set, and gives what is kept: somebody else may have been faster.
async fn keep(env: &Env, id: DocumentId, input: &Input, bytes: Vec<u8>) -> Result<Vec<u8>, Refused> {
    let text = serde_json::to_string(input).unwrap_or_default();
    let (input_hash, bytes_hash, at) = (digest(&text), digest(&bytes), env.now());
    let kept = env.db.write(move |tx| {
        let (text, bytes) = (text.clone(), bytes.clone());
        let (input_hash, bytes_hash) = (input_hash.clone(), bytes_hash.clone());
        Box::pin(async move {
            let paper = Setting { input: &text, input_hash: &input_hash, bytes: &bytes, bytes_hash: &bytes_hash };
            if papers::put(tx, id, paper, at).await? {
                return Ok(bytes);
            }
            let there = papers::set(tx, id).await?;
            there.map(|there| there.bytes).ok_or(StoreError::GivenUp("the paper is gone"))
        })
    });
    Ok(kept.await?)
}
