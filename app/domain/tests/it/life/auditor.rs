//! An auditor who keeps a contract and its account by hand: every unit is a coin that lies somewhere. Slow, simple, and
//! without a line of the engine, like the auditor of the kernel, whose rules of spending it has in its own words.

use std::collections::{BTreeMap, BTreeSet};

use super::calendar::{Day, days_between, later};

/// Whether there may be debts, and how many together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdraft {
    No,
    UpTo(usize),
    WithoutLimit,
}

/// What a coin is worth, and so what it takes off an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coin {
    /// A quarter of an hour, which is charged at 100.00 an hour.
    Quarter,
    /// 9.00 of money.
    Nine,
}

/// What a last period costs that the end cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    Whole,
    ByDays,
}

/// The terms of a contract, as plain numbers. Amounts are coins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deal {
    pub start: Day,
    pub term: u32,
    pub renewal: Option<u32>,
    pub notice: u32,
    pub coin: Coin,
    pub cancelled: Option<Day>,
    pub agreed: Option<Day>,
    pub interval: u32,
    /// Whether a period is billed when it is over.
    pub arrears: bool,
    pub quota_interval: u32,
    pub quota: usize,
    /// Whether the quota is in the terms; else the deal only remembers what it was.
    pub sells: bool,
    /// For how many more periods, and at most how many coins.
    pub carry: Option<(Option<u32>, Option<usize>)>,
    pub overdraft: Overdraft,
    pub next_grant: bool,
    pub cents: i64,
    pub last: Last,
}

/// A lot: a place for each coin, with the draw that holds it.
#[derive(Debug, Clone)]
pub struct Purse {
    made: usize,
    pub from: Day,
    until: Option<Day>,
    /// From this day on it is carried over, with at most so many coins.
    carried: Option<(Day, Option<usize>)>,
    pub coins: Vec<Option<usize>>,
    pub taken_back: bool,
}

/// A draw.
#[derive(Debug, Clone)]
pub struct Slip {
    made: usize,
    pub day: Day,
    pub torn: bool,
}

/// What came of a draw: coins from purses one after the other, then debts, then what nobody gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn {
    pub parts: Vec<(usize, usize)>,
    pub deficit: usize,
    pub rest: usize,
}

/// A contract with its account.
#[derive(Debug, Clone)]
pub struct Auditor {
    pub deal: Deal,
    /// The first day on which nothing can be spent any more.
    end: Option<Day>,
    pub closed: Option<Day>,
    pub purses: Vec<Purse>,
    pub slips: Vec<Slip>,
    /// The draw that owes each unit, in the order of the draws.
    pub debts: Vec<usize>,
    /// The purses that each billed period filled.
    pub claims: BTreeMap<u32, Vec<usize>>,
    pub next: u32,
    pub freed: BTreeSet<u32>,
    /// How long the quota periods were when a quota was sold last.
    pub sold_interval: Option<u32>,
    /// What counts for the account: the last terms that had a quota.
    overdraft: Overdraft,
    next_grant: bool,
    made: usize,
}

/// Counts equal neighbours: a, a, b becomes 2 of a, 1 of b.
pub fn runs(units: &[usize]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for unit in units {
        match runs.last_mut() {
            Some((last, count)) if last == unit => *count += 1,
            _ => runs.push((*unit, 1)),
        }
    }
    runs
}

impl Deal {
    /// The first day that no longer belongs to it.
    pub fn end(&self) -> Option<Day> {
        if self.agreed.is_some() {
            return self.agreed;
        }
        let Some(renewal) = self.renewal else { return Some(later(self.start, self.term)) };
        let wanted = later(self.cancelled?, self.notice);
        let mut months = self.term;
        while later(self.start, months) < wanted {
            months += renewal;
        }
        Some(later(self.start, months))
    }

    pub fn lasts(&self, day: Day) -> bool {
        self.start <= day && self.end().is_none_or(|end| day < end)
    }

    pub fn period(&self, number: u32) -> Option<Day> {
        let begins = later(self.start, number * self.interval);
        self.end().is_none_or(|end| begins < end).then_some(begins)
    }

    /// The day on which a period can be billed: its first one, or that after its last one or that of the contract.
    fn due_on(&self, number: u32) -> Option<Day> {
        let begins = self.period(number)?;
        if !self.arrears {
            return Some(begins);
        }
        let over = later(self.start, (number + 1) * self.interval);
        Some(self.end().map_or(over, |end| end.min(over)))
    }

    /// The quota periods that begin within a billed one: its first day, its end, and until when it can be spent.
    fn granted_with(&self, number: u32) -> Vec<(Day, Day, Option<Day>)> {
        let (first, end) = (number * self.interval, (number + 1) * self.interval);
        let begins =
            (0..end).step_by(usize::try_from(self.quota_interval).expect("few")).filter(|month| first <= *month);
        let all = begins.map(|month| {
            let until = match self.carry {
                Some((None, _)) => None,
                Some((Some(more), _)) => Some(later(self.start, month + self.quota_interval * (1 + more))),
                None => Some(later(self.start, month + self.quota_interval)),
            };
            (later(self.start, month), later(self.start, month + self.quota_interval), until)
        });
        all.filter(|(from, ..)| self.sells && self.end().is_none_or(|end| *from < end)).collect()
    }

    /// What so many coins take off a delivery note, in cents: no line of them is ever rounded.
    pub fn takes_off(&self, coins: usize) -> i64 {
        let one = match self.coin {
            Coin::Quarter => 2_500,
            Coin::Nine => 900,
        };
        -one * i64::try_from(coins).expect("few")
    }

    /// The first day after a period that is cut by the end, and the first after the whole of it.
    pub fn cut(&self, number: u32) -> Option<(Day, Day)> {
        let over = later(self.start, (number + 1) * self.interval);
        self.end().filter(|end| *end < over).map(|end| (end, over))
    }

    /// What a period costs, net: of a last one that the end cuts by days, as many of its days as belong to the
    /// contract, with half a cent rounded up.
    pub fn price(&self, number: u32) -> i64 {
        let begins = later(self.start, number * self.interval);
        match (self.last, self.cut(number)) {
            (Last::ByDays, Some((end, over))) => {
                let (days, of) = (days_between(begins, end), days_between(begins, over));
                (2 * self.cents * days + of) / (2 * of)
            }
            _ => self.cents,
        }
    }

    /// Net and VAT of so many periods on one invoice.
    pub fn costs(nets: impl Iterator<Item = i64>) -> (i64, i64) {
        let net: i64 = nets.sum();
        (net, (net * 19 + 50) / 100)
    }
}

impl Auditor {
    pub fn new(deal: Deal) -> Auditor {
        Auditor {
            deal,
            end: deal.end(),
            closed: None,
            purses: Vec::new(),
            slips: Vec::new(),
            debts: Vec::new(),
            claims: BTreeMap::new(),
            next: 0,
            freed: BTreeSet::new(),
            sold_interval: None,
            overdraft: deal.overdraft,
            next_grant: deal.next_grant,
            made: 0,
        }
    }

    /// Other terms; the account ends with the contract. Without a quota it goes on as it was.
    pub fn agree(&mut self, deal: Deal) {
        (self.deal, self.end) = (deal, deal.end());
        if deal.sells {
            (self.overdraft, self.next_grant) = (deal.overdraft, deal.next_grant);
        }
    }

    /// The periods that are due and were never billed.
    pub fn due(&self, as_of: Day) -> Vec<u32> {
        let due = |number: &u32| self.deal.due_on(*number).is_some_and(|due| due <= as_of);
        (self.next..u32::MAX).take_while(due).collect()
    }

    /// Of those that are free again, the ones that are due.
    pub fn due_again(&self, as_of: Day) -> Vec<u32> {
        let due = |number: &u32| self.deal.due_on(*number).is_some_and(|due| due <= as_of);
        self.freed.iter().copied().filter(due).collect()
    }

    /// Bills a period. No period is billed twice.
    pub fn bill(&mut self, number: u32) {
        let mut filled = Vec::new();
        if self.deal.sells {
            self.sold_interval = Some(self.deal.quota_interval);
        }
        for (from, own_end, until) in self.deal.granted_with(number) {
            let carried = self.deal.carry.filter(|(more, _)| *more != Some(0)).map(|(_, cap)| (own_end, cap));
            filled.push(self.purses.len());
            self.grant(self.deal.quota, from, until, carried).expect("before the end");
        }
        assert!(self.claims.insert(number, filled).is_none(), "period {number} is billed twice");
        self.freed.remove(&number);
        self.next = self.next.max(number + 1);
    }

    /// Takes the billing of a period back.
    pub fn free(&mut self, number: u32) {
        for purse in self.claims.remove(&number).expect("a period that was billed") {
            if !self.purses[purse].taken_back {
                self.revoke(purse);
            }
        }
        self.freed.insert(number);
    }

    pub fn grant(
        &mut self,
        amount: usize,
        from: Day,
        until: Option<Day>,
        carried: Option<(Day, Option<usize>)>,
    ) -> Option<Vec<(usize, usize)>> {
        if self.end.is_some_and(|end| end <= from) {
            return None;
        }
        self.made += 1;
        let at = self.purses.len();
        self.purses.push(Purse { made: self.made, from, until, carried, coins: vec![None; amount], taken_back: false });
        let mut covers = Vec::new();
        for _ in 0..amount {
            let purse = &self.purses[at];
            let pays = |debt: &usize| {
                let day = self.slips[*debt].day;
                (self.valid(purse, day) || (self.next_grant && day < from)) && self.loose(purse, day) > 0
            };
            let Some(place) = self.debts.iter().position(pays) else { break };
            covers.push(self.pay(place, at));
        }
        Some(runs(&covers))
    }

    /// One coin of the purse pays the debt at that place.
    fn pay(&mut self, place: usize, purse: usize) -> usize {
        let draw = self.debts.remove(place);
        *self.purses[purse].coins.iter_mut().find(|coin| coin.is_none()).expect("a coin") = Some(draw);
        draw
    }

    /// A number that nothing has drawn: a line that got nothing.
    fn nothing(&mut self, day: Day) {
        self.slips.push(Slip { made: self.made, day, torn: true });
    }

    pub fn draw(&mut self, day: Day, wanted: usize) -> Option<Drawn> {
        self.made += 1;
        let draw = self.slips.len();
        let over = self.closed.is_some_and(|closed| day < closed) || self.end.is_some_and(|end| end <= day);
        if over {
            self.nothing(day);
            return None;
        }
        self.slips.push(Slip { made: self.made, day, torn: false });
        let (mut spent, mut deficit) = (Vec::new(), 0);
        for _ in 0..wanted {
            let room = match self.overdraft {
                Overdraft::No => false,
                Overdraft::UpTo(limit) => self.debts.len() < limit,
                Overdraft::WithoutLimit => true,
            };
            if let Some(at) = self.next_purse(day) {
                *self.purses[at].coins.iter_mut().find(|coin| coin.is_none()).expect("a coin") = Some(draw);
                spent.push(at);
            } else if room {
                self.debts.push(draw);
                deficit += 1;
            } else {
                break;
            }
        }
        let rest = wanted - spent.len() - deficit;
        if rest == wanted {
            self.slips[draw].torn = true;
            return None;
        }
        Some(Drawn { parts: runs(&spent), deficit, rest })
    }

    /// A line of a delivery note: nothing outside the contract. Once the quota was taken out of the terms, the account
    /// counts as long as a purse of that day is there, be it an empty one.
    pub fn line(&mut self, day: Day, wanted: usize) -> usize {
        let counts = self.deal.sells || self.purses.iter().any(|purse| self.valid(purse, day));
        if !counts || !self.deal.lasts(day) {
            self.made += 1;
            self.nothing(day);
            return 0;
        }
        self.draw(day, wanted).map_or(0, |drawn| wanted - drawn.rest)
    }

    pub fn release(&mut self, draw: usize) {
        self.slips[draw].torn = true;
        for coin in self.purses.iter_mut().flat_map(|purse| &mut purse.coins) {
            coin.take_if(|holder| *holder == draw);
        }
        self.debts.retain(|debt| *debt != draw);
    }

    /// Each coin that someone holds becomes a debt of the same one; the purse is empty for ever.
    pub fn revoke(&mut self, purse: usize) {
        let purse = &mut self.purses[purse];
        purse.taken_back = true;
        self.debts.extend(purse.coins.drain(..).flatten());
        self.debts.sort_unstable();
    }

    /// `None` when the purse may not or cannot.
    pub fn cover(&mut self, draw: usize, purse: usize, amount: usize) -> Option<()> {
        let (of, slip) = (&self.purses[purse], &self.slips[draw]);
        if of.made < slip.made || self.owed(draw) < amount || self.loose(of, slip.day) < amount {
            return None;
        }
        for _ in 0..amount {
            let place = self.debts.iter().position(|debt| *debt == draw).expect("a debt");
            self.pay(place, purse);
        }
        Some(())
    }

    /// A balancing invoice over all debts of these draws.
    pub fn balance(&mut self, draws: &[usize], day: Day) {
        self.made += 1;
        let coins = self.debts.iter().filter(|debt| draws.contains(debt)).copied().map(Some).collect();
        self.debts.retain(|debt| !draws.contains(debt));
        let (until, carried, taken_back) = (None, None, false);
        self.purses.push(Purse { made: self.made, from: day, until, carried, coins, taken_back });
    }

    /// The purse to be opened next: that which ends first, then that which began first, then the one made first.
    fn next_purse(&self, day: Day) -> Option<usize> {
        let open = (0..self.purses.len()).filter(|at| self.spendable(&self.purses[*at], day) > 0);
        open.reduce(|best, at| {
            let (one, other) = (&self.purses[best], &self.purses[at]);
            let first = match (one.until, other.until) {
                (Some(end), Some(other_end)) if end != other_end => end < other_end,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                _ => one.from <= other.from,
            };
            if first { best } else { at }
        })
    }

    fn valid(&self, purse: &Purse, day: Day) -> bool {
        !purse.taken_back
            && purse.from <= day
            && purse.until.is_none_or(|until| day < until)
            && self.end.is_none_or(|end| day < end)
    }

    /// How many coins a draw of that day could get out of the purse.
    pub fn spendable(&self, purse: &Purse, day: Day) -> usize {
        if self.valid(purse, day) { self.loose(purse, day) } else { 0 }
    }

    /// How many of its coins could go to a draw of that day, were the purse valid on it.
    fn loose(&self, purse: &Purse, day: Day) -> usize {
        match purse.carried {
            Some((own_end, Some(cap))) if own_end <= day => purse.free().min(cap.saturating_sub(self.late(purse))),
            _ => purse.free(),
        }
    }

    /// How many of its coins draws hold that are dated after its own period.
    pub fn late(&self, purse: &Purse) -> usize {
        let Some((own_end, _)) = purse.carried else { return 0 };
        purse.coins.iter().flatten().filter(|draw| own_end <= self.slips[**draw].day).count()
    }

    /// How many coins of the purse nobody can spend any more on that day.
    pub fn lost(&self, purse: &Purse, day: Day) -> usize {
        if day < purse.from { 0 } else { purse.free() - self.spendable(purse, day) }
    }

    pub fn owed(&self, draw: usize) -> usize {
        self.debts.iter().filter(|debt| **debt == draw).count()
    }

    /// The same as if these draws had never been, for statements.
    pub fn without(&self, draws: &[usize]) -> Auditor {
        let mut other = self.clone();
        for draw in draws {
            other.release(*draw);
        }
        other
    }
}

impl Purse {
    pub fn free(&self) -> usize {
        self.coins.iter().filter(|coin| coin.is_none()).count()
    }
}
