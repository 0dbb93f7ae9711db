//! Why a line was cleared as it was: the first rule that failed, the figures, the lots in order.

use domain::clearing::{FromLot, LineClearing};
use leptos::prelude::*;
use texts::{Lang, amount, say, validity};

use super::words::sentences;
use crate::ui::{Bar, LotBar};

/// The explanation of one line.
pub(crate) fn why(lang: Lang, clearing: &LineClearing) -> AnyView {
    let words = sentences(lang, clearing).into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view();
    let lots = clearing.figures.as_ref().map(|figures| {
        let figure = |value| amount(lang, figures.unit, value);
        let row = |lot: &FromLot| {
            let bar = Bar { granted: lot.drawable, planned: lot.drawn, ..Bar::default() };
            let text = say::clearing_lot_words(lang, figure(lot.drawn), figure(lot.drawable));
            view! { <li><span>{validity(lang, lot.valid)}</span><LotBar bar=bar/><span class="figure">{text}</span></li> }
        };
        if figures.lots.is_empty() {
            return view! { <p class="quiet">{say::clearing_no_lots(lang)}</p> }.into_any();
        }
        view! {
            <h4>{say::clearing_lots(lang)}</h4>
            <ol class="why-lots">{figures.lots.iter().map(row).collect_view()}</ol>
        }
        .into_any()
    });
    view! { <div class="why-text">{words}{lots}</div> }.into_any()
}
