//! Where an archive is: its address is read, and nothing is touched yet.

use std::{
    path::{Component, PathBuf},
    sync::Arc,
    time::Duration,
};

use object_store::{
    ObjectStore, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem, path::Path, prefix::PrefixStore,
};

use crate::ArchiveError;

/// How often a request is sent again at once, and for how long. Whoever files tries again later, and says so meanwhile.
const AGAIN: (usize, Duration) = (2, Duration::from_secs(10));

/// What lies at that address; nothing when it is empty.
pub(crate) fn read(address: &str) -> Result<Option<Arc<dyn ObjectStore>>, ArchiveError> {
    let address = address.trim();
    if address.is_empty() {
        return Ok(None);
    }
    // What may be a password is not repeated.
    let wrong = || ArchiveError::Address(address.split('@').next_back().unwrap_or_default().to_owned());
    if let Some(path) = address.strip_prefix("folder:").filter(|path| !path.is_empty()) {
        return folder(path).map(Some);
    }
    let rest = address.strip_prefix("s3://").ok_or_else(wrong)?;
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if name.is_empty() || name.contains(['@', ':', '?', '#']) {
        return Err(wrong());
    }
    bucket(name, prefix).map(Some)
}

/// A folder. It is made when the first paper is filed: a disk that is not there stops nobody from starting.
fn folder(path: &str) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    let mut folder = PathBuf::new();
    for part in std::path::absolute(path)?.components() {
        if part == Component::ParentDir {
            folder.pop();
        } else {
            folder.push(part);
        }
    }
    let folder = Path::from_absolute_path(folder).map_err(object_store::Error::from)?;
    // Without this a power cut could take a paper that counts as filed.
    Ok(Arc::new(PrefixStore::new(LocalFileSystem::new().with_fsync(true), folder)))
}

/// A bucket. Endpoint, region and keys stand in `AWS_*`.
fn bucket(name: &str, prefix: &str) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    let prefix = Path::parse(prefix).map_err(object_store::Error::from)?;
    // Once for the process; whoever was first has decided the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (max_retries, retry_timeout) = AGAIN;
    let retry = RetryConfig { max_retries, retry_timeout, ..RetryConfig::default() };
    let bucket = AmazonS3Builder::from_env().with_bucket_name(name).with_retry(retry).build()?;
    Ok(Arc::new(PrefixStore::new(bucket, prefix)))
}
