//! How outcomes and reasons are called, and the sentence with their figures.

use domain::{
    clearing::{Figures, LineClearing, LineOutcome, Reason},
    quota::{Amount, Unit},
};
use texts::{Lang, amount, date, decimal, say, unit_name, validity};

/// The name of an outcome, or of the reason why nothing was drawn.
pub(crate) fn outcome_name(lang: Lang, name: &str) -> &'static str {
    match name {
        "full" => say::clearing_full(lang),
        "partial" => say::clearing_partial(lang),
        "overbooked" => say::clearing_overbooked(lang),
        "switched_off" => say::clearing_switched_off(lang),
        "not_a_quota_contract" => say::clearing_not_a_quota_contract(lang),
        "other_customer" => say::clearing_other_customer(lang),
        "contract_not_active" => say::clearing_contract_not_active(lang),
        "group_not_eligible" => say::clearing_group_not_eligible(lang),
        "quantity_not_positive" => say::clearing_quantity_not_positive(lang),
        "price_not_positive" => say::clearing_price_not_positive(lang),
        "unit_mismatch" => say::clearing_unit_mismatch(lang),
        "vat_rate_mismatch" => say::clearing_vat_rate_mismatch(lang),
        "books_closed" => say::clearing_books_closed(lang),
        "period_not_billed" => say::clearing_period_not_billed(lang),
        "exhausted" => say::clearing_exhausted(lang),
        _ => say::clearing_no_contract(lang),
    }
}

/// The class of the mark that names an outcome. The words say it too: never colour alone.
pub(crate) fn tone(outcome: &LineOutcome) -> &'static str {
    match outcome {
        LineOutcome::Full => "tag tag-good",
        LineOutcome::Partial | LineOutcome::Overbooked => "tag tag-warn",
        // Somebody wanted it so, or never asked for it.
        LineOutcome::Nothing(Reason::SwitchedOff | Reason::NoContract) => "tag",
        LineOutcome::Nothing(_) => "tag tag-bad",
    }
}

/// What the clearing item takes off, in the unit of the quota: `−1:30 h`. Nothing for a line that asked no account.
pub(crate) fn cleared_words(lang: Lang, clearing: &LineClearing) -> String {
    let unit = clearing.figures.as_ref().map(|figures| figures.unit);
    let words = |unit| {
        let cleared = amount(lang, unit, clearing.cleared);
        if clearing.cleared.is_zero() { cleared } else { format!("−{cleared}") }
    };
    unit.map_or_else(String::new, words)
}

/// The sentences that explain an outcome, with its figures.
pub(super) fn sentences(lang: Lang, clearing: &LineClearing) -> Vec<String> {
    let figures = clearing.figures.as_ref();
    let of = |pick: fn(&Figures) -> Amount| {
        figures.map_or_else(String::new, |figures| amount(lang, figures.unit, pick(figures)))
    };
    let (wanted, before) = (of(|f| f.wanted), of(|f| f.available_before));
    let reason = match &clearing.outcome {
        LineOutcome::Full => return vec![say::clearing_says_full(lang, wanted, before, of(|f| f.available_after))],
        LineOutcome::Partial => {
            let covered = figures.and_then(|figures| figures.drawn.plus(figures.deficit).ok()).unwrap_or_default();
            let covered = figures.map_or_else(String::new, |figures| amount(lang, figures.unit, covered));
            return vec![say::clearing_says_partial(lang, wanted, before, covered, of(|f| f.not_drawn))];
        }
        LineOutcome::Overbooked => {
            return vec![say::clearing_says_overbooked(lang, wanted, before, of(|f| f.deficit))];
        }
        LineOutcome::Nothing(reason) => reason,
    };
    let one = match reason {
        Reason::SwitchedOff => say::clearing_says_switched_off(lang).to_owned(),
        Reason::NoContract => say::clearing_says_no_contract(lang).to_owned(),
        Reason::NotAQuotaContract => say::clearing_says_not_a_quota_contract(lang).to_owned(),
        Reason::OtherCustomer { .. } => say::clearing_says_other_customer(lang).to_owned(),
        Reason::ContractNotActive { start, end } => match end.and_then(|end| end.pred_opt()) {
            None => say::clearing_says_not_begun(lang, date(lang, *start)),
            Some(last) => say::clearing_says_ended(lang, date(lang, *start), date(lang, last)),
        },
        Reason::GroupNotEligible => say::clearing_says_group(lang).to_owned(),
        Reason::QuantityNotPositive => say::clearing_says_quantity(lang).to_owned(),
        Reason::PriceNotPositive => say::clearing_says_price(lang).to_owned(),
        Reason::UnitMismatch { quota: Unit::Time, line } => say::clearing_says_unit_time(lang, unit_name(lang, *line)),
        Reason::UnitMismatch { quota: Unit::Money(currency), .. } => {
            say::clearing_says_unit_money(lang, currency.code())
        }
        Reason::VatRateMismatch { line, sold_at } => {
            say::clearing_says_vat(lang, decimal(lang, line.percent()), decimal(lang, sold_at.percent()))
        }
        Reason::BooksClosed { closed_until } => say::clearing_says_books(lang, date(lang, *closed_until)),
        Reason::PeriodNotBilled { period: Some(period) } => {
            say::clearing_says_not_billed(lang, validity(lang, *period))
        }
        Reason::PeriodNotBilled { period: None } => say::clearing_says_before_billing(lang).to_owned(),
        Reason::Exhausted { period, lapsed } => {
            let first = match period {
                Some(period) => say::clearing_says_exhausted(lang, wanted, validity(lang, *period)),
                None => say::clearing_says_former_exhausted(lang, wanted),
            };
            let unit = figures.map_or(Unit::Time, |figures| figures.unit);
            let lost = lapsed.iter().map(|lost| {
                say::clearing_says_lapsed(lang, amount(lang, unit, lost.amount), validity(lang, lost.valid))
            });
            return std::iter::once(first).chain(lost).collect();
        }
    };
    vec![one]
}
