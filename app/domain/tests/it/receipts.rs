//! Receipts: the story of an accountant, and laws over random receipts beside sums that are counted by hand.

use chrono::{Days, NaiveDate};
use domain::{
    Currency, Money,
    documents::{DocumentKind, DocumentState},
    receipts::{Invoice, MOST_RECEIPT, NewReceipt, PaymentState, ReceiptError, record, take_back},
};
use proptest::{collection, prelude::Strategy};

use crate::plans::for_every;

mod bank;
mod camt;
mod proposals;
mod reminders;

const STORY: &str = include_str!("../stories/210-receipts.receipts");

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().expect("an amount with two decimals")
}

fn invoice(gross: i64, due_on: NaiveDate) -> Invoice {
    let gross = Money { minor: gross, currency: Currency::EUR };
    Invoice { kind: DocumentKind::ContractInvoice, state: DocumentState::Issued, gross, received: 0, due_on }
}

fn name(error: &ReceiptError) -> &'static str {
    match error {
        ReceiptError::NotAnInvoice => "not_an_invoice",
        ReceiptError::Draft => "draft",
        ReceiptError::TooEarly { .. } => "too_early",
        ReceiptError::InFuture { .. } => "in_future",
        ReceiptError::Nothing => "nothing",
        ReceiptError::TooLarge { .. } => "too_large",
        ReceiptError::Overpaid { .. } => "overpaid",
        ReceiptError::Differs { .. } => "differs",
        ReceiptError::BelowZero { .. } => "below_zero",
        ReceiptError::TakenBack => "taken_back",
    }
}

/// What a row does to the invoice: the words between the day and the figures.
fn done(of: &mut Invoice, today: NaiveDate, does: &[&str]) -> Result<(), ReceiptError> {
    let new = |date, amount: &str, over| NewReceipt { date, amount: cents(amount), over, seen: None };
    let after = match does {
        ["nothing"] => return Ok(()),
        ["cancel"] => {
            of.state = DocumentState::Cancelled;
            return Ok(());
        }
        ["receipt", amount] => record(of, &new(today, amount, false), today)?,
        ["over", amount] => record(of, &new(today, amount, true), today)?,
        ["on", date, amount] => record(of, &new(day(date), amount, false), today)?,
        ["back", amount] => take_back(of, cents(amount))?,
        other => panic!("{other:?}"),
    };
    assert_eq!(after.open, Invoice { received: after.received, ..*of }.open());
    of.received = after.received;
    Ok(())
}

/// Red when: any rule of receipts says another figure, state or refusal than the table.
#[test]
fn the_story_of_receipts() {
    let mut of = invoice(0, day("2026-04-15"));
    let mut rows = 0;
    for line in STORY.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["invoice", gross, "due", due] => of = invoice(cents(gross), day(due)),
            ["day", ..] => {}
            [today, ref does @ .., "refused", why] => {
                let before = of;
                let refused = done(&mut of, day(today), does).expect_err(line);
                assert_eq!((name(&refused), of), (why, before), "{line}");
                rows += 1;
            }
            [today, ref does @ .., received, open, state] => {
                done(&mut of, day(today), does).unwrap_or_else(|error| panic!("{line}: {error}"));
                let standing = of.standing(day(today));
                let told = standing.map_or("none", |standing| standing.state.name());
                assert_eq!((of.received, of.open(), told), (cents(received), cents(open), state), "{line}");
                rows += 1;
            }
            _ => panic!("{line}"),
        }
    }
    assert_eq!(rows, 30, "every row was read");
}

/// Red when: a draft, a delivery note or a cancellation takes money.
#[test]
fn only_invoices_that_were_issued_receive() {
    let new = NewReceipt { date: day("2026-04-10"), amount: 100, over: true, seen: None };
    for kind in DocumentKind::ALL {
        for state in DocumentState::ALL {
            let of = Invoice { kind, state, ..invoice(1_000, day("2026-04-15")) };
            let answer = record(&of, &new, day("2026-04-10"));
            let expected = match (kind.is_invoice(), state) {
                (false, _) => Err("not_an_invoice"),
                (true, DocumentState::Draft) => Err("draft"),
                (true, _) => Ok(100),
            };
            assert_eq!(
                answer.map(|after| after.received).map_err(|error| name(&error)),
                expected,
                "{kind:?} {state:?}"
            );
            assert_eq!(of.standing(day("2026-04-10")).is_some(), kind.is_invoice() && state == DocumentState::Issued);
        }
    }
}

/// Red when: somebody confirms an over-payment of which they saw another figure.
#[test]
fn an_over_payment_is_confirmed_with_what_is_open() {
    let of = Invoice { received: 600, ..invoice(1_000, day("2026-04-15")) };
    let new = |seen| NewReceipt { date: day("2026-04-10"), amount: 500, over: true, seen };
    assert_eq!(
        record(&of, &new(Some(1_000)), day("2026-04-10")),
        Err(ReceiptError::Differs { seen: 1_000, open: 400 })
    );
    assert_eq!(record(&of, &new(Some(400)), day("2026-04-10")).map(|after| after.open), Ok(-100));
    assert_eq!(
        record(&of, &NewReceipt { over: false, ..new(Some(400)) }, day("2026-04-10")),
        Err(ReceiptError::Overpaid { amount: 500, open: 400 })
    );
}

/// What is tried: a gross amount, and amounts with whether more than open is meant; a third kind takes one back.
fn tries() -> impl Strategy<Value = (i64, Vec<(i64, bool, usize)>)> {
    (-500_i64..2_000, collection::vec((-900_i64..900, proptest::bool::ANY, 0_usize..6), 1..40))
}

/// Red when: a sum is kept wrong, more goes back than came in, an over-payment is taken without being meant, or a state does
/// not follow from the figures.
#[test]
fn whatever_comes_the_sums_agree_and_nobody_gets_more_than_came_in() {
    for_every(tries(), |(gross, tries)| {
        let today = day("2026-04-20");
        let mut of = invoice(gross, day("2026-04-15"));
        let mut standing: Vec<i64> = Vec::new();
        for (amount, over, which) in tries {
            let before = of;
            if which == 0 && !standing.is_empty() {
                let place = usize::try_from(amount.unsigned_abs()).expect("small") % standing.len();
                match take_back(&of, standing[place]) {
                    Ok(after) => {
                        standing.remove(place);
                        of.received = after.received;
                    }
                    Err(error) => assert_eq!(name(&error), "below_zero"),
                }
            } else {
                let new = NewReceipt { date: today, amount, over, seen: None };
                match record(&of, &new, today) {
                    Ok(after) => {
                        standing.push(amount);
                        of.received = after.received;
                        assert!(over || amount < 0 || after.open >= 0, "{before:?} {new:?}");
                    }
                    Err(ReceiptError::Overpaid { open, .. }) => assert!(!over && amount > 0 && open < amount),
                    Err(ReceiptError::BelowZero { received, amount: back }) => {
                        assert!(amount < 0 && back == -amount && back > received, "{before:?} {new:?}");
                    }
                    Err(error) => assert_eq!((amount, name(&error)), (0, "nothing")),
                }
            }
            assert_eq!(of.received, standing.iter().sum::<i64>());
            assert!(of.received >= gross.min(0), "{of:?}");
            assert_eq!(of.open(), gross - of.received);
            let state = of.standing(today).expect("it is issued").state;
            let expected = match of.open() {
                0 => PaymentState::Paid,
                ..0 => PaymentState::Credit,
                _ => PaymentState::Overdue,
            };
            assert_eq!(state, expected);
        }
    });
}

/// Red when: a day too many or too few counts as late.
#[test]
fn an_invoice_is_late_from_the_day_after_its_last() {
    let due = day("2026-04-15");
    for late in 0..400_u64 {
        let today = due.checked_add_days(Days::new(late)).expect("a day");
        let standing = invoice(100, due).standing(today).expect("it is issued");
        let expected = if late == 0 { PaymentState::Open } else { PaymentState::Overdue };
        assert_eq!((standing.state, u64::from(standing.days_overdue)), (expected, late));
    }
    let before = invoice(100, due).standing(day("2026-04-01")).expect("it is issued");
    assert_eq!((before.state, before.days_overdue), (PaymentState::Open, 0));
}

/// Red when: a figure at the edge wraps around.
#[test]
fn figures_at_the_edge_are_refused_and_do_not_wrap() {
    let of = Invoice { received: i64::MAX - 1, ..invoice(i64::MAX, day("2026-04-15")) };
    for amount in [MOST_RECEIPT + 1, -MOST_RECEIPT - 1, i64::MIN, i64::MAX] {
        let new = NewReceipt { date: day("2026-04-10"), amount, over: true, seen: None };
        assert_eq!(record(&of, &new, day("2026-04-10")), Err(ReceiptError::TooLarge { amount, most: MOST_RECEIPT }));
    }
    let new = NewReceipt { date: day("2026-04-10"), amount: 2, over: true, seen: None };
    assert!(record(&of, &new, day("2026-04-10")).is_err());
    assert!(take_back(&of, i64::MIN).is_err());
}
