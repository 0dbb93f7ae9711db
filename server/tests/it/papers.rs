//! The PDFs of documents over HTTP: the same bytes each time, for whoever may see the document.

use axum::http::Method;
use domain::Role;
use serde_json::Value;
use store::Engine;

use crate::{
    rest_receipts::invoiced,
    support::{Answer, Office},
};

async fn rest(office: &Office, role: Role, document: &str) -> Answer {
    let token = office.token(role).await;
    office.rest(Method::GET, &format!("/documents/{document}/paper"), &token, &Value::Null).await
}

/// Red when: what is downloaded twice differs, its hash is not its tag, or the page and REST hand out different papers.
#[tokio::test]
async fn a_paper_is_the_same_bytes_however_it_is_asked_for() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let office = Office::on(engine).await;
        let (document, number) = invoiced(&office.world, "Müller & Söhne GmbH").await;
        let first = rest(&office, Role::Accounting, &document).await;
        assert_eq!((first.status.as_u16(), first.header("content-type")), (200, "application/pdf"), "{}", first.body);
        assert!(first.bytes.starts_with(b"%PDF-"), "{:.20}", first.body);
        let tag = first.header("etag").to_owned();
        assert_eq!(tag, format!("\"{}\"", usecases::people::digest(&first.bytes)));
        assert!(first.header("content-disposition").contains(&number.replace('/', "-")), "{number}");
        let again = rest(&office, Role::Accounting, &document).await;
        assert!(again.bytes == first.bytes, "the same bytes");
        let session = office.session(Role::Sales, None).await;
        let page = office.get(&format!("/documents/{document}/paper.pdf"), Some(&session)).await;
        assert_eq!((page.status.as_u16(), page.header("etag")), (200, tag.as_str()));
        assert!(page.bytes == first.bytes, "the same bytes");
    }
}

#[tokio::test]
async fn who_may_not_see_the_document_gets_no_paper() {
    let office = Office::new().await;
    let (document, _) = invoiced(&office.world, "Alpha GmbH").await;
    let path = format!("/documents/{document}/paper.pdf");
    let nobody = office.get(&path, None).await;
    assert_eq!(
        (nobody.status.as_u16(), nobody.header("location")),
        (303, format!("/sign-in?next=/documents/{document}").as_str())
    );
    let staff = office.session(Role::Staff, None).await;
    assert_eq!(office.get(&path, Some(&staff)).await.status, 403);
    let sales = office.session(Role::Sales, None).await;
    for unknown in ["0195f000-0000-7000-8000-000000000000", "nonsense", "%2e%2e"] {
        assert_eq!(office.get(&format!("/documents/{unknown}/paper.pdf"), Some(&sales)).await.status, 404, "{unknown}");
    }
    rest(&office, Role::Staff, &document).await.problem(403, "forbidden");
}
