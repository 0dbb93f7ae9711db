//! The real binary as child processes on one database, and a client for it.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader as AsyncBufReader},
    net::TcpStream,
};
use uuid::Uuid;

/// What a draw is posted with, besides its id and amount.
pub const TEXT: &str = "Maintenance of the shop";

/// The folder of the project.
pub fn project() -> &'static Path {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    server.parent().unwrap_or(server)
}

/// A company of its own: a database and the program that is used on it.
pub struct House {
    /// Where the books are.
    pub database: String,
    program: PathBuf,
}

impl House {
    /// `DRAWDOWN_BIN` names the program; otherwise it is the one that was built together with this one.
    pub fn new(database: String) -> House {
        let program = std::env::var_os("DRAWDOWN_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_drawdown").into());
        House { database, program: program.into() }
    }

    /// The program with these arguments, on this company.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(project())
            .env_remove("DRAWDOWN_CONFIG")
            .env("DRAWDOWN_DATABASE", &self.database)
            .env("DRAWDOWN_ARCHIVE", "")
            .env("DRAWDOWN_LISTEN", "127.0.0.1:0")
            .env("DRAWDOWN_DEMO", "false")
            .env("RUST_LOG", "error")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end and gives back what it prints; errors unless it ends well.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let done = self.command(arguments).stderr(Stdio::inherit()).output()?;
        let printed = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        ensure!(done.status.success(), "drawdown {}: {}\n{printed}", arguments.join(" "), done.status);
        Ok(printed)
    }

    /// Starts `drawdown serve` and waits until it listens.
    pub fn serve(&self) -> anyhow::Result<Server> {
        let mut child = self.command(&["serve"]).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let address = line.trim().rsplit_once("http://").map(|(_, address)| address.to_owned());
        let server = Server { child, address: address.unwrap_or_default(), _output: output };
        ensure!(!server.address.is_empty(), "drawdown serve did not start");
        Ok(server)
    }
}

/// The most memory that a process has held so far, in kB; known on Linux only, and only until the process ends.
#[allow(dead_code, reason = "for some of the programs")]
pub fn peak_memory(process: u32) -> Option<u64> {
    memory(process, "VmHWM:")
}

fn memory(process: u32, what: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(what))?.trim().trim_end_matches(" kB").parse().ok()
}

/// A running server. Dropped, it is killed.
pub struct Server {
    /// Host and port.
    pub address: String,
    child: Child,
    // A closed pipe would end the server at its next line.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// `kill -9`. Returns when the process is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The most memory that it has held so far, in kB; known on Linux only.
    #[allow(dead_code, reason = "for some of the programs")]
    pub fn peak_memory(&self) -> Option<u64> {
        peak_memory(self.child.id())
    }

    /// The memory that it holds now, in kB; known on Linux only.
    #[allow(dead_code, reason = "for one of the programs")]
    pub fn memory(&self) -> Option<u64> {
        memory(self.child.id(), "VmRSS:")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One keep-alive connection. Written by hand, as it shares the cores with the server and must cost little.
pub struct Client {
    stream: AsyncBufReader<TcpStream>,
    address: String,
    /// The lines of a request that say who asks.
    credentials: String,
}

impl Client {
    /// Connects as a program that has a token.
    pub async fn open(address: &str, token: &str) -> anyhow::Result<Client> {
        Client::with(address, format!("authorization: Bearer {token}\r\n")).await
    }

    /// Connects as the browser of somebody who is signed in.
    #[allow(dead_code, reason = "for some of the programs")]
    pub async fn signed_in(address: &str, session: &str) -> anyhow::Result<Client> {
        let own = format!("origin: http://{address}\r\nsec-fetch-site: same-origin\r\n");
        Client::with(address, format!("cookie: session={session}\r\n{own}")).await
    }

    async fn with(address: &str, credentials: String) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let stream = AsyncBufReader::new(stream);
        Ok(Client { stream, address: address.to_owned(), credentials })
    }

    /// Sends a request and returns status and body.
    pub async fn call(
        &mut self,
        method: &str,
        path: &str,
        key: Option<Uuid>,
        body: &str,
    ) -> anyhow::Result<(u16, String)> {
        let mut request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nhost: {}\r\n{}content-type: application/json\r\n\
             content-length: {}\r\n",
            self.address,
            self.credentials,
            body.len()
        );
        if let Some(key) = key {
            write!(request, "idempotency-key: {key}\r\n")?;
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        self.answer().await
    }

    /// Asks for a page and returns it.
    #[allow(dead_code, reason = "for one of the programs")]
    pub async fn page(&mut self, path: &str) -> anyhow::Result<String> {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{}accept: text/html\r\n\r\n", self.address, self.credentials);
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let (status, page) = self.answer().await?;
        ensure!(status == 200, "GET {path}: {status} {page:.600}");
        Ok(page)
    }

    async fn answer(&mut self) -> anyhow::Result<(u16, String)> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).context("the connection was closed")?.parse()?;
        let (mut length, mut in_pieces) = (None, false);
        loop {
            line.clear();
            ensure!(self.stream.read_line(&mut line).await? > 0, "the connection was closed");
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
            in_pieces |= name.eq_ignore_ascii_case("transfer-encoding");
        }
        let body = if in_pieces {
            self.pieces().await?
        } else {
            let mut body = vec![0; length.context("an answer without length")?];
            self.stream.read_exact(&mut body).await?;
            body
        };
        Ok((status, String::from_utf8(body)?))
    }

    /// A body that comes in pieces, as pages do: each after a line with its length, an empty one at the end.
    async fn pieces(&mut self) -> anyhow::Result<Vec<u8>> {
        let (mut body, mut line) = (Vec::new(), String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let (start, length) = (body.len(), usize::from_str_radix(line.trim(), 16)?);
            body.resize(start + length, 0);
            self.stream.read_exact(&mut body[start..]).await?;
            self.stream.read_line(&mut line).await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    /// The same for requests that must be accepted; returns the JSON.
    pub async fn json(&mut self, method: &str, path: &str, key: Option<Uuid>, body: &str) -> anyhow::Result<Value> {
        let (status, body) = self.call(method, path, key, body).await?;
        if !(200..300).contains(&status) {
            bail!("{method} {path}: {status} {body}");
        }
        Ok(serde_json::from_str(&body)?)
    }

    /// Creates a customer and returns the id.
    pub async fn customer(&mut self) -> anyhow::Result<String> {
        let body = r#"{"name":"Alpha GmbH","country":"DE"}"#;
        text(&self.json("POST", "/customers", None, body).await?, "id")
    }

    /// Opens a time account and returns its id.
    pub async fn account(&mut self, customer: &str) -> anyhow::Result<String> {
        let body = format!(r#"{{"customer":"{customer}","name":"Support","unit":"time"}}"#);
        text(&self.json("POST", "/accounts", None, &body).await?, "id")
    }

    /// Grants a lot without end.
    pub async fn grant(&mut self, account: &str, from: &str, amount: &str) -> anyhow::Result<()> {
        let body = format!(r#"{{"amount":"{amount}","valid_from":"{from}","reason":"Prepaid"}}"#);
        self.json("POST", &format!("/accounts/{account}/grants"), None, &body).await.map(drop)
    }

    /// What was used of an account.
    pub async fn used(&mut self, account: &str) -> anyhow::Result<String> {
        let found = self.json("GET", &format!("/accounts/{account}"), None, "").await?;
        text(&found["standing"], "used")
    }

    /// The draws in a passbook: their ids and amounts.
    pub async fn draws(&mut self, account: &str, from: &str, until: &str) -> anyhow::Result<Vec<(String, String)>> {
        let path = format!("/accounts/{account}/entries?from={from}&until={until}");
        let book = self.json("GET", &path, None, "").await?;
        let entries = book["entries"].as_array().context("no entries")?;
        entries
            .iter()
            .filter(|entry| entry["kind"] == "draw")
            .map(|entry| Ok((text(entry, "draw")?, text(entry, "amount")?)))
            .collect()
    }
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    Ok(value[name].as_str().with_context(|| format!("no {name} in {value}"))?.to_owned())
}

/// Seconds as REST writes them.
pub fn iso(seconds: u64) -> String {
    let part = |value: u64, sign: &str| if value == 0 { String::new() } else { format!("{value}{sign}") };
    let parts = part(seconds / 3600, "H") + &part(seconds / 60 % 60, "M") + &part(seconds % 60, "S");
    if parts.is_empty() { "PT0S".to_owned() } else { format!("PT{parts}") }
}

/// Numbers from a seed (SplitMix64): the same in every run.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.roll() % end).unwrap_or(0)
    }
}
