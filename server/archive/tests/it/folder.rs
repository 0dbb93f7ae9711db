//! An archive in a folder.

use archive::{About, ArchiveError, Filed};
use serde_json::{Value, json};

use crate::{Place, paper};

/// Red when: a paper lies elsewhere, other bytes come back, or what is known of it cannot be read by other programs.
#[tokio::test]
async fn what_is_filed_is_there_and_says_what_it_is() {
    let place = Place::new();
    let archive = place.archive();
    assert!(!place.0.exists(), "nothing is made before something is filed");
    let filed = paper(b"%PDF-1.7 \x00\xff", 8);
    let hash = &filed.about.hash;
    assert_eq!(archive.get(hash).await.expect("an answer"), None);
    assert_eq!(archive.about(hash).await.expect("an answer"), None);
    assert_eq!(archive.hash_of(hash).await.expect("an answer"), None);
    archive.put(&filed).await.expect("it is filed");
    assert_eq!(archive.get(hash).await.expect("an answer").as_ref(), Some(&filed.bytes));
    assert_eq!(archive.about(hash).await.expect("an answer").as_ref(), Some(&filed.about));
    assert_eq!(archive.hash_of(hash).await.expect("an answer").as_ref(), Some(hash));
    assert_eq!(std::fs::read(place.file(hash, "pdf")).expect("the file"), filed.bytes);
    let text = std::fs::read_to_string(place.file(hash, "json")).expect("the file");
    let expected = json!({
        "number": "RE-2026-0007", "kind": "invoice", "customer_number": "10001", "customer": "Müller & Söhne GmbH",
        "date": "2026-04-01", "gross": "475.90", "currency": "EUR", "hash": hash, "template": 1,
        "filed_at": "2026-04-01T08:00:00Z",
    });
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), expected);
    assert_eq!(place.files(), 2);
}

/// Red when: the same again is refused, or changes anything. Whoever never heard that it was filed files it again.
#[tokio::test]
async fn the_same_again_is_the_same() {
    let place = Place::new();
    let (first, again) = (paper(b"one", 8), paper(b"one", 9));
    place.archive().put(&first).await.expect("it is filed");
    place.archive().put(&again).await.expect("it lies there");
    let there = place.archive().about(&first.about.hash).await.expect("an answer");
    assert_eq!(there, Some(first.about.clone()), "the first time stays");
    // The paper was filed and what is known of it was not.
    std::fs::remove_file(place.file(&first.about.hash, "json")).expect("it was there");
    place.archive().put(&again).await.expect("it is filed");
    let there = place.archive().about(&first.about.hash).await.expect("an answer");
    assert_eq!((there, place.files()), (Some(again.about), 2));
}

/// Red when: many who file at once leave half a file, or one of them is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_file_one() {
    let place = Place::new();
    let archive = place.archive();
    let filed = paper(&vec![7; 100_000], 8);
    let all = (0..8).map(|_| archive.put(&filed));
    for one in futures::future::join_all(all).await {
        one.expect("it is filed");
    }
    assert_eq!(archive.get(&filed.about.hash).await.expect("an answer"), Some(filed.bytes));
    assert_eq!(place.files(), 2);
}

/// Red when: something is overwritten, or somebody is told that a paper lies there which does not.
#[tokio::test]
async fn where_something_else_lies_nothing_is_filed() {
    let place = Place::new();
    let archive = place.archive();
    let filed = paper(b"the right one", 8);
    let hash = filed.about.hash.clone();
    archive.put(&filed).await.expect("it is filed");
    for other in ["the wrong one", "longer than the right one", ""] {
        std::fs::write(place.file(&hash, "pdf"), other).expect("somebody changes it");
        let refused = archive.put(&filed).await;
        assert!(matches!(&refused, Err(ArchiveError::Occupied(at)) if at.contains(&hash)), "{other:?}: {refused:?}");
        assert_eq!(std::fs::read_to_string(place.file(&hash, "pdf")).expect("the file"), other);
        assert_ne!(archive.hash_of(&hash).await.expect("an answer"), Some(hash.clone()), "{other:?}");
    }
    std::fs::write(place.file(&hash, "pdf"), &filed.bytes).expect("it is put right");
    archive.put(&filed).await.expect("it lies there");
    let mut otherwise = filed.clone();
    otherwise.about.number = "RE-2026-0008".to_owned();
    let refused = archive.put(&otherwise).await;
    assert!(matches!(&refused, Err(ArchiveError::Occupied(at)) if at.ends_with("json")), "{refused:?}");
    std::fs::write(place.file(&hash, "json"), "{").expect("somebody changes it");
    assert!(matches!(archive.put(&filed).await, Err(ArchiveError::Occupied(_))));
    assert!(matches!(archive.about(&hash).await, Err(ArchiveError::About(_))));
}

/// Red when: damaged bytes are filed, or a name leads out of the folder.
#[tokio::test]
async fn what_is_not_of_its_hash_is_not_filed() {
    let place = Place::new();
    let archive = place.archive();
    let good = paper(b"one", 8);
    let damaged = Filed { bytes: b"two".to_vec(), ..good.clone() };
    assert!(matches!(archive.put(&damaged).await, Err(ArchiveError::NotItsHash(_))));
    let upper = good.about.hash.to_uppercase();
    let shorter = &good.about.hash[1..];
    let outside = format!("../../{}", &good.about.hash[6..]);
    for wrong in [upper.as_str(), shorter, outside.as_str(), "", "é", "."] {
        let about = About { hash: wrong.to_owned(), ..good.about.clone() };
        assert!(archive.put(&Filed { about, bytes: good.bytes.clone() }).await.is_err(), "{wrong}");
        assert!(matches!(archive.get(wrong).await, Err(ArchiveError::NotAHash(_))), "{wrong}");
        assert!(matches!(archive.hash_of(wrong).await, Err(ArchiveError::NotAHash(_))), "{wrong}");
    }
    assert_eq!(place.files(), 0);
}

/// Red when: a folder that cannot be written is taken for one, or stays closed when it is there again.
#[tokio::test]
async fn a_folder_that_is_none_is_an_error_until_it_is_one() {
    let place = Place::new();
    std::fs::write(&place.0, "no folder").expect("the temporary folder is writable");
    let archive = place.archive();
    let filed = paper(b"one", 8);
    let refused = archive.put(&filed).await.expect_err("there is no folder");
    assert!(matches!(refused, ArchiveError::Store(_)), "{refused:?}");
    let said = refused.to_string();
    assert!(said.contains(place.0.to_str().expect("a name")), "{said}");
    assert!(archive.get(&filed.about.hash).await.is_err(), "it is not known whether it is there");
    std::fs::remove_file(&place.0).expect("it was there");
    archive.put(&filed).await.expect("it is filed");
    assert_eq!(archive.get(&filed.about.hash).await.expect("an answer"), Some(filed.bytes));
}
