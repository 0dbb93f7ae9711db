//! Taking a grant back: the plan first (who loses cover), then the act. The plan stands in the address.

use domain::LotId;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use texts::{amount, date, say};
use wire::accounts::RevokeForm;

use super::{
    calls::{Revoke, load_revoke_plan},
    desk::Desk,
    lots::lot_name,
};
use crate::{
    call::{forget_when_typed, forget_with_plan},
    context::{lang, page_query},
    ui::{Dialog, Failure, Field, Notice, Tone},
};

/// The plan of the grant that the address names with `revoke`.
#[component]
pub(super) fn RevokePlan(desk: Desk) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let wanted = Memo::new(move |_| query.with(|query| query.get("revoke").and_then(|id| id.parse::<LotId>().ok())));
    let (unit, account) = desk.book.view.with_untracked(|view| (view.facts.account.unit, view.facts.account.id));
    // Of other books it is another plan.
    let next = Memo::new(move |_| desk.book.view.with(|view| view.facts.next_seq));
    let plan = Resource::new(
        move || (wanted.get(), next.get()),
        move |(lot, _)| async move {
            match lot {
                Some(lot) => load_revoke_plan(account, lot).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let action = ServerAction::<Revoke>::new();
    let reason = RwSignal::new(String::new());
    let came_back = action.value().get_untracked().and_then(Result::err);
    if let Some(typed) = came_back.and_then(|error| error.typed::<RevokeForm>()) {
        reason.set(typed.reason);
    }
    forget_when_typed(*action, reason);
    forget_with_plan(*action, wanted);
    let navigate = use_navigate();
    desk.hear(*action, move || {
        reason.set(String::new());
        navigate(&desk.closed(), NavigateOptions { scroll: false, replace: true, ..Default::default() });
    });
    let figure = move |value| amount(lang, unit, value);
    let refused = move || action.value().get().and_then(Result::err);
    let problem = Signal::derive(move || refused().and_then(|error| error.at("reason")));
    let elsewhere = move || refused().filter(|error| error.at("reason").is_none());
    let action_url = <Revoke as server_fn::ServerFn>::url();
    let shown = move || {
        Suspend::new(async move {
            let plan = match plan.await {
                Ok(plan) => plan?,
                Err(error) => {
                    let failed =
                        view! { <Dialog title=say::revoke(lang) closed=desk.closed()><Failure error=error/></Dialog> };
                    return Some(failed.into_any());
                }
            };
            let lot = plan.lot;
            let name = desk.book.view.with_untracked(|view| view.lot(lot).map(|state| lot_name(lang, state)));
            let losers = plan.parts.iter().map(|part| {
                view! { <li><span>{say::revoke_loses(lang, date(lang, part.date))}</span><span class="figure">{figure(part.amount)}</span></li> }
            });
            let lead = if plan.deficit.is_positive() {
                say::revoke_plan_deficit(lang, figure(plan.deficit))
            } else {
                say::revoke_plan_unused(lang).to_owned()
            };
            let submit = move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                let reason = reason.get_untracked();
                action.dispatch(Revoke {
                    form: RevokeForm { account: account.to_string(), lot: lot.to_string(), reason },
                });
            };
            let title = say::revoke_plan(lang, figure(plan.granted), name.unwrap_or_default());
            let button = say::revoke_save(lang, figure(plan.granted));
            let losers = losers.collect_view();
            Some(
                view! {
                    <Dialog title=title closed=desk.closed()>
                        <p>{lead}</p>
                        <ul class="sum-parts">{losers}</ul>
                        <form method="post" action=action_url on:submit=submit novalidate>
                            <input type="hidden" name="form[account]" value=account.to_string()/>
                            <input type="hidden" name="form[lot]" value=lot.to_string()/>
                            <Field label=say::grant_reason(lang) name="form[reason]" id="revoke-reason" required=true
                                value=reason set=move |value| reason.set(value) problem=problem/>
                            <button class="button button-danger" type="submit" disabled=action.pending()>{button}</button>
                        </form>
                        {move || elsewhere().map(|error| view! { <Failure error=error/> })}
                    </Dialog>
                }
                .into_any(),
            )
        })
    };
    let done = move || {
        action.value().get().and_then(Result::ok).map(|answer| {
            let (granted, deficit) = (figure(answer.decision.granted), figure(answer.decision.deficit));
            view! { <div class="toast"><Notice tone=Tone::Good><p>{say::revoke_done(lang, granted, deficit)}</p></Notice></div> }
        })
    };
    view! { <Transition>{shown}</Transition>{done} }
}
