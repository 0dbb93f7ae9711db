//! A company whose contracts are all due, written with few statements: the rows that the program itself would have left.

use std::{fmt::Write as _, str::FromStr};

use anyhow::{Context, ensure};
use chrono::{Months, NaiveDate};
use domain::{
    AccountId, ContractId, Currency, CustomerId, Discount, Seconds,
    contracts::{Billing, BillingTime, Contract, Delivery, InvoiceKind, PeriodBill, Proration, QuotaTerms, Terms},
    documents::{Line, LineUnit},
    groups::GroupSwitches,
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Unit},
};
use store::fold;
use uuid::Uuid;
use wire::customers::CustomerCard;

use crate::plain::Plain;

/// Who wrote it.
pub const BY: &str = "bench";
/// Contracts of each customer.
const EACH: usize = 5;
/// Rows a statement.
const ROWS: usize = 500;
/// Text, quantity, unit, price, discount of what each contract bills.
const ITEMS: [(&str, &str, LineUnit, &str, &str); 5] = [
    ("Quota of 4 hours a month", "1", LineUnit::Piece, "399.99", "0"),
    ("Monitoring of a server, around the clock", "3", LineUnit::Piece, "12.50", "0"),
    ("Back-up space on two sites, a gigabyte", "250", LineUnit::Piece, "0.10", "0"),
    ("Standby on working days", "1", LineUnit::Flat, "80", "0"),
    ("Remote access for a colleague", "2", LineUnit::Piece, "19.90", "10"),
];

/// So many contracts of a fifth as many customers: monthly in advance, 4 h each, automatic, with invoices of their own.
pub struct Company {
    /// How many contracts.
    pub contracts: usize,
    terms: Terms,
    start: NaiveDate,
}

/// An id like those that clients make: what has a greater number is younger.
fn id(number: usize, kind: u128) -> anyhow::Result<Uuid> {
    const START: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;
    Ok(Uuid::from_u128(START | u128::from(u32::try_from(number)?) << 80 | kind))
}

/// A value that is written as it stands in the program's own forms.
fn read<T: FromStr>(text: &str) -> anyhow::Result<T> {
    text.parse().ok().with_context(|| format!("{text} is no value"))
}

/// SQL's text of a value.
fn quoted(value: &impl ToString) -> String {
    format!("'{}'", value.to_string().replace('\'', "''"))
}

fn maybe(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| quoted(&value))
}

fn terms() -> anyhow::Result<Terms> {
    let mut items = Vec::new();
    for (text, quantity, unit, price, discount) in ITEMS {
        items.push(Line {
            article: None,
            group: None,
            sub_group: None,
            text: text.to_owned(),
            quantity: read(quantity)?,
            unit,
            price: read(price)?,
            discount: if discount == "0" { Discount::default() } else { read(discount)? },
            vat: read("19")?,
        });
    }
    let billing = Billing {
        interval: 1,
        time: BillingTime::Advance,
        automatic: true,
        invoice: InvoiceKind::Own,
        delivery: Delivery::Mail,
        lead_days: Some(2),
        proration: Proration::None,
        payment_days: 14,
    };
    let quota = QuotaTerms {
        unit: Unit::Time,
        amount: Amount::new(4 * Seconds::HOUR.0),
        interval: None,
        overbooking: Overbooking::No,
        carry: CarryOver::Off,
        deficits: DeficitPolicy::Balance,
        overage_rate: None,
        rounding: None,
    };
    let (currency, groups) = (Currency::EUR, GroupSwitches::default());
    Ok(Terms { term: 12, renewal: Some(12), notice: 3, currency, billing, items, quota: Some(quota), groups })
}

impl Company {
    /// Contracts that begin on that day; nothing is billed yet.
    pub fn new(contracts: usize, start: NaiveDate) -> anyhow::Result<Company> {
        let company = Company { contracts, terms: terms()?, start };
        let faults = company.contract(1)?.faults();
        ensure!(faults.is_empty(), "nobody could save such a contract: {faults:?}");
        Ok(company)
    }

    /// The day on which the period of that number becomes due.
    pub fn due(&self, period: u32) -> anyhow::Result<NaiveDate> {
        self.start.checked_add_months(Months::new(period)).context("a day")
    }

    /// The contract of that number, from 1 on.
    pub fn contract(&self, number: usize) -> anyhow::Result<Contract> {
        Ok(Contract {
            id: ContractId::new(id(number, 1)?),
            customer: CustomerId::new(id(self.customer(number), 0)?),
            start: self.start,
            billing_start: self.start,
            cancelled_on: None,
            agreed_end: None,
            terms: self.terms.clone(),
        })
    }

    /// The number of a contract as people read it.
    pub fn contract_number(number: usize) -> String {
        format!("V-{number:05}")
    }

    /// The account of the contract of that number.
    pub fn account(number: usize) -> anyhow::Result<AccountId> {
        Ok(AccountId::new(id(number, 2)?))
    }

    fn customers(&self) -> usize {
        self.contracts.div_ceil(EACH)
    }

    /// The number of the customer whose contract it is. As in life, neighbours in the list are of different ones.
    fn customer(&self, number: usize) -> usize {
        number % self.customers() + 1
    }

    /// Name and address of the customer whose contract it is.
    pub fn recipient(&self, number: usize) -> CustomerCard {
        card(self.customer(number))
    }

    /// What a period of any of the contracts bills.
    pub fn bill(&self, period: u32) -> anyhow::Result<PeriodBill> {
        let contract = self.contract(1)?;
        let period = contract.period(period).context("a period")?;
        Ok(contract.bill(&period, Seconds(8 * Seconds::HOUR.0))?)
    }

    /// Writes it into migrated, empty tables.
    pub async fn write(&self, plain: &mut Plain) -> anyhow::Result<()> {
        let customers = (1..=self.customers()).map(customer_row);
        insert(
            plain,
            "customers (id, version, number, number_folded, name, name_folded, street, postcode, city, city_folded,
                country, email, vat_id)",
            customers,
        )
        .await?;
        insert(
            plain,
            "accounts (id, customer_id, name, name_folded, unit, overbooking, deficits, next_seq, balance)",
            (1..=self.contracts).map(|number| self.account_row(number)),
        )
        .await?;
        insert(
            plain,
            "contracts (id, version, number, number_folded, customer_id, account_id, responsible, reference, start_on,
                billing_start, ends_on, automatic, consolidated, next_period, next_due, to_do_on, edited_by)",
            (1..=self.contracts).map(|number| self.contract_row(number)),
        )
        .await?;
        let terms = quoted(&serde_json::to_string(&self.terms)?);
        let at = format!("{}T08:00:00+00:00", self.start);
        plain
            .run(format!(
                "INSERT INTO contract_versions (contract_id, version, terms, at, by_name)
                 SELECT id, 1, {terms}, '{at}', '{BY}' FROM contracts"
            ))
            .await?;
        // SQLite has no figures about its tables until the program closes; PostgreSQL would find out within a minute.
        if matches!(plain, Plain::Postgres(_)) { plain.run("ANALYZE".to_owned()).await } else { Ok(()) }
    }

    fn account_row(&self, number: usize) -> anyhow::Result<String> {
        let (account, customer) = (Company::account(number)?, id(self.customer(number), 0)?);
        let name = Company::contract_number(number);
        let folded = fold(&name);
        Ok(format!("'{account}', '{customer}', '{name}', '{folded}', 'time', FALSE, 'balance', 1, 0"))
    }

    fn contract_row(&self, number: usize) -> anyhow::Result<String> {
        let contract = self.contract(number)?;
        let (name, account, start) = (Company::contract_number(number), Company::account(number)?, self.start);
        let (due, to_do, end) = (maybe(contract.due_on(0)), maybe(contract.to_do_on(0)), maybe(contract.end()));
        let (id, customer, folded) = (contract.id, contract.customer, fold(&name));
        Ok(format!(
            "'{id}', 1, '{name}', '{folded}', '{customer}', '{account}', '', '', '{start}', '{start}', {end}, TRUE, FALSE,
                0, {due}, {to_do}, '{BY}'"
        ))
    }
}

fn card(customer: usize) -> CustomerCard {
    CustomerCard {
        number: format!("K-{customer:05}"),
        name: format!("Alpha Maschinenbau {customer} GmbH"),
        street: format!("Lange Straße {customer}"),
        postcode: "70173".to_owned(),
        city: "Stuttgart".to_owned(),
        country: "DE".to_owned(),
        email: format!("rechnung@alpha-{customer}.example"),
        vat_id: "DE123456789".to_owned(),
    }
}

fn customer_row(customer: usize) -> anyhow::Result<String> {
    let (id, card) = (id(customer, 0)?, card(customer));
    let texts = [
        &card.number,
        &fold(&card.number),
        &card.name,
        &fold(&card.name),
        &card.street,
        &card.postcode,
        &card.city,
        &fold(&card.city),
        &card.country,
        &card.email,
        &card.vat_id,
    ];
    let texts = texts.map(quoted);
    Ok(format!("'{id}', 1, {}", texts.join(", ")))
}

async fn insert(
    plain: &mut Plain,
    table: &str,
    rows: impl Iterator<Item = anyhow::Result<String>>,
) -> anyhow::Result<()> {
    let rows = rows.collect::<anyhow::Result<Vec<_>>>()?;
    plain.run("BEGIN".to_owned()).await?;
    for rows in rows.chunks(ROWS) {
        let mut sql = format!("INSERT INTO {table} VALUES ");
        for (place, row) in rows.iter().enumerate() {
            write!(sql, "{}({row})", if place == 0 { "" } else { ", " })?;
        }
        plain.run(sql).await?;
    }
    plain.run("COMMIT".to_owned()).await
}
