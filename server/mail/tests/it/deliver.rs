//! What is known of a mail, whatever the server does.

use std::time::Duration;

use mail::{Patience, deliver_within, greet_within, message};
use tokio::net::TcpListener;
use wire::mails::{Attachment, Outgoing, Security, Smtp, Undelivered};

use crate::{
    samples::outgoing,
    server::{PATIENT, Server, smtp},
};

/// The greeting of a server that knows two ways to sign in.
const GREETING: &str = "< 220 mail.example ESMTP
    > EHLO nordlicht.example
    < 250-mail.example
    < 250-SIZE 35000000
    < 250 AUTH PLAIN LOGIN";
/// The same, and the second greeting, from which is known how large a mail may be.
const HELLO: &str = "< 220 mail.example ESMTP
    > EHLO nordlicht.example
    < 250-mail.example
    < 250-SIZE 35000000
    < 250 AUTH PLAIN LOGIN
    > EHLO nordlicht.example
    < 250-mail.example
    < 250-SIZE 35000000
    < 250 AUTH PLAIN LOGIN";
/// A mail is handed over, and what the server says to it is still to come.
const MAIL: &str = "> MAIL FROM:<rechnung@nordlicht.example>
    < 250 2.1.0 Ok
    > RCPT TO:<einkauf@kunde.example>
    < 250 2.1.5 Ok
    > RCPT TO:<buchhaltung@kunde.example>
    < 250 2.1.5 Ok
    > DATA
    < 354 go ahead
    > .";
const PASSWORD: &str = "hunter2-geheim";
/// `\0rechnung@nordlicht.example\0hunter2-geheim`, as it is sent.
const PLAIN: &str = "AHJlY2hudW5nQG5vcmRsaWNodC5leGFtcGxlAGh1bnRlcjItZ2VoZWlt";

/// What becomes of the mail with a server that plays so, and what the server hears.
async fn delivered(script: &[&str]) -> (Result<String, Undelivered>, Vec<String>) {
    let server = Server::play(&script.join("\n")).await;
    let outcome = deliver_within(PATIENT, &server.smtp, &outgoing()).await;
    (outcome, server.heard().await)
}

/// The same, with a name and a password.
async fn signed_in(script: &[&str]) -> (Result<String, Undelivered>, Vec<String>) {
    let server = Server::play(&script.join("\n")).await;
    let outcome = deliver_within(PATIENT, &with_password(&server.smtp), &outgoing()).await;
    (outcome, server.heard().await)
}

fn with_password(smtp: &Smtp) -> Smtp {
    Smtp { user: "rechnung@nordlicht.example".to_owned(), password: PASSWORD.to_owned(), ..smtp.clone() }
}

/// Red when a recipient or a part of the mail is not handed over, or when nobody takes leave.
#[tokio::test]
async fn a_mail_is_handed_over() {
    let (outcome, heard) = delivered(&[HELLO, MAIL, "< 250 2.0.0 Ok: queued as 4711"]).await;
    assert_eq!(outcome, Ok("250 2.0.0 Ok: queued as 4711".to_owned()));
    assert!(
        heard.contains(&"From: \"Nordlicht Systemhaus GmbH\" <rechnung@nordlicht.example>".to_owned()),
        "{heard:?}"
    );
    assert!(heard.iter().any(|line| line.starts_with("Content-Disposition: attachment")), "{heard:?}");
    assert!(!heard.iter().any(|line| line.starts_with("AUTH")), "{heard:?}");
    assert_eq!(heard.last().map(String::as_str), Some("QUIT"));
}

/// Red when a mail is given up although its server only closes for a while.
#[tokio::test]
async fn a_server_that_closes_is_asked_again() {
    let (outcome, _) = delivered(&["< 421 4.3.2 closing for tonight", "close"]).await;
    assert_eq!(outcome, Err(Undelivered::Unreachable("421 4.3.2 closing for tonight".to_owned())));
    let (outcome, _) = delivered(&["close"]).await;
    assert!(matches!(outcome, Err(Undelivered::Unreachable(_))), "{outcome:?}");
}

/// Red when a mail is given up because nobody listens, or when nobody is told where.
#[tokio::test]
async fn a_server_that_is_away_is_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let outcome = deliver_within(PATIENT, &smtp(port), &outgoing()).await;
    let Err(Undelivered::Unreachable(text)) = outcome else { panic!("{outcome:?}") };
    assert!(text.starts_with(&format!("127.0.0.1:{port}: ")), "{text}");
}

/// Red when some get a mail that others are refused.
#[tokio::test]
async fn one_refused_recipient_refuses_the_mail() {
    let start = "> MAIL
        < 250 ok
        > RCPT TO:<einkauf@kunde.example>
        < 250 ok
        > RCPT TO:<buchhaltung@kunde.example>";
    let (outcome, heard) = delivered(&[HELLO, start, "< 550 5.1.1 no such user"]).await;
    let text = "buchhaltung@kunde.example: 550 5.1.1 no such user";
    assert_eq!(outcome, Err(Undelivered::Never(text.to_owned())));
    assert!(!heard.contains(&"DATA".to_owned()), "{heard:?}");
    let (outcome, heard) = delivered(&[HELLO, start, "< 450 4.2.0 greylisted"]).await;
    let text = "buchhaltung@kunde.example: 450 4.2.0 greylisted";
    assert_eq!(outcome, Err(Undelivered::Later(text.to_owned())));
    assert!(!heard.contains(&"DATA".to_owned()), "{heard:?}");
}

/// Red when a refusal before the mail counts as something else, or when the mail is handed over all the same.
#[tokio::test]
async fn a_refusal_before_the_mail_is_told_in_the_servers_words() {
    let data = MAIL.strip_suffix("< 354 go ahead\n    > .").expect("it ends so");
    for (script, wanted) in [
        ([HELLO, data, "< 451 4.3.0 no room"], Undelivered::Later("451 4.3.0 no room".to_owned())),
        ([HELLO, data, "< 554 5.5.1 no"], Undelivered::Never("554 5.5.1 no".to_owned())),
        ([HELLO, "> MAIL", "< 553 5.7.1 not yours"], Undelivered::Sender("553 5.7.1 not yours".to_owned())),
        ([HELLO, "> MAIL", "< 530 5.7.0 sign in first"], Undelivered::SignIn("530 5.7.0 sign in first".to_owned())),
        ([HELLO, data, "close"], Undelivered::Later(String::new())),
        // No answer to this question: whoever takes it for one counts a mail as sent that is not.
        ([HELLO, data, "< 250 ok"], Undelivered::Later("unexpected answer: 250 ok".to_owned())),
    ] {
        let (outcome, heard) = delivered(&script).await;
        match (outcome, wanted) {
            (Err(Undelivered::Later(_)), Undelivered::Later(text)) if text.is_empty() => {}
            (outcome, wanted) => assert_eq!(outcome, Err(wanted)),
        }
        assert!(!heard.iter().any(|line| line.starts_with("Subject")), "{heard:?}");
    }
}

/// Red when a mail that the server has refused counts as one that may have left.
#[tokio::test]
async fn a_refused_mail_has_not_left() {
    let (outcome, _) = delivered(&[HELLO, MAIL, "< 552 5.3.4 too large"]).await;
    assert_eq!(outcome, Err(Undelivered::Never("552 5.3.4 too large".to_owned())));
    let (outcome, _) = delivered(&[HELLO, MAIL, "< 451 4.7.1 try again"]).await;
    assert_eq!(outcome, Err(Undelivered::Later("451 4.7.1 try again".to_owned())));
}

/// Red when a mail of which nobody knows counts as sent or as not sent: it would get lost, or be sent twice.
#[tokio::test]
async fn silence_after_the_mail_leaves_it_unclear() {
    // The second says only the beginning of an answer of several lines.
    for end in ["close", "< 250-and\nclose", "< what?", "< 354 go on"] {
        let (outcome, _) = delivered(&[HELLO, MAIL, end]).await;
        assert!(matches!(outcome, Err(Undelivered::Unclear(_))), "{end}: {outcome:?}");
    }
    let server = Server::play(&[HELLO, MAIL, "hang"].join("\n")).await;
    let patience = Patience { message: Duration::from_millis(50), ..PATIENT };
    let outcome = deliver_within(patience, &server.smtp, &outgoing()).await;
    assert_eq!(outcome, Err(Undelivered::Unclear("no answer within 50ms".to_owned())));
    // Nothing more is said to a server that does not answer.
    assert_eq!(server.heard().await.last().map(String::as_str), Some("."));
}

/// Red when a mail that broke off in its middle counts as one that may have left: no server takes half a mail.
#[tokio::test]
async fn half_a_mail_has_not_left() {
    let data = MAIL.strip_suffix("> .").expect("it ends so");
    // More than a system keeps for a connection that nobody reads.
    let bytes = vec![0; 12 << 20];
    let attachments = vec![Attachment { name: "a.pdf".to_owned(), kind: "application/pdf", bytes }];
    let large = Outgoing { attachments, ..outgoing() };
    let server = Server::play(&[HELLO, data, "close"].join("\n")).await;
    let outcome = deliver_within(PATIENT, &server.smtp, &large).await;
    assert!(matches!(outcome, Err(Undelivered::Later(_))), "{outcome:?}");
    // One that says why before it closes.
    let server = Server::play(&[HELLO, data, "< 552 5.3.4 too large", "close"].join("\n")).await;
    let outcome = deliver_within(PATIENT, &server.smtp, &large).await;
    assert!(matches!(outcome, Err(Undelivered::Never(_) | Undelivered::Later(_))), "{outcome:?}");
}

/// Red when a server that says nothing keeps a mail for ever.
#[tokio::test]
async fn a_silent_server_is_left() {
    let patience = Patience { step: Duration::from_millis(50), connect: Duration::from_millis(50), ..PATIENT };
    for start in ["hang", "< 220 mail.example\nhang"] {
        let server = Server::play(start).await;
        let outcome = deliver_within(patience, &server.smtp, &outgoing()).await;
        let Err(Undelivered::Unreachable(text)) = outcome else { panic!("{outcome:?}") };
        assert!(text.ends_with(": no answer within 100ms"), "{text}");
    }
}

/// Red when name and password are not said as the server knows it.
#[tokio::test]
async fn name_and_password_are_said_in_both_ways() {
    let plain = format!("> AUTH PLAIN {PLAIN}\n< 235 2.7.0 welcome");
    let (outcome, _) = signed_in(&[HELLO, &plain, MAIL, "< 250 ok"]).await;
    assert_eq!(outcome, Ok("250 ok".to_owned()));
    let login = "< 220 mail.example
        > EHLO
        < 250-mail.example
        < 250 AUTH LOGIN
        > EHLO
        < 250-mail.example
        < 250 AUTH LOGIN
        > AUTH LOGIN
        < 334 VXNlcm5hbWU6
        > cmVjaG51bmdAbm9yZGxpY2h0LmV4YW1wbGU=
        < 334 UGFzc3dvcmQ6
        > aHVudGVyMi1nZWhlaW0=
        < 235 2.7.0 welcome";
    let (outcome, _) = signed_in(&[login, MAIL, "< 250 ok"]).await;
    assert_eq!(outcome, Ok("250 ok".to_owned()));
}

/// Red when a wrong password counts as a refused mail, or when it can be read anywhere.
#[tokio::test]
async fn a_wrong_password_is_told_without_it() {
    let echo = format!("< 535 5.7.8 {PLAIN} is not {PASSWORD}");
    for (said, told) in [
        ("< 535 5.7.8 authentication failed", "535 5.7.8 authentication failed"),
        ("< 534 5.7.9 use another way", "534 5.7.9 use another way"),
        ("< 454 4.7.0 not now", "454 4.7.0 not now"),
        (echo.as_str(), "535 5.7.8 *** is not ***"),
    ] {
        let (outcome, heard) = signed_in(&[HELLO, "> AUTH PLAIN", said]).await;
        assert_eq!(outcome, Err(Undelivered::SignIn(told.to_owned())));
        assert!(!heard.iter().any(|line| line.starts_with("MAIL")), "{heard:?}");
        assert!(!format!("{outcome:?} {:?}", with_password(&smtp(25))).contains(PASSWORD));
    }
    let (outcome, _) = signed_in(&[HELLO, "> AUTH PLAIN", "< 421 4.7.0 too many", "close"]).await;
    assert_eq!(outcome, Err(Undelivered::Unreachable("421 4.7.0 too many".to_owned())));
}

/// Red when a server that knows no way to sign in gets the mail all the same, or the password.
#[tokio::test]
async fn without_a_way_to_sign_in_nothing_is_said() {
    let (outcome, heard) =
        signed_in(&["< 220 mail.example", "> EHLO", "< 250-mail.example", "< 250 AUTH GSSAPI"]).await;
    assert!(matches!(outcome, Err(Undelivered::SignIn(_))), "{outcome:?}");
    assert_eq!(heard, ["EHLO nordlicht.example", "EHLO nordlicht.example", "QUIT"]);
}

/// Red when a password or a mail can be read on the way to a server that does not encrypt.
#[tokio::test]
async fn nothing_is_said_in_the_clear() {
    let server = Server::play(GREETING).await;
    let smtp = Smtp { security: Security::StartTls, ..with_password(&server.smtp) };
    let outcome = deliver_within(PATIENT, &smtp, &outgoing()).await;
    let text = format!("127.0.0.1:{}: the server offers no encryption (STARTTLS)", smtp.port);
    assert_eq!(outcome, Err(Undelivered::Unreachable(text)));
    assert_eq!(server.heard().await, ["EHLO nordlicht.example", "QUIT"]);

    let offered = "< 220 mail.example
        > EHLO
        < 250-mail.example
        < 250-STARTTLS
        < 250 AUTH PLAIN
        > STARTTLS";
    for answer in ["< 454 4.7.0 no certificate", "< 220 go\nclose", "< 220 go\n< 250 AUTH PLAIN"] {
        let server = Server::play(&[offered, answer].join("\n")).await;
        let smtp = Smtp { security: Security::StartTls, ..with_password(&server.smtp) };
        let outcome = deliver_within(PATIENT, &smtp, &outgoing()).await;
        assert!(matches!(outcome, Err(Undelivered::Unreachable(_))), "{outcome:?}");
        let heard = server.heard().await.join("\n");
        assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
    }

    let server = Server::play("< 220 mail.example").await;
    let smtp = Smtp { security: Security::Tls, ..with_password(&server.smtp) };
    let outcome = deliver_within(PATIENT, &smtp, &outgoing()).await;
    assert!(matches!(outcome, Err(Undelivered::Unreachable(_))), "{outcome:?}");
    let heard = server.heard().await.join("\n");
    assert!(!heard.contains("EHLO") && !heard.contains("AUTH"), "{heard}");
}

/// Red when a mail that cannot be written reaches a server.
#[tokio::test]
async fn a_mail_to_nobody_calls_nobody() {
    let mail = Outgoing { to: vec!["niemand".to_owned()], ..outgoing() };
    // Nobody listens there.
    let outcome = deliver_within(PATIENT, &smtp(1), &mail).await;
    assert_eq!(outcome, Err(Undelivered::Address("niemand".to_owned())));
}

/// Red when trying the settings sends something, or does not sign in.
#[tokio::test]
async fn a_greeting_signs_in_and_sends_nothing() {
    let welcome =
        ["> AUTH PLAIN", "< 235 2.7.0 welcome", "> MAIL", "< 250 2.1.0 ok", "> RSET", "< 250 2.0.0 here I am"];
    let server = Server::play(&[GREETING, &welcome.join("\n")].join("\n")).await;
    let outcome = greet_within(PATIENT, &with_password(&server.smtp), &outgoing().from.1).await;
    assert_eq!(outcome, Ok("250 2.0.0 here I am".to_owned()));
    let heard = server.heard().await;
    assert_eq!(heard.len(), 5, "{heard:?}");
    assert_eq!(heard[3..], ["RSET", "QUIT"]);

    let server = Server::play(&[GREETING, "> AUTH PLAIN", "< 535 5.7.8 no"].join("\n")).await;
    let outcome = greet_within(PATIENT, &with_password(&server.smtp), &outgoing().from.1).await;
    assert_eq!(outcome, Err(Undelivered::SignIn("535 5.7.8 no".to_owned())));
}

/// Red when a server gets a mail that is larger than it takes, hears of one, or when nobody is told both figures.
#[tokio::test]
async fn a_mail_that_is_too_large_is_refused_at_once() {
    let size = message(&outgoing()).expect("a mail").formatted().len();
    let takes = |most: usize| HELLO.replace("35000000", &most.to_string());
    let (outcome, heard) = signed_in(&[&takes(size - 1)]).await;
    let bytes = |count: usize| u64::try_from(count).expect("not that many");
    assert_eq!(outcome, Err(Undelivered::TooLarge { size: bytes(size), most: bytes(size - 1) }));
    assert_eq!(heard, ["EHLO nordlicht.example", "EHLO nordlicht.example", "QUIT"]);
    // As large as it may be, it leaves. 0 is no limit.
    for most in [size, 0] {
        let (outcome, heard) = delivered(&[&takes(most), MAIL, "< 250 ok"]).await;
        assert_eq!(outcome, Ok("250 ok".to_owned()), "{most}");
        let named = format!("MAIL FROM:<rechnung@nordlicht.example> SIZE={size}");
        assert!(heard.contains(&named), "{most}: {heard:?}");
    }
}

/// Red when a server that knows nothing of sizes hears of one, or one that does not like to be greeted twice gets no mail.
#[tokio::test]
async fn a_server_that_says_nothing_of_sizes_gets_the_mail() {
    let first = "< 220 mail.example\n> EHLO\n< 250 mail.example\n> EHLO";
    for second in ["< 250-SIZE 5 greets\n< 250 PIPELINING", "< 503 5.5.1 once is enough"] {
        let (outcome, heard) = delivered(&[first, second, MAIL, "< 250 ok"]).await;
        assert_eq!(outcome, Ok("250 ok".to_owned()), "{second}");
        assert!(heard.contains(&"MAIL FROM:<rechnung@nordlicht.example>".to_owned()), "{heard:?}");
    }
    let (outcome, _) = delivered(&[first, "< 421 4.3.2 closing for tonight", "close"]).await;
    assert_eq!(outcome, Err(Undelivered::Unreachable("421 4.3.2 closing for tonight".to_owned())));
}
