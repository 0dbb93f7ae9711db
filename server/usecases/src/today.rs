//! The first page of the day, and finding things by a few letters.

use std::collections::HashMap;

use chrono::Duration;
use domain::Permission;
use store::{
    accounts, billing, bookings,
    contracts::{self, ContractLine},
    customers, documents,
    fees::{self, FeeLine},
    filings, papers, receipts,
};
use wire::{
    contracts::{ContractQuery, CustomerRef},
    customers::CustomerQuery,
    lists::OpenItemQuery,
    today::{DueFee, FailedPaper, Found, RunningOut, ToDo, TodayView},
};

use crate::{Call, Env, Refused, accounts::account_rows, billing::run_rows, mails};

/// How many rows each list of the page shows.
const SHOWN: usize = 10;

fn first<T>(mut found: Vec<T>) -> (Vec<T>, bool) {
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    (found, more)
}

/// A contract whose next period is due some day, as a to-do.
pub(crate) fn to_do(line: ContractLine) -> Option<ToDo> {
    let due = line.next_due?;
    let (contract, number, customer) = (line.id, line.number, line.customer);
    Some(ToDo { contract, number, customer, whose: line.edited_by, due, automatic: line.automatic })
}

/// The fee of a billing line that is due some day, as a to-do.
pub(crate) fn due_fee(line: FeeLine) -> Option<DueFee> {
    let due = line.next_due?;
    let (name, project, customer) = (line.name, line.project, line.customer);
    Some(DueFee { name, project, customer, due })
}

/// The page.
pub async fn page(env: &Env, call: &Call) -> Result<TodayView, Refused> {
    call.needs(Permission::SeeContracts)?;
    let today = env.today();
    let mut tx = env.db.read().await?;
    let most = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
    let (to_dos, more_to_dos) = first(contracts::to_dos(&mut tx, today, most).await?);
    let (due, more_due) = first(contracts::due_lines(&mut tx, today, most).await?);
    let (fees, _) = first(fees::due_lines(&mut tx, today, most).await?);
    let due_fees = fees.into_iter().filter_map(due_fee).collect();
    let (drafts, more_drafts) = first(documents::drafts(&mut tx, most).await?);

    let candidates = accounts::little_left(&mut tx, today, 200).await?;
    let stored = accounts::many(&mut tx, &candidates, false).await?;
    let rows = account_rows(env, &mut tx, stored.clone()).await?;
    let mut rows: HashMap<_, _> = rows.into_iter().map(|(_, row)| (row.id, row)).collect();
    let owners: Vec<_> = stored.iter().map(|found| found.account.customer).collect();
    let owners = customers::many(&mut tx, &owners).await?;
    let out = stored.into_iter().filter_map(|found| {
        let account = rows.remove(&found.account.id).filter(|row| row.standing.runs_out())?;
        let owner = owners.iter().find(|owner| owner.id == found.account.customer)?;
        let customer = CustomerRef { id: owner.id, number: owner.card.number.clone(), name: owner.card.name.clone() };
        Some(RunningOut { customer, account })
    });
    let mut out: Vec<RunningOut> = out.collect();
    out.sort_by_key(|found| {
        let standing = &found.account.standing;
        let share = standing.left.units().saturating_mul(1000).checked_div(standing.granted.units().max(1));
        (share, found.customer.name.clone())
    });
    let (running_out, more_out) = first(out);
    let shown = i64::try_from(SHOWN).unwrap_or(i64::MAX);
    let local = |paper: FailedPaper| FailedPaper { due: env.local(paper.due.to_utc()), ..paper };
    let failed_papers = papers::failed_next(&mut tx, shown).await?.into_iter().map(local).collect();
    let failed = billing::failed(&mut tx, env.now() - Duration::days(7)).await?;
    Ok(TodayView {
        to_dos: to_dos.into_iter().filter_map(to_do).collect(),
        due: due.into_iter().filter_map(to_do).collect(),
        due_fees,
        running_out,
        drafts,
        unassigned: bookings::unassigned(&mut tx, None).await?,
        failed_jobs: papers::failing(&mut tx).await?,
        failed_papers,
        unfiled: filings::failing(&mut tx).await?,
        mails: mails::today(env, &mut tx).await?,
        failed_runs: run_rows(env, &mut tx, failed).await?,
        open_items: receipts::open_sums(&mut tx, &OpenItemQuery::default(), today).await?,
        more: [more_to_dos, more_due, more_out, more_drafts],
    })
}

/// What begins with these letters: customers by name, city or number, contracts and documents by number.
pub async fn find(env: &Env, call: &Call, q: &str) -> Result<Vec<Found>, Refused> {
    call.needs(Permission::SeeCustomers)?;
    let q: String = q.chars().take(80).collect();
    if q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = env.db.read().await?;
    let ask = CustomerQuery { q: q.clone(), page: 1, ..CustomerQuery::default() };
    let customers = customers::list(&mut tx, &ask).await?.rows.into_iter().take(8);
    let customer = |line: store::customers::CustomerLine| Found::Customer {
        id: line.id,
        text: format!("{} · {} · {}", line.name, line.city, line.number),
    };
    let mut found: Vec<Found> = customers.map(customer).collect();
    if !call.by.role.may(Permission::SeeContracts) {
        return Ok(found);
    }
    let ask = ContractQuery { q: q.clone(), page: 1, ..ContractQuery::default() };
    let contracts = contracts::list(&mut tx, &ask, env.today()).await?.rows.into_iter().take(8);
    found.extend(contracts.map(|line| {
        Found::Contract {
            id: line.id,
            text: [&line.number, &line.customer.name, &line.type_name]
                .into_iter()
                .filter(|part| !part.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" · "),
        }
    }));
    let documents = documents::numbered(&mut tx, &q, 8).await?;
    found.extend(documents.into_iter().map(|row| Found::Document {
        id: row.id,
        text: format!("{} · {}", row.number.unwrap_or_default(), row.customer.name),
    }));
    Ok(found)
}
