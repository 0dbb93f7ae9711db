//! Every command as every role, with the own and with another customer's ids.

use domain::{AccountId, CustomerId, DrawId, Role};
use usecases::{
    Call, Refused, accounts, customers,
    testing::{HOUR, PREPAID, World, as_customer, as_role},
};
use wire::{Problem, customers::CustomerQuery};

use crate::support::books;

/// What the roles of section 9 come to, command by command. `yes`; `no`: the role does not allow it, though the
/// thing may be seen; `-`: for this person there is no such thing.
const TABLE: &str = "
    command    admin  sales  accounting  project_manager  payments  staff  own_customer  other_customer
    list       yes    yes    yes         yes              no        yes    no            no
    customer   yes    yes    yes         yes              -         yes    yes           -
    changes    yes    yes    yes         yes              -         yes    no            -
    save       yes    yes    yes         no               no        no     no            no
    create     yes    yes    yes         no               no        no     no            no
    open       yes    yes    yes         no               no        no     no            no
    account    yes    yes    yes         yes              -         yes    yes           -
    unit       yes    yes    yes         yes              -         yes    yes           -
    facts      yes    yes    yes         yes              -         yes    yes           -
    passbook   yes    yes    yes         yes              -         yes    yes           -
    grant      yes    no     yes         no               -         no     no            -
    draw       yes    no     yes         yes              -         no     no            -
    release    yes    no     yes         yes              -         no     no            -
";

struct Things {
    customer: CustomerId,
    account: AccountId,
    draw: DrawId,
}

async fn carry_out(world: &World, command: &str, call: &Call, things: &Things) -> Result<(), Refused> {
    let Things { customer, account, draw } = *things;
    match command {
        "list" => customers::list(world, call, &CustomerQuery::default()).await.map(drop),
        "customer" => customers::get(world, call, customer).await.map(drop),
        "changes" => customers::changes_of(world, call, customer).await.map(drop),
        "save" => {
            let admin = as_role(Role::Admin);
            let now = customers::get(world, &admin, customer).await.expect("it is there");
            let mut draft = world.customer_draft(&now.card.number, &format!("{} again", now.card.name));
            (draft.id, draft.version) = (customer, now.version);
            customers::save(world, call, draft).await.map(drop)
        }
        "create" => customers::save(world, call, world.customer_draft("", "New")).await.map(drop),
        "open" => accounts::open(world, call, world.account_draft(customer, PREPAID)).await.map(drop),
        "account" => accounts::get(world, call, account).await.map(drop),
        "unit" => accounts::unit(world, call, account).await.map(drop),
        "facts" => accounts::facts(world, call, account, world.today()).await.map(drop),
        "passbook" => accounts::passbook(world, call, account, None).await.map(drop),
        "grant" => accounts::grant(world, call, world.grant_draft(account, HOUR, "2026-04-01", None)).await.map(drop),
        "draw" => accounts::draw(world, call, world.draw_draft(account, 60, "2026-04-10")).await.map(drop),
        "release" => accounts::release(world, call, account, draw).await.map(drop),
        _ => panic!("no such command: {command}"),
    }
}

/// Red when: any one of the checks is taken out.
async fn every_command_as_every_role(world: World) {
    let mut lines = TABLE.lines().map(str::split_whitespace).filter(|line| line.clone().next().is_some());
    let actors: Vec<&str> = lines.next().expect("a heading").skip(1).collect();
    let other = world.customer("Beta").await;
    let (customer, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 100 * HOUR, "2026-04-01", None).await;
    let mut wrong = Vec::new();
    for mut line in lines {
        let command = line.next().expect("a command");
        for (actor, expected) in actors.iter().zip(line) {
            let call = match *actor {
                "own_customer" => as_customer(customer),
                "other_customer" => as_customer(other),
                role => as_role(Role::from_name(role).expect("a role")),
            };
            let draw = world.drawn(account, 60, "2026-04-10").await.request.draw;
            let before = books(&world).await;
            let found = match carry_out(&world, command, &call, &Things { customer, account, draw }).await {
                Ok(()) => "yes",
                Err(Refused::Problem(Problem::Forbidden { .. })) => "no",
                Err(Refused::Problem(Problem::NotFound { .. })) => "-",
                Err(other) => panic!("{command} as {actor}: {other}"),
            };
            if found != expected {
                wrong.push(format!("{command} as {actor}: {found} instead of {expected}"));
            }
            if found != "yes" {
                assert_eq!(books(&world).await, before, "{command} as {actor} was refused and changed something");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A customer cannot find out which ids exist: what is another's and what is not there look the same.
async fn what_may_not_be_seen_looks_like_what_is_not_there(world: World) {
    let own = world.customer("Alpha").await;
    let (customer, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-04-01", None).await;
    let draw = world.drawn(account, 60, "2026-04-10").await.request.draw;
    let there = Things { customer, account, draw };
    let (customer, account) = (CustomerId::new(world.id()), AccountId::new(world.id()));
    let nowhere = Things { customer, account, draw: DrawId::new(world.id()) };
    let call = as_customer(own);
    for command in ["customer", "account", "unit", "facts", "passbook", "grant", "draw", "release", "open", "changes"] {
        let [one, two] = [&there, &nowhere].map(|things| carry_out(&world, command, &call, things));
        let (one, two) = (one.await.expect_err("another's"), two.await.expect_err("nothing"));
        assert_eq!(format!("{one:?}"), format!("{two:?}"), "{command}");
    }
}

/// A customer's person without a company sees nothing at all.
async fn a_customer_of_no_company_sees_nobody(world: World) {
    let (customer, account) = world.customer_with_account(PREPAID).await;
    let things = Things { customer, account, draw: DrawId::new(world.id()) };
    for command in ["customer", "account", "passbook"] {
        let refused = carry_out(&world, command, &as_role(Role::Customer), &things).await;
        assert!(matches!(refused, Err(Refused::Problem(Problem::NotFound { .. }))), "{command}: {refused:?}");
    }
    // And nobody but a customer is let in by a company.
    let mut payments = as_role(Role::Payments);
    payments.by.customer = Some(customer);
    let refused = carry_out(&world, "account", &payments, &things).await;
    assert!(matches!(refused, Err(Refused::Problem(Problem::NotFound { .. }))), "{refused:?}");
}

on_sqlite!(
    every_command_as_every_role,
    what_may_not_be_seen_looks_like_what_is_not_there,
    a_customer_of_no_company_sees_nobody,
);
