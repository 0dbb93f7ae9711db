//! What each kind of paper shows, in both languages.

use domain::Currency;
use paper::PaperError;
use texts::Lang;
use wire::paper::{Gap, PaperKind};

use crate::{
    assert_hides, assert_shows,
    samples::{month, rate, sample, sums},
    text,
};

// Red when a kind has another name, a fact or a sum is left out, or a language is mixed up.
#[test]
fn every_kind_speaks_both_languages() {
    let wanted: [(PaperKind, &[&str], &[&str]); 6] = [
        (
            PaperKind::ContractInvoice,
            &["Rechnung RE-2026-00042", "Zahlbar bis 24.04.2026", "Leistungszeitraum April 2026", "399,99", "475,99 €"],
            &["Invoice RE-2026-00042", "Payable by 24 Apr 2026", "Service period Apr 2026", "399.99", "€475.99"],
        ),
        (
            PaperKind::Invoice,
            &[
                "1,5 Stunden",
                "−1:30 h",
                "−50,00",
                "Aus Kontingent V-00001: 0:30 h von 1:00 h",
                "aufgebraucht",
                "10 %",
                "7 % Umsatzsteuer auf 66,15",
                "19 % Umsatzsteuer auf 100,00",
                "Durch Kontingente gedeckt −400,00",
                "Nettobetrag 166,15",
                "189,78 €",
                "Lieferschein LS-2026-00031",
                "Leistungsdatum 10.04.2026",
            ],
            &["1.5 hours", "From quota V-00001: 0:30 h of 1:00 h", "7 % VAT on 66.15", "Net amount 166.15", "€189.78"],
        ),
        (PaperKind::Balancing, &["Ausgleichsrechnung", "327,25 €"], &["Balancing invoice", "€327.25"]),
        (
            PaperKind::Credit,
            &[
                "Rechnungskorrektur RK-2026-00003",
                "Zu Rechnung RE-2026-00012 vom 01.03.2026",
                "Wir erstatten Ihnen 148,75 €",
            ],
            &["Credit note RK-2026-00003", "Invoice RE-2026-00012 of 1 Mar 2026", "We pay back €148.75"],
        ),
        (
            PaperKind::DeliveryNote,
            &["Lieferschein LS-2026-00031", "Lieferdatum 10.04.2026", "2 Stunden", "−2:00 h", "Unterschrift"],
            &["Delivery note LS-2026-00031", "Date of delivery 10 Apr 2026", "2 hours", "Signature"],
        ),
        (
            PaperKind::Cancellation,
            &[
                "Stornorechnung ST-2026-00007",
                "stornieren wir Rechnung RE-2026-00041 vom 09.04.2026",
                "Grund: Falscher Empfänger",
                "Zurück an Kontingent V-00001: 2:00 h",
                "−119,00 €",
            ],
            &["Cancellation invoice ST-2026-00007", "cancels Invoice RE-2026-00041 of 9 Apr 2026", "−€119.00"],
        ),
    ];
    for (kind, german, english) in wanted {
        let shown = text(&sample(kind, Lang::De));
        assert_shows(&shown, german);
        let both =
            ["Bäckerei Öztürk & Söhne KG", "24937 Flensburg", "K-1042", "DE123456789", "Nordlicht Systemhaus GmbH"];
        assert_shows(&shown, &both);
        assert_shows(&shown, &["Seite 1 von", "Kundennummer"]);
        let shown = text(&sample(kind, Lang::En));
        assert_shows(&shown, english);
        assert_shows(&shown, &both);
        assert_shows(&shown, &["Page 1 of", "Customer no."]);
        assert_hides(&shown, &["Kundennummer", "Umsatzsteuer"]);
    }
}

// Red when prices, sums or a demand for money stand on a delivery note.
#[test]
fn a_delivery_note_shows_no_prices() {
    let shown = text(&sample(PaperKind::DeliveryNote, Lang::De));
    assert_hides(&shown, &["100,00", "200,00", "Einzelpreis", "Nettobetrag", "überweisen"]);
}

// Red when a balance, a lot or one of its parts is not said in words.
#[test]
fn balances_are_said_in_words() {
    let shown = text(&sample(PaperKind::Invoice, Lang::De));
    assert_shows(&shown, &["Vertrag V-00001 · Wartung mit Kontingent", "vorher 4:00 h, jetzt 0:00 h verfügbar"]);
    assert_shows(&shown, &["4:00 h hiermit", "1:00 h verbraucht", "0:30 h vorgemerkt", "2:30 h übrig von 4:00 h"]);
    assert_shows(&text(&sample(PaperKind::ContractInvoice, Lang::En)), &["Apr 2026, new", "4:00 h left of 4:00 h"]);
}

// Red when the code is on a paper that asks for no euros by transfer, or is missing on one that does.
#[test]
fn only_what_can_be_transferred_has_a_code() {
    let code = "Überweisen mit der Banking-App";
    for kind in [PaperKind::ContractInvoice, PaperKind::Invoice, PaperKind::Balancing] {
        assert_shows(&text(&sample(kind, Lang::De)), &[code]);
    }
    for kind in [PaperKind::Credit, PaperKind::DeliveryNote, PaperKind::Cancellation] {
        assert_hides(&text(&sample(kind, Lang::De)), &[code]);
    }
    let usual = sample(PaperKind::ContractInvoice, Lang::De);
    let mut francs = usual.clone();
    francs.currency = Currency::CHF;
    let mut nothing = usual.clone();
    nothing.payment.as_mut().expect("an invoice").due = 0;
    let mut no_bank = usual.clone();
    no_bank.letterhead.bank = None;
    let mut wrong_number = usual.clone();
    wrong_number.letterhead.bank.as_mut().expect("a bank").iban = "DE88370400440532013000".into();
    for input in [&francs, &nothing, &no_bank, &wrong_number] {
        assert_hides(&text(input), &[code]);
    }
    assert_shows(&text(&nothing), &["Es ist nichts zu zahlen."]);
    assert_shows(&text(&no_bank), &["Bitte zahlen Sie 475,99 € bis zum 24.04.2026."]);
}

// Red when the reason is left out, or when nobody is told that it is missing.
#[test]
fn a_rate_of_nothing_has_its_reason() {
    let mut input = sample(PaperKind::ContractInvoice, Lang::De);
    input.lines[0].vat = rate("0");
    input.totals = sums(&input.lines);
    assert_eq!(input.gaps(), [Gap::ZeroRateReason]);
    input.zero_rate_reason = "Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG)".into();
    assert_eq!(input.gaps(), []);
    assert_shows(
        &text(&input),
        &["0 % Umsatzsteuer auf 399,99 0,00", "Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG)"],
    );
}

// Red when something that the law asks for can be missing unnoticed, or a delivery note is asked for it.
#[test]
fn what_the_law_asks_for_is_missed() {
    let mut input = sample(PaperKind::Cancellation, Lang::De);
    assert_eq!(input.gaps(), []);
    (input.letterhead.tax_id, input.letterhead.vat_id) = (" ".into(), String::new());
    input.letterhead.address.clear();
    input.customer.address = vec![" ".into()];
    input.cancels = None;
    assert_eq!(input.gaps(), [Gap::SenderAddress, Gap::SenderTaxId, Gap::CustomerAddress, Gap::Cancels]);
    input.kind = PaperKind::DeliveryNote;
    assert_eq!(input.gaps(), []);
}

// Red when a paper is printed whose sums do not agree.
#[test]
fn what_does_not_add_up_is_refused() {
    let usual = sample(PaperKind::Invoice, Lang::De);
    let mut line = usual.clone();
    line.lines[0].total += 1;
    let mut item = usual.clone();
    item.lines[0].clearing.as_mut().expect("it clears").item -= 1;
    let mut net = usual.clone();
    net.totals.net += 1;
    let mut gross = usual.clone();
    gross.totals.gross = i64::MAX;
    let mut other_rate = usual;
    other_rate.lines[0].vat = rate("20");
    for input in [line, item, net, gross, other_rate] {
        assert_eq!(paper::render(&input), Err(PaperError::Sums));
    }
}

// Red when the time for which all lines are is not said, or is said beside another.
#[test]
fn the_time_of_the_service_is_said_once() {
    let mut input = sample(PaperKind::Balancing, Lang::De);
    input.service = Some(month(3));
    let shown = text(&input);
    assert_shows(&shown, &["Leistungszeitraum März 2026"]);
    assert_hides(&shown, &["Leistungsdatum"]);
}
