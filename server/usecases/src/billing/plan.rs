//! The dry run: what a run would do, decided by the same function and not stored.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;
use domain::{
    ContractId, CustomerId, DateRange, Money, Permission, RunId,
    contracts::InvoiceKind,
    quota::{Amount, Unit, check_date},
    undo,
};
use store::{
    Tx, billing, claims,
    contracts::{self, Due, StoredContract},
    customers, documents,
};
use wire::{
    FieldReason, Noun, Problem,
    billing::{PlannedDeficit, RUN_ITEMS_PER_PAGE, RunItem, RunPlan, RunSum, RunTotals, Selection},
    contracts::CustomerRef,
};

use super::decide::{Again, Asked, Decided, decide};
use crate::{Call, Env, Refused, settings};

/// How many contracts a dry run decides at once.
const CHUNK: usize = 200;

/// The pieces of work of a selection.
#[derive(Default)]
pub(super) struct Pieces {
    /// Contracts that share an invoice go together.
    pub contracts: Vec<Vec<ContractId>>,
    /// Of a re-run: the freed periods that it is for.
    pub again: Option<Again>,
}

/// The pieces of work of a selection. Without `by_hand` contracts that are billed by hand only are left out.
pub(super) async fn pieces(
    tx: &mut Tx,
    as_of: NaiveDate,
    selection: &Selection,
    by_hand: bool,
) -> Result<Pieces, Refused> {
    let customer = match *selection {
        Selection::Contract(id) => return Ok(Pieces { contracts: vec![vec![id]], again: None }),
        Selection::Freed(id, period) => {
            let mut freed = claims::freed(tx, &[id]).await?.remove(&id).unwrap_or_default();
            freed.retain(|number| period.is_none_or(|period| period == *number));
            return Ok(Pieces { contracts: vec![vec![id]], again: Some(Arc::new(HashMap::from([(id, freed)]))) });
        }
        Selection::FreedOf(run) => return freed_of(tx, run).await,
        Selection::Chosen(ref ids) => {
            let found = contracts::many(tx, ids, false).await?;
            return Ok(Pieces { contracts: together(found.iter().map(as_due)), again: None });
        }
        Selection::Customer(id) => Some(id),
        Selection::All => None,
    };
    let due = contracts::due(tx, as_of, customer).await?;
    let contracts = together(due.into_iter().filter(|due| due.automatic || by_hand));
    Ok(Pieces { contracts, again: None })
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
    Ok(Pieces { contracts: together(found.iter().map(as_due)), again: Some(Arc::new(freed)) })
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
    let Pieces { contracts: pieces, again } = pieces(&mut tx, as_of, &selection, true).await?;
    let asked = Asked { as_of, by_hand, again, day };
    let mut deficits = Vec::new();
    let mut totals = RunTotals::default();
    let (mut refused, mut billed, mut more) = (Vec::new(), Vec::new(), false);
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
        let (left_out, shown) = items(&decided);
        more |= refused.len() + left_out.len() > RUN_ITEMS_PER_PAGE || billed.len() + shown.len() > RUN_ITEMS_PER_PAGE;
        refused.extend(left_out.into_iter().take(RUN_ITEMS_PER_PAGE.saturating_sub(refused.len())));
        billed.extend(shown.into_iter().take(RUN_ITEMS_PER_PAGE.saturating_sub(billed.len())));
    }
    let mut items = refused;
    items.extend(billed);
    name(&mut tx, &mut items).await?;
    Ok(RunPlan { as_of, totals, items, more, deficits })
}

/// Whether a selection also bills what is billed by hand only.
pub(super) fn by_hand(selection: &Selection) -> bool {
    matches!(selection, Selection::Contract(_) | Selection::Chosen(_)) || selection.reruns()
}

/// What it needs to bill such a selection.
pub(super) fn needed(selection: &Selection) -> Permission {
    domain::billing::needs(selection.reruns())
}

/// What of the open deficits a re-run covers, with the documents whose draws they are.
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
            });
        }
    }
    found.sort_by(|one, other| one.contract_number.cmp(&other.contract_number));
    let draws: Vec<_> = found.iter().map(|deficit| deficit.draw).collect();
    let mut documents = documents::of_draws(tx, &draws).await?;
    for deficit in &mut found {
        deficit.document = documents.remove(&deficit.draw);
    }
    Ok(found)
}

fn count(totals: &mut RunTotals, decided: &Decided) {
    for invoice in &decided.invoices {
        totals.invoices += 1;
        totals.billed += u64::try_from(invoice.periods.len()).unwrap_or(u64::MAX);
        let (net, gross) = (invoice.totals.net, invoice.totals.gross);
        match totals.sums.iter_mut().find(|sum| sum.currency == invoice.currency) {
            Some(sum) => (sum.net, sum.gross) = (sum.net.saturating_add(net), sum.gross.saturating_add(gross)),
            None => totals.sums.push(RunSum { currency: invoice.currency, net, gross }),
        }
    }
    for (_, reason) in decided.refused.values() {
        if reason.is_skipped() {
            totals.skipped += 1;
        } else {
            totals.failed += 1;
        }
    }
}

/// The items of what is left out and of what is billed. Contracts and customers get their names afterwards.
fn items(decided: &Decided) -> (Vec<RunItem>, Vec<RunItem>) {
    let item = |contract: ContractId, period: u32| {
        let found = decided.contracts.get(&contract);
        let nobody = CustomerId::new(uuid::Uuid::nil());
        RunItem {
            contract,
            contract_number: found.map(|found| found.card.number.clone()).unwrap_or_default(),
            customer: CustomerRef {
                id: found.map_or(nobody, |found| found.contract.customer),
                number: String::new(),
                name: String::new(),
            },
            period,
            service: None,
            net: Money {
                minor: 0,
                currency: found.map_or(domain::Currency::EUR, |found| found.contract.terms.currency),
            },
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
        let order = |item: &RunItem| item.not_billed.as_ref().is_some_and(wire::billing::NotBilled::is_skipped);
        (order(one), &one.contract_number).cmp(&(order(other), &other.contract_number))
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

/// Gives the contracts and customers of items their names.
pub(super) async fn name(tx: &mut Tx, items: &mut [RunItem]) -> Result<(), Refused> {
    let mut ids: Vec<ContractId> = items.iter().map(|item| item.contract).collect();
    ids.sort_unstable();
    ids.dedup();
    let names: HashMap<_, _> =
        contracts::names(tx, &ids).await?.into_iter().map(|line| (line.id, (line.number, line.customer))).collect();
    for item in items {
        if let Some((number, customer)) = names.get(&item.contract) {
            item.contract_number.clone_from(number);
            item.customer = customer.clone();
        }
    }
    Ok(())
}
