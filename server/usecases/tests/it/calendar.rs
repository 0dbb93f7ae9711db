//! Calendar feeds: who has one, what stands in it, and when its address leads nowhere.

use domain::{Permission, Role};
use usecases::{
    Actor, Call, calendar,
    people::{self, NewUser},
    testing::{World, day, problem},
};
use wire::{
    Noun, Problem,
    calendar::{EventOf, Occasion},
};

use crate::{
    fees::{monthly, with_fee},
    office::{given, plain},
    workshop::shop,
};

/// Somebody of that role who can sign in.
async fn person(world: &World, role: Role) -> Call {
    let name = format!("The {}", role.name());
    let new = NewUser {
        login: role.name().to_owned(),
        name: name.clone(),
        role,
        customer: None,
        password: "correct horse".to_owned(),
    };
    people::add_user(world, new).await.expect("the user is new");
    Call::by(Actor { name, scope: format!("user:{}", role.name()), role, customer: None })
}

fn nobody() -> Problem {
    Problem::NotFound { what: Noun::Page }
}

/// Red when: an address of before goes on to work, its secret is kept, or a role without contracts gets a feed.
async fn an_address_is_told_once_and_can_be_taken_back(world: World) {
    let call = person(&world, Role::Sales).await;
    assert_eq!(calendar::view(&world, &call).await.expect("a look").since, None);
    let first = calendar::renew(&world, &call).await.expect("it is made").token.expect("it is told");
    assert_eq!(first.len(), 43, "256 bits");
    calendar::feed(&world, &first).await.expect("it leads to the feed");
    let seen = calendar::view(&world, &call).await.expect("a look");
    assert!(seen.since.is_some() && seen.token.is_none());
    let kept = store::testing::dump(&world.db, &["calendar_feeds"]).await;
    assert!(kept.len() == 1 && !kept[0].contains(&first), "{kept:?}");
    let second = calendar::renew(&world, &call).await.expect("once more").token.expect("it is told");
    assert_eq!(problem(calendar::feed(&world, &first).await.expect_err("it leads nowhere")), nobody());
    calendar::feed(&world, &second).await.expect("it leads to the feed");
    calendar::end(&world, &call).await.expect("it ends");
    for token in [second.as_str(), "", "made-up", "' OR 1=1 --"] {
        assert_eq!(problem(calendar::feed(&world, token).await.expect_err("it leads nowhere")), nobody());
    }
    let staff = person(&world, Role::Staff).await;
    let needs = Permission::SeeContracts;
    for refused in [
        calendar::view(&world, &staff).await,
        calendar::renew(&world, &staff).await,
        calendar::end(&world, &staff).await,
    ] {
        assert_eq!(problem(refused.expect_err("it is refused")), Problem::Forbidden { needs });
    }
}

/// Red when: a feed shows contracts of somebody else, an id changes by itself, or a day is another than the domain's.
async fn a_feed_shows_the_days_of_the_own_contracts(world: World) {
    let admin = person(&world, Role::Admin).await;
    let sales = person(&world, Role::Sales).await;
    let customer = world.customer("Alpha GmbH").await;
    let page = given(&world, customer, "2026-04-01", plain).await;
    world.bills(&world.env, "2026-04-15").await;
    let token = calendar::renew(&world, &admin).await.expect("it is made").token.expect("it is told");
    let told = |events: &[wire::calendar::CalendarEvent]| {
        events.iter().map(|event| (event.occasion, event.date, event.about)).collect::<Vec<_>>()
    };
    let events = calendar::feed(&world, &token).await.expect("the feed");
    let (by, boundary) = page.contract.next_notice(day("2026-04-15")).expect("it renews");
    let expected = [
        (Occasion::ToDo, day("2026-04-29"), day("2026-05-01")),
        (Occasion::Due, day("2026-05-01"), day("2026-05-01")),
        (Occasion::Notice, by, boundary),
    ];
    assert_eq!(told(&events), expected);
    let of = EventOf::Contract(page.contract.id);
    assert!(events.iter().all(|event| event.of == of && event.customer.id == customer));
    let later = calendar::feed(&world.when("2026-04-20T10:00:00Z"), &token).await.expect("the feed");
    assert_eq!(later, events, "the same days have the same ids");
    let other = calendar::renew(&world, &sales).await.expect("it is made").token.expect("it is told");
    assert_eq!(calendar::feed(&world, &other).await.expect("the feed"), [], "those of somebody else");
}

/// Red when: what is still to be billed leaves the feed with the contract, or what is due last is all that there is room for.
async fn the_last_billing_stays_until_it_is_billed(world: World) {
    let admin = person(&world, Role::Admin).await;
    let customer = world.customer("Alpha GmbH").await;
    // It is due later than the one that was made after it.
    let later = given(&world, customer, "2026-09-01", plain).await;
    let page = given(&world, customer, "2026-06-01", |contract| {
        plain(contract);
        contract.terms.billing.time = domain::contracts::BillingTime::Arrears;
        contract.agreed_end = Some(day("2026-07-01"));
    })
    .await;
    let token = calendar::renew(&world, &admin).await.expect("it is made").token.expect("it is told");
    let july = world.when("2026-07-01T10:00:00Z");
    let due = async |env: &usecases::Env| {
        let events = calendar::feed(env, &token).await.expect("the feed");
        let of = EventOf::Contract(page.contract.id);
        events.iter().any(|event| event.occasion == Occasion::Due && event.of == of)
    };
    assert!(due(&july).await && due(&world.when("2026-07-20T10:00:00Z")).await);
    let mut tx = world.db.read().await.expect("a read begins");
    let first = store::calendar::contracts_of(&mut tx, "The admin", day("2026-06-01"), 1).await.expect("a contract");
    assert_eq!(first[0].contract.id, page.contract.id, "{} is due later", later.card.number);
    drop(tx);
    world.bills(&july, "2026-07-01").await;
    assert!(!due(&july).await);
}

/// Red when: a fee does not stand in the feed of whoever edited its line, stays after it was billed, or leads elsewhere
/// than to its project.
async fn a_feed_shows_the_fees_of_the_own_projects(world: World) {
    let admin = person(&world, Role::Admin).await;
    let sales = person(&world, Role::Sales).await;
    let customer = world.customer("Alpha GmbH").await;
    let line = with_fee(&world, monthly());
    let own = shop(&world, customer, vec![line.clone()]).await;
    let token = calendar::renew(&world, &admin).await.expect("it is made").token.expect("it is told");
    let events = calendar::feed(&world, &token).await.expect("the feed");
    let of = EventOf::Fee { project: own.project, line: line.id, name: "Free".to_owned() };
    let told: Vec<_> = events.iter().map(|event| (event.occasion, event.date, event.of.clone())).collect();
    assert_eq!(told, [(Occasion::Due, day("2026-04-01"), of)]);
    assert_eq!((events[0].of.path(), events[0].customer.id), (format!("/projects/{}", own.project), customer));
    world.bills(&world.env, "2026-04-15").await;
    let events = calendar::feed(&world, &token).await.expect("the feed");
    assert_eq!(events.iter().map(|event| event.date).collect::<Vec<_>>(), [day("2026-05-01")]);
    let other = calendar::renew(&world, &sales).await.expect("it is made").token.expect("it is told");
    assert_eq!(calendar::feed(&world, &other).await.expect("the feed"), [], "somebody else edited it");
}

on_both!(
    an_address_is_told_once_and_can_be_taken_back,
    a_feed_shows_the_days_of_the_own_contracts,
    the_last_billing_stays_until_it_is_billed,
    a_feed_shows_the_fees_of_the_own_projects,
);
