//! The dry run: what a run would do, decided by the same function and not stored.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;
use domain::{
    BillingLineId, ContractId, Currency, CustomerId, DateRange, Money, Permission, RunId,
    contracts::InvoiceKind,
    documents::Totals,
    quota::{Amount, Unit, check_date},
    undo,
};
use store::{
    Tx, billing, bookings, claims,
    contracts::{self, Due, StoredContract},
    customers, documents,
    fees::{self, DueOf},
    projects,
};
use wire::{
    FieldReason, Noun, Problem,
    billing::{
        BilledOf, NotBilled, PlannedDeficit, RUN_ITEMS_PER_PAGE, RunItem, RunPlan, RunSum, RunTotals, Selection,
    },
    contracts::CustomerRef,
};

use super::{
    decide::{Again, Asked, Decided, decide},
    fees::{DecidedFees, FeePiece, decide_fees},
};
use crate::{Call, Env, Refused, settings};

/// How many contracts a dry run decides at once.
const CHUNK: usize = 200;

/// The pieces of work of a selection.
#[derive(Default)]
pub(super) struct Pieces {
    /// Contracts that share an invoice go together.
    pub contracts: Vec<Vec<ContractId>>,
    /// Of a re-run: the freed periods of contracts that it is for.
    pub again: Option<Again>,
    /// The fees of projects, each on an invoice of its own.
    pub fees: Vec<FeePiece>,
}

impl Pieces {
    /// How many contracts and fees they are.
    pub fn count(&self) -> usize {
        let fees = self.fees.iter().map(|piece| piece.lines.len());
        self.contracts.iter().map(Vec::len).chain(fees).sum()
    }
}

/// The pieces of work of a selection. Without `by_hand` contracts that are billed by hand only are left out.
pub(super) async fn pieces(
    tx: &mut Tx,
    as_of: NaiveDate,
    selection: &Selection,
    by_hand: bool,
) -> Result<Pieces, Refused> {
    let customer = match *selection {
        Selection::Contract(id) => return Ok(Pieces { contracts: vec![vec![id]], ..Pieces::default() }),
        Selection::Freed(id, period) => {
            let mut freed = claims::freed(tx, &[id]).await?.remove(&id).unwrap_or_default();
            freed.retain(|number| period.is_none_or(|period| period == *number));
            let again = Some(Arc::new(HashMap::from([(id, freed)])));
            return Ok(Pieces { contracts: vec![vec![id]], again, fees: Vec::new() });
        }
        Selection::Project(id) => {
            let due = fees::due(tx, as_of, Some(DueOf::Project(id))).await?;
            return Ok(of_fees(due, FeePiece::due));
        }
        Selection::FreedFees(id) => return Ok(of_fees(fees::freed(tx, &[id]).await?, FeePiece::freed)),
        Selection::FreedOf(run) => return freed_of(tx, run).await,
        Selection::Chosen(ref ids) => {
            let found = contracts::many(tx, ids, false).await?;
            return Ok(Pieces { contracts: together(found.iter().map(as_due)), ..Pieces::default() });
        }
        Selection::Customer(id) => Some(id),
        Selection::All => None,
    };
    let due = contracts::due(tx, as_of, customer).await?;
    let contracts = together(due.into_iter().filter(|due| due.automatic || by_hand));
    let due = fees::due(tx, as_of, customer.map(DueOf::Customer)).await?;
    Ok(Pieces { contracts, again: None, fees: due.into_iter().map(FeePiece::due).collect() })
}

/// Nothing but fees.
fn of_fees<T>(found: impl IntoIterator<Item = T>, piece: fn(T) -> FeePiece) -> Pieces {
    Pieces { fees: found.into_iter().map(piece).collect(), ..Pieces::default() }
}

/// What of a run was cancelled and not billed again.
async fn freed_of(tx: &mut Tx, run: RunId) -> Result<Pieces, Refused> {
    let mut freed = HashMap::<ContractId, BTreeSet<u32>>::new();
    let mut ids = Vec::new();
    for (contract, period) in claims::freed_of_run(tx, run).await? {
        if ids.last() != Some(&contract) {
            ids.push(contract);
        }
        freed.entry(contract).or_default().insert(period);
    }
    let found = contracts::many(tx, &ids, false).await?;
    let fees = fees::freed_of_run(tx, run).await?.into_iter().map(FeePiece::freed);
    Ok(Pieces { contracts: together(found.iter().map(as_due)), again: Some(Arc::new(freed)), fees: fees.collect() })
}

/// A contract as the pieces of work are sorted.
fn as_due(found: &StoredContract) -> Due {
    Due {
        id: found.contract.id,
        customer: found.contract.customer,
        consolidated: found.contract.terms.billing.invoice == InvoiceKind::Consolidated,
        automatic: found.contract.terms.billing.automatic,
    }
}

/// Puts contracts that share an invoice together.
fn together(due: impl Iterator<Item = Due>) -> Vec<Vec<ContractId>> {
    let mut pieces = Vec::new();
    let mut shared = HashMap::<CustomerId, usize>::new();
    for Due { id, customer, consolidated, .. } in due {
        let place = shared.get(&customer).copied().filter(|_| consolidated);
        match place.and_then(|place| pieces.get_mut(place)) {
            Some(piece) => Vec::push(piece, id),
            None => {
                if consolidated {
                    shared.insert(customer, pieces.len());
                }
                pieces.push(vec![id]);
            }
        }
    }
    pieces
}

/// Refuses a day without books, and a contract or customer that is not there.
pub(super) async fn check(tx: &mut Tx, as_of: NaiveDate, selection: &Selection) -> Result<(), Refused> {
    if let Err(error) = check_date(as_of) {
        return Err(Problem::field("as_of", FieldReason::Quota(error, Unit::Time)).into());
    }
    let missing = match *selection {
        Selection::All => None,
        Selection::Chosen(ref ids) => (contracts::names(tx, ids).await?.len() != ids.len()).then_some(Noun::Contract),
        Selection::Customer(id) => customers::get(tx, id).await?.is_none().then_some(Noun::Customer),
        Selection::Contract(id) | Selection::Freed(id, _) => {
            contracts::get(tx, id).await?.is_none().then_some(Noun::Contract)
        }
        Selection::FreedOf(run) => billing::get(tx, run).await?.is_none().then_some(Noun::Run),
        Selection::Project(id) | Selection::FreedFees(id) => {
            projects::get(tx, id).await?.is_none().then_some(Noun::Project)
        }
    };
    missing.map_or(Ok(()), |what| Err(Refused::not_found(what)))
}

/// What a run would do.
pub async fn plan(env: &Env, call: &Call, as_of: NaiveDate, selection: Selection) -> Result<RunPlan, Refused> {
    call.needs(needed(&selection))?;
    let mut tx = env.db.read().await?;
    check(&mut tx, as_of, &selection).await?;
    let by_hand = by_hand(&selection);
    let day = settings::read(env, &mut tx).await?.hours_per_day;
    let Pieces { contracts: pieces, again, fees } = pieces(&mut tx, as_of, &selection, true).await?;
    let asked = Asked { as_of, by_hand, again, day };
    let mut deficits = Vec::new();
    let mut totals = RunTotals::default();
    let mut shown = Shown::default();
    let mut chunk = Vec::new();
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        chunk.extend(piece);
        if chunk.len() < CHUNK && pieces.peek().is_some() {
            continue;
        }
        let decided = decide(env, &mut tx, &chunk, &asked, false).await?;
        chunk.clear();
        count(&mut totals, &decided);
        if asked.again.is_some() {
            deficits.extend(left(&mut tx, &decided).await?);
        }
        shown.add(items(&decided));
    }
    for chunk in fees.chunks(CHUNK) {
        let decided = decide_fees(&mut tx, chunk, as_of, false).await?;
        for decided in &decided {
            count_fees(&mut totals, decided);
            shown.add(fee_items(decided));
        }
    }
    let Shown { left_out, billed, more } = shown;
    let mut items = left_out;
    items.extend(billed);
    name(&mut tx, &mut items).await?;
    Ok(RunPlan { as_of, totals, items, more, deficits })
}

/// What a dry run shows: so many of both, and whether there are more.
#[derive(Default)]
struct Shown {
    left_out: Vec<RunItem>,
    billed: Vec<RunItem>,
    more: bool,
}

impl Shown {
    fn add(&mut self, (left_out, billed): (Vec<RunItem>, Vec<RunItem>)) {
        for (shown, new) in [(&mut self.left_out, left_out), (&mut self.billed, billed)] {
            self.more |= shown.len() + new.len() > RUN_ITEMS_PER_PAGE;
            shown.extend(new.into_iter().take(RUN_ITEMS_PER_PAGE.saturating_sub(shown.len())));
        }
    }
}

/// Whether a selection also bills what is billed by hand only.
pub(super) fn by_hand(selection: &Selection) -> bool {
    matches!(selection, Selection::Contract(_) | Selection::Chosen(_)) || selection.reruns()
}

/// What it needs to bill such a selection.
pub(super) fn needed(selection: &Selection) -> Permission {
    domain::billing::needs(selection.reruns())
}

/// What of the open deficits a re-run covers, with the documents or bookings whose draws they are.
async fn left(tx: &mut Tx, decided: &Decided) -> Result<Vec<PlannedDeficit>, Refused> {
    let mut found = Vec::new();
    for stored in decided.contracts.values() {
        let Some((account, before)) = stored.account.and_then(|account| decided.books.get(&account)) else { continue };
        let (id, unit) = (account.account.id, account.account.unit);
        let after = decided.granted.get(&id).map_or(before, |granted| &granted.after);
        for left in undo::covered(before, after).map_err(Refused::quota(unit))? {
            found.push(PlannedDeficit {
                contract: stored.contract.id,
                contract_number: stored.card.number.clone(),
                unit,
                draw: left.draw,
                date: left.date,
                covered: left.covered,
                uncovered: left.uncovered,
                document: None,
                booking: None,
            });
        }
    }
    found.sort_by(|one, other| one.contract_number.cmp(&other.contract_number));
    let draws: Vec<_> = found.iter().map(|deficit| deficit.draw).collect();
    let mut documents = documents::of_draws(tx, &draws).await?;
    let mut booked = bookings::of_draws(tx, &draws).await?;
    for deficit in &mut found {
        deficit.document = documents.remove(&deficit.draw);
        deficit.booking = booked.remove(&deficit.draw);
    }
    Ok(found)
}

fn count(totals: &mut RunTotals, decided: &Decided) {
    for invoice in &decided.invoices {
        count_invoice(totals, invoice.periods.len(), &invoice.totals, invoice.currency);
    }
    for (_, reason) in decided.refused.values() {
        count_refused(totals, reason);
    }
}

fn count_fees(totals: &mut RunTotals, decided: &DecidedFees) {
    if !decided.invoice.fees.is_empty() {
        count_invoice(totals, decided.invoice.fees.len(), &decided.invoice.totals, decided.project.currency);
    }
    for (_, reason) in decided.refused.values() {
        count_refused(totals, reason);
    }
}

fn count_invoice(totals: &mut RunTotals, periods: usize, of: &Totals, currency: Currency) {
    totals.invoices += 1;
    totals.billed += u64::try_from(periods).unwrap_or(u64::MAX);
    match totals.sums.iter_mut().find(|sum| sum.currency == currency) {
        Some(sum) => (sum.net, sum.gross) = (sum.net.saturating_add(of.net), sum.gross.saturating_add(of.gross)),
        None => totals.sums.push(RunSum { currency, net: of.net, gross: of.gross }),
    }
}

fn count_refused(totals: &mut RunTotals, reason: &NotBilled) {
    if reason.is_skipped() {
        totals.skipped += 1;
    } else {
        totals.failed += 1;
    }
}

/// The items of what is left out and of what is billed. Contracts and customers get their names afterwards.
fn items(decided: &Decided) -> (Vec<RunItem>, Vec<RunItem>) {
    let item = |contract: ContractId, period: u32| {
        let found = decided.contracts.get(&contract);
        let nobody = CustomerId::new(uuid::Uuid::nil());
        RunItem {
            of: BilledOf::Contract {
                id: contract,
                number: found.map(|found| found.card.number.clone()).unwrap_or_default(),
            },
            customer: CustomerRef {
                id: found.map_or(nobody, |found| found.contract.customer),
                number: String::new(),
                name: String::new(),
            },
            period,
            service: None,
            net: Money { minor: 0, currency: found.map_or(Currency::EUR, |found| found.contract.terms.currency) },
            grants: Vec::new(),
            document: None,
            not_billed: None,
        }
    };
    let left_out = decided
        .refused
        .iter()
        .map(|(contract, (period, reason))| RunItem { not_billed: Some(reason.clone()), ..item(*contract, *period) });
    let mut left_out: Vec<RunItem> = left_out.collect();
    left_out.sort_by(|one, other| {
        let order = |item: &RunItem| item.not_billed.as_ref().is_some_and(NotBilled::is_skipped);
        (order(one), one.of.number()).cmp(&(order(other), other.of.number()))
    });
    let billed = decided.invoices.iter().flat_map(|invoice| &invoice.periods).map(|planned| {
        let number = planned.bill.period.number;
        let empty = item(planned.contract, number);
        let unit = decided
            .contracts
            .get(&planned.contract)
            .and_then(|found| found.contract.terms.quota.as_ref().map(|quota| quota.unit))
            .unwrap_or(Unit::Time);
        let lots = decided.lots.get(&(planned.contract, number)).into_iter().flatten();
        let grants: Vec<(DateRange, Amount, Unit)> = lots.map(|(_, amount, period)| (*period, *amount, unit)).collect();
        let net = Money { minor: planned.bill.totals.net, ..empty.net };
        RunItem { service: Some(planned.bill.period.service), net, grants, ..empty }
    });
    (left_out, billed.collect())
}

/// The items of what is left out and of what is billed of the fees of a project.
fn fee_items(decided: &DecidedFees) -> (Vec<RunItem>, Vec<RunItem>) {
    let (project, currency) = (&decided.project.row, decided.project.currency);
    let item = |line: BillingLineId, period: u32| {
        let stored = decided.lines.iter().find(|stored| stored.line.id == line);
        let name = stored.map(|stored| stored.name.clone()).unwrap_or_default();
        RunItem {
            of: BilledOf::Fee { line, name, project: project.named() },
            customer: project.customer.clone(),
            period,
            service: None,
            net: Money { minor: 0, currency },
            grants: Vec::new(),
            document: None,
            not_billed: None,
        }
    };
    let left_out = decided.refused.iter();
    let left_out =
        left_out.map(|(line, (period, reason))| RunItem { not_billed: Some(reason.clone()), ..item(*line, *period) });
    let billed = decided.invoice.fees.iter().map(|planned| RunItem {
        service: Some(planned.bill.period.service),
        net: Money { minor: planned.bill.totals.net, currency },
        ..item(planned.line, planned.bill.period.number)
    });
    (left_out.collect(), billed.collect())
}

/// Gives the contracts, projects and customers of items their names.
pub(super) async fn name(tx: &mut Tx, items: &mut [RunItem]) -> Result<(), Refused> {
    let mut ids: Vec<ContractId> = items.iter().filter_map(RunItem::contract).collect();
    ids.sort_unstable();
    ids.dedup();
    let names: HashMap<_, _> =
        contracts::names(tx, &ids).await?.into_iter().map(|line| (line.id, (line.number, line.customer))).collect();
    let lines: BTreeSet<BillingLineId> = items
        .iter()
        .filter_map(|item| match item.of {
            BilledOf::Fee { line, .. } => Some(line),
            BilledOf::Contract { .. } => None,
        })
        .collect();
    let lines = fees::named(tx, &lines.into_iter().collect::<Vec<_>>()).await?;
    for item in items {
        match &mut item.of {
            BilledOf::Contract { id, number } => {
                if let Some((own, customer)) = names.get(id) {
                    number.clone_from(own);
                    item.customer = customer.clone();
                }
            }
            BilledOf::Fee { line, name, project } => {
                if let Some(found) = lines.get(line) {
                    name.clone_from(&found.name);
                    *project = found.project.clone();
                    item.customer = found.customer.clone();
                }
            }
        }
    }
    Ok(())
}
