//! Mails over HTTP and beside everything else: handing them over, and how a text will arrive.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use futures::{FutureExt, future::BoxFuture};
use mail::Patience;
use serde::Deserialize;
use texts::Lang;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use usecases::{
    Call, Env,
    mails::{Carrier, SharedCarrier, sample, send_due},
    people,
};
use wire::{
    mails::{MailText, Occasion, Outgoing, Smtp, Undelivered},
    people::Visitor,
};

use crate::{papers::setter, router::House};

/// A person waits for the answer, and the request ends after a minute.
const IN_FRONT_OF_SOMEBODY: Patience =
    Patience { connect: Duration::from_secs(8), step: Duration::from_secs(8), message: Duration::from_secs(8) };

/// Hands mails over by SMTP.
struct BySmtp;

impl Carrier for BySmtp {
    fn deliver<'a>(&'a self, smtp: &'a Smtp, mail: &'a Outgoing) -> BoxFuture<'a, Result<String, Undelivered>> {
        mail::deliver(smtp, mail).boxed()
    }

    fn greet<'a>(&'a self, smtp: &'a Smtp, from: &'a str) -> BoxFuture<'a, Result<String, Undelivered>> {
        mail::greet_within(IN_FRONT_OF_SOMEBODY, smtp, from).boxed()
    }
}

/// Whoever hands mails over.
pub fn carrier() -> SharedCarrier {
    Arc::new(BySmtp)
}

/// The address at which a text of a mail can be looked at as it will arrive.
pub fn router() -> Router<House> {
    Router::new().route("/settings/mail/preview", get(preview))
}

#[derive(Deserialize)]
struct Asked {
    occasion: String,
    lang: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    body: String,
}

/// A mail is a page of its own that may do nothing but show itself, inside of ours. Scripts are allowed to the frame, so that
/// tools for people who need them reach into it, and to no source.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-scripts";

async fn preview(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(person) = &visitor.person else { return Redirect::to("/sign-in?next=/settings/mail").into_response() };
    let (Some(occasion), Some(lang)) = (Occasion::from_name(&asked.occasion), Lang::from_tag(&asked.lang)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let call = Call::by(people::actor(person));
    let text = MailText { subject: asked.subject, body: asked.body };
    let letter = match sample(&house.env, &call, (occasion, lang), &text).await {
        Ok(letter) => letter,
        Err(refused) => {
            let problem = refused.into_problem(|| house.env.id().to_string());
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return (status, problem.text(visitor.lang)).into_response();
        }
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match mail::html(&letter) {
        Ok(page) => (headers, Html(page)).into_response(),
        Err(why) => {
            tracing::error!(why, "a mail cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Whoever hands mails over beside everything else.
#[derive(Debug)]
pub struct Postman {
    stop: watch::Sender<bool>,
    works: JoinHandle<()>,
}

/// How long a process that ends waits for the mail that is being handed over.
const FAREWELL: Duration = Duration::from_secs(20);

impl Postman {
    /// Takes no new mails, and ends with the one that is being handed over.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(FAREWELL, self.works).await.is_err() {
            tracing::warn!("a mail is still being handed over");
        }
    }
}

/// Hands over the mails that are due, beside everything else.
pub fn spawn(env: &Env) -> Postman {
    let (stop, mut stopped) = watch::channel(false);
    let env = env.clone();
    let works = tokio::spawn(async move {
        let (carrier, setter) = (carrier(), setter());
        let mut often = interval(Duration::from_secs(5));
        often.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = often.tick() => {}
                _ = stopped.changed() => return,
            }
            while !*stopped.borrow() {
                // One that no library can write must not hold up all others for ever.
                match AssertUnwindSafe(send_due(&env, carrier.as_ref(), &setter)).catch_unwind().await {
                    Ok(Ok(0)) => break,
                    Ok(Ok(mails)) => tracing::debug!(mails, "tried mails"),
                    Ok(Err(error)) => {
                        tracing::error!(%error, "mails cannot be sent");
                        break;
                    }
                    Err(_) => {
                        tracing::error!("sending a mail panicked");
                        break;
                    }
                }
            }
        }
    });
    Postman { stop, works }
}
