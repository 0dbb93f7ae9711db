//! Undoing documents: what a document caused, as plan and as deed. One rule for drafts that are deleted and for issued
//! documents that are cancelled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    AccountId, BillingLineId, ContractId, DocumentId, DrawId, LotId, Money, Permission,
    documents::DocumentKind,
    quota::{AccountView, Entry, LotState, Movement, PostedDraw, Unit},
    undo::{self, AccountFacts, ClaimFacts, FeeClaim, UndoFacts, UndoPlan, UndoSum, Way},
};
use store::{
    Tx, accounts,
    balancing::{self, DocumentLot},
    bookings, claims,
    contracts::{self, StoredContract},
    documents::{self, StoredDocument},
    fees,
    ledger::{self, Note},
    project_invoices,
};
use wire::{
    FieldReason, Noun, Problem,
    bookings::BookingRef,
    documents::{DocumentRef, UndoView},
    projects::ProjectRef,
};

use crate::{Call, Env, Refused, changed::Saver};

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
    let caused = caused(env, tx, std::slice::from_ref(found), lock).await?;
    plan_of(found, way, &caused)
}

/// What the plans of several documents are made of, read with the same number of statements however many they are.
struct Caused {
    claims: HashMap<DocumentId, Vec<ClaimFacts>>,
    fees: HashMap<DocumentId, Vec<FeeClaim>>,
    own: HashMap<DocumentId, Vec<(AccountId, PostedDraw)>>,
    /// What balancing invoices granted by themselves.
    granted: HashMap<DocumentId, DocumentLot>,
    /// The contracts of the claims and of these lots.
    contracts: HashMap<ContractId, StoredContract>,
    /// The accounts that they touch.
    books: BTreeMap<AccountId, AccountView>,
    /// Every draw that holds something of a lot that they granted.
    holders: Vec<(AccountId, PostedDraw)>,
    /// Every other lot that they touch.
    lots: Vec<(AccountId, LotState)>,
    /// The standing invoices of delivery notes.
    invoices: HashMap<DocumentId, (DocumentId, Option<String>)>,
    /// The standing documents that bill a deficit of their draws.
    billed: Vec<(DrawId, DocumentId, Option<String>)>,
}

async fn caused(env: &Env, tx: &mut Tx, found: &[StoredDocument], lock: bool) -> Result<Caused, Refused> {
    let ids: Vec<DocumentId> = found.iter().map(|found| found.row.id).collect();
    let claims = claims::standing(tx, &ids).await?;
    let fees = fees::standing(tx, &ids).await?;
    let before = ledger::draws_of_documents(tx, &ids).await?;
    let granted = balancing::lots_of(tx, &ids).await?;
    let of_claims = claims.values().flatten().map(|claim| claim.contract);
    let named: BTreeSet<ContractId> = of_claims.chain(granted.values().map(|own| own.contract)).collect();
    let contracts = contracts::many(tx, &named.into_iter().collect::<Vec<_>>(), false).await?;
    let contracts: HashMap<_, _> = contracts.into_iter().map(|found| (found.contract.id, found)).collect();
    let granting = claims.values().flatten().filter(|claim| !claim.lots.is_empty());
    let granting = granting.filter_map(|claim| contracts.get(&claim.contract)?.account);
    let granting = granting.chain(granted.values().map(|own| own.account));
    let accounts: BTreeSet<AccountId> =
        granting.chain(before.values().flatten().map(|(account, _)| *account)).collect();
    let stored = accounts::many(tx, &accounts.into_iter().collect::<Vec<_>>(), lock).await?;
    let views = accounts::facts_on(tx, &stored, env.today()).await?;
    let books: BTreeMap<_, _> = views.into_iter().map(|view| (view.account.id, view)).collect();
    // Read again under the locks: a cover may have changed what they hold.
    let own = ledger::draws_of_documents(tx, &ids).await?;
    let of_claims = claims.values().flatten().flat_map(|claim| claim.lots.iter().copied());
    let lots_granted: Vec<LotId> = of_claims.chain(granted.values().map(|own| own.lot)).collect();
    let holders = ledger::holders_of(tx, &lots_granted).await?;
    let held = own.values().flatten().flat_map(|(_, draw)| draw.parts.iter().map(|part| part.lot));
    let touched: BTreeSet<LotId> = lots_granted.iter().copied().chain(held).collect();
    let lots = ledger::lots_among(tx, &stored, &touched.into_iter().collect::<Vec<_>>()).await?;
    let notes = found.iter().filter(|found| found.row.kind == DocumentKind::DeliveryNote);
    let notes: Vec<DocumentId> = notes.map(|found| found.row.id).collect();
    let invoices = documents::invoices_of(tx, &notes).await?;
    // A draw that was given back by hand has no deficit any more.
    let drawn = own.values().flatten().filter(|(_, draw)| !draw.released).map(|(_, draw)| draw.draw);
    let billed = balancing::billing_deficits_of(tx, &drawn.collect::<Vec<_>>()).await?;
    Ok(Caused { claims, fees, own, granted, contracts, books, holders, lots, invoices, billed })
}

fn plan_of(found: &StoredDocument, way: Way, caused: &Caused) -> Result<Undoing, Refused> {
    let id = found.row.id;
    let claims = caused.claims.get(&id).cloned().unwrap_or_default();
    let fees = caused.fees.get(&id).cloned().unwrap_or_default();
    let own = caused.own.get(&id).map(Vec::as_slice).unwrap_or_default();
    let itself = caused.granted.get(&id);
    let named = claims.iter().map(|claim| claim.contract).chain(itself.map(|own| own.contract));
    let of_claims: BTreeMap<_, _> =
        named.filter_map(|contract| Some((contract, caused.contracts.get(&contract)?))).collect();
    let mut lots = BTreeMap::<AccountId, BTreeSet<LotId>>::new();
    if let Some(own) = itself {
        lots.entry(own.account).or_default().insert(own.lot);
    }
    for claim in claims.iter().filter(|claim| !claim.lots.is_empty()) {
        if let Some(account) = of_claims.get(&claim.contract).and_then(|found| found.account) {
            lots.entry(account).or_default().extend(&claim.lots);
        }
    }
    let ids: BTreeSet<AccountId> = lots.keys().copied().chain(own.iter().map(|(account, _)| *account)).collect();
    let accounts = ids.into_iter().filter_map(|account| {
        let mut of = AccountFacts::new(caused.books.get(&account)?.clone());
        let own = own.iter().filter(|(on, _)| *on == account).map(|(_, draw)| draw);
        of.own = own.clone().map(|draw| draw.draw).collect();
        let mut touched = lots.get(&account).cloned().unwrap_or_default();
        let holds = |draw: &&PostedDraw| draw.parts.iter().any(|part| touched.contains(&part.lot));
        let holders = caused.holders.iter().filter(|(on, _)| *on == account).map(|(_, draw)| draw).filter(holds);
        let draws: BTreeMap<_, _> = own.clone().chain(holders).map(|draw| (draw.seq, draw.clone())).collect();
        of.draws = draws.into_values().collect();
        touched.extend(own.flat_map(|draw| &draw.parts).map(|part| part.lot));
        let missing = caused.lots.iter().filter(|(on, state)| *on == account && touched.contains(&state.lot.id));
        let missing: Vec<_> = missing.filter(|(_, state)| of.view.lot(state.lot.id).is_none()).collect();
        of.view.lots.extend(missing.into_iter().map(|(_, state)| state.clone()));
        of.view.lots.sort_by_key(|state| state.lot.order());
        Some(of)
    });
    let accounts = accounts.collect();
    let numbers = of_claims.values().filter_map(|found| Some((found.account?, found.card.number.clone()))).collect();
    let contracts = of_claims.values().map(|found| (found.contract.id, found.card.number.clone())).collect();
    let resting = caused.invoices.get(&id).cloned().into_iter();
    let resting = resting.map(|(invoice, number)| (invoice, DocumentKind::Invoice, number));
    let billed = caused.billed.iter().filter(|(draw, ..)| own.iter().any(|(_, of)| of.draw == *draw));
    let billed: BTreeMap<_, _> = billed.map(|(_, document, number)| (*document, number.clone())).collect();
    let billed = billed.into_iter().map(|(document, number)| (document, DocumentKind::Balancing, number));
    let resting = resting.chain(billed).collect();
    let (kind, state) = (found.row.kind, found.row.state);
    let itself = itself.iter().map(|own| own.lot).collect();
    let facts = UndoFacts { kind, state, resting, claims, fees, lots: itself, accounts };
    let plan = undo::plan(&facts, way).map_err(Refused::quota(Unit::Time))?;
    Ok(Undoing { facts, plan, numbers, contracts })
}

impl Undoing {
    /// Refuses to undo what something stands in the way of.
    pub fn check(&self) -> Result<(), Problem> {
        if self.plan.possible() { Ok(()) } else { Err(Problem::InTheWay { obstacles: self.plan.obstacles.clone() }) }
    }

    /// Refuses what comes to something else than a person saw; nothing differs from what nobody saw.
    pub fn as_seen(&self, seen: Option<&[UndoSum]>) -> Result<(), Refused> {
        let Some(seen) = seen else { return Ok(()) };
        match self.plan.differs(seen).map_err(Refused::quota(Unit::Time))? {
            None => Ok(()),
            Some(error) => Err(Problem::field("seen", FieldReason::Undo(error)).into()),
        }
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
        // They can be changed again, and stand on the next invoice over their period.
        bookings::free(tx, document).await?;
        claims::cancel(tx, document).await?;
        Ok(fees::cancel(tx, document).await?)
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
    let mut accounts = Vec::new();
    for undo in undoing.plan.accounts.iter().filter(|undo| !undoing.numbers.contains_key(&undo.account)) {
        if let Some(contract) = contracts::of_account(&mut tx, undo.account).await? {
            accounts.push((undo.account, contract.card.number));
        }
    }
    let invoiced = project_invoices::shown(&mut tx, id).await?;
    let names = Names::load(&mut tx, std::slice::from_ref(&undoing)).await?;
    let mut view = names.view(undoing, &found);
    view.accounts.extend(accounts);
    view.bookings = invoiced.map_or(0, |invoiced| invoiced.bookings);
    Ok(view)
}

/// What undoing each of these documents of a run would do, each on its own; nothing is locked. The number of statements
/// does not depend on how many they are.
pub(crate) async fn undo_views(env: &Env, tx: &mut Tx, found: &[StoredDocument]) -> Result<Vec<UndoView>, Refused> {
    let caused = caused(env, tx, found, false).await?;
    let planned = found.iter().map(|found| plan_of(found, Way::of(found.row.state), &caused));
    let planned = planned.collect::<Result<Vec<_>, _>>()?;
    let names = Names::load(tx, &planned).await?;
    Ok(planned.into_iter().zip(found).map(|(undoing, found)| names.view(undoing, found)).collect())
}

/// The names of what plans touch.
struct Names {
    draws: HashMap<DrawId, DocumentRef>,
    booked: HashMap<DrawId, BookingRef>,
    lines: HashMap<BillingLineId, (String, ProjectRef)>,
}

/// The draws that a plan releases or turns into deficits.
fn draws_of(plan: &UndoPlan) -> impl Iterator<Item = DrawId> + '_ {
    plan.accounts.iter().flat_map(|undo| {
        let released = undo.releases.iter().map(|release| release.draw);
        released.chain(undo.deficits.iter().map(|part| part.draw))
    })
}

impl Names {
    async fn load(tx: &mut Tx, planned: &[Undoing]) -> Result<Names, Refused> {
        let draws: BTreeSet<DrawId> = planned.iter().flat_map(|undoing| draws_of(&undoing.plan)).collect();
        let draws: Vec<DrawId> = draws.into_iter().collect();
        let booked = bookings::of_draws(tx, &draws).await?;
        let draws = documents::of_draws(tx, &draws).await?;
        let fees = planned.iter().flat_map(|undoing| undoing.plan.fees.iter());
        let lines: BTreeSet<BillingLineId> = fees.map(|fee| fee.line).collect();
        let lines = fees::named(tx, &lines.into_iter().collect::<Vec<_>>()).await?;
        let lines = lines.into_iter().map(|(id, line)| (id, (line.name, line.project))).collect();
        Ok(Names { draws, booked, lines })
    }

    /// The plan of a document with the names of what it touches.
    fn view(&self, undoing: Undoing, found: &StoredDocument) -> UndoView {
        let plan = undoing.plan;
        let revoked: BTreeSet<LotId> =
            plan.accounts.iter().flat_map(|undo| undo.revokes.iter().map(|revoked| revoked.lot)).collect();
        let known = undoing.facts.accounts.iter().flat_map(|of| of.view.lots.iter().map(|state| &state.lot));
        let lots = known.filter(|lot| revoked.contains(&lot.id)).cloned().collect();
        let touched: BTreeSet<DrawId> = draws_of(&plan).collect();
        let draws = touched.iter().filter_map(|draw| Some((*draw, self.draws.get(draw)?.clone())));
        let booked = touched.iter().filter_map(|draw| Some((*draw, self.booked.get(draw)?.clone())));
        let lines: BTreeSet<BillingLineId> = plan.fees.iter().map(|fee| fee.line).collect();
        let lines = lines.into_iter().filter_map(|line| {
            let (name, project) = self.lines.get(&line)?;
            Some((line, name.clone(), project.clone()))
        });
        let (draws, booked, lines) = (draws.collect(), booked.collect(), lines.collect());
        UndoView {
            plan,
            version: found.version,
            received: Money { minor: found.row.received, currency: found.row.gross.currency },
            accounts: undoing.numbers.into_iter().collect(),
            lots,
            contracts: undoing.contracts,
            lines,
            draws,
            booked,
            bookings: 0,
        }
    }
}
