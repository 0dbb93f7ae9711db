//! Documents that rest on others: an invoice on its delivery note, a balancing invoice on the documents whose deficits
//! it bills. As long as they stand, what they rest on is not undone.

use domain::{
    DocumentId,
    documents::{DocumentKind, DocumentState},
    undo::{self, Obstacle, UndoFacts, Way},
};
use uuid::Uuid;

use super::{
    calendar::Day,
    checks,
    commands::Company,
    engine::{lot_id, number},
};

/// A document that rests on another, as the facts name it.
pub type Resting = (DocumentId, DocumentKind, Option<String>);

/// A balancing invoice: the purse that it filled, and the draws whose debts it bills.
pub struct Balanced {
    party: usize,
    state: DocumentState,
    purse: usize,
    draws: Vec<usize>,
}

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
    /// What rests on a note: its invoice, and the balancing invoices that bill what it has drawn too much.
    pub fn resting_on(&self, note: usize) -> Vec<Resting> {
        let of = &self.notes[note];
        let bills = |one: &Balanced| {
            let own = |draw: &usize| of.own.iter().any(|own| number(own.uuid()) == *draw);
            one.party == of.party && one.state != DocumentState::Cancelled && one.draws.iter().any(own)
        };
        let balancing = self.balanced.iter().enumerate().filter(|(_, one)| bills(one)).map(|(at, one)| {
            let id = DocumentId::new(Uuid::from_u128(u128::try_from(at).expect("small")));
            let number = (one.state == DocumentState::Issued).then(|| format!("AR-{at}"));
            (id, DocumentKind::Balancing, number)
        });
        of.invoice.iter().map(|state| invoice_of(note, *state)).chain(balancing).collect()
    }

    /// A balancing invoice over the debts of some draws, but not of those of drafts: they can still change.
    pub fn balance(&mut self, place: usize, day: Day) {
        let held = self.held(place);
        let mut draws: Vec<usize> =
            self.books[place].debts.iter().copied().filter(|draw| !held.contains(draw)).collect();
        draws.dedup();
        if self.chance.one_in(2) {
            draws.truncate(1);
        }
        if draws.is_empty() {
            return;
        }
        let purse = self.books[place].purses.len();
        self.parties[place].balance(&draws, day);
        self.books[place].balance(&draws, day);
        let state = self.chance.pick(&[DocumentState::Draft, DocumentState::Issued]);
        self.balanced.push(Balanced { party: place, state, purse, draws });
        self.count("balanced");
    }

    /// A balancing invoice is deleted or cancelled: its grant is taken back like any other, so what it has paid is owed
    /// again by the same draws. Where somebody took the grant back before, nothing changes.
    pub fn undo_balancing(&mut self) {
        let standing = |at: &usize| self.balanced[*at].state != DocumentState::Cancelled;
        let found: Vec<usize> = (0..self.balanced.len()).filter(standing).collect();
        // Some of them always stand.
        if found.len() < 10 {
            return;
        }
        let at = self.chance.pick(&found);
        let Balanced { party: place, state, purse, .. } = self.balanced[at];
        let party = &mut self.parties[place];
        let facts = UndoFacts {
            kind: DocumentKind::Balancing,
            state,
            resting: Vec::new(),
            claims: Vec::new(),
            fees: Vec::new(),
            lots: vec![lot_id(&party.contract, purse)],
            accounts: vec![party.facts(&[])],
        };
        let planned = undo::plan(&facts, Way::of(state)).expect("all that it needs");
        assert!(planned.possible());
        let gone = self.books[place].purses[purse].taken_back;
        assert_eq!((planned.accounts.len(), planned.periods()), (usize::from(!gone), 0));
        for undo in &planned.accounts {
            party.undo(undo);
        }
        if !gone {
            self.books[place].revoke(purse);
        }
        self.balanced[at].state = DocumentState::Cancelled;
        checks::party(&self.parties[place], &self.books[place]);
        self.count("balancing invoice undone");
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
