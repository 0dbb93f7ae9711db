//! What the phone asks for. Its shapes are the phone's own and change with it, so they are no part of the document.

use app::phone::{PhoneAccount, PhoneCustomer};
use axum::Json;
use serde::Deserialize;
use usecases::customers;
use wire::customers::{AccountRow, CustomerQuery};

use super::call::{Caller, Query, Refusal};

/// Words to search for.
#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// The customers that begin like that, with what is left for each.
pub async fn customers(caller: Caller, Query(search): Query<Search>) -> Result<Json<Vec<PhoneCustomer>>, Refusal> {
    let ask = CustomerQuery { q: search.q, page: 1, ..CustomerQuery::default() };
    let found = customers::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let rows = found.rows.into_iter().map(|row| PhoneCustomer {
        name: row.name,
        city: row.city,
        accounts: row
            .accounts
            .into_iter()
            .map(|AccountRow { name, unit, standing, held, .. }| PhoneAccount { name, unit, standing, held })
            .collect(),
    });
    Ok(Json(rows.collect()))
}
