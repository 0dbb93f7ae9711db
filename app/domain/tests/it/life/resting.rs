//! Documents that rest on others: an invoice on its delivery note, a balancing invoice on the documents whose deficits it
//! bills. As long as they stand, what they rest on is not undone.

use domain::{
    DocumentId,
    documents::{DocumentKind, DocumentState},
    undo::{self, Obstacle, UndoFacts, Way},
};
use uuid::Uuid;

use super::commands::Company;

/// A document that rests on another, as the facts name it.
pub type Resting = (DocumentId, DocumentKind, Option<String>);

/// The invoice of a note. Only what is issued has a number.
fn invoice_of(note: usize, state: DocumentState) -> Resting {
    let id = DocumentId::new(Uuid::from_u128(u128::try_from(note).expect("small")));
    (id, DocumentKind::Invoice, (state == DocumentState::Issued).then(|| format!("RE-{note}")))
}

/// What stands in the way because of these.
pub fn in_the_way(resting: &[Resting]) -> Vec<Obstacle> {
    let obstacle = |(document, kind, number): &Resting| {
        let (document, kind, number) = (*document, *kind, number.clone());
        Obstacle::Resting { document, kind, number }
    };
    resting.iter().map(obstacle).collect()
}

impl Company {
    /// What rests on a note.
    pub fn resting_on(&self, note: usize) -> Vec<Resting> {
        self.notes[note].invoice.iter().map(|state| invoice_of(note, *state)).collect()
    }

    /// An issued note is invoiced. Its lines come along with what they have cleared, so nothing is drawn again.
    pub fn invoice_note(&mut self) {
        let Some(note) = self.note(DocumentState::Issued).filter(|note| self.notes[*note].invoice.is_none()) else {
            return;
        };
        let state = self.chance.pick(&[DocumentState::Draft, DocumentState::Issued]);
        self.notes[note].invoice = Some(state);
        self.count("note invoiced");
    }

    /// The invoice of a note is deleted or cancelled. The draws stay those of the note, so no account changes.
    pub fn undo_invoice_of_note(&mut self) {
        let invoiced = |at: &usize| self.notes[*at].invoice.is_some();
        let found: Vec<usize> = (0..self.notes.len()).filter(invoiced).collect();
        if found.is_empty() {
            return;
        }
        let note = self.chance.pick(&found);
        let state = self.notes[note].invoice.take().expect("an invoice");
        let facts = UndoFacts {
            kind: DocumentKind::Invoice,
            state,
            resting: Vec::new(),
            claims: Vec::new(),
            fees: Vec::new(),
            lots: Vec::new(),
            accounts: vec![self.parties[self.notes[note].party].facts(&[])],
        };
        let planned = undo::plan(&facts, Way::of(state)).expect("all that it needs");
        assert!(planned.possible());
        assert_eq!((planned.accounts, planned.freed), (Vec::new(), Vec::new()));
        self.count("invoice of a note undone");
    }
}
