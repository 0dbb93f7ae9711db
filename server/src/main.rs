//! The command line: `drawdown serve | migrate | user | token | bill | export | verify | config`.

mod allocator;

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use domain::Role;
use serde_json::json;
use server::{
    archive, bill,
    config::{Config, KEYS},
    jobs, lists,
    router::{House, router},
    surroundings,
};
use usecases::{
    Env, Refused,
    demo::{self, Standing},
    people, verify,
};
use wire::lists::Export;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Services that are paid before they are used.
#[derive(Parser)]
#[command(name = "drawdown", version)]
struct Cli {
    /// A TOML file with the configuration; `DRAWDOWN_*` variables win over it.
    #[arg(long, global = true, env = "DRAWDOWN_CONFIG")]
    config: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages and REST.
    Serve,
    /// Bring the database up to date.
    Migrate {
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// People who can sign in. The password is read from the standard input.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Tokens for REST.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Bill all automatic contracts and issue the invoices. Ends with 2 when something could not be billed.
    Bill {
        /// What is due on that day or was before, such as 2026-04-01.
        #[arg(long, value_name = "DATE")]
        as_of: String,
        /// Say what would be billed, and store nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// A list as CSV on the standard output, or as a workbook.
    Export {
        /// customers, contracts, documents, billing-runs, to-dos, deficits, lapses, open-items, bookings or projects.
        kind: String,
        /// Filters and order as in the address of the page, such as state=ended&sort=end.
        #[arg(long, default_value = "")]
        filter: String,
        /// Write a workbook into that file.
        #[arg(long, value_name = "FILE")]
        xlsx: Option<std::path::PathBuf>,
    },
    /// Audit the ledger: fold every account from its first entry and compare with the state beside it; and look whether
    /// every paper that was filed lies in the archive.
    Verify {
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Every key of the configuration with its default.
    Config,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add a user.
    Add {
        /// The name to sign in with.
        login: String,
        /// The name for the screen.
        #[arg(long)]
        name: Option<String>,
        /// admin, sales, accounting, project_manager, payments, staff or customer.
        #[arg(long)]
        role: String,
        /// The id of the own company, for the role customer.
        #[arg(long)]
        customer: Option<String>,
        /// Print the id as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Set a user's password.
    Passwd {
        /// The name to sign in with.
        login: String,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token; it is printed once.
    Add {
        /// What it is for.
        name: String,
        /// What it may do.
        #[arg(long)]
        role: String,
        /// Print the token as JSON.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Serve) {
        allocator::give_back_at_once();
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "warn,drawdown=info,server=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("drawdown: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = Config::read(cli.config.as_deref()).context("the configuration cannot be read")?;
    if matches!(cli.command, Command::Config) {
        for (key, default, what) in KEYS {
            println!("# {what}\n# DRAWDOWN_{}\n{key} = {default:?}\n", key.to_uppercase());
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(folder) = config.database.strip_prefix("sqlite:").and_then(|path| std::path::Path::new(path).parent()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let opened = surroundings(&config.database, &config.company, config.time_zone).await;
    let env = opened.map_err(told).context("the database does not open")?;
    let code = command(cli.command, &env, &config).await?;
    env.db.close().await;
    Ok(code)
}

async fn command(command: Command, env: &Env, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        // It was opened, and with that brought up to date.
        Command::Config | Command::Migrate { json: false } => println!("the database is up to date"),
        Command::Migrate { json: true } => println!("{}", json!({ "up_to_date": true })),
        Command::Serve => serve(env, config).await?,
        Command::User { command: UserCommand::Add { login, name, role, customer, json } } => {
            let customer = customer.map(|id| id.parse()).transpose().context("--customer is not an id")?;
            let name = name.unwrap_or_else(|| login.clone());
            let new = people::NewUser { login, name, role: role_named(&role)?, customer, password: password()? };
            let id = people::add_user(env, new).await.map_err(told)?;
            println!("{}", made(json, "id", &id.to_string()));
        }
        Command::User { command: UserCommand::Passwd { login } } => {
            people::set_password(env, &login, &password()?).await.map_err(told)?;
        }
        Command::Token { command: TokenCommand::Add { name, role, json } } => {
            let token = people::add_token(env, &name, role_named(&role)?).await.map_err(told)?;
            println!("{}", made(json, "token", &token));
        }
        Command::Bill { as_of, dry_run, json } => {
            let as_of = as_of.parse().with_context(|| format!("--as-of: {as_of} is not a day such as 2026-04-01"))?;
            let done = if dry_run { bill::dry_run(env, as_of, json).await } else { bill::run(env, as_of, json).await };
            let done = done.map_err(told)?;
            println!("{}", done.text);
            return Ok(if done.good { ExitCode::SUCCESS } else { ExitCode::from(2) });
        }
        Command::Export { kind, filter, xlsx } => export(env, &kind, &filter, xlsx.as_deref()).await?,
        Command::Verify { json } => return audit(env, config, json).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// What a command made: for people, or under its name for programs.
fn made(json: bool, name: &str, value: &str) -> String {
    if json { json!({ name: value }).to_string() } else { value.to_owned() }
}

fn told(refused: Refused) -> anyhow::Error {
    match refused {
        Refused::Problem(problem) => {
            let fields: Vec<&str> = problem.fields().iter().map(|field| field.field.as_str()).collect();
            let text = problem.text(texts::Lang::En);
            if fields.is_empty() { anyhow::anyhow!(text) } else { anyhow::anyhow!("{}: {text}", fields.join(", ")) }
        }
        Refused::Store(error) => error.into(),
    }
}

fn role_named(name: &str) -> anyhow::Result<Role> {
    let names: Vec<&str> = Role::ALL.into_iter().map(Role::name).collect();
    Role::from_name(name).with_context(|| format!("there is no role {name}; there are {}", names.join(", ")))
}

/// A password never stands in a command line, where every process could read it.
fn password() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("the password is read from the standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("no password on the standard input");
    }
    Ok(password.to_owned())
}

async fn export(env: &Env, kind: &str, filter: &str, xlsx: Option<&std::path::Path>) -> anyhow::Result<()> {
    let form = if xlsx.is_some() { Export::Xlsx } else { Export::Csv };
    let file = lists::export(env, kind, filter, form).await.map_err(told)?;
    let file = file.with_context(|| format!("there is no list {kind}; there are {}", lists::KINDS.join(", ")))?;
    match xlsx {
        Some(path) => std::fs::write(path, file).with_context(|| format!("cannot write {}", path.display())),
        None => std::io::Write::write_all(&mut std::io::stdout().lock(), &file).context("the output does not take it"),
    }
}

async fn audit(env: &Env, config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let archive = archive::open(&config.archive).context("the archive does not open")?;
    let report = verify::verify(env, archive.as_deref()).await.map_err(told)?;
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{} accounts, {} entries", report.accounts, report.entries);
        for fault in &report.faults {
            let account = fault.account.map_or_else(|| "no account".to_owned(), |account| format!("account {account}"));
            let entry = fault.entry.map_or_else(String::new, |seq| format!(", entry {seq}"));
            println!("{account}{entry}: {}", fault.what);
        }
        println!("{}", if report.faults.is_empty() { "the books are good" } else { "the books are NOT good" });
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

async fn make_demo(env: &Env, database: &str) -> anyhow::Result<()> {
    eprintln!("making the demo company ...");
    let began = env.now();
    let Some(made) = demo::make(env).await.map_err(told)? else { bail!(half_made(database)) };
    let seconds = (env.now() - began).num_seconds();
    eprintln!(
        "{} customers, {} accounts with {} entries, {} contracts, {} documents, {} projects with {} bookings",
        made.customers, made.accounts, made.entries, made.contracts, made.documents, made.projects, made.bookings
    );
    eprintln!("it took {seconds} s");
    Ok(())
}

/// What is said of a database with a part of a demo company. It is not cleared here: another process may be making it.
fn half_made(database: &str) -> String {
    let clear = match database.strip_prefix("sqlite:") {
        Some(file) => format!("remove {file}, {file}-wal and {file}-shm"),
        None => "drop the database and create it anew".to_owned(),
    };
    format!(
        "the demo company in this database is not finished: another process is making it, or was stopped meanwhile. \
         Nobody can work with a part of it. When no process is making it, {clear}, and start again"
    )
}

async fn serve(env: &Env, config: &Config) -> anyhow::Result<()> {
    let archive = archive::open(&config.archive).context("the archive does not open")?;
    let standing = demo::standing(env).await.map_err(told)?;
    if standing == Standing::Begun {
        bail!(half_made(&config.database));
    }
    // Before anything is made: a port that is taken costs nothing.
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    if config.demo && standing == Standing::Empty {
        make_demo(env, &config.database).await?;
    }
    let logins = demo::logins(env).await.map_err(told)?;
    let address = listener.local_addr()?;
    let router = router(House::new(env.clone(), config, logins.clone()), config);
    println!("Drawdown listens on http://{address}");
    for login in &logins {
        println!("  {:16} {} / {}", login.role.name(), login.login, login.password);
    }
    let postman = jobs::spawn(env, config.nightly_billing, archive);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stopped()).await;
    postman.stop().await;
    Ok(served?)
}

/// Waits until somebody asks the process to end.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(error) => {
                tracing::error!(%error, "no signal handler");
                return;
            }
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    interrupt.await.ok();
}
