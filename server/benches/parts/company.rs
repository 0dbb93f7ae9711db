//! A company's accounts and their entries, as the kernel decides them: the same from the same seed, native and in wasm.

use chrono::{Days, Months, NaiveDate};
use domain::{
    AccountId, Currency, CustomerId, DrawId, LotId,
    quota::{
        self, Account, Amount, BalancingRequest, CarryOver, CoverPart, DeficitPolicy, DrawDecision, DrawOrigin,
        DrawRequest, Entry, GrantRequest, Ledger, Overbooking, Policy, QuotaError, Unit,
    },
};
use uuid::Uuid;

/// So many months of every account's past, up to [`TODAY`].
pub const MONTHS: u32 = 60;
/// The first month.
pub const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2021, 5, 1).expect("a day");
/// The day on which the tests' clock stands.
pub const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 4, 15).expect("a day");

/// An account with everything that ever happened on it.
pub struct Book {
    /// Its number, from 1 on.
    pub number: u32,
    /// The account.
    pub account: Account,
    /// Its entries from the first one on.
    pub entries: Vec<Entry>,
    /// For a draw: what was wanted, and what was available before and after.
    pub wanted: Vec<Option<(Amount, Amount, Amount)>>,
}

/// Chance from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end.max(1)
    }
}

/// An id like those that clients make: what comes later sorts later, whichever account it is on.
pub fn id(number: u32, place: i64) -> Uuid {
    const START: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;
    let place = u128::try_from(place).unwrap_or_default();
    Uuid::from_u128(START | (place & 0xffff_ffff) << 80 | u128::from(number))
}

/// The customer whom everything belongs to.
pub fn customer() -> CustomerId {
    CustomerId::new(id(0, 0))
}

/// An account's terms by its number: without overbooking, with carry-over, overbooked, and in money with a limit.
fn terms(number: u32) -> (Account, CarryOver) {
    let (overbooking, deficits) = match number % 4 {
        0 | 1 => (Overbooking::No, DeficitPolicy::Balance),
        2 => (Overbooking::Yes { limit: None }, DeficitPolicy::NextGrant),
        _ => (Overbooking::Yes { limit: Some(Amount::new(40_000)) }, DeficitPolicy::Balance),
    };
    let carry = match number % 4 {
        1 => CarryOver::On { periods: Some(3), cap: Some(Amount::new(9_000)) },
        2 => CarryOver::On { periods: Some(1), cap: None },
        _ => CarryOver::Off,
    };
    let unit = if number % 4 == 3 { Unit::Money(Currency::EUR) } else { Unit::Time };
    let policy = Policy { overbooking, deficits };
    (Account { id: AccountId::new(id(number, 0)), customer: customer(), unit, policy }, carry)
}

/// The account of that number.
pub fn account(number: u32) -> Account {
    terms(number).0
}

impl Book {
    /// An account with at least so many entries.
    pub fn new(number: u32, entries: usize) -> Result<Book, QuotaError> {
        let (account, carry) = terms(number);
        let ledger = Ledger::new(account.clone());
        let book = Book { number, account, entries: Vec::with_capacity(entries + 4), wanted: Vec::new() };
        let mut making = Making { book, ledger, chance: Chance(u64::from(number)), latest: Vec::new() };
        // A little less than what is wanted in a month.
        let amount = Amount::new(i64::try_from(4400 * entries / 60).unwrap_or_default().max(3600));
        for (month, place) in (0..MONTHS).zip(1_usize..) {
            let from = FIRST.checked_add_months(Months::new(month)).unwrap_or(FIRST);
            let until = from.checked_add_months(Months::new(1));
            if number % 4 == 3 && month % 3 == 2 {
                making.balance(from)?;
            }
            let lot = making.lot();
            making.grant(&GrantRequest { carry, ..GrantRequest::new(lot, amount, from, until) })?;
            // The last month has passed by half.
            let days = if month + 1 == MONTHS { 15 } else { 28 };
            while making.book.entries.len() < entries * place / usize::try_from(MONTHS).unwrap_or(1) {
                making.step(from, days)?;
            }
        }
        Ok(making.book)
    }
}

/// The accounts 1, 2, 3, with at least so many entries each.
#[allow(dead_code, reason = "for one of the two programs")]
pub fn company(accounts: u32, entries: usize) -> Result<Vec<Book>, QuotaError> {
    (1..=accounts).map(|number| Book::new(number, entries)).collect()
}

/// A book under way.
struct Making {
    book: Book,
    ledger: Ledger,
    chance: Chance,
    /// Draws that may be released.
    latest: Vec<DrawId>,
}

impl Making {
    fn next_id(&self) -> Uuid {
        id(self.book.number, self.ledger.view.next_seq.0)
    }

    fn lot(&self) -> LotId {
        LotId::new(self.next_id())
    }

    fn post(&mut self, entry: Entry, wanted: Option<&DrawDecision>) -> Result<(), QuotaError> {
        self.ledger.post(&entry)?;
        self.book.entries.push(entry);
        self.book.wanted.push(wanted.map(|d| (d.request.wanted, d.available_before, d.available_after)));
        Ok(())
    }

    fn grant(&mut self, request: &GrantRequest) -> Result<(), QuotaError> {
        let decision = quota::grant(&self.ledger.view, request)?;
        for entry in decision.entries(&self.ledger.view)? {
            self.post(entry, None)?;
        }
        Ok(())
    }

    /// A balancing invoice over everything that is open.
    fn balance(&mut self, date: NaiveDate) -> Result<(), QuotaError> {
        let open = &self.ledger.view.deficits;
        let deficits: Vec<_> = open.iter().map(|open| CoverPart { draw: open.draw, amount: open.amount }).collect();
        if deficits.is_empty() {
            return Ok(());
        }
        let request = BalancingRequest { lot: self.lot(), date, deficits };
        let decision = quota::balancing_grant(&self.ledger.view, &request)?;
        for entry in decision.entries(&self.ledger.view)? {
            self.post(entry, None)?;
        }
        Ok(())
    }

    /// A draw, now and then late; or a release; or a top-up when nothing is left.
    fn step(&mut self, month: NaiveDate, days: u64) -> Result<(), QuotaError> {
        if self.chance.below(25) == 0 && !self.latest.is_empty() {
            let at = self.chance.below(self.latest.len().try_into().unwrap_or(1));
            let draw = self.latest.remove(usize::try_from(at).unwrap_or_default());
            let posted = self.ledger.draws.get(&draw).ok_or(QuotaError::UnknownDraw { draw })?;
            let entry = quota::release(posted)?.entry(&self.ledger.view);
            return self.post(entry, None);
        }
        let mut date = month + Days::new(self.chance.below(days));
        if self.chance.below(20) == 0 && month > FIRST {
            date = month - Days::new(1 + self.chance.below(20));
        }
        let wanted = Amount::new(900 * i64::try_from(1 + self.chance.below(10)).unwrap_or(1));
        let draw = DrawId::new(self.next_id());
        match quota::draw(&self.ledger.view, &DrawRequest { draw, date, wanted, origin: DrawOrigin::ByHand }) {
            Ok(decision) => {
                let entry = decision.entry(&self.ledger.view);
                self.post(entry, Some(&decision))?;
                self.latest.push(draw);
                if self.latest.len() > 10 {
                    self.latest.remove(0);
                }
                Ok(())
            }
            Err(QuotaError::Exhausted { .. }) => {
                let until = date.checked_add_months(Months::new(2));
                let lot = self.lot();
                self.grant(&GrantRequest::new(lot, Amount::new(18_000), date, until))
            }
            Err(error) => Err(error),
        }
    }
}
