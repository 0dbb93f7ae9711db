//! Reads accounts, billing lines and bookings of a story.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use domain::{
    AccountId, BillingLineId, BookingId, Price, Seconds, TaskId,
    quota::{Account, Ledger, Unit},
    splitting::{Allowance, BillingLine, Booking, BookingRounding, Collector, Collects, LineKind},
};

use super::{fees, runner::Telling, say};
use crate::{
    contract_story::words,
    splitting_world::{account, booking, booking_id, line_id, task_id},
    story_words::{self, on_date, periods},
};

/// `minimum 0:30 step 0:15`.
pub fn rounding(text: &str) -> Result<BookingRounding, String> {
    let wrong = || format!("{text:?} is not `minimum h:mm step h:mm`");
    let (minimum, step) = text.strip_prefix("minimum ").and_then(|text| text.split_once(" step ")).ok_or_else(wrong)?;
    let [minimum, step] = [words::seconds(minimum)?, words::seconds(step)?].map(Seconds);
    BookingRounding::new(minimum, step).map_err(|error| error.to_string())
}

/// `2026-04-30 22:30 .. 2026-05-01 00:30 at +02:00`: what the clocks of the company show.
pub fn timer(text: &str) -> Result<(DateTime<Utc>, DateTime<Utc>, FixedOffset), String> {
    let wrong = || format!("{text:?} is not `date hh:mm .. date hh:mm at +hh:mm`");
    let (span, offset) = text.split_once(" at ").ok_or_else(wrong)?;
    let offset: FixedOffset = offset.parse().map_err(|_| wrong())?;
    let (start, end) = span.split_once(" .. ").ok_or_else(wrong)?;
    let moment = |text: &str| {
        let shown = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").map_err(|_| wrong())?;
        shown.and_local_timezone(offset).single().map(|at| at.to_utc()).ok_or_else(wrong)
    };
    Ok((moment(start)?, moment(end)?, offset))
}

fn place(names: usize) -> u8 {
    u8::try_from(names).expect("few names")
}

fn rate(text: &str) -> Result<Price, String> {
    text.parse().map_err(|_| format!("{text:?} is not a rate"))
}

impl Telling {
    pub fn account(&self, name: &str) -> Result<Account, String> {
        let found = self.accounts.iter().find(|(known, _)| known == name).map(|(_, account)| account.clone());
        found.ok_or(format!("there is no account {name:?}"))
    }

    pub fn line_id(&self, name: &str) -> Result<BillingLineId, String> {
        let found = self.lines.iter().find(|(known, _)| known == name).map(|(_, line)| *line);
        found.ok_or(format!("there is no line {name:?}"))
    }

    pub fn booking(&self, name: &str) -> Result<BookingId, String> {
        let found = self.bookings.iter().find(|(known, _)| known == name).map(|(_, booking)| *booking);
        found.ok_or(format!("there is no booking {name:?}"))
    }

    /// The same name is the same task.
    pub fn task(&mut self, name: &str) -> TaskId {
        let known = self.tasks.iter().find(|(known, _)| known == name).map(|(_, task)| *task);
        known.unwrap_or_else(|| {
            let task = task_id(place(self.tasks.len() + 1));
            self.tasks.push((name.to_owned(), task));
            task
        })
    }

    pub fn begin_account(&mut self, name: &str, terms: &str) -> Result<AccountId, String> {
        let (words, policy) = story_words::account(terms)?;
        let plain = account(place(self.accounts.len()), words.unit, policy.overbooking);
        let account = Account { policy, ..plain };
        self.accounts.push((name.to_owned(), account.clone()));
        self.world.add_account(Ledger::new(account.clone()));
        Ok(account.id)
    }

    /// `Free: 0:45 free every 1 month from 2026-01-01 on Block, only billable, tasks Repair + Setup`.
    pub fn begin_line(&mut self, text: &str) -> Result<(), String> {
        let (name, said) = text.split_once(": ").ok_or(format!("{text:?} is not `name: what it does`"))?;
        let mut said = said.split(", ");
        let mut kind = self.kind(name, said.next().unwrap_or_default())?;
        let mut tasks = None;
        for more in said {
            match (more.strip_prefix("tasks "), &mut kind) {
                (None, LineKind::Collector(collector)) if more.starts_with("fee ") => {
                    collector.fee = Some(fees::fee(more.strip_prefix("fee ").unwrap_or(more))?);
                }
                (Some(names), _) => {
                    tasks = Some(names.split(" + ").map(|name| self.task(name)).collect::<BTreeSet<_>>());
                }
                (None, LineKind::Collector(collector)) if more == "only billable" => {
                    collector.collects = Collects::Billable;
                }
                _ => return Err(format!("{more:?} is not something that a line can say")),
            }
        }
        let id = line_id(place(self.lines.len()));
        self.lines.push((name.to_owned(), id));
        self.world.facts.lines.push(BillingLine { id, tasks, kind });
        Ok(())
    }

    fn kind(&mut self, name: &str, text: &str) -> Result<LineKind, String> {
        if text == "flat rate" {
            return Ok(LineKind::FlatRate);
        }
        if let Some(hour) = text.strip_prefix("effort at ") {
            return Ok(LineKind::Effort { rate: rate(hour)? });
        }
        let collects = Collects::All;
        if let Some(account) = text.strip_prefix("collects ") {
            let (account, hour) = account.split_once(" at ").map_or((account, None), |(of, hour)| (of, Some(hour)));
            let account = self.account(account)?.id;
            let rate = hour.map(rate).transpose()?;
            return Ok(LineKind::Collector(Collector { account, collects, rate, allowance: None, fee: None }));
        }
        let unknown = || format!("{text:?} is not a kind of line");
        let (most, every) = text.split_once(" free every ").ok_or_else(unknown)?;
        let (every, from) = every.split_once(" from ").ok_or_else(unknown)?;
        let (from, account) = from.split_once(" on ").map_or((from, None), |(from, account)| (from, Some(account)));
        let account = match account {
            Some(account) => self.account(account)?.id,
            None => self.begin_account(name, "time, no overbooking")?,
        };
        let most = Seconds(words::seconds(most)?);
        let periods = match every.strip_suffix(" weeks").or(every.strip_suffix(" week")) {
            None => periods(&format!("{from} every {every}"))?,
            Some(count) => {
                let count = count.parse().map_err(|_| unknown())?;
                let every = domain::Interval::weeks(count).ok_or_else(unknown)?;
                domain::Periods { anchor: story_words::date(from)?, every }
            }
        };
        let allowance = Some(Allowance { most, periods });
        Ok(LineKind::Collector(Collector { account, collects, rate: None, allowance, fee: None }))
    }

    /// `Support 120.00`: another rate from now on.
    pub fn rate(&mut self, text: &str) -> Result<(), String> {
        let (name, hour) = story_words::first_word(text);
        let (line, hour) = (self.line_id(name)?, rate(hour)?);
        let of = self.world.facts.lines.iter_mut().find(|of| of.id == line).ok_or("no such line")?;
        match &mut of.kind {
            LineKind::Effort { rate } => *rate = hour,
            LineKind::Collector(collector) => collector.rate = Some(hour),
            LineKind::FlatRate => return Err(format!("{name} has no rate")),
        }
        Ok(())
    }

    pub fn rate_of(&self, line: BillingLineId) -> Result<Price, String> {
        let found = self.world.facts.lines.iter().find(|of| of.id == line).map(|line| &line.kind);
        match found {
            Some(LineKind::Effort { rate }) => Ok(*rate),
            _ => Err("only an effort line is invoiced".to_owned()),
        }
    }

    /// What the account of a line counts.
    pub fn unit_of(&self, line: BillingLineId) -> Unit {
        let found = self.world.facts.lines.iter().find(|of| of.id == line).map(|line| &line.kind);
        let Some(LineKind::Collector(collector)) = found else { return Unit::Time };
        self.world.ledgers.get(&collector.account).map_or(Unit::Time, |ledger| ledger.view.account.unit)
    }

    /// `1:00 on 2026-04-10, task Repair, not billable, note again`.
    pub fn read_booking(&mut self, name: &str, text: &str) -> Result<Booking, String> {
        let mut said = text.split(", ");
        let (time, date) = on_date(said.next().unwrap_or_default(), " on ")?;
        let known = self.bookings.iter().find(|(known, _)| known == name).map(|(_, booking)| *booking);
        let id = known.unwrap_or_else(|| {
            let id = booking_id(place(self.bookings.len()));
            self.bookings.push((name.to_owned(), id));
            id
        });
        let task = self.task("Work");
        let mut read = Booking { id, task, ..booking(0, date, words::seconds(time)?) };
        for more in said {
            match story_words::first_word(more) {
                ("task", name) => read.task = self.task(name),
                ("note", note) => note.clone_into(&mut read.note),
                ("not", "billable") => read.billable = false,
                _ => return Err(format!("{more:?} is not something that a booking can say")),
            }
        }
        Ok(read)
    }

    /// The name of the booking of that id.
    pub fn name_of(&self, booking: BookingId) -> &str {
        self.bookings.iter().find(|(_, id)| *id == booking).map_or("?", |(name, _)| name)
    }

    pub fn name_of_line(&self, line: BillingLineId) -> &str {
        self.lines.iter().find(|(_, id)| *id == line).map_or("?", |(name, _)| name)
    }

    pub fn words_of(&self, line: BillingLineId) -> story_words::Words {
        say::of(self.unit_of(line))
    }
}
