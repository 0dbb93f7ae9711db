//! Undoing documents: what a document caused, as plan and as deed. One rule for drafts that are deleted and for issued
//! documents that are cancelled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    AccountId, ContractId, DocumentId, DrawId, LotId, Permission,
    documents::DocumentKind,
    quota::{Entry, Movement, Unit},
    undo::{self, AccountFacts, UndoFacts, UndoPlan, Way},
};
use store::{
    Tx, accounts, balancing, claims, contracts,
    documents::{self, StoredDocument},
    ledger::{self, Note},
};
use wire::{Noun, Problem, documents::UndoView};

use crate::{Call, Env, Refused, accounts::add_lots, changed::Saver};

/// What a document caused, and how it is undone.
pub(crate) struct Undoing {
    facts: UndoFacts,
    /// The plan.
    pub plan: UndoPlan,
    /// The numbers of the contracts to which its accounts belong.
    numbers: BTreeMap<AccountId, String>,
    /// The contracts whose periods it bills, with their numbers.
    contracts: Vec<(ContractId, String)>,
}

/// Plans how a document is undone. The accounts are locked until the transaction ends, in the order of their ids, when
/// `lock`; the caller has locked the document then.
pub(crate) async fn undoing(
    env: &Env,
    tx: &mut Tx,
    found: &StoredDocument,
    way: Way,
    lock: bool,
) -> Result<Undoing, Refused> {
    let id = found.row.id;
    let claims = claims::standing(tx, id).await?;
    let before = ledger::draws_of_document(tx, id).await?;
    // A balancing invoice granted its lot by itself.
    let itself = balancing::lot_of(tx, id).await?;
    let of_itself = itself.iter().map(|own| own.contract);
    let named: BTreeSet<ContractId> = claims.iter().map(|claim| claim.contract).chain(of_itself).collect();
    let of_claims = contracts::many(tx, &named.into_iter().collect::<Vec<_>>(), false).await?;
    let account_of: HashMap<ContractId, AccountId> =
        of_claims.iter().filter_map(|found| Some((found.contract.id, found.account?))).collect();
    let mut lots = BTreeMap::<AccountId, Vec<LotId>>::new();
    if let Some(own) = &itself {
        lots.entry(own.account).or_default().push(own.lot);
    }
    for claim in claims.iter().filter(|claim| !claim.lots.is_empty()) {
        if let Some(account) = account_of.get(&claim.contract) {
            lots.entry(*account).or_default().extend(&claim.lots);
        }
    }
    let ids: BTreeSet<AccountId> = lots.keys().copied().chain(before.iter().map(|(account, _)| *account)).collect();
    let ids: Vec<AccountId> = ids.into_iter().collect();
    let stored = accounts::many(tx, &ids, lock).await?;
    let views = accounts::facts_on(tx, &stored, env.today()).await?;
    // Read again under the locks: a cover may have changed what they hold.
    let own = ledger::draws_of_document(tx, id).await?;
    let granted: Vec<LotId> = lots.values().flatten().copied().collect();
    let holders = ledger::holders_of(tx, &granted).await?;
    let mut books = Vec::with_capacity(views.len());
    for (stored, view) in stored.iter().zip(views) {
        let account = stored.account.id;
        let mut of = AccountFacts::new(view);
        of.own = own.iter().filter(|(on, _)| *on == account).map(|(_, draw)| draw.draw).collect();
        let draws = own.iter().chain(&holders).filter(|(on, _)| *on == account);
        let draws: BTreeMap<_, _> = draws.map(|(_, draw)| (draw.seq, draw.clone())).collect();
        of.draws = draws.into_values().collect();
        let held = own.iter().filter(|(on, _)| *on == account).flat_map(|(_, draw)| &draw.parts).map(|part| part.lot);
        let touched: BTreeSet<LotId> = lots.get(&account).into_iter().flatten().copied().chain(held).collect();
        add_lots(tx, stored, &mut of.view, touched.into_iter()).await?;
        books.push(of);
    }
    let resting = match found.row.kind {
        DocumentKind::DeliveryNote => documents::invoice_of(tx, id).await?,
        _ => None,
    };
    let resting = resting.into_iter().map(|(invoice, number)| (invoice, DocumentKind::Invoice, number)).collect();
    let (kind, state) = (found.row.kind, found.row.state);
    let own: Vec<LotId> = itself.iter().map(|own| own.lot).collect();
    let facts = UndoFacts { kind, state, resting, claims, lots: own, accounts: books };
    let plan = undo::plan(&facts, way).map_err(Refused::quota(Unit::Time))?;
    let contracts = of_claims.iter().map(|found| (found.contract.id, found.card.number.clone())).collect();
    let numbers = of_claims.into_iter().filter_map(|found| Some((found.account?, found.card.number))).collect();
    Ok(Undoing { facts, plan, numbers, contracts })
}

impl Undoing {
    /// Refuses to undo what something stands in the way of.
    pub fn check(&self) -> Result<(), Problem> {
        if self.plan.possible() { Ok(()) } else { Err(Problem::InTheWay { obstacles: self.plan.obstacles.clone() }) }
    }

    /// Carries the plan out, under the locks with which it was made. `texts` are those of the lines by their draws; a
    /// grant is taken back for `reason`.
    pub async fn carry_out(
        &self,
        tx: &mut Tx,
        document: DocumentId,
        texts: &HashMap<DrawId, String>,
        (reason, saver): (&str, &Saver),
    ) -> Result<(), Refused> {
        for undo in &self.plan.accounts {
            let Some(of) = self.facts.accounts.iter().find(|of| of.id() == undo.account) else { continue };
            let (entries, after) = undo.entries(&of.view).map_err(Refused::quota(undo.unit))?;
            let said = |entry: &Entry| match &entry.movement {
                Movement::Release { draw, .. } => texts.get(draw).cloned().unwrap_or_default(),
                _ if reason.is_empty() => self.numbers.get(&undo.account).cloned().unwrap_or_default(),
                _ => reason.to_owned(),
            };
            let notes: Vec<Note> = entries
                .iter()
                .map(|entry| Note { text: said(entry), by: saver.by.clone(), at: saver.at, wanted: None })
                .collect();
            let entries: Vec<_> = entries.iter().zip(&notes).collect();
            ledger::post_noted(tx, &of.view, &after, &entries, false).await?;
        }
        Ok(claims::cancel(tx, document).await?)
    }
}

/// What undoing a document would do, as things stand; nothing changes. A draft would be deleted, anything else cancelled.
pub async fn undo_plan(env: &Env, call: &Call, id: DocumentId) -> Result<UndoView, Refused> {
    call.needs(Permission::EditDocuments)?;
    let mut tx = env.db.read().await?;
    let found = documents::with_version(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let way = Way::of(found.row.state);
    call.needs(way.needs(found.row.kind))?;
    let undoing = undoing(env, &mut tx, &found, way, false).await?;
    let draws: BTreeSet<DrawId> = undoing
        .plan
        .accounts
        .iter()
        .flat_map(|undo| {
            let released = undo.releases.iter().map(|release| release.draw);
            released.chain(undo.deficits.iter().map(|part| part.draw))
        })
        .collect();
    let named = documents::of_draws(&mut tx, &draws.iter().copied().collect::<Vec<_>>()).await?;
    let mut accounts: Vec<(AccountId, String)> = undoing.numbers.clone().into_iter().collect();
    for undo in undoing.plan.accounts.iter().filter(|undo| !undoing.numbers.contains_key(&undo.account)) {
        if let Some(contract) = contracts::of_account(&mut tx, undo.account).await? {
            accounts.push((undo.account, contract.card.number));
        }
    }
    let revoked: BTreeSet<LotId> =
        undoing.plan.accounts.iter().flat_map(|undo| undo.revokes.iter().map(|revoked| revoked.lot)).collect();
    let known = undoing.facts.accounts.iter().flat_map(|of| of.view.lots.iter().map(|state| &state.lot));
    let lots = known.filter(|lot| revoked.contains(&lot.id)).cloned().collect();
    Ok(UndoView {
        plan: undoing.plan,
        version: found.version,
        accounts,
        lots,
        contracts: undoing.contracts,
        draws: named.into_iter().collect(),
    })
}
