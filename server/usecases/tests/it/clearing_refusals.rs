//! What saving, deleting and invoicing refuse; nothing has changed then.

use domain::{ArticleId, ContractId, Currency, CustomerId, DocumentId, GroupId, documents::DocumentKind};
use usecases::{
    documents,
    testing::{World, day, hours, problem, with_key},
};
use wire::{
    FieldReason, Noun, Problem,
    documents::{DocumentDraft, DraftLine, MOST_LINES},
};

use crate::{
    desk::{april, drawn_by, lines, note, now, pieces, posted, refused, with_quota},
    office::{admin, all_documents, bills_drafts, document, fields},
    support::{assert_sound, books},
};

/// What is twisted, and the field at which it is told.
type Twist = (&'static str, Box<dyn Fn(&mut DocumentDraft)>);

/// Red when: a line that clears nothing is not looked at; when the database is asked whether an id is taken.
async fn what_is_not_there_is_told_at_its_field(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1", "1"]).await;
    let (other, _) = note(&world, &quota, &["0.5"]).await;
    let (unknown, taken) = (world.id(), other.lines[0].id);
    let twists: Vec<Twist> = vec![
        ("customer", Box::new(move |draft| draft.customer = CustomerId::new(unknown))),
        ("lines.1.contract", Box::new(move |draft| draft.lines[1].contract = Some(ContractId::new(unknown)))),
        (
            "lines.0.contract",
            Box::new(move |draft| {
                draft.lines[0].contract = Some(ContractId::new(unknown));
                draft.lines[0].clears = false;
            }),
        ),
        ("lines.1.article", Box::new(move |draft| draft.lines[1].line.article = Some(ArticleId::new(unknown)))),
        ("lines.0.group", Box::new(move |draft| draft.lines[0].line.group = Some(GroupId::new(unknown)))),
        ("lines.1.id", Box::new(move |draft| draft.lines[1].id = taken)),
        ("lines", Box::new(|draft| draft.lines[1].id = draft.lines[0].id)),
        ("kind", Box::new(|draft| draft.kind = DocumentKind::ContractInvoice)),
        ("payment_days", Box::new(|draft| draft.payment_days = 3_651)),
    ];
    let before = books(&world).await;
    for (field, twist) in &twists {
        let mut new = world.note_draft(quota.of(), "2026-04-10", &lines(&["1", "1"]));
        twist(&mut new);
        let told = refused(&world, &new).await;
        assert_eq!(fields(&told), [*field], "a new one: {told:?}");
        let mut changed = draft.clone();
        twist(&mut changed);
        let told = refused(&world, &changed).await;
        assert_eq!(fields(&told), [*field], "a changed one: {told:?}");
    }
    for (field, twist) in [
        ("kind", Box::new(|draft: &mut DocumentDraft| draft.kind = DocumentKind::Invoice) as Box<dyn Fn(&mut _)>),
        ("currency", Box::new(|draft: &mut DocumentDraft| draft.currency = Currency::CHF)),
    ] {
        let mut changed = draft.clone();
        twist(&mut changed);
        assert_eq!(refused(&world, &changed).await, Problem::field(field, FieldReason::NotOneOf));
    }
    let mut long = world.note_draft(quota.of(), "2026-04-10", &[]);
    long.lines = vec![draft.lines[0].clone(); MOST_LINES + 1];
    assert!(fields(&refused(&world, &long).await).contains(&"lines"));
    // Each line fits, all together do not.
    let much = vec![pieces("1000000", "1000000000"); 93];
    let mut sum = world.note_draft(quota.of(), "2026-04-10", &much);
    sum.lines.iter_mut().for_each(|line| line.contract = None);
    let told = refused(&world, &sum).await;
    assert_eq!(fields(&told), ["lines"], "{told:?}");
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: version 0 overwrites, or an old version wins.
async fn other_content_needs_the_present_version(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1"]).await;
    let mut changed = draft.clone();
    changed.lines[0].line.quantity = "2".parse().expect("a quantity");
    let before = books(&world).await;
    for (version, expected) in [(0, Problem::SameId), (2, Problem::Changed), (-1, Problem::Changed)] {
        assert_eq!(refused(&world, &DocumentDraft { version, ..changed.clone() }).await, expected, "{version}");
    }
    let gone = DocumentDraft { id: DocumentId::new(world.id()), ..changed.clone() };
    assert_eq!(refused(&world, &gone).await, Problem::NotFound { what: Noun::Document });
    assert_eq!(books(&world).await, before);
    assert_eq!(world.saves(&changed).await.page.version, 2);
    // Of two who began with the same version, the second is told.
    assert_eq!(refused(&world, &DocumentDraft { payment_days: 7, ..draft }).await, Problem::Changed);
    assert_sound(&world).await;
}

/// What is issued, and what billing made, is nothing that people type.
async fn only_drafts_of_their_kinds_are_saved_and_deleted(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1"]).await;
    world.issues(draft.id).await;
    bills_drafts(&world.when("2026-05-01T10:00:00Z"), "2026-05-01").await;
    let billed = all_documents(&world).await.into_iter().find(|row| row.number.is_none()).expect("a draft").id;
    let unknown = DocumentId::new(world.id());
    let before = books(&world).await;
    for id in [draft.id, billed] {
        let draft = DocumentDraft { id, version: 1, ..draft.clone() };
        // Lines of its own, so that nothing else is wrong.
        let lines = world.note_draft(quota.of(), "2026-04-10", &lines(&["1"])).lines;
        assert_eq!(refused(&world, &DocumentDraft { lines, ..draft.clone() }).await, Problem::NotADraft);
        // What billing made is deleted by whoever cancels, not typed.
        if id != billed {
            let told = documents::delete(&world, &admin(), id, None).await.expect_err("it stays");
            assert_eq!(problem(told), Problem::NotADraft);
        }
        let told = documents::editor(&world, &admin(), Some(id), None).await.expect_err("nothing is edited");
        assert_eq!(problem(told), Problem::NotADraft);
    }
    let told = documents::delete(&world, &admin(), unknown, None).await.expect_err("there is none");
    assert_eq!(problem(told), Problem::NotFound { what: Noun::Document });
    for (from, id) in [(billed, unknown), (unknown, unknown)] {
        let told = documents::invoice(&world, &admin(), from, id).await.expect_err("no delivery note");
        assert_eq!(problem(told), Problem::NotFound { what: Noun::Document });
    }
    let empty = world.note_draft(quota.of(), "2026-04-10", &[]);
    assert_eq!(books(&world).await, before);
    world.saves(&empty).await;
    let before = books(&world).await;
    let told = documents::issue(&world, &admin(), empty.id).await.expect_err("it has no line");
    assert_eq!(problem(told), Problem::field("lines", FieldReason::Missing));
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// The contract of another customer clears nothing, and says whose it is.
async fn the_contract_of_another_customer_is_no_quota(world: World) {
    let quota = april(&world).await;
    let other = with_quota(&world, world.customer("Beta AG").await, |_| {}).await;
    world.bills(&world.env, "2026-04-15").await;
    let draft = world.note_draft((quota.customer, other.contract), "2026-04-10", &[hours("1", "100")]);
    let saved = world.saves(&draft).await;
    let reason = saved.reconciled.lines[0].outcome.reason();
    assert_eq!(reason, Some(&domain::clearing::Reason::OtherCustomer { customer: other.customer }));
    assert_eq!(posted(&world, other.account).await.len(), 1);
    // The customer of a draft never changes: what it holds would be another's.
    let changed = DocumentDraft { customer: other.customer, ..now(&draft, &saved.page) };
    assert_eq!(refused(&world, &changed).await, Problem::field("customer", FieldReason::NotOneOf));
    assert_sound(&world).await;
}

/// A request that is sent again under its key is answered again; other content under it is refused.
async fn a_key_stands_for_one_request(world: World) {
    let quota = april(&world).await;
    let draft = world.note_draft(quota.of(), "2026-04-10", &lines(&["1"]));
    let call = with_key(admin(), "save", "hash");
    let first = documents::save(&world, &call, draft.clone()).await.expect("it is saved");
    let before = books(&world).await;
    assert_eq!(documents::save(&world, &call, draft.clone()).await.expect("the same answer"), first);
    let other = with_key(admin(), "save", "other");
    let told = documents::save(&world, &other, draft.clone()).await.map(drop).expect_err("another request");
    assert_eq!(problem(told), Problem::SameId);
    assert_eq!(books(&world).await, before);
    let call = with_key(admin(), "delete", "hash");
    for _ in 0..2 {
        documents::delete(&world, &call, draft.id, None).await.expect("it is deleted");
    }
    assert_sound(&world).await;
}

/// What a draft holds is released by the draft and by nobody else. Red when: a draw of a document is released by hand.
async fn draws_of_documents_are_not_released_by_hand(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1"]).await;
    for issued in [false, true] {
        if issued {
            world.issues(draft.id).await;
        }
        let before = books(&world).await;
        let draw = drawn_by(&world, draft.id).await[0].draw;
        let told = world.releases(quota.account, draw).await.expect_err("it belongs to a document");
        assert_eq!(problem(told), Problem::OfDocument);
        assert_eq!(books(&world).await, before);
    }
    assert_sound(&world).await;
}

/// Closed books release and draw nothing anew.
async fn closed_books_take_what_a_draft_held(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1"]).await;
    let settings = usecases::settings::page(&world, &admin()).await.expect("the settings").settings;
    let closed = wire::settings::Settings { books_closed_until: Some(day("2026-04-11")), ..settings };
    usecases::settings::save(&world, &admin(), closed).await.expect("they are saved");
    let saved = world.saves(&draft).await;
    assert_eq!(crate::desk::outcomes(&saved), [("books_closed", 0, 0)]);
    assert_eq!(crate::desk::held(&world, quota.account).await, 0);
    assert_sound(&world).await;
}

/// A line keeps its id when it is edited in another document's place: the document itself may have it.
async fn a_line_may_come_back_to_its_document(world: World) {
    let quota = april(&world).await;
    let (mut draft, _) = note(&world, &quota, &["1", "1"]).await;
    let gone: DraftLine = draft.lines.remove(0);
    let saved = world.saves(&draft).await;
    let mut draft = now(&draft, &saved.page);
    draft.lines.push(gone);
    assert_eq!(world.saves(&draft).await.page.lines.len(), 2);
    assert_eq!(document(&world, draft.id).await.version, 3);
    assert_sound(&world).await;
}

on_both!(
    what_is_not_there_is_told_at_its_field,
    other_content_needs_the_present_version,
    only_drafts_of_their_kinds_are_saved_and_deleted,
    the_contract_of_another_customer_is_no_quota,
    a_key_stands_for_one_request,
    draws_of_documents_are_not_released_by_hand,
    closed_books_take_what_a_draft_held,
    a_line_may_come_back_to_its_document,
);
