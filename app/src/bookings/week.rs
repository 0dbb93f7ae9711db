//! The week of a person: a grid of tasks and days, and a table of what was booked; both are typed into.

use chrono::{Datelike, Days};
use domain::{Permission, UserId, quota::check_date};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{range, read_date, say};
use wire::{
    bookings::{WeekTask, WeekView},
    projects::PersonRef,
};

use super::{
    calls::{SaveBooking, load_bookable, load_week, load_workers},
    choice::{Choice, found},
    desk::Desk,
    grid::Grid,
    panel::Panel,
    table::Table,
    typed::Typed,
    words::{follow, monday, week_path},
};
use crate::{
    call::CallError,
    context::{lang, may, page_query, visitor},
    ui::{Failure, Field, FieldKind, Icon, PageHead, Select},
};

/// What belongs to the page and outlives every week that is shown.
#[derive(Clone, Copy)]
struct Kept {
    typed: Typed,
    /// By which words a task is searched for.
    words: Memo<String>,
}

/// The page.
#[component]
pub fn WeekPage() -> impl IntoView {
    let lang = lang();
    let (query, today) = (page_query(), visitor().today);
    let ask = Memo::new(move |_| {
        query.with(|query| {
            let person = query.get("person").and_then(|id| id.parse::<UserId>().ok());
            let day = query.get("week").and_then(|day| read_date(&day).ok());
            (person, monday(day.filter(|day| check_date(*day).is_ok()).unwrap_or(today)))
        })
    });
    let words =
        Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default().chars().take(80).collect::<String>()));
    let (all, books) = (may(Permission::SeeProjects), may(Permission::BookTime));
    let week = Resource::new(move || ask.get(), |(person, first)| load_week(person, first));
    let workers = Resource::new(
        || (),
        move |()| async move { if all { load_workers().await } else { Ok::<_, CallError>(Vec::new()) } },
    );
    let tasks = Resource::new(
        move || words.get(),
        move |q| async move { if books && !q.is_empty() { load_bookable(q).await } else { Ok::<_, CallError>(Vec::new()) } },
    );
    let refused = ServerAction::<SaveBooking>::new().value().get_untracked().and_then(Result::err);
    let kept = Kept { typed: Typed::new(refused), words };
    view! {
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                let (week, workers, tasks) = (week.await, workers.await, tasks.await);
                match week {
                    Ok(week) => {
                        let found = found(&tasks.unwrap_or_default());
                        let workers = workers.unwrap_or_default();
                        view! { <Week week=week workers=workers found=found kept=kept/> }.into_any()
                    }
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Week(week: WeekView, workers: Vec<PersonRef>, found: Vec<WeekTask>, kept: Kept) -> impl IntoView {
    let lang = lang();
    let (person, days, writable) = (week.bookings.person.clone(), week.bookings.days, week.writable);
    let first = days.from;
    let desk = Desk::new(week, kept.typed, &found);
    let beside = |days: i64| {
        let day = if days < 0 { first - Days::new(7) } else { first + Days::new(7) };
        week_path(person.id, day)
    };
    let (before, after) = (beside(-1), beside(1));
    let title = say::times_week_title(lang, first.iso_week().week(), range(lang, days));
    let above = view! { <span>{person.name.clone()}</span> };
    let people =
        (!workers.is_empty()).then(|| view! { <People workers=workers person=person.id week=first.to_string()/> });
    let add =
        writable.then(|| view! { <Add desk=desk found=found person=person.id week=first.to_string() kept=kept/> });
    view! {
        <PageHead title=title above=above.into_any()>
            <A href=before attr:class="button-quiet" attr:rel="prev"><Icon name="chevron-left"/>{say::times_week_before(lang)}</A>
            <A href=after attr:class="button-quiet" attr:rel="next">{say::times_week_after(lang)}<Icon name="chevron-right"/></A>
            <A href="/bookings" attr:class="button-quiet">{say::times_list(lang)}</A>
        </PageHead>
        {people}
        <div class="week">
            <div class="week-main">
                <Grid desk=desk/>
                {add}
            </div>
            <Panel desk=desk/>
        </div>
        <section class="week-rows">
            <h2>{say::times_week_rows(lang)}</h2>
            <Table desk=desk/>
        </section>
    }
}

/// Whose week.
#[component]
fn People(workers: Vec<PersonRef>, person: UserId, week: String) -> impl IntoView {
    let lang = lang();
    let options = workers.into_iter().map(|worker| (worker.id.to_string().into(), worker.name.into())).collect();
    view! {
        <form class="filters" method="get" action="/bookings/week" on:submit=follow()>
            <input type="hidden" name="week" value=week/>
            <Select label=say::booking_person(lang) name="person" id="week-person" options=options
                value=person.to_string() set=Callback::new(|_: String| ())/>
            <div class="filters-do"><button class="button-quiet" type="submit">{say::times_show(lang)}</button></div>
        </form>
    }
}

/// Searching for a task, to add it as a row.
#[component]
fn Add(desk: Desk, found: Vec<WeekTask>, person: UserId, week: String, kept: Kept) -> impl IntoView {
    let lang = lang();
    let nothing = kept.words.with_untracked(|words| !words.is_empty() && found.is_empty());
    let found = StoredValue::new(found);
    let rows = move || {
        let known = desk.rows();
        let further = found.with_value(|found| {
            let further = found.iter().filter(|task| known.iter().all(|row| row.task != task.task));
            further.cloned().collect::<Vec<_>>()
        });
        let rows = further.into_iter().map(|task| {
            let label = Choice::of_week(&task).label;
            let add = move |_| desk.typed.added.update(|added| added.push(task.clone()));
            view! { <li><button class="choice" type="button" on:click=add><span>{label}</span><Icon name="plus"/></button></li> }
        });
        rows.collect_view()
    };
    view! {
        <form class="filters week-add" method="get" action="/bookings/week" role="search" on:submit=follow()>
            <input type="hidden" name="person" value=person.to_string()/>
            <input type="hidden" name="week" value=week/>
            <Field label=say::times_add(lang) name="q" id="week-q" kind=FieldKind::Search value=kept.words/>
            <div class="filters-do">
                <button class="button-quiet" type="submit"><Icon name="search"/>{say::search(lang)}</button>
            </div>
        </form>
        <ul class="choices needs-script" data-testid="found-tasks">{rows}</ul>
        {nothing.then(|| view! { <p class="quiet" role="status">{say::times_no_task(lang)}</p> })}
    }
}
