//! Papers: what they are made of is fixed with the document, they are set once, and what is kept never changes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{
    DocumentId, Role,
    documents::DocumentKind,
    quota::{Amount, Unit},
};
use store::{
    papers as kept,
    testing::{begin, commit, execute},
};
use usecases::{
    Refused, contracts, documents,
    papers::{self, Setter},
    settings,
    testing::{HOUR, World, as_customer, as_role, problem},
};
use wire::{
    Problem,
    documents::{CancelDraft, DocumentRow},
    paper::{Gap, Input, PaperKind},
    settings::{Letters, Settings},
};

use crate::{
    desk::{april, note},
    office::{admin, all_documents, bills_drafts, document, edited, page as contract_page},
    receipts::invoice,
    support::{assert_sound, books},
};

/// Sets a paper as its input in JSON, and counts how often.
pub fn counting() -> (Setter, Arc<AtomicUsize>) {
    let times = Arc::new(AtomicUsize::new(0));
    let own = times.clone();
    let setter = move |input: &Input| {
        own.fetch_add(1, Ordering::SeqCst);
        serde_json::to_vec(input).map_err(|error| error.to_string())
    };
    (Arc::new(setter), times)
}

/// What the paper of a document is made of, and its hash.
pub async fn pdf(world: &World, id: DocumentId, setter: &Setter) -> (Input, Option<String>) {
    let found = papers::pdf(world, &admin(), id, setter).await.expect("a paper");
    (serde_json::from_slice(&found.bytes).expect("its input"), found.hash)
}

async fn letterhead(world: &World, iban: &str) -> Settings {
    let now = settings::page(world, &admin()).await.expect("a page").settings;
    let letters = Letters { iban: iban.to_owned(), tax_id: "12/345".to_owned(), ..now.letters.clone() };
    let draft = Settings { street: "Ring 1".to_owned(), city: "Ulm".to_owned(), letters, ..now };
    settings::save(world, &admin(), draft).await.expect("it is saved").settings
}

fn iban(input: &Input) -> Option<&str> {
    input.letterhead.bank.as_ref().map(|bank| bank.iban.as_str())
}

/// Red when: a paper is set twice, is set from what holds now, or a change of the settings reaches what was issued.
async fn a_paper_is_set_once_from_what_held_when_it_was_issued(world: World) {
    let before = invoice(&world, "Alpha GmbH").await;
    letterhead(&world, "DE89370400440532013000").await;
    let between = invoice(&world, "Beta GmbH").await;
    let unseen = invoice(&world, "Gamma GmbH").await;
    let (setter, times) = counting();
    let (first, hash) = pdf(&world, between.id, &setter).await;
    assert_eq!(
        (iban(&first), first.number.as_str()),
        (Some("DE89370400440532013000"), between.number.as_deref().expect("a number"))
    );
    assert_eq!(pdf(&world, between.id, &setter).await, (first.clone(), hash.clone()));
    assert_eq!(times.load(Ordering::SeqCst), 1, "set once");
    letterhead(&world, "AT611904300234573201").await;
    assert_eq!(pdf(&world, between.id, &setter).await, (first, hash));
    // Set only now, and yet from what held then.
    assert_eq!(iban(&pdf(&world, unseen.id, &setter).await.0), Some("DE89370400440532013000"));
    assert_eq!(iban(&pdf(&world, before.id, &setter).await.0), None);
    let after = invoice(&world, "Delta GmbH").await;
    assert_eq!(iban(&pdf(&world, after.id, &setter).await.0), Some("AT611904300234573201"));
    assert_eq!(times.load(Ordering::SeqCst), 4);
    // Cancelled before it is set, it says what it said when it was issued.
    let gone = invoice(&world, "Epsilon GmbH").await;
    let found = documents::page(&world, &admin(), gone.id).await.expect("the page");
    let (id, reason) = (DocumentId::new(world.id()), "Doppelt".to_owned());
    let cancel = CancelDraft { id, document: gone.id, reason, version: found.version, seen: None };
    documents::cancel(&world, &admin(), cancel).await.expect("it is cancelled");
    let (cancelled, _) = pdf(&world, gone.id, &setter).await;
    assert_eq!(cancelled.balances.len(), 1, "{:?}", cancelled.balances);
    assert_sound(&world).await;
}

/// Forgets what was set of every paper, as if nobody had asked for one yet.
async fn unset(world: &World) {
    let mut tx = begin(&world.db).await;
    let forget = "UPDATE papers SET set_at = NULL, input = NULL, input_hash = NULL, bytes = NULL, bytes_hash = NULL";
    execute(&mut tx, forget).await.expect("they are forgotten");
    commit(tx).await;
}

/// By which numbers the lines of a document name their contracts.
async fn contracts_on(world: &World, id: DocumentId) -> Vec<String> {
    document(world, id).await.lines.into_iter().filter_map(|line| line.contract).map(|(_, number)| number).collect()
}

/// Red when: what an issued document says of a contract is read from the contract as it is when the paper is set, or a
/// draft does not follow its contract.
async fn what_becomes_of_a_contract_later_does_not_reach_what_was_issued(world: World) {
    let quota = april(&world).await;
    let earlier = contract_page(&world, quota.contract).await.card.number;
    let billed = all_documents(&world).await.remove(0).id;
    let mut notes = Vec::new();
    for hours in ["0.5", "1", "0.25"] {
        let (draft, _) = note(&world, &quota, &[hours]).await;
        notes.push(draft.id);
    }
    let [first_note, undone, draft] = notes[..] else { panic!("{notes:?}") };
    let version = world.issues(undone).await.version;
    let (id, reason) = (DocumentId::new(world.id()), "Doppelt".to_owned());
    let cancel = CancelDraft { id, document: undone, reason, version, seen: None };
    let cancellation = documents::cancel(&world, &admin(), cancel).await.expect("it is cancelled").row.id;
    world.issues(first_note).await;
    let invoice = DocumentId::new(world.id());
    documents::invoice(&world, &admin(), first_note, invoice).await.expect("it is invoiced");
    world.issues(invoice).await;
    let may = world.when("2026-05-01T10:00:00Z");
    let (run_draft, _) = bills_drafts(&may, "2026-05-01").await.items[0].document.clone().expect("a draft");
    documents::issue(&may, &admin(), run_draft).await.expect("it is issued");

    let issued = [billed, first_note, undone, cancellation, invoice, run_draft];
    let (setter, _) = counting();
    let mut at_once = Vec::new();
    for id in issued {
        let paper = pdf(&world, id, &setter).await;
        let said = serde_json::to_string(&paper.0).expect("JSON");
        assert!(said.contains(&earlier), "{id} names no contract: {said}");
        at_once.push(paper);
    }
    assert!([0, 1, 2, 4, 5].iter().all(|place| at_once[*place].0.balances.len() == 1), "{at_once:?}");
    unset(&world).await;
    let mut changed = edited(&contract_page(&world, quota.contract).await, |contract| contract.terms.quota = None);
    "Rahmen 7".clone_into(&mut changed.number);
    contracts::save(&world, &admin(), changed).await.expect("it is saved");
    for (id, before) in issued.into_iter().zip(&at_once) {
        assert_eq!(&pdf(&world, id, &setter).await, before, "{id}");
        let named = contracts_on(&world, id).await;
        assert!(!named.is_empty() && named.iter().all(|number| *number == earlier), "{id}: {named:?}");
    }
    assert_eq!(contracts_on(&world, draft).await, ["Rahmen 7"]);
    let (preview, _) = pdf(&world, draft, &setter).await;
    assert_eq!(preview.balances.iter().map(|balance| balance.contract.as_str()).collect::<Vec<_>>(), ["Rahmen 7"]);
    world.issues(draft).await;
    assert_eq!(pdf(&world, draft, &setter).await.0.balances, preview.balances);
    assert_sound(&world).await;
}

/// Red when: a paper lacks a line or a figure of its document, or its sums do not come out of its lines.
async fn a_paper_says_what_its_document_says(world: World) {
    letterhead(&world, "DE89370400440532013000").await;
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["0.5", "1"]).await;
    let (setter, _) = counting();
    let (drafted, hash) = pdf(&world, draft.id, &setter).await;
    assert_eq!((drafted.number.as_str(), hash), ("Entwurf", None), "a draft is not kept");
    world.issues(draft.id).await;
    let page = documents::page(&world, &admin(), draft.id).await.expect("the page");
    let (input, _) = pdf(&world, draft.id, &setter).await;
    assert_eq!((input.kind, input.lines.len(), &input.totals), (PaperKind::DeliveryNote, 2, &page.totals));
    assert!(input.adds_up() && input.payment.is_none(), "{input:?}");
    let balance = input.balances.first().expect("a balance");
    let sum =
        |pick: fn(&wire::paper::PaperLot) -> Amount| -> i64 { balance.lots.iter().map(|lot| pick(lot).units()).sum() };
    assert_eq!(balance.unit, Unit::Time);
    assert_eq!(balance.before.units() - sum(|lot| lot.here), balance.after.units(), "{balance:?}");
    assert_eq!((sum(|lot| lot.granted), sum(|lot| lot.here)), (4 * HOUR, HOUR + HOUR / 2), "{balance:?}");
    let cleared: i64 =
        input.lines.iter().flat_map(|line| &line.clearing).map(|clearing| clearing.cleared.units()).sum();
    assert_eq!(cleared, sum(|lot| lot.here));
    // The invoice over the period names the lots that it granted.
    let all = all_documents(&world).await;
    let billed = all.iter().find(|row| row.kind == DocumentKind::ContractInvoice).expect("the invoice");
    let (input, _) = pdf(&world, billed.id, &setter).await;
    assert!(input.adds_up() && input.payment.as_ref().is_some_and(|payment| payment.due == billed.gross.minor));
    assert!(input.balances.iter().all(|balance| balance.lots.iter().all(|lot| lot.new)), "{:?}", input.balances);
    assert!(!input.balances.is_empty() && input.lines.iter().all(|line| line.contract.is_some()));
    assert_eq!(input.gaps(), [Gap::CustomerAddress]);
}

/// Red when: a cancellation does not name what it undoes, or does not say what it gives back.
async fn a_cancellation_names_what_it_undoes(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["0.5"]).await;
    world.issues(draft.id).await;
    let found = documents::page(&world, &admin(), draft.id).await.expect("the page");
    let cancel = CancelDraft {
        id: DocumentId::new(world.id()),
        document: draft.id,
        reason: "Doppelt".to_owned(),
        version: found.version,
        seen: None,
    };
    let undone = documents::cancel(&world, &admin(), cancel).await.expect("it is cancelled");
    let (setter, _) = counting();
    let (input, _) = pdf(&world, undone.row.id, &setter).await;
    let cancels = input.cancels.as_ref().expect("what it undoes");
    assert_eq!(
        (cancels.number.as_str(), cancels.reason.as_str()),
        (found.row.number.as_deref().expect("a number"), "Doppelt")
    );
    assert!(input.adds_up() && input.lines.iter().all(|line| line.clearing.is_some()), "{input:?}");
    assert!(input.payment.is_none() && input.gaps().contains(&Gap::SenderTaxId));
}

/// Red when: papers are not set beside everything else, one that fails stops the others, or its reason is lost.
async fn what_is_due_is_set_and_what_fails_is_tried_again(world: World) {
    let (one, two) = (invoice(&world, "Alpha GmbH").await, invoice(&world, "Beta GmbH").await);
    let bad = one.number.clone().expect("a number");
    let failing: Setter =
        Arc::new(move |input: &Input| if input.number == bad { Err("no ink".to_owned()) } else { Ok(vec![1]) });
    assert_eq!(papers::set_due(&world, &failing).await.expect("an answer"), 1);
    let state = |id: DocumentId| {
        let world = &world;
        async move { kept::get(&mut world.db.read().await.expect("a read"), id).await.expect("a read").expect("there") }
    };
    let (first, second) = (state(one.id).await, state(two.id).await);
    assert!(first.set_at.is_none() && first.error.is_some() && first.attempts == 1, "{first:?}");
    assert!(second.set_at.is_some() && second.error.is_none(), "{second:?}");
    assert_eq!(kept::failing(&mut world.db.read().await.expect("a read")).await.expect("a read"), 1);
    let (setter, times) = counting();
    assert_eq!(papers::set_due(&world, &setter).await.expect("an answer"), 0, "not yet");
    let later = world.when("2026-12-31T10:00:00Z");
    assert_eq!(papers::set_due(&later, &setter).await.expect("an answer"), 1);
    assert_eq!((times.load(Ordering::SeqCst), state(one.id).await.error), (1, None));
    assert_sound(&world).await;
}

/// Red when: nobody is told which paper could not be set, why, and when it is tried next, or anybody may try it again.
async fn a_paper_that_cannot_be_set_stands_on_today(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    let failing: Setter = Arc::new(|_: &Input| Err("no\n  ink".to_owned()));
    assert_eq!(papers::set_due(&world, &failing).await.expect("an answer"), 0);
    let today = async || usecases::today::page(&world, &admin()).await.expect("the page");
    let page = today().await;
    let [paper] = page.failed_papers.as_slice() else { panic!("{:?}", page.failed_papers) };
    assert_eq!((paper.document, paper.kind, Some(&paper.number)), (of.id, of.kind, of.number.as_ref()));
    assert_eq!((paper.customer.id, paper.reason.as_str(), paper.attempts), (of.customer.id, "no ink", 1));
    assert_eq!(paper.due.to_utc(), world.now() + chrono::Duration::minutes(1));
    assert_eq!(page.failed_jobs, 1);
    let (setter, _) = counting();
    assert_eq!(papers::set_due(&world, &setter).await.expect("an answer"), 0, "not yet");
    let before = books(&world).await;
    let others = [Role::Sales, Role::ProjectManager, Role::Staff].map(as_role);
    for call in others.into_iter().chain([as_customer(of.customer.id)]) {
        let refused = papers::set_now(&world, &call).await.map_err(problem);
        assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{refused:?}");
    }
    assert_eq!(books(&world).await, before);
    assert_eq!(papers::set_now(&world, &as_role(Role::Accounting)).await.expect("an answer"), 1);
    assert_eq!(papers::set_due(&world, &setter).await.expect("an answer"), 1);
    let page = today().await;
    assert_eq!((page.failed_papers.len(), page.failed_jobs), (0, 0));
    assert_eq!(papers::set_now(&world, &admin()).await.expect("an answer"), 0, "nothing failed");
    assert_sound(&world).await;
}

/// Red when: two who ask at once get different bytes.
async fn two_who_ask_at_once_get_the_same_bytes(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    let other = World::open(world.url.clone(), 3).await;
    // Each would set another paper: only one of them is kept.
    let setter = |mark: u8| -> Setter { Arc::new(move |_: &Input| Ok(vec![mark])) };
    let (here, there) = (setter(1), setter(2));
    let call = admin();
    let (one, two) = tokio::join!(papers::pdf(&world, &call, of.id, &here), papers::pdf(&other, &call, of.id, &there));
    let (one, two) = (one.expect("a paper"), two.expect("a paper"));
    assert_eq!(one, two);
    let third = papers::pdf(&world, &call, of.id, &setter(3)).await.expect("a paper");
    assert_eq!(third, one);
}

/// Red when: somebody sees the paper of a document whose page they may not see.
async fn whoever_sees_the_document_sees_its_paper(world: World) {
    let of: DocumentRow = invoice(&world, "Alpha GmbH").await;
    let (setter, times) = counting();
    let before = books(&world).await;
    for call in [as_role(Role::Staff), as_customer(of.customer.id)] {
        let page = documents::page(&world, &call, of.id).await.map(drop).map_err(problem);
        let refused = papers::pdf(&world, &call, of.id, &setter).await.map(drop).map_err(problem);
        assert_eq!(refused, page);
        assert!(refused.is_err());
    }
    let missing = papers::pdf(&world, &admin(), DocumentId::new(world.id()), &setter).await.map(drop);
    assert!(matches!(missing, Err(Refused::Problem(Problem::NotFound { .. }))));
    assert_eq!(books(&world).await, before);
    assert_eq!(times.load(Ordering::SeqCst), 0);
}

/// Red when: a byte of a kept paper changes and nobody notices.
async fn a_changed_byte_is_found(world: World) {
    let of = invoice(&world, "Alpha GmbH").await;
    let (setter, _) = counting();
    pdf(&world, of.id, &setter).await;
    assert_sound(&world).await;
    for (damage, told) in [
        ("UPDATE papers SET input = input || ' '", "what it was made of has changed"),
        ("UPDATE papers SET bytes_hash = 'x'", "its bytes are not those that were set"),
        ("DELETE FROM papers", "an issued document has no paper"),
    ] {
        let mut tx = begin(&world.db).await;
        execute(&mut tx, damage).await.expect("the damage is done");
        commit(tx).await;
        let report = usecases::verify::verify(&world, None).await.expect("a report");
        assert!(report.faults.iter().any(|fault| fault.what.contains(told)), "{damage}: {:?}", report.faults);
    }
}

on_both!(
    a_paper_is_set_once_from_what_held_when_it_was_issued,
    what_becomes_of_a_contract_later_does_not_reach_what_was_issued,
    a_paper_says_what_its_document_says,
    a_cancellation_names_what_it_undoes,
    what_is_due_is_set_and_what_fails_is_tried_again,
    two_who_ask_at_once_get_the_same_bytes,
    whoever_sees_the_document_sees_its_paper,
    a_changed_byte_is_found,
    a_paper_that_cannot_be_set_stands_on_today,
);
