//! Covering a draw's open deficit by hand from a lot that was granted later. The plan stands in the address.

use domain::{
    DrawId, LotId,
    quota::{self, CoverDecision, Movement, OpenDeficit, Posting},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use texts::{amount, date, say};
use wire::{
    Problem,
    accounts::{CoverForm, PassbookView},
};

use super::{
    calls::{Cover, unit_word},
    desk::Desk,
    lots::lot_name,
};
use crate::{
    call::{at_field, forget_when_typed, forget_with_plan},
    context::{lang, new_id, page_query},
    ui::{Dialog, Failure, Field, FieldKind, Notice, Select, Tone},
};

/// The lots that can pay: granted after the draw, with something left for its date.
fn payers(view: &PassbookView, open: &OpenDeficit) -> Vec<(LotId, String)> {
    let lang = lang();
    let unit = view.facts.account.unit;
    let payer = |state: &&quota::LotState| {
        open.seq < state.lot.seq && state.coverable(open.date).is_ok_and(quota::Amount::is_positive)
    };
    let name = |state: &quota::LotState| {
        let left = state.coverable(open.date).unwrap_or_default();
        say::cover_from_lot(lang, lot_name(lang, state), amount(lang, unit, left))
    };
    view.facts.lots.iter().filter(payer).map(|state| (state.lot.id, name(state))).collect()
}

/// What saving would do.
fn preview(desk: Desk, form: &CoverForm) -> Option<Result<CoverDecision, Problem>> {
    if form.amount.trim().is_empty() {
        return None;
    }
    desk.book.view.with(|view| {
        let unit = view.facts.account.unit;
        Some(
            form.check(lang(), unit).and_then(|draft| {
                quota::cover(&view.facts, &draft.request).map_err(|error| Problem::quota(error, unit))
            }),
        )
    })
}

/// The plan for the draw that the address names with `cover`.
#[component]
pub(super) fn CoverPlan(desk: Desk) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let wanted = Memo::new(move |_| query.with(|query| query.get("cover").and_then(|id| id.parse::<DrawId>().ok())));
    let (unit, account) = desk.book.view.with_untracked(|view| (view.facts.account.unit, view.facts.account.id));
    let action = ServerAction::<Cover>::new();
    let empty = move || CoverForm { account: account.to_string(), key: new_id(), ..CoverForm::default() };
    let came_back = action.value().get_untracked().and_then(Result::err);
    let form = RwSignal::new(came_back.and_then(|error| error.typed()).unwrap_or_else(empty));
    forget_when_typed(*action, form);
    forget_with_plan(*action, wanted);
    // Books that are shown anew leave what is typed alone, unless the plan is another.
    let open = Memo::new(move |_| {
        let draw = wanted.get()?;
        desk.book.view.with(|view| {
            let open = view.facts.deficit_of(draw)?.clone();
            let text = view.lines.iter().find_map(|line| match &line.row.posting {
                Posting::Entry(entry) if matches!(&entry.movement, Movement::Draw { draw: d, .. } if *d == draw) => {
                    Some(line.text.clone())
                }
                _ => None,
            });
            Some((open.clone(), text.unwrap_or_default(), payers(view, &open)))
        })
    });
    let navigate = use_navigate();
    desk.hear(*action, move || {
        form.set(empty());
        navigate(&desk.closed(), NavigateOptions { scroll: false, replace: true, ..Default::default() });
    });
    let shown = Memo::new(move |_| form.with(|form| preview(desk, form)));
    let refused = move || action.value().get().and_then(Result::err);
    let problem = move |field: &'static str| {
        Signal::derive(move || at_field(refused(), lang, shown.get().and_then(Result::err).as_ref(), field))
    };
    let figure = move |value| amount(lang, unit, value);
    let words = move || {
        let decision = shown.get()?.ok()?;
        let (left, deficit) = (figure(decision.left), figure(decision.deficit));
        Some(view! { <p>{say::cover_leaves(lang, left, deficit)}</p> })
    };
    let plan = move || {
        let (open, text, payers) = open.get()?;
        let title = say::cover_plan(lang, figure(open.amount));
        let lead = say::cover_plan_lead(lang, &text, date(lang, open.date));
        let draw = open.draw.to_string();
        if payers.is_empty() {
            let nobody = say::cover_nobody(lang);
            return Some(
                view! { <Dialog title=title closed=desk.closed()><p>{lead}</p><p>{nobody}</p></Dialog> }.into_any(),
            );
        }
        // What is typed first: all of it, from the first lot that can pay.
        let first = payers.first().map(|(lot, _)| lot.to_string()).unwrap_or_default();
        if form.with_untracked(|form| form.draw != draw) {
            let all = texts::typed_amount(lang, unit, open.amount);
            form.update_untracked(|form| (form.draw, form.lot, form.amount) = (draw.clone(), first, all));
        }
        let options = payers.iter().map(|(lot, name)| (lot.to_string().into(), name.clone().into())).collect();
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            action.dispatch(Cover { form: form.get_untracked() });
        };
        let action_url = <Cover as server_fn::ServerFn>::url();
        let nowhere = move || refused().filter(|error| error.at_none_of(&["lot", "amount"]));
        Some(
            view! {
                <Dialog title=title closed=desk.closed()>
                    <p>{lead}</p>
                    <form method="post" action=action_url on:submit=submit novalidate>
                        <input type="hidden" name="form[account]" value=account.to_string()/>
                        <input type="hidden" name="form[draw]" value=draw/>
                        <input type="hidden" name="form[key]" value=form.get_untracked().key/>
                        <Select label=say::cover_lot(lang) name="form[lot]" id="cover-lot" options=options
                            value=Signal::derive(move || form.with(|form| form.lot.clone()))
                            set=move |value| form.update(|form| form.lot = value) problem=problem("lot")/>
                        <Field label=unit_word(lang, unit, say::draw_amount_time, say::draw_amount_money) name="form[amount]"
                            id="cover-amount" kind=FieldKind::Amount required=true
                            value=Signal::derive(move || form.with(|form| form.amount.clone()))
                            set=move |value| form.update(|form| form.amount = value) problem=problem("amount")/>
                        <div class="preview" aria-live="polite">{words}</div>
                        <button class="button" type="submit" disabled=action.pending()>{say::cover(lang)}</button>
                    </form>
                    {move || nowhere().map(|error| view! { <Failure error=error/> })}
                </Dialog>
            }
            .into_any(),
        )
    };
    // Somebody else may have covered it meanwhile: then there is no plan left to say it in.
    let gone = move || {
        let error = refused().filter(|_| wanted.get().is_some() && open.with(Option::is_none))?;
        Some(view! { <Dialog title=say::cover(lang) closed=desk.closed()><Failure error=error/></Dialog> })
    };
    let done = move || {
        action.value().get().and_then(Result::ok).map(|answer| {
            let covered = figure(answer.decision.request.amount);
            view! { <div class="toast"><Notice tone=Tone::Good><p>{say::cover_done(lang, covered)}</p></Notice></div> }
        })
    };
    view! { {plan}{gone}{done} }
}
