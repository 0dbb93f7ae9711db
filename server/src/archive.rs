//! The archive of the configuration: opened when the server starts, and papers filed in it beside everything else.

use std::{error::Error, sync::Arc, time::Duration};

// The crate, and not this module.
use ::archive::{Archive, ArchiveError};
use futures::future::BoxFuture;
use tokio::time::{MissedTickBehavior, interval};
use usecases::{
    Env,
    archive::{Filer, file_due},
};
use wire::archive::Filed;

/// Files papers in an archive.
struct InArchive(Archive);

impl Filer for InArchive {
    fn file(&self, filed: Filed) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move { self.0.put(&filed).await.map_err(|error| whole(&error)) })
    }

    fn hash_of<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Option<String>, String>> {
        Box::pin(async move { self.0.hash_of(hash).await.map_err(|error| whole(&error)) })
    }
}

/// An error with what lies behind it, as far as it does not say that itself: that nobody listens stands at the bottom.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(cause) = behind {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        behind = cause.source();
    }
    text
}

/// The archive at that address; none when it is empty. Whether something is there shows when a paper is filed.
pub fn open(url: &str) -> Result<Option<Arc<dyn Filer>>, ArchiveError> {
    let archive = Archive::open(url)?;
    Ok(archive.map(|archive| -> Arc<dyn Filer> { Arc::new(InArchive(archive)) }))
}

/// Files the papers that are set, beside everything else.
pub fn spawn(env: &Env, filer: Arc<dyn Filer>) {
    let env = env.clone();
    tokio::spawn(async move {
        let mut often = interval(Duration::from_secs(5));
        often.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            often.tick().await;
            loop {
                match file_due(&env, filer.as_ref()).await {
                    Ok(0) => break,
                    Ok(papers) => tracing::debug!(papers, "filed papers"),
                    Err(error) => {
                        tracing::error!(%error, "papers cannot be filed");
                        break;
                    }
                }
            }
        }
    });
}
