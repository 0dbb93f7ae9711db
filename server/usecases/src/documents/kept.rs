//! What a stored draft of a delivery note or an invoice holds.

use std::collections::{HashMap, HashSet};

use domain::{ContractId, DocumentId, DrawId, LineId, clearing::ClearingLine, documents::DocumentState, quota::Amount};
use store::{
    Tx,
    documents::{self, KeptLine, NewLine},
};
use wire::{
    Problem,
    documents::{DocumentLine, DocumentPage, NotedLines},
};

use crate::Refused;

/// A stored draft; nothing of one that is not there yet.
#[derive(Default)]
pub(super) struct Kept {
    pub page: Option<DocumentPage>,
    /// What its lines keep beside what the page shows, in their order.
    pub lines: Vec<KeptLine>,
}

/// A draw that the draft holds: for which line, and with what it was posted.
pub(super) struct Held {
    pub line: LineId,
    pub text: String,
    pub wanted: Option<Amount>,
    /// What the lots gave, and what was overbooked.
    pub came: Option<(Amount, Amount)>,
}

/// Reads and locks a draft. Refused when it is none that people type.
pub(super) async fn kept(tx: &mut Tx, id: DocumentId) -> Result<Kept, Refused> {
    let Some(found) = documents::lock(tx, id).await? else { return Ok(Kept::default()) };
    if found.row.state != DocumentState::Draft || !found.row.kind.clears() {
        return Err(Problem::NotADraft.into());
    }
    Ok(Kept { page: documents::get(tx, id).await?, lines: documents::kept_lines(tx, id).await? })
}

impl Kept {
    fn lines(&self) -> impl Iterator<Item = (&DocumentLine, &KeptLine)> {
        self.page.iter().flat_map(|page| &page.lines).zip(&self.lines)
    }

    /// The lines that come from a delivery note: they stay as they are.
    pub fn fixed(&self) -> Vec<(ClearingLine, NewLine)> {
        let fixed = self.lines().filter(|(_, kept)| kept.cleared.note_line.is_some());
        let both = fixed.map(|(line, kept)| {
            let clearing = ClearingLine {
                id: kept.cleared.id,
                line: line.line.clone(),
                contract: kept.contract,
                clears: kept.cleared.clears,
                fixed: Some(kept.cleared.clearing.clone()),
            };
            let stored = NewLine {
                line: line.line.clone(),
                seconds: kept.seconds,
                total: line.total,
                contract: kept.contract,
                service: line.service,
                cleared: Some(kept.cleared.clone()),
            };
            (clearing, stored)
        });
        both.collect()
    }

    /// What it draws.
    pub fn held(&self) -> HashMap<DrawId, Held> {
        let held = self.lines().filter_map(|(line, kept)| {
            let figures = kept.cleared.clearing.figures.as_ref();
            let wanted = figures.map(|figures| figures.wanted);
            let came = figures.map(|figures| (figures.drawn, figures.deficit));
            let held = Held { line: kept.cleared.id, text: line.line.text.clone(), wanted, came };
            kept.cleared.draw.map(|draw| (draw, held))
        });
        held.collect()
    }

    /// The texts of its lines by their draws.
    pub fn texts(&self) -> HashMap<DrawId, String> {
        self.held().into_iter().map(|(draw, held)| (draw, held.text)).collect()
    }

    /// The contracts that its lines and these others name: it may hold something of their accounts.
    pub fn contracts(&self, others: impl Iterator<Item = ContractId>) -> Vec<ContractId> {
        let own = self.lines.iter().filter_map(|kept| kept.contract);
        let mut contracts: Vec<ContractId> = own.chain(others).collect();
        contracts.sort_unstable();
        contracts.dedup();
        contracts
    }

    /// The lines that come from a delivery note.
    pub fn fixed_ids(&self) -> HashSet<LineId> {
        let fixed = self.lines.iter().filter(|kept| kept.cleared.note_line.is_some());
        fixed.map(|kept| kept.cleared.id).collect()
    }
}

/// What a document says about itself in its history.
pub(super) fn fields(page: &DocumentPage) -> Vec<(&'static str, String)> {
    let lines = if page.lines.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&NotedLines::of(&page.lines)).unwrap_or_default()
    };
    vec![
        ("kind", page.row.kind.name().to_owned()),
        ("date", page.row.date.to_string()),
        ("delivery", page.delivery.name().to_owned()),
        ("due_on", page.row.due_on.to_string()),
        ("net", page.totals.net.to_string()),
        ("lines", lines),
    ]
}
