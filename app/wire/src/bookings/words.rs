//! Where time goes, in words.

use domain::{
    Currency, Money, Seconds,
    splitting::{Amounts, BookingRounding, Pays, Target},
};
use texts::{Lang, amount, money, say, seconds};

use super::{BookingRef, NamedPortion};

/// The name of where time goes: that of the billing line, or why there is none.
pub fn target_text(lang: Lang, target: Target, line: Option<&str>) -> String {
    match (target, line) {
        (Target::Line { .. }, Some(name)) => name.to_owned(),
        (Target::NotBillable, _) => say::portion_not_billable(lang).to_owned(),
        (Target::Unassigned, _) | (Target::Line { .. }, None) => say::portion_unassigned(lang).to_owned(),
    }
}

/// How a portion is paid for, with the money that it takes of an account and with what is overdrawn: `frei`,
/// `vorausbezahlt, 50,00 € aus Guthaben, davon 10,00 € überzogen`. None of time that goes to no line.
pub fn pays_text(lang: Lang, currency: Currency, named: &NamedPortion) -> Option<String> {
    let (pays, taken, deficit) = (named.pays?, named.portion.taken, named.deficit);
    let kind = match pays {
        Pays::Allowance => say::pays_free(lang),
        Pays::PrepaidTime | Pays::PrepaidMoney => say::pays_prepaid(lang),
        Pays::Effort => say::pays_charged(lang),
        Pays::FlatRate => say::pays_flat(lang),
    };
    let Some(unit) = pays.unit(currency) else { return Some(kind.to_owned()) };
    let figure = |of| amount(lang, unit, of);
    // Of what no lot covers nothing is free or prepaid.
    if deficit.is_positive() && deficit == taken {
        return Some(say::pays_overdrawn(lang, figure(deficit)));
    }
    let taken = (pays == Pays::PrepaidMoney).then(|| say::pays_taken(lang, figure(taken)));
    let overdrawn = deficit.is_positive().then(|| say::pays_overdrawn_part(lang, figure(deficit)));
    Some([Some(kind.to_owned()), taken, overdrawn].into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A portion as a text: `0:15 h Support (berechnet) 25,00 €`.
pub fn portion_text(lang: Lang, currency: Currency, named: &NamedPortion) -> String {
    let portion = &named.portion;
    let mut text = format!("{} {}", seconds(portion.seconds), target_text(lang, portion.target, named.line.as_deref()));
    if let Some(pays) = pays_text(lang, currency, named) {
        text = format!("{text} ({pays})");
    }
    match portion.amount {
        0 => text,
        minor => format!("{text} {}", money(lang, Money { minor, currency })),
    }
}

/// The figures of a portion on a line that is paid for so: `0:15 h = 25,00 €`, or `0:15 h, 25,00 € aus Guthaben`.
pub fn amounts_text(lang: Lang, currency: Currency, pays: Option<Pays>, of: &Amounts) -> String {
    let (time, figure) = (seconds(of.seconds), |minor| money(lang, Money { minor, currency }));
    match (of.amount, of.taken.units()) {
        (0, 0) => time,
        (0, taken) if pays == Some(Pays::PrepaidMoney) => format!("{time}, {}", say::pays_taken(lang, figure(taken))),
        (0, _) => time,
        (minor, _) => format!("{time} = {}", figure(minor)),
    }
}

/// What is billed of a booking where that is more than was worked, and by which rounding: `0:10 h gearbeitet, 0:30 h
/// berechnet: mindestens 0:30 h`. None where nothing was rounded.
pub fn rounded_text(lang: Lang, real: Seconds, billed: Seconds, rounding: BookingRounding) -> Option<String> {
    if real == billed {
        return None;
    }
    let (minimum, step) = (rounding.minimum(), rounding.step());
    let why = match (real < minimum, billed == minimum) {
        (true, true) => say::project_rounds_minimum(lang, seconds(minimum)),
        (true, false) => say::project_rounds_both(lang, seconds(minimum), seconds(step)),
        (false, _) => say::project_rounds_step(lang, seconds(step)),
    };
    Some(say::booking_rounded(lang, seconds(real), seconds(billed), why))
}

/// How a booking is called where its day stands beside it: by its project, its task and whoever has worked.
pub fn booking_title(lang: Lang, of: &BookingRef) -> String {
    say::booking_title(lang, &of.project.number, &of.task, &of.person)
}

#[cfg(test)]
mod tests {
    use domain::{BillingLineId, quota::Amount, splitting::Portion};

    use super::*;

    /// An hour of a line that is paid for so.
    fn hour(pays: Pays, (amount, taken, deficit): (i64, i64, i64)) -> NamedPortion {
        let target = Target::Line { line: BillingLineId::new(uuid::Uuid::nil()) };
        let portion = Portion { target, seconds: Seconds::HOUR, amount, taken: Amount::new(taken) };
        NamedPortion { portion, line: Some("Zeile".to_owned()), pays: Some(pays), deficit: Amount::new(deficit) }
    }

    /// Red when: prepaid or overdrawn time is called free, or what an account of money gives is not said.
    #[test]
    fn a_portion_says_how_it_is_paid_for() {
        for (pays, figures, de, en) in [
            (Pays::Allowance, (0, 3_600, 0), "frei", "free"),
            (Pays::PrepaidTime, (0, 3_600, 0), "vorausbezahlt", "prepaid"),
            (Pays::Effort, (10_000, 0, 0), "berechnet", "charged"),
            (Pays::Effort, (0, 0, 0), "berechnet", "charged"),
            (Pays::FlatRate, (0, 0, 0), "pauschal", "flat rate"),
            (
                Pays::Allowance,
                (0, 3_600, 900),
                "frei, davon 0:15\u{a0}h überzogen",
                "free, 0:15\u{a0}h of it overdrawn",
            ),
            (Pays::PrepaidTime, (0, 3_600, 3_600), "um 1:00\u{a0}h überzogen", "overdrawn by 1:00\u{a0}h"),
            (
                Pays::PrepaidMoney,
                (0, 10_000, 2_000),
                "vorausbezahlt, 100,00\u{a0}€ aus Guthaben, davon 20,00\u{a0}€ überzogen",
                "prepaid, €100.00 of prepaid money, €20.00 of it overdrawn",
            ),
            (Pays::PrepaidMoney, (0, 10_000, 10_000), "um 100,00\u{a0}€ überzogen", "overdrawn by €100.00"),
        ] {
            let named = hour(pays, figures);
            assert_eq!(pays_text(Lang::De, Currency::EUR, &named).as_deref(), Some(de), "{figures:?}");
            assert_eq!(pays_text(Lang::En, Currency::EUR, &named).as_deref(), Some(en), "{figures:?}");
        }
    }

    #[test]
    fn a_portion_is_told_with_what_it_costs() {
        let text = |named| portion_text(Lang::De, Currency::EUR, &named);
        assert_eq!(text(hour(Pays::Effort, (10_000, 0, 0))), "1:00\u{a0}h Zeile (berechnet) 100,00\u{a0}€");
        assert_eq!(text(hour(Pays::Allowance, (0, 3_600, 0))), "1:00\u{a0}h Zeile (frei)");
        let portion = Portion { target: Target::Unassigned, seconds: Seconds::HOUR, amount: 0, taken: Amount::ZERO };
        let nowhere = NamedPortion { portion, line: None, pays: None, deficit: Amount::ZERO };
        assert_eq!(text(nowhere), "1:00\u{a0}h ohne Abrechnungszeile");
    }

    /// Red when: a rule is named that changed nothing, or the one that did is left out.
    #[test]
    fn what_was_rounded_is_told_with_its_rule() {
        let text = |real: i64, minimum: i64, step: i64| {
            let rounding = BookingRounding::new(Seconds(minimum * 60), Seconds(step)).expect("a rounding");
            let real = Seconds(real * 60);
            rounded_text(Lang::De, real, rounding.billed(real), rounding).map(|text| text.replace('\u{a0}', " "))
        };
        for (real, minimum, step, expected) in [
            (10, 30, 900, "0:10 h gearbeitet, 0:30 h berechnet: mindestens 0:30 h"),
            (10, 20, 900, "0:10 h gearbeitet, 0:30 h berechnet: mindestens 0:20 h, aufgerundet auf 0:15 h"),
            (40, 30, 900, "0:40 h gearbeitet, 0:45 h berechnet: aufgerundet auf 0:15 h"),
        ] {
            assert_eq!(text(real, minimum, step).as_deref(), Some(expected));
        }
        assert_eq!([text(30, 30, 900), text(7, 0, 1)], [None, None]);
    }
}
