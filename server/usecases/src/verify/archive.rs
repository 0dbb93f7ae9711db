//! The audit of the archive: what was filed lies there, byte by byte.

use store::audit;

use super::{Fault, Report};
use crate::{Env, Refused, archive::Filer};

/// How many papers are looked up at once. Each is read from the archive on its own, and none as a whole.
const STEP: i64 = 200;

/// Audits every paper that was filed.
pub(super) async fn verify(env: &Env, archive: &dyn Filer, report: &mut Report) -> Result<(), Refused> {
    let mut last = String::new();
    loop {
        // The archive takes its time: no view of the database is held open meanwhile.
        let found = audit::filed_after(&mut env.db.read().await?, &last, STEP).await?;
        let Some(end) = found.last() else { return Ok(()) };
        last = end.document.to_string();
        for filed in &found {
            let (what, silent) = match archive.hash_of(&filed.hash).await {
                Ok(Some(there)) if there == filed.hash => continue,
                Ok(Some(_)) => ("the archive has other bytes of it".to_owned(), false),
                Ok(None) => ("it was filed and is not in the archive".to_owned(), false),
                Err(why) => (format!("the archive does not say what it has: {why}"), true),
            };
            let what = format!("the paper of document {}: {what}", filed.document);
            report.faults.push(Fault { account: None, entry: None, what });
            // It would say the same of all that follow, each time after a while.
            if silent {
                return Ok(());
            }
        }
    }
}
