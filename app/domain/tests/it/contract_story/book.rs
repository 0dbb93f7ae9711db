//! The passbook of a story, as rows of text: date, what happened, amount, running balance. It knows the domain's rows and
//! nothing else of these tests, so that whoever carries a story out in another way writes the same.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use domain::{
    DrawId, LotId,
    quota::{Amount, GrantOrigin, Movement, PassbookRow, Posting},
};

/// `4:00`, `-0:30`.
fn written(amount: Amount) -> String {
    let (units, sign) = (amount.units().unsigned_abs(), if amount.units() < 0 { "-" } else { "" });
    format!("{sign}{}:{:02}", units / 3_600, units / 60 % 60)
}

/// What each lot is called: by the month in which its period begins, and `again` when that was billed before.
fn lots(rows: &[PassbookRow]) -> BTreeMap<LotId, String> {
    let mut grants: Vec<_> = rows
        .iter()
        .filter_map(|row| match &row.posting {
            Posting::Entry(entry) => Some(entry),
            Posting::Lapse { .. } => None,
        })
        .filter_map(|entry| if let Movement::Grant { lot } = &entry.movement { Some(lot) } else { None })
        .collect();
    grants.sort_by_key(|lot| lot.seq);
    let mut billed = BTreeMap::<NaiveDate, usize>::new();
    let mut names = BTreeMap::new();
    for lot in grants {
        let name = match lot.origin {
            GrantOrigin::ContractBilling => {
                let before = billed.entry(lot.valid.from).or_default();
                let again = " again".repeat(*before);
                *before += 1;
                format!("quota of {}-{:02}{again}", lot.valid.from.year(), lot.valid.from.month())
            }
            GrantOrigin::BalancingInvoice => "balancing invoice".to_owned(),
            GrantOrigin::TopUp => "top-up".to_owned(),
            _ => "free quota".to_owned(),
        };
        names.insert(lot.id, name);
    }
    names
}

/// The rows of a passbook, with what its draws are called.
pub fn rows(rows: &[PassbookRow], draws: &BTreeMap<DrawId, String>) -> Vec<String> {
    let lots = lots(rows);
    let lot = |id: &LotId| lots.get(id).map_or("?", String::as_str);
    let draw = |id: &DrawId| draws.get(id).map_or("?", String::as_str);
    let row = |row: &PassbookRow| {
        let text = match &row.posting {
            Posting::Lapse { lot: id, over_cap: false } => format!("rest of {} lapses", lot(id)),
            Posting::Lapse { lot: id, over_cap: true } => format!("rest of {} lapses over the cap", lot(id)),
            Posting::Entry(entry) => match &entry.movement {
                Movement::Grant { lot: granted } => lot(&granted.id).to_owned(),
                Movement::Draw { draw: id, deficit, .. } if deficit.is_positive() => {
                    format!("{}, {} of it overbooked", draw(id), written(*deficit))
                }
                Movement::Draw { draw: id, .. } => draw(id).to_owned(),
                Movement::Release { draw: id, .. } => format!("{} given back", draw(id)),
                Movement::Revoke { lot: id, .. } => format!("{} taken back", lot(id)),
                Movement::Cover { draw: of, lot: id, amount } => {
                    format!("{} pays {} of {}", lot(id), written(*amount), draw(of))
                }
                Movement::End { until: Some(_) } => "end".to_owned(),
                Movement::End { until: None } => "end taken back".to_owned(),
            },
        };
        let sign = if row.amount.is_positive() { "+" } else { "" };
        format!("{} {text} {sign}{} {}", row.date, written(row.amount), written(row.balance))
    };
    rows.iter().map(row).collect()
}

/// The rows from the first one on that was not there before. Errors when rows only disappeared, which no story can say.
pub fn changed(before: &[String], after: &[String]) -> Result<Vec<String>, String> {
    let same = before.iter().zip(after).take_while(|(before, after)| before == after).count();
    match before.get(same) {
        Some(gone) if after.len() == same => Err(format!("the passbook has lost `{gone}`")),
        _ => Ok(after.get(same..).unwrap_or_default().to_vec()),
    }
}
