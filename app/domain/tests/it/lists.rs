//! What lists say of contracts and lots: how far a contract is, until when notice counts, why something lapses.

use domain::{
    contracts::{Contract, ContractState},
    quota::{Amount, CarryOver, GrantRequest, LapseCause, LotState},
};

use crate::contract_plans::{day, support};

fn state_of(change: impl Fn(&mut Contract), today: &str) -> ContractState {
    let mut contract = support();
    change(&mut contract);
    contract.state(day(today))
}

/// Red when: the end itself still belongs to the contract, or one that was cancelled has ended at once.
#[test]
fn a_contract_is_in_one_state_on_each_day() {
    let cancelled = |contract: &mut Contract| contract.cancelled_on = Some(day("2026-05-01"));
    let mut contract = support();
    cancelled(&mut contract);
    let end = contract.end().expect("it was cancelled");
    let before = end.pred_opt().expect("a day");
    assert_eq!(state_of(|_| {}, "2026-04-01"), ContractState::Active);
    assert_eq!(state_of(cancelled, "2026-05-01"), ContractState::Cancelled);
    assert_eq!(contract.state(before), ContractState::Cancelled);
    assert_eq!(contract.state(end), ContractState::Ended);
    let agreed = |contract: &mut Contract| contract.agreed_end = Some(day("2026-06-01"));
    assert_eq!(state_of(agreed, "2026-05-31"), ContractState::Active);
    assert_eq!(state_of(agreed, "2026-06-01"), ContractState::Ended);
    for state in ContractState::ALL {
        assert_eq!(ContractState::from_name(state.name()), Some(state));
    }
    assert_eq!(ContractState::from_name("constructor"), None);
}

/// Red when: the day is one on which notice comes too late, or an earlier boundary could still be reached.
#[test]
fn the_next_notice_is_the_last_day_that_still_counts() {
    let contract = support();
    let mut today = day("2026-04-01");
    let last = day("2028-12-31");
    while today < last {
        let (by, boundary) = contract.next_notice(today).expect("it renews");
        assert!(today <= by, "{today}: {by}");
        let cancelled = |on| Contract { cancelled_on: Some(on), ..contract.clone() }.end();
        assert_eq!(cancelled(by), Some(boundary), "{today}");
        assert_eq!(cancelled(today), Some(boundary), "{today}");
        assert!(cancelled(by.succ_opt().expect("a day")) > Some(boundary), "{today}");
        today = today.succ_opt().expect("a day");
    }
    let ended = Contract { agreed_end: Some(last), ..support() };
    let cancelled = Contract { cancelled_on: Some(day("2026-05-01")), ..support() };
    let mut once = support();
    once.terms.renewal = None;
    for none in [ended, cancelled, once] {
        assert_eq!(none.next_notice(day("2026-05-02")), None);
    }
}

fn causes(carry: CarryOver, account_end: Option<&str>) -> Vec<(&'static str, i64)> {
    let id = domain::LotId::new(uuid::Uuid::from_u128(1));
    let request = GrantRequest::new(id, Amount::new(100), day("2026-04-01"), Some(day("2026-05-01")));
    let view = domain::quota::AccountView::empty(domain::quota::Account {
        id: domain::AccountId::new(uuid::Uuid::from_u128(2)),
        customer: domain::CustomerId::new(uuid::Uuid::from_u128(3)),
        unit: domain::quota::Unit::Time,
        policy: domain::quota::Policy {
            overbooking: domain::quota::Overbooking::No,
            deficits: domain::quota::DeficitPolicy::Balance,
        },
    });
    let decision = domain::quota::grant(&view, &GrantRequest { carry, ..request }).expect("it can be granted");
    let mut after = view.clone();
    for entry in decision.entries(&view).expect("small figures") {
        after.post(&entry).expect("it can be posted");
    }
    let state: &LotState = after.lot(id).expect("it was granted");
    let state = LotState { account_end: account_end.map(day), ..state.clone() };
    let lapses = state.lapses().expect("small figures");
    lapses.iter().map(|lapse| (state.cause(lapse).name(), lapse.amount.units())).collect()
}

/// Red when: the account's end is not looked at, or a lot that was carried over is taken for one that was not.
#[test]
fn every_lapse_says_why() {
    let on = |cap: Option<i64>| CarryOver::On { periods: Some(1), cap: cap.map(Amount::new) };
    let forever = CarryOver::On { periods: None, cap: None };
    assert_eq!(causes(CarryOver::Off, None), [("not_carried", 100)]);
    assert_eq!(causes(on(None), None), [("carried_out", 100)]);
    assert_eq!(causes(on(Some(30)), None), [("over_cap", 70), ("carried_out", 30)]);
    assert_eq!(causes(on(Some(30)), Some("2026-05-10")), [("over_cap", 70), ("account_ends", 30)]);
    assert_eq!(causes(CarryOver::Off, Some("2026-05-01")), [("not_carried", 100)]);
    assert_eq!(causes(CarryOver::Off, Some("2026-04-10")), [("account_ends", 100)]);
    assert_eq!(causes(forever, Some("2026-07-01")), [("account_ends", 100)]);
    assert_eq!(causes(forever, None), []);
    for cause in LapseCause::ALL {
        assert_eq!(LapseCause::from_name(cause.name()), Some(cause));
    }
}
