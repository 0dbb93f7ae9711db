//! Releasing a draw: the plan first, then the act. The plan stands in the address, so it works without JavaScript.

use domain::{
    DrawId,
    quota::{Movement, Posting},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use texts::{amount, date, say};

use super::{calls::Release, desk::Desk, lots::lot_name};
use crate::{
    call::forget_with_plan,
    context::{lang, page_query},
    ui::{Dialog, Failure, Notice, Tone},
};

/// The plan of the draw that the address names with `release`, if it can be released.
#[component]
pub(super) fn ReleasePlan(desk: Desk) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let wanted = Memo::new(move |_| query.with(|query| query.get("release").and_then(|id| id.parse::<DrawId>().ok())));
    let action = ServerAction::<Release>::new();
    forget_with_plan(*action, wanted);
    let (unit, account) = desk.book.view.with_untracked(|view| (view.facts.account.unit, view.facts.account.id));
    let navigate = use_navigate();
    desk.hear(*action, move || {
        navigate(&desk.closed(), NavigateOptions { scroll: false, replace: true, ..Default::default() });
    });
    // Books that are shown anew leave the dialog alone, unless the plan is another.
    let found = Memo::new(move |_| {
        let wanted = wanted.get()?;
        desk.book.view.with(|view| {
            let line = view.lines.iter().find(|line| match &line.row.posting {
                Posting::Entry(entry) => {
                    matches!(&entry.movement, Movement::Draw { draw, .. } if *draw == wanted) && !line.undone
                }
                Posting::Lapse { .. } => false,
            })?;
            let Posting::Entry(entry) = &line.row.posting else { return None };
            let Movement::Draw { parts, .. } = &entry.movement else { return None };
            let parts: Vec<_> = parts
                .iter()
                .map(|part| (view.lot(part.lot).map(|state| lot_name(lang, state)).unwrap_or_default(), part.amount))
                .collect();
            Some((wanted, line.clone(), parts))
        })
    });
    let plan = move || {
        let (wanted, line, parts) = found.get()?;
        let all = amount(lang, unit, line.row.amount.negated().unwrap_or_default());
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            action.dispatch(Release { account, draw: wanted });
        };
        let rows = parts.into_iter().map(move |(lot, back)| {
            view! { <li><span>{lot}</span><span class="figure">"+"{amount(lang, unit, back)}</span></li> }
        });
        let action_url = <Release as server_fn::ServerFn>::url();
        let title = say::release_plan(lang, &all);
        Some(view! {
            <Dialog title=title closed=desk.closed()>
                <p>{say::release_plan_lead(lang, &line.text, date(lang, line.row.date))}</p>
                <ul class="sum-parts">{rows.collect_view()}</ul>
                <form method="post" action=action_url on:submit=submit>
                    <input type="hidden" name="account" value=account.to_string()/>
                    <input type="hidden" name="draw" value=wanted.to_string()/>
                    <button class="button button-danger" type="submit" disabled=action.pending()>{say::release_save(lang, all)}</button>
                </form>
                {move || action.value().get().and_then(Result::err).map(|error| view! { <Failure error=error/> })}
            </Dialog>
        })
    };
    let done = move || {
        action.value().get().and_then(Result::ok).map(|answer| {
        let returned = amount(lang, unit, answer.decision.returned);
        view! { <div class="toast"><Notice tone=Tone::Good><p>{say::release_done(lang, returned)}</p></Notice></div> }
    })
    };
    view! { {plan}{done} }
}
