//! The entries, printed like a bank statement: date, what happened, movement, balance.

use domain::quota::{Movement, Posting, Unit};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, amount, date, instant, say, signed_amount, validity};
use wire::accounts::{PassbookLine, PassbookView};

use super::{Desk, lots::lot_name};
use crate::{context::lang, ui::Icon};

/// The table with the choice of the range.
#[component]
pub(super) fn Entries(desk: Desk, may_release: bool) -> impl IntoView {
    let lang = lang();
    view! {
        <section class="entries">
            <div class="entries-head">
                <h2>{say::passbook(lang)}</h2>
                <Range desk=desk/>
            </div>
            {move || desk.view.with(|view| table(view, may_release, lang))}
        </section>
    }
}

#[component]
fn Range(desk: Desk) -> impl IntoView {
    let lang = lang();
    let (from, to) = desk
        .view
        .with_untracked(|view| (view.range.from.to_string(), view.range.last_day().map(|day| day.to_string())));
    view! {
        <form class="range" method="get">
            <label>{say::passbook_from(lang)}<input type="date" name="from" value=from/></label>
            <label>{say::passbook_to(lang)}<input type="date" name="to" value=to/></label>
            <button class="button-quiet" type="submit">{say::passbook_show(lang)}</button>
        </form>
    }
}

fn table(view: &PassbookView, may_release: bool, lang: Lang) -> AnyView {
    let unit = view.facts.account.unit;
    let account = view.facts.account.id;
    // The newest stands on top, where the eye is; the balance still reads from the oldest to the newest.
    let rows: Vec<_> = view
        .lines
        .iter()
        .rev()
        .map(|line| {
            let release = match &line.row.posting {
                Posting::Entry(entry) if may_release && !line.released => match &entry.movement {
                    Movement::Draw { draw, .. } => Some(format!("/accounts/{account}?release={draw}")),
                    _ => None,
                },
                _ => None,
            };
            row(view, line, unit, lang, release)
        })
        .collect();
    let empty =
        rows.is_empty().then(|| view! { <tr><td colspan="4" class="quiet">{say::passbook_empty(lang)}</td></tr> });
    view! {
        <table class="passbook">
            <thead>
                <tr>
                    <th scope="col">{say::passbook_date(lang)}</th>
                    <th scope="col">{say::passbook_text(lang)}</th>
                    <th scope="col" class="right">{say::passbook_amount(lang)}</th>
                    <th scope="col" class="right">{say::passbook_balance(lang)}</th>
                </tr>
            </thead>
            <tbody>
                <tr class="balance-row">
                    <td></td><th scope="row">{say::passbook_closing(lang)}</th><td></td>
                    <td class="figure right">{amount(lang, unit, view.closing)}</td>
                </tr>
                {rows}
                {empty}
                <tr class="balance-row">
                    <td class="figure">{date(lang, view.range.from)}</td><th scope="row">{say::passbook_opening(lang)}</th><td></td>
                    <td class="figure right">{amount(lang, unit, view.opening)}</td>
                </tr>
            </tbody>
        </table>
    }
    .into_any()
}

/// What an entry is called, what stands below it, and the class of its row.
fn describe(lang: Lang, view: &PassbookView, line: &PassbookLine) -> (&'static str, Vec<String>, &'static str) {
    let unit = view.facts.account.unit;
    let lot = |id| view.lot(id).map(|state| lot_name(lang, state)).unwrap_or_default();
    let figure = |value| amount(lang, unit, value);
    match &line.row.posting {
        Posting::Lapse { lot: id } => (say::kind_lapse(lang), vec![say::entry_lapse(lang, lot(*id))], "row-lapse"),
        Posting::Entry(entry) => match &entry.movement {
            Movement::Grant { lot } => {
                (say::kind_grant(lang), vec![say::entry_grant(lang, validity(lang, lot.valid))], "row-grant")
            }
            Movement::Draw { parts, deficit, .. } => {
                let mut below: Vec<String> =
                    parts.iter().map(|part| say::entry_part(lang, figure(part.amount), lot(part.lot))).collect();
                if deficit.is_positive() {
                    below.push(say::entry_deficit(lang, figure(*deficit)));
                }
                (say::kind_draw(lang), below, if line.released { "row-draw row-released" } else { "row-draw" })
            }
            Movement::Release { parts, .. } => {
                let below =
                    parts.iter().map(|part| say::entry_back(lang, figure(part.amount), lot(part.lot))).collect();
                (say::kind_release(lang), below, "row-release")
            }
            Movement::Cover { lot: id, amount, .. } => {
                (say::kind_cover(lang), vec![say::entry_cover(lang, figure(*amount), lot(*id))], "row-cover")
            }
        },
    }
}

fn row(view: &PassbookView, line: &PassbookLine, unit: Unit, lang: Lang, release: Option<String>) -> AnyView {
    let (kind, below, class) = describe(lang, view, line);
    let posted = line.at.map(|at| say::passbook_by(lang, &line.by, instant(lang, at)));
    // A lapse has no words of its own: what lapsed is its text.
    let (text, below) = match line.text.as_str() {
        "" => (below.join(" · "), Vec::new()),
        text => (text.to_owned(), below),
    };
    let released = line.released.then(|| view! { <span class="tag">{say::entry_released(lang)}</span> });
    view! {
        <tr class=class title=posted>
            <td class="figure">{date(lang, line.row.date)}</td>
            <td>
                <p class="entry-text"><span class="kind">{kind}</span><span>{text}</span>{released}</p>
                {(!below.is_empty()).then(|| view! { <p class="entry-below quiet">{below.join(" · ")}</p> })}
                {release.map(|href| view! {
                    <A href=href attr:class="row-action" scroll=false><Icon name="undo-2"/><span>{say::release(lang)}</span></A>
                })}
            </td>
            <td class="figure right movement">{signed_amount(lang, unit, line.row.amount)}</td>
            <td class="figure right">{amount(lang, unit, line.row.balance)}</td>
        </tr>
    }
    .into_any()
}
