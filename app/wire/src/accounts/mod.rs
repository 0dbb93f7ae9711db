//! Accounts: opening one, the passbook, and its commands.

mod commands;

pub use commands::{
    BalancingDraft, CoverAnswer, CoverDraft, CoverForm, DrawAnswer, DrawDraft, DrawForm, EndAnswer, EndDraft, EndForm,
    GrantAnswer, GrantDraft, GrantForm, RangeForm, ReleaseAnswer, RevokeAnswer, RevokeDraft, RevokeForm,
};

use chrono::{DateTime, FixedOffset};
use domain::{
    AccountId, BillingLineId, ContractId, CustomerId, DateRange, LotId,
    money::Currency,
    quota::{AccountView, Amount, DeficitPolicy, LotState, Overbooking, PassbookRow, Policy, Standing, Unit},
    splitting::Allowance,
};
use serde::{Deserialize, Serialize};
use texts::Lang;

use crate::{
    FieldProblem, FieldReason, FieldText, Problem,
    balancing::NamedDeficit,
    contracts::CustomerRef,
    customers::AccountRow,
    documents::DocumentRef,
    read::{deficits, done, id, overbooking},
    required,
};

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

/// The columns by which the list of accounts can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccountSort {
    /// By name.
    #[default]
    Name,
    /// By the name of the customer.
    Customer,
}

impl AccountSort {
    /// All of them.
    pub const ALL: [AccountSort; 2] = [AccountSort::Name, AccountSort::Customer];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            AccountSort::Name => "name",
            AccountSort::Customer => "customer",
        }
    }

    /// What has that name.
    pub fn from_name(name: &str) -> Option<AccountSort> {
        AccountSort::ALL.into_iter().find(|sort| sort.name() == name)
    }
}

/// What the list of accounts is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountQuery {
    /// Of that customer only.
    pub customer: Option<CustomerId>,
    /// Only those that count that.
    pub unit: Option<Unit>,
    /// The column.
    pub sort: AccountSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

/// How many accounts a page of the list has.
pub const ACCOUNTS_PER_PAGE: u32 = 50;

/// An account of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAccount {
    /// Whose it is.
    pub customer: CustomerRef,
    /// The account, with where it stands today.
    pub row: AccountRow,
}

/// The most characters of an account's name.
pub const NAME_LENGTH: usize = 80;

/// What is wrong with a limit of open deficits; nothing is a limit too.
pub fn limit_problem(limit: Amount, unit: Unit) -> Option<FieldProblem> {
    let error = limit.asked().err().filter(|_| !limit.is_zero())?;
    Some(FieldProblem::at("limit", FieldReason::Quota(error, unit)))
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

impl AccountDraft {
    /// Every field with its name: how the history of the account names with what it was opened.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let unit = unit_name(self.unit);
        let (overbooking, limit) = match self.policy.overbooking {
            Overbooking::No => ("no", None),
            Overbooking::Yes { limit } => ("yes", limit),
        };
        let deficits = match self.policy.deficits {
            DeficitPolicy::Balance => "balance",
            DeficitPolicy::NextGrant => "next_grant",
        };
        vec![
            ("name", self.name.clone()),
            ("unit", unit.to_owned()),
            ("overbooking", overbooking.to_owned()),
            ("limit", limit.map_or_else(String::new, |limit| format!("{} {unit}", limit.units()))),
            ("deficits", deficits.to_owned()),
        ]
    }
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

impl AccountForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<AccountDraft, Problem> {
        let mut problems = Vec::new();
        let account = id(&mut problems, "id", &self.id);
        let customer = id(&mut problems, "customer", &self.customer);
        let name = required(&mut problems, "name", &self.name, NAME_LENGTH);
        let unit = unit_from_name(&self.unit).unwrap_or_else(|| {
            problems.push(FieldProblem::at("unit", FieldReason::NotOneOf));
            Unit::Time
        });
        let overbooking = overbooking(&mut problems, lang, unit, &self.overbooking, &self.limit);
        let deficits = deficits(&mut problems, &self.deficits);
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

/// The accounts of the own company, for its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccounts {
    /// The name of the company.
    pub customer: String,
    /// Its accounts, with where they stand today.
    pub accounts: Vec<AccountRow>,
}

/// A line of the passbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassbookLine {
    /// Date, posting, amount, balance.
    pub row: PassbookRow,
    /// What was done, or why it was granted.
    pub text: String,
    /// Who posted it; empty where nobody did.
    pub by: String,
    /// When it was posted, in the company's time zone; none of what nobody posted: a lapse, and a lot of an allowance
    /// that nothing has touched.
    pub at: Option<DateTime<FixedOffset>>,
    /// For a draw: whether it was released since. For a grant: whether it was taken back since.
    pub undone: bool,
    /// For a draw: its open deficit.
    pub deficit: Amount,
    /// For a draw of a document: which one.
    pub document: Option<DocumentRef>,
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
    /// The facts to preview with, as they are posted.
    pub facts: AccountView,
    /// Where the account stands today; a lot of an allowance that nothing has touched counts as full.
    pub standing: Standing,
    /// What is shown.
    pub range: DateRange,
    /// What is wrong with the days that were asked for: then it shows the usual ones.
    pub wrong: Vec<FieldText>,
    /// The balance before the range.
    pub opening: Amount,
    /// The lines.
    pub lines: Vec<PassbookLine>,
    /// The balance at its end.
    pub closing: Amount,
    /// Every lot that a line or the preview can name.
    pub lots: Vec<LotState>,
    /// What drafts hold of the lots.
    pub held: Vec<(LotId, Amount)>,
    /// Its open deficits, in the order of the draws.
    pub deficits: Vec<NamedDeficit>,
    /// The contract whose account it is, with its number and today's quota period.
    pub contract: Option<(ContractId, String, Option<DateRange>)>,
    /// The allowance that fills it, with its line: a lot of it that nothing has touched counts as full on its days.
    pub allowance: Option<(BillingLineId, Allowance)>,
    /// Who opened it and when, for the people of the house; none of what came with a contract or project, whose history
    /// says it.
    pub opened: Option<(String, DateTime<FixedOffset>)>,
}

impl PassbookView {
    /// What drafts hold of that lot.
    pub fn held(&self, id: LotId) -> Amount {
        self.held.iter().find(|(lot, _)| *lot == id).map_or(Amount::ZERO, |(_, held)| *held)
    }

    /// The lot of that id.
    pub fn lot(&self, id: LotId) -> Option<&LotState> {
        self.lots.iter().find(|state| state.lot.id == id)
    }
}

impl PassbookLine {
    /// The line of a lapse, which nobody posted.
    pub fn lapse(row: PassbookRow) -> PassbookLine {
        let (text, by, deficit) = (String::new(), String::new(), Amount::ZERO);
        PassbookLine { row, text, by, at: None, undone: false, deficit, document: None }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::quota::{DrawDecision, DrawOrigin, DrawRequest, Part};
    use texts::say;

    use super::*;
    use crate::read::testing::reads_or_refuses_seen;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn wrong_fields<T: std::fmt::Debug>(checked: Result<T, Problem>) -> Vec<String> {
        let problem = checked.expect_err("something is wrong");
        problem.fields().iter().map(|problem| problem.field.clone()).collect()
    }

    /// Red when: a day on which no books are kept is left to the kernel, which does not know the form.
    #[test]
    fn a_day_beyond_the_books_is_named_at_its_own_field() {
        let text = str::to_owned;
        for (last, wrong) in [("2199-12-30", false), ("2199-12-31", true), ("1899-12-30", true), ("9999-12-31", true)] {
            let end = EndForm { account: text(ID), last: text(last), reason: text("x") };
            match end.check() {
                Ok(_) => assert!(!wrong, "{last}"),
                refused => assert_eq!((wrong_fields(refused), wrong), (vec![text("last")], true), "{last}"),
            }
        }
        let grant = |from: &str, last: &str| {
            let (account, lot, amount, reason) = (text(ID), text(ID), text("1:00"), text("x"));
            let (valid_from, valid_last) = (text(from), text(last));
            GrantForm { account, lot, amount, valid_from, valid_last, reason, ..GrantForm::default() }
        };
        assert_eq!(wrong_fields(grant("1899-12-31", "").check(Lang::De, Unit::Time)), ["valid_from"]);
        assert_eq!(wrong_fields(grant("2026-04-01", "2200-01-01").check(Lang::De, Unit::Time)), ["valid_last"]);
        assert!(grant("2026-04-01", "").check(Lang::De, Unit::Time).is_ok());
    }

    /// Red when: a form that is wrong twice is told once, so that somebody mends it and is refused again.
    #[test]
    fn every_wrong_field_of_a_command_is_named_at_once() {
        let text = str::to_owned;
        let (account, reason) = (text(ID), String::new());
        let grant = |[amount, from, last]: [&str; 3], [periods, cap]: [&str; 2]| {
            let (account, lot, reason) = (account.clone(), text(ID), reason.clone());
            let [amount, valid_from, valid_last] = [amount, from, last].map(text);
            let carried = [periods, cap].iter().any(|typed| !typed.is_empty());
            let (carry, [periods, cap]) = (text(if carried { "on" } else { "off" }), [periods, cap].map(text));
            let form = GrantForm {
                account,
                lot,
                amount,
                valid_from,
                valid_last,
                carry,
                periods,
                cap,
                reason,
                ..GrantForm::default()
            };
            wrong_fields(form.check(Lang::De, Unit::Time))
        };
        for amount in ["", "x", "0", "-5", "99999999999:00"] {
            let (draw, date) = (text(ID), text("2026-04-10"));
            let form = DrawForm { account: account.clone(), draw, date, amount: text(amount), ..DrawForm::default() };
            assert_eq!(wrong_fields(form.check(Lang::De, Unit::Time)), ["amount", "text"], "{amount}");
            assert_eq!(grant([amount, "2026-04-10", ""], [""; 2]), ["amount", "reason"], "{amount}");
            let lot = text(ID);
            let cover = CoverForm { account: account.clone(), lot, amount: text(amount), ..CoverForm::default() };
            assert_eq!(wrong_fields(cover.check(Lang::De, Unit::Time)), ["draw", "amount"], "{amount}");
        }
        assert_eq!(grant(["-5", "2026-04-10", "2026-04-09"], [""; 2]), ["amount", "reason", "valid_last"]);
        assert_eq!(
            grant(["-5", "1899-12-31", "2200-01-01"], [""; 2]),
            ["amount", "valid_from", "valid_last", "reason"]
        );
        assert_eq!(grant(["1", "2026-04-10", "x"], ["2", "0"]), ["valid_last", "cap", "reason"]);
        assert_eq!(grant(["1", "2026-04-10", ""], ["2", "0"]), ["cap", "reason", "valid_last"]);
        assert_eq!(grant(["1", "2026-04-01", "2026-04-30"], ["9999", ""]), ["reason", "periods"]);
    }

    /// Red when: days that cannot be are taken for none, or a refusal names a day that nobody typed.
    #[test]
    fn the_days_of_a_passbook_are_read_or_refused_where_they_were_typed() {
        let check = |from: &str, to: &str| RangeForm { from: from.to_owned(), to: to.to_owned() }.check();
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let range = |from: &str, until: Option<&str>| DateRange::new(day(from), until.map(day));
        assert_eq!(check("", " "), Ok(None));
        assert_eq!(check("2026-04-10", ""), Ok(range("2026-04-10", None)));
        assert_eq!(check("2026-04-10", "2026-04-10"), Ok(range("2026-04-10", Some("2026-04-11"))));
        let read = check("2026-04-10", "2026-04-30").expect("both are days");
        assert_eq!(
            read.map(RangeForm::of).map(|form| (form.from, form.to)),
            Some(("2026-04-10".into(), "2026-04-30".into()))
        );
        for (from, to, said) in [
            (
                "2026-04-10",
                "2026-04-09",
                [("to", "Der letzte Tag, der 09.04.2026, liegt vor dem ersten, dem 10.04.2026.")].as_slice(),
            ),
            ("2026-04-10", "2199-12-31", &[("to", "Der 31.12.2199 liegt außerhalb von 01.01.1900 bis 30.12.2199.")]),
            ("1899-12-31", "2026-04-10", &[("from", "Der 31.12.1899 liegt außerhalb von 01.01.1900 bis 31.12.2199.")]),
            ("", "2026-04-10", &[("from", say::field_missing(Lang::De))]),
            ("x", "y", &[("from", say::field_not_a_date(Lang::De)), ("to", say::field_not_a_date(Lang::De))]),
        ] {
            let problem = check(from, to).expect_err("it cannot be");
            let told: Vec<_> = problem.fields().iter().map(|problem| problem.in_words(Lang::De)).collect();
            let told: Vec<_> = told.iter().map(|told| (told.field.as_str(), told.text.as_str())).collect();
            assert_eq!(told, said, "{from} {to}");
        }
    }

    /// Red when: the decision that was seen is lost, or garbage passes for nothing seen and is not compared.
    #[test]
    fn what_was_seen_of_a_draw_is_read_or_refused() {
        let (draw, lot) = (ID.parse().expect("an id"), ID.parse().expect("an id"));
        let (date, time) = (NaiveDate::from_ymd_opt(2026, 4, 10).expect("a day"), Amount::new(5_400));
        let decision = DrawDecision {
            request: DrawRequest { draw, date, wanted: time, origin: DrawOrigin::ByHand },
            parts: vec![Part { lot, amount: time }],
            drawn: time,
            deficit: Amount::ZERO,
            not_drawn: Amount::ZERO,
            available_before: time,
            available_after: Amount::ZERO,
        };
        reads_or_refuses_seen("seen", &decision, |seen| {
            let [account, draw, date] = [ID, ID, "2026-04-10"].map(str::to_owned);
            let [amount, text, seen] = ["1:30", "x", seen].map(str::to_owned);
            DrawForm { account, draw, date, amount, text, seen }.check(Lang::De, Unit::Time).map(|draft| draft.seen)
        });
    }
}
