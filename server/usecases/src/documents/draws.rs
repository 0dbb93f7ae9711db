//! What saving a document posts: releases and draws.

use std::collections::{BTreeMap, HashMap};

use domain::{
    ContractId, DrawId, LineId,
    clearing::{ContractFacts, Reconciled},
    quota::{AccountView, Amount, DrawDecision, Entry, Part, PostedDraw, ReleaseDecision},
};
use store::{
    Tx,
    ledger::{self, Note},
};
use wire::documents::DocumentDraft;

use super::{facts::Loaded, kept::Held};
use crate::{Env, Refused, changed::Saver};

/// Posts what was decided, account by account: releases, then draws, as holds. An account of which the document gets
/// just what it has is left alone. Gives the draw of each line, and whether anything was posted.
pub(super) async fn post(
    env: &Env,
    tx: &mut Tx,
    (loaded, reconciled): (&Loaded, &Reconciled),
    held: &HashMap<DrawId, Held>,
    (draft, saver): (&DocumentDraft, &Saver),
) -> Result<(HashMap<LineId, DrawId>, bool), Refused> {
    let mut decided = BTreeMap::<ContractId, Vec<&DrawDecision>>::new();
    for (contract, decision) in &reconciled.draws {
        decided.entry(*contract).or_default().push(decision);
    }
    let texts: HashMap<LineId, &str> = draft.lines.iter().map(|line| (line.id, line.line.text.as_str())).collect();
    let (mut draws, mut posted) = (HashMap::new(), false);
    for found in &loaded.facts.contracts {
        let decisions = decided.remove(&found.contract.id).unwrap_or_default();
        let Some(view) = &found.account else { continue };
        if let Some(kept) = unchanged(found, &decisions, held, &texts) {
            draws.extend(kept);
            continue;
        }
        let mut posting = Posting::new(view, saver);
        let released = reconciled.releases.iter().filter(|(contract, _)| *contract == found.contract.id);
        for (_, release) in released {
            posting.release(release, held)?;
        }
        for decision in decisions {
            let line = LineId::new(decision.request.draw.uuid());
            let mut new = decision.clone();
            new.request.draw = DrawId::new(env.id());
            posting.draw(&new, texts.get(&line).copied().unwrap_or_default())?;
            draws.insert(line, new.request.draw);
        }
        posted |= posting.store(tx).await?;
    }
    Ok((draws, posted))
}

/// The draws of the account by line, if the document gets just what it has of it, for what it says now, covered since or
/// not.
fn unchanged(
    found: &ContractFacts,
    decisions: &[&DrawDecision],
    held: &HashMap<DrawId, Held>,
    texts: &HashMap<LineId, &str>,
) -> Option<HashMap<LineId, DrawId>> {
    if found.own.len() != decisions.len() {
        return None;
    }
    let mut kept = HashMap::new();
    for (own, decision) in found.own.iter().zip(decisions) {
        let line = LineId::new(decision.request.draw.uuid());
        let said = |held: &Held| {
            (held.line, held.wanted) == (line, Some(decision.request.wanted))
                && held.came == Some((decision.drawn, decision.deficit))
                && texts.get(&line).is_some_and(|text| *text == held.text)
        };
        let same = held.get(&own.draw).is_some_and(said)
            && !own.released
            && own.date == decision.request.date
            && gets_what_it_has(found, own, decision);
        if !same {
            return None;
        }
        kept.insert(line, own.draw);
    }
    Some(kept)
}

/// Whether a draw has what is decided for it anew, as it was posted. What a later grant has covered of its deficit counts
/// as that deficit: saving again must not open what somebody has paid for.
fn gets_what_it_has(found: &ContractFacts, own: &PostedDraw, decision: &DrawDecision) -> bool {
    let later = |part: &&Part| {
        let lot = found.account.as_ref().and_then(|view| view.lot(part.lot));
        lot.is_some_and(|state| own.seq < state.lot.seq)
    };
    let (covers, drawn): (Vec<&Part>, Vec<&Part>) = own.parts.iter().partition(later);
    let covered = Amount::sum(covers.iter().map(|part| part.amount));
    let deficit = covered.and_then(|covered| own.deficit.plus(covered));
    drawn.into_iter().eq(&decision.parts) && deficit == Ok(decision.deficit)
}

/// What a document posts to an account, as holds.
struct Posting<'a> {
    before: &'a AccountView,
    after: AccountView,
    entries: Vec<(Entry, Note)>,
    saver: &'a Saver,
}

impl<'a> Posting<'a> {
    fn new(view: &'a AccountView, saver: &'a Saver) -> Posting<'a> {
        Posting { before: view, after: view.clone(), entries: Vec::new(), saver }
    }

    /// A release says what the draw said.
    fn release(&mut self, decision: &ReleaseDecision, held: &HashMap<DrawId, Held>) -> Result<(), Refused> {
        let text = held.get(&decision.draw).map_or("", |held| held.text.as_str());
        let entry = decision.entry(&self.after);
        self.put(entry, text, None)
    }

    fn draw(&mut self, decision: &DrawDecision, text: &str) -> Result<(), Refused> {
        let figures = (decision.request.wanted, decision.available_before, decision.available_after);
        let entry = decision.entry(&self.after);
        self.put(entry, text, Some(figures))
    }

    fn put(&mut self, entry: Entry, text: &str, wanted: Option<(Amount, Amount, Amount)>) -> Result<(), Refused> {
        self.after.post(&entry).map_err(Refused::quota(self.before.account.unit))?;
        let note = Note { text: text.to_owned(), by: self.saver.by.clone(), at: self.saver.at, wanted };
        self.entries.push((entry, note));
        Ok(())
    }

    /// Stores it; `false` when there is nothing to store.
    async fn store(self, tx: &mut Tx) -> Result<bool, Refused> {
        if self.entries.is_empty() {
            return Ok(false);
        }
        let entries: Vec<_> = self.entries.iter().map(|(entry, note)| (entry, note)).collect();
        ledger::post_noted(tx, self.before, &self.after, &entries, true).await?;
        Ok(true)
    }
}
