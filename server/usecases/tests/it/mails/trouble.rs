//! What has not left: it is tried again later each time, or waits for a person, and holds up nothing else.

use std::sync::Arc;

use usecases::{SteppedClock, documents, mails, papers::Setter, testing::World};
use wire::{
    mails::{MailProblem, MailSettings, MailState, PasswordChange, Undelivered},
    paper::Input,
};

use super::{Server, invoiced, later, only, sends, set_up, settings};
use crate::office::admin;

/// Red when: what the server does not take now is lost, tried at once again and again, or leaves twice when it is back.
async fn a_server_that_is_down_takes_it_when_it_is_back(world: World) {
    set_up(&world).await;
    let of = invoiced(&world, "Alpha GmbH", "post@alpha.example").await;
    let down = Undelivered::Unreachable("connection refused".to_owned());
    let server = Server::saying(&[down.clone(), down.clone(), Undelivered::SignIn("535 no".to_owned())]);
    assert_eq!(sends(&world, &server).await, 1);
    let row = only(&world, of.id).await;
    assert_eq!((row.state, row.attempts, row.problem), (MailState::Waiting, 1, Some(MailProblem::Undelivered(down))));
    assert_eq!(sends(&world, &server).await, 0, "not at once");
    let today = usecases::today::page(&world, &admin()).await.expect("the page").mails;
    assert_eq!((today.waiting, today.to_decide.len(), today.stuck.map(|row| row.id)), (1, 0, Some(row.id)));
    let first = row.due.expect("a time").to_utc() - world.now();
    let env = later(&world, first.num_minutes());
    assert_eq!(sends(&env, &server).await, 1);
    let second = only(&world, of.id).await.due.expect("a time").to_utc() - env.now();
    assert!(second > first, "{first} {second}");
    // Somebody who has seen to it does not wait.
    assert_eq!(mails::retry_all(&env, &admin()).await.expect("an answer"), 1);
    assert_eq!(sends(&env, &server).await, 1, "it asked for a password");
    assert_eq!(mails::retry_all(&env, &admin()).await.expect("an answer"), 1);
    assert_eq!(sends(&env, &server).await, 1);
    assert_eq!(sends(&later(&world, 10_000), &server).await, 0);
    assert_eq!((server.got().len(), only(&world, of.id).await.state), (1, MailState::Sent));
    assert_eq!(server.passwords(), ["right"]);
    let page = documents::page(&world, &admin(), of.id).await.expect("the document");
    assert_eq!(page.row, of, "the document is as it was");
}

/// Red when: a server that is never there is tried for ever.
async fn after_five_days_somebody_has_to_decide(world: World) {
    set_up(&world).await;
    let of = invoiced(&world, "Alpha GmbH", "post@alpha.example").await;
    let server = Server::saying(&vec![Undelivered::Later("gone".to_owned()); 40]);
    let mut env = world.env.clone();
    while let Some(due) = only(&env, of.id).await.due {
        env = env.at(SteppedClock(due.to_utc()));
        assert_eq!(sends(&env, &server).await, 1);
    }
    assert_eq!(only(&env, of.id).await.state, MailState::Failed);
    let hours = (env.now() - world.now()).num_hours();
    assert!((96..=160).contains(&hours), "{hours}");
}

/// Red when: a paper that cannot be set is tried for ever at the same pace, or holds up other mails.
async fn a_paper_that_cannot_be_set_waits_longer_each_time(world: World) {
    set_up(&world).await;
    let (of, other) =
        (invoiced(&world, "Alpha GmbH", "a@b.example").await, invoiced(&world, "Beta GmbH", "c@d.example").await);
    let number = of.number.clone().unwrap_or_default();
    let jams: Setter = Arc::new(move |input: &Input| {
        if input.number == number {
            Err("no ink".to_owned())
        } else {
            serde_json::to_vec(input).map_err(|e| e.to_string())
        }
    });
    let server = Server::default();
    let mut waits = Vec::new();
    let mut env = world.env.clone();
    for _ in 0..3 {
        mails::send_due(&env, &server, &jams).await.expect("it works");
        let row = only(&env, of.id).await;
        assert_eq!((row.state, row.problem), (MailState::Waiting, Some(MailProblem::Paper)));
        let due = row.due.expect("a time").to_utc();
        waits.push(due - env.now());
        env = env.at(SteppedClock(due));
    }
    assert!(waits[0] < waits[1] && waits[1] < waits[2], "{waits:?}");
    assert_eq!(only(&world, other.id).await.state, MailState::Sent);
    assert_eq!(sends(&env, &server).await, 1);
    assert_eq!(only(&world, of.id).await.state, MailState::Sent);
}

/// Red when: a server that lets nobody in is asked for each mail, or what waits with the first does not say why.
async fn a_closed_door_is_knocked_at_once(world: World) {
    set_up(&world).await;
    let mut all = Vec::new();
    for name in ["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta"] {
        all.push(invoiced(&world, name, &format!("{name}@kunde.example")).await.id);
    }
    let refused = Undelivered::SignIn("535 no".to_owned());
    let server = Server::saying(std::slice::from_ref(&refused));
    while sends(&world, &server).await > 0 {}
    assert_eq!(server.got().len(), 0, "nobody was asked a second time");
    for document in &all {
        let row = only(&world, *document).await;
        let shown = (row.state, row.problem.clone());
        assert_eq!(shown, (MailState::Waiting, Some(MailProblem::Undelivered(refused.clone()))));
    }
    // A new password is the answer to all of them.
    let draft = MailSettings { version: 1, from_name: "Musterhaus".to_owned(), ..settings() };
    mails::save(&world, &admin(), draft, PasswordChange::New("right".to_owned())).await.expect("it is saved");
    while sends(&world, &server).await > 0 {}
    assert_eq!(server.got().len(), all.len());
}

/// Red when: a mail that is larger than the server takes is tried again by itself, or holds up other mails.
async fn a_mail_that_is_too_large_waits_for_a_person(world: World) {
    set_up(&world).await;
    let of = invoiced(&world, "Alpha GmbH", "a@b.example").await;
    let other = invoiced(&world, "Beta GmbH", "c@d.example").await;
    let large = Undelivered::TooLarge { size: 35_000_001, most: 35_000_000 };
    let server = Server::saying(std::slice::from_ref(&large));
    sends(&world, &server).await;
    assert_eq!(sends(&later(&world, 10_000), &server).await, 0);
    let mut rows = [only(&world, of.id).await, only(&world, other.id).await];
    rows.sort_by_key(|row| row.state == MailState::Sent);
    let [refused, sent] = rows;
    assert_eq!((refused.state, refused.due), (MailState::Failed, None));
    assert_eq!(refused.problem, Some(MailProblem::Undelivered(large)));
    assert_eq!((sent.state, server.got().len()), (MailState::Sent, 1));
}

on_both!(
    a_server_that_is_down_takes_it_when_it_is_back,
    after_five_days_somebody_has_to_decide,
    a_paper_that_cannot_be_set_waits_longer_each_time,
    a_closed_door_is_knocked_at_once,
    a_mail_that_is_too_large_waits_for_a_person,
);
