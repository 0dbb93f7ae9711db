//! What is set about mails: the mail server with its password, and own texts.

use usecases::{
    mails,
    testing::{World, problem},
};
use wire::{
    FieldReason, Problem,
    mails::{MailSettings, MailText, PasswordChange, Undelivered},
};

use super::{Server, invoiced, sends, set_up, settings};
use crate::office::admin;

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

on_both!(the_password_goes_nowhere_else, own_texts_are_used);
