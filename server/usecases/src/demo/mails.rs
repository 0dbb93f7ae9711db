//! What the demo company wrote by mail: everything has left but one, and some customers were reminded.

use chrono::{Days, NaiveDate};
use domain::MailId;
use store::{Slice, mails as stored};
use wire::{
    lists::{OpenItemKind, OpenItemQuery},
    mails::{MailProblem, MailState, SendDraft, Undelivered},
};

use super::at;
use crate::{Env, Refused, lists::Listed, mails, people::program};

/// Whoever writes to customers.
const BY: &str = "Ulrike Maier";
/// What the mail server of the demo company says to what it takes.
pub const TAKEN: &str = "250 2.0.0 Ok: queued";
/// How many customers were reminded.
const REMINDED: i64 = 6;

/// Reminds of invoices that are overdue for long: some once, some twice.
pub async fn remind(env: &Env, today: NaiveDate) -> Result<(), Refused> {
    let before = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    for (place, row) in overdue(env, before(12)).await?.into_iter().enumerate() {
        let days: &[u64] = if place % 3 == 0 { &[12, 3] } else { &[9] };
        for day in days {
            match mails::remind_of(&at(env, before(*day)), &program(BY), row).await {
                // What was not overdue yet on that day is reminded of another time.
                Ok(()) | Err(Refused::Problem(_)) => {}
                Err(failed) => return Err(failed),
            }
        }
    }
    Ok(())
}

async fn overdue(env: &Env, day: NaiveDate) -> Result<Vec<domain::DocumentId>, Refused> {
    let ask = OpenItemQuery { kind: Some(OpenItemKind::Overdue), ..OpenItemQuery::default() };
    let (env, mut tx) = (at(env, day), env.db.read().await?);
    let rows = ask.rows(&env, &mut tx, Slice { offset: 0, most: REMINDED }).await?;
    Ok(rows.into_iter().map(|row| row.document.id).collect())
}

/// A mail that the server of the customer refused: somebody has to look at it.
pub async fn refused(env: &Env, today: NaiveDate) -> Result<(), Refused> {
    let now = at(env, today);
    let Some(document) = overdue(env, today).await?.pop() else { return Ok(()) };
    let (id, at) = (MailId::new(env.id()), now.now());
    let to = "buchaltung@kunde.example".to_owned();
    let answer = format!("550 5.1.1 <{to}>: Recipient address rejected: User unknown");
    mails::send(&now, &program(BY), SendDraft { id, document, to: vec![to], reminder: false }).await?;
    let problem = MailProblem::Undelivered(Undelivered::Never(answer));
    let noted = env.db.write(move |tx| {
        let problem = problem.clone();
        Box::pin(async move { stored::not_sent(tx, id, at, (MailState::Failed, None), &problem).await })
    });
    noted.await?;
    Ok(())
}
