//! What the template gets of an activity report: finished words and figures, in the language of the paper.

use domain::Seconds;
use serde::Serialize;
use texts::{date, say, seconds, validity};
use wire::{
    paper::{Input, PaperReport, PaperReportLine, PaperReportRow},
    projects::not_charged_text,
};

use crate::{
    clean::{line, lines},
    view::{LONG, plain},
};

/// A report as it is set.
#[derive(Serialize)]
pub(crate) struct Report {
    title: String,
    facts: Vec<[String; 2]>,
    /// The names of the columns.
    columns: [String; 6],
    rows: Vec<Row>,
    sums_title: String,
    /// Per line: its name, its time, what it comes to.
    sums: Vec<[String; 3]>,
    total: [String; 3],
}

#[derive(Serialize)]
struct Row {
    /// Only on the first row of a day.
    day: String,
    person: String,
    text: Vec<String>,
    time: String,
    /// How long it really was, where that is something else.
    real: String,
    /// Where its time goes, line by line, and what that comes to.
    parts: Vec<[String; 2]>,
    /// So long that it may go on on the next page.
    long: bool,
}

/// In place of what a line comes to that is not on the paper any more.
const NONE: &str = "–";

impl Report {
    /// Of a paper that has one; `title` is that of the paper.
    pub(crate) fn of(input: &Input, report: &PaperReport, title: &str) -> Report {
        let lang = input.lang;
        let of = |name: &str, value: &str| [name.to_owned(), line(value)];
        let project = format!("{} {}", report.number, report.name);
        let columns = [
            say::report_day(lang).to_owned(),
            say::booking_person(lang).to_owned(),
            say::report_what(lang).to_owned(),
            say::report_time(lang).to_owned(),
            say::report_split(lang).to_owned(),
            say::report_amount(lang, input.currency.code()),
        ];
        let mut last = None;
        let rows = report.rows.iter().map(|row| {
            let first = last.replace(row.date) != Some(row.date);
            self::row(input, report, row, first)
        });
        let rows = rows.collect();
        let time = report.lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.seconds.0));
        let net = report.lines.iter().filter_map(|line| line.amount).fold(0, i64::saturating_add);
        Report {
            title: say::report_title(lang).to_owned(),
            facts: vec![
                of(say::report_customer(lang), &input.customer.name),
                of(say::report_project(lang), &project),
                of(say::report_period(lang), &validity(lang, report.period)),
                of(say::report_invoice(lang), title),
            ],
            columns,
            rows,
            sums_title: say::report_sums(lang).to_owned(),
            sums: report.lines.iter().map(|line| sum(input, line)).collect(),
            total: [String::new(), line(&seconds(Seconds(time))), plain(input, net)],
        }
    }
}

fn row(input: &Input, report: &PaperReport, of: &PaperReportRow, first: bool) -> Row {
    let lang = input.lang;
    let mut text = vec![line(&of.task)];
    text.extend(lines(&of.note));
    text.retain(|text| !text.is_empty());
    let parts = of.parts.iter().map(|part| {
        let to = report.lines.get(part.line);
        let name = to.map_or("", |line| line.name.as_str());
        let amount = match to {
            Some(to) if !to.charged => unpaid(input, to, part.taken),
            _ => part.amount.map_or_else(|| NONE.to_owned(), |amount| plain(input, amount)),
        };
        [line(&format!("{} {name}", seconds(part.seconds))), amount]
    });
    let real = of.real.map(|real| line(&say::report_real(lang, seconds(real))));
    Row {
        day: if first { date(lang, of.date) } else { String::new() },
        person: line(&of.person),
        time: line(&seconds(of.time)),
        real: real.unwrap_or_default(),
        parts: parts.collect(),
        long: text.iter().map(String::len).sum::<usize>() > LONG,
        text,
    }
}

/// How time is paid for that the paper does not charge.
fn unpaid(input: &Input, of: &PaperReportLine, taken: Option<i64>) -> String {
    match of.pays {
        Some(pays) => not_charged_text(input.lang, pays, &plain(input, taken.unwrap_or_default())),
        None => say::report_free(input.lang).to_owned(),
    }
}

fn sum(input: &Input, of: &PaperReportLine) -> [String; 3] {
    let amount = of.amount.map_or_else(|| NONE.to_owned(), |amount| plain(input, amount));
    let name = match of.pays {
        Some(_) if !of.charged => format!("{}, {}", of.name, unpaid(input, of, of.taken)),
        _ => of.name.clone(),
    };
    [line(&name), line(&seconds(of.seconds)), amount]
}
