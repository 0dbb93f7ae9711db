//! Every command on mails as every role.

use domain::{DocumentId, MailId, Role};
use usecases::{
    Call, Refused, mails,
    testing::{World, as_customer, as_role},
};
use wire::{
    Problem,
    mails::{DecideDraft, MailSettings, MailText, MailWay, PasswordChange, SendDraft},
};

use super::{Server, invoiced, only, settings};
use crate::support::books;

const TABLE: &str = "
    command   admin  sales  accounting  project_manager  payments  staff  customer
    of        yes    yes    yes         yes              no        no     no
    send      yes    no     yes         no               no        no     no
    decide    yes    no     yes         no               no        no     no
    retry     yes    no     yes         no               no        no     no
    drop      yes    no     yes         no               no        no     no
    page      yes    no     yes         no               no        no     no
    save      yes    no     yes         no               no        no     no
    test      yes    no     yes         no               no        no     no
    sample    yes    no     yes         no               no        no     no
";

async fn carry_out(world: &World, command: &str, call: &Call, (of, mail): (DocumentId, MailId)) -> Result<(), Refused> {
    let to = vec!["a@b.example".to_owned()];
    match command {
        "of" => mails::of(world, call, of).await.map(drop),
        "send" => {
            let send = SendDraft { id: MailId::new(world.id()), document: of, to, reminder: false };
            mails::send(world, call, send).await.map(drop)
        }
        "decide" => mails::decide(world, call, DecideDraft { mail, way: MailWay::Retry, to: Some(to) }).await.map(drop),
        "retry" => mails::retry_all(world, call).await.map(drop),
        "drop" => mails::drop_all(world, call).await.map(drop),
        "page" => mails::page(world, call).await.map(drop),
        "save" => mails::save(world, call, MailSettings::default(), PasswordChange::Kept).await.map(drop),
        "test" => {
            let asked = (settings(), PasswordChange::Kept);
            mails::test(world, call, &Server::default(), asked).await.map(drop)
        }
        "sample" => {
            let what = (wire::mails::Occasion::Invoice, texts::Lang::De);
            mails::sample(world, call, what, &MailText::default()).await.map(drop)
        }
        _ => panic!("no such command: {command}"),
    }
}

/// Red when: any one of the checks is taken out.
async fn every_command_on_mails_as_every_role(world: World) {
    let of = invoiced(&world, "Alpha GmbH", "").await;
    let mail = only(&world, of.id).await.id;
    let mut rows = TABLE.lines().map(str::split_whitespace).filter(|line| line.clone().next().is_some());
    let actors: Vec<&str> = rows.next().expect("a heading").skip(1).collect();
    for mut row in rows {
        let command = row.next().expect("a command");
        for (actor, expected) in actors.iter().zip(row) {
            let call = match *actor {
                "customer" => as_customer(of.customer.id),
                role => as_role(Role::from_name(role).expect("a role")),
            };
            let before = books(&world).await;
            let found = match carry_out(&world, command, &call, (of.id, mail)).await {
                Ok(()) => "yes",
                Err(Refused::Problem(Problem::Forbidden { .. })) => "no",
                Err(other) => panic!("{command} as {actor}: {other:?}"),
            };
            assert_eq!(found, expected, "{command} as {actor}");
            assert!(expected == "yes" || books(&world).await == before, "{command} as {actor} changed something");
        }
    }
}

on_sqlite!(every_command_on_mails_as_every_role);
