//! The kernel's work as functions without pointers: the same in native code and in WebAssembly.
//!
//! Each returns a checksum of everything that it worked out, so that both can be compared and nothing is optimised
//! away.

mod clearing;
#[path = "../../parts/company.rs"]
mod company;

use std::{hint::black_box, sync::OnceLock};

use company::Book;
use domain::{
    DateRange, DrawId, LotId,
    quota::{self, AccountView, Amount, DrawOrigin, DrawRequest, GrantOrigin, Ledger, Lot, LotState, QuotaError, Seq},
};

/// The lots of the account that draws are previewed on.
pub const LOTS: u32 = 24;
/// The entries of the account that is folded.
pub const ENTRIES: u32 = 4000;

/// What comes back when the kernel refuses: both sides would agree on it, so whoever compares looks for it.
pub const FAILED: u64 = 0;

/// Previews so many draws, each from all of [`LOTS`] lots.
#[expect(unsafe_code, reason = "a name by which WebAssembly exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn run_draws(turns: u32) -> u64 {
    draws(turns).unwrap_or(FAILED)
}

/// Folds an account of [`ENTRIES`] entries so many times. The first call also makes the account.
#[expect(unsafe_code, reason = "a name by which WebAssembly exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn run_fold(turns: u32) -> u64 {
    fold(turns).unwrap_or(FAILED)
}

/// Reconciles a document of 1 000 lines so many times, each time together with making it and its facts.
#[expect(unsafe_code, reason = "a name by which WebAssembly exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn run_clearing_1000(turns: u32) -> u64 {
    cleared(turns, 1_000).unwrap_or(FAILED)
}

/// The same for 10 000 lines.
#[expect(unsafe_code, reason = "a name by which WebAssembly exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn run_clearing_10000(turns: u32) -> u64 {
    cleared(turns, 10_000).unwrap_or(FAILED)
}

fn cleared(turns: u32, lines: u32) -> Option<u64> {
    (0..turns).try_fold(1_u64, |sum, _| Some(sum.rotate_left(1) ^ clearing::reconciled(lines)?))
}

fn mix(sum: u64, amount: Amount) -> u64 {
    (sum ^ amount.units().cast_unsigned()).wrapping_mul(0x0000_0100_0000_01b3)
}

fn draws(turns: u32) -> Result<u64, QuotaError> {
    static VIEW: OnceLock<AccountView> = OnceLock::new();
    let view = VIEW.get_or_init(view);
    let mut sum = 1;
    for turn in 0..turns {
        let draw = DrawId::new(company::id(1, i64::from(turn)));
        let wanted = Amount::new(3600 * i64::from(LOTS - 1) + i64::from(turn % 3600) + 1);
        let request = DrawRequest { draw, date: company::TODAY, wanted, origin: DrawOrigin::ByHand };
        let decision = quota::draw(black_box(view), black_box(&request))?;
        sum = decision.parts.iter().fold(sum, |sum, part| mix(sum, part.amount));
        sum = mix(sum, decision.available_after);
    }
    Ok(sum)
}

fn view() -> AccountView {
    let lot = |number: u32| Lot {
        id: LotId::new(company::id(1, number.into())),
        seq: Seq(number.into()),
        amount: Amount::new(3600),
        valid: DateRange { from: company::TODAY, until: None },
        carried: None,
        origin: GrantOrigin::FreeQuota,
    };
    let mut view = AccountView::empty(company::account(0));
    view.lots = (1..=LOTS).map(|number| LotState::new(lot(number), None)).collect();
    view
}

fn fold(turns: u32) -> Result<u64, QuotaError> {
    static BOOK: OnceLock<Result<Book, QuotaError>> = OnceLock::new();
    let book = BOOK.get_or_init(|| Book::new(1, ENTRIES.try_into().unwrap_or_default())).as_ref();
    let book = book.map_err(Clone::clone)?;
    let mut sum = 1;
    for _ in 0..turns {
        let ledger = Ledger::fold(book.account.clone(), black_box(&book.entries))?;
        sum = ledger.view.lots.iter().fold(sum, |sum, state| mix(sum, state.drawn));
        sum = mix(sum, ledger.balance);
    }
    Ok(sum)
}
