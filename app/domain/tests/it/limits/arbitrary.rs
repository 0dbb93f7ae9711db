//! Facts that no history leads to, as a damaged database might hold them, under every command.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    DateRange, Interval, Periods,
    quota::{
        AccountView, Amount, BalancingRequest, Carried, CarryOver, CoverPart, CoverRequest, DrawRequest, Entry,
        GrantOrigin, GrantRequest, Lot, LotState, Movement, OpenDeficit, Overbooking, Part, Point, PostedDraw, Seq,
        balance_at, balancing_grant, between, cover, draw, end, grant, passbook, release, revoke,
    },
};
use proptest::{option, prelude::any, prop_oneof, sample::select, strategy::Strategy};

use super::{day, drawing, lot, view, want};
use crate::plans::for_every;

fn dates() -> impl Strategy<Value = NaiveDate> {
    let far = (-95_000_000..95_000_000_i32).prop_filter_map("no such day", NaiveDate::from_num_days_from_ce_opt);
    let limits = [NaiveDate::MIN, NaiveDate::MAX, day("0001-01-01"), day("9999-12-31")];
    let near = (0..60_u64).prop_map(|days| day("2026-04-01") + chrono::Days::new(days));
    prop_oneof![1 => far, 1 => select(limits.to_vec()), 4 => near]
}

fn amounts() -> impl Strategy<Value = Amount> {
    let limits = [i64::MIN, i64::MIN + 1, -1, 0, 1, Amount::LARGEST.units(), Amount::LARGEST.units() + 1, i64::MAX];
    prop_oneof![1 => any::<i64>(), 1 => select(limits.to_vec()), 3 => 1..100_i64].prop_map(Amount::new)
}

fn seqs() -> impl Strategy<Value = Seq> {
    prop_oneof![3 => 0..9_i64, 1 => any::<i64>(), 1 => select(vec![i64::MIN, i64::MAX])].prop_map(Seq)
}

fn ranges() -> impl Strategy<Value = DateRange> {
    (dates(), option::of(dates())).prop_map(|(from, until)| DateRange { from, until })
}

fn lots() -> impl Strategy<Value = LotState> {
    let plain = (seqs(), amounts(), ranges(), option::of((dates(), option::of(amounts()))));
    let plain = plain.prop_map(|(seq, amount, valid, carried)| {
        let carried = carried.map(|(from, cap)| Carried { from, cap });
        Lot { id: lot(1), seq, amount, valid, carried, origin: GrantOrigin::default() }
    });
    (plain, option::of(dates()), amounts(), amounts(), any::<bool>()).prop_map(
        |(lot, account_end, drawn, drawn_carried, revoked)| LotState {
            lot,
            account_end,
            drawn,
            drawn_carried,
            revoked,
        },
    )
}

fn facts() -> impl Strategy<Value = AccountView> {
    let deficits = proptest::collection::vec((seqs(), dates(), amounts()), 0..3);
    let terms = (option::of(amounts()), option::of(dates()), option::of(dates()), ranges());
    (terms, option::of(lots()), deficits, seqs()).prop_map(|((limit, end, closed, covers), lot, deficits, next_seq)| {
        let open = |(number, (seq, date, amount))| OpenDeficit { draw: drawing(number), seq, date, amount };
        AccountView {
            end,
            books_closed_until: closed,
            covers,
            lots: lot.into_iter().collect(),
            deficits: (1..).zip(deficits).map(open).collect(),
            next_seq,
            ..view(Overbooking::Yes { limit })
        }
    })
}

fn intervals() -> impl Strategy<Value = Interval> {
    let counts = || prop_oneof![any::<u32>(), 0..40_u32];
    prop_oneof![counts().prop_map(Interval::Months), counts().prop_map(Interval::Days)]
}

fn grants() -> impl Strategy<Value = GrantRequest> {
    let counts = option::of(prop_oneof![any::<u32>(), 0..3_u32]);
    let on = (counts, option::of(amounts())).prop_map(|(periods, cap)| CarryOver::On { periods, cap });
    let carries = option::of(on).prop_map(Option::unwrap_or_default);
    let periods = option::of((dates(), intervals()).prop_map(|(anchor, every)| Periods { anchor, every }));
    (amounts(), ranges(), carries, periods).prop_map(|(amount, valid, carry, periods)| GrantRequest {
        carry,
        periods,
        ..GrantRequest::new(lot(2), amount, valid.from, valid.until)
    })
}

/// A decision may be wrong on wrong facts, and posting it may be refused; there is always an answer.
fn post(facts: &AccountView, entry: &Entry) {
    let _ = facts.clone().post(entry);
}

/// Red when: any of the sums on the way panics.
#[test]
fn no_facts_make_a_command_panic() {
    for_every((facts(), grants(), amounts(), amounts(), dates()), |(facts, asked, amount, other, date)| {
        if let Ok(decided) = draw(&facts, &DrawRequest { wanted: amount, ..want(1, date) }) {
            assert!(decided.deficit >= Amount::ZERO && decided.not_drawn >= Amount::ZERO, "{decided:?}");
            post(&facts, &decided.entry(&facts));
        }
        for decided in [
            grant(&facts, &asked),
            balancing_grant(
                &facts,
                &BalancingRequest {
                    lot: lot(2),
                    date,
                    deficits: vec![
                        CoverPart { draw: drawing(1), amount },
                        CoverPart { draw: drawing(2), amount: other },
                    ],
                },
            ),
        ] {
            let entries = decided.and_then(|decided| decided.entries(&facts));
            entries.into_iter().flatten().for_each(|entry| post(&facts, &entry));
        }
        if let Ok(decided) = cover(&facts, &CoverRequest { draw: drawing(1), lot: lot(1), amount }) {
            assert!(decided.left >= Amount::ZERO || facts.lots[0].drawn > facts.lots[0].lot.amount, "{decided:?}");
            post(&facts, &decided.entry(&facts));
        }
        for until in [Some(date), None] {
            if let Some(entry) = end(&facts, until).ok().and_then(|decided| decided.entry(&facts)) {
                post(&facts, &entry);
            }
        }
        let parts = vec![Part { lot: lot(1), amount }, Part { lot: lot(1), amount: other }];
        let held = PostedDraw { draw: drawing(1), seq: Seq(1), date, parts, deficit: other, released: false };
        if let Ok(decided) = release(&held) {
            post(&facts, &decided.entry(&facts));
        }
        for state in &facts.lots {
            let _ = (state.left(), state.lapses(), state.lapsed(date), state.drawable(date), state.coverable(date));
            if let Ok(decided) = revoke(state, &[held.clone(), held.clone()]) {
                post(&facts, &decided.entry(&facts));
            }
        }
        let _ = (facts.standing(date), facts.available(date), facts.open_deficit());
    });
}

/// Red when: any of the sums on the way panics.
#[test]
fn no_entries_make_a_statement_panic() {
    let entry = (seqs(), dates(), lots(), amounts(), amounts(), 0..6_u8, option::of(dates()));
    let entry = entry.prop_map(|(seq, date, state, amount, deficit, kind, until)| {
        let (draw, id) = (drawing(1), lot(1));
        let parts = vec![Part { lot: id, amount }];
        let movement = match kind {
            0 => Movement::Grant { lot: state.lot },
            1 => Movement::Draw { draw, parts, deficit, origin: domain::quota::DrawOrigin::default() },
            2 => Movement::Release { draw, parts, deficit },
            3 => Movement::Revoke { lot: id, granted: amount, parts: Vec::new() },
            4 => Movement::Cover { draw, lot: id, amount },
            _ => Movement::End { until },
        };
        Entry { seq, date, movement }
    });
    let points = || (seqs(), dates()).prop_map(|(seq, date)| Point { seq, date });
    let entries = (any::<bool>(), proptest::collection::vec(entry, 0..5));
    let shown = (amounts(), proptest::collection::vec(lots(), 0..3), ranges());
    for_every((entries, points(), points(), any::<bool>(), shown), |(entries, from, to, held, shown)| {
        let (numbered, mut entries) = entries;
        if numbered {
            // In sequence more of them get as far as the sums.
            (1..).zip(&mut entries).for_each(|(at, entry)| {
                entry.seq = Seq(at);
                if let Movement::Grant { lot } = &mut entry.movement {
                    lot.seq = entry.seq;
                }
            });
        }
        let holds: BTreeSet<_> = held.then(|| drawing(1)).into_iter().collect();
        let account = view(Overbooking::No).account;
        let _ = balance_at(&account, &entries, &holds, from);
        if let Ok(span) = between(&account, &entries, &holds, from, to) {
            assert_eq!(balance_at(&account, &entries, &holds, to), Ok(span.closing));
        }
        let (opening, lots, range) = shown;
        let _ = passbook(opening, entries, &lots, range);
    });
}
