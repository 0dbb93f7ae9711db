//! What comes out of a story of clearing, in the words of an accountant.

use domain::{
    ContractId, Currency,
    clearing::{ContractLeft, Figures, LineClearing, LineDifference, LineOutcome, Reason, Reconciled},
    quota::{Amount, Unit},
};

use super::runner::{Party, Telling, Told};
use crate::{
    contract_story::words::{money, totals},
    story_words::{Words, account, written_range},
};

/// How amounts of that unit are written.
fn counting(unit: Unit) -> Words {
    let said = match unit {
        Unit::Time => "time".to_owned(),
        Unit::Money(currency) => format!("money {}", currency.code()),
    };
    account(&format!("{said}, no overbooking")).expect("a unit").0
}

impl Telling {
    /// The totals, and a row for every line, every quota and every difference.
    pub fn told(&mut self, decided: &Reconciled, differ: &[LineDifference]) -> Told {
        let document = self.document()?;
        let currency = document.currency;
        let names: Vec<String> = document.lines.iter().map(|(name, _)| name.clone()).collect();
        let ids: Vec<_> = document.lines.iter().map(|(_, line)| line.id).collect();
        let mut rows = Vec::new();
        for (name, clearing) in names.iter().zip(&decided.lines) {
            rows.push(format!("clearing {name} {}", self.clearing(clearing, currency)));
        }
        for left in &decided.left {
            rows.push(format!("quota{} {}", self.named(left.contract), quota(left)));
        }
        for differs in differ {
            let place = ids.iter().position(|id| *id == differs.seen.line);
            let name = place.map_or("?", |place| names[place].as_str());
            let [seen, decided] = [&differs.seen, &differs.decided]
                .map(|shown| format!("{} {}", shown.outcome, money(shown.item, currency)));
            rows.push(format!("differs {name} {seen}, decided {decided}"));
        }
        Ok((totals(&decided.totals, currency), rows))
    }

    /// ` Support`, where the story has several contracts.
    fn named(&self, contract: ContractId) -> String {
        let several = |party: &&Party| self.parties.len() > 1 && party.contract.id == contract;
        self.parties.iter().find(several).map_or(String::new(), |party| format!(" {}", party.name))
    }

    /// `-50.00 of 100.00 partial: wanted 1:00, available 0:30, drawn 0:30, not drawn 0:30, left 0:00`.
    fn clearing(&self, clearing: &LineClearing, currency: Currency) -> String {
        let [item, total] = [clearing.item, clearing.total].map(|minor| money(minor, currency));
        let figures = clearing.figures.as_ref();
        let why = match &clearing.outcome {
            LineOutcome::Nothing(reason) => self.why(reason, figures),
            _ => String::new(),
        };
        let by = figures.map_or(String::new(), |figures| {
            let by = self.named(figures.contract);
            let by = if by.is_empty() { by } else { format!(" by{by}") };
            format!("{by}: {}", figured(figures))
        });
        format!("{item} of {total} {}{why}{by}", clearing.outcome.name())
    }

    /// What a reason names.
    fn why(&self, reason: &Reason, figures: Option<&Figures>) -> String {
        let unit = |unit: &Unit| match unit {
            Unit::Time => "time".to_owned(),
            Unit::Money(currency) => format!("money {}", currency.code()),
        };
        let said = match reason {
            Reason::OtherCustomer { customer } => format!("of {}", self.name_of(*customer)),
            Reason::ContractNotActive { start, end } => {
                let end = end.map_or(String::new(), |end| format!(" {end}"));
                format!("{start} ..{end}")
            }
            Reason::UnitMismatch { quota, line } => format!("{}, quota of {}", line.name(), unit(quota)),
            Reason::VatRateMismatch { line, sold_at } => format!("{line} %, sold at {sold_at} %"),
            Reason::BooksClosed { closed_until } => format!("until {closed_until}"),
            Reason::PeriodNotBilled { period } => period.map_or("before the first".to_owned(), written_range),
            Reason::Exhausted { lapsed, .. } => {
                let words = figures.map(|figures| counting(figures.unit));
                let written = |amount: Amount| words.as_ref().map_or("?".to_owned(), |words| words.written(amount));
                let said = lapsed.iter().map(|l| format!("{} lapsed of {}", written(l.amount), written_range(l.valid)));
                said.collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        };
        if said.is_empty() { said } else { format!(" ({said})") }
    }
}

/// `4:00 - 4:00 = 0:00, deficit 1:00`.
fn quota(left: &ContractLeft) -> String {
    let words = counting(left.unit);
    let deficit =
        if left.deficit.is_zero() { String::new() } else { format!(", deficit {}", words.written(left.deficit)) };
    let [before, drawn, after] = [left.before, left.drawn, left.after].map(|amount| words.written(amount));
    format!("{before} - {drawn} = {after}{deficit}")
}

/// What the account said; what is nothing is not said.
fn figured(figures: &Figures) -> String {
    let words = counting(figures.unit);
    let all = [
        ("wanted", figures.wanted, true),
        ("available", figures.available_before, true),
        ("drawn", figures.drawn, false),
        ("deficit", figures.deficit, false),
        ("not drawn", figures.not_drawn, false),
        ("left", figures.available_after, true),
    ];
    let said = all.iter().filter(|(_, amount, always)| *always || !amount.is_zero());
    let said: Vec<_> = said.map(|(name, amount, _)| format!("{name} {}", words.written(*amount))).collect();
    let lots = figures.lots.iter().map(|lot| {
        let until = lot.valid.until.map_or("without end".to_owned(), |until| format!("until {until}"));
        format!("{} of {} {until}", words.written(lot.drawn), words.written(lot.drawable))
    });
    // One lot says nothing that the figures do not say.
    let lots: Vec<_> = lots.collect();
    let from = if lots.len() > 1 { format!(", from {}", lots.join(" and ")) } else { String::new() };
    format!("{}{from}", said.join(", "))
}
