//! What comes of the steps, in the words of the story.

use domain::{
    DateRange,
    clearing::{LineOutcome, Reconciled},
    contracts::outlook,
    quota::Amount,
    undo::UndoPlan,
};
use usecases::Env;
use wire::{
    billing::{PlannedDeficit, RunPage},
    contracts::{ClaimRow, ContractPage},
};

use super::reader::written;
use crate::office::{claims, document};

fn hours(amount: Amount) -> String {
    written(amount.units())
}

pub fn range(range: DateRange) -> String {
    format!("{} .. {}", range.from, range.until.map(|until| until.to_string()).unwrap_or_default())
        .trim_end()
        .to_owned()
}

fn money(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// `nothing`, `1 invoice`, and what stands on them, with the lots that they grant.
pub async fn billed(env: &Env, run: &RunPage) -> (String, Vec<String>) {
    let mut rows = Vec::new();
    let mut items: Vec<_> = run.items.iter().filter(|item| item.document.is_some()).collect();
    items.sort_by_key(|item| item.period);
    for item in &items {
        let (id, number) = item.document.as_ref().expect("an invoice");
        let page = document(env, *id).await;
        assert!(number.is_some(), "automatic contracts are issued");
        let sums = [page.totals.net, page.totals.vat, page.totals.gross].map(money);
        rows.push(format!("invoice {} + {} = {}", sums[0], sums[1], sums[2]));
        for line in &page.lines {
            let service = range(line.service.expect("a period"));
            let (quantity, total) = (line.line.quantity.to_string(), money(line.total));
            rows.push(format!("line {service} {quantity} {} x {} = {total}", line.line.unit.name(), line.line.price));
        }
        let claims = claims(env, item.contract().expect("a contract")).await;
        let claim = claims.iter().find(|claim| claim.document == Some(*id)).expect("its claim");
        rows.extend(lots(claim).map(|lot| format!("lot {lot}")));
    }
    let said = match items.len() {
        0 => "nothing".to_owned(),
        1 => "1 invoice".to_owned(),
        many => format!("{many} invoices"),
    };
    (said, rows)
}

fn lots(claim: &ClaimRow) -> impl Iterator<Item = String> {
    let lots = claim.lots.iter().filter_map(|lot| lot.state.as_ref());
    lots.map(|state| format!("{} {}", hours(state.lot.amount), range(state.lot.valid)))
}

/// What cancelling does, before it is done.
pub fn cancelled(plan: &UndoPlan, claim: &ClaimRow) -> (String, Vec<String>) {
    let mut rows: Vec<_> = plan.freed.iter().map(|freed| format!("freed {}", range(freed.service))).collect();
    assert_eq!(plan.accounts.iter().flat_map(|undo| &undo.revokes).count(), claim.lots.len());
    rows.extend(lots(claim).map(|lot| format!("revoked {lot}")));
    let deficits = plan.accounts.iter().flat_map(|undo| &undo.deficits);
    rows.extend(deficits.map(|part| format!("deficit {} on {}", hours(part.amount), part.date)));
    let said = if plan.freed.len() == 1 { "period" } else { "periods" };
    (format!("{} {said} freed", plan.freed.len()), rows)
}

/// What a re-run does with the open deficits.
pub fn covered(deficits: &[PlannedDeficit]) -> Vec<String> {
    let each = deficits.iter().flat_map(|left| {
        let both = [("covered", left.covered), ("uncovered", left.uncovered)];
        both.map(|(word, amount)| (amount.is_positive(), format!("{word} {} on {}", hours(amount), left.date)))
    });
    each.filter(|(said, _)| *said).map(|(_, row)| row).collect()
}

/// `cleared 1:30, 0:00`, and why a line got nothing.
pub fn cleared(reconciled: &Reconciled) -> String {
    let said: Vec<_> = reconciled.lines.iter().map(|line| hours(line.cleared)).collect();
    let why = reconciled.lines.iter().find_map(|line| match &line.outcome {
        LineOutcome::Nothing(reason) => Some(format!(" ({})", reason.name())),
        _ => None,
    });
    format!("cleared {}{}", said.join(", "), why.unwrap_or_default())
}

/// What a cancelled note or a deleted draft gives back.
pub fn given_back(plan: &UndoPlan) -> String {
    let returned = plan.accounts.iter().flat_map(|undo| &undo.releases).map(|release| hours(release.returned));
    let said: Vec<_> = returned.collect();
    format!("{} given back", if said.is_empty() { "nothing".to_owned() } else { said.join(", ") })
}

/// End or renewal, as the page of the contract shows them.
pub fn end(page: &ContractPage, today: chrono::NaiveDate) -> String {
    let found = outlook(&page.contract, page.next, 0, today, page.hours_per_day).expect("it can be billed");
    let or_none = |day: Option<chrono::NaiveDate>| day.map_or("none".to_owned(), |day| day.to_string());
    let mut said = format!("end {}", or_none(found.end));
    if let Some(renews) = found.renews_on {
        said = format!("{said}, renews {renews}, notice by {}", or_none(found.notice_by));
    }
    said
}
