//! Billing lines in REST: `/api/v1/projects/{id}/lines`, and the lines of a simulation.

use axum::{Json, extract::Path};
use chrono::NaiveDate;
use domain::{
    Price, ProjectId,
    quota::{Overbooking, Unit},
    splitting::{Fee, LineKind},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable};
use usecases::projects;
use utoipa::ToSchema;
use wire::{
    FieldReason, Noun, Problem,
    accounts::unit_name,
    lists::UnitKind,
    projects::{DraftKind, LineDraft, LineForm, LineRow, LinesDraft, MOST_LINES, interval_parts},
};

use super::{
    articles::needs_version,
    call::{Command, ProblemDetails, Refusal, id},
    customers::id_from,
    fields::Fields,
    projects::ProjectBody,
    values::Volume,
};

/// A billing line of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineBody {
    id: String,
    name: String,
    /// `allowance`, `prepaid`, `effort` or `flat_rate`.
    kind: &'static str,
    /// The ids of the tasks to which it is limited; none: all tasks of the project.
    tasks: Option<Vec<String>>,
    /// Whether the time that it collects is shown on activity reports.
    reported: bool,
    /// Which time a collector takes: `all` or `billable`.
    collects: Option<&'static str>,
    /// What an allowance gives in a period.
    most: Option<Volume>,
    /// How many of the unit such a period has.
    every: Option<u32>,
    /// `months`, `weeks` or `days`.
    unit: Option<&'static str>,
    /// The day from which on the periods are counted.
    start: Option<NaiveDate>,
    /// The net price of an hour: of effort, and what an hour draws of an account that counts money.
    rate: Option<String>,
    /// The account of a collector.
    account: Option<String>,
    /// The name of that account.
    account_name: Option<String>,
    /// `time` or an ISO 4217 code: what that account counts.
    account_unit: Option<&'static str>,
    /// Whether that account may be overdrawn.
    overbooking: bool,
    /// The most that may be open on it as deficit; none: without limit.
    limit: Option<Volume>,
    /// What is left of it today; an allowance that nothing has touched counts as full.
    left: Option<Volume>,
    /// What is paid for a collector in each period, whatever is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<FeeBody>,
    /// Only in a template: what the account counts that a block opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    opens: Option<&'static str>,
}

/// The fee of a collector.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeBody {
    /// The net price of a period.
    price: String,
    /// How many of the unit a period has.
    every: u32,
    /// `months`, `weeks` or `days`.
    unit: &'static str,
    /// The rate of VAT in per cent.
    vat: String,
    /// The first day for which it is charged, from which on its periods are counted; none in a template.
    start: Option<NaiveDate>,
    /// The last day for which it is charged; none: as long as the line is there.
    end: Option<NaiveDate>,
}

impl FeeBody {
    fn new(fee: &Fee) -> FeeBody {
        let (every, unit) = interval_parts(fee.periods.every);
        let (price, vat) = (fee.price.to_string(), fee.vat.to_string());
        FeeBody { price, every, unit, vat, start: Some(fee.periods.anchor), end: fee.end }
    }
}

impl LineBody {
    /// From a line of the page of a project.
    pub fn new(row: LineRow) -> LineBody {
        let LineRow { line, name, reported, account } = row;
        let fee = line.fee().map(FeeBody::new);
        let tasks = line.tasks.map(|tasks| tasks.iter().map(ToString::to_string).collect());
        let (kind, collects, rate, allowance) = match line.kind {
            LineKind::FlatRate => ("flat_rate", None, None, None),
            LineKind::Effort { rate } => ("effort", None, Some(rate), None),
            LineKind::Collector(own) => {
                let kind = if own.allowance.is_some() { "allowance" } else { "prepaid" };
                (kind, Some(own.collects.name()), own.rate, own.allowance)
            }
        };
        let (every, unit) = allowance.map(|allowance| interval_parts(allowance.periods.every)).unzip();
        let (overbooking, limit) = match account.as_ref().map(|account| account.overbooking) {
            None | Some(Overbooking::No) => (false, None),
            Some(Overbooking::Yes { limit }) => (true, limit),
        };
        let volume = |amount| account.as_ref().map(|account| Volume::new(account.unit, amount));
        LineBody {
            id: line.id.to_string(),
            kind,
            tasks,
            reported,
            collects,
            most: allowance.map(|allowance| Volume::new(Unit::Time, domain::quota::Amount::new(allowance.most.0))),
            every,
            unit,
            start: allowance.map(|allowance| allowance.periods.anchor),
            rate: rate.map(|rate| rate.to_string()),
            overbooking,
            limit: limit.and_then(volume),
            left: account.as_ref().and_then(|account| volume(account.left)),
            account_unit: account.as_ref().map(|account| unit_name(account.unit)),
            account: account.as_ref().map(|account| account.id.to_string()),
            account_name: account.map(|account| account.name),
            fee,
            opens: None,
            name,
        }
    }

    /// From a line of a template: its account is not there yet, and it has no day.
    pub fn of_template(line: &LineDraft) -> LineBody {
        let opens = match line.kind {
            DraftKind::Prepaid { opens, .. } => opens.map(UnitKind::name),
            DraftKind::Allowance { .. } | DraftKind::Effort { .. } | DraftKind::FlatRate => None,
        };
        let body = LineBody::new(line.as_row());
        let fee = body.fee.map(|fee| FeeBody { start: None, ..fee });
        let (start, left, account, account_name, account_unit) = (None, None, None, None, None);
        LineBody { start, account, account_name, account_unit, left, fee, opens, ..body }
    }
}

/// A billing line as a client sends it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LineInput {
    /// A UUID that the client makes, by which the line is known also after it moved; left out: a new one.
    pub id: Option<String>,
    name: String,
    /// `allowance`, `prepaid`, `effort` or `flat_rate`; never changes. Time on a flat rate costs nothing; its price comes with
    /// the order or an ordinary invoice.
    pub kind: String,
    /// The ids of the tasks to which it is limited; left out: all tasks of the project.
    #[serde(default)]
    tasks: Vec<String>,
    /// Whether the time that it collects is shown on activity reports.
    #[serde(default)]
    reported: bool,
    /// Which time a collector takes: `all` (if left out) or `billable`.
    #[serde(default)]
    collects: String,
    /// What an allowance gives in a period.
    most: Option<Volume>,
    /// How many of the unit such a period has; left out: one. Never changes.
    every: Option<u32>,
    /// `months` (if left out), `weeks` or `days`.
    #[serde(default)]
    unit: String,
    /// The day from which on the periods of an allowance are counted; never changes. Left out in a template, which has no day.
    start: Option<NaiveDate>,
    /// Whether an allowance may be overdrawn.
    #[serde(default)]
    pub overbooking: bool,
    /// The most that may be open of it as deficit; left out: without limit.
    pub limit: Option<Volume>,
    /// The account of a prepaid block; never changes.
    pub account: Option<String>,
    /// Opens the account of a prepaid block with the line, which gives it its id: `time` or `money` is what it counts. Only
    /// for those who may open accounts; left out: the account is there.
    opens: Option<String>,
    /// The net price of an hour: of effort, and what an hour draws of an account that counts money.
    pub rate: Option<String>,
    /// What is paid for a collector in each period, whatever is booked; left out: nothing.
    fee: Option<FeeInput>,
}

/// The fee of a collector as a client sends it. Once a period was billed, it can end and not be left out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FeeInput {
    /// The net price of a period, nothing or more.
    price: String,
    /// How many of the unit a period has; left out: one. Never changes once a period was billed.
    every: Option<u32>,
    /// `months` (if left out), `weeks` or `days`.
    #[serde(default)]
    unit: String,
    /// The rate of VAT in per cent.
    vat: String,
    /// The first day for which it is charged, from which on its periods are counted. Never changes once a period was billed;
    /// left out in a template, which has no day.
    start: Option<NaiveDate>,
    /// The last day for which it is charged; left out: as long as the line is there.
    end: Option<NaiveDate>,
}

/// Time as a form has it; nothing of what was left out.
pub fn typed(fields: &mut Fields, field: &str, sent: Option<&Volume>, lang: Lang) -> Option<String> {
    let Some(sent) = sent else { return Some(String::new()) };
    let amount = fields.volume(field, sent, Unit::Time)?;
    if amount.units() < 0 {
        fields.wrong(field, FieldReason::NotReadable(NotReadable::NotATime));
        return None;
    }
    Some(texts::typed_amount(lang, Unit::Time, amount))
}

impl LineInput {
    /// Reads the line by the same checks as in the form; `usual` is its id, and `account` that of a prepaid block,
    /// where none was sent.
    pub fn read(&self, fields: &mut Fields, lang: Lang, usual: &str, account: &str) -> Option<LineDraft> {
        let allowance = self.kind == "allowance";
        let most = typed(fields, "most", self.most.as_ref(), lang);
        let limit = typed(fields, "limit", self.limit.as_ref().filter(|_| allowance), lang);
        let rate = match &self.rate {
            None => Some(String::new()),
            Some(rate) => fields.number::<Price>("rate", rate).map(|rate| texts::decimal(lang, rate.value())),
        };
        // A form hides the fields of what such a line has not; a client hears of it.
        if self.fee.is_some() && matches!(self.kind.as_str(), "effort" | "flat_rate") {
            fields.wrong("fee_price", FieldReason::NotOneOf);
        }
        let [fee_price, fee_every, fee_unit, fee_vat, fee_start, fee_end] = self.fee(fields, lang)?;
        let yes = |said: bool| if said { "yes" } else { "" }.to_owned();
        let form = LineForm {
            id: self.id.clone().unwrap_or_else(|| usual.to_owned()),
            name: self.name.clone(),
            kind: self.kind.clone(),
            collects: self.collects.clone(),
            most: most?,
            every: self.every.map(|every| every.to_string()).unwrap_or_default(),
            unit: self.unit.clone(),
            start: self.start.map(|start| start.to_string()).unwrap_or_default(),
            overbooking: yes(self.overbooking && allowance),
            limit: limit?,
            account: self.account.clone().unwrap_or_else(|| account.to_owned()),
            opens: self.opens.clone().unwrap_or_default(),
            rate: rate?,
            reported: yes(self.reported),
            tasks: self.tasks.clone(),
            fee_price,
            fee_every,
            fee_unit,
            fee_vat,
            fee_start,
            fee_end,
        };
        fields.note("kind", form.read(lang).map_err(|fields| Problem::Invalid { fields }))
    }
}

impl LineInput {
    /// The same in a template, whatever day was sent: projects begin with it on days of their own.
    #[must_use]
    pub fn undated(self) -> LineInput {
        let (start, end) = (Some(NaiveDate::default()), None);
        LineInput { start, fee: self.fee.map(|fee| FeeInput { start, end, ..fee }), ..self }
    }

    /// The fee as the form has it: price, how many of which unit, rate of VAT, first and last day.
    fn fee(&self, fields: &mut Fields, lang: Lang) -> Option<[String; 6]> {
        let Some(fee) = &self.fee else { return Some(<[String; 6]>::default()) };
        let price = fields.number::<Price>("fee_price", &fee.price);
        let vat = fields.rate("fee_vat", &fee.vat);
        let day = |day: NaiveDate| day.to_string();
        Some([
            texts::decimal(lang, price?.value()),
            fee.every.map(|every| every.to_string()).unwrap_or_default(),
            fee.unit.clone(),
            texts::decimal(lang, vat?.percent()),
            fee.start.map(day).unwrap_or_default(),
            fee.end.map(day).unwrap_or_default(),
        ])
    }
}

/// The billing lines of a project as a client sends them.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinesInput {
    /// The version of the project that was read.
    #[serde(default)]
    version: i64,
    /// All of them, in the order in which time is poured. One that is left out is taken out of the project.
    lines: Vec<LineInput>,
}

/// Puts the billing lines of a project into this order, adds those that are new, and takes out those that are left out.
/// What was booked is poured again when it is changed and not before.
#[utoipa::path(put, path = "/projects/{id}/lines", request_body = LinesInput, params(("id" = String, Path)), responses(
    (status = 200, body = ProjectBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn save(Path(own): Path<String>, command: Command<LinesInput>) -> Result<Json<ProjectBody>, Refusal> {
    let Command { caller, body } = command;
    let project: ProjectId = id(&caller, &own, Noun::Project)?;
    needs_version(&caller, body.version)?;
    let mut fields = Fields::default();
    let lines = if body.lines.len() > MOST_LINES {
        fields.wrong("lines", FieldReason::TooMany { most: MOST_LINES, found: body.lines.len() });
        Vec::new()
    } else {
        let lang = caller.lang();
        let read = |(place, line): (usize, &LineInput)| {
            let usual = id_from(&format!("{project}\n{}\nline {place}", body.version)).unwrap_or_default();
            fields.within(&format!("lines.{place}"), |own| line.read(own, lang, &usual.to_string(), ""))
        };
        body.lines.iter().enumerate().filter_map(read).collect()
    };
    let draft = fields.done(&caller, Some(LinesDraft { project, version: body.version, lines }))?;
    let saved = projects::save_lines(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ProjectBody::new(saved)))
}
