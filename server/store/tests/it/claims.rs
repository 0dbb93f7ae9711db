//! Claims: a period is billed once.

use domain::{Currency, Money};
use store::{
    Db, StoreError, claims,
    testing::{begin, commit, dump, execute},
};

use crate::{
    given::{add_claims, add_invoices, claim, contract, contract_id, document_id, invoice, put, terms},
    support::{amount, day, given_customer, lot_id, noon},
};

async fn given_contracts(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for number in [1, 2] {
        put(&mut tx, &contract(number, 1)).await;
    }
    add_invoices(&mut tx, &[invoice(1, 1, Some("RE-1"), "2026-04-01"), invoice(2, 1, None, "2026-05-01")]).await;
    commit(tx).await;
}

async fn claims_are_read_back_with_their_terms_and_lots(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    let first = claim(1, 1, 0, 1, &[3, 1, 2]);
    let second = claim(2, 1, 1, 2, &[]);
    let other = claim(3, 2, 0, 1, &[9]);
    add_claims(&mut tx, &[first.clone(), second, other]).await;
    let found = claims::of_contract(&mut tx, contract_id(1), 10).await.expect("a read");
    assert_eq!(found.iter().map(|claim| claim.number).collect::<Vec<_>>(), [1, 0]);
    let kept = &found[1];
    assert_eq!(
        (kept.id, kept.document, kept.document_number.as_deref()),
        (first.id, Some(document_id(1)), Some("RE-1"))
    );
    assert_eq!((kept.period, kept.service), (first.period.range, first.period.service));
    // The currency is that of the invoice.
    assert_eq!(kept.net, Money { minor: 39_999, currency: Currency::EUR });
    assert_eq!((kept.at, kept.by.as_str(), kept.cancelled), (noon().fixed_offset(), "Anna", false));
    let mut expected = terms();
    expected.billing = contract(1, 1).contract.terms.billing;
    assert_eq!(
        (&kept.terms, kept.version, kept.terms_at, kept.terms_by.as_str()),
        (&expected, 1, noon().fixed_offset(), "Anna")
    );
    let mut lots: Vec<_> = kept.lots.iter().map(|lot| (lot.lot, lot.amount, lot.period)).collect();
    lots.sort_by_key(|(lot, ..)| *lot);
    let range = first.period.range;
    assert_eq!(lots, [1, 2, 3].map(|lot| (lot_id(lot), amount(14_400), range)));
    assert_eq!((found[0].document_number.as_deref(), found[0].lots.len()), (None, 0));
    assert_eq!(claims::of_contract(&mut tx, contract_id(1), 1).await.expect("a read").len(), 1);

    let of_lot = claims::of_lot(&mut tx, lot_id(2)).await.expect("a read").expect("it is there");
    assert_eq!(of_lot.id, first.id);
    assert_eq!(claims::of_lot(&mut tx, lot_id(77)).await.expect("a read"), None);
    assert!(claims::any(&mut tx, contract_id(2)).await.expect("a read"));
    assert!(!claims::any(&mut tx, contract_id(3)).await.expect("a read"));
}

/// Red when: a taken period is passed over in silence, or the index leaves out the period.
async fn a_period_is_claimed_once_and_nothing_of_the_piece_is_kept(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    add_claims(&mut tx, &[claim(1, 1, 0, 1, &[1])]).await;
    commit(tx).await;
    let before = dump(db, &["claims", "claim_lots"]).await;
    // One of two is taken: by its period, or by its id.
    for taken in [claim(9, 1, 0, 2, &[2]), claim(1, 1, 1, 2, &[2])] {
        let piece = vec![claim(8, 2, 0, 2, &[3]), taken];
        let tried = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let seen = tried.clone();
        let overtaken = db.write(move |tx| {
            let (piece, tried) = (piece.clone(), tried.clone());
            Box::pin(async move {
                tried.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                claims::add(tx, &piece, "Bea", noon()).await
            })
        });
        assert!(matches!(overtaken.await, Err(StoreError::Overtaken)));
        assert_eq!(dump(db, &["claims", "claim_lots"]).await, before);
        // Whoever was overtaken looks again where somebody else can have been faster.
        let again = seen.load(std::sync::atomic::Ordering::Relaxed) > 1;
        assert_eq!(again, db.engine() == store::Engine::Postgres);
    }
}

/// Red when: the index does not leave out what was cancelled.
async fn a_cancelled_period_is_free_again(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    add_claims(&mut tx, &[claim(1, 1, 0, 1, &[1])]).await;
    execute(&mut tx, "UPDATE claims SET cancelled = TRUE").await.expect("it is cancelled");
    add_claims(&mut tx, &[claim(2, 1, 0, 2, &[2])]).await;
    let found = claims::of_contract(&mut tx, contract_id(1), 10).await.expect("a read");
    let mut told: Vec<_> = found.iter().map(|claim| (claim.number, claim.cancelled)).collect();
    told.sort_unstable();
    assert_eq!(told, [(0, false), (0, true)]);
}

/// A piece of a large company: more rows than one statement takes.
async fn many_claims_are_stored_at_once(db: &Db) {
    given_contracts(db).await;
    let mut tx = begin(db).await;
    let claims: Vec<_> = (0..1_200).map(|n| claim(1 + n, 1, u32::try_from(n).expect("few"), 1, &[1 + n])).collect();
    add_claims(&mut tx, &claims).await;
    let found = claims::of_contract(&mut tx, contract_id(1), 2_000).await.expect("a read");
    assert_eq!(found.len(), 1_200);
    assert!(found.iter().all(|claim| claim.lots.len() == 1 && claim.period.from == day("2026-04-01")));
}

on_both!(
    claims_are_read_back_with_their_terms_and_lots,
    a_period_is_claimed_once_and_nothing_of_the_piece_is_kept,
    a_cancelled_period_is_free_again,
    many_claims_are_stored_at_once,
);
