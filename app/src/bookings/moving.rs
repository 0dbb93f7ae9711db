//! Moving bookings to another task: choose it, see what that does, do it. All of it works without JavaScript.

use domain::{BookingId, Money, TaskId};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, money, say, seconds};
use wire::{
    bookings::{MOST_MOVED, MoveForm, MoveSum, MoveView, MovedBooking, portion_text},
    projects::BookableProject,
};

use super::{
    calls::{MoveBookings, load_bookable, load_move_plan},
    choice::{Choice, found, options},
    others::{Others, count_text},
    words::lock,
};
use crate::{
    call::CallError,
    context::{lang, page_query},
    ui::{Failure, Field, FieldKind, PageHead, Select},
};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq)]
struct Asked {
    bookings: Vec<BookingId>,
    task: Option<TaskId>,
    /// By which words the task is searched for.
    q: String,
    /// It was just done.
    done: bool,
}

fn asked() -> Memo<Asked> {
    let query = page_query();
    Memo::new(move |_| {
        query.with(|query| {
            let named = query.get_all("b").unwrap_or_default();
            let mut bookings = Vec::new();
            for id in named.iter().flat_map(|named| named.split(',')).filter_map(|id| id.parse().ok()) {
                if !bookings.contains(&id) && bookings.len() < MOST_MOVED {
                    bookings.push(id);
                }
            }
            let task = query.get("task").and_then(|task| task.parse().ok());
            let q = query.get("q").unwrap_or_default().chars().take(80).collect();
            Asked { bookings, task, q, done: query.get("done").is_some() }
        })
    })
}

/// The page.
#[component]
pub fn BookingsMovePage() -> impl IntoView {
    let lang = lang();
    let ask = asked();
    let action = ServerAction::<MoveBookings>::new();
    let plan = Resource::new(
        move || ask.with(|ask| (ask.bookings.clone(), ask.task, ask.done)),
        |(bookings, task, _)| async move {
            if bookings.is_empty() { Ok(None) } else { load_move_plan(bookings, task).await.map(Some) }
        },
    );
    // Somebody else has saved one of them: the plan is made anew.
    Effect::new(move |_| {
        if action.value().with(|value| matches!(value, Some(Err(error)) if error.is_overtaken())) {
            plan.refetch();
        }
    });
    let tasks = Resource::new(move || ask.with(|ask| ask.q.clone()), load_bookable);
    let above = view! { <A href="/bookings">{say::nav_bookings(lang)}</A> }.into_any();
    view! {
        <PageHead title=say::times_move_title(lang) above=above/>
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let (plan, tasks) = (plan.await, tasks.await);
                let ask = ask.get_untracked();
                match (plan, tasks) {
                    (Ok(Some(plan)), Ok(tasks)) if !ask.done => view! { <Plan plan=plan tasks=tasks ask=ask action=action/> }.into_any(),
                    (Ok(Some(plan)), _) if ask.done => done(lang, &plan),
                    (Ok(None), _) => view! { <p class="empty">{say::times_move_nothing(lang)}</p> }.into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Failure error=error/> }.into_any(),
                    (Ok(Some(_)), Ok(_)) => ().into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Plan(plan: MoveView, tasks: Vec<BookableProject>, ask: Asked, action: ServerAction<MoveBookings>) -> impl IntoView {
    let lang = lang();
    let choices: Vec<Choice> = found(&tasks).iter().map(Choice::of_week).collect();
    let names = ask.bookings.iter().map(|id| view! { <input type="hidden" name="b" value=id.to_string()/> });
    let chosen = ask.task.map(|task| task.to_string()).unwrap_or_default();
    let effect = plan.to.is_some().then(|| effect(lang, &plan));
    let start = (plan.to.is_some() && plan.refused.is_none()).then(|| {
        view! { <Start plan=plan.clone() action=action/> }
    });
    let (none, q) = (say::times_choose_task(lang), ask.q);
    view! {
        <section class="sheet plan" data-testid="move-plan">
            {table(lang, &plan)}
            <form class="booking-choose" method="get" action="/bookings/move">
                {names.collect_view()}
                <Field label=say::times_search(lang) name="q" id="move-q" kind=FieldKind::Search value=q/>
                <Select label=say::times_move_to(lang) name="task" id="move-task" options=options(none, &choices)
                    value=chosen set=Callback::new(|_: String| ())/>
                <button class="button-quiet" type="submit">{say::times_move_show(lang)}</button>
            </form>
            {effect}
            {start}
        </section>
    }
}

/// What the move comes to.
fn effect(lang: Lang, plan: &MoveView) -> AnyView {
    if let Some((booking, problem)) = &plan.refused {
        let item = plan.items.iter().find(|item| item.before.id == *booking);
        let name = item.map(|item| format!("{} {}", date(lang, item.before.date), item.before.task_name));
        let text = say::times_move_refused(lang, name.unwrap_or_default(), problem.text(lang));
        return view! { <p class="warn" role="status">{text}</p> }.into_any();
    }
    let others =
        (!plan.others.is_empty()).then(|| view! { <Others changed=plan.others.clone() lines=plan.lines.clone()/> });
    view! {
        <div class="booking-effect" data-testid="move-effect">
            <p>{say::times_move_count(lang, plan.items.len())}</p>
            <p>{count_text(lang, plan.others.len())}</p>
            {others}
            {plan.sums.iter().map(|sum| view! { <p class="figure">{sum_text(lang, sum)}</p> }).collect_view()}
        </div>
    }
    .into_any()
}

fn sum_text(lang: Lang, sum: &MoveSum) -> String {
    let figure = |minor| money(lang, Money { minor, currency: sum.currency });
    say::times_move_sum(lang, figure(sum.before), figure(sum.after))
}

#[component]
fn Start(plan: MoveView, action: ServerAction<MoveBookings>) -> impl IntoView {
    let lang = lang();
    let named = plan.items.iter().map(|item| format!("{} {}", item.before.id, item.before.version));
    let form = MoveForm {
        bookings: named.collect::<Vec<_>>().join(","),
        task: plan.to.as_ref().map(|(_, task)| task.id.to_string()).unwrap_or_default(),
        seen: serde_json::to_string(&plan.sums).unwrap_or_default(),
    };
    let to = plan.to.map(|(project, task)| format!("{} · {}", project.number, task.name)).unwrap_or_default();
    let name = say::times_move_save(lang, plan.items.len(), to);
    let (bookings, task, seen) = (form.bookings.clone(), form.task.clone(), form.seen.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(MoveBookings { form: form.clone() });
    };
    let refused = move || action.value().get().and_then(Result::err);
    let action_url = <MoveBookings as server_fn::ServerFn>::url();
    view! {
        <form method="post" action=action_url on:submit=submit>
            <input type="hidden" name="form[bookings]" value=bookings/>
            <input type="hidden" name="form[task]" value=task/>
            <input type="hidden" name="form[seen]" value=seen/>
            <button class="button" type="submit" disabled=action.pending()>{name}</button>
        </form>
        {move || refused().map(|error: CallError| view! { <Failure error=error/> })}
    }
}

/// What was moved.
fn done(lang: Lang, plan: &MoveView) -> AnyView {
    let list = plan.to.as_ref().map(|(project, task)| {
        let href = format!("/bookings?project={}&task={}", project.id, task.id);
        view! { <p><A href=href>{say::times_move_list(lang)}</A></p> }
    });
    view! {
        <section class="sheet plan" data-testid="move-result">
            <p role="status">{say::times_moved(lang, plan.items.len())}</p>
            {table(lang, plan)}
            {list}
        </section>
    }
    .into_any()
}

fn table(lang: Lang, plan: &MoveView) -> AnyView {
    let rows = plan.items.iter().map(|item| row(lang, item)).collect_view();
    view! {
        <table class="list bookings">
            <thead><tr>
                <th scope="col">{say::booking_date(lang)}</th>
                <th scope="col">{say::booking_person(lang)}</th>
                <th scope="col">{say::task(lang)}</th>
                <th scope="col" class="right">{say::booking_time(lang)}</th>
                <th scope="col">{say::times_now(lang)}</th>
                <th scope="col">{say::times_then(lang)}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(lang: Lang, item: &MovedBooking) -> AnyView {
    let before = &item.before;
    let portions = |row: &wire::bookings::BookingRow| {
        row.portions.iter().map(|named| portion_text(lang, row.currency, named)).collect::<Vec<_>>().join(" · ")
    };
    let after = item.after.as_ref().map(portions).unwrap_or_default();
    let day = date(lang, before.date);
    view! {
        <tr>
            <th scope="row" class="figure"><A href=format!("/bookings/{}", before.id)>{day}</A>" "{lock(before)}</th>
            <td>{before.person.name.clone()}</td>
            <td>{format!("{} · {}", before.project.number, before.task_name)}</td>
            <td class="figure right" data-label=say::booking_time(lang)>{seconds(before.seconds)}</td>
            <td data-label=say::times_now(lang)><span>{portions(before)}</span></td>
            <td data-label=say::times_then(lang)><span>{after}</span></td>
        </tr>
    }
    .into_any()
}
