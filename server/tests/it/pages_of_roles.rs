//! Pages by role: whoever may not do something finds no way to it.

use domain::Role;

use crate::{
    shop::{shop, template_of},
    support::Office,
};

/// Red when: accounting reaches a page on which only others work, or one of its own pages leads there.
#[tokio::test]
async fn accounting_finds_no_way_to_what_only_others_do() {
    let office = Office::new().await;
    let customer = office.world.customer("Alpha GmbH").await;
    let contract = office.world.contract(office.world.contract_draft(customer, "2026-04-01")).await.contract.id;
    let shop = shop(&office, customer).await;
    let (project, booking) = (shop.project, shop.booking);
    let template = template_of(&office, project).await;
    let pages = [
        "/today".to_owned(),
        "/articles".to_owned(),
        "/contract-types".to_owned(),
        "/contracts".to_owned(),
        "/projects".to_owned(),
        "/projects/templates".to_owned(),
        format!("/projects/templates/{template}"),
        "/bookings".to_owned(),
        format!("/customers/{customer}"),
        format!("/contracts/{contract}"),
        format!("/projects/{project}"),
        format!("/bookings/{booking}"),
    ];
    let ways = [
        "/articles?article=".to_owned(),
        "/articles?group=".to_owned(),
        "/contract-types/new".to_owned(),
        "/contracts/new".to_owned(),
        format!("/contracts/{contract}/edit"),
        format!("/contracts/{contract}?end="),
        "/projects/new".to_owned(),
        format!("/projects/new?template={template}"),
        format!("/projects/templates/new?project={project}"),
        format!("/projects/templates/{template}?do=delete"),
        format!("/projects/{project}/edit"),
        "/bookings/move".to_owned(),
        format!("/bookings/{booking}?do="),
    ];
    for (role, may) in [(Role::Admin, true), (Role::Accounting, false)] {
        let session = office.session(role, None).await;
        let mut bodies = String::new();
        for path in &pages {
            let page = office.get(path, Some(&session)).await;
            assert_eq!(page.status, 200, "{path} as {role:?}");
            bodies.push_str(&page.body);
        }
        for way in &ways {
            assert_eq!(bodies.contains(&format!("\"{way}")), may, "{way} as {role:?}");
        }
        for path in [
            "/contracts/new".to_owned(),
            format!("/contracts/{contract}/edit"),
            "/projects/new".to_owned(),
            format!("/projects/templates/new?project={project}"),
            format!("/projects/{project}/edit"),
            format!("/bookings/move?b={booking}"),
        ] {
            let page = office.get(&path, Some(&session)).await;
            assert_eq!(page.status, if may { 200 } else { 403 }, "{path} as {role:?}");
            assert!(page.is_whole_page(), "{path} as {role:?}");
        }
    }
}

/// Red when: somebody fills in a form of a page that the role may not save, and is refused only then.
#[tokio::test]
async fn a_form_is_shown_only_to_who_may_save_it() {
    let office = Office::new().await;
    let customer = office.world.customer("Alpha GmbH").await;
    for (role, may) in [(Role::Sales, true), (Role::Staff, false)] {
        let session = office.session(role, None).await;
        for path in [
            "/customers/new".to_owned(),
            format!("/customers/{customer}/edit"),
            format!("/customers/{customer}/accounts/new"),
        ] {
            let page = office.get(&path, Some(&session)).await;
            assert_eq!(page.status, if may { 200 } else { 403 }, "{path} as {role:?}");
            assert_eq!(page.body.contains("class=\"form sheet\""), may, "{path} as {role:?}");
            assert!(page.is_whole_page(), "{path} as {role:?}");
        }
    }
}
