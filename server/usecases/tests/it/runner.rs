//! Processes of a race: the tests start themselves again, and each process stops where it is told to.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

/// What a process that was started for a race is to do; on its own there is none.
const TASK: &str = "DRAWDOWN_TEST_RACE";
/// Longer than any step takes on a slow machine; nothing waits for it but a failing test.
const AT_MOST: Duration = Duration::from_secs(30);
/// How long a process may take to get past a lock that is not there. It is waited for in full when the lock works.
const BLOCKED: Duration = Duration::from_secs(1);
const MARK: &str = "race: ";

/// The task of this process, if it was started for a race.
pub fn task() -> Option<String> {
    std::env::var(TASK).ok()
}

/// Tells the parent.
pub fn say(word: &str) {
    println!("{MARK}{word}");
    std::io::stdout().flush().expect("the parent listens");
}

/// Says a word and waits for the parent's.
pub fn stop(word: &str) {
    say(word);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("the parent speaks");
    assert_eq!(line.trim(), "go");
}

/// A process of the race, as its parent sees it.
pub struct Runner {
    name: &'static str,
    process: Child,
    input: ChildStdin,
    words: Receiver<String>,
}

impl Runner {
    /// Starts the test of that name, which is switched off on its own, as a process with a task.
    pub fn start(name: &'static str, test: &str, task: &str) -> Runner {
        let mut process = Command::new(std::env::current_exe().expect("this test has a file"))
            .args(["--ignored", "--exact", test, "--nocapture"])
            .env(TASK, task)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the process starts");
        let (input, output) = (process.stdin.take().expect("piped"), process.stdout.take().expect("piped"));
        let (sender, words) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // The harness writes its own words on the same line.
                if let Some((_, word)) = line.split_once(MARK) {
                    let _ = sender.send(word.to_owned());
                }
            }
        });
        Runner { name, process, input, words }
    }

    /// Its next word.
    pub fn next(&self, what: &str) -> String {
        self.words.recv_timeout(AT_MOST).unwrap_or_else(|error| panic!("{} does not say {what}: {error}", self.name))
    }

    /// Its next word is this one.
    #[track_caller]
    pub fn says(&self, word: &str) {
        assert_eq!(self.next(word), word, "{}", self.name);
    }

    /// Whether it gets through to the facts while the other holds them.
    pub fn loads_now(&self) -> bool {
        match self.words.recv_timeout(BLOCKED) {
            Ok(word) => {
                assert_eq!(word, "loaded", "{}", self.name);
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(error) => panic!("{} is gone: {error}", self.name),
        }
    }

    /// `kill -9`. Returns when it is gone.
    pub fn kill(&mut self) {
        self.process.kill().expect("it is killed");
        self.process.wait().expect("it is gone");
    }

    /// Lets it go on.
    pub fn go(&mut self) {
        writeln!(self.input, "go").expect("it listens");
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
