//! Lists as files: every row that the page would show on all its pages, in the same order.
//!
//! *Invariants.* Rows come from the use case in pieces and go out as they come, so that a file takes no more memory than
//! a piece of it; a workbook is packed on disk and in memory only when it is whole. What is refused is refused before
//! the first byte. Each file holds a reader of the database until it is taken: so few are written at once that all others
//! go on, and one that nobody takes breaks off.

mod csv;
mod xlsx;

use std::time::Duration;

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{SinkExt, channel::mpsc};
use texts::Lang;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};
use usecases::{
    Call, Env, Refused,
    lists::{Listed, Reading},
    people,
};
use wire::{
    Problem,
    billing::RunQuery,
    bookings::BookingQuery,
    contracts::ContractQuery,
    customers::CustomerQuery,
    documents::DocumentQuery,
    lists::{DeficitQuery, Export, Exported, LapseQuery, ListQuery, OpenItemQuery, ToDoQuery},
    people::Visitor,
    projects::ProjectQuery,
};

pub use self::csv::Dialect;
use crate::{pages::to_sign_in, router::House};

/// How many files are written at once. Each reads in one snapshot to its end: of SQLite's four readers two stay for pages.
static PLACES: Semaphore = Semaphore::const_new(2);

/// How long a piece waits until somebody takes it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The addresses of all exports, beside the pages of their lists.
pub fn router() -> Router<House> {
    Router::new()
        .merge(of::<CustomerQuery>())
        .merge(of::<ContractQuery>())
        .merge(of::<DocumentQuery>())
        .merge(of::<RunQuery>())
        .merge(of::<ToDoQuery>())
        .merge(of::<DeficitQuery>())
        .merge(of::<LapseQuery>())
        .merge(of::<OpenItemQuery>())
        .merge(of::<BookingQuery>())
        .merge(of::<ProjectQuery>())
}

fn of<L: Listed>() -> Router<House> {
    let at = |form: Export| format!("{}/export.{}", L::PATH, form.name());
    Router::new()
        .route(&at(Export::Csv), get(|house, visitor, query| page::<L>(Export::Csv, house, visitor, query)))
        .route(&at(Export::Xlsx), get(|house, visitor, query| page::<L>(Export::Xlsx, house, visitor, query)))
}

/// The file of a list, for the person whose session it is.
async fn page<L: Listed>(
    form: Export,
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Response {
    let ask: L = read(query.as_deref().unwrap_or_default());
    let Some(person) = &visitor.person else {
        // To the page of the list, with its filters: the file is asked for there.
        let list = query.map_or_else(|| L::PATH.to_owned(), |query| format!("{}?{query}", L::PATH));
        return to_sign_in(&list).into_response();
    };
    let call = Call::by(people::actor(person));
    match file(&house.env, &call, ask, form, (visitor.lang, Dialect::of(visitor.lang))).await {
        Ok(file) => file,
        Err(problem) => {
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, problem.text(visitor.lang)).into_response()
        }
    }
}

/// Reads what stands behind the question mark as the page does; of a name that stands there twice, the last one.
pub fn read<L: ListQuery>(query: &str) -> L {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    L::from_address(|name| pairs.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
}

/// The file of a list.
pub async fn file<L: Listed>(
    env: &Env,
    call: &Call,
    ask: L,
    form: Export,
    (lang, dialect): (Lang, Dialect),
) -> Result<Response, Problem> {
    let told = |refused: Refused| refused.into_problem(|| env.id().to_string());
    // Nobody closes it.
    let place = PLACES.acquire().await.ok();
    let mut reading = Reading::begin(env, call, ask).await.map_err(told)?;
    let (kind, body) = match form {
        Export::Csv => {
            // The first rows are read before the answer begins, so that it can still be a refusal.
            let first = reading.next().await.map_err(told)?;
            ("text/csv; charset=utf-8", Body::from_stream(stream(reading, first, (lang, dialect), place)))
        }
        Export::Xlsx => {
            let workbook = workbook(reading, lang).await.map_err(told)?;
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Body::from(workbook))
        }
    };
    let name = format!("attachment; filename=\"{}-{}.{}\"", L::NAME, env.today(), form.name());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

/// The pieces of a file, each read when the one before it was taken. When reading fails, or when nobody takes a piece in
/// time, the file breaks off, and with it the connection: nobody takes half a list for a whole one.
fn stream<L: Listed>(
    mut reading: Reading<L>,
    first: Vec<L::Row>,
    (lang, dialect): (Lang, Dialect),
    place: Option<SemaphorePermit<'static>>,
) -> mpsc::Receiver<Piece> {
    let (mut to, from) = mpsc::channel(1);
    tokio::spawn(async move {
        // It is given back together with the reader.
        let _place = place;
        let mut piece = csv::head::<L::Row>(lang, dialect);
        let mut rows = first;
        loop {
            piece.extend(csv::rows(&rows, lang, dialect));
            if !handed(&mut to, std::mem::take(&mut piece), PATIENCE).await || rows.is_empty() {
                return;
            }
            rows = match reading.next().await {
                Ok(rows) => rows,
                Err(error) => {
                    tracing::error!(%error, "an export broke off");
                    break_off(&to);
                    return;
                }
            };
        }
    });
    from
}

/// A piece of a file, or that it broke off.
type Piece = Result<Bytes, std::io::Error>;

/// Hands a piece on. `false` when whoever wanted it went away or does not take it in time.
async fn handed(to: &mut mpsc::Sender<Piece>, piece: Vec<u8>, patience: Duration) -> bool {
    match timeout(patience, to.send(Ok(Bytes::from(piece)))).await {
        Ok(sent) => sent.is_ok(),
        Err(_) => {
            tracing::warn!("an export broke off: nobody took it");
            break_off(to);
            false
        }
    }
}

fn break_off(to: &mpsc::Sender<Piece>) {
    // A new sender has a place of its own, also when nothing is taken. Whoever went away needs no word.
    let _ = to.clone().try_send(Err(std::io::Error::other("the export broke off")));
}

/// The whole workbook of a list.
pub async fn workbook<L: Listed>(mut reading: Reading<L>, lang: Lang) -> Result<Vec<u8>, Refused> {
    let failed = |error: rust_xlsxwriter::XlsxError| {
        tracing::error!(%error, "a workbook could not be written");
        Refused::Store(store::StoreError::GivenUp("a workbook could not be written"))
    };
    let mut sheet = xlsx::Sheet::new(&L::Row::columns(lang)).map_err(failed)?;
    loop {
        let rows = reading.next().await?;
        if rows.is_empty() {
            return sheet.packed().map_err(failed);
        }
        sheet.add(&rows, lang).map_err(failed)?;
    }
}

/// The whole text of a list, for the command line.
pub async fn text<L: Listed>(mut reading: Reading<L>, lang: Lang, dialect: Dialect) -> Result<Vec<u8>, Refused> {
    let mut text = csv::head::<L::Row>(lang, dialect);
    loop {
        let rows = reading.next().await?;
        if rows.is_empty() {
            return Ok(text);
        }
        text.extend(csv::rows(&rows, lang, dialect));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::{StreamExt, channel::mpsc};

    use super::handed;

    /// Red when: a download that nobody takes holds its reader for ever, or ends as if it were whole.
    #[tokio::test]
    async fn a_piece_that_nobody_takes_breaks_the_file_off() {
        let (mut to, mut from) = mpsc::channel(1);
        let at_once = Duration::ZERO;
        assert!(handed(&mut to, vec![1], at_once).await, "one can wait");
        assert!(!handed(&mut to, vec![2], at_once).await, "nobody takes the first");
        drop(to);
        assert!(from.next().await.is_some_and(|piece| piece.is_ok()));
        assert!(from.next().await.is_some_and(|piece| piece.is_ok()));
        assert!(from.next().await.is_some_and(|piece| piece.is_err()), "it breaks off");
        assert!(from.next().await.is_none());
    }
}
