//! Billing: the example of the rules, from the contract to the second year.

use domain::{Role, quota::Amount};
use usecases::{
    contracts, documents,
    testing::{HOUR, World, as_role, day},
};
use wire::contracts::ContractDraft;

use crate::support::assert_sound;

fn money(page: &wire::documents::DocumentPage) -> (i64, i64, i64) {
    (page.totals.net, page.totals.vat, page.totals.gross)
}

async fn the_contract_of_seed_001_is_billed_month_by_month(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let april = world.when("2026-04-01T08:00:00Z");
    let contract = world.contract(world.contract_draft(customer, "2026-04-01")).await;
    let id = contract.contract.id;

    let run = world.bills(&april, "2026-04-01").await;
    assert_eq!((run.row.totals.billed, run.row.totals.invoices, run.row.totals.failed), (1, 1, 0));
    let (document, number) = run.items[0].document.clone().expect("an invoice");
    assert_eq!(number.as_deref(), Some("RE-2026-00001"));
    let invoice = documents::page(&april, &as_role(Role::Admin), document).await.expect("the invoice");
    assert_eq!(money(&invoice), (39_999, 7_600, 47_599));
    assert_eq!((invoice.row.date, invoice.row.due_on), (day("2026-04-01"), day("2026-04-15")));
    let page = contracts::page(&april, &as_role(Role::Admin), id).await.expect("the contract");
    let lot = &page.claims[0].lots[0];
    let state = lot.state.as_ref().expect("the lot");
    assert_eq!((state.lot.amount, state.lot.valid.from), (Amount::new(4 * HOUR), day("2026-04-01")));
    assert_eq!(state.lot.valid.until, Some(day("2026-05-01")));

    let again = world.bills(&april, "2026-04-01").await;
    assert_eq!((again.row.totals.billed, again.items.len()), (0, 0));

    let june = world.when("2026-06-15T08:00:00Z");
    let run = world.bills(&june, "2026-06-15").await;
    assert_eq!(run.items.iter().map(|item| item.period).collect::<Vec<_>>(), [1, 2]);

    // Raised in June: June stays, July gets more.
    let page = contracts::page(&june, &as_role(Role::Admin), id).await.expect("the contract");
    let mut raised = page.contract.clone();
    raised.terms.quota.as_mut().expect("a quota").amount = Amount::new(6 * HOUR);
    let draft = ContractDraft {
        version: page.version,
        number: page.card.number.clone(),
        contract_type: None,
        responsible: String::new(),
        reference: String::new(),
        contract: raised,
    };
    contracts::save(&world.when("2026-06-20T08:00:00Z"), &as_role(Role::Sales), draft).await.expect("it is saved");
    let july = world.when("2026-07-01T08:00:00Z");
    world.bills(&july, "2026-07-01").await;
    let page = contracts::page(&july, &as_role(Role::Admin), id).await.expect("the contract");
    let amounts: Vec<i64> = page.claims.iter().map(|claim| claim.lots[0].amount.units() / HOUR).collect();
    assert_eq!(amounts, [6, 4, 4, 4]);
    assert_eq!((page.claims[0].version, page.claims[1].version), (2, 1));
    assert_sound(&world).await;
}

on_both!(the_contract_of_seed_001_is_billed_month_by_month);
