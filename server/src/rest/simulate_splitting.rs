//! `/api/v1/simulate/splitting`: how bookings are split, on given billing lines and accounts, and what changing,
//! deleting and moving does to others, by the functions that booking decides with. Nothing is stored.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use chrono::NaiveDate;
use domain::{
    AccountId, Currency, CustomerId, TaskId,
    quota::{Account, AccountView, DeficitPolicy, Overbooking, Policy, Unit},
    splitting::{AgreedRounding, BillingLine, BookingRounding, Clocks, Collector, Facts, LineKind, every_day},
};
use serde::{Deserialize, Serialize};
use texts::Lang;
use usecases::bookings::{self, Existing, Step};
use utoipa::ToSchema;
use wire::{
    FieldReason,
    accounts::unit_from_name,
    projects::{DraftKind, MOST_LINES, NamedLine, own_rounding},
};

use super::{
    call::{Command, ProblemDetails, Refusal},
    customers::id_from,
    fields::Fields,
    known_lots::{Known, KnownLot},
    project_lines::{LineInput, typed},
    simulated_bookings::{BookingStep, KnownBooking, PouredBody, SimulatedBooking},
    terms::RoundingBody,
    values::Volume,
};

/// The most bookings that are simulated at once.
const MOST_BOOKINGS: usize = 500;

/// Bookings that nobody has made, and what is known of the project.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SplittingInput {
    /// The day on which they are entered: nothing is booked for a later one; left out: today.
    today: Option<NaiveDate>,
    /// ISO 4217, the currency of the rates.
    currency: String,
    /// Whether a booking may be split.
    #[serde(default = "on")]
    splitting: bool,
    /// How bookings are rounded: `contract`, as the first line says that says something; `none`; or `own`, by minimum and
    /// step. Left out: `own` if these round anything, else `contract`.
    #[serde(default)]
    rounding: String,
    /// What is billed of a booking at least; left out: nothing.
    minimum: Option<Volume>,
    /// Of what the billed time is a multiple; left out: of a second.
    step: Option<Volume>,
    /// The first day that is not closed; left out: no books are closed.
    books_closed_until: Option<NaiveDate>,
    /// In the order in which time is poured.
    lines: Vec<KnownLine>,
    /// The ids of the tasks on which nothing is booked any more.
    #[serde(default)]
    closed_tasks: Vec<String>,
    /// What was booked before, in the order in which it was accepted: poured one after the other on the lines and
    /// accounts as they are given, whether or not it could be entered now. What it draws is not to be named again.
    #[serde(default)]
    existing: Vec<KnownBooking>,
    /// One after the other: each is decided on what those before have left.
    bookings: Vec<BookingStep>,
}

fn on() -> bool {
    true
}

/// What is known of a billing line.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KnownLine {
    /// The line; also a prepaid block says here whether it may be overdrawn. Lines that name the same account share it.
    line: LineInput,
    /// What the account of a prepaid block counts: `time` or an ISO 4217 code; left out: the currency of the rates
    /// where the line has a rate, and time otherwise.
    unit: Option<String>,
    /// What its account was granted. What an allowance grants comes of itself; to say how much of it was drawn, name a
    /// lot from the first day of its period.
    #[serde(default)]
    lots: Vec<KnownLot>,
    /// What is open as deficit on its account.
    deficit: Option<Volume>,
    /// The first day on which nothing can be drawn any more from its account; left out: it has no end.
    account_until: Option<NaiveDate>,
    /// How the contract of its account says that bookings are rounded; left out: there is none, or it says nothing.
    rounding: Option<RoundingBody>,
}

/// What would be left on a collector.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedLeft {
    line: String,
    name: String,
    left: Volume,
}

/// What booking would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedSplitting {
    /// Each existing booking, in the order in which it was sent.
    existing: Vec<PouredBody>,
    /// Each booking, in the order in which it was sent.
    bookings: Vec<SimulatedBooking>,
    /// What is left on each collector on the day of the last booking.
    left: Vec<SimulatedLeft>,
}

/// How bookings are split on these lines and accounts, one after the other; and what becomes of others when they are
/// changed, deleted or moved.
#[utoipa::path(post, path = "/simulate/splitting", request_body = SplittingInput, responses(
    (status = 200, body = SimulatedSplitting),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn simulate(command: Command<SplittingInput>) -> Result<Json<SimulatedSplitting>, Refusal> {
    let Command { caller, body } = command;
    let mut fields = Fields::default();
    let today = body.today.unwrap_or_else(|| caller.house.env.today());
    let read = body.read(&mut fields, caller.lang(), today);
    let Read { facts, lines, existing, steps } = fields.done(&caller, read)?;
    let currency = facts.currency;
    let done = bookings::simulate(&caller.call, facts, &existing, &steps).map_err(|r| caller.refuse(r))?;
    let left = done.left.iter().map(|(line, unit, left)| SimulatedLeft {
        line: line.to_string(),
        name: lines.iter().find(|named| named.id == *line).map(|named| named.name.clone()).unwrap_or_default(),
        left: Volume::new(*unit, *left),
    });
    let left = left.collect();
    let existing = done.existing.iter().map(|poured| PouredBody::new(poured, &lines, currency)).collect();
    let bookings = done.steps.iter().map(|step| SimulatedBooking::new(step, &lines, currency)).collect();
    Ok(Json(SimulatedSplitting { existing, bookings, left }))
}

/// What was sent, as it is decided on.
struct Read {
    facts: Facts,
    /// The lines by their names.
    lines: Vec<NamedLine>,
    existing: Vec<Existing>,
    steps: Vec<Step>,
}

impl SplittingInput {
    fn read(&self, fields: &mut Fields, lang: Lang, today: NaiveDate) -> Option<Read> {
        let currency = fields.choice("currency", Currency::from_code(&self.currency));
        fields.day("today", today);
        if let Some(until) = self.books_closed_until {
            fields.day("books_closed_until", until);
        }
        let rounding = self.rounding(fields, lang);
        for (field, most, found) in [
            ("lines", MOST_LINES, self.lines.len()),
            ("existing", MOST_BOOKINGS, self.existing.len()),
            ("bookings", MOST_BOOKINGS, self.bookings.len()),
        ] {
            if found > most {
                fields.wrong(field, FieldReason::TooMany { most, found });
                return None;
            }
        }
        let currency = currency?;
        let mut accounts = BTreeMap::<AccountId, AccountView>::new();
        let (mut lines, mut named, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut agreed = Vec::new();
        for (place, sent) in self.lines.iter().enumerate() {
            let found = fields.within(&format!("lines.{place}"), |own| {
                let terms = Terms { lang, currency, today, closed: self.books_closed_until };
                let (line, name) = sent.read(own, place, terms, &mut accounts)?;
                agreed.extend(sent.agreed(own, &line));
                if known.insert(line.id) {
                    Some((line, name))
                } else {
                    own.wrong("id", FieldReason::Taken);
                    None
                }
            });
            if let Some((line, name)) = found {
                named.push(NamedLine { id: line.id, name, pays: Some(line.kind.pays()) });
                lines.push(line);
            }
        }
        let closed = |(place, task): (usize, &String)| fields.id::<TaskId>(&format!("closed_tasks.{place}"), task);
        let closed_tasks: BTreeSet<TaskId> = self.closed_tasks.iter().enumerate().filter_map(closed).collect();
        let known = |(place, sent): (usize, &KnownBooking)| {
            fields.within(&format!("existing.{place}"), |own| sent.read(own, place))
        };
        let existing: Vec<Existing> = self.existing.iter().enumerate().filter_map(known).collect();
        let read = |(place, sent): (usize, &BookingStep)| {
            fields.within(&format!("bookings.{place}"), |own| sent.read(own, place, self.existing.len()))
        };
        let steps = self.bookings.iter().enumerate().filter_map(read).collect();
        let facts = Facts {
            today,
            clocks: Clocks::default(),
            closed_until: self.books_closed_until,
            splits: self.splitting,
            rounding,
            agreed,
            currency,
            lines,
            closed_tasks,
            accounts: accounts.into_values().collect(),
            bookings: Vec::new(),
        };
        Some(Read { facts, lines: named, existing, steps })
    }

    fn rounding(&self, fields: &mut Fields, lang: Lang) -> Option<BookingRounding> {
        let minimum = typed(fields, "minimum", self.minimum.as_ref(), lang).unwrap_or_default();
        let step = typed(fields, "step", self.step.as_ref(), lang).unwrap_or_default();
        let mut problems = Vec::new();
        let found = own_rounding(&mut problems, lang, [&self.rounding, &minimum, &step]);
        for problem in problems {
            fields.wrong(&problem.field, problem.reason);
        }
        found
    }
}

/// What holds for every line.
#[derive(Clone, Copy)]
struct Terms {
    lang: Lang,
    currency: Currency,
    today: NaiveDate,
    closed: Option<NaiveDate>,
}

impl KnownLine {
    /// The line with its name; what is known of its account is posted on that.
    fn read(
        &self,
        fields: &mut Fields,
        place: usize,
        terms: Terms,
        accounts: &mut BTreeMap<AccountId, AccountView>,
    ) -> Option<(BillingLine, String)> {
        let usual = id_from(&format!("simulation\nline {place}")).unwrap_or_default().to_string();
        let draft = fields.within("line", |own| self.line.read(own, terms.lang, &usual, &usual))?;
        let (unit, kind) = match draft.kind {
            DraftKind::FlatRate => (None, LineKind::FlatRate),
            DraftKind::Effort { rate } => (None, LineKind::Effort { rate }),
            DraftKind::Prepaid { collects, account, rate, .. } => {
                let unit = self.unit(fields, terms.currency)?;
                (Some(unit), LineKind::Collector(Collector { account, collects, rate, allowance: None, fee: None }))
            }
            DraftKind::Allowance { collects, allowance, .. } => {
                let (account, allowance) = (AccountId::new(draft.id.uuid()), Some(allowance));
                let collector = Collector { account, collects, rate: None, allowance, fee: None };
                (Some(Unit::Time), LineKind::Collector(collector))
            }
        };
        let line = BillingLine { id: draft.id, tasks: draft.tasks, kind };
        if let Err(error) = line.check(unit, terms.currency) {
            fields.wrong("line.rate", FieldReason::Split(error));
            return None;
        }
        if let (LineKind::Collector(collector), Some(unit)) = (&line.kind, unit) {
            self.account(fields, (&line, collector), unit, (terms, accounts))?;
        }
        Some((line, draft.name))
    }

    /// What the contract of its account says of rounding, whatever the day.
    fn agreed(&self, fields: &mut Fields, line: &BillingLine) -> Option<AgreedRounding> {
        let sent = self.rounding.as_ref()?;
        let LineKind::Collector(collector) = &line.kind else {
            fields.wrong("rounding", FieldReason::NotOneOf);
            return None;
        };
        let rounding = fields.within("rounding", |own| sent.read(own))?;
        Some(AgreedRounding { account: collector.account, valid: every_day(), rounding })
    }

    /// What the account of a prepaid block counts.
    fn unit(&self, fields: &mut Fields, currency: Currency) -> Option<Unit> {
        match (&self.unit, &self.line.rate) {
            (Some(name), _) => fields.choice("unit", unit_from_name(name)),
            (None, Some(_)) => Some(Unit::Money(currency)),
            (None, None) => Some(Unit::Time),
        }
    }

    fn account(
        &self,
        fields: &mut Fields,
        (line, collector): (&BillingLine, &Collector),
        unit: Unit,
        (terms, accounts): (Terms, &mut BTreeMap<AccountId, AccountView>),
    ) -> Option<()> {
        let limit = match &self.line.limit {
            None => None,
            Some(limit) => Some(fields.volume("line.limit", limit, unit)?),
        };
        let view = accounts.entry(collector.account).or_insert_with(|| {
            let overbooking = if self.line.overbooking { Overbooking::Yes { limit } } else { Overbooking::No };
            let policy = Policy { overbooking, deficits: DeficitPolicy::Balance };
            // It is nobody's, and no other account is looked at.
            let customer = CustomerId::new(uuid::Uuid::nil());
            let account = Account { id: collector.account, customer, unit, policy };
            AccountView { books_closed_until: terms.closed, ..AccountView::empty(account) }
        });
        if view.account.unit != unit {
            fields.wrong("unit", FieldReason::NotOneOf);
            return None;
        }
        let lot = |from: NaiveDate| collector.allowance.and_then(|own| own.grant(line.id, from)).map(|grant| grant.lot);
        let known = Known {
            lots: &self.lots,
            deficit: self.deficit.as_ref(),
            until: self.account_until,
            periods: None,
            lot: &lot,
        };
        known.post(fields, view, terms.today)
    }
}
