//! Every server function is a public endpoint: each is called by nobody and by everybody who must not.

use std::collections::BTreeMap;

use axum::http::Method;
use domain::{
    AccountId, BankFileId, ContractId, ContractTypeId, CustomerId, Discount, DocumentId, DrawId, LotId, ReceiptId,
    Role, RunId,
    documents::{Line, LineUnit},
};
use serde_json::Value;
use usecases::{
    contract_types,
    testing::{HOUR, OVERDRAWN, as_role, day},
};
use wire::{
    contracts::ContractTypeDraft,
    receipts::{BankFileDraft, ReceiptDraft},
};

use crate::support::{Office, PASSWORD, form};

/// What the calls are about.
#[derive(Clone, Copy)]
struct Ids {
    customer: CustomerId,
    account: AccountId,
    draw: DrawId,
    /// A draw with a deficit, and a lot that was granted later.
    owing: DrawId,
    lot: LotId,
    /// A lot to take back.
    doomed: LotId,
    contract: ContractId,
    /// A type of which the contract is, with its version.
    contract_type: (ContractTypeId, i64),
    /// A contract to be ended, with its version.
    ending: (ContractId, i64),
    document: DocumentId,
    /// A draft that clears, and a delivery note that was issued.
    draft: DocumentId,
    note: DocumentId,
    run: RunId,
    /// An issued delivery note with its version, and a run, to be cancelled.
    void: (DocumentId, i64),
    void_run: RunId,
    /// A contract with an overage rate, and a draw beyond its quota.
    overdrawn: (ContractId, DrawId),
    /// A receipt of the document, and a bank file with a transaction of 1.00.
    receipt: ReceiptId,
    bank_file: BankFileId,
}

/// What a call is sent, by the end of its address; a function without one here fails the tests.
fn bodies(ids: Ids) -> BTreeMap<&'static str, String> {
    let (customer, account, draw) = (ids.customer.to_string(), ids.account.to_string(), ids.draw.to_string());
    let (owing, lot, doomed) = (ids.owing.to_string(), ids.lot.to_string(), ids.doomed.to_string());
    let new = "0198f2f0-0000-7000-8000-00000000000a";
    let customer_form =
        [("form[id]", new), ("form[version]", "0"), ("form[name]", "Neu GmbH"), ("form[country]", "DE")];
    let account_form =
        [("form[id]", new), ("form[customer]", &customer), ("form[name]", "Neues Konto"), ("form[unit]", "time")];
    let grant_form = [
        ("form[account]", account.as_str()),
        ("form[lot]", new),
        ("form[amount]", "1:00"),
        ("form[valid_from]", "2026-04-01"),
        ("form[reason]", "Kulanz"),
    ];
    let draw_form = [
        ("form[account]", account.as_str()),
        ("form[draw]", new),
        ("form[amount]", "0:30"),
        ("form[date]", "2026-04-15"),
        ("form[text]", "Wartung"),
    ];
    let cover_form = [
        ("form[account]", account.as_str()),
        ("form[key]", new),
        ("form[draw]", &owing),
        ("form[lot]", &lot),
        ("form[amount]", "0:10"),
    ];
    let revoke_form = [("form[account]", account.as_str()), ("form[lot]", &doomed), ("form[reason]", "Storno")];
    let end_form =
        [("form[account]", account.as_str()), ("form[last]", "2027-12-31"), ("form[reason]", "Vertragsende")];
    let (contract, document, run) = (ids.contract.to_string(), ids.document.to_string(), ids.run.to_string());
    let group_form = [("form[id]", new), ("form[version]", "0"), ("form[name]", "Dienste"), ("form[quota]", "on")];
    let article_form = [
        ("form[id]", new),
        ("form[version]", "0"),
        ("form[number]", "D-1"),
        ("form[name]", "Fernwartung"),
        ("form[unit]", "hour"),
        ("form[price]", "105,00"),
        ("form[vat]", "19"),
    ];
    let terms = [
        ("form[terms][term]", "12"),
        ("form[terms][interval]", "1"),
        ("form[terms][currency]", "EUR"),
        ("form[terms][time]", "advance"),
        ("form[terms][invoice]", "own"),
        ("form[terms][delivery]", "mail"),
        ("form[terms][proration]", "none"),
        ("form[terms][items][0][text]", "Wartung"),
        ("form[terms][items][0][quantity]", "1"),
        ("form[terms][items][0][unit]", "piece"),
        ("form[terms][items][0][price]", "399,99"),
        ("form[terms][items][0][vat]", "19"),
    ];
    let type_form: Vec<_> =
        [("form[id]", new), ("form[version]", "0"), ("form[name]", "Wartung")].into_iter().chain(terms).collect();
    let contract_form: Vec<_> = [
        ("form[id]", new),
        ("form[version]", "0"),
        ("form[customer]", customer.as_str()),
        ("form[start]", "2026-04-01"),
        ("form[billing_start]", "2026-04-01"),
    ]
    .into_iter()
    .chain(terms)
    .collect();
    let run_form = [("form[id]", new), ("form[as_of]", "2026-04-15"), ("form[result]", "draft")];
    let document_form = [
        ("form[id]", new),
        ("form[version]", "0"),
        ("form[kind]", "delivery_note"),
        ("form[customer]", customer.as_str()),
        ("form[currency]", "EUR"),
        ("form[date]", "2026-04-15"),
        ("form[delivery]", "mail"),
        ("form[payment_days]", "14"),
        ("form[lines][0][id]", "0198f2f0-0000-7000-8000-00000000000b"),
        ("form[lines][0][item][text]", "Wartung"),
        ("form[lines][0][item][quantity]", "1,5"),
        ("form[lines][0][item][unit]", "hour"),
        ("form[lines][0][item][price]", "100,00"),
        ("form[lines][0][item][vat]", "19"),
    ];
    let (draft, note) = (ids.draft.to_string(), ids.note.to_string());
    let repair = format!(r#"{{"repair":"allow_overbooking","contract":"{contract}"}}"#);
    let repair_form =
        [("form[key]", new), ("form[customer]", customer.as_str()), ("form[repair]", &repair), ("form[reason]", "")];
    let (void, version, void_run) = (ids.void.0.to_string(), ids.void.1.to_string(), ids.void_run.to_string());
    let cancel_form = [
        ("form[id]", "0198f2f0-0000-7000-8000-00000000000d"),
        ("form[document]", void.as_str()),
        ("form[reason]", "Storno"),
        ("form[version]", &version),
    ];
    let (kind, kind_version) = (ids.contract_type.0.to_string(), ids.contract_type.1.to_string());
    let (ending, ending_version) = (ids.ending.0.to_string(), ids.ending.1.to_string());
    let chosen = format!("{contract} 1");
    let end_contract_form = [
        ("form[contract]", ending.as_str()),
        ("form[version]", &ending_version),
        ("form[how]", "agreed"),
        ("form[last]", "2027-12-31"),
    ];
    let apply_form = [
        ("form[contract_type]", kind.as_str()),
        ("form[version]", &kind_version),
        ("form[sections]", "term,quota"),
        ("form[chosen][3]", &chosen),
    ];
    let list = [("ask[q]", ""), ("ask[sort]", "number"), ("ask[desc]", "false"), ("ask[page]", "1")];
    let (overdrawn, overdraft) = (ids.overdrawn.0.to_string(), ids.overdrawn.1.to_string());
    let balance_form = [
        ("form[id]", "0198f2f0-0000-7000-8000-00000000000e"),
        ("form[contract]", overdrawn.as_str()),
        ("form[result]", "issue"),
        ("form[deficits][0][draw]", &overdraft),
        ("form[deficits][0][chosen]", "yes"),
        ("form[deficits][0][amount]", "0:30"),
    ];
    let receipt_form = [
        ("form[id]", "0198f2f0-0000-7000-8000-00000000000f"),
        ("form[document]", document.as_str()),
        ("form[currency]", "EUR"),
        ("form[date]", "2026-04-15"),
        ("form[amount]", "2,00"),
    ];
    let (receipt, bank_file) = (ids.receipt.to_string(), ids.bank_file.to_string());
    let bank_text = "Buchungstag;Betrag\n02.04.2026;1,00\n";
    // Of 475.99 the receipt of 1.00 has come in.
    let choice = format!("{document}_100_47499");
    let import_form =
        [("form[file]", bank_file.as_str()), ("form[lines][0][line]", "2"), ("form[lines][0][choice]", &choice)];
    let settings_form = [
        ("form[version]", "0"),
        ("form[company]", "Musterhaus AG"),
        ("form[vat_rates]", "19; 7"),
        ("form[hours_per_day]", "8:00"),
        ("form[time_zone]", "Europe/Berlin"),
    ];
    BTreeMap::from([
        ("list_customers", form(&[("ask[q]", ""), ("ask[sort]", "name"), ("ask[desc]", "false"), ("ask[page]", "1")])),
        ("load_customer", form(&[("id", &customer)])),
        ("customer_history", form(&[("id", &customer)])),
        ("save_customer", form(&customer_form)),
        ("load_passbook", form(&[("account", &account)])),
        ("load_facts", form(&[("account", &account), ("date", "2026-04-15")])),
        ("open_account", form(&account_form)),
        ("grant", form(&grant_form)),
        ("draw", form(&draw_form)),
        ("release", form(&[("account", &account), ("draw", &draw)])),
        ("load_revoke_plan", form(&[("account", &account), ("lot", &lot)])),
        ("revoke", form(&revoke_form)),
        ("cover", form(&cover_form)),
        ("end_account", form(&end_form)),
        ("load_catalogue", String::new()),
        ("save_group", form(&group_form)),
        ("save_article", form(&article_form)),
        ("list_contract_types", String::new()),
        ("load_contract_type", String::new()),
        ("save_contract_type", form(&type_form)),
        ("list_contracts", form(&list)),
        ("contracts_of_customer", form(&[("customer", &customer)])),
        ("load_contract", form(&[("id", &contract)])),
        ("load_contract_editor", form(&[("id", &contract)])),
        ("save_contract", form(&contract_form)),
        ("load_balancing", form(&[("contract", &overdrawn)])),
        ("balance_contract", form(&balance_form)),
        ("load_contract_changes", form(&[("id", &contract)])),
        ("load_contract_end", form(&[("id", &contract)])),
        ("end_contract", form(&end_contract_form)),
        ("load_type_application", form(&[("ask[contract_type]", &kind), ("ask[q]", "")])),
        ("apply_contract_type", form(&apply_form)),
        ("plan_billing", form(&[("as_of", "2026-04-15")])),
        ("start_billing", form(&run_form)),
        ("list_runs", form(&[("ask[page]", "1")])),
        ("list_to_dos", form(&[("ask[page]", "1")])),
        ("list_deficits", form(&[("ask[page]", "1")])),
        ("list_lapses", form(&[("ask[page]", "1")])),
        ("load_run", form(&[("id", &run), ("page", "1")])),
        ("load_run_undo", form(&[("id", &run)])),
        ("cancel_run", form(&[("form[run]", void_run.as_str()), ("form[reason]", "Storno")])),
        ("list_documents", form(&[("ask[q]", ""), ("ask[page]", "1")])),
        ("load_bulk_plan", form(&[("way", "issue"), ("documents[0]", &document)])),
        ("bulk_documents", form(&[("form[way]", "issue"), ("form[documents]", &document)])),
        ("load_document", form(&[("id", &document)])),
        ("issue_document", form(&[("id", &document)])),
        ("load_document_editor", form(&[("customer", &customer)])),
        ("load_clearing_facts", form(&[("customer", &customer), ("date", "2026-04-15")])),
        ("save_document", form(&document_form)),
        ("delete_document", form(&[("id", &draft)])),
        ("load_undo_plan", form(&[("id", &document)])),
        ("cancel_document", form(&cancel_form)),
        ("invoice_delivery_note", form(&[("note", &note), ("id", "0198f2f0-0000-7000-8000-00000000000c")])),
        ("repair_document", form(&repair_form)),
        ("load_paper_gaps", form(&[("document", &document)])),
        ("load_receipts", form(&[("document", &document)])),
        ("record_receipt", form(&receipt_form)),
        ("take_back_receipt", form(&[("form[receipt]", receipt.as_str()), ("form[reason]", "Storno")])),
        ("list_open_items", form(&[("ask[page]", "1")])),
        ("load_bank_files", String::new()),
        ("load_bank_file", form(&[("id", &bank_file)])),
        ("read_bank_file", form(&[("form[id]", "0198f2f0-0000-7000-8000-000000000010"), ("form[text]", bank_text)])),
        ("import_bank_file", form(&import_form)),
        ("load_today", String::new()),
        ("find", form(&[("q", "alpha")])),
        ("load_calendar", String::new()),
        ("renew_calendar", String::new()),
        ("end_calendar", String::new()),
        ("load_settings", String::new()),
        ("save_settings", form(&settings_form)),
        ("sign_in_again", form(&[("login", "nobody"), ("password", "wrong")])),
    ])
}

/// Every server function of the program with what it is sent.
fn calls(ids: Ids) -> Vec<(&'static str, &'static str, String)> {
    let mut bodies = bodies(ids);
    let mut calls: Vec<_> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            assert_eq!(method, Method::POST, "{path}: what a GET does can be triggered from other sites");
            let (_, name) = path.rsplit_once('/').expect("a path");
            let body = bodies.remove(name).unwrap_or_else(|| panic!("{path} is new: say here what it is sent"));
            (path, name, body)
        })
        .collect();
    assert!(bodies.is_empty(), "no longer there: {bodies:?}");
    calls.sort_unstable();
    calls
}

struct Given {
    office: Office,
    ids: Ids,
}

async fn given() -> Given {
    let office = Office::new().await;
    let (customer, account) = office.world.customer_with_account(OVERDRAWN).await;
    let ids = ids(&office, customer, account).await;
    Given { office, ids }
}

async fn ids(office: &Office, customer: CustomerId, account: AccountId) -> Ids {
    let world = &office.world;
    let owing = world.drawn(account, 9 * HOUR, "2026-06-01").await.request.draw;
    let lot = world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let doomed = world.lot(account, HOUR, "2026-05-01", Some("2026-06-01")).await;
    let draw = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let mut new = world.contract_draft(customer, "2026-04-01");
    let (id, name, terms) = (ContractTypeId::new(world.id()), world.id().to_string(), new.contract.terms.clone());
    let made = ContractTypeDraft { id, version: 0, name, terms };
    let made = contract_types::save(world, &as_role(Role::Admin), made).await.expect("the type is saved");
    let contract_type = (id, made.version);
    new.contract_type = Some(id);
    let page = world.contract(new).await;
    let contract = page.contract.id;
    let ending = world.contract(world.contract_draft(customer, "2026-09-01")).await;
    let ending = (ending.contract.id, ending.version);
    let run = world.bills_only(&world.env, "2026-04-15", wire::billing::Selection::Contract(contract)).await;
    let (document, _) = run.items[0].document.clone().expect("an invoice");
    let line = Line {
        article: None,
        group: None,
        sub_group: None,
        text: "Wartung".to_owned(),
        quantity: "1".parse().expect("a quantity"),
        unit: LineUnit::Hour,
        price: "100".parse().expect("a price"),
        discount: Discount::default(),
        vat: "19".parse().expect("a rate"),
    };
    let note_draft = || world.note_draft((customer, contract), "2026-04-10", std::slice::from_ref(&line));
    let draft = world.saves(&note_draft()).await.page.row.id;
    let note = world.saves(&note_draft()).await.page.row.id;
    world.issues(note).await;
    let void = world.saves(&note_draft()).await.page.row.id;
    let void = (void, world.issues(void).await.version);
    let other = world.contract(world.contract_draft(customer, "2026-04-01")).await.contract.id;
    let void_run = world.bills_only(&world.env, "2026-04-15", wire::billing::Selection::Contract(other)).await.row.id;
    let run = run.row.id;
    let mut overdrawn = world.contract_draft(customer, "2026-04-01");
    let quota = overdrawn.contract.terms.quota.as_mut().expect("a quota");
    quota.overbooking = domain::quota::Overbooking::Yes { limit: None };
    quota.overage_rate = Some("100".parse().expect("a price"));
    let page = world.contract(overdrawn).await;
    let (account_of, _) = page.account_id.expect("an account");
    let overdrawn = (page.contract.id, world.drawn(account_of, HOUR, "2026-04-10").await.request.draw);
    let receipt = ReceiptId::new(world.id());
    let amount = domain::Money { minor: 100, currency: domain::Currency::EUR };
    let (date, text) = (day("2026-04-15"), String::new());
    let paid = ReceiptDraft { id: receipt, document, date, amount, text, over: false, seen: None };
    usecases::receipts::record(world, &as_role(Role::Admin), paid).await.expect("it is recorded");
    let bank_file = BankFileId::new(world.id());
    let lines = domain::receipts::bank::read("Buchungstag;Betrag\n01.04.2026;1,00\n").expect("it is read");
    let file = BankFileDraft { id: bank_file, lines };
    usecases::receipts::add_file(world, &as_role(Role::Admin), file).await.expect("it is kept");
    Ids {
        customer,
        account,
        draw,
        owing,
        lot,
        doomed,
        contract,
        contract_type,
        ending,
        document,
        draft,
        note,
        run,
        void,
        void_run,
        overdrawn,
        receipt,
        bank_file,
    }
}

fn problem(answer: &crate::support::Answer) -> String {
    answer.json()["Refused"]["problem"]["type"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn nobody_without_a_session_gets_anything_from_a_server_function() {
    let Given { office, ids } = given().await;
    let before = office.books().await;
    for (path, name, body) in calls(ids) {
        for session in [None, Some(""), Some("made-up"), Some("' OR 1=1 --")] {
            let answer = office.post(path, session, &body).await;
            assert_eq!(answer.status, 401, "{path} with session {session:?}: {}", answer.body);
            let expected = if name == "sign_in_again" { "wrong_credentials" } else { "signed_out" };
            assert_eq!(problem(&answer), expected, "{path}");
            assert_eq!(answer.session(), None, "{path}");
        }
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn every_role_gets_from_a_server_function_what_it_may_and_no_more() {
    let Given { office, ids } = given().await;
    let stranger = office.world.customer("Beta GmbH").await;
    // 200 what is allowed, 403 what the role must not, 404 what does not exist for it.
    let table = "
        name              admin  sales  accounting  project_manager  payments  staff  customer
        list_customers      200    200         200              200       403    200       403
        load_customer       200    200         200              200       404    200       404
        customer_history    200    200         200              200       404    200       404
        load_passbook       200    200         200              200       404    200       404
        load_facts          200    200         200              200       404    200       404
        save_customer       200    200         200              403       403    403       403
        open_account        200    200         200              403       403    403       403
        grant               200    403         200              403       404    403       404
        draw                200    403         200              200       404    403       404
        release             200    403         200              200       404    403       404
        load_revoke_plan    200    403         200              403       404    403       404
        revoke              200    403         200              403       404    403       404
        cover               200    403         200              403       404    403       404
        end_account         200    200         200              403       404    403       404
        load_catalogue      200    200         200              200       403    403       403
        save_group          200    200         200              403       403    403       403
        save_article        200    200         200              403       403    403       403
        list_contract_types 200    200         200              200       403    403       403
        load_contract_type  200    200         200              200       403    403       403
        save_contract_type  200    200         200              403       403    403       403
        list_contracts      200    200         200              200       403    403       403
        contracts_of_customer 200  200         200              200       403    403       403
        load_contract       200    200         200              200       403    403       403
        load_contract_editor 200   200         200              403       403    403       403
        save_contract       200    200         200              403       403    403       403
        load_balancing      200    403         200              403       403    403       403
        balance_contract    200    403         200              403       403    403       403
        load_contract_changes 200  200         200              200       403    403       403
        load_contract_end   200    200         200              403       403    403       403
        end_contract        200    200         200              403       403    403       403
        load_type_application 200  200         200              403       403    403       403
        apply_contract_type 200    200         200              403       403    403       403
        plan_billing        200    403         200              403       403    403       403
        start_billing       200    403         200              403       403    403       403
        list_runs           200    200         200              200       403    403       403
        list_to_dos         200    200         200              200       403    403       403
        list_deficits       200    200         200              200       403    403       403
        list_lapses         200    200         200              200       403    403       403
        load_run            200    200         200              200       403    403       403
        list_documents      200    200         200              200       403    403       403
        load_document       200    200         200              200       403    403       403
        issue_document      200    403         200              403       403    403       403
        load_bulk_plan      200    403         200              403       403    403       403
        bulk_documents      200    403         200              403       403    403       403
        load_document_editor 200   200         200              403       403    403       403
        load_clearing_facts 200    200         200              403       403    403       403
        save_document       200    200         200              403       403    403       403
        delete_document     404    200         404              403       403    403       403
        load_undo_plan      200    403         200              403       403    403       403
        cancel_document     200    403         200              403       403    403       403
        load_run_undo       200    403         200              403       403    403       403
        cancel_run          200    403         200              403       403    403       403
        invoice_delivery_note 200  200         200              403       403    403       403
        repair_document     200    200         200              403       403    403       403
        load_paper_gaps     200    200         200              200       403    403       403
        load_receipts       200    200         200              200       403    403       403
        record_receipt      200    403         200              403       403    403       403
        take_back_receipt   422    403         200              403       403    403       403
        list_open_items     200    200         200              200       403    403       403
        load_bank_files     200    403         200              403       403    403       403
        load_bank_file      200    403         200              403       403    403       403
        read_bank_file      200    403         200              403       403    403       403
        import_bank_file    200    403         200              403       403    403       403
        load_today          200    200         200              200       403    403       403
        find                200    200         200              200       403    200       403
        load_calendar       200    200         200              200       403    403       403
        renew_calendar      200    200         200              200       403    403       403
        end_calendar        200    200         200              200       403    403       403
        load_settings       200    403         200              403       403    403       403
        save_settings       200    403         200              403       403    403       403
        sign_in_again       401    401         401              401       401    401       401
    ";
    let mut lines =
        table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty());
    let roles = lines.next().expect("a head").split_off(1);
    let expected: BTreeMap<&str, Vec<u16>> = lines
        .map(|line| (line[0], line[1..].iter().map(|status| status.parse().expect("a status")).collect()))
        .collect();
    // Those who may nothing come first: they must leave everything as it was.
    for name in ["payments", "customer", "staff", "sales", "project_manager", "accounting", "admin"] {
        let role = Role::from_name(name).expect("a role");
        let column = roles.iter().position(|role| *role == name).expect("a column");
        let session = office.session(role, (role == Role::Customer).then_some(stranger)).await;
        let before = office.books().await;
        let mut changing = false;
        for (path, call, body) in calls(ids) {
            let answer = office.post(path, Some(&session), &body).await;
            let wanted = expected.get(call).unwrap_or_else(|| panic!("{call} stands in no line"))[column];
            assert_eq!(answer.status.as_u16(), wanted, "{call} as {name}: {}", answer.body);
            let reads = ["list_", "load_", "plan_"].iter().any(|prefix| call.starts_with(prefix))
                || ["customer_history", "contracts_of_customer", "find"].contains(&call);
            changing |= !reads && wanted == 200;
            if wanted == 404 {
                assert_eq!(problem(&answer), "not_found", "{call} as {name}");
            }
        }
        if !changing {
            assert_eq!(office.books().await, before, "{name} changed something");
        }
    }
}

#[tokio::test]
async fn a_customer_reads_the_own_company_and_no_other() {
    let Given { office, ids: own } = given().await;
    let (other, foreign) = office.world.customer_with_account(OVERDRAWN).await;
    let foreign = ids(&office, other, foreign).await;
    let session = office.session(Role::Customer, Some(own.customer)).await;
    let before = office.books().await;
    let statuses = async |ids| {
        let mut found = BTreeMap::new();
        for (path, name, body) in calls(ids) {
            found.insert(name, office.post(path, Some(&session), &body).await.status.as_u16());
        }
        found
    };
    let commands = ["draw", "grant", "release", "load_revoke_plan", "revoke", "cover", "end_account"];
    let own = statuses(own).await;
    assert_eq!([own["load_customer"], own["load_passbook"], own["load_facts"]], [200; 3]);
    assert_eq!(commands.map(|name| own[name]), [403; 7]);
    let others = ["open_account", "save_customer", "load_settings", "save_settings"];
    assert_eq!(others.map(|name| own[name]), [403; 4]);
    let foreign = statuses(foreign).await;
    assert_eq!([foreign["load_customer"], foreign["load_passbook"], foreign["load_facts"]], [404; 3]);
    assert_eq!(commands.map(|name| foreign[name]), [404; 7]);
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn another_site_triggers_nothing() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Accounting, None).await;
    let before = office.books().await;
    let mut paths: Vec<(String, String)> =
        calls(ids).into_iter().map(|(path, _, body)| (path.to_owned(), body)).collect();
    paths.push(("/sign-in".to_owned(), form(&[("login", "accounting"), ("password", PASSWORD)])));
    paths.push(("/sign-out".to_owned(), String::new()));
    paths.push(("/preferences".to_owned(), form(&[("lang", "en")])));
    paths.push(("/api/v1/customers".to_owned(), r#"{"name":"Fremd","country":"DE"}"#.to_owned()));
    for (path, body) in &paths {
        let from = [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
        ];
        for headers in from {
            let mut request = crate::support::request(Method::POST, path, Some(&session))
                .header("content-type", "application/x-www-form-urlencoded");
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let answer = office.send(request.body(body.clone().into()).expect("a request")).await;
            assert_eq!(answer.status, 403, "{path} with {headers:?}: {}", answer.body);
            assert_eq!(answer.session(), None);
        }
    }
    assert_eq!(office.books().await, before);
    assert_eq!(office.get("/customers", Some(&session)).await.status, 200, "the session still lives");

    let own = crate::support::request(Method::POST, "/preferences", Some(&session))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("origin", "http://drawdown.test");
    let answer = office.send(own.body("lang=en".into()).expect("a request")).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn a_draw_counts_once_and_other_content_under_its_id_is_refused() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Accounting, None).await;
    let (path, _, body) = calls(ids).into_iter().find(|(_, name, _)| *name == "draw").expect("draw");
    let first = office.post(path, Some(&session), &body).await;
    let again = office.post(path, Some(&session), &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200));
    assert_eq!(first.json(), again.json());
    let other = office.post(path, Some(&session), &body.replace("0%3A30", "0%3A45")).await;
    assert_eq!(other.status, 409);
    assert_eq!(problem(&other), "same_id");
    assert_eq!(other.json()["Refused"]["typed"].as_str().map(|typed| typed.contains("0:45")), Some(true));
}

/// Red when: the form's key is not used, or its content is not compared.
#[tokio::test]
async fn a_cover_counts_once_and_other_content_under_its_key_is_refused() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Accounting, None).await;
    let (path, _, body) = calls(ids).into_iter().find(|(_, name, _)| *name == "cover").expect("cover");
    let first = office.post(path, Some(&session), &body).await;
    let after = office.books().await;
    let again = office.post(path, Some(&session), &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200));
    assert_eq!(first.json(), again.json());
    let other = office.post(path, Some(&session), &body.replace("0%3A10", "0%3A20")).await;
    assert_eq!((other.status.as_u16(), problem(&other).as_str()), (409, "same_id"));
    assert_eq!(office.books().await, after);
}

#[tokio::test]
async fn what_a_server_function_cannot_read_is_an_error_and_no_crash() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Admin, None).await;
    let before = office.books().await;
    let nested = format!("form{}=1", "[a]".repeat(2000));
    // They take nothing that has to be there, so there is nothing that they could not read.
    let lenient = [
        "load_settings",
        "load_bank_files",
        "load_catalogue",
        "list_contract_types",
        "load_today",
        "load_contract_type",
        "load_contract_editor",
        "load_document_editor",
        "load_calendar",
        "end_calendar",
        "renew_calendar",
    ];
    for (path, _, _) in calls(ids).into_iter().filter(|(_, name, _)| !lenient.contains(name)) {
        for body in
            ["", "%ff%fe", "form=1", "form[account]=%00", "{\"form\":{}}", &nested, "account=x&draw=y&id=z&date=32"]
        {
            let answer = office.post(path, Some(&session), body).await;
            assert!(
                (400..=599).contains(&answer.status.as_u16()),
                "{path} {body:.40}: {} {}",
                answer.status,
                answer.body
            );
            let error: Value = answer.json();
            assert!(error.is_object(), "{path}: {error}");
        }
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn a_body_beyond_all_sense_is_not_taken_in() {
    let Given { office, ids } = given().await;
    let huge = "x".repeat(9 << 20);
    let mut paths: Vec<String> = calls(ids).into_iter().map(|(path, _, _)| path.to_owned()).collect();
    paths.extend(["/sign-in".to_owned(), "/preferences".to_owned()]);
    for path in paths {
        let answer = office.post(&path, None, &format!("login={huge}")).await;
        assert_eq!(answer.status, 413, "{path}: {:.200}", answer.body);
        assert!(answer.body.contains("limit"), "{path}: {:.200}", answer.body);
    }
}
