//! Mails: a document leaves once, what the server does not take waits, and what may have left waits for a person.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use domain::{DocumentId, MailId, Role, contracts::Delivery, receipts::NotReminded};
use futures::{FutureExt, future::BoxFuture};
use usecases::{
    Call, Env, Refused, SteppedClock, customers, documents,
    mails::{self, Carrier},
    papers::{self, Setter},
    receipts,
    testing::{World, as_customer, as_role, day, problem},
};
use wire::{
    FieldReason, Problem,
    documents::{BulkDraft, BulkWay, DocumentRow},
    mails::{
        DecideDraft, MailKind, MailProblem, MailRow, MailSettings, MailState, MailText, MailWay, Outgoing,
        PasswordChange, SendDraft, Smtp, Undelivered,
    },
    paper::Input,
};

use crate::{
    desk::{april, note},
    office::{admin, all_documents},
    support::{assert_sound, books},
};

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

/// Red when: somebody is reminded of what was paid meanwhile, or asked to pay what was cancelled.
async fn what_is_settled_when_it_leaves_asks_for_nothing(world: World) {
    let (paid, gone) =
        (invoiced(&world, "Alpha GmbH", "a@b.example").await, invoiced(&world, "Beta GmbH", "c@d.example").await);
    let may = world.when("2026-05-20T10:00:00Z");
    remind(&may, &paid).await.expect("it waits");
    receipts::record(&may, &admin(), crate::receipts::draft(&world, &paid, 47_599)).await.expect("all of it");
    let found = documents::page(&world, &admin(), gone.id).await.expect("the page");
    let (id, reason) = (DocumentId::new(world.id()), "Doppelt".to_owned());
    let cancel = wire::documents::CancelDraft { id, document: gone.id, reason, version: found.version, seen: None };
    documents::cancel(&may, &admin(), cancel).await.expect("it is cancelled");
    set_up(&may).await;
    let server = Server::default();
    while sends(&may, &server).await > 0 {}
    let texts: Vec<String> = server.got().into_iter().map(|mail| mail.letter.paragraphs.join(" ")).collect();
    assert_eq!(texts.len(), 3, "two invoices and the cancellation: {texts:?}");
    assert!(!texts.iter().any(|text| text.contains("überweisen")), "{texts:?}");
    let rows = mails_of(&may, paid.id).await;
    let reminder = rows.iter().find(|row| row.kind == MailKind::Reminder(1)).expect("the reminder");
    assert_eq!((reminder.state, &reminder.problem), (MailState::Dropped, &Some(MailProblem::Settled)));
    let view = mails::of(&may, &admin(), paid.id).await.expect("its mails");
    assert_eq!(view.row.reminded.times, 0, "nobody was reminded");
    let settled = told(&world, paid.id).await.into_iter().find(|(_, field, ..)| field == "mail_settled");
    let settled = settled.and_then(|(by, _, _, to)| Some((by, to?)));
    assert_eq!(settled, Some(("Drawdown".to_owned(), "post@alpha.example".to_owned())));
    assert_sound(&world).await;
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

async fn remind(env: &Env, of: &DocumentRow) -> Result<Vec<MailRow>, Problem> {
    let to = vec!["post@alpha.example".to_owned()];
    let send = SendDraft { id: MailId::new(env.id()), document: of.id, to, reminder: true };
    mails::send(env, &admin(), send).await.map(|view| view.mails).map_err(problem)
}

fn not_reminded(why: NotReminded) -> Problem {
    Problem::field("document", FieldReason::NotReminded(why))
}

/// Red when: somebody is reminded of what is not overdue or paid, or twice within a week, or the second is not a dunning.
async fn a_customer_is_reminded_of_what_is_overdue(world: World) {
    set_up(&world).await;
    let of = invoiced(&world, "Alpha GmbH", "post@alpha.example").await;
    let server = Server::default();
    sends(&world, &server).await;
    assert_eq!(of.due_on, day("2026-04-29"));
    assert_eq!(remind(&world.when("2026-04-29T10:00:00Z"), &of).await, Err(not_reminded(NotReminded::NotOverdue)));
    let first = world.when("2026-04-30T10:00:00Z");
    assert_eq!(remind(&first, &of).await.expect("it is sent")[0].kind, MailKind::Reminder(1));
    let (last, again) = (day("2026-04-30"), day("2026-05-07"));
    let fresh = world.when("2026-05-06T10:00:00Z");
    assert_eq!(remind(&fresh, &of).await, Err(not_reminded(NotReminded::TooSoon { last, again })));
    let second = world.when("2026-05-07T10:00:00Z");
    let paid = crate::receipts::draft(&world, &of, 10_000);
    receipts::record(&second, &admin(), paid).await.expect("a part");
    assert_eq!(remind(&second, &of).await.expect("it is sent")[0].kind, MailKind::Reminder(2));
    sends(&second, &server).await;
    let subjects: Vec<String> = server.got().into_iter().map(|mail| mail.letter.subject).collect();
    let number = of.number.clone().unwrap_or_default();
    let (reminder, dunning) =
        (format!("Zahlungserinnerung zur Rechnung {number}"), format!("2. Mahnung zur Rechnung {number}"));
    assert_eq!(subjects[1..], [reminder, dunning]);
    let last = server.got().pop().expect("one").letter;
    assert!(last.paragraphs.iter().any(|text| text.contains("375,99")), "what is open: {last:?}");
    let third = world.when("2026-06-01T10:00:00Z");
    receipts::record(&third, &admin(), crate::receipts::draft(&world, &of, 37_599)).await.expect("the rest");
    assert_eq!(remind(&third, &of).await, Err(not_reminded(NotReminded::NotOverdue)));
    assert_sound(&world).await;
}

/// Red when: one that is refused stops the others, or doing it again reminds twice.
async fn many_are_reminded_at_once(world: World) {
    let (one, nobody) = (invoiced(&world, "Alpha GmbH", "a@b.example").await, invoiced(&world, "Beta GmbH", "").await);
    let paid = invoiced(&world, "Gamma GmbH", "c@d.example").await;
    receipts::record(&world, &admin(), crate::receipts::draft(&world, &paid, 47_599)).await.expect("all of it");
    let may = world.when("2026-05-20T10:00:00Z");
    let documents = vec![one.id, paid.id, nobody.id];
    let draft = BulkDraft { way: BulkWay::Remind, documents, reason: String::new(), date: None };
    let told = async || {
        let view = documents::bulk(&may, &admin(), draft.clone()).await.expect("it is done");
        view.items.iter().map(|item| (item.done, item.row.reminded.times)).collect::<Vec<_>>()
    };
    assert_eq!(told().await, [(true, 1), (false, 0), (false, 0)]);
    let before = books(&world).await;
    assert_eq!(told().await, [(true, 1), (false, 0), (false, 0)]);
    assert_eq!(books(&world).await, before);
    assert_eq!(mails_of(&may, one.id).await[0].state, MailState::Waiting);
    assert_eq!(
        mails_of(&may, nobody.id).await.len(),
        1,
        "nobody knows an address: only the failed mail of the invoice"
    );
}

/// Red when: a page or a history shows the password, or it is used for another server than it was typed for.
async fn the_password_goes_nowhere_else(world: World) {
    set_up(&world).await;
    let view = mails::page(&world, &admin()).await.expect("a page");
    assert!(view.password && !format!("{view:?}").contains("right"), "{view:?}");
    let kept = || PasswordChange::Kept;
    let server = Server::default();
    let tried = async |draft: MailSettings, change| mails::test(&world, &admin(), &server, (draft, change)).await;
    assert_eq!(tried(view.settings.clone(), kept()).await.expect("an answer"), Ok("250 hello".to_owned()));
    let elsewhere = MailSettings { host: "evil.example".to_owned(), ..view.settings.clone() };
    let refused = tried(elsewhere.clone(), kept()).await.expect("an answer").expect_err("without a password");
    assert!(matches!(&refused, Undelivered::SignIn(text) if !text.contains("right")), "{refused:?}");
    let wrong = tried(view.settings.clone(), PasswordChange::New("wrong".to_owned())).await.expect("an answer");
    assert!(matches!(wrong, Err(Undelivered::SignIn(_))));
    let saved = mails::save(&world, &admin(), view.settings.clone(), kept()).await.expect("nothing changes");
    assert_eq!(saved, view);
    let other = mails::save(&world, &admin(), elsewhere.clone(), kept()).await.map_err(problem);
    assert_eq!(
        other.expect_err("another server needs a password of its own"),
        Problem::field("password", FieldReason::Missing)
    );
    let other = mails::save(&world, &admin(), elsewhere, PasswordChange::New("other".to_owned())).await;
    assert!(other.expect("it is saved").password);
    let stale = MailSettings { user: "other".to_owned(), ..view.settings };
    assert_eq!(
        mails::save(&world, &admin(), stale, kept()).await.map_err(problem).expect_err("stale"),
        Problem::Changed
    );
    let now = mails::page(&world, &admin()).await.expect("a page").settings;
    let nowhere = MailSettings { host: String::new(), ..now };
    let gone = mails::save(&world, &admin(), nowhere, kept()).await.expect("without a server nobody signs in");
    assert!(!gone.password, "and no password is kept");
    let empty = MailSettings { host: String::new(), ..MailSettings::default() };
    assert!(tried(empty, kept()).await.is_err());
}

/// Red when: an own text is not used, or one of another language.
async fn own_texts_are_used(world: World) {
    let mut draft = settings();
    let text = MailText { subject: "Post: {number}".to_owned(), body: "An {customer}\n\n{unbekannt}".to_owned() };
    draft.texts.0.insert("invoice_de".to_owned(), text);
    mails::save(&world, &admin(), draft, PasswordChange::Kept).await.expect("it is saved");
    let of = invoiced(&world, "Alpha {company}", "post@alpha.example").await;
    let server = Server::default();
    sends(&world, &server).await;
    let letter = server.got().pop().expect("one").letter;
    assert_eq!(letter.subject, format!("Post: {}", of.number.unwrap_or_default()));
    assert_eq!(letter.paragraphs, ["An Alpha {company}", "{unbekannt}"]);
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

on_both!(
    an_issued_document_leaves_once_with_its_paper,
    a_server_that_is_down_takes_it_when_it_is_back,
    after_five_days_somebody_has_to_decide,
    what_may_have_left_waits_for_a_person,
    a_process_that_ends_while_handing_over_doubles_nothing,
    two_processes_send_each_mail_once,
    a_paper_that_cannot_be_set_waits_longer_each_time,
    a_closed_door_is_knocked_at_once,
    what_is_settled_when_it_leaves_asks_for_nothing,
    a_refused_mail_is_decided_about,
    somebody_sends_a_document,
    a_customer_is_reminded_of_what_is_overdue,
    many_are_reminded_at_once,
    the_password_goes_nowhere_else,
    own_texts_are_used,
    a_history_says_who_did_what_with_a_mail,
    a_mail_that_is_too_large_waits_for_a_person,
);

mod roles {
    #[tokio::test]
    async fn every_command_on_mails_as_every_role() {
        super::every_command_on_mails_as_every_role(usecases::testing::World::new(store::Engine::Sqlite).await).await;
    }
}
