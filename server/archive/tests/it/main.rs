//! What is filed is there, once and unchanged; what is not as it should be is said and nothing is overwritten.
//!
//! Each test says what turns it red. Buckets are tried by `end2end/tests/archive.spec.ts`, on an S3 of its own.

mod address;
mod folder;

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use archive::{About, Archive, Filed};
use sha2::{Digest, Sha256};

/// A place of its own for a folder, which is not made yet. Removed at the end.
struct Place(PathBuf);

impl Place {
    fn new() -> Place {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let tests = std::env::temp_dir().join("drawdown-tests");
        std::fs::create_dir_all(&tests).expect("the temporary folder is writable");
        Place(tests.join(format!("dd_{}_archive{number}", std::process::id())))
    }

    fn archive(&self) -> Archive {
        Archive::open(&format!("folder:{}", self.0.display())).expect("an address").expect("an archive")
    }

    fn file(&self, hash: &str, ending: &str) -> PathBuf {
        self.0.join("papers").join(&hash[..2]).join(format!("{hash}.{ending}"))
    }

    /// How many files lie there, those that are only half written among them.
    fn files(&self) -> usize {
        fn count(folder: &Path) -> usize {
            let Ok(found) = std::fs::read_dir(folder) else { return 0 };
            let paths = found.map(|entry| entry.expect("an entry").path());
            paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(&self.0)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A paper with these bytes, filed at that hour.
fn paper(bytes: &[u8], hour: u32) -> Filed {
    let hash = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let about = About {
        number: "RE-2026-0007".to_owned(),
        kind: domain::documents::DocumentKind::Invoice,
        customer_number: "10001".to_owned(),
        customer: "Müller & Söhne GmbH".to_owned(),
        date: "2026-04-01".parse().expect("a day"),
        gross: "475.90".parse().expect("an amount"),
        currency: domain::Currency::EUR,
        hash,
        template: 1,
        filed_at: format!("2026-04-01T{hour:02}:00:00Z").parse().expect("an instant"),
    };
    Filed { about, bytes: bytes.to_vec() }
}
