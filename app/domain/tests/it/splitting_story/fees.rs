//! Fees of a story: reading them, and the invoice over them.

use domain::{
    billing::{DueFee, bill_fees},
    splitting::Fee,
};

use super::runner::Telling;
use crate::{
    contract_story::words,
    story_words::{date, periods, written_range},
};

/// `150.00 at 19 % every 1 month from 2026-04-01 to 2026-06-15`; without a last day it goes on.
pub fn fee(text: &str) -> Result<Fee, String> {
    let wrong = || format!("{text:?} is not `price at n % every n months from date to date`");
    let (price, rest) = text.split_once(" at ").ok_or_else(wrong)?;
    let (vat, rest) = rest.split_once(" % every ").ok_or_else(wrong)?;
    let (every, days) = rest.split_once(" from ").ok_or_else(wrong)?;
    let (start, end) = days.split_once(" to ").map_or((days, None), |(start, end)| (start, Some(end)));
    let (price, vat) = (price.parse().map_err(|_| wrong())?, vat.parse().map_err(|_| wrong())?);
    let fee = Fee { price, periods: periods(&format!("{start} every {every}"))?, vat, end: end.map(date).transpose()? };
    fee.check_price().map_err(|error| error.to_string())?;
    fee.check_end().map_err(|error| error.to_string())?;
    Ok(fee)
}

impl Telling {
    /// `as of 2026-06-30`: the invoice over everything that is due, when nothing of it was billed before.
    pub fn fees(&self, text: &str) -> Result<String, String> {
        let as_of = date(text.strip_prefix("as of ").unwrap_or(text))?;
        let facts = &self.world.facts;
        let due = facts.lines.iter().filter_map(|line| {
            let (fee, name) = (*line.fee()?, self.name_of_line(line.id).to_owned());
            Some(DueFee { line: line.id, name, fee, periods: fee.due(0, as_of) })
        });
        let invoice = bill_fees(&due.collect::<Vec<_>>(), facts.currency).map_err(|wrong| wrong.error.to_string())?;
        if invoice.fees.is_empty() {
            return Ok("nothing".to_owned());
        }
        let money = |minor| words::money(minor, facts.currency);
        let said = invoice.fees.iter().map(|fee| {
            let (name, service) = (self.name_of_line(fee.line), written_range(fee.bill.period.service));
            format!("{name} {service} {}", money(fee.bill.totals.net))
        });
        let said = said.collect::<Vec<_>>().join(", ");
        let [net, vat, gross] = [invoice.totals.net, invoice.totals.vat, invoice.totals.gross].map(money);
        Ok(format!("{net} + {vat} = {gross}: {said}"))
    }
}
