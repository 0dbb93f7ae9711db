//! What customers of the demo company pay: most in time, some late or in part, a few not at all; one too much, and one an
//! invoice that was cancelled.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use domain::{
    Money, ReceiptId,
    documents::{DocumentKind, DocumentState},
};
use fastrand::Rng;
use store::Slice;
use wire::{
    documents::{DocumentQuery, DocumentRow},
    lists::OpenItemQuery,
    receipts::ReceiptDraft,
};

use super::at;
use crate::{Env, Refused, documents, lists::Listed, people::program, receipts};

/// Whoever looks after what comes in.
const BY: &str = "Ulrike Maier";
/// Older ones are paid or argued about.
const MONTHS: i64 = 120;

/// How an invoice is paid: when, and how much of it; none not at all.
fn paid(row: &DocumentRow, today: NaiveDate) -> Option<(NaiveDate, i64)> {
    // By its number, so that the same company comes out every time, whichever ids it has.
    let seed = row.number.as_deref().unwrap_or_default().bytes();
    let mut rng = Rng::with_seed(seed.fold(7, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte)));
    let age = today.signed_duration_since(row.date).num_days();
    let chance = rng.u32(..100);
    let late = rng.u32(..100) < 14;
    let days = if late { 15 + rng.u64(1..14) } else { rng.u64(3..15) };
    let date = row.date.checked_add_days(Days::new(days)).filter(|date| *date <= today)?;
    let (whole, part) = if age > MONTHS { (98, 99) } else { (90, 94) };
    match chance {
        chance if chance < whole => Some((date, row.gross.minor)),
        chance if chance < part => Some((date, row.gross.minor / 2)),
        _ => None,
    }
    .filter(|(_, amount)| *amount > 0)
}

/// The end of the fortnight in which something comes in: then it is recorded.
fn recorded_on(date: NaiveDate, today: NaiveDate) -> NaiveDate {
    let half = if date.day() < 15 {
        date.with_day(15)
    } else {
        date.with_day(1).and_then(|first| first.checked_add_months(chrono::Months::new(1)))
    };
    half.unwrap_or(today).min(today)
}

/// Receipts for what was issued so far.
pub async fn come_in(env: &Env, today: NaiveDate) -> Result<(), Refused> {
    let mut open = open_invoices(env, today).await?;
    open.sort_by(|one, other| one.number.cmp(&other.number));
    let mut by_day = BTreeMap::<NaiveDate, Vec<ReceiptDraft>>::new();
    let mut overpaid = false;
    for row in &open {
        let Some((date, mut amount)) = paid(row, today) else { continue };
        let recent = today.signed_duration_since(row.date).num_days() < 60;
        let over = !overpaid && recent && amount == row.gross.minor;
        if over {
            (overpaid, amount) = (true, amount + 1_000);
        }
        by_day.entry(recorded_on(date, today)).or_default().push(draft(env, row, (date, amount), over));
    }
    for (day, drafts) in by_day {
        receipts::record_many(&at(env, day), &program(BY), drafts).await?;
    }
    cancelled(env, today).await
}

async fn open_invoices(env: &Env, today: NaiveDate) -> Result<Vec<DocumentRow>, Refused> {
    let (mut rows, env) = (Vec::new(), at(env, today));
    let mut tx = env.db.read().await?;
    loop {
        let slice = Slice { offset: i64::try_from(rows.len()).unwrap_or(i64::MAX), most: 1_000 };
        let found = OpenItemQuery::default().rows(&env, &mut tx, slice).await?;
        if found.is_empty() {
            return Ok(rows);
        }
        rows.extend(found.into_iter().map(|item| item.document));
    }
}

fn draft(env: &Env, row: &DocumentRow, (date, amount): (NaiveDate, i64), over: bool) -> ReceiptDraft {
    ReceiptDraft {
        id: ReceiptId::new(env.id()),
        document: row.id,
        date,
        amount: Money { minor: amount, currency: row.gross.currency },
        text: format!("{} · {}", row.customer.name, row.number.as_deref().unwrap_or_default()),
        over,
        seen: None,
    }
}

/// Somebody pays an invoice that was cancelled: a credit, until it is paid back.
async fn cancelled(env: &Env, today: NaiveDate) -> Result<(), Refused> {
    let now = at(env, today);
    let ask = DocumentQuery { state: Some(DocumentState::Cancelled), page: 1, ..DocumentQuery::default() };
    let found = documents::list(&now, &program(BY), &ask).await?.rows;
    let mut found: Vec<_> = found.into_iter().filter(|row| row.kind == DocumentKind::ContractInvoice).collect();
    found.sort_by(|one, other| one.number.cmp(&other.number));
    let Some(row) = found.first() else { return Ok(()) };
    let drafts = vec![draft(env, row, (today, row.gross.minor), true)];
    receipts::record_many(&now, &program(BY), drafts).await
}
