//! A mail server that does what is written for it, and remembers all that it hears.

use std::time::Duration;

use mail::Patience;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use wire::mails::{Security, Smtp};

/// Long enough for a busy machine: nothing waits for it.
pub const PATIENT: Patience =
    Patience { connect: Duration::from_secs(20), step: Duration::from_secs(20), message: Duration::from_secs(20) };

/// The server, and where it is to be found.
pub struct Server {
    pub smtp: Smtp,
    hearing: JoinHandle<Vec<String>>,
}

impl Server {
    /// Plays a script, line by line: `< 250 ok` is said, `> MAIL` is how the next line begins that is heard, `> .` is a
    /// whole mail. `close` breaks off, and with `hang` nothing more is said. After the script the guest is let go.
    pub async fn play(script: &str) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let script: Vec<String> = script.lines().map(|line| line.trim().to_owned()).collect();
        let hearing = tokio::spawn(async move {
            let (guest, _) = listener.accept().await.expect("a guest");
            play(BufReader::new(guest), &script).await
        });
        Server { smtp: smtp(port), hearing }
    }

    /// All that was heard, when the guest has gone. Panics when it was not what is in the script.
    pub async fn heard(self) -> Vec<String> {
        self.hearing.await.expect("a guest who keeps to the script")
    }
}

/// A server on this machine, to which nobody signs in.
pub fn smtp(port: u16) -> Smtp {
    Smtp { host: "127.0.0.1".to_owned(), port, security: Security::None, user: String::new(), password: String::new() }
}

async fn play(mut guest: BufReader<TcpStream>, script: &[String]) -> Vec<String> {
    let mut heard = Vec::new();
    let mut answers = true;
    for act in script.iter().filter(|act| !act.is_empty()) {
        match act.split_once(' ') {
            Some(("<", text)) => say(&mut guest, text).await,
            Some((">", ".")) => heard.extend(all(&mut guest).await),
            Some((">", start)) => {
                let line = hear(&mut guest).await.unwrap_or_default();
                assert!(line.starts_with(start), "{line} instead of {start}");
                heard.push(line);
            }
            _ if act == "close" => return heard,
            _ if act == "hang" => answers = false,
            _ => panic!("{act} cannot be played"),
        }
    }
    while let Some(line) = hear(&mut guest).await {
        if answers {
            say(&mut guest, if line == "QUIT" { "221 bye" } else { "500 not in the script" }).await;
        }
        heard.push(line);
    }
    heard
}

/// A guest who has gone hears nothing, and need not.
async fn say(guest: &mut BufReader<TcpStream>, text: &str) {
    let _ = guest.get_mut().write_all(format!("{text}\r\n").as_bytes()).await;
}

/// The next line; nothing when the guest has gone.
async fn hear(guest: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = Vec::new();
    guest.read_until(b'\n', &mut line).await.ok().filter(|count| *count > 0)?;
    Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

/// All lines of a mail, to the dot and with it.
async fn all(guest: &mut BufReader<TcpStream>) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line| line != ".") {
        lines.push(hear(guest).await.expect("a mail to its end"));
    }
    lines
}
