//! Laws of changing and ending contracts: over random contracts, types, changes and ends.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    contracts::{
        Billed, BilledPeriod, Contract, Effect, EndFacts, Ending, Loss, Section, TermsError, TimelineFacts, apply,
        differing, ending, instead, timeline,
    },
    quota::{Account, Amount, Ledger, Unit, end, grant},
};
use proptest::{
    bool, collection,
    prelude::{Just, Strategy},
    prop_oneof,
    sample::subsequence,
};
use uuid::Uuid;

use crate::{
    contract_plans::{DAY, contracts, days},
    plans::for_every,
};

fn sections() -> impl Strategy<Value = BTreeSet<Section>> {
    subsequence(Section::ALL.to_vec(), 0..=5).prop_map(|sections| sections.into_iter().collect())
}

fn counts(contract: &Contract) -> Option<Unit> {
    contract.terms.quota.as_ref().map(|quota| quota.unit)
}

/// Red when: something else than the chosen sections changes; when what is fixed changes; when a second time changes
/// something; when a difference is neither changed, kept nor in a section that was not chosen.
#[test]
fn applying_a_type_changes_the_chosen_sections_and_nothing_twice() {
    for_every((contracts(), contracts(), sections(), bool::ANY), |(template, contract, sections, billed)| {
        let template = template.terms;
        let counts = counts(&contract);
        let bound = Billed { any: billed, quota_interval: None };
        // Before any of them has ended.
        let today = chrono::NaiveDate::MIN;
        let done = apply(&template, &contract, &sections, bound, counts, today);
        let fixed = [TermsError::Fixed, TermsError::OtherUnit];
        assert!(done.faults.iter().all(|(_, fault)| !fixed.contains(fault)), "{:?}", done.faults);
        for field in &done.changes {
            assert!(Section::of(field).is_some_and(|section| sections.contains(&section)), "{field}");
        }
        let after = &done.contract.terms;
        assert_eq!(done.changes, differing(&contract.terms, after));
        let again = apply(&template, &done.contract, &sections, bound, counts, today);
        assert_eq!((again.changes, again.contract.clone()), (Vec::new(), done.contract.clone()));
        // What still differs is told.
        let whole_quota = done.kept.iter().any(|(field, _)| *field == "quota");
        for field in differing(after, &template) {
            let section = Section::of(field).expect("a section");
            let told = done.kept.iter().any(|(kept, _)| *kept == field)
                || (whole_quota && section == Section::Quota)
                // The interval of the quota is told by what it comes to.
                || field == "quota_interval";
            assert!(told || !sections.contains(&section), "{field} stays and is not told");
        }
        if billed {
            assert_eq!(after.billing.interval, contract.terms.billing.interval);
            let intervals = contract.terms.quota_interval().zip(after.quota_interval());
            assert!(intervals.is_none_or(|(before, after)| before == after));
        }
    });
}

/// A contract whose terms change now and then, with what was billed meanwhile and what of it was freed.
fn histories() -> impl Strategy<Value = TimelineFacts> {
    let changes = collection::vec((contracts(), 0..4_u32), 1..5);
    (contracts(), changes, collection::btree_set(0..12_u32, 0..3)).prop_map(|(contract, changes, freed)| {
        let mut facts =
            TimelineFacts { contract, next: 0, versions: BTreeMap::new(), billed: Vec::new(), freed: BTreeSet::new() };
        for ((other, count), version) in changes.into_iter().zip(1..) {
            let fixed = Billed { any: facts.next > 0, quota_interval: None };
            let all = Section::ALL.into_iter().collect();
            facts.contract = apply(&other.terms, &facts.contract, &all, fixed, None, chrono::NaiveDate::MIN).contract;
            facts.versions.insert(version, facts.contract.terms.clone());
            for _ in 0..count {
                let Some(period) = facts.contract.period(facts.next) else { break };
                let Ok(bill) = facts.contract.bill(&period, DAY) else { break };
                let granted = Amount::sum(bill.grants.iter().map(|grant| grant.amount)).expect("small");
                let (number, service, net) = (period.number, period.service, bill.totals.net);
                facts.billed.push(BilledPeriod { number, service, version, net, granted });
                facts.next += 1;
            }
        }
        facts.freed = freed.into_iter().filter(|number| *number < facts.next).collect();
        facts.billed.retain(|billed| !facts.freed.contains(&billed.number));
        facts
    })
}

/// Red when: a billed period stands in no step or in two, two neighbours are the same, a change is left out or told of
/// another day than that on which it works, the next billing is one that was billed before, or what was billed last is
/// told to change.
#[test]
fn every_billed_period_stands_in_one_step_and_the_rest_is_ahead() {
    for_every(histories(), |facts| {
        let told = timeline(&facts);
        let periods: Vec<_> = told.steps.iter().flat_map(|step| step.periods.clone()).collect();
        assert_eq!(periods, facts.billed);
        for step in &told.steps {
            let terms = &facts.versions[&step.version];
            assert!(step.periods.iter().all(|billed| facts.versions[&billed.version] == *terms));
        }
        for pair in told.steps.windows(2) {
            let [before, after] = [&pair[0], &pair[1]].map(|step| &facts.versions[&step.version]);
            assert_ne!(before, after);
            assert_eq!(pair[1].changes, differing(before, after));
        }
        assert!(told.steps.first().is_none_or(|step| step.changes.is_empty()));
        assert_eq!(told.ahead.is_some(), facts.contract.period(facts.next).is_some());
        if let Some(ahead) = &told.ahead {
            assert_eq!((ahead.period.number, Some(ahead.due)), (facts.next, facts.contract.due_on(facts.next)));
        }
        // Every difference is told once: of the next billing, if there is one, or at once.
        let terms = &facts.contract.terms;
        let last = told.steps.last().map(|step| &facts.versions[&step.version]);
        let all = last.map_or(Vec::new(), |last| differing(last, terms));
        let ahead = told.ahead.iter().flat_map(|ahead| &ahead.changes).map(|field| (Effect::NextBilling, *field));
        let each = |(effect, fields): &(Effect, Vec<&'static str>)| -> Vec<(Effect, &'static str)> {
            fields.iter().map(|field| (*effect, *field)).collect()
        };
        let at_once = told.at_once.iter().flat_map(each);
        let mut said: Vec<_> = ahead.chain(at_once).collect();
        let mut expected: Vec<_> = all.into_iter().map(|field| (Effect::of(field, terms), field)).collect();
        expected.retain(|(effect, _)| told.ahead.is_some() || *effect != Effect::NextBilling);
        said.sort_unstable();
        expected.sort_unstable();
        assert_eq!(said, expected);
        assert_eq!(told.settled(), said.is_empty());
        for billed in &facts.billed {
            let Some(period) = facts.contract.period(billed.number) else { continue };
            let Ok(bill) = facts.contract.bill(&period, DAY) else { continue };
            let now = instead(&facts.contract, billed, DAY).expect("it can be billed");
            let granted: i64 = bill.grants.iter().map(|grant| grant.amount.units()).sum();
            let same =
                bill.totals.net == billed.net && granted == billed.granted.units() && period.service == billed.service;
            assert_eq!(now.is_none(), same);
            if let Some(now) = now {
                assert_eq!((now.net, now.granted.units()), (bill.totals.net, granted));
            }
        }
    });
}

/// A contract with some billed periods on its account.
fn billed() -> impl Strategy<Value = EndFacts> {
    (contracts(), 0..8_u32).prop_map(|(mut contract, count)| {
        (contract.cancelled_on, contract.agreed_end) = (None, None);
        let mut ledger = contract.terms.quota.as_ref().map(|quota| {
            let (id, customer) = (domain::AccountId::new(Uuid::nil()), contract.customer);
            Ledger::new(Account { id, customer, unit: quota.unit, policy: quota.policy() })
        });
        let mut billed = Vec::new();
        for number in 0..count {
            let Some(period) = contract.period(number) else { break };
            let Ok(bill) = contract.bill(&period, DAY) else { break };
            for granted in &bill.grants {
                let Some(ledger) = ledger.as_mut() else { continue };
                let lot =
                    domain::LotId::new(Uuid::from_u128(u128::from(number) * 100 + ledger.view.lots.len() as u128));
                let decided = grant(&ledger.view, &contract.grant_request(granted, lot)).expect("it can be granted");
                let entries = decided.entries(&ledger.view).expect("entries");
                entries.iter().try_for_each(|entry| ledger.post(entry)).expect("they can be posted");
            }
            let granted = Amount::sum(bill.grants.iter().map(|grant| grant.amount)).expect("small");
            let (service, net) = (period.service, bill.totals.net);
            billed.push(BilledPeriod { number, service, version: 1, net, granted });
        }
        let account = ledger.map(|ledger| ledger.view);
        let from = chrono::NaiveDate::MIN;
        EndFacts { contract, billed, account, drawn: Vec::new(), documents: Vec::new(), from }
    })
}

fn endings() -> impl Strategy<Value = Ending> {
    let agreed = days().prop_map(|until| Ending::Agreed { until });
    let notice = days().prop_map(|on| Ending::Notice { on });
    prop_oneof![3 => agreed, 2 => notice, 1 => Just(Ending::TakenBack)]
}

/// Red when: the end is not what the contract computes, the last period does not hold the last day, something that
/// lasts to the end is called beyond, a period that is billed in part is not told, a lot is lost twice or something is
/// lost that the kernel keeps.
#[test]
fn an_end_is_planned_as_contract_and_kernel_compute_it() {
    for_every((billed(), endings()), |(facts, how)| {
        let Ok(plan) = ending(&facts, how, DAY) else { return };
        assert_eq!(plan.contract, how.of(&facts.contract));
        assert_eq!((plan.end, plan.earlier), (plan.contract.end(), facts.contract.end()));
        assert_eq!(plan.contract.terms, facts.contract.terms, "terms stay");
        let Some(until) = plan.end.filter(|_| plan.faults.is_empty()) else {
            assert!(plan.last.is_none() && plan.lots.is_empty() && plan.beyond.is_empty());
            assert!(plan.faults.is_empty() || plan.short.is_empty());
            return;
        };
        if let Some(last) = &plan.last {
            let last_day = until.pred_opt().expect("a day");
            assert!(last.period.service.contains(last_day) && last.period.service.until == Some(until));
            assert_eq!(last.days.is_some(), last.period.service != last.period.range);
            assert!(last.days.is_some() || last.bill.totals == last.whole);
        } else {
            assert!(until <= facts.contract.billing_start);
        }
        for billed in &facts.billed {
            let lasts =
                plan.contract.period(billed.number).filter(|period| billed.service.until < period.service.until);
            let unpaid =
                lasts.filter(|period| plan.contract.bill(period, DAY).expect("small").totals.net != billed.net);
            let short = plan.short.iter().find(|short| short.billed == *billed);
            assert_eq!(
                short.map(|short| (Some(short.unbilled.from), short.unbilled.until)),
                unpaid.map(|period| (billed.service.until, period.service.until))
            );
            let beyond = plan.beyond.iter().find(|beyond| beyond.billed == *billed);
            assert_eq!(beyond.is_some(), billed.service.until.is_some_and(|end| until < end));
            if let Some(beyond) = beyond {
                assert_eq!(
                    (beyond.after.from, beyond.after.until),
                    (billed.service.from.max(until), billed.service.until)
                );
            }
        }
        let Some(account) = &facts.account else { return };
        let decided = end(account, Some(until)).expect("the kernel decides");
        let mut ended = account.clone();
        decided.entry(account).iter().for_each(|entry| ended.post(entry).expect("it can be posted"));
        for state in &ended.lots {
            let lost = plan.lots.iter().filter(|lost| lost.lot == state.lot).collect::<Vec<_>>();
            assert!(lost.len() <= 1);
            let lapse = state.lapses().expect("figures").into_iter().rfind(|lapse| !lapse.over_cap);
            let on_the_end = lapse.filter(|lapse| lapse.date == until || until <= state.lot.valid.from);
            assert_eq!(lost.first().map(|lost| lost.amount), on_the_end.map(|lapse| lapse.amount), "{state:?}");
            let Some(lost) = lost.first() else { continue };
            let expected = match state.lot.valid.until {
                _ if until <= state.lot.valid.from => Loss::Beyond,
                Some(own) if own == until => Loss::ByItself,
                _ => Loss::Cut,
            };
            assert_eq!(lost.loss, expected);
        }
    });
}

/// Red when: taking back leaves something, or ending the same way again changes something.
#[test]
fn an_end_can_be_taken_back() {
    for_every((contracts(), endings()), |(contract, how)| {
        let ended = how.of(&contract);
        assert_eq!(how.of(&ended), ended);
        let back = Ending::TakenBack.of(&ended);
        assert_eq!((back.cancelled_on, back.agreed_end), (None, None));
        let expected = if contract.terms.renewal.is_some() { None } else { contract.boundary(0) };
        assert_eq!(back.end(), expected);
    });
}
