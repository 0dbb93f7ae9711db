//! An auditor who counts every single unit by hand. Slow, simple, and without a line of the engine: it knows days as
//! numbers, looks at all coins again for each unit that is wanted, and compares lots in its own words.

use std::collections::BTreeMap;

use crate::plans::{Bill, Carry, GRID, Overdraft, Plan, Step};

/// A lot as a purse: a place for each unit that was granted, empty-handed or with the draw that holds it.
#[derive(Clone)]
pub struct Purse {
    pub lot: u8,
    made: usize,
    from: i64,
    until: Option<i64>,
    /// From this day on it is carried over, with at most so many coins.
    carried: Option<(i64, Option<i64>)>,
    pub coins: Vec<Option<u8>>,
    pub taken_back: bool,
}

/// A draw.
#[derive(Clone)]
pub struct Slip {
    pub draw: u8,
    made: usize,
    day: i64,
    pub torn: bool,
}

/// All purses and slips in the order in which they were made; a debt is the draw that owes one unit, and debts stand
/// in the order of their draws.
#[derive(Clone)]
pub struct Auditor {
    overdraft: Overdraft,
    next_grant: bool,
    closed_until: Option<i64>,
    pub end: Option<i64>,
    pub purses: Vec<Purse>,
    pub slips: Vec<Slip>,
    pub debts: Vec<u8>,
    made: usize,
}

/// What the auditor says to a command: what came from or went to whom, one unit after the other, or why not.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Granted { covers: Vec<(u8, i64)>, left: i64 },
    Drawn { parts: Vec<(u8, i64)>, deficit: i64, not_drawn: i64 },
    Released { parts: BTreeMap<u8, i64>, deficit: i64 },
    Revoked { parts: Vec<(u8, i64)> },
    Covered { left: i64, deficit: i64 },
    Ended { lost: BTreeMap<u8, i64> },
    Refused(&'static str),
}

/// Counts equal neighbours: a, a, b becomes 2 of a, 1 of b.
pub fn runs(units: &[u8]) -> Vec<(u8, i64)> {
    let mut runs: Vec<(u8, i64)> = Vec::new();
    for unit in units {
        match runs.last_mut() {
            Some((last, count)) if last == unit => *count += 1,
            _ => runs.push((*unit, 1)),
        }
    }
    runs
}

/// Whether the first purse is to be spent before the second one, which was granted later.
fn not_after(one: &Purse, other: &Purse) -> bool {
    match (one.until, other.until) {
        (Some(end), Some(other_end)) if end != other_end => end < other_end,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        _ => one.from <= other.from,
    }
}

/// The first days of the months from February of a leap year on; day 0 is the first of them.
const MONTHS: [i64; 14] = [0, 29, 60, 90, 121, 151, 182, 213, 243, 274, 304, 335, 366, 394];

/// The same day so many months later, or the last day of a month that is too short.
fn months_later(day: i64, months: usize) -> i64 {
    let month = MONTHS.iter().rposition(|first| *first <= day).expect("not before the first month");
    let (first, next) = (MONTHS[month + months], MONTHS[month + months + 1]);
    (first + day - MONTHS[month]).min(next - 1)
}

/// The day on which a lot of these days ends that is carried over for some more periods.
fn carried_until(from: i64, until: i64, periods: u32, grid: bool) -> i64 {
    let more = usize::try_from(periods).expect("few");
    if grid {
        return (until.div_euclid(GRID) + i64::from(periods)) * GRID;
    }
    match (1..=2).find(|months| months_later(from, *months) == until) {
        Some(months) => months_later(from, months * (1 + more)),
        None => until + (until - from) * i64::from(periods),
    }
}

fn counted(how_many: usize) -> i64 {
    i64::try_from(how_many).expect("few")
}

impl Auditor {
    pub fn new(plan: &Plan) -> Auditor {
        Auditor {
            overdraft: plan.overdraft,
            next_grant: plan.next_grant,
            closed_until: plan.closed_until,
            end: None,
            purses: Vec::new(),
            slips: Vec::new(),
            debts: Vec::new(),
            made: 0,
        }
    }

    pub fn judge(&mut self, step: &Step) -> Verdict {
        self.made += 1;
        let verdict = match *step {
            Step::Grant { lot, amount, from, until, carry } => self.grant(lot, amount, (from, until), carry),
            Step::Draw { draw, day, wanted } => self.draw(draw, day, wanted),
            Step::Release { draw } => self.release(draw),
            Step::Revoke { lot } => self.revoke(lot),
            Step::Cover { draw, lot, amount } => self.cover(draw, lot, amount),
            Step::BalancingGrant { lot, day, first, second } => self.balance(lot, day, first, second),
            Step::End { day } => Ok(self.ended(day)),
        };
        verdict.unwrap_or_else(Verdict::Refused)
    }

    fn grant(
        &mut self,
        lot: u8,
        amount: i64,
        (from, until): (i64, Option<i64>),
        carry: Carry,
    ) -> Result<Verdict, &'static str> {
        refuse(amount < 1, "amount")?;
        refuse(until.is_some_and(|until| until <= from), "validity")?;
        let (mut purse_until, mut carried) = (until, None);
        if let Carry::On { cap: Some(cap), .. } = carry {
            refuse(cap < 1, "amount")?;
        }
        if let Carry::On { periods, cap, grid } = carry
            && periods != Some(0)
        {
            let own_end = until.ok_or("nothing to carry over")?;
            purse_until = periods.map(|periods| carried_until(from, own_end, periods, grid));
            carried = Some((own_end, cap));
        }
        refuse(self.purse(lot).is_some(), "lot exists")?;
        refuse(self.end.is_some_and(|end| end <= from), "ended")?;
        let coins = vec![None; usize::try_from(amount).expect("few")];
        self.purses.push(Purse { lot, made: self.made, from, until: purse_until, carried, coins, taken_back: false });
        let mut covers = Vec::new();
        for _ in 0..amount {
            let purse = self.purse(lot).expect("just made");
            let pays = |debt: &u8| {
                let day = self.day_of(*debt);
                let may = self.valid(purse, day) || (self.next_grant && day < from);
                may && self.loose(purse, day) > 0
            };
            let Some(at) = self.debts.iter().position(pays) else { break };
            covers.push(self.pay(at, lot));
        }
        let left = amount - counted(covers.len());
        Ok(Verdict::Granted { covers: runs(&covers), left })
    }

    /// One coin of the lot pays the debt at that place.
    fn pay(&mut self, at: usize, lot: u8) -> u8 {
        let draw = self.debts.remove(at);
        let purse = self.purses.iter_mut().find(|purse| purse.lot == lot).expect("a purse");
        *purse.coins.iter_mut().find(|coin| coin.is_none()).expect("a coin") = Some(draw);
        draw
    }

    fn draw(&mut self, draw: u8, day: i64, wanted: i64) -> Result<Verdict, &'static str> {
        refuse(wanted < 1, "amount")?;
        refuse(self.closed_until.is_some_and(|closed| day < closed), "closed")?;
        refuse(self.end.is_some_and(|end| end <= day), "ended")?;
        let known = self.slips.iter().any(|slip| slip.draw == draw);
        let (mut spent, mut deficit, mut not_drawn) = (Vec::new(), 0, 0);
        if !known {
            // Coins that it takes count as held on its day from the first one on.
            self.slips.push(Slip { draw, made: self.made, day, torn: false });
        }
        for _ in 0..wanted {
            let next = self.next_purse(day);
            let room = match self.overdraft {
                Overdraft::No => false,
                Overdraft::UpTo(limit) => counted(self.debts.len()) < limit,
                Overdraft::WithoutLimit => true,
            };
            if known {
                // Sent again: only whether there would be anything to draw is of interest.
                return Err(if room || next.is_some() { "draw exists" } else { "exhausted" });
            }
            if let Some(at) = next {
                *self.purses[at].coins.iter_mut().find(|coin| coin.is_none()).expect("a coin") = Some(draw);
                spent.push(self.purses[at].lot);
            } else if room {
                self.debts.push(draw);
                deficit += 1;
            } else {
                not_drawn += 1;
            }
        }
        if not_drawn == wanted {
            self.slips.pop();
            return Err("exhausted");
        }
        Ok(Verdict::Drawn { parts: runs(&spent), deficit, not_drawn })
    }

    fn release(&mut self, draw: u8) -> Result<Verdict, &'static str> {
        let slip = self.slips.iter_mut().find(|slip| slip.draw == draw).ok_or("draw unknown")?;
        refuse(slip.torn, "released before")?;
        slip.torn = true;
        let (parts, deficit) = (self.held(draw), self.owed(draw));
        let all = self.purses.iter_mut().flat_map(|purse| &mut purse.coins);
        all.filter(|coin| **coin == Some(draw)).for_each(|coin| *coin = None);
        self.debts.retain(|debt| *debt != draw);
        Ok(Verdict::Released { parts, deficit })
    }

    /// Each coin that someone holds becomes a debt of the same one; the purse is empty for ever.
    fn revoke(&mut self, lot: u8) -> Result<Verdict, &'static str> {
        let purse = self.purses.iter_mut().find(|purse| purse.lot == lot).ok_or("lot unknown")?;
        refuse(purse.taken_back, "revoked before")?;
        purse.taken_back = true;
        let mut holders: Vec<u8> = purse.coins.drain(..).flatten().collect();
        self.debts.extend(&holders);
        let place = |draw: &u8| self.slips.iter().position(|slip| slip.draw == *draw);
        holders.sort_by_key(place);
        self.debts.sort_by_key(place);
        Ok(Verdict::Revoked { parts: runs(&holders) })
    }

    fn cover(&mut self, draw: u8, lot: u8, amount: i64) -> Result<Verdict, &'static str> {
        refuse(amount < 1, "amount")?;
        let made = self.purse(lot).ok_or("lot unknown")?.made;
        refuse(amount > self.owed(draw), "owes less")?;
        let slip = self.slips.iter().find(|slip| slip.draw == draw).ok_or("owes less")?;
        refuse(made < slip.made, "granted before")?;
        let loose = self.purse(lot).map_or(0, |purse| self.loose(purse, slip.day));
        refuse(amount > loose, "has less")?;
        for _ in 0..amount {
            let at = self.debts.iter().position(|debt| *debt == draw).expect("a debt");
            self.pay(at, lot);
        }
        let left = self.purse(lot).map_or(0, Purse::free);
        Ok(Verdict::Covered { left, deficit: self.owed(draw) })
    }

    fn balance(&mut self, lot: u8, day: i64, first: Bill, second: Option<Bill>) -> Result<Verdict, &'static str> {
        let mut open = self.debts.clone();
        let mut billed = Vec::new();
        for bill in [Some(first), second].into_iter().flatten() {
            let amount = bill.amount.unwrap_or_else(|| self.owed(bill.draw));
            refuse(amount < 1, "amount")?;
            for _ in 0..amount {
                let at = open.iter().position(|debt| *debt == bill.draw).ok_or("owes less")?;
                billed.push(open.remove(at));
            }
        }
        refuse(self.purse(lot).is_some(), "lot exists")?;
        billed.sort_by_key(|draw| self.slips.iter().position(|slip| slip.draw == *draw));
        let coins = billed.iter().copied().map(Some).collect();
        let (made, carried, taken_back) = (self.made, None, false);
        self.purses.push(Purse { lot, made, from: day, until: None, carried, coins, taken_back });
        self.debts = open;
        Ok(Verdict::Granted { covers: runs(&billed), left: 0 })
    }

    /// Lost is what could have been spent on the eve of the end, and lots that would have begun later are lost whole.
    fn ended(&mut self, day: Option<i64>) -> Verdict {
        self.end = None;
        let mut lost = BTreeMap::new();
        if let Some(day) = day {
            for purse in self.purses.iter().filter(|purse| purse.until.is_none_or(|until| day < until)) {
                let coins = if purse.from < day { self.spendable(purse, day - 1) } else { purse.free() };
                if coins > 0 {
                    lost.insert(purse.lot, coins);
                }
            }
        }
        self.end = day;
        Verdict::Ended { lost }
    }

    /// The purse to be opened next on a day.
    fn next_purse(&self, day: i64) -> Option<usize> {
        let usable = (0..self.purses.len()).filter(|at| self.spendable(&self.purses[*at], day) > 0);
        usable.reduce(|best, at| if not_after(&self.purses[best], &self.purses[at]) { best } else { at })
    }

    fn valid(&self, purse: &Purse, day: i64) -> bool {
        purse.from <= day && purse.until.is_none_or(|until| day < until) && self.end.is_none_or(|end| day < end)
    }

    /// How many coins a draw of that day could get out of the purse.
    pub fn spendable(&self, purse: &Purse, day: i64) -> i64 {
        if self.valid(purse, day) { self.loose(purse, day) } else { 0 }
    }

    /// How many of its coins could go to a draw of that day, were the purse valid on it.
    fn loose(&self, purse: &Purse, day: i64) -> i64 {
        match purse.carried {
            Some((own_end, Some(cap))) if own_end <= day => {
                let late = purse.coins.iter().flatten().filter(|draw| own_end <= self.day_of(**draw));
                purse.free().min(cap - counted(late.count())).max(0)
            }
            _ => purse.free(),
        }
    }

    /// How many coins of the purse nobody can spend any more on that day.
    pub fn lost(&self, purse: &Purse, day: i64) -> i64 {
        if day < purse.from { 0 } else { purse.free() - self.spendable(purse, day) }
    }

    fn purse(&self, lot: u8) -> Option<&Purse> {
        self.purses.iter().find(|purse| purse.lot == lot)
    }

    fn day_of(&self, draw: u8) -> i64 {
        self.slips.iter().find(|slip| slip.draw == draw).expect("a slip").day
    }

    pub fn held(&self, draw: u8) -> BTreeMap<u8, i64> {
        let mut held = BTreeMap::new();
        for purse in &self.purses {
            let coins = purse.coins.iter().filter(|coin| **coin == Some(draw)).count();
            if coins > 0 {
                held.insert(purse.lot, counted(coins));
            }
        }
        held
    }

    pub fn owed(&self, draw: u8) -> i64 {
        self.debts.iter().filter(|debt| **debt == draw).map(|_| 1).sum()
    }
}

impl Purse {
    pub fn free(&self) -> i64 {
        counted(self.coins.iter().filter(|coin| coin.is_none()).count())
    }
}

fn refuse(when: bool, why: &'static str) -> Result<(), &'static str> {
    if when { Err(why) } else { Ok(()) }
}
