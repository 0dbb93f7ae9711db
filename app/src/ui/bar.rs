//! The lot bar: the signature of the product, and the balance in words beside it.

use domain::quota::{Amount, Standing, Unit};
use leptos::prelude::*;
use texts::{amount, date, say};

use crate::context::lang;

/// How a lot, or several together, is divided. All in the unit of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bar {
    /// What was granted: the whole bar.
    pub granted: Amount,
    /// What was used.
    pub used: Amount,
    /// What drafts hold.
    pub held: Amount,
    /// What is about to be used: a preview.
    pub planned: Amount,
    /// What has lapsed.
    pub lapsed: Amount,
}

impl Bar {
    /// The places of the segments in thousandths of the bar: used, held, planned, lapsed; the rest is left.
    pub fn thousandths(&self) -> [(i64, i64); 4] {
        let whole = i128::from(self.granted.units().max(1));
        let place = |units: i64| i64::try_from(i128::from(units) * 1000 / whole).unwrap_or(1000).clamp(0, 1000);
        let ends = [self.used, self.held, self.planned, self.lapsed].into_iter().scan(0_i64, |sum, part| {
            *sum = sum.saturating_add(part.units());
            Some(place(*sum))
        });
        let mut from = 0;
        let mut out = [(0, 0); 4];
        for (slot, end) in out.iter_mut().zip(ends) {
            *slot = (from, end - from);
            from = end;
        }
        out
    }
}

/// One lot from granted to lapsed: used, held, planned, lapsed, left. Drawn, so that it prints and needs no inline style;
/// the figures stand beside it in words. The bar counts its references: a list that is drawn anew may drop a row while
/// its bar is still to be redrawn.
#[component]
pub fn LotBar(#[prop(into)] bar: ArcSignal<Bar>) -> impl IntoView {
    let segment = |index: usize, class: &'static str| {
        let (place, bar) = (bar.clone(), bar.clone());
        let x = move || place.get().thousandths().get(index).map_or(0, |s| s.0).to_string();
        let width = move || bar.get().thousandths().get(index).map_or(0, |s| s.1).to_string();
        view! { <rect class=class y="0" height="10" x=x width=width></rect> }
    };
    let (used, held) = (segment(0, "bar-used"), segment(1, "bar-held"));
    let (planned, lapsed) = (segment(2, "bar-planned"), segment(3, "bar-lapsed"));
    // Where nothing was granted nothing is left.
    let left = move || if bar.get().granted.is_positive() { "bar-left" } else { "bar-none" };
    view! {
        <svg class="lot-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class=left x="0" y="0" width="1000" height="10"></rect>
            {used}
            {held}
            {planned}
            {lapsed}
        </svg>
    }
}

/// An amount in the unit of its account, on one line and with figures that line up.
#[component]
pub fn AmountInUnit(unit: Unit, value: Amount) -> impl IntoView {
    view! { <span class="figure">{amount(lang(), unit, value)}</span> }
}

/// Where an account stands: the bar with its figures in words; drafts hold `held` of what was used. With `brief` nothing is
/// said of what lapses. The one component that shows a balance.
#[component]
pub fn Balance(
    unit: Unit,
    standing: Standing,
    held: Amount,
    #[prop(optional)] large: bool,
    #[prop(optional)] brief: bool,
) -> impl IntoView {
    let lang = lang();
    let Standing { granted, used, left, lapsed, deficit, lapses } = standing;
    let bar = Bar { granted, used: used.minus(held).unwrap_or(used), held, lapsed, ..Bar::default() };
    let words = if granted.is_zero() {
        say::balance_nothing(lang).to_owned()
    } else {
        say::balance_left_of(lang, amount(lang, unit, left), amount(lang, unit, granted))
    };
    view! {
        <div class="balance" class:balance-large=large>
            {large.then(|| view! {
                <p class="balance-figure"><AmountInUnit unit=unit value=left/>" "<span class="quiet">{say::left(lang)}</span></p>
            })}
            <LotBar bar=bar/>
            <p class="balance-words">
                <span>{words}</span>
                {held.is_positive().then(|| view! { <span class="warn">{say::lot_held(lang, amount(lang, unit, held))}</span> })}
                {deficit.is_positive().then(|| view! {
                    <span class="warn">{say::balance_deficit(lang, amount(lang, unit, deficit))}</span>
                })}
                {(lapsed.is_positive() && !brief).then(|| view! {
                    <span class="quiet">{say::balance_lapsed(lang, amount(lang, unit, lapsed))}</span>
                })}
                {lapses.filter(|_| !brief).map(|(day, lost)| view! {
                    <span class="quiet">{say::balance_lapses(lang, amount(lang, unit, lost), date(lang, day))}</span>
                })}
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(parts: [i64; 5]) -> [(i64, i64); 4] {
        let [granted, used, held, planned, lapsed] = parts.map(Amount::new);
        Bar { granted, used, held, planned, lapsed }.thousandths()
    }

    #[test]
    fn segments_follow_each_other_and_fill_the_bar_exactly() {
        assert_eq!(bar([4, 1, 0, 1, 2]), [(0, 250), (250, 0), (250, 250), (500, 500)]);
        assert_eq!(bar([3, 1, 1, 0, 1]), [(0, 333), (333, 333), (666, 0), (666, 334)]);
    }

    #[test]
    fn an_empty_or_overfull_bar_stays_within_its_frame() {
        assert_eq!(bar([0; 5]), [(0, 0); 4]);
        assert_eq!(bar([1, i64::MAX, i64::MAX, 0, 0]), [(0, 1000), (1000, 0), (1000, 0), (1000, 0)]);
    }
}
