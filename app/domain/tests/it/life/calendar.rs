//! A calendar by hand, and chance from a seed. Neither knows anything of the engine.

/// Year, month, day: in the order of time.
pub type Day = (i32, u32, u32);

pub const fn length(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// So many months later, one page of the calendar after the other; a day that the month does not have is its last.
pub fn later((mut year, mut month, day): Day, months: u32) -> Day {
    for _ in 0..months {
        month += 1;
        if month == 13 {
            (year, month) = (year + 1, 1);
        }
    }
    (year, month, day.min(length(year, month)))
}

pub fn tomorrow((year, month, day): Day) -> Day {
    match (day < length(year, month), month) {
        (true, _) => (year, month, day + 1),
        (false, 12) => (year + 1, 1, 1),
        (false, _) => (year, month + 1, 1),
    }
}

/// How many days there are from one to the other, counted one by one.
pub fn days_between(mut from: Day, to: Day) -> i64 {
    let mut days = 0;
    while from < to {
        (from, days) = (tomorrow(from), days + 1);
    }
    days
}

/// Numbers from a seed: the same ones everywhere.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to before `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("small");
        usize::try_from(self.next() % end).expect("small")
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Any day of that month.
    pub fn day_of(&mut self, (year, month, _): Day) -> Day {
        let days = usize::try_from(length(year, month)).expect("few");
        (year, month, u32::try_from(self.below(days)).expect("few") + 1)
    }
}
