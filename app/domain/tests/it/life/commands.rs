//! Everything that happens, in any order: each command is given to the engine and to the auditor.

use std::collections::BTreeMap;

use domain::{
    DrawId,
    documents::{DocumentKind, DocumentState},
    undo::{self, UndoFacts, Way},
};

use super::{
    auditor::{Auditor, Coin, Deal, Last, Overdraft},
    billing::Invoice,
    calendar::{Chance, Day, later, tomorrow},
    checks,
    engine::{Party, contract, date, draw_id, lot_id, number},
    resting::{Balanced, in_the_way},
};

/// How often somebody does something in a month.
const A_MONTH: usize = 300;

/// A delivery note with its draws.
pub struct Note {
    pub party: usize,
    state: DocumentState,
    pub own: Vec<DrawId>,
    /// How far its invoice is, if it has one that stands.
    pub invoice: Option<DocumentState>,
}

/// All contracts, on the engine and by hand.
pub struct Company {
    pub chance: Chance,
    pub parties: Vec<Party>,
    pub books: Vec<Auditor>,
    pub customers: Vec<u8>,
    pub invoices: Vec<Invoice>,
    pub notes: Vec<Note>,
    pub balanced: Vec<Balanced>,
    counts: BTreeMap<&'static str, usize>,
}

fn deal(chance: &mut Chance, first: Day) -> Deal {
    let months = u32::try_from(chance.below(12)).expect("few");
    let day = chance.pick(&[1, 1, 1, 15, 28, 29, 30, 31]);
    let (year, month, _) = later(first, months);
    let start = later((year, month, 31), 0);
    let interval = chance.pick(&[1, 1, 1, 1, 3, 12]);
    Deal {
        start: (year, month, day.min(start.2)),
        term: chance.pick(&[6, 12, 12, 24]),
        renewal: chance.pick(&[Some(12), Some(12), Some(12), Some(6), Some(6), None]),
        notice: chance.pick(&[0, 1, 3]),
        coin: chance.pick(&[Coin::Quarter, Coin::Quarter, Coin::Nine]),
        cancelled: None,
        agreed: None,
        interval,
        arrears: false,
        quota_interval: chance.pick(&[interval, interval, 1, 2, 3]),
        quota: 2 + chance.below(9),
        sells: true,
        carry: None,
        overdraft: Overdraft::No,
        next_grant: chance.one_in(2),
        cents: 10_000 + i64::try_from(chance.below(40_000)).expect("small"),
        last: chance.pick(&[Last::Whole, Last::ByDays]),
    }
}

impl Company {
    pub fn new(mut chance: Chance, contracts: u8, first: Day) -> Company {
        let (mut parties, mut books, mut customers) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..contracts {
            let (deal, customer) = (deal(&mut chance, first), place % 50);
            let mut contract = contract(place, customer, &deal);
            // Every other customer gets one invoice for all.
            if customer % 2 == 0 {
                contract.terms.billing.invoice = domain::contracts::InvoiceKind::Consolidated;
            }
            parties.push(Party::new(contract));
            books.push(Auditor::new(deal));
            customers.push(customer);
        }
        Company {
            chance,
            parties,
            books,
            customers,
            invoices: Vec::new(),
            notes: Vec::new(),
            balanced: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// A month: its run, now and then missed, and what people do.
    pub fn month(&mut self, month: Day) {
        if !self.chance.one_in(8) {
            self.run(month);
        }
        for _ in 0..A_MONTH {
            let place = self.chance.below(self.parties.len());
            self.command(place, month);
            checks::party(&self.parties[place], &self.books[place]);
        }
    }

    pub fn look_at_all(&mut self, day: Day) {
        for place in 0..self.parties.len() {
            checks::party(&self.parties[place], &self.books[place]);
            checks::statement(&self.parties[place], &self.books[place], &self.held(place), day, &mut self.chance);
        }
    }

    /// What happened how often; nothing of it never.
    pub fn counts(&self) -> String {
        let names = [
            "run",
            "consolidated",
            "billed by hand",
            "re-run",
            "invoice cancelled",
            "invoice issued",
            "draft invoice deleted",
            "note",
            "note with deficit",
            "note that gets nothing",
            "note on money",
            "note on a quota that was taken out",
            "saved again",
            "issued",
            "deleted",
            "note cancelled",
            "note invoiced",
            "note refused to be cancelled",
            "invoice of a note undone",
            "drawn",
            "booked",
            "released",
            "given",
            "balanced",
            "balancing invoice undone",
            "covered",
            "revoked",
            "changed",
            "change refused",
            "billed in arrears",
            "billed by days",
            "quota taken out",
            "quota put back",
            "books closed",
            "statement",
        ];
        for name in names {
            assert!(self.counts.contains_key(name), "never: {name}");
        }
        format!("{:?}", self.counts)
    }

    pub fn count(&mut self, name: &'static str) {
        *self.counts.entry(name).or_default() += 1;
    }

    /// A day of this month, or one before it, or one after it.
    fn day(&mut self, month: Day) -> Day {
        let back = u32::try_from(self.chance.below(14)).expect("few");
        let (year, number, day) = month;
        let month = match self.chance.below(10) {
            0 | 1 if year > 2023 || number > back => {
                let months = u32::try_from(year).expect("ours") * 12 + number - 1 - back;
                (i32::try_from(months / 12).expect("small"), months % 12 + 1, day)
            }
            2 => later(month, 1),
            _ => month,
        };
        self.chance.day_of(month)
    }

    fn command(&mut self, place: usize, month: Day) {
        let day = self.day(month);
        match self.chance.below(75) {
            0..20 => self.save(place, None, day),
            20..24 => self.draft(|this, note| this.save(this.notes[note].party, Some(note), day)),
            24..30 => self.draft(|this, note| {
                this.notes[note].state = DocumentState::Issued;
                this.count("issued");
            }),
            30..32 => self.draft(|this, note| this.undo_note(note, Way::Delete)),
            32..35 => {
                if let Some(note) = self.note(DocumentState::Issued) {
                    self.undo_note(note, Way::Cancel);
                }
            }
            35..40 => {
                let wanted = 1 + self.chance.below(9);
                assert_eq!(self.parties[place].draw(day, wanted), self.books[place].draw(day, wanted));
                self.count("drawn");
            }
            40 => self.release(place),
            41..44 => {
                let until = (!self.chance.one_in(3)).then(|| later(day, 1));
                let size = 1 + self.chance.below(6);
                let given = self.parties[place].given(size, day, until);
                assert_eq!(given, self.books[place].grant(size, day, until, None));
                self.count("given");
            }
            44..46 => self.balance(place, day),
            46..49 => self.cover(place),
            49 => self.revoke(place),
            50..52 => self.cancel(),
            52..54 => self.run_again(place, day),
            54 => {
                self.bill(&[place], day);
                self.count("billed by hand");
            }
            55..61 => self.change(place, day),
            61 if self.chance.one_in(6) => self.close(month),
            61..63 => {
                checks::statement(&self.parties[place], &self.books[place], &self.held(place), day, &mut self.chance);
                self.count("statement");
            }
            63 => self.issue_invoice(),
            64 => self.delete_invoice(),
            65..68 => self.invoice_note(),
            68 => self.undo_invoice_of_note(),
            69 | 70 => self.undo_balancing(),
            // Time of a project that a single line pours on the account goes where a draw by hand would go.
            71..74 => {
                let wanted = 1 + self.chance.below(9);
                assert_eq!(self.parties[place].book(day, wanted), self.books[place].draw(day, wanted));
                self.count("booked");
            }
            _ => self.run(day),
        }
    }

    /// A delivery note is saved, for the first time or again.
    fn save(&mut self, place: usize, note: Option<usize>, day: Day) {
        let lines: Vec<usize> = (0..=self.chance.below(3)).map(|_| 1 + self.chance.below(6)).collect();
        let own = note.map(|note| self.notes[note].own.clone()).unwrap_or_default();
        let (cleared, drawn) = self.parties[place].save(&own, day, &lines);
        let books = &mut self.books[place];
        for draw in &own {
            books.release(number(draw.uuid()));
        }
        let by_hand: Vec<(usize, i64)> = lines
            .iter()
            .map(|wanted| {
                let cleared = books.line(day, *wanted);
                (cleared, books.deal.takes_off(cleared))
            })
            .collect();
        assert_eq!(cleared, by_hand, "{lines:?} on {day:?}");
        let deficit = drawn.iter().any(|draw| books.owed(number(draw.uuid())) > 0);
        match note {
            Some(note) => self.notes[note].own = drawn,
            None => self.notes.push(Note { party: place, state: DocumentState::Draft, own: drawn, invoice: None }),
        }
        self.count(if note.is_some() { "saved again" } else { "note" });
        if deficit {
            self.count("note with deficit");
        }
        if cleared.iter().all(|(cleared, _)| *cleared == 0) {
            self.count("note that gets nothing");
        } else if self.books[place].deal.coin == Coin::Nine {
            self.count("note on money");
        } else if !self.books[place].deal.sells {
            self.count("note on a quota that was taken out");
        }
    }

    pub fn note(&mut self, state: DocumentState) -> Option<usize> {
        let found: Vec<usize> = (0..self.notes.len()).filter(|at| self.notes[*at].state == state).collect();
        (!found.is_empty()).then(|| found[found.len() - 1 - self.chance.below(found.len().min(200))])
    }

    fn draft(&mut self, doing: impl FnOnce(&mut Company, usize)) {
        if let Some(note) = self.note(DocumentState::Draft) {
            doing(self, note);
            let place = self.notes[note].party;
            checks::party(&self.parties[place], &self.books[place]);
        }
    }

    /// What a draft is deleted or an issued note cancelled by. What it has drawn may have been given back by nobody else.
    /// As long as something rests on it, it stands as it is.
    fn undo_note(&mut self, note: usize, way: Way) {
        let resting = self.resting_on(note);
        let Note { party, state, own, .. } = &self.notes[note];
        let (place, party) = (*party, &mut self.parties[*party]);
        let facts = UndoFacts {
            kind: DocumentKind::DeliveryNote,
            state: *state,
            resting: resting.clone(),
            claims: Vec::new(),
            fees: Vec::new(),
            lots: Vec::new(),
            accounts: vec![party.facts(own)],
        };
        let planned = undo::plan(&facts, way).expect("all that it needs");
        assert_eq!(planned.obstacles, in_the_way(&resting));
        if !planned.possible() {
            self.count("note refused to be cancelled");
            return;
        }
        for undo in &planned.accounts {
            party.undo(undo);
        }
        for draw in own {
            self.books[place].release(number(draw.uuid()));
        }
        self.notes[note].state = DocumentState::Cancelled;
        checks::party(&self.parties[place], &self.books[place]);
        self.count(if way == Way::Delete { "deleted" } else { "note cancelled" });
    }

    /// What drafts hold of that account.
    pub fn held(&self, place: usize) -> Vec<usize> {
        let drafts = self.notes.iter().filter(|note| note.party == place && note.state == DocumentState::Draft);
        drafts.flat_map(|note| &note.own).map(|draw| number(draw.uuid())).collect()
    }

    /// A draw that was made by hand is given back.
    fn release(&mut self, place: usize) {
        let noted: Vec<DrawId> =
            self.notes.iter().filter(|note| note.party == place).flat_map(|n| n.own.clone()).collect();
        let slips = &self.books[place].slips;
        let by_hand = |at: &usize| !slips[*at].torn && !noted.contains(&draw_id(*at));
        let Some(draw) = (0..slips.len()).rev().find(by_hand) else { return };
        self.parties[place].release(draw_id(draw));
        self.books[place].release(draw);
        self.count("released");
    }

    fn cover(&mut self, place: usize) {
        let books = &self.books[place];
        if books.debts.is_empty() || books.purses.is_empty() {
            return;
        }
        let draw = self.chance.pick(&books.debts);
        let fresh = books.purses.len().min(4);
        let lot = books.purses.len() - 1 - self.chance.below(fresh);
        let size = 1 + self.chance.below(2);
        if books.purses[lot].taken_back {
            return;
        }
        let id = lot_id(&self.parties[place].contract, lot);
        let done = self.parties[place].cover(draw_id(draw), id, size);
        assert_eq!(done, self.books[place].cover(draw, lot, size));
        if done.is_some() {
            self.count("covered");
        }
    }

    /// A grant is taken back by hand, also one of a billing.
    fn revoke(&mut self, place: usize) {
        let purses = &self.books[place].purses;
        let Some(lot) = (0..purses.len()).rev().find(|at| !purses[*at].taken_back && self.chance.one_in(3)) else {
            return;
        };
        let id = lot_id(&self.parties[place].contract, lot);
        self.parties[place].revoke(id);
        self.books[place].revoke(lot);
        self.count("revoked");
    }

    fn change(&mut self, place: usize, day: Day) {
        let before = self.books[place].deal;
        let mut after = before;
        match self.chance.below(23) {
            0..3 => after.quota = 1 + self.chance.below(12),
            3..6 => {
                let cap = self.chance.pick(&[None, Some(1), Some(3), Some(5)]);
                let periods = self.chance.pick(&[Some(0), Some(1), Some(1), Some(2), None]);
                after.carry = (!self.chance.one_in(3)).then_some((periods, cap));
            }
            6..9 => {
                use Overdraft::{No, UpTo, WithoutLimit};
                after.overdraft = self.chance.pick(&[No, WithoutLimit, UpTo(0), UpTo(3), UpTo(8)]);
            }
            9 => after.next_grant = !before.next_grant,
            10 => after.cents += 199,
            11 => after.interval = self.chance.pick(&[1, 2, 6]),
            12 => after.quota_interval = self.chance.pick(&[1, 2, 6]),
            13 => after.cancelled = Some(day),
            14 => (after.cancelled, after.agreed) = (None, None),
            // What the account counts stays for ever. Without a quota the terms say nothing of it.
            15 if before.sells => after.coin = if before.coin == Coin::Nine { Coin::Quarter } else { Coin::Nine },
            16 => after.sells = false,
            // Put back in advance and as long as it was sold, or in another way, which is refused.
            17 | 18 if !before.sells => {
                after.sells = true;
                if !self.chance.one_in(4) {
                    after.arrears = false;
                    after.quota_interval = self.books[place].sold_interval.unwrap_or(before.quota_interval);
                }
            }
            // Refused with a quota, which is paid for before it is used.
            19 => after.arrears = !before.arrears,
            20 => (after.sells, after.arrears) = (false, true),
            21 => after.last = if before.last == Last::Whole { Last::ByDays } else { Last::Whole },
            _ if self.chance.one_in(3) => after.agreed = Some(tomorrow(later(day, 3))),
            _ => (after.renewal, after.notice) = (Some(12), self.chance.pick(&[0, 1, 3])),
        }
        // Without a quota the terms name no interval of it; put back, it is as long as it was sold last.
        let bound = if before.sells { Some(before.quota_interval) } else { self.books[place].sold_interval };
        let other = after.sells && bound.is_some_and(|bound| bound != after.quota_interval);
        let fixed = before.interval != after.interval || other;
        let wrong = after.agreed.is_some_and(|end| end <= after.start) || (after.sells && after.arrears);
        let refused = wrong || after.coin != before.coin || (fixed && self.books[place].next > 0);
        let possible = !refused;
        let mut changed = contract(0, 0, &after);
        let party = &mut self.parties[place];
        (changed.id, changed.customer) = (party.contract.id, party.contract.customer);
        changed.terms.billing.invoice = party.contract.terms.billing.invoice;
        assert_eq!(party.change(changed), possible, "{after:?}");
        if possible {
            self.books[place].agree(after);
        }
        self.count(if possible { "changed" } else { "change refused" });
        match (possible, before.sells, after.sells) {
            (true, true, false) => self.count("quota taken out"),
            (true, false, true) => self.count("quota put back"),
            _ => {}
        }
    }

    /// The books are closed until some months ago, or opened again.
    fn close(&mut self, (year, month, _): Day) {
        let until = (!self.chance.one_in(3) && month > 6).then(|| (year, month - 6, 1));
        for (party, books) in self.parties.iter_mut().zip(&mut self.books) {
            (party.ledger.view.books_closed_until, books.closed) = (until.map(date), until);
        }
        self.count("books closed");
    }
}
