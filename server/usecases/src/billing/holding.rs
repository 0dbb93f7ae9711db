//! Working on a run: one process holds it and is heard of as long as it lives; when it is gone, another takes the run up.

use chrono::{DateTime, Duration, Utc};
use domain::RunId;
use store::{
    StoreError,
    billing::{self, RunWork},
    run_undos,
};

use super::{run, undo};
use crate::{Env, Refused};

/// How long a run is held without being heard of.
const HELD: Duration = Duration::seconds(60);

/// Works on every run that nobody holds any more: what was claimed is done, the rest is billed now; and what is left of one
/// that is being cancelled is cancelled.
pub async fn resume(env: &Env) -> Result<usize, Refused> {
    let mut resumed = 0;
    for work in [RunWork::Bill, RunWork::Cancel] {
        let unheld = billing::unheld(&mut env.db.read().await?, work, env.now()).await?;
        for run in unheld {
            resumed += usize::from(match work {
                RunWork::Bill => run::work(env, run).await?,
                RunWork::Cancel => undo::work_cancel(env, run).await?,
            });
        }
    }
    Ok(resumed)
}

/// A run that this process holds.
pub(super) struct Holding<'a> {
    env: &'a Env,
    work: RunWork,
    run: RunId,
    holder: String,
    /// When it was heard of last.
    heard: DateTime<Utc>,
}

impl<'a> Holding<'a> {
    /// Takes hold of a run. None when that is not to be done with it any more, or when somebody else holds it.
    pub(super) async fn take(env: &'a Env, work: RunWork, run: RunId) -> Result<Option<Holding<'a>>, Refused> {
        let holding = Holding { env, work, run, holder: env.id().to_string(), heard: env.now() };
        let held = holding.hold(false).await?;
        Ok(held.then_some(holding))
    }

    /// Lets itself be heard of when it is time to. `false` when somebody else took the run over.
    pub(super) async fn goes_on(&mut self) -> Result<bool, Refused> {
        let now = self.env.now();
        if now <= self.heard + HELD / 4 {
            return Ok(true);
        }
        self.heard = now;
        self.hold(false).await
    }

    /// Ends the work. `false` when somebody took the run over: they end it, for something may still be under way there.
    pub(super) async fn end(mut self) -> Result<bool, Refused> {
        self.heard = self.env.now();
        self.hold(true).await
    }

    async fn hold(&self, ends: bool) -> Result<bool, Refused> {
        let (work, run, holder, at) = (self.work, self.run, self.holder.clone(), self.heard);
        let held = self.env.db.write(move |tx| {
            let holder = holder.clone();
            Box::pin(async move {
                let held = billing::hold(tx, work, run, &holder, at, at + HELD).await?;
                if held && ends {
                    match work {
                        RunWork::Bill => billing::end(tx, run, at).await?,
                        RunWork::Cancel => run_undos::end(tx, run, at).await?,
                    }
                }
                Ok::<_, StoreError>(held)
            })
        });
        Ok(held.await?)
    }
}
