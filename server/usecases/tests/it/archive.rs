//! The archive: what was set is filed once with the bytes that are kept, and an archive that is gone stops nobody.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{DocumentId, Role};
use futures::future::BoxFuture;
use store::{
    filings::{self, StoredFiling},
    papers as kept,
    testing::{begin, commit, execute},
};
use usecases::{
    archive::{self, Filer},
    papers::{self, Setter},
    people::digest,
    testing::{World, as_role, instant, problem},
    today, verify,
};
use wire::{
    Problem,
    archive::Filed,
    documents::DocumentRow,
    paper::{Input, TEMPLATE_VERSION},
};

use crate::{
    office::admin,
    receipts::invoice,
    support::{assert_sound, books},
};

/// An archive that somebody can switch off. Takes nothing whose bytes are not those of its hash, and counts how often
/// it was asked to file something.
#[derive(Default)]
struct Shelf {
    papers: Mutex<HashMap<String, Filed>>,
    off: Mutex<Option<&'static str>>,
    asked: AtomicUsize,
}

impl Shelf {
    fn switch(&self, off: Option<&'static str>) {
        *self.off.lock().expect("a lock") = off;
    }

    fn answers(&self) -> Result<(), String> {
        self.off.lock().expect("a lock").map_or(Ok(()), |why| Err(why.to_owned()))
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn paper(&self, hash: &str) -> Filed {
        self.papers.lock().expect("a lock").get(hash).cloned().expect("it is filed")
    }
}

impl Filer for Shelf {
    fn file(&self, filed: Filed) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.answers()?;
            if digest(&filed.bytes) != filed.about.hash {
                return Err("other bytes".to_owned());
            }
            self.papers.lock().expect("a lock").insert(filed.about.hash.clone(), filed);
            Ok(())
        })
    }

    fn hash_of<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Option<String>, String>> {
        Box::pin(async move {
            self.answers()?;
            Ok(self.papers.lock().expect("a lock").get(hash).map(|filed| digest(&filed.bytes)))
        })
    }
}

/// Sets a paper as its input in JSON.
fn setter() -> Setter {
    Arc::new(|input: &Input| serde_json::to_vec(input).map_err(|error| error.to_string()))
}

/// An invoice whose paper is set.
async fn set(world: &World, name: &str) -> DocumentRow {
    let row = invoice(world, name).await;
    assert!(papers::set_due(world, &setter()).await.expect("they are set") > 0);
    row
}

async fn filing(world: &World, id: DocumentId) -> StoredFiling {
    filings::get(&mut world.db.read().await.expect("a read"), id).await.expect("a read").expect("it has a paper")
}

/// What is kept of a paper: its bytes, and their hash.
async fn paper(world: &World, id: DocumentId) -> (Vec<u8>, String) {
    let mut tx = world.db.read().await.expect("a read");
    let bytes = kept::set(&mut tx, id).await.expect("a read").expect("it is set").bytes;
    let hash = kept::get(&mut tx, id).await.expect("a read").expect("it is there").bytes_hash;
    (bytes, hash.expect("it is set"))
}

/// What Today says of the archive.
async fn told(world: &World) -> Option<(u64, String)> {
    today::page(world, &as_role(Role::Sales)).await.expect("the page of the day").unfiled
}

/// Red when: a paper is filed before it is set, twice or never, with other bytes, or under a wrong name.
async fn a_paper_is_filed_once_with_the_bytes_that_are_kept(world: World) {
    let shelf = Shelf::default();
    let one = invoice(&world, "Alpha GmbH").await;
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 0, "it is not set yet");
    let two = set(&world, "Müller & Söhne GmbH").await;
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 2);
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 0);
    assert_eq!(shelf.asked(), 2, "once each");
    for row in [&one, &two] {
        let (bytes, hash) = paper(&world, row.id).await;
        let filed = shelf.paper(&hash);
        assert!(filed.bytes == bytes && digest(&bytes) == hash, "the bytes that are kept");
        let about = filed.about;
        assert_eq!((Some(&about.number), about.kind, about.date), (row.number.as_ref(), row.kind, row.date));
        assert_eq!((&about.customer_number, &about.customer), (&row.customer.number, &row.customer.name));
        assert_eq!((about.gross.to_string().as_str(), about.currency.code()), ("475.99", "EUR"));
        assert_eq!((about.hash, about.template, about.filed_at), (hash, TEMPLATE_VERSION, world.now()));
        let found = filing(&world, row.id).await;
        assert_eq!((found.filed_at, found.due_at, found.attempts, found.error), (Some(world.now()), None, 1, None));
    }
    assert_eq!(told(&world).await, None);
    assert_sound(&world).await;
}

/// Red when: a paper that a newer program sets is filed as set from the template that there was when it was issued.
async fn a_paper_is_filed_with_the_template_from_which_it_was_set(world: World) {
    let shelf = Shelf::default();
    let row = invoice(&world, "Alpha GmbH").await;
    let mut tx = begin(&world.db).await;
    execute(&mut tx, "UPDATE papers SET template = 0").await.expect("it was issued before");
    commit(tx).await;
    assert!(papers::set_due(&world, &setter()).await.expect("it is set") > 0);
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 1);
    let (_, hash) = paper(&world, row.id).await;
    assert_eq!(shelf.paper(&hash).about.template, TEMPLATE_VERSION);
    assert_sound(&world).await;
}

/// Red when: an archive that is gone stops the business, is asked again at once, is not shown, or stays forgotten.
async fn an_archive_that_is_gone_stops_nobody(world: World) {
    let shelf = Shelf::default();
    shelf.switch(Some("no such\nhost"));
    let one = set(&world, "Alpha GmbH").await;
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 0);
    assert_eq!(told(&world).await, Some((1, "no such host".to_owned())));
    let found = filing(&world, one.id).await;
    let again = instant("2026-04-15T10:01:00Z");
    assert_eq!((found.attempts, found.due_at, found.filed_at), (1, Some(again), None));
    // Everything else goes on.
    let two = set(&world, "Beta GmbH").await;
    let pdf = papers::pdf(&world, &admin(), one.id, &setter()).await.expect("a paper");
    assert_eq!(pdf.bytes, paper(&world, one.id).await.0);
    shelf.switch(Some("the disk is full"));
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 0);
    assert_eq!((shelf.asked(), filing(&world, two.id).await.attempts), (2, 1), "the first one is not due");
    assert_eq!(told(&world).await.map(|(papers, _)| papers), Some(2));
    // Twice as long each time.
    let later = world.when("2026-04-15T10:01:00Z");
    assert_eq!(archive::file_due(&later, &shelf).await.expect("an answer"), 0);
    assert_eq!(filing(&world, one.id).await.due_at, Some(instant("2026-04-15T10:03:00Z")));
    assert_eq!(told(&world).await, Some((2, "the disk is full".to_owned())));
    assert_sound(&world).await;
    shelf.switch(None);
    assert_eq!(archive::file_due(&later, &shelf).await.expect("an answer"), 0, "not yet");
    let later = world.when("2026-04-15T10:03:00Z");
    assert_eq!(archive::file_due(&later, &shelf).await.expect("an answer"), 2);
    for row in [&one, &two] {
        let (bytes, hash) = paper(&world, row.id).await;
        assert_eq!(shelf.paper(&hash).bytes, bytes);
    }
    assert_eq!(told(&world).await, None);
    assert_sound(&world).await;
}

/// Red when: somebody has to wait who does not want to, or whoever does not bill decides that.
async fn what_could_not_be_filed_is_tried_when_somebody_asks(world: World) {
    let shelf = Shelf::default();
    shelf.switch(Some("no such host"));
    set(&world, "Alpha GmbH").await;
    assert_eq!(archive::file_now(&world, &admin()).await.expect("an answer"), 0, "nothing has failed");
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 0);
    shelf.switch(None);
    let before = books(&world).await;
    for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::Admin | Role::Accounting)) {
        let refused = archive::file_now(&world, &as_role(role)).await.map_err(problem);
        assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{role:?}: {refused:?}");
    }
    assert_eq!(books(&world).await, before);
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 0, "not yet");
    assert_eq!(archive::file_now(&world, &as_role(Role::Accounting)).await.expect("it is noted"), 1);
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 1);
    assert_eq!(archive::file_now(&world, &admin()).await.expect("an answer"), 0);
    assert_eq!(told(&world).await, None);
}

/// Red when: two processes file the same paper.
async fn two_processes_at_once_file_once(world: World) {
    for name in ["Alpha GmbH", "Beta GmbH", "Gamma GmbH"] {
        set(&world, name).await;
    }
    let other = World::open(world.url.clone(), 3).await;
    let shelf = Shelf::default();
    let (here, there) = tokio::join!(archive::file_due(&world, &shelf), archive::file_due(&other, &shelf));
    let filed = here.expect("an answer") + there.expect("an answer");
    assert_eq!((filed, shelf.asked()), (3, 3));
    assert_eq!(archive::file_due(&other, &shelf).await.expect("an answer"), 0);
}

/// Red when: a paper is filed that is not the one that was set, or one that fails stops the others.
async fn what_is_damaged_is_not_taken_for_filed(world: World) {
    let (one, two) = (set(&world, "Alpha GmbH").await, set(&world, "Beta GmbH").await);
    let mut tx = begin(&world.db).await;
    let damage = format!("UPDATE papers SET bytes = 'x' WHERE document_id = '{}'", one.id);
    execute(&mut tx, &damage).await.expect("the damage is done");
    commit(tx).await;
    let shelf = Shelf::default();
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 1);
    assert!(filing(&world, two.id).await.filed_at.is_some());
    assert_eq!(filing(&world, one.id).await.error.as_deref(), Some("other bytes"));
}

/// Red when: the archive loses or changes a paper and the audit says that all is well, or goes on asking one that is
/// gone.
async fn the_audit_compares_what_was_filed(world: World) {
    let shelf = Shelf::default();
    let (one, two) = (set(&world, "Alpha GmbH").await, set(&world, "Beta GmbH").await);
    assert_eq!(archive::file_due(&world, &shelf).await.expect("an answer"), 2);
    // What is not filed yet need not be there.
    let three = set(&world, "Gamma GmbH").await;
    let faults = async || {
        let report = verify::verify(&world, Some(&shelf)).await.expect("a report");
        report.faults.into_iter().map(|fault| fault.what).collect::<Vec<_>>()
    };
    assert_eq!(faults().await, Vec::<String>::new());
    let (_, hash) = paper(&world, one.id).await;
    let filed = shelf.paper(&hash);
    let other = Filed { bytes: vec![1], ..filed.clone() };
    shelf.papers.lock().expect("a lock").insert(hash.clone(), other);
    assert_eq!(faults().await, [format!("the paper of document {}: the archive has other bytes of it", one.id)]);
    shelf.papers.lock().expect("a lock").remove(&hash);
    assert_eq!(faults().await, [format!("the paper of document {}: it was filed and is not in the archive", one.id)]);
    shelf.papers.lock().expect("a lock").clear();
    assert_eq!(faults().await.len(), 2, "{} and {}", one.id, two.id);
    shelf.switch(Some("no such host"));
    let told = faults().await;
    assert!(matches!(told.as_slice(), [one] if one.ends_with("the archive does not say what it has: no such host")));
    // Without an archive nobody asks it; what neither waits nor is filed is found all the same.
    assert_sound(&world).await;
    for damage in ["file_due_at = NULL", "filed_at = set_at"] {
        let mut tx = begin(&world.db).await;
        let sql = format!("UPDATE papers SET {damage} WHERE document_id = '{}'", three.id);
        execute(&mut tx, &sql).await.expect("the damage is done");
        commit(tx).await;
        let report = verify::verify(&world, None).await.expect("a report");
        let found = report.faults.iter().any(|fault| fault.what.contains("neither filed nor waits"));
        assert_eq!(found, damage == "file_due_at = NULL", "{damage}: {:?}", report.faults);
    }
}

on_both!(
    a_paper_is_filed_with_the_template_from_which_it_was_set,
    a_paper_is_filed_once_with_the_bytes_that_are_kept,
    an_archive_that_is_gone_stops_nobody,
    what_could_not_be_filed_is_tried_when_somebody_asks,
    two_processes_at_once_file_once,
    what_is_damaged_is_not_taken_for_filed,
    the_audit_compares_what_was_filed,
);
