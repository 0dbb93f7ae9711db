//! What is cleared away now and then.

use chrono::Duration;
use store::once;

use crate::{Env, Refused};

/// How long the answer to an idempotency key is kept.
const KEYS_ARE_KEPT: Duration = Duration::days(30);

/// Forgets idempotency keys that nobody will repeat any more. Returns how many. May run in several processes at once.
pub async fn tidy(env: &Env) -> Result<u64, Refused> {
    let before = env.now() - KEYS_ARE_KEPT;
    Ok(env.db.write(move |tx| Box::pin(async move { once::forget(tx, before).await })).await?)
}
