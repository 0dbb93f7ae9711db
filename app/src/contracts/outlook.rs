//! What a contract will do: end and renewal, the first invoice and to-do, and the next periods with their lots.

use chrono::NaiveDate;
use domain::{
    contracts::{Contract, Outlook, OutlookLot, OutlookPeriod},
    quota::{LotState, Unit},
};
use leptos::prelude::*;
use texts::{Lang, amount, date, say, validity};

use super::words::{money, months_words};
use crate::ui::{Bar, LotBar};

/// How many periods are shown.
pub(super) const PERIODS: u32 = 12;

fn last(lang: Lang, until: NaiveDate) -> String {
    date(lang, until.pred_opt().unwrap_or(until))
}

/// The outlook of a contract whose first `next` periods are billed.
pub(super) fn shown(lang: Lang, contract: &Contract, outlook: &Outlook, next: u32, today: NaiveDate) -> AnyView {
    let unit = contract.terms.quota.as_ref().map(|quota| quota.unit);
    let first = outlook.periods.first();
    let invoice = if next == 0 { say::outlook_first_invoice(lang) } else { say::outlook_next_invoice(lang) };
    let end = match (outlook.end, outlook.renews_on) {
        (Some(end), _) => say::outlook_ends(lang, last(lang, end)),
        (None, Some(on)) => {
            let by = contract.terms.renewal.map_or_else(String::new, |months| months_words(lang, months));
            say::outlook_renews_by(lang, date(lang, on), by)
        }
        (None, None) => String::new(),
    };
    let notice = outlook.notice_by.map(|by| {
        let by_words = date(lang, by);
        if by < today { say::outlook_notice_over(lang, by_words) } else { say::outlook_notice(lang, by_words) }
    });
    let rows = outlook.periods.iter().map(|period| row(lang, contract, period, unit)).collect_view();
    let nothing = outlook.periods.is_empty().then(|| view! { <p class="quiet">{say::outlook_nothing(lang)}</p> });
    let is_quota = unit.is_some();
    view! {
        <dl class="facts facts-tight" data-testid="outlook-facts">
            <div><dt>{say::outlook_end(lang)}</dt><dd>{end}{notice.map(|notice| view! { <span class="quiet">" · "{notice}</span> })}</dd></div>
            {first.map(|first| view! { <div><dt>{invoice}</dt><dd class="figure">{date(lang, first.due)}</dd></div> })}
            {first.and_then(|first| first.to_do).map(|day| view! { <div><dt>{say::outlook_to_do(lang)}</dt><dd class="figure">{date(lang, day)}</dd></div> })}
        </dl>
        <table class="outlook-table">
            <thead><tr>
                <th scope="col">{say::outlook_period(lang)}</th>
                <th scope="col" class="right">{say::outlook_fee(lang)}</th>
                {is_quota.then(|| view! { <th scope="col">{say::outlook_quota(lang)}</th><th scope="col">{say::outlook_lapse(lang)}</th> })}
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {nothing}
    }
    .into_any()
}

fn row(lang: Lang, contract: &Contract, period: &OutlookPeriod, unit: Option<Unit>) -> AnyView {
    let totals = &period.bill.totals;
    let currency = contract.terms.currency;
    let due = (period.due != period.bill.period.range.from).then(|| {
        view! { <span class="quiet outlook-due">{say::outlook_due(lang)}" "{date(lang, period.due)}</span> }
    });
    let (quota, lapses) = match unit {
        None => (None, None),
        Some(unit) => {
            let lots = period.lots.iter().map(|lot| lot_words(lang, lot, unit)).collect_view();
            let none =
                period.lots.is_empty().then(|| view! { <span class="quiet">{say::outlook_no_quota(lang)}</span> });
            let lapses = period.lots.iter().map(|lot| lapse_words(lang, lot, unit)).collect_view();
            (Some(view! { <td>{lots}{none}</td> }), Some(view! { <td class="quiet">{lapses}</td> }))
        }
    };
    view! {
        <tr>
            <th scope="row">{validity(lang, period.bill.period.service)}{due}</th>
            <td class="figure right" title=say::outlook_gross(lang, money(lang, totals.gross, currency))>{money(lang, totals.net, currency)}</td>
            {quota}{lapses}
        </tr>
    }
    .into_any()
}

fn lot_words(lang: Lang, lot: &OutlookLot, unit: Unit) -> AnyView {
    let granted = lot.lot.amount;
    let own_until = lot.lot.carried.map_or(lot.lot.valid.until, |carried| Some(carried.from));
    let carried = lot.lot.carried.map(|_| match lot.lot.valid.last_day() {
        Some(day) => say::outlook_carried(lang, date(lang, day)),
        None => say::outlook_carried_always(lang).to_owned(),
    });
    let own = domain::DateRange { until: own_until, ..lot.lot.valid };
    view! {
        <span class="outlook-lot">
            <span class="figure">{amount(lang, unit, granted)}</span>
            <LotBar bar=ArcSignal::stored(Bar { granted, ..Bar::default() })/>
            <span class="quiet visually-hidden">{validity(lang, own)}</span>
            {carried.map(|text| view! { <span class="quiet">{text}</span> })}
        </span>
    }
    .into_any()
}

fn lapse_words(lang: Lang, lot: &OutlookLot, unit: Unit) -> AnyView {
    let lapses = lot.lapses.iter().map(|lapse| {
        let on = say::outlook_on(lang, date(lang, lapse.date));
        view! { <span class="outlook-lapse">{amount(lang, unit, lapse.amount)}" "<span>{on}</span></span> }
    });
    lapses.collect_view().into_any()
}

/// The lots of billed periods in a row, each as high as it is full.
pub(super) fn lot_strip(lang: Lang, lots: &[(String, LotState)], unit: Unit, today: NaiveDate) -> AnyView {
    let bars = lots.iter().map(|(name, state)| {
        let lapsed = state.lapsed(today).unwrap_or_default();
        let bar = Bar { granted: state.lot.amount, used: state.drawn, lapsed, ..Bar::default() };
        let left = state.left().and_then(|left| left.minus(lapsed)).unwrap_or_default();
        let words = say::balance_left_of(lang, amount(lang, unit, left), amount(lang, unit, state.lot.amount));
        let gone = lapsed.is_positive().then(|| say::balance_lapsed(lang, amount(lang, unit, lapsed)));
        view! {
            <li class:strip-now=state.usable(today)>
                <p class="lot-name">{name.clone()}</p>
                <LotBar bar=ArcSignal::stored(bar)/>
                <p class="strip-words">{words}{gone.map(|gone| view! { <span class="quiet">{gone}</span> })}</p>
            </li>
        }
    });
    view! { <ol class="strip">{bars.collect_view()}</ol> }.into_any()
}
