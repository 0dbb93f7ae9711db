//! People who are signed in: made by the use cases, in the process that measures.

use domain::{Role, UserId};
use futures::future::try_join_all;
use usecases::{
    Env,
    people::{self, NewUser},
};

/// What each of them signs in with.
const PASSWORD: &str = "correct horse";
/// So many passwords the program checks at once.
const AT_ONCE: usize = 2;

/// Somebody who is signed in.
pub struct Worker {
    /// Who.
    pub id: UserId,
    /// The token of the session.
    pub session: String,
}

/// So many people of that role with so many sessions, in turns.
pub async fn signed_in(env: &Env, role: Role, count: usize, sessions: usize) -> anyhow::Result<Vec<Worker>> {
    let mut ids = Vec::new();
    for number in 0..count {
        let (login, name, password) = (login(number), format!("Worker {number}"), PASSWORD.to_owned());
        ids.push(people::add_user(env, NewUser { login, name, role, customer: None, password }).await?);
    }
    let mut workers = Vec::new();
    let numbers: Vec<usize> = (0..count).cycle().take(sessions).collect();
    for numbers in numbers.chunks(AT_ONCE) {
        workers.extend(try_join_all(numbers.iter().map(|&number| sign_in(env, number, ids[number]))).await?);
    }
    Ok(workers)
}

fn login(number: usize) -> String {
    format!("worker{number}")
}

async fn sign_in(env: &Env, number: usize, id: UserId) -> anyhow::Result<Worker> {
    Ok(Worker { id, session: people::sign_in(env, &login(number), PASSWORD).await? })
}
