//! Papers of every kind, with the figures of the clearing example: four lines on a quota of four hours.

use chrono::NaiveDate;
use domain::{
    Currency, DateRange, Discount, VatRate,
    clearing::{LineOutcome, Reason},
    documents::{LineUnit, Totals},
    quota::{Amount, Unit},
};
use texts::Lang;
use wire::paper::{
    Bank, Cancelled, Input, Letterhead, PaperBalance, PaperClearing, PaperKind, PaperLine, PaperLot, PaperPart,
    Payment, Recipient,
};

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

pub fn month(number: u32) -> DateRange {
    DateRange { from: day(2026, number, 1), until: Some(day(2026, number + 1, 1)) }
}

fn hours(quarters: i64) -> Amount {
    Amount::new(quarters * 900)
}

pub fn rate(percent: &str) -> VatRate {
    percent.parse().expect("a rate")
}

pub fn letterhead() -> Letterhead {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Letterhead {
        name: "Nordlicht Systemhaus GmbH".into(),
        address: texts(&["Speicherstraße 14", "24103 Kiel"]),
        contact: texts(&["0431 556 10-0", "rechnung@nordlicht.example", "www.nordlicht.example"]),
        legal: texts(&["Amtsgericht Kiel, HRB 12345", "Geschäftsführung: Ulrike Möller"]),
        tax_id: "20/123/45678".into(),
        vat_id: "DE123456789".into(),
        bank: Some(Bank {
            name: "Förde Sparkasse".into(),
            iban: "DE89 3704 0044 0532 0130 00".into(),
            bic: "NOLADE21KIE".into(),
        }),
        accent: [0x0f, 0x5c, 0x4d],
        logo: None,
    }
}

/// So many hours or pieces of something, at 19 %.
pub fn line(text: &str, quantity: &str, unit: LineUnit, price: &str, total: i64) -> PaperLine {
    PaperLine {
        text: text.into(),
        quantity: quantity.parse().expect("a quantity"),
        unit,
        price: price.parse().expect("a price"),
        discount: Discount::default(),
        vat: rate("19"),
        total,
        service: None,
        contract: None,
        note: None,
        clearing: None,
    }
}

fn cleared(mut line: PaperLine, outcome: LineOutcome, wanted: i64, quarters: i64) -> PaperLine {
    let lots = if quarters == 0 { vec![] } else { vec![PaperPart { valid: month(4), amount: hours(quarters) }] };
    line.clearing = Some(PaperClearing {
        contract: "V-00001".into(),
        unit: Unit::Time,
        outcome,
        wanted: hours(wanted),
        cleared: hours(quarters),
        deficit: Amount::ZERO,
        item: -quarters * 2_500,
        lots,
    });
    line
}

/// The example: 1.50, 2.00, 1.00 and 0.50 hours on four hours of April.
pub fn cleared_lines() -> Vec<PaperLine> {
    let hour = |text, quantity, total| line(text, quantity, LineUnit::Hour, "100", total);
    let used_up = LineOutcome::Nothing(Reason::Exhausted { period: Some(month(4)), lapsed: Vec::new() });
    vec![
        cleared(hour("Mailserver umgezogen und geprüft", "1.5", 15_000), LineOutcome::Full, 6, 6),
        cleared(
            hour("Arbeitsplätze eingerichtet\n3 Notebooks, 2 Drucker, Anmeldung am Verzeichnis", "2", 20_000),
            LineOutcome::Full,
            8,
            8,
        ),
        cleared(hour("Datensicherung überprüft", "1", 10_000), LineOutcome::Partial, 4, 2),
        cleared(hour("Fernwartung", "0.5", 5_000), used_up, 2, 0),
    ]
}

/// Lines with their clearing items, at their rates.
pub fn sums(lines: &[PaperLine]) -> Totals {
    let parts = lines.iter().map(|line| (line.vat, line.total + line.clearing.as_ref().map_or(0, |c| c.item)));
    Totals::of(parts).expect("small sums")
}

fn balance(lots: Vec<PaperLot>, before: i64, after: i64) -> PaperBalance {
    PaperBalance {
        contract: "V-00001".into(),
        name: "Wartung mit Kontingent".into(),
        unit: Unit::Time,
        before: hours(before),
        after: hours(after),
        deficit: Amount::ZERO,
        lots,
    }
}

fn lot(number: u32, [granted, used, here, held, lapsed]: [i64; 5]) -> PaperLot {
    PaperLot {
        valid: month(number),
        granted: hours(granted),
        used: hours(used),
        here: hours(here),
        held: hours(held),
        lapsed: hours(lapsed),
        new: false,
    }
}

/// A paper of that kind.
pub fn sample(kind: PaperKind, lang: Lang) -> Input {
    let mut input = Input {
        lang,
        kind,
        letterhead: letterhead(),
        customer: Recipient {
            number: "K-1042".into(),
            name: "Bäckerei Öztürk & Söhne KG".into(),
            address: vec!["Große Straße 7".into(), "24937 Flensburg".into()],
            vat_id: "DE987654321".into(),
        },
        number: "RE-2026-00042".into(),
        date: day(2026, 4, 10),
        service: None,
        reference: "Frau Öztürk".into(),
        payment: None,
        cancels: None,
        currency: Currency::EUR,
        lines: Vec::new(),
        totals: Totals::default(),
        zero_rate_reason: String::new(),
        balances: Vec::new(),
        intro: String::new(),
        closing: String::new(),
        report: None,
    };
    match kind {
        PaperKind::ContractInvoice => {
            let mut item = line("Wartungspauschale mit 4 Stunden im Monat", "1", LineUnit::Flat, "399.99", 39_999);
            item.service = Some(month(4));
            item.contract = Some("V-00001".into());
            input.lines = vec![item];
            let new = PaperLot { new: true, ..lot(4, [16, 0, 0, 0, 0]) };
            input.balances = vec![balance(vec![new], 0, 16)];
        }
        PaperKind::Invoice => {
            input.lines = cleared_lines();
            let mut books = line("Fachbuch „Netze verstehen“", "3", LineUnit::Piece, "24.5", 6_615);
            books.vat = rate("7");
            books.discount = "10".parse().expect("a discount");
            books.note = Some("LS-2026-00031".into());
            input.lines.push(books);
            let lots = vec![lot(4, [16, 0, 16, 0, 0]), lot(5, [16, 4, 0, 2, 0])];
            input.balances = vec![balance(lots, 16, 0)];
            input.closing = "Vielen Dank für Ihren Auftrag.".into();
        }
        PaperKind::Balancing => {
            let text = "Über das Kontingent hinaus, April 2026: 2:30 h zu 110,00 € je Stunde";
            input.lines = vec![line(text, "2.5", LineUnit::Hour, "110", 27_500)];
        }
        PaperKind::Credit => {
            input.number = "RK-2026-00003".into();
            input.lines = vec![line("Rest des Kontingents", "-1.25", LineUnit::Hour, "100", -12_500)];
            let of = Cancelled {
                kind: PaperKind::ContractInvoice,
                number: "RE-2026-00012".into(),
                date: day(2026, 3, 1),
                reason: String::new(),
            };
            input.cancels = Some(of);
        }
        PaperKind::DeliveryNote => {
            input.number = "LS-2026-00031".into();
            input.lines = cleared_lines();
            input.balances = vec![balance(vec![lot(4, [16, 0, 16, 0, 0])], 16, 0)];
        }
        PaperKind::Cancellation => {
            input.number = "ST-2026-00007".into();
            input.lines = cleared_lines().into_iter().map(counter).collect();
            input.balances = vec![balance(vec![lot(4, [16, 0, 0, 0, 0])], 0, 16)];
            input.cancels = Some(Cancelled {
                kind: PaperKind::Invoice,
                number: "RE-2026-00041".into(),
                date: day(2026, 4, 9),
                reason: "Falscher Empfänger".into(),
            });
        }
    }
    input.totals = sums(&input.lines);
    let due = input.totals.gross;
    if !matches!(kind, PaperKind::DeliveryNote | PaperKind::Cancellation) {
        input.payment = Some(Payment { due_on: day(2026, 4, 24), due, terms: String::new() });
    }
    input
}

/// The line of a cancellation.
fn counter(line: PaperLine) -> PaperLine {
    let clearing = line.clearing.map(|of| PaperClearing {
        cleared: of.cleared.negated().expect("small"),
        item: -of.item,
        lots: Vec::new(),
        ..of
    });
    let quantity = domain::Quantity::new(-line.quantity.value()).expect("small");
    PaperLine { quantity, total: -line.total, clearing, ..line }
}
