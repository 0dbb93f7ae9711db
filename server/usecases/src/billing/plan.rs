//! The dry run: what a run would do, decided by the same function and not stored.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    ContractId, CustomerId, DateRange, Money, Permission,
    quota::{Amount, Unit, check_date},
};
use store::{
    Tx,
    contracts::{self, Due},
    customers,
};
use wire::{
    FieldReason, Noun, Problem,
    billing::{RUN_ITEMS_PER_PAGE, RunItem, RunPlan, RunSum, RunTotals, Selection},
    contracts::CustomerRef,
};

use super::decide::{Asked, Decided, decide};
use crate::{Call, Env, Refused, settings};

/// How many contracts a dry run decides at once.
const CHUNK: usize = 200;

/// The pieces of work of a selection: contracts that share an invoice go together. Without `by_hand` those that are
/// billed by hand only are left out.
pub(super) async fn pieces(
    tx: &mut Tx,
    as_of: NaiveDate,
    selection: Selection,
    by_hand: bool,
) -> Result<Vec<Vec<ContractId>>, Refused> {
    let customer = match selection {
        Selection::Contract(id) => return Ok(vec![vec![id]]),
        Selection::Customer(id) => Some(id),
        Selection::All => None,
    };
    let mut pieces = Vec::new();
    let mut shared = HashMap::<CustomerId, usize>::new();
    for Due { id, customer, consolidated, automatic } in contracts::due(tx, as_of, customer).await? {
        if !automatic && !by_hand {
            continue;
        }
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
    Ok(pieces)
}

/// Refuses a day without books, and a contract or customer that is not there.
pub(super) async fn check(tx: &mut Tx, as_of: NaiveDate, selection: Selection) -> Result<(), Refused> {
    if let Err(error) = check_date(as_of) {
        return Err(Problem::field("as_of", FieldReason::Quota(error, Unit::Time)).into());
    }
    let missing = match selection {
        Selection::All => None,
        Selection::Customer(id) => customers::get(tx, id).await?.is_none().then_some(Noun::Customer),
        Selection::Contract(id) => contracts::get(tx, id).await?.is_none().then_some(Noun::Contract),
    };
    missing.map_or(Ok(()), |what| Err(Refused::not_found(what)))
}

/// What a run would do.
pub async fn plan(env: &Env, call: &Call, as_of: NaiveDate, selection: Selection) -> Result<RunPlan, Refused> {
    call.needs(Permission::Bill)?;
    let mut tx = env.db.read().await?;
    check(&mut tx, as_of, selection).await?;
    let by_hand = matches!(selection, Selection::Contract(_));
    let day = settings::read(env, &mut tx).await?.hours_per_day;
    let asked = Asked { as_of, by_hand, day };
    let mut totals = RunTotals::default();
    let (mut refused, mut billed, mut more) = (Vec::new(), Vec::new(), false);
    let mut chunk = Vec::new();
    let mut pieces = pieces(&mut tx, as_of, selection, true).await?.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        chunk.extend(piece);
        if chunk.len() < CHUNK && pieces.peek().is_some() {
            continue;
        }
        let decided = decide(env, &mut tx, &chunk, asked, false).await?;
        chunk.clear();
        count(&mut totals, &decided);
        let (left_out, shown) = items(&decided);
        more |= refused.len() + left_out.len() > RUN_ITEMS_PER_PAGE || billed.len() + shown.len() > RUN_ITEMS_PER_PAGE;
        refused.extend(left_out.into_iter().take(RUN_ITEMS_PER_PAGE.saturating_sub(refused.len())));
        billed.extend(shown.into_iter().take(RUN_ITEMS_PER_PAGE.saturating_sub(billed.len())));
    }
    let mut items = refused;
    items.extend(billed);
    name(&mut tx, &mut items).await?;
    Ok(RunPlan { as_of, totals, items, more })
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
