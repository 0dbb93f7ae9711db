//! Billing runs: what they were asked, who works on them, what came of each contract and each fee.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{BillingLineId, ContractId, Currency, CustomerId, DocumentId, ProjectId, RunId};
use wire::billing::{NotBilled, RunDraft, RunQuery, RunSort, RunState, RunSum, RunTotals, Selection};

use crate::{
    StoreError, Tx,
    listing::{Listing, Slice},
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

macro_rules! run_columns {
    () => {
        "id, as_of, issue, customer_id, contract_id, nightly_on, state, contracts, started_at, started_by, ended_at, totals,
            freed, freed_period, freed_run, chosen, project_id"
    };
}

statements! {
    ADD_RUN = "INSERT INTO billing_runs (id, as_of, issue, customer_id, contract_id, nightly_on, state, contracts, started_at,
            started_by, freed, freed_period, freed_run, chosen, project_id)
        VALUES ($1, $2, $3, $4, $5, $6, 'working', $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING id";
    RUN = concat!("SELECT ", run_columns!(), " FROM billing_runs WHERE id = $1");
    NIGHTLY_RUN = "SELECT id FROM billing_runs WHERE nightly_on = $1";
    HOLD = "UPDATE billing_runs SET held_by = $2, held_until = $3
        WHERE id = $1 AND state = $5 AND (held_until IS NULL OR held_until < $4 OR held_by = $2)";
    UNHELD = "SELECT id FROM billing_runs WHERE state = 'working' AND (held_until IS NULL OR held_until < $1) LIMIT 100";
    UNHELD_UNDOS = "SELECT id FROM billing_runs
        WHERE state = 'cancelling' AND (held_until IS NULL OR held_until < $1) LIMIT 100";
    END_RUN = "UPDATE billing_runs SET state = 'done', ended_at = $2, totals = $3 WHERE id = $1 AND state = 'working'";
    FAILED_RUNS = concat!("SELECT ", run_columns!(), " FROM billing_runs WHERE started_at > $1 AND EXISTS
        (SELECT 1 FROM billing_run_items i WHERE i.run_id = billing_runs.id AND i.outcome = 'unbilled')
        ORDER BY started_at DESC LIMIT 5");
    RUN_CONTRACTS = "SELECT DISTINCT owner_id FROM billing_run_items WHERE run_id = $1 AND project_id IS NULL";
    BILLED_ITEMS = "SELECT owner_id, project_id, period FROM billing_run_items
        WHERE run_id = $1 AND outcome = 'billed'";
    RUN_ITEMS = "SELECT owner_id, project_id, period, outcome, reason, document_id, currency, net, gross
        FROM billing_run_items WHERE run_id = $1 ORDER BY outcome DESC, owner_id, period LIMIT $2 OFFSET $3";
}

/// A stored run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    /// What was asked.
    pub draft: RunDraft,
    /// Whether the scheduler made it.
    pub nightly: bool,
    /// Whether somebody still has to work on it.
    pub working: bool,
    /// How many contracts and fees were due when it began.
    pub contracts: u64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Who made it.
    pub started_by: String,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Its figures, once it has ended.
    pub totals: Option<(RunTotals, u64)>,
}

fn stored(row: &Row) -> Result<StoredRun, StoreError> {
    let (contract, customer) = (row.maybe("contract_id")?, row.maybe("customer_id")?);
    let (project, freed): (Option<ProjectId>, bool) = (row.maybe("project_id")?, row.get("freed")?);
    let freed_period: Option<i64> = row.get("freed_period")?;
    let freed_period = freed_period.and_then(|number| u32::try_from(number).ok());
    let chosen: Option<String> = row.get("chosen")?;
    let selection = match (row.maybe("freed_run")?, contract, customer, project) {
        _ if chosen.is_some() => Selection::Chosen(row.json("chosen")?),
        (Some(run), ..) => Selection::FreedOf(run),
        (None, Some(contract), ..) if freed => Selection::Freed(contract, freed_period),
        (None, Some(contract), ..) => Selection::Contract(contract),
        (None, None, Some(customer), _) => Selection::Customer(customer),
        (None, None, None, Some(project)) if freed => Selection::FreedFees(project),
        (None, None, None, Some(project)) => Selection::Project(project),
        (None, None, None, None) => Selection::All,
    };
    let draft = RunDraft { id: row.parsed("id")?, as_of: row.get("as_of")?, issue: row.get("issue")?, selection };
    Ok(StoredRun {
        draft,
        nightly: row.get::<Option<NaiveDate>>("nightly_on")?.is_some(),
        working: row.get::<String>("state")? == "working",
        contracts: row.count("contracts")?,
        started_at: row.get("started_at")?,
        started_by: row.get("started_by")?,
        ended_at: row.get("ended_at")?,
        totals: if row.get::<Option<String>>("totals")?.is_some() { Some(row.json("totals")?) } else { None },
    })
}

/// Adds a run that somebody is to work on. `false` when its id is taken, or when that night has its run already.
pub async fn add(
    tx: &mut Tx,
    draft: &RunDraft,
    nightly_on: Option<NaiveDate>,
    contracts: i64,
    (by, at): (&str, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let (customer, contract): (Option<CustomerId>, Option<ContractId>) = match draft.selection {
        Selection::Customer(id) => (Some(id), None),
        Selection::Contract(id) | Selection::Freed(id, _) => (None, Some(id)),
        Selection::All
        | Selection::FreedOf(_)
        | Selection::Chosen(_)
        | Selection::Project(_)
        | Selection::FreedFees(_) => (None, None),
    };
    let (freed_period, freed_run): (Option<i64>, Option<RunId>) = match draft.selection {
        Selection::Freed(_, period) => (period.map(i64::from), None),
        Selection::FreedOf(run) => (None, Some(run)),
        Selection::All
        | Selection::Customer(_)
        | Selection::Contract(_)
        | Selection::Chosen(_)
        | Selection::Project(_)
        | Selection::FreedFees(_) => (None, None),
    };
    let project: Option<ProjectId> = match draft.selection {
        Selection::Project(id) | Selection::FreedFees(id) => Some(id),
        _ => None,
    };
    let chosen = match &draft.selection {
        Selection::Chosen(contracts) => Some(serde_json::to_string(contracts).unwrap_or_default()),
        _ => None,
    };
    let insert = query(ADD_RUN).bind(draft.id).bind(draft.as_of).bind(draft.issue).bind(customer).bind(contract);
    let insert = insert.bind(nightly_on).bind(contracts).bind(at).bind(by);
    let insert = insert.bind(draft.selection.reruns()).bind(freed_period).bind(freed_run).bind(chosen);
    let insert = insert.bind(project);
    Ok(insert.first(tx).await?.is_some())
}

/// A run.
pub async fn get(tx: &mut Tx, id: RunId) -> Result<Option<StoredRun>, StoreError> {
    query(RUN).bind(id).first(tx).await?.as_ref().map(stored).transpose()
}

/// Whether that night has its run.
pub async fn nightly(tx: &mut Tx, day: NaiveDate) -> Result<bool, StoreError> {
    Ok(query(NIGHTLY_RUN).bind(day).first(tx).await?.is_some())
}

/// The statement of the list.
pub(crate) fn listing(ask: &RunQuery) -> Listing {
    let list = Listing::new(concat!("SELECT ", run_columns!(), " FROM billing_runs"));
    let list = match ask.state {
        None => list,
        Some(RunState::Working) => list.with("state = 'working'", []),
        // One that is being cancelled has billed what there was.
        Some(RunState::Done) => list.with("state <> 'working'", []),
        Some(RunState::Failed) => list.with(
            "EXISTS (SELECT 1 FROM billing_run_items i WHERE i.run_id = billing_runs.id AND i.outcome = 'unbilled')",
            [],
        ),
    };
    let list = list.with_some("as_of >= ?", ask.from).with_some("as_of <= ?", ask.until);
    match ask.sort {
        RunSort::Started => list.by(&["started_at", "id"], !ask.desc),
        RunSort::AsOf => list.by(&["as_of", "id"], !ask.desc),
    }
}

/// A slice of the list.
pub async fn slice(tx: &mut Tx, ask: &RunQuery, slice: Slice) -> Result<Vec<StoredRun>, StoreError> {
    listing(ask).sliced(slice).rows(tx).await?.iter().map(stored).collect()
}

/// What is done with a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunWork {
    /// It bills what is due.
    Bill,
    /// Its documents are cancelled.
    Cancel,
}

/// Takes hold of a run until that instant. `false` when that is not to be done with it, or when somebody else holds it.
pub async fn hold(
    tx: &mut Tx,
    work: RunWork,
    run: RunId,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let state = match work {
        RunWork::Bill => "working",
        RunWork::Cancel => "cancelling",
    };
    Ok(query(HOLD).bind(run).bind(holder).bind(until).bind(now).bind(state).run(tx).await? == 1)
}

/// Runs with which that is to be done and that nobody holds any more.
pub async fn unheld(tx: &mut Tx, work: RunWork, now: DateTime<Utc>) -> Result<Vec<RunId>, StoreError> {
    // Each state has an index of its own, so it stands in the text.
    let unheld = match work {
        RunWork::Bill => UNHELD,
        RunWork::Cancel => UNHELD_UNDOS,
    };
    query(unheld).bind(now).all(tx).await?.iter().map(|row| row.parsed("id")).collect()
}

/// Ends a run, with its figures.
pub async fn end(tx: &mut Tx, run: RunId, at: DateTime<Utc>) -> Result<(), StoreError> {
    let figures = totals(tx, &[run]).await?.remove(&run).unwrap_or_default();
    query(END_RUN).bind(run).bind(at).bind(serde_json::to_string(&figures).unwrap_or_default()).run(tx).await?;
    Ok(())
}

/// Runs since that instant in which something failed, the latest first.
pub async fn failed(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<StoredRun>, StoreError> {
    query(FAILED_RUNS).bind(since).all(tx).await?.iter().map(stored).collect()
}

/// Whose period something came of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A contract's.
    Contract(ContractId),
    /// That of the fee of a billing line of a project.
    Fee(ProjectId, BillingLineId),
}

/// What came of a period of a contract or a fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// Whose it is.
    pub of: Owner,
    /// The number of the period.
    pub period: u32,
    /// The invoice.
    pub document: Option<DocumentId>,
    /// The currency.
    pub currency: Currency,
    /// What was billed, net, in minor units.
    pub net: i64,
    /// What was billed, gross, in minor units; an invoice's gross stands at its first period.
    pub gross: i64,
    /// Why it was not billed.
    pub not_billed: Option<NotBilled>,
}

impl StoredItem {
    /// What failed comes first, then what was skipped, then what was billed.
    fn outcome(&self) -> &'static str {
        match &self.not_billed {
            None => "billed",
            Some(reason) if reason.is_skipped() => "skipped",
            Some(_) => "unbilled",
        }
    }
}

/// Notes what came of periods. A period that failed before and was billed now is noted as billed, never the other way.
pub async fn note(tx: &mut Tx, run: RunId, items: &[StoredItem]) -> Result<(), StoreError> {
    let row = |item: &StoredItem| -> Vec<Value> {
        let reason = item.not_billed.as_ref().map(|reason| serde_json::to_string(reason).unwrap_or_default());
        let (owner, project): (Value, Option<ProjectId>) = match item.of {
            Owner::Contract(contract) => (contract.into(), None),
            Owner::Fee(project, line) => (line.into(), Some(project)),
        };
        vec![
            run.into(),
            owner,
            project.into(),
            i64::from(item.period).into(),
            item.outcome().into(),
            reason.unwrap_or_default().into(),
            item.document.into(),
            item.currency.code().into(),
            item.net.into(),
            item.gross.into(),
        ]
    };
    let head =
        "INSERT INTO billing_run_items (run_id, owner_id, project_id, period, outcome, reason, document_id, currency,
        net, gross) VALUES";
    let tail =
        "ON CONFLICT (run_id, owner_id, period) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
        document_id = excluded.document_id, net = excluded.net, gross = excluded.gross
        WHERE billing_run_items.outcome <> 'billed'";
    insert_rows_or(tx, head, items.iter().map(row).collect(), tail).await.map(drop)
}

pub(crate) fn totals_sql(runs: usize) -> String {
    format!(
        "SELECT run_id, outcome, currency, CAST(COUNT(*) AS BIGINT) AS items,
            CAST(COUNT(DISTINCT document_id) AS BIGINT) AS invoices, CAST(COUNT(DISTINCT owner_id) AS BIGINT) AS contracts,
            CAST(SUM(net) AS BIGINT) AS net, CAST(SUM(gross) AS BIGINT) AS gross
            FROM billing_run_items WHERE run_id IN ({}) GROUP BY run_id, outcome, currency ORDER BY run_id, outcome, currency",
        in_list(1, runs)
    )
}

/// The figures of runs so far, and with how many contracts and fees each is done.
pub async fn totals(tx: &mut Tx, runs: &[RunId]) -> Result<HashMap<RunId, (RunTotals, u64)>, StoreError> {
    let mut found = HashMap::<RunId, (RunTotals, u64)>::new();
    if runs.is_empty() {
        return Ok(found);
    }
    for row in query(totals_sql(runs.len())).bind_all(runs.iter().copied()).all(tx).await? {
        let (totals, done) = found.entry(row.parsed("run_id")?).or_default();
        let contracts: u64 = row.count("contracts")?;
        *done += contracts;
        match row.get::<String>("outcome")?.as_str() {
            "billed" => {
                totals.billed += row.count::<u64>("items")?;
                totals.invoices += row.count::<u64>("invoices")?;
                let currency = row.named("currency", Currency::from_code)?;
                totals.sums.push(RunSum { currency, net: row.get("net")?, gross: row.get("gross")? });
            }
            "skipped" => totals.skipped += contracts,
            _ => totals.failed += contracts,
        }
    }
    Ok(found)
}

/// The contracts of which the run has noted something.
pub async fn contracts_of(tx: &mut Tx, run: RunId) -> Result<HashSet<ContractId>, StoreError> {
    query(RUN_CONTRACTS).bind(run).all(tx).await?.iter().map(|row| row.parsed("owner_id")).collect()
}

fn owner(row: &Row) -> Result<Owner, StoreError> {
    Ok(match row.maybe("project_id")? {
        None => Owner::Contract(row.parsed("owner_id")?),
        Some(project) => Owner::Fee(project, row.parsed("owner_id")?),
    })
}

/// The periods that the run has noted as billed, whether they were freed since or not.
pub async fn billed_of(tx: &mut Tx, run: RunId) -> Result<HashSet<(Owner, u32)>, StoreError> {
    let rows = query(BILLED_ITEMS).bind(run).all(tx).await?;
    rows.iter().map(|row| Ok((owner(row)?, row.count("period")?))).collect()
}

/// A page of the items: what failed, what was skipped, what was billed.
pub async fn items(tx: &mut Tx, run: RunId, most: i64, offset: i64) -> Result<Vec<StoredItem>, StoreError> {
    let rows = query(RUN_ITEMS).bind(run).bind(most).bind(offset).all(tx).await?;
    let item = |row: &Row| {
        let billed = row.get::<String>("outcome")? == "billed";
        Ok(StoredItem {
            of: owner(row)?,
            period: row.count("period")?,
            document: row.maybe("document_id")?,
            currency: row.named("currency", Currency::from_code)?,
            net: row.get("net")?,
            gross: row.get("gross")?,
            not_billed: if billed { None } else { Some(row.json("reason")?) },
        })
    };
    rows.iter().map(item).collect()
}
