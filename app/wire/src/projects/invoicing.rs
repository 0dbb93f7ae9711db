//! Invoicing a period of a project: what is asked, what a person sees before, and the activity report behind the invoice.

use chrono::NaiveDate;
use domain::{
    BillingLineId, BookingId, Currency, DateRange, DocumentId, LineId, Money, Price, ProjectId, Seconds, VatRate,
    projects::{InvoiceError, InvoiceLine, InvoicePlan, LeftOut, ShownInvoice},
    splitting::Pays,
};
use serde::{Deserialize, Serialize};
use texts::{Lang, money, say, seconds, validity};

use super::{NamedLine, PersonRef, ProjectRef};
use crate::{
    FieldProblem, FieldReason, Problem,
    contracts::CustomerRef,
    read::{day, done, id, json, last_day, number, seen},
};

/// The project and the days that are to be invoiced, at which rate of VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceAsk {
    /// The project.
    pub project: ProjectId,
    /// The days; a range with an end.
    pub period: DateRange,
    /// The rate of VAT of all lines; none: the first one of the company's.
    pub vat: Option<VatRate>,
}

/// An invoice over a period of a project as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InvoiceProjectForm {
    /// The id of the invoice, made by the client.
    pub id: String,
    /// The project.
    pub project: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub last: String,
    /// The rate of VAT in per cent; empty: the first one of the company's.
    pub vat: String,
    /// What the person saw, as JSON; empty when nothing was seen.
    pub seen: String,
}

/// An invoice over a period of a project whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceProjectDraft {
    /// The invoice, made by the client.
    pub id: DocumentId,
    /// What is invoiced.
    pub ask: InvoiceAsk,
    /// What the person saw.
    pub seen: Option<ShownInvoice>,
}

impl InvoiceProjectForm {
    fn reads(&self, problems: &mut Vec<FieldProblem>, lang: Lang) -> Option<InvoiceAsk> {
        let project = id(problems, "project", &self.project);
        let from = day(problems, "from", &self.from);
        let until = last_day(problems, "last", &self.last);
        let typed = self.vat.trim().trim_end_matches('%').trim_end();
        let vat = if typed.is_empty() { None } else { number(problems, lang, "vat", typed, |_| FieldReason::NotARate) };
        match period(from, until) {
            Ok(period) => project.map(|project| InvoiceAsk { project, period, vat }),
            Err(reason) => {
                if !problems.iter().any(|problem| ["from", "last"].contains(&problem.field.as_str())) {
                    problems.push(FieldProblem::at("last", reason));
                }
                None
            }
        }
    }

    /// What is asked, to see what it would make, or every wrong field.
    pub fn ask(&self, lang: Lang) -> Result<InvoiceAsk, Problem> {
        let mut problems = Vec::new();
        let ask = self.reads(&mut problems, lang);
        done(ask, problems)
    }

    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<InvoiceProjectDraft, Problem> {
        let mut problems = Vec::new();
        let own = id(&mut problems, "id", &self.id);
        let ask = self.reads(&mut problems, lang);
        let seen = seen(&mut problems, "seen", &self.seen, json);
        done(own.zip(ask).map(|(id, ask)| InvoiceProjectDraft { id, ask, seen }), problems)
    }
}

/// The days from the first one to before `until`. Errors when there is no end, or none of them.
pub fn period(from: NaiveDate, until: Option<NaiveDate>) -> Result<DateRange, FieldReason> {
    let ends = until.ok_or(FieldReason::Missing)?;
    DateRange::new(from, Some(ends)).ok_or(FieldReason::NotOneOf)
}

/// A booking as the plan of an invoice names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutRow {
    /// The booking.
    pub booking: BookingId,
    /// Its day.
    pub date: NaiveDate,
    /// Who has worked.
    pub person: PersonRef,
    /// The name of its task.
    pub task: String,
    /// What is billed of it.
    pub seconds: Seconds,
    /// Why it is left out.
    pub why: LeftOut,
}

/// What invoicing a period of a project would make, as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePlanView {
    /// The project.
    pub project: ProjectRef,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The days.
    pub period: DateRange,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The rate of VAT of all lines.
    pub vat: VatRate,
    /// The rates of VAT that can be chosen.
    pub vat_rates: Vec<VatRate>,
    /// The plan.
    pub plan: InvoicePlan,
    /// The names of its billing lines.
    pub lines: Vec<NamedLine>,
    /// Those of them that are flat rates: their time costs nothing, and their price is not on the invoice.
    pub flat: Vec<BillingLineId>,
    /// Whether any of them has a fee: the billing run bills it, and not the invoice.
    pub fees: bool,
    /// Since when a fee is due; none when nothing is due today.
    pub fees_due: Option<NaiveDate>,
    /// What is left out, by name; at most [`MOST_NAMED`], the plan has all.
    pub left_out: Vec<LeftOutRow>,
    /// The documents on which some of it stands already, with their numbers.
    pub documents: Vec<(DocumentId, Option<String>)>,
}

/// How many bookings that are left out are named.
pub const MOST_NAMED: usize = 100;

/// An activity report as it is kept with its invoice from the moment at which that is made. It holds what can change
/// later: the names of people, tasks and billing lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityReport {
    /// The project.
    pub project: ProjectRef,
    /// The days.
    pub period: DateRange,
    /// The lines of the invoice whose time it reports, in their order.
    pub lines: Vec<ReportLine>,
    /// The bookings, by day.
    pub rows: Vec<ReportRow>,
}

/// A line of the invoice with the time of which it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// The line of the invoice: what it comes to stands there.
    pub document_line: LineId,
    /// The billing line.
    pub line: BillingLineId,
    /// Its name.
    pub name: String,
    /// The price of an hour; none where nothing is charged.
    pub rate: Option<Price>,
    /// How its time is paid for; none in a report that is older than that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<Pays>,
    /// What its time takes of an account of money, in minor units: a figure for each part of it, in the order of the rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<i64>,
}

/// A booking on an activity report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// The booking.
    pub booking: BookingId,
    /// Its day.
    pub date: NaiveDate,
    /// The name of whoever has worked.
    pub person: String,
    /// The name of its task.
    pub task: String,
    /// What was done.
    pub note: String,
    /// How long it really was.
    pub real: Seconds,
    /// What is billed of it.
    pub billed: Seconds,
    /// Its time by the place of the line among those of the report.
    pub parts: Vec<(usize, Seconds)>,
}

/// Why a period is not invoiced, as a sentence with its figures.
pub fn invoice_error_text(lang: Lang, error: &InvoiceError) -> String {
    match error {
        InvoiceError::Nothing { left_out: 0 } => say::invoicing_nothing(lang).to_owned(),
        InvoiceError::Nothing { left_out } => say::invoicing_all_left_out(lang, left_out),
        InvoiceError::TooMany { found, most } => say::invoicing_too_many(lang, found, most),
        InvoiceError::TooLarge => say::field_too_large(lang).to_owned(),
        InvoiceError::Differs { seen, decided, currency } => {
            let words = |shown: &ShownInvoice| {
                let (time, net) = shown.sums();
                format!("{} = {}", seconds(time), money(lang, Money { minor: net, currency: *currency }))
            };
            say::invoicing_differs(lang, words(decided), decided.bookings, words(seen), seen.bookings)
        }
    }
}

/// A refusal of an invoice over a period, at its field.
pub fn invoice_refused(error: InvoiceError) -> Problem {
    let field = match &error {
        InvoiceError::Differs { .. } => "seen",
        InvoiceError::Nothing { .. } | InvoiceError::TooMany { .. } | InvoiceError::TooLarge => "last",
    };
    Problem::field(field, FieldReason::ProjectInvoice(error))
}

/// How time that is not charged is paid for: it is free, at a flat rate, or prepaid; `taken` is what it takes of an account
/// of money, as a person reads it.
pub fn not_charged_text(lang: Lang, pays: Pays, taken: &str) -> String {
    match pays {
        Pays::Allowance | Pays::Effort => say::invoicing_not_charged(lang).to_owned(),
        Pays::PrepaidTime => say::invoicing_prepaid(lang).to_owned(),
        Pays::PrepaidMoney => say::pays_taken(lang, taken),
        Pays::FlatRate => say::pays_flat(lang).to_owned(),
    }
}

/// What stands on a line of the invoice: the billing line, how it is paid for unless it is charged, the project, and the
/// period.
pub fn invoice_line_text(
    lang: Lang,
    (name, pays): (&str, Pays),
    line: &InvoiceLine,
    (project, currency, period): (&ProjectRef, Currency, DateRange),
) -> String {
    let (number, days) = (&project.number, validity(lang, period));
    if line.rate.is_some() {
        return say::invoicing_line(lang, name, number, &project.name, days);
    }
    let taken = money(lang, Money { minor: line.taken.units(), currency });
    say::invoicing_line_unpaid(lang, name, not_charged_text(lang, pays, &taken), number, &project.name, days)
}

#[cfg(test)]
mod tests {
    use domain::projects::ShownLine;

    use super::*;
    use crate::read::testing::reads_or_refuses_seen;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn filled() -> InvoiceProjectForm {
        let text = str::to_owned;
        let (id, project, vat, seen) = (text(ID), text(ID), String::new(), String::new());
        InvoiceProjectForm { id, project, from: text("2026-04-01"), last: text("2026-04-30"), vat, seen }
    }

    /// Red when: the last day does not belong to the period, or a rate is not read.
    #[test]
    fn a_period_of_a_project_is_read_as_it_was_typed() {
        let read = filled().check(Lang::De).expect("all is right");
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let period = DateRange { from: day("2026-04-01"), until: Some(day("2026-05-01")) };
        assert_eq!((read.ask.period, read.ask.vat, read.seen), (period, None, None));
        let rate = InvoiceProjectForm { vat: "7 %".to_owned(), ..filled() }.ask(Lang::De).expect("all is right");
        assert_eq!(rate.vat.map(|rate| rate.to_string()), Some("7".to_owned()));
    }

    /// Red when: a wrong field is passed over, or told at another one.
    #[test]
    fn every_wrong_field_of_an_invoice_of_a_project_is_named() {
        let wrong = |form: InvoiceProjectForm| {
            let problem = form.check(Lang::De).expect_err("something is wrong");
            problem.fields().iter().map(|problem| problem.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(wrong(InvoiceProjectForm { last: "2026-03-31".to_owned(), ..filled() }), ["last"]);
        assert_eq!(wrong(InvoiceProjectForm { last: String::new(), ..filled() }), ["last"]);
        assert_eq!(wrong(InvoiceProjectForm { from: "April".to_owned(), ..filled() }), ["from"]);
        assert_eq!(wrong(InvoiceProjectForm { vat: "100".to_owned(), ..filled() }), ["vat"]);
        let nobody = InvoiceProjectForm { id: String::new(), project: "x".to_owned(), ..filled() };
        assert_eq!(wrong(nobody), ["id", "project"]);
    }

    /// Red when: what was seen is lost, or garbage passes for nothing seen and is not compared.
    #[test]
    fn what_was_seen_of_an_invoice_of_a_project_is_read_or_refused() {
        let (line, rate) = (ID.parse().expect("an id"), Some("100.5".parse().expect("a price")));
        let lines = vec![ShownLine { line, rate, seconds: Seconds(5_400), total: 15_075 }];
        reads_or_refuses_seen("seen", &ShownInvoice { lines, bookings: 2 }, |seen| {
            let form = InvoiceProjectForm { seen: seen.to_owned(), ..filled() };
            form.check(Lang::De).map(|draft| draft.seen)
        });
    }
}
