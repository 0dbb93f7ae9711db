//! What is to leave leaves once, with its paper, and to those for whom it is.

use domain::{MailId, contracts::Delivery};
use usecases::{
    Env, mails, papers,
    testing::{World, problem},
};
use wire::{
    FieldReason, Problem,
    mails::{MailProblem, MailState, SendDraft},
};

use super::{Server, Silent, invoiced, later, mails_of, only, sends, set_up, setter};
use crate::{
    desk::{april, note},
    office::admin,
    support::{assert_sound, books},
};

/// Red when: a mail leaves twice, with another paper than the kept one, or to somebody else.
async fn an_issued_document_leaves_once_with_its_paper(world: World) {
    let of = invoiced(&world, "Alpha GmbH", "post@alpha.example").await;
    let server = Server::default();
    assert_eq!(sends(&world, &server).await, 0, "no server is set");
    set_up(&world).await;
    assert_eq!(sends(&world, &server).await, 1);
    assert_eq!(sends(&world, &server).await, 0);
    assert_eq!(sends(&later(&world, 10_000), &server).await, 0);
    let got = server.got();
    let [mail] = got.as_slice() else { panic!("{got:?}") };
    let number = of.number.clone().expect("a number");
    assert_eq!((mail.to.as_slice(), mail.id), (&["post@alpha.example".to_owned()][..], of.id.uuid()));
    assert_eq!(mail.from, ("Drawdown".to_owned(), "post@musterhaus.example".to_owned()));
    assert_eq!(mail.letter.subject, format!("Rechnung {number} von Drawdown"));
    assert!(
        mail.letter.paragraphs[1].contains("475,99\u{a0}€") || mail.letter.paragraphs[1].contains("475,99 €"),
        "{:?}",
        mail.letter
    );
    let paper = papers::pdf(&world, &admin(), of.id, &setter()).await.expect("a paper");
    assert_eq!((&mail.attachments[0].bytes, &mail.attachments[0].name), (&paper.bytes, &format!("{}.pdf", paper.name)));
    let row = only(&world, of.id).await;
    assert_eq!((row.state, row.attempts, row.due, row.problem), (MailState::Sent, 1, None, None));
    assert_eq!(row.sent.map(|(at, answer)| (at.to_utc(), answer)), Some((world.now(), "250 taken".to_owned())));
    let noted: Vec<String> = books(&world).await.into_iter().filter(|row| row.contains("mail_sent")).collect();
    assert!(noted.len() == 1 && noted[0].contains("post@alpha.example"), "{noted:?}");
    assert_sound(&world).await;
}

/// Red when: a process that ends while it hands a mail over leaves one that another sends once more.
async fn a_process_that_ends_while_handing_over_doubles_nothing(world: World) {
    set_up(&world).await;
    let of = invoiced(&world, "Alpha GmbH", "post@alpha.example").await;
    // Polled until it hands over and waits for the answer; then it ends.
    let gone = tokio::time::timeout(std::time::Duration::from_secs(30), async {
        let (silent, setter) = (Silent, setter());
        let sending = mails::send_due(&world, &silent, &setter);
        tokio::pin!(sending);
        loop {
            tokio::select! {
                _ = &mut sending => panic!("nobody answered"),
                state = async { only(&world, of.id).await.state } => if state == MailState::Sending { return },
            }
        }
    });
    gone.await.expect("it hands over");
    let server = Server::default();
    assert_eq!(sends(&world, &server).await, 0, "another process leaves it alone");
    assert_eq!(sends(&later(&world, 60), &server).await, 0);
    let row = only(&world, of.id).await;
    assert_eq!((row.state, row.problem, server.got().len()), (MailState::Unclear, Some(MailProblem::Lost), 0));
}

/// Red when: two processes hand over the same mail.
async fn two_processes_send_each_mail_once(world: World) {
    set_up(&world).await;
    for name in ["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"] {
        invoiced(&world, name, &format!("{name}@kunde.example")).await;
    }
    let other = World::open(world.url.clone(), 9).await;
    let server = Server::default();
    let whole = async |env: &Env| while sends(env, &server).await > 0 {};
    tokio::join!(whole(&world), whole(&other));
    let mut got: Vec<String> = server.got().into_iter().flat_map(|mail| mail.to).collect();
    got.sort_unstable();
    got.dedup();
    assert_eq!((got.len(), server.got().len()), (6, 6));
}

/// Red when: the same mail is added twice, a draft is sent, or what is printed or not sent at all gets a mail by itself.
async fn somebody_sends_a_document(world: World) {
    set_up(&world).await;
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["0.5"]).await;
    let to = vec!["a@b.example".to_owned(), "c@d.example".to_owned()];
    let send = SendDraft { id: MailId::new(world.id()), document: draft.id, to, reminder: false };
    let refused = mails::send(&world, &admin(), send.clone()).await.map_err(problem).expect_err("a draft");
    assert_eq!(refused, Problem::field("document", FieldReason::NotIssued));
    let mut printed = world.note_draft(quota.of(), "2026-04-10", &crate::desk::lines(&["0.25"]));
    printed.delivery = Delivery::Print;
    let printed = world.saves(&printed).await.page.row;
    world.issues(printed.id).await;
    assert_eq!(mails_of(&world, printed.id).await, []);
    let send = SendDraft { document: printed.id, ..send };
    let view = mails::send(&world, &admin(), send.clone()).await.expect("it is sent");
    let before = books(&world).await;
    assert_eq!(mails::send(&world, &admin(), send.clone()).await.expect("the same"), view);
    assert_eq!(books(&world).await, before);
    let other = SendDraft { to: vec!["x@y.example".to_owned()], ..send };
    assert_eq!(mails::send(&world, &admin(), other).await.map_err(problem).expect_err("another"), Problem::SameId);
    let server = Server::default();
    sends(&world, &server).await;
    let got = server.got();
    assert_eq!((got.len(), got[0].to.len()), (1, 2));
    assert!(got[0].letter.subject.starts_with("Lieferschein"), "{}", got[0].letter.subject);
}

on_both!(
    an_issued_document_leaves_once_with_its_paper,
    a_process_that_ends_while_handing_over_doubles_nothing,
    two_processes_send_each_mail_once,
    somebody_sends_a_document,
);
