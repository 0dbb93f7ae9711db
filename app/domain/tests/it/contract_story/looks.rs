//! Lines of a story of contracts that only look: what they say must be so.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    DateRange, DrawId,
    documents::NumberPattern,
    groups::eligible,
    quota::{DrawOrigin, DrawRequest, draw},
};

use super::{billing::counting, runner::Telling};
use crate::story_words::{date, on_date, written_range};

/// The number of a period, counted from 0.
pub fn period_number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text:?} is not the number of a period"))
}

fn or_none(day: Option<NaiveDate>) -> String {
    day.map_or("none".to_owned(), |day| day.to_string())
}

fn range_or_none(range: Option<DateRange>) -> String {
    range.map_or("none".to_owned(), written_range)
}

fn yes(so: bool) -> String {
    if so { "yes".to_owned() } else { "no".to_owned() }
}

impl Telling {
    pub fn look(&mut self, word: &str, text: &str) -> Result<String, String> {
        match word {
            "covers" => return self.covers(text),
            "number" => return number(text),
            "yearly" => {
                return Ok(NumberPattern::from_str(text).map_or("not a pattern".to_owned(), |p| yes(p.yearly())));
            }
            _ => {}
        }
        let contract = &self.parties[self.current].contract;
        match word {
            "end" => Ok(or_none(contract.end())),
            "period" => Ok(contract.period(period_number(text)?).map_or("none".to_owned(), |period| {
                let cut = period.service != period.range;
                let lasts =
                    if cut { format!(", lasts until {}", or_none(period.service.until)) } else { String::new() };
                format!("{}{lasts}", written_range(period.range))
            })),
            "due" => {
                let number = period_number(text.strip_prefix("of period ").unwrap_or(text))?;
                Ok(or_none(contract.due_on(number)))
            }
            "to-do" => {
                let due = date(text.strip_prefix("for ").unwrap_or(text))?;
                let number = (0..600).find(|number| contract.due_on(*number) == Some(due));
                let number = number.ok_or(format!("nothing is due on {due}"))?;
                Ok(or_none(contract.to_do_on(number)))
            }
            "quota-period" => {
                let day = date(text.strip_prefix("of ").unwrap_or(text))?;
                Ok(range_or_none(contract.quota_period_of(day)))
            }
            "available" | "lapsed" => self.counted(word, text),
            other => Err(format!("unknown word {other:?}")),
        }
    }

    /// `on 2026-05-01`, `by 2026-07-01`, with all lots of the account together.
    fn counted(&mut self, word: &str, text: &str) -> Result<String, String> {
        let party = self.party();
        let counting = counting(&party.contract)?;
        let view = &party.account()?.view;
        let found = if word == "available" {
            view.available(date(text.strip_prefix("on ").unwrap_or(text))?)
        } else {
            let day = date(text.strip_prefix("by ").unwrap_or(text))?;
            let lots = view.lots.iter().map(|state| state.lapsed(day)).collect::<Result<Vec<_>, _>>();
            lots.and_then(domain::quota::Amount::sum)
        };
        found.map(|amount| counting.written(amount)).map_err(|error| error.to_string())
    }

    /// `5:00 on 2026-04-20`.
    pub fn draw(&mut self, text: &str) -> Result<String, String> {
        let (wanted, day) = on_date(text, " on ")?;
        let id = DrawId::new(self.new_lot().uuid());
        let party = self.party();
        let counting = counting(&party.contract)?;
        let wanted = counting.amount(wanted)?;
        let ledger = party.account()?;
        let request = DrawRequest { draw: id, date: day, wanted, origin: DrawOrigin::default() };
        let decided = match draw(&ledger.view, &request) {
            Ok(decided) => decided,
            Err(error) => return Ok(counting.refusal(&error)),
        };
        let entry = decided.entry(&ledger.view);
        party.post(&entry)?;
        let drawn = domain::quota::Amount::sum(decided.parts.iter().map(|part| part.amount));
        let drawn = drawn.map_err(|error| error.to_string())?;
        let rest = [("deficit", decided.deficit), ("not drawn", decided.not_drawn)];
        let rest = rest.into_iter().filter(|(_, amount)| !amount.is_zero());
        let said = [("drawn", drawn)].into_iter().chain(rest);
        Ok(said.map(|(name, amount)| format!("{name} {}", counting.written(amount))).collect::<Vec<_>>().join(", "))
    }

    /// `IT / Repair`: whether the quota is for that sub-group of that group.
    fn covers(&mut self, text: &str) -> Result<String, String> {
        let (group, sub_group) = text.split_once(" / ").ok_or(format!("{text:?} is not `group / sub-group`"))?;
        let (group, sub_group) = (self.group(group), self.sub_group(sub_group));
        let (own, global) = (&self.own, &self.global);
        let order = (own.sub_group(sub_group), own.group(group), global.sub_group(sub_group), global.group(group));
        Ok(yes(eligible(order.0, order.1, order.2, order.3)))
    }
}

/// `17 of 2026 by RE-{year}-{n:5}`.
fn number(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is not `counter of year by pattern`");
    let (said, pattern) = text.split_once(" by ").ok_or_else(wrong)?;
    let (counter, year) = said.split_once(" of ").ok_or_else(wrong)?;
    let (counter, year) = (counter.parse().map_err(|_| wrong())?, year.parse().map_err(|_| wrong())?);
    Ok(NumberPattern::from_str(pattern).map_or("not a pattern".to_owned(), |pattern| pattern.number(year, counter)))
}
