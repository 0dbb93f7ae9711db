//! The lots of an account as a row of lot bars.

use domain::quota::{Amount, LotState};
use leptos::prelude::*;
use texts::{Lang, amount, date, say, validity};

use super::Desk;
use crate::{
    context::{lang, visitor},
    ui::{Bar, LotBar},
};

/// How a lot is called: by its month, or by its days.
pub(super) fn lot_name(lang: Lang, state: &LotState) -> String {
    validity(lang, state.lot.valid)
}

/// The lots that can be used today or later, in the order of consumption, with what a typed draw would take.
#[component]
pub(super) fn Lots(desk: Desk) -> impl IntoView {
    let lang = lang();
    let today = visitor().today;
    let lots = move || {
        desk.view.with(|view| {
            let usable = view.lots.iter().filter(|state| state.lot.lapses_on().is_none_or(|until| until > today));
            usable.cloned().collect::<Vec<_>>()
        })
    };
    let unit = desk.view.with_untracked(|view| view.facts.account.unit);
    let row = move |state: LotState| {
        let name = lot_name(lang, &state);
        let left = state.left().unwrap_or_default();
        let id = state.lot.id;
        let bar = Signal::derive(move || {
            let planned =
                super::draw::preview(desk).and_then(Result::ok).map_or(Amount::ZERO, |decision| decision.from_lot(id));
            Bar { granted: state.lot.amount, used: state.drawn, planned, lapsed: Amount::ZERO }
        });
        view! {
            <li class="lot">
                <p class="lot-name">{name}</p>
                <LotBar bar=bar/>
                <p class="lot-words">
                    <span>{say::balance_left_of(lang, amount(lang, unit, left), amount(lang, unit, state.lot.amount))}</span>
                    {state.lot.lapses_on().filter(|_| left.is_positive()).map(|day| view! {
                        <span class="quiet">{say::balance_lapses(lang, amount(lang, unit, left), date(lang, day))}</span>
                    })}
                </p>
            </li>
        }
    };
    view! {
        <section class="lots">
            <h2>{say::passbook_lots(lang)}</h2>
            <p class="quiet">{say::passbook_lots_hint(lang)}</p>
            <ol>{move || lots().into_iter().map(row).collect_view()}</ol>
        </section>
    }
}
