//! Two years of a contract through the use cases, on a clock that is moved on: the same story that the rules are tested
//! with, step by step, and the passbook after each.

#[path = "../../../../app/domain/tests/it/contract_story/book.rs"]
mod book;
mod reader;
mod told;

use std::collections::BTreeMap;

use chrono::{Datelike, Months};
use domain::{
    DateRange, DocumentId, DrawId, LotId,
    contracts::QuotaTerms,
    documents::DocumentState,
    quota::{Amount, CarryOver, GrantOrigin, GrantRequest, Overbooking},
};
use store::ledger;
use usecases::{
    Env, accounts, billing,
    demo::life,
    documents, settings,
    testing::{World, day, hours},
};
use wire::{
    accounts::GrantDraft,
    balancing::BalancingInvoiceDraft,
    billing::Selection,
    documents::{CancelDraft, DocumentDraft},
};

use crate::{
    desk::{Quota, unbilled},
    office::{admin, change, claims, page, planned},
    support::assert_sound,
};
use reader::{seconds, steps, written};

/// The contract in the middle of its life.
struct Life<'a> {
    world: &'a World,
    now: Env,
    today: String,
    quota: Quota,
    notes: BTreeMap<String, DocumentDraft>,
    /// What each draw is called.
    names: BTreeMap<DrawId, String>,
    shown: Vec<String>,
}

type Told = (Option<String>, Vec<String>);

fn said(text: String) -> Told {
    (Some(text), Vec::new())
}

/// A balancing invoice over all open deficits, issued.
async fn balance(env: &Env, quota: &Quota) {
    let (id, contract, lang) = (DocumentId::new(env.id()), quota.contract, texts::Lang::De);
    let draft = BalancingInvoiceDraft { id, contract, deficits: None, issue: true, seen: None, lang };
    billing::balance_contract(env, &admin(), draft).await.expect("it is billed");
}

impl Life<'_> {
    async fn step(&mut self, text: &str) -> Told {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let (env, contract) = (self.now.clone(), self.quota.contract);
        match word {
            "today" => {
                self.now = self.world.when(&format!("{rest}T08:00:00Z"));
                rest.clone_into(&mut self.today);
                (None, Vec::new())
            }
            "bill" => {
                let as_of = rest.strip_prefix("as of ").expect("a day");
                let run = self.world.bills(&env, as_of).await;
                let (result, rows) = told::billed(&env, &run).await;
                (Some(result), rows)
            }
            "re-run" => self.re_run(rest).await,
            "note" => said(self.note(rest).await),
            "issue" => {
                documents::issue(&env, &admin(), self.notes[rest].id).await.expect("it is issued");
                (None, Vec::new())
            }
            "cancel" | "delete" => self.undo(rest).await,
            "change" => {
                self.change(rest).await;
                (None, Vec::new())
            }
            "free-quota" => {
                self.free_quota(rest).await;
                (None, Vec::new())
            }
            "balancing-invoice" => {
                let facts = accounts::facts(&env, &admin(), self.quota.account, env.today()).await.expect("the facts");
                balance(&env, &self.quota).await;
                said(written(facts.open_deficit().expect("small").units()))
            }
            "books" => {
                let mut draft = settings::page(&env, &admin()).await.expect("the settings").settings;
                draft.books_closed_until = Some(day(rest.strip_prefix("closed until ").expect("a day")));
                settings::save(&env, &admin(), draft).await.expect("they are saved");
                (None, Vec::new())
            }
            "available" => {
                let on = day(rest.strip_prefix("on ").expect("a day"));
                let facts = accounts::facts(&env, &admin(), self.quota.account, on).await.expect("the facts");
                said(written(facts.available(on).expect("small").units()))
            }
            "to-do" => {
                let found = page(&env, contract).await;
                let number = found.next;
                assert_eq!(found.contract.due_on(number), Some(day(rest.strip_prefix("for ").expect("a day"))));
                said(found.contract.to_do_on(number).expect("a to-do").to_string())
            }
            "outlook" => said(told::end(&page(&env, contract).await, env.today())),
            "end" => said(page(&env, contract).await.contract.end().map_or("none".to_owned(), |end| end.to_string())),
            "passbook" => said(format!("{} rows", self.shown.len())),
            other => panic!("unknown word {other:?}"),
        }
    }

    async fn re_run(&self, text: &str) -> Told {
        let number = text.strip_prefix("period ").map(|number| number.parse().expect("a number"));
        let selection = Selection::Freed(self.quota.contract, number);
        let plan = planned(&self.now, &self.today, selection.clone()).await.expect("the plan");
        let run = self.world.bills_only(&self.now, &self.today, selection).await;
        let (result, mut rows) = told::billed(&self.now, &run).await;
        rows.extend(told::covered(&plan.deficits));
        (Some(result), rows)
    }

    /// Saves a draft, or saves it again.
    async fn note(&mut self, text: &str) -> String {
        let (head, amounts) = text.split_once(": ").expect("hours");
        let (name, date) = head.split_once(" on ").expect("a day");
        let quantity = |text: &str| format!("{}.{:02}", seconds(text) / 3_600, seconds(text) % 3_600 / 36);
        let lines: Vec<_> = amounts.split(", ").map(|amount| hours(&quantity(amount), "100")).collect();
        let fresh = self.world.note_draft(self.quota.of(), date, &lines);
        let draft = match self.notes.get(name) {
            Some(before) => DocumentDraft { id: before.id, version: before.version, ..fresh },
            None => fresh,
        };
        let saved = documents::save(&self.now, &admin(), draft.clone()).await.expect("it is saved");
        for (line, number) in saved.page.lines.iter().zip(1..) {
            let draw = self.draw_of(draft.id, line.cleared.as_ref().expect("it clears").id).await;
            self.names.extend(draw.map(|draw| (draw, format!("note {name}, line {number}"))));
        }
        self.notes.insert(name.to_owned(), DocumentDraft { version: saved.page.version, ..draft });
        told::cleared(&saved.reconciled)
    }

    async fn draw_of(&self, document: DocumentId, line: domain::LineId) -> Option<DrawId> {
        let mut tx = self.now.db.read().await.expect("a read begins");
        let kept = store::documents::kept_lines(&mut tx, document).await.expect("a read");
        kept.iter().find(|kept| kept.cleared.id == line).and_then(|kept| kept.cleared.draw)
    }

    /// `note A`, `period 2`.
    async fn undo(&mut self, text: &str) -> Told {
        let (kind, which) = text.split_once(' ').expect("which one");
        let claim = match kind {
            "period" => {
                let claims = claims(&self.now, self.quota.contract).await;
                let standing = claims.into_iter().find(|claim| !claim.cancelled && claim.number.to_string() == which);
                Some(standing.expect("a period that is billed"))
            }
            _ => None,
        };
        let id = claim.as_ref().map_or_else(|| self.notes[which].id, |claim| claim.document.expect("an invoice"));
        let plan = documents::undo_plan(&self.now, &admin(), id).await.expect("the plan").plan;
        let found = crate::office::document(&self.now, id).await;
        if found.row.state == DocumentState::Draft {
            documents::delete(&self.now, &admin(), id, None).await.expect("it is deleted");
            self.notes.remove(which);
        } else {
            let (own, reason, version) = (DocumentId::new(self.now.id()), "Wrong".to_owned(), found.version);
            let draft = CancelDraft { id: own, document: id, reason, version, seen: None };
            documents::cancel(&self.now, &admin(), draft).await.expect("it is cancelled");
        }
        match claim {
            None => said(told::given_back(&plan)),
            Some(claim) => {
                let (result, rows) = told::cancelled(&plan, &claim);
                (Some(result), rows)
            }
        }
    }

    async fn change(&self, text: &str) {
        let (word, rest) = text.split_once(' ').expect("what it changes to");
        change(&self.now, self.quota.contract, |contract| {
            let quota = contract.terms.quota.as_mut().expect("a quota");
            match word {
                "quota" => quota.amount = Amount::new(seconds(rest)),
                "carried" => quota.carry = carried(rest),
                "overbooking" => overbooked(quota, rest),
                "cancelled-on" => contract.cancelled_on = (rest != "none").then(|| day(rest)),
                other => panic!("unknown term {other:?}"),
            }
        })
        .await;
    }

    async fn free_quota(&self, text: &str) {
        let (amount, valid) = text.split_once(" for ").expect("for when");
        let (from, until) = valid.split_once(" .. ").expect("from and until");
        let request =
            GrantRequest::new(LotId::new(self.now.id()), Amount::new(seconds(amount)), day(from), Some(day(until)));
        let request = GrantRequest { origin: GrantOrigin::FreeQuota, ..request };
        let draft = GrantDraft { account: self.quota.account, request, reason: "Goodwill".to_owned() };
        accounts::grant(&self.now, &admin(), draft).await.expect("it is granted");
    }

    /// All of the passbook, as its page shows it, in the words of the story.
    async fn passbook(&self) -> Vec<String> {
        let range = DateRange { from: day("2026-01-01"), until: None };
        let found = accounts::passbook(&self.now, &admin(), self.quota.account, Some(range)).await;
        let found = found.expect("the passbook");
        let moved = found.lines.iter().map(|line| line.row.amount);
        let closing = Amount::sum([found.opening].into_iter().chain(moved));
        assert_eq!(closing, Ok(found.closing), "opening + movements = closing");
        let rows: Vec<_> = found.lines.into_iter().map(|line| line.row).collect();
        book::rows(&rows, &self.names)
    }

    /// Carries a step out and compares everything that it says with what is written.
    async fn compare(&mut self, step: &reader::Step) {
        let place = format!("line {}: {}", step.line, step.said);
        let (result, rows) = self.step(&step.said).await;
        assert_eq!((&result, &rows), (&step.result, &step.rows), "{place}");
        let now = self.passbook().await;
        let changed = book::changed(&self.shown, &now).expect("rows stay");
        let whole = step.said == "passbook";
        assert_eq!(if whole { &now } else { &changed }, &step.passbook, "{place}");
        self.shown = now;
    }
}

/// `none`, `as long as the account`, `1 period, at most 3:00`.
fn carried(text: &str) -> CarryOver {
    let (how_long, cap) = text.split_once(", at most ").map_or((text, None), |(long, cap)| (long, Some(cap)));
    let cap = cap.map(|cap| Amount::new(seconds(cap)));
    match how_long.split_once(" period") {
        Some((count, _)) => CarryOver::On { periods: Some(count.parse().expect("a number")), cap },
        None if how_long == "none" => CarryOver::Off,
        None => CarryOver::On { periods: None, cap },
    }
}

/// `none`, `up to 2:00`.
fn overbooked(quota: &mut QuotaTerms, text: &str) {
    quota.overbooking = match text.strip_prefix("up to ") {
        Some(limit) => Overbooking::Yes { limit: Some(Amount::new(seconds(limit))) },
        None => Overbooking::No,
    };
}

/// Red when: any step grants, draws, frees, covers or lapses something else than the story says, shows it on another
/// day, or the audit finds something at its end; such as a re-run that does not cover, or a policy that an account does
/// not take over from its contract.
async fn two_years_of_a_contract(world: World) {
    let priced = |quota: &mut QuotaTerms| quota.overage_rate = Some("115".parse().expect("a price"));
    let quota = unbilled(&world, |contract| contract.terms.quota.iter_mut().for_each(priced)).await;
    let (now, today) = (world.env.clone(), "2026-04-01".to_owned());
    let (notes, names, shown) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut life = Life { world: &world, now, today, quota, notes, names, shown };
    let steps = steps("200-two-years.contract");
    assert!(steps.len() > 100, "only {} steps", steps.len());
    for step in &steps {
        life.compare(step).await;
    }
    // The ledger is what the passbook was made of: nothing more, nothing less.
    let mut tx = world.db.read().await.expect("a read begins");
    let entries = ledger::all(&mut tx, quota.account).await.expect("a read").len();
    drop(tx);
    let lapses = life.shown.iter().filter(|row| row.contains(" lapses")).count();
    assert_eq!(entries, life.shown.len() - lapses);
    assert_sound(&world).await;
}

/// The demo company has the same contract, 23 months before today: its passbook is the table of the story, row by row.
/// Red when: a step of the demo is left out, comes on another day or does something else.
pub async fn assert_demo(world: &World) {
    let found = page(world, life::contract()).await;
    assert_eq!((found.customer.name.as_str(), found.card.reference.as_str()), (life::CUSTOMER, life::REFERENCE));
    let first = found.contract.start;
    let from = DateRange { from: first, until: None };
    let account = found.account_id.expect("an account").0;
    let book = accounts::passbook(world, &admin(), account, Some(from)).await.expect("the passbook");
    let shown: Vec<_> = book.lines.iter().map(|line| (line.row.date, line.row.amount, line.row.balance)).collect();
    let begun = day("2026-04-01");
    let months = (begun.year() - first.year()) * 12 + begun.month().cast_signed() - first.month().cast_signed();
    let back = Months::new(months.cast_unsigned());
    let steps = steps("200-two-years.contract");
    let table = &steps.iter().find(|step| step.said == "passbook").expect("all of it").passbook;
    let amount = |text: &str| {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        Amount::new(sign * seconds(text.trim_start_matches(['+', '-'])))
    };
    let told = table.iter().map(|row| {
        let words: Vec<&str> = row.split(' ').collect();
        let [.., moved, balance] = words.as_slice() else { panic!("{row}") };
        (day(words[0]) - back, amount(moved), amount(balance))
    });
    assert_eq!(shown, told.collect::<Vec<_>>());
}

on_both!(two_years_of_a_contract);
