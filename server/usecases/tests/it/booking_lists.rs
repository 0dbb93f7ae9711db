//! The list of bookings: what its filters offer.

use domain::Role;
use usecases::{
    Call, bookings,
    testing::{World, as_role, problem},
};
use wire::{
    Problem,
    bookings::{BookingChoices, BookingQuery},
    projects::Bookers,
};

use crate::{
    office::admin,
    workshop::{change_project, effort, maintenance, person, shop},
};

async fn offered(world: &World, call: &Call, ask: BookingQuery) -> BookingChoices {
    bookings::choices(world, call, &ask).await.expect("the choices")
}

/// Names of customers, names of projects, and names of tasks.
fn named(choices: &BookingChoices) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    let customers = choices.customers.iter().map(|of| of.name.as_str()).collect();
    let projects = choices.projects.iter().map(|of| of.name.as_str()).collect();
    (customers, projects, choices.tasks.iter().map(|of| of.name.as_str()).collect())
}

/// Red when: what is chosen is not offered, or another customer's projects or another project's tasks are; when staff are
/// told of projects on which only others book.
async fn filters_offer_what_can_be_chosen(world: World) {
    let own = maintenance(&world).await;
    let beta = world.customer("Beta GmbH").await;
    let theirs = shop(&world, beta, vec![effort(&world, "80")]).await;
    change_project(&world, theirs.project, |draft| "Survey".clone_into(&mut draft.name)).await;
    let usual = BookingQuery::default();
    let words = || "beta".to_owned();
    for (ask, expected) in [
        (usual.clone(), (vec!["Alpha GmbH", "Beta GmbH"], vec!["Maintenance", "Survey"], vec![])),
        (BookingQuery { q: words(), ..usual.clone() }, (vec!["Beta GmbH"], vec!["Survey"], vec![])),
        (
            BookingQuery { customer: Some(beta), ..usual.clone() },
            (vec!["Alpha GmbH", "Beta GmbH"], vec!["Survey"], vec![]),
        ),
        (
            BookingQuery { project: Some(own.project), ..usual.clone() },
            (vec!["Alpha GmbH", "Beta GmbH"], vec!["Maintenance", "Survey"], vec!["Repair"]),
        ),
        (
            BookingQuery { project: Some(own.project), q: words(), ..usual.clone() },
            (vec!["Alpha GmbH", "Beta GmbH"], vec!["Survey", "Maintenance"], vec!["Repair"]),
        ),
        (
            BookingQuery { task: Some(theirs.task), customer: Some(own.customer), ..usual.clone() },
            (vec!["Alpha GmbH", "Beta GmbH"], vec!["Maintenance", "Survey"], vec!["Repair"]),
        ),
    ] {
        assert_eq!(named(&offered(&world, &admin(), ask.clone()).await), expected, "{ask:?}");
    }

    let mx = own.books(&world, "2026-04-10", 10).await.person.id;
    person(&world, "staff", Role::Staff).await;
    change_project(&world, theirs.project, |draft| draft.bookers = Bookers::Only(vec![mx])).await;
    let staff = as_role(Role::Staff);
    for ask in [usual.clone(), BookingQuery { project: Some(theirs.project), ..usual.clone() }] {
        let found = offered(&world, &staff, ask).await;
        assert_eq!(named(&found), (vec!["Alpha GmbH"], vec!["Maintenance"], vec![]));
    }
    let nobody = bookings::choices(&world, &as_role(Role::Payments), &usual).await.map_err(problem);
    assert!(matches!(nobody, Err(Problem::Forbidden { .. })), "{nobody:?}");
}

on_both!(filters_offer_what_can_be_chosen,);
