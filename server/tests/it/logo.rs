//! The logo over HTTP: chosen by the server function, looked at by the settings page, printed on papers.

use app::settings::{RemoveLogo, SaveLogo};
use axum::http::Method;
use domain::Role;
use server_fn::ServerFn;
use store::Engine;
use texts::Lang;
use wire::{paper::Logo, settings::LogoFault};

use crate::{
    rest_receipts::invoiced,
    support::{Answer, Office, PIXEL, form, request},
};

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20" onload="alert(1)"><script>alert(1)</script><rect width="60" height="20" fill="#0f5c4d"/></svg>"##;

async fn save(office: &Office, session: &str, version: &str, file: &str) -> Answer {
    office.post(SaveLogo::PATH, Some(session), &form(&[("form[version]", version), ("form[file]", file)])).await
}

/// What was refused and where.
fn refused(answer: &Answer) -> (u16, String, String) {
    let field = &answer.json()["Refused"]["refusal"]["fields"][0];
    let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("field"), text("text"))
}

/// Red when: an SVG that somebody uploaded can do anything as a page of ours, or somebody sees it who may not.
#[tokio::test]
async fn the_picture_is_served_so_that_it_can_do_nothing() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    let nobody = office.get("/settings/logo", None).await;
    assert_eq!((nobody.status.as_u16(), nobody.header("location")), (303, "/sign-in?next=/settings"));
    assert_eq!(office.get("/settings/logo", Some(&session)).await.status, 404);
    let sales = office.session(Role::Sales, None).await;
    for (version, file, kind, begins) in
        [("0", PIXEL, "image/png", b"\x89PNG".as_slice()), ("1", SVG, "image/svg+xml", b"<svg ")]
    {
        let saved = save(&office, &session, version, file).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let picture = office.get(&format!("/settings/logo?v={version}"), Some(&session)).await;
        assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, kind));
        assert!(picture.bytes.starts_with(begins), "{:.20}", picture.body);
        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        assert_eq!(picture.header("content-security-policy"), policy);
        assert_eq!(picture.header("x-content-type-options"), "nosniff");
        assert_eq!(picture.header("cache-control"), "no-store");
        assert_eq!(office.get("/settings/logo", Some(&sales)).await.status, 403);
    }
    // The page shows it as a picture and holds nothing of it.
    let page = office.get("/settings", Some(&session)).await;
    assert!(page.body.contains("src=\"/settings/logo?v=2\""), "{}", page.body);
    assert!(!page.body.contains("alert(1)") && !page.body.contains("fill=\"#0f5c4d\""), "{}", page.body);
    let taken = office.post(RemoveLogo::PATH, Some(&session), &form(&[("version", "2")])).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert_eq!(office.get("/settings/logo", Some(&session)).await.status, 404);
}

/// Red when: a picture is kept that cannot be printed, or the answer carries the file back.
#[tokio::test]
async fn what_cannot_be_printed_is_refused_at_its_field() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    let before = office.books().await;
    let large = format!("<svg>{}</svg>", " ".repeat(256 << 10));
    for (file, fault) in [
        ("", LogoFault::Empty),
        ("R0lGODlh", LogoFault::NotAPicture),
        // Cut off behind width and height.
        (&PIXEL[..44], LogoFault::Broken),
        ("<svg", LogoFault::Broken),
        (large.as_str(), LogoFault::TooLarge { most: Logo::MOST_BYTES, found: large.len() }),
    ] {
        let answer = save(&office, &session, "0", file).await;
        let (status, field, why) = refused(&answer);
        assert_eq!((status, field.as_str(), why), (422, "file", fault.text(Lang::De)), "{fault:?}");
        assert!(answer.body.len() < 1_000, "{fault:?}: {} bytes came back", answer.body.len());
    }
    assert_eq!(office.books().await, before);
    // A browser without JavaScript is led back to the page, by an address that is not as long as the picture.
    let plain = request(Method::POST, SaveLogo::PATH, Some(&session))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html,*/*;q=0.8")
        .header("referer", "http://drawdown.test/settings")
        .body(form(&[("form[version]", "0"), ("form[file]", &large)]).into());
    let answer = office.send(plain.expect("a request")).await;
    assert!(answer.status.is_redirection(), "{}", answer.status);
    let address = answer.header("location");
    assert!(address.contains("/settings?") && address.len() < 2_000, "{address:.200}");
}

/// Whether a picture of pixels is in a PDF.
fn has_picture(pdf: &Answer) -> bool {
    assert!(pdf.bytes.starts_with(b"%PDF-"), "{} {:.200}", pdf.status, pdf.body);
    pdf.body.replace(' ', "").contains("/Subtype/Image")
}

/// Red when: the logo is not on the papers of what is issued afterwards, or is on others.
#[tokio::test]
async fn what_is_issued_afterwards_has_the_logo_on_its_paper() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let office = Office::on(engine).await;
        let session = office.session(Role::Accounting, None).await;
        let (before, _) = invoiced(&office.world, "Alpha GmbH").await;
        assert_eq!(save(&office, &session, "0", PIXEL).await.status, 200);
        let (after, _) = invoiced(&office.world, "Beta GmbH").await;
        let taken = office.post(RemoveLogo::PATH, Some(&session), &form(&[("version", "1")])).await;
        assert_eq!(taken.status, 200, "{}", taken.body);
        let (last, _) = invoiced(&office.world, "Gamma GmbH").await;
        for (document, expected) in [(before, false), (after, true), (last, false)] {
            let paper = office.get(&format!("/documents/{document}/paper.pdf"), Some(&session)).await;
            assert_eq!(has_picture(&paper), expected, "{document} on {engine:?}");
        }
    }
}
