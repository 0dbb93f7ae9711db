//! `/billing/{run}/progress`: how far a billing run or its cancellation is, as server-sent events for the page that shows it.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::Path,
    response::sse::{Event, Sse},
};
use domain::RunId;
use futures::{Stream, stream};
use tokio::time::{Interval, MissedTickBehavior, interval};
use usecases::billing;
use wire::{Noun, billing::RunRow};

use crate::rest::call::{Caller, Refusal, id};

/// How often the page is told.
const PACE: Duration = Duration::from_millis(500);
/// How often before the browser has to ask anew: then its session is looked at again, and a server that is to stop does
/// not wait for a run that nobody works on.
const EVENTS: u32 = 60;

/// How far a run is, twice a second until nobody works on it; the last event says how it ended. What it tells comes from the
/// database, so it does not matter which process works on the run.
pub async fn progress(
    caller: Caller,
    Path(run): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let run = id(&caller, &run, Noun::Run)?;
    let first = billing::progress(&caller.house.env, &caller.call, run).await.map_err(|r| caller.refuse(r))?;
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let told = Told { caller, run, pace, known: Some(first), left: EVENTS };
    Ok(Sse::new(stream::unfold(told, Told::next)))
}

/// What was told so far.
struct Told {
    caller: Caller,
    run: RunId,
    pace: Interval,
    /// What was read already; none once nobody works on the run.
    known: Option<RunRow>,
    left: u32,
}

impl Told {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Told)> {
        self.left = self.left.checked_sub(1)?;
        let row = self.known.take()?;
        self.pace.tick().await;
        // A failing database ends the stream; the browser asks again.
        let event = Event::default().retry(PACE).json_data(&row).ok()?;
        if row.busy() {
            let read = billing::progress(&self.caller.house.env, &self.caller.call, self.run).await;
            self.known = read.inspect_err(|error| tracing::error!(%error, run = %self.run, "no progress")).ok();
        }
        Some((Ok(event), self))
    }
}
