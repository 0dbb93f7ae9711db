//! The command line, as scripts see it.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use domain::CustomerId;
use serde_json::Value;
use sqlx::{Connection, Executor, SqliteConnection};
use usecases::testing::World;

/// A database file of its own, removed at the end.
struct Books(PathBuf);

/// What a command did: exit code, output, errors.
#[derive(Debug)]
struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Books {
    fn new() -> Books {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join("drawdown-tests");
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let path = folder.join(format!("dd_{}_cli{number}.db", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Books(path)
    }

    fn run(&self, arguments: &[&str], input: &str) -> Done {
        self.run_with(&[], arguments, input)
    }

    /// The same with an archive at that address.
    fn run_beside(&self, archive: &str, arguments: &[&str], input: &str) -> Done {
        self.run_with(&[("DRAWDOWN_ARCHIVE", archive)], arguments, input)
    }

    /// The same with further settings.
    fn run_with(&self, settings: &[(&str, &str)], arguments: &[&str], input: &str) -> Done {
        let mut child = Command::new(env!("CARGO_BIN_EXE_drawdown"))
            .args(arguments)
            .env("DRAWDOWN_DATABASE", format!("sqlite:{}", self.0.display()))
            .env("DRAWDOWN_ARCHIVE", "")
            .envs(settings.iter().copied())
            .env_remove("DRAWDOWN_CONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        // A command that reads nothing may have ended already.
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Done { code: output.status.code().expect("a code"), out: text(output.stdout), err: text(output.stderr) }
    }

    async fn sql(&self, statement: &'static str) {
        let mut file =
            SqliteConnection::connect(&format!("sqlite:{}", self.0.display())).await.expect("the file opens");
        file.execute(statement).await.expect("the statement runs");
        file.close().await.expect("the file closes");
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

#[test]
fn users_are_added_with_a_password_from_the_input() {
    let books = Books::new();
    let done =
        books.run(&["user", "add", "Erika", "--name", "Erika Muster", "--role", "accounting"], "a long password\n");
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    assert_eq!(done.out.trim().len(), 36, "{}", done.out);
    let twice = books.run(&["user", "add", "erika", "--role", "staff"], "a long password\n");
    assert_eq!(twice.code, 1);
    assert!(twice.err.contains("login") && twice.out.is_empty(), "{twice:?}");
    let passwd = books.run(&["user", "passwd", "erika"], "another password\r\n");
    assert_eq!((passwd.code, passwd.out.as_str()), (0, ""));
    let nobody = books.run(&["user", "passwd", "nobody"], "another password\n");
    assert_eq!(nobody.code, 1);
}

/// Red when: a script has to pick apart what is meant for people.
#[test]
fn scripts_get_json_and_nothing_else() {
    let books = Books::new();
    let json = |arguments: &[&str], input: &str| -> Value {
        let done = books.run(&[arguments, &["--json"]].concat(), input);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{arguments:?}");
        serde_json::from_str(&done.out).expect("JSON and nothing else")
    };
    assert_eq!(json(&["migrate"], ""), serde_json::json!({ "up_to_date": true }));
    let user = json(&["user", "add", "erika", "--role", "accounting"], "a long password\n");
    assert_eq!(user["id"].as_str().map(str::len), Some(36), "{user}");
    let token = json(&["token", "add", "script", "--role", "sales"], "");
    assert_eq!(token["token"].as_str().map(str::len), Some(43), "{token}");
    // What is refused is said as always, and nothing stands where the result would.
    let twice = books.run(&["user", "add", "erika", "--role", "staff", "--json"], "a long password\n");
    assert_eq!((twice.code, twice.out.as_str()), (1, ""));
    assert!(twice.err.starts_with("drawdown: login"), "{}", twice.err);
}

#[test]
fn what_is_wrong_about_a_user_is_said_and_nothing_is_added() {
    let books = Books::new();
    for (arguments, input, word) in [
        (vec!["user", "add", "a", "--role", "boss"], "a long password", "project_manager"),
        (vec!["user", "add", "a", "--role", "staff"], "short", "8"),
        (vec!["user", "add", "a", "--role", "staff"], "", "password"),
        (vec!["user", "add", "a b", "--role", "staff"], "a long password", "login"),
        (vec!["user", "add", "a", "--role", "customer"], "a long password", "customer"),
        (
            vec!["user", "add", "a", "--role", "staff", "--customer", "0198f2f0-0000-7000-8000-00000000000a"],
            "a long password",
            "customer",
        ),
        (vec!["user", "add", "a", "--role", "customer", "--customer", "x"], "a long password", "customer"),
        (vec!["token", "add", "script", "--role", "nobody"], "", "project_manager"),
        (vec!["token", "add", "script", "--role", "customer"], "", "role"),
    ] {
        let done = books.run(&arguments, input);
        assert_eq!(done.code, 1, "{arguments:?}: {done:?}");
        assert!(done.err.starts_with("drawdown: ") && done.err.contains(word), "{arguments:?}: {}", done.err);
        assert!(!done.err.contains("a long password") && done.out.is_empty(), "{arguments:?}: {done:?}");
    }
    assert_eq!(books.run(&["user", "passwd", "a"], "a long password").code, 1, "no user is there");
}

#[test]
fn a_password_in_the_arguments_is_not_taken() {
    let done = Books::new().run(&["user", "add", "a", "secret password", "--role", "staff"], "");
    assert_eq!(done.code, 2);
}

#[test]
fn a_token_is_printed_once_and_kept_as_a_hash() {
    let books = Books::new();
    let done = books.run(&["token", "add", "script", "--role", "sales"], "");
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let token = done.out.trim();
    assert_eq!(token.len(), 43);
    let stored = std::fs::read(&books.0).expect("the database");
    assert!(!stored.windows(token.len()).any(|part| part == token.as_bytes()), "the token itself is kept");
}

#[tokio::test]
async fn an_audit_of_good_books_ends_with_0_and_of_bad_ones_with_2() {
    let books = Books::new();
    assert_eq!(books.run(&["migrate"], "").code, 0);
    let good = books.run(&["verify", "--json"], "");
    assert_eq!(good.code, 0, "{good:?}");
    let report: Value = serde_json::from_str(&good.out).expect("JSON and nothing else");
    assert_eq!((&report["accounts"], &report["faults"]), (&Value::from(0), &Value::from(Vec::<Value>::new())));
    assert!(books.run(&["verify"], "").out.contains("the books are good"));
    // An account that says it holds five seconds, and no entry that gave them.
    books
        .sql(
            "PRAGMA foreign_keys = OFF;
            INSERT INTO accounts (id, customer_id, name, name_folded, unit, overbooking, deficits, next_seq, balance)
            VALUES ('0198f2f0-0000-7000-8000-00000000000a', '0198f2f0-0000-7000-8000-00000000000b', 'A', 'a', 'time',
                FALSE, 'balance', 1, 5)",
        )
        .await;
    let bad = books.run(&["verify", "--json"], "");
    assert_eq!(bad.code, 2, "{bad:?}");
    let report: Value = serde_json::from_str(&bad.out).expect("JSON");
    assert_eq!(report["faults"][0]["account"], "0198f2f0-0000-7000-8000-00000000000a");
    assert!(books.run(&["verify"], "").out.contains("NOT good"));
}

/// A company with a contract of 399.99 a month since April; `also` adds to it.
async fn billable(books: &Books, also: impl AsyncFnOnce(&World, CustomerId)) {
    let world = World::open(format!("sqlite:{}", books.0.display()), 1).await;
    let customer = world.customer("Alpha GmbH").await;
    world.contract(world.contract_draft(customer, "2026-04-01")).await;
    also(&world, customer).await;
    world.env.db.close().await;
}

#[tokio::test]
async fn billing_says_what_it_would_do_does_it_and_does_it_once() {
    let books = Books::new();
    assert_eq!(books.run(&["migrate"], "").code, 0);
    billable(&books, async |_, _| ()).await;
    let bill = |more: &[&str]| books.run(&[&["bill", "--as-of", "2026-05-15"], more].concat(), "");
    for _ in 0..2 {
        let plan = bill(&["--dry-run"]);
        assert_eq!((plan.code, plan.err.as_str()), (0, ""));
        assert!(plan.out.contains("V-00001\t2026-04-01 to 2026-04-30\t399.99 EUR\tAlpha GmbH"), "{}", plan.out);
        assert!(
            plan.out.contains("2 periods on 2 invoices, 0 skipped, 0 failed\n799.98 EUR net, 951.98 EUR gross"),
            "{}",
            plan.out
        );
    }
    let plan: Value = serde_json::from_str(&bill(&["--dry-run", "--json"]).out).expect("JSON and nothing else");
    assert_eq!((&plan["totals"]["billed"], &plan["items"][0]["document"]), (&2.into(), &Value::Null));
    let done = bill(&["--json"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&done.out).expect("JSON and nothing else");
    assert_eq!((&report["run"]["totals"], &report["failed"]), (&plan["totals"], &Value::Array(Vec::new())));
    assert_eq!(report["run"]["started_by"], "drawdown bill");
    assert!(!report["run"]["ended_at"].is_null());
    let again = bill(&[]);
    assert_eq!((again.code, again.out.trim()), (0, "0 periods on 0 invoices, 0 skipped, 0 failed"));
    assert_eq!(books.run(&["verify"], "").code, 0);
}

#[tokio::test]
async fn billing_ends_with_2_when_something_failed_and_the_others_are_billed() {
    let books = Books::new();
    assert_eq!(books.run(&["migrate"], "").code, 0);
    billable(&books, async |world, customer| {
        let mut draft = world.contract_draft(customer, "2026-04-01");
        let item = draft.contract.terms.items.first_mut().expect("an item");
        (item.quantity, item.price) = ("1000000".parse().expect("a number"), "1000000000".parse().expect("a number"));
        draft.contract.terms.items = vec![item.clone(); 200];
        world.contract(draft).await;
    })
    .await;
    for (arguments, billed) in [(vec!["--dry-run"], 1), (vec![], 1), (vec![], 0)] {
        let done = books.run(&[&["bill", "--as-of", "2026-04-15"], arguments.as_slice()].concat(), "");
        assert_eq!((done.code, done.err.as_str()), (2, ""), "{done:?}");
        assert!(done.out.starts_with("V-00002\t"), "{}", done.out);
        assert!(done.out.contains("\tfailed: That is too large.\tAlpha GmbH\n"), "{}", done.out);
        assert!(
            done.out.contains(&format!("{billed} periods on {billed} invoices, 0 skipped, 1 failed")),
            "{}",
            done.out
        );
    }
}

#[test]
fn a_day_that_is_none_is_said_and_nothing_is_billed() {
    for (arguments, code, word) in [
        (vec!["bill", "--as-of", "15.04.2026"], 1, "15.04.2026"),
        (vec!["bill", "--as-of", "2026-02-30"], 1, "2026-02-30"),
        (vec!["bill", "--as-of", "9999-12-31"], 1, "as_of"),
        (vec!["bill", "--as-of", "9999-12-31", "--dry-run"], 1, "as_of"),
        (vec!["bill"], 2, "--as-of"),
    ] {
        let done = Books::new().run(&arguments, "");
        assert_eq!((done.code, done.out.as_str()), (code, ""), "{arguments:?}: {done:?}");
        assert!(done.err.contains(word), "{arguments:?}: {}", done.err);
    }
}

#[test]
fn every_key_of_the_configuration_is_shown_and_can_be_read_back() {
    let books = Books::new();
    let done = books.run(&["config"], "");
    assert_eq!(done.code, 0);
    assert!(!books.0.exists(), "it touches no database");
    let folder = std::env::temp_dir().join("drawdown-tests");
    let file = folder.join(format!("dd_{}_config.toml", std::process::id()));
    std::fs::write(&file, &done.out).expect("the temporary folder is writable");
    let read = server::config::Config::read(file.to_str()).expect("what it prints is what it reads");
    std::fs::remove_file(&file).expect("the file is ours");
    assert_eq!((read.sign_ins_per_minute, read.secure, read.demo, read.nightly_billing), (60, false, true, true));
    assert_eq!(read.sign_ins_per_login, 10);
    assert_eq!(read.archive, "folder:data/archive");
    assert_eq!(done.out.matches("# DRAWDOWN_").count(), server::config::KEYS.len());
}

/// Red when: a server starts that will never file anything, or a password is repeated.
#[test]
fn an_archive_that_is_none_is_said_at_the_start() {
    let books = Books::new();
    for arguments in [["serve"], ["verify"]] {
        let done = books.run_beside("ftp://anna:geheim@host", &arguments, "");
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
        assert!(done.err.contains("archive") && done.err.contains("folder:PATH"), "{}", done.err);
        assert!(!done.err.contains("geheim"), "{}", done.err);
    }
    // A folder is made when the first paper is filed.
    let folder = format!("{}-archive", books.0.display());
    assert_eq!(books.run_beside(&format!("folder:{folder}"), &["verify"], "").code, 0);
    assert!(!std::path::Path::new(&folder).exists());
}

/// Red when: a company that nobody can enter is served, or nobody is told how to go on.
#[tokio::test]
async fn a_demo_company_that_is_not_finished_is_told_and_not_served() {
    let books = Books::new();
    assert_eq!(books.run(&["migrate"], "").code, 0);
    books.sql("INSERT INTO settings (name, value) VALUES ('demo', 'begun')").await;
    for demo in ["true", "false"] {
        let done = books.run_with(&[("DRAWDOWN_DEMO", demo), ("DRAWDOWN_LISTEN", "127.0.0.1:0")], &["serve"], "");
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
        let remove = format!("remove {}", books.0.display());
        assert!(done.err.contains("not finished") && done.err.contains(&remove), "{}", done.err);
    }
}

/// Red when: the demo company is made before anybody knows whether it can be served.
#[test]
fn a_port_that_is_taken_is_told_before_anything_is_made() {
    let books = Books::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("its address").to_string();
    for _ in 0..2 {
        let done = books.run_with(&[("DRAWDOWN_DEMO", "true"), ("DRAWDOWN_LISTEN", &address)], &["serve"], "");
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
        assert!(done.err.contains(&address) && !done.err.contains("demo company"), "{}", done.err);
    }
}

/// Red when: a proxy is silently not believed, and everybody behind it counts as one.
#[test]
fn a_proxy_that_is_none_is_said_before_anything_happens() {
    for (wrong, named) in [("caddy", "caddy"), ("10.0.0.0/8, 10.0.0.0/33", "10.0.0.0/33"), ("true", "true")] {
        for arguments in [["serve"], ["migrate"]] {
            let books = Books::new();
            let done = books.run_with(&[("DRAWDOWN_PROXIES", wrong)], &arguments, "");
            assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
            let told = format!("neither an IP address nor a network such as 10.0.0.0/8: {named:?} for key `proxies`");
            assert!(done.err.contains(&told), "{}", done.err);
            assert!(!books.0.exists(), "{done:?}");
        }
    }
    for right in ["", "127.0.0.1", "10.0.0.0/8, 2001:db8::/48 ,192.0.2.1"] {
        let done = Books::new().run_with(&[("DRAWDOWN_PROXIES", right)], &["migrate"], "");
        assert_eq!(done.code, 0, "{done:?}");
    }
}

#[test]
fn a_configuration_that_cannot_be_read_is_said_before_anything_happens() {
    for arguments in [vec!["--config", "/nowhere/drawdown.toml", "migrate"], vec!["frobnicate"], vec![]] {
        let books = Books::new();
        let done = books.run(&arguments, "");
        assert!([1, 2].contains(&done.code), "{done:?}");
        assert!(!done.err.is_empty() && !books.0.exists(), "{done:?}");
    }
}
