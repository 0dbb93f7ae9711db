//! Papers: a row for everything that is issued, taken once, set once.

use store::{
    Db, audit,
    documents::{self, NewDocument},
    papers::{self, Setting},
    testing::{begin, commit},
};
use wire::customers::CustomerCard;

use crate::{
    given::{add_invoices, document_id, invoice},
    support::{day, given_customer, instant, noon},
};

const PAPER: Setting<'_> = Setting { input: "{}", input_hash: "i", bytes: &[0, 159, 255], bytes_hash: "b" };

/// Invoices 1 and 2, and draft 3.
async fn given(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    let new = |number, name| NewDocument { ..invoice(number, 1, name, "2026-04-01") };
    add_invoices(&mut tx, &[new(1, Some("RE-1")), new(2, Some("RE-2")), new(3, None)]).await;
    commit(tx).await;
}

/// Red when: something is issued without a paper, a draft gets one, or bytes come back otherwise.
async fn what_is_issued_has_a_paper_that_is_set_once(db: &Db) {
    given(db).await;
    let mut tx = begin(db).await;
    assert!(papers::get(&mut tx, document_id(3)).await.expect("a read").is_none());
    let dates = ("RE-3", day("2026-04-02"), day("2026-04-16"));
    let card = CustomerCard::default();
    assert!(documents::issue(&mut tx, document_id(3), dates, &card, ("Anna", noon())).await.expect("it is issued"));
    commit(tx).await;
    let mut tx = begin(db).await;
    for number in [1, 2, 3] {
        let found = papers::get(&mut tx, document_id(number)).await.expect("a read").expect("it has one");
        assert_eq!((found.letterhead, found.template, found.set_at, found.attempts), (0, 1, None, 0));
        assert!(papers::set(&mut tx, document_id(number)).await.expect("a read").is_none());
    }
    assert!(papers::put(&mut tx, document_id(1), PAPER, noon()).await.expect("it is kept"));
    let other = Setting { bytes: &[1], ..PAPER };
    assert!(!papers::put(&mut tx, document_id(1), other, noon()).await.expect("an answer"), "it never changes");
    let kept = papers::set(&mut tx, document_id(1)).await.expect("a read").expect("it is set");
    assert_eq!((kept.bytes.as_slice(), kept.input.as_str()), (PAPER.bytes, "{}"));
    let audited = audit::papers_after(&mut tx, "", 9).await.expect("a read");
    assert_eq!(audited.iter().map(|paper| paper.bytes.as_slice()).collect::<Vec<_>>(), [PAPER.bytes]);
    assert!(audit::orphans(&mut tx).await.expect("a read").iter().all(|what| !what.contains("paper")));
}

/// Red when: two take the same, one that was taken is taken again before its time, or one that failed is forgotten.
async fn papers_are_taken_once_until_their_time_is_up(db: &Db) {
    given(db).await;
    let (now, until) = (instant("2026-05-01T08:00:00Z"), instant("2026-05-01T08:05:00Z"));
    let mut tx = begin(db).await;
    let taken = papers::take(&mut tx, now, until, 9).await.expect("they are due");
    assert_eq!(taken, [document_id(1), document_id(2)]);
    assert_eq!(papers::take(&mut tx, now, until, 9).await.expect("an answer"), []);
    assert!(papers::put(&mut tx, document_id(1), PAPER, now).await.expect("it is kept"));
    let again = instant("2026-05-01T09:00:00Z");
    papers::failed(&mut tx, document_id(2), again, "no ink").await.expect("it is noted");
    papers::failed(&mut tx, document_id(1), again, "too late").await.expect("an answer");
    assert_eq!(papers::failing(&mut tx).await.expect("a read"), 1);
    let failed = papers::failed_next(&mut tx, 9).await.expect("a read");
    let shown: Vec<_> = failed
        .iter()
        .map(|paper| (paper.document, paper.number.as_str(), paper.reason.as_str(), paper.due.to_utc()))
        .collect();
    assert_eq!(shown, [(document_id(2), "RE-2", "no ink", again)]);
    assert_eq!(papers::failed_next(&mut tx, 0).await.expect("a read"), []);
    assert_eq!(papers::now(&mut tx, until).await.expect("an answer"), 1);
    assert_eq!(papers::take(&mut tx, until, again, 9).await.expect("an answer"), [document_id(2)]);
    assert_eq!(papers::take(&mut tx, until, again, 9).await.expect("an answer"), []);
    let found = papers::get(&mut tx, document_id(2)).await.expect("a read").expect("it is there");
    assert_eq!((found.attempts, found.error.as_deref()), (1, Some("no ink")));
    assert_eq!(papers::take(&mut tx, again, until, 9).await.expect("an answer"), [document_id(2)]);
    papers::when_asked(&mut tx).await.expect("it is noted");
    assert_eq!(papers::take(&mut tx, instant("2027-01-01T00:00:00Z"), until, 9).await.expect("an answer"), []);
}

on_both!(what_is_issued_has_a_paper_that_is_set_once, papers_are_taken_once_until_their_time_is_up,);
