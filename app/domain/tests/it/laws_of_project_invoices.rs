//! Laws of invoicing a period of a project, on random bookings.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BookingId, Currency, DocumentId, Price, Seconds,
    documents::{LineUnit, hours},
    projects::{
        InvoiceBooking, InvoiceError, InvoiceFacts, InvoicePlan, InvoicedPortion, LeftOut, MOST_BOOKINGS, ReportedLine,
        invoice,
    },
    quota::Amount,
    splitting::{Target, share_out, worth},
};
use proptest::{collection, option, prelude::Strategy, prelude::any};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    contract_plans::{DAY, day},
    plans::for_every,
    splitting_world::{booking_id, line_id},
};

/// Lines 0 and 1 charge by the hour, 2 and 3 do not.
const LINES: u8 = 4;

fn price(ten_thousandths: i64) -> Price {
    Price::new(Decimal::new(ten_thousandths, 4)).expect("a rate")
}

/// A portion: 0 to 3 a line, 4 not billable, 5 unassigned; its seconds, and which of two rates an hour cost.
type Part = (u8, i64, bool);

fn portion((to, seconds, other): Part, rates: (i64, i64)) -> InvoicedPortion {
    let target = match to {
        4 => Target::NotBillable,
        5 => Target::Unassigned,
        line => Target::Line { line: line_id(line) },
    };
    let rate = (to < 2).then(|| price(if other { rates.1 } else { rates.0 }));
    // Lines that do not charge take something of an account.
    let taken = Amount::new(if (2..4).contains(&to) { seconds + 7 } else { 0 });
    InvoicedPortion { target, seconds: Seconds(seconds), rate, taken }
}

fn facts() -> impl Strategy<Value = InvoiceFacts> {
    let parts = collection::vec((0..6_u8, 1..90_000_i64, any::<bool>()), 1..4);
    let bookings = collection::vec((parts, 0..28_u8, option::weighted(0.1, 0..3_u8)), 0..14);
    let rates = (0..3_000_000_i64, 0..3_000_000_i64);
    (bookings, rates, collection::vec(any::<bool>(), usize::from(LINES))).prop_map(|(bookings, rates, reported)| {
        let bookings = bookings.into_iter().zip(0_u8..).map(|((parts, after, document), number)| {
            // A line has one portion of a booking at most.
            let parts: BTreeMap<u8, Part> = parts.into_iter().map(|part| (part.0, part)).collect();
            InvoiceBooking {
                booking: booking_id(number),
                date: day("2026-04-01") + chrono::Days::new(u64::from(after)),
                accepted: i64::from(number),
                portions: parts.into_values().map(|part| portion(part, rates)).collect(),
                document: document.map(|of| DocumentId::new(Uuid::from_u128(u128::from(of)))),
            }
        });
        let lines = (0..LINES).zip(reported).map(|(line, reported)| ReportedLine { line: line_id(line), reported });
        InvoiceFacts {
            currency: Currency::EUR,
            vat: "19".parse().expect("a rate"),
            lines: lines.collect(),
            bookings: bookings.collect(),
        }
    })
}

fn planned(facts: &InvoiceFacts) -> InvoicePlan {
    invoice(facts).expect("small figures")
}

/// Red when: a booking is forgotten, or is both on the invoice and left out; when one that is left out has time on it.
#[test]
fn every_booking_is_on_a_project_invoice_or_left_out() {
    for_every(facts(), |facts| {
        let plan = planned(&facts);
        let on: BTreeSet<BookingId> = plan.bookings.iter().copied().collect();
        let out: BTreeSet<BookingId> = plan.left_out.iter().map(|left| left.booking).collect();
        assert_eq!((on.len(), out.len()), (plan.bookings.len(), plan.left_out.len()), "each once");
        assert!(on.is_disjoint(&out));
        let all: BTreeSet<BookingId> = facts.bookings.iter().map(|booking| booking.booking).collect();
        assert_eq!(on.union(&out).copied().collect::<BTreeSet<_>>(), all);
        let named: BTreeSet<BookingId> =
            plan.lines.iter().flat_map(|line| line.parts.iter().map(|(booking, _)| *booking)).collect();
        assert_eq!(named, on, "what is on it stands in a line");
        for left in &plan.left_out {
            let of = facts.bookings.iter().find(|of| of.booking == left.booking).expect("a booking");
            let goes = |target: &dyn Fn(Target) -> bool| of.portions.iter().any(|portion| target(portion.target));
            match left.why {
                LeftOut::OnDocument { document } => assert_eq!(of.document, Some(document)),
                LeftOut::Unassigned { .. } => assert!(goes(&|target| target == Target::Unassigned)),
                LeftOut::NotBillable => assert!(!goes(&|target| target != Target::NotBillable)),
                LeftOut::NotShown => assert!(of.portions.iter().all(|portion| portion.rate.is_none())),
            }
        }
        assert_eq!(plan.check().is_err(), on.is_empty());
    });
}

/// Red when: the quantity of the document is not the time; when the document comes to another cent than was decided; when
/// two lines of it are at one rate; when shares do not add up to the line; when it takes more of an account than its time.
#[test]
fn a_line_of_a_project_invoice_is_its_time_at_its_rate() {
    for_every(facts(), |facts| {
        let plan = planned(&facts);
        let mut seen = BTreeSet::new();
        for line in &plan.lines {
            assert!(seen.insert((line.line, line.rate.map(Price::value))), "one line for each rate");
            let seconds: i64 = line.parts.iter().map(|(_, time)| time.0).sum();
            assert_eq!(line.seconds, Seconds(seconds));
            let parts = i64::try_from(line.parts.len()).expect("few");
            let taken = if line.rate.is_some() { 0 } else { seconds + 7 * parts };
            assert_eq!(line.taken, Amount::new(taken), "what its time takes");
            let exact = worth(line.seconds, line.rate.unwrap_or_default(), facts.currency).expect("small").minor;
            assert_eq!(line.total, exact);
            let printed = line.document_line(String::new(), facts.vat);
            assert_eq!((printed.unit, printed.seconds(DAY)), (LineUnit::Hour, Some(line.seconds)));
            assert_eq!(printed.total(facts.currency, DAY).map(|total| total.minor), Some(line.total));
            let times: Vec<Seconds> = line.parts.iter().map(|(_, time)| *time).collect();
            assert_eq!(share_out(line.total, &times).expect("small").iter().sum::<i64>(), line.total);
        }
        assert_eq!(plan.totals.net, plan.lines.iter().map(|line| line.total).sum::<i64>());
        // What was seen is what it is, and anything else is told with both.
        let mut shown = plan.shown();
        assert_eq!(plan.as_seen(&shown, facts.currency), Ok(()));
        shown.bookings += 1;
        let differs = plan.as_seen(&shown, facts.currency);
        assert!(matches!(differs, Err(InvoiceError::Differs { .. })), "{differs:?}");
    });
}

/// Red when: a second is lost between hours and their quantity.
#[test]
fn every_second_has_hours_of_its_own() {
    for_every(0..3_600_000_000_i64, |seconds| {
        let quantity = hours(Seconds(seconds)).expect("a million hours");
        let line = domain::documents::Line {
            article: None,
            group: None,
            sub_group: None,
            text: String::new(),
            quantity,
            unit: LineUnit::Hour,
            price: Price::default(),
            discount: domain::Discount::default(),
            vat: "0".parse().expect("a rate"),
        };
        assert_eq!(line.seconds(DAY), Some(Seconds(seconds)), "{quantity}");
        assert_eq!(LineUnit::Hour.check(quantity), Ok(()));
        let short = quantity.value().scale() <= 2;
        assert_eq!(LineUnit::Piece.check(quantity).is_ok(), short, "{quantity} pieces");
    });
    assert_eq!(hours(Seconds(3_600_000_001)), None, "more than a quantity can be");
}

/// Red when: an invoice takes more than it can name.
#[test]
fn a_project_invoice_takes_so_many_bookings_and_no_more() {
    let booking = |number: usize| InvoiceBooking {
        booking: BookingId::new(Uuid::from_u128(u128::try_from(number).expect("small"))),
        date: day("2026-04-01"),
        accepted: i64::try_from(number).expect("small"),
        portions: vec![portion((0, 60, false), (1_000_000, 0))],
        document: None,
    };
    let facts = |count: usize| InvoiceFacts {
        currency: Currency::EUR,
        vat: "19".parse().expect("a rate"),
        lines: vec![ReportedLine { line: line_id(0), reported: false }],
        bookings: (0..count).map(booking).collect(),
    };
    assert_eq!(planned(&facts(MOST_BOOKINGS)).bookings.len(), MOST_BOOKINGS);
    let refused = invoice(&facts(MOST_BOOKINGS + 1));
    assert_eq!(refused, Err(InvoiceError::TooMany { found: MOST_BOOKINGS + 1, most: MOST_BOOKINGS }));
}
