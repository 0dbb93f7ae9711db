//! What is proposed for the lines of a bank file, as a table.

use domain::{
    Currency, DocumentId,
    receipts::{Confidence, OpenInvoice, Proposal, bank, propose},
};
use proptest::collection;
use uuid::Uuid;

use crate::plans::for_every;

fn open(number: u128, customer: &str, open: i64) -> OpenInvoice {
    OpenInvoice {
        document: DocumentId::new(Uuid::from_u128(number)),
        number: format!("RE-2026-{number:05}"),
        customer: customer.to_owned(),
        open,
        currency: Currency::EUR,
        by_hand: Vec::new(),
    }
}

fn invoices() -> Vec<OpenInvoice> {
    vec![
        open(1, "Müller & Söhne GmbH", 10_000),
        open(2, "Müller & Söhne GmbH", 25_000),
        open(3, "Beta AG", 7_700),
        open(4, "Gamma KG", 10_000),
        open(5, "Gamma KG", 10_000),
        OpenInvoice { currency: Currency::CHF, ..open(6, "Delta SA", 5_000) },
        open(12, "Omega GmbH", 1_000),
        OpenInvoice { number: "2026".to_owned(), ..open(13, "Kappa AG", 4_300) },
        OpenInvoice { number: "4711042026".to_owned(), ..open(14, "Lambda AG", 4_400) },
        OpenInvoice { by_hand: vec![900, 3_000], ..open(15, "Sigma AG", 3_000) },
    ]
}

fn proposed(rows: &[(&str, &str, &str)]) -> Vec<Vec<Proposal>> {
    let rows: String = rows
        .iter()
        .map(|(amount, name, text)| format!("02.04.2026;{amount};{name};\"{text}\"\n"))
        .collect::<Vec<_>>()
        .concat();
    let text = format!("Buchungstag;Betrag;Name Zahlungsbeteiligter;Verwendungszweck\n{rows}");
    propose(&bank::read(&text).expect("it is read").lines, &invoices())
}

/// Reason, and number and amount of each part.
type Told = (Confidence, Vec<(u128, i64)>);

/// The first proposal.
fn first(found: &[Proposal]) -> Option<Told> {
    let first = found.first()?;
    let parts = first.parts.iter().map(|part| (part.document.uuid().as_u128(), part.amount));
    Some((first.confidence, parts.collect()))
}

/// Red when: a number is not found as banks write it, or anything but number and amount together is sure.
#[test]
fn lines_are_assigned_as_a_person_would() {
    use Confidence::{ByHand, Either, Name, Number, NumberLess, NumberMore, Several};
    let table: [(&str, &str, &str, Option<Told>); 25] = [
        ("100,00", "X", "RE-2026-00001", Some((Number, vec![(1, 10_000)]))),
        ("100,00", "X", "Rechnung re 2026 00001 vom 1.4.", Some((Number, vec![(1, 10_000)]))),
        ("100,00", "X", "RE2026/00 001", Some((Number, vec![(1, 10_000)]))),
        ("60,00", "X", "RE-2026-00001", Some((NumberLess, vec![(1, 6_000)]))),
        ("110,00", "X", "RE-2026-00001", Some((NumberMore, vec![(1, 11_000)]))),
        ("350,00", "X", "RE-2026-00001, RE-2026-00002", Some((Several, vec![(1, 10_000), (2, 25_000)]))),
        ("100,00", "X", "RE-2026-00004 oder RE-2026-00005", Some((Either, vec![(4, 10_000)]))),
        ("300,00", "X", "RE-2026-00001 RE-2026-00002", Some((NumberMore, vec![(1, 30_000)]))),
        ("77,00", "BETA AG BERLIN", "Danke", Some((Name, vec![(3, 7_700)]))),
        ("250,00", "Mueller Soehne GmbH", "Danke", Some((Name, vec![(2, 25_000)]))),
        ("100,00", "Gamma KG", "Danke", None),
        ("77,01", "Beta AG", "Danke", None),
        ("77,00", "Andere AG", "Danke", None),
        ("10,00", "X", "RE-2026-000012", None),
        ("10,00", "X", "ARE-2026-00012", None),
        ("10,00", "X", "RE-2026-00012 10", Some((Number, vec![(12, 1_000)]))),
        ("50,00", "Delta SA", "RE-2026-00006", None),
        ("-100,00", "X", "RE-2026-00001", None),
        ("43,00", "X", "vom 01.04.2026", None),
        ("44,00", "X", "47 11 04 2026", None),
        ("44,00", "X", "Nr. 4711042026.", Some((Number, vec![(14, 4_400)]))),
        ("30,00", "X", "RE-2026-00015", Some((ByHand, vec![(15, 3_000)]))),
        ("9,00", "X", "RE-2026-00015", Some((ByHand, vec![(15, 900)]))),
        ("8,00", "X", "RE-2026-00015", Some((NumberLess, vec![(15, 800)]))),
        ("130,00", "X", "RE-2026-00001, RE-2026-00015", Some((ByHand, vec![(1, 10_000), (15, 3_000)]))),
    ];
    for (amount, name, text, expected) in table {
        let found = proposed(&[(amount, name, text)]);
        assert_eq!(first(&found[0]), expected, "{amount} {name} {text}: {found:?}");
    }
}

/// Red when: two lines pay the same invoice, or a line that is not sure takes it from one that is.
#[test]
fn what_a_sure_line_pays_is_not_proposed_again() {
    let found = proposed(&[
        ("100,00", "X", "RE-2026-00001"),
        ("100,00", "X", "RE-2026-00001"),
        ("60,00", "X", "RE-2026-00002"),
        ("250,00", "X", "RE-2026-00002"),
    ]);
    assert_eq!(first(&found[0]), Some((Confidence::Number, vec![(1, 10_000)])));
    assert_eq!(first(&found[1]), None);
    assert_eq!(first(&found[2]), Some((Confidence::NumberLess, vec![(2, 6_000)])));
    assert_eq!(first(&found[3]), Some((Confidence::Number, vec![(2, 25_000)])));
}

/// Red when: a proposal divides another sum than came in, or sure lines together pay more than is open.
#[test]
fn a_proposal_divides_what_came_in_and_sure_ones_never_overpay() {
    let rows = collection::vec((1_u128..8, 1_u128..8, 0_usize..5), 1..12);
    let amounts = ["100,00", "250,00", "350,00", "77,00", "10,00"];
    for_every(rows, |rows| {
        let texts: Vec<String> =
            rows.iter().map(|(one, other, _)| format!("RE-2026-{one:05} RE-2026-{other:05}")).collect();
        let lines: Vec<_> =
            rows.iter().zip(&texts).map(|((.., amount), text)| (amounts[*amount], "Beta AG", text.as_str())).collect();
        let found = proposed(&lines);
        let mut paid = std::collections::BTreeMap::<DocumentId, i64>::new();
        for ((amount, ..), proposals) in lines.iter().zip(&found) {
            let came: i64 = amount.replace(',', "").parse().expect("cents");
            for proposal in proposals {
                assert_eq!(proposal.parts.iter().map(|part| part.amount).sum::<i64>(), came);
            }
            let sure = proposals.first().filter(|first| first.confidence.sure());
            for part in sure.into_iter().flat_map(|first| &first.parts) {
                *paid.entry(part.document).or_default() += part.amount;
            }
        }
        for invoice in invoices() {
            assert!(paid.get(&invoice.document).is_none_or(|paid| *paid <= invoice.open));
        }
    });
}
