//! The fields of a line of the table, and the keys that lead through them.

use domain::TaskId;
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use texts::{Lang, date, say};
use wire::bookings::BookingForm;

use super::{choice::Options, desk::Desk, grid::moved, typed::Place};
use crate::context::lang;

/// The form that the fields of the new line belong to: a form cannot stand within a table.
pub(super) const FORM: &str = "week-new";

/// What can be typed of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The day.
    Date,
    /// The task.
    Task,
    /// How long it was.
    Time,
    /// Whether the customer pays for it.
    Billable,
    /// What was done.
    Note,
}

impl Column {
    /// The name of the field.
    pub(super) fn name(self) -> &'static str {
        match self {
            Column::Date => "date",
            Column::Task => "task",
            Column::Time => "time",
            Column::Billable => "billable",
            Column::Note => "note",
        }
    }

    /// What stands above it.
    pub(super) fn label(self, lang: Lang) -> &'static str {
        match self {
            Column::Date => say::booking_date(lang),
            Column::Task => say::task(lang),
            Column::Time => say::booking_time(lang),
            Column::Billable => say::booking_billable(lang),
            Column::Note => say::booking_note(lang),
        }
    }

    /// Its field.
    fn of(self, form: &mut BookingForm) -> &mut String {
        match self {
            Column::Date => &mut form.date,
            Column::Task => &mut form.task,
            Column::Time => &mut form.time,
            Column::Billable => &mut form.billable,
            Column::Note => &mut form.note,
        }
    }

    /// Whether up and down lead to the lines above and below: in a choice and in a day they change what stands there.
    fn leads(self) -> bool {
        matches!(self, Column::Time | Column::Note)
    }
}

/// The id of a field.
pub(super) fn field_id(place: Place, column: Column) -> String {
    match place {
        Place::Booking(id) => format!("line-{id}-{}", column.name()),
        Place::New(_) | Place::Cell(_) => format!("booking-{}", column.name()),
    }
}

/// A field to type in.
#[component]
pub(super) fn Typing(desk: Desk, place: Place, column: Column) -> impl IntoView {
    let Told { id, label, value, problem } = told(desk, place, column);
    let (kind, mode) = match column {
        Column::Date => ("date", None),
        Column::Time => ("text", Some("decimal")),
        Column::Task | Column::Billable | Column::Note => ("text", None),
    };
    let problem_id = format!("{id}-problem");
    let described = problem_id.clone();
    let focus = move |event: ev::FocusEvent| {
        desk.activate(place);
        let field = event.target().and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let (Column::Time, Some(field)) = (column, field) {
            // What is typed next takes its place.
            field.select();
        }
    };
    view! {
        <input
            id=id
            name=posted(place, column)
            form=form_of(place)
            class:figure=move || column != Column::Note
            type=kind
            inputmode=mode
            autocomplete="off"
            data-column=column.name()
            aria-label=label
            aria-invalid=move || problem.get().is_some().then_some("true")
            aria-describedby=move || problem.get().is_some().then(|| described.clone())
            value=value.get_untracked()
            prop:value=value
            on:focus=focus
            on:input=move |event| desk.edit(place, |form| *column.of(form) = event_target_value(&event))
            on:keydown=move |event| keys(desk, place, column, &event)
        />
        <p class="field-problem" id=problem_id role="alert">{move || problem.get()}</p>
    }
}

/// A field to choose in.
#[component]
pub(super) fn Choosing(desk: Desk, place: Place, column: Column, options: Options) -> impl IntoView {
    let Told { id, label, value, problem } = told(desk, place, column);
    let problem_id = format!("{id}-problem");
    let described = problem_id.clone();
    let chosen = value.get_untracked();
    let options: Vec<_> = options
        .into_iter()
        .map(|(key, text)| {
            let selected = key.as_str() == chosen;
            view! { <option value=key selected=selected>{text}</option> }
        })
        .collect();
    view! {
        <select
            id=id
            name=posted(place, column)
            form=form_of(place)
            aria-label=label
            aria-invalid=move || problem.get().is_some().then_some("true")
            aria-describedby=move || problem.get().is_some().then(|| described.clone())
            prop:value=value
            on:focus=move |_| desk.activate(place)
            on:change=move |event| desk.edit(place, |form| *column.of(form) = event_target_value(&event))
            on:keydown=move |event| keys(desk, place, column, &event)
        >
            {options}
        </select>
        <p class="field-problem" id=problem_id role="alert">{move || problem.get()}</p>
    }
}

/// What every field says of itself.
struct Told {
    id: String,
    label: Signal<String>,
    value: Signal<String>,
    problem: Signal<Option<String>>,
}

fn told(desk: Desk, place: Place, column: Column) -> Told {
    let lang = lang();
    let label = Signal::derive(move || format!("{}, {}", column.label(lang), title(lang, desk, place)));
    let value =
        Memo::new(move |_| desk.held(place).map(|mut form| std::mem::take(column.of(&mut form))).unwrap_or_default());
    let problem = Memo::new(move |_| desk.error(place).and_then(|error| error.at(column.name())));
    Told { id: field_id(place, column), label, value: value.into(), problem: problem.into() }
}

/// By which a line is known.
pub(super) fn title(lang: Lang, desk: Desk, place: Place) -> String {
    let row = match place {
        Place::Booking(id) => desk.row(id),
        Place::New(_) | Place::Cell(_) => None,
    };
    row.map_or_else(
        || say::times_line_new(lang).to_owned(),
        |row| say::times_of(lang, &row.task_name, date(lang, row.date)),
    )
}

/// The name under which a plain form posts the field: only the new line does.
fn posted(place: Place, column: Column) -> Option<String> {
    form_of(place).map(|_| format!("form[{}]", column.name()))
}

fn form_of(place: Place) -> Option<&'static str> {
    matches!(place, Place::New(_)).then_some(FORM)
}

/// Saves a line, and leaves the cursor where it is.
pub(super) fn save(desk: Desk, place: Place, column: Column) {
    match place {
        Place::New(person) => {
            if desk.book(person) {
                focus(&field_id(place, Column::Time));
            }
        }
        Place::Booking(_) => desk.save(place, move || refocus(field_id(place, column))),
        Place::Cell(cell) => desk.save_cell(cell),
    }
}

fn keys(desk: Desk, place: Place, column: Column, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() || event.is_composing() {
        return;
    }
    match event.key().as_str() {
        "ArrowUp" if column.leads() => step(place, column, -1),
        "ArrowDown" if column.leads() => step(place, column, 1),
        "Enter" => save(desk, place, column),
        "Escape" if untrack(|| desk.is_typed(place)) => {
            desk.take_back(place);
            // A line that was only typed is gone.
            let person = desk.view.with_untracked(|view| view.bookings.person.id);
            refocus(field_id(Place::New(person), Column::Time));
        }
        _ => return,
    }
    event.prevent_default();
}

/// Moves the cursor by so many lines.
fn step(place: Place, column: Column, lines: i64) {
    let Ok(all) = document().query_selector_all(&format!(".week-table [data-column={}]", column.name())) else {
        return;
    };
    let fields = (0..all.length()).filter_map(|field| all.item(field)?.dyn_into::<web_sys::Element>().ok());
    let ids: Vec<String> = fields.map(|field| field.id()).collect();
    let own = field_id(place, column);
    let at = ids.iter().position(|id| *id == own);
    if let Some(to) = at.and_then(|at| ids.get(moved(at, lines, ids.len()))) {
        focus(to);
    }
}

/// Puts the cursor into a field.
fn focus(id: &str) {
    let field = document().get_element_by_id(id);
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // It only fails for an element that is not in the page.
        drop(field.focus());
    }
}

/// The same once the page shows what was changed, where the line with the cursor has made way for another.
fn refocus(id: String) {
    request_animation_frame(move || {
        if document().active_element().is_none_or(|at| at.tag_name() == "BODY") {
            focus(&id);
        }
    });
}

/// The tasks that a line offers: for a booking that is there those of its project, since its facts tell of no other.
pub(super) fn tasks(desk: Desk, own: TaskId) -> Options {
    let all = untrack(|| desk.tasks());
    let project = all.iter().find(|task| task.task == own).map(|task| task.project.id);
    let beside = all.into_iter().filter(|task| task.task == own || (!task.closed && Some(task.project.id) == project));
    beside.map(|task| (task.task.to_string().into(), task.name.into())).collect()
}
