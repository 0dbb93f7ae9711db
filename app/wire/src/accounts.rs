//! Accounts: opening one, the passbook, and its commands.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccountId, CustomerId, DateRange, DrawId, LotId,
    money::Currency,
    quota::{
        AccountView, Amount, DeficitPolicy, Difference, DrawDecision, DrawRequest, GrantDecision, GrantRequest,
        LotState, Overbooking, PassbookRow, Policy, ReleaseDecision, Standing, Unit,
    },
};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable, read_amount, read_date};

use crate::{FieldProblem, FieldReason, Problem, customers::text};

/// An account as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountForm {
    /// Made by the client.
    pub id: String,
    /// Whose it is.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// `time` or an ISO 4217 code.
    pub unit: String,
    /// `yes` when it may be overdrawn.
    pub overbooking: String,
    /// The limit of open deficits; empty means none.
    pub limit: String,
    /// `balance` or `next_grant`.
    pub deficits: String,
}

/// An account whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDraft {
    /// Made by the client.
    pub id: AccountId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Its terms.
    pub policy: Policy,
}

/// The name of a unit in forms, in REST and in the database.
pub fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Time => "time",
        Unit::Money(currency) => currency.code(),
    }
}

/// The unit of that name.
pub fn unit_from_name(name: &str) -> Option<Unit> {
    if name == "time" { Some(Unit::Time) } else { Currency::from_code(name).map(Unit::Money) }
}

/// Reads an amount, or notes the problem at its field.
fn amount(problems: &mut Vec<FieldProblem>, lang: Lang, unit: Unit, field: &str, typed: &str) -> Amount {
    read_amount(lang, unit, typed).unwrap_or_else(|problem| {
        problems.push(FieldProblem::at(field, FieldReason::NotReadable(problem)));
        Amount::ZERO
    })
}

fn day(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> NaiveDate {
    read_date(typed).unwrap_or_else(|problem| {
        problems.push(FieldProblem::at(field, FieldReason::NotReadable(problem)));
        NaiveDate::default()
    })
}

fn id<T: std::str::FromStr>(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<T> {
    let id = typed.parse().ok();
    if id.is_none() {
        problems.push(FieldProblem::at(field, FieldReason::NotOneOf));
    }
    id
}

fn done<T>(draft: Option<T>, problems: Vec<FieldProblem>) -> Result<T, Problem> {
    match draft {
        Some(draft) if problems.is_empty() => Ok(draft),
        _ => Err(Problem::Invalid { fields: problems }),
    }
}

impl AccountForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<AccountDraft, Problem> {
        let mut problems = Vec::new();
        let account = id(&mut problems, "id", &self.id);
        let customer = id(&mut problems, "customer", &self.customer);
        let name = text(&mut problems, "name", &self.name, 80);
        if name.is_empty() {
            problems.push(FieldProblem::at("name", FieldReason::Missing));
        }
        let unit = unit_from_name(&self.unit).unwrap_or_else(|| {
            problems.push(FieldProblem::at("unit", FieldReason::NotOneOf));
            Unit::Time
        });
        let overbooking = match self.overbooking.as_str() {
            "" | "no" => Overbooking::No,
            "yes" if self.limit.trim().is_empty() => Overbooking::Yes { limit: None },
            "yes" => {
                let limit = amount(&mut problems, lang, unit, "limit", &self.limit);
                if let (Err(error), false) = (limit.asked(), limit.is_zero()) {
                    problems.push(FieldProblem::at("limit", FieldReason::Quota(error, unit)));
                }
                Overbooking::Yes { limit: Some(limit) }
            }
            _ => {
                problems.push(FieldProblem::at("overbooking", FieldReason::NotOneOf));
                Overbooking::No
            }
        };
        let deficits = match self.deficits.as_str() {
            "" | "balance" => DeficitPolicy::Balance,
            "next_grant" => DeficitPolicy::NextGrant,
            _ => {
                problems.push(FieldProblem::at("deficits", FieldReason::NotOneOf));
                DeficitPolicy::Balance
            }
        };
        let draft = account.zip(customer).map(|(id, customer)| AccountDraft {
            id,
            customer,
            name,
            unit,
            policy: Policy { overbooking, deficits },
        });
        done(draft, problems)
    }
}

/// A grant as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GrantForm {
    /// The account.
    pub account: String,
    /// Made by the client: the id of the new lot.
    pub lot: String,
    /// How much, as typed.
    pub amount: String,
    /// The first day.
    pub valid_from: String,
    /// The last day, as people say it; empty means without end.
    pub valid_last: String,
    /// Why it is granted; an entry by hand needs a reason.
    pub reason: String,
}

/// A grant whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantDraft {
    /// The account.
    pub account: AccountId,
    /// What is asked of the kernel.
    pub request: GrantRequest,
    /// Why.
    pub reason: String,
}

impl GrantForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang, unit: Unit) -> Result<GrantDraft, Problem> {
        let mut problems = Vec::new();
        let account = id(&mut problems, "account", &self.account);
        let lot = id::<LotId>(&mut problems, "lot", &self.lot);
        let amount = amount(&mut problems, lang, unit, "amount", &self.amount);
        let valid_from = day(&mut problems, "valid_from", &self.valid_from);
        let valid_until = match read_date(&self.valid_last) {
            Err(NotReadable::Empty) => None,
            // The day after the last one; at the end of the calendar the kernel refuses the day itself.
            Ok(last) => Some(last.succ_opt().unwrap_or(last)),
            Err(problem) => {
                problems.push(FieldProblem::at("valid_last", FieldReason::NotReadable(problem)));
                None
            }
        };
        let reason = text(&mut problems, "reason", &self.reason, 200);
        if reason.is_empty() {
            problems.push(FieldProblem::at("reason", FieldReason::Missing));
        }
        let draft = account.zip(lot).map(|(account, lot)| GrantDraft {
            account,
            request: GrantRequest { lot, amount, valid_from, valid_until },
            reason,
        });
        done(draft, problems)
    }
}

/// A draw as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DrawForm {
    /// The account.
    pub account: String,
    /// Made by the client: the id of the draw.
    pub draw: String,
    /// The date that it counts for.
    pub date: String,
    /// How much, as typed.
    pub amount: String,
    /// What was done.
    pub text: String,
    /// The decision that the person saw, as JSON; empty when nothing was previewed.
    pub seen: String,
}

/// A draw whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawDraft {
    /// The account.
    pub account: AccountId,
    /// What is asked of the kernel.
    pub request: DrawRequest,
    /// What was done.
    pub text: String,
    /// What the person saw.
    pub seen: Option<DrawDecision>,
}

impl DrawForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang, unit: Unit) -> Result<DrawDraft, Problem> {
        let mut problems = Vec::new();
        let account = id(&mut problems, "account", &self.account);
        let draw = id::<DrawId>(&mut problems, "draw", &self.draw);
        let date = day(&mut problems, "date", &self.date);
        let wanted = amount(&mut problems, lang, unit, "amount", &self.amount);
        let text = text(&mut problems, "text", &self.text, 200);
        if text.is_empty() {
            problems.push(FieldProblem::at("text", FieldReason::Missing));
        }
        let seen = serde_json::from_str(&self.seen).ok();
        let draft = account.zip(draw).map(|(account, draw)| DrawDraft {
            account,
            request: DrawRequest { draw, date, wanted },
            text,
            seen,
        });
        done(draft, problems)
    }
}

/// What a grant did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantAnswer {
    /// The account.
    pub account: AccountId,
    /// As decided.
    pub decision: GrantDecision,
}

/// What a draw did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawAnswer {
    /// The account.
    pub account: AccountId,
    /// As decided.
    pub decision: DrawDecision,
    /// Where the decision differs from what the person saw.
    pub differences: Vec<Difference>,
}

/// What a release did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseAnswer {
    /// The account.
    pub account: AccountId,
    /// As decided.
    pub decision: ReleaseDecision,
}

/// A line of the passbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassbookLine {
    /// Date, posting, amount, balance.
    pub row: PassbookRow,
    /// What was done, or why it was granted.
    pub text: String,
    /// Who posted it; empty for a lapse.
    pub by: String,
    /// When it was posted; none for a lapse.
    pub at: Option<DateTime<Utc>>,
    /// For a draw: whether it was undone since.
    pub released: bool,
}

/// The passbook of an account for a range of dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassbookView {
    /// The account's name.
    pub name: String,
    /// Whose it is.
    pub customer_name: String,
    /// The customer's number.
    pub customer_number: String,
    /// The facts to preview with.
    pub facts: AccountView,
    /// Where the account stands today.
    pub standing: Standing,
    /// What is shown.
    pub range: DateRange,
    /// The balance before the range.
    pub opening: Amount,
    /// The lines.
    pub lines: Vec<PassbookLine>,
    /// The balance at its end.
    pub closing: Amount,
    /// Every lot that a line or the preview can name.
    pub lots: Vec<LotState>,
}

impl PassbookView {
    /// The lot of that id.
    pub fn lot(&self, id: LotId) -> Option<&LotState> {
        self.lots.iter().find(|state| state.lot.id == id)
    }
}
