//! Every command as every role, with the own and with another customer's ids.

use std::sync::Arc;

use domain::{
    AccountId, CustomerId, DrawId, LotId, Role,
    quota::{Amount, BalancingRequest, CoverPart, CoverRequest},
};
use usecases::{
    Call, Refused, accounts, customers, settings,
    testing::{HOUR, PREPAID, World, as_customer, as_role, day},
};
use wire::{
    Problem,
    accounts::{AccountQuery, BalancingDraft, CoverDraft, EndDraft, RevokeDraft},
    customers::CustomerQuery,
    paper::{Logo, LogoFormat},
    settings::LogoDraft,
};

use crate::support::books;

/// What the roles of section 9 come to, command by command. `yes`; `no`: the role does not allow it, though the
/// thing may be seen; `-`: for this person there is no such thing.
const TABLE: &str = "
    command    admin  sales  accounting  project_manager  payments  staff  own_customer  other_customer
    list       yes    yes    yes         yes              no        yes    no            no
    customer   yes    yes    yes         yes              -         yes    yes           -
    changes    yes    yes    yes         yes              -         yes    no            -
    accounts   yes    yes    yes         yes              -         yes    yes           -
    all        yes    yes    yes         yes              no        yes    no            no
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
    revoke     yes    no     yes         no               -         no     no            -
    plan       yes    no     yes         no               -         no     no            -
    cover      yes    no     yes         no               -         no     no            -
    balance    yes    no     yes         no               -         no     no            -
    end        yes    yes    yes         no               -         no     no            -
    settings   yes    no     yes         no               no        no     no            no
    configure  yes    no     yes         no               no        no     no            no
    brand      yes    no     yes         no               no        no     no            no
    logo       yes    no     yes         no               no        no     no            no
";

struct Things {
    customer: CustomerId,
    account: AccountId,
    draw: DrawId,
    /// A draw with an open deficit.
    owing: DrawId,
    /// A lot that was granted after it and has something left.
    lot: LotId,
}

/// A lot that was taken back after something was drawn from it leaves a deficit; the next lot begins too late to cover
/// it by itself.
async fn given_deficit(world: &World, account: AccountId) -> (DrawId, LotId) {
    let gone = world.lot(account, 60, "2026-04-01", Some("2026-04-12")).await;
    let owing = world.drawn(account, 60, "2026-04-11").await.request.draw;
    let draft = RevokeDraft { account, lot: gone, reason: "Mistake".to_owned() };
    accounts::revoke(world, &as_role(Role::Admin), draft).await.expect("it is taken back");
    (owing, world.lot(account, 60, "2026-07-01", None).await)
}

async fn carry_out(world: &World, command: &str, call: &Call, things: &Things) -> Result<(), Refused> {
    let Things { customer, account, draw, owing, lot } = *things;
    let reason = || "Correction".to_owned();
    match command {
        "list" => customers::list(world, call, &CustomerQuery::default()).await.map(drop),
        "customer" => customers::get(world, call, customer).await.map(drop),
        "changes" => customers::changes_of(world, call, customer).await.map(drop),
        "accounts" => {
            let ask = AccountQuery { customer: Some(customer), ..AccountQuery::default() };
            accounts::list(world, call, &ask).await.map(drop)
        }
        "all" => accounts::list(world, call, &AccountQuery::default()).await.map(drop),
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
        "revoke" => accounts::revoke(world, call, RevokeDraft { account, lot, reason: reason() }).await.map(drop),
        "plan" => accounts::revoke_plan(world, call, account, lot).await.map(drop),
        "cover" => {
            let request = CoverRequest { draw: owing, lot, amount: Amount::new(10) };
            accounts::cover(world, call, CoverDraft { account, request }).await.map(drop)
        }
        "balance" => {
            let deficits = vec![CoverPart { draw: owing, amount: Amount::new(10) }];
            let request = BalancingRequest { lot: LotId::new(world.id()), date: day("2026-07-01"), deficits };
            accounts::balance(world, call, BalancingDraft { account, request, reason: reason() }).await.map(drop)
        }
        "end" => {
            let until = Some(day("2199-01-01"));
            accounts::end(world, call, EndDraft { account, until, reason: reason() }).await.map(drop)
        }
        "settings" => settings::page(world, call).await.map(drop),
        "configure" => {
            let mut draft = settings::page(world, &as_role(Role::Admin)).await.expect("the settings").settings;
            draft.city = format!("{}x", draft.city);
            settings::save(world, call, draft).await.map(drop)
        }
        "brand" => {
            let version = settings::page(world, &as_role(Role::Admin)).await.expect("the settings").settings.version;
            let logo = Some(Logo { format: LogoFormat::Svg, bytes: b"<svg/>".to_vec() });
            let printable: settings::LogoChecker = Arc::new(|_: &Logo| Ok(()));
            settings::save_logo(world, call, LogoDraft { version, logo }, &printable).await.map(drop)
        }
        "logo" => settings::logo(world, call).await.map(drop),
        _ => panic!("no such command: {command}"),
    }
}

/// Red when: any one of the checks is taken out.
async fn every_command_as_every_role(world: World) {
    let mut lines = TABLE.lines().map(str::split_whitespace).filter(|line| line.clone().next().is_some());
    let actors: Vec<&str> = lines.next().expect("a heading").skip(1).collect();
    let other = world.customer("Beta").await;
    let customer = world.customer("Alpha GmbH").await;
    let mut wrong = Vec::new();
    for mut line in lines {
        let command = line.next().expect("a command");
        for (actor, expected) in actors.iter().zip(line) {
            let call = match *actor {
                "own_customer" => as_customer(customer),
                "other_customer" => as_customer(other),
                role => as_role(Role::from_name(role).expect("a role")),
            };
            let account = world.account(customer, PREPAID).await;
            world.lot(account, 100 * HOUR, "2026-04-01", None).await;
            let draw = world.drawn(account, 60, "2026-04-10").await.request.draw;
            let (owing, lot) = given_deficit(&world, account).await;
            let before = books(&world).await;
            let found = match carry_out(&world, command, &call, &Things { customer, account, draw, owing, lot }).await {
                Ok(()) => "yes",
                Err(Refused::Problem(Problem::Forbidden { .. })) => "no",
                Err(Refused::Problem(Problem::NotFound { .. })) => "-",
                Err(other) => panic!("{command} as {actor}: {other:?}"),
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
    let (owing, lot) = given_deficit(&world, account).await;
    let there = Things { customer, account, draw, owing, lot };
    let (customer, account) = (CustomerId::new(world.id()), AccountId::new(world.id()));
    let (draw, owing, lot) = (DrawId::new(world.id()), DrawId::new(world.id()), LotId::new(world.id()));
    let nowhere = Things { customer, account, draw, owing, lot };
    let call = as_customer(own);
    let commands = ["customer", "account", "unit", "facts", "passbook", "grant", "draw", "release", "open", "changes"];
    for command in commands.into_iter().chain(["revoke", "plan", "cover", "balance", "end"]) {
        let [one, two] = [&there, &nowhere].map(|things| carry_out(&world, command, &call, things));
        let (one, two) = (one.await.expect_err("another's"), two.await.expect_err("nothing"));
        assert_eq!(format!("{one:?}"), format!("{two:?}"), "{command}");
    }
}

/// A customer's person without a company sees nothing at all.
async fn a_customer_of_no_company_sees_nobody(world: World) {
    let (customer, account) = world.customer_with_account(PREPAID).await;
    let (draw, owing, lot) = (DrawId::new(world.id()), DrawId::new(world.id()), LotId::new(world.id()));
    let things = Things { customer, account, draw, owing, lot };
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
