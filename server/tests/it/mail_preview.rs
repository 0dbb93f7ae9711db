//! How a text of a mail will arrive, looked at over HTTP: by whom, and so that it can do nothing.

use domain::Role;

use crate::support::{Answer, Office, form};

/// A mail about an invoice with that text.
async fn look(office: &Office, session: Option<&str>, occasion: &str, lang: &str) -> Answer {
    let asked = [
        ("occasion", occasion),
        ("lang", lang),
        ("subject", "{number} <script>alert(1)</script>"),
        ("body", "Hallo {customer},\n\n<script>alert(2)</script><img src=x onerror=alert(3)>"),
    ];
    office.get(&format!("/settings/mail/preview?{}", form(&asked)), session).await
}

/// Red when: somebody looks at it who may not change the texts, or looking changes something.
#[tokio::test]
async fn whoever_changes_the_texts_sees_how_they_arrive() {
    let office = Office::new().await;
    let customer = office.world.customer("Alpha GmbH").await;
    let nobody = look(&office, None, "invoice", "de").await;
    assert_eq!((nobody.status.as_u16(), nobody.header("location")), (303, "/sign-in?next=/settings/mail"));
    for (role, expected) in [
        (Role::Admin, 200),
        (Role::Accounting, 200),
        (Role::Sales, 403),
        (Role::ProjectManager, 403),
        (Role::Payments, 403),
        (Role::Staff, 403),
        (Role::Customer, 403),
    ] {
        let session = office.session(role, (role == Role::Customer).then_some(customer)).await;
        let before = office.books().await;
        let answer = look(&office, Some(&session), "invoice", "de").await;
        assert_eq!(answer.status.as_u16(), expected, "{}: {}", role.name(), answer.body);
        assert_eq!(answer.body.contains("alert(2)"), expected == 200, "{}", role.name());
        assert_eq!(office.books().await, before, "{}", role.name());
    }
}

/// Red when: what somebody typed can do anything as a page of ours, or is kept by a browser.
#[tokio::test]
async fn the_mail_is_served_so_that_it_can_do_nothing() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    for (lang, customer) in [("de", "Söhne GmbH"), ("en", "Sons Ltd")] {
        let page = look(&office, Some(&session), "invoice", lang).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; \
            sandbox allow-scripts";
        assert_eq!(page.header("content-security-policy"), policy);
        assert_eq!(page.headers.get_all("content-security-policy").iter().count(), 1);
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        // What was typed is read as text, and the places are filled.
        assert!(page.body.contains(customer) && !page.body.contains("{customer}"), "{}", page.body);
        assert!(page.body.contains("alert(2)") && page.body.contains("onerror=alert(3)"), "{}", page.body);
        assert!(!page.body.contains("<script") && !page.body.contains("<img"), "{}", page.body);
    }
}

/// Red when: an occasion or a language that nobody knows is shown as another one.
#[tokio::test]
async fn an_unknown_occasion_is_not_there() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    for (occasion, lang) in [("birthday", "de"), ("invoice", "fr"), ("", ""), ("../invoice", "de")] {
        assert_eq!(look(&office, Some(&session), occasion, lang).await.status, 404, "{occasion} {lang}");
    }
}
