//! What is wrong with what is typed: told by the browser at each keystroke, and by the server after saving.

use leptos::prelude::*;
use texts::NotReadable;
use wire::{FieldProblem, FieldReason, Problem};

use crate::{call::CallError, context::lang};

/// The sentence at a field.
pub(crate) fn problem_of(problems: Signal<Vec<FieldProblem>>, field: impl Into<String>) -> Signal<Option<String>> {
    let (lang, field) = (lang(), field.into());
    Signal::derive(move || {
        problems.with(|all| all.iter().find(|found| found.field == field).map(|found| found.reason.text(lang)))
    })
}

/// Whether it is told while somebody types: what was not typed yet is not called wrong.
pub(crate) fn told(field: &FieldProblem) -> bool {
    !matches!(field.reason, FieldReason::Missing | FieldReason::NotReadable(NotReadable::Empty))
}

fn live(problem: &Problem) -> Vec<FieldProblem> {
    problem.fields().iter().filter(|field| told(field)).cloned().collect()
}

/// Every wrong field. What the server refused holds until something else is typed.
pub(crate) fn problems_of<I, O, D, F>(
    action: Action<I, Result<O, CallError>>,
    checked: Memo<Result<D, Problem>>,
    typed: Signal<F>,
) -> Signal<Vec<FieldProblem>>
where
    I: Send + Sync + 'static,
    O: Clone + Send + Sync + 'static,
    D: Clone + Send + Sync + 'static,
    F: PartialEq + Clone + Send + Sync + 'static,
{
    Effect::new(move |before: Option<F>| {
        let now = typed.get();
        let refused = action.value().with_untracked(|value| matches!(value, Some(Err(_))));
        if refused && before.is_some_and(|before| before != now) {
            action.clear();
        }
        now
    });
    // Every field asks: it is told once per keystroke, and only where something is different.
    let problems = Memo::new(move |_| {
        let refused = action.value().with(|value| match value {
            Some(Err(error)) => Some(error.problem().map(|problem| problem.fields().to_vec()).unwrap_or_default()),
            _ => None,
        });
        refused.unwrap_or_else(|| checked.with(|checked| checked.as_ref().err().map(live).unwrap_or_default()))
    });
    problems.into()
}
