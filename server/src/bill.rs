//! `drawdown bill`: the billing run for scripts.

use std::{fmt::Write, time::Duration};

use chrono::NaiveDate;
use domain::{Money, RunId};
use serde::Serialize;
use texts::Lang;
use tokio::time::interval;
use usecases::{Call, Env, Refused, billing, people};
use wire::billing::{BilledOf, NotBilled, RunDraft, RunItem, RunTotals, Selection};

use crate::rest::billing_body::{NotBilledBody, PlanBody, RunBody, RunItemBody};

/// How the histories name it.
const NAME: &str = "drawdown bill";
/// How often is looked whether another process is done with the run.
const PACE: Duration = Duration::from_millis(500);

/// What a run or dry run did.
#[derive(Debug)]
pub struct Outcome {
    /// What is printed.
    pub text: String,
    /// Whether nothing failed.
    pub good: bool,
}

/// What is printed of a run as JSON.
#[derive(Serialize)]
struct Report {
    run: RunBody,
    /// Everything that failed.
    failed: Vec<RunItemBody>,
}

/// Says what a run as of that day would do. Nothing is stored.
pub async fn dry_run(env: &Env, as_of: NaiveDate, json: bool) -> Result<Outcome, Refused> {
    let plan = billing::plan(env, &people::program(NAME), as_of, Selection::All).await?;
    let good = plan.totals.failed == 0;
    if json {
        return Ok(Outcome { text: as_json(&PlanBody::new(Lang::En, &plan)), good });
    }
    let mut text: String = plan.items.iter().map(line).collect();
    if plan.more {
        text.push_str("...\n");
    }
    text.push_str(&figures(&plan.totals));
    text.push_str("\ndry run: nothing was stored");
    Ok(Outcome { text, good })
}

/// Bills all automatic contracts and fees as of that day, issues the invoices, and says what came of it.
pub async fn run(env: &Env, as_of: NaiveDate, json: bool) -> Result<Outcome, Refused> {
    let call = people::program(NAME);
    let draft = RunDraft { id: RunId::new(env.id()), as_of, issue: true, selection: Selection::All };
    let id = billing::start(env, &call, draft).await?.id;
    ended(env, &call, id).await?;
    let row = billing::progress(env, &call, id).await?;
    let failed = failed(env, &call, id).await?;
    let good = row.totals.failed == 0;
    if json {
        let failed = failed.iter().map(|item| RunItemBody::new(Lang::En, item)).collect();
        return Ok(Outcome { text: as_json(&Report { run: RunBody::new(&row), failed }), good });
    }
    let mut text: String = failed.iter().map(line).collect();
    text.push_str(&figures(&row.totals));
    Ok(Outcome { text, good })
}

/// Works on the run to its end; a server on the same books may have taken it up first.
async fn ended(env: &Env, call: &Call, run: RunId) -> Result<(), Refused> {
    let mut pace = interval(PACE);
    loop {
        pace.tick().await;
        if billing::work(env, run).await? || billing::progress(env, call, run).await?.ended.is_some() {
            return Ok(());
        }
    }
}

/// All items that failed: they come first.
async fn failed(env: &Env, call: &Call, run: RunId) -> Result<Vec<RunItem>, Refused> {
    let is_failed = |item: &RunItem| item.not_billed.as_ref().is_some_and(|reason| !reason.is_skipped());
    let (mut failed, mut page) = (Vec::new(), 1);
    loop {
        let found = billing::page(env, call, run, page).await?;
        let whole = found.items.iter().all(is_failed);
        failed.extend(found.items.into_iter().filter(is_failed));
        if !whole || !found.more {
            return Ok(failed);
        }
        page += 1;
    }
}

fn as_json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

fn money(money: Money) -> String {
    format!("{} {}", money.major(), money.currency.code())
}

/// A line: number (of a fee that of its project, and the name of the line), period or days, amount or reason, customer.
fn line(item: &RunItem) -> String {
    let days = item.service.map(|service| {
        let last = service.last_day().map(|last| format!(" to {last}"));
        format!("{}{}", service.from, last.unwrap_or_default())
    });
    let days = days.unwrap_or_else(|| format!("period {}", item.period));
    let result = item.not_billed.as_ref().map_or_else(|| money(item.net), reason);
    let of = match &item.of {
        BilledOf::Contract { number, .. } => number.clone(),
        BilledOf::Fee { name, project, .. } => format!("{} {name}", project.number),
    };
    format!("{of}\t{days}\t{result}\t{}\n", item.customer.name)
}

fn reason(reason: &NotBilled) -> String {
    let body = NotBilledBody::new(Lang::En, reason);
    format!("{}: {}", if reason.is_skipped() { "skipped" } else { "failed" }, body.sentence())
}

fn figures(totals: &RunTotals) -> String {
    let RunTotals { billed, invoices, skipped, failed, .. } = totals;
    let mut text = format!("{billed} periods on {invoices} invoices, {skipped} skipped, {failed} failed");
    for sum in &totals.sums {
        let [net, gross] = [sum.net, sum.gross].map(|minor| money(Money { minor, currency: sum.currency }));
        let _ = write!(text, "\n{net} net, {gross} gross");
    }
    text
}
