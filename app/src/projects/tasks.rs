//! The tasks of a project in its editor.

use leptos::prelude::*;
use texts::say;
use wire::{FieldText, projects::TaskForm};

use super::order::{Movable, Mover, Ordered, OrderedList, Row};
use crate::{
    context::{lang, new_id},
    ui::{Field, Icon},
};

impl Movable for TaskForm {
    fn name(&self) -> &str {
        &self.name
    }
}

/// A new task without a name.
pub(super) fn empty_task() -> TaskForm {
    TaskForm { id: new_id(), ..TaskForm::default() }
}

/// The list.
#[component]
pub(super) fn Tasks(order: Ordered<TaskForm>, problems: Signal<Vec<FieldText>>) -> impl IntoView {
    let lang = lang();
    let draw =
        Callback::new(move |row: Row<TaskForm>| view! { <Task order=order row=row problems=problems/> }.into_any());
    let problem = crate::contracts::problem_of(problems, "tasks");
    let add = move |_| order.add(empty_task());
    view! {
        <OrderedList order=order label=say::project_tasks(lang) testid="tasks" draw=draw/>
        <p class="field-problem" role="alert" id="tasks-problem">{move || problem.get()}</p>
        <button class="button-quiet needs-script" type="button" on:click=add><Icon name="plus"/>{say::task_add(lang)}</button>
    }
}

#[component]
fn Task(order: Ordered<TaskForm>, row: Row<TaskForm>, problems: Signal<Vec<FieldText>>) -> impl IntoView {
    let lang = lang();
    let (number, form) = (row.number, row.form);
    let place = order.place(number);
    let problem = Signal::derive(move || {
        let own = format!("tasks.{}.", place.get());
        problems.with(|all| all.iter().find(|one| one.field.starts_with(&own)).map(|one| one.text.clone()))
    });
    let closed = move || form.with(|form| form.closed == "yes");
    let close = move |event: leptos::ev::Event| {
        let yes = if event_target_checked(&event) { "yes" } else { "" };
        form.update(|form| yes.clone_into(&mut form.closed));
    };
    view! {
        <div class="task-row" data-testid="task">
            <input type="hidden" name=format!("form[tasks][{number}][id]") value=form.with_untracked(|form| form.id.clone())/>
            <Field label=say::task(lang) name=format!("form[tasks][{number}][name]") id=format!("tasks-{number}-name") required=true
                value=Signal::derive(move || form.with(|form| form.name.clone()))
                set=move |value| form.update(|form| form.name = value) problem=problem/>
            <label class="check">
                <input type="checkbox" name=format!("form[tasks][{number}][closed]") value="yes"
                    checked=untrack(closed) prop:checked=closed on:change=close/>
                {say::task_closed(lang)}
            </label>
            <Mover order=order number=number/>
        </div>
    }
}
