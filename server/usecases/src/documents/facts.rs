//! The facts with which a document is reconciled: the same for the editor, which only reads, and for saving, which holds
//! the locks of the accounts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, DateRange, DocumentId, GroupId, LotId, Seconds,
    clearing::{ContractFacts, Facts, dates_that_matter},
    groups::GroupSwitches,
    quota::{AccountView, Amount, Part, PostedDraw},
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    articles, claims,
    contracts::{self, StoredContract},
    ledger,
};

use crate::{Refused, accounts::add_lots};

/// Facts, and the accounts as they are stored.
pub(super) struct Loaded {
    pub facts: Facts,
    /// How the contracts of the facts are stored, in their order.
    pub contracts: Vec<StoredContract>,
}

/// Loads what is known of these contracts on a date, together with the draws that the document itself holds, if it is
/// one already. The accounts are locked until the transaction ends when `lock`.
pub(super) async fn load(
    tx: &mut Tx,
    ids: &[ContractId],
    date: NaiveDate,
    document: Option<DocumentId>,
    day: Seconds,
    lock: bool,
) -> Result<Loaded, Refused> {
    let stored = contracts::many(tx, ids, false).await?;
    let mut named: Vec<AccountId> = stored.iter().filter_map(|found| found.account).collect();
    named.sort_unstable();
    let accounts = accounts::many(tx, &named, lock).await?;
    // Under the locks only: until then a cover or a cancelled billing can change what they hold.
    let own = match document {
        Some(id) => ledger::draws_of_document(tx, id).await?,
        None => Vec::new(),
    };
    // Each account for its own dates only: what is known of one must not depend on which others are asked for.
    let range = |found: &StoredContract| {
        let account = found.account?;
        let drawn = own.iter().filter(|(of, _)| *of == account).map(|(_, draw)| draw.date);
        Some((account, dates_that_matter(&found.contract, date, drawn)))
    };
    let ranges: BTreeMap<AccountId, DateRange> = stored.iter().filter_map(range).collect();
    let mut views = accounts::facts_within(tx, &accounts, all_of(ranges.values(), date)).await?;
    for view in &mut views {
        let Some(covers) = ranges.get(&view.account.id) else { continue };
        view.covers = *covers;
        view.lots.retain(|state| state.lot.valid.overlaps(*covers));
    }
    let mut books: BTreeMap<AccountId, (StoredAccount, AccountView, Vec<PostedDraw>)> =
        accounts.into_iter().zip(views).map(|(stored, view)| (stored.account.id, (stored, view, Vec::new()))).collect();
    for (account, draw) in own {
        if let Some((_, _, draws)) = books.get_mut(&account) {
            draws.push(draw);
        }
    }
    for (stored, view, draws) in books.values_mut() {
        // A cover may have come from a lot that is not usable on any of these dates.
        let lots: BTreeSet<LotId> = draws.iter().flat_map(|draw| draw.parts.iter().map(|part| part.lot)).collect();
        add_lots(tx, stored, view, lots.into_iter()).await?;
    }
    let held = ledger::held(tx, &named).await?;
    let sold = stored.iter().filter_map(|found| Some((found.contract.id, found.contract.sold_with(date)?)));
    let sold: Vec<(ContractId, u32)> = sold.collect();
    let rates = claims::sold_at(tx, &sold).await?;
    let mut facts = Vec::with_capacity(stored.len());
    for found in &stored {
        // The account stays when a contract loses its quota; only its own draws still matter then.
        let book = found.account.and_then(|account| books.remove(&account));
        let (account, own) = book.map_or((None, Vec::new()), |(_, view, own)| (Some(view), own));
        let held = account.as_ref().map_or_else(|| Ok(Vec::new()), |view| others(view, &own, &held))?;
        facts.push(ContractFacts {
            contract: found.contract.clone(),
            account,
            own,
            held,
            sold_at: rates.get(&found.contract.id).copied(),
            next: found.next,
        });
    }
    let facts = Facts { day, groups: global(tx).await?, contracts: facts };
    Ok(Loaded { facts, contracts: stored })
}

/// What other drafts hold of the lots of an account: what all drafts hold, without the document's own draws.
fn others(view: &AccountView, own: &[PostedDraw], held: &HashMap<LotId, Amount>) -> Result<Vec<Part>, Refused> {
    let mut parts = Vec::new();
    for lot in view.lots.iter().map(|state| state.lot.id) {
        let Some(all) = held.get(&lot) else { continue };
        let own = Amount::sum(own.iter().filter(|draw| !draw.released).map(|draw| draw.from_lot(lot)));
        let amount = own.and_then(|own| all.minus(own)).map_err(Refused::quota(view.account.unit))?;
        if amount.is_positive() {
            parts.push(Part { lot, amount });
        }
    }
    Ok(parts)
}

/// The dates from the first to the last of these ranges.
fn all_of<'a>(ranges: impl Iterator<Item = &'a DateRange> + Clone, date: NaiveDate) -> DateRange {
    let from = ranges.clone().map(|range| range.from).min().unwrap_or(date);
    // A range without end ends after all others.
    let until = ranges.map(|range| (range.until.is_none(), range.until)).max().and_then(|(_, until)| until);
    DateRange { from, until }
}

/// The global switches.
async fn global(tx: &mut Tx) -> Result<GroupSwitches, Refused> {
    let mut switches = GroupSwitches::default();
    for group in articles::groups(tx).await? {
        let id: GroupId = group.id;
        switches.groups.insert(id, group.quota);
        switches.sub_groups.extend(group.sub_groups.iter().map(|sub| (sub.id, sub.quota)));
    }
    Ok(switches)
}
