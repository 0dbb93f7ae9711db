//! What a person decides about mails that have not left, and what the history says of it.

use domain::{MailId, Role};
use usecases::{
    documents, mails,
    testing::{World, as_customer, as_role, problem},
};
use wire::{
    FieldReason, Problem,
    mails::{DecideDraft, MailProblem, MailState, MailWay, SendDraft, Undelivered},
};

use super::{Server, invoiced, later, only, sends, set_up, told};
use crate::{
    office::admin,
    support::{assert_sound, books},
};

/// Red when: a mail that may have left is sent again by itself, or cannot be sent again by a person who looked.
async fn what_may_have_left_waits_for_a_person(world: World) {
    set_up(&world).await;
    let of = invoiced(&world, "Alpha GmbH", "post@alpha.example").await;
    let server = Server::saying(&[Undelivered::Unclear("reset".to_owned())]);
    sends(&world, &server).await;
    assert_eq!(sends(&later(&world, 10_000), &server).await, 0);
    let row = only(&world, of.id).await;
    assert_eq!((row.state, server.got().len()), (MailState::Unclear, 0));
    let today = usecases::today::page(&world, &admin()).await.expect("the page").mails;
    assert_eq!(today.to_decide.iter().map(|row| row.id).collect::<Vec<_>>(), [row.id]);
    let again = DecideDraft { mail: row.id, way: MailWay::Retry, to: None };
    mails::decide(&world, &admin(), again.clone()).await.expect("it is tried again");
    sends(&world, &server).await;
    assert_eq!((only(&world, of.id).await.state, server.got().len()), (MailState::Sent, 1));
    let refused = mails::decide(&world, &admin(), again).await.map_err(problem).expect_err("it has left");
    assert_eq!(refused, Problem::field("mail", FieldReason::MailNotNow));
}

/// Red when: a refused mail is tried again by itself, a decision changes what it should not, or nobody's address is taken.
async fn a_refused_mail_is_decided_about(world: World) {
    set_up(&world).await;
    let of = invoiced(&world, "Alpha GmbH", "wrong@alpha.example").await;
    let nowhere = invoiced(&world, "Beta GmbH", "").await;
    let server = Server::saying(&[Undelivered::Never("550 unknown".to_owned())]);
    sends(&world, &server).await;
    assert_eq!(sends(&later(&world, 10_000), &server).await, 0);
    let (row, lost) = (only(&world, of.id).await, only(&world, nowhere.id).await);
    assert_eq!(
        (row.state, lost.state, lost.problem),
        (MailState::Failed, MailState::Failed, Some(MailProblem::NoAddress))
    );
    let retry =
        |mail, to: Option<&str>| DecideDraft { mail, way: MailWay::Retry, to: to.map(|to| vec![to.to_owned()]) };
    let before = books(&world).await;
    let refused = mails::decide(&world, &admin(), retry(lost.id, None)).await.map_err(problem).expect_err("to nobody");
    assert_eq!(refused, Problem::field("to", FieldReason::Missing));
    assert_eq!(books(&world).await, before);
    mails::decide(&world, &admin(), retry(row.id, Some("right@alpha.example"))).await.expect("it is tried again");
    mails::decide(&world, &admin(), DecideDraft { mail: lost.id, way: MailWay::Drop, to: None })
        .await
        .expect("settled");
    sends(&world, &server).await;
    assert_eq!(server.got().into_iter().flat_map(|mail| mail.to).collect::<Vec<_>>(), ["right@alpha.example"]);
    assert_eq!(only(&world, nowhere.id).await.state, MailState::Dropped);
    let missing = mails::decide(&world, &admin(), retry(MailId::new(world.id()), None)).await.map_err(problem);
    assert!(matches!(missing, Err(Problem::NotFound { .. })), "{missing:?}");
}

/// Red when: somebody sends, drops, or tries again, alone or with all others, and no history says who.
async fn a_history_says_who_did_what_with_a_mail(world: World) {
    set_up(&world).await;
    let (first, second) =
        (invoiced(&world, "Alpha GmbH", "a@b.example").await, invoiced(&world, "Beta GmbH", "c@d.example").await);
    let line = |by: &str, field: &str, before: Option<&str>, after: Option<&str>| {
        (by.to_owned(), field.to_owned(), before.map(str::to_owned), after.map(str::to_owned))
    };
    let away = Undelivered::Unreachable("gone".to_owned());
    sends(&world, &Server::saying(&[away])).await;
    let accounting = as_role(Role::Accounting);
    // The second one waits with the first.
    assert_eq!(mails::retry_all(&world, &accounting).await.expect("an answer"), 2);
    let again = |to| line("The accounting", "mail_again", None, Some(to));
    assert_eq!(told(&world, first.id).await, [again("a@b.example")]);
    assert_eq!(told(&world, second.id).await, [again("c@d.example")]);
    let row = only(&world, first.id).await;
    let retry = DecideDraft { mail: row.id, way: MailWay::Retry, to: Some(vec!["e@f.example".to_owned()]) };
    mails::decide(&world, &admin(), retry).await.expect("to another address");
    let to = vec!["g@h.example".to_owned()];
    let send = SendDraft { id: MailId::new(world.id()), document: second.id, to, reminder: false };
    mails::send(&world, &admin(), send).await.expect("it waits");
    assert_eq!(mails::drop_all(&world, &accounting).await.expect("an answer"), 3);
    let moved = line("The admin", "mail_again", Some("a@b.example"), Some("e@f.example"));
    let dropped = |to| line("The accounting", "mail_dropped", Some(to), None);
    assert_eq!(told(&world, first.id).await, [again("a@b.example"), moved, dropped("e@f.example")]);
    let found = told(&world, second.id).await;
    assert_eq!(found[..2], [again("c@d.example"), line("The admin", "mail", None, Some("g@h.example"))]);
    let mut gone = found[2..].to_vec();
    gone.sort_unstable();
    assert_eq!(gone, [dropped("c@d.example"), dropped("g@h.example")]);
    assert_eq!(mails::drop_all(&world, &accounting).await.expect("an answer"), 0, "nothing waits");
    assert_eq!(told(&world, second.id).await.len(), 4, "and nothing is told");
    let refused = documents::changes_of(&world, &as_customer(first.customer.id), first.id).await.map_err(problem);
    assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{refused:?}");
    assert_sound(&world).await;
}

on_both!(
    what_may_have_left_waits_for_a_person,
    a_refused_mail_is_decided_about,
    a_history_says_who_did_what_with_a_mail,
);
