//! The commands of an account: what is typed, what is asked for, and what came of it.

use chrono::NaiveDate;
use domain::{
    AccountId, DateRange, DrawId, LotId,
    quota::{
        BalancingRequest, CoverDecision, CoverRequest, Difference, DrawDecision, DrawOrigin, DrawRequest, EndDecision,
        GrantDecision, GrantOrigin, GrantRequest, ReleaseDecision, RevokeDecision, Unit, check_days,
    },
};
use serde::{Deserialize, Serialize};
use texts::Lang;

use crate::{
    FieldProblem, FieldReason, Problem,
    field::field_of,
    read::{asked, carry_over, day, done, id, json, last_day, seen},
    required,
};

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
    /// The last day of its own period, as people say it; empty means without end.
    pub valid_last: String,
    /// `on` when it outlives its own period.
    pub carry: String,
    /// For how many further periods; empty means as long as the account.
    pub periods: String,
    /// The most that can be drawn after its own period; empty means all that is left.
    pub cap: String,
    /// The name of its origin; empty means a free quota.
    pub origin: String,
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
        let amount = asked(&mut problems, lang, unit, "amount", &self.amount);
        let noted = problems.len();
        let valid_from = day(&mut problems, "valid_from", &self.valid_from);
        let valid_until = last_day(&mut problems, "valid_last", &self.valid_last);
        let read = problems.len() == noted;
        let carry = carry_over(&mut problems, lang, unit, [&self.carry, &self.periods, &self.cap]);
        let origin =
            if self.origin.is_empty() { Some(GrantOrigin::FreeQuota) } else { GrantOrigin::from_name(&self.origin) };
        let origin = origin.unwrap_or_else(|| {
            problems.push(FieldProblem::at("origin", FieldReason::NotOneOf));
            GrantOrigin::FreeQuota
        });
        let reason = required(&mut problems, "reason", &self.reason, 200);
        let draft = account.zip(lot).map(|(account, lot)| GrantDraft {
            account,
            request: GrantRequest { carry, origin, ..GrantRequest::new(lot, amount, valid_from, valid_until) },
            reason,
        });
        // Only of days that could be read there is something to say.
        let impossible = draft.as_ref().filter(|_| read).and_then(|draft| draft.request.validity().err());
        problems.extend(impossible.map(|error| {
            let field = field_of(&error).unwrap_or("valid_last");
            FieldProblem::at(field, FieldReason::Quota(error, unit))
        }));
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
        let wanted = asked(&mut problems, lang, unit, "amount", &self.amount);
        let text = required(&mut problems, "text", &self.text, 200);
        let seen = seen(&mut problems, "seen", &self.seen, json);
        let draft = account.zip(draw).map(|(account, draw)| DrawDraft {
            account,
            request: DrawRequest { draw, date, wanted, origin: DrawOrigin::ByHand },
            text,
            seen,
        });
        done(draft, problems)
    }
}

/// The days of a passbook, as typed: the first and the last one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RangeForm {
    /// The first day.
    pub from: String,
    /// The last day; empty means without end.
    pub to: String,
}

impl RangeForm {
    /// The days, as they are typed.
    pub fn of(range: DateRange) -> RangeForm {
        let to = range.last_day().map_or_else(String::new, |day| day.to_string());
        RangeForm { from: range.from.to_string(), to }
    }

    /// The days that are asked for, none where nothing is typed; or names every wrong field.
    pub fn check(&self) -> Result<Option<DateRange>, Problem> {
        if self.from.trim().is_empty() && self.to.trim().is_empty() {
            return Ok(None);
        }
        let mut problems = Vec::new();
        let (from, until) = (day(&mut problems, "from", &self.from), last_day(&mut problems, "to", &self.to));
        if !problems.is_empty() {
            return Err(Problem::Invalid { fields: problems });
        }
        let empty = |error| Problem::field("to", FieldReason::Quota(error, Unit::Time));
        check_days(from, until).map(Some).map_err(empty)
    }
}

/// A grant to be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RevokeForm {
    /// The account.
    pub account: String,
    /// The lot.
    pub lot: String,
    /// Why.
    pub reason: String,
}

/// A grant to be taken back, whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeDraft {
    /// The account.
    pub account: AccountId,
    /// The lot.
    pub lot: LotId,
    /// Why.
    pub reason: String,
}

impl RevokeForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<RevokeDraft, Problem> {
        let mut problems = Vec::new();
        let (account, lot) = (id(&mut problems, "account", &self.account), id(&mut problems, "lot", &self.lot));
        let reason = required(&mut problems, "reason", &self.reason, 200);
        done(account.zip(lot).map(|(account, lot)| RevokeDraft { account, lot, reason }), problems)
    }
}

/// A deficit to be covered from a lot that was granted later.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CoverForm {
    /// The account.
    pub account: String,
    /// Made by the client: sent twice, it counts once.
    pub key: String,
    /// The draw with the deficit.
    pub draw: String,
    /// The lot that pays.
    pub lot: String,
    /// How much, as typed.
    pub amount: String,
}

/// A cover whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverDraft {
    /// The account.
    pub account: AccountId,
    /// What is asked of the kernel.
    pub request: CoverRequest,
}

impl CoverForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang, unit: Unit) -> Result<CoverDraft, Problem> {
        let mut problems = Vec::new();
        let account = id(&mut problems, "account", &self.account);
        let draw = id::<DrawId>(&mut problems, "draw", &self.draw);
        let lot = id::<LotId>(&mut problems, "lot", &self.lot);
        let amount = asked(&mut problems, lang, unit, "amount", &self.amount);
        let draft = account.zip(draw).zip(lot);
        let draft = draft.map(|((account, draw), lot)| {
            let request = CoverRequest { draw, lot, amount };
            CoverDraft { account, request }
        });
        done(draft, problems)
    }
}

/// What a balancing invoice grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancingDraft {
    /// The account.
    pub account: AccountId,
    /// What is asked of the kernel.
    pub request: BalancingRequest,
    /// Why: the invoice.
    pub reason: String,
}

/// The end of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// The account.
    pub account: String,
    /// The last day on which it can be used, as people say it; empty takes an earlier end back.
    pub last: String,
    /// Why.
    pub reason: String,
}

/// The end of an account, whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndDraft {
    /// The account.
    pub account: AccountId,
    /// The first day on which nothing can be drawn any more; none takes an earlier end back.
    pub until: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

impl EndForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<EndDraft, Problem> {
        let mut problems = Vec::new();
        let account = id(&mut problems, "account", &self.account);
        let until = last_day(&mut problems, "last", &self.last);
        let reason = required(&mut problems, "reason", &self.reason, 200);
        done(account.map(|account| EndDraft { account, until, reason }), problems)
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

/// What taking a grant back did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeAnswer {
    /// The account.
    pub account: AccountId,
    /// As decided.
    pub decision: RevokeDecision,
}

/// What a cover did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverAnswer {
    /// The account.
    pub account: AccountId,
    /// As decided.
    pub decision: CoverDecision,
}

/// What an end did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndAnswer {
    /// The account.
    pub account: AccountId,
    /// As decided.
    pub decision: EndDecision,
}
