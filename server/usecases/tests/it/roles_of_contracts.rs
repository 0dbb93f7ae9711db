//! Every command on contracts, documents and runs as every role.

use domain::{
    ArticleId, ContractId, ContractTypeId, CustomerId, DocumentId, GroupId, Role, RunId,
    contracts::{Ending, Section},
    documents::LineUnit,
    groups::Switch,
};
use usecases::{
    Call, Refused, articles, billing, contract_types, contracts, documents,
    testing::{World, as_customer, as_role, day},
    today,
};
use wire::{
    Problem,
    articles::{ArticleCard, ArticleDraft, GroupDraft, GroupKey},
    billing::{RunDraft, Selection},
    contracts::{ApplyDraft, ApplyQuery, ContractQuery, ContractTypeDraft, EndDraft},
    documents::DocumentQuery,
};

use crate::{
    office::{bills_drafts, edited, given, page},
    support::books,
};

/// What the roles of section 9 come to. `yes`; `no`: the role does not allow it.
const TABLE: &str = "
    command         admin  sales  accounting  project_manager  payments  staff  customer
    catalogue       yes    yes    yes         yes              no        no     no
    save_group      yes    yes    no          no               no        no     no
    save_article    yes    yes    no          no               no        no     no
    types           yes    yes    yes         yes              no        no     no
    type            yes    yes    yes         yes              no        no     no
    save_type       yes    yes    no          no               no        no     no
    contracts       yes    yes    yes         yes              no        no     no
    of_customer     yes    yes    yes         yes              no        no     no
    contract        yes    yes    yes         yes              no        no     no
    editor          yes    yes    no          no               no        no     no
    create          yes    yes    no          no               no        no     no
    change          yes    yes    no          no               no        no     no
    timeline        yes    yes    yes         yes              no        no     no
    end_view        yes    yes    no          no               no        no     no
    end_plan        yes    yes    no          no               no        no     no
    end             yes    yes    no          no               no        no     no
    apply_view      yes    yes    no          no               no        no     no
    apply           yes    yes    no          no               no        no     no
    documents       yes    yes    yes         yes              no        no     no
    document        yes    yes    yes         yes              no        no     no
    issue           yes    no     yes         no               no        no     no
    dry_run         yes    no     yes         no               no        no     no
    dry_run_one     yes    no     yes         no               no        no     no
    start           yes    no     yes         no               no        no     no
    launch          yes    no     yes         no               no        no     no
    runs            yes    yes    yes         yes              no        no     no
    run             yes    yes    yes         yes              no        no     no
    progress        yes    yes    yes         yes              no        no     no
    today           yes    yes    yes         yes              no        no     no
    find            yes    yes    yes         yes              no        yes    no
";

struct Things {
    customer: CustomerId,
    contract: ContractId,
    contract_type: ContractTypeId,
    draft: DocumentId,
    run: RunId,
}

async fn given_things(world: &World) -> Things {
    let customer = world.customer("Alpha GmbH").await;
    let contract = given(world, customer, "2026-04-01", |_| {}).await;
    let run = bills_drafts(&world.env, "2026-04-15").await;
    let contract_type = ContractTypeId::new(world.id());
    let (name, terms) = ("Gold".to_owned(), contract.contract.terms.clone());
    let draft = ContractTypeDraft { id: contract_type, version: 0, name, terms };
    contract_types::save(world, &as_role(Role::Admin), draft).await.expect("the type is saved");
    let draft = run.items[0].document.as_ref().expect("a draft").0;
    Things { customer, contract: contract.contract.id, contract_type, draft, run: run.row.id }
}

async fn carry_out(world: &World, command: &str, call: &Call, things: &Things) -> Result<(), Refused> {
    let Things { customer, contract, contract_type, draft, run } = *things;
    let selection = if command == "dry_run_one" { Selection::Contract(contract) } else { Selection::All };
    let run_draft = RunDraft { id: RunId::new(world.id()), as_of: day("2026-04-15"), issue: true, selection };
    match command {
        "catalogue" => articles::page(world, call).await.map(drop),
        "save_group" => {
            let key = GroupKey::Group(GroupId::new(world.id()));
            let name = world.id().to_string();
            articles::save_group(world, call, GroupDraft { key, version: 0, name, quota: Switch::On }).await.map(drop)
        }
        "save_article" => {
            let number = world.id().simple().to_string();
            let (price, vat) = ("1".parse().expect("a price"), "19".parse().expect("a rate"));
            let card = ArticleCard { number, name: "Work".to_owned(), unit: LineUnit::Hour, price, vat, billing: None };
            let id = ArticleId::new(world.id());
            articles::save(world, call, ArticleDraft { id, version: 0, group: None, card }).await.map(drop)
        }
        "types" => contract_types::list(world, call).await.map(drop),
        "type" => contract_types::page(world, call, Some(contract_type)).await.map(drop),
        "save_type" => {
            let now = contract_types::page(world, &as_role(Role::Admin), Some(contract_type)).await.expect("the type");
            let (name, terms) = (world.id().to_string(), now.terms.expect("terms"));
            let draft = ContractTypeDraft { id: contract_type, version: now.version, name, terms };
            contract_types::save(world, call, draft).await.map(drop)
        }
        "contracts" => contracts::list(world, call, &ContractQuery::default()).await.map(drop),
        "of_customer" => contracts::of_customer(world, call, customer).await.map(drop),
        "contract" => contracts::page(world, call, contract).await.map(drop),
        "editor" => contracts::editor(world, call, Some(contract), None).await.map(drop),
        "create" => contracts::save(world, call, world.contract_draft(customer, "2026-04-01")).await.map(drop),
        "change" => {
            let mut draft = edited(&page(world, contract).await, |_| {});
            draft.reference.push('x');
            contracts::save(world, call, draft).await.map(drop)
        }
        "timeline" => contracts::timeline(world, call, contract).await.map(drop),
        "end_view" => contracts::end_view(world, call, contract, None).await.map(drop),
        "end_plan" => contracts::end_plan(world, call, contract, Ending::TakenBack).await.map(drop),
        "end" => {
            let now = page(world, contract).await;
            let until = now.contract.agreed_end.unwrap_or(day("2027-01-01")).succ_opt().expect("a day");
            let draft = EndDraft { contract, version: now.version, how: Ending::Agreed { until } };
            contracts::end(world, call, draft).await.map(drop)
        }
        "apply_view" => {
            let ask = ApplyQuery { contract_type, q: String::new() };
            contracts::apply_view(world, call, &ask).await.map(drop)
        }
        "apply" => {
            let now = contract_types::page(world, &as_role(Role::Admin), Some(contract_type)).await.expect("the type");
            let (version, sections) = (now.version, [Section::Term].into());
            let draft = ApplyDraft { contract_type, version, sections, contracts: vec![(contract, 1)] };
            contracts::apply_type(world, call, draft).await.map(drop)
        }
        "documents" => documents::list(world, call, &DocumentQuery::default()).await.map(drop),
        "document" => documents::page(world, call, draft).await.map(drop),
        "issue" => documents::issue(world, call, draft).await.map(drop),
        "dry_run" | "dry_run_one" => billing::plan(world, call, run_draft.as_of, run_draft.selection).await.map(drop),
        "start" => billing::start(world, call, run_draft).await.map(drop),
        "launch" => billing::launch(world, call, run_draft).await.map(drop),
        "runs" => billing::list(world, call, &wire::billing::RunQuery::default()).await.map(drop),
        "run" => billing::page(world, call, run, 1).await.map(drop),
        "progress" => billing::progress(world, call, run).await.map(drop),
        "today" => today::page(world, call).await.map(drop),
        "find" => today::find(world, call, "Al").await.map(drop),
        _ => panic!("no such command: {command}"),
    }
}

/// Red when: any one of the checks is taken out.
async fn every_command_on_contracts_as_every_role(world: World) {
    let mut lines = TABLE.lines().map(str::split_whitespace).filter(|line| line.clone().next().is_some());
    let actors: Vec<&str> = lines.next().expect("a heading").skip(1).collect();
    let things = given_things(&world).await;
    let mut wrong = Vec::new();
    for mut line in lines {
        let command = line.next().expect("a command");
        // Those who are refused come first: nothing that a launched run does meanwhile is theirs.
        let mut cells: Vec<_> = actors.iter().zip(line).collect();
        cells.sort_by_key(|(_, expected)| *expected);
        for (actor, expected) in cells {
            let call = match *actor {
                "customer" => as_customer(things.customer),
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
        if command == "launch" {
            // What was launched ends before anything is compared again.
            let runs = billing::list(&world, &as_role(Role::Admin), &wire::billing::RunQuery::default())
                .await
                .expect("the runs");
            for run in runs.rows {
                while billing::progress(&world, &as_role(Role::Admin), run.id).await.expect("the run").ended.is_none() {
                    billing::work(&world, run.id).await.expect("it works");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Staff finds customers and nothing of their contracts. Red when: finding looks at one permission only.
async fn staff_finds_customers_only(world: World) {
    let things = given_things(&world).await;
    documents::issue(&world, &as_role(Role::Admin), things.draft).await.expect("it is issued");
    let kinds = async |role, q: &str| {
        let found = today::find(&world, &as_role(role), q).await.expect("an answer");
        found
            .iter()
            .map(|found| match found {
                wire::today::Found::Customer { .. } => "customer",
                wire::today::Found::Contract { .. } => "contract",
                wire::today::Found::Document { .. } => "document",
                wire::today::Found::Account { .. } => "account",
            })
            .collect::<Vec<_>>()
    };
    for (q, all, staff) in [
        ("alpha", vec!["customer", "contract"], vec!["customer"]),
        ("V-0", vec!["contract"], vec![]),
        ("re-2026", vec!["document"], vec![]),
        ("  ", vec![], vec![]),
        ("zzz", vec![], vec![]),
    ] {
        assert_eq!(kinds(Role::Sales, q).await, all, "{q}");
        assert_eq!(kinds(Role::Staff, q).await, staff, "{q}");
    }
}

on_sqlite!(every_command_on_contracts_as_every_role, staff_finds_customers_only);
