//! What saving a document posts: releases and draws.

use std::collections::{BTreeMap, HashMap};

use domain::{
    ContractId, DrawId, LineId,
    clearing::{ContractFacts, Reconciled},
    quota::{AccountView, DrawDecision, Entry},
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
        let mut after = view.clone();
        let mut entries = Vec::new();
        let mut put = |after: &mut AccountView, entry: Entry, note: Note| -> Result<(), Refused> {
            after.post(&entry).map_err(Refused::quota(view.account.unit))?;
            entries.push((entry, note));
            Ok(())
        };
        let said = |text: &str, wanted| Note { text: text.to_owned(), by: saver.by.clone(), at: saver.at, wanted };
        let released = reconciled.releases.iter().filter(|(contract, _)| *contract == found.contract.id);
        for (_, release) in released {
            let text = held.get(&release.draw).map_or("", |held| held.text.as_str());
            let entry = release.entry(&after);
            put(&mut after, entry, said(text, None))?;
        }
        for decision in decisions {
            let line = LineId::new(decision.request.draw.uuid());
            let mut new = decision.clone();
            new.request.draw = DrawId::new(env.id());
            let figures = (new.request.wanted, new.available_before, new.available_after);
            let entry = new.entry(&after);
            put(&mut after, entry, said(texts.get(&line).copied().unwrap_or_default(), Some(figures)))?;
            draws.insert(line, new.request.draw);
        }
        if !entries.is_empty() {
            let entries: Vec<_> = entries.iter().map(|(entry, note)| (entry, note)).collect();
            ledger::post_noted(tx, view, &after, &entries, true).await?;
            posted = true;
        }
    }
    Ok((draws, posted))
}

/// The draws of the account by line, if the document gets just what it has of it, for what it says now.
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
                && texts.get(&line).is_some_and(|text| *text == held.text)
        };
        let same = held.get(&own.draw).is_some_and(said)
            && !own.released
            && (own.date, own.deficit) == (decision.request.date, decision.deficit)
            && own.parts == decision.parts;
        if !same {
            return None;
        }
        kept.insert(line, own.draw);
    }
    Some(kept)
}
