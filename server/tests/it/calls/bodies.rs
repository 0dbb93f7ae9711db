//! What every server function is sent.

use std::collections::BTreeMap;

use super::given::Ids;
use crate::support::{PIXEL, form};

/// What a call is sent, by the end of its address; a function without one here fails the tests.
pub fn bodies(ids: Ids) -> BTreeMap<&'static str, String> {
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
    let project_form = [
        ("form[project][id]", new),
        ("form[project][version]", "0"),
        ("form[project][customer]", customer.as_str()),
        ("form[project][name]", "Wartung"),
        ("form[project][currency]", "EUR"),
        ("form[tasks][0][id]", new),
        ("form[tasks][0][name]", "Support"),
        ("form[lines][0][id]", new),
        ("form[lines][0][name]", "Aufwand"),
        ("form[lines][0][kind]", "effort"),
        ("form[lines][0][rate]", "100,00"),
        ("form[lines][0][tasks][0]", new),
    ];
    let (template, doomed_template) = (ids.template.to_string(), ids.doomed_template.to_string());
    let worked = ids.worked.to_string();
    let template_form = [
        ("form[id]", new),
        ("form[version]", "0"),
        ("form[name]", "Vorlage"),
        ("form[lead]", "Was oft gebraucht wird"),
        ("form[project]", worked.as_str()),
    ];
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
    let period_form = [
        ("form[id]", "0198f2f0-0000-7000-8000-000000000012"),
        ("form[project]", worked.as_str()),
        ("form[from]", "2026-04-01"),
        ("form[last]", "2026-04-30"),
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
    let choice = format!("{document}_100_47499_EUR");
    let import_form =
        [("form[file]", bank_file.as_str()), ("form[lines][0][line]", "2"), ("form[lines][0][choice]", &choice)];
    let mail = ids.mail.to_string();
    let mail_form = [
        ("form[id]", "0198f2f0-0000-7000-8000-000000000011"),
        ("form[document]", document.as_str()),
        ("form[to]", "a@b.example"),
    ];
    let mail_settings_form = [
        ("form[version]", "0"),
        ("form[host]", "127.0.0.1"),
        // Nobody listens there.
        ("form[port]", "1"),
        ("form[security]", "none"),
        ("form[from]", "post@b.example"),
    ];
    // They are called in the order of their names: the first who may finds no logo to remove, and saves one.
    let logo_form = [("form[version]", "0"), ("form[file]", PIXEL)];
    let settings_form = [
        ("form[version]", "1"),
        ("form[company]", "Musterhaus AG"),
        ("form[vat_rates]", "19; 7"),
        ("form[hours_per_day]", "8:00"),
        ("form[time_zone]", "Europe/Berlin"),
    ];
    let (project, task, anna) = (ids.shop.project.to_string(), ids.shop.task.to_string(), ids.shop.person.to_string());
    let (booking, gone) = (ids.shop.booking.to_string(), ids.shop.doomed.to_string());
    let booking_form = [
        ("form[id]", "0198f2f0-0000-7000-8000-000000000012"),
        ("form[version]", "0"),
        ("form[task]", task.as_str()),
        ("form[person]", anna.as_str()),
        ("form[date]", "2026-04-10"),
        ("form[time]", "0:30"),
    ];
    let moved = format!("{booking} 1");
    BTreeMap::from([
        ("list_customers", form(&[("ask[q]", ""), ("ask[sort]", "name"), ("ask[desc]", "false"), ("ask[page]", "1")])),
        ("load_customer", form(&[("id", &customer)])),
        ("customer_history", form(&[("id", &customer)])),
        ("load_customer_editor", form(&[("id", &customer)])),
        ("save_customer", form(&customer_form)),
        ("load_passbook", form(&[("account", &account)])),
        ("load_draw", form(&[("account", &account), ("draw", &draw)])),
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
        ("load_document_history", form(&[("id", &document)])),
        ("issue_document", form(&[("id", &document)])),
        ("load_document_editor", form(&[("customer", &customer)])),
        ("load_clearing_facts", form(&[("customer", &customer), ("date", "2026-04-15")])),
        ("save_document", form(&document_form)),
        ("delete_document", form(&[("id", &draft), ("version", "1"), ("seen", "")])),
        ("load_undo_plan", form(&[("id", &document)])),
        ("cancel_document", form(&cancel_form)),
        ("load_project_invoice", form(&period_form)),
        ("invoice_project", form(&period_form)),
        ("invoice_delivery_note", form(&[("note", &note), ("id", "0198f2f0-0000-7000-8000-00000000000c")])),
        ("repair_document", form(&repair_form)),
        ("load_paper_gaps", form(&[("document", &document)])),
        ("load_receipts", form(&[("document", &document)])),
        ("record_receipt", form(&receipt_form)),
        ("take_back_receipt", form(&[("form[receipt]", receipt.as_str()), ("form[reason]", "Storno")])),
        ("list_open_items", form(&[("ask[page]", "1")])),
        ("list_projects", form(&[("ask[page]", "1")])),
        ("load_project", form(&[("id", &project)])),
        ("load_project_editor", form(&[("customer", &customer)])),
        ("load_projects_left", form(&[("customer", &customer)])),
        ("save_project", form(&project_form)),
        ("list_project_templates", String::new()),
        ("load_project_template", form(&[("id", &template)])),
        ("save_project_template", form(&template_form)),
        ("delete_project_template", form(&[("id", &doomed_template), ("version", "1")])),
        ("load_bank_files", String::new()),
        ("load_bank_file", form(&[("id", &bank_file)])),
        ("read_bank_file", form(&[("form[id]", "0198f2f0-0000-7000-8000-000000000010"), ("form[text]", bank_text)])),
        ("import_bank_file", form(&import_form)),
        ("load_mails", form(&[("document", &document)])),
        ("send_mail", form(&mail_form)),
        ("decide_mail", form(&[("form[mail]", mail.as_str()), ("form[to]", "c@d.example")])),
        ("retry_mails", String::new()),
        ("drop_mails", String::new()),
        ("load_mail_settings", String::new()),
        ("save_mail_settings", form(&mail_settings_form)),
        ("test_mail_server", form(&mail_settings_form)),
        ("list_bookings", form(&[("ask[page]", "1")])),
        ("load_booking_choices", form(&[("ask[page]", "1")])),
        ("load_booking", form(&[("id", &booking), ("facts", "true")])),
        ("load_week", form(&[("person", &anna), ("first", "2026-04-06")])),
        ("save_booking", form(&booking_form)),
        ("delete_booking", form(&[("form[id]", gone.as_str()), ("form[version]", "1")])),
        ("load_booking_facts", form(&[("project", &project), ("date", "2026-04-10")])),
        ("load_bookable", form(&[("q", "")])),
        ("load_workers", String::new()),
        ("load_move_plan", form(&[("bookings[0]", &booking), ("task", &task)])),
        ("move_bookings", form(&[("form[bookings]", moved.as_str()), ("form[task]", &task)])),
        ("load_today", String::new()),
        ("file_papers_now", String::new()),
        ("set_papers_now", String::new()),
        ("find", form(&[("q", "alpha")])),
        ("load_calendar", String::new()),
        ("renew_calendar", String::new()),
        ("end_calendar", String::new()),
        ("load_settings", String::new()),
        ("save_settings", form(&settings_form)),
        ("save_logo", form(&logo_form)),
        ("remove_logo", form(&[("version", "0")])),
        ("sign_in_again", form(&[("login", "nobody"), ("password", "wrong")])),
    ])
}
