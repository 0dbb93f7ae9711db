//! Costs grow with what a request touches and never with the size of the company: no statement reads a whole table.

use store::{
    Db, Engine,
    testing::{TestDb, begin, commit, execute, explain, fresh},
};

use crate::statements::all;

/// A company in which one account has half of everything: planners decide by what the tables hold.
async fn filled(engine: Engine) -> TestDb {
    let test = fresh(engine).await;
    let date = match engine {
        Engine::Sqlite => "date('2026-01-01', '+' || (i % 700) || ' days')",
        Engine::Postgres => "DATE '2026-01-01' + i % 700",
    };
    let at = match engine {
        Engine::Sqlite => "'2026-01-01T00:00:00+00:00'",
        Engine::Postgres => "TIMESTAMPTZ '2026-01-01'",
    };
    let with_number = |prefix: &str| format!("'{prefix}' || CAST(i AS TEXT)");
    let (name, draw, lot) = (with_number("n"), with_number("d"), with_number("l"));
    let account = "'a' || CAST(CASE WHEN i % 2 = 0 THEN 0 ELSE i % 500 END AS TEXT)";
    let rows = [
        (500, "customers", format!("{name}, 1, {name}, {name}, {name}, {name}, '', '', {name}, {name}, 'DE', '', ''")),
        (500, "customer_words", format!("{name}, {name}")),
        (500, "users", format!("{name}, {name}, '', 'staff', {name}, ''")),
        (500, "sessions", format!("{name}, {name}, {at}, {at}, {at}")),
        (500, "api_tokens", format!("{name}, {name}, '', 'staff', {at}")),
        (
            500,
            "accounts",
            format!(
                "'a' || CAST(i - 1 AS TEXT), {name}, {name}, {name}, CASE WHEN i % 50 = 0 THEN 'EUR' ELSE 'time' END, TRUE,
                NULL, 'balance', 1, 0, NULL"
            ),
        ),
        (
            8000,
            "entries",
            format!(
                "{account}, i, 'draw', {date}, 0, {lot}, {draw}, 0, NULL, NULL, 0, 0, 0, '', '', {at}, '', NULL, NULL"
            ),
        ),
        (8000, "entry_parts", format!("{account}, i, 0, {lot}, 1, NULL")),
        (
            2000,
            "lot_state",
            format!(
                "{lot}, {account}, i, 10, CASE WHEN i % 50 = 0 THEN 9 ELSE i % 2 END, {date}, {date}, NULL, NULL, 0, FALSE, 'free_quota'"
            ),
        ),
        (
            8000,
            "draw_state",
            format!("{draw}, {account}, i, {date}, CASE WHEN i % 100 = 0 THEN 1 ELSE 0 END, FALSE, i % 100 = 0"),
        ),
        (8000, "draw_parts", format!("{draw}, 0, {lot}, 1")),
        (500, "history", format!("'customer', {name}, 1, {at}, '', ''")),
        (500, "idempotency", format!("'s', {name}, '', '', {at}")),
        (50, "counters", format!("{name}, 1")),
        (50, "settings", format!("{name}, ''")),
    ];
    let rows = rows.into_iter().chain(contracts(date, at)).chain(projects(date, at));
    let mut tx = begin(&test).await;
    for (count, table, values) in rows {
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) INSERT INTO {table} SELECT {values} FROM n"
        );
        execute(&mut tx, &sql).await.expect("the table takes them");
    }
    execute(&mut tx, "ANALYZE").await.expect("the engine counts");
    commit(tx).await;
    test
}

/// Contracts and what billing leaves: most runs are over, most documents issued, most contracts due some day.
fn contracts(date: &str, at: &str) -> Vec<(i64, &'static str, String)> {
    let with_number = |prefix: &str| format!("'{prefix}' || CAST(i AS TEXT)");
    let some = |prefix: &str, many: i64| format!("'{prefix}' || CAST(1 + i % {many} AS TEXT)");
    let (name, customer, contract, document) = (with_number("n"), some("n", 500), some("n", 2000), some("n", 2000));
    let rarely = |value: &str| format!("CASE WHEN i % 100 = 0 THEN {value} ELSE NULL END");
    let mostly = |value: &str| format!("CASE WHEN i % 100 = 0 THEN NULL ELSE {value} END");
    let every_other = |value: &str| format!("CASE WHEN i % 2 = 0 THEN {value} ELSE NULL END");
    let account = "CASE WHEN i < 500 THEN 'a' || CAST(i AS TEXT) ELSE NULL END";
    let state = "CASE WHEN i % 100 = 0 THEN 'draft' ELSE 'issued' END";
    let delivery = "CASE WHEN i % 100 = 2 THEN 'print' WHEN i % 100 = 3 THEN 'none' ELSE 'mail' END";
    let working = "CASE WHEN i % 100 = 0 THEN 'working' WHEN i % 100 = 1 THEN 'cancelling' ELSE 'done' END";
    let outcome = "CASE WHEN i % 100 = 0 THEN 'unbilled' WHEN i % 100 = 1 THEN 'skipped' ELSE 'billed' END";
    let days = if date.contains("DATE") { "DATE '2026-01-01' + i" } else { "date('2026-01-01', '+' || i || ' days')" };
    let issued_at = mostly(at);
    let (held, end) = (rarely(at), rarely(date));
    let number = mostly(&name);
    vec![
        (100, "product_groups", format!("{name}, 1, {name}, {name}, 'on'")),
        (400, "product_sub_groups", format!("{name}, 1, {}, {name}, {name}, 'off'", some("n", 100))),
        (
            1000,
            "articles",
            format!("{name}, 1, {name}, {name}, {name}, {name}, {}, NULL, 'piece', '1', '19', NULL", some("n", 100)),
        ),
        (200, "contract_types", format!("{name}, 1, {name}, {name}, ''")),
        (200, "project_templates", format!("{name}, 1, {name}, {name}, '', ''")),
        (
            2000,
            "contracts",
            format!(
                "{name}, 1, {name}, {name}, {customer}, {}, {account}, '', '', {date}, {date}, NULL, NULL, {end},
                i % 2 = 0, i % 2 = 0, 1, {}, {}, ''",
                some("n", 200),
                mostly(date),
                mostly(date)
            ),
        ),
        (2000, "contract_versions", format!("{name}, 1, '', {at}, ''")),
        (
            8000,
            "documents",
            format!(
                "{name}, 1, 'contract_invoice', {state}, {number}, {number}, {customer}, 'EUR', {date}, {date}, 14, {delivery},
                1, 0, 1, '', {run}, {at}, '', {issued_at}, NULL, {cancels}, '', CASE WHEN i % 100 = 1 THEN 0 ELSE 1 END, 0, NULL",
                run = some("n", 500),
                cancels = rarely(&name)
            ),
        ),
        (
            8000,
            "document_lines",
            format!(
                "{name}, 0, NULL, NULL, NULL, '', '1', 'piece', NULL, '1', '0', '19', 1, {contract}, {date}, {date},
                {cleared}, TRUE, NULL, 0, {draw}, {note}, i % 100 = 50, NULL",
                cleared = every_other(&with_number("l")),
                draw = every_other(&with_number("d")),
                note = rarely(&with_number("l"))
            ),
        ),
        (
            8000,
            "claims",
            format!("{name}, {contract}, i, {date}, {date}, {date}, 1, {document}, 1, i % 100 = 0, {at}, ''"),
        ),
        (
            2000,
            "document_lots",
            format!("{}, {name}, 'a' || CAST(i % 500 AS TEXT), {contract}, 1, NULL", with_number("l")),
        ),
        (
            8000,
            "receipts",
            format!("{name}, {document}, {date}, 1, '', {}, {at}, '', NULL, NULL, NULL", rarely(&name)),
        ),
        (
            8000,
            "papers",
            format!(
                "{name}, 1, 1, {held}, 0, NULL, NULL, NULL, NULL, NULL, {issued_at}, {held}, 0, NULL, {held}, {issued_at}, ''"
            ),
        ),
        (
            8000,
            "mails",
            format!(
                "{name}, 0, NULL, {document}, '', CASE WHEN i % 100 = 0 THEN 'waiting' WHEN i % 201 = 0 THEN 'failed' ELSE 'sent' END,
                    CASE WHEN i % 100 = 0 THEN {at} END, 0, NULL, {at}, '', NULL, NULL"
            ),
        ),
        (500, "letterheads", "i, ''".to_owned()),
        (500, "bank_lines", format!("{name}, {name}")),
        (500, "bank_files", format!("{name}, '', 1, {at}, ''")),
        (8000, "document_deficits", format!("{}, {}, 0, 1", some("n", 2000), with_number("d"))),
        (8000, "claim_lots", format!("{}, {name}, 1, {date}, {date}", with_number("l"))),
        (
            500,
            "billing_runs",
            format!("{name}, {date}, TRUE, NULL, NULL, {days}, {working}, 1, {at}, '', NULL, {held}, {issued_at}, NULL, FALSE,
                NULL, NULL, NULL, NULL"
            ),
        ),
        (
            8000,
            "billing_run_items",
            format!("{}, {contract}, i, {outcome}, '', {document}, 'EUR', 1, 1, {}", some("n", 500), rarely(&some("n", 500))),
        ),
        (500, "billing_run_undos", format!("{name}, '', {held}, 1, {at}, '', {issued_at}")),
        (8000, "billing_run_undo_items", format!("{}, i, {name}, i % 100 = 0, i % 100 = 0, ''", some("n", 500))),
        (1000, "account_policies", "'a' || CAST(i % 500 AS TEXT), i, TRUE, NULL, 'balance'".to_owned()),
    ]
}

/// Projects with their bookings: one project has half of them, and most portions go to a line.
fn projects(date: &str, at: &str) -> Vec<(i64, &'static str, String)> {
    let with_number = |prefix: &str| format!("'{prefix}' || CAST(i AS TEXT)");
    let some = |prefix: &str, many: i64| format!("'{prefix}' || CAST(1 + i % {many} AS TEXT)");
    let (name, project) = (with_number("n"), "'n' || CAST(CASE WHEN i % 2 = 0 THEN 1 ELSE 1 + i % 500 END AS TEXT)");
    let rarely = |value: &str| format!("CASE WHEN i % 100 = 0 THEN {value} ELSE NULL END");
    let target = "CASE WHEN i % 100 = 0 THEN 'unassigned' ELSE 'line' END";
    let line = format!("CASE WHEN i % 100 = 0 THEN NULL ELSE {} END", some("n", 1000));
    vec![
        (
            500,
            "projects",
            format!(
                "{name}, 1, {name}, {name}, {customer}, {name}, {name}, 'EUR', i % 2 = 0, 'company', 0, 1, i % 2 = 1, 1, FALSE",
                customer = some("n", 500)
            ),
        ),
        (500, "project_people", format!("{name}, {name}")),
        (1000, "tasks", format!("{name}, {}, i, {name}, i % 2 = 0", some("n", 500))),
        (
            1000,
            "billing_lines",
            format!(
                "{name}, {}, i, {name}, '', 'a' || CAST(i % 500 AS TEXT), TRUE, {}, 0, {}",
                some("n", 500),
                rarely(at),
                rarely(date)
            ),
        ),
        (
            8000,
            "fee_claims",
            format!(
                "{name}, {}, {}, i, {date}, {date}, {date}, '', {}, 0, 1, i % 100 = 0, {at}, ''",
                some("n", 500),
                some("n", 1000),
                some("n", 2000)
            ),
        ),
        (1000, "billing_line_versions", format!("{}, i, '', {at}, ''", some("n", 500))),
        (
            8000,
            "bookings",
            format!(
                "{name}, 1, {project}, {task}, {person}, {date}, NULL, 60, 60, i % 10 <> 0, '', i, {document}",
                task = some("n", 1000),
                person = some("n", 500),
                document = rarely(&some("n", 2000))
            ),
        ),
        (8000, "booking_decisions", format!("{name}, ''")),
        (500, "deleted_bookings", format!("'gone' || CAST(i AS TEXT), {name}, {name}, {at}, ''")),
        (8000, "portions", format!("{name}, 0, {target}, {line}, 60, 0, 60, {}", with_number("b"))),
    ]
}

async fn plan(db: &Db, sql: &str) -> String {
    explain(&mut db.read().await.expect("a read begins"), sql).await.join("\n")
}

/// Whether a line of a plan reads a table from its first row to its last.
///
/// SQLite walks an index for a list that ends at a LIMIT (`SCAN t USING INDEX i`); that is what such a list is for.
fn reads_everything(line: &str, sql: &str) -> bool {
    let whole = line.contains("Seq Scan") || line.trim_start().starts_with("SCAN ");
    // The constant row of `SELECT $1, ..` is no table.
    // Nothing but what waits stands in these, or what somebody has to look at.
    if ["mails_waiting", "mails_stuck", "portions_unassigned"].iter().any(|index| line.contains(index)) {
        return false;
    }
    whole && !line.contains("CONSTANT ROW") && !(line.contains("INDEX") && sql.contains("LIMIT"))
}

async fn no_statement_reads_a_whole_table(test: TestDb) {
    let mut wrong = Vec::new();
    for (name, sql) in all() {
        let plan = plan(&test, &sql).await;
        // A sum over all that is open reads all that is open, in an index that holds nothing else.
        let open = (name == "deficit sums" && plan.contains("draw_state_"))
            || (name == "open sums" && plan.contains("documents_open_"));
        // The audit recomputes everything; nobody waits for it.
        if !open && !name.to_lowercase().starts_with("audit") && plan.lines().any(|line| reads_everything(line, &sql)) {
            wrong.push(format!("{name}: {sql}\n{plan}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_on_sqlite() {
    no_statement_reads_a_whole_table(fresh(Engine::Sqlite).await).await;
    no_statement_reads_a_whole_table(filled(Engine::Sqlite).await).await;
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_on_postgres() {
    no_statement_reads_a_whole_table(filled(Engine::Postgres).await).await;
}

/// The statements of every booking and every page, and the index that each was made for, or the ones.
const HOT: [(&str, &str); 197] = [
    ("USABLE", "lot_state_usable"),
    ("LOTS_WITHIN", "lot_state_usable"),
    // By their ends, or by having something left: both indexes begin with the account.
    ("LEFT_OF_ENDED", "lot_state_usable|lot_state_left"),
    ("LOTS_WITH_REST", "lot_state_usable|lot_state_left"),
    ("COVER_PART", "draw_parts"),
    ("HOLDERS", "draw_parts_lot"),
    ("HOLDERS_PARTS", "draw_parts_lot"),
    ("BY_REVOKE", "entries_revoke"),
    ("OPEN_DEFICITS", "draw_state_open"),
    ("IN_RANGE", "entries_date"),
    ("MOVED_SINCE", "entries_date"),
    ("BY_DRAW", "entries_draw"),
    ("BY_RELEASE", "entries_release"),
    ("BY_GRANT", "entries_grant"),
    ("customers by name false", "customers_name"),
    ("customers by name true", "customers_name"),
    ("customers by number false", "customers_number"),
    ("customers by number true", "customers_number"),
    ("customers by city false", "customers_city"),
    ("customers by city true", "customers_city"),
    ("accounts by name false", "accounts_name"),
    ("accounts by name true", "accounts_name"),
    ("accounts with customer", "accounts_customer"),
    ("accounts with unit", "accounts_unit"),
    ("contracts by number false", "contracts_number"),
    ("contracts by number true", "contracts_number"),
    ("contracts by start false", "contracts_start"),
    ("contracts by start true", "contracts_start"),
    ("contracts by end false", "contracts_end"),
    ("contracts by end true", "contracts_end_desc"),
    ("contracts by due false", "contracts_next"),
    ("contracts by due true", "contracts_next_desc"),
    ("contracts with customer", "contracts_customer"),
    ("contracts with end", "contracts_end"),
    ("documents by date false", "documents_date"),
    ("documents by date true", "documents_date"),
    ("documents by number false", "documents_by_number"),
    ("documents by number true", "documents_by_number"),
    ("documents with customer", "documents_customer"),
    ("documents with draft", "documents_drafts"),
    ("documents with delivery_note", "documents_notes"),
    ("documents with print", "documents_printed"),
    ("documents with none", "documents_kept_back"),
    ("documents with dates", "documents_date"),
    ("runs by started false", "billing_runs_started"),
    ("runs by as_of false", "billing_runs_as_of"),
    ("to-dos by due false", "contracts_due"),
    ("to-dos with overdue", "contracts_"),
    ("to-dos with soon", "contracts_"),
    ("deficits by date false", "draw_state_deficits"),
    ("deficits by date true", "draw_state_deficits"),
    ("lapsing", "lot_state_ends"),
    ("lapsing", "lot_state_carried"),
    ("lapsing", "lot_state_begins"),
    ("lapsing", "accounts_end"),
    ("USER_BY_LOGIN", "users_login"),
    ("DUE_MAILS", "mails_due"),
    ("MAILS_OF", "mails_document"),
    ("TO_DECIDE", "mails_to_decide"),
    ("STUCK", "mails_stuck"),
    ("WAITING_MAILS", "mails_waiting"),
    ("ALL_STUCK", "mails_stuck"),
    ("ALL_WAITING", "mails_waiting"),
    ("POSTPONE", "mails_due"),
    ("recount reminders 1", "mails_document"),
    ("deficits_among 3", "draw_state_open"),
    ("of_customers 3", "accounts_customer"),
    ("LITTLE_LEFT", "lot_state_little"),
    ("GROUPS", "product_groups_name"),
    ("ARTICLES", "articles_number"),
    ("TYPES", "contract_types_name"),
    ("TEMPLATES", "project_templates_name"),
    ("OF_CUSTOMER", "contracts_customer"),
    ("LINE_OF_ACCOUNT", "contracts_account"),
    ("terms of accounts 3", "contracts_account"),
    ("TO_DOS", "contracts_to_do"),
    ("DUE_LINES", "contracts_due"),
    ("DUE_CONTRACTS", "contracts_due"),
    ("DUE_OF_CUSTOMER", "contracts_customer"),
    ("CLAIMS", "claims_contract"),
    ("ANY_CLAIM", "claims_"),
    ("lots_of_claims 3", "claim_lots_claim"),
    ("claims_on 3", "claims_document"),
    ("numbers taken 3", "documents_number"),
    ("DRAFTS", "documents_drafts"),
    ("DOCUMENTS_NUMBERED", "documents_number"),
    ("NIGHTLY_RUN", "billing_runs_nightly"),
    ("UNHELD", "billing_runs_working"),
    ("UNHELD_UNDOS", "billing_runs_cancelling"),
    ("UNDONE", "billing_run_undo_items_told"),
    ("FAILED_RUNS", "billing_runs_started"),
    ("RUN_ITEMS", "billing_run_items_outcome"),
    ("BILLED_ITEMS", "billing_run_items"),
    ("totals 3", "billing_run_items"),
    ("held 3", "draw_state_hold"),
    ("LINES", "document_lines_line"),
    ("INVOICE_OF", "document_lines_note"),
    ("KEPT_LINES", "document_lines"),
    ("END_HOLDS", "document_lines"),
    ("DRAWS_OF_DOCUMENT", "document_lines"),
    ("PARTS_OF_DOCUMENT", "document_lines"),
    ("documents of draws 3", "document_lines_draw"),
    ("lines elsewhere 3", "document_lines_line"),
    ("FORGET_LINES", "document_lines"),
    ("sold at 3", "claims_"),
    ("freed 3", "claims_"),
    ("FREED_OF_RUN", "claims_"),
    ("standing claims 3", "claims_document"),
    ("draws of documents 3", "document_lines"),
    ("parts of documents 3", "document_lines"),
    ("invoices of 3", "document_lines_note"),
    ("CANCELLATION_OF", "documents_cancels"),
    ("STANDING_OF_RUN", "documents_run"),
    ("ANY_OF_RUN", "documents_run"),
    ("holders 3", "draw_parts_lot"),
    ("lots of documents 3", "document_lots_document"),
    ("DEFICITS_OF", "document_deficits"),
    ("FORGET_LOT", "document_lots_document"),
    ("FORGET_DEFICITS", "document_deficits"),
    ("billed deficits of 3", "document_deficits_draw"),
    ("sold terms of 3", "claims_contract"),
    ("CONTRACTS_OF_PERSON", "contracts_responsible"),
    ("texts of draws 3", "entries_draw"),
    ("FREE_QUOTAS", "entries_grant"),
    ("STANDING_OF_CONTRACT", "claims_"),
    ("VERSIONS", "claims_contract"),
    ("contracts of a type 1", "contracts_type"),
    ("contracts of a type 3", "contracts_type"),
    ("DOCUMENTS_NAMING", "documents_customer"),
    ("DRAWS_FROM", "entries_date"),
    ("open items by due false", "documents_open_due"),
    ("open items by due true", "documents_open_due"),
    ("open items by open false", "documents_open_amount"),
    ("open items with overdue", "documents_open"),
    ("open items with credit", "documents_open"),
    ("open sums", "documents_open"),
    ("ALL_OPEN", "documents_open_due"),
    ("RECEIPTS_OF", "receipts_document"),
    ("DUE_PAPERS", "papers_due"),
    ("FAILED_PAPERS", "papers_due"),
    ("LATER", "papers_due"),
    ("DUE_FILINGS", "papers_file_due"),
    ("UNFILED", "papers_unfiled"),
    ("LAST_UNFILED", "papers_unfiled"),
    ("FILE_NOW", "papers_unfiled"),
    ("FILES", "bank_files_created"),
    ("bank lines recorded 3", "receipts_bank_line"),
    ("documents numbered 3", "documents_number"),
    ("FREE_LINE", "bank_lines"),
    ("draws among 3", "draw_state"),
    ("parts among 3", "draw_parts"),
    ("LATER_BOOKINGS", "bookings_"),
    ("LAST_ACCEPTED", "bookings_accepted"),
    ("ACCEPTED_BETWEEN", "bookings_accepted"),
    ("PLACE_TAKEN", "bookings_accepted"),
    ("FREE_PLACE", "bookings_accepted"),
    ("BOOKINGS_OF_PERSON", "bookings_person"),
    ("LATEST_TASKS", "bookings_person"),
    ("bookings by date false", "bookings_date"),
    ("bookings by date true", "bookings_date"),
    ("bookings by time false", "bookings_time"),
    ("bookings by time true", "bookings_time"),
    ("bookings of a person by project false", "bookings_person"),
    ("bookings with project", "bookings_project"),
    ("bookings with task", "bookings_task"),
    ("bookings with person", "bookings_person"),
    ("bookings with dates", "bookings_date"),
    ("bookings with unassigned", "portions_unassigned"),
    ("UNASSIGNED", "portions_unassigned"),
    ("UNASSIGNED_OF_PROJECT", "portions_"),
    ("sums of bookings with person", "bookings_person"),
    ("sums of bookings with dates", "bookings_date"),
    ("BOOKINGS_OF_PERIOD", "bookings_project"),
    ("FREE_BOOKINGS", "bookings_document"),
    ("portions 3", "portions"),
    ("draws of bookings 3", "portions_draw"),
    ("said of draws 3", "portions_draw"),
    ("tasks booked 3", "bookings_task"),
    ("PROJECT_TASKS", "tasks_project"),
    ("PROJECT_LINES", "billing_lines_project"),
    ("REMOVED_LINES", "billing_lines_project"),
    ("lines of 3", "billing_lines_project"),
    ("every line of 3", "billing_lines_project"),
    ("DUE_FEES", "billing_lines_due"),
    ("DUE_FEE_LINES", "billing_lines_due"),
    ("DUE_FEES_OF_PROJECT", "billing_lines_"),
    ("SHORT_FEES", "fee_claims_project"),
    ("FREED_FEES_OF_RUN", "fee_claims_"),
    ("freed fees 3", "fee_claims_"),
    ("standing fees 3", "fee_claims_document"),
    ("fees on 3", "fee_claims_document"),
    ("lines on 3", "billing_lines_account"),
    ("allowances 3", "billing_lines_account"),
    ("PROJECT_NUMBERED", "projects_number"),
    ("PROJECTS_OF_CUSTOMER", "projects_"),
    ("projects by name false", "projects_name"),
    ("projects with customer", "projects_customer"),
];

async fn hot_statements_use_their_index(test: TestDb) {
    let engine = test.engine();
    let all = all();
    let mut wrong = Vec::new();
    for (name, index) in HOT {
        let (_, sql) = all.iter().find(|(other, _)| other == name).expect("the statement is listed");
        let plan = plan(&test, sql).await;
        if !index.split('|').any(|index| plan.contains(index)) {
            wrong.push(format!("{name} does not use {index}:\n{plan}"));
        }
    }
    let keyed = ["DRAW", "DRAW_PARTS", "SESSION", "TOKEN", "FIND", "ADVANCE", "parts 3"];
    let contracts =
        ["CONTRACT", "contracts 3", "names 3", "CLAIM_OF_LOT", "DOCUMENT", "LINES", "numbers 3", "RUN", "HOLD"];
    for keyed in keyed.into_iter().chain(contracts).chain([
        "ARTICLE",
        "TYPE",
        "TEMPLATE",
        "POLICIES",
        "END_HOLDS",
        "release 3",
        "forget parts 3",
        "DRAWS_OF_DOCUMENT",
    ]) {
        let (_, sql) = all.iter().find(|(other, _)| other == keyed).expect("the statement is listed");
        let plan = plan(&test, sql).await;
        let by_key = if engine == Engine::Sqlite { "autoindex" } else { "_pkey" };
        if !plan.contains(by_key) {
            wrong.push(format!("{keyed} does not go by its key:\n{plan}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn hot_statements_use_their_index_on_sqlite() {
    // SQLite plans by rules until somebody has counted, and most databases are never counted.
    hot_statements_use_their_index(fresh(Engine::Sqlite).await).await;
    hot_statements_use_their_index(filled(Engine::Sqlite).await).await;
}

#[tokio::test]
async fn hot_statements_use_their_index_on_postgres() {
    hot_statements_use_their_index(filled(Engine::Postgres).await).await;
}

/// A list in the order of an index needs no sorting. Red when: the index lacks the tie-break.
#[tokio::test]
async fn the_list_of_customers_is_never_sorted() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = filled(engine).await;
        for (name, sql) in all().into_iter().filter(|(name, _)| name.starts_with("customers by")) {
            let plan = plan(&test, &sql).await;
            assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{name} on {engine:?}:\n{plan}");
        }
    }
}

/// A page of a list costs its rows: what stands before it is walked in the order of an index. Red when: an index lacks
/// the tie-break, or the items of a run are not kept in the order in which people read them.
#[tokio::test]
async fn pages_of_accounts_contracts_documents_and_runs_are_never_sorted() {
    const LISTS: [&str; 40] = [
        "accounts by name false",
        "accounts by name true",
        "accounts with unit",
        "contracts by number false",
        "contracts by number true",
        "contracts by start false",
        "contracts by start true",
        "contracts by end false",
        "contracts by end true",
        "contracts by due false",
        "contracts by due true",
        "TO_DOS",
        "DUE_LINES",
        "documents by date false",
        "documents by date true",
        "documents by number false",
        "documents by number true",
        "documents with customer",
        "documents with draft",
        "documents with delivery_note",
        "documents with dates",
        "runs by started false",
        "runs by as_of false",
        "RUN_ITEMS",
        "to-dos by due false",
        "to-dos by due true",
        "to-dos with overdue",
        "deficits by date false",
        "deficits by date true",
        "bookings by date false",
        "bookings by date true",
        "bookings by time false",
        "bookings by time true",
        "bookings with project",
        "bookings with task",
        "bookings with person",
        "bookings with dates",
        "projects by number false",
        "projects by number true",
        "projects by name false",
    ];
    let mut wrong = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = filled(engine).await;
        for (name, sql) in all().into_iter().filter(|(name, _)| LISTS.contains(&name.as_str())) {
            let plan = plan(&test, &sql).await;
            if plan.contains("Sort") || plan.contains("TEMP B-TREE") {
                wrong.push(format!("{name} on {engine:?}:\n{plan}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A search reads ranges of words. Red when: the words are looked for with LIKE.
#[tokio::test]
async fn a_search_reads_ranges_of_words() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = filled(engine).await;
        for (name, sql) in all().into_iter().filter(|(name, _)| name.starts_with("search")) {
            let plan = plan(&test, &sql).await;
            let range = match engine {
                Engine::Sqlite => plan.contains("(word>? AND word<?)"),
                Engine::Postgres => plan.contains("customer_words_pkey") && plan.contains("Index Cond: ((word >="),
            };
            assert!(range, "{name} on {engine:?}:\n{plan}");
        }
    }
}
