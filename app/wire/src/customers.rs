//! Customers: the form, the rows of the list, the page.

use domain::{
    AccountId, CustomerId,
    quota::{Amount, Standing, Unit},
};
use serde::{Deserialize, Serialize};

use crate::{FieldProblem, FieldReason, Problem, history::Change, mails::is_address, read::vat_id, text};

/// A customer as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new customer.
    pub version: i64,
    /// The number; empty for a new customer means the next one.
    pub number: String,
    /// The name of the company or person.
    pub name: String,
    /// Street and house number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// ISO 3166 code.
    pub country: String,
    /// Where invoices and statements go.
    pub email: String,
    /// VAT identification number.
    pub vat_id: String,
}

/// A customer whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerDraft {
    /// Made by the client.
    pub id: CustomerId,
    /// The version that was loaded; 0 for a new customer.
    pub version: i64,
    /// The fields.
    pub card: CustomerCard,
}

/// What is known about a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerCard {
    /// The number, unique.
    pub number: String,
    /// The name.
    pub name: String,
    /// Street and house number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// ISO 3166 code, upper case.
    pub country: String,
    /// Where invoices and statements go.
    pub email: String,
    /// VAT identification number.
    pub vat_id: String,
}

impl CustomerCard {
    /// Every field with its name, in the order of the form.
    pub fn fields(&self) -> [(&'static str, &str); 8] {
        [
            ("number", &self.number),
            ("name", &self.name),
            ("street", &self.street),
            ("postcode", &self.postcode),
            ("city", &self.city),
            ("country", &self.country),
            ("email", &self.email),
            ("vat_id", &self.vat_id),
        ]
    }
}

impl CustomerForm {
    /// What the form of a stored customer begins with.
    pub fn of(editor: &CustomerEditor) -> CustomerForm {
        let card = editor.card.clone();
        CustomerForm {
            id: editor.id.to_string(),
            version: editor.version,
            number: card.number,
            name: card.name,
            street: card.street,
            postcode: card.postcode,
            city: card.city,
            country: card.country,
            email: card.email,
            vat_id: card.vat_id,
        }
    }

    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<CustomerDraft, Problem> {
        let mut problems = Vec::new();
        let id = self.id.parse::<CustomerId>();
        if id.is_err() {
            problems.push(FieldProblem::at("id", FieldReason::NotOneOf));
        }
        let card = CustomerCard {
            number: text(&mut problems, "number", &self.number, 20),
            name: text(&mut problems, "name", &self.name, 120),
            street: text(&mut problems, "street", &self.street, 120),
            postcode: text(&mut problems, "postcode", &self.postcode, 12),
            city: text(&mut problems, "city", &self.city, 80),
            country: text(&mut problems, "country", &self.country, 2).to_uppercase(),
            email: text(&mut problems, "email", &self.email, 254),
            vat_id: vat_id(&mut problems, "vat_id", &self.vat_id),
        };
        if card.name.is_empty() {
            problems.push(FieldProblem::at("name", FieldReason::Missing));
        }
        if !(card.country.len() == 2 && card.country.bytes().all(|b| b.is_ascii_uppercase())) {
            problems.push(FieldProblem::at("country", FieldReason::NotOneOf));
        }
        let dotted = card.email.split_once('@').is_some_and(|(_, at)| at.contains('.'));
        if !card.email.is_empty() && (!dotted || !is_address(&card.email)) {
            problems.push(FieldProblem::at("email", FieldReason::NotAnAddress));
        }
        if !card.number.is_empty() && !card.number.chars().any(char::is_alphanumeric) {
            problems.push(FieldProblem::at("number", FieldReason::NotOneOf));
        }
        if self.version != 0 && card.number.is_empty() {
            problems.push(FieldProblem::at("number", FieldReason::Missing));
        }
        match id {
            Ok(id) if problems.is_empty() => Ok(CustomerDraft { id, version: self.version, card }),
            _ => Err(Problem::Invalid { fields: problems }),
        }
    }
}

/// The columns by which the list can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerSort {
    /// By name.
    #[default]
    Name,
    /// By number.
    Number,
    /// By city.
    City,
}

/// What the list shows; it stands in the address of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerQuery {
    /// Beginnings of words that must all occur in number, name or city.
    pub q: String,
    /// The column.
    pub sort: CustomerSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

/// How many customers a page of the list shows.
pub const CUSTOMERS_PER_PAGE: u32 = 25;

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// The customer.
    pub id: CustomerId,
    /// The number.
    pub number: String,
    /// The name.
    pub name: String,
    /// The city.
    pub city: String,
    /// Where the customer's accounts stand today.
    pub accounts: Vec<AccountRow>,
}

/// An account in a list, with where it stands today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Where it stands.
    pub standing: Standing,
    /// What of the used part drafts only hold.
    pub held: Amount,
}

/// A customer's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    /// The customer.
    pub id: CustomerId,
    /// The version, to be sent back when saving.
    pub version: i64,
    /// The fields.
    pub card: CustomerCard,
    /// The accounts with where they stand today.
    pub accounts: Vec<AccountRow>,
}

/// Everything that the form of a customer needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerEditor {
    /// The customer.
    pub id: CustomerId,
    /// The version, to be sent back when saving.
    pub version: i64,
    /// The fields.
    pub card: CustomerCard,
    /// The latest change.
    pub last: Option<Change>,
}
