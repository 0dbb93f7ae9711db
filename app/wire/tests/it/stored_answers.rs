//! The answers that are kept under idempotency keys: a request that is sent again after an update gets the answer that the
//! version before it kept.
//!
//! Each file in `tests/stored-answers` is an answer as it was kept once. A file never changes. When a type is written in
//! another way than before, the new way gets a file of its own beside the old one, and both are read.

use std::{collections::BTreeSet, fs, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wire::{
    accounts::{CoverAnswer, DrawAnswer, EndAnswer, GrantAnswer, ReleaseAnswer, RevokeAnswer},
    articles::{ArticleRow, Catalogue},
    billing::RunRow,
    bookings::{BookingAnswer, DeletedBooking, MoveView},
    contracts::{Applications, ContractPage, ContractTypePage},
    customers::{AccountRow, CustomerView},
    documents::{DocumentPage, SavedDocument},
    mails::MailsView,
    projects::{ProjectPage, ProjectTemplatePage},
    receipts::{Imported, ReceiptsView},
};

type Reader = fn(&str) -> serde_json::Result<Value>;

/// Each file with what reads it. Numbers and whether something was done are kept as well; they need no file.
const ANSWERS: [(&str, Reader); 25] = [
    ("account", read::<AccountRow>),
    ("applications", read::<Applications>),
    ("article", read::<ArticleRow>),
    ("booking", read::<BookingAnswer>),
    ("catalogue", read::<Catalogue>),
    ("contract", read::<ContractPage>),
    ("contract-type", read::<ContractTypePage>),
    ("cover", read::<CoverAnswer>),
    ("customer", read::<CustomerView>),
    ("deleted-booking", read::<DeletedBooking>),
    ("document", read::<DocumentPage>),
    ("draw", read::<DrawAnswer>),
    ("end", read::<EndAnswer>),
    ("grant", read::<GrantAnswer>),
    ("imported", read::<Imported>),
    ("mails", read::<MailsView>),
    ("moved-bookings", read::<MoveView>),
    ("project", read::<ProjectPage>),
    ("project-template", read::<ProjectTemplatePage>),
    ("receipts", read::<ReceiptsView>),
    ("release", read::<ReleaseAnswer>),
    ("revoke", read::<RevokeAnswer>),
    ("run", read::<RunRow>),
    ("saved-document", read::<SavedDocument>),
    ("timer", read::<Vec<BookingAnswer>>),
];

/// What the present type makes of a text, written again.
fn read<T: Serialize + DeserializeOwned>(text: &str) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_str::<T>(text)?)
}

/// Where what was read says something else than what was kept, or less. It may say more.
fn lost(kept: &Value, read: &Value, at: &str) -> Option<String> {
    match (kept, read) {
        (Value::Object(kept), Value::Object(read)) => kept.iter().find_map(|(name, kept)| match read.get(name) {
            Some(read) => lost(kept, read, &format!("{at}.{name}")),
            None => Some(format!("{at}.{name} is lost")),
        }),
        (Value::Array(kept), Value::Array(read)) if kept.len() == read.len() => {
            let mut both = kept.iter().zip(read).enumerate();
            both.find_map(|(place, (kept, read))| lost(kept, read, &format!("{at}[{place}]")))
        }
        (kept, read) => (kept != read).then(|| format!("{at}: {kept} is read as {read}")),
    }
}

/// Red when: a type that is kept reads no longer what was written of it once, or leaves something of it out.
#[test]
fn what_was_kept_once_is_still_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored-answers");
    let mut wrong = Vec::new();
    for (name, read) in ANSWERS {
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).expect(name);
        let kept: Value = serde_json::from_str(&text).expect(name);
        match read(&text) {
            Ok(read) => wrong.extend(lost(&kept, &read, name)),
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let files = fs::read_dir(&folder).expect("the folder is there");
    let files = files.map(|file| file.expect("it is readable").file_name().to_string_lossy().into_owned());
    let known = ANSWERS.map(|(name, _)| format!("{name}.json"));
    assert_eq!(files.collect::<BTreeSet<_>>(), BTreeSet::from(known), "each file has somebody who reads it");
}
