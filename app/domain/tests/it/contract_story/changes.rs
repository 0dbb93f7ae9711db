//! Changes and ends in a story: which terms billed what, and what an end would come to.

use chrono::NaiveDate;
use domain::contracts::{
    BilledPeriod, DatedDraw, EndFacts, EndPlan, Ending, Loss, PeriodBill, TimelineFacts, ending, instead, timeline,
};
use domain::quota::Amount;

use super::{
    billing::{Told, counting},
    runner::{Party, Telling},
    words,
};
use crate::story_words::{date, first_word, written_range};

fn or_none(day: Option<NaiveDate>) -> String {
    day.map_or("none".to_owned(), |day| day.to_string())
}

fn names(changes: &[&str]) -> String {
    if changes.is_empty() { String::new() } else { format!(": {}", changes.join(", ")) }
}

impl Party {
    /// Remembers with which terms a period was billed.
    pub fn note(&mut self, bill: &PeriodBill) -> Result<(), String> {
        let terms = &self.contract.terms;
        let known = self.versions.iter().find(|(_, known)| *known == terms).map(|(version, _)| *version);
        let version = known.unwrap_or_else(|| {
            let version = i64::try_from(self.versions.len()).expect("few versions") + 1;
            self.versions.insert(version, terms.clone());
            version
        });
        let granted = Amount::sum(bill.grants.iter().map(|grant| grant.amount)).map_err(|error| error.to_string())?;
        let (number, service, net) = (bill.period.number, bill.period.service, bill.totals.net);
        self.billed.insert(number, BilledPeriod { number, service, version, net, granted });
        Ok(())
    }

    /// `399.99 and 4:00`.
    fn worth(&self, net: i64, granted: Amount) -> String {
        let money = words::money(net, self.contract.terms.currency);
        match counting(&self.contract) {
            Ok(counted) => format!("{money} and {}", counted.written(granted)),
            Err(_) => money,
        }
    }
}

impl Telling {
    pub fn timeline(&mut self) -> Told {
        let day = self.day;
        let party = self.party();
        let facts = TimelineFacts {
            contract: party.contract.clone(),
            next: party.next,
            versions: party.versions.clone(),
            billed: party.billed.values().copied().collect(),
            freed: party.freed.clone(),
        };
        let told = timeline(&facts);
        let mut rows = Vec::new();
        for step in &told.steps {
            let service = written_range(step.service().ok_or("a step without periods")?);
            let last = step.periods.last().ok_or("a step without periods")?;
            rows.push(format!("step {service} {}{}", party.worth(last.net, last.granted), names(&step.changes)));
            for billed in &step.periods {
                if let Some(now) = instead(&party.contract, billed, day).map_err(|error| error.to_string())? {
                    let (before, after) = (party.worth(billed.net, billed.granted), party.worth(now.net, now.granted));
                    rows.push(format!("instead {} {before} becomes {after}", written_range(now.service)));
                }
            }
        }
        rows.extend(told.freed.iter().map(|period| format!("free {}", written_range(period.service))));
        let steps = if told.steps.len() == 1 { "1 step".to_owned() } else { format!("{} steps", told.steps.len()) };
        let said = told.ahead.map_or_else(
            || format!("{steps}, nothing next"),
            |ahead| format!("{steps}, next {}{}", ahead.period.service.from, names(&ahead.changes)),
        );
        let at_once: Vec<_> = told.at_once.into_iter().flat_map(|(_, fields)| fields).collect();
        let said = if at_once.is_empty() { said } else { format!("{said}, at once{}", names(&at_once)) };
        Ok((said, rows))
    }

    /// `agreed 2027-02-15`, `notice 2026-12-31`, `taken-back`: what it would come to; nothing is done.
    pub fn ending(&mut self, text: &str) -> Told {
        let how = match first_word(text) {
            ("agreed", day) => Ending::Agreed { until: date(day)? },
            ("notice", day) => Ending::Notice { on: date(day)? },
            ("taken-back", "") => Ending::TakenBack,
            _ => return Err(format!("{text:?} is not an ending")),
        };
        let day = self.day;
        let party = self.party();
        let drawn = party.ledger.iter().flat_map(|ledger| ledger.draws.values()).filter(|draw| !draw.released);
        let mut drawn: Vec<DatedDraw> = drawn
            .map(|draw| {
                let held = draw.parts.iter().map(|part| part.amount).chain([draw.deficit]);
                Ok(DatedDraw { draw: draw.draw, date: draw.date, amount: Amount::sum(held)? })
            })
            .collect::<Result<_, domain::quota::QuotaError>>()
            .map_err(|error| error.to_string())?;
        drawn.sort_by_key(|draw| draw.date);
        let facts = EndFacts {
            contract: party.contract.clone(),
            billed: party.billed.values().copied().collect(),
            account: party.ledger.as_ref().map(|ledger| ledger.view.clone()),
            drawn,
            documents: Vec::new(),
            from: NaiveDate::MIN,
        };
        let plan = ending(&facts, how, day).map_err(|error| error.to_string())?;
        if let Some(wrong) = words::faults(&plan.faults) {
            return Ok((format!("refused because {wrong}"), Vec::new()));
        }
        let mut said = format!("end {}, before {}", or_none(plan.end), or_none(plan.earlier));
        if let Some(notice) = plan.notice {
            said = format!("{said}, first boundary from {}", notice.over);
        }
        Ok((said, party.ended(&plan)?))
    }
}

impl Party {
    fn ended(&self, plan: &EndPlan) -> Result<Vec<String>, String> {
        let currency = self.contract.terms.currency;
        let mut rows = Vec::new();
        if let Some(last) = &plan.last {
            let net = words::money(last.bill.totals.net, currency);
            let whole = words::money(last.whole.net, currency);
            let days = last.days.map_or(String::new(), |(lasts, all)| format!(" of {whole}, {lasts} of {all} days"));
            let billed = last.billed.map_or(String::new(), |billed| {
                format!(", billed {} for {}", words::money(billed.net, currency), written_range(billed.service))
            });
            rows.push(format!("last {} {net}{days}{billed}", written_range(last.period.service)));
        }
        let written = |amount| counting(&self.contract).map(|counted| counted.written(amount));
        for lost in &plan.lots {
            let why = match lost.loss {
                Loss::ByItself => "by itself",
                Loss::Cut => "cut",
                Loss::Beyond => "beyond",
            };
            rows.push(format!("lost {} {} {why}", written(lost.amount)?, written_range(lost.lot.valid)));
        }
        for beyond in &plan.beyond {
            let net = words::money(beyond.billed.net, currency);
            rows.push(format!(
                "beyond {} of {} {net}",
                written_range(beyond.after),
                written_range(beyond.billed.service)
            ));
        }
        for drawn in &plan.drawn {
            rows.push(format!("drawn {} on {}", written(drawn.amount)?, drawn.date));
        }
        for open in &plan.deficits {
            rows.push(format!("owed {} on {}", written(open.amount)?, open.date));
        }
        Ok(rows)
    }
}
