//! Open deficits and balancing invoices: what is known of them, what is asked, what stands on the invoice.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    ContractId, Currency, DocumentId, DrawId, Money,
    billing::{BalancedLine, BalancingError, BalancingFacts, BalancingPlan, NextCover},
    quota::{Amount, CoverPart, Unit},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, amount, date, money, say, validity};

use crate::{
    FieldProblem, FieldReason, Problem,
    contracts::CustomerRef,
    documents::DocumentRef,
    field::quota_text,
    read::{self, done, id},
};

/// An open deficit with the name of what it was drawn for, and what would cover it next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDeficit {
    /// The draw.
    pub draw: DrawId,
    /// Its date.
    pub date: NaiveDate,
    /// What is open.
    pub amount: Amount,
    /// What it was drawn for.
    pub text: String,
    /// The document whose draw it is.
    pub document: Option<DocumentRef>,
    /// The next billing or re-run that covers something of it; none: only a balancing invoice or a free quota does.
    pub next: Option<NextCover>,
}

/// What a balancing invoice of a contract is planned with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancingView {
    /// What it is decided on.
    pub facts: BalancingFacts,
    /// The number of the contract.
    pub number: String,
    /// Whose contract it is.
    pub customer: CustomerRef,
    /// Every open deficit, in the order of the draws.
    pub deficits: Vec<NamedDeficit>,
}

/// A deficit that is to be billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenDeficit {
    /// Its place in the request, from 0: where it is refused.
    pub place: usize,
    /// The draw.
    pub draw: DrawId,
    /// How much of it; none: all that is open.
    pub amount: Option<Amount>,
}

impl BalancingView {
    /// What the account counts.
    pub fn unit(&self) -> Unit {
        self.facts.account.account.unit
    }

    /// The periods whose billing was cancelled and whose re-run would cover something of what is open: whoever bills that
    /// and runs them again bills it twice.
    pub fn freed(&self) -> BTreeSet<u32> {
        let next = self.deficits.iter().filter_map(|open| open.next);
        next.filter(|next| next.again).map(|next| next.period).collect()
    }

    /// What is chosen in figures; none chooses all that is open. What is not open is noted at its field.
    pub fn parts(&self, chosen: Option<&[ChosenDeficit]>) -> Result<Vec<CoverPart>, Problem> {
        let Some(chosen) = chosen else { return Ok(self.facts.all()) };
        let (mut parts, mut problems) = (Vec::new(), Vec::new());
        for ChosenDeficit { place, draw, amount } in chosen.iter().copied() {
            match amount.or_else(|| self.facts.account.deficit_of(draw).map(|open| open.amount)) {
                Some(amount) => parts.push(CoverPart { draw, amount }),
                None => problems.push(FieldProblem::at(&format!("deficits.{place}.draw"), FieldReason::NotOneOf)),
            }
        }
        done(Some(parts), problems)
    }
}

/// A deficit as chosen in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeficitForm {
    /// The draw.
    pub draw: String,
    /// Filled when it is to be billed.
    pub chosen: String,
    /// How much of it; empty is all.
    pub amount: String,
}

/// A balancing invoice as chosen in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BalancingInvoiceForm {
    /// The id of the invoice, made by the client.
    pub id: String,
    /// The contract.
    pub contract: String,
    /// `issue` or `draft`: what becomes of the invoice.
    pub result: String,
    /// The deficits that could be chosen.
    pub deficits: Vec<DeficitForm>,
    /// What the person saw that it comes to, net and gross in minor units, as JSON; empty when nothing was seen.
    pub seen: String,
}

/// A balancing invoice whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalancingInvoiceDraft {
    /// The invoice, made by the client.
    pub id: DocumentId,
    /// The contract.
    pub contract: ContractId,
    /// What is billed; none: all that is open.
    pub deficits: Option<Vec<ChosenDeficit>>,
    /// Whether it is issued; otherwise it stays a draft.
    pub issue: bool,
    /// What the person saw that it comes to, net and gross in minor units.
    pub seen: Option<(i64, i64)>,
    /// In which language its lines are written.
    pub lang: Lang,
}

impl BalancingInvoiceForm {
    /// What is chosen. What cannot be read is noted at its field.
    fn chosen(&self, problems: &mut Vec<FieldProblem>, lang: Lang, unit: Unit) -> Vec<ChosenDeficit> {
        let mut parts = Vec::new();
        for (place, typed) in self.deficits.iter().enumerate().filter(|(_, typed)| !typed.chosen.is_empty()) {
            let Some(draw) = id::<DrawId>(problems, &format!("deficits.{place}.draw"), &typed.draw) else { continue };
            let some = Some(&typed.amount).filter(|amount| !amount.trim().is_empty());
            let field = format!("deficits.{place}.amount");
            let amount = some.map(|typed| read::amount(problems, lang, unit, &field, typed));
            parts.push(ChosenDeficit { place, draw, amount });
        }
        parts
    }

    /// The contract that the form names.
    pub fn contract(&self) -> Result<ContractId, Problem> {
        let mut problems = Vec::new();
        done(id(&mut problems, "contract", &self.contract), problems)
    }

    /// What it bills, decided on these facts, or what is wrong at which field.
    pub fn plan(&self, lang: Lang, view: &BalancingView) -> Result<BalancingPlan, Problem> {
        let mut problems = Vec::new();
        let chosen = self.chosen(&mut problems, lang, view.unit());
        let chosen = done(Some(chosen), problems)?;
        let parts = view.parts(Some(&chosen))?;
        domain::billing::balance(&view.facts, &parts).map_err(|error| refused(error, view.unit(), Some(&chosen)))
    }

    /// Turns what was chosen into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang, unit: Unit) -> Result<BalancingInvoiceDraft, Problem> {
        let mut problems = Vec::new();
        let (own, contract) = (id(&mut problems, "id", &self.id), id(&mut problems, "contract", &self.contract));
        let issue = match self.result.as_str() {
            "issue" => Some(true),
            "draft" => Some(false),
            _ => None,
        };
        let issue = read::choice(&mut problems, "result", issue);
        let deficits = Some(self.chosen(&mut problems, lang, unit));
        let seen = read::seen(&mut problems, "seen", &self.seen, read::json);
        let both = own.zip(contract);
        done(both.map(|(id, contract)| BalancingInvoiceDraft { id, contract, deficits, issue, seen, lang }), problems)
    }
}

/// A refusal of a balancing invoice at its field: an amount at its deficit among those that were chosen.
pub fn refused(error: BalancingError, unit: Unit, chosen: Option<&[ChosenDeficit]>) -> Problem {
    use domain::quota::QuotaError;
    let field = match &error {
        BalancingError::NoQuota => "contract".to_owned(),
        BalancingError::NoRate { .. } => "overage_rate".to_owned(),
        BalancingError::Differs { .. } => "seen".to_owned(),
        BalancingError::Quota(QuotaError::DeficitOutOfBounds { draw, .. }) | BalancingError::Held { draw } => {
            let of = chosen.and_then(|chosen| chosen.iter().find(|chosen| chosen.draw == *draw));
            of.map_or_else(|| "deficits".to_owned(), |of| format!("deficits.{}.amount", of.place))
        }
        _ => "deficits".to_owned(),
    };
    Problem::field(&field, FieldReason::Balancing(error, unit))
}

/// Why deficits cannot be billed, as a sentence with its figures.
pub fn balancing_text(lang: Lang, unit: Unit, error: &BalancingError) -> String {
    let figure = |value: &Amount| amount(lang, unit, *value);
    match error {
        BalancingError::NoQuota => say::balancing_no_quota(lang).to_owned(),
        BalancingError::NoRate { open } => say::balancing_no_rate(lang, figure(open)),
        BalancingError::NothingChosen { open } => say::balancing_nothing_chosen(lang, figure(open)),
        BalancingError::TooMany { found, most } => say::balancing_too_many(lang, found, most),
        BalancingError::Held { .. } => say::balancing_held(lang).to_owned(),
        BalancingError::TooLarge => say::field_too_large(lang).to_owned(),
        BalancingError::Differs { seen, decided } => {
            say::balancing_differs(lang, money(lang, *decided), money(lang, *seen))
        }
        BalancingError::Quota(error) => quota_text(lang, unit, error),
    }
}

/// What stands on a line of the invoice: what was taken too much in which period and at which rate, then each draw by
/// date and reference.
pub fn line_text(
    lang: Lang,
    (unit, currency): (Unit, Currency),
    (line, plan): (&BalancedLine, &BalancingPlan),
    deficits: &[NamedDeficit],
) -> String {
    let period = line.period.map_or_else(String::new, |period| validity(lang, period));
    let sum = amount(lang, unit, line.amount);
    let head = match (plan.rate, line.period) {
        (Some(rate), Some(_)) => say::balancing_line(lang, period, sum, rate_text(lang, rate, currency)),
        (Some(rate), None) => say::balancing_line_before(lang, sum, rate_text(lang, rate, currency)),
        (None, Some(_)) => say::balancing_line_money(lang, period, sum),
        (None, None) => say::balancing_line_money_before(lang, sum),
    };
    let draws = line.deficits.iter().map(|part| {
        let named = deficits.iter().find(|named| named.draw == part.draw);
        let mut words = Vec::new();
        if let Some(named) = named {
            words.push(date(lang, named.date));
            words.extend(named.document.as_ref().and_then(|of| of.number.clone()));
            words.extend(Some(named.text.clone()).filter(|text| !text.is_empty()));
        }
        words.push(amount(lang, unit, part.amount));
        words.join(" · ")
    });
    std::iter::once(head).chain(draws).collect::<Vec<_>>().join("\n")
}

/// `100,00 €`, `€99.995`: the price of an hour, with at least the decimals of its currency.
pub fn rate_text(lang: Lang, rate: domain::Price, currency: Currency) -> String {
    match Money::rounded(rate.value(), currency) {
        Some(rounded) if rounded.major() == rate.value() => money(lang, rounded),
        _ => format!("{} {}", texts::decimal(lang, rate.value()), currency.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::testing::reads_or_refuses_seen;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    /// Red when: what was seen is lost, or garbage passes for nothing seen and is not compared.
    #[test]
    fn what_was_seen_of_a_balancing_invoice_is_read_or_refused() {
        reads_or_refuses_seen("seen", &(10_000, 11_900), |seen| {
            let [id, contract, result, seen] = [ID, ID, "issue", seen].map(str::to_owned);
            let form = BalancingInvoiceForm { id, contract, result, seen, ..BalancingInvoiceForm::default() };
            form.check(Lang::De, Unit::Time).map(|draft| draft.seen)
        });
    }
}
