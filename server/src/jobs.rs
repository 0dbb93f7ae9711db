//! What a server does besides answering: it takes over changed settings, tidies, sets papers, files them, sends
//! mails, and bills.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use usecases::{Env, archive::Filer, billing, housekeeping, settings};

use crate::{
    archive,
    mails::{self, Postman},
    papers,
};

/// Starts all of it. `nightly`: automatic contracts are billed once a day without being asked. Without a `filer` papers
/// wait until there is an archive.
#[must_use = "a mail that is being handed over is to be waited for"]
pub fn spawn(env: &Env, nightly: bool, filer: Option<Arc<dyn Filer>>) -> Postman {
    let shared = env.clone();
    tokio::spawn(async move {
        // Another process may have changed the settings.
        let mut minutely = interval(Duration::from_mins(1));
        loop {
            minutely.tick().await;
            if let Err(error) = settings::take_over(&shared).await {
                tracing::error!(%error, "the settings cannot be read");
            }
        }
    });
    let tidied = env.clone();
    tokio::spawn(async move {
        let mut daily = interval(Duration::from_hours(24));
        loop {
            daily.tick().await;
            if let Err(error) = housekeeping::tidy(&tidied).await {
                tracing::error!(%error, "housekeeping failed");
            }
        }
    });
    papers::spawn(env);
    if let Some(filer) = filer {
        archive::spawn(env, filer);
    }
    let postman = mails::spawn(env);
    let billed = env.clone();
    tokio::spawn(async move {
        let mut minutely = interval(Duration::from_mins(1));
        // A run may take longer than a minute; what was missed meanwhile is not made up for.
        minutely.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            minutely.tick().await;
            bill(&billed, nightly).await;
        }
    });
    postman
}

/// Takes up the runs that nobody works on any more, and makes the run of the day if nobody has. Errors are logged: the
/// next minute tries again.
pub async fn bill(env: &Env, nightly: bool) {
    match billing::resume(env).await {
        Ok(0) => {}
        Ok(runs) => tracing::info!(runs, "took up billing runs"),
        Err(error) => tracing::error!(%error, "billing runs cannot be taken up"),
    }
    if !nightly {
        return;
    }
    // The settings say in which zone the day has begun.
    let made = match settings::take_over(env).await {
        Ok(()) => billing::nightly(env).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(None) => {}
        Ok(Some(run)) => tracing::info!(%run, "billed what is due today"),
        Err(error) => tracing::error!(%error, "the nightly billing failed"),
    }
}
