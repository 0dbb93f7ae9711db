//! Lots of allowances that nothing has touched: they count as full, and whoever only looks writes nothing.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    AccountId,
    quota::{AccountView, Entry},
};
use store::{Tx, projects};

use crate::{Refused, projects::line_words};

/// A lot that counts as full though nothing has touched it.
pub(super) struct Untouched {
    /// What grants it: posted by whoever draws from it.
    pub entries: Vec<Entry>,
    /// What its grant says.
    pub text: String,
}

/// Counts the lots that allowances give for that day as full on these accounts, where nothing has touched them: by
/// account. Everything that shows what an account has or draws from it by hand counts so; bookings do by themselves.
pub(super) async fn count(
    tx: &mut Tx,
    views: &mut [AccountView],
    day: NaiveDate,
) -> Result<HashMap<AccountId, Untouched>, Refused> {
    let ids: Vec<AccountId> = views.iter().map(|view| view.account.id).collect();
    let allowances = projects::allowances(tx, &ids).await?;
    let mut found = HashMap::new();
    for view in views {
        let (id, refused) = (view.account.id, Refused::quota(view.account.unit));
        let Some(known) = allowances.get(&id) else { continue };
        if let Some((_, entries)) = known.allowance.touch(known.line, day, view).map_err(refused)? {
            found.insert(id, Untouched { entries, text: line_words(&known.project, &known.name) });
        }
    }
    Ok(found)
}
