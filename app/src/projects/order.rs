//! Rows that are put into an order: dragged by a handle with mouse, pen or finger, or moved with the keyboard; where a
//! row then stands is said aloud.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys};
use texts::{Lang, say};

use crate::{context::lang, ui::Icon};

/// What a row holds.
pub(super) trait Movable: Clone + PartialEq + Send + Sync + 'static {
    /// How a person calls it.
    fn name(&self) -> &str;
}

/// A row. It keeps its number and its signal wherever it moves.
pub(super) struct Row<F> {
    /// By which it is known on the page.
    pub number: usize,
    /// What is typed.
    pub form: RwSignal<F>,
}

impl<F> Clone for Row<F> {
    fn clone(&self) -> Row<F> {
        *self
    }
}

impl<F> Copy for Row<F> {}

/// The rows in their order.
pub(super) struct Ordered<F> {
    /// From top to bottom.
    pub rows: RwSignal<Vec<Row<F>>>,
    /// The number of the next row that is added.
    next: StoredValue<usize>,
    /// What was moved last, in words.
    said: RwSignal<String>,
    /// The number of the row that is being dragged.
    dragged: RwSignal<Option<usize>>,
}

impl<F> Clone for Ordered<F> {
    fn clone(&self) -> Ordered<F> {
        *self
    }
}

impl<F> Copy for Ordered<F> {}

impl<F: Movable> Ordered<F> {
    /// These rows in this order.
    pub fn new(forms: Vec<F>) -> Ordered<F> {
        let next = StoredValue::new(forms.len());
        let rows = forms.into_iter().enumerate();
        let rows = rows.map(|(number, form)| Row { number, form: RwSignal::new(form) }).collect();
        Ordered { rows: RwSignal::new(rows), next, said: RwSignal::new(String::new()), dragged: RwSignal::new(None) }
    }

    /// What is typed, from top to bottom.
    pub fn forms(self) -> Vec<F> {
        self.rows.with(|rows| rows.iter().map(|row| row.form.get()).collect())
    }

    /// Adds a row below all others.
    pub fn add(self, form: F) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.rows.update(|rows| rows.push(Row { number, form: RwSignal::new(form) }));
    }

    /// Puts other rows in the place of all of them.
    pub fn replace(self, forms: Vec<F>) {
        self.rows.set(Vec::new());
        for form in forms {
            self.add(form);
        }
    }

    /// Takes a row away.
    pub fn remove(self, number: usize) {
        self.rows.update(|rows| rows.retain(|row| row.number != number));
    }

    /// The place of a row, from 0.
    pub fn place(self, number: usize) -> Memo<usize> {
        Memo::new(move |_| self.rows.with(|rows| rows.iter().position(|row| row.number == number)).unwrap_or_default())
    }

    fn place_now(self, number: usize) -> Option<usize> {
        self.rows.with_untracked(|rows| rows.iter().position(|row| row.number == number))
    }

    /// Moves a row up or down by one place.
    fn shift(self, lang: Lang, number: usize, down: bool) {
        let Some(place) = self.place_now(number) else { return };
        let to = if down { place.checked_add(1) } else { place.checked_sub(1) };
        if let Some(to) = to.filter(|to| *to < self.rows.with_untracked(Vec::len)) {
            self.put(lang, number, to);
        }
    }

    /// Puts a row to a place, and says where it stands now.
    fn put(self, lang: Lang, number: usize, to: usize) {
        let Some(from) = self.place_now(number).filter(|from| *from != to) else { return };
        self.rows.update(|rows| {
            let row = rows.remove(from);
            rows.insert(to.min(rows.len()), row);
        });
        let (name, count) = self.rows.with_untracked(|rows| {
            let name = rows.get(to).map(|row| row.form.with_untracked(|form| form.name().to_owned()));
            (name.unwrap_or_default(), rows.len())
        });
        self.said.set(say::row_moved(lang, name, to + 1, count));
    }
}

/// A list of rows that can be dragged; `draw` shows one.
#[component]
pub(super) fn OrderedList<F: Movable>(
    order: Ordered<F>,
    label: &'static str,
    testid: &'static str,
    draw: Callback<Row<F>, AnyView>,
) -> impl IntoView {
    let lang = lang();
    let list = NodeRef::<html::Ol>::new();
    Effect::new(move |_| {
        let moved = window_event_listener(ev::pointermove, move |event| {
            let Some(Some(number)) = order.dragged.try_get_untracked() else { return };
            event.prevent_default();
            let Some(list) = list.try_get_untracked().flatten() else { return };
            if let Some(to) = place_at(&list, number, event.client_y()) {
                order.put(lang, number, to);
            }
        });
        let end = move || {
            order.dragged.try_set(None);
        };
        let up = window_event_listener(ev::pointerup, move |_| end());
        let cancelled = window_event_listener(ev::pointercancel, move |_| end());
        on_cleanup(move || {
            moved.remove();
            up.remove();
            cancelled.remove();
        });
    });
    view! {
        <ol class="ordered" node_ref=list aria-label=label data-testid=testid>
            <For each=move || order.rows.get() key=|row| row.number children=move |row| {
                let dragged = move || order.dragged.get() == Some(row.number);
                view! { <li class="ordered-row" class:ordered-dragged=dragged data-row=row.number.to_string()>{draw.run(row)}</li> }
            }/>
        </ol>
        <p class="visually-hidden" aria-live="polite" data-testid="moved">{move || order.said.get()}</p>
    }
}

/// At which place a row belongs that is dragged to that height: below every other row whose middle is above it.
fn place_at(list: &web_sys::Element, number: usize, y: i32) -> Option<usize> {
    let rows = list.children();
    let (mut place, own) = (0, number.to_string());
    for index in 0..rows.length() {
        let row = rows.item(index)?;
        if row.get_attribute("data-row").as_deref() == Some(own.as_str()) {
            continue;
        }
        let shape = row.get_bounding_client_rect();
        if f64::from(y) > shape.top() + shape.height() / 2.0 {
            place += 1;
        }
    }
    Some(place)
}

/// What moves a row: a handle to drag it by, and buttons for the keyboard.
#[component]
pub(super) fn Mover<F: Movable>(order: Ordered<F>, number: usize) -> impl IntoView {
    let lang = lang();
    let place = order.place(number);
    let name = move || {
        order.rows.with(|rows| {
            let row = rows.iter().find(|row| row.number == number);
            row.map(|row| row.form.with(|form| form.name().trim().to_owned())).unwrap_or_default()
        })
    };
    let called = move || {
        let name = name();
        if name.is_empty() { say::row_number(lang, place.get() + 1) } else { name }
    };
    let shift = move |event: &ev::MouseEvent, down: bool| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        order.shift(lang, number, down);
        // A moved element has lost the focus.
        request_animation_frame(move || {
            if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
                drop(button.focus());
            }
        });
    };
    let grab = move |event: ev::PointerEvent| {
        event.prevent_default();
        // The list holds the pointer: the row is taken out and put in again as it moves, and a mouse may leave the window.
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if let Some(list) = target.and_then(|target| target.closest("ol").ok().flatten()) {
            drop(list.set_pointer_capture(event.pointer_id()));
        }
        order.dragged.set(Some(number));
    };
    let remove = move |_: ev::MouseEvent| order.remove(number);
    view! {
        <p class="mover needs-script">
            <span class="mover-grip" on:pointerdown=grab aria-hidden="true" data-testid="grip"><Icon name="grip-vertical"/></span>
            <button class="button-quiet" type="button" on:click=move |event| shift(&event, false) aria-label=move || say::row_up(lang, called())><Icon name="arrow-up"/></button>
            <button class="button-quiet" type="button" on:click=move |event| shift(&event, true) aria-label=move || say::row_down(lang, called())><Icon name="arrow-down"/></button>
            <button class="button-quiet" type="button" on:click=remove aria-label=move || say::row_remove(lang, called())><Icon name="x"/></button>
        </p>
    }
}
