//! Documents of as many lines as there may be.

use usecases::{
    documents,
    testing::{World, hours},
};
use wire::documents::MOST_LINES;

use crate::{
    desk::{available, drawn_by, h, held, now, posted, unbilled},
    office::admin,
    support::assert_sound,
};

/// Each line draws: 5 000 draws at once. Red when: draws or releases are posted one by one and somebody waits for it, or
/// a statement gets more values than an engine takes.
async fn a_document_of_five_thousand_lines(world: World) {
    let quota = unbilled(&world, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        quota.amount = domain::quota::Amount::new(h(49));
    })
    .await;
    world.bills(&world.env, "2026-04-15").await;
    let all = vec![hours("0.01", "100"); MOST_LINES];
    let mut draft = world.note_draft(quota.of(), "2026-04-10", &all);
    let saved = world.saves(&draft).await;
    assert_eq!((drawn_by(&world, draft.id).await.len(), held(&world, quota.account).await), (4_900, h(49)));
    draft = now(&draft, &saved.page);
    let again = world.saves(&draft).await;
    assert_eq!(again.page.version, 1);
    draft.lines[0].line.quantity = "0.02".parse().expect("a quantity");
    draft.lines.swap(1, 4_999);
    let saved = world.saves(&draft).await;
    assert_eq!((saved.page.version, posted(&world, quota.account).await.len()), (2, 1 + 4_900 * 2 + 4_899));
    documents::delete(&world, &admin(), draft.id, None).await.expect("it is deleted");
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (0, h(49)));
    assert_sound(&world).await;
}

on_both!(a_document_of_five_thousand_lines);
