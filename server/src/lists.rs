//! `drawdown export`: a list for scripts, as text on the standard output or as a workbook.

use texts::Lang;
use usecases::{
    Env, Refused,
    lists::{Listed, Reading},
    people,
};
use wire::{
    billing::RunQuery,
    bookings::BookingQuery,
    contracts::ContractQuery,
    customers::CustomerQuery,
    documents::DocumentQuery,
    lists::{DeficitQuery, Export, LapseQuery, ListQuery, OpenItemQuery, ToDoQuery},
    projects::ProjectQuery,
};

use crate::export::{self, Dialect};

/// How the histories would name it.
const NAME: &str = "drawdown export";

/// The lists that can be taken away.
pub const KINDS: [&str; 10] = [
    CustomerQuery::NAME,
    ContractQuery::NAME,
    DocumentQuery::NAME,
    RunQuery::NAME,
    ToDoQuery::NAME,
    DeficitQuery::NAME,
    LapseQuery::NAME,
    OpenItemQuery::NAME,
    BookingQuery::NAME,
    ProjectQuery::NAME,
];

/// The file of a list, filtered and sorted as the query of its page's address says. None when there is no such list.
pub async fn export(env: &Env, kind: &str, query: &str, form: Export) -> Result<Option<Vec<u8>>, Refused> {
    let file = match kind {
        CustomerQuery::NAME => whole::<CustomerQuery>(env, query, form).await,
        ContractQuery::NAME => whole::<ContractQuery>(env, query, form).await,
        DocumentQuery::NAME => whole::<DocumentQuery>(env, query, form).await,
        RunQuery::NAME => whole::<RunQuery>(env, query, form).await,
        ToDoQuery::NAME => whole::<ToDoQuery>(env, query, form).await,
        DeficitQuery::NAME => whole::<DeficitQuery>(env, query, form).await,
        LapseQuery::NAME => whole::<LapseQuery>(env, query, form).await,
        OpenItemQuery::NAME => whole::<OpenItemQuery>(env, query, form).await,
        BookingQuery::NAME => whole::<BookingQuery>(env, query, form).await,
        ProjectQuery::NAME => whole::<ProjectQuery>(env, query, form).await,
        _ => return Ok(None),
    };
    file.map(Some)
}

async fn whole<L: Listed>(env: &Env, query: &str, form: Export) -> Result<Vec<u8>, Refused> {
    let reading = Reading::begin(env, &people::program(NAME), export::read::<L>(query)).await?;
    match form {
        Export::Csv => export::text(reading, Lang::En, Dialect::plain()).await,
        Export::Xlsx => export::workbook(reading, Lang::En).await,
    }
}
