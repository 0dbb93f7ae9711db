//! Why the archive does not open, take or give.

use thiserror::Error;

/// Why the archive does not open, take or give something.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The address names no archive.
    #[error("{0} is no address of an archive: it is folder:PATH, s3://BUCKET/PREFIX, or empty")]
    Address(String),
    /// The folder of the address cannot be one.
    #[error("the folder of the archive cannot be told: {0}")]
    Folder(#[from] std::io::Error),
    /// That is no hash, so nothing can lie under it.
    #[error("{0} is no hash")]
    NotAHash(String),
    /// The bytes are not those that the hash was made of: what is damaged is not filed.
    #[error("the bytes are not those of the hash {0}")]
    NotItsHash(String),
    /// Where it belongs lies something else, which nobody overwrites.
    #[error("something else lies at {0}")]
    Occupied(String),
    /// What is known of the paper cannot be written down.
    #[error("what is known of the paper cannot be written: {0}")]
    About(#[from] serde_json::Error),
    /// The folder or the bucket says no, or nothing.
    #[error(transparent)]
    Store(#[from] object_store::Error),
}
