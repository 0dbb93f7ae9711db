//! Mails: a document leaves once, what the server does not take waits, and what may have left waits for a person.

mod decisions;
mod leaving;
mod reminders;
mod roles;
mod trouble;
mod wording;

use std::sync::{Arc, Mutex};

use chrono::Duration;
use domain::DocumentId;
use futures::{FutureExt, future::BoxFuture};
use usecases::{
    Env, SteppedClock, customers, documents,
    mails::{self, Carrier},
    papers::Setter,
    testing::World,
};
use wire::{
    documents::DocumentRow,
    mails::{MailRow, MailSettings, Outgoing, PasswordChange, Smtp, Undelivered},
    paper::Input,
};

use crate::office::{admin, all_documents};

/// A mail server: notes what it gets and answers what it is told, at last that it takes it.
#[derive(Default)]
struct Server {
    got: Mutex<Vec<(Smtp, Outgoing)>>,
    answers: Mutex<Vec<Undelivered>>,
}

impl Server {
    fn saying(answers: &[Undelivered]) -> Server {
        Server { answers: Mutex::new(answers.iter().rev().cloned().collect()), ..Server::default() }
    }

    fn got(&self) -> Vec<Outgoing> {
        self.got.lock().expect("no panic").iter().map(|(_, mail)| mail.clone()).collect()
    }

    fn passwords(&self) -> Vec<String> {
        self.got.lock().expect("no panic").iter().map(|(smtp, _)| smtp.password.clone()).collect()
    }
}

impl Carrier for Server {
    fn deliver<'a>(&'a self, smtp: &'a Smtp, mail: &'a Outgoing) -> BoxFuture<'a, Result<String, Undelivered>> {
        async move {
            if let Some(answer) = self.answers.lock().expect("no panic").pop() {
                return Err(answer);
            }
            self.got.lock().expect("no panic").push((smtp.clone(), mail.clone()));
            Ok("250 taken".to_owned())
        }
        .boxed()
    }

    fn greet<'a>(&'a self, smtp: &'a Smtp, _: &'a str) -> BoxFuture<'a, Result<String, Undelivered>> {
        async move {
            if smtp.password == "right" {
                Ok("250 hello".to_owned())
            } else {
                Err(Undelivered::SignIn(format!("535 {smtp:?}")))
            }
        }
        .boxed()
    }
}

/// One that takes a mail and never answers.
struct Silent;

impl Carrier for Silent {
    fn deliver<'a>(&'a self, _: &'a Smtp, _: &'a Outgoing) -> BoxFuture<'a, Result<String, Undelivered>> {
        std::future::pending().boxed()
    }

    fn greet<'a>(&'a self, _: &'a Smtp, _: &'a str) -> BoxFuture<'a, Result<String, Undelivered>> {
        std::future::pending().boxed()
    }
}

fn setter() -> Setter {
    Arc::new(|input: &Input| serde_json::to_vec(input).map_err(|error| error.to_string()))
}

fn settings() -> MailSettings {
    MailSettings {
        host: "mail.example".to_owned(),
        from: "post@musterhaus.example".to_owned(),
        user: "post".to_owned(),
        ..MailSettings::default()
    }
}

async fn set_up(env: &Env) {
    let password = PasswordChange::New("right".to_owned());
    mails::save(env, &admin(), settings(), password).await.expect("it is saved");
}

/// A customer with an address and the invoice of April, issued by mail.
async fn invoiced(world: &World, name: &str, address: &str) -> DocumentRow {
    let mut draft = world.customer_draft("", name);
    draft.card.email = address.to_owned();
    let customer = draft.id;
    customers::save(world, &admin(), draft).await.expect("the customer is created");
    world.contract(world.contract_draft(customer, "2026-04-01")).await;
    world.bills(world, "2026-04-01").await;
    let found = all_documents(world).await.into_iter().rfind(|row| row.customer.id == customer);
    found.expect("it was billed")
}

async fn mails_of(env: &Env, document: DocumentId) -> Vec<MailRow> {
    mails::of(env, &admin(), document).await.expect("its mails").mails
}

async fn only(env: &Env, document: DocumentId) -> MailRow {
    let mut found = mails_of(env, document).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

async fn sends(env: &Env, server: &dyn Carrier) -> usize {
    mails::send_due(env, server, &setter()).await.expect("it works")
}

fn later(world: &World, minutes: i64) -> Env {
    world.at(SteppedClock(world.now() + Duration::minutes(minutes)))
}

/// What the history of a document tells, the oldest first: who, what before, and what after.
async fn told(world: &World, document: DocumentId) -> Vec<(String, String, Option<String>, Option<String>)> {
    let mut changes = documents::changes_of(world, &admin(), document).await.expect("its history");
    changes.reverse();
    let each = changes.into_iter().flat_map(|change| {
        let by = change.by;
        change.fields.into_iter().map(move |field| (by.clone(), field.field, field.before, field.after))
    });
    each.collect()
}
