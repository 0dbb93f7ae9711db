//! What the tests of delivery notes and invoices share: quotas, drafts with a twist, and looks at what came of them.

use domain::{
    AccountId, ContractId, CustomerId, DocumentId, DrawId,
    clearing::{LineClearing, Reconciled, reconcile},
    contracts::Contract,
    documents::{Line, LineUnit},
    groups::Switch,
    quota::{Movement, PostedDraw},
};
use store::{accounts, ledger};
use usecases::{
    Env, articles, documents,
    testing::{HOUR, World, hours, problem, support},
};
use wire::{
    Problem,
    articles::{GroupDraft, GroupKey},
    documents::{DocumentDraft, DocumentEditor, DocumentPage, SavedDocument},
};

use crate::office::{account, admin, given};

/// A contract with a quota and its account.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    pub customer: CustomerId,
    pub contract: ContractId,
    pub account: AccountId,
}

impl Quota {
    /// Whom to write a document for.
    pub fn of(&self) -> (CustomerId, ContractId) {
        (self.customer, self.contract)
    }
}

/// A new customer with the contract of section 3, with a twist, that is not billed.
pub async fn unbilled(world: &World, twist: impl FnOnce(&mut Contract)) -> Quota {
    let customer = world.customer("Alpha GmbH").await;
    with_quota(world, customer, twist).await
}

/// The same contract for a customer who is there.
pub async fn with_quota(world: &World, customer: CustomerId, twist: impl FnOnce(&mut Contract)) -> Quota {
    world.support().await;
    let page = given(world, customer, "2026-04-01", twist).await;
    Quota { customer, contract: page.contract.id, account: account(&page) }
}

/// A new customer with that contract, billed for April: one lot of 4 h.
pub async fn april(world: &World) -> Quota {
    let quota = unbilled(world, |_| {}).await;
    world.bills(&world.env, "2026-04-15").await;
    quota
}

/// Lines of so many hours at 100.00.
pub fn lines(quantities: &[&str]) -> Vec<Line> {
    quantities.iter().map(|quantity| hours(quantity, "100")).collect()
}

/// Pieces at a price.
pub fn pieces(quantity: &str, price: &str) -> Line {
    Line { unit: LineUnit::Piece, ..hours(quantity, price) }
}

/// A saved delivery note of April 10 with lines of so many hours.
pub async fn note(world: &World, quota: &Quota, quantities: &[&str]) -> (DocumentDraft, SavedDocument) {
    let draft = world.note_draft(quota.of(), "2026-04-10", &lines(quantities));
    let saved = world.saves(&draft).await;
    (now(&draft, &saved.page), saved)
}

/// The draft as it is edited after it was saved.
pub fn now(draft: &DocumentDraft, page: &DocumentPage) -> DocumentDraft {
    DocumentDraft { version: page.version, ..draft.clone() }
}

/// How the lines came out, with what was cleared in seconds or cents, and the net total of the item.
pub fn outcomes(saved: &SavedDocument) -> Vec<(&'static str, i64, i64)> {
    let lines = saved.reconciled.lines.iter();
    lines.map(|line| (line.outcome.name(), line.cleared.units(), line.item)).collect()
}

/// Why saving is refused.
pub async fn refused(env: &Env, draft: &DocumentDraft) -> Problem {
    problem(documents::save(env, &admin(), draft.clone()).await.map(drop).expect_err("it is refused"))
}

/// What was posted on an account, in its order: what each entry moves, in its unit.
pub async fn posted(world: &World, account: AccountId) -> Vec<(&'static str, i64)> {
    let mut tx = world.db.read().await.expect("a read begins");
    let entries = ledger::all(&mut tx, account).await.expect("a read");
    let told = entries.iter().map(|kept| {
        let name = match kept.entry.movement {
            Movement::Grant { .. } => "grant",
            Movement::Draw { .. } => "draw",
            Movement::Release { .. } => "release",
            Movement::Revoke { .. } => "revoke",
            Movement::Cover { .. } => "cover",
            Movement::End { .. } => "end",
        };
        (name, kept.moved.units())
    });
    told.collect()
}

/// What a document draws, by account and sequence.
pub async fn drawn_by(world: &World, id: DocumentId) -> Vec<PostedDraw> {
    let mut tx = world.db.read().await.expect("a read begins");
    let draws = ledger::draws_of_document(&mut tx, id).await.expect("a read");
    draws.into_iter().map(|(_, draw)| draw).collect()
}

/// What drafts hold of an account.
pub async fn held(world: &World, account: AccountId) -> i64 {
    let mut tx = world.db.read().await.expect("a read begins");
    ledger::held(&mut tx, &[account]).await.expect("a read").values().map(|held| held.units()).sum()
}

/// What is available on a day.
pub async fn available(world: &World, account: AccountId, date: &str) -> i64 {
    let mut tx = world.db.read().await.expect("a read begins");
    let stored = accounts::get(&mut tx, account).await.expect("a read").expect("the account");
    let date = usecases::testing::day(date);
    let covers = domain::DateRange { from: date, until: date.succ_opt() };
    let facts = accounts::facts(&mut tx, &stored, covers).await.expect("a read");
    facts.available(date).expect("small").units()
}

/// What the editor of a document gets.
pub async fn editor(env: &Env, id: DocumentId) -> DocumentEditor {
    documents::editor(env, &admin(), Some(id), None).await.expect("the editor")
}

/// The ids of draws.
pub fn ids(draws: &[PostedDraw]) -> Vec<DrawId> {
    draws.iter().map(|draw| draw.draw).collect()
}

/// Hours in seconds.
pub const fn h(hours: i64) -> i64 {
    hours * HOUR
}

/// The switch of the group that the lines have, for every quota.
pub async fn switch_support(world: &World, quota: Switch) {
    let catalogue = articles::page(world, &admin()).await.expect("the catalogue");
    let found = catalogue.groups.iter().find(|group| group.id == support()).expect("the group");
    let draft = GroupDraft { key: GroupKey::Group(support()), version: found.version, name: found.name.clone(), quota };
    articles::save_group(world, &admin(), draft).await.expect("the group is saved");
}

/// What the person sees who has just opened the editor: the draft says so, and what saving would do is given.
pub async fn preview(world: &World, draft: &mut DocumentDraft) -> Reconciled {
    let facts = documents::facts(world, &admin(), draft.customer, draft.date, Some(draft.id)).await;
    let seen = reconcile(&draft.clearing(Vec::new()), &facts.expect("the facts").facts).expect("it can be reconciled");
    draft.seen = seen.lines.iter().map(LineClearing::shown).collect();
    seen
}
