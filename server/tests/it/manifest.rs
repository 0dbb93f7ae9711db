//! With what the phone is installed.

use std::{fs, path::Path};

use domain::Role;
use serde_json::{Value, json};
use server::config::Config;

use crate::support::{Office, config};

/// Width and height as a PNG says them.
fn pixels(png: &[u8]) -> (u32, u32) {
    assert_eq!(png.get(1..4), Some(b"PNG".as_slice()));
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

/// Red when: another front can be installed, what is installed starts elsewhere, or an icon is missing, of another size
/// than said or cut by round frames.
#[tokio::test]
async fn the_phone_alone_is_installed_and_its_icons_are_there() {
    let site = std::env::temp_dir().join(format!("drawdown-manifest-{}", std::process::id()));
    let folder = site.join("office");
    fs::create_dir_all(&folder).expect("a folder");
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public");
    for file in fs::read_dir(public).expect("what is public") {
        let file = file.expect("a file");
        if file.path().is_file() {
            fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
        }
    }
    let office = Office::with(Config { site: site.clone(), ..config() }).await;
    let manifest = office.get("/manifest.webmanifest", None).await;
    assert_eq!((manifest.status.as_u16(), manifest.header("content-type")), (200, "application/manifest+json"));
    let manifest = manifest.json();
    assert_eq!((&manifest["start_url"], &manifest["display"]), (&json!("/phone"), &json!("standalone")));

    let icons = manifest["icons"].as_array().expect("icons");
    for icon in icons {
        let address = icon["src"].as_str().expect("an address");
        let served = office.get(address, None).await;
        let kind = icon["type"].as_str().expect("a type");
        assert_eq!((served.status.as_u16(), served.header("content-type")), (200, kind), "{address}");
        if kind == "image/png" {
            let (width, height) = pixels(&served.bytes);
            assert_eq!(icon["sizes"], format!("{width}x{height}"), "{address}");
        }
    }
    for size in ["192x192", "512x512"] {
        for purpose in [Value::Null, json!("maskable")] {
            let there = icons.iter().any(|icon| icon["sizes"] == size && icon["purpose"] == purpose);
            assert!(there, "{size} {purpose}");
        }
    }

    let customer = office.world.customer("Alpha GmbH").await;
    let own = office.session(Role::Customer, Some(customer)).await;
    let staff = office.session(Role::Accounting, None).await;
    for (page, session, installed) in [
        ("/phone", None, true),
        ("/phone", Some(&staff), true),
        ("/sign-in", None, false),
        ("/customers", Some(&staff), false),
        ("/portal", Some(&own), false),
    ] {
        let answer = office.get(page, session.map(String::as_str)).await;
        assert_eq!((answer.status.as_u16(), answer.body.contains("rel=\"manifest\"")), (200, installed), "{page}");
    }
    fs::remove_dir_all(&site).expect("removed");
}
