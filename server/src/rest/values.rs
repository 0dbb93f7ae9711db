//! How figures look in JSON: money `{"amount":"399.99","currency":"EUR"}`, time as ISO 8601 (`"PT1H30M"`).

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    DateRange, Money, Seconds,
    money::Currency,
    quota::{Amount, Standing, Unit},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use texts::NotReadable;
use utoipa::ToSchema;
use wire::{FieldReason, Problem};

/// An amount in the unit of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Volume {
    /// Time as an ISO 8601 duration of hours, minutes and seconds.
    Time(String),
    /// Money.
    Money {
        /// A decimal number in major units.
        amount: String,
        /// ISO 4217.
        currency: String,
    },
}

impl Volume {
    /// From an amount of an account.
    pub fn new(unit: Unit, amount: Amount) -> Volume {
        match unit {
            Unit::Time => Volume::Time(duration(Seconds(amount.units()))),
            Unit::Money(currency) => Volume::Money {
                amount: Money { minor: amount.units(), currency }.major().to_string(),
                currency: currency.code().to_owned(),
            },
        }
    }

    /// The unit that it is in; none when there is no such currency.
    pub fn unit(&self) -> Option<Unit> {
        match self {
            Volume::Time(_) => Some(Unit::Time),
            Volume::Money { currency, .. } => Currency::from_code(currency).map(Unit::Money),
        }
    }

    /// The amount in that unit, exactly; errors at the field when it is in another unit or not exact.
    pub fn amount(&self, field: &str, unit: Unit) -> Result<Amount, Problem> {
        let wrong = |reason| Problem::field(field, FieldReason::NotReadable(reason));
        match (self, unit) {
            (Volume::Time(text), Unit::Time) => {
                read_duration(text).map(|time| Amount::new(time.0)).ok_or_else(|| wrong(NotReadable::NotATime))
            }
            (Volume::Money { amount, currency }, Unit::Money(own)) if Currency::from_code(currency) == Some(own) => {
                // The reader takes more than a decimal number: 1e3, 1_000.
                let plain = amount.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
                let major = Decimal::from_str(amount).ok().filter(|_| plain);
                let major = major.ok_or_else(|| wrong(NotReadable::NotMoney))?;
                let money = Money::rounded(major, own).ok_or_else(|| wrong(NotReadable::TooLarge))?;
                if money.major() != major {
                    return Err(wrong(NotReadable::TooPrecise { decimals: domain::money::decimals(own) }));
                }
                Ok(Amount::new(money.minor))
            }
            (_, Unit::Time) => Err(wrong(NotReadable::NotATime)),
            (_, Unit::Money(_)) => Err(wrong(NotReadable::NotMoney)),
        }
    }
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoneyBody {
    /// A decimal number in major units.
    amount: String,
    /// ISO 4217.
    currency: String,
}

impl MoneyBody {
    /// From minor units.
    pub fn new(minor: i64, currency: Currency) -> MoneyBody {
        Money { minor, currency }.into()
    }

    /// Its currency, if there is such a one.
    pub fn currency(&self) -> Option<Currency> {
        Currency::from_code(&self.currency)
    }

    /// The minor units of that currency, exactly; errors at the field when it is in another one or not exact.
    pub fn minor(&self, field: &str, currency: Currency) -> Result<i64, Problem> {
        let MoneyBody { amount, currency: code } = self.clone();
        Volume::Money { amount, currency: code }.amount(field, Unit::Money(currency)).map(Amount::units)
    }
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> MoneyBody {
        MoneyBody { amount: money.major().to_string(), currency: money.currency.code().to_owned() }
    }
}

/// A range of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RangeBody {
    /// The first day.
    from: NaiveDate,
    /// The first day that no longer belongs to it; none: it has no end.
    until: Option<NaiveDate>,
}

impl RangeBody {
    /// The range; none when there is no day in it.
    pub fn range(&self) -> Option<DateRange> {
        DateRange::new(self.from, self.until)
    }
}

impl From<DateRange> for RangeBody {
    fn from(range: DateRange) -> RangeBody {
        RangeBody { from: range.from, until: range.until }
    }
}

/// `PT1H30M`, `PT45M`, `PT0S`, `-PT5M`.
fn duration(time: Seconds) -> String {
    let (hours, minutes, seconds) = time.parts();
    let part = |value: u64, sign: char| if value == 0 { String::new() } else { format!("{value}{sign}") };
    let text = format!("{}{}{}", part(hours, 'H'), part(minutes, 'M'), part(seconds, 'S'));
    let sign = if time.0 < 0 { "-" } else { "" };
    if text.is_empty() { "PT0S".to_owned() } else { format!("{sign}PT{text}") }
}

/// Reads what [`duration`] writes; minutes and seconds may be more than 59.
fn read_duration(text: &str) -> Option<Seconds> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut rest = rest.strip_prefix("PT").filter(|rest| !rest.is_empty())?;
    let mut total = 0_i64;
    for (letter, unit) in [('H', 3600), ('M', 60), ('S', 1)] {
        if let Some((digits, after)) = rest.split_once(letter) {
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(unit)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(Seconds(sign * total))
}

/// Where an account stands today.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingBody {
    /// What the usable lots were granted.
    pub granted: Volume,
    /// What was taken from them.
    pub used: Volume,
    /// What of them is available today.
    pub left: Volume,
    /// What of them is lost because their carry-over is capped.
    pub lapsed: Volume,
    /// The open deficits.
    pub deficit: Volume,
    /// The next day on which something is lost, and how much.
    pub lapses: Option<Lapse>,
}

/// What is lost if it is not used.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lapse {
    /// The first day on which it can no longer be used.
    pub on: NaiveDate,
    /// How much.
    pub amount: Volume,
}

impl StandingBody {
    /// From the domain's figures.
    pub fn new(unit: Unit, standing: &Standing) -> StandingBody {
        StandingBody {
            granted: Volume::new(unit, standing.granted),
            used: Volume::new(unit, standing.used),
            left: Volume::new(unit, standing.left),
            lapsed: Volume::new(unit, standing.lapsed),
            deficit: Volume::new(unit, standing.deficit),
            lapses: standing.lapses.map(|(on, amount)| Lapse { on, amount: Volume::new(unit, amount) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_and_read_back() {
        for (seconds, text) in [(5400, "PT1H30M"), (2700, "PT45M"), (0, "PT0S"), (-61, "-PT1M1S"), (3601, "PT1H1S")] {
            assert_eq!(duration(Seconds(seconds)), text);
            assert_eq!(read_duration(text), Some(Seconds(seconds)));
        }
        assert_eq!(read_duration("PT90M"), Some(Seconds(5400)));
        for wrong in ["", "PT", "P1D", "PT1", "PT1M1H", "PT-1M", "PT1.5H", "1:30", "PT99999999999999999999H"] {
            assert_eq!(read_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn money_is_exact_or_refused() {
        let euros = |amount: &str| Volume::Money { amount: amount.to_owned(), currency: "EUR".to_owned() };
        let eur = Unit::Money(Currency::EUR);
        assert_eq!(euros("399.99").amount("amount", eur), Ok(Amount::new(39_999)));
        assert_eq!(Volume::new(eur, Amount::new(-5)), euros("-0.05"));
        for wrong in ["0.001", "1e3", "1_000", "+1", ""] {
            assert!(euros(wrong).amount("amount", eur).is_err(), "{wrong}");
        }
        assert!(euros("1").amount("amount", Unit::Time).is_err());
        assert!(euros("1").amount("amount", Unit::Money(Currency::CHF)).is_err());
        assert!(euros("79228162514264337593543950335").amount("amount", eur).is_err());
    }
}
