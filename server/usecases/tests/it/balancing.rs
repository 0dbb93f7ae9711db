//! Balancing invoices: what is billed of an overbooked month, that it is covered exactly, and that undoing opens it again.

use domain::{
    DocumentId, Price, Role,
    billing::BalancingError,
    documents::{DocumentKind, DocumentState},
    quota::{Amount, DeficitPolicy, Overbooking, QuotaError, Unit},
    undo::Obstacle,
};
use store::testing::{begin, commit, execute};
use usecases::{
    Refused, accounts, billing, contracts, documents,
    testing::{World, as_customer, as_role, day, problem},
    verify,
};
use wire::{
    FieldReason, Problem,
    balancing::{BalancingInvoiceDraft, BalancingView, ChosenDeficit},
    documents::DocumentPage,
};

use crate::{
    desk::{Quota, available, h, lines, posted, unbilled},
    office::{admin, business, change, claims, document, fields, numbers, page},
    support::{assert_sound, books},
};

fn rate(text: &str) -> Price {
    text.parse().expect("a price")
}

/// Billed for April, 4 h with overbooking at 100.00 an hour; a delivery note of April 10 drew 5:20, one of April 20 1:00,
/// and somebody drew 0:10 by hand: 2:30 are open.
pub async fn overbooked(world: &World, policy: DeficitPolicy) -> Quota {
    let quota = unbilled(world, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        quota.overbooking = Overbooking::Yes { limit: None };
        (quota.deficits, quota.overage_rate) = (policy, Some(rate("100")));
    })
    .await;
    world.bills(&world.env, "2026-04-15").await;
    for (date, quantities) in [("2026-04-10", &["4", "1.33"][..]), ("2026-04-20", &["1"])] {
        let draft = world.note_draft(quota.of(), date, &lines(quantities));
        world.saves(&draft).await;
        world.issues(draft.id).await;
    }
    world.drawn(quota.account, 600, "2026-04-21").await;
    quota
}

async fn view(world: &World, quota: &Quota) -> BalancingView {
    billing::balancing(world, &admin(), quota.contract).await.expect("the view")
}

/// What somebody sends who bills all that is open.
pub fn draft(world: &World, quota: &Quota, issue: bool) -> BalancingInvoiceDraft {
    let (id, lang) = (DocumentId::new(world.id()), texts::Lang::De);
    BalancingInvoiceDraft { id, contract: quota.contract, deficits: None, issue, seen: None, lang }
}

/// A balancing invoice that went through.
pub async fn balanced(world: &World, draft: &BalancingInvoiceDraft) -> DocumentPage {
    billing::balance_contract(world, &admin(), draft.clone()).await.expect("it is billed")
}

async fn refused(world: &World, draft: BalancingInvoiceDraft) -> Problem {
    problem(billing::balance_contract(world, &admin(), draft).await.map(drop).expect_err("it is refused"))
}

async fn damage(world: &World, sql: &str) {
    let mut tx = begin(&world.db).await;
    assert_ne!(execute(&mut tx, sql).await.expect("it is carried out"), 0, "{sql}");
    commit(tx).await;
}

async fn open(world: &World, quota: &Quota) -> Vec<i64> {
    page(world, quota.contract).await.deficits.iter().map(|open| open.amount.units()).collect()
}

/// Red when: a deficit is not billed or not covered, the sum is rounded per draw, the draws are not named, or the
/// invoice is not in the range of invoices.
async fn an_overbooked_month_is_billed_and_covered(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    let seen = view(&world, &quota).await;
    let listed: Vec<_> = seen.deficits.iter().map(|open| (open.date, open.amount.units())).collect();
    assert_eq!(listed, [(day("2026-04-10"), 4_788), (day("2026-04-20"), h(1)), (day("2026-04-21"), 600)]);
    assert_eq!(seen.deficits[0].text, "Work of 1.33 h");
    assert_eq!(seen.deficits[0].document.as_ref().and_then(|of| of.number.as_deref()), Some("LS-2026-00001"));
    assert_eq!((seen.deficits[2].text.as_str(), &seen.deficits[2].document), ("Maintenance", &None));
    assert!(seen.deficits.iter().all(|open| open.next.is_none()), "April is billed; nothing else covers it");
    let planned = domain::billing::balance(&seen.facts, &seen.facts.all()).expect("a plan");

    let wanted = BalancingInvoiceDraft { seen: Some(planned.sums()), ..draft(&world, &quota, true) };
    let made = balanced(&world, &wanted).await;
    // 2:29:48 h at 100.00: once rounded.
    assert_eq!((made.row.kind, made.row.state), (DocumentKind::Balancing, DocumentState::Issued));
    assert_eq!(made.row.number.as_deref(), Some("RE-2026-00002"));
    assert_eq!((made.totals.net, made.totals.vat, made.totals.gross), (24_967, 4_744, 29_711));
    assert_eq!(
        (made.row.date, made.row.due_on, made.recipient.name.as_str()),
        (day("2026-04-15"), day("2026-04-29"), "Alpha GmbH")
    );
    let text = &made.lines[0].line.text;
    let expected = "Über das Kontingent hinaus, April 2026: 2:29:48\u{a0}h zu 100,00\u{a0}€ je Stunde
10.04.2026 · LS-2026-00001 · Work of 1.33 h · 1:19:48\u{a0}h
20.04.2026 · LS-2026-00002 · Work of 1 h · 1:00\u{a0}h
21.04.2026 · Maintenance · 0:10\u{a0}h";
    assert_eq!((made.lines.len(), text.as_str()), (1, expected));
    let billed: Vec<_> = made.balanced.iter().map(|billed| (billed.date, billed.amount.units())).collect();
    assert_eq!(billed, listed);
    assert_eq!(open(&world, &quota).await, [0_i64; 0]);
    let told = posted(&world, quota.account).await;
    assert_eq!(told[told.len() - 4..], [("grant", 8_988), ("cover", 0), ("cover", 0), ("cover", 0)]);
    assert_eq!(available(&world, quota.account, "2026-04-25").await, 0, "what is billed is used already");
    let contract = page(&world, quota.contract).await;
    assert!(contract.documents.iter().any(|row| row.id == made.row.id), "the contract lists it");
    assert_sound(&world).await;

    // Once: the same again is the same, in whichever words it chooses the same; other content under the id is refused.
    let before = books(&world).await;
    assert_eq!(balanced(&world, &wanted).await.row, made.row);
    let named = |amount: Option<i64>| {
        let chosen = seen.deficits.iter().enumerate().map(|(place, open)| ChosenDeficit {
            place,
            draw: open.draw,
            amount: amount.map_or(Some(open.amount), |_| None),
        });
        BalancingInvoiceDraft { deficits: Some(chosen.collect()), ..wanted.clone() }
    };
    assert_eq!(balanced(&world, &named(None)).await.row, made.row);
    assert_eq!(balanced(&world, &named(Some(0))).await.row, made.row);
    let mut fewer = named(None);
    fewer.deficits.as_mut().expect("named").pop();
    assert_eq!(refused(&world, fewer).await, Problem::SameId);
    assert_eq!(refused(&world, BalancingInvoiceDraft { issue: false, ..wanted.clone() }).await, Problem::SameId);
    // Nothing is left for another one.
    let nothing = BalancingError::NothingChosen { open: Amount::ZERO };
    let other = draft(&world, &quota, true);
    assert_eq!(refused(&world, other).await, Problem::field("deficits", FieldReason::Balancing(nothing, Unit::Time)));
    assert_eq!(books(&world).await, before);
}

/// Red when: a part opens more or less than itself, deleting a draft leaves its lot, or cancelling leaves the deficits
/// covered; when undoing forgets what was drawn from the lot meanwhile.
async fn undoing_it_opens_exactly_what_it_billed(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    let seen = view(&world, &quota).await;
    let part = |place: usize, amount: Option<i64>| ChosenDeficit {
        place,
        draw: seen.deficits[place].draw,
        amount: amount.map(Amount::new),
    };
    // A draft over parts, deleted.
    let some = vec![part(1, Some(1_800)), part(0, None)];
    let wanted = BalancingInvoiceDraft { deficits: Some(some), ..draft(&world, &quota, false) };
    let made = balanced(&world, &wanted).await;
    assert_eq!((made.row.state, made.row.number.as_deref()), (DocumentState::Draft, None));
    assert_eq!((made.totals.net, made.recipient.name.as_str()), (18_300, "Alpha GmbH"));
    assert_eq!(open(&world, &quota).await, [1_800, 600]);
    assert_sound(&world).await;
    let plan = documents::undo_plan(&world, &admin(), made.row.id).await.expect("the plan");
    let opened: Vec<_> = plan.plan.accounts[0].deficits.iter().map(|part| part.amount.units()).collect();
    assert_eq!((opened, plan.plan.freed.len(), plan.accounts.len()), (vec![4_788, 1_800], 0, 1));
    documents::delete(&world, &admin(), made.row.id, None).await.expect("it is deleted");
    assert_eq!(open(&world, &quota).await, [4_788, h(1), 600]);
    assert_eq!(posted(&world, quota.account).await.last(), Some(&("revoke", -6_588)));
    assert_sound(&world).await;

    // A draft that is issued later, then cancelled: the same.
    let made = balanced(&world, &draft(&world, &quota, false)).await;
    let issued = world.issues(made.row.id).await;
    assert_eq!((issued.row.number.as_deref(), issued.row.kind), (Some("RE-2026-00002"), DocumentKind::Balancing));
    // What a released draw gives back stays usable, and whoever uses it loses it with the invoice.
    accounts::release(&world, &admin(), quota.account, seen.deficits[2].draw).await.expect("it is released");
    let later = world.drawn(quota.account, 600, "2026-04-25").await;
    assert_eq!((later.drawn.units(), later.deficit.units()), (600, 0));
    let cancelled = crate::undo::cancel(&world, made.row.id).await;
    assert_eq!((cancelled.totals.net, cancelled.totals.gross), (-24_967, -29_711));
    assert_eq!(open(&world, &quota).await, [4_788, h(1), 600]);
    assert_eq!(document(&world, made.row.id).await.row.state, DocumentState::Cancelled);
    assert_eq!(
        numbers(&world).await,
        ["LS-2026-00001", "LS-2026-00002", "RE-2026-00001", "RE-2026-00002", "ST-2026-00001"]
    );
    assert_sound(&world).await;
    let again = balanced(&world, &draft(&world, &quota, true)).await;
    assert_eq!(again.totals, issued.totals, "what is open again can be billed again");
    assert_sound(&world).await;
}

/// Red when: one of them is stored, or says another field or other figures.
async fn what_cannot_be_billed_is_refused_with_figures(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    let seen = view(&world, &quota).await;
    let before = business(&world).await;
    let whole = seen.facts.account.open_deficit().expect("small");
    let at = |field: &str, error| Problem::field(field, FieldReason::Balancing(error, Unit::Time));
    let first = |amount| ChosenDeficit { place: 7, draw: seen.deficits[0].draw, amount: Some(Amount::new(amount)) };
    let chosen = |list| BalancingInvoiceDraft { deficits: Some(list), ..draft(&world, &quota, true) };
    let too_much = QuotaError::DeficitOutOfBounds {
        draw: seen.deficits[0].draw,
        deficit: Amount::new(4_788),
        covered: Amount::new(4_789),
    };
    let expected = at("deficits.7.amount", BalancingError::Quota(too_much));
    assert_eq!(refused(&world, chosen(vec![first(4_789)])).await, expected);
    let none = BalancingError::NothingChosen { open: whole };
    assert_eq!(refused(&world, chosen(Vec::new())).await, at("deficits", none));
    let unknown = ChosenDeficit { place: 0, draw: domain::DrawId::new(world.id()), amount: None };
    assert_eq!(fields(&refused(&world, chosen(vec![unknown])).await), ["deficits.0.draw"]);
    assert_eq!(business(&world).await, before);
    // Another rate than the person saw: nothing is sent that nobody read.
    change(&world, quota.contract, |contract| {
        contract.terms.quota.as_mut().expect("a quota").overage_rate = Some(rate("120"));
    })
    .await;
    let planned = domain::billing::balance(&seen.facts, &seen.facts.all()).expect("a plan");
    let stale = BalancingInvoiceDraft { seen: Some(planned.sums()), ..draft(&world, &quota, true) };
    assert_eq!(fields(&refused(&world, stale).await), ["seen"]);
    change(&world, quota.contract, |contract| {
        contract.terms.quota.as_mut().expect("a quota").overage_rate = None;
    })
    .await;
    let before = business(&world).await;
    let without = at("overage_rate", BalancingError::NoRate { open: whole });
    assert_eq!(refused(&world, draft(&world, &quota, true)).await, without);
    assert_eq!(business(&world).await, before);
    assert_sound(&world).await;
}

/// A quota of money is billed as it is, at the rate of VAT at which its period was sold.
///
/// Red when: the present rate counts instead of that of the billing, or money is multiplied by the rate per hour.
async fn money_is_billed_at_the_rate_of_its_period(world: World) {
    let quota = unbilled(&world, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        (quota.unit, quota.amount) = (Unit::Money(domain::Currency::EUR), Amount::new(10_000));
        quota.overbooking = Overbooking::Yes { limit: None };
    })
    .await;
    world.bills(&world.env, "2026-04-15").await;
    change(&world, quota.contract, |contract| contract.terms.items[0].vat = "7".parse().expect("a rate")).await;
    let note = world.note_draft(quota.of(), "2026-04-12", &lines(&["1.5"]));
    world.saves(&note).await;
    world.issues(note.id).await;
    assert_eq!(open(&world, &quota).await, [5_000]);
    let made = balanced(&world, &draft(&world, &quota, true)).await;
    assert_eq!((made.totals.net, made.totals.vat, made.lines[0].line.vat), (5_000, 950, "19".parse().expect("a rate")));
    assert_sound(&world).await;
}

/// Red when: the page says that a billing covers what it does not, or leaves out the one that does.
async fn the_page_says_what_covers_a_deficit_next(world: World) {
    let quota = overbooked(&world, DeficitPolicy::NextGrant).await;
    let next = |page: wire::contracts::ContractPage| -> Vec<_> {
        let next = page.deficits.iter().map(|open| open.next.map(|next| (next.period, next.amount.units())));
        next.collect()
    };
    let shown = page(&world, quota.contract).await;
    assert_eq!(next(shown), [Some((1, 4_788)), Some((1, h(1))), Some((1, 600))]);
    let env = world.when("2026-05-02T10:00:00Z");
    world.bills(&env, "2026-05-01").await;
    assert_eq!(open(&world, &quota).await, [0_i64; 0]);
    assert_eq!(available(&world, quota.account, "2026-05-02").await, h(4) - 8_988);
    assert_sound(&world).await;
}

/// Red when: a fault in what is kept of a balancing invoice is not found.
async fn the_audit_finds_what_is_wrong_with_a_balancing_invoice(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    balanced(&world, &draft(&world, &quota, true)).await;
    assert_sound(&world).await;
    let damages = [
        (
            "UPDATE document_lots SET amount = amount + 1",
            "UPDATE document_lots SET amount = amount - 1",
            "it says that it granted",
        ),
        (
            "UPDATE document_deficits SET amount = amount + 1 WHERE amount = 600",
            "UPDATE document_deficits SET amount = 600 WHERE amount = 601",
            "and covered",
        ),
        ("UPDATE document_lots SET rate = '99'", "UPDATE document_lots SET rate = '100'", "line 0 over"),
        ("UPDATE document_lots SET rate = NULL", "UPDATE document_lots SET rate = '100'", "its rate is"),
        (
            "UPDATE documents SET kind = 'invoice' WHERE kind = 'balancing'",
            "UPDATE documents SET kind = 'balancing' WHERE number = 'RE-2026-00002'",
            "by a document that is no balancing invoice",
        ),
    ];
    for (done, mended, expected) in damages {
        damage(&world, done).await;
        let report = verify::verify(&world.env, None).await.expect("the audit runs");
        assert!(report.faults.iter().any(|fault| fault.what.contains(expected)), "{done}: {:#?}", report.faults);
        damage(&world, mended).await;
    }
    assert_sound(&world).await;
}

/// Red when: anybody but those who bill sees the plan or makes the invoice.
async fn only_who_bills_balances(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    let before = books(&world).await;
    for role in Role::ALL {
        let call = if role == Role::Customer { as_customer(quota.customer) } else { as_role(role) };
        let may = matches!(role, Role::Admin | Role::Accounting);
        let seen = billing::balancing(&world, &call, quota.contract).await;
        assert_eq!(seen.is_ok(), may, "{role:?}");
        if !may {
            let made = billing::balance_contract(&world, &call, draft(&world, &quota, true)).await;
            assert!(matches!(made, Err(Refused::Problem(Problem::Forbidden { .. }))), "{role:?}: {made:?}");
        }
        // Whoever sees contracts sees what is open.
        let shown = contracts::page(&world, &call, quota.contract).await;
        let expected = !matches!(role, Role::Payments | Role::Staff | Role::Customer);
        assert_eq!(shown.is_ok_and(|page| page.deficits.len() == 3), expected, "{role:?}");
    }
    assert_eq!(books(&world).await, before);
    let accounting = billing::balance_contract(&world, &as_role(Role::Accounting), draft(&world, &quota, true)).await;
    assert!(accounting.is_ok());
}

/// Red when: a delivery note goes while an invoice stands that bills what it took beyond the quota, or waits for one that
/// stands no more.
async fn a_note_waits_for_the_invoice_of_its_deficit(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    let note = view(&world, &quota).await.deficits[0].document.as_ref().expect("a delivery note").id;
    let made = balanced(&world, &draft(&world, &quota, false)).await;
    let resting = |number| vec![Obstacle::Resting { document: made.row.id, kind: DocumentKind::Balancing, number }];
    let plan = documents::undo_plan(&world, &admin(), note).await.expect("the plan");
    assert_eq!(plan.plan.obstacles, resting(None));
    let number = world.issues(made.row.id).await.row.number;
    let before = business(&world).await;
    let tried = documents::cancel(&world, &admin(), crate::undo::draft(&world, note).await).await;
    assert_eq!(problem(tried.expect_err("it rests on it")), Problem::InTheWay { obstacles: resting(number) });
    assert_eq!(business(&world).await, before);
    crate::undo::cancel(&world, made.row.id).await;
    crate::undo::cancel(&world, note).await;
    assert_eq!(open(&world, &quota).await, [h(1), 600], "its own went with it");
    assert_sound(&world).await;
}

/// Red when: what a re-run would cover seems to be owed, so that it is billed twice.
async fn a_freed_period_is_named_before_its_deficit_is_billed(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    assert!(view(&world, &quota).await.freed().is_empty());
    let invoice = claims(&world, quota.contract).await[0].document.expect("an invoice");
    crate::undo::cancel(&world, invoice).await;
    let seen = view(&world, &quota).await;
    let next: Vec<_> =
        seen.deficits.iter().map(|open| open.next.map(|next| (next.period, next.amount.units(), next.again))).collect();
    assert_eq!(next, [Some((0, h(4), true)), None, None, None]);
    assert_eq!(seen.freed().into_iter().collect::<Vec<_>>(), [0]);
    let again = wire::billing::Selection::Freed(quota.contract, None);
    world.bills_only(&world.env, "2026-04-15", again).await;
    let seen = view(&world, &quota).await;
    assert!(seen.freed().is_empty() && seen.deficits[0].amount.units() == 4_788);
}

/// Red when: what was taken of a quota is owed no more once it is out of the terms, or is billed as something else.
async fn a_quota_that_was_taken_out_is_billed_as_it_was_sold(world: World) {
    let quota = overbooked(&world, DeficitPolicy::Balance).await;
    change(&world, quota.contract, |contract| {
        contract.terms.quota = None;
        contract.terms.items[0].vat = "7".parse().expect("a rate");
    })
    .await;
    let made = balanced(&world, &draft(&world, &quota, true)).await;
    assert_eq!((made.totals.net, made.totals.vat), (24_967, 4_744));
    assert!(made.lines[0].line.text.starts_with("Über das Kontingent hinaus, April 2026"), "{:?}", made.lines);
    assert_sound(&world).await;
}

on_both!(
    a_note_waits_for_the_invoice_of_its_deficit,
    a_freed_period_is_named_before_its_deficit_is_billed,
    a_quota_that_was_taken_out_is_billed_as_it_was_sold,
    an_overbooked_month_is_billed_and_covered,
    undoing_it_opens_exactly_what_it_billed,
    what_cannot_be_billed_is_refused_with_figures,
    money_is_billed_at_the_rate_of_its_period,
    the_page_says_what_covers_a_deficit_next,
    the_audit_finds_what_is_wrong_with_a_balancing_invoice,
    only_who_bills_balances,
);
