//! A billing line that is made from an article: what the article says stands in its form, to be changed.

use chrono::NaiveDate;
use domain::{
    Seconds,
    quota::{Amount, Unit},
    splitting::{ArticleBilling, Collects},
};
use texts::Lang;

use super::{LineForm, interval_parts};
use crate::{articles::ArticleCard, contracts::typed_price};

impl LineForm {
    /// A new line as the article says, with its periods counted from that day. None of an article that is not billed in
    /// projects.
    pub fn of_article(article: &ArticleCard, id: String, start: NaiveDate, lang: Lang) -> Option<LineForm> {
        let text = str::to_owned;
        let usual = LineForm {
            id,
            name: article.name.clone(),
            collects: text(Collects::All.name()),
            every: text("1"),
            unit: text("months"),
            start: start.to_string(),
            overbooking: text("no"),
            fee_unit: text("months"),
            ..LineForm::default()
        };
        let duration = match article.billing? {
            ArticleBilling::Effort => {
                let rate = typed_price(lang, article.price);
                return Some(LineForm { kind: text("effort"), rate, ..usual });
            }
            ArticleBilling::Duration(duration) => duration,
        };
        let allowance = duration.allowance(start);
        let (every, unit) = interval_parts(allowance.periods.every);
        let Seconds(most) = allowance.most;
        let mut line = LineForm {
            kind: text("allowance"),
            collects: text(duration.collects.name()),
            most: texts::typed_amount(lang, Unit::Time, Amount::new(most)),
            every: every.to_string(),
            unit: text(unit),
            reported: text(if duration.reported { "yes" } else { "" }),
            ..usual
        };
        if let Some(fee) = duration.fee(article.price, article.vat, start) {
            line.fill_fee(&fee, lang);
            line.fee_price = typed_price(lang, fee.price);
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Interval, Periods,
        documents::LineUnit,
        splitting::{Allowance, ByDuration, Fee},
    };

    use super::*;
    use crate::projects::DraftKind;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn card(price: &str, unit: LineUnit, billing: Option<ArticleBilling>) -> ArticleCard {
        let (price, vat) = (price.parse().expect("a price"), "19".parse().expect("a rate"));
        ArticleCard { number: "D-300".to_owned(), name: "Maintenance".to_owned(), unit, price, vat, billing }
    }

    fn line(card: &ArticleCard, lang: Lang) -> Option<LineForm> {
        LineForm::of_article(card, ID.to_owned(), "2026-04-01".parse().expect("a day"), lang)
    }

    /// Red when: a line that is made from an article gives, costs or shows something else than the article says.
    #[test]
    fn an_article_by_duration_makes_free_time_with_a_fee() {
        let duration = ByDuration {
            every: Interval::Months(3),
            most: Seconds(2_700),
            most_every: Interval::Days(14),
            collects: Collects::Billable,
            reported: true,
        };
        let billing = Some(ArticleBilling::Duration(duration));
        let article = card("150.5", LineUnit::Flat, billing);
        for lang in [Lang::De, Lang::En] {
            let form = line(&article, lang).expect("a line");
            let read = form.read(lang).expect("all is right");
            let anchor = "2026-04-01".parse().expect("a day");
            let periods = |every| Periods { anchor, every };
            let fee = Fee { price: article.price, periods: periods(duration.every), vat: article.vat, end: None };
            assert_eq!((read.name.as_str(), read.reported, read.fee), ("Maintenance", true, Some(fee)));
            let allowance = Allowance { most: duration.most, periods: periods(duration.most_every) };
            let expected = DraftKind::Allowance {
                collects: Collects::Billable,
                allowance,
                overbooking: domain::quota::Overbooking::No,
            };
            assert_eq!((read.kind, read.tasks), (expected, None));
        }
        let form = line(&article, Lang::De).expect("a line");
        assert_eq!((form.most.as_str(), form.fee_price.as_str(), form.fee_vat.as_str()), ("0:45", "150,50", "19"));
        let free = line(&card("0", LineUnit::Flat, billing), Lang::De).expect("a line");
        assert_eq!(free.read(Lang::De).expect("all is right").fee, None);
    }

    /// Red when: support is charged at another rate, or an article that is not billed in projects makes a line.
    #[test]
    fn an_article_by_effort_makes_an_hourly_rate_and_any_other_no_line() {
        let article = card("100", LineUnit::Hour, Some(ArticleBilling::Effort));
        let form = line(&article, Lang::De).expect("a line");
        assert_eq!((form.kind.as_str(), form.rate.as_str()), ("effort", "100,00"));
        let read = form.read(Lang::De).expect("all is right");
        assert_eq!((read.kind, read.fee), (DraftKind::Effort { rate: article.price }, None));
        assert_eq!(line(&card("100", LineUnit::Hour, None), Lang::De), None);
    }
}
