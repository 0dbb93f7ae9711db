//! Mails: one for everything that is issued and goes by mail, taken once, decided about once.

use chrono::Duration;
use domain::{DocumentId, MailId, contracts::Delivery, receipts::Reminded};
use store::{
    Db, Engine, StoreError, Tx,
    documents::{self, NewDocument},
    mails::{self, NewMail},
    testing::{TestDb, begin, commit, fresh, until_somebody_waits},
};
use wire::{
    customers::CustomerCard,
    mails::{MailKind, MailProblem, MailRow, MailState, Undelivered},
};

use crate::{
    given::{add_invoices, document_id, invoice},
    support::{day, given_customer, noon},
};

fn mail_of(document: u128) -> MailId {
    MailId::new(document_id(document).uuid())
}

fn card(address: &str) -> CustomerCard {
    CustomerCard { email: address.to_owned(), ..CustomerCard::default() }
}

/// Invoice 1 by mail with an address, 2 by mail without one, 3 by print, 4 a draft by mail.
async fn given(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    let new = |number, name, delivery, address: &str| NewDocument {
        delivery,
        recipient: Some(card(address)),
        ..invoice(number, 1, name, "2026-04-01")
    };
    let invoices = [
        new(1, Some("RE-1"), Delivery::Mail, "a@b.example"),
        new(2, Some("RE-2"), Delivery::Mail, ""),
        new(3, Some("RE-3"), Delivery::Print, "a@b.example"),
        new(4, None, Delivery::Mail, "a@b.example"),
    ];
    add_invoices(&mut tx, &invoices).await;
    commit(tx).await;
}

async fn only(db: &Db, document: DocumentId) -> MailRow {
    let found = mails::of(&mut begin(db).await, document).await.expect("a read");
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().expect("one")
}

/// Red when: something is issued by mail without a mail, a draft gets one, or one goes to nobody.
async fn what_is_issued_by_mail_has_a_mail(db: &Db) {
    given(db).await;
    let first = only(db, document_id(1)).await;
    let shown = (first.id, first.kind, first.to.as_str(), first.state, first.attempts, first.number.as_str());
    assert_eq!(shown, (mail_of(1), MailKind::Document, "a@b.example", MailState::Waiting, 0, "RE-1"));
    assert_eq!((first.due.map(|due| due.to_utc()), first.problem), (Some(noon()), None));
    let second = only(db, document_id(2)).await;
    assert_eq!((second.state, second.due, second.problem), (MailState::Failed, None, Some(MailProblem::NoAddress)));
    let mut tx = begin(db).await;
    for other in [3, 4] {
        assert_eq!(mails::of(&mut tx, document_id(other)).await.expect("a read"), [], "{other}");
    }
    let dates = ("RE-4", day("2026-04-02"), day("2026-04-16"));
    assert!(
        documents::issue(&mut tx, document_id(4), dates, &card("c@d.example"), ("Anna", noon()))
            .await
            .expect("it is issued")
    );
    commit(tx).await;
    let issued = only(db, document_id(4)).await;
    assert_eq!((issued.id, issued.to.as_str(), issued.created.1.as_str()), (mail_of(4), "c@d.example", "Anna"));
    let mut tx = begin(db).await;
    assert_eq!(mails::waiting(&mut tx).await.expect("a count"), 2);
    assert_eq!(mails::to_decide(&mut tx, 9).await.expect("a read").len(), 1);
}

/// Red when: two take the same mail, one that is being handed over is taken again, or one that nobody came back from is
/// sent once more without being asked.
async fn a_mail_is_handed_over_once(db: &Db) {
    given(db).await;
    let (now, until) = (noon(), noon() + Duration::minutes(5));
    let later = until + Duration::minutes(10);
    let mut tx = begin(db).await;
    let taken = mails::take(&mut tx, now, until, 9).await.expect("they are due");
    assert_eq!(taken.iter().map(|mail| mail.id).collect::<Vec<_>>(), [mail_of(1)]);
    assert_eq!(mails::take(&mut tx, now, until, 9).await.expect("an answer"), []);
    assert!(!mails::hand_over(&mut tx, mail_of(1), now, later).await.expect("an answer"), "it was taken until later");
    assert!(mails::hand_over(&mut tx, mail_of(1), until, later).await.expect("an answer"));
    assert!(!mails::hand_over(&mut tx, mail_of(1), until, later).await.expect("an answer"), "once");
    assert!(
        !mails::decide(&mut tx, mail_of(1), Some(now), "x@y.example").await.expect("an answer"),
        "it is just leaving"
    );
    assert_eq!(mails::take(&mut tx, until, later, 9).await.expect("an answer"), []);
    assert_eq!(mails::take(&mut tx, later, later + Duration::minutes(5), 9).await.expect("an answer"), []);
    commit(tx).await;
    let lost = only(db, document_id(1)).await;
    assert_eq!(
        (lost.state, lost.due, lost.problem, lost.attempts),
        (MailState::Unclear, None, Some(MailProblem::Lost), 1)
    );
    let mut tx = begin(db).await;
    // The answer of the server comes late, but it comes.
    assert!(mails::sent(&mut tx, mail_of(1), later, "250 taken", later).await.expect("an answer"));
    assert!(!mails::sent(&mut tx, mail_of(1), later, "250 taken", later).await.expect("an answer"), "once");
    assert!(!mails::decide(&mut tx, mail_of(1), Some(now), "x@y.example").await.expect("an answer"), "it has left");
    commit(tx).await;
    let sent = only(db, document_id(1)).await;
    assert_eq!(sent.sent.map(|(at, answer)| (at.to_utc(), answer)), Some((later, "250 taken".to_owned())));
}

/// Red when: what failed is tried at another time, a decision is lost, or what has left is tried again with all others.
async fn what_failed_is_tried_again_or_dropped(db: &Db) {
    given(db).await;
    let again = noon() + Duration::minutes(2);
    let refused = MailProblem::Undelivered(Undelivered::Later("421 \"busy\" 💥".to_owned()));
    let mut tx = begin(db).await;
    let lease = noon() + Duration::minutes(5);
    mails::take(&mut tx, noon(), lease, 9).await.expect("they are due");
    let (waits, noted) = ((MailState::Waiting, Some(again)), "it is noted");
    assert!(mails::not_sent(&mut tx, mail_of(1), lease, waits, &refused).await.expect(noted));
    commit(tx).await;
    let mut tx = begin(db).await;
    assert_eq!(mails::take(&mut tx, noon(), lease, 9).await.expect("an answer"), []);
    let stuck = mails::stuck(&mut tx).await.expect("a read").expect("there is one");
    assert_eq!((stuck.id, stuck.problem), (mail_of(1), Some(refused)));
    let tried = mails::all_again(&mut tx, noon()).await.expect("an answer");
    assert_eq!(tried, [(document_id(1), "a@b.example".to_owned())]);
    assert_eq!(mails::take(&mut tx, noon(), again, 9).await.expect("an answer").len(), 1);
    assert!(mails::decide(&mut tx, mail_of(2), Some(noon()), "e@f.example").await.expect("an answer"));
    assert!(mails::decide(&mut tx, mail_of(1), None, "a@b.example").await.expect("an answer"));
    commit(tx).await;
    assert_eq!(only(db, document_id(1)).await.state, MailState::Dropped);
    let second = only(db, document_id(2)).await;
    assert_eq!((second.state, second.to.as_str(), second.problem), (MailState::Waiting, "e@f.example", None));
    assert!(mails::all_again(&mut begin(db).await, noon()).await.expect("an answer").is_empty());
}

/// Red when: somebody whose time is up says how a mail went that another is handing over.
async fn only_whoever_has_a_mail_says_how_it_went(db: &Db) {
    given(db).await;
    let (first, second) = (noon() + Duration::minutes(5), noon() + Duration::minutes(10));
    let handing = noon() + Duration::minutes(20);
    let mut tx = begin(db).await;
    mails::take(&mut tx, noon(), first, 9).await.expect("one has it");
    mails::take(&mut tx, first, second, 9).await.expect("its time is up: another has it");
    assert!(mails::hand_over(&mut tx, mail_of(1), second, handing).await.expect("an answer"));
    let waits = (MailState::Waiting, Some(noon()));
    assert!(!mails::not_sent(&mut tx, mail_of(1), first, waits, &MailProblem::Paper).await.expect("an answer"));
    assert!(!mails::sent(&mut tx, mail_of(1), first, "250 taken", noon()).await.expect("an answer"));
    assert!(mails::sent(&mut tx, mail_of(1), handing, "250 taken", noon()).await.expect("an answer"));
    commit(tx).await;
    let row = only(db, document_id(1)).await;
    assert_eq!((row.state, row.attempts), (MailState::Sent, 1));
}

/// Red when: one that somebody has taken is put off, or one that is due is not.
async fn everything_that_is_due_is_put_off(db: &Db) {
    given(db).await;
    let (lease, again) = (noon() + Duration::minutes(5), noon() + Duration::minutes(7));
    let mut tx = begin(db).await;
    let new = |number| NewMail {
        id: mail_of(number),
        kind: MailKind::Document,
        reminded_on: None,
        document: document_id(3),
        to: "a@b.example".to_owned(),
    };
    mails::take(&mut tx, noon(), lease, 9).await.expect("one is taken");
    mails::add(&mut tx, &[new(11), new(12)], ("Anna", noon())).await.expect("two are due");
    mails::postpone(&mut tx, noon(), again, &MailProblem::Paper).await.expect("they wait");
    let due = |rows: Vec<MailRow>| rows.into_iter().map(|row| row.due.map(|due| due.to_utc())).collect::<Vec<_>>();
    assert_eq!(due(mails::of(&mut tx, document_id(3)).await.expect("a read")), [Some(again), Some(again)]);
    assert_eq!(due(mails::of(&mut tx, document_id(1)).await.expect("a read")), [Some(lease)]);
    let mut dropped = mails::drop_all(&mut tx).await.expect("an answer");
    dropped.sort_unstable();
    let address = || "a@b.example".to_owned();
    assert_eq!(dropped, [1, 3, 3].map(|number| (document_id(number), address())));
    assert_eq!(mails::waiting(&mut tx).await.expect("a count"), 0);
}

/// Red when: mails are locked before their documents: whoever has the document then waits for the mail, and both wait for
/// each other.
async fn documents_are_locked_before_their_mails(db: &Db) {
    given(db).await;
    let (lease, waits) = (noon() + Duration::minutes(5), (MailState::Waiting, Some(noon())));
    let mut tx = begin(db).await;
    mails::take(&mut tx, noon(), lease, 9).await.expect("it is due");
    assert!(mails::not_sent(&mut tx, mail_of(1), lease, waits, &MailProblem::Paper).await.expect("it is noted"));
    commit(tx).await;
    for drops in [false, true] {
        let mut tx = begin(db).await;
        documents::lock(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
        let other = db.clone();
        let all = tokio::spawn(async move {
            let all = other.write(move |tx| {
                Box::pin(async move {
                    let found = if drops { mails::drop_all(tx).await? } else { mails::all_again(tx, noon()).await? };
                    Ok::<_, StoreError>(found)
                })
            });
            all.await
        });
        // SQLite's writers wait for the whole database.
        if db.engine() == Engine::Postgres {
            until_somebody_waits(db).await;
        }
        let mail = tokio::time::timeout(std::time::Duration::from_secs(5), mails::lock(&mut tx, mail_of(1))).await;
        mail.expect("whoever has the document has its mails").expect("a read").expect("it is there");
        commit(tx).await;
        let found = all.await.expect("it ends").expect("an answer");
        assert_eq!(found, [(document_id(1), "a@b.example".to_owned())], "{drops}");
    }
    assert_eq!(only(db, document_id(1)).await.state, MailState::Dropped);
}

async fn an_id_is_taken_once(db: &Db) {
    given(db).await;
    let mut tx = begin(db).await;
    let new = NewMail {
        id: mail_of(7),
        kind: MailKind::Reminder(1),
        reminded_on: Some(day("2026-05-01")),
        document: document_id(3),
        to: "a@b.example".to_owned(),
    };
    assert!(mails::add(&mut tx, std::slice::from_ref(&new), ("Anna", noon())).await.expect("an answer"));
    assert!(!mails::add(&mut tx, &[new], ("Anna", noon())).await.expect("an answer"));
    mails::recount(&mut tx, &[document_id(3)]).await.expect("they are counted");
    let reminded = async |tx: &mut Tx| {
        documents::with_version(tx, document_id(3)).await.expect("a read").expect("the invoice").row.reminded
    };
    assert_eq!(reminded(&mut tx).await, Reminded { times: 1, last: Some(day("2026-05-01")) });
    commit(tx).await;
    assert_eq!(only(db, document_id(3)).await.kind, MailKind::Reminder(1));
    // One that is dropped was none.
    let mut tx = begin(db).await;
    assert!(mails::decide(&mut tx, mail_of(7), None, "").await.expect("an answer"));
    mails::recount(&mut tx, &[document_id(3)]).await.expect("they are counted");
    assert_eq!(reminded(&mut tx).await, Reminded::default());
}

async fn a_rolled_back_issue_leaves_no_mail(db: &Db) {
    given(db).await;
    let mut tx = begin(db).await;
    let dates = ("RE-4", day("2026-04-02"), day("2026-04-16"));
    documents::issue(&mut tx, document_id(4), dates, &card("c@d.example"), ("Anna", noon()))
        .await
        .expect("it is issued");
    drop(tx);
    assert_eq!(mails::of(&mut begin(db).await, document_id(4)).await.expect("a read"), []);
}

on_both!(
    what_is_issued_by_mail_has_a_mail,
    a_mail_is_handed_over_once,
    what_failed_is_tried_again_or_dropped,
    an_id_is_taken_once,
    only_whoever_has_a_mail_says_how_it_went,
    everything_that_is_due_is_put_off,
    documents_are_locked_before_their_mails,
    a_rolled_back_issue_leaves_no_mail,
);

/// Red when: the mails are read without SKIP LOCKED.
#[tokio::test]
async fn two_processes_never_take_the_same_mail() {
    let TestDb { db, url } = fresh(Engine::Postgres).await;
    let other = Db::open(&url).await.expect("a second process opens the database");
    given(&db).await;
    let mut tx = begin(&db).await;
    let new = |number| NewMail {
        id: mail_of(number),
        kind: MailKind::Document,
        reminded_on: None,
        document: document_id(3),
        to: "a@b.example".to_owned(),
    };
    mails::add(&mut tx, &[new(11), new(12)], ("Anna", noon())).await.expect("they are added");
    commit(tx).await;
    let until = noon() + Duration::minutes(5);
    let (mut one, mut two) = (begin(&db).await, begin(&other).await);
    let first = mails::take(&mut one, noon(), until, 2).await.expect("a read");
    let second = tokio::time::timeout(std::time::Duration::from_secs(5), mails::take(&mut two, noon(), until, 2));
    let second = second.await.expect("the second does not wait for the first").expect("a read");
    let ids = |mails: &[MailRow]| mails.iter().map(|mail| mail.id).collect::<Vec<_>>();
    assert_eq!((ids(&first), ids(&second)), (vec![mail_of(1), mail_of(11)], vec![mail_of(12)]));
}
