//! Saving a project with its tasks and billing lines: all of it or nothing.

use domain::{Permission, ProjectId};
use store::{Tx, projects};
use wire::{
    Problem,
    projects::{LinesDraft, ProjectPage, TasksDraft, WholeProject, task_faults},
};

use super::{lines, saved, saved_tasks, told};
use crate::{Call, Env, Refused, changed::Saver};

/// Creates a project (version 0) with its tasks and lines, or changes all of them, by the rules of [`super::save`],
/// [`super::save_tasks`] and [`super::save_lines`]. The same content again changes nothing and is accepted.
///
/// Refused for whatever any of them is refused for; then nothing is saved.
pub async fn save_whole(env: &Env, call: &Call, draft: WholeProject) -> Result<ProjectPage, Refused> {
    call.needs(Permission::EditProjects)?;
    lines::needs(call, &draft.lines)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { saved_whole(&env, tx, draft, &saver).await })
    });
    done.await
}

/// The same within a transaction, for whoever may open the accounts that come with its lines.
pub(super) async fn saved_whole(
    env: &Env,
    tx: &mut Tx,
    draft: WholeProject,
    saver: &Saver,
) -> Result<ProjectId, Refused> {
    let WholeProject { project, tasks, lines } = draft;
    let (id, version) = (project.id, project.version);
    let tasks = TasksDraft { project: id, version, tasks };
    let lines = LinesDraft { project: id, version, lines };
    let mut faults = task_faults(&tasks.tasks);
    faults.extend(lines::faults(&lines));
    if !faults.is_empty() {
        return Err(Problem::Invalid { fields: faults }.into());
    }
    let mut at = Version { stands: standing(tx, id).await?, loaded: version };
    let id = saved(env, tx, project, saver).await?;
    at.after(standing(tx, id).await?);
    saved_tasks(tx, &TasksDraft { version: at.loaded, ..tasks }, saver, true).await?;
    at.after(standing(tx, id).await?);
    lines::saved(env, tx, &LinesDraft { version: at.loaded, ..lines }, saver).await?;
    Ok(id)
}

/// On which version a part is saved: on the one that was loaded, as long as no part before it was written; whatever
/// somebody else has saved meanwhile is noticed by the first part that differs.
struct Version {
    stands: i64,
    loaded: i64,
}

impl Version {
    /// A part was saved, and this version stands now.
    fn after(&mut self, now: i64) {
        if now != self.stands {
            (self.stands, self.loaded) = (now, now);
        }
    }
}

/// The version that stands, under the lock of the project; 0 of a project that is not there.
async fn standing(tx: &mut Tx, id: ProjectId) -> Result<i64, Refused> {
    Ok(projects::lock(tx, &[id]).await?.remove(&id).map_or(0, |found| found.version))
}
