//! The bookings of a week as a table to type in: each line is a booking, the last one stands ready for the next.

use domain::{BookingId, TaskId, UserId};
use leptos::prelude::*;
use leptos_router::components::A;
use texts::{Lang, date, money, say, seconds};
use wire::bookings::{BookingQuery, BookingRow};

use super::{
    calls::SaveBooking,
    choice::{Choice, options, yes_no},
    desk::Desk,
    editor::FIELDS,
    line::{Choosing, Column, FORM, Typing, save, tasks},
    others::{Saved, would},
    panel::Behind,
    split::Split,
    typed::Place,
    words::{lock, project, times, weekday},
};
use crate::{
    call::CallError,
    context::{lang, new_id},
    ui::{
        Failure,
        list::{figures, heads, plain},
    },
};

/// The table.
#[component]
pub(super) fn Table(desk: Desk) -> impl IntoView {
    let lang = lang();
    let (person, writable) = desk.view.with_untracked(|view| (view.bookings.person.id, view.writable));
    let lines = Memo::new(move |_| desk.lines());
    Effect::new(move |_| desk.live.set(true));
    if !writable && lines.with_untracked(Vec::is_empty) {
        return view! { <p class="empty">{say::times_week_empty(lang)}</p> }.into_any();
    }
    let columns = vec![
        plain(say::booking_date(lang)),
        plain(say::project(lang)),
        plain(say::task(lang)),
        figures(say::booking_time(lang)),
        plain(say::booking_billable(lang)),
        plain(say::booking_note(lang)),
        plain(say::times_portions(lang)),
        figures(say::times_amount(lang)),
        plain(say::times_do(lang)),
    ];
    let ended = Memo::new(move |_| ended(desk));
    let saved = move || {
        let (place, answer) = desk.saved.get()?;
        place.cell().is_none().then(|| view! { <Saved answer=answer/> })
    };
    view! {
        <div class="week-lines">
            <table class="list bookings week-table" data-testid="week-table">
                {heads(lang, &BookingQuery::default(), columns, false)}
                <tbody>
                    <For each=move || lines.get() key=|line| *line
                        children=move |(id, task)| view! { <Line desk=desk id=id task=task/> }/>
                </tbody>
                {writable.then(|| view! { <tbody><New desk=desk person=person/></tbody> })}
            </table>
        </div>
        {writable.then(|| view! { <Plain desk=desk person=person/> })}
        {move || ended.get().map(|error| view! { <Failure error=error/> })}
        {saved}
    }
    .into_any()
}

/// That the session has ended, where a line was to be saved or previewed: it is renewed below the table.
fn ended(desk: Desk) -> Option<CallError> {
    if desk.active.get().is_none_or(|place| place.cell().is_some()) {
        return None;
    }
    let unread = desk.known.unread.get().filter(CallError::is_signed_out);
    unread.or_else(|| {
        desk.typed.problems.with(|problems| {
            let lines = problems.iter().filter(|(place, _)| place.cell().is_none());
            lines.map(|(_, error)| error).find(|error| error.is_signed_out()).cloned()
        })
    })
}

/// A booking, or one that is on its way: fields where it can be typed in, text where not.
#[component]
fn Line(desk: Desk, id: BookingId, task: Option<TaskId>) -> impl IntoView {
    let lang = lang();
    let place = Place::Booking(id);
    let writable = desk.view.with_untracked(|view| view.writable);
    let row = Memo::new(move |_| desk.row(id));
    // One that was locked meanwhile keeps what is typed.
    let open = Memo::new(move |_| {
        let locked = row.with(|row| row.as_ref().is_some_and(|row| row.lock.is_some()));
        writable && desk.live.get() && (!locked || desk.is_typed(place))
    });
    let cells = move || match (open.get(), task) {
        (true, Some(task)) => view! { <Stored desk=desk id=id task=task row=row/> }.into_any(),
        (true, None) => view! { <Unsaved desk=desk place=place/> }.into_any(),
        (false, _) => row.get().map(|row| text(lang, &row, writable)).into_any(),
    };
    view! {
        <tr data-testid="week-row" class:week-typed=move || desk.is_typed(place) aria-busy=busy(desk, place)>{cells}</tr>
        <Below desk=desk place=place/>
    }
}

fn busy(desk: Desk, place: Place) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
    move || desk.typed.saving.with(|saving| saving.contains(&place)).then_some("true")
}

/// The cells of a booking as text.
fn text(lang: Lang, row: &BookingRow, writable: bool) -> impl IntoView + use<> {
    let day = date(lang, row.date);
    let billable = if row.billable { say::list_yes(lang) } else { say::list_no(lang) };
    let links = (writable && row.lock.is_none()).then(|| links(lang, row));
    view! {
        <th scope="row" class="figure"><A href=format!("/bookings/{}", row.id)>{day}</A>" "{lock(row)}</th>
        <td>{project(row)}</td>
        <td>{row.task_name.clone()}</td>
        <td class="figure right" data-label=say::booking_time(lang)>{times(lang, row)}</td>
        <td data-label=say::booking_billable(lang)>{billable}</td>
        <td class="booking-note">{row.note.clone()}</td>
        {outcome(lang, row)}
        <td class="booking-do">{links}</td>
    }
}

/// Where the time went, and what that costs.
fn outcome(lang: Lang, row: &BookingRow) -> impl IntoView + use<> {
    view! {
        <td><Split portions=row.portions.clone() currency=row.currency/></td>
        <td class="figure right" data-label=say::times_amount(lang)>{money(lang, row.amount())}</td>
    }
}

/// What can be done with a booking besides.
fn links(lang: Lang, row: &BookingRow) -> impl IntoView + use<> {
    let name = format!("{} {} {}", date(lang, row.date), row.task_name, seconds(row.seconds));
    let path = format!("/bookings/{}", row.id);
    let (edit, delete) = (say::times_edit_of(lang, &name), say::times_delete_of(lang, &name));
    view! {
        <A href=format!("{path}?do=edit") attr:class="row-action" attr:aria-label=edit>{say::edit(lang)}</A>
        <A href=format!("{path}?do=delete") attr:class="row-action" attr:aria-label=delete>{say::times_delete(lang)}</A>
    }
}

/// The cells of a booking as fields; what cannot be typed stands there as it is stored.
#[component]
fn Stored(desk: Desk, id: BookingId, task: TaskId, row: Memo<Option<BookingRow>>) -> impl IntoView {
    let lang = lang();
    let place = Place::Booking(id);
    let day = move || {
        row.get().map(|row| {
            let name = format!("{} {}", weekday(lang, row.date), date(lang, row.date));
            view! {
                <A href=format!("/bookings/{}", row.id) attr:class="week-day" attr:aria-label=name>{weekday(lang, row.date)}</A>
                " "{lock(&row)}
            }
        })
    };
    let billed = move || {
        let row = row.get().filter(|row| row.billed != row.seconds)?;
        Some(view! { <span class="row-note quiet">{say::times_billed_as(lang, seconds(row.billed))}</span> })
    };
    let done = move || match row.get() {
        Some(row) if !desk.is_typed(place) => links(lang, &row).into_any(),
        _ => view! { <Save desk=desk place=place/> }.into_any(),
    };
    view! {
        <td class="week-field" data-label=Column::Date.label(lang)>{day}<Typing desk=desk place=place column=Column::Date/></td>
        <td>{move || row.get().map(|row| project(&row))}</td>
        <td class="week-field" data-label=Column::Task.label(lang)><Choosing desk=desk place=place column=Column::Task options=tasks(desk, task)/></td>
        <td class="week-field right" data-label=Column::Time.label(lang)><Typing desk=desk place=place column=Column::Time/>{billed}</td>
        <td class="week-field" data-label=Column::Billable.label(lang)><Choosing desk=desk place=place column=Column::Billable options=yes_no(lang)/></td>
        <td class="week-field" data-label=Column::Note.label(lang)><Typing desk=desk place=place column=Column::Note/></td>
        <td>{move || row.get().map(|row| view! { <Split portions=row.portions.clone() currency=row.currency/> })}</td>
        <td class="figure right" data-label=say::times_amount(lang)>{move || row.get().map(|row| money(lang, row.amount()))}</td>
        <td class="booking-do">{done}</td>
    }
}

/// The fields of a booking that is not stored.
#[component]
fn Unsaved(desk: Desk, place: Place) -> impl IntoView {
    view! {
        <Blank desk=desk place=place/>
        <td colspan="2"></td>
        <td class="booking-do"><Save desk=desk place=place/></td>
    }
}

/// The button that does what Enter does.
#[component]
fn Save(desk: Desk, place: Place) -> impl IntoView {
    let lang = lang();
    view! {
        <button class="row-action" type="button" disabled=move || busy(desk, place)().is_some()
            on:click=move |_| save(desk, place, Column::Time)>{say::save(lang)}</button>
    }
}

/// The fields of a booking whose task is still to be chosen.
#[component]
fn Blank(desk: Desk, place: Place) -> impl IntoView {
    let lang = lang();
    let open = untrack(|| desk.tasks()).into_iter().filter(|task| !task.closed);
    let choices: Vec<Choice> = open.map(|task| Choice::of_week(&task)).collect();
    view! {
        <td class="week-field" data-label=Column::Date.label(lang)><Typing desk=desk place=place column=Column::Date/></td>
        <td class="week-field" colspan="2" data-label=Column::Task.label(lang)>
            <Choosing desk=desk place=place column=Column::Task options=options(say::times_choose_task(lang), &choices)/>
        </td>
        <td class="week-field right" data-label=Column::Time.label(lang)><Typing desk=desk place=place column=Column::Time/></td>
        <td class="week-field" data-label=Column::Billable.label(lang)><Choosing desk=desk place=place column=Column::Billable options=yes_no(lang)/></td>
        <td class="week-field" data-label=Column::Note.label(lang)><Typing desk=desk place=place column=Column::Note/></td>
    }
}

/// The line that stands ready for a new booking. Its fields are a plain form too, which needs no JavaScript.
#[component]
fn New(desk: Desk, person: UserId) -> impl IntoView {
    let lang = lang();
    let place = Place::New(person);
    view! {
        <tr data-testid="week-new" class:week-typed=move || desk.is_typed(place)>
            <Blank desk=desk place=place/>
            <td colspan="2" class="quiet week-hint">
                <p>{say::times_time_hint(lang)}</p>
                <p class="needs-script">{say::times_table_keys(lang)}</p>
            </td>
            <td class="booking-do"><button class="button" type="submit" form=FORM>{say::times_book(lang)}</button></td>
        </tr>
        <Below desk=desk place=place/>
    }
}

/// The form that the fields of that line belong to.
#[component]
fn Plain(desk: Desk, person: UserId) -> impl IntoView {
    let place = Place::New(person);
    let typed = desk.typed.drafts.with_untracked(|drafts| drafts.get(&place).map(|form| form.id.clone()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save(desk, place, Column::Time);
    };
    let action_url = <SaveBooking as server_fn::ServerFn>::url();
    view! {
        <form id=FORM method="post" action=action_url on:submit=submit hidden>
            <input type="hidden" name="form[id]" value=typed.unwrap_or_else(new_id)/>
            <input type="hidden" name="form[person]" value=person.to_string()/>
        </form>
    }
}

/// Below a line in which something is typed: what saving it would do, and what is wrong with none of its fields.
#[component]
fn Below(desk: Desk, place: Place) -> impl IntoView {
    let lang = lang();
    let typing = Memo::new(move |_| desk.active.get() == Some(place) && desk.is_typed(place));
    let wrong = Memo::new(move |_| desk.error(place).filter(|error| error.at_none_of(&FIELDS)));
    let shown = Memo::new(move |_| typing.get() || wrong.with(Option::is_some));
    let preview = move || {
        typing.get().then(|| {
            view! {
                <div class="preview" aria-live="polite" data-testid="booking-preview">
                    {move || would(lang, desk.shown.get(), desk.known)}
                </div>
                {move || {
                    let unread = desk.known.unread.get().filter(|error| !error.is_signed_out());
                    unread.map(|error| view! { <Failure error=error/> })
                }}
            }
        })
    };
    let look = match place {
        Place::Booking(id) => Some(format!("/bookings/{id}")),
        Place::New(_) | Place::Cell(_) => None,
    };
    let look = StoredValue::new(look);
    let problem = move || {
        let error = wrong.get()?;
        Some(if error.is_overtaken() {
            view! { <Behind desk=desk place=place look=look.get_value()/> }.into_any()
        } else if error.is_signed_out() {
            view! { <p class="field-problem" role="alert">{error.text(lang)}</p> }.into_any()
        } else {
            view! { <Failure error=error/> }.into_any()
        })
    };
    move || shown.get().then(|| view! { <tr class="week-below"><td colspan="9">{preview}{problem}</td></tr> })
}
