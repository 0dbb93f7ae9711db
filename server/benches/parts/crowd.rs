//! What many clients do at once, and how long their requests take.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::house::{Client, Dice};

/// What all of them did together.
pub struct Done {
    /// From the first to the last request.
    pub took: Duration,
    /// What each request took.
    pub times: Vec<Duration>,
    /// How often each place was chosen.
    pub counts: Vec<usize>,
}

/// All clients work at once, each so many times, at places below `places` that its dice choose: the same of every seed.
pub async fn at_once<F, W>(
    clients: &mut Vec<Client>,
    each: usize,
    places: usize,
    seed: usize,
    work: F,
) -> anyhow::Result<Done>
where
    F: Fn(Client, usize) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = anyhow::Result<(Client, Duration)>> + Send + 'static,
{
    let start = Instant::now();
    let mut tasks = Vec::new();
    for (number, client) in clients.drain(..).enumerate() {
        let (work, mut dice) = (work.clone(), Dice(u64::try_from(1000 * seed + number)?));
        tasks.push(tokio::spawn(async move {
            let (mut client, mut times, mut counts) = (client, Vec::new(), vec![0_usize; places]);
            for _ in 0..each {
                let place = dice.below(places);
                let (back, took) = work(client, place).await?;
                client = back;
                times.push(took);
                counts[place] += 1;
            }
            anyhow::Ok((client, times, counts))
        }));
    }
    let (mut times, mut counts) = (Vec::new(), vec![0; places]);
    for task in tasks {
        let (client, new, chosen) = task.await??;
        clients.push(client);
        times.extend(new);
        for (total, count) in counts.iter_mut().zip(chosen) {
            *total += count;
        }
    }
    Ok(Done { took: start.elapsed(), times, counts })
}

/// So many a second.
pub fn rate(count: usize, took: Duration) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from) / took.as_secs_f64()
}

/// Asks REST for something and returns how long it took.
pub async fn fetch(client: &mut Client, path: &str) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let (status, answer) = client.call("GET", path, None, "").await?;
    let took = start.elapsed();
    ensure!(status == 200, "{status} {answer}");
    Ok(took)
}
