//! Cancelling an issued document or deleting a draft: the plan first (what is taken back, who loses cover, what becomes
//! free), then the act. The plan stands in the address.

use domain::{
    DrawId,
    documents::DocumentKind,
    quota::Unit,
    undo::{AccountUndo, Obstacle, Way},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, amount, date, money, say, validity};
use wire::{
    documents::{CancelForm, DocumentRow, UndoView},
    problem::obstacle_text,
};

use super::{
    calls::{CancelDocument, DeleteDocument, load_undo_plan},
    words::title,
};
use crate::{
    accounts::own_period,
    bookings::booking_link,
    call::{CallError, forget_when_typed, forget_with_plan},
    context::{lang, new_id, page_query},
    ui::{Dialog, Failure, Field, Notice, Tone},
};

/// Where the plan of a document stands.
pub(super) fn plan_address(document: domain::DocumentId) -> String {
    format!("/documents/{document}?undo=plan")
}

/// The plan of the document, while the address asks for it. `renew` reads the page again.
#[component]
pub(super) fn UndoPlan(row: DocumentRow, renew: Callback<()>) -> impl IntoView {
    let lang = lang();
    let query = page_query();
    let id = row.id;
    let wanted = Memo::new(move |_| query.with(|query| query.get("undo").is_some()));
    let plan = Resource::new(
        move || wanted.get(),
        move |wanted| async move { if wanted { load_undo_plan(id).await.map(Some) } else { Ok(None) } },
    );
    let (cancel, delete) = (ServerAction::<CancelDocument>::new(), ServerAction::<DeleteDocument>::new());
    forget_with_plan(*cancel, wanted);
    forget_with_plan(*delete, wanted);
    let reason = RwSignal::new(String::new());
    forget_when_typed(*cancel, reason);
    let came_back = cancel.value().get_untracked().and_then(Result::err);
    if let Some(typed) = came_back.and_then(|error| error.typed::<CancelForm>()) {
        reason.set(typed.reason);
    }
    let navigate = use_navigate();
    let after_delete = navigate.clone();
    Effect::new(move |_| match cancel.value().get() {
        Some(Ok(_)) => {
            let options = leptos_router::NavigateOptions { scroll: false, replace: true, ..Default::default() };
            navigate(&format!("/documents/{id}"), options);
            renew.run(());
        }
        // What was seen is no longer so: the plan is made anew, with what was typed.
        Some(Err(error)) if outdated(&error) => plan.refetch(),
        _ => (),
    });
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => after_delete("/documents", leptos_router::NavigateOptions::default()),
        Some(Err(error)) if outdated(&error) => plan.refetch(),
        _ => (),
    });
    let named = StoredValue::new(title(lang, row.kind, row.number.as_deref()));
    let kind = row.kind;
    let shown = move || {
        Suspend::new(async move {
            let view = match plan.await {
                Ok(view) => view?,
                Err(error) => return Some(view! { <Failure error=error/> }.into_any()),
            };
            let named = named.get_value();
            let (heading, lead) = match view.plan.way {
                Way::Cancel => (say::document_cancel_title(lang, &named), say::document_cancel_lead(lang)),
                Way::Delete => (say::document_delete_title(lang).to_owned(), say::document_delete_lead(lang)),
            };
            let content = if view.plan.possible() {
                let seen = view.plan.sums().ok().and_then(|sums| serde_json::to_string(&sums).ok()).unwrap_or_default();
                let act = match view.plan.way {
                    Way::Cancel => {
                        view! { <Cancel action=cancel id=id version=view.version seen=seen name=named reason=reason/> }
                            .into_any()
                    }
                    Way::Delete => view! { <Delete action=delete id=id version=view.version seen=seen/> }.into_any(),
                };
                let credit = (view.received.minor > 0).then(|| {
                    view! { <p class="undo-loss" data-testid="undo-credit">{say::receipt_cancel_credit(lang, money(lang, view.received))}</p> }
                });
                let hint = kind == DocumentKind::ContractInvoice;
                view! { <p>{lead}</p>{credit}{effects(lang, &view, hint)}{act} }.into_any()
            } else {
                obstacles(lang, &view.plan.obstacles)
            };
            Some(
                view! { <Dialog title=heading closed=format!("/documents/{id}")><div class="undo" data-testid="undo-plan">{content}</div></Dialog> }
                    .into_any(),
            )
        })
    };
    view! { <Suspense>{shown}</Suspense> }
}

/// Whether the plan on screen is no longer what would be done.
fn outdated(error: &CallError) -> bool {
    matches!(error.code(), Some("changed" | "in_the_way")) || error.at("seen").is_some()
}

/// The form that cancels.
#[component]
fn Cancel(
    action: ServerAction<CancelDocument>,
    id: domain::DocumentId,
    version: i64,
    seen: String,
    name: String,
    reason: RwSignal<String>,
) -> impl IntoView {
    let lang = lang();
    let own = StoredValue::new(new_id());
    let shown = seen.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (reason, seen) = (reason.get_untracked(), seen.clone());
        let form = CancelForm { id: own.get_value(), document: id.to_string(), reason, version, seen };
        action.dispatch(CancelDocument { form });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let problem = Signal::derive(move || refused().and_then(|error| error.at("reason")));
    let elsewhere = move || refused().filter(|error| error.at("reason").is_none());
    let action_url = <CancelDocument as server_fn::ServerFn>::url();
    view! {
        <form method="post" action=action_url on:submit=submit novalidate>
            <input type="hidden" name="form[id]" value=own.get_value()/>
            <input type="hidden" name="form[document]" value=id.to_string()/>
            <input type="hidden" name="form[version]" value=version.to_string()/>
            <input type="hidden" name="form[seen]" value=shown/>
            <Field label=say::document_cancel_reason(lang) name="form[reason]" id="cancel-reason" required=true
                value=reason set=move |value| reason.set(value) problem=problem/>
            <button class="button button-danger" type="submit" disabled=action.pending()>{say::document_cancel_save(lang, name)}</button>
        </form>
        {move || elsewhere().map(|error| view! { <Failure error=error/> })}
    }
}

/// The form that deletes a draft.
#[component]
fn Delete(action: ServerAction<DeleteDocument>, id: domain::DocumentId, version: i64, seen: String) -> impl IntoView {
    let lang = lang();
    let shown = seen.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(DeleteDocument { id, version, seen: seen.clone() });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let action_url = <DeleteDocument as server_fn::ServerFn>::url();
    view! {
        <form method="post" action=action_url on:submit=submit>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="version" value=version.to_string()/>
            <input type="hidden" name="seen" value=shown/>
            <button class="button button-danger" type="submit" disabled=action.pending()>{say::document_delete(lang)}</button>
        </form>
        {move || refused().map(|error| view! { <Failure error=error/> })}
    }
}

/// What stands in the way, with the documents that rest on it.
fn obstacles(lang: Lang, obstacles: &[Obstacle]) -> AnyView {
    let items = obstacles.iter().map(|obstacle| {
        let link = match obstacle {
            Obstacle::Resting { document, kind, number } => {
                let (href, name) = (format!("/documents/{document}"), title(lang, *kind, number.as_deref()));
                Some(view! { " "<A href=href>{name}</A> })
            }
            _ => None,
        };
        view! { <li>{obstacle_text(lang, obstacle)}{link}</li> }
    });
    let items = items.collect_view();
    view! { <Notice tone=Tone::Warn><p>{say::undo_not_now(lang)}</p><ul class="undo-obstacles">{items}</ul></Notice> }
        .into_any()
}

/// What undoing a document does, in words and figures; with a `hint` at what it means that a period is free.
pub(crate) fn effects(lang: Lang, view: &UndoView, hint: bool) -> AnyView {
    let plan = &view.plan;
    let bookings = (view.bookings > 0).then(|| {
        view! { <p data-testid="undo-bookings">{say::invoicing_cancel_frees(lang, view.bookings)}</p> }
    });
    if plan.accounts.is_empty() && plan.periods() == 0 && view.bookings == 0 {
        return view! { <p class="quiet">{say::undo_nothing(lang)}</p> }.into_any();
    }
    let several = plan.accounts.len() > 1;
    let accounts = plan.accounts.iter().map(|undo| account(lang, view, undo, several)).collect_view();
    let freed = plan.freed.iter().map(|freed| {
        let number = view.contracts.iter().find(|(id, _)| *id == freed.contract).map(|(_, number)| number.clone());
        let link = number.map(|number| {
            view! { <A href=format!("/contracts/{}", freed.contract)>{say::contract_title(lang, number)}</A> }
        });
        view! { <li><span>{validity(lang, freed.service)}</span><span>{link}</span></li> }
    });
    let fees = plan.fees.iter().map(|fee| {
        let link = view.lines.iter().find(|(line, ..)| *line == fee.line).map(|(_, name, project)| {
            let (href, text) = (format!("/projects/{}", project.id), format!("{} · {name}", project.number));
            view! { <A href=href>{text}</A> }
        });
        view! { <li><span>{validity(lang, fee.service)}</span><span>{link}</span></li> }
    });
    let freed = (plan.periods() > 0).then(|| {
        let hint = hint.then(|| view! { <p class="quiet row-note">{say::undo_freed_hint(lang)}</p> });
        view! {
            <section data-testid="undo-freed"><h3>{say::undo_freed(lang)}</h3><ul class="sum-parts">{freed.collect_view()}{fees.collect_view()}</ul>{hint}</section>
        }
    });
    view! { {bookings}{accounts}{freed} }.into_any()
}

/// What changes on one account.
fn account(lang: Lang, view: &UndoView, undo: &AccountUndo, named: bool) -> AnyView {
    let unit = undo.unit;
    let number = view.accounts.iter().find(|(account, _)| *account == undo.account).map(|(_, number)| number.clone());
    let head =
        number.filter(|_| named).map(|number| view! { <p class="undo-of">{say::contract_title(lang, number)}</p> });
    let releases = undo.releases.iter().map(|released| {
        let dropped = released.deficit.is_positive().then(|| {
            view! { <span class="quiet row-note">{say::undo_release_deficit(lang, amount(lang, unit, released.deficit))}</span> }
        });
        view! { <li><span>{draw_of(lang, view, released.draw, released.date)}{dropped}</span>{figure(lang, unit, released.returned)}</li> }
    });
    let releases = section("undo-releases", say::undo_releases(lang), releases.collect());
    let revokes = undo.revokes.iter().map(|revoked| {
        let period = view.lots.iter().find(|lot| lot.id == revoked.lot).map(|lot| own_period(lang, lot));
        view! { <li><span>{period}</span>{figure(lang, unit, revoked.granted)}</li> }
    });
    let revokes = section("undo-revokes", say::undo_revokes(lang), revokes.collect());
    let deficits = undo.deficits.iter().map(|part| {
        view! { <li class="undo-loss"><span>{draw_of(lang, view, part.draw, part.date)}</span>{figure(lang, unit, part.amount)}</li> }
    });
    let deficits: Vec<_> = deficits.collect();
    let safe = (deficits.is_empty() && !undo.revokes.is_empty())
        .then(|| view! { <p class="quiet">{say::undo_deficits_none(lang)}</p> });
    let deficits = section("undo-deficits", say::undo_deficits(lang), deficits);
    view! { {head}{releases}{revokes}{deficits}{safe} }.into_any()
}

fn section<V: IntoView + 'static>(name: &'static str, heading: &'static str, items: Vec<V>) -> Option<AnyView> {
    let any = !items.is_empty();
    any.then(|| {
        view! { <section data-testid=name><h3>{heading}</h3><ul class="sum-parts">{items.into_iter().collect_view()}</ul></section> }
            .into_any()
    })
}

fn figure(lang: Lang, unit: Unit, value: domain::quota::Amount) -> impl IntoView + use<> {
    view! { <span class="figure">{amount(lang, unit, value)}</span> }
}

/// A draw by its date, with the document or the booking whose draw it is.
fn draw_of(lang: Lang, view: &UndoView, draw: DrawId, day: chrono::NaiveDate) -> AnyView {
    let of = view.draws.iter().find(|(found, _)| *found == draw).map(|(_, of)| {
        let (href, name) = (format!("/documents/{}", of.id), title(lang, of.kind, of.number.as_deref()));
        view! { " · "<A href=href>{name}</A> }
    });
    let booking = view.booked.iter().find(|(found, _)| *found == draw);
    let booking = booking.map(|(_, of)| view! { " · "{booking_link(lang, of)} });
    view! { {say::undo_draw_of(lang, date(lang, day))}{of}{booking} }.into_any()
}
