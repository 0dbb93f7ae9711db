//! What stands on the papers of real documents: bars of lots, quotas that are used up, countries, references.

use domain::{
    ContractId,
    documents::DocumentKind,
    quota::{Amount, CarryOver},
};
use usecases::{
    contracts, customers, documents, settings,
    testing::{HOUR, World, day},
};
use wire::{documents::DocumentDraft, paper::Input, settings::Settings};

use crate::{
    desk::{april, h, lines, note, unbilled},
    office::{admin, all_documents, bills_drafts, consolidated, edited, page as contract_page},
    papers::{counting, pdf},
    support::assert_sound,
};

/// Example 3 of section 1: of January's 10 h, 2 h were drawn and 6 h are lost over the cap of 2 h, which this note
/// draws. Red when: what has lapsed or what another draft holds is printed as used, or is counted twice.
async fn a_bar_says_what_was_used_what_is_held_and_what_has_lapsed(world: World) {
    let quota = unbilled(&world, |contract| {
        (contract.start, contract.billing_start) = (day("2026-01-01"), day("2026-01-01"));
        let terms = contract.terms.quota.as_mut().expect("a quota");
        terms.amount = Amount::new(h(10));
        terms.carry = CarryOver::On { periods: Some(1), cap: Some(Amount::new(h(2))) };
    })
    .await;
    world.bills(&world.env, "2026-02-01").await;
    world.drawn(quota.account, h(2), "2026-01-20").await;
    let two_lines = world.note_draft(quota.of(), "2026-02-02", &lines(&["1", "2"]));
    world.saves(&two_lines).await;
    let (setter, _) = counting();
    let (input, _) = pdf(&world, two_lines.id, &setter).await;
    let bars = |input: &Input| -> Vec<[i64; 5]> {
        let lots = input.balances.first().expect("a balance").lots.iter();
        let parts = lots.map(|lot| [lot.granted, lot.used, lot.here, lot.held, lot.lapsed]);
        parts.map(|parts| parts.map(|part| part.units() / HOUR)).collect()
    };
    let expected = [[10, 2, 2, 0, 6], [10, 0, 1, 0, 0]];
    assert_eq!(bars(&input), expected);
    let balance = input.balances.first().expect("a balance");
    assert_eq!((balance.before.units(), balance.after.units()), (h(12), h(9)));

    // What one draft holds is not used yet for another, and is once it is issued.
    let other = world.note_draft(quota.of(), "2026-02-03", &lines(&["4"]));
    world.saves(&other).await;
    assert_eq!(bars(&pdf(&world, other.id, &setter).await.0), [[10, 2, 0, 2, 6], [10, 0, 4, 1, 0]]);
    world.issues(two_lines.id).await;
    world.issues(other.id).await;
    assert_eq!(bars(&pdf(&world, two_lines.id, &setter).await.0), expected);
    // The same as it was saved: nothing of an issued document is counted anew.
    assert_eq!(bars(&pdf(&world, other.id, &setter).await.0), [[10, 2, 0, 2, 6], [10, 0, 4, 1, 0]]);
    let third = world.note_draft(quota.of(), "2026-02-04", &lines(&["1"]));
    world.saves(&third).await;
    assert_eq!(bars(&pdf(&world, third.id, &setter).await.0), [[10, 4, 0, 0, 6], [10, 5, 1, 0, 0]]);
    assert_sound(&world).await;
}

/// Red when: a line for which nothing was left of its quota says nothing of it.
async fn a_line_says_that_its_quota_was_used_up(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["4", "1"]).await;
    // A line that draws no quota says nothing of one.
    let mut off = draft.clone();
    off.lines.extend(world.note_draft(quota.of(), "2026-04-10", &lines(&["1"])).lines);
    off.lines[2].clears = false;
    world.saves(&off).await;
    world.issues(draft.id).await;
    let (setter, _) = counting();
    let (input, _) = pdf(&world, draft.id, &setter).await;
    let told = input.lines.iter().map(|line| line.clearing.as_ref().map(|of| (of.outcome.name(), of.cleared.units())));
    assert_eq!(told.collect::<Vec<_>>(), [Some(("full", h(4))), Some(("exhausted", 0)), None]);
    let contract = contract_page(&world, quota.contract).await.card.number;
    assert!(input.lines[1].clearing.as_ref().is_some_and(|of| of.contract == contract && of.lots.is_empty()));
    assert!(input.adds_up(), "{input:?}");
}

/// Red when: an invoice over 0.00 does not say that nothing is to be paid.
async fn an_invoice_over_nothing_says_that_nothing_is_to_be_paid(world: World) {
    let quota = april(&world).await;
    let drawn = world.note_draft(quota.of(), "2026-04-10", &lines(&["1.5"]));
    let draft = DocumentDraft { kind: DocumentKind::Invoice, ..drawn };
    world.saves(&draft).await;
    let issued = world.issues(draft.id).await;
    assert_eq!(issued.row.gross.minor, 0);
    let (setter, _) = counting();
    let (input, _) = pdf(&world, draft.id, &setter).await;
    let payment = input.payment.as_ref().expect("it says what is to be paid");
    assert_eq!((payment.due, payment.due_on), (0, issued.row.due_on));
    assert!(input.adds_up(), "{input:?}");
}

/// Red when: a country is printed as its code, in another language than the paper, or at home.
async fn a_country_abroad_is_printed_by_its_name(world: World) {
    let (setter, _) = counting();
    let german = ("DE", Some("Deutschland"));
    for (vat_id, cases) in [
        ("", [("DE", None), ("AT", Some("Österreich")), ("FR", Some("France")), ("JP", Some("JP"))]),
        ("ATU12345678", [german, ("AT", None), ("FR", Some("France")), ("GR", Some("Greece"))]),
        ("EL123456789", [german, ("GR", None), ("CH", Some("Schweiz")), ("US", Some("United States"))]),
    ] {
        let now = settings::page(&world, &admin()).await.expect("a page").settings;
        let own = Settings { vat_id: vat_id.to_owned(), ..now };
        settings::save(&world, &admin(), own).await.expect("it is saved");
        for (code, name) in cases {
            let mut customer = world.customer_draft("", "Omega");
            (customer.card.country, customer.card.city) = (code.to_owned(), "Ort".to_owned());
            let id = customer.id;
            customers::save(&world, &admin(), customer).await.expect("the customer is there");
            let mut draft = world.note_draft((id, ContractId::new(world.id())), "2026-04-10", &lines(&["1"]));
            (draft.lines[0].contract, draft.lines[0].line.group) = (None, None);
            world.saves(&draft).await;
            let address = pdf(&world, draft.id, &setter).await.0.customer.address;
            let expected: Vec<&str> = ["Ort"].into_iter().chain(name).collect();
            assert_eq!(address, expected, "{code} for {vat_id:?}");
        }
    }
}

/// Red when: an invoice over periods does not say what its customer calls the contracts, says it twice, or follows a
/// change after it was issued; or a draft does not follow it.
async fn an_invoice_says_what_its_customer_calls_the_contracts(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let mut ids = Vec::new();
    for reference in ["Bestellung 4711", "", "Bestellung 4712", "Bestellung 4711"] {
        let mut draft = world.contract_draft(customer, "2026-04-01");
        consolidated(&mut draft.contract);
        reference.clone_into(&mut draft.reference);
        ids.push(world.contract(draft).await.contract.id);
    }
    world.bills(&world.env, "2026-04-01").await;
    let billed = all_documents(&world).await.remove(0).id;
    let may = world.when("2026-05-01T10:00:00Z");
    let (next, _) = bills_drafts(&may, "2026-05-01").await.items[0].document.clone().expect("a draft");
    for (id, reference) in [(ids[0], "Neu"), (ids[2], ""), (ids[3], "")] {
        let mut changed = edited(&contract_page(&world, id).await, |_| {});
        reference.clone_into(&mut changed.reference);
        contracts::save(&world, &admin(), changed).await.expect("it is saved");
    }
    let (setter, _) = counting();
    let (input, _) = pdf(&world, billed, &setter).await;
    let mut said: Vec<&str> = input.reference.split(", ").collect();
    said.sort_unstable();
    assert_eq!(said, ["Bestellung 4711", "Bestellung 4712"]);
    assert_eq!(pdf(&world, next, &setter).await.0.reference, "Neu");
    documents::issue(&may, &admin(), next).await.expect("it is issued");
    assert_eq!(pdf(&world, next, &setter).await.0.reference, "Neu");
    assert_sound(&world).await;
}

on_both!(
    a_bar_says_what_was_used_what_is_held_and_what_has_lapsed,
    a_line_says_that_its_quota_was_used_up,
    an_invoice_over_nothing_says_that_nothing_is_to_be_paid,
    a_country_abroad_is_printed_by_its_name,
    an_invoice_says_what_its_customer_calls_the_contracts,
);
