//! The words of a story: amounts, dates and names, read and written the way an accountant does.

use std::{collections::BTreeMap, str::FromStr};

use chrono::NaiveDate;
use domain::{
    DateRange, DrawId, Interval, LotId, Periods, money,
    quota::{
        Amount, CarryOver, CoverPart, DeficitPolicy, LateEffect, Overbooking, Part, Point, Policy, QuotaError,
        RevokedPart, Seq, Unit,
    },
};
use uuid::Uuid;

/// Names and numbers of one story. The same name is the same id, also when a story uses it twice.
pub struct Words {
    pub unit: Unit,
    names: BTreeMap<u128, String>,
}

/// The words of an account line after `account`: unit, overbooking, and how deficits are paid (balance if not said).
pub fn account(text: &str) -> Result<(Words, Policy), String> {
    let mut said = text.split(',').map(str::trim);
    let unit = match said.next().unwrap_or_default().split_once(' ') {
        None if text.trim().starts_with("time") => Unit::Time,
        Some(("money", code)) => Unit::Money(domain::Currency::from_code(code).ok_or(format!("currency {code:?}"))?),
        _ => return Err(format!("an account counts `time` or `money EUR`, not {text:?}")),
    };
    let words = Words { unit, names: BTreeMap::new() };
    let overbooking = match said.next().unwrap_or_default() {
        "no overbooking" => Overbooking::No,
        "overbooking without limit" => Overbooking::Yes { limit: None },
        other => match other.strip_prefix("overbooking up to ") {
            Some(limit) => Overbooking::Yes { limit: Some(words.amount(limit)?) },
            None => return Err(format!("unknown overbooking {other:?}")),
        },
    };
    let deficits = match said.next() {
        None | Some("deficits balance") => DeficitPolicy::Balance,
        Some("deficits next_grant") => DeficitPolicy::NextGrant,
        Some(other) => return Err(format!("unknown policy for deficits {other:?}")),
    };
    match said.next() {
        None => Ok((words, Policy { overbooking, deficits })),
        Some(more) => Err(format!("unknown word {more:?}")),
    }
}

/// Spaces are for the eye.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::from_str(text).map_err(|_| format!("{text:?} is not a date"))
}

/// `2026-04-01 .. 2026-05-01`, or `2026-04-01 ..` without an end. Only the ends, so that a story can be refused.
pub fn days(text: &str) -> Result<(NaiveDate, Option<NaiveDate>), String> {
    let (from, until) = text.split_once("..").ok_or(format!("{text:?} is not `from .. until`"))?;
    let until = Some(until.trim()).filter(|text| !text.is_empty());
    Ok((date(from.trim())?, until.map(date).transpose()?))
}

pub fn range(text: &str) -> Result<DateRange, String> {
    let (from, until) = days(text)?;
    DateRange::new(from, until).ok_or(format!("{text:?} is empty"))
}

pub fn written_range(range: DateRange) -> String {
    let until = range.until.map(|until| format!(" {until}")).unwrap_or_default();
    format!("{} ..{until}", range.from)
}

/// Cuts `name rest`.
pub fn first_word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// Cuts `amount on date`.
pub fn on_date<'a>(text: &'a str, word: &str) -> Result<(&'a str, NaiveDate), String> {
    let (before, after) = text.split_once(word).ok_or(format!("{text:?} does not say{word}which date"))?;
    Ok((before, date(after)?))
}

/// `2026-01-31 every 1 month`, `2026-01-01 every 30 days`.
pub fn periods(text: &str) -> Result<Periods, String> {
    let wrong = || format!("{text:?} is not `date every n months` or `days`");
    let (anchor, every) = text.split_once(" every ").ok_or_else(wrong)?;
    let (count, unit) = first_word(every);
    let count = count.parse().map_err(|_| wrong())?;
    let every = match unit {
        "month" | "months" => Interval::Months(count),
        "day" | "days" => Interval::Days(count),
        _ => return Err(wrong()),
    };
    Ok(Periods { anchor: date(anchor)?, every })
}

/// `(5, 2026-02-01)`: everything up to entry 5 that is dated until February 1, that day included.
pub fn point(text: &str) -> Result<Point, String> {
    let inner = text.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let (seq, day) = inner.and_then(|text| text.split_once(", ")).ok_or(format!("{text:?} is not `(entry, date)`"))?;
    let seq = seq.parse().map_err(|_| format!("{seq:?} is not the number of an entry"))?;
    Ok(Point { seq: Seq(seq), date: date(day)? })
}

impl Words {
    fn id(&mut self, name: &str) -> Uuid {
        let known = self.names.iter().find(|(_, other)| *other == name).map(|(number, _)| *number);
        let number = known.unwrap_or_else(|| {
            let next = u128::try_from(self.names.len()).expect("few names");
            self.names.insert(next, name.to_owned());
            next
        });
        Uuid::from_u128(number)
    }

    pub fn lot_id(&mut self, name: &str) -> LotId {
        LotId::new(self.id(name))
    }

    pub fn draw_id(&mut self, name: &str) -> DrawId {
        DrawId::new(self.id(name))
    }

    fn name(&self, id: Uuid) -> &str {
        self.names.get(&id.as_u128()).map_or("?", String::as_str)
    }

    pub fn lot(&self, id: LotId) -> &str {
        self.name(id.uuid())
    }

    pub fn draw(&self, id: DrawId) -> &str {
        self.name(id.uuid())
    }

    /// `4:00`, `0:30:15` on a time account, `399.99` on a money account; with a sign if there is one.
    pub fn amount(&self, text: &str) -> Result<Amount, String> {
        let number = |text: &str| text.parse::<i64>().map_err(|_| format!("{text:?} is not a number"));
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let units = match self.unit {
            Unit::Time => match digits.split(':').map(number).collect::<Result<Vec<_>, _>>()?[..] {
                [hours, minutes] => hours * 3_600 + minutes * 60,
                [hours, minutes, seconds] => hours * 3_600 + minutes * 60 + seconds,
                _ => return Err(format!("{text:?} is not a time")),
            },
            Unit::Money(_) => number(&digits.replacen('.', "", 1))?,
        };
        let amount = Amount::new(if text.starts_with('-') { -units } else { units });
        // There is one way to write an amount, so that what is read and what is found can be compared as text.
        let written = self.written(amount);
        if written == text.trim_start_matches('+') { Ok(amount) } else { Err(format!("{text:?} is written {written}")) }
    }

    pub fn written(&self, amount: Amount) -> String {
        let (units, sign) = (amount.units().unsigned_abs(), if amount.units() < 0 { "-" } else { "" });
        match self.unit {
            Unit::Time => {
                let (hours, minutes, seconds) = (units / 3_600, units / 60 % 60, units % 60);
                let seconds = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
                format!("{sign}{hours}:{minutes:02}{seconds}")
            }
            Unit::Money(currency) => match money::decimals(currency) {
                0 => format!("{sign}{units}"),
                places => {
                    let whole = 10_u64.pow(places);
                    let width = usize::try_from(places).expect("few decimals");
                    format!("{sign}{}.{:0width$}", units / whole, units % whole)
                }
            },
        }
    }

    /// An amount that moves the balance: with its sign in either direction.
    pub fn signed(&self, amount: Amount) -> String {
        let sign = if amount.is_positive() { "+" } else { "" };
        format!("{sign}{}", self.written(amount))
    }

    /// `A 3:00, B 1:00, deficit 2:00, not drawn 1:00`; what is nothing is not said.
    pub fn parts(&self, parts: &[Part], deficit: Amount, not_drawn: Amount) -> String {
        let lots = parts.iter().map(|part| format!("{} {}", self.lot(part.lot), self.written(part.amount)));
        let rest = [("deficit", deficit), ("not drawn", not_drawn)];
        let rest = rest.into_iter().filter(|(_, amount)| !amount.is_zero());
        lots.chain(rest.map(|(word, amount)| format!("{word} {}", self.written(amount)))).collect::<Vec<_>>().join(", ")
    }

    /// `covers x 1:00, covers y 2:00, left 1:00`; a grant that covers nothing says nothing.
    pub fn covers(&self, covers: &[CoverPart], left: Amount) -> String {
        let said = covers.iter().map(|c| format!("covers {} {}, ", self.draw(c.draw), self.written(c.amount)));
        if covers.is_empty() { String::new() } else { said.collect::<String>() + "left " + &self.written(left) }
    }

    /// `1 period, at most 2:00`, `as long as the account`: what follows `carried`.
    pub fn carry(&self, text: &str) -> Result<CarryOver, String> {
        let (how_long, cap) = text.split_once(", at most ").map_or((text, None), |(long, cap)| (long, Some(cap)));
        let cap = cap.map(|cap| self.amount(cap)).transpose()?;
        let periods = match how_long.strip_suffix(" periods").or_else(|| how_long.strip_suffix(" period")) {
            Some(count) => Some(count.parse().map_err(|_| format!("{count:?} is not a number of periods"))?),
            None if how_long == "as long as the account" => None,
            None => return Err(format!("{how_long:?} does not say how long it is carried")),
        };
        Ok(CarryOver::On { periods, cap })
    }

    /// `x 1:00, y 2:00`: parts of the deficits of draws.
    pub fn deficits(&mut self, text: &str) -> Result<Vec<CoverPart>, String> {
        let part = |part: &str| {
            let (draw, amount) = first_word(part);
            Ok(CoverPart { draw: self.draw_id(draw), amount: self.amount(amount)? })
        };
        text.split(", ").map(part).collect()
    }

    /// `becomes deficit x 1:00, y 0:30`, in the order of the draws.
    pub fn revoked(&self, parts: &[RevokedPart]) -> String {
        let said: Vec<_> = parts.iter().map(|p| format!("{} {}", self.draw(p.draw), self.written(p.amount))).collect();
        if said.is_empty() { "no deficit".to_owned() } else { format!("becomes deficit {}", said.join(", ")) }
    }

    /// `lapses A 2:00, B 1:00`, in the order of consumption; an end by which nothing is lost says nothing.
    pub fn lapses(&self, lapses: &[Part]) -> String {
        let said: Vec<_> = lapses.iter().map(|p| format!("{} {}", self.lot(p.lot), self.written(p.amount))).collect();
        if said.is_empty() { String::new() } else { format!("lapses {}", said.join(", ")) }
    }

    /// `A 1:00, A lapses 0:30 instead of 1:30 on 2026-05-01, today -0:30`.
    pub fn late(&self, effect: &LateEffect) -> String {
        let taken = effect.taken.iter().map(|part| format!("{} {}", self.lot(part.lot), self.written(part.amount)));
        let lapses = effect.lapses.iter().map(|change| {
            let (lot, after, before) = (self.lot(change.lot), self.written(change.after), self.written(change.before));
            let over = if change.over_cap { " over its cap" } else { "" };
            format!("{lot} lapses {after} instead of {before}{over} on {}", change.date)
        });
        let today = format!("today {}", self.written(effect.today));
        taken.chain(lapses).chain([today]).collect::<Vec<_>>().join(", ")
    }

    /// `refused because ...`, in the words of the stories.
    pub fn refusal(&self, error: &QuotaError) -> String {
        let because = match error {
            QuotaError::NotPositive { .. } => "the amount is not positive".to_owned(),
            QuotaError::TooLarge { .. } => "the amount is too large".to_owned(),
            QuotaError::EmptyValidity { .. } => "the validity is empty".to_owned(),
            QuotaError::DateOutOfRange { date, .. } => format!("the books do not have {date}"),
            QuotaError::Exhausted { wanted, available, .. } => {
                format!("{} is wanted and {} available", self.written(*wanted), self.written(*available))
            }
            QuotaError::LotExists { lot } => format!("{} is already granted", self.lot(*lot)),
            QuotaError::DrawExists { draw } => format!("{} is already drawn", self.draw(*draw)),
            QuotaError::UnknownDraw { draw } => format!("there is no draw {}", self.draw(*draw)),
            QuotaError::AlreadyReleased { draw } => format!("{} was already released", self.draw(*draw)),
            QuotaError::CarryTooLong { periods, last } => format!("{periods} further periods end after {last}"),
            QuotaError::Overflow => "a sum does not fit".to_owned(),
            QuotaError::UnknownLot { lot } => format!("there is no lot {}", self.lot(*lot)),
            QuotaError::CarryWithoutPeriod => "a lot without end cannot be carried over".to_owned(),
            QuotaError::BooksClosed { closed_until, .. } => format!("the books are closed until {closed_until}"),
            QuotaError::Ended { end, .. } => format!("the account ended on {end}"),
            QuotaError::AlreadyRevoked { lot } => format!("{} was already revoked", self.lot(*lot)),
            QuotaError::CoverFromEarlierLot { lot, draw } => {
                format!("{} was granted before {}", self.lot(*lot), self.draw(*draw))
            }
            QuotaError::CoverTooLarge { lot, left, .. } => {
                format!("{} has only {} for it", self.lot(*lot), self.written(*left))
            }
            QuotaError::DeficitOutOfBounds { draw, deficit, .. } => {
                format!("{} has a deficit of {}", self.draw(*draw), self.written(*deficit))
            }
            other => format!("the engine is wrong: {other}"),
        };
        format!("refused because {because}")
    }
}
