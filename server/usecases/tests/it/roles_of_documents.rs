//! Every command on delivery notes and invoices as every role.

use domain::{
    DocumentId, Role,
    clearing::{Group, Repair},
    quota::Amount,
};
use usecases::{
    Call, Refused, documents,
    testing::{World, as_customer, as_role, day, support},
};
use wire::{
    Problem,
    documents::{DocumentDraft, RepairDraft},
};

use crate::{
    desk::{Quota, april, h, lines, note},
    office::range,
    support::{assert_sound, books},
};

/// What the roles of section 9 come to. `yes`; `no`: the role does not allow it.
const TABLE: &str = "
    command      admin  sales  accounting  project_manager  payments  staff  customer
    editor       yes    yes    yes         no               no        no     no
    new_editor   yes    yes    yes         no               no        no     no
    facts        yes    yes    yes         no               no        no     no
    create       yes    yes    yes         no               no        no     no
    change       yes    yes    yes         no               no        no     no
    delete       yes    yes    yes         no               no        no     no
    page         yes    yes    yes         yes              no        no     no
    issue        yes    no     yes         no               no        no     no
    invoice      yes    yes    yes         no               no        no     no
    enable       yes    yes    no          no               no        no     no
    overbook     yes    yes    no          no               no        no     no
    bill         yes    no     yes         no               no        no     no
    grant        yes    no     yes         no               no        no     no
";

/// What a command is carried out on; each role gets its own.
struct Things {
    quota: Quota,
    draft: DocumentDraft,
    issued: DocumentId,
}

async fn given_things(world: &World, quota: Quota) -> Things {
    let (draft, _) = note(world, &quota, &["0.1"]).await;
    let (issued, _) = note(world, &quota, &["0.1"]).await;
    world.issues(issued.id).await;
    Things { quota, draft, issued: issued.id }
}

async fn carry_out(world: &World, command: &str, call: &Call, things: &Things) -> Result<(), Refused> {
    let Things { quota, draft, issued } = things;
    let contract = quota.contract;
    let repair = async |repair| {
        let (key, reason) = (world.id(), "Goodwill".to_owned());
        documents::repair(world, call, RepairDraft { key, customer: quota.customer, repair, reason }).await
    };
    match command {
        "editor" => documents::editor(world, call, Some(draft.id), None).await.map(drop),
        "new_editor" => documents::editor(world, call, None, Some(quota.customer)).await.map(drop),
        "facts" => documents::facts(world, call, quota.customer, day("2026-04-10"), None).await.map(drop),
        "create" => {
            let draft = world.note_draft(quota.of(), "2026-04-10", &lines(&["0.01"]));
            documents::save(world, call, draft).await.map(drop)
        }
        "change" => {
            let draft = DocumentDraft { payment_days: draft.payment_days + 1, ..draft.clone() };
            documents::save(world, call, draft).await.map(drop)
        }
        "delete" => documents::delete(world, call, draft.id, None).await,
        "page" => documents::page(world, call, draft.id).await.map(drop),
        "issue" => documents::issue(world, call, draft.id).await.map(drop),
        "invoice" => documents::invoice(world, call, *issued, DocumentId::new(world.id())).await.map(drop),
        "enable" => repair(Repair::EnableGroup { contract, group: Group::Group(support()) }).await,
        "overbook" => repair(Repair::AllowOverbooking { contract }).await,
        "bill" => repair(Repair::BillPeriod { contract, as_of: day("2026-05-01") }).await,
        "grant" => {
            let (amount, valid) = (Amount::new(h(1)), range("2026-04-01", "2026-05-01"));
            repair(Repair::GrantFreeQuota { contract, amount, valid }).await
        }
        _ => panic!("no such command: {command}"),
    }
}

/// Red when: any one of the checks is taken out.
async fn every_command_on_documents_as_every_role(world: World) {
    let mut rows = TABLE.lines().map(str::split_whitespace).filter(|line| line.clone().next().is_some());
    let actors: Vec<&str> = rows.next().expect("a heading").skip(1).collect();
    let quota = april(&world).await;
    let mut wrong = Vec::new();
    for mut row in rows {
        let command = row.next().expect("a command");
        for (actor, expected) in actors.iter().zip(row) {
            let things = given_things(&world, quota).await;
            let call = match *actor {
                "customer" => as_customer(quota.customer),
                role => as_role(Role::from_name(role).expect("a role")),
            };
            let before = if expected == "no" { books(&world).await } else { Vec::new() };
            let found = match carry_out(&world, command, &call, &things).await {
                Ok(()) => "yes",
                Err(Refused::Problem(Problem::Forbidden { .. })) => "no",
                Err(other) => panic!("{command} as {actor}: {other:?}"),
            };
            if found != expected {
                wrong.push(format!("{command} as {actor}: {found} instead of {expected}"));
            }
            if expected == "no" {
                assert_eq!(books(&world).await, before, "{command} as {actor} was refused and changed something");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_sound(&world).await;
}

on_sqlite!(every_command_on_documents_as_every_role);
