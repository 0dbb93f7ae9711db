//! The page of a booking: what it is, where its time went, who changed it, and changing and deleting it.

use domain::{AccountId, BillingLineId, BookingId, Money, splitting::Target};
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map},
};
use texts::{Lang, date, money, read_date, say, seconds};
use wire::{
    bookings::{BookingForm, BookingRow, BookingView, DeleteBookingForm, lock_text, pays_text, target_text},
    history::FieldChange,
    projects::BookingFacts,
};

use super::{
    calls::{DeleteBooking, SaveBooking, load_booking},
    choice::Choice,
    editor::Editor,
    known::Known,
    others::{Others, Saved, count_text, planned},
    preview::preview_delete,
    split::Split,
    words::{project, week_path},
};
use crate::{
    call::CallError,
    context::{lang, page_query},
    ui::{Dialog, Failure, History, Icon, Notice, PageHead, Stored, Tone, came_back, overtaken},
};

/// What is about to be done with the booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Look,
    Change,
    Delete,
}

/// The page.
#[component]
pub fn BookingPage() -> impl IntoView {
    let lang = lang();
    let (params, query) = (use_params_map(), page_query());
    let id = Memo::new(move |_| {
        let id = params.with(|params| params.get("id").and_then(|id| id.parse::<BookingId>().ok()));
        id.ok_or_else(CallError::not_found)
    });
    let way = Memo::new(move |_| match query.with(|query| query.get("do")).as_deref() {
        Some("edit") => Way::Change,
        Some("delete") => Way::Delete,
        _ => Way::Look,
    });
    let booking = Resource::new(
        move || (id.get(), way.get()),
        |(id, way)| async move { load_booking(id?, way != Way::Look).await },
    );
    let (save, delete) = (ServerAction::<SaveBooking>::new(), ServerAction::<DeleteBooking>::new());
    // Whoever wanted to delete what somebody else has saved sees first what it says now.
    Effect::new(move |_| {
        if delete.value().with(|value| matches!(value, Some(Err(error)) if error.is_overtaken())) {
            booking.refetch();
        }
    });
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match booking.await {
                    Ok(found) => {
                        let way = way.get_untracked();
                        view! { <Found found=found way=way save=save delete=delete/> }.into_any()
                    }
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Found(
    found: BookingView,
    way: Way,
    save: ServerAction<SaveBooking>,
    delete: ServerAction<DeleteBooking>,
) -> impl IntoView {
    let lang = lang();
    let BookingView { row, accounts, editable, history, facts } = found;
    let open = editable && row.lock.is_none();
    let title = say::times_of(lang, &row.task_name, date(lang, row.date));
    let week_of = say::times_week_of(lang, &row.person.name);
    let above = view! { <A href=week_path(row.person.id, row.date)>{week_of}</A> };
    let path = format!("/bookings/{}", row.id);
    let actions = (open && way == Way::Look).then(|| {
        view! {
            <A href=format!("{path}?do=edit") attr:class="button-quiet" scroll=false><Icon name="pencil"/>{say::edit(lang)}</A>
            <A href=format!("/bookings/move?b={}", row.id) attr:class="button-quiet">{say::times_move(lang)}</A>
            <A href=format!("{path}?do=delete") attr:class="button-quiet" scroll=false><Icon name="trash-2"/>{say::times_delete(lang)}</A>
        }
    });
    let unable = (way != Way::Look && facts.is_none()).then(|| {
        let why = row.lock.map_or(say::problem_forbidden(lang), |lock| lock_text(lang, lock));
        view! { <Notice tone=Tone::Warn><p>{why}</p></Notice> }
    });
    let below = match (way, facts) {
        (Way::Change, Some(facts)) => {
            view! { <Change row=row.clone() last=saved_last(&history) facts=facts action=save/> }.into_any()
        }
        (Way::Delete, Some(facts)) => view! { <Delete row=row.clone() facts=facts action=delete/> }.into_any(),
        (Way::Look, _) | (Way::Change | Way::Delete, None) => ().into_any(),
    };
    view! {
        <PageHead title=title above=above.into_any()>{actions}</PageHead>
        {facts_of(lang, &row)}
        {unable}
        {below}
        <section class="booking-portions">
            <h2>{say::times_portions(lang)}</h2>
            <Split portions=row.portions.clone() currency=row.currency large=true/>
            {portions(lang, &row, &accounts)}
        </section>
        <History changes=history label=label value=value/>
    }
}

fn facts_of(lang: Lang, row: &BookingRow) -> AnyView {
    let lock = row.lock.map(|lock| {
        view! { <div><dt>{say::times_locked(lang)}</dt><dd class="warn">{lock_text(lang, lock)}</dd></div> }
    });
    let billable = if row.billable { say::list_yes(lang) } else { say::list_no(lang) };
    let facts = [
        (say::booking_person(lang), row.person.name.clone()),
        (say::booking_date(lang), date(lang, row.date)),
        (say::booking_start(lang), row.start.map(|start| start.format("%H:%M").to_string()).unwrap_or_default()),
        (say::booking_time(lang), seconds(row.seconds)),
        (say::booking_billed(lang), seconds(row.billed)),
        (say::booking_billable(lang), billable.to_owned()),
        (say::times_amount(lang), money(lang, row.amount())),
        (say::booking_note(lang), row.note.clone()),
    ];
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let facts = facts.map(|(name, value)| view! { <div><dt>{name}</dt><dd class="booking-note">{value}</dd></div> });
    view! {
        <dl class="facts">
            <div><dt>{say::project(lang)}</dt><dd>{project(row)}</dd></div>
            <div><dt>{say::task(lang)}</dt><dd>{row.task_name.clone()}</dd></div>
            {facts.collect_view()}
            {lock}
        </dl>
    }
    .into_any()
}

/// Each portion and how it is paid for, with a link to the passbook of the account that it draws.
fn portions(lang: Lang, row: &BookingRow, accounts: &[(BillingLineId, AccountId)]) -> AnyView {
    let rows = row.portions.iter().map(|named| {
        let portion = &named.portion;
        let name = target_text(lang, portion.target, named.line.as_deref());
        let account = match portion.target {
            Target::Line { line } => accounts.iter().find(|(of, _)| *of == line).map(|(_, account)| *account),
            Target::NotBillable | Target::Unassigned => None,
        };
        let name = match account {
            Some(account) => {
                let href = format!("/accounts/{account}?from={}&to={}", row.date, row.date);
                view! { <A href=href>{name}</A> }.into_any()
            }
            None => view! { <span>{name}</span> }.into_any(),
        };
        let pays = pays_text(lang, row.currency, named);
        let pays = pays.map(|pays| view! { <span class="row-note quiet">{pays}</span> });
        let amount = money(lang, Money { minor: portion.amount, currency: row.currency });
        view! {
            <tr>
                <th scope="row">{name}{pays}</th>
                <td class="figure right" data-label=say::booking_time(lang)>{seconds(portion.seconds)}</td>
                <td class="figure right" data-label=say::times_amount(lang)>{amount}</td>
            </tr>
        }
    });
    view! {
        <table class="list booking-lines">
            <thead><tr>
                <th scope="col">{say::times_line(lang)}</th>
                <th scope="col" class="right">{say::booking_time(lang)}</th>
                <th scope="col" class="right">{say::times_amount(lang)}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The form of a booking that is there.
pub(super) fn form_of(lang: Lang, row: &BookingRow) -> BookingForm {
    let time = texts::typed_amount(lang, domain::quota::Unit::Time, domain::quota::Amount::new(row.seconds.0));
    BookingForm {
        id: row.id.to_string(),
        version: row.version,
        task: row.task.to_string(),
        person: row.person.id.to_string(),
        date: row.date.to_string(),
        start: row.start.map(|start| start.to_string()).unwrap_or_default(),
        time,
        billable: if row.billable { "yes" } else { "no" }.to_owned(),
        note: row.note.clone(),
        ..BookingForm::default()
    }
}

/// Who saved the booking last: the time of others only moves its portions.
fn saved_last(history: &[wire::history::Change]) -> Option<wire::history::Change> {
    history.iter().find(|change| change.fields.iter().any(|field| field.field != "portions")).cloned()
}

/// What is stored of a booking now.
pub(super) async fn stored(id: BookingId) -> Result<Stored, CallError> {
    let found = load_booking(id, false).await?;
    Ok(Stored { version: found.row.version, last: saved_last(&found.history) })
}

#[component]
fn Change(
    row: BookingRow,
    last: Option<wire::history::Change>,
    facts: BookingFacts,
    action: ServerAction<SaveBooking>,
) -> impl IntoView {
    let lang = lang();
    let back = came_back(*action, row.version).filter(|typed: &BookingForm| typed.id == row.id.to_string());
    let form = RwSignal::new(back.unwrap_or_else(|| form_of(lang, &row)));
    let (id, at_first) = (row.id, Stored { version: row.version, last });
    let open = facts.tasks.iter().filter(|task| !task.closed && task.id != row.task);
    let choices = std::iter::once(Choice::of_row(&row)).chain(open.map(|task| Choice::beside(&row, task))).collect();
    let known = Known::new(Some(facts));
    let overtaken = overtaken(*action, form, at_first, move || {
        // What is previewed is what saving does to what is stored now.
        known.forget();
        stored(id)
    });
    let (path, navigate) = (format!("/bookings/{}", row.id), use_navigate());
    let after = path.clone();
    Effect::new(move |_| {
        if let Some(Ok(answer)) = action.value().get() {
            known.forget();
            form.update_untracked(|form| form.version = answer.row.version);
            if answer.differences.is_empty() {
                action.clear();
                navigate(&after, leptos_router::NavigateOptions { scroll: false, ..Default::default() });
            }
        }
    });
    let person = row.person.id;
    view! {
        <section class="sheet panel booking-change">
            <h2>{say::times_change_title(lang)}</h2>
            <Editor form=form action=action person=person choices=choices known=known overtaken=overtaken>
                <A href=path attr:class="button-quiet" scroll=false>{say::cancel(lang)}</A>
            </Editor>
            {move || action.value().get().and_then(Result::ok).map(|answer| view! { <Saved answer=answer/> })}
        </section>
    }
}

#[component]
fn Delete(row: BookingRow, facts: BookingFacts, action: ServerAction<DeleteBooking>) -> impl IntoView {
    let lang = lang();
    let plan = preview_delete(&facts, row.id);
    let told = match &plan {
        Ok(preview) => {
            let others = planned(&facts, &preview.plan);
            let count = count_text(lang, preview.others);
            view! { <p>{count}</p><Others changed=others lines=facts.lines.clone()/> }.into_any()
        }
        Err(error) => {
            let problem = wire::bookings::refused(error.clone(), row.id);
            view! { <p class="warn">{problem.text(lang)}</p> }.into_any()
        }
    };
    let possible = plan.is_ok();
    let seen = plan.ok().and_then(|preview| serde_json::to_string(&preview.plan).ok()).unwrap_or_default();
    let closed = format!("/bookings/{}", row.id);
    let form = DeleteBookingForm { id: row.id.to_string(), version: row.version, seen };
    let (id, version, hidden) = (form.id.clone(), form.version.to_string(), form.seen.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(DeleteBooking { form: form.clone() });
    };
    let refused = move || action.value().get().and_then(Result::err);
    // What came out otherwise is told here: the booking itself is gone.
    let differs = move || action.value().get().and_then(Result::ok).filter(|deleted| !deleted.differences.is_empty());
    let name = say::times_delete_save(lang, seconds(row.seconds), date(lang, row.date));
    let action_url = <DeleteBooking as server_fn::ServerFn>::url();
    view! {
        <Dialog title=say::times_delete_title(lang) closed=closed>
            <div class="undo" data-testid="delete-plan">
                {told}
            </div>
            {possible.then(|| view! {
                <form method="post" action=action_url on:submit=submit>
                    <input type="hidden" name="form[id]" value=id/>
                    <input type="hidden" name="form[version]" value=version/>
                    <input type="hidden" name="form[seen]" value=hidden/>
                    <button class="button button-danger" type="submit" disabled=action.pending()>{name}</button>
                </form>
            })}
            {move || refused().map(|error| view! { <Failure error=error/> })}
            {move || differs().map(|deleted| view! {
                <Notice tone=Tone::Warn>
                    <p><strong>{say::times_differs(lang)}</strong></p>
                    <Others changed=deleted.differences.clone() lines=deleted.lines.clone()/>
                </Notice>
            })}
        </Dialog>
    }
}

/// The label of a field in the history.
fn label(lang: Lang, field: &str) -> &'static str {
    match field {
        "project" => say::project(lang),
        "task" => say::task(lang),
        "person" => say::booking_person(lang),
        "date" => say::booking_date(lang),
        "start" => say::booking_start(lang),
        "time" => say::booking_time(lang),
        "billed" => say::booking_billed(lang),
        "billable" => say::booking_billable(lang),
        "note" => say::booking_note(lang),
        _ => say::times_portions(lang),
    }
}

/// What a field held, in words.
fn value(lang: Lang, change: &FieldChange, kept: &str) -> String {
    match (change.field.as_str(), kept) {
        ("date", day) => read_date(day).map_or_else(|_| day.to_owned(), |day| date(lang, day)),
        ("billable", "yes") => say::list_yes(lang).to_owned(),
        ("billable", _) => say::list_no(lang).to_owned(),
        ("portions", text) => {
            let text = text.replace(Target::NotBillable.name(), say::portion_not_billable(lang));
            text.replace(Target::Unassigned.name(), say::portion_unassigned(lang))
        }
        (_, text) => text.to_owned(),
    }
}
