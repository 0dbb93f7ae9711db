//! Names and figures as text: what forms, REST, the database and refusals show.

use std::str::FromStr;

use domain::{
    CustomerId, DrawId,
    quota::{Amount, DrawOrigin, GrantOrigin, QuotaError, Seq},
};
use uuid::Uuid;

/// The database keeps these names. Red when: one of them changes.
#[test]
fn origins_have_stable_names() {
    let grants = ["free_quota", "top_up", "order", "contract_billing", "balancing_invoice", "advance"];
    assert_eq!(GrantOrigin::ALL.map(GrantOrigin::name), grants);
    let draws = ["by_hand", "document_line", "booking_portion", "flat_rate", "final_invoice", "refund"];
    assert_eq!(DrawOrigin::ALL.map(DrawOrigin::name), draws);
}

/// Red when: a name is found that is not written exactly so; when an origin is found by another's name.
#[test]
fn origins_are_found_by_their_own_names() {
    for origin in GrantOrigin::ALL {
        assert_eq!(GrantOrigin::from_name(origin.name()), Some(origin));
    }
    for origin in DrawOrigin::ALL {
        assert_eq!(DrawOrigin::from_name(origin.name()), Some(origin));
    }
    for wrong in ["", "Order", " order", "freequota", "by hand"] {
        assert_eq!((GrantOrigin::from_name(wrong), DrawOrigin::from_name(wrong)), (None, None), "{wrong:?}");
    }
}

/// Red when: a refusal is written without its figures.
#[test]
fn a_refusal_names_its_figures() {
    let few = QuotaError::TooLarge { amount: Amount::new(-1_234), largest: Amount::new(50) };
    assert_eq!(few.to_string(), "the amount -1234 is larger than 50");
    let gap = QuotaError::OutOfSequence { expected: Seq(3), found: Seq(5) };
    assert_eq!(gap.to_string(), "entry 5 follows, 3 was expected");
    // Aligned in a column, as any number is.
    assert_eq!(format!("[{:>5}] [{:<3}]", Amount::new(42), Seq(7)), "[   42] [7  ]");
}

/// Red when: an id gives another UUID than it was made of.
#[test]
fn an_id_is_the_uuid_that_it_was_made_of() {
    let uuid = Uuid::from_u128(0x0190_f2a4_7c1e_7b3a_9d52_3f0a_5b6c_7d8e);
    assert_eq!(CustomerId::new(uuid).uuid(), uuid);
    assert_eq!(DrawId::from_str(&uuid.to_string()).map(DrawId::uuid), Ok(uuid));
}
