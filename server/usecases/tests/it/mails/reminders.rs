//! Reminders: of what is overdue and still open, once a week at most.

use domain::{DocumentId, MailId, receipts::NotReminded};
use usecases::{
    Env, documents, mails, receipts,
    testing::{World, day, problem},
};
use wire::{
    FieldReason, Problem,
    documents::{BulkDraft, BulkWay, DocumentRow},
    mails::{MailKind, MailProblem, MailRow, MailState, SendDraft},
};

use super::{Server, invoiced, mails_of, sends, set_up, told};
use crate::{
    office::admin,
    support::{assert_sound, books},
};

async fn remind(env: &Env, of: &DocumentRow) -> Result<Vec<MailRow>, Problem> {
    let to = vec!["post@alpha.example".to_owned()];
    let send = SendDraft { id: MailId::new(env.id()), document: of.id, to, reminder: true };
    mails::send(env, &admin(), send).await.map(|view| view.mails).map_err(problem)
}

fn not_reminded(why: NotReminded) -> Problem {
    Problem::field("document", FieldReason::NotReminded(why))
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

on_both!(
    what_is_settled_when_it_leaves_asks_for_nothing,
    a_customer_is_reminded_of_what_is_overdue,
    many_are_reminded_at_once,
);
