//! The entries, printed like a bank statement: date, what happened, movement, balance.

use domain::{
    Permission,
    quota::{GrantOrigin, Lot, Movement, Posting, Unit},
};
use leptos::prelude::*;
use texts::{Lang, amount, date, instant, say, signed_amount};
use wire::accounts::{PassbookLine, PassbookView, RangeForm};

use super::{
    Book,
    lots::{carried_words, lot_name, own_period},
};
use crate::{
    context::{lang, may},
    documents::title,
    ui::{Field, FieldKind},
};

/// What can be done with an entry.
type Actions = fn(Book, &PassbookView, &PassbookLine) -> Option<AnyView>;

/// The table with the choice of the range.
#[component]
pub(super) fn Entries(book: Book, actions: Actions) -> impl IntoView {
    let lang = lang();
    let asked = move || book.view.with(|view| view.wrong.is_empty());
    let can = move |view: &PassbookView, line: &PassbookLine| actions(book, view, line);
    view! {
        <section class="entries">
            <div class="entries-head">
                <h2>{say::passbook(lang)}</h2>
                <Range book=book/>
            </div>
            // What other days hold says nothing to who asked for these.
            {move || asked().then(|| book.view.with(|view| table(view, can, lang)))}
        </section>
    }
}

#[component]
fn Range(book: Book) -> impl IntoView {
    let lang = lang();
    let days = Memo::new(move |_| book.days());
    let problem = move |field: &'static str| {
        let text = move |view: &PassbookView| Some(view.wrong.iter().find(|wrong| wrong.field == field)?.text.clone());
        Signal::derive(move || book.view.with(text))
    };
    let [from, to] = [|days: &RangeForm| days.from.clone(), |days: &RangeForm| days.to.clone()]
        .map(|day: fn(&RangeForm) -> String| Signal::derive(move || days.with(day)));
    view! {
        <form class="range" method="get">
            <Field label=say::passbook_from(lang) name="from" id="range-from" kind=FieldKind::Date value=from problem=problem("from")/>
            <Field label=say::passbook_to(lang) name="to" id="range-to" kind=FieldKind::Date value=to problem=problem("to")/>
            <button class="button-quiet" type="submit">{say::passbook_show(lang)}</button>
        </form>
    }
}

fn table(
    view: &PassbookView,
    actions: impl Fn(&PassbookView, &PassbookLine) -> Option<AnyView>,
    lang: Lang,
) -> AnyView {
    let unit = view.facts.account.unit;
    // The newest stands on top, where the eye is; the balance still reads from the oldest to the newest.
    let rows: Vec<_> = view.lines.iter().rev().map(|line| row(view, line, unit, lang, actions(view, line))).collect();
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
    let entry = match &line.row.posting {
        Posting::Lapse { lot: id, over_cap: true } => {
            return (say::kind_lapse(lang), vec![say::entry_lapse_over_cap(lang, lot(*id))], "row-lapse");
        }
        Posting::Lapse { lot: id, over_cap: false } => {
            return (say::kind_lapse(lang), vec![say::entry_lapse(lang, lot(*id))], "row-lapse");
        }
        Posting::Entry(entry) => entry,
    };
    match &entry.movement {
        Movement::Grant { lot } => {
            let class = if line.undone { "row-grant row-undone" } else { "row-grant" };
            (say::kind_grant(lang), grant_words(lang, unit, lot), class)
        }
        Movement::Draw { parts, deficit, .. } => {
            let mut below: Vec<String> =
                parts.iter().map(|part| say::entry_part(lang, figure(part.amount), lot(part.lot))).collect();
            if deficit.is_positive() {
                below.push(say::entry_deficit(lang, figure(*deficit)));
            }
            if line.deficit.is_positive() {
                below.push(say::entry_deficit_open(lang, figure(line.deficit)));
            }
            (say::kind_draw(lang), below, if line.undone { "row-draw row-undone" } else { "row-draw" })
        }
        Movement::Release { parts, deficit, .. } => {
            let back = parts.iter().map(|part| say::entry_back(lang, figure(part.amount), lot(part.lot)));
            let dropped = deficit.is_positive().then(|| say::entry_deficit_dropped(lang, figure(*deficit)));
            (say::kind_release(lang), back.chain(dropped).collect(), "row-release")
        }
        Movement::Revoke { lot: id, parts, .. } => {
            let gone = say::entry_revoke(lang, lot(*id));
            let losers = parts.iter().map(|part| say::entry_lost(lang, figure(part.amount), date(lang, part.date)));
            (say::kind_revoke(lang), std::iter::once(gone).chain(losers).collect(), "row-revoke")
        }
        Movement::Cover { lot: id, amount, .. } => {
            (say::kind_cover(lang), vec![say::entry_cover(lang, figure(*amount), lot(*id))], "row-cover")
        }
        Movement::End { until } => {
            let text = match until {
                Some(until) => say::entry_end(lang, date(lang, until.pred_opt().unwrap_or(*until))),
                None => say::entry_end_taken_back(lang).to_owned(),
            };
            (say::kind_end(lang), vec![text], "row-end")
        }
    }
}

/// Where a grant comes from, when its lot is valid, and how it is carried over.
fn grant_words(lang: Lang, unit: Unit, lot: &Lot) -> Vec<String> {
    let valid = say::entry_grant(lang, own_period(lang, lot));
    [Some(origin_name(lang, lot.origin).to_owned()), Some(valid), carried_words(lang, unit, lot)]
        .into_iter()
        .flatten()
        .collect()
}

/// The name of a grant's origin.
pub(super) fn origin_name(lang: Lang, origin: GrantOrigin) -> &'static str {
    match origin {
        GrantOrigin::ContractBilling => say::origin_contract_billing(lang),
        GrantOrigin::Order => say::origin_order(lang),
        GrantOrigin::TopUp => say::origin_top_up(lang),
        GrantOrigin::FreeQuota => say::origin_free_quota(lang),
        GrantOrigin::BalancingInvoice => say::origin_balancing_invoice(lang),
        GrantOrigin::Advance => say::origin_advance(lang),
    }
}

fn row(view: &PassbookView, line: &PassbookLine, unit: Unit, lang: Lang, actions: Option<AnyView>) -> AnyView {
    let (kind, below, class) = describe(lang, view, line);
    let posted = line.at.map(|at| say::passbook_by(lang, &line.by, instant(lang, at)));
    // A lapse has no words of its own: what lapsed is its text.
    let (text, below) = match line.text.as_str() {
        "" => (below.join(" · "), Vec::new()),
        text => (text.to_owned(), below),
    };
    // An end moves nothing, and a bare zero would only raise the question why.
    let moves = !matches!(&line.row.posting, Posting::Entry(entry) if matches!(entry.movement, Movement::End { .. }));
    let undone = match &line.row.posting {
        Posting::Entry(entry) if line.undone => Some(match entry.movement {
            Movement::Grant { .. } => say::entry_revoked(lang),
            _ => say::entry_released(lang),
        }),
        _ => None,
    };
    // A customer sees which document it was; the office gets there.
    let goes = may(Permission::SeeContracts);
    let document = line.document.as_ref().map(|of| {
        let name = title(lang, of.kind, of.number.as_deref());
        let href = format!("/documents/{}", of.id);
        if goes { view! { <a href=href>{name}</a> }.into_any() } else { view! { <span>{name}</span> }.into_any() }
    });
    let hold = line.document.as_ref().is_some_and(|of| of.number.is_none());
    let hold = hold.then(|| view! { <span class="tag tag-warn">{say::document_held(lang)}</span> });
    view! {
        <tr class=class title=posted>
            <td class="figure">{date(lang, line.row.date)}</td>
            <td>
                <p class="entry-text">
                    <span class="kind">{kind}</span><span>{text}</span>
                    {undone.map(|undone| view! { <span class="tag">{undone}</span> })}
                    {hold}
                </p>
                {document.map(|document| view! { <p class="entry-below">{document}</p> })}
                {(!below.is_empty()).then(|| view! { <p class="entry-below quiet">{below.join(" · ")}</p> })}
                {actions.map(|actions| view! { <span class="row-actions">{actions}</span> })}
            </td>
            <td class="figure right movement">{moves.then(|| signed_amount(lang, unit, line.row.amount))}</td>
            <td class="figure right">{amount(lang, unit, line.row.balance)}</td>
        </tr>
    }
    .into_any()
}
