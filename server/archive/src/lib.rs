//! The archive: papers outside the database, filed once and for good.
//!
//! *What lies there.* The bytes of a paper under their own hash, `papers/ab/abcd….pdf`, and beside them, with the
//! ending `json`, what is known of it ([`About`]). So the same paper has one place, whoever files it and however often,
//! and a place never has two papers. Everything can be found and read without this program.
//!
//! *Invariants.* A place is written once: where something lies already, it has to be the same, and what is not is an
//! error and stays. The paper comes first, so what is known of one never lies alone. Nothing is deleted.
//!
//! *What has been filed is there.* In a folder a paper is written beside its place, and its bytes are synced to the
//! disk before it gets its name; then its folder is synced, and each folder that was made for it. `LocalFileSystem`
//! syncs nothing unless it is told to (`with_fsync`): `place.rs` tells it. A bucket has a paper for good when it says
//! so.
//!
//! *Boundaries.* Knows no database and no clock, and tries nothing again later: that is the business of whoever files.

mod error;
mod place;

use std::sync::Arc;

use futures::TryStreamExt;
use object_store::{GetOptions, GetResult, ObjectStore, PutMode, PutPayload, path::Path};
use sha2::{Digest, Sha256};
pub use wire::archive::{About, Filed};

pub use error::ArchiveError;

/// An archive. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Archive {
    store: Arc<dyn ObjectStore>,
}

/// The two places of a paper.
#[derive(Debug)]
struct Places {
    paper: Path,
    about: Path,
}

impl Places {
    fn of(hash: &str) -> Result<Places, ArchiveError> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        match hash.get(..2) {
            Some(first) if hash.len() == 64 && hash.bytes().all(hex) => {
                let place = |ending: &str| Path::from(format!("papers/{first}/{hash}.{ending}"));
                Ok(Places { paper: place("pdf"), about: place("json") })
            }
            _ => Err(ArchiveError::NotAHash(hash.to_owned())),
        }
    }
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Archive {
    /// Reads the address of an archive: `folder:PATH`, or `s3://BUCKET/PREFIX` with endpoint, region and keys from the
    /// environment (`AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`; without https only
    /// if `AWS_ALLOW_HTTP` says so). Empty: there is none. Whether something is there shows when a paper is filed.
    pub fn open(url: &str) -> Result<Option<Archive>, ArchiveError> {
        Ok(place::read(url)?.map(|store| Archive { store }))
    }

    /// Files a paper. It may lie there already; then all that is known of it has to be the same, whenever it was filed.
    pub async fn put(&self, filed: &Filed) -> Result<(), ArchiveError> {
        let hash = &filed.about.hash;
        if hex(&Sha256::digest(&filed.bytes)) != *hash {
            return Err(ArchiveError::NotItsHash(hash.clone()));
        }
        let Places { paper, about } = Places::of(hash)?;
        if !self.create(&paper, filed.bytes.clone().into()).await? && !self.holds(&paper, &filed.bytes).await? {
            return Err(ArchiveError::Occupied(paper.to_string()));
        }
        let text = serde_json::to_vec_pretty(&filed.about)?;
        if !self.create(&about, text.into()).await? && !self.knows(&about, &filed.about).await? {
            return Err(ArchiveError::Occupied(about.to_string()));
        }
        Ok(())
    }

    /// The paper whose bytes have that hash; none when it does not lie there. Nobody looks whether the bytes have it:
    /// that is what [`Archive::hash_of`] is for.
    pub async fn get(&self, hash: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.bytes(&Places::of(hash)?.paper).await
    }

    /// What is known of the paper whose bytes have that hash; none when nothing is.
    pub async fn about(&self, hash: &str) -> Result<Option<About>, ArchiveError> {
        let text = self.bytes(&Places::of(hash)?.about).await?;
        Ok(text.as_deref().map(serde_json::from_slice).transpose()?)
    }

    /// The hash of what lies where the paper with that hash belongs, read piece by piece; none when nothing does.
    pub async fn hash_of(&self, hash: &str) -> Result<Option<String>, ArchiveError> {
        let Some(found) = self.look(&Places::of(hash)?.paper).await? else { return Ok(None) };
        let mut pieces = found.into_stream();
        let mut sum = Sha256::new();
        while let Some(piece) = pieces.try_next().await? {
            sum.update(piece);
        }
        Ok(Some(hex(&sum.finalize())))
    }

    /// Writes it unless something lies there. `false` when something does.
    async fn create(&self, place: &Path, payload: PutPayload) -> Result<bool, ArchiveError> {
        match self.store.put_opts(place, payload, PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn look(&self, place: &Path) -> Result<Option<GetResult>, ArchiveError> {
        match self.store.get_opts(place, GetOptions::default()).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn bytes(&self, place: &Path) -> Result<Option<Vec<u8>>, ArchiveError> {
        match self.look(place).await? {
            Some(found) => Ok(Some(found.bytes().await?.to_vec())),
            None => Ok(None),
        }
    }

    /// Whether these bytes lie there. The size is known before anything is read.
    async fn holds(&self, place: &Path, bytes: &[u8]) -> Result<bool, ArchiveError> {
        match self.look(place).await? {
            Some(found) if u64::try_from(bytes.len()) == Ok(found.meta.size) => Ok(found.bytes().await? == bytes),
            _ => Ok(false),
        }
    }

    /// Whether what lies there says the same, whenever it was filed: who filed a paper and never heard of it files it
    /// again.
    async fn knows(&self, place: &Path, about: &About) -> Result<bool, ArchiveError> {
        let there = self.bytes(place).await?;
        let there = there.and_then(|text| serde_json::from_slice::<About>(&text).ok());
        Ok(there.is_some_and(|there| About { filed_at: about.filed_at, ..there } == *about))
    }
}
