//! The settings of the company.

use chrono::NaiveDate;
use domain::{Seconds, VatRate, documents::NumberPattern, quota::Unit};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable, read_amount, read_date};

use crate::{FieldProblem, FieldReason, Problem, history::Change, read::vat_id, required, text};

mod letters;
mod logo;

pub use letters::{Letters, Sender, is_iban};
pub use logo::{LOGO, LogoDraft, LogoFault, LogoForm, LogoInfo};

/// The settings as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// The version that was loaded; 0 before anything was saved.
    pub version: i64,
    /// The name of the company.
    pub company: String,
    /// Street and house number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// Its VAT id.
    pub vat_id: String,
    /// The VAT rates in per cent, separated by semicolons or spaces.
    pub vat_rates: String,
    /// The hours of a working day.
    pub hours_per_day: String,
    /// The last day for which the books are closed, as people say it; empty means that none are.
    pub books_closed_last: String,
    /// The name of the time zone.
    pub time_zone: String,
    /// The pattern of contract numbers.
    pub contract_numbers: String,
    /// The pattern of invoice numbers.
    pub invoice_numbers: String,
    /// The pattern of the numbers of delivery notes.
    pub delivery_note_numbers: String,
    /// The pattern of the numbers of cancellations.
    pub cancellation_numbers: String,
    /// The pattern of the numbers of projects.
    pub project_numbers: String,
    /// `off` when a booking of time may not be split.
    pub splitting: String,
    /// What stands on letters.
    pub letters: Letters,
}

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The version, to be sent back when saving.
    pub version: i64,
    /// The name of the company.
    pub company: String,
    /// Street and house number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// Its VAT id.
    pub vat_id: String,
    /// The VAT rates, highest first.
    pub vat_rates: Vec<VatRate>,
    /// The hours of a working day.
    pub hours_per_day: Seconds,
    /// Nothing is drawn for dates before this day; none means that no books are closed.
    pub books_closed_until: Option<NaiveDate>,
    /// The name of the time zone in which the company's days begin, such as `Europe/Berlin`.
    pub time_zone: String,
    /// How contract numbers are made.
    pub contract_numbers: NumberPattern,
    /// How invoice numbers are made.
    pub invoice_numbers: NumberPattern,
    /// How the numbers of delivery notes are made.
    pub delivery_note_numbers: NumberPattern,
    /// How the numbers of cancellations are made.
    pub cancellation_numbers: NumberPattern,
    /// How the numbers of projects are made.
    pub project_numbers: NumberPattern,
    /// Whether a booking of time may be split, as long as its project says nothing else.
    pub splitting: bool,
    /// What stands on letters.
    pub letters: Letters,
}

/// The settings page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// As they are.
    pub settings: Settings,
    /// The time zones that can be chosen.
    pub zones: Vec<String>,
    /// What is told of the logo.
    pub logo: Option<LogoInfo>,
    /// The latest changes, newest first.
    pub history: Vec<Change>,
}

impl SettingsView {
    /// Whether nothing but the logo has changed since that version: a form that was loaded with it is as good as one of
    /// now, for the logo does not stand in it. Each change has begun a version.
    pub fn only_logo_since(&self, version: i64) -> bool {
        let versions = self.settings.version.checked_sub(version).and_then(|since| usize::try_from(since).ok());
        let changes = versions.and_then(|since| self.history.get(..since));
        changes.is_some_and(|changes| changes.iter().flat_map(|change| &change.fields).all(|field| field.field == LOGO))
    }
}

/// The longest working day: a whole one.
const DAY: i64 = 24 * 3_600;
/// More rates than any country has.
const RATES: usize = 12;

impl SettingsForm {
    /// Turns what was typed into settings, or names every wrong field. Whether there is such a time zone the server
    /// says, which has the list.
    pub fn check(&self, lang: Lang) -> Result<Settings, Problem> {
        let mut problems = Vec::new();
        let settings = Settings {
            version: self.version,
            company: required(&mut problems, "company", &self.company, 120),
            street: text(&mut problems, "street", &self.street, 120),
            postcode: text(&mut problems, "postcode", &self.postcode, 12),
            city: text(&mut problems, "city", &self.city, 80),
            vat_id: vat_id(&mut problems, "vat_id", &self.vat_id),
            vat_rates: rates(&mut problems, &self.vat_rates),
            hours_per_day: hours(&mut problems, lang, &self.hours_per_day),
            books_closed_until: closed_until(&mut problems, &self.books_closed_last),
            time_zone: required(&mut problems, "time_zone", &self.time_zone, 64),
            contract_numbers: pattern(
                &mut problems,
                "contract_numbers",
                &self.contract_numbers,
                NumberPattern::of_contracts(),
            ),
            invoice_numbers: pattern(
                &mut problems,
                "invoice_numbers",
                &self.invoice_numbers,
                NumberPattern::of_invoices(),
            ),
            delivery_note_numbers: pattern(
                &mut problems,
                "delivery_note_numbers",
                &self.delivery_note_numbers,
                NumberPattern::of_delivery_notes(),
            ),
            cancellation_numbers: pattern(
                &mut problems,
                "cancellation_numbers",
                &self.cancellation_numbers,
                NumberPattern::of_cancellations(),
            ),
            project_numbers: pattern(
                &mut problems,
                "project_numbers",
                &self.project_numbers,
                NumberPattern::of_projects(),
            ),
            splitting: splitting(&mut problems, &self.splitting),
            letters: self.letters.checked(&mut problems),
        };
        if problems.is_empty() { Ok(settings) } else { Err(Problem::Invalid { fields: problems }) }
    }
}

/// The pattern of a number range; empty means the usual one.
fn pattern(problems: &mut Vec<FieldProblem>, field: &str, typed: &str, usual: NumberPattern) -> NumberPattern {
    if typed.trim().is_empty() {
        return usual;
    }
    typed.parse().unwrap_or_else(|_| {
        problems.push(FieldProblem::at(field, FieldReason::NotAPattern));
        usual
    })
}

/// Whether bookings may be split; empty means what is usual.
fn splitting(problems: &mut Vec<FieldProblem>, typed: &str) -> bool {
    match typed {
        "" | "on" => true,
        "off" => false,
        _ => {
            problems.push(FieldProblem::at("splitting", FieldReason::NotOneOf));
            true
        }
    }
}

fn rates(problems: &mut Vec<FieldProblem>, typed: &str) -> Vec<VatRate> {
    let words = typed.split(|c: char| c == ';' || c.is_whitespace()).filter(|word| !word.is_empty());
    let read = |word: &str| word.trim_end_matches('%').replace(',', ".").parse::<VatRate>();
    let Ok(mut rates) = words.map(read).collect::<Result<Vec<_>, _>>() else {
        problems.push(FieldProblem::at("vat_rates", FieldReason::NotARate));
        return Vec::new();
    };
    rates.sort_by(|one, other| other.cmp(one));
    rates.dedup();
    if rates.is_empty() {
        problems.push(FieldProblem::at("vat_rates", FieldReason::Missing));
    }
    if rates.len() > RATES {
        problems.push(FieldProblem::at("vat_rates", FieldReason::TooMany { most: RATES, found: rates.len() }));
    }
    rates
}

fn hours(problems: &mut Vec<FieldProblem>, lang: Lang, typed: &str) -> Seconds {
    let wrong = |reason| FieldProblem::at("hours_per_day", reason);
    match read_amount(lang, Unit::Time, typed) {
        Err(problem) => problems.push(wrong(FieldReason::NotReadable(problem))),
        Ok(amount) if !(1..=DAY).contains(&amount.units()) => problems.push(wrong(FieldReason::NotADay)),
        Ok(amount) => return Seconds(amount.units()),
    }
    Seconds(0)
}

fn closed_until(problems: &mut Vec<FieldProblem>, typed: &str) -> Option<NaiveDate> {
    let wrong = |reason| FieldProblem::at("books_closed_last", reason);
    match read_date(typed) {
        Err(NotReadable::Empty) => None,
        Err(problem) => {
            problems.push(wrong(FieldReason::NotReadable(problem)));
            None
        }
        Ok(last) => {
            if let Err(error) = domain::quota::check_date(last) {
                problems.push(wrong(FieldReason::Quota(error, Unit::Time)));
            }
            last.succ_opt()
        }
    }
}

impl Settings {
    /// What the form shows.
    pub fn form(&self, lang: Lang) -> SettingsForm {
        let last = self.books_closed_until.and_then(|until| until.pred_opt());
        let (hours, minutes, _) = self.hours_per_day.parts();
        SettingsForm {
            version: self.version,
            company: self.company.clone(),
            street: self.street.clone(),
            postcode: self.postcode.clone(),
            city: self.city.clone(),
            vat_id: self.vat_id.clone(),
            vat_rates: self
                .vat_rates
                .iter()
                .map(|rate| texts::decimal(lang, rate.percent()))
                .collect::<Vec<_>>()
                .join("; "),
            hours_per_day: format!("{hours}:{minutes:02}"),
            books_closed_last: last.map_or_else(String::new, |last| last.to_string()),
            time_zone: self.time_zone.clone(),
            contract_numbers: self.contract_numbers.to_string(),
            invoice_numbers: self.invoice_numbers.to_string(),
            delivery_note_numbers: self.delivery_note_numbers.to_string(),
            cancellation_numbers: self.cancellation_numbers.to_string(),
            project_numbers: self.project_numbers.to_string(),
            splitting: if self.splitting { "on" } else { "off" }.to_owned(),
            letters: self.letters.clone(),
        }
    }

    /// Who sends what is issued now, without the logo: that is kept beside the settings.
    pub fn sender(&self) -> Sender {
        let place = format!("{} {}", self.postcode, self.city);
        let address = [self.street.trim(), place.trim()].into_iter().filter(|line| !line.is_empty());
        self.letters.sender(&self.company, address.map(str::to_owned).collect(), &self.vat_id)
    }

    /// Every setting by its name, as text: how it is kept and how its history names it.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let rates: Vec<String> = self.vat_rates.iter().map(ToString::to_string).collect();
        let closed = self.books_closed_until.map_or_else(String::new, |until| until.to_string());
        let own = [
            ("company", self.company.clone()),
            ("street", self.street.clone()),
            ("postcode", self.postcode.clone()),
            ("city", self.city.clone()),
            ("vat_id", self.vat_id.clone()),
            ("vat_rates", rates.join(" ")),
            ("hours_per_day", self.hours_per_day.0.to_string()),
            ("books_closed_until", closed),
            ("time_zone", self.time_zone.clone()),
            ("contract_numbers", self.contract_numbers.to_string()),
            ("invoice_numbers", self.invoice_numbers.to_string()),
            ("delivery_note_numbers", self.delivery_note_numbers.to_string()),
            ("cancellation_numbers", self.cancellation_numbers.to_string()),
            ("project_numbers", self.project_numbers.to_string()),
            ("splitting", if self.splitting { "on" } else { "off" }.to_owned()),
        ];
        let letters = self.letters.fields().map(|(name, value)| (name, value.clone()));
        own.into_iter().chain(letters).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> SettingsForm {
        let text = str::to_owned;
        SettingsForm {
            version: 3,
            company: text("Musterhaus"),
            vat_rates: text("19; 7"),
            hours_per_day: text("8:00"),
            time_zone: text("Europe/Berlin"),
            ..SettingsForm::default()
        }
    }

    fn rates(typed: &str) -> Result<Vec<String>, FieldReason> {
        let form = SettingsForm { vat_rates: typed.to_owned(), ..filled() };
        let checked = form.check(Lang::De).map_err(|problem| only(&problem, "vat_rates"))?;
        Ok(checked.vat_rates.iter().map(ToString::to_string).collect())
    }

    /// The one thing that is wrong, which has to be at that field.
    fn only(problem: &Problem, field: &str) -> FieldReason {
        let [only] = problem.fields() else { panic!("one field is wrong: {problem:?}") };
        assert_eq!(only.field, field);
        only.reason.clone()
    }

    #[test]
    fn rates_are_read_as_people_write_them() {
        for (typed, read) in [
            ("19; 7,5 0%", &["19", "7.5", "0"][..]),
            ("7 19", &["19", "7"]),
            (";;19 %;19;19,0", &["19"]),
            ("5.5\u{a0}99.999", &["99.999", "5.5"]),
        ] {
            // A sign on its own is no rate: what people write with a gap is refused rather than guessed.
            let expected = if typed.contains(" %") { Err(FieldReason::NotARate) } else { Ok(strings(read)) };
            assert_eq!(rates(typed), expected, "{typed}");
        }
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for typed in
            ["abc", "-1", "19; -7", "100", "100,0", "7,1234", "%", "1e1x", "19,7,5", "79228162514264337593543950336"]
        {
            assert_eq!(rates(typed), Err(FieldReason::NotARate), "{typed}");
        }
        assert_eq!(rates(" ; "), Err(FieldReason::Missing));
        let many = |count: usize| (1..=count).map(|rate| rate.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(rates(&many(12)).map(|rates| rates.len()), Ok(12));
        assert_eq!(rates(&many(13)), Err(FieldReason::TooMany { most: 12, found: 13 }));
    }

    #[test]
    fn a_working_day_is_longer_than_nothing_and_at_most_a_day() {
        let hours = |typed: &str| SettingsForm { hours_per_day: typed.to_owned(), ..filled() }.check(Lang::De);
        for (typed, seconds) in [("8:00", 28_800), ("7,7", 27_720), ("0:01", 60), ("24:00", 86_400)] {
            assert_eq!(hours(typed).map(|read| read.hours_per_day.0), Ok(seconds), "{typed}");
        }
        for typed in ["0:00", "24:01", "25:00", "-8:00"] {
            assert_eq!(hours(typed).map_err(|p| only(&p, "hours_per_day")), Err(FieldReason::NotADay), "{typed}");
        }
        for typed in ["", "abc", "8:60"] {
            let refused = hours(typed).map_err(|problem| only(&problem, "hours_per_day"));
            assert!(matches!(refused, Err(FieldReason::NotReadable(_))), "{typed}: {refused:?}");
        }
    }

    /// Red when: the day that people name is taken for the first open one.
    #[test]
    fn books_are_closed_through_the_day_that_is_named() {
        let closed = |typed: &str| SettingsForm { books_closed_last: typed.to_owned(), ..filled() }.check(Lang::De);
        let until = |typed: &str| closed(typed).map(|read| read.books_closed_until);
        assert_eq!(until(""), Ok(None));
        assert_eq!(until("2026-03-31"), Ok(NaiveDate::from_ymd_opt(2026, 4, 1)));
        for typed in ["2026-02-30", "yesterday", "1899-12-31", "2200-01-01"] {
            let refused = closed(typed).map_err(|problem| only(&problem, "books_closed_last"));
            assert!(refused.is_err(), "{typed}");
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once_and_the_form_shows_what_was_read() {
        let wrong = SettingsForm { company: " ".to_owned(), city: "x".repeat(81), ..SettingsForm::default() };
        let problem = wrong.check(Lang::De).expect_err("nearly all of it is wrong");
        let fields: Vec<&str> = problem.fields().iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["company", "city", "vat_rates", "hours_per_day", "time_zone"]);

        let settings = SettingsForm {
            vat_rates: "7,5 19".to_owned(),
            hours_per_day: "7:42".to_owned(),
            books_closed_last: "2026-03-31".to_owned(),
            ..filled()
        };
        for lang in [Lang::De, Lang::En] {
            let read = settings.check(Lang::De).expect("all is right");
            assert_eq!(read.form(lang).check(lang), Ok(read), "{lang:?}");
        }
    }
}
