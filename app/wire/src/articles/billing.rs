//! How what an article sells is billed, as typed into the form of the article and as its history keeps it.

use domain::{
    Interval, Seconds,
    quota::{Amount, Unit},
    splitting::{ArticleBilling, ByDuration, Collects},
};
use texts::Lang;

use super::{ArticleCard, ArticleForm};
use crate::{
    FieldProblem, FieldReason, Problem,
    projects::{interval, interval_parts},
    read::{amount, needed_count},
};

impl ArticleForm {
    /// What was typed about billing alone, or every wrong field of it. Whether it fits the unit and the price of the
    /// article says [`ArticleCard::faults`].
    pub fn read_billing(&self, lang: Lang) -> Result<Option<ArticleBilling>, Problem> {
        let mut problems = Vec::new();
        let billing = self.billing(&mut problems, lang);
        if problems.is_empty() { Ok(billing) } else { Err(Problem::Invalid { fields: problems }) }
    }

    pub(super) fn billing(&self, problems: &mut Vec<FieldProblem>, lang: Lang) -> Option<ArticleBilling> {
        match self.billing.as_str() {
            "" => None,
            "duration" => self.duration(problems, lang).map(ArticleBilling::Duration),
            "effort" => Some(ArticleBilling::Effort),
            _ => {
                problems.push(FieldProblem::at("billing", FieldReason::NotOneOf));
                None
            }
        }
    }

    fn duration(&self, problems: &mut Vec<FieldProblem>, lang: Lang) -> Option<ByDuration> {
        let every = period(problems, ["every", "every_unit"], [&self.every, &self.every_unit]);
        let most = amount(problems, lang, Unit::Time, "most", &self.most);
        let most_every = period(problems, ["most_every", "most_unit"], [&self.most_every, &self.most_unit]);
        let collects = if self.collects.is_empty() { Some(Collects::All) } else { Collects::from_name(&self.collects) };
        if collects.is_none() {
            problems.push(FieldProblem::at("collects", FieldReason::NotOneOf));
        }
        let reported = self.reported == "yes";
        let most = Seconds(most.units());
        Some(ByDuration { every: every?, most, most_every: most_every?, collects: collects?, reported })
    }

    /// Shows how an article is billed. What it does not say shows what is usual, to be changed.
    pub fn show_billing(&mut self, billing: Option<ArticleBilling>, lang: Lang) {
        self.billing = billing.map(|billing| billing.name().to_owned()).unwrap_or_default();
        let duration = match billing {
            Some(ArticleBilling::Duration(duration)) => Some(duration),
            Some(ArticleBilling::Effort) | None => None,
        };
        let month = Interval::Months(1);
        let every = interval_parts(duration.map_or(month, |duration| duration.every));
        let most_every = interval_parts(duration.map_or(month, |duration| duration.most_every));
        (self.every, self.every_unit) = (every.0.to_string(), every.1.to_owned());
        (self.most_every, self.most_unit) = (most_every.0.to_string(), most_every.1.to_owned());
        let most = |duration: ByDuration| texts::typed_amount(lang, Unit::Time, Amount::new(duration.most.0));
        self.most = duration.map(most).unwrap_or_default();
        let collects = duration.map_or(Collects::Billable, |duration| duration.collects);
        collects.name().clone_into(&mut self.collects);
        let reported = if duration.is_some_and(|duration| duration.reported) { "yes" } else { "" };
        reported.clone_into(&mut self.reported);
    }
}

/// So many of a unit; of nothing typed it is one.
fn period(problems: &mut Vec<FieldProblem>, fields: [&str; 2], [every, unit]: [&str; 2]) -> Option<Interval> {
    let count = if every.trim().is_empty() { 1 } else { needed_count(problems, fields[0], every) };
    interval(problems, fields, unit, count)
}

impl ArticleCard {
    /// What of the article does not fit how it is billed, each at its field.
    pub fn faults(&self) -> Vec<FieldProblem> {
        let Some(billing) = &self.billing else { return Vec::new() };
        let unit = billing.check_unit(self.unit).err().map(FieldReason::ArticleUnit);
        let price = ArticleBilling::check_price(self.price).err().map(FieldReason::OutOfRange);
        let most = billing.check_most().err().map(|error| FieldReason::Quota(error, Unit::Time));
        let all = [("unit", unit), ("price", price), ("most", most)];
        all.into_iter().filter_map(|(field, reason)| reason.map(|reason| FieldProblem::at(field, reason))).collect()
    }

    /// How it is billed, as its history keeps it: always the same fields.
    pub(super) fn billing_fields(&self) -> [(&'static str, String); 6] {
        let duration = match &self.billing {
            Some(ArticleBilling::Duration(duration)) => Some(duration),
            Some(ArticleBilling::Effort) | None => None,
        };
        let kept = |tell: fn(&ByDuration) -> String| duration.map(tell).unwrap_or_default();
        [
            ("billing", self.billing.map(|billing| billing.name().to_owned()).unwrap_or_default()),
            ("every", kept(|duration| interval_words(duration.every))),
            ("most", kept(|duration| duration.most.0.to_string())),
            ("most_every", kept(|duration| interval_words(duration.most_every))),
            ("collects", kept(|duration| duration.collects.name().to_owned())),
            ("reported", kept(|duration| if duration.reported { "yes" } else { "no" }.to_owned())),
        ]
    }
}

fn interval_words(interval: Interval) -> String {
    let (count, unit) = interval_parts(interval);
    format!("{count} {unit}")
}

#[cfg(test)]
mod tests {
    use domain::Price;

    use super::*;

    fn maintenance() -> ArticleForm {
        let text = str::to_owned;
        ArticleForm {
            id: text("0198f2f0-0000-7000-8000-00000000000a"),
            number: text("D-300"),
            name: text("Maintenance"),
            unit: text("flat"),
            price: text("150"),
            vat: text("19"),
            billing: text("duration"),
            most: text("0:45"),
            collects: text("billable"),
            reported: text("yes"),
            ..ArticleForm::default()
        }
    }

    fn wrong(change: fn(&mut ArticleForm)) -> Vec<String> {
        let mut form = maintenance();
        change(&mut form);
        let problem = form.check(Lang::De).expect_err("something is wrong");
        problem.fields().iter().map(|problem| problem.field.clone()).collect()
    }

    /// Red when: a setting is lost on the way, or what is shown is read otherwise.
    #[test]
    fn billing_is_read_as_it_was_typed_and_shown_the_same() {
        for (every, unit, expected) in [
            ("", "", Interval::Months(1)),
            ("3", "months", Interval::Months(3)),
            ("2", "weeks", Interval::Days(14)),
            ("10", "days", Interval::Days(10)),
        ] {
            let form = ArticleForm { every: every.to_owned(), every_unit: unit.to_owned(), ..maintenance() };
            let card = form.check(Lang::De).expect("all is right").card;
            let (most, most_every) = (Seconds(2_700), Interval::Months(1));
            let duration =
                ByDuration { every: expected, most, most_every, collects: Collects::Billable, reported: true };
            assert_eq!(card.billing, Some(ArticleBilling::Duration(duration)));
            let mut shown = maintenance();
            shown.show_billing(card.billing, Lang::De);
            assert_eq!(shown.read_billing(Lang::De), Ok(card.billing));
        }
        let effort = ArticleForm { billing: "effort".to_owned(), unit: "hour".to_owned(), ..maintenance() };
        assert_eq!(effort.check(Lang::De).expect("all is right").card.billing, Some(ArticleBilling::Effort));
        // Whatever stands in the fields of an article that is not billed so, nobody reads it.
        let (billing, most) = (String::new(), "abc".to_owned());
        let none = ArticleForm { billing, most, ..maintenance() };
        assert_eq!(none.check(Lang::De).expect("all is right").card.billing, None);
    }

    /// Red when: a wrong field is passed over, told twice, or told at another one.
    #[test]
    fn every_wrong_field_of_billing_is_named() {
        assert_eq!(wrong(|form| form.billing = "monthly".to_owned()), ["billing"]);
        assert_eq!(wrong(|form| form.most = String::new()), ["most"]);
        assert_eq!(wrong(|form| form.most = "0:00".to_owned()), ["most"]);
        assert_eq!(wrong(|form| form.every = "0".to_owned()), ["every"]);
        assert_eq!(wrong(|form| form.every_unit = "years".to_owned()), ["every_unit"]);
        assert_eq!(wrong(|form| form.most_every = "1.5".to_owned()), ["most_every"]);
        assert_eq!(wrong(|form| form.most_unit = "years".to_owned()), ["most_unit"]);
        assert_eq!(wrong(|form| form.collects = "some".to_owned()), ["collects"]);
        assert_eq!(wrong(|form| form.price = "-1".to_owned()), ["price"]);
        assert_eq!(wrong(|form| form.unit = "hour".to_owned()), ["unit"]);
        assert_eq!(wrong(|form| form.unit = "?".to_owned()), ["unit"]);
        let flat_effort = |form: &mut ArticleForm| form.billing = "effort".to_owned();
        assert_eq!(wrong(flat_effort), ["unit"]);
        let all = |form: &mut ArticleForm| {
            (form.price, form.unit, form.most) = ("-1".to_owned(), "day".to_owned(), "0".to_owned());
        };
        assert_eq!(wrong(all), ["unit", "price", "most"]);
    }

    /// Red when: articles that were kept before they said how they are billed cannot be read.
    #[test]
    fn a_card_without_billing_is_read_as_not_billed() {
        let kept = r#"{"number":"D-1","name":"Work","unit":"hour","price":"100","vat":"19"}"#;
        let card: ArticleCard = serde_json::from_str(kept).expect("it can be read");
        assert_eq!((card.billing, card.faults()), (None, Vec::new()));
        assert_eq!(card.price, "100".parse::<Price>().expect("a price"));
    }
}
