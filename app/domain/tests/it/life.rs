//! Ten years of two hundred contracts, in which everything happens in any order, on the engine and by hand.
//!
//! After each command the auditor and the engine must say the same, coin for coin, of the contract that it was about;
//! [`checks`] adds what must always be so. `LIFE_SEED` runs a failure again, `LIFE_ROUNDS` runs more than one life.
//!
//! Red when: a period is billed twice or not at all; a re-run does not cover, covers in another order or grants twice;
//! lots are drawn in another order; a draw goes beyond cap, validity, end or limit; a draft competes with itself; a sum
//! of an invoice is rounded elsewhere; a statement does not add up; a document is undone on which another rests; a quota
//! that was taken out of the terms grants or forgets its account.

mod auditor;
mod billing;
mod calendar;
mod checks;
mod commands;
mod engine;
mod resting;

use std::{
    env,
    hash::{BuildHasher, RandomState},
    thread,
};

use calendar::{Chance, Day, later, length};
use commands::Company;

const YEARS: u32 = 10;
const CONTRACTS: u8 = 200;
const FIRST: Day = (2023, 1, 1);

/// Says how to live this life again, should it fail.
struct Told {
    seed: u64,
    months: u32,
}

impl Drop for Told {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("in month {} of the life of LIFE_SEED={}", self.months, self.seed);
        }
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().expect("a number"))
}

fn live(seed: u64) {
    let mut told = Told { seed, months: 0 };
    let mut company = Company::new(Chance::new(seed), CONTRACTS, FIRST);
    for months in 0..YEARS * 12 {
        told.months = months;
        let month = later(FIRST, months);
        company.month(month);
        if months % 12 == 11 {
            company.look_at_all((month.0, month.1, length(month.0, month.1)));
        }
    }
    let counts = company.counts();
    println!("{counts}");
}

#[test]
fn ten_years_of_two_hundred_contracts() {
    let given = number("LIFE_SEED");
    for _ in 0..number("LIFE_ROUNDS").unwrap_or(1) {
        let seed = given.unwrap_or_else(|| RandomState::new().hash_one(()));
        println!("LIFE_SEED={seed}");
        live(seed);
    }
}
