//! Customers.

use domain::CustomerId;
use wire::{
    Page,
    customers::{CustomerCard, CustomerQuery, CustomerSort},
};

use crate::{
    StoreError, Tx, fold, index_words,
    listing::{Listing, Slice, of_customers_named, paged},
    sql::{Row, Value, in_list, insert_rows, query, statements},
};

statements! {
    ADD = "INSERT INTO customers (id, version, number, number_folded, name, name_folded, street, postcode, city,
            city_folded, country, email, vat_id) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT DO NOTHING RETURNING id";
    CHANGE = "UPDATE customers SET version = version + 1, number = $2, number_folded = $3, name = $4, name_folded = $5,
            street = $6, postcode = $7, city = $8, city_folded = $9, country = $10, email = $11, vat_id = $12 WHERE id = $1";
    GET = "SELECT id, version, number, name, street, postcode, city, country, email, vat_id FROM customers WHERE id = $1";
    BY_NUMBER = "SELECT id FROM customers WHERE number_folded = $1";
    FORGET_WORDS = "DELETE FROM customer_words WHERE customer_id = $1";
}

/// A stored customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The id.
    pub id: CustomerId,
    /// Grows with each change.
    pub version: i64,
    /// The fields.
    pub card: CustomerCard,
}

/// A line of a list: id, number, name and city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerLine {
    /// The id.
    pub id: CustomerId,
    /// The number.
    pub number: String,
    /// The name.
    pub name: String,
    /// The city.
    pub city: String,
}

fn values(id: CustomerId, card: &CustomerCard) -> Vec<Value> {
    vec![
        id.into(),
        (&card.number).into(),
        fold(&card.number).into(),
        (&card.name).into(),
        fold(&card.name).into(),
        (&card.street).into(),
        (&card.postcode).into(),
        (&card.city).into(),
        fold(&card.city).into(),
        (&card.country).into(),
        (&card.email).into(),
        (&card.vat_id).into(),
    ]
}

async fn index(tx: &mut Tx, id: CustomerId, card: &CustomerCard) -> Result<(), StoreError> {
    query(FORGET_WORDS).bind(id).run(tx).await?;
    let all = index_words(&format!("{} {} {}", card.number, card.name, card.city));
    let rows = all.into_iter().map(|word| vec![word.into(), id.into()]).collect();
    insert_rows(tx, "INSERT INTO customer_words (word, customer_id) VALUES", rows).await
}

/// Adds a customer. `false` when the id or the number is taken.
pub async fn add(tx: &mut Tx, id: CustomerId, card: &CustomerCard) -> Result<bool, StoreError> {
    if query(ADD).bind_all(values(id, card)).first(tx).await?.is_none() {
        return Ok(false);
    }
    index(tx, id, card).await?;
    Ok(true)
}

/// Changes a customer that the caller has locked.
pub async fn change(tx: &mut Tx, id: CustomerId, card: &CustomerCard) -> Result<(), StoreError> {
    query(CHANGE).bind_all(values(id, card)).run(tx).await?;
    index(tx, id, card).await
}

fn customer(row: &Row) -> Result<Customer, StoreError> {
    Ok(Customer {
        id: row.parsed("id")?,
        version: row.get("version")?,
        card: CustomerCard {
            number: row.get("number")?,
            name: row.get("name")?,
            street: row.get("street")?,
            postcode: row.get("postcode")?,
            city: row.get("city")?,
            country: row.get("country")?,
            email: row.get("email")?,
            vat_id: row.get("vat_id")?,
        },
    })
}

/// A customer.
pub async fn get(tx: &mut Tx, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    query(GET).bind(id).first(tx).await?.as_ref().map(customer).transpose()
}

/// A customer, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    query(GET).bind(id).for_update(tx).first(tx).await?.as_ref().map(customer).transpose()
}

pub(crate) fn cards_sql(customers: usize) -> String {
    format!(
        "SELECT id, version, number, name, street, postcode, city, country, email, vat_id FROM customers WHERE id IN ({})",
        in_list(1, customers)
    )
}

/// Customers, in no order.
pub async fn many(tx: &mut Tx, ids: &[CustomerId]) -> Result<Vec<Customer>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    query(cards_sql(ids.len())).bind_all(ids.iter().copied()).all(tx).await?.iter().map(customer).collect()
}

/// Who has that number.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<CustomerId>, StoreError> {
    query(BY_NUMBER).bind(fold(number)).first(tx).await?.map(|row| row.parsed("id")).transpose()
}

/// The statement of the list. Without words it walks the index of the order; with words it reads the index of words.
pub(crate) fn listing(ask: &CustomerQuery) -> Listing {
    let list = Listing::new("SELECT id, number, name, city FROM customers");
    let list = match of_customers_named("id", &ask.q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    match ask.sort {
        CustomerSort::Name => list.by(&["name_folded", "id"], ask.desc),
        CustomerSort::Number => list.by(&["number_folded"], ask.desc),
        CustomerSort::City => list.by(&["city_folded", "id"], ask.desc),
    }
}

/// A slice of the list.
pub async fn slice(tx: &mut Tx, ask: &CustomerQuery, slice: Slice) -> Result<Vec<CustomerLine>, StoreError> {
    let rows = listing(ask).sliced(slice).rows(tx).await?;
    let line = |row: &Row| {
        Ok(CustomerLine {
            id: row.parsed("id")?,
            number: row.get("number")?,
            name: row.get("name")?,
            city: row.get("city")?,
        })
    };
    rows.iter().map(line).collect()
}

/// A page of the list.
pub async fn list(tx: &mut Tx, ask: &CustomerQuery) -> Result<Page<CustomerLine>, StoreError> {
    Ok(paged(ask, slice(tx, ask, Slice::page(ask)).await?))
}
