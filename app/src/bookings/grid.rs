//! The grid of a week: tasks and days. A time that is typed into a cell is a booking as soon as Enter is pressed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use domain::{TaskId, UserId};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use texts::{clock, date, say};
use wire::bookings::{BookingAnswer, BookingForm, BookingRow, WeekTask, WeekView};

use super::{
    calls::{load_week, save_booking},
    known::{Known, Shown, Wanted, seen},
    page::form_of,
    words::{together, weekday},
};
use crate::{
    call::CallError,
    context::{lang, new_id, visitor},
};

/// A task on a day of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// Whose.
    pub person: UserId,
    /// The task.
    pub task: TaskId,
    /// The day.
    pub day: NaiveDate,
}

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

/// What is typed and not saved yet. It belongs to the page and outlives every week that is shown.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    /// What stands in the cells.
    pub drafts: RwSignal<BTreeMap<Cell, BookingForm>>,
    /// The tasks that were added as rows.
    pub added: RwSignal<Vec<WeekTask>>,
}

impl Typed {
    /// Nothing.
    pub(super) fn new() -> Typed {
        Typed { drafts: RwSignal::new(BTreeMap::new()), added: RwSignal::new(Vec::new()) }
    }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// The week; renewed after each booking.
    pub view: RwSignal<WeekView>,
    /// What is typed.
    pub typed: Typed,
    /// The cell with the cursor, or that which gets it first.
    pub at: RwSignal<Option<Cell>>,
    /// Why a cell was not saved.
    pub problems: RwSignal<BTreeMap<Cell, CallError>>,
    /// The cells that are being saved.
    pub saving: RwSignal<BTreeSet<Cell>>,
    /// What came of saving last.
    pub saved: RwSignal<Option<BookingAnswer>>,
    /// The facts for the cell in which something is typed.
    pub known: Known,
    /// What saving that cell would do.
    pub shown: Memo<Option<Shown>>,
    today: NaiveDate,
}

impl Desk {
    /// Lays out a week.
    pub(super) fn new(view: WeekView, typed: Typed) -> Desk {
        let (person, first) = (view.bookings.person.id, view.bookings.days.from);
        let today = visitor().today;
        let view = RwSignal::new(view);
        let known = Known::new(None);
        let rows = untrack(|| rows_of(view, typed));
        let day = if (first..first + Days::new(7)).contains(&today) { today } else { first };
        let at = RwSignal::new(rows.first().map(|row| Cell { person, task: row.task, day }));
        let wanted = Memo::new(move |_| {
            let cell = at.get()?;
            if !typed.drafts.with(|drafts| drafts.contains_key(&cell)) {
                return None;
            }
            let project = rows_of(view, typed).into_iter().find(|row| row.task == cell.task)?.project.id;
            let booking = view.with(|view| in_cell(view, cell).next().map(|row| row.id));
            Some(Wanted { project, date: cell.day, booking })
        });
        known.fetch(wanted);
        let shown = Memo::new(move |_| {
            let cell = at.get()?;
            let form = typed.drafts.with(|drafts| drafts.get(&cell).cloned())?;
            known.shown(&form, cell.person, wanted.get())
        });
        let (problems, saving) = (RwSignal::new(BTreeMap::new()), RwSignal::new(BTreeSet::new()));
        Desk { view, typed, at, problems, saving, saved: RwSignal::new(None), known, shown, today }
    }

    /// The rows: the tasks of the week, and those that were added.
    pub(super) fn rows(self) -> Vec<WeekTask> {
        rows_of(self.view, self.typed)
    }

    /// The seven days.
    pub(super) fn days(self) -> Vec<NaiveDate> {
        let first = self.view.with_untracked(|view| view.bookings.days.from);
        (0..7).filter_map(|place| first.checked_add_days(Days::new(place))).collect()
    }

    fn cell(self, task: TaskId, day: NaiveDate) -> Cell {
        Cell { person: self.view.with_untracked(|view| view.bookings.person.id), task, day }
    }

    /// What is booked in a cell.
    pub(super) fn booked(self, cell: Cell) -> Vec<BookingRow> {
        self.view.with(|view| in_cell(view, cell).cloned().collect())
    }

    /// What stands in a cell.
    fn text(self, cell: Cell) -> String {
        let typed = self.typed.drafts.with(|drafts| drafts.get(&cell).map(|form| form.time.clone()));
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

    /// What saving begins with: the one booking of the cell, or a new one.
    fn begun(self, cell: Cell) -> BookingForm {
        let known = self.view.with_untracked(|view| in_cell(view, cell).next().map(|row| form_of(lang(), row)));
        known.unwrap_or_else(|| BookingForm {
            id: new_id(),
            task: cell.task.to_string(),
            person: cell.person.to_string(),
            date: cell.day.to_string(),
            billable: "yes".to_owned(),
            ..BookingForm::default()
        })
    }

    /// Something is typed into a cell. What stood there before is no draft.
    fn write(self, cell: Cell, typed: String) {
        self.forgive(cell);
        let same = untrack(|| self.sum(cell)) == typed.trim();
        let begun = self.begun(cell);
        self.typed.drafts.update(|drafts| {
            if same {
                drafts.remove(&cell);
            } else {
                drafts.entry(cell).or_insert(begun).time = typed;
            }
        });
    }

    /// Changes what is typed of a cell beside its time.
    pub(super) fn edit(self, cell: Cell, change: impl FnOnce(&mut BookingForm)) {
        self.forgive(cell);
        self.typed.drafts.update(|drafts| {
            if let Some(form) = drafts.get_mut(&cell) {
                change(form);
            }
        });
    }

    /// What is typed now may be right.
    fn forgive(self, cell: Cell) {
        if self.problems.with_untracked(|problems| problems.contains_key(&cell)) {
            self.problems.update(|problems| drop(problems.remove(&cell)));
        }
    }

    /// Takes back what is typed into a cell.
    fn take_back(self, cell: Cell) {
        self.forgive(cell);
        self.typed.drafts.update(|drafts| drop(drafts.remove(&cell)));
    }

    /// Saves a cell. Whatever is typed meanwhile stays.
    pub(super) fn save(self, cell: Cell) {
        let Some(form) = self.typed.drafts.with_untracked(|drafts| drafts.get(&cell).cloned()) else { return };
        if self.saving.with_untracked(|saving| saving.contains(&cell)) {
            return;
        }
        self.saving.update(|saving| {
            saving.insert(cell);
        });
        let seen = if self.at.get_untracked() == Some(cell) {
            seen(self.shown.get_untracked().as_ref())
        } else {
            String::new()
        };
        let first = self.view.with_untracked(|view| view.bookings.days.from);
        leptos::task::spawn_local(async move {
            let came = save_booking(BookingForm { seen, ..form.clone() }).await;
            // Whoever was overtaken sees what is booked now.
            let other = came.as_ref().map_or_else(CallError::is_overtaken, |_| true);
            let fresh = if other { load_week(Some(cell.person), first).await.ok() } else { None };
            self.saving.try_update(|saving| saving.remove(&cell));
            match came {
                Err(error) => {
                    if let Some(fresh) = fresh {
                        self.known.forget();
                        self.view.try_set(fresh);
                    }
                    self.problems.try_update(|problems| problems.insert(cell, error));
                }
                Ok(answer) => {
                    self.typed.drafts.try_update(|drafts| settle(drafts, cell, &form, answer.row.version));
                    if let Some(fresh) = fresh {
                        self.view.try_set(fresh);
                    }
                    self.saved.try_set(Some(answer));
                    self.known.forget();
                    if self.typed.drafts.try_with_untracked(|drafts| drafts.contains_key(&cell)) == Some(false) {
                        // Once the field shows what was saved.
                        request_animation_frame(move || cell.select());
                    }
                }
            }
        });
    }

    /// Enter: what is typed is saved; where nothing is typed, the cursor goes to what is booked.
    fn enter(self, cell: Cell) {
        if self.typed.drafts.with_untracked(|drafts| drafts.contains_key(&cell)) {
            self.save(cell);
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
        let typing = self.typed.drafts.with_untracked(|drafts| drafts.contains_key(&cell));
        match event.key().as_str() {
            "ArrowUp" => self.step(cell, -1, 0),
            "ArrowDown" => self.step(cell, 1, 0),
            // While something is typed, these move the cursor within it.
            "ArrowLeft" if !typing => self.step(cell, 0, -1),
            "ArrowRight" if !typing => self.step(cell, 0, 1),
            "Home" if !typing => self.step(cell, 0, -7),
            "End" if !typing => self.step(cell, 0, 7),
            "Enter" => self.enter(cell),
            "Escape" if typing => self.take_back(cell),
            _ => return,
        }
        event.prevent_default();
    }
}

/// The place so many steps on, within so many.
fn moved(place: usize, steps: i64, count: usize) -> usize {
    let far = usize::try_from(steps.unsigned_abs()).unwrap_or(usize::MAX);
    let to = if steps < 0 { place.saturating_sub(far) } else { place.saturating_add(far) };
    to.min(count.saturating_sub(1))
}

/// A cell was saved: what is typed in it since is a change of what was saved.
fn settle(drafts: &mut BTreeMap<Cell, BookingForm>, cell: Cell, sent: &BookingForm, version: i64) {
    match drafts.get_mut(&cell) {
        Some(now) if now != sent => now.version = version,
        _ => drop(drafts.remove(&cell)),
    }
}

fn in_cell(view: &WeekView, cell: Cell) -> impl Iterator<Item = &BookingRow> {
    view.bookings.rows.iter().filter(move |row| row.task == cell.task && row.date == cell.day)
}

fn rows_of(view: RwSignal<WeekView>, typed: Typed) -> Vec<WeekTask> {
    let mut rows = view.with(|view| view.tasks.clone());
    typed.added.with(|added| {
        let further = added.iter().filter(|task| rows.iter().all(|row| row.task != task.task));
        let further: Vec<WeekTask> = further.cloned().collect();
        rows.extend(further);
    });
    rows
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
    let text = move || desk.text(cell);
    let label = format!("{name}, {} {}", weekday(lang, cell.day), date(lang, cell.day));
    let said = move |error: &CallError| {
        if error.is_overtaken() { say::overtaken(lang).to_owned() } else { error.text(lang) }
    };
    let problem = move || desk.problems.with(|problems| problems.get(&cell).map(said));
    let problem_id = format!("{}-problem", cell.id());
    let described = problem_id.clone();
    let dirty = move || desk.typed.drafts.with(|drafts| drafts.contains_key(&cell));
    let saving = move || desk.saving.with(|saving| saving.contains(&cell));
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
                on:input=move |event| desk.write(cell, event_target_value(&event))
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

    /// Red when: what is typed while a cell is being saved is lost, or would be booked a second time.
    #[test]
    fn what_is_typed_while_a_cell_is_saved_changes_what_was_saved() {
        let day = NaiveDate::from_ymd_opt(2026, 4, 10).expect("a day");
        let id = uuid::Uuid::from_u128(1);
        let cell = Cell { person: UserId::new(id), task: TaskId::new(id), day };
        let sent = BookingForm { time: "1:00".to_owned(), ..BookingForm::default() };
        let mut drafts = BTreeMap::from([(cell, sent.clone())]);
        settle(&mut drafts, cell, &sent, 1);
        assert!(drafts.is_empty());
        drafts.insert(cell, BookingForm { time: "1:30".to_owned(), ..sent.clone() });
        settle(&mut drafts, cell, &sent, 1);
        assert_eq!(drafts.get(&cell).map(|now| (now.time.as_str(), now.version)), Some(("1:30", 1)));
    }
}
