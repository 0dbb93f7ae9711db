//! Addresses of archives.

use archive::{Archive, ArchiveError};

use crate::{Place, paper};

#[test]
fn without_an_address_there_is_no_archive() {
    for nothing in ["", "  ", "\n"] {
        assert!(Archive::open(nothing).expect("an address").is_none(), "{nothing:?}");
    }
}

/// Red when: a slip of the pen is taken for an archive, or an error repeats what may be a password.
#[test]
fn what_is_no_address_is_said() {
    for wrong in [
        "data/archive",
        "folder:",
        "folder",
        "file:///data",
        "s3:bucket",
        "s3://",
        "s3:///papers",
        "S3://bucket",
        "https://bucket.s3.amazonaws.com",
        "s3://key:geheim@bucket/papers",
        "ftp://anna:geheim@host/papers",
        "s3://bucket?region=x",
    ] {
        let refused = Archive::open(wrong).expect_err("it is none");
        assert!(matches!(refused, ArchiveError::Address(_)), "{wrong}: {refused:?}");
        assert!(!refused.to_string().contains("geheim"), "{refused}");
    }
    for wrong in ["s3://bucket/a//b", "s3://bucket/../b"] {
        assert!(matches!(Archive::open(wrong), Err(ArchiveError::Store(_))), "{wrong}");
    }
}

/// Red when: the system's TLS is not what was chosen, so that the first request would panic.
#[test]
fn a_bucket_is_known_by_its_address_alone() {
    for right in ["s3://papers", "s3://papers/", "s3://papers/musterhaus/2026"] {
        assert!(Archive::open(right).expect("an address").is_some(), "{right}");
    }
}

/// Red when: a folder is sought elsewhere than its path says.
#[tokio::test]
async fn a_folder_may_be_called_as_people_call_folders() {
    let place = Place::new();
    let filed = paper(b"one", 8);
    for name in ["Meine Ablage 100 %", "Büro #1", "a/../b", "./c/"] {
        let path = place.0.join(name);
        let archive = Archive::open(&format!("folder:{}", path.display())).expect("an address").expect("an archive");
        archive.put(&filed).await.expect("it is filed");
        let hash = &filed.about.hash;
        let plain = name.replace("a/../", "");
        let there = place.0.join(plain).join("papers").join(&hash[..2]).join(format!("{hash}.pdf"));
        assert_eq!(std::fs::read(&there).expect("the file"), filed.bytes, "{name}");
    }
    assert!(!place.0.join("a").exists());
}
