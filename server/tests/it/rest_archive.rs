//! The archive over HTTP: what could not be filed is shown and tried again; the real archive has what is downloaded.

use axum::http::Method;
use domain::Role;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use usecases::{
    archive::{Filer, file_due},
    people::digest,
    verify,
};
use wire::archive::Filed;

use crate::{rest::Tried, rest_receipts::invoiced, support::Office};

/// An archive that is gone.
struct Gone;

impl Filer for Gone {
    fn file(&self, _: Filed) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Err("no such host".to_owned()) })
    }

    fn hash_of<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<String>, String>> {
        Box::pin(async { Err("no such host".to_owned()) })
    }
}

/// Trying again.
pub async fn every_operation(tried: &mut Tried<'_>) {
    let done = tried.call("POST", "/archive/retry", "/archive/retry", json!({})).await;
    assert_eq!(done, json!({"papers": 0}), "nothing has failed");
}

/// Red when: what failed is not shown to people, is not tried when they ask, or whoever does not bill decides that.
#[tokio::test]
async fn what_could_not_be_filed_is_shown_and_tried_again() {
    let office = Office::new().await;
    let (document, _) = invoiced(&office.world, "Alpha GmbH").await;
    let token = office.token(Role::Accounting).await;
    let path = format!("/documents/{document}/paper");
    let pdf = office.rest(Method::GET, &path, &token, &Value::Null).await;
    assert_eq!(file_due(&office.world, &Gone).await.expect("an answer"), 0);
    let session = office.session(Role::Accounting, None).await;
    let page = office.get("/today", Some(&session)).await;
    assert!(page.body.contains("no such host"), "{}", page.body);
    for role in [Role::Sales, Role::ProjectManager, Role::Staff, Role::Payments] {
        let token = office.token(role).await;
        let refused = office.rest(Method::POST, "/archive/retry", &token, &json!({})).await;
        refused.problem(403, "forbidden");
    }

    let folder = std::env::temp_dir().join("drawdown-tests").join(format!("dd_{}_rest_archive", std::process::id()));
    let archive = server::archive::open(&format!("folder:{}", folder.display())).expect("an address");
    let archive = archive.expect("an archive");
    assert_eq!(file_due(&office.world, archive.as_ref()).await.expect("an answer"), 0, "not yet");
    let done = office.rest(Method::POST, "/archive/retry", &token, &json!({})).await;
    assert_eq!((done.status.as_u16(), done.json()), (200, json!({"papers": 1})));
    assert_eq!(file_due(&office.world, archive.as_ref()).await.expect("an answer"), 1);
    let hash = digest(&pdf.bytes);
    let filed = folder.join("papers").join(&hash[..2]).join(format!("{hash}.pdf"));
    assert!(std::fs::read(&filed).expect("the file") == pdf.bytes, "the bytes that are downloaded");
    let page = office.get("/today", Some(&session)).await;
    assert!(!page.body.contains("no such host"), "{}", page.body);

    let report = verify::verify(&office.world, Some(archive.as_ref())).await.expect("the audit runs");
    assert_eq!(report.faults, []);
    std::fs::write(&filed, "other").expect("somebody changes it");
    let report = verify::verify(&office.world, Some(archive.as_ref())).await.expect("the audit runs");
    assert!(matches!(report.faults.as_slice(), [fault] if fault.what.contains(&document)), "{:?}", report.faults);
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
}

/// Red when: what an archive says is cut off where it becomes useful, or the server does not start without its disk.
#[tokio::test]
async fn an_archive_that_is_no_folder_says_so() {
    let office = Office::new().await;
    let (document, _) = invoiced(&office.world, "Alpha GmbH").await;
    let token = office.token(Role::Accounting).await;
    let path = format!("/documents/{document}/paper");
    assert_eq!(office.rest(Method::GET, &path, &token, &Value::Null).await.status, 200);
    let file = std::env::temp_dir().join("drawdown-tests").join(format!("dd_{}_no_archive", std::process::id()));
    std::fs::write(&file, "no folder").expect("the temporary folder is writable");
    let archive = server::archive::open(&format!("folder:{}", file.display())).expect("an address");
    assert_eq!(file_due(&office.world, archive.expect("an archive").as_ref()).await.expect("an answer"), 0);
    let session = office.session(Role::Sales, None).await;
    let page = office.get("/today", Some(&session)).await;
    assert!(page.body.contains("Not a directory") && page.body.contains("no_archive"), "{}", page.body);
    std::fs::remove_file(&file).expect("the file is ours");
}
