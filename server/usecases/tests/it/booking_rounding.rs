//! How bookings are rounded: as the project says, or as a contract says from whose quota it collects.

use domain::{
    Seconds,
    contracts::Contract,
    splitting::{self, BookingRounding},
};
use usecases::{
    projects,
    testing::{PREPAID, World},
};
use wire::bookings::BookingDraft;

use crate::{
    office::{account, admin, change, given},
    support::assert_sound,
    workshop::{block, book, change_project, delete, effort, me, page, row, set_lines, shop, told},
};

/// At least so many minutes, in steps of so many.
fn rounding(minimum: i64, step: i64) -> BookingRounding {
    BookingRounding::new(Seconds(minimum * 60), Seconds(step * 60)).expect("within a day")
}

/// A twist: bookings are rounded so.
fn rounds(contract: &mut Contract, rounding: BookingRounding) {
    contract.terms.quota.as_mut().expect("a quota").rounding = Some(rounding);
}

/// Red when: a project that says nothing does not round as its contract said on the day of the booking, the browser is
/// told something else, or what a project says itself does not count before that.
async fn a_contract_rounds_where_the_project_says_nothing(world: World) {
    let person = me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let quarters = rounding(30, 15);
    let contract = given(&world, customer, "2026-04-01", |contract| rounds(contract, quarters)).await;
    world.bills(&world.env, "2026-04-15").await;
    let own = shop(&world, customer, vec![block(&world, account(&contract)), effort(&world, "100")]).await;
    let shown = page(&world, own.project).await;
    assert_eq!((shown.rounding, shown.agreed), (None, Some(quarters)));

    // What was agreed first also holds for the days before it was saved.
    let draft = own.draft(&world, "2026-04-10", 31);
    let facts = projects::facts(&world, &admin(), own.project, draft.date, None).await.expect("the facts").facts;
    let seen = Some(splitting::add(&facts, &draft.booking(person)).expect("it fits"));
    let first = book(&world, &BookingDraft { seen, ..draft }).await.expect("it is booked");
    assert_eq!((first.row.seconds, first.row.billed), (Seconds(31 * 60), Seconds(45 * 60)));
    assert_eq!((told(&first.row).as_str(), first.differences.is_empty()), ("Block 45", true));

    let later = world.when("2026-04-20T10:00:00Z");
    change(&later, contract.contract.id, |contract| rounds(contract, rounding(0, 60))).await;
    let before = own.books(&later, "2026-04-19", 31).await;
    let after = own.books(&later, "2026-04-20", 31).await;
    assert_eq!([told(&before), told(&after)], ["Block 45", "Block 60"]);
    // Poured again without being changed, they keep what is billed of them.
    change(&later, contract.contract.id, |contract| rounds(contract, rounding(0, 1))).await;
    delete(&later, &first.row).await.expect("it is deleted");
    assert_eq!([told(&row(&later, before.id).await), told(&row(&later, after.id).await)], ["Block 45", "Block 60"]);

    for (said, expected) in
        [(Some(rounding(0, 10)), "Block 40"), (Some(BookingRounding::default()), "Block 31"), (None, "Block 31")]
    {
        let saved = change_project(&later, own.project, |draft| draft.rounding = said).await;
        assert_eq!((saved.rounding, saved.agreed), (said, Some(rounding(0, 1))));
        assert_eq!(told(&own.books(&later, "2026-04-20", 31).await), expected);
    }
    assert_sound(&world).await;
}

/// Red when: a quota that was taken out of the terms takes the rounding with it as long as there is something to draw; when
/// the account of no contract, or a line that was taken out, rounds.
async fn only_the_contract_of_a_line_rounds(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(&world, customer, "2026-04-01", |contract| rounds(contract, rounding(0, 60))).await;
    world.bills(&world.env, "2026-04-15").await;
    let own = shop(&world, customer, vec![block(&world, account(&contract)), effort(&world, "100")]).await;
    change(&world, contract.contract.id, |contract| contract.terms.quota = None).await;
    assert_eq!(told(&own.books(&world, "2026-04-15", 31).await), "Block 60");

    let prepaid = world.account(customer, PREPAID).await;
    let other = shop(&world, customer, vec![block(&world, prepaid), effort(&world, "90")]).await;
    assert_eq!(page(&world, other.project).await.agreed, None);
    assert_eq!(told(&other.books(&world, "2026-04-15", 20).await), "Effort 20 = 3000");
    set_lines(&world, own.project, vec![effort(&world, "90")]).await.expect("they are saved");
    assert_eq!(told(&own.books(&world, "2026-04-15", 20).await), "Effort 20 = 3000");
    assert_sound(&world).await;
}

on_both!(a_contract_rounds_where_the_project_says_nothing, only_the_contract_of_a_line_rounds);
