//! The grid of a week: tasks and days. A time that is typed into a cell is a booking as soon as Enter is pressed.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use texts::{clock, date, say};
use wire::bookings::WeekTask;

use super::{
    desk::{Desk, in_cell},
    typed::{Cell, Place},
    words::{together, weekday},
};
use crate::{call::CallError, context::lang};

impl Cell {
    /// The id of its field.
    fn id(self) -> String {
        format!("cell-{}-{}", self.task, self.day)
    }

    /// Puts the cursor into its field.
    fn focus(self) {
        let field = document().get_element_by_id(&self.id());
        if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            // It only fails for an element that is not in the page.
            drop(field.focus());
        }
    }

    /// Selects what stands in its field when the cursor is there: what is typed next takes its place.
    fn select(self) {
        let field = document().active_element().filter(|field| field.id() == self.id());
        if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            field.select();
        }
    }
}

impl Desk {
    /// What stands in a cell.
    fn text(self, cell: Cell) -> String {
        let typed = self.typed.drafts.with(|drafts| drafts.get(&Place::Cell(cell)).map(|form| form.time.clone()));
        typed.unwrap_or_else(|| self.sum(cell))
    }

    /// What is booked in a cell together; nothing of an empty one.
    fn sum(self, cell: Cell) -> String {
        self.view.with(|view| match together(in_cell(view, cell)) {
            domain::Seconds(0) => String::new(),
            time => clock(time),
        })
    }

    /// Whether something can be typed into a cell: where nothing is booked yet, or one booking that is not locked.
    pub(super) fn can_type(self, cell: Cell) -> bool {
        let open = self.rows().iter().any(|row| row.task == cell.task && !row.closed);
        self.view.with(|view| {
            let mut booked = in_cell(view, cell);
            let first = booked.next();
            let one = booked.next().is_none() && first.is_none_or(|row| row.lock.is_none());
            view.writable && one && (open || first.is_some()) && cell.day <= self.today
        })
    }

    /// Saves a cell.
    pub(super) fn save_cell(self, cell: Cell) {
        self.save(Place::Cell(cell), move || {
            let typed = self.typed.drafts.try_with_untracked(|drafts| drafts.contains_key(&Place::Cell(cell)));
            if typed == Some(false) {
                // Once the field shows what was saved.
                request_animation_frame(move || cell.select());
            }
        });
    }

    /// Enter: what is typed is saved; where nothing is typed, the cursor goes to what is booked.
    fn enter(self, cell: Cell) {
        if untrack(|| self.is_typed(Place::Cell(cell))) {
            self.save_cell(cell);
        } else if let Ok(Some(link)) = document().query_selector(".week-booked a")
            && let Ok(link) = link.dyn_into::<web_sys::HtmlElement>()
        {
            drop(link.focus());
        }
    }

    /// Moves the cursor by so many rows and days.
    fn step(self, cell: Cell, rows: i64, days: i64) {
        let (all, week) = (untrack(|| self.rows()), self.days());
        let row = all.iter().position(|row| row.task == cell.task);
        let day = week.iter().position(|day| *day == cell.day);
        let (Some(row), Some(day)) = (row, day) else { return };
        if let (Some(row), Some(day)) = (all.get(moved(row, rows, all.len())), week.get(moved(day, days, week.len()))) {
            self.cell(row.task, *day).focus();
        }
    }

    fn keys(self, cell: Cell, event: &ev::KeyboardEvent) {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let typing = untrack(|| self.is_typed(Place::Cell(cell)));
        match event.key().as_str() {
            "ArrowUp" => self.step(cell, -1, 0),
            "ArrowDown" => self.step(cell, 1, 0),
            // While something is typed, these move the cursor within it.
            "ArrowLeft" if !typing => self.step(cell, 0, -1),
            "ArrowRight" if !typing => self.step(cell, 0, 1),
            "Home" if !typing => self.step(cell, 0, -7),
            "End" if !typing => self.step(cell, 0, 7),
            "Enter" => self.enter(cell),
            "Escape" if typing => self.take_back(Place::Cell(cell)),
            _ => return,
        }
        event.prevent_default();
    }
}

/// The place so many steps on, within so many.
pub(super) fn moved(place: usize, steps: i64, count: usize) -> usize {
    let far = usize::try_from(steps.unsigned_abs()).unwrap_or(usize::MAX);
    let to = if steps < 0 { place.saturating_sub(far) } else { place.saturating_add(far) };
    to.min(count.saturating_sub(1))
}

/// The grid.
#[component]
pub(super) fn Grid(desk: Desk) -> impl IntoView {
    let lang = lang();
    let (today, days) = (desk.today, desk.days());
    let heads = days.iter().map(|day| {
        let now = (*day == today).then_some("date");
        view! {
            <th scope="col" class="right" aria-current=now>
                <span>{weekday(lang, *day)}</span>" "<span class="quiet figure">{date(lang, *day)}</span>
            </th>
        }
    });
    let heads = heads.collect_view();
    let sums = days.iter().map(|day| {
        let day = *day;
        let sum =
            move || desk.view.with(|view| clock(together(view.bookings.rows.iter().filter(|row| row.date == day))));
        view! { <td class="figure right">{sum}</td> }
    });
    let sums = sums.collect_view();
    let all = move || desk.view.with(|view| clock(view.bookings.seconds));
    view! {
        <div class="week-scroll">
            <table class="week-grid" role="grid" aria-label=say::times_grid(lang) data-testid="week-grid">
                <thead><tr>
                    <th scope="col">{say::task(lang)}</th>
                    {heads}
                    <th scope="col" class="right">{say::list_sum(lang)}</th>
                </tr></thead>
                <tbody>
                    <For each=move || desk.rows() key=|row| row.task children=move |row| view! { <Row desk=desk row=row/> }/>
                </tbody>
                <tfoot><tr>
                    <th scope="row">{say::list_sum(lang)}</th>
                    {sums}
                    <td class="figure right" data-testid="week-sum">{all}</td>
                </tr></tfoot>
            </table>
        </div>
    }
}

#[component]
fn Row(desk: Desk, row: WeekTask) -> impl IntoView {
    let task = row.task;
    let project = format!("{} {} · {}", row.project.number, row.project.name, row.customer.name);
    let sum = move || desk.view.with(|view| clock(together(view.bookings.rows.iter().filter(|row| row.task == task))));
    let cells = desk.days().into_iter().map(|day| {
        view! { <Field desk=desk cell=desk.cell(task, day) name=row.name.clone()/> }
    });
    let cells = cells.collect_view();
    view! {
        <tr>
            <th scope="row">{row.name.clone()}<span class="row-note quiet">{project}</span></th>
            {cells}
            <td class="figure right">{sum}</td>
        </tr>
    }
}

#[component]
fn Field(desk: Desk, cell: Cell, name: String) -> impl IntoView {
    let lang = lang();
    let place = Place::Cell(cell);
    let text = move || desk.text(cell);
    let label = format!("{name}, {} {}", weekday(lang, cell.day), date(lang, cell.day));
    let said = move |error: &CallError| {
        if error.is_overtaken() { say::overtaken(lang).to_owned() } else { error.text(lang) }
    };
    let problem = move || desk.typed.problems.with(|problems| problems.get(&place).map(said));
    let problem_id = format!("{}-problem", cell.id());
    let described = problem_id.clone();
    let dirty = move || desk.is_typed(place);
    let saving = move || desk.typed.saving.with(|saving| saving.contains(&place));
    let write = move |typed: String| desk.edit(place, |form| form.time = typed);
    view! {
        <td class="week-cell" class:week-typed=dirty aria-busy=move || saving().then_some("true")>
            <input
                id=cell.id()
                class="figure"
                type="text"
                inputmode="decimal"
                autocomplete="off"
                aria-label=label
                aria-invalid=move || problem().is_some().then_some("true")
                aria-describedby=move || problem().is_some().then(|| described.clone())
                readonly=move || !desk.can_type(cell)
                tabindex=move || if desk.at.get() == Some(cell) { "0" } else { "-1" }
                value=untrack(text)
                prop:value=text
                on:focus=move |_| enter(desk, cell)
                on:input=move |event| write(event_target_value(&event))
                on:keydown=move |event| desk.keys(cell, &event)
            />
            <p class="field-problem" id=problem_id role="alert">{problem}</p>
        </td>
    }
}

/// The cursor comes into a field.
fn enter(desk: Desk, cell: Cell) {
    if desk.at.get_untracked() != Some(cell) {
        desk.at.set(Some(cell));
    }
    desk.activate(Place::Cell(cell));
    cell.select();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: a step leads out of the grid.
    #[test]
    fn the_cursor_stays_within_the_grid() {
        for (place, steps, expected) in [(0, -1, 0), (0, 1, 1), (6, 1, 6), (3, -7, 0), (3, 7, 6)] {
            assert_eq!(moved(place, steps, 7), expected, "{place} {steps}");
        }
        assert_eq!(moved(0, 1, 0), 0);
    }
}
